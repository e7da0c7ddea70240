/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-plain-view-private.h"

#include <string.h>

#include "barua-limits.h"
#include "barua-plain-label.h"

/* Looking for words in a text: in what is shown at once, made or not; in the rest of a long one while idle. */

const BaruaPlainMatch *
barua_plain_view_get_current (BaruaPlainView *self)
{
  return self->current < self->matches->len ? &g_array_index (self->matches, BaruaPlainMatch, self->current) : NULL;
}

static GtkWidget *
label_of_current (BaruaPlainView *self)
{
  const BaruaPlainMatch *match = barua_plain_view_get_current (self);

  if (match == NULL)
    return NULL;
  return match->piece == BARUA_PLAIN_IN_REST ? self->excerpt : barua_plain_view_get_piece (self, match->piece)->label;
}

/* A label that was made or unfolded has its place with the end of that frame. */
void
barua_plain_view_tell_place (BaruaPlainView *self)
{
  GtkWidget *label = label_of_current (self);

  if (barua_plain_view_get_current (self) == NULL)
    self->place_due = 0;
  if (self->place_due == 0 || label == NULL || gtk_widget_get_width (label) == 0 || --self->place_due > 0)
    return;
  barua_plain_view_emit_placed (self);
}

static void
find_in_piece (BaruaPlainView *self,
               guint           index)
{
  BaruaPlainPiece *piece = barua_plain_view_get_piece (self, index);
  gsize length = strlen (piece->text);
  BaruaPlainMatch match = { .piece = index };

  piece->has_marks = FALSE;
  while (self->wanted != NULL && self->matches->len < BARUA_LIMIT_FOUND &&
         barua_plain_text_find (piece->text, match.end, length, self->wanted, self->wanted_chars, &match.start, &match.end))
    {
      g_array_append_val (self->matches, match);
      piece->has_marks = TRUE;
    }
}

