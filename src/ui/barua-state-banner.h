/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "barua-engine.h"

G_BEGIN_DECLS

/* What stands in the way of all mail of an account, above its messages (UI.md 5): one line for the worst of all accounts, with a
 * button for the details. Being offline is none: the subtitle and the status line tell it. */
#define BARUA_TYPE_STATE_BANNER (barua_state_banner_get_type ())
G_DECLARE_FINAL_TYPE (BaruaStateBanner, barua_state_banner, BARUA, STATE_BANNER, AdwBin)

void barua_state_banner_set_engine (BaruaStateBanner *self,
                                    BaruaEngine      *engine);

G_END_DECLS
