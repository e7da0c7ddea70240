/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Proxies, through the resolver that the desktop would use: the name is resolved by the proxy and by nobody else, TLS is end
 * to end, and a proxy that refuses, stalls or lies is an error in words. */
#include "barua-error.h"
#include "barua-fiber.h"
#include "barua-stream.h"
#include "barua-test-certs.h"

#include <string.h>

/* Resolves only inside the proxy. */
#define HOST "barua-behind-the-proxy.example"

/* The resolver that GIO takes for the system's ------------------------------------------------------------------------- */

static char *proxy_uri; /* what it answers */
static char *asked_uri; /* what it was asked */

#define TEST_TYPE_RESOLVER (test_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TestResolver, test_resolver, TEST, RESOLVER, GObject)

struct _TestResolver
{
  GObject parent_instance;
};

static char **
resolver_lookup (GProxyResolver *resolver,
                 const char     *uri,
                 GCancellable   *cancellable,
                 GError        **error)
{
  const char *uris[] = { proxy_uri, NULL };

  g_set_str (&asked_uri, uri);
  return g_strdupv ((char **)uris);
}

static void
resolver_lookup_async (GProxyResolver     *resolver,
                       const char         *uri,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, data);

  g_task_return_pointer (task, resolver_lookup (resolver, uri, cancellable, NULL), (GDestroyNotify)g_strfreev);
}

static char **
resolver_lookup_finish (GProxyResolver *resolver,
                        GAsyncResult   *result,
                        GError        **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
resolver_is_supported (GProxyResolver *resolver)
{
  return TRUE;
}

static void
test_resolver_iface_init (GProxyResolverInterface *iface)
{
  iface->is_supported = resolver_is_supported;
  iface->lookup = resolver_lookup;
  iface->lookup_async = resolver_lookup_async;
  iface->lookup_finish = resolver_lookup_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestResolver, test_resolver, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER, test_resolver_iface_init))

static void
test_resolver_class_init (TestResolverClass *klass)
{
}

static void
test_resolver_init (TestResolver *self)
{
}

/* A proxy with the mail server behind it, on a thread ------------------------------------------------------------------- */

typedef enum
{
  PROXY_SOCKS5,
  PROXY_HTTP
} ProxyKind;

typedef enum
{
  PROXY_SERVES,
  PROXY_REFUSES,
  PROXY_STALLS,
  PROXY_LIES
} ProxyMood;

typedef struct
{
  ProxyKind        kind;
  ProxyMood        mood;
  GSocketListener *listener;
  GCancellable    *cancellable;
  GThread         *thread;
  guint            port;
  char            *target; /* what the client asked for, "host:port" */
} Proxy;

static BaruaTestAuthority *authority;
static GTlsCertificate *certificate;
static GMainLoop *loop;

static gboolean
read_exactly (GInputStream *in,
              guint8       *room,
              gsize         length)
{
  gsize n;

  return g_input_stream_read_all (in, room, length, &n, NULL, NULL) && n == length;
}

/* RFC 1928: greeting, method, request with a domain name. */
static gboolean
socks5 (Proxy         *proxy,
        GInputStream  *in,
        GOutputStream *out)
{
  static const guint8 method[] = { 5, 0 };
  guint8 reply[] = { 5, 0, 0, 1, 127, 0, 0, 1, 0, 0 };
  guint8 room[300];
  guint8 length;

  if (!read_exactly (in, room, 2) || room[0] != 5 || !read_exactly (in, room + 2, room[1]) ||
      !g_output_stream_write_all (out, method, sizeof method, NULL, NULL, NULL) || !read_exactly (in, room, 5) ||
      room[1] != 1 || room[3] != 3)
    return FALSE;
  length = room[4];
  if (!read_exactly (in, room, (gsize)length + 2))
    return FALSE;
  proxy->target = g_strdup_printf ("%.*s:%u", length, (char *)room, (guint)(room[length] << 8 | room[length + 1]));
  if (proxy->mood == PROXY_REFUSES)
    reply[1] = 2;
  else if (proxy->mood == PROXY_LIES)
    reply[0] = 'x';
  return g_output_stream_write_all (out, reply, sizeof reply, NULL, NULL, NULL) && proxy->mood == PROXY_SERVES;
}

