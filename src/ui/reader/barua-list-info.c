/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-list-info.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "barua-domain.h"
#include "barua-limits.h"
#include "barua-link.h"
#include "barua-text.h"

#define SHOWN_NAME_CHARS 80u

/* "Users of Barua <users.barua.example>": the phrase, else what stands between the brackets (RFC 2919, 3). */
static char *
name_of (const char *list_id)
{
  const char *open = strrchr (list_id, '<');
  g_autofree char *name = open != NULL ? g_strndup (list_id, (gsize)(open - list_id)) : g_strdup (list_id);
  gsize length;

  g_strstrip (name);
  length = strlen (name);
  if (length >= 2 && name[0] == '"' && name[length - 1] == '"')
    {
      name[length - 1] = '\0';
      memmove (name, name + 1, length - 1);
    }
  if (*name == '\0' && open != NULL)
    {
      g_free (name);
      name = g_strndup (open + 1, strcspn (open + 1, ">"));
      g_strstrip (name);
    }
  return *name != '\0' ? barua_text_ellipsise (name, SHOWN_NAME_CHARS) : NULL;
}

/* The first https address of "<https://...>, <mailto:...>" (RFC 2369, 3.2). One that can be left by a single request (RFC 8058) is
 * a page all the same, and is opened as one: that request is for programs that ask nobody. */
static char *
page_of (const char *field)
{
  for (const char *open = strchr (field, '<'); open != NULL; open = strchr (open + 1, '<'))
    {
      gsize length = strcspn (open + 1, ">");
      g_autofree char *uri = g_strndup (open + 1, length);
      g_autofree char *host = NULL;

      g_strstrip (uri);
      host = length <= BARUA_LIMIT_URL_BYTES && g_ascii_strncasecmp (uri, "https://", 8) == 0 ? barua_domain_of_uri (uri) : NULL;
      if (host != NULL && *host != '\0')
        return g_steal_pointer (&uri);
    }
  return NULL;
}

BaruaListInfo *
barua_list_info_new (const BaruaParsedMessage *message)
{
  const char *field = barua_parsed_message_get_header (message, "List-Unsubscribe");
  char *name = *message->list_id != '\0' ? name_of (message->list_id) : NULL;
  BaruaListInfo *self;

  if (name == NULL && field == NULL)
    return NULL;
  self = g_new0 (BaruaListInfo, 1);
  self->name = name;
  self->unsubscribe = field != NULL ? page_of (field) : NULL;
  return self;
}

void
barua_list_info_free (BaruaListInfo *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->unsubscribe);
  g_free (self);
}

static void
unsubscribe (GtkWidget *button)
{
  barua_link_open (button, g_object_get_data (G_OBJECT (button), "uri"), NULL,
                   g_object_get_data (G_OBJECT (button), "failed") != NULL);
}

static GtkWidget *
new_button (const BaruaListInfo *self,
            gboolean             failed)
{
  GtkWidget *button = gtk_button_new_with_label (_("Unsubscribe…"));
  g_autofree char *host = barua_domain_of_uri (self->unsubscribe);
  g_autofree char *shown = barua_domain_shown (host);
  /* Translators: %s is a host: its page opens in the browser. */
  g_autofree char *tooltip = g_strdup_printf (_("Opens %s in the Browser"), shown);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, tooltip);
  g_object_set_data_full (G_OBJECT (button), "uri", g_strdup (self->unsubscribe), g_free);
  g_object_set_data (G_OBJECT (button), "failed", GINT_TO_POINTER (failed));
  g_signal_connect (button, "clicked", G_CALLBACK (unsubscribe), NULL);
  return button;
}

GtkWidget *
barua_list_info_new_row (const BaruaListInfo *self,
                         gboolean             failed)
{
  GtkWidget *row = g_object_new (ADW_TYPE_WRAP_BOX, "child-spacing", 12, "line-spacing", 6, NULL);
  /* Translators: %s is the name of a mailing list. */
  g_autofree char *words = self->name != NULL ? g_strdup_printf (_("From the list %s"), self->name) : g_strdup (_("From a mailing list"));
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", words, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, "xalign", 0.0f, NULL);

  gtk_widget_add_css_class (label, "dimmed");
  adw_wrap_box_append (ADW_WRAP_BOX (row), label);
  if (self->unsubscribe != NULL)
    adw_wrap_box_append (ADW_WRAP_BOX (row), new_button (self, failed));
  return row;
}
