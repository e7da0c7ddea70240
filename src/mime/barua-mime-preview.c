/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-mime.h"

#include "barua-limits.h"
#include "barua-text.h"

#include <string.h>

/* No more of a text is looked at: quotes in front may be long, but not without end. */
#define LOOK_BYTES (64u * 1024u)

/* Characters that newsletters pad their first line with, or that show nothing. Joiners stay between letters: Bengali and
 * Telugu, and emoji, need them. */
static gboolean
is_invisible (gunichar c)
{
  return c == 0x00AD || c == 0x034F || c == 0x061C || (c >= 0x115F && c <= 0x1160) || (c >= 0x17B4 && c <= 0x17B5) ||
         c == 0x180E || c == 0x200B || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0x2800 || c == 0x3164 || c == 0xFEFF || c == 0xFFFC || c == 0xFFFD;
}

/* Appends a line with its white space folded and what can't be seen left out. */
static void
append_line (GString    *out,
             const char *line,
             gsize       length)
{
  gboolean space = out->len > 0;
  const char *end = line + length;

  for (const char *p = line; p < end; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c) || c < 0x20)
        space = out->len > 0;
      else if ((c == 0x200C || c == 0x200D) && (space || out->len == 0))
        continue;
      else if (!is_invisible (c))
        {
          if (space)
            g_string_append_c (out, ' ');
          space = FALSE;
          g_string_append_unichar (out, c);
        }
    }
}

static gboolean
has_letter (const char *line,
            gsize       length)
{
  for (const char *p = line; p < line + length; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if ((g_unichar_isalnum (c) || c > 0x2190) && !is_invisible (c))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_quoted (const char *line,
           gsize       length)
{
  return length > 0 && (line[0] == '>' || (length > 1 && line[0] == ' ' && line[1] == '>'));
}

/* "On Monday, Maria wrote:" in whatever language: a line that ends in a colon with a quote behind it (an empty line may be
 * between); it may be broken in two. */
static gboolean
is_attribution (const char *line,
                const char *end)
{
  const char *p = line;
  gboolean has_colon = FALSE;

  for (guint i = 0; i < 4 && p < end; i++)
    {
      gsize length = strcspn (p, "\n");
      gsize used = MIN (length, (gsize)(end - p));

      while (used > 0 && (p[used - 1] == ' ' || p[used - 1] == '\t'))
        used--;
      if (has_colon && is_quoted (p, used))
        return TRUE;
      if (used > 0 && has_colon)
        return FALSE;
      if (used == 0 && !has_colon)
        return FALSE;
      if (used > 0 && i < 2)
        {
          /* Also the wide colon of Chinese and Japanese. */
          has_colon = p[used - 1] == ':' || (used >= 3 && memcmp (p + used - 3, "\xEF\xBC\x9A", 3) == 0);
          if (used > 300)
            return FALSE;
        }
      p += length + (p[length] == '\n');
    }
  return FALSE;
}

/* What begins a signature or the untouched original below an answer: the rest is not the sender's. */
static gboolean
is_end (const char *line,
        gsize       length)
{
  static const char * const ends[] = { "-----Original Message-----", "---------- Forwarded message", "-----Message d'origine",
                                       "-----Urspr\xC3\xBCngliche Nachricht", "-----Pesan Asli", "________________________________" };

  if ((length == 2 && memcmp (line, "--", 2) == 0) || (length == 3 && memcmp (line, "-- ", 3) == 0))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (length >= strlen (ends[i]) && memcmp (line, ends[i], strlen (ends[i])) == 0)
      return TRUE;
  return FALSE;
}

/* "[image: logo]", "[https://...]", "<https://...>", "(https://...)" alone on a line. */
static gboolean
is_reference (const char *line,
              gsize       length)
{
  const char *rest;

  while (length > 0 && g_ascii_isspace (*line))
    {
      line++;
      length--;
    }
  while (length > 0 && g_ascii_isspace (line[length - 1]))
    length--;
  if (length < 3 || strchr ("[<(", line[0]) == NULL || strchr ("]>)", line[length - 1]) == NULL)
    return FALSE;
  rest = line + 1;
  return length > 6 && (g_ascii_strncasecmp (rest, "image:", 6) == 0 || g_ascii_strncasecmp (rest, "http:", 5) == 0 ||
                        g_ascii_strncasecmp (rest, "https:", 6) == 0 || g_ascii_strncasecmp (rest, "cid:", 4) == 0);
}

static const char *
text_of (const BaruaText *text)
{
  if (text->kind == BARUA_TEXT_HTML)
    return text->plain != NULL ? text->plain : "";
  return text->text;
}

/* Appends what of @text the sender wrote; with @quotes what was quoted as well. */
static void
append_text (GString    *out,
             const char *text,
             gboolean    quotes)
{
  const char *end = text + strnlen (text, LOOK_BYTES);

  /* Not in the middle of a character. */
  while (end > text && ((guchar)*end & 0xC0) == 0x80)
    end--;
  for (const char *p = text; p < end && out->len < BARUA_LIMIT_PREVIEW_CHARS * 6;)
    {
      gsize length = MIN (strcspn (p, "\n"), (gsize)(end - p));
      const char *line = p;

      p += length + (p + length < end);
      if (is_end (line, length) && out->len > 0)
        break;
      if (quotes)
        while (length > 0 && (*line == '>' || *line == ' '))
          {
            line++;
            length--;
          }
      else if (is_quoted (line, length))
        continue;
      else if (is_attribution (line, end))
        {
          /* It may take two lines. */
          if (length > 0 && line[length - 1] != ':' && memchr (p, ':', strcspn (p, "\n")) != NULL)
            p += strcspn (p, "\n");
          continue;
        }
      if (is_reference (line, length) || !has_letter (line, length))
        continue;
      append_line (out, line, length);
    }
}

char *
barua_mime_preview (const BaruaParsedMessage *message)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < message->texts->len && out->len < BARUA_LIMIT_PREVIEW_CHARS; i++)
    append_text (out, text_of (message->texts->pdata[i]), FALSE);
  /* Nothing but quotes: better these than nothing. */
  for (guint i = 0; i < message->texts->len && out->len == 0; i++)
    append_text (out, text_of (message->texts->pdata[i]), TRUE);
  return barua_text_ellipsise (out->str, BARUA_LIMIT_PREVIEW_CHARS);
}

char *
barua_mime_get_search_text (const BaruaParsedMessage *message,
                            gsize                     max)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < message->texts->len && out->len < max; i++)
    {
      const char *text = text_of (message->texts->pdata[i]);
      gsize length = strnlen (text, (max - out->len) * 2 + 64);
      g_autofree char *folded = NULL;

      while (length > 0 && ((guchar)text[length] & 0xC0) == 0x80)
        length--;
      folded = barua_text_for_search (text, (gssize)length);
      if (out->len > 0 && *folded != '\0')
        g_string_append_c (out, ' ');
      g_string_append (out, folded);
    }
  if (out->len > max)
    {
      gsize cut = max;

      while (cut > 0 && ((guchar)out->str[cut] & 0xC0) == 0x80)
        cut--;
      g_string_truncate (out, cut);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}
