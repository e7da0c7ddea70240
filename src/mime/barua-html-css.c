/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-html-css.h"

#include "barua-html-elements.h"
#include "barua-html-url.h"
#include "barua-limits.h"

#include <stdlib.h>
#include <string.h>

typedef enum
{
  CSS_END,
  CSS_SPACE,    /* white space or comments */
  CSS_IDENT,
  CSS_FUNCTION, /* text is its name, "(" is taken */
  CSS_AT,
  CSS_HASH,
  CSS_STRING,
  CSS_URL,
  CSS_NUMBER,   /* text is number and unit */
  CSS_BAD,
  CSS_DELIM     /* delim is the character: also : ; , { } ( ) [ ] */
} CssKind;

typedef struct
{
  const char *position;
  const char *end;
  CssKind     kind;
  char        delim;
  GString    *text;
} Css;

static const char *css_properties[] = {
  "background", "background-color", "background-image", "background-position", "background-repeat", "background-size",
  "border", "border-bottom", "border-bottom-color", "border-bottom-left-radius", "border-bottom-right-radius",
  "border-bottom-style", "border-bottom-width", "border-collapse", "border-color", "border-left", "border-left-color",
  "border-left-style", "border-left-width", "border-radius", "border-right", "border-right-color", "border-right-style",
  "border-right-width", "border-spacing", "border-style", "border-top", "border-top-color", "border-top-left-radius",
  "border-top-right-radius", "border-top-style", "border-top-width", "border-width", "box-sizing", "caption-side", "clear",
  "color", "direction", "display", "empty-cells", "float", "font", "font-family", "font-size", "font-style", "font-variant",
  "font-weight", "height", "hyphens", "letter-spacing", "line-height", "list-style", "list-style-position",
  "list-style-type", "margin", "margin-bottom", "margin-left", "margin-right", "margin-top", "max-height", "max-width",
  "min-height", "min-width", "opacity", "overflow", "overflow-wrap", "padding", "padding-bottom", "padding-left",
  "padding-right", "padding-top", "table-layout", "text-align", "text-decoration", "text-indent", "text-transform",
  "unicode-bidi", "vertical-align", "visibility", "white-space", "width", "word-break", "word-spacing", "word-wrap",
};
static const char *css_functions[] = { "calc", "hsl", "hsla", "linear-gradient", "radial-gradient", "rgb", "rgba" };
static const char *css_pseudo_classes[] = { "first-child", "hover", "last-child", "link" };
static const char *css_media_words[] = { "all", "and", "only", "screen" };
static const char *css_media_features[] = { "max-device-width", "max-width", "min-device-width", "min-width",
                                            "prefers-color-scheme" };

static int
compare_words (const void *a,
               const void *b)
{
  return strcmp (a, *(const char * const *)b);
}

#define IS_ONE_OF(list, word) (bsearch ((word), (list), G_N_ELEMENTS (list), sizeof (list)[0], compare_words) != NULL)

/* Tokens ----------------------------------------------------------------------------------------------------------- */

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
peek (const Css *css,
      gsize      offset)
{
  return (gsize)(css->end - css->position) > offset ? css->position[offset] : '\0';
}

static gboolean
is_escape (const Css *css,
           gsize      offset)
{
  return peek (css, offset) == '\\' && css->end - css->position > (gssize)offset + 1 && peek (css, offset + 1) != '\n';
}

static gboolean
starts_ident (const Css *css,
              gsize      offset)
{
  char c = peek (css, offset);

  if (c == '-')
    return is_name_start (peek (css, offset + 1)) || peek (css, offset + 1) == '-' || is_escape (css, offset + 1);
  return is_name_start (c) || is_escape (css, offset);
}

static gboolean
starts_number (const Css *css)
{
  gsize at = peek (css, 0) == '+' || peek (css, 0) == '-';

  return g_ascii_isdigit (peek (css, at)) || (peek (css, at) == '.' && g_ascii_isdigit (peek (css, at + 1)));
}

