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
  BARUA_STORE_ORDER_SENDER,  /* key: rank of the sender's name (in Sent, Drafts and Outbox: the first recipient's), likewise */
  BARUA_STORE_ORDER_UNREAD,
  BARUA_STORE_ORDER_STARRED
} BaruaStoreOrder;

/* What a row must be to stand in the list: all of it. Of a conversation one message in the list's scope must. */
typedef enum
{
  BARUA_STORE_MATCH_ALL        = 0,
  BARUA_STORE_MATCH_UNREAD     = 1 << 0,
  BARUA_STORE_MATCH_STARRED    = 1 << 1,
  BARUA_STORE_MATCH_ATTACHMENT = 1 << 2,
  BARUA_STORE_MATCH_KNOWN      = 1 << 3  /* the person wrote to the sender once, or is the sender */
} BaruaStoreMatch;

typedef struct
{
  gint64           folder;    /* shown folder; 0: any, with @hits */
  gint64           account;   /* with @hits and no folder: 0 any */
  GArray          *hits;      /* BaruaSpineEntry whose ids are the list (results of a search); NULL: all of @folder. Borrowed */
  BaruaStoreOrder  order;
  gboolean         ascending; /* lowest (key, id) first, A to Z, oldest, smallest, without the mark; else highest first */
  gboolean         grouped;   /* one entry a thread: its newest message in the scope */
  BaruaStoreMatch  match;
  GArray          *keep;      /* BaruaSpineEntry, what the list shows now: those that are still in the scope stay although they
                               * match no longer, by unread and star at the place they had. NULL: none. Borrowed */
  guint            limit;     /* 0: all. Else about as many of the first rows, where they can be had without the others (by
                               * date, no match, no hits); the whole list otherwise */
} BaruaStoreListQuery;

/* A list's entries in display order (see BaruaSpineEntry for the keys): GArray of BaruaSpineEntry. By date it is read from a
 * covering index; the others read every message of the scope and sort, on the caller's thread. On a reader. */
GArray    *barua_store_load_list    (BaruaStoreConnection       *c,
                                     const BaruaStoreListQuery  *query,
                                     GError                    **error);

/* The same for all of a folder, highest first. */
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
/* Rows by id, in the order of @ids; ids that are gone are skipped. With @grouped, what
 * BaruaRow tells of the conversation is filled in. GPtrArray of BaruaRow, owning. */
GPtrArray *barua_store_load_rows    (BaruaStoreConnection *c,
                                     const gint64         *ids,
                                     guint                 n,
                                     gboolean              grouped,
                                     GError              **error);

G_END_DECLS
