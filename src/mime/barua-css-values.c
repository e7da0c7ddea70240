/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-css-values.h"

#include "barua-html-url.h"
#include "barua-limits.h"

#include <string.h>

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

int
barua_css_compare_words (const void *a,
                         const void *b)
{
  return strcmp (a, *(const char * const *)b);
}

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

gboolean
barua_css_is_number (const char *text)
{
  const char *p = text + strspn (text, "+-.0123456789");

  if (strcmp (p, "%") == 0 || *p == '\0')
    return TRUE;
  return strlen (p) <= 8 && strspn (p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen (p);
}

/* Appends one token of a value. FALSE: not allowed, the declaration goes. */
static gboolean
append_value_token (GString         *out,
                    const BaruaCss  *css,
                    BaruaCssContext *context)
{
  g_autofree char *lower = NULL;
  g_autofree char *url = NULL;

  switch (css->kind)
    {
    case BARUA_CSS_IDENT:
      if (!is_plain_word (css->text->str, css->text->len))
        return FALSE;
      g_string_append (out, css->text->str);
      return TRUE;
    case BARUA_CSS_NUMBER:
      if (!barua_css_is_number (css->text->str))
        return FALSE;
      g_string_append (out, css->text->str);
      return TRUE;
    case BARUA_CSS_HASH:
      if (!is_colour_hash (css->text->str, css->text->len))
        return FALSE;
      g_string_append_printf (out, "#%s", css->text->str);
      return TRUE;
    case BARUA_CSS_STRING:
      if (!g_str_has_prefix (context->property, "font") || !is_font_name (css->text->str))
        return FALSE;
      g_string_append_printf (out, "'%s'", css->text->str);
      return TRUE;
    case BARUA_CSS_FUNCTION:
      lower = g_ascii_strdown (css->text->str, -1);
      if (!BARUA_CSS_IS_ONE_OF (css_functions, lower) || ++context->functions > 32)
        return FALSE;
      g_string_append_printf (out, "%s(", lower);
      return TRUE;
    case BARUA_CSS_URL:
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
    case BARUA_CSS_DELIM:
      /* A slash stands between two values; two of them look like the start of an address. */
      if (css->delim == '/' && (out->len == 0 || strchr ("/,(", out->str[out->len - 1]) != NULL ||
                                g_str_has_suffix (out->str, "/ ")))
        return FALSE;
      if (css->delim == ')' || css->delim == ',' || css->delim == '/' ||
          (context->functions > 0 && css->delim != '\0' && strchr ("+-*(", css->delim) != NULL))
        {
          g_string_append_c (out, css->delim);
          return TRUE;
        }
      return FALSE;
    case BARUA_CSS_SPACE:
    case BARUA_CSS_AT:
    case BARUA_CSS_BAD:
    case BARUA_CSS_END:
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
read_value (BaruaCss        *css,
            GString         *value,
            gboolean        *is_important,
            BaruaCssContext *context)
{
  gboolean is_good = TRUE;
  gboolean space = FALSE;
  int depth = 0;

  for (barua_css_next (css); css->kind != BARUA_CSS_END && !(depth == 0 && barua_css_is_delim (css, ';')); barua_css_next (css))
    {
      if (css->kind == BARUA_CSS_SPACE)
        {
          space = TRUE;
          continue;
        }
      depth += barua_css_bracket (css);
      if (depth < 0)
        {
          is_good = FALSE;
          depth = 0;
        }
      if (*is_important || (barua_css_is_delim (css, '!') && depth == 0))
        {
          /* "!" and "important" are all that may follow. */
          if (*is_important && (css->kind != BARUA_CSS_IDENT || g_ascii_strcasecmp (css->text->str, "important") != 0))
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
read_declaration (BaruaCss        *css,
                  GString         *out,
                  const char      *property,
                  BaruaCssContext *context)
{
  g_autoptr (GString) value = g_string_new (NULL);
  gboolean is_important = FALSE;

  context->property = property;
  context->functions = 0;
  if (!read_value (css, value, &is_important, context) || !BARUA_CSS_IS_ONE_OF (css_properties, property))
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
skip_declaration (BaruaCss *css)
{
  int depth = 0;

  for (; css->kind != BARUA_CSS_END && !(depth == 0 && barua_css_is_delim (css, ';')); barua_css_next (css))
    depth = MAX (0, depth + barua_css_bracket (css));
}

void
barua_css_read_declarations (const char      *text,
                             const char      *end,
                             GString         *out,
                             BaruaCssContext *context)
{
  g_autoptr (GString) buffer = g_string_new (NULL);
  BaruaCss css = { .position = text, .end = end, .text = buffer };

  barua_css_next (&css);
  while (css.kind != BARUA_CSS_END)
    {
      if (css.kind == BARUA_CSS_SPACE || barua_css_is_delim (&css, ';'))
        {
          barua_css_next (&css);
          continue;
        }
      if (css.kind == BARUA_CSS_IDENT)
        {
          g_autofree char *property = g_ascii_strdown (css.text->str, -1);

          barua_css_next (&css);
          if (css.kind == BARUA_CSS_SPACE)
            barua_css_next (&css);
          if (barua_css_is_delim (&css, ':'))
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
  BaruaCssContext context = { .flags = flags, .report = report };

  barua_css_read_declarations (text, text + length, out, &context);
}
