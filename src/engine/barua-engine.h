/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <libdex.h>

#include "barua-clock.h"
#include "barua-engine-types.h"

G_BEGIN_DECLS

/* The engine: accounts, folders, synchronisation, wishes. It owns the profile and is the only writer of the store. All calls
 * on the main thread; futures resolve there. Every future is rejected with BARUA_ERROR only.
 *
 * Signals:
 *   changed (BaruaChangeSet *)       a transaction was committed; emitted once each, in order of generation, before the
 *                                    future of the act that caused it resolves
 *   status-changed (gint64 account)  ask barua_engine_dup_status(); at most ten a second an account
 *   arrived (gint64 folder, BaruaIdSet *ids)   new unread mail that came while running, not what a first sync found
 *   resumed ()                       the machine woke up, or the network came back or became another one
 */
#define BARUA_TYPE_ENGINE (barua_engine_get_type ())
G_DECLARE_FINAL_TYPE (BaruaEngine, barua_engine, BARUA, ENGINE, GObject)

typedef enum
{
  BARUA_ENGINE_DEFAULT   = 0,
  BARUA_ENGINE_MANUAL    = 1 << 0, /* no connection unless a call needs one: barua-cli without watch */
  BARUA_ENGINE_READ_ONLY = 1 << 1  /* read beside another process that owns the profile: every change is refused */
} BaruaEngineFlags;

/* @profile: the folder of all state. @clock may be NULL: the system's. */
BaruaEngine *barua_engine_new             (const char           *profile,
                                           BaruaEngineFlags      flags,
                                           BaruaClock           *clock);
const char  *barua_engine_get_profile     (BaruaEngine          *self);

/* Begins to open the store, so that it is open by the time the engine is started; once, before that. Without it
 * barua_engine_start() begins. What goes wrong is told there. */
void         barua_engine_prepare         (BaruaEngine          *self);
/* Opens the store, takes the profile's lock, starts accounts. Resolves to TRUE. PROFILE_IN_USE, STORE_DAMAGED (only when
 * nothing could be rebuilt), STORE_NEWER, NO_SPACE, IO. */
