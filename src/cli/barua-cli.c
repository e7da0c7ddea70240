/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "barua-cli"
#include "config.h"

#include "barua-cli.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "barua-cli-output.h"
#include "barua-fiber.h"
#include "barua-words.h"

static const struct
{
  const char   *name;
  BaruaCliFunc  func;
  const char   *summary;
} commands[] = {
  { "account", barua_cli_account, N_ ("Add, list or remove accounts") },
  { "sync", barua_cli_sync, N_ ("Bring folders up to date with the server") },
  { "folders", barua_cli_folders, N_ ("List folders") },
  { "list", barua_cli_list, N_ ("List the messages of a folder, newest first") },
  { "show", barua_cli_show, N_ ("Show a message, one of its parts or its source") },
  { "search", barua_cli_search, N_ ("Search mail") },
  { "mark", barua_cli_mark, N_ ("Mark messages as read, unread or starred") },
  { "render", barua_cli_render, N_ ("Show what Barua makes of message files") },
  { "watch", barua_cli_watch, N_ ("Stay connected and print every change") },
  { "verify", barua_cli_verify, N_ ("Check the data and compare it with the server") },
};

typedef struct
{
  BaruaCli       cli;
  BaruaCliFunc   func;
  int            argc;
  char         **argv;
  int            exit_code;
  GMainLoop     *loop;
} Run;

static void
print_usage (FILE *stream)
{
  fprintf (stream, _("Usage: barua-cli [--profile DIR] [--json] COMMAND [ARGUMENTS]\n\nCommands:\n"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (stream, "  %-8s  %s\n", commands[i].name, _(commands[i].summary));
  fprintf (stream, _("\nbarua-cli COMMAND --help tells more.\n"));
}

gboolean
barua_cli_parse (const char         *usage,
                 const char         *summary,
                 const GOptionEntry *entries,
                 int                *argc,
                 char             ***argv,
                 int                 min_rest,
                 int                 max_rest)
{
  g_autoptr (GOptionContext) context = g_option_context_new (usage);
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context, summary);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return FALSE;
    }
  if (*argc - 1 < min_rest || *argc - 1 > max_rest)
    {
      g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);

      fputs (help, stderr);
      return FALSE;
    }
  return TRUE;
}

gboolean
barua_cli_open (BaruaCli     *cli,
                BaruaCliUse   use,
                GError      **error)
{
  g_autoptr (GError) local = NULL;

  cli->engine = barua_engine_new (cli->profile, use == BARUA_CLI_LIVE ? BARUA_ENGINE_DEFAULT : BARUA_ENGINE_MANUAL, NULL);
  if (dex_await (barua_engine_start (cli->engine), &local))
    return TRUE;
  g_clear_object (&cli->engine);
  if (use != BARUA_CLI_READ || barua_error_get_code (local) != BARUA_ERROR_PROFILE_IN_USE)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  cli->read_only = TRUE;
  cli->engine = barua_engine_new (cli->profile, BARUA_ENGINE_MANUAL | BARUA_ENGINE_READ_ONLY, NULL);
  if (dex_await (barua_engine_start (cli->engine), error))
    return TRUE;
  g_clear_object (&cli->engine);
  return FALSE;
}

gboolean
barua_cli_open_or_say (BaruaCli    *cli,
                       BaruaCliUse  use)
{
  g_autoptr (GError) error = NULL;

  if (barua_cli_open (cli, use, &error))
    return TRUE;
  barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
  return FALSE;
}

