/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What readers remember: in GSettings, or for this run where the schema is not installed. Main thread. */

/* 0.5 ... 3.0 */
double   barua_reader_settings_get_zoom     (void);
void     barua_reader_settings_set_zoom     (double      zoom);
/* Whether mail from @address keeps its own colours when it is dark. */
gboolean barua_reader_settings_get_original (const char *address);
void     barua_reader_settings_set_original (const char *address,
                                             gboolean    original);

G_END_DECLS
