/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-selection-model.h"

struct _BaruaSelectionModel
{
  GObject          parent_instance;
  BaruaSpineModel *spine;
  GtkBitset       *bits;      /* positions that are selected */
  guint            position;  /* the lead: the one that is shown alone, or was; GTK_INVALID_LIST_POSITION: none */
  gint64           id;
  gint64           key;
  gboolean         is_moving; /* the lead has left its place and comes again: no position, but still the one */
  /* What was selected, by id: what leaves and comes again (sorted anew, first of its section now) is selected again. Inverted:
   * all up to @limit, which came before the choice was made, except @ids, and @followers. */
  BaruaIdSet      *ids;
  BaruaIdSet      *followers; /* came later, for conversations that were selected */
  gboolean         inverted;
  gint64           limit;
  gint64           told_id;
  guint            told_count;
};

enum
{
  SELECTED_ID_CHANGED,
  COUNT_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void list_model_init (GListModelInterface *iface);
static void section_model_init (GtkSectionModelInterface *iface);
static void selection_model_init (GtkSelectionModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BaruaSelectionModel, barua_selection_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init)
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SECTION_MODEL, section_model_init)
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL, selection_model_init))

static GType
get_item_type (GListModel *model)
{
  return BARUA_TYPE_MESSAGE_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (BARUA_SELECTION_MODEL (model)->spine));
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  return g_list_model_get_item (G_LIST_MODEL (BARUA_SELECTION_MODEL (model)->spine), position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
get_section (GtkSectionModel *model,
             guint            position,
             guint           *start,
             guint           *end)
{
  barua_spine_model_get_section (BARUA_SELECTION_MODEL (model)->spine, position, start, end);
}

static void
section_model_init (GtkSectionModelInterface *iface)
{
  iface->get_section = get_section;
}

/* Selection -------------------------------------------------------------------------------------------------------- */

static guint
count_of (BaruaSelectionModel *self)
{
  return (guint)gtk_bitset_get_size (self->bits);
}

static void
tell (BaruaSelectionModel *self)
{
  guint n = count_of (self);
  gint64 id = n == 1 || self->is_moving ? self->id : 0;
  gboolean new_count = n != self->told_count;
  gboolean new_id = id != self->told_id;

  if (self->is_moving && n == 0)
    return;
  self->told_count = n;
  self->told_id = id;
  if (new_count)
    g_signal_emit (self, signals[COUNT_CHANGED], 0, n);
  if (new_id)
    g_signal_emit (self, signals[SELECTED_ID_CHANGED], 0, id);
}

static void
set_lead (BaruaSelectionModel *self,
          guint                position)
{
  gboolean is_one = position != GTK_INVALID_LIST_POSITION;

  self->is_moving = FALSE;
  self->position = position;
  self->id = is_one ? barua_spine_model_get_id (self->spine, position) : 0;
  self->key = is_one ? barua_spine_model_get_key (self->spine, position) : 0;
}

static int
compare_ids (gconstpointer a,
             gconstpointer b)
{
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

  return (x > y) - (x < y);
}

/* The ids at the positions of @bits, ascending. */
static BaruaIdSet *
ids_of (BaruaSelectionModel *self,
        const GtkBitset     *bits)
{
  BaruaIdSet *ids = barua_id_set_new ();
  g_autoptr (GArray) sorted = g_array_new (FALSE, FALSE, sizeof (gint64));
  GtkBitsetIter iter;
  guint position;

  if (gtk_bitset_iter_init_first (&iter, bits, &position))
    do
      {
        gint64 id = barua_spine_model_get_id (self->spine, position);

        if (id > 0)
          g_array_append_val (sorted, id);
      }
    while (gtk_bitset_iter_next (&iter, &position));
  g_array_sort (sorted, compare_ids);
  for (guint i = 0; i < sorted->len; i++)
    barua_id_set_add (ids, (guint64)g_array_index (sorted, gint64, i));
  return ids;
}

static void
remember (BaruaSelectionModel *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self));
  g_autoptr (GtkBitset) listed = NULL;

  self->inverted = count_of (self) > n / 2 && count_of (self) > 1;
  self->limit = 0;
  if (self->inverted)
    {
      listed = gtk_bitset_new_range (0, n);
      gtk_bitset_subtract (listed, self->bits);
      for (guint i = 0; i < n; i++)
        self->limit = MAX (self->limit, barua_spine_model_get_id (self->spine, i));
    }
  barua_id_set_unref (self->ids);
  barua_id_set_unref (self->followers);
  self->ids = ids_of (self, self->inverted ? listed : self->bits);
  self->followers = barua_id_set_new ();
}

