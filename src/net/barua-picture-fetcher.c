/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-picture-fetcher.h"

#include <libsoup/soup.h>
#include <string.h>

#include "barua-domain.h"
#include "barua-error.h"
#include "barua-limits.h"
#include "barua-net-error.h"
#include "barua-picture-type.h"

/* Says nothing of this program, its version or its machine. */
#define USER_AGENT "Mozilla/5.0"

struct _BaruaPictureFetcher
{
  GObject      parent_instance;
  SoupSession *session; /* NULL after dispose, and until the first picture */
  GHashTable  *futures; /* char *url -> DexFuture, those that came or may still come */
  GQueue       waiting; /* Fetch, not owned: their promises are */
  GPtrArray   *active;  /* Fetch, not owned */
  GStrv        own_hosts; /* the person's own servers; NULL */
  guint        timeout_ms;
  guint        n_asked;
  guint64      n_bytes;
};

G_DEFINE_FINAL_TYPE (BaruaPictureFetcher, barua_picture_fetcher, G_TYPE_OBJECT)

typedef struct
{
  GWeakRef      fetcher;
  char         *url;   /* as asked */
  GUri         *uri;   /* of this hop */
  DexPromise   *promise;
  GCancellable *cancellable;
  SoupMessage  *message;
  GInputStream *stream;
  GByteArray   *bytes;
  guint         hops;
  guint         timeout;
  gboolean      is_late;
  gboolean      is_refused; /* it led inside */
  gboolean      is_own;     /* its address, of every hop so far, is a name of the person's own network */
} Fetch;

static void start_next (BaruaPictureFetcher *self);
static void send_hop (BaruaPictureFetcher *self, Fetch *fetch);

static void
clear_message (Fetch *fetch)
{
  if (fetch->message != NULL)
    g_signal_handlers_disconnect_by_data (fetch->message, fetch);
  g_clear_object (&fetch->message);
}

static void
fetch_free (Fetch *fetch)
{
  g_weak_ref_clear (&fetch->fetcher);
  g_clear_handle_id (&fetch->timeout, g_source_remove);
  g_free (fetch->url);
  g_clear_pointer (&fetch->uri, g_uri_unref);
  dex_unref (fetch->promise);
  g_clear_object (&fetch->cancellable);
  clear_message (fetch);
  g_clear_object (&fetch->stream);
  g_clear_pointer (&fetch->bytes, g_byte_array_unref);
  g_free (fetch);
}

/* Ends it, with bytes or an error (taken), and lets the next one begin. */
static void
finish (Fetch  *fetch,
        GError *error)
{
  g_autoptr (BaruaPictureFetcher) self = g_weak_ref_get (&fetch->fetcher);
  gboolean failed = error != NULL;

  if (!failed)
    {
      GBytes *bytes = g_byte_array_free_to_bytes (g_steal_pointer (&fetch->bytes));

      dex_promise_resolve_boxed (fetch->promise, G_TYPE_BYTES, bytes);
    }
  else if (fetch->is_refused || fetch->is_late)
    {
      dex_promise_reject (fetch->promise, fetch->is_late
                                            ? g_error_new (BARUA_ERROR, BARUA_ERROR_TIMEOUT, "%s took too long", fetch->url)
                                            : g_error_new (BARUA_ERROR, BARUA_ERROR_NOT_PERMITTED, "%s leads inside", fetch->url));
      g_error_free (error);
    }
  else
    dex_promise_reject (fetch->promise, error);
  if (self != NULL && self->active != NULL)
    {
      if (failed)
        g_hash_table_remove (self->futures, fetch->url);
      g_ptr_array_remove_fast (self->active, fetch);
      start_next (self);
    }
  fetch_free (fetch);
}

/* Takes @error, of any domain. */
static void
fail (Fetch  *fetch,
      GError *error)
{
  finish (fetch, barua_net_error_translate (error, NULL));
}

/* Addresses -------------------------------------------------------------------------------------------------------- */

static gboolean
is_private_v4 (const guint8 *bytes)
{
  /* RFC 1122 3.2.1.3 and RFC 6598: this network, and what providers share out behind their own. */
  return bytes[0] == 0 || bytes[0] == 127 || bytes[0] == 10 || (bytes[0] == 172 && (bytes[1] & 0xf0) == 16) ||
         (bytes[0] == 192 && bytes[1] == 168) || (bytes[0] == 169 && bytes[1] == 254) ||
         (bytes[0] == 100 && (bytes[1] & 0xc0) == 64) || bytes[0] >= 224;
}

