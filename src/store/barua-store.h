/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "barua-change-set.h"
#include "barua-error.h"

G_BEGIN_DECLS

/* The store of one profile: three SQLite files (docs/storage.md), one writer thread for main.db and cache.db, one for
 * search.db, and BARUA_STORE_READERS readers. Reference counted; every function here may be called from any thread unless
 * it says otherwise.
 *
 * Work is a function that runs on one of those threads inside one transaction and is given a connection. The functions of
 * the other headers (barua-store-message.h, ...) take that connection, run synchronously, and must not be called outside
 * such a function. They return FALSE or NULL with @error set when the database failed; a function that got such an error
 * must return FALSE too, so that its transaction is rolled back.
 */
typedef struct _BaruaStore BaruaStore;
typedef struct _BaruaStoreConnection BaruaStoreConnection;

typedef enum
{
  BARUA_STORE_DEFAULT   = 0,
  /* Opens beside a process that owns the profile, without its lock: reads only, changes nothing, makes no file. Fails with
   * BARUA_ERROR_NOT_FOUND where there is no store. */
  BARUA_STORE_READ_ONLY = 1 << 0
} BaruaStoreFlags;

typedef enum
{
  BARUA_STORE_WISH,   /* what the person did: jumps the queue, is on disk (synchronous=FULL) before done is called */
  BARUA_STORE_NORMAL, /* small, soon */
  BARUA_STORE_BATCH   /* sync batches, each cut to BARUA_SLICE_WRITE_MS by the caller; neighbours may share a transaction */
} BaruaStorePriority;

/* Runs on a thread of the store. TRUE commits, FALSE (with @error) rolls back everything this function did. */
typedef gboolean (*BaruaStoreFunc) (BaruaStoreConnection *c,
                                    gpointer              user_data,
                                    GError              **error);
/* Runs on the main context given at open, once, after the transaction ended and after its change set was delivered. @error
 * is NULL when all went well; borrowed. */
typedef void (*BaruaStoreDone) (const GError *error,
                                gpointer      user_data);
/* Runs on the main context given at open: once for each commit that changed something, generations rising by one. @changes
 * is borrowed: ref it to keep it. */
typedef void (*BaruaStoreChangedFunc) (BaruaStore     *store,
                                       BaruaChangeSet *changes,
                                       gpointer        user_data);

/* Opens the store in the directory @dir, making it (0700) and the files (0600) as needed, migrating older ones, setting
 * aside and rebuilding damaged ones. Blocks (a few ms): call it once, at start. @context is where done and changed functions
 * run; NULL for the default main context.
 *
 * Errors: BARUA_ERROR_PROFILE_IN_USE (another process owns it), _STORE_NEWER (untouched), _STORE_DAMAGED (only when even
 * setting aside failed, or with READ_ONLY), _NO_SPACE, _IO. */
BaruaStore *barua_store_open               (const char            *dir,
                                            BaruaStoreFlags        flags,
                                            GMainContext          *context,
                                            GError               **error);
BaruaStore *barua_store_ref                (BaruaStore            *self);
void        barua_store_unref              (BaruaStore            *self);
/* Does all that is queued, stops the threads, closes the files and gives the lock back. Blocks. Done functions of what was
 * still queued are delivered to the context afterwards. Calls made later fail with BARUA_ERROR_CANCELLED. Closing twice is
 * harmless; the last unref closes too. */
void        barua_store_close              (BaruaStore            *self);

/* The directory, as given. Borrowed. */
const char *barua_store_get_dir            (BaruaStore            *self);
/* Where the damaged main.db was put by this open, or NULL when it was sound. Borrowed. The accounts and wishes that could be
 * read were carried over; everything else comes from the server again. */
const char *barua_store_get_set_aside      (BaruaStore            *self);

/* At most one; NULL for none. Call it on the thread of the context, before the first write. */
void        barua_store_set_changed_func   (BaruaStore            *self,
                                            BaruaStoreChangedFunc  func,
                                            gpointer               user_data);

/* @name is static and says in the log what this is ("ingest", "wish flags"). @destroy frees @user_data after @func ran, on
 * the store's thread, or when it never ran. @done may be NULL. */
void        barua_store_write              (BaruaStore            *self,
                                            BaruaStorePriority     priority,
                                            const char            *name,
                                            BaruaStoreFunc         func,
                                            gpointer               user_data,
                                            GDestroyNotify         destroy,
                                            BaruaStoreDone         done,
                                            gpointer               done_data);
/* The same on a reader, in one read transaction: it sees every write whose done function was called, and no half one. */
void        barua_store_read               (BaruaStore            *self,
                                            const char            *name,
                                            BaruaStoreFunc         func,
                                            gpointer               user_data,
                                            GDestroyNotify         destroy,
                                            BaruaStoreDone         done,
                                            gpointer               done_data);
/* On the thread that writes search.db: barua_store_search_index_body() and what else says so. */
void        barua_store_write_search       (BaruaStore            *self,
                                            const char            *name,
                                            BaruaStoreFunc         func,
                                            gpointer               user_data,
                                            GDestroyNotify         destroy,
                                            BaruaStoreDone         done,
                                            gpointer               done_data);

/* Blocking forms, for worker threads and tests: never on the main thread of a window, never inside a BaruaStoreFunc. When one
 * returns, what it changed waits in the store's context to be told. */
gboolean    barua_store_write_now          (BaruaStore            *self,
                                            BaruaStorePriority     priority,
                                            const char            *name,
                                            BaruaStoreFunc         func,
                                            gpointer               user_data,
                                            GError               **error);
gboolean    barua_store_read_now           (BaruaStore            *self,
                                            const char            *name,
                                            BaruaStoreFunc         func,
                                            gpointer               user_data,
                                            GError               **error);
gboolean    barua_store_write_search_now   (BaruaStore            *self,
                                            const char            *name,
                                            BaruaStoreFunc         func,
                                            gpointer               user_data,
                                            GError               **error);

/* Calls @done when every message committed before this call can be found by the words of its subject and sender. */
void        barua_store_search_catch_up    (BaruaStore            *self,
                                            BaruaStoreDone         done,
                                            gpointer               done_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaStore, barua_store_unref)

G_END_DECLS
