/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-html.h"

#include "barua-html-elements.h"
#include "barua-html-sanitiser.h"
#include "barua-html-tokenizer.h"
#include "barua-mime.h"

#include <string.h>

typedef struct
{
  GString *out;
  GString *scratch;
  guint    newlines;     /* to be written before the next text */
  gboolean space;        /* likewise */
  guint    quote_depth;
  guint    pre_depth;
  char     hidden[BARUA_HTML_NAME_BYTES + 1]; /* inside an element that is not shown */
  guint    hidden_depth;
  gboolean is_doubtful;  /* the text depends on how the markup is nested */
} Writer;

static void
break_line (Writer *self,
            guint   n)
{
  self->newlines = MAX (self->newlines, n);
  self->space = FALSE;
}

static void
start_line (Writer *self)
{
  guint n = self->out->len > 0 ? self->newlines : 0;

  for (guint i = 0; i < n; i++)
    {
      g_string_append_c (self->out, '\n');
      for (guint q = 0; q < self->quote_depth && i + 1 < n; q++)
        g_string_append_c (self->out, '>');
    }
  self->newlines = 0;
  for (guint q = 0; q < self->quote_depth; q++)
    g_string_append_c (self->out, '>');
  if (self->quote_depth > 0)
    g_string_append_c (self->out, ' ');
}

static void
write_text (Writer     *self,
            const char *text,
            gsize       length)
{
  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];

      if (c == '\n' && self->pre_depth > 0)
        {
          /* A line end written at once, so that empty lines stay. */
          if (self->newlines > 0)
            start_line (self);
          self->newlines = 1;
          self->space = FALSE;
        }
      else if (g_ascii_isspace (c) && self->pre_depth == 0)
        self->space = TRUE;
      else
        {
          if (self->newlines > 0 || self->out->len == 0)
            {
              start_line (self);
              self->space = FALSE;
            }
          if (self->space)
            g_string_append_c (self->out, ' ');
          self->space = FALSE;
          g_string_append_c (self->out, c);
        }
    }
}

static gboolean
is_hidden (Writer               *self,
           const BaruaHtmlToken *token)
{
  static const char * const hidden[] = { "script", "style", "title", "iframe", "noembed", "noframes", "svg", "math",
                                         "template", "select", "object", "audio", "video", "applet", "canvas", "datalist",
                                         "frameset" };
  const BaruaHtmlAttribute *style = barua_html_token_find (token, "style");

  for (guint i = 0; i < G_N_ELEMENTS (hidden); i++)
    if (strcmp (token->name, hidden[i]) == 0)
      return TRUE;
  if (barua_html_token_find (token, "hidden") != NULL)
    return TRUE;
  if (style == NULL)
    return FALSE;
  g_string_truncate (self->scratch, 0);
  for (gsize i = 0; i < style->length; i++)
    if (!g_ascii_isspace (style->value[i]))
      g_string_append_c (self->scratch, g_ascii_tolower (style->value[i]));
  return strstr (self->scratch->str, "display:none") != NULL;
}

static void
start_element (Writer               *self,
               const BaruaHtmlToken *token)
{
  const BaruaElement *element = barua_html_element_find (token->name);
  const char *name = token->name;

  if ((element == NULL || (element->flags & BARUA_ELEMENT_VOID) == 0) && is_hidden (self, token))
    {
      strcpy (self->hidden, name);
      self->hidden_depth = 1;
      self->is_doubtful |= strcmp (name, "script") != 0 && strcmp (name, "style") != 0 && strcmp (name, "title") != 0;
      return;
    }
  if (strcmp (name, "br") == 0)
    {
      self->newlines = MIN (self->newlines + 1, 3);
      self->space = FALSE;
    }
  else if (strcmp (name, "img") == 0 || strcmp (name, "image") == 0)
    {
      const BaruaHtmlAttribute *alt = barua_html_token_find (token, "alt");

      if (alt == NULL)
        return;
      g_string_truncate (self->scratch, 0);
      barua_html_unescape (self->scratch, alt->value, alt->length, TRUE);
      write_text (self, self->scratch->str, self->scratch->len);
    }
  else if (strcmp (name, "td") == 0 || strcmp (name, "th") == 0)
    self->space = TRUE;
  else if (strcmp (name, "p") == 0 || (name[0] == 'h' && g_ascii_isdigit (name[1]) && name[2] == '\0'))
    break_line (self, 2);
  else if (strcmp (name, "hr") == 0)
    {
      break_line (self, 1);
      write_text (self, "---", 3);
      break_line (self, 1);
    }
  else if (strcmp (name, "li") == 0)
    {
      break_line (self, 1);
      write_text (self, "\342\200\242", 3);
      self->space = TRUE;
    }
  else if (strcmp (name, "blockquote") == 0)
    {
      break_line (self, 1);
      self->quote_depth = MIN (self->quote_depth + 1, 32);
    }
  else if (element != NULL && ((element->flags & BARUA_ELEMENT_BLOCK) != 0 || strcmp (name, "tr") == 0 ||
                               strcmp (name, "caption") == 0))
    break_line (self, 1);
  if (strcmp (name, "pre") == 0)
    self->pre_depth = MIN (self->pre_depth + 1, 1000);
}

