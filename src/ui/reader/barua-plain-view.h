/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Plain text of a message drawn natively: quotes with bars, signature dimmed, what is only quoted below folded, links that
 * open when clicked. Very long text shows its beginning and a button for the rest.
 * Signals: "link-hovered" (const char *uri or NULL). */
#define BARUA_TYPE_PLAIN_VIEW (barua_plain_view_get_type ())
G_DECLARE_FINAL_TYPE (BaruaPlainView, barua_plain_view, BARUA, PLAIN_VIEW, GtkBox)

GtkWidget *barua_plain_view_new      (const char     *text);
/* 0.5 ... 3.0 */
void       barua_plain_view_set_zoom (BaruaPlainView *self,
                                      double          zoom);
/* The sender failed proof: links ask. */
void       barua_plain_view_set_failed (BaruaPlainView *self,
                                        gboolean      failed);
/* Marks every occurrence of @text without case (NULL: none), at most BARUA_LIMIT_FOUND; how many. */
guint      barua_plain_view_find     (BaruaPlainView *self,
                                      const char     *text);
/* Marks one of them as the current one (G_MAXUINT: none), unfolds it, and tells how far below the top of @above it stands; -1. */
int        barua_plain_view_mark     (BaruaPlainView *self,
                                      guint           index,
                                      GtkWidget      *above);

G_END_DECLS
