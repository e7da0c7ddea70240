/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  BARUA_DENSITY_COMFORTABLE,
  BARUA_DENSITY_COMPACT
} BaruaDensity;

/* Where things stand in a message row, in pixels (UI.md 3): from the font size, the density and the number of preview lines
 * alone, never from the text, so that all rows of a list are equally high in every script. */
typedef struct
{
  double em;
  int    height;
  int    baseline[4]; /* sender, subject, then the previews */
  int    dot_x;       /* centre of the dot, from the start edge */
  int    dot_radius;
  int    text_x;      /* from the start edge */
  int    end;         /* free at the end edge */
  int    icon;        /* size of icons */
  guint  n_previews;
} BaruaRowMetrics;

void barua_row_metrics_init   (BaruaRowMetrics *self,
                               double           em,
                               BaruaDensity     density,
                               guint            n_previews);
/* The font size of @widget in pixels. */
double barua_row_metrics_get_em (GtkWidget     *widget);

G_END_DECLS
