/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-replay-plan.h"

#include "barua-error.h"

void
barua_replay_plan_stores (BaruaReplayStores *stores,
                          BaruaFlags         mask,
                          BaruaFlags         bits)
{
  stores->add = mask & bits;
  stores->remove = mask & ~bits;
}

BaruaReplayOutcome
barua_replay_plan_outcome (const GError *error,
                           gboolean      selected)
{
  if (error == NULL)
    return BARUA_REPLAY_CONFIRM;
  if (!selected)
    return BARUA_REPLAY_UNSURE;
  switch (barua_error_get_code (error))
    {
    case BARUA_ERROR_SERVER_REFUSED:
    case BARUA_ERROR_NOT_PERMITTED:
    case BARUA_ERROR_NOT_FOUND:
    case BARUA_ERROR_INVALID:
    case BARUA_ERROR_QUOTA:
      return BARUA_REPLAY_REFUSE;
    default:
      return BARUA_REPLAY_UNSURE;
    }
}
