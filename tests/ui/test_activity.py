#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Activity on the scripted engine, by keyboard: what waits and was refused, what was done lately, and undoing each by itself."""

import os
import signal
import sys
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE]
from barua_window import Atspi, run, until  # noqa: E402
from test_list import ListBase  # noqa: E402

ROWS = 30


class ActivityTest(ListBase):
    def begin(self, **environment):
        self.open(ROWS, **environment)
        self.row(ROWS, 30)

    def starred(self, number):
        return "tarred" in self.row(number).get_name()

    def becomes(self, number, starred):
        until(lambda: self.starred(number) == starred, 10, f"{number} {'with' if starred else 'without'} a star")

    def star(self, *numbers):
        """One act; they stand one below the other."""
        self.choose(numbers[0])
        self.window.key(*["shift+Down"] * (len(numbers) - 1), "ctrl+d")
        if len(numbers) > 1:
            self.window.key("Escape")

    def activity(self):
        self.window.key("ctrl+shift+y")
        self.window.find("list", "^Accounts$")

    def leave(self):
        """There is no window manager that would give the focus back to the popover's window: keys go to where it is."""
        run("xdotool", "key", "Escape")
        self.window.gone("list", "^Accounts$")

    def go_to(self, name, title):
        """Tab, until the focus is on the button of that name and row."""
        def there():
            run("xdotool", "key", "Tab")
            item = self.window.focused()
            return item is not None and item.get_name() == name and item.get_description() == title
        until(there, 20, f"the focus on {name} of {title}")

    def act(self, name, title):
        self.go_to(name, title)
        run("xdotool", "key", "space")

    def picture(self, name):
        """Of the whole screen: a popover has a window of its own."""
        folder = os.environ.get("BARUA_PICTURES")
        if folder:
            os.makedirs(folder, exist_ok=True)
            run("import", "-window", "root", os.path.join(folder, f"activity-{name}.png"))

    def test_waiting(self):
        """Starred offline it waits, online it is gone, and is undone from there."""
        window = self.window_of(BARUA_FAKE_STATUS="offline")
        window.see(r"Offline since \d\d:\d\d$|Offline since \d\d:\d\d\n")
        self.star(27, 26)
        window.see("Offline since .*2 changes will be sent later")
        self.activity()
        window.find("list item", "^Star 2 messages$")
        window.see("Waiting for the network")
        window.find("list item", "^Starred 2 messages$")
        self.assertEqual([], window.nameless())
        self.picture("waiting")
        os.kill(window.process.pid, signal.SIGUSR2)
        window.gone("list item", "^Star 2 messages$")
        window.see("Nothing is waiting[.]")
        window.see("Up to date")
        self.picture("done")
        self.act("Undo", "Starred 2 messages")
        window.gone("list item", "^Starred 2 messages$")
        self.becomes(27, False)
        self.becomes(26, False)
        # What can't be undone twice is not offered twice: neither here nor in a toast.
        window.gone("button", "^Undo$")
        self.leave()
        window.key("Down")
        window.find("heading", " 26$")

    def window_of(self, **environment):
        self.begin(**environment)
        return self.window

    def test_each_by_itself(self):
        """An older act is undone without those since; what lost its mark meanwhile is left alone; Ctrl+Z takes the newest."""
        window = self.window_of()
        self.star(27, 26)
        self.becomes(26, True)
        self.star(30, 29)
        self.becomes(29, True)
        self.choose(26)
        window.key("ctrl+d")
        self.becomes(26, False)
        self.activity()
        titles = [item.get_name() for item in window.all("list item", "tar", root=window.find("list", "^Done Lately$"))]
        self.assertEqual(["Removed the star of 1 message", "Starred 2 messages", "Starred 2 messages"], titles)
        # The last of them, that is the first that was done.
        self.go_to("Undo", "Starred 2 messages")
        run("xdotool", "key", "Tab", "Tab")
        self.assertEqual("Undo", until(window.focused, 5, "the focus").get_name())
        told = window.texts().count("Removed the star of 1 message")
        run("xdotool", "key", "space")
        self.becomes(27, False)
        self.assertFalse(self.starred(26))
        self.assertTrue(self.starred(30))
        self.assertTrue(self.starred(29))
        # Only one of them was changed, which a toast tells.
        until(lambda: window.texts().count("Removed the star of 1 message") > told, 10, "one star removed")
        until(lambda: len(window.all("list item", "^Starred 2 messages$")) == 1, 10, "one act left")
        # The focus stays in the list of what is left.
        until(lambda: window.focused() is not None and window.focused().get_role_name() in ("button", "list item"), 5, "the focus")
        self.leave()
        window.key("ctrl+z")
        self.becomes(26, True)
        window.key("ctrl+z")
        self.becomes(30, False)
        self.becomes(29, False)
        self.activity()
        window.gone("list", "^Done Lately$")
        self.leave()

    def test_refused(self):
        window = self.window_of(BARUA_FAKE_REFUSED="3", ADW_DEBUG_COLOR_SCHEME="prefer-dark")
        window.see("3 changes were refused")
        self.activity()
        window.find("list item", "^Star 3 messages$")
        window.see("Refused: the mailbox is full")
        self.picture("refused")
        self.act("Discard", "Star 3 messages")
        window.see("Nothing is waiting[.]")
        window.gone("list item", "^Star 3 messages$")
        window.find("list item", "^Discarded the changes of 3 messages$")
        window.see("Up to date")
        # Discarding is undone like anything else.
        self.leave()
        window.key("ctrl+z")
        window.see("3 changes were refused")
        self.activity()
        self.assertFalse(self.starred(ROWS))
        self.leave()
        # Where there is little room.
        window.resize(360, 640)
        self.activity()
        window.find("button", "^Discard$")
        self.picture("narrow")
        # Of what is in a popover GTK tells the size rightly, not the place.
        self.assertLessEqual(window.find("list", "^Waiting$").get_extents(Atspi.CoordType.WINDOW).width, 340)
        self.leave()
        window.resize(1180, 760)
        self.activity()
        self.act("Retry", "Star 3 messages")
        window.see("Nothing is waiting[.]")
        for number in range(ROWS - 2, ROWS + 1):
            self.becomes(number, True)
        self.leave()


if __name__ == "__main__":
    unittest.main(verbosity=2)
