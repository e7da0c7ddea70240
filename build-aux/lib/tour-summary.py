#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""tour-summary.py DIR: tells what a tour did, saw and how long it took, from DIR/tour.json and its pictures. Exit status 1
where there is none, or one of its steps did not go well."""

import json
import sys
from pathlib import Path


def words(value):
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {words(item)}" for key, item in value.items())
    if isinstance(value, list):
        return "; ".join(words(item) for item in value)
    return str(value)


def shorten(text, most=110):
    return text if len(text) <= most else text[:most - 1] + "…"


def main():
    folder = Path(sys.argv[1])
    try:
        tour = json.loads((folder / "tour.json").read_text())
    except (OSError, ValueError) as error:
        print(f"the tour left no readable tour.json in {folder} ({error})")
        return 1
    steps = tour.get("steps", []) if isinstance(tour, dict) else tour
    failed = 0
    print(f"\nThe tour of Barua, {len(steps)} steps:")
    for step in steps:
        good = step.get("ok", step.get("passed", True))
        failed += not good
        seconds = step.get("seconds")
        if seconds is None and isinstance(step.get("ms"), (int, float)):
            seconds = step["ms"] / 1000
        took = f"{seconds:7.2f} s" if isinstance(seconds, (int, float)) else " " * 9
        name = step.get("did") or step.get("name") or step.get("step") or "?"
        saw = step.get("saw") or step.get("error") or ""
        print(f"  {'ok    ' if good else 'FAILED'} {took}  {shorten(words(name))}")
        if saw:
            print(f"                    {shorten(words(saw))}")
    if isinstance(tour, dict):
        for key, value in tour.items():
            if key != "steps":
                print(f"  {key}: {shorten(words(value))}")
    pictures = sorted(folder.glob("*.png"))
    print(f"\n{len(pictures)} pictures in {folder}:")
    for picture in pictures:
        print(f"  {picture.name} ({picture.stat().st_size // 1024} kB)")
    if not pictures:
        print("a tour without pictures counts as failed")
    return 1 if failed or not pictures else 0


if __name__ == "__main__":
    sys.exit(main())
