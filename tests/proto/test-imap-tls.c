/* SPDX-License-Identifier: GPL-3.0-or-later */
/* THREATS T-10, T-11, T-13, T-14: whom the client believes. The expected verdicts were written first: docs/security.md. */
#include "barua-error.h"
#include "barua-proto-test.h"
#include "barua-scripted-imap.h"
#include "barua-stream.h"
#include "barua-test-certs.h"
#include "barua-tls.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECRET "siri-kuu-7411"

static BaruaTestAuthority *authority;
static BaruaTestAuthority *middle;      /* under authority */
static BaruaTestAuthority *constrained; /* under authority, for *.example.org only */
static BaruaTestAuthority *stranger;

typedef enum
{
  FROM_AUTHORITY,
  FROM_STRANGER,
  FROM_MIDDLE_WITH_CHAIN,
  FROM_MIDDLE_ALONE,
  FROM_CONSTRAINED
} Issuer;

typedef struct
{
  const char   *name;
  const char   *host;    /* what the person typed */
  Issuer        issuer;
  BaruaTestCert cert;
  gboolean      accepted;
  const char   *reason;  /* a part of the message */
} Case;

#define L "localhost"

/* The verdicts of docs/security.md, in its order. */
static const Case cases[] = {
  { "good", L, FROM_AUTHORITY, { .common_name = L, .dns = { L } }, TRUE, NULL },
  { "self-signed", L, FROM_AUTHORITY, { .common_name = L, .dns = { L }, .self_signed = TRUE }, FALSE, "unknown authority" },
  { "unknown-root", L, FROM_STRANGER, { .common_name = L, .dns = { L } }, FALSE, "unknown authority" },
  { "other-host", L, FROM_AUTHORITY, { .common_name = "mail.example.org", .dns = { "mail.example.org" } }, FALSE,
    "another host" },
  { "expired", L, FROM_AUTHORITY, { .dns = { L }, .from_days = -20, .to_days = -1 }, FALSE, "expired" },
  { "not-yet-valid", L, FROM_AUTHORITY, { .dns = { L }, .from_days = 1, .to_days = 20 }, FALSE, "not valid yet" },
  { "cn-only", L, FROM_AUTHORITY, { .common_name = L }, TRUE, NULL },
  { "cn-matches-san-does-not", L, FROM_AUTHORITY, { .common_name = L, .dns = { "mail.example.org" } }, FALSE, "another host" },
  { "san-matches-cn-does-not", L, FROM_AUTHORITY, { .common_name = "mail.example.org", .dns = { L } }, TRUE, NULL },
  { "ip-san", "127.0.0.1", FROM_AUTHORITY, { .ip = "127.0.0.1" }, TRUE, NULL },
  { "ip-san-of-another", "127.0.0.1", FROM_AUTHORITY, { .ip = "127.0.0.2" }, FALSE, "another host" },
  { "ip-as-dns-name", "127.0.0.1", FROM_AUTHORITY, { .dns = { "127.0.0.1" } }, FALSE, "another host" },
  { "name-for-ip", "127.0.0.1", FROM_AUTHORITY, { .dns = { L } }, FALSE, "another host" },
  { "wildcard-star-star", L, FROM_AUTHORITY, { .dns = { "*.*" } }, FALSE, "another host" },
  { "wildcard-star", L, FROM_AUTHORITY, { .dns = { "*" } }, FALSE, "another host" },
  { "wildcard-inside", L, FROM_AUTHORITY, { .dns = { "l*t" } }, FALSE, "another host" },
  { "wildcard-inside-deeper", "imap.mail.localhost", FROM_AUTHORITY, { .dns = { "i*p.mail.localhost" } }, FALSE,
    "another host" },
  { "wildcard-of-a-top-domain", "mail.localhost", FROM_AUTHORITY, { .dns = { "*.localhost" } }, FALSE, "another host" },
  { "wildcard-good", "imap.mail.localhost", FROM_AUTHORITY, { .dns = { "*.mail.localhost" } }, TRUE, NULL },
  { "wildcard-two-labels", "a.b.mail.localhost", FROM_AUTHORITY, { .dns = { "*.mail.localhost" } }, FALSE, "another host" },
  { "nul-in-name", L, FROM_AUTHORITY, { .dns = { "localhost\0.example.org" }, .dns_length = 22 }, FALSE, "" },
  { "name-constraints", L, FROM_CONSTRAINED, { .dns = { L } }, FALSE, "" },
  { "wrong-purpose", L, FROM_AUTHORITY, { .dns = { L }, .purpose = "1.3.6.1.5.5.7.3.2" }, FALSE, "" },
  { "sha-1", L, FROM_AUTHORITY, { .dns = { L }, .sha1 = TRUE }, FALSE, "not safe" },
  { "rsa-1024", L, FROM_AUTHORITY, { .dns = { L }, .key = BARUA_TEST_KEY_RSA_1024 }, FALSE, "not safe" },
  { "chain", L, FROM_MIDDLE_WITH_CHAIN, { .dns = { L } }, TRUE, NULL },
  { "incomplete-chain", L, FROM_MIDDLE_ALONE, { .dns = { L } }, FALSE, "unknown authority" },
  { "idn", "b\303\274cher.localhost", FROM_AUTHORITY, { .dns = { "xn--bcher-kva.localhost" } }, TRUE, NULL },
  { "idn-other", "b\303\274cher.localhost", FROM_AUTHORITY, { .dns = { "bucher.localhost" } }, FALSE, "another host" },
};

