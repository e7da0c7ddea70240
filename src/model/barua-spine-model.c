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
  BaruaListQuery  query;
  char           *search; /* what is searched for; NULL: the whole folder */
  gint64          search_account;
  gint64          texts_since;
  GArray         *entries;     /* BaruaSpineEntry in display order */
  BaruaRowPages  *pages;
  guint64         generation;  /* of the last change set that was heard of */
  GPtrArray      *pending;     /* BaruaChangeSet still to be applied, oldest first */
  GArray         *removals;    /* BaruaSpineEntry: pending sets taken apart, in display order; applied from the end */
  GArray         *additions;   /* likewise */
  guint           apply_source;
  guint           midnight_source;
  gint64          now;
  GError         *error;
  gboolean        loading;     /* no spine yet */
  gboolean        reading;     /* a spine is on its way */
  gboolean        read_again;  /* ... and will be out of date */
};

enum
{
  PROP_0,
  PROP_LOADING,
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
static void queue_apply (BaruaSpineModel *self);

G_DEFINE_FINAL_TYPE_WITH_CODE (BaruaSpineModel, barua_spine_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* Order ------------------------------------------------------------------------------------------------------------ */

static inline BaruaSpineEntry *
entry_at (BaruaSpineModel *self,
          guint            position)
{
  return &g_array_index (self->entries, BaruaSpineEntry, position);
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
  guint low = 0, high = self->entries->len;

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

/* Whether changes can be placed without asking the store: their keys are dates and every message is a row. */
static gboolean
is_incremental (BaruaSpineModel *self)
{
  return self->search == NULL && self->query.sort == BARUA_SORT_DATE && !self->query.grouped && self->query.filter == BARUA_FILTER_NONE;
}

static gboolean
has_sections (BaruaSpineModel *self)
{
  return self->query.sort == BARUA_SORT_DATE;
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
  return BARUA_SPINE_MODEL (model)->entries->len;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  BaruaSpineModel *self = BARUA_SPINE_MODEL (model);
  BaruaMessageItem *item;
  gboolean is_new_page;

  if (position >= self->entries->len)
    return NULL;
  item = barua_row_pages_get (self->pages, entry_at (self, position), &is_new_page);
  if (is_new_page)
    {
      guint first = position - position % BARUA_PAGE_ROWS;
      guint n = MIN (BARUA_PAGE_ROWS, self->entries->len - first);

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

  if (position >= self->entries->len)
    {
      *start = self->entries->len;
      *end = G_MAXUINT;
      return;
    }
  *start = 0;
  *end = self->entries->len;
  if (!has_sections (self))
    return;

  barua_words_section_bounds (entry_at (self, position)->key, self->now, &low, &high);
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
    *end = self->entries->len;
  *start = lower_bound (self, &first);
}

char *
barua_spine_model_dup_section_title (BaruaSpineModel *self,
                                     guint            position)
{
  if (!has_sections (self) || position >= self->entries->len)
    return NULL;
  return barua_words_section_title (entry_at (self, position)->key, self->now);
}

static gboolean
starts_section (BaruaSpineModel *self,
                guint            position)
{
  gint64 low, high, before;

  if (position >= self->entries->len || !has_sections (self))
    return FALSE;
  if (position == 0)
    return TRUE;
  barua_words_section_bounds (entry_at (self, position)->key, self->now, &low, &high);
  before = entry_at (self, position - 1)->key;
  return before < low || before >= high;
}

void
barua_spine_model_set_now (BaruaSpineModel *self,
                           gint64           now)
{
  self->now = now;
  if (has_sections (self) && self->entries->len > 0)
    g_signal_emit (self, signals[SECTIONS_CHANGED], 0, 0, self->entries->len);
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

  if (position >= self->entries->len || compare (self, entry_at (self, position), gone) != 0)
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

  if (position < self->entries->len && compare (self, entry_at (self, position), &new_entries[last]) == 0)
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

      for (guint j = 0; j < set->rows->len; j++)
        {
          const BaruaRowChange *change = &g_array_index (set->rows, BaruaRowChange, j);

          if (change->folder == self->query.folder)
            barua_change_set_add_row (merged, change);
        }
      merged->generation = set->generation;
    }
  g_ptr_array_set_size (self->pending, 0);
  return merged;
}

static void
take_apart (BaruaSpineModel *self)
{
  g_autoptr (BaruaChangeSet) set = merge_pending (self);

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
      if (change->kind != BARUA_CHANGE_REMOVED)
        barua_row_pages_invalidate (self->pages, change->id, change->new_key, set->generation);
    }
  g_array_sort_with_data (self->removals, compare_for_sort, self);
  g_array_sort_with_data (self->additions, compare_for_sort, self);
}

static gboolean
apply_now (gpointer data)
{
  g_autoptr (BaruaSpineModel) self = g_object_ref (data);
  gint64 until = g_get_monotonic_time () + BARUA_SLICE_MODEL_US;
  gboolean fits = TRUE;

  if (self->removals->len == 0 && self->additions->len == 0)
    take_apart (self);
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
  self->apply_source = 0;
  return G_SOURCE_REMOVE;
}

static void
queue_apply (BaruaSpineModel *self)
{
  if (self->apply_source == 0)
    self->apply_source = g_idle_add_full (PRIORITY_APPLY, apply_now, self, NULL);
}

static void
engine_changed (BaruaSpineModel *self,
                BaruaChangeSet  *set)
{
  gboolean touches = FALSE;

  if (self->generation > 0 && set->generation <= self->generation)
    return;
  for (guint i = 0; i < set->rows->len; i++)
    {
      const BaruaRowChange *change = &g_array_index (set->rows, BaruaRowChange, i);

      if (self->query.folder != 0 && change->folder != self->query.folder)
        continue;
      touches = TRUE;
      if (is_incremental (self))
        break;
      barua_row_pages_invalidate (self->pages, change->id, change->new_key, set->generation);
    }

  if (!self->loading && !self->reading && set->generation != self->generation + 1)
    {
      g_debug ("a commit before %" G_GUINT64_FORMAT " was missed", set->generation);
      read_spine (self);
    }
  self->generation = set->generation;
  if (!touches)
    return;
  if (!is_incremental (self))
    {
      read_spine (self);
      return;
    }
  g_ptr_array_add (self->pending, barua_change_set_ref (set));
  if (!self->reading)
    queue_apply (self);
}

/* Reading ---------------------------------------------------------------------------------------------------------- */

/* Both are sorted: walking them side by side gives the runs. Entries that changed their key are removed and added. */
static void
become (BaruaSpineModel *self,
        GArray          *target)
{
  const BaruaSpineEntry *new_entries = (const BaruaSpineEntry *)(gpointer)target->data;
  guint i = 0, j = 0;

  if (self->entries->len == 0)
    {
      g_array_append_vals (self->entries, new_entries, target->len);
      if (target->len > 0)
        g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, target->len);
      return;
    }
  while (i < self->entries->len || j < target->len)
    {
      Run run = { i, 0, new_entries + j, 0 };

      while (i < self->entries->len && j < target->len && compare (self, entry_at (self, i), &new_entries[j]) == 0)
        i++, j++;
      run.position = i;
      run.added = new_entries + j;
      while (i < self->entries->len && (j >= target->len || compare (self, entry_at (self, i), &new_entries[j]) < 0))
        i++, run.removed++;
      if (run.removed == 0)
        while (j < target->len && (i >= self->entries->len || compare (self, entry_at (self, i), &new_entries[j]) > 0))
          j++, run.n_added++;
      if (run.removed > 0 || run.n_added > 0)
        splice (self, &run);
      i = run.position + run.n_added;
    }
}

static void
take_spine (BaruaSpineModel *self,
            BaruaSpine      *spine)
{
  g_array_set_size (self->removals, 0);
  g_array_set_size (self->additions, 0);
  while (self->pending->len > 0 && ((BaruaChangeSet *)g_ptr_array_index (self->pending, 0))->generation <= spine->generation)
    g_ptr_array_remove_index (self->pending, 0);
  self->generation = MAX (self->generation, spine->generation);
  become (self, spine->entries);
  g_clear_error (&self->error);
  if (self->loading)
    {
      self->loading = FALSE;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
    }
}

static BaruaSpine *
spine_of (const BaruaSearchResult *found)
{
  BaruaSpine *spine = barua_spine_new ();

  g_array_unref (spine->entries);
  spine->entries = g_array_ref (found->hits);
  spine->generation = found->generation;
  return spine;
}

static DexFuture *
read_fiber (gpointer data)
{
  GWeakRef *weak = data;
  g_autoptr (BaruaSpineModel) self = g_weak_ref_get (weak);
  g_autoptr (BaruaSpine) spine = NULL;
  g_autoptr (BaruaSearchResult) found = NULL;
  g_autoptr (GError) error = NULL;
  DexFuture *future;
  gboolean is_search;

  if (self == NULL || self->engine == NULL)
    return dex_future_new_true ();
  is_search = self->search != NULL;
  future = is_search ? barua_engine_search (self->engine, self->search, self->search_account, self->query.folder, 0)
                     : barua_engine_load_spine (self->engine, &self->query);
  g_clear_object (&self);

  if (is_search)
    found = dex_await_boxed (future, &error);
  else
    spine = dex_await_boxed (future, &error);
  if (found != NULL)
    spine = spine_of (found);
  if ((self = g_weak_ref_get (weak)) == NULL)
    return dex_future_new_true ();
  self->reading = FALSE;
  if (found != NULL)
    self->texts_since = found->texts_since;
  if (spine != NULL)
    take_spine (self, spine);
  else if (self->loading && barua_error_get_code (error) != BARUA_ERROR_CANCELLED)
    {
      self->loading = FALSE;
      self->error = g_steal_pointer (&error);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
    }
  if (self->read_again)
    read_spine (self);
  else if (self->pending->len > 0)
    queue_apply (self);
  return dex_future_new_true ();
}

static void
weak_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
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
  g_ptr_array_unref (self->pending);
  g_free (self->search);
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
  self->pending = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_change_set_unref);
  self->loading = TRUE;
  self->now = clock_now ();
}

