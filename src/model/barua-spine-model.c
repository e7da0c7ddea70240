/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-spine-private.h"

#include "barua-limits.h"
#include "barua-words.h"

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

G_DEFINE_FINAL_TYPE_WITH_CODE (BaruaSpineModel, barua_spine_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* Order ------------------------------------------------------------------------------------------------------------ */

guint
barua_spine_model_lower_bound (BaruaSpineModel       *self,
                               const BaruaSpineEntry *entry)
{
  guint low = 0, high = barua_spine_model_n_entries (self);

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (barua_spine_model_compare (self, barua_spine_model_entry_at (self, middle), entry) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

gboolean
barua_spine_model_is_incremental (BaruaSpineModel *self)
{
  return self->query.sort == BARUA_SORT_DATE && self->query.filter == BARUA_FILTER_NONE &&
         !barua_list_query_is_search (&self->query);
}

gboolean
barua_spine_model_keeps_rows (BaruaSpineModel *self)
{
  return self->query.filter != BARUA_FILTER_NONE || barua_list_query_is_search (&self->query) ||
         self->query.sort == BARUA_SORT_UNREAD || self->query.sort == BARUA_SORT_STARRED;
}

gboolean
barua_spine_model_has_lasting_keys (BaruaSpineModel *self)
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
  return barua_spine_model_n_entries (BARUA_SPINE_MODEL (model));
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  BaruaSpineModel *self = BARUA_SPINE_MODEL (model);
  BaruaMessageItem *item;
  gboolean is_new_page;

  if (position >= barua_spine_model_n_entries (self))
    return NULL;
  item = barua_row_pages_get (self->pages, barua_spine_model_entry_at (self, position), &is_new_page);
  if (is_new_page)
    {
      guint first = position - position % BARUA_PAGE_ROWS;
      guint n = MIN (BARUA_PAGE_ROWS, barua_spine_model_n_entries (self) - first);

      barua_row_pages_want (self->pages, barua_spine_model_entry_at (self, first), n);
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

  if (position >= barua_spine_model_n_entries (self))
    {
      *start = barua_spine_model_n_entries (self);
      *end = G_MAXUINT;
      return;
    }
  *start = 0;
  *end = barua_spine_model_n_entries (self);

  barua_words_list_section_bounds (self->query.sort, barua_spine_model_entry_at (self, position)->key, self->now, &low, &high);
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
    *end = barua_spine_model_lower_bound (self, &last);
  if (self->query.ascending && high == G_MAXINT64)
    *end = barua_spine_model_n_entries (self);
  *start = barua_spine_model_lower_bound (self, &first);
}

char *
barua_spine_model_dup_section_title (BaruaSpineModel *self,
                                     guint            position)
{
  if (position >= barua_spine_model_n_entries (self))
    return NULL;
  return barua_words_list_section_title (self->query.sort, barua_spine_model_entry_at (self, position)->key, self->now);
}

gboolean
barua_spine_model_starts_section (BaruaSpineModel *self,
                                  guint            position)
{
  gint64 low, high, before;

  if (position >= barua_spine_model_n_entries (self))
    return FALSE;
  if (position == 0)
    return TRUE;
  barua_words_list_section_bounds (self->query.sort, barua_spine_model_entry_at (self, position)->key, self->now, &low, &high);
  before = barua_spine_model_entry_at (self, position - 1)->key;
  return before < low || before >= high;
}

void
barua_spine_model_tell_sections (BaruaSpineModel *self,
                                 guint            position,
                                 guint            n)
{
  g_signal_emit (self, signals[SECTIONS_CHANGED], 0, position, n);
}

void
barua_spine_model_tell_loading (BaruaSpineModel *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

void
barua_spine_model_tell_complete (BaruaSpineModel *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMPLETE]);
}

void
barua_spine_model_set_now (BaruaSpineModel *self,
                           gint64           now)
{
  self->now = now;
  if (self->query.sort == BARUA_SORT_DATE && barua_spine_model_n_entries (self) > 0)
    barua_spine_model_tell_sections (self, 0, barua_spine_model_n_entries (self));
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
  g_clear_pointer (&self->predecessors, g_hash_table_unref);
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
  self->successors = g_array_new (FALSE, FALSE, sizeof (BaruaSpineSuccessor));
  self->heard = g_array_new (FALSE, FALSE, sizeof (BaruaSpineSuccessor));
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
  g_signal_connect_object (engine, "changed", G_CALLBACK (barua_spine_model_hear), self, G_CONNECT_SWAPPED);
  barua_spine_model_read (self);
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
  barua_spine_model_read (self);
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
  return position < barua_spine_model_n_entries (self) ? barua_spine_model_entry_at (self, position)->id : 0;
}

gint64
barua_spine_model_get_key (BaruaSpineModel *self,
                           guint            position)
{
  return position < barua_spine_model_n_entries (self) ? barua_spine_model_entry_at (self, position)->key : 0;
}

gboolean
barua_spine_model_find (BaruaSpineModel *self,
                        gint64           id,
                        gint64           key,
                        guint           *position)
{
  BaruaSpineEntry entry = { id, key };
  guint n = barua_spine_model_n_entries (self);

  *position = key != G_MININT64 ? barua_spine_model_lower_bound (self, &entry) : n;
  if (*position < n && barua_spine_model_entry_at (self, *position)->id == id)
    return TRUE;
  /* A key of another reading says nothing; and while the list becomes another one, an entry may have its new place already. */
  if ((key != G_MININT64 && self->target == NULL && barua_spine_model_has_lasting_keys (self)) || id == self->absent_id)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (barua_spine_model_entry_at (self, i)->id == id)
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
      const BaruaSpineSuccessor *successor = &g_array_index (self->successors, BaruaSpineSuccessor, i);

      if (successor->old_id == id)
        {
          *new_id = successor->new_id;
          *new_key = successor->new_key;
          return TRUE;
        }
    }
  /* Several changes of one conversation are a chain here, too. */
  for (guint i = 0; i < self->heard->len && self->target != NULL; i++)
    if (g_array_index (self->heard, BaruaSpineSuccessor, i).old_id == follower)
      follower = g_array_index (self->heard, BaruaSpineSuccessor, i).new_id;
  if (follower == id || !barua_spine_model_is_moving (self, follower, new_key))
    return FALSE;
  *new_id = follower;
  return TRUE;
}

static void
note_predecessors (BaruaSpineModel *self,
                   GArray          *successors)
{
  for (guint i = 0; i < successors->len; i++)
    {
      BaruaSpineSuccessor *successor = &g_array_index (successors, BaruaSpineSuccessor, i);
      gint64 *earlier = g_hash_table_lookup (self->predecessors, &successor->old_id);

      g_hash_table_replace (self->predecessors, &successor->new_id, earlier != NULL ? earlier : &successor->old_id);
    }
}

gint64
barua_spine_model_get_predecessor (BaruaSpineModel *self,
                                   gint64           id)
{
  gint64 *old_id;

  if (self->predecessors == NULL)
    {
      /* Of both arrays' own numbers: it goes when they change. */
      self->predecessors = g_hash_table_new (g_int64_hash, g_int64_equal);
      note_predecessors (self, self->successors);
      if (self->target != NULL)
        note_predecessors (self, self->heard);
    }
  old_id = g_hash_table_lookup (self->predecessors, &id);
  return old_id != NULL ? *old_id : 0;
}

gboolean
barua_spine_model_find_date (BaruaSpineModel *self,
                             gint64           date,
                             guint           *position)
{
  BaruaSpineEntry newest = { G_MAXINT64, date };
  guint n = barua_spine_model_n_entries (self);

  *position = 0;
  if (n == 0 || self->query.sort != BARUA_SORT_DATE)
    return FALSE;
  if (self->query.ascending)
    {
      guint after = barua_spine_model_lower_bound (self, &newest);

      *position = after > 0 ? after - 1 : 0;
      return after > 0;
    }
  *position = MIN (barua_spine_model_lower_bound (self, &newest), n - 1);
  return barua_spine_model_entry_at (self, *position)->key <= date;
}

guint
barua_spine_model_get_n_live_items (BaruaSpineModel *self)
{
  return self->pages != NULL ? barua_row_pages_get_n_items (self->pages) : 0;
}
