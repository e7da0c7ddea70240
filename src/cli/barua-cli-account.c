/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "barua-cli"
#include "config.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "barua-cli-output.h"
#include "barua-cli-owner.h"
#include "barua-engine-json.h"

/* "imaps://USER@HOST:PORT" (implicit TLS) or "imap://..." (STARTTLS); the user name may be percent-encoded, and is the
 * whole address when none is given. */
static gboolean
parse_server (const char    *text,
              BaruaAccount  *account,
              GError       **error)
{
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_HAS_AUTH_PARAMS, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";
  gboolean implicit = g_strcmp0 (scheme, "imaps") == 0;
  int port = uri != NULL ? g_uri_get_port (uri) : 0;

  if (uri == NULL || (!implicit && g_strcmp0 (scheme, "imap") != 0) || g_uri_get_host (uri) == NULL ||
      *g_uri_get_host (uri) == '\0' || strlen (g_uri_get_path (uri)) > 1 || port == 0)
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_INVALID,
                   "%s is no server; write imaps://USER@HOST:PORT", text);
      return FALSE;
    }
  account->security = implicit ? BARUA_SECURITY_TLS : BARUA_SECURITY_STARTTLS;
  account->port = (guint16)(port > 0 ? port : implicit ? 993 : 143);
  g_set_str (&account->host, g_uri_get_host (uri));
  g_set_str (&account->user, g_uri_get_user (uri) != NULL ? g_uri_get_user (uri) : account->address);
  return TRUE;
}

static gboolean
is_address (const char *text)
{
  const char *at = text != NULL ? strrchr (text, '@') : NULL;

  return at != NULL && at > text && at[1] != '\0' && strpbrk (text, " \t\r\n<>,;") == NULL;
}

static int
account_add (BaruaCli *cli,
             int       argc,
             char    **argv)
{
  g_autofree char *address = NULL;
  g_autofree char *imap = NULL;
  g_autofree char *ca_file = NULL;
  g_autofree char *password_command = NULL;
  g_autofree char *name = NULL;
  g_autoptr (BaruaAccount) account = barua_account_new ();
  g_autoptr (GError) error = NULL;
  gint64 id;
  const GOptionEntry entries[] = {
    { "address", 0, 0, G_OPTION_ARG_STRING, &address, N_ ("E-mail address"), "A" },
    { "imap", 0, 0, G_OPTION_ARG_STRING, &imap, N_ ("Server of incoming mail"), "imaps://USER@HOST:PORT" },
    { "tls-ca", 0, 0, G_OPTION_ARG_FILENAME, &ca_file, N_ ("Certificate authority to trust for this account"), "FILE" },
    { "password-command", 0, 0, G_OPTION_ARG_STRING, &password_command, N_ ("Command that prints the password"), "CMD" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, N_ ("Name of the account"), "N" },
    G_OPTION_ENTRY_NULL
  };

  if (!barua_cli_parse ("account add", _("Adds an account."), entries, &argc, &argv, 0, 0))
    return BARUA_CLI_USAGE;
  if (address == NULL || imap == NULL || password_command == NULL)
    {
      fprintf (stderr, _("account add needs --address, --imap and --password-command.\n"));
      return BARUA_CLI_USAGE;
    }
  if (!is_address (address))
    return barua_cli_fail (cli, g_error_new (BARUA_ERROR, BARUA_ERROR_INVALID, "%s is no address", address), NULL, NULL);

  g_set_str (&account->address, address);
  g_set_str (&account->name, name != NULL && *name != '\0' ? name : address);
  g_set_str (&account->password_command, password_command);
  if (!parse_server (imap, account, &error))
    return barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
  if (ca_file != NULL)
    {
      if (!g_file_test (ca_file, G_FILE_TEST_IS_REGULAR))
        return barua_cli_fail (cli, g_error_new (BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "there is no file %s", ca_file), NULL,
                               NULL);
      g_free (account->ca_file);
      account->ca_file = g_canonicalize_filename (ca_file, NULL);
    }

  if (!barua_cli_open (cli, BARUA_CLI_OWN, &error))
    {
      if (barua_error_get_code (error) == BARUA_ERROR_PROFILE_IN_USE)
        return barua_cli_hand_over (cli, "account-add", barua_json_from_account (account));
      return barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
    }
  id = dex_await_int64 (barua_engine_add_account (cli->engine, account), &error);
  if (error != NULL)
    return barua_cli_fail (cli, g_steal_pointer (&error), account->host, account->user);

  if (cli->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      barua_cli_add_int (builder, "id", id);
      barua_cli_add_string (builder, "address", account->address);
      json_builder_end_object (builder);
      barua_cli_print_json (builder);
    }
  else
    barua_cli_print (_("Added %s.\n"), account->address);
  return BARUA_CLI_OK;
}

