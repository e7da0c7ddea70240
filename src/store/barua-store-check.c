/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-check.h"

#include <string.h>

#include "barua-limits.h"
#include "barua-store-private.h"

void
barua_store_problem_free (BaruaStoreProblem *self)
{
  if (self == NULL)
    return;
  g_free (self->detail);
  g_free (self);
}

const char *
barua_store_problem_kind_get_name (BaruaStoreProblemKind kind)
{
  static const char * const names[] = { "integrity", "foreign-key", "search", "counter", "state", "orphan" };

  return (guint)kind < G_N_ELEMENTS (names) ? names[kind] : "unknown";
}

static void
add (GPtrArray             *problems,
     BaruaStoreProblemKind  kind,
     char                  *detail /* taken */)
{
  BaruaStoreProblem *problem;

  if (problems->len >= BARUA_LIMIT_STORE_PROBLEMS)
    {
      g_free (detail);
      return;
    }
  problem = g_new0 (BaruaStoreProblem, 1);
  problem->kind = kind;
  problem->detail = detail;
  g_ptr_array_add (problems, problem);
}

/* Every row of @sql is a problem; its columns are put behind @what. A statement that the database can't run is one too. */
static void
add_rows (BaruaStoreConnection  *c,
          BaruaStoreDb           db,
          GPtrArray             *problems,
          BaruaStoreProblemKind  kind,
          const char            *what,
          const char            *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BaruaStatement) s = barua_store_statement (c, db, sql, &error);
  int rc = 0;

  while (s != NULL && problems->len < BARUA_LIMIT_STORE_PROBLEMS && (rc = barua_store_step (c, s, &error)) == SQLITE_ROW)
    {
      g_autoptr (GString) detail = g_string_new (what);

      if (g_str_equal (barua_statement_text (s, 0), "ok"))
        continue;
      for (int i = 0; i < sqlite3_column_count (s); i++)
        g_string_append_printf (detail, " %s", barua_statement_text (s, i));
      add (problems, kind, g_string_free (g_steal_pointer (&detail), FALSE));
    }
  if (error != NULL)
    add (problems, BARUA_STORE_PROBLEM_INTEGRITY, g_strdup_printf ("%s: %s", what, error->message));
}

static void
check_files (BaruaStoreConnection *c,
             GPtrArray            *problems)
{
  for (BaruaStoreDb i = 0; i < N_DB; i++)
    {
      /* integrity_check also asks FTS5 to look through its index. */
      add_rows (c, i, problems, BARUA_STORE_PROBLEM_INTEGRITY, barua_store_file_names[i], "PRAGMA integrity_check (100)");
      add_rows (c, i, problems, BARUA_STORE_PROBLEM_FOREIGN_KEY, barua_store_file_names[i], "PRAGMA foreign_key_check");
    }
}

static void
check_counters (BaruaStoreConnection *c,
                GPtrArray            *problems)
{
  add_rows (c, DB_MAIN, problems, BARUA_STORE_PROBLEM_COUNTER, "folder counters: folder, total, unread",
    "SELECT f.id, f.total, f.unread FROM folder f LEFT JOIN"
    " (SELECT shown_folder, count(*) AS n, sum (((flags & ~wish_mask) | wish_bits) & 1 = 0) AS u FROM message"
    "  GROUP BY shown_folder) m ON m.shown_folder = f.id WHERE f.total != coalesce (m.n, 0) OR f.unread != coalesce (m.u, 0)");
  add_rows (c, DB_MAIN, problems, BARUA_STORE_PROBLEM_COUNTER, "folder conversations: folder, kept, counted",
    "SELECT f.id, f.conversations, count(k.thread) AS n FROM folder f LEFT JOIN conversation_folder k ON k.folder = f.id"
    " GROUP BY f.id HAVING f.conversations != n");
  add_rows (c, DB_MAIN, problems, BARUA_STORE_PROBLEM_COUNTER, "conversation counters: thread, folder",
    "WITH m AS (SELECT thread, shown_folder AS folder, count(*) AS n,"
    "  sum (((flags & ~wish_mask) | wish_bits) & 1 = 0) AS u, sum (((flags & ~wish_mask) | wish_bits) & 2 != 0) AS s,"
    "  max (date) AS d FROM message GROUP BY thread, shown_folder)"
    " SELECT coalesce (m.thread, k.thread), coalesce (m.folder, k.folder)"
    " FROM m FULL JOIN conversation_folder k ON k.thread = m.thread AND k.folder = m.folder"
    " WHERE k.count IS NOT m.n OR k.unread IS NOT m.u OR k.starred IS NOT m.s OR k.newest_date IS NOT m.d");
  add_rows (c, DB_MAIN, problems, BARUA_STORE_PROBLEM_COUNTER, "conversation's newest message: thread, folder, newest",
    "SELECT k.thread, k.folder, k.newest FROM conversation_folder k LEFT JOIN message m ON m.id = k.newest"
    " WHERE m.id IS NULL OR m.thread != k.thread OR m.shown_folder != k.folder OR m.date != k.newest_date");
  add_rows (c, DB_CACHE, problems, BARUA_STORE_PROBLEM_COUNTER, "bytes of a body: body",
    "SELECT b.id FROM body b WHERE b.bytes != (SELECT coalesce (sum (length (content)), 0) FROM section WHERE body = b.id)");
  add_rows (c, DB_CACHE, problems, BARUA_STORE_PROBLEM_COUNTER, "bytes of the cache",
    "SELECT value FROM meta WHERE key = 'bytes' AND value != (SELECT coalesce (sum (bytes), 0) FROM body)");
}

