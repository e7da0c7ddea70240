/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-plain-text.h"

#include <string.h>

#include "barua-limits.h"

#define LEVELS_MAX         32u
/* The line above a quote that says whose it is: broken into so many, and so long. */
#define INTRODUCTION_LINES 4u
#define INTRODUCTION_MAX   600u

static void
block_free (gpointer data)
{
  BaruaPlainBlock *block = data;

  g_free (block->text);
  g_free (block);
}

/* ">> text", "> > text": how deep, and where the text begins. */
static guint
quote_level (const char  *line,
             const char **text)
{
  guint level = 0;

  while (*line == '>' && level < LEVELS_MAX)
    {
      level++;
      line++;
      if (*line == ' ' && (line[1] == '>' || level > 0))
        line++;
    }
  *text = line;
  return level;
}

static void
finish_block (GPtrArray *blocks,
              GString   *text,
              gsize      offset,
              guint      level,
              gboolean   is_signature)
{
  BaruaPlainBlock *block;
  gsize start = 0;

  while (text->len > 0 && g_ascii_isspace (text->str[text->len - 1]))
    g_string_truncate (text, text->len - 1);
  while (text->str[start] == '\n')
    start++;
  if (text->len > start)
    {
      block = g_new0 (BaruaPlainBlock, 1);
      block->level = level;
      block->is_signature = is_signature;
      block->offset = offset;
      block->text = g_strdup (text->str + start);
      g_ptr_array_add (blocks, block);
    }
  g_string_truncate (text, 0);
}

/* Who wrote what, above a quote ------------------------------------------------------------------------------------ */

static gboolean
is_in_word (gunichar c)
{
  return g_unichar_isalnum (c) || c == '.' || c == '-' || c == '_' || c == '+';
}

/* "maria@posta.example". */
static gboolean
has_address (const char *text)
{
  for (const char *at = strchr (text, '@'); at != NULL; at = strchr (at + 1, '@'))
    if (at > text && is_in_word (g_utf8_get_char (g_utf8_prev_char (at))) && is_in_word (g_utf8_get_char (at + 1)))
      return TRUE;
  return FALSE;
}

/* A number in any script's digits; 0 when it is too long to be part of a date. */
static guint
read_number (const char **p,
             guint       *digits)
{
  guint value = 0;

  for (*digits = 0; g_unichar_isdigit (g_utf8_get_char (*p)); (*digits)++, *p = g_utf8_next_char (*p))
    if (*digits < 4)
      value = value * 10 + (guint)g_unichar_digit_value (g_utf8_get_char (*p));
  return *digits <= 4 ? value : 0;
}

/* A year, or three numbers as in "12.3.26", whatever the language. */
static gboolean
has_date (const char *text)
{
  guint n = 0;
  char mark = '\0';

  for (const char *p = text; *p != '\0';)
    {
      guint digits, value;

      if (!g_unichar_isdigit (g_utf8_get_char (p)))
        {
          gboolean joins = n > 0 && strchr ("./-", *p) != NULL && (n == 1 || *p == mark) &&
                           g_unichar_isdigit (g_utf8_get_char (p + 1));

          mark = *p;
          n = joins ? n : 0;
          p = g_utf8_next_char (p);
          continue;
        }
      value = read_number (&p, &digits);
      if (digits == 4 && value >= 1970 && value < 2100)
        return TRUE;
      n = digits <= 2 ? n + 1 : 0;
      if (n == 3)
        return TRUE;
    }
  return FALSE;
}

static gboolean
ends_in_colon (const char *text)
{
  return g_str_has_suffix (text, ":") || g_str_has_suffix (text, "\xef\xbc\x9a");
}

/* Lines were broken before an address, or behind its bracket. */
static gboolean
goes_on (const char *text,
         const char *line)
{
  return line > text + 1 && (*line == '<' || line[-2] == '<' || line[-2] == ',');
}

/* Where at the end of a block the words begin that say whose the quote below is ("On 3 Nov 2026, Maria <maria@posta.example>
 * wrote:"), over several lines when they were broken; NULL: there are none. The language does not matter: a colon at the end, and an
 * address or a date in it. */
