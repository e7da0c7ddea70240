/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-imap-backend.h"
#include "barua-imap-pool.h"
#include "barua-imap-reducer.h"
#include "barua-poison.h"
#include "barua-store-folder.h"
#include "barua-sync-plan.h"

G_BEGIN_DECLS

struct _BaruaImapBackend
{
  GObject          parent_instance;

  BaruaStore      *store;
  gint64           account;
  char            *host;
  char            *password_command;
  DexFuture       *password;     /* asked for early, while the connection is made; NULL: not */
  BaruaClock      *clock;
  BaruaOnline     *online;
  BaruaImapPool   *pool;
  BaruaImapConfig *config;
  BaruaScope      *scope;        /* of everything; cancelled by close */
  BaruaPoison     *poison;
  char            *settings;     /* the account's, as stored */
  GHashTable      *folders;      /* gint64 * -> BaruaStoreFolder */
  GHashTable      *locks;        /* gint64 * -> GQueue of DexPromise: who waits for the folder */
  gboolean         loaded;       /* folders were read from the store */
  gboolean         patient;      /* runs for long: there will be idle time */

  /* Watching. */
  gint64           open_folder;
  gboolean         watching;
  BaruaScope      *inbox_watch;
  BaruaScope      *open_watch;
  gint64           watched_open;

  /* What NOTIFY told of and nobody has looked at yet: barua-imap-notify.c. */
  GHashTable      *told;          /* mailbox -> BaruaImapFolder; NULL: nothing */
  gboolean         told_all;      /* folders came or went, or the server tells no more: look at all */
  gboolean         telling;       /* a fiber is at it */
  const BaruaImapQuirks *notify_quirks;

  gboolean         replaying;
  gboolean         replay_again;
};

/* Folders: barua-imap-folders.c ------------------------------------------------------------------------------------------ */

/* In a fiber: the folders of the store into memory. */
gboolean          barua_imap_backend_load_folders (BaruaImapBackend *self,
                                                   GError          **error);
/* Borrowed until the next await; NULL when there is none. */
BaruaStoreFolder *barua_imap_backend_get_folder   (BaruaImapBackend *self,
                                                   gint64            folder);
BaruaStoreFolder *barua_imap_backend_get_inbox    (BaruaImapBackend *self);
/* In a fiber: LIST with STATUS, into the store. @gates (may be NULL) receives a GPtrArray of BaruaImapFolder, owning. */
gboolean          barua_imap_backend_refresh_folders (BaruaImapBackend *self,
                                                   BaruaImapSession *session,
                                                   BaruaScope       *scope,
                                                   GPtrArray       **gates,
                                                   GError          **error);
/* In a fiber: makes sure that there is a row for INBOX, which needs no LIST to be known. Its id, 0 with @error. */
gint64            barua_imap_backend_ensure_inbox (BaruaImapBackend *self,
                                                   GError          **error);

/* One piece of work a folder at a time. Resolves to TRUE when it is the caller's. */
DexFuture        *barua_imap_backend_lock         (BaruaImapBackend *self,
                                                   gint64            folder) G_GNUC_WARN_UNUSED_RESULT;
void              barua_imap_backend_unlock       (BaruaImapBackend *self,
                                                   gint64            folder);
/* In a fiber: a session, told of in errors of the pool; return it with barua_imap_backend_give_back(). */
BaruaImapSession *barua_imap_backend_lease        (BaruaImapBackend *self,
                                                   BaruaImapLease    lease,
                                                   const char       *mailbox,
                                                   BaruaScope       *scope,
                                                   GError          **error);
void              barua_imap_backend_give_back    (BaruaImapBackend *self,
                                                   BaruaImapSession *session);
/* After an error of a command: pauses the account where the server asked for it. */
void              barua_imap_backend_save_settings (BaruaImapBackend *self);
/* In a fiber: SELECTs @mailbox unless it is selected. */
gboolean          barua_imap_backend_select       (BaruaImapBackend *self,
                                                   BaruaImapSession *session,
                                                   const char       *mailbox,
                                                   BaruaScope       *scope,
                                                   GError          **error);

/* Synchronising: barua-imap-sync.c ----------------------------------------------------------------------------------------- */

typedef struct
{
  BaruaImapBackend    *backend;
  BaruaImapSession    *session;
  BaruaScope          *scope;
  gint64               folder;
  char                *mailbox;
  BaruaSyncFlags       flags;
  BaruaSyncReport     *report;
  gint64               started_us;
  BaruaStoreSyncState *state;
  gboolean             is_unchanged; /* the server's numbers are those of the last visit, MODSEQ among them */
  gboolean             agrees;    /* as many rows as the server has messages */
  BaruaImapReducer    *reducer;
  BaruaImapSelected   *selected;
  BaruaSyncWay         way;
  BaruaSyncPlan        plan;
  gboolean             was_reset;
  gboolean             is_dirty;  /* the state is to be saved */
  gboolean             holes;     /* some messages of a range did not come: list */
  gboolean             scattered; /* rows here and there are fetched: they say nothing of those between, nor how far a sync is */
  gboolean           (*first_rows) (gpointer user_data, GError **error); /* called once, in the fiber, when they are stored */
  gpointer             first_rows_data;
} BaruaImapSync;

/* In a fiber: the whole of 3.5-3.8 for one folder on @session, which is left with the folder selected. The folder must be
 * locked. */
BaruaImapSync *barua_imap_sync_new        (BaruaImapBackend    *backend,
                                           BaruaImapSession    *session,
                                           gint64               folder,
                                           BaruaSyncFlags       flags,
                                           BaruaSyncReport     *report,
                                           BaruaScope          *scope);
