/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-application.h"

#include <glib/gi18n.h>

#include "barua-engine.h"
#include "barua-fiber.h"
#include "barua-html-loader.h"
#include "barua-message-source.h"
#include "barua-message-window.h"
#include "barua-mime.h"
#include "barua-painted.h"
#include "barua-window.h"
#include "barua-words.h"

struct _BaruaApplication
{
  AdwApplication  parent_instance;
  char           *profile;
  BaruaEngine    *engine;
  BaruaWindow    *window; /* weak */
  gboolean        started;
  gboolean        stopping;
};

G_DEFINE_FINAL_TYPE (BaruaApplication, barua_application, ADW_TYPE_APPLICATION)

/* Messages inside messages ----------------------------------------------------------------------------------------- */

static void
parse_on_worker (GTask        *task,
                 gpointer      source_object,
                 gpointer      task_data,
                 GCancellable *cancellable)
{
  g_task_return_pointer (task, barua_mime_parse (task_data, BARUA_MIME_NONE), (GDestroyNotify)barua_parsed_message_unref);
}

static void
parsed (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (DexPromise) promise = user_data;
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, BARUA_TYPE_PARSED_MESSAGE);
  g_value_take_boxed (&value, g_task_propagate_pointer (G_TASK (result), NULL));
  dex_promise_resolve (promise, &value);
}

static DexFuture *
parse_message (GBytes *message)
{
  DexPromise *promise = dex_promise_new ();
  g_autoptr (GTask) task = g_task_new (NULL, NULL, parsed, dex_ref (promise));

  g_task_set_name (task, "parse-embedded");
  g_task_set_task_data (task, g_bytes_ref (message), (GDestroyNotify)g_bytes_unref);
  g_task_run_in_thread (task, parse_on_worker);
  return DEX_FUTURE (promise);
}

typedef struct
{
  GBytes     *message;
  char       *section;
  DexPromise *promise;
} PartJob;

static void
part_job_free (gpointer data)
{
  PartJob *job = data;

  g_bytes_unref (job->message);
  g_free (job->section);
  dex_unref (job->promise);
  g_free (job);
}

static void
part_on_worker (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  PartJob *job = task_data;
  GError *error = NULL;
  GBytes *bytes = barua_mime_get_part (job->message, job->section, TRUE, &error);

  if (bytes == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, bytes, (GDestroyNotify)g_bytes_unref);
}

static void
part_taken (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  PartJob *job = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;
  GBytes *bytes = g_task_propagate_pointer (G_TASK (result), &error);
  g_auto (GValue) value = G_VALUE_INIT;

  if (bytes == NULL)
    {
      dex_promise_reject (job->promise, error);
      return;
    }
  g_value_init (&value, G_TYPE_BYTES);
  g_value_take_boxed (&value, bytes);
  dex_promise_resolve (job->promise, &value);
}

static DexFuture *
get_part (GBytes     *message,
          const char *section)
{
  PartJob *job = g_new0 (PartJob, 1);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, part_taken, NULL);

  job->message = g_bytes_ref (message);
  job->section = g_strdup (section);
  job->promise = dex_promise_new ();
  dex_ref (job->promise);
  g_task_set_name (task, "take-part");
  g_task_set_task_data (task, job, part_job_free);
  g_task_run_in_thread (task, part_on_worker);
  return DEX_FUTURE (job->promise);
}

/* Engine ----------------------------------------------------------------------------------------------------------- */

static DexFuture *
start_fiber (gpointer data)
{
  BaruaApplication *self = data;
  g_autoptr (GError) error = NULL;
  gboolean works = dex_await (barua_engine_start (self->engine), &error);

  self->started = works;
  if (self->window == NULL)
    return dex_future_new_true ();
  if (works)
    barua_window_set_engine (self->window, self->engine);
  else
    {
      g_message ("the engine did not start: %s", error->message);
      barua_window_show_problem (self->window, error);
    }
  return dex_future_new_true ();
}

static DexFuture *
stop_fiber (gpointer data)
{
  BaruaApplication *self = data;
  g_autoptr (GError) error = NULL;

  if (self->started && !dex_await (barua_engine_stop (self->engine), &error))
    g_message ("the engine did not stop well: %s", error->message);
  g_application_release (G_APPLICATION (self));
  return dex_future_new_true ();
}

