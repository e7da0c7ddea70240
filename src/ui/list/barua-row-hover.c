/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-row-hover.h"

#include <glib/gi18n-lib.h>

#include "barua-limits.h"

/* From the edges of the row; the star of the second line, which has its own place to click, stays free. */
#define INSET_X 4
#define INSET_Y 2

struct _BaruaRowHover
{
  AdwBin             parent_instance;
  GtkButton         *read_button;
  AdwAnimation      *fade;
  GtkOverlay        *overlay;  /* weak: it holds us */
  GtkScrolledWindow *scroller; /* weak: our neighbour */
  BaruaMessageRow   *row;      /* weak: what they stand over */
  BaruaMessageItem  *item;     /* whose acts are shown; NULL: none are */
  gboolean           grouped;  /* it stands for a conversation */
  graphene_rect_t    place;    /* of its row, in the overlay */
  double             x, y;     /* of the pointer, in the overlay */
  guint              source;
  gboolean           disabled;
};

enum
{
  READ,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaRowHover, barua_row_hover, ADW_TYPE_BIN)

static void
set_act (GtkButton  *button,
         const char *icon,
         const char *name)
{
  gtk_button_set_icon_name (button, icon);
  gtk_widget_set_tooltip_text (GTK_WIDGET (button), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* What the buttons would do now. */
static void
update_acts (BaruaRowHover *self)
{
  BaruaRow *row = self->item != NULL ? barua_message_item_get_row (self->item) : NULL;

  if (row == NULL)
    return;
  if (!barua_message_row_is_unread (row, &(BaruaRowLook){ .grouped = self->grouped }))
    set_act (self->read_button, "mail-unread-symbolic", _("Mark as Unread"));
  else
    set_act (self->read_button, "mail-read-symbolic", _("Mark as Read"));
}

static void
forget_item (BaruaRowHover *self)
{
  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_clear_object (&self->item);
  if (self->row != NULL)
    barua_message_row_set_covered (self->row, FALSE);
  g_clear_weak_pointer (&self->row);
}

void
barua_row_hover_dismiss (BaruaRowHover *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  if (self->item == NULL)
    return;
  forget_item (self);
  adw_animation_reset (self->fade);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static BaruaMessageRow *
row_at_pointer (BaruaRowHover *self)
{
  graphene_point_t point = GRAPHENE_POINT_INIT ((float)self->x, (float)self->y);
  GtkWidget *widget;

  if (self->scroller == NULL ||
      !gtk_widget_compute_point (GTK_WIDGET (self->overlay), GTK_WIDGET (self->scroller), &point, &point))
    return NULL;
  widget = gtk_widget_pick (GTK_WIDGET (self->scroller), point.x, point.y, GTK_PICK_DEFAULT);
  return widget != NULL ? BARUA_MESSAGE_ROW (gtk_widget_get_ancestor (widget, BARUA_TYPE_MESSAGE_ROW)) : NULL;
}

static gboolean
rested (gpointer data)
{
  BaruaRowHover *self = data;
  BaruaMessageRow *row = row_at_pointer (self);
  BaruaMessageItem *item = row != NULL ? barua_message_row_get_item (row) : NULL;

  self->source = 0;
  if (self->disabled || item == NULL || barua_message_item_get_row (item) == NULL ||
      !gtk_widget_compute_bounds (GTK_WIDGET (row), GTK_WIDGET (self->overlay), &self->place))
    return G_SOURCE_REMOVE;
  self->item = g_object_ref (item);
  /* A long date would look out beside them. */
  g_set_weak_pointer (&self->row, row);
  barua_message_row_set_covered (row, TRUE);
  self->grouped = barua_message_row_get_look (row)->grouped;
  g_signal_connect_object (item, "notify::row", G_CALLBACK (update_acts), self, G_CONNECT_SWAPPED);
  update_acts (self);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_widget_queue_allocate (GTK_WIDGET (self->overlay));
  adw_animation_play (self->fade);
  return G_SOURCE_REMOVE;
}

static gboolean
is_on_shown_row (BaruaRowHover *self)
{
  return self->item != NULL && self->y >= self->place.origin.y && self->y < self->place.origin.y + self->place.size.height;
}

static void
moved (GtkEventControllerMotion *motion,
       double                    x,
       double                    y,
       BaruaRowHover            *self)
{
  GdkDevice *device = gtk_event_controller_get_current_event_device (GTK_EVENT_CONTROLLER (motion));
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (motion));
  gboolean is_touch = device != NULL && gdk_device_get_source (device) == GDK_SOURCE_TOUCHSCREEN;

  self->x = x;
  self->y = y;
  if (is_on_shown_row (self))
    return;
  barua_row_hover_dismiss (self);
  /* What is dragged needs the rows themselves. */
  if (!is_touch && !self->disabled && !(state & (GDK_BUTTON1_MASK | GDK_BUTTON2_MASK | GDK_BUTTON3_MASK)))
    self->source = g_timeout_add (BARUA_TIMEOUT_HOVER_MS, rested, self);
}

static gboolean
place_bar (GtkOverlay    *overlay,
           GtkWidget     *widget,
           GdkRectangle  *allocation,
           BaruaRowHover *self)
{
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkRequisition size;

  if (widget != GTK_WIDGET (self))
    return FALSE;
  gtk_widget_get_preferred_size (widget, NULL, &size);
  allocation->width = size.width;
  allocation->height = size.height;
  allocation->x = (int)(rtl ? self->place.origin.x + INSET_X : self->place.origin.x + self->place.size.width - INSET_X) -
                  (rtl ? 0 : size.width);
  allocation->y = (int)self->place.origin.y + INSET_Y;
  return TRUE;
}

static void
read_clicked (BaruaRowHover *self)
{
  g_autoptr (BaruaMessageItem) item = self->item != NULL ? g_object_ref (self->item) : NULL;

  if (item != NULL)
    g_signal_emit (self, signals[READ], 0, item);
}

static void
barua_row_hover_dispose (GObject *object)
{
  BaruaRowHover *self = BARUA_ROW_HOVER (object);

  g_clear_handle_id (&self->source, g_source_remove);
  forget_item (self);
  g_clear_object (&self->fade);
  g_clear_weak_pointer (&self->overlay);
  g_clear_weak_pointer (&self->scroller);
  G_OBJECT_CLASS (barua_row_hover_parent_class)->dispose (object);
}

static void
barua_row_hover_class_init (BaruaRowHoverClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = barua_row_hover_dispose;
  signals[READ] = g_signal_new ("read", BARUA_TYPE_ROW_HOVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                BARUA_TYPE_MESSAGE_ITEM);
}

/* Keys have their own ways: these are for the pointer, and take no focus. */
static GtkButton *
make_button (void)
{
  GtkWidget *button = gtk_button_new ();

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_focusable (button, FALSE);
  gtk_widget_set_focus_on_click (button, FALSE);
  return GTK_BUTTON (button);
}

static void
barua_row_hover_init (BaruaRowHover *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2);
  AdwAnimationTarget *target = adw_property_animation_target_new (G_OBJECT (self), "opacity");

  self->read_button = make_button ();
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->read_button));
  adw_bin_set_child (ADW_BIN (self), box);
  gtk_widget_add_css_class (GTK_WIDGET (self), "row-hover");
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  self->fade = adw_timed_animation_new (GTK_WIDGET (self), 0, 1, BARUA_FADE_MS, target);
  g_signal_connect_object (self->read_button, "clicked", G_CALLBACK (read_clicked), self, G_CONNECT_SWAPPED);
}

void
barua_row_hover_attach (BaruaRowHover     *self,
                        GtkOverlay        *overlay,
                        GtkScrolledWindow *scroller)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (scroller);

  g_return_if_fail (self->overlay == NULL);
  g_set_weak_pointer (&self->overlay, overlay);
  g_set_weak_pointer (&self->scroller, scroller);
  g_signal_connect_object (overlay, "get-child-position", G_CALLBACK (place_bar), self, 0);
  gtk_overlay_add_overlay (overlay, GTK_WIDGET (self));
  /* Before the rows and the bar itself have it. */
  gtk_event_controller_set_propagation_phase (motion, GTK_PHASE_CAPTURE);
  g_signal_connect_object (motion, "enter", G_CALLBACK (moved), self, 0);
  g_signal_connect_object (motion, "motion", G_CALLBACK (moved), self, 0);
  g_signal_connect_object (motion, "leave", G_CALLBACK (barua_row_hover_dismiss), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (overlay), motion);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (barua_row_hover_dismiss), self, G_CONNECT_SWAPPED);
}

void
barua_row_hover_set_enabled (BaruaRowHover *self,
                             gboolean       enabled)
{
  self->disabled = !enabled;
  if (self->disabled)
    barua_row_hover_dismiss (self);
}
