/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "barua-engine.h"
#include "barua-message-item.h"

G_BEGIN_DECLS

/* A message list of any length (DESIGN 8): GListModel of BaruaMessageItem over a spine. Another folder, order or filter is
 * another model. Changes are applied by binary insertion as minimal runs, once a turn of the main loop, never as
 * items_changed (0, n, n). Main thread.
 *
 * Nothing moves unless the person moved it (UI.md, rule 1): what the filter or the search would no longer find (a message that
 * was read while only unread ones are shown) and what would stand elsewhere by unread or star stays where it is until another
 * list is made: by leaving the folder, or by changing filter, order or words. It goes only when it leaves the folder (of a
 * search: the scope). What comes in, and what begins to match, appears at its place at once.
 *
 * A list by date without filter, grouped or not, follows the engine's changes without reading the store. Others are read again
 * by a worker, seldom enough (BARUA_SPINE_AGAIN_MS), and become what was read by minimal runs; ids keep their items.
 *
 * Every list has sections (days, months, years; letters; classes of size; with and without the mark): barua_words_list_*().
 * Runs of items-changed cover every item whose place at the start of a section changed with them (GtkSectionModel asks for
 * that).
 *
 * The first BARUA_SPINE_FIRST_ROWS rows of a folder (or search) by date come first; the others follow behind
 * them.
 *
 * Properties: "loading" (gboolean) until the (beginning of the) spine was read for the first time; "complete" (gboolean) once all
 * of it was; "error" (GError) if that failed.
 * Signals: sections-changed (guint position, guint n_items) when a new day began. */
#define BARUA_TYPE_SPINE_MODEL (barua_spine_model_get_type ())
G_DECLARE_FINAL_TYPE (BaruaSpineModel, barua_spine_model, BARUA, SPINE_MODEL, GObject)

/* Starts to read at once. */
BaruaSpineModel      *barua_spine_model_new               (BaruaEngine          *engine,
                                                           const BaruaListQuery *query);
const BaruaListQuery *barua_spine_model_get_query         (BaruaSpineModel      *self);
gboolean              barua_spine_model_get_loading       (BaruaSpineModel      *self);
/* Whether all rows are there, not only the first ones. */
gboolean              barua_spine_model_get_complete      (BaruaSpineModel      *self);
/* Of a search: whether more was found than is listed; the date from which on texts were searched, too (0: all, G_MAXINT64:
 * none): barua_words_search_coverage(). */
gboolean              barua_spine_model_get_more          (BaruaSpineModel      *self);
gint64                barua_spine_model_get_texts_since   (BaruaSpineModel      *self);
/* Of a search: what the server found stands in the list, too, from the next reading on, which begins at once. */
void                  barua_spine_model_add_found         (BaruaSpineModel      *self,
                                                           const BaruaIdSet     *found);
/* Borrowed; NULL when all went well. */
const GError         *barua_spine_model_get_error         (BaruaSpineModel      *self);
/* The commit that the list shows. */
guint64               barua_spine_model_get_generation    (BaruaSpineModel      *self);

/* The id at @position, without making an item of it; 0 outside of the list. */
gint64                barua_spine_model_get_id            (BaruaSpineModel      *self,
                                                           guint                 position);
/* Where @id stands; its item need not be alive when @key is right (binary search), else (@key G_MININT64) all are looked at.
 * FALSE when it is not in the list. */
gboolean              barua_spine_model_find              (BaruaSpineModel      *self,
                                                           gint64                id,
                                                           gint64                key,
                                                           guint                *position);
/* While changes are told: whether @id, which has just left, comes again with another key (@new_key): it was moved. */
gboolean              barua_spine_model_is_moving         (BaruaSpineModel      *self,
                                                           gint64                id,
                                                           gint64               *new_key);
/* While changes are told: the message that stands for @id's conversation now that a newer one came (or the newest went); of a
 * grouped list. FALSE when there is none. A selection follows it. */
gboolean              barua_spine_model_get_successor     (BaruaSpineModel      *self,
                                                           gint64                id,
                                                           gint64               *new_id,
                                                           gint64               *new_key);
/* The other way round: whom @id, which has just come, stands instead of; 0: nobody. */
gint64                barua_spine_model_get_predecessor   (BaruaSpineModel      *self,
                                                           gint64                id);
/* The first row, from the top of the list, at or before @date (seconds since 1970): "jump to date". Sorted with the oldest first
 * it is the last one that is not younger. FALSE when every row is younger (*@position is the oldest row then), when the list is
 * empty (0), or not sorted by date. Binary search. */
gboolean              barua_spine_model_find_date         (BaruaSpineModel      *self,
                                                           gint64                date,
                                                           guint                *position);
/* The sort key at @position; 0 outside of the list. */
gint64                barua_spine_model_get_key           (BaruaSpineModel      *self,
                                                           guint                 position);

/* The section that @position is in: *@start <= position < *@end. For a position
 * outside of the list: from its length to G_MAXUINT, as GtkSectionModel has it. */
void                  barua_spine_model_get_section       (BaruaSpineModel      *self,
                                                           guint                 position,
                                                           guint                *start,
                                                           guint                *end);
/* "Today", ...; NULL outside of the list. (full) */
char                 *barua_spine_model_dup_section_title (BaruaSpineModel      *self,
                                                           guint                 position);
/* The time that sections and dates of rows are relative to: changes at midnight. Seconds since 1970. */
gint64                barua_spine_model_get_now           (BaruaSpineModel      *self);
/* For tests: as if the clock stood at @now. */
void                  barua_spine_model_set_now           (BaruaSpineModel      *self,
                                                           gint64                now);
/* For tests and statistics. */
guint                 barua_spine_model_get_n_live_items  (BaruaSpineModel      *self);

G_END_DECLS
