/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-toasts.h"

#include "barua-window.h"

void
barua_toasts_tell (GtkWidget  *from,
                   const char *text)
{
  GtkRoot *root = gtk_widget_get_root (from);
  GtkWidget *overlay = gtk_widget_get_ancestor (from, ADW_TYPE_TOAST_OVERLAY);

  if (BARUA_IS_WINDOW (root))
    barua_window_add_toast (BARUA_WINDOW (root), text);
  else if (overlay != NULL)
    adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), g_object_new (ADW_TYPE_TOAST, "title", text, "use-markup", FALSE, NULL));
}

void
barua_toasts_copy_text (GtkWidget  *from,
                        const char *text,
                        const char *words)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (from), text);
  barua_toasts_tell (from, words);
}
