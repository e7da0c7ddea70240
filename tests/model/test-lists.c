/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-limits.h"
#include "barua-spine-model.h"
#include "barua-words.h"
#include "fake-engine.h"

#include <string.h>

/* Lists other than a folder by date: their order, their sections, and what stays. The copy made of signals is checked as a view
 * would need it. */

#define NEWEST 1700000000

typedef struct
{
  BaruaEngine     *engine;
  BaruaSpineModel *model;
  GArray          *seen; /* gint64 ids */
  guint            n_signals;
  guint            largest;
} Watch;

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
  if (removed > 0)
    g_array_remove_range (watch->seen, position, removed);
  for (guint i = 0; i < added; i++)
    {
      gint64 id = barua_spine_model_get_id (watch->model, position + i);

      g_array_insert_val (watch->seen, position + i, id);
    }
  g_assert_cmpuint (watch->seen->len, ==, g_list_model_get_n_items (model));
}

/* Re-readings wait a moment: until the list stands still and the engine was asked as often as wanted. */
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

static void
wait_reads (Watch *watch,
            guint  n)
{
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (fake_engine_get_n_spine_reads (watch->engine) < n && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fake_engine_get_n_spine_reads (watch->engine), >=, n);
  settle ();
}

static Watch *
watch_new (guint                 n,
           const BaruaListQuery *query)
{
  Watch *watch = g_new0 (Watch, 1);
  BaruaListQuery inbox = *query;

  inbox.folder = FAKE_INBOX;
  watch->engine = barua_engine_new ("/nowhere", BARUA_ENGINE_DEFAULT, NULL);
  fake_engine_fill (watch->engine, n, NEWEST);
  watch->model = barua_spine_model_new (watch->engine, &inbox);
  g_set_weak_pointer (&settling, watch->model);
  watch->seen = g_array_new (FALSE, FALSE, sizeof (gint64));
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
  g_free (watch);
}

static guint
n_items (Watch *watch)
{
  return g_list_model_get_n_items (G_LIST_MODEL (watch->model));
}

/* The copy made of signals is the list; sections follow each other without gaps, keys in order. */
static void
check (Watch *watch)
{
  gboolean ascending = barua_spine_model_get_query (watch->model)->ascending;
  guint start, end;

  g_assert_cmpuint (watch->seen->len, ==, n_items (watch));
  for (guint i = 0; i < n_items (watch); i++)
    {
      gint64 key = barua_spine_model_get_key (watch->model, i);
      gint64 before = i > 0 ? barua_spine_model_get_key (watch->model, i - 1) : key;

      g_assert_cmpint (g_array_index (watch->seen, gint64, i), ==, barua_spine_model_get_id (watch->model, i));
      g_assert_true (ascending ? before <= key : before >= key);
    }
  for (guint i = 0; i < n_items (watch); i = end)
    {
      g_autofree char *title = barua_spine_model_dup_section_title (watch->model, i);

      barua_spine_model_get_section (watch->model, i, &start, &end);
      g_assert_cmpuint (start, ==, i);
      g_assert_cmpuint (end, >, i);
      g_assert_cmpuint (strlen (title), >, 0);
      for (guint k = start + 1; k < end; k++)
        {
          guint other_start, other_end;

          barua_spine_model_get_section (watch->model, k, &other_start, &other_end);
          g_assert_cmpuint (other_start, ==, start);
          g_assert_cmpuint (other_end, ==, end);
        }
    }
}

static void
test_sorts (void)
{
  for (BaruaSort sort = BARUA_SORT_DATE; sort <= BARUA_SORT_STARRED; sort++)
    for (gboolean ascending = FALSE; ascending <= TRUE; ascending++)
      {
        Watch *watch = watch_new (60, &(BaruaListQuery){ .sort = sort, .ascending = ascending });
        guint reads;

        settle ();
        g_assert_cmpuint (n_items (watch), ==, 60);
        check (watch);
        for (guint i = 0; i < 3; i++)
          {
            reads = fake_engine_get_n_spine_reads (watch->engine);
            if (i % 3 == 2)
              fake_engine_remove (watch->engine, barua_spine_model_get_id (watch->model, 10 + i));
            else
              fake_engine_add (watch->engine, FAKE_INBOX, NEWEST - 5000 * (gint64)i);
            if (sort != BARUA_SORT_DATE)
              wait_reads (watch, reads + 1);
            settle ();
            check (watch);
          }
        g_assert_cmpuint (n_items (watch), ==, 61);
        /* One row came or went each time: nothing else was told of but a neighbour that begins a section. */
        watch->largest = 0;
        reads = fake_engine_get_n_spine_reads (watch->engine);
        fake_engine_add (watch->engine, FAKE_INBOX, NEWEST - 77);
        if (sort != BARUA_SORT_DATE)
          wait_reads (watch, reads + 1);
        settle ();
        check (watch);
        g_assert_cmpuint (n_items (watch), ==, 62);
        g_assert_cmpuint (watch->largest, <=, 2);
        watch_free (watch);
      }
}

