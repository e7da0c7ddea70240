/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-clock.h"
#include "barua-scope.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether there is a network, whether it costs money, whether power is to be saved, and whether the machine just woke up: from
 * GNetworkMonitor, GPowerProfileMonitor and, where there is a system bus, logind's PrepareForSleep. Main thread.
 *
 * Signals: "changed" after online, metered or saving changed; "suspending" before the machine sleeps; "resumed" when it woke up, or
 * the network became another one (connections that look alive are not): reconnect at once. */
#define BARUA_TYPE_ONLINE (barua_online_get_type ())
G_DECLARE_FINAL_TYPE (BaruaOnline, barua_online, BARUA, ONLINE, GObject)

/* Watches the system. */
BaruaOnline *barua_online_new          (void);
/* Knows only what it is told by barua_online_tell(); starts online. For tests, and for BARUA_ONLINE=always. */
BaruaOnline *barua_online_new_fixed    (void);
gboolean     barua_online_get_online   (BaruaOnline *self);
gboolean     barua_online_get_metered  (BaruaOnline *self);
/* The person, or an empty battery, asked for less: what nobody waits for is left for later. */
gboolean     barua_online_get_saving   (BaruaOnline *self);
/* Says what the system would: for tests. Emits what follows from it. */
void         barua_online_tell         (BaruaOnline *self,
                                        gboolean     online,
                                        gboolean     metered);
void         barua_online_tell_saving  (BaruaOnline *self,
                                        gboolean     saving);
void         barua_online_tell_resumed (BaruaOnline *self);

/* Resolves to TRUE when online; at once when it is. */
DexFuture   *barua_online_wait         (BaruaOnline *self) G_GNUC_WARN_UNUSED_RESULT;
/* Resolves to TRUE after the next waiting time of @backoff in the time of @clock, or at once when the network came back or
 * the machine woke up; rejects when the scope is cancelled. @online may be NULL. */
DexFuture   *barua_online_wait_backoff (BaruaOnline  *self,
                                        BaruaBackoff *backoff,
                                        BaruaClock   *clock,
                                        BaruaScope   *scope) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
