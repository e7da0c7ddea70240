/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-window.h"

#include <glib/gi18n-lib.h>

#include "barua-fiber.h"
#include "barua-folder-pane.h"
#include "barua-html-loader.h"
#include "barua-lazy-menu.h"
#include "barua-list-options.h"
#include "barua-list-pane.h"
#include "barua-marks.h"
#include "barua-message-row.h"
#include "barua-message-source.h"
#include "barua-message-window.h"
#include "barua-painted.h"
#include "barua-pane-grip.h"
#include "barua-preferences.h"
#include "barua-reader.h"
#include "barua-several-page.h"
#include "barua-shortcuts.h"
#include "barua-words.h"

#define FOLDERS_MIN      160.0
#define FOLDERS_MAX      400.0
#define FOLDERS_STANDARD 240.0
#define LIST_MIN         260.0
#define LIST_MAX         640.0
#define LIST_STANDARD    360.0
#define TOAST_SECONDS    6
#define SEVERAL_SUBJECTS 5u

struct _BaruaWindow
{
  AdwApplicationWindow    parent_instance;
  AdwToastOverlay        *toasts;
  GtkStack               *pages;
  GtkMenuButton          *welcome_menu;
  GMenuModel             *welcome_menu_model;
  AdwStatusPage          *problem;
  AdwOverlaySplitView    *outer;
  AdwNavigationSplitView *inner;
  AdwNavigationPage      *list_page;
  AdwNavigationPage      *reader_page;
  BaruaFolderPane        *folders;
  BaruaListPane          *list;
  GtkStack               *reader_stack;
  BaruaReader            *reader;
  BaruaSeveralPage       *several;
  BaruaPaneGrip          *folders_grip;
  BaruaPaneGrip          *list_grip;
  GSettings              *settings; /* NULL where the schema is not installed */
  BaruaEngine            *engine;
  gint64                  folder;
  char                   *wanted_search; /* to be looked for once a folder is there */
  AdwToast               *undo_toast; /* weak: offers to undo */
  gint64                  undo_act;   /* this */
  AdwToast               *toast;      /* weak: the last one */
  gboolean                told_ready;
};

enum
{
  READY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaWindow, barua_window, ADW_TYPE_APPLICATION_WINDOW)

/* What needs mail to be shown. */
static const char *const mail_acts[] = {
  "win.back",        "win.folder",          "win.go-to-date",     "win.mark-all-read", "win.mark-read",      "win.mark-unread",
  "win.next-pane",   "win.previous-pane",   "win.save-message",   "win.search",        "win.select-messages", "win.star",
  "win.toggle-read", "win.toggle-star",     "win.toggle-star-of", "win.undo",          "win.unstar",         "win.view-source",
  "win.toggle-folders", "win.activity",      "win.open-window",    "win.undo-act",
};

static void
show_page (BaruaWindow *self,
           const char  *name)
{
  gboolean mail = g_str_equal (name, "mail");

  gtk_stack_set_visible_child_name (self->pages, name);
  for (guint i = 0; i < G_N_ELEMENTS (mail_acts); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), mail_acts[i], mail);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.open-menu", mail || g_str_equal (name, "welcome"));
}

static AdwToast *
make_toast (const char *text)
{
  AdwToast *toast = adw_toast_new ("");

  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_title (toast, text);
  adw_toast_set_timeout (toast, TOAST_SECONDS);
  return toast;
}

/* What was done last is told at once: the one before does not hold it up. */
static void
show_toast (BaruaWindow *self,
            AdwToast    *toast)
{
  if (self->toast != NULL)
    adw_toast_dismiss (self->toast);
  g_set_weak_pointer (&self->toast, toast);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
barua_window_add_toast (BaruaWindow *self,
                        const char  *text)
{
  show_toast (self, make_toast (text));
}

void
barua_window_add_file_toast (BaruaWindow *self,
                             const char  *text,
                             GFile       *file)
{
  AdwToast *toast = make_toast (text);
  g_autofree char *uri = g_file_get_uri (file);

  adw_toast_set_button_label (toast, _("Show"));
  adw_toast_set_action_name (toast, "win.show-file");
  adw_toast_set_action_target (toast, "s", uri);
  show_toast (self, toast);
}

/* Wishes ----------------------------------------------------------------------------------------------------------- */

typedef struct
{
  GWeakRef     window;
  BaruaEngine *engine;
  gint64       id;
  BaruaFlags   mask;
  BaruaFlags   bits;
} Wish;

static void
wish_free (gpointer data)
{
  Wish *wish = data;

  g_weak_ref_clear (&wish->window);
  g_object_unref (wish->engine);
  g_free (wish);
}

static DexFuture *
wish_fiber (gpointer data)
{
  Wish *wish = data;
  BaruaIdSet *ids = barua_id_set_new ();
  g_autoptr (GError) error = NULL;

  barua_id_set_add (ids, (guint64)wish->id);
  if (!dex_await (barua_engine_set_flags (wish->engine, ids, wish->mask, wish->bits), &error) &&
      barua_error_get_code (error) != BARUA_ERROR_CANCELLED)
    {
      g_autoptr (BaruaWindow) window = g_weak_ref_get (&wish->window);
      g_autofree char *words = barua_words_error (barua_error_get_code (error), NULL, NULL);

      g_message ("flags of %" G_GINT64_FORMAT ": %s", wish->id, error->message);
      if (window != NULL)
        barua_window_add_toast (window, words);
    }
  barua_id_set_unref (ids);
  return dex_future_new_true ();
}

static void
set_flag (BaruaWindow *self,
          gint64       id,
          BaruaFlags   flag,
          gboolean     on)
{
  Wish *wish = g_new0 (Wish, 1);

  g_weak_ref_init (&wish->window, self);
  wish->engine = g_object_ref (self->engine);
  wish->id = id;
  wish->mask = flag;
  wish->bits = on ? flag : 0;
  barua_fiber_spawn ("ui-set-flags", wish_fiber, wish, wish_free);
}

/* Tells what was done, and offers to undo it. */
static void
offer_undo (BaruaWindow *self,
            BaruaAct    *act)
{
  g_autofree char *words = barua_act_dup_words (act);
  AdwToast *toast = make_toast (words);
  g_autofree char *spoken = g_strdup_printf ("%s. %s", words, _("Control Z undoes it"));

  adw_toast_set_button_label (toast, _("Undo"));
  adw_toast_set_action_name (toast, "win.undo-act");
  adw_toast_set_action_target (toast, "x", barua_act_get_id (act));
  self->undo_act = barua_act_get_id (act);
  g_set_weak_pointer (&self->undo_toast, toast);
  show_toast (self, toast);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), spoken, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_LOW);
}

