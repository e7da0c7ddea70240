/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-html-tokenizer.h"

#include <libxml/HTMLparser.h>
#include <string.h>

static GHashTable *references; /* name -> code point; made once, then only read */

static inline gboolean
is_space (char c)
{
  return c == ' ' || c == '\n' || c == '\t' || c == '\f' || c == '\r';
}

void
barua_html_tokenizer_init (BaruaHtmlTokenizer *self,
                           const char         *html,
                           gsize               length)
{
  memset (self, 0, sizeof *self);
  self->position = html;
  self->end = html + length;
}

/* Reads a name up to one of the characters that end it; a name that is too long reads as "". */
static const char *
read_name (const char *p,
           const char *end,
           gboolean    is_attribute,
           char       *name)
{
  guint n = 0;
  gboolean fits = TRUE;
  const char *start = p;

  while (p < end && !is_space (*p) && *p != '/' && *p != '>')
    {
      /* An "=" in front belongs to the name, a later one ends it (13.2.5.32). */
      if (is_attribute && *p == '=' && p > start)
        break;
      if (n < BARUA_HTML_NAME_BYTES)
        name[n++] = g_ascii_tolower (*p);
      else
        fits = FALSE;
      p++;
    }
  name[fits ? n : 0] = '\0';
  return p;
}

static gboolean
has_attribute (const BaruaHtmlToken *token,
               const char           *name)
{
  for (guint i = 0; i < token->n_attributes; i++)
    if (strcmp (token->attributes[i].name, name) == 0)
      return TRUE;
  return FALSE;
}

static const char *
read_attribute (const char     *p,
                const char     *end,
                BaruaHtmlToken *token)
{
  BaruaHtmlAttribute attribute = { .value = "" };

  p = read_name (p, end, TRUE, attribute.name);
  while (p < end && is_space (*p))
    p++;
  if (p < end && *p == '=')
    {
      const char *close;

      p++;
      while (p < end && is_space (*p))
        p++;
      if (p < end && (*p == '"' || *p == '\''))
        {
          close = memchr (p + 1, *p, end - p - 1);
          if (close == NULL)
            return end;
          attribute.value = p + 1;
          attribute.length = close - p - 1;
          p = close + 1;
        }
      else
        {
          attribute.value = p;
          while (p < end && !is_space (*p) && *p != '>')
            p++;
          attribute.length = p - attribute.value;
        }
    }
  if (attribute.name[0] != '\0' && token->n_attributes < BARUA_HTML_ATTRIBUTES && !has_attribute (token, attribute.name))
    token->attributes[token->n_attributes++] = attribute;
  return p;
}

/* Elements whose content is no markup (13.2.6.2). <noscript> is markup where scripts are off, as they are in our view. */
static void
enter_raw_text (BaruaHtmlTokenizer   *self,
                const BaruaHtmlToken *token)
{
  static const char * const raw[] = { "style", "script", "xmp", "iframe", "noembed", "noframes" };

  self->raw_references = strcmp (token->name, "title") == 0 || strcmp (token->name, "textarea") == 0;
  if (self->raw_references)
    {
      strcpy (self->raw_name, token->name);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (raw); i++)
    if (strcmp (raw[i], token->name) == 0)
      strcpy (self->raw_name, token->name);
  if (strcmp (token->name, "plaintext") == 0)
    self->plaintext = TRUE;
}

/* A tag at @p, which is past "<" or "</". A tag that the input ends in is none (13.2.5.8, eof-in-tag). */
static gboolean
read_tag (BaruaHtmlTokenizer *self,
          const char         *p,
          BaruaHtmlToken     *token)
{
  token->n_attributes = 0;
  p = read_name (p, self->end, FALSE, token->name);
  while (p < self->end && *p != '>')
    {
      if (is_space (*p) || *p == '/')
        p++;
      else
        p = read_attribute (p, self->end, token);
    }
  if (p >= self->end)
    {
      self->position = self->end;
      return FALSE;
    }
  self->position = p + 1;
  if (token->kind == BARUA_HTML_TOKEN_START_TAG)
    enter_raw_text (self, token);
  return TRUE;
}

