/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cache keeps its bound by itself, and what is kept is packed. */
#include "barua-cache-keeper.h"

#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>

#include "barua-fiber.h"
#include "barua-limits.h"
#include "barua-store-body.h"
#include "store-fixture.h"

#define N_BODIES   40u
#define BODY_BYTES 20000u

typedef struct
{
  gint64  folder;
  guint64 bytes;
  guint   n_bodies;
  guint   n_here;
} Story;

static GMainLoop *loop;

static gboolean
fill (BaruaStoreConnection  *c,
      gpointer               data,
      GError               **error)
{
  const Story *story = data;
  g_autofree char *text = g_strnfill (BODY_BYTES, 'a');
  g_autoptr (GBytes) body = g_bytes_new (text, BODY_BYTES);

  for (guint uid = 1; uid <= N_BODIES; uid++)
    {
      gint64 id = barua_store_message_find_uid (c, story->folder, uid, error);

      g_assert_true (barua_store_body_save (c, id, "", NULL, body, BARUA_BODY_RAW, error));
    }
  return TRUE;
}

static gboolean
look (BaruaStoreConnection  *c,
      gpointer               data,
      GError               **error)
{
  Story *story = data;

  return barua_store_body_get_usage (c, &story->bytes, &story->n_bodies, error);
}

static DexFuture *
tidy (gpointer data)
{
  Fixture *fixture = data;
  Story story = { .folder = fixture->folder };
  g_autoptr (GError) error = NULL;
  guint64 before;

  g_assert_true (barua_store_write_now (fixture->store, BARUA_STORE_NORMAL, "fill", fill, &story, &error));
  g_assert_true (barua_store_read_now (fixture->store, "look", look, &story, &error));
  before = story.bytes;
  g_assert_cmpuint (before, >=, N_BODIES * BODY_BYTES);

  /* Nothing is over the bound: nothing goes. */
  g_assert_true (dex_await (barua_cache_tidy (fixture->store, 0), &error));
  g_assert_true (barua_store_read_now (fixture->store, "look", look, &story, &error));
  g_assert_cmpuint (story.bytes, ==, before);

  g_assert_true (dex_await (barua_cache_tidy (fixture->store, before / 2), &error));
  g_assert_true (barua_store_read_now (fixture->store, "look", look, &story, &error));
  g_assert_cmpuint (story.bytes, <=, before / 2);
  g_assert_cmpuint (story.bytes, >, 0);

  before = story.bytes;
  g_assert_true (dex_await (barua_cache_pack (fixture->store, NULL), &error));
  g_assert_no_error (error);
  g_assert_true (barua_store_read_now (fixture->store, "look", look, &story, &error));
  g_assert_cmpuint (story.bytes, <, before / 10);
  g_main_loop_quit (loop);
  return dex_future_new_true ();
}

static void
test_tidy (void)
{
  Fixture fixture = { 0 };

  fixture_init (&fixture);
  fixture_fill (&fixture, N_BODIES);
  barua_fiber_spawn ("test", tidy, &fixture, NULL);
  g_main_loop_run (loop);
  fixture_clear (&fixture);
}

/* Above its bound as it came, below it once packed: nothing may go. What is too much even then does. */
static DexFuture *
pack_first (gpointer data)
{
  Fixture *fixture = data;
  Story story = { .folder = fixture->folder };
  g_autoptr (GError) error = NULL;
  guint64 packed;

  g_assert_true (barua_store_write_now (fixture->store, BARUA_STORE_NORMAL, "fill", fill, &story, &error));
  g_assert_true (dex_await (barua_cache_keep (fixture->store, N_BODIES * BODY_BYTES / 2, NULL), &error));
  g_assert_no_error (error);
  g_assert_true (barua_store_read_now (fixture->store, "look", look, &story, &error));
  g_assert_cmpuint (story.n_bodies, ==, N_BODIES);
  packed = story.bytes;
  g_assert_cmpuint (packed, <, N_BODIES * BODY_BYTES / 10);

  g_assert_true (dex_await (barua_cache_keep (fixture->store, packed / 2, NULL), &error));
  g_assert_true (barua_store_read_now (fixture->store, "look", look, &story, &error));
  g_assert_cmpuint (story.bytes, <=, packed / 2);
  g_assert_cmpuint (story.n_bodies, >, 0);
  g_main_loop_quit (loop);
  return dex_future_new_true ();
}

