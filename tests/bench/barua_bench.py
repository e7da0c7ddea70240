#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Benchmarks against a real Dovecot: what barua-cli takes beside what a client takes that keeps nothing.

    barua_bench.py [--runs N] [--messages N] [--limit-only] NAME...
    barua_bench.py --list

Both take turns in the same run on the same server over TLS; medians and their ratio are printed, with the bar. A run of the
limit counts only where the server used at least 90 % of a core and the limit client at most 30 %; both are printed. Each
benchmark ends with VALID, or with INVALID and why: no run of the limit counts, or something else took more than a fifth of a
core just before or after. Exit code 1 when a bar is missed in a valid run, 3 when a run was invalid. The last lines, one a
benchmark, begin with BARS and are for build-aux/test (known_misses.py reads them).
Needs BARUA_CLI, BARUA_IMAPLIMIT and BARUA_LINE, search BARUA_SEARCH, bodies BARUA_BODY_INDEX and BARUA_PACK (meson sets them).
"""

import argparse
import collections
import contextlib
import email
import email.header
import json
import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "server")]
import barua_dovecot  # noqa: E402
import generate  # noqa: E402
from barua_client import Client  # noqa: E402
from bench_store import BenchServer, Line  # noqa: E402
from bench_wire import folder_share  # noqa: E402
from tap import NO_MODSEQ, Tap  # noqa: E402

BENCHMARKS = {}
# A run of the limit counts where the server had a core for itself and the client did not hold it up.
SERVER_SHARE, CLIENT_SHARE = 0.9, 0.3
# Of one core, what others may take before and after a benchmark.
OTHERS_SHARE = 0.2


def benchmark(function):
    BENCHMARKS[function.__name__.replace("_", "-")] = function
    return function


class Result:
    """Collects lines and verdicts of one benchmark."""

    def __init__(self, name):
        self.name = name
        self.bars = []
        self.invalid = []
        print(f"\n== {name}", flush=True)
        self._look("before it")

    def show(self, what, value, bar=None, met=None):
        verdict = "" if met is None else ("   ok" if met else "   MISSED")
        print(f"  {what:<58} {value:>18}" + (f"   bar {bar}" if bar else "") + verdict, flush=True)
        if met is not None:
            self.bars.append({"bar": what, "figure": str(value), "at_most": bar, "met": bool(met)})

    @property
    def missed(self):
        return [one["bar"] for one in self.bars if not one["met"]]

    def ratio(self, what, value, limit, bar, goal=None):
        self.show(what, f"{value / limit:.2f}x", f"{bar}x" + (f", goal {goal}x" if goal else ""), value / limit <= bar)

    def validity(self, limits, what="limit runs"):
        """Prints the shares of the limit's runs and whether they count; returns those that do, or all where none does."""
        valid = [limit for limit in limits if limit["server_share"] >= SERVER_SHARE and limit["client_share"] <= CLIENT_SHARE]
        shares = " ".join(f"{limit['server_share']:.0%}/{limit['client_share']:.0%}" for limit in limits)
        self.show(f"{what}, server/client share of a core: {'VALID' if valid else 'INVALID'}",
                  f"{len(valid)} of {len(limits)} count", f">= {SERVER_SHARE:.0%} / <= {CLIENT_SHARE:.0%}")
        print(f"    {shares}", flush=True)
        if not valid:
            self.invalid.append(f"{what}: none counts, the server did not have a core for itself")
        return valid or limits

    def end(self):
        """The verdict on the run itself: a figure of a busy machine says nothing, met or missed."""
        self._look("after it")
        print(f"  {'INVALID: ' + '; '.join(self.invalid) if self.invalid else 'VALID'}", flush=True)

    def exit_code(self):
        """Of a program that ran this benchmark; says on a last line, for a program, what the exit code stands for."""
        print("BARS " + json.dumps({"benchmark": self.name, "invalid": self.invalid, "bars": self.bars}), flush=True)
        return 3 if self.invalid else 1 if self.missed else 0

    def _look(self, when):
        busy = others_share()
        if busy > OTHERS_SHARE:
            self.invalid.append(f"{when} something else took {busy:.0%} of a core")


