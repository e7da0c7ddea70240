/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "barua-cli"
#include "config.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "barua-cli-output.h"
#include "barua-engine-json.h"
#include "barua-limits.h"
#include "barua-words.h"

int
barua_cli_folders (BaruaCli *cli,
                   int       argc,
                   char    **argv)
{
  g_autofree char *account_name = NULL;
  g_autoptr (BaruaAccount) account = NULL;
  g_autoptr (GPtrArray) folders = NULL;
  g_autoptr (GError) error = NULL;
  const GOptionEntry entries[] = {
    { "account", 0, 0, G_OPTION_ARG_STRING, &account_name, N_ ("Only this account"), "A" },
    G_OPTION_ENTRY_NULL
  };

  if (!barua_cli_parse ("folders", _("Lists folders in the order of the tree."), entries, &argc, &argv, 0, 0))
    return BARUA_CLI_USAGE;
  if (!barua_cli_open_or_say (cli, BARUA_CLI_READ))
    return BARUA_CLI_FAILED;
  if (account_name != NULL)
    {
      account = barua_cli_find_account (cli, account_name, &error);
      if (account == NULL)
        return barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
    }
  folders = barua_engine_list_folders (cli->engine, account != NULL ? account->id : 0);
  for (guint i = 0; i < folders->len; i++)
    {
      BaruaFolder *folder = g_ptr_array_index (folders, i);

      if (cli->json)
        {
          g_autoptr (JsonNode) node = barua_json_from_folder (folder);

          barua_cli_print_node (node);
        }
      else
        barua_cli_print ("%6u %6u  %-9s %s\n", folder->unread, folder->total,
                         folder->role != BARUA_ROLE_NONE ? barua_role_get_name (folder->role) : "", folder->path);
    }
  return BARUA_CLI_OK;
}

/* @text in exactly @columns columns of a terminal: cut at a grapheme, or padded. Marks take no column, wide characters two. */
static char *
fit (const char *text,
     guint       columns)
{
  GString *fitted = g_string_new (NULL);
  guint used = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      guint width = g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;

      if (used + width > columns)
        break;
      used += width;
      g_string_append_unichar (fitted, c);
    }
  for (; used < columns; used++)
    g_string_append_c (fitted, ' ');
  return g_string_free (fitted, FALSE);
}

static void
print_row (BaruaCli       *cli,
           const BaruaRow *row)
{
  g_autofree char *date = NULL;
  g_autofree char *when = NULL;
  g_autofree char *sender = NULL;

  if (cli->json)
    {
      g_autoptr (JsonNode) node = barua_json_from_row (row);

      barua_cli_print_node (node);
      return;
    }
  date = barua_words_date_row (row->date, g_get_real_time () / G_USEC_PER_SEC);
  when = fit (date, 10);
  sender = fit (row->from_name[0] != '\0' ? row->from_name : row->from_address, 28);
  barua_cli_print ("%8u %c%c %s  %s  %s\n", row->uid, (row->flags & BARUA_FLAG_SEEN) != 0 ? ' ' : '*',
                   (row->flags & BARUA_FLAG_FLAGGED) != 0 ? '!' : ' ', when, sender, row->subject);
}

/* Rows of @entries in pages, so that a list of a million needs no more memory than one of a hundred. */
static gboolean
print_entries (BaruaCli  *cli,
               GArray    *entries,
               guint      limit,
               GError   **error)
{
  gint64 ids[BARUA_PAGE_ROWS];
  guint n = MIN (entries->len, limit);

  for (guint start = 0; start < n; start += BARUA_PAGE_ROWS)
    {
      guint count = MIN (BARUA_PAGE_ROWS, n - start);
      g_autoptr (BaruaRows) rows = NULL;

      for (guint i = 0; i < count; i++)
        ids[i] = g_array_index (entries, BaruaSpineEntry, start + i).id;
      rows = dex_await_boxed (barua_engine_load_rows (cli->engine, ids, count, FALSE), error);
      if (rows == NULL)
        return FALSE;
      for (guint i = 0; i < rows->rows->len; i++)
        print_row (cli, g_ptr_array_index (rows->rows, i));
    }
  return TRUE;
}

int
barua_cli_list (BaruaCli *cli,
                int       argc,
                char    **argv)
{
  gint limit = 100;
  g_autoptr (BaruaFolder) folder = NULL;
  g_autoptr (BaruaSpine) spine = NULL;
  g_autoptr (GError) error = NULL;
  BaruaListQuery query = { .sort = BARUA_SORT_DATE };
  const GOptionEntry entries[] = {
    { "limit", 0, 0, G_OPTION_ARG_INT, &limit, N_ ("At most so many; 0 for all"), "N" },
    G_OPTION_ENTRY_NULL
  };

  if (!barua_cli_parse ("list FOLDER", _("Lists the messages of a folder, newest first."), entries, &argc, &argv, 1, 1))
    return BARUA_CLI_USAGE;
  if (limit < 0)
    {
      fprintf (stderr, _("--limit can't be negative.\n"));
      return BARUA_CLI_USAGE;
    }
  if (!barua_cli_open_or_say (cli, BARUA_CLI_READ))
    return BARUA_CLI_FAILED;
  folder = barua_cli_find_folder (cli, 0, argv[1], &error);
  if (folder == NULL)
    return barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
  query.folder = folder->id;
  spine = dex_await_boxed (barua_engine_load_spine (cli->engine, &query), &error);
  if (spine == NULL || !print_entries (cli, spine->entries, limit > 0 ? (guint)limit : G_MAXUINT, &error))
    return barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
  return BARUA_CLI_OK;
}