/* The window goes at once; what is still to be written is written after. */
static void
window_gone (BaruaApplication *self)
{
  if (self->stopping)
    return;
  self->stopping = TRUE;
  g_application_hold (G_APPLICATION (self));
  barua_fiber_spawn ("app-stop", stop_fiber, g_object_ref (self), g_object_unref);
}

/* Window ----------------------------------------------------------------------------------------------------------- */

static gboolean
load_html_view (gpointer data)
{
  BaruaApplication *self = data;
  g_autofree char *dir = g_build_filename (self->profile, "web", NULL);

  barua_html_loader_start (dir);
  return G_SOURCE_REMOVE;
}

static void
first_frame (GdkFrameClock    *clock,
             BaruaApplication *self)
{
  g_signal_handlers_disconnect_by_func (clock, first_frame, self);
  barua_painted_event ("first-frame");
  g_idle_add_full (G_PRIORITY_LOW, load_html_view, g_object_ref (self), g_object_unref);
}

static void
window_realized (GtkWidget        *window,
                 BaruaApplication *self)
{
  g_signal_connect_object (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (first_frame), self, 0);
}

static void
read_clock_format (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema =
    source != NULL ? g_settings_schema_source_lookup (source, "org.gnome.desktop.interface", TRUE) : NULL;
  g_autoptr (GSettings) settings = NULL;
  g_autofree char *format = NULL;

  if (schema == NULL || !g_settings_schema_has_key (schema, "clock-format"))
    return;
  settings = g_settings_new_full (schema, NULL, NULL);
  format = g_settings_get_string (settings, "clock-format");
  barua_words_set_clock_12h (g_strcmp0 (format, "12h") == 0);
}

static void
barua_application_activate (GApplication *application)
{
  BaruaApplication *self = BARUA_APPLICATION (application);

  if (self->window != NULL)
    {
      gtk_window_present (GTK_WINDOW (self->window));
      return;
    }
  read_clock_format ();
  g_set_weak_pointer (&self->window, barua_window_new (ADW_APPLICATION (self)));
  g_signal_connect (self->window, "realize", G_CALLBACK (window_realized), self);
  g_signal_connect_object (self->window, "destroy", G_CALLBACK (window_gone), self, G_CONNECT_SWAPPED);
  self->engine = barua_engine_new (self->profile, BARUA_ENGINE_DEFAULT, NULL);
  barua_fiber_spawn ("app-start", start_fiber, g_object_ref (self), g_object_unref);
  gtk_window_present (GTK_WINDOW (self->window));
}

/* Message files ---------------------------------------------------------------------------------------------------- */

/* Each in a window of its own, by no account: the engine need not run for it. */
static void
barua_application_open (GApplication  *application,
                        GFile        **files,
                        int            n_files,
                        const char    *hint)
{
  read_clock_format ();
  for (int i = 0; i < n_files; i++)
    gtk_window_present (GTK_WINDOW (barua_message_window_new_for_file (GTK_APPLICATION (application), files[i])));
  if (n_files > 0)
    g_idle_add_full (G_PRIORITY_LOW, load_html_view, g_object_ref (application), g_object_unref);
}

/* Actions ---------------------------------------------------------------------------------------------------------- */

static DexFuture *
check_fiber (gpointer data)
{
  BaruaEngine *engine = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BaruaSyncReport) report = dex_await_boxed (barua_engine_sync (engine, 0, 0, BARUA_SYNC_DEFAULT), &error);

  /* What went wrong stands in the status line. */
  if (report == NULL)
    g_debug ("check: %s", error->message);
  return dex_future_new_true ();
}

static void
act_check_now (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  BaruaApplication *self = user_data;

  if (!self->started)
    return;
  barua_engine_wake (self->engine, 0);
  barua_fiber_spawn ("app-check", check_fiber, g_object_ref (self->engine), g_object_unref);
}

