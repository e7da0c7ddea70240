/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists, searches as lists and conversations as the engine gives them: a filled profile, no server. */
#include "barua-engine.h"

#include <sqlite3.h>

#include "barua-fiber.h"
#include "barua-limits.h"
#include "store-fixture.h"

#define N_MAIL 1200u

typedef struct
{
  Fixture      fixture;
  BaruaEngine *engine;
  gint64       view;
} Run;

static GMainLoop *loop;

static BaruaSpine *
load (Run                  *run,
      const BaruaListQuery *query,
      guint                 limit,
      GArray               *keep)
{
  g_autoptr (GError) error = NULL;
  BaruaSpine *spine = dex_await_boxed (barua_engine_load_spine_with (run->engine, query, limit, keep), &error);

  g_assert_no_error (error);
  return spine;
}

static void
check_top (Run *run)
{
  BaruaListQuery query = { .folder = run->fixture.folder };
  g_autoptr (BaruaSpine) top = load (run, &query, N_MAIL - 1, NULL);
  g_autoptr (BaruaSpine) all = load (run, &query, 0, NULL);
  g_autoptr (BaruaSpine) more = load (run, &query, N_MAIL + 1, NULL);
  g_autoptr (BaruaSpine) sorted = NULL;

  g_assert_true (top->is_top);
  g_assert_cmpuint (top->entries->len, ==, N_MAIL - 1);
  g_assert_false (all->is_top);
  g_assert_cmpuint (all->entries->len, ==, N_MAIL);
  g_assert_false (more->is_top);
  g_assert_cmpuint (more->entries->len, ==, N_MAIL);
  /* Not to be had without the others: all, whatever the limit. */
  query.sort = BARUA_SORT_SENDER;
  sorted = load (run, &query, 10, NULL);
  g_assert_false (sorted->is_top);
  g_assert_cmpuint (sorted->entries->len, ==, N_MAIL);
}

static void
check_search (Run *run)
{
  BaruaListQuery query = { .folder = run->fixture.folder, .text = "von:person7 budget" };
  static const BaruaQueryWord words[] = { { "from", "Von" }, { "is:unread", "ist:ungelesen" }, { NULL, NULL } };
  g_autoptr (BaruaSpine) english = load (run, &query, 0, NULL);
  g_autoptr (BaruaSpine) german = NULL;
  g_autoptr (BaruaSpine) first = NULL;
  g_autoptr (BaruaSpine) whole = NULL;
  g_autoptr (BaruaSpine) other_account = NULL;
  g_autoptr (BaruaSpine) nowhere = NULL;
  g_autoptr (BaruaSpine) unread = NULL;
  g_autoptr (BaruaSpine) filtered = NULL;
  g_autoptr (BaruaSpine) kept = NULL;
  g_autoptr (GArray) keep = NULL;
  char text[] = "ist:ungelesen";

  g_assert_cmpuint (english->entries->len, ==, 0);
  barua_engine_set_query_words (run->engine, words);
  query.text = "von:person budget";
  german = load (run, &query, 0, NULL);
  g_assert_cmpuint (german->entries->len, >, 10);
  g_assert_false (german->more);
  g_assert_cmpint (german->texts_since, ==, G_MAXINT64);
  g_assert_cmpstr (german->query.text, ==, "von:person budget");

  /* The newest hits first, and all that there are if they are not more. */
  first = load (run, &query, german->entries->len - 1, NULL);
  g_assert_true (first->is_top);
  g_assert_false (first->more);
  g_assert_cmpuint (first->entries->len, ==, german->entries->len - 1);
  g_assert_cmpint (g_array_index (first->entries, BaruaSpineEntry, 0).id, ==,
                   g_array_index (german->entries, BaruaSpineEntry, 0).id);
  whole = load (run, &query, german->entries->len, NULL);
  g_assert_false (whole->is_top);
  g_assert_cmpuint (whole->entries->len, ==, german->entries->len);

  query.scope = BARUA_SEARCH_SCOPE_ACCOUNT;
  query.account = run->fixture.account + 1;
  other_account = load (run, &query, 0, NULL);
  g_assert_cmpuint (other_account->entries->len, ==, 0);
  query.scope = BARUA_SEARCH_SCOPE_EVERYWHERE;
  query.text = "in:nowhere budget";
  nowhere = load (run, &query, 0, NULL);
  g_assert_cmpuint (nowhere->entries->len, ==, 0);

  /* The text is copied: it may change under way. A search for a flag is the filter. */
  query.text = text;
  query.sort = BARUA_SORT_SIZE;
  unread = load (run, &query, 0, NULL);
  text[0] = 'x';
  g_assert_cmpuint (unread->entries->len, ==, N_MAIL / 3);
  query = (BaruaListQuery){ .folder = run->fixture.folder, .filter = BARUA_FILTER_UNREAD };
  filtered = load (run, &query, 0, NULL);
  g_assert_cmpuint (filtered->entries->len, ==, N_MAIL / 3);

  /* What was found stays with what another search finds. */
  keep = g_array_new (FALSE, FALSE, sizeof (BaruaSpineEntry));
  g_array_append_vals (keep, filtered->entries->data, 7);
  query = (BaruaListQuery){ .folder = run->fixture.folder, .text = "nosuchword" };
  kept = load (run, &query, 0, keep);
  g_assert_cmpuint (kept->entries->len, ==, 7);
}

