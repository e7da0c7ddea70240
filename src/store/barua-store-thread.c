/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-thread.h"

#include <string.h>

#include "barua-limits.h"
#include "barua-row.h"
#include "barua-store-private.h"

/* Threads follow References and In-Reply-To, never the subject. A thread's id is that of the message that began it. Every
 * Message-ID that was seen, as a message's own or as a reference, has an entry in msgid, so that a parent that comes late
 * finds its answers; content tells the message of an id from another one that only uses the same id. */

static gboolean
load_aliases (BaruaStoreConnection  *c,
              GError               **error)
{
  g_autoptr (GHashTable) aliases = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_autoptr (BaruaStatement) statement = barua_store_query (c, DB_MAIN, error, "SELECT thread, target FROM thread_alias",
                                                            "");
  int rc;

  if (statement == NULL)
    return FALSE;
  while ((rc = barua_store_step (c, statement, error)) == SQLITE_ROW)
    {
      gint64 thread = sqlite3_column_int64 (statement, 0);
      gint64 target = sqlite3_column_int64 (statement, 1);

      /* Merging is into the smaller id: anything else is damage and could make a circle. */
      if (target < thread)
        g_hash_table_insert (aliases, g_memdup2 (&thread, sizeof thread), g_memdup2 (&target, sizeof target));
    }
  if (rc == 0)
    return FALSE;
  c->writer->aliases = g_steal_pointer (&aliases);
  return TRUE;
}

static gint64
resolve (BaruaStoreConnection *c,
         gint64                thread)
{
  const gint64 *target;

  if (g_hash_table_size (c->writer->aliases) == 0)
    return thread;
  while ((target = g_hash_table_lookup (c->writer->aliases, &thread)) != NULL)
    thread = *target;
  return thread;
}

static guint64
hash_id (BaruaStoreConnection *c,
         gint64                account,
         const char           *message_id)
{
  BaruaHashKey key = c->hash_key;
  gsize length = strlen (message_id);
  guint64 hash;

  if (length >= 2 && message_id[0] == '<' && message_id[length - 1] == '>')
    {
      message_id++;
      length -= 2;
    }
  if (length == 0)
    return 0;
  key.k1 ^= (guint64)account; /* threads stay within an account */
  hash = barua_hash (&key, message_id, length);
  return hash != 0 ? hash : 1;
}

/* FALSE with @error, or *@found tells. */
static gboolean
find_entry (BaruaStoreConnection  *c,
            guint64                hash,
            BaruaIdMapEntry       *entry,
            gboolean              *found,
            GError               **error)
{
  BaruaIdMapEntry *known = barua_id_map_find (&c->writer->msgids, hash);
  int rc;

  *found = known != NULL;
  if (known != NULL)
    *entry = *known;
  if (known != NULL || c->writer->msgids_whole)
    return TRUE;

  {
    g_autoptr (BaruaStatement) statement = barua_store_query (c, DB_MAIN, error,
      "SELECT thread, content FROM msgid WHERE hash = ?1", "i", (gint64)hash);

    rc = statement != NULL ? barua_store_step (c, statement, error) : 0;
    if (rc == SQLITE_ROW)
      *entry = (BaruaIdMapEntry){ hash, sqlite3_column_int64 (statement, 0), (guint32)sqlite3_column_int64 (statement, 1) };
  }
  *found = rc == SQLITE_ROW;
  return rc != 0;
}

static gboolean
remember (BaruaStoreConnection  *c,
          guint64                hash,
          gint64                 thread,
          guint32                content,
          GError               **error)
{
  BaruaIdMapEntry entry = { hash, thread, content };

  g_array_append_val (c->writer->own.msgids, entry);
  if (barua_id_map_add (&c->writer->msgids, hash, thread, content))
    return TRUE;
  /* The map is full. What it forgets must be in the table first. */
  if (!barua_store_flush (c, error))
    return FALSE;
  barua_id_map_clear (&c->writer->msgids);
  c->writer->msgids_whole = FALSE;
  barua_id_map_add (&c->writer->msgids, hash, thread, content);
  return TRUE;
}


typedef struct
{
  gint64     id;
  gint64     folder;
  gint64     date;
  BaruaFlags shown;
} Moved;

static GArray *
load_thread (BaruaStoreConnection  *c,
             gint64                 thread,
             GError               **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Moved));
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
    "SELECT id, shown_folder, date, flags, wish_mask, wish_bits FROM message INDEXED BY message_thread WHERE thread = ?1", "i",
    thread);
  int rc;

  if (s == NULL)
    return NULL;
  while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    {
      Moved row = { sqlite3_column_int64 (s, 0), sqlite3_column_int64 (s, 1), sqlite3_column_int64 (s, 2),
                    barua_shown_flags ((BaruaFlags)sqlite3_column_int64 (s, 3), (BaruaFlags)sqlite3_column_int64 (s, 4),
                                       (BaruaFlags)sqlite3_column_int64 (s, 5)) };

      g_array_append_val (rows, row);
    }
  return rc != 0 ? g_steal_pointer (&rows) : NULL;
}

/* All of thread @from becomes part of the older thread @into. Row by row, by id: a statement for all of them would make
 * itself a temporary table, which costs more than the handful of rows. */
