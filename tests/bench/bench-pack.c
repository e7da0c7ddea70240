/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What packing the bodies of a profile costs: what Barua does in idle time after bodies were stored as they came.
 *
 *   bench-pack PROFILE
 *
 * Packs until nothing is left raw or fast and prints JSON: sections looked at, wall and processor time, the bytes of cache.db
 * with its log before and after, and the bytes of content as stored before and after. */
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/resource.h>

#include "barua-limits.h"
#include "barua-store-body.h"

typedef struct
{
  BaruaStore *store;
  GMainLoop  *loop;
  guint       n_sections;
} Packing;

typedef struct
{
  guint64 bytes;
  guint   n_bodies;
} Usage;

static double
cpu_ms (void)
{
  struct rusage used;

  getrusage (RUSAGE_SELF, &used);
  return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 +
         (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3;
}

static guint64
file_bytes (const char *profile)
{
  guint64 sum = 0;

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *path = g_build_filename (profile, i == 0 ? "cache.db" : "cache.db-wal", NULL);
      GStatBuf info;

      sum += g_stat (path, &info) == 0 ? (guint64)info.st_size : 0;
    }
  return sum;
}

static gboolean
get_usage (BaruaStoreConnection *c,
           gpointer              user_data,
           GError              **error)
{
  Usage *usage = user_data;

  return barua_store_body_get_usage (c, &usage->bytes, &usage->n_bodies, error);
}

static Usage
usage_of (BaruaStore *store)
{
  g_autoptr (GError) error = NULL;
  Usage usage = { 0 };

  if (!barua_store_read_now (store, "usage", get_usage, &usage, &error))
    g_error ("usage: %s", error->message);
  return usage;
}

/* The same portions as the engine's own pass. */
static void
on_packed (guint         n_looked_at,
           const GError *error,
           gpointer      user_data)
{
  Packing *packing = user_data;

  if (error != NULL)
    g_error ("pack: %s", error->message);
  packing->n_sections += n_looked_at;
  if (n_looked_at == 0)
    g_main_loop_quit (packing->loop);
  else
    barua_store_body_pack (packing->store, BARUA_PAGE_ROWS, on_packed, packing);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;
  Packing packing = { 0 };
  Usage before;
  Usage after;
  guint64 bytes_before;
  gint64 begun;
  double ms;
  double cpu;

  if (argc != 2)
    {
      fprintf (stderr, "bench-pack PROFILE\n");
      return 2;
    }
  bytes_before = file_bytes (argv[1]);
  packing.store = barua_store_open (argv[1], BARUA_STORE_DEFAULT, NULL, &error);
  if (packing.store == NULL)
    g_error ("%s: %s", argv[1], error->message);
  packing.loop = g_main_loop_new (NULL, FALSE);
  before = usage_of (packing.store);
  begun = g_get_monotonic_time ();
  cpu = cpu_ms ();
  barua_store_body_pack (packing.store, BARUA_PAGE_ROWS, on_packed, &packing);
  g_main_loop_run (packing.loop);
  ms = (double)(g_get_monotonic_time () - begun) / 1000;
  cpu = cpu_ms () - cpu;
  after = usage_of (packing.store);
  barua_store_close (packing.store);
  barua_store_unref (packing.store);
  g_main_loop_unref (packing.loop);
  printf ("{\"sections\": %u, \"bodies\": %u, \"ms\": %.1f, \"cpu_ms\": %.1f, \"content_before\": %" G_GUINT64_FORMAT
          ", \"content_after\": %" G_GUINT64_FORMAT ", \"file_before\": %" G_GUINT64_FORMAT ", \"file_after\": %" G_GUINT64_FORMAT
          "}\n", packing.n_sections, after.n_bodies, ms, cpu, before.bytes, after.bytes, bytes_before, file_bytes (argv[1]));
  return 0;
}
