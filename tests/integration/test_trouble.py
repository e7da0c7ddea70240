#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong between here and the server: a clear error, nothing lost, and all is well once the cause is gone."""

import datetime
import os
import random
import signal
import socket
import subprocess
import time
import unittest

from barua_case import ServerCase, Tap, barua_tls, message


class Refusals(ServerCase):
    """Each error has its code, words and a remedy."""

    def fails(self, code, *arguments):
        run = self.client.run(*(arguments or ("sync",)), timeout=150).check(1)
        self.assertEqual(run.error.get("code"), code, run.output)
        self.assertTrue(run.error["message"] and run.error["remedy"], run.output)
        self.assertNotIn(b"siri", run.output + run.errors)
        return run

    def test_wrong_password(self):
        self.client.add(self.server, self.user, password="kosa")
        self.fails("authentication")

    def test_no_password(self):
        self.add()
        os.unlink(os.path.join(self.scratch, f"password-{self.user}"))
        self.fails("credentials")

    def test_unknown_host(self):
        self.client.add(self.server, self.user, host="hakuna.invalid")
        self.fails("unknown-host")

    def test_refused(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        self.client.add(self.server, self.user, port=port)
        self.fails("refused")

    def certificate(self, stem, **named):
        with Tap(self.server, certificate=named["pair"][0], key=named["pair"][1]) as tap:
            self.client.add(self.server, self.user, port=tap.port)
            self.fails("certificate")
            self.assertEqual(tap.sent(), b"", stem)

    def test_certificate_of_another_authority(self):
        other = barua_tls.Authority(os.path.join(self.scratch, "other"), "Somebody else")
        self.certificate("other", pair=other.issue("server"))

    def test_certificate_that_vouches_for_itself(self):
        self.certificate("self", pair=barua_tls.self_signed(os.path.join(self.scratch, "self")))

    def ours(self, stem, **named):
        return barua_tls.Authority(os.path.join(self.server.directory, "tls")).issue(stem, **named)

    def test_certificate_that_has_expired(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        self.certificate("expired", pair=self.ours("expired", not_before=now - datetime.timedelta(days=30),
                                                   not_after=now - datetime.timedelta(days=1)))

    def test_certificate_of_tomorrow(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        self.certificate("tomorrow", pair=self.ours("tomorrow", not_before=now + datetime.timedelta(days=1),
                                                    not_after=now + datetime.timedelta(days=30)))

    def test_certificate_for_another_name(self):
        self.certificate("name", pair=self.ours("name", hosts=("mail.elsewhere.example",)))

    def test_starttls(self):
        self.fill(count=5)
        with Tap(self.server, starttls=True) as tap:
            self.client.add(self.server, self.user, port=tap.port, scheme="imap")
            self.client.sync()
            said = tap.sent()
            self.assertIn(b"STARTTLS", said)
            self.assertLess(said.upper().index(b"STARTTLS"), said.upper().index(b"AUTHENTICATE"))
            self.assert_sound()

    def test_no_starttls_no_password(self):
        with Tap(self.server, starttls=True) as tap:
            tap.hide = {"STARTTLS"}
            self.client.add(self.server, self.user, port=tap.port, scheme="imap")
            self.fails("insecure")
            self.assertNotIn(b"AUTHENTICATE", tap.sent().upper())
            self.assertNotIn(b"LOGIN ", tap.sent().upper())

    def test_no_such_folder(self):
        self.add()
        self.fails("not-found", "sync", "--folder", "Hakuna")

    def test_a_wrong_password_is_not_tried_again_and_again(self):
        self.add()
        self.client.sync()
        with open(os.path.join(self.scratch, f"password-{self.user}"), "w", encoding="utf-8") as output:
            output.write("kosa\n")
        log = os.path.join(self.server.home, "dovecot.log")
        before = os.path.getsize(log)
        with self.client.watch() as watch:
            watch.wait(lambda line: line.get("event") == "status" and line.get("state") == "stopped", 20)
            self.assertEqual(watch.lines[-1][1].get("code"), "authentication")
            time.sleep(3)  # nothing to observe: that nothing happens is the point
        with open(log, "rb") as source:
            source.seek(before)
            self.assertLessEqual(source.read().count(b"auth failed"), 2)


class Cuts(ServerCase):
    """Connections that end in the middle."""

    def test_cut_after_any_number_of_bytes(self):
        self.fill(count=150)
        self.fill("Archive", 20)
        dice = random.Random(11)
        with Tap(self.server) as tap:
            self.client.add(self.server, self.user, port=tap.port)
            cuts = [1, 60, 300, 700] + sorted(dice.randrange(800, 90000) for _ in range(8))
            for cut in cuts:
                for who in ("S", "C"):
                    tap.cut_after = {who: cut if who == "S" else cut % 900 + 1}
                    run = self.client.run("sync", timeout=150)
                    if run.code != 0:
                        self.assertIn(run.error.get("code"), ("connection-lost", "tls", "timeout", "protocol"), run.output)
                    run.check(run.code)
            tap.cut_after = {}
            self.client.sync()
            self.assert_sound()

    def test_a_server_that_stalls_is_left(self):
        self.fill(count=5)
        with Tap(self.server) as tap:
            self.client.add(self.server, self.user, port=tap.port)
            tap.stall_after = {"S": 10}
            run = self.client.run("sync", timeout=150).check(1)
            self.assertEqual(run.error["code"], "timeout")
            tap.stall_after = {}
            self.client.sync()
            self.assert_sound()

    def test_kills_at_any_time(self):
        self.fill(count=400)
        self.fill("Archive", 50)
        self.add()
        whole = self.client.run("account", "list").wall_ms / 1000 + 0.25
        dice = random.Random(5)
        for _ in range(12):
            process = self.client.start("sync")
            time.sleep(dice.random() * whole)
            process.send_signal(signal.SIGKILL)
            process.communicate()
        self.client.sync()
        self.assert_sound()


class Wishes(ServerCase):
    """What the person marked survives everything."""

    def flags(self, uid):
        return set(self.server.truth(self.user)["INBOX"]["messages"][uid][0])

    def test_a_mark_made_without_network_is_kept_and_sent(self):
        uids = self.fill(count=8)
        with Tap(self.server) as tap:
            self.client.add(self.server, self.user, port=tap.port)
            self.client.sync()
            tap.refuse = True
            self.client.run("mark", "INBOX", str(uids[1]), "--star").check()
            self.client.run("sync").check(1)
            self.assertNotIn("\\Flagged", self.flags(uids[1]))
            row = next(row for row in self.client.list("INBOX") if row["uid"] == uids[1])
            self.assertIn("flagged", row["flags"])
            self.assertIn("flagged", row["waiting"])
            tap.refuse = False
            self.client.sync()
            self.assertIn("\\Flagged", self.flags(uids[1]))
            self.assert_sound()

    def test_a_mark_survives_a_kill_between_command_and_answer(self):
        uids = self.fill(count=8)
        with Tap(self.server) as tap:
            self.client.add(self.server, self.user, port=tap.port)
            self.client.sync()
            self.client.run("mark", "INBOX", f"{uids[2]},{uids[4]}", "--star", "--unread").check()
            # The answer to STORE never comes.
            tap.replace = [(rb"(?m)^[A-Za-z0-9]+ OK[^\r\n]*Store completed[^\r\n]*\r\n", b"")]
            tap.forget()
            process = self.client.start("sync")
            tap.wait_for("C", rb"STORE", 20)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            tap.replace = []
            mail = self.other()
            mail.uid("STORE", str(uids[6]), "+FLAGS", "(\\Answered)")
            self.client.sync()
            for uid in uids[2], uids[4]:
                self.assertIn("\\Flagged", self.flags(uid))
                self.assertNotIn("\\Seen", self.flags(uid))
            self.assert_sound()

    def test_kills_while_marking(self):
        """Each mark is there wholly or not at all, and the server ends up with what the list shows."""
        uids = self.fill(count=30, flags="")
        self.add()
        self.client.sync()
        dice = random.Random(3)
        done = set()
        for uid in uids:
            process = self.client.start("mark", "INBOX", str(uid), "--star")
            try:
                process.wait(dice.random() * 0.12)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            process.communicate()
            if process.returncode == 0:
                done.add(uid)
        starred = {row["uid"] for row in self.client.list("INBOX") if "flagged" in row["flags"]}
        self.assertLessEqual(done, starred, "a mark that was confirmed is gone")
        self.client.sync()
        truth = self.assert_same()
        self.assertEqual({uid for uid, (flags, _, _) in truth["INBOX"]["messages"].items() if "\\Flagged" in flags}, starred)

    def test_a_refused_mark_is_taken_back(self):
        uids = self.fill(count=4)
        with Tap(self.server) as tap:
            self.client.add(self.server, self.user, port=tap.port)
            self.client.sync()
            self.client.run("mark", "INBOX", str(uids[0]), "--star").check()
            tap.replace = [(rb"(?m)^([A-Za-z0-9]+) OK[^\r\n]*Store completed[^\r\n]*\r\n", rb"\1 NO [NOPERM] Not yours" + b"\r\n"),
                           (rb"\* \d+ FETCH \(UID \d+[^\r\n]*FLAGS \([^\r\n]*\\Flagged[^\r\n]*\r\n", b"")]
            self.client.run("sync")
            mail = self.other()
            mail.uid("STORE", str(uids[0]), "-FLAGS", "(\\Flagged)")
            tap.replace = []
            self.client.sync()
            self.assert_sound()
            self.assertNotIn("\\Flagged", self.flags(uids[0]))


class Many(ServerCase):
    def test_five_thousand_folders(self):
        top = os.path.join(self.server.mail, self.user, "sdbox", "mailboxes")
        for number in range(5000):
            os.makedirs(os.path.join(top, f"Group {number // 100:02d}", f"Folder {number:04d}", "dbox-Mails"))
        self.server.append(self.user, "Group 49/Folder 4999", message("the last one"))
        self.fill(count=3)
        self.add()
        start = time.monotonic()
        self.client.sync(timeout=300)
        took = time.monotonic() - start
        names = self.names()
        self.assertGreaterEqual(sum(name.startswith("Group ") and "/" in name for name in names), 5000)
        self.assertEqual(self.rows("Group 49/Folder 4999")[0]["subject"], "the last one")
        again = self.client.sync(timeout=300)
        self.assertEqual(again.event("synced")["added"], 0)
        print(f"5,000 folders: first sync {took:.1f} s, again {again.wall_ms / 1000:.1f} s, {again.rss_kb // 1024} MB")


if __name__ == "__main__":
    unittest.main(verbosity=2)
