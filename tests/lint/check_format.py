#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the C files against .clang-format, statement by statement.

clang-format knows no columns of GTK's kind (aligned parameters, one a line, aligned struct members), so what is compared
is each statement with its runs of white space squeezed, its indentation and the place of its braces: everything but where
a long statement is broken and how its pieces are lined up. Besides: no tabs, no white space at the end of a line, no line
above 128 columns (150 with a comment), one newline at the end.

    check_format.py [--fix] [FILE...]      without FILE: every C file of the repository
"""

import difflib
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import common

# .clang-format aims at 120; a word or two more than that is no fault.
COLUMNS = 128
COLUMNS_PROSE = 150
ENDS = (";", "{", "}", ":", "*/", ",")


def plain(text):
    """Faults of single lines, as (number, words)."""
    for number, line in enumerate(text.split("\n"), 1):
        if "\t" in line:
            yield number, "a tab"
        if line != line.rstrip():
            yield number, "white space at the end of the line"
        prose = line.lstrip().startswith(("*", "/*")) or line.endswith("*/")
        most = COLUMNS_PROSE if prose else COLUMNS
        bare = re.sub(r'"(\\.|[^"\\])*"', '""', line)  # a string is not broken for its length
        if len(bare) > most and "http" not in line:
            yield number, f"{len(line)} columns, more than {most}"
    if not text.endswith("\n") or text.endswith("\n\n"):
        yield text.count("\n"), "the file must end in one newline"


def statements(text):
    """(line number, indentation, squeezed text) of each statement, brace line, label or comment line."""
    result = []
    pieces, first, indent = [], 0, 0
    depth = 0
    in_comment = in_macro = False
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        if in_comment:
            in_comment = "*/" not in stripped
            continue
        if stripped.startswith("/*") and not pieces:
            in_comment = "*/" not in stripped
            if stripped.endswith("*/") or in_comment:
                continue
        if in_macro or (stripped.startswith("#") and not pieces):
            in_macro = stripped.endswith("\\")
            continue
        if not stripped:
            continue
        if not pieces:
            first, indent = number, len(line) - len(line.lstrip())
        bare = re.sub(r'"(\\.|[^"\\])*"|\'(\\.|[^\'\\])*\'', '""', stripped)
        bare = re.sub(r"/\*.*?\*/", "", bare).strip()
        if "/*" in bare:
            in_comment = True
            bare = bare.split("/*")[0].strip()
        pieces.append(re.sub(r"/\*.*?(\*/|$)", "", stripped).strip())
        depth += bare.count("(") - bare.count(")")
        head = bare.endswith(")") and re.match(r"(\} )?(if|else|for|while|switch)\b", pieces[0])
        if depth <= 0 and (head or bare.endswith(ENDS) or bare in ("else", "do")):
            result.append((first, indent, re.sub(r"\s+", "", " ".join(pieces)), re.sub(r"\s+", " ", " ".join(pieces)).strip()))
            pieces, depth = [], 0
    if pieces:
        result.append((first, indent, re.sub(r"\s+", "", " ".join(pieces)), " ".join(pieces)))
    return [part for item in result for part in split_label(*item)]


def split_label(number, indent, squeezed, words):
    """A case label with its statements behind it, as a table has it, read as if they stood below it."""
    match = re.match(r"(case (?:'(?:\\.|[^'])*'|[^:'\"]+)|default)\s*:\s*([^:\s].*)$", words)
    if not match:
        return [(number, indent, squeezed, words)]
    parts = [(indent, match[1] + ":")] + [(indent + 2, piece + ";") for piece in re.split(r";\s*", match[2]) if piece]
    return [(number, place, re.sub(r"\s+", "", part), part) for place, part in parts]


def tidy(text):
    """Spacing that columns may change, made one: around a pointer's star, inside parentheses, before commas."""
    text = re.sub(r"\s*\*\s*", "*", text)
    text = re.sub(r"\(\s+", "(", text)
    text = re.sub(r"\s+\)", ")", text)
    text = re.sub(r"\{\s*", "{", text)
    text = re.sub(r"\s*\}", "}", text)
    text = re.sub(r'"\s+"', '""', text)
    text = re.sub(r"\)\s+(?=[\w(&*\"'~!{.-])", ")", text)
    text = re.sub(r"\b(g_auto\w*|_|C_|N_|NC_)\s+\(", r"\1(", text)
    text = re.sub(r":\s*(\d+)\s*;", r":\1;", text)
    return re.sub(r"\s+([,;)])", r"\1", text)


def compare(path, text, formatted):
    """Line ranges whose statements clang-format writes in another way."""
    ours, theirs = statements(text), statements(formatted)
    left = [f"{indent}|{tidy(words)}" for _, indent, _, words in ours]
    right = [f"{indent}|{tidy(words)}" for _, indent, _, words in theirs]
    for kind, a, b, c, d in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind == "equal" or a == b:
            continue
        # Initialisers in columns: the same tokens, broken into lines in another way.
        if "".join(item[2] for item in ours[a:b]) == "".join(item[2] for item in theirs[c:d]) and "{" in "".join(
                item[2] for item in ours[a:b]) and "=" in "".join(item[2] for item in ours[max(0, a - 1):b]):
            continue
        table = ours[a][2].startswith("{") and ours[a][2] != "{"
        choice = "?" in tokens(ours[a:b])  # how a long "a ? b : c" is broken is the writer's
        if in_initialiser(ours, a) or ((table or choice) and tokens(ours[a:b]) == tokens(theirs[c:d])):
            continue
        wanted = " / ".join(f"{' ' * item[1]}{item[3]}" for item in theirs[c:d])[:160]
        yield ours[a][0], ours[b - 1][0], wanted


def tokens(items):
    return "".join(item[2] for item in items)


def in_initialiser(items, index):
    """Whether the statement lies between the braces of a table, which may keep columns of its own."""
    depth = 0
    for item in reversed(items[:index]):
        words = item[2]
        depth += words.count("{") - words.count("}")
        if depth > 0 and ("={" in words or words.endswith("=")):
            return True
        if depth > 0 and words == "{":
            return False
    return False


def check(path, fix):
    text = path.read_text()
    run = subprocess.run(["clang-format", "--style=file", str(path)], capture_output=True, text=True, check=True,
                         cwd=common.TOP)
    faults = [(number, words) for number, words in plain(text)]
    ranges = []
    for first, last, wanted in compare(path, text, run.stdout):
        faults.append((first, f"written as: {wanted.strip()}"))
        ranges.append(f"--lines={first}:{last}")
    ranges += [f"--lines={number}:{number}" for number, words in faults if "columns" in words]
    if fix and ranges:
        subprocess.run(["clang-format", "--style=file", "-i", *ranges, str(path)], check=True, cwd=common.TOP)
    if fix and faults:
        text = path.read_text()
        path.write_text("\n".join(line.rstrip() for line in text.split("\n")).rstrip("\n") + "\n")
    return [(path, number, words) for number, words in sorted(faults)]


def main():
    fix = "--fix" in sys.argv
    named = [Path(name).resolve() for name in sys.argv[1:] if not name.startswith("--")]
    paths = named or common.files(".c", ".h")
    common.need("clang-format")
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(lambda path: check(path, fix), paths))
    return common.report([fault for faults in results for fault in faults], len(paths))


if __name__ == "__main__":
    sys.exit(main())
