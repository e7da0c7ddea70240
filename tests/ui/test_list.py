#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The message list on the scripted engine: several at once, search and filter, order and density, dates, keys, narrow windows."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE]
from barua_window import Announcements, Atspi, Window, run, until  # noqa: E402

ROWS = 300
# Longer than typing must pause until the number of results is announced.
PAUSE = 1.5
# Of a keyboard, by their places.
ONE, J, K = 10, 44, 45
PANE = os.path.join(HERE, "..", "..", "src", "ui", "list", "barua-list-pane.blp")


def letters():
    """The letter that is underlined in each name of the list menu. GTK 4.18 tells the names of menu items to nobody, but it does
    tell these."""
    with open(PANE, encoding="utf-8") as pane:
        names = re.findall(r'_\("([^"]*_[^"]*)"\)', pane.read())
    return {name.replace("_", ""): name[name.index("_") + 1].lower() for name in names}


class ListBase(unittest.TestCase):
    def open(self, rows, **environment):
        self.folder = tempfile.TemporaryDirectory(prefix="barua-list-")
        self.window = Window(os.environ["BARUA_FAKE"], str(rows), self.folder.name, log=os.path.join(self.folder.name, "log"),
                             environment={"LANGUAGE": "en", "LC_ALL": "en_US.UTF-8", **environment})
        self.window.start()

    def tearDown(self):
        outcome = getattr(self._outcome, "result", None)
        failed = outcome is not None and any(test is self for test, _ in outcome.failures + outcome.errors)
        if failed:
            sys.stderr.write(self.window.describe() + "\n" + self.window.said()[-2000:] + "\n")
        status = self.window.stop()
        said = self.window.complaints()
        self.folder.cleanup()
        self.assertEqual([], said)
        self.assertEqual(0, status)

    # Small words ----------------------------------------------------------------------------------------------------

    def row(self, number, seconds=10):
        return self.window.find("list item", f" {number}[.] ", seconds=seconds)

    def numbers(self):
        return [int(found.group(1)) for found in (re.search(r" (\d+)\. \S+ ", row) for row in self.window.rows()) if found]

    def choose(self, number):
        self.window.click(self.row(number))
        self.window.find("heading", f" {number}$")

    def type(self, text):
        run("xdotool", "type", "--delay", "20", text)

    def menu(self, *names):
        """Through the list menu, by the items' names."""
        self.window.activate(self.window.find("toggle button", "^List Menu$"))
        for name in names:
            wanted = f"Alt+{letters()[name]}"

            def item(wanted=wanted):
                # In a submenu the way back comes first.
                return next(iter([found for found in self.window.all() if found.get_role_name().endswith("menu item") and
                                  wanted in (found.get_attributes() or {}).get("keyshortcuts", "").split()][::-1]), None)
            self.window.activate(until(item, 10, f"the menu item {name}"))

        def closed():
            if self.window.all("menu", "^List Menu$"):
                # Choices leave it open.
                run("xdotool", "key", "Escape")
                time.sleep(0.3)
                return False
            return True
        until(closed, 10, "the menu gone")

    def state(self, item, state):
        return item.get_state_set().contains(state)

    def picture(self, name):
        folder = os.environ.get("BARUA_PICTURES")
        if folder:
            os.makedirs(folder, exist_ok=True)
            self.window.shot(os.path.join(folder, f"list-{name}.png"))


