/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-backlog.h"

#define LIMIT 1000u

/* What the listener was told, and how often. */
typedef struct
{
  gboolean full;
  guint    n_calls;
} Told;

static void
on_change (gboolean full,
           gpointer data)
{
  Told *told = data;

  told->full = full;
  told->n_calls++;
}

/* Everything that was sent to the main thread. */
static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Full above the limit, not at it; let go at the half, not above it. */
static void
test_bounds (void)
{
  g_autoptr(BaruaBacklog) backlog = barua_backlog_new (LIMIT);
  Told told = { 0 };

  barua_backlog_set_func (backlog, on_change, &told);
  barua_backlog_add (backlog, LIMIT);
  g_assert_cmpuint (told.n_calls, ==, 0);
  barua_backlog_add (backlog, 1);
  g_assert_true (told.full);
  barua_backlog_add (backlog, LIMIT);
  g_assert_cmpuint (told.n_calls, ==, 1);

  barua_backlog_remove (backlog, 1 + LIMIT + LIMIT / 2 - 1);
  settle ();
  g_assert_cmpuint (told.n_calls, ==, 1);
  barua_backlog_remove (backlog, 1);
  /* From the main loop only: it may be another thread that removes. */
  g_assert_cmpuint (told.n_calls, ==, 1);
  settle ();
  g_assert_false (told.full);
  g_assert_cmpuint (told.n_calls, ==, 2);
  barua_backlog_set_func (backlog, NULL, NULL);
  g_assert_cmpuint (told.n_calls, ==, 2);
}

/* It filled again before the main thread looked: the listener stays held. */
static void
test_refilled (void)
{
  g_autoptr(BaruaBacklog) backlog = barua_backlog_new (LIMIT);
  Told told = { 0 };

  barua_backlog_set_func (backlog, on_change, &told);
  barua_backlog_add (backlog, LIMIT + 1);
  barua_backlog_remove (backlog, LIMIT + 1);
  barua_backlog_add (backlog, LIMIT);
  settle ();
  g_assert_true (told.full);
  g_assert_cmpuint (told.n_calls, ==, 1);
  barua_backlog_remove (backlog, LIMIT);
  settle ();
  g_assert_false (told.full);
}

/* One listener after another: a new one is told how things stand, the one before is let go on. */
static void
test_listeners (void)
{
  g_autoptr(BaruaBacklog) backlog = barua_backlog_new (LIMIT);
  Told first = { 0 };
  Told second = { 0 };

  barua_backlog_add (backlog, LIMIT + 1);
  barua_backlog_set_func (backlog, on_change, &first);
  g_assert_true (first.full);
  barua_backlog_set_func (backlog, on_change, &second);
  g_assert_false (first.full);
  g_assert_true (second.full);
  barua_backlog_set_func (backlog, NULL, NULL);
  g_assert_false (second.full);
  /* Nobody listens. */
  barua_backlog_remove (backlog, LIMIT + 1);
  settle ();
  barua_backlog_set_func (backlog, on_change, &first);
  g_assert_false (first.full);
  g_assert_cmpuint (first.n_calls, ==, 2);
  barua_backlog_set_func (backlog, NULL, NULL);
}

/* More is taken away than was there: nothing, not a number without end. */
static void
test_below_nothing (void)
{
  g_autoptr(BaruaBacklog) backlog = barua_backlog_new (LIMIT);
  Told told = { 0 };

  barua_backlog_set_func (backlog, on_change, &told);
  barua_backlog_add (backlog, 10);
  barua_backlog_remove (backlog, 20);
  barua_backlog_add (backlog, LIMIT);
  g_assert_cmpuint (told.n_calls, ==, 0);
  barua_backlog_add (backlog, 1);
  g_assert_true (told.full);
  barua_backlog_set_func (backlog, NULL, NULL);
}

static gpointer
remove_in_steps (gpointer data)
{
  for (guint i = 0; i < LIMIT; i++)
    barua_backlog_remove (data, 2);
  barua_backlog_unref (data);
  return NULL;
}

/* Taken away by another thread, which may also have the last reference. */
static void
test_threads (void)
{
  BaruaBacklog *backlog = barua_backlog_new (LIMIT);
  Told told = { 0 };
  GThread *thread;

  barua_backlog_set_func (backlog, on_change, &told);
  barua_backlog_add (backlog, 2 * LIMIT);
  g_assert_true (told.full);
  thread = g_thread_new ("store", remove_in_steps, barua_backlog_ref (backlog));
  while (told.full)
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
  settle ();
  g_assert_cmpuint (told.n_calls, ==, 2);
  barua_backlog_set_func (backlog, NULL, NULL);
  barua_backlog_unref (backlog);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/backlog/bounds", test_bounds);
  g_test_add_func ("/engine/backlog/refilled", test_refilled);
  g_test_add_func ("/engine/backlog/listeners", test_listeners);
  g_test_add_func ("/engine/backlog/below-nothing", test_below_nothing);
  g_test_add_func ("/engine/backlog/threads", test_threads);
  return g_test_run ();
}
