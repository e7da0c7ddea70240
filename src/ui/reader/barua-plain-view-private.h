/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-plain-view.h"

#include "barua-plain-text.h"

G_BEGIN_DECLS

/* Between barua-plain-view.c and barua-plain-find.c only. */

/* A part of a block, as much as is laid out at a time. */
typedef struct
{
  const BaruaPlainBlock *block; /* borrowed */
  char                  *text;
  GtkWidget             *label; /* NULL until it is made; borrowed: inside */
  guint                  cost;
  gboolean               is_first;
  gboolean               has_marks;
} BaruaPlainPiece;

/* In bytes of the piece's text; with BARUA_PLAIN_IN_REST of the rest. */
typedef struct
{
  guint piece;
  gsize start;
  gsize end;
} BaruaPlainMatch;

#define BARUA_PLAIN_IN_REST G_MAXUINT

struct _BaruaPlainView
{
  GtkBox           parent_instance;
  char            *text;
  const char      *rest;      /* of it: what is not shown here; "" */
  GPtrArray       *blocks;    /* BaruaPlainBlock */
  GPtrArray       *pieces;    /* BaruaPlainPiece */
  guint            n_made;    /* of them */
  guint            building;  /* tick callback */
  GtkBox          *body;
  GtkBox          *block_box; /* of the block that the next piece may belong to */
  GtkToggleButton *fold;
  GtkBox          *folded;
  GtkWidget       *excerpt;   /* label around the current match, of the rest; NULL */
  gsize            excerpt_start;
  GArray          *matches;   /* BaruaPlainMatch */
  char            *wanted;    /* what is looked for, casefolded; NULL */
  guint            wanted_chars;
  gsize            looked;    /* so far in the rest */
  guint            look_source;
  double           zoom;
  guint            current;
  gboolean         unfold;    /* as soon as there is what to unfold */
  guint            place_due; /* frames until the current match has its place; 0: it has */
  gboolean         failed;
};

BaruaPlainPiece       *barua_plain_view_get_piece      (BaruaPlainView *self,
                                                        guint           index);
void                   barua_plain_view_style_piece    (BaruaPlainView *self,
                                                        guint           index);
void                   barua_plain_view_style_excerpt  (BaruaPlainView *self);
GtkWidget             *barua_plain_view_new_label      (BaruaPlainView *self,
                                                        const char     *text);
/* From the next frame on, until all is made and what is looked for has its place. */
void                   barua_plain_view_start_building (BaruaPlainView *self);
void                   barua_plain_view_emit_found     (BaruaPlainView *self);
void                   barua_plain_view_emit_placed    (BaruaPlainView *self);

/* NULL: none. */
const BaruaPlainMatch *barua_plain_view_get_current    (BaruaPlainView *self);
/* Tells the place when it is due and known. */
void                   barua_plain_view_tell_place     (BaruaPlainView *self);

G_END_DECLS
