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

static void
select_some (Fixture *fixture,
             guint    first,
             guint    n)
{
  gtk_selection_model_select_range (GTK_SELECTION_MODEL (fixture->selection), first, n, TRUE);
}

static void
assert_ids (Fixture    *fixture,
            BaruaIdSet *expected)
{
  g_autoptr (BaruaIdSet) ids = barua_selection_model_dup_ids (fixture->selection);

  g_assert_true (barua_id_set_equal (ids, expected));
  g_assert_cmpuint (barua_selection_model_get_count (fixture->selection), ==, barua_id_set_get_count (expected));
}

static void
test_several (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (BaruaIdSet) ids = NULL;
  gint64 lead = choose (fixture, 3);
  gint64 id;

  select_some (fixture, 2, 4);
  g_assert_cmpint (barua_selection_model_get_selected_id (fixture->selection), ==, 0);
  g_assert_cmpint (fixture->told, ==, 0);
  g_assert_cmpuint (barua_selection_model_get_selected (fixture->selection), ==, 3);
  ids = barua_selection_model_dup_ids (fixture->selection);
  g_assert_cmpuint (barua_id_set_get_count (ids), ==, 4);

  /* What arrives in between and above is not selected. */
  fake_engine_add_many (fixture->engine, FAKE_INBOX, NEWEST - 2000, 3);
  wait_for (fixture, 13);
  fake_engine_add (fixture->engine, FAKE_INBOX, NEWEST + 60);
  wait_for (fixture, 14);
  assert_ids (fixture, ids);

  /* What leaves is no longer; what only moves still is. */
  id = (gint64)barua_id_set_get_first (ids);
  fake_engine_redate (fixture->engine, id, NEWEST + 900);
  while (barua_spine_model_get_id (fixture->spine, 0) != id)
    g_main_context_iteration (NULL, TRUE);
  settle ();
  assert_ids (fixture, ids);
  id = (gint64)barua_id_set_get_last (ids);
  fake_engine_remove (fixture->engine, id);
  wait_for (fixture, 13);
  barua_id_set_remove_range (ids, (guint64)id, (guint64)id);
  assert_ids (fixture, ids);

  gtk_selection_model_select_item (GTK_SELECTION_MODEL (fixture->selection),
                                   barua_selection_model_get_selected (fixture->selection), TRUE);
  g_assert_cmpint (fixture->told, ==, lead);
}

static void
test_all (Fixture      *fixture,
          gconstpointer data)
{
  g_autoptr (BaruaIdSet) ids = NULL;
  gint64 except = barua_spine_model_get_id (fixture->spine, 4);
  gint64 moved = barua_spine_model_get_id (fixture->spine, 6);

  gtk_selection_model_select_all (GTK_SELECTION_MODEL (fixture->selection));
  g_assert_cmpuint (barua_selection_model_get_count (fixture->selection), ==, 10);
  gtk_selection_model_unselect_item (GTK_SELECTION_MODEL (fixture->selection), 4);
  ids = barua_selection_model_dup_ids (fixture->selection);
  g_assert_cmpuint (barua_id_set_get_count (ids), ==, 9);

  fake_engine_add_many (fixture->engine, FAKE_INBOX, NEWEST - 86400, 20);
  wait_for (fixture, 30);
  fake_engine_redate (fixture->engine, except, NEWEST + 900);
  while (barua_spine_model_get_id (fixture->spine, 0) != except)
    g_main_context_iteration (NULL, TRUE);
  fake_engine_redate (fixture->engine, moved, NEWEST + 1800);
  while (barua_spine_model_get_id (fixture->spine, 0) != moved)
    g_main_context_iteration (NULL, TRUE);
  settle ();
  assert_ids (fixture, ids);
  gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (fixture->selection));
  g_assert_cmpuint (barua_selection_model_get_count (fixture->selection), ==, 0);
  g_assert_cmpuint (barua_selection_model_get_selected (fixture->selection), ==, GTK_INVALID_LIST_POSITION);
}

static void
set_up_grouped (Fixture      *fixture,
                gconstpointer data)
{
  BaruaListQuery query = { .folder = FAKE_INBOX, .sort = (BaruaSort)GPOINTER_TO_INT (data), .grouped = TRUE };

  fixture->engine = barua_engine_new ("/nowhere", BARUA_ENGINE_DEFAULT, NULL);
  fake_engine_fill (fixture->engine, 10, NEWEST);
  fixture->spine = barua_spine_model_new (fixture->engine, &query);
  fixture->selection = barua_selection_model_new (fixture->spine);
  while (g_list_model_get_n_items (G_LIST_MODEL (fixture->spine)) < 10)
    g_main_context_iteration (NULL, TRUE);
  settle ();
}

static gboolean
lists (Fixture *fixture,
       gint64   id)
{
  guint position;

  return barua_spine_model_find (fixture->spine, id, G_MININT64, &position);
}

/* @new_id stands for the conversation of @old_id; the fake's messages come and go with it. */
static void
stand_for (Fixture *fixture,
           gint64   old_id,
           gint64   new_id)
{
  fake_engine_regroup (fixture->engine, FAKE_INBOX, old_id, new_id);
  while (lists (fixture, old_id) || !lists (fixture, new_id))
    g_main_context_iteration (NULL, TRUE);
  settle ();
}

/* An answer comes to a chosen conversation: it stays chosen. One that was not chosen does not become so, whichever message
 * stands for it. */
static void
test_conversations (Fixture      *fixture,
                    gconstpointer data)
{
  for (gboolean inverted = FALSE; inverted <= TRUE; inverted++)
    {
      g_autoptr (BaruaIdSet) ids = NULL;
      gint64 older = fake_engine_add (fixture->engine, FAKE_SENT, NEWEST - 50000);
      gint64 chosen, other, answer;

      /* "All" reaches to the newest id of the list, which is above that of the older message. */
      fake_engine_add (fixture->engine, FAKE_INBOX, NEWEST + 60 + inverted);
      wait_for (fixture, 11 + (guint)inverted);
      chosen = barua_spine_model_get_id (fixture->spine, 3);
      other = barua_spine_model_get_id (fixture->spine, 6);
      gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (fixture->selection));
      if (inverted)
        {
          gtk_selection_model_select_all (GTK_SELECTION_MODEL (fixture->selection));
          gtk_selection_model_unselect_item (GTK_SELECTION_MODEL (fixture->selection), 6);
        }
      else
        select_some (fixture, 2, 3);
      ids = barua_selection_model_dup_ids (fixture->selection);

      answer = fake_engine_add (fixture->engine, FAKE_SENT, NEWEST + 500 + inverted);
      stand_for (fixture, chosen, answer);
      barua_id_set_remove_range (ids, (guint64)chosen, (guint64)chosen);
      barua_id_set_add (ids, (guint64)answer);
      assert_ids (fixture, ids);
      stand_for (fixture, answer, chosen);
      barua_id_set_remove_range (ids, (guint64)answer, (guint64)answer);
      barua_id_set_add (ids, (guint64)chosen);
      assert_ids (fixture, ids);
      stand_for (fixture, other, older);
      assert_ids (fixture, ids);
      stand_for (fixture, older, other);
      assert_ids (fixture, ids);
    }
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
  g_test_add ("/selection/several", Fixture, NULL, set_up, test_several, tear_down);
  g_test_add ("/selection/all", Fixture, NULL, set_up, test_all, tear_down);
  g_test_add ("/selection/conversations", Fixture, GINT_TO_POINTER (BARUA_SORT_DATE), set_up_grouped, test_conversations, tear_down);
  return g_test_run ();
}
