/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks on from inside while a window is measured: loaded (LD_PRELOAD) into barua and into bare-list alike, so that both are
 * measured by the same clock at the same moment, which is the end of a painted frame.
 *
 * BARUA_PROBE_OUT: file for what happened, one JSON object a line with "event" and "us" (CLOCK_MONOTONIC).
 * BARUA_PROBE_IN:  a FIFO with commands, one a line:
 *
 *   folders               each row of the folder list: "position", "id" of its folder by what it selects
 *   folder POSITION       selects that row; "folder" once every visible row of the other list is filled and painted
 *   jump POSITION         scrolls there; "jump" likewise, when that very row is among them
 *   scroll PIXELS FRAMES  by so much in each frame; "scroll" with the times between painted frames
 *   open POSITION         selects that message: "open" at once, then "frame" for every painted frame of twenty seconds
 *   watch                 "regroup" when the next change of the list is painted and filled, and what was painted between
 *   turns                 counts the turns of the main loop from now; "turns" with the sum when it comes again
 *   quit                  ends the program as the person would
 *   count                 "count" with the rows in the list and how many items were asked for so far
 *
 * On its own: "first-frame", and "rows" when all visible rows are filled and painted for the first time. */
#include <adwaita.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FRAME_US  8000
#define STALL_US  50000
#define OPEN_US   (20 * G_USEC_PER_SEC)

typedef enum
{
  WAIT_ROWS, /* for the first ones */
  WAIT_NOTHING,
  WAIT_FOLDER,
  WAIT_JUMP,
  WAIT_REGROUP
} Wait;

static struct
{
  FILE        *out;
  int          in;
  GString     *line;
  GtkWindow   *window;
  GtkListView *view;     /* of the messages */
  GtkListView *folders;
  GHashTable  *bound;    /* widget of a row -> GtkListItem */
  gboolean     model_changed; /* since another folder was chosen */
  GListModel  *watched;  /* whose changes are heard: compared, not used */
  Wait         wait;
  gint64       start;
  guint        position;
  guint        n_asked;
  guint        n_frames; /* since the start of what is waited for */
  guint        n_frames_between;
  guint        n_changes;
  gint64       last_change;
  gint64       open_until;
  int          scroll_by;
  guint        scroll_left;
  guint        scroll_unfilled;
  gint64       scroll_last;
  gint64       frame_began;
  gboolean     first_frame;
} probe = { .in = -1 };

static struct
{
  gboolean  on;
  GPollFunc poll;
  gint64    started;
  gint64    began;
  gint64    above;
  gint64    stalls;
  gint64    longest;
  guint     n;
} turns;

static void
say (const char *event,
     gint64      us,
     const char *format,
     ...)
{
  va_list args;

  fprintf (probe.out, "{\"event\": \"%s\", \"us\": %" G_GINT64_FORMAT, event, us);
  va_start (args, format);
  vfprintf (probe.out, format, args);
  va_end (args);
  fputs ("}\n", probe.out);
  fflush (probe.out);
}

/* What is asked for ------------------------------------------------------------------------------------------------ */

/* Takes the place of GIO's own for GTK and for the program. */
gpointer
g_list_model_get_item (GListModel *list,
                       guint       position)
{
  static gpointer (*real) (GListModel *, guint);
  static GType counted;

  if (real == NULL)
    *(void **)&real = dlsym (RTLD_NEXT, "g_list_model_get_item");
  if (counted == 0)
    counted = g_type_from_name ("BaruaSpineModel");
  if (counted == 0)
    counted = g_type_from_name ("BareModel");
  if (G_OBJECT_TYPE (list) == counted)
    probe.n_asked++;
  return real (list, position);
}

/* Rows ------------------------------------------------------------------------------------------------------------- */

static gboolean
is_message_type (GType type)
{
  const char *name = g_type_name (type);

  return g_strcmp0 (name, "BaruaMessageItem") == 0 || g_strcmp0 (name, "BareItem") == 0;
}

static void
row_gone (gpointer  data,
          GObject  *child)
{
  g_hash_table_remove (probe.bound, child);
}

/* A factory of any list binds a row. */
static gboolean
row_bound (GSignalInvocationHint *hint,
           guint                  n_values,
           const GValue          *values,
           gpointer               user_data)
{
  GtkListItem *list_item = g_value_get_object (&values[1]);
  GtkWidget *child = GTK_IS_LIST_ITEM (list_item) ? gtk_list_item_get_child (list_item) : NULL;
  GObject *item = child != NULL ? gtk_list_item_get_item (list_item) : NULL;

  if (item != NULL && is_message_type (G_OBJECT_TYPE (item)) && g_hash_table_insert (probe.bound, child, list_item))
    g_object_weak_ref (G_OBJECT (child), row_gone, NULL);
  return TRUE;
}

