/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-reader-private.h"

#include <glib/gi18n-lib.h>

#include "barua-fiber.h"
#include "barua-lazy-menu.h"
#include "barua-limits.h"
#include "barua-link.h"
#include "barua-painted.h"
#include "barua-preferences.h"
#include "barua-reader-settings.h"
#include "barua-shortcuts.h"
#include "barua-words.h"

/* More folded cards in a row than this are one line. */
#define FOLDED_MAX 6u
#define ZOOM_STEP 1.1

enum
{
  STAR_TOGGLED,
  READ,
  TITLE_CHANGED,
  REMOVED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaReader, barua_reader, ADW_TYPE_BIN)

static void
slot_free (gpointer data)
{
  BaruaReaderSlot *slot = data;

  if (slot->row != NULL)
    barua_row_unref (slot->row);
  g_object_unref (slot->bin);
  g_free (slot);
}

static void build_near (BaruaReader *self);
static void show_acts (BaruaReader *self);

gboolean
barua_reader_get_place (BaruaReader *self,
                        GtkWidget   *widget,
                        double      *top,
                        double      *bottom)
{
  GtkWidget *content = gtk_widget_get_parent (GTK_WIDGET (self->cards));
  graphene_rect_t box;

  /* Without a height it has not been laid out yet. */
  if (!gtk_widget_get_mapped (widget) || !gtk_widget_compute_bounds (widget, content, &box) || box.size.height < 1)
    return FALSE;
  *top = box.origin.y;
  *bottom = box.origin.y + box.size.height;
  return TRUE;
}

static void
scroll_to (BaruaReader *self,
           double       value)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  double end = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  self->scrolling = TRUE;
  gtk_adjustment_set_value (adjustment, CLAMP (value, 0, MAX (end, 0)));
  self->scrolling = FALSE;
}

/* Marking as read -------------------------------------------------------------------------------------------------- */

static gboolean
shown_long_enough (gpointer data)
{
  BaruaReader *self = data;
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  double from = gtk_adjustment_get_value (adjustment), to = from + gtk_adjustment_get_page_size (adjustment);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  self->read_source = 0;
  for (guint i = 0; i < self->slots->len; i++)
    {
      const BaruaReaderSlot *slot = g_ptr_array_index (self->slots, i);
      double top, bottom;

      if (slot->card == NULL || slot->row == NULL || !barua_message_card_get_open (slot->card) ||
          !barua_message_card_is_loaded (slot->card) || g_hash_table_contains (self->marked, &slot->row->id) ||
          !barua_reader_get_place (self, GTK_WIDGET (slot->bin), &top, &bottom) || bottom <= from || top >= to)
        continue;
      g_hash_table_add (self->marked, g_memdup2 (&slot->row->id, sizeof slot->row->id));
      if (!(slot->row->flags & BARUA_FLAG_SEEN))
        g_array_append_val (ids, slot->row->id);
    }
  for (guint i = 0; i < ids->len; i++)
    g_signal_emit (self, signals[READ], 0, g_array_index (ids, gint64, i));
  return G_SOURCE_REMOVE;
}

static void
wait_for_reading (BaruaReader *self)
{
  g_clear_handle_id (&self->read_source, g_source_remove);
  if (barua_preferences_is ("mark-read", "by-hand", "pause"))
    return;
  self->read_source = g_timeout_add (barua_preferences_is ("mark-read", "at-once", "pause") ? 0 : BARUA_TIMEOUT_MARK_READ_MS,
                                     shown_long_enough, self);
}

/* What is shown first goes to the top once its height is known, if the person has not gone elsewhere. */
static void
go_to_target (BaruaReader *self)
{
  double top, bottom;

  if (self->target != NULL && barua_reader_get_place (self, self->target, &top, &bottom))
    scroll_to (self, self->target == gtk_widget_get_first_child (GTK_WIDGET (self->cards)) ? 0 : top - 12);
}

static void
card_loaded (BaruaMessageCard *card,
             BaruaReader      *self)
{
  barua_painted_event ("message-shown");
  wait_for_reading (self);
}

/* Cards ------------------------------------------------------------------------------------------------------------ */

static void
link_hovered (BaruaMessageCard *card,
              const char       *uri,
              BaruaReader      *self)
{
  g_autofree char *shown = uri != NULL ? barua_link_shown (uri) : NULL;

  if (shown != NULL)
    gtk_label_set_label (self->link_target, shown);
  gtk_widget_set_visible (GTK_WIDGET (self->link_target), shown != NULL);
}