BaruaAccount *
barua_cli_find_account (BaruaCli    *cli,
                        const char  *name,
                        GError     **error)
{
  g_autoptr (GPtrArray) accounts = barua_engine_list_accounts (cli->engine);
  gint64 id = g_ascii_strtoll (name, NULL, 10);

  for (guint i = 0; i < accounts->len; i++)
    {
      BaruaAccount *account = g_ptr_array_index (accounts, i);

      if ((id != 0 && account->id == id) || g_ascii_strcasecmp (account->address, name) == 0 ||
          g_strcmp0 (account->name, name) == 0)
        return barua_account_ref (account);
    }
  g_set_error (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no account is called %s", name);
  return NULL;
}

static gboolean
folder_is (const BaruaFolder *folder,
           const char        *name)
{
  /* INBOX is the one name without case (RFC 9051, 5.1). */
  if (folder->role == BARUA_ROLE_INBOX && g_ascii_strcasecmp (name, "inbox") == 0)
    return TRUE;
  return g_strcmp0 (folder->server_name, name) == 0 || g_strcmp0 (folder->path, name) == 0;
}

BaruaFolder *
barua_cli_find_folder (BaruaCli    *cli,
                       gint64       account,
                       const char  *name,
                       GError     **error)
{
  g_autoptr (GPtrArray) folders = barua_engine_list_folders (cli->engine, account);
  BaruaFolder *found = NULL;
  gint64 id = g_str_has_prefix (name, "#") ? g_ascii_strtoll (name + 1, NULL, 10) : 0;

  for (guint i = 0; i < folders->len; i++)
    {
      BaruaFolder *folder = g_ptr_array_index (folders, i);

      if (id != 0 ? folder->id != id : !folder_is (folder, name))
        continue;
      if (found != NULL && found->account != folder->account)
        {
          g_set_error (error, BARUA_ERROR, BARUA_ERROR_INVALID, "several accounts have a folder %s; name it by #ID", name);
          return NULL;
        }
      found = folder;
    }
  /* A role is the last resort: a folder may well be called "Archive" and not be the archive. */
  for (guint i = 0; found == NULL && i < folders->len; i++)
    {
      BaruaFolder *folder = g_ptr_array_index (folders, i);

      if (folder->role != BARUA_ROLE_NONE && g_ascii_strcasecmp (barua_role_get_name (folder->role), name) == 0)
        found = folder;
    }
  if (found == NULL)
    g_set_error (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no folder is called %s", name);
  return found != NULL ? barua_folder_ref (found) : NULL;
}

static DexFuture *
run_fiber (gpointer data)
{
  Run *run = data;

  run->exit_code = run->func (&run->cli, run->argc, run->argv);
  if (run->cli.engine != NULL)
    {
      g_autoptr (GError) error = NULL;

      if (!dex_await (barua_engine_stop (run->cli.engine), &error))
        g_debug ("stopping: %s", error->message);
      g_clear_object (&run->cli.engine);
    }
  g_main_loop_quit (run->loop);
  return dex_future_new_true ();
}

/* Takes --profile and --json out of the words, wherever they stand before "--". */
static gboolean
take_global_options (BaruaCli *cli,
                     int      *argc,
                     char    **argv)
{
  int kept = 1;
  gboolean ended = FALSE;

  for (int i = 1; i < *argc; i++)
    {
      if (!ended && strcmp (argv[i], "--json") == 0)
        cli->json = TRUE;
      else if (!ended && g_str_has_prefix (argv[i], "--profile="))
        g_set_str (&cli->profile, argv[i] + strlen ("--profile="));
      else if (!ended && strcmp (argv[i], "--profile") == 0)
        {
          if (i + 1 == *argc)
            {
              fprintf (stderr, _("--profile needs a folder.\n"));
              return FALSE;
            }
          g_set_str (&cli->profile, argv[++i]);
        }
      else
        {
          ended = ended || strcmp (argv[i], "--") == 0;
          argv[kept++] = argv[i];
        }
    }
  argv[kept] = NULL;
  *argc = kept;
  if (cli->profile == NULL)
    cli->profile = g_build_filename (g_get_user_data_dir (), "barua", NULL);
  return TRUE;
}

static int
run_command (Run *run)
{
  run->loop = g_main_loop_new (NULL, FALSE);
  barua_fiber_spawn ("cli", run_fiber, run, NULL);
  g_main_loop_run (run->loop);
  g_main_loop_unref (run->loop);
  return run->exit_code;
}

int
main (int   argc,
      char *argv[])
{
  Run run = { .exit_code = BARUA_CLI_USAGE };

  setlocale (LC_ALL, "");
  barua_words_init ();
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("barua-cli");
  dex_init ();

  if (!take_global_options (&run.cli, &argc, argv))
    return BARUA_CLI_USAGE;
  if (argc > 1 && (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0))
    {
      print_usage (stdout);
      run.exit_code = BARUA_CLI_OK;
    }
  else if (argc > 1 && strcmp (argv[1], "--version") == 0)
    {
      printf ("barua-cli %s\n", BARUA_VERSION);
      run.exit_code = BARUA_CLI_OK;
    }
  else
    {
      for (guint i = 0; argc > 1 && i < G_N_ELEMENTS (commands); i++)
        if (strcmp (argv[1], commands[i].name) == 0)
          run.func = commands[i].func;
      if (run.func != NULL)
        {
          run.argc = argc - 1;
          run.argv = argv + 1;
          run_command (&run);
        }
      else
        print_usage (stderr);
    }
  g_free (run.cli.profile);
  return run.exit_code;
}
