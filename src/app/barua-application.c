/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-application.h"

#include <glib/gi18n.h>

#include "barua-background.h"
#include "barua-engine.h"
#include "barua-fiber.h"
#include "barua-html-loader.h"
#include "barua-html.h"
#include "barua-limits.h"
#include "barua-message-source.h"
#include "barua-message-window.h"
#include "barua-mime.h"
#include "barua-notifications.h"
#include "barua-painted.h"
#include "barua-picture-fetcher.h"
#include "barua-preferences-dialog.h"
#include "barua-preferences.h"
#include "barua-search-provider.h"
#include "barua-shortcuts-dialog.h"
#include "barua-window.h"
#include "barua-words.h"

struct _BaruaApplication
{
  AdwApplication       parent_instance;
  char                *profile;
  BaruaEngine         *engine;
  DexPromise          *starting;   /* of the engine: resolves to it */
  BaruaNotifications  *notifications;
  BaruaSearchProvider *provider;
  BaruaWindow         *window;     /* weak */
  GCancellable        *cancellable;
  GVariant            *wanted;     /* (sx): action and what it is about, once there is a window over a started engine */
  guint                idle;       /* ends a program that was only asked to search */
  guint                present_source; /* shows the window although it is not ready */
  gboolean             started;
  gboolean             stopping;
  gboolean             quitting;   /* by the person: not on in the background */
  gboolean             direct;     /* started to be shown at once, not for files or as a service */
  gboolean             hidden;     /* started without a window, at log-in */
  gboolean             told;       /* the desktop was asked whether it may run in the background */
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

/* Pictures --------------------------------------------------------------------------------------------------------- */

static GObject *
new_pictures (void)
{
  BaruaPictureFetcher *pictures = barua_picture_fetcher_new ();
  BaruaApplication *self = BARUA_APPLICATION (g_application_get_default ());
  g_autoptr (GPtrArray) accounts = self->engine != NULL ? barua_engine_list_accounts (self->engine) : NULL;
  g_autoptr (GStrvBuilder) hosts = g_strv_builder_new ();
  g_auto (GStrv) own = NULL;

  for (guint i = 0; accounts != NULL && i < accounts->len; i++)
    g_strv_builder_add (hosts, ((BaruaAccount *)g_ptr_array_index (accounts, i))->host);
  own = g_strv_builder_end (hosts);
  barua_picture_fetcher_set_own_hosts (pictures, (const char *const *)own);
  return G_OBJECT (pictures);
}

static DexFuture *
get_picture (GObject    *pictures,
             const char *address)
{
  g_autofree char *url = barua_html_remote_url (address);

  if (url == NULL)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_INVALID, "no address of a picture");
  return barua_picture_fetcher_load (BARUA_PICTURE_FETCHER (pictures), url);
}

/* Engine ----------------------------------------------------------------------------------------------------------- */

static void stop (BaruaApplication *self);

static void
do_wanted (BaruaApplication *self)
{
  g_autoptr (GVariant) wanted = g_steal_pointer (&self->wanted);
  const char *what;
  gint64 id;

  if (wanted == NULL || self->window == NULL || !self->started)
    {
      self->wanted = g_steal_pointer (&wanted);
      return;
    }
  g_variant_get (wanted, "(&sx)", &what, &id);
  if (g_strcmp0 (what, "message") == 0)
    barua_window_show_message (self->window, id);
  else
    barua_window_show_folder (self->window, id);
}

static DexFuture *
start_fiber (gpointer data)
{
  BaruaApplication *self = data;
  g_autoptr (GError) error = NULL;
  gboolean works = dex_await (barua_engine_start (self->engine), &error);

  self->started = works;
  if (works)
    dex_promise_resolve_object (self->starting, g_object_ref (self->engine));
  else
    {
      g_message ("the engine did not start: %s", error->message);
      dex_promise_reject (self->starting, g_error_copy (error));
    }
  if (self->window != NULL && works)
    barua_window_set_engine (self->window, self->engine);
  else if (self->window != NULL)
    barua_window_show_problem (self->window, error);
  else if (!works)
    stop (self);
  do_wanted (self);
  return dex_future_new_true ();
}

