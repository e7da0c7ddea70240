/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gmime/gmime.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

/* What a text index costs without Barua: GMime takes the texts out of the messages of a file, FTS5 indexes them, one row a
 * message, in large transactions. The file has each message behind its length in decimal and a line feed. Prints JSON.
 *
 *   bench-body-index MESSAGES INDEX */

#define ROWS_A_TRANSACTION 1000

typedef struct
{
  GString *plain;
  GString *html;
} Texts;

/* Tags out, nothing else: the least that makes HTML searchable. */
static void
append_without_tags (GString    *out,
                     const char *html)
{
  gboolean tag = FALSE;

  for (const char *p = html; *p != '\0'; p++)
    if (*p == '<')
      tag = TRUE;
    else if (*p == '>')
      {
        tag = FALSE;
        g_string_append_c (out, ' ');
      }
    else if (!tag)
      g_string_append_c (out, *p);
}

static void
take_part (GMimeObject *parent,
           GMimeObject *part,
           gpointer     data)
{
  Texts *texts = data;
  g_autofree char *text = NULL;

  if (!GMIME_IS_TEXT_PART (part) || g_mime_part_is_attachment (GMIME_PART (part)))
    return;
  text = g_mime_text_part_get_text (GMIME_TEXT_PART (part));
  if (text == NULL)
    return;
  if (g_mime_content_type_is_type (g_mime_object_get_content_type (part), "text", "html"))
    append_without_tags (texts->html, text);
  else
    g_string_append (texts->plain, text);
}

static char *
list_addresses (InternetAddressList *list)
{
  return list != NULL ? internet_address_list_to_string (list, NULL, FALSE) : NULL;
}

static void
index_message (sqlite3_stmt *insert,
               gint64        row,
               GBytes       *bytes)
{
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (data, length);
  GMimeParser *parser = g_mime_parser_new_with_stream (stream);
  GMimeMessage *message = g_mime_parser_construct_message (parser, NULL);
  g_autofree char *sender = NULL;
  g_autofree char *recipients = NULL;
  Texts texts = { g_string_new (NULL), g_string_new (NULL) };

  if (message != NULL)
    {
      g_mime_message_foreach (message, take_part, &texts);
      sender = list_addresses (g_mime_message_get_from (message));
      recipients = list_addresses (g_mime_message_get_to (message));
      sqlite3_bind_int64 (insert, 1, row);
      sqlite3_bind_text (insert, 2, g_mime_message_get_subject (message), -1, SQLITE_STATIC);
      sqlite3_bind_text (insert, 3, sender, -1, SQLITE_STATIC);
      sqlite3_bind_text (insert, 4, recipients, -1, SQLITE_STATIC);
      sqlite3_bind_text (insert, 5, texts.plain->len > 0 ? texts.plain->str : texts.html->str, -1, SQLITE_STATIC);
      if (sqlite3_step (insert) != SQLITE_DONE)
        g_error ("insert: %s", sqlite3_errmsg (sqlite3_db_handle (insert)));
      sqlite3_reset (insert);
      sqlite3_clear_bindings (insert);
    }
  g_clear_object (&message);
  g_object_unref (parser);
  g_object_unref (stream);
  g_string_free (texts.plain, TRUE);
  g_string_free (texts.html, TRUE);
}

static void
run_sql (sqlite3    *db,
         const char *sql)
{
  if (sqlite3_exec (db, sql, NULL, NULL, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (db));
}

static GBytes *
read_message (FILE *file)
{
  unsigned long length;
  guint8 *data;

  if (fscanf (file, "%lu", &length) != 1 || fgetc (file) != '\n')
    return NULL;
  data = g_malloc (length + 1);
  if (fread (data, 1, length, file) != length)
    g_error ("the file of messages ends in one");
  return g_bytes_new_take (data, length);
}

int
main (int    argc,
      char **argv)
{
  FILE *file = argc == 3 ? fopen (argv[1], "rb") : NULL;
  gint64 begun;
  struct rusage used;
  sqlite3 *db = NULL;
  sqlite3_stmt *insert = NULL;
  gint64 row = 0;

  if (file == NULL)
    {
      fprintf (stderr, "bench-body-index MESSAGES INDEX\n");
      return 2;
    }
  g_mime_init ();
  begun = g_get_monotonic_time ();
  if (sqlite3_open (argv[2], &db) != SQLITE_OK)
    g_error ("%s: %s", argv[2], sqlite3_errmsg (db));
  run_sql (db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
               "CREATE VIRTUAL TABLE mail USING fts5 (subject, sender, recipients, body, content='', contentless_delete=1,"
               " tokenize=\"unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'\"); BEGIN");
  if (sqlite3_prepare_v2 (db, "INSERT INTO mail (rowid, subject, sender, recipients, body) VALUES (?1, ?2, ?3, ?4, ?5)", -1,
                          &insert, NULL) != SQLITE_OK)
    g_error ("%s", sqlite3_errmsg (db));
  while (TRUE)
    {
      g_autoptr(GBytes) bytes = read_message (file);

      if (bytes == NULL)
        break;
      index_message (insert, ++row, bytes);
      if (row % ROWS_A_TRANSACTION == 0)
        run_sql (db, "COMMIT; BEGIN");
    }
  run_sql (db, "COMMIT");
  sqlite3_finalize (insert);
  sqlite3_close (db);
  fclose (file);
  getrusage (RUSAGE_SELF, &used);
  printf ("{\"messages\": %" G_GINT64_FORMAT ", \"ms\": %.1f, \"cpu_ms\": %.1f}\n", row,
          (double) (g_get_monotonic_time () - begun) / 1000.0,
          (double) (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 +
          (double) (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3);
  return 0;
}
