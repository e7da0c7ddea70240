/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A row of Activity: what it is about, how it stands with it, and at most two buttons. Nothing in it is markup. One row shows one
 * thing after the other, so that the focus stays where it is when the one before it is done.
 *
 * clicked (guint n): a button, 0 or 1. */
#define BARUA_TYPE_ACTIVITY_ROW (barua_activity_row_get_type ())
G_DECLARE_FINAL_TYPE (BaruaActivityRow, barua_activity_row, BARUA, ACTIVITY_ROW, GtkListBoxRow)

/* @labels: of the buttons, with mnemonics, ends with NULL. @beside: at the end of the first line rather than below. */
GtkWidget *barua_activity_row_new (const char *const *labels,
                                   gboolean           beside);
/* @id: for the caller. @state and @remedy may be "". @offers: whether there are buttons now. */
void       barua_activity_row_show (BaruaActivityRow *self,
                                   gint64            id,
                                   const char       *title,
                                   const char       *state,
                                   const char       *remedy,
                                   gboolean          offers);
gint64     barua_activity_row_get_id (BaruaActivityRow *self);

G_END_DECLS