/* From here on the program stays until stop(). */
static void
ensure_engine (BaruaApplication *self)
{
  if (self->engine != NULL)
    return;
  g_application_hold (G_APPLICATION (self));
  self->engine = barua_engine_new (self->profile, BARUA_ENGINE_DEFAULT, NULL);
  barua_engine_prepare (self->engine);
  self->starting = dex_promise_new ();
  self->notifications = barua_notifications_new (G_APPLICATION (self), self->engine);
  barua_fiber_spawn ("app-start", start_fiber, g_object_ref (self), g_object_unref);
}

static DexFuture *
stop_fiber (gpointer data)
{
  BaruaApplication *self = data;
  g_autoptr (GError) error = NULL;

  /* Not in the middle of a start. */
  dex_await (dex_ref (self->starting), NULL);
  if (self->started && !dex_await (barua_engine_stop (self->engine), &error))
    g_message ("the engine did not stop well: %s", error->message);
  g_clear_object (&self->notifications);
  g_application_release (G_APPLICATION (self));
  /* A service would wait a little for more to do; its engine is gone. */
  g_application_quit (G_APPLICATION (self));
  return dex_future_new_true ();
}

static void
stop (BaruaApplication *self)
{
  if (self->stopping)
    return;
  self->stopping = TRUE;
  g_clear_handle_id (&self->idle, g_source_remove);
  if (self->engine == NULL)
    g_application_quit (G_APPLICATION (self));
  else
    barua_fiber_spawn ("app-stop", stop_fiber, g_object_ref (self), g_object_unref);
}

/* In the background ------------------------------------------------------------------------------------------------- */

static void
told_background (gboolean      allowed,
                 const GError *error,
                 gpointer      user_data)
{
  if (!allowed)
    g_message ("running on in the background: %s", error != NULL ? error->message : "the desktop does not want it");
}

/* Only who can be called back by its name may hide: a profile of its own has none. */
static gboolean
runs_on (BaruaApplication *self)
{
  GApplication *application = G_APPLICATION (self);

  return self->started && !self->quitting && !(g_application_get_flags (application) & G_APPLICATION_NON_UNIQUE) &&
         g_application_get_dbus_connection (application) != NULL && barua_preferences_get_on ("keep-running", TRUE);
}

/* The window goes at once; what is still to be written is written after. */
static void
window_gone (BaruaApplication *self)
{
  if (!runs_on (self))
    {
      stop (self);
      return;
    }
  barua_engine_set_open_folder (self->engine, 0);
  if (!self->told)
    barua_background_request (barua_preferences_get_on ("start-at-login", FALSE), self->cancellable, told_background, self);
  self->told = TRUE;
}

static void
told_login (gboolean      allowed,
            const GError *error,
            gpointer      user_data)
{
  BaruaApplication *self = user_data;

  if (allowed || !barua_preferences_get_on ("start-at-login", FALSE))
    return;
  g_message ("starting at log-in: %s", error != NULL ? error->message : "the desktop does not want it");
  g_settings_set_boolean (barua_preferences_get (), "start-at-login", FALSE);
  if (self->window != NULL)
    barua_window_add_toast (self->window, _("The desktop does not let Barua start at log-in."));
}

static void
login_changed (BaruaApplication *self)
{
  barua_background_request (barua_preferences_get_on ("start-at-login", FALSE), self->cancellable, told_login, self);
}

static gboolean
asked_nothing (gpointer data)
{
  BaruaApplication *self = data;

  self->idle = 0;
  if (self->window == NULL && (g_application_get_flags (G_APPLICATION (self)) & G_APPLICATION_IS_SERVICE) && !self->told)
    stop (self);
  return G_SOURCE_REMOVE;
}

