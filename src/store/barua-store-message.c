/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-message.h"

#include "barua-limits.h"
#include "barua-store-private.h"

gint64
barua_store_message_find_uid (BaruaStoreConnection  *c,
                              gint64                 folder,
                              guint32                uid,
                              GError               **error)
{
  gint64 id = 0;

  barua_store_get_number (c, DB_MAIN, &id, 0, error, "SELECT id FROM message WHERE server_folder = ?1 AND uid = ?2", "ii",
                          folder, (gint64)uid);
  return id;
}

gint64
barua_store_message_get_body (BaruaStoreConnection  *c,
                              gint64                 id,
                              GError               **error)
{
  gint64 body = 0;

  barua_store_get_number (c, DB_MAIN, &body, 0, error, "SELECT coalesce (body, id) FROM message WHERE id = ?1", "i", id);
  return body;
}

typedef struct
{
  gint64     thread;
  gint64     folder;
  gint64     date;
  gint64     body;
  gint64     modseq;
  gboolean   in_flight;
  BaruaFlags flags;
  BaruaFlags wish_mask;
  BaruaFlags wish_bits;
  BaruaFlags sent_mask;
} Row;

/* SQLITE_ROW, SQLITE_DONE, or 0 with @error. */
static int
load_row (BaruaStoreConnection  *c,
          gint64                 id,
          Row                   *row,
          GError               **error)
{
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
    "SELECT thread, shown_folder, date, coalesce (body, id), modseq, sent_batch IS NOT NULL, flags, wish_mask, wish_bits,"
    " sent_mask FROM message WHERE id = ?1", "i", id);
  int rc = s != NULL ? barua_store_step (c, s, error) : 0;

  if (rc == SQLITE_ROW)
    *row = (Row){
      .thread = sqlite3_column_int64 (s, 0),
      .folder = sqlite3_column_int64 (s, 1),
      .date = sqlite3_column_int64 (s, 2),
      .body = sqlite3_column_int64 (s, 3),
      .modseq = sqlite3_column_int64 (s, 4),
      .in_flight = sqlite3_column_int (s, 5) != 0,
      .flags = (BaruaFlags)sqlite3_column_int64 (s, 6),
      .wish_mask = (BaruaFlags)sqlite3_column_int64 (s, 7),
      .wish_bits = (BaruaFlags)sqlite3_column_int64 (s, 8),
      .sent_mask = (BaruaFlags)sqlite3_column_int64 (s, 9),
    };
  return rc;
}

gboolean
barua_store_message_set_flags (BaruaStoreConnection  *c,
                               gint64                 id,
                               BaruaFlags             flags,
                               BaruaFlags             mask,
                               guint64                modseq,
                               gboolean              *changed,
                               GError               **error)
{
  Row row;
  BaruaFlags wish_mask;
  BaruaFlags old_shown;
  BaruaFlags new_shown;
  int rc = load_row (c, id, &row, error);

  *changed = FALSE;
  if (rc != SQLITE_ROW)
    return rc != 0;
  flags = (row.flags & ~mask) | (flags & mask);
  /* What is in flight is cleared by its own answer only: it could still be overtaken by this one. */
  wish_mask = row.in_flight ? row.wish_mask : row.wish_mask & ((flags ^ row.wish_bits) | (row.sent_mask & ~mask));
  if (flags == row.flags && wish_mask == row.wish_mask && (modseq == 0 || modseq == (guint64)row.modseq) &&
      (row.in_flight || (row.sent_mask & mask) == 0))
    return TRUE;
  if (!barua_store_exec (c, DB_MAIN, error,
        "UPDATE message SET flags = ?2, wish_mask = ?3, wish_bits = ?4, modseq = ?5,"
        " sent_mask = sent_mask & ?6, sent_bits = sent_bits & ?6 WHERE id = ?1", "iiiiii", id, (gint64)flags,
        (gint64)wish_mask, (gint64)(row.wish_bits & wish_mask),
        modseq != 0 ? (gint64)MIN (modseq, (guint64)G_MAXINT64) : row.modseq,
        (gint64)(row.in_flight ? row.sent_mask : row.sent_mask & ~mask)))
    return FALSE;
  if (flags == row.flags && wish_mask == row.wish_mask)
    return TRUE;

  *changed = flags != row.flags;
  old_shown = barua_shown_flags (row.flags, row.wish_mask, row.wish_bits);
  new_shown = barua_shown_flags (flags, wish_mask, row.wish_bits);
  barua_store_count_message (c, row.thread, row.folder, id, row.date, 0, old_shown, new_shown, FALSE);
  barua_store_change_row (c, BARUA_CHANGE_UPDATED, id, row.thread, row.folder, row.date);
  return TRUE;
}

