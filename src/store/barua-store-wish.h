/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-error.h"
#include "barua-flags.h"
#include "barua-id-set.h"
#include "barua-store.h"

G_BEGIN_DECLS

/* State wishes (DESIGN 5): what the person wants of the flags, until the server has it.
 *
 *   barua_store_wish_flags()         the click: a BARUA_STORE_WISH transaction
 *   barua_store_wish_list_pending()  what is to be sent, grouped into UID sets
 *   barua_store_wish_take()          marks a group as in flight: committed before its bytes leave
 *   barua_store_wish_confirm()       tagged OK: sent becomes confirmed; the wish goes where it still equals what was sent
 *   barua_store_wish_refuse()        tagged NO or BAD: the wish is given up where it equals what was sent, and remembered as refused
 *   barua_store_wish_unsure()        the connection was cut: back to wished, to be sent again (doing it twice is doing it once)
 *
 * Opening a store makes every batch that was in flight unsure. */

/* Wishes that within @ids (local message ids) the flags of @mask become as in @bits. Only bits that differ from what the
 * server has (or is being told) become wishes; asking back what was takes a wish away. @n_changed (may be NULL): rows that
 * show something else now. */
gboolean   barua_store_wish_flags        (BaruaStoreConnection  *c,
                                          const BaruaIdSet      *ids,
                                          BaruaFlags             mask,
                                          BaruaFlags             bits,
                                          guint                 *n_changed,
                                          GError               **error);

/* One STORE command, or two: UIDs of one folder that wish the same. */
typedef struct
{
  gint64      account;
  gint64      folder;   /* server folder */
  BaruaFlags  mask;
  BaruaFlags  bits;     /* within @mask: set these, clear the others */
  BaruaIdSet *uids;
  BaruaIdSet *ids;      /* the same messages by local id */
} BaruaStoreWish;

void       barua_store_wish_free         (BaruaStoreWish        *self);
/* Wishes of @account (0: of all) that are not in flight and whose messages have a UID: GPtrArray of BaruaStoreWish, owning,
 * by folder; at most @limit messages. */
GPtrArray *barua_store_wish_list_pending (BaruaStoreConnection  *c,
                                          gint64                 account,
                                          guint                  limit,
                                          GError               **error);
/* Marks what of @wish still is so as in flight under a new batch id, and takes from @wish what is no longer so (its sets may
 * come back empty: @batch is then 0 and nothing is to be sent). Use BARUA_STORE_WISH as priority. */
gboolean   barua_store_wish_take         (BaruaStoreConnection  *c,
                                          BaruaStoreWish        *wish,
                                          gint64                *batch,
                                          GError               **error);
gboolean   barua_store_wish_confirm      (BaruaStoreConnection  *c,
                                          gint64                 batch,
                                          GError               **error);
/* @code: the server's reason, at @time (seconds since 1970), remembered (barua-store-refusal.h). @n_reverted (may be NULL): rows
 * that show something else now. */
gboolean   barua_store_wish_refuse       (BaruaStoreConnection  *c,
                                          gint64                 batch,
                                          BaruaErrorCode         code,
                                          gint64                 time,
                                          guint                 *n_reverted,
                                          GError               **error);
gboolean   barua_store_wish_unsure       (BaruaStoreConnection  *c,
                                          gint64                 batch,
                                          GError               **error);
/* One flag of messages of one account. */
typedef struct
{
  gint64     account;
  BaruaFlags mask;    /* one flag */
  BaruaFlags bits;
  gboolean   sending; /* in flight */
  guint      n;       /* messages */
} BaruaStoreWishGroup;

/* All that waits, a handful an account: what is in flight comes first. GArray of BaruaStoreWishGroup. */
GArray    *barua_store_wish_list_groups  (BaruaStoreConnection  *c,
                                          GError               **error);
/* Messages of @account (0: all) that wait to be sent or are in flight. */
gboolean   barua_store_wish_count        (BaruaStoreConnection  *c,
                                          gint64                 account,
                                          guint                 *n_waiting,
                                          GError               **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaStoreWish, barua_store_wish_free)

G_END_DECLS
