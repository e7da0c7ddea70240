/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-html-sanitiser.h"

#include "barua-html-css.h"
#include "barua-html-url.h"
#include "barua-limits.h"
#include "barua-mime.h"
#include "barua-mime-charset.h"

#include <string.h>

static void
append_text (BaruaSanitiser *self,
             const char     *text,
             gsize           length)
{
  gboolean is_blank = TRUE;

  for (gsize i = 0; i < length && is_blank; i++)
    is_blank = g_ascii_isspace (text[i]);
  if (!is_blank)
    {
      barua_sanitiser_ensure_cell (self);
      barua_sanitiser_reopen_formatting (self);
    }
  /* A parser drops the line end that follows <pre>. */
  if (barua_html_element_is (barua_sanitiser_top (self), "pre") && g_str_has_suffix (self->out->str, ">") &&
      g_array_index (self->stack, BaruaOpenElement, self->stack->len - 1).tag_start +
              g_array_index (self->stack, BaruaOpenElement, self->stack->len - 1).tag_length == self->out->len)
    {
      if (length > 0 && text[0] == '\n')
        {
          text++;
          length--;
        }
      if (length > 0 && text[0] == '\n')
        g_string_append_c (self->out, '\n');
    }
  barua_html_escape (self->out, text, length);
}

static void
handle_text (BaruaSanitiser *self)
{
  if (self->token.is_raw)
    {
      barua_html_escape (self->value, "", 0);
      append_text (self, self->token.text, self->token.length);
      return;
    }
  g_string_truncate (self->value, 0);
  barua_html_unescape (self->value, self->token.text, self->token.length, FALSE);
  append_text (self, self->value->str, self->value->len);
}

/* <style>: its text is the next token. */
static void
handle_style (BaruaSanitiser *self)
{
  const BaruaHtmlAttribute *type = barua_html_token_find (&self->token, "type");
  const BaruaHtmlAttribute *attribute = barua_html_token_find (&self->token, "media");
  g_autofree char *media = attribute != NULL ? g_strndup (attribute->value, attribute->length) : NULL;
  gboolean is_css = type == NULL || type->length == 0 ||
                    (type->length == 8 && g_ascii_strncasecmp (type->value, "text/css", 8) == 0);

  if (self->tokenizer.position >= self->tokenizer.end)
    return;
  barua_html_tokenizer_next (&self->tokenizer, &self->token);
  if (self->token.kind != BARUA_HTML_TOKEN_TEXT || !self->token.is_raw || !is_css)
    return;
  g_string_truncate (self->clean, 0);
  barua_css_sanitise_sheet (self->clean, self->token.text, self->token.length, media, self->flags, self->report);
  if (self->clean->len > 0)
    g_string_append_printf (self->out, "<style>%s</style>", self->clean->str);
}

/* <body bgcolor=... text=...> as a <div> of our own. */
static void
handle_body (BaruaSanitiser *self)
{
  static const struct
  {
    const char *attribute;
    const char *property;
  } colours[] = { { "bgcolor", "background-color" }, { "text", "color" } };
  g_autoptr (GString) style = g_string_new (NULL);
  g_autoptr (GString) names = g_string_new ("barua-body");
  const BaruaHtmlAttribute *attribute;
  gsize start = self->out->len;

  if (self->has_body || self->token.n_attributes == 0 || self->stack->len > 0)
    return;
  self->has_body = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (colours); i++)
    if ((attribute = barua_html_token_find (&self->token, colours[i].attribute)) != NULL)
      g_string_append_printf (style, "%s:%.*s;", colours[i].property, (int)MIN (attribute->length, 32), attribute->value);
  if ((attribute = barua_html_token_find (&self->token, "background")) != NULL)
    {
      g_autofree char *url = NULL;

      g_string_truncate (self->value, 0);
      barua_html_unescape (self->value, attribute->value, attribute->length, TRUE);
      url = barua_html_url_picture (self->value->str, self->flags, self->report);
      if (url != NULL && !g_str_has_prefix (url, "data:"))
        g_string_append_printf (style, "background-image:url(\"%s\");", url);
    }
  if ((attribute = barua_html_token_find (&self->token, "style")) != NULL)
    barua_html_unescape (style, attribute->value, attribute->length, TRUE);
  if ((attribute = barua_html_token_find (&self->token, "class")) != NULL)
    {
      g_string_truncate (self->value, 0);
      barua_html_unescape (self->value, attribute->value, attribute->length, TRUE);
      barua_sanitiser_append_names (names, self->value->str);
    }
  g_string_append (self->out, "<div");
  barua_sanitiser_append_attribute (self->out, "class", names->str, names->len);
  if (barua_sanitiser_clean_attribute (self, "style", style->str, style->len))
    barua_sanitiser_append_attribute (self->out, "style", self->clean->str, self->clean->len);
  for (guint i = 0; i < self->token.n_attributes; i++)
    {
      const char *name = self->token.attributes[i].name;

      if (strcmp (name, "id") != 0 && strcmp (name, "dir") != 0 && strcmp (name, "lang") != 0)
        continue;
      g_string_truncate (self->value, 0);
      barua_html_unescape (self->value, self->token.attributes[i].value, self->token.attributes[i].length, TRUE);
      if (barua_sanitiser_clean_attribute (self, name, self->value->str, self->value->len))
        barua_sanitiser_append_attribute (self->out, name, self->clean->str, self->clean->len);
    }
  g_string_append_c (self->out, '>');
  barua_sanitiser_push (self, barua_html_element_find ("div"), start);
}