gboolean
barua_store_message_confirm_flags (BaruaStoreConnection      *c,
                                   gint64                     folder,
                                   const BaruaConfirmedFlags *items,
                                   guint                      n,
                                   guint                     *n_changed,
                                   GError                   **error)
{
  guint count = 0;

  for (guint i = 0; i < n; i++)
    {
      gint64 id;
      gboolean changed = FALSE;
      gboolean keywords_changed = FALSE;

      if (!barua_store_get_number (c, DB_MAIN, &id, 0, error,
                                   "SELECT id FROM message WHERE server_folder = ?1 AND uid = ?2", "ii", folder,
                                   (gint64)items[i].uid))
        return FALSE;
      if (id == 0)
        continue;
      if (!barua_store_message_set_flags (c, id, items[i].flags, (BaruaFlags)~0u, items[i].modseq, &changed, error) ||
          !barua_store_keyword_replace (c, id, items[i].keywords, &keywords_changed, error))
        return FALSE;
      if (keywords_changed && !changed && !barua_store_touch_row (c, id, error))
        return FALSE;
      count += changed || keywords_changed;
    }
  if (n_changed != NULL)
    *n_changed = count;
  return TRUE;
}

gboolean
barua_store_message_confirm_set (BaruaStoreConnection  *c,
                                 gint64                 folder,
                                 const BaruaIdSet      *range,
                                 BaruaFlags             flag,
                                 const BaruaIdSet      *with,
                                 guint                 *n_changed,
                                 GError               **error)
{
  g_autoptr (GArray) different = g_array_new (FALSE, FALSE, sizeof (gint64));
  const BaruaIdRange *ranges = barua_id_set_get_ranges (range);
  guint count = 0;

  for (guint i = 0; i < barua_id_set_get_n_ranges (range); i++)
    {
      g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
        "SELECT id, uid, flags FROM message WHERE server_folder = ?1 AND uid BETWEEN ?2 AND ?3", "iii", folder,
        (gint64)ranges[i].first, (gint64)MIN (ranges[i].last, (guint64)G_MAXUINT32));
      int rc;

      if (s == NULL)
        return FALSE;
      while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
        {
          gboolean is_set = (sqlite3_column_int64 (s, 2) & flag) != 0;
          gint64 id = sqlite3_column_int64 (s, 0);

          if (is_set != barua_id_set_contains (with, (guint64)sqlite3_column_int64 (s, 1)))
            {
              /* The sign carries what it becomes: one pass over the table, then the changes. */
              id = is_set ? -id : id;
              g_array_append_val (different, id);
            }
        }
      if (rc == 0)
        return FALSE;
    }
  for (guint i = 0; i < different->len; i++)
    {
      gint64 id = g_array_index (different, gint64, i);
      gboolean changed;

      if (!barua_store_message_set_flags (c, ABS (id), id > 0 ? flag : 0, flag, 0, &changed, error))
        return FALSE;
      count += changed;
    }
  if (n_changed != NULL)
    *n_changed = count;
  return TRUE;
}

/* The counts of an address are of what is stored: what goes is taken off, so that listing a folder anew does not count its
 * people twice. */
