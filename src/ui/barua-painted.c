/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-painted.h"

#include <stdio.h>

static FILE *
trace_file (void)
{
  static gsize once;
  static FILE *file;

  if (g_once_init_enter (&once))
    {
      const char *path = g_getenv ("BARUA_TEST_TRACE");

      if (path != NULL)
        file = fopen (path, "ae");
      g_once_init_leave (&once, 1);
    }
  return file;
}

static GHashTable *known;
static GArray *in_frame;

static void
frame_painted (GdkFrameClock *clock,
               gpointer       user_data)
{
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < in_frame->len; i++)
    fprintf (trace_file (), "{\"id\": %" G_GINT64_FORMAT ", \"us\": %" G_GINT64_FORMAT "}\n", g_array_index (in_frame, gint64, i), now);
  g_array_set_size (in_frame, 0);
  fflush (trace_file ());
  g_signal_handlers_disconnect_by_func (clock, frame_painted, user_data);
}

void
barua_painted_row (GtkWidget *widget,
                   gint64     id)
{
  if (trace_file () == NULL)
    return;
  if (known == NULL)
    {
      known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      in_frame = g_array_new (FALSE, FALSE, sizeof (gint64));
    }
  if (!g_hash_table_add (known, g_memdup2 (&id, sizeof id)))
    return;
  if (in_frame->len == 0)
    g_signal_connect (gtk_widget_get_frame_clock (widget), "after-paint", G_CALLBACK (frame_painted), NULL);
  g_array_append_val (in_frame, id);
}

void
barua_painted_event (const char *event)
{
  if (trace_file () == NULL)
    return;
  fprintf (trace_file (), "{\"event\": \"%s\", \"us\": %" G_GINT64_FORMAT "}\n", event, g_get_monotonic_time ());
  fflush (trace_file ());
}
