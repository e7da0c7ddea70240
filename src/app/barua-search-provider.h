/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <libdex.h>

#include "barua-engine.h"

G_BEGIN_DECLS

/* org.gnome.Shell.SearchProvider2 over what is stored here. It hands out sender, subject and date of messages that are found,
 * never a text, and nothing at all when the person switched it off. Main thread.
 *
 * Signals: "open-message" (gint64 id), "open-search" (const char *text): the person chose so. */
#define BARUA_TYPE_SEARCH_PROVIDER (barua_search_provider_get_type ())
G_DECLARE_FINAL_TYPE (BaruaSearchProvider, barua_search_provider, BARUA, SEARCH_PROVIDER, GObject)

/* The engine, started: a future of BaruaEngine (an object). Called for each search. */
typedef DexFuture *(*BaruaSearchEngineFunc) (gpointer user_data);

BaruaSearchProvider *barua_search_provider_new      (BaruaSearchEngineFunc   get_engine,
                                                     gpointer                user_data);
gboolean             barua_search_provider_register (BaruaSearchProvider    *self,
                                                     GDBusConnection        *bus,
                                                     const char             *path,
                                                     GError                **error);
void                 barua_search_provider_withdraw (BaruaSearchProvider    *self);

G_END_DECLS
