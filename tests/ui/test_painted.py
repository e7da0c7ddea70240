#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""New mail: from the server's EXISTS, seen on the wire, to the painted row (at most 100 ms), and from delivery (at most 700)."""

import json
import os
import statistics
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "server")]
import barua_dovecot  # noqa: E402
from barua_client import Client  # noqa: E402
from barua_window import Window, until  # noqa: E402
from tap import Tap  # noqa: E402

USER = "qresync"
ROUNDS = 9
EXISTS_MS = 100
DELIVERED_MS = 700


def painted(trace):
    """{id: microseconds} of what was painted."""
    found = {}
    if os.path.exists(trace):
        with open(trace, encoding="utf-8") as lines:
            for line in lines:
                if line.endswith("\n"):
                    entry = json.loads(line)
                    if "id" in entry:
                        found[entry["id"]] = entry["us"]
    return found


class PaintedTest(unittest.TestCase):
    def test_new_mail(self):
        with tempfile.TemporaryDirectory(prefix="barua-painted-") as folder, \
                barua_dovecot.Dovecot(os.path.join(folder, "server")) as server, Tap(server) as tap:
            for index in range(30):
                server.append(USER, "INBOX", barua_dovecot.message(f"Old {index}"))
            profile, trace = os.path.join(folder, "profile"), os.path.join(folder, "trace")
            Client(profile).add(server, USER, port=tap.port)
            window = Window(os.environ["BARUA"], "--profile", profile, log=os.path.join(folder, "log"),
                            environment={"BARUA_TEST_TRACE": trace, "LANGUAGE": "en"})
            exists, delivered = [], []
            with window:
                window.see("Up to date", 30)
                until(lambda: len(painted(trace)) > 5, 20, "painted rows")
                time.sleep(2)
                for index in range(ROUNDS):
                    before = set(painted(trace))
                    start_ns = time.monotonic_ns()
                    server.deliver(USER, barua_dovecot.message(f"New {index}"))
                    told_ns = tap.wait_for("S", rb"\* \d+ EXISTS", 10, after_ns=start_ns)
                    told_ns = told_ns[0] if isinstance(told_ns, tuple) else told_ns
                    until(lambda: set(painted(trace)) - before, 10, "a painted row")
                    times = painted(trace)
                    shown_us = min(times[item] for item in set(times) - before)
                    exists.append(shown_us / 1000 - told_ns / 1e6)
                    delivered.append(shown_us / 1000 - start_ns / 1e6)
                    time.sleep(0.3)
            words = (f"EXISTS to painted row: median {statistics.median(exists):.1f} ms, worst {max(exists):.1f} ms; "
                     f"from LMTP: median {statistics.median(delivered):.0f} ms, worst {max(delivered):.0f} ms")
            sys.stderr.write(words + "\n")
            self.assertLess(statistics.median(exists), EXISTS_MS, words)
            self.assertLess(statistics.median(delivered), DELIVERED_MS, words)
            self.assertEqual([], window.complaints())


if __name__ == "__main__":
    unittest.main(verbosity=2)
