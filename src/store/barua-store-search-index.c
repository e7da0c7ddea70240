/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "barua-limits.h"
#include "barua-store-private.h"
#include "barua-store-search.h"
#include "barua-text.h"

/* search.db follows main.db by a cursor: ids only rise, so what is new is what is above it. Both the rows and the cursor are
 * committed together; main.db is only read. */

/* What is known of people is kept from portion to portion, until there are this many. */
#define PEOPLE_KEPT 8192u

typedef struct
{
  gint64      rowid;
  gint64      sender;
  gsize       subject;    /* offset in bytes of a NUL-terminated text */
  gsize       recipients; /* likewise */
  gint64      message;    /* with a body only */
  const char *body;       /* borrowed */
} Row;

/* The texts of a portion. FTS5 writes what it holds in memory out as a segment when a row comes that is not above the last
 * one, and mail comes newest first: rows are collected, then put in in order. */
typedef struct
{
  GHashTable *people; /* correspondent -> "name address"; the connection's */
  GArray     *rows;
  GByteArray *bytes;
} Texts;

static GHashTable *
get_people (BaruaStoreConnection *c)
{
  if (c->people == NULL)
    c->people = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  else if (g_hash_table_size (c->people) > PEOPLE_KEPT)
    g_hash_table_remove_all (c->people);
  return c->people;
}

static const char *
get_person (BaruaStoreConnection  *c,
            Texts                 *texts,
            gint64                 correspondent,
            GError               **error)
{
  char *text = g_hash_table_lookup (texts->people, &correspondent);
  g_autofree char *name = NULL;
  g_autofree char *address = NULL;
  g_autofree char *both = NULL;

  if (text != NULL)
    return text;
  if (!barua_store_person_load (c, correspondent, &name, &address, error))
    return NULL;
  both = g_strconcat (name, " ", address, NULL);
  text = barua_text_for_search (both, -1);
  g_hash_table_insert (texts->people, g_memdup2 (&correspondent, sizeof correspondent), text);
  return text;
}

static gboolean
add_recipients (BaruaStoreConnection  *c,
                Texts                 *texts,
                const guint8          *people,
                gsize                  length,
                GError               **error)
{
  gsize offset = 0;
  gint64 correspondent;
  BaruaPersonKind kind;
  guint n = 0;

  while (n < BARUA_STORE_INDEXED_RECIPIENTS && barua_people_next (people, length, &offset, &correspondent, &kind))
    {
      const char *text;

      if (kind != PERSON_TO && kind != PERSON_CC)
        continue;
      text = get_person (c, texts, correspondent, error);
      if (text == NULL)
        return FALSE;
      if (n++ > 0)
        g_byte_array_append (texts->bytes, (const guint8 *)" ; ", 3);
      g_byte_array_append (texts->bytes, (const guint8 *)text, strlen (text));
    }
  g_byte_array_append (texts->bytes, (const guint8 *)"", 1);
  return TRUE;
}

static void
texts_init (BaruaStoreConnection *c,
            Texts                *texts)
{
  texts->people = get_people (c);
  texts->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  texts->bytes = g_byte_array_new ();
}

static void
texts_clear (Texts *texts)
{
  g_array_unref (texts->rows);
  g_byte_array_unref (texts->bytes);
}

#define SOURCE_COLUMNS "SELECT id, date, subject, coalesce (sender, 0), people FROM message "

/* Takes the message that @source stands on. */
static gboolean
collect_one (BaruaStoreConnection  *c,
             BaruaStatement        *source,
             Texts                 *texts,
             gboolean               trigrams,
             GError               **error)
{
  Row row = { .rowid = barua_search_rowid (sqlite3_column_int64 (source, 1), sqlite3_column_int64 (source, 0)),
              .sender = sqlite3_column_int64 (source, 3), .subject = texts->bytes->len };
  g_autofree char *subject = barua_text_for_search (barua_statement_text (source, 2), -1);

  g_byte_array_append (texts->bytes, (const guint8 *)subject, strlen (subject) + 1);
  row.recipients = texts->bytes->len;
  if (!trigrams &&
      !add_recipients (c, texts, sqlite3_column_blob (source, 4), (gsize)sqlite3_column_bytes (source, 4), error))
    return FALSE;
  g_array_append_val (texts->rows, row);
  return TRUE;
}

