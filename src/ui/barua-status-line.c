/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-status-line.h"

#include <glib/gi18n-lib.h>

#include "barua-activity.h"
#include "barua-limits.h"
#include "barua-words.h"

struct _BaruaStatusLine
{
  AdwBin          parent_instance;
  GtkMenuButton  *button;
  GtkLabel       *label;
  GtkImage       *icon;
  GtkProgressBar *progress;
  BaruaActivity  *activity;
  BaruaEngine    *engine;
  BaruaStatus    *shown;
  guint           wait_source;
};

G_DEFINE_FINAL_TYPE (BaruaStatusLine, barua_status_line, ADW_TYPE_BIN)

/* The worst of all accounts: what needs the person first. */
static int
weight (const BaruaStatus *status)
{
  switch (status->kind)
    {
    case BARUA_STATUS_STOPPED:
      return 6;
    case BARUA_STATUS_WAITING:
      return 5;
    case BARUA_STATUS_OFFLINE:
      return 3;
    case BARUA_STATUS_SYNCHRONISING:
      return 2;
    case BARUA_STATUS_CONNECTING:
      return 1;
    default:
      return status->refused > 0 ? 4 : 0;
    }
}

/* What waits is told of all accounts together. */
static BaruaStatus *
with_counts (const BaruaStatus *status,
             guint              waiting,
             guint              refused)
{
  BaruaStatus *all = barua_status_new ();

  all->account = status->account;
  all->kind = status->kind;
  all->code = status->code;
  g_set_str (&all->host, status->host);
  g_set_str (&all->folder_name, status->folder_name);
  all->folder_role = status->folder_role;
  g_set_str (&all->detail, status->detail);
  all->done = status->done;
  all->total = status->total;
  all->waiting = waiting;
  all->refused = refused;
  all->since = status->since;
  all->next_try = status->next_try;
  return all;
}

static BaruaStatus *
worst_status (BaruaStatusLine *self)
{
  g_autoptr (GPtrArray) accounts = barua_engine_list_accounts (self->engine);
  g_autoptr (BaruaStatus) worst = NULL;
  guint waiting = 0;
  guint refused = 0;

  for (guint i = 0; i < accounts->len; i++)
    {
      g_autoptr (BaruaStatus) status =
          barua_engine_dup_status (self->engine, ((BaruaAccount *)g_ptr_array_index (accounts, i))->id);

      if (status == NULL)
        continue;
      waiting += status->waiting;
      refused += status->refused;
      if (worst != NULL && weight (status) <= weight (worst))
        continue;
      g_clear_pointer (&worst, barua_status_unref);
      worst = g_steal_pointer (&status);
    }
  return worst != NULL ? with_counts (worst, waiting, refused) : NULL;
}

static void
set_class (gpointer    widget,
           const char *css_class,
           gboolean    on)
{
  if (on)
    gtk_widget_add_css_class (widget, css_class);
  else
    gtk_widget_remove_css_class (widget, css_class);
}

static void
show_status (BaruaStatusLine *self,
             BaruaStatus     *status)
{
  g_autofree char *words = status != NULL ? barua_words_status (status) : g_strdup ("");
  gboolean was_refused = status != NULL && status->kind == BARUA_STATUS_IDLE && status->refused > 0;
  gboolean trouble =
      was_refused || (status != NULL && (status->kind == BARUA_STATUS_STOPPED || status->kind == BARUA_STATUS_WAITING));
  gboolean counting = status != NULL && status->kind == BARUA_STATUS_SYNCHRONISING && status->total > 0;
  gboolean news = self->shown != NULL && status != NULL && self->shown->kind != status->kind;

  if (g_strcmp0 (gtk_label_get_label (self->label), words) != 0)
    {
      gtk_label_set_label (self->label, words);
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), words);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
    }
  set_class (self->icon, "error", was_refused);
  set_class (self->label, "error", was_refused);
  set_class (self->label, "dimmed", !was_refused);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), trouble);
  gtk_widget_set_opacity (GTK_WIDGET (self->progress), counting ? 1.0 : 0.0);
  if (counting)
    gtk_progress_bar_set_fraction (self->progress, (double)MIN (status->done, status->total) / status->total);

  if (news && status->kind == BARUA_STATUS_OFFLINE)
    gtk_accessible_announce (GTK_ACCESSIBLE (self), _("Offline"), GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_LOW);
  else if (news && self->shown->kind == BARUA_STATUS_OFFLINE && status->kind == BARUA_STATUS_IDLE)
    gtk_accessible_announce (GTK_ACCESSIBLE (self), _("Online"), GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_LOW);
  if (was_refused && self->shown != NULL && status->refused > self->shown->refused)
    gtk_accessible_announce (GTK_ACCESSIBLE (self), words, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH);
  g_clear_pointer (&self->shown, barua_status_unref);
  self->shown = status != NULL ? barua_status_ref (status) : NULL;
}

