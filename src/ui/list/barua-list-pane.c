/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-list-pane.h"

#include <glib/gi18n-lib.h>

#include "barua-limits.h"
#include "barua-message-row.h"
#include "barua-selection-model.h"
#include "barua-words.h"

/* How far below the chosen row the next unread one is looked for: rows that were never loaded are not. */
#define UNREAD_LOOK_AHEAD 2000u
/* Nearer to the top than this is at the top. */
#define TOP_PX            48.0
#define TOP_FRAMES        3u

struct _BaruaListPane
{
  AdwBin               parent_instance;
  AdwWindowTitle      *title;
  GtkButton           *folders_button;
  GtkStack            *stack;
  GtkScrolledWindow   *scroller;
  GtkListView         *messages;
  GtkButton           *new_mail;
  AdwStatusPage       *empty;
  BaruaEngine         *engine;
  BaruaFolderItem     *folder;
  BaruaSpineModel     *spine;
  BaruaSelectionModel *selection;
  guint                n_new;          /* arrived above while scrolled away */
  guint                n_announced;
  guint                visible_source;
  guint                announce_source;
  guint                top_tick;
  guint                top_frames; /* for which the top is still held */
  gboolean             to_names;
};

enum
{
  MESSAGE_CHOSEN,
  MESSAGE_ACTIVATED,
  MESSAGE_CLICKED,
  STAR_CLICKED,
  SPACE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaListPane, barua_list_pane, ADW_TYPE_BIN)

/* Rows ------------------------------------------------------------------------------------------------------------- */

static void
star_clicked (BaruaMessageRow *row,
              BaruaListPane   *self)
{
  BaruaMessageItem *item = barua_message_row_get_item (row);

  if (item != NULL)
    g_signal_emit (self, signals[STAR_CLICKED], 0, barua_message_item_get_id (item));
}

static void
row_clicked (BaruaMessageRow *row,
             BaruaListPane   *self)
{
  g_signal_emit (self, signals[MESSAGE_CLICKED], 0);
}

static void
setup_row (GtkSignalListItemFactory *factory,
           GtkListItem              *list_item,
           BaruaListPane            *self)
{
  GtkWidget *row = barua_message_row_new ();

  g_signal_connect_object (row, "star-clicked", G_CALLBACK (star_clicked), self, 0);
  g_signal_connect_object (row, "clicked", G_CALLBACK (row_clicked), self, 0);
  gtk_list_item_set_child (list_item, row);
}

static void
label_row (GtkListItem *list_item)
{
  BaruaMessageItem *item = gtk_list_item_get_item (list_item);
  BaruaRow *row = item != NULL ? barua_message_item_get_row (item) : NULL;
  g_autofree char *label = NULL;
  gboolean to_names = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (list_item), "to-names"));

  if (row == NULL)
    return;
  label = barua_message_row_dup_label (row, to_names, g_get_real_time () / G_USEC_PER_SEC);
  gtk_list_item_set_accessible_label (list_item, label);
  gtk_list_item_set_accessible_description (list_item, row->preview);
}