static void
card_star_toggled (BaruaMessageCard *card,
                   gint64            id,
                   gboolean          starred,
                   BaruaReader      *self)
{
  g_signal_emit (self, signals[STAR_TOGGLED], 0, id, starred);
}

static guint
count_web_views (BaruaReader *self)
{
  guint n = 0;

  for (GList *l = self->web_cards.head; l != NULL; l = l->next)
    n += barua_message_card_get_web_views (l->data);
  return n;
}

/* At most BARUA_LIVE_WEB_VIEWS live: the ones made longest ago go. */
static void
web_view_wanted (BaruaMessageCard *card,
                 BaruaReader      *self)
{
  g_queue_remove (&self->web_cards, card);
  g_queue_push_head (&self->web_cards, card);
  while (count_web_views (self) >= BARUA_LIVE_WEB_VIEWS && g_queue_get_length (&self->web_cards) > 1)
    barua_message_card_drop_views (g_queue_pop_tail (&self->web_cards));
}

/* Find ------------------------------------------------------------------------------------------------------------- */

static void
show_count (BaruaReader *self)
{
  g_autofree char *words = NULL;

  if (*gtk_editable_get_text (GTK_EDITABLE (self->find_entry)) == '\0')
    words = g_strdup ("");
  else if (self->n_found == 0)
    words = g_strdup (_("Not found"));
  else
    {
      g_autofree char *number = barua_words_number (self->current + 1);
      g_autofree char *of = barua_words_number (self->n_found);

      /* Translators: which match of how many, "3 of 12". */
      words = g_strdup_printf (_("%1$s of %2$s"), number, of);
    }
  gtk_label_set_label (self->find_count, words);
  gtk_accessible_announce (GTK_ACCESSIBLE (self->find_entry), words, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_LOW);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "reader.find-next", self->n_found > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "reader.find-previous", self->n_found > 0);
}

static void
mark (BaruaReader *self)
{
  guint index = self->current;

  for (guint i = 0; i < self->slots->len; i++)
    {
      const BaruaReaderSlot *slot = g_ptr_array_index (self->slots, i);
      guint n = slot->card != NULL ? barua_message_card_get_found (slot->card) : 0;

      if (slot->card != NULL)
        barua_message_card_mark (slot->card, index < n ? index : G_MAXUINT);
      index = index == G_MAXUINT || index < n ? G_MAXUINT : index - n;
    }
}

static gboolean
count_found (gpointer data)
{
  BaruaReader *self = data;

  self->found_source = 0;
  self->n_found = 0;
  for (guint i = 0; i < self->slots->len; i++)
    {
      const BaruaReaderSlot *slot = g_ptr_array_index (self->slots, i);

      self->n_found += slot->card != NULL ? barua_message_card_get_found (slot->card) : 0;
    }
  if (self->n_found == 0)
    self->current = G_MAXUINT;
  else if (self->current >= self->n_found)
    self->current = 0;
  mark (self);
  show_count (self);
  return G_SOURCE_REMOVE;
}

static void
card_found (BaruaReader *self)
{
  g_clear_handle_id (&self->found_source, g_source_remove);
  self->found_source = g_timeout_add (BARUA_FIND_WAIT_MS, count_found, self);
}

static void
card_marked (BaruaMessageCard *card,
             int               y,
             BaruaReader      *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  double page = gtk_adjustment_get_page_size (adjustment), value = gtk_adjustment_get_value (adjustment), top, bottom;

  if (!barua_reader_get_place (self, GTK_WIDGET (card), &top, &bottom))
    return;
  self->target = NULL;
  if (top + y < value + 24 || top + y > value + page - 48)
    scroll_to (self, top + y - page / 3);
}

static const char *
wanted (BaruaReader *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->find_entry));

  return gtk_search_bar_get_search_mode (self->find_bar) && *text != '\0' ? text : NULL;
}

static void
find_changed (BaruaReader *self)
{
  if (self->slots == NULL)
    return;
  self->current = G_MAXUINT;
  for (guint i = 0; i < self->slots->len; i++)
    {
      const BaruaReaderSlot *slot = g_ptr_array_index (self->slots, i);

      if (slot->card != NULL)
        barua_message_card_find (slot->card, wanted (self));
    }
  card_found (self);
}

static void
step (BaruaReader *self,
      gboolean     back)
{
  if (self->n_found == 0)
    return;
  if (self->current >= self->n_found)
    self->current = 0;
  else
    self->current = (self->current + (back ? self->n_found - 1 : 1)) % self->n_found;
  mark (self);
  show_count (self);
}

static void
act_find (GtkWidget  *widget,
          const char *name,
          GVariant   *parameter)
{
  BaruaReader *self = BARUA_READER (widget);

  if (self->slots->len == 0)
    return;
  gtk_search_bar_set_search_mode (self->find_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->find_entry));
}

