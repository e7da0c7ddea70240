/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-backend.h"
#include "barua-engine.h"
#include "barua-fiber.h"
#include "barua-online.h"
#include "barua-scope.h"
#include "barua-store-account.h"
#include "barua-store-message.h"
#include "barua-store-search.h"

G_BEGIN_DECLS

typedef struct _BaruaOwner BaruaOwner;
typedef struct _BaruaEngineAccount BaruaEngineAccount;
typedef struct _BaruaOpening BaruaOpening;

struct _BaruaEngine
{
  GObject           parent_instance;

  char             *profile;
  BaruaEngineFlags  flags;
  BaruaClock       *clock;
  BaruaOnline      *online;
  BaruaStore       *store;
  BaruaScope       *scope;     /* of everything that runs */
  BaruaOwner       *owner;
  GPtrArray        *accounts;  /* BaruaEngineAccount, in the person's order */
  BaruaOpening     *opening;   /* what the worker makes of the store; NULL: it was taken, or is not begun */
  DexFuture        *opened;    /* when it is done; NULL with @opening */
  GPtrArray        *folders;   /* BaruaFolder of all accounts, in tree order */
  GHashTable       *by_id;     /* gint64 * -> one of folders */
  guint64           generation;
  BaruaQueryWord   *query_words; /* of the person's language; NULL: English only */
  gint64            open_folder;
  BaruaIdSet       *visible;
  GError           *cache_error; /* what keeps the cache from being tidied */
  gboolean          offline;
  gboolean          running;
  gboolean          may_prefetch; /* as last heard of */

  /* Reading folders anew (barua-engine-folders.c). */
  gboolean          folders_reading;
  gboolean          folders_dirty;
  BaruaChangeSet   *folders_pending; /* what the next reading will tell of */
  GPtrArray        *folders_waiters; /* DexPromise: resolved after a reading that began after they asked */
  guint             folders_timer;
  gint64            folders_read_us;
};

/* One account as the engine runs it: barua-engine-account.c. Owned by the engine. */
struct _BaruaEngineAccount
{
  BaruaEngine  *engine;       /* not owned */
  BaruaAccount *account;
  char         *settings;     /* what the backend learned of the server; survives it */
  BaruaBackend *backend;      /* NULL: it can't be right, or offline by wish */
  BaruaScope   *scope;
  DexPromise   *wake;         /* the keeper waits for this; NULL: it is at work */
  GError       *error;        /* what stopped it, when the backend does not know */
  gint64        next_try;     /* after @error, seconds since 1970; 0: when it is woken */
  gint64        folder;       /* being synchronised, 0: none */
  guint         done;
  guint         total;
  guint         waiting;
  guint         refused;
  gboolean      counting;     /* a fiber reads the two */
  gboolean      count_again;
  gint64        since;
  gint64        offline_since; /* 0: it is not */
  guint         n_syncing;
  guint         status_timer;
  gboolean      background;   /* the prefetcher runs */
  gboolean      visible_busy; /* part lists of what is on screen are being fetched */
  gboolean      visible_again;
};

BaruaEngineAccount *barua_engine_account_new         (BaruaEngine             *engine,
                                                      const BaruaStoreAccount *stored);
void                barua_engine_account_free        (gpointer                 self);
/* Connects and keeps up to date, unless the engine is manual. */
void                barua_engine_account_start       (BaruaEngineAccount      *self);
void                barua_engine_account_stop        (BaruaEngineAccount      *self);
void                barua_engine_account_wake        (BaruaEngineAccount      *self);
BaruaStatus        *barua_engine_account_dup_status  (BaruaEngineAccount      *self);
void                barua_engine_account_status_changed (BaruaEngineAccount   *self);
/* Reads again how many wishes wait and how many were refused, and tells that the status changed. */
void                barua_engine_account_count_waiting (BaruaEngineAccount    *self);
void                barua_engine_account_replay_soon (BaruaEngineAccount      *self);
BaruaAccount       *barua_engine_account_from_store  (const BaruaStoreAccount *stored);
BaruaStoreAccount  *barua_engine_account_to_store    (const BaruaAccount      *account);

/* Borrowed until the next await; NULL when there is none. */
BaruaEngineAccount *barua_engine_find_account        (BaruaEngine             *self,
                                                      gint64                   account);

/* Something was wished, and is on disk: all accounts send. */
void                barua_engine_replay_soon         (BaruaEngine             *self);

/* barua-engine-lists.c */
void                barua_engine_query_words_free    (BaruaQueryWord          *words);
/* The words of a search, read, with its scope in it. @account and @folder (0: all) become that scope. NULL when "in:" names no
 * folder. */
BaruaSearchQuery   *barua_engine_read_query          (BaruaEngine             *self,
                                                      const BaruaListQuery    *query,
                                                      gint64                  *account,
                                                      gint64                  *folder);
/* Folders in memory: barua-engine-folders.c. Resolves to TRUE when they are as fresh as the last commit before the call. */
DexFuture          *barua_engine_refresh_folders     (BaruaEngine             *self) G_GNUC_WARN_UNUSED_RESULT;
void                barua_engine_note_changes        (BaruaEngine             *self,
                                                      BaruaChangeSet          *changes);

/* Messages: barua-engine-messages.c. In a fiber; NULL with @error NOT_FOUND when there is none. */
BaruaStoreMessage  *barua_engine_load_stored         (BaruaEngine             *self,
                                                      gint64                   id,
                                                      GError                 **error);

/* The background passes: barua-prefetch.c, barua-body-pass.c. In a fiber. @parts_of_all: part lists of everything, not only of
 * what is fetched. */
gboolean            barua_prefetch_run               (BaruaEngineAccount      *account,
                                                      BaruaSyncFlags           flags,
                                                      gint64                   folder,
                                                      gboolean                 parts_of_all,
                                                      BaruaSyncReport         *report,
                                                      BaruaScope              *scope,
                                                      GError                 **error);
/* Whether what nobody waits for may be fetched now: not where the network costs money, nor while power is to be saved. */
gboolean            barua_engine_may_prefetch        (BaruaEngine             *engine);
/* Part lists of what is on screen (barua-prefetch-visible.c). In a fiber. */
gboolean            barua_prefetch_visible           (BaruaEngineAccount      *account,
                                                      BaruaScope              *scope,
                                                      GError                 **error);
void                barua_engine_account_prefetch_visible (BaruaEngineAccount *self);
/* Texts that are here and were not read yet: previews and index (barua-text-index.c). In a fiber. */
gboolean            barua_prefetch_index             (BaruaEngine             *engine,
                                                      BaruaScope              *scope,
                                                      GError                 **error);

/* The owner's socket: barua-engine-owner.c. */
BaruaOwner         *barua_owner_new                  (BaruaEngine             *engine,
                                                      GError                 **error);
void                barua_owner_free                 (BaruaOwner              *self);

/* Whether a call may be made now; else *refused is a future that says why not. @writes: it changes something. */
gboolean            barua_engine_check_running       (BaruaEngine             *self,
                                                      gboolean                 writes,
                                                      DexFuture              **refused);

G_END_DECLS
