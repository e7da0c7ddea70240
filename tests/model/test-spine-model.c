/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-spine-model.h"

#include "barua-limits.h"
#include "barua-words.h"
#include "fake-engine.h"

#define NEWEST 1700000000

/* A copy of the list kept by items-changed alone, as a view does. */
typedef struct
{
  BaruaEngine     *engine;
  BaruaSpineModel *model;
  GArray          *seen; /* gint64 ids */
  GHashTable      *starts; /* ids that began a section when last told */
  guint            n_signals;
  guint            largest;
} Watch;

static void
remember_starts (Watch *watch,
                 guint  position,
                 guint  n)
{
  for (guint i = position; i < position + n; i++)
    {
      gint64 id = barua_spine_model_get_id (watch->model, i);
      guint start, end;

      barua_spine_model_get_section (watch->model, i, &start, &end);
      g_assert_cmpuint (start, <=, i);
      g_assert_cmpuint (end, >, i);
      if (start == i)
        g_hash_table_add (watch->starts, g_memdup2 (&id, sizeof id));
      else
        g_hash_table_remove (watch->starts, &id);
    }
}

static void
on_items_changed (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  Watch      *watch)
{
  watch->n_signals++;
  watch->largest = MAX (watch->largest, MAX (removed, added));
  g_assert_cmpuint (position + removed, <=, watch->seen->len);
  for (guint i = position; i < position + removed; i++)
    g_hash_table_remove (watch->starts, &g_array_index (watch->seen, gint64, i));
  if (removed > 0)
    g_array_remove_range (watch->seen, position, removed);
  for (guint i = 0; i < added; i++)
    {
      gint64 id = barua_spine_model_get_id (watch->model, position + i);

      g_array_insert_val (watch->seen, position + i, id);
    }
  g_assert_cmpuint (watch->seen->len, ==, g_list_model_get_n_items (model));
  remember_starts (watch, position, added);
}

static BaruaSpineModel *settling; /* weak */

/* Until nothing is left to do; the rest of a list is read a moment after its first rows. */
static void
settle (void)
{
  gint64 deadline = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (g_main_context_iteration (NULL, FALSE))
    continue;
  while (settling != NULL && !barua_spine_model_get_loading (settling) && !barua_spine_model_get_complete (settling) &&
         g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static Watch *
watch_new (guint    n,
           gboolean ascending)
{
  Watch *watch = g_new0 (Watch, 1);
  BaruaListQuery query = { .folder = FAKE_INBOX, .sort = BARUA_SORT_DATE, .ascending = ascending };

  watch->engine = barua_engine_new ("/nowhere", BARUA_ENGINE_DEFAULT, NULL);
  fake_engine_fill (watch->engine, n, NEWEST);
  watch->model = barua_spine_model_new (watch->engine, &query);
  g_set_weak_pointer (&settling, watch->model);
  watch->seen = g_array_new (FALSE, FALSE, sizeof (gint64));
  watch->starts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_signal_connect (watch->model, "items-changed", G_CALLBACK (on_items_changed), watch);
  return watch;
}

static void
watch_free (Watch *watch)
{
  g_assert_finalize_object (watch->model);
  settle ();
  g_assert_finalize_object (watch->engine);
  g_array_unref (watch->seen);
  g_hash_table_unref (watch->starts);
  g_free (watch);
}

static gboolean
agrees (Watch  *watch,
        GArray *truth)
{
  gboolean ascending = barua_spine_model_get_query (watch->model)->ascending;

  if (g_list_model_get_n_items (G_LIST_MODEL (watch->model)) != truth->len)
    return FALSE;
  for (guint i = 0; i < truth->len; i++)
    if (barua_spine_model_get_id (watch->model, ascending ? truth->len - 1 - i : i) !=
        g_array_index (truth, BaruaSpineEntry, i).id)
      return FALSE;
  return TRUE;
}

/* The list, the copy made of signals, and the truth agree; and so do the starts of sections. Many rows at once may be put off. */
static void
check (Watch *watch)
{
  g_autoptr (GArray) truth = fake_engine_list (watch->engine, FAKE_INBOX);
  gint64 until = g_get_monotonic_time () + 4 * BARUA_SPINE_BULK_MS * 1000;
  guint n;

  while (!agrees (watch, truth) && g_get_monotonic_time () < until)
    g_main_context_iteration (NULL, FALSE);
  n = g_list_model_get_n_items (G_LIST_MODEL (watch->model));
  g_assert_cmpuint (n, ==, truth->len);
  g_assert_cmpuint (n, ==, watch->seen->len);
  for (guint i = 0; i < n; i++)
    {
      guint at = barua_spine_model_get_query (watch->model)->ascending ? n - 1 - i : i;
      const BaruaSpineEntry *entry = &g_array_index (truth, BaruaSpineEntry, at);
      guint start, end;

      g_assert_cmpint (barua_spine_model_get_id (watch->model, i), ==, entry->id);
      g_assert_cmpint (g_array_index (watch->seen, gint64, i), ==, entry->id);
      barua_spine_model_get_section (watch->model, i, &start, &end);
      g_assert_cmpint (start == i, ==, g_hash_table_contains (watch->starts, &entry->id));
    }
}

static void
test_load (void)
{
  Watch *watch = watch_new (1000, FALSE);
  g_autoptr (BaruaMessageItem) first = NULL;
  g_autoptr (BaruaMessageItem) again = NULL;

  g_assert_true (barua_spine_model_get_loading (watch->model));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (watch->model)), ==, 0);
  settle ();
  g_assert_false (barua_spine_model_get_loading (watch->model));
  g_assert_cmpuint (watch->n_signals, ==, 1);
  check (watch);

  first = g_list_model_get_item (G_LIST_MODEL (watch->model), 0);
  again = g_list_model_get_item (G_LIST_MODEL (watch->model), 0);
  g_assert_true (first == again);
  g_assert_null (barua_message_item_get_row (first));
  settle ();
  g_assert_nonnull (barua_message_item_get_row (first));
  g_assert_cmpint (barua_message_item_get_row (first)->date, ==, NEWEST);
  g_assert_cmpuint (fake_engine_get_n_row_reads (watch->engine), ==, 1);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (watch->model), 1000));

  g_clear_object (&first);
  g_clear_object (&again);
  watch_free (watch);
}

