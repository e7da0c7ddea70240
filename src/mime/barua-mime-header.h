/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gmime/gmime.h>

#include "barua-parsed-message.h"

G_BEGIN_DECLS

/* One field of a header block; points into the message. */
typedef struct
{
  const char *name;
  gsize       name_length;
  const char *value; /* folded, without the line end */
  gsize       value_length;
} BaruaMimeField;

/* Reads the fields from @start on and puts them into @fields (BaruaMimeField, at most BARUA_LIMIT_HEADERS). Lines that are no fields are
 * passed over, but when not even the first one is, there is no header. Returns where the body begins. */
const char           *barua_mime_fields_read     (const char           *start,
                                                  const char           *end,
                                                  GArray               *fields);
/* The first field @name, or NULL. */
const BaruaMimeField *barua_mime_fields_find     (GArray               *fields,
                                                  const char           *name);
guint                 barua_mime_fields_count    (GArray               *fields,
                                                  const char           *name);

/* The value unfolded, as raw bytes (NUL becomes "?"), at most @max. (full) */
char                 *barua_mime_field_dup_raw   (const BaruaMimeField *field,
                                                  gsize                 max);
/* The value unfolded and its encoded words decoded: clean UTF-8, at most @max. (full) */
char                 *barua_mime_field_dup_text  (const BaruaMimeField *field,
                                                  gsize                 max);
/* Appends BaruaAddress; groups are flattened. Bounded before GMime sees the value, which overflows its stack on nested
 * groups; returns FALSE when something was cut off. */
gboolean              barua_mime_field_addresses (const BaruaMimeField *field,
                                                  GPtrArray            *addresses);
/* Appends the message ids with their angle brackets, without doubles; the first and the newest BARUA_LIMIT_REFERENCES - 1. */
void                  barua_mime_field_references (const BaruaMimeField *field,
                                                   GPtrArray            *references);
/* The parser options that everything here uses. Static. */
GMimeParserOptions   *barua_mime_get_options     (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InternetAddressList, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeContentType, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeContentDisposition, g_object_unref)

G_END_DECLS
