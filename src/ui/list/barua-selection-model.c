/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-selection-model.h"

struct _BaruaSelectionModel
{
  GObject          parent_instance;
  BaruaSpineModel *spine;
  guint            position; /* GTK_INVALID_LIST_POSITION: none */
  gint64           id;
  gint64           key;
  gboolean         is_moving; /* it has left its place and comes again: no position, but still the one */
};

enum
{
  SELECTED_ID_CHANGED,
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

static void
set_position (BaruaSelectionModel *self,
              guint                position)
{
  gint64 old_id = self->id;

  self->is_moving = FALSE;
  self->position = position;
  self->id = position != GTK_INVALID_LIST_POSITION ? barua_spine_model_get_id (self->spine, position) : 0;
  self->key = position != GTK_INVALID_LIST_POSITION ? barua_spine_model_get_key (self->spine, position) : 0;
  if (self->id != old_id)
    g_signal_emit (self, signals[SELECTED_ID_CHANGED], 0, self->id);
}

static void
move_selection (BaruaSelectionModel *self,
                guint                position)
{
  guint old = self->position;

  if (old == position)
    return;
  set_position (self, position);
  if (old != GTK_INVALID_LIST_POSITION && position != GTK_INVALID_LIST_POSITION)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), MIN (old, position),
                                           MAX (old, position) - MIN (old, position) + 1);
  else
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), old != GTK_INVALID_LIST_POSITION ? old : position, 1);
}

static gboolean
is_selected (GtkSelectionModel *model,
             guint              position)
{
  return position != GTK_INVALID_LIST_POSITION && BARUA_SELECTION_MODEL (model)->position == position;
}

static GtkBitset *
get_selection_in_range (GtkSelectionModel *model,
                        guint              position,
                        guint              n_items)
{
  BaruaSelectionModel *self = BARUA_SELECTION_MODEL (model);
  GtkBitset *selection = gtk_bitset_new_empty ();

  if (self->position != GTK_INVALID_LIST_POSITION && self->position >= position && self->position - position < n_items)
    gtk_bitset_add (selection, self->position);
  return selection;
}

static gboolean
select_item (GtkSelectionModel *model,
             guint              position,
             gboolean           unselect_rest)
{
  if (position >= g_list_model_get_n_items (G_LIST_MODEL (model)))
    return FALSE;
  move_selection (BARUA_SELECTION_MODEL (model), position);
  return TRUE;
}

static gboolean
unselect_item (GtkSelectionModel *model,
               guint              position)
{
  if (is_selected (model, position))
    move_selection (BARUA_SELECTION_MODEL (model), GTK_INVALID_LIST_POSITION);
  return TRUE;
}

static gboolean
unselect_all (GtkSelectionModel *model)
{
  move_selection (BARUA_SELECTION_MODEL (model), GTK_INVALID_LIST_POSITION);
  return TRUE;
}

static void
selection_model_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = is_selected;
  iface->get_selection_in_range = get_selection_in_range;
  iface->select_item = select_item;
  iface->unselect_item = unselect_item;
  iface->unselect_all = unselect_all;
}

/* Changes ---------------------------------------------------------------------------------------------------------- */

static void
take_moved (BaruaSelectionModel *self)
{
  guint found;

  if (!self->is_moving || !barua_spine_model_find (self->spine, self->id, self->key, &found))
    return;
  self->is_moving = FALSE;
  self->position = found;
  gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), found, 1);
}

static void
spine_items_changed (BaruaSelectionModel *self,
                     guint                position,
                     guint                removed,
                     guint                added)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self));
  guint fallback = GTK_INVALID_LIST_POSITION;
  guint found;

  if (self->position == GTK_INVALID_LIST_POSITION || self->position < position)
    {
      g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
      take_moved (self);
      return;
    }
  if (self->position >= position + removed)
    {
      self->position = self->position - removed + added;
      g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
      return;
    }
  /* It was among them: found again (a neighbour that came along), about to come again elsewhere, or gone. */
  if (barua_spine_model_find (self->spine, self->id, self->key, &found))
    {
      self->position = found;
      g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
      return;
    }
  self->is_moving = barua_spine_model_is_moving (self->spine, self->id, &self->key);
  if (self->is_moving)
    {
      self->position = GTK_INVALID_LIST_POSITION;
      g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
      return;
    }
  if (n > 0)
    fallback = MIN (position, n - 1);
  self->position = GTK_INVALID_LIST_POSITION;
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
  set_position (self, fallback);
  if (fallback != GTK_INVALID_LIST_POSITION)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), fallback, 1);
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
  g_clear_object (&BARUA_SELECTION_MODEL (object)->spine);
  G_OBJECT_CLASS (barua_selection_model_parent_class)->finalize (object);
}

static void
barua_selection_model_class_init (BaruaSelectionModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = barua_selection_model_finalize;
  signals[SELECTED_ID_CHANGED] = g_signal_new ("selected-id-changed", BARUA_TYPE_SELECTION_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                               NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
}

static void
barua_selection_model_init (BaruaSelectionModel *self)
{
  self->position = GTK_INVALID_LIST_POSITION;
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
  return self->id;
}

guint
barua_selection_model_get_selected (BaruaSelectionModel *self)
{
  return self->position;
}
