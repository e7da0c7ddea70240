/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-row-metrics.h"

/* UI.md 3: 60, 80, 100 px and 54 px at 11 pt (14.67 px). */
static void
test_heights (void)
{
  static const int heights[] = { 60, 80, 100 };
  BaruaRowMetrics metrics;

  for (guint previews = 0; previews <= 2; previews++)
    {
      barua_row_metrics_init (&metrics, 14.67, BARUA_DENSITY_COMFORTABLE, previews);
      g_assert_cmpint (metrics.height, ==, heights[previews]);
    }
  barua_row_metrics_init (&metrics, 14.67, BARUA_DENSITY_COMPACT, 2);
  g_assert_cmpint (metrics.height, ==, 54);
  g_assert_cmpuint (metrics.n_previews, ==, 0);
  /* Everything grows with the text. */
  barua_row_metrics_init (&metrics, 29.34, BARUA_DENSITY_COMFORTABLE, 1);
  g_assert_cmpint (metrics.height, ==, 161);
  g_assert_cmpint (metrics.baseline[0], <, metrics.baseline[1]);
  g_assert_cmpint (metrics.baseline[1], <, metrics.baseline[2]);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/row-metrics/heights", test_heights);
  return g_test_run ();
}
