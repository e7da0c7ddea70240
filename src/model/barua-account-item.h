/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "barua-engine-types.h"

G_BEGIN_DECLS

/* An account in the tree; its children are its top folders. "notify::account" tells of every change. Main thread. */
#define BARUA_TYPE_ACCOUNT_ITEM (barua_account_item_get_type ())
G_DECLARE_FINAL_TYPE (BaruaAccountItem, barua_account_item, BARUA, ACCOUNT_ITEM, GObject)

BaruaAccountItem *barua_account_item_new          (BaruaAccount     *account);
/* Borrowed, valid until the next turn of the main loop. */
BaruaAccount     *barua_account_item_get_account  (BaruaAccountItem *self);
gint64            barua_account_item_get_id       (BaruaAccountItem *self);
/* BaruaFolderItem. Borrowed; never NULL. */
GListModel       *barua_account_item_get_children (BaruaAccountItem *self);
/* For BaruaFolderTree. */
void              barua_account_item_set_account  (BaruaAccountItem *self,
                                                   BaruaAccount     *account);

G_END_DECLS
