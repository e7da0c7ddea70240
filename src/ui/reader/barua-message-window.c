/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-message-window.h"

#include <glib/gi18n-lib.h>

#include "barua-limits.h"
#include "barua-marks.h"
#include "barua-reader.h"
#include "barua-shortcuts.h"
#include "barua-words.h"

struct _BaruaMessageWindow
{
  AdwApplicationWindow  parent_instance;
  AdwToastOverlay      *toasts;
  BaruaReader          *reader;
  BaruaEngine          *engine; /* NULL: of a file, which has no marks */
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

/* Marks ------------------------------------------------------------------------------------------------------------ */

static void
marked (GtkWidget    *widget,
        BaruaIdSet   *changed,
        BaruaFlags    mask,
        BaruaFlags    bits,
        const GError *error)
{
  g_autofree char *words = NULL;

  if (error == NULL || barua_error_get_code (error) == BARUA_ERROR_CANCELLED)
    return;
  words = barua_words_error (barua_error_get_code (error), NULL, NULL);
  g_message ("marks: %s", error->message);
  adw_toast_overlay_add_toast (BARUA_MESSAGE_WINDOW (widget)->toasts,
                               g_object_new (ADW_TYPE_TOAST, "title", words, "use-markup", FALSE, NULL));
}

static void
set_flag (BaruaMessageWindow *self,
          gint64              id,
          BaruaFlags          flag,
          gboolean            on)
{
  g_autoptr (BaruaIdSet) ids = barua_id_set_new ();

  barua_id_set_add (ids, (guint64)id);
  barua_marks_set (GTK_WIDGET (self), self->engine, ids, 0, FALSE, flag, on ? flag : 0, marked);
}

static void
star_toggled (BaruaMessageWindow *self,
              gint64              id,
              gboolean            starred)
{
  set_flag (self, id, BARUA_FLAG_FLAGGED, starred);
}

static void
message_read (BaruaMessageWindow *self,
              gint64              id)
{
  set_flag (self, id, BARUA_FLAG_SEEN, TRUE);
}

static void
toggle_flag (BaruaMessageWindow *self,
             BaruaFlags          flag)
{
  BaruaMessageCard *card = barua_reader_get_chosen (self->reader);
  BaruaRow *row = card != NULL ? barua_message_card_get_row (card) : NULL;

  if (row != NULL)
    set_flag (self, row->id, flag, !(row->flags & flag));
}

static void
toggle_read_activated (GSimpleAction *action,
                       GVariant      *parameter,
                       gpointer       user_data)
{
  toggle_flag (user_data, BARUA_FLAG_SEEN);
}

static void
toggle_star_activated (GSimpleAction *action,
                       GVariant      *parameter,
                       gpointer       user_data)
{
  toggle_flag (user_data, BARUA_FLAG_FLAGGED);
}

static const GActionEntry mark_entries[] = {
  { .name = "toggle-read", .activate = toggle_read_activated },
  { .name = "toggle-star", .activate = toggle_star_activated },
};

/* What is shown can still be read. */
static void
removed (BaruaMessageWindow *self)
{
  g_action_map_remove_action_entries (G_ACTION_MAP (self), mark_entries, G_N_ELEMENTS (mark_entries));
}

static void
follow (BaruaMessageWindow *self,
        BaruaEngine        *engine)
{
  self->engine = g_object_ref (engine);
  barua_reader_set_engine (self->reader, engine);
  g_action_map_add_action_entries (G_ACTION_MAP (self), mark_entries, G_N_ELEMENTS (mark_entries), self);
  g_signal_connect_object (self->reader, "star-toggled", G_CALLBACK (star_toggled), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->reader, "read", G_CALLBACK (message_read), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->reader, "removed", G_CALLBACK (removed), self, G_CONNECT_SWAPPED);
}

/* Object ----------------------------------------------------------------------------------------------------------- */

static void
barua_message_window_dispose (GObject *object)
{
  g_clear_object (&BARUA_MESSAGE_WINDOW (object)->engine);
  G_OBJECT_CLASS (barua_message_window_parent_class)->dispose (object);
}

static void
barua_message_window_class_init (BaruaMessageWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_message_window_dispose;
  gtk_widget_class_install_action (widget_class, "win.save-message", NULL, act_save);
  gtk_widget_class_install_action (widget_class, "win.view-source", NULL, act_source);
}

static void
barua_message_window_init (BaruaMessageWindow *self)
{
  self->toasts = ADW_TOAST_OVERLAY (adw_toast_overlay_new ());
  self->reader = g_object_new (BARUA_TYPE_READER, NULL);
  adw_toast_overlay_set_child (self->toasts, GTK_WIDGET (self->reader));
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (self), GTK_WIDGET (self->toasts));
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

  if (row != NULL)
    follow (self, barua_message_source_get_engine (source));
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
