/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-row.h"
#include "barua-store.h"

G_BEGIN_DECLS

typedef enum
{
  BARUA_STORE_ORDER_DATE,    /* key: date */
  BARUA_STORE_ORDER_SIZE,    /* key: size in bytes */
  BARUA_STORE_ORDER_SUBJECT, /* key: rank of the subject without "Re:" in this folder, by code point without case */
  BARUA_STORE_ORDER_SENDER   /* key: rank of the sender's name, likewise */
} BaruaStoreOrder;

/* The ids of a folder's list, highest (key, id) first: GArray of BaruaSpineEntry. @grouped: one entry a thread, the newest
 * message of it here (BARUA_STORE_ORDER_DATE only). Ranks (subject, sender) hold for this call's result only. */
GArray    *barua_store_load_spine   (BaruaStoreConnection *c,
                                     gint64                folder,
                                     BaruaStoreOrder       order,
                                     gboolean              grouped,
                                     GError              **error);
/* At most the first @limit of it in date order: what is shown before the whole spine is here. */
GArray    *barua_store_load_spine_top (BaruaStoreConnection *c,
                                     gint64                folder,
                                     gboolean              grouped,
                                     guint                 limit,
                                     GError              **error);
/* Rows by id, in the order of @ids; ids that are gone are skipped. With @grouped, thread_count and thread_unread are those
 * of the thread in the row's folder. GPtrArray of BaruaRow, owning. */
GPtrArray *barua_store_load_rows    (BaruaStoreConnection *c,
                                     const gint64         *ids,
                                     guint                 n,
                                     gboolean              grouped,
                                     GError              **error);

G_END_DECLS
