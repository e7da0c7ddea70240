/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-html.h"

#include "barua-html-css.h"
#include "barua-html-elements.h"
#include "barua-html-tokenizer.h"
#include "barua-html-url.h"
#include "barua-limits.h"
#include "barua-mime.h"
#include "barua-mime-charset.h"

#include <string.h>

typedef struct
{
  const BaruaElement *element;
  gsize               tag_start; /* its start tag in the output, to open it again */
  gsize               tag_length;
  gboolean            is_ended;  /* its end tag came while a block inside was open: closes together with that */
} Open;

typedef struct
{
  BaruaHtmlTokenizer tokenizer;
  BaruaHtmlToken     token;
  BaruaHtmlFlags     flags;
  BaruaHtmlReport   *report;
  GString           *out;
  GString           *value; /* scratch: an unescaped attribute */
  GString           *clean; /* scratch: what became of it */
  GArray            *stack; /* Open */
  GPtrArray         *reopen; /* char *: start tags of formatting elements that something cut off */
  GPtrArray         *reopen_elements;
  gsize              reopened_bytes;
  guint              n_open[BARUA_N_ELEMENTS];
  guint              n_dropped[BARUA_N_ELEMENTS]; /* opened too deep: their end tags are passed over */
  char               skipped[BARUA_HTML_NAME_BYTES + 1]; /* inside an element that goes with its content */
  guint              skip_depth;
  gboolean           has_body;
} Sanitiser;

static const BaruaElement *
top (const Sanitiser *self)
{
  return self->stack->len > 0 ? g_array_index (self->stack, Open, self->stack->len - 1).element : NULL;
}

static gboolean
is_element (const BaruaElement *element,
            const char         *name)
{
  return element != NULL && strcmp (element->name, name) == 0;
}

static guint
n_open (const Sanitiser *self,
        const char      *name)
{
  return self->n_open[barua_html_element_index (barua_html_element_find (name))];
}

static gboolean
is_table_container (const BaruaElement *element)
{
  return element != NULL && ((element->flags & (BARUA_ELEMENT_TABLE | BARUA_ELEMENT_CELL)) == BARUA_ELEMENT_TABLE ||
                             is_element (element, "table"));
}

/* Attributes ------------------------------------------------------------------------------------------------------- */

static void
append_attribute (GString    *out,
                  const char *name,
                  const char *value,
                  gsize       length)
{
  g_string_append_c (out, ' ');
  g_string_append (out, name);
  g_string_append (out, "=\"");
  barua_html_escape (out, value, length);
  g_string_append_c (out, '"');
}

static gboolean
consists_of (const char *value,
             const char *marks,
             gsize       max)
{
  gsize n = 0;

  for (const char *p = value; *p != '\0'; p++, n++)
    if (!g_ascii_isalnum (*p) && strchr (marks, *p) == NULL)
      return FALSE;
  return n > 0 && n <= max;
}

static gboolean
is_length (const char *value)
{
  const char *p = value;

  while (g_ascii_isdigit (*p) || *p == '.')
    p++;
  return p > value && p - value <= 8 && (*p == '\0' || strcmp (p, "%") == 0 || strcmp (p, "px") == 0);
}

/* Presentational attributes whose value is a number, a word or a colour. */
static gboolean
is_plain_attribute (const char *name,
                    const char *value)
{
  static const char * const lengths[] = { "width", "height", "border", "cellpadding", "cellspacing", "colspan", "rowspan",
                                          "span", "hspace", "vspace", "start", "value" };
  static const char * const words[] = { "align", "valign", "dir", "clear", "type", "rules", "frame", "lang", "size",
                                        "nowrap", "noshade", "reversed", "hidden" };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    if (strcmp (name, lengths[i]) == 0)
      return is_length (value);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (name, words[i]) == 0)
      return consists_of (value, "+-%", 35) || (*value == '\0' && i >= 9);
  if (strcmp (name, "bgcolor") == 0 || strcmp (name, "color") == 0)
    return consists_of (value, "#", 32);
  return strcmp (name, "face") == 0 && consists_of (value, " ,-_'", 200);
}