/* So much of the rest in each turn. */
static gboolean
look_on (gpointer data)
{
  BaruaPlainView *self = data;
  gsize length = strlen (self->rest);
  gsize until = MIN (self->looked + BARUA_SLICE_BYTES, length);
  guint before = self->matches->len;
  BaruaPlainMatch match = { .piece = BARUA_PLAIN_IN_REST, .end = self->looked };

  while (((guchar)self->rest[until] & 0xC0) == 0x80)
    until++;
  while (self->matches->len < BARUA_LIMIT_FOUND &&
         barua_plain_text_find (self->rest, match.end, until, self->wanted, self->wanted_chars, &match.start, &match.end))
    g_array_append_val (self->matches, match);
  self->looked = MAX (until, match.end);
  if (self->looked >= length || self->matches->len >= BARUA_LIMIT_FOUND)
    self->look_source = 0;
  if (self->matches->len > before)
    barua_plain_view_emit_found (self);
  return self->look_source != 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
drop_excerpt (BaruaPlainView *self)
{
  if (self->excerpt != NULL)
    gtk_box_remove (GTK_BOX (self), gtk_widget_get_parent (gtk_widget_get_parent (self->excerpt)));
  self->excerpt = NULL;
}

guint
barua_plain_view_find (BaruaPlainView *self,
                       const char     *text)
{
  g_clear_handle_id (&self->look_source, g_source_remove);
  g_clear_pointer (&self->wanted, g_free);
  g_array_set_size (self->matches, 0);
  self->current = G_MAXUINT;
  drop_excerpt (self);
  if (text != NULL && *text != '\0')
    {
      self->wanted = g_utf8_casefold (text, -1);
      self->wanted_chars = (guint)g_utf8_strlen (text, -1);
    }
  for (guint i = 0; i < self->pieces->len; i++)
    {
      gboolean had = barua_plain_view_get_piece (self, i)->has_marks;

      find_in_piece (self, i);
      if (had || barua_plain_view_get_piece (self, i)->has_marks)
        barua_plain_view_style_piece (self, i);
    }
  self->looked = 0;
  if (self->wanted != NULL && *self->rest != '\0' && self->matches->len < BARUA_LIMIT_FOUND)
    self->look_source = g_idle_add_full (G_PRIORITY_LOW, look_on, self, NULL);
  return self->matches->len;
}

/* A match in what is not shown: the lines around it, below what is. */
static void
show_excerpt (BaruaPlainView *self,
              const BaruaPlainMatch    *match)
{
  gsize start = match->start - MIN (match->start, BARUA_EXCERPT_BYTES);
  gsize end = match->end + strnlen (self->rest + match->end, BARUA_EXCERPT_BYTES);
  const char *line = memchr (self->rest + start, '\n', match->start - start);
  g_autofree char *text = NULL;
  GtkWidget *strip = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  if (start > 0 && line != NULL)
    start = (gsize)(line - self->rest) + 1;
  while (((guchar)self->rest[start] & 0xC0) == 0x80)
    start++;
  while (((guchar)self->rest[end] & 0xC0) == 0x80)
    end++;
  text = g_strndup (self->rest + start, end - start);
  drop_excerpt (self);
  self->excerpt = barua_plain_view_new_label (self, text);
  self->excerpt_start = start;
  gtk_widget_add_css_class (strip, "strip");
  gtk_box_append (GTK_BOX (strip), barua_plain_label_place (self->excerpt));
  gtk_box_append (GTK_BOX (self), strip);
  barua_plain_view_style_excerpt (self);
}

int
barua_plain_view_get_place (BaruaPlainView *self,
                            GtkWidget      *above)
{
  const BaruaPlainMatch *match = barua_plain_view_get_current (self);
  GtkWidget *label = label_of_current (self);
  graphene_point_t at;
  PangoRectangle where;
  int x, y;

  if (label == NULL || self->place_due > 0)
    return -1;
  pango_layout_index_to_pos (gtk_label_get_layout (GTK_LABEL (label)),
                             (int)(match->start - (match->piece == BARUA_PLAIN_IN_REST ? self->excerpt_start : 0)), &where);
  gtk_label_get_layout_offsets (GTK_LABEL (label), &x, &y);
  if (!gtk_widget_compute_point (label, above, &GRAPHENE_POINT_INIT (0, 0), &at))
    return -1;
  return (int)at.y + y + PANGO_PIXELS (where.y);
}

/* Has it made and unfolded. */
static void
reach (BaruaPlainView *self,
       const BaruaPlainMatch    *match)
{
  GtkWidget *label;

  if (match->piece == BARUA_PLAIN_IN_REST)
    show_excerpt (self, match);
  else if (barua_plain_view_get_piece (self, match->piece)->block->is_trailing)
    {
      self->unfold = TRUE;
      if (self->fold != NULL)
        gtk_toggle_button_set_active (self->fold, TRUE);
    }
  label = label_of_current (self);
  if (label == NULL || gtk_widget_get_width (label) == 0 || !gtk_widget_get_mapped (label))
    self->place_due = 2;
  if (self->place_due > 0)
    barua_plain_view_start_building (self);
}

int
barua_plain_view_mark (BaruaPlainView *self,
                       guint           index,
                       GtkWidget      *above)
{
  const BaruaPlainMatch *match = barua_plain_view_get_current (self);

  if (match != NULL && match->piece != BARUA_PLAIN_IN_REST)
    {
      self->current = G_MAXUINT;
      barua_plain_view_style_piece (self, match->piece);
    }
  self->current = index;
  self->place_due = 0;
  match = barua_plain_view_get_current (self);
  if (match == NULL || match->piece != BARUA_PLAIN_IN_REST)
    drop_excerpt (self);
  if (match == NULL)
    return -1;
  if (match->piece != BARUA_PLAIN_IN_REST)
    barua_plain_view_style_piece (self, match->piece);
  reach (self, match);
  return barua_plain_view_get_place (self, above);
}
