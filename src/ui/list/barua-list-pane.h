/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "barua-engine.h"
#include "barua-folder-item.h"
#include "barua-list-options.h"
#include "barua-message-item.h"

G_BEGIN_DECLS

/* The list page: the messages of one folder, or what was found.
 * Signals: "message-chosen" (gint64 id; 0 none), "message-activated" (): Enter or double click,
 * "message-clicked" (): once, or tapped;
 * "star-clicked" (gint64 id), "read-clicked" (gint64 id, gboolean read): an act of one row, selected or
 * not; "space" (gboolean back): Space or Shift+Space was pressed in the list;
 * "filled" (): once, when the first row of the first list can be read, or there is none;
 * "several-changed" (): several are being selected, or no longer, or others. */
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
/* Chooses that one and scrolls to it, or does so once the list is there; then it is told as "message-chosen". FALSE when it is
 * not (yet) in the list: then none is chosen. */
gboolean          barua_list_pane_choose            (BaruaListPane   *self,
                                                     gint64           id);
/* Chooses the row @step further down (negative: up); nothing happens at the ends. */
void              barua_list_pane_move              (BaruaListPane   *self,
                                                     int              step);
/* Chooses the next unread row below; FALSE when there is none loaded. */
gboolean          barua_list_pane_move_to_unread    (BaruaListPane   *self);

/* How the person wants lists; once, before a folder is shown. */
void              barua_list_pane_set_options       (BaruaListPane    *self,
                                                     BaruaListOptions *options);
/* Several: while this holds nothing is chosen alone. */
gboolean          barua_list_pane_get_selecting     (BaruaListPane   *self);
guint             barua_list_pane_get_n_selected    (BaruaListPane   *self);
/* All that is selected, be it one. (full) */
BaruaIdSet       *barua_list_pane_dup_selected      (BaruaListPane   *self);
/* The first @max of them, BaruaMessageItem. (full) */
GPtrArray        *barua_list_pane_list_selected     (BaruaListPane   *self,
                                                     guint            max);
/* Whether a row stands for a conversation. */
gboolean          barua_list_pane_get_grouped       (BaruaListPane   *self);
/* 0 before one was shown. */
gint64            barua_list_pane_get_folder        (BaruaListPane   *self);
/* Where all that is listed is; 0 when that is several folders. */
gint64            barua_list_pane_get_marks_folder  (BaruaListPane   *self);
void              barua_list_pane_begin_selecting   (BaruaListPane   *self);
/* The search strip, with the focus in it. */
void              barua_list_pane_search            (BaruaListPane   *self);
/* The same, everywhere, for @text, which may hold operators. Nothing before a folder is shown. */
void              barua_list_pane_search_for        (BaruaListPane   *self,
                                                     const char      *text);
/* Asks for a date to go to; @text: what was typed already. */
void              barua_list_pane_go_to_date        (BaruaListPane   *self,
                                                     const char      *text);
/* One step back: ends selecting, else clears or closes the search. FALSE when there was nothing to leave. */
gboolean          barua_list_pane_escape            (BaruaListPane   *self);

G_END_DECLS
