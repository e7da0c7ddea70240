/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-flags.h"
#include "barua-id-set.h"

G_BEGIN_DECLS

/* How a group of wishes becomes STORE commands: pure decisions. */

typedef struct
{
  BaruaFlags add;    /* +FLAGS.SILENT, 0: none */
  BaruaFlags remove; /* -FLAGS.SILENT, 0: none */
} BaruaReplayStores;

void     barua_replay_plan_stores  (BaruaReplayStores *stores,
                                    BaruaFlags         mask,
                                    BaruaFlags         bits);

typedef enum
{
  BARUA_REPLAY_CONFIRM, /* the server has it */
  BARUA_REPLAY_REFUSE,  /* it never will: take the wish back and tell the person */
  BARUA_REPLAY_UNSURE   /* nobody knows: send it again later; doing it twice is doing it once */
} BaruaReplayOutcome;

/* @error: of the command, NULL when it was OK. @selected: the session still stands. */
BaruaReplayOutcome
         barua_replay_plan_outcome (const GError      *error,
                                    gboolean           selected);

G_END_DECLS
