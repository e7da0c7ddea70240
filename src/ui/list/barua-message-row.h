/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "barua-message-item.h"
#include "barua-row-metrics.h"

G_BEGIN_DECLS

/* One row of a message list: draws itself, without children, at a height that depends on density and font size only.
 * Signals: "star-clicked", "clicked" (elsewhere, with the pointer or a finger). */
#define BARUA_TYPE_MESSAGE_ROW (barua_message_row_get_type ())
G_DECLARE_FINAL_TYPE (BaruaMessageRow, barua_message_row, BARUA, MESSAGE_ROW, GtkWidget)

GtkWidget        *barua_message_row_new            (void);
/* @to_names: of Sent and Drafts, which show the recipients. @now: what dates are relative to. */
void              barua_message_row_bind           (BaruaMessageRow  *self,
                                                    BaruaMessageItem *item,
                                                    gboolean          to_names,
                                                    gint64            now);
void              barua_message_row_unbind         (BaruaMessageRow  *self);
BaruaMessageItem *barua_message_row_get_item       (BaruaMessageRow  *self);
void              barua_message_row_set_density    (BaruaMessageRow  *self,
                                                    BaruaDensity      density,
                                                    guint             n_previews);
/* "Unread. Maria Müller. Re: Fahrkarten. Today 09:41. 1 attachment, starred." (full) */
char             *barua_message_row_dup_label      (const BaruaRow   *row,
                                                    gboolean          to_names,
                                                    gint64            now);

G_END_DECLS
