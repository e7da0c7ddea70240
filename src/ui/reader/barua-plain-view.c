/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-plain-view-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "barua-limits.h"
#include "barua-plain-label.h"
#include "barua-preferences.h"
#include "barua-shortcuts.h"

enum
{
  LINK_HOVERED,
  WHOLE_WANTED,
  FOUND,
  PLACED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaPlainView, barua_plain_view, GTK_TYPE_BOX)

static void
piece_free (gpointer data)
{
  BaruaPlainPiece *piece = data;

  g_free (piece->text);
  g_free (piece);
}

BaruaPlainPiece *
barua_plain_view_get_piece (BaruaPlainView *self,
          guint           index)
{
  return g_ptr_array_index (self->pieces, index);
}

/* Looks ------------------------------------------------------------------------------------------------------------ */

void
barua_plain_view_style_piece (BaruaPlainView *self,
             guint           index)
{
  BaruaPlainPiece *piece = barua_plain_view_get_piece (self, index);
  g_autoptr (PangoAttrList) attributes = NULL;

  if (piece->label == NULL)
    return;
  attributes = barua_plain_label_new_attributes (self->zoom);
  for (guint i = 0; i < self->matches->len && piece->has_marks; i++)
    {
      const BaruaPlainMatch *match = &g_array_index (self->matches, BaruaPlainMatch, i);

      if (match->piece == index)
        barua_plain_label_add_mark (attributes, match->start, match->end, i == self->current);
    }
  gtk_label_set_attributes (GTK_LABEL (piece->label), attributes);
}

void
barua_plain_view_style_excerpt (BaruaPlainView *self)
{
  const BaruaPlainMatch *match = barua_plain_view_get_current (self);
  g_autoptr (PangoAttrList) attributes = barua_plain_label_new_attributes (self->zoom);

  if (self->excerpt == NULL)
    return;
  if (match != NULL)
    barua_plain_label_add_mark (attributes, match->start - self->excerpt_start, match->end - self->excerpt_start, TRUE);
  gtk_label_set_attributes (GTK_LABEL (self->excerpt), attributes);
}

void
barua_plain_view_set_zoom (BaruaPlainView *self,
                           double          zoom)
{
  zoom = CLAMP (zoom, 0.5, 3.0);
  if (zoom == self->zoom)
    return;
  self->zoom = zoom;
  for (guint i = 0; i < self->n_made; i++)
    barua_plain_view_style_piece (self, i);
  barua_plain_view_style_excerpt (self);
}

void
barua_plain_view_set_failed (BaruaPlainView *self,
                             gboolean        failed)
{
  self->failed = failed;
  for (guint i = 0; i < self->n_made; i++)
    barua_plain_label_set_failed (barua_plain_view_get_piece (self, i)->label, failed);
}

static void
font_changed (BaruaPlainView *self)
{
  for (guint i = 0; i < self->n_made; i++)
    barua_plain_label_style_font (barua_plain_view_get_piece (self, i)->label);
  if (self->excerpt != NULL)
    barua_plain_label_style_font (self->excerpt);
}

static void
link_hovered (BaruaPlainView *self,
              const char     *uri)
{
  g_signal_emit (self, signals[LINK_HOVERED], 0, uri);
}

GtkWidget *
barua_plain_view_new_label (BaruaPlainView *self,
           const char     *text)
{
  GtkWidget *label = barua_plain_label_new (text, G_CALLBACK (link_hovered), G_OBJECT (self));

  barua_plain_label_set_failed (label, self->failed);
  return label;
}

/* Building --------------------------------------------------------------------------------------------------------- */

static void
fold_toggled (BaruaPlainView *self)
{
  gboolean open = gtk_toggle_button_get_active (self->fold);
  const char *words = open ? _("Hide Quoted Text") : _("Show Quoted Text");

  gtk_widget_set_visible (GTK_WIDGET (self->folded), open);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->fold), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->fold), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  if (open)
    barua_plain_view_start_building (self);
}

static void
add_fold (BaruaPlainView *self)
{
  self->fold = GTK_TOGGLE_BUTTON (gtk_toggle_button_new ());
  gtk_button_set_icon_name (GTK_BUTTON (self->fold), "view-more-horizontal-symbolic");
  gtk_widget_set_halign (GTK_WIDGET (self->fold), GTK_ALIGN_START);
  gtk_widget_add_css_class (GTK_WIDGET (self->fold), "flat");
  gtk_toggle_button_set_active (self->fold, self->unfold);
  gtk_box_append (self->body, GTK_WIDGET (self->fold));
  self->folded = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 12));
  gtk_box_append (self->body, GTK_WIDGET (self->folded));
  g_signal_connect_object (self->fold, "toggled", G_CALLBACK (fold_toggled), self, G_CONNECT_SWAPPED);
  fold_toggled (self);
}

