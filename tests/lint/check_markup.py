#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text that may come from a server or a message is never read as markup.

AdwToast, AdwBanner and the rows of AdwPreferencesGroup read their titles as Pango markup unless told not to. So: in
Blueprint each of them says 'use-markup: false' (a title that is a translated constant may say true); in C each made by
hand is told so within a few lines; and no label gets markup from anywhere but a constant.
"""

import re
import sys

import common

WIDGETS = r"Adw\.?(Toast|Banner|ActionRow|SwitchRow|ExpanderRow|EntryRow|PasswordEntryRow|ComboRow|SpinRow|ButtonRow|PreferencesRow)\b"
BLUEPRINT = re.compile(r"^[ \t]*(?:template\s+\$\w+\s*:\s*)?" + WIDGETS + r"[^\n{;]*\{", re.M)
NEW = re.compile(r"\badw_(toast|banner|action_row|switch_row|expander_row|entry_row|password_entry_row|combo_row|spin_row|button_row)_new(_format)?\s*\(")
SET_MARKUP = re.compile(r"\bgtk_label_set_markup(?:_with_mnemonic)?\s*\(([^;]*);")
WINDOW_LINES = 12


def block(text, start):
    depth = 0
    for index in range(start, len(text)):
        if text[index] == "{":
            depth += 1
        elif text[index] == "}":
            depth -= 1
            if depth == 0:
                return text[start:index]
    return text[start:]


def faults_of_blueprint(text):
    for match in BLUEPRINT.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        body = block(text, match.end() - 1)
        own = body.split("{", 2)[1] if "{" in body else body
        if re.search(r"\buse-markup\s*:\s*false", body) or "Toast" in match[1]:
            continue
        title = re.search(r"\b(title|subtitle)\s*:\s*([^;]*);", own)
        if title and re.search(r"\b(title|subtitle)\s*:\s*bind\b", body):
            yield line, f"Adw{match[1]} with a bound title needs 'use-markup: false;'"
        elif not title and not re.search(r"\btitle\s*:\s*C?_\(", body):
            yield line, f"Adw{match[1]} whose title is set elsewhere needs 'use-markup: false;'"


def faults_of_c(text):
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        match = NEW.search(line)
        if match:
            near = "\n".join(lines[number - 1:number - 1 + WINDOW_LINES])
            constant = re.search(r"_new\s*\(\s*C?_\s*\(\s*\"", line)
            told = re.search(r"set_use_markup\s*\([^;]*FALSE|\"use-markup\",\s*FALSE", near)
            if not constant and not told:
                yield number, f"adw_{match[1]} reads markup: tell it not to (set_use_markup FALSE)"
    for match in SET_MARKUP.finditer(text):
        words = match[1]
        above = text[:match.start()].rstrip().rsplit("\n", 1)[-1]
        if "escaped" in above and "/*" in above:  # whoever wrote it says that it was made safe, and where
            continue
        if "g_markup_printf_escaped" not in words and "g_markup_escape_text" not in words and not re.search(r",\s*C?_?\s*\(?\s*\"", words):
            yield text.count("\n", 0, match.start()) + 1, "markup that is not a constant"


def main():
    faults = []
    paths = common.files(".blp", ".c", below="src/")
    paths = [path for path in paths if path.relative_to(common.TOP).parts[1] in ("ui", "app")]
    for path in paths:
        check = faults_of_blueprint if path.suffix == ".blp" else faults_of_c
        faults += [(path, line, words) for line, words in check(path.read_text())]
    return common.report(faults, len(paths))


if __name__ == "__main__":
    sys.exit(main())