static const char *
find_introduction (const char *text)
{
  const char *start = text + strlen (text);
  gboolean found = FALSE;

  if (!ends_in_colon (text))
    return NULL;
  for (guint i = 0; i < INTRODUCTION_LINES && start > text; i++)
    {
      const char *end = i == 0 ? start : start - 1;
      const char *line = end;

      while (line > text && line[-1] != '\n')
        line--;
      /* An empty line: another paragraph. */
      if (line == end || strlen (line) > INTRODUCTION_MAX)
        break;
      start = line;
      found = found || has_address (start);
      if (has_date (start) || (found && !goes_on (text, start)))
        return start;
    }
  return found ? start : NULL;
}

/* It goes with its quote, unless nothing would be left of the message. */
static void
split_introduction (GPtrArray  *blocks,
                    const char *whole)
{
  BaruaPlainBlock *above, *introduction;
  const char *start;
  guint i = 0;

  while (i < blocks->len && !((BaruaPlainBlock *)g_ptr_array_index (blocks, i))->is_trailing)
    i++;
  if (i == 0 || i == blocks->len || ((BaruaPlainBlock *)g_ptr_array_index (blocks, i))->level == 0)
    return;
  above = g_ptr_array_index (blocks, i - 1);
  start = find_introduction (above->text);
  if (start == NULL || (start == above->text && i == 1))
    return;
  if (start == above->text)
    {
      above->is_trailing = TRUE;
      return;
    }
  introduction = g_new0 (BaruaPlainBlock, 1);
  introduction->is_trailing = TRUE;
  introduction->text = g_strdup (start);
  introduction->offset = above->offset + strspn (whole + above->offset, "\n") + (gsize)(start - above->text);
  above->text[start - above->text] = '\0';
  g_strchomp (above->text);
  g_ptr_array_insert (blocks, (int)i, introduction);
}

GPtrArray *
barua_plain_text_split (const char *text)
{
  GPtrArray *blocks = g_ptr_array_new_with_free_func (block_free);
  g_autoptr (GString) current = g_string_new (NULL);
  gsize offset = 0;
  guint level = 0;
  gboolean is_signature = FALSE;

  for (const char *line = text; line != NULL && *line != '\0';)
    {
      const char *end = strchr (line, '\n');
      gsize length = end != NULL ? (gsize)(end - line) : strlen (line);
      const char *words;
      guint line_level = quote_level (line, &words);
      gboolean starts_signature = line_level == 0 && length == 3 && strncmp (line, "-- ", 3) == 0;

      /* An empty line belongs to what stands before it. */
      if (starts_signature || (line_level != level && (length > 0 || line_level > 0)))
        {
          finish_block (blocks, current, offset, level, is_signature);
          offset = (gsize)(line - text);
          level = line_level;
          is_signature = starts_signature || (is_signature && line_level == 0);
        }
      if (!starts_signature)
        {
          g_string_append_len (current, words, (gssize)(length - MIN (length, (gsize)(words - line))));
          g_string_append_c (current, '\n');
        }
      line = end != NULL ? end + 1 : NULL;
    }
  finish_block (blocks, current, offset, level, is_signature);

  for (guint i = blocks->len; i-- > 0;)
    {
      BaruaPlainBlock *block = g_ptr_array_index (blocks, i);

      if (block->level == 0 && !block->is_signature)
        break;
      block->is_trailing = i > 0;
    }
  split_introduction (blocks, text);
  return blocks;
}

/* Pieces ----------------------------------------------------------------------------------------------------------- */

/* Marks belong to the letter before them. */
static const char *
whole_letter (const char *text,
              const char *p)
{
  const char *at = p;

  for (guint i = 0; i < 32 && at > text; i++)
    {
      gunichar c = g_utf8_get_char (at);

      if (!g_unichar_ismark (c) && c != 0x200D && c != 0x200C)
        break;
      at = g_utf8_prev_char (at);
    }
  return at > text ? at : p;
}