static void
bind_row (GtkSignalListItemFactory *factory,
          GtkListItem              *list_item,
          BaruaListPane            *self)
{
  BaruaMessageItem *item = gtk_list_item_get_item (list_item);

  barua_message_row_bind (BARUA_MESSAGE_ROW (gtk_list_item_get_child (list_item)), item, self->to_names,
                          barua_spine_model_get_now (self->spine));
  g_object_set_data (G_OBJECT (list_item), "to-names", GINT_TO_POINTER (self->to_names));
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

static char *
subtitle_of (BaruaListPane *self)
{
  const BaruaFolder *folder = barua_folder_item_get_folder (self->folder);
  g_autoptr (BaruaStatus) status = barua_engine_dup_status (self->engine, folder->account);
  g_autofree char *state = status != NULL ? barua_words_status_short (status) : g_strdup ("");

  /* What another folder is doing is the status line's to tell. */
  if (status != NULL && status->kind == BARUA_STATUS_SYNCHRONISING && g_strcmp0 (status->folder_name, folder->name) != 0)
    return barua_words_folder (folder);
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
}

static void
update_page (BaruaListPane *self)
{
  const BaruaFolder *folder;

  if (self->spine == NULL || barua_spine_model_get_loading (self->spine))
    return;
  folder = barua_folder_item_get_folder (self->folder);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->spine)) > 0)
    gtk_stack_set_visible_child_name (self->stack, "list");
  else if (barua_spine_model_get_error (self->spine) != NULL)
    {
      BaruaErrorCode code = barua_error_get_code (barua_spine_model_get_error (self->spine));
      g_autofree char *sentence = barua_words_error (code, NULL, NULL);
      g_autofree char *remedy = barua_words_remedy (code, NULL, NULL);
      g_autofree char *escaped = g_markup_escape_text (remedy, -1);

      adw_status_page_set_icon_name (self->empty, "dialog-warning-symbolic");
      adw_status_page_set_title (self->empty, sentence);
      adw_status_page_set_description (self->empty, escaped);
      gtk_stack_set_visible_child_name (self->stack, "empty");
    }
  else if (folder->first_sync && folder->server_total > 0)
    gtk_stack_set_visible_child_name (self->stack, "loading");
  else
    {
      gboolean is_inbox = folder->role == BARUA_ROLE_INBOX;

      adw_status_page_set_icon_name (self->empty, is_inbox ? "barua-inbox-symbolic" : "folder-symbolic");
      adw_status_page_set_title (self->empty, is_inbox ? _("All Read and Filed") : _("No Messages"));
      adw_status_page_set_description (self->empty, NULL);
      gtk_stack_set_visible_child_name (self->stack, "empty");
    }
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
  gtk_list_view_scroll_to (self->messages, 0, GTK_LIST_SCROLL_NONE, NULL);
  self->top_frames = TOP_FRAMES;
  if (self->top_tick == 0)
    self->top_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), reach_top, NULL, NULL);
}

