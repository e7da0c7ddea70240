/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-row-canvas.h"

#include <math.h>

#include "barua-words.h"

/* That of the rows (style.css). */
#define ROW_RADIUS 9.0f

GdkRGBA
barua_row_faded (const GdkRGBA *colour,
                 double         alpha)
{
  GdkRGBA result = *colour;

  result.alpha *= (float)alpha;
  return result;
}

static guint16
to_16_bits (float part)
{
  return (guint16)lroundf (CLAMP (part, 0.0f, 1.0f) * 65535.0f);
}

static void
mark_hits (BaruaRowCanvas *self,
           const char     *text,
           guint           field,
           PangoAttrList  *attributes)
{
  g_autoptr (GArray) hits = barua_search_words_find (self->needles, (BaruaHitField)field, text);

  for (guint i = 0; i < hits->len; i++)
    {
      const BaruaHit *hit = &g_array_index (hits, BaruaHit, i);
      PangoAttribute *parts[] = {
        pango_attr_background_new (to_16_bits (self->mark.red), to_16_bits (self->mark.green), to_16_bits (self->mark.blue)),
        pango_attr_background_alpha_new (to_16_bits (self->mark.alpha)),
        /* Dim letters would be too faint there. */
        pango_attr_foreground_new (to_16_bits (self->ink.red), to_16_bits (self->ink.green), to_16_bits (self->ink.blue)),
        pango_attr_foreground_alpha_new (to_16_bits (self->ink.alpha)),
      };

      for (guint k = 0; k < G_N_ELEMENTS (parts); k++)
        {
          parts[k]->start_index = (guint)hit->start;
          parts[k]->end_index = (guint)hit->end;
          pango_attr_list_insert (attributes, parts[k]);
        }
    }
}

static PangoLayout *
make_layout (BaruaRowCanvas     *self,
             const char         *text,
             const BaruaRowText *how)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (self->widget, text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_layout_set_single_paragraph_mode (layout, TRUE);
  if (how->size != 1.0)
    pango_attr_list_insert (attributes, pango_attr_scale_new (how->size));
  if (how->bold)
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  if (how->hits != 0 && self->needles != NULL && self->needles->len > 0)
    mark_hits (self, text, how->hits, attributes);
  pango_layout_set_attributes (layout, attributes);
  return layout;
}

int
barua_row_canvas_text (BaruaRowCanvas     *self,
                       const char         *text,
                       int                 x,
                       int                 width,
                       int                 baseline,
                       const BaruaRowText *how,
                       const GdkRGBA      *colour)
{
  g_autoptr (PangoLayout) layout = NULL;
  int taken, left;

  if (width <= 0)
    return 0;
  layout = make_layout (self, text, how);
  pango_layout_get_pixel_size (layout, &taken, NULL);
  if (taken > width)
    {
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
      pango_layout_set_width (layout, width * PANGO_SCALE);
      taken = width;
    }
  left = how->at_end ? x + width - taken : x;
  if (self->rtl)
    left = self->width - left - taken;
  /* Text aligns to the start of the interface but runs by its own first strong letter. */
  if (pango_layout_get_width (layout) >= 0)
    pango_layout_set_alignment (layout, self->rtl ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
  gtk_snapshot_save (self->snapshot);
  gtk_snapshot_translate (self->snapshot,
                          &GRAPHENE_POINT_INIT ((float)left,
                                                (float)(baseline - PANGO_PIXELS (pango_layout_get_baseline (layout)))));
  gtk_snapshot_append_layout (self->snapshot, layout, colour);
  gtk_snapshot_restore (self->snapshot);
  return taken;
}

static void
draw_paintable (BaruaRowCanvas   *self,
                GtkIconPaintable *icon,
                int               x,
                int               top,
                int               size,
                const GdkRGBA    *colour)
{
  int left = self->rtl ? self->width - x - size : x;

  if (icon == NULL)
    return;
  gtk_snapshot_save (self->snapshot);
  gtk_snapshot_translate (self->snapshot, &GRAPHENE_POINT_INIT ((float)left, (float)top));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), self->snapshot, size, size, colour, 1);
  gtk_snapshot_restore (self->snapshot);
}