/* What is undone elsewhere can't be undone by the toast any more; what was let go (in Activity) can be. */
static void
acts_changed (BaruaWindow *self,
              guint        position,
              guint        removed,
              guint        added)
{
  g_autoptr (BaruaAct) offered = barua_acts_dup (self->engine, self->undo_act);
  BaruaAct *newest = barua_acts_get_newest (self->engine);

  if (offered == NULL && self->undo_toast != NULL)
    adw_toast_dismiss (self->undo_toast);
  if (added > 0 && position == 0 && newest != NULL && barua_act_get_discarded (newest) != 0)
    offer_undo (self, newest);
}

static void
marks_done (GtkWidget    *widget,
            BaruaIdSet   *changed,
            BaruaFlags    mask,
            BaruaFlags    bits,
            const GError *error)
{
  BaruaWindow *self = BARUA_WINDOW (widget);
  guint n = changed != NULL ? (guint)barua_id_set_get_count (changed) : 0;

  if (error != NULL && barua_error_get_code (error) != BARUA_ERROR_CANCELLED)
    {
      g_autofree char *words = barua_words_error (barua_error_get_code (error), NULL, NULL);

      g_message ("marks: %s", error->message);
      barua_window_add_toast (self, words);
    }
  if (n == 0)
    return;
  /* One message shows by itself what became of it. */
  if (n > 1)
    offer_undo (self, barua_acts_get_newest (self->engine));
}

static void
undone (GtkWidget    *widget,
        BaruaIdSet   *changed,
        BaruaFlags    mask,
        BaruaFlags    bits,
        const GError *error)
{
  guint n = changed != NULL ? (guint)barua_id_set_get_count (changed) : 0;
  g_autofree char *words = error != NULL ? barua_words_error (barua_error_get_code (error), NULL, NULL)
                                         : barua_words_marked (n, mask, bits);

  if (error != NULL || n > 0)
    barua_window_add_toast (BARUA_WINDOW (widget), words);
}

static void
undo_act (BaruaWindow *self,
          BaruaAct    *act)
{
  if (act != NULL)
    barua_marks_undo (GTK_WIDGET (self), self->engine, act, undone);
}

/* Ctrl+Z: what was done last. */
static void
act_undo (GtkWidget  *widget,
          const char *name,
          GVariant   *parameter)
{
  undo_act (BARUA_WINDOW (widget), barua_acts_get_newest (BARUA_WINDOW (widget)->engine));
}

/* One of them, whatever was done since. */
static void
act_undo_act (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  g_autoptr (BaruaAct) act = barua_acts_dup (BARUA_WINDOW (widget)->engine, g_variant_get_int64 (parameter));

  undo_act (BARUA_WINDOW (widget), act);
}

/* Marks what is selected, be it one or many. */
static void
mark_selected (BaruaWindow *self,
               BaruaFlags   flag,
               gboolean     on)
{
  g_autoptr (BaruaIdSet) ids = barua_list_pane_dup_selected (self->list);
  gboolean whole = flag == BARUA_FLAG_SEEN && barua_list_pane_get_grouped (self->list);

  if (!barua_id_set_is_empty (ids))
    barua_marks_set (GTK_WIDGET (self), self->engine, ids, barua_list_pane_get_marks_folder (self->list), whole, flag,
                     on ? flag : 0, marks_done);
}

/* As its row looks: a conversation is unread when any of it is. */
static gboolean
has_mark (BaruaWindow    *self,
          const BaruaRow *row,
          BaruaFlags      flag)
{
  if (flag == BARUA_FLAG_SEEN)
    return !barua_message_row_is_unread (row, &(BaruaRowLook){ .grouped = barua_list_pane_get_grouped (self->list) });
  return (row->flags & flag) != 0;
}

