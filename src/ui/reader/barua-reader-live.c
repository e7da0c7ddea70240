/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The conversation that stands in the reader follows the store: a reply comes, marks change, a message goes. What is on screen
 * stays where it is. */
#include "config.h"

#include "barua-reader-private.h"

#include "barua-fiber.h"
#include "barua-limits.h"

static BaruaReaderSlot *
get_slot (BaruaReader *self,
          guint        index)
{
  return g_ptr_array_index (self->slots, index);
}

static double
get_top (BaruaReader *self)
{
  return gtk_adjustment_get_value (gtk_scrolled_window_get_vadjustment (self->scroller));
}

/* Above what is seen something became so much higher: the view goes down with what it shows, in the same frame. */
static void
shift (BaruaReader *self,
       double       by)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);

  self->scrolling = TRUE;
  gtk_adjustment_configure (adjustment, gtk_adjustment_get_value (adjustment) + by, gtk_adjustment_get_lower (adjustment),
                            gtk_adjustment_get_upper (adjustment) + by, gtk_adjustment_get_step_increment (adjustment),
                            gtk_adjustment_get_page_increment (adjustment), gtk_adjustment_get_page_size (adjustment));
  self->scrolling = FALSE;
}

/* Gone ------------------------------------------------------------------------------------------------------------- */

static void
remove_slot (BaruaReader *self,
             guint        index)
{
  BaruaReaderSlot *slot = get_slot (self, index);
  GtkWidget *bin = GTK_WIDGET (slot->bin);
  double top, bottom;

  if (barua_reader_get_place (self, bin, &top, &bottom) && bottom <= get_top (self))
    shift (self, top - bottom - gtk_box_get_spacing (self->cards));
  if (slot->card != NULL)
    g_queue_remove (&self->web_cards, slot->card);
  if (slot->card == self->chosen)
    self->chosen = NULL;
  if (bin == self->target)
    self->target = NULL;
  gtk_box_remove (self->cards, bin);
  g_ptr_array_remove_index (self->slots, index);
}

/* What was chosen is gone: its neighbour is, and has the focus where that had it. */
static void
choose_near (BaruaReader *self,
             guint        index,
             gboolean     had_focus)
{
  BaruaReaderSlot *slot;

  if (self->chosen != NULL || self->slots->len == 0)
    return;
  slot = get_slot (self, MIN (index, self->slots->len - 1));
  barua_reader_build (self, slot);
  self->chosen = slot->card;
  if (had_focus)
    gtk_widget_grab_focus (GTK_WIDGET (slot->card));
}

static void
remove_missing (BaruaReader *self,
                GHashTable  *rows)
{
  guint chosen = 0;
  gboolean had_focus = FALSE;

  for (guint i = self->slots->len; i > 0; i--)
    {
      BaruaReaderSlot *slot = get_slot (self, i - 1);

      if (g_hash_table_contains (rows, &slot->row->id))
        continue;
      if (slot->card != NULL && slot->card == self->chosen)
        {
          chosen = i - 1;
          had_focus = gtk_widget_get_focus_child (GTK_WIDGET (slot->bin)) != NULL;
        }
      remove_slot (self, i - 1);
    }
  choose_near (self, chosen, had_focus);
}

/* Come ------------------------------------------------------------------------------------------------------------- */

static void
insert (BaruaReader *self,
        BaruaRow    *row)
{
  guint at = self->slots->len;
  BaruaReaderSlot *slot, *next;
  double top, bottom;
  int height;

  /* Where there was no room to scroll to what was shown first, there may be now. It stays where it is read. */
  self->target = NULL;
  while (at > 0 && (get_slot (self, at - 1)->row->date > row->date ||
                    (get_slot (self, at - 1)->row->date == row->date && get_slot (self, at - 1)->row->id > row->id)))
    at--;
  next = at < self->slots->len ? get_slot (self, at) : NULL;
  /* Above what is seen it is folded: a text that arrives later would push. */
  if (next != NULL && barua_reader_get_place (self, GTK_WIDGET (next->bin), &top, &bottom) && top <= get_top (self))
    {
      slot = barua_reader_add_slot (self, row, FALSE, at);
      barua_reader_build (self, slot);
      gtk_widget_measure (GTK_WIDGET (slot->bin), GTK_ORIENTATION_VERTICAL,
                          gtk_widget_get_width (GTK_WIDGET (self->cards)), NULL, &height, NULL, NULL);
      shift (self, height + gtk_box_get_spacing (self->cards));
      return;
    }
  slot = barua_reader_add_slot (self, row, next == NULL || !(row->flags & BARUA_FLAG_SEEN), at);
  /* Among those behind a button. */
  if (next != NULL && at > 0 && !gtk_widget_get_visible (GTK_WIDGET (next->bin)) &&
      !gtk_widget_get_visible (GTK_WIDGET (get_slot (self, at - 1)->bin)))
    {
      slot->open = FALSE;
      gtk_widget_set_visible (GTK_WIDGET (slot->bin), FALSE);
    }
}

