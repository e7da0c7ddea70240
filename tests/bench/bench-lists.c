/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists in every order, filtered, grouped, and conversations: bench-lists [MESSAGES]. Bars: the first rows and the whole list by
 * date (what a folder switch waits for) below 100 ms; a page of grouped rows and 500 members below 16 ms. The other orders read
 * every message: told with their ratio to the list by date, and the memory that they take while they are made. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "../store/store-fixture.h"
#include "barua-limits.h"
#include "barua-store-list.h"
#include "barua-store-thread.h"

#define SWITCH_MS 100.0
#define FRAME_MS  16.0
#define ROUNDS    5

typedef struct
{
  BaruaStoreListQuery  query;
  GArray              *entries;
  gint64               thread;
  guint                n_rows;
} Read;

static gboolean missed;

static double
now_ms (void)
{
  return (double)g_get_monotonic_time () / 1000.0;
}

static gboolean
do_list (BaruaStoreConnection  *c,
         gpointer               data,
         GError               **error)
{
  Read *read = data;

  g_clear_pointer (&read->entries, g_array_unref);
  read->entries = barua_store_load_list (c, &read->query, error);
  return read->entries != NULL;
}

static gboolean
do_rows (BaruaStoreConnection  *c,
         gpointer               data,
         GError               **error)
{
  Read *read = data;
  gint64 ids[BARUA_PAGE_ROWS];
  guint n = MIN (BARUA_PAGE_ROWS, read->entries->len);
  g_autoptr (GPtrArray) rows = NULL;

  for (guint i = 0; i < n; i++)
    ids[i] = g_array_index (read->entries, BaruaSpineEntry, read->entries->len / 2 + i < read->entries->len ?
                            read->entries->len / 2 + i : i).id;
  rows = barua_store_load_rows (c, ids, n, TRUE, error);
  return rows != NULL;
}

static gboolean
do_members (BaruaStoreConnection  *c,
            gpointer               data,
            GError               **error)
{
  Read *read = data;
  g_autoptr (GArray) members = barua_store_thread_list_members (c, read->thread, read->query.folder, NULL, error);

  read->n_rows = members != NULL ? members->len : 0;
  return members != NULL;
}

static gboolean
find_thread (BaruaStoreConnection  *c,
             gpointer               data,
             GError               **error)
{
  Read *read = data;
  gint64 id = g_array_index (read->entries, BaruaSpineEntry, 0).id;
  g_autoptr (GPtrArray) rows = barua_store_load_rows (c, &id, 1, TRUE, error);

  read->thread = rows != NULL && rows->len > 0 ? ((BaruaRow *)g_ptr_array_index (rows, 0))->thread : 0;
  return rows != NULL;
}

static int
compare_doubles (const void *a,
                 const void *b)
{
  double x = *(const double *)a;
  double y = *(const double *)b;

  return (x > y) - (x < y);
}

/* The median. */
static double
time_read (Fixture        *fixture,
           BaruaStoreFunc  func,
           Read           *read)
{
  double times[ROUNDS];

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autoptr (GError) error = NULL;
      double start = now_ms ();

      barua_store_read_now (fixture->store, "bench", func, read, &error);
      g_assert_no_error (error);
      times[i] = now_ms () - start;
    }
  qsort (times, ROUNDS, sizeof *times, compare_doubles);
  return times[ROUNDS / 2];
}

static long
peak_kb (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

static void
tell (const char *what,
      double      ms,
      double      bar)
{
  missed |= bar > 0 && ms > bar;
  if (bar > 0)
    printf ("%-34s %9.2f ms (bar: <= %.0f) %s\n", what, ms, bar, ms > bar ? "MISSED" : "ok");
  else
    printf ("%-34s %9.2f ms\n", what, ms);
}

static void
bench_orders (Fixture *fixture,
              double   by_date)
{
  static const char * const names[] = { "date", "size", "subject", "sender", "unread", "star" };

  for (guint grouped = 0; grouped < 2; grouped++)
    for (BaruaStoreOrder order = BARUA_STORE_ORDER_SIZE; order <= BARUA_STORE_ORDER_STARRED; order++)
      {
        Read read = { .query = { .folder = fixture->folder, .order = order, .grouped = grouped != 0 } };
        double ms = time_read (fixture, do_list, &read);

        printf ("by %-8s %-10s %8u rows %9.2f ms (%.1f of by date), peak so far %ld MB\n", names[order],
                grouped ? "grouped" : "", read.entries->len, ms, ms / by_date, peak_kb () / 1024);
        g_clear_pointer (&read.entries, g_array_unref);
      }
}

static void
bench_filters (Fixture *fixture)
{
  static const struct
  {
    const char      *name;
    BaruaStoreMatch  match;
  } filters[] = {
    { "unread (a third)", BARUA_STORE_MATCH_UNREAD }, { "starred (none)", BARUA_STORE_MATCH_STARRED },
    { "attachments (none)", BARUA_STORE_MATCH_ATTACHMENT }, { "people I know (none)", BARUA_STORE_MATCH_KNOWN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      Read read = { .query = { .folder = fixture->folder, .match = filters[i].match } };

      tell (filters[i].name, time_read (fixture, do_list, &read), 0);
      g_clear_pointer (&read.entries, g_array_unref);
    }
}

/* One conversation of 500 in the same folder. */
static void
add_long_conversation (Fixture *fixture)
{
  BaruaIngest items[500];

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    {
      g_autofree char *message_id = g_strdup_printf ("<long%u@mail.example>", i);

      items[i] = ingest_make (10000000 + i, message_id, i > 0 ? "<long0@mail.example>" : NULL, "person1@mail1.example",
                              "A long talk", G_GINT64_CONSTANT (4000000000) + i);
    }
  fixture_ingest (fixture, fixture->folder, items, G_N_ELEMENTS (items), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    ingest_clear (&items[i]);
}

int
main (int    argc,
      char **argv)
{
  guint n = argc > 1 ? (guint)atoi (argv[1]) : 100000;
  Fixture fixture = { 0 };
  Read read = { 0 };
  double by_date;

  fixture_init (&fixture);
  fixture_fill (&fixture, n);
  add_long_conversation (&fixture);
  printf ("%u messages, medians of %d\n", n, ROUNDS);

  read.query = (BaruaStoreListQuery){ .folder = fixture.folder, .limit = BARUA_SPINE_FIRST_ROWS };
  tell ("first rows by date", time_read (&fixture, do_list, &read), SWITCH_MS);
  read.query.grouped = TRUE;
  tell ("first rows grouped", time_read (&fixture, do_list, &read), SWITCH_MS);
  read.query.limit = 0;
  tell ("all grouped by date", time_read (&fixture, do_list, &read), n <= 100000 ? SWITCH_MS : 0);
  tell ("a page of grouped rows", time_read (&fixture, do_rows, &read), FRAME_MS);
  time_read (&fixture, find_thread, &read);
  tell ("500 members of a conversation", time_read (&fixture, do_members, &read), FRAME_MS);
  printf ("(%u members)\n", read.n_rows);
  read.query.grouped = FALSE;
  by_date = time_read (&fixture, do_list, &read);
  tell ("all by date", by_date, n <= 100000 ? SWITCH_MS : 0);
  g_clear_pointer (&read.entries, g_array_unref);
  bench_orders (&fixture, by_date);
  bench_filters (&fixture);
  fixture_clear (&fixture);
  printf ("%s\n", missed ? "BARS MISSED" : "bars reached");
  return missed ? 1 : 0;
}