typedef struct
{
  const Case *test;
  gboolean    implicit;
} Round;

static GTlsCertificate *
issue (const Case *test)
{
  switch (test->issuer)
    {
    case FROM_STRANGER:
      return barua_test_authority_issue (stranger, &test->cert, FALSE);
    case FROM_MIDDLE_WITH_CHAIN:
      return barua_test_authority_issue (middle, &test->cert, TRUE);
    case FROM_MIDDLE_ALONE:
      return barua_test_authority_issue (middle, &test->cert, FALSE);
    case FROM_CONSTRAINED:
      return barua_test_authority_issue (constrained, &test->cert, TRUE);
    case FROM_AUTHORITY:
    default:
      return barua_test_authority_issue (authority, &test->cert, FALSE);
    }
}

static const char *
get_script (gboolean implicit)
{
  return implicit ? "S: * OK hi\nAUTO" : "S: * OK hi\nC: STARTTLS\nS: $ OK go\nTLS\nAUTO";
}

static gboolean
try_connect (BaruaScriptedImap *server,
             const char        *host,
             gboolean           implicit,
             const char        *pin,
             GError           **error)
{
  g_autoptr(BaruaEndpoint) endpoint =
    barua_endpoint_new (host, barua_scripted_imap_get_port (server), implicit ? BARUA_SECURITY_TLS : BARUA_SECURITY_STARTTLS,
                        barua_test_authority_get_file (authority), pin, error);
  g_autoptr(BaruaImapConfig) config = NULL;
  g_autoptr(BaruaImapSession) session = NULL;
  gboolean good;

  g_assert_nonnull (endpoint);
  config = barua_imap_config_new (endpoint, "jina", BARUA_SIGN_IN_PASSWORD, barua_test_credentials, (gpointer) SECRET);
  session = barua_imap_session_new (config);
  good = dex_await (barua_imap_session_connect (session, NULL), error);
  barua_imap_session_close (session);
  return good;
}

static void
assert_no_secret (BaruaScriptedImap *server)
{
  g_autofree char *clear = barua_scripted_imap_dup_clear (server);
  g_autofree char *secure = barua_scripted_imap_dup_secure (server);

  g_assert_null (strstr (clear, "AUTH"));
  g_assert_null (strstr (clear, "LOGIN"));
  g_assert_cmpstr (secure, ==, "");
}

static DexFuture *
certificate (gpointer data)
{
  const Round *round = data;
  const Case *test = round->test;
  g_autoptr(GTlsCertificate) own = issue (test);
  g_autoptr(BaruaScriptedImap) server = barua_scripted_imap_new (own, round->implicit);
  g_autoptr(GError) error = NULL;
  gboolean accepted;

  barua_scripted_imap_add (server, get_script (round->implicit));
  accepted = try_connect (server, test->host, round->implicit, NULL, &error);
  if (accepted != test->accepted)
    g_error ("%s: %s (%s)", test->name, accepted ? "accepted" : "refused", error != NULL ? error->message : "");
  if (accepted)
    return dex_future_new_true ();
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_CERTIFICATE);
  if (strstr (error->message, test->reason) == NULL)
    g_error ("%s: %s", test->name, error->message);
  assert_no_secret (server);
  return dex_future_new_true ();
}

static void
test_certificate (gconstpointer data)
{
  barua_test_run (certificate, (gpointer) data);
}

