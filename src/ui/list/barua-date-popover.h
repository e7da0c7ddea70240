/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* An entry for a date, which says below what it understood. Signals: "go" (gint64 first, gint64 after): the period, as
 * barua_words_parse_period() gives it. */
#define BARUA_TYPE_DATE_POPOVER (barua_date_popover_get_type ())
G_DECLARE_FINAL_TYPE (BaruaDatePopover, barua_date_popover, BARUA, DATE_POPOVER, GtkPopover)

/* @text: what was typed so far. */
void barua_date_popover_open (BaruaDatePopover *self,
                              const char       *text);

G_END_DECLS
