/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-limits.h"
#include "barua-store-message.h"
#include "barua-store-private.h"

/* New messages are put in many with one statement: opening the table and its indexes for each one costs a quarter of it.
 * OR FAIL, since a statement of many rows that could be taken back alone would keep a journal of its own; a job that fails is
 * taken back whole. For the same reason "message" has no REFERENCES: barua_store_check() looks for orphans. */

#define TOGETHER 16

#define COLUMNS                                                                                                        \
  "INSERT OR FAIL INTO message (server_folder, shown_folder, id, uid, remote_id, date, internal_date, sent_date, zone," \
  " size, modseq, flags, traits, thread, sender, people, subject, message_id, list_id) VALUES "
#define ROW         "(?1, ?1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
#define ROW_VALUES  17
#define FOUR_ROWS   ROW "," ROW "," ROW "," ROW
#define MANY        COLUMNS FOUR_ROWS "," FOUR_ROWS "," FOUR_ROWS "," FOUR_ROWS
#define ONE         COLUMNS ROW

static void
bind_row (BaruaStoreConnection *c,
          BaruaStatement       *s,
          int                   at,
          const BaruaStoreRow  *row)
{
  const BaruaIngest *item = row->item;
  const BaruaEnvelope *envelope = item->envelope;

  sqlite3_bind_int64 (s, at, row->id);
  sqlite3_bind_int64 (s, at + 1, item->uid);
  if (item->remote_id != NULL && *item->remote_id != '\0')
    sqlite3_bind_text (s, at + 2, item->remote_id, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (s, at + 3, row->date);
  sqlite3_bind_int64 (s, at + 4, item->internal_date);
  if (envelope->date != row->date && envelope->date != G_MININT64)
    sqlite3_bind_int64 (s, at + 5, envelope->date);
  sqlite3_bind_int64 (s, at + 6, envelope->date_zone);
  sqlite3_bind_int64 (s, at + 7, (gint64)MIN (item->size, (guint64)G_MAXINT64));
  sqlite3_bind_int64 (s, at + 8, (gint64)MIN (item->modseq, (guint64)G_MAXINT64));
  sqlite3_bind_int64 (s, at + 9, item->flags);
  sqlite3_bind_int64 (s, at + 10, row->traits);
  sqlite3_bind_int64 (s, at + 11, row->thread);
  if (row->sender != 0)
    sqlite3_bind_int64 (s, at + 12, row->sender);
  if (row->n_people > 0)
    sqlite3_bind_blob (s, at + 13, c->writer->rows_people->data + row->people, (int)row->n_people, SQLITE_STATIC);
  sqlite3_bind_text (s, at + 14, envelope->subject, -1, SQLITE_STATIC);
  sqlite3_bind_text (s, at + 15, envelope->message_id, -1, SQLITE_STATIC);
  if (*envelope->list_id != '\0')
    sqlite3_bind_text (s, at + 16, envelope->list_id, -1, SQLITE_STATIC);
}

static gboolean
insert (BaruaStoreConnection  *c,
        const BaruaStoreRow   *rows,
        guint                  n,
        GError               **error)
{
  g_autoptr (BaruaStatement) s = barua_store_statement (c, DB_MAIN, n == TOGETHER ? MANY : ONE, error);

  if (s == NULL)
    return FALSE;
  sqlite3_bind_int64 (s, 1, rows[0].folder);
  for (guint i = 0; i < n; i++)
    bind_row (c, s, 2 + (int)i * ROW_VALUES, &rows[i]);
  return barua_store_finish (c, s, error);
}

void
barua_store_rows_add (BaruaStoreConnection *c,
                      const BaruaStoreRow  *row)
{
  BaruaStoreWriterState *writer = c->writer;
  BaruaStoreRow copy = *row;

  copy.people = writer->rows_people->len;
  copy.n_people = writer->people_bytes->len;
  g_byte_array_append (writer->rows_people, writer->people_bytes->data, writer->people_bytes->len);
  g_array_append_val (writer->rows, copy);
}

gboolean
barua_store_rows_flush (BaruaStoreConnection  *c,
                        GError               **error)
{
  GArray *rows = c->writer->rows;
  gboolean ok = TRUE;
  guint n;

  if (rows->len == 0)
    return TRUE;
  for (guint i = 0; i < rows->len && ok; i += n)
    {
      const BaruaStoreRow *first = &g_array_index (rows, BaruaStoreRow, i);

      n = rows->len - i >= TOGETHER ? TOGETHER : 1;
      ok = insert (c, first, n, error);
    }
  barua_store_rows_clear (c->writer);
  return ok;
}

gboolean
barua_store_rows_have_thread (const BaruaStoreWriterState *writer,
                              gint64                       thread)
{
  for (guint i = 0; i < writer->rows->len; i++)
    if (g_array_index (writer->rows, BaruaStoreRow, i).thread == thread)
      return TRUE;
  return FALSE;
}

void
barua_store_rows_clear (BaruaStoreWriterState *writer)
{
  g_array_set_size (writer->rows, 0);
  g_byte_array_set_size (writer->rows_people, 0);
}
