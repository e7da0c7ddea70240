/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Rows that stay where they are on screen while the height of their list changes: when the bar of the selected ones comes or goes,
 * the search strip slides in, the window is made higher. A list view alone keeps a row at its share of the height, and all move.
 *
 * Takes over the layout of @pane, in which @scroller holds the list, however deep. The first row that is wholly on screen is held,
 * unless that would put the one with the focus out of sight. Main thread. */
void barua_list_steady_install (GtkWidget         *pane,
                                GtkScrolledWindow *scroller);

G_END_DECLS
