/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "barua-store-list.h"
#include "barua-store-private.h"
#include "barua-store-search.h"
#include "barua-store-wish.h"

static char *
db_path (Fixture    *fixture,
         const char *name)
{
  return g_build_filename (fixture->dir, name, NULL);
}

static void
test_lock (void)
{
  Fixture fixture = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) second_error = NULL;
  BaruaStore *second;
  GPtrArray *problems = NULL;
  GStatBuf info;

  fixture_init (&fixture);
  fixture_fill (&fixture, 30);
  g_assert_null (barua_store_open (fixture.dir, BARUA_STORE_DEFAULT, NULL, &error));
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_PROFILE_IN_USE);
  g_clear_error (&error);

  second = barua_store_open (fixture.dir, BARUA_STORE_READ_ONLY, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (barua_store_read_now (second, "check", fixture_do_check, &problems, &error));
  g_assert_cmpuint (problems->len, ==, 0);
  g_ptr_array_unref (problems);
  g_assert_false (barua_store_write_now (second, BARUA_STORE_NORMAL, "account", fixture_make_account, &fixture, &second_error));
  g_assert_error (second_error, BARUA_ERROR, BARUA_ERROR_INVALID);
  barua_store_unref (second);

  for (BaruaStoreDb i = 0; i < N_DB; i++)
    {
      g_autofree char *path = db_path (&fixture, barua_store_file_names[i]);

      g_assert_cmpint (g_stat (path, &info), ==, 0);
      g_assert_cmpint (info.st_mode & 0777, ==, 0600);
    }
  g_assert_cmpint (g_stat (fixture.dir, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
  fixture_clear (&fixture);
}

static void
test_newer (void)
{
  Fixture fixture = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize before_length;
  gsize after_length;
  sqlite3 *db = NULL;
  g_autoptr (GError) error = NULL;

  fixture_init (&fixture);
  fixture_close (&fixture);
  path = db_path (&fixture, "main.db");
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA user_version = 9999", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  g_assert_true (g_file_get_contents (path, &before, &before_length, NULL));
  g_assert_null (barua_store_open (fixture.dir, BARUA_STORE_DEFAULT, NULL, &error));
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_STORE_NEWER);
  g_assert_true (g_file_get_contents (path, &after, &after_length, NULL));
  g_assert_cmpmem (before, before_length, after, after_length);
  fixture_clear (&fixture);
}

/* Every version up to this one, made here, becomes the current one. */
static void
test_migrations (void)
{
  for (int version = 0; version <= barua_store_schema_versions[DB_MAIN]; version++)
    {
      Fixture fixture = { .dir = g_dir_make_tmp ("barua-store-XXXXXX", NULL) };
      g_autofree char *path = db_path (&fixture, "main.db");
      g_autoptr (GError) error = NULL;
      sqlite3 *db = barua_store_open_file (path, TRUE, TRUE, &error);

      g_assert_no_error (error);
      g_assert_true (barua_store_schema_prepare_to (db, DB_MAIN, version, &error));
      sqlite3_close (db);
      fixture_open (&fixture);
      g_assert_null (barua_store_get_set_aside (fixture.store));
      fixture_assert_sound (&fixture);
      fixture_clear (&fixture);
    }
}

static gboolean
wish_first (BaruaStoreConnection  *c,
            gpointer               data,
            GError               **error)
{
  g_autoptr (BaruaIdSet) ids = barua_id_set_new ();

  barua_id_set_add_range (ids, 1, 5);
  return barua_store_wish_flags (c, ids, BARUA_FLAG_FLAGGED, BARUA_FLAG_FLAGGED, NULL, error);
}

static gboolean
count_wishes (BaruaStoreConnection  *c,
              gpointer               data,
              GError               **error)
{
  return barua_store_wish_count (c, 0, data, error);
}

static void
copy_to (Fixture    *from,
         Fixture    *to,
         const char *name,
         GRand      *rand,
         guint       n_flips)
{
  g_autofree char *source = db_path (from, name);
  g_autofree char *target = db_path (to, name);
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (source, &bytes, &length, NULL));
  for (guint i = 0; i < n_flips; i++)
    bytes[g_rand_int_range (rand, 0, (gint32)length)] ^= (char)(1 << g_rand_int_range (rand, 0, 8));
  g_assert_true (g_file_set_contents (target, bytes, (gssize)length, NULL));
}

