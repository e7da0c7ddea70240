/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-fetch-round.h"

#include "barua-engine-store.h"

static void
round_clear (gpointer data)
{
  BaruaRound *round = data;

  g_clear_pointer (&round->uids, barua_id_set_unref);
  g_clear_pointer (&round->groups, g_ptr_array_unref);
}

void
barua_round_unref (gpointer round)
{
  g_atomic_rc_box_release_full (round, round_clear);
}

BaruaRound *
barua_round_new (gint64 folder)
{
  BaruaRound *round = g_atomic_rc_box_new0 (BaruaRound);

  round->folder = folder;
  return round;
}

gboolean
barua_round_read (BaruaEngine     *engine,
                  BaruaRound      *round,
                  const char      *name,
                  BaruaStoreFunc   func,
                  GError         **error)
{
  return dex_await (barua_engine_read (engine->store, name, func, g_atomic_rc_box_acquire (round), barua_round_unref),
                    error);
}

gboolean
barua_round_go_on (BaruaRound *round)
{
  if (barua_id_set_is_empty (round->uids))
    return FALSE;
  round->below = barua_id_set_get_first (round->uids);
  return TRUE;
}
