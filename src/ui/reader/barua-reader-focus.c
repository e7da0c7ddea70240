/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-reader-private.h"

/* What has the focus is scrolled into sight, but a text that is higher than the view is in sight when any of it is: GTK's own would
 * jump to its beginning or end whenever somebody clicks into it. */
static void
focus_changed (GtkWindow   *window,
               GParamSpec  *pspec,
               GtkViewport *viewport)
{
  GtkWidget *focus = gtk_window_get_focus (window);
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (viewport));
  double page = gtk_adjustment_get_page_size (adjustment), value = gtk_adjustment_get_value (adjustment);
  graphene_rect_t box;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (viewport)) ||
      !gtk_widget_compute_bounds (focus, GTK_WIDGET (viewport), &box))
    return;
  if (box.size.height <= page)
    gtk_viewport_scroll_to (viewport, focus, NULL);
  else if (box.origin.y >= page)
    gtk_adjustment_set_value (adjustment, value + box.origin.y);
  else if (box.origin.y + box.size.height <= 0)
    gtk_adjustment_set_value (adjustment, value + box.origin.y + box.size.height - page);
}

static void
root_changed (GtkViewport *viewport)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (viewport));

  if (GTK_IS_WINDOW (root))
    g_signal_connect_object (root, "notify::focus-widget", G_CALLBACK (focus_changed), viewport, 0);
}

void
barua_reader_keep_focus_in_sight (BaruaReader *self)
{
  GtkViewport *viewport = GTK_VIEWPORT (gtk_scrolled_window_get_child (self->scroller));

  gtk_viewport_set_scroll_to_focus (viewport, FALSE);
  g_signal_connect (viewport, "notify::root", G_CALLBACK (root_changed), NULL);
}
