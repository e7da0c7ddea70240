#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Translations: POTFILES names every file with text for people, no file of another folder has any, and each language is
whole (every string, none marked fuzzy), well-formed, and made from the strings as they are now."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import common

PO = common.TOP / "po"
MARKED = re.compile(r'(?<![\w"])(?:_|C_|N_|NC_|ngettext|g_dngettext|g_dpgettext2)\s*\(\s*["\']', re.M)
# Where people are spoken to; elsewhere messages are for logs (docs/decisions/0002).
SPEAKING = ("model", "ui", "app", "cli")


def strip(text):
    return re.sub(r"/\*.*?\*/|(?m://[^\n]*$)", lambda match: re.sub(r"[^\n]", " ", match[0]), text, flags=re.S)


def has_text(path, text):
    name = path.name
    if name.endswith((".desktop.in", ".metainfo.xml.in")):
        return True
    if name.endswith((".c", ".blp")):
        return bool(MARKED.search(strip(text)))
    return False


def wanted_files():
    for path in common.files(".c", ".blp", ".in", ".xml"):
        name = str(path.relative_to(common.TOP))
        if name.startswith(("src/", "data/")) and has_text(path, path.read_text()):
            yield name


def strings(pot):
    """The set of (context, id) in a .pot or .po file."""
    out = subprocess.run(["msgcat", "--no-location", "--no-wrap", str(pot)], capture_output=True, text=True, check=True).stdout
    found = set()
    for entry in out.split("\n\n"):
        ident = re.search(r'^msgid ((?:".*"\n?)+)', entry, re.M)
        if not ident or "#~" in entry:
            continue
        context = re.search(r'^msgctxt ((?:".*"\n?)+)', entry, re.M)
        words = "".join(re.findall(r'"(.*)"', ident[1]))
        if words:
            found.add(("".join(re.findall(r'"(.*)"', context[1])) if context else "", words))
    return found


def main():
    common.need("msgfmt", "xgettext")
    faults = []
    potfiles = PO / "POTFILES"
    listed = [line.strip() for line in potfiles.read_text().splitlines() if line.strip() and not line.startswith("#")]
    wanted = sorted(wanted_files())
    for name in wanted:
        if name not in listed:
            faults.append((potfiles, 1, f"{name} has text for people and is not listed (build-aux/po-update)"))
        parts = name.split("/")
        if parts[0] == "src" and parts[1] not in SPEAKING:
            faults.append((common.TOP / name, 1, f"src/{parts[1]} does not speak to people; its words are for logs"))
    for name in listed:
        if name not in wanted:
            faults.append((potfiles, 1, f"{name} is listed and has no text, or is not there"))
    languages = [word for line in (PO / "LINGUAS").read_text().splitlines() if not line.startswith("#") for word in line.split()]
    with tempfile.TemporaryDirectory() as folder:
        pot = Path(folder) / "barua.pot"
        made = subprocess.run([str(common.TOP / "build-aux" / "po-update"), "--pot", str(pot)], capture_output=True, text=True, check=False)
        if made.returncode != 0:
            print(made.stdout + made.stderr)
            faults.append((potfiles, 1, "xgettext does not read every file"))
            return common.report(faults, len(wanted))
        now = strings(pot)
        for language in languages:
            po = PO / f"{language}.po"
            run = subprocess.run(["msgfmt", "-c", "--statistics", "-o", "/dev/null", str(po)], capture_output=True, text=True,
                                 check=False, env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"})
            if run.returncode != 0:
                faults.append((po, 1, run.stderr.strip()))
            if re.search(r"fuzzy|untranslated", run.stderr):
                faults.append((po, 1, f"is not whole: {run.stderr.strip()}"))
            missing = now - strings(po)
            for context, words in sorted(missing):
                faults.append((po, 1, f"has no entry for '{words}'" + (f" ({context})" if context else "")))
    print(f"{len(now)} strings, {len(languages)} languages")
    return common.report(faults, len(wanted) + len(languages))


if __name__ == "__main__":
    sys.exit(main())
