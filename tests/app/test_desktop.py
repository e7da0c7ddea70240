#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program and its desktop, on a session bus of the test's own: notifications, running on, starting by name, the desktop's
search; and the dialogs that set all that."""

import json
import os
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "ui"), os.path.join(HERE, "..", "server")]
import barua_dovecot  # noqa: E402
from barua_client import Client  # noqa: E402
from barua_window import Atspi, Window, until  # noqa: E402

USER = "qresync"
BARUA = os.environ["BARUA"]
NAME = "io.github.barua_mail.Barua"
PATH = "/io/github/barua_mail/Barua"


def mail(subject, sender="Amina Yusuf <amina@barua.example>", body="Habari.\n"):
    stamp = f"{abs(hash(subject))}.{time.monotonic_ns()}"
    return (f"From: {sender}\r\nTo: Qresync <qresync@barua.example>\r\nSubject: {subject}\r\n"
            f"Date: Mon, 02 Mar 2026 10:00:00 +0000\r\nMessage-ID: <{stamp}@barua.example>\r\nMIME-Version: 1.0\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\n\r\n{body}").encode("utf-8")


class Desktop:
    """desktop_mock.py, and what it heard."""

    def __init__(self, folder):
        self.refuse = os.path.join(folder, "refuse")
        self.path = os.path.join(folder, "desktop.log")
        with open(self.path, "wb") as log:
            self.process = subprocess.Popen([sys.executable, os.path.join(HERE, "desktop_mock.py"), self.refuse], stdout=log)
        until(lambda: len([line for line in self.lines() if "owned" in line]) == 2, 20, "the desktop on the bus")

    def lines(self):
        with open(self.path, encoding="utf-8") as log:
            return [json.loads(line) for line in log if line.endswith("\n")]

    def calls(self, method, start=0):
        return [line["arguments"] for line in self.lines()[start:] if line.get("call") == method]

    def stop(self):
        self.process.terminate()
        self.process.wait()


def call(path, method, *arguments):
    found = subprocess.run(["gdbus", "call", "--session", "--timeout", "20", "--dest", NAME, "--object-path", path, "--method",
                            method, *arguments], check=False, capture_output=True, text=True)
    return found.stdout.strip() if found.returncode == 0 else "!" + found.stderr


def activate(action, *target):
    return call(PATH, "org.gtk.Actions.Activate", action, "[" + ", ".join(f"<{word}>" for word in target) + "]", "{}")


def search(*terms):
    found = call(PATH + "/SearchProvider", "org.gnome.Shell.SearchProvider2.GetInitialResultSet", json.dumps(list(terms)))
    return [word.strip("'") for word in found.removeprefix("(@as ").strip("([],)").split(", ") if word.strip("'")]


def has_owner():
    return "true" in subprocess.run(["gdbus", "call", "--session", "--dest", "org.freedesktop.DBus", "--object-path", "/", "--method",
                                     "org.freedesktop.DBus.NameHasOwner", NAME], check=False, capture_output=True, text=True).stdout


class DesktopTest(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="barua-desktop-")
        self.addCleanup(self.scratch.cleanup)
        self.folder = self.scratch.name
        self.pictures = os.environ.get("BARUA_PICTURES") or self.folder
        os.makedirs(self.pictures, exist_ok=True)
        self.server = barua_dovecot.Dovecot(os.path.join(self.folder, "server")).start()
        self.addCleanup(self.server.stop)
        for number in range(8):
            self.server.append(USER, "INBOX", mail(f"Old letter {number} tikiti"), "" if number else "\\Seen")
        data = os.path.join(self.folder, "data")
        self.environment = {"XDG_DATA_HOME": data, "LC_ALL": "en_US.UTF-8", "LANGUAGE": "en"}
        self.client = Client(os.path.join(data, "barua"))
        self.client.add(self.server, USER)
        self.client.sync()
        self.desktop = Desktop(self.folder)
        self.addCleanup(self.desktop.stop)

    def window(self, *arguments, **environment):
        return Window(BARUA, *arguments, log=os.path.join(self.folder, "log"), environment={**self.environment, **environment})

    def hidden(self, *arguments):
        """A program without a window."""
        log = open(os.path.join(self.folder, "log"), "ab")  # pylint: disable=consider-using-with
        self.addCleanup(log.close)
        process = subprocess.Popen([BARUA, *arguments], env={**os.environ, **self.environment}, stdout=log, stderr=log)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def seen(self, subject):
        with self.server.imap(USER, "INBOX") as imap:
            answer = imap.uid("SEARCH", "SEEN", "SUBJECT", f'"{subject}"')
        return bool(answer[1][0].split())

    def told(self, title, start=0, seconds=20):
        return until(lambda: next((one for one in self.desktop.calls("AddNotification", start) if one[2]["title"] == title), None),
                     seconds, f"a notification {title!r}; there were {self.desktop.lines()}")

    def quit(self, process):
        activate("quit")
        self.assertEqual(0, process.wait(20))

    def test_notifications(self):
        with self.window() as window:
            window.find("list item", "tikiti", seconds=30)
            # A first sync and what was here already is nothing to tell of.
            self.assertEqual([], self.desktop.calls("AddNotification"))
            self.server.deliver(USER, mail("Mkutano wa <b>kesho</b>"))
            _, first, what = self.told("Amina Yusuf")
            self.assertEqual("Mkutano wa <b>kesho</b>", what["body"])
            self.assertEqual(["Mark as Read"], [button["label"] for button in what["buttons"]])
            self.assertEqual("app.open-message", what["default-action"])
            # The button: read here and on the server, and taken back.
            self.assertNotIn("!", activate("mark-read", f"int64 {what['buttons'][0]['target']}"))
            until(lambda: [NAME, first] in self.desktop.calls("RemoveNotification"), 20, "the notification taken back")
            until(lambda: self.seen("Mkutano"), 20, "the message read on the server")
            # Many at once are one, and it goes when the last of them was read elsewhere.
            start = len(self.desktop.lines())
            people = ["Maria", "Ben", "Dewi", "Otto", "Lakshmi", "Maria", "Ben"]
            self.server.deliver(USER, *(mail(f"Lot {n}", f"{name} <{name.lower()}@posta.example>") for n, name in enumerate(people)))
            _, summary, what = self.told("7 new messages", start)
            self.assertRegex(what["body"], r"^\w+, \w+ and 3 others$")
            with self.server.imap(USER, "INBOX") as imap:
                imap.uid("STORE", "1:*", "+FLAGS", "(\\Seen)")
            until(lambda: [NAME, summary] in self.desktop.calls("RemoveNotification", start), 20, "the summary taken back")
            # Where a click leads.
            self.assertNotIn("!", activate("open-message", f"int64 {first.rsplit('-', 1)[1]}"))
            window.see(r"Mkutano wa <b>kesho</b>")
            # Ids of nothing do nothing.
            for nonsense in ("int64 0", "int64 -7", "int64 999999"):
                activate("open-message", nonsense)
                activate("open-folder", nonsense)
                activate("mark-read", nonsense)
            window.find("list item", "tikiti")
            self.assertEqual([], window.complaints())

    def test_background(self):
        window = self.window()
        window.start()
        process = window.process
        self.addCleanup(lambda: process.poll() is None and process.kill())
        window.find("list item", "tikiti", seconds=30)
        window.key("ctrl+w")
        until(lambda: self.desktop.calls("RequestBackground"), 20, "the portal asked")
        self.assertEqual(["barua", "--background"], self.desktop.calls("RequestBackground")[0]["commandline"])
        self.assertFalse(self.desktop.calls("RequestBackground")[0]["autostart"])
        # It goes on fetching, and tells.
        self.server.deliver(USER, mail("While nobody looks"))
        self.told("Amina Yusuf")
        self.assertIsNone(process.poll())
        # Called again, it is there at once, in the same process.
        self.assertEqual(0, subprocess.run([BARUA], env={**os.environ, **self.environment}, check=False, timeout=20).returncode)
        window.find("list item", "While nobody looks", seconds=30)
        self.assertEqual([], window.complaints())
        self.assertEqual(0, window.stop())
        self.assertFalse(has_owner())

    def test_starts_hidden(self):
        process = self.hidden("--background")
        until(has_owner, 20, "the program on the bus")
        self.server.deliver(USER, mail("In the morning"))
        self.told("Amina Yusuf")
        self.assertEqual(0, subprocess.run([BARUA, "--background"], env={**os.environ, **self.environment}, check=False,
                                           timeout=20).returncode)
        self.assertIsNone(process.poll())
        self.quit(process)

    def test_search(self):
        process = self.hidden("--gapplication-service")
        until(has_owner, 20, "the program on the bus")
        until(lambda: len(search("tikiti")) == 8, 20, "eight found")
        found = search("tikiti", "letter", "3")
        self.assertEqual(1, len(found))
        self.assertEqual([], search("nosuchword"))
        self.assertEqual([], search())
        self.assertEqual([], search("x" * 5000))
        metas = call(PATH + "/SearchProvider", "org.gnome.Shell.SearchProvider2.GetResultMetas",
                     json.dumps([*found, "0", "-1", "../etc", "99999999999999999999", "424242"]))
        self.assertIn("'name': <'Old letter 3 tikiti'>", metas)
        self.assertIn("'description': <'Amina Yusuf, ", metas)
        self.assertEqual(1, metas.count("'id'"))
        again = call(PATH + "/SearchProvider", "org.gnome.Shell.SearchProvider2.GetSubsearchResultSet", json.dumps(found), '["tikiti"]')
        self.assertEqual(8, again.count("'") // 2)
        self.quit(process)

    @staticmethod
    def switch(window, name):
        """The switch itself, which is the last of its row's name."""
        return window.find("check box", f"^{name}$") and window.all("check box", f"^{name}$")[-1]

    def open_page(self, window, name):
        tab = next(item for item in window.all(None, f"^{name}$") if item.get_role_name() in ("page tab", "toggle button", "radio button"))
        window.activate(tab)

    def test_dialogs(self):
        with self.window() as window:
            window.find("list item", "tikiti", seconds=30)
            window.key("ctrl+comma")
            window.find(None, "^Start at Log-In$")
            for row in ("Density", "Preview Lines", "Group into Conversations", "Keep Running"):
                self.assertTrue(window.all(None, f"^{row}"), row)
            self.shots(window, "preferences")
            # Log-in: asked for, and where the desktop refuses, the switch goes back and it is said.
            switch = self.switch(window, "Start at Log-In")
            window.activate(switch)
            until(lambda: any(one.get("autostart") for one in self.desktop.calls("RequestBackground")), 20, "autostart asked for")
            self.assertTrue(switch.get_state_set().contains(Atspi.StateType.CHECKED))
            window.activate(switch)
            until(lambda: not self.desktop.calls("RequestBackground")[-1]["autostart"], 20, "autostart taken back")
            with open(self.desktop.refuse, "w", encoding="utf-8"):
                window.activate(switch)
                window.see("The desktop does not let Barua start at log-in")
            until(lambda: not switch.get_state_set().contains(Atspi.StateType.CHECKED), 10, "the switch back")
            os.unlink(self.desktop.refuse)
            window.key("Escape")
            window.gone(None, "^Start at Log-In$")
            # The shortcuts: found by word and by key.
            window.key("ctrl+question")
            window.find(None, "^Mark as Read or Unread$")
            self.shots(window, "shortcuts")
            window.key("p", "a", "n", "e")
            window.gone(None, "^Mark as Read or Unread$")
            window.find(None, "^Next Pane$")
            window.key("x", "x")
            window.find(None, "^Nothing Found$")
            window.key("Escape")
            window.find(None, "^Mark as Read or Unread$")
            window.key("Escape")
            window.gone(None, "^Mark as Read or Unread$")
            self.assertEqual([], window.complaints())
            # An open dialog, which takes all keys, does not keep the program from ending.
            window.key("ctrl+comma")
            window.find(None, "^Start at Log-In$")
            self.quit(window.process)

    def shots(self, window, name):
        time.sleep(0.6)  # pictures only: the dialog slides in
        window.shot(os.path.join(self.pictures, f"desktop-{name}.png"))

    def test_hidden_details(self):
        with self.window() as window:
            window.find("list item", "tikiti", seconds=30)
            window.key("ctrl+comma")
            window.find(None, "^Start at Log-In$")
            self.open_page(window, "Notifications")
            window.activate(self.switch(window, "Show Sender and Subject"))
            self.server.deliver(USER, mail("Secret words"))
            what = self.told("1 new message")[2]
            self.assertNotIn("Secret", json.dumps(what))
            self.assertNotIn("Amina", json.dumps(what))
            # And the desktop finds nothing when it shall not.
            self.assertEqual(8, len(search("tikiti")))
            window.activate(self.switch(window, "Show in Desktop Search"))
            until(lambda: search("tikiti") == [], 10, "nothing found any more")
            self.assertEqual([], window.complaints())
            window.key("Escape")
            window.gone(None, "^Show Sender and Subject$")


if __name__ == "__main__":
    unittest.main(verbosity=2)