/* For the desktop's search: a program that was started for it alone ends again when nothing more is asked. */
static DexFuture *
get_engine (gpointer data)
{
  BaruaApplication *self = data;

  if (self->stopping)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_CANCELLED, "the program ends");
  ensure_engine (self);
  g_clear_handle_id (&self->idle, g_source_remove);
  self->idle = g_timeout_add_seconds (BARUA_SERVICE_SECONDS, asked_nothing, self);
  return DEX_FUTURE (dex_ref (self->starting));
}

/* Window ----------------------------------------------------------------------------------------------------------- */

/* WebKit takes more memory than all the rest: it is mapped when somebody is there, who will want to read. What is shown without
 * that (a notification's message) asks for it itself. */
static gboolean
window_used (GtkEventController *controller,
             GdkEvent           *event,
             BaruaApplication   *self)
{
  switch ((guint)gdk_event_get_event_type (event))
    {
    case GDK_KEY_PRESS:
    case GDK_BUTTON_PRESS:
    case GDK_TOUCH_BEGIN:
    case GDK_MOTION_NOTIFY:
    case GDK_SCROLL:
      barua_html_loader_start ();
      /* Not while it is being asked. */
      gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_NONE);
      return GDK_EVENT_PROPAGATE;

    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static void
watch_use (BaruaApplication *self)
{
  GtkEventController *controller = gtk_event_controller_legacy_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect (controller, "event", G_CALLBACK (window_used), self);
  gtk_widget_add_controller (GTK_WIDGET (self->window), controller);
}

static void
first_frame (GdkFrameClock    *clock,
             BaruaApplication *self)
{
  g_signal_handlers_disconnect_by_func (clock, first_frame, self);
  barua_painted_event ("first-frame");
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

static gboolean
present (gpointer data)
{
  BaruaApplication *self = data;

  self->present_source = 0;
  if (self->window != NULL)
    gtk_window_present (GTK_WINDOW (self->window));
  return G_SOURCE_REMOVE;
}

static void
window_ready (BaruaApplication *self)
{
  if (self->present_source == 0)
    return;
  g_source_remove (self->present_source);
  present (self);
}

static void
barua_application_activate (GApplication *application)
{
  BaruaApplication *self = BARUA_APPLICATION (application);

  if (self->stopping)
    return;
  if (self->hidden)
    {
      self->hidden = FALSE;
      self->told = TRUE;
      ensure_engine (self);
      return;
    }
  if (self->window != NULL)
    {
      gtk_window_present (GTK_WINDOW (self->window));
      return;
    }
  ensure_engine (self);
  read_clock_format ();
  g_set_weak_pointer (&self->window, barua_window_new (ADW_APPLICATION (self)));
  watch_use (self);
  g_signal_connect (self->window, "realize", G_CALLBACK (window_realized), self);
  g_signal_connect_object (self->window, "destroy", G_CALLBACK (window_gone), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->window, "ready", G_CALLBACK (window_ready), self, G_CONNECT_SWAPPED);
  /* What is in the store is there within milliseconds: the first frame is painted with it instead of without. */
  self->present_source = g_timeout_add (BARUA_TIMEOUT_PRESENT_MS, present, self);
  if (self->started)
    barua_window_set_engine (self->window, self->engine);
  gtk_widget_realize (GTK_WIDGET (self->window));
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
}

static void
file_chosen (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (BaruaApplication) self = user_data;
  g_autoptr (GListModel) files = gtk_file_dialog_open_multiple_finish (GTK_FILE_DIALOG (source), result, NULL);

  for (guint i = 0; files != NULL && i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      barua_application_open (G_APPLICATION (self), &file, 1, "");
    }
}

static void
act_open_file (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  BaruaApplication *self = user_data;
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autoptr (GListStore) filters = g_list_store_new (GTK_TYPE_FILE_FILTER);
  g_autoptr (GtkFileFilter) messages = gtk_file_filter_new ();

  gtk_file_filter_set_name (messages, _("Message Files"));
  gtk_file_filter_add_mime_type (messages, "message/rfc822");
  gtk_file_filter_add_suffix (messages, "eml");
  g_list_store_append (filters, messages);
  gtk_file_dialog_set_title (dialog, _("Open a Message File"));
  gtk_file_dialog_set_filters (dialog, G_LIST_MODEL (filters));
  gtk_file_dialog_open_multiple (dialog, self->window != NULL ? GTK_WINDOW (self->window) : NULL, self->cancellable,
                                 file_chosen, g_object_ref (self));
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
  if (barua_engine_get_offline (self->engine) && self->window != NULL)
    {
      g_autofree char *words = barua_words_error (BARUA_ERROR_OFFLINE, NULL, NULL);

      barua_window_add_toast (self->window, words);
      return;
    }
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

/* The dialog that is there already stays; Ctrl+, twice shall not stack two. */
static gboolean
shows (BaruaApplication *self,
       GType             type)
{
  AdwDialog *dialog;

  g_application_activate (G_APPLICATION (self));
  if (self->window == NULL)
    return TRUE;
  dialog = adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (self->window));
  return dialog != NULL && G_TYPE_CHECK_INSTANCE_TYPE (dialog, type);
}

static void
act_preferences (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       user_data)
{
  BaruaApplication *self = user_data;

  if (!shows (self, BARUA_TYPE_PREFERENCES_DIALOG))
    adw_dialog_present (barua_preferences_dialog_new (self->started ? self->engine : NULL), GTK_WIDGET (self->window));
}

static void
act_shortcuts (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  BaruaApplication *self = user_data;

  if (!shows (self, BARUA_TYPE_SHORTCUTS_DIALOG))
    adw_dialog_present (barua_shortcuts_dialog_new (), GTK_WIDGET (self->window));
}

/* What someone who helps wants to know; no address, no folder, no host. */
static char *
describe_versions (void)
{
  g_autofree char *system = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);

  return g_strdup_printf ("Barua %s\nGTK %u.%u.%u\nlibadwaita %u.%u.%u\nGLib %u.%u.%u\n%s\n", BARUA_VERSION,
                          gtk_get_major_version (), gtk_get_minor_version (), gtk_get_micro_version (),
                          adw_get_major_version (), adw_get_minor_version (), adw_get_micro_version (),
                          glib_major_version, glib_minor_version, glib_micro_version, system != NULL ? system : "");
}

static void
act_about (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  BaruaApplication *self = user_data;
  g_autofree char *versions = describe_versions ();

  if (shows (self, ADW_TYPE_ABOUT_DIALOG))
    return;
  adw_show_about_dialog (GTK_WIDGET (self->window), "application-name", _("Barua"), "application-icon", BARUA_APP_ID, "version",
                         BARUA_VERSION, "developer-name", _("The Barua contributors"), "license-type", GTK_LICENSE_GPL_3_0,
                         "comments", _("Mail that is safe, quick and yours."), "debug-info", versions, "debug-info-filename", "barua.txt",
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

  self->quitting = TRUE;
  /* The main window last: messages of their own belong to it. */
  for (GList *l = windows; l != NULL; l = l->next)
    if (BARUA_IS_MESSAGE_WINDOW (l->data))
      gtk_window_close (l->data);
  if (self->window == NULL)
    {
      stop (self);
      return;
    }
  /* Remembers its size; but where a dialog is open, only that would be closed. */
  gtk_window_close (GTK_WINDOW (self->window));
  if (self->window != NULL)
    gtk_window_destroy (GTK_WINDOW (self->window));
}

/* From notifications and the desktop's search; anybody on the session bus may call them, so nothing of it is believed: an id
 * that is none of ours finds nothing. */
static void
want (BaruaApplication *self,
      const char       *what,
      gint64            id)
{
  g_clear_pointer (&self->wanted, g_variant_unref);
  self->wanted = g_variant_ref_sink (g_variant_new ("(sx)", what, id));
  g_application_activate (G_APPLICATION (self));
  do_wanted (self);
}

static void
act_open_message (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  want (user_data, "message", g_variant_get_int64 (parameter));
}

static void
act_open_folder (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       user_data)
{
  want (user_data, "folder", g_variant_get_int64 (parameter));
}

typedef struct
{
  BaruaApplication *self;
  gint64            id;
} Mark;

static void
mark_free (gpointer data)
{
  Mark *mark = data;

  g_object_unref (mark->self);
  g_free (mark);
}

static DexFuture *
mark_fiber (gpointer data)
{
  Mark *mark = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BaruaEngine) engine = dex_await_object (get_engine (mark->self), &error);
  g_autoptr (BaruaIdSet) ids = barua_id_set_new ();

  barua_id_set_add (ids, (guint64)mark->id);
  if (engine == NULL || !dex_await (barua_engine_set_flags (engine, ids, BARUA_FLAG_SEEN, BARUA_FLAG_SEEN), &error))
    g_message ("mark as read: %s", error->message);
  return dex_future_new_true ();
}

static void
act_mark_read (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  Mark *mark;

  if (g_variant_get_int64 (parameter) <= 0)
    return;
  mark = g_new0 (Mark, 1);
  mark->self = g_object_ref (user_data);
  mark->id = g_variant_get_int64 (parameter);
  barua_fiber_spawn ("app-mark-read", mark_fiber, mark, mark_free);
}

static void
search_message (BaruaApplication *self,
                gint64            id)
{
  want (self, "message", id);
}

/* The window's own search takes the words over where it has one. */
static void
search_launched (BaruaApplication *self,
                 const char       *text)
{
  g_application_activate (G_APPLICATION (self));
  if (self->window != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self->window), "win.search-for", "s", text);
}

