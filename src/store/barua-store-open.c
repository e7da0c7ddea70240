/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "barua-limits.h"
#include "barua-store-lanes.h"

/* The files of a store: made, checked, mended and opened before any thread of it runs. */

static gboolean
take_lock (BaruaStore  *self,
           GError     **error)
{
  g_autofree char *path = g_build_filename (self->dir, "lock", NULL);
  int number;

  self->lock_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (self->lock_fd < 0)
    {
      number = errno;
      g_set_error (error, BARUA_ERROR,
                   number == ENOSPC || number == EDQUOT ? BARUA_ERROR_NO_SPACE : BARUA_ERROR_IO, "%s: %s", path,
                   g_strerror (number));
      return FALSE;
    }
  if (flock (self->lock_fd, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  number = errno;
  g_set_error (error, BARUA_ERROR, number == EWOULDBLOCK ? BARUA_ERROR_PROFILE_IN_USE : BARUA_ERROR_IO,
               "%s: %s", path, number == EWOULDBLOCK ? "another process owns this profile" : g_strerror (number));
  return FALSE;
}

static gboolean
make_dir (const char  *dir,
          GError     **error)
{
  if (g_mkdir_with_parents (dir, 0700) != 0)
    {
      int number = errno;

      g_set_error (error, BARUA_ERROR,
                   number == ENOSPC || number == EDQUOT ? BARUA_ERROR_NO_SPACE : BARUA_ERROR_IO, "%s: %s", dir,
                   g_strerror (number));
      return FALSE;
    }
  if (g_chmod (dir, 0700) != 0)
    g_debug ("%s: mode not changed: %s", dir, g_strerror (errno));
  return TRUE;
}

/* "unclean" is there while the store is open, and stays when SQLite reported damage. */
void
barua_store_set_unclean (BaruaStore *self,
                         gboolean    unclean,
                         gboolean    damaged)
{
  g_autofree char *path = g_build_filename (self->dir, "unclean", NULL);

  if (unclean)
    g_file_set_contents_full (path, damaged ? "damaged\n" : "open\n", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
  else
    g_unlink (path);
}

/* After an unclean end (or with a log that this program did not leave) the file is looked through once: a foreign or missing
 * log shows there. */
static gboolean
is_sound (BaruaStore *self,
          sqlite3    *db,
          const char *path,
          gboolean    had_log)
{
  g_autofree char *marker = g_build_filename (self->dir, "unclean", NULL);
  g_autofree char *text = NULL;
  GStatBuf info;
  sqlite3_stmt *statement = NULL;
  gboolean sound;

  if (!g_file_get_contents (marker, &text, NULL, NULL) && !had_log)
    return TRUE;
  if ((text == NULL || !g_str_has_prefix (text, "damaged")) && g_stat (path, &info) == 0 &&
      (guint64)info.st_size > BARUA_STORE_CHECK_BYTES)
    return TRUE;
  sound = sqlite3_prepare_v2 (db, "PRAGMA quick_check (1)", -1, &statement, NULL) == SQLITE_OK &&
          sqlite3_step (statement) == SQLITE_ROW &&
          g_strcmp0 ((const char *)sqlite3_column_text (statement, 0), "ok") == 0;
  sqlite3_finalize (statement);
  return sound;
}

static gboolean
prepare_main (BaruaStore  *self,
              GError     **error)
{
  g_autofree char *path = g_build_filename (self->dir, barua_store_file_names[DB_MAIN], NULL);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  GStatBuf info;
  gboolean had_log = g_stat (log, &info) == 0 && info.st_size > 0;
  sqlite3 *db = barua_store_open_file (path, TRUE, TRUE, error);
  gboolean ok;

  if (db == NULL)
    return FALSE;
  ok = barua_store_schema_prepare (db, DB_MAIN, error);
  if (ok && !is_sound (self, db, path, had_log))
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_STORE_DAMAGED, "main.db did not pass its check");
      ok = FALSE;
    }
  sqlite3_close (db);
  return ok;
}

static void
remove_database (const char   *dir,
                 BaruaStoreDb  which)
{
  static const char * const ends[] = { "", "-wal", "-shm", "-journal" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path = g_strconcat (dir, "/", barua_store_file_names[which], ends[i], NULL);

      g_unlink (path);
    }
}

static gboolean
prepare_derived_once (BaruaStore    *self,
                      BaruaStoreDb   which,
                      GError       **error)
{
  g_autofree char *path = g_build_filename (self->dir, barua_store_file_names[which], NULL);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  GStatBuf info;
  gboolean had_log = g_stat (log, &info) == 0 && info.st_size > 0;
  sqlite3 *db = barua_store_open_file (path, TRUE, TRUE, error);
  gboolean ok;

  if (db == NULL)
    return FALSE;
  ok = barua_store_schema_prepare (db, which, error);
  /* The cache is too large to be looked through; its contents are checked as they are read. */
  if (ok && which == DB_SEARCH && !is_sound (self, db, path, had_log))
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_STORE_DAMAGED, "%s did not pass its check", path);
      ok = FALSE;
    }
  sqlite3_close (db);
  return ok;
}

