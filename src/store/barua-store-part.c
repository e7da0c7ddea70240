/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-part.h"

#include <string.h>

#include "barua-limits.h"
#include "barua-store-private.h"

/* A row of structure holds all parts of one body, packed: version, then for each part numbers as 7-bit groups, low ones
 * first, and strings as length and bytes. Six of ten messages are one text part: a row a part would cost more than the rest
 * of the message's row. */

#define VERSION 1

static void
put_number (GByteArray *bytes,
            guint64     value)
{
  guint8 group[10];
  guint n = 0;

  do
    {
      group[n++] = (value & 0x7F) | (value > 0x7F ? 0x80 : 0);
      value >>= 7;
    }
  while (value != 0);
  g_byte_array_append (bytes, group, n);
}

static void
put_text (GByteArray *bytes,
          const char *text)
{
  gsize length = text != NULL ? strlen (text) : 0;

  put_number (bytes, length);
  g_byte_array_append (bytes, (const guint8 *)text, (guint)length);
}

typedef struct
{
  const guint8 *data;
  gsize         left;
  gboolean      bad;
} Reader;

static guint64
get_number (Reader *reader)
{
  guint64 value = 0;

  for (guint shift = 0; shift < 63 && reader->left > 0; shift += 7)
    {
      guint8 byte = *reader->data++;

      reader->left--;
      value |= (guint64)(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0)
        return value;
    }
  reader->bad = TRUE;
  return 0;
}

static char *
get_text (Reader *reader)
{
  guint64 length = get_number (reader);
  char *text;

  if (reader->bad || length > reader->left || !g_utf8_validate_len ((const char *)reader->data, (gsize)length, NULL))
    {
      reader->bad = TRUE;
      return g_strdup ("");
    }
  text = g_strndup ((const char *)reader->data, (gsize)length);
  reader->data += length;
  reader->left -= length;
  return text;
}

static void
take_text (char   **field,
           Reader  *reader)
{
  g_free (*field);
  *field = get_text (reader);
}

gboolean
barua_store_part_save (BaruaStoreConnection  *c,
                       gint64                 message,
                       GPtrArray             *parts,
                       GError               **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gboolean has_attachment = FALSE;
  guint n = MIN (parts->len, BARUA_LIMIT_PARTS);
  GError *local = NULL;
  gint64 body = barua_store_message_get_body (c, message, &local);

  if (body == 0)
    {
      if (local != NULL)
        g_propagate_error (error, local);
      return local == NULL; /* the message is gone meanwhile */
    }
  put_number (bytes, VERSION);
  put_number (bytes, n);
  for (guint i = 0; i < n; i++)
    {
      const BaruaPart *part = g_ptr_array_index (parts, i);

      put_number (bytes, part->kind);
      put_number (bytes, part->depth);
      put_number (bytes, part->is_attached);
      put_number (bytes, MIN (part->encoded_size, (guint64)G_MAXINT64));
      put_number (bytes, MIN (part->size, (guint64)G_MAXINT64));
      put_text (bytes, part->section);
      put_text (bytes, part->type);
      put_text (bytes, part->charset);
      put_text (bytes, part->encoding);
      put_text (bytes, part->content_id);
      put_text (bytes, part->file_name);
      has_attachment |= part->kind == BARUA_PART_ATTACHMENT || part->kind == BARUA_PART_TNEF;
    }
  return barua_store_exec (c, DB_MAIN, error, "INSERT OR REPLACE INTO structure VALUES (?1, ?2)", "ib", body, bytes->data,
                           (gsize)bytes->len) &&
         barua_store_exec (c, DB_MAIN, error, "UPDATE message SET traits = (traits & ~?2) | ?3 WHERE id = ?1", "iii", message,
                           (gint64)TRAIT_ATTACHMENT,
                           (gint64)(TRAIT_PARTS | TRAIT_ATTACHMENT_KNOWN | (has_attachment ? TRAIT_ATTACHMENT : 0))) &&
         barua_store_touch_row (c, message, error);
}

GPtrArray *
barua_store_part_load (BaruaStoreConnection  *c,
                       gint64                 message,
                       GError               **error)
{
  g_autoptr (GPtrArray) parts = barua_part_list_new ();
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
    "SELECT parts FROM structure WHERE body = (SELECT coalesce (body, id) FROM message WHERE id = ?1)", "i", message);
  Reader reader = { NULL, 0, FALSE };
  guint64 n;
  int rc = s != NULL ? barua_store_step (c, s, error) : 0;

  if (rc != SQLITE_ROW)
    return rc != 0 ? g_steal_pointer (&parts) : NULL;
  reader.data = sqlite3_column_blob (s, 0);
  reader.left = (gsize)sqlite3_column_bytes (s, 0);
  if (get_number (&reader) != VERSION)
    reader.bad = TRUE;
  n = get_number (&reader);
  for (guint64 i = 0; i < MIN (n, BARUA_LIMIT_PARTS) && !reader.bad; i++)
    {
      g_autoptr (BaruaPart) part = barua_part_new ();
      guint64 kind = get_number (&reader);
      guint64 depth = get_number (&reader);

      part->kind = (BaruaPartKind)MIN (kind, BARUA_PART_ENCRYPTED);
      part->depth = (guint)MIN (depth, BARUA_LIMIT_PART_DEPTH * 2);
      part->is_attached = get_number (&reader) != 0;
      part->encoded_size = get_number (&reader);
      part->size = get_number (&reader);
      take_text (&part->section, &reader);
      take_text (&part->type, &reader);
      take_text (&part->charset, &reader);
      take_text (&part->encoding, &reader);
      take_text (&part->content_id, &reader);
      take_text (&part->file_name, &reader);
      if (!reader.bad)
        g_ptr_array_add (parts, g_steal_pointer (&part));
    }
  /* Half a list would hide attachments: a damaged one counts as not there, and is fetched again. */
  if (reader.bad)
    g_ptr_array_set_size (parts, 0);
  return g_steal_pointer (&parts);
}
