/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "barua-cli"
#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <stdio.h>

#include "barua-cli-output.h"
#include "barua-cli-owner.h"
#include "barua-engine-json.h"
#include "barua-limits.h"
#include "barua-words.h"

typedef struct
{
  BaruaCli   *cli;
  DexPromise *ended;
} Watch;

static void
on_changed (BaruaEngine    *engine,
            BaruaChangeSet *changes,
            Watch          *watch)
{
  g_autoptr (JsonNode) node = barua_json_from_change_set (changes);

  if (watch->cli->json)
    barua_cli_print_node (node);
  else if (changes->rows->len > 0)
    {
      barua_cli_print (ngettext ("%u message changed\n", "%u messages changed\n", changes->rows->len), changes->rows->len);
      fflush (stdout);
    }
}

static void
on_status (BaruaEngine *engine,
           gint64       account,
           Watch       *watch)
{
  g_autoptr (BaruaStatus) status = barua_engine_dup_status (engine, account);
  g_autofree char *words = NULL;

  if (status == NULL)
    return;
  if (watch->cli->json)
    {
      g_autoptr (JsonNode) node = barua_json_from_status (status);

      barua_cli_print_node (node);
      return;
    }
  words = barua_words_status (status);
  barua_cli_print ("%s\n", words);
  fflush (stdout);
}

static DexFuture *
print_arrived (DexFuture *future,
               gpointer   data)
{
  Watch *watch = data;
  const GValue *value = dex_future_get_value (future, NULL);
  BaruaRows *rows = value != NULL ? g_value_get_boxed (value) : NULL;

  for (guint i = 0; rows != NULL && i < rows->rows->len; i++)
    {
      const BaruaRow *row = g_ptr_array_index (rows->rows, i);

      if (watch->cli->json)
        {
          g_autoptr (JsonNode) node = barua_json_from_row (row);

          json_object_set_string_member (json_node_get_object (node), "event", "arrived");
          barua_cli_print_node (node);
        }
      else
        {
          barua_cli_print (_("New: %s: %s\n"), row->from_name[0] != '\0' ? row->from_name : row->from_address, row->subject);
          fflush (stdout);
        }
    }
  return dex_future_new_true ();
}

static gboolean
collect_id (guint64  id,
            gpointer ids)
{
  gint64 value = (gint64)id;

  g_array_append_val ((GArray *)ids, value);
  return ((GArray *)ids)->len < BARUA_PAGE_ROWS;
}

static void
on_arrived (BaruaEngine *engine,
            gint64       folder,
            BaruaIdSet  *set,
            Watch       *watch)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  barua_id_set_foreach (set, collect_id, ids);
  dex_future_disown (dex_future_then (
    barua_engine_load_rows (engine, (const gint64 *)(gpointer)ids->data, ids->len, FALSE), print_arrived, watch, NULL));
}

static gboolean
on_interrupted (gpointer data)
{
  Watch *watch = data;

  if (dex_future_is_pending (DEX_FUTURE (watch->ended)))
    dex_promise_resolve_boolean (watch->ended, TRUE);
  return G_SOURCE_CONTINUE;
}

int
barua_cli_watch (BaruaCli *cli,
                 int       argc,
                 char    **argv)
{
  Watch watch = { .cli = cli };
  g_autoptr (GError) error = NULL;
  guint sources[2];

  if (!barua_cli_parse ("watch", _("Stays connected and prints a line for every change, until interrupted."), NULL, &argc,
                        &argv, 0, 0))
    return BARUA_CLI_USAGE;
  if (!barua_cli_open (cli, BARUA_CLI_LIVE, &error))
    {
      if (barua_error_get_code (error) == BARUA_ERROR_PROFILE_IN_USE)
        {
          JsonNode *params = json_node_new (JSON_NODE_OBJECT);

          json_node_take_object (params, json_object_new ());
          return barua_cli_hand_over (cli, "watch", params);
        }
      return barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
    }

  watch.ended = dex_promise_new ();
  g_signal_connect (cli->engine, "changed", G_CALLBACK (on_changed), &watch);
  g_signal_connect (cli->engine, "status-changed", G_CALLBACK (on_status), &watch);
  g_signal_connect (cli->engine, "arrived", G_CALLBACK (on_arrived), &watch);
  sources[0] = g_unix_signal_add (SIGINT, on_interrupted, &watch);
  sources[1] = g_unix_signal_add (SIGTERM, on_interrupted, &watch);
  dex_await (dex_ref (DEX_FUTURE (watch.ended)), NULL);
  g_source_remove (sources[0]);
  g_source_remove (sources[1]);
  g_signal_handlers_disconnect_by_data (cli->engine, &watch);
  dex_unref (watch.ended);
  return BARUA_CLI_OK;
}