static int
account_list (BaruaCli *cli,
              int       argc,
              char    **argv)
{
  g_autoptr (GPtrArray) accounts = NULL;

  if (!barua_cli_parse ("account list", _("Lists accounts."), NULL, &argc, &argv, 0, 0))
    return BARUA_CLI_USAGE;
  if (!barua_cli_open_or_say (cli, BARUA_CLI_READ))
    return BARUA_CLI_FAILED;
  accounts = barua_engine_list_accounts (cli->engine);
  for (guint i = 0; i < accounts->len; i++)
    {
      BaruaAccount *account = g_ptr_array_index (accounts, i);

      if (cli->json)
        {
          g_autoptr (JsonNode) node = barua_json_from_account (account);

          /* What runs to get the password is nobody's business but the owner's; it stays in the profile. */
          json_object_remove_member (json_node_get_object (node), "password_command");
          barua_cli_print_node (node);
        }
      else
        barua_cli_print ("%" G_GINT64_FORMAT "  %s  %s  %s:%u\n", account->id, account->address, account->name,
                         account->host, account->port);
    }
  return BARUA_CLI_OK;
}

static int
account_remove (BaruaCli *cli,
                int       argc,
                char    **argv)
{
  g_autoptr (BaruaAccount) account = NULL;
  g_autoptr (GError) error = NULL;

  if (!barua_cli_parse ("account remove ACCOUNT", _("Removes an account; its mail stays on the server."), NULL, &argc, &argv,
                        1, 1))
    return BARUA_CLI_USAGE;
  if (!barua_cli_open (cli, BARUA_CLI_OWN, &error))
    {
      if (barua_error_get_code (error) == BARUA_ERROR_PROFILE_IN_USE)
        {
          g_autoptr (JsonBuilder) builder = json_builder_new ();

          json_builder_begin_object (builder);
          barua_cli_add_string (builder, "account", argv[1]);
          json_builder_end_object (builder);
          return barua_cli_hand_over (cli, "account-remove", json_builder_get_root (builder));
        }
      return barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
    }
  account = barua_cli_find_account (cli, argv[1], &error);
  if (account == NULL || !dex_await (barua_engine_remove_account (cli->engine, account->id), &error))
    return barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
  if (!cli->json)
    barua_cli_print (_("Removed %s.\n"), account->address);
  return BARUA_CLI_OK;
}

int
barua_cli_account (BaruaCli *cli,
                   int       argc,
                   char    **argv)
{
  const char *what = argc > 1 ? argv[1] : "";

  if (strcmp (what, "add") == 0)
    return account_add (cli, argc - 1, argv + 1);
  if (strcmp (what, "list") == 0)
    return account_list (cli, argc - 1, argv + 1);
  if (strcmp (what, "remove") == 0)
    return account_remove (cli, argc - 1, argv + 1);
  fprintf (stderr, _("Usage: barua-cli account add|list|remove\n"));
  return strcmp (what, "--help") == 0 ? BARUA_CLI_OK : BARUA_CLI_USAGE;
}
