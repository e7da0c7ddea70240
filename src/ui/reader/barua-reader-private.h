/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-reader.h"

G_BEGIN_DECLS

/* Between barua-reader.c, barua-reader-focus.c and barua-reader-live.c only. */

struct _BaruaReader
{
  AdwBin             parent_instance;
  AdwBreakpoint     *narrow;
  GtkMenuButton     *menu;
  GMenuModel        *reader_menu;
  GtkWidget         *save_button; /* of a window of one message */
  GtkWidget         *print_button;
  GtkStack          *stack;
  GtkScrolledWindow *scroller;
  GtkLabel          *subject;
  GtkBox            *cards;
  GtkLabel          *link_target;
  AdwStatusPage     *empty;
  BaruaEngine       *engine;
  BaruaMessageItem  *item;
  BaruaMessageCard  *chosen;     /* child of cards */
  GtkSearchBar      *find_bar;
  GtkSearchEntry    *find_entry;
  GtkLabel          *find_count;
  GPtrArray         *slots;      /* Slot, in order */
  GHashTable        *marked;     /* ids (g_int64) told as read by this showing: not again when the person takes it back */
  GtkWidget         *target;     /* borrowed: the place of what is shown first, until it is on screen or the person scrolls */
  guint              build_source;
  guint              found_source;
  guint              current;    /* match, G_MAXUINT: none */
  guint              n_found;
  gboolean           scrolling;  /* by us */
  GQueue             web_cards;  /* BaruaMessageCard with web views, last made first */
  guint              read_source;
  guint              refresh_source;
  gint64             thread;     /* of the conversation that stands there; 0 */
  guint              serial;     /* of barua_reader_show(), so that late answers are dropped */
  gboolean           is_narrow;
  gboolean           is_alone;   /* a window of one message */
  gboolean           is_grouped; /* it came from a list of conversations */
  gboolean           is_waiting; /* for what is known of the item */
};

/* A message's place among the cards: the card is made when it comes near what is seen. */
typedef struct
{
  AdwBin           *bin;
  BaruaRow         *row;  /* NULL: of a file */
  BaruaMessageCard *card; /* NULL until it is near */
  gboolean          open;
} BaruaReaderSlot;

/* A place for @row before that of index @at; folded or open, not built yet. */
BaruaReaderSlot *barua_reader_add_slot    (BaruaReader     *self,
                                           BaruaRow        *row,
                                           gboolean         open,
                                           guint            at);
/* Makes its card. */
void             barua_reader_build       (BaruaReader     *self,
                                           BaruaReaderSlot *slot);
/* Soon: what came near is built. */
void             barua_reader_queue_build (BaruaReader     *self);
/* Where it stands among what is scrolled: top and bottom; FALSE when it has no place. */
gboolean         barua_reader_get_place   (BaruaReader     *self,
                                           GtkWidget       *widget,
                                           double          *top,
                                           double          *bottom);
/* The words of the button that @n cards are folded behind. (full) */
char            *barua_reader_words_of_collapsed (guint     n,
                                                  gboolean  is_first);

/* Once, when its widgets are made. */
void             barua_reader_keep_focus_in_sight (BaruaReader *self);
/* The engine changed something: what the cards show follows, soon, and nothing moves under the reader's eyes. */
void             barua_reader_follow      (BaruaReader     *self,
                                           BaruaChangeSet  *changes);
void             barua_reader_queue_refresh (BaruaReader   *self);

G_END_DECLS
