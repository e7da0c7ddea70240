/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-domain.h"

#include <string.h>

#define DOMAIN_BYTES 255u

static char *
lower (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize)strnlen (text, 4 * DOMAIN_BYTES));
  char *result = g_utf8_strdown (valid, -1);
  gsize length = strlen (result);

  while (length > 0 && result[length - 1] == '.')
    result[--length] = '\0';
  return result;
}

char *
barua_domain_of_address (const char *address)
{
  const char *at = address != NULL ? strrchr (address, '@') : NULL;

  return at != NULL && at[1] != '\0' ? lower (at + 1) : NULL;
}

char *
barua_domain_of_uri (const char *uri)
{
  g_autoptr (GUri) parsed = uri != NULL ? g_uri_parse (uri, G_URI_FLAGS_NON_DNS | G_URI_FLAGS_PARSE_RELAXED, NULL) : NULL;
  const char *host = parsed != NULL ? g_uri_get_host (parsed) : NULL;

  if (parsed != NULL && g_ascii_strcasecmp (g_uri_get_scheme (parsed), "mailto") == 0)
    {
      g_autofree char *address = g_strndup (g_uri_get_path (parsed), strcspn (g_uri_get_path (parsed), ",?"));

      return barua_domain_of_address (address);
    }
  return host != NULL && *host != '\0' ? lower (host) : NULL;
}

/* Scripts ---------------------------------------------------------------------------------------------------------- */

/* Letters of other scripts that are drawn like a Latin one, in lower case. */
static const struct
{
  gunichar    letter;
  const char *latin;
} twins[] = {
  /* Cyrillic */
  { 0x0430, "a" }, { 0x0432, "b" }, { 0x0435, "e" }, { 0x043A, "k" }, { 0x043C, "m" }, { 0x043D, "h" }, { 0x043E, "o" },
  { 0x0433, "r" }, { 0x0440, "p" }, { 0x0441, "c" }, { 0x0442, "t" }, { 0x0443, "y" }, { 0x0445, "x" }, { 0x0455, "s" },
  { 0x0456, "l" }, { 0x0457, "l" }, { 0x0458, "j" }, { 0x04BB, "h" }, { 0x04C0, "l" }, { 0x04CF, "l" }, { 0x0501, "d" },
  { 0x051B, "q" }, { 0x051D, "w" }, { 0x0475, "v" }, { 0x04AF, "y" }, { 0x044C, "b" }, { 0x0451, "e" }, { 0x0491, "r" },
  /* Greek */
  { 0x03B1, "a" }, { 0x03B2, "b" }, { 0x03B3, "y" }, { 0x03B5, "e" }, { 0x03B9, "l" }, { 0x03BA, "k" }, { 0x03BD, "v" },
  { 0x03BF, "o" }, { 0x03C1, "p" }, { 0x03C3, "o" }, { 0x03C4, "t" }, { 0x03C5, "u" }, { 0x03C7, "x" }, { 0x03C9, "w" },
  { 0x03B7, "n" }, { 0x03BC, "u" }, { 0x03DC, "f" },
  /* Armenian, Cherokee, Georgian */
  { 0x0570, "h" }, { 0x0578, "n" }, { 0x0585, "o" }, { 0x057D, "u" }, { 0x0581, "g" }, { 0x0566, "q" }, { 0x0575, "j" },
  { 0x0561, "w" }, { 0x10E7, "y" },
  /* Latin letters and marks that fold to no plain one by themselves */
  { 0x0131, "l" }, { 0x0142, "l" }, { 0x00F8, "o" }, { 0x0111, "d" }, { 0x0127, "h" }, { 0x0269, "l" }, { 0x0251, "a" },
  { 0x0261, "g" }, { 0x026A, "l" }, { 0x028F, "y" }, { 0x1D00, "a" }, { 0x1D04, "c" }, { 0x1D0F, "o" }, { 0x1D1C, "u" },
  { 0x1D20, "v" }, { 0x1D22, "z" }, { 0x0180, "b" }, { 0x0199, "k" }, { 0x01BF, "p" }, { 0x0253, "b" }, { 0x0257, "d" },
  /* Digits and signs */
  { '0', "o" }, { '1', "l" }, { 'i', "l" }, { '|', "l" }, { '5', "s" }, { '3', "e" }, { 0x2010, "-" }, { 0x2013, "-" },
  { 0x30FC, "-" }, { 0x0966, "o" }, { 0x0C66, "o" }, { 0x09E6, "o" }, { 0x0665, "o" }, { 0x06F5, "o" },
};