int
barua_cli_search (BaruaCli *cli,
                  int       argc,
                  char    **argv)
{
  gint limit = 100;
  g_autofree char *folder_name = NULL;
  g_autoptr (BaruaFolder) folder = NULL;
  g_autoptr (BaruaSearchResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *query = NULL;
  const GOptionEntry entries[] = {
    { "limit", 0, 0, G_OPTION_ARG_INT, &limit, N_ ("At most so many"), "N" },
    { "folder", 0, 0, G_OPTION_ARG_STRING, &folder_name, N_ ("Only in this folder"), "F" },
    G_OPTION_ENTRY_NULL
  };

  if (!barua_cli_parse ("search QUERY", _("Searches subjects, senders and the texts that are here."), entries, &argc, &argv, 1,
                        G_MAXINT))
    return BARUA_CLI_USAGE;
  if (limit <= 0)
    {
      fprintf (stderr, _("--limit must be above 0.\n"));
      return BARUA_CLI_USAGE;
    }
  if (!barua_cli_open_or_say (cli, BARUA_CLI_READ))
    return BARUA_CLI_FAILED;
  if (folder_name != NULL)
    {
      folder = barua_cli_find_folder (cli, 0, folder_name, &error);
      if (folder == NULL)
        return barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
    }
  query = g_strjoinv (" ", argv + 1);
  result = dex_await_boxed (barua_engine_search (cli->engine, query, 0, folder != NULL ? folder->id : 0, (guint)limit),
                            &error);
  if (result == NULL || !print_entries (cli, result->hits, (guint)limit, &error))
    return barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
  if (!cli->json && result->more)
    barua_cli_print (_("There are more.\n"));
  return BARUA_CLI_OK;
}

static int
write_bytes (BaruaCli *cli,
             GBytes   *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  fflush (stdout);
  while (size > 0)
    {
      gssize written = write (STDOUT_FILENO, data, size);

      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0)
        return barua_cli_fail (cli,
                               g_error_new (BARUA_ERROR, errno == ENOSPC ? BARUA_ERROR_NO_SPACE : BARUA_ERROR_IO,
                                            "writing to standard output: %s", g_strerror (errno)),
                               NULL, NULL);
      data += written;
      size -= (gsize)written;
    }
  return BARUA_CLI_OK;
}

static int
show_texts (BaruaCli                 *cli,
            const BaruaParsedMessage *message)
{
  for (guint i = 0; i < message->texts->len; i++)
    {
      const BaruaText *text = g_ptr_array_index (message->texts, i);
      const char *plain = text->kind == BARUA_TEXT_HTML && text->plain != NULL ? text->plain : text->text;

      if (cli->json)
        {
          g_autoptr (JsonBuilder) builder = json_builder_new ();

          json_builder_begin_object (builder);
          barua_cli_add_string (builder, "text", plain);
          json_builder_end_object (builder);
          barua_cli_print_json (builder);
        }
      else
        barua_cli_print ("%s\n", plain);
    }
  return BARUA_CLI_OK;
}

static int
show_bytes (BaruaCli   *cli,
            gint64      id,
            const char *part)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  BaruaLoadFlags flags = cli->read_only ? BARUA_LOAD_CACHE_ONLY : BARUA_LOAD_DEFAULT;

  if (part != NULL)
    bytes = dex_await_boxed (barua_engine_load_part (cli->engine, id, part, flags, NULL, NULL, NULL, NULL), &error);
  else
    bytes = dex_await_boxed (barua_engine_load_source (cli->engine, id, flags, NULL, NULL, NULL, NULL), &error);
  if (bytes == NULL)
    return barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
  return write_bytes (cli, bytes);
}

int
barua_cli_show (BaruaCli *cli,
                int       argc,
                char    **argv)
{
  g_autofree char *part = NULL;
  gboolean source = FALSE;
  gboolean text = FALSE;
  g_autoptr (BaruaFolder) folder = NULL;
  g_autoptr (BaruaParsedMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  guint64 uid;
  gint64 id;
  const GOptionEntry entries[] = {
    { "part", 0, 0, G_OPTION_ARG_STRING, &part, N_ ("One part, decoded, to standard output"), "N" },
    { "source", 0, 0, G_OPTION_ARG_NONE, &source, N_ ("The message as it stands on the server"), NULL },
    { "text", 0, 0, G_OPTION_ARG_NONE, &text, N_ ("Only the text"), NULL },
    G_OPTION_ENTRY_NULL
  };

  if (!barua_cli_parse ("show FOLDER UID", _("Shows a message."), entries, &argc, &argv, 2, 2))
    return BARUA_CLI_USAGE;
  if (!g_ascii_string_to_unsigned (argv[2], 10, 1, G_MAXUINT32, &uid, NULL) || (part != NULL) + source + text > 1)
    {
      fprintf (stderr, _("show needs a folder, a UID and at most one of --part, --source and --text.\n"));
      return BARUA_CLI_USAGE;
    }
  if (!barua_cli_open_or_say (cli, BARUA_CLI_READ))
    return BARUA_CLI_FAILED;
  folder = barua_cli_find_folder (cli, 0, argv[1], &error);
  if (folder == NULL)
    return barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
  id = dex_await_int64 (barua_engine_find_uid (cli->engine, folder->id, (guint32)uid), &error);
  if (error != NULL)
    return barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
  if (part != NULL || source)
    return show_bytes (cli, id, part);

  message = dex_await_boxed (barua_engine_load_message (cli->engine, id,
                                                        cli->read_only ? BARUA_LOAD_CACHE_ONLY : BARUA_LOAD_DEFAULT, NULL),
                             &error);
  if (message == NULL)
    return barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
  if (text)
    return show_texts (cli, message);
  barua_cli_print_message (cli, message, NULL, TRUE);
  return BARUA_CLI_OK;
}
