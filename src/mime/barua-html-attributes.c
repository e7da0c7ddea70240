/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-html-sanitiser.h"

#include "barua-html-css.h"
#include "barua-html-url.h"

#include <string.h>

void
barua_sanitiser_append_attribute (GString    *out,
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

void
barua_sanitiser_append_names (GString    *out,
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

gboolean
barua_sanitiser_clean_attribute (BaruaSanitiser *self,
                                 const char     *name,
                                 const char     *value,
                                 gsize           length)
{
  GString *clean = self->clean;
  g_autofree char *url = NULL;

  g_string_truncate (clean, 0);
  if (strcmp (name, "style") == 0)
    barua_css_sanitise_declarations (clean, value, length, self->flags, self->report);
  else if (strcmp (name, "class") == 0)
    barua_sanitiser_append_names (clean, value);
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
append_srcset (BaruaSanitiser *self)
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
  if (barua_sanitiser_clean_attribute (self, "src", first, strlen (first)))
    barua_sanitiser_append_attribute (self->out, "src", self->clean->str, self->clean->len);
}

void
barua_sanitiser_append_attributes (BaruaSanitiser     *self,
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
      if (!barua_sanitiser_clean_attribute (self, attribute->name, self->value->str, self->value->len))
        continue;
      barua_sanitiser_append_attribute (self->out, attribute->name, self->clean->str, self->clean->len);
      has_link |= strcmp (attribute->name, "href") == 0;
    }
  if (has_link)
    g_string_append (self->out, " rel=\"noreferrer noopener\"");
  if (barua_html_element_is (element, "img"))
    append_srcset (self);
}
