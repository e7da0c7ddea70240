/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-row-metrics.h"

#include <math.h>

#define FIRST_BASELINE   1.1
#define SUBJECT_STEP     1.42
#define PREVIEW_STEP     1.36
#define BELOW_LAST       0.5
#define COMFORTABLE_PAD  0.55
#define COMPACT_PAD_TOP  0.35
#define COMPACT_PAD_END  0.30
#define ICON_EM          1.1

void
barua_row_metrics_init (BaruaRowMetrics *self,
                        double           em,
                        BaruaDensity     density,
                        guint            n_previews)
{
  double top = density == BARUA_DENSITY_COMPACT ? COMPACT_PAD_TOP : COMFORTABLE_PAD;
  double bottom = density == BARUA_DENSITY_COMPACT ? COMPACT_PAD_END : COMFORTABLE_PAD;
  double y = top + FIRST_BASELINE;

  self->em = em;
  self->n_previews = density == BARUA_DENSITY_COMPACT ? 0 : MIN (n_previews, 2);
  self->baseline[0] = (int)lround (y * em);
  y += SUBJECT_STEP;
  self->baseline[1] = (int)lround (y * em);
  for (guint i = 0; i < self->n_previews; i++)
    {
      y += PREVIEW_STEP;
      self->baseline[2 + i] = (int)lround (y * em);
    }
  self->height = (int)lround ((y + BELOW_LAST + bottom) * em);
  self->dot_radius = 4;
  self->dot_x = 6 + 4;
  self->text_x = 20;
  self->end = 12;
  self->icon = (int)lround (ICON_EM * em);
}

double
barua_row_metrics_get_em (GtkWidget *widget)
{
  const PangoFontDescription *font = pango_context_get_font_description (gtk_widget_get_pango_context (widget));
  double size = (double)pango_font_description_get_size (font) / PANGO_SCALE;

  if (!pango_font_description_get_size_is_absolute (font))
    size *= pango_cairo_context_get_resolution (gtk_widget_get_pango_context (widget)) / 72.0;
  return size > 0 ? size : 14.67;
}
