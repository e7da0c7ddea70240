/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-row-pages.h"

#include "barua-fiber.h"
#include "barua-limits.h"

typedef enum
{
  STATE_EMPTY,
  STATE_ASKED,
  STATE_LOADED
} ItemState;

/* One element of the weak table. */
typedef struct
{
  BaruaRowPages    *pages; /* NULL once they are gone */
  BaruaMessageItem *item;  /* weak */
  gint64            id;
  guint64           wanted_generation; /* rows of older commits are read again */
  ItemState         state;
} Slot;

struct _BaruaRowPages
{
  BaruaEngine *engine; /* weak: owned by the application */
  GHashTable  *slots;  /* gint64 id -> Slot */
  GQueue       kept;   /* GPtrArray of BaruaMessageItem, last used first */
  GQueue       wanted; /* GPtrArray of BaruaMessageItem, newest wish first */
  guint        n_reading;
  guint        start_source;
  gboolean     grouped;
  gboolean     disposed;
  guint        ref_count; /* reads on their way hold one */
};

static void start_reads (BaruaRowPages *self);

static void
rows_unref (BaruaRowPages *self)
{
  if (--self->ref_count > 0)
    return;
  g_hash_table_unref (self->slots);
  g_free (self);
}

static void
item_gone (gpointer  data,
           GObject  *where)
{
  Slot *slot = data;

  if (slot->pages != NULL)
    g_hash_table_remove (slot->pages->slots, &slot->id);
  g_free (slot);
}

BaruaRowPages *
barua_row_pages_new (BaruaEngine *engine,
                     gboolean     grouped)
{
  BaruaRowPages *self = g_new0 (BaruaRowPages, 1);

  g_set_weak_pointer (&self->engine, engine);
  self->slots = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->grouped = grouped;
  self->ref_count = 1;
  return self;
}

void
barua_row_pages_free (BaruaRowPages *self)
{
  GHashTableIter iter;
  Slot *slot;

  self->disposed = TRUE;
  g_clear_handle_id (&self->start_source, g_source_remove);
  g_queue_clear_full (&self->wanted, (GDestroyNotify)g_ptr_array_unref);
  g_queue_clear_full (&self->kept, (GDestroyNotify)g_ptr_array_unref);
  g_hash_table_iter_init (&iter, self->slots);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&slot))
    slot->pages = NULL;
  g_hash_table_remove_all (self->slots);
  g_clear_weak_pointer (&self->engine);
  rows_unref (self);
}

static Slot *
slot_of (BaruaRowPages *self,
         gint64         id)
{
  return g_hash_table_lookup (self->slots, &id);
}

BaruaMessageItem *
barua_row_pages_peek (BaruaRowPages *self,
                      gint64         id)
{
  Slot *slot = slot_of (self, id);

  return slot != NULL ? slot->item : NULL;
}

guint
barua_row_pages_get_n_items (BaruaRowPages *self)
{
  return g_hash_table_size (self->slots);
}

guint
barua_row_pages_get_n_kept (BaruaRowPages *self)
{
  return g_queue_get_length (&self->kept);
}

static BaruaMessageItem *
ensure_item (BaruaRowPages         *self,
             const BaruaSpineEntry *entry)
{
  Slot *slot = slot_of (self, entry->id);
  BaruaMessageItem *item;

  /* It may stand elsewhere since it was made. */
  if (slot != NULL)
    {
      barua_message_item_set_key (slot->item, entry->key);
      return g_object_ref (slot->item);
    }

  item = barua_message_item_new (entry->id, entry->key);
  slot = g_new0 (Slot, 1);
  slot->pages = self;
  slot->item = item;
  slot->id = entry->id;
  g_object_weak_ref (G_OBJECT (item), item_gone, slot);
  g_hash_table_insert (self->slots, &slot->id, slot);
  return item;
}

BaruaMessageItem *
barua_row_pages_get (BaruaRowPages         *self,
                     const BaruaSpineEntry *entry,
                     gboolean              *is_new_page)
{
  BaruaMessageItem *item = ensure_item (self, entry);

  *is_new_page = slot_of (self, entry->id)->state == STATE_EMPTY;
  return item;
}

/* Reading ---------------------------------------------------------------------------------------------------------- */

typedef struct
{
  BaruaRowPages *pages;
  GPtrArray     *page;
} Read;