static gboolean
is_remembered (BaruaSelectionModel *self,
               gint64               id)
{
  if (self->inverted)
    return (id <= self->limit && !barua_id_set_contains (self->ids, (guint64)id)) ||
           barua_id_set_contains (self->followers, (guint64)id);
  return barua_id_set_contains (self->ids, (guint64)id);
}

static gboolean
is_selected (GtkSelectionModel *model,
             guint              position)
{
  return position != GTK_INVALID_LIST_POSITION && gtk_bitset_contains (BARUA_SELECTION_MODEL (model)->bits, position);
}

static GtkBitset *
get_selection_in_range (GtkSelectionModel *model,
                        guint              position,
                        guint              n_items)
{
  return gtk_bitset_ref (BARUA_SELECTION_MODEL (model)->bits);
}

/* All other ways to select come here. */
static gboolean
set_selection (GtkSelectionModel *model,
               GtkBitset         *selected,
               GtkBitset         *mask)
{
  BaruaSelectionModel *self = BARUA_SELECTION_MODEL (model);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self));
  g_autoptr (GtkBitset) added = gtk_bitset_copy (selected);
  g_autoptr (GtkBitset) bits = gtk_bitset_copy (self->bits);
  g_autoptr (GtkBitset) changes = NULL;

  gtk_bitset_intersect (added, mask);
  gtk_bitset_subtract (bits, mask);
  gtk_bitset_union (bits, added);
  gtk_bitset_remove_range_closed (bits, n, G_MAXUINT);
  changes = gtk_bitset_copy (bits);
  gtk_bitset_difference (changes, self->bits);
  if (gtk_bitset_is_empty (changes))
    return TRUE;
  gtk_bitset_unref (self->bits);
  self->bits = g_steal_pointer (&bits);
  if (gtk_bitset_is_empty (self->bits))
    set_lead (self, GTK_INVALID_LIST_POSITION);
  else if (self->position == GTK_INVALID_LIST_POSITION || !gtk_bitset_contains (self->bits, self->position))
    set_lead (self, gtk_bitset_get_minimum (self->bits));
  remember (self);
  gtk_selection_model_selection_changed (model, gtk_bitset_get_minimum (changes),
                                         gtk_bitset_get_maximum (changes) - gtk_bitset_get_minimum (changes) + 1);
  tell (self);
  return TRUE;
}

static void
selection_model_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = is_selected;
  iface->get_selection_in_range = get_selection_in_range;
  iface->set_selection = set_selection;
}

/* Changes ---------------------------------------------------------------------------------------------------------- */

/* Another message stands for a conversation: it is what that was, selected or not. */
static void
follow_conversation (BaruaSelectionModel *self,
                     gint64               id)
{
  gint64 before = barua_spine_model_get_predecessor (self->spine, id);

  if (before == 0 || before == id)
    return;
  if (!self->inverted)
    {
      if (is_remembered (self, before))
        barua_id_set_add (self->ids, (guint64)id);
    }
  else if (is_remembered (self, before))
    barua_id_set_add (self->followers, (guint64)id);
  else
    {
      barua_id_set_add (self->ids, (guint64)id);
      barua_id_set_remove_range (self->followers, (guint64)id, (guint64)id);
    }
}

/* Bits for what has just been put in. */
static void
select_again (BaruaSelectionModel *self,
              guint                position,
              guint                added)
{
  if (!self->inverted && barua_id_set_is_empty (self->ids))
    return;
  for (guint i = position; i < position + added; i++)
    {
      gint64 id = barua_spine_model_get_id (self->spine, i);

      follow_conversation (self, id);
      if (is_remembered (self, id))
        gtk_bitset_add (self->bits, i);
    }
}

