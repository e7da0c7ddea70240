/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-plain-view.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "barua-limits.h"
#include "barua-link.h"
#include "barua-plain-text.h"
#include "barua-preferences.h"

#define COLUMNS 72

struct _BaruaPlainView
{
  GtkBox           parent_instance;
  char            *text;
  GtkToggleButton *fold;
  GtkBox          *folded;
  GPtrArray       *labels;  /* GtkLabel, borrowed: inside */
  GArray          *matches; /* Match */
  char            *wanted;  /* what is looked for; NULL */
  double           zoom;
  guint            current;
  gboolean         failed;
};

typedef struct
{
  guint label;
  guint start;
  guint end;
} Match;

enum
{
  LINK_HOVERED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaPlainView, barua_plain_view, GTK_TYPE_BOX)

/* Looks ------------------------------------------------------------------------------------------------------------ */

static void
add_background (PangoAttrList *attributes,
                const Match   *match,
                gboolean       is_current)
{
  /* Yellow and orange of the palette with black letters, as pages mark it too: readable on light and dark. */
  PangoAttribute *back =
      is_current ? pango_attr_background_new (0xFFFF, 0x7878, 0) : pango_attr_background_new (0xF8F8, 0xE4E4, 0x5C5C);
  PangoAttribute *front = pango_attr_foreground_new (0, 0, 0);

  back->start_index = front->start_index = match->start;
  back->end_index = front->end_index = match->end;
  pango_attr_list_insert (attributes, back);
  pango_attr_list_insert (attributes, front);
}

static void
style_label (BaruaPlainView *self,
             guint           index)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  if (self->zoom != 1.0)
    pango_attr_list_insert (attributes, pango_attr_scale_new (self->zoom));
  for (guint i = 0; i < self->matches->len; i++)
    if (g_array_index (self->matches, Match, i).label == index)
      add_background (attributes, &g_array_index (self->matches, Match, i), i == self->current);
  gtk_label_set_attributes (g_ptr_array_index (self->labels, index), attributes);
}

static void
style_labels (BaruaPlainView *self)
{
  for (guint i = 0; i < self->labels->len; i++)
    style_label (self, i);
}

static void
find_in_label (BaruaPlainView *self,
               guint           index,
               const char     *folded,
               glong           chars)
{
  const char *text = gtk_label_get_text (g_ptr_array_index (self->labels, index));

  for (const char *p = text; *p != '\0' && self->matches->len < BARUA_LIMIT_FOUND;)
    {
      const char *end = p;
      g_autofree char *piece = NULL;

      for (glong i = 0; i < chars && *end != '\0'; i++)
        end = g_utf8_next_char (end);
      piece = g_utf8_casefold (p, end - p);
      if (strcmp (piece, folded) == 0)
        {
          Match match = { .label = index, .start = (guint)(p - text), .end = (guint)(end - text) };

          g_array_append_val (self->matches, match);
          p = end;
        }
      else
        p = g_utf8_next_char (p);
    }
}

guint
barua_plain_view_find (BaruaPlainView *self,
                       const char     *text)
{
  g_set_str (&self->wanted, text != NULL && *text != '\0' ? text : NULL);
  g_array_set_size (self->matches, 0);
  self->current = G_MAXUINT;
  if (self->wanted != NULL)
    {
      g_autofree char *folded = g_utf8_casefold (self->wanted, -1);

      for (guint i = 0; i < self->labels->len; i++)
        find_in_label (self, i, folded, g_utf8_strlen (self->wanted, -1));
    }
  style_labels (self);
  return self->matches->len;
}