gboolean
barua_picture_fetcher_is_private (GInetAddress *address)
{
  static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
  static const guint8 translated[12] = { 0x00, 0x64, 0xff, 0x9b };
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    return is_private_v4 (bytes);
  if (memcmp (bytes, mapped, sizeof mapped) == 0 || memcmp (bytes, translated, sizeof translated) == 0)
    return is_private_v4 (bytes + 12);
  return g_inet_address_get_is_any (address) || g_inet_address_get_is_loopback (address) ||
         g_inet_address_get_is_link_local (address) || g_inet_address_get_is_site_local (address) ||
         g_inet_address_get_is_multicast (address) || (bytes[0] & 0xfe) == 0xfc;
}

/* RFC 1918 and RFC 4193: what a network shares. Nothing of this machine, of one link, of a provider or of nobody. */
static gboolean
is_of_network (GInetAddress *address)
{
  return g_inet_address_get_is_site_local (address) ||
         (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6 && (g_inet_address_to_bytes (address)[0] & 0xfe) == 0xfc);
}

static gboolean
may_connect (Fetch          *fetch,
             GSocketAddress *address)
{
  GInetAddress *inet;

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return FALSE;
  inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  return !barua_picture_fetcher_is_private (inet) || (fetch->is_own && is_of_network (inet));
}

/* Where a proxy stands between, names are its to look up; numbers are judged here. */
static gboolean
may_ask_proxy (Fetch *fetch)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (g_uri_get_host (fetch->uri));

  return inet == NULL || !barua_picture_fetcher_is_private (inet);
}

/* Before the connection is made, for every address that the name has: no answer of a name server can get round it. */
static void
connecting (SoupMessage        *message,
            GSocketClientEvent  event,
            GIOStream          *connection,
            Fetch              *fetch)
{
  g_autoptr (GSocketAddress) address = NULL;

  if (event != G_SOCKET_CLIENT_CONNECTING || !G_IS_SOCKET_CONNECTION (connection))
    return;
  address = g_socket_connection_get_remote_address (G_SOCKET_CONNECTION (connection), NULL);
  if (G_IS_PROXY_ADDRESS (address) ? may_ask_proxy (fetch) : may_connect (fetch, address))
    return;
  fetch->is_refused = TRUE;
  g_socket_close (g_socket_connection_get_socket (G_SOCKET_CONNECTION (connection)), NULL);
}

/* A name of the same owner as one of the person's own servers. A number belongs to nobody. */
static gboolean
is_own (BaruaPictureFetcher *self,
        GUri                *uri)
{
  const char *host = g_uri_get_host (uri);

  for (guint i = 0; !g_hostname_is_ip_address (host) && self->own_hosts != NULL && self->own_hosts[i] != NULL; i++)
    if (barua_domain_same_owner (host, self->own_hosts[i]))
      return TRUE;
  return FALSE;
}

/* What is fetched at all. Ports below 1024 are other services', which must not hear from us what a letter wants them to. */
static gboolean
may_fetch (GUri *uri)
{
  const char *scheme = g_uri_get_scheme (uri);
  int port = g_uri_get_port (uri);

  return (g_strcmp0 (scheme, "http") == 0 || g_strcmp0 (scheme, "https") == 0) && g_uri_get_host (uri) != NULL &&
         *g_uri_get_host (uri) != '\0' && g_uri_get_userinfo (uri) == NULL &&
         (port == -1 || port == 80 || port == 443 || port >= 1024);
}

/* Reading ---------------------------------------------------------------------------------------------------------- */

static void
portion_read (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Fetch *fetch = user_data;
  GError *error = NULL;
  g_autoptr (GBytes) portion = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  g_autoptr (BaruaPictureFetcher) self = g_weak_ref_get (&fetch->fetcher);

  if (portion == NULL)
    {
      fail (fetch, error);
      return;
    }
  if (self == NULL)
    {
      fail (fetch, g_error_new_literal (BARUA_ERROR, BARUA_ERROR_CANCELLED, "no longer wanted"));
      return;
    }
  if (g_bytes_get_size (portion) == 0)
    {
      g_autoptr (GBytes) whole = g_bytes_new_static (fetch->bytes->data, fetch->bytes->len);

      finish (fetch, barua_picture_type_sniff (whole) != NULL
                     ? NULL
                     : g_error_new (BARUA_ERROR, BARUA_ERROR_PROTOCOL, "%s is no picture", fetch->url));
      return;
    }
  self->n_bytes += g_bytes_get_size (portion);
  if (fetch->bytes->len + g_bytes_get_size (portion) > BARUA_LIMIT_PICTURE_BYTES || self->n_bytes > BARUA_LIMIT_PICTURES_BYTES)
    {
      fail (fetch, g_error_new (BARUA_ERROR, BARUA_ERROR_LIMIT, "%s is too large", fetch->url));
      return;
    }
  g_byte_array_append (fetch->bytes, g_bytes_get_data (portion, NULL), (guint)g_bytes_get_size (portion));
  g_input_stream_read_bytes_async (fetch->stream, BARUA_SLICE_BYTES, G_PRIORITY_LOW, fetch->cancellable, portion_read, fetch);
}