static gboolean
is_allowed (const BaruaElement *element,
            const char         *name)
{
  static const char common[] = " align bgcolor class dir height hidden id lang style title valign width ";
  char needle[BARUA_HTML_NAME_BYTES + 3];

  g_snprintf (needle, sizeof needle, " %s ", name);
  return strstr (common, needle) != NULL || strstr (element->attributes, needle) != NULL;
}

static void
append_names (GString    *out,
              const char *names)
{
  for (const char *p = names; *p != '\0';)
    {
      gsize length = strcspn (p, " \t\n\f\r");

      if (length > 0)
        {
          if (out->len > 0)
            g_string_append_c (out, ' ');
          barua_css_append_name (out, p, length);
        }
      p += length;
      p += strspn (p, " \t\n\f\r");
    }
}

/* What becomes of the attribute @name with the unescaped @value, in self->clean. FALSE: it goes. */
static gboolean
clean_attribute (Sanitiser  *self,
                 const char *name,
                 const char *value,
                 gsize       length)
{
  GString *clean = self->clean;
  g_autofree char *url = NULL;

  g_string_truncate (clean, 0);
  if (strcmp (name, "style") == 0)
    barua_css_sanitise_declarations (clean, value, length, self->flags, self->report);
  else if (strcmp (name, "class") == 0)
    append_names (clean, value);
  else if (strcmp (name, "id") == 0 || strcmp (name, "name") == 0)
    barua_css_append_name (clean, value, strcspn (value, " \t\n\f\r"));
  else if (strcmp (name, "title") == 0 || strcmp (name, "alt") == 0)
    {
      g_string_append_len (clean, value, length);
      return TRUE;
    }
  else if (strcmp (name, "href") == 0)
    {
      url = barua_html_url_link (value);
      g_string_append (clean, url != NULL ? url : "");
    }
  else if (strcmp (name, "src") == 0 || strcmp (name, "background") == 0)
    {
      url = barua_html_url_picture (value, self->flags, self->report);
      if (url != NULL && *name == 'b')
        self->report->has_own_colours = TRUE;
      g_string_append (clean, url != NULL ? url : "");
    }
  else if (is_plain_attribute (name, value))
    {
      if (strcmp (name, "bgcolor") == 0 || strcmp (name, "color") == 0)
        {
          if ((self->flags & BARUA_HTML_NO_COLOURS) != 0)
            return FALSE;
          self->report->has_own_colours = TRUE;
        }
      g_string_append (clean, value);
      return TRUE;
    }
  return clean->len > 0;
}

/* The first picture of a srcset stands for all of them, where there is no src: which one is fetched would tell the
 * resolution of the screen. */
static void
append_srcset (Sanitiser *self)
{
  const BaruaHtmlAttribute *srcset = barua_html_token_find (&self->token, "srcset");
  g_autofree char *first = NULL;
  const char *p;

  if (srcset == NULL || barua_html_token_find (&self->token, "src") != NULL)
    return;
  g_string_truncate (self->value, 0);
  barua_html_unescape (self->value, srcset->value, srcset->length, TRUE);
  p = self->value->str + strspn (self->value->str, " \t\n\f\r,");
  first = g_strndup (p, strcspn (p, " \t\n\f\r"));
  if (g_str_has_suffix (first, ","))
    first[strlen (first) - 1] = '\0';
  if (clean_attribute (self, "src", first, strlen (first)))
    append_attribute (self->out, "src", self->clean->str, self->clean->len);
}

static void
append_attributes (Sanitiser          *self,
                   const BaruaElement *element)
{
  gboolean has_link = FALSE;

  for (guint i = 0; i < self->token.n_attributes; i++)
    {
      const BaruaHtmlAttribute *attribute = &self->token.attributes[i];

      if (!is_allowed (element, attribute->name))
        continue;
      g_string_truncate (self->value, 0);
      barua_html_unescape (self->value, attribute->value, attribute->length, TRUE);
      if (!clean_attribute (self, attribute->name, self->value->str, self->value->len))
        continue;
      append_attribute (self->out, attribute->name, self->clean->str, self->clean->len);
      has_link |= strcmp (attribute->name, "href") == 0;
    }
  if (has_link)
    g_string_append (self->out, " rel=\"noreferrer noopener\"");
  if (is_element (element, "img"))
    append_srcset (self);
}

