/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-refusal.h"

#include "barua-store-private.h"
#include "barua-store-wish.h"

/* One flag of some messages. */
static gboolean
add_flag (BaruaStoreConnection  *c,
          gint64                 account,
          const BaruaIdSet      *ids,
          BaruaFlags             flag,
          BaruaFlags             bits,
          BaruaErrorCode         code,
          gint64                 time,
          GError               **error)
{
  const BaruaIdRange *ranges = barua_id_set_get_ranges (ids);
  gint64 id = 0;

  if (!barua_store_get_number (c, DB_MAIN, &id, 0, error,
        "SELECT id FROM refusal WHERE account = ?1 AND mask = ?2 AND bits = ?3 AND code = ?4 AND discarded = 0", "iiii", account,
        (gint64)flag, (gint64)(bits & flag), (gint64)code))
    return FALSE;
  if (id == 0 && !barua_store_get_number (c, DB_MAIN, &id, 0, error,
        "INSERT INTO refusal (account, mask, bits, code, time, discarded) VALUES (?1, ?2, ?3, ?4, ?5, 0) RETURNING id", "iiiii",
        account, (gint64)flag, (gint64)(bits & flag), (gint64)code, time))
    return FALSE;
  if (!barua_store_exec (c, DB_MAIN, error, "UPDATE refusal SET time = ?2 WHERE id = ?1", "ii", id, time))
    return FALSE;
  for (guint i = 0; i < barua_id_set_get_n_ranges (ids); i++)
    if (!barua_store_exec (c, DB_MAIN, error,
          "INSERT OR IGNORE INTO refusal_message SELECT ?3, id FROM message WHERE id BETWEEN ?1 AND ?2", "iii",
          (gint64)ranges[i].first, (gint64)ranges[i].last, id))
      return FALSE;
  return TRUE;
}

gboolean
barua_store_refusal_add (BaruaStoreConnection  *c,
                         gint64                 account,
                         const BaruaIdSet      *ids,
                         BaruaFlags             mask,
                         BaruaFlags             bits,
                         BaruaErrorCode         code,
                         gint64                 time,
                         GError               **error)
{
  if (barua_id_set_is_empty (ids))
    return TRUE;
  for (guint flag = 1; flag != 0 && flag <= (guint)mask; flag <<= 1)
    if ((mask & flag) != 0 && !add_flag (c, account, ids, (BaruaFlags)flag, bits, code, time, error))
      return FALSE;
  return TRUE;
}

static gboolean
any_refused (BaruaStoreConnection  *c,
             gboolean              *any,
             GError               **error)
{
  gint64 found = 0;
  gboolean ok = barua_store_get_number (c, DB_MAIN, &found, 0, error, "SELECT 1 FROM refusal LIMIT 1", "");

  *any = found != 0;
  return ok;
}

gboolean
barua_store_refusal_forget (BaruaStoreConnection  *c,
                            const BaruaIdSet      *ids,
                            BaruaFlags             mask,
                            GError               **error)
{
  const BaruaIdRange *ranges = barua_id_set_get_ranges (ids);
  gboolean any;

  if (!any_refused (c, &any, error))
    return FALSE;
  if (!any)
    return TRUE;
  for (guint i = 0; i < barua_id_set_get_n_ranges (ids); i++)
    if (!barua_store_exec (c, DB_MAIN, error,
          "DELETE FROM refusal_message WHERE message BETWEEN ?1 AND ?2 AND refusal IN (SELECT id FROM refusal WHERE mask & ?3)",
          "iii", (gint64)MIN (ranges[i].first, (guint64)G_MAXINT64), (gint64)MIN (ranges[i].last, (guint64)G_MAXINT64),
          (gint64)mask))
      return FALSE;
  return barua_store_exec (c, DB_MAIN, error, "DELETE FROM refusal WHERE id NOT IN (SELECT refusal FROM refusal_message)", "");
}