/* As the first of them is now, the others become too. */
static void
toggle_flag (BaruaWindow *self,
             BaruaFlags   flag)
{
  g_autoptr (GPtrArray) items = barua_list_pane_list_selected (self->list, 1);
  BaruaRow *row = items->len > 0 ? barua_message_item_get_row (g_ptr_array_index (items, 0)) : NULL;

  if (row != NULL)
    mark_selected (self, flag, !has_mark (self, row, flag));
}

static void
act_mark_read (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  mark_selected (BARUA_WINDOW (widget), BARUA_FLAG_SEEN, g_str_equal (name, "win.mark-read"));
}

static void
act_star (GtkWidget  *widget,
          const char *name,
          GVariant   *parameter)
{
  mark_selected (BARUA_WINDOW (widget), BARUA_FLAG_FLAGGED, g_str_equal (name, "win.star"));
}

static void
act_mark_all_read (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  BaruaWindow *self = BARUA_WINDOW (widget);
  gint64 folder = barua_list_pane_get_folder (self->list);

  if (folder != 0)
    barua_marks_read_all (widget, self->engine, folder, marks_done);
}

/* Moving about ----------------------------------------------------------------------------------------------------- */

static gboolean
is_narrow (BaruaWindow *self)
{
  return adw_navigation_split_view_get_collapsed (self->inner);
}

static void
focus_list (BaruaWindow *self)
{
  adw_navigation_split_view_set_show_content (self->inner, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

static void
focus_reader (BaruaWindow *self)
{
  adw_navigation_split_view_set_show_content (self->inner, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->reader));
}

static void
focus_folders (BaruaWindow *self)
{
  adw_overlay_split_view_set_show_sidebar (self->outer, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->folders));
}

static gboolean
has_focus (BaruaWindow *self,
           gpointer     pane)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  return focus != NULL && (focus == pane || gtk_widget_is_ancestor (focus, pane));
}

static void
go_to_pane (BaruaWindow *self,
            int          step)
{
  int now = has_focus (self, self->folders) ? 0 : has_focus (self, self->reader) ? 2 : 1;
  int next = (now + step + 3) % 3;

  if (next == 0)
    focus_folders (self);
  else if (next == 1)
    focus_list (self);
  else
    focus_reader (self);
}

static void
folders_apart_changed (BaruaWindow *self)
{
  gboolean apart =
    adw_overlay_split_view_get_collapsed (self->outer) || !adw_overlay_split_view_get_show_sidebar (self->outer);

  barua_list_pane_set_folders_apart (self->list, apart);
  gtk_widget_set_visible (GTK_WIDGET (self->folders_grip), !adw_overlay_split_view_get_collapsed (self->outer));
  gtk_widget_set_visible (GTK_WIDGET (self->list_grip), !adw_navigation_split_view_get_collapsed (self->inner));
}

/* One step back (UI.md 10); never closes a window. */
static void
escape (BaruaWindow *self)
{
  if (adw_overlay_split_view_get_collapsed (self->outer) && adw_overlay_split_view_get_show_sidebar (self->outer))
    adw_overlay_split_view_set_show_sidebar (self->outer, FALSE);
  else if (!(is_narrow (self) && adw_navigation_split_view_get_show_content (self->inner)) &&
           barua_list_pane_escape (self->list))
    return;
  else if (is_narrow (self) && adw_navigation_split_view_get_show_content (self->inner))
    focus_list (self);
  else if (is_narrow (self))
    focus_folders (self);
}

static void
space (BaruaWindow *self,
       gboolean     back)
{
  if (barua_list_pane_get_chosen (self->list) == 0)
    barua_list_pane_move (self->list, 1);
  else if (!barua_reader_scroll_page (self->reader, back) && !back)
    barua_list_pane_move_to_unread (self->list);
}

static void
go_to_date (BaruaWindow *self,
            const char  *text)
{
  if (is_narrow (self))
    adw_navigation_split_view_set_show_content (self->inner, FALSE);
  barua_list_pane_go_to_date (self->list, text);
}

