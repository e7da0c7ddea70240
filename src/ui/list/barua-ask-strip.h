/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "barua-engine.h"
#include "barua-spine-model.h"

G_BEGIN_DECLS

/* The line above what was found: what a search covers, and the button that asks the server for the rest; while that goes on how
 * far it is, then what came of it. It is hidden where there is nothing to say.
 *
 * Signals: "changed" when barua_ask_strip_can_ask() may answer otherwise; "leave" when its button had the focus and is gone. */
#define BARUA_TYPE_ASK_STRIP (barua_ask_strip_get_type ())
G_DECLARE_FINAL_TYPE (BaruaAskStrip, barua_ask_strip, BARUA, ASK_STRIP, GtkWidget)

/* Once. */
void        barua_ask_strip_set_engine (BaruaAskStrip        *self,
                                        BaruaEngine          *engine);
/* What is searched now (copied); NULL: no list. Other words or another scope end the asking and forget what was found; another
 * order or filter do not. */
void        barua_ask_strip_set_query  (BaruaAskStrip        *self,
                                        const BaruaListQuery *query);
/* What the server found for it. Borrowed; NULL: nothing, or nobody asked. */
BaruaIdSet *barua_ask_strip_get_found  (BaruaAskStrip        *self);
/* The list of that query: what is found from now on is added to it. Not kept alive. */
void        barua_ask_strip_set_model  (BaruaAskStrip        *self,
                                        BaruaSpineModel      *model);
/* Whether there is a server to ask now that was not asked yet, or did not answer. */
gboolean    barua_ask_strip_can_ask    (BaruaAskStrip        *self);
/* As if its button was pressed; nothing when it can't be. */
void        barua_ask_strip_ask        (BaruaAskStrip        *self);

G_END_DECLS