static gboolean
uncount_people (BaruaStoreConnection  *c,
                gint64                 id,
                GError               **error)
{
  gint64 address = 0;
  gboolean from_me = FALSE;
  g_autoptr (GBytes) people = NULL;
  const guint8 *data;
  gsize length;
  gsize offset = 0;
  gint64 correspondent;
  BaruaPersonKind kind;

  {
    g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
      "SELECT c.address, m.people, CASE WHEN f.role_override >= 0 THEN f.role_override ELSE f.role END = ?2"
      " OR lower (k.address) = lower (a.address) FROM message m JOIN folder f ON f.id = m.server_folder"
      " JOIN account k ON k.id = f.account LEFT JOIN correspondent c ON c.id = m.sender"
      " LEFT JOIN address a ON a.id = c.address WHERE m.id = ?1", "ii", id, (gint64)BARUA_ROLE_SENT);
    int rc = s != NULL ? barua_store_step (c, s, error) : 0;

    if (rc != SQLITE_ROW)
      return rc != 0;
    address = sqlite3_column_int64 (s, 0);
    people = g_bytes_new (sqlite3_column_blob (s, 1), (gsize)sqlite3_column_bytes (s, 1));
    from_me = sqlite3_column_int (s, 2) != 0;
  }
  if (!from_me)
    {
      if (address != 0)
        g_array_append_vals (c->writer->own.seen, &(BaruaAddressDelta){ address, 0, -1, 0 }, 1);
      return TRUE;
    }
  data = g_bytes_get_data (people, &length);
  while (barua_people_next (data, length, &offset, &correspondent, &kind))
    {
      if (kind != PERSON_TO && kind != PERSON_CC)
        continue;
      if (!barua_store_get_number (c, DB_MAIN, &address, 0, error, "SELECT address FROM correspondent WHERE id = ?1", "i",
                                   correspondent))
        return FALSE;
      if (address != 0)
        g_array_append_vals (c->writer->own.seen, &(BaruaAddressDelta){ address, 0, 0, -1 }, 1);
    }
  return TRUE;
}

gboolean
barua_store_message_delete (BaruaStoreConnection  *c,
                            gint64                 id,
                            GError               **error)
{
  Row row;
  gint64 used = 0;
  int rc = load_row (c, id, &row, error);

  if (rc != SQLITE_ROW)
    return rc != 0;
  if (!uncount_people (c, id, error) ||
      !barua_store_exec (c, DB_MAIN, error, "INSERT INTO search_gone (row, message) VALUES (?1, ?2)", "ii",
                         barua_search_rowid (row.date, id), id) ||
      !barua_store_exec (c, DB_MAIN, error, "DELETE FROM message WHERE id = ?1", "i", id) ||
      !barua_store_get_number (c, DB_MAIN, &used, 0, error,
        "SELECT EXISTS (SELECT 1 FROM message WHERE body = ?1) OR EXISTS (SELECT 1 FROM message WHERE id = ?1 AND body IS NULL)",
        "i", row.body))
    return FALSE;
  if (!used && !barua_store_exec (c, DB_MAIN, error, "DELETE FROM structure WHERE body = ?1", "i", row.body))
    return FALSE;
  barua_store_count_message (c, row.thread, row.folder, id, row.date, -1,
                             barua_shown_flags (row.flags, row.wish_mask, row.wish_bits), 0, FALSE);
  barua_store_change_row (c, BARUA_CHANGE_REMOVED, id, row.thread, row.folder, row.date);
  return TRUE;
}

static gboolean
delete_all (BaruaStoreConnection  *c,
            GArray                *ids,
            guint                 *n_removed,
            GError               **error)
{
  for (guint i = 0; i < ids->len; i++)
    if (!barua_store_message_delete (c, g_array_index (ids, gint64, i), error))
      return FALSE;
  if (n_removed != NULL)
    *n_removed = ids->len;
  return TRUE;
}

static gboolean
collect_ids (BaruaStoreConnection  *c,
             BaruaStatement        *s,
             GArray                *ids,
             GError               **error)
{
  int rc;

  if (s == NULL)
    return FALSE;
  while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    {
      gint64 id = sqlite3_column_int64 (s, 0);

      g_array_append_val (ids, id);
    }
  return rc != 0;
}

gboolean
barua_store_message_remove_uids (BaruaStoreConnection  *c,
                                 gint64                 folder,
                                 const BaruaIdSet      *uids,
                                 guint                 *n_removed,
                                 GError               **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  const BaruaIdRange *ranges = barua_id_set_get_ranges (uids);

  for (guint i = 0; i < barua_id_set_get_n_ranges (uids) && ids->len < BARUA_BULK_ROWS; i++)
    {
      g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
        "SELECT id FROM message WHERE server_folder = ?1 AND uid BETWEEN ?2 AND ?3 LIMIT ?4", "iiii", folder,
        (gint64)MIN (ranges[i].first, (guint64)G_MAXUINT32 + 1), (gint64)MIN (ranges[i].last, (guint64)G_MAXUINT32),
        (gint64)(BARUA_BULK_ROWS - ids->len));

      if (!collect_ids (c, s, ids, error))
        return FALSE;
    }
  return delete_all (c, ids, n_removed, error);
}

