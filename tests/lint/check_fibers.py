#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules for fibers (docs/architecture.md, "Time and threads") as far as text shows them."""

import re
import sys

import common

SPAWNER = "src/net/barua-fiber.c"

FORBIDDEN = [
    (r"\bdex_scheduler_spawn\s*\(", "spawn through barua_fiber_spawn(), which names and disowns the fiber", [SPAWNER]),
    (r"\bdex_future_any(v)?\s*\(", "whichever finishes is dex_future_first(), never any", []),
    (r"\bdex_thread_pool_scheduler_\w+\s*\(", "fibers run on the main context only; blocking work has threads of its own", []),
    (r"\bdex_(input_stream_read|output_stream_write)\s*\(",
     "bytes cross an await as GBytes (dex_input_stream_read_bytes, dex_output_stream_write_bytes)", []),
    (r"\bg_main_context_iteration\s*\(|\bg_main_loop_run\s*\(", "no nested main loop in the program", ["src/app/", "src/cli/"]),
]

AWAIT = re.compile(r"\bdex_await(_\w+)?\s*\(")
NO_AWAIT = re.compile(r"(_dispose|_finalize|_constructed|_class_init|_get_property|_set_property|_snapshot|_measure"
                      r"|_size_allocate|_get_item|_get_n_items|_foreach|_compare|_destroy|_free)$")
FUNCTION = re.compile(r"^(\w+)\s*\(", re.M)
LOCK = re.compile(r"\bG_MUTEX_AUTO_LOCK\b|\bg_autoptr\s*\(GMutexLocker\)|\bg_mutex_lock\s*\(|\bGHashTableIter\b")


def strip(text):
    """The text without comments and strings, with its line breaks."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match[0])
    return re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.S)


def functions(text):
    """(name, first line, body) of each function defined at the left margin."""
    for match in FUNCTION.finditer(text):
        opening = text.find("\n{", match.end())
        semicolon = text.find(";", match.end())
        if opening < 0 or (0 <= semicolon < opening):
            continue
        end = text.find("\n}", opening)
        if end > 0:
            yield match[1], text.count("\n", 0, opening) + 2, text[opening:end]


def faults_of(name, text):
    text = strip(text)
    for pattern, words, allowed in FORBIDDEN:
        if any(name.startswith(place) for place in allowed):
            continue
        for match in re.finditer(pattern, text):
            yield text.count("\n", 0, match.start()) + 1, words
    for function, line, body in functions(text):
        if not AWAIT.search(body):
            continue
        if NO_AWAIT.search(function):
            yield line, f"{function}() may not await: it is called by GObject or in the middle of a loop"
        lock = LOCK.search(body)
        if lock:
            yield line, f"{function}() awaits and holds a lock or an iterator ({lock[0].split('(')[0].strip()})"
    returns = re.compile(r"^(?:static\s+)?DexFuture\s*\*\n(\w+)", re.M)
    futures = {match[1] for match in returns.finditer(text)}
    for function, line, body in functions(text):
        if function in futures:
            for match in re.finditer(r"\breturn\s+NULL\s*;|\bg_return_val_if_fail\s*\([^;]*NULL\s*\)\s*;", body):
                yield line + body.count("\n", 0, match.start()) - 1, f"{function}() returns a future, never NULL"


def main():
    paths = common.files(".c", ".h", below="src/")
    faults = []
    for path in paths:
        name = str(path.relative_to(common.TOP))
        faults += [(path, line, words) for line, words in faults_of(name, path.read_text())]
    return common.report(faults, len(paths))


if __name__ == "__main__":
    sys.exit(main())
