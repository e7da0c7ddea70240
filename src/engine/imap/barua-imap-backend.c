/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-backend-private.h"

#include <string.h>

#include "barua-engine-store.h"
#include "barua-fiber.h"
#include "barua-limits.h"
#include "barua-secret-command.h"
#include "barua-settings.h"

static void barua_imap_backend_iface_init (BaruaBackendInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BaruaImapBackend, barua_imap_backend, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BARUA_TYPE_BACKEND, barua_imap_backend_iface_init))

/* A folder at a time -------------------------------------------------------------------------------------------------------- */

static void
lock_free (gpointer data)
{
  GQueue *waiting = data;
  DexPromise *promise;

  while ((promise = g_queue_pop_head (waiting)) != NULL)
    {
      dex_promise_reject (promise, g_error_new_literal (BARUA_ERROR, BARUA_ERROR_CANCELLED, "the account was closed"));
      dex_unref (promise);
    }
  g_queue_free (waiting);
}

DexFuture *
barua_imap_backend_lock (BaruaImapBackend *self,
                         gint64            folder)
{
  GQueue *waiting = g_hash_table_lookup (self->locks, &folder);
  DexPromise *promise;

  if (waiting == NULL)
    {
      gint64 *key = g_new (gint64, 1);

      *key = folder;
      g_hash_table_insert (self->locks, key, g_queue_new ());
      return dex_future_new_true ();
    }
  promise = dex_promise_new ();
  g_queue_push_tail (waiting, dex_ref (promise));
  return DEX_FUTURE (promise);
}

void
barua_imap_backend_unlock (BaruaImapBackend *self,
                           gint64            folder)
{
  GQueue *waiting = g_hash_table_lookup (self->locks, &folder);
  DexPromise *next;

  if (waiting == NULL)
    return;
  next = g_queue_pop_head (waiting);
  if (next == NULL)
    {
      g_hash_table_remove (self->locks, &folder);
      return;
    }
  dex_promise_resolve_boolean (next, TRUE);
  dex_unref (next);
}

/* A server that once signed in by SCRAM is never again given the password itself (THREATS T-08; docs/decisions/0013). */
static void
remember_scram (BaruaImapBackend *self,
                BaruaImapSession *session)
{
  const char *mechanism = barua_imap_session_get_mechanism (session);
  char *settings;

  if (self->config->require_scram || mechanism == NULL || !g_str_has_prefix (mechanism, "SCRAM-"))
    return;
  self->config->require_scram = TRUE;
  settings = barua_settings_set (self->settings, "require-scram", "yes");
  g_free (self->settings);
  self->settings = settings;
  barua_imap_backend_save_settings (self);
}

/* Sessions ------------------------------------------------------------------------------------------------------------------- */

BaruaImapSession *
barua_imap_backend_lease (BaruaImapBackend *self,
                          BaruaImapLease    lease,
                          const char       *mailbox,
                          BaruaScope       *scope,
                          GError          **error)
{
  BaruaImapSession *session;

  /* The command that gives the password runs while TCP and TLS are under way; what was not needed is forgotten. */
  if (self->password == NULL && self->password_command[0] != '\0' && barua_imap_pool_get_n_open (self->pool) == 0 &&
      barua_imap_pool_get_status (self->pool) == BARUA_IMAP_POOL_RESTING)
    self->password = barua_secret_command_run (self->password_command, 0, self->scope);
  session = dex_await_object (barua_imap_pool_lease (self->pool, lease, mailbox, scope), error);
  dex_clear (&self->password);
  if (session != NULL)
    remember_scram (self, session);
  return session;
}

void
barua_imap_backend_give_back (BaruaImapBackend *self,
                              BaruaImapSession *session)
{
  barua_imap_pool_return (self->pool, session);
  g_object_unref (session);
}

gboolean
barua_imap_backend_select (BaruaImapBackend *self,
                           BaruaImapSession *session,
                           const char       *mailbox,
                           BaruaScope       *scope,
                           GError          **error)
{
  const char *current = barua_imap_session_get_mailbox (session);
  g_autoptr(BaruaImapSelected) selected = NULL;

  if (current != NULL && strcmp (current, mailbox) == 0)
    return TRUE;
  selected = dex_await_boxed (barua_imap_session_select (session, mailbox, 0, NULL, NULL, NULL, NULL, scope), error);
  return selected != NULL;
}

/* The password: run when it is asked for, kept nowhere. A password that was refused is not asked for again by itself. */
static DexFuture *
get_credentials (gboolean refused,
                 gpointer data)
{
  BaruaImapBackend *self = data;

  if (refused)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_AUTHENTICATION, "the server refused the password");
  if (self->password_command[0] == '\0')
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_CREDENTIALS, "the account has no password command");
  if (self->password != NULL)
    return g_steal_pointer (&self->password);
  return barua_secret_command_run (self->password_command, 0, self->scope);
}