/* T-13: an exception is for this certificate, host and port, and for nothing else. */
static DexFuture *
pinning (gpointer data)
{
  BaruaTestCert cert = { .common_name = L, .dns = { L }, .self_signed = TRUE };
  g_autoptr(GTlsCertificate) x = barua_test_authority_issue (stranger, &cert, FALSE);
  g_autoptr(GTlsCertificate) y = barua_test_authority_issue (stranger, &cert, FALSE);
  g_autoptr(BaruaScriptedImap) with_x = barua_scripted_imap_new (x, TRUE);
  g_autoptr(BaruaScriptedImap) with_y = barua_scripted_imap_new (y, TRUE);
  g_autoptr(GError) error = NULL;
  g_autofree char *pin = NULL;
  g_autofree char *other = NULL;

  barua_scripted_imap_add (with_x, get_script (TRUE));
  barua_scripted_imap_add (with_y, get_script (TRUE));
  g_assert_false (try_connect (with_x, L, TRUE, NULL, &error));
  pin = barua_tls_error_get_fingerprint (error);
  g_assert_nonnull (pin);
  g_clear_error (&error);
  g_assert_true (try_connect (with_x, L, TRUE, pin, &error));
  g_assert_false (try_connect (with_y, L, TRUE, pin, &error));
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_CERTIFICATE);
  other = barua_tls_error_get_fingerprint (error);
  g_assert_cmpstr (other, !=, pin);
  assert_no_secret (with_y);
  return dex_future_new_true ();
}

static void
test_pinning (void)
{
  barua_test_run (pinning, NULL);
}

/* T-14: the connection ends inside a literal without close_notify. What came of the message is not a message. */
static void
on_data (BaruaImapSession        *session,
         const BaruaImapResponse *response,
         guint32                  uid,
         gpointer                 data)
{
  if (response->kind == BARUA_IMAP_RESPONSE_FETCH)
    (*(guint *) data)++;
}

static DexFuture *
truncation (gpointer data)
{
  static const BaruaImapHandler handler = { .data = on_data };
  BaruaTestCert cert = { .common_name = L, .dns = { L } };
  g_autoptr(GTlsCertificate) own = barua_test_authority_issue (authority, &cert, FALSE);
  g_autoptr(BaruaScriptedImap) server = barua_scripted_imap_new (own, TRUE);
  g_autoptr(BaruaEndpoint) endpoint = barua_endpoint_new (L, barua_scripted_imap_get_port (server), BARUA_SECURITY_TLS,
                                                          barua_test_authority_get_file (authority), NULL, NULL);
  g_autoptr(BaruaImapConfig) config = barua_imap_config_new (endpoint, "jina", BARUA_SIGN_IN_PASSWORD, barua_test_credentials,
                                                             (gpointer) SECRET);
  g_autoptr(BaruaImapSession) session = NULL;
  g_autoptr(BaruaImapResult) result = NULL;
  g_autoptr(GError) error = NULL;
  BaruaImapFetchRequest request = { .items = BARUA_IMAP_ITEM_UID };
  guint n = 0;

  barua_scripted_imap_add (server, data);
  session = barua_test_connect (config);
  dex_await (barua_imap_session_select (session, "INBOX", 0, NULL, NULL, NULL, NULL, NULL), &error);
  g_assert_no_error (error);
  result = dex_await_boxed (barua_imap_session_run_all (session,
                                                        barua_imap_commands_fetch (NULL, BARUA_IMAP_UIDS_FROM (1), &request,
                                                                                   NULL),
                                                        0, &handler, &n, NULL, NULL),
                            &error);
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_CONNECTION_LOST);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpint (barua_imap_session_get_state (session), ==, BARUA_IMAP_STATE_CLOSED);
  return dex_future_new_true ();
}

#define TO_FETCH "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi\nC: AUTHENTICATE PLAIN *\nS: $ OK [CAPABILITY IMAP4rev1] in\n" \
                 "C: SELECT *INBOX*\nS: * 3 EXISTS\nS: $ OK in\nC: UID FETCH*\nS: * 1 FETCH (UID 5)\n"

static void
test_truncation (gconstpointer data)
{
  barua_test_run (truncation, (gpointer) data);
}

/* A server that speaks only TLS 1.1, made by hand: GIO can't be told to. */
typedef struct
{
  int  listener;
  char *pem;
  gboolean handshake_done;
} OldServer;

