/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* @allowed: what was asked for was granted; @error (borrowed) when it could not even be asked. Main thread. */
typedef void (*BaruaBackgroundFunc) (gboolean      allowed,
                                     const GError *error,
                                     gpointer      user_data);

/* Asks the desktop, through its Background portal, to let the program run without a window, and to start it so at log-in when
 * @at_login (else never). @done is called once, unless @cancellable ended it. */
void barua_background_request (gboolean             at_login,
                               GCancellable        *cancellable,
                               BaruaBackgroundFunc  done,
                               gpointer             user_data);

G_END_DECLS
