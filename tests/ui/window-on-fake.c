/* SPDX-License-Identifier: GPL-3.0-or-later */
/* window-on-fake N [CACHE_DIR]: the main window over N made-up messages. With BARUA_FAKE_HTML=FILE the newest message shows that
 * file as its HTML, unsanitised: what stands behind the sanitiser must hold alone. */
#include "config.h"

#include <adwaita.h>
#include <libdex.h>
#include <locale.h>

#include "barua-html-loader.h"
#include "barua-window.h"
#include "fake-engine.h"

static BaruaEngine *engine;

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

static void
activate (AdwApplication *application,
          gpointer        user_data)
{
  char **argv = user_data;
  guint n = (guint)g_ascii_strtoull (argv[1], NULL, 10);
  const char *html = g_getenv ("BARUA_FAKE_HTML");
  BaruaWindow *window = barua_window_new (application);

  engine = barua_engine_new (argv[2] != NULL ? argv[2] : g_get_tmp_dir (), BARUA_ENGINE_DEFAULT, NULL);
  fake_engine_fill (engine, n, g_get_real_time () / G_USEC_PER_SEC - 60);
  fake_engine_set_status (engine, BARUA_STATUS_IDLE, 0);
  if (html != NULL)
    fake_engine_set_message (engine, n, html_message (html));
  barua_window_set_engine (window, engine);
  gtk_window_present (GTK_WINDOW (window));
  barua_html_loader_start (argv[2] != NULL ? argv[2] : g_get_tmp_dir ());
  if (g_getenv ("BARUA_FAKE_DELIVER") != NULL)
    g_timeout_add (3000, deliver, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (AdwApplication) application = NULL;

  if (argc < 2)
    {
      g_printerr ("usage: window-on-fake N [CACHE_DIR]\n");
      return 2;
    }
  setlocale (LC_ALL, "");
  dex_init ();
  application = adw_application_new (BARUA_APP_ID, G_APPLICATION_NON_UNIQUE);
  g_signal_connect (application, "activate", G_CALLBACK (activate), argv);
  return g_application_run (G_APPLICATION (application), 1, argv);
}