def others_share():
    """What is used of a core while nothing of ours works; what was just started or ended is given three seconds to rest."""
    busy, end = None, time.monotonic() + 3
    while busy is None or (busy > OTHERS_SHARE and time.monotonic() < end):
        before = processor_times()
        time.sleep(0.5)
        total, idle = (after - then for after, then in zip(processor_times(), before))
        busy = (1 - idle / max(total, 1)) * os.cpu_count()
    return busy


def processor_times():
    """(all, idle) of all cores in ticks; what another guest of the same host takes is not idle."""
    with open("/proc/stat", encoding="ascii") as source:
        fields = [int(field) for field in source.readline().split()[1:9]]
    return sum(fields), fields[3] + fields[4]


def median(values):
    return statistics.median(values)


def ms(value):
    return f"{value:,.1f} ms"


class Profile:
    """A fresh profile with one account, gone afterwards."""

    def __init__(self, server, user, port=None):
        self.folder = tempfile.mkdtemp(prefix="barua-bench-", dir=os.environ.get("BARUA_BENCH_TMP"))
        self.client = Client(os.path.join(self.folder, "profile"))
        self.client.add(server, user, port=port)

    def __enter__(self):
        return self.client

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def database_bytes(self):
        return profile_bytes(self.client.profile)


def profile_bytes(profile):
    sizes = {}
    for name in os.listdir(profile):
        stem = name.split("-")[0]
        if stem.endswith(".db"):
            sizes[stem] = sizes.get(stem, 0) + os.stat(os.path.join(profile, name)).st_size
    return sizes


def first_sync_runs(server, user, runs, arguments, mode, limit_only, port=None, at_end=None):
    """Takes turns; returns (limits, barua's runs, databases). at_end is given the last profile."""
    limits, syncs, databases = [], [], []
    for _ in range(runs):
        limits.append(server.limit(user, *mode, port=port))
        if limit_only:
            continue
        with Profile(server, user, port=port) as client:
            syncs.append(client.sync("--folder", "INBOX", *arguments, timeout=900))
            databases.append(profile_bytes(client.profile))
            if at_end and len(syncs) == runs:
                at_end(client.profile)
    return limits, syncs, databases


@benchmark
def first_sync(server, options):
    """All headers of a folder, stored, threaded, searchable; memory; time to the first 50 rows."""
    user = server.prepare(options.messages)
    result = Result(f"first sync of {options.messages:,} headers")
    limits, syncs, databases = first_sync_runs(server, user, options.runs, ["--headers-only"], ["slim"], options.limit_only)
    limit = median([run["total_ms"] for run in result.validity(limits)])
    result.show("slim limit, connect to last row", ms(limit))
    result.show("  bytes a message", f"{limits[0]['fetch_bytes'] / limits[0]['messages']:.0f} B")
    if syncs:
        done = median([run.event("synced")["ms"] for run in syncs])
        result.show("barua-cli sync, in the engine", ms(done))
        result.show("barua-cli sync, whole process, with the index", ms(median([run.wall_ms for run in syncs])))
        result.show("barua-cli sync, own CPU, with the index", ms(median([run.cpu_ms for run in syncs])))
        result.ratio("ratio to the limit", done, limit, 1.5, 1.15)
        show_indexed(result, syncs, limit)
        rss = median([run.rss_kb for run in syncs]) / 1024
        result.show("peak memory", f"{rss:.0f} MB", "120 MB", rss < 120)
        first = median([run.event("synced")["first_rows_ms"] - run.event("synced")["connected_ms"] for run in syncs])
        result.show("TLS connect to first 50 rows stored", ms(first), "100 ms", first <= 100)
        per = median([run.event("synced")["bytes_in"] for run in syncs]) / options.messages
        result.show("bytes read a message", f"{per:.0f} B")
        show_databases(result, databases, options.messages, None)
    return result


def show_indexed(result, syncs, limit):
    """The word index, which is completed after all is stored and can be found (docs/decisions/0022); without a bar."""
    indexed = median([run.event("indexed")["ms"] for run in syncs])
    result.show("word index complete, after that", ms(median([run.event("indexed")["ms"] - run.event("synced")["ms"] for run in syncs])))
    result.show("  ratio to the limit with the index", f"{indexed / limit:.2f}x")