static void
count_notify (guint *n)
{
  (*n)++;
}

static void
test_pages (void)
{
  Watch *watch = watch_new (BARUA_PAGE_ROWS * 40, FALSE);
  g_autoptr (BaruaMessageItem) held = NULL;
  guint n = 0;

  settle ();
  held = g_list_model_get_item (G_LIST_MODEL (watch->model), 5);
  g_signal_connect_swapped (held, "notify::row", G_CALLBACK (count_notify), &n);
  settle ();
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (barua_spine_model_get_n_live_items (watch->model), ==, BARUA_PAGE_ROWS);

  for (guint page = 0; page < 40; page++)
    {
      g_autoptr (BaruaMessageItem) item = g_list_model_get_item (G_LIST_MODEL (watch->model), page * BARUA_PAGE_ROWS + 3);

      settle ();
      g_assert_nonnull (barua_message_item_get_row (item));
    }
  /* The pages kept, and the one item that is held from outside. */
  g_assert_cmpuint (barua_spine_model_get_n_live_items (watch->model), ==, BARUA_PAGES_KEPT * BARUA_PAGE_ROWS + 1);
  g_assert_cmpuint (fake_engine_get_n_row_reads (watch->engine), ==, 40);
  g_clear_object (&held);
  g_assert_cmpuint (barua_spine_model_get_n_live_items (watch->model), ==, BARUA_PAGES_KEPT * BARUA_PAGE_ROWS);
  watch_free (watch);
}

/* A fast scroll asks for many pages in one turn: the last ones are read first, the oldest wishes are dropped. */
static void
test_scroll (void)
{
  Watch *watch = watch_new (BARUA_PAGE_ROWS * 200, FALSE);

  settle ();
  for (guint page = 0; page < 200; page++)
    g_object_unref (g_list_model_get_item (G_LIST_MODEL (watch->model), page * BARUA_PAGE_ROWS));
  settle ();
  g_assert_cmpuint (fake_engine_get_n_row_reads (watch->engine), <=, BARUA_PAGES_KEPT + BARUA_ROW_READS_AT_ONCE);
  {
    g_autoptr (BaruaMessageItem) last = g_list_model_get_item (G_LIST_MODEL (watch->model), 199 * BARUA_PAGE_ROWS);
    g_autoptr (BaruaMessageItem) dropped = g_list_model_get_item (G_LIST_MODEL (watch->model), 0);

    g_assert_nonnull (barua_message_item_get_row (last));
    g_assert_null (barua_message_item_get_row (dropped));
    settle ();
    g_assert_nonnull (barua_message_item_get_row (dropped));
  }
  watch_free (watch);
}

