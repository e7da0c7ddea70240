#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lint rules see what they are there for, and let pass what is right."""

import sys
import unittest
from pathlib import Path

import check_fibers
import check_format
import check_icons
import check_layers
import check_markup
import check_po
import check_words

OWNERS = {"barua-store.h": "store", "barua-net-fiber.h": "net", "barua-engine.h": "engine", "barua-id-set.h": "base",
          "barua-engine-private.h": "engine", "barua-window.h": "ui"}.get


def layers(folder, text):
    return [words for _, words in check_layers.faults_of(folder, text, OWNERS)]


class Layers(unittest.TestCase):
    def test_allowed(self):
        self.assertEqual(layers("engine", '#include "barua-store.h"\n#include "barua-id-set.h"\n#include <libdex.h>\n'), [])
        self.assertEqual(layers("ui", '#include <gtk/gtk.h>\n#include <adwaita.h>\n#include "barua-engine.h"\n'), [])

    def test_reversed_arrow(self):
        self.assertTrue(layers("store", '#include "barua-engine.h"\n'))

    def test_not_transitive(self):
        self.assertTrue(layers("ui", '#include "barua-store.h"\n'))

    def test_private_header(self):
        self.assertTrue(layers("model", '#include "barua-engine-private.h"\n'))

    def test_libraries(self):
        for folder, header in (("model", "gtk/gtk.h"), ("engine", "sqlite3.h"), ("ui", "gmime/gmime.h"), ("store", "libdex.h"),
                               ("proto", "libsoup/soup.h"), ("net", "libsecret/secret.h"), ("wire", "gio/gio.h"), ("app", "webkit/webkit.h")):
            self.assertTrue(layers(folder, f"  #  include <{header}>\n"), header)


def fibers(text, name="src/engine/barua-x.c"):
    return [words for _, words in check_fibers.faults_of(name, text)]


class Fibers(unittest.TestCase):
    def test_raw_spawn(self):
        self.assertTrue(fibers("  dex_scheduler_spawn (NULL, 0, f, NULL, NULL);\n"))
        self.assertEqual(fibers("  dex_scheduler_spawn (NULL, 0, f, NULL, NULL);\n", "src/net/barua-fiber.c"), [])
        self.assertEqual(fibers("  /* dex_scheduler_spawn () is not for us */\n"), [])

    def test_any(self):
        self.assertTrue(fibers("  f = dex_future_any (a, b, NULL);\n"))
        self.assertEqual(fibers("  f = dex_future_first (a, b, NULL);\n"), [])

    def test_await_in_dispose(self):
        self.assertTrue(fibers("static void\nbarua_x_dispose (GObject *object)\n{\n  dex_await (f, NULL);\n}\n"))
        self.assertEqual(fibers("static DexFuture *\nsync_fiber (gpointer data)\n{\n  dex_await (f, NULL);\n}\n"), [])

    def test_lock_across_await(self):
        self.assertTrue(fibers("static void\nx (void)\n{\n  g_mutex_lock (&m);\n  dex_await (f, NULL);\n}\n"))

    def test_null_future(self):
        self.assertTrue(fibers("DexFuture *\nbarua_x_load (void)\n{\n  return NULL;\n}\n"))
        self.assertTrue(fibers("DexFuture *\nbarua_x_load (gpointer p)\n{\n  g_return_val_if_fail (p != NULL, NULL);\n  return f;\n}\n"))


class Words(unittest.TestCase):
    LICENCE = "/* SPDX-License-Identifier: GPL-3.0-or-later */\n"

    def faults(self, text, name="src/ui/barua-x.c"):
        return [words for _, words in check_words.faults_of(name, text)]

    def test_licence(self):
        self.assertTrue(self.faults("int x;\n"))
        self.assertEqual(self.faults(self.LICENCE + "int x;\n"), [])

    def test_left_for_later(self):
        later = "TO" + "DO"
        self.assertTrue(self.faults(self.LICENCE + f"/* {later}: the rest */\n"))
        self.assertEqual(self.faults(self.LICENCE + f"/* {later}: the rest, issue #7 */\n"), [])

    def test_timing(self):
        self.assertTrue(self.faults(self.LICENCE + "  g_timeout_add (250, f, NULL);\n"))
        self.assertEqual(self.faults(self.LICENCE + "  g_timeout_add (BARUA_UI_DELAY_MS, f, NULL);\n"), [])

    def test_machine(self):
        self.assertTrue(self.faults(self.LICENCE + '  open ("/root/x");\n'))

    def test_deprecated(self):
        self.assertTrue(self.faults(self.LICENCE + "  GtkDialog *dialog;\n"))


