#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every file must have and may not have: a licence line, nothing left for later, no place of one machine, numbers
that time something only in barua-limits.h, deprecated calls nowhere."""

import re
import sys

import common

SPDX = "SPDX-License-Identifier: GPL-3.0-or-later"
# Files that can carry no comment, or whose own form has another place for the licence.
NO_COMMENT = (".json", ".eml", ".txt.in", ".md", ".png", ".pem", ".jsonl", ".bin", ".mbox", ".tsv", ".ics", ".vcf", ".html",
              ".txt", "COPYING", "LINGUAS", "POTFILES", ".gitignore", ".gitattributes", ".dict", ".raw", ".imap", ".zlib")
DATA = ("tests/fuzz/corpus/", "tests/fuzz/found/", "tests/data/", "tests/corpus/", "tests/server/mail/", "docs/")
LATER = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HACK)\b")
MACHINE = re.compile(r"(?<![\w.])/(root|home/(?!barua\b|user\b|NAME\b|\$)[a-z]\w+|work)/")
# A call that waits or times, with a bare number of at least two digits.
TIMED = re.compile(r"\b(g_timeout_add(?:_seconds)?(?:_full|_once)?|g_usleep|dex_timeout_new_\w+|g_timer_\w+|"
                   r"g_socket_(?:client_)?set_timeout)\s*\(\s*(?:G_PRIORITY_\w+\s*,\s*)?(?:\w+\s*,\s*)?(\d{2,})\b")
DEPRECATED = re.compile(r"\b(GtkShortcutsWindow|GtkDialog|GtkMessageDialog|GtkTreeView|GtkComboBox\w*|GtkInfoBar|"
                        r"GtkAppChooser\w*|GtkFileChooserDialog|GtkFileChooserNative|GtkColorButton|GtkFontButton|"
                        r"AdwMessageDialog|AdwPreferencesWindow|AdwAboutWindow|AdwLeaflet|AdwFlap|AdwSqueezer|"
                        r"gtk_show_uri|gtk_widget_show|gtk_widget_hide|gtk_style_context_\w+)\b")


def needs_licence(name):
    return not name.endswith(NO_COMMENT) and not name.startswith(DATA)


def faults_of(name, text):
    if needs_licence(name) and SPDX not in "\n".join(text.split("\n")[:6]):
        yield 1, f"no '{SPDX}' in the first lines"
    code = name.endswith((".c", ".h"))
    mail = name.startswith(DATA)
    for number, line in enumerate(text.split("\n"), 1):
        if mail or name.startswith("tests/lint/"):
            continue
        if LATER.search(line) and not re.search(r"issue #?\d+", line) and "XXXXXX" not in line:
            yield number, "something is left for later here; do it, or name its issue"
        if MACHINE.search(line):
            yield number, "a path of one machine"
        if code and name.startswith("src/") and TIMED.search(line):
            yield number, "a number that times something belongs in src/base/barua-limits.h"
        if name.startswith("src/") and DEPRECATED.search(line):
            yield number, f"{DEPRECATED.search(line)[0]} is deprecated"


def main():
    faults = []
    paths = common.files()
    for path in paths:
        name = str(path.relative_to(common.TOP))
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        faults += [(path, line, words) for line, words in faults_of(name, text)]
    return common.report(faults, len(paths))


if __name__ == "__main__":
    sys.exit(main())
