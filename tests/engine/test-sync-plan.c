/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "barua-limits.h"
#include "barua-sync-plan.h"

/* The decision tables of PROTOCOLS 3.5-3.7 and the faults of 2.5 to 2.7. */

#define NEW BARUA_SYNC_STEP_NEW
#define FLAGS BARUA_SYNC_STEP_FLAGS
#define CHANGES BARUA_SYNC_STEP_CHANGES
#define COUNT BARUA_SYNC_STEP_COUNT
#define LIST BARUA_SYNC_STEP_LIST
#define OLDER BARUA_SYNC_STEP_OLDER
#define FIRST BARUA_SYNC_STEP_FIRST
#define RESET BARUA_SYNC_STEP_RESET

static const struct
{
  const char      *name;
  BaruaSyncState   state;
  BaruaSyncAnswer  answer;
  BaruaSyncWay     way;
  guint            steps;
} plans[] = {
  { "never seen", { 0, 0, 0, 0, 0 }, { 7, 101, 5, 100 }, BARUA_SYNC_WAY_QRESYNC, FIRST },
  { "nothing stored yet", { 7, 101, 5, 0, 0 }, { 7, 101, 5, 100 }, BARUA_SYNC_WAY_QRESYNC, FIRST },
  { "qresync unchanged", { 7, 101, 5, 1, 100 }, { 7, 101, 5, 100 }, BARUA_SYNC_WAY_QRESYNC, COUNT },
  { "qresync new mail", { 7, 101, 5, 1, 100 }, { 7, 103, 9, 102 }, BARUA_SYNC_WAY_QRESYNC, NEW | COUNT },
  { "qresync needs no CHANGEDSINCE", { 7, 101, 5, 1, 100 }, { 7, 101, 9, 100 }, BARUA_SYNC_WAY_QRESYNC, COUNT },
  { "condstore unchanged", { 7, 101, 5, 1, 100 }, { 7, 101, 5, 100 }, BARUA_SYNC_WAY_CONDSTORE, COUNT },
  { "condstore changed", { 7, 101, 5, 1, 100 }, { 7, 101, 6, 100 }, BARUA_SYNC_WAY_CONDSTORE, CHANGES | COUNT },
  { "condstore: expunge need not raise MODSEQ", { 7, 101, 5, 1, 100 }, { 7, 101, 5, 90 }, BARUA_SYNC_WAY_CONDSTORE, COUNT },
  { "condstore: no stored MODSEQ", { 7, 101, 0, 1, 100 }, { 7, 101, 5, 100 }, BARUA_SYNC_WAY_CONDSTORE, FLAGS | COUNT },
  { "MODSEQ going down", { 7, 101, 50, 1, 100 }, { 7, 101, 5, 100 }, BARUA_SYNC_WAY_CONDSTORE, FLAGS | LIST },
  { "plain unchanged", { 7, 101, 0, 1, 100 }, { 7, 101, 0, 100 }, BARUA_SYNC_WAY_PLAIN, FLAGS | COUNT },
  { "plain new mail", { 7, 101, 0, 1, 100 }, { 7, 102, 0, 101 }, BARUA_SYNC_WAY_PLAIN, FLAGS | NEW | COUNT },
  { "UIDNEXT missing: ask anyway", { 7, 101, 0, 1, 100 }, { 7, 0, 0, 100 }, BARUA_SYNC_WAY_PLAIN, FLAGS | NEW | COUNT },
  { "UIDNEXT going down", { 7, 101, 0, 1, 100 }, { 7, 50, 0, 40 }, BARUA_SYNC_WAY_PLAIN, FLAGS | LIST },
  { "UIDVALIDITY changed", { 7, 101, 5, 1, 100 }, { 8, 101, 5, 100 }, BARUA_SYNC_WAY_QRESYNC, RESET | FIRST },
  { "UIDVALIDITY missing is not another one", { 7, 101, 0, 1, 100 }, { 0, 101, 0, 100 }, BARUA_SYNC_WAY_PLAIN, FLAGS | COUNT },
  { "a first sync that was cut", { 7, 101, 5, 40, 60 }, { 7, 103, 6, 102 }, BARUA_SYNC_WAY_QRESYNC, NEW | OLDER | LIST },
};

