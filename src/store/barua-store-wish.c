/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-wish.h"

#include "barua-limits.h"
#include "barua-store-private.h"

/* On the row: wish_mask and wish_bits (bits within mask) are what the person wants, sent_mask and sent_bits what a command
 * under way asks for, sent_batch which. While a bit is in sent_mask its wish stays spelled out even where it equals what the
 * server had, since the command may have changed that: also after the connection was cut (sent_mask without sent_batch:
 * in doubt), until the server tells the flags or a command is answered. */

typedef struct
{
  gint64     id;
  gint64     thread;
  gint64     folder;
  gint64     date;
  BaruaFlags flags;
  BaruaFlags wish_mask;
  BaruaFlags wish_bits;
  BaruaFlags sent_mask;
  BaruaFlags sent_bits;
} Row;

#define ROW_COLUMNS                                                                                                   \
  "SELECT id, thread, shown_folder, date, flags, wish_mask, wish_bits, sent_mask, sent_bits" \
  " FROM message "

static gboolean
collect_rows (BaruaStoreConnection  *c,
              BaruaStatement        *s,
              GArray                *rows,
              GError               **error)
{
  int rc;

  if (s == NULL)
    return FALSE;
  while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    {
      Row row = {
        .id = sqlite3_column_int64 (s, 0),
        .thread = sqlite3_column_int64 (s, 1),
        .folder = sqlite3_column_int64 (s, 2),
        .date = sqlite3_column_int64 (s, 3),
        .flags = (BaruaFlags)sqlite3_column_int64 (s, 4),
        .wish_mask = (BaruaFlags)sqlite3_column_int64 (s, 5),
        .wish_bits = (BaruaFlags)sqlite3_column_int64 (s, 6),
        .sent_mask = (BaruaFlags)sqlite3_column_int64 (s, 7),
        .sent_bits = (BaruaFlags)sqlite3_column_int64 (s, 8),
      };

      g_array_append_val (rows, row);
    }
  return rc != 0;
}

/* Stores @row, whose shown flags were @old_shown; *@changed counts up when they are different now. */
static gboolean
save_row (BaruaStoreConnection  *c,
          const Row             *row,
          BaruaFlags             old_shown,
          guint                 *n_changed,
          GError               **error)
{
  BaruaFlags new_shown = barua_shown_flags (row->flags, row->wish_mask, row->wish_bits);

  if (!barua_store_exec (c, DB_MAIN, error, "UPDATE message SET flags = ?2, wish_mask = ?3, wish_bits = ?4 WHERE id = ?1",
                         "iiii", row->id, (gint64)row->flags, (gint64)row->wish_mask, (gint64)row->wish_bits))
    return FALSE;
  barua_store_count_message (c, row->thread, row->folder, row->id, row->date, 0, old_shown, new_shown, FALSE);
  /* Also when it looks the same: whether it waits is shown. */
  barua_store_change_row (c, BARUA_CHANGE_UPDATED, row->id, row->thread, row->folder, row->date);
  if (n_changed != NULL && old_shown != new_shown)
    (*n_changed)++;
  return TRUE;
}

static gboolean
wish_one (BaruaStoreConnection  *c,
          Row                   *row,
          BaruaFlags             mask,
          BaruaFlags             bits,
          guint                 *n_changed,
          GError               **error)
{
  BaruaFlags old_shown = barua_shown_flags (row->flags, row->wish_mask, row->wish_bits);
  BaruaFlags old_mask = row->wish_mask;
  BaruaFlags old_bits = row->wish_bits;
  BaruaFlags needless;

  row->wish_mask |= mask;
  row->wish_bits = (row->wish_bits & ~mask) | (bits & mask);
  needless = row->wish_mask & ~(row->wish_bits ^ row->flags) & ~row->sent_mask;
  row->wish_mask &= ~needless;
  row->wish_bits &= ~needless;
  if (row->wish_mask == old_mask && row->wish_bits == old_bits)
    return TRUE;
  return save_row (c, row, old_shown, n_changed, error);
}

