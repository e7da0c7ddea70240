/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-engine-private.h"

#include <string.h>

#include "barua-engine-store.h"
#include "barua-imap-backend.h"
#include "barua-limits.h"
#include "barua-store-refusal.h"
#include "barua-store-wish.h"

/* One account's life: its backend, what keeps it up to date, its status. */

BaruaAccount *
barua_engine_account_from_store (const BaruaStoreAccount *stored)
{
  BaruaAccount *account = barua_account_new ();

  account->id = stored->id;
  g_set_str (&account->name, stored->name[0] != '\0' ? stored->name : stored->address);
  g_set_str (&account->address, stored->address);
  g_set_str (&account->person, stored->person);
  g_set_str (&account->host, stored->host);
  account->port = stored->port;
  account->security = stored->security == BARUA_STORE_SECURITY_STARTTLS ? BARUA_SECURITY_STARTTLS : BARUA_SECURITY_TLS;
  g_set_str (&account->user, stored->user);
  g_set_str (&account->password_command, stored->password_command);
  g_set_str (&account->ca_file, stored->ca_file);
  account->colour = MIN (g_ascii_strtoull (stored->colour, NULL, 10), 8);
  account->order = stored->position;
  return account;
}

BaruaStoreAccount *
barua_engine_account_to_store (const BaruaAccount *account)
{
  BaruaStoreAccount *stored = barua_store_account_new ();

  stored->id = account->id;
  g_set_str (&stored->name, account->name[0] != '\0' ? account->name : account->address);
  g_set_str (&stored->address, account->address);
  g_set_str (&stored->person, account->person);
  g_set_str (&stored->backend, "imap");
  g_set_str (&stored->host, account->host);
  stored->port = account->port;
  stored->security = account->security == BARUA_SECURITY_STARTTLS ? BARUA_STORE_SECURITY_STARTTLS
                                                                  : BARUA_STORE_SECURITY_TLS;
  g_set_str (&stored->user, account->user);
  g_set_str (&stored->password_command, account->password_command);
  g_set_str (&stored->ca_file, account->ca_file);
  g_free (stored->colour);
  stored->colour = g_strdup_printf ("%u", account->colour);
  stored->position = account->order;
  if (stored->settings == NULL || stored->settings[0] == '\0')
    g_set_str (&stored->settings, "{}");
  return stored;
}

/* Status ---------------------------------------------------------------------------------------------------------------------- */

static gboolean
emit_status (gpointer data)
{
  BaruaEngineAccount *self = data;

  self->status_timer = 0;
  g_signal_emit_by_name (self->engine, "status-changed", self->account->id);
  return G_SOURCE_REMOVE;
}

static gboolean
is_offline (BaruaEngineAccount *self)
{
  BaruaConnection connection = { 0 };

  if (self->engine->offline)
    return TRUE;
  if (self->backend == NULL)
    return FALSE;
  barua_backend_vtable (self->backend)->get_connection (self->backend, &connection);
  return connection.kind == BARUA_CONNECTION_OFFLINE;
}

void
barua_engine_account_status_changed (BaruaEngineAccount *self)
{
  if (!is_offline (self))
    self->offline_since = 0;
  else if (self->offline_since == 0)
    self->offline_since = barua_clock_get_unix_seconds (self->engine->clock);
  if (self->status_timer == 0 && self->engine->running)
    self->status_timer = g_timeout_add (BARUA_STATUS_INTERVAL_MS, emit_status, self);
}

static void
set_code (BaruaStatus  *status,
          const GError *error)
{
  if (error == NULL)
    return;
  status->code = barua_error_get_code (error);
  g_set_str (&status->detail, error->message);
}

static void
set_connection (BaruaEngineAccount *self,
                BaruaStatus        *status)
{
  BaruaConnection connection = { 0 };

  barua_backend_vtable (self->backend)->get_connection (self->backend, &connection);
  status->next_try = connection.next_try;
  switch (connection.kind)
    {
    case BARUA_CONNECTION_OFFLINE:
      status->kind = BARUA_STATUS_OFFLINE;
      break;
    case BARUA_CONNECTION_CONNECTING:
      status->kind = BARUA_STATUS_CONNECTING;
      break;
    case BARUA_CONNECTION_WAITING:
      status->kind = BARUA_STATUS_WAITING;
      set_code (status, connection.error);
      break;
    case BARUA_CONNECTION_STOPPED:
      status->kind = BARUA_STATUS_STOPPED;
      set_code (status, connection.error);
      break;
    default:
      break;
    }
}

