/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Plain text of a message drawn natively: quotes with bars, signature dimmed, what is only quoted below folded, links that
 * open when clicked. Very long text shows its beginning and a button for the rest.
 * Signals: "link-hovered" (const char *uri or NULL). */
#define BARUA_TYPE_PLAIN_VIEW (barua_plain_view_get_type ())
G_DECLARE_FINAL_TYPE (BaruaPlainView, barua_plain_view, BARUA, PLAIN_VIEW, GtkBox)

GtkWidget *barua_plain_view_new (const char *text);

G_END_DECLS
