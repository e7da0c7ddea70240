/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-proto-test.h"

#include "barua-fiber.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  BaruaTestFunc func;
  gpointer      data;
  gboolean      done;
} Run;

static DexFuture *
run_fiber (gpointer data)
{
  Run *run = data;
  g_autoptr(GError) error = NULL;

  dex_await (run->func (run->data), &error);
  g_assert_no_error (error);
  run->done = TRUE;
  g_main_context_wakeup (NULL);
  return dex_future_new_true ();
}

void
barua_test_run (BaruaTestFunc func,
                gpointer      data)
{
  Run run = { func, data, FALSE };

  barua_fiber_spawn ("test", run_fiber, &run, NULL);
  while (!run.done)
    g_main_context_iteration (NULL, TRUE);
  /* What was disowned ends too, so that a leak is a leak. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static gboolean
on_give_up (gpointer data)
{
  g_error ("waited ten seconds in vain");
  return G_SOURCE_REMOVE;
}

void
barua_test_until (gboolean *flag)
{
  guint timeout = g_timeout_add_seconds (10, on_give_up, NULL);

  while (!*flag)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timeout);
}

void
barua_test_turn (void)
{
  dex_await (barua_wait_new (1), NULL);
}

DexFuture *
barua_test_credentials (gboolean refused,
                        gpointer data)
{
  return dex_future_new_for_string (data);
}

/* Dovecot ----------------------------------------------------------------------------------------------------------- */

static BaruaTestDovecot *running;

static char *
find_script (void)
{
  return g_test_build_filename (G_TEST_DIST, "server", "dovecot", NULL);
}

static guint
read_port (GHashTable *values,
           const char *key)
{
  return (guint) g_ascii_strtoull (g_hash_table_lookup (values, key), NULL, 10);
}

BaruaTestDovecot *
barua_test_dovecot (void)
{
  static gboolean tried;
  g_autofree char *script = find_script ();
  g_autofree char *output = NULL;
  g_autofree char *directory = NULL;
  g_autoptr(GHashTable) values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto(GStrv) lines = NULL;
  const char *argv[] = { script, "start", "--dir", NULL, "--no-fsync", NULL };
  int status = -1;

  if (tried)
    return running;
  tried = TRUE;
  directory = g_dir_make_tmp ("barua-proto-XXXXXX", NULL);
  argv[3] = directory;
  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status, NULL) || status != 0)
    return NULL;
  lines = g_strsplit (output, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *equals = strchr (lines[i], '=');

      if (equals != NULL)
        g_hash_table_insert (values, g_strndup (lines[i], (gsize) (equals - lines[i])), g_strdup (equals + 1));
    }
  running = g_new0 (BaruaTestDovecot, 1);
  running->directory = g_steal_pointer (&directory);
  running->ca_file = g_strdup (g_hash_table_lookup (values, "BARUA_TEST_CA"));
  running->password = g_strdup (g_hash_table_lookup (values, "BARUA_TEST_PASSWORD"));
  running->imap_port = read_port (values, "BARUA_TEST_IMAP_PORT");
  running->imaps_port = read_port (values, "BARUA_TEST_IMAPS_PORT");
  return running;
}