static void
test_pack_first (void)
{
  Fixture fixture = { 0 };

  fixture_init (&fixture);
  fixture_fill (&fixture, N_BODIES);
  barua_fiber_spawn ("test", pack_first, &fixture, NULL);
  g_main_loop_run (loop);
  fixture_clear (&fixture);
}

/* Packing fails, as where the packed form finds no room; what is there can still go. */
static void
refuse_packing (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, "cache.db", NULL);
  /* At most one may be packed, so the second of a portion undoes it. */
  g_autofree char *sql = g_strdup_printf ("CREATE UNIQUE INDEX refuse ON section (coding) WHERE coding = %d", BARUA_BODY_TIGHT);
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

static DexFuture *
pack_fails (gpointer data)
{
  Fixture *fixture = data;
  Story story = { .folder = fixture->folder };
  g_autoptr (GError) error = NULL;

  g_assert_true (barua_store_write_now (fixture->store, BARUA_STORE_NORMAL, "fill", fill, &story, &error));
  refuse_packing (fixture->dir);
  g_assert_false (dex_await (barua_cache_keep (fixture->store, N_BODIES * BODY_BYTES / 2, NULL), &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_true (barua_store_read_now (fixture->store, "look", look, &story, &error));
  g_assert_cmpuint (story.bytes, <=, N_BODIES * BODY_BYTES / 2);
  g_assert_cmpuint (story.n_bodies, >, 0);
  g_main_loop_quit (loop);
  return dex_future_new_true ();
}

static void
test_pack_fails (void)
{
  Fixture fixture = { 0 };

  fixture_init (&fixture);
  fixture_fill (&fixture, N_BODIES);
  barua_fiber_spawn ("test", pack_fails, &fixture, NULL);
  g_main_loop_run (loop);
  fixture_clear (&fixture);
}

static guint n_asked;

static gboolean
is_busy (gpointer data)
{
  n_asked++;
  return n_asked < 3;
}

#define SCALE  4000
#define ROUNDS 7u

static gint64 told_us[ROUNDS];
static guint n_told;
static guint n_well;
static GError *last_trouble;

static void
on_trouble (const GError *error,
            gpointer      data)
{
  g_clear_error (&last_trouble);
  last_trouble = error != NULL ? g_error_copy (error) : NULL;
  if (error == NULL)
    n_well++;
  else if (n_told < ROUNDS)
    told_us[n_told++] = g_get_monotonic_time ();
}

static DexFuture *
keep (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (BaruaClock) clock = barua_clock_new_scaled (1000.0, 0);
  g_autoptr (BaruaScope) scope = barua_scope_new (NULL);
  Story story = { .folder = fixture->folder };
  g_autoptr (GError) error = NULL;
  guint64 before;

  g_assert_true (barua_store_write_now (fixture->store, BARUA_STORE_NORMAL, "fill", fill, &story, &error));
  g_assert_true (barua_store_read_now (fixture->store, "look", look, &story, &error));
  before = story.bytes;
  barua_cache_keeper_start (fixture->store, clock, scope, is_busy, on_trouble, NULL);
  /* It comes by itself, but not while something else is under way. */
  for (guint i = 0; i < 1000 && story.bytes == before; i++)
    {
      dex_await (dex_timeout_new_msec (10), NULL);
      g_assert_true (barua_store_read_now (fixture->store, "look", look, &story, &error));
      g_assert_true (story.bytes == before || n_asked >= 3);
    }
  g_assert_cmpuint (story.bytes, <, before);
  barua_scope_cancel (scope);
  g_main_loop_quit (loop);
  return dex_future_new_true ();
}

static void
test_keeper (void)
{
  Fixture fixture = { 0 };

  n_asked = 0;
  fixture_init (&fixture);
  fixture_fill (&fixture, N_BODIES);
  barua_fiber_spawn ("test", keep, &fixture, NULL);
  g_main_loop_run (loop);
  fixture_clear (&fixture);
}

/* Files may not grow: what the disk does when it is full. */
static void
set_room (gboolean room)
{
  static struct rlimit old;
  struct rlimit small;

  if (room)
    {
      g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
      return;
    }
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  small = old;
  small.rlim_cur = 4096;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
}

/* A full disk: told each time, tried again later and later up to the bound, and well by itself when there is room. */
static DexFuture *
fail (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (BaruaClock) clock = barua_clock_new_scaled (SCALE, 0);
  g_autoptr (BaruaScope) scope = barua_scope_new (NULL);
  Story story = { .folder = fixture->folder };
  g_autoptr (GError) error = NULL;
  gint64 seconds = BARUA_CACHE_FIRST_SECONDS;
  guint64 before;

  g_assert_true (barua_store_write_now (fixture->store, BARUA_STORE_NORMAL, "fill", fill, &story, &error));
  g_assert_true (barua_store_read_now (fixture->store, "look", look, &story, &error));
  before = story.bytes;
  set_room (FALSE);
  barua_cache_keeper_start (fixture->store, clock, scope, is_busy, on_trouble, NULL);
  for (guint i = 0; i < 6000 && n_told < ROUNDS; i++)
    dex_await (dex_timeout_new_msec (5), NULL);
  set_room (TRUE);
  g_assert_cmpuint (n_told, ==, ROUNDS);
  g_assert_cmpuint (n_well, ==, 0);
  g_assert_error (last_trouble, BARUA_ERROR, BARUA_ERROR_NO_SPACE);
  for (guint i = 1; i < ROUNDS; i++)
    {
      g_assert_cmpint (told_us[i] - told_us[i - 1], >=, seconds * G_USEC_PER_SEC / SCALE * 9 / 10);
      seconds = MIN (seconds * 2, BARUA_CACHE_SECONDS);
    }
  g_assert_cmpint (seconds, ==, BARUA_CACHE_SECONDS);
  for (guint i = 0; i < 6000 && n_well == 0; i++)
    dex_await (dex_timeout_new_msec (5), NULL);
  g_assert_cmpuint (n_well, ==, 1);
  g_assert_null (last_trouble);
  g_assert_true (barua_store_read_now (fixture->store, "look", look, &story, &error));
  g_assert_cmpuint (story.bytes, <, before);
  g_assert_cmpuint (story.n_bodies, ==, N_BODIES);
  barua_scope_cancel (scope);
  g_main_loop_quit (loop);
  return dex_future_new_true ();
}

static void
test_trouble (void)
{
  Fixture fixture = { 0 };

  signal (SIGXFSZ, SIG_IGN);
  /* The search index finds no room either, and says so. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  n_asked = 3;
  fixture_init (&fixture);
  fixture_fill (&fixture, N_BODIES);
  barua_fiber_spawn ("test", fail, &fixture, NULL);
  g_main_loop_run (loop);
  fixture_clear (&fixture);
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  dex_init ();
  loop = g_main_loop_new (NULL, FALSE);
  g_test_add_func ("/engine/cache/tidy", test_tidy);
  g_test_add_func ("/engine/cache/pack-first", test_pack_first);
  g_test_add_func ("/engine/cache/pack-fails", test_pack_fails);
  g_test_add_func ("/engine/cache/keeper", test_keeper);
  g_test_add_func ("/engine/cache/trouble", test_trouble);
  status = g_test_run ();
  g_main_loop_unref (loop);
  return status;
}
