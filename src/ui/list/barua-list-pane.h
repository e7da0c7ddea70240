/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "barua-engine.h"
#include "barua-folder-item.h"
#include "barua-message-item.h"

G_BEGIN_DECLS

/* The list page: the messages of one folder.
 * Signals: "message-chosen" (gint64 id; 0 none), "message-activated" (): Enter or double click,
 * "message-clicked" (): once, or tapped;
 * "star-clicked" (gint64 id), "space" (gboolean back): Space or Shift+Space was pressed in the list. */
#define BARUA_TYPE_LIST_PANE (barua_list_pane_get_type ())
G_DECLARE_FINAL_TYPE (BaruaListPane, barua_list_pane, BARUA, LIST_PANE, AdwBin)

void              barua_list_pane_set_engine        (BaruaListPane   *self,
                                                     BaruaEngine     *engine);
void              barua_list_pane_show_folder       (BaruaListPane   *self,
                                                     BaruaFolderItem *folder);
/* Whether the button that brings the folders is shown. */
void              barua_list_pane_set_folders_apart (BaruaListPane   *self,
                                                     gboolean         apart);
/* 0 when nothing is chosen. */
gint64            barua_list_pane_get_chosen        (BaruaListPane   *self);
/* The chosen message; NULL. (full) */
BaruaMessageItem *barua_list_pane_dup_chosen_item   (BaruaListPane   *self);
/* Chooses the row @step further down (negative: up); nothing happens at the ends. */
void              barua_list_pane_move              (BaruaListPane   *self,
                                                     int              step);
/* Chooses the next unread row below; FALSE when there is none loaded. */
gboolean          barua_list_pane_move_to_unread    (BaruaListPane   *self);

G_END_DECLS
