/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-message-window.h"

#include <glib/gi18n-lib.h>

#include "barua-limits.h"
#include "barua-reader.h"
#include "barua-shortcuts.h"

struct _BaruaMessageWindow
{
  AdwApplicationWindow  parent_instance;
  BaruaReader          *reader;
};

G_DEFINE_FINAL_TYPE (BaruaMessageWindow, barua_message_window, ADW_TYPE_APPLICATION_WINDOW)

static void
title_changed (BaruaMessageWindow *self,
               const char         *subject)
{
  gtk_window_set_title (GTK_WINDOW (self), subject);
}

/* The window opens with the focus in the message, not with a cursor in its subject. */
static void
show (BaruaMessageWindow *self,
      BaruaMessageSource *source,
      BaruaRow           *row)
{
  barua_reader_show_alone (self->reader, source, row);
  gtk_widget_grab_focus (GTK_WIDGET (self->reader));
}

static void
act_save (GtkWidget  *widget,
          const char *name,
          GVariant   *parameter)
{
  BaruaMessageCard *card = barua_reader_get_chosen (BARUA_MESSAGE_WINDOW (widget)->reader);

  if (card != NULL)
    barua_message_card_save (card);
}

static void
act_source (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  BaruaMessageCard *card = barua_reader_get_chosen (BARUA_MESSAGE_WINDOW (widget)->reader);

  if (card != NULL)
    barua_message_card_view_source (card);
}

static void
barua_message_window_class_init (BaruaMessageWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_install_action (widget_class, "win.save-message", NULL, act_save);
  gtk_widget_class_install_action (widget_class, "win.view-source", NULL, act_source);
}

static void
barua_message_window_init (BaruaMessageWindow *self)
{
  GtkWidget *overlay = adw_toast_overlay_new ();

  self->reader = g_object_new (BARUA_TYPE_READER, NULL);
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (overlay), GTK_WIDGET (self->reader));
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (self), overlay);
  g_signal_connect_object (self->reader, "title-changed", G_CALLBACK (title_changed), self, G_CONNECT_SWAPPED);
}

static BaruaMessageWindow *
make (GtkApplication *application)
{
  /* A file may be opened where there is no other window. */
  barua_shortcuts_install (application);
  return g_object_new (BARUA_TYPE_MESSAGE_WINDOW, "application", application, "default-width", 760, "default-height", 720,
                       "width-request", 360, "height-request", 294, "title", _("Message"), NULL);
}

GtkWidget *
barua_message_window_new (GtkApplication     *application,
                          BaruaMessageSource *source,
                          BaruaRow           *row)
{
  BaruaMessageWindow *self = make (application);

  show (self, source, row);
  return GTK_WIDGET (self);
}

/* Files ------------------------------------------------------------------------------------------------------------ */

static void
read_on_worker (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (GFileInfo) info =
      g_file_query_info (task_data, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE, 0, NULL, &error);
  GBytes *bytes = NULL;

  if (info != NULL && g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY, "a folder");
  else if (info != NULL && g_file_info_get_size (info) > (goffset)BARUA_LIMIT_MESSAGE_BYTES)
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, "too large");
  else if (info != NULL)
    bytes = g_file_load_bytes (task_data, NULL, NULL, &error);
  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify)g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
file_read (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  BaruaMessageWindow *self = BARUA_MESSAGE_WINDOW (object);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_task_propagate_pointer (G_TASK (result), &error);
  g_autoptr (BaruaMessageSource) source = NULL;
  g_autofree char *name = g_file_get_basename (g_task_get_task_data (G_TASK (result)));
  g_autofree char *shown = g_filename_display_name (name);

  if (bytes == NULL)
    {
      /* Translators: %s is the name of a file. */
      g_autofree char *words = g_strdup_printf (_("%s Could Not Be Opened"), shown);

      g_message ("%s could not be opened: %s", shown, error->message);
      barua_reader_show_problem (self->reader, words);
      return;
    }
  source = barua_message_source_new_for_bytes (bytes);
  show (self, source, NULL);
}

GtkWidget *
barua_message_window_new_for_file (GtkApplication *application,
                                   GFile          *file)
{
  BaruaMessageWindow *self = make (application);
  g_autoptr (GTask) task = g_task_new (self, NULL, file_read, NULL);

  g_task_set_name (task, "read-message-file");
  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  g_task_run_in_thread (task, read_on_worker);
  return GTK_WIDGET (self);
}