def show_databases(result, databases, messages, bars):
    main = median([sizes.get("main.db", 0) for sizes in databases]) / messages
    search = median([sizes.get("search.db", 0) for sizes in databases]) / messages
    result.show("main.db a message", f"{main:.0f} B", f"{bars[0]} B" if bars else None, main <= bars[0] if bars else None)
    result.show("main.db and search.db a message", f"{main + search:.0f} B", f"{bars[1]} B" if bars else None,
                main + search <= bars[1] if bars else None)


@benchmark
def first_rows_line(server, options):
    """The newest 50 through a line of 40 ms and 50 Mbit/s."""
    user = server.prepare(options.messages)
    result = Result(f"first rows of {options.messages:,} through 40 ms, 50 Mbit/s")
    limits, syncs = [], []
    with Line(server.imaps_port) as line:
        for _ in range(options.runs):
            limits.append(server.limit(user, "newest", 50, port=line.port))
            if options.limit_only:
                continue
            with Profile(server, user, port=line.port) as client:
                syncs.append(client.sync("--folder", "INBOX", "--headers-only", timeout=900))
    limit = median([run["total_ms"] for run in limits])
    result.show("limit, connect to 50 rows", ms(limit))
    result.show("  of it until signed in", ms(median([run["signed_in_ms"] for run in limits])))
    if syncs:
        first = median([run.event("synced")["first_rows_ms"] for run in syncs])
        result.show("barua-cli, connect to 50 rows stored", ms(first))
        result.ratio("ratio to the limit", first, limit, 1.5)
        # The limit takes six: TCP, TLS, greeting, sign-in, SELECT, FETCH. What lies between is the server's work.
        trips = 6 + (first - limit) / 40
        result.show("round trips from connect to rows (the limit: 6)", f"{trips:.1f}", "7", trips < 7.5)
        result.show("whole first sync through the line", ms(median([run.event("synced")["ms"] for run in syncs])))
    return result


def bare_indexes(count, runs):
    """GMime and FTS5 alone on the same messages; None where the program is not told."""
    program = os.environ.get("BARUA_BODY_INDEX")
    if not program:
        return None
    results = []
    with tempfile.TemporaryDirectory(prefix="barua-bench-", dir=os.environ.get("BARUA_BENCH_TMP")) as folder:
        source = os.path.join(folder, "messages")
        with open(source, "wb") as output:
            for raw, _, _ in generate.Generator().messages(count):
                output.write(b"%d\n" % len(raw) + raw)
        for number in range(runs):
            done = subprocess.run([program, source, os.path.join(folder, f"index{number}")], capture_output=True, text=True,
                                  check=True, timeout=600)
            results.append(json.loads(done.stdout))
    return results


def pack(profile):
    """What follows in idle time, alone, on a profile with bodies as they came; None where the program is not told."""
    program = os.environ.get("BARUA_PACK")
    if not program:
        return None
    done = subprocess.run([program, profile], capture_output=True, text=True, check=True, timeout=600)
    return json.loads(done.stdout)


def show_packing(result, packing):
    """Without bars: nothing waits for it."""
    print("  packing, which follows in idle time, alone and once:")
    result.show("packing, wall / own CPU", f"{packing['ms']:,.0f} / {packing['cpu_ms']:,.0f} ms")
    result.show("  sections looked at, bodies", f"{packing['sections']:,}, {packing['bodies']:,}")
    result.show("  content as stored, before / after", f"{packing['content_before'] / 1e6:.1f} / {packing['content_after'] / 1e6:.1f} MB")
    result.show("  cache.db, before / after", f"{packing['file_before'] / 1e6:.1f} / {packing['file_after'] / 1e6:.1f} MB")


