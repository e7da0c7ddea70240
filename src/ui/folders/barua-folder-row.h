/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A line of the folder tree: of a BaruaFolderItem or BaruaAccountItem. Keeps the accessible label of @expander, which takes
 * the focus, in step. */
#define BARUA_TYPE_FOLDER_ROW (barua_folder_row_get_type ())
G_DECLARE_FINAL_TYPE (BaruaFolderRow, barua_folder_row, BARUA, FOLDER_ROW, GtkBox)

GtkWidget *barua_folder_row_new    (void);
void       barua_folder_row_bind   (BaruaFolderRow  *self,
                                    GObject         *item,
                                    const char      *account,
                                    GtkTreeExpander *expander);
void       barua_folder_row_unbind (BaruaFolderRow  *self);

G_END_DECLS
