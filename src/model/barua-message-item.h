/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "barua-row.h"

G_BEGIN_DECLS

/* One element of a BaruaSpineModel: the same object for an id as long as anybody holds it. A placeholder without row until its
 * page was read; "notify::row" then tells once, and again whenever the row changed. Main thread. */
#define BARUA_TYPE_MESSAGE_ITEM (barua_message_item_get_type ())
G_DECLARE_FINAL_TYPE (BaruaMessageItem, barua_message_item, BARUA, MESSAGE_ITEM, GObject)

BaruaMessageItem *barua_message_item_new     (gint64            id,
                                              gint64            key);
gint64            barua_message_item_get_id  (BaruaMessageItem *self);
gint64            barua_message_item_get_key (BaruaMessageItem *self);
void              barua_message_item_set_key (BaruaMessageItem *self,
                                              gint64            key);
/* NULL while it is not loaded. Borrowed, valid until the next turn of the main loop. */
BaruaRow         *barua_message_item_get_row (BaruaMessageItem *self);
/* For the model that owns it: @row NULL makes it a placeholder again. */
void              barua_message_item_set_row (BaruaMessageItem *self,
                                              BaruaRow         *row);

G_END_DECLS
