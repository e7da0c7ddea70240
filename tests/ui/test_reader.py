#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reader alone, on message files: who sent this, recipients, find, quotes, previews, zoom, messages inside messages; and a long
conversation on a real server.

Environment: BARUA and BARUA_CLI, the programs; BARUA_PICTURES, where pictures are left (default: nowhere).
"""

import email.message
import email.policy
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

BARUA = os.environ["BARUA"]
USER = "qresync"
PICTURE = subprocess.run(["convert", "-size", "300x200", "gradient:#ff0000-#0000ff", "png:-"], check=True, capture_output=True).stdout
HTML = """<html><body bgcolor="#ffffff"><h2>Seed news</h2><p>Beans, <b>mai</b>ze and sorghum.
<a href="https://evil.example/x">https://paypal.com/login</a></p><p>maize</p>
<blockquote><p>An older letter about maize.</p></blockquote></body></html>"""

# What a program would paste.
PASTE = """
import gi
gi.require_version("Gtk", "4.0")
from gi.repository import Gdk, GLib, Gtk
loop = GLib.MainLoop()
def read(stream, result):
    print(stream.read_bytes_finish(result).get_data().decode())
    loop.quit()
def done(clipboard, result):
    try:
        clipboard.read_finish(result)[0].read_bytes_async(4096, 0, None, read)
    except GLib.Error:
        loop.quit()
Gtk.init()
Gdk.Display.get_default().get_clipboard().read_async(["text/uri-list"], 0, None, done)
GLib.timeout_add_seconds(5, loop.quit)
loop.run()
"""


PASTE_TEXT = """
import gi
gi.require_version("Gtk", "4.0")
from gi.repository import Gdk, GLib, Gtk
loop = GLib.MainLoop()
def done(clipboard, result):
    try:
        print(clipboard.read_text_finish(result) or "")
    except GLib.Error:
        pass
    loop.quit()
