/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* O_PATH */
#include "barua-engine-owner.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "barua-engine-json.h"
#include "barua-engine-private.h"
#include "barua-limits.h"
#include "barua-net-error.h"

#define SOCKET_NAME "control"

/* A socket's address holds 107 bytes, a profile's path may be longer: the folder is opened, and named by its descriptor. */
static GSocketAddress *
make_address (const char *profile,
              int        *fd,
              GError    **error)
{
  g_autofree char *path = NULL;

  *fd = open (profile, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (*fd < 0)
    {
      g_set_error (error, BARUA_ERROR, errno == ENOENT ? BARUA_ERROR_NOT_FOUND : BARUA_ERROR_IO, "%s: %s", profile,
                   g_strerror (errno));
      return NULL;
    }
  path = g_strdup_printf ("/proc/self/fd/%d/" SOCKET_NAME, *fd);
  return g_unix_socket_address_new (path);
}

/* Lines ------------------------------------------------------------------------------------------------------------------------- */

static void
on_line_read (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  DexPromise *promise = data;
  GError *error = NULL;
  gsize length = 0;
  char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, &length, &error);

  if (error != NULL)
    dex_promise_reject (promise, barua_net_error_translate (error, "control"));
  else if (line == NULL)
    dex_promise_reject (promise, g_error_new_literal (BARUA_ERROR, BARUA_ERROR_CONNECTION_LOST, "the connection ended"));
  else if (length > BARUA_LIMIT_OWNER_LINE_BYTES || strlen (line) != length || !g_utf8_validate (line, -1, NULL))
    dex_promise_reject (promise, g_error_new_literal (BARUA_ERROR, BARUA_ERROR_PROTOCOL, "no line of text"));
  else
    dex_promise_resolve_string (promise, g_steal_pointer (&line));
  g_free (line);
  dex_unref (promise);
}

static DexFuture *
read_line (GDataInputStream *input,
           GCancellable     *cancellable)
{
  DexPromise *promise = dex_promise_new ();

  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, cancellable, on_line_read, dex_ref (promise));
  return DEX_FUTURE (promise);
}

static char *
make_line (JsonNode *node)
{
  g_autofree char *text = json_to_string (node, FALSE);

  return g_strconcat (text, "\n", NULL);
}

/* A client, from the owner's side ---------------------------------------------------------------------------------------------------- */

typedef struct
{
  int                ref_count;
  BaruaEngine       *engine;
  BaruaScope        *scope;
  GSocketConnection *connection;
  GDataInputStream  *input;
  GQueue             lines;   /* char *: to be written */
  gboolean           writing;
  DexPromise        *flushed; /* resolved when nothing is left to be written */
  gboolean           broken;
} Client;

/* How many clients there are, of all owners: one owner a process outside of tests. */
static guint n_clients;

struct _BaruaOwner
{
  BaruaEngine    *engine; /* not owned */
  GSocketService *service;
  BaruaScope     *scope;
  char           *path;
};

static Client *
client_ref (Client *client)
{
  client->ref_count++;
  return client;
}

static void
client_unref (gpointer data)
{
  Client *client = data;

  if (--client->ref_count > 0)
    return;
  g_queue_clear_full (&client->lines, g_free);
  dex_clear (&client->flushed);
  g_object_unref (client->input);
  g_io_stream_close (G_IO_STREAM (client->connection), NULL, NULL);
  g_object_unref (client->connection);
  barua_scope_unref (client->scope);
  g_object_unref (client->engine);
  n_clients--;
  g_free (client);
}

static void write_next (Client *client);

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  Client *client = data;

  g_free (g_queue_pop_head (&client->lines));
  client->writing = FALSE;
  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL))
    {
      client->broken = TRUE;
      barua_scope_cancel (client->scope);
    }
  write_next (client);
  client_unref (client);
}

