/* SPDX-License-Identifier: GPL-3.0-or-later */
/* window-on-fake N [CACHE_DIR]: the main window over N made-up messages. With BARUA_FAKE_HTML=FILE the newest message shows that
 * file as its HTML, unsanitised: what stands behind the sanitiser must hold alone. BARUA_FAKE_ARCHIVE=N: as many more in the
 * archive; BARUA_FAKE_ACCOUNTS: two of them; BARUA_FAKE_SEARCH=TEXT: that is looked for as soon as can be;
 * BARUA_FAKE_STATUS=stopped, syncing, offline, waiting: the account's; BARUA_FAKE_SERVER=EVERY,MS,CODE: fake_engine_set_server();
 * BARUA_FAKE_DELAY=MS: how long answers take; BARUA_FAKE_REFUSED=N: the star of so many was refused. SIGUSR2: all is well again.
 * SIGHUP: the message that is FAKE_SHOWN below the newest is shown, as from a notification. */
#include "config.h"

#include <adwaita.h>
#include <glib-unix.h>
#include <libdex.h>
#include <locale.h>

#include "barua-html-loader.h"
#include "barua-window.h"
#include "fake-engine.h"

/* Below the newest. */
#define FAKE_SHOWN 50

static BaruaEngine *engine;
static BaruaWindow *window;
static guint n_messages;

static BaruaParsedMessage *
html_message (const char *path)
{
  BaruaParsedMessage *message = barua_parsed_message_new ();
  BaruaPart *part = barua_part_new ();
  BaruaText *text;
  char *html;

  if (!g_file_get_contents (path, &html, NULL, NULL))
    g_error ("%s can't be read", path);
  part->kind = BARUA_PART_TEXT;
  g_free (part->type);
  part->type = g_strdup ("text/html");
  g_ptr_array_add (message->parts, part);
  text = barua_text_new (BARUA_TEXT_HTML, 0, html);
  text->plain = g_strdup ("plain");
  g_ptr_array_add (message->texts, text);
  g_ptr_array_add (message->from, barua_address_new ("Unsanitised", "test@posta.example"));
  g_free (message->subject);
  message->subject = g_strdup ("Unsanitised");
  return message;
}

static gboolean
deliver (gpointer data)
{
  fake_engine_add (engine, FAKE_INBOX, g_get_real_time () / G_USEC_PER_SEC);
  return G_SOURCE_CONTINUE;
}

static gboolean
mend (gpointer data)
{
  fake_engine_set_first_sync (engine, FAKE_INBOX, 0);
  fake_engine_set_status (engine, BARUA_STATUS_IDLE, 0);
  return G_SOURCE_CONTINUE;
}

static gboolean
show (gpointer data)
{
  barua_window_show_message (window, n_messages - FAKE_SHOWN);
  return G_SOURCE_CONTINUE;
}