static gboolean
http_connect (Proxy         *proxy,
              GInputStream  *in,
              GOutputStream *out)
{
  const char *reply = proxy->mood == PROXY_REFUSES ? "HTTP/1.0 403 No\r\n\r\n"
                      : proxy->mood == PROXY_LIES  ? "* OK IMAP4rev1 ready\r\n\r\n"
                                                   : "HTTP/1.0 200 Connected\r\n\r\n";
  g_autoptr (GString) head = g_string_new (NULL);
  g_auto (GStrv) words = NULL;
  guint8 byte;

  while (!g_str_has_suffix (head->str, "\r\n\r\n"))
    {
      if (!read_exactly (in, &byte, 1))
        return FALSE;
      g_string_append_c (head, (char)byte);
    }
  words = g_strsplit (head->str, " ", 3);
  if (g_strcmp0 (words[0], "CONNECT") != 0)
    return FALSE;
  proxy->target = g_strdup (words[1]);
  return g_output_stream_write_all (out, reply, strlen (reply), NULL, NULL, NULL) && proxy->mood == PROXY_SERVES;
}

static gpointer
serve (gpointer data)
{
  Proxy *proxy = data;
  g_autoptr (GSocketConnection) socket = g_socket_listener_accept (proxy->listener, NULL, proxy->cancellable, NULL);
  g_autoptr (GIOStream) tls = NULL;
  GInputStream *in;
  GOutputStream *out;
  char rest[100];

  if (socket == NULL)
    return NULL;
  in = g_io_stream_get_input_stream (G_IO_STREAM (socket));
  out = g_io_stream_get_output_stream (G_IO_STREAM (socket));
  if (proxy->mood == PROXY_STALLS)
    {
      while (g_input_stream_read (in, rest, sizeof rest, proxy->cancellable, NULL) > 0)
        ;
      return NULL;
    }
  if (!(proxy->kind == PROXY_SOCKS5 ? socks5 (proxy, in, out) : http_connect (proxy, in, out)))
    return NULL;
  tls = g_tls_server_connection_new (G_IO_STREAM (socket), certificate, NULL);
  out = g_io_stream_get_output_stream (tls);
  if (tls != NULL && g_output_stream_write_all (out, "* OK hujambo\r\n", 14, NULL, proxy->cancellable, NULL))
    g_input_stream_read (g_io_stream_get_input_stream (tls), rest, sizeof rest, proxy->cancellable, NULL);
  return NULL;
}

static void
proxy_start (Proxy    *proxy,
             ProxyKind kind,
             ProxyMood mood)
{
  memset (proxy, 0, sizeof *proxy);
  proxy->kind = kind;
  proxy->mood = mood;
  proxy->cancellable = g_cancellable_new ();
  proxy->listener = g_socket_listener_new ();
  proxy->port = g_socket_listener_add_any_inet_port (proxy->listener, NULL, NULL);
  g_assert_cmpuint (proxy->port, >, 0);
  g_free (proxy_uri);
  proxy_uri = g_strdup_printf ("%s://127.0.0.1:%u", kind == PROXY_SOCKS5 ? "socks5" : "http", proxy->port);
  proxy->thread = g_thread_new ("proxy", serve, proxy);
}

static void
proxy_stop (Proxy *proxy)
{
  g_cancellable_cancel (proxy->cancellable);
  g_thread_join (proxy->thread);
  g_socket_listener_close (proxy->listener);
  g_object_unref (proxy->listener);
  g_object_unref (proxy->cancellable);
  g_free (proxy->target);
}

/* Tests ----------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  const char *path;
  ProxyKind   kind;
  ProxyMood   mood;
  int         code; /* of the error; -1: it works */
} Case;

static DexFuture *
proxy_fiber (gpointer data)
{
  const Case *c = data;
  Proxy proxy;
  BaruaTimeouts timeouts = barua_timeouts_default ();
  g_autoptr (GError) error = NULL;
  g_autoptr (BaruaEndpoint) endpoint =
    barua_endpoint_new (HOST, 993, BARUA_SECURITY_TLS, barua_test_authority_get_file (authority), NULL, &error);
  BaruaStream *stream;

  g_assert_no_error (error);
  timeouts.connect_ms = c->mood == PROXY_STALLS ? 300 : 10000;
  timeouts.tls_ms = 10000;
  proxy_start (&proxy, c->kind, c->mood);
  stream = dex_await_pointer (barua_stream_connect (endpoint, "imap", &timeouts, NULL), &error);
  g_assert_cmpstr (asked_uri, ==, "imaps://" HOST ":993");
  if (c->code < 0)
    {
      g_assert_no_error (error);
      g_assert_nonnull (stream);
      g_assert_true (barua_stream_is_secure (stream));
      g_assert_cmpstr (proxy.target, ==, HOST ":993");
      barua_stream_close (stream);
      barua_stream_unref (stream);
    }
  else
    {
      g_assert_null (stream);
      g_assert_error (error, BARUA_ERROR, c->code);
      g_assert_nonnull (strstr (error->message, HOST));
    }
  proxy_stop (&proxy);
  g_main_loop_quit (loop);
  return dex_future_new_true ();
}

