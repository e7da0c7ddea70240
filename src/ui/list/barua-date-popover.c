/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-date-popover.h"

#include <glib/gi18n-lib.h>

#include "barua-date-words.h"

struct _BaruaDatePopover
{
  GtkPopover parent_instance;
  GtkEntry  *entry;
  GtkLabel  *meaning;
};

enum
{
  GO,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaDatePopover, barua_date_popover, GTK_TYPE_POPOVER)

static gboolean
parse (BaruaDatePopover *self,
       gint64           *first,
       gint64           *after)
{
  return barua_words_parse_period (gtk_editable_get_text (GTK_EDITABLE (self->entry)),
                                   g_get_real_time () / G_USEC_PER_SEC, first, after);
}

/* The line is always there: nothing moves while one types. */
static void
text_changed (BaruaDatePopover *self)
{
  gboolean is_empty = *gtk_editable_get_text (GTK_EDITABLE (self->entry)) == '\0';
  g_autofree char *meaning = NULL;
  gint64 first, after;

  if (parse (self, &first, &after))
    meaning = barua_words_period (first, after);
  else
    meaning = g_strdup (is_empty ? " " : _("That is not a date."));
  gtk_label_set_label (self->meaning, meaning);
  gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
}

static void
activated (BaruaDatePopover *self)
{
  gint64 first, after;

  if (!parse (self, &first, &after))
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
      gtk_accessible_announce (GTK_ACCESSIBLE (self), _("That is not a date."), GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH);
      return;
    }
  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[GO], 0, first, after);
}

static void
barua_date_popover_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), BARUA_TYPE_DATE_POPOVER);
  G_OBJECT_CLASS (barua_date_popover_parent_class)->dispose (object);
}

static void
barua_date_popover_class_init (BaruaDatePopoverClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_date_popover_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/barua_mail/Barua/list/barua-date-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, BaruaDatePopover, entry);
  gtk_widget_class_bind_template_child (widget_class, BaruaDatePopover, meaning);
  signals[GO] = g_signal_new ("go", BARUA_TYPE_DATE_POPOVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT64,
                              G_TYPE_INT64);
}

static void
barua_date_popover_init (BaruaDatePopover *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->entry, "changed", G_CALLBACK (text_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->entry, "activate", G_CALLBACK (activated), self, G_CONNECT_SWAPPED);
}

void
barua_date_popover_open (BaruaDatePopover *self,
                         const char       *text)
{
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  text_changed (self);
  gtk_popover_popup (GTK_POPOVER (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
}
