/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a search takes in the engine itself: barua_engine_search(), from the call to the answer on the main thread.
 *
 *   bench-search PROFILE
 *
 * Reads lines "RUNS LIMIT QUERY" and answers each with one of JSON: hits, whether there are more, the times in ms. The first
 * of the times is of pages, statements and caches as they were found. Ends with its input. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libdex.h>

#include "barua-engine.h"

#define LINE_BYTES 4096

/* Runs the main loop until @future is done; consumes it. */
static DexFuture *
wait_for (DexFuture *future)
{
  while (dex_future_is_pending (future))
    g_main_context_iteration (NULL, TRUE);
  return future;
}

static void
wait_true (DexFuture  *taken,
           const char *what)
{
  g_autoptr(DexFuture) future = wait_for (taken);
  g_autoptr(GError) error = NULL;

  if (dex_future_get_value (future, &error) == NULL)
    g_error ("%s: %s", what, error->message);
}

static void
run_query (BaruaEngine *engine,
           guint        runs,
           guint        limit,
           const char  *query)
{
  g_autoptr(GString) times = g_string_new (NULL);
  guint hits = 0;
  gboolean more = FALSE;

  for (guint i = 0; i < runs; i++)
    {
      gint64 begun = g_get_monotonic_time ();
      g_autoptr(DexFuture) future = wait_for (barua_engine_search (engine, query, 0, 0, limit));
      double ms = (double) (g_get_monotonic_time () - begun) / 1000.0;
      g_autoptr(GError) error = NULL;
      const GValue *value = dex_future_get_value (future, &error);
      const BaruaSearchResult *result;

      if (value == NULL)
        g_error ("search %s: %s", query, error->message);
      result = g_value_get_boxed (value);
      hits = result->hits->len;
      more = result->more;
      g_string_append_printf (times, "%s%.3f", i > 0 ? ", " : "", ms);
    }
  printf ("{\"hits\": %u, \"more\": %s, \"ms\": [%s]}\n", hits, more ? "true" : "false", times->str);
  fflush (stdout);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(BaruaEngine) engine = NULL;
  char line[LINE_BYTES];

  if (argc != 2)
    g_error ("usage: bench-search PROFILE");
  dex_init ();
  engine = barua_engine_new (argv[1], BARUA_ENGINE_MANUAL, NULL);
  wait_true (barua_engine_start (engine), "start");
  while (fgets (line, sizeof line, stdin) != NULL)
    {
      char *p = line;
      guint runs = (guint) strtoul (p, &p, 10);
      guint limit = (guint) strtoul (p, &p, 10);

      run_query (engine, runs, limit, g_strstrip (p));
    }
  wait_true (barua_engine_stop (engine), "stop");
  return 0;
}
