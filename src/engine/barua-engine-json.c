/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-engine-json.h"

#include <string.h>

static JsonNode *
take_object (JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return node;
}

static void
set_string (JsonObject *object,
            const char *name,
            const char *value)
{
  json_object_set_string_member (object, name, value != NULL ? value : "");
}

static void
set_date (JsonObject *object,
          const char *name,
          gint64      date)
{
  g_autoptr (GDateTime) when = date > 0 ? g_date_time_new_from_unix_utc (date) : NULL;
  g_autofree char *text = when != NULL ? g_date_time_format_iso8601 (when) : NULL;

  if (text != NULL)
    json_object_set_string_member (object, name, text);
  else
    json_object_set_null_member (object, name);
}

static const char *
flag_word (BaruaFlags flag)
{
  const char *name = barua_flag_get_name (flag);

  return name[0] == '\\' || name[0] == '$' ? name + 1 : name;
}

JsonNode *
barua_json_from_flags (BaruaFlags flags)
{
  JsonArray *array = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  for (guint bit = 1; bit <= BARUA_FLAG_IMPORTANT; bit <<= 1)
    if ((guint)flags & bit)
      {
        g_autofree char *word = g_ascii_strdown (flag_word ((BaruaFlags)bit), -1);

        json_array_add_string_element (array, word);
      }
  json_node_take_array (node, array);
  return node;
}

BaruaFlags
barua_json_to_flags (JsonNode *node)
{
  guint flags = 0;
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      const char *word = JSON_NODE_HOLDS_VALUE (element) ? json_node_get_string (element) : NULL;

      for (guint bit = 1; word != NULL && bit <= BARUA_FLAG_IMPORTANT; bit <<= 1)
        if (g_ascii_strcasecmp (flag_word ((BaruaFlags)bit), word) == 0)
          flags |= bit;
    }
  return (BaruaFlags)flags;
}

JsonNode *
barua_json_from_account (const BaruaAccount *account)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", account->id);
  set_string (object, "name", account->name);
  set_string (object, "address", account->address);
  set_string (object, "person", account->person);
  set_string (object, "host", account->host);
  json_object_set_int_member (object, "port", account->port);
  set_string (object, "security", account->security == BARUA_SECURITY_TLS ? "tls" : "starttls");
  set_string (object, "user", account->user);
  set_string (object, "password_command", account->password_command);
  set_string (object, "ca_file", account->ca_file);
  return take_object (object);
}

BaruaAccount *
barua_json_to_account (JsonNode  *node,
                       GError   **error)
{
  JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  g_autoptr (BaruaAccount) account = barua_account_new ();
  gint64 port;

  if (object != NULL)
    {
      g_set_str (&account->name, json_object_get_string_member_with_default (object, "name", ""));
      g_set_str (&account->address, json_object_get_string_member_with_default (object, "address", ""));
      g_set_str (&account->person, json_object_get_string_member_with_default (object, "person", ""));
      g_set_str (&account->host, json_object_get_string_member_with_default (object, "host", ""));
      g_set_str (&account->user, json_object_get_string_member_with_default (object, "user", ""));
      g_set_str (&account->password_command,
                 json_object_get_string_member_with_default (object, "password_command", ""));
      g_set_str (&account->ca_file, json_object_get_string_member_with_default (object, "ca_file", ""));
      port = json_object_get_int_member_with_default (object, "port", 0);
      account->port = port > 0 && port <= G_MAXUINT16 ? (guint16)port : 0;
      if (strcmp (json_object_get_string_member_with_default (object, "security", "tls"), "starttls") == 0)
        account->security = BARUA_SECURITY_STARTTLS;
    }
  if (account->address[0] == '\0' || account->host[0] == '\0' || account->user[0] == '\0' || account->port == 0)
    {
      g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_INVALID, "an account needs address, host, port and user");
      return NULL;
    }
  return g_steal_pointer (&account);
}

JsonNode *
barua_json_from_folder (const BaruaFolder *folder)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", folder->id);
  json_object_set_int_member (object, "account", folder->account);
  json_object_set_int_member (object, "parent", folder->parent);
  set_string (object, "name", folder->name);
  set_string (object, "path", folder->path);
  set_string (object, "server_name", folder->server_name);
  set_string (object, "role", barua_role_get_name (folder->role));
  json_object_set_boolean_member (object, "selectable", folder->selectable);
  json_object_set_boolean_member (object, "subscribed", folder->subscribed);
  json_object_set_boolean_member (object, "hidden", folder->hidden);
  json_object_set_boolean_member (object, "favourite", folder->favourite);
  json_object_set_int_member (object, "total", folder->total);
  json_object_set_int_member (object, "unread", folder->unread);
  json_object_set_int_member (object, "server_total", folder->server_total);
  json_object_set_boolean_member (object, "first_sync", folder->first_sync);
  set_date (object, "checked", folder->checked);
  return take_object (object);
}

JsonNode *
barua_json_from_row (const BaruaRow *row)
{
  JsonObject *object = json_object_new ();
  JsonObject *from = json_object_new ();

  json_object_set_int_member (object, "id", row->id);
  json_object_set_int_member (object, "uid", row->uid);
  json_object_set_int_member (object, "folder", row->folder);
  json_object_set_int_member (object, "thread", row->thread);
  json_object_set_member (object, "flags", barua_json_from_flags (row->flags));
  json_object_set_member (object, "waiting", barua_json_from_flags (row->wished));
  set_date (object, "date", row->date);
  set_string (from, "name", row->from_name);
  set_string (from, "address", row->from_address);
  json_object_set_object_member (object, "from", from);
  set_string (object, "to", row->to);
  set_string (object, "subject", row->subject);
  json_object_set_int_member (object, "size", (gint64)row->size);
  set_string (object, "message_id", row->message_id);
  set_string (object, "preview", row->preview);
  json_object_set_boolean_member (object, "attachment", row->has_attachment);
  return take_object (object);
}

