/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "barua-row-metrics.h"
#include "barua-search-words.h"

G_BEGIN_DECLS

/* What a message row draws itself with: lines of text, icons and shapes, placed from the start edge whatever the direction of
 * the interface. A plain struct on the stack of a snapshot. */
typedef struct
{
  GtkWidget             *widget;
  GtkSnapshot           *snapshot;
  const BaruaRowMetrics *metrics;
  int                    width;
  gboolean               rtl;
  GdkRGBA                ink;
  GPtrArray             *needles; /* whose places in the text are marked; NULL: none */
  GdkRGBA                mark;    /* behind them */
} BaruaRowCanvas;

/* How a text is drawn. */
typedef struct
{
  double        size;    /* in em */
  gboolean      bold;
  gboolean      at_end;  /* aligned to the end of its room */
  guint         hits;    /* BaruaHitField: what is marked in it; 0: nothing */
} BaruaRowText;

#define BARUA_ROW_SMALL   0.85
#define BARUA_ROW_PREVIEW 0.92

GdkRGBA barua_row_faded        (const GdkRGBA      *colour,
                                double              alpha);

/* One line of @text on @baseline, from @x to @x + @width. Returns the width it took. */
int  barua_row_canvas_text     (BaruaRowCanvas     *self,
                                const char         *text,
                                int                 x,
                                int                 width,
                                int                 baseline,
                                const BaruaRowText *how,
                                const GdkRGBA      *colour);
/* @icon may be NULL. */
void barua_row_canvas_icon     (BaruaRowCanvas     *self,
                                GtkIconPaintable   *icon,
                                int                 x,
                                int                 baseline,
                                const GdkRGBA      *colour);
/* In the place of the dot. */
void barua_row_canvas_dot      (BaruaRowCanvas     *self,
                                const GdkRGBA      *colour);
void barua_row_canvas_tick     (BaruaRowCanvas     *self,
                                GtkIconPaintable   *icon,
                                const GdkRGBA      *colour);
/* How many messages, in a pill that ends at @end. Returns where it begins. */
int  barua_row_canvas_count    (BaruaRowCanvas     *self,
                                guint               count,
                                int                 end,
                                int                 baseline,
                                const GdkRGBA      *colour);
/* Two bars for what is not loaded yet. */
void barua_row_canvas_bars     (BaruaRowCanvas     *self);
/* From @end_inset before the end edge to it, over the whole height: what a swipe lays open. */
void barua_row_canvas_ground   (BaruaRowCanvas     *self,
                                int                 end_inset,
                                const GdkRGBA      *colour);
int  barua_row_canvas_measure  (BaruaRowCanvas     *self,
                                const char         *text,
                                double              size);

G_END_DECLS