BaruaStatus *
barua_engine_account_dup_status (BaruaEngineAccount *self)
{
  BaruaStatus *status = barua_status_new ();
  g_autoptr(BaruaFolder) folder = self->folder != 0 ? barua_engine_dup_folder (self->engine, self->folder) : NULL;
  const GError *error = self->error != NULL ? self->error : self->engine->cache_error;

  status->account = self->account->id;
  status->kind = BARUA_STATUS_IDLE;
  status->since = self->since;
  status->waiting = self->waiting;
  status->refused = self->refused;
  g_set_str (&status->host, self->account->host);
  if (self->engine->offline)
    status->kind = BARUA_STATUS_OFFLINE;
  else if (self->backend != NULL)
    set_connection (self, status);
  if (status->kind == BARUA_STATUS_OFFLINE)
    status->since = self->offline_since;
  if (status->kind == BARUA_STATUS_IDLE && error != NULL)
    {
      status->kind = barua_error_get_policy (error) == BARUA_POLICY_RETRY ? BARUA_STATUS_WAITING : BARUA_STATUS_STOPPED;
      set_code (status, error);
      status->next_try = error == self->error ? self->next_try : 0;
    }
  if (status->kind == BARUA_STATUS_IDLE && self->n_syncing > 0)
    {
      status->kind = BARUA_STATUS_SYNCHRONISING;
      status->done = self->done;
      status->total = self->total;
      if (folder != NULL)
        {
          g_set_str (&status->folder_name, folder->name);
          status->folder_role = folder->role;
        }
    }
  return status;
}

/* What the backend says ----------------------------------------------------------------------------------------------------------- */

static void
on_connection_changed (BaruaBackend       *backend,
                       BaruaEngineAccount *self)
{
  barua_engine_account_status_changed (self);
}

static void
on_progress (BaruaBackend       *backend,
             gint64              folder,
             guint               done,
             guint               total,
             BaruaEngineAccount *self)
{
  gboolean finished = done == G_MAXUINT;

  self->folder = finished ? 0 : folder;
  self->done = finished ? 0 : done;
  self->total = finished ? 0 : total;
  barua_engine_account_status_changed (self);
}

static void
on_arrived (BaruaBackend       *backend,
            gint64              folder,
            BaruaIdSet         *ids,
            BaruaEngineAccount *self)
{
  g_signal_emit_by_name (self->engine, "arrived", folder, ids);
}

static void
on_checked (BaruaBackend       *backend,
            gint64              folder,
            BaruaEngineAccount *self)
{
  gint64 now = barua_clock_get_unix_seconds (self->engine->clock);
  BaruaFolder *known = g_hash_table_lookup (self->engine->by_id, &folder);

  self->since = now;
  g_clear_error (&self->error);
  if (known != NULL)
    known->checked = now;
  barua_engine_account_status_changed (self);
}

static void
on_sending (BaruaBackend       *backend,
            BaruaEngineAccount *self)
{
  barua_engine_account_status_changed (self);
}

/* No trouble of the account: what becomes of it is the person's to say. */
static void
on_refused (BaruaBackend       *backend,
            guint               n,
            BaruaEngineAccount *self)
{
  barua_engine_account_count_waiting (self);
}

/* Whether @error is about this computer and not about the server or the connection, which the backend's state tells. */
static gboolean
is_of_this_computer (const GError *error)
{
  switch (barua_error_get_code (error))
    {
    case BARUA_ERROR_NO_SPACE:
    case BARUA_ERROR_IO:
    case BARUA_ERROR_STORE_DAMAGED:
      return TRUE;
    default:
      return FALSE;
    }
}

/* Work that goes on by itself failed. It is gone as soon as a folder was checked. */
static void
note_trouble (BaruaEngineAccount *self,
              const GError       *error)
{
  if (!is_of_this_computer (error))
    return;
  if (self->error == NULL || self->error->code != error->code)
    g_message ("account %" G_GINT64_FORMAT ": %s", self->account->id, error->message);
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  self->next_try = 0;
  barua_engine_account_status_changed (self);
}

static void
on_trouble (BaruaBackend       *backend,
            const GError       *error,
            BaruaEngineAccount *self)
{
  note_trouble (self, error);
}

