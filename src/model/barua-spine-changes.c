/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-spine-private.h"

#include <string.h>

#include "barua-limits.h"

/* After input, before the next frame is laid out (GTK does that at 110 and 120). */
#define PRIORITY_APPLY (G_PRIORITY_HIGH_IDLE + 5)

/* One contiguous change of the spine: @removed entries at @position make room for @added ones. */
typedef struct
{
  guint                  position;
  guint                  removed;
  const BaruaSpineEntry *added;
  guint                  n_added;
} Run;

static int
compare_for_sort (gconstpointer a,
                  gconstpointer b,
                  gpointer      user_data)
{
  return barua_spine_model_compare (user_data, a, b);
}

static void
splice (BaruaSpineModel *self,
        const Run       *run)
{
  guint old_length = self->entries->len;
  guint tail = old_length - run->position - run->removed;
  guint removed = run->removed;
  guint added = run->n_added;
  gboolean next_started = barua_spine_model_starts_section (self, run->position + run->removed);

  if (added > removed)
    g_array_set_size (self->entries, old_length + added - removed);
  if (tail > 0 && added != removed)
    memmove (barua_spine_model_entry_at (self, run->position + added),
             &g_array_index (self->entries, BaruaSpineEntry, run->position + removed), tail * sizeof (BaruaSpineEntry));
  if (added < removed)
    g_array_set_size (self->entries, old_length + added - removed);
  if (added > 0)
    memcpy (barua_spine_model_entry_at (self, run->position), run->added, added * sizeof (BaruaSpineEntry));

  /* The neighbour behind may have become, or ceased to be, the first of its section. */
  if (tail > 0 && barua_spine_model_starts_section (self, run->position + added) != next_started)
    {
      removed++;
      added++;
    }
  g_list_model_items_changed (G_LIST_MODEL (self), run->position, removed, added);
}

/* Takes the last run off @removals: entries that stand one after the other in the list. FALSE when an entry is not there. */
static gboolean
apply_last_removals (BaruaSpineModel *self)
{
  const BaruaSpineEntry *gone = &g_array_index (self->removals, BaruaSpineEntry, self->removals->len - 1);
  guint position = barua_spine_model_lower_bound (self, gone);
  Run run = { position, 1, NULL, 0 };

  if (position >= barua_spine_model_n_entries (self) ||
      barua_spine_model_compare (self, barua_spine_model_entry_at (self, position), gone) != 0)
    return FALSE;
  g_array_set_size (self->removals, self->removals->len - 1);
  while (self->removals->len > 0 && run.position > 0 &&
         barua_spine_model_compare (self, barua_spine_model_entry_at (self, run.position - 1),
                                    &g_array_index (self->removals, BaruaSpineEntry, self->removals->len - 1)) == 0)
    {
      run.position--;
      run.removed++;
      g_array_set_size (self->removals, self->removals->len - 1);
    }
  splice (self, &run);
  return TRUE;
}

/* Likewise the last run of @additions: all that belong at the same place. FALSE when an entry is there already. */
static gboolean
apply_last_additions (BaruaSpineModel *self)
{
  guint last = self->additions->len - 1;
  const BaruaSpineEntry *new_entries = (const BaruaSpineEntry *)(gpointer)self->additions->data;
  guint position = barua_spine_model_lower_bound (self, &new_entries[last]);
  g_autofree BaruaSpineEntry *copy = NULL;
  guint first = last;
  Run run;

  if (position < barua_spine_model_n_entries (self) &&
      barua_spine_model_compare (self, barua_spine_model_entry_at (self, position), &new_entries[last]) == 0)
    return FALSE;
  while (first > 0 &&
         (position == 0 || barua_spine_model_compare (self, barua_spine_model_entry_at (self, position - 1),
                                                      &new_entries[first - 1]) < 0))
    first--;
  copy = g_memdup2 (&new_entries[first], (last - first + 1) * sizeof (BaruaSpineEntry));
  run = (Run){ position, 0, copy, last - first + 1 };
  g_array_set_size (self->additions, first);
  splice (self, &run);
  return TRUE;
}

