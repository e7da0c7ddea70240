/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "barua-security.h"

G_BEGIN_DECLS

/* Where a server is and how it proves who it is. Immutable, reference counted, any thread. */
typedef struct _BaruaEndpoint BaruaEndpoint;

/* @host: a DNS name (IDN is turned into its ASCII form, a trailing dot dropped) or an IP address without brackets.
 * @ca_file: path of a PEM file with the only authorities to be trusted, or NULL for the system's.
 * @pin: SHA-256 of the one certificate (DER) that the person accepted for this host and port although it does not verify, as
 * 64 hexadecimal digits, colons allowed; or NULL.
 * NULL and BARUA_ERROR_INVALID when host, port or pin can't be right. */
BaruaEndpoint *barua_endpoint_new             (const char           *host,
                                               guint                 port,
                                               BaruaSecurity         security,
                                               const char           *ca_file,
                                               const char           *pin,
                                               GError              **error);
/* "imaps://[user@]host[:port]" (993, TLS) or "imap://..." (143, STARTTLS). The user part, percent-decoded, goes to @user
 * (NULL when there is none, or unwanted). Anything else in the URI is BARUA_ERROR_INVALID, a password above all. */
BaruaEndpoint *barua_endpoint_new_from_uri    (const char           *uri,
                                               const char           *ca_file,
                                               const char           *pin,
                                               char                **user,
                                               GError              **error);
BaruaEndpoint *barua_endpoint_ref             (BaruaEndpoint        *self);
void           barua_endpoint_unref           (BaruaEndpoint        *self);

const char    *barua_endpoint_get_host        (const BaruaEndpoint  *self);
guint          barua_endpoint_get_port        (const BaruaEndpoint  *self);
BaruaSecurity  barua_endpoint_get_security    (const BaruaEndpoint  *self);
const char    *barua_endpoint_get_ca_file     (const BaruaEndpoint  *self); /* may be NULL */
const char    *barua_endpoint_get_pin         (const BaruaEndpoint  *self); /* 64 lower-case digits, or NULL */
/* "host:port", for logs and status. */
const char    *barua_endpoint_get_text        (const BaruaEndpoint  *self);
/* Whether it is this machine ("localhost", 127.0.0.0/8, ::1): no COMPRESS there. */
gboolean       barua_endpoint_is_loopback     (const BaruaEndpoint  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaEndpoint, barua_endpoint_unref)

G_END_DECLS