/* cache.db and search.db hold nothing that can't be had again. */
static gboolean
prepare_derived (BaruaStore    *self,
                 BaruaStoreDb   which,
                 GError       **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *marker = g_strconcat (self->dir, "/", barua_store_file_names[which], "-damaged", NULL);
  BaruaErrorCode code;

  if (g_unlink (marker) == 0)
    remove_database (self->dir, which);
  if (prepare_derived_once (self, which, &local))
    return TRUE;
  code = barua_error_get_code (local);
  if (code == BARUA_ERROR_NO_SPACE)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  g_message ("%s is made anew: %s", barua_store_file_names[which], local->message);
  remove_database (self->dir, which);
  return prepare_derived_once (self, which, error);
}

/* Ids that the cache or the index know must not be given out again, even when main.db lost its last transactions in a power
 * cut. */
static gboolean
find_least_id (BaruaStoreConnection  *c,
               gint64                *least,
               GError               **error)
{
  gint64 body;
  gint64 cursor;

  if (!barua_store_get_number (c, DB_CACHE, &body, 0, error, "SELECT max (id) FROM body", "") ||
      !barua_store_get_number (c, DB_SEARCH, &cursor, 0, error, "SELECT value FROM meta WHERE key = 'cursor'", ""))
    return FALSE;
  *least = MAX (body, cursor) + 1;
  return TRUE;
}

/* The index belongs to this main.db, else it starts from nothing. */
static gboolean
match_search (BaruaStore  *self,
              GError     **error)
{
  BaruaStoreConnection *c = barua_store_connection_open (self->dir, BARUA_STORE_ROLE_SEARCHER, error);
  gint64 mine;
  gint64 its;
  gboolean ok;

  if (c == NULL)
    return FALSE;
  ok = barua_store_get_number (c, DB_MAIN, &mine, 0, error, "SELECT value FROM meta WHERE key = 'store'", "") &&
       barua_store_get_number (c, DB_SEARCH, &its, 0, error, "SELECT value FROM meta WHERE key = 'store'", "");
  if (ok && its != 0 && mine != its)
    {
      barua_store_connection_close (c);
      remove_database (self->dir, DB_SEARCH);
      return prepare_derived_once (self, DB_SEARCH, error) && match_search (self, error);
    }
  ok = ok && (its == mine || barua_store_exec (c, DB_SEARCH, error, "UPDATE meta SET value = ?1 WHERE key = 'store'", "i",
                                               mine));
  barua_store_connection_close (c);
  return ok;
}

/* The cache belongs to this main.db, else it starts from nothing; and where it does, no message has its body here any more. */
static gboolean
match_cache (BaruaStore  *self,
             GError     **error)
{
  BaruaStoreConnection *c = barua_store_connection_open (self->dir, BARUA_STORE_ROLE_WRITER, error);
  gint64 mine;
  gint64 its;
  gboolean ok;

  if (c == NULL)
    return FALSE;
  ok = barua_store_get_number (c, DB_MAIN, &mine, 0, error, "SELECT value FROM meta WHERE key = 'store'", "") &&
       barua_store_get_number (c, DB_CACHE, &its, 0, error, "SELECT value FROM meta WHERE key = 'store'", "");
  if (ok && its != 0 && mine != its)
    {
      barua_store_connection_close (c);
      remove_database (self->dir, DB_CACHE);
      return prepare_derived_once (self, DB_CACHE, error) && match_cache (self, error);
    }
  ok = ok && (its == mine ||
              (barua_store_exec (c, DB_MAIN, error, "UPDATE message SET traits = traits & ~?1 WHERE (traits & ?1) != 0", "i",
                                 (gint64)TRAIT_BODY_HERE) &&
               barua_store_exec (c, DB_CACHE, error, "INSERT OR REPLACE INTO meta VALUES ('store', ?1)", "i", mine)));
  barua_store_connection_close (c);
  return ok;
}

