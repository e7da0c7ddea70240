#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window on a real server: everything is found by its accessible name and driven by pointer and keys.

Environment: BARUA and BARUA_CLI, the programs; BARUA_PICTURES, where pictures are left (default: nowhere).
"""

import base64
import datetime
import email.utils
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "server")]
import barua_dovecot  # noqa: E402
from barua_client import Client  # noqa: E402
from barua_window import Atspi, Window, colours, run, until  # noqa: E402
from tap import Tap  # noqa: E402

USER = "qresync"
BARUA = os.environ["BARUA"]
ATTACHED = bytes(range(256)) * 40
# 24 x 24 pixels, red.
PICTURE = subprocess.run(["convert", "-size", "24x24", "xc:#ff0000", "png:-"], check=True, capture_output=True).stdout
NEWSLETTER = """<html><body bgcolor="#ffffff"><table width="100%"><tr><td bgcolor="#204080" height="80">
<font color="#ffffff"><h1>Seed news</h1></font></td></tr><tr><td><p>Beans, maize and sorghum. <a href="https://posta.example/seeds">Order</a>
</p><img src="https://pictures.example/open.png" width="90" height="40"></td></tr></table></body></html>"""


def dated(minutes):
    when = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=minutes)
    return email.utils.format_datetime(when), when


def mail(subject, minutes, body="Habari.\n", kind="text/plain; charset=utf-8", sender="Amina Yusuf <amina@barua.example>", extra=""):
    date, when = dated(minutes)
    text = (f"From: {sender}\r\nTo: Qresync <qresync@barua.example>\r\nSubject: {subject}\r\nDate: {date}\r\n"
            f"Message-ID: <{abs(hash((subject, minutes)))}@barua.example>\r\nMIME-Version: 1.0\r\n{extra}Content-Type: {kind}\r\n"
            f"Content-Transfer-Encoding: 8bit\r\n\r\n{body}")
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8"), when


def multipart(subtype, *parts):
    text = "".join(f"--grenze\n{part}\n" for part in parts) + "--grenze--\n"
    return f'multipart/{subtype}; boundary="grenze"', text


def part(headers, data):
    if isinstance(data, bytes):
        return f"{headers}\nContent-Transfer-Encoding: base64\n\n{base64.encodebytes(data).decode()}"
    return f"{headers}\nContent-Transfer-Encoding: 8bit\n\n{data}"


def messages():
    """(message, when, flags), oldest last."""
    found = []

    def add(message, flags=""):
        found.append((*message, flags))

    add(mail("Mkutano wa kesho", 5, "Habari,\n\nSee https://posta.example/mkutano for more.\n\n> You wrote\n> two lines\n\n-- \nAmina\n"))
    kind, body = multipart("alternative", part("Content-Type: text/plain; charset=utf-8", "Seeds in plain words."),
                           part("Content-Type: text/html; charset=utf-8", NEWSLETTER))
    add(mail("Seed newsletter", 10, body, kind), "\\Seen")
    kind, body = multipart("related", part("Content-Type: text/html; charset=utf-8", '<p>Look:</p><p><img src="cid:pic@barua" width="200" height="200"></p>'),
                           part("Content-Type: image/png\nContent-ID: <pic@barua>\nContent-Disposition: inline", PICTURE))
    add(mail("Picha ya ndani", 15, body, kind), "\\Seen")
    kind, body = multipart("mixed", part("Content-Type: text/plain; charset=utf-8", "Two files."),
                           part('Content-Type: application/octet-stream\nContent-Disposition: attachment; filename="ripoti.bin.dat"', ATTACHED),
                           part('Content-Type: application/octet-stream\nContent-Disposition: attachment; filename="setup.sh"', b"#!/bin/sh\n"))
    add(mail("Ripoti na viambatisho", 20, body, kind), "\\Seen")
    inner = mail("Barua ya ndani", 600, "The inner text.\n", sender="Inner Person <inner@barua.example>")[0].decode().replace("\r\n", "\n")
    kind, body = multipart("mixed", part("Content-Type: text/plain; charset=utf-8", "Forwarded below."),
                           "Content-Type: message/rfc822\n\n" + inner)
    add(mail("Fwd with a message inside", 25, body, kind), "\\Seen")
    add(mail("<b>Bold</b> &amp; 100% %s R&D", 30, "Markup in a subject is text.\n", sender='"<i>Evil</i> & Co" <evil@barua.example>'), "\\Seen")
    add(mail("పండుగ శుభాకాంక్షలు", 35, "అందరికీ పండుగ శుభాకాంక్షలు.\n"), "\\Seen")
    kind, body = multipart("mixed", part("Content-Type: text/plain; charset=utf-8", b"Broken below. \xff\n"),
                           "Content-Type: application/pdf\nContent-Disposition: attachment; filename=x.pdf\n"
                           "Content-Transfer-Encoding: base64\n\n!!!not base64!!!")
    add(mail("Damaged one", 40, body, kind), "\\Seen")
    for index in range(60):
        add(mail(f"Old message {index:02d}", 60 + index * 30), "\\Seen")
    return found


class WindowTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="barua-window-")
        cls.pictures = os.environ.get("BARUA_PICTURES") or os.path.join(cls.folder.name, "pictures")
        os.makedirs(cls.pictures, exist_ok=True)
        cls.server = barua_dovecot.Dovecot(os.path.join(cls.folder.name, "server")).start()
        cls.server.create(USER, "Archive", "Projects/R&D", "Empty")
        for message, when, flags in reversed(messages()):
            cls.server.append(USER, "INBOX", message, flags, when)
        cls.profile = os.path.join(cls.folder.name, "profile")
        cls.home = os.path.join(cls.folder.name, "home")
        os.makedirs(cls.home)
        cls.line = Tap(cls.server, keep=False).start()
        Client(cls.profile).add(cls.server, USER, port=cls.line.port)
        cls.trace = os.path.join(cls.folder.name, "trace")
        cls.figures = os.path.join(cls.folder.name, "watchdog.json")
        cls.window = Window(BARUA, "--profile", cls.profile, log=os.path.join(cls.folder.name, "log"),
                            environment={"HOME": cls.home, "BARUA_TEST_TRACE": cls.trace, "BARUA_WATCHDOG": "1",
                                         "BARUA_WATCHDOG_OUT": cls.figures, "LC_ALL": "en_US.UTF-8", "LANGUAGE": "en"})
        cls.window.start()

    @classmethod
    def tearDownClass(cls):
        cls.window.stop()
        cls.line.stop()
        cls.server.stop()
        cls.folder.cleanup()

    def tearDown(self):
        failed = any(error for _, error in getattr(self._outcome.result, "failures", []) + getattr(self._outcome.result, "errors", [])
                     if _ is self)
        if failed:
            sys.stderr.write(self.window.describe() + "\n" + self.window.said()[-3000:] + "\n")
            self.window.shot(os.path.join(self.pictures, f"failed-{self.id().rsplit('.', 1)[-1]}.png"))
        said = self.window.complaints()
        fresh, type(self).heard = said[self.heard:], len(said)
        self.assertEqual([], fresh)

    heard = 0

    # Small words ----------------------------------------------------------------------------------------------------

    def open(self, subject):
        self.window.click(self.window.find("list item", re.escape(subject)))
        self.window.find("heading", f"^{re.escape(subject)}$")

    def inbox(self):
        self.window.click(self.window.find("button", "^Inbox"))
        self.window.find("list item", "Mkutano wa kesho")

    def flags(self, subject):
        found = self.server.doveadm("fetch", "-u", USER, "flags", "mailbox", "INBOX", "header", "subject", subject)
        return found if isinstance(found, str) else found.stdout

    def picture(self, name):
        return self.window.shot(os.path.join(self.pictures, name + ".png"))

    def dialog_save(self):
        """The file dialog proposes name and place: Return takes both. (GTK's own complains when it is typed into fast.)"""
        def there():
            windows = run("xdotool", "search", "--onlyvisible", "--pid", str(self.window.process.pid)).stdout.split()
            return len(windows) > 1 or self.window.all("dialog") or self.window.all("file chooser")
        until(there, 10, "a file dialog")
        time.sleep(0.5)
        run("xdotool", "key", "Return")

    # Tests, in order ------------------------------------------------------------------------------------------------

    def test_01_folders_and_counts(self):
        window = self.window
        window.find("button", "^Inbox, 1 unread$", seconds=20)
        for name in ("Drafts", "Sent", "Archive", "Junk", "Trash", "Projects", "R&D", "Empty"):
            if name in ("Drafts", "Sent", "Junk", "Trash"):
                continue
            window.find("button", f"^{re.escape(name)}$")
        window.find("label", "^1 unread$")

    def test_02_list_order_and_words(self):
        window = self.window
        until(lambda: len(window.rows()) > 7, 10, "eight rows")
        rows = window.rows()
        wanted = ["Unread. Amina Yusuf. Mkutano wa kesho. Today", "Amina Yusuf. Seed newsletter.", "Amina Yusuf. Picha ya ndani.",
                  "Amina Yusuf. Ripoti na viambatisho.", "Amina Yusuf. Fwd with a message inside.", "<i>Evil</i> & Co. <b>Bold</b> &amp; 100% %s R&D."]
        for have, want in zip(rows, wanted):
            self.assertTrue(have.startswith(want) or "Yesterday" in have, f"{have!r} does not begin with {want!r}")
        self.picture("list")

    def test_03_plain_message(self):
        window = self.window
        self.open("Mkutano wa kesho")
        window.see("amina@barua.example")
        window.see("See https://posta.example/mkutano for more")
        self.assertNotIn("two lines", window.texts())
        window.click(window.find("toggle button", "^Show Quoted Text$"))
        window.see("two lines")
        window.click(window.find("toggle button", "^Hide Quoted Text$"))
        self.picture("plain")

    def test_04_read_after_a_moment_reaches_the_server(self):
        until(lambda: "\\Seen" in self.flags("Mkutano wa kesho"), 20, "\\Seen on the server")
        self.window.find("button", "^Inbox$")

    def test_05_read_and_star_by_keys_reach_the_server(self):
        window = self.window
        self.open("Mkutano wa kesho")
        window.key("ctrl+i")
        window.find("list item", "^Unread. Amina Yusuf. Mkutano wa kesho")
        until(lambda: "\\Seen" not in self.flags("Mkutano wa kesho"), 20, "unread on the server")
        window.find("button", "^Inbox, 1 unread$")
        window.key("ctrl+d")
        until(lambda: "\\Flagged" in self.flags("Mkutano wa kesho"), 20, "a star on the server")
        window.find("list item", "Mkutano wa kesho.*[Ss]tarred")
        window.click(window.find("toggle button", "^Remove Star$"))
        until(lambda: "\\Flagged" not in self.flags("Mkutano wa kesho"), 20, "no star on the server")
        window.key("ctrl+i")
        until(lambda: "\\Seen" in self.flags("Mkutano wa kesho"), 20, "read on the server")

    def test_06_html_newsletter(self):
        window = self.window
        self.open("Seed newsletter")
        window.see("Pictures are hidden, so the sender can’t tell that you read this")
        page = window.find(None, "^Message Text$")
        until(lambda: page.get_extents(Atspi.CoordType.WINDOW).height > 100, 15, "the page's height")
        picture = until(lambda: self.many_colours("newsletter", page), 10, "a page of more than one colour")
        self.assertTrue(picture)

    def many_colours(self, name, item, at_least=8):
        path = self.picture(name)
        return path if colours(path, self.window.box(item)) >= at_least else None

    def test_07_inline_picture(self):
        window = self.window
        self.open("Picha ya ndani")
        page = window.find(None, "^Message Text$")
        until(lambda: page.get_extents(Atspi.CoordType.WINDOW).height > 100, 15, "the page's height")

        def red():
            path = self.picture("inline")
            x, y, width, height = self.window.box(page)
            found = run("convert", path, "-crop", f"{width}x{height}+{x}+{y}", "-fill", "black", "+opaque", "#ff0000", "-format",
                        "%[fx:mean.r*w*h]", "info:").stdout
            return float(found or 0) > 20000
        until(red, 10, "the red picture of the message")

    def test_08_attachment_saved(self):
        window = self.window
        self.open("Ripoti na viambatisho")
        window.see("2 attachments")
        target = os.path.join(self.home, "ripoti.bin.dat")
        window.click(window.find("button", "^Save ripoti.bin.dat$"))
        self.dialog_save()
        until(lambda: os.path.exists(target) and os.path.getsize(target) == len(ATTACHED), 15, "the saved file")
        with open(target, "rb") as saved:
            self.assertEqual(ATTACHED, saved.read())
        self.assertEqual(0o600, os.stat(target).st_mode & 0o777)
        window.see(r"Saved ripoti\.bin\.dat")
        self.picture("attachments")

    def test_09_programs_are_not_opened(self):
        window = self.window
        self.open("Ripoti na viambatisho")
        window.click(window.find("button", "^Open setup.sh$"))
        window.see("Barua does not open programs")
        self.assertFalse(os.path.exists(os.path.join(self.profile, "opened")))

    def test_10_message_inside_a_message(self):
        window = self.window
        self.open("Fwd with a message inside")
        window.click(window.find("button", r"^Open Message\.eml$|^Open .*\.eml$"))
        window.see("The inner text.")
        window.see("inner@barua.example")
        self.picture("embedded")

    def test_11_markup_of_strangers_is_text(self):
        self.open("<b>Bold</b> &amp; 100% %s R&D")
        self.window.see(re.escape("<i>Evil</i> & Co"))

    def test_12_telugu_and_damaged(self):
        self.open("పండుగ శుభాకాంక్షలు")
        self.window.see("అందరికీ పండుగ శుభాకాంక్షలు")
        self.picture("telugu")
        self.open("Damaged one")
        self.window.see("Broken below.")
        self.window.find("button", "^View Source$")

    def test_13_source(self):
        window = self.window
        self.open("Mkutano wa kesho")
        window.key("ctrl+u")
        window.see("Message-ID: <")
        self.picture("source")
        run("xdotool", "key", "Escape")
        window.gone("text", "^Message Source$")

    def test_14_new_mail_arrives(self):
        window = self.window
        self.inbox()
        start = time.monotonic()
        self.server.deliver(USER, mail("Habari mpya", 0)[0])
        window.find("list item", "Habari mpya", seconds=10)
        took = time.monotonic() - start
        window.find("button", "^Inbox, 1 unread$")
        self.picture("new-mail")
        sys.stderr.write(f"delivered to row in the tree: {took * 1000:.0f} ms (seen by polling)\n")

    def test_15_keyboard_only(self):
        window = self.window
        self.inbox()
        window.key("F6")
        window.key("Home")
        first = window.rows()[0]
        subject = first.split(". ")[2] if first.startswith("Unread") else first.split(". ")[1]
        window.find("heading", f"^{re.escape(subject)}$")
        window.key("j")
        second = until(lambda: (window.rows()[1].split(". ") + [""])[2 if window.rows()[1].startswith("Unread") else 1], 5, "a second row")
        window.find("heading", f"^{re.escape(second)}$")
        window.key("k")
        window.find("heading", f"^{re.escape(subject)}$")
        window.key("End")
        window.find("heading", "^Old message 59$")
        window.key("Home")
        window.find("heading", f"^{re.escape(subject)}$")
        window.key("Return")
        self.assertIsNotNone(until(window.focused, 5, "a focus in the reader"))
        window.key("F9")
        window.gone("button", "^Inbox")
        window.key("F9")
        window.find("button", "^Inbox")
        window.key("F10")
        window.find("menu", "^Main Menu$")
        # GTK 4.18 tells the names of menu items to nobody; they are counted.
        self.assertEqual(7, len(window.all("menu item") + window.all("check menu item")))
        run("xdotool", "key", "Escape")
        window.gone("menu", "^Main Menu$")

    def test_16_every_control_has_a_name(self):
        window = self.window
        for subject in ("Ripoti na viambatisho", "Seed newsletter"):
            self.inbox()
            self.open(subject)
            time.sleep(0.5)
            nameless = []
            for item in window.walk():
                states = item.get_state_set()
                if states.contains(Atspi.StateType.FOCUSABLE) and not (item.get_name() or "").strip() and \
                        item.get_role_name() not in ("frame", "list item") and not self.in_page(item):
                    nameless.append(f"{item.get_role_name()} {self.window.text(item)[:40]!r}")
            self.assertEqual([], nameless)

    @staticmethod
    def in_page(item):
        """What stands in a page of HTML is the sender's."""
        while item is not None:
            if item.get_role_name() == "document web" or item.get_name() == "Message Text":
                return True
            item = item.get_parent()
        return False

    def test_17_empty_folder(self):
        window = self.window
        window.click(window.find("button", "^Empty$"))
        window.see("No Messages")
        self.picture("empty")
        self.inbox()
        # The title of the first section is part of the top.
        messages = window.find("list", "^Messages$")
        title = window.find(None, "^(Today|Yesterday)$", root=messages)
        top = messages.get_extents(Atspi.CoordType.WINDOW).y
        until(lambda: title.get_extents(Atspi.CoordType.WINDOW).y >= top, 5, "the whole of the first section's title")

    def test_18_narrow(self):
        window = self.window
        window.resize(360, 600)
        window.find("button", "^Folders$")
        self.picture("narrow-list")
        self.open_narrow("Seed newsletter")
        self.picture("narrow-reader")
        window.key("Escape")
        self.folder_narrow("Empty", lambda: window.see("No Messages"))
        self.picture("narrow-empty")
        self.folder_narrow("Inbox", lambda: window.find("list item", "Mkutano wa kesho"))
        window.resize(1180, 760)
        window.find("button", "^Inbox")

    def open_narrow(self, subject):
        self.window.click(self.window.find("list item", re.escape(subject)))
        self.window.find("heading", f"^{re.escape(subject)}$")

    def folder_narrow(self, name, shown):
        """The folders slide over the list; one click on one is enough to be there."""
        window = self.window
        window.click(window.find("button", "^Folders$"))
        window.click(window.find("button", f"^{name}"))
        window.gone("button", f"^{name}")
        shown()

    def test_19_server_gone_and_back(self):
        window = self.window
        self.inbox()
        self.line.cut_all()
        self.line.stop()
        window.key("F5")
        window.see("(refuses connections|did not answer|broke|Offline)", 30)
        self.picture("server-gone")
        self.open("Mkutano wa kesho")
        window.see("See https://posta.example/mkutano for more")
        window.key("ctrl+d")
        window.find("list item", "Mkutano wa kesho.*[Ss]tarred")
        self.line.start()
        window.key("F5")
        until(lambda: "\\Flagged" in self.flags("Mkutano wa kesho"), 40, "the star that was wished offline")
        window.see("Up to date", 30)

    def test_20_web_process_dies(self):
        """Each time it is said and can be tried again; what was on screen is there again, and nothing piles up."""
        window = self.window
        self.inbox()
        self.open("Seed newsletter")
        self.page()
        rows = window.rows()
        times = int(os.environ.get("BARUA_WEB_KILLS") or (100 if os.environ.get("BARUA_TEST_FULL") else 3))
        alive, files, start = [], [], time.monotonic()
        for round_number in range(times):
            killed = window.kill_web_processes()
            window.see("This message could not be shown.")
            if round_number == 0:
                self.picture("web-process-died")
            window.click(window.find("button", "^Try Again$"))
            self.page()
            self.assertFalse(set(killed) & set(window.web_processes()), "what was killed still lives")
            alive.append(len(window.descendants()))
            files.append(len(os.listdir(f"/proc/{window.process.pid}/fd")))
        sys.stderr.write(f"killed {times} times in {time.monotonic() - start:.0f} s: processes {alive[0]} ... {alive[-1]}, open files {files[0]} ... {files[-1]}\n")
        # The second time is like all others.
        self.assertLessEqual(alive[-1], max(alive[:2]) + 1)
        self.assertLessEqual(files[-1], max(files[:2]) + 8)
        self.assertEqual(rows, window.rows())
        window.find("heading", "^Seed newsletter$")
        window.kill_web_processes()
        window.click(window.find("button", "^Show as Plain Text$"))
        window.see("Seeds in plain words.")
        # And the next page is shown as ever.
        self.open("Picha ya ndani")
        self.page()

    def page(self):
        page = self.window.find(None, "^Message Text$")
        until(lambda: page.get_extents(Atspi.CoordType.WINDOW).height > 100, 15, "the page's height")
        return page

    def test_99_ends_quietly(self):
        self.assertEqual(0, self.window.stop())

    def test_99_no_callback_was_slow(self):
        """None of them took more than 50 ms of its own CPU; how long they took on a busy machine is only told."""
        with open(self.figures, encoding="utf-8") as figures:
            found = json.load(figures)
        sys.stderr.write(f"longest callback {found['longest_callback_ms']} ms ({found['longest_callback']}), longest turn "
                         f"{found['longest_turn_ms']} ms, {found['longest_turn_cpu_ms']} ms of CPU\n")
        slow = [f"{item['name']}: {item['cpu_ms']} ms of CPU, {item['wall_ms']} ms, in {' < '.join(item['frames'][:12])}"
                for item in found["slow_callbacks"]]
        if os.environ.get("BARUA_SANITIZER"):
            self.skipTest(f"a sanitizer slows everything down: {len(slow)} above 50 ms")
        self.assertEqual([], slow)


if __name__ == "__main__":
    if not shutil.which("dovecot") and not os.path.exists("/usr/sbin/dovecot"):
        print("SKIP: dovecot is not installed")
        sys.exit(77)
    unittest.main(verbosity=2, failfast=os.environ.get("BARUA_FAILFAST") is not None)