gboolean
barua_store_refusal_tidy (BaruaStoreConnection  *c,
                          GError               **error)
{
  gboolean any;

  if (!any_refused (c, &any, error))
    return FALSE;
  return !any ||
         (barua_store_exec (c, DB_MAIN, error,
            "DELETE FROM refusal_message WHERE refusal IN (SELECT id FROM refusal WHERE discarded != 0)"
            " OR message NOT IN (SELECT id FROM message)", "") &&
          barua_store_exec (c, DB_MAIN, error, "DELETE FROM refusal WHERE id NOT IN (SELECT refusal FROM refusal_message)", ""));
}

GArray *
barua_store_refusal_list (BaruaStoreConnection  *c,
                          gint64                 account,
                          guint                  limit,
                          guint                 *n_more,
                          GError               **error)
{
  g_autoptr (GArray) refusals = g_array_new (FALSE, TRUE, sizeof (BaruaStoreRefusal));
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
    "SELECT r.id, r.account, r.mask, r.bits, r.code, r.time, count(*) FROM refusal r"
    " JOIN refusal_message x ON x.refusal = r.id JOIN message m ON m.id = x.message"
    " WHERE r.discarded = 0 AND (?1 = 0 OR r.account = ?1) GROUP BY r.id ORDER BY r.time DESC, r.id DESC", "i", account);
  guint more = 0;
  int rc;

  if (s == NULL)
    return NULL;
  while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    {
      BaruaStoreRefusal refusal = {
        .id = sqlite3_column_int64 (s, 0),
        .account = sqlite3_column_int64 (s, 1),
        .mask = (BaruaFlags)sqlite3_column_int64 (s, 2),
        .bits = (BaruaFlags)sqlite3_column_int64 (s, 3),
        .code = (BaruaErrorCode)CLAMP (sqlite3_column_int64 (s, 4), 0, BARUA_N_ERRORS - 1),
        .time = sqlite3_column_int64 (s, 5),
        .n = (guint)sqlite3_column_int64 (s, 6),
      };

      if (refusals->len < limit)
        g_array_append_val (refusals, refusal);
      else
        more++;
    }
  if (rc == 0)
    return NULL;
  if (n_more != NULL)
    *n_more = more;
  return g_steal_pointer (&refusals);
}

gboolean
barua_store_refusal_count (BaruaStoreConnection  *c,
                           gint64                 account,
                           guint                 *n,
                           GError               **error)
{
  gint64 count = 0;

  if (!barua_store_get_number (c, DB_MAIN, &count, 0, error,
        "SELECT count(*) FROM refusal r JOIN refusal_message x ON x.refusal = r.id JOIN message m ON m.id = x.message"
        " WHERE r.discarded = 0 AND (?1 = 0 OR r.account = ?1)", "i", account))
    return FALSE;
  *n = (guint)count;
  return TRUE;
}

static gboolean
not_found (GError **error)
{
  g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no such refusal");
  return FALSE;
}

gboolean
barua_store_refusal_retry (BaruaStoreConnection  *c,
                           gint64                 id,
                           GError               **error)
{
  g_autoptr (BaruaIdSet) ids = barua_id_set_new ();
  BaruaFlags mask = 0;
  BaruaFlags bits = 0;
  int rc;

  {
    g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
      "SELECT r.mask, r.bits, x.message FROM refusal r JOIN refusal_message x ON x.refusal = r.id WHERE r.id = ?1", "i", id);

    if (s == NULL)
      return FALSE;
    while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
      {
        mask = (BaruaFlags)sqlite3_column_int64 (s, 0);
        bits = (BaruaFlags)sqlite3_column_int64 (s, 1);
        barua_id_set_add (ids, (guint64)sqlite3_column_int64 (s, 2));
      }
    if (rc == 0)
      return FALSE;
  }
  /* Wishing forgets what was refused before. */
  return barua_id_set_is_empty (ids) ? not_found (error) : barua_store_wish_flags (c, ids, mask, bits, NULL, error);
}

gboolean
barua_store_refusal_set_discarded (BaruaStoreConnection  *c,
                                   gint64                 id,
                                   gboolean               discarded,
                                   GError               **error)
{
  gint64 found = 0;

  if (!barua_store_get_number (c, DB_MAIN, &found, 0, error, "UPDATE refusal SET discarded = ?2 WHERE id = ?1 RETURNING id", "ii",
                               id, (gint64)(discarded != FALSE)))
    return FALSE;
  return found != 0 || not_found (error);
}
