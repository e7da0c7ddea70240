/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-preference.h"

#include "barua-limits.h"
#include "barua-store-private.h"

gboolean
barua_store_preference_load (BaruaStoreConnection  *c,
                             const char            *address,
                             BaruaStorePreference  *preference,
                             GError               **error)
{
  g_autofree char *key = g_utf8_strdown (address, -1);
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
    "SELECT pictures, colours FROM preference WHERE address = ?1", "s", key);
  int rc = s != NULL ? barua_store_step (c, s, error) : 0;

  *preference = (BaruaStorePreference){ BARUA_STORE_PICTURES_ASK, BARUA_STORE_COLOURS_DEFAULT };
  if (rc == SQLITE_ROW)
    {
      preference->pictures = (BaruaStorePictures)sqlite3_column_int (s, 0);
      preference->colours = (BaruaStoreColours)sqlite3_column_int (s, 1);
    }
  return rc != 0;
}

gboolean
barua_store_preference_save (BaruaStoreConnection        *c,
                             const char                  *address,
                             const BaruaStorePreference  *preference,
                             GError                     **error)
{
  g_autofree char *key = g_utf8_strdown (address, -1);

  if (preference->pictures == BARUA_STORE_PICTURES_ASK && preference->colours == BARUA_STORE_COLOURS_DEFAULT)
    return barua_store_exec (c, DB_MAIN, error, "DELETE FROM preference WHERE address = ?1", "s", key);
  return barua_store_exec (c, DB_MAIN, error, "INSERT OR REPLACE INTO preference VALUES (?1, ?2, ?3)", "sii", key,
                           (gint64)preference->pictures, (gint64)preference->colours);
}

GStrv
barua_store_preference_list (BaruaStoreConnection  *c,
                             BaruaStorePictures     pictures,
                             GError               **error)
{
  g_autoptr (GStrvBuilder) addresses = g_strv_builder_new ();
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
    "SELECT address FROM preference WHERE pictures = ?1 ORDER BY address LIMIT ?2", "ii", (gint64)pictures,
    (gint64)BARUA_LIMIT_PICTURE_SENDERS);
  int rc;

  if (s == NULL)
    return NULL;
  while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    g_strv_builder_add (addresses, (const char *)sqlite3_column_text (s, 0));
  return rc == SQLITE_DONE ? g_strv_builder_end (addresses) : NULL;
}
