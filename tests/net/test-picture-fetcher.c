/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Remote pictures (THREATS H-02) against a server on loopback that notes what it is asked; outside.c says where it seems to stand. */
#include "config.h"

#include <libdex.h>
#include <libsoup/soup.h>

#include "barua-error.h"
#include "barua-limits.h"
#include "barua-picture-fetcher.h"

static const char png[] = "\x89PNG\r\n\x1a\n....";
static SoupServer *server;
static guint n_requests;
static char *heads; /* of all requests: "Name: value\n" */
static char *base;  /* http://203.0.113.7:port */
static char *port;  /* ":port" */

static void
note_head (const char *name,
           const char *value,
           gpointer    user_data)
{
  char *all = g_strdup_printf ("%s%s: %s\n", heads, name, value);

  g_free (heads);
  heads = all;
}

static void
answer (SoupServerMessage *message,
        const char        *type,
        gconstpointer      bytes,
        gsize              length)
{
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, bytes, length);
}

static void
serve (SoupServer        *served,
       SoupServerMessage *message,
       const char        *path,
       GHashTable        *query,
       gpointer           user_data)
{
  SoupMessageHeaders *out = soup_server_message_get_response_headers (message);

  n_requests++;
  soup_message_headers_foreach (soup_server_message_get_request_headers (message), note_head, NULL);
  soup_message_headers_append (out, "Set-Cookie", "tracked=1; Path=/");
  if (g_str_has_prefix (path, "/picture"))
    answer (message, "text/html", png, sizeof png);
  else if (g_str_equal (path, "/svg"))
    answer (message, "image/png", "<svg xmlns='http://www.w3.org/2000/svg'/>", 41);
  else if (g_str_equal (path, "/large") || g_str_equal (path, "/limit"))
    {
      gsize size = BARUA_LIMIT_PICTURE_BYTES + (g_str_equal (path, "/large") ? 1 : 0);
      g_autofree char *bytes = g_malloc0 (size);

      memcpy (bytes, png, sizeof png);
      answer (message, "image/png", bytes, size);
    }
  else if (g_str_has_prefix (path, "/to/"))
    soup_server_message_set_redirect (message, 302, path + 4);
  else if (g_str_equal (path, "/loop"))
    soup_server_message_set_redirect (message, 302, "/loop");
  else if (g_str_equal (path, "/scheme"))
    soup_server_message_set_redirect (message, 302, "file:///etc/passwd");
  else if (g_str_equal (path, "/secret"))
    {
      soup_server_message_set_status (message, 401, NULL);
      soup_message_headers_append (out, "WWW-Authenticate", "Basic realm=\"x\"");
    }
  else if (g_str_equal (path, "/slow"))
    soup_server_message_pause (message);
  else
    soup_server_message_set_status (message, 404, NULL);
}

static void
start_server (void)
{
  g_autoptr (GError) error = NULL;
  g_autoslist (GUri) uris = NULL;

  server = soup_server_new (NULL, NULL);
  soup_server_add_handler (server, NULL, serve, NULL, NULL);
  soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (server);
  port = g_strdup_printf (":%d", g_uri_get_port (uris->data));
  base = g_strconcat ("http://203.0.113.7", port, NULL);
  heads = g_strdup ("");
}

/* The code it failed with; -1: it came. */
static int
load_url (BaruaPictureFetcher *fetcher,
          const char          *url)
{
  DexFuture *future = barua_picture_fetcher_load (fetcher, url);
  g_autoptr (GError) error = NULL;

  while (dex_future_is_pending (future))
    g_main_context_iteration (NULL, TRUE);
  dex_future_get_value (future, &error);
  dex_unref (future);
  if (error == NULL)
    return -1;
  g_assert_true (error->domain == BARUA_ERROR);
  return error->code;
}

static int
load (BaruaPictureFetcher *fetcher,
      const char          *path)
{
  g_autofree char *url = g_strconcat (base, path, NULL);

  return load_url (fetcher, url);
}

static void
test_says_nothing (void)
{
  g_autoptr (BaruaPictureFetcher) fetcher = barua_picture_fetcher_new ();

  g_assert_cmpint (load (fetcher, "/picture1"), ==, -1);
  g_assert_cmpint (load (fetcher, "/picture2"), ==, -1);
  g_assert_cmpuint (n_requests, ==, 2);
  g_assert_null (strstr (heads, "Cookie"));
  g_assert_null (strstr (heads, "Referer"));
  g_assert_null (strstr (heads, "Accept-Language"));
  g_assert_null (strstr (heads, "Barua"));
  g_assert_nonnull (strstr (heads, "User-Agent: Mozilla/5.0\n"));
  /* The second time it is there. */
  g_assert_cmpint (load (fetcher, "/picture1"), ==, -1);
  g_assert_cmpuint (n_requests, ==, 2);
}

