/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-source-window.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "barua-fiber.h"
#include "barua-limits.h"
#include "barua-words.h"

struct _BaruaSourceWindow
{
  AdwWindow      parent_instance;
  GtkStack      *stack;
  AdwStatusPage *problem;
  GtkTextView   *text;
  BaruaMessageSource *source;
  GCancellable  *cancellable;
};

G_DEFINE_FINAL_TYPE (BaruaSourceWindow, barua_source_window, ADW_TYPE_WINDOW)

static void
show_source (BaruaSourceWindow *self,
             GBytes            *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  gsize shown = MIN (size, BARUA_LIMIT_SOURCE_SHOWN_BYTES);
  g_autofree char *text = g_utf8_make_valid (data != NULL ? data : "", (gssize)shown);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);

  gtk_text_buffer_set_text (buffer, text, -1);
  if (shown < size)
    {
      g_autofree char *words = barua_words_size (size - shown);
      g_autofree char *more = NULL;
      GtkTextIter end;

      /* Translators: %s is a size, "3.1 MB": how much of a long message is not shown. */
      more = g_strdup_printf (_("\n… and %s more. Save the message to see all of it.\n"), words);
      gtk_text_buffer_get_end_iter (buffer, &end);
      gtk_text_buffer_insert (buffer, &end, more, -1);
    }
  {
    GtkTextIter start;

    gtk_text_buffer_get_start_iter (buffer, &start);
    gtk_text_buffer_place_cursor (buffer, &start);
  }
  gtk_stack_set_visible_child_name (self->stack, "source");
  gtk_widget_grab_focus (GTK_WIDGET (self->text));
}

static void
show_problem (BaruaSourceWindow *self,
              const GError      *error)
{
  BaruaErrorCode code = barua_error_get_code (error);
  g_autofree char *sentence = barua_words_error (code, NULL, NULL);
  g_autofree char *remedy = barua_words_remedy (code, NULL, NULL);
  g_autofree char *escaped = g_markup_escape_text (remedy, -1);

  adw_status_page_set_title (self->problem, sentence);
  adw_status_page_set_description (self->problem, escaped);
  gtk_stack_set_visible_child_name (self->stack, "problem");
}

static void
weak_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static DexFuture *
load_fiber (gpointer data)
{
  GWeakRef *weak = data;
  g_autoptr (BaruaSourceWindow) self = g_weak_ref_get (weak);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  DexFuture *future;

  if (self == NULL)
    return dex_future_new_true ();
  future = barua_message_source_load_bytes (self->source, self->cancellable);
  g_clear_object (&self);
  bytes = dex_await_boxed (future, &error);
  self = g_weak_ref_get (weak);
  if (self == NULL || self->stack == NULL)
    return dex_future_new_true ();
  if (bytes != NULL)
    show_source (self, bytes);
  else if (barua_error_get_code (error) != BARUA_ERROR_CANCELLED)
    show_problem (self, error);
  return dex_future_new_true ();
}

static void
barua_source_window_dispose (GObject *object)
{
  BaruaSourceWindow *self = BARUA_SOURCE_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (object), BARUA_TYPE_SOURCE_WINDOW);
  G_OBJECT_CLASS (barua_source_window_parent_class)->dispose (object);
}

static void
barua_source_window_finalize (GObject *object)
{
  BaruaSourceWindow *self = BARUA_SOURCE_WINDOW (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->source);
  G_OBJECT_CLASS (barua_source_window_parent_class)->finalize (object);
}

static void
barua_source_window_class_init (BaruaSourceWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_source_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = barua_source_window_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/barua_mail/Barua/reader/barua-source-window.ui");
  gtk_widget_class_bind_template_child (widget_class, BaruaSourceWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, BaruaSourceWindow, problem);
  gtk_widget_class_bind_template_child (widget_class, BaruaSourceWindow, text);
}

static void
barua_source_window_init (BaruaSourceWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
barua_source_window_present (GtkWindow   *parent,
                             BaruaMessageSource *source)
{
  BaruaSourceWindow *self = g_object_new (BARUA_TYPE_SOURCE_WINDOW, "transient-for", parent, "destroy-with-parent", TRUE, NULL);
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  self->source = g_object_ref (source);
  g_weak_ref_init (weak, self);
  barua_fiber_spawn ("ui-source", load_fiber, weak, weak_free);
  gtk_window_present (GTK_WINDOW (self));
}
