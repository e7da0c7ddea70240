#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The message list on a real server: conversations, orders, search with operators, filters, F5, two accounts in one tree."""

import datetime
import email.utils
import os
import re
import shutil
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "server")]
import barua_dovecot  # noqa: E402
from barua_client import Client  # noqa: E402
from barua_window import Atspi, Window, run, until  # noqa: E402
from test_list import letters  # noqa: E402

USER, OTHER = "qresync", "plain"
BARUA = os.environ["BARUA"]
ME = "Qresync <qresync@barua.example>"
ALICE, BEN, CEM = "Alice Carter <alice@barua.example>", "Ben Howard <ben@barua.example>", "Cem Aydin <cem@barua.example>"
ids = iter(range(1, 10000))


def mail(sender, to, subject, minutes, body="Habari.\n", above=None, extra=""):
    """(message, when, its id)."""
    when = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=minutes)
    name = f"<{next(ids)}@barua.example>"
    reply = f"In-Reply-To: {above}\nReferences: {above}\n" if above else ""
    text = (f"From: {sender}\nTo: {to}\nSubject: {subject}\nDate: {email.utils.format_datetime(when)}\nMessage-ID: {name}\n{reply}{extra}"
            f"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}")
    return text.replace("\n", "\r\n").encode("utf-8"), when, name


