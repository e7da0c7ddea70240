/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-envelope.h"
#include "barua-imap-value.h"

G_BEGIN_DECLS

/* An ENVELOPE (RFC 9051, 7.5.2) as raw slices: the fast path, no allocation. Address fields stay nodes of the tree (NULL
 * where the server sent NIL) and are read with BaruaImapAddressIter. */
typedef struct
{
  BaruaImapSlice        date;
  BaruaImapSlice        subject;
  const BaruaImapValue *from;
  const BaruaImapValue *sender;
  const BaruaImapValue *reply_to;
  const BaruaImapValue *to;
  const BaruaImapValue *cc;
  const BaruaImapValue *bcc;
  BaruaImapSlice        in_reply_to;
  BaruaImapSlice        message_id;
} BaruaImapEnvelope;

typedef struct
{
  BaruaImapSlice name;    /* raw: RFC 2047 words not decoded */
  BaruaImapSlice mailbox; /* the local part */
  BaruaImapSlice host;
  BaruaImapSlice group;   /* the group it stands in; data NULL when in none */
} BaruaImapAddress;

typedef struct
{
  const BaruaImapValue *list;
  const BaruaImapValue *next;
  BaruaImapSlice        group;
} BaruaImapAddressIter;

/* FALSE when @value is no list of at least one field, or when a field has an impossible type ("damaged"): what could be read
 * is in *envelope all the same, the rest empty. */
gboolean       barua_imap_envelope_read       (const BaruaImapValue *value,
                                               BaruaImapEnvelope    *envelope);
/* @addresses may be NULL. */
void           barua_imap_address_iter_init   (BaruaImapAddressIter *iter,
                                               const BaruaImapValue *addresses);
/* The next address; group markers are consumed, entries that are no addresses are passed over. */
gboolean       barua_imap_address_iter_next   (BaruaImapAddressIter *iter,
                                               BaruaImapAddress     *address);

/* A decoded copy: RFC 2047 words, dates, references (In-Reply-To only: an ENVELOPE has no References). Owned by the
 * caller. */
BaruaEnvelope *barua_imap_envelope_decode     (const BaruaImapEnvelope *self);

G_END_DECLS
