/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-activity.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "barua-act.h"
#include "barua-activity-row.h"
#include "barua-fiber.h"
#include "barua-limits.h"
#include "barua-toasts.h"
#include "barua-words.h"

#define WIDTH_SP  360.0
/* Between its contents and the edge of the window where that is narrower. */
#define MARGIN_PX 36

struct _BaruaActivity
{
  GtkPopover         parent_instance;
  GtkScrolledWindow *scroller;
  GtkListBox        *accounts;
  GtkBox            *waiting_box;
  GtkLabel          *nothing;
  GtkListBox        *waiting;
  GtkLabel          *more;
  GtkBox            *done_box;
  GtkListBox        *done;
  BaruaEngine       *engine;
  GtkWidget         *before;  /* weak: had the focus when it was opened */
  guint              focus_source;
  BaruaWaitingList  *list;    /* as it was last read; NULL: not yet */
  guint              refresh; /* source */
  gboolean           reading;
  gboolean           again;   /* it may have changed while it was read */
};

G_DEFINE_FINAL_TYPE (BaruaActivity, barua_activity, GTK_TYPE_POPOVER)

/* Rows ------------------------------------------------------------------------------------------------------------- */

typedef GtkWidget *(*MakeRow) (BaruaActivity *self);

static BaruaActivityRow *
get_row (BaruaActivity *self,
         GtkListBox    *list,
         guint          position,
         MakeRow        make)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (list, (int)position);

  if (row == NULL)
    {
      gtk_list_box_append (list, make (self));
      row = gtk_list_box_get_row_at_index (list, (int)position);
    }
  return BARUA_ACTIVITY_ROW (row);
}

/* There are @n rows; a focus in one that goes finds another place. */
static void
end_rows (BaruaActivity *self,
          GtkListBox    *list,
          guint          n)
{
  gboolean focused = FALSE;
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (list, (int)n)) != NULL)
    {
      GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
      GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

      focused |= focus != NULL && (focus == GTK_WIDGET (row) || gtk_widget_is_ancestor (focus, GTK_WIDGET (row)));
      gtk_list_box_remove (list, GTK_WIDGET (row));
    }
  gtk_widget_set_visible (GTK_WIDGET (list), n > 0);
  if (!focused)
    return;
  row = n > 0 ? gtk_list_box_get_row_at_index (list, (int)n - 1) : gtk_list_box_get_row_at_index (self->accounts, 0);
  if (row != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}

/* Accounts --------------------------------------------------------------------------------------------------------- */

static void
try_now (BaruaActivity    *self,
         guint             button,
         BaruaActivityRow *row)
{
  barua_engine_wake (self->engine, barua_activity_row_get_id (row));
  gtk_popover_popdown (GTK_POPOVER (self));
}

static GtkWidget *
make_account (BaruaActivity *self)
{
  GtkWidget *row = barua_activity_row_new ((const char *[]){ _("_Try Now"), NULL }, FALSE);

  g_signal_connect_object (row, "clicked", G_CALLBACK (try_now), self, G_CONNECT_SWAPPED);
  return row;
}

static void
show_accounts (BaruaActivity *self)
{
  g_autoptr (GPtrArray) accounts = barua_engine_list_accounts (self->engine);

  for (guint i = 0; i < accounts->len; i++)
    {
      const BaruaAccount *account = g_ptr_array_index (accounts, i);
      g_autoptr (BaruaStatus) status = barua_engine_dup_status (self->engine, account->id);
      gboolean trouble = status->kind == BARUA_STATUS_STOPPED || status->kind == BARUA_STATUS_WAITING;
      g_autofree char *words = barua_words_status (status);
      g_autofree char *remedy = trouble ? barua_words_remedy (status->code, status->host, account->user) : g_strdup ("");

      barua_activity_row_show (get_row (self, self->accounts, i, make_account), account->id, account->name, words,
                               remedy, trouble);
    }
  end_rows (self, self->accounts, accounts->len);
}

/* What waits ------------------------------------------------------------------------------------------------------- */

typedef struct
{
  GWeakRef     activity;
  BaruaEngine *engine;
  gint64       id; /* of a refusal */
  guint        n;
  gboolean     discard;
} Work;

static Work *
work_new (BaruaActivity *self)
{
  Work *work = g_new0 (Work, 1);

  g_weak_ref_init (&work->activity, self);
  work->engine = g_object_ref (self->engine);
  return work;
}

static void
work_free (gpointer data)
{
  Work *work = data;

  g_weak_ref_clear (&work->activity);
  g_object_unref (work->engine);
  g_free (work);
}

static void
queue_refresh (BaruaActivity *self);