static void
test_changes (void)
{
  Watch *watch = watch_new (500, FALSE);
  g_autoptr (BaruaMessageItem) item = NULL;
  guint n = 0;
  gint64 id;

  settle ();
  watch->n_signals = watch->largest = 0;

  /* Newer than all, in between, older than all. */
  fake_engine_add (watch->engine, FAKE_INBOX, NEWEST + 60);
  settle ();
  check (watch);
  fake_engine_add (watch->engine, FAKE_INBOX, NEWEST - 60 * 605);
  fake_engine_add (watch->engine, FAKE_INBOX, NEWEST - 1000 * 600);
  fake_engine_add (watch->engine, FAKE_SENT, NEWEST);
  settle ();
  check (watch);
  g_assert_cmpuint (watch->n_signals, ==, 3);
  g_assert_cmpuint (watch->largest, <=, 2); /* one, and the neighbour that begins a section no more */

  /* The row of an update is read again; nothing moves. */
  watch->n_signals = 0;
  item = g_list_model_get_item (G_LIST_MODEL (watch->model), 10);
  settle ();
  id = barua_message_item_get_id (item);
  g_signal_connect_swapped (item, "notify::row", G_CALLBACK (count_notify), &n);
  fake_engine_flag (watch->engine, id, BARUA_FLAG_FLAGGED, BARUA_FLAG_FLAGGED);
  settle ();
  g_assert_cmpuint (n, ==, 1);
  g_assert_true (barua_message_item_get_row (item)->flags & BARUA_FLAG_FLAGGED);
  g_assert_cmpuint (watch->n_signals, ==, 0);

  /* Two changes while the first answer is on its way: the last one shows. */
  fake_engine_set_delay (watch->engine, 20);
  fake_engine_flag (watch->engine, id, BARUA_FLAG_FLAGGED, 0);
  settle ();
  fake_engine_flag (watch->engine, id, BARUA_FLAG_SEEN, 0);
  while (barua_message_item_get_row (item)->flags & (BARUA_FLAG_FLAGGED | BARUA_FLAG_SEEN))
    g_main_context_iteration (NULL, TRUE);
  fake_engine_set_delay (watch->engine, 0);

  fake_engine_redate (watch->engine, id, NEWEST + 120);
  settle ();
  check (watch);
  g_assert_cmpint (barua_spine_model_get_id (watch->model, 0), ==, id);

  fake_engine_remove (watch->engine, id);
  settle ();
  check (watch);
  g_assert_cmpuint (fake_engine_get_n_spine_reads (watch->engine), ==, 1);
  g_clear_object (&item);
  watch_free (watch);
}

static void
test_random (void)
{
  for (guint round = 0; round < 2; round++)
    {
      Watch *watch = watch_new (300, round == 1);

      settle ();
      for (guint i = 0; i < 500; i++)
        {
          g_autoptr (GArray) truth = fake_engine_list (watch->engine, FAKE_INBOX);
          gint64 id =
              truth->len > 0
                  ? g_array_index (truth, BaruaSpineEntry, (guint)g_test_rand_int_range (0, (gint)truth->len)).id
                  : 0;
          gint64 date = NEWEST - g_test_rand_int_range (0, 400 * 86400);

          switch (g_test_rand_int_range (0, 7))
            {
            case 0:
              fake_engine_add_many (watch->engine, FAKE_INBOX, date, (guint)g_test_rand_int_range (1, 30));
              break;
            case 1:
              fake_engine_add (watch->engine, FAKE_INBOX, date);
              break;
            case 2:
              if (id != 0)
                fake_engine_redate (watch->engine, id, date);
              break;
            case 3:
              settle ();
              check (watch);
              break;
            case 4:
              if (watch->seen->len > 0)
                g_object_unref (g_list_model_get_item (G_LIST_MODEL (watch->model), 0));
              break;
            default:
              for (guint k = 0; k < 4; k++)
                {
                  g_autoptr (GArray) left = fake_engine_list (watch->engine, FAKE_INBOX);

                  if (left->len > 0)
                    fake_engine_remove (watch->engine, g_array_index (left, BaruaSpineEntry,
                                                                      (guint)g_test_rand_int_range (0, (gint)left->len))
                                                           .id);
                }
            }
        }
      settle ();
      check (watch);
      g_assert_cmpuint (fake_engine_get_n_spine_reads (watch->engine), ==, 1);
      watch_free (watch);
    }
}

