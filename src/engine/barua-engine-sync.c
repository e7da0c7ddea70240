/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-engine-private.h"

#include <string.h>

#include "barua-cache-keeper.h"
#include "barua-engine-store.h"

/* Synchronising on demand: replay, sync, prefetch, index, in this order; and the report of it. */

typedef struct
{
  BaruaEngine     *engine;
  gint64           account;
  gint64           folder;
  char            *name;
  BaruaSyncFlags   flags;
  BaruaSyncReport *report;
  gint64           started_us;
} Sync;

static void
sync_free (gpointer data)
{
  Sync *sync = data;

  g_object_unref (sync->engine);
  barua_sync_report_unref (sync->report);
  g_free (sync->name);
  g_free (sync);
}


static void
on_caught_up (const GError *error,
              gpointer      data)
{
  DexPromise *promise = data;

  if (error != NULL)
    dex_promise_reject (promise, g_error_copy (error));
  else
    dex_promise_resolve_boolean (promise, TRUE);
  dex_unref (promise);
}

DexFuture *
barua_engine_finish_index (BaruaEngine *self)
{
  DexFuture *refused = NULL;
  DexPromise *promise;

  if (!barua_engine_check_running (self, TRUE, &refused))
    return refused;
  promise = dex_promise_new ();
  barua_store_search_catch_up (self->store, on_caught_up, dex_ref (promise));
  return DEX_FUTURE (promise);
}

/* Texts that nobody asked for by name wait for a better network; what barua-cli is told to do, it does. */
static gboolean
wants_texts (BaruaEngine    *engine,
             BaruaSyncFlags  flags)
{
  if (flags & BARUA_SYNC_HEADERS_ONLY)
    return FALSE;
  return (flags & BARUA_SYNC_BODIES) || (engine->flags & BARUA_ENGINE_MANUAL) || barua_engine_may_prefetch (engine);
}

/* The shown path, the server's name, or "inbox". */
static gint64
find_folder (BaruaEngine *engine,
             gint64       account,
             const char  *name)
{
  for (guint i = 0; i < engine->folders->len; i++)
    {
      const BaruaFolder *folder = g_ptr_array_index (engine->folders, i);

      if (account != 0 && folder->account != account)
        continue;
      if (strcmp (folder->server_name, name) == 0 || strcmp (folder->path, name) == 0 || strcmp (folder->name, name) == 0 ||
          (folder->role == BARUA_ROLE_INBOX && g_ascii_strcasecmp (name, "inbox") == 0))
        return folder->id;
    }
  return 0;
}

static gboolean
resolve_name (Sync          *sync,
              BaruaBackend  *backend,
              gint64         account,
              GError       **error)
{
  BaruaEngine *engine = sync->engine;

  if (sync->name == NULL)
    return TRUE;
  sync->folder = find_folder (engine, account, sync->name);
  if (sync->folder != 0)
    return TRUE;
  if (g_ascii_strcasecmp (sync->name, "inbox") == 0)
    {
      sync->folder = dex_await_int64 (barua_backend_vtable (backend)->find_inbox (backend), error);
      return sync->folder != 0;
    }
  if (!dex_await (barua_backend_vtable (backend)->list_folders (backend, NULL), error) ||
      !dex_await (barua_engine_refresh_folders (engine), error))
    return FALSE;
  sync->folder = find_folder (engine, account, sync->name);
  if (sync->folder != 0)
    return TRUE;
  g_set_error (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no folder called \"%s\"", sync->name);
  return FALSE;
}

