/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "barua-message-source.h"

G_BEGIN_DECLS

/* The text of one message: plain text native, HTML in views of the module.
 * Signals: "shown" (): all of it is on screen, "failed" (): the page died, and the body says so, "link-hovered" (const char *uri
 * or NULL), "web-view-wanted" (): before a web view is made, "found" (): the number of matches changed, "marked" (int y): the
 * current match stands there, from the top of the body. Its buttons use the action "card.plain". */
#define BARUA_TYPE_CARD_BODY (barua_card_body_get_type ())
G_DECLARE_FINAL_TYPE (BaruaCardBody, barua_card_body, BARUA, CARD_BODY, GtkBox)

/* Once. @prefix: "2." for the message in part 2 of @id, else "". */
void     barua_card_body_set_message   (BaruaCardBody      *self,
                                        BaruaMessageSource *source,
                                        const char         *prefix,
                                        BaruaParsedMessage *message);
void     barua_card_body_show          (BaruaCardBody      *self);
/* Gives its web views back. */
void     barua_card_body_clear         (BaruaCardBody      *self);
gboolean barua_card_body_is_shown      (BaruaCardBody      *self);
gboolean barua_card_body_has_html      (BaruaCardBody      *self);
void     barua_card_body_set_as_plain  (BaruaCardBody      *self,
                                        gboolean            as_plain);
guint    barua_card_body_get_web_views (BaruaCardBody      *self);
/* HTML as the sender coloured it, also when it is dark outside. */
void     barua_card_body_set_original  (BaruaCardBody      *self,
                                        gboolean            original);
/* The person agreed to pictures of other people's servers: they are fetched and shown from now on. */
void     barua_card_body_show_pictures (BaruaCardBody      *self);
/* 0.5 ... 3.0 */
void     barua_card_body_set_zoom      (BaruaCardBody      *self,
                                        double              zoom);
/* The sender failed proof: every link asks. */
void     barua_card_body_set_failed    (BaruaCardBody      *self,
                                        gboolean            failed);
/* Marks what is found without case; NULL: nothing. Pages answer later with "found". */
void     barua_card_body_find          (BaruaCardBody      *self,
                                        const char         *text);
guint    barua_card_body_get_found     (BaruaCardBody      *self);
/* The match @index of this body becomes the current one; G_MAXUINT: none. Answered by "marked". */
void     barua_card_body_mark          (BaruaCardBody      *self,
                                        guint               index);
/* The whole text with @head (markup of ours) above it, over a dialog or, @pdf given, into that file. */
void     barua_card_body_print         (BaruaCardBody      *self,
                                        const char         *head,
                                        GFile              *pdf);

G_END_DECLS
