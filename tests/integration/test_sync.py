#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Synchronising with a real Dovecot, once for each algorithm: what others change arrives, nothing else changes."""

import glob
import os
import re
import unittest

from barua_case import ServerCase, Tap, message, quote

ODD_NAMES = ["R&D", "Steuern & Verträge", "Projects/খুলনা", "Family/కుటుంబం", "Projects/a \"quoted\" name", "back\\slash",
             "a*star", "per%cent", "Trash can", "日本語/メール", "emoji 🐘", "x" * 180]


class Synchronising:
    """Mixed into one class for each kind of server."""

    def test_first_sync_brings_everything(self):
        self.server.create(self.user, *ODD_NAMES)
        self.fill("INBOX", 320)
        self.fill("R&D", 7)
        self.fill("Projects/খুলনা", 5)
        self.fill("x" * 180, 3)
        self.server.append(self.user, "Sent", message("Grüße aus Freiburg", sender="Jürgen <j@barua.example>"), "\\Answered $Forwarded")
        self.add()
        run = self.client.sync()
        synced = run.event("synced")
        self.assertEqual(synced["added"], 336)
        self.assertGreater(synced["bytes_in"], 10000)
        self.assert_sound()
        names = self.names()
        self.assertEqual(names["INBOX"]["role"], "inbox")
        self.assertEqual({names[name]["role"] for name in ("Drafts", "Sent", "Junk", "Trash", "Archive")},
                         {"drafts", "sent", "junk", "trash", "archive"})
        row = self.client.list("Sent")[0]
        self.assertEqual((row["subject"], row["from"]["name"], row["from"]["address"]),
                         ("Grüße aus Freiburg", "Jürgen", "j@barua.example"))
        rows = self.client.list("INBOX", limit=10)
        self.assertEqual([row["subject"] for row in rows], [f"Subject {number}" for number in range(319, 309, -1)])

    def test_new_mail_and_only_that(self):
        self.fill(count=40)
        self.add()
        self.client.sync()
        self.server.deliver(self.user, message("নতুন চিঠি"), message("Barua mpya"))
        self.fill("Archive", 4)
        synced = self.client.sync().event("synced")
        self.assertEqual((synced["added"], synced["updated"], synced["removed"]), (6, 0, 0))
        self.assert_sound()

    def test_flags_changed_by_another_program(self):
        uids = self.fill(count=60)
        self.add()
        self.client.sync()
        mail = self.other()
        mail.uid("STORE", f"{uids[3]},{uids[30]}", "+FLAGS", "(\\Flagged $Forwarded)")
        mail.uid("STORE", f"{uids[5]}:{uids[9]}", "-FLAGS", "(\\Seen)")
        mail.uid("STORE", f"{uids[-1]}", "FLAGS", "(\\Answered \\Seen)")
        self.client.sync()
        self.assert_sound()

    def test_messages_removed_by_another_program(self):
        uids = self.fill(count=120)
        self.add()
        self.client.sync()
        mail = self.other()
        mail.uid("STORE", f"{uids[0]},{uids[50]}:{uids[60]},{uids[-1]}", "+FLAGS", "(\\Deleted)")
        mail.expunge()
        self.fill(count=5, start=500)
        synced = self.client.sync().event("synced")
        self.assertEqual((synced["added"], synced["removed"]), (5, 13))
        self.assert_sound()

    def test_an_emptied_folder(self):
        self.fill(count=30)
        self.add()
        self.client.sync()
        mail = self.other()
        mail.store("1:*", "+FLAGS", "(\\Deleted)")
        mail.expunge()
        self.assertEqual(self.client.sync().event("synced")["removed"], 30)
        self.assert_sound()

    def test_folders_made_renamed_and_removed_by_another_program(self):
        self.server.create(self.user, "Alpha", "Alpha/Beta", "Gamma")
        self.fill("Alpha/Beta", 8)
        self.fill("Gamma", 3)
        self.add()
        self.client.sync()
        mail = self.other()
        self.assertEqual(mail.rename(quote("Alpha"), quote("Verträge"))[0], "OK")
        self.assertEqual(mail.delete(quote("Gamma"))[0], "OK")
        self.assertEqual(mail.create(quote("Delta/Epsilon"))[0], "OK")
        self.fill("Delta/Epsilon", 2)
        self.client.sync()
        self.assert_sound()
        self.assertIn("Verträge/Beta", self.names())

    def test_another_uidvalidity(self):
        self.server.create(self.user, "Phoenix")
        self.fill("Phoenix", 12)
        self.add()
        self.client.sync()
        before = self.server.truth(self.user)["Phoenix"]["uidvalidity"]
        mail = self.other()
        mail.delete("Phoenix")
        mail.create("Phoenix")
        self.fill("Phoenix", 9, start=4)
        if self.server.truth(self.user)["Phoenix"]["uidvalidity"] == before:
            self.server.doveadm("mailbox", "update", "-u", self.user, "--uid-validity", str(before + 77), "Phoenix")
        self.client.sync()
        self.assert_sound()

    def test_one_folder_only(self):
        self.fill(count=10)
        self.fill("Archive", 10)
        self.add()
        self.assertEqual(self.client.sync("--folder", "INBOX").event("synced")["added"], 10)
        self.assertEqual(len(self.client.list("INBOX")), 10)
        self.client.sync()
        self.assert_sound()

    def test_marks_reach_the_server(self):
        uids = self.fill(count=12)
        self.add()
        self.client.sync()
        self.client.run("mark", "INBOX", f"{uids[0]}:{uids[3]}", "--read", "--star").check()
        self.client.run("mark", "INBOX", f"{uids[7]}", "--unread").check()
        waiting = {row["uid"]: row for row in self.client.list("INBOX")}
        self.assertIn("flagged", waiting[uids[0]]["flags"])
        self.assertNotIn("seen", waiting[uids[7]]["flags"])
        self.client.sync()
        truth = self.assert_same()
        flags = {uid: set(found) for uid, (found, _, _) in truth["INBOX"]["messages"].items()}
        for uid in uids[0:4]:
            self.assertLessEqual({"\\Seen", "\\Flagged"}, flags[uid])
        self.assertNotIn("\\Seen", flags[uids[7]])
        self.assert_sound()

    def test_a_mark_keeps_what_others_changed(self):
        uids = self.fill(count=6)
        self.add()
        self.client.sync()
        mail = self.other()
        mail.uid("STORE", str(uids[2]), "+FLAGS", "(\\Answered $Forwarded)")
        self.client.run("mark", "INBOX", str(uids[2]), "--star").check()
        self.client.sync()
        truth = self.assert_same()
        self.assertLessEqual({"\\Answered", "$Forwarded", "\\Flagged"}, set(truth["INBOX"]["messages"][uids[2]][0]))

    def test_a_mark_on_a_message_that_is_gone(self):
        uids = self.fill(count=6)
        self.add()
        self.client.sync()
        mail = self.other()
        mail.uid("STORE", str(uids[2]), "+FLAGS", "(\\Deleted)")
        mail.expunge()
        self.client.run("mark", "INBOX", f"{uids[2]}:{uids[3]}", "--star").check()
        self.client.sync()
        self.assert_sound()

    def test_names_that_want_to_leave_the_folder(self):
        """The server calls the archive "../../..." and so on: it is a name like any other, and no file of that name appears."""
        name = f"../../barua-leaves-{os.getpid()}"
        self.fill(count=4)
        with Tap(self.server) as tap:
            tap.replace = [(rb'(\* LIST \([^)]*\) "/" )"?Archive"?\r\n', rb'\1"' + name.encode() + b'"\r\n')]
            self.client.add(self.server, self.user, port=tap.port)
            self.client.run("sync")
            self.assertEqual(len(self.client.list("INBOX")), 4)
            self.assertIn(name, self.names())
        for above in "..", "../..", "../../..":
            self.assertEqual(glob.glob(os.path.join(self.scratch, above, "barua-leaves-*")), [])
        self.assertEqual(sorted(name for name in os.listdir(self.scratch) if not name.startswith("password-")), ["profile"])