/* Changed ---------------------------------------------------------------------------------------------------------- */

static void
update_slot (BaruaReaderSlot *slot,
             BaruaRow        *row)
{
  gboolean same = slot->row->flags == row->flags && g_strcmp0 (slot->row->preview, row->preview) == 0;

  barua_row_unref (slot->row);
  slot->row = barua_row_ref (row);
  if (slot->card != NULL && !same)
    barua_message_card_set_row (slot->card, row);
}

/* The buttons count what is behind them. */
static void
count_collapsed (BaruaReader *self)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->cards));
  gboolean is_first = TRUE;

  while (child != NULL)
    {
      GtkWidget *button = GTK_IS_BUTTON (child) && gtk_widget_get_visible (child) ? child : NULL;
      guint n = 0;

      child = gtk_widget_get_next_sibling (child);
      if (button == NULL)
        {
          is_first = FALSE;
          continue;
        }
      for (; child != NULL && ADW_IS_BIN (child) && !gtk_widget_get_visible (child);
           child = gtk_widget_get_next_sibling (child))
        n++;
      if (n == 0)
        gtk_box_remove (self->cards, button);
      else
        {
          g_autofree char *words = barua_reader_words_of_collapsed (n, is_first);

          gtk_button_set_label (GTK_BUTTON (button), words);
        }
      is_first = FALSE;
    }
}

/* The second frame from now: what was added has its place, even where that makes nothing scroll further. */
static gboolean
build_when_placed (GtkWidget     *widget,
                   GdkFrameClock *clock,
                   gpointer       user_data)
{
  guint *frames = user_data;

  if (++*frames < 2)
    return G_SOURCE_CONTINUE;
  barua_reader_queue_build (BARUA_READER (widget));
  return G_SOURCE_REMOVE;
}

/* All that is there now, copies with it: a message stands once, by the copy that stood there first. */
static void
merge (BaruaReader *self,
       GPtrArray   *rows)
{
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  guint n_known = 0;

  for (guint i = 0; i < rows->len; i++)
    g_hash_table_insert (by_id, &((BaruaRow *)g_ptr_array_index (rows, i))->id, g_ptr_array_index (rows, i));
  for (guint i = 0; i < self->slots->len; i++)
    n_known += g_hash_table_contains (by_id, &get_slot (self, i)->row->id);
  /* All of it is gone: what comes next is for the list to say. */
  if (n_known == 0)
    return;
  remove_missing (self, by_id);
  for (guint i = 0; i < self->slots->len; i++)
    {
      BaruaRow *row = g_hash_table_lookup (by_id, &get_slot (self, i)->row->id);

      update_slot (get_slot (self, i), row);
      g_hash_table_add (seen, row->message_id);
      g_hash_table_remove (by_id, &row->id);
    }
  for (guint i = 0; i < rows->len && self->slots->len < BARUA_LIMIT_CARDS; i++)
    {
      BaruaRow *row = g_ptr_array_index (rows, i);

      if (g_hash_table_contains (by_id, &row->id) && (*row->message_id == '\0' || g_hash_table_add (seen, row->message_id)))
        insert (self, row);
    }
  count_collapsed (self);
  for (guint i = 0; i < self->slots->len; i++)
    if (get_slot (self, i)->card != NULL)
      barua_message_card_set_alone (get_slot (self, i)->card, self->slots->len == 1);
  gtk_widget_add_tick_callback (GTK_WIDGET (self), build_when_placed, g_new0 (guint, 1), g_free);
}

/* Alone ------------------------------------------------------------------------------------------------------------ */

