/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-spine-model.h"

#include <string.h>

#include "barua-fiber.h"
#include "barua-limits.h"
#include "barua-row-pages.h"
#include "barua-words.h"

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

struct _BaruaSpineModel
{
  GObject         parent_instance;
  BaruaEngine    *engine;      /* weak */
  BaruaListQuery  query;       /* its text is a copy */
  GArray         *entries;     /* BaruaSpineEntry in display order */
  BaruaRowPages  *pages;
  guint64         generation;  /* of the last change set that was heard of */
  guint64         seen;        /* what was read last holds every change set up to this one, told of or not */
  GPtrArray      *pending;     /* BaruaChangeSet still to be applied, oldest first */
  GArray         *removals;    /* BaruaSpineEntry: pending sets taken apart, in display order; applied from the end */
  GArray         *additions;   /* likewise */
  GArray         *successors;  /* Successor: of the conversations that are changing */
  GArray         *heard;       /* Successor without a key: told while a reading is to follow, in the order they came about */
  GArray         *target;      /* BaruaSpineEntry: what was read, while the list becomes that; NULL: it does not */
  GArray         *next;        /* while runs are told: the entries up to there are these, the others still the old ones */
  guint           n_next;
  guint           n_passed;    /* old ones that are passed */
  gint64          absent_id;   /* while it is becoming that: looked for everywhere, and not there yet */
  guint           apply_source;
  GPtrArray      *prepared;    /* BaruaMessageItem: of @additions, while their rows are read */
  guint           prepare_source;
  guint           again_source; /* a reading put off */
  gint64          read_started; /* monotonic, us */
  gint64          read_took;
  gint64          texts_since;
  guint           midnight_source;
  gint64          now;
  GError         *error;
  gboolean        loading;     /* no spine yet */
  gboolean        reading;     /* a spine is on its way */
  gboolean        read_again;  /* ... and will be out of date */
  gboolean        complete;    /* not only the first rows */
  gboolean        more;
};

typedef struct
{
  gint64  old_id;
  gint64  new_id;
  gint64  new_key;
  guint64 generation; /* that told of it */
} Successor;

enum
{
  PROP_0,
  PROP_LOADING,
  PROP_COMPLETE,
  N_PROPS
};

