/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-engine.h"
#include "barua-message-item.h"

G_BEGIN_DECLS

/* The items of one spine (DESIGN 8): unique per id through a weak table, filled in pages of BARUA_PAGE_ROWS by the engine's
 * reader, of which the BARUA_PAGES_KEPT last used are kept alive. Knows ids, not positions. Main thread. */
typedef struct _BaruaRowPages BaruaRowPages;

BaruaRowPages    *barua_row_pages_new          (BaruaEngine           *engine,
                                                gboolean               grouped);
/* Answers that are still on their way are dropped when they come. */
void              barua_row_pages_free         (BaruaRowPages         *self);

/* The item of @entry; a placeholder when it is not loaded: then @is_new_page is set and the caller hands the page that it
 * stands on to barua_row_pages_want(). (transfer full) */
BaruaMessageItem *barua_row_pages_get          (BaruaRowPages         *self,
                                                const BaruaSpineEntry *entry,
                                                gboolean              *is_new_page);
/* Asks for the rows of @entries (at most BARUA_PAGE_ROWS of them), those that are neither loaded nor asked for. The newest
 * wishes are served first; what scrolled by long ago is forgotten. */
void              barua_row_pages_want         (BaruaRowPages         *self,
                                                const BaruaSpineEntry *entries,
                                                guint                  n_entries);
/* Makes the items of @entries (at most BARUA_PAGE_ROWS of them), adds them to @items (owning) and asks for the rows that are not
 * here; whether all are here already. */
gboolean          barua_row_pages_prepare      (BaruaRowPages         *self,
                                                const BaruaSpineEntry *entries,
                                                guint                  n_entries,
                                                GPtrArray             *items);
/* @id stands elsewhere in the list, if somebody holds its item. */
void              barua_row_pages_set_key      (BaruaRowPages         *self,
                                                gint64                 id,
                                                gint64                 key);
/* The row of @id changed in the commit @generation: read it again if somebody holds its item. */
void              barua_row_pages_invalidate   (BaruaRowPages         *self,
                                                gint64                 id,
                                                gint64                 key,
                                                guint64                generation);
/* The same for every live item whose conversation is in @threads (a set of gint64): of grouped lists. */
void              barua_row_pages_invalidate_threads (BaruaRowPages    *self,
                                                GHashTable            *threads,
                                                guint64                generation);
/* The live item of @id or NULL. Borrowed. */
BaruaMessageItem *barua_row_pages_peek         (BaruaRowPages         *self,
                                                gint64                 id);
/* For tests: live items, and pages that are kept. */
guint             barua_row_pages_get_n_items  (BaruaRowPages         *self);
guint             barua_row_pages_get_n_kept   (BaruaRowPages         *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaRowPages, barua_row_pages_free)

G_END_DECLS