static gpointer
old_thread (gpointer data)
{
  OldServer *self = data;
  gnutls_certificate_credentials_t credentials;
  gnutls_session_t session;
  gnutls_datum_t pem = { (unsigned char *) self->pem, (unsigned) strlen (self->pem) };
  int fd = accept (self->listener, NULL, NULL);
  int result;

  g_assert (gnutls_certificate_allocate_credentials (&credentials) == 0);
  g_assert (gnutls_certificate_set_x509_key_mem (credentials, &pem, &pem, GNUTLS_X509_FMT_PEM) >= 0);
  g_assert (gnutls_init (&session, GNUTLS_SERVER) == 0);
  g_assert (gnutls_priority_set_direct (session, "NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0:%COMPAT", NULL) == 0);
  gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, credentials);
  gnutls_transport_set_int (session, fd);
  do
    result = gnutls_handshake (session);
  while (result < 0 && !gnutls_error_is_fatal (result));
  self->handshake_done = result == 0;
  gnutls_deinit (session);
  gnutls_certificate_free_credentials (credentials);
  close (fd);
  return NULL;
}

static DexFuture *
old_versions (gpointer data)
{
  BaruaTestCert cert = { .common_name = L, .dns = { L } };
  g_autofree char *pem = barua_test_authority_issue_pem (authority, &cert, FALSE);
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr(GSocketAddress) bound = NULL;
  g_autoptr(GSocket) listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr(BaruaEndpoint) endpoint = NULL;
  g_autoptr(GError) error = NULL;
  BaruaTimeouts timeouts = barua_timeouts_default ();
  OldServer server = { 0 };
  GThread *thread;

  g_assert_true (g_socket_bind (listener, any, TRUE, NULL) && g_socket_listen (listener, NULL));
  bound = g_socket_get_local_address (listener, NULL);
  g_socket_set_blocking (listener, TRUE);
  server.listener = g_socket_get_fd (listener);
  server.pem = pem;
  endpoint = barua_endpoint_new (L, g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)), BARUA_SECURITY_TLS,
                                 barua_test_authority_get_file (authority), NULL, NULL);
  /* GIO made the descriptor non-blocking for itself. */
  g_assert_true (g_unix_set_fd_nonblocking (server.listener, FALSE, NULL));
  thread = g_thread_new ("old server", old_thread, &server);
  g_assert_null (dex_await_pointer (barua_stream_connect (endpoint, "imap", &timeouts, NULL), &error));
  g_thread_join (thread);
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_TLS);
  /* GnuTLS may finish such a handshake (it does here): the check behind it is what refuses. */
  g_test_message ("handshake %s", server.handshake_done ? "done, then refused" : "refused");
  return dex_future_new_true ();
}

static void
test_old_versions (void)
{
  barua_test_run (old_versions, NULL);
}

int
main (int    argc,
      char **argv)
{
  static Round rounds[2 * G_N_ELEMENTS (cases)];
  int result;

  g_test_init (&argc, &argv, NULL);
  authority = barua_test_authority_new ("Barua test authority");
  middle = barua_test_authority_new_under (authority, "Barua test authority in the middle", NULL);
  constrained = barua_test_authority_new_under (authority, "Barua test authority for example.org", "example.org");
  stranger = barua_test_authority_new ("Nobody's authority");
  for (gsize i = 0; i < G_N_ELEMENTS (rounds); i++)
    {
      g_autofree char *path = NULL;

      rounds[i].test = &cases[i / 2];
      rounds[i].implicit = i % 2 == 0;
      path = g_strdup_printf ("/tls/certificate/%s/%s", rounds[i].implicit ? "tls" : "starttls", rounds[i].test->name);
      g_test_add_data_func (path, &rounds[i], test_certificate);
    }
  g_test_add_func ("/tls/pinning", test_pinning);
  g_test_add_func ("/tls/old-versions", test_old_versions);
  g_test_add_data_func ("/tls/truncation/in-literal", TO_FETCH "S+ * 2 FETCH (UID 6 BODY[] {20}\\r\\nten bytes.\nCUT", test_truncation);
  g_test_add_data_func ("/tls/truncation/between-lines", TO_FETCH "CUT", test_truncation);
  g_test_add_data_func ("/tls/truncation/in-order", TO_FETCH "CLOSE", test_truncation);
  result = g_test_run ();
  barua_test_authority_free (constrained);
  barua_test_authority_free (middle);
  barua_test_authority_free (stranger);
  barua_test_authority_free (authority);
  return result;
}
