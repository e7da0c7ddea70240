#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the disk, the profile's files, the server and the mail itself may do to us: a clear error in words, the rest works,
nothing is lost, the process lives."""

import base64
import contextlib
import multiprocessing
import os
import re
import resource
import subprocess
import sys
import time
import unittest

from barua_case import ServerCase, Tap, message

# No bad input may cost more than this, whole process (THREATS M-02). What this test itself has counts in, so it keeps small.
# A sanitizer build keeps what was freed for a while, and a shadow of everything.
SANITIZED = bool(os.environ.get("BARUA_SANITIZER"))
MEMORY_KB = 256 * 1024 * (3 if SANITIZED else 1)
NO_ROOM = 4096


@contextlib.contextmanager
def small_files(limit):
    """Processes begun inside can't make files grow beyond limit bytes, as on a full disk."""
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)


class Hostile(ServerCase):
    def fails(self, codes, *arguments, timeout=150):
        run = self.client.run(*(arguments or ("sync",)), timeout=timeout).check(1)
        self.assertIn(run.error.get("code"), codes, run.output)
        self.assertTrue(run.error["message"] and run.error["remedy"], run.output)
        self.assertLess(run.rss_kb, MEMORY_KB)
        return run


class Disk(Hostile):
    def test_full_while_synchronising(self):
        uids = self.fill(count=400, text="Habari za leo?\n" * 40)
        self.add()
        self.client.sync("--folder", "INBOX", "--headers-only")
        self.client.run("mark", "INBOX", str(uids[1]), "--star").check()
        self.fill(count=2000, start=400)
        with small_files(200 * 1024):
            run = self.fails({"no-space"})
            self.assertIn("disk is full", run.error["message"])
        with small_files(NO_ROOM):
            self.fails({"no-space"}, "mark", "INBOX", str(uids[2]), "--star")
        rows = {row["uid"]: row for row in self.client.list("INBOX")}
        self.assertLessEqual(set(uids), set(rows))
        self.assertIn("flagged", rows[uids[1]]["flags"])
        self.assertNotIn("flagged", rows[uids[2]]["flags"], "a mark that failed is not shown")
        self.client.sync()
        truth = self.server.truth(self.user)["INBOX"]["messages"]
        self.assertIn("\\Flagged", truth[uids[1]][0])
        self.assertNotIn("\\Flagged", truth[uids[2]][0])
        self.assert_sound()

    def test_full_at_any_time(self):
        """What a batch of rows found no room for is fetched again, also where the small things after it found some."""
        self.fill(count=1500)
        for limit in 40, 80, 120, 160, 200, 300, 400, 600, 900:
            for first in (), ("--folder", "Archive"):
                with self.subTest(limit=limit, first=first):
                    self.client.profile = os.path.join(self.scratch, f"profile-{limit}-{len(first)}")
                    self.add()
                    self.client.sync(*first, "--headers-only") if first else None
                    with small_files(limit * 1024):
                        run = self.client.run("sync", "--headers-only")
                        run.check(run.code)
                        self.assertTrue(run.code == 0 or run.error["code"] == "no-space", run.output)
                    self.client.sync("--headers-only")
                    self.assert_sound()

    def test_full_while_bodies_come(self):
        self.fill(count=300, text=os.urandom(3000).hex() + "\n")
        self.add()
        self.client.sync("--headers-only")
        with small_files(300 * 1024):
            self.fails({"no-space"}, "sync", "--bodies")
            self.assertEqual(len(self.client.list("INBOX")), 300)
        self.assertGreater(self.client.sync("--bodies").event("synced")["bodies"], 0)
        self.assert_sound()

    def test_full_from_the_start(self):
        with small_files(NO_ROOM):
            run = self.client.run("account", "add", "--address", "a@barua.example", "--imap", "imaps://a@127.0.0.1:9",
                                  "--password-command", "true").check(1)
            self.assertEqual(run.error["code"], "no-space", run.output)
        self.add()
        self.fill(count=3)
        self.client.sync()
        self.assert_sound()

    def test_full_while_watching_and_room_again(self):
        """The status says so, the process lives, and it goes on by itself."""
        uids = self.fill(count=10)
        with Tap(self.server) as tap:
            self.client.add(self.server, self.user, port=tap.port)
            self.client.sync()
            with self.client.watch() as watch:
                tap.wait_for("C", rb"IDLE\r\n|NOTIFY SET", 30)
                watch.wait_idle(30)
                old = resource.prlimit(watch.process.pid, resource.RLIMIT_FSIZE)
                resource.prlimit(watch.process.pid, resource.RLIMIT_FSIZE, (NO_ROOM, old[1]))
                mark = watch.mark
                self.server.deliver(self.user, message("no room for this"))
                _, status = watch.wait(lambda line: line.get("event") == "status" and line.get("state") == "stopped", 30, mark)
                self.assertEqual(status.get("code"), "no-space", status)
                self.fails({"no-space"}, "mark", "INBOX", str(uids[0]), "--star")
                self.assertIsNone(watch.process.poll())
                mark = watch.mark
                resource.prlimit(watch.process.pid, resource.RLIMIT_FSIZE, old)
                watch.wait(lambda line: line.get("event") == "arrived" and line.get("subject") == "no room for this", 60, mark)
                watch.wait_idle(60, mark)
                self.client.run("mark", "INBOX", str(uids[0]), "--star").check()
            self.client.sync()
            self.assert_sound()