static void
end_element (Writer     *self,
             const char *name)
{
  const BaruaElement *element = barua_html_element_find (name);

  if (strcmp (name, "blockquote") == 0)
    {
      break_line (self, 1);
      if (self->quote_depth > 0)
        self->quote_depth--;
      else
        self->is_doubtful = TRUE;
    }
  else if (strcmp (name, "br") == 0)
    {
      self->newlines = MIN (self->newlines + 1, 3);
      self->space = FALSE;
    }
  else if (strcmp (name, "p") == 0 || (name[0] == 'h' && g_ascii_isdigit (name[1]) && name[2] == '\0'))
    break_line (self, 2);
  else if (element != NULL && ((element->flags & BARUA_ELEMENT_BLOCK) != 0 || strcmp (name, "tr") == 0))
    break_line (self, 1);
  if (strcmp (name, "pre") == 0 && self->pre_depth > 0)
    self->pre_depth--;
}

/* TRUE while inside something that is not shown. */
static gboolean
skip_hidden (Writer               *self,
             const BaruaHtmlToken *token)
{
  if (self->hidden_depth == 0)
    return FALSE;
  if (token->kind == BARUA_HTML_TOKEN_START_TAG && strcmp (token->name, self->hidden) == 0)
    self->hidden_depth++;
  else if (token->kind == BARUA_HTML_TOKEN_END_TAG && strcmp (token->name, self->hidden) == 0)
    self->hidden_depth--;
  return TRUE;
}

static char *
write_all (const char *html,
           gboolean   *is_doubtful)
{
  BaruaHtmlTokenizer tokenizer;
  BaruaHtmlToken token;
  Writer self = { .out = g_string_new (NULL), .scratch = g_string_new (NULL) };
  g_autoptr (GString) text = g_string_new (NULL);

  barua_mime_init ();
  barua_html_tokenizer_init (&tokenizer, html, strlen (html));
  for (;;)
    {
      barua_html_tokenizer_next (&tokenizer, &token);
      if (token.kind == BARUA_HTML_TOKEN_END_OF_INPUT)
        break;
      if (skip_hidden (&self, &token))
        continue;
      if (token.kind == BARUA_HTML_TOKEN_START_TAG)
        start_element (&self, &token);
      else if (token.kind == BARUA_HTML_TOKEN_END_TAG)
        end_element (&self, token.name);
      else if (token.is_raw)
        self.is_doubtful = TRUE;
      else
        {
          g_string_truncate (text, 0);
          barua_html_unescape (text, token.text, token.length, FALSE);
          write_text (&self, text->str, text->len);
        }
    }
  g_string_free (self.scratch, TRUE);
  *is_doubtful = self.is_doubtful || self.quote_depth > 0 || self.pre_depth > 0 || self.hidden_depth > 0;
  return g_string_free (self.out, FALSE);
}

char *
barua_html_to_text (const char *html)
{
  gboolean is_doubtful;

  return write_all (html, &is_doubtful);
}

char *
barua_html_extract_text (const char      *html,
                         gsize            length,
                         const char      *charset_hint,
                         BaruaHtmlReport *report)
{
  g_autofree char *decoded = barua_html_decode (html, length, charset_hint, report);
  g_autofree char *sanitised = NULL;
  gboolean is_doubtful;
  char *text = write_all (decoded, &is_doubtful);

  if (!is_doubtful)
    return text;
  g_free (text);
  sanitised = barua_html_sanitise (html, length, charset_hint, BARUA_HTML_NONE, report);
  return barua_html_to_text (sanitised);
}
