/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-folder-pane.h"

#include "barua-folder-row.h"
#include "barua-lazy-menu.h"
#include "barua-limits.h"
#include "barua-status-line.h"
#include "barua-words.h"

struct _BaruaFolderPane
{
  AdwBin              parent_instance;
  GtkMenuButton      *menu_button;
  GMenuModel         *primary_menu;
  GtkListView        *folders;
  BaruaStatusLine    *status_line;
  BaruaFolderTree    *tree;
  GtkSingleSelection *selection;
  GString            *typed;      /* the beginning of a name; empty when typing paused */
  guint               typed_source;
};

enum
{
  FOLDER_CHOSEN,
  FOLDER_ACTIVATED,
  FOLDER_CLICKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaFolderPane, barua_folder_pane, ADW_TYPE_BIN)

static gboolean
is_selectable (gpointer item)
{
  return BARUA_IS_FOLDER_ITEM (item) && barua_folder_item_get_folder (item)->selectable;
}

static void
row_released (GtkGestureClick *gesture,
              int              n_press,
              double           x,
              double           y,
              BaruaFolderPane *self)
{
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture)));
  g_autoptr (GObject) item = gtk_tree_expander_get_item (expander);

  if (is_selectable (item) && gtk_widget_contains (GTK_WIDGET (expander), x, y))
    g_signal_emit (self, signals[FOLDER_CLICKED], 0);
}

static void
setup_row (GtkSignalListItemFactory *factory,
           GtkListItem              *list_item,
           BaruaFolderPane          *self)
{
  GtkWidget *expander = gtk_tree_expander_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect_object (click, "released", G_CALLBACK (row_released), self, 0);
  gtk_widget_add_controller (expander, GTK_EVENT_CONTROLLER (click));

  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), barua_folder_row_new ());
  gtk_list_item_set_child (list_item, expander);
  /* The expander takes the focus, so that Left and Right fold. */
  gtk_list_item_set_focusable (list_item, FALSE);
}

/* Whose @item is, where that is a question. */
static const char *
account_of (BaruaFolderPane *self,
            GObject         *item)
{
  BaruaAccount *account = NULL;

  if (BARUA_IS_FOLDER_ITEM (item) && barua_folder_tree_get_n_accounts (self->tree) > 1)
    account = barua_folder_tree_get_account (self->tree, barua_folder_item_get_folder (BARUA_FOLDER_ITEM (item))->account);
  return account != NULL ? account->name : NULL;
}

static void
bind_row (GtkSignalListItemFactory *factory,
          GtkListItem              *list_item,
          BaruaFolderPane          *self)
{
  GtkTreeListRow *row = gtk_list_item_get_item (list_item);
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_list_item_get_child (list_item));
  g_autoptr (GObject) item = gtk_tree_list_row_get_item (row);

  gtk_tree_expander_set_list_row (expander, row);
  gtk_list_item_set_selectable (list_item, is_selectable (item));
  barua_folder_row_bind (BARUA_FOLDER_ROW (gtk_tree_expander_get_child (expander)), item, account_of (self, item), expander);
}

static void
unbind_row (GtkSignalListItemFactory *factory,
            GtkListItem              *list_item,
            gpointer                  user_data)
{
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_list_item_get_child (list_item));

  barua_folder_row_unbind (BARUA_FOLDER_ROW (gtk_tree_expander_get_child (expander)));
  gtk_tree_expander_set_list_row (expander, NULL);
}

static GListModel *
list_children (gpointer item,
               gpointer user_data)
{
  return barua_folder_tree_list_children (item);
}

static void
selected_changed (BaruaFolderPane *self)
{
  GtkTreeListRow *row = gtk_single_selection_get_selected_item (self->selection);
  g_autoptr (GObject) item = row != NULL ? gtk_tree_list_row_get_item (row) : NULL;

  if (is_selectable (item))
    g_signal_emit (self, signals[FOLDER_CHOSEN], 0, item);
}

static void
row_activated (GtkListView     *view,
               guint            position,
               BaruaFolderPane *self)
{
  g_signal_emit (self, signals[FOLDER_ACTIVATED], 0);
}

/* Type-ahead ------------------------------------------------------------------------------------------------------- */

static gboolean
forget_typed (gpointer data)
{
  BaruaFolderPane *self = data;

  self->typed_source = 0;
  g_string_truncate (self->typed, 0);
  return G_SOURCE_REMOVE;
}

static gboolean
begins_with (GObject    *item,
             const char *folded)
{
  g_autofree char *name = NULL;
  g_autofree char *name_folded = NULL;

  if (!is_selectable (item))
    return FALSE;
  name = barua_words_folder_name (barua_folder_item_get_folder (BARUA_FOLDER_ITEM (item)));
  name_folded = g_utf8_casefold (name, -1);
  return g_str_has_prefix (name_folded, folded);
}

