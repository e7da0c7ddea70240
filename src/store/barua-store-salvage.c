/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "barua-limits.h"
#include "barua-store-private.h"

/* A damaged main.db is kept as it is, beside, and a new one is made. What the server does not know is carried over as far as
 * it can be read: accounts, folders with what the person chose, per-sender choices, and the messages that carry wishes.
 * Everything else comes from the server again.
 *
 * A scan stops at the first broken page; so each table is read from both ends, and wishes also through their index. */

#define PAGE BARUA_STORE_PAGE_BYTES

typedef struct
{
  const char *table;
  const char *columns;
  const char *where;
} Source;

static const Source sources[] = {
  { "account", "id, name, address, person, colour, position, backend, host, port, security, user, password_command, ca_file,"
               " settings", "" },
  { "folder", "id, account, parent, name, shown_name, delimiter, role, role_override, flags, remote_id, position, favourite,"
              " hidden, expanded, offline, notify", "" },
  { "preference", "address, pictures, colours", "" },
  { "message", "id, server_folder, uid, remote_id, shown_folder, date, internal_date, sent_date, zone, size, modseq, flags,"
               " traits, wish_mask, wish_bits, thread, subject, message_id, list_id", "WHERE wish_mask != 0" },
};

static gboolean
copy_file (const char *from,
           const char *to)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (from, FALSE, NULL);

  return file != NULL &&
         g_file_set_contents_full (to, g_mapped_file_get_contents (file), (gssize)g_mapped_file_get_length (file),
                                   G_FILE_SET_CONTENTS_NONE, 0600, NULL);
}

static guint
copy_rows (sqlite3    *from,
           sqlite3    *to,
           const char *select,
           const char *insert)
{
  sqlite3_stmt *in = NULL;
  sqlite3_stmt *out = NULL;
  guint n = 0;

  if (sqlite3_prepare_v2 (from, select, -1, &in, NULL) == SQLITE_OK &&
      sqlite3_prepare_v2 (to, insert, -1, &out, NULL) == SQLITE_OK)
    while (sqlite3_step (in) == SQLITE_ROW)
      {
        for (int i = 0; i < sqlite3_column_count (in); i++)
          sqlite3_bind_value (out, i + 1, sqlite3_column_value (in, i));
        /* A row whose values make no sense (STRICT, NOT NULL) is left behind. */
        if (sqlite3_step (out) == SQLITE_DONE)
          n += (guint)sqlite3_changes (to);
        sqlite3_reset (out);
      }
  sqlite3_finalize (in);
  sqlite3_finalize (out);
  return n;
}

static guint
copy_source (sqlite3      *from,
             sqlite3      *to,
             const Source *source)
{
  static const char * const orders[] = { "NOT INDEXED %s ORDER BY rowid", "NOT INDEXED %s ORDER BY rowid DESC", "%s" };
  g_autofree char *insert = NULL;
  g_autoptr (GString) marks = g_string_new ("?");
  guint n = 0;

  for (const char *p = source->columns; *p != '\0'; p++)
    if (*p == ',')
      g_string_append (marks, ", ?");
  insert = g_strdup_printf ("INSERT OR IGNORE INTO %s (%s) VALUES (%s)", source->table, source->columns, marks->str);
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
      g_autofree char *tail = g_strdup_printf (orders[i], source->where);
#pragma GCC diagnostic pop
      g_autofree char *select = g_strdup_printf ("SELECT %s FROM %s %s", source->columns, source->table, tail);

      n += copy_rows (from, to, select, insert);
    }
  return n;
}

/* What was carried over hangs together: rows whose folder or account could not be read go, and counters start at what is
 * there. Every folder is listed anew. */
static const char tidy[] =
  "DELETE FROM folder WHERE account NOT IN (SELECT id FROM account);"
  "UPDATE folder SET parent = NULL WHERE parent NOT IN (SELECT id FROM folder);"
  "DELETE FROM message WHERE server_folder IS NOT NULL AND server_folder NOT IN (SELECT id FROM folder);"
  "UPDATE message SET shown_folder = coalesce (server_folder, shown_folder), wish_bits = wish_bits & wish_mask, thread = id,"
  "  traits = traits & 15, modseq = 0;"
  "DELETE FROM message WHERE shown_folder NOT IN (SELECT id FROM folder);"
  "INSERT INTO conversation_folder SELECT thread, shown_folder, id, date, 1,"
  "  ((flags & ~wish_mask) | wish_bits) & 1 = 0, ((flags & ~wish_mask) | wish_bits) & 2 != 0 FROM message;"
  "UPDATE folder SET total = (SELECT count(*) FROM message WHERE shown_folder = folder.id),"
  "  unread = (SELECT count(*) FROM message WHERE shown_folder = folder.id AND ((flags & ~wish_mask) | wish_bits) & 1 = 0),"
  "  conversations = (SELECT count(*) FROM conversation_folder WHERE folder = folder.id);"
  "UPDATE meta SET value = (SELECT coalesce (max (id), 0) + 1 FROM message) WHERE key = 'next_message';";

/* The list of tables in @damaged is replaced by that of the new file @fresh: both were made by the same steps, so tables lie
 * at the same pages. Everything else is left as it is. */