/* Commits while the spine is on its way, and one that nobody told of. */
static void
test_generations (void)
{
  Watch *watch = watch_new (100, FALSE);

  fake_engine_set_delay (watch->engine, 10);
  g_main_context_iteration (NULL, FALSE);
  fake_engine_add (watch->engine, FAKE_INBOX, NEWEST + 10);
  fake_engine_remove (watch->engine, 100);
  /* Its row is read before it is shown. */
  while (barua_spine_model_get_loading (watch->model) || barua_spine_model_get_id (watch->model, 0) != 101)
    g_main_context_iteration (NULL, TRUE);
  settle ();
  check (watch);

  fake_engine_set_delay (watch->engine, 0);
  fake_engine_add_hidden (watch->engine, FAKE_INBOX, NEWEST + 20);
  fake_engine_add (watch->engine, FAKE_INBOX, NEWEST + 30);
  settle ();
  check (watch);
  g_assert_cmpuint (fake_engine_get_n_spine_reads (watch->engine), ==, 2);
  g_assert_cmpuint (watch->largest, <=, 100);
  watch_free (watch);
}

static void
on_sections_changed (BaruaSpineModel *model,
                     guint            position,
                     guint            n,
                     Watch           *watch)
{
  remember_starts (watch, position, n);
}

static void
test_midnight (void)
{
  Watch *watch = watch_new (2000, FALSE);
  g_autofree char *title = NULL;
  guint start, end;

  settle ();
  g_signal_connect (watch->model, "sections-changed", G_CALLBACK (on_sections_changed), watch);
  barua_spine_model_set_now (watch->model, NEWEST + 5);
  check (watch);
  title = barua_spine_model_dup_section_title (watch->model, 0);
  g_assert_cmpstr (title, ==, "Today");
  barua_spine_model_set_now (watch->model, NEWEST + 86400);
  check (watch);
  g_free (title);
  title = barua_spine_model_dup_section_title (watch->model, 0);
  g_assert_cmpstr (title, ==, "Yesterday");
  barua_spine_model_get_section (watch->model, 5000, &start, &end);
  g_assert_cmpuint (start, ==, 2000);
  g_assert_cmpuint (end, ==, G_MAXUINT);
  watch_free (watch);
}

/* Answers and pending work outlive the model without harm. */
static void
test_gone_early (void)
{
  for (guint turns = 0; turns < 12; turns++)
    {
      Watch *watch = watch_new (200, FALSE);
      g_autoptr (BaruaMessageItem) item = NULL;

      for (guint i = 0; i < turns; i++)
        g_main_context_iteration (NULL, FALSE);
      item = g_list_model_get_item (G_LIST_MODEL (watch->model), 3);
      fake_engine_add (watch->engine, FAKE_INBOX, NEWEST + 10);
      watch_free (watch);
    }
}

static void
test_million (void)
{
  Watch *watch;
  gint64 start;

  if (!g_test_slow ())
    {
      g_test_skip ("slow");
      return;
    }
  watch = watch_new (1000000, FALSE);
  settle ();
  g_signal_handlers_disconnect_by_data (watch->model, watch);
  start = g_get_monotonic_time ();
  for (guint i = 0; i < 1000; i++)
    fake_engine_add (watch->engine, FAKE_INBOX, NEWEST - g_test_rand_int_range (0, 500000000));
  settle ();
  g_test_message ("1000 scattered additions to a million: %.1f ms", (double)(g_get_monotonic_time () - start) / 1000.0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (watch->model)), ==, 1001000);
  watch_free (watch);
}

/* A message of midnight itself is the first of the new day. */
static void
test_section_edge (void)
{
  Watch *watch = watch_new (1, FALSE);
  gint64 low, high;
  guint start, end;

  settle ();
  barua_spine_model_set_now (watch->model, NEWEST);
  barua_words_section_bounds (NEWEST - 86400, NEWEST, &low, &high);
  fake_engine_add (watch->engine, FAKE_INBOX, high);
  fake_engine_add (watch->engine, FAKE_INBOX, high - 1);
  fake_engine_add (watch->engine, FAKE_INBOX, low);
  fake_engine_add (watch->engine, FAKE_INBOX, low - 1);
  while (g_list_model_get_n_items (G_LIST_MODEL (watch->model)) < 5)
    g_main_context_iteration (NULL, TRUE);
  settle ();
  for (guint i = 2; i < 4; i++)
    {
      barua_spine_model_get_section (watch->model, i, &start, &end);
      g_assert_cmpuint (start, ==, 2);
      g_assert_cmpuint (end, ==, 4);
    }
  barua_spine_model_get_section (watch->model, 1, &start, &end);
  g_assert_cmpuint (start, ==, 0);
  g_assert_cmpuint (end, ==, 2);
  watch_free (watch);
}