/* Whatever the bytes: opening ends well or in a clear error, using it never crashes, and after the damage was noticed the
 * store that is opened next is sound and takes mail. */
static void
use_damaged (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  BaruaIngest item = ingest_make (5000, "<new@a.example>", NULL, "bo@a.example", "New", 1000);
  IngestCall call = { 1, &item, 1, NULL, { 0 } };
  guint n_wishes;
  gboolean sound = FALSE;

  for (guint attempt = 0; attempt < 3 && !sound; attempt++)
    {
      g_autoptr (GPtrArray) problems = NULL;

      g_clear_error (&error);
      fixture->store = barua_store_open (fixture->dir, BARUA_STORE_DEFAULT, NULL, &error);
      if (fixture->store == NULL)
        {
          g_assert_error (error, BARUA_ERROR, BARUA_ERROR_STORE_NEWER);
          break;
        }
      barua_store_write_now (fixture->store, BARUA_STORE_NORMAL, "ingest", fixture_do_ingest, &call, NULL);
      barua_store_read_now (fixture->store, "wishes", count_wishes, &n_wishes, NULL);
      if (barua_store_read_now (fixture->store, "check", fixture_do_check, &problems, NULL) && problems->len == 0)
        sound = TRUE;
      fixture_close (fixture);
      if (!sound && problems != NULL)
        {
          /* What only the long check can see, "verify" would report; the next start then looks itself. */
          g_autofree char *marker = db_path (fixture, "unclean");

          g_file_set_contents (marker, "damaged\n", -1, NULL);
        }
    }
  ingest_clear (&item);
}

static void
test_bit_flips (void)
{
  Fixture good = { 0 };
  guint n_seeds = g_test_slow () ? 1000 : 200;
  g_autoptr (GError) error = NULL;

  fixture_init (&good);
  fixture_fill (&good, 200);
  barua_store_write_now (good.store, BARUA_STORE_WISH, "wish", wish_first, NULL, &error);
  g_assert_no_error (error);
  fixture_close (&good);
  for (guint32 seed = 1; seed <= n_seeds; seed++)
    {
      Fixture bad = { .dir = g_dir_make_tmp ("barua-store-XXXXXX", NULL) };
      g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

      for (BaruaStoreDb i = 0; i < N_DB; i++)
        copy_to (&good, &bad, barua_store_file_names[i], rand, seed % 4 == i || seed % 4 == 3 ? seed % 20 + 1 : 0);
      use_damaged (&bad);
      fixture_clear (&bad);
    }
  fixture_clear (&good);
}

typedef enum
{
  DAMAGE_ZERO_LENGTH,
  DAMAGE_TRUNCATED,
  DAMAGE_NOISE,
  DAMAGE_SCHEMA,
  DAMAGE_FOREIGN_LOG,
  N_DAMAGES
} Damage;

static void
test_wishes_survive (gconstpointer data)
{
  Damage damage = GPOINTER_TO_UINT (data);
  Fixture fixture = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *log = NULL;
  g_autofree char *bytes = NULL;
  gsize length;
  guint n_wishes = 0;

  fixture_init (&fixture);
  fixture_fill (&fixture, 400);
  barua_store_write_now (fixture.store, BARUA_STORE_WISH, "wish", wish_first, NULL, &error);
  g_assert_no_error (error);
  fixture_close (&fixture);
  path = db_path (&fixture, "main.db");
  log = g_strconcat (path, "-wal", NULL);
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  switch (damage)
    {
    case DAMAGE_ZERO_LENGTH:
      length = 0;
      break;
    case DAMAGE_TRUNCATED:
      length -= length / 8 + 100;
      break;
    case DAMAGE_NOISE:
      memset (bytes + length - 3 * 4096, 0x5A, 4096);
      break;
    case DAMAGE_SCHEMA:
      memset (bytes + 100, 0x5A, 3000);
      break;
    case DAMAGE_FOREIGN_LOG:
    default:
      g_assert_true (g_file_set_contents (log, bytes, (gssize)length, NULL));
      break;
    }
  g_assert_true (g_file_set_contents (path, bytes, (gssize)length, NULL));
  {
    g_autofree char *marker = db_path (&fixture, "unclean");

    g_assert_true (g_file_set_contents (marker, "open\n", -1, NULL));
  }
  fixture_open (&fixture);
  fixture_assert_sound (&fixture);
  g_assert_true (barua_store_read_now (fixture.store, "wishes", count_wishes, &n_wishes, &error));
  /* An empty file is a new store; from all others the wishes, in pages that were not touched, came over. */
  g_assert_cmpuint (n_wishes, ==, damage == DAMAGE_ZERO_LENGTH ? 0 : 5);
  if (damage == DAMAGE_TRUNCATED || damage == DAMAGE_NOISE || damage == DAMAGE_SCHEMA)
    {
      g_assert_nonnull (barua_store_get_set_aside (fixture.store));
      g_assert_true (g_file_test (barua_store_get_set_aside (fixture.store), G_FILE_TEST_IS_DIR));
    }
  fixture_clear (&fixture);
}

