/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-engine-store.h"

#include "barua-kill-point.h"

/* Ends a future from the store's done function, which is called on the main thread. */
typedef struct
{
  DexPromise *promise;
  const char *name;
  gboolean    is_write;
} Ending;

static void
on_done (const GError *error,
         gpointer      data)
{
  Ending *ending = data;

  if (ending->is_write)
    BARUA_KILL_POINT (ending->name);
  if (error != NULL)
    dex_promise_reject (ending->promise, g_error_copy (error));
  else
    dex_promise_resolve_boolean (ending->promise, TRUE);
  dex_unref (ending->promise);
  g_free (ending);
}

static Ending *
ending_new (const char *name,
            gboolean    is_write)
{
  Ending *ending = g_new0 (Ending, 1);

  ending->promise = dex_promise_new ();
  ending->name = name;
  ending->is_write = is_write;
  if (is_write)
    BARUA_KILL_POINT (name);
  return ending;
}

DexFuture *
barua_engine_write (BaruaStore         *store,
                    BaruaStorePriority  priority,
                    const char         *name,
                    BaruaStoreFunc      func,
                    gpointer            data,
                    GDestroyNotify      destroy)
{
  Ending *ending = ending_new (name, TRUE);
  DexFuture *future = dex_ref (ending->promise);

  barua_store_write (store, priority, name, func, data, destroy, on_done, ending);
  return future;
}

DexFuture *
barua_engine_read (BaruaStore     *store,
                   const char     *name,
                   BaruaStoreFunc  func,
                   gpointer        data,
                   GDestroyNotify  destroy)
{
  Ending *ending = ending_new (name, FALSE);
  DexFuture *future = dex_ref (ending->promise);

  barua_store_read (store, name, func, data, destroy, on_done, ending);
  return future;
}

DexFuture *
barua_engine_write_search (BaruaStore     *store,
                           const char     *name,
                           BaruaStoreFunc  func,
                           gpointer        data,
                           GDestroyNotify  destroy)
{
  Ending *ending = ending_new (name, FALSE);
  DexFuture *future = dex_ref (ending->promise);

  barua_store_write_search (store, name, func, data, destroy, on_done, ending);
  return future;
}

/* Workers ----------------------------------------------------------------------------------------------------------- */

#define WORKERS 2

typedef struct
{
  BaruaWorkFunc   func;
  gpointer        data;
  GDestroyNotify  destroy;
  DexPromise     *promise;
  GError         *error;
} Work;

static gboolean
work_done (gpointer data)
{
  Work *work = data;

  if (work->error != NULL)
    dex_promise_reject (work->promise, g_steal_pointer (&work->error));
  else
    dex_promise_resolve_boolean (work->promise, TRUE);
  dex_unref (work->promise);
  g_free (work);
  return G_SOURCE_REMOVE;
}

static void
work_run (gpointer data,
          gpointer unused)
{
  Work *work = data;
  gboolean ok = work->func (work->data, &work->error);

  if (!ok && work->error == NULL)
    g_set_error_literal (&work->error, BARUA_ERROR, BARUA_ERROR_INTERNAL, "work failed");
  if (work->destroy != NULL)
    work->destroy (work->data);
  g_idle_add_full (G_PRIORITY_DEFAULT, work_done, work, NULL);
}

DexFuture *
barua_engine_work (BaruaWorkFunc  func,
                   gpointer       data,
                   GDestroyNotify destroy)
{
  static GThreadPool *pool;
  Work *work = g_new0 (Work, 1);
  DexFuture *future;

  if (pool == NULL)
    pool = g_thread_pool_new (work_run, NULL, WORKERS, FALSE, NULL);
  work->func = func;
  work->data = data;
  work->destroy = destroy;
  work->promise = dex_promise_new ();
  future = dex_ref (work->promise);
  g_thread_pool_push (pool, work, NULL);
  return future;
}