/* Nesting ---------------------------------------------------------------------------------------------------------- */

/* Closes the innermost element; @keep: it was cut off, and is to be opened again if it is a formatting element. */
static void
pop (Sanitiser *self,
     gboolean   keep)
{
  Open open = g_array_index (self->stack, Open, self->stack->len - 1);

  g_string_append_printf (self->out, "</%s>", open.element->name);
  g_array_set_size (self->stack, self->stack->len - 1);
  self->n_open[barua_html_element_index (open.element)]--;
  if (keep && !open.is_ended && (open.element->flags & BARUA_ELEMENT_FORMATTING) != 0 && self->reopen->len < 8 &&
      open.tag_length <= 512)
    {
      g_ptr_array_insert (self->reopen, 0, g_strndup (self->out->str + open.tag_start, open.tag_length));
      g_ptr_array_insert (self->reopen_elements, 0, (gpointer)open.element);
    }
}

/* Elements whose end tag came too early end with what was open inside them. */
static void
pop_ended (Sanitiser *self)
{
  while (self->stack->len > 0 && g_array_index (self->stack, Open, self->stack->len - 1).is_ended)
    pop (self, FALSE);
}

static void
pop_to (Sanitiser *self,
        guint      length,
        gboolean   keep)
{
  while (self->stack->len > length)
    pop (self, keep);
  pop_ended (self);
}

static void
forget_reopen (Sanitiser *self)
{
  g_ptr_array_set_size (self->reopen, 0);
  g_ptr_array_set_size (self->reopen_elements, 0);
}

static gboolean
push (Sanitiser          *self,
      const BaruaElement *element,
      gsize               tag_start)
{
  Open open = { .element = element, .tag_start = tag_start, .tag_length = self->out->len - tag_start };

  g_array_append_val (self->stack, open);
  self->n_open[barua_html_element_index (element)]++;
  return TRUE;
}

static void
push_implied (Sanitiser  *self,
              const char *name)
{
  gsize start = self->out->len;

  g_string_append_printf (self->out, "<%s>", name);
  push (self, barua_html_element_find (name), start);
}

/* Opens again what was cut off (13.2.4.3), bounded, since it multiplies the input. */
static void
reopen_formatting (Sanitiser *self)
{
  if (self->reopen->len == 0)
    return;
  for (guint i = 0; i < self->reopen->len && self->stack->len < BARUA_LIMIT_HTML_DEPTH; i++)
    {
      const char *tag = self->reopen->pdata[i];
      gsize start = self->out->len;

      self->reopened_bytes += strlen (tag) * 2;
      if (self->reopened_bytes > BARUA_LIMIT_HTML_REOPENED_BYTES)
        break;
      g_string_append (self->out, tag);
      push (self, self->reopen_elements->pdata[i], start);
    }
  forget_reopen (self);
}

/* The index of the innermost open @element that can be reached from here, or -1. @ended: also one whose end tag was there. */
static int
find_open_or_ended (const Sanitiser    *self,
                    const BaruaElement *element,
                    gboolean            ended)
{
  if (self->n_open[barua_html_element_index (element)] == 0)
    return -1;
  for (int i = (int)self->stack->len - 1; i >= 0; i--)
    {
      const Open *open = &g_array_index (self->stack, Open, i);

      if (open->element == element && (ended || !open->is_ended))
        return i;
      if (is_element (open->element, "table") ||
          ((open->element->flags & BARUA_ELEMENT_CELL) != 0 && (element->flags & BARUA_ELEMENT_TABLE) == 0 &&
           !is_element (element, "table")))
        return -1;
    }
  return -1;
}

static int
find_open (const Sanitiser    *self,
           const BaruaElement *element)
{
  return find_open_or_ended (self, element, FALSE);
}

static void
close_open (Sanitiser  *self,
            const char *name)
{
  int i = find_open (self, barua_html_element_find (name));

  if (i >= 0)
    pop_to (self, (guint)i, TRUE);
}