static void
test_refuses (void)
{
  g_autoptr (BaruaPictureFetcher) fetcher = barua_picture_fetcher_new ();
  g_autofree char *with_password = g_strdup_printf ("http://me:secret@%s/picture", base + strlen ("http://"));

  g_assert_cmpint (load (fetcher, "/svg"), ==, BARUA_ERROR_PROTOCOL);
  g_assert_cmpint (load (fetcher, "/nothing"), ==, BARUA_ERROR_NOT_FOUND);
  g_assert_cmpint (load (fetcher, "/secret"), ==, BARUA_ERROR_NOT_FOUND);
  g_assert_cmpint (load (fetcher, "/scheme"), ==, BARUA_ERROR_NOT_PERMITTED);
  g_assert_cmpint (load (fetcher, "/loop"), ==, BARUA_ERROR_NOT_PERMITTED);
  g_assert_cmpint (load (fetcher, "/large"), ==, BARUA_ERROR_LIMIT);
  g_assert_cmpint (load (fetcher, "/limit"), ==, -1);
  g_assert_cmpint (load_url (fetcher, with_password), ==, BARUA_ERROR_INVALID);
  g_assert_cmpint (load_url (fetcher, "file:///etc/passwd"), ==, BARUA_ERROR_INVALID);
  g_assert_cmpint (load_url (fetcher, "http://127.0.0.1:25/"), ==, BARUA_ERROR_INVALID);
  g_assert_cmpint (load_url (fetcher, "cid:x"), ==, BARUA_ERROR_INVALID);
}

static int
load_from (BaruaPictureFetcher *fetcher,
           const char          *host,
           const char          *path)
{
  g_autofree char *url = g_strconcat ("http://", host, port, path, NULL);

  return load_url (fetcher, url);
}

/* What one hop after the other leads to. */
static char *
redirect (const char *host,
          const char *path)
{
  return g_strconcat ("/to/http://", host, port, path, NULL);
}

static void
test_redirect (void)
{
  g_autoptr (BaruaPictureFetcher) fetcher = barua_picture_fetcher_new ();
  g_autofree char *outside = redirect ("other.example", "/picture");
  g_autofree char *inside = redirect ("10.99.0.1", "/picture");
  g_autofree char *here = redirect ("127.0.0.1", "/picture");
  g_autofree char *name = redirect ("pictures.inside.example", "/picture");
  guint before;

  g_assert_cmpint (load (fetcher, outside), ==, -1);
  before = n_requests;
  g_assert_cmpint (load (fetcher, inside), ==, BARUA_ERROR_NOT_PERMITTED);
  g_assert_cmpint (load (fetcher, here), ==, BARUA_ERROR_NOT_PERMITTED);
  g_assert_cmpint (load (fetcher, name), ==, BARUA_ERROR_NOT_PERMITTED);
  g_assert_cmpuint (n_requests, ==, before + 3);
}

/* Not even asked, whatever the name or number. */
static void
test_inside (void)
{
  static const char *const hosts[] = { "127.0.0.1",      "localhost",  "10.99.0.1",     "pictures.inside.example", "2130706433", "0x7f.1",
                                       "169.254.169.254", "0.0.0.0",   "[::1]",         "[::ffff:127.0.0.1]" };
  g_autoptr (BaruaPictureFetcher) fetcher = barua_picture_fetcher_new ();
  guint before = n_requests;

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_test_message ("%s", hosts[i]);
      /* Another error where the machine has no such address at all. */
      g_assert_cmpint (load_from (fetcher, hosts[i], "/picture"), !=, -1);
    }
  g_assert_cmpint (load_from (fetcher, "127.0.0.1", "/picture-more"), ==, BARUA_ERROR_NOT_PERMITTED);
  g_assert_cmpuint (n_requests, ==, before);
}

/* Somebody whose mail server stands in a network has its pictures, by name, and only when all the way there is by such names. */
static void
test_own_network (void)
{
  static const char *const own[] = { "imap.inside.example", "localhost", "10.99.0.9", "", NULL };
  g_autoptr (BaruaPictureFetcher) fetcher = barua_picture_fetcher_new ();
  g_autofree char *on = redirect ("pictures.inside.example", "/picture");
  g_autofree char *out = redirect ("other.example", "/picture");
  guint before;

  barua_picture_fetcher_set_own_hosts (fetcher, own);
  g_assert_cmpint (load_from (fetcher, "pictures.inside.example", "/picture"), ==, -1);
  g_assert_cmpint (load_from (fetcher, "www.inside.example", on), ==, -1);
  g_assert_cmpint (load_from (fetcher, "www.inside.example", out), ==, -1);
  before = n_requests;
  /* From outside it leads in; numbers; this machine. */
  g_assert_cmpint (load_from (fetcher, "evil.example", on), ==, BARUA_ERROR_NOT_PERMITTED);
  g_assert_cmpuint (n_requests, ==, before + 1);
  g_assert_cmpint (load_from (fetcher, "10.99.0.1", "/picture"), ==, BARUA_ERROR_NOT_PERMITTED);
  g_assert_cmpint (load_from (fetcher, "localhost", "/picture"), ==, BARUA_ERROR_NOT_PERMITTED);
  g_assert_cmpuint (n_requests, ==, before + 1);
}