static void
write_next (Client *client)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (client->connection));
  const char *line;

  if (client->writing)
    return;
  if (client->broken)
    g_queue_clear_full (&client->lines, g_free);
  line = g_queue_peek_head (&client->lines);
  if (line == NULL)
    {
      if (client->flushed != NULL)
        dex_promise_resolve_boolean (client->flushed, TRUE);
      dex_clear (&client->flushed);
      return;
    }
  client->writing = TRUE;
  g_output_stream_write_all_async (output, line, strlen (line), G_PRIORITY_DEFAULT, NULL, on_written,
                                   client_ref (client));
}

/* Takes @node. A reader that does not read is let go of when too much waits for it. */
static void
send_node (Client   *client,
           JsonNode *node)
{
  if (g_queue_get_length (&client->lines) >= BARUA_LIMIT_OWNER_LINES)
    {
      client->broken = TRUE;
      barua_scope_cancel (client->scope);
    }
  else
    g_queue_push_tail (&client->lines, make_line (node));
  json_node_unref (node);
  write_next (client);
}

static void
send_exit (Client *client,
           int     code)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, json_object_new ());
  json_object_set_int_member (json_node_get_object (node), "exit", code);
  send_node (client, node);
}

static int
fail (Client *client,
      GError *error)
{
  send_node (client, barua_json_from_error (error));
  g_error_free (error);
  return 1;
}

/* Methods ------------------------------------------------------------------------------------------------------------------------------- */

