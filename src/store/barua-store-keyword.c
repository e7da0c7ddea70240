/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-keyword.h"

#include <string.h>

#include "barua-limits.h"
#include "barua-store-private.h"

static char **
collect (BaruaStoreConnection  *c,
         BaruaStatement        *s,
         GError               **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  int rc;

  if (s == NULL)
    return NULL;
  while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    g_strv_builder_add (builder, barua_statement_text (s, 0));
  return rc != 0 ? g_strv_builder_end (builder) : NULL;
}

char **
barua_store_keyword_load (BaruaStoreConnection  *c,
                          gint64                 message,
                          GError               **error)
{
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
    "SELECT name FROM message_keyword JOIN keyword ON keyword.id = keyword WHERE message = ?1 ORDER BY name", "i", message);

  return collect (c, s, error);
}

char **
barua_store_keyword_list (BaruaStoreConnection  *c,
                          gint64                 account,
                          GError               **error)
{
  g_autoptr (BaruaStatement) s = account == 0 ?
    barua_store_query (c, DB_MAIN, error,
      "SELECT name FROM keyword WHERE id IN (SELECT keyword FROM message_keyword) ORDER BY name", "") :
    barua_store_query (c, DB_MAIN, error,
      "SELECT name FROM keyword WHERE id IN (SELECT k.keyword FROM message_keyword k JOIN message m ON m.id = k.message"
      " JOIN folder f ON f.id = m.server_folder WHERE f.account = ?1) ORDER BY name", "i", account);

  return collect (c, s, error);
}

static gboolean
intern (BaruaStoreConnection  *c,
        const char            *name,
        gint64                *id,
        GError               **error)
{
  if (!barua_store_get_number (c, DB_MAIN, id, 0, error, "SELECT id FROM keyword WHERE name = ?1", "s", name))
    return FALSE;
  if (*id != 0)
    return TRUE;
  if (!barua_store_exec (c, DB_MAIN, error, "INSERT INTO keyword (name) VALUES (?1)", "s", name))
    return FALSE;
  *id = sqlite3_last_insert_rowid (c->db[DB_MAIN]);
  return TRUE;
}

static gboolean
same (const char * const *old,
      const char * const *wanted)
{
  guint n = 0;

  for (guint i = 0; wanted != NULL && wanted[i] != NULL; i++, n++)
    if (!g_strv_contains (old, wanted[i]))
      return FALSE;
  return n == g_strv_length ((char **)old);
}

gboolean
barua_store_keyword_replace (BaruaStoreConnection  *c,
                             gint64                 message,
                             const char * const    *keywords,
                             gboolean              *changed,
                             GError               **error)
{
  g_auto (GStrv) old = barua_store_keyword_load (c, message, error);

  if (old == NULL)
    return FALSE;
  if (same ((const char * const *)old, keywords))
    return TRUE;
  if (changed != NULL)
    *changed = TRUE;
  if (!barua_store_exec (c, DB_MAIN, error, "DELETE FROM message_keyword WHERE message = ?1", "i", message))
    return FALSE;
  for (guint i = 0; keywords != NULL && keywords[i] != NULL && i < BARUA_LIMIT_KEYWORDS; i++)
    {
      gint64 id;

      if (*keywords[i] == '\0' || strlen (keywords[i]) > BARUA_LIMIT_KEYWORD_BYTES ||
          !g_utf8_validate (keywords[i], -1, NULL))
        continue;
      if (!intern (c, keywords[i], &id, error) ||
          !barua_store_exec (c, DB_MAIN, error, "INSERT INTO message_keyword VALUES (?1, ?2) ON CONFLICT DO NOTHING", "ii",
                             message, id))
        return FALSE;
    }
  return TRUE;
}
