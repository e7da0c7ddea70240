/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "barua-message-item.h"
#include "barua-row-metrics.h"

G_BEGIN_DECLS

/* What a list tells its rows besides their message. */
typedef struct
{
  BaruaDensity density;
  guint        n_previews; /* 0 ... 2 */
  gboolean     to_names;   /* of Sent and Drafts, which show the recipients */
  gboolean     by_size;    /* the size in the place of the date */
  gboolean     grouped;    /* conversations: the number of messages beside the subject */
  gboolean     selecting;  /* a tick in the place of the dot where the row is selected */
  gboolean     toggling;   /* a click selects or unselects besides what is selected */
  gint64       now;        /* what dates are relative to, seconds since 1970 */
  GPtrArray   *needles;    /* barua_search_words_list_needles(): what is marked; NULL: nothing. Borrowed: the list gives another
                            * look before it lets go of it; likewise the next */
  GHashTable  *folders;    /* gint64 * -> char *: the name of every folder, where hits may lie in several; NULL: not shown */
} BaruaRowLook;

/* One row of a message list: draws itself, without children, at a height that depends on density and font size only.
 * Signals: "star-clicked"; "clicked" (elsewhere, with the pointer or a finger, without Control or Shift); "held" (pressed for
 * long with a finger). */
#define BARUA_TYPE_MESSAGE_ROW (barua_message_row_get_type ())
G_DECLARE_FINAL_TYPE (BaruaMessageRow, barua_message_row, BARUA, MESSAGE_ROW, GtkWidget)

GtkWidget        *barua_message_row_new            (void);
void              barua_message_row_bind           (BaruaMessageRow    *self,
                                                    BaruaMessageItem   *item);
void              barua_message_row_unbind         (BaruaMessageRow    *self);
BaruaMessageItem *barua_message_row_get_item       (BaruaMessageRow    *self);
void              barua_message_row_set_look       (BaruaMessageRow    *self,
                                                    const BaruaRowLook *look);
const BaruaRowLook *barua_message_row_get_look     (BaruaMessageRow    *self);
void              barua_message_row_set_selected   (BaruaMessageRow    *self,
                                                    gboolean            selected);
/* Of a conversation: whether any of it is. */
gboolean          barua_message_row_is_unread      (const BaruaRow     *row,
                                                    const BaruaRowLook *look);
/* Whether acts stand over the date, which is not drawn then. */
void              barua_message_row_set_covered    (BaruaMessageRow    *self,
                                                    gboolean            covered);
/* @px: how far it was moved to the start edge; @armed: letting go acts. */
void              barua_message_row_set_swipe      (BaruaMessageRow    *self,
                                                    int                 px,
                                                    gboolean            armed);
/* "Unread. Maria Müller. Re: Fahrkarten. Today 09:41. 3 messages, has attachments, starred." (full) */
char             *barua_message_row_dup_label      (const BaruaRow     *row,
                                                    const BaruaRowLook *look);

G_END_DECLS