void
barua_row_canvas_icon (BaruaRowCanvas   *self,
                       GtkIconPaintable *icon,
                       int               x,
                       int               baseline,
                       const GdkRGBA    *colour)
{
  int size = self->metrics->icon;

  draw_paintable (self, icon, x, baseline - (int)lround (size * 0.82), size, colour);
}

/* The middle of the letters of the first line. */
static int
dot_y (BaruaRowCanvas *self)
{
  return self->metrics->baseline[0] - (int)lround (0.35 * self->metrics->em);
}

void
barua_row_canvas_tick (BaruaRowCanvas   *self,
                       GtkIconPaintable *icon,
                       const GdkRGBA    *colour)
{
  int size = MIN (self->metrics->icon, 2 * self->metrics->dot_x);

  draw_paintable (self, icon, self->metrics->dot_x - size / 2, dot_y (self) - size / 2, size, colour);
}

static void
fill (BaruaRowCanvas        *self,
      const graphene_rect_t *bounds,
      float                  radius,
      const GdkRGBA         *colour)
{
  GskRoundedRect shape;

  gsk_rounded_rect_init_from_rect (&shape, bounds, radius);
  gtk_snapshot_push_rounded_clip (self->snapshot, &shape);
  gtk_snapshot_append_color (self->snapshot, colour, bounds);
  gtk_snapshot_pop (self->snapshot);
}

void
barua_row_canvas_dot (BaruaRowCanvas *self,
                      const GdkRGBA  *colour)
{
  const BaruaRowMetrics *m = self->metrics;
  int x = self->rtl ? self->width - m->dot_x : m->dot_x;

  fill (self,
        &GRAPHENE_RECT_INIT ((float)(x - m->dot_radius), (float)(dot_y (self) - m->dot_radius), (float)(2 * m->dot_radius),
                             (float)(2 * m->dot_radius)),
        (float)m->dot_radius, colour);
}

int
barua_row_canvas_measure (BaruaRowCanvas *self,
                          const char     *text,
                          double          size)
{
  const BaruaRowText how = { .size = size };
  g_autoptr (PangoLayout) layout = make_layout (self, text, &how);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

int
barua_row_canvas_count (BaruaRowCanvas *self,
                        guint           count,
                        int             end,
                        int             baseline,
                        const GdkRGBA  *colour)
{
  const BaruaRowMetrics *m = self->metrics;
  const BaruaRowText how = { .size = BARUA_ROW_SMALL };
  g_autofree char *text = barua_words_number (count);
  int taken = barua_row_canvas_measure (self, text, BARUA_ROW_SMALL);
  int width = MAX (taken + 2 * (int)lround (0.4 * m->em), (int)lround (1.4 * m->em));
  int height = (int)lround (1.2 * m->em);
  int x = self->rtl ? self->width - end : end - width;
  GdkRGBA ground = barua_row_faded (&self->ink, 0.1);

  fill (self,
        &GRAPHENE_RECT_INIT ((float)x, (float)(baseline - (int)lround (0.92 * m->em)), (float)width, (float)height),
        (float)height / 2, &ground);
  barua_row_canvas_text (self, text, end - width + (width - taken) / 2, taken, baseline, &how, colour);
  return end - width;
}

void
barua_row_canvas_bars (BaruaRowCanvas *self)
{
  const BaruaRowMetrics *m = self->metrics;
  GdkRGBA bar = barua_row_faded (&self->ink, 0.08);
  double parts[] = { 0.4, 0.65 };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      float width = (float)((self->width - m->text_x - m->end) * parts[i]);
      float x = self->rtl ? (float)(self->width - m->text_x) - width : (float)m->text_x;

      gtk_snapshot_append_color (self->snapshot, &bar,
                                 &GRAPHENE_RECT_INIT (x, (float)(m->baseline[i] - 0.7 * m->em), width, (float)(0.7 * m->em)));
    }
}

void
barua_row_canvas_ground (BaruaRowCanvas *self,
                         int             end_inset,
                         const GdkRGBA  *colour)
{
  float x = self->rtl ? 0 : (float)(self->width - end_inset);

  fill (self, &GRAPHENE_RECT_INIT (x, 0, (float)end_inset, (float)self->metrics->height), ROW_RADIUS, colour);
}
