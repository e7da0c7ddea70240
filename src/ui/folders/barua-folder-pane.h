/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "barua-folder-tree.h"

G_BEGIN_DECLS

/* The folders page: tree and status line.
 * Signals: "folder-chosen" (BaruaFolderItem *), "folder-activated" (): Enter or double click, "folder-clicked" (): one click on
 * a folder that can be shown, before it is chosen. */
#define BARUA_TYPE_FOLDER_PANE (barua_folder_pane_get_type ())
G_DECLARE_FINAL_TYPE (BaruaFolderPane, barua_folder_pane, BARUA, FOLDER_PANE, AdwBin)

void             barua_folder_pane_set_engine (BaruaFolderPane *self,
                                               BaruaEngine     *engine);
BaruaFolderTree *barua_folder_pane_get_tree   (BaruaFolderPane *self);
/* Selects it in the tree, which tells of it as if the person had. */
void             barua_folder_pane_choose     (BaruaFolderPane *self,
                                               gint64           folder);
void             barua_folder_pane_open_menu  (BaruaFolderPane *self);
/* What the accounts are doing, one by one. */
void             barua_folder_pane_open_activity (BaruaFolderPane *self);

G_END_DECLS
