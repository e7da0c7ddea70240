/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-list-pane.h"

#include <glib/gi18n-lib.h>

#include "barua-ask-strip.h"
#include "barua-date-popover.h"
#include "barua-limits.h"
#include "barua-list-placeholder.h"
#include "barua-list-steady.h"
#include "barua-message-row.h"
#include "barua-row-hover.h"
#include "barua-row-menu.h"
#include "barua-row-swipe.h"
#include "barua-search-strip.h"
#include "barua-search-words.h"
#include "barua-selection-model.h"
#include "barua-state-banner.h"
#include "barua-words.h"

/* How far below the chosen row the next unread one is looked for: rows that were never loaded are not. */
#define UNREAD_LOOK_AHEAD 2000u
/* Nearer to the top than this is at the top. */
#define TOP_PX            48.0
#define TOP_FRAMES        3u
/* While the search strip slides in or out. */
#define STRIP_FRAMES      20u

struct _BaruaListPane
{
  AdwBin               parent_instance;
  AdwToolbarView      *toolbars;
  AdwWindowTitle      *title;
  GtkButton           *folders_button;
  GtkMenuButton       *menu_button;
  GtkToggleButton     *search_button;
  GtkRevealer         *search_revealer;
  BaruaSearchStrip    *strip;
  BaruaAskStrip       *ask;
  GtkStack            *stack;
  GtkScrolledWindow   *scroller;
  GtkListView         *messages;
  GtkButton           *new_mail;
  BaruaListPlaceholder *placeholder;
  BaruaStateBanner    *banner;
  GtkOverlay          *rows_overlay;
  BaruaRowHover       *hover; /* the overlay's */
  BaruaRowSwipe       *swipe;
  BaruaRowMenu        *row_menu;
  GtkButton           *mark_read_button;
  GtkButton           *mark_unread_button;
  GtkButton           *star_button;
  GtkButton           *unstar_button;
  GtkLabel            *count;
  GtkButton           *done_button;
  BaruaDatePopover    *date_popover;
  BaruaListOptions    *options;
  GPtrArray           *rows; /* all rows, on screen or not; borrowed */
  BaruaRowLook         look;
  GPtrArray           *needles;      /* of what is searched; NULL: nothing is */
  GHashTable          *folder_names; /* gint64 * -> char *; NULL: all that is listed is in one */
  BaruaEngine         *engine;
  BaruaFolderItem     *folder;
  BaruaSpineModel     *spine;
  BaruaSelectionModel *selection;
  guint                n_new;          /* arrived above while scrolled away */
  guint                n_announced;
  guint                visible_source;
  guint                announce_source;
  guint                count_source;
  guint                found_source;
  guint                n_found; /* as announced last; G_MAXUINT: nothing was */
  guint                focus_source;
  guint                top_tick;
  guint                top_frames; /* for which the top is still held */
  gint64               shown_id;   /* the message that was told last */
  gint64               wanted_id;  /* to be gone to when the list is there */
  gint64               wanted_after;
  gint64               anchor;     /* where the list was before it was searched or filtered */
  gboolean             anchor_was_chosen;
  gboolean             wants_chosen;
  gboolean             told_filled;
  gboolean             wants_focus; /* once there are rows */
  gconstpointer        focus_was;   /* when that was wished; only compared */
  gboolean             picking;    /* one by one, with clicks: until it is ended */
  gboolean             is_active;  /* words or pills hide something */
};

enum
{
  MESSAGE_CHOSEN,
  MESSAGE_ACTIVATED,
  MESSAGE_CLICKED,
  STAR_CLICKED,
  READ_CLICKED,
  SPACE,
  SEVERAL_CHANGED,
  FILLED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaListPane, barua_list_pane, ADW_TYPE_BIN)

static void go_to_date (BaruaListPane *self, gint64 after);

/* Rows ------------------------------------------------------------------------------------------------------------- */

static void
star_clicked (BaruaMessageRow *row,
              BaruaListPane   *self)
{
  BaruaMessageItem *item = barua_message_row_get_item (row);

  if (item != NULL)
    g_signal_emit (self, signals[STAR_CLICKED], 0, barua_message_item_get_id (item));
}

static gboolean
find_row (BaruaListPane    *self,
          BaruaMessageItem *item,
          guint            *position)
{
  return item != NULL && self->spine != NULL &&
         barua_spine_model_find (self->spine, barua_message_item_get_id (item), barua_message_item_get_key (item), position);
}

static void
toggle (BaruaListPane *self,
        guint          position)
{
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (self->selection);

  if (gtk_selection_model_is_selected (selection, position))
    gtk_selection_model_unselect_item (selection, position);
  else
    gtk_selection_model_select_item (selection, position, FALSE);
}

static void
row_clicked (BaruaMessageRow *row,
             BaruaListPane   *self)
{
  guint position;

  if (!self->picking)
    g_signal_emit (self, signals[MESSAGE_CLICKED], 0);
  else if (find_row (self, barua_message_row_get_item (row), &position))
    toggle (self, position);
}

static void
row_held (BaruaMessageRow *row,
          BaruaListPane   *self)
{
  guint position;

  if (!find_row (self, barua_message_row_get_item (row), &position))
    return;
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, !self->picking);
  barua_list_pane_begin_selecting (self);
}

static void
selected_changed (GtkListItem *list_item)
{
  barua_message_row_set_selected (BARUA_MESSAGE_ROW (gtk_list_item_get_child (list_item)),
                                  gtk_list_item_get_selected (list_item));
}

static void
forget_row (BaruaMessageRow *row,
            BaruaListPane   *self)
{
  g_ptr_array_remove_fast (self->rows, row);
}

static void
setup_row (GtkSignalListItemFactory *factory,
           GtkListItem              *list_item,
           BaruaListPane            *self)
{
  GtkWidget *row = barua_message_row_new ();

  g_signal_connect_object (row, "star-clicked", G_CALLBACK (star_clicked), self, 0);
  g_signal_connect_object (row, "clicked", G_CALLBACK (row_clicked), self, 0);
  g_signal_connect_object (row, "held", G_CALLBACK (row_held), self, 0);
  barua_message_row_set_look (BARUA_MESSAGE_ROW (row), &self->look);
  gtk_list_item_set_child (list_item, row);
  g_signal_connect (list_item, "notify::selected", G_CALLBACK (selected_changed), NULL);
  g_ptr_array_add (self->rows, row);
  g_signal_connect_object (row, "destroy", G_CALLBACK (forget_row), self, 0);
}

static void
teardown_row (GtkSignalListItemFactory *factory,
              GtkListItem              *list_item,
              BaruaListPane            *self)
{
  g_signal_handlers_disconnect_by_func (list_item, selected_changed, NULL);
}