enum
{
  SECTIONS_CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void list_model_init (GListModelInterface *iface);
static void read_spine (BaruaSpineModel *self);
static void read_later (BaruaSpineModel *self);
static void queue_apply (BaruaSpineModel *self);

G_DEFINE_FINAL_TYPE_WITH_CODE (BaruaSpineModel, barua_spine_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* Order ------------------------------------------------------------------------------------------------------------ */

static inline BaruaSpineEntry *
entry_at (BaruaSpineModel *self,
          guint            position)
{
  if (self->next == NULL)
    return &g_array_index (self->entries, BaruaSpineEntry, position);
  if (position < self->n_next)
    return &g_array_index (self->next, BaruaSpineEntry, position);
  return &g_array_index (self->entries, BaruaSpineEntry, position - self->n_next + self->n_passed);
}

static inline guint
n_entries (BaruaSpineModel *self)
{
  return self->next == NULL ? self->entries->len : self->n_next + self->entries->len - self->n_passed;
}

static inline int
compare (const BaruaSpineModel *self,
         const BaruaSpineEntry *a,
         const BaruaSpineEntry *b)
{
  int order = a->key != b->key ? (a->key < b->key ? -1 : 1) : a->id != b->id ? (a->id < b->id ? -1 : 1) : 0;

  return self->query.ascending ? order : -order;
}

static int
compare_for_sort (gconstpointer a,
                  gconstpointer b,
                  gpointer      user_data)
{
  return compare (user_data, a, b);
}

/* The first position whose entry does not stand before @entry. */
static guint
lower_bound (BaruaSpineModel       *self,
             const BaruaSpineEntry *entry)
{
  guint low = 0, high = n_entries (self);

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (compare (self, entry_at (self, middle), entry) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Whether changes can be placed without asking the store: their keys are dates and every message (grouped: conversation) of the
 * folder is a row. */
static gboolean
is_incremental (BaruaSpineModel *self)
{
  return self->query.sort == BARUA_SORT_DATE && self->query.filter == BARUA_FILTER_NONE &&
         !barua_list_query_is_search (&self->query);
}

/* Whether rows stay that the store would not list any more, or would elsewhere. */
static gboolean
keeps_rows (BaruaSpineModel *self)
{
  return self->query.filter != BARUA_FILTER_NONE || barua_list_query_is_search (&self->query) ||
         self->query.sort == BARUA_SORT_UNREAD || self->query.sort == BARUA_SORT_STARRED;
}

/* Whether keys say where an entry stands in any reading, not only in their own. */
static gboolean
has_lasting_keys (BaruaSpineModel *self)
{
  return self->query.sort != BARUA_SORT_SENDER && self->query.sort != BARUA_SORT_SUBJECT;
}

/* GListModel ------------------------------------------------------------------------------------------------------- */

static GType
get_item_type (GListModel *model)
{
  return BARUA_TYPE_MESSAGE_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return n_entries (BARUA_SPINE_MODEL (model));
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  BaruaSpineModel *self = BARUA_SPINE_MODEL (model);
  BaruaMessageItem *item;
  gboolean is_new_page;

  if (position >= n_entries (self))
    return NULL;
  item = barua_row_pages_get (self->pages, entry_at (self, position), &is_new_page);
  if (is_new_page)
    {
      guint first = position - position % BARUA_PAGE_ROWS;
      guint n = MIN (BARUA_PAGE_ROWS, n_entries (self) - first);

      barua_row_pages_want (self->pages, entry_at (self, first), n);
    }
  return item;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* Sections --------------------------------------------------------------------------------------------------------- */

void
barua_spine_model_get_section (BaruaSpineModel *self,
                               guint            position,
                               guint           *start,
                               guint           *end)
{
  BaruaSpineEntry first, last;
  gint64 low, high;

  if (position >= n_entries (self))
    {
      *start = n_entries (self);
      *end = G_MAXUINT;
      return;
    }
  *start = 0;
  *end = n_entries (self);

  barua_words_list_section_bounds (self->query.sort, entry_at (self, position)->key, self->now, &low, &high);
  /* Entries of the section have low <= key < high. In display order the first is the one nearest to one of these. */
  if (self->query.ascending)
    {
      first = (BaruaSpineEntry){ G_MININT64, low };
      last = (BaruaSpineEntry){ G_MININT64, high };
    }
  else
    {
      first = (BaruaSpineEntry){ G_MAXINT64, high == G_MAXINT64 ? high : high - 1 };
      last = (BaruaSpineEntry){ G_MAXINT64, low == G_MININT64 ? low : low - 1 };
    }
  if (low != G_MININT64 || self->query.ascending)
    *end = lower_bound (self, &last);
  if (self->query.ascending && high == G_MAXINT64)
    *end = n_entries (self);
  *start = lower_bound (self, &first);
}

char *
barua_spine_model_dup_section_title (BaruaSpineModel *self,
                                     guint            position)
{
  if (position >= n_entries (self))
    return NULL;
  return barua_words_list_section_title (self->query.sort, entry_at (self, position)->key, self->now);
}

static gboolean
starts_section (BaruaSpineModel *self,
                guint            position)
{
  gint64 low, high, before;

  if (position >= n_entries (self))
    return FALSE;
  if (position == 0)
    return TRUE;
  barua_words_list_section_bounds (self->query.sort, entry_at (self, position)->key, self->now, &low, &high);
  before = entry_at (self, position - 1)->key;
  return before < low || before >= high;
}

void
barua_spine_model_set_now (BaruaSpineModel *self,
                           gint64           now)
{
  self->now = now;
  if (self->query.sort == BARUA_SORT_DATE && n_entries (self) > 0)
    g_signal_emit (self, signals[SECTIONS_CHANGED], 0, 0, n_entries (self));
}

gint64
barua_spine_model_get_now (BaruaSpineModel *self)
{
  return self->now;
}

static gint64
clock_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* A timer for midnight itself would be late after the computer slept. */
static gboolean
check_midnight (gpointer data)
{
  BaruaSpineModel *self = data;
  gint64 now = clock_now ();

  if (now >= barua_words_next_midnight (self->now) || now < self->now - 86400)
    barua_spine_model_set_now (self, now);
  return G_SOURCE_CONTINUE;
}

/* Changes ---------------------------------------------------------------------------------------------------------- */

static void
splice (BaruaSpineModel *self,
        const Run       *run)
{
  guint old_length = self->entries->len;
  guint tail = old_length - run->position - run->removed;
  guint removed = run->removed;
  guint added = run->n_added;
  gboolean next_started = starts_section (self, run->position + run->removed);

  if (added > removed)
    g_array_set_size (self->entries, old_length + added - removed);
  if (tail > 0 && added != removed)
    memmove (entry_at (self, run->position + added), &g_array_index (self->entries, BaruaSpineEntry, run->position + removed),
             tail * sizeof (BaruaSpineEntry));
  if (added < removed)
    g_array_set_size (self->entries, old_length + added - removed);
  if (added > 0)
    memcpy (entry_at (self, run->position), run->added, added * sizeof (BaruaSpineEntry));

  /* The neighbour behind may have become, or ceased to be, the first of its section. */
  if (tail > 0 && starts_section (self, run->position + added) != next_started)
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
  guint position = lower_bound (self, gone);
  Run run = { position, 1, NULL, 0 };

  if (position >= n_entries (self) || compare (self, entry_at (self, position), gone) != 0)
    return FALSE;
  g_array_set_size (self->removals, self->removals->len - 1);
  while (self->removals->len > 0 && run.position > 0 &&
         compare (self, entry_at (self, run.position - 1),
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
  guint position = lower_bound (self, &new_entries[last]);
  g_autofree BaruaSpineEntry *copy = NULL;
  guint first = last;
  Run run;

  if (position < n_entries (self) && compare (self, entry_at (self, position), &new_entries[last]) == 0)
    return FALSE;
  while (first > 0 && (position == 0 || compare (self, entry_at (self, position - 1), &new_entries[first - 1]) < 0))
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
      Successor successor = { chain->old_id, chain->new_id, chain->new_key, set->generation };
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
  queue_apply (self);
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
      take_apart (self);
      if (begin_preparing (self))
        {
          self->apply_source = 0;
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
      read_spine (self);
    }
  if (fits && (self->pending->len > 0 || self->removals->len > 0 || self->additions->len > 0))
    return G_SOURCE_CONTINUE;
  g_ptr_array_set_size (self->prepared, 0);
  self->apply_source = 0;
  return G_SOURCE_REMOVE;
}

static void
queue_apply (BaruaSpineModel *self)
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
      Successor successor = { change->old_id, change->new_id, 0, set->generation };

      if (change->old_id != 0 && change->new_id != 0 && change->old_id != change->new_id &&
          (change->folder == self->query.folder || barua_list_query_is_search (&self->query)))
        g_array_append_val (self->heard, successor);
    }
}

static void
engine_changed (BaruaSpineModel *self,
                BaruaChangeSet  *set)
{
  gboolean touches;

  if (set->generation <= self->generation)
    return;
  touches = take_notice (self, set);
  if (self->query.grouped && !is_incremental (self))
    hear_successors (self, set);
  if (!self->loading && !self->reading && set->generation > MAX (self->generation, self->seen) + 1)
    {
      g_debug ("a commit before %" G_GUINT64_FORMAT " was missed", set->generation);
      read_spine (self);
    }
  self->generation = set->generation;
  if (!touches || set->generation <= self->seen)
    return;
  if (!is_incremental (self))
    {
      read_later (self);
      return;
    }
  g_ptr_array_add (self->pending, barua_change_set_ref (set));
  if (!self->reading)
    queue_apply (self);
}

/* Reading ---------------------------------------------------------------------------------------------------------- */

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

      while (i < self->entries->len && j < target->len && compare (self, &old_entries[i], &new_entries[j]) == 0)
        i++, j++;
      part = (Difference){ i, i, j, j };
      /* Those that go, or those that come: not both, so that each is told where it stands. */
      while (i < self->entries->len && (j >= target->len || compare (self, &old_entries[i], &new_entries[j]) < 0))
        i++;
      if (i == part.old_start)
        while (j < target->len && (i >= self->entries->len || compare (self, &old_entries[i], &new_entries[j]) > 0))
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
  next_started = starts_section (self, position + removed);
  self->n_next = part->new_end;
  self->n_passed = part->old_end;
  for (guint i = position; i < position + added && self->absent_id != 0; i++)
    if (entry_at (self, i)->id == self->absent_id)
      self->absent_id = 0;
  if (position + added < n_entries (self) && starts_section (self, position + added) != next_started)
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
      gint64 id = entry_at (self, i)->id;

      if (!has_bit (wanted, id))
        continue;
      /* Where the next one stands in the new order; behind what was not there before. */
      while (j < target->len && !has_bit (have, g_array_index (target, BaruaSpineEntry, j).id))
        j++;
      if (j < target->len && g_array_index (target, BaruaSpineEntry, j).id == id)
        {
          g_array_append_val (staying, *entry_at (self, i));
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

      while (g_array_index (target, BaruaSpineEntry, j).id != entry_at (self, i)->id)
        j++;
      entry = &g_array_index (target, BaruaSpineEntry, j);
      renamed |= entry_at (self, i)->key >> BARUA_KEY_LETTER_SHIFT != entry->key >> BARUA_KEY_LETTER_SHIFT;
      *entry_at (self, i) = *entry;
    }
  /* Somebody has another name: what stayed may be in another section. */
  if (renamed)
    g_signal_emit (self, signals[SECTIONS_CHANGED], 0, 0, self->entries->len);
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
  if (has_lasting_keys (self) || self->entries->len == 0)
    become (self, spine->entries);
  else
    become_by_id (self, spine->entries);
  self->target = NULL;
  self->absent_id = 0;
  while (n_heard < self->heard->len && g_array_index (self->heard, Successor, n_heard).generation <= spine->generation)
    n_heard++;
  if (n_heard > 0)
    g_array_remove_range (self->heard, 0, n_heard);
  g_clear_error (&self->error);
  if (self->complete != !spine->is_top)
    {
      self->complete = !spine->is_top;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMPLETE]);
    }
  if (self->loading)
    {
      self->loading = FALSE;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
    }
}

/* What is asked to stay; a copy, since the list may change meanwhile. */
static GArray *
dup_kept (BaruaSpineModel *self)
{
  GArray *copy;

  if (!keeps_rows (self) || self->entries->len == 0)
    return NULL;
  copy = g_array_sized_new (FALSE, FALSE, sizeof (BaruaSpineEntry), self->entries->len);
  g_array_append_vals (copy, self->entries->data, self->entries->len);
  return copy;
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
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
    }
  if (spine != NULL && spine->is_top)
    read_spine (self);
  else if (self->read_again)
    read_later (self);
  else if (self->pending->len > 0 || self->removals->len > 0 || self->additions->len > 0)
    queue_apply (self);
  return dex_future_new_true ();
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
  read_spine (self);
  return G_SOURCE_REMOVE;
}

/* After a change: a worker that reads a large folder over and over would have no time for anything else. */
static void
read_later (BaruaSpineModel *self)
{
  gint64 pause = MAX (BARUA_SPINE_AGAIN_MS * 1000, 4 * self->read_took);
  gint64 due = self->read_started + self->read_took + pause - g_get_monotonic_time ();

  if (self->reading)
    self->read_again = TRUE;
  else if (self->again_source == 0 && (self->read_started == 0 || due <= 0))
    read_spine (self);
  else if (self->again_source == 0)
    self->again_source = g_timeout_add ((guint)(due / 1000 + 1), read_now, self);
}

static void
read_spine (BaruaSpineModel *self)
{
  GWeakRef *weak;

  if (self->reading)
    {
      self->read_again = TRUE;
      return;
    }
  weak = g_new0 (GWeakRef, 1);
  self->reading = TRUE;
  self->read_again = FALSE;
  g_weak_ref_init (weak, self);
  barua_fiber_spawn ("model-read-spine", read_fiber, weak, weak_free);
}

/* Object ----------------------------------------------------------------------------------------------------------- */

static void
barua_spine_model_dispose (GObject *object)
{
  BaruaSpineModel *self = BARUA_SPINE_MODEL (object);

  g_clear_handle_id (&self->apply_source, g_source_remove);
  g_clear_handle_id (&self->prepare_source, g_source_remove);
  g_ptr_array_set_size (self->prepared, 0);
  g_clear_handle_id (&self->again_source, g_source_remove);
  g_clear_handle_id (&self->midnight_source, g_source_remove);
  g_clear_pointer (&self->pages, barua_row_pages_free);
  g_clear_weak_pointer (&self->engine);
  G_OBJECT_CLASS (barua_spine_model_parent_class)->dispose (object);
}

static void
barua_spine_model_finalize (GObject *object)
{
  BaruaSpineModel *self = BARUA_SPINE_MODEL (object);

  g_array_unref (self->entries);
  g_array_unref (self->removals);
  g_array_unref (self->additions);
  g_array_unref (self->successors);
  g_array_unref (self->heard);
  barua_list_query_clear (&self->query);
  g_ptr_array_unref (self->pending);
  g_ptr_array_unref (self->prepared);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (barua_spine_model_parent_class)->finalize (object);
}

static void
barua_spine_model_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  if (prop_id == PROP_LOADING)
    g_value_set_boolean (value, BARUA_SPINE_MODEL (object)->loading);
  else if (prop_id == PROP_COMPLETE)
    g_value_set_boolean (value, BARUA_SPINE_MODEL (object)->complete);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
barua_spine_model_class_init (BaruaSpineModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = barua_spine_model_dispose;
  object_class->finalize = barua_spine_model_finalize;
  object_class->get_property = barua_spine_model_get_property;

  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, TRUE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_COMPLETE] = g_param_spec_boolean ("complete", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SECTIONS_CHANGED] = g_signal_new ("sections-changed", BARUA_TYPE_SPINE_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                            G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
}

static void
barua_spine_model_init (BaruaSpineModel *self)
{
  self->entries = g_array_new (FALSE, FALSE, sizeof (BaruaSpineEntry));
  self->removals = g_array_new (FALSE, FALSE, sizeof (BaruaSpineEntry));
  self->additions = g_array_new (FALSE, FALSE, sizeof (BaruaSpineEntry));
  self->successors = g_array_new (FALSE, FALSE, sizeof (Successor));
  self->heard = g_array_new (FALSE, FALSE, sizeof (Successor));
  self->pending = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_change_set_unref);
  self->prepared = g_ptr_array_new_with_free_func (g_object_unref);
  self->loading = TRUE;
  self->now = clock_now ();
}

