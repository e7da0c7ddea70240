/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-mail-decode.h"

#include <string.h>

#include "barua-limits.h"
#include "barua-text.h"

/* Names that mail uses for a charset that iconv knows by another name, or that in practice means a superset. */
static const struct
{
  const char *mail;
  const char *iconv;
} charset_aliases[] = {
  { "iso-8859-1", "windows-1252" },   { "iso8859-1", "windows-1252" },    { "latin1", "windows-1252" },
  { "us-ascii", "windows-1252" },     { "ascii", "windows-1252" },        { "ansi_x3.4-1968", "windows-1252" },
  { "iso-8859-9", "windows-1254" },   { "iso-8859-11", "windows-874" },   { "tis-620", "windows-874" },
  { "ks_c_5601-1987", "cp949" },      { "ks_c_5601-1989", "cp949" },      { "euc-kr", "cp949" },
  { "gb2312", "gb18030" },            { "gbk", "gb18030" },               { "x-gbk", "gb18030" },
  { "shift_jis", "cp932" },           { "shift-jis", "cp932" },           { "x-sjis", "cp932" },
  { "iso-2022-jp", "iso-2022-jp-2" }, { "utf8", "utf-8" },                { "unicode-1-1-utf-8", "utf-8" },
  { "unicode-1-1-utf-7", "utf-7" },   { "x-mac-roman", "macintosh" },     { "x-unknown", "windows-1252" },
  { "unknown-8bit", "windows-1252" }, { "iso-8859-8-i", "windows-1255" }, { "iso-8859-8", "windows-1255" },
};

static char *
convert_unlabelled (const char *bytes,
                    gsize       length)
{
  g_autofree char *text = NULL;

  if (g_utf8_validate_len (bytes, length, NULL))
    return g_strndup (bytes, length);
  text = g_convert (bytes, (gssize)length, "utf-8", "windows-1252", NULL, NULL, NULL);
  return text != NULL ? g_steal_pointer (&text) : g_utf8_make_valid (bytes, (gssize)length);
}

/* iconv stops at the first byte that does not fit; the rest of the text must not be lost for it. */
static char *
convert_all (GIConv      converter,
             const char *bytes,
             gsize       length)
{
  GString *text = g_string_sized_new (length * 2);
  char *in = (char *)bytes;
  gsize in_left = length;
  char buffer[512];

  while (in_left > 0)
    {
      char *out = buffer;
      gsize out_left = sizeof buffer;
      gsize result = g_iconv (converter, &in, &in_left, &out, &out_left);

      g_string_append_len (text, buffer, out - buffer);
      if (result == (gsize)-1 && out == buffer && in_left > 0)
        {
          g_string_append (text, "\xef\xbf\xbd");
          in++;
          in_left--;
        }
    }
  return g_string_free (text, FALSE);
}

char *
barua_mail_convert (const char *charset,
                    const char *bytes,
                    gsize       length)
{
  const char *name = charset;
  GIConv converter;
  char *text;

  if (charset[0] == '\0')
    return convert_unlabelled (bytes, length);
  if (g_ascii_strcasecmp (charset, "utf-8") == 0)
    return g_utf8_make_valid (bytes, (gssize)length);
  for (guint i = 0; i < G_N_ELEMENTS (charset_aliases); i++)
    if (g_ascii_strcasecmp (charset, charset_aliases[i].mail) == 0)
      name = charset_aliases[i].iconv;

  if (g_ascii_strcasecmp (name, "utf-8") == 0)
    return g_utf8_make_valid (bytes, (gssize)length);
  /* Many senders label UTF-8 as latin1 or ASCII; text that is valid UTF-8 with bytes above 127 hardly ever is not. */
  if (strcmp (name, "windows-1252") == 0)
    return convert_unlabelled (bytes, length);

  converter = g_iconv_open ("utf-8", name);
  if (converter == (GIConv)-1)
    return NULL;
  text = convert_all (converter, bytes, length);
  g_iconv_close (converter);
  return text;
}

