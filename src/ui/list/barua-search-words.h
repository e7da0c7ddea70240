/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is typed into the search entry: operators are taken out of it as soon as they are whole, the other words stay. Pure
 * functions without GTK. Main thread. */

/* One operator with its value. */
typedef struct
{
  char *query; /* as the engine reads it: "from:alice", "before:2026-11-21" */
  char *label; /* as the person reads it: "von: alice", "not is:unread" */
} BaruaSearchChip;

void       barua_search_chip_free  (BaruaSearchChip *self);

/* Takes the operators out of @text (BaruaSearchChip, full) that a space follows, with @is_finished that at the end, too. An
 * operator is one of barua_words_query_words() with a value that it can have; dates are those of barua_words_parse_period(),
 * relative to @now. *@rest is what is left of the text (full). */
GPtrArray *barua_search_words_take (const char      *text,
                                    gboolean         is_finished,
                                    gint64           now,
                                    char           **rest);

/* Where words of a search are looked for in a row. */
typedef enum
{
  BARUA_HIT_NAME    = 1 << 0,
  BARUA_HIT_SUBJECT = 1 << 1,
  BARUA_HIT_PREVIEW = 1 << 2
} BaruaHitField;

typedef struct
{
  gsize start; /* bytes */
  gsize end;
} BaruaHit;

/* What is to be marked in the results of @query: opaque, for the next. (full) */
GPtrArray *barua_search_words_list_needles (const char *query);
/* Where @needles stand in @text, in order, apart from each other: BaruaHit (full). Compared without case and accents; within a
 * word only in names and subjects, and only three letters or more, as a search finds them. */
GArray    *barua_search_words_find (GPtrArray       *needles,
                                    BaruaHitField    field,
                                    const char      *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaSearchChip, barua_search_chip_free)

G_END_DECLS
