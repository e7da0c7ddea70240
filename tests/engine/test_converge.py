#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine against a real Dovecot, killed at each of its numbered points (BARUA_KILL_AT), fed with damaged answers, and
changed from both sides at once: afterwards store and server agree, and nothing the person did is lost (THREATS 6)."""

import os
import random
import sys
import unittest

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration")]
from barua_case import ServerCase, Tap  # noqa: E402

SEED = int(os.environ.get("BARUA_SEED", "7"))


class Converging:
    def points(self, *words):
        """How many numbered points a run of barua-cli passes."""
        log = os.path.join(self.scratch, "points")
        if os.path.exists(log):
            os.unlink(log)
        self.client.run(*words, environment={"BARUA_KILL_LOG": log})
        with open(log, encoding="utf-8") as lines:
            return sum(1 for _ in lines)

    def killed(self, number, *words):
        """Whether the run died at its point."""
        return self.client.run(*words, environment={"BARUA_KILL_AT": str(number)}).code == -9

    def test_killed_at_each_point_of_a_first_sync(self):
        self.fill(count=150)
        self.fill("Archive", 10)
        self.client.add(self.server, self.user)
        last = self.points("sync", "--headers-only")
        self.assertGreater(last, 10)
        for number in range(1, last + 1):
            self.client = type(self.client)(os.path.join(self.scratch, f"profile-{number}"))
            self.client.add(self.server, self.user)
            self.assertTrue(self.killed(number, "sync", "--headers-only"), f"no point {number}")
            again = self.client.sync("--headers-only").event("synced")
            self.assertEqual(again["skipped"], 0)
            self.assert_same()
            self.assertEqual(self.client.sync("--headers-only").event("synced")["added"], 0, f"point {number}")
        self.assert_sound()

    def test_killed_at_each_point_of_a_wish(self):
        """A mark that was confirmed reaches the server whatever happens to the sync that takes it there."""
        uids = self.fill(count=60, flags="")
        self.client.add(self.server, self.user)
        self.client.sync("--headers-only")
        self.client.run("mark", "INBOX", str(uids[0]), "--star").check()
        last = self.points("sync", "--headers-only")
        self.assertGreater(last, 3)
        done = {uids[0]}
        for number in range(1, last + 1):
            uid = uids[number % len(uids)]
            if self.client.run("mark", "INBOX", str(uid), "--star").code == 0:
                done.add(uid)
            self.killed(number, "sync", "--headers-only")
            starred = {row["uid"] for row in self.client.list("INBOX") if "flagged" in row["flags"]}
            self.assertLessEqual(done, starred, f"point {number}")
        self.client.sync("--headers-only")
        truth = self.assert_same()
        self.assertEqual({uid for uid, (flags, _, _) in truth["INBOX"]["messages"].items() if "\\Flagged" in flags}, done)
        self.assert_sound()

    def test_random_edits_on_both_sides(self):
        dice = random.Random(SEED)
        uids = list(self.fill(count=80))
        self.client.add(self.server, self.user)
        self.client.sync("--headers-only")
        start = 1000
        for step in range(12):
            mail = self.other()
            for _ in range(dice.randint(1, 4)):
                act = dice.choice(["flag", "unflag", "remove", "deliver", "mark"])
                uid = dice.choice(uids)
                if act == "flag":
                    mail.uid("STORE", str(uid), "+FLAGS", "(\\Seen \\Answered)")
                elif act == "unflag":
                    mail.uid("STORE", str(uid), "-FLAGS", "(\\Seen)")
                elif act == "remove" and len(uids) > 20:
                    uids.remove(uid)
                    mail.uid("STORE", str(uid), "+FLAGS", "(\\Deleted)")
                    mail.expunge()
                elif act == "deliver":
                    count = dice.randint(1, 5)
                    uids += self.fill(count=count, start=start)
                    start += count
                elif act == "mark":
                    self.client.run("mark", "INBOX", str(uid), dice.choice(["--read", "--unread", "--star", "--unstar"]))
            mail.logout()
            if dice.random() < 0.5:
                self.killed(dice.randint(1, 12), "sync", "--headers-only")
        self.client.sync("--headers-only")
        self.client.sync("--headers-only", "--full-flags")
        self.assert_same()
        quiet = self.client.sync("--headers-only").event("synced")
        self.assertEqual((quiet["added"], quiet["updated"], quiet["removed"]), (0, 0, 0), "a second look changes nothing")
        self.assert_sound()

    def test_a_damaged_answer_stops_nothing(self):
        """The header of one message can't be read: it is fetched by itself, the others are not touched by it."""
        uids = self.fill(count=70)
        bad = uids[40]
        with Tap(self.server) as tap:
            self.client.add(self.server, self.user, port=tap.port)
            pattern = rb"(UID %d [^\r]*)BODY\[HEADER\.FIELDS" % bad
            tap.replace = [(pattern, rb"\1XODY[HEADER.FIELDS")]
            synced = self.client.sync("--headers-only").event("synced")
            self.assertEqual((synced["added"], synced["skipped"]), (70, 0))
            row = next(row for row in self.client.list("INBOX") if row["uid"] == bad)
            self.assertEqual(row["subject"], "Subject 40")
            self.assert_sound()

    def test_a_message_that_can_not_be_had_at_all(self):
        uids = self.fill(count=70)
        bad = uids[10]
        with Tap(self.server) as tap:
            self.client.add(self.server, self.user, port=tap.port)
            tap.replace = [(rb"(UID %d [^\r]*)BODY\[" % bad, rb"\1XODY[")]
            synced = self.client.sync("--headers-only").event("synced")
            self.assertEqual((synced["added"], synced["skipped"]), (70, 1))
            self.assertEqual(len(self.client.list("INBOX")), 70)
            asked = tap.sent().count(b"BODY.PEEK[HEADER]")
            self.assertEqual(self.client.sync("--headers-only").event("synced")["added"], 0)
            self.assertEqual(tap.sent().count(b"BODY.PEEK[HEADER]"), asked, "tried again and again")


class ConvergingQResync(Converging, ServerCase):
    user = "qresync"


class ConvergingPlain(Converging, ServerCase):
    user = "plain"


if __name__ == "__main__":
    unittest.main(verbosity=2)