/* Several changes between two readings, where keys mean nothing beyond one reading. */
static void
test_ranks (void)
{
  Watch *watch = watch_new (80, &(BaruaListQuery){ .sort = BARUA_SORT_SUBJECT, .ascending = TRUE });
  guint n = 80;

  settle ();
  for (guint round = 0; round < 8; round++)
    {
      guint reads = fake_engine_get_n_spine_reads (watch->engine);
      gint64 until;

      for (guint i = 0; i < 6; i++)
        {
          gint64 id = barua_spine_model_get_id (watch->model, g_test_rand_int_range (0, (gint32)n_items (watch) / 6) * 6 + i);
          guint position;

          if (g_test_rand_bit ())
            fake_engine_add (watch->engine, FAKE_INBOX, NEWEST + round), n++;
          else if (id != 0 && barua_spine_model_find (watch->model, id, G_MININT64, &position))
            {
              fake_engine_remove (watch->engine, id);
              n--;
            }
        }
      /* Twice: a reading may have begun in the midst of it. */
      wait_reads (watch, reads + 1);
      until = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;
      while (n_items (watch) != n && g_get_monotonic_time () < until)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpuint (n_items (watch), ==, n);
      check (watch);
    }
  watch_free (watch);
}

/* What was read while only unread ones are shown stays; what comes in unread is there at once; what goes, goes. */
static void
test_sticky (void)
{
  Watch *watch = watch_new (50, &(BaruaListQuery){ .filter = BARUA_FILTER_UNREAD });
  Watch *anew;
  guint position;
  gint64 id;
  gint64 other;

  settle ();
  g_assert_cmpuint (n_items (watch), ==, 10);
  id = barua_spine_model_get_id (watch->model, 3);
  watch->n_signals = 0;
  fake_engine_flag (watch->engine, id, BARUA_FLAG_SEEN, BARUA_FLAG_SEEN);
  wait_reads (watch, 2);
  g_assert_cmpuint (n_items (watch), ==, 10);
  g_assert_cmpuint (watch->n_signals, ==, 0);
  g_assert_cmpint (barua_spine_model_get_id (watch->model, 3), ==, id);

  /* Begins to match. */
  other = 1;
  fake_engine_flag (watch->engine, other, BARUA_FLAG_SEEN, 0);
  wait_reads (watch, 3);
  g_assert_cmpuint (n_items (watch), ==, 11);
  g_assert_true (barua_spine_model_find (watch->model, other, G_MININT64, &position));
  fake_engine_remove (watch->engine, id);
  wait_reads (watch, 4);
  g_assert_cmpuint (n_items (watch), ==, 10);
  g_assert_false (barua_spine_model_find (watch->model, id, G_MININT64, &position));
  check (watch);

  /* By unread it stays where it was, too. */
  anew = watch_new (50, &(BaruaListQuery){ .sort = BARUA_SORT_UNREAD });
  settle ();
  id = barua_spine_model_get_id (anew->model, 3);
  anew->n_signals = 0;
  fake_engine_flag (anew->engine, id, BARUA_FLAG_SEEN, BARUA_FLAG_SEEN);
  wait_reads (anew, 2);
  g_assert_cmpuint (anew->n_signals, ==, 0);
  g_assert_cmpint (barua_spine_model_get_id (anew->model, 3), ==, id);
  watch_free (anew);
  watch_free (watch);
}