static gboolean
merge (BaruaStoreConnection  *c,
       gint64                 from,
       gint64                 into,
       GError               **error)
{
  g_autoptr (GArray) rows = NULL;

  if (barua_store_rows_have_thread (c->writer, from) && !barua_store_rows_flush (c, error))
    return FALSE;
  rows = load_thread (c, from, error);
  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      const Moved *row = &g_array_index (rows, Moved, i);

      if (!barua_store_exec (c, DB_MAIN, error, "UPDATE message SET thread = ?2 WHERE id = ?1", "ii", row->id, into))
        return FALSE;
      barua_store_change_row (c, BARUA_CHANGE_UPDATED, row->id, into, row->folder, row->date);
      barua_store_count_message (c, from, row->folder, row->id, row->date, -1, row->shown, 0, FALSE);
      barua_store_count_message (c, into, row->folder, row->id, row->date, 1, 0, row->shown, FALSE);
    }
  g_array_append_vals (c->writer->own.aliases, &(BaruaThreadAlias){ from, into }, 1);
  g_hash_table_insert (c->writer->aliases, g_memdup2 (&from, sizeof from), g_memdup2 (&into, sizeof into));
  return TRUE;
}

gboolean
barua_store_thread_find (BaruaStoreConnection  *c,
                         gint64                 account,
                         const char            *message_id,
                         GPtrArray             *references,
                         guint32                content,
                         gint64                 id,
                         gint64                *thread,
                         gboolean              *fresh,
                         GError               **error)
{
  guint64 missing[BARUA_LIMIT_REFERENCES + 1];
  gint64 threads[BARUA_LIMIT_REFERENCES + 1];
  guint n_missing = 0;
  guint n_threads = 0;
  guint n_references = references != NULL ? MIN (references->len, BARUA_LIMIT_REFERENCES) : 0;
  guint64 own = hash_id (c, account, message_id);
  gboolean own_is_new = FALSE;
  gboolean found;
  BaruaIdMapEntry entry;

  if (c->writer->aliases == NULL && !load_aliases (c, error))
    return FALSE;

  if (own != 0)
    {
      if (!find_entry (c, own, &entry, &found, error))
        return FALSE;
      own_is_new = !found || entry.extra == 0;
      if (found && (entry.extra == 0 || entry.extra == content))
        threads[n_threads++] = resolve (c, entry.value);
    }

  for (guint i = 0; i < n_references; i++)
    {
      guint64 hash = hash_id (c, account, g_ptr_array_index (references, i));
      gint64 target;
      guint k = 0;

      if (hash == 0 || hash == own)
        continue;
      if (!find_entry (c, hash, &entry, &found, error))
        return FALSE;
      if (!found)
        {
          missing[n_missing++] = hash;
          continue;
        }
      target = resolve (c, entry.value);
      while (k < n_threads && threads[k] != target)
        k++;
      if (k == n_threads)
        threads[n_threads++] = target;
    }

  *fresh = n_threads == 0;
  *thread = n_threads == 0 ? id : threads[0];
  for (guint i = 1; i < n_threads; i++)
    *thread = MIN (*thread, threads[i]);
  for (guint i = 0; i < n_threads; i++)
    if (threads[i] != *thread && !merge (c, threads[i], *thread, error))
      return FALSE;

  if (own_is_new && !remember (c, own, *thread, content, error))
    return FALSE;
  for (guint i = 0; i < n_missing; i++)
    if (!remember (c, missing[i], *thread, 0, error))
      return FALSE;
  return TRUE;
}

GArray *
barua_store_thread_list_messages (BaruaStoreConnection  *c,
                                  gint64                 thread,
                                  gint64                 folder,
                                  GError               **error)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (BaruaSpineEntry));
  g_autoptr (BaruaStatement) statement = NULL;
  int rc;

  if (!barua_store_flush (c, error))
    return NULL;
  /* A thread is short: sorting it costs less than an index on every message. */
  statement = barua_store_query (c, DB_MAIN, error,
    "SELECT id, date FROM message INDEXED BY message_thread WHERE thread = ?1 AND (?2 = 0 OR shown_folder = ?2)"
    " ORDER BY date, id", "ii", thread, folder);
  if (statement == NULL)
    return NULL;
  while ((rc = barua_store_step (c, statement, error)) == SQLITE_ROW)
    {
      BaruaSpineEntry entry = { sqlite3_column_int64 (statement, 0), sqlite3_column_int64 (statement, 1) };

      g_array_append_val (entries, entry);
    }
  return rc != 0 ? g_steal_pointer (&entries) : NULL;
}

gboolean
barua_store_thread_load (BaruaStoreConnection    *c,
                         gint64                   thread,
                         gint64                   folder,
                         BaruaStoreConversation  *conversation,
                         GError                 **error)
{
  g_autoptr (BaruaStatement) statement = NULL;

  if (!barua_store_flush (c, error))
    return FALSE;
  statement = barua_store_query (c, DB_MAIN, error,
    "SELECT newest, newest_date, count, unread, starred FROM conversation_folder WHERE thread = ?1 AND folder = ?2", "ii",
    thread, folder);
  if (statement == NULL || barua_store_step (c, statement, error) != SQLITE_ROW)
    return FALSE;
  *conversation = (BaruaStoreConversation){
    .thread = thread,
    .folder = folder,
    .newest = sqlite3_column_int64 (statement, 0),
    .newest_date = sqlite3_column_int64 (statement, 1),
    .count = (guint)sqlite3_column_int64 (statement, 2),
    .unread = (guint)sqlite3_column_int64 (statement, 3),
    .starred = (guint)sqlite3_column_int64 (statement, 4),
  };
  return TRUE;
}