void
barua_test_dovecot_call (BaruaTestDovecot *dovecot,
                         const char       *command,
                         const char       *input,
                         ...)
{
  g_autofree char *script = find_script ();
  g_autoptr(GPtrArray) argv = g_ptr_array_new ();
  g_autoptr(GSubprocess) process = NULL;
  g_autoptr(GError) error = NULL;
  va_list arguments;
  const char *argument;

  g_ptr_array_add (argv, script);
  g_ptr_array_add (argv, (gpointer) command);
  g_ptr_array_add (argv, (gpointer) "--dir");
  g_ptr_array_add (argv, dovecot->directory);
  va_start (arguments, input);
  while ((argument = va_arg (arguments, const char *)) != NULL)
    g_ptr_array_add (argv, (gpointer) argument);
  va_end (arguments);
  g_ptr_array_add (argv, NULL);
  process = g_subprocess_newv ((const char * const *) argv->pdata,
                               G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, input != NULL ? input : "", NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
}

void
barua_test_dovecot_stop (void)
{
  const char *rm[] = { "rm", "-rf", NULL, NULL };

  if (running == NULL)
    return;
  barua_test_dovecot_call (running, "stop", NULL, NULL);
  rm[2] = running->directory;
  g_spawn_sync (NULL, (char **) rm, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free (running->directory);
  g_free (running->ca_file);
  g_free (running->password);
  g_clear_pointer (&running, g_free);
}

BaruaImapConfig *
barua_test_dovecot_config (BaruaTestDovecot *dovecot,
                           const char       *user,
                           BaruaSecurity     security)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(BaruaEndpoint) endpoint =
    barua_endpoint_new ("localhost", security == BARUA_SECURITY_TLS ? dovecot->imaps_port : dovecot->imap_port, security,
                        dovecot->ca_file, NULL, &error);
  BaruaImapConfig *config;

  g_assert_no_error (error);
  config = barua_imap_config_new (endpoint, user, BARUA_SIGN_IN_PASSWORD, barua_test_credentials, dovecot->password);
  config->log_traffic = TRUE;
  return config;
}

BaruaImapSession *
barua_test_connect (BaruaImapConfig *config)
{
  BaruaImapSession *session = barua_imap_session_new (config);
  g_autoptr(GError) error = NULL;

  dex_await (barua_imap_session_connect (session, NULL), &error);
  g_assert_no_error (error);
  return session;
}

BaruaImapResult *
barua_test_command (BaruaImapSession       *session,
                    BaruaImapCommand       *command,
                    BaruaImapRunFlags       flags,
                    const BaruaImapHandler *handler,
                    gpointer                data,
                    GError                **error)
{
  g_assert_nonnull (command);
  return dex_await_boxed (barua_imap_session_run (session, command, flags, handler, data, NULL, NULL), error);
}

typedef struct
{
  BaruaTestDovecot *dovecot;
  const char       *user;
  const char       *folder;
  guint             n;
} Fill;

static DexFuture *
fill_fiber (gpointer data)
{
  Fill *fill = data;
  g_autoptr(BaruaImapConfig) config = barua_test_dovecot_config (fill->dovecot, fill->user, BARUA_SECURITY_TLS);
  g_autoptr(BaruaImapSession) session = barua_test_connect (config);
  const BaruaImapDialect *dialect = barua_imap_session_get_dialect (session);
  g_autoptr(GPtrArray) commands = g_ptr_array_new ();
  g_autoptr(BaruaImapResult) made = NULL;
  g_autoptr(BaruaImapResult) last = NULL;
  g_autoptr(GError) error = NULL;

  made = barua_test_command (session, barua_imap_command_create (dialect, fill->folder, BARUA_ROLE_NONE, NULL),
                             BARUA_IMAP_RUN_ANY_STATUS, NULL, NULL, NULL);
  for (guint i = 0; i < fill->n; i++)
    {
      g_autofree char *text = g_strdup_printf ("From: Asha <asha@example.test>\r\nTo: me@example.test\r\n"
                                               "Subject: Ujumbe %u\r\nDate: Mon, 02 Nov 2026 10:00:00 +0000\r\n"
                                               "Message-ID: <%s-%u@example.test>\r\n\r\nHabari %u\r\n",
                                               i, fill->folder, i, i);
      g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));

      g_ptr_array_add (commands, barua_imap_command_append (dialect, fill->folder, 0, NULL, G_MININT64, bytes, FALSE, NULL));
    }
  last = dex_await_boxed (barua_imap_session_run_all (session, g_steal_pointer (&commands), 0, NULL, NULL, NULL, NULL), &error);
  g_assert_no_error (error);
  barua_imap_session_close (session);
  return dex_future_new_true ();
}

void
barua_test_dovecot_fill (BaruaTestDovecot *dovecot,
                         const char       *user,
                         const char       *folder,
                         guint             n)
{
  Fill fill = { dovecot, user, folder, n };

  barua_test_run (fill_fiber, &fill);
}