static void
act_find_next (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  step (BARUA_READER (widget), FALSE);
}

static void
act_find_previous (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  step (BARUA_READER (widget), TRUE);
}

static void
find_next (BaruaReader *self)
{
  step (self, FALSE);
}

static void
find_previous (BaruaReader *self)
{
  step (self, TRUE);
}

static void
find_mode_changed (BaruaReader *self)
{
  find_changed (self);
  if (!gtk_search_bar_get_search_mode (self->find_bar) && self->chosen != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self->chosen));
}

/* Cards ------------------------------------------------------------------------------------------------------------ */

static void
adopt_card (BaruaReader      *self,
            BaruaReaderSlot             *slot,
            BaruaMessageCard *card)
{
  g_signal_connect_object (card, "link-hovered", G_CALLBACK (link_hovered), self, 0);
  g_signal_connect_object (card, "star-toggled", G_CALLBACK (card_star_toggled), self, 0);
  g_signal_connect_object (card, "loaded", G_CALLBACK (card_loaded), self, 0);
  g_signal_connect_object (card, "web-view-wanted", G_CALLBACK (web_view_wanted), self, 0);
  g_signal_connect_object (card, "found", G_CALLBACK (card_found), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (card, "marked", G_CALLBACK (card_marked), self, 0);
  barua_message_card_set_narrow (card, self->is_narrow);
  slot->card = card;
  gtk_widget_set_size_request (GTK_WIDGET (slot->bin), -1, -1);
  adw_bin_set_child (slot->bin, GTK_WIDGET (card));
}

void
barua_reader_build (BaruaReader     *self,
                    BaruaReaderSlot *slot)
{
  g_autoptr (BaruaMessageSource) source = NULL;

  if (slot->card != NULL)
    return;
  source = barua_message_source_new (self->engine, slot->row->id);
  adopt_card (self, slot, BARUA_MESSAGE_CARD (barua_message_card_new (source, slot->row)));
  barua_message_card_set_alone (slot->card, self->slots->len == 1);
  barua_message_card_set_open (slot->card, slot->open);
}

BaruaReaderSlot *
barua_reader_add_slot (BaruaReader *self,
                       BaruaRow    *row,
                       gboolean     open,
                       guint        at)
{
  BaruaReaderSlot *slot = g_new0 (BaruaReaderSlot, 1);

  slot->bin = g_object_ref_sink (ADW_BIN (adw_bin_new ()));
  slot->row = row != NULL ? barua_row_ref (row) : NULL;
  slot->open = open;
  /* As high as a folded card. */
  gtk_widget_set_size_request (GTK_WIDGET (slot->bin), -1, 48);
  if (at >= self->slots->len)
    gtk_box_append (self->cards, GTK_WIDGET (slot->bin));
  else
    gtk_box_insert_child_after (self->cards, GTK_WIDGET (slot->bin),
                                at > 0 ? GTK_WIDGET (((BaruaReaderSlot *)g_ptr_array_index (self->slots, at - 1))->bin) : NULL);
  g_ptr_array_insert (self->slots, (int)MIN (at, self->slots->len), slot);
  return slot;
}

static void
build_near (BaruaReader *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  double page = gtk_adjustment_get_page_size (adjustment), value = gtk_adjustment_get_value (adjustment);
  double from = value - page * BARUA_CARDS_AHEAD, to = value + page * (1 + BARUA_CARDS_AHEAD);

  for (guint i = 0; i < self->slots->len; i++)
    {
      BaruaReaderSlot *slot = g_ptr_array_index (self->slots, i);
      double top, bottom;

      if (slot->card == NULL && barua_reader_get_place (self, GTK_WIDGET (slot->bin), &top, &bottom) && bottom > from &&
          top < to)
        barua_reader_build (self, slot);
    }
}

static gboolean
build_later (gpointer data)
{
  BaruaReader *self = data;

  self->build_source = 0;
  go_to_target (self);
  build_near (self);
  return G_SOURCE_REMOVE;
}

void
barua_reader_queue_build (BaruaReader *self)
{
  if (self->build_source == 0 && self->slots != NULL)
    self->build_source = g_idle_add_full (GDK_PRIORITY_REDRAW + 10, build_later, self, NULL);
}

static void
scrolled (BaruaReader *self)
{
  if (!self->scrolling)
    self->target = NULL;
  barua_reader_queue_build (self);
  if (self->slots != NULL && self->slots->len > 0)
    wait_for_reading (self);
}

static void
clear_cards (BaruaReader *self)
{
  GtkWidget *child;

  g_clear_handle_id (&self->read_source, g_source_remove);
  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_clear_handle_id (&self->build_source, g_source_remove);
  g_clear_handle_id (&self->found_source, g_source_remove);
  g_queue_clear (&self->web_cards);
  self->chosen = NULL;
  self->target = NULL;
  self->thread = 0;
  self->n_found = 0;
  self->current = G_MAXUINT;
  g_ptr_array_set_size (self->slots, 0);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->cards))) != NULL)
    gtk_box_remove (self->cards, child);
  gtk_widget_set_visible (GTK_WIDGET (self->link_target), FALSE);
  gtk_search_bar_set_search_mode (self->find_bar, FALSE);
}