/* What a reading makes needless to apply has changed rows all the same. */
static void
test_stale_row (void)
{
  Watch *watch = watch_new (200, FALSE);
  g_autoptr (BaruaMessageItem) item = NULL;
  gint64 id;

  settle ();
  item = g_list_model_get_item (G_LIST_MODEL (watch->model), 5);
  settle ();
  id = barua_message_item_get_id (item);
  g_assert_nonnull (barua_message_item_get_row (item));
  g_assert_false (barua_message_item_get_row (item)->flags & BARUA_FLAG_FLAGGED);
  /* The gap is seen, the folder is read: that holds what this commit says. */
  fake_engine_add_hidden (watch->engine, FAKE_INBOX, NEWEST + 1);
  fake_engine_flag (watch->engine, id, BARUA_FLAG_FLAGGED, BARUA_FLAG_FLAGGED);
  settle ();
  check (watch);
  g_assert_true (barua_message_item_get_row (item)->flags & BARUA_FLAG_FLAGGED);
  g_clear_object (&item);
  watch_free (watch);
}

/* Nothing is applied while a reading is on its way: it could be older, and take that back. Here the apply was asked for first. */
static void
test_apply_before_reading (void)
{
  Watch *watch = watch_new (50, FALSE);
  guint position;
  gint64 last;
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  settle ();
  fake_engine_set_delay (watch->engine, 20);
  fake_engine_add (watch->engine, FAKE_INBOX, NEWEST + 1);
  fake_engine_add_hidden (watch->engine, FAKE_INBOX, NEWEST + 2);
  fake_engine_add (watch->engine, FAKE_INBOX, NEWEST + 3);
  while (fake_engine_get_n_spine_reads (watch->engine) < 2 && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, FALSE);
  fake_engine_add (watch->engine, FAKE_INBOX, NEWEST + 4);
  settle ();
  last = fake_engine_add (watch->engine, FAKE_INBOX, NEWEST + 5);
  while (!barua_spine_model_find (watch->model, last, NEWEST + 5, &position) && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, TRUE);
  settle ();
  check (watch);
  watch_free (watch);
}

/* What comes in is there with its row when the list tells of it, unless that takes too long. */
static guint n_filled;
static guint n_empty;

static void
look_at_added (GListModel *model,
               guint       position,
               guint       removed,
               guint       added)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (BaruaMessageItem) item = g_list_model_get_item (model, i);

      /* A neighbour that came along because it begins a section was never asked for here. */
      if (barua_message_item_get_id (item) <= 50)
        continue;
      if (barua_message_item_get_row (item) != NULL)
        n_filled++;
      else
        n_empty++;
    }
}

static void
wait_items (Watch *watch,
            guint  n)
{
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (g_list_model_get_n_items (G_LIST_MODEL (watch->model)) < n && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (watch->model)), ==, n);
}

static void
test_prepared (void)
{
  Watch *watch = watch_new (50, FALSE);

  settle ();
  g_signal_connect (watch->model, "items-changed", G_CALLBACK (look_at_added), NULL);
  n_filled = n_empty = 0;
  fake_engine_add (watch->engine, FAKE_INBOX, NEWEST + 1000000);
  fake_engine_add (watch->engine, FAKE_INBOX, NEWEST - 90000);
  wait_items (watch, 52);
  g_assert_cmpuint (n_filled, >=, 2);
  g_assert_cmpuint (n_empty, ==, 0);
  /* Nobody waits for rows that do not come. */
  fake_engine_set_delay (watch->engine, 100 * BARUA_SPINE_PREPARE_MS);
  fake_engine_add (watch->engine, FAKE_INBOX, NEWEST + 2000000);
  fake_engine_add (watch->engine, FAKE_INBOX, NEWEST + 3000000);
  wait_items (watch, 54);
  g_assert_cmpuint (n_empty, >=, 2);
  check (watch);
  watch_free (watch);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  g_test_add_func ("/model/spine/load", test_load);
  g_test_add_func ("/model/spine/pages", test_pages);
  g_test_add_func ("/model/spine/scroll", test_scroll);
  g_test_add_func ("/model/spine/changes", test_changes);
  g_test_add_func ("/model/spine/random", test_random);
  g_test_add_func ("/model/spine/generations", test_generations);
  g_test_add_func ("/model/spine/stale-row", test_stale_row);
  g_test_add_func ("/model/spine/apply-before-reading", test_apply_before_reading);
  g_test_add_func ("/model/spine/prepared", test_prepared);
  g_test_add_func ("/model/spine/midnight", test_midnight);
  g_test_add_func ("/model/spine/gone-early", test_gone_early);
  g_test_add_func ("/model/spine/million", test_million);
  g_test_add_func ("/spine-model/section-edge", test_section_edge);
  return g_test_run ();
}