static DexFuture *
decide_fiber (gpointer data)
{
  Work *work = data;
  g_autoptr (GError) error = NULL;
  gboolean ok = dex_await (work->discard ? barua_engine_set_discarded (work->engine, work->id, TRUE)
                                         : barua_engine_retry (work->engine, work->id), &error);
  g_autoptr (BaruaActivity) self = g_weak_ref_get (&work->activity);

  if (ok && work->discard)
    barua_acts_add_discard (work->engine, work->id, work->n);
  /* It may have been decided about elsewhere: then it is gone, and nothing is wrong. */
  if (!ok && self != NULL && barua_error_get_code (error) != BARUA_ERROR_NOT_FOUND)
    {
      g_autofree char *words = barua_words_error (barua_error_get_code (error), NULL, NULL);

      g_message ("activity: %s", error->message);
      barua_toasts_tell (GTK_WIDGET (self), words);
    }
  if (self != NULL)
    queue_refresh (self);
  return dex_future_new_true ();
}

/* Retry, Discard */
static void
decide (BaruaActivity    *self,
        guint             button,
        BaruaActivityRow *row)
{
  gint64 id = barua_activity_row_get_id (row);

  for (guint i = 0; self->list != NULL && i < self->list->items->len; i++)
    {
      const BaruaWaiting *waiting = g_ptr_array_index (self->list->items, i);
      Work *work;

      if (waiting->id != id || id == 0)
        continue;
      work = work_new (self);
      work->id = id;
      work->n = waiting->n;
      work->discard = button == 1;
      barua_fiber_spawn ("ui-activity-decide", decide_fiber, work, work_free);
      return;
    }
}

static GtkWidget *
make_waiting (BaruaActivity *self)
{
  GtkWidget *row = barua_activity_row_new ((const char *[]){ _("_Retry"), _("_Discard"), NULL }, FALSE);

  g_signal_connect_object (row, "clicked", G_CALLBACK (decide), self, G_CONNECT_SWAPPED);
  return row;
}

static void
show_waiting (BaruaActivity *self)
{
  guint n = self->list->items->len;

  for (guint i = 0; i < n; i++)
    {
      const BaruaWaiting *waiting = g_ptr_array_index (self->list->items, i);
      g_autofree char *title = barua_words_waiting (waiting);
      g_autofree char *state = barua_words_waiting_state (waiting);

      barua_activity_row_show (get_row (self, self->waiting, i, make_waiting), waiting->id, title, state, "",
                               waiting->state == BARUA_WAITING_REFUSED);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->waiting_box), TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->nothing), n == 0);
  end_rows (self, self->waiting, n);
  gtk_widget_set_visible (GTK_WIDGET (self->more), self->list->n_more > 0);
  if (self->list->n_more > 0)
    {
      g_autofree char *number = barua_words_number (self->list->n_more);
      /* Translators: below a list of what waits, which is too long to be shown. %s is a number. */
      g_autofree char *words = g_strdup_printf (ngettext ("and %s more", "and %s more", self->list->n_more), number);

      gtk_label_set_label (self->more, words);
    }
}

static DexFuture *
read_fiber (gpointer data)
{
  Work *work = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BaruaWaitingList) list = dex_await_boxed (barua_engine_list_waiting (work->engine), &error);
  g_autoptr (BaruaActivity) self = g_weak_ref_get (&work->activity);

  if (error != NULL && barua_error_get_code (error) != BARUA_ERROR_CANCELLED)
    g_message ("what waits: %s", error->message);
  if (self == NULL)
    return dex_future_new_true ();
  self->reading = FALSE;
  if (list != NULL)
    {
      g_clear_pointer (&self->list, barua_waiting_list_unref);
      self->list = g_steal_pointer (&list);
      show_waiting (self);
    }
  if (self->again)
    queue_refresh (self);
  return dex_future_new_true ();
}

static void
read_waiting (BaruaActivity *self)
{
  self->again = self->reading;
  if (self->reading)
    return;
  self->reading = TRUE;
  barua_fiber_spawn ("ui-activity", read_fiber, work_new (self), work_free);
}

/* Done lately ------------------------------------------------------------------------------------------------------ */

static void
undo (BaruaActivity    *self,
      guint             button,
      BaruaActivityRow *row)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.undo-act", "x", barua_activity_row_get_id (row));
}

static GtkWidget *
make_done (BaruaActivity *self)
{
  GtkWidget *row = barua_activity_row_new ((const char *[]){ _("_Undo"), NULL }, TRUE);

  g_signal_connect_object (row, "clicked", G_CALLBACK (undo), self, G_CONNECT_SWAPPED);
  return row;
}

static void
show_done (BaruaActivity *self)
{
  GListModel *acts = barua_acts_get (self->engine);
  guint n = g_list_model_get_n_items (acts);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BaruaAct) act = g_list_model_get_item (acts, i);
      g_autofree char *words = barua_act_dup_words (act);
      g_autofree char *time = barua_words_time (barua_act_get_time (act));

      barua_activity_row_show (get_row (self, self->done, i, make_done), barua_act_get_id (act), words, time, "", TRUE);
    }
  end_rows (self, self->done, n);
  gtk_widget_set_visible (GTK_WIDGET (self->done_box), n > 0);
}

