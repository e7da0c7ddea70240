#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of build-aux/test, run inside the build environment.

Every step has a name, a time limit, a log of its own in _build/check-logs/ and an outcome; none hides another. The last
line says, alone, how many checks passed, failed and were skipped: test programs that speak TAP count by their points,
everything else counts one.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.append(str(TOP / "tests" / "bench"))
import known_misses  # noqa: E402

BUILD = TOP / "_build"
SANITIZE = TOP / "_build-sanitize"
FUZZ = TOP / "_build-fuzz"
LOGS = BUILD / "check-logs"
STATE = BUILD / "full-state.json"

MINUTE = 60
# The whole tier, and the longest a single step may take of it.
TIERS = {"quick": (8 * MINUTE, 6 * MINUTE), "normal": (44 * MINUTE, 40 * MINUTE), "full": (None, 12 * 60 * MINUTE)}
FUZZ_SECONDS = 60
FUZZ_RUNS_FULL = 1_000_000
FUZZ_RUNS_SECONDS = 60 * MINUTE
# All that the fuzz targets are made of, and how.
FUZZED = ("meson.build", "src/base", "src/wire", "src/mime", "tests/fuzz", "tests/wire", "tests/mime")
# The contexts in which the leak vectors are tried in every run; all in the full tier.
NORMAL_ENVIRONMENT = {"BARUA_LEAK": "unsanitised,message,print,conversation,consented"}
# What tests do more of in the full tier: pictures of all languages; how often a web process is killed. Programs that speak TAP are GLib's, and are told in its way.
FULL_ENVIRONMENT = {"BARUA_TEST_FULL": "1", "BARUA_WEB_KILLS": "100"}
SLOW_TAP = ["--test-args=-m slow", "--timeout-multiplier", "10"]
QUIET_SECONDS = 60  # how long a benchmark waits for others to leave the machine, before it is tried again
CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
COLOUR = sys.stdout.isatty()


def paint(code, text):
    return f"\033[{code}m{text}\033[0m" if COLOUR else text


def say(text=""):
    print(text, flush=True)


