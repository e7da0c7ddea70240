/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Text in header fields (RFC 5322 unstructured, RFC 2047 encoded words), for the list path: no GMime object, no I/O, any
 * thread. Results are clean UTF-8 (barua_text_clean()), never NULL, whatever the bytes are.
 */

/* A field value as it stands in a header: folds are undone, encoded words decoded (a character cut over two words of one
 * charset is joined), bytes above 127 taken as UTF-8 if they are, else as windows-1252. At most @max_bytes long. */
char    *barua_mail_decode_value   (const char *bytes,
                                    gsize       length,
                                    gsize       max_bytes);
/* The same with the limit for subjects; what ENVELOPE strings need. */
char    *barua_mail_decode_text    (const char *bytes,
                                    gsize       length);
/* @charset -> UTF-8; NULL when the charset is unknown. Bytes that don't fit become U+FFFD. The names that mail uses
 * wrongly are understood: iso-8859-1 and us-ascii are read as windows-1252 (WHATWG), ks_c_5601-1987 as cp949, and so on. */
char    *barua_mail_convert        (const char *charset,
                                    const char *bytes,
                                    gsize       length);

G_END_DECLS
