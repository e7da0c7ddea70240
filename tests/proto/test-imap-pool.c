/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Leases, limits, coming back, and knowing when to stop. */
#include "barua-error.h"
#include "barua-imap-pool.h"
#include "barua-proto-test.h"
#include "barua-scripted-imap.h"
#include "barua-test-certs.h"

#define L "localhost"
#define SECRET "siri-kuu-7411"

static BaruaTestAuthority *authority;
static GTlsCertificate *certificate;

static BaruaImapPool *
make_pool (BaruaScriptedImap *server,
           BaruaOnline       *online)
{
  g_autoptr(BaruaEndpoint) endpoint = barua_endpoint_new (L, barua_scripted_imap_get_port (server), BARUA_SECURITY_TLS,
                                                          barua_test_authority_get_file (authority), NULL, NULL);
  g_autoptr(BaruaImapConfig) config = barua_imap_config_new (endpoint, "jina", BARUA_SIGN_IN_PASSWORD, barua_test_credentials,
                                                             (gpointer) SECRET);
  g_autoptr(BaruaClock) clock = barua_clock_new_scaled (100, 1800000000);

  return barua_imap_pool_new (config, online, clock);
}

#define REFUSE "S: * OK hi\nC: CAPABILITY\nS: * CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\nS: $ OK\nC: AUTHENTICATE *\nS: $ NO [AUTHENTICATIONFAILED] no"

static DexFuture *
lease (BaruaImapPool *pool,
       BaruaImapLease kind,
       BaruaScope    *scope)
{
  return barua_imap_pool_lease (pool, kind, NULL, scope);
}

static DexFuture *
leases_fiber (gpointer data)
{
  g_autoptr(BaruaScriptedImap) server = barua_scripted_imap_new (certificate, TRUE);
  g_autoptr(BaruaImapPool) pool = make_pool (server, NULL);
  g_autoptr(BaruaScope) scope = barua_scope_new (NULL);
  BaruaImapSession *sessions[4];
  g_autoptr(BaruaImapSession) again = NULL;
  g_autoptr(GError) error = NULL;
  DexFuture *fifth;
  DexFuture *second_watch;

  barua_scripted_imap_add (server, "S: * OK hi\nAUTO");
  for (guint i = 0; i < 4; i++)
    {
      sessions[i] = dex_await_object (lease (pool, i == 0 ? BARUA_IMAP_LEASE_WATCH : BARUA_IMAP_LEASE_BACKGROUND, NULL),
                                      &error);
      g_assert_no_error (error);
    }
  g_assert_cmpint (barua_imap_pool_get_status (pool), ==, BARUA_IMAP_POOL_CONNECTED);
  g_assert_cmpuint (barua_imap_pool_get_n_open (pool), ==, 4);
  /* A fifth waits; work goes before background; the watching lease is for one. */
  fifth = lease (pool, BARUA_IMAP_LEASE_WORK, NULL);
  second_watch = lease (pool, BARUA_IMAP_LEASE_WATCH, scope);
  for (guint i = 0; i < 20; i++)
    barua_test_turn ();
  g_assert_true (dex_future_is_pending (fifth));
  barua_imap_pool_return (pool, sessions[2]);
  again = dex_await_object (fifth, &error);
  g_assert_no_error (error);
  g_assert_true (again == sessions[2]);
  barua_imap_pool_return (pool, again);
  for (guint i = 0; i < 20; i++)
    barua_test_turn ();
  g_assert_true (dex_future_is_pending (second_watch));
  barua_scope_cancel (scope);
  g_assert_false (dex_await (second_watch, &error));
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_CANCELLED);
  g_assert_cmpuint (barua_scripted_imap_get_n_connections (server), ==, 4);
  barua_imap_pool_close (pool);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpint (barua_imap_session_get_state (sessions[i]), ==, BARUA_IMAP_STATE_CLOSED);
      g_object_unref (sessions[i]);
    }
  return dex_future_new_true ();
}

static void
test_leases (void)
{
  barua_test_run (leases_fiber, NULL);
}

