/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One mailbox address, decoded: valid UTF-8 without control characters. Immutable, reference counted, any thread. */
typedef struct
{
  gatomicrefcount ref_count;
  char           *name;    /* display name, "" when there is none; never NULL */
  char           *address; /* addr-spec as it stands on the wire (domain not lower-cased), "" when there is none */
} BaruaAddress;

/* Invalid UTF-8 and control characters are replaced by U+FFFD; both are bounded by barua-limits.h. NULL counts as "". */
BaruaAddress *barua_address_new            (const char         *name,
                                            const char         *address);
BaruaAddress *barua_address_ref            (BaruaAddress       *self);
void          barua_address_unref          (BaruaAddress       *self);

/* The key of the address table: the whole address in lower case. (RFC 5321 lets local parts differ by case; no
 * provider makes use of it.) */
char         *barua_address_dup_key        (const BaruaAddress *self);
/* The name, else the address. Borrowed. */
const char   *barua_address_get_shown      (const BaruaAddress *self);

/* "Maria <maria@posta.example>", for logs, JSON and tests, not for messages. */
char         *barua_address_to_string      (const BaruaAddress *self);
/* A GPtrArray of BaruaAddress that owns its members. */
GPtrArray    *barua_address_list_new       (void);
char         *barua_address_list_to_string (GPtrArray          *addresses);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaAddress, barua_address_unref)

G_END_DECLS
