/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Gives @button the menu @model when it is first opened. A menu costs more than all the rest of a pane, and most are never
 * opened. Main thread. */
void barua_lazy_menu_set (GtkMenuButton *button,
                          GMenuModel    *model);

G_END_DECLS
