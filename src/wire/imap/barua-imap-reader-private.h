/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-imap-response.h"
#include "barua-imap-tokens-private.h"

G_BEGIN_DECLS

struct _BaruaImapReader
{
  BaruaImapResponse      response;
  BaruaImapCapabilities *capabilities;
  BaruaIdSet            *sets[2];
  BaruaImapTokens        tokens;   /* of a response code */
  GByteArray            *scratch;  /* the response code's text */
  GArray                *items;    /* of whatever the response has a list of; 8-byte aligned structs, one type at a time */
  BaruaImapSlice        *keywords; /* of a FETCH */
  guint                  n_keywords;
  guint                  allocated_keywords;
  BaruaImapSection       sections[BARUA_IMAP_FETCH_SECTIONS];
};

/* A text value; NIL counts as the word "NIL": there are mailboxes of that name. */
static inline BaruaImapSlice
barua_imap_value_get_name (const BaruaImapValue *value)
{
  if (value != NULL && value->kind == BARUA_IMAP_VALUE_NIL)
    return (BaruaImapSlice) { value->data, value->length };
  return barua_imap_value_get_slice (value);
}

/* The reader's set, emptied. */
BaruaIdSet *barua_imap_reader_take_set    (BaruaImapReader      *self,
                                           guint                 index);
/* Adds "1:5,9"; FALSE when it holds anything else (what came before it is in the set). */
gboolean    barua_imap_uid_set_read       (BaruaImapSlice        text,
                                           BaruaIdSet           *set);
void        barua_imap_reader_read_status (BaruaImapReader      *self,
                                           BaruaImapCondition    condition,
                                           BaruaImapSlice        text,
                                           BaruaImapStatus      *status);
/* FALSE when it is damaged. */
gboolean    barua_imap_reader_read_fetch  (BaruaImapReader      *self,
                                           const BaruaImapLine  *line,
                                           gboolean              is_uid,
                                           BaruaImapFetch       *fetch);
/* The known flags of a list; *any_flag ("\*") and *recent may be NULL. */
BaruaFlags  barua_imap_flags_read         (const BaruaImapValue *list,
                                           gboolean             *any_flag,
                                           gboolean             *recent);

G_END_DECLS
