/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "barua-envelope.h"

G_BEGIN_DECLS

/* One field of a header block, as slices of it. */
typedef struct
{
  const char *name;
  gsize       name_length;
  const char *value; /* raw: folds and white space as they stand, without the last line end */
  gsize       value_length;
} BaruaMailField;

/* Steps through a header block (RFC 5322, 2.2; CRLF or LF). Returns FALSE at the empty line or the end; lines that are no
 * field are passed over. Set @cursor to @block first. */
gboolean       barua_mail_field_next    (const char    **cursor,
                                         const char     *end,
                                         BaruaMailField *field);
gboolean       barua_mail_field_is      (const BaruaMailField *field,
                                         const char           *name);

/* What the list needs, from a whole header block or from the slim set (DESIGN 6). Of a field that may stand once the first
 * counts. Any bytes give an envelope; any thread. At most BARUA_LIMIT_HEADER_BLOCK_BYTES are read.
 * Returns: (transfer full) */
BaruaEnvelope *barua_mail_header_parse  (const char *block,
                                         gsize       length);

/* The ids "<...>" in a References, In-Reply-To or Message-ID value, in order, without doubles, appended to @ids (char *). Of
 * more than BARUA_LIMIT_REFERENCES the first and the last ones are kept. */
void           barua_mail_ids_parse     (const char *value,
                                         gsize       length,
                                         GPtrArray  *ids);
/* The same with the texts in @strings; NULL: each its own, as above. */
void           barua_mail_ids_read      (const char   *value,
                                         gsize         length,
                                         GStringChunk *strings,
                                         GPtrArray    *ids);
/* Steps to the next id, as a slice with its brackets; what is too long or holds NUL is passed over. */
gboolean       barua_mail_id_next       (const char  **cursor,
                                         const char   *end,
                                         const char  **id,
                                         gsize        *length);
/* Puts an id into @strings, cleaned. */
char          *barua_mail_id_insert     (GStringChunk *strings,
                                         const char   *id,
                                         gsize         length);

G_END_DECLS