/* Settings -------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  gint64 account;
  char  *settings;
} Save;

static void
save_free (gpointer data)
{
  Save *save = data;

  g_free (save->settings);
  g_free (save);
}

static gboolean
save_func (BaruaStoreConnection *c,
           gpointer              data,
           GError              **error)
{
  Save *save = data;
  g_autoptr(BaruaStoreAccount) account = barua_store_account_load (c, save->account, error);

  if (account == NULL)
    return error == NULL || *error == NULL;
  g_set_str (&account->settings, save->settings);
  return barua_store_account_save (c, account, error);
}

void
barua_imap_backend_save_settings (BaruaImapBackend *self)
{
  Save *save = g_new0 (Save, 1);
  g_autofree char *poison = barua_poison_to_text (self->poison);
  char *settings = barua_settings_set (self->settings, "poison", poison);

  g_free (self->settings);
  self->settings = settings;
  save->account = self->account;
  save->settings = g_strdup (settings);
  barua_store_write (self->store, BARUA_STORE_BATCH, "settings", save_func, save, save_free, NULL, NULL);
}

/* Life ------------------------------------------------------------------------------------------------------------------------ */

static void
on_pool_changed (BaruaImapPool *pool,
                 gpointer       self)
{
  g_signal_emit_by_name (self, "connection-changed");
}

BaruaImapBackend *
barua_imap_backend_new (BaruaStore              *store,
                        const BaruaStoreAccount *account,
                        BaruaOnline             *online,
                        BaruaClock              *clock,
                        gboolean                 patient,
                        GError                 **error)
{
  g_autoptr(BaruaEndpoint) endpoint = NULL;
  g_autofree char *poison = NULL;
  g_autofree char *require_scram = NULL;
  BaruaImapBackend *self;

  endpoint = barua_endpoint_new (account->host, account->port,
                                 account->security == BARUA_STORE_SECURITY_STARTTLS ? BARUA_SECURITY_STARTTLS
                                                                                   : BARUA_SECURITY_TLS,
                                 account->ca_file[0] != '\0' ? account->ca_file : NULL, NULL, error);
  if (endpoint == NULL)
    return NULL;
  self = g_object_new (BARUA_TYPE_IMAP_BACKEND, NULL);
  self->store = barua_store_ref (store);
  self->account = account->id;
  self->host = g_strdup (account->host);
  self->password_command = g_strdup (account->password_command);
  self->settings = g_strdup (account->settings);
  self->clock = barua_clock_ref (clock);
  self->online = online != NULL ? g_object_ref (online) : NULL;
  poison = barua_settings_dup (account->settings, "poison");
  self->poison = barua_poison_new (clock, poison);
  self->config = barua_imap_config_new (endpoint, account->user, BARUA_SIGN_IN_PASSWORD, get_credentials, self);
  g_free (self->config->name);
  self->config->name = g_strdup_printf ("account %" G_GINT64_FORMAT, account->id);
  self->config->log_traffic = g_getenv ("BARUA_LOG_TRAFFIC") != NULL;
  /* One round trip less; inside verified TLS both are as safe as the server. */
  self->config->mechanisms = BARUA_MECHANISMS_FASTEST;
  require_scram = barua_settings_dup (account->settings, "require-scram");
  self->config->require_scram = require_scram != NULL;
  self->pool = barua_imap_pool_new (self->config, online, clock);
  barua_imap_pool_set_patient (self->pool, patient);
  self->patient = patient;
  g_signal_connect_object (self->pool, "changed", G_CALLBACK (on_pool_changed), self, 0);
  return self;
}

const char *
barua_imap_backend_get_settings (BaruaImapBackend *self)
{
  return self->settings;
}

static void
get_connection (BaruaBackend    *backend,
                BaruaConnection *connection)
{
  static const BaruaConnectionKind kinds[] = {
    [BARUA_IMAP_POOL_RESTING] = BARUA_CONNECTION_RESTING,
    [BARUA_IMAP_POOL_OFFLINE] = BARUA_CONNECTION_OFFLINE,
    [BARUA_IMAP_POOL_CONNECTING] = BARUA_CONNECTION_CONNECTING,
    [BARUA_IMAP_POOL_CONNECTED] = BARUA_CONNECTION_CONNECTED,
    [BARUA_IMAP_POOL_WAITING] = BARUA_CONNECTION_WAITING,
    [BARUA_IMAP_POOL_STOPPED] = BARUA_CONNECTION_STOPPED,
  };
  BaruaImapBackend *self = BARUA_IMAP_BACKEND (backend);

  connection->kind = kinds[barua_imap_pool_get_status (self->pool)];
  connection->error = barua_imap_pool_get_error (self->pool);
  connection->next_try = barua_imap_pool_get_next_try (self->pool);
  barua_imap_pool_get_traffic (self->pool, &connection->bytes_in, &connection->bytes_out);
}