/* Where the lead is after the change; FALSE when it is gone for good. */
static gboolean
follow_lead (BaruaSelectionModel *self,
             guint                position,
             guint                removed,
             guint                added)
{
  guint found;

  if (self->position == GTK_INVALID_LIST_POSITION)
    {
      if (self->is_moving && barua_spine_model_find (self->spine, self->id, self->key, &found))
        {
          self->is_moving = FALSE;
          self->position = found;
        }
      return TRUE;
    }
  if (self->position < position)
    return TRUE;
  if (self->position >= position + removed)
    {
      self->position = self->position - removed + added;
      return TRUE;
    }
  /* It was among them: found again (a neighbour that came along), about to come again elsewhere, or gone. */
  if (barua_spine_model_find (self->spine, self->id, self->key, &found))
    {
      self->position = found;
      return TRUE;
    }
  self->position = GTK_INVALID_LIST_POSITION;
  self->is_moving = barua_spine_model_is_moving (self->spine, self->id, &self->key);
  if (!self->is_moving && barua_spine_model_get_successor (self->spine, self->id, &self->id, &self->key))
    {
      self->is_moving = TRUE;
      if (!self->inverted)
        barua_id_set_add (self->ids, (guint64)self->id);
    }
  return self->is_moving;
}

static void
spine_items_changed (BaruaSelectionModel *self,
                     guint                position,
                     guint                removed,
                     guint                added)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self));
  guint fallback = n > 0 ? MIN (position, n - 1) : GTK_INVALID_LIST_POSITION;
  gboolean is_here;

  gtk_bitset_splice (self->bits, position, removed, added);
  select_again (self, position, added);
  is_here = follow_lead (self, position, removed, added);
  if (!is_here && !gtk_bitset_is_empty (self->bits))
    set_lead (self, gtk_bitset_get_minimum (self->bits));
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
  if (!is_here && gtk_bitset_is_empty (self->bits))
    {
      /* All that was selected is gone: the one that took its place. */
      if (fallback != GTK_INVALID_LIST_POSITION)
        gtk_bitset_add (self->bits, fallback);
      set_lead (self, fallback);
      remember (self);
      if (fallback != GTK_INVALID_LIST_POSITION)
        gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), fallback, 1);
    }
  tell (self);
}

static void
spine_sections_changed (BaruaSelectionModel *self,
                        guint                position,
                        guint                n_items)
{
  gtk_section_model_sections_changed (GTK_SECTION_MODEL (self), position, n_items);
}

static void
barua_selection_model_finalize (GObject *object)
{
  BaruaSelectionModel *self = BARUA_SELECTION_MODEL (object);

  g_clear_object (&self->spine);
  g_clear_pointer (&self->bits, gtk_bitset_unref);
  g_clear_pointer (&self->ids, barua_id_set_unref);
  g_clear_pointer (&self->followers, barua_id_set_unref);
  G_OBJECT_CLASS (barua_selection_model_parent_class)->finalize (object);
}

static void
barua_selection_model_class_init (BaruaSelectionModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = barua_selection_model_finalize;
  signals[SELECTED_ID_CHANGED] = g_signal_new ("selected-id-changed", BARUA_TYPE_SELECTION_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                               NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[COUNT_CHANGED] = g_signal_new ("count-changed", BARUA_TYPE_SELECTION_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
barua_selection_model_init (BaruaSelectionModel *self)
{
  self->position = GTK_INVALID_LIST_POSITION;
  self->bits = gtk_bitset_new_empty ();
  self->ids = barua_id_set_new ();
  self->followers = barua_id_set_new ();
}

BaruaSelectionModel *
barua_selection_model_new (BaruaSpineModel *spine)
{
  BaruaSelectionModel *self = g_object_new (BARUA_TYPE_SELECTION_MODEL, NULL);

  self->spine = g_object_ref (spine);
  g_signal_connect_object (spine, "items-changed", G_CALLBACK (spine_items_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (spine, "sections-changed", G_CALLBACK (spine_sections_changed), self, G_CONNECT_SWAPPED);
  return self;
}

BaruaSpineModel *
barua_selection_model_get_spine (BaruaSelectionModel *self)
{
  return self->spine;
}

gint64
barua_selection_model_get_selected_id (BaruaSelectionModel *self)
{
  return count_of (self) == 1 || self->is_moving ? self->id : 0;
}

guint
barua_selection_model_get_selected (BaruaSelectionModel *self)
{
  return self->position;
}

guint
barua_selection_model_get_count (BaruaSelectionModel *self)
{
  return count_of (self);
}

BaruaIdSet *
barua_selection_model_dup_ids (BaruaSelectionModel *self)
{
  return ids_of (self, self->bits);
}