static void
check_conversation (Run *run)
{
  BaruaListQuery query = { .folder = run->fixture.folder, .grouped = TRUE, .sort = BARUA_SORT_SIZE };
  g_autoptr (BaruaSpine) spine = load (run, &query, 0, NULL);
  g_autoptr (BaruaRows) rows = NULL;
  g_autoptr (BaruaConversation) conversation = NULL;
  g_autoptr (BaruaConversation) none = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id = g_array_index (spine->entries, BaruaSpineEntry, 0).id;
  const BaruaRow *row;

  rows = dex_await_boxed (barua_engine_load_rows (run->engine, &id, 1, TRUE), &error);
  g_assert_no_error (error);
  row = g_ptr_array_index (rows->rows, 0);
  g_assert_cmpuint (row->thread_count, >, 2);
  g_assert_cmpuint (row->thread_size, ==, (guint64)g_array_index (spine->entries, BaruaSpineEntry, 0).key);
  conversation = dex_await_boxed (barua_engine_load_conversation (run->engine, row->thread, row->folder), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (conversation->members->len, ==, row->thread_count);
  g_assert_false (conversation->more);
  none = dex_await_boxed (barua_engine_load_conversation (run->engine, 999999, 0), &error);
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND);
  g_clear_error (&error);
  query.sort = BARUA_SORT_STARRED + 1;
  g_assert_null (dex_await_boxed (barua_engine_load_spine (run->engine, &query), &error));
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_INVALID);
}

static gboolean
make_folder (BaruaStoreConnection  *c,
             gpointer               data,
             GError               **error)
{
  BaruaStoreFolder *folder = data;

  return barua_store_folder_save (c, folder, error);
}

/* One message, in its folder and in a view that shows it, too. */
static void
add_view (Run *run)
{
  static const char *const names[] = { "Archive", "Starred" };
  static const BaruaRole roles[] = { BARUA_ROLE_ARCHIVE, BARUA_ROLE_FLAGGED };
  BaruaIngest item = ingest_make (1, "<zebra@x>", NULL, "alice@x.example", "Zebra crossing", 1000);

  item.flags = BARUA_FLAG_SEEN;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (BaruaStoreFolder) folder = barua_store_folder_new ();
      g_autoptr (GError) error = NULL;

      folder->account = run->fixture.account;
      folder->role = roles[i];
      g_set_str (&folder->name, names[i]);
      g_set_str (&folder->shown_name, names[i]);
      barua_store_write_now (run->fixture.store, BARUA_STORE_NORMAL, "folder", make_folder, folder, &error);
      g_assert_no_error (error);
      fixture_ingest (&run->fixture, folder->id, &item, 1, NULL);
      run->view = folder->id;
    }
  ingest_clear (&item);
}

/* What is found is found once, where it is; in the view only who asks there. */
static void
check_views (Run *run)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BaruaSearchResult) anywhere = dex_await_boxed (barua_engine_search (run->engine, "zebra", 0, 0, 20), &error);
  g_autoptr (BaruaSearchResult) there = dex_await_boxed (barua_engine_search (run->engine, "zebra", 0, run->view, 20), &error);
  g_autoptr (BaruaSearchResult) named = dex_await_boxed (barua_engine_search (run->engine, "zebra in:starred", 0, 0, 20), &error);

  g_assert_no_error (error);
  g_assert_cmpuint (anywhere->hits->len, ==, 1);
  g_assert_cmpuint (there->hits->len, ==, 1);
  g_assert_cmpuint (named->hits->len, ==, 1);
  g_assert_cmpint (g_array_index (anywhere->hits, BaruaSpineEntry, 0).id, !=,
                   g_array_index (there->hits, BaruaSpineEntry, 0).id);
}

static DexFuture *
run_fiber (gpointer data)
{
  Run *run = data;
  g_autoptr (GError) error = NULL;

  dex_await (barua_engine_start (run->engine), &error);
  g_assert_no_error (error);
  check_top (run);
  check_search (run);
  check_conversation (run);
  check_views (run);
  dex_await (barua_engine_stop (run->engine), &error);
  g_assert_no_error (error);
  g_main_loop_quit (loop);
  return dex_future_new_true ();
}

static void
test_lists (void)
{
  Run run = { 0 };

  fixture_init (&run.fixture);
  fixture_fill (&run.fixture, N_MAIL);
  add_view (&run);
  fixture_close (&run.fixture);
  run.engine = barua_engine_new (run.fixture.dir, BARUA_ENGINE_MANUAL, NULL);
  barua_fiber_spawn ("test", run_fiber, &run, NULL);
  g_main_loop_run (loop);
  g_clear_object (&run.engine);
  fixture_clear (&run.fixture);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  loop = g_main_loop_new (NULL, FALSE);
  g_test_add_func ("/engine/lists", test_lists);
  return g_test_run ();
}
