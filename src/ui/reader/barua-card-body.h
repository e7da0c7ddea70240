/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "barua-engine.h"

G_BEGIN_DECLS

/* The text of one message: plain text native, HTML in views of the module.
 * Signals: "shown" (): all of it is on screen, "failed" (): the page died, and the body says so, "link-hovered" (const char *uri
 * or NULL), "web-view-wanted" (): before a web view is made. Its buttons use the action "card.plain". */
#define BARUA_TYPE_CARD_BODY (barua_card_body_get_type ())
G_DECLARE_FINAL_TYPE (BaruaCardBody, barua_card_body, BARUA, CARD_BODY, GtkBox)

/* Once. @prefix: "2." for the message in part 2 of @id, else "". */
void     barua_card_body_set_message   (BaruaCardBody      *self,
                                        BaruaEngine        *engine,
                                        gint64              id,
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

G_END_DECLS