Gtk.init()
Gdk.Display.get_default().get_clipboard().read_text_async(None, done)
GLib.timeout_add_seconds(5, loop.quit)
loop.run()
"""


def paste(script):
    return subprocess.run([sys.executable, "-c", script], check=False, text=True, timeout=20, capture_output=True).stdout


def message(subject="Habari", sender="Amina Yusuf <amina@ushirika.example>", plain="Habari.\n", html=None, **headers):
    made = email.message.EmailMessage(policy=email.policy.SMTPUTF8)
    made["From"] = sender
    made["To"] = "Qresync <qresync@barua.example>, Ben Howard <ben@posta.example>"
    made["Cc"] = "Lakshmi Devi <lakshmi@posta.example>"
    made["Subject"] = subject
    made["Date"] = "Mon, 03 Nov 2025 14:02:00 +0700"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(plain)
    if html is not None:
        made.add_alternative(html, subtype="html")
    return made


class FileTest(unittest.TestCase):
    """Each opens a file in a window of its own, without an account."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="barua-reader-")
        self.pictures = os.environ.get("BARUA_PICTURES") or self.folder.name
        os.makedirs(self.pictures, exist_ok=True)
        self.home = os.path.join(self.folder.name, "home")
        os.makedirs(self.home)
        self.window = None

    def tearDown(self):
        if self.window is not None:
            self.window.shot(os.path.join(self.pictures, f"reader-{self.id().rsplit('.', 1)[-1]}.png"))
            if self.window.stop() != 0:
                self.fail("it did not end well")
            self.assertEqual([], self.window.complaints())
        self.folder.cleanup()

    def open(self, made, **environment):
        path = os.path.join(self.folder.name, "barua.eml")
        with open(path, "wb") as file:
            file.write(made if isinstance(made, bytes) else made.as_bytes())
        self.window = Window(BARUA, "--profile", os.path.join(self.folder.name, "profile"), path, log=os.path.join(self.folder.name, "log"),
                             environment={"HOME": self.home, "LC_ALL": "en_US.UTF-8", "LANGUAGE": "en", "GSETTINGS_BACKEND": "memory",
                                          **environment})
        self.window.start()
        return self.window

    def page(self):
        page = self.window.find(None, "^Message Text$")
        until(lambda: page.get_extents(Atspi.CoordType.WINDOW).height > 50, 15, "the page's height")
        return page

    def entry_focused(self):
        until(lambda: self.window.focused().get_role_name() in ("entry", "text", "search box", "search bar"), 5, "a focused entry")

    def test_plain_file(self):
        window = self.open(message(plain="See https://posta.example/x now.\n\nOn 3 Nov 2025 Ben wrote:\n> quoted words\n\n"
                                         "-- \nAmina of the office\n"))
        window.find("heading", "^Habari$")
        window.see("amina@ushirika.example")
        window.see("See https://posta.example/x now")
        # Quiet when well: nothing is said of the sender, and what only repeats is folded, the signature with it.
        self.assertFalse(window.all("button", "^Details$") + window.all("toggle button", "^Details$"))
        self.assertNotIn("Amina of the office", window.texts())
        self.assertNotIn("Ben wrote", window.texts())
        window.click(window.find("toggle button", "^Show Quoted Text$"))
        window.see("Ben wrote")
        window.see("quoted words")
        window.see("Amina of the office")

    def test_long_page(self):
        """It is cut, and said so; all of it is in a window of its own."""
        self.open(message(html="<p>Beginning</p>" + "<p>One more line of the long letter</p>" * 10000 + "<p>The very end</p>"))
        page = self.page()
        button = self.window.find("button", "^Show the Whole Message$", seconds=20)
        self.assertLessEqual(page.get_extents(Atspi.CoordType.WINDOW).height, 8000)
        self.window.activate(button)
        until(lambda: len(self.window.all("frame")) > 1, 10, "a window of its own")
        self.window.key("Escape")
        until(lambda: len(self.window.all("frame")) == 1, 10, "the window gone")

    def test_long_page_of_little(self):
        """Its beginning is laid out first; where that does not fill the view, all of it is."""
        window = self.open(message(html="<p>Beginning</p>" + "<span></span>" * 30000 + "<p>The very end</p>"))
        page = window.find(None, "^Message Text$")
        until(lambda: page.get_extents(Atspi.CoordType.WINDOW).height > 65, 15, "two paragraphs")
        self.assertFalse(window.all("button", "^Show the Whole Message$"))

    def test_recipients(self):
        window = self.open(message())
        window.click(window.find("toggle button", "^to Qresync"))
        window.find(None, "^Lakshmi Devi, lakshmi@posta.example, Cc: 1 of 1$")
        window.find(None, "^Ben Howard, ben@posta.example, To: 2 of 2$")
        # The sender's own time.
        window.find(None, "14:02 .*where it was sent")

    def focused_name(self):
        focused = self.window.focused()
        return focused.get_name() if focused is not None else None

    def step_back_to(self, name):
        until(self.focused_name, 10, "a focus")
        for _ in range(20):
            before = self.focused_name()
            if before == name:
                return
            self.window.key("shift+Tab")
            until(lambda before=before: self.focused_name() not in (None, before), 10, "another focus")
        self.fail(f"no way to {name}")

    def test_copied_address(self):
        """From a recipient's menu and from the header: it is told."""
        window = self.open(message())
        window.click(window.find("toggle button", "^to Qresync"))
        chip = window.find(None, "^Ben Howard, ben@posta.example, To: 2 of 2$")
        window.activate(chip if chip.get_role_name() == "toggle button" else window.find("toggle button", None, chip))
        window.activate(until(lambda: [item for item in window.all() if item.get_role_name().endswith("menu item")], 10, "the menu")[0])
        window.see("^Address copied$|\nAddress copied\n")
        self.assertEqual("ben@posta.example\n", paste(PASTE_TEXT))
        window.gone(None, "^Address copied$", 15)
        self.step_back_to("amina@ushirika.example")
        window.key("ctrl+a", "ctrl+c")
        window.see("^Address copied$|\nAddress copied\n")
        self.assertEqual("amina@ushirika.example\n", paste(PASTE_TEXT))

    def test_name_that_is_an_address(self):
        window = self.open(message(sender='"security@bank.example" <x@evil.example>', Reply_To="y@other.example"))
        window.see("The name says security@bank.example, but it came from x@evil.example.")
        self.assertNotIn("Replies go to", window.texts())
        window.click(window.find("toggle button", "^Details$"))
        window.see("Replies go to other.example, not to the sender.")
        window.key("Escape")
        until(lambda: "Replies go to" not in window.texts(), 5, "the details are gone")

    def test_look_alike(self):
        window = self.open(message(sender="PayPal <service@paypa1.com>"))
        window.see("The address looks like paypal.com, but it is paypa1.com.")

    def test_find_in_plain(self):
        window = self.open(message(plain="Mahindi na maharage.\n\n" + "mstari\n" * 60 + "\n> mahindi tena\n"))
        window.see("Mahindi na maharage")
        window.key("ctrl+shift+f")
        self.entry_focused()
        window.key(*"mahindi")
        window.see("1 of 2")
        window.key("F3")
        window.see("2 of 2")
        window.see("mahindi tena")
        window.key("shift+F3")
        window.see("1 of 2")
        window.key("Escape")
        until(lambda: "1 of 2" not in window.texts(), 5, "the bar is gone")

    def test_long_plain(self):
        """The beginning; all of it to the clipboard and in a window of its own; words are found beyond what is shown."""
        lines = [f"mstari {number}" for number in range(20000)]
        window = self.open(message(plain="\n".join(lines) + "\nmwisho kabisa\n"))
        window.see("mstari 30")
        button = window.find("button", "^Show the Whole Message$")
        label = next(item for item in window.all("label") if "mstari 30" in (window.text(item) or ""))
        x, y, _, _ = window.box(label)
        subprocess.run(["xdotool", "mousemove", str(x + 30), str(y + 30), "click", "1"], check=True)
        until(lambda: window.focused() == label, 5, "the text has the focus")
        window.key("ctrl+a", "ctrl+c")
        pasted = until(lambda: [line for line in paste(PASTE_TEXT).split("\n") if line], 10, "a text to paste")
        self.assertEqual(["mstari 0", "mwisho kabisa", 20001], [pasted[0], pasted[-1], len(pasted)])
        window.key("ctrl+shift+f")
        self.entry_focused()
        window.key(*"mwisho")
        window.see("1 of 1")
        window.see("mwisho kabisa")
        window.key("Escape")
        window.activate(button)
        window.see("mstari 19999", 20)
        window.key("Escape")
        until(lambda: "mstari 19999" not in window.texts(), 5, "the window is gone")

    def test_find_and_quotes_in_html(self):
        window = self.open(message(html=HTML))
        page = self.page()
        folded = page.get_extents(Atspi.CoordType.WINDOW).height
        window.find("toggle button", "^Show Quoted Text$")
        window.key("ctrl+shift+f")
        self.entry_focused()
        window.key(*"maize")
        # Over the bold letters in the middle of a word, and in the quote, which unfolds.
        window.see("1 of 3")
        until(lambda: page.get_extents(Atspi.CoordType.WINDOW).height > folded, 10, "the quote")
        window.key("F3", "F3")
        window.see("3 of 3")

    def click_into_page(self, scheme):
        window = self.open(message(html="<p>Beans and maize.</p>" * 4), ADW_DEBUG_COLOR_SCHEME=scheme)
        box = window.box(self.page())
        picture = os.path.join(self.pictures, "reader-clicked.png")
        until(lambda: colours(window.shot(picture), box) > 10, 10, "letters")
        subprocess.run(["xdotool", "mousemove", str(box[0] + 200), str(box[1] + 30), "click", "1"], check=True)
        until(lambda: window.in_page(window.focused()), 5, "the page has the focus")
        for _ in range(8):
            self.assertGreater(colours(window.shot(picture), box), 10)
            time.sleep(0.1)

    def test_page_stays(self):
        """A page with nothing but text was gone once it had the focus: WebKit's way with a transparent paper, without a graphics card."""
        self.click_into_page("prefer-light")

    def test_dark_page_stays(self):
        self.click_into_page("prefer-dark")

    def test_zoom(self):
        window = self.open(message(html=HTML))
        page = self.page()
        before = page.get_extents(Atspi.CoordType.WINDOW).height
        window.key("ctrl+plus", "ctrl+plus", "ctrl+plus", "ctrl+plus")
        until(lambda: page.get_extents(Atspi.CoordType.WINDOW).height > before * 1.2, 10, "a larger page")
        window.key("ctrl+0")
        until(lambda: abs(page.get_extents(Atspi.CoordType.WINDOW).height - before) < 4, 10, "the page as before")

    def test_previews(self):
        made = message()
        made.add_attachment(PICTURE, maintype="image", subtype="png", filename="picha.png")
        made.add_attachment("Mstari wa kwanza\n", filename="orodha.txt")
        made.add_attachment(b"not a picture", maintype="image", subtype="jpeg", filename="mbovu.jpg")
        window = self.open(made)
        window.click(window.find("button", "^Open picha.png$"))
        picture = until(lambda: next((item for item in window.all(None, "^picha.png$") if item.get_role_name() != "label"), None), 10, "the picture")
        until(lambda: colours(window.shot(os.path.join(self.pictures, "reader-preview.png")), window.box(picture)) > 50, 10, "the picture")
        window.click(window.find("button", "^Open orodha.txt$"))
        window.see("Mstari wa kwanza")
        window.click(window.find("button", "^Open mbovu.jpg$"))
        window.see("This attachment could not be shown.")

    def test_copy_attachment(self):
        made = message()
        made.add_attachment("Mstari wa kwanza\n", filename="orodha.txt")
        window = self.open(made)
        window.click(window.find("toggle button", "^More for orodha.txt$"))
        items = until(lambda: [item for item in window.walk() if "menu item" in item.get_role_name()], 10, "the menu")
        self.assertEqual(3, len(items))
        window.activate(items[2])
        pasted = until(lambda: re.search("file://\\S*orodha.txt", paste(PASTE)), 15, "a file to paste")
        with open(pasted.group(0)[len("file://"):], encoding="utf-8") as file:
            self.assertEqual("Mstari wa kwanza\n", file.read())

    def test_list(self):
        window = self.open(message(List_Id="Users of Barua <users.barua.example>", List_Unsubscribe="<mailto:x@barua.example>, "
                                   "<https://barua.example/leave>", List_Unsubscribe_Post="List-Unsubscribe=One-Click"))
        window.see("From the list Users of Barua")
        window.find("button", "^Unsubscribe…$")

    def test_list_by_mail(self):
        """What can be left by a letter only has no button until letters can be written."""
        window = self.open(message(List_Id="<users.barua.example>", List_Unsubscribe="<mailto:x@barua.example>"))
        window.see("From the list users.barua.example")
        self.assertFalse(window.all("button", "Unsubscribe"))

    def test_bar(self):
        window = self.open(message())
        window.find("button", "^Save Message…$")
        window.find("button", "^Print…$")
        window.resize(400, 600)
        window.gone("button", "^Print…$")
        window.find("toggle button", "^Reader Menu$")

    def test_print(self):
        """Escape leaves the dialog, more than once; what is printed into a file is there."""
        config = os.path.join(self.folder.name, "config")
        os.makedirs(config)
        with open(os.path.join(config, "user-dirs.dirs"), "w", encoding="utf-8") as file:
            file.write(f'XDG_DOCUMENTS_DIR="{self.home}"\n')
        window = self.open(message(html=HTML), XDG_CONFIG_HOME=config)
        self.page()
        for _ in range(2):
            window.activate(window.find("button", "^Print…$"))
            self.print_button(10)
            run("xdotool", "key", "Escape")
            until(lambda: len(window.all("frame") + window.all("dialog")) == 1, 10, "the dialog gone")
        window.activate(window.find("button", "^Print…$"))
        x, y = window.at_rest(window.find("label", "^Print to File$"))
        run("xdotool", "mousemove", str(x), str(y), "click", "1")
        until(lambda: self.print_button(1).get_state_set().contains(Atspi.StateType.SENSITIVE), 10, "a chosen printer")
        window.activate(self.print_button(1))
        printed = os.path.join(self.home, "output.pdf")
        until(lambda: os.path.exists(printed) and os.path.getsize(printed) > 1000, 20, "a printed file")
        with open(printed, "rb") as file:
            self.assertEqual(b"%PDF-", file.read(5))

    def print_button(self, seconds):
        return self.window.find("button", "^_?Print$", seconds=seconds)

    def test_message_inside(self):
        made = message()
        made.add_attachment(message("Barua ya ndani", plain="The inner text.\n", sender="Inner <inner@barua.example>"))
        window = self.open(made)
        window.click(window.find("button", r"^Open .*\.eml$"))
        window.see("The inner text.")
        window.see("inner@barua.example")

    def test_source(self):
        window = self.open(message())
        window.see("Habari")
        window.key("ctrl+u")
        window.see("MIME-Version: 1.0")

    def test_no_file(self):
        self.open(message())
        self.window.stop()
        self.window = Window(BARUA, "--profile", os.path.join(self.folder.name, "profile"), "/nonexistent/R&D.eml",
                             log=os.path.join(self.folder.name, "log"), environment={"HOME": self.home, "LC_ALL": "en_US.UTF-8", "LANGUAGE": "en"})
        self.window.start()
        self.window.see("R&D.eml Could Not Be Opened")

    def test_telugu_narrow(self):
        window = self.open(message("పండుగ శుభాకాంక్షలు", plain="అందరికీ పండుగ శుభాకాంక్షలు.\n", sender='"లక్ష్మి" <x@evil.example>',
                                   Reply_To="y@other.example"))
        window.resize(360, 600)
        window.see("అందరికీ పండుగ శుభాకాంక్షలు")
        window.see("Replies go to other.example")


