/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "barua-spine-model.h"

G_BEGIN_DECLS

/* What the reader shows while several messages are selected: how many, the first five subjects, and the acts as buttons with
 * words ("win.mark-read", "win.mark-unread", "win.star"). */
#define BARUA_TYPE_SEVERAL_PAGE (barua_several_page_get_type ())
G_DECLARE_FINAL_TYPE (BaruaSeveralPage, barua_several_page, BARUA, SEVERAL_PAGE, AdwBin)

/* @items: the first of them (BaruaMessageItem), loaded or not. */
void barua_several_page_show (BaruaSeveralPage *self,
                              guint             n,
                              gboolean          grouped,
                              GPtrArray        *items);

G_END_DECLS
