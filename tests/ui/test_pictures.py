#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remote pictures (THREATS H-02, H-03): nothing is asked for before the person agrees; then only the pictures, by this program
itself; the choice for a sender is kept, and a forged sender does not inherit it.

Environment: BARUA and BARUA_CLI, the programs; BARUA_OUTSIDE, what makes the server of pictures stand outside for the program
(tests/net/outside.c); BARUA_PICTURES, where pictures are left (default: nowhere).
"""

import http.server
import os
import shutil
import sys
import tempfile
import threading
import time
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "server")]
import barua_dovecot  # noqa: E402
from barua_client import Client  # noqa: E402
from barua_window import Atspi, Window, colours, until  # noqa: E402
from test_reader import BARUA, PICTURE, USER, message  # noqa: E402

HIDDEN = "Pictures are hidden, so the sender can’t tell that you read this."

# The menu of the row, and that of the card with what comes third in it: "Show Pictures", "Ask Before Showing Pictures".
SENDER = "^Pictures of This Sender$"
CARD = "^Message Menu$"


class Pictures:
    """A server of pictures that remembers what it was asked."""

    def __init__(self):
        self.asked = []
        noted = self.asked

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                noted.append((self.path, dict(self.headers)))
                self.send_response(200)
                self.send_header("Content-Type", "image/png")
                self.send_header("Set-Cookie", "tracked=1")
                self.send_header("Content-Length", str(len(PICTURE)))
                self.end_headers()
                self.wfile.write(PICTURE)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        self.base = f"http://pictures.example:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def html(self, name):
        """One picture in the text, one behind it, and what is never fetched; of this machine and of a network behind it neither."""
        return (f'<html><body><p>Seed news</p><img src="{self.base}/{name}.png" width=300 height=200 alt="beans">'
                f'<table background="{self.base}/{name}-ground.png"><tr><td>maize</td></tr></table>'
                f'<link rel="stylesheet" href="{self.base}/never.css"><iframe src="{self.base}/never.html"></iframe>'
                f'<img src="http://127.0.0.1:{self.port}/here.png" width=9><img src="http://www.inside.example:{self.port}/inside.png" width=9>'
                f'<video poster="{self.base}/never.jpg"></video></body></html>')

    def paths(self):
        return sorted(path for path, _ in self.asked)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class PicturesTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="barua-pictures-")
        self.shots = os.environ.get("BARUA_PICTURES") or self.folder.name
        os.makedirs(self.shots, exist_ok=True)
        self.pictures = Pictures()
        self.server = self.window = None
        self.environment = {"HOME": self.folder.name, "LC_ALL": "en_US.UTF-8", "LANGUAGE": "en", "GSETTINGS_BACKEND": "keyfile",
                            "XDG_CONFIG_HOME": os.path.join(self.folder.name, "config"), "LD_PRELOAD": os.environ["BARUA_OUTSIDE"]}

    def tearDown(self):
        try:
            self.end()
        finally:
            if self.server is not None:
                self.server.stop()
            self.pictures.stop()
            self.folder.cleanup()

    def end(self):
        window, self.window = self.window, None
        if window is not None:
            window.shot(os.path.join(self.shots, f"pictures-{self.id().rsplit('.', 1)[-1]}.png"))
            self.assertEqual(0, window.stop())
            self.assertEqual([], window.complaints())

    def shot(self, name):
        return self.window.shot(os.path.join(self.shots, f"pictures-{name}.png"))

    def set(self, key, value):
        folder = os.path.join(self.folder.name, "config", "glib-2.0", "settings")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "keyfile"), "w", encoding="utf-8") as file:
            file.write(f"[io/github/barua_mail/Barua]\n{key}='{value}'\n")

    def open_file(self, made):
        path = os.path.join(self.folder.name, "barua.eml")
        with open(path, "wb") as file:
            file.write(made.as_bytes())
        self.start(path)

    def deliver(self, *made):
        self.server = barua_dovecot.Dovecot(os.path.join(self.folder.name, "server")).start()
        for mail in made:
            self.server.append(USER, "INBOX", mail.as_bytes())
        Client(os.path.join(self.folder.name, "profile")).add(self.server, USER)

    def start(self, *words):
        self.window = Window(BARUA, "--profile", os.path.join(self.folder.name, "profile"), *words, log=os.path.join(self.folder.name, "log"),
                             environment=self.environment)
        self.window.start()

    def choose(self, subject):
        self.window.click(self.window.find("list item", subject, seconds=30))
        self.window.find("heading", f"^{subject}$")
        page = self.window.find(None, "^Message Text$", seconds=20)
        until(lambda: page.get_extents(Atspi.CoordType.WINDOW).height > 50, 15, "the page's height")
        return page

    def items(self, button):
        """The items of the menu beside the button: GTK 4.18 tells their names to nobody."""
        self.window.click(self.window.find("toggle button", button))
        return until(lambda: [item for item in self.window.walk() if "menu item" in item.get_role_name()], 10, "the menu")

    def menu(self, button, place, of):
        items = self.items(button)
        self.assertEqual(of, len(items))
        self.window.activate(items[place])

    def asked(self, *paths):
        until(lambda: self.pictures.paths() == sorted(paths), 15, f"asked for {paths}, not {self.pictures.paths()}")

    def quiet(self):
        """Nothing was asked for, and nothing is within what a page takes to be shown."""
        time.sleep(1)
        self.assertEqual([], self.pictures.paths())

    def test_file(self):
        self.open_file(message(html=self.pictures.html("file")))
        window = self.window
        window.see(HIDDEN)
        page = window.find(None, "^Message Text$")
        until(lambda: page.get_extents(Atspi.CoordType.WINDOW).height > 50, 15, "the page's height")
        self.quiet()
        # There is nobody to remember it for.
        self.assertFalse(window.all("toggle button", "^Pictures of This Sender$"))
        window.click(window.find("button", "^Show Pictures$"))
        self.asked("/file-ground.png", "/file.png")
        until(lambda: colours(self.shot("file"), window.box(page)) > 200, 10, "the picture on screen")
        window.gone(None, HIDDEN)
        for _, head in self.pictures.asked:
            self.assertFalse({"Cookie", "Referer", "Authorization", "Accept-Language"} & set(head))
            self.assertEqual("Mozilla/5.0", head["User-Agent"])
        self.assertEqual(["/file-ground.png", "/file.png"], self.pictures.paths())

    def test_always(self):
        proven = {"Authentication_Results": "barua.example; dmarc=pass header.from=ushirika.example"}
        forged = {"Authentication_Results": "evil.example; dmarc=pass header.from=ushirika.example"}

        def mail(name, **headers):
            made = message(f"Letter {name}", html=self.pictures.html(name), Message_ID=f"<{name}@ushirika.example>", **headers)
            return made

        self.deliver(mail("first", **proven), mail("second", **proven), mail("forged", **forged))
        self.start()
        window = self.window
        self.choose("Letter first")
        window.see(HIDDEN)
        self.quiet()
        self.menu(SENDER, 0, of=2)
        window.see("Pictures of amina@ushirika.example are always shown")
        self.asked("/first-ground.png", "/first.png")
        # The next one of the same sender shows them by itself, a forged one does not.
        self.pictures.asked.clear()
        self.choose("Letter second")
        self.asked("/second-ground.png", "/second.png")
        self.pictures.asked.clear()
        self.choose("Letter forged")
        window.see(HIDDEN)
        self.quiet()
        # Only "never".
        self.assertEqual(1, len(self.items(SENDER)))
        self.shot("menu")
        window.key("Escape")
        # After a restart it still knows; and it can be taken back.
        self.end()
        self.pictures.asked.clear()
        self.start()
        window = self.window
        self.choose("Letter second")
        self.asked("/second-ground.png", "/second.png")
        self.menu(CARD, 2, of=8)
        self.pictures.asked.clear()
        self.choose("Letter first")
        window.see(HIDDEN)
        self.quiet()

    def test_never(self):
        self.deliver(message("Letter one", html=self.pictures.html("one"), Message_ID="<1@ushirika.example>"),
                     message("Letter two", html=self.pictures.html("two"), Message_ID="<2@ushirika.example>"))
        self.start()
        window = self.window
        self.choose("Letter one")
        self.menu(SENDER, 0, of=1)
        # Undone while it can be: the row is back.
        window.click(window.find("button", "^Undo$"))
        window.see(HIDDEN)
        self.menu(SENDER, 0, of=1)
        window.gone(None, HIDDEN)
        self.choose("Letter two")
        self.assertNotIn(HIDDEN, window.texts())
        self.quiet()
        # For once they can still be had.
        self.menu(CARD, 2, of=9)
        self.asked("/two-ground.png", "/two.png")

    def test_preference_never(self):
        self.set("pictures", "never")
        self.open_file(message(html=self.pictures.html("file")))
        page = self.window.find(None, "^Message Text$")
        until(lambda: page.get_extents(Atspi.CoordType.WINDOW).height > 50, 15, "the page's height")
        self.assertNotIn(HIDDEN, self.window.texts())
        self.quiet()
        self.menu(CARD, 2, of=7)
        self.asked("/file-ground.png", "/file.png")


if __name__ == "__main__":
    if not shutil.which("dovecot") and not os.path.exists("/usr/sbin/dovecot"):
        print("SKIP: dovecot is not installed")
        sys.exit(77)
    unittest.main(verbosity=2, failfast=os.environ.get("BARUA_FAILFAST") is not None)
