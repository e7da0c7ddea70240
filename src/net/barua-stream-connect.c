/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-error.h"
#include "barua-fiber.h"
#include "barua-net-error.h"
#include "barua-stream.h"
#include "barua-tls.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

typedef struct
{
  BaruaEndpoint *endpoint;
  char          *alpn;
  BaruaTimeouts  timeouts;
  BaruaScope    *scope;
} Connect;

static void
connect_free (gpointer data)
{
  Connect *self = data;

  barua_endpoint_unref (self->endpoint);
  barua_scope_unref (self->scope);
  g_free (self->alpn);
  g_free (self);
}

static void
on_connected (GObject      *client,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr(DexPromise) promise = data;
  g_autoptr(GError) error = NULL;
  GSocketConnection *connection = g_socket_client_connect_to_uri_finish (G_SOCKET_CLIENT (client), result, &error);

  if (connection != NULL)
    dex_promise_resolve_object (promise, connection);
  else
    dex_promise_reject (promise, g_steal_pointer (&error));
}

/* A URI and not a host name, so that proxies are chosen by scheme too. */
static DexFuture *
open_socket (BaruaEndpoint *endpoint,
             GCancellable  *cancellable)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autofree char *uri = NULL;
  DexPromise *promise = dex_promise_new ();

  uri = g_strconcat (barua_endpoint_get_security (endpoint) == BARUA_SECURITY_TLS ? "imaps://" : "imap://",
                     barua_endpoint_get_text (endpoint), NULL);
  g_socket_client_connect_to_uri_async (client, uri, (guint16) barua_endpoint_get_port (endpoint), cancellable, on_connected,
                                        dex_ref (promise));
  return DEX_FUTURE (promise);
}

static void
tune_socket (GSocketConnection *connection)
{
  GSocket *socket = g_socket_connection_get_socket (connection);

  g_socket_set_keepalive (socket, TRUE);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
}

static DexFuture *
connect_fiber (gpointer data)
{
  Connect *self = data;
  const char *where = barua_endpoint_get_text (self->endpoint);
  g_autoptr(BaruaScope) attempt = barua_scope_new (self->scope);
  g_autoptr(GSocketConnection) socket = NULL;
  g_autoptr(GIOStream) tls = NULL;
  g_autoptr(GError) error = NULL;

  socket = dex_await_object (barua_scope_first_within (attempt,
                                                       open_socket (self->endpoint, barua_scope_get_cancellable (attempt)),
                                                       self->timeouts.connect_ms, "connecting"),
                             &error);
  if (socket == NULL)
    {
      barua_scope_cancel (attempt);
      return dex_future_new_for_error (barua_net_error_translate (g_steal_pointer (&error), where));
    }
  tune_socket (socket);
  if (barua_endpoint_get_security (self->endpoint) != BARUA_SECURITY_TLS)
    return dex_future_new_for_pointer (barua_stream_new (G_IO_STREAM (socket)));
  tls = dex_await_object (barua_tls_handshake (G_IO_STREAM (socket), self->endpoint, self->alpn, self->timeouts.tls_ms,
                                               barua_scope_get_cancellable (attempt)),
                          &error);
  if (tls == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));
  return dex_future_new_for_pointer (barua_stream_new (tls));
}

DexFuture *
barua_stream_connect (BaruaEndpoint       *endpoint,
                      const char          *alpn,
                      const BaruaTimeouts *timeouts,
                      BaruaScope          *scope)
{
  Connect *self = g_new0 (Connect, 1);

  self->endpoint = barua_endpoint_ref (endpoint);
  self->alpn = g_strdup (alpn);
  self->timeouts = *timeouts;
  self->scope = scope != NULL ? barua_scope_ref (scope) : barua_scope_new (NULL);
  return barua_fiber_start ("connect", connect_fiber, self, connect_free);
}
