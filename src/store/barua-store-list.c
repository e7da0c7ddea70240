/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-list.h"

#include "barua-store-private.h"

/* Names shown for the recipients of one row. */
#define SHOWN_RECIPIENTS 6u

static gboolean
add_recipients (BaruaStoreConnection  *c,
                BaruaRow              *row,
                const guint8          *people,
                gsize                  length,
                GError               **error)
{
  g_autoptr (GString) shown = g_string_new (NULL);
  gsize offset = 0;
  gint64 correspondent;
  BaruaPersonKind kind;
  guint n = 0;

  while (n < SHOWN_RECIPIENTS && barua_people_next (people, length, &offset, &correspondent, &kind))
    {
      g_autofree char *name = NULL;
      g_autofree char *address = NULL;

      if (kind != PERSON_TO)
        continue;
      if (!barua_store_person_load (c, correspondent, &name, &address, error))
        return FALSE;
      if (n++ > 0)
        g_string_append (shown, ", ");
      g_string_append (shown, *name != '\0' ? name : address);
    }
  g_set_str (&row->to, shown->str);
  return TRUE;
}

static BaruaRow *
make_row (BaruaStoreConnection  *c,
          BaruaStatement        *s,
          gint64                 id,
          gboolean               grouped,
          GError               **error)
{
  g_autoptr (BaruaRow) row = barua_row_new ();
  gint64 traits = sqlite3_column_int64 (s, 9);

  row->id = id;
  row->thread = sqlite3_column_int64 (s, 0);
  row->account = sqlite3_column_int64 (s, 1);
  row->folder = sqlite3_column_int64 (s, 2);
  row->uid = (guint32)sqlite3_column_int64 (s, 3);
  row->date = sqlite3_column_int64 (s, 4);
  row->size = (guint64)sqlite3_column_int64 (s, 5);
  row->wished = (BaruaFlags)sqlite3_column_int64 (s, 7);
  row->flags = barua_shown_flags ((BaruaFlags)sqlite3_column_int64 (s, 6), row->wished,
                                  (BaruaFlags)sqlite3_column_int64 (s, 8));
  row->has_attachment = (traits & TRAIT_ATTACHMENT) != 0;
  row->body_here = (traits & TRAIT_BODY_HERE) != 0;
  g_set_str (&row->subject, barua_statement_text (s, 10));
  g_set_str (&row->message_id, barua_statement_text (s, 11));
  g_set_str (&row->from_name, barua_statement_text (s, 12));
  g_set_str (&row->from_address, barua_statement_text (s, 13));
  g_set_str (&row->preview, barua_statement_text (s, 14));
  if (!add_recipients (c, row, sqlite3_column_blob (s, 15), (gsize)sqlite3_column_bytes (s, 15), error))
    return NULL;

  row->thread_count = 1;
  row->thread_unread = (row->flags & BARUA_FLAG_SEEN) == 0;
  row->thread_starred = (row->flags & BARUA_FLAG_FLAGGED) != 0;
  row->thread_size = row->size;
  if (grouped && !barua_store_thread_describe (c, row, error))
    return NULL;
  return g_steal_pointer (&row);
}

GPtrArray *
barua_store_load_rows (BaruaStoreConnection  *c,
                       const gint64          *ids,
                       guint                  n,
                       gboolean               grouped,
                       GError               **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_row_unref);

  if (!barua_store_flush (c, error))
    return NULL;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
        "SELECT m.thread, f.account, m.shown_folder, m.uid, m.date, m.size, m.flags, m.wish_mask, m.wish_bits, m.traits,"
        " m.subject, m.message_id, p.name, a.address, v.text, m.people FROM message m JOIN folder f ON f.id = m.shown_folder"
        " LEFT JOIN correspondent p ON p.id = m.sender LEFT JOIN address a ON a.id = p.address"
        " LEFT JOIN preview v ON v.message = m.id WHERE m.id = ?1", "i", ids[i]);
      int rc = s != NULL ? barua_store_step (c, s, error) : 0;
      BaruaRow *row;

      if (rc == 0)
        return NULL;
      if (rc == SQLITE_DONE)
        continue;
      row = make_row (c, s, ids[i], grouped, error);
      if (row == NULL)
        return NULL;
      g_ptr_array_add (rows, row);
    }
  return g_steal_pointer (&rows);
}
