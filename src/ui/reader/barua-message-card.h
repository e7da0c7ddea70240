/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "barua-message-source.h"

G_BEGIN_DECLS

/* One message in the reader: folded to a line, or open with its text and attachments. It loads when it is opened.
 * Signals: "link-hovered" (const char *uri or NULL), "opened", "star-toggled" (gint64 id, gboolean starred),
 * "loaded" (): the text is on screen, "found" (): the number of matches changed, "marked" (int y): the current match stands
 * there, from the top of the card, "web-view-wanted" (): before a web view is made, so that the reader can
 * take away the one used longest ago. */
#define BARUA_TYPE_MESSAGE_CARD (barua_message_card_get_type ())
G_DECLARE_FINAL_TYPE (BaruaMessageCard, barua_message_card, BARUA, MESSAGE_CARD, GtkBox)

/* @row NULL: of a file. */
GtkWidget        *barua_message_card_new           (BaruaMessageSource *source,
                                                    BaruaRow         *row);
gint64            barua_message_card_get_id        (BaruaMessageCard *self);
/* @row NULL: it is gone; what is shown of it stays, without its star. */
void              barua_message_card_set_row       (BaruaMessageCard *self,
                                                    BaruaRow         *row);
/* NULL for a file, and for what is gone. Borrowed. */
BaruaRow         *barua_message_card_get_row       (BaruaMessageCard *self);
void              barua_message_card_set_open      (BaruaMessageCard *self,
                                                    gboolean          open);
gboolean          barua_message_card_get_open      (BaruaMessageCard *self);
/* Alone in the reader it can't be folded. */
void              barua_message_card_set_alone     (BaruaMessageCard *self,
                                                    gboolean          alone);
/* In a narrow reader the head keeps avatar, name, date and menu. */
void              barua_message_card_set_narrow    (BaruaMessageCard *self,
                                                    gboolean          narrow);
gboolean          barua_message_card_is_loaded     (BaruaMessageCard *self);
guint             barua_message_card_get_web_views (BaruaMessageCard *self);
/* The line that Enter opens, or the head that Enter folds. */
void              barua_message_card_focus_head    (BaruaMessageCard *self);
/* Gives its web views back; the text is shown again when it is opened again. */
void              barua_message_card_drop_views    (BaruaMessageCard *self);
void              barua_message_card_view_source   (BaruaMessageCard *self);
void              barua_message_card_save          (BaruaMessageCard *self);
/* The subject as the message says it; "" until it is loaded. */
const char       *barua_message_card_get_subject   (BaruaMessageCard *self);
/* 0.5 ... 3.0 */
void              barua_message_card_set_zoom      (BaruaMessageCard *self,
                                                    double            zoom);
/* See barua_card_body_find(); nothing is found in a folded card. */
void              barua_message_card_find          (BaruaMessageCard *self,
                                                    const char       *text);
guint             barua_message_card_get_found     (BaruaMessageCard *self);
void              barua_message_card_mark          (BaruaMessageCard *self,
                                                    guint             index);
/* Over a dialog. */
void              barua_message_card_print         (BaruaMessageCard *self);

G_END_DECLS