BaruaSpineModel *
barua_spine_model_new (BaruaEngine          *engine,
                       const BaruaListQuery *query)
{
  BaruaSpineModel *self = g_object_new (BARUA_TYPE_SPINE_MODEL, NULL);

  g_set_weak_pointer (&self->engine, engine);
  barua_list_query_copy (query, &self->query);
  if (barua_list_query_is_search (query))
    barua_engine_set_query_words (engine, barua_words_query_words ());
  self->pages = barua_row_pages_new (engine, query->grouped);
  self->midnight_source = g_timeout_add_seconds (BARUA_MIDNIGHT_CHECK_SECONDS, check_midnight, self);
  g_signal_connect_object (engine, "changed", G_CALLBACK (engine_changed), self, G_CONNECT_SWAPPED);
  read_spine (self);
  return self;
}

const BaruaListQuery *
barua_spine_model_get_query (BaruaSpineModel *self)
{
  return &self->query;
}

gboolean
barua_spine_model_get_loading (BaruaSpineModel *self)
{
  return self->loading;
}

gboolean
barua_spine_model_get_complete (BaruaSpineModel *self)
{
  return self->complete;
}

gboolean
barua_spine_model_get_more (BaruaSpineModel *self)
{
  return self->more;
}

gint64
barua_spine_model_get_texts_since (BaruaSpineModel *self)
{
  return self->texts_since;
}

