/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-store-private.h"

G_BEGIN_DECLS

/* Threads: one writer (main.db, cache.db), one searcher (search.db), BARUA_STORE_READERS readers. Each waits on its queue.
 *
 * LANE_SEARCH also does the catching up: it is woken after commits and takes new messages in portions. */

typedef enum
{
  LANE_WRITE,
  LANE_SEARCH,
  LANE_READ,
  N_LANES
} BaruaStoreLane;

typedef struct
{
  BaruaStorePriority  priority;
  const char         *name;
  BaruaStoreFunc      func;
  gpointer            user_data;
  GDestroyNotify      destroy;
  BaruaStoreDone      done;
  gpointer            done_data;
  gboolean            catch_up; /* no function: calls done when the index has caught up */
  GError             *error;
  GMutex             *waiter;   /* blocking form: guards finished */
  GCond              *finished_cond;
  gboolean            finished;
} BaruaStoreJob;

typedef struct
{
  GMutex mutex;
  GCond  cond;
  GQueue queues[BARUA_STORE_BATCH + 1];
} BaruaStoreQueue;

struct _BaruaStore
{
  gatomicrefcount        ref_count;
  BaruaStoreFlags        flags;
  char                  *dir;
  char                  *set_aside;
  GMainContext          *context;
  int                    lock_fd;
  gboolean               salvage_now; /* while opening */

  BaruaStoreQueue        lanes[N_LANES];
  gboolean               closing; /* under all lane mutexes */
  GMutex                 close_mutex;
  gboolean               closed;
  GPtrArray             *threads;
  GPtrArray             *connections;

  gint                   search_dirty; /* atomic: main.db has what search.db may not have */
  gint                   writes;       /* atomic: jobs the writer has run, counted round */
  gint                   damaged;      /* atomic */
  GMutex                 changed_mutex;
  BaruaStoreChangedFunc  changed_func;
  gpointer               changed_data;
  guint64                generation;   /* under changed_mutex: of the last commit that changed something */
};

/* Deliveries and queues: barua-store.c */
/* Gives both (taken) to the store's context. @changes: NULL for none. */
void            barua_store_post           (BaruaStore      *self,
                                            BaruaChangeSet  *changes,
                                            GPtrArray       *jobs);
/* Of finished jobs that somebody hears of. (full) */
GPtrArray      *barua_store_job_list_new   (void);
/* Blocking callers are woken; other jobs are put on @done for delivery. */
void            barua_store_finish_job     (BaruaStoreJob   *job,
                                            GPtrArray       *done);
/* Under the lane's mutex. */
BaruaStoreJob  *barua_store_peek_job       (BaruaStoreQueue *lane);
/* The next job, NULL when there is none until @until (monotonic µs; -1: no end), the store closes, or (@stop_for_dirty)
 * there are messages to index. */
BaruaStoreJob  *barua_store_take_job       (BaruaStore      *self,
                                            BaruaStoreQueue *lane,
                                            gint64           until,
                                            gboolean         stop_for_dirty,
                                            gboolean        *closing);
/* Takes the next job only when it is a BATCH; waits a moment for one. */
BaruaStoreJob  *barua_store_take_batch     (BaruaStore      *self,
                                            BaruaStoreQueue *lane,
                                            gint64           until);

/* Files: barua-store-open.c */
gboolean        barua_store_open_owner     (BaruaStore      *self,
                                            GError         **error);
gboolean        barua_store_open_read_only (BaruaStore      *self,
                                            GError         **error);
/* "unclean" is there while the store is open, and stays when SQLite reported damage. */
void            barua_store_set_unclean    (BaruaStore      *self,
                                            gboolean         unclean,
                                            gboolean         damaged);

/* Writer, searcher and readers: barua-store-threads.c. For every open connection one. */
void            barua_store_start_threads  (BaruaStore      *self);

G_END_DECLS