static void
test_time (void)
{
  g_autoptr (BaruaPictureFetcher) fetcher = barua_picture_fetcher_new ();

  barua_picture_fetcher_set_timeout_ms (fetcher, 100);
  g_assert_cmpint (load (fetcher, "/slow"), ==, BARUA_ERROR_TIMEOUT);
}

static void
test_count (void)
{
  g_autoptr (BaruaPictureFetcher) fetcher = barua_picture_fetcher_new ();

  for (guint i = 0; i < BARUA_LIMIT_PICTURES; i++)
    {
      g_autofree char *path = g_strdup_printf ("/picture%u", i);

      g_assert_cmpint (load (fetcher, path), ==, -1);
    }
  g_assert_cmpint (load (fetcher, "/picture-more"), ==, BARUA_ERROR_LIMIT);
}

/* What is under way ends with it, and what waits. */
static void
test_dispose (void)
{
  BaruaPictureFetcher *fetcher = barua_picture_fetcher_new ();
  g_autofree char *slow = g_strconcat (base, "/slow", NULL);
  DexFuture *futures[BARUA_PICTURES_AT_ONCE + 2];

  for (guint i = 0; i < G_N_ELEMENTS (futures); i++)
    {
      g_autofree char *url = g_strdup_printf ("%s?%u", slow, i);

      futures[i] = barua_picture_fetcher_load (fetcher, url);
    }
  g_object_run_dispose (G_OBJECT (fetcher));
  for (guint i = 0; i < G_N_ELEMENTS (futures); i++)
    {
      g_autoptr (GError) error = NULL;

      while (dex_future_is_pending (futures[i]))
        g_main_context_iteration (NULL, TRUE);
      dex_future_get_value (futures[i], &error);
      g_assert_error (error, BARUA_ERROR, BARUA_ERROR_CANCELLED);
      dex_unref (futures[i]);
    }
  g_assert_cmpint (load (fetcher, "/picture"), ==, BARUA_ERROR_CANCELLED);
  g_object_unref (fetcher);
}

static void
test_addresses (void)
{
  static const struct
  {
    const char *address;
    gboolean    is_private;
  } cases[] = {
    { "127.0.0.1", TRUE },      { "10.1.2.3", TRUE },         { "172.16.0.1", TRUE },        { "172.31.255.255", TRUE },
    { "192.168.1.1", TRUE },    { "169.254.169.254", TRUE },  { "100.64.0.1", TRUE },        { "0.0.0.0", TRUE },
    { "224.0.0.1", TRUE },      { "255.255.255.255", TRUE },  { "::1", TRUE },               { "fe80::1", TRUE },
    { "fd00::1", TRUE },        { "::", TRUE },               { "ff02::1", TRUE },           { "::ffff:127.0.0.1", TRUE },
    { "64:ff9b::7f00:1", TRUE }, { "203.0.113.1", FALSE },    { "172.32.0.1", FALSE },       { "100.128.0.1", FALSE },
    { "2001:db8::1", FALSE },   { "::ffff:203.0.113.1", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (cases[i].address);

      g_test_message ("%s", cases[i].address);
      g_assert_cmpint (barua_picture_fetcher_is_private (address), ==, cases[i].is_private);
    }
}

int
main (int    argc,
      char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  dex_init ();
  /* No proxy of the person's stands between. */
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  start_server ();
  g_test_add_func ("/net/pictures/says-nothing", test_says_nothing);
  g_test_add_func ("/net/pictures/refuses", test_refuses);
  g_test_add_func ("/net/pictures/redirect", test_redirect);
  g_test_add_func ("/net/pictures/inside", test_inside);
  g_test_add_func ("/net/pictures/own-network", test_own_network);
  g_test_add_func ("/net/pictures/time", test_time);
  g_test_add_func ("/net/pictures/count", test_count);
  g_test_add_func ("/net/pictures/dispose", test_dispose);
  g_test_add_func ("/net/pictures/addresses", test_addresses);
  result = g_test_run ();
  g_object_unref (server);
  g_free (base);
  g_free (port);
  g_free (heads);
  return result;
}
