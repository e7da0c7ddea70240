/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "barua-message-source.h"

G_BEGIN_DECLS

/* The reader page alone: one message in a window of its own, from an account or from a file. */
#define BARUA_TYPE_MESSAGE_WINDOW (barua_message_window_get_type ())
G_DECLARE_FINAL_TYPE (BaruaMessageWindow, barua_message_window, BARUA, MESSAGE_WINDOW, AdwApplicationWindow)

/* @row may be NULL where the source is a file. */
GtkWidget *barua_message_window_new          (GtkApplication     *application,
                                              BaruaMessageSource *source,
                                              BaruaRow           *row);
/* Reads @file on a worker; says so itself when it can't be read. */
GtkWidget *barua_message_window_new_for_file (GtkApplication     *application,
                                              GFile              *file);

G_END_DECLS
