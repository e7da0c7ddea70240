/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "barua-cli"
#include "config.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "barua-cli-output.h"
#include "barua-cli-owner.h"
#include "barua-engine-json.h"
#include "barua-limits.h"

static int
hand_over_mark (BaruaCli   *cli,
                const char *folder,
                const char *uids,
                BaruaFlags  mask,
                BaruaFlags  bits)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  barua_cli_add_string (builder, "folder", folder);
  barua_cli_add_string (builder, "uids", uids);
  json_builder_set_member_name (builder, "mask");
  json_builder_add_value (builder, barua_json_from_flags (mask));
  json_builder_set_member_name (builder, "bits");
  json_builder_add_value (builder, barua_json_from_flags (bits));
  json_builder_end_object (builder);
  return barua_cli_hand_over (cli, "mark", json_builder_get_root (builder));
}

/* The local ids of the messages with these UIDs. */
static BaruaIdSet *
find_ids (BaruaCli          *cli,
          const BaruaFolder *folder,
          const BaruaIdSet  *uids,
          GError           **error)
{
  g_autoptr (BaruaIdSet) ids = barua_id_set_new ();
  const BaruaIdRange *ranges = barua_id_set_get_ranges (uids);

  for (guint i = 0; i < barua_id_set_get_n_ranges (uids); i++)
    for (guint64 uid = ranges[i].first; uid <= ranges[i].last; uid++)
      {
        gint64 id = dex_await_int64 (barua_engine_find_uid (cli->engine, folder->id, (guint32)uid), error);

        if (id == 0)
          return NULL;
        barua_id_set_add (ids, (guint64)id);
      }
  return g_steal_pointer (&ids);
}

int
barua_cli_mark (BaruaCli *cli,
                int       argc,
                char    **argv)
{
  gboolean as_read = FALSE;
  gboolean as_unread = FALSE;
  gboolean star = FALSE;
  gboolean unstar = FALSE;
  g_autoptr (BaruaIdSet) uids = NULL;
  g_autoptr (BaruaIdSet) ids = NULL;
  g_autoptr (BaruaFolder) folder = NULL;
  g_autoptr (GError) error = NULL;
  BaruaFlags mask;
  BaruaFlags bits;
  const GOptionEntry entries[] = {
    { "read", 0, 0, G_OPTION_ARG_NONE, &as_read, N_ ("Mark as read"), NULL },
    { "unread", 0, 0, G_OPTION_ARG_NONE, &as_unread, N_ ("Mark as unread"), NULL },
    { "star", 0, 0, G_OPTION_ARG_NONE, &star, N_ ("Add a star"), NULL },
    { "unstar", 0, 0, G_OPTION_ARG_NONE, &unstar, N_ ("Remove the star"), NULL },
    G_OPTION_ENTRY_NULL
  };

  if (!barua_cli_parse ("mark FOLDER UIDS", _("Marks messages; the server hears of it at the next sync."), entries, &argc,
                        &argv, 2, 2))
    return BARUA_CLI_USAGE;
  mask = (as_read || as_unread ? BARUA_FLAG_SEEN : 0) | (star || unstar ? BARUA_FLAG_FLAGGED : 0);
  bits = (as_read ? BARUA_FLAG_SEEN : 0) | (star ? BARUA_FLAG_FLAGGED : 0);
  uids = barua_id_set_parse (argv[2], -1);
  if (mask == 0 || (as_read && as_unread) || (star && unstar) || uids == NULL ||
      barua_id_set_get_count (uids) > BARUA_BULK_ROWS)
    {
      fprintf (stderr, _("mark needs UIDs like 4,7:9 (at most %u) and --read, --unread, --star or --unstar.\n"),
               BARUA_BULK_ROWS);
      return BARUA_CLI_USAGE;
    }

  if (!barua_cli_open (cli, BARUA_CLI_OWN, &error))
    {
      if (barua_error_get_code (error) == BARUA_ERROR_PROFILE_IN_USE)
        return hand_over_mark (cli, argv[1], argv[2], mask, bits);
      return barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
    }
  folder = barua_cli_find_folder (cli, 0, argv[1], &error);
  if (folder != NULL)
    ids = find_ids (cli, folder, uids, &error);
  if (ids == NULL || !dex_await (barua_engine_set_flags (cli->engine, ids, mask, bits), &error))
    return barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
  return BARUA_CLI_OK;
}