/* Text and other content right in a table has no place there; a parser would move it in front. It gets a cell. */
static void
ensure_cell (Sanitiser *self)
{
  const BaruaElement *element = top (self);

  if (!is_table_container (element) || is_element (element, "colgroup"))
    {
      if (!is_element (element, "colgroup"))
        return;
      pop (self, FALSE);
    }
  if (self->stack->len + 3 >= BARUA_LIMIT_HTML_DEPTH)
    {
      /* No room for a row: out of the table. */
      while (is_table_container (top (self)))
        pop (self, FALSE);
      return;
    }
  if (!is_element (top (self), "tr"))
    push_implied (self, "tr");
  push_implied (self, "td");
}

/* The list or table boundary above which an open item is not ours. */
static void
close_item (Sanitiser          *self,
            const BaruaElement *item)
{
  for (int i = (int)self->stack->len - 1; i >= 0; i--)
    {
      const BaruaElement *element = g_array_index (self->stack, Open, i).element;

      if (element == item || (item->name[0] == 'd' && (is_element (element, "dd") || is_element (element, "dt"))))
        {
          pop_to (self, (guint)i, TRUE);
          return;
        }
      if ((element->flags & (BARUA_ELEMENT_BLOCK | BARUA_ELEMENT_TABLE)) != 0 && !is_element (element, "div") &&
          !is_element (element, "p") && !is_element (element, "address"))
        return;
    }
}

/* A tr, td, tbody ... inside a table: closes and opens what must be between. FALSE: not inside a table. */
static gboolean
enter_table_part (Sanitiser          *self,
                  const BaruaElement *element)
{
  gboolean is_cell = is_element (element, "td") || is_element (element, "th");

  if (n_open (self, "table") == 0)
    return FALSE;
  for (;;)
    {
      const BaruaElement *open = top (self);

      if (is_element (open, "table") || (is_cell && is_element (open, "tr")) ||
          (is_element (element, "col") && is_element (open, "colgroup")) ||
          ((is_cell || is_element (element, "tr")) &&
           (is_element (open, "tbody") || is_element (open, "thead") || is_element (open, "tfoot"))))
        break;
      pop (self, FALSE);
    }
  forget_reopen (self);
  if (is_cell && !is_element (top (self), "tr"))
    push_implied (self, "tr");
  return TRUE;
}

/* Closes what the start of @element ends. */
static gboolean
prepare_for (Sanitiser          *self,
             const BaruaElement *element)
{
  if ((element->flags & BARUA_ELEMENT_TABLE) != 0)
    return enter_table_part (self, element);
  ensure_cell (self);
  if ((element->flags & BARUA_ELEMENT_BLOCK) != 0)
    {
      close_open (self, "p");
      if ((element->flags & BARUA_ELEMENT_HEADING) != 0 && top (self) != NULL &&
          (top (self)->flags & BARUA_ELEMENT_HEADING) != 0)
        pop_to (self, self->stack->len - 1, TRUE);
      if (is_element (element, "li") || is_element (element, "dd") || is_element (element, "dt"))
        close_item (self, element);
      if ((element->flags & BARUA_ELEMENT_FORMATTING) == 0 && is_element (element, "table"))
        forget_reopen (self);
    }
  else if (is_element (element, "a"))
    {
      /* No link inside a link, not even one that only waits for its block to end. */
      int open = find_open_or_ended (self, element, TRUE);

      if (open >= 0)
        {
          while ((int)self->stack->len > open + 1)
            pop (self, TRUE);
          pop_to (self, (guint)open, FALSE);
        }
      for (guint i = 0; i < self->reopen->len; i++)
        if (self->reopen_elements->pdata[i] == (gpointer)element)
          {
            g_ptr_array_remove_index (self->reopen, i);
            g_ptr_array_remove_index (self->reopen_elements, i);
            break;
          }
    }
  /* Closing may have led out to a table again. */
  ensure_cell (self);
  if ((element->flags & BARUA_ELEMENT_BLOCK) == 0)
    reopen_formatting (self);
  return TRUE;
}

/* Tokens ----------------------------------------------------------------------------------------------------------- */