/* Single keys that nothing under the focus wanted. */
static gboolean
key_pressed (GtkEventControllerKey *keys,
             guint                  key,
             guint                  code,
             GdkModifierType        state,
             BaruaWindow           *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  guint latin = barua_shortcuts_latin (gtk_widget_get_display (GTK_WIDGET (self)), key, code, state);
  const char *act;

  if (self->engine == NULL || (focus != NULL && GTK_IS_EDITABLE (focus)))
    return GDK_EVENT_PROPAGATE;
  if ((has_focus (self, self->list) || has_focus (self, self->reader)) &&
      (act = barua_shortcuts_look_up_alone (latin, state)) != NULL)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), act, NULL);
      return GDK_EVENT_STOP;
    }
  switch (barua_shortcuts_look_up (latin, state))
    {
    case BARUA_KEY_NEXT:
      barua_list_pane_move (self->list, 1);
      return GDK_EVENT_STOP;
    case BARUA_KEY_PREVIOUS:
      barua_list_pane_move (self->list, -1);
      return GDK_EVENT_STOP;
    case BARUA_KEY_SPACE:
      space (self, FALSE);
      return GDK_EVENT_STOP;
    case BARUA_KEY_SPACE_BACK:
      space (self, TRUE);
      return GDK_EVENT_STOP;
    case BARUA_KEY_ESCAPE:
      escape (self);
      return GDK_EVENT_STOP;
    case BARUA_KEY_NEXT_CARD:
      barua_reader_go_to_card (self->reader, FALSE);
      return GDK_EVENT_STOP;
    case BARUA_KEY_PREVIOUS_CARD:
      barua_reader_go_to_card (self->reader, TRUE);
      return GDK_EVENT_STOP;
    case BARUA_KEY_DIGIT:
      go_to_date (self, (char[]){ (char)gdk_keyval_to_unicode (latin), '\0' });
      return GDK_EVENT_STOP;
    case BARUA_KEY_NONE:
    case BARUA_KEY_NATIVE:
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

/* What the panes tell ---------------------------------------------------------------------------------------------- */

static void
folder_chosen (BaruaWindow     *self,
               BaruaFolderItem *item)
{
  const BaruaFolder *folder = barua_folder_item_get_folder (item);
  BaruaAccount *account = barua_folder_tree_get_account (barua_folder_pane_get_tree (self->folders), folder->account);
  g_autofree char *name = barua_words_folder_name (folder);

  self->folder = folder->id;
  barua_list_pane_show_folder (self->list, item);
  adw_navigation_page_set_title (self->list_page, name);
  if (self->wanted_search != NULL)
    {
      g_autofree char *text = g_steal_pointer (&self->wanted_search);

      barua_list_pane_search_for (self->list, text);
    }
  if (self->settings != NULL && account != NULL)
    g_settings_set (self->settings, "last-folder", "(ss)", account->address, folder->server_name);
}

static void
folder_activated (BaruaWindow *self)
{
  if (adw_overlay_split_view_get_collapsed (self->outer))
    adw_overlay_split_view_set_show_sidebar (self->outer, FALSE);
  focus_list (self);
}

/* Where the folders slide over the list, a click on one is enough to go there. */
static void
folder_clicked (BaruaWindow *self)
{
  if (adw_overlay_split_view_get_collapsed (self->outer))
    folder_activated (self);
}

static void
message_chosen (BaruaWindow *self,
                gint64       id)
{
  g_autoptr (BaruaMessageItem) item = id != 0 ? barua_list_pane_dup_chosen_item (self->list) : NULL;

  if (id == 0)
    adw_navigation_split_view_set_show_content (self->inner, FALSE);
  barua_reader_show (self->reader, item);
}

/* Many at once have their own page in the reader's place. */
static void
several_changed (BaruaWindow *self)
{
  gboolean selecting = barua_list_pane_get_selecting (self->list);
  g_autoptr (GPtrArray) items = NULL;

  gtk_stack_set_visible_child (self->reader_stack, selecting ? GTK_WIDGET (self->several) : GTK_WIDGET (self->reader));
  if (!selecting)
    return;
  items = barua_list_pane_list_selected (self->list, SEVERAL_SUBJECTS);
  barua_several_page_show (self->several, barua_list_pane_get_n_selected (self->list),
                           barua_list_pane_get_grouped (self->list), items);
}

/* One page at a time: a tap opens. Beside each other the message is shown already. */
static void
message_clicked (BaruaWindow *self)
{
  if (is_narrow (self))
    adw_navigation_split_view_set_show_content (self->inner, TRUE);
}

static void
list_star_clicked (BaruaWindow      *self,
                   gint64            id,
                   BaruaListPane    *list)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toggle-star-of", "x", id);
}

/* Of a row that need not be selected. */
static void
list_read_clicked (BaruaWindow *self,
                   gint64       id,
                   gboolean     read)
{
  g_autoptr (BaruaIdSet) ids = barua_id_set_new ();

  barua_id_set_add (ids, (guint64)id);
  barua_marks_set (GTK_WIDGET (self), self->engine, ids, barua_list_pane_get_marks_folder (self->list),
                   barua_list_pane_get_grouped (self->list), BARUA_FLAG_SEEN, read ? BARUA_FLAG_SEEN : 0, marks_done);
}

static void
set_star (BaruaWindow *self,
          gint64       id,
          gboolean     starred)
{
  g_autoptr (BaruaIdSet) ids = barua_id_set_new ();

  barua_id_set_add (ids, (guint64)id);
  barua_marks_set (GTK_WIDGET (self), self->engine, ids, 0, FALSE, BARUA_FLAG_FLAGGED, starred ? BARUA_FLAG_FLAGGED : 0,
                   marks_done);
}

static void
star_toggled (BaruaWindow *self,
              gint64       id,
              gboolean     starred)
{
  set_star (self, id, starred);
}

static void
message_read (BaruaWindow *self,
              gint64       id)
{
  set_flag (self, id, BARUA_FLAG_SEEN, TRUE);
}

static void
title_changed (BaruaWindow *self,
               const char  *subject)
{
  g_autofree char *title = NULL;

  adw_navigation_page_set_title (self->reader_page, subject);
  if (barua_list_pane_get_chosen (self->list) != 0)
    title = g_strdup_printf ("%s — Barua", subject);
  gtk_window_set_title (GTK_WINDOW (self), title != NULL ? title : "Barua");
}

