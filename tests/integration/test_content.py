#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages themselves: texts, parts, sources, search in six languages; the demo mailbox through the whole engine."""

import os
import sys
import unittest

from barua_case import ServerCase, message

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "server"))
import barua_demo  # noqa: E402


class Content(ServerCase):
    def source(self, folder, uid):
        mail = self.server.imap(self.user, folder)
        try:
            data = mail.uid("FETCH", str(uid), "(BODY.PEEK[])")[1]
            return data[0][1]
        finally:
            mail.logout()

    def test_sources_are_kept_byte_by_byte(self):
        uids = self.fill(count=30, text="Mstari wa kwanza\n.\n..\nFrom the start\n" * 20)
        uids.append(self.server.append(self.user, "INBOX", b"Subject: raw\r\n\r\n\xff\xfe\x00\x01 bytes\r\n" * 3))
        self.add()
        run = self.client.sync("--bodies")
        self.assertEqual(run.event("synced")["bodies"], len(uids))
        self.server.stop()
        try:
            for uid in uids[-3:]:
                self.assertTrue(self.client.run("show", "INBOX", str(uid), "--source").check().output)
        finally:
            self.server.start()
        for uid in uids[-3:]:
            shown = self.client.run("show", "INBOX", str(uid), "--source").output
            self.assertEqual(shown, self.source("INBOX", uid))

    def test_text_on_demand(self):
        uid = self.server.append(self.user, "INBOX", message("Moja", "Maji ni uhai.\nনদী জানে না সে কোথায় যাবে।\n"))
        self.add()
        self.client.sync("--headers-only")
        text = self.client.run("show", "INBOX", str(uid), "--text").check().lines[0]["text"]
        self.assertIn("Maji ni uhai.", text)
        self.assertIn("নদী জানে না", text)
        flags = self.server.truth(self.user)["INBOX"]["messages"][uid][0]
        self.assertNotIn("\\Seen", flags, "looking from a script does not mark as read")

    def test_words_of_every_script_are_found(self):
        texts = {
            "bn": ("কয়রায় লবণাক্ততার মাত্রা বেড়েছে", "পরিকল্পনা মতো বৃষ্টির পানির ট্যাংক বসানো হয়েছে।", ["লবণাক্ততার", "পরিকল্পনা", "ট্যাংক"], "লবণ"),
            "te": ("సంక్రాంతికి వస్తున్నారా?", "ఈ నివేదిక గోదావరి తీరాన వలస పక్షుల గురించి.", ["సంక్రాంతికి", "నివేదిక", "గోదావరి"], "సంక్రాం"),
            "de": ("Übergabe der Schlüssel", "Die Straßenbahn fährt über die Brücke.", ["Schlüssel", "Straßenbahn", "brucke"], "Straßen"),
            "sw": ("Harusi ya Zawadi", "Ukumbi wa sherehe umepatikana.", ["harusi", "ukumbi"], "sher"),
            "id": ("Jadwal pemasangan pompa", "Sandalnya ditemukan di hilir.", ["pemasangan", "hilir"], "pasang"),
        }
        expected = {}
        for language, (subject, text, _, _) in texts.items():
            expected[language] = self.server.append(self.user, "INBOX", message(subject, text + "\n"))
        self.fill("INBOX", 20, text="Nothing to see here.\n")
        self.add()
        self.client.sync("--bodies")
        for language, (_, _, words, prefix) in texts.items():
            for word in words:
                hits = self.client.run("search", word).check().lines
                self.assertEqual([row["uid"] for row in hits], [expected[language]], f"{word} in {language}")
            if language != "id":
                hits = self.client.run("search", prefix + "*").check().lines
                self.assertEqual([row["uid"] for row in hits], [expected[language]], f"{prefix}*")
        # Fragments of a word that the default tokenizer would cut at vowel signs are no words.
        for fragment in ("কল", "পন", "ల్పన", "వేదిక", "దిక"):
            self.assertEqual(self.client.run("search", fragment).check().lines, [], fragment)


class DemoMailbox(ServerCase):
    def test_the_demo_mailbox_through_the_whole_engine(self):
        items = barua_demo.build()
        self.server.create(self.user, *barua_demo.FOLDERS)
        self.server.append_many(self.user, items)
        self.add()
        run = self.client.sync("--bodies")
        self.assertEqual(run.event("synced")["added"], len(items))
        self.assertEqual(run.event("synced")["skipped"], 0)
        self.assert_sound()
        names = self.names()
        self.assertEqual(sum(folder["unread"] for folder in names.values()),
                         sum("\\Seen" not in flags for _, _, flags, _ in items))
        for name, folder in names.items():
            for row in self.client.list("#" + str(folder["id"])):
                self.assertTrue(row["preview"] or "Fwd" in row["subject"] or row["size"] < 500, (name, row["subject"]))
        inbox = {row["subject"]: row for row in self.client.list("INBOX")}
        self.assertIn("Насос для станции Kijito: сроки поставки", inbox)
        self.assertIn("水質センサーの試験結果について", inbox)
        phish = inbox["Your account will be suspended in 24 hours"]
        self.assertEqual(phish["from"]["address"], "alert-7731@umoja-bank-verify.example")
        japanese = inbox["水質センサーの試験結果について"]
        text = self.client.run("show", "INBOX", str(japanese["uid"]), "--text").check().lines[0]["text"]
        self.assertIn("いつもお世話になっております。", text)
        threads = {}
        for row in self.rows("Projects/R&D") + self.rows("Sent"):
            threads.setdefault(row["thread"], []).append(row)
        deep = max((rows for rows in threads.values() if any("Turbidity" in row["subject"] for row in rows)), key=len)
        self.assertEqual(len(deep), 12)
        self.assertTrue(self.client.run("search", "నివేదిక OR గోదావరి").code in (0, 1))
        self.assertTrue(self.client.run("search", "లక్ష్మి").check().lines)


if __name__ == "__main__":
    unittest.main(verbosity=2)
