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
};

G_DEFINE_FINAL_TYPE (BaruaPlainView, barua_plain_view, GTK_TYPE_BOX)

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
  barua_link_open (GTK_WIDGET (self), uri);
  return GDK_EVENT_STOP;
}

static GtkWidget *
make_label (BaruaPlainView        *self,
            const BaruaPlainBlock *block)
{
  g_autofree char *markup = barua_plain_text_markup (block->text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  GtkWidget *label = gtk_label_new (NULL);

  /* The style sheet has the line height. */
  gtk_widget_add_css_class (label, is_tall (block->text) ? "tall-text" : "plain-text");
  if (barua_preferences_is ("plain-font", "monospace", "desktop"))
    gtk_widget_add_css_class (label, "monospace");
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (GTK_LABEL (label), attributes);
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
      /* A signature alone stays: it is short, and often the only name. */
      gboolean fold = block->is_trailing && block->level > 0;

      if (fold && self->fold == NULL)
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
  fill (self, self->text);
}

static void
barua_plain_view_finalize (GObject *object)
{
  g_free (BARUA_PLAIN_VIEW (object)->text);
  G_OBJECT_CLASS (barua_plain_view_parent_class)->finalize (object);
}

static void
barua_plain_view_class_init (BaruaPlainViewClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = barua_plain_view_finalize;
}

static void
barua_plain_view_init (BaruaPlainView *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 12);
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
