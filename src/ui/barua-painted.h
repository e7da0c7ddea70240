/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* For measurements: with BARUA_TEST_TRACE=FILE in the environment, a line of JSON a row the first time that it was painted with
 * its text: {"id": 7, "us": monotonic microseconds}; and {"event": NAME, "us": ...}. Without it all of this does nothing.
 * Main thread. */

/* Called while a row draws itself; written after the frame was painted. */
void barua_painted_row   (GtkWidget  *widget,
                          gint64      id);
void barua_painted_event (const char *event);

G_END_DECLS