class ConversationTest(unittest.TestCase):
    def test_long_conversation(self):
        with tempfile.TemporaryDirectory(prefix="barua-conversation-") as folder:
            server = barua_dovecot.Dovecot(os.path.join(folder, "server")).start()
            window = None
            try:
                for number in range(40):
                    made = message(f"{'Re: ' if number else ''}Mazungumzo", plain=f"Words of letter {number}.\n",
                                   Message_ID=f"<{number}@barua.example>", **({"References": "<0@barua.example>"} if number else {}))
                    server.append(USER, "INBOX", made.as_bytes(), "" if number >= 38 else "\\Seen")
                profile = os.path.join(folder, "profile")
                Client(profile).add(server, USER)
                window = Window(BARUA, "--profile", profile, log=os.path.join(folder, "log"),
                                environment={"HOME": folder, "LC_ALL": "en_US.UTF-8", "LANGUAGE": "en"})
                window.start()
                row = window.find("list item", "Mazungumzo", seconds=20)
                window.click(row)
                window.find("button", "^3[0-9] (earlier|more) messages$")
                # Both unread ones are open.
                window.see("Words of letter 38")
                window.see("Words of letter 39")
                # Read after a moment on screen, both of them.
                until(lambda: "\\Seen" in server.doveadm("fetch", "-u", USER, "flags", "mailbox", "INBOX", "uid", "40"), 20, "read on the server")
                window.click(window.find("button", "^3[0-9] (earlier|more) messages$"))
                window.find("button", "^Amina Yusuf, ")
                # Made when they come near: not all 40 at once.
                made = [item for item in window.walk(showing=False) if re.match("^Amina Yusuf, ", item.get_name() or "")]
                self.assertLess(len(made), 35)
                if os.environ.get("BARUA_PICTURES"):
                    window.shot(os.path.join(os.environ["BARUA_PICTURES"], "reader-conversation.png"))
                self.assertEqual([], window.complaints())
            finally:
                if window is not None:
                    window.stop()
                server.stop()


