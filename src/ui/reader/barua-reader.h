/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "barua-engine.h"
#include "barua-message-card.h"
#include "barua-message-item.h"

G_BEGIN_DECLS

/* The reader page: the chosen message and, folded around it, the others of its conversation, oldest first.
 * Signals: "star-toggled" (gint64 id, gboolean starred), "read" (gint64 id): it was on screen for
 * BARUA_TIMEOUT_MARK_READ_MS, "title-changed" (const char *subject), "removed" (): the one message of a window is gone. */
#define BARUA_TYPE_READER (barua_reader_get_type ())
G_DECLARE_FINAL_TYPE (BaruaReader, barua_reader, BARUA, READER, AdwBin)

void              barua_reader_set_engine  (BaruaReader      *self,
                                            BaruaEngine      *engine);
/* NULL: nothing is chosen. */
void              barua_reader_show        (BaruaReader      *self,
                                            BaruaMessageItem *item);
/* The card of the chosen message; NULL. Borrowed. */
BaruaMessageCard *barua_reader_get_chosen  (BaruaReader      *self);
/* One message alone, of an account or of a file; @row may be NULL for a file. With an engine it follows its marks. */
void              barua_reader_show_alone  (BaruaReader        *self,
                                            BaruaMessageSource *source,
                                            BaruaRow           *row);
/* Says in one title that there is nothing to show. */
void              barua_reader_show_problem (BaruaReader     *self,
                                             const char      *title);
/* A page down or up; FALSE when it is at the end. */
gboolean          barua_reader_scroll_page (BaruaReader      *self,
                                            gboolean          back);
/* The focus goes to the head of the next card, or the one before. */
void              barua_reader_go_to_card  (BaruaReader      *self,
                                            gboolean          back);

G_END_DECLS
