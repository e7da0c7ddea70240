/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-html-css.h"

#include "barua-css-values.h"
#include "barua-html-elements.h"

#include <string.h>

static const char *css_pseudo_classes[] = { "first-child", "hover", "last-child", "link" };
static const char *css_media_words[] = { "all", "and", "only", "screen" };
static const char *css_media_features[] = { "max-device-width", "max-width", "min-device-width", "min-width",
                                            "prefers-color-scheme" };

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
                        BaruaCss *css,
                        gboolean  at_start)
{
  g_autofree char *lower = NULL;

  if (css->kind == BARUA_CSS_HASH)
    {
      g_string_append_c (out, '#');
      barua_css_append_name (out, css->text->str, css->text->len);
      return TRUE;
    }
  if (barua_css_is_delim (css, '*') && at_start)
    {
      g_string_append_c (out, '*');
      return TRUE;
    }
  if (css->kind == BARUA_CSS_IDENT && at_start)
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
  if (barua_css_is_delim (css, '.') || barua_css_is_delim (css, ':'))
    {
      char mark = css->delim;

      barua_css_next (css);
      if (css->kind != BARUA_CSS_IDENT)
        return FALSE;
      if (mark == '.')
        {
          g_string_append_c (out, '.');
          barua_css_append_name (out, css->text->str, css->text->len);
          return TRUE;
        }
      lower = g_ascii_strdown (css->text->str, -1);
      if (!BARUA_CSS_IS_ONE_OF (css_pseudo_classes, lower))
        return FALSE;
      g_string_append_printf (out, ":%s", lower);
      return TRUE;
    }
  return FALSE;
}

