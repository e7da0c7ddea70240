/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-deflate-private.h"
#include "barua-endpoint.h"
#include "barua-error.h"
#include "barua-fiber.h"
#include "barua-limits.h"
#include "barua-net-error.h"
#include "barua-online.h"
#include "barua-secret-command.h"
#include "barua-stream.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <unistd.h>
#include <gio/gio.h>
#include <string.h>

typedef DexFuture *(*Func) (gpointer data);

typedef struct
{
  Func     func;
  gpointer data;
  gboolean done;
} Run;

static DexFuture *
run_fiber (gpointer data)
{
  Run *run = data;
  g_autoptr(GError) error = NULL;

  dex_await (run->func (run->data), &error);
  g_assert_no_error (error);
  run->done = TRUE;
  return dex_future_new_true ();
}

static void
run (Func     func,
     gpointer data)
{
  Run state = { func, data, FALSE };

  barua_fiber_spawn ("test", run_fiber, &state, NULL);
  while (!state.done)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Scopes and fibers ------------------------------------------------------------------------------------------------- */

static DexFuture *
waiting_fiber (gpointer data)
{
  BaruaScope *scope = data;
  g_autoptr(GError) error = NULL;

  g_assert_false (barua_scope_await (scope, dex_future_new_infinite (), &error));
  return dex_future_new_for_error (g_steal_pointer (&error));
}

/* The order that crashes libdex 0.10.0 when fibers are discarded: the awaited thing completes in the turn of the
 * cancellation. */
static DexFuture *
scopes (gpointer data)
{
  for (guint i = 0; i < 200; i++)
    {
      g_autoptr(BaruaScope) parent = barua_scope_new (NULL);
      g_autoptr(BaruaScope) child = barua_scope_new (parent);
      g_autoptr(GError) error = NULL;
      DexFuture *future = barua_fiber_start ("waiting", waiting_fiber, barua_scope_ref (child),
                                             (GDestroyNotify) barua_scope_unref);

      dex_await (barua_wait_new (0), NULL);
      if (i % 3 == 0)
        {
          dex_unref (future); /* dropped: the fiber runs on and ends by itself */
          barua_scope_cancel (parent);
          continue;
        }
      barua_scope_cancel (i % 3 == 1 ? parent : child);
      g_assert_false (dex_await (future, &error));
      g_assert_error (error, BARUA_ERROR, BARUA_ERROR_CANCELLED);
      g_assert_true (g_cancellable_is_cancelled (barua_scope_get_cancellable (child)));
    }
  return dex_future_new_true ();
}

static void
test_scopes (void)
{
  run (scopes, NULL);
}

static DexFuture *
timeouts (gpointer data)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (dex_await (barua_scope_first_within (NULL, dex_future_new_infinite (), 20, "thing"), &error));
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_TIMEOUT);
  g_assert_nonnull (strstr (error->message, "thing"));
  g_clear_error (&error);
  g_assert_true (dex_await (barua_scope_first_within (NULL, dex_future_new_true (), 20, "thing"), &error));
  return dex_future_new_true ();
}

static void
test_timeouts (void)
{
  run (timeouts, NULL);
}

/* Endpoints --------------------------------------------------------------------------------------------------------- */

