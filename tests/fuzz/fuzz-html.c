/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-html.h"
#include "fuzz-fail.h"
#include "html-oracle.h"

#include <stdint.h>
#include <string.h>

/* Any bytes as HTML. What comes out has, in the eyes of another parser, only what the allow-lists name; it is UTF-8; to sanitise it
 * again changes nothing. The first byte chooses the charset and the flags. */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  static const char * const charsets[] = { "utf-8", "utf-8", "utf-8", NULL, "iso-2022-jp", "utf-7", "utf-16", "gb2312" };
  g_autoptr (BaruaHtmlReport) report = NULL;
  g_autofree char *clean = NULL;
  g_autofree char *again = NULL;
  g_autofree char *wrong = NULL;
  g_autofree char *text = NULL;
  BaruaHtmlFlags flags;

  if (size < 1)
    return 0;
  flags = (data[0] & 0x80) != 0 ? BARUA_HTML_NO_COLOURS : BARUA_HTML_NONE;
  report = barua_html_report_new ();
  clean = barua_html_sanitise ((const char *)data + 1, size - 1, charsets[data[0] % G_N_ELEMENTS (charsets)], flags, report);
  if (!g_utf8_validate (clean, -1, NULL))
    fuzz_fail ("no UTF-8");
  again = barua_html_sanitise (clean, strlen (clean), "utf-8", flags, NULL);
  if (strcmp (clean, again) != 0)
    fuzz_fail ("not idempotent:\n%s\n----\n%s", clean, again);
  wrong = html_oracle_check (clean);
  if (wrong != NULL)
    fuzz_fail ("%s in:\n%s", wrong, clean);
  text = barua_html_to_text (clean);
  if (!g_utf8_validate (text, -1, NULL))
    fuzz_fail ("no UTF-8 as text");
  return 0;
}
