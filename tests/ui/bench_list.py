#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window beside a bare list (bare-list.c) in the same run: what a person waits for.

    bench_list.py NAME                      start, new-account, memory, rows, grouped or messages
                                            $BARUA_BENCH_RUNS changes the five runs

All times end with a painted frame in which every visible row is filled (window-probe.c). Ends with VALID, or with INVALID where
something else took more than a fifth of a core just before or after; exit code 1 for a missed bar in a valid run, 3 for an
invalid one.
"""

import contextlib
import os
import re
import shutil
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "server"), os.path.join(HERE, "..", "bench")]
# The virtual display has a cache of its own; the mailboxes are kept in the person's.
os.environ.setdefault("BARUA_BENCH_CACHE", os.path.expanduser("~/.cache/barua/bench"))
import barua_bench  # noqa: E402
import barua_dovecot  # noqa: E402
import bench_mail  # noqa: E402
import bench_store  # noqa: E402
from barua_bench import median, ms  # noqa: E402
from barua_client import Client  # noqa: E402
from probe import Probe  # noqa: E402

RUNS = int(os.environ.get("BARUA_BENCH_RUNS", "5"))
MILLION, HUNDRED, TEN, ONE = 1_000_000, 100_000, 10_000, 1_000
FLAT = {"list-grouped": False}
BENCHMARKS = {}


def benchmark(function):
    BENCHMARKS[function.__name__.replace("_", "-")] = function
    return function


class Machine:
    """The server with its kept mailboxes, and a folder for profiles."""

    def __init__(self, server, folder):
        self.server, self.folder = server, folder

    def synced(self, user, extra=None):
        """The folder of a profile whose accounts were synchronised and indexed, and that was opened once."""
        folder = os.path.join(self.folder, user)
        client = Client(os.path.join(folder, "profile"))
        for name in filter(None, (user, extra)):
            client.add(self.server, name)
        client.sync("--headers-only", timeout=900)
        with self.barua(folder) as probe:
            probe.wait("rows", 60)
            # The parts of words are indexed now.
            probe.rest(900)
        return folder

    def barua(self, folder, **named):
        return Probe([os.environ["BARUA"], "--profile", os.path.join(folder, "profile")], folder, **named)

    def bare(self, rows):
        return Probe([os.environ["BARUA_BARE_LIST"], str(rows)], os.path.join(self.folder, "bare"))


@contextlib.contextmanager
def machine():
    with tempfile.TemporaryDirectory(prefix="barua-bench-window-") as folder, bench_store.BenchServer() as server:
        yield Machine(server, folder)


def words(number):
    return f"{number:,}"


def start_ms(program):
    with program as probe:
        return probe.wait("rows", 60)


@benchmark
def start(result):
    """From the start of the process to painted rows out of the cache, for three sizes of the folder."""
    sizes = (TEN, HUNDRED, MILLION)
    with machine() as here:
        folders = {size: here.synced(here.server.prepare(size)) for size in sizes}
        start_ms(here.bare(HUNDRED))
        took = {size: [] for size in (0, *sizes)}
        for _ in range(RUNS):
            took[0].append(start_ms(here.bare(HUNDRED)))
            for size in sizes:
                took[size].append(start_ms(here.barua(folders[size])))
    middle = {size: median([event["since_start_ms"] for event in events]) for size, events in took.items()}
    result.show("bare list, painted", ms(middle[0]))
    for size in sizes:
        result.show(f"{words(size)} messages, rows painted", ms(middle[size]))
        result.ratio(f"  ratio to the bare list, {words(size)}", middle[size], middle[0], 1.5, 1.2)
    spread = max(middle[size] for size in sizes) / min(middle[size] for size in sizes) - 1
    result.show("difference between the sizes", f"{spread:.1%}", "10 %", spread <= 0.10)


@benchmark
def new_account(result):
    """From the start of the process with an account that was never read to its first 50 rows painted."""
    limits, bare, took, rows = [], [], [], []
    with machine() as here:
        user = here.server.prepare(HUNDRED)
        for number in range(RUNS):
            limits.append(here.server.limit(user, "newest", 50)["total_ms"])
            bare.append(start_ms(here.bare(HUNDRED))["since_start_ms"])
            folder = os.path.join(here.folder, f"new{number}")
            Client(os.path.join(folder, "profile")).add(here.server, user)
            event = start_ms(here.barua(folder, settings=FLAT))
            took.append(event["since_start_ms"])
            rows.append(event["rows"])
            shutil.rmtree(folder)
    limit, frame, painted = median(limits), median(bare), median(took)
    result.show("raw limit, connect to 50 rows", ms(limit))
    result.show("bare list, painted", ms(frame))
    result.show("start to the first rows painted", ms(painted))
    result.show("  rows there by then, at least", str(min(rows)), "50", min(rows) >= 50)
    over = painted - limit - frame
    result.show("  beyond the limit and the bare list", ms(over), "100 ms", over <= 100)


def settled_memory(program):
    with program as probe:
        probe.wait("rows", 60)
        probe.rest(300)
        return probe.memory()


@benchmark
def memory(result):
    """Memory with an inbox open and no HTML shown; each message is a row."""
    sizes = (TEN, HUNDRED, MILLION)
    found = {size: [] for size in (0, *sizes)}
    with machine() as here:
        folders = {size: here.synced(here.server.prepare(size)) for size in sizes}
        for _ in range(min(RUNS, 3)):
            found[0].append(settled_memory(here.bare(HUNDRED)))
            for size in sizes:
                found[size].append(settled_memory(here.barua(folders[size], settings=FLAT)))
    mb = {size: {name: median([one[name] for one in all_of]) / 1e6 for name in ("Pss", "Rss", "Pss_Anon")}
          for size, all_of in found.items()}
    for size, one in mb.items():
        result.show(f"{words(size) + ' messages' if size else 'bare list'}, PSS / RSS / of it anonymous",
                    f"{one['Pss']:.0f} / {one['Rss']:.0f} / {one['Pss_Anon']:.0f} MB")
    for size, bar in ((HUNDRED, 45), (MILLION, 80)):
        over = mb[size]["Pss"] - mb[0]["Pss"]
        result.show(f"{words(size)} messages: PSS beyond the bare list", f"{over:.0f} MB",
                    f"{bar} MB" + (", goal 30 MB" if size == HUNDRED else ""), over <= bar)
    growth = (mb[MILLION]["Pss"] - mb[HUNDRED]["Pss"]) * 1e6 / (MILLION - HUNDRED)
    result.show("growth for each further message", f"{growth:.1f} B", "24 B", growth <= 24)


PLACES = (0.5, 0.99, 0.1, 0.75, 0.3, 0.9, 0.2)


def jumps(probe, rows):
    found = []
    for place in PLACES:
        found.append(probe.ask(f"jump {int(rows * place)}", "jump")["ms"])
        time.sleep(0.4)
    return found


def scroll(probe):
    """(times between frames, work of each frame, frames with a row that was not filled) of five seconds at 90 pixels a frame."""
    end = probe.ask("scroll 90 300", "scroll", 60)
    frames = [event for event in probe.events()[probe.mark:] if event["event"] == "scrolled"]
    return [event["ms"] for event in frames[1:]], [event["work_ms"] for event in frames[1:]], end["unfilled"]


def p95(values):
    return sorted(values)[int(len(values) * 0.95)]


def switches(probe, big, small):
    """Times to the big folder and to the small one, in turns."""
    times, back = [], []
    for _ in range(RUNS):
        back.append(probe.ask(f"folder {small}", "folder", 60)["ms"])
        time.sleep(1)
        times.append(probe.ask(f"folder {big}", "folder", 60)["ms"])
        time.sleep(1)
    return times, back


@benchmark
def rows(result):
    """A folder of 1,000,000, each message a row: first frame, folder switch, jumps, scrolling."""
    with machine() as here:
        folder = here.synced(here.server.prepare(MILLION), here.server.prepare(ONE))
        with here.barua(folder, settings=FLAT) as probe:
            asked = probe.wait("rows", 60)["asked"]
            probe.rest(300)
            big, small = probe.inboxes()
            to_big, to_small = switches(probe, big, small)
            probe.rest(300)
            n = probe.ask("count", "count")["rows"]
            jumped = jumps(probe, n)
            probe.rest()
            gaps, work, unfilled = scroll(probe)
        with here.bare(MILLION) as probe:
            probe.wait("rows", 60)
            probe.rest()
            bare_jumped = jumps(probe, MILLION)
            bare_gaps, bare_work, _ = scroll(probe)
    result.show("rows in the list", words(n))
    result.show("rows asked for the first frame", str(asked), "250", asked <= 250)
    result.show("folder switch, to 1,000", ms(median(to_small)))
    result.show("folder switch, to 1,000,000", ms(median(to_big)), "100 ms", median(to_big) < 100)
    result.show("  the longest", ms(max(to_big)))
    result.show("jump to filled rows, bare list", ms(median(bare_jumped)))
    result.show("jump to filled rows", ms(median(jumped)))
    result.ratio("  ratio to the bare list", median(jumped), median(bare_jumped), 1.3)
    result.show("scrolling, median / p95 / longest, bare list",
                f"{median(bare_gaps):.1f} / {p95(bare_gaps):.1f} / {max(bare_gaps):.1f} ms")
    result.show("  work of a frame, median / p95", f"{median(bare_work):.1f} / {p95(bare_work):.1f} ms")
    result.show("scrolling, median / longest", f"{median(gaps):.1f} / {max(gaps):.1f} ms")
    result.show("  work of a frame, median / p95", f"{median(work):.1f} / {p95(work):.1f} ms")
    result.show("  frames with a row not filled", f"{unfilled} of {len(gaps)}")
    result.show("scrolling, p95 of a frame", ms(p95(gaps)), "20 ms", p95(gaps) <= 20)


@benchmark
def grouped(result):
    """100,000 messages as conversations: folder switch, and a reply that comes in."""
    with machine() as here:
        here.server.copy_user(here.server.prepare(HUNDRED), "scratch")
        parents = message_ids(here.server, "scratch", [HUNDRED - 50 - 7919 * number for number in range(RUNS)])
        folder = here.synced("scratch", here.server.prepare(ONE))
        with here.barua(folder) as probe:
            probe.wait("rows", 60)
            probe.rest(300)
            big, small = probe.inboxes()
            to_big, _ = switches(probe, big, small)
            probe.rest(300)
            n = probe.ask("count", "count")["rows"]
            replies = [reply(here.server, probe, parent) for parent in parents]
    result.show("conversations", words(n))
    result.show("folder switch", ms(median(to_big)), "100 ms", median(to_big) < 100)
    result.show("  the longest", ms(max(to_big)))
    between = max(one["frames_between"] for one in replies)
    result.show("frames painted while a reply regroups, worst", str(between), "0", between == 0)
    frames = median([one["frames"] for one in replies])
    result.show("frames until it is there, filled", f"{frames:g}", "1", frames <= 1)
    result.show("  from the change of the list to that frame", ms(median([one["ms"] for one in replies])))
    result.show("  all changes of the list take", ms(median([one["applied_ms"] for one in replies])))


def message_ids(server, user, numbers):
    mail = server.imap(user, "INBOX")
    try:
        found = [mail.fetch(str(number), "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1][0][1] for number in numbers]
    finally:
        mail.logout()
    return [re.search(rb"<[^>]*>", one).group().decode() for one in found]


def reply(server, probe, parent):
    probe.ask("watch", "watching")
    mark = probe.mark
    server.deliver("scratch", barua_dovecot.message("Re: it", to="scratch@barua.example", In_Reply_To=parent, References=parent))
    found = probe.wait("regroup", 30, mark)
    probe.rest()
    return found


def show_message(probe, position, event, seconds=30):
    """(time to the first frame with it, longest turn, turns above 50 ms); the message is in the cache."""
    before = len(probe.traced())
    probe.ask("turns", "turns-begin")
    mark = len(probe.events())
    begun = probe.ask(f"open {position}", "open")["us"]
    end = time.monotonic() + seconds
    shown = None
    while shown is None and time.monotonic() < end:
        shown = next((entry["us"] for entry in probe.traced()[before:] if entry["event"] == event), None)
        time.sleep(0.02)
    time.sleep(1)
    turns = probe.ask("turns", "turns")
    frames = [entry["us"] for entry in probe.events()[mark:] if entry["event"] == "frame" and shown and entry["us"] >= shown]
    if not frames:
        raise AssertionError(f"row {position} was not shown: {probe.said()}")
    time.sleep(2.5)
    return (frames[0] - begun) / 1000, turns["longest_ms"], turns["stalls"]


@benchmark
def messages(result):
    """A message that is in the cache to the screen; large ones without a stall."""
    with machine() as here:
        kinds = bench_mail.make()
        for raw, date in bench_mail.in_order(kinds):
            here.server.append("scratch", "INBOX", raw, date=date)
        folder = os.path.join(here.folder, "messages")
        client = Client(os.path.join(folder, "profile"))
        client.add(here.server, "scratch")
        client.sync("--bodies", timeout=300)
        with here.barua(folder, settings=FLAT) as probe:
            probe.wait("rows", 60)
            probe.rest(120)
            # The web process is warm and each body here.
            for kind, positions in bench_mail.positions(kinds).items():
                show_message(probe, positions[0], bench_mail.EVENTS[kind])
            found = {kind: [] for kind in kinds}
            for number in range(RUNS):
                for kind, positions in bench_mail.positions(kinds).items():
                    found[kind].append(show_message(probe, positions[(number + 1) % len(positions)], bench_mail.EVENTS[kind]))
    for kind, bar in bench_mail.BARS.items():
        took = median([one[0] for one in found[kind]])
        result.show(f"{kind}, to the screen", ms(took), f"{bar} ms" if bar else None, took < bar if bar else None)
    for kind, all_of in found.items():
        longest = max(one[1] for one in all_of)
        result.show(f"{kind}, longest turn of the main loop", ms(longest), "50 ms", longest <= 50)


def main():
    if len(sys.argv) != 2 or sys.argv[1] not in BENCHMARKS:
        print("\n".join(f"{name:<14} {function.__doc__}" for name, function in BENCHMARKS.items()))
        return 2
    function = BENCHMARKS[sys.argv[1]]
    result = barua_bench.Result(function.__doc__.rstrip("."))
    function(result)
    result.end()
    return result.exit_code()


if __name__ == "__main__":
    sys.exit(main())
