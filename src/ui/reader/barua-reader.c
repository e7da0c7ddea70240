/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-reader.h"

#include <glib/gi18n-lib.h>

#include "barua-fiber.h"
#include "barua-limits.h"
#include "barua-link.h"
#include "barua-painted.h"
#include "barua-preferences.h"

/* More folded cards in a row than this are one line. */
#define FOLDED_MAX 6u

struct _BaruaReader
{
  AdwBin             parent_instance;
  AdwBreakpoint     *narrow;
  GtkMenuButton     *menu;
  GtkStack          *stack;
  GtkScrolledWindow *scroller;
  GtkLabel          *subject;
  GtkBox            *cards;
  GtkLabel          *link_target;
  BaruaEngine       *engine;
  BaruaMessageItem  *item;
  BaruaMessageCard  *chosen;     /* child of cards */
  GQueue             web_cards;  /* BaruaMessageCard with web views, last made first */
  guint              read_source;
  guint              serial;     /* of barua_reader_show(), so that late answers are dropped */
  gboolean           is_narrow;
  gboolean           was_read;   /* marked by this showing: not again when the person takes it back */
};

enum
{
  STAR_TOGGLED,
  READ,
  TITLE_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaReader, barua_reader, ADW_TYPE_BIN)

/* Marking as read -------------------------------------------------------------------------------------------------- */

static gboolean
shown_long_enough (gpointer data)
{
  BaruaReader *self = data;
  BaruaRow *row = self->item != NULL ? barua_message_item_get_row (self->item) : NULL;

  self->read_source = 0;
  if (row != NULL && !(row->flags & BARUA_FLAG_SEEN) && !self->was_read)
    g_signal_emit (self, signals[READ], 0, row->id);
  self->was_read = TRUE;
  return G_SOURCE_REMOVE;
}

static void
card_loaded (BaruaMessageCard *card,
             BaruaReader      *self)
{
  barua_painted_event ("message-shown");
  if (card != self->chosen || self->read_source != 0 || self->was_read || barua_preferences_is ("mark-read", "by-hand", "pause"))
    return;
  self->read_source = g_timeout_add (barua_preferences_is ("mark-read", "at-once", "pause") ? 0 : BARUA_TIMEOUT_MARK_READ_MS,
                                     shown_long_enough, self);
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

static BaruaMessageCard *
add_card (BaruaReader *self,
          BaruaRow    *row)
{
  BaruaMessageCard *card = BARUA_MESSAGE_CARD (barua_message_card_new (self->engine, row));

  g_signal_connect_object (card, "link-hovered", G_CALLBACK (link_hovered), self, 0);
  g_signal_connect_object (card, "star-toggled", G_CALLBACK (card_star_toggled), self, 0);
  g_signal_connect_object (card, "loaded", G_CALLBACK (card_loaded), self, 0);
  g_signal_connect_object (card, "web-view-wanted", G_CALLBACK (web_view_wanted), self, 0);
  barua_message_card_set_narrow (card, self->is_narrow);
  gtk_box_append (self->cards, GTK_WIDGET (card));
  return card;
}

static void
clear_cards (BaruaReader *self)
{
  GtkWidget *child;

  g_clear_handle_id (&self->read_source, g_source_remove);
  g_queue_clear (&self->web_cards);
  self->chosen = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->cards))) != NULL)
    gtk_box_remove (self->cards, child);
  gtk_widget_set_visible (GTK_WIDGET (self->link_target), FALSE);
}

static void
show_collapsed (GtkButton *button,
                gpointer   user_data)
{
  GtkWidget *card = gtk_widget_get_next_sibling (GTK_WIDGET (button));

  for (; card != NULL && !gtk_widget_get_visible (card); card = gtk_widget_get_next_sibling (card))
    gtk_widget_set_visible (card, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (button), FALSE);
}

