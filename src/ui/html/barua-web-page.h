/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <webkit/webkit.h>

#include "barua-html-api.h"

G_BEGIN_DECLS

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

G_END_DECLS