static void
test_plans (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (plans); i++)
    {
      BaruaSyncPlan plan;

      barua_sync_plan_make (&plan, &plans[i].state, &plans[i].answer, plans[i].way);
      g_test_message ("%s", plans[i].name);
      g_assert_cmphex (plan.steps, ==, plans[i].steps);
      if (plan.steps & NEW)
        g_assert_cmpuint (plan.first_new, ==, plans[i].state.uid_next);
    }
}

static void
test_gate (void)
{
  const BaruaSyncState state = { 7, 101, 5, 1, 100 };
  const BaruaSyncAnswer same = { 7, 101, 5, 100 };
  BaruaSyncAnswer other = same;
  BaruaSyncState partial = state;

  g_assert_true (barua_sync_gate_is_shut (&state, &same, BARUA_SYNC_WAY_CONDSTORE, 3, 4));
  other.modseq = 6;
  g_assert_false (barua_sync_gate_is_shut (&state, &other, BARUA_SYNC_WAY_CONDSTORE, 3, 3));
  other = same;
  other.modseq = 0;
  g_assert_false (barua_sync_gate_is_shut (&state, &other, BARUA_SYNC_WAY_CONDSTORE, 3, 3));
  g_assert_true (barua_sync_gate_is_shut (&state, &other, BARUA_SYNC_WAY_PLAIN, 3, 3));
  g_assert_false (barua_sync_gate_is_shut (&state, &other, BARUA_SYNC_WAY_PLAIN, 3, 4));
  g_assert_true (barua_sync_gate_is_shut (&state, &other, BARUA_SYNC_WAY_PLAIN, G_MAXUINT, 4));
  other.exists = 99;
  g_assert_false (barua_sync_gate_is_shut (&state, &other, BARUA_SYNC_WAY_PLAIN, 3, 3));
  other = same;
  other.uid_next = 102;
  g_assert_false (barua_sync_gate_is_shut (&state, &other, BARUA_SYNC_WAY_QRESYNC, 3, 3));
  other.uid_next = 0;
  g_assert_false (barua_sync_gate_is_shut (&state, &other, BARUA_SYNC_WAY_QRESYNC, 3, 3));
  partial.low = 20;
  g_assert_false (barua_sync_gate_is_shut (&partial, &same, BARUA_SYNC_WAY_QRESYNC, 3, 3));
}

static void
test_listing (void)
{
  g_autoptr(BaruaIdSet) none = barua_id_set_new ();
  g_autoptr(BaruaIdSet) five = barua_id_set_parse ("1:5", -1);

  g_assert_cmpint (barua_sync_judge_listing (five, 5), ==, BARUA_LISTING_PROVEN);
  g_assert_cmpint (barua_sync_judge_listing (none, 0), ==, BARUA_LISTING_PROVEN);
  /* Strato: an empty answer where EXISTS says otherwise. */
  g_assert_cmpint (barua_sync_judge_listing (none, 5), ==, BARUA_LISTING_DISTRUSTED);
  g_assert_cmpint (barua_sync_judge_listing (five, 6), ==, BARUA_LISTING_DISTRUSTED);
  g_assert_cmpint (barua_sync_judge_listing (five, 4), ==, BARUA_LISTING_DISTRUSTED);
  g_assert_cmpint (barua_sync_count_removed (100, 90), ==, 10);
  g_assert_cmpint (barua_sync_count_removed (90, 100), ==, -10);
}

/* What a server without the messages of @gone would list within the window. */
static BaruaIdSet *
list_window (const char *all,
             const char *gone,
             guint32     first,
             guint32     last)
{
  g_autoptr(BaruaIdSet) there = barua_id_set_parse (all, -1);
  g_autoptr(BaruaIdSet) away = barua_id_set_parse (gone, -1);
  g_autoptr(BaruaIdSet) window = barua_id_set_new ();

  barua_id_set_remove_set (there, away);
  barua_id_set_add_range (window, first, last);
  return barua_id_set_intersect (there, window);
}

