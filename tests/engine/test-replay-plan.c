/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "barua-error.h"
#include "barua-limits.h"
#include "barua-poison.h"
#include "barua-replay-plan.h"
#include "barua-settings.h"

static void
test_stores (void)
{
  BaruaReplayStores stores;

  barua_replay_plan_stores (&stores, BARUA_FLAG_SEEN | BARUA_FLAG_FLAGGED, BARUA_FLAG_SEEN);
  g_assert_cmphex (stores.add, ==, BARUA_FLAG_SEEN);
  g_assert_cmphex (stores.remove, ==, BARUA_FLAG_FLAGGED);
  /* Bits outside the mask were not touched by the person. */
  barua_replay_plan_stores (&stores, BARUA_FLAG_SEEN, BARUA_FLAG_SEEN | BARUA_FLAG_DELETED);
  g_assert_cmphex (stores.add, ==, BARUA_FLAG_SEEN);
  g_assert_cmphex (stores.remove, ==, 0);
}

static void
test_outcomes (void)
{
  static const struct
  {
    BaruaErrorCode     code;
    gboolean           selected;
    BaruaReplayOutcome outcome;
  } outcomes[] = {
    { BARUA_ERROR_SERVER_REFUSED, TRUE, BARUA_REPLAY_REFUSE },
    { BARUA_ERROR_NOT_PERMITTED, TRUE, BARUA_REPLAY_REFUSE },
    { BARUA_ERROR_BUSY, TRUE, BARUA_REPLAY_UNSURE },
    { BARUA_ERROR_CONNECTION_LOST, FALSE, BARUA_REPLAY_UNSURE },
    { BARUA_ERROR_TIMEOUT, FALSE, BARUA_REPLAY_UNSURE },
    { BARUA_ERROR_CANCELLED, TRUE, BARUA_REPLAY_UNSURE },
    /* A refusal that came with the end of the connection says nothing for certain. */
    { BARUA_ERROR_SERVER_REFUSED, FALSE, BARUA_REPLAY_UNSURE },
  };

  g_assert_cmpint (barua_replay_plan_outcome (NULL, TRUE), ==, BARUA_REPLAY_CONFIRM);
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      g_autoptr(GError) error = g_error_new_literal (BARUA_ERROR, outcomes[i].code, "test");

      g_assert_cmpint (barua_replay_plan_outcome (error, outcomes[i].selected), ==, outcomes[i].outcome);
    }
}

static void
test_poison (void)
{
  g_autoptr(BaruaClock) today = barua_clock_new_scaled (1, 1000000000);
  g_autoptr(BaruaClock) tomorrow = barua_clock_new_scaled (1, 1000000000 + 86400);
  g_autoptr(BaruaPoison) poison = barua_poison_new (today, NULL);
  g_autoptr(BaruaPoison) later = NULL;
  g_autoptr(BaruaPoison) next_day = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < BARUA_FETCHES_OF_POISON_PER_DAY; i++)
    g_assert_true (barua_poison_try (poison, BARUA_POISON_ROW, 1, 7));
  g_assert_false (barua_poison_try (poison, BARUA_POISON_ROW, 1, 7));
  g_assert_true (barua_poison_is_spent (poison, BARUA_POISON_ROW, 1, 7));
  g_assert_false (barua_poison_is_spent (poison, BARUA_POISON_BODY, 1, 7));
  g_assert_true (barua_poison_try (poison, BARUA_POISON_BODY, 1, 7));
  g_assert_true (barua_poison_try (poison, BARUA_POISON_ROW, 1, 8));
  g_assert_true (barua_poison_try (poison, BARUA_POISON_ROW, 2, 7));
  g_assert_true (barua_poison_changed (poison));
  text = barua_poison_to_text (poison);
  g_assert_false (barua_poison_changed (poison));
  later = barua_poison_new (today, text);
  g_assert_false (barua_poison_try (later, BARUA_POISON_ROW, 1, 7));
  barua_poison_forget (later, BARUA_POISON_ROW, 1, 7);
  g_assert_true (barua_poison_try (later, BARUA_POISON_ROW, 1, 7));
  next_day = barua_poison_new (tomorrow, text);
  g_assert_false (barua_poison_is_spent (next_day, BARUA_POISON_ROW, 1, 7));
  g_assert_true (barua_poison_try (next_day, BARUA_POISON_ROW, 1, 7));
}

static void
test_settings (void)
{
  g_autofree char *one = barua_settings_set ("{}", "poison", "1 2");
  g_autofree char *two = barua_settings_set (one, "other", "x\"y");
  g_autofree char *value = barua_settings_dup (two, "poison");
  g_autofree char *other = barua_settings_dup (two, "other");
  g_autofree char *gone = barua_settings_set (two, "poison", NULL);
  g_autofree char *mended = barua_settings_set ("no json [", "a", "b");

  g_assert_cmpstr (value, ==, "1 2");
  g_assert_cmpstr (other, ==, "x\"y");
  g_assert_null (barua_settings_dup (gone, "poison"));
  g_assert_null (barua_settings_dup ("[1]", "poison"));
  g_assert_null (barua_settings_dup ("{\"poison\": 3}", "poison"));
  g_assert_cmpstr (mended, ==, "{\"a\":\"b\"}");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/replay-plan/stores", test_stores);
  g_test_add_func ("/engine/replay-plan/outcomes", test_outcomes);
  g_test_add_func ("/engine/poison", test_poison);
  g_test_add_func ("/engine/settings", test_settings);
  return g_test_run ();
}
