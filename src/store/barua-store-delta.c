/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-private.h"

#include "barua-limits.h"

/* Counters, addresses and Message-IDs that a transaction touches are noted in memory and written in order of their keys at
 * its end: the batches of a sync touch the same rows and pages again and again. A job that fails must take back only what it
 * noted itself: "own" is that, "kept" is of the jobs before it. */

static void
pending_init (BaruaStorePending *self)
{
  self->conversations = g_array_new (FALSE, FALSE, sizeof (BaruaConversationDelta));
  self->seen = g_array_new (FALSE, FALSE, sizeof (BaruaAddressDelta));
  self->msgids = g_array_new (FALSE, FALSE, sizeof (BaruaIdMapEntry));
  self->aliases = g_array_new (FALSE, FALSE, sizeof (BaruaThreadAlias));
}

static void
pending_free (BaruaStorePending *self)
{
  g_clear_pointer (&self->conversations, g_array_unref);
  g_clear_pointer (&self->seen, g_array_unref);
  g_clear_pointer (&self->msgids, g_array_unref);
  g_clear_pointer (&self->aliases, g_array_unref);
}

static void
pending_empty (BaruaStorePending *self)
{
  g_array_set_size (self->conversations, 0);
  g_array_set_size (self->seen, 0);
  g_array_set_size (self->msgids, 0);
  g_array_set_size (self->aliases, 0);
}

static gboolean
pending_is_empty (const BaruaStorePending *self)
{
  return self->conversations->len == 0 && self->seen->len == 0 && self->msgids->len == 0 && self->aliases->len == 0;
}

static void
pending_add (BaruaStorePending       *self,
             const BaruaStorePending *more)
{
  g_array_append_vals (self->conversations, more->conversations->data, more->conversations->len);
  g_array_append_vals (self->seen, more->seen->data, more->seen->len);
  g_array_append_vals (self->msgids, more->msgids->data, more->msgids->len);
  g_array_append_vals (self->aliases, more->aliases->data, more->aliases->len);
}

gboolean
barua_store_writer_init (BaruaStoreConnection  *c,
                         gint64                 at_least,
                         GError               **error)
{
  BaruaStoreWriterState *writer = g_new0 (BaruaStoreWriterState, 1);
  gint64 any;

  c->writer = writer;
  c->changes = barua_change_set_new ();
  barua_id_map_init (&writer->msgids, BARUA_STORE_MAP_ENTRIES);
  barua_id_map_init (&writer->people, BARUA_STORE_MAP_ENTRIES);
  barua_id_map_init (&writer->addresses, BARUA_STORE_MAP_ENTRIES);
  pending_init (&writer->own);
  pending_init (&writer->kept);
  writer->people_bytes = g_byte_array_new ();
  writer->rows = g_array_new (FALSE, FALSE, sizeof (BaruaStoreRow));
  writer->rows_people = g_byte_array_new ();

  if (!barua_store_get_number (c, DB_MAIN, &writer->stored_next_message, 1, error,
                               "SELECT value FROM meta WHERE key = 'next_message'", "") ||
      !barua_store_get_number (c, DB_MAIN, &writer->stored_next_batch, 1, error,
                               "SELECT value FROM meta WHERE key = 'next_batch'", "") ||
      !barua_store_get_number (c, DB_MAIN, &any, 0, error, "SELECT max(id) FROM message", ""))
    return FALSE;
  writer->next_message = MAX (MAX (writer->stored_next_message, any + 1), at_least);
  writer->next_batch = writer->stored_next_batch;

  if (!barua_store_get_number (c, DB_MAIN, &any, 0, error, "SELECT 1 FROM msgid LIMIT 1", ""))
    return FALSE;
  writer->msgids_whole = any == 0;
  if (!barua_store_get_number (c, DB_MAIN, &any, 0, error, "SELECT 1 FROM address LIMIT 1", ""))
    return FALSE;
  writer->people_whole = any == 0;
  return TRUE;
}

