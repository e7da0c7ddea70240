# SPDX-License-Identifier: GPL-3.0-or-later
"""The real program under a virtual display, found through the accessibility tree and driven with pointer and keys.

    with Window(program, profile) as window:
        window.click(window.find("list item", r"^Inbox"))
        window.wait(lambda: window.find("label", "Subject"), 5, "the message")
        window.shot("message.png")
"""

import os
import re
import signal
import subprocess
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(TOP, "tests", "server")]
from barua_tree import Tree  # noqa: E402

# What no run may print.
COMPLAINTS = re.compile(r"CRITICAL|-WARNING|\bWARNING \*\*|Sanitizer|Theme parser|exceeds|Gtk-Message.*fail")
# What the virtual machine around the program prints, not the program. WebKit's own processes are nameless ("process"), in a
# warning with a domain and in one without; ours have their names.
TOLERATED = re.compile(r"libEGL|MESA|dconf|Failed to get GDK|Vulkan|org\.freedesktop\.portal|"
                       r"^(?:\*\* )?\(process:|bwrap|xdg-dbus-proxy|Unable to acquire.*portal|AT-SPI|atk-bridge|"
                       r"unable to send notifications")


class WindowError(AssertionError):
    """The window did not do what was expected; the text says what, and what it showed."""


def until(condition, seconds, what):
    """The first true value of condition(); WindowError after seconds."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            value = condition()
        except Exception as error:  # pylint: disable=broad-except
            # The tree changes while it is walked.
            if "atspi_error" not in str(error) and not isinstance(error, (AttributeError, RuntimeError)):
                raise
            value = None
        if value:
            return value
        if time.monotonic() > deadline:
            raise WindowError(f"{what}: not within {seconds} s")
        time.sleep(0.02)


def run(*words):
    return subprocess.run(words, check=False, capture_output=True, text=True)


class Window:
    """One running barua."""

    def __init__(self, program, *arguments, environment=None, log=None):
        self.words = [program, *arguments]
        self.environment = dict(os.environ, G_ENABLE_DIAGNOSTIC="0", **(environment or {}))
        # Atspi must find it: a test runner may have switched accessibility off.
        self.environment.pop("NO_AT_BRIDGE", None)
        self.environment["GTK_A11Y"] = "atspi"
        self.log = log
        self.process = None
        self.application = None
        self.tree = None
        self.origin = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None:
            sys.stderr.write(f"--- the window showed\n{self.describe()}\n--- it said\n{self.said()[-4000:]}\n")
        self.stop()

    def start(self):
        if self.log is None:
            import tempfile
            handle, self.log = tempfile.mkstemp(suffix=".log")
            os.close(handle)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.words, env=self.environment, stdout=log, stderr=log, start_new_session=True)
        self.application = until(self._find_application, 20, "the program in the accessibility tree")
        self.tree = until(lambda: Tree(self.process.pid), 10, "the program on the accessibility bus")
        self.origin = None

    def _find_application(self):
        if self.process.poll() is not None:
            raise WindowError(f"the program ended with {self.process.returncode}: {self.said()[-2000:]}")
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(index)
            if child is not None and child.get_process_id() == self.process.pid and child.get_child_count() > 0:
                return child
        return None

    def stop(self, seconds=15):
        """Ends it as a person would; the exit status."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.terminate() if self.application is None else self.key("ctrl+q")
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        status = self.process.returncode
        self.process = None
        if self.tree is not None:
            self.tree.close()
            self.tree = None
        return status

    def descendants(self):
        """{pid: name} of all processes that it started, and they; those that ended and were not asked how as "Z"."""
        children, names = {}, {}
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as stat:
                    text = stat.read()
            except OSError:
                continue
            name, rest = text[text.index("(") + 1:].rsplit(")", 1)
            children.setdefault(int(rest.split()[1]), []).append(int(entry))
            names[int(entry)] = "Z" if rest.split()[0] == "Z" else name
        stack, found = list(children.get(self.process.pid, [])), {}
        while stack:
            pid = stack.pop()
            stack.extend(children.get(pid, []))
            found[pid] = names[pid]
        return found

    def web_processes(self):
        return [pid for pid, name in self.descendants().items() if name.startswith("WebKitWebProces")]

    def kill_web_processes(self, rest=0.5):
        """All of them, once none has begun or ended for that many seconds: WebKitGTK 2.54 ends the program itself when a process
        goes before it has said who it is. Their pids."""
        last, since = None, time.monotonic()

        def settled():
            nonlocal last, since
            found = sorted(self.web_processes())
            if found != last:
                last, since = found, time.monotonic()
            return found if found and time.monotonic() - since > rest else None
        found = until(settled, 15, "web processes at rest")
        for pid in found:
            os.kill(pid, signal.SIGKILL)
        return found

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()

    def complaints(self):
        return [line for line in self.said().splitlines() if COMPLAINTS.search(line) and not TOLERATED.search(line)]

    # The tree -------------------------------------------------------------------------------------------------------

    def nodes(self, root=None, showing=True, with_text=False):
        """Every node below root that is on screen, depth first, as it is now."""
        Atspi.Accessible.clear_cache(self.application)
        where = (root.app.bus_name, root.path) if root is not None else None
        return self.tree.walk(where, showing, with_text)

    def walk(self, root=None, showing=True):
        """The same as accessibles, which can be asked and told more."""
        known = {}
        for node in self.nodes(root, showing):
            item = node.accessible(root or self.application, known)
            if item is not None:
                yield item

    def matching(self, role, name, root, showing):
        pattern = re.compile(name) if name is not None else None
        return [node for node in self.nodes(root, showing)
                if (role is None or node.role == role) and (pattern is None or pattern.search(node.name))]

    def all(self, role=None, name=None, root=None, showing=True):
        known = {}
        found = [node.accessible(root or self.application, known) for node in self.matching(role, name, root, showing)]
        return [item for item in found if item is not None]

    def find(self, role=None, name=None, root=None, seconds=10, showing=True):
        """The first of that role and name, waited for."""
        return until(lambda: next((node.accessible(root or self.application) for node in self.matching(role, name, root, showing)), None),
                     seconds, f"{role or 'anything'} named {name!r}")

    def gone(self, role=None, name=None, seconds=10):
        until(lambda: not self.matching(role, name, None, True), seconds, f"{role} named {name!r} still there")

    def text(self, item):
        try:
            return Atspi.Text.get_text(item, 0, -1)
        except Exception:  # pylint: disable=broad-except
            return item.get_name()

    def texts(self, root=None):
        """All that can be read on screen."""
        found = []
        for node in self.nodes(root, with_text=True):
            for value in (node.name, node.text):
                if value and value not in found[-2:]:
                    found.append(value)
        return "\n".join(found)

    def see(self, pattern, seconds=10):
        """Waits until a text matching pattern can be read."""
        return until(lambda: re.search(pattern, self.texts()), seconds, f"text {pattern!r} on screen")

    def rows(self):
        """The labels of the message rows on screen, from the top."""
        messages = next(iter(self.matching("list", f"^{re.escape(self.messages_name)}$", None, True)), None)
        if messages is None:
            return []
        rows = [node for node in self.tree.walk((messages.bus, messages.path)) if node.role == "list item" and node.name]
        placed = [(box[1], node.name) for node, box in zip(rows, self.tree.extents(rows)) if box]
        return [name for _, name in sorted(placed, key=lambda row: row[0])]

    messages_name = "Messages"

    def describe(self):
        lines = []
        try:
            for node in self.nodes():
                if node.name:
                    lines.append(f"{node.role}: {node.name!r}")
        except Exception as error:  # pylint: disable=broad-except
            lines.append(str(error))
        return "\n".join(lines[:300])

    # Pointer and keys -----------------------------------------------------------------------------------------------

    def xid(self):
        found = until(lambda: run("xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)).stdout.split(), 10, "an X window")
        sizes = []
        for xid in found:
            shape = dict(line.split("=", 1) for line in run("xdotool", "getwindowgeometry", "--shell", xid).stdout.splitlines() if "=" in line)
            sizes.append((int(shape.get("WIDTH", 0)) * int(shape.get("HEIGHT", 0)), xid, shape))
        return max(sizes)[1:]

    def place(self, item=None):
        """Where the accessible coordinates of the window begin on the screen. GTK 4.18 leaves out the padding of every widget
        above, so that only what is larger than that can be hit: rows and panes, with the padding of the lists they are in."""
        if self.origin is None:
            _, shape = self.xid()
            frame = next(item for item in self.walk() if item.get_role_name() in ("frame", "window"))
            size = frame.get_extents(Atspi.CoordType.WINDOW)
            self.origin = (int(shape["X"]) + (int(shape["WIDTH"]) - size.width) // 2,
                           int(shape["Y"]) + (int(shape["HEIGHT"]) - size.height) // 2)
        return self.origin[0] + 10, self.origin[1] + 14

    def centre(self, item):
        x, y, width, height = self.box(item)
        return x + width // 2, y + height // 2

    def box(self, item):
        x, y = self.place()
        box = item.get_extents(Atspi.CoordType.WINDOW)
        return x + box.x, y + box.y, box.width, box.height

    def click(self, item, button=1, times=1):
        """With the pointer where it can be aimed (rows), else as a screen reader does."""
        is_row = item.get_role_name() == "list item" or (item.get_parent() is not None and item.get_parent().get_role_name() == "list item")
        if not is_row and button == 1:
            self.activate(item)
            return
        x, y = self.at_rest(item)
        run("xdotool", "mousemove", str(x), str(y), "click", "--repeat", str(times), str(button))

    def at_rest(self, item):
        """Where its middle is once it does not slide any more."""
        last = [None]

        def rests():
            before, last[0] = last[0], self.centre(item)
            time.sleep(0.05)
            return before == last[0] and last[0]
        return until(rests, 5, f"{item.get_name()!r} at rest")

    def scroll(self, item, down=5):
        x, y = self.centre(item)
        run("xdotool", "mousemove", str(x), str(y), "click", "--repeat", str(abs(down)), "5" if down > 0 else "4")

    def activate(self, item):
        """Through accessibility, for what has no place of its own on screen."""
        return Atspi.Action.do_action(item, 0)

    def take_focus(self):
        """There is no window manager that would give it back."""
        xid, _ = self.xid()
        run("xdotool", "windowfocus", "--sync", xid)

    def key(self, *keys):
        self.take_focus()
        run("xdotool", "key", "--delay", "20", *keys)

    def resize(self, width, height):
        xid, _ = self.xid()
        run("xdotool", "windowsize", "--sync", xid, str(width), str(height))
        self.origin = None
        time.sleep(0.3)

    def focused(self):
        focused = next((node for node in self.nodes(showing=False) if node.has(Atspi.StateType.FOCUSED)), None)
        return focused.accessible(self.application) if focused is not None else None

    def nameless(self, root=None):
        """The controls on screen that have no name; role and text of each. GTK 4.18 tells the names of menu items to nobody:
        tests/app/test-actions.c looks at them. What stands in a page of HTML is the sender's."""
        found = []
        for item in self.walk(root):
            role = item.get_role_name()
            if item.get_state_set().contains(Atspi.StateType.FOCUSABLE) and not (item.get_name() or "").strip() and \
                    role not in self.NO_CONTROLS and "menu item" not in role and not self.in_page(item) and not self.in_row(item):
                found.append(f"{role} {(self.text(item) or '')[:40]!r}")
        return found

    # What only holds others.
    NO_CONTROLS = ("frame", "window", "dialog", "panel", "scroll pane", "list")

    @staticmethod
    def in_row(item):
        """The lists in which rows stand and show what is chosen, which take no focus themselves."""
        if item.get_role_name() not in ("list", "list item"):
            return False
        for _ in range(6):
            item = item.get_parent()
            if item is None:
                return False
            if item.get_role_name() in ("list item", "combo box") and (item.get_name() or "").strip():
                return True
        return False

    @staticmethod
    def in_page(item):
        while item is not None:
            if item.get_role_name() == "document web" or item.get_name() == "Message Text":
                return True
            item = item.get_parent()
        return False

    def shot(self, path):
        """A picture of the window."""
        xid, _ = self.xid()
        run("import", "-window", xid, path)
        return path


def colours(path, box=None):
    """How many colours a part (x, y, width, height) of the picture has."""
    crop = ["-crop", "{2}x{3}+{0}+{1}".format(*box)] if box else []
    return int(run("convert", path, *crop, "-format", "%k", "info:").stdout or 0)


class Announcements:
    """Hears what a screen reader is asked to say."""

    def __init__(self):
        self.heard = []
        self.listener = Atspi.EventListener.new(self._event)
        self.listener.register("object:announcement")

    def _event(self, event, *_):
        self.heard.append(event.any_data)

    def so_far(self):
        while GLib.MainContext.default().iteration(False):
            pass
        return list(self.heard)

    def stop(self):
        self.listener.deregister("object:announcement")


class FocusWatch:
    """Hears where the focus goes."""

    def __init__(self):
        self.heard = []
        self.listener = Atspi.EventListener.new(self._event)
        self.listener.register("object:state-changed:focused")

    def _event(self, event, *_):
        if event.detail1:
            self.heard.append(event.source)

    @staticmethod
    def _turn():
        while GLib.MainContext.default().iteration(False):
            pass

    def clear(self):
        self._turn()
        self.heard.clear()

    def next(self, seconds=3, rest=0.08):
        """Where it went, once it rests; None when it went nowhere."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._turn()
            if self.heard:
                before = len(self.heard)
                time.sleep(rest)
                self._turn()
                if len(self.heard) == before:
                    return self.heard[-1]
            else:
                time.sleep(0.01)
        return self.heard[-1] if self.heard else None

    def stop(self):
        self.listener.deregister("object:state-changed:focused")