static void
barua_application_startup (GApplication *application)
{
  static const GActionEntry entries[] = {
    { .name = "check-now", .activate = act_check_now },
    { .name = "offline", .state = "false", .change_state = act_offline },
    { .name = "open-file", .activate = act_open_file },
    { .name = "preferences", .activate = act_preferences },
    { .name = "shortcuts", .activate = act_shortcuts },
    { .name = "about", .activate = act_about },
    { .name = "quit", .activate = act_quit },
    { .name = "open-message", .activate = act_open_message, .parameter_type = "x" },
    { .name = "open-folder", .activate = act_open_folder, .parameter_type = "x" },
    { .name = "mark-read", .activate = act_mark_read, .parameter_type = "x" },
  };
  g_autofree char *web = g_build_filename (BARUA_APPLICATION (application)->profile, "web", NULL);

  /* What the window shows is read while the toolkit gets ready. */
  if (BARUA_APPLICATION (application)->direct)
    ensure_engine (BARUA_APPLICATION (application));
  G_APPLICATION_CLASS (barua_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries), application);
  gtk_window_set_default_icon_name (BARUA_APP_ID);
  /* Focus that comes to a text is not a wish to select all of it. */
  g_object_set (gtk_settings_get_default (), "gtk-label-select-on-focus", FALSE, NULL);
  barua_html_loader_set_cache_dir (web);
  barua_message_source_set_mime (parse_message, get_part);
  barua_message_source_set_pictures (new_pictures, get_picture);
  if (barua_preferences_get () != NULL)
    g_signal_connect_object (barua_preferences_get (), "changed::start-at-login", G_CALLBACK (login_changed), application,
                             G_CONNECT_SWAPPED);
}