/* The folder that was open last, else the inbox. */
static void
choose_first_folder (BaruaWindow *self)
{
  BaruaFolderTree *tree = barua_folder_pane_get_tree (self->folders);
  BaruaFolderItem *item = barua_folder_tree_get_role (tree, BARUA_ROLE_INBOX);
  g_autofree char *address = NULL;
  g_autofree char *name = NULL;
  g_autoptr (GPtrArray) folders = barua_engine_list_folders (self->engine, 0);

  if (self->settings != NULL)
    g_settings_get (self->settings, "last-folder", "(ss)", &address, &name);
  for (guint i = 0; name != NULL && *name != '\0' && i < folders->len; i++)
    {
      const BaruaFolder *folder = g_ptr_array_index (folders, i);
      const BaruaAccount *account = barua_folder_tree_get_account (tree, folder->account);

      if (g_strcmp0 (folder->server_name, name) == 0 && account != NULL && g_strcmp0 (account->address, address) == 0 &&
          barua_folder_tree_get_item (tree, folder->id) != NULL)
        item = barua_folder_tree_get_item (tree, folder->id);
    }
  if (item != NULL)
    barua_folder_pane_choose (self->folders, barua_folder_item_get_id (item));
}

/* Once: there is more to show than an empty window. */
static void
tell_ready (BaruaWindow *self)
{
  if (self->told_ready)
    return;
  self->told_ready = TRUE;
  g_signal_emit (self, signals[READY], 0);
}

static void
folders_changed (BaruaWindow *self)
{
  BaruaFolderTree *tree = barua_folder_pane_get_tree (self->folders);
  gboolean any = barua_folder_tree_get_n_accounts (tree) > 0;

  show_page (self, any ? "mail" : "welcome");
  if (any && (self->folder == 0 || barua_folder_tree_get_item (tree, self->folder) == NULL))
    choose_first_folder (self);
  if (!any)
    tell_ready (self);
}

/* Actions ---------------------------------------------------------------------------------------------------------- */

static void
act_toggle_read (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  toggle_flag (BARUA_WINDOW (widget), BARUA_FLAG_SEEN);
}

static void
act_toggle_star (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  toggle_flag (BARUA_WINDOW (widget), BARUA_FLAG_FLAGGED);
}

typedef struct
{
  GWeakRef     window;
  BaruaEngine *engine;
  gint64       id;
} StarOf;

static void
star_of_free (gpointer data)
{
  StarOf *star = data;

  g_weak_ref_clear (&star->window);
  g_object_unref (star->engine);
  g_free (star);
}

static DexFuture *
star_of_fiber (gpointer data)
{
  StarOf *star = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BaruaRows) rows = dex_await_boxed (barua_engine_load_rows (star->engine, &star->id, 1, FALSE), &error);
  g_autoptr (BaruaWindow) self = g_weak_ref_get (&star->window);

  if (self != NULL && rows != NULL && rows->rows->len == 1)
    set_star (self, star->id, !(((BaruaRow *)g_ptr_array_index (rows->rows, 0))->flags & BARUA_FLAG_FLAGGED));
  return dex_future_new_true ();
}

static void
act_toggle_star_of (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  StarOf *star = g_new0 (StarOf, 1);

  g_weak_ref_init (&star->window, widget);
  star->engine = g_object_ref (BARUA_WINDOW (widget)->engine);
  star->id = g_variant_get_int64 (parameter);
  barua_fiber_spawn ("ui-star", star_of_fiber, star, star_of_free);
}

static void
act_toggle_folders (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  BaruaWindow *self = BARUA_WINDOW (widget);
  gboolean show = !adw_overlay_split_view_get_show_sidebar (self->outer);

  /* Sliding over the list they come and go. */
  if (self->settings != NULL && !adw_overlay_split_view_get_collapsed (self->outer))
    g_settings_set_boolean (self->settings, "folders-visible", show);
  if (show)
    focus_folders (self);
  else
    {
      adw_overlay_split_view_set_show_sidebar (self->outer, FALSE);
      gtk_widget_grab_focus (GTK_WIDGET (self->list));
    }
}

static void
act_search (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  adw_navigation_split_view_set_show_content (BARUA_WINDOW (widget)->inner, FALSE);
  barua_list_pane_search (BARUA_WINDOW (widget)->list);
}

/* From outside (the desktop's search), perhaps before there is anything to search in. */
static void
act_search_for (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  BaruaWindow *self = BARUA_WINDOW (widget);
  const char *text = g_variant_get_string (parameter, NULL);

  if (self->folder == 0)
    {
      g_set_str (&self->wanted_search, text);
      return;
    }
  adw_navigation_split_view_set_show_content (self->inner, FALSE);
  barua_list_pane_search_for (self->list, text);
}

static void
act_activity (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  BaruaWindow *self = BARUA_WINDOW (widget);

  adw_overlay_split_view_set_show_sidebar (self->outer, TRUE);
  barua_folder_pane_open_activity (self->folders);
}

static void
act_go_to_date (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  go_to_date (BARUA_WINDOW (widget), "");
}

static void
act_select_messages (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  adw_navigation_split_view_set_show_content (BARUA_WINDOW (widget)->inner, FALSE);
  barua_list_pane_begin_selecting (BARUA_WINDOW (widget)->list);
}

static void
act_next_pane (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  go_to_pane (BARUA_WINDOW (widget), 1);
}

static void
act_previous_pane (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  go_to_pane (BARUA_WINDOW (widget), -1);
}

static void
act_open_menu (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  BaruaWindow *self = BARUA_WINDOW (widget);

  if (g_str_equal (gtk_stack_get_visible_child_name (self->pages), "welcome"))
    {
      gtk_menu_button_popup (self->welcome_menu);
      return;
    }
  adw_overlay_split_view_set_show_sidebar (self->outer, TRUE);
  barua_folder_pane_open_menu (self->folders);
}