/* Wishes -------------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  gint64 account;
  guint  n;
  guint  n_refused;
} Waiting;

static void
waiting_unref (gpointer box)
{
  g_atomic_rc_box_release (box);
}

static gboolean
waiting_func (BaruaStoreConnection *c,
              gpointer              data,
              GError              **error)
{
  Waiting *box = data;

  return barua_store_wish_count (c, box->account, &box->n, error) &&
         barua_store_refusal_count (c, box->account, &box->n_refused, error);
}

typedef struct
{
  BaruaEngine *engine;
  gint64       account;
} Ref;

static void
ref_free (gpointer data)
{
  Ref *ref = data;

  g_object_unref (ref->engine);
  g_free (ref);
}

static Ref *
ref_new (BaruaEngineAccount *self)
{
  Ref *ref = g_new0 (Ref, 1);

  ref->engine = g_object_ref (self->engine);
  ref->account = self->account->id;
  return ref;
}

static DexFuture *
count_fiber (gpointer data)
{
  Ref *ref = data;
  Waiting *box = g_atomic_rc_box_new0 (Waiting);
  BaruaEngineAccount *self = barua_engine_find_account (ref->engine, ref->account);

  box->account = ref->account;
  while (self != NULL && self->count_again)
    {
      gboolean ok;

      self->count_again = FALSE;
      ok = dex_await (barua_engine_read (ref->engine->store, "waiting", waiting_func, g_atomic_rc_box_acquire (box),
                                         waiting_unref), NULL);
      self = barua_engine_find_account (ref->engine, ref->account);
      if (ok && self != NULL)
        {
          self->waiting = box->n;
          self->refused = box->n_refused;
          barua_engine_account_status_changed (self);
        }
    }
  if (self != NULL)
    self->counting = FALSE;
  waiting_unref (box);
  return dex_future_new_true ();
}

/* One at a time; who asks meanwhile is seen to by a further round. */
void
barua_engine_account_count_waiting (BaruaEngineAccount *self)
{
  self->count_again = TRUE;
  if (self->counting)
    return;
  self->counting = TRUE;
  barua_fiber_spawn ("count wishes", count_fiber, ref_new (self), ref_free);
}

static DexFuture *
replay_fiber (gpointer data)
{
  Ref *ref = data;
  BaruaEngineAccount *self = barua_engine_find_account (ref->engine, ref->account);
  g_autoptr(GError) error = NULL;

  if (self == NULL || self->backend == NULL)
    return dex_future_new_true ();
  if (!dex_await (barua_backend_vtable (self->backend)->replay (self->backend, self->scope), &error))
    g_debug ("replay: %s", error->message);
  self = barua_engine_find_account (ref->engine, ref->account);
  if (self != NULL && error != NULL)
    note_trouble (self, error);
  if (self != NULL)
    barua_engine_account_count_waiting (self);
  return dex_future_new_true ();
}

void
barua_engine_account_replay_soon (BaruaEngineAccount *self)
{
  barua_engine_account_count_waiting (self);
  /* Without watching, wishes leave with the next sync. */
  if (self->backend != NULL && !(self->engine->flags & BARUA_ENGINE_MANUAL))
    barua_fiber_spawn ("replay soon", replay_fiber, ref_new (self), ref_free);
}

/* Keeping up to date ------------------------------------------------------------------------------------------------------------------ */

typedef struct
{
  BaruaEngine  *engine;
  gint64        account;
  BaruaBackend *backend;
  BaruaScope   *scope;
  BaruaBackoff  backoff;
} Keeper;

static void
keeper_free (gpointer data)
{
  Keeper *keeper = data;

  g_object_unref (keeper->engine);
  g_object_unref (keeper->backend);
  barua_scope_unref (keeper->scope);
  g_free (keeper);
}

static DexFuture *
background_fiber (gpointer data)
{
  Keeper *keeper = data;
  BaruaEngineAccount *self = barua_engine_find_account (keeper->engine, keeper->account);
  g_autoptr(BaruaSyncReport) report = barua_sync_report_new ();
  g_autoptr(GError) error = NULL;

  if (self != NULL && barua_engine_may_prefetch (keeper->engine) &&
      !barua_prefetch_run (self, BARUA_SYNC_DEFAULT, 0, TRUE, report, keeper->scope, &error))
    g_debug ("background: %s", error->message);
  self = barua_engine_find_account (keeper->engine, keeper->account);
  if (self != NULL && error != NULL)
    note_trouble (self, error);
  if (self != NULL)
    self->background = FALSE;
  return dex_future_new_true ();
}