class RealListTest(unittest.TestCase):
    """One window, tests in order."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="barua-list-real-")
        cls.pictures = os.environ.get("BARUA_PICTURES") or os.path.join(cls.folder.name, "pictures")
        os.makedirs(cls.pictures, exist_ok=True)
        cls.server = barua_dovecot.Dovecot(os.path.join(cls.folder.name, "server")).start()
        cls.server.create(USER, "Archive")
        cls.server.create(OTHER, "Archive")
        cls.fill()
        cls.profile = os.path.join(cls.folder.name, "profile")
        Client(cls.profile).add(cls.server, USER)
        Client(cls.profile).add(cls.server, OTHER)
        # What is read here is read by hand.
        settings = os.path.join(cls.folder.name, "config", "glib-2.0", "settings")
        os.makedirs(settings)
        with open(os.path.join(settings, "keyfile"), "w", encoding="utf-8") as keyfile:
            keyfile.write("[io/github/barua_mail/Barua]\nmark-read='by-hand'\n")
        cls.window = Window(BARUA, "--profile", cls.profile, log=os.path.join(cls.folder.name, "log"),
                            environment={"LC_ALL": "en_US.UTF-8", "LANGUAGE": "en", "GSETTINGS_BACKEND": "keyfile",
                                         "XDG_CONFIG_HOME": os.path.join(cls.folder.name, "config")})
        cls.window.start()

    @classmethod
    def fill(cls):
        def put(folder, message, flags=""):
            cls.server.append(USER, folder, message[0], flags, message[1].timestamp())
            return message[2]
        put("INBOX", mail(CEM, ME, "An old letter about maize", 60 * 24 * 500, "Nobody reads this one.\n"), "\\Seen")
        put("Archive", mail(CEM, ME, "Garden tools in the archive", 60 * 24 * 3), "\\Seen")
        put("Archive", mail(BEN, ME, "Papers", 60 * 24 * 400, "The deeds are in the wardrobe.\n"), "\\Seen")
        first = put("INBOX", mail(ALICE, ME, "The garden in May", 300, "Which beds first?\n"), "\\Seen")
        for index in range(9):
            who = (BEN, ALICE)[index % 2]
            put("INBOX", mail(who, ME, "Re: The garden in May", 290 - index * 10, above=first), "\\Seen")
        put("Sent", mail(ME, ALICE, "Re: The garden in May", 150, above=first), "\\Seen")
        put("Sent", mail(ME, ALICE, "Re: The garden in May", 140, above=first), "\\Seen")
        cls.first = first
        put("INBOX", mail(CEM, ME, "Budget", 40, "Numbers.\n" * 4000), "\\Flagged")
        wanted = put("INBOX", mail(BEN, ME, "Answer wanted", 30, "Maize, please.\n"), "\\Seen \\Answered")
        put("INBOX", mail(CEM, ME, "A party on Friday", 20), "")
        cls.draft = put("Drafts", mail(ME, ALICE, "Re: Answer wanted", 5, "Half an ans", above=wanted), "\\Draft \\Seen")

    @classmethod
    def tearDownClass(cls):
        cls.window.stop()
        cls.server.stop()
        cls.folder.cleanup()

    heard = 0

    def tearDown(self):
        outcome = self._outcome.result
        if any(test is self for test, _ in outcome.failures + outcome.errors):
            sys.stderr.write(self.window.describe() + "\n" + self.window.said()[-2000:] + "\n")
            self.picture("failed-" + self.id().rsplit(".", 1)[-1])
        said = self.window.complaints()
        fresh, type(self).heard = said[self.heard:], len(said)
        self.assertEqual([], fresh)

    # Small words ----------------------------------------------------------------------------------------------------

    def picture(self, name):
        return self.window.shot(os.path.join(self.pictures, f"list-{name}.png"))

    def row(self, pattern, seconds=15):
        return self.window.find("list item", pattern, seconds=seconds)

    def subjects(self):
        names = [re.sub(r"^(Unread|Draft)\. ", "", re.sub(r"^(Unread|Draft)\. ", "", row)) for row in self.window.rows()]
        return [name.split(". ")[1] for name in names]

    def headers(self):
        messages = self.window.find("list", "^Messages$")
        found = [(item.get_extents(Atspi.CoordType.WINDOW).y, item.get_name()) for item in self.window.all("row header", root=messages)]
        return [name for _, name in sorted(found)]

    def menu(self, *names):
        window = self.window
        window.activate(window.find("toggle button", "^List Menu$"))
        for name in names:
            wanted = f"Alt+{letters()[name]}"

            def item(wanted=wanted):
                # In a submenu the way back comes first.
                return next(iter([found for found in window.all() if found.get_role_name().endswith("menu item") and
                                  wanted in (found.get_attributes() or {}).get("keyshortcuts", "").split()][::-1]), None)
            window.activate(until(item, 10, f"the menu item {name}"))

        def closed():
            if window.all("menu", "^List Menu$"):
                run("xdotool", "key", "Escape")
                return False
            return True
        until(closed, 10, "the menu gone")

    def search(self, text):
        if not self.window.all(None, "^Search Inbox$"):
            self.window.key("ctrl+f")
        self.window.find(None, "^Search Inbox$")
        run("xdotool", "type", "--delay", "25", text)

    # Tests, in order ------------------------------------------------------------------------------------------------

    def test_01_conversations(self):
        """Who takes part, the own answers counted, the draft told."""
        self.row(r"^Unread\. Cem Aydin\. A party on Friday\.", 30)
        self.row(r"^Alice, Ben, me\. (Re: )?The garden in May\. .*\. 12 messages\.$")
        self.row(r"^Draft\. Ben.*\. Answer wanted\..* replied")
        self.assertEqual(1, len([row for row in self.window.rows() if "garden" in row]))
        self.picture("grouped")

    def test_02_follows_a_new_reply(self):
        window = self.window
        window.click(self.row("12 messages"))
        window.find("heading", "The garden in May$")
        self.server.deliver(USER, mail(BEN, ME, "Re: The garden in May", 0, above=self.first)[0])
        found = self.row("13 messages", 20)
        self.assertTrue(found.get_state_set().contains(Atspi.StateType.SELECTED))
        self.assertEqual(1, len([row for row in window.rows() if "garden" in row]))
        window.find("heading", "The garden in May$")

    def test_03_check_now(self):
        """What the server does not tell of by itself, F5 brings."""
        window = self.window
        window.find("button", "^Archive, of plain$", seconds=30)
        self.server.append(OTHER, "Archive", *self.plain("For the other account"))
        window.key("F5")
        window.find("button", "^Archive, 1 (unread|message), of plain$", seconds=30)

    @staticmethod
    def plain(subject):
        message = mail(CEM, ME, subject, 1)
        return message[0], "", message[1].timestamp()

    def test_04_two_accounts(self):
        window = self.window
        names = [item.get_name() for item in window.all("button")
                 if re.match(r"(Inbox|Drafts|Sent|Archive|qresync|plain)", item.get_name())]
        first, second = (next(i for i, name in enumerate(names) if name.startswith(who)) for who in ("qresync", "plain"))
        self.assertLess(first, second)
        self.assertTrue(names[first + 1].startswith("Inbox"), names)
        self.assertTrue(names[second + 1].startswith("Inbox"), names)
        self.picture("two-accounts")
        window.click(window.find("button", "^Archive, 1 .*, of plain"))
        self.row("For the other account")
        window.click(window.find("button", "^Inbox.*, of qresync"))
        self.row("A party on Friday")

    def test_05_orders(self):
        """Ungrouped and six ways, both directions; what is compared are the first rows."""
        window = self.window
        self.menu("Group into Conversations")
        until(lambda: len([row for row in window.rows() if "garden" in row]) > 1, 10, "single messages")
        self.menu("Group into Conversations")
        garden = "Re: The garden in May"
        until(lambda: self.subjects()[:2] == [garden, "A party on Friday"], 10, "conversations")
        by_date = [garden, "A party on Friday", "Answer wanted", "Budget", "An old letter about maize"]
        year = str((datetime.datetime.now() - datetime.timedelta(days=500)).year)
        self.assertEqual(by_date, self.subjects())
        self.assertEqual(year, self.headers()[-1])
        self.menu("Sort By", "Oldest First")
        until(lambda: self.subjects() == by_date[::-1], 10, "the oldest first")
        self.assertEqual(year, self.headers()[0])
        self.menu("Sort By", "Subject")
        until(lambda: self.headers() in (["A", "B", "T"], ["T", "B", "A"]), 10, f"letters, not {self.headers()}")
        letters_down = self.headers()
        self.menu("Sort By", "Newest First")
        until(lambda: self.headers() == letters_down[::-1], 10, "the letters the other way round")
        self.menu("Sort By", "Sender")
        until(lambda: set(self.headers()) <= {"A", "B", "C"} and "C" in self.headers(), 10, f"letters of names, not {self.headers()}")
        self.picture("by-sender")
        self.menu("Sort By", "Size")
        until(lambda: self.headers() == ["10 to 100 kB", "Under 10 kB"], 10, f"sizes, not {self.headers()}")
        self.assertEqual("Budget", self.subjects()[0])
        self.picture("by-size")
        self.menu("Sort By", "Unread")
        until(lambda: self.headers() == ["Unread", "Read"], 10, f"unread and read, not {self.headers()}")
        self.menu("Sort By", "Oldest First")
        until(lambda: self.headers() == ["Read", "Unread"], 10, f"read and unread, not {self.headers()}")
        self.menu("Sort By", "Starred")
        until(lambda: self.headers() == ["Not Starred", "Starred"], 10, f"stars, not {self.headers()}")
        self.menu("Sort By", "Newest First")
        until(lambda: self.subjects()[0] == "Budget", 10, "the starred one first")
        self.menu("Sort By", "Date")
        until(lambda: self.subjects() == by_date, 10, "by date again")

    def test_06_people_i_know(self):
        """Only Alice was ever written to."""
        window = self.window
        window.key("ctrl+f")
        window.activate(window.find("toggle button", "^People I Know$"))
        until(lambda: len(window.rows()) == 1 and "garden" in window.rows()[0], 10, "Alice's conversation only")
        window.key("Escape", "Escape")
        window.gone(None, "^Search Inbox$")
        self.row("A party on Friday")

    def test_07_operators(self):
        """An operator is a chip when it is whole; it goes by the pointer or by Backspace twice."""
        window = self.window
        self.search("from:cem party")
        chip = window.find("button", "^Remove from: cem$")
        until(lambda: self.subjects() == ["A party on Friday"], 10, "Cem's party")
        self.picture("chip")
        run("xdotool", "key", "ctrl+a", "BackSpace")
        until(lambda: sorted(self.subjects()) == ["A party on Friday", "An old letter about maize", "Budget"], 10, "all of Cem's")
        run("xdotool", "type", "--delay", "25", "is:starred ")
        window.find("button", "^Remove is:starred$")
        until(lambda: self.subjects() == ["Budget"], 10, "the starred one")
        run("xdotool", "key", "BackSpace", "BackSpace")
        window.gone("button", "^Remove is:starred$")
        until(lambda: len(self.subjects()) == 3, 10, "all of Cem's again")
        window.activate(chip)
        window.gone("button", "^Remove from: cem$")
        run("xdotool", "type", "--delay", "25", "before:2 before:yesterday")
        run("xdotool", "key", "Return")
        window.find("button", "^Remove before: yesterday$")
        window.key("Escape", "Escape")
        window.gone(None, "^Search Inbox$")

    def test_08_everywhere(self):
        """Results are a list with folders, sections, keys; what is not covered is said."""
        window = self.window
        self.search("garden")
        until(lambda: len(window.rows()) == 1, 10, "the inbox' conversation")
        window.activate(next(item for role in ("radio button", "toggle button") for item in window.all(role, "^Everywhere$")))
        self.row("Garden tools in the archive.* In Archive, qresync")
        window.see("Texts since .* are searched; older mail by sender and subject")
        self.picture("everywhere")
        run("xdotool", "key", "Down", "End")
        window.find("heading", "Garden tools in the archive$")
        window.key("Escape")
        window.key("Escape")
        window.gone(None, "^Search Inbox$")
        self.row("A party on Friday")

    def test_09_escape_ladder(self):
        window = self.window
        window.click(self.row("A party on Friday"))
        self.search("cem")
        # Before the hits are there: the focus is in a row that goes, and then in one that comes.
        run("xdotool", "key", "Down")
        until(lambda: len(window.rows()) == 3, 10, "hits")
        until(lambda: window.focused() is not None and window.focused().get_role_name() == "list item", 10, "focus in the list")
        run("xdotool", "key", "ctrl+a")
        window.see("selected")
        run("xdotool", "key", "ctrl+g")
        window.find("label", "^Go to Date$")
        run("xdotool", "key", "Escape")
        window.gone("label", "^Go to Date$")
        window.see("selected")
        run("xdotool", "key", "Escape")
        window.gone(None, r"\d selected$")
        window.see("found")
        run("xdotool", "key", "Escape")
        window.gone(None, "found$")
        window.find(None, "^Search Inbox$")
        run("xdotool", "key", "Escape")
        window.gone(None, "^Search Inbox$")
        self.assertIsNone(window.process.poll())

    def test_10_unread_conversation(self):
        """Its newest message is read, one before it is not: keys take it for what it looks like."""
        window = self.window
        roof = mail(CEM, ME, "The roof", 36)
        self.server.append(USER, "INBOX", roof[0], "", roof[1].timestamp())
        reply = mail(BEN, ME, "Re: The roof", 35, above=roof[2])
        self.server.append(USER, "INBOX", reply[0], "\\Seen", reply[1].timestamp())
        unread = r"^Unread\. Cem, Ben\. Re: The roof\..* 2 messages"
        self.row(unread, 30)
        window.click(self.row("Answer wanted"))
        window.find("heading", "Answer wanted$")
        # The next unread one, once this one is at its end.
        window.key("space")
        window.find("heading", "The roof$")
        window.key("ctrl+i")
        self.row(r"^Cem, Ben\. Re: The roof")
        window.key("ctrl+i")
        self.row(r"^Unread\. Cem, Ben\. Re: The roof")

    def test_11_ask_the_server(self):
        """Texts of old mail are not here: the servers of both accounts are asked for them, one with ESEARCH and one without."""
        window = self.window
        self.search("wardrobe")
        window.see("Nothing Found")
        window.activate(next(item for role in ("radio button", "toggle button") for item in window.all(role, "^Everywhere$")))
        window.see("Nothing Found")
        window.activate(window.find("button", "^Ask the Server$"))
        window.see(r"The server found 1 more\.", 30)
        self.row("Papers.* In Archive, qresync")
        window.see("1 found")
        self.picture("asked")
        window.key("ctrl+a")
        run("xdotool", "type", "--delay", "25", "from:ben before:yesterday wårdrobe")
        window.find("button", "^Remove from: ben$")
        window.see("Nothing Found")
        window.activate(window.find("button", "^Ask the Server$"))
        window.see("The server found nothing more", 30)
        window.key("Escape", "Escape")
        window.gone(None, "^Search Inbox$")

    def test_99_ends_quietly(self):
        self.assertEqual(0, self.window.stop())


if __name__ == "__main__":
    if not shutil.which("dovecot") and not os.path.exists("/usr/sbin/dovecot"):
        print("SKIP: dovecot is not installed")
        sys.exit(77)
    unittest.main(verbosity=2, failfast=os.environ.get("BARUA_FAILFAST") is not None)