/* Passes over a comment that begins at "<!--" (13.2.5.43 and on: "<!-->" and "<!--->" are whole ones, "--!>" ends one). */
static void
skip_comment (BaruaHtmlTokenizer *self)
{
  const char *p = self->position + 4;

  if (p < self->end && *p == '>')
    {
      self->position = p + 1;
      return;
    }
  if (p + 1 < self->end && p[0] == '-' && p[1] == '>')
    {
      self->position = p + 2;
      return;
    }
  while ((p = memchr (p, '-', self->end - p)) != NULL)
    {
      if (self->end - p >= 3 && p[1] == '-' && p[2] == '>')
        {
          self->position = p + 3;
          return;
        }
      if (self->end - p >= 4 && p[1] == '-' && p[2] == '!' && p[3] == '>')
        {
          self->position = p + 4;
          return;
        }
      p++;
    }
  self->position = self->end;
}

static void
skip_bogus_comment (BaruaHtmlTokenizer *self)
{
  const char *close = memchr (self->position, '>', self->end - self->position);

  self->position = close != NULL ? close + 1 : self->end;
}

/* The text up to the end tag of the element that we are in. */
static gboolean
next_raw (BaruaHtmlTokenizer *self,
          BaruaHtmlToken     *token)
{
  gsize length = strlen (self->raw_name);
  const char *start = self->position;
  const char *p = start;

  while ((p = memchr (p, '<', self->end - p)) != NULL)
    {
      if ((gsize)(self->end - p) > length + 2 && p[1] == '/' && g_ascii_strncasecmp (p + 2, self->raw_name, length) == 0 &&
          (is_space (p[2 + length]) || p[2 + length] == '/' || p[2 + length] == '>'))
        break;
      p++;
    }
  if (p == NULL)
    p = self->end;
  token->kind = BARUA_HTML_TOKEN_TEXT;
  token->is_raw = !self->raw_references;
  token->text = start;
  token->length = p - start;
  self->position = p;
  self->raw_name[0] = '\0';
  return token->length > 0;
}

void
barua_html_tokenizer_next (BaruaHtmlTokenizer *self,
                           BaruaHtmlToken     *token)
{
  token->is_raw = FALSE;
  token->n_attributes = 0;
  if (self->raw_name[0] != '\0' && next_raw (self, token))
    return;
  while (self->position < self->end)
    {
      const char *start = self->position;
      const char *p = start;

      /* Text runs up to a "<" that begins something. */
      if (self->plaintext)
        p = self->end;
      while (p < self->end)
        {
          p = memchr (p, '<', self->end - p);
          if (p == NULL)
            p = self->end;
          else if (self->end - p >= 2 && (g_ascii_isalpha (p[1]) || p[1] == '/' || p[1] == '!' || p[1] == '?') &&
                   !(p[1] == '/' && self->end - p == 2))
            break;
          else
            p++;
        }
      if (p > start)
        {
          token->kind = BARUA_HTML_TOKEN_TEXT;
          token->text = start;
          token->length = p - start;
          self->position = p;
          return;
        }
      if (p[1] == '!' && self->end - p >= 4 && p[2] == '-' && p[3] == '-')
        skip_comment (self);
      else if (p[1] == '!' || p[1] == '?' || (p[1] == '/' && !g_ascii_isalpha (p[2])))
        skip_bogus_comment (self);
      else
        {
          token->kind = p[1] == '/' ? BARUA_HTML_TOKEN_END_TAG : BARUA_HTML_TOKEN_START_TAG;
          if (read_tag (self, p + (p[1] == '/' ? 2 : 1), token))
            return;
        }
    }
  token->kind = BARUA_HTML_TOKEN_END_OF_INPUT;
}

const BaruaHtmlAttribute *
barua_html_token_find (const BaruaHtmlToken *token,
                       const char           *name)
{
  for (guint i = 0; i < token->n_attributes; i++)
    if (strcmp (token->attributes[i].name, name) == 0)
      return &token->attributes[i];
  return NULL;
}