static void
act_offline (GSimpleAction *action,
             GVariant      *value,
             gpointer       user_data)
{
  BaruaApplication *self = user_data;

  if (!self->started)
    return;
  g_simple_action_set_state (action, value);
  barua_engine_set_offline (self->engine, g_variant_get_boolean (value));
}

static void
act_about (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  BaruaApplication *self = user_data;

  adw_show_about_dialog (GTK_WIDGET (self->window), "application-name", _("Barua"), "application-icon", BARUA_APP_ID, "version",
                         BARUA_VERSION, "developer-name", _("The Barua contributors"), "license-type", GTK_LICENSE_GPL_3_0, "comments",
                         _("Mail that is safe, quick and yours."),
                         /* Translators: your names, one a line, perhaps with addresses. */
                         "translator-credits", _("translator-credits"), NULL);
}

static void
act_quit (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  BaruaApplication *self = user_data;

  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (self)));

  /* The main window last: messages of their own belong to it. */
  for (GList *l = windows; l != NULL; l = l->next)
    if (BARUA_IS_MESSAGE_WINDOW (l->data))
      gtk_window_close (l->data);
  if (self->window != NULL)
    gtk_window_close (GTK_WINDOW (self->window));
}

static void
barua_application_startup (GApplication *application)
{
  static const GActionEntry entries[] = {
    { .name = "check-now", .activate = act_check_now },
    { .name = "offline", .state = "false", .change_state = act_offline },
    { .name = "about", .activate = act_about },
    { .name = "quit", .activate = act_quit },
  };

  G_APPLICATION_CLASS (barua_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries), application);
  gtk_application_set_accels_for_action (GTK_APPLICATION (application), "app.check-now", (const char *const[]){ "F5", NULL });
  gtk_application_set_accels_for_action (GTK_APPLICATION (application), "app.quit", (const char *const[]){ "<Control>q", NULL });
  gtk_window_set_default_icon_name (BARUA_APP_ID);
  /* Focus that comes to a text is not a wish to select all of it. */
  g_object_set (gtk_settings_get_default (), "gtk-label-select-on-focus", FALSE, NULL);
  barua_message_source_set_mime (parse_message, get_part);
}

/* Command line ----------------------------------------------------------------------------------------------------- */

/* A profile of its own is an instance of its own: only the usual one is shared over the session bus. */
static int
handle_local_options (GApplication *application,
                      GVariantDict *options)
{
  BaruaApplication *self = BARUA_APPLICATION (application);
  g_autofree char *given = NULL;

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("Barua %s\n", BARUA_VERSION);
      return 0;
    }
  if (g_variant_dict_lookup (options, "profile", "^ay", &given))
    {
      g_autoptr (GFile) file = g_file_new_for_commandline_arg (given);

      self->profile = g_file_get_path (file);
      g_application_set_flags (application, g_application_get_flags (application) | G_APPLICATION_NON_UNIQUE);
    }
  else
    self->profile = g_build_filename (g_get_user_data_dir (), "barua", NULL);
  return -1;
}

static void
barua_application_finalize (GObject *object)
{
  BaruaApplication *self = BARUA_APPLICATION (object);

  g_clear_weak_pointer (&self->window);
  g_clear_object (&self->engine);
  g_free (self->profile);
  G_OBJECT_CLASS (barua_application_parent_class)->finalize (object);
}

static void
barua_application_class_init (BaruaApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = barua_application_finalize;
  G_APPLICATION_CLASS (klass)->activate = barua_application_activate;
  G_APPLICATION_CLASS (klass)->open = barua_application_open;
  G_APPLICATION_CLASS (klass)->startup = barua_application_startup;
  G_APPLICATION_CLASS (klass)->handle_local_options = handle_local_options;
}

static void
barua_application_init (BaruaApplication *self)
{
  static const GOptionEntry options[] = {
    { "profile", 'p', G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, NULL, N_("Keep all state in this folder"), N_("DIR") },
    { "version", 'v', G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, NULL, N_("Print the version and exit"), NULL },
    { NULL },
  };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

BaruaApplication *
barua_application_new (void)
{
  return g_object_new (BARUA_TYPE_APPLICATION, "application-id", BARUA_APP_ID, "flags", G_APPLICATION_HANDLES_OPEN, NULL);
}
