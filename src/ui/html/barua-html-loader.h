/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-html-api.h"

G_BEGIN_DECLS

/* Opens the HTML view module without holding up the window: found and mapped on a worker, prepared on the main thread.
 * Main thread. */

/* @cache_dir: where the compiled filter is kept. Before anything else here. */
void                barua_html_loader_set_cache_dir (const char *cache_dir);
/* Ahead of the first page, so that it comes as fast as the next; idempotent. */
void                barua_html_loader_start (void);
/* Starts, and calls @ready when the module can be used, with NULL when it can not; at once when that is known. Dropped with
 * @owner. */
void                barua_html_loader_when_ready (GObject   *owner,
                                                  void     (*ready) (const BaruaHtmlApi *api, gpointer owner));
/* NULL until it is ready. */
const BaruaHtmlApi *barua_html_loader_get_api (void);

G_END_DECLS
