/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "barua-message-row.h"

G_BEGIN_DECLS

/* The acts of the message under the pointer, as buttons over its date: one bar for the whole list, which comes when the pointer
 * rests on a row and goes when it leaves, scrolls or drags. Never with a finger; whoever has keys has others.
 *
 * Signal: "read" (BaruaMessageItem *): the button was pressed. */
#define BARUA_TYPE_ROW_HOVER (barua_row_hover_get_type ())
G_DECLARE_FINAL_TYPE (BaruaRowHover, barua_row_hover, BARUA, ROW_HOVER, AdwBin)

/* Watches the rows in @scroller, which @overlay holds; @overlay takes the bar. Once. */
void barua_row_hover_attach      (BaruaRowHover     *self,
                                  GtkOverlay        *overlay,
                                  GtkScrolledWindow *scroller);
/* FALSE: it does not come, and goes. */
void barua_row_hover_set_enabled (BaruaRowHover     *self,
                                  gboolean           enabled);
/* Goes at once. */
void barua_row_hover_dismiss     (BaruaRowHover     *self);

G_END_DECLS
