/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <webkit/webkit.h>

G_BEGIN_DECLS

/* The keys of a page. WebKitGTK itself goes round inside a page with Tab and never out again, and keeps the arrow keys although
 * the page has no room to scroll in: so Tab goes from link to link by ours, and out at either end, and what scrolls is what
 * scrolls around the page. A page that does not answer keeps nobody. Main thread. */
#define BARUA_TYPE_WEB_FOCUS (barua_web_focus_get_type ())
G_DECLARE_FINAL_TYPE (BaruaWebFocus, barua_web_focus, BARUA, WEB_FOCUS, GObject)

/* The focus is on the link to @uri with those @words, @y pixels of the page from its top; NULL: on none. */
typedef void (*BaruaWebFocusFunc) (GtkWidget *frame, const char *uri, const char *words, int y);

/* @frame: around @view, gets the keys first and the style class "focused" while the page as a whole has the focus. Both
 * borrowed, until barua_web_focus_drop(). (full) */
BaruaWebFocus *barua_web_focus_new       (GtkWidget         *frame,
                                          WebKitWebView     *view,
                                          BaruaWebFocusFunc  moved);
/* The frame goes. */
void           barua_web_focus_drop      (BaruaWebFocus     *self);
/* The page scrolls by itself. */
void           barua_web_focus_set_whole (BaruaWebFocus     *self,
                                          gboolean           whole);
/* The focus comes by Tab, in this direction: to the first or the last link. FALSE: it has it already, and goes on. */
gboolean       barua_web_focus_enter     (BaruaWebFocus     *self,
                                          GtkDirectionType   direction);

G_END_DECLS