static void
show_collapsed (GtkButton   *button,
                BaruaReader *self)
{
  GtkWidget *bin = gtk_widget_get_next_sibling (GTK_WIDGET (button));

  for (; bin != NULL && !gtk_widget_get_visible (bin); bin = gtk_widget_get_next_sibling (bin))
    gtk_widget_set_visible (bin, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (button), FALSE);
  self->target = NULL;
  barua_reader_queue_build (self);
}

static void
build_now (BaruaReader *self,
           BaruaReaderSlot        *slot,
           gboolean     is_chosen)
{
  barua_reader_build (self, slot);
  if (is_chosen)
    self->chosen = slot->card;
}

char *
barua_reader_words_of_collapsed (guint    n,
                                 gboolean is_first)
{
  g_autofree char *number = barua_words_number (n);

  /* Translators: %s is a number, in both. */
  return g_strdup_printf (is_first ? ngettext ("%s earlier message", "%s earlier messages", n)
                                   : ngettext ("%s more message", "%s more messages", n), number);
}

static void
add_collapsed (BaruaReader *self,
               GPtrArray   *rows,
               guint        first,
               guint        n)
{
  g_autofree char *words = barua_reader_words_of_collapsed (n, first == 0);
  GtkWidget *button = gtk_button_new_with_label (words);

  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_object (button, "clicked", G_CALLBACK (show_collapsed), self, 0);
  gtk_box_append (self->cards, button);
  for (guint i = first; i < first + n; i++)
    gtk_widget_set_visible (GTK_WIDGET (
                                barua_reader_add_slot (self, g_ptr_array_index (rows, i), FALSE, self->slots->len)
                                    ->bin),
                            FALSE);
}

/* Unread ones, the newest and the chosen one are open. */
static gboolean
is_open (GPtrArray *rows,
         guint      index,
         guint      chosen)
{
  return index == chosen || index == rows->len - 1 || !(((BaruaRow *)g_ptr_array_index (rows, index))->flags & BARUA_FLAG_SEEN);
}

/* A conversation opens at its first unread message, else at the newest; a single message of it at that one. */
static guint
first_shown (GPtrArray *rows,
             BaruaRow  *chosen,
             guint      at)
{
  if (chosen->thread_count < 2)
    return at;
  for (guint i = 0; i < rows->len; i++)
    if (!(((BaruaRow *)g_ptr_array_index (rows, i))->flags & BARUA_FLAG_SEEN))
      return i;
  return rows->len - 1;
}

static void
fill (BaruaReader *self,
      GPtrArray   *rows,
      BaruaRow    *chosen)
{
  guint at = 0, first;

  for (guint i = 0; i < rows->len; i++)
    if (((BaruaRow *)g_ptr_array_index (rows, i))->id == chosen->id)
      at = i;
  first = first_shown (rows, chosen, at);
  clear_cards (self);
  for (guint i = 0; i < rows->len;)
    {
      guint run = 0;

      while (i + run < rows->len && !is_open (rows, i + run, at))
        run++;
      if (run > FOLDED_MAX)
        {
          add_collapsed (self, rows, i, run);
          i += run;
          continue;
        }
      for (guint end = i + run + (i + run < rows->len); i < end; i++)
        {
          BaruaReaderSlot *slot =
              barua_reader_add_slot (self, g_ptr_array_index (rows, i), is_open (rows, i, at), self->slots->len);

          if (i == first)
            self->target = GTK_WIDGET (slot->bin);
          if (i == first || i == at)
            build_now (self, slot, i == at);
        }
    }
  for (guint i = 0; i < self->slots->len; i++)
    if (((BaruaReaderSlot *)g_ptr_array_index (self->slots, i))->card != NULL)
      barua_message_card_set_alone (((BaruaReaderSlot *)g_ptr_array_index (self->slots, i))->card, rows->len == 1);
  barua_reader_queue_build (self);
}