/* At a backslash (4.3.7). Control characters become U+FFFD, so that no escape can bring them back. */
static void
read_escape (Css *css)
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
read_name (Css *css)
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
read_number (Css *css)
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
  css->kind = css->text->len > 16 ? CSS_BAD : CSS_NUMBER;
  if (peek (css, 0) == '%')
    g_string_append_c (css->text, *css->position++);
  else if (starts_ident (css, 0))
    read_name (css);
}

static void
read_string (Css *css)
{
  char quote = *css->position++;

  css->kind = CSS_STRING;
  while (css->position < css->end && *css->position != quote)
    {
      if (*css->position == '\n')
        {
          css->kind = CSS_BAD;
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
read_url (Css *css)
{
  g_string_truncate (css->text, 0);
  while (css->position < css->end && is_space (*css->position))
    css->position++;
  css->kind = CSS_URL;
  if (peek (css, 0) == '"' || peek (css, 0) == '\'')
    {
      read_string (css);
      if (css->kind == CSS_STRING)
        css->kind = CSS_URL;
    }
  else
    while (css->position < css->end && *css->position != ')' && !is_space (*css->position))
      {
        if (is_escape (css, 0))
          read_escape (css);
        else
          {
            if (strchr ("\"'(\\", *css->position) != NULL || (guchar)*css->position < 0x20)
              css->kind = CSS_BAD;
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
  css->kind = CSS_BAD;
  while (css->position < css->end && *css->position != ')')
    css->position++;
  if (css->position < css->end)
    css->position++;
}

static void
read_ident_like (Css *css)
{
  read_name (css);
  css->kind = CSS_IDENT;
  if (peek (css, 0) != '(')
    return;
  css->position++;
  css->kind = CSS_FUNCTION;
  if (g_ascii_strcasecmp (css->text->str, "url") == 0)
    read_url (css);
}

static gboolean
skip_space (Css *css)
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

static void
css_next (Css *css)
{
  char c;

  g_string_truncate (css->text, 0);
  css->delim = '\0';
  if (skip_space (css))
    {
      css->kind = CSS_SPACE;
      return;
    }
  if (css->position >= css->end)
    {
      css->kind = CSS_END;
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
      css->kind = CSS_HASH;
    }
  else if (c == '@' && starts_ident (css, 1))
    {
      css->position++;
      read_name (css);
      css->kind = CSS_AT;
    }
  else
    {
      css->position++;
      css->kind = CSS_DELIM;
      css->delim = c;
    }
}

static gboolean
is_delim (const Css *css,
          char       delim)
{
  return css->kind == CSS_DELIM && css->delim == delim;
}

/* Whether the token opens or closes a bracket: +1, -1, else 0. */
static int
bracket (const Css *css)
{
  if (css->kind == CSS_FUNCTION)
    return 1;
  if (css->kind != CSS_DELIM || css->delim == '\0')
    return 0;
  return strchr ("([{", css->delim) != NULL ? 1 : strchr (")]}", css->delim) != NULL ? -1 : 0;
}

/* Values ----------------------------------------------------------------------------------------------------------- */

static gboolean
is_plain_word (const char *text,
               gsize       length)
{
  if (length == 0 || length > 64)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '-' && text[i] != '_')
      return FALSE;
  return TRUE;
}

static gboolean
is_font_name (const char *text)
{
  if (*text == '\0' || strlen (text) > 128)
    return FALSE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c < 0x80 ? !g_ascii_isalnum (c) && strchr (" -_.", (int)c) == NULL : !g_unichar_isalnum (c))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_colour_hash (const char *text,
                gsize       length)
{
  if (length < 3 || length > 8)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isxdigit (text[i]))
      return FALSE;
  return TRUE;
}

static gboolean
is_number (const char *text)
{
  const char *p = text + strspn (text, "+-.0123456789");

  if (strcmp (p, "%") == 0 || *p == '\0')
    return TRUE;
  return strlen (p) <= 8 && strspn (p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen (p);
}

typedef struct
{
  const char      *property;
  BaruaHtmlFlags   flags;
  BaruaHtmlReport *report;
  gboolean         in_media; /* no URL in there: which one is fetched would tell what the reader's screen is like */
  guint            functions;
} ValueContext;

/* Appends one token of a value. FALSE: not allowed, the declaration goes. */
static gboolean
append_value_token (GString            *out,
                    const Css          *css,
                    ValueContext       *context)
{
  g_autofree char *lower = NULL;
  g_autofree char *url = NULL;

  switch (css->kind)
    {
    case CSS_IDENT:
      if (!is_plain_word (css->text->str, css->text->len))
        return FALSE;
      g_string_append (out, css->text->str);
      return TRUE;
    case CSS_NUMBER:
      if (!is_number (css->text->str))
        return FALSE;
      g_string_append (out, css->text->str);
      return TRUE;
    case CSS_HASH:
      if (!is_colour_hash (css->text->str, css->text->len))
        return FALSE;
      g_string_append_printf (out, "#%s", css->text->str);
      return TRUE;
    case CSS_STRING:
      if (!g_str_has_prefix (context->property, "font") || !is_font_name (css->text->str))
        return FALSE;
      g_string_append_printf (out, "'%s'", css->text->str);
      return TRUE;
    case CSS_FUNCTION:
      lower = g_ascii_strdown (css->text->str, -1);
      if (!IS_ONE_OF (css_functions, lower) || ++context->functions > 32)
        return FALSE;
      g_string_append_printf (out, "%s(", lower);
      return TRUE;
    case CSS_URL:
      if (context->in_media ||
          (strcmp (context->property, "background") != 0 && strcmp (context->property, "background-image") != 0))
        return FALSE;
      url = barua_html_url_picture (css->text->str, context->flags, context->report);
      if (url == NULL || g_str_has_prefix (url, "data:"))
        return FALSE;
      /* Nothing but letters, digits, "%" and a few marks is in there; ' and ( ) are encoded. */
      if (strpbrk (url, "'\"()\\ <>") != NULL)
        return FALSE;
      g_string_append_printf (out, "url(%s)", url);
      return TRUE;
    case CSS_DELIM:
      if (css->delim == ')' || css->delim == ',' || css->delim == '/' ||
          (context->functions > 0 && css->delim != '\0' && strchr ("+-*(", css->delim) != NULL))
        {
          g_string_append_c (out, css->delim);
          return TRUE;
        }
      return FALSE;
    case CSS_SPACE:
    case CSS_AT:
    case CSS_BAD:
    case CSS_END:
    default:
      return FALSE;
    }
}

static gboolean
sets_colour (const char *property,
             const char *value)
{
  static const char * const neutral[] = { "inherit", "initial", "none", "transparent", "unset", "currentcolor", "0" };

  if (strcmp (property, "color") != 0 && strcmp (property, "background") != 0 &&
      strcmp (property, "background-color") != 0 && strcmp (property, "background-image") != 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (neutral); i++)
    if (g_ascii_strcasecmp (value, neutral[i]) == 0)
      return FALSE;
  return TRUE;
}

/* Reads a value up to ";" or the end and appends it. Always reads all of it. */
static gboolean
read_value (Css          *css,
            GString      *value,
            gboolean     *is_important,
            ValueContext *context)
{
  gboolean is_good = TRUE;
  gboolean space = FALSE;
  int depth = 0;

  for (css_next (css); css->kind != CSS_END && !(depth == 0 && is_delim (css, ';')); css_next (css))
    {
      if (css->kind == CSS_SPACE)
        {
          space = TRUE;
          continue;
        }
      depth += bracket (css);
      if (depth < 0)
        {
          is_good = FALSE;
          depth = 0;
        }
      if (*is_important || (is_delim (css, '!') && depth == 0))
        {
          /* "!" and "important" are all that may follow. */
          if (*is_important && (css->kind != CSS_IDENT || g_ascii_strcasecmp (css->text->str, "important") != 0))
            is_good = FALSE;
          *is_important = TRUE;
          continue;
        }
      if (space && value->len > 0)
        g_string_append_c (value, ' ');
      space = FALSE;
      if (is_good && !append_value_token (value, css, context))
        is_good = FALSE;
    }
  return is_good && depth == 0 && value->len > 0 && value->len <= BARUA_LIMIT_URL_BYTES;
}

static void
read_declaration (Css            *css,
                  GString        *out,
                  const char     *property,
                  ValueContext   *context)
{
  g_autoptr (GString) value = g_string_new (NULL);
  gboolean is_important = FALSE;

  context->property = property;
  context->functions = 0;
  if (!read_value (css, value, &is_important, context) || !IS_ONE_OF (css_properties, property))
    return;
  if (sets_colour (property, value->str))
    {
      if ((context->flags & BARUA_HTML_NO_COLOURS) != 0)
        return;
      context->report->has_own_colours = TRUE;
    }
  g_string_append_printf (out, "%s:%s%s;", property, value->str, is_important ? " !important" : "");
}

static void
skip_declaration (Css *css)
{
  int depth = 0;

  for (; css->kind != CSS_END && !(depth == 0 && is_delim (css, ';')); css_next (css))
    depth = MAX (0, depth + bracket (css));
}

static void
read_declarations (const char   *text,
                   const char   *end,
                   GString      *out,
                   ValueContext *context)
{
  g_autoptr (GString) buffer = g_string_new (NULL);
  Css css = { .position = text, .end = end, .text = buffer };

  css_next (&css);
  while (css.kind != CSS_END)
    {
      if (css.kind == CSS_SPACE || is_delim (&css, ';'))
        {
          css_next (&css);
          continue;
        }
      if (css.kind == CSS_IDENT)
        {
          g_autofree char *property = g_ascii_strdown (css.text->str, -1);

          css_next (&css);
          if (css.kind == CSS_SPACE)
            css_next (&css);
          if (is_delim (&css, ':'))
            {
              read_declaration (&css, out, property, context);
              continue;
            }
        }
      skip_declaration (&css);
    }
}

void
barua_css_sanitise_declarations (GString         *out,
                                 const char      *text,
                                 gsize            length,
                                 BaruaHtmlFlags   flags,
                                 BaruaHtmlReport *report)
{
  ValueContext context = { .flags = flags, .report = report };

  read_declarations (text, text + length, out, &context);
}

/* Sheets ----------------------------------------------------------------------------------------------------------- */

void
barua_css_append_name (GString    *out,
                       const char *name,
                       gsize       length)
{
  if (length == 0)
    return;
  if (length >= 6 && memcmp (name, "barua-", 6) == 0)
    {
      name += 6;
      length -= 6;
    }
  g_string_append (out, "barua-");
  for (gsize i = 0; i < MIN (length, 128); i++)
    g_string_append_c (out, g_ascii_isalnum (name[i]) || name[i] == '-' || name[i] == '_' ? name[i] : '_');
}

/* One simple selector of which the current token is the first. */
static gboolean
append_simple_selector (GString  *out,
                        Css      *css,
                        gboolean  at_start)
{
  g_autofree char *lower = NULL;

  if (css->kind == CSS_HASH)
    {
      g_string_append_c (out, '#');
      barua_css_append_name (out, css->text->str, css->text->len);
      return TRUE;
    }
  if (is_delim (css, '*') && at_start)
    {
      g_string_append_c (out, '*');
      return TRUE;
    }
  if (css->kind == CSS_IDENT && at_start)
    {
      lower = g_ascii_strdown (css->text->str, -1);
      if (strcmp (lower, "html") == 0 || strcmp (lower, "body") == 0)
        {
          /* "html body": both are our one <div>. */
          if (g_str_has_prefix (out->str, ".barua-body") && strpbrk (out->str + 11, ".#:[") == NULL)
            g_string_truncate (out, 0);
          g_string_append (out, ".barua-body");
          return TRUE;
        }
      if (barua_html_element_find (lower) == NULL)
        return FALSE;
      g_string_append (out, lower);
      return TRUE;
    }
  if (is_delim (css, '.') || is_delim (css, ':'))
    {
      char mark = css->delim;

      css_next (css);
      if (css->kind != CSS_IDENT)
        return FALSE;
      if (mark == '.')
        {
          g_string_append_c (out, '.');
          barua_css_append_name (out, css->text->str, css->text->len);
          return TRUE;
        }
      lower = g_ascii_strdown (css->text->str, -1);
      if (!IS_ONE_OF (css_pseudo_classes, lower))
        return FALSE;
      g_string_append_printf (out, ":%s", lower);
      return TRUE;
    }
  return FALSE;
}

/* One selector up to "," or the end; "" in @out when it is not allowed. */
static void
read_selector (Css     *css,
               GString *out)
{
  gboolean is_good = TRUE;
  gboolean at_start = TRUE;
  char combinator = '\0';
  guint n = 0;
  int depth = 0;

  g_string_truncate (out, 0);
  for (; css->kind != CSS_END && !(depth == 0 && is_delim (css, ',')); css_next (css))
    {
      depth = MAX (0, depth + bracket (css));
      if (!is_good)
        continue;
      if (css->kind == CSS_SPACE)
        {
          if (combinator == '\0')
            combinator = ' ';
          continue;
        }
      if (is_delim (css, '>') || is_delim (css, '+') || is_delim (css, '~'))
        {
          if ((combinator != '\0' && combinator != ' ') || out->len == 0)
            is_good = FALSE;
          combinator = css->delim;
          continue;
        }
      if (combinator != '\0' && out->len > 0)
        {
          g_string_append_c (out, combinator);
          at_start = TRUE;
        }
      combinator = '\0';
      if (++n > 16 || !append_simple_selector (out, css, at_start))
        is_good = FALSE;
      at_start = FALSE;
      if (css->kind == CSS_END)
        break;
      if (!is_good)
        depth = MAX (0, depth);
    }
  if (!is_good || (combinator != '\0' && combinator != ' '))
    g_string_truncate (out, 0);
}

static void
read_selectors (const char *text,
                const char *end,
                GString    *out)
{
  g_autoptr (GString) buffer = g_string_new (NULL);
  g_autoptr (GString) selector = g_string_new (NULL);
  Css css = { .position = text, .end = end, .text = buffer };

  for (css_next (&css); css.kind != CSS_END;)
    {
      read_selector (&css, selector);
      if (selector->len > 0)
        g_string_append_printf (out, "%s%s", out->len > 0 ? "," : "", selector->str);
      if (css.kind != CSS_END)
        css_next (&css);
    }
}

/* "(max-width:600px)", behind the "(". */
static gboolean
append_media_feature (GString *out,
                      Css     *css)
{
  g_autofree char *feature = NULL;

#define NEXT()                      \
  do                                \
    css_next (css);                 \
  while (css->kind == CSS_SPACE)

  NEXT ();
  if (css->kind != CSS_IDENT)
    return FALSE;
  feature = g_ascii_strdown (css->text->str, -1);
  if (!IS_ONE_OF (css_media_features, feature))
    return FALSE;
  NEXT ();
  if (!is_delim (css, ':'))
    return FALSE;
  NEXT ();
  if (strcmp (feature, "prefers-color-scheme") == 0
        ? css->kind != CSS_IDENT || (g_ascii_strcasecmp (css->text->str, "dark") != 0 &&
                                     g_ascii_strcasecmp (css->text->str, "light") != 0)
        : css->kind != CSS_NUMBER || !is_number (css->text->str))
    return FALSE;
  g_string_append_printf (out, "(%s:%s)", feature, css->text->str);
  NEXT ();
  return is_delim (css, ')');
#undef NEXT
}

/* A media query list of known words and features; NULL when there is anything else in it. (full) */
static char *
clean_media (const char *text,
             const char *end)
{
  g_autoptr (GString) buffer = g_string_new (NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  Css css = { .position = text, .end = end, .text = buffer };

  for (css_next (&css); css.kind != CSS_END; css_next (&css))
    {
      if (css.kind == CSS_SPACE)
        continue;
      if (is_delim (&css, ','))
        {
          g_string_append_c (out, ',');
          continue;
        }
      if (out->len > 0 && out->str[out->len - 1] != ',')
        g_string_append_c (out, ' ');
      if (is_delim (&css, '('))
        {
          if (!append_media_feature (out, &css))
            return NULL;
        }
      else
        {
          g_autofree char *word = css.kind == CSS_IDENT ? g_ascii_strdown (css.text->str, -1) : NULL;

          if (word == NULL || !IS_ONE_OF (css_media_words, word))
            return NULL;
          g_string_append (out, word);
        }
    }
  if (out->len == 0 || out->len > 512)
    return NULL;
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Reads up to "{" or, where @or_semicolon, ";". Returns where it stands, NULL at the end of input. */
static const char *
read_prelude (Css      *css,
              gboolean  or_semicolon)
{
  const char *start = css->position;

  while (css->kind != CSS_END && !is_delim (css, '{') && !(or_semicolon && is_delim (css, ';')))
    {
      start = css->position;
      css_next (css);
    }
  return css->kind != CSS_END ? start : NULL;
}

/* Behind a "{": reads up to and with its "}". Returns where that stands (the end, when it is missing). */
static const char *
read_block (Css *css)
{
  int depth = 1;

  for (;;)
    {
      const char *start = css->position;

      css_next (css);
      if (css->kind == CSS_END)
        return css->end;
      if (is_delim (css, '{'))
        depth++;
      else if (is_delim (css, '}') && --depth == 0)
        return start;
    }
}

static void
read_style_rule (const char   *prelude,
                 const char   *prelude_end,
                 const char   *block,
                 const char   *block_end,
                 GString      *out,
                 ValueContext *context)
{
  g_autoptr (GString) selectors = g_string_new (NULL);
  g_autoptr (GString) declarations = g_string_new (NULL);

  read_selectors (prelude, prelude_end, selectors);
  if (selectors->len == 0)
    return;
  read_declarations (block, block_end, declarations, context);
  if (declarations->len > 0)
    g_string_append_printf (out, "%s{%s}\n", selectors->str, declarations->str);
}

static void
read_rules (const char   *text,
            const char   *end,
            GString      *out,
            ValueContext *context)
{
  g_autoptr (GString) buffer = g_string_new (NULL);
  Css css = { .position = text, .end = end, .text = buffer };

  for (;;)
    {
      const char *start = css.position;
      const char *prelude_end;
      const char *block;
      const char *block_end;
      gboolean is_at;
      gboolean is_media;

      css_next (&css);
      if (css.kind == CSS_END)
        return;
      if (css.kind == CSS_SPACE || is_delim (&css, ';') || is_delim (&css, '}'))
        continue;
      is_at = css.kind == CSS_AT;
      is_media = is_at && g_ascii_strcasecmp (css.text->str, "media") == 0;
      if (is_at)
        start = css.position;
      prelude_end = read_prelude (&css, is_at);
      if (prelude_end == NULL)
        return;
      if (is_delim (&css, ';'))
        continue;
      block = css.position;
      block_end = read_block (&css);
      if (!is_at)
        read_style_rule (start, prelude_end, block, block_end, out, context);
      else if (is_media && !context->in_media)
        {
          g_autofree char *media = clean_media (start, prelude_end);
          g_autoptr (GString) inner = g_string_new (NULL);

          if (media == NULL)
            continue;
          context->in_media = TRUE;
          read_rules (block, block_end, inner, context);
          context->in_media = FALSE;
          if (inner->len > 0)
            g_string_append_printf (out, "@media %s{\n%s}\n", media, inner->str);
        }
    }
}

void
barua_css_sanitise_sheet (GString         *out,
                          const char      *css,
                          gsize            length,
                          const char      *media,
                          BaruaHtmlFlags   flags,
                          BaruaHtmlReport *report)
{
  ValueContext context = { .flags = flags, .report = report };
  g_autofree char *query = NULL;
  g_autoptr (GString) inner = NULL;

  if (media == NULL || *media == '\0' || g_ascii_strcasecmp (media, "all") == 0 ||
      g_ascii_strcasecmp (media, "screen") == 0)
    {
      read_rules (css, css + length, out, &context);
      return;
    }
  query = clean_media (media, media + strlen (media));
  if (query == NULL)
    return;
  inner = g_string_new (NULL);
  context.in_media = TRUE;
  read_rules (css, css + length, inner, &context);
  if (inner->len > 0)
    g_string_append_printf (out, "@media %s{\n%s}\n", query, inner->str);
}
