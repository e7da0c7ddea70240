/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "barua-engine-types.h"

G_BEGIN_DECLS

/* What stands in a list's place while there is none: why, and what can be done about it; or how far the first rows are.
 * Signal: "clicked" (BaruaPlaceholderAct): a button. */
#define BARUA_TYPE_LIST_PLACEHOLDER (barua_list_placeholder_get_type ())
G_DECLARE_FINAL_TYPE (BaruaListPlaceholder, barua_list_placeholder, BARUA, LIST_PLACEHOLDER, AdwBin)

typedef enum
{
  BARUA_PLACEHOLDER_NOTHING,
  BARUA_PLACEHOLDER_SHOW_ALL,
  BARUA_PLACEHOLDER_EVERYWHERE,
  BARUA_PLACEHOLDER_ASK,
  BARUA_PLACEHOLDER_AGAIN
} BaruaPlaceholderAct;

/* Nothing in the folder with this role. */
void barua_list_placeholder_show_empty   (BaruaListPlaceholder *self,
                                          BaruaRole             role);
/* Nothing that was looked for; @is_unread: only the pill for unread messages; @is_search: words; @can_ask: the server may know
 * more. */
void barua_list_placeholder_show_unfound (BaruaListPlaceholder *self,
                                          gboolean              is_search,
                                          gboolean              is_unread,
                                          gboolean              is_everywhere,
                                          gboolean              can_ask);
void barua_list_placeholder_show_error   (BaruaListPlaceholder *self,
                                          const GError         *error);
/* The first rows are being read or fetched; shown when that lasts. @status may be NULL: nothing is known of how far. */
void barua_list_placeholder_show_loading (BaruaListPlaceholder *self,
                                          const BaruaStatus    *status);

G_END_DECLS
