/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-private.h"

/* docs/storage.md tells what every table and column is for. Steps are never changed once released: a new one is added. */

#define APPLICATION_ID 0x42617275 /* "Baru" */

static const char main_1[] =
  "CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;"
  "CREATE TABLE account ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, address TEXT NOT NULL, person TEXT NOT NULL,"
  "  colour TEXT NOT NULL, position INTEGER NOT NULL, backend TEXT NOT NULL, host TEXT NOT NULL, port INTEGER NOT NULL,"
  "  security INTEGER NOT NULL, user TEXT NOT NULL, password_command TEXT NOT NULL, ca_file TEXT NOT NULL,"
  "  settings TEXT NOT NULL) STRICT;"
  "CREATE TABLE folder ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL REFERENCES account (id),"
  "  parent INTEGER REFERENCES folder (id), name TEXT NOT NULL, shown_name TEXT NOT NULL, delimiter INTEGER NOT NULL,"
  "  role INTEGER NOT NULL, role_override INTEGER NOT NULL, flags INTEGER NOT NULL, remote_id TEXT NOT NULL,"
  "  position INTEGER NOT NULL, favourite INTEGER NOT NULL, hidden INTEGER NOT NULL, expanded INTEGER NOT NULL,"
  "  offline INTEGER NOT NULL, notify INTEGER NOT NULL,"
  "  total INTEGER NOT NULL DEFAULT 0, unread INTEGER NOT NULL DEFAULT 0, conversations INTEGER NOT NULL DEFAULT 0,"
  "  UNIQUE (account, name)) STRICT;"
  "CREATE INDEX folder_parent ON folder (parent);"
  "CREATE TABLE sync_state ("
  "  folder INTEGER PRIMARY KEY REFERENCES folder (id) ON DELETE CASCADE, uidvalidity INTEGER NOT NULL,"
  "  uidnext INTEGER NOT NULL, highestmodseq INTEGER NOT NULL, exists_count INTEGER NOT NULL, unseen INTEGER NOT NULL,"
  "  mailboxid TEXT NOT NULL, covered_low INTEGER NOT NULL, last_full_flags INTEGER NOT NULL,"
  "  last_sync INTEGER NOT NULL, capabilities INTEGER NOT NULL) STRICT;"
  "CREATE TABLE address ("
  "  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, address TEXT NOT NULL, name TEXT NOT NULL,"
  "  first_seen INTEGER NOT NULL DEFAULT 0, last_seen INTEGER NOT NULL DEFAULT 0, received INTEGER NOT NULL DEFAULT 0,"
  "  sent INTEGER NOT NULL DEFAULT 0, known INTEGER NOT NULL DEFAULT 0) STRICT;"
  "CREATE INDEX address_known ON address (last_seen) WHERE known != 0;"
  "CREATE TABLE correspondent ("
  "  id INTEGER PRIMARY KEY, address INTEGER NOT NULL REFERENCES address (id), name TEXT NOT NULL,"
  "  UNIQUE (address, name)) STRICT;"
  "CREATE TABLE message ("
  "  id INTEGER PRIMARY KEY, server_folder INTEGER, uid INTEGER, remote_id TEXT,"
  "  shown_folder INTEGER NOT NULL, wish_folder INTEGER,"
  "  date INTEGER NOT NULL, internal_date INTEGER NOT NULL, sent_date INTEGER, zone INTEGER NOT NULL,"
  "  size INTEGER NOT NULL, modseq INTEGER NOT NULL, flags INTEGER NOT NULL, traits INTEGER NOT NULL,"
  "  wish_mask INTEGER NOT NULL DEFAULT 0, wish_bits INTEGER NOT NULL DEFAULT 0,"
  "  sent_mask INTEGER NOT NULL DEFAULT 0, sent_bits INTEGER NOT NULL DEFAULT 0, sent_batch INTEGER,"
  "  thread INTEGER NOT NULL, body INTEGER, sender INTEGER, people BLOB,"
  "  subject TEXT NOT NULL, message_id TEXT NOT NULL, list_id TEXT) STRICT;"
  "CREATE UNIQUE INDEX message_uid ON message (server_folder, uid);"
  "CREATE INDEX message_spine ON message (shown_folder, date);"
  "CREATE INDEX message_thread ON message (thread);"
  "CREATE INDEX message_body ON message (body) WHERE body IS NOT NULL;"
  "CREATE INDEX message_wish ON message (server_folder, wish_mask, wish_bits) WHERE wish_mask != 0;"
  "CREATE INDEX message_sent ON message (sent_batch) WHERE sent_batch IS NOT NULL;"
  "CREATE TABLE keyword (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
  "CREATE TABLE message_keyword ("
  "  message INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,"
  "  keyword INTEGER NOT NULL REFERENCES keyword (id), PRIMARY KEY (message, keyword)) STRICT, WITHOUT ROWID;"
  "CREATE TABLE preview ("
  "  message INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE, text TEXT NOT NULL) STRICT;"
  "CREATE TABLE structure (body INTEGER PRIMARY KEY, parts BLOB NOT NULL) STRICT;"
  "CREATE TABLE msgid (hash INTEGER PRIMARY KEY, thread INTEGER NOT NULL, content INTEGER NOT NULL) STRICT;"
  "CREATE TABLE thread_alias (thread INTEGER PRIMARY KEY, target INTEGER NOT NULL) STRICT;"
  "CREATE TABLE conversation_folder ("
  "  thread INTEGER NOT NULL, folder INTEGER NOT NULL, newest INTEGER NOT NULL,"
  "  newest_date INTEGER NOT NULL, count INTEGER NOT NULL, unread INTEGER NOT NULL, starred INTEGER NOT NULL,"
  "  PRIMARY KEY (thread, folder)) STRICT, WITHOUT ROWID;"
  "CREATE INDEX conversation_spine ON conversation_folder (folder, newest_date, newest);"
  "CREATE TABLE preference (address TEXT NOT NULL PRIMARY KEY, pictures INTEGER NOT NULL, colours INTEGER NOT NULL) STRICT;"
  "CREATE TABLE search_gone ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT, row INTEGER NOT NULL, message INTEGER NOT NULL) STRICT;"
  "INSERT INTO meta VALUES ('hash_key', randomblob (16)), ('store', random ()), ('next_message', 1), ('next_batch', 1);";

