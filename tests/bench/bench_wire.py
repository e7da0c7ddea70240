# SPDX-License-Identifier: GPL-3.0-or-later
"""What a recorded talk cost: bytes and round trips for the selected folder, apart from those for the account."""

import re

FOLDER_COMMANDS = {b"SELECT", b"EXAMINE", b"FETCH", b"UID", b"SEARCH", b"STORE", b"NOOP", b"IDLE", b"CLOSE", b"UNSELECT"}
ACCOUNT_LINES = re.compile(rb"\* (LIST|LSUB|XLIST|STATUS|CAPABILITY|NAMESPACE|ID|ENABLED|METADATA|BYE|OK \[CAPABILITY)",
                           re.IGNORECASE)


def _word(line):
    """The command of a client's line, or None for what continues one."""
    parts = line.split(None, 2)
    return parts[1].upper() if len(parts) > 1 and re.fullmatch(rb"[A-Za-z0-9.]+", parts[0]) else None


def folder_share(events):
    """From Tap.events: {"bytes", "bytes_out", "round_trips", "account_bytes"}; bytes are those of the server's answers.

    A round trip is a flight of commands for the folder that is sent after the server answered the flight before.
    """
    share = {"bytes": 0, "bytes_out": 0, "round_trips": 0, "account_bytes": 0}
    state = {}
    for _, connection, who, data in events:
        here = state.setdefault(connection, {"tags": {}, "last": "S", "selected": False, "flight": False, "rest": {"C": b"", "S": b""}})
        if who == "C" and here["last"] == "S":
            here["flight"] = False
        here["last"] = who
        lines = (here["rest"][who] + data).split(b"\r\n")
        here["rest"][who] = lines.pop()
        for line in lines:
            size = len(line) + 2
            if who == "C":
                word = _word(line)
                if word is None:
                    continue
                here["tags"][line.split(None, 1)[0]] = word
                if word in FOLDER_COMMANDS:
                    here["selected"] = True
                    share["bytes_out"] += size
                    if not here["flight"]:
                        share["round_trips"] += 1
                        here["flight"] = True
                continue
            tag = line.split(None, 1)[0] if line else b""
            if tag in here["tags"]:
                is_folder = here["tags"][tag] in FOLDER_COMMANDS
            else:
                is_folder = here["selected"] and not ACCOUNT_LINES.match(line)
            share["bytes" if is_folder else "account_bytes"] += size
    return share
