/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A grip over the edge of a pane: split views have no handle of their own. Drag, arrows (16 sp a step), double click (back to
 * @standard). Signals: "width-changed" (double sp). */
#define BARUA_TYPE_PANE_GRIP (barua_pane_grip_get_type ())
G_DECLARE_FINAL_TYPE (BaruaPaneGrip, barua_pane_grip, BARUA, PANE_GRIP, GtkWidget)

/* In sp. */
void barua_pane_grip_set_range (BaruaPaneGrip *self,
                                double         minimum,
                                double         maximum,
                                double         standard);
void barua_pane_grip_set_width (BaruaPaneGrip *self,
                                double         width);

G_END_DECLS