static gboolean
prepare_files (BaruaStore  *self,
               GError     **error)
{
  g_autoptr (GError) local = NULL;

  barua_store_salvage_finish (self->dir);
  if (self->salvage_now)
    g_set_error (&local, BARUA_ERROR, BARUA_ERROR_STORE_DAMAGED, "its rows can't be read");
  if (self->salvage_now || !prepare_main (self, &local))
    {
      if (barua_error_get_code (local) != BARUA_ERROR_STORE_DAMAGED)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      g_warning ("main.db is damaged and is made anew: %s", local->message);
      if (!barua_store_salvage (self->dir, &self->set_aside, error))
        return FALSE;
      /* Message ids start anew: bodies and index rows by the old ones are others' now. */
      remove_database (self->dir, DB_CACHE);
      remove_database (self->dir, DB_SEARCH);
      barua_store_set_unclean (self, FALSE, FALSE);
      self->salvage_now = FALSE;
      if (!prepare_main (self, error))
        return FALSE;
    }
  return prepare_derived (self, DB_CACHE, error) && prepare_derived (self, DB_SEARCH, error) &&
         match_cache (self, error) && match_search (self, error);
}

static gboolean
start_writer (BaruaStore            *self,
              BaruaStoreConnection  *c,
              GError               **error)
{
  gint64 least;

  return find_least_id (c, &least, error) && barua_store_writer_init (c, least, error) &&
         barua_store_wish_recover (c, error) && barua_store_refusal_tidy (c, error);
}

static BaruaStoreConnection *
add_connection (BaruaStore      *self,
                BaruaStoreRole   role,
                GError         **error)
{
  BaruaStoreConnection *c = barua_store_connection_open (self->dir, role, error);

  if (c != NULL)
    g_ptr_array_add (self->connections, c);
  return c;
}

/* Writer, searcher and readers, in this order. */
static gboolean
open_connections (BaruaStore  *self,
                  GError     **error)
{
  BaruaStoreConnection *writer;

  g_ptr_array_set_size (self->connections, 0);
  if (!prepare_files (self, error))
    return FALSE;
  barua_store_set_unclean (self, TRUE, FALSE);
  writer = add_connection (self, BARUA_STORE_ROLE_WRITER, error);
  if (writer == NULL || !start_writer (self, writer, error) ||
      add_connection (self, BARUA_STORE_ROLE_SEARCHER, error) == NULL)
    return FALSE;
  for (guint i = 0; i < BARUA_STORE_READERS; i++)
    if (add_connection (self, BARUA_STORE_ROLE_READER, error) == NULL)
      return FALSE;
  return TRUE;
}

gboolean
barua_store_open_owner (BaruaStore  *self,
                        GError     **error)
{
  gboolean opened = FALSE;

  if (!make_dir (self->dir, error) || !take_lock (self, error))
    return FALSE;
  /* Damage that shows only when rows are read: first what can be had again goes, then main.db is looked through whole. */
  for (guint attempt = 0; attempt < 3 && !opened; attempt++)
    {
      g_autoptr (GError) local = NULL;

      opened = open_connections (self, &local);
      if (opened)
        break;
      g_ptr_array_set_size (self->connections, 0);
      if (barua_error_get_code (local) != BARUA_ERROR_STORE_DAMAGED || attempt == 2)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      remove_database (self->dir, DB_SEARCH);
      remove_database (self->dir, DB_CACHE);
      if (attempt == 1)
        g_clear_pointer (&self->set_aside, g_free);
      self->salvage_now = attempt == 1;
    }
  self->search_dirty = 1;
  return TRUE;
}

gboolean
barua_store_open_read_only (BaruaStore  *self,
                            GError     **error)
{
  g_autofree char *path = g_build_filename (self->dir, barua_store_file_names[DB_MAIN], NULL);
  BaruaStoreConnection *c;
  gint64 version;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no store in %s", self->dir);
      return FALSE;
    }
  for (guint i = 0; i < BARUA_STORE_READERS; i++)
    if (add_connection (self, BARUA_STORE_ROLE_READER, error) == NULL)
      return FALSE;
  c = g_ptr_array_index (self->connections, 0);
  if (!barua_store_get_number (c, DB_MAIN, &version, 0, error, "PRAGMA user_version", ""))
    return FALSE;
  if (version != barua_store_schema_versions[DB_MAIN])
    {
      g_set_error (error, BARUA_ERROR,
                   version > barua_store_schema_versions[DB_MAIN] ? BARUA_ERROR_STORE_NEWER : BARUA_ERROR_BUSY,
                   "main.db has version %d", (int)version);
      return FALSE;
    }
  return TRUE;
}