gboolean
barua_store_wish_flags (BaruaStoreConnection  *c,
                        const BaruaIdSet      *ids,
                        BaruaFlags             mask,
                        BaruaFlags             bits,
                        guint                 *n_changed,
                        GError               **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));
  const BaruaIdRange *ranges = barua_id_set_get_ranges (ids);

  if (n_changed != NULL)
    *n_changed = 0;
  for (guint i = 0; i < barua_id_set_get_n_ranges (ids); i++)
    {
      g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error, ROW_COLUMNS "WHERE id BETWEEN ?1 AND ?2", "ii",
                                                        (gint64)MIN (ranges[i].first, (guint64)G_MAXINT64),
                                                        (gint64)MIN (ranges[i].last, (guint64)G_MAXINT64));

      if (!collect_rows (c, s, rows, error))
        return FALSE;
    }
  if (!barua_store_refusal_forget (c, ids, mask, error))
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    if (!wish_one (c, &g_array_index (rows, Row, i), mask, bits, n_changed, error))
      return FALSE;
  return TRUE;
}

void
barua_store_wish_free (BaruaStoreWish *self)
{
  if (self == NULL)
    return;
  barua_id_set_unref (self->uids);
  barua_id_set_unref (self->ids);
  g_free (self);
}

static BaruaStoreWish *
wish_new (gint64     account,
          gint64     folder,
          BaruaFlags mask,
          BaruaFlags bits)
{
  BaruaStoreWish *self = g_new0 (BaruaStoreWish, 1);

  self->account = account;
  self->folder = folder;
  self->mask = mask;
  self->bits = bits;
  self->uids = barua_id_set_new ();
  self->ids = barua_id_set_new ();
  return self;
}

GPtrArray *
barua_store_wish_list_pending (BaruaStoreConnection  *c,
                               gint64                 account,
                               guint                  limit,
                               GError               **error)
{
  g_autoptr (GPtrArray) wishes = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_store_wish_free);
  BaruaStoreWish *last = NULL;
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
    "SELECT f.account, m.server_folder, m.wish_mask, m.wish_bits, m.uid, m.id"
    " FROM message m INDEXED BY message_wish CROSS JOIN folder f ON f.id = m.server_folder"
    " WHERE m.wish_mask != 0 AND m.sent_batch IS NULL AND m.uid IS NOT NULL AND (?1 = 0 OR f.account = ?1)"
    " ORDER BY m.server_folder, m.wish_mask, m.wish_bits LIMIT ?2", "ii", account, (gint64)limit);
  int rc;

  if (s == NULL)
    return NULL;
  while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    {
      gint64 folder = sqlite3_column_int64 (s, 1);
      BaruaFlags mask = (BaruaFlags)sqlite3_column_int64 (s, 2);
      BaruaFlags bits = (BaruaFlags)sqlite3_column_int64 (s, 3);

      if (last == NULL || last->folder != folder || last->mask != mask || last->bits != bits)
        {
          last = wish_new (sqlite3_column_int64 (s, 0), folder, mask, bits);
          g_ptr_array_add (wishes, last);
        }
      barua_id_set_add (last->uids, (guint64)sqlite3_column_int64 (s, 4));
      barua_id_set_add (last->ids, (guint64)sqlite3_column_int64 (s, 5));
    }
  return rc != 0 ? g_steal_pointer (&wishes) : NULL;
}

gboolean
barua_store_wish_take (BaruaStoreConnection  *c,
                       BaruaStoreWish        *wish,
                       gint64                *batch,
                       GError               **error)
{
  g_autoptr (BaruaIdSet) ids = barua_id_set_new ();
  g_autoptr (BaruaIdSet) uids = barua_id_set_new ();
  const BaruaIdRange *ranges = barua_id_set_get_ranges (wish->ids);
  gint64 number = c->writer->next_batch;
  int rc;

  *batch = 0;
  for (guint i = 0; i < barua_id_set_get_n_ranges (wish->ids); i++)
    {
      g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
        "UPDATE message SET sent_mask = wish_mask, sent_bits = wish_bits, sent_batch = ?3 WHERE id BETWEEN ?1 AND ?2"
        " AND server_folder = ?4 AND wish_mask = ?5 AND wish_bits = ?6 AND sent_batch IS NULL AND uid IS NOT NULL"
        " RETURNING id, uid", "iiiiii", (gint64)MIN (ranges[i].first, (guint64)G_MAXINT64),
        (gint64)MIN (ranges[i].last, (guint64)G_MAXINT64), number, wish->folder, (gint64)wish->mask, (gint64)wish->bits);

      if (s == NULL)
        return FALSE;
      while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
        {
          barua_id_set_add (ids, (guint64)sqlite3_column_int64 (s, 0));
          barua_id_set_add (uids, (guint64)sqlite3_column_int64 (s, 1));
        }
      if (rc == 0)
        return FALSE;
    }
  if (!barua_id_set_is_empty (ids))
    {
      *batch = number;
      c->writer->next_batch++;
    }
  barua_id_set_unref (wish->ids);
  barua_id_set_unref (wish->uids);
  wish->ids = g_steal_pointer (&ids);
  wish->uids = g_steal_pointer (&uids);
  return TRUE;
}