gboolean
barua_store_message_forget_uids (BaruaStoreConnection  *c,
                                 gint64                 folder,
                                 GError               **error)
{
  /* A new UIDVALIDITY starts new mod-sequences too. Commands in flight spoke of the old UIDs. */
  return barua_store_exec (c, DB_MAIN, error,
    "UPDATE message SET uid = NULL, modseq = 0, sent_batch = NULL WHERE server_folder = ?1",
    "i", folder);
}

gboolean
barua_store_message_remove_uidless (BaruaStoreConnection  *c,
                                    gint64                 folder,
                                    guint                 *n_removed,
                                    GError               **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
    "SELECT id FROM message WHERE server_folder = ?1 AND uid IS NULL LIMIT ?2", "ii", folder, (gint64)BARUA_BULK_ROWS);

  if (!collect_ids (c, s, ids, error))
    return FALSE;
  g_clear_pointer (&s, barua_statement_done);
  return delete_all (c, ids, n_removed, error);
}

static BaruaIdSet *
collect_uids (BaruaStoreConnection  *c,
              BaruaStatement        *s,
              BaruaIdSet            *uids,
              GError               **error)
{
  int rc;

  if (s == NULL)
    return NULL;
  while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    if (!barua_id_set_add (uids, (guint64)sqlite3_column_int64 (s, 0)))
      {
        g_set_error (error, BARUA_ERROR, BARUA_ERROR_LIMIT, "too many gaps between the UIDs");
        return NULL;
      }
  return rc != 0 ? uids : NULL;
}

BaruaIdSet *
barua_store_message_list_uids (BaruaStoreConnection  *c,
                               gint64                 folder,
                               const BaruaIdSet      *range,
                               GError               **error)
{
  g_autoptr (BaruaIdSet) uids = barua_id_set_new ();
  BaruaIdRange all = { 1, G_MAXUINT32 };
  const BaruaIdRange *ranges = range != NULL ? barua_id_set_get_ranges (range) : &all;
  guint n = range != NULL ? barua_id_set_get_n_ranges (range) : 1;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
        "SELECT uid FROM message WHERE server_folder = ?1 AND uid BETWEEN ?2 AND ?3 ORDER BY uid", "iii", folder,
        (gint64)MIN (ranges[i].first, (guint64)G_MAXUINT32 + 1), (gint64)MIN (ranges[i].last, (guint64)G_MAXUINT32));

      if (collect_uids (c, s, uids, error) == NULL)
        return NULL;
    }
  return g_steal_pointer (&uids);
}

BaruaIdSet *
barua_store_message_list_uids_by_flags (BaruaStoreConnection  *c,
                                        gint64                 folder,
                                        BaruaFlags             mask,
                                        BaruaFlags             bits,
                                        GError               **error)
{
  g_autoptr (BaruaIdSet) uids = barua_id_set_new ();
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
    "SELECT uid FROM message WHERE server_folder = ?1 AND uid > 0 AND (flags & ?2) = ?3 ORDER BY uid", "iii", folder,
    (gint64)mask, (gint64)bits);

  return collect_uids (c, s, uids, error) != NULL ? g_steal_pointer (&uids) : NULL;
}

BaruaIdSet *
barua_store_message_list_newest_uids (BaruaStoreConnection  *c,
                                      gint64                 folder,
                                      guint                  n,
                                      GError               **error)
{
  g_autoptr (BaruaIdSet) uids = barua_id_set_new ();
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
    "SELECT uid FROM message WHERE server_folder = ?1 AND uid > 0 ORDER BY uid DESC LIMIT ?2", "ii", folder, (gint64)n);

  return collect_uids (c, s, uids, error) != NULL ? g_steal_pointer (&uids) : NULL;
}