static void
read_free (gpointer data)
{
  Read *read = data;

  g_ptr_array_unref (read->page);
  rows_unref (read->pages);
  g_free (read);
}

static void
keep_page (BaruaRowPages *self,
           GPtrArray     *page)
{
  g_queue_push_head (&self->kept, g_ptr_array_ref (page));
  while (g_queue_get_length (&self->kept) > BARUA_PAGES_KEPT)
    g_ptr_array_unref (g_queue_pop_tail (&self->kept));
}

static void
apply_rows (BaruaRowPages *self,
            GPtrArray     *page,
            BaruaRows     *rows)
{
  g_autoptr (GPtrArray) stale = NULL;

  for (guint i = 0; i < rows->rows->len; i++)
    {
      BaruaRow *row = g_ptr_array_index (rows->rows, i);
      Slot *slot = slot_of (self, row->id);

      if (slot == NULL)
        continue;
      /* Changed since: stays asked, read again below. Better than nothing until then. */
      if (slot->wanted_generation <= rows->generation)
        slot->state = STATE_LOADED;
      else if (barua_message_item_get_row (slot->item) != NULL)
        continue;
      barua_message_item_set_row (slot->item, row);
    }

  for (guint i = 0; i < page->len; i++)
    {
      BaruaMessageItem *item = g_ptr_array_index (page, i);
      Slot *slot = slot_of (self, barua_message_item_get_id (item));

      if (slot == NULL || slot->state != STATE_ASKED)
        continue;
      if (slot->wanted_generation <= rows->generation)
        {
          /* Gone: the change set that takes it out of the spine is on its way. */
          slot->state = STATE_LOADED;
          continue;
        }
      if (stale == NULL)
        stale = g_ptr_array_new_with_free_func (g_object_unref);
      g_ptr_array_add (stale, g_object_ref (item));
    }
  if (stale != NULL)
    g_queue_push_head (&self->wanted, g_steal_pointer (&stale));
}

static DexFuture *
read_fiber (gpointer data)
{
  Read *read = data;
  BaruaRowPages *self = read->pages;
  g_autoptr (GArray) ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), read->page->len);
  g_autoptr (BaruaRows) rows = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < read->page->len; i++)
    {
      gint64 id = barua_message_item_get_id (g_ptr_array_index (read->page, i));

      g_array_append_val (ids, id);
    }
  if (!self->disposed && self->engine != NULL)
    rows = dex_await_boxed (barua_engine_load_rows (self->engine, (const gint64 *)(gpointer)ids->data, ids->len, self->grouped),
                            &error);

  self->n_reading--;
  if (self->disposed)
    return dex_future_new_true ();
  if (rows != NULL)
    {
      keep_page (self, read->page);
      apply_rows (self, read->page, rows);
    }
  else
    {
      for (guint i = 0; i < read->page->len; i++)
        {
          Slot *slot = slot_of (self, barua_message_item_get_id (g_ptr_array_index (read->page, i)));

          if (slot != NULL && slot->state == STATE_ASKED)
            slot->state = barua_message_item_get_row (slot->item) != NULL ? STATE_LOADED : STATE_EMPTY;
        }
      if (error != NULL && barua_error_get_code (error) != BARUA_ERROR_CANCELLED)
        g_warning ("rows could not be read: %s", error->message);
    }
  start_reads (self);
  return dex_future_new_true ();
}

static gboolean
start_now (gpointer data)
{
  BaruaRowPages *self = data;

  self->start_source = 0;
  while (self->n_reading < BARUA_ROW_READS_AT_ONCE && !g_queue_is_empty (&self->wanted))
    {
      Read *read = g_new0 (Read, 1);

      read->pages = self;
      read->page = g_queue_pop_head (&self->wanted);
      self->ref_count++;
      self->n_reading++;
      barua_fiber_spawn ("model-read-rows", read_fiber, read, read_free);
    }
  return G_SOURCE_REMOVE;
}

/* Once a turn, so that the pages of one frame are asked for in the order of the last scroll. */
static void
start_reads (BaruaRowPages *self)
{
  if (self->start_source == 0 && self->n_reading < BARUA_ROW_READS_AT_ONCE && !g_queue_is_empty (&self->wanted))
    self->start_source = g_idle_add_full (G_PRIORITY_DEFAULT, start_now, self, NULL);
}

