#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hundred thousand rows: shown, scrolled to the end and back, with mail arriving, without a stall and without complaints."""

import os
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE]
from barua_window import Window, until  # noqa: E402

ROWS = 100000


class LongListTest(unittest.TestCase):
    def test_scroll(self):
        with tempfile.TemporaryDirectory(prefix="barua-list-") as folder:
            window = Window(os.environ["BARUA_FAKE"], str(ROWS), folder, log=os.path.join(folder, "log"),
                            environment={"BARUA_FAKE_DELIVER": "1", "BARUA_TEST_TRACE": os.path.join(folder, "trace"), "LANGUAGE": "en"})
            with window:
                window.find("list item", f" {ROWS}[.]", seconds=30)
                window.click(window.find("list item", f" {ROWS}[.]"))
                window.find("heading", f" {ROWS}$")
                start = time.monotonic()
                window.key("End")
                window.find("list item", " 1[.] ", seconds=20)
                window.find("heading", " 1$")
                sys.stderr.write(f"to the end and shown: {(time.monotonic() - start) * 1000:.0f} ms (seen by polling)\n")
                # Mail that arrives while one reads elsewhere moves nothing, and says so.
                window.see("[0-9]+ new message", 20)
                self.assertTrue(any(" 1. " in row for row in window.rows()))
                window.key("Home")
                until(lambda: any(f" {ROWS}." in row for row in window.rows()), 20, "the first rows")
                for _ in range(6):
                    window.scroll(window.find("list", "^Messages$"), 20)
                    time.sleep(0.1)
                until(lambda: window.rows() and not any(f" {ROWS}." in row for row in window.rows()), 10, "scrolled rows")
            self.assertEqual([], window.complaints())


if __name__ == "__main__":
    unittest.main(verbosity=2)