gboolean
barua_store_message_count_uids (BaruaStoreConnection  *c,
                                gint64                 folder,
                                const BaruaIdSet      *range,
                                guint64               *count,
                                GError               **error)
{
  BaruaIdRange all = { 1, G_MAXUINT32 };
  const BaruaIdRange *ranges = range != NULL ? barua_id_set_get_ranges (range) : &all;
  guint n = range != NULL ? barua_id_set_get_n_ranges (range) : 1;

  *count = 0;
  for (guint i = 0; i < n; i++)
    {
      gint64 here;

      if (!barua_store_get_number (c, DB_MAIN, &here, 0, error,
            "SELECT count(*) FROM message WHERE server_folder = ?1 AND uid BETWEEN ?2 AND ?3", "iii", folder,
            (gint64)MIN (ranges[i].first, (guint64)G_MAXUINT32 + 1), (gint64)MIN (ranges[i].last, (guint64)G_MAXUINT32)))
        return FALSE;
      *count += (guint64)here;
    }
  return TRUE;
}

void
barua_store_message_free (BaruaStoreMessage *self)
{
  if (self == NULL)
    return;
  g_free (self->message_id);
  g_free (self->remote_id);
  g_free (self);
}

BaruaStoreMessage *
barua_store_message_load (BaruaStoreConnection  *c,
                          gint64                 id,
                          GError               **error)
{
  BaruaStoreMessage *message;
  gint64 traits;
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
    "SELECT f.account, m.server_folder, m.shown_folder, m.uid, m.thread, coalesce (m.body, m.id), m.date, m.internal_date,"
    " m.size, m.modseq, m.flags, m.wish_mask, m.wish_bits, m.traits, m.message_id, m.remote_id"
    " FROM message m JOIN folder f ON f.id = m.shown_folder WHERE m.id = ?1", "i", id);

  if (s == NULL || barua_store_step (c, s, error) != SQLITE_ROW)
    return NULL;
  traits = sqlite3_column_int64 (s, 13);
  message = g_new0 (BaruaStoreMessage, 1);
  message->id = id;
  message->account = sqlite3_column_int64 (s, 0);
  message->server_folder = sqlite3_column_int64 (s, 1);
  message->shown_folder = sqlite3_column_int64 (s, 2);
  message->uid = (guint32)sqlite3_column_int64 (s, 3);
  message->thread = sqlite3_column_int64 (s, 4);
  message->body = sqlite3_column_int64 (s, 5);
  message->date = sqlite3_column_int64 (s, 6);
  message->internal_date = sqlite3_column_int64 (s, 7);
  message->size = (guint64)sqlite3_column_int64 (s, 8);
  message->modseq = (guint64)sqlite3_column_int64 (s, 9);
  message->flags = (BaruaFlags)sqlite3_column_int64 (s, 10);
  message->shown_flags = barua_shown_flags (message->flags, (BaruaFlags)sqlite3_column_int64 (s, 11),
                                            (BaruaFlags)sqlite3_column_int64 (s, 12));
  message->has_parts = (traits & TRAIT_PARTS) != 0;
  message->body_here = (traits & TRAIT_BODY_HERE) != 0;
  message->message_id = g_strdup (barua_statement_text (s, 14));
  message->remote_id = g_strdup (barua_statement_text (s, 15));
  return message;
}

static gboolean
add_person (BaruaStoreConnection  *c,
            gint64                 correspondent,
            GPtrArray            **list,
            GError               **error)
{
  g_autofree char *name = NULL;
  g_autofree char *address = NULL;

  if (!barua_store_person_load (c, correspondent, &name, &address, error))
    return FALSE;
  if (*list == NULL)
    *list = barua_address_list_new ();
  g_ptr_array_add (*list, barua_address_new (name, address));
  return TRUE;
}

