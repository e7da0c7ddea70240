/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "barua-limits.h"

void
barua_statement_done (BaruaStatement *statement)
{
  if (statement == NULL)
    return;
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
}

static BaruaErrorCode
translate (sqlite3 *db)
{
  int number = sqlite3_system_errno (db);

  switch (sqlite3_errcode (db) & 0xFF)
    {
    case SQLITE_FULL:
      return BARUA_ERROR_NO_SPACE;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return number == ENOSPC || number == EDQUOT || number == EFBIG ? BARUA_ERROR_NO_SPACE : BARUA_ERROR_IO;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return BARUA_ERROR_IO;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return BARUA_ERROR_STORE_DAMAGED;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return BARUA_ERROR_BUSY;
    case SQLITE_CONSTRAINT:
      return BARUA_ERROR_CONFLICT;
    case SQLITE_TOOBIG:
      return BARUA_ERROR_LIMIT;
    case SQLITE_INTERRUPT:
      return BARUA_ERROR_CANCELLED;
    default:
      return BARUA_ERROR_INTERNAL;
    }
}

void
barua_store_set_error (sqlite3     *db,
                       const char  *what,
                       GError     **error)
{
  BaruaErrorCode code = translate (db);
  int extended = sqlite3_extended_errcode (db);
  g_autofree char *text = g_utf8_make_valid (sqlite3_errmsg (db), -1);

  /* SQL and the file's name may be logged; SQLite's messages hold no content of the rows. */
  g_set_error (error, BARUA_ERROR, code, "%s: %s (%d)", what, text, extended);
}

gboolean
barua_store_exec_sql (sqlite3     *db,
                      const char  *sql,
                      GError     **error)
{
  if (sqlite3_exec (db, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  barua_store_set_error (db, "store", error);
  return FALSE;
}

/* A file made by SQLite would get the umask's mode; its log takes over the mode of the file. */
static gboolean
make_private_file (const char  *path,
                   GError     **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      int number = errno;

      g_set_error (error, BARUA_ERROR, number == ENOSPC || number == EDQUOT ? BARUA_ERROR_NO_SPACE : BARUA_ERROR_IO,
                   "%s: %s", path, g_strerror (number));
      return FALSE;
    }
  if (fchmod (fd, 0600) != 0)
    g_debug ("%s: mode not changed: %s", path, g_strerror (errno));
  close (fd);
  return TRUE;
}

/* Taken by a file that is empty still. Bodies are longer than a page of the usual size: each page costs two writes. */
static const char page_size[] = "PRAGMA page_size = " G_STRINGIFY (BARUA_STORE_PAGE_BYTES);

sqlite3 *
barua_store_open_file (const char  *path,
                       gboolean     write,
                       gboolean     create,
                       GError     **error)
{
  sqlite3 *db = NULL;
  int flags = (write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  int on = 0;

  if (create && !make_private_file (path, error))
    return NULL;
  if (sqlite3_open_v2 (path, &db, flags, NULL) != SQLITE_OK)
    {
      barua_store_set_error (db, path, error);
      sqlite3_close (db);
      return NULL;
    }
  sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, &on);
  sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &on);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, &on);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, &on);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DQS_DML, 0, &on);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DQS_DDL, 0, &on);
  sqlite3_busy_timeout (db, 10000);
  sqlite3_limit (db, SQLITE_LIMIT_ATTACHED, 0);
  if (!barua_store_exec_sql (db, "PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON;", error) ||
      (create && !barua_store_exec_sql (db, page_size, error)) ||
      (write && !barua_store_exec_sql (db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;", error)))
    {
      sqlite3_close (db);
      return NULL;
    }
  return db;
}

static void
finalize (gpointer statement)
{
  sqlite3_finalize (statement);
}

static gboolean
open_one (BaruaStoreConnection  *c,
          const char            *dir,
          BaruaStoreDb           which,
          gboolean               write,
          GError               **error)
{
  g_autofree char *pragmas = NULL;
  g_autofree char *path = g_build_filename (dir, barua_store_file_names[which], NULL);

  c->db[which] = barua_store_open_file (path, write, FALSE, error);
  if (c->db[which] == NULL)
    return FALSE;
  c->statements[which] = g_hash_table_new_full (NULL, NULL, NULL, finalize);
  pragmas = g_strdup_printf ("PRAGMA cache_size = -%d; PRAGMA wal_autocheckpoint = %d; PRAGMA temp_store = MEMORY;"
                             " PRAGMA journal_size_limit = %d;",
                             write && which == DB_MAIN ? BARUA_STORE_WRITER_CACHE_KIB : BARUA_STORE_READER_CACHE_KIB,
                             write ? BARUA_STORE_WAL_PAGES : 0, BARUA_STORE_WAL_KEPT_BYTES);
  return barua_store_exec_sql (c->db[which], pragmas, error);
}

static gboolean
read_hash_key (BaruaStoreConnection  *c,
               GError               **error)
{
  g_autoptr (BaruaStatement) statement =
    barua_store_query (c, DB_MAIN, error, "SELECT value FROM meta WHERE key = 'hash_key'", "");
  int rc = statement != NULL ? barua_store_step (c, statement, error) : 0;

  if (rc == 0)
    return FALSE;
  if (rc != SQLITE_ROW || sqlite3_column_bytes (statement, 0) != sizeof c->hash_key)
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_STORE_DAMAGED, "main.db has no key");
      return FALSE;
    }
  memcpy (&c->hash_key, sqlite3_column_blob (statement, 0), sizeof c->hash_key);
  return TRUE;
}