static const char *
get_string (JsonObject *params,
            const char *name)
{
  JsonNode *node = json_object_get_member (params, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

/* By id, address or name; 0 with @error when it is named and not there, 0 without when none is named. */
static gint64
find_account (Client     *client,
              const char *name,
              GError    **error)
{
  if (name == NULL || name[0] == '\0')
    return 0;
  for (guint i = 0; i < client->engine->accounts->len; i++)
    {
      const BaruaAccount *account = ((BaruaEngineAccount *) g_ptr_array_index (client->engine->accounts, i))->account;

      if (strcmp (account->name, name) == 0 || g_ascii_strcasecmp (account->address, name) == 0 ||
          g_ascii_strtoll (name, NULL, 10) == account->id)
        return account->id;
    }
  g_set_error (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no account called \"%s\"", name);
  return 0;
}

static gint64
find_folder (Client     *client,
             const char *name,
             GError    **error)
{
  for (guint i = 0; name != NULL && i < client->engine->folders->len; i++)
    {
      const BaruaFolder *folder = g_ptr_array_index (client->engine->folders, i);

      if (strcmp (folder->path, name) == 0 || strcmp (folder->server_name, name) == 0 ||
          (folder->role == BARUA_ROLE_INBOX && g_ascii_strcasecmp (name, "inbox") == 0))
        return folder->id;
    }
  g_set_error (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no folder called \"%s\"", name != NULL ? name : "");
  return 0;
}

static int
do_add (Client   *client,
        JsonNode *params)
{
  GError *error = NULL;
  g_autoptr(BaruaAccount) account = barua_json_to_account (params, &error);
  JsonNode *node;
  gint64 id;

  if (account == NULL)
    return fail (client, error);
  id = dex_await_int64 (barua_engine_add_account (client->engine, account), &error);
  if (error != NULL)
    return fail (client, error);
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, json_object_new ());
  json_object_set_int_member (json_node_get_object (node), "id", id);
  json_object_set_string_member (json_node_get_object (node), "address", account->address);
  send_node (client, node);
  return 0;
}

static int
do_remove (Client     *client,
           JsonObject *params)
{
  GError *error = NULL;
  gint64 account = find_account (client, get_string (params, "account"), &error);

  if (error == NULL && account == 0)
    error = g_error_new_literal (BARUA_ERROR, BARUA_ERROR_INVALID, "no account named");
  if (error != NULL || !dex_await (barua_engine_remove_account (client->engine, account), &error))
    return fail (client, error);
  return 0;
}

static int
do_sync (Client     *client,
         JsonObject *params)
{
  GError *error = NULL;
  const char *folder = get_string (params, "folder");
  BaruaSyncFlags flags = json_object_get_int_member_with_default (params, "flags", 0) &
                         (BARUA_SYNC_HEADERS_ONLY | BARUA_SYNC_BODIES | BARUA_SYNC_FULL_FLAGS);
  gint64 account = find_account (client, get_string (params, "account"), &error);
  g_autoptr(BaruaSyncReport) report = NULL;

  if (error != NULL)
    return fail (client, error);
  if (folder != NULL && folder[0] != '\0')
    report = dex_await_boxed (barua_engine_sync_named (client->engine, account, folder, flags), &error);
  else
    report = dex_await_boxed (barua_engine_sync (client->engine, account, 0, flags), &error);
  if (report == NULL)
    return fail (client, error);
  send_node (client, barua_json_from_sync_report (report));
  return 0;
}

static int
do_mark (Client     *client,
         JsonObject *params)
{
  GError *error = NULL;
  const char *text = get_string (params, "uids");
  gint64 folder = find_folder (client, get_string (params, "folder"), &error);
  g_autoptr(BaruaIdSet) uids = text != NULL ? barua_id_set_parse (text, -1) : NULL;
  g_autoptr(BaruaIdSet) ids = barua_id_set_new ();
  BaruaFlags mask, bits;
  const BaruaIdRange *ranges;

  if (error == NULL && (uids == NULL || barua_id_set_get_count (uids) > BARUA_BULK_ROWS ||
                        !json_object_has_member (params, "mask") || !json_object_has_member (params, "bits")))
    error = g_error_new_literal (BARUA_ERROR, BARUA_ERROR_INVALID, "mark needs folder, uids, mask and bits");
  if (error != NULL)
    return fail (client, error);
  mask = barua_json_to_flags (json_object_get_member (params, "mask"));
  bits = barua_json_to_flags (json_object_get_member (params, "bits"));
  ranges = barua_id_set_get_ranges (uids);
  for (guint i = 0; i < barua_id_set_get_n_ranges (uids); i++)
    for (guint64 uid = ranges[i].first; uid <= ranges[i].last; uid++)
      {
        gint64 id = dex_await_int64 (barua_engine_find_uid (client->engine, folder, uid), &error);

        if (id == 0)
          return fail (client, error);
        barua_id_set_add (ids, id);
      }
  if (!dex_await (barua_engine_set_flags (client->engine, ids, mask, bits), &error))
    return fail (client, error);
  return 0;
}

static int
do_verify (Client     *client,
           JsonObject *params)
{
  GError *error = NULL;
  gint64 account = find_account (client, get_string (params, "account"), &error);
  g_autoptr(BaruaVerifyReport) report = NULL;

  if (error == NULL)
    report = dex_await_boxed (barua_engine_verify (client->engine, account), &error);
  if (report == NULL)
    return fail (client, error);
  send_node (client, barua_json_from_verify_report (report));
  return report->findings->len == 0 ? 0 : 1;
}

static void
on_changed (BaruaEngine    *engine,
            BaruaChangeSet *changes,
            Client         *client)
{
  send_node (client, barua_json_from_change_set (changes));
}

static void
on_status (BaruaEngine *engine,
           gint64       account,
           Client      *client)
{
  g_autoptr(BaruaStatus) status = barua_engine_dup_status (engine, account);

  send_node (client, barua_json_from_status (status));
}

/* Until the other side ends the connection: nothing more is read but that. */
static int
do_watch (Client *client)
{
  gulong changed = g_signal_connect (client->engine, "changed", G_CALLBACK (on_changed), client);
  gulong status = g_signal_connect (client->engine, "status-changed", G_CALLBACK (on_status), client);
  g_autofree char *line = NULL;

  line = dex_await_string (barua_scope_first (client->scope,
                                              read_line (client->input, barua_scope_get_cancellable (client->scope))),
                           NULL);
  g_signal_handler_disconnect (client->engine, changed);
  g_signal_handler_disconnect (client->engine, status);
  return 0;
}

static int
serve (Client     *client,
       const char *line)
{
  g_autoptr(JsonNode) node = json_from_string (line, NULL);
  JsonObject *request = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *method = request != NULL ? get_string (request, "method") : NULL;
  JsonNode *params = request != NULL ? json_object_get_member (request, "params") : NULL;
  JsonObject *object = params != NULL && JSON_NODE_HOLDS_OBJECT (params) ? json_node_get_object (params) : NULL;

  if (method == NULL || object == NULL)
    return fail (client, g_error_new_literal (BARUA_ERROR, BARUA_ERROR_INVALID, "no request"));
  if (strcmp (method, "account-add") == 0)
    return do_add (client, params);
  if (strcmp (method, "account-remove") == 0)
    return do_remove (client, object);
  if (strcmp (method, "sync") == 0)
    return do_sync (client, object);
  if (strcmp (method, "mark") == 0)
    return do_mark (client, object);
  if (strcmp (method, "verify") == 0)
    return do_verify (client, object);
  if (strcmp (method, "watch") == 0)
    return do_watch (client);
  return fail (client, g_error_new (BARUA_ERROR, BARUA_ERROR_INVALID, "no method \"%.64s\"", method));
}

static DexFuture *
client_fiber (gpointer data)
{
  Client *client = data;
  GError *error = NULL;
  g_autofree char *line = NULL;

  line = dex_await_string (barua_scope_first_within (client->scope,
                                                     read_line (client->input,
                                                                barua_scope_get_cancellable (client->scope)),
                                                     BARUA_TIMEOUT_READ_SECONDS * 1000, "request"), &error);
  send_exit (client, line != NULL ? serve (client, line) : fail (client, error));
  if (client->writing || !g_queue_is_empty (&client->lines))
    {
      client->flushed = dex_promise_new ();
      dex_await (barua_scope_first (client->scope, DEX_FUTURE (dex_ref (client->flushed))), NULL);
    }
  return dex_future_new_true ();
}

/* The owner -------------------------------------------------------------------------------------------------------------------------------- */

static gboolean
is_own_process (GSocketConnection *connection)
{
  g_autoptr(GCredentials) credentials = g_socket_get_credentials (g_socket_connection_get_socket (connection), NULL);

  return credentials != NULL && g_credentials_get_unix_user (credentials, NULL) == getuid ();
}

static gboolean
on_incoming (GSocketService    *service,
             GSocketConnection *connection,
             GObject           *source,
             gpointer           data)
{
  BaruaOwner *self = data;
  Client *client;

  if (!is_own_process (connection) || n_clients >= BARUA_LIMIT_OWNER_CLIENTS)
    return TRUE;
  client = g_new0 (Client, 1);
  client->ref_count = 1;
  n_clients++;
  client->engine = g_object_ref (self->engine);
  client->scope = barua_scope_new (self->scope);
  client->connection = g_object_ref (connection);
  client->input = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  g_data_input_stream_set_newline_type (client->input, G_DATA_STREAM_NEWLINE_TYPE_LF);
  g_queue_init (&client->lines);
  barua_fiber_spawn ("owner client", client_fiber, client, client_unref);
  return TRUE;
}

BaruaOwner *
barua_owner_new (BaruaEngine *engine,
                 GError     **error)
{
  g_autoptr(GSocketAddress) address = NULL;
  g_autoptr(GSocketService) service = g_socket_service_new ();
  g_autofree char *path = g_build_filename (engine->profile, SOCKET_NAME, NULL);
  BaruaOwner *self;
  gboolean ok;
  int fd = -1;

  address = make_address (engine->profile, &fd, error);
  if (address == NULL)
    return NULL;
  /* The lock of the profile is ours, so what lies there is left over. */
  unlink (path);
  ok = g_socket_listener_add_address (G_SOCKET_LISTENER (service), address, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, error);
  close (fd);
  if (!ok)
    {
      barua_net_error_fix (error, "control");
      return NULL;
    }
  if (chmod (path, 0600) != 0)
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_IO, "%s: %s", path, g_strerror (errno));
      unlink (path);
      return NULL;
    }
  self = g_new0 (BaruaOwner, 1);
  self->engine = engine;
  self->service = g_steal_pointer (&service);
  self->scope = barua_scope_new (engine->scope);
  self->path = g_steal_pointer (&path);
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  g_socket_service_start (self->service);
  return self;
}