static void
label_row (GtkListItem *list_item)
{
  BaruaMessageItem *item = gtk_list_item_get_item (list_item);
  BaruaMessageRow *child = BARUA_MESSAGE_ROW (gtk_list_item_get_child (list_item));
  BaruaRow *row = item != NULL ? barua_message_item_get_row (item) : NULL;
  g_autofree char *label = NULL;

  if (row == NULL)
    return;
  label = barua_message_row_dup_label (row, barua_message_row_get_look (child));
  gtk_list_item_set_accessible_label (list_item, label);
  gtk_list_item_set_accessible_description (list_item, row->preview);
}

static void
bind_row (GtkSignalListItemFactory *factory,
          GtkListItem              *list_item,
          BaruaListPane            *self)
{
  BaruaMessageItem *item = gtk_list_item_get_item (list_item);
  BaruaMessageRow *row = BARUA_MESSAGE_ROW (gtk_list_item_get_child (list_item));

  barua_message_row_set_look (row, &self->look);
  barua_message_row_bind (row, item);
  selected_changed (list_item);
  g_signal_connect_object (item, "notify::row", G_CALLBACK (label_row), list_item, G_CONNECT_SWAPPED);
  label_row (list_item);
}

static void
unbind_row (GtkSignalListItemFactory *factory,
            GtkListItem              *list_item,
            BaruaListPane            *self)
{
  g_signal_handlers_disconnect_by_data (gtk_list_item_get_item (list_item), list_item);
  barua_message_row_unbind (BARUA_MESSAGE_ROW (gtk_list_item_get_child (list_item)));
}

/* Rows that are there look otherwise at once; the others when they are needed. */
static void
update_look (BaruaListPane *self)
{
  self->look.density = barua_list_options_get_density (self->options);
  self->look.n_previews = barua_list_options_get_previews (self->options);
  self->look.selecting = barua_list_pane_get_selecting (self);
  self->look.toggling = self->picking;
  if (self->spine != NULL)
    self->look.now = barua_spine_model_get_now (self->spine);
  barua_row_hover_set_enabled (self->hover, !self->look.selecting);
  barua_row_swipe_set_enabled (self->swipe, !self->look.selecting);
  for (guint i = 0; i < self->rows->len; i++)
    barua_message_row_set_look (g_ptr_array_index (self->rows, i), &self->look);
}

static void
setup_header (GtkSignalListItemFactory *factory,
              GtkListHeader            *header,
              gpointer                  user_data)
{
  gtk_list_header_set_child (header, g_object_new (GTK_TYPE_LABEL, "xalign", 0.0f, "ellipsize", PANGO_ELLIPSIZE_END, NULL));
}

static void
bind_header (GtkSignalListItemFactory *factory,
             GtkListHeader            *header,
             BaruaListPane            *self)
{
  g_autofree char *title = barua_spine_model_dup_section_title (self->spine, gtk_list_header_get_start (header));

  gtk_label_set_label (GTK_LABEL (gtk_list_header_get_child (header)), title != NULL ? title : "");
}

/* Title, empty states ---------------------------------------------------------------------------------------------- */

/* "214 found", "Unread only, 24 of 98,120". */
static char *
words_of_filter (BaruaListPane *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->spine));
  g_autofree char *found = barua_words_number (n);
  g_autofree char *total = barua_words_number (barua_folder_item_get_folder (self->folder)->total);

  if (*barua_search_strip_get_text (self->strip) != '\0')
    /* Translators: %s is a number of messages. */
    return g_strdup_printf (ngettext ("%s found", "%s found", n), found);
  if (barua_search_strip_get_filter (self->strip) == BARUA_FILTER_UNREAD)
    /* Translators: numbers of messages: "Unread only, 24 of 98,120". */
    return g_strdup_printf (_("Unread only, %1$s of %2$s"), found, total);
  /* Translators: numbers of messages: "24 of 98,120". */
  return g_strdup_printf (_("%1$s of %2$s"), found, total);
}

static char *
subtitle_of (BaruaListPane *self)
{
  const BaruaFolder *folder = barua_folder_item_get_folder (self->folder);
  g_autoptr (BaruaStatus) status = barua_engine_dup_status (self->engine, folder->account);
  g_autofree char *state = status != NULL ? barua_words_status_short (status) : g_strdup ("");

  /* What another folder is doing is the status line's to tell. */
  if (status != NULL && status->kind == BARUA_STATUS_SYNCHRONISING && g_strcmp0 (status->folder_name, folder->name) != 0)
    return barua_words_folder (folder);
  if (*state == '\0' && self->is_active && self->spine != NULL && !barua_spine_model_get_loading (self->spine))
    return words_of_filter (self);
  return *state != '\0' ? g_steal_pointer (&state) : barua_words_folder (folder);
}

static void
update_title (BaruaListPane *self)
{
  g_autofree char *subtitle = NULL;
  g_autofree char *name = NULL;

  if (self->folder == NULL || self->engine == NULL)
    return;
  subtitle = subtitle_of (self);
  name = barua_words_folder_name (barua_folder_item_get_folder (self->folder));
  adw_window_title_set_title (self->title, name);
  adw_window_title_set_subtitle (self->title, subtitle);
  /* A narrow header has no room for all of it. */
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), subtitle);
  barua_search_strip_set_folder (self->strip, name);
}

static void
show_unfound (BaruaListPane *self)
{
  barua_list_placeholder_show_unfound (self->placeholder, *barua_search_strip_get_text (self->strip) != '\0',
                                       barua_search_strip_get_filter (self->strip) == BARUA_FILTER_UNREAD,
                                       barua_search_strip_get_scope (self->strip) == BARUA_SEARCH_SCOPE_EVERYWHERE,
                                       barua_ask_strip_can_ask (self->ask));
}

/* The rows are being read, or the first ones fetched. */
static void
show_loading (BaruaListPane *self)
{
  const BaruaFolder *folder = barua_folder_item_get_folder (self->folder);
  g_autoptr (BaruaStatus) status = barua_engine_dup_status (self->engine, folder->account);
  gboolean is_here = status != NULL && g_strcmp0 (status->folder_name, folder->name) == 0;

  barua_list_placeholder_show_loading (self->placeholder, is_here ? status : NULL);
  gtk_stack_set_visible_child_name (self->stack, "placeholder");
}

static gboolean
is_first_sync (BaruaListPane *self)
{
  const BaruaFolder *folder = barua_folder_item_get_folder (self->folder);

  return folder->first_sync && folder->server_total > 0;
}

static void
update_page (BaruaListPane *self)
{
  if (self->spine == NULL || barua_spine_model_get_loading (self->spine))
    return;
  if (g_list_model_get_n_items (G_LIST_MODEL (self->spine)) > 0)
    gtk_stack_set_visible_child_name (self->stack, "list");
  else if (barua_spine_model_get_error (self->spine) == NULL && !self->is_active && is_first_sync (self))
    show_loading (self);
  else
    {
      if (barua_spine_model_get_error (self->spine) != NULL)
        barua_list_placeholder_show_error (self->placeholder, barua_spine_model_get_error (self->spine));
      else if (self->is_active)
        show_unfound (self);
      else
        barua_list_placeholder_show_empty (self->placeholder, barua_folder_item_get_folder (self->folder)->role);
      gtk_stack_set_visible_child_name (self->stack, "placeholder");
    }
  if (self->is_active)
    update_title (self);
}

