#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window in all its languages, 360 to 1400 px wide and with text of 200 %: nothing of the program's own words is cut off, which
is measured from the layouts. Pictures, in light and dark too, are left in BARUA_PICTURES: of English, German and Telugu, or of all
languages with BARUA_TEST_FULL=1.

Environment: BARUA_WINDOW_PICTURES, the program; BARUA_TEST_LOCALES, the catalogues as built; BARUA_TEST_LANGUAGES, those to look at
instead of all ("sw te").
"""

import os
import signal
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

LOCALES = {"en": "en_US.UTF-8", "bn": "bn_BD.UTF-8", "de": "de_DE.UTF-8", "id": "id_ID.UTF-8", "sw": "sw_TZ.UTF-8", "te": "te_IN.UTF-8"}
PICTURED = ("de", "en", "te")
MINUTES = 6
DISPLAY = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "build-aux", "lib", "with-display")


def look(language, out, pictured):
    """One language on a display of its own: (exit status, what it found, its complaints)."""
    environment = dict(os.environ, LC_ALL=LOCALES[language], LANGUAGE=language)
    words = [DISPLAY, "env", "GTK_A11Y=none", os.environ["BARUA_WINDOW_PICTURES"], language, out, *(["--pictures"] if pictured else [])]
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            found, said = process.communicate(timeout=MINUTES * 60)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGTERM)  # it takes the display down
            found, said = process.communicate()
            return None, found, said
    return process.returncode, found, said


class LayoutsTest(unittest.TestCase):
    def test_languages(self):
        wanted = os.environ.get("BARUA_TEST_LANGUAGES", "").split() or sorted(LOCALES, key=lambda language: language not in PICTURED)
        with tempfile.TemporaryDirectory(prefix="barua-pictures-") as folder:
            out = os.path.join(os.environ.get("BARUA_PICTURES") or folder, "languages")
            os.makedirs(out, exist_ok=True)
            pictured = {language for language in wanted if language in PICTURED or os.environ.get("BARUA_TEST_FULL")}
            # Most of the time is spent waiting for the next frame.
            with ThreadPoolExecutor(max_workers=(os.cpu_count() or 1) + 1) as pool:
                runs = {language: pool.submit(look, language, out, language in pictured) for language in wanted}
            for language, run in runs.items():
                with self.subTest(language=language):
                    status, found, said = run.result()
                    sys.stderr.write(said[-2000:])
                    self.assertEqual([], found.splitlines(), found[-6000:])
                    self.assertEqual(0, status)
                    if language in pictured:
                        self.assertGreater(len([name for name in os.listdir(out) if f"-{language}-" in name]), 100)


if __name__ == "__main__":
    unittest.main(verbosity=2)
