/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-html-url.h"

#include "barua-limits.h"

#include <gio/gio.h>
#include <string.h>

#define UNRESERVED "-._~"

/* The URL without what browsers pass over: spaces and controls at the ends, TAB and line ends anywhere (URL standard, 4.4). */
static char *
strip_url (const char *url)
{
  GString *out = g_string_new (NULL);
  gsize length;

  while (*url != '\0' && (guchar)*url <= 0x20)
    url++;
  for (; *url != '\0'; url++)
    if (*url != '\t' && *url != '\n' && *url != '\r')
      g_string_append_c (out, *url);
  length = out->len;
  while (length > 0 && (guchar)out->str[length - 1] <= 0x20)
    length--;
  g_string_truncate (out, length);
  return g_string_free (out, FALSE);
}

/* The scheme in lower case and where the rest begins; NULL when there is none. */
static char *
split_scheme (const char  *url,
              const char **rest)
{
  const char *p = url;

  if (!g_ascii_isalpha (*p))
    return NULL;
  while (g_ascii_isalnum (*p) || *p == '+' || *p == '-' || *p == '.')
    p++;
  if (*p != ':' || p - url > 32)
    return NULL;
  *rest = p + 1;
  return g_ascii_strdown (url, p - url);
}

/* Percent-encodes everything that is not @allowed or alphanumeric; whole "%XX" stay. */
static void
append_encoded (GString    *out,
                const char *text,
                gsize       length,
                const char *allowed)
{
  for (gsize i = 0; i < length; i++)
    {
      guchar c = (guchar)text[i];

      if (c == '%' && i + 2 < length && g_ascii_isxdigit (text[i + 1]) && g_ascii_isxdigit (text[i + 2]))
        {
          g_string_append_c (out, '%');
          g_string_append_c (out, g_ascii_toupper (text[i + 1]));
          g_string_append_c (out, g_ascii_toupper (text[i + 2]));
          i += 2;
        }
      else if (g_ascii_isalnum (c) || (c != '\0' && strchr (allowed, c) != NULL))
        g_string_append_c (out, c);
      else
        g_string_append_printf (out, "%%%02X", c);
    }
}

/* The host in the form that goes on the wire; NULL when it is none. */
static char *
clean_host (const char *host,
            gsize       length)
{
  g_autofree char *raw = g_strndup (host, length);
  g_autofree char *decoded = g_uri_unescape_string (raw, NULL);
  g_autofree char *ascii = NULL;
  gsize n;

  if (decoded == NULL || *decoded == '\0' || strlen (decoded) > 1024 || !g_utf8_validate (decoded, -1, NULL))
    return NULL;
  n = strlen (decoded);
  if (decoded[0] == '[' && decoded[n - 1] == ']')
    {
      g_autofree char *address = g_strndup (decoded + 1, n - 2);

      return g_hostname_is_ip_address (address) ? g_ascii_strdown (decoded, -1) : NULL;
    }
  if (g_hostname_is_non_ascii (decoded))
    ascii = g_hostname_to_ascii (decoded);
  else
    ascii = g_ascii_strdown (decoded, -1);
  if (ascii == NULL || strlen (ascii) > 253)
    return NULL;
  for (const char *p = ascii; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("-._", *p) == NULL)
      return NULL;
  return g_steal_pointer (&ascii);
}

/* @rest follows "http:". Browsers take any number of slashes and backslashes there. The user name in front of the host is
 * dropped: in mail it is only ever there to deceive. */