/* How far the first rows are, while they are not there. */
static void
status_changed (BaruaListPane *self)
{
  update_title (self);
  if (self->spine != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->spine)) == 0 && is_first_sync (self))
    update_page (self);
}

static void
folder_notify (BaruaListPane *self)
{
  update_title (self);
  update_page (self);
}

/* New mail --------------------------------------------------------------------------------------------------------- */

static GtkAdjustment *
vadjustment (BaruaListPane *self)
{
  return gtk_scrolled_window_get_vadjustment (self->scroller);
}

/* The first section's title counts as the top. */
static gboolean
is_at_top (BaruaListPane *self)
{
  return self->top_tick != 0 || gtk_adjustment_get_value (vadjustment (self)) < TOP_PX;
}

static gboolean
reach_top (GtkWidget     *widget,
           GdkFrameClock *clock,
           gpointer       data)
{
  BaruaListPane *self = BARUA_LIST_PANE (widget);

  gtk_adjustment_set_value (vadjustment (self), 0);
  if (--self->top_frames > 0)
    return G_SOURCE_CONTINUE;
  self->top_tick = 0;
  return G_SOURCE_REMOVE;
}

/* Scrolling to the first row leaves its title above the edge, and the title of a row that is loaded later pushes it there: the
 * rest of the way is gone when that has been laid out, which is in this frame or the next. */
static void
scroll_to_top (BaruaListPane *self)
{
  /* None are there yet when one is quicker than the list. */
  if (g_list_model_get_n_items (G_LIST_MODEL (self->selection)) > 0)
    gtk_list_view_scroll_to (self->messages, 0, GTK_LIST_SCROLL_NONE, NULL);
  self->top_frames = TOP_FRAMES;
  if (self->top_tick == 0)
    self->top_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), reach_top, NULL, NULL);
}

static void
set_new_count (BaruaListPane *self,
               guint          n)
{
  g_autofree char *number = barua_words_number (n);
  /* Translators: %s is a number. */
  g_autofree char *label = g_strdup_printf (ngettext ("%s new message", "%s new messages", n), number);

  self->n_new = n;
  gtk_button_set_label (self->new_mail, label);
  gtk_widget_set_visible (GTK_WIDGET (self->new_mail), n > 0);
}

static void
go_to_top (BaruaListPane *self)
{
  set_new_count (self, 0);
  gtk_list_view_scroll_to (self->messages, 0, GTK_LIST_SCROLL_FOCUS, NULL);
  scroll_to_top (self);
}

static gboolean
announce (gpointer data)
{
  BaruaListPane *self = data;
  g_autofree char *folder = self->folder != NULL ? barua_words_folder_name (barua_folder_item_get_folder (self->folder)) : NULL;
  g_autofree char *number = barua_words_number (self->n_announced);
  /* Translators: a number and a folder: "3 new messages in Inbox". */
  g_autofree char *text = g_strdup_printf (ngettext ("%1$s new message in %2$s", "%1$s new messages in %2$s", self->n_announced),
                                           number, folder != NULL ? folder : "");

  self->announce_source = 0;
  self->n_announced = 0;
  gtk_accessible_announce (GTK_ACCESSIBLE (self), text, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_LOW);
  return G_SOURCE_REMOVE;
}

static void
engine_arrived (BaruaListPane *self,
                gint64         folder,
                BaruaIdSet    *ids)
{
  if (self->folder == NULL || folder != barua_folder_item_get_id (self->folder))
    return;
  self->n_announced += (guint)barua_id_set_get_count (ids);
  if (self->announce_source == 0)
    self->announce_source = g_timeout_add (BARUA_TIMEOUT_ANNOUNCE_MS, announce, self);
}

/* Whether what arrives comes in at the top. */
static gboolean
is_by_date (BaruaListPane *self)
{
  const BaruaListQuery *query = barua_spine_model_get_query (self->spine);

  return query->sort == BARUA_SORT_DATE && !query->ascending && !self->is_active;
}

/* Once: the first list has something to show, or it is known that there is nothing. */
static void
tell_filled (BaruaListPane *self)
{
  if (self->told_filled)
    return;
  self->told_filled = TRUE;
  g_signal_emit (self, signals[FILLED], 0);
}

static void
await_filled (BaruaListPane *self)
{
  g_autoptr (BaruaMessageItem) first = g_list_model_get_item (G_LIST_MODEL (self->spine), 0);

  if (first != NULL ? barua_message_item_get_row (first) != NULL : !barua_folder_item_get_folder (self->folder)->first_sync)
    tell_filled (self);
  else if (first != NULL)
    g_signal_connect_object (first, "notify::row", G_CALLBACK (tell_filled), self, G_CONNECT_SWAPPED);
}

/* The view keeps what is on screen where it is. At the very top that would hide what has just arrived. */
static void
items_changed (BaruaListPane *self,
               guint          position,
               guint          removed,
               guint          added)
{
  /* The row under the pointer may be another one now. */
  barua_row_hover_dismiss (self->hover);
  if (!self->told_filled)
    await_filled (self);
  if (!is_by_date (self))
    {
      if (self->is_active && position == 0 && added > removed && is_at_top (self))
        scroll_to_top (self);
      update_page (self);
      return;
    }
  if (position == 0 && added > removed && self->n_new == 0 && is_at_top (self))
    scroll_to_top (self);
  else if (position == 0 && added > removed && !barua_spine_model_get_loading (self->spine) &&
           g_list_model_get_n_items (G_LIST_MODEL (self->spine)) > added)
    set_new_count (self, self->n_new + added - removed);
  update_page (self);
}

/* What is on screen ------------------------------------------------------------------------------------------------ */

static gboolean
tell_visible (gpointer data)
{
  BaruaListPane *self = data;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  int height = gtk_widget_get_height (GTK_WIDGET (self->scroller));
  BaruaMessageRow *previous = NULL;

  self->visible_source = 0;
  if (self->spine == NULL)
    return G_SOURCE_REMOVE;
  for (int y = 10; y < height && ids->len < BARUA_VISIBLE_ROWS; y += 24)
    {
      GtkWidget *widget = gtk_widget_pick (GTK_WIDGET (self->scroller), 40, y, GTK_PICK_DEFAULT);
      GtkWidget *row = widget != NULL ? gtk_widget_get_ancestor (widget, BARUA_TYPE_MESSAGE_ROW) : NULL;
      BaruaMessageItem *item = row != NULL ? barua_message_row_get_item (BARUA_MESSAGE_ROW (row)) : NULL;

      if (item == NULL || BARUA_MESSAGE_ROW (row) == previous)
        continue;
      previous = BARUA_MESSAGE_ROW (row);
      {
        gint64 id = barua_message_item_get_id (item);

        g_array_append_val (ids, id);
      }
    }
  barua_engine_set_visible (self->engine, (const gint64 *)(gpointer)ids->data, ids->len);
  return G_SOURCE_REMOVE;
}

