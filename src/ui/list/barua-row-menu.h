/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "barua-message-row.h"

G_BEGIN_DECLS

/* The menu of the rows of a list, what can be done to the selected ones: at the pointer by the other button, at the row that has
 * the focus by the menu key or Shift+F10. The middle button opens a row in a window of its own ("win.open-window").
 * Signals: "wanted" (BaruaMessageItem *): the acts are to be about it, so it is to be selected. */
#define BARUA_TYPE_ROW_MENU (barua_row_menu_get_type ())
G_DECLARE_FINAL_TYPE (BaruaRowMenu, barua_row_menu, BARUA, ROW_MENU, GObject)

/* @parent: what the menu hangs on, around @list. To be let go of before it. */
BaruaRowMenu *barua_row_menu_new (GtkWidget   *parent,
                                  GtkListView *list);

G_END_DECLS
