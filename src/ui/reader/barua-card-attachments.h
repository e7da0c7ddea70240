/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "barua-message-source.h"

G_BEGIN_DECLS

/* The attachments of one message: how many, and a chip each, a few in each frame; above BARUA_LIMIT_CHIPS when the person wants
 * them. Hidden where there is none.
 * Signal: "message-opened" (const char *section): a message inside the message is to be shown. */
#define BARUA_TYPE_CARD_ATTACHMENTS (barua_card_attachments_get_type ())
G_DECLARE_FINAL_TYPE (BaruaCardAttachments, barua_card_attachments, BARUA, CARD_ATTACHMENTS, GtkBox)

/* @prefix: "2." for the message in part 2 of @id, else "". */
void barua_card_attachments_show (BaruaCardAttachments *self,
                                  BaruaMessageSource   *source,
                                  const char           *prefix,
                                  BaruaParsedMessage   *message);

G_END_DECLS
