/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-mime-charset.h"

#include "barua-limits.h"
#include "barua-mime.h"

#include <errno.h>
#include <gmime/gmime.h>
#include <string.h>

#define REPLACEMENT "\xEF\xBF\xBD"

typedef enum
{
  CHARSET_GUESS, /* UTF-8 where it fits, else windows-1252 */
  CHARSET_UTF8,
  CHARSET_WINDOWS_1252,
  CHARSET_ICONV,
  CHARSET_UNKNOWN
} CharsetKind;

/* What mail means by a name is what the Encoding standard says, wider than the registered charset. */
static const struct
{
  const char *name;
  CharsetKind kind;
  const char *iconv;
} charset_names[] = {
  { "", CHARSET_GUESS, NULL },
  { "us-ascii", CHARSET_GUESS, NULL },
  { "ascii", CHARSET_GUESS, NULL },
  { "ansi_x3.4-1968", CHARSET_GUESS, NULL },
  { "unknown-8bit", CHARSET_GUESS, NULL },
  { "x-unknown", CHARSET_GUESS, NULL },
  { "utf-8", CHARSET_UTF8, NULL },
  { "utf8", CHARSET_UTF8, NULL },
  { "unicode-1-1-utf-8", CHARSET_UTF8, NULL },
  { "iso-8859-1", CHARSET_WINDOWS_1252, NULL },
  { "iso8859-1", CHARSET_WINDOWS_1252, NULL },
  { "iso_8859-1", CHARSET_WINDOWS_1252, NULL },
  { "latin1", CHARSET_WINDOWS_1252, NULL },
  { "windows-1252", CHARSET_WINDOWS_1252, NULL },
  { "cp1252", CHARSET_WINDOWS_1252, NULL },
  { "gb2312", CHARSET_ICONV, "GB18030" },
  { "gbk", CHARSET_ICONV, "GB18030" },
  { "x-gbk", CHARSET_ICONV, "GB18030" },
  { "ks_c_5601-1987", CHARSET_ICONV, "CP949" },
  { "euc-kr", CHARSET_ICONV, "CP949" },
  { "shift_jis", CHARSET_ICONV, "CP932" },
  { "shift-jis", CHARSET_ICONV, "CP932" },
  { "sjis", CHARSET_ICONV, "CP932" },
  { "x-sjis", CHARSET_ICONV, "CP932" },
  { "big5", CHARSET_ICONV, "BIG5-HKSCS" },
  { "iso-8859-9", CHARSET_ICONV, "CP1254" },
  { "iso-8859-8-i", CHARSET_ICONV, "ISO-8859-8" },
  { "iso-8859-8-e", CHARSET_ICONV, "ISO-8859-8" },
  { "tis-620", CHARSET_ICONV, "CP874" },
  { "utf-16", CHARSET_ICONV, "UTF-16LE" },
  { "unicode-1-1-utf-7", CHARSET_ICONV, "UTF-7" },
  { "x-mac-roman", CHARSET_ICONV, "MACINTOSH" },
};

static CharsetKind
find_charset (const char  *charset,
              const char **iconv_name)
{
  if (strlen (charset) > BARUA_LIMIT_CHARSET_NAME_BYTES)
    return CHARSET_UNKNOWN;
  for (const char *p = charset; *p != '\0'; p++)
    /* "/" would be the start of an option of iconv. */
    if (!g_ascii_isalnum (*p) && strchr ("-_.:+()", *p) == NULL)
      return CHARSET_UNKNOWN;
  for (guint i = 0; i < G_N_ELEMENTS (charset_names); i++)
    if (g_ascii_strcasecmp (charset, charset_names[i].name) == 0)
      {
        *iconv_name = charset_names[i].iconv;
        return charset_names[i].kind;
      }
  *iconv_name = g_mime_charset_iconv_name (charset);
  return CHARSET_ICONV;
}

gboolean
barua_mime_has_bom (const char *bytes,
                    gsize       length)
{
  return (length >= 3 && memcmp (bytes, "\xEF\xBB\xBF", 3) == 0) ||
         (length >= 2 && (memcmp (bytes, "\xFF\xFE", 2) == 0 || memcmp (bytes, "\xFE\xFF", 2) == 0));
}

static void
append_windows_1252 (GString    *out,
                     const char *bytes,
                     gsize       length)
{
  static const guint16 c1[32] = { 0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                  0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                  0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178 };

  for (gsize i = 0; i < length; i++)
    {
      guchar c = (guchar)bytes[i];

      if (c < 0x80)
        g_string_append_c (out, (char)c);
      else
        g_string_append_unichar (out, c < 0xA0 ? c1[c - 0x80] : c);
    }
}

/* Bytes that are no UTF-8 become U+FFFD, one each. Returns whether there were any (a NUL counts as a character here). */
static gboolean
append_utf8 (GString    *out,
             const char *bytes,
             gsize       length)
{
  const char *end = bytes + length;
  gboolean damaged = FALSE;

  while (bytes < end)
    {
      const char *stop;

      if (g_utf8_validate_len (bytes, (gsize)(end - bytes), &stop))
        stop = end;
      g_string_append_len (out, bytes, stop - bytes);
      if (stop == end)
        break;
      if (*stop == '\0')
        g_string_append_c (out, '\0');
      else
        {
          g_string_append (out, REPLACEMENT);
          damaged = TRUE;
        }
      bytes = stop + 1;
    }
  return damaged;
}