/* One selector up to "," or the end; "" in @out when it is not allowed. */
static void
read_selector (BaruaCss *css,
               GString  *out)
{
  gboolean is_good = TRUE;
  gboolean at_start = TRUE;
  char combinator = '\0';
  guint n = 0;
  int depth = 0;

  g_string_truncate (out, 0);
  for (; css->kind != BARUA_CSS_END && !(depth == 0 && barua_css_is_delim (css, ',')); barua_css_next (css))
    {
      depth = MAX (0, depth + barua_css_bracket (css));
      if (!is_good)
        continue;
      if (css->kind == BARUA_CSS_SPACE)
        {
          if (combinator == '\0')
            combinator = ' ';
          continue;
        }
      if (barua_css_is_delim (css, '>') || barua_css_is_delim (css, '+') || barua_css_is_delim (css, '~'))
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
      if (css->kind == BARUA_CSS_END)
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
  BaruaCss css = { .position = text, .end = end, .text = buffer };

  for (barua_css_next (&css); css.kind != BARUA_CSS_END;)
    {
      read_selector (&css, selector);
      if (selector->len > 0)
        g_string_append_printf (out, "%s%s", out->len > 0 ? "," : "", selector->str);
      if (css.kind != BARUA_CSS_END)
        barua_css_next (&css);
    }
}

/* "(max-width:600px)", behind the "(". */
static gboolean
append_media_feature (GString  *out,
                      BaruaCss *css)
{
  g_autofree char *feature = NULL;

#define NEXT()                      \
  do                                \
    barua_css_next (css);                 \
  while (css->kind == BARUA_CSS_SPACE)

  NEXT ();
  if (css->kind != BARUA_CSS_IDENT)
    return FALSE;
  feature = g_ascii_strdown (css->text->str, -1);
  if (!BARUA_CSS_IS_ONE_OF (css_media_features, feature))
    return FALSE;
  NEXT ();
  if (!barua_css_is_delim (css, ':'))
    return FALSE;
  NEXT ();
  if (strcmp (feature, "prefers-color-scheme") == 0
        ? css->kind != BARUA_CSS_IDENT || (g_ascii_strcasecmp (css->text->str, "dark") != 0 &&
                                     g_ascii_strcasecmp (css->text->str, "light") != 0)
        : css->kind != BARUA_CSS_NUMBER || !barua_css_is_number (css->text->str))
    return FALSE;
  g_string_append_printf (out, "(%s:%s)", feature, css->text->str);
  NEXT ();
  return barua_css_is_delim (css, ')');
#undef NEXT
}

/* A media query list of known words and features; NULL when there is anything else in it. (full) */
static char *
clean_media (const char *text,
             const char *end)
{
  g_autoptr (GString) buffer = g_string_new (NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  BaruaCss css = { .position = text, .end = end, .text = buffer };

  for (barua_css_next (&css); css.kind != BARUA_CSS_END; barua_css_next (&css))
    {
      if (css.kind == BARUA_CSS_SPACE)
        continue;
      if (barua_css_is_delim (&css, ','))
        {
          g_string_append_c (out, ',');
          continue;
        }
      if (out->len > 0 && out->str[out->len - 1] != ',')
        g_string_append_c (out, ' ');
      if (barua_css_is_delim (&css, '('))
        {
          if (!append_media_feature (out, &css))
            return NULL;
        }
      else
        {
          g_autofree char *word = css.kind == BARUA_CSS_IDENT ? g_ascii_strdown (css.text->str, -1) : NULL;

          if (word == NULL || !BARUA_CSS_IS_ONE_OF (css_media_words, word))
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
read_prelude (BaruaCss *css,
              gboolean  or_semicolon)
{
  const char *start = css->position;

  while (css->kind != BARUA_CSS_END && !barua_css_is_delim (css, '{') && !(or_semicolon && barua_css_is_delim (css, ';')))
    {
      start = css->position;
      barua_css_next (css);
    }
  return css->kind != BARUA_CSS_END ? start : NULL;
}

/* Behind a "{": reads up to and with its "}". Returns where that stands (the end, when it is missing). */
static const char *
read_block (BaruaCss *css)
{
  int depth = 1;

  for (;;)
    {
      const char *start = css->position;

      barua_css_next (css);
      if (css->kind == BARUA_CSS_END)
        return css->end;
      if (barua_css_is_delim (css, '{'))
        depth++;
      else if (barua_css_is_delim (css, '}') && --depth == 0)
        return start;
    }
}

static void
read_style_rule (const char      *prelude,
                 const char      *prelude_end,
                 const char      *block,
                 const char      *block_end,
                 GString         *out,
                 BaruaCssContext *context)
{
  g_autoptr (GString) selectors = g_string_new (NULL);
  g_autoptr (GString) declarations = g_string_new (NULL);

  read_selectors (prelude, prelude_end, selectors);
  if (selectors->len == 0)
    return;
  barua_css_read_declarations (block, block_end, declarations, context);
  if (declarations->len > 0)
    g_string_append_printf (out, "%s{%s}\n", selectors->str, declarations->str);
}

static void
read_rules (const char      *text,
            const char      *end,
            GString         *out,
            BaruaCssContext *context)
{
  g_autoptr (GString) buffer = g_string_new (NULL);
  BaruaCss css = { .position = text, .end = end, .text = buffer };

  for (;;)
    {
      const char *start = css.position;
      const char *prelude_end;
      const char *block;
      const char *block_end;
      gboolean is_at;
      gboolean is_media;

      barua_css_next (&css);
      if (css.kind == BARUA_CSS_END)
        return;
      if (css.kind == BARUA_CSS_SPACE || barua_css_is_delim (&css, ';') || barua_css_is_delim (&css, '}'))
        continue;
      is_at = css.kind == BARUA_CSS_AT;
      is_media = is_at && g_ascii_strcasecmp (css.text->str, "media") == 0;
      if (is_at)
        start = css.position;
      prelude_end = read_prelude (&css, is_at);
      if (prelude_end == NULL)
        return;
      if (barua_css_is_delim (&css, ';'))
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
  BaruaCssContext context = { .flags = flags, .report = report };
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
