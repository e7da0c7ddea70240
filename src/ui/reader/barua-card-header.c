/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-card-header.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "barua-recipients.h"

struct _BaruaCardHeader
{
  GtkBox           parent_instance;
  AdwAvatar       *avatar;
  GtkLabel        *name;
  GtkLabel        *date;
  GtkLabel        *address;
  GtkToggleButton *recipients;
  GtkLabel        *recipients_summary;
  GtkLabel        *recipients_all;
  GtkToggleButton *star;
  GtkMenuButton   *menu;
  gboolean         setting_star;
};

enum
{
  STAR_TOGGLED,
  FOLDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaCardHeader, barua_card_header, GTK_TYPE_BOX)

void
barua_card_header_set_sender (BaruaCardHeader *self,
                              const char      *name,
                              const char      *address)
{
  const char *shown = *name != '\0' ? name : address;

  gtk_label_set_label (self->name, shown);
  adw_avatar_set_text (self->avatar, shown);
  gtk_label_set_label (self->address, address);
  gtk_widget_set_visible (GTK_WIDGET (self->address), *address != '\0');
}

void
barua_card_header_set_date (BaruaCardHeader *self,
                            const char      *words,
                            const char      *full)
{
  gtk_label_set_label (self->date, words);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->date), full);
}

void
barua_card_header_set_recipients (BaruaCardHeader          *self,
                                  BaruaEngine              *engine,
                                  const BaruaParsedMessage *message)
{
  g_autofree char *summary = barua_recipients_summary (engine, message);
  g_autofree char *all = barua_recipients_list (message);

  gtk_label_set_label (self->recipients_summary, summary);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->recipients), GTK_ACCESSIBLE_PROPERTY_LABEL, summary, -1);
  gtk_label_set_label (self->recipients_all, all);
  gtk_widget_set_visible (GTK_WIDGET (self->recipients), TRUE);
}

void
barua_card_header_set_starred (BaruaCardHeader *self,
                               gboolean         starred)
{
  self->setting_star = TRUE;
  gtk_toggle_button_set_active (self->star, starred);
  self->setting_star = FALSE;
  gtk_button_set_icon_name (GTK_BUTTON (self->star), starred ? "starred-symbolic" : "non-starred-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->star), starred ? _("Remove Star") : _("Star"));
}

void
barua_card_header_set_has_star (BaruaCardHeader *self,
                                gboolean         has_star)
{
  gtk_widget_set_visible (GTK_WIDGET (self->star), has_star);
}

void
barua_card_header_set_has_menu (BaruaCardHeader *self,
                                gboolean         has_menu)
{
  gtk_widget_set_visible (GTK_WIDGET (self->menu), has_menu);
}

static void
star_toggled (BaruaCardHeader *self)
{
  if (!self->setting_star)
    g_signal_emit (self, signals[STAR_TOGGLED], 0, gtk_toggle_button_get_active (self->star));
}

static void
released (GtkGestureClick *gesture,
          int              n_press,
          double           x,
          double           y,
          BaruaCardHeader *self)
{
  GtkWidget *hit = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);

  /* Only the empty ground folds: names can be selected. */
  if (hit != NULL && !GTK_IS_LABEL (hit) && gtk_widget_get_ancestor (hit, GTK_TYPE_BUTTON) == NULL)
    g_signal_emit (self, signals[FOLDED], 0);
}

/* Object ----------------------------------------------------------------------------------------------------------- */

/* The menu: the selectable name would be marked. */
static gboolean
grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (BARUA_CARD_HEADER (widget)->menu));
}

static void
no_hyphens (GtkLabel *label)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (label, attributes);
}

static void
barua_card_header_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), BARUA_TYPE_CARD_HEADER);
  G_OBJECT_CLASS (barua_card_header_parent_class)->dispose (object);
}

static void
barua_card_header_class_init (BaruaCardHeaderClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_card_header_dispose;
  widget_class->grab_focus = grab_focus;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/barua_mail/Barua/reader/barua-card-header.ui");
  gtk_widget_class_bind_template_child (widget_class, BaruaCardHeader, avatar);
  gtk_widget_class_bind_template_child (widget_class, BaruaCardHeader, name);
  gtk_widget_class_bind_template_child (widget_class, BaruaCardHeader, date);
  gtk_widget_class_bind_template_child (widget_class, BaruaCardHeader, address);
  gtk_widget_class_bind_template_child (widget_class, BaruaCardHeader, recipients);
  gtk_widget_class_bind_template_child (widget_class, BaruaCardHeader, recipients_summary);
  gtk_widget_class_bind_template_child (widget_class, BaruaCardHeader, recipients_all);
  gtk_widget_class_bind_template_child (widget_class, BaruaCardHeader, star);
  gtk_widget_class_bind_template_child (widget_class, BaruaCardHeader, menu);

  signals[STAR_TOGGLED] =
    g_signal_new ("star-toggled", BARUA_TYPE_CARD_HEADER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[FOLDED] = g_signal_new ("folded", BARUA_TYPE_CARD_HEADER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
barua_card_header_init (BaruaCardHeader *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->star, "toggled", G_CALLBACK (star_toggled), self, G_CONNECT_SWAPPED);
  g_signal_connect (click, "released", G_CALLBACK (released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  no_hyphens (self->address);
  no_hyphens (self->recipients_all);
}