static void
scrolled (BaruaListPane *self)
{
  if (self->n_new > 0 && is_at_top (self))
    set_new_count (self, 0);
  if (self->visible_source == 0)
    self->visible_source = g_timeout_add (BARUA_TIMEOUT_VISIBLE_MS, tell_visible, self);
}

/* Choosing --------------------------------------------------------------------------------------------------------- */

static void
tell_chosen (BaruaListPane *self,
             gint64         id)
{
  if (id == self->shown_id)
    return;
  self->shown_id = id;
  g_signal_emit (self, signals[MESSAGE_CHOSEN], 0, id);
}

static void
selected_id_changed (BaruaListPane *self,
                     gint64         id)
{
  if (!barua_list_pane_get_selecting (self) && self->wanted_id == 0)
    tell_chosen (self, id);
}

static gboolean
announce_count (gpointer data)
{
  BaruaListPane *self = data;

  self->count_source = 0;
  gtk_accessible_announce (GTK_ACCESSIBLE (self), gtk_label_get_label (self->count), GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_LOW);
  return G_SOURCE_REMOVE;
}

static void
update_several (BaruaListPane *self)
{
  gboolean selecting = barua_list_pane_get_selecting (self);
  guint n = barua_list_pane_get_n_selected (self);
  g_autofree char *number = barua_words_number (n);
  /* Translators: %s is a number of messages or conversations. */
  g_autofree char *label = n > 0 ? g_strdup_printf (ngettext ("%s selected", "%s selected", n), number)
                                 : g_strdup (_("None selected"));
  GtkButton *acts[] = { self->mark_read_button, self->mark_unread_button, self->star_button, self->unstar_button };

  gtk_label_set_label (self->count, label);
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    gtk_widget_set_visible (GTK_WIDGET (acts[i]), n > 0);
  adw_toolbar_view_set_reveal_bottom_bars (self->toolbars, selecting);
  if (self->look.selecting != selecting || self->look.toggling != self->picking)
    update_look (self);
  if (selecting && self->count_source == 0)
    self->count_source = g_timeout_add (BARUA_TIMEOUT_ANNOUNCE_MS, announce_count, self);
  if (!selecting)
    g_clear_handle_id (&self->count_source, g_source_remove);
  g_signal_emit (self, signals[SEVERAL_CHANGED], 0);
}

/* To the one that was chosen before. */
static void
end_selecting (BaruaListPane *self)
{
  guint lead = self->selection != NULL ? barua_selection_model_get_selected (self->selection) : GTK_INVALID_LIST_POSITION;

  if (!barua_list_pane_get_selecting (self))
    return;
  self->picking = FALSE;
  if (lead != GTK_INVALID_LIST_POSITION)
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), lead, TRUE);
  update_several (self);
  tell_chosen (self, self->selection != NULL ? barua_selection_model_get_selected_id (self->selection) : 0);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

gboolean
barua_list_pane_get_selecting (BaruaListPane *self)
{
  return self->picking || barua_list_pane_get_n_selected (self) > 1;
}

guint
barua_list_pane_get_n_selected (BaruaListPane *self)
{
  return self->selection != NULL ? barua_selection_model_get_count (self->selection) : 0;
}

BaruaIdSet *
barua_list_pane_dup_selected (BaruaListPane *self)
{
  return self->selection != NULL ? barua_selection_model_dup_ids (self->selection) : barua_id_set_new ();
}

GPtrArray *
barua_list_pane_list_selected (BaruaListPane *self,
                               guint          max)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GtkBitset) bits =
      self->selection != NULL ? gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection)) : NULL;
  GtkBitsetIter iter;
  guint position;

  if (bits == NULL || !gtk_bitset_iter_init_first (&iter, bits, &position))
    return items;
  do
    g_ptr_array_add (items, g_list_model_get_item (G_LIST_MODEL (self->selection), position));
  while (items->len < max && gtk_bitset_iter_next (&iter, &position));
  return items;
}

void
barua_list_pane_begin_selecting (BaruaListPane *self)
{
  if (self->spine == NULL || self->picking)
    return;
  self->picking = TRUE;
  update_several (self);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
row_activated (GtkListView   *view,
               guint          position,
               BaruaListPane *self)
{
  if (self->picking)
    return;
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
  g_signal_emit (self, signals[MESSAGE_ACTIVATED], 0);
}

gint64
barua_list_pane_get_chosen (BaruaListPane *self)
{
  return self->selection != NULL && !barua_list_pane_get_selecting (self)
             ? barua_selection_model_get_selected_id (self->selection)
             : 0;
}

BaruaMessageItem *
barua_list_pane_dup_chosen_item (BaruaListPane *self)
{
  guint position = self->selection != NULL ? barua_selection_model_get_selected (self->selection) : GTK_INVALID_LIST_POSITION;

  return position != GTK_INVALID_LIST_POSITION ? g_list_model_get_item (G_LIST_MODEL (self->selection), position) : NULL;
}

static void
choose (BaruaListPane *self,
        guint          position)
{
  gtk_list_view_scroll_to (self->messages, position, GTK_LIST_SCROLL_FOCUS | GTK_LIST_SCROLL_SELECT, NULL);
}

gboolean
barua_list_pane_choose (BaruaListPane *self,
                        gint64         id)
{
  guint position;

  if (self->spine == NULL)
    return FALSE;
  end_selecting (self);
  if (barua_spine_model_get_loading (self->spine))
    {
      self->wanted_id = id;
      self->wants_chosen = TRUE;
      return FALSE;
    }
  if (barua_spine_model_find (self->spine, id, G_MININT64, &position))
    {
      choose (self, position);
      return TRUE;
    }
  gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (self->selection));
  return FALSE;
}

void
barua_list_pane_move (BaruaListPane *self,
                      int            step)
{
  guint n = self->spine != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->spine)) : 0;
  guint position = self->selection != NULL ? barua_selection_model_get_selected (self->selection) : GTK_INVALID_LIST_POSITION;

  if (n == 0)
    return;
  if (position == GTK_INVALID_LIST_POSITION)
    choose (self, 0);
  else if ((gint64)position + step >= 0 && (gint64)position + step < n)
    choose (self, (guint)((gint64)position + step));
}

gboolean
barua_list_pane_move_to_unread (BaruaListPane *self)
{
  guint n = self->spine != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->spine)) : 0;
  guint position = self->selection != NULL ? barua_selection_model_get_selected (self->selection) : GTK_INVALID_LIST_POSITION;
  guint from = position == GTK_INVALID_LIST_POSITION ? 0 : position + 1;

  for (guint i = from; i < n && i < from + UNREAD_LOOK_AHEAD; i++)
    {
      g_autoptr (BaruaMessageItem) item = g_list_model_get_item (G_LIST_MODEL (self->spine), i);
      BaruaRow *row = barua_message_item_get_row (item);

      if (row == NULL)
        return FALSE;
      if (barua_message_row_is_unread (row, &self->look))
        {
          choose (self, i);
          return TRUE;
        }
    }
  return FALSE;
}