BaruaStoreConnection *
barua_store_connection_open (const char      *dir,
                             BaruaStoreRole   role,
                             GError         **error)
{
  BaruaStoreConnection *c = g_new0 (BaruaStoreConnection, 1);
  gboolean writer = role == BARUA_STORE_ROLE_WRITER;

  c->role = role;
  for (BaruaStoreDb i = 0; i < N_DB; i++)
    c->paths[i] = g_build_filename (dir, barua_store_file_names[i], NULL);
  if (!open_one (c, dir, DB_MAIN, writer, error) || !read_hash_key (c, error) ||
      !open_one (c, dir, DB_CACHE, writer, error) ||
      !open_one (c, dir, DB_SEARCH, role == BARUA_STORE_ROLE_SEARCHER, error))
    {
      barua_store_connection_close (c);
      return NULL;
    }
  return c;
}

void
barua_store_connection_close_file (BaruaStoreConnection *c,
                                   BaruaStoreDb          which)
{
  g_clear_pointer (&c->statements[which], g_hash_table_unref);
  g_clear_pointer (&c->db[which], sqlite3_close);
}

void
barua_store_connection_close (BaruaStoreConnection *c)
{
  for (BaruaStoreDb i = 0; i < N_DB; i++)
    {
      barua_store_connection_close_file (c, i);
      g_free (c->paths[i]);
    }
  g_clear_pointer (&c->changes, barua_change_set_unref);
  g_clear_pointer (&c->writer, barua_store_writer_free);
  g_clear_pointer (&c->people, g_hash_table_unref);
  g_free (c);
}

static void
note_damage (BaruaStoreConnection *c,
             sqlite3              *db)
{
  int code = sqlite3_errcode (db) & 0xFF;

  if (code != SQLITE_CORRUPT && code != SQLITE_NOTADB)
    return;
  if (db == c->db[DB_MAIN])
    c->saw_damage = TRUE;
  else if (db == c->db[DB_CACHE])
    c->cache_damaged = TRUE;
  else
    c->search_damaged = TRUE;
}

