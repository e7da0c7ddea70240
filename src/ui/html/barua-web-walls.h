/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <webkit/webkit.h>

G_BEGIN_DECLS

/* The walls that all pages share: one web context, one network session that keeps nothing, one filter that blocks every load. */

void              barua_web_walls_prepare     (const char         *cache_dir,
                                               void              (*ready) (gboolean works, gpointer user_data),
                                               gpointer            user_data);
/* A web view inside the walls, or NULL while there is no filter. (transfer floating) */
WebKitWebView    *barua_web_walls_new_view    (void);

G_END_DECLS