static void
toggle_focused (BaruaListPane *self)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkWidget *row = focus != NULL ? gtk_widget_get_first_child (focus) : NULL;
  guint position;

  if (row != NULL && BARUA_IS_MESSAGE_ROW (row) &&
      find_row (self, barua_message_row_get_item (BARUA_MESSAGE_ROW (row)), &position))
    toggle (self, position);
}

static gboolean
key_pressed (GtkEventControllerKey *controller,
             guint                  key,
             guint                  code,
             GdkModifierType        state,
             BaruaListPane         *self)
{
  GdkModifierType held = state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK | GDK_SHIFT_MASK);

  if (held != 0 && held != GDK_SHIFT_MASK)
    return GDK_EVENT_PROPAGATE;
  /* Further up a toast would take it for itself. */
  if (held == 0 && key == GDK_KEY_Escape)
    return barua_list_pane_escape (self) ? GDK_EVENT_STOP : GDK_EVENT_PROPAGATE;
  if (held == 0 && self->picking && (key == GDK_KEY_space || key == GDK_KEY_KP_Space))
    {
      toggle_focused (self);
      return GDK_EVENT_STOP;
    }
  if (key == GDK_KEY_space || key == GDK_KEY_KP_Space)
    {
      g_signal_emit (self, signals[SPACE], 0, (state & GDK_SHIFT_MASK) != 0);
      return GDK_EVENT_STOP;
    }
  if (held == 0 && (key == GDK_KEY_Home || key == GDK_KEY_KP_Home) && self->n_new > 0)
    set_new_count (self, 0);
  return GDK_EVENT_PROPAGATE;
}

static gboolean
rows_have_focus (BaruaListPane *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && (focus == GTK_WIDGET (self->messages) || gtk_widget_is_ancestor (focus, GTK_WIDGET (self->messages)));
}

/* A row takes the focus with it when it goes, and a list that is still read has none to give it to: the rows that come have it,
 * unless something else was given it meanwhile. */
static void
restore_focus (BaruaListPane *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (!self->wants_focus)
    return;
  self->wants_focus = FALSE;
  if (focus == NULL || focus == self->focus_was || rows_have_focus (self) ||
      gtk_widget_is_ancestor (GTK_WIDGET (self->messages), focus))
    gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
want_focus (BaruaListPane *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  self->wants_focus = TRUE;
  self->focus_was = root != NULL ? gtk_root_get_focus (root) : NULL;
}

static gboolean
grab_focus (GtkWidget *widget)
{
  BaruaListPane *self = BARUA_LIST_PANE (widget);
  guint position = self->selection != NULL ? barua_selection_model_get_selected (self->selection) : GTK_INVALID_LIST_POSITION;

  if (self->spine != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->spine)) == 0 &&
      barua_spine_model_get_loading (self->spine))
    {
      want_focus (self);
      return FALSE;
    }
  if (self->spine == NULL || g_list_model_get_n_items (G_LIST_MODEL (self->spine)) == 0)
    return gtk_widget_child_focus (widget, GTK_DIR_TAB_FORWARD);
  if (position != GTK_INVALID_LIST_POSITION)
    gtk_list_view_scroll_to (self->messages, position, GTK_LIST_SCROLL_FOCUS, NULL);
  return gtk_widget_grab_focus (GTK_WIDGET (self->messages));
}

/* The list itself -------------------------------------------------------------------------------------------------- */

static void
forget_list (BaruaListPane *self)
{
  if (self->spine != NULL)
    g_signal_handlers_disconnect_by_data (self->spine, self);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  g_clear_object (&self->selection);
  g_clear_object (&self->spine);
}

static void
forget_folder (BaruaListPane *self)
{
  forget_list (self);
  if (self->ask != NULL)
    barua_ask_strip_set_query (self->ask, NULL);
  if (self->folder != NULL)
    g_signal_handlers_disconnect_by_data (self->folder, self);
  g_clear_object (&self->folder);
}

/* Where the person was, in the list that replaces the other. */
static void
go_to_wanted (BaruaListPane *self)
{
  gint64 id = self->wanted_id;
  guint position;

  self->wanted_id = 0;
  if (self->wanted_after != 0)
    {
      gint64 after = self->wanted_after;

      self->wanted_after = 0;
      go_to_date (self, after);
      return;
    }
  if (id == 0 || !barua_spine_model_find (self->spine, id, G_MININT64, &position))
    {
      tell_chosen (self, barua_selection_model_get_selected_id (self->selection));
      if (g_list_model_get_n_items (G_LIST_MODEL (self->spine)) > 0)
        scroll_to_top (self);
    }
  else if (self->wants_chosen)
    gtk_list_view_scroll_to (self->messages, position, GTK_LIST_SCROLL_SELECT, NULL);
  else
    {
      gtk_list_view_scroll_to (self->messages, position, GTK_LIST_SCROLL_NONE, NULL);
      tell_chosen (self, 0);
    }
}

static gboolean
announce_found (gpointer data)
{
  BaruaListPane *self = data;
  guint n = self->spine != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->spine)) : 0;

  self->found_source = 0;
  /* What is still read is told when it is there. */
  if (self->spine != NULL && self->is_active && !barua_spine_model_get_loading (self->spine) && n != self->n_found)
    {
      g_autofree char *words = words_of_filter (self);

      self->n_found = n;
      gtk_accessible_announce (GTK_ACCESSIBLE (self), words, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_LOW);
    }
  return G_SOURCE_REMOVE;
}

/* Once typing has paused: each list that was read in the meantime puts it off. */
static void
plan_found (BaruaListPane *self)
{
  g_clear_handle_id (&self->found_source, g_source_remove);
  if (self->is_active)
    self->found_source = g_timeout_add (BARUA_TIMEOUT_ANNOUNCE_MS, announce_found, self);
  else
    self->n_found = G_MAXUINT;
}

static void
loading_changed (BaruaListPane *self)
{
  update_page (self);
  if (barua_spine_model_get_loading (self->spine))
    return;
  go_to_wanted (self);
  restore_focus (self);
  if (!self->told_filled)
    await_filled (self);
  plan_found (self);
}

/* Of two accounts each has its inbox. */
static char *
name_with_account (const BaruaFolder *folder,
                   GPtrArray         *accounts)
{
  g_autofree char *name = barua_words_folder_name (folder);

  for (guint i = 0; accounts->len > 1 && i < accounts->len; i++)
    {
      const BaruaAccount *account = g_ptr_array_index (accounts, i);

      if (account->id == folder->account)
        /* Translators: a folder and its account: "Inbox, maria@posta.example". */
        return g_strdup_printf (_("%1$s, %2$s"), name, account->name);
    }
  return g_steal_pointer (&name);
}

