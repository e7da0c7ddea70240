/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Text of strangers made safe to keep and show: valid UTF-8 (bad bytes become U+FFFD), C0, C1 and DEL replaced by
 * U+FFFD, or by a space for TAB, CR and LF; bidirectional overrides and isolates dropped; at most @max_bytes, cut at a
 * grapheme boundary. @length is -1 for a C string. */
char     *barua_text_clean      (const char *text,
                                 gssize      length,
                                 gsize       max_bytes);

/* The one normal form in which text is indexed and looked for (DESIGN 11): NFC, white space folded to one space,
 * default-ignorable characters (ZWJ, ZWNJ, soft hyphen, BOM, ...) removed. Case is the tokenizer's business. */
char     *barua_text_for_search (const char *text,
                                 gssize      length);

/* At most @chars characters, cut at a grapheme boundary, with "…" when something was cut. */
char     *barua_text_ellipsise  (const char *text,
                                 gsize       chars);

/* A safe base name for a file of this name: no path, no control or bidi characters, no leading dots or dashes, no trailing
 * dots or spaces, at most BARUA_LIMIT_FILE_NAME_BYTES with the extension kept whole; "attachment" when nothing is left
 * (THREATS M-06). */
char     *barua_text_file_name  (const char *name);

/* Whether the bytes are text that can be shown as it is (UTF-8 without NUL). */
gboolean  barua_text_is_utf8    (const char *text,
                                 gsize       length);

G_END_DECLS