gsize
barua_plain_text_cut (const char *text,
                      gsize      *skip)
{
  const char *paragraph = NULL, *line = NULL, *space = NULL;
  guint chars = 0, lines = 0, paragraph_chars = 0;
  const char *p = text;

  for (; *p != '\0' && chars < BARUA_PLAIN_PIECE_CHARS && lines < BARUA_PLAIN_PIECE_LINES; p = g_utf8_next_char (p), chars++)
    if (*p == '\n' && p > text)
      {
        line = p;
        lines++;
        if (p[1] == '\n' && p[-1] != '\n')
          {
            paragraph = p;
            paragraph_chars = chars;
          }
      }
    else if (*p == ' ' && p > text)
      space = p;

  *skip = 0;
  if (*p == '\0')
    return (gsize)(p - text);
  *skip = 1;
  if (paragraph != NULL && (paragraph_chars * 2 >= chars))
    return (gsize)(paragraph - text);
  if (line != NULL)
    return (gsize)(line - text);
  if (space != NULL)
    return (gsize)(space - text);
  *skip = 0;
  return (gsize)(whole_letter (text, p) - text);
}

/* Find ------------------------------------------------------------------------------------------------------------- */

/* Whether @p can't begin with @folded; says so at once for most places, and never wrongly: only of letters without case. */
static gboolean
differs (const char *p,
         const char *folded)
{
  for (;; p++, folded++)
    {
      if (*folded == '\0')
        return FALSE;
      if ((guchar)*p < 0x80)
        {
          if (g_ascii_tolower (*p) != *folded)
            return TRUE;
          continue;
        }
      /* Casefolding leaves the letters of such scripts as they are. */
      return g_unichar_type (g_utf8_get_char (p)) == G_UNICODE_OTHER_LETTER && g_utf8_get_char (p) != g_utf8_get_char (folded);
    }
}

gboolean
barua_plain_text_find (const char *text,
                       gsize       from,
                       gsize       until,
                       const char *folded,
                       guint       chars,
                       gsize      *start,
                       gsize      *end)
{
  for (const char *p = text + from; p < text + until && *p != '\0'; p = g_utf8_next_char (p))
    {
      g_autofree char *piece = NULL;
      const char *behind = p;

      if (differs (p, folded))
        continue;
      for (guint i = 0; i < chars && *behind != '\0'; i++)
        behind = g_utf8_next_char (behind);
      piece = g_utf8_casefold (p, behind - p);
      if (strcmp (piece, folded) != 0)
        continue;
      *start = (gsize)(p - text);
      *end = (gsize)(behind - text);
      return TRUE;
    }
  return FALSE;
}

/* Links ------------------------------------------------------------------------------------------------------------ */

static gboolean
starts_link (const char *p,
             const char *before)
{
  static const char *const starts[] = { "https://", "http://", "mailto:" };

  if (before != NULL && (g_ascii_isalnum (*before) || (guchar)*before >= 0x80))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    if (g_ascii_strncasecmp (p, starts[i], strlen (starts[i])) == 0 && p[strlen (starts[i])] != '\0' &&
        !g_ascii_isspace (p[strlen (starts[i])]))
      return TRUE;
  return FALSE;
}

/* As people write them in sentences: the full stop or bracket behind is not part of it. */
static gsize
link_length (const char *p)
{
  gsize length = strcspn (p, " \t\n\r<>\"");
  gsize brackets = 0;

  for (gsize i = 0; i < length; i++)
    brackets += p[i] == '(';
  while (length > 0 && strchr (".,;:!?'*_", p[length - 1]) != NULL)
    length--;
  if (length > 0 && p[length - 1] == ')' && brackets == 0)
    length--;
  while (length > 0 && strchr (".,;:!?'*_", p[length - 1]) != NULL)
    length--;
  return length;
}

char *
barua_plain_text_markup (const char *text)
{
  GString *markup = g_string_new (NULL);
  const char *from = text;

  for (const char *p = text; *p != '\0';)
    {
      gsize length = starts_link (p, p > text ? p - 1 : NULL) ? link_length (p) : 0;
      g_autofree char *link = NULL;
      g_autofree char *before = NULL;

      if (length < 9)
        {
          p++;
          continue;
        }
      before = g_markup_escape_text (from, p - from);
      link = g_markup_escape_text (p, (gssize)length);
      g_string_append_printf (markup, "%s<a href=\"%s\">%s</a>", before, link, link);
      p += length;
      from = p;
    }
  {
    g_autofree char *rest = g_markup_escape_text (from, -1);

    g_string_append (markup, rest);
  }
  return g_string_free (markup, FALSE);
}
