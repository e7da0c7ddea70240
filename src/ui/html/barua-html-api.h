/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What libbarua-html-view.so offers to the reader, and all it offers. The module links WebKitGTK, the program does not; it is
 * opened after the first painted frame. Main thread.
 *
 * A view shows one HTML text behind all walls (THREATS 3.3): page scripts off, a filter that blocks every load, a policy that
 * allows nothing, no navigation, own scheme for "cid:" parts. It takes the width that it is given and the height that its text
 * needs there, never more than the limit. Until that is known it is invisible and takes no room. */

#define BARUA_HTML_API_SYMBOL  "barua_html_view_api"
#define BARUA_HTML_API_VERSION 1

/* A part that the page asked for; to be answered once, now or later. @bytes NULL: there is none. */
typedef struct _BaruaHtmlRequest BaruaHtmlRequest;
typedef void (*BaruaHtmlAnswerFunc) (BaruaHtmlRequest *request, GBytes *bytes, const char *type);

typedef struct
{
  /* The height is known, or changed: the view is visible. @cut: the text is longer than what is shown. */
  void (*measured)     (GtkWidget *view, int height, gboolean cut, gpointer user_data);
  /* The pointer is over a link to @uri, or (NULL) no more. */
  void (*hovered)      (GtkWidget *view, const char *uri, gpointer user_data);
  void (*activated)    (GtkWidget *view, const char *uri, gpointer user_data);
  /* The web process is gone, or the page could not be shown. */
  void (*died)         (GtkWidget *view, gpointer user_data);
  /* The page names a part of its own message by Content-ID. */
  void (*part_wanted)  (GtkWidget *view, const char *content_id, BaruaHtmlRequest *request, gpointer user_data);
} BaruaHtmlCallbacks;

typedef struct
{
  gboolean has_own_colours;
  gboolean dark;
  gboolean whole;           /* alone in a window, scrolling by itself: no limit of height */
  const char *font_family;
  double      font_px;
} BaruaHtmlLook;

typedef struct
{
  guint       version;
  /* Compiles the filter into @cache_dir. @ready is called once, with FALSE when there can be no views: without the filter none
   * is made. Views may be made before it is called; they wait. */
  void       (*prepare)     (const char               *cache_dir,
                             void                    (*ready) (gboolean works, gpointer user_data),
                             gpointer                  user_data);
  /* (transfer floating). @callbacks is static. */
  GtkWidget *(*view_new)    (const BaruaHtmlCallbacks *callbacks,
                             gpointer                  user_data);
  /* Shows @html, a fragment for the inside of <body>. */
  void       (*load)        (GtkWidget                *view,
                             const char               *html,
                             const BaruaHtmlLook      *look);
  /* After this no callback is called. */
  void       (*disconnect)  (GtkWidget                *view);
  BaruaHtmlAnswerFunc answer;
  /* 0.5 ... 3.0 */
  void       (*set_zoom)    (GtkWidget                *view,
                             double                    zoom);
} BaruaHtmlApi;

typedef const BaruaHtmlApi *(*BaruaHtmlApiFunc) (void);

G_END_DECLS