static gboolean
has_encoded_word (const char *bytes,
                  gsize       length)
{
  const char *end = bytes + length;

  for (const char *p = bytes; (p = memchr (p, '=', (gsize)(end - p))) != NULL; p++)
    if (p + 1 < end && p[1] == '?')
      return TRUE;
  return FALSE;
}

static int
hex_value (char c)
{
  return g_ascii_isxdigit (c) ? g_ascii_xdigit_value (c) : -1;
}

/* RFC 2047, 4.2. */
static void
append_q (GByteArray *bytes,
          const char *text,
          gsize       length)
{
  guint start = bytes->len;
  guint8 *out;

  g_byte_array_set_size (bytes, start + (guint)length);
  out = bytes->data + start;
  for (gsize i = 0; i < length; i++)
    {
      guint8 byte = (guint8)text[i];

      if (byte == '_')
        byte = ' ';
      else if (byte == '=' && i + 2 < length && hex_value (text[i + 1]) >= 0 && hex_value (text[i + 2]) >= 0)
        {
          byte = (guint8)(hex_value (text[i + 1]) << 4 | hex_value (text[i + 2]));
          i += 2;
        }
      *out++ = byte;
    }
  g_byte_array_set_size (bytes, (guint)(out - bytes->data));
}

static void
append_b (GByteArray *bytes,
          const char *text,
          gsize       length)
{
  guint start = bytes->len;
  gint state = 0;
  guint save = 0;
  gsize written;

  g_byte_array_set_size (bytes, start + (guint)(length / 4 * 3 + 6));
  written = g_base64_decode_step (text, length, bytes->data + start, &state, &save);
  /* Padding is often missing: give the decoder what it waits for. */
  if ((state != 0 || save != 0) && length % 4 != 0)
    written += g_base64_decode_step ("===", 4 - length % 4, bytes->data + start + written, &state, &save);
  g_byte_array_set_size (bytes, start + (guint)written);
}

/* "=?charset*language?B?text?=" at @p: its pieces. */
typedef struct
{
  const char *charset;
  gsize       charset_length;
  char        encoding;
  const char *text;
  gsize       text_length;
  const char *end;
} EncodedWord;

static gboolean
parse_encoded_word (const char  *p,
                    const char  *end,
                    EncodedWord *word)
{
  const char *q;

  if (end - p < 8 || p[0] != '=' || p[1] != '?')
    return FALSE;
  word->charset = p + 2;
  for (q = word->charset; q < end && *q != '?' && *q != '*' && (guint8)*q > ' '; q++)
    ;
  word->charset_length = (gsize)(q - word->charset);
  while (q < end && *q != '?' && (guint8)*q > ' ')
    q++;
  if (end - q < 4 || *q != '?' || q[2] != '?' || word->charset_length == 0 || word->charset_length > 40)
    return FALSE;
  word->encoding = g_ascii_toupper (q[1]);
  if (word->encoding != 'B' && word->encoding != 'Q')
    return FALSE;
  word->text = q + 3;
  /* Senders put raw spaces into Q text; only the end mark or a line end stops it. */
  for (q = word->text; q + 1 < end && *q != '\r' && *q != '\n'; q++)
    if (q[0] == '?' && q[1] == '=')
      {
        word->text_length = (gsize)(q - word->text);
        word->end = q + 2;
        return TRUE;
      }
  return FALSE;
}

static gboolean
same_charset (const EncodedWord *a,
              const EncodedWord *b)
{
  return a->charset_length == b->charset_length &&
         g_ascii_strncasecmp (a->charset, b->charset, a->charset_length) == 0;
}

static const char *
skip_white (const char *p,
            const char *end)
{
  while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
    p++;
  return p;
}