/* Marks as a search knows them. */
static char *
search_text (const BaruaListQuery *query)
{
  return g_strconcat (query->text, query->filter & BARUA_FILTER_UNREAD ? " is:unread" : "",
                      query->filter & BARUA_FILTER_STARRED ? " is:starred" : "",
                      query->filter & BARUA_FILTER_ATTACHMENTS ? " has:attachment" : "", NULL);
}

BaruaSpineModel *
barua_spine_model_new (BaruaEngine          *engine,
                       const BaruaListQuery *query)
{
  BaruaSpineModel *self = g_object_new (BARUA_TYPE_SPINE_MODEL, NULL);
  gboolean is_search = query->text != NULL && *query->text != '\0';

  g_set_weak_pointer (&self->engine, engine);
  self->query = *query;
  self->query.text = NULL;
  if (is_search)
    {
      self->search = search_text (query);
      self->search_account = query->scope == BARUA_SCOPE_ACCOUNT ? query->account : 0;
      if (query->scope != BARUA_SCOPE_FOLDER)
        self->query.folder = 0;
      self->query.sort = BARUA_SORT_DATE;
      self->query.ascending = FALSE;
      self->query.grouped = FALSE;
    }
  self->pages = barua_row_pages_new (engine, self->query.grouped);
  self->midnight_source = g_timeout_add_seconds (BARUA_MIDNIGHT_CHECK_SECONDS, check_midnight, self);
  g_signal_connect_object (engine, "changed", G_CALLBACK (engine_changed), self, G_CONNECT_SWAPPED);
  read_spine (self);
  return self;
}

