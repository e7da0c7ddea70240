/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-list-banner.h"

#include <glib/gi18n-lib.h>

#include "barua-limits.h"
#include "barua-words.h"

struct _BaruaListBanner
{
  AdwBin       parent_instance;
  AdwBanner   *banner;
  BaruaEngine *engine;
  gint64       waiting_since; /* monotonic; 0: no account waits after a failure */
  guint        source;
};

G_DEFINE_FINAL_TYPE (BaruaListBanner, barua_list_banner, ADW_TYPE_BIN)

/* The account that stopped, else one that waits: its sentence. NULL: all is well. */
static char *
find_trouble (BaruaListBanner *self,
              gboolean        *is_waiting)
{
  g_autoptr (GPtrArray) accounts = barua_engine_list_accounts (self->engine);
  char *words = NULL;

  *is_waiting = FALSE;
  for (guint i = 0; i < accounts->len; i++)
    {
      const BaruaAccount *account = g_ptr_array_index (accounts, i);
      g_autoptr (BaruaStatus) status = barua_engine_dup_status (self->engine, account->id);
      gboolean stopped = status != NULL && status->kind == BARUA_STATUS_STOPPED;
      gboolean waiting = status != NULL && status->kind == BARUA_STATUS_WAITING;

      if (!stopped && !(waiting && words == NULL))
        continue;
      g_free (words);
      words = barua_words_error (status->code, status->host, account->user);
      *is_waiting = waiting;
      if (stopped)
        return words;
    }
  return words;
}

static void update (BaruaListBanner *self);

static gboolean
waited (gpointer data)
{
  BaruaListBanner *self = data;

  self->source = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

/* What passes by itself is told by the status line; here it stands when it lasts. */
static void
update (BaruaListBanner *self)
{
  gboolean is_waiting;
  g_autofree char *words = find_trouble (self, &is_waiting);
  gint64 now = g_get_monotonic_time ();
  gint64 lasted_ms;

  if (words == NULL)
    self->waiting_since = 0;
  else if (self->waiting_since == 0)
    self->waiting_since = now;
  g_clear_handle_id (&self->source, g_source_remove);
  lasted_ms = (now - self->waiting_since) / 1000;
  if (words != NULL && is_waiting && lasted_ms < BARUA_TROUBLE_SHOWN_MS)
    {
      self->source = g_timeout_add ((guint)(BARUA_TROUBLE_SHOWN_MS - lasted_ms), waited, self);
      return;
    }
  if (words != NULL && g_strcmp0 (adw_banner_get_title (self->banner), words) != 0)
    {
      adw_banner_set_title (self->banner, words);
      gtk_accessible_announce (GTK_ACCESSIBLE (self), words, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
    }
  adw_banner_set_revealed (self->banner, words != NULL);
  if (words == NULL)
    adw_banner_set_title (self->banner, "");
}

/* Trying again is no end of the trouble. */
static void
status_changed (BaruaListBanner *self,
                gint64           account)
{
  g_autoptr (BaruaStatus) status = barua_engine_dup_status (self->engine, account);

  if (status == NULL || status->kind != BARUA_STATUS_CONNECTING)
    update (self);
}

static void
engine_changed (BaruaListBanner *self,
                BaruaChangeSet  *set)
{
  if (set->accounts->len > 0)
    update (self);
}

static void
barua_list_banner_dispose (GObject *object)
{
  BaruaListBanner *self = BARUA_LIST_BANNER (object);

  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (barua_list_banner_parent_class)->dispose (object);
}

static void
barua_list_banner_class_init (BaruaListBannerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = barua_list_banner_dispose;
}

static void
barua_list_banner_init (BaruaListBanner *self)
{
  self->banner = ADW_BANNER (adw_banner_new (""));
  adw_banner_set_use_markup (self->banner, FALSE);
  adw_banner_set_button_label (self->banner, _("Details"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->banner), "win.activity");
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->banner));
}

void
barua_list_banner_set_engine (BaruaListBanner *self,
                              BaruaEngine     *engine)
{
  g_return_if_fail (self->engine == NULL);

  self->engine = g_object_ref (engine);
  g_signal_connect_object (engine, "status-changed", G_CALLBACK (status_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "changed", G_CALLBACK (engine_changed), self, G_CONNECT_SWAPPED);
  update (self);
}