static void
go_on (BaruaPictureFetcher *self,
       Fetch               *fetch)
{
  const char *location = soup_message_headers_get_one (soup_message_get_response_headers (fetch->message), "Location");
  g_autoptr (GUri) next = location != NULL ? g_uri_parse_relative (fetch->uri, location, SOUP_HTTP_URI_FLAGS, NULL) : NULL;
  gboolean falls_back = next != NULL && g_strcmp0 (g_uri_get_scheme (fetch->uri), "https") == 0 &&
                        g_strcmp0 (g_uri_get_scheme (next), "https") != 0;

  if (next == NULL || !may_fetch (next) || falls_back || fetch->hops >= BARUA_LIMIT_PICTURE_REDIRECTS)
    {
      fail (fetch, g_error_new (BARUA_ERROR, BARUA_ERROR_NOT_PERMITTED, "%s leads elsewhere", fetch->url));
      return;
    }
  fetch->hops++;
  g_clear_object (&fetch->stream);
  g_clear_pointer (&fetch->uri, g_uri_unref);
  fetch->uri = g_steal_pointer (&next);
  send_hop (self, fetch);
}

static void
sent (GObject      *source,
      GAsyncResult *result,
      gpointer      user_data)
{
  Fetch *fetch = user_data;
  GError *error = NULL;
  g_autoptr (BaruaPictureFetcher) self = g_weak_ref_get (&fetch->fetcher);
  guint status;

  g_clear_object (&fetch->stream);
  fetch->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (fetch->stream == NULL)
    {
      fail (fetch, error);
      return;
    }
  if (self == NULL || self->session == NULL)
    {
      fail (fetch, g_error_new_literal (BARUA_ERROR, BARUA_ERROR_CANCELLED, "no longer wanted"));
      return;
    }
  status = soup_message_get_status (fetch->message);
  if (SOUP_STATUS_IS_REDIRECTION (status) && status != SOUP_STATUS_NOT_MODIFIED)
    go_on (self, fetch);
  else if (status != SOUP_STATUS_OK)
    fail (fetch, g_error_new (BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "%s: %u", fetch->url, status));
  else if (soup_message_headers_get_content_length (soup_message_get_response_headers (fetch->message)) >
           (goffset)BARUA_LIMIT_PICTURE_BYTES)
    fail (fetch, g_error_new (BARUA_ERROR, BARUA_ERROR_LIMIT, "%s is too large", fetch->url));
  else
    g_input_stream_read_bytes_async (fetch->stream, BARUA_SLICE_BYTES, G_PRIORITY_LOW, fetch->cancellable, portion_read, fetch);
}

static void
send_hop (BaruaPictureFetcher *self,
          Fetch               *fetch)
{
  clear_message (fetch);
  fetch->is_own = (fetch->hops == 0 || fetch->is_own) && is_own (self, fetch->uri);
  fetch->message = soup_message_new_from_uri (SOUP_METHOD_GET, fetch->uri);
  /* A connection of its own after a redirect: one that is kept would not ask connecting() again. */
  soup_message_set_flags (fetch->message, SOUP_MESSAGE_NO_REDIRECT | (fetch->hops > 0 ? SOUP_MESSAGE_NEW_CONNECTION : 0));
  if (fetch->hops > 0)
    soup_message_set_force_http1 (fetch->message, TRUE);
  soup_message_headers_replace (soup_message_get_request_headers (fetch->message), "Accept", "image/*");
  g_signal_connect (fetch->message, "network-event", G_CALLBACK (connecting), fetch);
  soup_session_send_async (self->session, fetch->message, G_PRIORITY_LOW, fetch->cancellable, sent, fetch);
}

/* Queue ------------------------------------------------------------------------------------------------------------ */