class Markup(unittest.TestCase):
    def test_c(self):
        bad = "  toast = adw_toast_new (subject);\n"
        self.assertTrue(list(check_markup.faults_of_c(bad)))
        self.assertEqual(list(check_markup.faults_of_c(bad + "  adw_toast_set_use_markup (toast, FALSE);\n")), [])
        self.assertEqual(list(check_markup.faults_of_c('  toast = adw_toast_new (_("Sent"));\n')), [])
        self.assertTrue(list(check_markup.faults_of_c("  gtk_label_set_markup (label, subject);\n")))

    def test_blueprint(self):
        self.assertTrue(list(check_markup.faults_of_blueprint("Adw.ActionRow row {\n  title: bind template.name;\n}\n")))
        self.assertTrue(list(check_markup.faults_of_blueprint("Adw.Banner banner {\n}\n")))
        self.assertEqual(list(check_markup.faults_of_blueprint("Adw.Banner banner {\n  use-markup: false;\n}\n")), [])
        self.assertEqual(list(check_markup.faults_of_blueprint('Adw.ActionRow {\n  title: _("Sound");\n}\n')), [])


class Icons(unittest.TestCase):
    def test_names(self):
        found = list(check_icons.names_in(Path("a.blp"), 'icon-name: "mail-send-symbolic";\nitem (_("A"), "win.a", "x-symbolic")\n'))
        self.assertEqual([name for _, name in found], ["mail-send-symbolic", "x-symbolic"])
        found = list(check_icons.names_in(Path("a.c"), 'gtk_image_set_from_icon_name (image, "folder");\n f ("a-symbolic");\n'))
        self.assertEqual(sorted(name for _, name in found), ["a-symbolic", "folder"])


class Text(unittest.TestCase):
    def test_marked(self):
        self.assertTrue(check_po.has_text(Path("a.c"), '  f (_("Sent"));\n'))
        self.assertTrue(check_po.has_text(Path("a.blp"), 'title: C_("folder", "Sent");\n'))
        self.assertFalse(check_po.has_text(Path("a.c"), '  f ("sent"); /* _("no") */\n'))
        self.assertFalse(check_po.has_text(Path("a.c"), '  x = a_("b");\n'))


class Format(unittest.TestCase):
    GOOD = "static int\nadd (int a,\n     int b)\n{\n  if (a > b)\n    return (int)a;\n  return a + b;\n}\n"

    def formatted(self, text):
        # What clang-format makes of GOOD: parameters on one line.
        return text.replace(",\n     int b", ", int b")

    def test_columns_may_differ(self):
        self.assertEqual(list(check_format.compare(None, self.GOOD, self.formatted(self.GOOD))), [])

    def test_brace_indentation_and_spaces(self):
        for bad in (self.GOOD.replace("(a > b)", "(a > b) {").replace("(int)a;", "(int)a;\n  }"),
                    self.GOOD.replace("    return", "      return"), self.GOOD.replace("a + b", "a+b"),
                    self.GOOD.replace("if (", "if(")):
            self.assertTrue(list(check_format.compare(None, bad, self.formatted(self.GOOD))), bad)

    def test_plain(self):
        self.assertEqual(list(check_format.plain("a\n")), [])
        for bad in ("\ta\n", "a \n", "a", "a\n\n", "x" * 129 + "\n"):
            self.assertTrue(list(check_format.plain(bad)), bad)


if __name__ == "__main__":
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
