/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "barua-part.h"

G_BEGIN_DECLS

/* One attachment: icon, name with its true extension, size; a button that opens and one that saves.
 * Signals: "open" (clicked: previewed or opened), "open-with" (by another program), "save", "copy". */
#define BARUA_TYPE_ATTACHMENT_CHIP (barua_attachment_chip_get_type ())
G_DECLARE_FINAL_TYPE (BaruaAttachmentChip, barua_attachment_chip, BARUA, ATTACHMENT_CHIP, GtkBox)

GtkWidget  *barua_attachment_chip_new         (const BaruaPart     *part,
                                               const char          *section);
/* What a part is called: by its file name, made safe, else by what it is. (full) */
char       *barua_attachment_chip_dup_name    (const BaruaPart     *part);
/* As shown and saved. Borrowed, likewise below. */
const char *barua_attachment_chip_get_name    (BaruaAttachmentChip *self);
const char *barua_attachment_chip_get_section (BaruaAttachmentChip *self);
const char *barua_attachment_chip_get_mime    (BaruaAttachmentChip *self);
/* Bytes; an estimate until it is here. */
guint64     barua_attachment_chip_get_size    (BaruaAttachmentChip *self);
gboolean    barua_attachment_chip_is_message  (BaruaAttachmentChip *self);

G_END_DECLS
