/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-watchdog.h"

#include <execinfo.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "barua-limits.h"

#define WATCH_DOMAIN "watchdog"
#define FRAMES       24
#define SLOW_MAX     16

/* A callback that took more than BARUA_WATCHDOG_CALLBACK_US of its own CPU: a busy machine adds nothing to that. */
typedef struct
{
  char name[128];
  gint64 cpu;
  gint64 wall;
  void *frames[FRAMES];
  int n_frames;
} Slow;

/* A turn is the time between two waits: everything that was ready was dispatched in it. While one lasts a timer looks every few
 * milliseconds which source is being dispatched, and where it is. */
static struct
{
  gboolean running;
  GPollFunc poll;
  gint64 started;
  gint64 turn_began;
  gint64 busy;
  gint64 above;
  gint64 longest;
  gint64 longest_callback;
  gint64 longest_callback_cpu; /* of the whole turn it was in */
  gint64 cpu_began;
  gint64 slow_cpu; /* CPU of turns that took more than 16 ms of it: what a busy machine does not add to */
  gint64 longest_cpu;
  guint turns;
  guint slow_turns;
  guint late_turns;
  guint long_callbacks;
  guint n_slow; /* may be more than are kept */
  Slow slow[SLOW_MAX];
  char longest_name[128];
  char longest_callback_name[128];
  void *longest_frames[FRAMES];
  int n_longest_frames;
} watch;

/* Written by the signal handler, which runs on this same thread. */
static struct
{
  gpointer source;
  char name[128];
  gint64 since;
  gint64 cpu_since;
  gint64 most; /* of one source in this turn */
  gint64 most_cpu; /* of that same source */
  char most_name[128];
  void *frames[FRAMES];
  int n_frames;
} sample;

static gint64
thread_cpu_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
look (int signal_number)
{
  gint64 now = g_get_monotonic_time ();
  GSource *source = g_main_current_source ();
  const char *name = source != NULL ? g_source_get_name (source) : NULL;

  if (source != sample.source)
    {
      sample.source = source;
      sample.since = now;
      sample.cpu_since = thread_cpu_us ();
      g_strlcpy (sample.name, name != NULL ? name : "unnamed source", sizeof sample.name);
      return;
    }
  /* It was there at the last look already: at least one step longer than is known. */
  if (now - sample.since + BARUA_WATCHDOG_STEP_US > sample.most)
    {
      sample.most = now - sample.since + BARUA_WATCHDOG_STEP_US;
      sample.most_cpu = thread_cpu_us () - sample.cpu_since + BARUA_WATCHDOG_STEP_US;
      memcpy (sample.most_name, sample.name, sizeof sample.name);
      sample.n_frames = backtrace (sample.frames, FRAMES);
    }
}

static void
set_timer (gboolean on)
{
  struct itimerval value = { { 0, on ? BARUA_WATCHDOG_STEP_US : 0 }, { 0, on ? BARUA_WATCHDOG_STEP_US : 0 } };

  setitimer (ITIMER_REAL, &value, NULL);
}

static void
note_callback (gint64 cpu)
{
  sample.most_cpu = MIN (sample.most_cpu, cpu);
  if (sample.most > watch.longest_callback)
    {
      watch.longest_callback = sample.most;
      watch.longest_callback_cpu = cpu;
      g_strlcpy (watch.longest_callback_name, sample.most_name, sizeof watch.longest_callback_name);
      memcpy (watch.longest_frames, sample.frames, sizeof watch.longest_frames);
      watch.n_longest_frames = sample.n_frames;
    }
  if (sample.most > BARUA_WATCHDOG_CALLBACK_US)
    {
      watch.long_callbacks++;
      g_log (WATCH_DOMAIN, G_LOG_LEVEL_MESSAGE, "%s took about %.0f ms (%.0f ms of CPU)", sample.most_name,
             (double)sample.most / 1000.0, (double)sample.most_cpu / 1000.0);
    }
  if (sample.most_cpu > BARUA_WATCHDOG_CALLBACK_US && watch.n_slow++ < SLOW_MAX)
    {
      Slow *slow = &watch.slow[watch.n_slow - 1];

      g_strlcpy (slow->name, sample.most_name, sizeof slow->name);
      slow->cpu = sample.most_cpu;
      slow->wall = sample.most;
      memcpy (slow->frames, sample.frames, sizeof slow->frames);
      slow->n_frames = sample.n_frames;
    }
}

static void
end_turn (gint64 now)
{
  gint64 took = watch.turn_began > 0 ? now - watch.turn_began : 0;
  gint64 cpu = watch.turn_began > 0 ? thread_cpu_us () - watch.cpu_began : 0;

  /* Samples are a step apart: never more than the turn itself. */
  sample.most = MIN (sample.most, took);
  watch.turns++;
  watch.busy += took;
  if (took > BARUA_WATCHDOG_FRAME_US)
    {
      watch.above += took;
      watch.slow_turns++;
    }
  if (cpu > BARUA_WATCHDOG_FRAME_US)
    watch.slow_cpu += cpu;
  watch.longest_cpu = MAX (watch.longest_cpu, cpu);
  if (took > watch.longest)
    {
      watch.longest = took;
      g_strlcpy (watch.longest_name, sample.most > 0 ? sample.most_name : "short ones together",
                 sizeof watch.longest_name);
    }
  note_callback (cpu);
  if (took > BARUA_WATCHDOG_TURN_US)
    {
      watch.late_turns++;
      g_log (WATCH_DOMAIN, G_LOG_LEVEL_MESSAGE, "a turn of the main loop took %.0f ms", (double)took / 1000.0);
    }
  sample.source = NULL;
  sample.most = sample.most_cpu = 0;
}

