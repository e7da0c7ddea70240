/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "barua-engine-types.h"

G_BEGIN_DECLS

/* A folder in the tree: one object as long as the folder exists. "notify::folder" tells of every change. Main thread. */
#define BARUA_TYPE_FOLDER_ITEM (barua_folder_item_get_type ())
G_DECLARE_FINAL_TYPE (BaruaFolderItem, barua_folder_item, BARUA, FOLDER_ITEM, GObject)

BaruaFolderItem *barua_folder_item_new            (BaruaFolder     *folder);
/* Borrowed, valid until the next turn of the main loop. */
BaruaFolder     *barua_folder_item_get_folder     (BaruaFolderItem *self);
gint64           barua_folder_item_get_id         (BaruaFolderItem *self);
/* What is shown beside the name: all messages of Drafts and Outbox, none of Junk and Trash, else the unread ones. */
guint            barua_folder_item_get_count      (BaruaFolderItem *self);
/* Whether its name is bold: it holds unread mail that the person may want to read. */
gboolean         barua_folder_item_is_emphasised  (BaruaFolderItem *self);
/* Subfolders, BaruaFolderItem. Borrowed; never NULL. */
GListModel      *barua_folder_item_get_children   (BaruaFolderItem *self);
/* For BaruaFolderTree. */
void             barua_folder_item_set_folder     (BaruaFolderItem *self,
                                                   BaruaFolder     *folder);

G_END_DECLS
