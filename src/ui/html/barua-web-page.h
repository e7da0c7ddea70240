/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <webkit/webkit.h>

#include "barua-html-api.h"

G_BEGIN_DECLS

/* Our own scripts run apart from the page: nothing in it can see or change them. */
#define BARUA_WEB_WORLD "barua"

/* The document around a mail's HTML, and what a page may ask for. */

/* The whole document for the fragment @html, on @paper. (full) */
char *barua_web_page_build          (const char             *html,
                                     const BaruaHtmlLook    *look,
                                     const GdkRGBA          *paper);
/* Answers "cid:" requests through the frame that @view is in; refuses all others. */
void  barua_web_page_handle_request (WebKitWebView          *view,
                                     WebKitURISchemeRequest *request);
void  barua_web_page_answer         (BaruaHtmlRequest       *request,
                                     GBytes                 *bytes,
                                     const char             *type);

/* How many bytes of a sanitised page to show of it first: all of a short one, else at most @max, up to before a tag, so that
 * neither a tag nor a letter is cut. Where the page leaves an element open there, the reader of HTML closes it. */
gsize barua_web_page_first_bytes (const char *html,
                                  gsize       max);

G_END_DECLS
