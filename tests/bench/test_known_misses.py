#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a benchmark's run counts for: the file of known misses and the verdict, on both sides of each bound."""

import contextlib
import io
import json
import os
import pathlib
import sys
import tempfile
import unittest
import unittest.mock

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "..", "build-aux", "lib")]
import known_misses  # noqa: E402
from known_misses import BUSY, FAILED, GOOD, KNOWN, KnownMissesError, Verdict, judge, read  # noqa: E402

LINE = "net-first-sync | ratio to the limit | 2.1x | the server takes the cores\n"


def said(*bars, invalid=()):
    """The end of a benchmark's output; bars are (name, figure, met)."""
    return "== first sync\n  VALID\nBARS " + json.dumps({
        "benchmark": "first sync", "invalid": list(invalid),
        "bars": [{"bar": bar, "figure": figure, "at_most": "1.5x", "met": met} for bar, figure, met in bars]}) + "\n"


class Reading(unittest.TestCase):
    def test_a_line(self):
        known = read("# a comment\n\n" + LINE)
        self.assertEqual([("net-first-sync", "ratio to the limit")], list(known))
        one = known["net-first-sync", "ratio to the limit"]
        self.assertEqual(("2.1x", "the server takes the cores"), (one.at_most, one.why))

    def test_wrong_lines_are_named(self):
        for line in ("net-first-sync | ratio to the limit | 2.1x\n", "net-first-sync | ratio | | why\n", "a | b | 2x | why | more\n",
                     "a | b | much | why\n", "a | b | -2x | why\n", LINE):
            with self.assertRaisesRegex(KnownMissesError, "^line 3: ", msg=line):
                read("# one\n" + LINE + line)

    def test_figures(self):
        self.assertEqual((2.1, "x"), known_misses.figure("2.10x"))
        self.assertEqual((1234.5, "ms"), known_misses.figure("1,234.5 ms"))
        self.assertEqual((0.1, "%"), known_misses.figure("0.100%"))
        self.assertIsNone(known_misses.figure("20 of 40"))
        self.assertIsNone(known_misses.figure(""))

    def test_the_file_itself_is_right(self):
        with open(known_misses.FILE, encoding="utf-8") as source:
            known = read(source.read())
        with open(os.path.join(HERE, "barua_bench.py"), encoding="utf-8") as source:
            program = source.read()
        for benchmark, bar in known:
            if benchmark.startswith("net-"):
                self.assertIn(f"\ndef {benchmark[4:].replace('-', '_')}(server", program)
                self.assertIn(f'"{bar}"', program)


class Judging(unittest.TestCase):
    KNOWN = read(LINE)

    def verdict(self, status, output, name="net-first-sync"):
        return judge(name, status, output, self.KNOWN)

    def test_all_reached(self):
        self.assertEqual((GOOD, []), ((one := self.verdict(0, said(("memory", "90 MB", True)), "net-million")).kind, one.notes))
        self.assertEqual(GOOD, judge("store", 0, "bars reached\n", self.KNOWN).kind)

    def test_an_invalid_run_says_nothing(self):
        verdict = self.verdict(3, said(("ratio to the limit", "9.00x", False), invalid=["before it something took 30%"]))
        self.assertEqual((BUSY, ["before it something took 30%"]), (verdict.kind, verdict.faults))

    def test_a_known_miss_up_to_its_figure(self):
        for figure in ("1.51x", "2.10x"):
            verdict = self.verdict(1, said(("ratio to the limit", figure, False), ("memory", "90 MB", True)))
            self.assertEqual((KNOWN, [], []), (verdict.kind, verdict.faults, verdict.notes))
            self.assertRegex(verdict.misses[0], f"ratio to the limit: {figure}, bar 1.5x; known, up to 2.1x: the server")

    def test_a_known_miss_that_became_worse(self):
        for figure in ("2.11x", "2.10 ms", "none"):
            verdict = self.verdict(1, said(("ratio to the limit", figure, False)))
            self.assertEqual(FAILED, verdict.kind, figure)
            self.assertRegex(verdict.faults[0], "2.1x is allowed at most")

    def test_another_bar_or_benchmark_is_not_known(self):
        self.assertEqual(FAILED, self.verdict(1, said(("peak memory", "1.60x", False))).kind)
        self.assertEqual(FAILED, self.verdict(1, said(("ratio to the limit", "1.60x", False)), "net-million").kind)
        both = self.verdict(1, said(("ratio to the limit", "1.60x", False), ("peak memory", "130 MB", False)))
        self.assertEqual((FAILED, 1, 1), (both.kind, len(both.faults), len(both.misses)))

    def test_a_line_that_is_not_needed_is_named(self):
        verdict = self.verdict(0, said(("ratio to the limit", "1.49x", True)))
        self.assertEqual((GOOD, ["ratio to the limit: no longer missed: remove the line"]), (verdict.kind, verdict.notes))
        self.assertEqual(["ratio to the limit: no such bar: remove the line"], self.verdict(0, said(("other", "1x", True))).notes)

    def test_what_ended_otherwise_failed(self):
        for status, output in ((1, "Traceback\n"), (1, said(("ratio to the limit", "1.4x", True))), (None, ""), (-6, ""), (2, ""),
                               (0, said(("ratio to the limit", "1.6x", False)))):
            self.assertEqual(FAILED, self.verdict(status, output).kind, (status, output))