static void
take_alone (BaruaReader *self,
            GPtrArray   *rows)
{
  BaruaReaderSlot *slot = get_slot (self, 0);

  if (slot->row == NULL)
    return;
  if (rows->len > 0)
    {
      update_slot (slot, g_ptr_array_index (rows, 0));
      return;
    }
  g_clear_pointer (&slot->row, barua_row_unref);
  barua_message_card_set_row (slot->card, NULL);
  g_signal_emit_by_name (self, "removed");
}

static void
follow_alone (BaruaReader    *self,
              BaruaChangeSet *changes)
{
  gint64 id = self->slots->len > 0 && get_slot (self, 0)->row != NULL ? get_slot (self, 0)->row->id : 0;

  for (guint i = 0; id != 0 && i < changes->rows->len; i++)
    if (g_array_index (changes->rows, BaruaRowChange, i).id == id)
      {
        barua_reader_queue_refresh (self);
        return;
      }
}

/* Asking the store ------------------------------------------------------------------------------------------------- */

typedef struct
{
  GWeakRef     reader;
  BaruaEngine *engine;
  gint64       thread; /* 0: a message alone */
  gint64       id;     /* of that */
} Refresh;

static void
refresh_free (gpointer data)
{
  Refresh *refresh = data;

  g_weak_ref_clear (&refresh->reader);
  g_object_unref (refresh->engine);
  g_free (refresh);
}

static DexFuture *
refresh_fiber (gpointer data)
{
  Refresh *refresh = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BaruaRows) found = dex_await_boxed (refresh->thread != 0
                                                   ? barua_engine_load_thread (refresh->engine, refresh->thread)
                                                   : barua_engine_load_rows (refresh->engine, &refresh->id, 1, FALSE),
                                                 &error);
  g_autoptr (BaruaReader) self = g_weak_ref_get (&refresh->reader);

  if (found == NULL)
    g_debug ("the conversation %" G_GINT64_FORMAT ": %s", refresh->thread, error->message);
  else if (self != NULL && self->slots != NULL && self->is_alone)
    take_alone (self, found->rows);
  else if (self != NULL && self->slots != NULL && self->thread == refresh->thread)
    merge (self, found->rows);
  return dex_future_new_true ();
}

static gboolean
refresh_now (gpointer data)
{
  BaruaReader *self = data;
  Refresh *refresh;

  self->refresh_source = 0;
  if ((self->thread == 0 && !self->is_alone) || self->engine == NULL)
    return G_SOURCE_REMOVE;
  refresh = g_new0 (Refresh, 1);
  refresh->id = self->is_alone && get_slot (self, 0)->row != NULL ? get_slot (self, 0)->row->id : 0;
  g_weak_ref_init (&refresh->reader, self);
  refresh->engine = g_object_ref (self->engine);
  refresh->thread = self->thread;
  barua_fiber_spawn ("ui-refresh", refresh_fiber, refresh, refresh_free);
  return G_SOURCE_REMOVE;
}

void
barua_reader_queue_refresh (BaruaReader *self)
{
  if (self->refresh_source == 0)
    self->refresh_source = g_timeout_add (BARUA_READER_REFRESH_MS, refresh_now, self);
}

static gboolean
stands_here (BaruaReader *self,
             gint64       id)
{
  for (guint i = 0; i < self->slots->len; i++)
    if (get_slot (self, i)->row != NULL && get_slot (self, i)->row->id == id)
      return TRUE;
  return FALSE;
}

void
barua_reader_follow (BaruaReader    *self,
                     BaruaChangeSet *changes)
{
  if (self->slots != NULL && self->is_alone)
    follow_alone (self, changes);
  if (self->thread == 0 || self->slots == NULL)
    return;
  for (guint i = 0; i < changes->rows->len; i++)
    {
      const BaruaRowChange *change = &g_array_index (changes->rows, BaruaRowChange, i);

      if (change->thread == self->thread)
        {
          barua_reader_queue_refresh (self);
          return;
        }
    }
  /* A parent that came late made one conversation of two. At the size of a first sync's batches only the ids of the first are
   * looked for. */
  for (guint i = 0; i < MIN (changes->rows->len, BARUA_PAGE_ROWS); i++)
    {
      const BaruaRowChange *change = &g_array_index (changes->rows, BaruaRowChange, i);

      if (change->kind != BARUA_CHANGE_REMOVED && stands_here (self, change->id))
        {
          self->thread = change->thread;
          barua_reader_queue_refresh (self);
          return;
        }
    }
}