static gboolean
too_late (gpointer data)
{
  Fetch *fetch = data;

  fetch->timeout = 0;
  fetch->is_late = TRUE;
  g_cancellable_cancel (fetch->cancellable);
  return G_SOURCE_REMOVE;
}

static void
make_session (BaruaPictureFetcher *self)
{
  self->session = soup_session_new_with_options ("user-agent", USER_AGENT, "max-conns", BARUA_PICTURES_AT_ONCE, "max-conns-per-host",
                                                 BARUA_PICTURES_AT_ONCE, "idle-timeout", 15, NULL);
  /* No answers to a 401, and nothing that swells when it is unpacked. */
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_AUTH_MANAGER);
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_CONTENT_DECODER);
}

static void
start_next (BaruaPictureFetcher *self)
{
  while (self->active->len < BARUA_PICTURES_AT_ONCE && !g_queue_is_empty (&self->waiting))
    {
      Fetch *fetch = g_queue_pop_head (&self->waiting);

      if (self->session == NULL)
        make_session (self);
      g_ptr_array_add (self->active, fetch);
      fetch->timeout = g_timeout_add (self->timeout_ms, too_late, fetch);
      send_hop (self, fetch);
    }
}

DexFuture *
barua_picture_fetcher_load (BaruaPictureFetcher *self,
                            const char          *url)
{
  DexFuture *known = self->futures != NULL ? g_hash_table_lookup (self->futures, url) : NULL;
  g_autoptr (GUri) uri = NULL;
  Fetch *fetch;

  if (known != NULL)
    return dex_ref (known);
  if (self->futures == NULL)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_CANCELLED, "no longer wanted");
  uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  if (uri == NULL || !may_fetch (uri))
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_INVALID, "%s is not fetched", url);
  if (self->n_asked >= BARUA_LIMIT_PICTURES || self->n_bytes > BARUA_LIMIT_PICTURES_BYTES)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_LIMIT, "too many pictures");
  self->n_asked++;
  fetch = g_new0 (Fetch, 1);
  g_weak_ref_init (&fetch->fetcher, self);
  fetch->url = g_strdup (url);
  fetch->uri = g_steal_pointer (&uri);
  fetch->promise = dex_promise_new ();
  fetch->cancellable = g_cancellable_new ();
  fetch->bytes = g_byte_array_new ();
  g_hash_table_insert (self->futures, g_strdup (url), dex_ref (DEX_FUTURE (fetch->promise)));
  known = dex_ref (DEX_FUTURE (fetch->promise));
  g_queue_push_tail (&self->waiting, fetch);
  start_next (self);
  return known;
}

/* Object ----------------------------------------------------------------------------------------------------------- */

static void
barua_picture_fetcher_dispose (GObject *object)
{
  BaruaPictureFetcher *self = BARUA_PICTURE_FETCHER (object);
  g_autoptr (GPtrArray) active = g_steal_pointer (&self->active);
  Fetch *fetch;

  while ((fetch = g_queue_pop_head (&self->waiting)) != NULL)
    {
      dex_promise_reject (fetch->promise, g_error_new_literal (BARUA_ERROR, BARUA_ERROR_CANCELLED, "no longer wanted"));
      fetch_free (fetch);
    }
  for (guint i = 0; active != NULL && i < active->len; i++)
    g_cancellable_cancel (((Fetch *)g_ptr_array_index (active, i))->cancellable);
  g_clear_pointer (&self->futures, g_hash_table_unref);
  g_clear_pointer (&self->own_hosts, g_strfreev);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (barua_picture_fetcher_parent_class)->dispose (object);
}

static void
barua_picture_fetcher_class_init (BaruaPictureFetcherClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = barua_picture_fetcher_dispose;
}

static void
barua_picture_fetcher_init (BaruaPictureFetcher *self)
{
  self->futures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, dex_unref);
  self->active = g_ptr_array_new ();
  g_queue_init (&self->waiting);
  self->timeout_ms = BARUA_TIMEOUT_PICTURE_MS;
}

BaruaPictureFetcher *
barua_picture_fetcher_new (void)
{
  return g_object_new (BARUA_TYPE_PICTURE_FETCHER, NULL);
}

void
barua_picture_fetcher_set_own_hosts (BaruaPictureFetcher *self,
                                     const char *const   *hosts)
{
  g_strfreev (self->own_hosts);
  self->own_hosts = g_strdupv ((GStrv)hosts);
}

void
barua_picture_fetcher_set_timeout_ms (BaruaPictureFetcher *self,
                                      guint                ms)
{
  self->timeout_ms = ms;
}
