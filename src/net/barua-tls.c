/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-tls.h"

#include "barua-error.h"
#include "barua-limits.h"
#include "barua-net-error.h"
#include "barua-scope.h"

#include <gnutls/x509.h>
#include <string.h>

#define FINGERPRINT_WORDS "SHA-256 fingerprint "
#define SHA256_BYTES 32

typedef struct
{
  GTlsConnection *tls;
  GCancellable   *cancellable; /* of this handshake: the caller's or the time-out cancels it */
  GCancellable   *caller;
  gulong          caller_id;
  BaruaEndpoint  *endpoint;
  DexPromise     *promise;
  char           *refusal; /* why the certificate was refused; written in the thread that verifies, read when it is done */
  guint           timeout;
  gboolean        timed_out;
} Handshake;

char *
barua_tls_fingerprint (GTlsCertificate *certificate)
{
  g_autoptr(GByteArray) der = NULL;
  g_autoptr(GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  GString *text = g_string_new (NULL);
  guint8 digest[SHA256_BYTES];
  gsize length = sizeof digest;

  g_object_get (certificate, "certificate", &der, NULL);
  g_checksum_update (sum, der->data, der->len);
  g_checksum_get_digest (sum, digest, &length);
  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, i == 0 ? "%02X" : ":%02X", digest[i]);
  return g_string_free (text, FALSE);
}

char *
barua_tls_describe_errors (GTlsCertificateFlags errors)
{
  static const struct
  {
    GTlsCertificateFlags flag;
    const char          *words;
  } reasons[] = {
    { G_TLS_CERTIFICATE_UNKNOWN_CA, "self-signed or issued by an unknown authority" },
    { G_TLS_CERTIFICATE_BAD_IDENTITY, "issued for another host name" },
    { G_TLS_CERTIFICATE_NOT_ACTIVATED, "not valid yet" },
    { G_TLS_CERTIFICATE_EXPIRED, "expired" },
    { G_TLS_CERTIFICATE_REVOKED, "revoked" },
    { G_TLS_CERTIFICATE_INSECURE, "made with an algorithm or key that is not safe any more" },
    { G_TLS_CERTIFICATE_GENERIC_ERROR, "not acceptable (key usage, constraints or form)" },
  };
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      if ((errors & reasons[i].flag) != 0)
        g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", reasons[i].words);
    }
  if (text->len == 0)
    g_string_append (text, "not acceptable");
  return g_string_free (text, FALSE);
}

char *
barua_tls_error_get_fingerprint (const GError *error)
{
  const char *p;
  g_autoptr(GString) digits = g_string_new (NULL);

  if (!g_error_matches (error, BARUA_ERROR, BARUA_ERROR_CERTIFICATE))
    return NULL;
  p = strstr (error->message, FINGERPRINT_WORDS);
  if (p == NULL)
    return NULL;
  for (p += strlen (FINGERPRINT_WORDS); g_ascii_isxdigit (*p) || *p == ':'; p++)
    {
      if (*p != ':')
        g_string_append_c (digits, g_ascii_tolower (*p));
    }
  return digits->len == 2 * SHA256_BYTES ? g_string_free (g_steal_pointer (&digits), FALSE) : NULL;
}

static gboolean
is_pinned (BaruaEndpoint *endpoint,
           const char    *fingerprint)
{
  const char *pin = barua_endpoint_get_pin (endpoint);

  if (pin == NULL)
    return FALSE;
  for (; *fingerprint != '\0'; fingerprint++)
    {
      if (*fingerprint == ':')
        continue;
      if (g_ascii_tolower (*fingerprint) != *pin++)
        return FALSE;
    }
  return *pin == '\0';
}

/* Asked only when verification found something wrong. */
static gboolean
on_accept_certificate (GTlsConnection      *tls,
                       GTlsCertificate     *certificate,
                       GTlsCertificateFlags errors,
                       gpointer             data)
{
  Handshake *handshake = data;
  g_autofree char *fingerprint = barua_tls_fingerprint (certificate);
  g_autofree char *reasons = NULL;

  if (is_pinned (handshake->endpoint, fingerprint))
    return TRUE;
  reasons = barua_tls_describe_errors (errors);
  g_free (handshake->refusal);
  handshake->refusal = g_strdup_printf ("the certificate of %s is %s; " FINGERPRINT_WORDS "%s",
                                        barua_endpoint_get_host (handshake->endpoint), reasons, fingerprint);
  return FALSE;
}

/* Two things that GIO lets pass (docs/security.md): a certificate that was not issued for servers, and RSA keys that are too
 * short to mean anything. */
