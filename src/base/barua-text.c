/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-text.h"

#include <string.h>

#include "barua-limits.h"

#define REPLACEMENT 0xFFFD
#define ELLIPSIS    "\xe2\x80\xa6"

/* Overrides and isolates can make one text look like another (CVE-2023-3417); marks (200E, 200F, 061C) only order. */
static gboolean
is_bidi_control (gunichar c)
{
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

static gboolean
is_control (gunichar c)
{
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
}

/* Default_Ignorable_Code_Point, the ranges that occur in mail (Unicode 16, DerivedCoreProperties). */
static gboolean
is_ignorable (gunichar c)
{
  if (c < 0xAD)
    return FALSE;
  return c == 0xAD || c == 0x34F || c == 0x61C || (c >= 0x115F && c <= 0x1160) || (c >= 0x17B4 && c <= 0x17B5) ||
         (c >= 0x180B && c <= 0x180F) || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0x3164 || (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF || c == 0xFFA0 ||
         (c >= 0xFFF0 && c <= 0xFFF8) || (c >= 0x1BCA0 && c <= 0x1BCA3) || (c >= 0x1D173 && c <= 0x1D17A) ||
         (c >= 0xE0000 && c <= 0xE0FFF);
}

static gboolean
is_virama (gunichar c)
{
  /* Devanagari ... Malayalam keep it at the same place of each 128-character block. */
  return c >= 0x0900 && c <= 0x0D7F && (c & 0x7F) == 0x4D;
}

/* Whether a text may be cut between @before and @after: the parts of UAX #29 that matter here (marks, joiners, variation
 * selectors, emoji modifiers, Indic conjuncts, pairs of regional indicators are kept together or dropped together). */
static gboolean
may_cut (gunichar before,
         gunichar after)
{
  if (g_unichar_ismark (after) || after == 0x200D || after == 0x200C || (after >= 0xFE00 && after <= 0xFE0F) ||
      (after >= 0x1F3FB && after <= 0x1F3FF))
    return FALSE;
  if (before == 0x200D || is_virama (before))
    return FALSE;
  if (before >= 0x1F1E6 && before <= 0x1F1FF && after >= 0x1F1E6 && after <= 0x1F1FF)
    return FALSE;
  return TRUE;
}

/* The last place at or before @limit where the (valid) text may be cut. */
static gsize
cut_at (const char *text,
        gsize       length,
        gsize       limit)
{
  const char *p;

  if (length <= limit)
    return length;
  p = text + limit;
  while (p > text && ((guint8)*p & 0xC0) == 0x80)
    p--;
  while (p > text)
    {
      const char *previous = g_utf8_prev_char (p);

      if (may_cut (g_utf8_get_char (previous), g_utf8_get_char (p)))
        break;
      p = previous;
    }
  /* One grapheme longer than the limit: a cut inside it is better than nothing. */
  if (p == text)
    for (p = text + limit; ((guint8)*p & 0xC0) == 0x80; p--)
      ;
  return (gsize)(p - text);
}

/* Printable ASCII needs no work, and most names, addresses and many subjects are just that. */
static gboolean
is_plain (const char *text,
          gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if ((guint8)text[i] < 0x20 || (guint8)text[i] >= 0x7F)
      return FALSE;
  return TRUE;
}

/* Whether valid UTF-8 holds nothing that barua_text_clean() changes: C0, DEL and C1, U+2028..202E, U+2066..2069, seen by their
 * bytes. */
static gboolean
is_clean (const char *text,
          gsize       length)
{
  for (gsize i = 0; i < length; i++)
    {
      guint8 byte = (guint8)text[i];

      if (byte < 0x20 || byte == 0x7F || (byte == 0xC2 && (guint8)text[i + 1] < 0xA0))
        return FALSE;
      if (byte == 0xE2 && (((guint8)text[i + 1] == 0x80 && (guint8)text[i + 2] >= 0xA8 && (guint8)text[i + 2] <= 0xAE) ||
                           ((guint8)text[i + 1] == 0x81 && (guint8)text[i + 2] >= 0xA6 && (guint8)text[i + 2] <= 0xA9)))
        return FALSE;
    }
  return TRUE;
}

char *
barua_text_clean (const char *text,
                  gssize      length,
                  gsize       max_bytes)
{
  gsize n = length < 0 ? strlen (text) : (gsize)length;
  const char *end;
  const char *p = text;
  GString *clean;

  if (n <= max_bytes && (is_plain (text, n) || (g_utf8_validate_len (text, n, NULL) && is_clean (text, n))))
    return g_strndup (text, n);

  /* What lies far beyond the limit can't be part of the result. */
  if (max_bytes < G_MAXSIZE / 8)
    n = MIN (n, max_bytes * 4 + 64);
  end = text + n;
  clean = g_string_sized_new (MIN (n, max_bytes) + 8);
  while (p < end)
    {
      gunichar c = g_utf8_get_char_validated (p, end - p);

      if (c == (gunichar)-1 || c == (gunichar)-2)
        {
          g_string_append_unichar (clean, REPLACEMENT);
          p++;
          continue;
        }
      /* g_utf8_get_char_validated() takes an overlong or embedded NUL as c == 0 with one byte. */
      p = c == 0 ? p + 1 : g_utf8_next_char (p);
      if (c == '\t' || c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029)
        g_string_append_c (clean, ' ');
      else if (is_control (c))
        g_string_append_unichar (clean, REPLACEMENT);
      else if (!is_bidi_control (c))
        g_string_append_unichar (clean, c);
    }
  g_string_truncate (clean, cut_at (clean->str, clean->len, max_bytes));
  return g_string_free (clean, FALSE);
}

/* Whether @c after @before is surely the same in NFC (Unicode 16, NFC_Quick_Check, and nothing that is reordered): what most
 * mail consists of. 09BE and 09D7 only compose with 09C7; a virama is the only mark of its kind here. */
static gboolean
is_composed (gunichar before,
             gunichar c)
{
  if (c < 0x300)
    return TRUE;
  if (c >= 0x0980 && c <= 0x09FF)
    return c != 0x09BC && !(c >= 0x09DC && c <= 0x09DF) && c != 0x09FE && !((c == 0x09BE || c == 0x09D7) && before == 0x09C7);
  if (c >= 0x0C00 && c <= 0x0C7F)
    return c != 0x0C3C && c != 0x0C55 && c != 0x0C56;
  return (c >= 0x2010 && c <= 0x2027) || (c >= 0x2030 && c <= 0x203A) || (c >= 0x20A0 && c <= 0x20C0);
}

static gboolean
is_text_composed (const char *text,
                  gsize       length)
{
  gunichar before = 0;

  for (const char *p = text; p < text + length; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!is_composed (before, c))
        return FALSE;
      before = c;
    }
  return TRUE;
}

char *
barua_text_for_search (const char *text,
                       gssize      length)
{
  gsize n = length < 0 ? strlen (text) : (gsize)length;
  g_autofree char *valid = NULL;
  g_autofree char *normal = NULL;
  gboolean space = FALSE;
  gboolean ascii = TRUE;
  GString *folded;
  const char *p;

  for (gsize i = 0; i < n && ascii; i++)
    ascii = text[i] != '\0' && (guint8)text[i] < 0x80;
  if (!ascii && !(g_utf8_validate_len (text, n, NULL) && is_text_composed (text, n)))
    {
      valid = g_utf8_make_valid (text, (gssize)n);
      normal = g_utf8_normalize (valid, -1, G_NORMALIZE_NFC);
      text = normal != NULL ? normal : valid;
      n = strlen (text);
    }

  folded = g_string_sized_new (n + 1);
  for (p = text; p < text + n;)
    {
      gunichar c = (guint8)*p < 0x80 ? (gunichar)(guint8)*p : g_utf8_get_char (p);
      const char *next = (guint8)*p < 0x80 ? p + 1 : g_utf8_next_char (p);

      if (c <= 0x20 || c == 0x7F || (c >= 0x80 && (g_unichar_isspace (c) || is_control (c))))
        space = folded->len > 0;
      else if (!is_ignorable (c))
        {
          if (space)
            g_string_append_c (folded, ' ');
          space = FALSE;
          g_string_append_len (folded, p, next - p);
        }
      p = next;
    }
  return g_string_free (folded, FALSE);
}

char *
barua_text_ellipsise (const char *text,
                      gsize       chars)
{
  const char *p = text;
  gsize n = 0;
  gsize cut;

  while (*p != '\0' && n < chars)
    {
      p = g_utf8_next_char (p);
      n++;
    }
  if (*p == '\0')
    return g_strdup (text);
  /* Room for the ellipsis. */
  if (p > text)
    p = g_utf8_prev_char (p);
  cut = cut_at (text, strlen (text), (gsize)(p - text));
  while (cut > 0 && text[cut - 1] == ' ')
    cut--;
  return g_strdup_printf ("%.*s" ELLIPSIS, (int)cut, text);
}

char *
barua_text_file_name (const char *name)
{
  g_autofree char *clean = barua_text_clean (name, -1, BARUA_LIMIT_ADDRESS_HEADER_BYTES);
  GString *result = g_string_new (NULL);
  const char *base = clean;
  const char *dot;
  gsize keep;

  for (const char *p = clean; *p != '\0'; p++)
    if (*p == '/' || *p == '\\')
      base = p + 1;

  for (const char *p = base; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == REPLACEMENT || is_ignorable (c))
        continue;
      /* Drive letters and what shells and other systems' file names can't hold. */
      if (c < 0x80 && strchr (":*?\"<>|", (int)c) != NULL)
        c = '_';
      g_string_append_unichar (result, c);
    }
  while (result->len > 0 && strchr (". -~", result->str[0]) != NULL)
    g_string_erase (result, 0, 1);
  while (result->len > 0 && strchr (". ", result->str[result->len - 1]) != NULL)
    g_string_truncate (result, result->len - 1);

  dot = strrchr (result->str, '.');
  keep = dot != NULL && strlen (dot) <= 16 ? strlen (dot) : 0;
  if (result->len > BARUA_LIMIT_FILE_NAME_BYTES)
    {
      g_autofree char *extension = g_strndup (result->str + result->len - keep, keep);

      g_string_truncate (result, result->len - keep);
      g_string_truncate (result, cut_at (result->str, result->len, BARUA_LIMIT_FILE_NAME_BYTES - keep));
      g_string_append (result, extension);
    }
  if (result->len == 0)
    g_string_assign (result, "attachment");
  return g_string_free (result, FALSE);
}

gboolean
barua_text_is_utf8 (const char *text,
                    gsize       length)
{
  return g_utf8_validate_len (text, length, NULL);
}
