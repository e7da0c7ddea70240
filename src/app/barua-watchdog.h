/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* With BARUA_WATCHDOG=1 in the environment: times every turn of the main loop, and by looking every few milliseconds the callbacks
 * in it. One callback above 50 ms or a turn above 200 ms is told in the log domain "watchdog". At the end, and on SIGHUP, the
 * figures are written as JSON to the file BARUA_WATCHDOG_OUT; "slow_callbacks" are those that took more than 50 ms of their own
 * CPU time, whatever else the machine did, with where they were. SIGUSR2 begins anew (what came before, such as the first paint
 * of a window or a web view, is excused). Without it all of this does nothing. */
void barua_watchdog_start  (void);
void barua_watchdog_finish (void);

G_END_DECLS