static const char *
find_twin (gunichar letter)
{
  for (guint i = 0; i < G_N_ELEMENTS (twins); i++)
    if (twins[i].letter == letter)
      return twins[i].latin;
  return NULL;
}

/* Which scripts may stand in one label beside each other: those of one language. */
static gboolean
may_mix (GUnicodeScript a,
         GUnicodeScript b)
{
  static const GUnicodeScript east[] = { G_UNICODE_SCRIPT_HAN, G_UNICODE_SCRIPT_HIRAGANA, G_UNICODE_SCRIPT_KATAKANA,
                                         G_UNICODE_SCRIPT_HANGUL, G_UNICODE_SCRIPT_BOPOMOFO };
  guint found = 0;

  for (guint i = 0; i < G_N_ELEMENTS (east); i++)
    found += (east[i] == a) + (east[i] == b);
  return a == b || found == 2;
}

/* Whether the decoded @label may be shown. */
static gboolean
label_is_plain (const char *label)
{
  GUnicodeScript script = G_UNICODE_SCRIPT_COMMON;
  gboolean all_twins = TRUE;

  for (const char *p = label; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      GUnicodeScript own = g_unichar_get_script (c);

      if (c == 0xFFFD || (g_unichar_iszerowidth (c) && !g_unichar_ismark (c)) ||
          (c >= 0x80 && !g_unichar_isalnum (c) && !g_unichar_ismark (c)))
        return FALSE;
      if (own == G_UNICODE_SCRIPT_COMMON || own == G_UNICODE_SCRIPT_INHERITED)
        continue;
      if (script != G_UNICODE_SCRIPT_COMMON && !may_mix (script, own))
        return FALSE;
      script = own;
      /* Latin letters with marks are read as themselves; those that are another letter's twin are not. */
      if (own == G_UNICODE_SCRIPT_LATIN && c >= 0x80 && find_twin (c) != NULL && c != 0x00F8 && c != 0x0142 && c != 0x0111)
        return FALSE;
      all_twins = all_twins && find_twin (c) != NULL;
    }
  return script == G_UNICODE_SCRIPT_LATIN || script == G_UNICODE_SCRIPT_COMMON || !all_twins;
}

char *
barua_domain_shown (const char *domain)
{
  g_autofree char *written = lower (domain);
  g_autofree char *ascii = g_hostname_to_ascii (written);
  g_autofree char *decoded = ascii != NULL ? g_hostname_to_unicode (ascii) : NULL;
  g_auto (GStrv) labels = decoded != NULL ? g_strsplit (decoded, ".", -1) : NULL;

  /* What can't be encoded can't be a domain: its letters that nobody sees are made visible. */
  if (decoded == NULL)
    {
      g_autoptr (GString) seen = g_string_new (NULL);

      for (const char *p = written; *p != '\0'; p = g_utf8_next_char (p))
        {
          gunichar c = g_utf8_get_char (p);

          g_string_append_unichar (seen, g_unichar_iszerowidth (c) && !g_unichar_ismark (c) ? 0xFFFD : c);
        }
      return g_string_free (g_steal_pointer (&seen), FALSE);
    }
  for (guint i = 0; labels[i] != NULL; i++)
    if (!label_is_plain (labels[i]))
      return g_steal_pointer (&ascii);
  return g_steal_pointer (&decoded);
}

char *
barua_domain_address_shown (const char *address)
{
  const char *at = strrchr (address, '@');
  g_autoptr (GString) shown = g_string_new (NULL);
  g_autofree char *domain = NULL;

  for (const char *p = address; *p != '\0' && p != at; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (shown, g_unichar_iszerowidth (c) && !g_unichar_ismark (c) ? 0xFFFD : c);
    }
  if (at != NULL)
    {
      domain = barua_domain_shown (at + 1);
      g_string_append_printf (shown, "@%s", domain);
    }
  return g_string_free (g_steal_pointer (&shown), FALSE);
}

/* Owners ----------------------------------------------------------------------------------------------------------- */