static void
set_new_count (BaruaListPane *self,
               guint          n)
{
  g_autofree char *label = g_strdup_printf (ngettext ("%u new message", "%u new messages", n), n);

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
  g_autofree char *text = g_strdup_printf (ngettext ("%u new message", "%u new messages", self->n_announced), self->n_announced);

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

/* The view keeps what is on screen where it is. At the very top that would hide what has just arrived. */
static void
items_changed (BaruaListPane *self,
               guint          position,
               guint          removed,
               guint          added)
{
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
selected_id_changed (BaruaListPane *self,
                     gint64         id)
{
  g_signal_emit (self, signals[MESSAGE_CHOSEN], 0, id);
}

static void
row_activated (GtkListView   *view,
               guint          position,
               BaruaListPane *self)
{
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
  g_signal_emit (self, signals[MESSAGE_ACTIVATED], 0);
}

gint64
barua_list_pane_get_chosen (BaruaListPane *self)
{
  return self->selection != NULL ? barua_selection_model_get_selected_id (self->selection) : 0;
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
      if (!(row->flags & BARUA_FLAG_SEEN))
        {
          choose (self, i);
          return TRUE;
        }
    }
  return FALSE;
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
grab_focus (GtkWidget *widget)
{
  BaruaListPane *self = BARUA_LIST_PANE (widget);
  guint position = self->selection != NULL ? barua_selection_model_get_selected (self->selection) : GTK_INVALID_LIST_POSITION;

  if (self->spine == NULL || g_list_model_get_n_items (G_LIST_MODEL (self->spine)) == 0)
    return gtk_widget_child_focus (widget, GTK_DIR_TAB_FORWARD);
  if (position != GTK_INVALID_LIST_POSITION)
    gtk_list_view_scroll_to (self->messages, position, GTK_LIST_SCROLL_FOCUS, NULL);
  return gtk_widget_grab_focus (GTK_WIDGET (self->messages));
}

/* Object ----------------------------------------------------------------------------------------------------------- */

static void
forget_folder (BaruaListPane *self)
{
  if (self->spine != NULL)
    g_signal_handlers_disconnect_by_data (self->spine, self);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  if (self->folder != NULL)
    g_signal_handlers_disconnect_by_data (self->folder, self);
  g_clear_object (&self->selection);
  g_clear_object (&self->spine);
  g_clear_object (&self->folder);
}

static void
barua_list_pane_dispose (GObject *object)
{
  BaruaListPane *self = BARUA_LIST_PANE (object);

  g_clear_handle_id (&self->visible_source, g_source_remove);
  g_clear_handle_id (&self->announce_source, g_source_remove);
  if (self->top_tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->top_tick);
  self->top_tick = 0;
  forget_folder (self);
  g_clear_object (&self->engine);
  gtk_widget_dispose_template (GTK_WIDGET (object), BARUA_TYPE_LIST_PANE);
  G_OBJECT_CLASS (barua_list_pane_parent_class)->dispose (object);
}

static void
barua_list_pane_class_init (BaruaListPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_list_pane_dispose;
  widget_class->grab_focus = grab_focus;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/barua_mail/Barua/list/barua-list-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, title);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, folders_button);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, stack);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, scroller);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, messages);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, new_mail);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPane, empty);

  signals[MESSAGE_CHOSEN] =
    g_signal_new ("message-chosen", BARUA_TYPE_LIST_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[MESSAGE_ACTIVATED] =
    g_signal_new ("message-activated", BARUA_TYPE_LIST_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MESSAGE_CLICKED] =
    g_signal_new ("message-clicked", BARUA_TYPE_LIST_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[STAR_CLICKED] =
    g_signal_new ("star-clicked", BARUA_TYPE_LIST_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[SPACE] =
    g_signal_new ("space", BARUA_TYPE_LIST_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
}

static void
barua_list_pane_init (BaruaListPane *self)
{
  g_autoptr (GtkListItemFactory) rows = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkListItemFactory) headers = gtk_signal_list_item_factory_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (rows, "setup", G_CALLBACK (setup_row), self);
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
  g_signal_connect_object (engine, "status-changed", G_CALLBACK (update_title), self, G_CONNECT_SWAPPED);
}

void
barua_list_pane_show_folder (BaruaListPane   *self,
                             BaruaFolderItem *folder)
{
  BaruaListQuery query = { .folder = barua_folder_item_get_id (folder), .sort = BARUA_SORT_DATE };
  BaruaRole role = barua_folder_item_get_folder (folder)->role;

  if (self->folder == folder)
    return;
  forget_folder (self);
  self->folder = g_object_ref (folder);
  self->to_names = role == BARUA_ROLE_SENT || role == BARUA_ROLE_DRAFTS || role == BARUA_ROLE_OUTBOX;
  self->spine = barua_spine_model_new (self->engine, &query);
  self->selection = barua_selection_model_new (self->spine);
  set_new_count (self, 0);
  gtk_stack_set_visible_child_name (self->stack, "loading");
  gtk_adjustment_set_value (vadjustment (self), 0);
  gtk_list_view_set_model (self->messages, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->folder, "notify::folder", G_CALLBACK (folder_notify), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->spine, "notify::loading", G_CALLBACK (update_page), self, G_CONNECT_SWAPPED);
  /* After the view, so that it has the rows when it is told to scroll. */
  g_signal_connect_object (self->spine, "items-changed", G_CALLBACK (items_changed), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->selection, "selected-id-changed", G_CALLBACK (selected_id_changed), self, G_CONNECT_SWAPPED);
  update_title (self);
  barua_engine_set_open_folder (self->engine, query.folder);
  g_signal_emit (self, signals[MESSAGE_CHOSEN], 0, (gint64)0);
}

void
barua_list_pane_set_folders_apart (BaruaListPane *self,
                                   gboolean       apart)
{
  gtk_widget_set_visible (GTK_WIDGET (self->folders_button), apart);
}