/* What the environment asks for. */
static void
set_scene (void)
{
  const char *archive = g_getenv ("BARUA_FAKE_ARCHIVE");
  const char *status = g_getenv ("BARUA_FAKE_STATUS");
  const char *delay = g_getenv ("BARUA_FAKE_DELAY");
  const char *server = g_getenv ("BARUA_FAKE_SERVER");

  if (archive != NULL)
    fake_engine_add_many (engine, FAKE_ARCHIVE, g_get_real_time () / G_USEC_PER_SEC - 3600,
                          (guint)g_ascii_strtoull (archive, NULL, 10));
  if (g_getenv ("BARUA_FAKE_ACCOUNTS") != NULL)
    fake_engine_add_second_account (engine);
  if (g_strcmp0 (status, "stopped") == 0)
    fake_engine_set_status (engine, BARUA_STATUS_STOPPED, BARUA_ERROR_AUTHENTICATION);
  if (g_strcmp0 (status, "offline") == 0)
    fake_engine_set_status (engine, BARUA_STATUS_OFFLINE, 0);
  if (g_strcmp0 (status, "waiting") == 0)
    fake_engine_set_status (engine, BARUA_STATUS_WAITING, BARUA_ERROR_TIMEOUT);
  if (g_strcmp0 (status, "syncing") == 0)
    {
      fake_engine_set_first_sync (engine, FAKE_INBOX, 1200);
      fake_engine_set_status (engine, BARUA_STATUS_SYNCHRONISING, 0);
    }
  if (g_strcmp0 (status, "offline") == 0)
    fake_engine_set_status (engine, BARUA_STATUS_OFFLINE, BARUA_ERROR_OFFLINE);
  if (server != NULL)
    {
      g_auto (GStrv) words = g_strsplit (server, ",", 3);

      fake_engine_set_server (engine, (guint)g_ascii_strtoull (words[0], NULL, 10),
                              (guint)g_ascii_strtoull (words[1], NULL, 10), (int)g_ascii_strtoll (words[2], NULL, 10));
    }
  if (g_getenv ("BARUA_FAKE_REFUSED") != NULL)
    fake_engine_refuse (engine, (guint)g_ascii_strtoull (g_getenv ("BARUA_FAKE_REFUSED"), NULL, 10), BARUA_ERROR_QUOTA);
  if (delay != NULL)
    fake_engine_set_delay (engine, (guint)g_ascii_strtoull (delay, NULL, 10));
  g_unix_signal_add (SIGUSR2, mend, NULL);
  g_unix_signal_add (SIGHUP, show, NULL);
}

static void
act_quit (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       application)
{
  GList *windows;

  while ((windows = gtk_application_get_windows (application)) != NULL)
    gtk_window_destroy (windows->data);
}

static void
activate (AdwApplication *application,
          gpointer        user_data)
{
  char **argv = user_data;
  guint n = (guint)g_ascii_strtoull (argv[1], NULL, 10);
  const char *html = g_getenv ("BARUA_FAKE_HTML");

  window = barua_window_new (application);
  n_messages = n;
  engine = barua_engine_new (argv[2] != NULL ? argv[2] : g_get_tmp_dir (), BARUA_ENGINE_DEFAULT, NULL);
  fake_engine_fill (engine, n, g_get_real_time () / G_USEC_PER_SEC - 60);
  fake_engine_set_status (engine, BARUA_STATUS_IDLE, 0);
  if (html != NULL)
    fake_engine_set_message (engine, n, html_message (html));
  set_scene ();
  if (g_getenv ("BARUA_FAKE_SEARCH") != NULL)
    gtk_widget_activate_action (GTK_WIDGET (window), "win.search-for", "s", g_getenv ("BARUA_FAKE_SEARCH"));
  barua_window_set_engine (window, engine);
  gtk_window_present (GTK_WINDOW (window));
  barua_html_loader_set_cache_dir (argv[2] != NULL ? argv[2] : g_get_tmp_dir ());
  barua_html_loader_start ();
  if (g_getenv ("BARUA_FAKE_DELIVER") != NULL)
    g_timeout_add (3000, deliver, NULL);
}

int
main (int    argc,
      char **argv)
{
  static const GActionEntry entries[] = { { "quit", act_quit, NULL, NULL, NULL, { 0 } } };
  g_autoptr (AdwApplication) application = NULL;
  int status;

  if (argc < 2)
    {
      g_printerr ("usage: window-on-fake N [CACHE_DIR]\n");
      return 2;
    }
  setlocale (LC_ALL, "");
  dex_init ();
  application = adw_application_new (BARUA_APP_ID, G_APPLICATION_NON_UNIQUE);
  g_action_map_add_action_entries (G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries), application);
  g_signal_connect (application, "activate", G_CALLBACK (activate), argv);
  status = g_application_run (G_APPLICATION (application), 1, argv);
  g_clear_object (&engine);
  return status;
}
