/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sync state says that its rows are here: it must not reach the store when one of them did not, however little room it needs
 * itself. */
#include "barua-imap-reducer.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "barua-fiber.h"
#include "barua-store-sync-state.h"
#include "store-fixture.h"

#define N_ROWS   40u
#define N_GONE   25u
#define UID_NEXT 4711u

typedef struct
{
  Fixture fixture;
  guint   n_rows;
  guint   uid_next;
} Story;

static GMainLoop *loop;

static gboolean
look (BaruaStoreConnection  *c,
      gpointer               data,
      GError               **error)
{
  Story *story = data;
  g_autoptr (BaruaStoreSyncState) state = barua_store_sync_state_load (c, story->fixture.folder, error);

  story->n_rows = 0;
  story->uid_next = state != NULL ? state->uidnext : 0;
  for (guint uid = 1; uid <= N_ROWS; uid++)
    story->n_rows += barua_store_message_find_uid (c, story->fixture.folder, uid, error) > 0;
  return TRUE;
}

static gboolean
nothing (BaruaStoreConnection  *c,
         gpointer               data,
         GError               **error)
{
  return TRUE;
}

/* Until everything that was given to the worker and the store before has been tried; the main loop does not run. */
static void
wait_for_store (Story *story)
{
  for (guint i = 0; i < 20; i++)
    {
      g_usleep (5000);
      barua_store_write_now (story->fixture.store, BARUA_STORE_BATCH, "nothing", nothing, NULL, NULL);
    }
}

static void
change (Story            *story,
        BaruaImapReducer *reducer)
{
  g_autoptr (BaruaIdSet) gone = barua_id_set_new ();

  barua_id_set_add_range (gone, 1, N_GONE);
  barua_imap_reducer_remove (reducer, gone);
  barua_imap_reducer_flush (reducer, TRUE);
}

static void
save (Story            *story,
      BaruaImapReducer *reducer)
{
  BaruaStoreSyncState state = { .folder = story->fixture.folder, .uidvalidity = 7, .uidnext = UID_NEXT, .covered_low = 1 };

  barua_imap_reducer_save_state (reducer, &state, TRUE);
}

static void
on_written (const GError *error,
            gpointer      data)
{
  dex_promise_resolve_boolean (data, TRUE);
}

/* The outcome of everything that was written before was told. */
static void
wait_until_told (Story *story)
{
  g_autoptr (DexPromise) promise = dex_promise_new ();

  barua_store_write (story->fixture.store, BARUA_STORE_BATCH, "nothing", nothing, NULL, NULL, on_written, promise);
  g_assert_true (dex_await (dex_ref (promise), NULL));
}

static DexFuture *
fail_and_go_on (Story    *story,
                gboolean  is_told)
{
  BaruaImapReducer *reducer = barua_imap_reducer_new (story->fixture.store, story->fixture.folder, NULL);
  struct rlimit old;
  struct rlimit small;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  small = old;
  small.rlim_cur = 4096;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  change (story, reducer);
  wait_for_store (story);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  /* There is room again before anybody here heard that there was none, or while nobody asks. */
  if (is_told)
    wait_until_told (story);
  save (story, reducer);
  wait_for_store (story);
  g_assert_false (dex_await (barua_imap_reducer_drain (reducer, TRUE), &error));
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_NO_SPACE);
  g_clear_error (&error);
  g_assert_true (barua_store_read_now (story->fixture.store, "look", look, story, &error));
  g_assert_cmpuint (story->n_rows, ==, N_ROWS);
  g_assert_cmpuint (story->uid_next, !=, UID_NEXT);
  /* Once more, and all is well. */
  change (story, reducer);
  save (story, reducer);
  g_assert_true (dex_await (barua_imap_reducer_drain (reducer, TRUE), &error));
  g_assert_no_error (error);
  g_assert_true (barua_store_read_now (story->fixture.store, "look", look, story, &error));
  g_assert_cmpuint (story->n_rows, ==, N_ROWS - N_GONE);
  g_assert_cmpuint (story->uid_next, ==, UID_NEXT);
  barua_imap_reducer_unref (reducer);
  g_main_loop_quit (loop);
  return dex_future_new_true ();
}

static DexFuture *
failed_fiber (gpointer data)
{
  return fail_and_go_on (data, FALSE);
}

static DexFuture *
told_fiber (gpointer data)
{
  return fail_and_go_on (data, TRUE);
}

/* States that come faster than the store: the last one is what stays, and a drain waits for it. */
static DexFuture *
many_fiber (gpointer data)
{
  Story *story = data;
  BaruaImapReducer *reducer = barua_imap_reducer_new (story->fixture.store, story->fixture.folder, NULL);
  BaruaStoreSyncState state = { .folder = story->fixture.folder, .uidvalidity = 7, .covered_low = 1 };
  g_autoptr (GError) error = NULL;

  for (guint uid = 1; uid <= N_GONE; uid++)
    {
      g_autoptr (BaruaIdSet) gone = barua_id_set_new ();

      barua_id_set_add (gone, uid);
      barua_imap_reducer_remove (reducer, gone);
      state.uidnext = 100 + uid;
      barua_imap_reducer_save_state (reducer, &state, uid % 3 == 0);
    }
  g_assert_true (dex_await (barua_imap_reducer_drain (reducer, TRUE), &error));
  g_assert_no_error (error);
  g_assert_true (barua_store_read_now (story->fixture.store, "look", look, story, &error));
  g_assert_cmpuint (story->n_rows, ==, N_ROWS - N_GONE);
  g_assert_cmpuint (story->uid_next, ==, 100 + N_GONE);
  barua_imap_reducer_unref (reducer);
  g_main_loop_quit (loop);
  return dex_future_new_true ();
}

static void
run_test (gconstpointer data)
{
  Story story = { 0 };

  signal (SIGXFSZ, SIG_IGN);
  /* The search index finds no room either, and says so. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  fixture_init (&story.fixture);
  fixture_fill (&story.fixture, N_ROWS);
  barua_fiber_spawn ("test", (DexFiberFunc)data, &story, NULL);
  g_main_loop_run (loop);
  fixture_clear (&story.fixture);
}

int
main (int   argc,
      char *argv[])
{
  int code;

  g_test_init (&argc, &argv, NULL);
  dex_init ();
  loop = g_main_loop_new (NULL, FALSE);
  g_test_add_data_func ("/engine/reducer/failed-rows", failed_fiber, run_test);
  g_test_add_data_func ("/engine/reducer/failed-rows-between", told_fiber, run_test);
  g_test_add_data_func ("/engine/reducer/many-states", many_fiber, run_test);
  code = g_test_run ();
  g_main_loop_unref (loop);
  return code;
}