static void
test_search (void)
{
  Watch *watch = watch_new (60, &(BaruaListQuery){ .text = "garden", .scope = BARUA_SEARCH_SCOPE_EVERYWHERE });
  guint n;

  settle ();
  n = n_items (watch);
  g_assert_cmpuint (n, ==, 10);
  g_assert_cmpstr (barua_spine_model_get_query (watch->model)->text, ==, "garden");
  check (watch);
  for (guint i = 0; i < 6; i++)
    fake_engine_add (watch->engine, FAKE_INBOX, NEWEST + 10 + i);
  wait_reads (watch, 2);
  while (n_items (watch) < n + 1)
    g_main_context_iteration (NULL, TRUE);
  check (watch);
  watch_free (watch);
}

static void
test_top (void)
{
  BaruaListQuery query = { .folder = FAKE_INBOX };
  BaruaEngine *engine = barua_engine_new ("/nowhere", BARUA_ENGINE_DEFAULT, NULL);
  BaruaSpineModel *model;
  guint n_first = 0;

  fake_engine_fill (engine, BARUA_SPINE_FIRST_ROWS + 100, NEWEST);
  fake_engine_set_gives_tops (engine, TRUE);
  model = barua_spine_model_new (engine, &query);
  while (!barua_spine_model_get_complete (model))
    {
      if (!barua_spine_model_get_loading (model) && n_first == 0)
        n_first = g_list_model_get_n_items (G_LIST_MODEL (model));
      g_main_context_iteration (NULL, TRUE);
    }
  g_assert_cmpuint (n_first, ==, BARUA_SPINE_FIRST_ROWS);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, BARUA_SPINE_FIRST_ROWS + 100);
  g_assert_cmpuint (fake_engine_get_n_spine_reads (engine), ==, 2);
  g_assert_finalize_object (model);
  settle ();

  /* As many as are shown first: no second reading. */
  engine = (g_object_unref (engine), barua_engine_new ("/nowhere", BARUA_ENGINE_DEFAULT, NULL));
  fake_engine_fill (engine, BARUA_SPINE_FIRST_ROWS, NEWEST);
  fake_engine_set_gives_tops (engine, TRUE);
  model = barua_spine_model_new (engine, &query);
  settle ();
  g_assert_true (barua_spine_model_get_complete (model));
  g_assert_cmpuint (fake_engine_get_n_spine_reads (engine), ==, 1);
  g_assert_finalize_object (model);
  settle ();
  g_object_unref (engine);
}

static gint64 followed_id;
static guint n_followed;

static void
follow (GListModel *model,
        guint       position,
        guint       removed,
        guint       added,
        gpointer    user_data)
{
  gint64 key;

  n_followed += barua_spine_model_get_successor (BARUA_SPINE_MODEL (model), 3, &followed_id, &key);
}

/* A new answer moves its conversation without the store being read, and says who stands for it now. */
static void
test_regroup (void)
{
  Watch *watch = watch_new (20, &(BaruaListQuery){ .grouped = TRUE });
  gint64 answer;
  guint position;

  settle ();
  g_signal_connect (watch->model, "items-changed", G_CALLBACK (follow), NULL);
  answer = fake_engine_add (watch->engine, FAKE_SENT, NEWEST + 50);
  fake_engine_regroup (watch->engine, FAKE_INBOX, 3, answer);
  settle ();
  g_assert_cmpuint (fake_engine_get_n_spine_reads (watch->engine), ==, 1);
  g_assert_cmpuint (n_items (watch), ==, 20);
  g_assert_cmpint (barua_spine_model_get_id (watch->model, 0), ==, answer);
  g_assert_false (barua_spine_model_find (watch->model, 3, G_MININT64, &position));
  g_assert_cmpuint (n_followed, >, 0);
  g_assert_cmpint (followed_id, ==, answer);
  check (watch);
  /* Another folder's conversations are not ours. */
  fake_engine_regroup (watch->engine, FAKE_ARCHIVE, 5, 0);
  settle ();
  g_assert_cmpuint (n_items (watch), ==, 20);
  /* There and gone again in one turn: nothing. */
  watch->n_signals = 0;
  fake_engine_regroup (watch->engine, FAKE_INBOX, answer, 0);
  fake_engine_regroup (watch->engine, FAKE_INBOX, 0, answer);
  settle ();
  g_assert_cmpuint (watch->n_signals, ==, 0);
  fake_engine_regroup (watch->engine, FAKE_INBOX, answer, 0);
  settle ();
  g_assert_cmpuint (n_items (watch), ==, 19);
  check (watch);
  watch_free (watch);
}