static const char *
status_name (BaruaStatusKind kind)
{
  static const char *const names[] = { "idle", "connecting", "synchronising", "offline", "waiting", "stopped" };

  return (guint)kind < G_N_ELEMENTS (names) ? names[kind] : "idle";
}

JsonNode *
barua_json_from_status (const BaruaStatus *status)
{
  JsonObject *object = json_object_new ();

  set_string (object, "event", "status");
  json_object_set_int_member (object, "account", status->account);
  set_string (object, "state", status_name (status->kind));
  if (status->kind == BARUA_STATUS_WAITING || status->kind == BARUA_STATUS_STOPPED)
    set_string (object, "code", barua_error_code_get_name (status->code));
  set_string (object, "host", status->host);
  set_string (object, "folder", status->folder_name);
  set_string (object, "detail", status->detail);
  json_object_set_int_member (object, "done", status->done);
  json_object_set_int_member (object, "total", status->total);
  json_object_set_int_member (object, "waiting", status->waiting);
  json_object_set_int_member (object, "refused", status->refused);
  set_date (object, "since", status->since);
  set_date (object, "next_try", status->next_try);
  return take_object (object);
}

static void
set_ms (JsonObject *object,
        const char *name,
        gint64      us)
{
  if (us >= 0)
    json_object_set_double_member (object, name, (double)us / 1000.0);
  else
    json_object_set_null_member (object, name);
}

JsonNode *
barua_json_from_sync_report (const BaruaSyncReport *report)
{
  JsonObject *object = json_object_new ();

  set_string (object, "event", "synced");
  json_object_set_int_member (object, "folders", report->folders);
  json_object_set_int_member (object, "added", report->added);
  json_object_set_int_member (object, "updated", report->updated);
  json_object_set_int_member (object, "removed", report->removed);
  json_object_set_int_member (object, "bodies", report->bodies);
  json_object_set_int_member (object, "skipped", report->skipped);
  json_object_set_int_member (object, "bytes_in", (gint64)report->bytes_in);
  json_object_set_int_member (object, "bytes_out", (gint64)report->bytes_out);
  json_object_set_int_member (object, "round_trips", report->round_trips);
  set_ms (object, "connected_ms", report->connected_us);
  set_ms (object, "signed_in_ms", report->signed_in_us);
  set_ms (object, "first_rows_ms", report->first_rows_us);
  set_ms (object, "bodies_ms", report->bodies_us);
  set_ms (object, "ms", report->done_us);
  return take_object (object);
}

static JsonArray *
ids_to_array (GArray *ids)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < ids->len; i++)
    json_array_add_int_element (array, g_array_index (ids, gint64, i));
  return array;
}

JsonNode *
barua_json_from_change_set (const BaruaChangeSet *changes)
{
  static const char *const kinds[] = { "added", "removed", "updated" };
  JsonObject *object = json_object_new ();
  JsonArray *rows = json_array_new ();

  set_string (object, "event", "changed");
  json_object_set_int_member (object, "generation", (gint64)changes->generation);
  for (guint i = 0; i < changes->rows->len; i++)
    {
      const BaruaRowChange *change = &g_array_index (changes->rows, BaruaRowChange, i);
      JsonObject *row = json_object_new ();

      set_string (row, "change", kinds[change->kind]);
      json_object_set_int_member (row, "id", change->id);
      json_object_set_int_member (row, "folder", change->folder);
      json_array_add_object_element (rows, row);
    }
  json_object_set_array_member (object, "rows", rows);
  json_object_set_array_member (object, "folders", ids_to_array (changes->folders));
  json_object_set_array_member (object, "accounts", ids_to_array (changes->accounts));
  return take_object (object);
}

JsonNode *
barua_json_from_verify_report (const BaruaVerifyReport *report)
{
  JsonObject *object = json_object_new ();
  JsonArray *findings = json_array_new ();

  set_string (object, "event", "verified");
  json_object_set_int_member (object, "folders", report->folders);
  json_object_set_int_member (object, "messages", report->messages);
  for (guint i = 0; i < report->findings->len; i++)
    {
      const BaruaFinding *finding = g_ptr_array_index (report->findings, i);
      JsonObject *one = json_object_new ();

      set_string (one, "what", finding->what);
      json_object_set_int_member (one, "folder", finding->folder);
      json_object_set_int_member (one, "uid", finding->uid);
      set_string (one, "detail", finding->detail);
      json_array_add_object_element (findings, one);
    }
  json_object_set_array_member (object, "findings", findings);
  json_object_set_boolean_member (object, "sound", report->findings->len == 0);
  return take_object (object);
}

JsonNode *
barua_json_from_error (const GError *error)
{
  JsonObject *object = json_object_new ();
  JsonObject *inner = json_object_new ();

  set_string (inner, "code", barua_error_code_get_name (barua_error_get_code (error)));
  set_string (inner, "message", error->message);
  json_object_set_object_member (object, "error", inner);
  return take_object (object);
}