/* What was never loaded and scrolled by is forgotten; rows that are shown and went stale are not. */
static void
forget_old_wishes (BaruaRowPages *self)
{
  g_autoptr (GPtrArray) stale = NULL;

  while (g_queue_get_length (&self->wanted) > BARUA_PAGES_KEPT)
    {
      g_autoptr (GPtrArray) page = g_queue_pop_tail (&self->wanted);

      for (guint i = 0; i < page->len; i++)
        {
          BaruaMessageItem *item = g_ptr_array_index (page, i);
          Slot *slot = slot_of (self, barua_message_item_get_id (item));

          if (slot == NULL || slot->state != STATE_ASKED)
            continue;
          if (barua_message_item_get_row (item) == NULL)
            {
              slot->state = STATE_EMPTY;
              continue;
            }
          if (stale == NULL)
            stale = g_ptr_array_new_with_free_func (g_object_unref);
          g_ptr_array_add (stale, g_object_ref (item));
        }
    }
  if (stale != NULL)
    g_queue_push_head (&self->wanted, g_steal_pointer (&stale));
}

static void
add_wish (BaruaRowPages *self,
          GPtrArray     *page)
{
  g_queue_push_head (&self->wanted, page);
  forget_old_wishes (self);
  start_reads (self);
}

void
barua_row_pages_want (BaruaRowPages         *self,
                      const BaruaSpineEntry *entries,
                      guint                  n_entries)
{
  g_autoptr (GPtrArray) page = g_ptr_array_new_full (n_entries, g_object_unref);

  for (guint i = 0; i < n_entries; i++)
    {
      g_autoptr (BaruaMessageItem) item = ensure_item (self, &entries[i]);
      Slot *slot = slot_of (self, entries[i].id);

      if (slot->state != STATE_EMPTY)
        continue;
      slot->state = STATE_ASKED;
      g_ptr_array_add (page, g_steal_pointer (&item));
    }
  if (page->len > 0)
    add_wish (self, g_steal_pointer (&page));
}

gboolean
barua_row_pages_prepare (BaruaRowPages         *self,
                         const BaruaSpineEntry *entries,
                         guint                  n_entries,
                         GPtrArray             *items)
{
  gboolean all = TRUE;

  for (guint i = 0; i < n_entries; i++)
    {
      BaruaMessageItem *item = ensure_item (self, &entries[i]);

      all = all && barua_message_item_get_row (item) != NULL;
      g_ptr_array_add (items, item);
    }
  if (!all)
    barua_row_pages_want (self, entries, n_entries);
  return all;
}

void
barua_row_pages_set_key (BaruaRowPages *self,
                         gint64         id,
                         gint64         key)
{
  Slot *slot = slot_of (self, id);

  if (slot != NULL)
    barua_message_item_set_key (slot->item, key);
}

void
barua_row_pages_invalidate (BaruaRowPages *self,
                            gint64         id,
                            gint64         key,
                            guint64        generation)
{
  Slot *slot = slot_of (self, id);
  GPtrArray *page;

  if (slot == NULL)
    return;
  barua_message_item_set_key (slot->item, key);
  slot->wanted_generation = generation;
  if (slot->state != STATE_LOADED)
    return;
  slot->state = STATE_ASKED;

  /* Rows that change in one turn are read together. */
  page = g_queue_peek_head (&self->wanted);
  if (page != NULL && page->len < BARUA_PAGE_ROWS)
    {
      g_ptr_array_add (page, g_object_ref (slot->item));
      start_reads (self);
      return;
    }
  page = g_ptr_array_new_full (BARUA_PAGE_ROWS, g_object_unref);
  g_ptr_array_add (page, g_object_ref (slot->item));
  add_wish (self, page);
}

void
barua_row_pages_invalidate_threads (BaruaRowPages *self,
                                    GHashTable    *threads,
                                    guint64        generation)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  GHashTableIter iter;
  Slot *slot;

  g_hash_table_iter_init (&iter, self->slots);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&slot))
    {
      const BaruaRow *row = barua_message_item_get_row (slot->item);

      /* A row that is being read for the first time may be of any of them. */
      if (row != NULL ? g_hash_table_contains (threads, &row->thread) : slot->state == STATE_ASKED)
        g_ptr_array_add (items, slot->item);
    }
  for (guint i = 0; i < items->len; i++)
    {
      BaruaMessageItem *item = g_ptr_array_index (items, i);

      barua_row_pages_invalidate (self, barua_message_item_get_id (item), barua_message_item_get_key (item), generation);
    }
}