BaruaEnvelope *
barua_store_message_load_envelope (BaruaStoreConnection  *c,
                                   gint64                 id,
                                   GError               **error)
{
  g_autoptr (BaruaEnvelope) envelope = barua_envelope_new ();
  GPtrArray **lists[] = { &envelope->to, &envelope->cc, &envelope->reply_to, &envelope->sender };
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
    "SELECT coalesce (sent_date, date), zone, subject, message_id, list_id, traits, sender, people FROM message WHERE id = ?1",
    "i", id);
  const guint8 *people;
  gsize length;
  gsize offset = 0;
  gint64 correspondent;
  BaruaPersonKind kind;

  if (s == NULL || barua_store_step (c, s, error) != SQLITE_ROW)
    return NULL;
  envelope->date = sqlite3_column_int64 (s, 0);
  envelope->date_zone = (gint16)sqlite3_column_int (s, 1);
  g_set_str (&envelope->subject, barua_statement_text (s, 2));
  g_set_str (&envelope->message_id, barua_statement_text (s, 3));
  g_set_str (&envelope->list_id, barua_statement_text (s, 4));
  envelope->has_attachment = (sqlite3_column_int64 (s, 5) & TRAIT_ATTACHMENT) != 0;
  envelope->attachment_known = (sqlite3_column_int64 (s, 5) & TRAIT_ATTACHMENT_KNOWN) != 0;
  if (sqlite3_column_type (s, 6) != SQLITE_NULL && !add_person (c, sqlite3_column_int64 (s, 6), &envelope->from, error))
    return NULL;
  people = sqlite3_column_blob (s, 7);
  length = (gsize)sqlite3_column_bytes (s, 7);
  while (barua_people_next (people, length, &offset, &correspondent, &kind))
    if (!add_person (c, correspondent, lists[kind], error))
      return NULL;
  return g_steal_pointer (&envelope);
}

gboolean
barua_store_message_set_preview (BaruaStoreConnection  *c,
                                 gint64                 id,
                                 const char            *preview,
                                 GError               **error)
{
  gint64 exists = 0;

  if (!barua_store_get_number (c, DB_MAIN, &exists, 0, error, "SELECT 1 FROM message WHERE id = ?1", "i", id))
    return FALSE;
  if (!exists)
    return TRUE;
  return barua_store_exec (c, DB_MAIN, error,
           "INSERT INTO preview VALUES (?1, ?2) ON CONFLICT (message) DO UPDATE SET text = excluded.text", "is", id, preview) &&
         barua_store_touch_row (c, id, error);
}

gboolean
barua_store_message_set_attachment (BaruaStoreConnection  *c,
                                    gint64                 id,
                                    gboolean               has_attachment,
                                    GError               **error)
{
  return barua_store_exec (c, DB_MAIN, error, "UPDATE message SET traits = (traits & ~?2) | ?3 WHERE id = ?1", "iii", id,
                           (gint64)(TRAIT_ATTACHMENT | TRAIT_ATTACHMENT_KNOWN),
                           (gint64)(TRAIT_ATTACHMENT_KNOWN | (has_attachment ? TRAIT_ATTACHMENT : 0))) &&
         barua_store_touch_row (c, id, error);
}

BaruaIdSet *
barua_store_message_list_without_parts (BaruaStoreConnection  *c,
                                        gint64                 folder,
                                        guint32                below,
                                        guint                  limit,
                                        GError               **error)
{
  g_autoptr (BaruaIdSet) uids = barua_id_set_new ();
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
    "SELECT uid FROM message WHERE server_folder = ?1 AND uid > 0 AND uid < ?2 AND (traits & ?3) = 0 ORDER BY uid DESC"
    " LIMIT ?4", "iiii", folder, below != 0 ? (gint64)below : (gint64)1 << 33, (gint64)TRAIT_PARTS, (gint64)limit);

  return collect_uids (c, s, uids, error) != NULL ? g_steal_pointer (&uids) : NULL;
}

BaruaIdSet *
barua_store_message_list_without_body (BaruaStoreConnection  *c,
                                       gint64                 folder,
                                       gint64                 since,
                                       guint32                below,
                                       guint                  limit,
                                       GError               **error)
{
  g_autoptr (BaruaIdSet) uids = barua_id_set_new ();
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
    "SELECT uid FROM message WHERE server_folder = ?1 AND uid > 0 AND uid < ?2 AND (traits & ?3) = 0 AND date >= ?4"
    " ORDER BY uid DESC LIMIT ?5", "iiiii", folder, below != 0 ? (gint64)below : (gint64)1 << 33, (gint64)TRAIT_BODY_HERE,
    since, (gint64)limit);

  return collect_uids (c, s, uids, error) != NULL ? g_steal_pointer (&uids) : NULL;
}