typedef struct
{
  GWeakRef     reader;
  BaruaEngine *engine;
  BaruaRow    *row;
  guint        serial;
} Showing;

static void
showing_free (gpointer data)
{
  Showing *showing = data;

  g_weak_ref_clear (&showing->reader);
  g_object_unref (showing->engine);
  barua_row_unref (showing->row);
  g_free (showing);
}

static int
by_date (gconstpointer a,
         gconstpointer b)
{
  const BaruaRow *x = *(BaruaRow *const *)a, *y = *(BaruaRow *const *)b;

  return x->date != y->date ? (x->date < y->date ? -1 : 1) : x->id < y->id ? -1 : x->id > y->id;
}

/* One card a message: a copy of it in another folder is the same message. At most BARUA_LIMIT_CARDS, around the chosen one. */
static GPtrArray *
rows_of_conversation (BaruaRows *found,
                      BaruaRow  *chosen)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_row_unref);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  g_ptr_array_add (rows, barua_row_ref (chosen));
  if (*chosen->message_id != '\0')
    g_hash_table_add (seen, chosen->message_id);
  for (guint i = 0; found != NULL && i < found->rows->len && rows->len < BARUA_LIMIT_CARDS; i++)
    {
      BaruaRow *row = g_ptr_array_index (found->rows, i);

      if (row->id == chosen->id || (*row->message_id != '\0' && !g_hash_table_add (seen, row->message_id)))
        continue;
      g_ptr_array_add (rows, barua_row_ref (row));
    }
  g_ptr_array_sort (rows, by_date);
  return rows;
}

static DexFuture *
show_fiber (gpointer data)
{
  Showing *showing = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BaruaRows) found = dex_await_boxed (barua_engine_load_thread (showing->engine, showing->row->thread), &error);
  g_autoptr (BaruaReader) self = g_weak_ref_get (&showing->reader);
  g_autoptr (GPtrArray) rows = NULL;

  if (self == NULL || self->serial != showing->serial || self->cards == NULL)
    return dex_future_new_true ();
  if (found == NULL)
    g_debug ("the conversation of %" G_GINT64_FORMAT ": %s", showing->row->id, error->message);
  rows = rows_of_conversation (found, showing->row);
  fill (self, rows, showing->row);
  self->thread = showing->row->thread;
  self->is_grouped = showing->row->people != NULL;
  gtk_stack_set_visible_child_name (self->stack, "cards");
  scroll_to (self, 0);
  return dex_future_new_true ();
}

static void
start_showing (BaruaReader *self)
{
  BaruaRow *row = barua_message_item_get_row (self->item);
  const char *subject = *row->subject != '\0' ? row->subject : _("(no subject)");
  Showing *showing = g_new0 (Showing, 1);

  gtk_label_set_label (self->subject, subject);
  gtk_widget_set_visible (GTK_WIDGET (self->menu), TRUE);
  g_signal_emit (self, signals[TITLE_CHANGED], 0, subject);
  g_weak_ref_init (&showing->reader, self);
  showing->engine = g_object_ref (self->engine);
  showing->row = barua_row_ref (row);
  showing->serial = self->serial;
  barua_fiber_spawn ("ui-show", show_fiber, showing, showing_free);
}

/* A conversation's row becomes another one with each message that comes or goes: it is the same conversation, and stays where it
 * is. */
static void
take_item (BaruaReader *self)
{
  BaruaRow *row = barua_message_item_get_row (self->item);

  self->is_waiting = FALSE;
  if (self->thread != 0 && row->thread == self->thread && self->is_grouped && row->people != NULL && self->chosen != NULL)
    {
      barua_reader_queue_refresh (self);
      return;
    }
  self->chosen = NULL;
  self->thread = 0;
  g_hash_table_remove_all (self->marked);
  start_showing (self);
}

static void
row_changed (BaruaReader *self)
{
  BaruaRow *row = barua_message_item_get_row (self->item);

  if (row != NULL && self->is_waiting)
    take_item (self);
  if (row == NULL || self->chosen == NULL || barua_message_card_get_id (self->chosen) != row->id)
    return;
  barua_message_card_set_row (self->chosen, row);
  for (guint i = 0; i < self->slots->len; i++)
    {
      BaruaReaderSlot *slot = g_ptr_array_index (self->slots, i);

      if (slot->card == self->chosen)
        {
          g_clear_pointer (&slot->row, barua_row_unref);
          slot->row = barua_row_ref (row);
        }
    }
}