static GHashTable *
list_folder_names (BaruaListPane *self)
{
  GHashTable *names = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_autoptr (GPtrArray) folders = barua_engine_list_folders (self->engine, 0);
  g_autoptr (GPtrArray) accounts = barua_search_strip_get_scope (self->strip) == BARUA_SEARCH_SCOPE_EVERYWHERE
                                       ? barua_engine_list_accounts (self->engine)
                                       : g_ptr_array_new ();

  for (guint i = 0; i < folders->len; i++)
    {
      const BaruaFolder *folder = g_ptr_array_index (folders, i);

      g_hash_table_insert (names, g_memdup2 (&folder->id, sizeof folder->id), name_with_account (folder, accounts));
    }
  return names;
}

/* What rows show of a search: the words that were looked for, and where they were found. */
static void
update_hits (BaruaListPane *self)
{
  const char *text = barua_search_strip_get_text (self->strip);
  gboolean is_wide = *text != '\0' && barua_search_strip_get_scope (self->strip) != BARUA_SEARCH_SCOPE_FOLDER;
  g_autoptr (GPtrArray) old_needles = g_steal_pointer (&self->needles);
  g_autoptr (GHashTable) old_names = g_steal_pointer (&self->folder_names);

  self->needles = *text != '\0' ? barua_search_words_list_needles (text) : NULL;
  self->folder_names = is_wide ? list_folder_names (self) : NULL;
  self->look.needles = self->needles;
  self->look.folders = self->folder_names;
  update_look (self);
}

/* The model of the folder, order, filter and words that are asked for now. */
static void
make_list (BaruaListPane *self)
{
  const BaruaFolder *folder = barua_folder_item_get_folder (self->folder);
  BaruaListQuery query = { .folder = folder->id,
                           .sort = barua_list_options_get_sort (self->options),
                           .ascending = barua_list_options_get_ascending (self->options),
                           .grouped = barua_list_options_get_grouped (self->options),
                           .filter = barua_search_strip_get_filter (self->strip),
                           .scope = barua_search_strip_get_scope (self->strip),
                           .account = folder->account,
                           .text = barua_search_strip_get_text (self->strip) };

  if (rows_have_focus (self))
    want_focus (self);
  forget_list (self);
  self->picking = FALSE;
  self->is_active = barua_search_strip_is_active (self->strip);
  barua_ask_strip_set_query (self->ask, &query);
  query.found = barua_ask_strip_get_found (self->ask);
  self->spine = barua_spine_model_new (self->engine, &query);
  barua_ask_strip_set_model (self->ask, self->spine);
  self->selection = barua_selection_model_new (self->spine);
  self->look.to_names =
      folder->role == BARUA_ROLE_SENT || folder->role == BARUA_ROLE_DRAFTS || folder->role == BARUA_ROLE_OUTBOX;
  self->look.by_size = query.sort == BARUA_SORT_SIZE;
  self->look.grouped = barua_spine_model_get_query (self->spine)->grouped;
  update_hits (self);
  set_new_count (self, 0);
  gtk_list_view_set_model (self->messages, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->spine, "notify::loading", G_CALLBACK (loading_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->spine, "sections-changed", G_CALLBACK (update_look), self, G_CONNECT_SWAPPED);
  /* After the view, so that it has the rows when it is told to scroll. */
  g_signal_connect_object (self->spine, "items-changed", G_CALLBACK (items_changed), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->selection, "count-changed", G_CALLBACK (update_several), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "selected-id-changed", G_CALLBACK (selected_id_changed), self, G_CONNECT_SWAPPED);
  update_several (self);
}

/* Below the title of its section, where there is one. */
static gint64
first_on_screen (BaruaListPane *self)
{
  int height = gtk_widget_get_height (GTK_WIDGET (self->scroller));

  for (int y = 8; y < height; y += 16)
    {
      GtkWidget *widget = gtk_widget_pick (GTK_WIDGET (self->scroller), 40, y, GTK_PICK_DEFAULT);
      GtkWidget *row = widget != NULL ? gtk_widget_get_ancestor (widget, BARUA_TYPE_MESSAGE_ROW) : NULL;
      BaruaMessageItem *item = row != NULL ? barua_message_row_get_item (BARUA_MESSAGE_ROW (row)) : NULL;

      if (item != NULL)
        return barua_message_item_get_id (item);
    }
  return 0;
}

/* Another order: what was chosen still is. */
static void
order_changed (BaruaListPane *self)
{
  if (self->folder == NULL)
    return;
  self->wanted_id = self->shown_id;
  self->wants_chosen = TRUE;
  make_list (self);
}

/* Other words or pills. Without any the list is where it was. */
static void
search_changed (BaruaListPane *self)
{
  gboolean was_active = self->is_active;
  gboolean is_active;

  is_active = barua_search_strip_is_active (self->strip);
  /* An empty entry tells of itself when it is first shown: the folder need not be read twice. */
  if (self->folder == NULL || (!was_active && !is_active))
    return;
  if (!was_active)
    {
      self->anchor = self->shown_id != 0 ? self->shown_id : first_on_screen (self);
      self->anchor_was_chosen = self->shown_id != 0;
    }
  self->wanted_id = is_active ? self->shown_id : self->anchor;
  self->wants_chosen = is_active || self->anchor_was_chosen;
  make_list (self);
  update_title (self);
}

/* Search ----------------------------------------------------------------------------------------------------------- */

static void
search_revealed (BaruaListPane *self)
{
  gboolean revealed = gtk_toggle_button_get_active (self->search_button);

  /* The view keeps a row at its share of the height; the top is to stay the top while the strip slides in. */
  if (self->folder != NULL && is_at_top (self))
    {
      scroll_to_top (self);
      self->top_frames = STRIP_FRAMES;
    }
  gtk_revealer_set_reveal_child (self->search_revealer, revealed);
  if (revealed)
    gtk_widget_grab_focus (GTK_WIDGET (self->strip));
  else
    {
      barua_search_strip_clear (self->strip);
      gtk_widget_grab_focus (GTK_WIDGET (self));
    }
}

void
barua_list_pane_search (BaruaListPane *self)
{
  if (gtk_toggle_button_get_active (self->search_button))
    gtk_widget_grab_focus (GTK_WIDGET (self->strip));
  else
    gtk_toggle_button_set_active (self->search_button, TRUE);
}

static void
leave_search (BaruaListPane *self)
{
  barua_list_pane_escape (self);
}

void
barua_list_pane_search_for (BaruaListPane *self,
                            const char    *text)
{
  if (self->folder == NULL)
    return;
  barua_list_pane_search (self);
  barua_search_strip_set_scope (self->strip, BARUA_SEARCH_SCOPE_EVERYWHERE);
  barua_search_strip_set_text (self->strip, text);
}

static void
placeholder_clicked (BaruaListPane       *self,
                     BaruaPlaceholderAct  act)
{
  if (act == BARUA_PLACEHOLDER_EVERYWHERE)
    barua_search_strip_set_scope (self->strip, BARUA_SEARCH_SCOPE_EVERYWHERE);
  else if (act == BARUA_PLACEHOLDER_ASK)
    {
      barua_ask_strip_ask (self->ask);
      gtk_widget_grab_focus (GTK_WIDGET (self->ask));
    }
  else if (act == BARUA_PLACEHOLDER_SHOW_ALL)
    barua_search_strip_clear (self->strip);
  else if (act == BARUA_PLACEHOLDER_AGAIN)
    make_list (self);
}

/* Its line is higher or lower now: the top is to stay the top. */
static void
ask_changed (BaruaListPane *self)
{
  if (self->spine == NULL || self->selection == NULL)
    return;
  if (is_at_top (self))
    scroll_to_top (self);
  update_page (self);
}

/* The button that had the focus is gone. */
static void
ask_left (BaruaListPane *self)
{
  gboolean has_rows = self->spine != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->spine)) > 0;

  gtk_widget_grab_focus (has_rows ? GTK_WIDGET (self) : GTK_WIDGET (self->strip));
}

