# SPDX-License-Identifier: GPL-3.0-or-later
"""What the integration tests share: one server for a file of tests, a fresh profile and mailbox for each test.

A test file is run by meson with BARUA_CLI in its environment (see meson.build here) and ends with unittest.main().
"""

import os
import shutil
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "server")]
import barua_dovecot  # noqa: E402
import barua_tls  # noqa: E402, F401
from barua_client import Client  # noqa: E402
from barua_dovecot import decode_mutf7, message, quote  # noqa: E402, F401
from tap import NO_MODSEQ, Tap  # noqa: E402, F401

# Server flags and the words that barua-cli prints for them.
WORDS = {"\\Seen": "seen", "\\Answered": "answered", "\\Flagged": "flagged", "\\Deleted": "deleted", "\\Draft": "draft",
         "$Forwarded": "forwarded", "$Junk": "junk", "$NotJunk": "notjunk", "$MDNSent": "mdnsent", "$Phishing": "phishing",
         "$Important": "important"}


class ServerCase(unittest.TestCase):
    """self.server, and for each test a user of its own (self.user, an empty mailbox) and a fresh profile (self.client)."""

    kind = "qresync"

    @classmethod
    def setUpClass(cls):
        cls._folder = tempfile.TemporaryDirectory(prefix="barua-test-")
        cls._next = 0
        users = {f"{cls.kind}-{number}": barua_dovecot.USERS[cls.kind] for number in range(1, 100)}
        cls.server = barua_dovecot.Dovecot(os.path.join(cls._folder.name, "server"), users=users, fsync="never",
                                           tied=True).start()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls._folder.cleanup()

    def setUp(self):
        type(self)._next += 1
        self.user = f"{self.kind}-{self._next}"
        self.scratch = tempfile.mkdtemp(prefix="barua-test-")
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        self.client = Client(os.path.join(self.scratch, "profile"))
        self.port = self.server.imaps_port
        if self.kind == "plain":
            # Dovecot tells HIGHESTMODSEQ even where it does not announce the extension; Outlook.com does not.
            tap = Tap(self.server, keep=False).start()
            self.addCleanup(tap.stop)
            tap.replace = [NO_MODSEQ]
            self.port = tap.port

    def add(self):
        """The account, as its kind of server is."""
        self.client.add(self.server, self.user, port=self.port)

    def fill(self, folder="INBOX", count=20, start=0, flags="\\Seen", text="Habari za leo?\n"):
        """Appends messages "Subject 0" ...; returns their UIDs."""
        items = [(folder, message(f"Subject {number}", text, date=1.76e9 + 60 * number, message_id=f"<{folder}.{number}@barua.example>".replace(" ", "_")
                                  if folder.isascii() else None), flags if number % 3 else "", 1.76e9 + 60 * number)
                 for number in range(start, start + count)]
        return self.server.append_many(self.user, items)

    def names(self):
        """{name on the server, decoded: folder object of barua-cli}."""
        return {decode_mutf7(folder["server_name"]): folder for folder in self.client.folders().values()}

    def rows(self, name):
        """The rows of a folder by its name on the server."""
        return self.client.list("#" + str(self.names()[name]["id"]))

    def assert_same(self):
        """Barua's store and the server hold the same: folders, UIDs, flags, sizes, identities, counters."""
        truth = self.server.truth(self.user)
        ours = {name: folder for name, folder in self.names().items() if folder["selectable"]}
        self.assertEqual(set(ours), set(truth))
        for name, folder in truth.items():
            rows = self.client.list("#" + str(ours[name]["id"]))
            expected = {uid: ({WORDS.get(flag, flag) for flag in flags if flag in WORDS}, size)
                        for uid, (flags, size, _) in folder["messages"].items()}
            found = {row["uid"]: (set(row["flags"]), row["size"]) for row in rows}
            self.assertEqual(found, expected, name)
            for row in rows:
                identity = folder["messages"][row["uid"]][2].strip("<>")
                self.assertEqual(row["message_id"].strip("<>"), identity)
                self.assertEqual(row["waiting"], [], row)
            self.assertEqual(ours[name]["total"], len(expected), name)
            self.assertEqual(ours[name]["unread"], sum("seen" not in flags for flags, _ in expected.values()), name)
        return truth

    def assert_sound(self):
        """Same as the server, sound, and a further sync finds nothing to do."""
        self.assert_same()
        verified = self.client.verify()
        self.assertEqual(verified["findings"], [])
        again = self.client.sync().event("synced")
        self.assertEqual((again["added"], again["updated"], again["removed"]), (0, 0, 0))

    def other(self, folder="INBOX"):
        """Another mail program, signed in as the same person; logged out at the end."""
        mail = self.server.imap(self.user, folder)

        def leave():
            try:
                mail.logout()
            except (OSError, mail.error, mail.abort):
                pass

        self.addCleanup(leave)
        return mail