static gboolean
barua_application_dbus_register (GApplication     *application,
                                 GDBusConnection  *connection,
                                 const char       *object_path,
                                 GError          **error)
{
  BaruaApplication *self = BARUA_APPLICATION (application);
  g_autofree char *path = g_strconcat (object_path, "/SearchProvider", NULL);

  if (!G_APPLICATION_CLASS (barua_application_parent_class)->dbus_register (application, connection, object_path, error))
    return FALSE;
  self->provider = barua_search_provider_new (get_engine, self);
  g_signal_connect_object (self->provider, "open-message", G_CALLBACK (search_message), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->provider, "open-search", G_CALLBACK (search_launched), self, G_CONNECT_SWAPPED);
  return barua_search_provider_register (self->provider, connection, path, error);
}

static void
barua_application_dbus_unregister (GApplication    *application,
                                   GDBusConnection *connection,
                                   const char      *object_path)
{
  BaruaApplication *self = BARUA_APPLICATION (application);

  if (self->provider != NULL)
    barua_search_provider_withdraw (self->provider);
  g_clear_object (&self->provider);
  G_APPLICATION_CLASS (barua_application_parent_class)->dbus_unregister (application, connection, object_path);
}

/* Command line ----------------------------------------------------------------------------------------------------- */

/* At log-in: a program that runs already is left as it is. */
static int
start_hidden (BaruaApplication *self)
{
  g_autoptr (GError) error = NULL;

  if (!g_application_register (G_APPLICATION (self), NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  if (g_application_get_is_remote (G_APPLICATION (self)))
    return 0;
  self->hidden = TRUE;
  return -1;
}

/* Whether the main window is what is wanted, and not files in windows of their own or a service. */
static gboolean
is_direct (char **arguments)
{
  for (guint i = 1; arguments[0] != NULL && arguments[i] != NULL; i++)
    {
      if (g_str_equal (arguments[i], "--profile") || g_str_equal (arguments[i], "-p"))
        {
          if (arguments[++i] == NULL)
            return FALSE;
        }
      else if (arguments[i][0] != '-' || g_str_equal (arguments[i], "--") || g_str_has_prefix (arguments[i], "--gapplication"))
        return FALSE;
    }
  return TRUE;
}

static gboolean
local_command_line (GApplication   *application,
                    char         ***arguments,
                    int            *status)
{
  BARUA_APPLICATION (application)->direct = is_direct (*arguments);
  return G_APPLICATION_CLASS (barua_application_parent_class)->local_command_line (application, arguments, status);
}

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
  if (g_variant_dict_contains (options, "background"))
    return start_hidden (self);
  return -1;
}

static void
barua_application_finalize (GObject *object)
{
  BaruaApplication *self = BARUA_APPLICATION (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_weak_pointer (&self->window);
  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_handle_id (&self->present_source, g_source_remove);
  g_clear_object (&self->provider);
  g_clear_object (&self->notifications);
  dex_clear (&self->starting);
  g_clear_pointer (&self->wanted, g_variant_unref);
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
  G_APPLICATION_CLASS (klass)->local_command_line = local_command_line;
  G_APPLICATION_CLASS (klass)->handle_local_options = handle_local_options;
  G_APPLICATION_CLASS (klass)->dbus_register = barua_application_dbus_register;
  G_APPLICATION_CLASS (klass)->dbus_unregister = barua_application_dbus_unregister;
}

static void
barua_application_init (BaruaApplication *self)
{
  static const GOptionEntry options[] = {
    { "profile", 'p', G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, NULL, N_("Keep all state in this folder"), N_("DIR") },
    { "background", 'b', G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, NULL, N_("Start without a window"), NULL },
    { "version", 'v', G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, NULL, N_("Print the version and exit"), NULL },
    { NULL },
  };

  self->cancellable = g_cancellable_new ();
  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

BaruaApplication *
barua_application_new (void)
{
  return g_object_new (BARUA_TYPE_APPLICATION, "application-id", BARUA_APP_ID, "flags", G_APPLICATION_HANDLES_OPEN, NULL);
}