static void
append_text (Sanitiser  *self,
             const char *text,
             gsize       length)
{
  gboolean is_blank = TRUE;

  for (gsize i = 0; i < length && is_blank; i++)
    is_blank = g_ascii_isspace (text[i]);
  if (!is_blank)
    {
      ensure_cell (self);
      reopen_formatting (self);
    }
  /* A parser drops the line end that follows <pre>. */
  if (is_element (top (self), "pre") && g_str_has_suffix (self->out->str, ">") &&
      g_array_index (self->stack, Open, self->stack->len - 1).tag_start +
              g_array_index (self->stack, Open, self->stack->len - 1).tag_length == self->out->len)
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
handle_text (Sanitiser *self)
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
handle_style (Sanitiser *self)
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
handle_body (Sanitiser *self)
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
      append_names (names, self->value->str);
    }
  g_string_append (self->out, "<div");
  append_attribute (self->out, "class", names->str, names->len);
  if (clean_attribute (self, "style", style->str, style->len))
    append_attribute (self->out, "style", self->clean->str, self->clean->len);
  for (guint i = 0; i < self->token.n_attributes; i++)
    {
      const char *name = self->token.attributes[i].name;

      if (strcmp (name, "id") != 0 && strcmp (name, "dir") != 0 && strcmp (name, "lang") != 0)
        continue;
      g_string_truncate (self->value, 0);
      barua_html_unescape (self->value, self->token.attributes[i].value, self->token.attributes[i].length, TRUE);
      if (clean_attribute (self, name, self->value->str, self->value->len))
        append_attribute (self->out, name, self->clean->str, self->clean->len);
    }
  g_string_append_c (self->out, '>');
  push (self, barua_html_element_find ("div"), start);
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
handle_start (Sanitiser *self)
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
  if (!prepare_for (self, element))
    return;
  start = self->out->len;
  g_string_append_c (self->out, '<');
  g_string_append (self->out, element->name);
  append_attributes (self, element);
  g_string_append_c (self->out, '>');
  if ((element->flags & BARUA_ELEMENT_VOID) == 0)
    push (self, element, start);
}

static void
handle_end (Sanitiser *self)
{
  const BaruaElement *element = barua_html_element_find (self->token.name);
  guint *n_dropped;
  int i;

  if (element == NULL)
    return;
  n_dropped = &self->n_dropped[barua_html_element_index (element)];
  if (is_element (element, "br"))
    {
      handle_start (self);
      return;
    }
  if (*n_dropped > 0)
    {
      (*n_dropped)--;
      return;
    }
  i = find_open (self, element);
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
      if ((g_array_index (self->stack, Open, j).element->flags & (BARUA_ELEMENT_BLOCK | BARUA_ELEMENT_TABLE)) != 0)
        {
          g_array_index (self->stack, Open, i).is_ended = TRUE;
          return;
        }
  while ((int)self->stack->len > i + 1)
    pop (self, TRUE);
  pop_to (self, (guint)i, FALSE);
  if ((element->flags & BARUA_ELEMENT_TABLE) != 0 || is_element (element, "table"))
    forget_reopen (self);
}

/* TRUE while the token is inside an element that goes with its content. Markup that can't be inside drawings and formulas ends
 * those (13.2.6.5), so that a missing end tag does not take the rest of the message along. */
static gboolean
skip (Sanitiser *self)
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
run (Sanitiser *self)
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
    pop (self, FALSE);
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
barua_html_sanitise (const char      *html,
                     gsize            length,
                     const char      *charset_hint,
                     BaruaHtmlFlags   flags,
                     BaruaHtmlReport *report)
{
  g_autoptr (BaruaHtmlReport) own = NULL;
  g_autofree char *meta = NULL;
  g_autofree char *text = NULL;
  gboolean known;
  gboolean damaged;
  gsize n;
  Sanitiser self = { .flags = flags };

  barua_mime_init ();
  if (report == NULL)
    report = own = barua_html_report_new ();
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
  n = strlen (text);

  self.report = report;
  self.out = g_string_sized_new (n + 64);
  self.value = g_string_sized_new (256);
  self.clean = g_string_sized_new (256);
  self.stack = g_array_new (FALSE, FALSE, sizeof (Open));
  self.reopen = g_ptr_array_new_with_free_func (g_free);
  self.reopen_elements = g_ptr_array_new ();
  barua_html_tokenizer_init (&self.tokenizer, text, n);
  run (&self);
  g_string_free (self.value, TRUE);
  g_string_free (self.clean, TRUE);
  g_array_unref (self.stack);
  g_ptr_array_unref (self.reopen);
  g_ptr_array_unref (self.reopen_elements);
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