/* The same in a list that is read again: while it becomes what was read, it says who stands for the conversation now. */
static void
test_regroup_by_reading (void)
{
  Watch *watch = watch_new (20, &(BaruaListQuery){ .grouped = TRUE, .sort = BARUA_SORT_SIZE });
  gint64 answer;
  guint reads;

  settle ();
  reads = fake_engine_get_n_spine_reads (watch->engine);
  g_signal_connect (watch->model, "items-changed", G_CALLBACK (follow), NULL);
  followed_id = 0;
  n_followed = 0;
  answer = fake_engine_add (watch->engine, FAKE_INBOX, NEWEST + 50);
  /* By way of another one, which came and went in between. */
  fake_engine_regroup (watch->engine, FAKE_INBOX, 3, 777);
  fake_engine_regroup (watch->engine, FAKE_INBOX, 777, answer);
  fake_engine_remove (watch->engine, 3);
  wait_reads (watch, reads + 1);
  g_assert_cmpuint (n_items (watch), ==, 20);
  g_assert_cmpuint (n_followed, >, 0);
  g_assert_cmpint (followed_id, ==, answer);
  check (watch);
  watch_free (watch);
}

static guint n_told;

/* It is somewhere in the list, or about to come again. */
static void
find_moving (GListModel *model,
             guint       position,
             guint       removed,
             guint       added,
             gpointer    user_data)
{
  guint found = 0;
  gint64 key = NEWEST - 5 * 600;

  g_assert_true (barua_spine_model_find (BARUA_SPINE_MODEL (model), 15, key, &found) ||
                 barua_spine_model_is_moving (BARUA_SPINE_MODEL (model), 15, &key));
  n_told++;
}

static void
test_moving_by_reading (void)
{
  for (gboolean up = FALSE; up <= TRUE; up++)
    {
      Watch *watch = watch_new (20, &(BaruaListQuery){ .sort = BARUA_SORT_STARRED });
      guint position;
      guint reads;

      settle ();
      reads = fake_engine_get_n_spine_reads (watch->engine);
      g_assert_true (barua_spine_model_find (watch->model, 15, G_MININT64, &position));
      n_told = 0;
      g_signal_connect (watch->model, "items-changed", G_CALLBACK (find_moving), NULL);
      fake_engine_redate (watch->engine, 15, up ? NEWEST + 100 : NEWEST - 100000);
      wait_reads (watch, reads + 1);
      g_assert_cmpuint (n_told, >, 0);
      check (watch);
      watch_free (watch);
    }
}

/* Many came at once, all over the list: it is told in few pieces, and the copy made of them is the list all the same. */
static void
test_many_differences (void)
{
  static const BaruaSort sorts[] = { BARUA_SORT_STARRED, BARUA_SORT_SUBJECT };

  for (guint i = 0; i < G_N_ELEMENTS (sorts); i++)
    {
      guint n = 4 * BARUA_SPINE_RUNS;
      Watch *watch = watch_new (n, &(BaruaListQuery){ .sort = sorts[i] });
      guint reads;

      settle ();
      reads = fake_engine_get_n_spine_reads (watch->engine);
      watch->n_signals = watch->largest = 0;
      /* Between all that are there: ten minutes apart. */
      for (guint k = 0; k < 2 * BARUA_SPINE_RUNS; k++)
        fake_engine_add (watch->engine, FAKE_INBOX, NEWEST - 1200 * (gint64)k - 300);
      for (guint k = 0; k < 10; k++)
        fake_engine_remove (watch->engine, barua_spine_model_get_id (watch->model, 7 * k));
      wait_reads (watch, reads + 1);
      while (n_items (watch) < n + 2 * BARUA_SPINE_RUNS - 10)
        g_main_context_iteration (NULL, TRUE);
      settle ();
      g_assert_cmpuint (watch->n_signals, >, 1);
      g_assert_cmpuint (watch->n_signals, <=, 2 * BARUA_SPINE_RUNS);
      g_assert_cmpuint (watch->largest, <, n);
      check (watch);
      watch_free (watch);
    }
}

