/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "barua-engine.h"

G_BEGIN_DECLS

/* The head of an open card: who, when, to whom, star and menu (actions "card.…" of the card around it).
 * Signals: "star-toggled" (gboolean starred), "folded" (): its empty ground was clicked. */
#define BARUA_TYPE_CARD_HEADER (barua_card_header_get_type ())
G_DECLARE_FINAL_TYPE (BaruaCardHeader, barua_card_header, BARUA, CARD_HEADER, GtkBox)

void barua_card_header_set_sender     (BaruaCardHeader          *self,
                                       const char               *name,
                                       const char               *address);
/* @full: the whole date, shown when the short one is pointed at. */
void barua_card_header_set_date       (BaruaCardHeader          *self,
                                       const char               *words,
                                       const char               *full);
void barua_card_header_set_recipients (BaruaCardHeader          *self,
                                       BaruaEngine              *engine,
                                       BaruaParsedMessage       *message);
void barua_card_header_set_starred    (BaruaCardHeader          *self,
                                       gboolean                  starred);
void barua_card_header_set_has_star   (BaruaCardHeader          *self,
                                       gboolean                  has_star);
void barua_card_header_set_has_menu   (BaruaCardHeader          *self,
                                       gboolean                  has_menu);

G_END_DECLS
