/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-list.h"

#include <stdlib.h>
#include <string.h>

#include "barua-store-private.h"

/* Names shown for the recipients of one row. */
#define SHOWN_RECIPIENTS 6u

static GArray *
collect_entries (BaruaStoreConnection  *c,
                 BaruaStatement        *s,
                 GError               **error)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (BaruaSpineEntry));
  int rc;

  if (s == NULL)
    return NULL;
  while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    {
      BaruaSpineEntry entry = { sqlite3_column_int64 (s, 0), sqlite3_column_int64 (s, 1) };

      g_array_append_val (entries, entry);
    }
  return rc != 0 ? g_steal_pointer (&entries) : NULL;
}

typedef struct
{
  BaruaSpineEntry  entry;
  char            *text;
} Named;

static void
clear_named (gpointer data)
{
  g_free (((Named *)data)->text);
}

static gint
compare_named (gconstpointer a,
               gconstpointer b)
{
  return strcmp (((const Named *)a)->text, ((const Named *)b)->text);
}

static gint
compare_entries (gconstpointer a,
                 gconstpointer b)
{
  const BaruaSpineEntry *x = a;
  const BaruaSpineEntry *y = b;

  if (x->key != y->key)
    return x->key > y->key ? -1 : 1;
  return x->id > y->id ? -1 : x->id < y->id;
}

/* Subjects and senders are ordered here, without case: their rank is the key. */
static GArray *
load_named (BaruaStoreConnection  *c,
            BaruaStatement        *s,
            gboolean               subject,
            GError               **error)
{
  g_autoptr (GArray) named = g_array_new (FALSE, FALSE, sizeof (Named));
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (BaruaSpineEntry));
  gint64 rank = 0;
  int rc;

  g_array_set_clear_func (named, clear_named);
  if (s == NULL)
    return NULL;
  while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    {
      const char *text = barua_statement_text (s, 1);
      Named one = { { sqlite3_column_int64 (s, 0), 0 }, g_utf8_casefold (subject ? barua_subject_base (text) : text, -1) };

      g_array_append_val (named, one);
    }
  if (rc == 0)
    return NULL;
  g_array_sort (named, compare_named);
  for (guint i = 0; i < named->len; i++)
    {
      Named *one = &g_array_index (named, Named, i);

      if (i > 0 && compare_named (one, one - 1) != 0)
        rank++;
      one->entry.key = rank;
      g_array_append_val (entries, one->entry);
    }
  g_array_sort (entries, compare_entries);
  return g_steal_pointer (&entries);
}

static GArray *
load_sizes (BaruaStoreConnection  *c,
            gint64                 folder,
            GError               **error)
{
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
    "SELECT id, size FROM message WHERE shown_folder = ?1", "i", folder);
  GArray *entries = collect_entries (c, s, error);

  if (entries != NULL)
    g_array_sort (entries, compare_entries);
  return entries;
}

static GArray *
load_by_date (BaruaStoreConnection  *c,
              gint64                 folder,
              gboolean               grouped,
              gint64                 limit,
              GError               **error)
{
  g_autoptr (BaruaStatement) s = grouped ?
    barua_store_query (c, DB_MAIN, error,
      "SELECT newest, newest_date FROM conversation_folder WHERE folder = ?1 ORDER BY newest_date DESC, newest DESC LIMIT ?2",
      "ii", folder, limit) :
    barua_store_query (c, DB_MAIN, error,
      "SELECT id, date FROM message WHERE shown_folder = ?1 ORDER BY date DESC, id DESC LIMIT ?2", "ii", folder, limit);

  return collect_entries (c, s, error);
}

GArray *
barua_store_load_spine (BaruaStoreConnection  *c,
                        gint64                 folder,
                        BaruaStoreOrder        order,
                        gboolean               grouped,
                        GError               **error)
{
  g_autoptr (BaruaStatement) s = NULL;

  if (!barua_store_flush (c, error))
    return NULL;
  switch (order)
    {
    case BARUA_STORE_ORDER_SIZE:
      return load_sizes (c, folder, error);
    case BARUA_STORE_ORDER_SUBJECT:
      s = barua_store_query (c, DB_MAIN, error, "SELECT id, subject FROM message WHERE shown_folder = ?1", "i", folder);
      return load_named (c, s, TRUE, error);
    case BARUA_STORE_ORDER_SENDER:
      s = barua_store_query (c, DB_MAIN, error,
        "SELECT m.id, CASE WHEN coalesce (p.name, '') != '' THEN p.name ELSE a.address END FROM message m"
        " LEFT JOIN correspondent p ON p.id = m.sender LEFT JOIN address a ON a.id = p.address WHERE m.shown_folder = ?1",
        "i", folder);
      return load_named (c, s, FALSE, error);
    case BARUA_STORE_ORDER_DATE:
    default:
      return load_by_date (c, folder, grouped, -1, error);
    }
}

GArray *
barua_store_load_spine_top (BaruaStoreConnection  *c,
                            gint64                 folder,
                            gboolean               grouped,
                            guint                  limit,
                            GError               **error)
{
  return barua_store_flush (c, error) ? load_by_date (c, folder, grouped, limit, error) : NULL;
}

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
  if (grouped)
    {
      g_autoptr (BaruaStatement) t = barua_store_query (c, DB_MAIN, error,
        "SELECT count, unread FROM conversation_folder WHERE thread = ?1 AND folder = ?2", "ii", row->thread, row->folder);
      int rc = t != NULL ? barua_store_step (c, t, error) : 0;

      if (rc == 0)
        return NULL;
      if (rc == SQLITE_ROW)
        {
          row->thread_count = (guint)sqlite3_column_int64 (t, 0);
          row->thread_unread = (guint)sqlite3_column_int64 (t, 1);
        }
    }
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