/* A reading holds a commit that is told later: nothing is read again for it, but rows that were read before it are. */
static void
test_told_late (void)
{
  Watch *watch = watch_new (30, &(BaruaListQuery){ .sort = BARUA_SORT_SIZE });
  g_autoptr (BaruaMessageItem) item = NULL;
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  gint64 id;
  guint reads;

  settle ();
  item = g_list_model_get_item (G_LIST_MODEL (watch->model), 12);
  id = barua_message_item_get_id (item);
  settle ();
  reads = fake_engine_get_n_spine_reads (watch->engine);
  fake_engine_add (watch->engine, FAKE_INBOX, NEWEST + 5);
  fake_engine_hold (watch->engine, TRUE);
  fake_engine_flag (watch->engine, id, BARUA_FLAG_FLAGGED, BARUA_FLAG_FLAGGED);
  wait_reads (watch, reads + 1);
  g_assert_cmpuint (n_items (watch), ==, 31);
  reads = fake_engine_get_n_spine_reads (watch->engine);
  watch->n_signals = 0;
  fake_engine_hold (watch->engine, FALSE);
  while (!(barua_message_item_get_row (item)->flags & BARUA_FLAG_FLAGGED) && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, FALSE);
  g_assert_true (barua_message_item_get_row (item)->flags & BARUA_FLAG_FLAGGED);
  g_assert_cmpuint (watch->n_signals, ==, 0);
  g_assert_cmpuint (fake_engine_get_n_spine_reads (watch->engine), ==, reads);
  check (watch);
  g_clear_object (&item);
  watch_free (watch);
}

/* By date, what is told late is not put in a second time. */
static void
test_told_late_by_date (void)
{
  BaruaListQuery query = { .folder = FAKE_INBOX };
  BaruaEngine *engine = barua_engine_new ("/nowhere", BARUA_ENGINE_DEFAULT, NULL);
  BaruaSpineModel *model;

  fake_engine_fill (engine, 20, NEWEST);
  fake_engine_hold (engine, TRUE);
  fake_engine_add (engine, FAKE_INBOX, NEWEST + 5);
  model = barua_spine_model_new (engine, &query);
  settle ();
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 21);
  fake_engine_hold (engine, FALSE);
  fake_engine_add (engine, FAKE_INBOX, NEWEST + 6);
  settle ();
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 22);
  g_assert_cmpuint (fake_engine_get_n_spine_reads (engine), ==, 1);
  g_assert_finalize_object (model);
  settle ();
  g_object_unref (engine);
}

/* An item's key is of the reading that it was made in; the row is found by it all the same. */
static void
test_key_of_other_reading (void)
{
  Watch *watch = watch_new (40, &(BaruaListQuery){ .sort = BARUA_SORT_SUBJECT, .ascending = TRUE });
  g_autoptr (BaruaMessageItem) item = NULL;
  gint64 id;
  guint position = 0;
  guint reads;

  settle ();
  reads = fake_engine_get_n_spine_reads (watch->engine);
  item = g_list_model_get_item (G_LIST_MODEL (watch->model), 30);
  id = barua_message_item_get_id (item);
  for (guint i = 0; i < 10; i++)
    fake_engine_remove (watch->engine, barua_spine_model_get_id (watch->model, i));
  wait_reads (watch, reads + 1);
  while (n_items (watch) > 30)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (barua_spine_model_find (watch->model, id, barua_message_item_get_key (item), &position));
  g_assert_cmpuint (position, ==, 20);
  g_assert_false (barua_spine_model_find (watch->model, 9999, barua_message_item_get_key (item), &position));
  /* Asked for again by its place, it has the key of that. */
  g_object_unref (g_list_model_get_item (G_LIST_MODEL (watch->model), 20));
  g_assert_cmpint (barua_message_item_get_key (item), ==, barua_spine_model_get_key (watch->model, 20));
  g_clear_object (&item);
  watch_free (watch);
}