class Settling(unittest.TestCase):
    def settle(self, *kinds):
        """(what it came to, how often it ran, how often it waited for quiet)."""
        runs, waits = iter(kinds), []
        verdict = known_misses.settle(lambda: Verdict(next(runs)), lambda: waits.append(1))
        return verdict.kind, len(kinds) - len(list(runs)), len(waits)

    def test_only_a_busy_run_is_tried_again(self):
        for kind in (GOOD, KNOWN, FAILED):
            self.assertEqual((kind, 1, 0), self.settle(kind, GOOD))
        self.assertEqual((FAILED, 2, 1), self.settle(BUSY, FAILED, GOOD))
        self.assertEqual((GOOD, 3, 2), self.settle(BUSY, BUSY, GOOD, GOOD))
        self.assertEqual((BUSY, 3, 2), self.settle(BUSY, BUSY, BUSY, GOOD))


class Counting(unittest.TestCase):
    """What build-aux/test counts and says for each verdict."""

    def count(self, *results):
        import check
        with contextlib.redirect_stdout(io.StringIO()) as words, \
                unittest.mock.patch.object(check.Check, "__init__", lambda self: None), \
                unittest.mock.patch.object(check, "wait_for_quiet"):
            one = check.Check()
            one.failures, one.skips, one.notes, one.unsettled = [], [], [], set()
            runs = iter(results)
            one.run_benchmark = lambda step, name: next(runs)
            count = one.benchmark("benchmark net-first-sync", "net-first-sync")
        return (count.passed, count.failed, count.skipped), one, words.getvalue()

    def setUp(self):
        patched = unittest.mock.patch.object(known_misses, "load", lambda: read(LINE))
        patched.start()
        self.addCleanup(patched.stop)

    def test_good(self):
        counted, one, words = self.count((0, said(("ratio to the limit", "1.4x", True))))
        self.assertEqual(((1, 0, 0), set()), (counted, one.unsettled))
        self.assertRegex(one.notes[0], "no longer missed")
        self.assertNotIn("BARS", words)

    def test_known_misses_are_skipped_aloud(self):
        counted, one, words = self.count((1, said(("ratio to the limit", "2.1x", False))))
        self.assertEqual(((0, 0, 1), 1, set()), (counted, len(one.skips), one.unsettled))
        self.assertIn("SKIPPED", words)

    def test_a_miss_fails(self):
        counted, one, _ = self.count((1, said(("ratio to the limit", "2.2x", False))))
        self.assertEqual(((0, 1, 0), 1), (counted, len(one.failures)))

    def test_a_busy_machine_is_said_aloud_and_run_again_another_time(self):
        busy = (3, said(invalid=["after it something took 50%"]))
        counted, one, words = self.count(busy, busy, busy, (0, said()))
        self.assertEqual(((0, 0, 1), {"benchmark net-first-sync"}), (counted, one.unsettled))
        self.assertRegex(one.skips[0], "after it something took 50%")


