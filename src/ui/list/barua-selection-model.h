/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "barua-spine-model.h"

G_BEGIN_DECLS

/* What is selected in a message list: a GtkSelectionModel and GtkSectionModel over a BaruaSpineModel. It keeps ids, not
 * objects: nothing selected is kept alive, and nothing that is inserted costs more for it. One message at a time; the interface
 * is that of any number (GtkBitset). When the selected message leaves, the one that took its place is selected.
 *
 * Signals: "selected-id-changed" (gint64 id), also when the same message was moved; 0: none. */
#define BARUA_TYPE_SELECTION_MODEL (barua_selection_model_get_type ())
G_DECLARE_FINAL_TYPE (BaruaSelectionModel, barua_selection_model, BARUA, SELECTION_MODEL, GObject)

BaruaSelectionModel *barua_selection_model_new             (BaruaSpineModel     *spine);
BaruaSpineModel     *barua_selection_model_get_spine       (BaruaSelectionModel *self);
/* 0 when nothing is selected. */
gint64               barua_selection_model_get_selected_id (BaruaSelectionModel *self);
/* GTK_INVALID_LIST_POSITION when nothing is selected. */
guint                barua_selection_model_get_selected    (BaruaSelectionModel *self);

G_END_DECLS