static void
add_collapsed (BaruaReader *self,
               GPtrArray   *rows,
               guint        first,
               guint        n)
{
  g_autofree char *words = g_strdup_printf (ngettext ("%u more message", "%u more messages", n), n);
  GtkWidget *button = gtk_button_new_with_label (words);

  gtk_widget_add_css_class (button, "flat");
  g_signal_connect (button, "clicked", G_CALLBACK (show_collapsed), NULL);
  gtk_box_append (self->cards, button);
  for (guint i = first; i < first + n; i++)
    {
      BaruaMessageCard *card = add_card (self, g_ptr_array_index (rows, i));

      barua_message_card_set_open (card, FALSE);
      gtk_widget_set_visible (GTK_WIDGET (card), FALSE);
    }
}

static void
fill (BaruaReader *self,
      GPtrArray   *rows,
      BaruaRow    *chosen)
{
  guint at = 0;

  for (guint i = 0; i < rows->len; i++)
    if (((BaruaRow *)g_ptr_array_index (rows, i))->id == chosen->id)
      at = i;
  clear_cards (self);
  for (guint i = 0; i < rows->len;)
    {
      guint run = i < at ? at - i : i > at ? rows->len - i : 0;

      if (run > FOLDED_MAX)
        {
          add_collapsed (self, rows, i, run - 1);
          i += run - 1;
        }
      {
        BaruaMessageCard *card = add_card (self, g_ptr_array_index (rows, i));

        if (i == at)
          self->chosen = card;
        barua_message_card_set_alone (card, rows->len == 1);
        barua_message_card_set_open (card, i == at);
      }
      i++;
    }
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
  gtk_stack_set_visible_child_name (self->stack, "cards");
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
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

static void
row_changed (BaruaReader *self)
{
  BaruaRow *row = barua_message_item_get_row (self->item);

  if (row == NULL)
    return;
  if (self->chosen == NULL)
    start_showing (self);
  else
    barua_message_card_set_row (self->chosen, row);
}

void
barua_reader_show (BaruaReader      *self,
                   BaruaMessageItem *item)
{
  if (self->item == item && item != NULL)
    return;
  self->serial++;
  self->was_read = FALSE;
  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_set_object (&self->item, item);
  g_clear_handle_id (&self->read_source, g_source_remove);
  self->chosen = NULL;
  if (item == NULL)
    {
      clear_cards (self);
      gtk_stack_set_visible_child_name (self->stack, "empty");
      gtk_widget_set_visible (GTK_WIDGET (self->menu), FALSE);
      g_signal_emit (self, signals[TITLE_CHANGED], 0, _("No Message Selected"));
      return;
    }
  g_signal_connect_object (item, "notify::row", G_CALLBACK (row_changed), self, G_CONNECT_SWAPPED);
  if (barua_message_item_get_row (item) != NULL)
    start_showing (self);
}

BaruaMessageCard *
barua_reader_get_chosen (BaruaReader *self)
{
  return self->chosen;
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

static void
set_narrow (BaruaReader *self,
            gboolean     narrow)
{
  self->is_narrow = narrow;
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->cards)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (BARUA_IS_MESSAGE_CARD (child))
      barua_message_card_set_narrow (BARUA_MESSAGE_CARD (child), narrow);
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
  g_queue_clear (&self->web_cards);
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
  gtk_widget_class_bind_template_child (widget_class, BaruaReader, stack);
  gtk_widget_class_bind_template_child (widget_class, BaruaReader, scroller);
  gtk_widget_class_bind_template_child (widget_class, BaruaReader, subject);
  gtk_widget_class_bind_template_child (widget_class, BaruaReader, cards);
  gtk_widget_class_bind_template_child (widget_class, BaruaReader, link_target);

  signals[STAR_TOGGLED] = g_signal_new ("star-toggled", BARUA_TYPE_READER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                        G_TYPE_INT64, G_TYPE_BOOLEAN);
  signals[READ] = g_signal_new ("read", BARUA_TYPE_READER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[TITLE_CHANGED] =
    g_signal_new ("title-changed", BARUA_TYPE_READER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
barua_reader_init (BaruaReader *self)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  g_queue_init (&self->web_cards);
  gtk_widget_init_template (GTK_WIDGET (self));
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
}