/* A set that was handed on is not changed any more. */
void
barua_spine_model_add_found (BaruaSpineModel  *self,
                             const BaruaIdSet *found)
{
  BaruaIdSet *all = self->query.found != NULL ? barua_id_set_copy (self->query.found) : barua_id_set_new ();

  barua_id_set_add_set (all, found);
  g_clear_pointer (&self->query.found, barua_id_set_unref);
  self->query.found = all;
  read_spine (self);
}

const GError *
barua_spine_model_get_error (BaruaSpineModel *self)
{
  return self->error;
}

guint64
barua_spine_model_get_generation (BaruaSpineModel *self)
{
  return MAX (self->generation, self->seen);
}

gint64
barua_spine_model_get_id (BaruaSpineModel *self,
                          guint            position)
{
  return position < n_entries (self) ? entry_at (self, position)->id : 0;
}

gint64
barua_spine_model_get_key (BaruaSpineModel *self,
                           guint            position)
{
  return position < n_entries (self) ? entry_at (self, position)->key : 0;
}

gboolean
barua_spine_model_find (BaruaSpineModel *self,
                        gint64           id,
                        gint64           key,
                        guint           *position)
{
  BaruaSpineEntry entry = { id, key };
  guint n = n_entries (self);

  *position = key != G_MININT64 ? lower_bound (self, &entry) : n;
  if (*position < n && entry_at (self, *position)->id == id)
    return TRUE;
  /* A key of another reading says nothing; and while the list becomes another one, an entry may have its new place already. */
  if ((key != G_MININT64 && self->target == NULL && has_lasting_keys (self)) || id == self->absent_id)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (entry_at (self, i)->id == id)
      {
        *position = i;
        return TRUE;
      }
  if (self->target != NULL)
    self->absent_id = id;
  return FALSE;
}

