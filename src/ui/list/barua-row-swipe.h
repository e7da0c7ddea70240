/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "barua-message-row.h"

G_BEGIN_DECLS

/* A finger that moves a row of a list to the start edge marks its message as read or unread. Touch screens only: a touchpad
 * scrolls. One gesture for the whole list; vertical moves stay the list's own.
 *
 * Signal: "swiped" (BaruaMessageItem *): it was let go of where that counts. */
#define BARUA_TYPE_ROW_SWIPE (barua_row_swipe_get_type ())
G_DECLARE_FINAL_TYPE (BaruaRowSwipe, barua_row_swipe, BARUA, ROW_SWIPE, GObject)

/* @list holds the rows, at any depth. (full) */
BaruaRowSwipe *barua_row_swipe_new         (GtkWidget     *list);
/* Where it begins is not moved while FALSE: several are being selected. */
void           barua_row_swipe_set_enabled (BaruaRowSwipe *self,
                                            gboolean       enabled);

G_END_DECLS