typedef enum
{
  OUTCOME_CONFIRM,
  OUTCOME_REFUSE,
  OUTCOME_UNSURE
} Outcome;

/* Those of @rows for which the person still wants what was sent: what they are told was refused. All rows of a batch are of one
 * folder and were sent the same. */
static gboolean
remember_refusal (BaruaStoreConnection  *c,
                  const GArray          *rows,
                  BaruaErrorCode         code,
                  gint64                 time,
                  GError               **error)
{
  const Row *first = &g_array_index (rows, Row, 0);
  g_autoptr (BaruaIdSet) ids = barua_id_set_new ();
  gint64 account = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      const Row *row = &g_array_index (rows, Row, i);

      if ((row->wish_mask & row->sent_mask & ~(row->wish_bits ^ row->sent_bits)) != 0)
        barua_id_set_add (ids, (guint64)row->id);
    }
  return barua_store_get_number (c, DB_MAIN, &account, 0, error,
           "SELECT f.account FROM message m JOIN folder f ON f.id = m.server_folder WHERE m.id = ?1", "i", first->id) &&
         barua_store_refusal_add (c, account, ids, first->sent_mask, first->sent_bits, code, time, error);
}

static gboolean
settle (BaruaStoreConnection  *c,
        gint64                 batch,
        Outcome                outcome,
        guint                 *n_changed,
        GError               **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));

  if (n_changed != NULL)
    *n_changed = 0;
  {
    g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error, ROW_COLUMNS "WHERE sent_batch = ?1", "i", batch);

    if (!collect_rows (c, s, rows, error))
      return FALSE;
  }
  if (!barua_store_exec (c, DB_MAIN, error,
        outcome == OUTCOME_UNSURE ? "UPDATE message SET sent_batch = NULL WHERE sent_batch = ?1" :
        "UPDATE message SET sent_mask = 0, sent_bits = 0, sent_batch = NULL WHERE sent_batch = ?1", "i", batch))
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      Row *row = &g_array_index (rows, Row, i);
      BaruaFlags old_shown = barua_shown_flags (row->flags, row->wish_mask, row->wish_bits);
      BaruaFlags settled = 0;

      if (outcome == OUTCOME_CONFIRM)
        row->flags = (row->flags & ~row->sent_mask) | row->sent_bits;
      if (outcome != OUTCOME_UNSURE)
        {
          /* Where the wish is still the one that was sent; and where the person meanwhile asked back what is. */
          settled = row->wish_mask & row->sent_mask & ~(row->wish_bits ^ row->sent_bits);
          settled |= row->wish_mask & ~(row->wish_bits ^ row->flags);
        }
      row->wish_mask &= ~settled;
      row->wish_bits &= ~settled;
      if (!save_row (c, row, old_shown, n_changed, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
barua_store_wish_confirm (BaruaStoreConnection  *c,
                          gint64                 batch,
                          GError               **error)
{
  return settle (c, batch, OUTCOME_CONFIRM, NULL, error);
}

gboolean
barua_store_wish_refuse (BaruaStoreConnection  *c,
                         gint64                 batch,
                         BaruaErrorCode         code,
                         gint64                 time,
                         guint                 *n_reverted,
                         GError               **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));

  {
    g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error, ROW_COLUMNS "WHERE sent_batch = ?1", "i", batch);

    if (!collect_rows (c, s, rows, error))
      return FALSE;
  }
  if (rows->len > 0 && !remember_refusal (c, rows, code, time, error))
    return FALSE;
  return settle (c, batch, OUTCOME_REFUSE, n_reverted, error);
}

gboolean
barua_store_wish_unsure (BaruaStoreConnection  *c,
                         gint64                 batch,
                         GError               **error)
{
  return settle (c, batch, OUTCOME_UNSURE, NULL, error);
}

gboolean
barua_store_wish_recover (BaruaStoreConnection  *c,
                          GError               **error)
{
  gint64 any = 0;

  if (!barua_store_get_number (c, DB_MAIN, &any, 0, error, "SELECT 1 FROM message WHERE sent_batch IS NOT NULL LIMIT 1", ""))
    return FALSE;
  if (!any)
    return TRUE;
  return barua_store_exec (c, DB_MAIN, error,
    "UPDATE message SET sent_batch = NULL WHERE sent_batch IS NOT NULL", "");
}

