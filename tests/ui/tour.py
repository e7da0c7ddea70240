#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walks through the program as somebody who sees it for the first time, and leaves pictures.

    tour.py --barua PATH --profile DIR --out DIR --demo DIR

DIR of --profile has the demo account already, DIR of --demo its running server (build-aux/demo). Leaves NN-name.png and
tour.json: {"steps": [{"name", "did", "saw", "ms", "picture", "ok"}], "ok", ...}. Exit status 1 when a step did not go well.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE]
from barua_window import Atspi, Window, colours, run, until  # noqa: E402

DEMO = os.path.join(HERE, "..", "..", "build-aux", "demo")


class Tour:
    def __init__(self, arguments):
        self.arguments = arguments
        self.steps = []
        self.complaints = []
        self.window = None

    def start(self, language="en", locale="en_US.UTF-8", **settings):
        environment = {"LANGUAGE": language, "LC_ALL": locale, **settings}
        self.window = Window(self.arguments.barua, "--profile", self.arguments.profile, environment=environment,
                             log=os.path.join(self.arguments.out, "barua.log"))
        self.window.start()

    def stop(self):
        if self.window is not None:
            self.window.stop()
            self.complaints = self.window.complaints()
            self.window = None

    def step(self, name, did, act):
        """act() returns what was seen; it is a failed step when it raises."""
        began = time.monotonic()
        entry = {"name": name, "did": did, "ok": True}
        picture = f"{len(self.steps) + 1:02d}-{name}.png"
        try:
            entry["saw"] = act() or ""
        except Exception as error:  # pylint: disable=broad-except
            entry.update(ok=False, saw=f"{type(error).__name__}: {error}")
        entry["ms"] = round((time.monotonic() - began) * 1000)
        entry["seconds"] = round(time.monotonic() - began, 3)
        try:
            if self.window is not None and self.window.process.poll() is None:
                time.sleep(0.4)
                self.window.shot(os.path.join(self.arguments.out, picture))
                entry["picture"] = picture
        except Exception as error:  # pylint: disable=broad-except
            entry["saw"] += f" (no picture: {error})"
        self.steps.append(entry)
        print(f"{'ok    ' if entry['ok'] else 'FAILED'} {entry['ms']:6d} ms  {did}: {entry['saw'][:140]}", flush=True)

    # What a newcomer does -------------------------------------------------------------------------------------------

    def folder(self, name):
        self.window.click(self.window.find("button", f"^{re.escape(name)}(,|$)"))

    def subject(self):
        return next((item.get_name() for item in self.window.all("heading")), "")

    def read(self, wanted):
        """Opens the first row that matches and says what it shows."""
        window = self.window
        row = self.scroll_to(wanted)
        label = row.get_name()
        window.click(row)
        until(lambda: self.subject() and self.subject() in label, 10, "the subject in the reader")
        self.wait_for_text()
        return self.subject()

    def scroll_to(self, wanted):
        window = self.window
        for _ in range(40):
            found = window.all("list item", wanted)
            if found:
                height = window.find("list", "^(?!$)", showing=True).get_extents(Atspi.CoordType.WINDOW)
                box = found[0].get_extents(Atspi.CoordType.WINDOW)
                if 40 < box.y < 640:
                    return found[0]
                del height
            window.scroll(self.list(), 3)
            time.sleep(0.15)
        raise AssertionError(f"no row {wanted!r}")

    def list(self):
        lists = self.window.all("list")
        return lists[-1] if lists[-1].get_extents(Atspi.CoordType.WINDOW).x > lists[0].get_extents(Atspi.CoordType.WINDOW).x else lists[0]

    def wait_for_text(self):
        """The text is there when a page has its height, or words stand in the card."""
        def there():
            pages = [item for item in self.window.all("grouping") + self.window.all("panel")
                     if item.get_name() in ("Message Text", "Nachrichtentext")]
            return any(page.get_extents(Atspi.CoordType.WINDOW).height > 20 for page in pages) or len(self.window.all("label")) > 12
        until(there, 15, "the text of the message")
        time.sleep(0.6)

    def first_look(self):
        rows = until(lambda: len(self.window.rows()) > 4 and self.window.rows(), 20, "the first rows")
        return f"{len(rows)} messages on screen, first: {rows[0]}"

    def arrives(self):
        before = set(self.window.rows())
        began = time.monotonic()
        subprocess.run([sys.executable, DEMO, "deliver", "--dir", self.arguments.demo], check=True, stdout=subprocess.DEVNULL)
        new = until(lambda: [row for row in self.window.rows() if row not in before and row.startswith("Unread")], 15, "a new row")
        return f"{new[0]} ({(time.monotonic() - began) * 1000:.0f} ms after it was sent)"

    def html(self):
        subject = self.read("^(?!.*గుమ్మం).*")
        page = self.window.all(None, "^Message Text$")
        if not page:
            raise AssertionError("this message has no page")
        path = os.path.join(self.arguments.out, ".page.png")
        self.window.shot(path)
        count = colours(path, self.window.box(page[0]))
        os.unlink(path)
        if count < 16:
            raise AssertionError(f"the page has only {count} colours")
        return f"{subject}: a page of {count} colours, pictures hidden"

    def attachment(self):
        self.read("[Hh]as attachments")
        chips = self.window.all("button", "^(Open|Save) .*[.]")
        if not chips:
            raise AssertionError("no attachment in the card")
        return f"{self.subject()}: {chips[0].get_name()}"

    def narrow(self):
        self.window.resize(360, 640)
        self.window.find("button", "^Folders$")
        return f"one page at a time, {len(self.window.rows())} rows"

    def narrow_reader(self):
        self.window.click(self.window.all("list item")[1])
        self.window.key("Return")
        until(self.subject, 10, "the subject")
        self.wait_for_text()
        return self.subject()

    def walk(self):
        self.start()
        self.step("window", "Opened the window", self.first_look)
        self.step("message", "Opened the first message", lambda: self.read("."))
        self.step("keys", "Went on with J", lambda: (self.window.key("j"), time.sleep(1), self.subject())[-1])
        self.step("attachment", "Opened a message with an attachment", self.attachment)
        self.step("folder", "Chose Newsletters", lambda: (self.folder("Newsletters"), time.sleep(0.7), self.first_look())[-1])
        self.step("newsletter", "Opened an HTML newsletter", self.html)
        self.step("dark", "Switched to dark", self.dark)
        self.step("telugu", "Opened mail in Telugu", lambda: (self.folder("కుటుంబం"), time.sleep(0.7), self.read("[\u0c00-\u0c7f]"))[-1])
        self.step("bengali", "Opened mail in Bengali", lambda: (self.folder("খুলনা"), time.sleep(0.7), self.read("[\u0980-\u09ff]"))[-1])
        self.step("arrival", "Went to the inbox; mail arrived", lambda: (self.folder("Inbox"), self.first_look(), self.arrives())[-1])
        self.step("star", "Starred a message", self.star)
        self.step("narrow", "Made the window 360 wide", self.narrow)
        self.step("narrow-reader", "Opened a message there", self.narrow_reader)
        self.stop()
        self.large_text(True)
        self.start()
        self.step("large-text", "Started with text of 150 %", lambda: (self.first_look(), self.read("."))[-1])
        self.stop()
        self.large_text(False)
        self.start("de", "de_DE.UTF-8")
        self.window.messages_name = self.any_list_name()
        self.step("german", "Started in German", lambda: (self.first_look(), self.read("."), self.window.texts().splitlines()[0])[1])
        self.stop()
        self.start("te", "te_IN.UTF-8")
        self.window.messages_name = self.any_list_name()
        self.step("telugu-window", "Started in Telugu", lambda: (self.first_look(), self.read("."))[-1])
        self.stop()

    @staticmethod
    def large_text(on):
        """What the desktop's switch for large text changes, as far as there is no desktop."""
        path = os.path.join(os.environ.get("XDG_CONFIG_HOME", os.path.expanduser("~/.config")), "gtk-4.0", "settings.ini")
        if not on:
            os.unlink(path)
            return
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="ascii") as settings:
            settings.write(f"[Settings]\ngtk-xft-dpi={96 * 3 // 2 * 1024}\n")

    def any_list_name(self):
        """The name of the message list in another language: the list that stands further to the end."""
        def lists():
            found = sorted(self.window.all("list"), key=lambda item: item.get_extents(Atspi.CoordType.WINDOW).x)
            return found if len(found) > 1 else None
        return until(lists, 20, "two lists")[-1].get_name()

    def star(self):
        window = self.window
        subject = self.read("Unread")
        window.key("ctrl+d")
        window.find("list item", re.escape(subject) + ".*[Ss]tarred")
        return f"{subject} is starred"

    def dark(self):
        """As the desktop's switch would: a second start, since the portal is not there."""
        self.stop()
        self.start(ADW_DEBUG_COLOR_SCHEME="prefer-dark")
        self.first_look()
        self.folder("Newsletters")
        time.sleep(0.7)
        return self.read(".")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("barua", "profile", "out", "demo"):
        parser.add_argument(f"--{name}", required=True)
    arguments = parser.parse_args()
    arguments.out = os.path.abspath(arguments.out)
    os.makedirs(arguments.out, exist_ok=True)
    tour = Tour(arguments)
    began = time.monotonic()
    try:
        tour.walk()
    except Exception as error:  # pylint: disable=broad-except
        tour.steps.append({"name": "tour", "did": "Went on", "saw": f"{type(error).__name__}: {error}", "ok": False, "ms": 0})
        tour.stop()
    good = all(step["ok"] for step in tour.steps) and not tour.complaints
    with open(os.path.join(arguments.out, "tour.json"), "w", encoding="utf-8") as output:
        json.dump({"steps": tour.steps, "ok": good, "seconds": round(time.monotonic() - began, 1), "complaints": tour.complaints[:20]},
                  output, ensure_ascii=False, indent=1)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