@benchmark
def bodies(server, options):
    """Whole messages fetched and stored."""
    count = min(options.messages, 10_000)
    user = server.prepare(count)
    result = Result(f"bodies of {count:,} messages")
    packings = []
    limits, syncs, databases = first_sync_runs(server, user, options.runs, ["--bodies"], ["bodies", count],
                                               options.limit_only, at_end=lambda profile: packings.append(pack(profile)))
    limit = median([run["total_ms"] for run in result.validity(limits)])
    result.show("limit, connect to last byte", ms(limit))
    result.show("  MB", f"{limits[0]['fetch_bytes'] / 1e6:.1f}")
    if syncs:
        done = median([run.event("synced")["bodies_ms"] for run in syncs])
        indexed = median([run.event("synced")["ms"] - run.event("synced")["bodies_ms"] for run in syncs])
        result.show("barua-cli sync --bodies, connect to last body stored", ms(done))
        result.show("  text index, after that", ms(indexed))
        result.show("  word index complete, after that",
                    ms(median([run.event("indexed")["ms"] - run.event("synced")["ms"] for run in syncs])))
        bare = bare_indexes(count, options.runs)
        if bare:
            limit_ms = median([run["ms"] for run in bare])
            result.show("  GMime and FTS5 alone, wall / own CPU", f"{limit_ms:,.0f} / {median([run['cpu_ms'] for run in bare]):,.0f} ms")
            result.ratio("ratio of the text index to them", indexed, limit_ms, 1.3)
        result.show("  bodies stored", f"{median([run.event('synced')['bodies'] for run in syncs]):.0f}")
        result.show("  own CPU", ms(median([run.cpu_ms for run in syncs])))
        result.ratio("ratio to the limit", done, limit, 2.0)
        result.show("peak memory", f"{median([run.rss_kb for run in syncs]) / 1024:.0f} MB")
        result.show("cache.db", f"{median([sizes.get('cache.db', 0) for sizes in databases]) / 1e6:.0f} MB")
        for packing in filter(None, packings):
            show_packing(result, packing)
    return result


@benchmark
def reopen(server, options):
    """An unchanged folder again: bytes and round trips for the folder, own CPU, whole process."""
    user = server.prepare(options.messages)
    result = Result(f"reopening {options.messages:,} unchanged messages")
    for suffix in ("", "-condstore", "-plain"):
        reopen_one(server, options, result, user + suffix, suffix.lstrip("-") or "qresync")
    return result


def reopen_one(server, options, result, user, kind):
    mode = {"qresync": ["reopen-qresync"], "condstore": ["reopen-condstore"], "plain": ["reopen-flags", 250]}[kind]
    limits = [server.limit(user, *mode) for _ in range(options.runs)]
    result.show(f"{kind}: limit, after sign-in / with it",
                f"{median([run['total_ms'] - run['signed_in_ms'] for run in limits]):.1f} / "
                f"{median([run['total_ms'] for run in limits]):.1f} ms")
    if options.limit_only:
        return
    shares = []
    with Tap(server) as tap:
        with Profile(server, user, port=tap.port) as client:
            if kind == "plain":
                # Dovecot tells the value even where it does not announce the extension; Outlook.com does not.
                tap.replace = [NO_MODSEQ]
            tap.keep = False
            client.sync("--folder", "INBOX", "--headers-only", timeout=900)
            client.sync("--folder", "INBOX", "--headers-only")
            tap.keep = True
            for _ in range(options.runs):
                tap.forget()
                client.sync("--folder", "INBOX", "--headers-only")
                shares.append(folder_share(tap.events))
    runs, bare = [], []
    empty = "empty" + ("-" + kind if kind != "qresync" else "")
    with Profile(server, user) as client, Profile(server, empty) as other:
        client.sync("--folder", "INBOX", "--headers-only", timeout=900)
        other.sync("--folder", "INBOX", "--headers-only")
        for _ in range(options.runs):
            runs.append(client.sync("--folder", "INBOX", "--headers-only"))
            bare.append(other.sync("--folder", "INBOX", "--headers-only"))
    changed = [run.event("synced") for run in runs]
    assert all(one["added"] == one["updated"] == one["removed"] == 0 for one in changed), changed
    trips = median([share["round_trips"] for share in shares])
    taken = median([share["bytes"] for share in shares])
    bar = 12 * 1024 if kind == "plain" else 1024
    result.show(f"{kind}: bytes for the folder", f"{taken:,.0f} B", f"{bar:,} B", taken < bar)
    result.show(f"{kind}: round trips for the folder", f"{trips:.0f}", "1" if kind != "plain" else None,
                trips <= 1 if kind != "plain" else None)
    result.show(f"{kind}: bytes of the account's part", f"{median([share['account_bytes'] for share in shares]):,.0f} B")
    own = median([run.cpu_ms for run in runs]) - median([run.cpu_ms for run in bare])
    result.show(f"{kind}: own CPU beyond that of an empty folder", ms(own), "5 ms" if kind != "plain" else None,
                own <= 5 if kind != "plain" else None)
    wall = median([run.wall_ms for run in runs])
    result.show(f"{kind}: barua-cli sync, whole process", ms(wall), "120 ms", wall < 120)
    result.show(f"{kind}: in the engine", ms(median([one["ms"] for one in changed])))


