/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "barua-engine.h"

G_BEGIN_DECLS

/* What stands between a person and their mail, in one line: the worst of all accounts, when it waits for the person or lasts.
 * Being offline is no trouble. Its button is the action "win.activity". */
#define BARUA_TYPE_LIST_BANNER (barua_list_banner_get_type ())
G_DECLARE_FINAL_TYPE (BaruaListBanner, barua_list_banner, BARUA, LIST_BANNER, AdwBin)

void barua_list_banner_set_engine (BaruaListBanner *self,
                                   BaruaEngine     *engine);

G_END_DECLS
