/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-imap-search-key.h"
#include "barua-store-search.h"

G_BEGIN_DECLS

/* What a search of ours is to an IMAP server (RFC 9051, 6.4.4): its words, marks, dates and size; not its folders. What the
 * protocol has no key for (attachments) and what it knows less exactly (it takes no notice of hours and time zones) is left
 * wider: barua_store_search_filter() then has the last word. */
BaruaImapSearchKey *barua_imap_query_to_key   (const BaruaSearchQuery *query);
/* Whether every server understands its words. */
gboolean            barua_imap_query_is_ascii (const BaruaSearchQuery *query);

G_END_DECLS
