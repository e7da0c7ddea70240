/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "barua-engine.h"

G_BEGIN_DECLS

/* One message in the reader: folded to a line, or open with its text and attachments. It loads when it is opened.
 * Signals: "link-hovered" (const char *uri or NULL), "opened", "star-toggled" (gint64 id, gboolean starred),
 * "loaded" (): the text is on screen, "web-view-wanted" (): before a web view is made, so that the reader can
 * take away the one used longest ago. */
#define BARUA_TYPE_MESSAGE_CARD (barua_message_card_get_type ())
G_DECLARE_FINAL_TYPE (BaruaMessageCard, barua_message_card, BARUA, MESSAGE_CARD, GtkBox)

/* Takes the bytes of a message apart on a worker; resolves to BaruaParsedMessage. Set once by the program: mime is beyond the
 * window's walls. */
typedef DexFuture *(*BaruaParseFunc) (GBytes *message);
void              barua_message_card_set_parser    (BaruaParseFunc    parse);

GtkWidget        *barua_message_card_new           (BaruaEngine      *engine,
                                                    BaruaRow         *row);
gint64            barua_message_card_get_id        (BaruaMessageCard *self);
void              barua_message_card_set_row       (BaruaMessageCard *self,
                                                    BaruaRow         *row);
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
/* Gives its web views back; the text is shown again when it is opened again. */
void              barua_message_card_drop_views    (BaruaMessageCard *self);
void              barua_message_card_view_source   (BaruaMessageCard *self);
void              barua_message_card_save          (BaruaMessageCard *self);

G_END_DECLS
