/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-private.h"

#include <string.h>

/* Set in the people map's extra value where the address is the person's own. */
#define OWN_BIT 0x80000000u

static gboolean
load_own_keys (BaruaStoreConnection  *c,
               GError               **error)
{
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (BaruaStatement) statement = barua_store_query (c, DB_MAIN, error, "SELECT address FROM account", "");
  int rc;

  if (statement == NULL)
    return FALSE;
  while ((rc = barua_store_step (c, statement, error)) == SQLITE_ROW)
    {
      g_autoptr (BaruaAddress) address = barua_address_new (NULL, barua_statement_text (statement, 0));

      if (*address->address != '\0')
        g_hash_table_add (keys, barua_address_dup_key (address));
    }
  if (rc == 0)
    return FALSE;
  c->writer->own_keys = g_steal_pointer (&keys);
  return TRUE;
}

static guint64
hash_text (BaruaStoreConnection *c,
           const char           *text)
{
  guint64 hash = barua_hash (&c->hash_key, text, strlen (text));

  return hash != 0 ? hash : 1;
}

static gboolean
intern_address (BaruaStoreConnection  *c,
                const BaruaAddress    *person,
                const char            *key,
                gint64                *id,
                GError               **error)
{
  BaruaStoreWriterState *writer = c->writer;
  guint64 hash = hash_text (c, key);
  BaruaIdMapEntry *known = barua_id_map_find (&writer->addresses, hash);

  if (known != NULL)
    {
      *id = known->value;
      return TRUE;
    }
  *id = 0;
  if (!writer->people_whole &&
      !barua_store_get_number (c, DB_MAIN, id, 0, error, "SELECT id FROM address WHERE key = ?1", "s", key))
    return FALSE;
  if (*id == 0)
    {
      if (!barua_store_exec (c, DB_MAIN, error, "INSERT INTO address (key, address, name) VALUES (?1, ?2, ?3)", "sss", key,
                             person->address, person->name))
        return FALSE;
      *id = sqlite3_last_insert_rowid (c->db[DB_MAIN]);
    }
  else if (*person->name != '\0' &&
           !barua_store_exec (c, DB_MAIN, error, "UPDATE address SET name = ?2 WHERE id = ?1 AND name != ?2", "is", *id,
                              person->name))
    return FALSE;
  if (!barua_id_map_add (&writer->addresses, hash, *id, 0))
    {
      writer->people_whole = FALSE;
      barua_id_map_clear (&writer->addresses);
    }
  return TRUE;
}

static gboolean
intern_new (BaruaStoreConnection  *c,
            const BaruaAddress    *person,
            guint64                hash,
            gint64                *correspondent,
            gint64                *address_id,
            gboolean              *is_own,
            GError               **error)
{
  BaruaStoreWriterState *writer = c->writer;
  g_autofree char *key = barua_address_dup_key (person);

  if (writer->own_keys == NULL && !load_own_keys (c, error))
    return FALSE;
  *is_own = g_hash_table_contains (writer->own_keys, key);
  if (!intern_address (c, person, key, address_id, error))
    return FALSE;
  *correspondent = 0;
  if (!writer->people_whole &&
      !barua_store_get_number (c, DB_MAIN, correspondent, 0, error,
                               "SELECT id FROM correspondent WHERE address = ?1 AND name = ?2", "is", *address_id,
                               person->name))
    return FALSE;
  if (*correspondent == 0)
    {
      if (!barua_store_exec (c, DB_MAIN, error,
                             "INSERT INTO correspondent (address, name) VALUES (?1, ?2) ON CONFLICT DO NOTHING", "is",
                             *address_id, person->name))
        return FALSE;
      /* Two spellings of one address (case) with one name are one correspondent. */
      if (sqlite3_changes (c->db[DB_MAIN]) > 0)
        *correspondent = sqlite3_last_insert_rowid (c->db[DB_MAIN]);
      else if (!barua_store_get_number (c, DB_MAIN, correspondent, 0, error,
                                        "SELECT id FROM correspondent WHERE address = ?1 AND name = ?2", "is",
                                        *address_id, person->name))
        return FALSE;
    }
  if (!barua_id_map_add (&writer->people, hash, *correspondent, (guint32)*address_id | (*is_own ? OWN_BIT : 0)))
    {
      writer->people_whole = FALSE;
      barua_id_map_clear (&writer->people);
    }
  return TRUE;
}

gboolean
barua_store_person_intern (BaruaStoreConnection  *c,
                           const BaruaAddress    *person,
                           gint64                *correspondent,
                           gint64                *address_id,
                           gboolean              *is_own,
                           GError               **error)
{
  BaruaHashKey key = c->hash_key;
  BaruaIdMapEntry *known;
  guint64 hash;

  if (*person->address == '\0' && *person->name == '\0')
    {
      *correspondent = *address_id = 0;
      *is_own = FALSE;
      return TRUE;
    }
  key.k0 ^= barua_hash (&c->hash_key, person->address, strlen (person->address));
  hash = barua_hash (&key, person->name, strlen (person->name));
  hash = hash != 0 ? hash : 1;
  known = barua_id_map_find (&c->writer->people, hash);
  if (known == NULL)
    return intern_new (c, person, hash, correspondent, address_id, is_own, error);
  *correspondent = known->value;
  *address_id = known->extra & ~OWN_BIT;
  *is_own = (known->extra & OWN_BIT) != 0;
  return TRUE;
}

void
barua_people_append (GByteArray      *people,
                     gint64           correspondent,
                     BaruaPersonKind  kind)
{
  guint64 value = (guint64)correspondent << 2 | kind;
  guint8 bytes[10];
  guint n = 0;

  do
    {
      bytes[n++] = (value & 0x7F) | (value > 0x7F ? 0x80 : 0);
      value >>= 7;
    }
  while (value != 0);
  g_byte_array_append (people, bytes, n);
}

gboolean
barua_people_next (const guint8    *people,
                   gsize            length,
                   gsize           *offset,
                   gint64          *correspondent,
                   BaruaPersonKind *kind)
{
  guint64 value = 0;

  for (guint shift = 0; *offset < length && shift < 63; shift += 7)
    {
      guint8 byte = people[(*offset)++];

      value |= (guint64)(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0)
        {
          *correspondent = (gint64)(value >> 2);
          *kind = value & 3;
          return TRUE;
        }
    }
  return FALSE;
}

gboolean
barua_store_person_load (BaruaStoreConnection  *c,
                         gint64                 correspondent,
                         char                 **name,
                         char                 **address,
                         GError               **error)
{
  g_autoptr (BaruaStatement) statement = barua_store_query (c, DB_MAIN, error,
    "SELECT c.name, a.address FROM correspondent c JOIN address a ON a.id = c.address WHERE c.id = ?1", "i", correspondent);
  int rc = statement != NULL ? barua_store_step (c, statement, error) : 0;

  if (rc == 0)
    return FALSE;
  *name = g_strdup (rc == SQLITE_ROW ? barua_statement_text (statement, 0) : "");
  *address = g_strdup (rc == SQLITE_ROW ? barua_statement_text (statement, 1) : "");
  return TRUE;
}
