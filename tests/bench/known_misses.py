# SPDX-License-Identifier: GPL-3.0-or-later
"""What build-aux/test --full makes of one benchmark's run: known-misses.txt, and the verdict on a run.

    known = load()                         # {(benchmark, bar): Known}; KnownMissesError names each wrong line
    verdict = judge("net-first-sync", 1, output, known)
    verdict = settle(run, wait_for_quiet)  # run() gives a Verdict; an invalid one is tried again, twice at most
"""

import json
import os
import re

FILE_NAME = "known-misses.txt"
FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), FILE_NAME)
MISSED, INVALID = 1, 3  # exit codes of the benchmarks
TRIES = 3
FIGURE = re.compile(r"(\d[\d,]*(?:\.\d+)?) ?(\D*)")

GOOD, BUSY, KNOWN, FAILED = "good", "busy", "known", "failed"


class KnownMissesError(Exception):
    """The file of known misses has wrong lines; the text names them."""


class Known:
    """A bar known to be missed: the figure allowed at most as written, and what limits it."""

    def __init__(self, at_most, why):
        self.at_most, self.why = at_most, why


class Verdict:
    """kind: GOOD, BUSY (the run says nothing), KNOWN (only known misses) or FAILED.

    faults: what failed it; misses: known misses; notes: lines of the file that are to be removed or looked at."""

    def __init__(self, kind, faults=(), misses=(), notes=()):
        self.kind, self.faults, self.misses, self.notes = kind, list(faults), list(misses), list(notes)


def figure(text):
    """(number, unit) of "2.10x", "1,234.5 ms" or "0.1 %"; None of anything else."""
    match = FIGURE.fullmatch(text.strip())
    return (float(match[1].replace(",", "")), match[2].strip()) if match else None


def read(text):
    known, faults = {}, []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = [field.strip() for field in line.split("|")]
        if len(fields) != 4 or not all(fields):
            faults.append(f"line {number}: not BENCHMARK | BAR | FIGURE | WHY")
        elif figure(fields[2]) is None:
            faults.append(f"line {number}: {fields[2]} is no number with a unit")
        elif (fields[0], fields[1]) in known:
            faults.append(f"line {number}: {fields[0]}, {fields[1]} is there twice")
        else:
            known[fields[0], fields[1]] = Known(fields[2], fields[3])
    if faults:
        raise KnownMissesError("; ".join(faults))
    return known


def load():
    with open(FILE, encoding="utf-8") as source:
        return read(source.read())


def judge(name, status, output, known):
    """The verdict on a run of benchmark name that ended with status (None: out of time) and printed output."""
    reports = [json.loads(line[5:]) for line in output.splitlines() if line.startswith("BARS {")]
    if status == INVALID:
        words = [reason for report in reports for reason in report["invalid"]]
        return Verdict(BUSY, words or ["it was not said why"])
    mine = {bar: one for (benchmark, bar), one in known.items() if benchmark == name}
    bars = [bar for report in reports for bar in report["bars"]]
    missed = [bar for bar in bars if not bar["met"]]
    if status not in (0, MISSED) or (status == 0) == bool(missed):
        return Verdict(FAILED, ["ran out of time" if status is None else f"ended with status {status}"])
    notes = [f"{bar}: {'no longer missed' if any(one['bar'] == bar for one in bars) else 'no such bar'}: remove the line"
             for bar in mine if all(one["bar"] != bar for one in missed)]
    faults, misses = [], []
    for bar in missed:
        allowed = mine.get(bar["bar"])
        words = f"{bar['bar']}: {bar['figure']}, bar {bar['at_most']}"
        if allowed is None:
            faults.append(words)
        elif not within(bar["figure"], allowed.at_most):
            faults.append(f"{words}; known to be missed, but {allowed.at_most} is allowed at most")
        else:
            misses.append(f"{words}; known, up to {allowed.at_most}: {allowed.why}")
    return Verdict(FAILED if faults else KNOWN if misses else GOOD, faults, misses, notes)


def within(got, at_most):
    """Whether a printed figure is at most another one of the same unit."""
    got, at_most = figure(got), figure(at_most)
    return got is not None and got[1] == at_most[1] and got[0] <= at_most[0]


def settle(run, wait_for_quiet):
    """The first run that says something, of TRIES at most; the machine may become quiet before each other one."""
    verdict = run()
    for _ in range(TRIES - 1):
        if verdict.kind != BUSY:
            break
        wait_for_quiet()
        verdict = run()
    return verdict
