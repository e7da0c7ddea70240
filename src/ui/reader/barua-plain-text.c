/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-plain-text.h"

#include <string.h>

#include "barua-limits.h"

#define LEVELS_MAX 32u

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
