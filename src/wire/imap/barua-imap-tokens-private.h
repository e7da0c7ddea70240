/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-imap-parser.h"

G_BEGIN_DECLS

/* Where a literal stands in the bytes of a response; offsets from its first byte. */
typedef struct
{
  gsize  header; /* of "{" or "~{" */
  gsize  data;   /* of its first byte: where the text goes on when it was streamed */
  gsize  length;
  guint8 kind;   /* BARUA_IMAP_VALUE_LITERAL, _LITERAL8 or _STREAMED */
} BaruaImapTokenLiteral;

typedef enum
{
  BARUA_IMAP_TOKENS_FETCH = 1 << 0, /* "BODY[...]" is one atom, spaces and all */
  BARUA_IMAP_TOKENS_PEEK  = 1 << 1  /* leave the bytes as they are: escapes in strings are not resolved */
} BaruaImapTokensFlags;

/* An argument tree; the array is kept from one response to the next. */
typedef struct
{
  BaruaImapValue *values;  /* the first is the list of all */
  guint           n_values;
  guint           allocated;
  gboolean        damaged;
  gsize           error_at;
} BaruaImapTokens;

void                barua_imap_tokens_clear (BaruaImapTokens             *self);
/* An empty list. */
void                barua_imap_tokens_reset (BaruaImapTokens             *self);
/* Reads bytes[begin, end) (CRLF not included), in which the literals stand in order. Resolves escapes in place. */
BaruaImapParseError barua_imap_tokens_run   (BaruaImapTokens             *self,
                                             char                        *bytes,
                                             gsize                        begin,
                                             gsize                        end,
                                             const BaruaImapTokenLiteral *literals,
                                             guint                        n_literals,
                                             BaruaImapTokensFlags         flags);

G_END_DECLS