class ListTest(ListBase):
    def setUp(self):
        self.open(ROWS)
        self.row(ROWS, 30)

    # Several --------------------------------------------------------------------------------------------------------

    def test_several(self):
        window = self.window
        self.choose(298)
        window.key("shift+Down", "shift+Down")
        window.see("3 selected")
        window.see("3 Conversations Selected")
        window.see("297\n")
        self.assertTrue(self.state(self.row(297), Atspi.StateType.SELECTED))
        # Back to the one that was chosen, with the focus in the list.
        window.key("Escape")
        window.gone(None, "3 Conversations Selected")
        window.find("heading", " 298$")
        window.key("Down")
        window.find("heading", " 297$")

    def test_all_and_marks(self):
        window = self.window
        self.choose(298)
        window.key("ctrl+a")
        window.see(f"{ROWS} selected")
        window.activate(window.find("button", "^Mark as Unread$"))
        until(lambda: len(window.rows()) > 3 and all(row.startswith("Unread.") for row in window.rows()), 20, "all unread")
        window.find("button", "^Undo$")
        # Only what was changed is changed back: every fifth was unread before.
        window.key("ctrl+z")
        until(lambda: [row.startswith("Unread.") for row in window.rows()][:6].count(True) in (1, 2), 20, "as before")
        # Undoing is no reason to lose what is selected; Escape is, the toast on screen or not.
        window.see(f"{ROWS} selected")
        window.key("Escape")
        window.gone(None, "selected$")

    def test_toasts_do_not_queue(self):
        """What was done last is told at once."""
        window = self.window
        self.choose(298)
        window.key("ctrl+a")
        window.see(f"{ROWS} selected")
        for act, words in (("Read", "as read"), ("Unread", "as unread"), ("Read", "as read")):
            window.activate(window.find("button", f"^Mark as {act}$"))
            window.see(f"Marked .* {words}\\b", 5)

    def test_picking(self):
        window = self.window
        self.menu("Select Messages")
        window.see("None selected")
        window.click(self.row(299))
        window.see("1 selected")
        window.click(self.row(297))
        window.see("2 selected")
        window.click(self.row(299))
        window.see("1 selected")
        window.activate(window.find("button", "^End Selection$"))
        window.find("heading", " 297$")
        window.gone("button", "^End Selection$")

    def places(self):
        """Where the rows stand, by their numbers; only those that are wholly on screen."""
        self.window.find("list", "^Messages$")
        rows = [(re.search(r" (\d+)\. \S+ ", item.get_name()), item.get_extents(Atspi.CoordType.WINDOW))
                for item in self.window.all("list item") if item.get_name()]
        return {int(found.group(1)): box.y for found, box in rows if found and box.height > 0}

    def at_rest(self):
        """Where the rows stand when nothing slides any more."""
        before = [self.places()]

        def same():
            time.sleep(0.15)
            before.append(self.places())
            return len(before) > 3 and before[-1] == before[-2] == before[-3]
        until(same, 10, "rows at rest")
        return before[-1]

    def test_rows_stay(self):
        """The bar of the selected ones comes and goes below: the rows stay where they are."""
        window = self.window
        window.scroll(self.row(297), 8)
        shown = self.numbers()
        chosen = shown[len(shown) // 3]
        self.choose(chosen)
        before = self.at_rest()
        self.menu("Select Messages")
        window.see("1 selected")
        selecting = self.at_rest()
        self.assertGreater(len(set(before) & set(selecting)), 3)
        self.assertEqual({}, {number: (before[number], y) for number, y in selecting.items() if before.get(number, y) != y})
        self.picture("selecting")
        window.activate(window.find("button", "^End Selection$"))
        window.gone(None, "selected$")
        after = self.at_rest()
        self.assertEqual({}, {number: (before[number], y) for number, y in after.items() if before.get(number, y) != y})
        # One more with the last row that is wholly there: what has the focus does not end below the bar.
        self.choose(chosen - 1)
        bottom = window.find("list", "^Messages$").get_extents(Atspi.CoordType.WINDOW)
        last = min(number for number, y in self.at_rest().items() if y + 80 <= bottom.y + bottom.height)
        self.choose(last)
        window.key("shift+Up")
        window.see("2 selected")
        window.key("shift+Down", "shift+Down")
        self.at_rest()
        focused = until(window.focused, 5, "a row with the focus")
        bar = window.find("button", "^End Selection$").get_extents(Atspi.CoordType.WINDOW)
        box = focused.get_extents(Atspi.CoordType.WINDOW)
        self.assertLessEqual(box.y + box.height, bar.y + 8)

    def test_mark_all_read(self):
        window = self.window
        self.assertTrue(any(row.startswith("Unread.") for row in window.rows()))
        self.menu("Mark All as Read")
        until(lambda: window.rows() and not any(row.startswith("Unread.") for row in window.rows()), 20, "all read")
        window.see("Marked 60 messages as read")
        window.activate(window.find("button", "^Undo$"))
        until(lambda: any(row.startswith("Unread.") for row in window.rows()), 20, "unread again")

    # Search ---------------------------------------------------------------------------------------------------------

    def test_search(self):
        window = self.window
        self.choose(298)
        window.key("ctrl+f")
        entry = window.find(None, "^Search Inbox$")
        until(lambda: self.state(entry, Atspi.StateType.FOCUSED) or "text" in window.focused().get_role_name(), 10, "focus in the entry")
        self.type("garden")
        window.see("50 found")
        until(lambda: window.rows() and all("garden" in row for row in window.rows()), 10, "hits only")
        self.type(" 299")
        self.window.key("BackSpace", "BackSpace", "BackSpace", "BackSpace")
        window.see("50 found")
        window.key("ctrl+a")
        self.type("nowhere at all")
        window.see("Nothing Found")
        window.find("button", "^Everywhere$")
        # First the words go, then the strip; the list is where it was.
        window.key("Escape")
        window.find("heading", " 298$")
        window.find(None, "^Search Inbox$")
        window.key("Escape")
        window.gone(None, "^Search Inbox$")
        self.assertTrue(self.state(self.row(298), Atspi.StateType.SELECTED))

    def test_found_is_announced(self):
        """How many, once typing has paused, and again only when they are other ones."""
        self.window.key("ctrl+f")
        self.window.find(None, "^Search Inbox$")
        announcements = Announcements()
        try:
            self.type("garden")
            until(lambda: announcements.so_far() == ["50 found"], 10, "the number announced")
            self.type(" may")
            time.sleep(PAUSE)
            self.type(" nowhere")
            until(lambda: len(announcements.so_far()) > 1, 10, "that there are none")
            self.assertEqual(["50 found", "0 found"], announcements.so_far())
        finally:
            announcements.stop()

    def test_pills(self):
        window = self.window
        window.key("ctrl+f")
        window.activate(window.find("toggle button", "^Unread$"))
        window.see("Unread only, 60 of 300")
        until(lambda: window.rows() and all(row.startswith("Unread.") for row in window.rows()), 10, "unread only")
        window.activate(window.find("toggle button", "^Starred$"))
        until(lambda: window.rows() and all("starred" in row for row in window.rows()), 10, "starred ones of them")
        window.key("Escape")
        window.see("60 unread")

    def test_chips(self):
        """An operator is taken out of what is typed; at 360 px, too, nothing is wider than the window."""
        window = self.window
        window.resize(360, 640)
        window.key("ctrl+f")
        window.find(None, "^Search Inbox$")
        self.type("from:ben garden")
        window.find("button", "^Remove from: ben$")
        until(lambda: window.rows() and all("Ben Howard" in row and "garden" in row for row in window.rows()), 10, "Ben's garden only")
        self.type(" is:unread subject:something-that-is-quite-long-and-goes-on-and-on-for-a-while ")
        window.find("button", "^Remove subject: something-that")
        self.picture("chips-narrow")
        # Back onto the last chip, and away with it; then all of it at once.
        run("xdotool", "key", "End", "ctrl+a", "BackSpace", "BackSpace", "BackSpace")
        window.gone("button", "^Remove subject: ")
        window.activate(window.find("button", "^Remove is:unread$"))
        window.gone("button", "^Remove is:unread$")
        until(lambda: window.rows() and all("Ben Howard" in row for row in window.rows()), 10, "Ben's only")
        run("xdotool", "key", "Escape")
        window.gone("button", "^Remove from: ben$")
        self.row(300)

    # The pointer ----------------------------------------------------------------------------------------------------

    def hover(self, number):
        x, y = self.window.centre(self.row(number))
        run("xdotool", "mousemove", str(x), str(y), "sleep", "0.1", "mousemove", str(x - 20), str(y))

    def test_hover(self):
        """One bar for the whole list: it acts on the row under the pointer, whatever is selected, and goes when one scrolls."""
        window = self.window
        self.choose(296)
        self.hover(298)
        window.activate(window.find("button", "^Mark as Unread$"))
        window.find("list item", r"^Unread\. .* 298\. ")
        self.picture("hover")
        self.assertEqual(1, len(window.all("button", "^Mark as (Read|Unread)$")))
        window.activate(window.find("button", "^Mark as Read$"))
        until(lambda: not any(row.startswith("Unread.") and " 298. " in row for row in window.rows()), 10, "read again")
        window.find("heading", " 296$")
        window.scroll(self.row(297), 1)
        window.gone("button", "^Mark as Unread$")
        # Not while several are selected: those have their own bar.
        self.menu("Select Messages")
        window.see("1 selected")
        acts = "^Mark as (Read|Unread)$"
        before = len(window.all("button", acts))
        self.hover(294)
        time.sleep(0.5)
        self.assertEqual(before, len(window.all("button", acts)))

    # Keyboards ------------------------------------------------------------------------------------------------------

    def test_other_scripts(self):
        """Keys without modifiers are found where they are on a Latin keyboard, whatever they write."""
        window = self.window
        self.choose(298)
        try:
            for layout, variant in (("in,us", "tel,"), ("in,us", "ben,"), ("ru,us", ","), ("gr,us", ","), ("ara,us", ",")):
                subprocess.run(["setxkbmap", "-layout", layout, "-variant", variant], check=True)
                for code, number in ((J, 297), (J, 296), (K, 297), (K, 298)):
                    run("xdotool", "key", str(code))
                    window.find("heading", f" {number}$")
            # What a Bengali keyboard writes for 1.
            subprocess.run(["setxkbmap", "-layout", "in,us", "-variant", "ben,"], check=True)
            run("xdotool", "key", str(ONE))
            # GTK 4.18 tells nobody what is in an entry; what it means stands below.
            window.find("label", r"^1 [A-Z]\w+ \d{4}$")
            window.key("Escape")
            window.gone("label", "^Go to Date$")
        finally:
            subprocess.run(["setxkbmap", "-layout", "us"], check=True)

    # The menu of a row ----------------------------------------------------------------------------------------------

    def items(self):
        """Of the menu that is open, from the top: GTK 4.18 tells the names of menu items to nobody."""
        found = [item for item in self.window.all() if item.get_role_name().endswith("menu item")]
        return sorted(found, key=lambda item: item.get_extents(Atspi.CoordType.WINDOW).y)

    def open_menu(self, *keys, row=None):
        if row is not None:
            self.window.click(self.row(row), button=3)
        else:
            self.window.key(*keys)
        return until(lambda: len(self.items()) >= 4 and self.items(), 10, "the menu of the row")

    def act(self, item):
        """Activates an item of the menu; the focus is back in the list afterwards."""
        self.window.activate(item)
        until(lambda: not self.items(), 10, "the menu closed")
        until(lambda: self.window.focused() is not None and self.window.focused().get_role_name() == "list item", 10, "focus in the list")

    def test_row_menu(self):
        """By pointer and by key, about the row it is opened on, and about all that are selected."""
        window = self.window
        self.choose(299)
        items = self.open_menu(row=297)
        window.find("heading", " 297$")
        self.assertEqual(5, len(items))
        self.picture("row-menu")
        self.act(items[1])
        window.find("list item", r" 297\. .*starred")
        self.act(self.open_menu("shift+F10")[1])
        window.find("list item", r" 297\. \S+ \S+\.$")
        self.act(self.open_menu("Menu")[1])
        window.find("list item", r" 297\. .*starred")
        # Of several: both ways, and they stay selected.
        window.key("shift+Down")
        window.see("2 selected")
        items = self.open_menu(row=297)
        self.assertEqual(4, len(items))
        self.act(items[1])
        for number in (296, 297):
            window.find("list item", rf"^Unread\. .* {number}\. ")
        window.see("2 selected")

    def test_own_window(self):
        """The middle button opens a message by itself."""
        window = self.window
        window.click(self.row(296), button=2)
        frame = until(lambda: next((frame for frame in window.all("frame") if frame.get_name().endswith(" 296")), None), 10,
                      "a window of its own")
        # With the focus in the message, not as a cursor in the subject.
        focused = until(lambda: next((item for item in window.walk(frame) if self.state(item, Atspi.StateType.FOCUSED)), None), 10, "focus")
        self.assertNotEqual("heading", focused.get_role_name())

    # From outside ---------------------------------------------------------------------------------------------------

    def test_shown_from_outside(self):
        """What a notification opens is chosen in the list too: keys act on what is read."""
        window = self.window
        self.choose(298)
        os.kill(window.process.pid, signal.SIGHUP)
        window.find("heading", " 250$")
        until(lambda: self.state(self.row(250), Atspi.StateType.SELECTED), 10, "the message chosen in the list")
        window.key("ctrl+d")
        window.find("list item", r" 250\. .*starred")

    # Panes ----------------------------------------------------------------------------------------------------------

    def test_grip(self):
        """The edge of a pane is moved by keys, from where it is."""
        window = self.window
        self.choose(298)

        def width():
            return window.find("list", "^Messages$").get_extents(Atspi.CoordType.WINDOW).width
        before = width()
        for _ in range(12):
            window.key("Tab")
            if until(window.focused, 5, "focus").get_name() == "Width of the Pane":
                break
        self.assertEqual("Width of the Pane", window.focused().get_name())
        window.key("Right", "Right")
        until(lambda: abs(width() - before - 32) <= 1, 5, f"two steps wider than {before}, not {width()}")
        window.key("Left")
        until(lambda: abs(width() - before - 16) <= 1, 5, "one step back")

    def test_find_is_left(self):
        window = self.window
        self.choose(298)
        window.key("ctrl+shift+f")
        window.find(None, "^Find in Message$")
        self.type("message")
        window.see("1 of")
        # Not only from the entry.
        window.key("Tab", "Tab", "Escape")
        window.gone(None, "^Find in Message$")
        window.find("heading", " 298$")

    # Order, look ----------------------------------------------------------------------------------------------------

    def test_order(self):
        window = self.window
        self.choose(297)
        self.menu("Sort By", "Oldest First")
        until(lambda: self.numbers() and self.numbers() == sorted(self.numbers()), 10, "the other way round")
        # What was chosen still is, and on screen.
        self.assertIn(297, self.numbers())
        window.find("heading", " 297$")

    def test_density(self):
        window = self.window
        height = self.row(299).get_extents(Atspi.CoordType.WINDOW).height
        self.menu("Density", "Compact")
        until(lambda: self.row(299).get_extents(Atspi.CoordType.WINDOW).height < height * 0.8, 10, "lower rows")
        heights = {item.get_extents(Atspi.CoordType.WINDOW).height for item in window.all("list item", r" \d+[.] ")}
        self.assertEqual(1, len(heights), heights)
        self.menu("Density", "Comfortable")
        self.menu("Density", "Two Lines of Preview")
        until(lambda: self.row(299).get_extents(Atspi.CoordType.WINDOW).height > height * 1.15, 10, "higher rows")

    # Dates, keys ----------------------------------------------------------------------------------------------------

    def test_go_to_date(self):
        window = self.window
        self.choose(298)
        window.key("ctrl+g")
        window.find("label", "^Go to Date$")
        self.type("yesterday")
        window.key("Return")
        until(lambda: "Yesterday" in next((row for row in window.rows() if f" {self.chosen()}." in row), ""), 10, "a message of yesterday")
        # A digit begins a date too; what is none says so and stays.
        window.key("3")
        self.type("7.99")
        window.see("That is not a date")
        window.key("Escape")
        window.gone("label", "^Go to Date$")
        focused = until(window.focused, 10, "focus")
        self.assertEqual("list item", focused.get_role_name())

    def chosen(self):
        found = next((item for item in self.window.all("list item", r" \d+[.] ") if self.state(item, Atspi.StateType.SELECTED)), None)
        return re.search(r" (\d+)\. \S+ ", found.get_name()).group(1) if found else None

    def test_keys(self):
        window = self.window
        self.choose(300)
        window.key("j", "j")
        window.find("heading", " 298$")
        window.key("k")
        window.find("heading", " 299$")
        window.key("End")
        window.find("heading", " 1$")
        window.key("Home")
        window.find("heading", " 300$")
        # Letters go to the folder of that name.
        window.key("shift+F6")
        window.key("s", "e")
        window.find(None, "^No Messages$")
        window.see("Sent")
        window.key("F9")
        window.find("button", "^Folders$")

    def test_narrow(self):
        window = self.window
        window.resize(360, 640)
        self.row(300)
        window.key("ctrl+f")
        window.find(None, "^Search Inbox$")
        window.key("Escape")
        self.menu("Select Messages")
        window.click(self.row(299))
        window.see("1 selected")
        window.key("Escape")
        window.gone(None, "1 selected")


class StateTest(ListBase):
    """What stands in the list's place, or above it."""

    def mend(self):
        os.kill(self.window.process.pid, signal.SIGUSR2)

    def test_first_rows_are_fetched(self):
        self.open(0, BARUA_FAKE_STATUS="syncing")
        window = self.window
        window.see("Synchronising Inbox, 400 of 1,200")
        self.assertTrue(window.find("progress bar", "Synchronising Inbox"))
        self.picture("first-sync")
        self.mend()
        window.see("All Read and Filed")
        window.gone("progress bar", "Synchronising Inbox")

    def test_stopped(self):
        self.open(20, BARUA_FAKE_STATUS="stopped")
        window = self.window
        self.row(20, 30)
        window.see("Sign in to maria@posta.example again")
        self.picture("stopped")
        # All accounts, by a key.
        window.key("ctrl+shift+y")
        window.see("Check the user name")
        window.find("button", "^Try Now$")
        run("xdotool", "key", "Escape")
        window.gone("button", "^Try Now$")
        self.mend()
        window.gone("button", "^Details$")

    def test_message_comes_when_online(self):
        self.open(20, BARUA_FAKE_STATUS="offline")
        window = self.window
        window.click(self.row(20, 30))
        window.see("It comes as soon as you are online")
        self.picture("message-offline")
        self.mend()
        window.see("this is message 20")
        window.gone(None, "It comes as soon as")

    def test_message_is_slow(self):
        """One is told, and need not wait for it."""
        self.open(20, BARUA_FAKE_STATUS="waiting")
        window = self.window
        window.click(self.row(20, 30))
        window.see("Still fetching, the server is slow")
        self.picture("message-slow")
        window.activate(window.find("button", "^Cancel$"))
        window.see("Not on This Computer Yet")
        self.mend()
        window.activate(window.find("button", "^Try Again$"))
        window.see("this is message 20")

    def test_searched_from_outside(self):
        """The desktop's search comes before there is a folder."""
        self.open(60, BARUA_FAKE_SEARCH="from:ben garden", BARUA_FAKE_ARCHIVE="30", BARUA_FAKE_ACCOUNTS="2")
        window = self.window
        window.find("button", "^Remove from: ben$", seconds=30)
        window.find("list item", r"Ben Howard\. The garden in May .* In Archive, maria@posta\.example\.$")
        window.find("list item", r"Ben Howard\. The garden in May .* In Inbox, maria@posta\.example\.$")
        self.picture("searched")
        until(lambda: window.focused() is not None and window.focused().get_role_name() in ("text", "entry"), 10, "focus in the entry")

    def test_two_accounts(self):
        """Each below its own row, which folds and is no folder."""
        self.open(20, BARUA_FAKE_ACCOUNTS="2")
        window = self.window
        self.row(20, 30)
        names = [name for name in (item.get_name() for item in window.all("button")) if re.match("Inbox|maria@", name)]
        self.assertEqual(["maria@posta.example", "Inbox, 4 unread, of maria@posta.example", "maria@kazi.example",
                          "Inbox, of maria@kazi.example"], names)
        window.click(window.find("button", "^Inbox, of maria@kazi"))
        window.see("All Read and Filed")
        if "Inbox, of" not in ((window.focused() or window.application).get_name() or ""):
            window.key("shift+F6")
        until(lambda: "Inbox, of maria@kazi" in window.focused().get_name(), 10, "focus on the folder")
        # To the account it is in, which folds.
        window.key("Left")
        window.key("Left")
        window.gone("button", "^Inbox, of maria@kazi")
        window.key("Right")
        window.find("button", "^Inbox, of maria@kazi")
        # A folder that is gone to unfolds what it is in.
        window.click(window.find("button", "^maria@posta"))
        window.key("Left")
        window.gone("button", "^Inbox, 4 unread")
        window.key("alt+1")
        window.find("button", "^Inbox, 4 unread")
        self.row(20)


class AskTest(ListBase):
    """The server is asked for what is not known here: every 50th message, in its text."""

    def search(self, text, **environment):
        self.open(ROWS, **environment)
        self.row(ROWS, 30)
        self.window.key("ctrl+f")
        self.window.find(None, "^Search Inbox$")
        self.type(text)

    def focused_on(self, name):
        until(lambda: self.window.focused().get_name() == name, 10, f"focus on {name}")

    def tab_to(self, name):
        for _ in range(12):
            before = self.window.focused()
            run("xdotool", "key", "Tab")
            until(lambda before=before: self.window.focused() not in (None, before), 5, "focus elsewhere")
            if self.window.focused().get_name() == name:
                return
        self.fail(f"Tab never comes to {name}")

    def ask(self):
        self.window.activate(self.window.find("button", "^Ask the Server$"))

    def test_ask(self):
        """What it finds is in the list, in every order, until other words are looked for."""
        self.search("garden", BARUA_FAKE_SERVER="50,0,-1")
        window = self.window
        window.see("50 found")
        window.see("Texts since .* are searched; older mail by sender and subject")
        self.picture("ask")
        self.ask()
        window.see(r"The server found 6 more\.")
        window.see("56 found")
        self.row(300)
        window.gone("button", "^Ask the Server$")
        self.picture("asked")
        self.menu("Sort By", "Oldest First")
        self.row(5)
        window.see(r"The server found 6 more\.")
        window.see("56 found")
        window.activate(window.find("toggle button", "^Unread$"))
        window.see("16 found")
        self.picture("asked-unread")
        window.key("ctrl+f")
        run("xdotool", "key", "End")
        self.type(" in")
        window.find("button", "^Ask the Server$")
        window.see("10 found")
        window.key("Escape")
        window.gone("button", "^Ask the Server$")

    def test_cancel(self):
        """By keys alone; the focus is never lost."""
        self.search("nowhere", BARUA_FAKE_SERVER="0,600000,-1")
        window = self.window
        window.see("Nothing Found")
        window.find("button", "^Everywhere$")
        self.picture("ask-unfound")
        # In the line; then below the words.
        self.tab_to("Ask the Server")
        run("xdotool", "key", "Return")
        window.see("Asking the server…")
        self.focused_on("Cancel")
        self.picture("asking")
        run("xdotool", "key", "Return")
        window.gone(None, "^Asking the server…$")
        self.focused_on("Ask the Server")
        self.tab_to("Everywhere")
        self.tab_to("Ask the Server")
        run("xdotool", "key", "Return")
        self.focused_on("Cancel")
        run("xdotool", "key", "Return")
        self.focused_on("Ask the Server")

    def test_no_answer(self):
        """What went wrong is said, and it can be asked again; not while offline."""
        self.search("garden", BARUA_FAKE_SERVER="0,0,3")
        window = self.window
        self.ask()
        window.see(r"posta\.example did not answer in time\.")
        window.find("button", "^Ask the Server$")
        window.activate(next(item for role in ("radio button", "toggle button") for item in window.all(role, "^Everywhere$")))
        window.see("Texts since .* are searched")
        window.find("button", "^Ask the Server$")

    def test_offline(self):
        self.search("garden", BARUA_FAKE_SERVER="50,0,-1", BARUA_FAKE_STATUS="offline")
        window = self.window
        window.see(r"Texts since .* by sender and subject\. The server can’t be asked while offline\.")
        self.assertEqual([], window.all("button", "^Ask the Server$"))
        self.picture("ask-offline")
        os.kill(window.process.pid, signal.SIGUSR2)
        window.find("button", "^Ask the Server$")
        window.gone(None, "while offline")


if __name__ == "__main__":
    unittest.main(verbosity=2)
