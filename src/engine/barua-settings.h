/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The small JSON object that the engine keeps beside an account ("{}" when empty). Only strings. Damaged text counts as
 * empty. Any thread. */

/* Owned; NULL when there is none. */
char *barua_settings_dup (const char *settings,
                          const char *name);
/* The new text, owned. @value NULL takes the member away. */
char *barua_settings_set (const char *settings,
                          const char *name,
                          const char *value);

G_END_DECLS
