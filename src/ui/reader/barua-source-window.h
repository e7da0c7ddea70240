/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "barua-message-source.h"

G_BEGIN_DECLS

/* A window with the message as it stands on the server. */
#define BARUA_TYPE_SOURCE_WINDOW (barua_source_window_get_type ())
G_DECLARE_FINAL_TYPE (BaruaSourceWindow, barua_source_window, BARUA, SOURCE_WINDOW, AdwWindow)

void barua_source_window_present (GtkWindow   *parent,
                                  BaruaMessageSource *source);

G_END_DECLS
