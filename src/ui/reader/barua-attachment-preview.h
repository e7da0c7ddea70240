/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "barua-message-source.h"

G_BEGIN_DECLS

/* An attached picture or text, shown in place. Decoded on a worker, bounded in bytes and pixels; a picture is what its type says,
 * never sniffed into something else, and never SVG. */
gboolean   barua_attachment_preview_can_show (const char         *type,
                                              guint64             size);
/* Says so itself when it can't be shown. */
GtkWidget *barua_attachment_preview_new      (BaruaMessageSource *source,
                                              const char         *section,
                                              const char         *type,
                                              const char         *name);

G_END_DECLS
