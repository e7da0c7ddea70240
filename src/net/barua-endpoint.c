/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-endpoint.h"

#include "barua-error.h"

#include <gio/gio.h>
#include <string.h>

#define IMAP_PORT 143
#define IMAPS_PORT 993
#define PIN_DIGITS 64

struct _BaruaEndpoint
{
  gatomicrefcount ref_count;
  char           *host;
  guint           port;
  BaruaSecurity   security;
  char           *ca_file;
  char           *pin;
  char           *text;
};

static gpointer
invalid (GError    **error,
         const char *what)
{
  g_set_error (error, BARUA_ERROR, BARUA_ERROR_INVALID, "server address: %s", what);
  return NULL;
}

/* The host as it is resolved, checked against the certificate and shown: lower case, ASCII. */
static char *
clean_host (const char *host)
{
  g_autofree char *ascii = NULL;
  gsize length;

  if (host == NULL || *host == '\0' || !g_utf8_validate (host, -1, NULL))
    return NULL;
  if (g_hostname_is_ip_address (host))
    return g_strdup (host);
  ascii = g_hostname_to_ascii (host);
  if (ascii == NULL)
    return NULL;
  length = strlen (ascii);
  if (length > 0 && ascii[length - 1] == '.')
    ascii[--length] = '\0';
  if (length == 0 || length > 253 || ascii[0] == '.' || ascii[0] == '-' || strstr (ascii, "..") != NULL)
    return NULL;
  for (gsize i = 0; i < length; i++)
    {
      ascii[i] = g_ascii_tolower (ascii[i]);
      if (!g_ascii_isalnum (ascii[i]) && strchr ("-._", ascii[i]) == NULL)
        return NULL;
    }
  return g_steal_pointer (&ascii);
}

static char *
clean_pin (const char *pin)
{
  g_autoptr(GString) out = g_string_new (NULL);

  for (; *pin != '\0'; pin++)
    {
      if (g_ascii_isxdigit (*pin))
        g_string_append_c (out, g_ascii_tolower (*pin));
      else if (*pin != ':')
        return NULL;
    }
  return out->len == PIN_DIGITS ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}

BaruaEndpoint *
barua_endpoint_new (const char   *host,
                    guint         port,
                    BaruaSecurity security,
                    const char   *ca_file,
                    const char   *pin,
                    GError      **error)
{
  g_autofree char *name = clean_host (host);
  g_autofree char *digits = pin != NULL ? clean_pin (pin) : NULL;
  BaruaEndpoint *self;

  if (name == NULL)
    return invalid (error, "the host name can't be one");
  if (port == 0 || port > G_MAXUINT16)
    return invalid (error, "the port must be 1 to 65535");
  if (security != BARUA_SECURITY_TLS && security != BARUA_SECURITY_STARTTLS)
    return invalid (error, "only TLS and STARTTLS are there");
  if (pin != NULL && digits == NULL)
    return invalid (error, "the fingerprint is no SHA-256");
  self = g_new0 (BaruaEndpoint, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->host = g_steal_pointer (&name);
  self->port = port;
  self->security = security;
  self->ca_file = g_strdup (ca_file);
  self->pin = g_steal_pointer (&digits);
  self->text = g_strdup_printf (strchr (self->host, ':') != NULL ? "[%s]:%u" : "%s:%u", self->host, port);
  return self;
}

BaruaEndpoint *
barua_endpoint_new_from_uri (const char *uri,
                             const char *ca_file,
                             const char *pin,
                             char      **user,
                             GError    **error)
{
  g_autoptr(GUri) parsed = NULL;
  const char *scheme;
  gboolean implicit;
  int port;

  if (user != NULL)
    *user = NULL;
  parsed = uri != NULL ? g_uri_parse (uri, G_URI_FLAGS_HAS_PASSWORD, NULL) : NULL;
  if (parsed == NULL)
    return invalid (error, "not of the form imaps://user@host:port");
  scheme = g_uri_get_scheme (parsed);
  implicit = g_ascii_strcasecmp (scheme, "imaps") == 0;
  if (!implicit && g_ascii_strcasecmp (scheme, "imap") != 0)
    return invalid (error, "only imaps:// and imap:// are there");
  if (g_uri_get_password (parsed) != NULL)
    return invalid (error, "a password has no place in an address");
  if ((g_uri_get_path (parsed)[0] != '\0' && g_strcmp0 (g_uri_get_path (parsed), "/") != 0) ||
      g_uri_get_query (parsed) != NULL || g_uri_get_fragment (parsed) != NULL)
    return invalid (error, "more than user, host and port");
  port = g_uri_get_port (parsed);
  if (port == -1)
    port = implicit ? IMAPS_PORT : IMAP_PORT;
  if (user != NULL && g_uri_get_user (parsed) != NULL && *g_uri_get_user (parsed) != '\0')
    *user = g_strdup (g_uri_get_user (parsed));
  return barua_endpoint_new (g_uri_get_host (parsed), (guint) port, implicit ? BARUA_SECURITY_TLS : BARUA_SECURITY_STARTTLS,
                             ca_file, pin, error);
}

BaruaEndpoint *
barua_endpoint_ref (BaruaEndpoint *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
barua_endpoint_unref (BaruaEndpoint *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->host);
  g_free (self->ca_file);
  g_free (self->pin);
  g_free (self->text);
  g_free (self);
}

const char *
barua_endpoint_get_host (const BaruaEndpoint *self)
{
  return self->host;
}

guint
barua_endpoint_get_port (const BaruaEndpoint *self)
{
  return self->port;
}

BaruaSecurity
barua_endpoint_get_security (const BaruaEndpoint *self)
{
  return self->security;
}

const char *
barua_endpoint_get_ca_file (const BaruaEndpoint *self)
{
  return self->ca_file;
}

const char *
barua_endpoint_get_pin (const BaruaEndpoint *self)
{
  return self->pin;
}

const char *
barua_endpoint_get_text (const BaruaEndpoint *self)
{
  return self->text;
}

gboolean
barua_endpoint_is_loopback (const BaruaEndpoint *self)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string (self->host);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);
  return strcmp (self->host, "localhost") == 0 || g_str_has_suffix (self->host, ".localhost");
}
