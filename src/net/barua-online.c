/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-online.h"

#include "barua-error.h"

struct _BaruaOnline
{
  GObject          parent_instance;

  GNetworkMonitor *monitor; /* NULL: fixed */
  GPowerProfileMonitor *power; /* likewise */
  GDBusConnection *bus;
  GCancellable    *cancellable;
  guint            sleep_id;
  gboolean         online;
  gboolean         metered;
  gboolean         saving;
  DexPromise      *word;    /* resolved at the next "resumed"; one for all who wait, so that waits do not pile up */
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_SUSPENDING,
  SIGNAL_RESUMED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaOnline, barua_online, G_TYPE_OBJECT)

static void
wake_waiting (BaruaOnline *self)
{
  g_autoptr(DexPromise) word = g_steal_pointer (&self->word);

  self->word = dex_promise_new ();
  dex_promise_resolve_boolean (word, TRUE);
}

void
barua_online_tell (BaruaOnline *self,
                   gboolean     online,
                   gboolean     metered)
{
  gboolean came_back = online && !self->online;

  if (online == self->online && metered == self->metered)
    return;
  self->online = online;
  self->metered = metered;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  if (came_back)
    barua_online_tell_resumed (self);
}

void
barua_online_tell_saving (BaruaOnline *self,
                          gboolean     saving)
{
  if (saving == self->saving)
    return;
  self->saving = saving;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
barua_online_tell_resumed (BaruaOnline *self)
{
  g_signal_emit (self, signals[SIGNAL_RESUMED], 0);
  wake_waiting (self);
}

static void
on_network_changed (GNetworkMonitor *monitor,
                    gboolean         available,
                    BaruaOnline     *self)
{
  gboolean was_online = self->online;

  barua_online_tell (self, available, g_network_monitor_get_network_metered (monitor));
  /* Another network while online: addresses changed, what looks connected is not. */
  if (was_online && available)
    barua_online_tell_resumed (self);
}

static void
on_metered (BaruaOnline *self)
{
  barua_online_tell (self, self->online, g_network_monitor_get_network_metered (self->monitor));
}

static void
on_power_saver (BaruaOnline *self)
{
  barua_online_tell_saving (self, g_power_profile_monitor_get_power_saver_enabled (self->power));
}

static void
on_prepare_for_sleep (GDBusConnection *bus,
                      const char      *sender,
                      const char      *path,
                      const char      *interface,
                      const char      *signal,
                      GVariant        *parameters,
                      gpointer         data)
{
  BaruaOnline *self = data;
  gboolean starting = FALSE;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;
  g_variant_get (parameters, "(b)", &starting);
  if (starting)
    g_signal_emit (self, signals[SIGNAL_SUSPENDING], 0);
  else
    barua_online_tell_resumed (self);
}

static void
on_bus (GObject      *source,
        GAsyncResult *result,
        gpointer      data)
{
  g_autoptr(GError) error = NULL;
  GDBusConnection *bus = g_bus_get_finish (result, &error);
  BaruaOnline *self = data;

  if (bus == NULL)
    {
      g_debug ("no system bus, so no word of suspend: %s", error->message);
      return; /* cancelled: @self is gone */
    }
  /* The program goes on without it. */
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  self->bus = bus;
  self->sleep_id = g_dbus_connection_signal_subscribe (bus, "org.freedesktop.login1", "org.freedesktop.login1.Manager",
                                                       "PrepareForSleep", "/org/freedesktop/login1", NULL,
                                                       G_DBUS_SIGNAL_FLAGS_NONE, on_prepare_for_sleep, self, NULL);
}

static void
barua_online_dispose (GObject *object)
{
  BaruaOnline *self = BARUA_ONLINE (object);

  g_cancellable_cancel (self->cancellable);
  if (self->bus != NULL)
    g_dbus_connection_signal_unsubscribe (self->bus, self->sleep_id);
  g_clear_object (&self->bus);
  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_clear_object (&self->monitor);
  if (self->power != NULL)
    g_signal_handlers_disconnect_by_data (self->power, self);
  g_clear_object (&self->power);
  G_OBJECT_CLASS (barua_online_parent_class)->dispose (object);
}

static void
barua_online_finalize (GObject *object)
{
  BaruaOnline *self = BARUA_ONLINE (object);

  g_clear_object (&self->cancellable);
  dex_clear (&self->word);
  G_OBJECT_CLASS (barua_online_parent_class)->finalize (object);
}

static void
barua_online_class_init (BaruaOnlineClass *klass)
{
  static const char * const names[N_SIGNALS] = { "changed", "suspending", "resumed" };

  G_OBJECT_CLASS (klass)->dispose = barua_online_dispose;
  G_OBJECT_CLASS (klass)->finalize = barua_online_finalize;
  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
barua_online_init (BaruaOnline *self)
{
  self->online = TRUE;
  self->cancellable = g_cancellable_new ();
  self->word = dex_promise_new ();
}

BaruaOnline *
barua_online_new_fixed (void)
{
  return g_object_new (BARUA_TYPE_ONLINE, NULL);
}

BaruaOnline *
barua_online_new (void)
{
  BaruaOnline *self = barua_online_new_fixed ();

  self->monitor = g_object_ref (g_network_monitor_get_default ());
  self->online = g_network_monitor_get_network_available (self->monitor);
  self->metered = g_network_monitor_get_network_metered (self->monitor);
  self->power = g_power_profile_monitor_dup_default ();
  self->saving = g_power_profile_monitor_get_power_saver_enabled (self->power);
  g_signal_connect_object (self->monitor, "network-changed", G_CALLBACK (on_network_changed), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (self->monitor, "notify::network-metered", G_CALLBACK (on_metered), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->power, "notify::power-saver-enabled", G_CALLBACK (on_power_saver), self, G_CONNECT_SWAPPED);
  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, on_bus, self);
  return self;
}

gboolean
barua_online_get_online (BaruaOnline *self)
{
  return self->online;
}

gboolean
barua_online_get_metered (BaruaOnline *self)
{
  return self->metered;
}

gboolean
barua_online_get_saving (BaruaOnline *self)
{
  return self->saving;
}

static DexFuture *
wait_for_word (BaruaOnline *self)
{
  return DEX_FUTURE (dex_ref (self->word));
}

DexFuture *
barua_online_wait (BaruaOnline *self)
{
  return self->online ? dex_future_new_true () : wait_for_word (self);
}

DexFuture *
barua_online_wait_backoff (BaruaOnline  *self,
                           BaruaBackoff *backoff,
                           BaruaClock   *clock,
                           BaruaScope   *scope)
{
  guint real_ms = barua_clock_scale_ms (clock, barua_backoff_next_ms (backoff));
  DexFuture *over = barua_wait_new (real_ms);

  if (self != NULL)
    over = dex_future_first (over, wait_for_word (self), NULL);
  return barua_scope_first (scope, over);
}
