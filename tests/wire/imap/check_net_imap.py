# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what the parser makes of single responses with the expected parses beside them (shared corpus, imap/net-imap).

Usage: check_net_imap.py DUMP-PROGRAM. Every value that is expected must be among the values that the parser found; a response
that is expected to fail must end in an error. Exit 77 without the corpus.
"""

import calendar
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys


def unquote(text):
    """A YAML scalar as a string; None for null, lists and mappings."""
    if text in ("", "~", "null", "[]", "{}", "true", "false") or re.match(r"[|>][+-]?$", text):
        return None
    if text[0] == '"':
        body = re.sub(r"\\x([0-9A-Fa-f]{2})", lambda m: "\\u00" + m.group(1), text)
        return json.loads(body.replace("\\e", "\\u001b").replace("\\0", "\\u0000").replace("\\ ", " "), strict=False)
    if text[0] == "'":
        return text[1:-1].replace("''", "'")
    return text


def is_closed(text):
    """Whether a quoted scalar ends on its line."""
    if text[:1] == '"':
        return len(text) > 1 and re.fullmatch(r'"(?:[^"\\]|\\.)*"', text, re.S) is not None
    if text[:1] == "'":
        return len(text) > 1 and re.fullmatch(r"'(?:[^']|'')*'", text, re.S) is not None
    return True


def read_leaves(lines):
    """(key, scalar) of each leaf of a block of YAML."""
    leaves = []
    i = 0
    while i < len(lines):
        line = lines[i].strip()
        i += 1
        if not line or line.startswith("#"):
            continue
        while line.startswith("- "):
            line = line[2:].strip()
        key = ""
        match = re.match(r"""("(?:[^"\\]|\\.)*"|'[^']*'|[^"'\s:!][^:]*|:[A-Za-z]+):(?: (.*)|$)""", line)
        if match and not line.startswith("!"):
            key, line = match.group(1).strip("\"'"), (match.group(2) or "").strip()
        line = re.sub(r"^&\S+ ?", "", re.sub(r"^!\S+ ?", "", line))
        while not is_closed(line) and i < len(lines):
            following = lines[i].strip()
            line = line[:-1] + following.removeprefix("\\") if line.endswith("\\") else line + " " + following
            i += 1
        value = unquote(line)
        if value is not None and not value.startswith("*"):
            leaves.append((key, value))
    return leaves


def flatten(value, found):
    """All the leaves of JSON, as strings."""
    if isinstance(value, dict):
        for name, item in value.items():
            found.add(str(name).lower())
            flatten(item, found)
    elif isinstance(value, list):
        for item in value:
            flatten(item, found)
    elif value is not None:
        found.add(str(value).lower())


FLAGS = {"seen": 1, "flagged": 2, "answered": 4, "deleted": 8, "draft": 16}


def canonical_set(text):
    numbers = set()
    for part in text.split(","):
        first, _, last = part.partition(":")
        if int(last or first) - int(first) > 100000:
            return text
        numbers.update(range(min(int(first), int(last or first)), max(int(first), int(last or first)) + 1))
    ranges = []
    for number in sorted(numbers):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ",".join(str(a) if a == b else f"{a}:{b}" for a, b in ranges)


def is_there(key, value, event, found):
    if value.startswith(":"):
        word = value[1:].strip('"').lower()
        if word in FLAGS and event.get("flags", 0) & FLAGS[word]:
            return True
        if word == "recent" and event.get("recent"):
            return True
        return "\\" + word in found or word in found
    if value == "ALL" and event["kind"] == "search":
        return bool(event["present"] & 1)
    if key in ("begin", "end"):
        return value in (event.get("partial-range") or "").split(":")
    if re.fullmatch(r"[0-9:,]+", value):
        # Numbers of a list may be in a set that is written as ranges.
        sets = [event.get(name) for name in ("ids", "partial", "uids", "from", "to") if event.get(name)]
        if value.lower() in found or canonical_set(value) in sets:
            return True
        return value.isdigit() and any(
            int(part.partition(":")[0]) <= int(value) <= int(part.partition(":")[2] or part.partition(":")[0])
            for text in sets for part in text.split(","))
    if key == "INTERNALDATE":
        moment = datetime.datetime.strptime(value.strip(), "%d-%b-%Y %H:%M:%S %z")
        return event.get("internal-date") == calendar.timegm(moment.utctimetuple())
    text = value.encode("utf-8").decode("latin-1").lower()
    return text in found


def check(path, dump):
    """What is wrong with one case, as a list of sentences."""
    expected = path.read_text(encoding="utf-8")
    response = path.with_name(path.name.replace(".expected.yml", ".imap"))
    result = subprocess.run([dump, response], capture_output=True, text=True, check=False)
    events = [json.loads(line, strict=False) for line in result.stdout.splitlines()]
    if "assert_parse_failure" in expected:
        return [] if events and "error" in events[-1] else ["parsed, but expected to fail"]
    if not events or "error" in events[-1]:
        return [f"does not parse: {result.stdout.strip()[-200:]}"]
    lines = expected.splitlines()
    start = next((i for i, line in enumerate(lines) if line.startswith("    :expected:")), None)
    if start is None:
        return ["no expected parse in the file"]
    block = []
    for line in lines[start + 1:]:
        if re.match(r"      :?raw_data:|    \S|  \S|\S", line):
            break
        block.append(line)
    if "IgnoredResponse" in lines[start]:
        return [] if events[0]["kind"] == "unknown" else ["not ignored"]
    # What could not be parsed there is kept as text here.
    unparsed = re.search(r"unparsed_data: (.*)", "\n".join(block))
    if unparsed:
        kept = (events[0].get("code-text") or "").strip()
        return [] if kept == (unquote(unparsed.group(1)) or "").strip() else [f"{kept!r} was kept"]
    found = set()
    flatten(events[0], found)
    return [f"{key or 'value'} {value!r} is missing in {result.stdout.strip()[:600]}"
            for key, value in read_leaves(block) if not is_there(key, value, events[0], found)]


def main():
    folder = pathlib.Path(os.environ.get("BARUA_CORPUS", "")) / "imap" / "net-imap"
    if not folder.is_dir():
        print("no corpus: set BARUA_CORPUS")
        return 77
    n = bad = 0
    for path in sorted(folder.glob("*/*.expected.yml")):
        n += 1
        problems = check(path, sys.argv[1])
        bad += bool(problems)
        for problem in problems:
            print(f"{path.parent.name}/{path.name}: {problem}")
    print(f"{n} cases, {bad} disagree")
    return 1 if bad or n < 80 else 0


if __name__ == "__main__":
    sys.exit(main())
