/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-act.h"
#include "barua-limits.h"

#include "fake-engine.h"

static gint64
star (BaruaEngine *engine,
      guint        n)
{
  g_autoptr (BaruaIdSet) ids = barua_id_set_new ();

  barua_id_set_add_range (ids, 1, n);
  barua_acts_add_marks (engine, ids, BARUA_FLAG_FLAGGED, BARUA_FLAG_FLAGGED);
  return barua_act_get_id (barua_acts_get_newest (engine));
}

static void
assert_words (BaruaAct   *act,
              const char *expected)
{
  g_autofree char *words = barua_act_dup_words (act);

  g_assert_cmpstr (words, ==, expected);
}

/* Newest first, and no more than are of use. */
static void
test_bounded (void)
{
  g_autoptr (BaruaEngine) engine = barua_engine_new ("", BARUA_ENGINE_DEFAULT, NULL);
  GListModel *acts = barua_acts_get (engine);
  g_autoptr (BaruaAct) first = NULL;
  gint64 id = star (engine, 1);

  g_assert_true (acts == barua_acts_get (engine));
  for (guint i = 2; i <= BARUA_LIMIT_DONE_LATELY; i++)
    g_assert_cmpint (star (engine, i), >, id);
  g_assert_cmpuint (g_list_model_get_n_items (acts), ==, BARUA_LIMIT_DONE_LATELY);
  first = barua_acts_dup (engine, id);
  assert_words (first, "Starred 1 message");
  assert_words (barua_acts_get_newest (engine), "Starred 20 messages");
  star (engine, 21);
  g_assert_cmpuint (g_list_model_get_n_items (acts), ==, BARUA_LIMIT_DONE_LATELY);
  g_assert_null (barua_acts_dup (engine, id));
}

static void
test_undoing (void)
{
  g_autoptr (BaruaEngine) engine = barua_engine_new ("", BARUA_ENGINE_DEFAULT, NULL);
  BaruaAct *marked, *discarded;
  BaruaFlags mask, bits;

  g_assert_null (barua_acts_get_newest (engine));
  star (engine, 2);
  marked = barua_acts_get_newest (engine);
  barua_acts_add_discard (engine, 77, 3);
  discarded = barua_acts_get_newest (engine);
  g_assert_cmpint (barua_act_get_discarded (discarded), ==, 77);
  g_assert_null (barua_act_get_marks (discarded, &mask, &bits));
  assert_words (discarded, "Discarded the changes of 3 messages");
  g_assert_cmpint (barua_act_get_discarded (marked), ==, 0);
  g_assert_cmpuint (barua_id_set_get_count (barua_act_get_marks (marked, &mask, &bits)), ==, 2);
  g_assert_cmpint (mask, ==, BARUA_FLAG_FLAGGED);
  g_assert_cmpint (bits, ==, BARUA_FLAG_FLAGGED);

  /* Once at a time; whoever undoes the newest meanwhile means the one before. */
  g_assert_true (barua_act_begin_undoing (discarded));
  g_assert_false (barua_act_begin_undoing (discarded));
  g_assert_true (barua_acts_get_newest (engine) == marked);
  barua_act_end_undoing (discarded);
  g_assert_true (barua_acts_get_newest (engine) == discarded);
  barua_acts_remove (engine, discarded);
  g_assert_true (barua_acts_get_newest (engine) == marked);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/act/bounded", test_bounded);
  g_test_add_func ("/ui/act/undoing", test_undoing);
  return g_test_run ();
}