/* The next folder, round the end, whose name begins with what was typed. */
static void
go_to_typed (BaruaFolderPane *self)
{
  GListModel *rows = G_LIST_MODEL (self->selection);
  guint n = g_list_model_get_n_items (rows);
  guint selected = gtk_single_selection_get_selected (self->selection);
  g_autofree char *folded = g_utf8_casefold (self->typed->str, -1);
  /* One letter goes on to the next of that letter; more letters may still mean the one that is chosen. */
  guint from = selected == GTK_INVALID_LIST_POSITION ? 0 : selected + (g_utf8_strlen (self->typed->str, -1) == 1 ? 1 : 0);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (rows, (from + i) % n);
      g_autoptr (GObject) item = gtk_tree_list_row_get_item (row);

      if (!begins_with (item, folded))
        continue;
      gtk_list_view_scroll_to (self->folders, (from + i) % n, GTK_LIST_SCROLL_FOCUS | GTK_LIST_SCROLL_SELECT, NULL);
      return;
    }
}

/* The row that has the focus; NULL. (borrowed) */
static GtkTreeListRow *
focused_row (BaruaFolderPane *self)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkWidget *expander = focus != NULL ? gtk_widget_get_ancestor (focus, GTK_TYPE_TREE_EXPANDER) : NULL;

  return expander != NULL ? gtk_tree_expander_get_list_row (GTK_TREE_EXPANDER (expander)) : NULL;
}

/* UI.md 2: to the start folds, or goes to what the row is in; to the end unfolds, or goes to the first row in it. */
static gboolean
fold (BaruaFolderPane *self,
      gboolean         to_start)
{
  GtkTreeListRow *row = focused_row (self);
  g_autoptr (GtkTreeListRow) parent = row != NULL ? gtk_tree_list_row_get_parent (row) : NULL;
  GListModel *children = row != NULL ? gtk_tree_list_row_get_children (row) : NULL;
  /* A row without any is "expanded" all the same. */
  gboolean is_open = children != NULL && g_list_model_get_n_items (children) > 0;

  if (row == NULL)
    return FALSE;
  if (to_start ? is_open : gtk_tree_list_row_is_expandable (row) && !is_open)
    gtk_tree_list_row_set_expanded (row, !to_start);
  else if (to_start && parent != NULL)
    gtk_list_view_scroll_to (self->folders, gtk_tree_list_row_get_position (parent), GTK_LIST_SCROLL_FOCUS, NULL);
  else if (!to_start && is_open)
    gtk_list_view_scroll_to (self->folders, gtk_tree_list_row_get_position (row) + 1, GTK_LIST_SCROLL_FOCUS, NULL);
  return TRUE;
}