gboolean
barua_spine_model_is_moving (BaruaSpineModel *self,
                             gint64           id,
                             gint64          *new_key)
{
  GArray *coming = self->target != NULL ? self->target : self->additions;

  for (guint i = 0; i < coming->len; i++)
    {
      const BaruaSpineEntry *entry = &g_array_index (coming, BaruaSpineEntry, i);

      if (entry->id == id)
        {
          *new_key = entry->key;
          return TRUE;
        }
    }
  return FALSE;
}

gboolean
barua_spine_model_get_successor (BaruaSpineModel *self,
                                 gint64           id,
                                 gint64          *new_id,
                                 gint64          *new_key)
{
  gint64 follower = id;

  for (guint i = 0; i < self->successors->len; i++)
    {
      const Successor *successor = &g_array_index (self->successors, Successor, i);

      if (successor->old_id == id)
        {
          *new_id = successor->new_id;
          *new_key = successor->new_key;
          return TRUE;
        }
    }
  /* Several changes of one conversation are a chain here, too. */
  for (guint i = 0; i < self->heard->len && self->target != NULL; i++)
    if (g_array_index (self->heard, Successor, i).old_id == follower)
      follower = g_array_index (self->heard, Successor, i).new_id;
  if (follower == id || !barua_spine_model_is_moving (self, follower, new_key))
    return FALSE;
  *new_id = follower;
  return TRUE;
}

gboolean
barua_spine_model_find_date (BaruaSpineModel *self,
                             gint64           date,
                             guint           *position)
{
  BaruaSpineEntry newest = { G_MAXINT64, date };
  guint n = n_entries (self);

  *position = 0;
  if (n == 0 || self->query.sort != BARUA_SORT_DATE)
    return FALSE;
  if (self->query.ascending)
    {
      guint after = lower_bound (self, &newest);

      *position = after > 0 ? after - 1 : 0;
      return after > 0;
    }
  *position = MIN (lower_bound (self, &newest), n - 1);
  return entry_at (self, *position)->key <= date;
}

guint
barua_spine_model_get_n_live_items (BaruaSpineModel *self)
{
  return self->pages != NULL ? barua_row_pages_get_n_items (self->pages) : 0;
}