static gboolean
ingest_many (BaruaStoreConnection  *c,
             gpointer               data,
             GError               **error)
{
  Fixture *fixture = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  gboolean ok = TRUE;

  for (guint i = 0; i < 2000 && ok; i++)
    {
      BaruaIngest item = ingest_generate (10000 + i, rand);

      ok = barua_store_message_ingest (c, fixture->folder, &item, 1, NULL, NULL, error);
      ingest_clear (&item);
    }
  return ok;
}

/* The disk is full, as far as this process can write. */
static void
test_no_space (void)
{
  Fixture fixture = { 0 };
  struct rlimit old;
  struct rlimit small;
  g_autoptr (GError) error = NULL;

  signal (SIGXFSZ, SIG_IGN);
  fixture_init (&fixture);
  fixture_fill (&fixture, 300);
  getrlimit (RLIMIT_FSIZE, &old);
  small = old;
  small.rlim_cur = 400 * 1024;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  g_assert_false (barua_store_write_now (fixture.store, BARUA_STORE_BATCH, "many", ingest_many, &fixture, &error));
  setrlimit (RLIMIT_FSIZE, &old);
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_NO_SPACE);
  /* Nothing half done, and it goes on when there is room. */
  fixture_assert_sound (&fixture);
  g_clear_error (&error);
  g_assert_true (barua_store_write_now (fixture.store, BARUA_STORE_BATCH, "many", ingest_many, &fixture, &error));
  fixture_assert_sound (&fixture);
  fixture_clear (&fixture);
}

/* The child writes until it is killed; what it was told is on disk must be there. */
static void
write_until_killed (const char *dir,
                    int         report)
{
  Fixture fixture = { .dir = g_strdup (dir) };
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);

  fixture.store = barua_store_open (dir, BARUA_STORE_DEFAULT, NULL, NULL);
  fixture.folder = 1;
  for (guint i = 0;; i++)
    {
      BaruaIngest items[50];
      g_autoptr (BaruaIdSet) ids = barua_id_set_new ();

      for (guint k = 0; k < 50; k++)
        items[k] = ingest_generate (i * 50 + k + 1000, rand);
      fixture_ingest (&fixture, 1, items, 50, NULL);
      for (guint k = 0; k < 50; k++)
        ingest_clear (&items[k]);
      if (barua_store_write_now (fixture.store, BARUA_STORE_WISH, "wish", wish_first, NULL, NULL) &&
          write (report, "w", 1) != 1)
        _exit (1);
    }
}

static void
test_kill (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32)g_test_rand_int ());

  for (guint round = 0; round < (g_test_slow () ? 100u : 12u); round++)
    {
      Fixture fixture = { 0 };
      int pipe_ends[2];
      char byte;
      guint n_wishes = 0;
      g_autoptr (GError) error = NULL;
      pid_t child;

      fixture_init (&fixture);
      fixture_fill (&fixture, 20);
      fixture_close (&fixture);
      g_assert_cmpint (pipe (pipe_ends), ==, 0);
      child = fork ();
      g_assert_cmpint (child, >=, 0);
      if (child == 0)
        write_until_killed (fixture.dir, pipe_ends[1]);
      g_assert_cmpint (read (pipe_ends[0], &byte, 1), ==, 1);
      g_usleep ((gulong)g_rand_int_range (rand, 0, 60000));
      kill (child, SIGKILL);
      waitpid (child, NULL, 0);
      close (pipe_ends[0]);
      close (pipe_ends[1]);
      fixture_open (&fixture);
      g_assert_null (barua_store_get_set_aside (fixture.store));
      fixture_assert_sound (&fixture);
      g_assert_true (barua_store_read_now (fixture.store, "wishes", count_wishes, &n_wishes, &error));
      g_assert_cmpuint (n_wishes, ==, 5);
      fixture_clear (&fixture);
    }
}

