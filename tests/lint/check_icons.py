#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every icon name that a Blueprint or C file uses exists: in Adwaita's theme, in GTK's or libadwaita's own resources, or
among ours; and ours are all in the resource file. A missing icon is a broken picture in the middle of the window."""

import re
import subprocess
import sys
from pathlib import Path

import common

THEMES = [Path("/usr/share/icons/Adwaita"), Path("/usr/share/icons/hicolor")]
LIBRARIES = {"gtk-4": "/org/gtk/libgtk/icons", "adwaita-1": "/org/gnome/Adwaita/icons"}
OURS = common.TOP / "data" / "icons"
RESOURCES = common.TOP / "data" / "resources" / "barua-icons.gresource.xml"

BLUEPRINT = re.compile(r"\b(?:[a-z-]*icon-name|icon|icon_name)\s*:\s*['\"]([^'\"]+)['\"]")
BLUEPRINT_MENU = re.compile(r"\bitem\s*\((?:[^()]|\([^()]*\))*,\s*['\"]([a-z0-9-]+-symbolic)['\"]\s*\)")
SYMBOLIC = re.compile(r'"([a-z0-9][a-z0-9-]*-symbolic)"')
C_CALL = re.compile(r'\b(?:gtk_\w*icon_name|gtk_image_new_from_icon_name|g_themed_icon_new|adw_\w*icon_name)\s*\([^;"]*"([^"]+)"')


def names_in(path, text):
    patterns = [BLUEPRINT, BLUEPRINT_MENU] if path.suffix == ".blp" else [SYMBOLIC, C_CALL]
    for pattern in patterns:
        for match in pattern.finditer(text):
            if "%" not in match[1] and match[1]:
                yield text.count("\n", 0, match.start()) + 1, match[1]


def known_icons():
    names = set()
    for theme in THEMES:
        names |= {path.stem.removesuffix(".symbolic") for path in theme.rglob("*.*") if path.suffix in (".svg", ".png")}
    for library, prefix in LIBRARIES.items():
        for folder in ("/usr/lib", "/usr/lib64"):
            for path in Path(folder).glob(f"*/lib{library}.so.[01]") if Path(folder).is_dir() else []:
                listed = subprocess.run(["gresource", "list", str(path), prefix], capture_output=True, text=True, check=False)
                names |= {Path(line).stem.removesuffix(".symbolic") for line in listed.stdout.split("\n") if line}
    return names


def our_icons():
    return {path.stem for path in OURS.rglob("*.svg")}


def main():
    common.need("gresource")
    if not THEMES[0].is_dir():
        print("the Adwaita icons are not installed")
        return 1
    ours, known = our_icons(), known_icons()
    faults = []
    listed = RESOURCES.read_text() if RESOURCES.exists() else ""
    for name in sorted(ours):
        if name.startswith("barua-") and f"{name}.svg" not in listed:
            faults.append((RESOURCES, 1, f"{name}.svg is not listed"))
    paths = [path for path in common.files(".blp", ".c", below="src/")]
    used = 0
    for path in paths:
        for line, name in names_in(path, path.read_text()):
            used += 1
            if name not in known and name not in ours:
                faults.append((path, line, f"there is no icon {name}"))
    print(f"{used} uses of icons, {len(known)} names known, {len(ours)} of ours")
    return common.report(faults, len(paths) + len(ours))


if __name__ == "__main__":
    sys.exit(main())