/* Names that are no owner's: whoever asks gets one below them. Those that one meets; the whole list is a library of its own. */
static gboolean
is_shared (const char *top,
           const char *below)
{
  static const char *const second[] = { "co", "com", "org", "net", "edu", "ac", "gov", "gob", "go", "gv", "mil", "or", "ne", "nom", "sch" };
  static const char *const shared[] = {
    "me.uk", "ltd.uk", "plc.uk", "nhs.uk", "police.uk", "id.au", "asn.au", "web.id", "my.id", "biz.id", "desa.id", "info.ke", "me.ke",
    "mobi.ke", "sc.ke", "info.tz", "me.tz", "mobi.tz", "hotel.tz", "tv.tz", "firm.in", "gen.in", "ind.in", "nic.in", "res.in",
    "info.bd", "ad.jp", "ed.jp", "gr.jp", "lg.jp", "blog.br", "eng.br", "adv.br", "web.za", "nom.za", "uk.com", "us.com", "co.com",
    "eu.org", "onmicrosoft.com", "github.io", "gitlab.io", "blogspot.com", "appspot.com", "web.app", "firebaseapp.com",
    "herokuapp.com", "netlify.app", "vercel.app", "pages.dev", "workers.dev", "r2.dev", "azurewebsites.net", "cloudfront.net",
    "myshopify.com", "wordpress.com", "weebly.com", "wixsite.com", "duckdns.org", "ddns.net",
  };
  gsize length = strlen (below);

  for (guint i = 0; i < G_N_ELEMENTS (second); i++)
    if (strlen (top) == 2 && strcmp (below, second[i]) == 0)
      return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (shared); i++)
    if (strncmp (shared[i], below, length) == 0 && shared[i][length] == '.' && strcmp (shared[i] + length + 1, top) == 0)
      return TRUE;
  return FALSE;
}

char *
barua_domain_registered (const char *domain)
{
  g_autofree char *all = lower (domain);
  g_auto (GStrv) labels = g_strsplit (all, ".", -1);
  guint n = g_strv_length (labels);
  guint kept;

  /* The numbers of a machine are one name. */
  if (n < 3 || g_ascii_isdigit (*labels[n - 1]))
    return g_steal_pointer (&all);
  kept = is_shared (labels[n - 1], labels[n - 2]) ? 3 : 2;
  return g_strjoinv (".", labels + (n - kept));
}

gboolean
barua_domain_same_owner (const char *domain,
                         const char *other)
{
  g_autofree char *a = barua_domain_registered (domain);
  g_autofree char *b = barua_domain_registered (other);
  g_autofree char *a_ascii = g_hostname_to_ascii (a);
  g_autofree char *b_ascii = g_hostname_to_ascii (b);

  return strcmp (a_ascii != NULL ? a_ascii : a, b_ascii != NULL ? b_ascii : b) == 0;
}

/* What is left of a name when everything that looks the same is written the same. */
static char *
skeleton (const char *domain)
{
  g_autofree char *registered = barua_domain_registered (domain);
  g_autofree char *decoded = g_hostname_to_unicode (registered);
  g_autofree char *apart = g_utf8_normalize (decoded != NULL ? decoded : registered, -1, G_NORMALIZE_ALL);
  g_autofree char *small = g_utf8_strdown (apart != NULL ? apart : "", -1);
  g_autoptr (GString) result = g_string_new (NULL);

  for (const char *p = small; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      const char *twin = find_twin (c);

      if (g_unichar_ismark (c) || g_unichar_iszerowidth (c))
        continue;
      if (twin != NULL)
        g_string_append (result, twin);
      else
        g_string_append_unichar (result, c);
    }
  g_string_replace (result, "rn", "m", 0);
  g_string_replace (result, "vv", "w", 0);
  return g_string_free (g_steal_pointer (&result), FALSE);
}

gboolean
barua_domain_looks_like (const char *domain,
                         const char *other)
{
  g_autofree char *a = skeleton (domain);
  g_autofree char *b = skeleton (other);

  return *a != '\0' && strcmp (a, b) == 0 && !barua_domain_same_owner (domain, other);
}