@benchmark
def removals(server, options):
    """1,000 messages removed by another client, on a server that cannot say which."""
    source = server.prepare(options.messages)
    result = Result(f"removals in {options.messages:,} messages on a plain server")
    import random
    count = min(1000, options.messages // 10)
    for kind in ("newest", "scattered"):
        server.copy_user(source, "scratch-plain")
        listing = server.limit("scratch-plain", "uids")["fetch_bytes"]
        result.show(f"{kind}: full UID listing", f"{listing:,} B")
        mail = server.imap("scratch-plain", "INBOX")
        uids = [int(uid) for uid in mail.uid("SEARCH", "ALL")[1][0].split()]
        pool = uids[-min(5000, len(uids) // 2):] if kind == "newest" else uids
        gone = sorted(random.Random(7).sample(pool, count))
        if options.limit_only:
            mail.logout()
            continue
        with Tap(server, keep=False) as tap, Profile(server, "scratch-plain", port=tap.port) as client:
            tap.replace = [NO_MODSEQ]
            client.sync("--folder", "INBOX", "--headers-only", timeout=900)
            before = client.sync("--folder", "INBOX", "--headers-only").event("synced")
            for start in range(0, len(gone), 500):
                text = ",".join(map(str, gone[start:start + 500]))
                mail.uid("STORE", text, "+FLAGS.SILENT", "(\\Deleted)")
            mail.expunge()
            mail.logout()
            run = client.sync("--folder", "INBOX", "--headers-only").event("synced")
            left = {row["uid"] for row in client.list("INBOX")}
        right = left == set(uids) - set(gone)
        result.show(f"{kind}: removed, of {count:,}", f"{run['removed']:,}", "exactly those", right and run["removed"] == count)
        net = run["bytes_in"] - before["bytes_in"]
        result.show(f"{kind}: bytes beyond an unchanged visit", f"{net:,} B", "10 % of the listing" if kind == "newest" else None,
                    net < listing / 10 if kind == "newest" else None)
        result.show(f"{kind}: bytes of the whole visit", f"{run['bytes_in']:,} B")
        result.show(f"{kind}: time", ms(run["ms"]))
    return result


@benchmark
def million(server, options):
    """A folder of a million."""
    user = server.prepare(1_000_000)
    result = Result("first sync of 1,000,000 headers")
    runs = 1 if options.runs < 5 else 2
    whole = []

    def index_parts(profile):
        with Searcher(profile) as searcher:
            searcher.wait_whole()
        whole.append(profile_bytes(profile))

    limits, syncs, databases = first_sync_runs(server, user, runs, ["--headers-only"], ["slim"], options.limit_only,
                                               at_end=index_parts)
    limit = median([run["total_ms"] for run in result.validity(limits)])
    result.show("slim limit, connect to last row", ms(limit))
    if syncs:
        done = median([run.event("synced")["ms"] for run in syncs])
        result.show("barua-cli sync, in the engine", ms(done))
        result.show("barua-cli sync, own CPU, with the index", ms(median([run.cpu_ms for run in syncs])))
        result.ratio("ratio to the limit", done, limit, 1.5)
        show_indexed(result, syncs, limit)
        first = median([run.event("synced")["first_rows_ms"] - run.event("synced")["signed_in_ms"] for run in syncs])
        result.show("sign-in to first 50 rows stored", ms(first), "100 ms", first <= 100)
        result.show("peak memory", f"{median([run.rss_kb for run in syncs]) / 1024:.0f} MB")
        show_databases(result, databases, 1_000_000, (600, 800))
        print("  with the parts of words, which follow in idle time:")
        show_databases(result, whole, 1_000_000, (600, 800))
    return result


@benchmark
def new_mail(server, options):
    """From the server's EXISTS, and from delivery, to the row that watch prints."""
    result = Result("new mail while connected")
    from_exists, from_delivery = [], []
    with Tap(server) as tap, Profile(server, "scratch", port=tap.port) as client:
        server.deliver("scratch", barua_dovecot.message("first"))
        client.sync()
        if options.limit_only:
            return result
        with client.watch() as watch:
            watch.wait_idle(30)
            tap.wait_for("C", rb"IDLE\r\n|NOTIFY SET", 30)
            for number in range(max(10, 2 * options.runs)):
                start, mark = time.monotonic_ns(), watch.mark
                server.deliver("scratch", barua_dovecot.message(f"barua {number}"))
                seen = tap.wait_for("S", rb"\* \d+ EXISTS", 10, after_ns=start)
                shown, _ = watch.wait(lambda line, number=number: line.get("event") == "arrived"
                                      and line.get("subject") == f"barua {number}", 10, mark)
                from_exists.append((shown - seen) / 1e6)
                from_delivery.append((shown - start) / 1e6)
                watch.wait_idle(10, mark)
                time.sleep(0.05 + 0.13 * (number % 7))  # not in step with Dovecot's own clock
    result.show("EXISTS to row, median", ms(median(from_exists)))
    result.show("EXISTS to row, worst", ms(max(from_exists)), "100 ms", max(from_exists) < 100)
    result.show("LMTP delivery to row, median", ms(median(from_delivery)))
    result.show("LMTP delivery to row, worst", ms(max(from_delivery)), "700 ms", max(from_delivery) < 700)
    return result


def process_cpu_ms(pid):
    """Processor time of another process with all its threads, ended ones too: its clock of clock_getcpuclockid(3)."""
    return time.clock_gettime(~pid << 3 | 2) * 1000


@benchmark
def idle(server, options):
    """Processor time of a connected, idle engine."""
    result = Result("idle with one account")
    if options.limit_only:
        return result
    user = server.prepare(min(options.messages, 10_000))
    with Profile(server, user) as client:
        client.sync("--headers-only", timeout=300)
        with client.watch() as watch:
            watch.wait_idle(60)
            settle = process_cpu_ms(watch.process.pid)
            while True:
                # Idle begins where a second passes without work.
                time.sleep(1)
                now = process_cpu_ms(watch.process.pid)
                if now - settle < 2:
                    break
                settle = now
            start, begun = process_cpu_ms(watch.process.pid), time.monotonic()
            time.sleep(options.seconds)
            used = process_cpu_ms(watch.process.pid) - start
            share = used / 1000 / (time.monotonic() - begun)
    result.show(f"CPU over {options.seconds:.0f} s", f"{used:.1f} ms, {share:.3%}", "0.1 %", share < 0.001)
    return result


def words_of(text):
    """The word rule of DESIGN 11: letters, numbers, marks and private use; ignorable characters are not there at all."""
    words, current = set(), []
    for character in unicodedata.normalize("NFC", text).casefold() + " ":
        if character in "\u200b\u200c\u200d\u00ad\ufeff\u2060":
            continue
        category = unicodedata.category(character)
        if category[0] in "LN" or category in ("Co", "Mn", "Mc"):
            current.append(character)
        elif current:
            words.add("".join(current))
            current = []
    return words


class BruteForce:
    """How many texts hold each word, found by looking through all of them."""

    SCRIPTS = {"Bengali": ("\u0980", "\u09ff"), "Telugu": ("\u0c00", "\u0c7f")}

    def __init__(self):
        self._texts = collections.Counter()  # the words of a text -> how many texts have exactly these
        self._pieces = {}

    def add(self, text):
        """Only words that begin in one of the scripts are kept; text between spaces comes again and again."""
        words = set()
        for piece in text.split():
            if piece not in self._pieces:
                self._pieces[piece] = frozenset(word for word in words_of(piece)
                                                if any(low <= word[0] <= high for low, high in self.SCRIPTS.values()))
            words |= self._pieces[piece]
        self._texts[frozenset(words)] += 1

    def count(self, holds):
        return sum(count for words, count in self._texts.items() if any(holds(word) for word in words))

    def questions(self, script):
        """(query, right count) of 20 words, each whole and by its beginning."""
        low, high = self.SCRIPTS[script]
        known = sorted(word for word in set().union(*self._texts) if low <= word[0] <= high and len(word) > 3)
        for word in known[::max(1, len(known) // 20)][:20]:
            yield f'"{word}"', self.count(word.__eq__)
            yield word[:3], self.count(lambda other, prefix=word[:3]: other.startswith(prefix))

    def check(self, result, what, field, count_hits):
        for script in self.SCRIPTS:
            questions = list(self.questions(script))
            wrong = []
            for query, expected in questions:
                got = count_hits(f"{field}:{query}")
                if got != expected:
                    wrong.append(f"{query}: {got}, not {expected}")
            result.show(f"{what}: {script} words and beginnings counted right", f"{len(questions) - len(wrong)} of {len(questions)}",
                        "all", bool(questions) and not wrong)
            for line in wrong[:5]:
                print("    " + line)


def subject_of(raw):
    start = raw.index(b"\r\nSubject: ") + 11
    end = re.compile(rb"\r\n(?![ \t])").search(raw, start).start()
    return str(email.header.make_header(email.header.decode_header(raw[start:end].decode("ascii"))))


def text_of(raw):
    """What is shown of a generated message: of alternatives the HTML, without its tags; no attachment."""
    message = email.message_from_bytes(raw)
    shown = [part for part in message.walk() if part.get_content_maintype() == "text" and part.get_filename() is None]
    html = [part for part in shown if part.get_content_subtype() == "html"]
    text = "\n".join(part.get_payload(decode=True).decode("utf-8") for part in html or shown)
    return re.sub(r"(?s)<style>.*?</style>|<[^>]*>", " ", text) if html else text


class Searcher:
    """bench-search on a profile: the engine's own call in a process that stays."""

    def __init__(self, profile):
        self.profile = profile
        self.process = subprocess.Popen([os.environ["BARUA_SEARCH"], profile], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()

    def ask(self, query, runs=1, limit=1_000_000):
        self.process.stdin.write(f"{runs} {limit} {query}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def wait_whole(self, seconds=300):
        """Until the parts of words, which follow in idle time, are in the index as well and the process rests."""
        end = time.monotonic() + seconds
        used = -1000.0
        while time.monotonic() < end:
            time.sleep(0.5)
            with contextlib.closing(sqlite3.connect(f"file:{self.profile}/search.db?mode=ro", uri=True)) as index:
                state = dict(index.execute("SELECT key, value FROM meta"))
            before, used = used, process_cpu_ms(self.process.pid)
            if state["pieces_cursor"] == state["cursor"] and used - before < 2:
                return
        raise TimeoutError("the index did not become whole")


# Often and seldom, whole and begun, several, none; what is found as part of a word too.
QUERIES = ("re", "freiburg", "barua", "bar", '"barua"', "barua maji", "from:asha", "পানি", "పని", "తెలుగు", "nosuchword", "arua")
# Its letters are in a third of the senders, in few subjects: each candidate is looked at.
HARD_QUERY = "subject:barua"


def show_times(result, what, searcher, runs):
    searcher.wait_whole()
    answers = {query: searcher.ask(query, runs, 100) for query in QUERIES}
    worst = max(answers, key=lambda query: median(answers[query]["ms"]))
    figure = median(answers[worst]["ms"])
    result.show(f"{what}: first 100 hits, worst of {len(answers)} queries", ms(figure), "10 ms", figure < 10)
    result.show("  that query", worst)
    result.show("  median of the queries", ms(median([median(answer["ms"]) for answer in answers.values()])))
    result.show("  worst first time, nothing in memory", ms(max(answer["ms"][0] for answer in answers.values())))
    hard = searcher.ask(HARD_QUERY, runs, 100)
    result.show(f"  {HARD_QUERY}, all {hard['hits']} hits", ms(median(hard["ms"])))


@benchmark
def search(server, options):
    """First hits over all subjects and senders and over bodies, and counts of Bengali and Telugu words against brute force."""
    result = Result(f"search in {options.messages:,} subjects and senders, and in {min(options.messages, 10_000):,} bodies")
    if options.limit_only:
        return result
    search_subjects(server, options, result)
    search_bodies(server, options, result)
    return result


def search_subjects(server, options, result):
    user = server.prepare(options.messages)
    known = BruteForce()
    for raw, _, _ in generate.Generator().messages(options.messages):
        known.add(subject_of(raw))
    with Profile(server, user) as client:
        client.sync("--folder", "INBOX", "--headers-only", timeout=900)
        # By processes too short for the parts of words to be indexed: a beginning is not to be found within words here.
        known.check(result, "subjects", "subject",
                    lambda query: len(client.run("search", query, "--limit", "1000000").check().lines))
        bare = median([client.run("list", "INBOX", "--limit", "100").check().wall_ms for _ in range(options.runs)])
        whole = median([client.run("search", "barua", "--limit", "100").check().wall_ms for _ in range(options.runs)])
        result.show("barua-cli search, whole process, beyond list", ms(whole - bare))
        with Searcher(client.profile) as searcher:
            show_times(result, "subjects, senders", searcher, options.runs)


def search_bodies(server, options, result):
    count = min(options.messages, 10_000)
    user = server.prepare(count)
    known = BruteForce()
    for raw, _, _ in generate.Generator().messages(count):
        known.add(text_of(raw))
    with Profile(server, user) as client:
        client.sync("--folder", "INBOX", "--bodies", timeout=900)
        with Searcher(client.profile) as searcher:
            known.check(result, "bodies", "body", lambda query: searcher.ask(query)["hits"])
            show_times(result, "bodies", searcher, options.runs)


@benchmark
def limits(server, options):
    """The raw limits alone: what the machine does."""
    user = server.prepare(options.messages)
    result = Result(f"raw limits, {options.messages:,} messages")
    # Of the short ones most is waiting for the network: shares of a core say nothing of them.
    for mode, is_long in ((["slim"], True), (["full"], True), (["bodies", 10_000], True), (["flags"], False), (["uids"], False),
                          (["newest", 50], False), (["reopen-qresync"], False), (["reopen-condstore"], False),
                          (["reopen-flags", 250], False)):
        name = " ".join(map(str, mode))
        runs = [server.limit(user, *mode) for _ in range(options.runs)]
        counted = result.validity(runs, name) if is_long else runs
        result.show(name, f"{median([run['fetch_ms'] for run in counted]):,.1f} ms", None)
        print(f"    {runs[0]['fetch_bytes']:,} B", flush=True)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--runs", type=int, default=int(os.environ.get("BARUA_BENCH_RUNS", "5")))
    parser.add_argument("--messages", type=int, default=int(os.environ.get("BARUA_BENCH_MESSAGES", "100000")),
                        choices=[1_000, 10_000, 100_000])
    parser.add_argument("--seconds", type=float, default=60.0, help="how long idle looks")
    parser.add_argument("--limit-only", action="store_true", help="without barua-cli: checks server and limit")
    options = parser.parse_args()
    if options.list or not options.names:
        for name, function in BENCHMARKS.items():
            print(f"{name:<18} {function.__doc__}")
        return 0 if options.list else 2
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        parser.error("no such benchmark: " + ", ".join(unknown))
    results = []
    with BenchServer() as server:
        for name in options.names:
            results.append(BENCHMARKS[name](server, options))
            results[-1].end()
    for result in results:
        for what in result.missed:
            print(f"MISSED{' in an INVALID run' if result.invalid else ''}: {result.name}: {what}")
    codes = [result.exit_code() for result in results]
    return 1 if 1 in codes else max(codes)


if __name__ == "__main__":
    sys.exit(main())