/* What the server refused, until the person said what is to become of it. Without references to other tables: those are of the
 * server's making, and go and come. */
static const char main_2[] =
  "CREATE TABLE refusal ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, mask INTEGER NOT NULL, bits INTEGER NOT NULL,"
  "  code INTEGER NOT NULL, time INTEGER NOT NULL, discarded INTEGER NOT NULL) STRICT;"
  "CREATE TABLE refusal_message ("
  "  refusal INTEGER NOT NULL, message INTEGER NOT NULL, PRIMARY KEY (refusal, message)) STRICT, WITHOUT ROWID;"
  "CREATE INDEX refusal_message_message ON refusal_message (message);";

static const char cache_1[] =
  "CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;"
  "CREATE TABLE body ("
  "  id INTEGER PRIMARY KEY, bytes INTEGER NOT NULL, last_read INTEGER NOT NULL, pinned INTEGER NOT NULL) STRICT;"
  "CREATE INDEX body_last_read ON body (pinned, last_read);"
  "CREATE TABLE section ("
  "  id INTEGER PRIMARY KEY, body INTEGER NOT NULL REFERENCES body (id) ON DELETE CASCADE, name TEXT NOT NULL,"
  "  coding INTEGER NOT NULL, packable INTEGER NOT NULL, size INTEGER NOT NULL, content BLOB NOT NULL,"
  "  UNIQUE (body, name)) STRICT;"
  "CREATE INDEX section_packable ON section (id) WHERE packable != 0;"
  "INSERT INTO meta VALUES ('bytes', 0);";

/* The tokenizer's default categories split Bengali and Telugu words at their vowel signs (DESIGN 11). */
/* Merging is done in idle time (barua_store_search_merge()), or when 64 segments have come together. */
static const char search_1[] =
  "CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;"
  "CREATE TABLE indexed_body (message INTEGER PRIMARY KEY) STRICT;"
  "CREATE VIRTUAL TABLE mail USING fts5 (subject, sender, recipients, body, content='', contentless_delete=1,"
  "  tokenize=\"unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'\");"
  "CREATE VIRTUAL TABLE pieces USING fts5 (subject, sender, content='', contentless_delete=1, detail=none,"
  "  tokenize='trigram');"
  "INSERT INTO mail (mail, rank) VALUES ('automerge', 0), ('crisismerge', 64), ('hashsize', 4194304);"
  "INSERT INTO pieces (pieces, rank) VALUES ('automerge', 0), ('crisismerge', 64), ('hashsize', 4194304);"
  "INSERT INTO meta VALUES ('cursor', 0), ('pieces_cursor', 0), ('store', 0);";

