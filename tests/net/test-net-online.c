/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Suspend and resume as logind tells them, on a bus of the test's own; waiting times and their bounds. */
#include "barua-error.h"
#include "barua-fiber.h"
#include "barua-limits.h"
#include "barua-online.h"

#define LOGIND    "org.freedesktop.login1"
#define PATH      "/org/freedesktop/login1"
#define INTERFACE "org.freedesktop.login1.Manager"

static GMainLoop *loop;

static void
count (BaruaOnline *online,
       guint       *n)
{
  (*n)++;
}

static void
iterate_until (guint *n,
               guint  wanted)
{
  gint64 end = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (*n < wanted && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (*n, ==, wanted);
}

static void
say (GDBusConnection *bus,
     const char      *member,
     GVariant        *parameters)
{
  g_autoptr (GError) error = NULL;

  g_dbus_connection_emit_signal (bus, NULL, PATH, INTERFACE, member, parameters, &error);
  g_assert_no_error (error);
  g_assert_true (g_dbus_connection_flush_sync (bus, NULL, NULL));
}

static GDBusConnection *
connect_as (const char *address,
            const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  GDBusConnection *bus = g_dbus_connection_new_for_address_sync (
    address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL,
    &error);

  g_assert_no_error (error);
  if (name == NULL)
    return bus;
  reply = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                       "RequestName", g_variant_new ("(su)", name, 0), G_VARIANT_TYPE ("(u)"), 0, -1, NULL,
                                       &error);
  g_assert_no_error (error);
  return bus;
}

/* Whether the rule for PrepareForSleep has reached the bus: signals are lost before. */
static void
wait_for_watcher (GDBusConnection *logind,
                  guint           *suspending)
{
  gint64 end = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (*suspending == 0 && g_get_monotonic_time () < end)
    {
      say (logind, "PrepareForSleep", g_variant_new ("(b)", TRUE));
      for (guint i = 0; i < 20 && *suspending == 0; i++)
        {
          g_main_context_iteration (NULL, FALSE);
          g_usleep (500);
        }
    }
  g_assert_cmpuint (*suspending, >, 0);
  /* What was said more than once is on its way still. */
  for (guint before = 0; before != *suspending;)
    {
      before = *suspending;
      for (guint i = 0; i < 50; i++)
        {
          g_main_context_iteration (NULL, FALSE);
          g_usleep (500);
        }
    }
}

static void
test_suspend (void)
{
  GTestDBus *bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autoptr (GDBusConnection) logind = NULL;
  g_autoptr (GDBusConnection) stranger = NULL;
  g_autoptr (BaruaClock) clock = barua_clock_new_system ();
  g_autoptr (BaruaOnline) online = NULL;
  BaruaBackoff backoff = { .attempts = 10 }; /* minutes */
  DexFuture *waiting;
  guint suspending = 0;
  guint resumed = 0;
  guint told;

  g_test_dbus_up (bus);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (bus), TRUE);
  logind = connect_as (g_test_dbus_get_bus_address (bus), LOGIND);
  stranger = connect_as (g_test_dbus_get_bus_address (bus), NULL);
  online = barua_online_new ();
  g_signal_connect (online, "suspending", G_CALLBACK (count), &suspending);
  g_signal_connect (online, "resumed", G_CALLBACK (count), &resumed);
  wait_for_watcher (logind, &suspending);
  g_assert_cmpuint (resumed, ==, 0);

  waiting = barua_online_wait_backoff (online, &backoff, clock, NULL);
  g_assert_true (dex_future_is_pending (waiting));
  /* Nobody but logind is believed, and nothing of another form. */
  told = suspending;
  say (stranger, "PrepareForSleep", g_variant_new ("(b)", FALSE));
  say (logind, "PrepareForSleep", g_variant_new ("(s)", "no"));
  say (logind, "PrepareForShutdown", g_variant_new ("(b)", FALSE));
  say (logind, "PrepareForSleep", g_variant_new ("(b)", TRUE));
  iterate_until (&suspending, told + 1);
  g_assert_cmpuint (resumed, ==, 0);
  g_assert_true (dex_future_is_pending (waiting));
  say (logind, "PrepareForSleep", g_variant_new ("(b)", FALSE));
  iterate_until (&resumed, 1);
  /* Woke up: minutes of waiting are over. */
  while (dex_future_is_pending (waiting))
    g_main_context_iteration (NULL, FALSE);
  g_assert_true (dex_future_is_resolved (waiting));
  dex_unref (waiting);

  /* And when the program's part of it ended, signals find nobody. */
  g_clear_object (&online);
  say (logind, "PrepareForSleep", g_variant_new ("(b)", FALSE));
  for (guint i = 0; i < 50; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (resumed, ==, 1);
  g_clear_object (&logind);
  g_clear_object (&stranger);
  g_test_dbus_stop (bus);
  g_object_unref (bus);
}

/* Twice as long each time, a random half off, never above the last; and not all the same. */
static void
test_backoff (void)
{
  GHashTable *seen = g_hash_table_new (NULL, NULL);

  for (guint client = 0; client < 200; client++)
    {
      BaruaBackoff backoff = { .random = client * 7919 + 1 };
      guint64 span = BARUA_BACKOFF_FIRST_MS;

      for (guint attempt = 0; attempt < 80; attempt++)
        {
          guint ms = barua_backoff_next_ms (&backoff);

          g_assert_cmpuint (ms, >=, span / 2);
          g_assert_cmpuint (ms, <=, span);
          if (attempt == 20)
            g_hash_table_add (seen, GUINT_TO_POINTER (ms));
          span = MIN (span * 2, BARUA_BACKOFF_LAST_MS);
        }
      g_assert_cmpuint (span, ==, BARUA_BACKOFF_LAST_MS);
      barua_backoff_reset (&backoff);
      g_assert_cmpuint (barua_backoff_next_ms (&backoff), <=, BARUA_BACKOFF_FIRST_MS);
    }
  g_assert_cmpuint (g_hash_table_size (seen), >, 150);
  g_hash_table_unref (seen);
}

/* However often one waits, what waits does not pile up: the word of the network ends all waits, old ones too. */
static DexFuture *
many_fiber (gpointer data)
{
  g_autoptr (BaruaOnline) online = barua_online_new_fixed ();
  g_autoptr (BaruaClock) clock = barua_clock_new_scaled (1000000.0, 0);
  BaruaBackoff backoff = { 0 };
  DexFuture *first;

  barua_online_tell (online, FALSE, FALSE);
  first = barua_online_wait (online);
  for (guint i = 0; i < 50; i++)
    g_assert_true (dex_await (barua_online_wait_backoff (online, &backoff, clock, NULL), NULL));
  g_assert_true (dex_future_is_pending (first));
  barua_online_tell (online, TRUE, FALSE);
  g_assert_true (dex_await (first, NULL));
  g_main_loop_quit (loop);
  return dex_future_new_true ();
}

static void
test_many (void)
{
  barua_fiber_spawn ("test", many_fiber, NULL, NULL);
  g_main_loop_run (loop);
}

int
main (int    argc,
      char **argv)
{
  int code;

  g_test_init (&argc, &argv, NULL);
  dex_init ();
  loop = g_main_loop_new (NULL, FALSE);
  g_test_add_func ("/net/online/suspend", test_suspend);
  g_test_add_func ("/net/online/backoff", test_backoff);
  g_test_add_func ("/net/online/many-waits", test_many);
  code = g_test_run ();
  g_main_loop_unref (loop);
  return code;
}
