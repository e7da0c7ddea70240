/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <webkit/webkit.h>

G_BEGIN_DECLS

/* The walls that all pages share: one web context, one network session that keeps nothing, one filter that blocks every load. */

void              barua_web_walls_prepare     (const char         *cache_dir,
                                               void              (*ready) (gboolean works, gpointer user_data),
                                               gpointer            user_data);
/* A web view inside the walls, or NULL while there is no filter. It may show an empty page already. (full) */
WebKitWebView    *barua_web_walls_take_view   (void);
/* Gets the next one ready, its process running, once there is nothing else to do; not beyond BARUA_LIVE_WEB_VIEWS. */
void              barua_web_walls_warm        (void);

G_END_DECLS
