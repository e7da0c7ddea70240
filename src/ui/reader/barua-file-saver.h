/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "barua-message-source.h"

G_BEGIN_DECLS

/* Attachments and messages to files, and files to other programs (THREATS M-06). Names are made safe, files are new, private
 * (0600) and never executable. Everything is asynchronous; what came of it is told to the nearest BaruaWindow as a toast. */

/* Asks where. @section: of the part, or NULL for the whole message. */
void     barua_file_saver_save       (GtkWidget       *parent,
                                      BaruaMessageSource *source,
                                      const char      *section,
                                      const char      *name);
typedef struct
{
  char *section;
  char *name;
} BaruaFileWish;

BaruaFileWish *barua_file_wish_new  (const char *section, const char *name);
void           barua_file_wish_free (BaruaFileWish *wish);

/* Asks for a folder; @wishes (transfer full) (element-type BaruaFileWish). */
void     barua_file_saver_save_all   (GtkWidget       *parent,
                                      BaruaMessageSource *source,
                                      GPtrArray       *wishes);
/* Opens a copy in a private folder. Refuses what may run. */
void     barua_file_saver_open       (GtkWidget       *parent,
                                      BaruaMessageSource *source,
                                      const char      *section,
                                      const char      *name,
                                      const char      *type);
/* A copy in a private folder of its own, not executable. Resolves to GFile. */
DexFuture *barua_file_saver_copy     (BaruaMessageSource *source,
                                      const char         *section,
                                      const char         *name) G_GNUC_WARN_UNUSED_RESULT;
/* Whether a file of this name and type could be a program, or a page that runs scripts. */
gboolean barua_file_saver_may_run    (const char      *name,
                                      const char      *type);

G_END_DECLS
