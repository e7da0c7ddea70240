/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether @bytes are exactly one client command without its tag, by a strict reading of RFC 9051, 9 that shares no code with what
 * is tested: words, strings, literals and lists with single spaces between, one CRLF at the very end, none elsewhere but before
 * a literal. NULL when it is, else what is wrong. @strings (a GPtrArray of GString, may be NULL) gets the strings in it. */
const char *imap_grammar_check (const char *bytes,
                                gsize       length,
                                GPtrArray  *strings);

G_END_DECLS
