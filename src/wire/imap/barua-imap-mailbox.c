/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-mailbox.h"

#include <string.h>

#include "barua-limits.h"
#include "barua-text.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

static int
sextet (char c)
{
  const char *p = c != '\0' ? strchr (alphabet, c) : NULL;

  return p != NULL ? (int) (p - alphabet) : -1;
}

/* One run of modified base64 behind "&", up to its "-": UTF-16 to UTF-8. Gives what follows, or NULL when it is not well-formed.
 * Strict: no ASCII that could stand for itself, no stray bits, whole surrogate pairs. */
static const char *
decode_run (const char *p,
            GString    *name)
{
  guint32 bits = 0;
  guint n_bits = 0;
  gunichar high = 0;

  for (; *p != '-'; p++)
    {
      int value = sextet (*p);
      gunichar unit;

      if (value < 0)
        return NULL;
      bits = bits << 6 | (guint32) value;
      n_bits += 6;
      if (n_bits < 16)
        continue;
      n_bits -= 16;
      unit = bits >> n_bits & 0xffff;
      bits &= (1u << n_bits) - 1;
      if (high != 0)
        {
          if (unit < 0xdc00 || unit > 0xdfff)
            return NULL;
          g_string_append_unichar (name, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
          high = 0;
        }
      else if (unit >= 0xd800 && unit <= 0xdbff)
        high = unit;
      else if ((unit >= 0xdc00 && unit <= 0xdfff) || (unit >= 0x20 && unit < 0x7f) || unit == 0)
        return NULL;
      else
        g_string_append_unichar (name, unit);
    }
  return high == 0 && n_bits < 6 && bits == 0 ? p + 1 : NULL;
}

/* NULL when @raw is not well-formed. */
static char *
decode (const char *raw)
{
  g_autoptr(GString) name = g_string_new (NULL);

  for (const char *p = raw; *p != '\0';)
    {
      if ((guchar) *p >= 0x80)
        return NULL;
      if (*p != '&')
        {
          g_string_append_c (name, *p++);
          continue;
        }
      if (p[1] == '-')
        {
          g_string_append_c (name, '&');
          p += 2;
          continue;
        }
      p = decode_run (p + 1, name);
      /* Two runs on end could have been one: another spelling of the same name. */
      if (p == NULL || (p[0] == '&' && p[1] != '-'))
        return NULL;
    }
  return g_string_free (g_steal_pointer (&name), FALSE);
}

char *
barua_imap_mailbox_decode (const char *raw,
                           gboolean    utf8)
{
  g_autofree char *name = utf8 ? NULL : decode (raw);

  return barua_text_clean (name != NULL ? name : raw, -1, BARUA_LIMIT_FOLDER_NAME_BYTES);
}

char *
barua_imap_mailbox_decode_strict (const char *raw)
{
  return decode (raw);
}

static void
append_unit (GString *raw,
             guint32  unit,
             guint32 *bits,
             guint   *n_bits)
{
  *bits = *bits << 16 | unit;
  *n_bits += 16;
  while (*n_bits >= 6)
    {
      *n_bits -= 6;
      g_string_append_c (raw, alphabet[*bits >> *n_bits & 0x3f]);
    }
  *bits &= (1u << *n_bits) - 1;
}

/* A run of characters that are not printable ASCII; gives what follows. */
static const char *
encode_run (const char *p,
            GString    *raw)
{
  guint32 bits = 0;
  guint n_bits = 0;

  g_string_append_c (raw, '&');
  for (; *p != '\0' && ((guchar) *p < 0x20 || (guchar) *p > 0x7e); p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c >= 0x10000)
        {
          append_unit (raw, 0xd800 + ((c - 0x10000) >> 10), &bits, &n_bits);
          append_unit (raw, 0xdc00 + ((c - 0x10000) & 0x3ff), &bits, &n_bits);
        }
      else
        append_unit (raw, c, &bits, &n_bits);
    }
  if (n_bits > 0)
    g_string_append_c (raw, alphabet[bits << (6 - n_bits) & 0x3f]);
  g_string_append_c (raw, '-');
  return p;
}

char *
barua_imap_mailbox_encode (const char *name,
                           gboolean    utf8)
{
  g_autoptr(GString) raw = NULL;

  if (name[0] == '\0' || !g_utf8_validate (name, -1, NULL))
    return NULL;
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return NULL;
  raw = g_string_new (NULL);
  if (utf8)
    g_string_append (raw, name);
  else
    for (const char *p = name; *p != '\0';)
      {
        if (*p == '&')
          {
            g_string_append (raw, "&-");
            p++;
          }
        else if ((guchar) *p >= 0x20 && (guchar) *p <= 0x7e)
          g_string_append_c (raw, *p++);
        else
          p = encode_run (p, raw);
      }
  if (raw->len > BARUA_LIMIT_FOLDER_NAME_BYTES)
    return NULL;
  return g_string_free (g_steal_pointer (&raw), FALSE);
}

gboolean
barua_imap_mailbox_is_inbox (const char *raw)
{
  return g_ascii_strcasecmp (raw, "INBOX") == 0;
}