static void
test_find_date (void)
{
  Watch *watch = watch_new (3, &(BaruaListQuery){ 0 }); /* NEWEST, -600, -1200 */
  guint position = 99;

  g_assert_false (barua_spine_model_find_date (watch->model, NEWEST, &position));
  g_assert_cmpuint (position, ==, 0);
  settle ();
  g_assert_true (barua_spine_model_find_date (watch->model, NEWEST + 1, &position));
  g_assert_cmpuint (position, ==, 0);
  g_assert_true (barua_spine_model_find_date (watch->model, NEWEST - 600, &position));
  g_assert_cmpuint (position, ==, 1);
  g_assert_true (barua_spine_model_find_date (watch->model, NEWEST - 601, &position));
  g_assert_cmpuint (position, ==, 2);
  g_assert_true (barua_spine_model_find_date (watch->model, NEWEST - 1200, &position));
  g_assert_cmpuint (position, ==, 2);
  g_assert_false (barua_spine_model_find_date (watch->model, NEWEST - 1201, &position));
  g_assert_cmpuint (position, ==, 2);
  watch_free (watch);

  watch = watch_new (3, &(BaruaListQuery){ .ascending = TRUE });
  settle ();
  g_assert_true (barua_spine_model_find_date (watch->model, NEWEST, &position));
  g_assert_cmpuint (position, ==, 2);
  g_assert_true (barua_spine_model_find_date (watch->model, NEWEST - 1, &position));
  g_assert_cmpuint (position, ==, 1);
  g_assert_false (barua_spine_model_find_date (watch->model, NEWEST - 1201, &position));
  g_assert_cmpuint (position, ==, 0);
  watch_free (watch);

  watch = watch_new (3, &(BaruaListQuery){ .sort = BARUA_SORT_SIZE });
  settle ();
  g_assert_false (barua_spine_model_find_date (watch->model, NEWEST, &position));
  watch_free (watch);
}

static void
assert_section (BaruaSort   sort,
                gint64      key,
                gint64      low,
                gint64      high,
                const char *title)
{
  g_autofree char *got = barua_words_list_section_title (sort, key, NEWEST);
  gint64 got_low, got_high;

  barua_words_list_section_bounds (sort, key, NEWEST, &got_low, &got_high);
  g_assert_cmpint (got_low, ==, low);
  g_assert_cmpint (got_high, ==, high);
  g_assert_cmpstr (got, ==, title);
}

static void
test_section_words (void)
{
  const gint64 letter = G_GINT64_CONSTANT (1) << BARUA_KEY_LETTER_SHIFT;

  assert_section (BARUA_SORT_SIZE, 0, G_MININT64, 10000, "Under 10 kB");
  assert_section (BARUA_SORT_SIZE, 9999, G_MININT64, 10000, "Under 10 kB");
  assert_section (BARUA_SORT_SIZE, 10000, 10000, 100000, "10 to 100 kB");
  assert_section (BARUA_SORT_SIZE, 999999, 100000, 1000000, "100 kB to 1 MB");
  assert_section (BARUA_SORT_SIZE, 10000000, 10000000, G_MAXINT64, "Over 10 MB");
  assert_section (BARUA_SORT_SENDER, 'M' * letter + 12, 'M' * letter, ('M' + 1) * letter, "M");
  assert_section (BARUA_SORT_SUBJECT, 0x0C32 * letter, 0x0C32 * letter, 0x0C33 * letter, "ల");
  assert_section (BARUA_SORT_SUBJECT, 5, 0, letter, "Without a Letter");
  assert_section (BARUA_SORT_UNREAD, BARUA_KEY_MARK, BARUA_KEY_MARK, G_MAXINT64, "Unread");
  assert_section (BARUA_SORT_UNREAD, BARUA_KEY_MARK - 1, G_MININT64, BARUA_KEY_MARK, "Read");
  assert_section (BARUA_SORT_STARRED, 0, G_MININT64, BARUA_KEY_MARK, "Not Starred");
}

static void
assert_people (const char *people,
               guint       max,
               const char *words)
{
  g_autoptr (BaruaRow) row = barua_row_new ();
  g_autofree char *got = NULL;

  row->from_name = g_strdup ("Alice Carter");
  row->people = people != NULL ? g_strsplit (people, "|", -1) : NULL;
  got = barua_words_people (row, max);
  g_assert_cmpstr (got, ==, words);
}

static void
test_people_words (void)
{
  g_autofree char *all = barua_words_search_coverage (0);
  g_autofree char *none = barua_words_search_coverage (G_MAXINT64);
  g_autofree char *some = barua_words_search_coverage (1709500000);
  const BaruaQueryWord *words = barua_words_query_words ();

  assert_people (NULL, 3, "Alice Carter");
  assert_people ("Alice Carter", 3, "Alice Carter");
  assert_people ("Alice Carter|Howard, Ben|", 3, "Alice, Ben, me");
  assert_people ("A a|B b|C c|D d", 4, "A, B, C, D");
  assert_people ("A a|B b|C c|D d", 3, "A … C, D");
  assert_people ("A a|B b", 1, "A");
  assert_people ("Comma,|B b", 3, "Comma,, B");
  g_assert_cmpstr (all, ==, "");
  g_assert_cmpstr (none, ==, "Mail is searched by sender and subject.");
  g_assert_cmpstr (some, ==, "Texts since March 2024 are searched; older mail by sender and subject.");
  for (guint i = 0; words[i].english != NULL; i++)
    g_assert_cmpstr (words[i].english, ==, words[i].translated);
}

