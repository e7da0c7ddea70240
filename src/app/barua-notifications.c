/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-notifications.h"

#include <glib/gi18n.h>

#include "barua-fiber.h"
#include "barua-limits.h"
#include "barua-notifier.h"
#include "barua-preferences.h"
#include "barua-words-notice.h"

struct _BaruaNotifications
{
  GObject        parent_instance;
  GApplication  *application; /* not owned */
  BaruaEngine   *engine;
  BaruaNotifier *notifier;
  GHashTable    *waiting;     /* gint64 folder -> BaruaIdSet: came, not told of yet */
  GArray        *changed;     /* gint64: told of, and changed since */
  guint64        heard;       /* generation of the last changes */
  guint          gather;
};

G_DEFINE_FINAL_TYPE (BaruaNotifications, barua_notifications, G_TYPE_OBJECT)

static gint64
now_seconds (void)
{
  return g_get_monotonic_time () / G_USEC_PER_SEC;
}

/* Delivery --------------------------------------------------------------------------------------------------------- */

static char *
dup_account_name (BaruaNotifications *self,
                  gint64              id)
{
  g_autoptr (GPtrArray) accounts = barua_engine_list_accounts (self->engine);

  for (guint i = 0; i < accounts->len; i++)
    {
      const BaruaAccount *account = g_ptr_array_index (accounts, i);

      if (account->id == id)
        return g_strdup (account->name);
    }
  return g_strdup ("");
}

static void
send (BaruaNotifications *self,
      const BaruaNotice  *notice)
{
  gboolean details = barua_preferences_get_on ("notify-details", TRUE);
  g_autofree char *account = dup_account_name (self, notice->account);
  g_autofree char *title = barua_words_notice_title (notice, details);
  g_autofree char *body = barua_words_notice_body (notice, details, account);
  g_autoptr (GNotification) notification = g_notification_new (title);

  g_notification_set_body (notification, body);
  g_notification_set_category (notification, "email.arrived");
  if (notice->message != 0)
    {
      g_notification_set_default_action_and_target (notification, "app.open-message", "x", notice->message);
      g_notification_add_button_with_target (notification, _("Mark as Read"), "app.mark-read", "x", notice->message);
    }
  else
    g_notification_set_default_action_and_target (notification, "app.open-folder", "x", notice->folder);
  g_application_send_notification (self->application, notice->id, notification);
}

static void
deliver (BaruaNotifications *self,
         BaruaNoticeWork    *work)
{
  for (guint i = 0; i < work->withdrawn->len; i++)
    g_application_withdraw_notification (self->application, g_ptr_array_index (work->withdrawn, i));
  for (guint i = 0; i < work->shown->len; i++)
    send (self, g_ptr_array_index (work->shown, i));
}

/* What came -------------------------------------------------------------------------------------------------------- */

/* The newest, where there are more than are remembered. */
static GArray *
newest_ids (BaruaIdSet *set)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = barua_id_set_get_n_ranges (set); i > 0; i--)
    {
      const BaruaIdRange *range = &barua_id_set_get_ranges (set)[i - 1];

      for (guint64 id = range->last + 1; id > range->first && ids->len < BARUA_LIMIT_NOTIFIED; id--)
        {
          gint64 one = (gint64)(id - 1);

          g_array_append_val (ids, one);
        }
    }
  return ids;
}

static void gather (BaruaNotifications *self);

static void
tell_folder (BaruaNotifications *self,
             gint64              id,
             BaruaIdSet         *set)
{
  g_autoptr (GArray) ids = newest_ids (set);
  g_autoptr (GError) error = NULL;
  g_autoptr (BaruaRows) rows = NULL;
  g_autoptr (BaruaFolder) folder = NULL;
  g_autoptr (BaruaNoticeWork) work = NULL;

  rows = dex_await_boxed (barua_engine_load_rows (self->engine, (const gint64 *)(gpointer)ids->data, ids->len, FALSE), &error);
  folder = barua_engine_dup_folder (self->engine, id);
  if (rows == NULL)
    g_debug ("notifications: %s", error->message);
  if (rows == NULL || folder == NULL)
    return;
  work = barua_notifier_arrived (self->notifier, folder, rows->rows, now_seconds ());
  deliver (self, work);
  /* What changed while they were read was nobody's that had been told of: it is looked at again. */
  if (self->heard > rows->generation)
    {
      g_array_append_vals (self->changed, ids->data, ids->len);
      gather (self);
    }
}