void
barua_store_writer_free (BaruaStoreWriterState *self)
{
  barua_id_map_clear (&self->msgids);
  barua_id_map_clear (&self->people);
  barua_id_map_clear (&self->addresses);
  g_clear_pointer (&self->aliases, g_hash_table_unref);
  g_clear_pointer (&self->own_keys, g_hash_table_unref);
  pending_free (&self->own);
  pending_free (&self->kept);
  g_clear_pointer (&self->people_bytes, g_byte_array_unref);
  g_clear_pointer (&self->rows, g_array_unref);
  g_clear_pointer (&self->rows_people, g_byte_array_unref);
  g_free (self);
}

static gint
compare_conversations (gconstpointer a,
                       gconstpointer b)
{
  const BaruaConversationDelta *x = a;
  const BaruaConversationDelta *y = b;

  if (x->thread != y->thread)
    return x->thread < y->thread ? -1 : 1;
  return x->folder < y->folder ? -1 : x->folder > y->folder;
}

static gint
compare_seen (gconstpointer a,
              gconstpointer b)
{
  const BaruaAddressDelta *x = a;
  const BaruaAddressDelta *y = b;

  return x->address < y->address ? -1 : x->address > y->address;
}

static gint
compare_msgids (gconstpointer a,
                gconstpointer b)
{
  gint64 x = (gint64)((const BaruaIdMapEntry *)a)->key;
  gint64 y = (gint64)((const BaruaIdMapEntry *)b)->key;

  return x < y ? -1 : x > y;
}

/* As many with one statement as this: see barua-store-rows.c. */
#define TOGETHER 16

#define MSGID       "(?, ?, ?)"
#define MSGIDS_4    MSGID "," MSGID "," MSGID "," MSGID
#define ADD_MSGID   "INSERT OR FAIL INTO msgid (hash, thread, content) VALUES "
#define NEW_CONTENT " ON CONFLICT (hash) DO UPDATE SET content = excluded.content"

static gboolean
put_msgids (BaruaStoreConnection  *c,
            const BaruaIdMapEntry *entries,
            guint                  n,
            GError               **error)
{
  g_autoptr (BaruaStatement) s = barua_store_statement (c, DB_MAIN,
    n == TOGETHER ? ADD_MSGID MSGIDS_4 "," MSGIDS_4 "," MSGIDS_4 "," MSGIDS_4 NEW_CONTENT : ADD_MSGID MSGID NEW_CONTENT, error);

  if (s == NULL)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      sqlite3_bind_int64 (s, (int)i * 3 + 1, (gint64)entries[i].key);
      sqlite3_bind_int64 (s, (int)i * 3 + 2, entries[i].value);
      sqlite3_bind_int64 (s, (int)i * 3 + 3, entries[i].extra);
    }
  return barua_store_finish (c, s, error);
}

