/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-activity-row.h"

#include <adwaita.h>

#define MAX_BUTTONS 2

struct _BaruaActivityRow
{
  GtkListBoxRow parent_instance;
  GtkBox       *texts;
  GtkLabel     *title;
  GtkLabel     *state;
  GtkLabel     *remedy;
  GtkWidget    *buttons; /* what they are in */
  GtkWidget    *button[MAX_BUTTONS];
  gint64        id;
};

enum
{
  CLICKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaActivityRow, barua_activity_row, GTK_TYPE_LIST_BOX_ROW)

static void
button_clicked (BaruaActivityRow *self,
                GtkWidget        *button)
{
  g_signal_emit (self, signals[CLICKED], 0, button == self->button[0] ? 0u : 1u);
}

static GtkLabel *
add_line (BaruaActivityRow *self,
          const char       *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  gtk_box_append (self->texts, label);
  return GTK_LABEL (label);
}

static void
barua_activity_row_class_init (BaruaActivityRowClass *klass)
{
  signals[CLICKED] = g_signal_new ("clicked", BARUA_TYPE_ACTIVITY_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                   G_TYPE_UINT);
}

static void
barua_activity_row_init (BaruaActivityRow *self)
{
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
  gtk_list_box_row_set_selectable (GTK_LIST_BOX_ROW (self), FALSE);
  self->texts = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  gtk_widget_set_hexpand (GTK_WIDGET (self->texts), TRUE);
  gtk_widget_set_valign (GTK_WIDGET (self->texts), GTK_ALIGN_CENTER);
  self->title = add_line (self, NULL);
  self->state = add_line (self, "caption");
  self->remedy = add_line (self, "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->state), "dimmed");
  gtk_widget_add_css_class (GTK_WIDGET (self->remedy), "dimmed");
}

GtkWidget *
barua_activity_row_new (const char *const *labels,
                        gboolean           beside)
{
  BaruaActivityRow *self = g_object_new (BARUA_TYPE_ACTIVITY_ROW, NULL);
  GtkWidget *box = gtk_box_new (beside ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL, beside ? 12 : 6);

  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  /* Two long words go one below the other. */
  self->buttons = adw_wrap_box_new ();
  adw_wrap_box_set_child_spacing (ADW_WRAP_BOX (self->buttons), 6);
  adw_wrap_box_set_line_spacing (ADW_WRAP_BOX (self->buttons), 6);
  gtk_widget_set_valign (self->buttons, GTK_ALIGN_CENTER);
  for (guint i = 0; i < MAX_BUTTONS && labels[i] != NULL; i++)
    {
      self->button[i] = gtk_button_new_with_mnemonic (labels[i]);
      g_signal_connect_object (self->button[i], "clicked", G_CALLBACK (button_clicked), self, G_CONNECT_SWAPPED);
      adw_wrap_box_append (ADW_WRAP_BOX (self->buttons), self->button[i]);
    }
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->texts));
  gtk_box_append (GTK_BOX (box), self->buttons);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
  return GTK_WIDGET (self);
}

static void
set_line (GtkLabel   *label,
          const char *text)
{
  if (g_strcmp0 (gtk_label_get_label (label), text) != 0)
    gtk_label_set_label (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), *text != '\0');
}

/* What the buttons do is said with what they do it to: several rows have the same. */
static void
describe (BaruaActivityRow *self,
          const char       *title,
          const char       *state)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, state, -1);
  for (guint i = 0; i < MAX_BUTTONS; i++)
    if (self->button[i] != NULL)
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->button[i]), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, title, -1);
}

void
barua_activity_row_show (BaruaActivityRow *self,
                         gint64            id,
                         const char       *title,
                         const char       *state,
                         const char       *remedy,
                         gboolean          offers)
{
  self->id = id;
  set_line (self->title, title);
  set_line (self->state, state);
  set_line (self->remedy, remedy);
  describe (self, title, state);
  if (!offers && gtk_widget_get_focus_child (GTK_WIDGET (self)) != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self));
  gtk_widget_set_visible (self->buttons, offers);
}

gint64
barua_activity_row_get_id (BaruaActivityRow *self)
{
  return self->id;
}
