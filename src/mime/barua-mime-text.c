/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-mime-text.h"

#include "barua-limits.h"
#include "barua-mime-split.h"

#include <gmime/gmime.h>
#include <string.h>

#define CHUNK 32768

void
barua_mime_text_report_clear (BaruaMimeTextReport *self)
{
  g_clear_pointer (&self->html, barua_html_report_free);
}

/* Transfer encodings ------------------------------------------------------------------------------------------------ */

static gboolean
find_encoding (const char           *name,
               GMimeContentEncoding *encoding)
{
  *encoding = g_mime_content_encoding_from_string (name);
  return *encoding == GMIME_CONTENT_ENCODING_BASE64 || *encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE ||
         *encoding == GMIME_CONTENT_ENCODING_UUENCODE;
}

/* uuencode: GMime's decoder wants to be told that "begin" is behind it. */
static const char *
skip_uu_begin (const char *bytes,
               gsize       length)
{
  const char *end = bytes + length;
  const char *p = bytes;

  while (p < end)
    {
      const char *newline = memchr (p, '\n', (gsize)(end - p));

      if (end - p >= 6 && memcmp (p, "begin ", 6) == 0)
        return newline != NULL ? newline + 1 : end;
      if (newline == NULL)
        break;
      p = newline + 1;
    }
  return bytes;
}

/* What a byte is in base64. */
typedef enum
{
  BYTE_STRANGE,
  BYTE_VALUE,
  BYTE_PAD,
  BYTE_BLANK,
} ByteKind;

static const guint8 byte_kinds[256] = {
  ['A' ... 'Z'] = BYTE_VALUE, ['a' ... 'z'] = BYTE_VALUE, ['0' ... '9'] = BYTE_VALUE, ['+'] = BYTE_VALUE,
  ['/'] = BYTE_VALUE, ['='] = BYTE_PAD, ['\n'] = BYTE_BLANK, ['\r'] = BYTE_BLANK, [' '] = BYTE_BLANK, ['\t'] = BYTE_BLANK,
};

/* How many bytes whole base64 gives; FALSE when it is not whole, and decoding must tell. */
static gboolean
count_base64 (const char *bytes,
              gsize       length,
              gsize      *size)
{
  gsize n_values = 0;
  gsize n_strange = 0;
  gsize n_pads = 0;
  gsize end = length;

  for (; end > 0 && byte_kinds[(guint8)bytes[end - 1]] >= BYTE_PAD; end--)
    n_pads += bytes[end - 1] == '=';
  for (gsize i = 0; i < end; i++)
    {
      ByteKind kind = byte_kinds[(guint8)bytes[i]];

      n_values += kind == BYTE_VALUE;
      n_strange += kind == BYTE_STRANGE || kind == BYTE_PAD;
    }
  if (n_strange > 0 || n_pads > 2 || (n_values + n_pads) % 4 != 0)
    return FALSE;
  *size = (n_values + n_pads) / 4 * 3 - n_pads;
  return TRUE;
}

/* base64 with anything but its alphabet in it, quoted-printable with an "=" that is no escape. @is_other: so much of it that it
 * can't be what it says it is; then the bytes are left as they are. */
static gboolean
is_damaged (const char           *bytes,
            gsize                 length,
            GMimeContentEncoding  encoding,
            gboolean             *is_other)
{
  const char *end = bytes + length;
  gsize n_strange = 0;

  *is_other = FALSE;
  if (encoding == GMIME_CONTENT_ENCODING_BASE64)
    {
      for (const char *p = bytes; p < end; p++)
        n_strange += byte_kinds[(guint8)*p] == BYTE_STRANGE;
      *is_other = n_strange > 1 && n_strange >= length / 32;
    }
  else if (encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE)
    {
      for (const char *p = bytes; n_strange == 0 && (p = memchr (p, '=', (gsize)(end - p))) != NULL; p++)
        {
          const char *q = p + 1;

          while (q < end && (*q == ' ' || *q == '\t' || *q == '\r'))
            q++;
          n_strange += q < end && *q != '\n' && !(end - p > 2 && g_ascii_isxdigit (p[1]) && g_ascii_isxdigit (p[2]));
        }
    }
  return n_strange > 0;
}