/* What the server found comes in at its place, whatever the list is sorted by, and is subject to the filter. */
static void
test_found (void)
{
  BaruaListQuery query = { .text = "garden", .sort = BARUA_SORT_SIZE };
  Watch *watch = watch_new (300, &query);
  g_autoptr (BaruaIdSet) found = barua_id_set_new ();
  g_autoptr (BaruaIdSet) more = barua_id_set_new ();
  guint n;

  wait_reads (watch, 1);
  n = n_items (watch);
  g_assert_cmpuint (n, ==, 50);
  barua_id_set_add_range (found, 10, 11);
  barua_spine_model_add_found (watch->model, found);
  wait_reads (watch, 2);
  check (watch);
  /* The garden is in 11 anyway. */
  g_assert_cmpuint (n_items (watch), ==, n + 1);
  g_assert_cmpuint (watch->largest, <=, n);
  barua_id_set_add (more, 12);
  barua_spine_model_add_found (watch->model, more);
  wait_reads (watch, 3);
  check (watch);
  g_assert_cmpuint (n_items (watch), ==, n + 2);
  g_assert_false (barua_id_set_contains (found, 12));
  watch_free (watch);
}

static void
assert_asked (guint       n,
              gboolean    more,
              guint       n_answered,
              int         code,
              const char *words)
{
  g_autoptr (BaruaAsked) asked = barua_asked_new ();
  g_autofree char *got = NULL;

  if (n > 0)
    barua_id_set_add_range (asked->found, 1, n);
  asked->more = more;
  asked->n_answered = n_answered;
  asked->failed = code >= 0;
  asked->code = (BaruaErrorCode)MAX (code, 0);
  g_set_str (&asked->host, "posta.example");
  got = barua_words_asked (asked);
  g_assert_cmpstr (got, ==, words);
}

static void
test_asked_words (void)
{
  assert_asked (0, FALSE, 1, -1, "The server found nothing more.");
  assert_asked (1, FALSE, 1, -1, "The server found 1 more.");
  assert_asked (12, FALSE, 3, -1, "The server found 12 more.");
  assert_asked (5000, TRUE, 3, -1, "The server found very many. The newest are here.");
  assert_asked (0, FALSE, 0, BARUA_ERROR_TIMEOUT, "posta.example did not answer in time.");
  assert_asked (12, FALSE, 3, BARUA_ERROR_OFFLINE, "The server found 12 more. You are offline.");
  assert_asked (0, FALSE, 0, BARUA_ERROR_INVALID, "posta.example can’t search for letters other than A to Z.");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  g_test_add_func ("/model/lists/sorts", test_sorts);
  g_test_add_func ("/model/lists/ranks", test_ranks);
  g_test_add_func ("/model/lists/sticky", test_sticky);
  g_test_add_func ("/model/lists/search", test_search);
  g_test_add_func ("/model/lists/top", test_top);
  g_test_add_func ("/model/lists/regroup", test_regroup);
  g_test_add_func ("/model/lists/regroup-by-reading", test_regroup_by_reading);
  g_test_add_func ("/model/lists/moving-by-reading", test_moving_by_reading);
  g_test_add_func ("/model/lists/key-of-other-reading", test_key_of_other_reading);
  g_test_add_func ("/model/lists/many-differences", test_many_differences);
  g_test_add_func ("/model/lists/told-late", test_told_late);
  g_test_add_func ("/model/lists/told-late-by-date", test_told_late_by_date);
  g_test_add_func ("/model/lists/find-date", test_find_date);
  g_test_add_func ("/model/lists/section-words", test_section_words);
  g_test_add_func ("/model/lists/people-words", test_people_words);
  g_test_add_func ("/model/lists/found", test_found);
  g_test_add_func ("/model/lists/asked-words", test_asked_words);
  return g_test_run ();
}
