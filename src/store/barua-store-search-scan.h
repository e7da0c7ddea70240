/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-store-search.h"

G_BEGIN_DECLS

/* Adds the messages above @cursor that hold the query's words to @hits (GArray of BaruaSpineEntry, in no order), by the same
 * rule as the word index; of the query's other conditions only the dates are looked at. On a reader. */
gboolean          barua_store_search_scan     (BaruaStoreConnection    *c,
                                               const BaruaSearchQuery  *query,
                                               gint64                   cursor,
                                               GArray                  *hits,
                                               GError                 **error);

/* The last word of @term may go on. */
gboolean          barua_search_term_is_prefix (const BaruaSearchTerm   *term);

G_END_DECLS