/* The acts of one row -------------------------------------------------------------------------------------------------- */

/* One that is selected with others stays so; another one is added where one picks, else chosen. */
static void
select_item (BaruaListPane    *self,
             BaruaMessageItem *item)
{
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (self->selection);
  guint position;

  if (!find_row (self, item, &position) || gtk_selection_model_is_selected (selection, position))
    return;
  if (self->picking)
    gtk_selection_model_select_item (selection, position, FALSE);
  else
    /* By the view, so that a range begins there too. */
    choose (self, position);
}

static void
toggle_read_of (BaruaListPane    *self,
                BaruaMessageItem *item)
{
  BaruaRow *row = barua_message_item_get_row (item);

  if (row != NULL)
    g_signal_emit (self, signals[READ_CLICKED], 0, barua_message_item_get_id (item),
                   barua_message_row_is_unread (row, &self->look));
}

gboolean
barua_list_pane_escape (BaruaListPane *self)
{
  if (barua_list_pane_get_selecting (self))
    end_selecting (self);
  else if (barua_search_strip_is_active (self->strip))
    barua_search_strip_clear (self->strip);
  else if (gtk_toggle_button_get_active (self->search_button))
    gtk_toggle_button_set_active (self->search_button, FALSE);
  else
    return FALSE;
  return TRUE;
}

/* Going to a date -------------------------------------------------------------------------------------------------- */

/* The newest message before @after. */
static void
go_to_date (BaruaListPane *self,
            gint64         after)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->spine));
  guint position;

  if (n == 0)
    return;
  barua_spine_model_find_date (self->spine, after - 1, &position);
  /* From below: then the day stands at the top, what came before it under it. */
  gtk_list_view_scroll_to (self->messages, n - 1, GTK_LIST_SCROLL_NONE, NULL);
  gtk_list_view_scroll_to (self->messages, MIN (position, n - 1), GTK_LIST_SCROLL_FOCUS | GTK_LIST_SCROLL_SELECT, NULL);
}

static void
date_chosen (BaruaListPane *self,
             gint64         first,
             gint64         after)
{
  if (self->spine == NULL)
    return;
  if (barua_spine_model_get_query (self->spine)->sort == BARUA_SORT_DATE)
    {
      go_to_date (self, after);
      return;
    }
  /* Only a list by date has a place for it. */
  self->wanted_after = after;
  g_action_group_change_action_state (barua_list_options_get_actions (self->options), "list-sort", g_variant_new_string ("date"));
}

