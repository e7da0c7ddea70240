/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "barua-limits.h"
#include "barua-store-private.h"
#include "barua-store-search.h"
#include "barua-text.h"

static void
term_free (gpointer data)
{
  BaruaSearchTerm *term = data;

  g_free (term->text);
  g_free (term);
}

BaruaSearchQuery *
barua_search_query_new (void)
{
  BaruaSearchQuery *self = g_new0 (BaruaSearchQuery, 1);

  self->terms = g_ptr_array_new_with_free_func (term_free);
  self->unread = -1;
  self->starred = -1;
  self->attachment = -1;
  self->before = G_MAXINT64;
  self->after = G_MININT64;
  self->folders = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->not_folders = g_array_new (FALSE, FALSE, sizeof (gint64));
  return self;
}

void
barua_search_query_free (BaruaSearchQuery *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->terms);
  g_array_unref (self->folders);
  g_array_unref (self->not_folders);
  g_free (self->folder_name);
  g_free (self);
}

gboolean
barua_search_query_is_empty (const BaruaSearchQuery *self)
{
  return self->terms->len == 0 && self->unread < 0 && self->starred < 0 && self->attachment < 0 &&
         self->before == G_MAXINT64 && self->after == G_MININT64 && self->larger == 0 && self->folder_name == NULL;
}

