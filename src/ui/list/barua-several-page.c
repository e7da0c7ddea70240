/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-several-page.h"

#include <glib/gi18n-lib.h>

#include "barua-words.h"

struct _BaruaSeveralPage
{
  AdwBin         parent_instance;
  AdwStatusPage *page;
  GtkLabel      *subjects;
};

G_DEFINE_FINAL_TYPE (BaruaSeveralPage, barua_several_page, ADW_TYPE_BIN)

static void
barua_several_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), BARUA_TYPE_SEVERAL_PAGE);
  G_OBJECT_CLASS (barua_several_page_parent_class)->dispose (object);
}

static void
barua_several_page_class_init (BaruaSeveralPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_several_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/barua_mail/Barua/list/barua-several-page.ui");
  gtk_widget_class_bind_template_child (widget_class, BaruaSeveralPage, page);
  gtk_widget_class_bind_template_child (widget_class, BaruaSeveralPage, subjects);
}

static void
barua_several_page_init (BaruaSeveralPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
barua_several_page_show (BaruaSeveralPage *self,
                         guint             n,
                         gboolean          grouped,
                         GPtrArray        *items)
{
  g_autofree char *number = barua_words_number (n);
  g_autofree char *title = NULL;
  g_autoptr (GString) lines = g_string_new (NULL);

  if (n == 0)
    title = g_strdup (grouped ? _("No Conversations Selected") : _("No Messages Selected"));
  else if (grouped)
    /* Translators: %s is a number. */
    title = g_strdup_printf (ngettext ("%s Conversation Selected", "%s Conversations Selected", n), number);
  else
    /* Translators: %s is a number. */
    title = g_strdup_printf (ngettext ("%s Message Selected", "%s Messages Selected", n), number);
  for (guint i = 0; i < items->len; i++)
    {
      BaruaRow *row = barua_message_item_get_row (g_ptr_array_index (items, i));

      if (row == NULL)
        continue;
      if (lines->len > 0)
        g_string_append_c (lines, '\n');
      g_string_append (lines, *row->subject != '\0' ? row->subject : _("(no subject)"));
    }
  adw_status_page_set_title (self->page, title);
  gtk_label_set_label (self->subjects, lines->str);
  gtk_widget_set_visible (GTK_WIDGET (self->subjects), lines->len > 0);
}