char *
barua_domain_imitated (const char        *domain,
                       const char *const *known)
{
  /* Names that are worth imitating in mail to anybody; the person's own correspondents come first. */
  static const char *const often[] = {
    "amazon.com", "apple.com", "bankofamerica.com", "chase.com", "coinbase.com", "dhl.com", "dropbox.com", "ebay.com", "facebook.com",
    "fedex.com", "github.com", "gmail.com", "google.com", "icloud.com", "instagram.com", "linkedin.com", "microsoft.com",
    "netflix.com", "outlook.com", "paypal.com", "safaricom.co.ke", "spotify.com", "ups.com", "wellsfargo.com", "whatsapp.com", "wise.com",
  };
  const char *like = NULL;

  for (guint i = 0; known != NULL && known[i] != NULL; i++)
    {
      if (barua_domain_same_owner (domain, known[i]))
        return NULL;
      if (like == NULL && barua_domain_looks_like (domain, known[i]))
        like = known[i];
    }
  for (guint i = 0; i < G_N_ELEMENTS (often); i++)
    {
      if (barua_domain_same_owner (domain, often[i]))
        return NULL;
      if (like == NULL && barua_domain_looks_like (domain, often[i]))
        like = often[i];
    }
  return like != NULL ? barua_domain_registered (like) : NULL;
}

/* What is seen of @text: without letters that nobody sees and what stands around a name, each full stop the usual one. (full) */
static char *
seen_of (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize)strnlen (text, 2048));
  g_autoptr (GString) seen = g_string_new (NULL);
  const char *start;

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == 0x3002 || c == 0xFF0E || c == 0xFF61)
        g_string_append_c (seen, '.');
      else if (c != 0xAD && (!g_unichar_iszerowidth (c) || g_unichar_ismark (c)))
        g_string_append_unichar (seen, c);
    }
  while (seen->len > 0)
    {
      const char *last = g_utf8_prev_char (seen->str + seen->len);

      if (!g_unichar_ispunct (g_utf8_get_char (last)) && !g_unichar_isspace (g_utf8_get_char (last)))
        break;
      g_string_truncate (seen, (gsize)(last - seen->str));
    }
  start = seen->str;
  while (*start != '\0' && (g_unichar_ispunct (g_utf8_get_char (start)) || g_unichar_isspace (g_utf8_get_char (start))))
    start = g_utf8_next_char (start);
  return g_strdup (start);
}

char *
barua_domain_in_text (const char *text)
{
  g_autofree char *trimmed = seen_of (text);
  const char *from = trimmed, *scheme = strstr (trimmed, "://");
  gboolean has_dot = FALSE;
  const char *end;

  if (scheme != NULL)
    from = scheme + 3;
  else if (g_ascii_strncasecmp (from, "mailto:", 7) == 0)
    from += 7;
  end = from + strcspn (from, "/?#\\ \t\n");
  /* More words than an address: a sentence pretends nothing. */
  if (*end == ' ' || *end == '\t' || *end == '\n')
    return NULL;
  {
    g_autofree char *host = g_strndup (from, (gsize)(end - from));
    char *at = strrchr (host, '@');
    char *start = at != NULL ? at + 1 : host;
    char *colon = strrchr (start, ':');
    const char *last;

    if (colon != NULL && strspn (colon + 1, "0123456789") == strlen (colon + 1))
      *colon = '\0';
    if (!g_utf8_validate (start, -1, NULL))
      return NULL;
    for (const char *p = start; *p != '\0'; p = g_utf8_next_char (p))
      {
        gunichar c = g_utf8_get_char (p);

        has_dot = has_dot || c == '.';
        if (!g_unichar_isalnum (c) && !g_unichar_ismark (c) && c != '.' && c != '-')
          return NULL;
      }
    last = strrchr (start, '.');
    /* A top level has letters: "1.234" and "v2.0" are numbers; without a scheme a file name ("readme.md") is as likely, so that
     * only names with a usual top level count. */
    if (!has_dot || last[1] == '\0' || g_ascii_isdigit (last[1]) || g_utf8_strlen (last + 1, -1) < 2)
      return NULL;
    if (scheme == NULL && at == NULL && !g_str_has_prefix (start, "www."))
      {
        static const char *const usual[] = { "com", "org", "net", "edu", "gov", "info", "io", "co", "app", "dev", "bank", "shop", "example",
                                             "de", "uk", "fr", "ke", "tz", "in", "id", "bd", "eu", "us", "ca", "au", "ch", "at", "nl" };
        gboolean known = FALSE;

        for (guint i = 0; i < G_N_ELEMENTS (usual); i++)
          known = known || g_ascii_strcasecmp (last + 1, usual[i]) == 0;
        if (!known)
          return NULL;
      }
    return lower (start);
  }
}
