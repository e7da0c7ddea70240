/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What nobody waits for is left alone where the network costs money or power is short, and taken up again after. */
#include "barua-engine-private.h"

static BaruaEngine *
engine_new (void)
{
  BaruaEngine *engine = barua_engine_new (g_get_tmp_dir (), BARUA_ENGINE_DEFAULT, NULL);

  engine->online = barua_online_new_fixed ();
  return engine;
}

static void
test_may_prefetch (void)
{
  g_autoptr (BaruaEngine) engine = engine_new ();

  g_assert_true (barua_engine_may_prefetch (engine));
  barua_online_tell (engine->online, TRUE, TRUE);
  g_assert_false (barua_engine_may_prefetch (engine));
  barua_online_tell_saving (engine->online, TRUE);
  barua_online_tell (engine->online, TRUE, FALSE);
  g_assert_false (barua_engine_may_prefetch (engine));
  barua_online_tell_saving (engine->online, FALSE);
  g_assert_true (barua_engine_may_prefetch (engine));
}

static void
count (BaruaOnline *online,
       guint       *n)
{
  (*n)++;
}

/* Told once a change, and never as a change of the network itself. */
static void
test_told (void)
{
  g_autoptr (BaruaOnline) online = barua_online_new_fixed ();
  guint changed = 0;
  guint resumed = 0;

  g_signal_connect (online, "changed", G_CALLBACK (count), &changed);
  g_signal_connect (online, "resumed", G_CALLBACK (count), &resumed);
  barua_online_tell_saving (online, FALSE);
  g_assert_cmpuint (changed, ==, 0);
  barua_online_tell_saving (online, TRUE);
  barua_online_tell_saving (online, TRUE);
  g_assert_cmpuint (changed, ==, 1);
  g_assert_true (barua_online_get_saving (online));
  g_assert_cmpuint (resumed, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  g_test_add_func ("/engine/background/may-prefetch", test_may_prefetch);
  g_test_add_func ("/engine/background/told", test_told);
  return g_test_run ();
}
