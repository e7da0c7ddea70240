/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What libbarua-html-view.so offers to the reader, and all it offers. The module links WebKitGTK, the program does not; it is
 * opened after the first painted frame. Main thread.
 *
 * A view shows one HTML text behind all walls (THREATS 3.3): page scripts off, a filter that blocks every load, a policy that
 * allows nothing, no navigation, own schemes for "cid:" parts and for pictures that we fetch. It takes the width that it is
 * given and the height that its text needs there, never more than the limit. Until that is known it is invisible and takes no
 * room. */

#define BARUA_HTML_API_SYMBOL  "barua_html_view_api"
#define BARUA_HTML_API_VERSION 3

/* A part that the page asked for; to be answered once, now or later. @bytes NULL: there is none. */
typedef struct _BaruaHtmlRequest BaruaHtmlRequest;
typedef void (*BaruaHtmlAnswerFunc) (BaruaHtmlRequest *request, GBytes *bytes, const char *type);

typedef struct
{
  /* The height is known, or changed: the view is visible. @cut: the text is longer than what is shown. @quotes: it ends in quoted
   * text, which set_quotes_shown() folds and unfolds. */
  void (*measured)     (GtkWidget *view, int height, gboolean cut, gboolean quotes, gpointer user_data);
  /* The pointer or the focus is on a link to @uri, or (NULL) no more. */
  void (*hovered)      (GtkWidget *view, const char *uri, gpointer user_data);
  /* @text: the words of the link; NULL when they are not known. */
  void (*activated)    (GtkWidget *view, const char *uri, const char *text, gpointer user_data);
  /* The web process is gone, or the page could not be shown. */
  void (*died)         (GtkWidget *view, gpointer user_data);
  /* The page names a part of its own message by Content-ID. */
  void (*part_wanted)  (GtkWidget *view, const char *content_id, BaruaHtmlRequest *request, gpointer user_data);
  /* The page names a picture of somebody else's server, as the sanitiser wrote it ("barua-remote:..."); only where the look says
   * that pictures are shown. The page itself fetches nothing. */
  void       (*picture_wanted) (GtkWidget *view, const char *address, BaruaHtmlRequest *request, gpointer user_data);
  /* Answers find(): how often it is there. */
  void (*found)        (GtkWidget *view, guint n, gpointer user_data);
  /* Answers mark(), and tells where the link is that a key moved the focus to: in pixels from the top of the view. */
  void (*marked)       (GtkWidget *view, int y, gpointer user_data);
} BaruaHtmlCallbacks;

/* @error NULL: printed, or the person thought better of it. */
typedef void (*BaruaHtmlPrintedFunc) (const GError *error, gpointer user_data);

typedef struct
{
  gboolean has_own_colours;
  gboolean dark;
  gboolean pictures;        /* the person agreed to remote pictures */
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
  void       (*set_quotes_shown) (GtkWidget           *view,
                             gboolean                  shown);
  /* Marks every occurrence of @text, without case; NULL or "": none. Answered by found(). */
  void       (*find)        (GtkWidget                *view,
                             const char               *text);
  /* Marks one of them as the current one; answered by marked(). G_MAXUINT: none, unanswered. */
  void       (*mark)        (GtkWidget                *view,
                             guint                     index);
  /* Prints @html (a fragment behind the same walls) with a dialog over @parent, or into @pdf without one. @callbacks answer
   * part_wanted() until @printed was called. */
  void       (*print)       (const char               *html,
                             const BaruaHtmlLook      *look,
                             const BaruaHtmlCallbacks *callbacks,
                             gpointer                  user_data,
                             GtkWindow                *parent,
                             GFile                    *pdf,
                             BaruaHtmlPrintedFunc      printed);
} BaruaHtmlApi;

typedef const BaruaHtmlApi *(*BaruaHtmlApiFunc) (void);

G_END_DECLS