void
barua_reader_show (BaruaReader      *self,
                   BaruaMessageItem *item)
{
  if (self->item == item && item != NULL)
    return;
  self->serial++;
  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_set_object (&self->item, item);
  g_clear_handle_id (&self->read_source, g_source_remove);
  self->is_waiting = item != NULL;
  if (item == NULL)
    {
      g_hash_table_remove_all (self->marked);
      clear_cards (self);
      gtk_stack_set_visible_child_name (self->stack, "empty");
      gtk_widget_set_visible (GTK_WIDGET (self->menu), FALSE);
      g_signal_emit (self, signals[TITLE_CHANGED], 0, _("No Message Selected"));
      return;
    }
  g_signal_connect_object (item, "notify::row", G_CALLBACK (row_changed), self, G_CONNECT_SWAPPED);
  if (barua_message_item_get_row (item) != NULL)
    take_item (self);
}

BaruaMessageCard *
barua_reader_get_chosen (BaruaReader *self)
{
  return self->is_waiting ? NULL : self->chosen;
}

gboolean
barua_reader_scroll_page (BaruaReader *self,
                          gboolean     back)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  double page = gtk_adjustment_get_page_size (adjustment);
  double value = gtk_adjustment_get_value (adjustment);
  double end = gtk_adjustment_get_upper (adjustment) - page;
  double target = CLAMP (value + (back ? -1 : 1) * page * 0.9, 0, MAX (end, 0));

  if (ABS (target - value) < 1.0)
    return FALSE;
  gtk_adjustment_set_value (adjustment, target);
  return TRUE;
}

/* What is behind a button is passed over. */
void
barua_reader_go_to_card (BaruaReader *self,
                         gboolean     back)
{
  int step = back ? -1 : 1, at = -1, n = (int)self->slots->len;
  BaruaReaderSlot *slot;

  for (int i = 0; i < n; i++)
    {
      gboolean has_focus;

      slot = g_ptr_array_index (self->slots, i);
      has_focus = gtk_widget_get_focus_child (GTK_WIDGET (slot->bin)) != NULL;
      if (slot->card != NULL && (has_focus || (at < 0 && slot->card == self->chosen)))
        at = i;
    }
  for (at += step; at >= 0 && at < n; at += step)
    if (gtk_widget_get_visible (GTK_WIDGET (((BaruaReaderSlot *)g_ptr_array_index (self->slots, at))->bin)))
      break;
  if (at < 0 || at >= n)
    return;
  slot = g_ptr_array_index (self->slots, at);
  self->target = NULL;
  barua_reader_build (self, slot);
  self->chosen = slot->card;
  barua_message_card_focus_head (slot->card);
}

static void
show_alone_subject (BaruaMessageCard *card,
                    BaruaReader      *self)
{
  const char *subject = barua_message_card_get_subject (card);

  if (*subject == '\0')
    subject = _("(no subject)");
  gtk_label_set_label (self->subject, subject);
  g_signal_emit (self, signals[TITLE_CHANGED], 0, subject);
}

void
barua_reader_show_alone (BaruaReader        *self,
                         BaruaMessageSource *source,
                         BaruaRow           *row)
{
  BaruaReaderSlot *slot;

  clear_cards (self);
  slot = barua_reader_add_slot (self, row, TRUE, self->slots->len);
  adopt_card (self, slot, BARUA_MESSAGE_CARD (barua_message_card_new (source, row)));
  self->chosen = slot->card;
  g_signal_connect_object (slot->card, "loaded", G_CALLBACK (show_alone_subject), self, 0);
  barua_message_card_set_alone (slot->card, TRUE);
  barua_message_card_set_open (slot->card, TRUE);
  show_alone_subject (slot->card, self);
  self->is_alone = TRUE;
  show_acts (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "reader.window", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "reader.expand-all", FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->menu), TRUE);
  gtk_stack_set_visible_child_name (self->stack, "cards");
}

void
barua_reader_show_problem (BaruaReader *self,
                           const char  *title)
{
  /* It is no markup, other than the text below it. */
  adw_status_page_set_title (self->empty, title);
  gtk_stack_set_visible_child_name (self->stack, "empty");
}

/* Acts ------------------------------------------------------------------------------------------------------------- */

static void
act_expand_all (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  BaruaReader *self = BARUA_READER (widget);

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->cards)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_visible (child, ADW_IS_BIN (child));
  for (guint i = 0; i < self->slots->len; i++)
    {
      BaruaReaderSlot *slot = g_ptr_array_index (self->slots, i);

      slot->open = TRUE;
      if (slot->card != NULL && !barua_message_card_get_open (slot->card))
        barua_message_card_set_open (slot->card, TRUE);
    }
  barua_reader_queue_build (self);
}