DexFuture   *barua_engine_start           (BaruaEngine          *self) G_GNUC_WARN_UNUSED_RESULT;
/* Ends connections, drains the writer, closes. Resolves to TRUE; later calls are rejected as CANCELLED. */
DexFuture   *barua_engine_stop            (BaruaEngine          *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean     barua_engine_was_repaired    (BaruaEngine          *self); /* the store was damaged and was rebuilt */

/* Accounts. */
DexFuture   *barua_engine_add_account     (BaruaEngine          *self,
                                           BaruaAccount         *account) G_GNUC_WARN_UNUSED_RESULT; /* gint64 */
DexFuture   *barua_engine_remove_account  (BaruaEngine          *self,
                                           gint64                account) G_GNUC_WARN_UNUSED_RESULT; /* TRUE */
/* (transfer full) (element-type BaruaAccount): from memory, in the person's order. */
GPtrArray   *barua_engine_list_accounts   (BaruaEngine          *self);
BaruaStatus *barua_engine_dup_status      (BaruaEngine          *self,
                                           gint64                account);
/* Try again now: ends a back-off; also after the person changed something. */
void         barua_engine_wake            (BaruaEngine          *self,
                                           gint64                account /* 0: all */);
void         barua_engine_set_offline     (BaruaEngine          *self,
                                           gboolean              offline);
gboolean     barua_engine_get_offline     (BaruaEngine          *self);

/* Folders. (transfer full) (element-type BaruaFolder): from memory, in tree order (UI.md 2: role folders first). */
GPtrArray   *barua_engine_list_folders    (BaruaEngine          *self,
                                           gint64                account /* 0: all */);
BaruaFolder *barua_engine_dup_folder      (BaruaEngine          *self,
                                           gint64                folder);
/* The folder on screen: it is synchronised first and watched; 0 for none. */
void         barua_engine_set_open_folder (BaruaEngine          *self,
                                           gint64                folder);
/* Rows on screen: their BODYSTRUCTUREs, previews and texts come first. */
void         barua_engine_set_visible     (BaruaEngine          *self,
                                           const gint64         *ids,
                                           guint                 n_ids);

/* Lists: read from the store by a reader thread, never from the network. */
DexFuture   *barua_engine_load_spine      (BaruaEngine          *self,
                                           const BaruaListQuery *query) G_GNUC_WARN_UNUSED_RESULT; /* BaruaSpine */
/* The same. @limit not 0: about the first rows, where they can be had long before the others (a folder by date without filter,
 * a search by date, newest first: then the spine's is_top is set), else all. @keep: GArray of BaruaSpineEntry, what the list
 * shows now (referenced, not to be changed until the answer is here), or NULL: rows that are still in the scope stay although
 * the filter or the search would no longer find them, by unread and star at the place they had. BaruaSpine */
DexFuture   *barua_engine_load_spine_with (BaruaEngine          *self,
                                           const BaruaListQuery *query,
                                           guint                 limit,
                                           GArray               *keep) G_GNUC_WARN_UNUSED_RESULT;
DexFuture   *barua_engine_load_rows       (BaruaEngine          *self,
                                           const gint64         *ids,
                                           guint                 n_ids,
                                           gboolean              grouped) G_GNUC_WARN_UNUSED_RESULT; /* BaruaRows */
/* Messages of a thread, oldest first, across the folders of its account. BaruaRows */
DexFuture   *barua_engine_load_thread     (BaruaEngine          *self,
                                           gint64                thread) G_GNUC_WARN_UNUSED_RESULT;
/* The messages of a conversation over all folders of its account, copies once, that in @folder (may be 0) rather than another
 * one: ids, folders and flags only. NOT_FOUND when there is none (any more). BaruaConversation */
DexFuture   *barua_engine_load_conversation (BaruaEngine        *self,
                                           gint64                thread,
                                           gint64                folder) G_GNUC_WARN_UNUSED_RESULT;
DexFuture   *barua_engine_find_uid        (BaruaEngine          *self,
                                           gint64                folder,
                                           guint32               uid) G_GNUC_WARN_UNUSED_RESULT; /* gint64 */
/* The operators in the person's language: copied; ends with { NULL, NULL }. Texts of later searches are read with them. */
void         barua_engine_set_query_words (BaruaEngine          *self,
                                           const BaruaQueryWord *words);
/* Newest first. Without a @folder, folders that only show what lies elsewhere are left out: nothing is found twice for them. */
DexFuture   *barua_engine_search          (BaruaEngine          *self,
                                           const char           *text,
                                           gint64                account /* 0: all */,
                                           gint64                folder  /* 0: all */,
                                           guint                 limit) G_GNUC_WARN_UNUSED_RESULT; /* BaruaSearchResult */

/* @progress may be NULL; called on the main thread, @total 0 when unknown. Cancelling @cancellable rejects with CANCELLED and
 * stops the download at once. */
typedef void (*BaruaProgressFunc) (guint64 done, guint64 total, gpointer user_data);

/* Asks the servers of the search's scope for what the store can't know: texts that are not here, and messages whose rows are not
 * here yet, which are fetched and stored. Folder by folder (@progress counts them). An account that does not answer is told of in
 * the answer; rejected only when cancelled, or when the store fails. BaruaAsked */
DexFuture   *barua_engine_ask_server      (BaruaEngine          *self,
                                           const BaruaListQuery *query,
                                           BaruaProgressFunc     progress,
                                           gpointer              user_data,
                                           GDestroyNotify        destroy,
                                           GCancellable         *cancellable) G_GNUC_WARN_UNUSED_RESULT;
BaruaAskable barua_engine_get_askable     (BaruaEngine          *self,
                                           const BaruaListQuery *query);

/* Messages. What the cache has is given at once; the rest is fetched. */
typedef enum
{
  BARUA_LOAD_DEFAULT    = 0,
  BARUA_LOAD_CACHE_ONLY = 1 << 0 /* NOT_FOUND rather than the network */
} BaruaLoadFlags;

/* The texts and the part list; attachments are not fetched. BaruaParsedMessage */
DexFuture   *barua_engine_load_message    (BaruaEngine          *self,
                                           gint64                id,
                                           BaruaLoadFlags        flags,
                                           GCancellable         *cancellable) G_GNUC_WARN_UNUSED_RESULT;
/* One part, transfer-decoded. GBytes. message/rfc822 parts give the whole inner message. */
DexFuture   *barua_engine_load_part       (BaruaEngine          *self,
                                           gint64                id,
                                           const char           *section,
                                           BaruaLoadFlags        flags,
                                           BaruaProgressFunc     progress,
                                           gpointer              user_data,
                                           GDestroyNotify        destroy,
                                           GCancellable         *cancellable) G_GNUC_WARN_UNUSED_RESULT;
/* The whole message as it stands on the server. GBytes */
DexFuture   *barua_engine_load_source     (BaruaEngine          *self,
                                           gint64                id,
                                           BaruaLoadFlags        flags,
                                           BaruaProgressFunc     progress,
                                           gpointer              user_data,
                                           GDestroyNotify        destroy,
                                           GCancellable         *cancellable) G_GNUC_WARN_UNUSED_RESULT;

/* Wishes. Resolves to TRUE when it is on disk (synchronous=FULL) and shown; the server hears of it later. Only the bits in
 * @mask are touched. SEEN and FLAGGED. */
DexFuture   *barua_engine_set_flags       (BaruaEngine          *self,
                                           BaruaIdSet           *ids,
                                           BaruaFlags            mask,
                                           BaruaFlags            bits) G_GNUC_WARN_UNUSED_RESULT;

/* What waits to be done by the servers and what they refused, of all accounts; read by a reader thread. "status-changed" and
 * "changed" tell that it may be another one now. BaruaWaitingList */
DexFuture   *barua_engine_list_waiting    (BaruaEngine          *self) G_GNUC_WARN_UNUSED_RESULT;
/* Wishes again what was refused: it is shown at once, and sent. TRUE; NOT_FOUND. */
DexFuture   *barua_engine_retry           (BaruaEngine          *self,
                                           gint64                id) G_GNUC_WARN_UNUSED_RESULT;
/* Lets go what was refused: the messages stay as the server has them. @discarded FALSE takes that back, until the engine is
 * stopped. TRUE; NOT_FOUND. */
DexFuture   *barua_engine_set_discarded   (BaruaEngine          *self,
                                           gint64                id,
                                           gboolean              discarded) G_GNUC_WARN_UNUSED_RESULT;

/* Synchronising on demand. @account 0: all; @folder 0: all of the account that are not hidden. Resolves to BaruaSyncReport
 * when everything asked for is up to date and can be found (the word index may still grow: what it lacks is read meanwhile);
 * rejected with the first error that stops an account. */
DexFuture   *barua_engine_sync            (BaruaEngine          *self,
                                           gint64                account,
                                           gint64                folder,
                                           BaruaSyncFlags        flags) G_GNUC_WARN_UNUSED_RESULT;
/* The same for the folder called @name (server name, shown path or "inbox"), listed first when it is not known yet. */
DexFuture   *barua_engine_sync_named      (BaruaEngine          *self,
                                           gint64                account,
                                           const char           *name,
                                           BaruaSyncFlags        flags) G_GNUC_WARN_UNUSED_RESULT;
/* Resolves to TRUE when the word index holds all that is stored. Only for those who are about to end: nothing else need wait. */
DexFuture   *barua_engine_finish_index    (BaruaEngine          *self) G_GNUC_WARN_UNUSED_RESULT;
/* Compares the store with itself and with the server. BaruaVerifyReport */
DexFuture   *barua_engine_verify          (BaruaEngine          *self,
                                           gint64                account) G_GNUC_WARN_UNUSED_RESULT;

/* What is known of who sent the message @id with the address @address. From the store, never from the network. BaruaSender */
DexFuture   *barua_engine_load_sender     (BaruaEngine          *self,
                                           gint64                id,
                                           const char           *address) G_GNUC_WARN_UNUSED_RESULT;

/* Whether to show pictures of strangers: the person's choice for a sender. */
typedef enum
{
  BARUA_PICTURES_ASK,
  BARUA_PICTURES_ALWAYS,
  BARUA_PICTURES_NEVER
} BaruaPictures;

DexFuture   *barua_engine_load_pictures   (BaruaEngine          *self,
                                           const char           *address) G_GNUC_WARN_UNUSED_RESULT; /* gint of the enum */
DexFuture   *barua_engine_set_pictures    (BaruaEngine          *self,
                                           const char           *address,
                                           BaruaPictures         pictures) G_GNUC_WARN_UNUSED_RESULT; /* TRUE */
/* Addresses whose pictures are always shown, in order, at most BARUA_LIMIT_PICTURE_SENDERS. G_TYPE_STRV */
DexFuture   *barua_engine_list_pictures   (BaruaEngine          *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
