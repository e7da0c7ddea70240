#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tools of the tests themselves: fixture, tap, long line, demo mailbox, bulk mail, raw limit client."""

import contextlib
import datetime
import email
import email.policy
import io
import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import unittest.mock

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "bench")]
import barua_bench  # noqa: E402
import barua_demo  # noqa: E402
import barua_demo_files  # noqa: E402
import barua_dovecot  # noqa: E402
import bench_store  # noqa: E402
import generate  # noqa: E402
from tap import Tap  # noqa: E402

DEMO = os.path.join(HERE, "..", "..", "build-aux", "demo")


class Fixture(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="barua-test-")
        cls.server = barua_dovecot.Dovecot(cls.folder.name, tied=True).start()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.folder.cleanup()

    def capabilities(self, user, port=None):
        mail = self.server.imap(user)
        try:
            return set(mail.capability()[1][0].decode().split())
        finally:
            mail.logout()

    def test_each_user_has_the_words_of_its_algorithm(self):
        self.assertLessEqual({"QRESYNC", "CONDSTORE", "LIST-STATUS", "NOTIFY"}, self.capabilities("qresync"))
        words = self.capabilities("condstore")
        self.assertIn("CONDSTORE", words)
        self.assertNotIn("QRESYNC", words)
        words = self.capabilities("plain")
        self.assertFalse(words & set(barua_dovecot.HIDDEN_FOR_PLAIN), words)
        self.assertLessEqual({"IDLE", "UIDPLUS", "MOVE", "LITERAL+"}, words)

    def test_mail_arrives_and_the_truth_is_told(self):
        self.server.create("condstore", "R&D", "Steuern & Verträge", "Projects/খুলনা")
        self.server.deliver("condstore", barua_dovecot.message("দুই"))
        uid = self.server.append("condstore", "Projects/খুলনা", barua_dovecot.message("x"), "\\Seen $Forwarded")
        truth = self.server.truth("condstore")
        self.assertEqual(len(truth["INBOX"]["messages"]), 1)
        self.assertEqual(truth["Projects/খুলনা"]["messages"][uid][0], ["$Forwarded", "\\Seen"])
        self.assertIn("Steuern & Verträge", truth)
        items = [(barua_dovecot.message(str(number)), "\\Seen", 1e9 + number) for number in range(250)]
        self.assertEqual(self.server.fill("condstore", "R&D", items), 250)
        self.assertEqual(len(self.server.truth("condstore")["R&D"]["messages"]), 250)

    def test_a_killed_server_is_replaced_and_nothing_is_left(self):
        with tempfile.TemporaryDirectory(prefix="barua-test-") as folder:
            first = barua_dovecot.Dovecot(folder).start()
            first.append("qresync", "INBOX", barua_dovecot.message("kept"))
            os.kill(first.pid, signal.SIGKILL)
            first._process.wait()
            first._process.stderr.close()
            second = barua_dovecot.Dovecot(folder).start()
            self.assertEqual(first._processes(), [])
            self.assertEqual(len(second.truth("qresync")["INBOX"]["messages"]), 1)
            second.stop()
            self.assertFalse(os.path.exists(os.path.join(folder, "server.json")))
            self.assertFalse(barua_dovecot.Dovecot._answers(second.imaps_port))

    def test_a_tied_server_ends_with_a_killed_test(self):
        with tempfile.TemporaryDirectory(prefix="barua-test-") as folder:
            code = ("import sys, time; sys.path.insert(0, sys.argv[1]); import barua_dovecot\n"
                    "print(barua_dovecot.Dovecot(sys.argv[2], tied=True).start().imaps_port, flush=True); time.sleep(60)")
            test = subprocess.Popen([sys.executable, "-c", code, HERE, folder], stdout=subprocess.PIPE, text=True)
            port = int(test.stdout.readline())
            self.assertTrue(barua_dovecot.Dovecot._answers(port))
            test.kill()
            test.communicate()
            barua_dovecot.wait_until(lambda: not barua_dovecot.Dovecot._answers(port), 10, "the end of the server")

    def test_the_tap_sees_hides_and_cuts(self):
        with Tap(self.server) as tap:
            start = time.monotonic_ns()
            tap.hide = {"IDLE"}
            mail = self.connect(tap.port)
            self.assertNotIn(b"IDLE", mail.capability()[1][0])
            mail.select("INBOX")
            seen = tap.wait_for("S", rb"\* \d+ EXISTS", 5)
            self.assertTrue(start < seen < time.monotonic_ns())
            self.assertIn(b"SELECT", tap.sent())
            with self.assertRaises(TimeoutError):
                tap.wait_for("S", b"never said", 0.05)
            tap.cut_after = {"S": 1}
            with self.assertRaises((OSError, EOFError, mail.abort)):
                mail.noop()
            mail.shutdown()
        with Tap(self.server, starttls=True) as tap:
            import imaplib
            mail = imaplib.IMAP4("127.0.0.1", tap.port, timeout=10)
            mail.starttls(self.server.tls())
            mail.login("plain", barua_dovecot.PASSWORD)
            self.assertIn(b"STARTTLS", tap.sent())
            self.assertIn(b"LOGIN", tap.sent())
            mail.logout()

    def connect(self, port):
        import imaplib
        mail = imaplib.IMAP4_SSL("127.0.0.1", port, ssl_context=self.server.tls(), timeout=10)
        mail.login("qresync", barua_dovecot.PASSWORD)
        return mail

    @unittest.skipUnless("BARUA_LINE" in os.environ, "barua-line was not built")
    def test_the_line_is_long_and_narrow(self):
        import threading
        listener = socket.create_server(("127.0.0.1", 0))

        def echo():
            peer, _ = listener.accept()
            with peer:
                while data := peer.recv(65536):
                    peer.sendall(data)

        threading.Thread(target=echo, daemon=True).start()
        line = subprocess.Popen([os.environ["BARUA_LINE"], "--to", str(listener.getsockname()[1]), "--rtt-ms", "60",
                                 "--mbit", "8"], stdout=subprocess.PIPE, text=True)
        try:
            port = int(line.stdout.readline().partition("=")[2])
            peer = socket.create_connection(("127.0.0.1", port))
            peer.settimeout(20)
            time.sleep(0.1)  # the handshake's round trip is over
            times = []
            for _ in range(5):
                start = time.monotonic()
                peer.sendall(b"x")
                peer.recv(1)
                times.append((time.monotonic() - start) * 1000)
            self.assertGreater(min(times), 59)
            self.assertLess(sorted(times)[2], 90)
            # 1 MB at 8 Mbit/s is a second each way, and both ways overlap.
            threading.Thread(target=lambda: peer.sendall(b"y" * 1000000), daemon=True).start()
            start = time.monotonic()
            left = 1000000
            while left > 0:
                data = peer.recv(65536)
                self.assertEqual(data.strip(b"y"), b"")
                left -= len(data)
            self.assertGreater(time.monotonic() - start, 0.98)
            self.assertLess(time.monotonic() - start, 3)
            peer.close()
        finally:
            line.terminate()
            line.wait()
            line.stdout.close()
            listener.close()

    @unittest.skipUnless("BARUA_IMAPLIMIT" in os.environ, "imaplimit was not built")
    def test_the_limit_client_reads_everything(self):
        self.server.create("plain", "Many")
        self.server.fill("plain", "Many", generate.Generator().messages(300))

        def limit(*mode):
            done = subprocess.run([os.environ["BARUA_IMAPLIMIT"], "--port", str(self.server.imaps_port), "--ca", self.server.ca,
                                   "--user", "plain", "--password", barua_dovecot.PASSWORD, "--folder", "Many",
                                   "--server-session", str(self.server.pid), *mode], capture_output=True, text=True,
                                  timeout=60, check=True)
            return json.loads(done.stdout)

        truth = self.server.truth("plain")["Many"]["messages"]
        bodies = limit("bodies", "300")
        self.assertEqual(bodies["messages"], 300)
        self.assertGreater(bodies["fetch_bytes"], sum(size for _, size, _ in truth.values()))
        self.assertGreater(bodies["server_cpu_ms"], 0)
        self.assertGreater(limit("slim")["fetch_bytes"], 300 * 500)
        self.assertLess(limit("newest", "50")["fetch_bytes"], 60000)
        self.assertLess(limit("reopen-qresync")["fetch_bytes"], 1000)


