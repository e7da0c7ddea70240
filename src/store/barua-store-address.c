/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-address.h"

#include <string.h>

#include "barua-limits.h"
#include "barua-store-private.h"

#define ADDRESS_COLUMNS "SELECT address, name, first_seen, last_seen, received, sent, known FROM address "

void
barua_store_address_free (BaruaStoreAddress *self)
{
  if (self == NULL)
    return;
  g_free (self->address);
  g_free (self->name);
  g_free (self);
}

static BaruaStoreAddress *
read_address (BaruaStatement *s)
{
  BaruaStoreAddress *self = g_new0 (BaruaStoreAddress, 1);

  self->address = g_strdup (barua_statement_text (s, 0));
  self->name = g_strdup (barua_statement_text (s, 1));
  self->first_seen = sqlite3_column_int64 (s, 2);
  self->last_seen = sqlite3_column_int64 (s, 3);
  self->received = (guint)sqlite3_column_int64 (s, 4);
  self->sent = (guint)sqlite3_column_int64 (s, 5);
  self->known = sqlite3_column_int (s, 6) != 0;
  return self;
}

BaruaStoreAddress *
barua_store_address_load (BaruaStoreConnection  *c,
                          const char            *address,
                          GError               **error)
{
  g_autofree char *key = g_utf8_strdown (address, -1);
  g_autoptr (BaruaStatement) s = NULL;

  if (!barua_store_flush (c, error))
    return NULL;
  s = barua_store_query (c, DB_MAIN, error, ADDRESS_COLUMNS "WHERE key = ?1", "s", key);
  return s != NULL && barua_store_step (c, s, error) == SQLITE_ROW ? read_address (s) : NULL;
}

gboolean
barua_store_address_is_first (BaruaStoreConnection  *c,
                              gint64                 message,
                              gboolean              *is_first,
                              GError               **error)
{
  gint64 first = 0;

  /* Of several with one date the one that was stored first is meant (and its copies in other folders). One that came long after its
   * date has no claim to be the first of several: whoever sent it may have written any date. */
  if (!barua_store_flush (c, error) ||
      !barua_store_get_number (c, DB_MAIN, &first, 0, error,
        "SELECT a.known = 0 AND max (m.date, 1) <= a.first_seen AND (a.received <= 1 OR (m.internal_date <= m.date + ?2"
        " AND NOT EXISTS (SELECT 1 FROM folder f CROSS JOIN message o INDEXED BY message_spine"
        "   ON o.shown_folder = f.id AND o.date = m.date JOIN correspondent q ON q.id = o.sender"
        "   WHERE q.address = a.id AND o.id < CASE WHEN m.message_id = '' THEN m.id ELSE"
        "     (SELECT min (k.id) FROM folder g CROSS JOIN message k INDEXED BY message_spine"
        "      ON k.shown_folder = g.id AND k.date = m.date WHERE k.message_id = m.message_id) END)))"
        " FROM message m JOIN correspondent p ON p.id = m.sender JOIN address a ON a.id = p.address WHERE m.id = ?1", "ii",
        message, (gint64)BARUA_DATES_DIFFER_SECONDS))
    return FALSE;
  *is_first = first != 0;
  return TRUE;
}

static gint
compare_people (gconstpointer a,
                gconstpointer b)
{
  const BaruaStoreAddress *x = *(BaruaStoreAddress * const *)a;
  const BaruaStoreAddress *y = *(BaruaStoreAddress * const *)b;

  if (x->known != y->known)
    return x->known ? -1 : 1;
  if (x->last_seen != y->last_seen)
    return x->last_seen > y->last_seen ? -1 : 1;
  return strcmp (x->address, y->address);
}

/* Whether @name holds a word that begins with @prefix; both casefolded. */
static gboolean
has_word (const char *name,
          const char *prefix)
{
  gsize length = strlen (prefix);
  gboolean start = TRUE;

  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    {
      if (start && strncmp (p, prefix, length) == 0)
        return TRUE;
      start = !g_unichar_isalnum (g_utf8_get_char (p)) && !g_unichar_ismark (g_utf8_get_char (p));
    }
  return FALSE;
}

GPtrArray *
barua_store_address_complete (BaruaStoreConnection  *c,
                              const char            *text,
                              guint                  limit,
                              GError               **error)
{
  g_autoptr (GPtrArray) people = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_store_address_free);
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *prefix = g_utf8_casefold (g_strstrip (valid), -1);
  g_autoptr (BaruaStatement) s = NULL;
  int rc;

  if (!barua_store_flush (c, error))
    return NULL;
  /* Names need every word looked at, so this walks the table: tens of thousands of rows at most, on a reader. */
  s = barua_store_query (c, DB_MAIN, error, ADDRESS_COLUMNS "WHERE address != ''", "");
  if (s == NULL)
    return NULL;
  while (*prefix != '\0' && (rc = barua_store_step (c, s, error)) != SQLITE_DONE)
    {
      g_autofree char *address = NULL;
      g_autofree char *name = NULL;

      if (rc == 0)
        return NULL;
      address = g_utf8_casefold (barua_statement_text (s, 0), -1);
      name = g_utf8_casefold (barua_statement_text (s, 1), -1);
      if (g_str_has_prefix (address, prefix) || has_word (name, prefix))
        g_ptr_array_add (people, read_address (s));
    }
  g_ptr_array_sort (people, compare_people);
  if (people->len > MIN (limit, BARUA_LIMIT_COMPLETIONS))
    g_ptr_array_set_size (people, (int)MIN (limit, BARUA_LIMIT_COMPLETIONS));
  return g_steal_pointer (&people);
}

GPtrArray *
barua_store_address_list_known (BaruaStoreConnection  *c,
                                guint                  limit,
                                GError               **error)
{
  g_autoptr (GPtrArray) people = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_store_address_free);
  g_autoptr (BaruaStatement) s = NULL;
  int rc;

  if (!barua_store_flush (c, error))
    return NULL;
  s = barua_store_query (c, DB_MAIN, error, ADDRESS_COLUMNS "WHERE known != 0 ORDER BY last_seen DESC LIMIT ?1", "i",
                         (gint64)limit);
  if (s == NULL)
    return NULL;
  while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    g_ptr_array_add (people, read_address (s));
  return rc != 0 ? g_steal_pointer (&people) : NULL;
}
