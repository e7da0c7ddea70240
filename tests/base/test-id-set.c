/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "barua-id-set.h"
#include "barua-limits.h"

#define MODEL 200u

/* The set against an array of booleans, under random edits. */
static void
check_against (const BaruaIdSet *set,
               const gboolean   *model)
{
  g_autofree char *text = barua_id_set_to_string (set);
  guint64 count = 0;
  const BaruaIdRange *ranges = barua_id_set_get_ranges (set);

  for (guint i = 1; i < MODEL; i++)
    {
      g_assert_cmpint (barua_id_set_contains (set, i), ==, model[i]);
      count += model[i] ? 1 : 0;
    }
  g_assert_cmpuint (barua_id_set_get_count (set), ==, count);
  for (guint i = 1; i < barua_id_set_get_n_ranges (set); i++)
    g_assert_cmpuint (ranges[i].first, >, ranges[i - 1].last + 1);
  if (count > 0)
    {
      g_autoptr (BaruaIdSet) parsed = barua_id_set_parse (text, -1);

      g_assert_nonnull (parsed);
      g_assert_true (barua_id_set_equal (parsed, set));
    }
}

static void
test_random (void)
{
  for (guint round = 0; round < 200; round++)
    {
      g_autoptr (BaruaIdSet) set = barua_id_set_new ();
      gboolean model[MODEL] = { FALSE };

      for (guint step = 0; step < 60; step++)
        {
          guint a = (guint)g_test_rand_int_range (1, MODEL);
          guint b = (guint)g_test_rand_int_range (1, MODEL);
          gboolean add = g_test_rand_bit ();

          if (add)
            g_assert_true (barua_id_set_add_range (set, a, b));
          else
            g_assert_true (barua_id_set_remove_range (set, a, b));
          for (guint i = MIN (a, b); i <= MAX (a, b); i++)
            model[i] = add;
          check_against (set, model);
        }
    }
}

static void
test_algebra (void)
{
  for (guint round = 0; round < 300; round++)
    {
      BaruaIdSet *sets[2];

      sets[0] = barua_id_set_new ();
      sets[1] = barua_id_set_new ();
      for (guint i = 0; i < 20; i++)
        {
          guint start = (guint)g_test_rand_int_range (1, MODEL - 20);

          barua_id_set_add_range (sets[i % 2], start, start + (guint)g_test_rand_int_range (0, 15));
        }
      {
        g_autoptr (BaruaIdSet) both = barua_id_set_intersect (sets[0], sets[1]);
        g_autoptr (BaruaIdSet) rest = barua_id_set_subtract (sets[0], sets[1]);
        g_autoptr (BaruaIdSet) again = barua_id_set_copy (rest);

        for (guint i = 1; i < MODEL; i++)
          {
            gboolean a = barua_id_set_contains (sets[0], i);
            gboolean b = barua_id_set_contains (sets[1], i);

            g_assert_cmpint (barua_id_set_contains (both, i), ==, a && b);
            g_assert_cmpint (barua_id_set_contains (rest, i), ==, a && !b);
          }
        g_assert_true (barua_id_set_add_set (again, both));
        g_assert_true (barua_id_set_equal (again, sets[0]));
        g_assert_true (barua_id_set_remove_set (again, sets[1]));
        g_assert_true (barua_id_set_equal (again, rest));
      }
      barua_id_set_unref (g_steal_pointer (&sets[1]));
      barua_id_set_unref (g_steal_pointer (&sets[0]));
    }
}

static void
test_parse (void)
{
  static const char *const bad[] = { "", "0", "1:", ":1", "1,", ",1", "1,,2", "4294967296", "1:*", "*", "a", "1 2", "-1" };
  g_autoptr (BaruaIdSet) set = barua_id_set_parse ("9:7,4,1:2,3", -1);
  g_autofree char *text = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (barua_id_set_parse (bad[i], -1));
  g_assert_nonnull (set);
  text = barua_id_set_to_string (set);
  g_assert_cmpstr (text, ==, "1:4,7:9");
  g_assert_cmpuint (barua_id_set_get_first (set), ==, 1);
  g_assert_cmpuint (barua_id_set_get_last (set), ==, 9);
  barua_id_set_unref (g_steal_pointer (&set));
  /* Sixteen bytes, not four billion. */
  set = barua_id_set_parse ("1:4294967295", -1);
  g_assert_cmpuint (barua_id_set_get_count (set), ==, G_MAXUINT32);
  g_assert_cmpuint (barua_id_set_get_n_ranges (set), ==, 1);
}

static void
test_limit (void)
{
  g_autoptr (BaruaIdSet) set = barua_id_set_new ();

  for (guint64 i = 0; i < BARUA_LIMIT_ID_SET_RANGES; i++)
    g_assert_true (barua_id_set_add (set, 2 * i + 1));
  g_assert_false (barua_id_set_add (set, 2 * (guint64)BARUA_LIMIT_ID_SET_RANGES + 1));
  g_assert_cmpuint (barua_id_set_get_n_ranges (set), ==, BARUA_LIMIT_ID_SET_RANGES);
  /* What merges still fits. */
  g_assert_true (barua_id_set_add (set, 2));
  g_assert_true (barua_id_set_add (set, 2 * (guint64)BARUA_LIMIT_ID_SET_RANGES + 1));
}

static void
test_edges (void)
{
  g_autoptr (BaruaIdSet) set = barua_id_set_new ();

  g_assert_true (barua_id_set_add_range (set, 0, G_MAXUINT64));
  g_assert_cmpuint (barua_id_set_get_count (set), ==, G_MAXUINT64);
  g_assert_true (barua_id_set_remove_range (set, 0, 0));
  g_assert_true (barua_id_set_remove_range (set, G_MAXUINT64, G_MAXUINT64));
  g_assert_cmpuint (barua_id_set_get_first (set), ==, 1);
  g_assert_cmpuint (barua_id_set_get_last (set), ==, G_MAXUINT64 - 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/id-set/random", test_random);
  g_test_add_func ("/base/id-set/algebra", test_algebra);
  g_test_add_func ("/base/id-set/parse", test_parse);
  g_test_add_func ("/base/id-set/limit", test_limit);
  g_test_add_func ("/base/id-set/edges", test_edges);
  return g_test_run ();
}
