/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes of a server's answer, not NUL-terminated and of any value: a borrowed part of the parser's buffer. It is valid until
 * the parser (or the flow that owns it) is asked for the next event. @data is NULL for NIL and for "not sent". */
typedef struct
{
  const char *data;
  gsize       length;
} BaruaImapSlice;

typedef enum
{
  BARUA_IMAP_VALUE_ATOM,
  BARUA_IMAP_VALUE_NUMBER,   /* an atom of digits only; whether it fits is seen by barua_imap_value_get_number() */
  BARUA_IMAP_VALUE_NIL,      /* the atom NIL, in any case */
  BARUA_IMAP_VALUE_QUOTED,   /* without its quotes, escapes resolved */
  BARUA_IMAP_VALUE_LITERAL,
  BARUA_IMAP_VALUE_LITERAL8, /* RFC 3516 */
  BARUA_IMAP_VALUE_STREAMED, /* a literal that was handed on piecemeal; @data is NULL, @length says how long it was */
  BARUA_IMAP_VALUE_LIST
} BaruaImapValueKind;

/* One node of the argument tree. The tree is a flat array in reading order: the children of a list follow it, and
 * `value + value->span` is the next sibling, so walking needs no pointers and building no allocation.
 *
 *   for (v = barua_imap_value_first (list); v != NULL; v = barua_imap_value_next (list, v))
 */
typedef struct
{
  const char *data;   /* borrowed, see BaruaImapSlice; NULL for lists, streamed literals */
  gsize       length; /* bytes; for a list the number of its direct children */
  guint32     span;   /* nodes of this value, itself and all below */
  guint8      kind;   /* BaruaImapValueKind */
} BaruaImapValue;

static inline const BaruaImapValue *
barua_imap_value_first (const BaruaImapValue *list)
{
  return list->kind == BARUA_IMAP_VALUE_LIST && list->span > 1 ? list + 1 : NULL;
}

static inline const BaruaImapValue *
barua_imap_value_next (const BaruaImapValue *list,
                       const BaruaImapValue *value)
{
  const BaruaImapValue *next = value + value->span;

  return next < list + list->span ? next : NULL;
}

/* Whether it is a string or atom, NIL not included. */
static inline gboolean
barua_imap_value_is_text (const BaruaImapValue *value)
{
  return value->kind == BARUA_IMAP_VALUE_ATOM || value->kind == BARUA_IMAP_VALUE_NUMBER ||
         (value->kind >= BARUA_IMAP_VALUE_QUOTED && value->kind <= BARUA_IMAP_VALUE_LITERAL8);
}

/* The bytes of an atom, number or string; an empty slice (data NULL) for NIL, a list, a streamed literal and NULL. */
BaruaImapSlice barua_imap_value_get_slice  (const BaruaImapValue *value);
/* A number of up to 63 bits, also when it is quoted; FALSE (and *number untouched) for anything else, negative ones too. */
gboolean       barua_imap_value_get_number (const BaruaImapValue *value,
                                            guint64              *number);
/* Same for 1 ... 2^32-1: UIDs and message numbers. */
gboolean       barua_imap_value_get_nz     (const BaruaImapValue *value,
                                            guint32              *number);

/* Compares with an ASCII word without regard to case. */
gboolean       barua_imap_slice_is         (BaruaImapSlice        slice,
                                            const char           *word);
/* A copy as a C string; invalid UTF-8 and control characters are replaced by U+FFFD (barua_text_clean()); NULL for NIL. */
char          *barua_imap_slice_dup_text   (BaruaImapSlice        slice);
/* A verbatim copy as a C string, NULL for NIL and for bytes with a NUL among them. */
char          *barua_imap_slice_dup_raw    (BaruaImapSlice        slice);

G_END_DECLS
