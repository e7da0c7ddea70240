/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The person's preferences (data/io.github.barua_mail.Barua.gschema.xml); the same object for all, so that one "changed" reaches
 * whoever shows them. Borrowed; NULL where the schema is not installed: defaults hold then. Main thread. */
GSettings *barua_preferences_get     (void);
/* TRUE when @key of the kind "one of these words" is @word; without schema when @word is the @fallback. */
gboolean   barua_preferences_is      (const char *key,
                                      const char *word,
                                      const char *fallback);
/* A switch; @fallback without schema. */
gboolean   barua_preferences_get_on  (const char *key,
                                      gboolean    fallback);

G_END_DECLS