static void
settle_changed (BaruaNotifications *self)
{
  g_autoptr (GArray) ids = g_steal_pointer (&self->changed);
  g_autoptr (GHashTable) unread = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GError) error = NULL;
  g_autoptr (BaruaRows) rows = NULL;

  self->changed = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (ids->len == 0)
    return;
  rows = dex_await_boxed (barua_engine_load_rows (self->engine, (const gint64 *)(gpointer)ids->data, ids->len, FALSE), &error);
  if (rows == NULL)
    return;
  for (guint i = 0; i < rows->rows->len; i++)
    {
      BaruaRow *row = g_ptr_array_index (rows->rows, i);

      if (!(row->flags & BARUA_FLAG_SEEN))
        g_hash_table_add (unread, &row->id);
    }
  /* What has no row any more is gone. */
  for (guint i = 0; i < ids->len; i++)
    if (!g_hash_table_contains (unread, &g_array_index (ids, gint64, i)))
      {
        g_autoptr (BaruaNoticeWork) work = barua_notifier_settled (self->notifier, g_array_index (ids, gint64, i));

        deliver (self, work);
      }
}

static DexFuture *
tell_fiber (gpointer data)
{
  BaruaNotifications *self = data;
  g_autoptr (GHashTable) waiting = g_steal_pointer (&self->waiting);
  g_autoptr (GArray) folders = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer folder;

  self->waiting = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)barua_id_set_unref);
  g_hash_table_iter_init (&iter, waiting);
  while (g_hash_table_iter_next (&iter, &folder, NULL))
    g_array_append_val (folders, *(gint64 *)folder);
  for (guint i = 0; i < folders->len; i++)
    {
      gint64 id = g_array_index (folders, gint64, i);

      tell_folder (self, id, g_hash_table_lookup (waiting, &id));
    }
  settle_changed (self);
  return dex_future_new_true ();
}

static gboolean
gathered (gpointer data)
{
  BaruaNotifications *self = data;

  self->gather = 0;
  barua_fiber_spawn ("app-notify", tell_fiber, g_object_ref (self), g_object_unref);
  return G_SOURCE_REMOVE;
}

static void
gather (BaruaNotifications *self)
{
  if (self->gather == 0)
    self->gather = g_timeout_add (BARUA_NOTIFY_GATHER_MS, gathered, self);
}

static void
on_arrived (BaruaNotifications *self,
            gint64              folder,
            BaruaIdSet         *ids)
{
  BaruaIdSet *set = g_hash_table_lookup (self->waiting, &folder);

  if (set == NULL)
    {
      set = barua_id_set_new ();
      g_hash_table_insert (self->waiting, g_memdup2 (&folder, sizeof folder), set);
    }
  barua_id_set_add_set (set, ids);
  gather (self);
}

static void
on_changed (BaruaNotifications *self,
            BaruaChangeSet     *changes)
{
  guint before = self->changed->len;

  self->heard = changes->generation;
  for (guint i = 0; i < changes->rows->len; i++)
    {
      const BaruaRowChange *change = &g_array_index (changes->rows, BaruaRowChange, i);

      if (change->kind != BARUA_CHANGE_ADDED && barua_notifier_knows (self->notifier, change->id))
        g_array_append_val (self->changed, change->id);
    }
  if (self->changed->len > before)
    gather (self);
}

static void
on_resumed (BaruaNotifications *self)
{
  barua_notifier_resumed (self->notifier, now_seconds ());
}

/* Object ----------------------------------------------------------------------------------------------------------- */

static void
barua_notifications_dispose (GObject *object)
{
  BaruaNotifications *self = BARUA_NOTIFICATIONS (object);

  g_clear_handle_id (&self->gather, g_source_remove);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (barua_notifications_parent_class)->dispose (object);
}

static void
barua_notifications_finalize (GObject *object)
{
  BaruaNotifications *self = BARUA_NOTIFICATIONS (object);

  g_clear_pointer (&self->waiting, g_hash_table_unref);
  g_clear_pointer (&self->changed, g_array_unref);
  barua_notifier_free (self->notifier);
  G_OBJECT_CLASS (barua_notifications_parent_class)->finalize (object);
}

static void
barua_notifications_class_init (BaruaNotificationsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = barua_notifications_dispose;
  G_OBJECT_CLASS (klass)->finalize = barua_notifications_finalize;
}

static void
barua_notifications_init (BaruaNotifications *self)
{
  self->notifier = barua_notifier_new ();
  self->waiting = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)barua_id_set_unref);
  self->changed = g_array_new (FALSE, FALSE, sizeof (gint64));
}

BaruaNotifications *
barua_notifications_new (GApplication *application,
                         BaruaEngine  *engine)
{
  BaruaNotifications *self = g_object_new (BARUA_TYPE_NOTIFICATIONS, NULL);

  self->application = application;
  self->engine = g_object_ref (engine);
  /* What came while the program did not run is told of together too. */
  barua_notifier_resumed (self->notifier, now_seconds ());
  g_signal_connect_object (engine, "arrived", G_CALLBACK (on_arrived), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "resumed", G_CALLBACK (on_resumed), self, G_CONNECT_SWAPPED);
  return self;
}
