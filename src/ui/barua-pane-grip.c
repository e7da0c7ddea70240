/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-pane-grip.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#define STEP_SP 16.0

struct _BaruaPaneGrip
{
  GtkWidget parent_instance;
  double    minimum;
  double    maximum;
  double    standard;
  double    width;
};

enum
{
  WIDTH_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaPaneGrip, barua_pane_grip, GTK_TYPE_WIDGET)

static void
tell_accessible (BaruaPaneGrip *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, self->width,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, self->minimum, GTK_ACCESSIBLE_PROPERTY_VALUE_MAX,
                                  self->maximum, -1);
}

static void
change (BaruaPaneGrip *self,
        double         width)
{
  width = CLAMP (width, self->minimum, self->maximum);
  if (ABS (width - self->width) < 0.5)
    return;
  self->width = width;
  tell_accessible (self);
  g_signal_emit (self, signals[WIDTH_CHANGED], 0, width);
}

/* Until the person moves it the edge stands where the window's own share of the width puts it: from there it is moved. */
static void
take_width (BaruaPaneGrip *self)
{
  GtkWidget *pane = gtk_widget_get_parent (GTK_WIDGET (self));
  int px = pane != NULL ? gtk_widget_get_width (pane) : 0;

  if (px > 0)
    barua_pane_grip_set_width (
        self, adw_length_unit_from_px (ADW_LENGTH_UNIT_SP, px, gtk_widget_get_settings (GTK_WIDGET (self))));
}

static double
to_sp (BaruaPaneGrip *self,
       double         px)
{
  double sp = adw_length_unit_from_px (ADW_LENGTH_UNIT_SP, px, gtk_widget_get_settings (GTK_WIDGET (self)));

  return gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL ? -sp : sp;
}

static void
drag_begin (GtkGestureDrag *drag,
            double          x,
            double          y,
            BaruaPaneGrip  *self)
{
  take_width (self);
  gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_CLAIMED);
}

/* The grip moves with the edge while it is dragged: offsets are from where it is now. */
static void
drag_update (GtkGestureDrag *drag,
             double          dx,
             double          dy,
             BaruaPaneGrip  *self)
{
  change (self, self->width + to_sp (self, dx));
}

static void
pressed (GtkGestureClick *click,
         int              n_press,
         double           x,
         double           y,
         BaruaPaneGrip   *self)
{
  take_width (self);
  if (n_press == 2)
    change (self, self->standard);
}

static gboolean
key_pressed (GtkEventControllerKey *keys,
             guint                  key,
             guint                  code,
             GdkModifierType        state,
             BaruaPaneGrip         *self)
{
  double step = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL ? -STEP_SP : STEP_SP;

  if (key == GDK_KEY_Left || key == GDK_KEY_KP_Left)
    change (self, self->width - step);
  else if (key == GDK_KEY_Right || key == GDK_KEY_KP_Right)
    change (self, self->width + step);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

static void
barua_pane_grip_class_init (BaruaPaneGripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SEPARATOR);
  gtk_widget_class_set_css_name (widget_class, "grip");
  signals[WIDTH_CHANGED] =
    g_signal_new ("width-changed", BARUA_TYPE_PANE_GRIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
}

static void
barua_pane_grip_init (BaruaPaneGrip *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "col-resize");
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "grip");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Width of the Pane"), -1);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update), self);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect_object (focus, "enter", G_CALLBACK (take_width), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}

void
barua_pane_grip_set_range (BaruaPaneGrip *self,
                           double         minimum,
                           double         maximum,
                           double         standard)
{
  self->minimum = minimum;
  self->maximum = maximum;
  self->standard = standard;
}

void
barua_pane_grip_set_width (BaruaPaneGrip *self,
                           double         width)
{
  self->width = CLAMP (width, self->minimum, self->maximum);
  tell_accessible (self);
}
