/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-value.h"

#include <string.h>

#include "barua-text.h"

BaruaImapSlice
barua_imap_value_get_slice (const BaruaImapValue *value)
{
  BaruaImapSlice slice = { NULL, 0 };

  if (value != NULL && barua_imap_value_is_text (value))
    {
      slice.data = value->data;
      slice.length = value->length;
    }
  return slice;
}

gboolean
barua_imap_value_get_number (const BaruaImapValue *value,
                             guint64              *number)
{
  guint64 n = 0;

  if (value == NULL || !barua_imap_value_is_text (value) || value->length == 0 || value->length > 20)
    return FALSE;
  for (gsize i = 0; i < value->length; i++)
    {
      guint digit = (guint) (guchar) value->data[i] - '0';

      if (digit > 9 || n > ((guint64) G_MAXINT64 - digit) / 10)
        return FALSE;
      n = n * 10 + digit;
    }
  *number = n;
  return TRUE;
}

gboolean
barua_imap_value_get_nz (const BaruaImapValue *value,
                         guint32              *number)
{
  guint64 n;

  if (!barua_imap_value_get_number (value, &n) || n == 0 || n > G_MAXUINT32)
    return FALSE;
  *number = (guint32) n;
  return TRUE;
}

gboolean
barua_imap_slice_is (BaruaImapSlice slice,
                     const char    *word)
{
  gsize length = strlen (word);

  /* Names are compared one after the other for each item of a FETCH; most differ in length or in the first letter. */
  return slice.data != NULL && slice.length == length &&
         (length == 0 || ((((guint8) slice.data[0] ^ (guint8) word[0]) & ~0x20) == 0 &&
                          g_ascii_strncasecmp (slice.data, word, length) == 0));
}

char *
barua_imap_slice_dup_text (BaruaImapSlice slice)
{
  if (slice.data == NULL)
    return NULL;
  return barua_text_clean (slice.data, (gssize) slice.length, G_MAXSIZE);
}

char *
barua_imap_slice_dup_raw (BaruaImapSlice slice)
{
  if (slice.data == NULL || memchr (slice.data, '\0', slice.length) != NULL)
    return NULL;
  return g_strndup (slice.data, slice.length);
}