static gboolean
sync_account (Sync    *sync,
              gint64   id,
              GError **error)
{
  BaruaEngine *engine = sync->engine;
  BaruaEngineAccount *account = barua_engine_find_account (engine, id);
  g_autoptr(BaruaBackend) backend = NULL;
  BaruaConnection before = { 0 };
  BaruaConnection after = { 0 };
  gboolean ok;

  if (account == NULL || account->backend == NULL)
    {
      if (account != NULL && account->error != NULL)
        g_propagate_error (error, g_error_copy (account->error));
      else if (engine->offline)
        g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_OFFLINE, "working offline");
      else
        g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no such account");
      return FALSE;
    }
  backend = g_object_ref (account->backend);
  barua_backend_vtable (backend)->get_connection (backend, &before);
  account->n_syncing++;
  ok = dex_await (barua_backend_vtable (backend)->replay (backend, account->scope), error) &&
       resolve_name (sync, backend, id, error) &&
       dex_await (barua_backend_vtable (backend)->sync (backend, sync->folder, sync->flags, sync->report, NULL), error);
  account = barua_engine_find_account (engine, id);
  if (ok && account != NULL && wants_texts (engine, sync->flags))
    ok = barua_prefetch_run (account, sync->flags, sync->folder, FALSE, sync->report, NULL, error);
  account = barua_engine_find_account (engine, id);
  if (account != NULL)
    {
      account->n_syncing--;
      barua_engine_account_count_waiting (account);
      barua_engine_account_status_changed (account);
    }
  barua_backend_vtable (backend)->get_connection (backend, &after);
  sync->report->bytes_in += after.bytes_in - before.bytes_in;
  sync->report->bytes_out += after.bytes_out - before.bytes_out;
  return ok;
}

static DexFuture *
sync_fiber (gpointer data)
{
  Sync *sync = data;
  BaruaEngine *engine = sync->engine;
  g_autoptr(GArray) accounts = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(BaruaFolder) folder = sync->folder != 0 ? barua_engine_dup_folder (engine, sync->folder) : NULL;
  GError *error = NULL;

  if (sync->folder != 0 && folder == NULL)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no such folder");
  if (folder != NULL)
    sync->account = folder->account;
  for (guint i = 0; i < engine->accounts->len; i++)
    {
      gint64 id = ((BaruaEngineAccount *) g_ptr_array_index (engine->accounts, i))->account->id;

      if (sync->account == 0 || sync->account == id)
        g_array_append_val (accounts, id);
    }
  if (accounts->len == 0)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no such account");
  for (guint i = 0; i < accounts->len; i++)
    if (!sync_account (sync, g_array_index (accounts, gint64, i), &error))
      return dex_future_new_for_error (error);
  if (!dex_await (barua_engine_refresh_folders (engine), &error))
    return dex_future_new_for_error (error);
  sync->report->done_us = g_get_monotonic_time () - sync->started_us;
  /* Whole messages on demand may fill the cache in one go: no keeper runs beside barua-cli. */
  if (sync->report->bodies > 0 && !dex_await (barua_cache_tidy (engine->store, 0), &error))
    return dex_future_new_for_error (error);
  return dex_future_new_take_boxed (BARUA_TYPE_SYNC_REPORT, barua_sync_report_ref (sync->report));
}

static DexFuture *
start_sync (BaruaEngine    *self,
            gint64          account,
            gint64          folder,
            const char     *name,
            BaruaSyncFlags  flags)
{
  DexFuture *refused = NULL;
  Sync *sync;

  if (!barua_engine_check_running (self, TRUE, &refused))
    return refused;
  sync = g_new0 (Sync, 1);
  sync->engine = g_object_ref (self);
  sync->account = account;
  sync->folder = folder;
  sync->name = g_strdup (name);
  sync->flags = flags;
  sync->report = barua_sync_report_new ();
  sync->started_us = g_get_monotonic_time ();
  sync->report->started_us = sync->started_us;
  return barua_fiber_start ("sync", sync_fiber, sync, sync_free);
}

DexFuture *
barua_engine_sync (BaruaEngine    *self,
                   gint64          account,
                   gint64          folder,
                   BaruaSyncFlags  flags)
{
  return start_sync (self, account, folder, NULL, flags);
}

DexFuture *
barua_engine_sync_named (BaruaEngine    *self,
                         gint64          account,
                         const char     *name,
                         BaruaSyncFlags  flags)
{
  return start_sync (self, account, 0, name, flags);
}
