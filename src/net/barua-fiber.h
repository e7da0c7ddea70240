/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libdex.h>

G_BEGIN_DECLS

/* The only two ways to start a fiber (ANCHORS 3). It runs on the main thread with a stack of BARUA_FIBER_STACK_BYTES and is
 * disowned: nobody who drops a future can discard it, since libdex 0.10.0 crashes when a running fiber is discarded. To end
 * one early, cancel the BaruaScope that it waits on.
 *
 * @name is a static string, for logs. @data is freed with @destroy when the fiber has ended. A fiber that has nothing to
 * say returns dex_future_new_true (), never NULL. Main thread.
 */

/* Nobody waits: an error it ends with is logged as a warning (debug when it was cancelled). */
void       barua_fiber_spawn (const char     *name,
                              DexFiberFunc    func,
                              gpointer        data,
                              GDestroyNotify  destroy);

/* Returns a future of what the fiber returns. Dropping it lets the fiber run on. */
DexFuture *barua_fiber_start (const char     *name,
                              DexFiberFunc    func,
                              gpointer        data,
                              GDestroyNotify  destroy) G_GNUC_WARN_UNUSED_RESULT;

/* For a future that nobody awaits: keeps it alive until it is done and logs an error under @name. Consumes @future. */
void       barua_future_disown (const char *name,
                                DexFuture  *future);

G_END_DECLS
