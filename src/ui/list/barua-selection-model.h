/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "barua-spine-model.h"

G_BEGIN_DECLS

/* What is selected in a message list: a GtkSelectionModel and GtkSectionModel over a BaruaSpineModel, for one, some or all
 * messages. Positions are a GtkBitset, ids an id set with an "all except" form: no item is kept alive, what is inserted is not
 * selected, what leaves its place and comes again still is. When all that was selected has left, the message that took its
 * place is selected.
 *
 * The lead is the message that was selected alone last, as long as it is among the selected; else the first of them.
 *
 * Signals: "count-changed" (guint n), "selected-id-changed" (gint64 id): the one that is selected alone, also when the same
 * message was moved; 0: none or several. */
#define BARUA_TYPE_SELECTION_MODEL (barua_selection_model_get_type ())
G_DECLARE_FINAL_TYPE (BaruaSelectionModel, barua_selection_model, BARUA, SELECTION_MODEL, GObject)

BaruaSelectionModel *barua_selection_model_new             (BaruaSpineModel     *spine);
BaruaSpineModel     *barua_selection_model_get_spine       (BaruaSelectionModel *self);
/* The message that is selected alone; 0 when none or several are. */
gint64               barua_selection_model_get_selected_id (BaruaSelectionModel *self);
/* The lead; GTK_INVALID_LIST_POSITION when nothing is selected. */
guint                barua_selection_model_get_selected    (BaruaSelectionModel *self);
guint                barua_selection_model_get_count       (BaruaSelectionModel *self);
/* All that is selected. (full) */
BaruaIdSet          *barua_selection_model_dup_ids         (BaruaSelectionModel *self);

G_END_DECLS
