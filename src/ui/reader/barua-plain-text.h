/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Plain text of a message taken apart for showing. Pure. */
typedef struct
{
  guint    level;        /* of quoting, 0: the sender's own words */
  gboolean is_signature; /* below "-- " */
  gboolean is_trailing;  /* quoted text (with the line above it that says whose it is) or a signature that nothing follows: folded at first */
  char    *text;         /* without quote marks and without empty lines at its ends */
  gsize    offset;       /* of its first line in the whole text, bytes */
} BaruaPlainBlock;

/* (transfer full) (element-type BaruaPlainBlock) */
GPtrArray *barua_plain_text_split  (const char *text);
/* @text as markup: escaped, with addresses of pages and mail as links. (full) */
char      *barua_plain_text_markup (const char *text);
/* Bytes of the piece that @text begins with: all of it, or up to a line's end (a paragraph's where there is one), else a space, else
 * a letter; not above BARUA_PLAIN_PIECE_CHARS and _LINES. @skip: what stands between it and the next piece, 0 or 1 byte. Above 0
 * together, unless @text is empty. */
gsize      barua_plain_text_cut    (const char *text,
                                    gsize      *skip);
/* The first place that begins at or after @from and before @until (bytes, at letters) and is @folded (casefolded, of @chars letters)
 * without case; FALSE: none. */
gboolean   barua_plain_text_find   (const char *text,
                                    gsize       from,
                                    gsize       until,
                                    const char *folded,
                                    guint       chars,
                                    gsize      *start,
                                    gsize      *end);

G_END_DECLS