static void
start_background (Keeper             *keeper,
                  BaruaEngineAccount *self)
{
  Keeper *copy;

  if (self->background)
    return;
  self->background = TRUE;
  copy = g_new0 (Keeper, 1);
  copy->engine = g_object_ref (keeper->engine);
  copy->account = keeper->account;
  copy->backend = g_object_ref (keeper->backend);
  copy->scope = barua_scope_ref (keeper->scope);
  barua_fiber_spawn ("background", background_fiber, copy, keeper_free);
}

static DexFuture *
visible_fiber (gpointer data)
{
  Ref *ref = data;
  BaruaEngineAccount *self = barua_engine_find_account (ref->engine, ref->account);

  while (self != NULL && self->backend != NULL && self->visible_again)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(BaruaScope) scope = barua_scope_ref (self->scope);

      self->visible_again = FALSE;
      if (!barua_prefetch_visible (self, scope, &error))
        g_debug ("visible: %s", error->message);
      self = barua_engine_find_account (ref->engine, ref->account);
      if (self != NULL && error != NULL)
        note_trouble (self, error);
    }
  if (self != NULL)
    self->visible_busy = FALSE;
  return dex_future_new_true ();
}

void
barua_engine_account_prefetch_visible (BaruaEngineAccount *self)
{
  self->visible_again = TRUE;
  if (self->visible_busy || self->backend == NULL || barua_online_get_metered (self->engine->online))
    return;
  self->visible_busy = TRUE;
  barua_fiber_spawn ("visible", visible_fiber, ref_new (self), ref_free);
}

static gboolean
keep_once (Keeper  *keeper,
           GError **error)
{
  BaruaBackendInterface *backend = barua_backend_vtable (keeper->backend);
  BaruaEngineAccount *self = barua_engine_find_account (keeper->engine, keeper->account);
  g_autoptr(BaruaSyncReport) report = barua_sync_report_new ();
  g_autoptr(BaruaFolder) open = NULL;
  gboolean ok;

  if (self == NULL)
    return FALSE;
  self->n_syncing++;
  barua_engine_account_status_changed (self);
  ok = dex_await (backend->replay (keeper->backend, keeper->scope), error) &&
       dex_await (backend->sync (keeper->backend, 0, BARUA_SYNC_DEFAULT, report, keeper->scope), error);
  self = barua_engine_find_account (keeper->engine, keeper->account);
  if (self == NULL)
    return FALSE;
  self->n_syncing--;
  barua_engine_account_count_waiting (self);
  barua_engine_account_status_changed (self);
  if (!ok)
    return FALSE;
  g_clear_error (&self->error);
  self->since = barua_clock_get_unix_seconds (keeper->engine->clock);
  open = keeper->engine->open_folder != 0 ? barua_engine_dup_folder (keeper->engine, keeper->engine->open_folder) : NULL;
  backend->watch (keeper->backend, open != NULL && open->account == keeper->account ? open->id : 0);
  start_background (keeper, self);
  return TRUE;
}

/* Until it is woken, or @ms have passed (0: for as long as it takes). */
static void
rest (Keeper *keeper,
      guint   ms)
{
  BaruaEngineAccount *self = barua_engine_find_account (keeper->engine, keeper->account);
  DexFuture *woken;

  if (self == NULL)
    return;
  dex_clear (&self->wake);
  self->wake = dex_promise_new ();
  woken = DEX_FUTURE (dex_ref (self->wake));
  if (ms > 0)
    woken = dex_future_first (woken, dex_timeout_new_msec (barua_clock_scale_ms (keeper->engine->clock, ms)), NULL);
  dex_await (barua_scope_first (keeper->scope, woken), NULL);
  self = barua_engine_find_account (keeper->engine, keeper->account);
  if (self != NULL)
    dex_clear (&self->wake);
}

/* How long to wait after @error; 0: until the person did something. */
static guint
get_rest_ms (Keeper       *keeper,
             const GError *error)
{
  switch (barua_error_get_policy (error))
    {
    case BARUA_POLICY_SIGN_IN:
    case BARUA_POLICY_STOP:
      /* Room is made elsewhere, and nobody comes to tell. */
      return is_of_this_computer (error) ? BARUA_DISK_RETRY_SECONDS * 1000 : 0;
    default:
      return barua_backoff_next_ms (&keeper->backoff);
    }
}