static gboolean
key_pressed (GtkEventControllerKey *keys,
             guint                  key,
             guint                  code,
             GdkModifierType        state,
             BaruaFolderPane       *self)
{
  gunichar letter = gdk_keyval_to_unicode (key);
  gboolean is_held = (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0;
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;

  if ((key == GDK_KEY_Left || key == GDK_KEY_Right) && !is_held && !(state & GDK_SHIFT_MASK))
    return fold (self, (key == GDK_KEY_Left) != rtl) ? GDK_EVENT_STOP : GDK_EVENT_PROPAGATE;
  /* A space belongs to a name only in its middle; a digit alone asks for a date. */
  if (is_held || self->selection == NULL || !g_unichar_isgraph (letter) ||
      (self->typed->len == 0 && !g_unichar_isalpha (letter)))
    {
      if (is_held || letter != ' ' || self->typed->len == 0)
        return GDK_EVENT_PROPAGATE;
    }
  g_string_append_unichar (self->typed, letter);
  g_clear_handle_id (&self->typed_source, g_source_remove);
  self->typed_source = g_timeout_add (BARUA_TIMEOUT_TYPE_AHEAD_MS, forget_typed, self);
  go_to_typed (self);
  return GDK_EVENT_STOP;
}

static gboolean
grab_focus (GtkWidget *widget)
{
  BaruaFolderPane *self = BARUA_FOLDER_PANE (widget);
  guint selected = self->selection != NULL ? gtk_single_selection_get_selected (self->selection) : GTK_INVALID_LIST_POSITION;

  if (selected != GTK_INVALID_LIST_POSITION)
    gtk_list_view_scroll_to (self->folders, selected, GTK_LIST_SCROLL_FOCUS, NULL);
  return gtk_widget_grab_focus (GTK_WIDGET (self->folders));
}

static void
barua_folder_pane_dispose (GObject *object)
{
  BaruaFolderPane *self = BARUA_FOLDER_PANE (object);

  g_clear_handle_id (&self->typed_source, g_source_remove);
  g_clear_object (&self->tree);
  g_clear_object (&self->selection);
  gtk_widget_dispose_template (GTK_WIDGET (object), BARUA_TYPE_FOLDER_PANE);
  G_OBJECT_CLASS (barua_folder_pane_parent_class)->dispose (object);
}

static void
barua_folder_pane_finalize (GObject *object)
{
  g_string_free (BARUA_FOLDER_PANE (object)->typed, TRUE);
  G_OBJECT_CLASS (barua_folder_pane_parent_class)->finalize (object);
}

static void
barua_folder_pane_class_init (BaruaFolderPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_folder_pane_dispose;
  G_OBJECT_CLASS (klass)->finalize = barua_folder_pane_finalize;
  widget_class->grab_focus = grab_focus;
  g_type_ensure (BARUA_TYPE_STATUS_LINE);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/barua_mail/Barua/folders/barua-folder-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, BaruaFolderPane, menu_button);
  gtk_widget_class_bind_template_child (widget_class, BaruaFolderPane, primary_menu);
  gtk_widget_class_bind_template_child (widget_class, BaruaFolderPane, folders);
  gtk_widget_class_bind_template_child (widget_class, BaruaFolderPane, status_line);

  signals[FOLDER_CHOSEN] = g_signal_new ("folder-chosen", BARUA_TYPE_FOLDER_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                         BARUA_TYPE_FOLDER_ITEM);
  signals[FOLDER_ACTIVATED] =
    g_signal_new ("folder-activated", BARUA_TYPE_FOLDER_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FOLDER_CLICKED] =
    g_signal_new ("folder-clicked", BARUA_TYPE_FOLDER_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
barua_folder_pane_init (BaruaFolderPane *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->typed = g_string_new (NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  barua_lazy_menu_set (self->menu_button, self->primary_menu);
  g_signal_connect (factory, "setup", G_CALLBACK (setup_row), self);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_row), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_row), NULL);
  gtk_list_view_set_factory (self->folders, factory);
  g_signal_connect (self->folders, "activate", G_CALLBACK (row_activated), self);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->folders), keys);
}

void
barua_folder_pane_set_engine (BaruaFolderPane *self,
                              BaruaEngine     *engine)
{
  GtkTreeListModel *rows;

  g_return_if_fail (self->tree == NULL);
  self->tree = barua_folder_tree_new (engine);
  rows = gtk_tree_list_model_new (G_LIST_MODEL (g_object_ref (self->tree)), FALSE, TRUE, list_children, NULL, NULL);
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (rows));
  g_object_unref (rows);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (selected_changed), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_model (self->folders, GTK_SELECTION_MODEL (self->selection));
  barua_status_line_set_engine (self->status_line, engine);
}

BaruaFolderTree *
barua_folder_pane_get_tree (BaruaFolderPane *self)
{
  return self->tree;
}

/* Whether @item holds @folder, at whatever depth. */
static gboolean
is_above (BaruaFolderPane *self,
          GObject         *item,
          gint64           folder)
{
  BaruaFolderItem *inner = barua_folder_tree_get_item (self->tree, folder);

  if (inner == NULL)
    return FALSE;
  if (!BARUA_IS_FOLDER_ITEM (item))
    return barua_account_item_get_account (BARUA_ACCOUNT_ITEM (item))->id == barua_folder_item_get_folder (inner)->account;
  for (guint depth = 0; inner != NULL && depth < BARUA_LIMIT_FOLDER_DEPTH; depth++)
    {
      inner = barua_folder_tree_get_item (self->tree, barua_folder_item_get_folder (inner)->parent);
      if ((GObject *)inner == item)
        return TRUE;
    }
  return FALSE;
}

/* What it is folded in unfolds: that stands above it, so its row comes while the rows are gone through. */
void
barua_folder_pane_choose (BaruaFolderPane *self,
                          gint64           folder)
{
  GListModel *rows = G_LIST_MODEL (self->selection);

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (rows, i);
      g_autoptr (GObject) item = gtk_tree_list_row_get_item (row);

      if (BARUA_IS_FOLDER_ITEM (item) && barua_folder_item_get_id (BARUA_FOLDER_ITEM (item)) == folder)
        {
          gtk_single_selection_set_selected (self->selection, i);
          return;
        }
      if (!gtk_tree_list_row_get_expanded (row) && is_above (self, item, folder))
        gtk_tree_list_row_set_expanded (row, TRUE);
    }
}

void
barua_folder_pane_open_menu (BaruaFolderPane *self)
{
  gtk_menu_button_popup (self->menu_button);
}

void
barua_folder_pane_open_activity (BaruaFolderPane *self)
{
  barua_status_line_open (self->status_line);
}