static gboolean
write_one (BaruaStoreConnection  *c,
           Texts                 *texts,
           const Row             *row,
           gboolean               trigrams,
           const char            *body,
           GError               **error)
{
  const char *subject = (const char *)texts->bytes->data + row->subject;
  const char *from = row->sender != 0 ? get_person (c, texts, row->sender, error) : "";

  if (from == NULL)
    return FALSE;
  if (trigrams)
    return barua_store_exec (c, DB_SEARCH, error, "INSERT INTO pieces (rowid, subject, sender) VALUES (?1, ?2, ?3)", "iss",
                             row->rowid, subject, from);
  return barua_store_exec (c, DB_SEARCH, error,
    "INSERT INTO mail (rowid, subject, sender, recipients, body) VALUES (?1, ?2, ?3, ?4, ?5)", "issss", row->rowid, subject,
    from, (const char *)texts->bytes->data + row->recipients, body);
}

static gint
compare_rows (gconstpointer a,
              gconstpointer b)
{
  gint64 x = ((const Row *)a)->rowid;
  gint64 y = ((const Row *)b)->rowid;

  return x < y ? -1 : x > y;
}

static gboolean
write_all (BaruaStoreConnection  *c,
           Texts                 *texts,
           gboolean               trigrams,
           GError               **error)
{
  g_array_sort (texts->rows, compare_rows);
  for (guint i = 0; i < texts->rows->len; i++)
    if (!write_one (c, texts, &g_array_index (texts->rows, Row, i), trigrams, NULL, error))
      return FALSE;
  return TRUE;
}

static gboolean
remove_gone (BaruaStoreConnection  *c,
             gint64                *up_to,
             GError               **error)
{
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error, "SELECT id, row, message FROM search_gone ORDER BY id",
                                                    "");
  int rc;

  if (s == NULL)
    return FALSE;
  while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    {
      gint64 rowid = sqlite3_column_int64 (s, 1);
      gint64 message = sqlite3_column_int64 (s, 2);

      *up_to = sqlite3_column_int64 (s, 0);
      if (!barua_store_exec (c, DB_SEARCH, error, "DELETE FROM mail WHERE rowid = ?1", "i", rowid) ||
          !barua_store_exec (c, DB_SEARCH, error, "DELETE FROM pieces WHERE rowid = ?1", "i", rowid) ||
          !barua_store_exec (c, DB_SEARCH, error, "DELETE FROM indexed_body WHERE message = ?1", "i", message))
        return FALSE;
    }
  return rc != 0;
}

gboolean
barua_store_search_index_some (BaruaStoreConnection  *c,
                               guint                  limit,
                               gboolean               trigrams,
                               gboolean              *more,
                               gint64                *gone_up_to,
                               GError               **error)
{
  Texts texts;
  gint64 cursor;
  gint64 n = 0;
  gboolean ok = TRUE;
  int rc = SQLITE_DONE;

  if (!barua_store_get_number (c, DB_SEARCH, &cursor, 0, error,
        trigrams ? "SELECT value FROM meta WHERE key = 'pieces_cursor'" : "SELECT value FROM meta WHERE key = 'cursor'", ""))
    return FALSE;
  texts_init (c, &texts);
  {
    g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
      SOURCE_COLUMNS "WHERE id > ?1 ORDER BY id LIMIT ?2", "ii", cursor, (gint64)limit);

    ok = s != NULL;
    while (ok && (rc = barua_store_step (c, s, error)) == SQLITE_ROW)
      {
        cursor = sqlite3_column_int64 (s, 0);
        ok = collect_one (c, s, &texts, trigrams, error);
        n++;
      }
  }
  ok = ok && rc != 0 && write_all (c, &texts, trigrams, error);
  texts_clear (&texts);
  *more = n == limit;
  return ok &&
         (n == 0 || barua_store_exec (c, DB_SEARCH, error,
            trigrams ? "UPDATE meta SET value = ?1 WHERE key = 'pieces_cursor'" :
                       "UPDATE meta SET value = ?1 WHERE key = 'cursor'", "i", cursor)) &&
         /* After the new ones: what came and went in between must not stay. */
         (*more || remove_gone (c, gone_up_to, error));
}

