/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-mime.h"

G_BEGIN_DECLS

/* What happened on the way from bytes to a text. */
typedef struct
{
  gboolean         wants_pictures; /* in: html tells of them even where no HTML is produced */
  gboolean         unknown_charset;
  gboolean         damaged;
  BaruaHtmlReport *html; /* NULL for plain */
} BaruaMimeTextReport;

void       barua_mime_text_report_clear (BaruaMimeTextReport *self);

/* Decodes the transfer encoding of @length bytes. Returns NULL where they are unchanged. (full) */
GBytes    *barua_mime_decode_bytes      (const char          *bytes,
                                         gsize                length,
                                         const char          *encoding,
                                         gboolean            *damaged);
/* How many bytes that gives, without keeping them. */
gsize      barua_mime_decoded_size      (const char          *bytes,
                                         gsize                length,
                                         const char          *encoding);
/* The text of a part from its decoded bytes; @max bounds what is taken of them. (full) */
BaruaText *barua_mime_make_text         (const BaruaPart     *part,
                                         guint                index,
                                         const char          *bytes,
                                         gsize                length,
                                         gsize                max,
                                         BaruaMimeFlags       flags,
                                         BaruaMimeTextReport *report);
/* RFC 3676: lines that flow are joined; quotes keep their ">". (full) */
char      *barua_mime_unflow            (const char          *text,
                                         gboolean             is_delsp);

G_END_DECLS