class LiveTest(unittest.TestCase):
    """The conversation that stands in the reader follows the server, and nothing moves under the reader's eyes."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="barua-live-")
        self.server = barua_dovecot.Dovecot(os.path.join(self.folder.name, "server")).start()
        for number in range(4):
            self.append(number, "\\Seen")
        profile = os.path.join(self.folder.name, "profile")
        Client(profile).add(self.server, USER)
        self.window = Window(BARUA, "--profile", profile, log=os.path.join(self.folder.name, "log"),
                             environment={"HOME": self.folder.name, "LC_ALL": "en_US.UTF-8", "LANGUAGE": "en", "GSETTINGS_BACKEND": "memory"})
        self.window.start()
        self.window.click(self.window.find("list item", "Mazungumzo", seconds=20))
        self.window.see("Words of letter 3")

    def tearDown(self):
        try:
            self.window.shot(os.path.join(os.environ.get("BARUA_PICTURES") or self.folder.name, f"live-{self.id().rsplit('.', 1)[-1]}.png"))
            self.assertEqual(0, self.window.stop())
            self.assertEqual([], self.window.complaints())
        finally:
            self.server.stop()
            self.folder.cleanup()

    def append(self, number, flags="", lines=1, day=3):
        made = message(f"{'Re: ' if number else ''}Mazungumzo", sender=f"Sender {number} <s{number}@barua.example>",
                       plain=f"Words of letter {number}.\n" + "mstari\n\n" * lines, Message_ID=f"<{number}@barua.example>",
                       **({"References": "<0@barua.example>"} if number else {}))
        made.replace_header("Date", f"Mon, {day:02} Nov 2025 14:{number:02}:00 +0700")
        # The list goes by the time of arrival.
        self.server.append(USER, "INBOX", made.as_bytes(), flags)

    def y(self, text):
        return self.window.find(None, text).get_extents(Atspi.CoordType.WINDOW).y

    def test_reply(self):
        window = self.window
        before = self.y("Words of letter 3"), self.y("^Sender 1, ")
        self.append(4, lines=15)
        window.see("Words of letter 4")
        self.assertEqual(before, (self.y("Words of letter 3"), self.y("^Sender 1, ")))
        # The same again while the person reads further down: what comes is below, what is read stays.
        unscrolled = self.y("Words of letter 4")
        window.scroll(window.find(None, "Words of letter 3"), 6)
        place = until(lambda: self.y("Words of letter 4") < unscrolled and self.y("Words of letter 4"), 10, "scrolled")
        self.append(5)
        until(lambda: any((item.get_name() or "").startswith("Sender 5") for item in window.walk(showing=False)), 15, "the second reply")
        time.sleep(0.5)
        self.assertEqual(place, self.y("Words of letter 4"))
        # One that came late has its place above all of it.
        self.append(6, "\\Seen", day=2)
        until(lambda: any((item.get_name() or "").startswith("Sender 6") for item in window.walk(showing=False)), 15, "the late one")
        time.sleep(0.5)
        self.assertEqual(place, self.y("Words of letter 4"))

    def preview(self):
        return self.window.find("list item", "Mazungumzo").get_description() or ""

    def test_preview_of_reply(self):
        """Opened the moment it came: its row has what it says all the same."""
        until(lambda: self.preview().startswith("Words of letter 3"), 15, "the preview of what was there")
        self.append(4)
        self.window.see("Words of letter 4")
        until(lambda: self.preview().startswith("Words of letter 4"), 15, "the preview of the reply")

    def focused(self):
        item = self.window.focused()
        return item.get_name() if item is not None else ""

    def test_keys(self):
        window = self.window
        window.key("p")
        until(lambda: self.focused().startswith("Sender 2, "), 10, "the card before")
        window.key("Return")
        window.see("s2@barua.example")
        until(lambda: self.focused().startswith("Sender 2, "), 10, "its head")
        window.key("Return")
        until(lambda: "s2@barua.example" not in window.texts(), 10, "folded again")
        until(lambda: self.focused().startswith("Sender 2, "), 10, "the line")
        window.key("n")
        until(lambda: self.focused().startswith("Sender 3, "), 10, "the next card")
        window.key("n")
        window.key("p", "p", "p", "p")
        until(lambda: self.focused().startswith("Sender 0, "), 10, "the first card")

    def test_marks(self):
        window = self.window
        window.find("toggle button", "^Star$")
        self.server.doveadm("flags", "add", "-u", USER, "\\Flagged", "mailbox", "INBOX", "uid", "4")
        window.find("toggle button", "^Remove Star$", seconds=15)

    def test_own_window(self):
        """What is marked elsewhere is marked there too, and the other way round; when it goes what is shown of it stays."""
        window = self.window
        items = self.menu("^Message Menu$")
        frames = {item.get_name() for item in window.all() if item.get_role_name() == "frame"}
        window.activate(items[-1])
        own = until(lambda: next((item for item in window.all() if item.get_role_name() == "frame" and item.get_name() not in frames), None), 10,
                    "another window")
        window.find(None, "Words of letter 3", root=own)

        def star(name):
            window.find("toggle button", f"^{name}$", root=own, seconds=15)

        def flags():
            return self.server.doveadm("fetch", "-u", USER, "flags", "mailbox", "INBOX", "uid", "4")

        star("Star")
        self.server.doveadm("flags", "add", "-u", USER, "\\Flagged", "mailbox", "INBOX", "uid", "4")
        star("Remove Star")
        window.click(window.find("toggle button", "^Remove Star$", root=own))
        until(lambda: "\\Flagged" not in flags(), 15, "the star gone on the server")
        star("Star")
        # By its key, in the window on top; the main window follows.
        other = next(xid for xid in run("xdotool", "search", "--onlyvisible", "--pid", str(window.process.pid)).stdout.split()
                     if xid != window.xid()[0])
        run("xdotool", "windowfocus", "--sync", other)
        run("xdotool", "key", "ctrl+d")
        until(lambda: "\\Flagged" in flags(), 15, "the star on the server")
        star("Remove Star")
        until(lambda: len(window.all("toggle button", "^Remove Star$")) >= 2, 10, "the star in both windows")
        run("xdotool", "key", "ctrl+i")
        until(lambda: "\\Seen" not in flags(), 15, "unread on the server")
        # The key does the opposite of what is shown.
        until(lambda: any(row.startswith("Unread.") for row in window.rows()), 10, "unread in the windows")
        run("xdotool", "key", "ctrl+i")
        until(lambda: "\\Seen" in flags(), 15, "read on the server")
        self.server.doveadm("expunge", "-u", USER, "mailbox", "INBOX", "uid", "4")
        until(lambda: not window.all("toggle button", "Star$", root=own), 15, "no star for what is gone")
        window.find(None, "Words of letter 3", root=own)
        run("xdotool", "key", "ctrl+w")
        until(lambda: "Words of letter 3" not in window.texts(), 10, "the window closed")

    def menu(self, name):
        self.window.click(self.window.find("toggle button", name))
        return until(lambda: [item for item in self.window.walk() if "menu item" in item.get_role_name()], 10, "the menu")

    def test_removed(self):
        window = self.window
        window.find("button", "^Sender 1, ")
        self.server.doveadm("expunge", "-u", USER, "mailbox", "INBOX", "uid", "2")
        window.gone("button", "^Sender 1, ", seconds=15)
        window.find("button", "^Sender 0, ")
        window.see("Words of letter 3")
        # The one that is open goes: its neighbour stands there.
        self.server.doveadm("expunge", "-u", USER, "mailbox", "INBOX", "uid", "4")
        until(lambda: "Words of letter 3" not in window.texts(), 15, "gone")
        window.see("Sender 2")


if __name__ == "__main__":
    if not shutil.which("dovecot") and not os.path.exists("/usr/sbin/dovecot"):
        print("SKIP: dovecot is not installed")
        sys.exit(77)
    time.tzset()
    unittest.main(verbosity=2, failfast=os.environ.get("BARUA_FAILFAST") is not None)
