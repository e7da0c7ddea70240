/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-link.h"

#include "barua-text.h"

#define SHOWN_CHARS 300

gboolean
barua_link_may_open (const char *uri)
{
  static const char *const schemes[] = { "http", "https", "mailto", "tel" };
  g_autofree char *scheme = uri != NULL ? g_uri_parse_scheme (uri) : NULL;

  for (guint i = 0; scheme != NULL && i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strcasecmp (scheme, schemes[i]) == 0)
      return TRUE;
  return FALSE;
}

char *
barua_link_shown (const char *uri)
{
  g_autoptr (GUri) parsed = g_uri_parse (uri, G_URI_FLAGS_NON_DNS | G_URI_FLAGS_ENCODED, NULL);
  const char *host = parsed != NULL ? g_uri_get_host (parsed) : NULL;
  g_autofree char *plain = host != NULL ? g_uri_unescape_string (host, NULL) : NULL;
  g_autofree char *ascii = plain != NULL && *plain != '\0' ? g_hostname_to_ascii (plain) : NULL;
  g_autofree char *whole = NULL;
  g_autofree char *clean = NULL;

  if (ascii != NULL && g_strcmp0 (ascii, host) != 0)
    whole = g_uri_join (G_URI_FLAGS_ENCODED, g_uri_get_scheme (parsed), g_uri_get_userinfo (parsed), ascii,
                        g_uri_get_port (parsed), g_uri_get_path (parsed), g_uri_get_query (parsed),
                        g_uri_get_fragment (parsed));
  clean = barua_text_clean (whole != NULL ? whole : uri, -1, 4 * SHOWN_CHARS);
  return barua_text_ellipsise (clean, SHOWN_CHARS);
}

static void
launched (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!gtk_uri_launcher_launch_finish (GTK_URI_LAUNCHER (source), result, &error) &&
      !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    g_message ("a link could not be opened: %s", error->message);
}

void
barua_link_open (GtkWidget  *parent,
                 const char *uri)
{
  g_autoptr (GtkUriLauncher) launcher = NULL;
  GtkRoot *root = gtk_widget_get_root (parent);

  if (!barua_link_may_open (uri))
    return;
  launcher = gtk_uri_launcher_new (uri);
  gtk_uri_launcher_launch (launcher, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL, launched, NULL);
}
