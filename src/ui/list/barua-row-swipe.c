/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-row-swipe.h"

#include "barua-limits.h"

/* A finger is not steady: less is no move. Then it must go sideways this many times more than up or down. */
#define BEGIN_PX     16.0
#define SIDEWAYS     2.0
/* Of the width: what acts, and how far a row goes. */
#define ARMED_SHARE  0.25
#define MOST_SHARE   0.6

struct _BaruaRowSwipe
{
  GObject           parent_instance;
  GtkWidget        *list; /* weak */
  GtkGesture       *gesture; /* borrowed: the list's */
  BaruaMessageRow  *row;  /* weak: under the finger */
  BaruaMessageItem *item; /* which it showed */
  AdwAnimation     *back;
  gboolean          moving;
  gboolean          armed;
  gboolean          disabled;
};

enum
{
  SWIPED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaRowSwipe, barua_row_swipe, G_TYPE_OBJECT)

static void
let_go (BaruaRowSwipe *self)
{
  if (self->back != NULL)
    adw_animation_skip (self->back);
  g_clear_object (&self->back);
  if (self->row != NULL)
    barua_message_row_set_swipe (self->row, 0, FALSE);
  g_clear_weak_pointer (&self->row);
  g_clear_object (&self->item);
  self->moving = self->armed = FALSE;
}

static void
drag_begin (GtkGestureDrag *gesture,
            double          x,
            double          y,
            BaruaRowSwipe  *self)
{
  GtkWidget *widget = gtk_widget_pick (self->list, x, y, GTK_PICK_DEFAULT);
  GtkWidget *row = widget != NULL ? gtk_widget_get_ancestor (widget, BARUA_TYPE_MESSAGE_ROW) : NULL;

  let_go (self);
  if (self->disabled || row == NULL || barua_message_row_get_item (BARUA_MESSAGE_ROW (row)) == NULL)
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  g_set_weak_pointer (&self->row, BARUA_MESSAGE_ROW (row));
  self->item = g_object_ref (barua_message_row_get_item (self->row));
}

/* Whether the finger means this; decided once. */
static gboolean
is_meant (BaruaRowSwipe *self,
          double         toward_start,
          double         dy)
{
  if (MAX (ABS (toward_start), ABS (dy)) < BEGIN_PX)
    return FALSE;
  self->moving = toward_start > 0 && toward_start > SIDEWAYS * ABS (dy);
  gtk_gesture_set_state (self->gesture, self->moving ? GTK_EVENT_SEQUENCE_CLAIMED : GTK_EVENT_SEQUENCE_DENIED);
  if (!self->moving)
    let_go (self);
  return self->moving;
}

static void
drag_update (GtkGestureDrag *gesture,
             double          dx,
             double          dy,
             BaruaRowSwipe  *self)
{
  gboolean rtl = gtk_widget_get_direction (self->list) == GTK_TEXT_DIR_RTL;
  double toward_start = rtl ? dx : -dx;
  int width;

  if (self->row == NULL || (!self->moving && !is_meant (self, toward_start, dy)))
    return;
  width = gtk_widget_get_width (GTK_WIDGET (self->row));
  self->armed = toward_start >= width * ARMED_SHARE;
  barua_message_row_set_swipe (self->row, (int)CLAMP (toward_start, 0, width * MOST_SHARE), self->armed);
}

static void
move_back (double   px,
           gpointer data)
{
  BaruaRowSwipe *self = data;

  if (self->row != NULL && barua_message_row_get_item (self->row) == self->item)
    barua_message_row_set_swipe (self->row, (int)px, self->armed);
}

static void
back_done (BaruaRowSwipe *self)
{
  g_clear_object (&self->back);
  let_go (self);
}

static void
drag_end (GtkGestureDrag *gesture,
          double          dx,
          double          dy,
          BaruaRowSwipe  *self)
{
  AdwAnimationTarget *target;
  double from;
  g_autoptr (BaruaMessageItem) item = self->item != NULL ? g_object_ref (self->item) : NULL;

  if (self->row == NULL || !self->moving)
    {
      let_go (self);
      return;
    }
  from = MIN (ABS (dx), gtk_widget_get_width (GTK_WIDGET (self->row)) * MOST_SHARE);
  target = adw_callback_animation_target_new (move_back, self, NULL);
  self->back = adw_timed_animation_new (GTK_WIDGET (self->row), from, 0, BARUA_FADE_MS, target);
  g_signal_connect_object (self->back, "done", G_CALLBACK (back_done), self, G_CONNECT_SWAPPED);
  if (self->armed)
    g_signal_emit (self, signals[SWIPED], 0, item);
  if (self->back != NULL)
    adw_animation_play (self->back);
}

/* Taken over by something else. */
static void
drag_cancelled (GtkGesture       *gesture,
                GdkEventSequence *sequence,
                BaruaRowSwipe    *self)
{
  let_go (self);
}

static void
barua_row_swipe_dispose (GObject *object)
{
  BaruaRowSwipe *self = BARUA_ROW_SWIPE (object);

  let_go (self);
  g_clear_weak_pointer (&self->list);
  G_OBJECT_CLASS (barua_row_swipe_parent_class)->dispose (object);
}

static void
barua_row_swipe_class_init (BaruaRowSwipeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = barua_row_swipe_dispose;
  signals[SWIPED] = g_signal_new ("swiped", BARUA_TYPE_ROW_SWIPE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  BARUA_TYPE_MESSAGE_ITEM);
}

static void
barua_row_swipe_init (BaruaRowSwipe *self)
{
}

BaruaRowSwipe *
barua_row_swipe_new (GtkWidget *list)
{
  BaruaRowSwipe *self = g_object_new (BARUA_TYPE_ROW_SWIPE, NULL);

  g_set_weak_pointer (&self->list, list);
  self->gesture = gtk_gesture_drag_new ();
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (self->gesture), TRUE);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (self->gesture), GTK_PHASE_CAPTURE);
  g_signal_connect_object (self->gesture, "drag-begin", G_CALLBACK (drag_begin), self, 0);
  g_signal_connect_object (self->gesture, "drag-update", G_CALLBACK (drag_update), self, 0);
  g_signal_connect_object (self->gesture, "drag-end", G_CALLBACK (drag_end), self, 0);
  g_signal_connect_object (self->gesture, "cancel", G_CALLBACK (drag_cancelled), self, 0);
  gtk_widget_add_controller (list, GTK_EVENT_CONTROLLER (self->gesture));
  return self;
}

void
barua_row_swipe_set_enabled (BaruaRowSwipe *self,
                             gboolean       enabled)
{
  self->disabled = !enabled;
}