static void
act_full_screen (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  g_object_set (widget, "fullscreened", !gtk_window_is_fullscreen (GTK_WINDOW (widget)), NULL);
}

static void
act_back (GtkWidget  *widget,
          const char *name,
          GVariant   *parameter)
{
  escape (BARUA_WINDOW (widget));
}

static void
act_view_source (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  BaruaMessageCard *card = barua_reader_get_chosen (BARUA_WINDOW (widget)->reader);

  if (card != NULL)
    barua_message_card_view_source (card);
}

static void
act_save (GtkWidget  *widget,
          const char *name,
          GVariant   *parameter)
{
  BaruaMessageCard *card = barua_reader_get_chosen (BARUA_WINDOW (widget)->reader);

  if (card != NULL)
    barua_message_card_save (card);
}

/* The message that is chosen in the list, by itself. */
static void
act_open_window (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  BaruaWindow *self = BARUA_WINDOW (widget);
  g_autoptr (BaruaMessageItem) item =
      barua_list_pane_get_chosen (self->list) != 0 ? barua_list_pane_dup_chosen_item (self->list) : NULL;
  BaruaRow *row = item != NULL ? barua_message_item_get_row (item) : NULL;
  g_autoptr (BaruaMessageSource) source = row != NULL ? barua_message_source_new (self->engine, row->id) : NULL;

  if (row != NULL)
    gtk_window_present (
        GTK_WINDOW (barua_message_window_new (gtk_window_get_application (GTK_WINDOW (self)), source, row)));
}

static void
file_shown (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!gtk_file_launcher_open_containing_folder_finish (GTK_FILE_LAUNCHER (source), result, &error))
    g_message ("the folder could not be shown: %s", error->message);
}

static void
act_show_file (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  g_autoptr (GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));
  g_autoptr (GtkFileLauncher) launcher = gtk_file_launcher_new (file);

  gtk_file_launcher_open_containing_folder (launcher, GTK_WINDOW (widget), NULL, file_shown, NULL);
}

/* Alt+1 ... Alt+9: the folders in their order. */
static void
act_folder (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  BaruaWindow *self = BARUA_WINDOW (widget);
  g_autoptr (GPtrArray) folders = barua_engine_list_folders (self->engine, 0);
  int wanted = g_variant_get_int32 (parameter);

  for (guint i = 0; i < folders->len; i++)
    {
      const BaruaFolder *folder = g_ptr_array_index (folders, i);

      if (barua_folder_tree_get_item (barua_folder_pane_get_tree (self->folders), folder->id) == NULL || !folder->selectable)
        continue;
      if (--wanted > 0)
        continue;
      barua_folder_pane_choose (self->folders, folder->id);
      folder_activated (self);
      return;
    }
}

/* Widths ----------------------------------------------------------------------------------------------------------- */

static void
folders_width_changed (BaruaWindow *self,
                       double       width)
{
  adw_overlay_split_view_set_min_sidebar_width (self->outer, MIN (width, adw_overlay_split_view_get_max_sidebar_width (
                                                                             self->outer)));
  adw_overlay_split_view_set_max_sidebar_width (self->outer, width);
  adw_overlay_split_view_set_min_sidebar_width (self->outer, width);
  if (self->settings != NULL)
    g_settings_set_int (self->settings, "sidebar-width", (int)width);
}

static void
list_width_changed (BaruaWindow *self,
                    double       width)
{
  adw_navigation_split_view_set_min_sidebar_width (self->inner,
                                                   MIN (width,
                                                        adw_navigation_split_view_get_max_sidebar_width (self->inner)));
  adw_navigation_split_view_set_max_sidebar_width (self->inner, width);
  adw_navigation_split_view_set_min_sidebar_width (self->inner, width);
  if (self->settings != NULL)
    g_settings_set_int (self->settings, "list-width", (int)width);
}

static void
restore (BaruaWindow *self)
{
  g_autoptr (GVariant) sidebar = NULL;
  g_autoptr (GVariant) list = NULL;
  g_autoptr (BaruaListOptions) options = NULL;

  barua_pane_grip_set_range (self->folders_grip, FOLDERS_MIN, FOLDERS_MAX, FOLDERS_STANDARD);
  barua_pane_grip_set_range (self->list_grip, LIST_MIN, LIST_MAX, LIST_STANDARD);
  barua_pane_grip_set_width (self->folders_grip, FOLDERS_STANDARD);
  barua_pane_grip_set_width (self->list_grip, LIST_STANDARD);
  g_set_object (&self->settings, barua_preferences_get ());
  options = barua_list_options_new (self->settings);
  barua_list_pane_set_options (self->list, options);
  if (self->settings == NULL)
    return;
  adw_overlay_split_view_set_show_sidebar (self->outer, g_settings_get_boolean (self->settings, "folders-visible"));
  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (self->settings, "window-width"),
                               g_settings_get_int (self->settings, "window-height"));
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  /* Only what the person set overrides the fractions. */
  sidebar = g_settings_get_user_value (self->settings, "sidebar-width");
  list = g_settings_get_user_value (self->settings, "list-width");
  if (sidebar != NULL)
    {
      barua_pane_grip_set_width (self->folders_grip, g_variant_get_int32 (sidebar));
      folders_width_changed (self, CLAMP (g_variant_get_int32 (sidebar), FOLDERS_MIN, FOLDERS_MAX));
    }
  if (list != NULL)
    {
      barua_pane_grip_set_width (self->list_grip, g_variant_get_int32 (list));
      list_width_changed (self, CLAMP (g_variant_get_int32 (list), LIST_MIN, LIST_MAX));
    }
}