/* All of it -------------------------------------------------------------------------------------------------------- */

static void
show_all (BaruaActivity *self)
{
  show_accounts (self);
  show_done (self);
  read_waiting (self);
}

static gboolean
refresh (gpointer data)
{
  BaruaActivity *self = data;

  self->refresh = 0;
  show_all (self);
  return G_SOURCE_REMOVE;
}

/* Much may happen at once: it is looked at together. */
static void
queue_refresh (BaruaActivity *self)
{
  if (self->refresh == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->refresh = g_timeout_add (BARUA_ACTIVITY_REFRESH_MS, refresh, self);
}

static void
barua_activity_show (GtkWidget *widget)
{
  BaruaActivity *self = BARUA_ACTIVITY (widget);
  GtkRoot *root = gtk_widget_get_root (widget);
  int width = (int)adw_length_unit_to_px (ADW_LENGTH_UNIT_SP, WIDTH_SP, gtk_widget_get_settings (widget));
  int room = root != NULL ? gtk_widget_get_width (GTK_WIDGET (root)) - MARGIN_PX : 0;

  gtk_widget_set_size_request (GTK_WIDGET (self->scroller), room > 0 ? MIN (width, room) : width, -1);
  g_set_weak_pointer (&self->before, root != NULL ? gtk_root_get_focus (root) : NULL);
  if (self->engine != NULL)
    show_all (self);
  GTK_WIDGET_CLASS (barua_activity_parent_class)->show (widget);
}

/* Back to where the person was: GTK 4.18 gives the focus to the button. */
static gboolean
give_back_focus (gpointer data)
{
  BaruaActivity *self = data;
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  self->focus_source = 0;
  if (self->before != NULL && gtk_widget_get_mapped (self->before) && !gtk_widget_get_mapped (GTK_WIDGET (self)) &&
      (focus == NULL || parent == NULL || gtk_widget_is_ancestor (focus, parent)))
    gtk_widget_grab_focus (self->before);
  g_clear_weak_pointer (&self->before);
  return G_SOURCE_REMOVE;
}

static void
closed (BaruaActivity *self)
{
  if (self->focus_source == 0)
    self->focus_source = g_idle_add (give_back_focus, self);
}

static void
barua_activity_unmap (GtkWidget *widget)
{
  BaruaActivity *self = BARUA_ACTIVITY (widget);

  g_clear_handle_id (&self->refresh, g_source_remove);
  GTK_WIDGET_CLASS (barua_activity_parent_class)->unmap (widget);
}

static void
barua_activity_dispose (GObject *object)
{
  BaruaActivity *self = BARUA_ACTIVITY (object);

  g_clear_handle_id (&self->refresh, g_source_remove);
  g_clear_pointer (&self->list, barua_waiting_list_unref);
  g_clear_handle_id (&self->focus_source, g_source_remove);
  g_clear_weak_pointer (&self->before);
  gtk_widget_dispose_template (GTK_WIDGET (object), BARUA_TYPE_ACTIVITY);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (barua_activity_parent_class)->dispose (object);
}

static void
barua_activity_class_init (BaruaActivityClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_activity_dispose;
  widget_class->show = barua_activity_show;
  widget_class->unmap = barua_activity_unmap;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/barua_mail/Barua/barua-activity.ui");
  gtk_widget_class_bind_template_child (widget_class, BaruaActivity, scroller);
  gtk_widget_class_bind_template_child (widget_class, BaruaActivity, accounts);
  gtk_widget_class_bind_template_child (widget_class, BaruaActivity, waiting_box);
  gtk_widget_class_bind_template_child (widget_class, BaruaActivity, nothing);
  gtk_widget_class_bind_template_child (widget_class, BaruaActivity, waiting);
  gtk_widget_class_bind_template_child (widget_class, BaruaActivity, more);
  gtk_widget_class_bind_template_child (widget_class, BaruaActivity, done_box);
  gtk_widget_class_bind_template_child (widget_class, BaruaActivity, done);
}

static void
barua_activity_init (BaruaActivity *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "closed", G_CALLBACK (closed), NULL);
}

GtkWidget *
barua_activity_new (void)
{
  return g_object_new (BARUA_TYPE_ACTIVITY, NULL);
}

void
barua_activity_set_engine (BaruaActivity *self,
                           BaruaEngine   *engine)
{
  g_return_if_fail (self->engine == NULL);

  self->engine = g_object_ref (engine);
  g_signal_connect_object (engine, "status-changed", G_CALLBACK (queue_refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "changed", G_CALLBACK (queue_refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (barua_acts_get (engine), "items-changed", G_CALLBACK (queue_refresh), self, G_CONNECT_SWAPPED);
}
