#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The walls of src/ (docs/architecture.md): who may include whom, and which folder may use which library.

The compiler holds the inner walls already, through include paths; this holds them even where two folders happen to share
a path, and it holds those of the libraries, which share one.
"""

import re
import sys

import common

# Arrows; not transitive, except that base is under all.
ARROWS = {
    "base": [],
    "wire": [],
    "net": [],
    "mime": [],
    "store": [],
    "auth": ["net"],
    "proto": ["wire", "net", "auth"],
    "engine": ["proto", "store", "mime", "auth", "net", "wire"],
    "model": ["engine"],
    "ui": ["model", "engine"],
    "cli": ["engine", "store", "mime", "net", "auth", "proto", "wire"],
    "app": ["wire", "net", "mime", "store", "auth", "proto", "engine", "model", "ui", "cli"],
}

# Single headers that more folders may use: how fibers are started and ended, and the words that window and command line
# share.
SHARED = {
    "barua-fiber.h": ["model", "ui"],
    "barua-scope.h": ["model", "ui"],
    "barua-words.h": ["cli"],
}

# Libraries by the first part of what is included, and the folders that may.
LIBRARIES = [
    (r"(gtk|gdk|gsk|adwaita|pango|cairo|graphene)\b", "GTK", ["ui", "app"]),
    (r"(webkit|jsc)\b", "WebKitGTK", ["ui"]),
    (r"sqlite3", "SQLite", ["store"]),
    (r"gmime", "GMime", ["mime"]),
    (r"libsoup", "libsoup", ["net"]),
    (r"libsecret", "libsecret", ["auth"]),
    (r"libdex", "libdex", ["net", "auth", "proto", "engine", "model", "ui", "app", "cli"]),
    (r"libxml", "libxml2", ["mime"]),
    (r"json-glib", "json-glib", ["net", "auth", "proto", "engine", "cli", "app"]),
    (r"gio\b", "GIO", ["net", "mime", "auth", "proto", "engine", "model", "ui", "app", "cli", "store"]),
]

# What needs I/O, and so may not be in a folder of pure functions.
PURE = {"wire": r"(gio|sys/socket|netinet|arpa|fcntl|poll|sys/select|pthread)\b",
        "base": r"(gio|sys/socket|netinet|arpa|poll|sys/select|pthread)\b"}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+([<"])([^>"]+)[>"]', re.M)


def faults_of(folder, text, owner_of):
    """(line, words) for each include that crosses a wall. owner_of: header name -> folder, None for a foreign one."""
    for match in INCLUDE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        name = match[2]
        owner = owner_of(name.rsplit("/", 1)[-1]) if match[1] == '"' or name.startswith("barua") else None
        if owner is not None:
            if owner != folder and owner != "base" and owner not in ARROWS[folder] and folder not in SHARED.get(name, []):
                yield line, f"{folder} may not use {owner} (it includes {name})"
            elif owner != folder and name.endswith("-private.h"):
                yield line, f"{name} is private to {owner}"
            continue
        if name == "config.h":
            continue
        for pattern, library, allowed in LIBRARIES:
            if re.match(pattern, name) and folder not in allowed:
                yield line, f"{library} belongs to {' and '.join(allowed)}, not to {folder} (it includes {name})"
        if folder in PURE and re.match(PURE[folder], name):
            yield line, f"{folder} does no I/O (it includes {name})"


def main():
    owners = {}
    paths = common.files(".c", ".h", below="src/")
    faults = []
    for path in paths:
        folder = path.relative_to(common.TOP).parts[1]
        if path.suffix == ".h":
            if path.name in owners and owners[path.name] != folder:
                faults.append((path, 1, f"a header of this name is in {owners[path.name]} too"))
            owners[path.name] = folder
    for path in paths:
        folder = path.relative_to(common.TOP).parts[1]
        if folder not in ARROWS:
            faults.append((path, 1, f"the house has no folder src/{folder} (docs/architecture.md)"))
            continue
        faults += [(path, line, words) for line, words in faults_of(folder, path.read_text(), owners.get)]
    return common.report(faults, len(paths))


if __name__ == "__main__":
    sys.exit(main())