static gboolean
focus_later (gpointer data)
{
  BaruaListPane *self = data;

  self->focus_source = 0;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

/* A popover gives the focus back to the button it hangs on, after it told that it is closed. */
static void
date_closed (BaruaListPane *self)
{
  if (self->focus_source == 0)
    self->focus_source = g_idle_add (focus_later, self);
}

void
barua_list_pane_go_to_date (BaruaListPane *self,
                            const char    *text)
{
  if (self->spine != NULL)
    barua_date_popover_open (self->date_popover, text);
}

/* Object ----------------------------------------------------------------------------------------------------------- */

static void
barua_list_pane_dispose (GObject *object)
{
  BaruaListPane *self = BARUA_LIST_PANE (object);

  g_clear_handle_id (&self->visible_source, g_source_remove);
  g_clear_handle_id (&self->announce_source, g_source_remove);
  g_clear_handle_id (&self->count_source, g_source_remove);
  g_clear_handle_id (&self->found_source, g_source_remove);
  g_clear_handle_id (&self->focus_source, g_source_remove);
  g_clear_pointer ((GtkWidget **)&self->date_popover, gtk_widget_unparent);
  if (self->top_tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->top_tick);
  self->top_tick = 0;
  forget_folder (self);
  g_clear_object (&self->engine);
  g_clear_object (&self->options);
  g_clear_object (&self->swipe);
  g_clear_object (&self->row_menu);
  /* The template would let go of it behind the bin's back. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), BARUA_TYPE_LIST_PANE);
  G_OBJECT_CLASS (barua_list_pane_parent_class)->dispose (object);
}

static void
barua_list_pane_finalize (GObject *object)
{
  g_ptr_array_unref (BARUA_LIST_PANE (object)->rows);
  g_clear_pointer (&BARUA_LIST_PANE (object)->needles, g_ptr_array_unref);
  g_clear_pointer (&BARUA_LIST_PANE (object)->folder_names, g_hash_table_unref);
  G_OBJECT_CLASS (barua_list_pane_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, toolbars);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, title);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, folders_button);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, menu_button);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, search_button);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, search_revealer);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, strip);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, ask);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, stack);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, scroller);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, messages);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, new_mail);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, placeholder);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, banner);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, rows_overlay);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, mark_read_button);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, mark_unread_button);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, star_button);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, unstar_button);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, count);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, done_button);
}

static void
barua_list_pane_class_init (BaruaListPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_list_pane_dispose;
  G_OBJECT_CLASS (klass)->finalize = barua_list_pane_finalize;
  g_type_ensure (BARUA_TYPE_ASK_STRIP);
  g_type_ensure (BARUA_TYPE_SEARCH_STRIP);
  g_type_ensure (BARUA_TYPE_STATE_BANNER);
  g_type_ensure (BARUA_TYPE_LIST_PLACEHOLDER);
  widget_class->grab_focus = grab_focus;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/barua_mail/Barua/list/barua-list-pane.ui");
  bind_children (widget_class);

  signals[MESSAGE_CHOSEN] =
    g_signal_new ("message-chosen", BARUA_TYPE_LIST_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[MESSAGE_ACTIVATED] =
    g_signal_new ("message-activated", BARUA_TYPE_LIST_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MESSAGE_CLICKED] =
    g_signal_new ("message-clicked", BARUA_TYPE_LIST_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[STAR_CLICKED] =
    g_signal_new ("star-clicked", BARUA_TYPE_LIST_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[READ_CLICKED] = g_signal_new ("read-clicked", BARUA_TYPE_LIST_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                        G_TYPE_INT64, G_TYPE_BOOLEAN);
  signals[SEVERAL_CHANGED] =
    g_signal_new ("several-changed", BARUA_TYPE_LIST_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FILLED] = g_signal_new ("filled", BARUA_TYPE_LIST_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SPACE] =
    g_signal_new ("space", BARUA_TYPE_LIST_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
}

static void
add_row_acts (BaruaListPane *self)
{
  self->hover = g_object_new (BARUA_TYPE_ROW_HOVER, NULL);
  barua_row_hover_attach (self->hover, self->rows_overlay, self->scroller);
  self->swipe = barua_row_swipe_new (GTK_WIDGET (self->messages));
  g_signal_connect_object (self->hover, "read", G_CALLBACK (toggle_read_of), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->swipe, "swiped", G_CALLBACK (toggle_read_of), self, G_CONNECT_SWAPPED);
  self->row_menu = barua_row_menu_new (GTK_WIDGET (self), self->messages);
  g_signal_connect_object (self->row_menu, "wanted", G_CALLBACK (select_item), self, G_CONNECT_SWAPPED);
}

static void
barua_list_pane_init (BaruaListPane *self)
{
  g_autoptr (GtkListItemFactory) rows = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkListItemFactory) headers = gtk_signal_list_item_factory_new ();
  g_autoptr (GSimpleActionGroup) no_actions = g_simple_action_group_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->rows = g_ptr_array_new ();
  self->n_found = G_MAXUINT;
  self->look.n_previews = 1;
  /* Menus made by the template look for their actions from where one had a group then: without it those that come with the
   * options would never be found. */
  gtk_widget_insert_action_group (GTK_WIDGET (self), "list-view", G_ACTION_GROUP (no_actions));
  gtk_widget_init_template (GTK_WIDGET (self));
  barua_list_steady_install (GTK_WIDGET (self), self->scroller);
  add_row_acts (self);
  g_signal_connect (rows, "setup", G_CALLBACK (setup_row), self);
  g_signal_connect (rows, "teardown", G_CALLBACK (teardown_row), self);
  g_signal_connect (rows, "bind", G_CALLBACK (bind_row), self);
  g_signal_connect (rows, "unbind", G_CALLBACK (unbind_row), self);
  gtk_list_view_set_factory (self->messages, rows);
  g_signal_connect (headers, "setup", G_CALLBACK (setup_header), self);
  g_signal_connect (headers, "bind", G_CALLBACK (bind_header), self);
  gtk_list_view_set_header_factory (self->messages, headers);
  g_signal_connect (self->messages, "activate", G_CALLBACK (row_activated), self);

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->messages), keys);
  self->date_popover = g_object_new (BARUA_TYPE_DATE_POPOVER, NULL);
  gtk_widget_set_parent (GTK_WIDGET (self->date_popover), GTK_WIDGET (self->menu_button));
  g_signal_connect_object (self->date_popover, "go", G_CALLBACK (date_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->date_popover, "closed", G_CALLBACK (date_closed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search_button, "notify::active", G_CALLBACK (search_revealed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->strip, "changed", G_CALLBACK (search_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->strip, "leave", G_CALLBACK (leave_search), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->strip, "down", G_CALLBACK (gtk_widget_grab_focus), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->ask, "changed", G_CALLBACK (ask_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->ask, "leave", G_CALLBACK (ask_left), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->placeholder, "clicked", G_CALLBACK (placeholder_clicked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->done_button, "clicked", G_CALLBACK (end_selecting), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->new_mail, "clicked", G_CALLBACK (go_to_top), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (vadjustment (self), "value-changed", G_CALLBACK (scrolled), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (vadjustment (self), "changed", G_CALLBACK (scrolled), self, G_CONNECT_SWAPPED);
}

void
barua_list_pane_set_engine (BaruaListPane *self,
                            BaruaEngine   *engine)
{
  g_return_if_fail (self->engine == NULL);

  self->engine = g_object_ref (engine);
  g_signal_connect_object (engine, "arrived", G_CALLBACK (engine_arrived), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "status-changed", G_CALLBACK (status_changed), self, G_CONNECT_SWAPPED);
  barua_state_banner_set_engine (self->banner, engine);
  barua_ask_strip_set_engine (self->ask, engine);
}

void
barua_list_pane_set_options (BaruaListPane    *self,
                             BaruaListOptions *options)
{
  g_return_if_fail (self->options == NULL);

  self->options = g_object_ref (options);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "list-view", barua_list_options_get_actions (options));
  g_signal_connect_object (options, "order-changed", G_CALLBACK (order_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (options, "look-changed", G_CALLBACK (update_look), self, G_CONNECT_SWAPPED);
  update_look (self);
}

gboolean
barua_list_pane_get_grouped (BaruaListPane *self)
{
  return self->look.grouped;
}

gint64
barua_list_pane_get_folder (BaruaListPane *self)
{
  return self->folder != NULL ? barua_folder_item_get_id (self->folder) : 0;
}

gint64
barua_list_pane_get_marks_folder (BaruaListPane *self)
{
  const BaruaListQuery *query = self->spine != NULL ? barua_spine_model_get_query (self->spine) : NULL;
  gboolean is_search = *barua_search_strip_get_text (self->strip) != '\0';

  return query == NULL || (is_search && barua_search_strip_get_scope (self->strip) != BARUA_SEARCH_SCOPE_FOLDER)
             ? 0
             : query->folder;
}

void
barua_list_pane_show_folder (BaruaListPane   *self,
                             BaruaFolderItem *folder)
{
  g_autoptr (GPtrArray) accounts = barua_engine_list_accounts (self->engine);

  g_return_if_fail (self->options != NULL);
  if (self->folder == folder)
    return;
  forget_folder (self);
  /* What was searched was searched there. */
  barua_search_strip_clear (self->strip);
  barua_search_strip_set_accounts (self->strip, accounts->len);
  gtk_toggle_button_set_active (self->search_button, FALSE);
  self->folder = g_object_ref (folder);
  self->wanted_id = self->wanted_after = self->anchor = 0;
  show_loading (self);
  gtk_adjustment_set_value (vadjustment (self), 0);
  g_signal_connect_object (self->folder, "notify::folder", G_CALLBACK (folder_notify), self, G_CONNECT_SWAPPED);
  make_list (self);
  update_title (self);
  barua_engine_set_open_folder (self->engine, barua_folder_item_get_id (folder));
  self->shown_id = 0;
  g_signal_emit (self, signals[MESSAGE_CHOSEN], 0, (gint64)0);
}

void
barua_list_pane_set_folders_apart (BaruaListPane *self,
                                   gboolean       apart)
{
  gtk_widget_set_visible (GTK_WIDGET (self->folders_button), apart);
}