/* Elements that go with all their content. */
static gboolean
is_skipped (const char *name)
{
  static const char * const skipped[] = { "script", "title", "iframe", "noembed", "noframes", "svg", "math", "template",
                                          "select", "object", "applet", "audio", "video", "canvas", "datalist", "frameset" };

  for (guint i = 0; i < G_N_ELEMENTS (skipped); i++)
    if (strcmp (name, skipped[i]) == 0)
      return TRUE;
  return FALSE;
}

static void
handle_start (BaruaSanitiser *self)
{
  const BaruaElement *element;
  gsize start;

  if (strcmp (self->token.name, "style") == 0)
    {
      handle_style (self);
      return;
    }
  if (strcmp (self->token.name, "body") == 0)
    {
      handle_body (self);
      return;
    }
  if (is_skipped (self->token.name))
    {
      strcpy (self->skipped, self->token.name);
      self->skip_depth = 1;
      return;
    }
  if (strcmp (self->token.name, "image") == 0)
    strcpy (self->token.name, "img");
  element = barua_html_element_find (self->token.name);
  if (element == NULL)
    return;
  if (self->stack->len >= BARUA_LIMIT_HTML_DEPTH && (element->flags & BARUA_ELEMENT_VOID) == 0)
    {
      self->report->cut = TRUE;
      self->n_dropped[barua_html_element_index (element)]++;
      return;
    }
  if (!barua_sanitiser_prepare_for (self, element))
    return;
  start = self->out->len;
  g_string_append_c (self->out, '<');
  g_string_append (self->out, element->name);
  barua_sanitiser_append_attributes (self, element);
  g_string_append_c (self->out, '>');
  if ((element->flags & BARUA_ELEMENT_VOID) == 0)
    barua_sanitiser_push (self, element, start);
}

static void
handle_end (BaruaSanitiser *self)
{
  const BaruaElement *element = barua_html_element_find (self->token.name);
  guint *n_dropped;
  int i;

  if (element == NULL)
    return;
  n_dropped = &self->n_dropped[barua_html_element_index (element)];
  if (barua_html_element_is (element, "br"))
    {
      handle_start (self);
      return;
    }
  if (*n_dropped > 0)
    {
      (*n_dropped)--;
      return;
    }
  i = barua_sanitiser_find_open (self, element);
  if (i < 0)
    {
      /* It may be one that waits to be opened again. */
      for (guint j = self->reopen->len; j > 0; j--)
        if (self->reopen_elements->pdata[j - 1] == (gpointer)element)
          {
            g_ptr_array_remove_index (self->reopen, j - 1);
            g_ptr_array_remove_index (self->reopen_elements, j - 1);
            break;
          }
      return;
    }
  if ((element->flags & (BARUA_ELEMENT_BLOCK | BARUA_ELEMENT_TABLE)) == 0)
    for (guint j = (guint)i + 1; j < self->stack->len; j++)
      if ((g_array_index (self->stack, BaruaOpenElement, j).element->flags & (BARUA_ELEMENT_BLOCK | BARUA_ELEMENT_TABLE)) != 0)
        {
          g_array_index (self->stack, BaruaOpenElement, i).is_ended = TRUE;
          return;
        }
  while ((int)self->stack->len > i + 1)
    barua_sanitiser_pop (self, TRUE);
  barua_sanitiser_pop_to (self, (guint)i, FALSE);
  if ((element->flags & BARUA_ELEMENT_TABLE) != 0 || barua_html_element_is (element, "table"))
    barua_sanitiser_forget_reopen (self);
}

/* TRUE while the token is inside an element that goes with its content. Markup that can't be inside drawings and formulas ends
 * those (13.2.6.5), so that a missing end tag does not take the rest of the message along. */
static gboolean
skip (BaruaSanitiser *self)
{
  const BaruaHtmlToken *token = &self->token;
  gboolean is_foreign;

  if (self->skip_depth == 0)
    return FALSE;
  is_foreign = strcmp (self->skipped, "svg") == 0 || strcmp (self->skipped, "math") == 0;
  if (token->kind == BARUA_HTML_TOKEN_START_TAG)
    {
      const BaruaElement *element = barua_html_element_find (token->name);

      if (is_foreign && element != NULL && (element->flags & BARUA_ELEMENT_BLOCK) != 0)
        {
          self->skip_depth = 0;
          return FALSE;
        }
      /* <script/> and <style> in a drawing are elements like any other: their content is markup. */
      if (is_foreign)
        {
          self->tokenizer.raw_name[0] = '\0';
          self->tokenizer.plaintext = FALSE;
        }
      if (strcmp (token->name, self->skipped) == 0)
        self->skip_depth++;
    }
  else if (token->kind == BARUA_HTML_TOKEN_END_TAG && strcmp (token->name, self->skipped) == 0)
    self->skip_depth--;
  return TRUE;
}

