/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether the bytes begin with a byte order mark of UTF-8 or UTF-16. */
gboolean barua_mime_has_bom (const char *bytes,
                             gsize       length);

G_END_DECLS