static char *
clean_http (const char *scheme,
            const char *rest)
{
  const char *authority;
  const char *end;
  const char *host;
  const char *host_end;
  g_autofree char *name = NULL;
  g_autoptr (GString) out = NULL;
  guint64 port = 0;

  while (*rest == '/' || *rest == '\\')
    rest++;
  authority = rest;
  end = authority + strcspn (authority, "/\\?#");
  host = authority;
  for (const char *p = authority; p < end; p++)
    if (*p == '@')
      host = p + 1;
  host_end = end;
  for (const char *p = end; p > host; p--)
    if (p[-1] == ':' || p[-1] == ']')
      {
        if (p[-1] == ':')
          host_end = p - 1;
        break;
      }
  if (host_end + 1 < end)
    {
      g_autofree char *digits = g_strndup (host_end + 1, end - host_end - 1);

      if (!g_ascii_string_to_unsigned (digits, 10, 1, 65535, &port, NULL))
        return NULL;
    }
  name = clean_host (host, host_end - host);
  if (name == NULL)
    return NULL;
  out = g_string_new (NULL);
  g_string_append_printf (out, "%s://%s", scheme, name);
  if (port != 0)
    g_string_append_printf (out, ":%u", (guint)port);
  if (*end != '/' && *end != '\\')
    g_string_append_c (out, '/');
  for (const char *p = end; *p != '\0' && *p != '?' && *p != '#'; p = end)
    {
      end = p + strcspn (p, "\\?#");
      append_encoded (out, p, end - p, UNRESERVED "/!$&'()*+,;=:@");
      if (*end == '\\')
        {
          g_string_append_c (out, '/');
          end++;
        }
    }
  if (*end == '?')
    {
      const char *query = end + 1;

      end = query + strcspn (query, "#");
      g_string_append_c (out, '?');
      append_encoded (out, query, end - query, UNRESERVED "/!$&'()*+,;=:@?[]|");
    }
  if (*end == '#')
    {
      g_string_append_c (out, '#');
      append_encoded (out, end + 1, strlen (end + 1), UNRESERVED "/!$&'()*+,;=:@?");
    }
  if (out->len > BARUA_LIMIT_URL_BYTES)
    return NULL;
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* An http or https URL written anew, or NULL. "//host/" is read as https; "\\\\host\\" is a Windows share and nothing to us. */
static char *
clean_web_url (const char *url)
{
  g_autofree char *scheme = NULL;
  const char *rest = NULL;

  if (url[0] == '/' && url[1] == '/')
    return clean_http ("https", url);
  scheme = split_scheme (url, &rest);
  if (scheme == NULL || (strcmp (scheme, "http") != 0 && strcmp (scheme, "https") != 0))
    return NULL;
  return clean_http (scheme, rest);
}

char *
barua_html_url_link (const char *url)
{
  g_autofree char *stripped = strip_url (url);
  g_autofree char *scheme = NULL;
  const char *rest = NULL;
  char *web = clean_web_url (stripped);
  GString *out;

  if (web != NULL)
    return web;
  scheme = split_scheme (stripped, &rest);
  if (scheme == NULL || strlen (rest) > BARUA_LIMIT_URL_BYTES)
    return NULL;
  if (strcmp (scheme, "mailto") == 0)
    {
      out = g_string_new ("mailto:");
      append_encoded (out, rest, strlen (rest), UNRESERVED "!$&'()*+,;=:@?/");
      return g_string_free (out, FALSE);
    }
  if (strcmp (scheme, "tel") == 0)
    {
      out = g_string_new ("tel:");
      for (; *rest != '\0'; rest++)
        if (g_ascii_isdigit (*rest) || strchr ("+*#-.()", *rest) != NULL)
          g_string_append_c (out, *rest);
      return g_string_free (out, FALSE);
    }
  return NULL;
}

/* FALSE: too many. A URL and a content id are never the same string: ids here have no "://". */
static gboolean
add_distinct (BaruaHtmlReport *report,
              GPtrArray       *array,
              const char      *value)
{
  char *copy;

  if (g_hash_table_contains (report->seen, value))
    return TRUE;
  if (array->len >= BARUA_LIMIT_HTML_PICTURES)
    return FALSE;
  copy = g_strdup (value);
  g_ptr_array_add (array, copy);
  g_hash_table_add (report->seen, copy);
  return TRUE;
}

static char *
remote_picture (char            *taken,
                BaruaHtmlFlags   flags,
                BaruaHtmlReport *report)
{
  g_autofree char *url = taken;
  g_autofree char *escaped = NULL;

  if ((flags & BARUA_HTML_NO_REMOTE) != 0 || !add_distinct (report, report->remote, url))
    return NULL;
  escaped = g_uri_escape_string (url, NULL, FALSE);
  return g_strconcat (BARUA_HTML_REMOTE_SCHEME ":", escaped, NULL);
}

/* RFC 2392: "cid:" and the percent-encoded Content-ID. */
static char *
inline_picture (const char      *rest,
                BaruaHtmlReport *report)
{
  g_autofree char *id = g_uri_unescape_string (rest, NULL);
  g_autofree char *escaped = NULL;

  if (id == NULL || *id == '\0' || strlen (id) > BARUA_LIMIT_MESSAGE_ID_BYTES || !g_utf8_validate (id, -1, NULL) ||
      strstr (id, "://") != NULL || !add_distinct (report, report->cids, id))
    return NULL;
  escaped = g_uri_escape_string (id, "@!$&'*+=", FALSE);
  return g_strconcat ("cid:", escaped, NULL);
}

/* RFC 2397, of the four kinds of pictures only, in base64. */
static char *
data_picture (const char *rest)
{
  static const char * const types[] = { "image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp" };
  const char *comma = strchr (rest, ',');

  if (comma == NULL || strlen (comma) / 4 * 3 > BARUA_LIMIT_HTML_DATA_BYTES)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *prefix = g_strconcat (types[i], ";base64,", NULL);
      GString *out;

      if (g_ascii_strncasecmp (rest, prefix, strlen (prefix)) != 0)
        continue;
      out = g_string_new ("data:");
      g_string_append (out, prefix);
      for (const char *p = comma + 1; *p != '\0'; p++)
        {
          if (g_ascii_isalnum (*p) || strchr ("+/=", *p) != NULL)
            g_string_append_c (out, *p);
          else if (*p != ' ')
            {
              g_string_free (out, TRUE);
              return NULL;
            }
        }
      return g_string_free (out, FALSE);
    }
  return NULL;
}

char *
barua_html_url_picture (const char      *url,
                        BaruaHtmlFlags   flags,
                        BaruaHtmlReport *report)
{
  g_autofree char *stripped = strip_url (url);
  g_autofree char *scheme = NULL;
  const char *rest = NULL;
  char *web = clean_web_url (stripped);

  if (web != NULL)
    return remote_picture (web, flags, report);
  scheme = split_scheme (stripped, &rest);
  if (scheme == NULL)
    return NULL;
  if (strcmp (scheme, BARUA_HTML_REMOTE_SCHEME) == 0)
    {
      web = barua_html_remote_url (stripped);
      return web != NULL ? remote_picture (web, flags, report) : NULL;
    }
  if (strcmp (scheme, "cid") == 0)
    return inline_picture (rest, report);
  if (strcmp (scheme, "data") == 0)
    return data_picture (rest);
  return NULL;
}

char *
barua_html_remote_url (const char *uri)
{
  g_autofree char *url = NULL;
  g_autofree char *stripped = NULL;

  if (uri == NULL || g_ascii_strncasecmp (uri, BARUA_HTML_REMOTE_SCHEME ":", strlen (BARUA_HTML_REMOTE_SCHEME) + 1) != 0)
    return NULL;
  url = g_uri_unescape_string (uri + strlen (BARUA_HTML_REMOTE_SCHEME) + 1, NULL);
  if (url == NULL || !g_utf8_validate (url, -1, NULL))
    return NULL;
  stripped = strip_url (url);
  return clean_web_url (stripped);
}