/* The pending sets as one, with the rows of this folder only. */
static BaruaChangeSet *
merge_pending (BaruaSpineModel *self)
{
  BaruaChangeSet *merged = barua_change_set_new ();

  for (guint i = 0; i < self->pending->len; i++)
    {
      const BaruaChangeSet *set = g_ptr_array_index (self->pending, i);

      for (guint j = 0; j < set->rows->len && !self->query.grouped; j++)
        {
          const BaruaRowChange *change = &g_array_index (set->rows, BaruaRowChange, j);

          if (change->folder == self->query.folder)
            barua_change_set_add_row (merged, change);
        }
      for (guint j = 0; j < set->conversations->len && self->query.grouped; j++)
        {
          const BaruaConversationChange *change = &g_array_index (set->conversations, BaruaConversationChange, j);

          if (change->folder == self->query.folder)
            barua_change_set_add_conversation (merged, change);
        }
      merged->generation = set->generation;
    }
  g_ptr_array_set_size (self->pending, 0);
  return merged;
}

static void
take_apart_rows (BaruaSpineModel      *self,
                 const BaruaChangeSet *set)
{
  for (guint i = 0; i < set->rows->len; i++)
    {
      const BaruaRowChange *change = &g_array_index (set->rows, BaruaRowChange, i);
      BaruaSpineEntry old_entry = { change->id, change->old_key };
      BaruaSpineEntry new_entry = { change->id, change->new_key };
      gboolean moved = change->kind == BARUA_CHANGE_UPDATED && change->old_key != change->new_key;

      if (change->kind == BARUA_CHANGE_REMOVED || moved)
        g_array_append_val (self->removals, old_entry);
      if (change->kind == BARUA_CHANGE_ADDED || moved)
        g_array_append_val (self->additions, new_entry);
      if (moved)
        barua_row_pages_set_key (self->pages, change->id, change->new_key);
    }
}

/* Several changes of one conversation are a chain: the first tells what is in the list, the last what comes into it. */
static void
take_apart_conversations (BaruaSpineModel      *self,
                          const BaruaChangeSet *set)
{
  g_autoptr (GHashTable) places = g_hash_table_new (g_int64_hash, g_int64_equal); /* thread -> index + 1 */
  g_autoptr (GArray) chains = g_array_new (FALSE, FALSE, sizeof (BaruaConversationChange));

  for (guint i = 0; i < set->conversations->len; i++)
    {
      BaruaConversationChange *change = &g_array_index (set->conversations, BaruaConversationChange, i);
      guint place = GPOINTER_TO_UINT (g_hash_table_lookup (places, &change->thread));

      if (place == 0)
        {
          g_array_append_vals (chains, change, 1);
          g_hash_table_insert (places, &change->thread, GUINT_TO_POINTER (chains->len));
          continue;
        }
      g_array_index (chains, BaruaConversationChange, place - 1).new_id = change->new_id;
      g_array_index (chains, BaruaConversationChange, place - 1).new_key = change->new_key;
    }
  for (guint i = 0; i < chains->len; i++)
    {
      const BaruaConversationChange *chain = &g_array_index (chains, BaruaConversationChange, i);
      BaruaSpineEntry old_entry = { chain->old_id, chain->old_key };
      BaruaSpineEntry new_entry = { chain->new_id, chain->new_key };
      BaruaSpineSuccessor successor = { chain->old_id, chain->new_id, chain->new_key, set->generation };
      gboolean same = chain->old_id == chain->new_id && chain->old_key == chain->new_key;

      if (chain->old_id != 0 && !same)
        g_array_append_val (self->removals, old_entry);
      if (chain->new_id != 0 && !same)
        g_array_append_val (self->additions, new_entry);
      if (chain->old_id != 0 && chain->new_id != 0 && chain->old_id != chain->new_id)
        g_array_append_val (self->successors, successor);
      if (chain->new_id != 0)
        barua_row_pages_invalidate (self->pages, chain->new_id, chain->new_key, set->generation);
    }
}