gboolean
barua_spine_model_get_more (BaruaSpineModel *self)
{
  return FALSE;
}

gboolean
barua_spine_model_get_successor (BaruaSpineModel *self,
                                 gint64           id,
                                 gint64          *new_id,
                                 gint64          *new_key)
{
  return FALSE;
}

gboolean
barua_spine_model_find_date (BaruaSpineModel *self,
                             gint64           date,
                             guint           *position)
{
  BaruaSpineEntry entry = { G_MAXINT64, date };

  *position = 0;
  if (self->query.sort != BARUA_SORT_DATE || self->entries->len == 0)
    return FALSE;
  *position = lower_bound (self, &entry);
  if (self->query.ascending)
    {
      if (*position == 0)
        return FALSE;
      (*position)--;
      return TRUE;
    }
  if (*position < self->entries->len)
    return TRUE;
  *position = self->entries->len - 1;
  return FALSE;
}

gint64
barua_spine_model_get_texts_since (BaruaSpineModel *self)
{
  return self->texts_since;
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

const GError *
barua_spine_model_get_error (BaruaSpineModel *self)
{
  return self->error;
}

guint64
barua_spine_model_get_generation (BaruaSpineModel *self)
{
  return self->generation;
}

gint64
barua_spine_model_get_id (BaruaSpineModel *self,
                          guint            position)
{
  return position < self->entries->len ? entry_at (self, position)->id : 0;
}

gint64
barua_spine_model_get_key (BaruaSpineModel *self,
                           guint            position)
{
  return position < self->entries->len ? entry_at (self, position)->key : 0;
}

gboolean
barua_spine_model_find (BaruaSpineModel *self,
                        gint64           id,
                        gint64           key,
                        guint           *position)
{
  BaruaSpineEntry entry = { id, key };

  if (key == G_MININT64)
    {
      for (*position = 0; *position < self->entries->len; (*position)++)
        if (entry_at (self, *position)->id == id)
          return TRUE;
      return FALSE;
    }
  *position = lower_bound (self, &entry);
  return *position < self->entries->len && entry_at (self, *position)->id == id;
}

gboolean
barua_spine_model_is_moving (BaruaSpineModel *self,
                             gint64           id,
                             gint64          *new_key)
{
  for (guint i = 0; i < self->additions->len; i++)
    {
      const BaruaSpineEntry *entry = &g_array_index (self->additions, BaruaSpineEntry, i);

      if (entry->id == id)
        {
          *new_key = entry->key;
          return TRUE;
        }
    }
  return FALSE;
}

guint
barua_spine_model_get_n_live_items (BaruaSpineModel *self)
{
  return self->pages != NULL ? barua_row_pages_get_n_items (self->pages) : 0;
}