static void
make_piece (BaruaPlainView *self,
            BaruaPlainPiece          *piece)
{
  GtkWidget *outer;

  piece->label = barua_plain_view_new_label (self, piece->text);
  outer = barua_plain_label_place (piece->label);
  if (piece->block->level > 0)
    gtk_widget_add_css_class (piece->label, "quoted");
  if (piece->block->is_signature)
    gtk_widget_add_css_class (piece->label, "signature");
  for (guint level = MIN (piece->block->level, BARUA_LIMIT_QUOTE_BARS); level > 0; level--)
    {
      static const char *const bars[] = { "quote-1", "quote-2", "quote-3" };
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

      gtk_widget_add_css_class (box, "quote");
      gtk_widget_add_css_class (box, bars[(level - 1) % G_N_ELEMENTS (bars)]);
      gtk_box_append (GTK_BOX (box), outer);
      outer = box;
    }
  if (piece->is_first)
    {
      self->block_box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
      gtk_box_append (piece->block->is_trailing ? self->folded : self->body, GTK_WIDGET (self->block_box));
    }
  gtk_box_append (self->block_box, outer);
}

/* What is folded is made when it is unfolded. */
static gboolean
may_make (BaruaPlainView *self)
{
  if (self->n_made == self->pieces->len)
    return FALSE;
  if (!barua_plain_view_get_piece (self, self->n_made)->block->is_trailing)
    return TRUE;
  if (self->fold == NULL)
    add_fold (self);
  return gtk_toggle_button_get_active (self->fold);
}

/* As much as one frame has time for. FALSE when there is no more. */
static gboolean
make_slice (BaruaPlainView *self)
{
  guint cost = 0;

  while (may_make (self))
    {
      BaruaPlainPiece *piece = barua_plain_view_get_piece (self, self->n_made);

      if (cost > 0 && cost + piece->cost > BARUA_PLAIN_SLICE_COST)
        return TRUE;
      cost += piece->cost;
      make_piece (self, piece);
      barua_plain_view_style_piece (self, self->n_made++);
    }
  return FALSE;
}

static gboolean
build_frame (GtkWidget     *widget,
             GdkFrameClock *clock,
             gpointer       user_data)
{
  BaruaPlainView *self = BARUA_PLAIN_VIEW (widget);

  barua_plain_view_tell_place (self);
  if (make_slice (self) || self->place_due > 0)
    return G_SOURCE_CONTINUE;
  self->building = 0;
  return G_SOURCE_REMOVE;
}

void
barua_plain_view_start_building (BaruaPlainView *self)
{
  if (self->building == 0)
    self->building = gtk_widget_add_tick_callback (GTK_WIDGET (self), build_frame, NULL, NULL);
}

static guint
cost_of (const BaruaPlainBlock *block,
         const char            *text)
{
  guint lines = 1;

  for (const char *p = strchr (text, '\n'); p != NULL; p = strchr (p + 1, '\n'))
    lines++;
  return (guint)g_utf8_strlen (text, -1) + lines * BARUA_PLAIN_LINE_COST +
         (1 + block->level) * BARUA_PLAIN_PIECE_COST;
}

static void
cut_block (BaruaPlainView        *self,
           const BaruaPlainBlock *block)
{
  gsize skip;

  for (const char *p = block->text; *p != '\0';)
    {
      gsize length = barua_plain_text_cut (p, &skip);
      BaruaPlainPiece *piece = g_new0 (BaruaPlainPiece, 1);

      piece->block = block;
      piece->text = g_strndup (p, length);
      piece->cost = cost_of (block, piece->text);
      piece->is_first = p == block->text;
      g_ptr_array_add (self->pieces, piece);
      p += length + skip;
    }
}

/* The beginning of the text in pieces. */
static void
cut_text (BaruaPlainView *self)
{
  gsize length = strlen (self->text);
  g_autofree char *beginning = NULL;

  if (length > BARUA_LIMIT_PLAIN_FIRST_CHARS)
    length = (gsize)(g_utf8_find_prev_char (self->text, self->text + BARUA_LIMIT_PLAIN_FIRST_CHARS) - self->text);
  beginning = g_strndup (self->text, length);
  self->rest = self->text + length;
  self->blocks = barua_plain_text_split (beginning);
  for (guint i = 0; i < self->blocks->len; i++)
    {
      const BaruaPlainBlock *block = g_ptr_array_index (self->blocks, i);

      if (self->pieces->len >= BARUA_LIMIT_PLAIN_PIECES)
        {
          self->rest = self->text + block->offset;
          break;
        }
      cut_block (self, block);
    }
}

