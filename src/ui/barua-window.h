/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "barua-engine.h"

G_BEGIN_DECLS

/* The main window (UI.md 1): folders, list, reader.
 * Signal "ready" (): once, when there is more to show than an empty window: rows, the welcome page, a problem. */
#define BARUA_TYPE_WINDOW (barua_window_get_type ())
G_DECLARE_FINAL_TYPE (BaruaWindow, barua_window, BARUA, WINDOW, AdwApplicationWindow)

BaruaWindow *barua_window_new          (AdwApplication *application);
/* The engine has started. */
void         barua_window_set_engine   (BaruaWindow    *self,
                                        BaruaEngine    *engine);
/* Opens a folder, or a message in its folder; nothing happens when it is gone, or before the engine has started. */
void         barua_window_show_folder  (BaruaWindow    *self,
                                        gint64          folder);
void         barua_window_show_message (BaruaWindow    *self,
                                        gint64          id);
/* It could not be. */
void         barua_window_show_problem (BaruaWindow    *self,
                                        const GError   *error);
/* @text is no markup. */
void         barua_window_add_toast    (BaruaWindow    *self,
                                        const char     *text);
/* With a button that shows @file where it lies. */
void         barua_window_add_file_toast (BaruaWindow  *self,
                                          const char   *text,
                                          GFile        *file);

G_END_DECLS
