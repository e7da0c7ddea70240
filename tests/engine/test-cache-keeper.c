/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cache keeps its bound by itself, and what is kept is packed. */
#include "barua-cache-keeper.h"

#include <string.h>

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

static guint n_asked;

static gboolean
is_busy (gpointer data)
{
  n_asked++;
  return n_asked < 3;
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
  barua_cache_keeper_start (fixture->store, clock, scope, is_busy, NULL);
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

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  dex_init ();
  loop = g_main_loop_new (NULL, FALSE);
  g_test_add_func ("/engine/cache/tidy", test_tidy);
  g_test_add_func ("/engine/cache/keeper", test_keeper);
  status = g_test_run ();
  g_main_loop_unref (loop);
  return status;
}