static void
test_endpoint (void)
{
  static const struct
  {
    const char *uri;
    const char *text; /* NULL: invalid */
    const char *user;
  } cases[] = {
    { "imaps://asha%40example.org@Mail.Example.ORG", "mail.example.org:993", "asha@example.org" },
    { "imap://mail.example.org.:10143/", "mail.example.org:10143", NULL },
    { "imaps://b\303\274cher.example", "xn--bcher-kva.example:993", NULL },
    { "imaps://[::1]:993", "[::1]:993", NULL },
    { "imaps://127.0.0.1", "127.0.0.1:993", NULL },
    { "imaps://a:b@mail.example.org", NULL, NULL },
    { "http://mail.example.org", NULL, NULL },
    { "imaps://mail.example.org/INBOX", NULL, NULL },
    { "imaps://mail.example.org?x", NULL, NULL },
    { "imaps://", NULL, NULL },
    { "imaps://a..b", NULL, NULL },
    { "imaps://a b", NULL, NULL },
    { "imaps://mail.example.org:0", NULL, NULL },
    { "imaps://mail.example.org:65536", NULL, NULL },
    { "", NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *user = NULL;
      g_autoptr(GError) error = NULL;
      g_autoptr(BaruaEndpoint) endpoint = barua_endpoint_new_from_uri (cases[i].uri, NULL, NULL, &user, &error);

      if (cases[i].text == NULL)
        {
          g_assert_null (endpoint);
          g_assert_error (error, BARUA_ERROR, BARUA_ERROR_INVALID);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpstr (barua_endpoint_get_text (endpoint), ==, cases[i].text);
      g_assert_cmpstr (user, ==, cases[i].user);
    }
}

static void
test_pin (void)
{
  g_autofree char *digits = g_strnfill (64, 'A');
  g_autofree char *more = g_strnfill (65, 'a');
  g_autoptr(BaruaEndpoint) good = barua_endpoint_new ("a", 1, BARUA_SECURITY_TLS, NULL, digits, NULL);
  g_autoptr(BaruaEndpoint) here = barua_endpoint_new ("127.1.2.3", 65535, BARUA_SECURITY_TLS, NULL, NULL, NULL);

  g_assert_true (g_str_has_prefix (barua_endpoint_get_pin (good), "aaaa"));
  g_assert_null (barua_endpoint_new ("a", 1, BARUA_SECURITY_TLS, NULL, more, NULL));
  g_assert_null (barua_endpoint_new ("a", 1, BARUA_SECURITY_TLS, NULL, "zz", NULL));
  g_assert_true (barua_endpoint_is_loopback (here));
  g_assert_false (barua_endpoint_is_loopback (good));
}

/* Errors ------------------------------------------------------------------------------------------------------------ */

static void
test_errors (void)
{
  const struct
  {
    GQuark domain;
    int    code;
    int    wanted;
  } cases[] = {
    { G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, BARUA_ERROR_REFUSED },
    { G_IO_ERROR, G_IO_ERROR_CANCELLED, BARUA_ERROR_CANCELLED },
    { G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE, BARUA_ERROR_OFFLINE },
    { G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE, BARUA_ERROR_CONNECTION_LOST },
    { G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, BARUA_ERROR_UNKNOWN_HOST },
    { G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE, BARUA_ERROR_OFFLINE },
    { G_TLS_ERROR, G_TLS_ERROR_EOF, BARUA_ERROR_CONNECTION_LOST },
    { G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, BARUA_ERROR_CERTIFICATE },
    { G_TLS_ERROR, G_TLS_ERROR_HANDSHAKE, BARUA_ERROR_TLS },
    { DEX_ERROR, DEX_ERROR_TIMED_OUT, BARUA_ERROR_TIMEOUT },
    { BARUA_ERROR, BARUA_ERROR_QUOTA, BARUA_ERROR_QUOTA },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = barua_net_error_translate (g_error_new_literal (cases[i].domain, cases[i].code, "why"), "where");

      g_assert_error (error, BARUA_ERROR, cases[i].wanted);
      g_assert_cmpstr (error->message, ==, "where: why");
    }
}

/* Password command -------------------------------------------------------------------------------------------------- */

static DexFuture *
commands (gpointer data)
{
  static const struct
  {
    const char *command;
    const char *secret;
    int         code;
  } cases[] = {
    { "echo siri; echo more", "siri", 0 },
    { "printf 'siri\\r\\n'", "siri", 0 },
    { "printf siri", "siri", 0 },
    { "false", NULL, BARUA_ERROR_CREDENTIALS },
    { "echo siri; exit 3", NULL, BARUA_ERROR_CREDENTIALS },
    { "true", NULL, BARUA_ERROR_CREDENTIALS },
    { "printf '\\377\\n'", NULL, BARUA_ERROR_CREDENTIALS },
    { "head -c 20000 /dev/zero | tr '\\0' x", NULL, BARUA_ERROR_CREDENTIALS },
    { "sleep 60", NULL, BARUA_ERROR_TIMEOUT },
    { "", NULL, BARUA_ERROR_CREDENTIALS },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *secret = dex_await_string (barua_secret_command_run (cases[i].command, 400, NULL), &error);

      g_assert_cmpstr (secret, ==, cases[i].secret);
      if (secret == NULL)
        {
          g_assert_error (error, BARUA_ERROR, cases[i].code);
          g_assert_null (strstr (error->message, "siri"));
        }
    }
  return dex_future_new_true ();
}

/* A command that takes too long is ended with all it started. */
static DexFuture *
command_children (gpointer data)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "barua-test-child-XXXXXX", NULL);
  int file = g_mkstemp (path);
  g_autofree char *command = g_strdup_printf ("sleep 60 & echo $! > '%s'; wait", path);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  gint64 child;

  g_assert_cmpint (file, >=, 0);
  close (file);
  g_assert_null (dex_await_string (barua_secret_command_run (command, 400, NULL), &error));
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_TIMEOUT);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_unlink (path);
  child = g_ascii_strtoll (text, NULL, 10);
  g_assert_cmpint (child, >, 0);
  for (guint i = 0; i < 500 && kill ((pid_t)child, 0) == 0; i++)
    {
      g_autofree char *stat_path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/stat", child);
      g_autofree char *stat_text = NULL;

      /* Dead, and only waiting for its parent to ask. */
      if (g_file_get_contents (stat_path, &stat_text, NULL, NULL) && strstr (stat_text, ") Z ") != NULL)
        return dex_future_new_true ();
      dex_await (dex_timeout_new_msec (10), NULL);
    }
  g_assert_cmpint (kill ((pid_t)child, 0), !=, 0);
  return dex_future_new_true ();
}