int
barua_plain_view_mark (BaruaPlainView *self,
                       guint           index,
                       GtkWidget      *above)
{
  graphene_point_t at;
  PangoRectangle where;
  const Match *match;
  GtkLabel *label;
  int x, y;

  self->current = index;
  style_labels (self);
  if (index >= self->matches->len)
    return -1;
  match = &g_array_index (self->matches, Match, index);
  label = g_ptr_array_index (self->labels, match->label);
  if (self->folded != NULL && gtk_widget_is_ancestor (GTK_WIDGET (label), GTK_WIDGET (self->folded)))
    gtk_toggle_button_set_active (self->fold, TRUE);
  pango_layout_index_to_pos (gtk_label_get_layout (label), (int)match->start, &where);
  gtk_label_get_layout_offsets (label, &x, &y);
  if (!gtk_widget_compute_point (GTK_WIDGET (label), above, &GRAPHENE_POINT_INIT (0, 0), &at))
    return -1;
  return (int)at.y + y + PANGO_PIXELS (where.y);
}

void
barua_plain_view_set_zoom (BaruaPlainView *self,
                           double          zoom)
{
  self->zoom = CLAMP (zoom, 0.5, 3.0);
  style_labels (self);
}

void
barua_plain_view_set_failed (BaruaPlainView *self,
                             gboolean        failed)
{
  self->failed = failed;
}

static void
tell_link (GtkWidget *label)
{
  GtkWidget *view = gtk_widget_get_ancestor (label, BARUA_TYPE_PLAIN_VIEW);

  if (view != NULL)
    g_signal_emit (view, signals[LINK_HOVERED], 0, gtk_label_get_current_uri (GTK_LABEL (label)));
}

static void
pointer_moved (GtkEventController *controller)
{
  tell_link (gtk_event_controller_get_widget (controller));
}

static void
pointer_left (GtkEventController *controller,
              BaruaPlainView     *self)
{
  g_signal_emit (self, signals[LINK_HOVERED], 0, NULL);
}

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

static gboolean
link_activated (GtkLabel       *label,
                const char     *uri,
                BaruaPlainView *self)
{
  barua_link_open (GTK_WIDGET (self), uri, uri, self->failed);
  return GDK_EVENT_STOP;
}

static void
style_font (GtkWidget *label)
{
  if (barua_preferences_is ("plain-font", "monospace", "desktop"))
    gtk_widget_add_css_class (label, "monospace");
  else
    gtk_widget_remove_css_class (label, "monospace");
}

static void
font_changed (BaruaPlainView *self)
{
  for (guint i = 0; i < self->labels->len; i++)
    style_font (g_ptr_array_index (self->labels, i));
}

static GtkWidget *
make_label (BaruaPlainView        *self,
            const BaruaPlainBlock *block)
{
  g_autofree char *markup = barua_plain_text_markup (block->text);
  GtkWidget *label = gtk_label_new (NULL);
  GtkEventController *motion = gtk_event_controller_motion_new ();

  /* The style sheet has the line height. */
  gtk_widget_add_css_class (label, is_tall (block->text) ? "tall-text" : "plain-text");
  style_font (label);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), COLUMNS);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  /* Ours: every letter of the message in it is escaped. */
  gtk_label_set_markup (GTK_LABEL (label), markup);
  gtk_widget_set_halign (label, GTK_ALIGN_START);
  g_signal_connect_object (label, "activate-link", G_CALLBACK (link_activated), self, 0);
  g_signal_connect_after (motion, "motion", G_CALLBACK (pointer_moved), NULL);
  g_signal_connect_object (motion, "leave", G_CALLBACK (pointer_left), self, 0);
  gtk_widget_add_controller (label, motion);
  /* The focus walks from link to link by moving the cursor. */
  g_signal_connect_after (label, "move-cursor", G_CALLBACK (tell_link), NULL);
  g_ptr_array_add (self->labels, label);
  style_label (self, self->labels->len - 1);
  return label;
}

static GtkWidget *
make_block (BaruaPlainView        *self,
            const BaruaPlainBlock *block)
{
  GtkWidget *label = make_label (self, block);
  GtkWidget *outer = label;

  if (block->is_signature)
    gtk_widget_add_css_class (label, "signature");
  for (guint level = block->level; level > 0; level--)
    {
      static const char *const bars[] = { "quote-1", "quote-2", "quote-3" };
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

      gtk_widget_add_css_class (box, "quote");
      gtk_widget_add_css_class (box, bars[(level - 1) % G_N_ELEMENTS (bars)]);
      gtk_box_append (GTK_BOX (box), outer);
      outer = box;
    }
  return outer;
}