static gboolean
close_request (GtkWindow *window)
{
  BaruaWindow *self = BARUA_WINDOW (window);
  int width, height;

  if (self->settings != NULL)
    {
      gtk_window_get_default_size (window, &width, &height);
      g_settings_set_boolean (self->settings, "window-maximized", gtk_window_is_maximized (window));
      if (width >= 360 && height >= 294)
        {
          g_settings_set_int (self->settings, "window-width", width);
          g_settings_set_int (self->settings, "window-height", height);
        }
    }
  return GTK_WINDOW_CLASS (barua_window_parent_class)->close_request (window);
}

/* Object ----------------------------------------------------------------------------------------------------------- */

static void
barua_window_dispose (GObject *object)
{
  BaruaWindow *self = BARUA_WINDOW (object);

  g_clear_object (&self->settings);
  g_clear_weak_pointer (&self->undo_toast);
  g_clear_weak_pointer (&self->toast);
  g_clear_pointer (&self->wanted_search, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), BARUA_TYPE_WINDOW);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (barua_window_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, BaruaWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, BaruaWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, BaruaWindow, welcome_menu);
  gtk_widget_class_bind_template_child (widget_class, BaruaWindow, welcome_menu_model);
  gtk_widget_class_bind_template_child (widget_class, BaruaWindow, problem);
  gtk_widget_class_bind_template_child (widget_class, BaruaWindow, outer);
  gtk_widget_class_bind_template_child (widget_class, BaruaWindow, inner);
  gtk_widget_class_bind_template_child (widget_class, BaruaWindow, list_page);
  gtk_widget_class_bind_template_child (widget_class, BaruaWindow, reader_page);
  gtk_widget_class_bind_template_child (widget_class, BaruaWindow, folders);
  gtk_widget_class_bind_template_child (widget_class, BaruaWindow, list);
  gtk_widget_class_bind_template_child (widget_class, BaruaWindow, reader);
  gtk_widget_class_bind_template_child (widget_class, BaruaWindow, reader_stack);
  gtk_widget_class_bind_template_child (widget_class, BaruaWindow, several);
  gtk_widget_class_bind_template_child (widget_class, BaruaWindow, folders_grip);
  gtk_widget_class_bind_template_child (widget_class, BaruaWindow, list_grip);
}

static void
barua_window_class_init (BaruaWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = close_request;
  signals[READY] = g_signal_new ("ready", BARUA_TYPE_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (BARUA_TYPE_FOLDER_PANE);
  g_type_ensure (BARUA_TYPE_LIST_PANE);
  g_type_ensure (BARUA_TYPE_READER);
  g_type_ensure (BARUA_TYPE_PANE_GRIP);
  g_type_ensure (BARUA_TYPE_SEVERAL_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/barua_mail/Barua/barua-window.ui");
  bind_children (widget_class);
  gtk_widget_class_install_action (widget_class, "win.toggle-read", NULL, act_toggle_read);
  gtk_widget_class_install_action (widget_class, "win.toggle-star", NULL, act_toggle_star);
  gtk_widget_class_install_action (widget_class, "win.toggle-star-of", "x", act_toggle_star_of);
  gtk_widget_class_install_action (widget_class, "win.mark-read", NULL, act_mark_read);
  gtk_widget_class_install_action (widget_class, "win.mark-unread", NULL, act_mark_read);
  gtk_widget_class_install_action (widget_class, "win.star", NULL, act_star);
  gtk_widget_class_install_action (widget_class, "win.unstar", NULL, act_star);
  gtk_widget_class_install_action (widget_class, "win.mark-all-read", NULL, act_mark_all_read);
  gtk_widget_class_install_action (widget_class, "win.undo", NULL, act_undo);
  gtk_widget_class_install_action (widget_class, "win.undo-act", "x", act_undo_act);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, act_search);
  gtk_widget_class_install_action (widget_class, "win.search-for", "s", act_search_for);
  gtk_widget_class_install_action (widget_class, "win.activity", NULL, act_activity);
  gtk_widget_class_install_action (widget_class, "win.go-to-date", NULL, act_go_to_date);
  gtk_widget_class_install_action (widget_class, "win.select-messages", NULL, act_select_messages);
  gtk_widget_class_install_action (widget_class, "win.toggle-folders", NULL, act_toggle_folders);
  gtk_widget_class_install_action (widget_class, "win.next-pane", NULL, act_next_pane);
  gtk_widget_class_install_action (widget_class, "win.previous-pane", NULL, act_previous_pane);
  gtk_widget_class_install_action (widget_class, "win.open-menu", NULL, act_open_menu);
  gtk_widget_class_install_action (widget_class, "win.full-screen", NULL, act_full_screen);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, act_back);
  gtk_widget_class_install_action (widget_class, "win.view-source", NULL, act_view_source);
  gtk_widget_class_install_action (widget_class, "win.save-message", NULL, act_save);
  gtk_widget_class_install_action (widget_class, "win.open-window", NULL, act_open_window);
  gtk_widget_class_install_action (widget_class, "win.show-file", "s", act_show_file);
  gtk_widget_class_install_action (widget_class, "win.folder", "i", act_folder);
}