static void
test_secret_command (void)
{
  run (commands, NULL);
  run (command_children, NULL);
}

/* DEFLATE ----------------------------------------------------------------------------------------------------------- */

static gsize
inflate_all (BaruaDeflate *deflate,
             GBytes       *packed,
             GError      **error)
{
  gsize total = 0;
  g_autofree guint8 *room = g_malloc (4096);

  barua_deflate_feed (deflate, g_bytes_get_data (packed, NULL), g_bytes_get_size (packed));
  while (barua_deflate_has_input (deflate))
    {
      gsize n = 0;

      if (!barua_deflate_inflate (deflate, room, 4096, &n, error))
        return total;
      total += n;
    }
  return total;
}

static void
test_deflate (void)
{
  g_autofree char *zeros = g_malloc0 (4 * 1024 * 1024);
  g_autoptr(GBytes) bomb = g_bytes_new_static (zeros, 4 * 1024 * 1024);
  g_autoptr(GBytes) small = g_bytes_new_static (zeros, 60 * 1024);
  BaruaDeflate *sender = barua_deflate_new (0);
  BaruaDeflate *strict = barua_deflate_new (100);
  BaruaDeflate *patient = barua_deflate_new (0);
  BaruaDeflate *damaged = barua_deflate_new (0);
  g_autoptr(GBytes) packed_small = barua_deflate_compress (sender, small);
  g_autoptr(GBytes) packed = barua_deflate_compress (sender, bomb);
  g_autoptr(GBytes) noise = g_bytes_new_static ("\xff\xff\xff\xff\xff\xff", 6);
  g_autoptr(GError) error = NULL;

  /* The most that deflate can do stays inside the default bound; a stricter one stops early. */
  g_assert_cmpuint (inflate_all (patient, packed_small, &error), ==, 60 * 1024);
  g_assert_cmpuint (inflate_all (patient, packed, &error), ==, 4 * 1024 * 1024);
  g_assert_no_error (error);
  g_assert_cmpuint (inflate_all (strict, packed_small, &error), ==, 60 * 1024);
  g_assert_no_error (error);
  g_assert_cmpuint (inflate_all (strict, packed, &error), <, 1024 * 1024);
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_LIMIT);
  g_clear_error (&error);
  inflate_all (damaged, noise, &error);
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_PROTOCOL);
  barua_deflate_free (sender);
  barua_deflate_free (strict);
  barua_deflate_free (patient);
  barua_deflate_free (damaged);
}

/* Online ------------------------------------------------------------------------------------------------------------ */

static void
count (BaruaOnline *online,
       guint       *n)
{
  (*n)++;
}

