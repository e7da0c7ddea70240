/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-spine-private.h"

#include "barua-fiber.h"
#include "barua-limits.h"

/* A part of a list that differs from what it becomes. */
typedef struct
{
  guint old_start;
  guint old_end;
  guint new_start;
  guint new_end;
} Difference;

/* Both are sorted: walking them side by side gives the differences. Entries that changed their key are removed and added. */
static GArray *
find_differences (BaruaSpineModel *self,
                  GArray          *target)
{
  GArray *differences = g_array_new (FALSE, FALSE, sizeof (Difference));
  const BaruaSpineEntry *old_entries = (const BaruaSpineEntry *)(gpointer)self->entries->data;
  const BaruaSpineEntry *new_entries = (const BaruaSpineEntry *)(gpointer)target->data;
  guint i = 0, j = 0;

  while (i < self->entries->len || j < target->len)
    {
      Difference part;

      while (i < self->entries->len && j < target->len &&
             barua_spine_model_compare (self, &old_entries[i], &new_entries[j]) == 0)
        i++, j++;
      part = (Difference){ i, i, j, j };
      /* Those that go, or those that come: not both, so that each is told where it stands. */
      while (i < self->entries->len &&
             (j >= target->len || barua_spine_model_compare (self, &old_entries[i], &new_entries[j]) < 0))
        i++;
      if (i == part.old_start)
        while (j < target->len &&
               (i >= self->entries->len || barua_spine_model_compare (self, &old_entries[i], &new_entries[j]) > 0))
          j++;
      part.old_end = i;
      part.new_end = j;
      if (part.old_end > part.old_start || part.new_end > part.new_start)
        g_array_append_val (differences, part);
    }
  return differences;
}

/* What stands between two differences is told with them, where there are too many to be told one by one. */
static void
join_differences (GArray *differences)
{
  for (guint gap = 1; differences->len > BARUA_SPINE_RUNS; gap *= 2)
    {
      guint n = 1;

      for (guint i = 1; i < differences->len; i++)
        {
          Difference *last = &g_array_index (differences, Difference, n - 1);
          Difference next = g_array_index (differences, Difference, i);

          if (next.old_start - last->old_end <= gap)
            {
              last->old_end = next.old_end;
              last->new_end = next.new_end;
            }
          else
            g_array_index (differences, Difference, n++) = next;
        }
      g_array_set_size (differences, n);
    }
}

