#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the window says when all is not well: no account yet, offline, sign-in needed, a server that fails or can't prove who it is,
a profile in use. On real servers, each state with a picture and a way out.

Environment: BARUA and BARUA_CLI, the programs; BARUA_PICTURES, where pictures are left (default: nowhere).
"""

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
from barua_tls import Authority  # noqa: E402
from barua_window import Atspi, Window, run, until  # noqa: E402
from tap import Tap  # noqa: E402

USER = "qresync"
BARUA = os.environ["BARUA"]


class StatesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.servers = tempfile.TemporaryDirectory(prefix="barua-states-")
        cls.server = barua_dovecot.Dovecot(os.path.join(cls.servers.name, "server")).start()
        for number in range(12):
            cls.server.append(USER, "INBOX", barua_dovecot.message(f"Barua {number}"), "\\Seen")

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.servers.cleanup()

    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="barua-state-")
        self.addCleanup(self.scratch.cleanup)
        self.folder = self.scratch.name
        self.pictures = os.environ.get("BARUA_PICTURES") or self.folder
        os.makedirs(self.pictures, exist_ok=True)
        self.profile = os.path.join(self.folder, "profile")
        self.client = Client(self.profile)
        self.line = Tap(self.server, keep=False).start()
        self.addCleanup(self.line.stop)

    def window(self, name="log"):
        return Window(BARUA, "--profile", self.profile, log=os.path.join(self.folder, name),
                      environment={"HOME": self.folder, "LC_ALL": "en_US.UTF-8", "LANGUAGE": "en"})

    def with_account(self, ca=None):
        self.client.add(self.server, USER, port=self.line.port, ca=ca)
        return self.window()

    def picture(self, window, name):
        """Once what slides in has come to rest."""
        path = os.path.join(self.pictures, f"state-{name}.png")
        last = []

        def rests():
            window.shot(path)
            last.append(run("identify", "-format", "%#", path).stdout)
            return len(last) > 1 and last[-1] == last[-2]
        until(rests, 10, f"a picture of {name} at rest")

    @staticmethod
    def menu_items(window):
        """Of the main menu, from the top."""
        window.key("F10")
        menu = window.find("menu", "^Main Menu$")
        before = []

        def all_there():
            """It is made when it opens: they come one by one."""
            found = [item for item in window.walk(menu) if "menu item" in item.get_role_name()]
            before.append(len(found))
            return found if len(before) > 1 and before[-2] == len(found) else None
        items = until(all_there, 10, "items of the menu")
        return sorted(items, key=lambda item: item.get_extents(Atspi.CoordType.WINDOW).y)

    @staticmethod
    def leave_menu(window):
        run("xdotool", "key", "Escape")
        window.gone("menu", "^Main Menu$")

    def details(self, window, sentence, remedy):
        """The banner's dialog, and back to where the focus was."""
        window.activate(window.find("button", "^Details$"))
        window.see(sentence)
        window.see(remedy)
        self.assertEqual([], window.nameless())
        window.key("Escape")
        window.gone("button", "^Try Now$")

    def test_first_run(self):
        with self.window() as window:
            window.see("Welcome to Barua", 20)
            window.find("button", "^Open a Message File")
            self.assertEqual([], window.nameless())
            # Keys about mail mean nothing yet.
            window.key("ctrl+f", "ctrl+g", "F9", "F6", "alt+1", "ctrl+i", "j", "F5")
            window.see("Welcome to Barua")
            self.assertEqual(4, len(self.menu_items(window)))
            self.leave_menu(window)
            self.picture(window, "first-run")
            window.resize(360, 600)
            self.picture(window, "first-run-narrow")
            window.resize(1180, 760)
            # An account is there as soon as it is added.
            self.client.add(self.server, USER, port=self.line.port)
            window.find("list item", "Barua 11", seconds=30)
            self.assertEqual([], window.complaints())

    def test_profile_in_use(self):
        with self.with_account() as first:
            first.find("list item", "Barua 11", seconds=30)
            with self.window("second") as second:
                second.see("Barua is already open with this profile", 20)
                second.key("ctrl+f", "alt+1", "F9", "F10")
                self.assertEqual([], second.nameless())
                self.picture(second, "in-use")
                self.assertEqual([], second.complaints())

    def test_offline(self):
        with self.with_account() as window:
            window.see("Up to date", 40)
            items = self.menu_items(window)
            offline = next(item for item in items if item.get_role_name() == "check menu item")
            self.assertFalse(offline.get_state_set().contains(Atspi.StateType.CHECKED))
            window.activate(offline)
            window.see(r"Offline since \d")
            items = self.menu_items(window)
            offline = next(item for item in items if item.get_role_name() == "check menu item")
            self.assertTrue(offline.get_state_set().contains(Atspi.StateType.CHECKED))
            self.leave_menu(window)
            self.picture(window, "offline")
            # No banner, and mail that is here is read.
            self.assertFalse(window.all("button", "^Details$"))
            window.click(window.find("list item", "Barua 11"))
            window.find("heading", "^Barua 11$")
            window.key("ctrl+d")
            window.find("list item", "Barua 11.*[Ss]tarred")
            window.key("ctrl+shift+y")
            window.find("list item", "^Star 1 message$")
            window.see("Waiting for the network")
            run("xdotool", "key", "Escape")
            window.gone("list item", "^Star 1 message$")
            window.key("F5")
            window.see("You are offline")
            offline = next(item for item in self.menu_items(window) if item.get_role_name() == "check menu item")
            window.activate(offline)
            window.see("Up to date", 30)
            until(lambda: "\\Flagged" in self.flags("Barua 11"), 20, "the star that was wished offline")
            # What came in the meantime is there after a look.
            self.server.append(USER, "INBOX", barua_dovecot.message("Mpya kabisa"))
            window.key("F5")
            window.find("list item", "Mpya kabisa", seconds=30)
            self.assertEqual([], window.complaints())

    def flags(self, subject):
        found = self.server.doveadm("fetch", "-u", USER, "flags", "mailbox", "INBOX", "header", "subject", subject)
        return found if isinstance(found, str) else found.stdout

    def test_sign_in(self):
        with self.with_account() as window:
            window.see("Up to date", 40)
            good = self.server.password(USER)
            self.server.set_password(USER, "nyingine")
            try:
                self.line.cut_all()
                window.key("F5")
                window.see(f"Sign in to {USER}@barua.example again", 40)
                window.see("Sign-in needed")
                self.picture(window, "sign-in")
                self.details(window, "did not accept this password", "Check the user name")
                window.resize(360, 600)
                self.picture(window, "sign-in-narrow")
                window.resize(1180, 760)
            finally:
                self.server.set_password(USER, good)
            window.activate(window.find("button", "^Details$"))
            window.activate(window.find("button", "^Try Now$"))
            window.see("Up to date", 40)
            window.gone(None, "^Sign in to")
            self.assertEqual([], window.complaints())

    def test_certificate(self):
        ca = os.path.join(self.folder, "ca.pem")
        shutil.copy(self.server.ca, ca)
        self.client.add(self.server, USER, port=self.line.port, ca=ca)
        other = os.path.join(self.folder, "other")
        os.mkdir(other)
        shutil.copy(Authority(other, "Another authority").certificate, ca)
        with self.window() as window:
            window.see("can’t prove who it is. Nothing was sent", 40)
            window.see("Not connected")
            self.picture(window, "certificate")
            self.details(window, "can’t prove who it is", "Check the name of the server")
            self.assertEqual([], window.complaints())

    def test_server_trouble(self):
        with self.with_account() as window:
            window.see("Up to date", 40)
            self.line.cut_all()
            self.line.stop()
            window.key("F5")
            window.see("(refuses connections|did not answer|broke)", 30)
            # Not at once, and never for what passes.
            self.assertFalse(window.all("button", "^Details$"))
            window.find("button", "^Details$", seconds=40)
            self.assertTrue(re.search(r"127\.0\.0\.1 has (been refusing|not answered) since \d", window.texts()), window.texts())
            self.picture(window, "trouble")
            self.details(window, "(refuses connections|did not answer|broke)", "by itself")
            self.line.start()
            window.key("F5")
            window.see("Up to date", 40)
            window.gone("button", "^Details$")
            self.assertEqual([], window.complaints())


if __name__ == "__main__":
    unittest.main(verbosity=2)
