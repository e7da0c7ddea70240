/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A GtkLabel with a piece of a message's plain text: wraps, is selectable, knows links. */

/* @hovered: void (GObject *object, const char *uri), uri NULL when the pointer left; while @object lives. */
GtkWidget     *barua_plain_label_new            (const char    *text,
                                                 GCallback      hovered,
                                                 GObject       *object);
/* What it stands in: it gets no more width than its columns. (floating) */
GtkWidget     *barua_plain_label_place          (GtkWidget     *label);
/* The sender failed proof: links ask. */
void           barua_plain_label_set_failed     (GtkWidget     *label,
                                                 gboolean       failed);
/* Anew, as the person wants plain text. */
void           barua_plain_label_style_font     (GtkWidget     *label);
/* What every label has. (full) */
PangoAttrList *barua_plain_label_new_attributes (double         zoom);
/* Bytes @start ... @end of the label's text were looked for. */
void           barua_plain_label_add_mark       (PangoAttrList *attributes,
                                                 gsize          start,
                                                 gsize          end,
                                                 gboolean       is_current);

G_END_DECLS
