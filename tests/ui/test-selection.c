/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is chosen stays chosen, whatever comes and goes around it. */
#include "barua-selection-model.h"
#include "fake-engine.h"

#define NEWEST 1700000000

typedef struct
{
  BaruaEngine         *engine;
  BaruaSpineModel     *spine;
  BaruaSelectionModel *selection;
  guint                n_told;
  gint64               told;
} Fixture;

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
count (Fixture *fixture,
       gint64   id)
{
  fixture->n_told++;
  fixture->told = id;
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  BaruaListQuery query = { .folder = FAKE_INBOX, .sort = BARUA_SORT_DATE };

  fixture->engine = barua_engine_new ("/nowhere", BARUA_ENGINE_DEFAULT, NULL);
  fake_engine_fill (fixture->engine, 10, NEWEST);
  fixture->spine = barua_spine_model_new (fixture->engine, &query);
  fixture->selection = barua_selection_model_new (fixture->spine);
  g_signal_connect_swapped (fixture->selection, "selected-id-changed", G_CALLBACK (count), fixture);
  while (g_list_model_get_n_items (G_LIST_MODEL (fixture->spine)) < 10)
    g_main_context_iteration (NULL, TRUE);
  settle ();
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_object_unref (fixture->selection);
  g_object_unref (fixture->spine);
  g_object_unref (fixture->engine);
  settle ();
}

static void
assert_chosen (Fixture *fixture,
               gint64   id,
               guint    position)
{
  g_autoptr (GtkBitset) bits = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (fixture->selection));

  g_assert_cmpint (barua_selection_model_get_selected_id (fixture->selection), ==, id);
  g_assert_cmpuint (barua_selection_model_get_selected (fixture->selection), ==, position);
  g_assert_cmpint (barua_spine_model_get_id (fixture->spine, position), ==, id);
  g_assert_cmpuint (gtk_bitset_get_size (bits), ==, 1);
  g_assert_true (gtk_bitset_contains (bits, position));
}

static void
wait_for (Fixture *fixture,
          guint    n)
{
  while (g_list_model_get_n_items (G_LIST_MODEL (fixture->spine)) != n)
    g_main_context_iteration (NULL, TRUE);
  settle ();
}

static gint64
choose (Fixture *fixture,
        guint    position)
{
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (fixture->selection), position, TRUE);
  fixture->n_told = 0;
  return barua_selection_model_get_selected_id (fixture->selection);
}

static void
test_arrival (Fixture      *fixture,
              gconstpointer data)
{
  gint64 id = choose (fixture, 3);

  fake_engine_add (fixture->engine, FAKE_INBOX, NEWEST + 60);
  wait_for (fixture, 11);
  assert_chosen (fixture, id, 4);
  fake_engine_add (fixture->engine, FAKE_INBOX, NEWEST - 86400);
  wait_for (fixture, 12);
  assert_chosen (fixture, id, 4);
  fake_engine_add_many (fixture->engine, FAKE_INBOX, NEWEST + 100, 50);
  wait_for (fixture, 62);
  assert_chosen (fixture, id, 54);
  g_assert_cmpuint (fixture->n_told, ==, 0);
}

static void
test_removal (Fixture      *fixture,
              gconstpointer data)
{
  gint64 id = choose (fixture, 3);
  gint64 next = barua_spine_model_get_id (fixture->spine, 4);

  fake_engine_remove (fixture->engine, barua_spine_model_get_id (fixture->spine, 0));
  wait_for (fixture, 9);
  assert_chosen (fixture, id, 2);
  g_assert_cmpuint (fixture->n_told, ==, 0);

  /* Itself: the one that took its place. */
  fake_engine_remove (fixture->engine, id);
  wait_for (fixture, 8);
  assert_chosen (fixture, next, 2);
  g_assert_cmpint (fixture->told, ==, next);

  /* The last one: the one before. */
  id = choose (fixture, 7);
  next = barua_spine_model_get_id (fixture->spine, 6);
  fake_engine_remove (fixture->engine, id);
  wait_for (fixture, 7);
  assert_chosen (fixture, next, 6);
}

static void
test_moved (Fixture      *fixture,
            gconstpointer data)
{
  gint64 id = choose (fixture, 5);

  fake_engine_redate (fixture->engine, id, NEWEST + 600);
  while (barua_spine_model_get_id (fixture->spine, 0) != id)
    g_main_context_iteration (NULL, TRUE);
  settle ();
  assert_chosen (fixture, id, 0);
}

static void
test_emptied (Fixture      *fixture,
              gconstpointer data)
{
  choose (fixture, 0);
  for (guint n = 10; n > 0; n--)
    {
      fake_engine_remove (fixture->engine, barua_spine_model_get_id (fixture->spine, 0));
      wait_for (fixture, n - 1);
    }
  g_assert_cmpint (barua_selection_model_get_selected_id (fixture->selection), ==, 0);
  g_assert_cmpuint (barua_selection_model_get_selected (fixture->selection), ==, GTK_INVALID_LIST_POSITION);
  g_assert_cmpint (fixture->told, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  g_test_add ("/selection/arrival", Fixture, NULL, set_up, test_arrival, tear_down);
  g_test_add ("/selection/removal", Fixture, NULL, set_up, test_removal, tear_down);
  g_test_add ("/selection/moved", Fixture, NULL, set_up, test_moved, tear_down);
  g_test_add ("/selection/emptied", Fixture, NULL, set_up, test_emptied, tear_down);
  return g_test_run ();
}
