/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-marks.h"

#include "barua-fiber.h"
#include "barua-limits.h"

typedef struct
{
  GWeakRef       widget;
  BaruaEngine   *engine;
  BaruaIdSet    *ids; /* NULL: all that is unread in @folder */
  gint64         folder;
  gboolean       grouped;
  BaruaFlags     mask;
  BaruaFlags     bits;
  BaruaAct      *undone; /* by this; NULL: it is an act of its own */
  BaruaMarksFunc func;
} Marks;

static void
marks_free (gpointer data)
{
  Marks *marks = data;

  g_weak_ref_clear (&marks->widget);
  g_object_unref (marks->engine);
  g_clear_pointer (&marks->ids, barua_id_set_unref);
  g_clear_object (&marks->undone);
  g_free (marks);
}

/* What has the mark in the folder (of "read": what is not). NULL on error. */
static BaruaIdSet *
load_marked (Marks   *marks,
             GError **error)
{
  BaruaListQuery query = { .folder = marks->folder,
                           .filter = marks->mask == BARUA_FLAG_SEEN ? BARUA_FILTER_UNREAD : BARUA_FILTER_STARRED };
  g_autoptr (BaruaSpine) spine = dex_await_boxed (barua_engine_load_spine (marks->engine, &query), error);
  BaruaIdSet *ids;

  if (spine == NULL)
    return NULL;
  ids = barua_id_set_new ();
  for (guint i = 0; i < spine->entries->len; i++)
    barua_id_set_add (ids, (guint64)g_array_index (spine->entries, BaruaSpineEntry, i).id);
  return ids;
}

/* Those of the folder that are to change. */
static BaruaIdSet *
find_in_folder (Marks   *marks,
                GError **error)
{
  g_autoptr (BaruaIdSet) marked = load_marked (marks, error);
  gboolean is_set = (marks->mask == BARUA_FLAG_SEEN) != (marks->bits != 0);

  if (marked == NULL)
    return NULL;
  if (marks->ids == NULL)
    return barua_id_set_ref (marked);
  /* To be read are the unread ones, to be starred those that are not. */
  return is_set ? barua_id_set_subtract (marks->ids, marked) : barua_id_set_intersect (marks->ids, marked);
}

static gboolean
add_id (guint64  id,
        gpointer user_data)
{
  gint64 value = (gint64)id;

  g_array_append_val ((GArray *)user_data, value);
  return TRUE;
}

static gboolean
add_conversation (Marks       *marks,
                  gint64       thread,
                  BaruaIdSet  *found,
                  GError     **error)
{
  g_autoptr (BaruaRows) rows = dex_await_boxed (barua_engine_load_thread (marks->engine, thread), error);

  for (guint i = 0; rows != NULL && i < rows->rows->len; i++)
    {
      const BaruaRow *row = g_ptr_array_index (rows->rows, i);

      if ((row->flags & marks->mask) != marks->bits)
        barua_id_set_add (found, (guint64)row->id);
    }
  return rows != NULL;
}

/* Those of whole conversations that are to change. */
static BaruaIdSet *
find_in_conversations (Marks   *marks,
                       GError **error)
{
  g_autoptr (BaruaIdSet) found = barua_id_set_new ();
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  barua_id_set_foreach (marks->ids, add_id, ids);
  for (guint first = 0; first < ids->len; first += BARUA_PAGE_ROWS)
    {
      g_autoptr (BaruaRows) rows =
        dex_await_boxed (barua_engine_load_rows (marks->engine, &g_array_index (ids, gint64, first),
                                                 MIN (BARUA_PAGE_ROWS, ids->len - first), FALSE),
                         error);

      if (rows == NULL)
        return NULL;
      for (guint i = 0; i < rows->rows->len; i++)
        if (!add_conversation (marks, ((BaruaRow *)g_ptr_array_index (rows->rows, i))->thread, found, error))
          return NULL;
    }
  return g_steal_pointer (&found);
}

/* Those that still have the mark which is to be undone. */
static BaruaIdSet *
find_still_marked (Marks   *marks,
                   GError **error)
{
  g_autoptr (BaruaIdSet) found = barua_id_set_new ();
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  /* To ask for what is there already changes nothing. */
  if (barua_id_set_get_count (marks->ids) > BARUA_LIMIT_UNDO_LOOKED_AT)
    return barua_id_set_ref (marks->ids);
  barua_id_set_foreach (marks->ids, add_id, ids);
  for (guint first = 0; first < ids->len; first += BARUA_PAGE_ROWS)
    {
      g_autoptr (BaruaRows) rows =
        dex_await_boxed (barua_engine_load_rows (marks->engine, &g_array_index (ids, gint64, first),
                                                 MIN (BARUA_PAGE_ROWS, ids->len - first), FALSE),
                         error);

      if (rows == NULL)
        return NULL;
      for (guint i = 0; i < rows->rows->len; i++)
        {
          const BaruaRow *row = g_ptr_array_index (rows->rows, i);

          if ((row->flags & marks->mask) != marks->bits)
            barua_id_set_add (found, (guint64)row->id);
        }
    }
  return g_steal_pointer (&found);
}