static DexFuture *
return_fiber (gpointer data)
{
  g_autoptr(BaruaScriptedImap) server = barua_scripted_imap_new (certificate, TRUE);
  g_autoptr(BaruaOnline) online = barua_online_new_fixed ();
  g_autoptr(BaruaImapPool) pool = make_pool (server, online);
  g_autoptr(BaruaImapSession) first = NULL;
  g_autoptr(BaruaImapSession) second = NULL;
  g_autoptr(BaruaImapSession) third = NULL;
  g_autoptr(GError) error = NULL;
  DexFuture *waiting;

  /* Two failures that pass, then it works. */
  barua_scripted_imap_add (server, "CUT");
  barua_scripted_imap_add (server, "S: * BYE not now");
  barua_scripted_imap_add (server, "S: * OK hi\nAUTO");
  first = dex_await_object (lease (pool, BARUA_IMAP_LEASE_WATCH, NULL), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (barua_scripted_imap_get_n_connections (server), ==, 3);

  /* The machine slept: what looks alive is closed, and a new one comes. */
  barua_online_tell_resumed (online);
  g_assert_cmpint (barua_imap_session_get_state (first), ==, BARUA_IMAP_STATE_CLOSED);
  barua_imap_pool_return (pool, first);
  second = dex_await_object (lease (pool, BARUA_IMAP_LEASE_WATCH, NULL), &error);
  g_assert_no_error (error);
  g_assert_true (second != first);

  /* No network: nobody tries; when it is back, at once. */
  barua_online_tell (online, FALSE, FALSE);
  g_assert_cmpint (barua_imap_session_get_state (second), ==, BARUA_IMAP_STATE_CLOSED);
  barua_imap_pool_return (pool, second);
  waiting = lease (pool, BARUA_IMAP_LEASE_WATCH, NULL);
  for (guint i = 0; i < 20; i++)
    barua_test_turn ();
  g_assert_true (dex_future_is_pending (waiting));
  g_assert_cmpint (barua_imap_pool_get_status (pool), ==, BARUA_IMAP_POOL_OFFLINE);
  g_assert_cmpuint (barua_scripted_imap_get_n_connections (server), ==, 4);
  barua_online_tell (online, TRUE, FALSE);
  third = dex_await_object (waiting, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (barua_scripted_imap_get_n_connections (server), ==, 5);
  barua_imap_pool_close (pool);
  return dex_future_new_true ();
}

static void
test_return (void)
{
  barua_test_run (return_fiber, NULL);
}

static DexFuture *
stop_fiber (gpointer data)
{
  g_autoptr(BaruaScriptedImap) server = barua_scripted_imap_new (certificate, TRUE);
  g_autoptr(BaruaImapPool) pool = make_pool (server, NULL);
  g_autoptr(BaruaImapSession) session = NULL;
  g_autoptr(GError) error = NULL;

  barua_scripted_imap_add (server, REFUSE);
  barua_scripted_imap_add (server, "S: * OK hi\nAUTO");
  g_assert_null (dex_await_object (lease (pool, BARUA_IMAP_LEASE_WORK, NULL), &error));
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_AUTHENTICATION);
  g_clear_error (&error);
  g_assert_cmpint (barua_imap_pool_get_status (pool), ==, BARUA_IMAP_POOL_STOPPED);
  /* Asking again does not hammer the server with a refused password. */
  g_assert_null (dex_await_object (lease (pool, BARUA_IMAP_LEASE_WORK, NULL), &error));
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_AUTHENTICATION);
  g_clear_error (&error);
  g_assert_cmpuint (barua_scripted_imap_get_n_connections (server), ==, 1);
  barua_imap_pool_retry (pool);
  session = dex_await_object (lease (pool, BARUA_IMAP_LEASE_WORK, NULL), &error);
  g_assert_no_error (error);
  barua_imap_pool_close (pool);
  return dex_future_new_true ();
}

static void
test_stop (void)
{
  barua_test_run (stop_fiber, NULL);
}

static DexFuture *
impatient_fiber (gpointer data)
{
  g_autoptr(BaruaScriptedImap) server = barua_scripted_imap_new (certificate, TRUE);
  g_autoptr(BaruaImapPool) pool = make_pool (server, NULL);
  g_autoptr(GError) error = NULL;

  barua_scripted_imap_add (server, "CUT");
  barua_imap_pool_set_patient (pool, FALSE);
  g_assert_null (dex_await_object (lease (pool, BARUA_IMAP_LEASE_WORK, NULL), &error));
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_CONNECTION_LOST);
  g_assert_cmpuint (barua_scripted_imap_get_n_connections (server), ==, 1);
  barua_imap_pool_close (pool);
  return dex_future_new_true ();
}

static void
test_impatient (void)
{
  barua_test_run (impatient_fiber, NULL);
}

int
main (int    argc,
      char **argv)
{
  BaruaTestCert cert = { .common_name = L, .dns = { L } };
  int result;

  g_test_init (&argc, &argv, NULL);
  authority = barua_test_authority_new ("Barua test authority");
  certificate = barua_test_authority_issue (authority, &cert, FALSE);
  g_test_add_func ("/imap/pool/leases", test_leases);
  g_test_add_func ("/imap/pool/return", test_return);
  g_test_add_func ("/imap/pool/stop", test_stop);
  g_test_add_func ("/imap/pool/impatient", test_impatient);
  result = g_test_run ();
  g_object_unref (certificate);
  barua_test_authority_free (authority);
  return result;
}