static int
timed_poll (GPollFD *fds,
            guint    n_fds,
            int      timeout)
{
  int ready;

  set_timer (FALSE);
  end_turn (g_get_monotonic_time ());
  ready = watch.poll (fds, n_fds, timeout);
  watch.turn_began = g_get_monotonic_time ();
  watch.cpu_began = thread_cpu_us ();
  set_timer (TRUE);
  return ready;
}

static char *
frames_as_json (void *const *frames,
                int          n_frames)
{
  GString *text = g_string_new ("[");
  char **symbols = backtrace_symbols (frames, n_frames);

  for (int i = 0; symbols != NULL && i < n_frames; i++)
    {
      g_autofree char *escaped = g_strescape (symbols[i], NULL);

      g_string_append_printf (text, "%s\"%s\"", i > 0 ? ", " : "", escaped);
    }
  free (symbols);
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

static char *
slow_as_json (void)
{
  GString *text = g_string_new ("[");

  for (guint i = 0; i < MIN (watch.n_slow, SLOW_MAX); i++)
    {
      const Slow *slow = &watch.slow[i];
      g_autofree char *frames = frames_as_json (slow->frames, slow->n_frames);

      g_string_append_printf (text, "%s{\"name\": \"%s\", \"cpu_ms\": %.1f, \"wall_ms\": %.1f, \"frames\": %s}", i > 0 ? ", " : "",
                              slow->name, (double)slow->cpu / 1000.0, (double)slow->wall / 1000.0, frames);
    }
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

static void
write_figures (void)
{
  const char *path = g_getenv ("BARUA_WATCHDOG_OUT");
  gint64 wall = g_get_monotonic_time () - watch.started;
  g_autofree char *frames = frames_as_json (watch.longest_frames, watch.n_longest_frames);
  g_autofree char *slow = slow_as_json ();
  g_autofree char *json = g_strdup_printf (
      "{\"wall_ms\": %.1f, \"turns\": %u, \"busy_ms\": %.1f, \"turns_above_16_ms\": %u, \"above_16_ms_total_ms\": %.1f, "
      "\"above_16_ms_percent\": %.3f, \"turns_above_200_ms\": %u, \"longest_turn_ms\": %.1f, \"longest_turn_in\": \"%s\", "
      "\"callbacks_above_50_ms\": %u, \"longest_callback_ms\": %.1f, \"longest_callback\": \"%s\", "
      "\"longest_callback_turn_cpu_ms\": %.1f, \"longest_turn_cpu_ms\": %.1f, \"cpu_above_16_ms_percent\": %.3f, "
      "\"callbacks_above_50_ms_of_cpu\": %u, \"slow_callbacks\": %s, \"longest_callback_frames\": %s}\n",
      (double)wall / 1000.0, watch.turns, (double)watch.busy / 1000.0, watch.slow_turns, (double)watch.above / 1000.0,
      100.0 * (double)watch.above / (double)MAX (wall, 1), watch.late_turns, (double)watch.longest / 1000.0,
      watch.longest_name, watch.long_callbacks, (double)watch.longest_callback / 1000.0, watch.longest_callback_name,
      (double)watch.longest_callback_cpu / 1000.0, (double)watch.longest_cpu / 1000.0,
      100.0 * (double)watch.slow_cpu / (double)MAX (wall, 1), watch.n_slow, slow, frames);

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

/* From now on: what came before (the first paint of a window, of a web view) is excused. */
static gboolean
forget_on_signal (gpointer data)
{
  GPollFunc poll = watch.poll;

  memset (&watch, 0, sizeof watch);
  watch.running = TRUE;
  watch.poll = poll;
  watch.started = watch.turn_began = g_get_monotonic_time ();
  watch.cpu_began = thread_cpu_us ();
  sample.source = NULL;
  sample.most = sample.most_cpu = 0;
  return G_SOURCE_CONTINUE;
}

void
barua_watchdog_start (void)
{
  const char *wanted = g_getenv ("BARUA_WATCHDOG");
  GMainContext *context = g_main_context_default ();
  struct sigaction action = { .sa_handler = look, .sa_flags = SA_RESTART };
  void *warm[1];

  if (wanted == NULL || *wanted != '1')
    return;
  /* The first call loads a library, which no signal handler may do. */
  backtrace (warm, 1);
  sigaction (SIGALRM, &action, NULL);
  watch.running = TRUE;
  watch.started = g_get_monotonic_time ();
  watch.poll = g_main_context_get_poll_func (context);
  g_main_context_set_poll_func (context, timed_poll);
  /* SIGUSR1 is taken by JavaScriptCore. */
  g_unix_signal_add (SIGHUP, write_on_signal, NULL);
  g_unix_signal_add (SIGUSR2, forget_on_signal, NULL);
}

void
barua_watchdog_finish (void)
{
  if (!watch.running)
    return;
  set_timer (FALSE);
  write_figures ();
}