class QResync(Synchronising, ServerCase):
    kind = "qresync"


class CondStore(Synchronising, ServerCase):
    kind = "condstore"

    def test_only_what_is_announced_is_used(self):
        self.fill(count=30)
        with Tap(self.server) as tap:
            self.client.add(self.server, self.user, port=tap.port)
            self.client.sync()
            self.client.sync()
            said = tap.sent().upper()
        self.assertIn(b"CONDSTORE", said)
        self.assertNotIn(b"QRESYNC", said)
        self.assertNotIn(b"VANISHED", said)


class Plain(Synchronising, ServerCase):
    kind = "plain"

    def test_only_what_is_announced_is_used(self):
        uids = self.fill(count=300)
        with Tap(self.server) as tap:
            self.client.add(self.server, self.user, port=tap.port)
            self.client.sync()
            mail = self.other()
            mail.uid("STORE", f"{uids[200]}:{uids[210]}", "+FLAGS", "(\\Deleted)")
            mail.expunge()
            self.assertEqual(self.client.sync().event("synced")["removed"], 11)
            said = tap.sent().upper()
        for word in (rb"CONDSTORE", rb"QRESYNC", rb"MODSEQ", rb"CHANGEDSINCE", rb"VANISHED", rb"COMPRESS", rb"NOTIFY", rb"ENABLE",
                     rb"RETURN \(", rb"PREVIEW", rb"LIST \(", rb"BINARY", rb"SAVEDATE"):
            self.assertIsNone(re.search(word, said), word)

    def test_a_lost_answer_removes_nothing(self):
        """A search that answers nothing is no proof (PROTOCOLS 3.7, 6)."""
        uids = self.fill(count=80)
        with Tap(self.server) as tap:
            self.client.add(self.server, self.user, port=tap.port)
            self.client.sync()
            mail = self.other()
            mail.uid("STORE", str(uids[10]), "+FLAGS", "(\\Deleted)")
            mail.expunge()
            tap.replace = [(rb"\* SEARCH[ 0-9]*\r\n", b"* SEARCH\r\n")]
            self.client.run("sync")
            self.assertGreaterEqual(len(self.client.list("INBOX")), 79)
            tap.replace = []
            self.client.sync()
        self.assertEqual({row["uid"] for row in self.client.list("INBOX")}, set(uids) - {uids[10]})


if __name__ == "__main__":
    unittest.main(verbosity=2)
