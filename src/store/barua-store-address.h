/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-store.h"

G_BEGIN_DECLS

typedef struct
{
  char     *address;    /* as it stands on the wire */
  char     *name;       /* the last one seen, "" when none */
  gint64    first_seen; /* date of the earliest message from or to it; 0: never */
  gint64    last_seen;
  guint     received;   /* messages from it that are stored */
  guint     sent;       /* messages to it that were stored in Sent */
  gboolean  known;      /* the person wrote to it once: a message to it was in Sent */
} BaruaStoreAddress;

void               barua_store_address_free     (BaruaStoreAddress    *self);
/* NULL without @error when it never occurred. @address is compared without case. */
BaruaStoreAddress *barua_store_address_load     (BaruaStoreConnection *c,
                                                 const char           *address,
                                                 GError              **error);
/* Whether no earlier message from the sender of @message was ever seen, and the person never wrote to it. */
gboolean           barua_store_address_is_first (BaruaStoreConnection *c,
                                                 gint64                message,
                                                 gboolean             *is_first,
                                                 GError              **error);
/* For the address field: people whose address or a word of whose name begins with @text (without case), those the person
 * writes to first, then by last seen. GPtrArray of BaruaStoreAddress, owning, at most @limit. */
GPtrArray         *barua_store_address_complete (BaruaStoreConnection *c,
                                                 const char           *text,
                                                 guint                 limit,
                                                 GError              **error);
/* "People I know": those the person wrote to, the last seen first. */
GPtrArray         *barua_store_address_list_known (BaruaStoreConnection *c,
                                                 guint                 limit,
                                                 GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaStoreAddress, barua_store_address_free)

G_END_DECLS
