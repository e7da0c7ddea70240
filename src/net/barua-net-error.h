/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Turns an error of GIO, its resolver, its TLS or libdex into one of BARUA_ERROR, so that retry logic and words for people
 * need to know one domain. Consumes @error (NULL: BARUA_ERROR_INTERNAL) and returns a new one, with "@prefix: " before its
 * text when there is a prefix. An error that is of BARUA_ERROR keeps its code. Any thread. */
GError *barua_net_error_translate (GError     *error,
                                   const char *prefix);

/* In place, for functions with a GError ** argument; nothing happens when *@error is NULL. Returns FALSE always, so that a
 * function may end with it. */
gboolean barua_net_error_fix (GError     **error,
                              const char  *prefix);

G_END_DECLS
