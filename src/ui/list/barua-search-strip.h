/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "barua-engine-types.h"

G_BEGIN_DECLS

/* What stands between a list's header and its rows while one searches or filters: words, where they are looked for, and pills
 * that work without a word. Operators ("from:alice") become chips that can be taken away.
 *
 * Signals: "changed" when another list is wanted, typing waited for; "leave" when Escape was pressed in the entry, "down" when
 * the list is wanted. */
#define BARUA_TYPE_SEARCH_STRIP (barua_search_strip_get_type ())
G_DECLARE_FINAL_TYPE (BaruaSearchStrip, barua_search_strip, BARUA, SEARCH_STRIP, GtkWidget)

/* "Search Inbox". */
void         barua_search_strip_set_folder   (BaruaSearchStrip *self,
                                              const char       *name);
/* Whether there is more than one account to look in. */
void         barua_search_strip_set_accounts (BaruaSearchStrip *self,
                                              guint             n_accounts);
/* What is searched, chips and words, as the engine reads it; "" when there is nothing. Borrowed. */
const char  *barua_search_strip_get_text     (BaruaSearchStrip *self);
/* Instead of what is there; operators in it become chips. "changed" tells. */
void         barua_search_strip_set_text     (BaruaSearchStrip *self,
                                              const char       *text);
BaruaSearchScope   barua_search_strip_get_scope    (BaruaSearchStrip *self);
/* "changed" tells when there are words to look for. */
void         barua_search_strip_set_scope    (BaruaSearchStrip *self,
                                              BaruaSearchScope        scope);
BaruaFilter  barua_search_strip_get_filter   (BaruaSearchStrip *self);
/* Whether words or pills hide anything. */
gboolean     barua_search_strip_is_active    (BaruaSearchStrip *self);
/* No words, no pills. "changed" tells if there were any. */
void         barua_search_strip_clear        (BaruaSearchStrip *self);

G_END_DECLS