static void
take_apart (BaruaSpineModel *self)
{
  g_autoptr (BaruaChangeSet) set = merge_pending (self);

  g_array_set_size (self->successors, 0);
  g_clear_pointer (&self->predecessors, g_hash_table_unref);
  take_apart_rows (self, set);
  take_apart_conversations (self, set);
  g_array_sort_with_data (self->removals, compare_for_sort, self);
  g_array_sort_with_data (self->additions, compare_for_sort, self);
}

static void
end_preparing (BaruaSpineModel *self)
{
  for (guint i = 0; i < self->prepared->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->prepared, i), self);
  g_clear_handle_id (&self->prepare_source, g_source_remove);
  barua_spine_model_queue_apply (self);
}

static void
row_prepared (BaruaSpineModel *self)
{
  for (guint i = 0; i < self->prepared->len; i++)
    if (barua_message_item_get_row (g_ptr_array_index (self->prepared, i)) == NULL)
      return;
  end_preparing (self);
}

static gboolean
prepared_long_enough (gpointer data)
{
  BaruaSpineModel *self = data;

  self->prepare_source = 0;
  end_preparing (self);
  return G_SOURCE_REMOVE;
}

/* The rows of what comes in are read first: a conversation that has a new answer, or what moves down for new mail, is not to be
 * empty for a frame. FALSE when there is nothing to wait for. */
static gboolean
begin_preparing (BaruaSpineModel *self)
{
  g_ptr_array_set_size (self->prepared, 0);
  if (self->additions->len == 0 || self->additions->len > BARUA_PAGE_ROWS || self->entries->len == 0 ||
      barua_row_pages_prepare (self->pages, (const BaruaSpineEntry *)(gpointer)self->additions->data, self->additions->len,
                               self->prepared))
    return FALSE;
  for (guint i = 0; i < self->prepared->len; i++)
    g_signal_connect_object (g_ptr_array_index (self->prepared, i), "notify::row", G_CALLBACK (row_prepared), self,
                             G_CONNECT_SWAPPED);
  self->prepare_source = g_timeout_add (BARUA_SPINE_PREPARE_MS, prepared_long_enough, self);
  return TRUE;
}

/* A first sync commits thousands of rows a second below what is on screen: each frame in which some come would be laid out and
 * painted anew, and nobody sees more than the length of the scroll bar. 0: now; else ms to wait. */
static guint
put_off (BaruaSpineModel *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 rest = self->bulk_us + BARUA_SPINE_BULK_MS * 1000 - now;

  if (self->additions->len <= BARUA_PAGE_ROWS || self->entries->len < BARUA_SPINE_FIRST_ROWS)
    return 0;
  self->bulk_us = MAX (now, now + rest);
  return rest > 0 ? (guint)(rest / 1000 + 1) : 0;
}

static gboolean
put_off_long_enough (gpointer data)
{
  BaruaSpineModel *self = data;

  self->apply_source = 0;
  barua_spine_model_queue_apply (self);
  return G_SOURCE_REMOVE;
}

static gboolean
apply_now (gpointer data)
{
  g_autoptr (BaruaSpineModel) self = g_object_ref (data);
  gint64 until = g_get_monotonic_time () + BARUA_SLICE_MODEL_US;
  gboolean fits = TRUE;

  /* What is being read may be older than what would be applied now, and would take it back. */
  if (self->reading)
    {
      self->apply_source = 0;
      return G_SOURCE_REMOVE;
    }
  if (self->removals->len == 0 && self->additions->len == 0)
    {
      guint wait;

      take_apart (self);
      if (begin_preparing (self))
        {
          self->apply_source = 0;
          return G_SOURCE_REMOVE;
        }
      wait = put_off (self);
      if (wait > 0)
        {
          self->apply_source = g_timeout_add (wait, put_off_long_enough, self);
          return G_SOURCE_REMOVE;
        }
    }
  while (fits && self->removals->len > 0 && g_get_monotonic_time () < until)
    fits = apply_last_removals (self);
  while (fits && self->removals->len == 0 && self->additions->len > 0 && g_get_monotonic_time () < until)
    fits = apply_last_additions (self);

  if (!fits)
    {
      /* Should not happen: the store says something else than the changes did. Believe the store. */
      g_debug ("the list of folder %" G_GINT64_FORMAT " is read again", self->query.folder);
      g_array_set_size (self->removals, 0);
      g_array_set_size (self->additions, 0);
      barua_spine_model_read (self);
    }
  if (fits && (self->pending->len > 0 || self->removals->len > 0 || self->additions->len > 0))
    return G_SOURCE_CONTINUE;
  g_ptr_array_set_size (self->prepared, 0);
  self->apply_source = 0;
  return G_SOURCE_REMOVE;
}