/* Before anybody is told: who hears of it finds it in the list, or gone from there. */
static void
note_act (Marks        *marks,
          BaruaIdSet   *found,
          const GError *error)
{
  if (marks->undone != NULL && error == NULL)
    barua_acts_remove (marks->engine, marks->undone);
  else if (marks->undone != NULL)
    barua_act_end_undoing (marks->undone);
  else if (error == NULL && !barua_id_set_is_empty (found))
    barua_acts_add_marks (marks->engine, found, marks->mask, marks->bits);
}

static DexFuture *
marks_fiber (gpointer data)
{
  Marks *marks = data;
  g_autoptr (BaruaIdSet) found = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GtkWidget) widget = NULL;

  if (marks->undone != NULL)
    found = find_still_marked (marks, &error);
  else if (marks->grouped && marks->ids != NULL)
    found = find_in_conversations (marks, &error);
  else if (marks->folder != 0)
    found = find_in_folder (marks, &error);
  else
    found = barua_id_set_ref (marks->ids);
  if (found != NULL && !barua_id_set_is_empty (found) &&
      !dex_await (barua_engine_set_flags (marks->engine, found, marks->mask, marks->bits), &error))
    g_clear_pointer (&found, barua_id_set_unref);
  note_act (marks, found, error);
  if ((widget = g_weak_ref_get (&marks->widget)) != NULL)
    marks->func (widget, found, marks->mask, marks->bits, error);
  return dex_future_new_true ();
}

static void
start (GtkWidget     *widget,
       BaruaEngine   *engine,
       const Marks   *values,
       BaruaMarksFunc func,
       DexFiberFunc   fiber)
{
  Marks *marks = g_memdup2 (values, sizeof *values);

  g_weak_ref_init (&marks->widget, widget);
  marks->engine = g_object_ref (engine);
  marks->func = func;
  barua_fiber_spawn ("ui-marks", fiber, marks, marks_free);
}

void
barua_marks_set (GtkWidget     *widget,
                 BaruaEngine   *engine,
                 BaruaIdSet    *ids,
                 gint64         folder,
                 gboolean       grouped,
                 BaruaFlags     mask,
                 BaruaFlags     bits,
                 BaruaMarksFunc func)
{
  Marks marks = { .ids = barua_id_set_copy (ids), .folder = folder, .grouped = grouped, .mask = mask, .bits = bits };

  start (widget, engine, &marks, func, marks_fiber);
}

void
barua_marks_read_all (GtkWidget     *widget,
                      BaruaEngine   *engine,
                      gint64         folder,
                      BaruaMarksFunc func)
{
  Marks marks = { .folder = folder, .mask = BARUA_FLAG_SEEN, .bits = BARUA_FLAG_SEEN };

  start (widget, engine, &marks, func, marks_fiber);
}

/* What was let go comes back. */
static DexFuture *
bring_back_fiber (gpointer data)
{
  Marks *marks = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GtkWidget) widget = NULL;
  gint64 refusal = barua_act_get_discarded (marks->undone);

  if (!dex_await (barua_engine_set_discarded (marks->engine, refusal, FALSE), &error) &&
      barua_error_get_code (error) == BARUA_ERROR_NOT_FOUND)
    /* The person has meanwhile decided about all of its messages. */
    g_clear_error (&error);
  note_act (marks, NULL, error);
  if ((widget = g_weak_ref_get (&marks->widget)) != NULL)
    marks->func (widget, NULL, 0, 0, error);
  return dex_future_new_true ();
}

void
barua_marks_undo (GtkWidget     *widget,
                  BaruaEngine   *engine,
                  BaruaAct      *act,
                  BaruaMarksFunc func)
{
  BaruaFlags mask, bits;
  BaruaIdSet *ids = barua_act_get_marks (act, &mask, &bits);
  Marks marks = { .ids = ids != NULL ? barua_id_set_ref (ids) : NULL, .mask = mask, .bits = mask & ~bits,
                  .undone = g_object_ref (act) };

  if (barua_act_begin_undoing (act))
    start (widget, engine, &marks, func, ids != NULL ? marks_fiber : bring_back_fiber);
  else
    {
      g_clear_pointer (&marks.ids, barua_id_set_unref);
      g_object_unref (marks.undone);
    }
}