static gboolean
flush_msgids (BaruaStoreConnection  *c,
              GArray                *all,
              GError               **error)
{
  guint n = 0;
  guint step;

  g_array_sort (all, compare_msgids);
  for (guint i = 0; i < all->len; i++)
    {
      BaruaIdMapEntry entry = g_array_index (all, BaruaIdMapEntry, i);

      /* The first one made the entry, the last one knows its content. */
      while (i + 1 < all->len && g_array_index (all, BaruaIdMapEntry, i + 1).key == entry.key)
        entry.extra = g_array_index (all, BaruaIdMapEntry, ++i).extra;
      g_array_index (all, BaruaIdMapEntry, n++) = entry;
    }
  g_array_set_size (all, n);
  for (guint i = 0; i < n; i += step)
    {
      step = n - i >= TOGETHER ? TOGETHER : 1;
      if (!put_msgids (c, &g_array_index (all, BaruaIdMapEntry, i), step, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
flush_aliases (BaruaStoreConnection  *c,
               GArray                *all,
               GError               **error)
{
  for (guint i = 0; i < all->len; i++)
    {
      const BaruaThreadAlias *alias = &g_array_index (all, BaruaThreadAlias, i);

      if (!barua_store_exec (c, DB_MAIN, error, "INSERT INTO thread_alias VALUES (?1, ?2)", "ii", alias->thread,
                             alias->target))
        return FALSE;
    }
  return TRUE;
}

static gboolean
flush_seen (BaruaStoreConnection  *c,
            GArray                *all,
            GError               **error)
{
  g_array_sort (all, compare_seen);
  for (guint i = 0; i < all->len; i++)
    {
      BaruaAddressDelta sum = g_array_index (all, BaruaAddressDelta, i);
      gint64 first = sum.date;

      while (i + 1 < all->len && g_array_index (all, BaruaAddressDelta, i + 1).address == sum.address)
        {
          const BaruaAddressDelta *next = &g_array_index (all, BaruaAddressDelta, ++i);

          if (next->date != 0)
            {
              first = first == 0 ? next->date : MIN (first, next->date);
              sum.date = MAX (sum.date, next->date);
            }
          sum.received += next->received;
          sum.sent += next->sent;
        }
      if (!barua_store_exec (c, DB_MAIN, error,
            "UPDATE address SET received = max (0, received + ?2), sent = max (0, sent + ?3),"
            " first_seen = CASE WHEN first_seen = 0 OR (?4 != 0 AND ?4 < first_seen) THEN ?4 ELSE first_seen END,"
            " last_seen = max (last_seen, ?5), known = known OR ?3 > 0 WHERE id = ?1", "iiiii", sum.address,
            (gint64)sum.received, (gint64)sum.sent, first, sum.date))
        return FALSE;
    }
  return TRUE;
}

static gboolean
count_conversation (BaruaStoreConnection  *c,
                    gint64                 folder,
                    int                    by,
                    GError               **error)
{
  return barua_store_exec (c, DB_MAIN, error, "UPDATE folder SET conversations = conversations + ?2 WHERE id = ?1", "ii",
                           folder, (gint64)by);
}

/* *@newest_id and *@newest_date: 0 where there is no message. */
static gboolean
recompute_newest (BaruaStoreConnection         *c,
                  const BaruaConversationDelta *delta,
                  gint64                       *newest_id,
                  gint64                       *newest_date,
                  GError                      **error)
{
  gint64 newest = 0;
  gint64 date = 0;
  int rc;

  {
    g_autoptr (BaruaStatement) statement = barua_store_query (c, DB_MAIN, error,
      "SELECT id, date FROM message INDEXED BY message_thread WHERE thread = ?1 AND shown_folder = ?2", "ii",
      delta->thread, delta->folder);

    if (statement == NULL)
      return FALSE;
    while ((rc = barua_store_step (c, statement, error)) == SQLITE_ROW)
      {
        gint64 id = sqlite3_column_int64 (statement, 0);
        gint64 key = sqlite3_column_int64 (statement, 1);

        if (newest == 0 || key > date || (key == date && id > newest))
          {
            newest = id;
            date = key;
          }
      }
    if (rc == 0)
      return FALSE;
  }
  *newest_id = newest;
  *newest_date = date;
  return newest == 0 || barua_store_exec (c, DB_MAIN, error,
    "UPDATE conversation_folder SET newest = ?3, newest_date = ?4 WHERE thread = ?1 AND folder = ?2"
    " AND (newest != ?3 OR newest_date != ?4)", "iiii", delta->thread, delta->folder, newest, date);
}

static void
note_conversation (BaruaStoreConnection         *c,
                   const BaruaConversationDelta *delta,
                   gint64                        old_id,
                   gint64                        old_key,
                   gint64                        new_id,
                   gint64                        new_key)
{
  BaruaConversationChange change = { delta->thread, delta->folder, old_id, old_key, new_id, new_key };

  barua_change_set_add_conversation (c->changes, &change);
}

#define CONVERSATION      "(?, ?, ?, ?, ?, ?, ?)"
#define CONVERSATIONS_4   CONVERSATION "," CONVERSATION "," CONVERSATION "," CONVERSATION
#define ADD_CONVERSATION  "INSERT OR FAIL INTO conversation_folder VALUES "

static gboolean
put_conversations (BaruaStoreConnection         *c,
                   const BaruaConversationDelta *deltas,
                   guint                         n,
                   GError                      **error)
{
  g_autoptr (BaruaStatement) s = barua_store_statement (c, DB_MAIN,
    n == TOGETHER ? ADD_CONVERSATION CONVERSATIONS_4 "," CONVERSATIONS_4 "," CONVERSATIONS_4 "," CONVERSATIONS_4 :
    ADD_CONVERSATION CONVERSATION, error);

  if (s == NULL)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      int at = (int)i * 7 + 1;

      sqlite3_bind_int64 (s, at, deltas[i].thread);
      sqlite3_bind_int64 (s, at + 1, deltas[i].folder);
      sqlite3_bind_int64 (s, at + 2, deltas[i].newest);
      sqlite3_bind_int64 (s, at + 3, deltas[i].date);
      sqlite3_bind_int64 (s, at + 4, deltas[i].count);
      sqlite3_bind_int64 (s, at + 5, deltas[i].unread);
      sqlite3_bind_int64 (s, at + 6, deltas[i].starred);
    }
  return barua_store_finish (c, s, error);
}

static gboolean
add_new_conversations (BaruaStoreConnection  *c,
                       GArray                *new_ones,
                       GError               **error)
{
  guint n;

  for (guint i = 0; i < new_ones->len; i += n)
    {
      n = new_ones->len - i >= TOGETHER ? TOGETHER : 1;
      if (!put_conversations (c, &g_array_index (new_ones, BaruaConversationDelta, i), n, error))
        return FALSE;
    }
  for (guint i = 0; i < new_ones->len; i++)
    {
      const BaruaConversationDelta *delta = &g_array_index (new_ones, BaruaConversationDelta, i);
      gint64 newest = delta->newest;
      gint64 date = delta->date;

      if (delta->recompute && !recompute_newest (c, delta, &newest, &date, error))
        return FALSE;
      note_conversation (c, delta, 0, 0, newest, date);
    }
  return TRUE;
}

/* Those that are not there yet are left to add_new_conversations(). */
static gboolean
apply_conversation (BaruaStoreConnection         *c,
                    const BaruaConversationDelta *delta,
                    GHashTable                   *new_here,
                    GArray                       *new_ones,
                    GError                      **error)
{
  gint64 count = 0;
  gint64 newest = 0;
  gint64 date = 0;
  int rc = SQLITE_DONE;

  if (!delta->fresh)
    {
      g_autoptr (BaruaStatement) statement = barua_store_query (c, DB_MAIN, error,
        "SELECT count, newest, newest_date FROM conversation_folder WHERE thread = ?1 AND folder = ?2", "ii",
        delta->thread, delta->folder);

      rc = statement != NULL ? barua_store_step (c, statement, error) : 0;
      if (rc == 0)
        return FALSE;
      if (rc == SQLITE_ROW)
        {
          count = sqlite3_column_int64 (statement, 0);
          newest = sqlite3_column_int64 (statement, 1);
          date = sqlite3_column_int64 (statement, 2);
        }
    }

  if (rc == SQLITE_DONE)
    {
      int *n;

      if (delta->count <= 0)
        return TRUE;
      n = g_hash_table_lookup (new_here, &delta->folder);
      if (n == NULL)
        {
          n = g_new0 (int, 1);
          g_hash_table_insert (new_here, g_memdup2 (&delta->folder, sizeof (gint64)), n);
        }
      (*n)++;
      g_array_append_vals (new_ones, delta, 1);
      return TRUE;
    }

  if (count + delta->count <= 0)
    note_conversation (c, delta, newest, date, 0, 0);
  if (count + delta->count <= 0)
    return barua_store_exec (c, DB_MAIN, error, "DELETE FROM conversation_folder WHERE thread = ?1 AND folder = ?2", "ii",
                             delta->thread, delta->folder) &&
           count_conversation (c, delta->folder, -1, error);

  if (!barua_store_exec (c, DB_MAIN, error,
        "UPDATE conversation_folder SET count = count + ?3, unread = unread + ?4, starred = starred + ?5"
        " WHERE thread = ?1 AND folder = ?2", "iiiii", delta->thread, delta->folder, (gint64)delta->count,
        (gint64)delta->unread, (gint64)delta->starred))
    return FALSE;
  if (delta->recompute)
    {
      gint64 new_newest = 0;
      gint64 new_date = 0;

      if (!recompute_newest (c, delta, &new_newest, &new_date, error))
        return FALSE;
      note_conversation (c, delta, newest, date, new_newest != 0 ? new_newest : newest, new_newest != 0 ? new_date : date);
      return TRUE;
    }
  if (delta->newest == 0 || delta->date < date || (delta->date == date && delta->newest <= newest))
    {
      note_conversation (c, delta, newest, date, newest, date);
      return TRUE;
    }
  note_conversation (c, delta, newest, date, delta->newest, delta->date);
  return barua_store_exec (c, DB_MAIN, error,
    "UPDATE conversation_folder SET newest = ?3, newest_date = ?4 WHERE thread = ?1 AND folder = ?2", "iiii",
    delta->thread, delta->folder, delta->newest, delta->date);
}

static void
add_conversation (BaruaConversationDelta       *sum,
                  const BaruaConversationDelta *next)
{
  if (next->newest != 0 && (sum->newest == 0 || next->date > sum->date ||
                            (next->date == sum->date && next->newest > sum->newest)))
    {
      sum->newest = next->newest;
      sum->date = next->date;
    }
  sum->count += next->count;
  sum->unread += next->unread;
  sum->starred += next->starred;
  sum->fresh |= next->fresh;
  sum->recompute |= next->recompute;
}

typedef struct
{
  gint64 folder;
  gint64 total;
  gint64 unread;
} FolderSum;

static void
add_folder (GArray                       *sums,
            const BaruaConversationDelta *delta)
{
  for (guint i = 0; i < sums->len; i++)
    {
      FolderSum *sum = &g_array_index (sums, FolderSum, i);

      if (sum->folder == delta->folder)
        {
          sum->total += delta->count;
          sum->unread += delta->unread;
          return;
        }
    }
  g_array_append_vals (sums, &(FolderSum){ delta->folder, delta->count, delta->unread }, 1);
}

static gboolean
flush_conversations (BaruaStoreConnection  *c,
                     GArray                *all,
                     GError               **error)
{
  g_autoptr (GArray) folders = g_array_new (FALSE, FALSE, sizeof (FolderSum));
  g_autoptr (GHashTable) new_here = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_autoptr (GArray) new_ones = g_array_new (FALSE, FALSE, sizeof (BaruaConversationDelta));

  g_array_sort (all, compare_conversations);
  for (guint i = 0; i < all->len; i++)
    {
      BaruaConversationDelta sum = g_array_index (all, BaruaConversationDelta, i);

      while (i + 1 < all->len && compare_conversations (&sum, &g_array_index (all, BaruaConversationDelta, i + 1)) == 0)
        add_conversation (&sum, &g_array_index (all, BaruaConversationDelta, ++i));
      add_folder (folders, &sum);
      if (!apply_conversation (c, &sum, new_here, new_ones, error))
        return FALSE;
    }
  if (!add_new_conversations (c, new_ones, error))
    return FALSE;
  for (guint i = 0; i < folders->len; i++)
    {
      const FolderSum *sum = &g_array_index (folders, FolderSum, i);
      const int *n = g_hash_table_lookup (new_here, &sum->folder);

      if ((sum->total != 0 || sum->unread != 0) &&
          !barua_store_exec (c, DB_MAIN, error, "UPDATE folder SET total = total + ?2, unread = unread + ?3 WHERE id = ?1",
                             "iii", sum->folder, sum->total, sum->unread))
        return FALSE;
      if (n != NULL && !count_conversation (c, sum->folder, *n, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
flush_pending (BaruaStoreConnection  *c,
               BaruaStorePending     *pending,
               GError               **error)
{
  return flush_msgids (c, pending->msgids, error) && flush_aliases (c, pending->aliases, error) &&
         flush_conversations (c, pending->conversations, error) && flush_seen (c, pending->seen, error);
}

static gboolean
flush_numbers (BaruaStoreConnection  *c,
               GError               **error)
{
  BaruaStoreWriterState *writer = c->writer;

  if (writer->next_message == writer->stored_next_message && writer->next_batch == writer->stored_next_batch)
    return TRUE;
  if (!barua_store_exec (c, DB_MAIN, error, "UPDATE meta SET value = ?1 WHERE key = 'next_message'", "i",
                         writer->next_message) ||
      !barua_store_exec (c, DB_MAIN, error, "UPDATE meta SET value = ?1 WHERE key = 'next_batch'", "i", writer->next_batch))
    return FALSE;
  writer->stored_next_message = writer->next_message;
  writer->stored_next_batch = writer->next_batch;
  return TRUE;
}

gboolean
barua_store_flush (BaruaStoreConnection  *c,
                   GError               **error)
{
  BaruaStoreWriterState *writer = c->writer;
  BaruaStorePending all;
  gboolean ok;

  if (writer == NULL)
    return TRUE;
  if (!barua_store_rows_flush (c, error))
    return FALSE;
  if (!pending_is_empty (&writer->own) || (!writer->kept_written && !pending_is_empty (&writer->kept)))
    {
      /* Together, so that each key is written once. "kept" stays as it is: the running job may fail yet. */
      pending_init (&all);
      if (!writer->kept_written)
        pending_add (&all, &writer->kept);
      pending_add (&all, &writer->own);
      ok = flush_pending (c, &all, error);
      pending_free (&all);
      if (!ok)
        return FALSE;
      writer->kept_written = TRUE;
      pending_empty (&writer->own);
    }
  return flush_numbers (c, error);
}

void
barua_store_writer_keep (BaruaStoreConnection *c)
{
  BaruaStoreWriterState *writer = c->writer;

  if (writer->kept_written)
    pending_empty (&writer->kept);
  writer->kept_written = FALSE;
  pending_add (&writer->kept, &writer->own);
  pending_empty (&writer->own);
}

void
barua_store_writer_committed (BaruaStoreConnection *c)
{
  c->writer->kept_written = FALSE;
  pending_empty (&c->writer->kept);
}

void
barua_store_writer_revert (BaruaStoreConnection *c,
                           gboolean              all)
{
  BaruaStoreWriterState *writer = c->writer;

  pending_empty (&writer->own);
  barua_store_rows_clear (writer);
  if (all)
    pending_empty (&writer->kept);
  writer->kept_written = FALSE;
  barua_id_map_clear (&writer->msgids);
  barua_id_map_clear (&writer->people);
  barua_id_map_clear (&writer->addresses);
  writer->msgids_whole = FALSE;
  writer->people_whole = FALSE;
  g_clear_pointer (&writer->aliases, g_hash_table_unref);
  g_clear_pointer (&writer->own_keys, g_hash_table_unref);
  /* Ids given out are not taken back; what is stored of the counters may have been rolled back. */
  writer->stored_next_message = -1;
}

void
barua_store_count_message (BaruaStoreConnection *c,
                           gint64                thread,
                           gint64                folder,
                           gint64                id,
                           gint64                date,
                           int                   count,
                           BaruaFlags            old_shown,
                           BaruaFlags            new_shown,
                           gboolean              fresh)
{
  int was_unread = count > 0 ? 0 : (old_shown & BARUA_FLAG_SEEN) == 0;
  int was_starred = count > 0 ? 0 : (old_shown & BARUA_FLAG_FLAGGED) != 0;
  int is_unread = count < 0 ? 0 : (new_shown & BARUA_FLAG_SEEN) == 0;
  int is_starred = count < 0 ? 0 : (new_shown & BARUA_FLAG_FLAGGED) != 0;
  BaruaConversationDelta delta = { thread, folder, count > 0 ? id : 0, count > 0 ? date : 0, count,
                                   is_unread - was_unread, is_starred - was_starred, fresh, count < 0 };

  if (count == 0 && delta.unread == 0 && delta.starred == 0)
    return;
  g_array_append_val (c->writer->own.conversations, delta);
  barua_change_set_add_folder (c->changes, folder);
}

void
barua_store_change_row (BaruaStoreConnection *c,
                        BaruaChangeKind       kind,
                        gint64                id,
                        gint64                thread,
                        gint64                folder,
                        gint64                date)
{
  BaruaRowChange change = { kind, id, thread, folder, date, date };

  barua_change_set_add_row (c->changes, &change);
}

gboolean
barua_store_touch_row (BaruaStoreConnection  *c,
                       gint64                 id,
                       GError               **error)
{
  g_autoptr (BaruaStatement) statement = barua_store_query (c, DB_MAIN, error,
    "SELECT thread, shown_folder, date FROM message WHERE id = ?1", "i", id);
  int rc = statement != NULL ? barua_store_step (c, statement, error) : 0;

  if (rc == SQLITE_ROW)
    barua_store_change_row (c, BARUA_CHANGE_UPDATED, id, sqlite3_column_int64 (statement, 0),
                            sqlite3_column_int64 (statement, 1), sqlite3_column_int64 (statement, 2));
  return rc != 0;
}