void           barua_imap_sync_free       (BaruaImapSync       *self);
gboolean       barua_imap_sync_run        (BaruaImapSync       *self,
                                           GError             **error);
/* In a fiber, instead of a run, for work that leaves the folder's state as it is: what the store knows of it, and a plain
 * SELECT. It need not be locked. */
gboolean       barua_imap_sync_enter      (BaruaImapSync       *self,
                                           GError             **error);
/* In a fiber, with the folder still selected from barua_imap_sync_run(): what EXISTS told of. Adds to @arrived. */
gboolean       barua_imap_sync_new_mail   (BaruaImapSync       *self,
                                           GError             **error);
/* In a fiber, likewise: the removal equation, and what follows from it. */
gboolean       barua_imap_sync_removals   (BaruaImapSync       *self,
                                           GError             **error);

/* Pieces: barua-imap-sync-*.c. All in a fiber. */
gboolean       barua_imap_sync_first      (BaruaImapSync       *self,
                                           GError             **error);
gboolean       barua_imap_sync_changes    (BaruaImapSync       *self,
                                           GError             **error);
gboolean       barua_imap_sync_quick_flags (BaruaImapSync      *self,
                                           GError             **error);
gboolean       barua_imap_sync_compare_flags (BaruaImapSync    *self,
                                           GError             **error);
gboolean       barua_imap_sync_list       (BaruaImapSync       *self,
                                           GError             **error);
/* Rows for these UIDs, newest first; those that the server can't give get a bare row. */
gboolean       barua_imap_sync_fetch_missing (BaruaImapSync    *self,
                                           BaruaIdSet          *uids,
                                           GError             **error);
/* One by one, with less and less asked for. */
gboolean       barua_imap_sync_fetch_damaged (BaruaImapSync    *self,
                                           GError             **error);
void           barua_imap_sync_report_progress (BaruaImapSync  *self,
                                           guint                done,
                                           guint                total);
/* FETCH with the reducer as handler; waits. */
gboolean       barua_imap_sync_fetch      (BaruaImapSync       *self,
                                           BaruaImapMessages    messages,
                                           const BaruaImapFetchRequest *request,
                                           GError             **error);
DexFuture     *barua_imap_sync_start_fetch (BaruaImapSync      *self,
                                           BaruaImapMessages    messages,
                                           const BaruaImapFetchRequest *request) G_GNUC_WARN_UNUSED_RESULT;
/* UID SEARCH; takes @key. */
BaruaIdSet    *barua_imap_sync_search     (BaruaImapSync       *self,
                                           BaruaImapSearchKey  *key,
                                           GError             **error);
/* Cached UIDs, of @range or all; the count of all. */
BaruaIdSet    *barua_imap_sync_load_uids  (BaruaImapSync       *self,
                                           GError             **error);
gboolean       barua_imap_sync_load_count (BaruaImapSync       *self,
                                           guint               *count,
                                           GError             **error);
void           barua_imap_slim_request    (BaruaImapSession    *session,
                                           BaruaImapFetchRequest *request,
                                           BaruaImapFetchSection *section);
/* Whether it concerns one command only: the connection and the rest of the folder are good. */
gboolean       barua_imap_sync_is_local_failure (BaruaImapSync *self,
                                           const GError        *error);

/* Fetching: barua-imap-fetcher.c; replaying: barua-imap-replay.c; watching: barua-imap-watch.c ------------------------------- */

DexFuture     *barua_imap_backend_fetch_parts    (BaruaBackend *backend, gint64 folder, BaruaIdSet *uids,
                                                  BaruaUrgency urgency, BaruaScope *scope);
DexFuture     *barua_imap_backend_fetch_sections (BaruaBackend *backend, gint64 folder, BaruaIdSet *uids,
                                                  const char *const *sections, BaruaUrgency urgency,
                                                  BaruaBacklog *backlog, BaruaSectionFunc func, gpointer user_data,
                                                  GDestroyNotify destroy, BaruaScope *scope);
DexFuture     *barua_imap_backend_fetch_large    (BaruaBackend *backend, gint64 folder, guint32 uid, const char *section,
                                                  guint64 size_guess, BaruaBackendProgress progress, gpointer user_data,
                                                  GDestroyNotify destroy, BaruaScope *scope);
DexFuture     *barua_imap_backend_replay         (BaruaBackend *backend, BaruaScope *scope);
void           barua_imap_backend_watch          (BaruaBackend *backend, gint64 open_folder);
void           barua_imap_backend_end_watch      (BaruaImapBackend *self);
/* An event of the watching session about other folders than its own: they are looked at soon, on another connection. TRUE when
 * it was one. */
gboolean       barua_imap_backend_note_told      (BaruaImapBackend *self, BaruaImapSession *session,
                                                  const BaruaImapEvent *event);
/* @gates (taken): BaruaImapFolder with STATUS numbers. Those folders whose numbers differ are synchronised. */
DexFuture     *barua_imap_backend_sync_told      (BaruaImapBackend *self, GPtrArray *gates, BaruaScope *scope);
DexFuture     *barua_imap_backend_list_messages  (BaruaBackend *backend, gint64 folder, BaruaScope *scope);
DexFuture     *barua_imap_backend_search         (BaruaBackend *backend, gint64 folder, const BaruaSearchQuery *query,
                                                  guint limit, BaruaScope *scope);
DexFuture     *barua_imap_backend_sync           (BaruaBackend *backend, gint64 folder, BaruaSyncFlags flags,
                                                  BaruaSyncReport *report, BaruaScope *scope);

G_END_DECLS