static void
barua_window_init (BaruaWindow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  barua_lazy_menu_set (self->welcome_menu, self->welcome_menu_model);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_object (self->folders, "folder-chosen", G_CALLBACK (folder_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->folders, "folder-activated", G_CALLBACK (folder_activated), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->folders, "folder-clicked", G_CALLBACK (folder_clicked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "message-chosen", G_CALLBACK (message_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "message-activated", G_CALLBACK (focus_reader), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "message-clicked", G_CALLBACK (message_clicked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "star-clicked", G_CALLBACK (list_star_clicked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "read-clicked", G_CALLBACK (list_read_clicked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "space", G_CALLBACK (space), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "filled", G_CALLBACK (tell_ready), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "several-changed", G_CALLBACK (several_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->reader, "star-toggled", G_CALLBACK (star_toggled), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->reader, "read", G_CALLBACK (message_read), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->reader, "title-changed", G_CALLBACK (title_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->outer, "notify::collapsed", G_CALLBACK (folders_apart_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->outer, "notify::show-sidebar", G_CALLBACK (folders_apart_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->inner, "notify::collapsed", G_CALLBACK (folders_apart_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->folders_grip, "width-changed", G_CALLBACK (folders_width_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list_grip, "width-changed", G_CALLBACK (list_width_changed), self, G_CONNECT_SWAPPED);
  restore (self);
  show_page (self, "starting");
  folders_apart_changed (self);
}

BaruaWindow *
barua_window_new (AdwApplication *application)
{
  barua_shortcuts_install (GTK_APPLICATION (application));
  return g_object_new (BARUA_TYPE_WINDOW, "application", application, NULL);
}

void
barua_window_set_engine (BaruaWindow *self,
                         BaruaEngine *engine)
{
  g_return_if_fail (self->engine == NULL);

  self->engine = g_object_ref (engine);
  barua_list_pane_set_engine (self->list, engine);
  barua_reader_set_engine (self->reader, engine);
  barua_folder_pane_set_engine (self->folders, engine);
  g_signal_connect_object (barua_acts_get (engine), "items-changed", G_CALLBACK (acts_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (barua_folder_pane_get_tree (self->folders), "folders-changed", G_CALLBACK (folders_changed), self,
                           G_CONNECT_SWAPPED);
  folders_changed (self);
  if (barua_engine_was_repaired (engine))
    barua_window_add_toast (self, _("Barua repaired its data. Mail is fetched again from the server."));
}

/* From outside the list (a notification, the desktop's search): its folder is opened, and it stands in the reader. */
typedef struct
{
  GWeakRef     window;
  BaruaEngine *engine;
  gint64       id;
} Show;

static void
show_free (gpointer data)
{
  Show *show = data;

  g_weak_ref_clear (&show->window);
  g_object_unref (show->engine);
  g_free (show);
}

static DexFuture *
show_fiber (gpointer data)
{
  Show *show = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BaruaRows) rows = dex_await_boxed (barua_engine_load_rows (show->engine, &show->id, 1, FALSE), &error);
  g_autoptr (BaruaWindow) self = g_weak_ref_get (&show->window);
  g_autoptr (BaruaMessageItem) item = NULL;
  BaruaRow *row;

  if (self == NULL || rows == NULL || rows->rows->len != 1)
    return dex_future_new_true ();
  row = g_ptr_array_index (rows->rows, 0);
  barua_window_show_folder (self, row->folder);
  /* What keys do, they do to what is chosen in the list. */
  if (!barua_list_pane_choose (self->list, row->id))
    {
      item = barua_message_item_new (row->id, row->date);
      barua_message_item_set_row (item, row);
      barua_reader_show (self->reader, item);
    }
  adw_navigation_split_view_set_show_content (self->inner, TRUE);
  return dex_future_new_true ();
}

void
barua_window_show_folder (BaruaWindow *self,
                          gint64       folder)
{
  if (self->engine == NULL || barua_folder_tree_get_item (barua_folder_pane_get_tree (self->folders), folder) == NULL)
    return;
  if (folder != self->folder)
    barua_folder_pane_choose (self->folders, folder);
  adw_navigation_split_view_set_show_content (self->inner, FALSE);
}

void
barua_window_show_message (BaruaWindow *self,
                           gint64       id)
{
  Show *show;

  if (self->engine == NULL)
    return;
  show = g_new0 (Show, 1);
  g_weak_ref_init (&show->window, self);
  show->engine = g_object_ref (self->engine);
  show->id = id;
  barua_fiber_spawn ("ui-show", show_fiber, show, show_free);
}

void
barua_window_show_problem (BaruaWindow  *self,
                           const GError *error)
{
  BaruaErrorCode code = barua_error_get_code (error);
  g_autofree char *sentence = barua_words_error (code, NULL, NULL);
  g_autofree char *remedy = barua_words_remedy (code, NULL, NULL);
  g_autofree char *escaped = g_markup_escape_text (remedy, -1);

  adw_status_page_set_title (self->problem, sentence);
  adw_status_page_set_description (self->problem, escaped);
  show_page (self, "problem");
  tell_ready (self);
}
