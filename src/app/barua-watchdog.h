/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* With BARUA_WATCHDOG=1 in the environment: times every callback of the main loop and every turn of it. One of our callbacks
 * above 50 ms, or a turn above 200 ms, is a critical in the log domain "watchdog" (a turn in which a window, a dialog or a web
 * view is made for the first time may take longer: barua_watchdog_excuse()). At the end, and on SIGUSR1, the figures are
 * written as JSON to BARUA_WATCHDOG_OUT. Without it all of this does nothing. */
void barua_watchdog_start  (void);
void barua_watchdog_finish (void);

G_END_DECLS
