#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Staying connected: what happens on the server is told at once, and a lost connection comes back."""

import re
import time
import unittest

from barua_case import ServerCase, Tap, message


class Live:
    def start_watch(self, tap):
        self.uids = self.fill(count=10)
        self.client.add(self.server, self.user, port=tap.port)
        self.client.sync()
        watch = self.client.watch().__enter__()
        self.addCleanup(watch.__exit__, None, None, None)
        tap.wait_for("C", rb"IDLE\r\n|NOTIFY SET", 30)
        watch.wait_idle(30)
        return watch

    def arrives(self, watch, subject, seconds=10):
        mark = watch.mark
        self.server.deliver(self.user, message(subject))
        return watch.wait(lambda line: line.get("event") == "arrived" and line.get("subject") == subject, seconds, mark)

    def test_new_mail_flags_and_removals_are_told(self):
        with Tap(self.server) as tap:
            watch = self.start_watch(tap)
            _, row = self.arrives(watch, "চিঠি এসেছে")
            self.assertEqual(row["from"]["address"], "amina@barua.example")
            mail = self.other()
            mark = watch.mark
            mail.uid("STORE", str(self.uids[3]), "+FLAGS", "(\\Flagged)")
            watch.wait(lambda line: line.get("event") == "changed"
                       and any(change["change"] == "updated" for change in line["rows"]), 15, mark)
            mark = watch.mark
            mail.uid("STORE", str(self.uids[4]), "+FLAGS", "(\\Deleted)")
            mail.expunge()
            watch.wait(lambda line: line.get("event") == "changed"
                       and any(change["change"] == "removed" for change in line["rows"]), 15, mark)
            watch.__exit__()
        self.assertEqual(len(self.client.list("INBOX")), 10)

    def test_a_lost_connection_comes_back(self):
        with Tap(self.server) as tap:
            watch = self.start_watch(tap)
            tap.forget()
            mark = watch.mark
            tap.cut_all()
            tap.wait_for("C", rb"IDLE\r\n|NOTIFY SET", 30)
            self.server.deliver(self.user, message("after the cut"))
            watch.wait(lambda line: line.get("event") == "arrived" and line.get("subject") == "after the cut", 20, mark)

    def test_mail_that_came_without_a_connection_is_told_too(self):
        with Tap(self.server) as tap:
            watch = self.start_watch(tap)
            mark = watch.mark
            tap.refuse = True
            tap.cut_all()
            watch.wait(lambda line: line.get("event") == "status" and line.get("state") == "waiting", 20, mark)
            self.server.deliver(self.user, message("while nobody listened"))
            tap.refuse = False
            watch.wait(lambda line: line.get("event") == "arrived" and line.get("subject") == "while nobody listened", 30, mark)

    def test_others_may_read_and_mark_beside_the_owner(self):
        with Tap(self.server) as tap:
            watch = self.start_watch(tap)
            self.assertEqual(len(self.client.list("INBOX")), 10)
            tap.forget()
            self.client.run("mark", "INBOX", str(self.uids[0]), "--star").check()
            tap.wait_for("C", rb"STORE", 20)
            end = time.monotonic() + 10
            while "\\Flagged" not in self.server.truth(self.user)["INBOX"]["messages"][self.uids[0]][0]:
                self.assertLess(time.monotonic(), end)
                time.sleep(0.05)
            self.client.run("sync").check()
            self.arrives(watch, "still here")


class Notified(Live):
    """Where the server announces NOTIFY (RFC 5465)."""

    def test_another_folder_is_told_of_at_once(self):
        mail = self.other()
        mail.create("Reports")
        with Tap(self.server) as tap:
            watch = self.start_watch(tap)
            tap.wait_for("C", rb"NOTIFY SET", 10)
            for number in range(3):
                mark, start = watch.mark, time.monotonic_ns()
                mail.append("Reports", None, None, message(f"report {number}"))
                shown, _ = watch.wait(lambda line: line.get("event") == "changed"
                                      and any(change["change"] == "added" for change in line["rows"]), 10, mark)
                self.assertLess((shown - start) / 1e9, 2)
            # New folders too, without waiting for the next poll.
            mark = watch.mark
            mail.create("Later")
            mail.append("Later", None, None, message("in a new folder"))
            watch.wait(lambda line: line.get("event") == "changed"
                       and any(change["change"] == "added" for change in line["rows"]), 10, mark)
            # The inbox is told of as before.
            self.arrives(watch, "after the others")
            watch.__exit__()
        self.assertEqual(len(self.client.list("Reports")), 3)
        self.assertEqual(len(self.client.list("Later")), 1)
        self.assertEqual(len(self.client.list("INBOX")), 11)


class LiveQResync(Notified, ServerCase):
    kind = "qresync"


class LivePlain(Live, ServerCase):
    kind = "plain"

    def test_idle_is_not_left_open_when_a_command_is_sent(self):
        with Tap(self.server) as tap:
            watch = self.start_watch(tap)
            self.arrives(watch, "one")
            said = {}
            for _, connection, who, data in tap.events:
                if who == "C":
                    said[connection] = said.get(connection, b"") + data
        idles = 0
        for talk in said.values():
            for found in re.finditer(rb" IDLE\r\n", talk):
                rest = talk[found.end():]
                self.assertTrue(rest == b"" or rest.startswith(b"DONE\r\n"), rest[:60])
                idles += rest != b""
        self.assertGreaterEqual(idles, 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
