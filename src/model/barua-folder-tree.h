/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "barua-account-item.h"
#include "barua-engine.h"
#include "barua-folder-item.h"

G_BEGIN_DECLS

/* The roots of the folder tree, for GtkTreeListModel: with one account its top folders, with several the accounts
 * (BaruaAccountItem), whose children they are. Follows the engine; items stay the same objects, counters change in place.
 * Hidden folders and what is no mail are left out. Main thread.
 *
 * Signals: "folders-changed" after folders or accounts came, went or moved. */
#define BARUA_TYPE_FOLDER_TREE (barua_folder_tree_get_type ())
G_DECLARE_FINAL_TYPE (BaruaFolderTree, barua_folder_tree, BARUA, FOLDER_TREE, GObject)

BaruaFolderTree *barua_folder_tree_new            (BaruaEngine     *engine);
/* Children of an element of the tree, or NULL when it has none now. (transfer full) */
GListModel      *barua_folder_tree_list_children  (gpointer         item);
/* Borrowed; NULL when it is not in the tree. */
BaruaFolderItem *barua_folder_tree_get_item       (BaruaFolderTree *self,
                                                   gint64           folder);
/* The first account's folder of @role, else (BARUA_ROLE_INBOX) the first folder that can hold messages; NULL. Borrowed. */
BaruaFolderItem *barua_folder_tree_get_role       (BaruaFolderTree *self,
                                                   BaruaRole        role);
guint            barua_folder_tree_get_n_accounts (BaruaFolderTree *self);
/* Borrowed, or NULL. */
BaruaAccount    *barua_folder_tree_get_account    (BaruaFolderTree *self,
                                                   gint64           account);

G_END_DECLS
