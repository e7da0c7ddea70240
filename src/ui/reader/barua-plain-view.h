/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Plain text of a message drawn natively: quotes with bars, signature dimmed, what is only quoted below folded, links that
 * open when clicked. It is made piece by piece, a portion in each frame, from the beginning to the end; what is there never moves.
 * Very long text shows its beginning and a button for the rest. Ctrl+A and Ctrl+C are about the whole text.
 * Signals: "link-hovered" (const char *uri or NULL); "whole-wanted" (the button); "found" (guint: so many now, of a text whose
 * rest is looked through while idle); "placed": barua_plain_view_get_place() knows now. */
#define BARUA_TYPE_PLAIN_VIEW (barua_plain_view_get_type ())
G_DECLARE_FINAL_TYPE (BaruaPlainView, barua_plain_view, BARUA, PLAIN_VIEW, GtkBox)

GtkWidget  *barua_plain_view_new        (const char     *text);
/* All of it. Borrowed. */
const char *barua_plain_view_get_text   (BaruaPlainView *self);
/* 0.5 ... 3.0 */
void        barua_plain_view_set_zoom   (BaruaPlainView *self,
                                         double          zoom);
/* The sender failed proof: links ask. */
void        barua_plain_view_set_failed (BaruaPlainView *self,
                                         gboolean        failed);
/* Marks every occurrence of @text without case (NULL: none), at most BARUA_LIMIT_FOUND; how many there are so far. */
guint       barua_plain_view_find       (BaruaPlainView *self,
                                         const char     *text);
/* Marks one of them as the current one (G_MAXUINT: none), unfolds it or shows it below what is shown; barua_plain_view_get_place()
 * at once, or later with "placed". */
int         barua_plain_view_mark       (BaruaPlainView *self,
                                         guint           index,
                                         GtkWidget      *above);
/* How far below the top of @above the current one stands; -1: not known yet. */
int         barua_plain_view_get_place  (BaruaPlainView *self,
                                         GtkWidget      *above);

G_END_DECLS