/* FALSE: iconv does not know the charset. */
static gboolean
append_iconv (GString    *out,
              const char *bytes,
              gsize       length,
              const char *charset,
              gboolean   *damaged)
{
  GIConv converter = g_iconv_open ("UTF-8", charset);
  char buffer[4096];
  char *in = (char *)bytes;
  gsize in_left = length;

  if (converter == (GIConv)-1)
    return FALSE;
  while (in_left > 0)
    {
      char *to = buffer;
      gsize to_left = sizeof buffer;
      gsize result = g_iconv (converter, &in, &in_left, &to, &to_left);
      int error = errno;

      g_string_append_len (out, buffer, to - buffer);
      if (result != (gsize)-1 || error == E2BIG)
        continue;
      g_string_append (out, REPLACEMENT);
      *damaged = TRUE;
      if (error == EINVAL || in_left == 0)
        break;
      in++;
      in_left--;
    }
  {
    char *to = buffer;
    gsize to_left = sizeof buffer;

    g_iconv (converter, NULL, NULL, &to, &to_left);
    g_string_append_len (out, buffer, to - buffer);
  }
  g_iconv_close (converter);
  return TRUE;
}

/* Line ends become "\n", form feeds too; other control characters U+FFFD; a mark at the beginning goes. Some converters let
 * noncharacters and worse through, so the result is validated. */
static char *
clean_text (GString *taken)
{
  g_autoptr (GString) text = taken;
  GString *out;
  const char *p = text->str;
  const char *end = text->str + text->len;
  gboolean is_clean = TRUE;

  for (const char *q = p; q < end && is_clean; q++)
    is_clean = (guchar)*q < 0x7F ? (guchar)*q >= 0x20 || *q == '\n' || *q == '\t' : FALSE;
  if (is_clean)
    return g_string_free (g_steal_pointer (&text), FALSE);
  out = g_string_sized_new (text->len + 16);
  if (end - p >= 3 && memcmp (p, "\xEF\xBB\xBF", 3) == 0)
    p += 3;
  while (p < end)
    {
      const char *start = p;
      guchar c;

      while (p < end && (((guchar)*p >= 0x20 && (guchar)*p != 0x7F && (guchar)*p != 0xC2) || *p == '\n' || *p == '\t'))
        p++;
      g_string_append_len (out, start, p - start);
      if (p == end)
        break;
      c = (guchar)*p++;
      if (c == 0xC2 && p < end && (guchar)*p >= 0xA0)
        {
          g_string_append_len (out, p - 1, 2);
          p++;
        }
      else if (c == 0xC2)
        {
          p += p < end;
          g_string_append (out, REPLACEMENT);
        }
      else if (c == '\r' || c == '\f' || c == '\v')
        {
          if (c == '\r' && p < end && *p == '\n')
            p++;
          g_string_append_c (out, '\n');
        }
      else
        g_string_append (out, REPLACEMENT);
    }
  if (!g_utf8_validate (out->str, (gssize)out->len, NULL))
    {
      char *valid = g_utf8_make_valid (out->str, (gssize)out->len);

      g_string_free (out, TRUE);
      return valid;
    }
  return g_string_free (out, FALSE);
}

char *
barua_mime_decode_charset (const char *bytes,
                           gsize       length,
                           const char *charset,
                           gboolean   *known,
                           gboolean   *damaged)
{
  const char *iconv_name = NULL;
  CharsetKind kind = find_charset (charset != NULL ? charset : "", &iconv_name);
  GString *out = g_string_sized_new (length + 16);
  gboolean is_damaged = FALSE;
  gboolean is_known = kind != CHARSET_UNKNOWN;

  barua_mime_init ();
  if (kind == CHARSET_GUESS || kind == CHARSET_UNKNOWN ||
      (iconv_name != NULL && g_ascii_strncasecmp (iconv_name, "UTF-16", 6) == 0))
    {
      if (length >= 2 && (memcmp (bytes, "\xFF\xFE", 2) == 0 || memcmp (bytes, "\xFE\xFF", 2) == 0))
        {
          iconv_name = (guchar)bytes[0] == 0xFF ? "UTF-16LE" : "UTF-16BE";
          kind = CHARSET_ICONV;
          bytes += 2;
          length -= 2;
        }
    }
  if (kind == CHARSET_ICONV && !append_iconv (out, bytes, length, iconv_name, &is_damaged))
    {
      kind = CHARSET_UNKNOWN;
      is_known = FALSE;
    }
  if (kind == CHARSET_GUESS || kind == CHARSET_UNKNOWN)
    {
      const char *stop = NULL;
      gboolean is_utf8 = g_utf8_validate_len (bytes, length, &stop);

      /* NUL is valid enough for this question. */
      while (!is_utf8 && stop < bytes + length && *stop == '\0')
        is_utf8 = g_utf8_validate_len (stop + 1, (gsize)(bytes + length - stop - 1), &stop);
      kind = is_utf8 ? CHARSET_UTF8 : CHARSET_WINDOWS_1252;
    }
  if (kind == CHARSET_UTF8)
    is_damaged |= append_utf8 (out, bytes, length);
  else if (kind == CHARSET_WINDOWS_1252)
    append_windows_1252 (out, bytes, length);
  if (known != NULL)
    *known = is_known;
  if (damaged != NULL)
    *damaged = is_damaged;
  return clean_text (out);
}
