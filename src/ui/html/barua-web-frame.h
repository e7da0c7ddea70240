/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-html-api.h"

G_BEGIN_DECLS

/* A web view that is as high as its text. */
#define BARUA_TYPE_WEB_FRAME (barua_web_frame_get_type ())
G_DECLARE_FINAL_TYPE (BaruaWebFrame, barua_web_frame, BARUA, WEB_FRAME, GtkWidget)

void barua_web_frame_want_part (BaruaWebFrame    *self,
                                const char       *content_id,
                                BaruaHtmlRequest *request);

void barua_web_frame_want_picture (BaruaWebFrame    *self,
                                   const char       *address,
                                   BaruaHtmlRequest *request);

/* The module's one visible symbol. */
G_MODULE_EXPORT const BaruaHtmlApi *barua_html_view_api (void);

G_END_DECLS