static gboolean
is_filled (GObject *item)
{
  g_auto (GValue) value = G_VALUE_INIT;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (item), "row") == NULL)
    return TRUE;
  g_value_init (&value, g_object_class_find_property (G_OBJECT_GET_CLASS (item), "row")->value_type);
  g_object_get_property (item, "row", &value);
  return g_value_get_boxed (&value) != NULL;
}

/* Whether there are rows on screen, all of them filled (and @position among them, unless it is GTK_INVALID_LIST_POSITION). */
static gboolean
rows_are_filled (guint position)
{
  GHashTableIter iter;
  GtkWidget *child;
  GtkListItem *list_item;
  gboolean found = position == GTK_INVALID_LIST_POSITION;
  guint n = 0;

  if (probe.view == NULL || !gtk_widget_get_mapped (GTK_WIDGET (probe.view)))
    return FALSE;
  g_hash_table_iter_init (&iter, probe.bound);
  while (g_hash_table_iter_next (&iter, (gpointer *)&child, (gpointer *)&list_item))
    {
      GObject *item = gtk_list_item_get_item (list_item);
      graphene_rect_t bounds;

      if (item == NULL || !gtk_widget_get_mapped (child) ||
          !gtk_widget_compute_bounds (child, GTK_WIDGET (probe.view), &bounds) || bounds.origin.y + bounds.size.height <= 0 ||
          bounds.origin.y >= (float)gtk_widget_get_height (GTK_WIDGET (probe.view)))
        continue;
      if (!is_filled (item))
        return FALSE;
      found |= gtk_list_item_get_position (list_item) == position;
      n++;
    }
  return n > 0 && found;
}

static GListModel *
shown_model (void)
{
  return probe.view != NULL ? G_LIST_MODEL (gtk_list_view_get_model (probe.view)) : NULL;
}

static guint
n_rows (void)
{
  return shown_model () != NULL ? g_list_model_get_n_items (shown_model ()) : 0;
}

static void
model_changed (void)
{
  probe.model_changed = TRUE;
  probe.watched = NULL;
}

/* The list of messages and the list of folders, wherever the window has them. */
static void
find_views (GtkWidget *widget)
{
  if (GTK_IS_LIST_VIEW (widget))
    {
      GListModel *model = G_LIST_MODEL (gtk_list_view_get_model (GTK_LIST_VIEW (widget)));

      if (GTK_IS_SINGLE_SELECTION (model))
        model = gtk_single_selection_get_model (GTK_SINGLE_SELECTION (model));
      if (GTK_IS_TREE_LIST_MODEL (model))
        probe.folders = GTK_LIST_VIEW (widget);
      else if (model != NULL && probe.view == NULL && is_message_type (g_list_model_get_item_type (model)))
        {
          probe.view = GTK_LIST_VIEW (widget);
          g_signal_connect (widget, "notify::model", G_CALLBACK (model_changed), NULL);
        }
      return;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    find_views (child);
}

/* Frames ----------------------------------------------------------------------------------------------------------- */

static void
items_changed (GListModel *model,
               guint       position,
               guint       removed,
               guint       added)
{
  if (probe.wait != WAIT_REGROUP)
    return;
  if (probe.n_changes++ == 0)
    {
      probe.start = g_get_monotonic_time ();
      probe.n_frames = 0;
    }
  probe.n_frames_between = probe.n_frames;
  probe.last_change = g_get_monotonic_time ();
}

static void
end_wait (const char *event,
          gint64      now)
{
  say (event, now, ", \"ms\": %.2f, \"frames\": %u, \"rows\": %u, \"asked\": %u", (double)(now - probe.start) / 1000,
       probe.n_frames, n_rows (), probe.n_asked);
  probe.wait = WAIT_NOTHING;
}

static void
look_at_frame (gint64 now)
{
  probe.n_frames++;
  switch (probe.wait)
    {
    case WAIT_ROWS:
      if (rows_are_filled (GTK_INVALID_LIST_POSITION))
        end_wait ("rows", now);
      break;
    case WAIT_FOLDER:
      if (probe.model_changed && rows_are_filled (GTK_INVALID_LIST_POSITION))
        end_wait ("folder", now);
      break;
    case WAIT_JUMP:
      if (rows_are_filled (probe.position))
        end_wait ("jump", now);
      break;
    case WAIT_REGROUP:
      if (probe.n_changes > 0 && rows_are_filled (GTK_INVALID_LIST_POSITION))
        {
          say ("regroup", now, ", \"ms\": %.2f, \"frames\": %u, \"frames_between\": %u, \"changes\": %u, \"applied_ms\": %.2f",
               (double)(now - probe.start) / 1000, probe.n_frames, probe.n_frames_between, probe.n_changes,
               (double)(probe.last_change - probe.start) / 1000);
          probe.wait = WAIT_NOTHING;
        }
      break;
    case WAIT_NOTHING:
    default:
      break;
    }
}

static void
before_paint (GdkFrameClock *clock,
              gpointer       user_data)
{
  probe.frame_began = g_get_monotonic_time ();
}

static void
after_paint (GdkFrameClock *clock,
             gpointer       user_data)
{
  gint64 now = g_get_monotonic_time ();

  if (!probe.first_frame)
    {
      probe.first_frame = TRUE;
      say ("first-frame", now, "");
    }
  if (probe.view == NULL)
    find_views (GTK_WIDGET (probe.window));
  look_at_frame (now);
  if (now < probe.open_until)
    say ("frame", now, ", \"ms\": %.2f", (double)(now - probe.frame_began) / 1000);
  if (probe.scroll_last != 0)
    {
      say ("scrolled", now, ", \"ms\": %.2f, \"work_ms\": %.2f", (double)(now - probe.scroll_last) / 1000,
           (double)(now - probe.frame_began) / 1000);
      probe.scroll_last = now;
      probe.scroll_unfilled += !rows_are_filled (GTK_INVALID_LIST_POSITION);
    }
}

static void
window_realized (GtkWidget *window,
                 gpointer   user_data)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);

  g_signal_connect (clock, "before-paint", G_CALLBACK (before_paint), NULL);
  g_signal_connect (clock, "after-paint", G_CALLBACK (after_paint), NULL);
}

