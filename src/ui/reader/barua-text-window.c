/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-text-window.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "barua-limits.h"
#include "barua-preferences.h"

#define MARGIN 12

struct _BaruaTextWindow
{
  AdwWindow    parent_instance;
  GtkTextView *view;
  char        *text;
  gsize        shown;       /* bytes of it */
  guint        fill_source;
};

G_DEFINE_FINAL_TYPE (BaruaTextWindow, barua_text_window, ADW_TYPE_WINDOW)

/* So much in each turn. */
static gboolean
fill (gpointer data)
{
  BaruaTextWindow *self = data;
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  const char *next = self->text + self->shown;
  gsize length = strnlen (next, BARUA_SLICE_BYTES);
  GtkTextIter end;

  while (((guchar)next[length] & 0xC0) == 0x80)
    length++;
  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_insert (buffer, &end, next, (int)length);
  if (self->shown == 0)
    {
      gtk_text_buffer_get_start_iter (buffer, &end);
      gtk_text_buffer_place_cursor (buffer, &end);
    }
  self->shown += length;
  if (self->text[self->shown] != '\0')
    return G_SOURCE_CONTINUE;
  self->fill_source = 0;
  return G_SOURCE_REMOVE;
}

static void
barua_text_window_dispose (GObject *object)
{
  BaruaTextWindow *self = BARUA_TEXT_WINDOW (object);

  g_clear_handle_id (&self->fill_source, g_source_remove);
  G_OBJECT_CLASS (barua_text_window_parent_class)->dispose (object);
}

static void
barua_text_window_finalize (GObject *object)
{
  g_free (BARUA_TEXT_WINDOW (object)->text);
  G_OBJECT_CLASS (barua_text_window_parent_class)->finalize (object);
}

static void
barua_text_window_class_init (BaruaTextWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_text_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = barua_text_window_finalize;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close", NULL);
}

static void
barua_text_window_init (BaruaTextWindow *self)
{
  GtkWidget *bars = adw_toolbar_view_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->view = GTK_TEXT_VIEW (gtk_text_view_new ());
  gtk_text_view_set_editable (self->view, FALSE);
  gtk_text_view_set_wrap_mode (self->view, GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_monospace (self->view, barua_preferences_is ("plain-font", "monospace", "desktop"));
  gtk_text_view_set_top_margin (self->view, MARGIN);
  gtk_text_view_set_bottom_margin (self->view, MARGIN);
  gtk_text_view_set_left_margin (self->view, MARGIN);
  gtk_text_view_set_right_margin (self->view, MARGIN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Message Text"), -1);
  gtk_widget_set_focusable (scroller, FALSE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->view));
  adw_toolbar_view_add_top_bar (ADW_TOOLBAR_VIEW (bars), adw_header_bar_new ());
  adw_toolbar_view_set_content (ADW_TOOLBAR_VIEW (bars), scroller);
  adw_window_set_content (ADW_WINDOW (self), bars);
  gtk_window_set_default_size (GTK_WINDOW (self), 760, 720);
  gtk_widget_set_size_request (GTK_WIDGET (self), 360, 294);
}

void
barua_text_window_present (GtkWindow  *parent,
                           const char *title,
                           const char *text)
{
  BaruaTextWindow *self = g_object_new (BARUA_TYPE_TEXT_WINDOW, "title", title, "transient-for", parent,
                                        "destroy-with-parent", TRUE, NULL);

  self->text = g_strdup (text);
  if (fill (self))
    self->fill_source = g_idle_add_full (G_PRIORITY_LOW, fill, self, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
  gtk_window_present (GTK_WINDOW (self));
}