static GTlsCertificateFlags
check_one (GTlsCertificate *certificate,
           gboolean         is_leaf)
{
  g_autoptr(GByteArray) der = NULL;
  gnutls_x509_crt_t crt;
  gnutls_datum_t data;
  GTlsCertificateFlags errors = 0;
  unsigned int bits = 0;
  int algorithm;

  g_object_get (certificate, "certificate", &der, NULL);
  data.data = der->data;
  data.size = der->len;
  if (gnutls_x509_crt_init (&crt) < 0)
    return G_TLS_CERTIFICATE_GENERIC_ERROR;
  if (gnutls_x509_crt_import (crt, &data, GNUTLS_X509_FMT_DER) < 0)
    {
      gnutls_x509_crt_deinit (crt);
      return G_TLS_CERTIFICATE_GENERIC_ERROR;
    }
  algorithm = gnutls_x509_crt_get_pk_algorithm (crt, &bits);
  if ((algorithm == GNUTLS_PK_RSA || algorithm == GNUTLS_PK_RSA_PSS || algorithm == GNUTLS_PK_DSA) &&
      bits < BARUA_LIMIT_TLS_RSA_BITS)
    errors |= G_TLS_CERTIFICATE_INSECURE;
  if (is_leaf && gnutls_x509_crt_check_key_purpose (crt, GNUTLS_KP_TLS_WWW_SERVER, 0) == 0)
    errors |= G_TLS_CERTIFICATE_GENERIC_ERROR;
  gnutls_x509_crt_deinit (crt);
  return errors;
}

static gboolean
check_further (Handshake      *handshake,
               GTlsConnection *tls)
{
  GTlsCertificate *peer = g_tls_connection_get_peer_certificate (tls);
  GTlsCertificateFlags errors = 0;

  if (peer == NULL)
    return FALSE;
  for (GTlsCertificate *c = peer; c != NULL; c = g_tls_certificate_get_issuer (c))
    errors |= check_one (c, c == peer);
  return errors == 0 || on_accept_certificate (tls, peer, errors, handshake);
}

static void
handshake_free (Handshake *handshake)
{
  g_clear_handle_id (&handshake->timeout, g_source_remove);
  if (handshake->caller != NULL)
    g_cancellable_disconnect (handshake->caller, handshake->caller_id);
  g_clear_object (&handshake->caller);
  if (handshake->tls != NULL)
    g_signal_handlers_disconnect_by_data (handshake->tls, handshake);
  g_clear_object (&handshake->tls);
  g_clear_object (&handshake->cancellable);
  g_clear_pointer (&handshake->endpoint, barua_endpoint_unref);
  dex_clear (&handshake->promise);
  g_free (handshake->refusal);
  g_free (handshake);
}

static GError *
describe_failure (Handshake *handshake,
                  GError    *error)
{
  const char *where = barua_endpoint_get_text (handshake->endpoint);

  if (handshake->timed_out)
    {
      g_error_free (error);
      return g_error_new (BARUA_ERROR, BARUA_ERROR_TIMEOUT, "%s: the TLS handshake took too long", where);
    }
  if (handshake->refusal != NULL)
    {
      g_error_free (error);
      return g_error_new_literal (BARUA_ERROR, BARUA_ERROR_CERTIFICATE, handshake->refusal);
    }
  /* A peer that answers TLS with something else, or goes away in the middle. */
  if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    error->code = G_TLS_ERROR_HANDSHAKE;
  return barua_net_error_translate (error, where);
}

static gboolean
has_good_version (GTlsConnection *tls)
{
  GTlsProtocolVersion version = g_tls_connection_get_protocol_version (tls);

  return version == G_TLS_PROTOCOL_VERSION_TLS_1_2 || version == G_TLS_PROTOCOL_VERSION_TLS_1_3;
}

static void
on_handshake (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  Handshake *handshake = data;
  GTlsConnection *tls = G_TLS_CONNECTION (source);
  g_autoptr(GError) error = NULL;

  if (!g_tls_connection_handshake_finish (tls, result, &error))
    dex_promise_reject (handshake->promise, describe_failure (handshake, g_steal_pointer (&error)));
  else if (!has_good_version (tls))
    dex_promise_reject (handshake->promise,
                        g_error_new (BARUA_ERROR, BARUA_ERROR_TLS, "%s offers only TLS versions that are not safe any more",
                                     barua_endpoint_get_text (handshake->endpoint)));
  else if (!check_further (handshake, tls))
    dex_promise_reject (handshake->promise,
                        g_error_new_literal (BARUA_ERROR, BARUA_ERROR_CERTIFICATE,
                                             handshake->refusal != NULL ? handshake->refusal : "the server has no certificate"));
  else
    dex_promise_resolve_object (handshake->promise, g_object_ref (tls));
  handshake_free (handshake);
}

static gboolean
on_timeout (gpointer data)
{
  Handshake *handshake = data;

  handshake->timeout = 0;
  handshake->timed_out = TRUE;
  g_cancellable_cancel (handshake->cancellable);
  return G_SOURCE_REMOVE;
}