static void
check_states (BaruaStoreConnection *c,
              GPtrArray            *problems)
{
  add_rows (c, DB_MAIN, problems, BARUA_STORE_PROBLEM_STATE, "wish bits outside of their mask: message",
    "SELECT id FROM message WHERE wish_bits & ~wish_mask != 0 OR sent_bits & ~sent_mask != 0");
  add_rows (c, DB_MAIN, problems, BARUA_STORE_PROBLEM_STATE, "in flight or in doubt without wish: message",
    "SELECT id FROM message WHERE sent_mask & ~wish_mask != 0 OR (sent_batch IS NOT NULL AND sent_mask = 0)");
  add_rows (c, DB_MAIN, problems, BARUA_STORE_PROBLEM_STATE, "shown in the wrong folder: message",
    "SELECT id FROM message WHERE shown_folder IS NOT coalesce (wish_folder, server_folder, shown_folder)");
  add_rows (c, DB_MAIN, problems, BARUA_STORE_PROBLEM_STATE, "an id that will be given out again: message",
    "SELECT max (id) FROM message HAVING max (id) >= (SELECT value FROM meta WHERE key = 'next_message')");
}

static gboolean
add_missing (BaruaStoreConnection  *c,
             GPtrArray             *problems,
             const char            *sql,
             BaruaStoreDb           db,
             const char            *there_sql,
             BaruaStoreProblemKind  kind,
             const char            *what,
             gint64                 above,
             GError               **error)
{
  g_autoptr (BaruaStatement) s = barua_store_query (c, db, error, sql, "i", above);
  int rc;

  if (s == NULL)
    return FALSE;
  while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    {
      gint64 id = sqlite3_column_int64 (s, 0);
      gint64 there;

      if (!barua_store_get_number (c, db == DB_MAIN ? DB_SEARCH : DB_MAIN, &there, 0, error, there_sql, "i",
                                   db == DB_MAIN ? barua_search_rowid (sqlite3_column_int64 (s, 1), id) : id))
        return FALSE;
      if (!there)
        add (problems, kind, g_strdup_printf ("%s: %" G_GINT64_FORMAT, what, id));
    }
  return rc != 0;
}

static void
check_between (BaruaStoreConnection *c,
               GPtrArray            *problems)
{
  static const char message_by_body[] =
    "SELECT EXISTS (SELECT 1 FROM message WHERE id = ?1 AND body IS NULL) OR EXISTS (SELECT 1 FROM message WHERE body = ?1)";
  g_autoptr (GError) error = NULL;
  gint64 cursor;

  if (!barua_store_get_number (c, DB_SEARCH, &cursor, 0, &error, "SELECT value FROM meta WHERE key = 'cursor'", "") ||
      !add_missing (c, problems, "SELECT id, date FROM message WHERE id <= ?1", DB_MAIN, "SELECT 1 FROM mail WHERE rowid = ?1",
                    BARUA_STORE_PROBLEM_SEARCH, "message is not in the index", cursor, &error) ||
      !add_missing (c, problems, "SELECT id FROM body WHERE id > ?1", DB_CACHE, message_by_body, BARUA_STORE_PROBLEM_ORPHAN,
                    "body without message", 0, &error))
    add (problems, BARUA_STORE_PROBLEM_INTEGRITY, g_strdup (error->message));
  add_rows (c, DB_MAIN, problems, BARUA_STORE_PROBLEM_ORPHAN, "message without folder or sender: message",
    "SELECT id FROM message WHERE shown_folder NOT IN (SELECT id FROM folder)"
    " OR (server_folder IS NOT NULL AND server_folder NOT IN (SELECT id FROM folder))"
    " OR (sender IS NOT NULL AND sender NOT IN (SELECT id FROM correspondent))");
  add_rows (c, DB_MAIN, problems, BARUA_STORE_PROBLEM_ORPHAN, "parts without message: body",
    "SELECT body FROM structure s WHERE NOT EXISTS (SELECT 1 FROM message WHERE id = s.body AND body IS NULL)"
    " AND NOT EXISTS (SELECT 1 FROM message WHERE body = s.body)");
}

GPtrArray *
barua_store_check (BaruaStoreConnection  *c,
                   GError               **error)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_store_problem_free);

  if (!barua_store_flush (c, error))
    return NULL;
  check_files (c, problems);
  /* Counting in a file that is broken tells nothing more. */
  if (problems->len == 0)
    {
      check_counters (c, problems);
      check_states (c, problems);
      check_between (c, problems);
    }
  return g_steal_pointer (&problems);
}
