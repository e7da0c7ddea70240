/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Plain text of a message taken apart for showing. Pure. */
typedef struct
{
  guint    level;        /* of quoting, 0: the sender's own words */
  gboolean is_signature; /* below "-- " */
  gboolean is_trailing;  /* quoted text, or a signature, that nothing follows: folded at first */
  char    *text;         /* without quote marks and without empty lines at its ends */
} BaruaPlainBlock;

/* (transfer full) (element-type BaruaPlainBlock) */
GPtrArray *barua_plain_text_split  (const char *text);
/* @text as markup: escaped, with addresses of pages and mail as links. (full) */
char      *barua_plain_text_markup (const char *text);

G_END_DECLS