class SecondTries(unittest.TestCase):
    """A test of a real program that failed beside others and passes alone is told, and no failure."""

    def count(self, suite, again):
        import check
        with tempfile.TemporaryDirectory(prefix="barua-test-") as folder, contextlib.redirect_stdout(io.StringIO()), \
                unittest.mock.patch.object(check, "LOGS", pathlib.Path(folder)):
            logs = pathlib.Path(folder) / "meson-logs"
            logs.mkdir()
            one = check.Check(unittest.mock.Mock(tier="full"))

            def run(name, command, limit=None, environment=None):
                base = command[command.index("--logbase") + 1]
                result = again if base == "second-try" else "FAIL"
                (logs / f"{base}.json").write_text(json.dumps({"name": f"barua:{suite} / window", "result": result}) + "\n",
                                                   encoding="utf-8")
                return check.Outcome(0 if result == "OK" else 1, "", logs)

            one.run = run
            count = one.meson_tests("tests", pathlib.Path(folder), [])
        return (count.passed, count.failed), len(one.unsteady)

    def test_passes_alone(self):
        self.assertEqual(((1, 0), 1), self.count("ui+webkit", "OK"))

    def test_fails_twice(self):
        self.assertEqual(((0, 1), 0), self.count("ui+webkit", "FAIL"))

    def test_others_have_one_try(self):
        self.assertEqual(((0, 1), 0), self.count("unit", "OK"))


class Resuming(unittest.TestCase):
    """build-aux/test --full goes on where it stopped; what said nothing is run again."""

    def full(self, state, key, fuzzed, ran):
        """One run on a tree of these keys; the names of the fuzz targets that ran are added to ran."""
        import check
        with contextlib.ExitStack() as stack, contextlib.redirect_stdout(io.StringIO()):
            for name, stand_in in (("STATE", state), ("LOGS", state.parent),
                                   ("tree_key", lambda below=None: fuzzed if below else key),
                                   ("introspect", lambda what: [{"name": "quiet"}, {"name": "busy"}] if "bench" in what else [])):
                stack.enter_context(unittest.mock.patch.object(check, name, stand_in))
            stack.enter_context(unittest.mock.patch.dict(os.environ))
            one = check.Check(unittest.mock.Mock(tier="full", shard=(1, 1)))
            one.corpus = one.build_main = one.sanitize = lambda name: check.Count(passed=1)
            one.fuzz_targets = lambda name: ["fuzz-good", "fuzz-bad", "fuzz-mime"]

            def benchmark(step, name):
                if name == "busy":
                    one.unsettled.add(step)
                return check.Count(skipped=1)

            def fuzz_target(step, target, bound, limit):
                ran.append(target)
                return check.Count(failed=1) if target == "fuzz-bad" else check.Count(passed=1)

            one.benchmark, one.fuzz_target = benchmark, fuzz_target
            one.full()
        return one.total, json.loads(state.read_text(encoding="utf-8"))

    def test_only_what_said_something_is_kept(self):
        with tempfile.TemporaryDirectory(prefix="barua-test-") as folder:
            _, state = self.full(pathlib.Path(folder) / "state.json", "tree", "fuzzed", [])
        self.assertEqual(["benchmark quiet", "sanitizers"], sorted(state["done"]))
        self.assertEqual(["fuzz fuzz-good", "fuzz fuzz-mime"], sorted(state["fuzzed"]))

    def test_another_tree_with_the_same_parsers(self):
        """What fuzz targets are made of did not change: they need not run again, all the rest does."""
        with tempfile.TemporaryDirectory(prefix="barua-test-") as folder:
            path, first, second, third = pathlib.Path(folder) / "state.json", [], [], []
            self.full(path, "tree", "fuzzed", first)
            total, state = self.full(path, "another tree", "fuzzed", second)
            self.full(path, "another tree", "fuzzed differently", third)
        self.assertEqual(["fuzz-bad", "fuzz-good", "fuzz-mime"], sorted(first))
        self.assertEqual(["fuzz-bad"], second)
        self.assertEqual(["fuzz-bad", "fuzz-good", "fuzz-mime"], sorted(third))
        self.assertEqual(["benchmark quiet", "sanitizers"], sorted(state["done"]))
        self.assertEqual((5, 1), (total.passed, total.failed))


if __name__ == "__main__":
    unittest.main(verbosity=2)
