/* SPDX-License-Identifier: GPL-3.0-or-later */
/* leak-control FILE SECONDS: a web view as it comes, showing FILE: what must contact hosts, or the sinkhole does not work. */
#include <stdlib.h>
#include <webkit/webkit.h>

static gboolean
enough (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autofree char *html = NULL;
  GtkWidget *window, *view;

  if (argc < 3 || !g_file_get_contents (argv[1], &html, NULL, NULL))
    return 2;
  gtk_init ();
  window = gtk_window_new ();
  view = webkit_web_view_new ();
  gtk_window_set_default_size (GTK_WINDOW (window), 800, 600);
  gtk_window_set_child (GTK_WINDOW (window), view);
  gtk_window_present (GTK_WINDOW (window));
  webkit_web_view_load_html (WEBKIT_WEB_VIEW (view), html, "http://base.leaking.via.invalid/");
  g_timeout_add_seconds ((guint)atoi (argv[2]), enough, loop);
  g_main_loop_run (loop);
  return 0;
}