static void
act_print (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  BaruaReader *self = BARUA_READER (widget);

  if (self->chosen != NULL)
    barua_message_card_print (self->chosen);
}

static void
act_window (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  BaruaReader *self = BARUA_READER (widget);

  if (self->chosen != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self->chosen), "card.window", NULL);
}

static void
set_zoom (BaruaReader *self,
          double       zoom)
{
  barua_reader_settings_set_zoom (zoom);
  for (guint i = 0; i < self->slots->len; i++)
    if (((BaruaReaderSlot *)g_ptr_array_index (self->slots, i))->card != NULL)
      barua_message_card_set_zoom (((BaruaReaderSlot *)g_ptr_array_index (self->slots, i))->card,
                                   barua_reader_settings_get_zoom ());
}

static void
act_zoom_in (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  set_zoom (BARUA_READER (widget), barua_reader_settings_get_zoom () * ZOOM_STEP);
}

static void
act_zoom_out (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  set_zoom (BARUA_READER (widget), barua_reader_settings_get_zoom () / ZOOM_STEP);
}

static void
act_zoom_normal (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  set_zoom (BARUA_READER (widget), 1.0);
}

/* Keys of the whole window, wherever the focus is. */
static void
add_shortcuts (BaruaReader *self)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();
  guint n;
  const BaruaShortcut *keys = barua_shortcuts_list (&n);

  /* Before a label that has the focus takes Control+F for its cursor. */
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  gtk_shortcut_controller_set_scope (GTK_SHORTCUT_CONTROLLER (controller), GTK_SHORTCUT_SCOPE_GLOBAL);
  for (guint i = 0; i < n; i++)
    if (keys[i].action != NULL && g_str_has_prefix (keys[i].action, "reader."))
      for (guint j = 0; keys[i].accels[j] != NULL; j++)
        gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller),
                                              gtk_shortcut_new (gtk_shortcut_trigger_parse_string (keys[i].accels[j]),
                                                                gtk_named_action_new (keys[i].action)));
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

/* The menu has them too: where it is narrow it stands alone. */
static void
show_acts (BaruaReader *self)
{
  gtk_widget_set_visible (self->save_button, self->is_alone && !self->is_narrow);
  gtk_widget_set_visible (self->print_button, self->is_alone && !self->is_narrow);
}

static void
set_narrow (BaruaReader *self,
            gboolean     narrow)
{
  self->is_narrow = narrow;
  show_acts (self);
  for (guint i = 0; i < self->slots->len; i++)
    if (((BaruaReaderSlot *)g_ptr_array_index (self->slots, i))->card != NULL)
      barua_message_card_set_narrow (((BaruaReaderSlot *)g_ptr_array_index (self->slots, i))->card, narrow);
}

static void
narrow_applied (BaruaReader *self)
{
  set_narrow (self, TRUE);
}

static void
narrow_unapplied (BaruaReader *self)
{
  set_narrow (self, FALSE);
}

/* One step back (UI.md 10): what is looked for is left from wherever in the reader the focus is. */
static gboolean
key_pressed (GtkEventControllerKey *keys,
             guint                  key,
             guint                  code,
             GdkModifierType        state,
             BaruaReader           *self)
{
  if (key != GDK_KEY_Escape || (state & gtk_accelerator_get_default_mod_mask ()) != 0 ||
      !gtk_search_bar_get_search_mode (self->find_bar))
    return GDK_EVENT_PROPAGATE;
  gtk_search_bar_set_search_mode (self->find_bar, FALSE);
  return GDK_EVENT_STOP;
}

/* Object ----------------------------------------------------------------------------------------------------------- */

static gboolean
grab_focus (GtkWidget *widget)
{
  BaruaReader *self = BARUA_READER (widget);

  if (self->chosen != NULL)
    return gtk_widget_grab_focus (GTK_WIDGET (self->chosen));
  return gtk_widget_child_focus (widget, GTK_DIR_TAB_FORWARD);
}

static void
barua_reader_dispose (GObject *object)
{
  BaruaReader *self = BARUA_READER (object);

  g_clear_handle_id (&self->read_source, g_source_remove);
  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_clear_handle_id (&self->build_source, g_source_remove);
  g_clear_handle_id (&self->found_source, g_source_remove);
  g_queue_clear (&self->web_cards);
  g_clear_pointer (&self->marked, g_hash_table_unref);
  g_clear_pointer (&self->slots, g_ptr_array_unref);
  self->chosen = NULL;
  g_clear_object (&self->item);
  g_clear_object (&self->engine);
  gtk_widget_dispose_template (GTK_WIDGET (object), BARUA_TYPE_READER);
  G_OBJECT_CLASS (barua_reader_parent_class)->dispose (object);
}

