/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-envelope.h"
#include "barua-flags.h"
#include "barua-id-set.h"
#include "barua-store.h"

G_BEGIN_DECLS

/* Messages: each row is one placement, a message in one folder (DESIGN 5). All UIDs are 1 .. 2^32-1. */

/* One message as the server told it. Everything is borrowed for the time of the call. */
typedef struct _BaruaIngest
{
  guint32              uid;
  BaruaFlags           flags;
  const char * const  *keywords;      /* NULL-terminated, those without a bit in BaruaFlags; NULL for none */
  gint64               internal_date; /* seconds since 1970 */
  guint64              size;
  guint64              modseq;        /* 0: not known */
  const char          *remote_id;     /* EMAILID, X-GM-MSGID, UIDL, Graph's id; NULL for none */
  const BaruaEnvelope *envelope;
} BaruaIngest;

typedef struct
{
  guint added;   /* new rows */
  guint adopted; /* rows that stood without UID and took this one */
  guint known;   /* UIDs that were here already: flags (and keywords, modseq) were confirmed, the rest left as it was */
} BaruaIngestResult;

/* Stores @n messages of @folder with their addresses, threads and counters: one batch of the sync. An item whose UID is
 * known only confirms its flags. A row of this folder without UID (barua_store_message_forget_uids(), placeholders) with
 * the same remote id, else Message-ID, date and size, is adopted when it is the only such one: id, wishes and body stay.
 * @ids, when not NULL, receives @n local ids. @result may be NULL. */
gboolean    barua_store_message_ingest        (BaruaStoreConnection  *c,
                                               gint64                 folder,
                                               const BaruaIngest     *items,
                                               guint                  n,
                                               gint64                *ids,
                                               BaruaIngestResult     *result,
                                               GError               **error);

typedef struct
{
  guint32             uid;
  BaruaFlags          flags;
  const char * const *keywords;  /* NULL-terminated; NULL: none */
  guint64             modseq;    /* 0: not known */
} BaruaConfirmedFlags;

/* What the server says the flags are. Wishes stay on top of it; a wish that is not in flight and came true is dropped. UIDs
 * that are not here are ignored. @n_changed (may be NULL): rows that were different. */
gboolean    barua_store_message_confirm_flags (BaruaStoreConnection      *c,
                                               gint64                     folder,
                                               const BaruaConfirmedFlags *items,
                                               guint                      n,
                                               guint                     *n_changed,
                                               GError                   **error);
/* The set comparison of plain servers: within @range, exactly the UIDs of @with have @flag (one bit) set. */
gboolean    barua_store_message_confirm_set   (BaruaStoreConnection  *c,
                                               gint64                 folder,
                                               const BaruaIdSet      *range,
                                               BaruaFlags             flag,
                                               const BaruaIdSet      *with,
                                               guint                 *n_changed,
                                               GError               **error);
/* On proof only (DESIGN 5, rules): these UIDs are gone from the server. Unknown ones are ignored. At most BARUA_BULK_ROWS
 * rows are removed by one call; @n_removed tells how many, and the call is to be repeated until it is 0. */
gboolean    barua_store_message_remove_uids   (BaruaStoreConnection  *c,
                                               gint64                 folder,
                                               const BaruaIdSet      *uids,
                                               guint                 *n_removed,
                                               GError               **error);
/* UIDVALIDITY changed: takes the UIDs off all rows of the folder, in one transaction with its new sync state. What is then
 * ingested adopts them; what is left when the listing is complete is removed by barua_store_message_remove_uidless(), in
 * portions like barua_store_message_remove_uids(). */
gboolean    barua_store_message_forget_uids   (BaruaStoreConnection  *c,
                                               gint64                 folder,
                                               GError               **error);
gboolean    barua_store_message_remove_uidless (BaruaStoreConnection *c,
                                               gint64                 folder,
                                               guint                 *n_removed,
                                               GError               **error);

/* The UIDs stored for this server folder; those in @range only, when it is not NULL. */
BaruaIdSet *barua_store_message_list_uids     (BaruaStoreConnection  *c,
                                               gint64                 folder,
                                               const BaruaIdSet      *range,
                                               GError               **error);
/* Those whose confirmed (not shown) flags & @mask == @bits. */
BaruaIdSet *barua_store_message_list_uids_by_flags (BaruaStoreConnection *c,
                                               gint64                 folder,
                                               BaruaFlags             mask,
                                               BaruaFlags             bits,
                                               GError               **error);
/* The newest @n UIDs (by UID). */
BaruaIdSet *barua_store_message_list_newest_uids (BaruaStoreConnection *c,
                                               gint64                 folder,
                                               guint                  n,
                                               GError               **error);
/* How many messages of this server folder have a UID; in @range only, when it is not NULL. */
gboolean    barua_store_message_count_uids    (BaruaStoreConnection  *c,
                                               gint64                 folder,
                                               const BaruaIdSet      *range,
                                               guint64               *count,
                                               GError               **error);
/* 0 when there is none. */
gint64      barua_store_message_find_uid      (BaruaStoreConnection  *c,
                                               gint64                 folder,
                                               guint32                uid,
                                               GError               **error);

/* Where a message is and what is known of it: what the engine needs to fetch it. */
typedef struct
{
  gint64      id;
  gint64      account;
  gint64      server_folder;   /* 0: not on the server yet */
  gint64      shown_folder;
  guint32     uid;             /* 0: not known */
  gint64      thread;
  gint64      body;            /* key of its body in cache.db */
  gint64      date;
  gint64      internal_date;
  guint64     size;
  guint64     modseq;
  BaruaFlags  flags;           /* confirmed */
  BaruaFlags  shown_flags;
  gboolean    has_parts;       /* its BODYSTRUCTURE is stored */
  gboolean    body_here;
  char       *message_id;
  char       *remote_id;       /* "" when none */
} BaruaStoreMessage;

void               barua_store_message_free   (BaruaStoreMessage     *self);
/* NULL without @error when there is none. */
BaruaStoreMessage *barua_store_message_load   (BaruaStoreConnection  *c,
                                               gint64                 id,
                                               GError               **error);

/* The header values as they were ingested, addresses included (References are not kept). NULL without @error when there is
 * none. */
BaruaEnvelope     *barua_store_message_load_envelope (BaruaStoreConnection *c,
                                               gint64                 id,
                                               GError               **error);

/* The one line shown below the subject; written when a text part came (PREVIEW, RFC 8970, or mime). */
gboolean    barua_store_message_set_preview   (BaruaStoreConnection  *c,
                                               gint64                 id,
                                               const char            *preview,
                                               GError               **error);
/* The paperclip, once it is known for certain. */
gboolean    barua_store_message_set_attachment (BaruaStoreConnection *c,
                                               gint64                 id,
                                               gboolean               has_attachment,
                                               GError               **error);

/* UIDs of @folder below @below (0: all) whose parts are not stored, the newest @limit, for the background BODYSTRUCTURE
 * pass: go on below the first of what came. */
BaruaIdSet *barua_store_message_list_without_parts (BaruaStoreConnection *c,
                                               gint64                 folder,
                                               guint32                below,
                                               guint                  limit,
                                               GError               **error);
/* Likewise UIDs of @folder, of messages newer than @since (seconds since 1970), whose text is not here. */
BaruaIdSet *barua_store_message_list_without_body (BaruaStoreConnection *c,
                                               gint64                 folder,
                                               gint64                 since,
                                               guint32                below,
                                               guint                  limit,
                                               GError               **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaStoreMessage, barua_store_message_free)

G_END_DECLS
