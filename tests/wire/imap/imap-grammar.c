/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "imap-grammar.h"

#include <string.h>

static const char *
read_literal (const char  *bytes,
              gsize        length,
              gsize       *at,
              GPtrArray   *strings)
{
  gsize n = 0;
  gsize digits = 0;

  (*at)++;
  for (; *at < length && bytes[*at] >= '0' && bytes[*at] <= '9'; (*at)++, digits++)
    {
      if (digits > 9)
        return "a literal's length is too long";
      n = n * 10 + (gsize) (bytes[*at] - '0');
    }
  if (*at < length && bytes[*at] == '+')
    (*at)++;
  if (digits == 0 || *at + 3 > length || memcmp (bytes + *at, "}\r\n", 3) != 0)
    return "a literal's header is broken";
  *at += 3;
  if (length - *at < n)
    return "a literal is cut off";
  if (strings != NULL)
    g_ptr_array_add (strings, g_string_new_len (bytes + *at, (gssize) n));
  *at += n;
  return NULL;
}

static const char *
read_quoted (const char *bytes,
             gsize       length,
             gsize      *at,
             GPtrArray  *strings)
{
  GString *text = g_string_new (NULL);

  for ((*at)++; *at < length && bytes[*at] != '"'; (*at)++)
    {
      char c = bytes[*at];

      if (c == '\\')
        {
          (*at)++;
          c = *at < length ? bytes[*at] : 'x';
          if (c != '"' && c != '\\')
            break;
        }
      else if (c == '\r' || c == '\n' || c == '\0')
        break;
      g_string_append_c (text, c);
    }
  if (strings != NULL)
    g_ptr_array_add (strings, text);
  else
    g_string_free (text, TRUE);
  if (*at >= length || bytes[*at] != '"')
    return "a quoted string is broken";
  (*at)++;
  return NULL;
}

static gboolean
is_section_word (const char *word,
                 gsize       length)
{
  static const char *const words[] = { "BODY", "BODY.PEEK", "BINARY", "BINARY.PEEK", "BINARY.SIZE" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strlen (words[i]) == length && memcmp (words[i], word, length) == 0)
      return TRUE;
  return FALSE;
}

const char *
imap_grammar_check (const char *bytes,
                    gsize       length,
                    GPtrArray  *strings)
{
  gsize at = 0;
  gboolean has_items = g_strstr_len (bytes, (gssize) MIN (length, 10), "FETCH ") != NULL ||
                       g_strstr_len (bytes, (gssize) MIN (length, 7), "NOTIFY ") != NULL;
  int depth = 0;
  int brackets = 0;
  gboolean may_begin = TRUE; /* a value may stand here */
  gboolean is_value = FALSE; /* one has just ended */

  while (at < length)
    {
      char c = bytes[at];
      const char *problem = NULL;
      gsize start;

      if (c == '\r')
        {
          if (at + 2 != length || bytes[at + 1] != '\n')
            return "CR in the middle";
          if (depth != 0 || brackets != 0)
            return "a list is open at the end";
          return is_value ? NULL : "a space at the end";
        }
      if (c == '\n' || c == '\0')
        return "LF or NUL";
      if (c == ' ')
        {
          if (!is_value)
            return "a space where none may be";
          is_value = FALSE;
          may_begin = TRUE;
          at++;
          continue;
        }
      if (c == '(')
        {
          if (!may_begin)
            return "a list where none may be";
          depth++;
          may_begin = TRUE;
          is_value = FALSE;
          at++;
          continue;
        }
      if (c == ')')
        {
          if (depth == 0 || (may_begin && !is_value && bytes[at - 1] != '('))
            return "a list ends where it may not";
          depth--;
          is_value = TRUE;
          may_begin = FALSE;
          at++;
          continue;
        }
      if (c == '"' || c == '{' || (c == '~' && at + 1 < length && bytes[at + 1] == '{'))
        {
          if (!may_begin)
            return "a string where none may be";
          if (c == '~')
            at++;
          problem = c == '"' ? read_quoted (bytes, length, &at, strings) : read_literal (bytes, length, &at, strings);
          if (problem != NULL)
            return problem;
        }
      else
        {
          if (!may_begin && brackets == 0)
            return "a word where none may be";
          start = at;
          for (; at < length && strchr (" ()\"{\r\n", bytes[at]) == NULL; at++)
            {
              if ((guchar) bytes[at] <= 0x20 || (guchar) bytes[at] >= 0x7f)
                return "a word with a byte that may not be in it";
              /* "[" is an atom's character; a section's it is only behind these words, in a list of items. */
              if (bytes[at] == '[' && has_items && is_section_word (bytes + start, at - start))
                brackets++;
              else if (bytes[at] == ']')
                brackets--;
              if (brackets < 0 || brackets > 1)
                return "brackets that do not pair";
            }
        }
      is_value = TRUE;
      /* "]" goes on behind the list of header fields. */
      may_begin = FALSE;
    }
  return "no CRLF at the end";
}
