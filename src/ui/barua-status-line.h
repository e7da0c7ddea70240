/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "barua-engine.h"

G_BEGIN_DECLS

/* The line below the folders: what the accounts are doing, in words, and a thin bar while one synchronises. It opens
 * Activity. A passing state shows only after it lasted BARUA_TIMEOUT_STATE_SHOWN_MS. */
#define BARUA_TYPE_STATUS_LINE (barua_status_line_get_type ())
G_DECLARE_FINAL_TYPE (BaruaStatusLine, barua_status_line, BARUA, STATUS_LINE, AdwBin)

GtkWidget  *barua_status_line_new        (void);
void        barua_status_line_set_engine (BaruaStatusLine *self,
                                          BaruaEngine     *engine);
/* Activity. */
void        barua_status_line_open       (BaruaStatusLine *self);

G_END_DECLS
