/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Gives @button the menu @model when it is first opened: a menu costs more than all the rest of a pane, and most are never opened.
 * Where items can be checked screen readers may take them for plain ones then, for they are told of an item before it finds its
 * act: those of the cards, of which there are hundreds, live with that. Main thread. */
void        barua_lazy_menu_set (GtkMenuButton *button,
                                 GMenuModel    *model);
/* The menu that @button has, or will have; NULL. (none) */
GMenuModel *barua_lazy_menu_get (GtkMenuButton *button);

G_END_DECLS
