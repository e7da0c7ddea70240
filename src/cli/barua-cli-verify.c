/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "barua-cli"
#include "config.h"

#include <glib/gi18n.h>

#include "barua-cli-output.h"
#include "barua-cli-owner.h"
#include "barua-engine-json.h"

int
barua_cli_verify (BaruaCli *cli,
                  int       argc,
                  char    **argv)
{
  g_autofree char *account_name = NULL;
  g_autoptr (BaruaAccount) account = NULL;
  g_autoptr (BaruaVerifyReport) report = NULL;
  g_autoptr (GError) error = NULL;
  const GOptionEntry entries[] = {
    { "account", 0, 0, G_OPTION_ARG_STRING, &account_name, N_ ("Only this account"), "A" },
    G_OPTION_ENTRY_NULL
  };

  if (!barua_cli_parse ("verify", _("Checks Barua's data and compares it with the server."), entries, &argc, &argv, 0, 0))
    return BARUA_CLI_USAGE;
  if (!barua_cli_open (cli, BARUA_CLI_OWN, &error))
    {
      if (barua_error_get_code (error) == BARUA_ERROR_PROFILE_IN_USE)
        {
          g_autoptr (JsonBuilder) builder = json_builder_new ();

          json_builder_begin_object (builder);
          barua_cli_add_string (builder, "account", account_name);
          json_builder_end_object (builder);
          return barua_cli_hand_over (cli, "verify", json_builder_get_root (builder));
        }
      return barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
    }
  if (account_name != NULL)
    {
      account = barua_cli_find_account (cli, account_name, &error);
      if (account == NULL)
        return barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
    }
  report = dex_await_boxed (barua_engine_verify (cli->engine, account != NULL ? account->id : 0), &error);
  if (report == NULL)
    return barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
  if (cli->json)
    {
      g_autoptr (JsonNode) node = barua_json_from_verify_report (report);

      barua_cli_print_node (node);
    }
  else
    {
      for (guint i = 0; i < report->findings->len; i++)
        {
          const BaruaFinding *finding = g_ptr_array_index (report->findings, i);

          barua_cli_print ("%s: %s\n", finding->what, finding->detail);
        }
      barua_cli_print (_("%u folders, %u messages, %u findings\n"), report->folders, report->messages,
                       report->findings->len);
    }
  return report->findings->len == 0 ? BARUA_CLI_OK : BARUA_CLI_FAILED;
}
