#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The preferences have an effect at once, all of them by keys, and the list menu shows the same state as the dialog.

Environment: BARUA and BARUA_CLI, the programs.
"""

import os
import re
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "server")]
import barua_dovecot  # noqa: E402
import test_window  # noqa: E402
from barua_client import Client  # noqa: E402
from barua_window import Atspi, FocusWatch, Window, run, until  # noqa: E402

USER = "qresync"
BARUA = os.environ["BARUA"]
# Places in the list menu.
SORT, GROUPED, DENSITY = range(3)
SECONDS_OF_READING = 3


class PreferencesTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="barua-preferences-")
        self.server = barua_dovecot.Dovecot(os.path.join(self.folder.name, "server")).start()
        for number in range(8):
            message, when = test_window.mail(f"Barua {number}", 100 - number)
            self.server.append(USER, "INBOX", message, "", when)
        first, when = test_window.mail("Mkutano", 20)
        self.server.append(USER, "INBOX", first, "\\Seen", when)
        known = re.search(rb"Message-ID: (<.*>)", first).group(1).decode("ascii")
        answer, when = test_window.mail("Re: Mkutano", 19, sender="Ben Howard <ben@barua.example>",
                                        extra=f"In-Reply-To: {known}\nReferences: {known}\n")
        self.server.append(USER, "INBOX", answer, "\\Seen", when)
        profile = os.path.join(self.folder.name, "profile")
        Client(profile).add(self.server, USER)
        self.window = Window(BARUA, "--profile", profile, log=os.path.join(self.folder.name, "log"),
                             environment={"HOME": self.folder.name, "LC_ALL": "en_US.UTF-8", "LANGUAGE": "en"})
        self.window.start()
        self.watch = FocusWatch()
        self.window.see("Up to date", 40)

    def tearDown(self):
        outcome = getattr(self._outcome, "result", None)
        if outcome is not None and any(test is self for test, _ in outcome.failures + outcome.errors):
            sys.stderr.write(self.window.describe() + "\n")
        said = self.window.complaints()
        self.watch.stop()
        self.window.stop()
        self.server.stop()
        self.folder.cleanup()
        self.assertEqual([], said)

    # Small words ----------------------------------------------------------------------------------------------------

    def open(self, page=None):
        self.window.key("ctrl+comma")
        self.window.find(None, "^Start at Log-In$")
        if page is not None:
            self.window.activate(next(item for item in self.window.all(None, f"^{page}$")
                                      if item.get_role_name() in ("page tab", "toggle button", "radio button")))

    def close(self):
        self.window.key("Escape")
        until(lambda: not self.window.all(None, "^(Start at Log-In|Darken Messages)$"), 10, "the preferences closed")

    def tab_to(self, name):
        """The row or control of that name, reached by Tab alone."""
        for _ in range(40):
            self.watch.clear()
            self.window.key("Tab")
            item = self.watch.next(1)
            if item is not None and (item.get_name() or "").startswith(name):
                return item
        self.fail(f"Tab does not reach {name}")

    def switch(self, name):
        return until(lambda: self.window.all("check box", f"^{name}$") + self.window.all("switch", f"^{name}$"), 10, f"the switch {name}")[-1]

    def choose(self, name, *keys):
        """In the combo of a row, by keys."""
        self.tab_to(name)
        self.window.key("Return")
        time.sleep(0.3)
        run("xdotool", "key", "--delay", "60", *keys, "Return")

    def height(self):
        return self.window.find("list item", r"Barua 7[.]").get_extents(Atspi.CoordType.WINDOW).height

    def items(self):
        found = [item for role in ("menu item", "check menu item", "radio menu item") for item in self.window.all(role)]
        return sorted(found, key=lambda item: item.get_extents(Atspi.CoordType.WINDOW).y)

    def list_menu(self, place=None):
        """The items of the list menu, or of the submenu at that place."""
        self.window.activate(self.window.find("toggle button", "^List Menu$"))
        items = until(lambda: len(self.items()) > 4 and self.items(), 10, "the list menu")
        if place is None:
            return items
        self.window.activate(items[place])
        return until(lambda: self.items() and self.items() != items and self.items(), 10, "the submenu")

    @staticmethod
    def is_on(item):
        return item.get_state_set().contains(Atspi.StateType.CHECKED)

    def leave_menu(self):
        run("xdotool", "key", "Escape", "Escape")
        until(lambda: not self.items(), 10, "the menu closed")

    def unread(self, number):
        return bool(self.window.all("list item", rf"^Unread\..* Barua {number}\."))

    # Tests ----------------------------------------------------------------------------------------------------------

    def test_list(self):
        window = self.window
        height = self.height()
        self.open()
        self.choose("Density", "End")
        until(lambda: self.height() < height * 0.8, 10, "compact rows behind the dialog")
        self.choose("Density", "Home")
        until(lambda: self.height() == height, 10, "comfortable rows again")
        self.choose("Preview Lines", "End")
        until(lambda: self.height() > height * 1.15, 10, "rows with two lines of preview")
        # Conversations fall apart at once.
        window.find("list item", r"Re: Mkutano\. .*2 messages")
        window.activate(self.switch("Group into Conversations"))
        until(lambda: len(window.all("list item", r"Mkutano\.")) == 2, 10, "each message a row")
        self.close()
        # The menu shows the same, and what is changed there stands in the dialog.
        items = self.list_menu()
        self.assertFalse(self.is_on(items[GROUPED]))
        window.activate(items[GROUPED])
        window.find("list item", r"Re: Mkutano\. .*2 messages")
        items = self.list_menu(DENSITY)
        self.assertEqual([True, False, False, False, True], [self.is_on(item) for item in items[1:]])
        window.activate(items[2])
        until(lambda: self.height() < height * 0.8, 10, "compact rows")
        self.open()
        self.assertTrue(self.is_on(self.switch("Group into Conversations")))
        self.assertIn("Compact", window.texts())
        self.close()

    def test_narrow(self):
        """Nothing in it asks for more than a window of 360 px has; what the toolkit says of that, tearDown() reads."""
        self.window.resize(360, 640)
        for page in ("General", "Reading", "Notifications"):
            self.open(page)
            time.sleep(0.5)
            folder = os.environ.get("BARUA_PICTURES")
            if folder:
                self.window.shot(os.path.join(folder, f"preferences-narrow-{page.lower()}.png"))
            self.window.key("Escape")
            until(lambda: not self.window.all(None, "^(Start at Log-In|Darken Messages|Show Sender and Subject)$"), 10, "closed")

    def test_mark_read(self):
        window = self.window
        self.open("Reading")
        self.choose("Mark as Read", "End")
        self.close()
        window.click(window.find("list item", r"Barua 7\."))
        window.find("heading", "^Barua 7$")
        time.sleep(SECONDS_OF_READING)
        self.assertTrue(self.unread(7))
        # At once, for what is shown already too.
        self.open("Reading")
        self.choose("Mark as Read", "Home")
        until(lambda: not self.unread(7), 10, "read at once")
        self.close()

    def test_font(self):
        window = self.window
        window.click(window.find("list item", r"Barua 6\."))
        text = window.find("label", "^Habari")
        window.find("heading", "^Barua 6$")

        def width():
            return Atspi.Text.get_range_extents(text, 0, 6, Atspi.CoordType.WINDOW).width
        before = until(width, 5, "a width of the text")
        self.open("Reading")
        self.choose("Plain Text Font", "End")
        until(lambda: width() != before, 10, "other letters behind the dialog")
        self.choose("Plain Text Font", "Home")
        until(lambda: width() == before, 10, "the first letters again")
        self.close()

    def test_senders(self):
        window = self.window
        self.open("Reading")
        self.tab_to("Senders with Pictures")
        window.key("Return")
        window.see("No Senders")
        self.assertEqual([], window.nameless())
        window.key("Escape")
        until(lambda: "No Senders" not in window.texts(), 10, "back in the preferences")
        self.assertIn("Senders with Pictures", until(window.focused, 5, "a focus").get_name())
        self.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
