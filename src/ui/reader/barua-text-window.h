/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A text of any length alone in a window, where it scrolls by itself and is laid out as far as it is looked at. */
#define BARUA_TYPE_TEXT_WINDOW (barua_text_window_get_type ())
G_DECLARE_FINAL_TYPE (BaruaTextWindow, barua_text_window, BARUA, TEXT_WINDOW, AdwWindow)

/* @parent may be NULL. */
void barua_text_window_present (GtkWindow  *parent,
                                const char *title,
                                const char *text);

G_END_DECLS