gboolean
barua_store_search_merge (BaruaStoreConnection  *c,
                          gboolean              *more,
                          GError               **error)
{
  gint64 before = sqlite3_total_changes64 (c->db[DB_SEARCH]);

  if (!barua_store_exec (c, DB_SEARCH, error, "INSERT INTO mail (mail, rank) VALUES ('merge', ?1)", "i",
                         (gint64)BARUA_SEARCH_MERGE_PAGES) ||
      !barua_store_exec (c, DB_SEARCH, error, "INSERT INTO pieces (pieces, rank) VALUES ('merge', ?1)", "i",
                         (gint64)BARUA_SEARCH_MERGE_PAGES))
    return FALSE;
  /* FTS5's documented sign of work done: more changes than the command itself makes. */
  *more = sqlite3_total_changes64 (c->db[DB_SEARCH]) - before >= 4;
  return TRUE;
}

gboolean
barua_store_search_forget_gone (BaruaStoreConnection  *c,
                                gint64                 up_to,
                                GError               **error)
{
  return barua_store_exec (c, DB_MAIN, error, "DELETE FROM search_gone WHERE id <= ?1", "i", up_to);
}

/* The rows of all messages up to @message are there. */
static gboolean
index_up_to (BaruaStoreConnection  *c,
             gint64                 message,
             GError               **error)
{
  gint64 cursor;

  if (!barua_store_get_number (c, DB_SEARCH, &cursor, 0, error, "SELECT value FROM meta WHERE key = 'cursor'", ""))
    return FALSE;
  while (cursor < message)
    {
      gboolean more;
      gint64 gone = 0;

      if (!barua_store_search_index_some (c, BARUA_SEARCH_BATCH_ROWS, FALSE, &more, &gone, error))
        return FALSE;
      if (!more)
        break;
      if (!barua_store_get_number (c, DB_SEARCH, &cursor, 0, error, "SELECT value FROM meta WHERE key = 'cursor'", ""))
        return FALSE;
    }
  return TRUE;
}

/* Collects the rows of messages that are still there. */
static gboolean
collect_bodies (BaruaStoreConnection    *c,
                const BaruaIndexedText  *bodies,
                guint                    n_bodies,
                Texts                   *texts,
                GError                 **error)
{
  for (guint i = 0; i < n_bodies; i++)
    {
      g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error, SOURCE_COLUMNS "WHERE id = ?1", "i",
                                                        bodies[i].message);
      int rc = s != NULL ? barua_store_step (c, s, error) : 0;

      if (rc == 0 || (rc == SQLITE_ROW && !collect_one (c, s, texts, FALSE, error)))
        return FALSE;
      if (rc == SQLITE_ROW)
        {
          Row *row = &g_array_index (texts->rows, Row, texts->rows->len - 1);

          row->message = bodies[i].message;
          row->body = bodies[i].text;
        }
    }
  return TRUE;
}

static gboolean
write_body (BaruaStoreConnection  *c,
            Texts                 *texts,
            const Row             *row,
            GError               **error)
{
  gsize length = strlen (row->body);
  g_autofree char *cut = NULL;

  if (length > BARUA_INDEX_TEXT_BYTES)
    {
      const char *end = row->body + BARUA_INDEX_TEXT_BYTES;

      while (end > row->body && ((guint8)*end & 0xC0) == 0x80)
        end--;
      cut = g_strndup (row->body, (gsize)(end - row->body));
    }
  return barua_store_exec (c, DB_SEARCH, error, "DELETE FROM mail WHERE rowid = ?1", "i", row->rowid) &&
         write_one (c, texts, row, FALSE, cut != NULL ? cut : row->body, error) &&
         barua_store_exec (c, DB_SEARCH, error, "INSERT OR IGNORE INTO indexed_body VALUES (?1)", "i", row->message);
}

gboolean
barua_store_search_index_bodies (BaruaStoreConnection    *c,
                                 const BaruaIndexedText  *bodies,
                                 guint                    n_bodies,
                                 GError                 **error)
{
  gint64 last = 0;
  Texts texts;
  gboolean ok;

  for (guint i = 0; i < n_bodies; i++)
    last = MAX (last, bodies[i].message);
  if (!index_up_to (c, last, error))
    return FALSE;
  texts_init (c, &texts);
  ok = collect_bodies (c, bodies, n_bodies, &texts, error);
  if (ok)
    g_array_sort (texts.rows, compare_rows);
  for (guint i = 0; ok && i < texts.rows->len; i++)
    ok = write_body (c, &texts, &g_array_index (texts.rows, Row, i), error);
  texts_clear (&texts);
  return ok;
}