static void
check_search (const char *gone,
              guint       wanted,
              guint       n_windows,
              gint        verdict)
{
  const char *all = "1:100000";
  g_autoptr(BaruaIdSet) cached = barua_id_set_parse (all, -1);
  g_autoptr(BaruaRemovalSearch) search = barua_removal_search_new (cached, wanted);
  BaruaRemovalVerdict last_verdict = BARUA_REMOVAL_MORE;
  guint windows = 0;
  guint32 first, last;

  while (last_verdict == BARUA_REMOVAL_MORE && barua_removal_search_next (search, &first, &last))
    {
      g_autoptr(BaruaIdSet) listed = list_window (all, gone, first, last);

      if (windows == 0)
        g_assert_cmpuint (last - first + 1, ==, BARUA_REMOVAL_WINDOW);
      if (windows == 1)
        g_assert_cmpuint (last - first + 1, ==, 4 * BARUA_REMOVAL_WINDOW);
      last_verdict = barua_removal_search_feed (search, listed, wanted);
      windows++;
    }
  g_assert_cmpint (last_verdict, ==, verdict);
  g_assert_cmpuint (windows, ==, n_windows);
  if (verdict == BARUA_REMOVAL_DONE)
    {
      g_autofree char *text = barua_id_set_to_string (barua_removal_search_get_removed (search));

      g_assert_cmpstr (text, ==, gone);
    }
}

static void
test_windows (void)
{
  check_search ("99990:99999", 10, 1, BARUA_REMOVAL_DONE);
  check_search ("96000:96499,99990:99999", 510, 2, BARUA_REMOVAL_DONE);
  check_search ("5", 1, 5, BARUA_REMOVAL_DONE);
  /* The server says fewer are gone than its list leaves out: nothing may be removed. */
  check_search ("99990:99999", 9, 1, BARUA_REMOVAL_DISAGREES);
  /* ... or more than all windows show. */
  check_search ("5", 2, 5, BARUA_REMOVAL_DISAGREES);
}

static void
test_ranges (void)
{
  guint next = 2345;
  guint first, last;

  g_assert_true (barua_sync_next_range (&next, 50, &first, &last));
  g_assert_cmpuint (first, ==, 2296);
  g_assert_cmpuint (last, ==, 2345);
  g_assert_true (barua_sync_next_range (&next, 2000, &first, &last));
  g_assert_cmpuint (first, ==, 296);
  g_assert_true (barua_sync_next_range (&next, 2000, &first, &last));
  g_assert_cmpuint (first, ==, 1);
  g_assert_cmpuint (last, ==, 295);
  g_assert_false (barua_sync_next_range (&next, 2000, &first, &last));
}

static void
test_take_newest (void)
{
  g_autoptr(BaruaIdSet) set = barua_id_set_parse ("1:10,20,30:39", -1);
  g_autoptr(BaruaIdSet) twelve = barua_id_set_take_newest (set, 12);
  g_autoptr(BaruaIdSet) rest = NULL;
  g_autofree char *text = barua_id_set_to_string (twelve);
  g_autofree char *left = barua_id_set_to_string (set);

  g_assert_cmpstr (text, ==, "10,20,30:39");
  g_assert_cmpstr (left, ==, "1:9");
  rest = barua_id_set_take_newest (set, 100);
  g_assert_cmpuint (barua_id_set_get_count (rest), ==, 9);
  g_assert_true (barua_id_set_is_empty (set));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/sync-plan/plans", test_plans);
  g_test_add_func ("/engine/sync-plan/gate", test_gate);
  g_test_add_func ("/engine/sync-plan/listing", test_listing);
  g_test_add_func ("/engine/sync-plan/windows", test_windows);
  g_test_add_func ("/engine/sync-plan/ranges", test_ranges);
  g_test_add_func ("/engine/sync-plan/take-newest", test_take_newest);
  return g_test_run ();
}
