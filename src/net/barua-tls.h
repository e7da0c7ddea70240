/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-endpoint.h"

#include <gio/gio.h>
#include <libdex.h>

G_BEGIN_DECLS

/* The only place where Barua makes a TLS client (THREATS T-11). The server's identity is always set, ALPN is offered, TLS
 * below 1.2 is refused, the certificate must verify in full; the one exception is the certificate whose SHA-256 the endpoint
 * pins. Over @base nothing may have been read that belongs to the handshake.
 *
 * Resolves to the GTlsConnection (GIOStream) once the handshake is done. Rejects with BARUA_ERROR_CERTIFICATE (the text
 * holds each reason and "SHA-256 fingerprint AB:CD:..."), BARUA_ERROR_TLS, _TIMEOUT, _CANCELLED or _CONNECTION_LOST. A
 * handshake that runs when its time is over is cancelled. Main thread. */
DexFuture *barua_tls_handshake            (GIOStream           *base,
                                           BaruaEndpoint       *endpoint,
                                           const char          *alpn,
                                           guint                timeout_ms,
                                           GCancellable        *cancellable) G_GNUC_WARN_UNUSED_RESULT;

/* "AB:CD:...": SHA-256 of the DER form. */
char      *barua_tls_fingerprint          (GTlsCertificate     *certificate);
/* "self-signed or unknown authority, other host name": English, for logs and Details; never empty. */
char      *barua_tls_describe_errors      (GTlsCertificateFlags errors);
/* The machine-readable part of a BARUA_ERROR_CERTIFICATE: the fingerprint in its text as 64 lower-case digits, the form that
 * barua_endpoint_new() takes as a pin; NULL when there is none in it. */
char      *barua_tls_error_get_fingerprint (const GError       *error);

G_END_DECLS