static void
run (BaruaSanitiser *self)
{
  for (;;)
    {
      barua_html_tokenizer_next (&self->tokenizer, &self->token);
      if (self->token.kind == BARUA_HTML_TOKEN_END_OF_INPUT)
        break;
      if (skip (self))
        continue;
      switch (self->token.kind)
        {
        case BARUA_HTML_TOKEN_TEXT: handle_text (self); break;
        case BARUA_HTML_TOKEN_START_TAG: handle_start (self); break;
        case BARUA_HTML_TOKEN_END_TAG: handle_end (self); break;
        case BARUA_HTML_TOKEN_END_OF_INPUT:
        default: break;
        }
    }
  while (self->stack->len > 0)
    barua_sanitiser_pop (self, FALSE);
}

/* The charset that a <meta> in the first kilobyte declares (13.2.3.2). An ASCII document can't truly be UTF-16. (full) */
static char *
find_meta_charset (const char *html,
                   gsize       length)
{
  static const char needle[] = "charset";
  gsize end = MIN (length, 1024);
  gboolean in_meta = FALSE;

  for (gsize i = 0; i + sizeof needle < end; i++)
    {
      gsize j = i + sizeof needle - 1;
      gsize start;

      if (html[i] == '<')
        in_meta = g_ascii_strncasecmp (html + i + 1, "meta", 4) == 0;
      if (html[i] == '>')
        in_meta = FALSE;
      if (!in_meta || g_ascii_strncasecmp (html + i, needle, sizeof needle - 1) != 0)
        continue;
      while (j < end && (g_ascii_isspace (html[j]) || html[j] == '=' || html[j] == '"' || html[j] == '\''))
        j++;
      for (start = j; j < end && html[j] != '\0' && (g_ascii_isalnum (html[j]) || strchr ("-_:.", html[j]) != NULL); j++)
        ;
      if (j > start && g_ascii_strncasecmp (html + start, "utf-16", 6) != 0)
        return g_strndup (html + start, j - start);
    }
  return NULL;
}

char *
barua_html_decode (const char      *html,
                   gsize            length,
                   const char      *charset_hint,
                   BaruaHtmlReport *report)
{
  g_autofree char *meta = NULL;
  gboolean known;
  gboolean damaged;
  char *text;

  if (length > BARUA_LIMIT_HTML_BYTES)
    {
      length = BARUA_LIMIT_HTML_BYTES;
      report->cut = TRUE;
    }
  if ((charset_hint == NULL || *charset_hint == '\0') && !barua_mime_has_bom (html, length))
    charset_hint = meta = find_meta_charset (html, length);
  text = barua_mime_decode_charset (html, length, charset_hint, &known, &damaged);
  report->unknown_charset |= !known;
  report->damaged |= damaged;
  return text;
}

/* A zero width no-break space that comes to stand first would be a byte order mark, which whoever reads the page drops. */
static void
drop_byte_order_marks (GString *out)
{
  gsize n = 0;

  while (g_str_has_prefix (out->str + n, "\xEF\xBB\xBF"))
    n += 3;
  g_string_erase (out, 0, (gssize)n);
}

char *
barua_html_sanitise (const char      *html,
                     gsize            length,
                     const char      *charset_hint,
                     BaruaHtmlFlags   flags,
                     BaruaHtmlReport *report)
{
  g_autoptr (BaruaHtmlReport) own = NULL;
  g_autofree char *text = NULL;
  gsize n;
  BaruaSanitiser self = { .flags = flags };

  barua_mime_init ();
  if (report == NULL)
    report = own = barua_html_report_new ();
  text = barua_html_decode (html, length, charset_hint, report);
  n = strlen (text);

  self.report = report;
  self.out = g_string_sized_new (n + 64);
  self.value = g_string_sized_new (256);
  self.clean = g_string_sized_new (256);
  self.stack = g_array_new (FALSE, FALSE, sizeof (BaruaOpenElement));
  self.reopen = g_ptr_array_new_with_free_func (g_free);
  self.reopen_elements = g_ptr_array_new ();
  barua_html_tokenizer_init (&self.tokenizer, text, n);
  run (&self);
  g_string_free (self.value, TRUE);
  g_string_free (self.clean, TRUE);
  g_array_unref (self.stack);
  g_ptr_array_unref (self.reopen);
  g_ptr_array_unref (self.reopen_elements);
  drop_byte_order_marks (self.out);
  return g_string_free (self.out, FALSE);
}

BaruaHtmlReport *
barua_html_report_new (void)
{
  BaruaHtmlReport *self = g_new0 (BaruaHtmlReport, 1);

  self->remote = g_ptr_array_new_with_free_func (g_free);
  self->cids = g_ptr_array_new_with_free_func (g_free);
  self->seen = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
barua_html_report_free (BaruaHtmlReport *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->seen);
  g_ptr_array_unref (self->remote);
  g_ptr_array_unref (self->cids);
  g_free (self);
}
