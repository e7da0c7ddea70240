#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTML at the desktop's size of text: as much larger as the text around it, once, and nothing of it cut off."""

import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE]
from barua_window import Window, run, until  # noqa: E402

# A strip of ten by one em, room, and a block at the very end.
PAGE = """<p><span style="display:inline-block;width:10em;height:1em;background:#ff0000"></span></p><div style="height:90px"></div>
<div style="height:40px;width:200px;background:#00ff00"></div>"""


class LargeTextTest(unittest.TestCase):
    def areas(self, dpi):
        """Pixels of the strip and of the block, on screen."""
        # Without a settings daemon GTK takes the size of text from here.
        run("xprop", "-root", "-f", "RESOURCE_MANAGER", "8s", "-set", "RESOURCE_MANAGER", f"Xft.dpi:\t{dpi}\n")
        with tempfile.TemporaryDirectory(prefix="barua-large-") as folder:
            page, picture = os.path.join(folder, "page.html"), os.path.join(folder, "picture.png")
            with open(page, "w", encoding="utf-8") as output:
                output.write(PAGE)
            window = Window(os.environ["BARUA_FAKE"], "3", folder, log=os.path.join(folder, "log"),
                            environment={"BARUA_FAKE_HTML": page, "LANGUAGE": "en"})
            last = []

            def at_rest():
                run("import", "-window", "root", picture)
                found = tuple(self.pixels(picture, colour) for colour in ("#ff0000", "#00ff00"))
                last.append(found)
                return all(found) and last[-3:] == [found] * 3 and found
            with window:
                window.click(window.find("list item", " 3[.]", seconds=30))
                found = until(at_rest, 30, "the page at rest")
            self.assertEqual([], window.complaints())
        return found

    @staticmethod
    def pixels(picture, colour):
        found = run("convert", picture, "-fill", "black", "+opaque", colour, "-fill", "white", "-opaque", colour, "-format",
                    "%[fx:mean*w*h]", "info:").stdout
        return round(float(found or 0))

    def test_one_and_a_half(self):
        strip, block = self.areas(96)
        large_strip, large_block = self.areas(144)
        sys.stderr.write(f"strip {strip} and {large_strip} px, block {block} and {large_block} px\n")
        self.assertAlmostEqual(200 * 40, block, delta=400)
        self.assertAlmostEqual(2.25, large_strip / strip, delta=0.3)
        # Whole, whether the page is enlarged or only its letters are.
        self.assertGreater(large_block, 0.97 * block)
        self.assertTrue(abs(large_block / block - 2.25) < 0.1 or abs(large_block / block - 1) < 0.05, large_block / block)


if __name__ == "__main__":
    unittest.main(verbosity=2)