class Count:
    """Checks passed, failed and skipped."""

    def __init__(self, passed=0, failed=0, skipped=0):
        self.passed, self.failed, self.skipped = passed, failed, skipped

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def line(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


class Outcome:
    """What a command left: its status (None: out of time), its output, its log."""

    def __init__(self, status, output, log):
        self.status, self.output, self.log = status, output, log

    @property
    def good(self):
        return self.status == 0


class Check:
    def __init__(self, options):
        self.options = options
        self.total = Count()
        self.durations = []
        self.failures = []
        self.skips = []
        self.unsteady = []
        self.notes = []
        self.unsettled = set()  # steps that say nothing yet: a run that goes on makes them again
        tier, step = TIERS[options.tier]
        self.deadline = time.monotonic() + tier if tier else None
        self.step_limit = step
        LOGS.mkdir(parents=True, exist_ok=True)

    # Running ---------------------------------------------------------------------------------------------------------

    def run(self, name, command, limit=None, environment=None):
        """Runs command to its end or its limit, whatever it starts included; its output goes to a log."""
        limit = limit or self.step_limit
        if self.deadline:
            limit = min(limit, max(1, self.deadline - time.monotonic()))
        log = LOGS / (re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower() + ".log")
        full = dict(os.environ, **(environment or {}))
        begun = shown = time.monotonic()
        with open(log, "wb") as out:
            process = subprocess.Popen(
                [str(word) for word in command], cwd=TOP, env=full, stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.STDOUT, start_new_session=True)
            status = None
            try:
                while status is None:
                    try:
                        status = process.wait(timeout=1)
                    except subprocess.TimeoutExpired:
                        now = time.monotonic()
                        if now - begun > limit:
                            break
                        if now - shown >= 30:
                            shown = now
                            say(f"    {now - begun:4.0f} s  {last_line(log)}")
            finally:
                if status is None:
                    end_group(process)
        return Outcome(status, log.read_text(errors="replace"), log)

    def step(self, name, function, *arguments):
        """Runs one step: function returns a Count. A step that raises counts as failed, and the others go on."""
        say(paint("1", f"== {name}"))
        begun = time.monotonic()
        if self.deadline and begun >= self.deadline:
            self.fail(name, "no time was left for it")
            count = Count(failed=1)
        else:
            try:
                count = function(name, *arguments)
            except Exception as error:  # the summary must come, whatever happens
                self.fail(name, f"{type(error).__name__}: {error}")
                count = Count(failed=1)
        self.total.add(count)
        seconds = time.monotonic() - begun
        self.durations.append((name, seconds, count))
        mark = paint("1;31", "FAILED") if count.failed else paint("32", "ok")
        say(f"   {mark}  {name}: {count.line()}, {seconds:.1f} s")
        return not count.failed

    def fail(self, name, words, outcome=None):
        self.failures.append(f"{name}: {words}")
        if outcome is not None:
            for line in outcome.output.splitlines()[-40:]:
                say("    " + line)
            say(f"    the whole log: {outcome.log}")
        say(paint("1;31", f"    {words}"))

    def skip(self, name, words):
        self.skips.append(f"{name}: {words}")
        say(paint("1;33", f"    SKIPPED {name}: {words}"))

    def command(self, name, command, limit=None, environment=None):
        """A step that is one command."""
        outcome = self.run(name, command, limit, environment)
        if outcome.good:
            return Count(passed=1)
        self.fail(name, "ran out of time" if outcome.status is None else f"ended with status {outcome.status}", outcome)
        return Count(failed=1)

    # Building --------------------------------------------------------------------------------------------------------

    def configure(self, name, folder, options, environment=None):
        """Configures folder; one that another environment made, or with other options, is made anew or set anew."""
        stamp = folder / "barua-environment"
        here = os.environ.get("BARUA_ENVIRONMENT", "host")
        made = folder / "build.ninja"
        if made.exists() and (not stamp.exists() or stamp.read_text() != here):
            say(f"    {folder.name} was made in another environment ({stamp.read_text() if stamp.exists() else 'unknown'}): made anew")
            keep = LOGS if folder == BUILD else None
            for entry in folder.iterdir():
                if entry == keep:
                    continue
                shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
        corpus = os.environ.get("BARUA_CORPUS", "")
        command = ["meson", "setup", f"--prefix={folder / 'stage'}", f"-Dcorpus={corpus}", *options, folder, TOP]
        if made.exists():
            command.insert(2, "--reconfigure")
        outcome = self.run(f"{name} configure", command, 5 * MINUTE, environment)
        if outcome.good:
            stamp.write_text(here)
        return outcome

    def build(self, name, folder, options, environment=None):
        outcome = self.configure(name, folder, options, environment)
        if not outcome.good:
            self.fail(name, "could not be configured", outcome)
            return Count(failed=1)
        outcome = self.run(f"{name} compile", ["ninja", "-C", folder], None, environment)
        if not outcome.good:
            self.fail(name, "did not build" if outcome.status is not None else "ran out of time", outcome)
            return Count(failed=1)
        warnings = [line for line in outcome.output.splitlines() if re.search(r"\bwarning:", line, re.I)]
        if warnings:
            for line in warnings[:20]:
                say("    " + line)
            self.fail(name, f"built with {len(warnings)} warnings")
            return Count(failed=1)
        return Count(passed=1)

    def build_main(self, name):
        count = self.build(name, BUILD, [f"-Dwerror={'true' if CI else 'false'}"])
        if count.failed:
            return count
        installed = self.run(f"{name} stage", ["meson", "install", "-C", BUILD, "--no-rebuild", "--only-changed", "--quiet"])
        if installed.good:
            return count
        self.fail(name, "could not be installed below its own folder", installed)
        return Count(failed=1)

    # Meson tests -----------------------------------------------------------------------------------------------------

    def meson_tests(self, name, folder, arguments, environment=None, limit=None):
        base = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()
        log = folder / "meson-logs" / f"{base}.json"
        log.unlink(missing_ok=True)
        outcome = self.run(
            name, ["meson", "test", "-C", folder, "--no-rebuild", "--print-errorlogs", "--logbase", base, *arguments],
            limit, environment)
        if not log.exists():
            if "No suitable tests defined" in outcome.output or "No tests defined" in outcome.output:
                return Count()
            self.fail(name, "the tests could not be started", outcome)
            return Count(failed=1)
        count = Count()
        recovered = 0
        for line in log.read_text(errors="replace").splitlines():
            result = json.loads(line)
            one = self.count_test(result)
            if one.failed and self.may_be_unsteady(result):
                result = self.second_try(name, folder, result, environment)
                one = self.count_test(result)
                recovered += not one.failed
            count.add(one)
            if one.failed:
                self.show_test(name, result)
            elif result["result"] == "SKIP":
                self.skip(name, f"{result['name']}: {reason(result)}")
                if CI and "integration" in result["name"].split(" / ")[0]:
                    self.fail(name, f"{result['name']} may not be skipped in CI")
                    count.failed += 1
            for point in skipped_points(result):
                self.skip(name, f"{result['name']}: {point}")
        if outcome.status is None:
            self.fail(name, "ran out of time", outcome)
            count.failed += 1
        elif not outcome.good and not count.failed and not recovered:
            # Nothing in the log tells why. (What passed alone failed in this run of meson, and is told apart.)
            self.fail(name, f"meson test ended with status {outcome.status}", outcome)
            count.failed += 1
        return count

    # Benchmarks ------------------------------------------------------------------------------------------------------

    def run_benchmark(self, step, name):
        """(exit status, None when it ran out of time; what it printed) of one run."""
        log = BUILD / "meson-logs" / "benchmark.json"
        log.unlink(missing_ok=True)
        outcome = self.run(step, ["meson", "test", "-C", BUILD, "--no-rebuild", "--logbase", "benchmark", "--benchmark", name])
        results = [json.loads(line) for line in log.read_text(errors="replace").splitlines()] if log.exists() else []
        results = [result for result in results if result["name"].split(" / ")[-1].split(":")[-1] == name]
        if len(results) != 1:
            return None if outcome.status is None else -1, outcome.output
        status = None if result_timed_out(results[0]) else results[0]["returncode"]
        return status, (results[0].get("stdout") or "") + (results[0].get("stderr") or "")

    def benchmark(self, step, name):
        """One benchmark: a busy machine's run is tried again, then skipped aloud, and so are misses that are known."""
        known = known_misses.load()
        last = {}

        def run():
            status, output = self.run_benchmark(step, name)
            for line in output.splitlines():  # the figures are what it is run for
                if not line.startswith("BARS {"):
                    say("    " + line[:400])
            last["verdict"] = known_misses.judge(name, status, output, known)
            return last["verdict"]

        def wait():
            say(paint("1;33", f"    INVALID: {'; '.join(last['verdict'].faults)}; tried again when it is quiet"))
            wait_for_quiet()

        verdict = known_misses.settle(run, wait)
        for words in verdict.notes:
            self.notes.append(f"{known_misses.FILE_NAME}: {name}: {words}")
            say(paint("1;33", f"    {self.notes[-1]}"))
        for words in verdict.misses:
            self.skip(step, "MISSED " + words)
        if verdict.kind == known_misses.BUSY:
            self.unsettled.add(step)
            self.skip(step, f"INVALID in {known_misses.TRIES} tries: " + "; ".join(verdict.faults))
            return Count(skipped=1)
        for words in verdict.faults:
            self.fail(step, words)
        failed, skipped = len(verdict.faults), len(verdict.misses)
        return Count(0 if failed or skipped else 1, failed, skipped)

    @staticmethod
    def may_be_unsteady(result):
        """Tests of real programs under a shared machine's load: their waits are bounded, so load can fail them."""
        suites = result["name"].split(" / ")[0].split(":")[-1].split("+")
        return bool({"ui", "integration", "server"} & set(suites))

    def second_try(self, name, folder, first, environment):
        """Alone, once; told aloud in any case, since a test that needs it is to be mended."""
        log = folder / "meson-logs" / "second-try.json"
        log.unlink(missing_ok=True)
        title = first["name"].split(" / ")[-1]
        self.run(f"{name} again {title}",
                 ["meson", "test", "-C", folder, "--no-rebuild", "--num-processes", "1", "--timeout-multiplier", "2",
                  "--logbase", "second-try", title], 20 * MINUTE, environment)
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        if len(lines) != 1:
            return first
        again = json.loads(lines[0])
        if not self.count_test(again).failed:
            words = f"{first['name']}: failed beside others, passed alone"
            say(paint("1;33", f"    UNSTEADY {words}"))
            text = (first.get("stdout") or "") + (first.get("stderr") or "")
            for line in text.splitlines()[-12:]:
                say("      " + line[:300])
            self.unsteady.append(f"{name}: {words}")
        return again

    @staticmethod
    def count_test(result):
        good = result["result"] in ("OK", "EXPECTEDFAIL")
        if result["result"] == "SKIP":
            return Count(skipped=1)
        points = re.findall(r"^(ok|not ok)\b([^\n]*)", result.get("stdout") or "", re.M)
        if not points or not re.search(r"^1\.\.\d+", result.get("stdout") or "", re.M):
            return Count(passed=1) if good else Count(failed=1)
        count = Count()
        for verdict, rest in points:
            if re.search(r"#\s*skip", rest, re.I):
                count.skipped += 1
            elif verdict == "ok" or re.search(r"#\s*todo", rest, re.I):
                count.passed += 1
            else:
                count.failed += 1
        if not good and not count.failed:
            count.failed = 1
        return count

    def show_test(self, name, result):
        say(paint("1;31", f"    {result['name']}: {result['result']} after {result.get('duration', 0):.1f} s"))
        text = (result.get("stdout") or "") + (result.get("stderr") or "")
        for line in text.splitlines()[-30:]:
            say("      " + line[:400])
        self.failures.append(f"{name}: {result['name']} ({result['result']})")

    # Steps -----------------------------------------------------------------------------------------------------------

    def corpus(self, name):
        folder = Path(os.environ.get("BARUA_CORPUS") or TOP / ".." / "shared" / "corpus").resolve()
        if folder.is_dir() and any(folder.iterdir()):
            return Count(passed=1)
        if CI:
            self.fail(name, f"the shared corpus is absent ({folder}); CI needs it")
            return Count(failed=1)
        self.skip(name, f"the shared corpus is absent ({folder}); the project's own small corpus is used. Set BARUA_CORPUS to change it")
        return Count(skipped=1)

    def sanitize(self, name):
        options = ["-Db_sanitize=address,undefined", "-Db_lundef=false", f"-Dwerror={'true' if CI else 'false'}"]
        count = self.build(name + " build", SANITIZE, options)
        if count.failed:
            return count
        environment = {
            "LSAN_OPTIONS": f"suppressions={TOP / 'tests' / 'lsan.supp'}:print_suppressions=0",
            "UBSAN_OPTIONS": "halt_on_error=1:abort_on_error=1:print_stacktrace=1",
        }
        count.add(self.meson_tests(
            name, SANITIZE,
            ["--no-suite", "lint", "--no-suite", "webkit", "--no-suite", "full", "--no-suite", "unsanitized", "--timeout-multiplier", "4"],
            environment))
        return count

    def fuzz_targets(self, name):
        """The names of the fuzz targets; sets their build folder up."""
        if not (TOP / "tests" / "fuzz" / "run-fuzz").exists():
            return []
        outcome = self.configure(name, FUZZ, ["-Dfuzzers=true", "-Dwindow=false", "-Db_lundef=false"], {"CC": "clang"})
        if not outcome.good:
            self.fail(name, "the fuzz targets could not be configured", outcome)
            raise RuntimeError("no fuzz targets")
        listed = subprocess.run(["ninja", "-C", FUZZ, "-t", "targets", "all"], capture_output=True, text=True, check=True)
        found = re.findall(r"^(tests/fuzz/(?:.*/)?(fuzz-[a-z0-9-]+)): ", listed.stdout, re.M)
        if found:
            outcome = self.run(f"{name} compile", ["ninja", "-C", FUZZ, *sorted({path for path, _ in found})])
            if not outcome.good:
                self.fail(name, "the fuzz targets did not build", outcome)
                raise RuntimeError("no fuzz targets")
        return sorted({target for _, target in found})

    def fuzz_target(self, name, target, bound, limit):
        count = self.command(name, [TOP / "tests/fuzz/run-fuzz", "--build", FUZZ, *bound, target], limit)
        if not count.failed:
            say(f"    {target}: nothing found, {executions(LOGS / (name.replace(' ', '-') + '.log'))}")
        return count

    def fuzz_smoke(self, name):
        """Each target for a minute, as many at a time as there are cores."""
        targets = self.fuzz_targets(name + " build")
        count = Count()
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            runs = [pool.submit(self.fuzz_target, f"fuzz {target}", target, ["--seconds", str(FUZZ_SECONDS)], FUZZ_SECONDS + 3 * MINUTE)
                    for target in targets]
            for run in runs:
                count.add(run.result())
        return count

    def fuzz_long(self, targets):
        """Begins a million runs of each of targets, a table by step; what comes back waits, as a step's function, for its Count."""
        # Those that take longest begin first, so that no core is left to wait for one of them at the end.
        slow = {"fuzz-mime": 0, "fuzz-html": 1}
        pool = ThreadPoolExecutor(max_workers=os.cpu_count() or 1)
        runs = {step: pool.submit(self.fuzz_target, step, target, ["--runs", str(FUZZ_RUNS_FULL)], FUZZ_RUNS_SECONDS)
                for step, target in sorted(targets.items(), key=lambda item: (slow.get(item[1], 2), item[1]))}
        pool.shutdown(wait=False)
        return {step: lambda name, run=run: run.result() for step, run in runs.items()}

    # Tiers -----------------------------------------------------------------------------------------------------------

    def quick(self):
        self.step("corpus", self.corpus)
        if self.step("build", self.build_main):
            self.step("tests", self.meson_tests, BUILD,
                      ["--no-suite", "slow", "--no-suite", "full", "--no-suite", "integration", "--no-suite", "ui"])

    def normal(self):
        self.step("corpus", self.corpus)
        if self.step("build", self.build_main):
            self.step("tests", self.meson_tests, BUILD, ["--no-suite", "full"], NORMAL_ENVIRONMENT)
        self.step("sanitizers", self.sanitize)
        self.step("fuzz smoke", self.fuzz_smoke)

    def full(self):
        """Everything the bars name, one unit at a time; what passed on this very tree is not run again."""
        os.environ.update(FULL_ENVIRONMENT)
        index, shards = self.options.shard
        self.step("corpus", self.corpus)
        if not self.step("build", self.build_main):
            return
        units = []
        for test in introspect("--tests"):
            slow = SLOW_TAP if test.get("protocol") == "tap" else []
            units.append(("test " + test["name"], self.meson_tests, BUILD, [*slow, test["name"]]))
        for test in introspect("--benchmarks"):
            units.append(("benchmark " + test["name"], self.benchmark, test["name"]))
        units.append(("sanitizers", self.sanitize))
        try:
            targets = self.fuzz_targets("fuzz build")
        except RuntimeError as error:
            targets = []
            self.total.failed += 1
            self.fail("fuzz", str(error))
        fuzzers = {f"fuzz {target}": target for target in targets}
        units += [(name, None) for name in fuzzers]
        state = load_state({"done": tree_key(), "fuzzed": tree_key(FUZZED)})
        mine = [unit for number, unit in enumerate(units) if number % shards == index - 1]
        fuzzing = None
        for number, (name, function, *arguments) in enumerate(mine):
            done = state["fuzzed" if name in fuzzers else "done"]
            if name in done:
                count = Count(*done[name])
                self.total.add(count)
                say(f"== {name}: {count.line()} (earlier, on this same tree)")
                continue
            if name in fuzzers:
                if fuzzing is None:  # the last of the units: as many at a time as there are cores, for nothing is measured
                    fuzzing = self.fuzz_long({name: fuzzers[name] for name, *_ in mine[number:] if name not in done})
                function = fuzzing[name]
            before = Count(self.total.passed, self.total.failed, self.total.skipped)
            if self.step(name, function, *arguments) and name not in self.unsettled:
                done[name] = [self.total.passed - before.passed, 0, self.total.skipped - before.skipped]
                STATE.write_text(json.dumps(state))

    def summary(self):
        say()
        for name, seconds, count in self.durations:
            say(f"  {seconds:8.1f} s  {'FAILED' if count.failed else 'ok    '}  {name} ({count.line()})")
        if self.skips:
            say(f"\nSkipped ({len(self.skips)}):")
            for words in self.skips[:50]:
                say("  " + words)
        if self.unsteady:
            say(f"\nUnsteady ({len(self.unsteady)}):")
            for words in self.unsteady:
                say("  " + words)
        if self.notes:
            say(f"\nTo be mended ({len(self.notes)}):")
            for words in self.notes:
                say("  " + words)
        if self.failures:
            say(f"\nFailed ({len(self.failures)}):")
            for words in self.failures:
                say("  " + words)
        say()
        say(self.total.line())
        return 1 if self.total.failed else 0


def result_timed_out(result):
    return result["result"] in ("TIMEOUT", "INTERRUPT")


def wait_for_quiet():
    """Until others leave the machine alone, or QUIET_SECONDS; the benchmark looks itself whether they did."""
    import barua_bench
    end = time.monotonic() + QUIET_SECONDS
    while barua_bench.others_share() > barua_bench.OTHERS_SHARE and time.monotonic() < end:
        pass


def reason(result):
    """Why a whole test was skipped: its TAP words, else its last line."""
    text = (result.get("stdout") or "") + "\n" + (result.get("stderr") or "")
    match = re.search(r"^1\.\.0\s*#\s*(.*)$", text, re.M)
    if match:
        return match.group(1)
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "it did not say why"


def skipped_points(result):
    return [match.strip(" -") for match in re.findall(r"^ok\b\s*\d*([^\n]*#\s*skip[^\n]*)", result.get("stdout") or "", re.M | re.I)]


def last_line(log):
    with open(log, "rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 2000))
        lines = [line for line in file.read().decode(errors="replace").replace("\r", "\n").split("\n") if line.strip()]
    return lines[-1].strip()[:100] if lines else ""


def end_group(process):
    """Ends a command and all it started: first politely, so that servers and displays are taken down."""
    for what, wait in ((signal.SIGINT, 5), (signal.SIGTERM, 10), (signal.SIGKILL, 10)):
        try:
            os.killpg(process.pid, what)
            process.wait(timeout=wait)
            return
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def executions(log):
    """What libFuzzer says about how much it did, in all its runs."""
    done = re.findall(r"number_of_executed_units: (\d+)", log.read_text(errors="replace"))
    return f"{sum(map(int, done)):,} runs" if done else "runs not counted"


def introspect(what):
    text = subprocess.run(["meson", "introspect", what, BUILD], cwd=TOP, capture_output=True, text=True, check=True).stdout
    return json.loads(text)


def tree_key(below=(".",)):
    """A hash of the sources below some folders as they lie there, so that a resumed run never mixes two trees."""
    def git(*arguments):
        return subprocess.run(["git", *arguments, "--", *below], cwd=TOP, capture_output=True, check=False).stdout

    digest = hashlib.sha256()
    digest.update(git("ls-tree", "-r", "HEAD"))
    digest.update(git("diff", "HEAD"))
    for name in git("ls-files", "--others", "--exclude-standard", "-z").split(b"\0"):
        path = TOP / os.fsdecode(name)
        if name and path.is_file():
            digest.update(name + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def load_state(keys):
    """What is done of each group of steps; keys has the group's tree_key(), and another tree's is forgotten."""
    try:
        old = json.loads(STATE.read_text())
    except (OSError, ValueError):
        old = {}
    groups = {group: old.get(group, {}) if old.get("keys", {}).get(group) == key else {} for group, key in keys.items()}
    return {"keys": keys, **groups}


def shard(text):
    match = re.fullmatch(r"(\d+)/(\d+)", text)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise argparse.ArgumentTypeError("a shard is I/N with I from 1 to N, as in 2/5")
    return int(match[1]), int(match[2])


def parse():
    parser = argparse.ArgumentParser(prog="build-aux/test", description="Builds Barua and runs its tests.")
    tier = parser.add_mutually_exclusive_group()
    tier.add_argument("--quick", dest="tier", action="store_const", const="quick",
                      help="build, unit tests and lint only; at most 8 minutes")
    tier.add_argument("--full", dest="tier", action="store_const", const="full",
                      help="everything, benchmarks and long fuzzing included; goes on where it stopped")
    tier.add_argument("--build", dest="tier", action="store_const", const="build", help="only build, in _build/")
    parser.add_argument("--shard", type=shard, default=(1, 1), metavar="I/N", help="with --full: the I-th of N parts")
    parser.add_argument("--for-run", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(tier="normal")
    options = parser.parse_args()
    if options.shard != (1, 1) and options.tier != "full":
        parser.error("--shard goes with --full")
    return options


def main():
    options = parse()
    only_build = options.tier == "build"
    if only_build:
        options.tier = "normal"
    check = Check(options)
    try:
        if only_build:
            check.step("build", check.build_main)
        else:
            getattr(check, options.tier)()
    except KeyboardInterrupt:
        check.total.failed += 1
        check.failures.append("interrupted")
    if options.for_run and not check.total.failed:
        return 0
    return check.summary()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