static void
barua_reader_class_init (BaruaReaderClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_reader_dispose;
  widget_class->grab_focus = grab_focus;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/barua_mail/Barua/reader/barua-reader.ui");
  gtk_widget_class_bind_template_child (widget_class, BaruaReader, narrow);
  gtk_widget_class_bind_template_child (widget_class, BaruaReader, menu);
  gtk_widget_class_bind_template_child (widget_class, BaruaReader, reader_menu);
  gtk_widget_class_bind_template_child (widget_class, BaruaReader, save_button);
  gtk_widget_class_bind_template_child (widget_class, BaruaReader, print_button);
  gtk_widget_class_bind_template_child (widget_class, BaruaReader, stack);
  gtk_widget_class_bind_template_child (widget_class, BaruaReader, scroller);
  gtk_widget_class_bind_template_child (widget_class, BaruaReader, subject);
  gtk_widget_class_bind_template_child (widget_class, BaruaReader, cards);
  gtk_widget_class_bind_template_child (widget_class, BaruaReader, link_target);
  gtk_widget_class_bind_template_child (widget_class, BaruaReader, empty);
  gtk_widget_class_bind_template_child (widget_class, BaruaReader, find_bar);
  gtk_widget_class_bind_template_child (widget_class, BaruaReader, find_entry);
  gtk_widget_class_bind_template_child (widget_class, BaruaReader, find_count);
  gtk_widget_class_install_action (widget_class, "reader.find", NULL, act_find);
  gtk_widget_class_install_action (widget_class, "reader.find-next", NULL, act_find_next);
  gtk_widget_class_install_action (widget_class, "reader.find-previous", NULL, act_find_previous);
  gtk_widget_class_install_action (widget_class, "reader.print", NULL, act_print);
  gtk_widget_class_install_action (widget_class, "reader.window", NULL, act_window);
  gtk_widget_class_install_action (widget_class, "reader.expand-all", NULL, act_expand_all);
  gtk_widget_class_install_action (widget_class, "reader.zoom-in", NULL, act_zoom_in);
  gtk_widget_class_install_action (widget_class, "reader.zoom-out", NULL, act_zoom_out);
  gtk_widget_class_install_action (widget_class, "reader.zoom-normal", NULL, act_zoom_normal);

  signals[STAR_TOGGLED] = g_signal_new ("star-toggled", BARUA_TYPE_READER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                        G_TYPE_INT64, G_TYPE_BOOLEAN);
  signals[READ] = g_signal_new ("read", BARUA_TYPE_READER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[TITLE_CHANGED] =
    g_signal_new ("title-changed", BARUA_TYPE_READER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[REMOVED] = g_signal_new ("removed", BARUA_TYPE_READER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
barua_reader_init (BaruaReader *self)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_queue_init (&self->web_cards);
  self->slots = g_ptr_array_new_with_free_func (slot_free);
  self->marked = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->current = G_MAXUINT;
  gtk_widget_init_template (GTK_WIDGET (self));
  barua_lazy_menu_set (self->menu, self->reader_menu);
  add_shortcuts (self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  barua_reader_keep_focus_in_sight (self);
  if (barua_preferences_get () != NULL)
    g_signal_connect_object (barua_preferences_get (), "changed::mark-read", G_CALLBACK (wait_for_reading), self, G_CONNECT_SWAPPED);
  gtk_search_bar_connect_entry (self->find_bar, GTK_EDITABLE (self->find_entry));
  g_signal_connect_object (self->find_entry, "search-changed", G_CALLBACK (find_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->find_entry, "activate", G_CALLBACK (find_next), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->find_entry, "next-match", G_CALLBACK (find_next), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->find_entry, "previous-match", G_CALLBACK (find_previous), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->find_bar, "notify::search-mode-enabled", G_CALLBACK (find_mode_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (self->scroller), "value-changed", G_CALLBACK (scrolled), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (self->scroller), "changed",
                           G_CALLBACK (barua_reader_queue_build), self, G_CONNECT_SWAPPED);
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (self->subject, attributes);
  g_signal_connect_object (self->narrow, "apply", G_CALLBACK (narrow_applied), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->narrow, "unapply", G_CALLBACK (narrow_unapplied), self, G_CONNECT_SWAPPED);
}

void
barua_reader_set_engine (BaruaReader *self,
                         BaruaEngine *engine)
{
  g_return_if_fail (self->engine == NULL);

  self->engine = g_object_ref (engine);
  g_signal_connect_object (engine, "changed", G_CALLBACK (barua_reader_follow), self, G_CONNECT_SWAPPED);
}