/* "2024", "2024-03", "2024-03-09": the first moment of it, in local time. */
static gboolean
parse_date (const char *text,
            gint64     *seconds)
{
  int year = 0;
  int month = 1;
  int day = 1;
  int end = 0;
  g_autoptr (GDateTime) date = NULL;

  if (sscanf (text, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3 || text[end] != '\0')
    {
      day = 1;
      end = 0;
      if (sscanf (text, "%4d-%2d%n", &year, &month, &end) != 2 || text[end] != '\0')
        {
          month = 1;
          end = 0;
          if (sscanf (text, "%4d%n", &year, &end) != 1 || text[end] != '\0')
            return FALSE;
        }
    }
  date = g_date_time_new_local (year, month, day, 0, 0, 0);
  if (date == NULL)
    return FALSE;
  *seconds = g_date_time_to_unix (date);
  return TRUE;
}

static gboolean
parse_size (const char *text,
            guint64    *bytes)
{
  char *end = NULL;
  guint64 n = g_ascii_strtoull (text, &end, 10);
  guint shift = 0;

  if (!g_ascii_isdigit (text[0]) || n > G_MAXUINT32)
    return FALSE;
  switch (g_ascii_toupper (*end))
    {
    case 'K':
      shift = 10;
      break;
    case 'M':
      shift = 20;
      break;
    case 'G':
      shift = 30;
      break;
    default:
      break;
    }
  if (shift != 0)
    end++;
  if (g_ascii_toupper (*end) == 'B')
    end++;
  *bytes = n << shift;
  return *end == '\0';
}

static void
add_term (BaruaSearchQuery *self,
          BaruaSearchField  field,
          const char       *text,
          gboolean          phrase,
          gboolean          negated)
{
  g_autofree char *folded = barua_text_for_search (text, -1);
  BaruaSearchTerm *term;
  gboolean has_word = FALSE;

  /* What has no letter, digit or symbol that the index keeps finds nothing and would stand in the way of the rest. */
  for (const char *p = folded; *p != '\0' && !has_word; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      has_word = g_unichar_isalnum (c) || g_unichar_ismark (c) || g_unichar_type (c) == G_UNICODE_PRIVATE_USE;
    }
  if (!has_word || self->terms->len >= BARUA_LIMIT_SEARCH_TERMS)
    return;
  term = g_new0 (BaruaSearchTerm, 1);
  term->field = field;
  term->text = g_steal_pointer (&folded);
  term->phrase = phrase;
  term->negated = negated;
  g_ptr_array_add (self->terms, term);
}

/* FALSE when @name:@value is no operator. */
static gboolean
apply_operator (BaruaSearchQuery *self,
                const char       *name,
                const char       *value,
                gboolean          phrase,
                gboolean          negated)
{
  static const struct
  {
    const char       *name;
    BaruaSearchField  field;
  } fields[] = {
    { "from", BARUA_SEARCH_FROM }, { "to", BARUA_SEARCH_TO }, { "cc", BARUA_SEARCH_TO },
    { "subject", BARUA_SEARCH_SUBJECT }, { "body", BARUA_SEARCH_BODY },
  };
  g_autofree char *both = g_strconcat (name, ":", value, NULL);

  if (g_str_equal (both, "is:unread") || g_str_equal (both, "is:read"))
    self->unread = (g_str_equal (value, "unread")) != negated;
  else if (g_str_equal (both, "is:starred"))
    self->starred = !negated;
  else if (g_str_equal (both, "has:attachment"))
    self->attachment = !negated;
  else if (g_str_equal (name, "in") && *value != '\0')
    g_set_str (&self->folder_name, value);
  else if (g_str_equal (name, "before"))
    return parse_date (value, &self->before);
  else if (g_str_equal (name, "after"))
    return parse_date (value, &self->after);
  else if (g_str_equal (name, "larger"))
    return parse_size (value, &self->larger);
  else
    {
      for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
        if (g_str_equal (name, fields[i].name) && *value != '\0')
          {
            add_term (self, fields[i].field, value, phrase, negated);
            return TRUE;
          }
      return FALSE;
    }
  return TRUE;
}

/* Lower case, and each letter in one form: keyboards write some Indic letters as one character, files as two. */
static char *
fold (const char *text)
{
  g_autofree char *lower = g_utf8_strdown (text, -1);
  char *normal = g_utf8_normalize (lower, -1, G_NORMALIZE_ALL);

  return normal != NULL ? normal : g_steal_pointer (&lower);
}

/* The English form of a translated operator; @name and @value are folded. */
static void
translate_operator (const BaruaSearchOperator  *operators,
                    char                      **name,
                    char                      **value)
{
  g_autofree char *both = g_strconcat (*name, ":", *value, NULL);

  for (guint i = 0; operators != NULL && operators[i].english != NULL; i++)
    {
      g_autofree char *translated = fold (operators[i].translated);
      const char *colon = strchr (operators[i].english, ':');

      if (colon != NULL && g_str_equal (translated, both))
        {
          g_free (*name);
          *name = g_strndup (operators[i].english, (gsize)(colon - operators[i].english));
          g_set_str (value, colon + 1);
          return;
        }
      if (colon == NULL && g_str_equal (translated, *name))
        {
          g_set_str (name, operators[i].english);
          return;
        }
    }
}

static void
add_token (BaruaSearchQuery          *self,
           const char                *token,
           gboolean                   phrase,
           gboolean                   value_phrase,
           gboolean                   negated,
           const BaruaSearchOperator *operators)
{
  const char *colon = phrase ? NULL : strchr (token, ':');

  if (colon != NULL && colon > token)
    {
      g_autofree char *raw = g_strndup (token, (gsize)(colon - token));
      g_autofree char *name = fold (raw);
      g_autofree char *value = fold (colon + 1);
      g_autofree char *shown = g_strdup (colon + 1);

      translate_operator (operators, &name, &value);
      /* A folder's name and what is searched keep their case. */
      if (g_str_equal (name, "in") || g_str_equal (name, "from") || g_str_equal (name, "to") || g_str_equal (name, "subject"))
        g_set_str (&value, shown);
      if (apply_operator (self, name, value, value_phrase, negated))
        return;
    }
  add_term (self, BARUA_SEARCH_ANYWHERE, token, phrase, negated);
}

BaruaSearchQuery *
barua_search_query_parse (const char                *text,
                          gssize                     length,
                          const BaruaSearchOperator *operators)
{
  BaruaSearchQuery *self = barua_search_query_new ();
  gsize n = MIN (length < 0 ? strnlen (text, BARUA_LIMIT_SEARCH_QUERY_BYTES) : (gsize)length,
                 (gsize)BARUA_LIMIT_SEARCH_QUERY_BYTES);
  g_autofree char *copy = g_memdup2 (n > 0 ? text : " ", MAX (n, 1));
  g_autofree char *valid = NULL;
  const char *p;

  for (gsize i = 0; i < n; i++)
    if (copy[i] == '\0')
      copy[i] = ' ';
  valid = g_utf8_make_valid (copy, (gssize)MAX (n, 1));
  p = valid;
  while (*p != '\0')
    {
      g_autoptr (GString) token = g_string_new (NULL);
      gboolean negated = FALSE;
      gboolean phrase;
      gboolean value_phrase = FALSE;
      gboolean quoted;

      while (g_unichar_isspace (g_utf8_get_char (p)))
        p = g_utf8_next_char (p);
      if (p[0] == '-' && p[1] != '\0' && !g_ascii_isspace (p[1]))
        {
          negated = TRUE;
          p++;
        }
      phrase = *p == '"';
      quoted = phrase;
      if (phrase)
        p++;
      for (; *p != '\0'; p = g_utf8_next_char (p))
        {
          if (*p == '"')
            {
              if (quoted)
                {
                  p++;
                  break;
                }
              /* from:"Ada Lovelace" */
              if (token->len > 0 && token->str[token->len - 1] == ':')
                {
                  quoted = value_phrase = TRUE;
                  continue;
                }
              break;
            }
          if (!quoted && g_unichar_isspace (g_utf8_get_char (p)))
            break;
          g_string_append_len (token, p, g_utf8_next_char (p) - p);
        }
      if (token->len > 0)
        add_token (self, token->str, phrase, value_phrase, negated, operators);
    }
  return self;
}