GBytes *
barua_mime_decode_bytes (const char *bytes,
                         gsize       length,
                         const char *encoding,
                         gboolean   *damaged)
{
  GMimeContentEncoding kind;
  GMimeEncoding state;
  const char *start = bytes;
  gboolean is_other;
  char *out;
  gsize n;

  *damaged = FALSE;
  if (!find_encoding (encoding, &kind))
    return NULL;
  *damaged = is_damaged (bytes, length, kind, &is_other);
  if (is_other)
    return NULL;
  g_mime_encoding_init_decode (&state, kind);
  if (kind == GMIME_CONTENT_ENCODING_UUENCODE)
    {
      start = skip_uu_begin (bytes, length);
      state.state |= GMIME_UUDECODE_STATE_BEGIN;
    }
  length -= (gsize)(start - bytes);
  out = g_malloc (g_mime_encoding_outlen (&state, length) + 4);
  n = g_mime_encoding_flush (&state, start, length, out);
  return g_bytes_new_take (g_realloc (out, MAX (n, 1)), n);
}

gsize
barua_mime_decoded_size (const char *bytes,
                         gsize       length,
                         const char *encoding)
{
  GMimeContentEncoding kind;
  GMimeEncoding state;
  g_autofree char *out = NULL;
  gboolean is_other = FALSE;
  gsize total = 0;

  if (!find_encoding (encoding, &kind))
    return length;
  if (kind == GMIME_CONTENT_ENCODING_BASE64 && count_base64 (bytes, length, &total))
    return total;
  total = 0;
  if (kind == GMIME_CONTENT_ENCODING_BASE64)
    is_damaged (bytes, length, kind, &is_other);
  if (is_other)
    return length;
  g_mime_encoding_init_decode (&state, kind);
  if (kind == GMIME_CONTENT_ENCODING_UUENCODE)
    {
      const char *start = skip_uu_begin (bytes, length);

      state.state |= GMIME_UUDECODE_STATE_BEGIN;
      length -= (gsize)(start - bytes);
      bytes = start;
    }
  out = g_malloc (g_mime_encoding_outlen (&state, MIN (length, CHUNK)) + 64);
  while (length > CHUNK)
    {
      total += g_mime_encoding_step (&state, bytes, CHUNK, out);
      bytes += CHUNK;
      length -= CHUNK;
    }
  return total + g_mime_encoding_flush (&state, bytes, length, out);
}

/* format=flowed ----------------------------------------------------------------------------------------------------- */

char *
barua_mime_unflow (const char *text,
                   gboolean    is_delsp)
{
  GString *out = g_string_sized_new (strlen (text) + 16);
  gsize open_depth = 0;
  gboolean is_open = FALSE; /* the last line flows on */

  for (const char *p = text; *p != '\0';)
    {
      gsize length = strcspn (p, "\n");
      const char *next = p[length] == '\n' ? p + length + 1 : p + length;
      gsize depth = 0;
      gboolean flows;
      gboolean is_signature;

      while (depth < length && p[depth] == '>')
        depth++;
      p += depth;
      length -= depth;
      if (length > 0 && *p == ' ') /* stuffed */
        {
          p++;
          length--;
        }
      is_signature = length == 3 && memcmp (p, "-- ", 3) == 0;
      flows = length > 0 && p[length - 1] == ' ' && !is_signature;
      if (flows && is_delsp)
        length--;
      if (is_open && (depth != open_depth || is_signature))
        {
          g_string_append_c (out, '\n');
          is_open = FALSE;
        }
      if (!is_open)
        {
          for (gsize i = 0; i < depth; i++)
            g_string_append_c (out, '>');
          if (depth > 0 && length > 0)
            g_string_append_c (out, ' ');
        }
      g_string_append_len (out, p, (gssize)length);
      if (!flows)
        g_string_append_c (out, '\n');
      is_open = flows;
      open_depth = depth;
      p = next;
    }
  if (out->len > 0 && !is_open && *text != '\0' && text[strlen (text) - 1] != '\n')
    g_string_truncate (out, out->len - 1);
  return g_string_free (out, FALSE);
}