static void
ingest_many_now (Fixture *fixture)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  BaruaIngest items[1000];

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    items[i] = ingest_generate (5000 + i, rand);
  fixture_ingest (fixture, fixture->folder, items, G_N_ELEMENTS (items), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    ingest_clear (&items[i]);
}

static gboolean
count_rows (BaruaStoreConnection  *c,
            gpointer               data,
            GError               **error)
{
  gint64 n;

  if (!barua_store_get_number (c, DB_MAIN, &n, 0, error, "SELECT count(*) FROM message", ""))
    return FALSE;
  *(guint *)data = (guint)n;
  return TRUE;
}

static gboolean
has_folder (BaruaStoreConnection  *c,
            gpointer               data,
            GError               **error)
{
  g_autoptr (BaruaStoreFolder) folder = barua_store_folder_load (c, ((Fixture *)data)->folder, error);

  return folder != NULL;
}

/* main.db alone of a store that was never closed: its log is gone, and perhaps only half of it had been written back. */
static void
test_log_missing (gconstpointer data)
{
  gboolean torn = GPOINTER_TO_INT (data);
  Fixture fixture = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *log = NULL;
  g_autofree char *index = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize n_before;
  gsize n_after;
  g_autoptr (GError) error = NULL;
  pid_t child;
  int status;
  guint n_rows = 0;

  fixture_init (&fixture);
  fixture_fill (&fixture, 1500);
  fixture_close (&fixture);
  path = g_build_filename (fixture.dir, "main.db", NULL);
  log = g_strconcat (path, "-wal", NULL);
  index = g_strconcat (path, "-shm", NULL);
  g_assert_true (g_file_get_contents (path, &before, &n_before, NULL));
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      fixture_open (&fixture);
      ingest_many_now (&fixture);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  g_assert_true (g_file_test (log, G_FILE_TEST_EXISTS));
  if (torn)
    {
      sqlite3 *db = NULL;

      g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
      g_assert_cmpint (sqlite3_exec (db, "PRAGMA wal_checkpoint (TRUNCATE)", NULL, NULL, NULL), ==, SQLITE_OK);
      sqlite3_close (db);
      g_assert_true (g_file_get_contents (path, &after, &n_after, NULL));
      g_assert_cmpuint (n_after, >, n_before);
      /* SQLite writes pages back in their order. */
      memcpy (before, after, n_before / 8192 * 4096);
      g_assert_true (g_file_set_contents (path, before, (gssize)n_before, NULL));
    }
  g_unlink (log);
  g_unlink (index);

  fixture_open (&fixture);
  g_assert_true ((barua_store_get_set_aside (fixture.store) != NULL) == torn);
  fixture_assert_sound (&fixture);
  g_assert_true (barua_store_read_now (fixture.store, "rows", count_rows, &n_rows, &error));
  g_test_message ("%u messages", n_rows);
  /* What half a table gives is not promised: the server has it; without a log it is what was there before. */
  if (!torn)
    g_assert_cmpuint (n_rows, ==, 1500);
  /* It goes on from there. */
  if (barua_store_read_now (fixture.store, "folder", has_folder, &fixture, NULL))
    {
      ingest_many_now (&fixture);
      fixture_assert_sound (&fixture);
    }
  fixture_clear (&fixture);
}