/* In @groups, adds @n to the group of @flag, or begins it. */
static void
add_to_group (GArray     *groups,
              gint64      account,
              BaruaFlags  flag,
              BaruaFlags  bits,
              gboolean    sending,
              gint64      n)
{
  BaruaStoreWishGroup group = { account, flag, bits & flag, sending, (guint)n };

  for (guint i = 0; i < groups->len; i++)
    {
      BaruaStoreWishGroup *other = &g_array_index (groups, BaruaStoreWishGroup, i);

      if (other->account == account && other->mask == flag && other->bits == (bits & flag) && other->sending == sending)
        {
          other->n += (guint)n;
          return;
        }
    }
  g_array_append_val (groups, group);
}

static gboolean
collect_groups (BaruaStoreConnection  *c,
                BaruaStatement        *s,
                GArray                *groups,
                gboolean               sending,
                GError               **error)
{
  int rc;

  if (s == NULL)
    return FALSE;
  while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    for (guint flag = 1; flag != 0 && flag <= (guint)sqlite3_column_int64 (s, 1); flag <<= 1)
      if ((sqlite3_column_int64 (s, 1) & flag) != 0)
        add_to_group (groups, sqlite3_column_int64 (s, 0), (BaruaFlags)flag, (BaruaFlags)sqlite3_column_int64 (s, 2), sending,
                      sqlite3_column_int64 (s, 3));
  return rc != 0;
}

GArray *
barua_store_wish_list_groups (BaruaStoreConnection  *c,
                              GError               **error)
{
  g_autoptr (GArray) waiting = g_array_new (FALSE, TRUE, sizeof (BaruaStoreWishGroup));
  g_autoptr (GArray) sending = g_array_new (FALSE, TRUE, sizeof (BaruaStoreWishGroup));
  /* The first is told by its index alone, and the second looks at what is under way, a batch or two. */
  g_autoptr (BaruaStatement) all = barua_store_query (c, DB_MAIN, error,
    "SELECT f.account, m.wish_mask, m.wish_bits, count(*) FROM message m INDEXED BY message_wish"
    " CROSS JOIN folder f ON f.id = m.server_folder WHERE m.wish_mask != 0 GROUP BY 1, 2, 3 ORDER BY 1", "");
  g_autoptr (BaruaStatement) sent = all != NULL ? barua_store_query (c, DB_MAIN, error,
    "SELECT f.account, m.wish_mask & m.sent_mask & ~((m.wish_bits | m.sent_bits) & ~(m.wish_bits & m.sent_bits)), m.sent_bits,"
    " count(*) FROM message m INDEXED BY message_sent CROSS JOIN folder f ON f.id = m.server_folder"
    " WHERE m.sent_batch IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1", "") : NULL;

  if (!collect_groups (c, all, waiting, FALSE, error) || !collect_groups (c, sent, sending, TRUE, error))
    return NULL;
  for (guint i = 0; i < sending->len; i++)
    for (guint k = 0; k < waiting->len; k++)
      {
        const BaruaStoreWishGroup *part = &g_array_index (sending, BaruaStoreWishGroup, i);
        BaruaStoreWishGroup *whole = &g_array_index (waiting, BaruaStoreWishGroup, k);

        if (whole->account == part->account && whole->mask == part->mask && whole->bits == part->bits)
          whole->n -= MIN (whole->n, part->n);
      }
  for (guint k = waiting->len; k-- > 0;)
    if (g_array_index (waiting, BaruaStoreWishGroup, k).n == 0)
      g_array_remove_index (waiting, k);
  g_array_prepend_vals (waiting, sending->data, sending->len);
  return g_steal_pointer (&waiting);
}

gboolean
barua_store_wish_count (BaruaStoreConnection  *c,
                        gint64                 account,
                        guint                 *n_waiting,
                        GError               **error)
{
  gint64 n = 0;

  if (!barua_store_get_number (c, DB_MAIN, &n, 0, error,
        "SELECT count(*) FROM message m INDEXED BY message_wish CROSS JOIN folder f ON f.id = m.server_folder"
        " WHERE m.wish_mask != 0 AND (?1 = 0 OR f.account = ?1)", "i", account))
    return FALSE;
  *n_waiting = (guint)n;
  return TRUE;
}