static void
wake (BaruaBackend *backend)
{
  barua_imap_pool_retry (BARUA_IMAP_BACKEND (backend)->pool);
}

static void
close_backend (BaruaBackend *backend)
{
  BaruaImapBackend *self = BARUA_IMAP_BACKEND (backend);

  barua_imap_backend_end_watch (self);
  barua_scope_cancel (self->scope);
  barua_imap_pool_close (self->pool);
}

typedef struct
{
  BaruaImapBackend *backend;
  BaruaScope       *scope;
} ListFolders;

static void
list_folders_free (gpointer data)
{
  ListFolders *list = data;

  g_object_unref (list->backend);
  g_clear_pointer (&list->scope, barua_scope_unref);
  g_free (list);
}

static DexFuture *
list_folders_fiber (gpointer data)
{
  ListFolders *list = data;
  GError *error = NULL;
  BaruaImapSession *session = barua_imap_backend_lease (list->backend, BARUA_IMAP_LEASE_WORK, NULL, list->scope, &error);
  gboolean ok;

  if (session == NULL)
    return dex_future_new_for_error (error);
  ok = barua_imap_backend_refresh_folders (list->backend, session, list->scope, NULL, &error);
  barua_imap_backend_give_back (list->backend, session);
  return ok ? dex_future_new_true () : dex_future_new_for_error (error);
}

static DexFuture *
list_folders (BaruaBackend *backend,
              BaruaScope   *scope)
{
  ListFolders *list = g_new0 (ListFolders, 1);

  list->backend = g_object_ref (BARUA_IMAP_BACKEND (backend));
  list->scope = barua_scope_new (scope != NULL ? scope : list->backend->scope);
  return barua_fiber_start ("list folders", list_folders_fiber, list, list_folders_free);
}

static DexFuture *
find_inbox_fiber (gpointer data)
{
  GError *error = NULL;
  gint64 inbox = barua_imap_backend_ensure_inbox (data, &error);

  return inbox != 0 ? dex_future_new_for_int64 (inbox) : dex_future_new_for_error (error);
}

static DexFuture *
find_inbox (BaruaBackend *backend)
{
  return barua_fiber_start ("find inbox", find_inbox_fiber, g_object_ref (backend), g_object_unref);
}

static void
barua_imap_backend_iface_init (BaruaBackendInterface *iface)
{
  iface->find_inbox = find_inbox;
  iface->list_folders = list_folders;
  iface->sync = barua_imap_backend_sync;
  iface->fetch_parts = barua_imap_backend_fetch_parts;
  iface->fetch_sections = barua_imap_backend_fetch_sections;
  iface->fetch_large = barua_imap_backend_fetch_large;
  iface->replay = barua_imap_backend_replay;
  iface->watch = barua_imap_backend_watch;
  iface->list_messages = barua_imap_backend_list_messages;
  iface->search = barua_imap_backend_search;
  iface->get_connection = get_connection;
  iface->wake = wake;
  iface->close = close_backend;
}

static void
barua_imap_backend_finalize (GObject *object)
{
  BaruaImapBackend *self = BARUA_IMAP_BACKEND (object);

  if (self->pool != NULL)
    barua_imap_pool_close (self->pool);
  g_clear_object (&self->pool);
  g_clear_pointer (&self->config, barua_imap_config_unref);
  g_clear_pointer (&self->inbox_watch, barua_scope_unref);
  g_clear_pointer (&self->open_watch, barua_scope_unref);
  g_clear_pointer (&self->scope, barua_scope_unref);
  g_clear_pointer (&self->poison, barua_poison_free);
  g_clear_pointer (&self->told, g_hash_table_unref);
  g_clear_pointer (&self->folders, g_hash_table_unref);
  g_clear_pointer (&self->locks, g_hash_table_unref);
  g_clear_pointer (&self->clock, barua_clock_unref);
  g_clear_object (&self->online);
  g_clear_pointer (&self->store, barua_store_unref);
  g_free (self->host);
  dex_clear (&self->password);
  g_free (self->password_command);
  g_free (self->settings);
  G_OBJECT_CLASS (barua_imap_backend_parent_class)->finalize (object);
}

static void
barua_imap_backend_class_init (BaruaImapBackendClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = barua_imap_backend_finalize;
}

static void
barua_imap_backend_init (BaruaImapBackend *self)
{
  self->scope = barua_scope_new (NULL);
  self->folders = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) barua_store_folder_free);
  self->locks = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, lock_free);
}