static gboolean
repair_schema (const char *damaged,
               const char *fresh)
{
  g_autofree char *bytes = NULL;
  g_autofree char *ours = NULL;
  gsize length;
  gsize our_length;
  guint32 pages;

  if (!g_file_get_contents (damaged, &bytes, &length, NULL) || !g_file_get_contents (fresh, &ours, &our_length, NULL) ||
      our_length < PAGE || length < our_length)
    return FALSE;
  pages = GUINT32_TO_BE ((guint32)(length / PAGE));
  memcpy (bytes, ours, PAGE);
  memcpy (bytes + 28, &pages, 4);
  memset (bytes + 32, 0, 8);       /* no free pages: nothing is written here anyway */
  memcpy (bytes + 92, ours + 24, 4); /* the count of pages is valid */
  if ((guint8)ours[100] == 5)
    {
      /* An inner page: its children hold the list. */
      guint n = (guint8)ours[103] << 8 | (guint8)ours[104];

      for (guint i = 0; i <= n; i++)
        {
          const guint8 *pointer = (const guint8 *)ours + 112 + 2 * i;
          gsize cell = i < n ? (gsize)(pointer[0] << 8 | pointer[1]) : 108;
          guint32 child;

          if (cell + 4 > PAGE)
            return FALSE;
          memcpy (&child, ours + cell, 4);
          child = GUINT32_FROM_BE (child);
          if (child == 0 || (gsize)child * PAGE > our_length)
            return FALSE;
          memcpy (bytes + (child - 1) * PAGE, ours + (child - 1) * PAGE, PAGE);
        }
    }
  return g_file_set_contents_full (damaged, bytes, (gssize)length, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
}

static gboolean
carry_over (const char  *damaged,
            const char  *path,
            GError     **error)
{
  g_autoptr (GError) local = NULL;
  sqlite3 *from = NULL;
  sqlite3 *to = barua_store_open_file (path, TRUE, TRUE, error);
  gboolean ok;

  if (to == NULL)
    return FALSE;
  ok = barua_store_schema_prepare (to, DB_MAIN, error) &&
       barua_store_exec_sql (to, "PRAGMA wal_checkpoint (TRUNCATE); PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE", error);
  if (ok && g_file_test (damaged, G_FILE_TEST_EXISTS))
    from = barua_store_open_file (damaged, TRUE, FALSE, &local);
  if (ok && (from == NULL || !barua_store_schema_is_ours (from, DB_MAIN)))
    {
      g_clear_pointer (&from, sqlite3_close);
      g_clear_error (&local);
      if (repair_schema (damaged, path))
        from = barua_store_open_file (damaged, TRUE, FALSE, &local);
    }
  if (from != NULL)
    for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
      g_message ("%s: %u rows carried over", sources[i].table, copy_source (from, to, &sources[i]));
  else if (ok)
    g_message ("nothing could be read: %s", local != NULL ? local->message : "no file");
  ok = ok && barua_store_exec_sql (to, tidy, error) && barua_store_exec_sql (to, "COMMIT", error);
  sqlite3_close (from);
  sqlite3_close (to);
  return ok;
}

static gboolean
move_aside (const char  *dir,
            const char  *aside,
            GError     **error)
{
  static const char * const ends[] = { "", "-wal", "-shm" };

  if (g_mkdir (aside, 0700) != 0)
    {
      int number = errno;

      g_set_error (error, BARUA_ERROR, number == ENOSPC ? BARUA_ERROR_NO_SPACE : BARUA_ERROR_STORE_DAMAGED, "%s: %s", aside,
                   g_strerror (number));
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *from = g_strconcat (dir, "/", barua_store_file_names[DB_MAIN], ends[i], NULL);
      g_autofree char *to = g_strconcat (aside, "/", barua_store_file_names[DB_MAIN], ends[i], NULL);

      if (g_rename (from, to) != 0 && errno != ENOENT)
        {
          g_set_error (error, BARUA_ERROR, BARUA_ERROR_STORE_DAMAGED, "%s: %s", to, g_strerror (errno));
          return FALSE;
        }
    }
  return TRUE;
}

static void
remove_files (const char *path)
{
  static const char * const ends[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *name = g_strconcat (path, ends[i], NULL);

      g_unlink (name);
    }
}

void
barua_store_salvage_finish (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, barua_store_file_names[DB_MAIN], NULL);
  g_autofree char *fresh = g_build_filename (dir, "main-new.db", NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS) && g_file_test (fresh, G_FILE_TEST_EXISTS))
    g_rename (fresh, path);
}

static void
copy_to_read (const char *path,
              const char *copy)
{
  static const char * const ends[] = { "", "-wal" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *from = g_strconcat (path, ends[i], NULL);
      g_autofree char *to = g_strconcat (copy, ends[i], NULL);

      copy_file (from, to);
    }
}

gboolean
barua_store_salvage (const char  *dir,
                     char       **aside,
                     GError     **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%dT%H%M%SZ");
  g_autofree char *path = g_build_filename (dir, barua_store_file_names[DB_MAIN], NULL);
  g_autofree char *copy = g_build_filename (dir, "damaged-copy.db", NULL);
  g_autofree char *fresh = g_build_filename (dir, "main-new.db", NULL);
  g_autofree char *where = NULL;
  gboolean ok;

  for (guint i = 0; where == NULL && i < 1000; i++)
    {
      where = g_strdup_printf ("%s/damaged-%s-%u", dir, stamp, i);
      if (g_file_test (where, G_FILE_TEST_EXISTS))
        g_clear_pointer (&where, g_free);
    }
  if (where == NULL)
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_STORE_DAMAGED, "no name left to put the damaged file");
      return FALSE;
    }

  /* What is read is a copy, since reading can write a log back. */
  remove_files (fresh);
  remove_files (copy);
  copy_to_read (path, copy);
  ok = carry_over (copy, fresh, error);
  remove_files (copy);
  /* main.db is only missing while a whole new one is there: barua_store_salvage_finish() ends what a kill interrupted. */
  if (!ok || !move_aside (dir, where, error))
    return FALSE;
  barua_store_salvage_finish (dir);
  *aside = g_steal_pointer (&where);
  return TRUE;
}