static void
tell_difference (BaruaSpineModel  *self,
                 const Difference *part)
{
  guint position = part->new_start;
  guint removed = part->old_end - part->old_start;
  guint added = part->new_end - part->new_start;
  gboolean next_started;

  /* Up to here both are the same. */
  self->n_next = part->new_start;
  self->n_passed = part->old_start;
  next_started = barua_spine_model_starts_section (self, position + removed);
  self->n_next = part->new_end;
  self->n_passed = part->old_end;
  for (guint i = position; i < position + added && self->absent_id != 0; i++)
    if (barua_spine_model_entry_at (self, i)->id == self->absent_id)
      self->absent_id = 0;
  if (position + added < barua_spine_model_n_entries (self) &&
      barua_spine_model_starts_section (self, position + added) != next_started)
    {
      removed++;
      added++;
    }
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

/* No entry is moved for it: the list is the new entries up to where it has been told, and the old ones from there on. */
static void
become (BaruaSpineModel *self,
        GArray          *target)
{
  g_autoptr (GArray) differences = find_differences (self, target);

  join_differences (differences);
  self->next = target;
  for (guint i = 0; i < differences->len; i++)
    tell_difference (self, &g_array_index (differences, Difference, i));
  self->next = NULL;
  if (self->entries != target)
    {
      g_array_unref (self->entries);
      self->entries = g_array_ref (target);
    }
}

static gint64
highest_id (GArray *a,
            GArray *b)
{
  gint64 highest = 0;

  for (guint i = 0; i < a->len; i++)
    highest = MAX (highest, g_array_index (a, BaruaSpineEntry, i).id);
  for (guint i = 0; i < b->len; i++)
    highest = MAX (highest, g_array_index (b, BaruaSpineEntry, i).id);
  return highest;
}

static guint8 *
make_bits (GArray *entries,
           gint64  highest)
{
  guint8 *bits = g_malloc0 ((gsize)highest / 8 + 1);

  for (guint i = 0; i < entries->len; i++)
    {
      gint64 id = g_array_index (entries, BaruaSpineEntry, i).id;

      bits[id / 8] |= (guint8)(1u << (id % 8));
    }
  return bits;
}

static inline gboolean
has_bit (const guint8 *bits,
         gint64        id)
{
  return (bits[id / 8] >> (id % 8)) & 1;
}

/* Those entries that stand in @target, too, and in the same order there. Ids are local, small and never used again: a bit for
 * each. */
static GArray *
list_staying (BaruaSpineModel *self,
              GArray          *target)
{
  GArray *staying = g_array_sized_new (FALSE, FALSE, sizeof (BaruaSpineEntry), self->entries->len);
  gint64 highest = highest_id (self->entries, target);
  g_autofree guint8 *wanted = make_bits (target, highest);
  g_autofree guint8 *have = make_bits (self->entries, highest);
  guint j = 0;

  for (guint i = 0; i < self->entries->len; i++)
    {
      gint64 id = barua_spine_model_entry_at (self, i)->id;

      if (!has_bit (wanted, id))
        continue;
      /* Where the next one stands in the new order; behind what was not there before. */
      while (j < target->len && !has_bit (have, g_array_index (target, BaruaSpineEntry, j).id))
        j++;
      if (j < target->len && g_array_index (target, BaruaSpineEntry, j).id == id)
        {
          g_array_append_val (staying, *barua_spine_model_entry_at (self, i));
          j++;
        }
      else
        /* It stands elsewhere now: then it is new there. */
        have[id / 8] &= (guint8)~(1u << (id % 8));
    }
  return staying;
}

/* The same where keys of two readings can't be compared: by sender and subject their order is the same but for what came, went
 * or was renamed. First what is gone (or stands elsewhere) is taken out, then all keys are the new ones, then the rest is put
 * in: keys are always those of one reading when changes are told. */
static void
become_by_id (BaruaSpineModel *self,
              GArray          *target)
{
  g_autoptr (GArray) staying = list_staying (self, target);
  gboolean renamed = FALSE;

  become (self, staying);
  for (guint i = 0, j = 0; i < self->entries->len; i++, j++)
    {
      const BaruaSpineEntry *entry;

      while (g_array_index (target, BaruaSpineEntry, j).id != barua_spine_model_entry_at (self, i)->id)
        j++;
      entry = &g_array_index (target, BaruaSpineEntry, j);
      renamed |= barua_spine_model_entry_at (self, i)->key >> BARUA_KEY_LETTER_SHIFT != entry->key >> BARUA_KEY_LETTER_SHIFT;
      *barua_spine_model_entry_at (self, i) = *entry;
    }
  /* Somebody has another name: what stayed may be in another section. */
  if (renamed)
    barua_spine_model_tell_sections (self, 0, self->entries->len);
  become (self, target);
}

static void
take_spine (BaruaSpineModel *self,
            BaruaSpine      *spine)
{
  guint n_heard = 0;

  g_array_set_size (self->removals, 0);
  g_array_set_size (self->additions, 0);
  g_array_set_size (self->successors, 0);
  while (self->pending->len > 0 && ((BaruaChangeSet *)g_ptr_array_index (self->pending, 0))->generation <= spine->generation)
    g_ptr_array_remove_index (self->pending, 0);
  self->seen = MAX (self->seen, spine->generation);
  self->more = spine->more;
  self->texts_since = spine->texts_since;
  /* What was read is the model's own from here on: it is changed in its place. */
  self->target = spine->entries;
  g_clear_pointer (&self->predecessors, g_hash_table_unref);
  if (barua_spine_model_has_lasting_keys (self) || self->entries->len == 0)
    become (self, spine->entries);
  else
    become_by_id (self, spine->entries);
  self->target = NULL;
  self->absent_id = 0;
  g_clear_pointer (&self->predecessors, g_hash_table_unref);
  while (n_heard < self->heard->len &&
         g_array_index (self->heard, BaruaSpineSuccessor, n_heard).generation <= spine->generation)
    n_heard++;
  if (n_heard > 0)
    g_array_remove_range (self->heard, 0, n_heard);
  g_clear_error (&self->error);
  if (self->complete != !spine->is_top)
    {
      self->complete = !spine->is_top;
      barua_spine_model_tell_complete (self);
    }
  if (self->loading)
    {
      self->loading = FALSE;
      barua_spine_model_tell_loading (self);
    }
}

/* What is asked to stay; a copy, since the list may change meanwhile. */
static GArray *
dup_kept (BaruaSpineModel *self)
{
  GArray *copy;

  if (!barua_spine_model_keeps_rows (self) || self->entries->len == 0)
    return NULL;
  copy = g_array_sized_new (FALSE, FALSE, sizeof (BaruaSpineEntry), self->entries->len);
  g_array_append_vals (copy, self->entries->data, self->entries->len);
  return copy;
}

static void
weak_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static gboolean
read_now (gpointer data)
{
  BaruaSpineModel *self = data;

  self->again_source = 0;
  barua_spine_model_read (self);
  return G_SOURCE_REMOVE;
}

/* Reading a million rows beside the painting of the first fifty is seen by the person. */
static void
read_rest (BaruaSpineModel *self)
{
  if (self->again_source == 0)
    self->again_source = g_timeout_add (BARUA_SPINE_REST_MS, read_now, self);
}

static DexFuture *
read_fiber (gpointer data)
{
  GWeakRef *weak = data;
  g_autoptr (BaruaSpineModel) self = g_weak_ref_get (weak);
  g_autoptr (BaruaSpine) spine = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) keep = NULL;
  DexFuture *future;

  if (self == NULL || self->engine == NULL)
    return dex_future_new_true ();
  keep = dup_kept (self);
  self->read_started = g_get_monotonic_time ();
  future = barua_engine_load_spine_with (self->engine, &self->query, self->loading ? BARUA_SPINE_FIRST_ROWS : 0, keep);
  g_clear_object (&self);

  spine = dex_await_boxed (future, &error);
  if ((self = g_weak_ref_get (weak)) == NULL)
    return dex_future_new_true ();
  self->reading = FALSE;
  self->read_took = g_get_monotonic_time () - self->read_started;
  if (spine != NULL)
    take_spine (self, spine);
  else if (self->loading && barua_error_get_code (error) != BARUA_ERROR_CANCELLED)
    {
      self->loading = FALSE;
      self->error = g_steal_pointer (&error);
      barua_spine_model_tell_loading (self);
    }
  if (spine != NULL && spine->is_top)
    read_rest (self);
  else if (self->read_again)
    barua_spine_model_read_later (self);
  else if (self->pending->len > 0 || self->removals->len > 0 || self->additions->len > 0)
    barua_spine_model_queue_apply (self);
  return dex_future_new_true ();
}

void
barua_spine_model_read_later (BaruaSpineModel *self)
{
  gint64 pause = MAX (BARUA_SPINE_AGAIN_MS * 1000, 4 * self->read_took);
  gint64 due = self->read_started + self->read_took + pause - g_get_monotonic_time ();

  if (self->reading)
    self->read_again = TRUE;
  else if (self->again_source == 0 && (self->read_started == 0 || due <= 0))
    barua_spine_model_read (self);
  else if (self->again_source == 0)
    self->again_source = g_timeout_add ((guint)(due / 1000 + 1), read_now, self);
}

void
barua_spine_model_read (BaruaSpineModel *self)
{
  GWeakRef *weak;

  if (self->reading)
    {
      self->read_again = TRUE;
      return;
    }
  g_clear_handle_id (&self->again_source, g_source_remove);
  weak = g_new0 (GWeakRef, 1);
  self->reading = TRUE;
  self->read_again = FALSE;
  g_weak_ref_init (weak, self);
  barua_fiber_spawn ("model-read-spine", read_fiber, weak, weak_free);
}