void
barua_plain_view_emit_found (BaruaPlainView *self)
{
  g_signal_emit (self, signals[FOUND], 0, self->matches->len);
}

void
barua_plain_view_emit_placed (BaruaPlainView *self)
{
  g_signal_emit (self, signals[PLACED], 0);
}

/* The whole text --------------------------------------------------------------------------------------------------- */

/* Labels are selected one at a time; the whole text, and what is not shown of it, this way. */
static void
set_all_selected (BaruaPlainView *self,
                  gboolean        selected)
{
  if (selected)
    gtk_widget_add_css_class (GTK_WIDGET (self), "all-selected");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "all-selected");
}

static gboolean
key_pressed (GtkEventControllerKey *keys,
             guint                  key,
             guint                  code,
             GdkModifierType        state,
             BaruaPlainView        *self)
{
  gboolean control = (state & gtk_accelerator_get_default_mod_mask ()) == GDK_CONTROL_MASK;

  key = barua_shortcuts_latin (gtk_widget_get_display (GTK_WIDGET (self)), key, code, state);
  if (control && (key == GDK_KEY_a || key == GDK_KEY_A))
    {
      set_all_selected (self, TRUE);
      return GDK_EVENT_STOP;
    }
  if (!gtk_widget_has_css_class (GTK_WIDGET (self), "all-selected"))
    return GDK_EVENT_PROPAGATE;
  if (control && (key == GDK_KEY_c || key == GDK_KEY_C || key == GDK_KEY_Insert))
    {
      gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->text);
      return GDK_EVENT_STOP;
    }
  if (key != GDK_KEY_Control_L && key != GDK_KEY_Control_R)
    set_all_selected (self, FALSE);
  return GDK_EVENT_PROPAGATE;
}

static void
pressed (BaruaPlainView *self)
{
  set_all_selected (self, FALSE);
}

static void
watch_keys (BaruaPlainView *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  /* Before the label takes them for itself. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

static void
more_clicked (BaruaPlainView *self)
{
  g_signal_emit (self, signals[WHOLE_WANTED], 0);
}

const char *
barua_plain_view_get_text (BaruaPlainView *self)
{
  return self->text;
}

/* Object ----------------------------------------------------------------------------------------------------------- */

static void
barua_plain_view_dispose (GObject *object)
{
  BaruaPlainView *self = BARUA_PLAIN_VIEW (object);

  g_clear_handle_id (&self->look_source, g_source_remove);
  G_OBJECT_CLASS (barua_plain_view_parent_class)->dispose (object);
}

static void
barua_plain_view_finalize (GObject *object)
{
  BaruaPlainView *self = BARUA_PLAIN_VIEW (object);

  g_free (self->text);
  g_free (self->wanted);
  g_clear_pointer (&self->blocks, g_ptr_array_unref);
  g_ptr_array_unref (self->pieces);
  g_array_unref (self->matches);
  G_OBJECT_CLASS (barua_plain_view_parent_class)->finalize (object);
}

static void
barua_plain_view_class_init (BaruaPlainViewClass *klass)
{
  GType type = BARUA_TYPE_PLAIN_VIEW;

  G_OBJECT_CLASS (klass)->dispose = barua_plain_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = barua_plain_view_finalize;
  signals[LINK_HOVERED] =
    g_signal_new ("link-hovered", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[WHOLE_WANTED] = g_signal_new ("whole-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FOUND] = g_signal_new ("found", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[PLACED] = g_signal_new ("placed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
barua_plain_view_init (BaruaPlainView *self)
{
  self->pieces = g_ptr_array_new_with_free_func (piece_free);
  self->matches = g_array_new (FALSE, FALSE, sizeof (BaruaPlainMatch));
  self->zoom = 1.0;
  self->current = G_MAXUINT;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 12);
  self->body = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 12));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->body));
  watch_keys (self);
  if (barua_preferences_get () != NULL)
    g_signal_connect_object (barua_preferences_get (), "changed::plain-font", G_CALLBACK (font_changed), self, G_CONNECT_SWAPPED);
}

GtkWidget *
barua_plain_view_new (const char *text)
{
  BaruaPlainView *self = g_object_new (BARUA_TYPE_PLAIN_VIEW, NULL);

  self->text = g_strdup (text);
  cut_text (self);
  if (make_slice (self))
    barua_plain_view_start_building (self);
  if (*self->rest != '\0')
    {
      GtkWidget *button = gtk_button_new_with_label (_("Show the Whole Message"));

      gtk_widget_set_halign (button, GTK_ALIGN_START);
      gtk_box_append (GTK_BOX (self), button);
      g_signal_connect_object (button, "clicked", G_CALLBACK (more_clicked), self, G_CONNECT_SWAPPED);
    }
  return GTK_WIDGET (self);
}
