/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-row-menu.h"

#include <glib/gi18n-lib.h>

struct _BaruaRowMenu
{
  GObject      parent_instance;
  GtkWidget   *parent; /* not owned */
  GtkListView *list;   /* not owned */
  GtkWidget   *popover;
};

enum
{
  WANTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaRowMenu, barua_row_menu, G_TYPE_OBJECT)

static guint
count_selected (BaruaRowMenu *self)
{
  g_autoptr (GtkBitset) bits = gtk_selection_model_get_selection (gtk_list_view_get_model (self->list));

  return (guint)gtk_bitset_get_size (bits);
}

/* What is told is what will be done, whatever is read meanwhile: no act here turns a mark round. */
static GMenu *
make_menu (BaruaMessageRow *row,
           gboolean         several)
{
  const BaruaRow *message = barua_message_item_get_row (barua_message_row_get_item (row));
  gboolean unread = barua_message_row_is_unread (message, barua_message_row_get_look (row));
  gboolean starred = (message->flags & BARUA_FLAG_FLAGGED) != 0;
  g_autoptr (GMenu) marks = g_menu_new ();
  GMenu *menu = g_menu_new ();

  if (several || unread)
    g_menu_append (marks, _("Mark as Read"), "win.mark-read");
  if (several || !unread)
    g_menu_append (marks, _("Mark as Unread"), "win.mark-unread");
  if (several || !starred)
    g_menu_append (marks, _("Star"), "win.star");
  if (several || starred)
    g_menu_append (marks, _("Remove Star"), "win.unstar");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (marks));
  if (!several)
    {
      g_autoptr (GMenu) window = g_menu_new ();
      g_autoptr (GMenu) file = g_menu_new ();

      g_menu_append (window, _("Open in New _Window"), "win.open-window");
      g_menu_append_section (menu, NULL, G_MENU_MODEL (window));
      g_menu_append (file, _("Save _Message…"), "win.save-message");
      g_menu_append (file, _("View S_ource"), "win.view-source");
      g_menu_append_section (menu, NULL, G_MENU_MODEL (file));
    }
  return menu;
}

/* @x, @y: in the parent. */
static void
popup (BaruaRowMenu    *self,
       BaruaMessageRow *row,
       double           x,
       double           y)
{
  BaruaMessageItem *item = barua_message_row_get_item (row);
  const GdkRectangle place = { (int)x, (int)y, 1, 1 };
  g_autoptr (GMenu) menu = NULL;

  if (item == NULL || barua_message_item_get_row (item) == NULL)
    return;
  g_signal_emit (self, signals[WANTED], 0, item);
  menu = make_menu (row, count_selected (self) > 1);
  gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (self->popover), G_MENU_MODEL (menu));
  gtk_popover_set_pointing_to (GTK_POPOVER (self->popover), &place);
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

static BaruaMessageRow *
row_at (BaruaRowMenu *self,
        double        x,
        double        y)
{
  GtkWidget *widget = gtk_widget_pick (GTK_WIDGET (self->list), x, y, GTK_PICK_DEFAULT);

  return widget != NULL ? BARUA_MESSAGE_ROW (gtk_widget_get_ancestor (widget, BARUA_TYPE_MESSAGE_ROW)) : NULL;
}

static void
pressed (GtkGestureClick *click,
         int              n_press,
         double           x,
         double           y,
         BaruaRowMenu    *self)
{
  GdkEventSequence *sequence = gtk_gesture_single_get_current_sequence (GTK_GESTURE_SINGLE (click));
  GdkEvent *event = gtk_gesture_get_last_event (GTK_GESTURE (click), sequence);
  BaruaMessageRow *row = row_at (self, x, y);
  graphene_point_t at = GRAPHENE_POINT_INIT ((float)x, (float)y);

  if (row == NULL || barua_message_row_get_item (row) == NULL)
    return;
  if (event != NULL && gdk_event_triggers_context_menu (event))
    {
      gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
      if (gtk_widget_compute_point (GTK_WIDGET (self->list), self->parent, &at, &at))
        popup (self, row, at.x, at.y);
    }
  else if (gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (click)) == GDK_BUTTON_MIDDLE && n_press == 1)
    {
      gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
      g_signal_emit (self, signals[WANTED], 0, barua_message_row_get_item (row));
      gtk_widget_activate_action (GTK_WIDGET (self->list), "win.open-window", NULL);
    }
}

/* Below the sender of the row that has the focus. */
static gboolean
popup_focused (BaruaRowMenu *self)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self->list)));
  GtkWidget *row = focus != NULL ? gtk_widget_get_first_child (focus) : NULL;
  graphene_rect_t box;

  if (row == NULL || !BARUA_IS_MESSAGE_ROW (row) || !gtk_widget_compute_bounds (row, self->parent, &box))
    return FALSE;
  popup (self, BARUA_MESSAGE_ROW (row), box.origin.x + box.size.width / 2, box.origin.y + box.size.height / 2);
  return TRUE;
}

static gboolean
key_pressed (GtkEventControllerKey *keys,
             guint                  key,
             guint                  code,
             GdkModifierType        state,
             BaruaRowMenu          *self)
{
  GdkModifierType held = state & gtk_accelerator_get_default_mod_mask ();

  if ((key == GDK_KEY_Menu && held == 0) || (key == GDK_KEY_F10 && held == GDK_SHIFT_MASK))
    return popup_focused (self) ? GDK_EVENT_STOP : GDK_EVENT_PROPAGATE;
  return GDK_EVENT_PROPAGATE;
}

static void
barua_row_menu_dispose (GObject *object)
{
  BaruaRowMenu *self = BARUA_ROW_MENU (object);

  g_clear_pointer (&self->popover, gtk_widget_unparent);
  G_OBJECT_CLASS (barua_row_menu_parent_class)->dispose (object);
}

static void
barua_row_menu_class_init (BaruaRowMenuClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = barua_row_menu_dispose;
  signals[WANTED] = g_signal_new ("wanted", BARUA_TYPE_ROW_MENU, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  BARUA_TYPE_MESSAGE_ITEM);
}

static void
barua_row_menu_init (BaruaRowMenu *self)
{
}

BaruaRowMenu *
barua_row_menu_new (GtkWidget   *parent,
                    GtkListView *list)
{
  BaruaRowMenu *self = g_object_new (BARUA_TYPE_ROW_MENU, NULL);
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->parent = parent;
  self->list = list;
  self->popover = gtk_popover_menu_new_from_model (NULL);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
  gtk_widget_set_halign (self->popover, GTK_ALIGN_START);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->popover), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Message Menu"), -1);
  gtk_widget_set_parent (self->popover, parent);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  g_signal_connect_object (click, "pressed", G_CALLBACK (pressed), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (list), GTK_EVENT_CONTROLLER (click));
  /* Before the main menu, which has F10. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (list), keys);
  return self;
}
