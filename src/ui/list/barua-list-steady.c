/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-list-steady.h"

#include <math.h>

#include "barua-message-row.h"

#define SCROLLER "barua-list-steady"
/* A row is looked for at this distance from the start edge, and so far apart. */
#define PICK_X   40
#define PICK_PX  16

/* A row and where it stands in the view. */
typedef struct
{
  BaruaMessageRow *row;
  gint64           id;
  float            y;
} Place;

static gboolean
top_of (GtkWidget *widget,
        GtkWidget *scroller,
        float     *y)
{
  graphene_point_t point;

  if (!gtk_widget_compute_point (widget, scroller, &GRAPHENE_POINT_INIT (0, 0), &point))
    return FALSE;
  *y = point.y;
  return TRUE;
}

static gboolean
is_at (const Place *place,
       float       *y,
       GtkWidget   *scroller)
{
  BaruaMessageItem *item = barua_message_row_get_item (place->row);

  return item != NULL && barua_message_item_get_id (item) == place->id && gtk_widget_get_mapped (GTK_WIDGET (place->row)) &&
         top_of (GTK_WIDGET (place->row), scroller, y);
}

/* The first row that is wholly there. */
static gboolean
find_place (GtkWidget *scroller,
            Place     *place)
{
  int height = gtk_widget_get_height (scroller);

  for (int y = 0; y < height; y += PICK_PX)
    {
      GtkWidget *widget = gtk_widget_pick (scroller, PICK_X, y, GTK_PICK_DEFAULT);
      GtkWidget *row = widget != NULL ? gtk_widget_get_ancestor (widget, BARUA_TYPE_MESSAGE_ROW) : NULL;
      BaruaMessageItem *item = row != NULL ? barua_message_row_get_item (BARUA_MESSAGE_ROW (row)) : NULL;

      if (item == NULL || !top_of (row, scroller, &place->y) || place->y < 0)
        continue;
      place->row = BARUA_MESSAGE_ROW (row);
      place->id = barua_message_item_get_id (item);
      return TRUE;
    }
  return FALSE;
}

/* How much of the row with the focus would be below the edge, were all of them moved down by @by. */
static double
focus_below (GtkWidget *scroller,
             double     by)
{
  GtkRoot *root = gtk_widget_get_root (scroller);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  float y;

  if (focus == NULL || !GTK_IS_LIST_VIEW (gtk_widget_get_parent (focus)) || !gtk_widget_is_ancestor (focus, scroller) ||
      !top_of (focus, scroller, &y) || y >= (float)gtk_widget_get_height (scroller))
    return 0;
  return MAX ((double)y + gtk_widget_get_height (focus) + by - gtk_widget_get_height (scroller), 0);
}

static void
allocate_children (GtkWidget *widget,
                   int        width,
                   int        height,
                   int        baseline)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_should_layout (child))
      gtk_widget_allocate (child, width, height, baseline, NULL);
}

static void
allocate (GtkWidget *widget,
          int        width,
          int        height,
          int        baseline)
{
  GtkScrolledWindow *scroller = g_object_get_data (G_OBJECT (widget), SCROLLER);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (scroller);
  double before = gtk_adjustment_get_page_size (adjustment);
  double change, moved;
  Place place = { 0 };
  float y;
  gboolean has_place = gtk_widget_get_mapped (GTK_WIDGET (scroller)) && find_place (GTK_WIDGET (scroller), &place);

  allocate_children (widget, width, height, baseline);
  change = gtk_adjustment_get_page_size (adjustment) - before;
  if (!has_place || change == 0 || !is_at (&place, &y, GTK_WIDGET (scroller)))
    return;
  moved = (double)place.y - (double)y;
  /* Further than the height can have moved it: somebody scrolled. */
  if (moved == 0 || fabs (moved) > fabs (change) + 1)
    return;
  if (moved > 0)
    moved -= MIN (focus_below (GTK_WIDGET (scroller), moved), moved);
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) - moved);
  allocate_children (widget, width, height, baseline);
}

static GtkSizeRequestMode
get_request_mode (GtkWidget *widget)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  return child != NULL ? gtk_widget_get_request_mode (child) : GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
measure (GtkWidget      *widget,
         GtkOrientation  orientation,
         int             for_size,
         int            *minimum,
         int            *natural,
         int            *minimum_baseline,
         int            *natural_baseline)
{
  *minimum = *natural = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum, child_natural;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, orientation, for_size, &child_minimum, &child_natural, NULL, NULL);
      *minimum = MAX (*minimum, child_minimum);
      *natural = MAX (*natural, child_natural);
    }
}

void
barua_list_steady_install (GtkWidget         *pane,
                           GtkScrolledWindow *scroller)
{
  g_object_set_data (G_OBJECT (pane), SCROLLER, scroller);
  gtk_widget_set_layout_manager (pane, gtk_custom_layout_new (get_request_mode, measure, allocate));
}
