/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "barua-engine.h"

G_BEGIN_DECLS

/* What becomes of the remote pictures of a message (UI.md 4, THREATS H-02 and H-03): the row that says they are hidden, and the
 * person's choice for its sender. Signal: "agreed" (): they are to be shown from now on. */
#define BARUA_TYPE_CARD_PICTURES (barua_card_pictures_get_type ())
G_DECLARE_FINAL_TYPE (BaruaCardPictures, barua_card_pictures, BARUA, CARD_PICTURES, AdwBin)

typedef enum
{
  BARUA_PICTURES_ROW,   /* hidden, and said so */
  BARUA_PICTURES_SHOWN,
  BARUA_PICTURES_QUIET  /* hidden, and the person wants to hear nothing of it */
} BaruaPicturesFate;

/* @setting: "ask", "known" or "never" (preferences); @stored: the choice for this sender. A forged sender inherits nothing: whoever
 * is not proven is always asked for. Pure. */
BaruaPicturesFate barua_card_pictures_decide      (const char        *setting,
                                                   BaruaPictures      stored,
                                                   gboolean           is_proven,
                                                   gboolean           is_known);

/* Adds what the menu of the card offers: "show-pictures", "ask-pictures", and what the row's own menu does. */
void              barua_card_pictures_add_actions (BaruaCardPictures *self,
                                                   GActionMap        *actions);
/* The message has remote pictures, of @address. @engine NULL: nothing can be remembered for the sender. Once. */
void              barua_card_pictures_judge       (BaruaCardPictures *self,
                                                   BaruaEngine       *engine,
                                                   const char        *address,
                                                   BaruaPictures      stored,
                                                   gboolean           is_proven,
                                                   gboolean           is_known);
/* No pictures belong to the plain text. */
void              barua_card_pictures_set_plain   (BaruaCardPictures *self,
                                                   gboolean           is_plain);

G_END_DECLS