static void
flush_words (GString           *text,
             GByteArray        *bytes,
             const EncodedWord *word)
{
  g_autofree char *charset = g_strndup (word->charset, word->charset_length);
  g_autofree char *decoded = barua_mail_convert (charset, (const char *)bytes->data, bytes->len);

  if (decoded == NULL)
    decoded = convert_unlabelled ((const char *)bytes->data, bytes->len);
  g_string_append (text, decoded);
}

/* Decodes the words that start at @p and follow each other with nothing but white space between; returns where they end. */
static const char *
decode_words (GString     *text,
              const char  *end,
              EncodedWord *word)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  EncodedWord current = *word;
  const char *stop;

  for (;;)
    {
      EncodedWord next;
      const char *p;

      if (current.encoding == 'B')
        append_b (bytes, current.text, current.text_length);
      else
        append_q (bytes, current.text, current.text_length);
      stop = current.end;

      p = skip_white (stop, end);
      if (!parse_encoded_word (p, end, &next))
        break;
      if (!same_charset (&current, &next))
        {
          flush_words (text, bytes, &current);
          g_byte_array_set_size (bytes, 0);
        }
      current = next;
    }
  flush_words (text, bytes, &current);
  return stop;
}

static void
append_raw (GString    *text,
            const char *start,
            const char *end)
{
  gboolean ascii = TRUE;

  for (const char *p = start; p < end && ascii; p++)
    ascii = (guint8)*p < 0x80 && *p != '\0';
  if (ascii)
    g_string_append_len (text, start, end - start);
  else
    {
      g_autofree char *converted = convert_unlabelled (start, (gsize)(end - start));

      g_string_append (text, converted);
    }
}

/* Line ends of folds are dropped; the white space behind them stays (RFC 5322, 2.2.3). */
static char *
unfold (const char *bytes,
        gsize      *length)
{
  char *text = g_malloc (*length + 1);
  gsize n = 0;

  for (gsize i = 0; i < *length; i++)
    if (bytes[i] != '\r' && bytes[i] != '\n')
      text[n++] = bytes[i];
  text[n] = '\0';
  *length = n;
  return text;
}

char *
barua_mail_decode_value (const char *bytes,
                         gsize       length,
                         gsize       max_bytes)
{
  g_autofree char *unfolded = NULL;
  const char *end;
  const char *p;
  const char *raw;
  GString *text;
  char *clean;

  while (length > 0 && strchr (" \t\r\n", bytes[length - 1]) != NULL && bytes[length - 1] != '\0')
    length--;
  while (length > 0 && (*bytes == ' ' || *bytes == '\t' || *bytes == '\r' || *bytes == '\n'))
    {
      bytes++;
      length--;
    }

  /* An encoded word can hold at most four times the characters that its bytes suggest; the rest can't be shown anyway. */
  if (length > 8 * max_bytes + 1024)
    length = 8 * max_bytes + 1024;
  if (memchr (bytes, '\n', length) != NULL || memchr (bytes, '\r', length) != NULL)
    {
      unfolded = unfold (bytes, &length);
      bytes = unfolded;
    }
  end = bytes + length;
  if (!has_encoded_word (bytes, length))
    {
      if (g_utf8_validate_len (bytes, length, NULL))
        return barua_text_clean (bytes, (gssize)length, max_bytes);
    }

  text = g_string_sized_new (length + 1);
  raw = bytes;
  p = bytes;
  while (p < end)
    {
      EncodedWord word;

      if (*p == '=' && parse_encoded_word (p, end, &word))
        {
          append_raw (text, raw, p);
          p = decode_words (text, end, &word);
          raw = p;
        }
      else
        p++;
    }
  append_raw (text, raw, end);
  clean = barua_text_clean (text->str, (gssize)text->len, max_bytes);
  g_string_free (text, TRUE);
  return clean;
}

char *
barua_mail_decode_text (const char *bytes,
                        gsize       length)
{
  return barua_mail_decode_value (bytes, length, BARUA_LIMIT_SUBJECT_BYTES);
}
