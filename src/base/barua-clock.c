/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-clock.h"

#include "barua-limits.h"

struct _BaruaClock
{
  gatomicrefcount ref_count;
  double          scale;
  gint64          start;      /* seconds since 1970 that the clock began with */
  gint64          began_us;   /* monotonic time at which it began */
  gboolean        is_system;
};

BaruaClock *
barua_clock_new_system (void)
{
  BaruaClock *self = barua_clock_new_scaled (1.0, 0);

  self->is_system = TRUE;
  return self;
}

BaruaClock *
barua_clock_new_scaled (double scale,
                        gint64 start)
{
  BaruaClock *self = g_new0 (BaruaClock, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->scale = scale > 0 ? scale : 1.0;
  self->start = start;
  self->began_us = g_get_monotonic_time ();
  return self;
}

BaruaClock *
barua_clock_ref (BaruaClock *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
barua_clock_unref (BaruaClock *self)
{
  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}

gint64
barua_clock_get_monotonic_us (BaruaClock *self)
{
  gint64 now = g_get_monotonic_time ();

  return self->is_system ? now : (gint64)((double)(now - self->began_us) * self->scale);
}

gint64
barua_clock_get_unix_seconds (BaruaClock *self)
{
  if (self->is_system)
    return g_get_real_time () / G_USEC_PER_SEC;
  return self->start + barua_clock_get_monotonic_us (self) / G_USEC_PER_SEC;
}

guint
barua_clock_scale_ms (BaruaClock *self,
                      gint64      ms)
{
  double scaled = (double)ms / self->scale;

  if (ms <= 0)
    return 0;
  return scaled < 1.0 ? 1 : scaled > G_MAXUINT32 ? G_MAXUINT32 : (guint)scaled;
}

guint
barua_backoff_next_ms (BaruaBackoff *self)
{
  guint64 span = BARUA_BACKOFF_FIRST_MS;

  if (self->random == 0)
    self->random = (guint64)g_get_real_time () ^ (guint64)(gsize)self ^ g_random_int ();
  /* xorshift64*: enough to spread clients. */
  self->random ^= self->random >> 12;
  self->random ^= self->random << 25;
  self->random ^= self->random >> 27;

  for (guint i = 0; i < self->attempts && span < BARUA_BACKOFF_LAST_MS; i++)
    span *= 2;
  span = MIN (span, BARUA_BACKOFF_LAST_MS);
  if (self->attempts < 64)
    self->attempts++;
  return (guint)(span / 2 + (self->random * G_GUINT64_CONSTANT (0x2545F4914F6CDD1D) >> 33) % (span / 2 + 1));
}

void
barua_backoff_reset (BaruaBackoff *self)
{
  self->attempts = 0;
}
