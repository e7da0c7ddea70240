#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shell scripts through shellcheck, Python files through the compiler; scripts that are run must be executable."""

import os
import subprocess
import sys

import common


def kind(path):
    """'sh', 'py' or None, by the first line, else by the name."""
    with open(path, "rb") as file:
        first = file.readline(200)
    if first.startswith(b"#!"):
        if b"python" in first:
            return "py"
        if b"sh" in first:
            return "sh"
    return {".py": "py", ".sh": "sh"}.get(path.suffix)


def main():
    common.need("shellcheck")
    faults = []
    shell = []
    looked = 0
    for path in common.files():
        what = kind(path)
        if what is None:
            continue
        looked += 1
        with open(path, "rb") as file:
            is_program = file.read(2) == b"#!"
        if is_program and not os.access(path, os.X_OK):
            faults.append((path, 1, "starts with #! but is not executable"))
        if what == "sh":
            shell.append(path)
            continue
        try:
            compile(path.read_text(), str(path), "exec")
        except SyntaxError as error:
            faults.append((path, error.lineno or 1, f"Python: {error.msg}"))
    if shell:
        run = subprocess.run(["shellcheck", "--external-sources", "--format=gcc", "--severity=warning",
                              *[str(path.relative_to(common.TOP)) for path in shell]],
                             cwd=common.TOP, capture_output=True, text=True, check=False)
        for line in run.stdout.splitlines():
            name, number, _, words = line.split(":", 3)
            faults.append((common.TOP / name, int(number), words.strip()))
    return common.report(faults, looked)


if __name__ == "__main__":
    sys.exit(main())