static void
on_caller_cancelled (GCancellable *caller,
                     gpointer      cancellable)
{
  g_cancellable_cancel (cancellable);
}

/* The one factory. The identity is an argument that can't be left out: an endpoint has a host (CVE-2020-13645). */
static GTlsConnection *
make_client (GIOStream     *base,
             BaruaEndpoint *endpoint,
             const char    *alpn,
             GError       **error)
{
  const char *protocols[] = { alpn, NULL };
  g_autoptr(GSocketConnectable) identity = g_network_address_new (barua_endpoint_get_host (endpoint),
                                                                  (guint16) barua_endpoint_get_port (endpoint));
  g_autoptr(GTlsDatabase) authorities = NULL;
  g_autoptr(GTlsConnection) tls = NULL;
  GIOStream *client;

  g_assert (identity != NULL);
  if (barua_endpoint_get_ca_file (endpoint) != NULL)
    {
      authorities = g_tls_file_database_new (barua_endpoint_get_ca_file (endpoint), error);
      if (authorities == NULL)
        {
          if (error != NULL && *error != NULL)
            (*error)->code = (*error)->domain == G_TLS_ERROR ? G_TLS_ERROR_MISC : (*error)->code;
          return NULL;
        }
    }
  /* With authorities of its own from the start: else GIO would read the system's, about 150 certificates, for nothing. */
  if (authorities != NULL)
    client = g_initable_new (g_tls_backend_get_client_connection_type (g_tls_backend_get_default ()), NULL, error,
                             "base-io-stream", base, "server-identity", identity, "database", authorities, NULL);
  else
    client = g_tls_client_connection_new (base, identity, error);
  if (client == NULL)
    return NULL;
  tls = G_TLS_CONNECTION (client);
  g_assert (g_tls_client_connection_get_server_identity (G_TLS_CLIENT_CONNECTION (tls)) != NULL);
  g_tls_connection_set_advertised_protocols (tls, protocols);
  g_tls_connection_set_require_close_notify (tls, TRUE);
  return g_steal_pointer (&tls);
}

typedef struct
{
  GIOStream     *base;
  BaruaEndpoint *endpoint;
  char          *alpn;
} Make;

static void
make_free (gpointer data)
{
  Make *make = data;

  g_object_unref (make->base);
  barua_endpoint_unref (make->endpoint);
  g_free (make->alpn);
  g_free (make);
}

/* On a worker: the first connection of a process loads the TLS library and reads authorities, some 50 ms. */
static void
make_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  Make *make = data;
  GError *error = NULL;
  GTlsConnection *tls = make_client (make->base, make->endpoint, make->alpn, &error);

  if (tls != NULL)
    g_task_return_pointer (task, tls, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
on_made (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  Handshake *handshake = data;
  g_autoptr(GError) error = NULL;

  handshake->tls = g_task_propagate_pointer (G_TASK (result), &error);
  if (handshake->tls != NULL && g_cancellable_is_cancelled (handshake->cancellable))
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  if (error != NULL)
    {
      dex_promise_reject (handshake->promise, handshake->timed_out
                                                ? describe_failure (handshake, g_steal_pointer (&error))
                                                : barua_net_error_translate (g_steal_pointer (&error), "TLS"));
      handshake_free (handshake);
      return;
    }
  g_signal_connect (handshake->tls, "accept-certificate", G_CALLBACK (on_accept_certificate), handshake);
  g_tls_connection_handshake_async (handshake->tls, G_PRIORITY_DEFAULT, handshake->cancellable, on_handshake, handshake);
}

DexFuture *
barua_tls_handshake (GIOStream     *base,
                     BaruaEndpoint *endpoint,
                     const char    *alpn,
                     guint          timeout_ms,
                     GCancellable  *cancellable)
{
  DexPromise *promise = dex_promise_new ();
  Handshake *handshake = g_new0 (Handshake, 1);
  Make *make = g_new0 (Make, 1);
  g_autoptr(GTask) task = NULL;

  handshake->cancellable = g_cancellable_new ();
  handshake->endpoint = barua_endpoint_ref (endpoint);
  handshake->promise = dex_ref (promise);
  handshake->timeout = g_timeout_add (timeout_ms, on_timeout, handshake);
  if (cancellable != NULL)
    {
      handshake->caller = g_object_ref (cancellable);
      handshake->caller_id = g_cancellable_connect (cancellable, G_CALLBACK (on_caller_cancelled),
                                                    g_object_ref (handshake->cancellable), g_object_unref);
    }
  make->base = g_object_ref (base);
  make->endpoint = barua_endpoint_ref (endpoint);
  make->alpn = g_strdup (alpn);
  task = g_task_new (NULL, NULL, on_made, handshake);
  g_task_set_task_data (task, make, make_free);
  g_task_run_in_thread (task, make_in_thread);
  return DEX_FUTURE (promise);
}
