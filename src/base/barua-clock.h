/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Time as the engine sees it, injected so that tests run in scaled time (DESIGN 7). Any thread. */
typedef struct _BaruaClock BaruaClock;

BaruaClock *barua_clock_new_system       (void);
/* A clock that runs @scale times as fast as the system's and starts at @start (seconds since 1970). */
BaruaClock *barua_clock_new_scaled       (double      scale,
                                          gint64      start);
BaruaClock *barua_clock_ref              (BaruaClock *self);
void        barua_clock_unref            (BaruaClock *self);

gint64      barua_clock_get_unix_seconds (BaruaClock *self);
/* Never goes back; microseconds. */
gint64      barua_clock_get_monotonic_us (BaruaClock *self);
/* How many real milliseconds to wait for @ms of this clock; at least 1 when @ms is above 0. */
guint       barua_clock_scale_ms         (BaruaClock *self,
                                          gint64      ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaClock, barua_clock_unref)

/* Waiting times after failures: each is twice the last, from BARUA_BACKOFF_FIRST_MS to BARUA_BACKOFF_LAST_MS, with a random
 * half taken off ("equal jitter"), so that many clients do not come back at once. */
typedef struct
{
  guint  attempts;
  guint64 random; /* state of the generator; 0 seeds it */
} BaruaBackoff;

guint barua_backoff_next_ms (BaruaBackoff *self);
void  barua_backoff_reset   (BaruaBackoff *self);

G_END_DECLS