void
barua_spine_model_queue_apply (BaruaSpineModel *self)
{
  if (self->apply_source == 0 && self->prepare_source == 0)
    self->apply_source = g_idle_add_full (PRIORITY_APPLY, apply_now, self, NULL);
}

/* Whether the list shows, or could come to show, what changed; and rows that stand on screen are read again. */
static gboolean
take_notice (BaruaSpineModel      *self,
             const BaruaChangeSet *set)
{
  gboolean wide = barua_list_query_is_search (&self->query);
  g_autoptr (GHashTable) threads = self->query.grouped ? g_hash_table_new (g_int64_hash, g_int64_equal) : NULL;
  gboolean touches = FALSE;

  for (guint i = 0; i < set->rows->len; i++)
    {
      BaruaRowChange *change = &g_array_index (set->rows, BaruaRowChange, i);

      /* The person's own answer in Sent is counted with the conversation here. */
      if (threads != NULL)
        g_hash_table_add (threads, &change->thread);
      if (change->folder != self->query.folder && !wide)
        continue;
      touches = TRUE;
      /* Not only when the set is applied: a reading that comes before may make that needless. */
      if (threads == NULL && change->kind != BARUA_CHANGE_REMOVED)
        {
          BaruaMessageItem *item = barua_row_pages_peek (self->pages, change->id);

          if (item != NULL)
            barua_row_pages_invalidate (self->pages, change->id, barua_message_item_get_key (item), set->generation);
        }
    }
  if (threads != NULL && g_hash_table_size (threads) > 0)
    barua_row_pages_invalidate_threads (self->pages, threads, set->generation);
  for (guint i = 0; i < set->conversations->len && threads != NULL && !touches; i++)
    touches = g_array_index (set->conversations, BaruaConversationChange, i).folder == self->query.folder;
  return touches;
}

/* Who will stand for a conversation once the list is read again: a selection follows. */
static void
hear_successors (BaruaSpineModel      *self,
                 const BaruaChangeSet *set)
{
  for (guint i = 0; i < set->conversations->len; i++)
    {
      const BaruaConversationChange *change = &g_array_index (set->conversations, BaruaConversationChange, i);
      BaruaSpineSuccessor successor = { change->old_id, change->new_id, 0, set->generation };

      if (change->old_id != 0 && change->new_id != 0 && change->old_id != change->new_id &&
          (change->folder == self->query.folder || barua_list_query_is_search (&self->query)))
        g_array_append_val (self->heard, successor);
    }
  g_clear_pointer (&self->predecessors, g_hash_table_unref);
}

void
barua_spine_model_hear (BaruaSpineModel *self,
                        BaruaChangeSet  *set)
{
  gboolean touches;

  if (set->generation <= self->generation)
    return;
  touches = take_notice (self, set);
  if (self->query.grouped && !barua_spine_model_is_incremental (self))
    hear_successors (self, set);
  if (!self->loading && !self->reading && set->generation > MAX (self->generation, self->seen) + 1)
    {
      g_debug ("a commit before %" G_GUINT64_FORMAT " was missed", set->generation);
      barua_spine_model_read (self);
    }
  self->generation = set->generation;
  if (!touches || set->generation <= self->seen)
    return;
  if (!barua_spine_model_is_incremental (self))
    {
      barua_spine_model_read_later (self);
      return;
    }
  g_ptr_array_add (self->pending, barua_change_set_ref (set));
  if (!self->reading)
    barua_spine_model_queue_apply (self);
}