static void
show_current (BaruaStatusLine *self)
{
  g_autoptr (BaruaStatus) status = worst_status (self);

  show_status (self, status);
}

static gboolean
waited (gpointer data)
{
  BaruaStatusLine *self = data;

  self->wait_source = 0;
  show_current (self);
  return G_SOURCE_REMOVE;
}

static gboolean
is_passing (const BaruaStatus *status)
{
  return status->kind == BARUA_STATUS_CONNECTING || status->kind == BARUA_STATUS_SYNCHRONISING ||
         status->kind == BARUA_STATUS_WAITING || (status->kind == BARUA_STATUS_IDLE && status->waiting > 0);
}

static gboolean
is_same_state (const BaruaStatus *a,
               const BaruaStatus *b)
{
  return a->kind == b->kind && (a->waiting > 0) == (b->waiting > 0) && (a->refused > 0) == (b->refused > 0);
}

/* Polls every few minutes must not flicker, nor each star that is on its way to the server: what passes is shown only once it lasted. */
static void
status_changed (BaruaStatusLine *self)
{
  g_autoptr (BaruaStatus) status = worst_status (self);

  if (status != NULL && is_passing (status) && self->shown != NULL && !is_same_state (self->shown, status))
    {
      if (self->wait_source == 0)
        self->wait_source = g_timeout_add (BARUA_TIMEOUT_STATE_SHOWN_MS, waited, self);
      return;
    }
  g_clear_handle_id (&self->wait_source, g_source_remove);
  show_status (self, status);
}

static void
engine_changed (BaruaStatusLine *self,
                BaruaChangeSet  *set)
{
  if (set->accounts->len > 0)
    status_changed (self);
}

/* Object ----------------------------------------------------------------------------------------------------------- */

static void
barua_status_line_dispose (GObject *object)
{
  BaruaStatusLine *self = BARUA_STATUS_LINE (object);

  g_clear_handle_id (&self->wait_source, g_source_remove);
  g_clear_pointer (&self->shown, barua_status_unref);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (barua_status_line_parent_class)->dispose (object);
}

static void
barua_status_line_class_init (BaruaStatusLineClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = barua_status_line_dispose;
}

static void
barua_status_line_init (BaruaStatusLine *self)
{
  GtkWidget *overlay = gtk_overlay_new ();
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->label = g_object_new (GTK_TYPE_LABEL, "xalign", 0.0f, "hexpand", TRUE, "ellipsize", PANGO_ELLIPSIZE_END, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "dimmed");
  self->icon = GTK_IMAGE (gtk_image_new_from_icon_name ("dialog-warning-symbolic"));
  gtk_widget_set_visible (GTK_WIDGET (self->icon), FALSE);
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->icon));
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->label));

  self->activity = BARUA_ACTIVITY (barua_activity_new ());
  self->button = GTK_MENU_BUTTON (gtk_menu_button_new ());
  gtk_menu_button_set_child (self->button, row);
  gtk_menu_button_set_popover (self->button, GTK_WIDGET (self->activity));
  gtk_menu_button_set_has_frame (self->button, FALSE);
  gtk_menu_button_set_direction (self->button, GTK_ARROW_UP);
  gtk_menu_button_set_always_show_arrow (self->button, FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self->button), "status-line");

  self->progress = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->progress), GTK_ALIGN_START);
  gtk_widget_set_can_target (GTK_WIDGET (self->progress), FALSE);
  gtk_widget_set_opacity (GTK_WIDGET (self->progress), 0.0);
  gtk_overlay_set_child (GTK_OVERLAY (overlay), GTK_WIDGET (self->button));
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), GTK_WIDGET (self->progress));
  gtk_widget_add_css_class (overlay, "status-line");
  adw_bin_set_child (ADW_BIN (self), overlay);
}

GtkWidget *
barua_status_line_new (void)
{
  return g_object_new (BARUA_TYPE_STATUS_LINE, NULL);
}

void
barua_status_line_set_engine (BaruaStatusLine *self,
                              BaruaEngine     *engine)
{
  g_return_if_fail (self->engine == NULL);

  self->engine = g_object_ref (engine);
  barua_activity_set_engine (self->activity, engine);
  g_signal_connect_object (engine, "status-changed", G_CALLBACK (status_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "changed", G_CALLBACK (engine_changed), self, G_CONNECT_SWAPPED);
  show_current (self);
}

void
barua_status_line_open (BaruaStatusLine *self)
{
  gtk_menu_button_popup (self->button);
}
