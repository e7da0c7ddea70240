/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-css-tokenizer.h"

#include <string.h>

static inline gboolean
is_space (char c)
{
  return c == ' ' || c == '\n' || c == '\t' || c == '\f' || c == '\r';
}

static inline gboolean
is_name_start (char c)
{
  return g_ascii_isalpha (c) || c == '_' || (guchar)c >= 0x80;
}

static inline gboolean
is_name_char (char c)
{
  return is_name_start (c) || g_ascii_isdigit (c) || c == '-';
}

static inline char
peek (const BaruaCss *css,
      gsize           offset)
{
  return (gsize)(css->end - css->position) > offset ? css->position[offset] : '\0';
}

static gboolean
is_escape (const BaruaCss *css,
           gsize           offset)
{
  return peek (css, offset) == '\\' && css->end - css->position > (gssize)offset + 1 && peek (css, offset + 1) != '\n';
}

static gboolean
starts_ident (const BaruaCss *css,
              gsize           offset)
{
  char c = peek (css, offset);

  if (c == '-')
    return is_name_start (peek (css, offset + 1)) || peek (css, offset + 1) == '-' || is_escape (css, offset + 1);
  return is_name_start (c) || is_escape (css, offset);
}

static gboolean
starts_number (const BaruaCss *css)
{
  gsize at = peek (css, 0) == '+' || peek (css, 0) == '-';

  return g_ascii_isdigit (peek (css, at)) || (peek (css, at) == '.' && g_ascii_isdigit (peek (css, at + 1)));
}

/* At a backslash (4.3.7). Control characters become U+FFFD, so that no escape can bring them back. */
static void
read_escape (BaruaCss *css)
{
  gunichar c = 0;
  guint n = 0;

  css->position++;
  while (n < 6 && css->position < css->end && g_ascii_isxdigit (*css->position))
    {
      c = c * 16 + g_ascii_xdigit_value (*css->position++);
      n++;
    }
  if (n == 0)
    {
      const char *next = g_utf8_next_char (css->position);

      c = g_utf8_get_char (css->position);
      css->position = MIN (next, css->end);
    }
  else if (css->position < css->end && is_space (*css->position))
    css->position++;
  if (c < 0x20 || (c >= 0x7F && c < 0xA0) || !g_unichar_validate (c))
    c = 0xFFFD;
  g_string_append_unichar (css->text, c);
}

static void
read_name (BaruaCss *css)
{
  while (css->position < css->end)
    {
      if (is_name_char (*css->position))
        g_string_append_c (css->text, *css->position++);
      else if (is_escape (css, 0))
        read_escape (css);
      else
        break;
    }
}

static void
read_number (BaruaCss *css)
{
  if (*css->position == '+' || *css->position == '-')
    g_string_append_c (css->text, *css->position++);
  while (g_ascii_isdigit (peek (css, 0)))
    g_string_append_c (css->text, *css->position++);
  if (peek (css, 0) == '.' && g_ascii_isdigit (peek (css, 1)))
    {
      g_string_append_c (css->text, *css->position++);
      while (g_ascii_isdigit (peek (css, 0)))
        g_string_append_c (css->text, *css->position++);
    }
  css->kind = css->text->len > 16 ? BARUA_CSS_BAD : BARUA_CSS_NUMBER;
  if (peek (css, 0) == '%')
    g_string_append_c (css->text, *css->position++);
  else if (starts_ident (css, 0))
    read_name (css);
}

static void
read_string (BaruaCss *css)
{
  char quote = *css->position++;

  css->kind = BARUA_CSS_STRING;
  while (css->position < css->end && *css->position != quote)
    {
      if (*css->position == '\n')
        {
          css->kind = BARUA_CSS_BAD;
          return;
        }
      if (*css->position == '\\' && css->position + 1 < css->end && css->position[1] == '\n')
        css->position += 2;
      else if (*css->position == '\\' && css->position + 1 >= css->end)
        css->position++;
      else if (*css->position == '\\')
        read_escape (css);
      else
        g_string_append_c (css->text, *css->position++);
    }
  if (css->position < css->end)
    css->position++;
}