/* What a list, a sync or a search asks must not walk a table or sort. */
static gboolean
explain (BaruaStoreConnection  *c,
         gpointer               data,
         GError               **error)
{
  static const char * const queries[] = {
    "SELECT id, date FROM message WHERE shown_folder = 1 ORDER BY date DESC, id DESC LIMIT 64",
    "SELECT newest, newest_date FROM conversation_folder WHERE folder = 1 ORDER BY newest_date DESC, newest DESC LIMIT 64",
    "SELECT id, date FROM message WHERE shown_folder = 1 ORDER BY date, id LIMIT 64",
    "SELECT newest, newest_date FROM conversation_folder WHERE folder = 1 ORDER BY newest_date, newest LIMIT 64",
    "SELECT m.id, m.thread FROM message m INDEXED BY message_thread WHERE m.thread = 2 AND m.shown_folder = 1",
    "SELECT m.id FROM message m JOIN folder f ON f.id = m.shown_folder WHERE m.id = 2 AND (1 = 0 OR m.shown_folder = 1)"
    " AND (3 = 0 OR f.account = 3)",
    "SELECT target FROM thread_alias WHERE thread = 1",
    "SELECT uid FROM message WHERE server_folder = 1 AND uid BETWEEN 1 AND 9 ORDER BY uid",
    "SELECT uid FROM message WHERE server_folder = 1 AND uid > 0 ORDER BY uid DESC LIMIT 250",
    "SELECT id FROM message WHERE server_folder = 1 AND uid = 5",
    "SELECT 1 FROM message WHERE server_folder = 1 AND uid IS NULL LIMIT 1",
    "SELECT id FROM message WHERE sent_batch = 4",
    "SELECT thread, content FROM msgid WHERE hash = 5",
    "SELECT count, newest, newest_date FROM conversation_folder WHERE thread = 1 AND folder = 1",
    "SELECT id FROM address WHERE key = 'x'",
    "SELECT id FROM correspondent WHERE address = 1 AND name = 'x'",
    "SELECT address, name FROM address WHERE known != 0 ORDER BY last_seen DESC LIMIT 10",
    "SELECT m.server_folder FROM message m INDEXED BY message_wish CROSS JOIN folder f ON f.id = m.server_folder"
    " WHERE m.wish_mask != 0 AND m.sent_batch IS NULL AND m.uid IS NOT NULL AND f.account = 1 AND m.server_folder > 0"
    " ORDER BY m.server_folder, m.wish_mask, m.wish_bits",
    "SELECT m.thread, p.name, a.address, v.text FROM message m JOIN folder f ON f.id = m.shown_folder"
    " LEFT JOIN correspondent p ON p.id = m.sender LEFT JOIN address a ON a.id = p.address"
    " LEFT JOIN preview v ON v.message = m.id WHERE m.id = 1",
    "SELECT id, date FROM message WHERE id > 5 ORDER BY id LIMIT 100",
  };

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autofree char *sql = g_strconcat ("EXPLAIN QUERY PLAN ", queries[i], NULL);
      sqlite3_stmt *s = NULL;

      g_assert_cmpint (sqlite3_prepare_v2 (c->db[DB_MAIN], sql, -1, &s, NULL), ==, SQLITE_OK);
      while (sqlite3_step (s) == SQLITE_ROW)
        {
          const char *plan = (const char *)sqlite3_column_text (s, 3);

          g_test_message ("%s: %s", queries[i], plan);
          /* A partial index holds just what is looked for. */
          g_assert_true (!g_str_has_prefix (plan, "SCAN") || strstr (plan, "INDEX message_wish") != NULL ||
                         strstr (plan, "INDEX address_known") != NULL);
          g_assert_null (strstr (plan, "TEMP B-TREE"));
        }
      sqlite3_finalize (s);
    }
  return TRUE;
}

static void
test_plans (void)
{
  Fixture fixture = { 0 };
  g_autoptr (GError) error = NULL;

  fixture_init (&fixture);
  barua_store_read_now (fixture.store, "explain", explain, NULL, &error);
  g_assert_no_error (error);
  fixture_clear (&fixture);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* Damage is warned of; here it is made on purpose. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  g_test_add_func ("/store/soundness/kill", test_kill);
  g_test_add_func ("/store/soundness/lock", test_lock);
  g_test_add_func ("/store/soundness/newer", test_newer);
  g_test_add_func ("/store/soundness/migrations", test_migrations);
  g_test_add_func ("/store/soundness/plans", test_plans);
  g_test_add_func ("/store/soundness/no-space", test_no_space);
  g_test_add_data_func ("/store/soundness/log-missing", GINT_TO_POINTER (FALSE), test_log_missing);
  g_test_add_data_func ("/store/soundness/log-missing-torn", GINT_TO_POINTER (TRUE), test_log_missing);
  g_test_add_func ("/store/soundness/bit-flips", test_bit_flips);
  for (guint i = 0; i < N_DAMAGES; i++)
    {
      g_autofree char *name = g_strdup_printf ("/store/soundness/damage-%u", i);

      g_test_add_data_func (name, GUINT_TO_POINTER (i), test_wishes_survive);
    }
  return g_test_run ();
}