/* Turns ------------------------------------------------------------------------------------------------------------ */

static int
timed_poll (GPollFD *fds,
            guint    n_fds,
            int      timeout)
{
  gint64 took = turns.began > 0 ? g_get_monotonic_time () - turns.began : 0;
  int ready;

  turns.n++;
  turns.longest = MAX (turns.longest, took);
  turns.above += took > FRAME_US ? took : 0;
  turns.stalls += took > STALL_US;
  ready = turns.poll (fds, n_fds, timeout);
  turns.began = g_get_monotonic_time ();
  return ready;
}

static void
count_turns (void)
{
  gint64 now = g_get_monotonic_time ();

  if (turns.on)
    {
      gint64 wall = MAX (now - turns.started, 1);

      say ("turns", now, ", \"turns\": %u, \"wall_ms\": %.1f, \"above_8_ms_percent\": %.3f, \"longest_ms\": %.2f, \"stalls\": %d",
           turns.n, (double)wall / 1000, 100.0 * (double)turns.above / (double)wall, (double)turns.longest / 1000,
           (int)turns.stalls);
      g_main_context_set_poll_func (NULL, turns.poll);
    }
  else
    {
      GPollFunc poll = g_main_context_get_poll_func (NULL);

      memset (&turns, 0, sizeof turns);
      turns.poll = poll;
      turns.started = now;
      g_main_context_set_poll_func (NULL, timed_poll);
      say ("turns-begin", now, "");
    }
  turns.on = !turns.on;
}

/* Commands --------------------------------------------------------------------------------------------------------- */

static void
begin_wait (Wait wait)
{
  probe.wait = wait;
  probe.start = g_get_monotonic_time ();
  probe.n_frames = probe.n_frames_between = probe.n_changes = 0;
}

static void
list_folders (void)
{
  GtkSelectionModel *model = probe.folders != NULL ? gtk_list_view_get_model (probe.folders) : NULL;
  guint n = model != NULL ? g_list_model_get_n_items (G_LIST_MODEL (model)) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (model), i);
      g_autoptr (GObject) item = gtk_tree_list_row_get_item (row);

      say ("folder-row", g_get_monotonic_time (), ", \"position\": %u, \"depth\": %u, \"type\": \"%s\"", i,
           gtk_tree_list_row_get_depth (row), G_OBJECT_TYPE_NAME (item));
    }
  say ("folders", g_get_monotonic_time (), ", \"rows\": %u", n);
}

static gboolean
scroll_on (GtkWidget     *view,
           GdkFrameClock *clock,
           gpointer       user_data)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view));

  if (probe.scroll_left-- == 0)
    {
      probe.scroll_last = 0;
      say ("scroll", g_get_monotonic_time (), ", \"unfilled\": %u", probe.scroll_unfilled);
      return G_SOURCE_REMOVE;
    }
  if (probe.scroll_last == 0)
    probe.scroll_last = g_get_monotonic_time ();
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + probe.scroll_by);
  return G_SOURCE_CONTINUE;
}

static void
watch_changes (void)
{
  if (probe.watched != shown_model ())
    {
      probe.watched = shown_model ();
      g_signal_connect (probe.watched, "items-changed", G_CALLBACK (items_changed), NULL);
    }
  begin_wait (WAIT_REGROUP);
  say ("watching", probe.start, "");
}