class Damage(Hostile):
    def spoil(self, name, change):
        path = os.path.join(self.client.profile, name)
        with open(path, "rb") as source:
            data = source.read()
        with open(path, "wb") as output:
            output.write(change(data))
        for end in "-wal", "-shm":
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path + end)

    def goes_on(self, keeps_account=True):
        run = self.client.run("sync", timeout=60)
        run.check(run.code)
        if run.code == 1:
            # Damage that is met in the middle: said, and mended by the next start. Where nothing of it could be read, the
            # accounts are gone too.
            self.assertIn(run.error["code"], ("store-damaged", "not-found") if not keeps_account else ("store-damaged",))
        if not keeps_account and not self.client.run("account", "list").check().lines:
            self.add()
        self.client.sync()
        self.client.sync("--bodies")
        self.assert_sound()
        for word in "Subject", "Habari":
            self.assertTrue(self.client.run("search", word).check().lines, word)

    def test_damaged_files(self):
        self.fill(count=120, text="Habari za leo?\n" * 30)
        self.fill("Archive", 20)
        self.add()
        self.client.sync("--bodies")
        noise = os.urandom(8192)
        spoils = [
            ("cache.db", lambda data: b""),
            ("cache.db", lambda data: data[:len(data) // 2]),
            ("cache.db", lambda data: b"no database at all" * 1000),
            ("search.db", lambda data: b""),
            ("search.db", lambda data: data[:4096] + noise + data[4096 + len(noise):]),
            ("main.db", lambda data: data[:len(data) // 2]),
            ("main.db", lambda data: data[:20000] + noise + data[20000 + len(noise):]),
            ("main.db", lambda data: b""),
            ("main.db", lambda data: b"no database at all" * 1000),
        ]
        for number, (name, change) in enumerate(spoils):
            with self.subTest(number=number, name=name):
                self.spoil(name, change)
                self.goes_on(keeps_account=name != "main.db")


def address_bombs():
    yield "nested groups", b"To: " + b"a:" * 50000 + b";" * 50000
    yield "semicolons", b"To: " + b";" * 500000
    yield "recipients", b"To: " + b",\r\n ".join(b"mtu%d@barua.example" % number for number in range(20000))
    yield "comments", b"To: " + b"(" * 100000 + b"x" + b")" * 100000 + b" a@barua.example"
    yield "quotes", b"From: \"" + b"\\\"" * 50000 + b"\" <a@barua.example>"
    yield "references", b"References: " + b"\r\n ".join(b"<%d@barua.example>" % number for number in range(20000))
    yield "encoded words", b"Subject: " + b" ".join([b"=?utf-8?B?4KaV?="] * 20000)


def nest(depth):
    start = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level) for level in range(depth))
    return start + b"Content-Type: text/plain\r\n\r\nndani\r\n" + b"".join(b"--b%d--\r\n" % level for level in reversed(range(depth)))


def body_bombs():
    yield "nested multiparts", nest(3000)
    yield "nested messages", b"Content-Type: message/rfc822\r\n\r\n" * 3000 + b"Subject: ndani\r\n\r\nndani\r\n"
    yield "parts", (b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
                    + b"--x\r\nContent-Type: text/plain\r\n\r\na\r\n" * 20000 + b"--x--\r\n")
    yield "no end", b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<b>" + b"<div>" * 40000
    yield "prefix", (b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: multipart/mixed; boundary=xx\r\n\r\n"
                     b"--xx\r\n\r\na\r\n--xx--\r\n--x--\r\n")
    yield "long line", b"Content-Type: text/plain\r\n\r\n" + b"x" * 4000000
    yield "uuencode", b"Content-Type: text/plain\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n" + b"begin 644 x\r\n" * 50000
    yield "lies", (b"Content-Type: message/partial; number=1; total=99999999; id=x\r\nContent-Length: 99999999999\r\nLines: -5\r\n"
                   b"Content-Transfer-Encoding: base64\r\n\r\n====")


class Bombs(Hostile):
    """THREATS M-02 and M-03, among good mail, through server, store, list, text and search."""

    def test_message_bombs(self):
        good = self.fill(count=40, text="neno zuri\n")
        bad = {}
        for name, header in address_bombs():
            bad[name] = header + b"\r\nMessage-ID: <%s@barua.example>\r\n\r\nmwili\r\n" % name.replace(" ", ".").encode()
        for name, rest in body_bombs():
            bad[name] = b"From: a@barua.example\r\nSubject: %s\r\n" % name.encode() + rest
        uids = {name: self.server.append(self.user, "INBOX", text) for name, text in bad.items()}
        good += self.fill(count=40, start=40, text="neno zuri\n")
        self.add()
        run = self.client.sync("--bodies", timeout=150)
        self.assertLess(run.rss_kb, MEMORY_KB)
        self.assertEqual({row["uid"] for row in self.client.list("INBOX")}, set(good) | set(uids.values()))
        for name, uid in uids.items():
            with self.subTest(name=name):
                start = time.monotonic()
                shown = self.client.run("show", "INBOX", str(uid)).check()
                self.assertLess(time.monotonic() - start, 2 * (5 if SANITIZED else 1), name)
                self.assertLess(shown.rss_kb, MEMORY_KB, name)
                self.client.run("show", "INBOX", str(uid), "--text").check()
                self.assertEqual(self.client.run("show", "INBOX", str(uid), "--source").check().output, bad[name].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
        hits = self.client.run("search", "\"neno zuri\"", "--limit", "0")
        if hits.code == 2:
            hits = self.client.run("search", "\"neno zuri\"")
        self.assertEqual({row["uid"] for row in hits.check().lines}, set(good))
        again = self.client.sync("--bodies").event("synced")
        self.assertEqual((again["added"], again["bodies"]), (0, 0), "bombs are not fetched again and again")


class Lies(Hostile):
    """A server that says what is not so. The next honest word must set everything right."""

    # Each: (what is replaced in the server's words, by what). The codes are those that it may end with, None: well.
    LIES = [
        ("more messages than there are", [(rb"\* \d+ EXISTS", b"* 4000000000 EXISTS")]),
        ("fewer", [(rb"\* \d+ EXISTS", b"* 3 EXISTS")]),
        ("none", [(rb"\* \d+ EXISTS", b"* 0 EXISTS")]),
        ("no UIDVALIDITY", [(rb"\* OK \[UIDVALIDITY \d+\][^\r\n]*\r\n", b"")]),
        ("UIDVALIDITY 0", [(rb"UIDVALIDITY \d+", b"UIDVALIDITY 0")]),
        ("UIDNEXT 1", [(rb"UIDNEXT \d+", b"UIDNEXT 1")]),
        ("UIDNEXT of the future", [(rb"UIDNEXT \d+", b"UIDNEXT 4294967295")]),
        ("a mod-sequence of the future", [(rb"HIGHESTMODSEQ \d+", b"HIGHESTMODSEQ 9223372036854775807")]),
        ("all gone", [(rb"(\* OK \[UIDNEXT)", rb"* VANISHED (EARLIER) 1:4294967295" + b"\r\n" + rb"\1")]),
        ("strangers", [(rb"(\* OK \[UIDNEXT)", rb"* 7 FETCH (UID 4294967295 FLAGS (\\Flagged))" + b"\r\n" + rb"\1")]),
        ("expunged before it began", [(rb"(\* OK \[UIDNEXT)", b"* 1 EXPUNGE\r\n* 99999 EXPUNGE\r\n" + rb"\1")]),
        ("a literal without end", [(rb"\{\d+\}\r\n", b"{4294967295}\r\n")]),
        ("a list without end", [(rb"(\* \d+ FETCH \()", rb"\1" + b"(" * 100000)]),
        ("all refused", [(rb"(?m)^([A-Za-z0-9]+) OK \[READ-[^\r\n]*", rb"\1 NO [UNAVAILABLE] Not now")]),
        ("no tagged answer but another's", [(rb"(?m)^[A-Za-z]+\d+ OK Fetch", b"zzz999 OK Fetch")]),
    ]

    def test_lies(self):
        uids = self.fill(count=60)
        with Tap(self.server) as tap:
            self.client.add(self.server, self.user, port=tap.port)
            self.client.sync()
            for number, (name, replace) in enumerate(self.LIES):
                with self.subTest(name=name):
                    self.server.deliver(self.user, message(f"before lie {number}"))
                    tap.replace = replace
                    run = self.client.run("sync", timeout=100, environment={"BARUA_NO_PATIENCE": "1"})
                    run.check(run.code)
                    self.assertIn(run.code, (0, 1))
                    if run.code == 1:
                        self.assertTrue(run.error["code"] not in ("internal",) and run.error["remedy"], run.output)
                    self.assertLess(run.rss_kb, MEMORY_KB)
                    self.assertTrue(self.client.run("list", "INBOX").check())
                    tap.replace = []
                    mail = self.other()
                    mail.uid("STORE", str(uids[number]), "+FLAGS", "(\\Answered)")
                    mail.logout()
                    self.client.sync()
                    self.assert_sound()

    def test_first_contact_with_a_liar(self):
        self.fill(count=60)
        with Tap(self.server) as tap:
            for number, (name, replace) in enumerate(self.LIES):
                with self.subTest(name=name):
                    self.client.profile = os.path.join(self.scratch, f"profile-{number}")
                    self.client.add(self.server, self.user, port=tap.port)
                    tap.replace = replace
                    run = self.client.run("sync", timeout=100)
                    run.check(run.code)
                    self.assertLess(run.rss_kb, MEMORY_KB)
                    tap.replace = []
                    self.client.sync()
                    self.assert_sound()

    def test_what_cant_be_read_is_not_asked_for_for_ever(self):
        """Nor forgotten: it is said each time, the rest is there, and tomorrow it is asked for again."""
        self.fill(count=5)
        with Tap(self.server) as tap:
            self.client.add(self.server, self.user, port=tap.port)
            tap.replace = [(rb"(\* 2 FETCH \()", rb"\1" + b"(" * 100000)]
            asked = []
            for _ in range(6):
                tap.forget()
                report = self.client.sync("--headers-only").event("synced")
                asked.append(len(re.findall(rb"UID FETCH [^\r\n]*HEADER", tap.sent().upper())))
                self.assertEqual(len(self.client.list("INBOX")), 4)
                self.assertEqual(report["skipped"], 1, asked)
            self.assertGreater(asked[0], 0)
            self.assertGreater(asked[1], 0)
            self.assertEqual(asked[4:], [0, 0], asked)


class Floods(Hostile):
    def flood(self, replace, codes):
        self.fill(count=20)
        with Tap(self.server, keep=False) as tap:
            self.client.add(self.server, self.user, port=tap.port)
            tap.replace = replace
            run = self.client.run("sync", timeout=150)
            run.check(run.code)
            if codes is None:
                self.assertEqual(run.code, 0, run.output)
            else:
                self.assertIn(run.error.get("code"), codes, run.output)
            self.assertLess(run.rss_kb, MEMORY_KB)
            tap.replace = []
            self.client.sync()
            self.assert_sound()

    def test_a_line_without_end(self):
        self.flood([(rb"\* FLAGS[^\r\n]*", b"* OK " + b"x" * (8 << 20))], {"limit", "protocol"})

    def test_words_without_number(self):
        self.flood([(rb"\* FLAGS[^\r\n]*\r\n", b"* OK Karibu sana\r\n" * 400000)], None)

    def test_a_greeting_without_end(self):
        self.flood([(rb"\* OK \[CAPABILITY[^\r\n]*", b"* OK [CAPABILITY " + b"IMAP4rev1 " * 400000)], {"limit", "protocol"})

    def test_folders_without_number(self):
        line = b'* LIST (\\HasNoChildren) "/" "Folda %d"\r\n'
        many = b"".join(line % number for number in range(120000))
        self.flood([(rb'\* LIST \([^)]*\) "/" "?Archive"?\r\n', lambda found: found.group(0) + many)], {"limit", "protocol"})


class Downgrade(Hostile):
    """THREATS T-08: a server that once proved that it knows the password is never again given the password itself."""

    def test_scram_is_remembered(self):
        self.fill(count=3)
        with Tap(self.server) as tap:
            self.client.add(self.server, self.user, port=tap.port)
            tap.hide = {"AUTH=PLAIN", "AUTH=LOGIN"}
            self.client.sync()
            self.assertIn(b"AUTHENTICATE SCRAM-SHA-256", tap.sent().upper())
            # All is offered again: not even then, although PLAIN is a round trip shorter.
            tap.hide = set()
            tap.forget()
            self.client.sync()
            self.assertIn(b"AUTHENTICATE SCRAM-SHA-256", tap.sent().upper())
            for hide in {"AUTH=SCRAM-SHA-256"}, {"AUTH=SCRAM-SHA-256", "AUTH=PLAIN", "AUTH=LOGIN"}:
                tap.hide = hide
                tap.forget()
                run = self.fails({"no-mechanism"})
                self.assertNotIn(b"AUTHENTICATE", tap.sent().upper())
                self.assertNotIn(b"LOGIN", tap.sent().upper())
                self.assertTrue(run.error["message"])
            tap.hide = set()
            self.client.sync()
            self.assert_sound()


class Large(Hostile):
    def append_apart(self, megabytes):
        """In a process of its own: the most that this one ever held would count as the program's in each later test."""
        receive, send = multiprocessing.Pipe(False)

        def append():
            lines = base64.encodebytes(os.urandom(57 * 1024)) * (megabytes * 1024 // 57)
            send.send(self.server.append(
                self.user, "INBOX",
                b"From: a@barua.example\r\nSubject: large\r\nMIME-Version: 1.0\r\n"
                b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nneno\r\n"
                b"--x\r\nContent-Type: application/octet-stream; name=x.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                + lines.replace(b"\n", b"\r\n") + b"--x--\r\n"))

        process = multiprocessing.get_context("fork").Process(target=append)
        process.start()
        send.close()
        uid = receive.recv()
        process.join()
        return uid

    @unittest.skipIf(SANITIZED, "what a sanitizer build holds says nothing about the program")
    def test_attachments_cost_memory_for_themselves_only(self):
        """Fetched in pieces; never a second copy beside the one that is encoded and the one that is not."""
        peaks = {}
        uids = {}
        for megabytes in 1, 50:
            uids[megabytes] = self.append_apart(megabytes)
        self.add()
        self.client.sync("--headers-only")
        for megabytes, uid in uids.items():
            # A small process in between: what this test holds itself would count as the program's.
            script = ("import os,resource,subprocess,sys\n"
                      "done = subprocess.run(sys.argv[1:], stdout=open(os.devnull, 'wb'))\n"
                      "print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
            words = [self.client.program, "--profile", self.client.profile, "show", "INBOX", str(uid), "--part", "2"]
            done = subprocess.run([sys.executable, "-c", script, *words], env=self.client.environment,
                                  stdout=subprocess.PIPE, timeout=120, check=True)
            code, peaks[megabytes] = (int(word) for word in done.stdout.split())
            self.assertEqual(code, 0)
        print("peak memory in kB, by megabytes of the attachment:", peaks)
        # What is fetched (4/3 of it) and what comes out of it, once each, and little more.
        self.assertLess(peaks[50] - peaks[1], 50 * 1024 * (4 / 3 + 1 + 0.5))


if __name__ == "__main__":
    unittest.main(verbosity=2)
