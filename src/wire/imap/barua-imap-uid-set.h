/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-id-set.h"
#include "barua-imap-value.h"

G_BEGIN_DECLS

/* A set as a server sends it ("1:5,9"); tolerates doubled commas. NULL when it holds anything else, "*" and 0 included. */
BaruaIdSet *barua_imap_uid_set_parse (BaruaImapSlice    text);
/* Cuts @set into sets whose texts are at most @max_bytes long (at least one range each), in rising order. A GPtrArray of
 * BaruaIdSet that owns its members. */
GPtrArray  *barua_imap_uid_set_split (const BaruaIdSet *set,
                                      gsize             max_bytes);
/* Appends "1:5,9". */
void        barua_imap_uid_set_append (const BaruaIdSet *set,
                                       GString          *text);

G_END_DECLS