gboolean
barua_store_search_index_body (BaruaStoreConnection  *c,
                               gint64                 message,
                               const char            *text,
                               GError               **error)
{
  g_autofree char *folded = barua_text_for_search (text, (gssize)strnlen (text, BARUA_INDEX_TEXT_BYTES));
  BaruaIndexedText one = { message, folded };

  return barua_store_search_index_bodies (c, &one, 1, error);
}

GArray *
barua_store_search_list_unindexed (BaruaStoreConnection  *c,
                                   gint64                 below,
                                   guint                  limit,
                                   GError               **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
    "SELECT id FROM message WHERE id < ?2 AND (traits & ?1) != 0 ORDER BY id DESC", "ii", (gint64)TRAIT_BODY_HERE,
    below != 0 ? below : G_MAXINT64);
  int rc = SQLITE_DONE;

  if (s == NULL)
    return NULL;
  while (ids->len < limit && (rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    {
      gint64 id = sqlite3_column_int64 (s, 0);
      gint64 there;

      if (!barua_store_get_number (c, DB_SEARCH, &there, 0, error, "SELECT 1 FROM indexed_body WHERE message = ?1", "i", id))
        return NULL;
      if (!there)
        g_array_append_val (ids, id);
    }
  return rc != 0 ? g_steal_pointer (&ids) : NULL;
}

/* One column of numbers. */
static GArray *
list_numbers (BaruaStoreConnection  *c,
              BaruaStoreDb           db,
              GError               **error,
              const char            *sql,
              gint64                 parameter)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (BaruaStatement) s = barua_store_query (c, db, error, sql, "i", parameter);
  int rc = 0;

  while (s != NULL && (rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    {
      gint64 number = sqlite3_column_int64 (s, 0);

      g_array_append_val (numbers, number);
    }
  return rc != 0 ? g_steal_pointer (&numbers) : NULL;
}

static gint
compare_numbers (gconstpointer a,
                 gconstpointer b)
{
  gint64 x = *(const gint64 *)a;
  gint64 y = *(const gint64 *)b;

  return x < y ? -1 : x > y;
}

typedef struct
{
  GArray *indexed;        /* ids of messages whose text is in the index, rising */
  gint64  newest_missing; /* dates; G_MININT64: none so far */
  gint64  newest_body;
} Walk;

/* From the newest message of @folder down to the first whose text is missing, or to where another folder's is. */
static gboolean
walk_folder (BaruaStoreConnection  *c,
             gint64                 folder,
             Walk                  *walk,
             GError               **error)
{
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
    "SELECT id, date FROM message WHERE shown_folder = ?1 AND date > ?2 ORDER BY date DESC", "ii", folder,
    walk->newest_missing);
  int rc = 0;

  while (s != NULL && (rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    {
      gint64 id = sqlite3_column_int64 (s, 0);
      gint64 date = sqlite3_column_int64 (s, 1);

      if (!g_array_binary_search (walk->indexed, &id, compare_numbers, NULL))
        {
          walk->newest_missing = date;
          return TRUE;
        }
      walk->newest_body = MAX (walk->newest_body, date);
    }
  return rc != 0;
}

gboolean
barua_store_search_get_coverage (BaruaStoreConnection  *c,
                                 gint64                 account,
                                 BaruaSearchCoverage   *coverage,
                                 GError               **error)
{
  Walk walk = { NULL, G_MININT64, G_MININT64 };
  g_autoptr (GArray) indexed = NULL;
  g_autoptr (GArray) folders = NULL;

  *coverage = (BaruaSearchCoverage){ .bodies_since = G_MAXINT64 };
  indexed = list_numbers (c, DB_SEARCH, error, "SELECT message FROM indexed_body WHERE message >= ?1 ORDER BY message", 0);
  folders = indexed == NULL ? NULL :
            list_numbers (c, DB_MAIN, error, "SELECT id FROM folder WHERE ?1 = 0 OR account = ?1", account);
  if (folders == NULL)
    return FALSE;
  walk.indexed = indexed;
  for (guint i = 0; indexed->len > 0 && i < folders->len; i++)
    if (!walk_folder (c, g_array_index (folders, gint64, i), &walk, error))
      return FALSE;
  /* Everything newer than the newest one without text is covered. */
  if (walk.newest_body > walk.newest_missing)
    coverage->bodies_since = walk.newest_missing == G_MININT64 ? G_MININT64 : walk.newest_missing + 1;
  return TRUE;
}
