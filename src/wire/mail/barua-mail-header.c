/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-mail-header.h"

#include <string.h>

#include "barua-limits.h"
#include "barua-mail-reader.h"
#include "barua-text.h"

static const char *
line_end (const char *p,
          const char *end)
{
  const char *lf = memchr (p, '\n', (gsize)(end - p));

  return lf != NULL ? lf : end;
}

gboolean
barua_mail_field_next (const char    **cursor,
                       const char     *end,
                       BaruaMailField *field)
{
  const char *p = *cursor;

  while (p < end)
    {
      const char *stop = line_end (p, end);
      const char *colon;

      if (p == stop || (*p == '\r' && p + 1 == stop))
        {
          *cursor = end;
          return FALSE;
        }
      colon = memchr (p, ':', (gsize)(stop - p));
      /* A line that starts with white space here continues nothing. */
      if (colon == NULL || colon == p || *p == ' ' || *p == '\t')
        {
          p = MIN (stop + 1, end);
          continue;
        }

      field->name = p;
      field->name_length = (gsize)(colon - p);
      while (field->name_length > 0 && (p[field->name_length - 1] == ' ' || p[field->name_length - 1] == '\t'))
        field->name_length--;
      field->value = colon + 1;
      while (stop + 1 < end && (stop[1] == ' ' || stop[1] == '\t'))
        stop = line_end (stop + 1, end);
      *cursor = MIN (stop + 1, end);
      if (stop > field->value && stop[-1] == '\r')
        stop--;
      field->value_length = (gsize)(stop - field->value);
      return TRUE;
    }
  *cursor = end;
  return FALSE;
}

gboolean
barua_mail_field_is (const BaruaMailField *field,
                     const char           *name)
{
  /* Names are letters and hyphens: bit 5 is their case. Most differ in the first letter. */
  return ((guint8)name[0] | 0x20) == ((guint8)field->name[0] | 0x20) && strlen (name) == field->name_length &&
         g_ascii_strncasecmp (name, field->name, field->name_length) == 0;
}

static gboolean
has_id (GPtrArray  *ids,
        const char *id,
        gsize       length)
{
  for (guint i = 0; i < ids->len; i++)
    {
      const char *known = g_ptr_array_index (ids, i);

      if (strncmp (known, id, length) == 0 && known[length] == '\0')
        return TRUE;
    }
  return FALSE;
}

gboolean
barua_mail_id_next (const char **cursor,
                    const char  *end,
                    const char **id,
                    gsize       *length)
{
  while (*cursor < end)
    {
      const char *open = memchr (*cursor, '<', (gsize)(end - *cursor));
      const char *close = open != NULL ? memchr (open, '>', (gsize)(end - open)) : NULL;

      if (close == NULL)
        return FALSE;
      *cursor = close + 1;
      *id = open;
      *length = (gsize)(close + 1 - open);
      if (*length > 2 && *length <= BARUA_LIMIT_MESSAGE_ID_BYTES && memchr (open, '\0', *length) == NULL)
        return TRUE;
    }
  return FALSE;
}

char *
barua_mail_id_insert (GStringChunk *strings,
                      const char   *id,
                      gsize         length)
{
  g_autofree char *clean = NULL;
  gboolean plain = TRUE;

  for (gsize i = 0; i < length && plain; i++)
    plain = (guint8)id[i] >= 0x20 && (guint8)id[i] < 0x7F;
  if (plain)
    return g_string_chunk_insert_len (strings, id, (gssize)length);
  clean = barua_text_clean (id, (gssize)length, BARUA_LIMIT_MESSAGE_ID_BYTES);
  return g_string_chunk_insert (strings, clean);
}

void
barua_mail_ids_read (const char   *value,
                     gsize         length,
                     GStringChunk *strings,
                     GPtrArray    *ids)
{
  const char *cursor = value;
  const char *id;
  gsize n;

  while (barua_mail_id_next (&cursor, value + length, &id, &n))
    {
      if (has_id (ids, id, n))
        continue;
      /* The first names the thread's root, the last ones the nearest ancestors. */
      if (ids->len >= BARUA_LIMIT_REFERENCES)
        g_ptr_array_remove_index (ids, 1);
      g_ptr_array_add (ids, strings != NULL ? barua_mail_id_insert (strings, id, n)
                                            : barua_text_clean (id, (gssize)n, BARUA_LIMIT_MESSAGE_ID_BYTES));
    }
}

void
barua_mail_ids_parse (const char *value,
                      gsize       length,
                      GPtrArray  *ids)
{
  barua_mail_ids_read (value, length, NULL, ids);
}

static void
own (char **text)
{
  *text = g_strdup (*text);
}

BaruaEnvelope *
barua_mail_header_parse (const char *block,
                         gsize       length)
{
  BaruaEnvelope *envelope = g_new (BaruaEnvelope, 1);
  GStringChunk *strings = g_string_chunk_new (1024);

  barua_mail_reader_read (NULL, block, length, strings, envelope);
  own (&envelope->subject);
  own (&envelope->message_id);
  own (&envelope->list_id);
  own (&envelope->content_type);
  own (&envelope->auto_submitted);
  if (envelope->references != NULL)
    {
      for (guint i = 0; i < envelope->references->len; i++)
        own ((char **)&g_ptr_array_index (envelope->references, i));
      g_ptr_array_set_free_func (envelope->references, g_free);
    }
  g_string_chunk_free (strings);
  return envelope;
}