void
barua_html_init_references (void)
{
  references = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint c = 1; c < 0x2700; c++)
    {
      const htmlEntityDesc *entity = htmlEntityValueLookup (c);

      if (entity != NULL)
        g_hash_table_insert (references, (gpointer)entity->name, GUINT_TO_POINTER (c));
    }
  g_hash_table_insert (references, (gpointer) "apos", GUINT_TO_POINTER ('\''));
}

/* What a numeric reference stands for (13.2.5.80): the C1 block is read as windows-1252. */
static gunichar
numeric_character (guint64 c)
{
  static const guint16 c1[32] = { 0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                  0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                  0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178 };

  if (c == '\t' || c == '\n' || c == '\f' || c == '\r')
    return c == '\t' ? '\t' : '\n';
  if (c < 0x20 || c == 0x7F || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF) || (c & 0xFFFE) == 0xFFFE)
    return 0xFFFD;
  if (c >= 0x80 && c <= 0x9F)
    return c1[c - 0x80];
  return (gunichar)c;
}

/* A reference that begins at @p ("&"). Returns how many bytes it takes, 0 when it is none. */
static gsize
read_reference (const char *p,
                const char *end,
                gboolean    in_attribute,
                gunichar   *character)
{
  const char *q = p + 1;
  char name[32];
  guint n = 0;
  gpointer value;

  if (q < end && *q == '#')
    {
      gboolean is_hex = q + 1 < end && (q[1] | 0x20) == 'x';
      guint64 c = 0;
      const char *digits = q + (is_hex ? 2 : 1);

      for (q = digits; q < end && (is_hex ? g_ascii_isxdigit (*q) : g_ascii_isdigit (*q)); q++)
        c = MIN (c * (is_hex ? 16 : 10) + g_ascii_xdigit_value (*q), 0x200000);
      if (q == digits)
        return 0;
      *character = numeric_character (c);
      return q - p + (q < end && *q == ';');
    }
  while (q < end && g_ascii_isalnum (*q) && n < sizeof name - 1)
    name[n++] = *q++;
  name[n] = '\0';
  if (n == 0)
    return 0;
  value = g_hash_table_lookup (references, name);
  if (value != NULL && q < end && *q == ';')
    {
      *character = GPOINTER_TO_UINT (value);
      return (gsize)(q - p) + 1;
    }
  /* Without ";" only the old ones are references: the longest that fits, and in attributes ("?a=1&copy=2") only whole words that
   * are not before "=". */
  if (in_attribute && (value == NULL || (q < end && *q == '=')))
    return 0;
  for (n = MIN (n, 6); n >= 2; n--)
    {
      name[n] = '\0';
      value = g_hash_table_lookup (references, name);
      if (value != NULL && GPOINTER_TO_UINT (value) <= 0xFF && strcmp (name, "apos") != 0)
        {
          *character = GPOINTER_TO_UINT (value);
          return n + 1;
        }
      if (in_attribute)
        break;
    }
  return 0;
}

void
barua_html_unescape (GString    *out,
                     const char *text,
                     gsize       length,
                     gboolean    in_attribute)
{
  const char *end = text + length;

  while (text < end)
    {
      const char *p = memchr (text, '&', end - text);
      gunichar character;
      gsize n;

      if (p == NULL)
        p = end;
      g_string_append_len (out, text, p - text);
      if (p == end)
        break;
      n = read_reference (p, end, in_attribute, &character);
      if (n > 0)
        g_string_append_unichar (out, character);
      else
        g_string_append_c (out, '&');
      text = p + MAX (n, 1);
    }
}

void
barua_html_escape (GString    *out,
                   const char *text,
                   gsize       length)
{
  gsize start = 0;

  for (gsize i = 0; i < length; i++)
    {
      const char *reference;

      switch (text[i])
        {
        case '&': reference = "&amp;"; break;
        case '<': reference = "&lt;"; break;
        case '>': reference = "&gt;"; break;
        case '"': reference = "&quot;"; break;
        default: continue;
        }
      g_string_append_len (out, text + start, i - start);
      g_string_append (out, reference);
      start = i + 1;
    }
  g_string_append_len (out, text + start, length - start);
}
