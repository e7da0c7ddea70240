#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A walk through Barua as somebody does who opens it for the first time, on the demo mailbox.

  tour.py --barua PROGRAM --profile DIR --out DIR --demo DIR

Runs on a display, a session bus and an accessibility bus of its own (build-aux/lib/with-display); build-aux/run --tour calls
it. Everything is found by its accessible name and driven by pointer and keys. DIR gets a picture a step (NN-name.png) and
tour.json: {"ok", "seconds", "complaints", "steps": [{"name", "did", "saw", "ms", "ok", "picture"}]}. Exit status 0 when all was
as expected. A step that goes wrong is told, with what the window showed in NN-name.txt, and the walk goes on with the next.
"""

import argparse
import contextlib
import email
import email.policy
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(TOP, "tests", "server")]
import barua_dovecot  # noqa: E402
from barua_window import Atspi, Window, WindowError, colours, run, until  # noqa: E402

USER = "baraka.mwangi"
WIDE = (1180, 760)
NARROW = (360, 720)
# A page of HTML that stayed blank has one or two colours.
COLOURS_OF_A_PAGE = 24

PLAIN = "Ihre Fahrräder sind fertig"
CONVERSATION = "Re: Can you take the Kisumu workshop?"
NEWSLETTER = "The Seedling Weekly: what the fig knows"
NESTED = "Lesenacht: Was die Kinder mitbringen"
REPORT = "Data package for the university"
INVITATION = "Invitation: planning the dry season"
PHISHING = "Your account will be suspended in 24 hours"


@functools.lru_cache
def translations(language):
    """{English: translated} of po/LANGUAGE.po, as far as a message is one line."""
    found = {}
    with open(os.path.join(TOP, "po", language + ".po"), encoding="utf-8") as source:
        for message, text in re.findall(r'^msgid "((?:[^"\\]|\\.)+)"\nmsgstr "((?:[^"\\]|\\.)+)"', source.read(), re.MULTILINE):
            found[message.replace('\\"', '"')] = text.replace('\\"', '"')
    return found


class Tour:
    def __init__(self, options):
        self.options = options
        self.steps = []
        self.complaints = []
        self.window = None
        self.variant = ""
        self.known_uids = {}
        self.parts = {}
        self.server = barua_dovecot.Dovecot.attach(options.demo)
        self.folder = tempfile.mkdtemp(prefix="barua-tour-")
        self.home = os.path.join(self.folder, "home")
        os.mkdir(self.home)

    # Steps ----------------------------------------------------------------------------------------------------------

    def step(self, name, did, action):
        """action() returns what was seen; the picture is of the moment after it."""
        start = time.monotonic()
        number = len(self.steps) + 1
        record = {"name": name, "did": did, "saw": "", "ms": 0, "ok": False, "picture": f"{number:02d}-{name}.png"}
        try:
            record["saw"] = action()
            record["ok"] = True
        except Exception as error:  # pylint: disable=broad-except
            record["saw"] = f"{type(error).__name__}: {error}"
            self.note(f"{number:02d}-{name}.txt", traceback.format_exc())
        record["ms"] = round((time.monotonic() - start) * 1000)
        try:
            self.settle()
            self.window.shot(os.path.join(self.options.out, record["picture"]))
        except Exception as error:  # pylint: disable=broad-except
            record["ok"] = False
            record["saw"] += f" (no picture: {error})"
        self.steps.append(record)
        print(f"{'ok    ' if record['ok'] else 'FAILED'} {record['ms']:6d} ms  {did}: {record['saw']}", flush=True)

    def note(self, name, text):
        with open(os.path.join(self.options.out, name), "w", encoding="utf-8") as output:
            output.write(text)
            if self.window is not None:
                output.write(f"\nThe window showed\n{self.window.describe()}\n\nIt said\n{self.window.said()[-8000:]}\n")

    def settle(self, seconds=3):
        """Until two pictures of the window, a moment apart, are the same: what fades or slides has come to rest."""
        xid, _ = self.window.xid()
        path = os.path.join(self.folder, "settle.png")
        last, deadline = None, time.monotonic() + seconds
        while time.monotonic() < deadline:
            run("import", "-window", xid, path)
            now = run("identify", "-format", "%#", path).stdout
            if now == last:
                return
            last = now
            time.sleep(0.1)

    # The window -----------------------------------------------------------------------------------------------------

    def open_window(self, variant, language="en", locale="en_US.UTF-8", size=WIDE, text_dpi=96, **environment):
        """A new run of the program; what the last one complained of is kept."""
        # Without a settings daemon GTK takes the size of text from here.
        run("xprop", "-root", "-f", "RESOURCE_MANAGER", "8s", "-set", "RESOURCE_MANAGER", f"Xft.dpi:\t{text_dpi}\n")
        self.variant = variant
        self.parts = {}
        self.window = Window(self.options.barua, "--profile", self.options.profile, log=os.path.join(self.folder, variant + ".log"),
                             environment={"HOME": self.home, "LANGUAGE": language, "LC_ALL": locale,
                                          "BARUA_TEST_TRACE": os.path.join(self.folder, variant + ".trace"), **environment})
        self.window.start()
        if size != WIDE:
            self.window.resize(*size)

    def close_window(self):
        status = self.window.stop()
        self.complaints += [f"{self.variant}: {line}" for line in self.window.complaints()]
        if status != 0:
            self.complaints.append(f"{self.variant}: the program ended with {status}")
        self.window = None
        return status

    def part(self, english):
        """A list by its name, looked for once a run: walking the whole tree takes its time."""
        if english not in self.parts:
            names = "|".join(re.escape(word) for word in [english, *self.words(english)])
            self.parts[english] = self.window.find("list", f"^({names})$", seconds=20)
        return self.parts[english]

    def rows(self):
        """[(name, item)] of the messages on screen, from the top."""
        found = [(item.get_extents(Atspi.CoordType.WINDOW).y, item.get_name(), item)
                 for item in self.window.all("list item", r"\. ", root=self.part("Messages"))]
        return [(name, item) for _, name, item in sorted(found, key=lambda row: row[0])]

    def names(self):
        return [name for name, _ in self.rows()]

    def folder_row(self, name):
        """The row of a folder, the one that takes the pointer: named after it, maybe with its counts."""
        pattern = re.compile(rf"^{re.escape(name)}(?![\w&])(?!/)")
        rows = [item for item in self.window.walk(self.part("Folders"))
                if item.get_role_name() in ("button", "list item", "tree item", "table row") and pattern.search(item.get_name() or "")]
        return rows[0] if rows else None

    @staticmethod
    def words(english):
        return [table[english] for table in (translations("de"), translations("te")) if english in table]

    def open_folder(self, name, first=None):
        self.window.click(until(lambda: self.folder_row(name), 15, f"the folder {name}"))
        if first is not None:
            until(lambda: any(first in row for row in self.names()), 15, f"{first!r} in the list of {name}")
        return until(self.names, 15, f"messages of {name}")

    def open_message(self, subject):
        """Its row is clicked, the reader is waited for."""
        self.window.click(self.scroll_to(subject))
        self.window.find("heading", f"^{re.escape(subject)}$")

    def page(self, height=100):
        """The colours of the HTML area once it has at least that height and is no longer blank."""
        item = self.window.find(None, "^(Message Text|" + "|".join(self.words("Message Text")) + ")$")
        until(lambda: item.get_extents(Atspi.CoordType.WINDOW).height >= height, 15, "the page's height")
        path = os.path.join(self.folder, "page.png")

        def painted():
            self.window.shot(path)
            return colours(path, self.window_box(item)) >= COLOURS_OF_A_PAGE and colours(path, self.window_box(item))
        return until(painted, 10, f"a page of at least {COLOURS_OF_A_PAGE} colours")

    def window_box(self, item):
        """Where an item is in a picture of the window."""
        x, y, width, height = self.window.box(item)
        _, shape = self.window.xid()
        return x - int(shape["X"]), y - int(shape["Y"]), width, height

    def shown(self):
        """Waits for the text of the open message, whichever way it is shown."""
        def there():
            if self.window.all(None, "^Message Text$"):
                return "page"
            return any(len(self.window.text(item) or "") > 40 for item in self.window.all("label", root=self.cards())) and "text"
        if until(there, 10, "the text of the message") == "page":
            self.page(20)

    def cards(self):
        """What holds the subject and the cards."""
        return self.window.find("heading").get_parent()

    def in_reader(self, pattern, seconds=10):
        return self.window.see(pattern, seconds).group(0)

    # The server, asked past the program -----------------------------------------------------------------------------

    def on_server(self, folder, subject):
        """(flags, the whole message) of the newest with that subject, as the server has it."""
        mail = self.server.imap(USER, folder)
        try:
            if (folder, subject) not in self.known_uids:
                _, data = mail.uid("FETCH", "1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
                for about, header in (item for item in data if isinstance(item, tuple)):
                    found = email.message_from_bytes(header, policy=email.policy.default)["Subject"]
                    self.known_uids[folder, found] = re.search(rb"UID (\d+)", about).group(1)
            if (folder, subject) not in self.known_uids:
                raise WindowError(f"{subject!r} is not in {folder} on the server")
            _, data = mail.uid("FETCH", self.known_uids[folder, subject].decode(), "(FLAGS BODY.PEEK[])")
            about, whole = next(item for item in data if isinstance(item, tuple))
            about += b" ".join(item for item in data if isinstance(item, bytes))
            flags = re.search(rb"FLAGS \(([^)]*)\)", about).group(1).decode("ascii")
            return flags, email.message_from_bytes(whole, policy=email.policy.default)
        finally:
            mail.logout()

    # The walk -------------------------------------------------------------------------------------------------------

    def start(self):
        began = time.monotonic()
        self.open_window("light")
        rows = until(self.names, 20, "messages in the list")
        took = time.monotonic() - began
        until(lambda: self.folder_row("Inbox"), 15, "the inbox in the folder tree")
        self.window.see(r"\d+ unread")
        folders = until(lambda: [name for name in ("Inbox", "Drafts", "Sent", "Archive", "Junk", "Trash", "Family", "Projects")
                                 if self.folder_row(name)], 10, "folders")
        if len(folders) < 8:
            raise WindowError(f"only the folders {folders}")
        self.window.see("Up to date", 30)
        return f"folders and {len(rows)} messages on screen, the first after {took:.1f} s with the start of the program"

    def plain(self):
        self.open_message(PLAIN)
        _, message = self.on_server("INBOX", PLAIN)
        text = message.get_body(("plain",)).get_content()
        words = max(text.splitlines(), key=len).split()[:4]
        self.in_reader(r"\s+".join(re.escape(word) for word in words))
        self.in_reader(re.escape(email.utils.parseaddr(message["From"])[1]))
        return f"the sender's whole address and the text ({' '.join(words)} …)"

    def conversation(self):
        self.open_message(CONVERSATION)
        folded = until(lambda: self.window.all("button", "(Farida Hassan|Baraka Mwangi).*\\d:\\d\\d")[1:], 10, "two folded cards")
        return f"{len(folded) + 2} cards, the last one open with a page of {self.page(20)} colours"

    def newsletter(self):
        self.open_folder("Newsletters", "The Seedling Weekly")
        self.open_message(NEWSLETTER)
        seen = self.page()
        return f"a laid-out page of {seen} colours" + (", pictures hidden" if re.search("Pictures are hidden", self.window.texts()) else "")

    def nested(self):
        rows = self.open_folder("School", "Lesenacht")
        self.open_message(NESTED)
        return f"{len(rows)} messages of Family/School"

    def attachment(self):
        self.open_folder("R&D", REPORT)
        self.open_message(REPORT)
        _, message = self.on_server("Projects/R&D", REPORT)
        part = next(message.iter_attachments())
        name, wanted = part.get_filename(), part.get_payload(decode=True)
        button = self.window.find("button", f"^Save {re.escape(name)}")
        target = os.path.join(self.home, "saved-" + name)
        before = self.x_windows()
        self.window.click(button)
        dialog = until(lambda: next(iter(self.x_windows() - before), None), 10, "a dialog that asks where to save")
        self.window.find("button", "^_?Save$")
        run("xdotool", "windowfocus", "--sync", dialog)
        run("xdotool", "key", "--window", dialog, "ctrl+a")
        run("xdotool", "type", "--delay", "4", target)
        run("xdotool", "key", "Return")
        until(lambda: os.path.exists(target) and os.path.getsize(target) == len(wanted), 15, f"{target} with {len(wanted)} bytes")
        with open(target, "rb") as saved:
            if saved.read() != wanted:
                raise WindowError("the saved file differs from the one that was sent")
        self.in_reader("Saved ")
        return f"{name}, {len(wanted)} bytes, the same as the server has"

    def x_windows(self):
        return set(run("xdotool", "search", "--onlyvisible", "--pid", str(self.window.process.pid)).stdout.split())

    def script(self, folder, row, letters):
        """A message in a script of its own: the first that is on screen."""
        rows = self.open_folder(row)
        pattern = re.compile(f"[{letters}]")
        item = until(lambda: next((item for name, item in self.rows() if len(pattern.findall(name)) > 12), None),
                     10, f"a message of {folder}")
        self.window.click(item)
        spoken = item.get_name()
        heading = until(lambda: next((found for found in self.window.all("heading") if found.get_name() and found.get_name() in spoken), None),
                        10, "its subject")
        if not pattern.search(heading.get_name()):
            raise WindowError(f"the subject is {heading.get_name()!r}")
        self.shown()
        return f"{len(rows)} messages; opened “{heading.get_name()}”"

    def invitation(self):
        self.open_folder("Inbox", "Kisumu")
        self.open_message(INVITATION)
        return "the message with its invitation"

    def scroll_to(self, subject):
        """Scrolls down in the list until the whole row is on screen."""
        until(self.names, 10, "messages in the list")
        messages = self.part("Messages")
        for _ in range(12):
            item = next((item for name, item in self.rows() if f". {subject}." in name), None)
            if item is not None and self.fits(item, messages):
                return item
            before = self.names()
            self.window.scroll(messages, 3)
            try:
                until(lambda: self.names() != before, 2, "the list to move")
            except WindowError:
                break
        raise WindowError(f"no row of {subject!r} in the list")

    @staticmethod
    def fits(item, around):
        inner, outer = item.get_extents(Atspi.CoordType.WINDOW), around.get_extents(Atspi.CoordType.WINDOW)
        return inner.y >= outer.y and inner.y + inner.height <= outer.y + outer.height

    def phishing(self):
        self.open_folder("Inbox")
        self.window.key("Home")
        self.open_message(PHISHING)
        self.page()
        return "the message of somebody who is not the bank, its real address: " + self.in_reader(r"security@[\w.-]+")

    def star(self):
        self.open_folder("Inbox")
        self.open_message(PLAIN)
        self.window.click(self.window.find("toggle button", "^Star$"))
        self.window.find("list item", re.escape(PLAIN) + ".*[Ss]tarred")
        until(lambda: "\\Flagged" in self.on_server("INBOX", PLAIN)[0], 20, "the star on the server")
        self.window.key("ctrl+d")
        until(lambda: "\\Flagged" not in self.on_server("INBOX", PLAIN)[0], 20, "no star on the server")
        self.window.key("ctrl+d")
        until(lambda: "\\Flagged" in self.on_server("INBOX", PLAIN)[0], 20, "the star on the server again")
        return "the star in its row and on the server, gone and back by Ctrl+D"

    def unread(self):
        subject = re.escape(PLAIN)
        until(lambda: "\\Seen" in self.on_server("INBOX", PLAIN)[0], 20, "read on the server, a moment after it was opened")
        self.window.key("ctrl+i")
        self.window.find("list item", rf"^Unread\..*{subject}")
        until(lambda: "\\Seen" not in self.on_server("INBOX", PLAIN)[0], 20, "unread on the server")
        self.window.key("ctrl+i")
        self.window.find("list item", rf"^(?!Unread).*{subject}")
        until(lambda: "\\Seen" in self.on_server("INBOX", PLAIN)[0], 20, "read on the server")
        return "unread and read again by Ctrl+I, here and on the server"

    def arrival(self):
        self.window.key("Home")
        before = len([row for row in self.names() if row])
        known = set(self.names())
        began = time.monotonic()
        subprocess.run([os.path.join(TOP, "build-aux", "demo"), "deliver", "--dir", self.options.demo], check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        delivered = time.monotonic()
        news = until(lambda: [row for row in self.names() if row not in known and "Unread" in row], 15, "a new row")
        took = time.monotonic() - delivered
        if before == 0:
            raise WindowError("there was no list to arrive in")
        return f"“{news[0]}” on screen {max(took, 0):.1f} s after the delivery (which took {delivered - began:.1f} s)"

    def source(self):
        before = self.x_windows()
        self.window.key("ctrl+u")
        window = until(lambda: next(iter(self.x_windows() - before), None), 10, "a window with the source")
        self.window.see("(?m)^Message-ID: <")
        self.window.see("(?m)^Received: ")
        run("import", "-window", window, os.path.join(self.options.out, "source-window.png"))
        run("xdotool", "windowfocus", "--sync", window)
        run("xdotool", "key", "Escape")
        until(lambda: window not in self.x_windows(), 10, "the source to close")
        return "the message as it came, headers first (source-window.png)"

    def keys(self):
        self.window.click(self.rows()[0][1])
        self.window.key("Home")
        third = until(self.names, 5, "rows")[2]
        self.window.key("j", "j")
        until(lambda: any(heading.get_name() and f". {heading.get_name()}." in third for heading in self.window.all("heading")), 10,
              "the third message by J J")
        return "J J opened the third message of the list"

    def quit(self):
        status = self.window.process.pid and self.close_window()
        self.open_window("again")
        until(self.names, 20, "messages after a restart")
        if status != 0:
            raise WindowError(f"the program ended with {status}")
        return "ended by Ctrl+Q with status 0; at the next start the mail is there"

    # Other looks ----------------------------------------------------------------------------------------------------

    def variant_list(self, variant, **how):
        self.close_window()
        began = time.monotonic()
        self.open_window(variant, **how)
        rows = until(self.names, 20, "messages in the list")
        return f"{len(rows)} messages on screen, {time.monotonic() - began:.1f} s with the start of the program"

    def brightness(self):
        path = os.path.join(self.folder, "bright.png")
        self.window.shot(path)
        return float(run("convert", path, "-colorspace", "Gray", "-format", "%[fx:mean]", "info:").stdout)

    def dark(self):
        said = self.variant_list("dark", ADW_DEBUG_COLOR_SCHEME="prefer-dark")
        self.open_folder("Inbox", "Kisumu")
        self.open_message(PLAIN)
        found = until(lambda: 0 < self.brightness() < 0.35 and self.brightness(), 5, "a dark window")
        return f"{said}; mean brightness {found:.2f}"

    def dark_newsletter(self):
        self.open_folder("Newsletters", "The Seedling Weekly")
        self.open_message(NEWSLETTER)
        return f"a page of {self.page()} colours, mean brightness {self.brightness():.2f}"

    def large(self):
        said = self.variant_list("large", text_dpi=144)
        item = self.scroll_to(CONVERSATION)
        height = item.get_extents(Atspi.CoordType.WINDOW).height
        if height < 105:
            raise WindowError(f"a row is only {height} px high")
        self.window.click(item)
        self.window.find("heading", f"^{re.escape(CONVERSATION)}$")
        self.page(20)
        return f"{said}; a row is {height} px high (80 at normal size)"

    def narrow_list(self):
        said = self.variant_list("narrow", size=NARROW)
        _, shape = self.window.xid()
        if int(shape["WIDTH"]) != NARROW[0]:
            raise WindowError(f"the window is {shape['WIDTH']} px wide")
        self.window.find(None, "^Folders$")
        return f"{said}; the list alone, {shape['WIDTH']} px wide"

    def narrow_message(self):
        self.window.click(self.scroll_to(CONVERSATION))
        with contextlib.suppress(WindowError):
            self.window.find("heading", f"^{re.escape(CONVERSATION)}$", seconds=1)
        if not self.window.all("heading", f"^{re.escape(CONVERSATION)}$"):
            self.window.key("Return")
        heading = self.window.find("heading", f"^{re.escape(CONVERSATION)}$")
        box = heading.get_extents(Atspi.CoordType.WINDOW)
        if box.width > NARROW[0]:
            raise WindowError(f"the subject is {box.width} px wide")
        self.page(20)
        return "the message alone, its subject wrapped"

    def narrow_dark(self):
        said = self.variant_list("narrow-dark", size=NARROW, ADW_DEBUG_COLOR_SCHEME="prefer-dark")
        found = until(lambda: 0 < self.brightness() < 0.4 and self.brightness(), 5, "a dark window")
        return f"{said}; mean brightness {found:.2f}"

    def narrow_folders(self):
        self.window.key("Escape")
        self.window.click(self.window.find("toggle button", "^Folders$") if self.window.all("toggle button", "^Folders$")
                          else self.window.find("button", "^Folders$"))
        self.window.find(None, "^Inbox")
        return "back by Escape; the folders slide over the list"

    def other_language(self, language, locale):
        table = translations(language)
        said = self.variant_list(language, language=language, locale=locale)
        self.window.find(None, f"^{re.escape(table['Main Menu'])}$")
        heard = self.window.texts()
        known = sorted((word for word in table.values() if len(word) > 3 and word in heard), key=len, reverse=True)
        if len(known) < 4:
            raise WindowError(f"only {known} of the translation on screen")
        self.open_message(PLAIN)
        return f"{said}; in its words: {', '.join(known[:4])}; {self.menu(language)}"

    def menu(self, language):
        """GTK gives the items no names that can be heard; they are counted and left as a picture."""
        self.window.key("F10")
        menu = self.window.find("menu", f"^{re.escape(translations(language)['Main Menu'])}$")
        items = until(lambda: [item for item in self.window.walk(menu) if "menu item" in item.get_role_name()][2:], 5, "items of the menu")
        self.settle()
        _, shape = self.window.xid()
        run("import", "-window", "root", "-crop", f"{shape['WIDTH']}x{shape['HEIGHT']}+{shape['X']}+{shape['Y']}", "+repage",
            os.path.join(self.options.out, f"menu-{language}.png"))
        run("xdotool", "key", "Escape")
        until(lambda: not self.window.all("menu"), 10, "the menu to close")
        return f"the menu with {len(items) + 2} items (menu-{language}.png)"

    def walk(self):
        self.step("window", "opened Barua", self.start)
        self.step("plain", "opened a plain message", self.plain)
        self.step("conversation", "opened a conversation", self.conversation)
        self.step("star", "starred a message, took the star away and gave it back", self.star)
        self.step("unread", "made a message unread and read", self.unread)
        self.step("arrival", "waited for new mail", self.arrival)
        self.step("keys", "moved by keys alone", self.keys)
        self.step("source", "looked at the source", self.source)
        self.step("phishing", "opened a message that pretends to come from a bank", self.phishing)
        self.step("invitation", "opened an invitation", self.invitation)
        self.step("newsletter", "opened an HTML newsletter", self.newsletter)
        self.step("nested", "opened a folder inside a folder", self.nested)
        self.step("attachment", "saved an attachment", self.attachment)
        self.step("bengali", "opened a Bengali message", lambda: self.script("Projects/খুলনা", "খুলনা", "\u0980-\u09ff"))
        self.step("telugu", "opened a Telugu message", lambda: self.script("Family/కుటుంబం", "కుటుంబం", "\u0c00-\u0c7f"))
        self.step("again", "quit and started again", self.quit)
        self.step("dark", "started in the dark", self.dark)
        self.step("dark-newsletter", "opened the newsletter in the dark", self.dark_newsletter)
        self.step("large", "started with text of 150 %", self.large)
        self.step("narrow-list", "made the window 360 px wide", self.narrow_list)
        self.step("narrow-message", "opened a message there", self.narrow_message)
        self.step("narrow-folders", "went back and looked at the folders there", self.narrow_folders)
        self.step("narrow-dark", "the narrow window in the dark", self.narrow_dark)
        self.step("german", "started in German", lambda: self.other_language("de", "de_DE.UTF-8"))
        self.step("telugu-words", "started in Telugu", lambda: self.other_language("te", "te_IN.UTF-8"))

    def finish(self, seconds):
        if self.window is not None:
            self.close_window()
        good = all(step["ok"] for step in self.steps) and not self.complaints
        if self.complaints:
            self.steps.append({"name": "complaints", "did": "looked at what the program printed", "saw": "; ".join(self.complaints[:5]),
                               "ms": 0, "ok": False, "picture": None})
        with open(os.path.join(self.options.out, "tour.json"), "w", encoding="utf-8") as output:
            json.dump({"ok": good, "seconds": round(seconds, 1), "complaints": self.complaints, "steps": self.steps}, output,
                      ensure_ascii=False, indent=1)
        shutil.rmtree(self.folder, ignore_errors=True)
        return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("barua", "profile", "out", "demo"):
        parser.add_argument("--" + name, required=True)
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    tour = Tour(options)
    began = time.monotonic()
    try:
        tour.walk()
    finally:
        good = tour.finish(time.monotonic() - began)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