static DexFuture *
online_fiber (gpointer data)
{
  g_autoptr(BaruaOnline) online = barua_online_new_fixed ();
  g_autoptr(BaruaClock) clock = barua_clock_new_system ();
  g_autoptr(BaruaScope) scope = barua_scope_new (NULL);
  BaruaBackoff backoff = { .attempts = 10 }; /* minutes */
  g_autoptr(GError) error = NULL;
  guint changed = 0;
  guint resumed = 0;
  DexFuture *waiting;

  g_signal_connect (online, "changed", G_CALLBACK (count), &changed);
  g_signal_connect (online, "resumed", G_CALLBACK (count), &resumed);
  g_assert_true (dex_await (barua_online_wait (online), NULL));
  barua_online_tell (online, FALSE, FALSE);
  waiting = barua_online_wait (online);
  g_assert_true (dex_future_is_pending (waiting));
  barua_online_tell (online, TRUE, TRUE);
  g_assert_true (dex_await (waiting, NULL));
  g_assert_true (barua_online_get_metered (online));
  g_assert_cmpuint (changed, ==, 2);
  g_assert_cmpuint (resumed, ==, 1);
  barua_online_tell (online, TRUE, TRUE);
  g_assert_cmpuint (changed, ==, 2);

  /* Minutes of waiting are cut short by waking up; or by the scope. */
  waiting = barua_online_wait_backoff (online, &backoff, clock, scope);
  barua_online_tell_resumed (online);
  g_assert_true (dex_await (waiting, NULL));
  waiting = barua_online_wait_backoff (online, &backoff, clock, scope);
  barua_scope_cancel (scope);
  g_assert_false (dex_await (waiting, &error));
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_CANCELLED);
  return dex_future_new_true ();
}

static void
test_online (void)
{
  run (online_fiber, NULL);
}

/* Connecting -------------------------------------------------------------------------------------------------------- */

static DexFuture *
connect_fiber (gpointer data)
{
  g_autoptr(GSocketListener) listener = g_socket_listener_new ();
  guint port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autoptr(BaruaEndpoint) nowhere = barua_endpoint_new ("no-such-host.invalid", 993, BARUA_SECURITY_TLS, NULL, NULL, NULL);
  g_autoptr(BaruaEndpoint) refused = NULL;
  g_autoptr(BaruaEndpoint) bad_ca = barua_endpoint_new ("localhost", port, BARUA_SECURITY_TLS, "/nonexistent/ca.pem", NULL, NULL);
  BaruaTimeouts timeouts = barua_timeouts_default ();
  g_autoptr(BaruaScope) scope = barua_scope_new (NULL);
  g_autoptr(GError) error = NULL;
  DexFuture *connecting;

  g_assert_null (dex_await_pointer (barua_stream_connect (nowhere, "imap", &timeouts, NULL), &error));
  g_assert_true (g_error_matches (error, BARUA_ERROR, BARUA_ERROR_UNKNOWN_HOST) ||
                 g_error_matches (error, BARUA_ERROR, BARUA_ERROR_OFFLINE));
  g_clear_error (&error);
  g_assert_null (dex_await_pointer (barua_stream_connect (bad_ca, "imap", &timeouts, NULL), &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == BARUA_ERROR);
  g_clear_error (&error);
  /* Nobody accepts and nobody handshakes: the scope ends it. */
  {
    g_autoptr(BaruaEndpoint) silent = barua_endpoint_new ("localhost", port, BARUA_SECURITY_TLS, NULL, NULL, NULL);

    connecting = barua_stream_connect (silent, "imap", &timeouts, scope);
    dex_await (barua_wait_new (30), NULL);
    barua_scope_cancel (scope);
    g_assert_null (dex_await_pointer (connecting, &error));
    g_assert_error (error, BARUA_ERROR, BARUA_ERROR_CANCELLED);
    g_clear_error (&error);
  }
  g_socket_listener_close (listener);
  refused = barua_endpoint_new ("127.0.0.1", port, BARUA_SECURITY_TLS, NULL, NULL, NULL);
  g_assert_null (dex_await_pointer (barua_stream_connect (refused, "imap", &timeouts, NULL), &error));
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_REFUSED);
  return dex_future_new_true ();
}

static void
test_connect (void)
{
  run (connect_fiber, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/scopes", test_scopes);
  g_test_add_func ("/net/timeouts", test_timeouts);
  g_test_add_func ("/net/endpoint", test_endpoint);
  g_test_add_func ("/net/pin", test_pin);
  g_test_add_func ("/net/errors", test_errors);
  g_test_add_func ("/net/secret-command", test_secret_command);
  g_test_add_func ("/net/deflate", test_deflate);
  g_test_add_func ("/net/online", test_online);
  g_test_add_func ("/net/connect", test_connect);
  return g_test_run ();
}