static void
test_case (gconstpointer data)
{
  barua_fiber_spawn ("test", proxy_fiber, (gpointer)data, NULL);
  g_main_loop_run (loop);
}

/* A proxy that is not there: an error, never a connection past it. */
static DexFuture *
dead_fiber (gpointer data)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  guint target = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  BaruaTimeouts timeouts = barua_timeouts_default ();
  g_autoptr (BaruaEndpoint) endpoint = barua_endpoint_new ("127.0.0.1", target, BARUA_SECURITY_TLS, NULL, NULL, NULL);
  g_autoptr (GSocketListener) only_target = NULL;
  g_autoptr (GError) error = NULL;

  g_free (proxy_uri);
  proxy_uri = g_strdup_printf ("socks5://127.0.0.1:%u", port);
  g_socket_listener_close (listener);
  only_target = g_socket_listener_new ();
  g_assert_true (g_socket_listener_add_inet_port (only_target, (guint16)target, NULL, NULL));
  timeouts.connect_ms = 5000;
  timeouts.tls_ms = 1000;
  g_assert_null (dex_await_pointer (barua_stream_connect (endpoint, "imap", &timeouts, NULL), &error));
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_REFUSED);
  g_socket_listener_close (only_target);
  g_main_loop_quit (loop);
  return dex_future_new_true ();
}

static void
test_dead (void)
{
  barua_fiber_spawn ("test", dead_fiber, NULL, NULL);
  g_main_loop_run (loop);
}

int
main (int    argc,
      char **argv)
{
  static const Case cases[] = {
    { "/net/proxy/socks5/serves", PROXY_SOCKS5, PROXY_SERVES, -1 },
    { "/net/proxy/socks5/refuses", PROXY_SOCKS5, PROXY_REFUSES, BARUA_ERROR_REFUSED },
    { "/net/proxy/socks5/stalls", PROXY_SOCKS5, PROXY_STALLS, BARUA_ERROR_TIMEOUT },
    { "/net/proxy/socks5/lies", PROXY_SOCKS5, PROXY_LIES, BARUA_ERROR_REFUSED },
    { "/net/proxy/http/serves", PROXY_HTTP, PROXY_SERVES, -1 },
    { "/net/proxy/http/refuses", PROXY_HTTP, PROXY_REFUSES, BARUA_ERROR_REFUSED },
    { "/net/proxy/http/stalls", PROXY_HTTP, PROXY_STALLS, BARUA_ERROR_TIMEOUT },
    { "/net/proxy/http/lies", PROXY_HTTP, PROXY_LIES, BARUA_ERROR_REFUSED },
  };
  const BaruaTestCert cert = { .common_name = HOST, .dns = { HOST } };
  int code;

  g_setenv ("GIO_USE_PROXY_RESOLVER", "barua-test", TRUE);
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  /* Makes the extension point first. */
  g_type_ensure (G_TYPE_PROXY_RESOLVER);
  g_io_extension_point_register (G_PROXY_RESOLVER_EXTENSION_POINT_NAME);
  g_io_extension_point_implement (G_PROXY_RESOLVER_EXTENSION_POINT_NAME, TEST_TYPE_RESOLVER, "barua-test", 1000);
  loop = g_main_loop_new (NULL, FALSE);
  authority = barua_test_authority_new ("Barua test authority");
  certificate = barua_test_authority_issue (authority, &cert, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_case);
  g_test_add_func ("/net/proxy/dead", test_dead);
  code = g_test_run ();
  g_object_unref (certificate);
  barua_test_authority_free (authority);
  g_main_loop_unref (loop);
  g_free (proxy_uri);
  g_free (asked_uri);
  return code;
}
