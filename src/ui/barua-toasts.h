/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Tells in a toast of the window that @from is in what was done; @text is no markup. Nothing where the window has no place for it.
 * Main thread. */
void barua_toasts_tell      (GtkWidget  *from,
                             const char *text);
/* Puts @text on the clipboard and tells @words of it. */
void barua_toasts_copy_text (GtkWidget  *from,
                             const char *text,
                             const char *words);

G_END_DECLS