static const char * const main_steps[] = { main_1, main_2 };
static const char * const cache_steps[] = { cache_1 };
static const char * const search_steps[] = { search_1 };
static const char * const * const steps[N_DB] = { main_steps, cache_steps, search_steps };

const int barua_store_schema_versions[N_DB] = {
  G_N_ELEMENTS (main_steps),
  G_N_ELEMENTS (cache_steps),
  G_N_ELEMENTS (search_steps),
};
const char * const barua_store_file_names[N_DB] = { "main.db", "cache.db", "search.db" };

static gboolean
read_pragma (sqlite3     *db,
             const char  *sql,
             gint64      *value,
             GError     **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) != SQLITE_OK || sqlite3_step (statement) != SQLITE_ROW)
    {
      barua_store_set_error (db, "reading the version", error);
      sqlite3_finalize (statement);
      return FALSE;
    }
  *value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return TRUE;
}

gboolean
barua_store_schema_prepare_to (sqlite3       *db,
                               BaruaStoreDb   which,
                               int            version,
                               GError       **error)
{
  gint64 present;
  gint64 application;
  gint64 n_tables;

  if (!read_pragma (db, "PRAGMA user_version", &present, error) ||
      !read_pragma (db, "PRAGMA application_id", &application, error) ||
      !read_pragma (db, "SELECT count(*) FROM sqlite_schema", &n_tables, error))
    return FALSE;

  if ((n_tables > 0 || present != 0) && application != APPLICATION_ID)
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_STORE_DAMAGED, "%s is not a database of Barua",
                   barua_store_file_names[which]);
      return FALSE;
    }
  if (present > barua_store_schema_versions[which])
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_STORE_NEWER, "%s has version %d, this program knows %d",
                   barua_store_file_names[which], (int)present, barua_store_schema_versions[which]);
      return FALSE;
    }
  if (present < 0 || (present == 0 && n_tables > 0))
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_STORE_DAMAGED, "%s has no valid version",
                   barua_store_file_names[which]);
      return FALSE;
    }

  /* Each step and its number are one transaction: a kill in between leaves the step before. */
  for (int i = (int)present; i < version; i++)
    {
      g_autofree char *sql = g_strdup_printf ("BEGIN IMMEDIATE; %s PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT;",
                                              steps[which][i], APPLICATION_ID, i + 1);

      if (!barua_store_exec_sql (db, sql, error))
        {
          barua_store_exec_sql (db, "ROLLBACK", NULL);
          return FALSE;
        }
    }
  return TRUE;
}

/* All of sqlite_schema as one text; NULL when it can't be read. */
static char *
read_schema (sqlite3 *db)
{
  sqlite3_stmt *s = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  int rc = SQLITE_ERROR;

  if (sqlite3_prepare_v2 (db, "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce (sql, '') FROM sqlite_schema"
                          " WHERE name NOT LIKE 'sqlite_stat%' ORDER BY name", -1, &s, NULL) == SQLITE_OK)
    while ((rc = sqlite3_step (s)) == SQLITE_ROW)
      g_string_append_printf (text, "%s\n", (const char *)sqlite3_column_text (s, 0));
  sqlite3_finalize (s);
  return rc == SQLITE_DONE ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

gboolean
barua_store_schema_is_ours (sqlite3      *db,
                            BaruaStoreDb  which)
{
  sqlite3 *ours = NULL;
  g_autofree char *its = read_schema (db);
  g_autofree char *wanted = NULL;

  if (its != NULL && sqlite3_open (":memory:", &ours) == SQLITE_OK &&
      barua_store_schema_prepare_to (ours, which, barua_store_schema_versions[which], NULL))
    wanted = read_schema (ours);
  sqlite3_close (ours);
  return its != NULL && g_strcmp0 (its, wanted) == 0;
}

gboolean
barua_store_schema_prepare (sqlite3       *db,
                            BaruaStoreDb   which,
                            GError       **error)
{
  if (!barua_store_schema_prepare_to (db, which, barua_store_schema_versions[which], error))
    return FALSE;
  /* A flipped bit in a column's name, a view or trigger put there by someone: found here, not by a failing statement later. */
  if (barua_store_schema_is_ours (db, which))
    return TRUE;
  g_set_error (error, BARUA_ERROR, BARUA_ERROR_STORE_DAMAGED, "%s has other tables than Barua makes",
               barua_store_file_names[which]);
  return FALSE;
}