BaruaStatement *
barua_store_statement (BaruaStoreConnection  *c,
                       BaruaStoreDb           db,
                       const char            *sql,
                       GError               **error)
{
  sqlite3_stmt *statement = g_hash_table_lookup (c->statements[db], sql);

  if (statement != NULL)
    {
      /* A function that is called while it is itself on the stack would share its statement with itself. */
      g_assert (!sqlite3_stmt_busy (statement));
      return statement;
    }
  if (sqlite3_prepare_v3 (c->db[db], sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
    {
      note_damage (c, c->db[db]);
      barua_store_set_error (c->db[db], "store", error);
      return NULL;
    }
  g_hash_table_insert (c->statements[db], (gpointer)sql, statement);
  return statement;
}

static void
bind_all (BaruaStatement *statement,
          const char     *types,
          va_list         arguments)
{
  for (int i = 1; *types != '\0'; types++, i++)
    switch (*types)
      {
      case 'i':
        sqlite3_bind_int64 (statement, i, va_arg (arguments, gint64));
        break;
      case 's':
        sqlite3_bind_text (statement, i, va_arg (arguments, const char *), -1, SQLITE_STATIC);
        break;
      case 'b':
        {
          const void *data = va_arg (arguments, const void *);
          gsize length = va_arg (arguments, gsize);

          sqlite3_bind_blob64 (statement, i, data, length, SQLITE_STATIC);
          break;
        }
      default:
        sqlite3_bind_null (statement, i);
        break;
      }
}

BaruaStatement *
barua_store_query (BaruaStoreConnection  *c,
                   BaruaStoreDb           db,
                   GError               **error,
                   const char            *sql,
                   const char            *types,
                   ...)
{
  BaruaStatement *statement = barua_store_statement (c, db, sql, error);
  va_list arguments;

  if (statement == NULL)
    return NULL;
  va_start (arguments, types);
  bind_all (statement, types, arguments);
  va_end (arguments);
  return statement;
}

gboolean
barua_store_exec (BaruaStoreConnection  *c,
                  BaruaStoreDb           db,
                  GError               **error,
                  const char            *sql,
                  const char            *types,
                  ...)
{
  g_autoptr (BaruaStatement) statement = barua_store_statement (c, db, sql, error);
  va_list arguments;

  if (statement == NULL)
    return FALSE;
  va_start (arguments, types);
  bind_all (statement, types, arguments);
  va_end (arguments);
  return barua_store_finish (c, statement, error);
}

int
barua_store_step (BaruaStoreConnection  *c,
                  BaruaStatement        *statement,
                  GError               **error)
{
  sqlite3 *db = sqlite3_db_handle (statement);
  int rc = sqlite3_step (statement);

  if (G_LIKELY (rc == SQLITE_ROW || rc == SQLITE_DONE))
    return rc;
  note_damage (c, db);
  barua_store_set_error (db, "store", error);
  return 0;
}

gboolean
barua_store_finish (BaruaStoreConnection  *c,
                    BaruaStatement        *statement,
                    GError               **error)
{
  int rc;

  while ((rc = barua_store_step (c, statement, error)) == SQLITE_ROW)
    ;
  return rc == SQLITE_DONE;
}

gboolean
barua_store_get_number (BaruaStoreConnection  *c,
                        BaruaStoreDb           db,
                        gint64                *number,
                        gint64                 fallback,
                        GError               **error,
                        const char            *sql,
                        const char            *types,
                        ...)
{
  g_autoptr (BaruaStatement) statement = barua_store_statement (c, db, sql, error);
  va_list arguments;
  int rc;

  if (statement == NULL)
    return FALSE;
  va_start (arguments, types);
  bind_all (statement, types, arguments);
  va_end (arguments);
  rc = barua_store_step (c, statement, error);
  if (rc == 0)
    return FALSE;
  *number = rc == SQLITE_ROW && sqlite3_column_type (statement, 0) != SQLITE_NULL ? sqlite3_column_int64 (statement, 0)
                                                                                   : fallback;
  return TRUE;
}

const char *
barua_statement_text (BaruaStatement *statement,
                      int             column)
{
  const char *text = (const char *)sqlite3_column_text (statement, column);

  /* A damaged page can put any bytes here. */
  return text != NULL && g_utf8_validate (text, -1, NULL) ? text : "";
}

/* The file that a connection's transactions are about. */
static BaruaStoreDb
home (BaruaStoreConnection *c)
{
  return c->role == BARUA_STORE_ROLE_SEARCHER ? DB_SEARCH : DB_MAIN;
}

gboolean
barua_store_begin (BaruaStoreConnection  *c,
                   GError               **error)
{
  if (c->role != BARUA_STORE_ROLE_READER)
    return barua_store_exec (c, home (c), error, "BEGIN IMMEDIATE", "");
  return barua_store_exec (c, DB_MAIN, error, "BEGIN", "");
}

gboolean
barua_store_begin_cache (BaruaStoreConnection  *c,
                         GError               **error)
{
  if (c->in_cache_transaction)
    return TRUE;
  if (!barua_store_exec (c, DB_CACHE, error, "BEGIN IMMEDIATE", ""))
    return FALSE;
  c->in_cache_transaction = TRUE;
  return TRUE;
}

gboolean
barua_store_commit (BaruaStoreConnection  *c,
                    GError               **error)
{
  /* The cache first: main.db may then say of a body that it is here, and never says so of one that is not. */
  if (c->in_cache_transaction)
    {
      if (!barua_store_exec (c, DB_CACHE, error, "COMMIT", ""))
        return FALSE;
      c->in_cache_transaction = FALSE;
    }
  return barua_store_exec (c, home (c), error, "COMMIT", "");
}

void
barua_store_rollback (BaruaStoreConnection *c)
{
  /* SQLite may have rolled back by itself (disk full). */
  if (!sqlite3_get_autocommit (c->db[home (c)]))
    sqlite3_exec (c->db[home (c)], "ROLLBACK", NULL, NULL, NULL);
  if (c->in_cache_transaction && !sqlite3_get_autocommit (c->db[DB_CACHE]))
    sqlite3_exec (c->db[DB_CACHE], "ROLLBACK", NULL, NULL, NULL);
  c->in_cache_transaction = FALSE;
}

gboolean
barua_store_savepoint (BaruaStoreConnection  *c,
                       GError               **error)
{
  return barua_store_exec (c, DB_MAIN, error, "SAVEPOINT job", "");
}

gboolean
barua_store_release (BaruaStoreConnection  *c,
                     GError               **error)
{
  return barua_store_exec (c, DB_MAIN, error, "RELEASE job", "");
}

void
barua_store_rollback_to (BaruaStoreConnection *c)
{
  sqlite3_exec (c->db[DB_MAIN], "ROLLBACK TO job; RELEASE job", NULL, NULL, NULL);
}
