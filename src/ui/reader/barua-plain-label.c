/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-plain-label.h"

#include <adwaita.h>

#include "barua-link.h"
#include "barua-plain-text.h"
#include "barua-preferences.h"

#define COLUMNS     72
/* Any label that wraps is laid out as narrow as can be, too: without this, with each letter on a line of its own, which takes
 * many times as long as what is shown. */
#define LEAST_CHARS 12

static void
add (PangoAttrList  *attributes,
     PangoAttribute *attribute,
     gsize           start,
     gsize           end)
{
  attribute->start_index = (guint)start;
  attribute->end_index = (guint)end;
  pango_attr_list_insert (attributes, attribute);
}

void
barua_plain_label_add_mark (PangoAttrList *attributes,
                            gsize          start,
                            gsize          end,
                            gboolean       is_current)
{
  /* Yellow and orange of the palette with black letters, as pages mark it too: readable on light and dark. */
  add (attributes,
       is_current ? pango_attr_background_new (0xFFFF, 0x7878, 0) : pango_attr_background_new (0xF8F8, 0xE4E4, 0x5C5C),
       start, end);
  add (attributes, pango_attr_foreground_new (0, 0, 0), start, end);
}

PangoAttrList *
barua_plain_label_new_attributes (double zoom)
{
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  if (zoom != 1.0)
    pango_attr_list_insert (attributes, pango_attr_scale_new (zoom));
  return attributes;
}

/* Links ------------------------------------------------------------------------------------------------------------ */

typedef void (*HoveredFunc) (GObject *object, const char *uri);

/* Of one label, who hears of its links. */
typedef struct
{
  GWeakRef    object;
  HoveredFunc hovered;
} Hearer;

static void
hearer_free (gpointer data)
{
  Hearer *hearer = data;

  g_weak_ref_clear (&hearer->object);
  g_free (hearer);
}

static void
tell (GtkWidget  *label,
      const char *uri)
{
  Hearer *hearer = g_object_get_data (G_OBJECT (label), "hearer");
  g_autoptr (GObject) object = g_weak_ref_get (&hearer->object);

  if (object != NULL)
    hearer->hovered (object, uri);
}

static void
tell_link (GtkWidget *label)
{
  tell (label, gtk_label_get_current_uri (GTK_LABEL (label)));
}

static void
pointer_moved (GtkEventController *controller)
{
  tell_link (gtk_event_controller_get_widget (controller));
}

static void
pointer_left (GtkEventController *controller)
{
  tell (gtk_event_controller_get_widget (controller), NULL);
}

static gboolean
link_activated (GtkLabel   *label,
                const char *uri)
{
  barua_link_open (GTK_WIDGET (label), uri, uri, g_object_get_data (G_OBJECT (label), "failed") != NULL);
  return GDK_EVENT_STOP;
}

void
barua_plain_label_set_failed (GtkWidget *label,
                              gboolean   failed)
{
  g_object_set_data (G_OBJECT (label), "failed", GINT_TO_POINTER (failed));
}

/* Label ------------------------------------------------------------------------------------------------------------ */

/* Indic and Thai text needs more room between its lines. */
static gboolean
is_tall (const char *text)
{
  guint tall = 0, letters = 0;

  for (const char *p = text; *p != '\0' && letters < 2000; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c < 0x41)
        continue;
      letters++;
      tall += c >= 0x0900 && c <= 0x0EFF;
    }
  return tall * 2 > letters;
}

void
barua_plain_label_style_font (GtkWidget *label)
{
  if (barua_preferences_is ("plain-font", "monospace", "desktop"))
    gtk_widget_add_css_class (label, "monospace");
  else
    gtk_widget_remove_css_class (label, "monospace");
}

static void
hear (GtkWidget *label,
      GCallback  hovered,
      GObject   *object)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  Hearer *hearer = g_new0 (Hearer, 1);

  g_weak_ref_init (&hearer->object, object);
  hearer->hovered = (HoveredFunc)hovered;
  g_object_set_data_full (G_OBJECT (label), "hearer", hearer, hearer_free);
  g_signal_connect (label, "activate-link", G_CALLBACK (link_activated), NULL);
  g_signal_connect_after (motion, "motion", G_CALLBACK (pointer_moved), NULL);
  g_signal_connect (motion, "leave", G_CALLBACK (pointer_left), NULL);
  gtk_widget_add_controller (label, motion);
  /* The focus walks from link to link by moving the cursor. */
  g_signal_connect_after (label, "move-cursor", G_CALLBACK (tell_link), NULL);
}

GtkWidget *
barua_plain_label_new (const char *text,
                       GCallback   hovered,
                       GObject    *object)
{
  g_autofree char *markup = barua_plain_text_markup (text);
  GtkWidget *label = gtk_label_new (NULL);

  /* The style sheet has the line height. */
  gtk_widget_add_css_class (label, is_tall (text) ? "tall-text" : "plain-text");
  barua_plain_label_style_font (label);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_width_chars (GTK_LABEL (label), LEAST_CHARS);
  gtk_label_set_max_width_chars (GTK_LABEL (label), COLUMNS);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  /* Ours: every letter of the message in it is escaped. */
  gtk_label_set_markup (GTK_LABEL (label), markup);
  hear (label, hovered, object);
  return label;
}

/* Place ------------------------------------------------------------------------------------------------------------ */

/* As wide as it would be, where there is room: what an alignment does, too, but that asks the label again and again how wide it is
 * at some height. */

static GtkSizeRequestMode
get_mode (GtkWidget *bin)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static int
width_in (GtkWidget *label,
          int        width)
{
  int natural;

  gtk_widget_measure (label, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return MIN (width, natural);
}

static void
measure (GtkWidget      *bin,
         GtkOrientation  orientation,
         int             for_size,
         int            *minimum,
         int            *natural,
         int            *minimum_baseline,
         int            *natural_baseline)
{
  GtkWidget *label = gtk_widget_get_first_child (bin);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    gtk_widget_measure (label, orientation, -1, minimum, natural, NULL, NULL);
  else
    gtk_widget_measure (label, orientation, for_size < 0 ? -1 : width_in (label, for_size), minimum, natural, NULL, NULL);
}

static void
allocate (GtkWidget *bin,
          int        width,
          int        height,
          int        baseline)
{
  GtkWidget *label = gtk_widget_get_first_child (bin);
  int used = width_in (label, width);
  gboolean at_end = gtk_widget_get_direction (bin) == GTK_TEXT_DIR_RTL;

  gtk_widget_size_allocate (label, &(GtkAllocation){ at_end ? width - used : 0, 0, used, height }, -1);
}

GtkWidget *
barua_plain_label_place (GtkWidget *label)
{
  GtkWidget *bin = adw_bin_new ();

  gtk_widget_set_layout_manager (bin, gtk_custom_layout_new (get_mode, measure, allocate));
  adw_bin_set_child (ADW_BIN (bin), label);
  return bin;
}
