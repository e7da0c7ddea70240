/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-error.h"
#include "barua-flags.h"
#include "barua-id-set.h"
#include "barua-store.h"

G_BEGIN_DECLS

/* What the server refused (DESIGN 5): the wish itself is cleared then, so that the messages show what the server has; this is
 * remembered until the person tries again, wishes anew or lets it go. Refusals of the same kind are one. */

typedef struct
{
  gint64         id;
  gint64         account;
  BaruaFlags     mask; /* one flag */
  BaruaFlags     bits;
  BaruaErrorCode code; /* why, as the server put it */
  gint64         time; /* of the latest, seconds since 1970 */
  guint          n;    /* messages that are still there */
} BaruaStoreRefusal;

/* The refusals of @account (0: all) that were not let go, newest first: at most @limit. @n_more (may be NULL): how many there are
 * beyond. GArray of BaruaStoreRefusal. */
GArray     *barua_store_refusal_list        (BaruaStoreConnection  *c,
                                             gint64                 account,
                                             guint                  limit,
                                             guint                 *n_more,
                                             GError               **error);
/* Messages of @account (0: all) with something refused. */
gboolean    barua_store_refusal_count       (BaruaStoreConnection  *c,
                                             gint64                 account,
                                             guint                 *n,
                                             GError               **error);
/* Wishes once more what was refused; the refusal goes. NOT_FOUND. A BARUA_STORE_WISH transaction. */
gboolean    barua_store_refusal_retry       (BaruaStoreConnection  *c,
                                             gint64                 id,
                                             GError               **error);
/* Lets it go, or (@discarded FALSE) brings it back; for good once the store was closed. NOT_FOUND. */
gboolean    barua_store_refusal_set_discarded (BaruaStoreConnection *c,
                                             gint64                 id,
                                             gboolean               discarded,
                                             GError               **error);

G_END_DECLS