class Demo(unittest.TestCase):
    def test_the_mailbox_is_whole(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        items = barua_demo.build(now)
        self.assertTrue(380 <= len(items) <= 480, len(items))
        unread = sum("\\Seen" not in flags for _, _, flags, _ in items)
        self.assertTrue(20 <= unread <= 30, unread)
        self.assertLessEqual(max(date for _, _, _, date in items), now.timestamp())
        self.assertGreater(now.timestamp() - items[0][3], 400 * 86400)
        self.assertGreater(sum(date > now.timestamp() - 2 * 86400 for _, _, _, date in items), 8)
        known = set(barua_demo.FOLDERS) | {"INBOX", "Drafts", "Sent", "Archive", "Junk", "Trash"}
        self.assertLessEqual({folder for folder, _, _, _ in items}, known)
        identities = set()
        languages = {}
        for folder, raw, _, _ in items:
            for line in raw.split(b"\r\n"):
                self.assertLessEqual(len(line), 998)
            message = email.message_from_bytes(raw, policy=email.policy.default)
            identity = message["Message-ID"]
            self.assertNotIn(identity, identities - {None})
            identities.add(identity)
            languages[message["Content-Language"]] = languages.get(message["Content-Language"], 0) + 1
        for language in "en", "sw", "de", "id", "bn", "te":
            self.assertGreaterEqual(languages[language], 35, languages)
        for message in (email.message_from_bytes(raw) for _, raw, _, _ in items):
            for parent in (message["References"] or "").split():
                self.assertIn(parent, identities)

    def test_nothing_lies_in_the_future_at_any_hour(self):
        for hour in range(1, 24, 7):
            now = datetime.datetime(2026, 3, 1, hour, 3, tzinfo=datetime.timezone.utc)
            self.assertLessEqual(max(date for _, _, _, date in barua_demo.build(now)), now.timestamp(), hour)

    def test_it_is_the_same_each_time(self):
        now = datetime.datetime(2026, 11, 21, 12, 0, tzinfo=datetime.timezone.utc)
        self.assertEqual(barua_demo.build(now), barua_demo.build(now))

    def test_the_pdf_is_sound(self):
        data = barua_demo_files.pdf("Grüße", ["A line (with brackets)"] * 90)
        start = int(re.search(rb"startxref\n(\d+)\n", data).group(1))
        self.assertTrue(data[start:].startswith(b"xref\n0 "))
        for number, offset in enumerate(re.findall(rb"(\d{10}) 00000 n ", data[start:]), 1):
            self.assertTrue(data[int(offset):].startswith(b"%d 0 obj" % number))
        for found in re.finditer(rb"/Length (\d+) >>\nstream\n", data):
            self.assertEqual(data[found.end() + int(found.group(1)):][:9], b"endstream")

    def test_two_commands_and_new_mail(self):
        with tempfile.TemporaryDirectory(prefix="barua-test-") as folder:
            begun = time.monotonic()
            done = subprocess.run([DEMO, "start", "--dir", folder], capture_output=True, text=True, timeout=60, check=True)
            took = time.monotonic() - begun
            try:
                values = dict(line.split("=", 1) for line in done.stdout.splitlines())
                self.assertLess(took, 5 if "BARUA_SANITIZER" not in os.environ else 60)
                self.assertRegex(values["BARUA_DEMO_IMAP"], r"^imaps://baraka\.mwangi@127\.0\.0\.1:\d+$")
                command = values["BARUA_DEMO_PASSWORD_COMMAND"].strip('"')
                password = subprocess.run(command, shell=True, capture_output=True, text=True, check=True).stdout.strip()
                server = barua_dovecot.Dovecot.attach(folder)
                self.assertEqual(server.password("baraka.mwangi"), password)
                before = len(server.truth("baraka.mwangi")["INBOX"]["messages"])
                subprocess.run([DEMO, "deliver", "--dir", folder, "--every", "0.01", "--count", "15"], check=True, timeout=60)
                inbox = server.truth("baraka.mwangi")["INBOX"]["messages"]
                self.assertEqual(len(inbox), before + 15)
                self.assertEqual(len({identity for _, _, identity in inbox.values() if identity}),
                                 sum(1 for _, _, identity in inbox.values() if identity))
            finally:
                subprocess.run([DEMO, "stop", "--dir", folder], check=True, timeout=60)
            self.assertFalse(barua_dovecot.Dovecot._answers(server.imaps_port))


class BulkMail(unittest.TestCase):
    def test_the_mixture(self):
        sizes, kinds, replies, subjects = [], {}, 0, 0
        for raw, flags, date in generate.Generator().messages(2000):
            sizes.append(len(raw))
            message = email.message_from_bytes(raw)
            kinds[message.get_content_type()] = kinds.get(message.get_content_type(), 0) + 1
            replies += message["In-Reply-To"] is not None
            subjects += message["Subject"].startswith(("=?", "Re: =?"))
        self.assertTrue(9000 < sum(sizes) / 2000 < 11000)
        self.assertTrue(800 < kinds["text/plain"] < 1000, kinds)
        self.assertTrue(700 < kinds["multipart/alternative"] < 900, kinds)
        self.assertTrue(240 < kinds["multipart/mixed"] < 360, kinds)
        self.assertTrue(1100 < replies < 1300, replies)
        self.assertGreater(subjects, 500)

    def test_it_is_the_same_each_time(self):
        self.assertEqual(list(generate.Generator().messages(50)), list(generate.Generator().messages(50)))


class BenchVerdict(unittest.TestCase):
    """A figure counts where the machine was quiet, and the benchmark says so."""

    def end(self, shares, ticks):
        """What a benchmark prints whose limit ran with these shares while others used so many of 100 ticks."""
        clock = itertools.count()
        with contextlib.redirect_stdout(io.StringIO()) as said, \
                unittest.mock.patch.object(barua_bench.time, "sleep"), \
                unittest.mock.patch.object(barua_bench.time, "monotonic", lambda: next(clock)), \
                unittest.mock.patch.object(barua_bench.os, "cpu_count", lambda: 1), \
                unittest.mock.patch.object(barua_bench, "processor_times", lambda: (100 * (n := next(clock)), (100 - ticks) * n)):
            result = barua_bench.Result("one")
            counted = result.validity([{"server_share": server, "client_share": client} for server, client in shares])
            result.end()
        return len(counted), said.getvalue().splitlines()[-1].strip()

    def test_a_quiet_run_is_valid(self):
        self.assertEqual((2, "VALID"), self.end([(0.9, 0.3), (0.89, 0.1), (0.99, 0.31), (1.2, 0.1)], 20))

    def test_a_run_without_a_counting_limit_is_not(self):
        counted, verdict = self.end([(0.89, 0.1), (1.0, 0.31)], 20)
        self.assertEqual(2, counted)
        self.assertRegex(verdict, "^INVALID: .*none counts")

    def test_a_run_beside_other_work_is_not(self):
        _, verdict = self.end([(1.0, 0.1)], 21)
        self.assertRegex(verdict, "^INVALID: before it .*21%.*; after it .*21%")


class BenchCache(unittest.TestCase):
    """The mailboxes of the benchmarks are those that the generator makes now."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="barua-test-")
        self.addCleanup(self.folder.cleanup)

    def test_a_mailbox_of_other_texts_is_deleted(self):
        with unittest.mock.patch.dict(os.environ, BARUA_BENCH_CACHE=self.folder.name):
            server = bench_store.BenchServer()
        self.addCleanup(server.lock.close)
        marks = {"bench1k": {"count": 1_000, "digest": generate.digest()}, "bench10k": {"count": 10_000, "digest": "older"},
                 "bench100k": {"count": 100_000}}
        for user in [*marks, "bench1m"]:
            os.makedirs(os.path.join(server.mail, user, "mailboxes"))
        for user, mark in marks.items():
            with open(os.path.join(server.mail, user + ".made"), "w", encoding="ascii") as output:
                json.dump(mark, output)
        server.drop_stale()
        self.assertEqual(["bench1k", "bench1k.made"], sorted(os.listdir(server.mail)))

    def test_every_file_the_generator_reads_counts(self):
        shutil.copytree(generate.DEMO, os.path.join(self.folder.name, "demo"))
        with unittest.mock.patch.object(generate, "DEMO", os.path.join(self.folder.name, "demo")):
            seen = {generate.digest()}
            for language in generate.LANGUAGES:
                with open(generate.text_path(language), "a", encoding="utf-8") as output:
                    output.write("\n")
                seen.add(generate.digest())
        self.assertEqual(1 + len(generate.LANGUAGES), len(seen))


if __name__ == "__main__":
    unittest.main(verbosity=2)