void
barua_owner_free (BaruaOwner *self)
{
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  barua_scope_cancel (self->scope);
  barua_scope_unref (self->scope);
  unlink (self->path);
  g_free (self->path);
  g_free (self);
}

/* The other side ---------------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  char               *profile;
  char               *line;
  BaruaOwnerLineFunc  on_line;
  gpointer            user_data;
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  g_free (call->profile);
  g_free (call->line);
  g_free (call);
}

static GSocketConnection *
connect_owner (const char *profile,
               GError    **error)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketAddress) address = NULL;
  g_autoptr(GError) failure = NULL;
  GSocketConnection *connection;
  int fd = -1;

  address = make_address (profile, &fd, error);
  if (address == NULL)
    return NULL;
  connection = dex_await_object (dex_socket_client_connect (client, G_SOCKET_CONNECTABLE (address)), &failure);
  close (fd);
  if (connection == NULL)
    g_set_error (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "nobody listens in the profile: %s", failure->message);
  return connection;
}

static gboolean
is_exit (const char *line,
         int        *code)
{
  g_autoptr(JsonNode) node = NULL;

  if (!g_str_has_prefix (line, "{\"exit\""))
    return FALSE;
  node = json_from_string (line, NULL);
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return FALSE;
  *code = json_object_get_int_member_with_default (json_node_get_object (node), "exit", 1);
  return TRUE;
}

static DexFuture *
call_fiber (gpointer data)
{
  Call *call = data;
  GError *error = NULL;
  g_autoptr(GSocketConnection) connection = connect_owner (call->profile, &error);
  g_autoptr(GDataInputStream) input = NULL;
  g_autoptr(GBytes) bytes = NULL;
  gsize sent = 0;

  if (connection == NULL)
    return dex_future_new_for_error (error);
  bytes = g_bytes_new (call->line, strlen (call->line));
  while (sent < g_bytes_get_size (bytes))
    {
      g_autoptr(GBytes) rest = g_bytes_new_from_bytes (bytes, sent, g_bytes_get_size (bytes) - sent);
      gint64 n = dex_await_int64 (dex_output_stream_write_bytes (
                                    g_io_stream_get_output_stream (G_IO_STREAM (connection)), rest, G_PRIORITY_DEFAULT),
                                  &error);

      if (error != NULL)
        return dex_future_new_for_error (barua_net_error_translate (error, "control"));
      sent += n;
    }
  input = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  g_data_input_stream_set_newline_type (input, G_DATA_STREAM_NEWLINE_TYPE_LF);
  while (TRUE)
    {
      g_autofree char *line = dex_await_string (read_line (input, NULL), &error);
      int code = 1;

      if (line == NULL)
        return dex_future_new_for_error (error);
      if (is_exit (line, &code))
        return dex_future_new_for_int (code);
      if (call->on_line != NULL)
        call->on_line (line, call->user_data);
    }
}

DexFuture *
barua_engine_owner_call (const char         *profile,
                         const char         *method,
                         JsonNode           *params,
                         BaruaOwnerLineFunc  on_line,
                         gpointer            user_data)
{
  Call *call = g_new0 (Call, 1);
  g_autoptr(JsonNode) request = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (request, json_object_new ());
  json_object_set_string_member (json_node_get_object (request), "method", method);
  json_object_set_member (json_node_get_object (request), "params", params);
  call->profile = g_strdup (profile);
  call->line = make_line (request);
  call->on_line = on_line;
  call->user_data = user_data;
  return barua_fiber_start ("owner call", call_fiber, call, call_free);
}