static void
fold_toggled (BaruaPlainView *self)
{
  gboolean open = gtk_toggle_button_get_active (self->fold);
  const char *words = open ? _("Hide Quoted Text") : _("Show Quoted Text");

  gtk_widget_set_visible (GTK_WIDGET (self->folded), open);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->fold), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->fold), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
add_fold (BaruaPlainView *self)
{
  self->fold = GTK_TOGGLE_BUTTON (gtk_toggle_button_new ());
  gtk_button_set_icon_name (GTK_BUTTON (self->fold), "view-more-horizontal-symbolic");
  gtk_widget_set_halign (GTK_WIDGET (self->fold), GTK_ALIGN_START);
  gtk_widget_add_css_class (GTK_WIDGET (self->fold), "flat");
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->fold));
  self->folded = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 12));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->folded));
  g_signal_connect_object (self->fold, "toggled", G_CALLBACK (fold_toggled), self, G_CONNECT_SWAPPED);
  fold_toggled (self);
}

static void
fill (BaruaPlainView *self,
      const char     *text)
{
  g_autoptr (GPtrArray) blocks = barua_plain_text_split (text);

  for (guint i = 0; i < blocks->len; i++)
    {
      const BaruaPlainBlock *block = g_ptr_array_index (blocks, i);
      if (block->is_trailing && self->fold == NULL)
        add_fold (self);
      gtk_box_append (self->fold != NULL ? self->folded : GTK_BOX (self), make_block (self, block));
    }
}

static void
show_whole (BaruaPlainView *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_box_remove (GTK_BOX (self), child);
  self->fold = NULL;
  self->folded = NULL;
  g_ptr_array_set_size (self->labels, 0);
  g_array_set_size (self->matches, 0);
  fill (self, self->text);
  if (self->wanted != NULL)
    {
      g_autofree char *wanted = g_strdup (self->wanted);

      barua_plain_view_find (self, wanted);
    }
}

static void
barua_plain_view_finalize (GObject *object)
{
  BaruaPlainView *self = BARUA_PLAIN_VIEW (object);

  g_free (self->text);
  g_free (self->wanted);
  g_ptr_array_unref (self->labels);
  g_array_unref (self->matches);
  G_OBJECT_CLASS (barua_plain_view_parent_class)->finalize (object);
}

static void
barua_plain_view_class_init (BaruaPlainViewClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = barua_plain_view_finalize;
  signals[LINK_HOVERED] =
    g_signal_new ("link-hovered", BARUA_TYPE_PLAIN_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
barua_plain_view_init (BaruaPlainView *self)
{
  self->labels = g_ptr_array_new ();
  self->matches = g_array_new (FALSE, FALSE, sizeof (Match));
  self->zoom = 1.0;
  self->current = G_MAXUINT;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 12);
  if (barua_preferences_get () != NULL)
    g_signal_connect_object (barua_preferences_get (), "changed::plain-font", G_CALLBACK (font_changed), self, G_CONNECT_SWAPPED);
}

GtkWidget *
barua_plain_view_new (const char *text)
{
  BaruaPlainView *self = g_object_new (BARUA_TYPE_PLAIN_VIEW, NULL);
  gsize length = strlen (text);

  self->text = g_strdup (text);
  if (length <= BARUA_LIMIT_PLAIN_FIRST_CHARS)
    fill (self, text);
  else
    {
      const char *cut = g_utf8_find_prev_char (text, text + BARUA_LIMIT_PLAIN_FIRST_CHARS);
      g_autofree char *beginning = g_strndup (text, (gsize)(cut - text));
      GtkWidget *button = gtk_button_new_with_label (_("Show the Whole Message"));

      fill (self, beginning);
      gtk_widget_set_halign (button, GTK_ALIGN_START);
      gtk_box_append (GTK_BOX (self), button);
      g_signal_connect_object (button, "clicked", G_CALLBACK (show_whole), self, G_CONNECT_SWAPPED);
    }
  return GTK_WIDGET (self);
}
