#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window in all its languages, 360 to 1400 px wide and with text of 200 %: nothing of the program's own words is cut off, which
is measured from the layouts. Pictures, in light and dark too, are left in BARUA_PICTURES: of English, German and Telugu, or of all
languages with BARUA_TEST_FULL=1.

Environment: BARUA_WINDOW_PICTURES, the program; BARUA_TEST_LOCALES, the catalogues as built.
"""

import os
import subprocess
import sys
import tempfile
import unittest

LOCALES = {"en": "en_US.UTF-8", "bn": "bn_BD.UTF-8", "de": "de_DE.UTF-8", "id": "id_ID.UTF-8", "sw": "sw_TZ.UTF-8", "te": "te_IN.UTF-8"}
PICTURED = ("en", "de", "te")
MINUTES = 4


class LayoutsTest(unittest.TestCase):
    def check(self, language):
        pictured = language in PICTURED or os.environ.get("BARUA_TEST_FULL")
        with tempfile.TemporaryDirectory(prefix="barua-pictures-") as folder:
            out = os.path.join(os.environ.get("BARUA_PICTURES") or folder, "languages")
            os.makedirs(out, exist_ok=True)
            environment = dict(os.environ, LC_ALL=LOCALES[language], LANGUAGE=language, GTK_A11Y="none")
            found = subprocess.run([os.environ["BARUA_WINDOW_PICTURES"], language, out, *(["--pictures"] if pictured else [])], check=False,
                                   env=environment, capture_output=True, text=True, timeout=MINUTES * 60)
            pictures = [name for name in os.listdir(out) if f"-{language}-" in name]
        sys.stderr.write(f"{language}: {len(pictures)} pictures\n{found.stderr[-2000:]}")
        self.assertEqual([], found.stdout.splitlines(), found.stdout[-6000:])
        self.assertEqual(0, found.returncode)
        if pictured:
            self.assertGreater(len(pictures), 100)

    def test_bengali(self):
        self.check("bn")

    def test_english(self):
        self.check("en")

    def test_german(self):
        self.check("de")

    def test_indonesian(self):
        self.check("id")

    def test_swahili(self):
        self.check("sw")

    def test_telugu(self):
        self.check("te")


if __name__ == "__main__":
    unittest.main(verbosity=2)