/* A store that was not closed would be looked through at the next start. */
static void
quit (void)
{
  GApplication *application = g_application_get_default ();

  if (g_action_map_lookup_action (G_ACTION_MAP (application), "quit") != NULL)
    g_action_group_activate_action (G_ACTION_GROUP (application), "quit", NULL);
  else
    g_application_quit (application);
}

static void
act (const char *command,
     int         first,
     int         second)
{
  gint64 now = g_get_monotonic_time ();

  if (probe.folders == NULL && probe.window != NULL)
    find_views (GTK_WIDGET (probe.window));
  if (g_str_equal (command, "folders"))
    list_folders ();
  else if (g_str_equal (command, "turns"))
    count_turns ();
  else if (g_str_equal (command, "quit"))
    quit ();
  else if (g_str_equal (command, "count"))
    say ("count", now, ", \"rows\": %u, \"asked\": %u", n_rows (), probe.n_asked);
  else if (g_str_equal (command, "folder") && probe.folders != NULL)
    {
      probe.model_changed = FALSE;
      probe.n_asked = 0;
      begin_wait (WAIT_FOLDER);
      gtk_selection_model_select_item (gtk_list_view_get_model (probe.folders), (guint)first, TRUE);
    }
  else if (probe.view == NULL)
    say ("no-list", now, "");
  else if (g_str_equal (command, "jump"))
    {
      probe.position = (guint)first;
      probe.n_asked = 0;
      begin_wait (WAIT_JUMP);
      gtk_list_view_scroll_to (probe.view, probe.position, GTK_LIST_SCROLL_NONE, NULL);
    }
  else if (g_str_equal (command, "scroll"))
    {
      probe.scroll_by = first;
      probe.scroll_left = (guint)second;
      probe.scroll_unfilled = 0;
      gtk_widget_add_tick_callback (GTK_WIDGET (probe.view), scroll_on, NULL, NULL);
    }
  else if (g_str_equal (command, "open"))
    {
      probe.open_until = now + OPEN_US;
      say ("open", now, "");
      gtk_selection_model_select_item (gtk_list_view_get_model (probe.view), (guint)first, TRUE);
    }
  else if (g_str_equal (command, "watch"))
    watch_changes ();
}

static gboolean
commands_come (gint         fd,
               GIOCondition condition,
               gpointer     user_data)
{
  char bytes[512];
  ssize_t n = read (fd, bytes, sizeof bytes);

  for (ssize_t i = 0; i < n; i++)
    {
      g_auto (GStrv) words = NULL;

      if (bytes[i] != '\n')
        {
          g_string_append_c (probe.line, bytes[i]);
          continue;
        }
      words = g_strsplit (probe.line->str, " ", 3);
      g_string_truncate (probe.line, 0);
      act (words[0], words[0] != NULL && words[1] != NULL ? atoi (words[1]) : 0,
           words[0] != NULL && words[1] != NULL && words[2] != NULL ? atoi (words[2]) : 0);
    }
  return G_SOURCE_CONTINUE;
}

static void
window_added (GtkApplication *application,
              GtkWindow      *window,
              gpointer        user_data)
{
  if (probe.window != NULL)
    return;
  probe.window = window;
  g_signal_connect (window, "realize", G_CALLBACK (window_realized), NULL);
}

static void
started (GApplication *application,
         gpointer      user_data)
{
  gpointer factory = g_type_class_ref (GTK_TYPE_SIGNAL_LIST_ITEM_FACTORY);

  g_signal_add_emission_hook (g_signal_lookup ("bind", GTK_TYPE_SIGNAL_LIST_ITEM_FACTORY), 0, row_bound, NULL, NULL);
  g_type_class_unref (factory);
}

/* Takes the place of GIO's own. */
int
g_application_run (GApplication  *application,
                   int            argc,
                   char         **argv)
{
  static int (*real) (GApplication *, int, char **);
  const char *out = g_getenv ("BARUA_PROBE_OUT");
  const char *in = g_getenv ("BARUA_PROBE_IN");

  *(void **)&real = dlsym (RTLD_NEXT, "g_application_run");
  probe.out = out != NULL ? fopen (out, "ae") : NULL;
  if (probe.out != NULL)
    {
      probe.bound = g_hash_table_new (NULL, NULL);
      probe.line = g_string_new (NULL);
      probe.in = in != NULL ? open (in, O_RDWR | O_NONBLOCK | O_CLOEXEC) : -1;
      if (probe.in >= 0)
        g_unix_fd_add (probe.in, G_IO_IN, commands_come, NULL);
      g_signal_connect_after (application, "startup", G_CALLBACK (started), NULL);
      g_signal_connect (application, "window-added", G_CALLBACK (window_added), NULL);
    }
  return real (application, argc, argv);
}

/* Not for the programs that this one starts. */
__attribute__ ((constructor)) static void
leave_environment (void)
{
  unsetenv ("LD_PRELOAD");
}
