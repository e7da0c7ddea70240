#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every window, dialog, popover and menu through the accessibility tree: whatever takes the focus has a name, Tab goes round and
comes back, and the focus is where it was when a dialog closes. (That every act has a key: tests/app/test-actions.c.)

Environment: BARUA and BARUA_CLI, the programs.
"""

import os
import signal
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
# More stops than any place has.
STOPS = 90
LINKS = 4
PRETENDER = '"security@bank.example" <x@evil.example>'
RECIPIENTS = "Reply-To: y@other.example\nCc: Ben Howard <ben@posta.example>, Dewi Lestari <dewi@posta.example>\n"

# A quote is folded: its link is no stop.
LINKED = ('<p><a href="https://posta.example/first">First link</a></p>' + "<p>Beans and maize.</p>" * 40 + '<p style="visibility:hidden">'
          '<a href="https://posta.example/hidden">Hidden</a></p><p><a href="https://posta.example/last">Last link</a></p>'
          '<blockquote><a href="https://posta.example/old">Old link</a></blockquote>')


def describe(item):
    """Without what changes while one looks."""
    return f"{item.get_role_name()} {(item.get_name() or '').removeprefix('Unread. ')!r}"


class AccessibilityTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="barua-access-")
        cls.server = barua_dovecot.Dovecot(os.path.join(cls.folder.name, "server")).start()
        cls.server.create(USER, "Archive", "Projects/R&D", "Empty")
        found = test_window.messages()[:20]
        found.append((*test_window.mail("Pretender", 2, "See https://posta.example/a now.\n", sender=PRETENDER, extra=RECIPIENTS), "\\Seen"))
        for subject, page in (("Viungo viwili", LINKED), ("Bila viungo", "<p>Beans and maize.</p>" * 60)):
            found.append((*test_window.mail(subject, 3, page, "text/html; charset=utf-8"), "\\Seen"))
        for message, when, flags in reversed(found):
            cls.server.append(USER, "INBOX", message, flags, when)
        profile = os.path.join(cls.folder.name, "profile")
        Client(profile).add(cls.server, USER)
        cls.window = Window(BARUA, "--profile", profile, log=os.path.join(cls.folder.name, "log"),
                            environment={"HOME": cls.folder.name, "LC_ALL": "en_US.UTF-8", "LANGUAGE": "en"})
        cls.window.start()
        cls.watch = FocusWatch()
        cls.window.see("Up to date", 40)

    @classmethod
    def tearDownClass(cls):
        cls.watch.stop()
        cls.window.stop()
        cls.server.stop()
        cls.folder.cleanup()

    def setUp(self):
        self.open("Mkutano wa kesho")

    def tearDown(self):
        outcome = getattr(self._outcome, "result", None)
        if outcome is not None and any(test is self for test, _ in outcome.failures + outcome.errors):
            sys.stderr.write(self.window.describe() + "\n")
            self.window.shot(os.path.join(os.environ.get("BARUA_PICTURES") or self.folder.name, f"failed-{self.id().rsplit('.', 1)[-1]}.png"))
            self.window.key("Escape", "Escape", "Escape")
            self.window.resize(1180, 760)
        self.assertEqual([], self.window.complaints())

    # Small words ----------------------------------------------------------------------------------------------------

    def open(self, subject):
        self.window.click(self.window.find("list item", subject))
        self.window.find("heading", f"^{subject}$")

    def check(self, where):
        """Nothing on screen is without a name."""
        self.assertEqual([], self.window.nameless(), where)

    def button(self, name):
        return until(lambda: next((item for role in ("toggle button", "button") for item in self.window.all(role, name)), None), 10,
                     f"a button {name!r}")

    def press(self, name):
        item = self.button(name)
        self.window.activate(item)
        return item

    def go_round(self, where, at_least, key="Tab"):
        """Tab from stop to stop until the first comes again; every stop has a name."""
        stops = []
        for _ in range(STOPS):
            item = self.next_stop(key)
            walked = ", ".join(map(describe, stops))
            self.assertIsNotNone(item, f"{where}: {key} goes nowhere after {walked}")
            if stops and item == stops[0]:
                self.assertGreaterEqual(len(stops), at_least, f"{where}: {walked}")
                return stops
            # A second time at another than the first: round and round in a part of the whole.
            self.assertNotIn(item, stops, f"{where}: {key} is caught at {describe(item)}: {walked}")
            self.assertTrue(self.window.in_page(item) or (item.get_name() or "").strip(), f"{where}: {describe(item)} after {walked}")
            stops.append(item)
        self.fail(f"{where}: {key} does not come back: " + ", ".join(map(describe, stops)))

    def next_stop(self, key):
        """In a text the keys go from link to link, which nobody is told."""
        self.watch.clear()
        for _ in range(LINKS):
            self.window.key(key)
            item = self.watch.next(1)
            if item is not None:
                return self.link_in(item)
        return None

    def link_in(self, item):
        """A page takes the focus first, then one of its links."""
        if not self.window.in_page(item) or item.get_role_name() == "link":
            return item
        self.watch.clear()
        link = self.watch.next(0.5)
        return link if link is not None and self.window.in_page(link) else item

    def round_trip(self, where, at_least):
        there = self.go_round(where, at_least)
        back = self.go_round(where, at_least, "shift+Tab")
        self.assertLessEqual(abs(len(there) - len(back)), 1, f"{where}: {list(map(describe, there))} and back {list(map(describe, back))}")
        return [item.get_name() for item in there]

    def focused(self):
        self.window.take_focus()
        return until(self.window.focused, 5, "a focus anywhere")

    def back_at(self, before, where):
        self.window.take_focus()
        until(lambda: self.window.focused() is not None and describe(self.window.focused()) == before, 5,
              f"{where}: the focus at {before}, not at {describe(self.focused())}")

    # Names ----------------------------------------------------------------------------------------------------------

    def test_names_in_panes(self):
        window = self.window
        self.check("a plain message")
        for subject in ("Ripoti na viambatisho", "Fwd with a message inside", "Seed newsletter"):
            self.open(subject)
            window.see(".")
            self.check(subject)
        # Below the last row on screen.
        self.open("Fwd with a message inside")
        window.key("j", "j", "j")
        window.find("heading", "^Damaged one$")
        window.find("button", "^View Source$")
        self.check("a damaged message")
        window.key("Home")
        self.open("Pretender")
        self.press("^to ")
        window.find(None, "^Ben Howard, ben@posta.example")
        self.check("recipients")
        self.press("^Details$")
        window.see("Replies go to")
        self.check("details of the sender")
        window.key("Escape")

    def test_names_while_searching(self):
        window = self.window
        window.key("ctrl+f")
        window.find(None, "^Search Inbox$")
        self.check("search")
        window.key("Escape")
        window.gone(None, "^Search Inbox$")
        window.key("ctrl+shift+f")
        window.find("button", "^Next Match$")
        self.check("find in message")
        window.key("Escape")
        window.key("ctrl+g")
        window.find("label", "^Go to Date$")
        self.check("go to a date")
        window.key("Escape")
        window.gone("label", "^Go to Date$")

    def test_names_while_selecting(self):
        window = self.window
        window.key("shift+Down")
        window.see("2 selected")
        self.check("several")
        window.key("Escape")
        window.gone(None, "2 selected")

    def test_names_in_menus(self):
        window = self.window
        for name in ("^Main Menu$", "^List Menu$", "^Reader Menu$", "^Message Menu$"):
            button = self.press(name)
            until(lambda: [item for item in window.walk() if "menu item" in item.get_role_name()], 10, f"items of {name}")
            self.check(name)
            run("xdotool", "key", "Escape")
            until(lambda: not [item for item in window.walk() if "menu item" in item.get_role_name()], 10, f"{button.get_name()} closed")

    def test_names_in_dialogs(self):
        window = self.window
        window.key("ctrl+comma")
        window.find(None, "^Start at Log-In$")
        self.check("preferences")
        for page in ("Reading", "Notifications"):
            tab = next(item for item in window.all(None, f"^{page}$") if item.get_role_name() in ("page tab", "toggle button", "radio button"))
            window.activate(tab)
            self.check(page)
        window.key("Escape")
        window.gone(None, "^Show Sender and Subject$")
        window.key("ctrl+question")
        window.find(None, "^Mark as Read or Unread$")
        self.check("shortcuts")
        window.key("Escape")
        window.gone(None, "^Mark as Read or Unread$")

    def test_names_in_source(self):
        window = self.window
        window.key("ctrl+u")
        window.see("Message-ID: <")
        self.check("source")
        run("xdotool", "key", "Escape")
        window.gone("text", "^Message Source$")

    def test_names_when_narrow(self):
        window = self.window
        window.resize(360, 640)
        window.find("button", "^Back$|^Folders$")
        self.check("narrow")
        window.key("Escape")
        self.check("narrow list")
        window.resize(1180, 760)
        window.find("button", "^Inbox")

    # Tab ------------------------------------------------------------------------------------------------------------

    def test_tab_in_window(self):
        names = "\n".join(self.round_trip("the window", 10))
        for name in ("Main Menu", "Inbox", "Up to date", "Search", "List Menu", "Mkutano wa kesho", "Reader Menu", "Message Menu"):
            self.assertIn(name, names)

    def page(self, subject):
        self.open(subject)
        page = self.window.find(None, "^Message Text$", seconds=20)
        until(lambda: page.get_extents(Atspi.CoordType.WINDOW).height > 100, 15, "the page's height")
        return page

    def tab_to_page(self):
        until(lambda: self.window.in_page(self.next_stop("Tab")), 30, "Tab to reach the page")

    def test_tab_through_links(self):
        """Into the page, from link to link, and out again, both ways; the rest of the window is gone round as ever."""
        self.page("Viungo viwili")
        around = []
        for key, links in (("Tab", ["First link", "Last link"]), ("shift+Tab", ["Last link", "First link"])):
            stops = self.go_round(f"a page by {key}", 10, key)
            self.assertEqual(links, [item.get_name() for item in stops if self.window.in_page(item)])
            around.append({describe(item) for item in stops if not self.window.in_page(item)})
        self.assertEqual(*around)

    def test_tab_past_text(self):
        """A page without links is one stop, where the arrows scroll what is around it."""
        page = self.page("Bila viungo")

        def top():
            return page.get_extents(Atspi.CoordType.WINDOW).y
        self.tab_to_page()
        places = [top()]
        # Neither coming there nor clicking there jumps anywhere.
        self.assertGreater(places[0], 0)
        for key, lower in (("Down", True), ("End", True), ("Up", False)):
            self.window.key(key)
            until(lambda: top() < places[-1] if lower else top() > places[-1], 5, f"{key} to scroll")
            places.append(until(lambda: self.at_rest(top), 5, "rest"))
        x, _ = self.window.centre(page)
        run("xdotool", "mousemove", str(x), str(self.window.place()[1] + 400), "click", "1")
        time.sleep(0.3)
        self.assertEqual(places[-1], top())
        self.window.key("Home")
        until(lambda: top() == places[0], 5, "Home to scroll")
        before = self.next_stop("shift+Tab")
        self.assertFalse(self.window.in_page(before))
        self.assertTrue(self.window.in_page(self.next_stop("Tab")))
        self.assertFalse(self.window.in_page(self.next_stop("Tab")))

    @staticmethod
    def at_rest(place):
        before = place()
        time.sleep(0.15)
        return before if before == place() else None

    def test_last_link_in_sight(self):
        page = self.page("Viungo viwili")
        above = page.get_extents(Atspi.CoordType.WINDOW).y
        self.tab_to_page()
        self.assertEqual(above, page.get_extents(Atspi.CoordType.WINDOW).y)
        self.window.key("Tab")
        self.window.see("posta.example/last")
        until(lambda: page.get_extents(Atspi.CoordType.WINDOW).y < above, 5, "scrolled to the last link")

    def test_tab_out_of_a_page_that_hangs(self):
        self.page("Viungo viwili")
        self.tab_to_page()
        pids = self.window.web_processes()
        self.assertTrue(pids)
        try:
            for pid in pids:
                os.kill(pid, signal.SIGSTOP)
            self.watch.clear()
            # The first one waits for the page, the next one no longer.
            self.window.key("Tab")
            self.assertIsNone(self.watch.next(1))
            self.window.key("Tab")
            self.assertIsNotNone(self.watch.next(3), "Tab waits for a page that does not answer")
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    def test_f6_leaves_a_page(self):
        for key in ("F6", "shift+F6"):
            self.page("Seed newsletter")
            self.tab_to_page()
            item = self.next_stop(key)
            self.assertTrue(item is not None and not self.window.in_page(item), f"{key} does not leave the page")

    def test_tab_while_selecting(self):
        self.window.key("shift+Down")
        self.window.see("2 selected")
        names = "\n".join(self.round_trip("several", 10))
        self.assertIn("End Selection", names)
        self.window.key("Escape")
        self.window.gone(None, "2 selected")

    def test_tab_in_search(self):
        self.window.key("ctrl+f")
        self.window.find(None, "^Search Inbox$")
        names = "\n".join(self.round_trip("search", 12))
        for name in ("Unread", "Attachments"):
            self.assertIn(name, names)
        self.window.key("ctrl+f", "Escape")
        self.window.gone(None, "^Search Inbox$")

    def test_tab_in_preferences(self):
        self.window.key("ctrl+comma")
        self.window.find(None, "^Start at Log-In$")
        names = "\n".join(self.round_trip("preferences", 6))
        for name in ("Density", "Group into Conversations", "Keep Running"):
            self.assertIn(name, names)
        self.window.key("Escape")
        self.window.gone(None, "^Start at Log-In$")

    def test_tab_in_shortcuts(self):
        self.window.key("ctrl+question")
        self.window.find(None, "^Mark as Read or Unread$")
        self.round_trip("shortcuts", 3)
        self.window.key("Escape")
        self.window.gone(None, "^Mark as Read or Unread$")

    # Focus that comes back ------------------------------------------------------------------------------------------

    def test_focus_after_dialogs(self):
        window = self.window
        before = describe(self.focused())
        self.assertIn("Mkutano wa kesho", before)
        for keys, there in (("ctrl+comma", "^Start at Log-In$"), ("ctrl+question", "^Mark as Read or Unread$"), ("ctrl+g", "^Go to Date$"),
                            ("ctrl+f", "^Search Inbox$")):
            window.key(keys)
            window.find(None, there)
            window.key("Escape")
            window.gone(None, there)
            self.back_at(before, keys)

    def test_focus_after_menus(self):
        window = self.window
        # A menu gives it back to its button, so does what was chosen there.
        before = "toggle button 'Main Menu'"
        window.key("F10")
        window.find("menu", "^Main Menu$")
        run("xdotool", "key", "Escape")
        window.gone("menu", "^Main Menu$")
        self.back_at(before, "the main menu")
        # About, by keys alone: the last but one.
        window.key("F10")
        window.find("menu", "^Main Menu$")
        run("xdotool", "key", "--delay", "60", "Up", "Up", "Return")
        window.see("The Barua contributors")
        window.key("Escape")
        until(lambda: "The Barua contributors" not in window.texts(), 10, "About closed")
        self.back_at(before, "About")

    def test_focus_after_source(self):
        window = self.window
        before = describe(self.focused())
        window.key("ctrl+u")
        window.see("Message-ID: <")
        run("xdotool", "key", "Escape")
        window.gone("text", "^Message Source$")
        self.back_at(before, "the source")

    def test_focus_after_find(self):
        window = self.window
        window.key("ctrl+shift+f")
        window.find("button", "^Next Match$")
        window.key("Escape")
        window.gone("button", "^Next Match$")
        self.focused()

    def test_focus_after_selecting(self):
        window = self.window
        before = describe(self.focused())
        window.key("shift+Down")
        window.see("2 selected")
        window.key("Escape")
        window.gone(None, "2 selected")
        self.assertEqual(before.split(" ")[0], describe(self.focused()).split(" ")[0])


if __name__ == "__main__":
    unittest.main(verbosity=2)
