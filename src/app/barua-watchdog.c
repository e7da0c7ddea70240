/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-watchdog.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

#include "barua-limits.h"

#define WATCH_DOMAIN "watchdog"

static struct
{
  gboolean  running;
  GPollFunc poll;
  gint64    started;
  gint64    turn_began;
  gint64    polled;       /* time spent waiting */
  gint64    busy;         /* in turns, all together */
  gint64    slow;         /* of them, in turns above 16 ms */
  gint64    longest;
  guint     turns;
  guint     slow_turns;
  guint     late_turns;   /* above 200 ms */
  char      longest_name[80];
} watch;

/* The time between two waits is one turn: everything that was ready was dispatched in it. */
static void
end_turn (gint64 now)
{
  gint64 took = watch.turn_began > 0 ? now - watch.turn_began : 0;

  watch.turns++;
  watch.busy += took;
  if (took > BARUA_WATCHDOG_FRAME_US)
    {
      watch.slow += took;
      watch.slow_turns++;
    }
  if (took > watch.longest)
    {
      GSource *current = g_main_current_source ();

      watch.longest = took;
      g_snprintf (watch.longest_name, sizeof watch.longest_name, "%s",
                  current != NULL && g_source_get_name (current) != NULL ? g_source_get_name (current) : "");
    }
  if (took > BARUA_WATCHDOG_TURN_US)
    {
      watch.late_turns++;
      g_log (WATCH_DOMAIN, G_LOG_LEVEL_MESSAGE, "a turn of the main loop took %.1f ms", (double)took / 1000.0);
    }
}

static int
timed_poll (GPollFD *fds,
            guint    n_fds,
            int      timeout)
{
  gint64 before = g_get_monotonic_time ();
  gint64 after;
  int ready;

  end_turn (before);
  ready = watch.poll (fds, n_fds, timeout);
  after = g_get_monotonic_time ();
  watch.polled += after - before;
  watch.turn_began = after;
  return ready;
}

static void
write_figures (void)
{
  const char *path = g_getenv ("BARUA_WATCHDOG_OUT");
  gint64 wall = g_get_monotonic_time () - watch.started;
  g_autofree char *json = g_strdup_printf (
    "{\"wall_ms\": %.1f, \"turns\": %u, \"busy_ms\": %.1f, \"turns_above_16_ms\": %u, \"above_16_ms_total_ms\": %.1f, "
    "\"above_16_ms_percent\": %.3f, \"turns_above_200_ms\": %u, \"longest_ms\": %.1f, \"longest_name\": \"%s\"}\n",
    (double)wall / 1000.0, watch.turns, (double)watch.busy / 1000.0, watch.slow_turns, (double)watch.slow / 1000.0,
    100.0 * (double)watch.slow / (double)MAX (wall, 1), watch.late_turns, (double)watch.longest / 1000.0, watch.longest_name);

  if (path != NULL)
    g_file_set_contents (path, json, -1, NULL);
  else
    g_printerr ("%s", json);
}

static gboolean
write_on_signal (gpointer data)
{
  write_figures ();
  return G_SOURCE_CONTINUE;
}

void
barua_watchdog_start (void)
{
  const char *wanted = g_getenv ("BARUA_WATCHDOG");
  GMainContext *context = g_main_context_default ();

  if (wanted == NULL || *wanted != '1')
    return;
  watch.running = TRUE;
  watch.started = g_get_monotonic_time ();
  watch.poll = g_main_context_get_poll_func (context);
  g_main_context_set_poll_func (context, timed_poll);
  g_unix_signal_add (SIGUSR1, write_on_signal, NULL);
}

void
barua_watchdog_finish (void)
{
  if (watch.running)
    write_figures ();
}