/* text/enriched (RFC 1896) and text/richtext (RFC 1341) without their commands. */
static char *
strip_enriched (const char *text,
                gboolean    is_richtext)
{
  GString *out = g_string_sized_new (strlen (text));
  guint skipped = 0;

  for (const char *p = text; *p != '\0';)
    {
      if (*p == '<' && p[1] == '<' && !is_richtext)
        {
          g_string_append_c (out, '<');
          p += 2;
        }
      else if (*p == '<')
        {
          gsize length = strcspn (p, ">");
          g_autofree char *command = g_ascii_strdown (p + 1, (gssize)(length - 1));

          if (strcmp (command, "param") == 0 || strcmp (command, "comment") == 0)
            skipped++;
          else if ((strcmp (command, "/param") == 0 || strcmp (command, "/comment") == 0) && skipped > 0)
            skipped--;
          else if (strcmp (command, "nl") == 0 || strcmp (command, "np") == 0 || strcmp (command, "/paragraph") == 0)
            g_string_append_c (out, '\n');
          else if (strcmp (command, "lt") == 0)
            g_string_append_c (out, '<');
          p += length + (p[length] == '>');
        }
      else if (*p == '\n')
        {
          gsize n = strspn (p, "\n");

          /* One line end is a space, n of them are n - 1. */
          if (n == 1 || is_richtext)
            g_string_append_c (out, ' ');
          for (gsize i = 1; i < n && !is_richtext; i++)
            g_string_append_c (out, '\n');
          p += n;
        }
      else
        {
          if (skipped == 0)
            g_string_append_c (out, *p);
          p++;
        }
    }
  return g_string_free (out, FALSE);
}

/* Texts ------------------------------------------------------------------------------------------------------------- */

/* Not in the middle of a UTF-8 character. */
static gsize
cut_bytes (const char *bytes,
           gsize       length,
           gsize       max)
{
  gsize cut = max;

  if (length <= max)
    return length;
  while (cut > 0 && max - cut < 4 && ((guchar)bytes[cut] & 0xC0) == 0x80)
    cut--;
  return cut;
}

static BaruaText *
make_html (const BaruaPart     *part,
           guint                index,
           const char          *bytes,
           gsize                length,
           gsize                max,
           BaruaMimeFlags       flags,
           BaruaMimeTextReport *report)
{
  gsize cut = cut_bytes (bytes, length, MIN (max, BARUA_LIMIT_HTML_BYTES));
  g_autofree char *html = NULL;
  BaruaText *text = NULL;

  report->html = barua_html_report_new ();
  if ((flags & BARUA_MIME_PLAIN_ONLY) != 0 && !report->wants_pictures)
    text = barua_text_new (BARUA_TEXT_PLAIN, index, barua_html_extract_text (bytes, cut, part->charset, report->html));
  else
    html = barua_html_sanitise (bytes, cut, part->charset, BARUA_HTML_NONE, report->html);
  report->unknown_charset = report->html->unknown_charset;
  report->damaged |= report->html->damaged;
  if (html != NULL && (flags & BARUA_MIME_PLAIN_ONLY) != 0)
    text = barua_text_new (BARUA_TEXT_PLAIN, index, barua_html_to_text (html));
  else if (html != NULL)
    {
      text = barua_text_new (BARUA_TEXT_HTML, index, g_steal_pointer (&html));
      text->has_own_colours = report->html->has_own_colours;
    }
  text->truncated = cut < length;
  return text;
}

BaruaText *
barua_mime_make_text (const BaruaPart     *part,
                      guint                index,
                      const char          *bytes,
                      gsize                length,
                      gsize                max,
                      BaruaMimeFlags       flags,
                      BaruaMimeTextReport *report)
{
  gsize cut = cut_bytes (bytes, length, MIN (max, BARUA_LIMIT_TEXT_BYTES));
  gboolean known;
  gboolean damaged;
  char *plain;
  BaruaText *text;

  if (strcmp (part->type, "text/html") == 0)
    return make_html (part, index, bytes, length, max, flags, report);
  plain = barua_mime_decode_charset (bytes, cut, part->charset, &known, &damaged);
  report->unknown_charset |= !known;
  report->damaged |= damaged;
  if (part->is_flowed || strcmp (part->type, "text/enriched") == 0 || strcmp (part->type, "text/richtext") == 0)
    {
      g_autofree char *raw = plain;

      plain = part->is_flowed ? barua_mime_unflow (raw, part->is_delsp)
                              : strip_enriched (raw, strcmp (part->type, "text/richtext") == 0);
    }
  text = barua_text_new (BARUA_TEXT_PLAIN, index, plain);
  text->truncated = cut < length;
  return text;
}
