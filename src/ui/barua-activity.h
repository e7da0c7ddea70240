/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "barua-engine.h"

G_BEGIN_DECLS

/* Activity (UI.md 5): how it stands with the accounts, what waits or was refused, what was done lately; and what can be done about
 * each. It follows what happens only while it is open. */
#define BARUA_TYPE_ACTIVITY (barua_activity_get_type ())
G_DECLARE_FINAL_TYPE (BaruaActivity, barua_activity, BARUA, ACTIVITY, GtkPopover)

GtkWidget *barua_activity_new        (void);
void       barua_activity_set_engine (BaruaActivity *self,
                                      BaruaEngine   *engine);

G_END_DECLS
