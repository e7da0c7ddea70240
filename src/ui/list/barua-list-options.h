/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "barua-engine-types.h"
#include "barua-row-metrics.h"

G_BEGIN_DECLS

/* How the person wants message lists: order, grouping, density. An action group for menus and keys, whose states are the
 * settings of the same names: "list-sort" (s: date, sender, subject, size, unread, starred), "list-direction" (s: newest, oldest),
 * "list-grouped" (b), "list-density" (s: comfortable, compact), "list-previews" (s: none, one, two). They stay the same whoever
 * changes the settings.
 *
 * Signals: "order-changed" when another list must be made, "look-changed" when rows look otherwise. */
#define BARUA_TYPE_LIST_OPTIONS (barua_list_options_get_type ())
G_DECLARE_FINAL_TYPE (BaruaListOptions, barua_list_options, BARUA, LIST_OPTIONS, GObject)

/* @settings may be NULL: then nothing is remembered. */
BaruaListOptions *barua_list_options_new           (GSettings        *settings);
GActionGroup     *barua_list_options_get_actions   (BaruaListOptions *self);
BaruaSort         barua_list_options_get_sort      (BaruaListOptions *self);
gboolean          barua_list_options_get_ascending (BaruaListOptions *self);
gboolean          barua_list_options_get_grouped   (BaruaListOptions *self);
BaruaDensity      barua_list_options_get_density   (BaruaListOptions *self);
guint             barua_list_options_get_previews  (BaruaListOptions *self);

G_END_DECLS
