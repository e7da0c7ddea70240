/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between the engine and the desktop: what is told of and taken back, when things happen at the same time. The desktop is this
 * file: it stands in for GApplication's two functions. */
#include <libdex.h>

#include "barua-limits.h"
#include "barua-notifications.h"
#include "fake-engine.h"

#define NEWEST 1700000000

static GHashTable *shown; /* ids */
static guint n_sent;

void
g_application_send_notification (GApplication  *application,
                                 const char    *id,
                                 GNotification *notification)
{
  n_sent++;
  g_hash_table_add (shown, g_strdup (id));
}

void
g_application_withdraw_notification (GApplication *application,
                                     const char   *id)
{
  g_hash_table_remove (shown, id);
}

static gboolean
too_long (gpointer data)
{
  g_error ("nothing happens any more");
  return G_SOURCE_REMOVE;
}

/* A message that the person read elsewhere in the very moment in which it is being told of. */
static void
test_read_meanwhile (void)
{
  g_autoptr (BaruaEngine) engine = barua_engine_new ("/nowhere", BARUA_ENGINE_DEFAULT, NULL);
  g_autoptr (BaruaFolder) inbox = NULL;
  g_autoptr (BaruaNotifications) notifications = NULL;
  g_autoptr (BaruaIdSet) ids = barua_id_set_new ();
  gint64 id = fake_engine_add (engine, FAKE_INBOX, NEWEST);
  guint limit = g_timeout_add_seconds (20, too_long, NULL);
  guint reads;

  shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  fake_engine_flag (engine, id, BARUA_FLAG_SEEN, 0);
  inbox = barua_engine_dup_folder (engine, FAKE_INBOX);
  inbox->notify = TRUE;
  notifications = barua_notifications_new (NULL, engine);
  barua_id_set_add (ids, (guint64)id);
  fake_engine_set_delay (engine, 50);
  reads = fake_engine_get_n_row_reads (engine);
  g_signal_emit_by_name (engine, "arrived", (gint64)FAKE_INBOX, ids);
  while (fake_engine_get_n_row_reads (engine) == reads)
    g_main_context_iteration (NULL, TRUE);
  /* Its row is on the way, unread as it was. */
  fake_engine_flag (engine, id, BARUA_FLAG_SEEN, BARUA_FLAG_SEEN);
  while (n_sent == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (g_hash_table_size (shown), ==, 1);
  while (g_hash_table_size (shown) > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n_sent, ==, 1);
  g_source_remove (limit);
  g_hash_table_unref (shown);
}

/* Until the rows that came have been read, and what was to be told was. */
static void
tell (BaruaEngine *engine,
      BaruaIdSet  *ids)
{
  guint reads = fake_engine_get_n_row_reads (engine);

  g_signal_emit_by_name (engine, "arrived", (gint64)FAKE_INBOX, ids);
  while (fake_engine_get_n_row_reads (engine) == reads)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < 50; i++)
    g_main_context_iteration (NULL, FALSE);
}

/* A first sync finds years of mail: none of it is news. What is told of goes with its account, whose messages go one by one. */
static void
test_account (void)
{
  g_autoptr (BaruaEngine) engine = barua_engine_new ("/nowhere", BARUA_ENGINE_DEFAULT, NULL);
  g_autoptr (BaruaFolder) inbox = NULL;
  g_autoptr (BaruaNotifications) notifications = NULL;
  g_autoptr (BaruaIdSet) old = barua_id_set_new ();
  g_autoptr (BaruaIdSet) fresh = barua_id_set_new ();
  guint limit = g_timeout_add_seconds (20, too_long, NULL);
  gint64 ids[8];

  shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  n_sent = 0;
  notifications = barua_notifications_new (NULL, engine);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      ids[i] = fake_engine_add (engine, FAKE_INBOX, NEWEST + i);
      fake_engine_flag (engine, ids[i], BARUA_FLAG_SEEN, 0);
      barua_id_set_add (i < 2 ? old : fresh, (guint64)ids[i]);
    }
  inbox = barua_engine_dup_folder (engine, FAKE_INBOX);
  inbox->notify = TRUE;
  inbox->first_sync = TRUE;
  tell (engine, old);
  inbox->first_sync = FALSE;
  tell (engine, fresh);
  while (n_sent == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n_sent, ==, 1);
  g_assert_cmpuint (g_hash_table_size (shown), ==, 1);
  for (guint i = 2; i < G_N_ELEMENTS (ids); i++)
    fake_engine_remove (engine, ids[i]);
  while (g_hash_table_size (shown) > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n_sent, ==, 1);
  g_source_remove (limit);
  g_hash_table_unref (shown);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  g_test_add_func ("/app/notifications/read-meanwhile", test_read_meanwhile);
  g_test_add_func ("/app/notifications/account", test_account);
  return g_test_run ();
}
