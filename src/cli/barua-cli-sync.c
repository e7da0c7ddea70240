/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "barua-cli"
#include "config.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "barua-cli-output.h"
#include "barua-cli-owner.h"
#include "barua-engine-json.h"
#include "barua-words.h"

static void
print_event (const char *name,
             gint64      us)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (us < 0)
    return;
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  barua_cli_add_string (builder, "event", name);
  json_builder_set_member_name (builder, "ms");
  json_builder_add_double_value (builder, (double)us / 1000.0);
  json_builder_end_object (builder);
  barua_cli_print_json (builder);
}

static void
print_report (BaruaCli              *cli,
              const BaruaSyncReport *report)
{
  g_autofree char *in = NULL;
  g_autofree char *out = NULL;

  if (cli->json)
    {
      g_autoptr (JsonNode) node = barua_json_from_sync_report (report);

      print_event ("connected", report->connected_us);
      print_event ("signed-in", report->signed_in_us);
      print_event ("first-rows", report->first_rows_us);
      barua_cli_print_node (node);
      return;
    }
  in = barua_words_size (report->bytes_in);
  out = barua_words_size (report->bytes_out);
  barua_cli_print (_("%u folders, %u new, %u changed, %u removed, %u texts; %s in, %s out, %.2f s\n"), report->folders,
                   report->added, report->updated, report->removed, report->bodies, in, out,
                   (double)report->done_us / G_USEC_PER_SEC);
  if (report->skipped > 0)
    barua_cli_print (_("%u messages could not be had whole from the server.\n"), report->skipped);
}

/* The next process would have to finish the index in this one's place. */
static void
finish_index (BaruaCli              *cli,
              const BaruaSyncReport *report)
{
  g_autoptr (GError) error = NULL;

  fflush (stdout);
  if (report->added == 0)
    return;
  if (!dex_await (barua_engine_finish_index (cli->engine), &error))
    g_warning ("search index: %s", error->message);
  else if (cli->json)
    print_event ("indexed", g_get_monotonic_time () - report->started_us);
}

static int
hand_over (BaruaCli       *cli,
           const char     *account,
           const char     *folder,
           BaruaSyncFlags  flags)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  barua_cli_add_string (builder, "account", account);
  barua_cli_add_string (builder, "folder", folder);
  barua_cli_add_int (builder, "flags", flags);
  json_builder_end_object (builder);
  return barua_cli_hand_over (cli, "sync", json_builder_get_root (builder));
}

int
barua_cli_sync (BaruaCli *cli,
                int       argc,
                char    **argv)
{
  g_autofree char *account_name = NULL;
  g_autofree char *folder_name = NULL;
  gboolean headers_only = FALSE;
  gboolean bodies = FALSE;
  gboolean full_flags = FALSE;
  g_autoptr (BaruaAccount) account = NULL;
  g_autoptr (BaruaFolder) folder = NULL;
  g_autoptr (BaruaSyncReport) report = NULL;
  g_autoptr (GError) error = NULL;
  BaruaSyncFlags flags = BARUA_SYNC_DEFAULT;
  const GOptionEntry entries[] = {
    { "account", 0, 0, G_OPTION_ARG_STRING, &account_name, N_ ("Only this account"), "A" },
    { "folder", 0, 0, G_OPTION_ARG_STRING, &folder_name, N_ ("Only this folder"), "F" },
    { "headers-only", 0, 0, G_OPTION_ARG_NONE, &headers_only, N_ ("Fetch no texts"), NULL },
    { "bodies", 0, 0, G_OPTION_ARG_NONE, &bodies, N_ ("Fetch whole messages"), NULL },
    { "full-flags", 0, 0, G_OPTION_ARG_NONE, &full_flags, N_ ("Compare the flags of all messages now"), NULL },
    G_OPTION_ENTRY_NULL
  };

  if (!barua_cli_parse ("sync", _("Brings folders up to date with the server."), entries, &argc, &argv, 0, 0))
    return BARUA_CLI_USAGE;
  if (headers_only && bodies)
    {
      fprintf (stderr, _("--headers-only and --bodies exclude each other.\n"));
      return BARUA_CLI_USAGE;
    }
  flags = (headers_only ? BARUA_SYNC_HEADERS_ONLY : 0) | (bodies ? BARUA_SYNC_BODIES : 0) |
          (full_flags ? BARUA_SYNC_FULL_FLAGS : 0);

  if (!barua_cli_open (cli, BARUA_CLI_OWN, &error))
    {
      if (barua_error_get_code (error) == BARUA_ERROR_PROFILE_IN_USE)
        return hand_over (cli, account_name, folder_name, flags);
      return barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
    }
  if (account_name != NULL)
    {
      account = barua_cli_find_account (cli, account_name, &error);
      if (account == NULL)
        return barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
    }
  /* A folder that was never listed can't be found by name yet: the engine lists first. */
  if (folder_name != NULL)
    {
      folder = barua_cli_find_folder (cli, account != NULL ? account->id : 0, folder_name, NULL);
      if (folder == NULL)
        {
          report = dex_await_boxed (barua_engine_sync_named (cli->engine, account != NULL ? account->id : 0, folder_name,
                                                             flags),
                                    &error);
          if (report == NULL)
            return barua_cli_fail (cli, g_steal_pointer (&error), account != NULL ? account->host : NULL,
                                   account != NULL ? account->user : NULL);
          print_report (cli, report);
          finish_index (cli, report);
          return BARUA_CLI_OK;
        }
    }

  report = dex_await_boxed (barua_engine_sync (cli->engine, account != NULL ? account->id : 0,
                                               folder != NULL ? folder->id : 0, flags),
                            &error);
  if (report == NULL)
    {
      g_autoptr (GPtrArray) accounts = barua_engine_list_accounts (cli->engine);

      /* With one account there is no doubt which server this is about. */
      if (account == NULL && accounts->len == 1)
        account = barua_account_ref (g_ptr_array_index (accounts, 0));
      return barua_cli_fail (cli, g_steal_pointer (&error), account != NULL ? account->host : NULL,
                             account != NULL ? account->user : NULL);
    }
  print_report (cli, report);
  finish_index (cli, report);
  return BARUA_CLI_OK;
}
