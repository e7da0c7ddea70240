/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-link.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "barua-text.h"
#include "barua-toasts.h"
#include "barua-trust.h"

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

static void
launch (GtkWidget  *parent,
        const char *uri)
{
  g_autoptr (GtkUriLauncher) launcher = gtk_uri_launcher_new (uri);
  GtkRoot *root = gtk_widget_get_root (parent);

  gtk_uri_launcher_launch (launcher, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL, launched, NULL);
}

static void
answered (AdwAlertDialog *dialog,
          const char     *response,
          GtkWidget      *parent)
{
  const char *uri = g_object_get_data (G_OBJECT (dialog), "uri");

  if (g_strcmp0 (response, "copy") == 0)
    barua_toasts_copy_text (parent, uri, _("Link copied"));
  else if (g_strcmp0 (response, "open") == 0)
    launch (parent, uri);
}

static void
ask (GtkWidget  *parent,
     const char *uri,
     const char *words,
     const char *host)
{
  AdwDialog *dialog = adw_alert_dialog_new (_("This link goes somewhere else"), words);
  /* Translators: %s is a domain, "evil.example". */
  g_autofree char *open = g_strdup_printf (_("Open %s"), host);
  g_autofree char *label = NULL;
  g_auto (GStrv) parts = g_strsplit (open, "_", -1);

  /* An underscore in a host is no mnemonic. */
  label = g_strjoinv ("__", parts);
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel", _("_Cancel"), "copy", _("Copy _Link"), "open", label, NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "open", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "cancel");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "uri", g_strdup (uri), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (answered), parent, 0);
  adw_dialog_present (dialog, parent);
}

void
barua_link_open (GtkWidget  *parent,
                 const char *uri,
                 const char *text,
                 gboolean    failed)
{
  g_autofree char *host = NULL;
  g_autofree char *words = NULL;

  if (!barua_link_may_open (uri))
    return;
  words = barua_trust_link (uri, text, failed, &host);
  if (words != NULL)
    ask (parent, uri, words, host);
  else
    launch (parent, uri);
}