/* Behind "url(" (4.3.6). A quoted one ends here as well, so that both are one kind of token. */
static void
read_url (BaruaCss *css)
{
  g_string_truncate (css->text, 0);
  while (css->position < css->end && is_space (*css->position))
    css->position++;
  css->kind = BARUA_CSS_URL;
  if (peek (css, 0) == '"' || peek (css, 0) == '\'')
    {
      read_string (css);
      if (css->kind == BARUA_CSS_STRING)
        css->kind = BARUA_CSS_URL;
    }
  else
    while (css->position < css->end && *css->position != ')' && !is_space (*css->position))
      {
        if (is_escape (css, 0))
          read_escape (css);
        else
          {
            if (strchr ("\"'(\\", *css->position) != NULL || (guchar)*css->position < 0x20)
              css->kind = BARUA_CSS_BAD;
            g_string_append_c (css->text, *css->position++);
          }
      }
  while (css->position < css->end && is_space (*css->position))
    css->position++;
  if (peek (css, 0) == ')')
    {
      css->position++;
      return;
    }
  css->kind = BARUA_CSS_BAD;
  while (css->position < css->end && *css->position != ')')
    css->position++;
  if (css->position < css->end)
    css->position++;
}

static void
read_ident_like (BaruaCss *css)
{
  read_name (css);
  css->kind = BARUA_CSS_IDENT;
  if (peek (css, 0) != '(')
    return;
  css->position++;
  css->kind = BARUA_CSS_FUNCTION;
  if (g_ascii_strcasecmp (css->text->str, "url") == 0)
    read_url (css);
}

static gboolean
skip_space (BaruaCss *css)
{
  const char *start = css->position;

  while (css->position < css->end)
    {
      if (is_space (*css->position))
        css->position++;
      else if (peek (css, 0) == '/' && peek (css, 1) == '*')
        {
          const char *close = css->position + 2;

          while ((close = memchr (close, '*', css->end - close)) != NULL && !(css->end - close > 1 && close[1] == '/'))
            close++;
          css->position = close != NULL ? close + 2 : css->end;
        }
      else if (css->end - css->position >= 4 && memcmp (css->position, "<!--", 4) == 0)
        css->position += 4;
      else if (css->end - css->position >= 3 && memcmp (css->position, "-->", 3) == 0)
        css->position += 3;
      else
        break;
    }
  return css->position > start;
}

void
barua_css_next (BaruaCss *css)
{
  char c;

  g_string_truncate (css->text, 0);
  css->delim = '\0';
  if (skip_space (css))
    {
      css->kind = BARUA_CSS_SPACE;
      return;
    }
  if (css->position >= css->end)
    {
      css->kind = BARUA_CSS_END;
      return;
    }
  c = *css->position;
  if (c == '"' || c == '\'')
    read_string (css);
  else if (starts_number (css))
    read_number (css);
  else if (starts_ident (css, 0))
    read_ident_like (css);
  else if (c == '#' && (is_name_char (peek (css, 1)) || is_escape (css, 1)))
    {
      css->position++;
      read_name (css);
      css->kind = BARUA_CSS_HASH;
    }
  else if (c == '@' && starts_ident (css, 1))
    {
      css->position++;
      read_name (css);
      css->kind = BARUA_CSS_AT;
    }
  else
    {
      css->position++;
      css->kind = BARUA_CSS_DELIM;
      css->delim = c;
    }
}

gboolean
barua_css_is_delim (const BaruaCss *css,
                    char            delim)
{
  return css->kind == BARUA_CSS_DELIM && css->delim == delim;
}

int
barua_css_bracket (const BaruaCss *css)
{
  if (css->kind == BARUA_CSS_FUNCTION)
    return 1;
  if (css->kind != BARUA_CSS_DELIM || css->delim == '\0')
    return 0;
  return strchr ("([{", css->delim) != NULL ? 1 : strchr (")]}", css->delim) != NULL ? -1 : 0;
}
