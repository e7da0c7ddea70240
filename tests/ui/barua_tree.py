# SPDX-License-Identifier: GPL-3.0-or-later
"""A program's accessibility tree, read with many questions on the bus at a time: one after the other, as libatspi asks them, they take
most of the time of a test.

    tree = Tree(pid)
    for node in tree.walk(): node.role, node.name, node.states
"""

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib  # noqa: E402

ACCESSIBLE, COMPONENT, TEXT = "org.a11y.atspi.Accessible", "org.a11y.atspi.Component", "org.a11y.atspi.Text"
PROPERTIES = "org.freedesktop.DBus.Properties"
REGISTRY = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
NOTHING = "/org/a11y/atspi/null"
ANSWER_MS = 5000
# What is looked into although it does not say that it is on screen.
FRAMES = ("application", "frame", "window", "dialog")
# More than any tree of ours is deep.
DEEPEST = 100


class TreeError(RuntimeError):
    """The program is not there, or no longer."""


class Node:
    """One accessible as it was when the tree was walked."""

    __slots__ = ("bus", "path", "parent", "index", "role", "name", "states", "text")

    def __init__(self, bus, path, parent, index):
        self.bus, self.path, self.parent, self.index = bus, path, parent, index
        self.role = self.name = self.text = ""
        self.states = 0

    def has(self, state):
        return bool(self.states >> int(state) & 1)

    def accessible(self, root, known=None):
        """The same for libatspi, below its root; None when it has gone meanwhile. A table known spares the way to others."""
        known = {} if known is None else known
        if self.parent is None:
            return root
        if self not in known:
            above = self.parent.accessible(root, known)
            known[self] = self._child_of(above) if above is not None else None
        return known[self]

    def _child_of(self, above):
        """Where it was, or where it has moved to."""
        count = above.get_child_count()
        for index in [self.index, *range(count)]:
            child = above.get_child_at_index(index) if index < count else None
            if child is not None and child.path == self.path:
                return child
        return None


def role_name(number, known={}):  # pylint: disable=dangerous-default-value
    if number not in known:
        known[number] = Atspi.role_get_name(Atspi.Role(number))
    return known[number]


class Tree:
    """Of the process pid; raises TreeError while that is not on the bus."""

    def __init__(self, pid):
        session = Gio.bus_get_sync(Gio.BusType.SESSION, None)
        session.set_exit_on_close(False)
        address, = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None,
                                     Gio.DBusCallFlags.NONE, -1, None).unpack()
        # Of its own: what libatspi waits for is not to be dispatched while a walk waits.
        self.context = GLib.MainContext.new()
        self.context.push_thread_default()
        try:
            self.connection = Gio.DBusConnection.new_for_address_sync(
                address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        finally:
            self.context.pop_thread_default()
        self.root = self._find(pid)

    def _find(self, pid):
        children, = self.ask([(*REGISTRY, ACCESSIBLE, "GetChildren", None)])
        programs = children[0] if children else []
        owners = self.ask([("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixProcessID",
                            GLib.Variant("(s)", (bus,))) for bus, _ in programs])
        for (bus, path), owner in zip(programs, owners):
            if owner and owner[0] == pid:
                return bus, path
        raise TreeError(f"process {pid} is not in the accessibility tree")

    def ask(self, questions):
        """[(bus, path, interface, method, arguments or None)]: the answers in that order, as tuples; None where there is none."""
        answers = [None] * len(questions)
        left = [len(questions)]

        def answered(connection, result, number):
            left[0] -= 1
            try:
                answers[number] = connection.call_finish(result).unpack()
            except GLib.Error:
                pass  # it has gone, or can't do this

        self.context.push_thread_default()
        try:
            for number, (bus, path, interface, method, arguments) in enumerate(questions):
                self.connection.call(bus, path, interface, method, arguments, None, Gio.DBusCallFlags.NO_AUTO_START, ANSWER_MS, None,
                                     answered, number)
            while left[0] > 0:
                self.context.iteration(True)
        finally:
            self.context.pop_thread_default()
        return answers

    def _kinds(self, nodes):
        """Role and states of nodes."""
        answers = self.ask([(node.bus, node.path, ACCESSIBLE, method, None) for node in nodes for method in ("GetRole", "GetState")])
        for node, role, states in zip(nodes, answers[::2], answers[1::2]):
            node.role = role_name(role[0]) if role else ""
            node.states = sum(word << 32 * place for place, word in enumerate(states[0])) if states else 0

    def _look(self, nodes, with_text):
        """Name, and text if wanted, of nodes; gives the children of each, not looked at yet."""
        name, whole = GLib.Variant("(ss)", (ACCESSIBLE, "Name")), GLib.Variant("(ii)", (0, -1))
        answers = self.ask([question for node in nodes for question in (
            (node.bus, node.path, PROPERTIES, "Get", name), (node.bus, node.path, ACCESSIBLE, "GetChildren", None))])
        texts = self.ask([(node.bus, node.path, TEXT, "GetText", whole) for node in nodes]) if with_text else [None] * len(nodes)
        for node, words, text in zip(nodes, answers[::2], texts):
            node.name = (words[0] if words else "") or ""
            node.text = text[0] if text else ""
        return [[Node(bus, path, node, index) for index, (bus, path) in enumerate(children[0] if children else ()) if path != NOTHING]
                for node, children in zip(nodes, answers[1::2])]

    def walk(self, root=None, showing=True, with_text=False):
        """Every node below root (bus, path), depth first; with showing those on screen only."""
        top = Node(*(root or self.root), None, 0)
        below = {}
        level = [top]
        for _ in range(DEEPEST):
            self._kinds(level)
            level = [node for node in level if not showing or node is top or node.has(Atspi.StateType.SHOWING) or node.role in FRAMES]
            if not level:
                break
            children = self._look(level, with_text)
            below.update(zip(level, children))
            level = [child for own in children for child in own]
        found, stack = [], [top]
        while stack:
            node = stack.pop()
            found.append(node)
            stack.extend(child for child in reversed(below[node]) if child in below)
        return found

    def extents(self, nodes):
        """(x, y, width, height) of nodes in their window; None where one has none."""
        where = GLib.Variant("(u)", (int(Atspi.CoordType.WINDOW),))
        return [answer[0] if answer else None for answer in self.ask([(node.bus, node.path, COMPONENT, "GetExtents", where) for node in nodes])]

    def close(self):
        self.connection.close_sync(None)