static DexFuture *
keeper_fiber (gpointer data)
{
  Keeper *keeper = data;

  while (!barua_scope_is_cancelled (keeper->scope))
    {
      g_autoptr(GError) error = NULL;
      BaruaEngineAccount *self;
      guint ms;

      if (keep_once (keeper, &error))
        {
          barua_backoff_reset (&keeper->backoff);
          rest (keeper, BARUA_TIMEOUT_POLL_SECONDS * 1000);
          continue;
        }
      self = barua_engine_find_account (keeper->engine, keeper->account);
      if (self == NULL || error == NULL || barua_scope_is_cancelled (keeper->scope))
        break;
      g_message ("account %" G_GINT64_FORMAT ": %s", keeper->account, error->message);
      g_clear_error (&self->error);
      self->error = g_error_copy (error);
      ms = get_rest_ms (keeper, error);
      self->next_try = ms > 0 ? barua_clock_get_unix_seconds (keeper->engine->clock) + ms / 1000 : 0;
      barua_engine_account_status_changed (self);
      rest (keeper, ms);
    }
  return dex_future_new_true ();
}

/* Life --------------------------------------------------------------------------------------------------------------------------------- */

static void
make_backend (BaruaEngineAccount *self)
{
  BaruaEngine *engine = self->engine;
  g_autoptr(BaruaStoreAccount) stored = barua_engine_account_to_store (self->account);

  g_clear_error (&self->error);
  g_set_str (&stored->settings, self->settings);
  self->backend = BARUA_BACKEND (barua_imap_backend_new (engine->store, stored, engine->online, engine->clock,
                                                         !(engine->flags & BARUA_ENGINE_MANUAL), &self->error));
  if (self->backend == NULL)
    return;
  g_signal_connect (self->backend, "connection-changed", G_CALLBACK (on_connection_changed), self);
  g_signal_connect (self->backend, "progress", G_CALLBACK (on_progress), self);
  g_signal_connect (self->backend, "arrived", G_CALLBACK (on_arrived), self);
  g_signal_connect (self->backend, "checked", G_CALLBACK (on_checked), self);
  g_signal_connect (self->backend, "sending", G_CALLBACK (on_sending), self);
  g_signal_connect (self->backend, "refused", G_CALLBACK (on_refused), self);
  g_signal_connect (self->backend, "trouble", G_CALLBACK (on_trouble), self);
}

BaruaEngineAccount *
barua_engine_account_new (BaruaEngine             *engine,
                          const BaruaStoreAccount *stored)
{
  BaruaEngineAccount *self = g_new0 (BaruaEngineAccount, 1);

  self->engine = engine;
  self->account = barua_engine_account_from_store (stored);
  self->settings = g_strdup (stored->settings);
  return self;
}

void
barua_engine_account_start (BaruaEngineAccount *self)
{
  Keeper *keeper;

  if (self->backend != NULL || self->engine->offline)
    return;
  self->scope = barua_scope_new (self->engine->scope);
  make_backend (self);
  barua_engine_account_count_waiting (self);
  if (self->backend == NULL || self->engine->flags & BARUA_ENGINE_MANUAL)
    return;
  keeper = g_new0 (Keeper, 1);
  keeper->engine = g_object_ref (self->engine);
  keeper->account = self->account->id;
  keeper->backend = g_object_ref (self->backend);
  keeper->scope = barua_scope_ref (self->scope);
  barua_fiber_spawn ("keeper", keeper_fiber, keeper, keeper_free);
}

void
barua_engine_account_stop (BaruaEngineAccount *self)
{
  if (self->scope != NULL)
    barua_scope_cancel (self->scope);
  g_clear_pointer (&self->scope, barua_scope_unref);
  if (self->backend != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->backend, self);
      g_set_str (&self->settings, barua_imap_backend_get_settings (BARUA_IMAP_BACKEND (self->backend)));
      barua_backend_vtable (self->backend)->close (self->backend);
    }
  g_clear_object (&self->backend);
  g_clear_handle_id (&self->status_timer, g_source_remove);
  self->folder = 0;
}

void
barua_engine_account_wake (BaruaEngineAccount *self)
{
  DexPromise *wake = g_steal_pointer (&self->wake);

  if (self->backend != NULL)
    barua_backend_vtable (self->backend)->wake (self->backend);
  if (wake == NULL)
    return;
  dex_promise_resolve_boolean (wake, TRUE);
  dex_unref (wake);
}

void
barua_engine_account_free (gpointer data)
{
  BaruaEngineAccount *self = data;

  barua_engine_account_stop (self);
  dex_clear (&self->wake);
  g_clear_error (&self->error);
  barua_account_unref (self->account);
  g_free (self->settings);
  g_free (self);
}
