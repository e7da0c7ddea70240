# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lint tests share: the files of the repository, and how faults are told."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
SKIPPED = 77  # Meson's word for a test that could not be run


def files(*endings, below=""):
    """Files of the repository, as git knows them (new ones included), else as they lie there."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=TOP, capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        names = [os.fsdecode(name) for name in listed.stdout.split(b"\0") if name]
    else:
        names = [str(path.relative_to(TOP)) for path in TOP.rglob("*")
                 if not any(part.startswith(("_build", ".git")) for part in path.relative_to(TOP).parts)]
    found = [TOP / name for name in sorted(set(names))
             if name.startswith(below) and (not endings or name.endswith(endings))]
    return [path for path in found if path.is_file() and not path.is_symlink()]


def need(*programs):
    """Leaves as skipped (as failed in CI) where a program is missing."""
    for program in programs:
        if shutil.which(program) is None:
            print(f"{program} is not installed")
            sys.exit(1 if os.environ.get("CI") else SKIPPED)


def report(faults, looked_at):
    """Tells faults as (path, line, words); returns the exit status. Having looked at nothing is a fault too."""
    for path, line, words in faults:
        print(f"{Path(path).relative_to(TOP) if Path(path).is_absolute() else path}:{line}: {words}")
    print(f"{looked_at} looked at, {len(faults)} faults")
    if looked_at == 0:
        return SKIPPED
    return 1 if faults else 0
