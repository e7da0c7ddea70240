/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-mail-header.h"

#include <string.h>

#include "barua-limits.h"
#include "barua-mail-address.h"
#include "barua-mail-date.h"
#include "barua-mail-decode.h"
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
  return strlen (name) == field->name_length && g_ascii_strncasecmp (name, field->name, field->name_length) == 0;
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

void
barua_mail_ids_parse (const char *value,
                      gsize       length,
                      GPtrArray  *ids)
{
  const char *end = value + length;
  const char *p = value;

  while (p < end)
    {
      const char *open = memchr (p, '<', (gsize)(end - p));
      const char *close = open != NULL ? memchr (open, '>', (gsize)(end - open)) : NULL;
      gsize n;

      if (close == NULL)
        return;
      p = close + 1;
      n = (gsize)(p - open);
      if (n <= 2 || n > BARUA_LIMIT_MESSAGE_ID_BYTES || memchr (open, '\0', n) != NULL || has_id (ids, open, n))
        continue;
      /* The first names the thread's root, the last ones the nearest ancestors. */
      if (ids->len >= BARUA_LIMIT_REFERENCES)
        g_ptr_array_remove_index (ids, 1);
      g_ptr_array_add (ids, barua_text_clean (open, (gssize)n, BARUA_LIMIT_MESSAGE_ID_BYTES));
    }
}

static void
set_message_id (BaruaEnvelope        *envelope,
                const BaruaMailField *field)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  barua_mail_ids_parse (field->value, MIN (field->value_length, 4 * BARUA_LIMIT_MESSAGE_ID_BYTES), ids);
  g_free (envelope->message_id);
  if (ids->len > 0)
    envelope->message_id = g_strdup (g_ptr_array_index (ids, 0));
  else
    envelope->message_id =
      barua_mail_decode_value (field->value, field->value_length, BARUA_LIMIT_MESSAGE_ID_BYTES);
}

static void
set_content_type (BaruaEnvelope        *envelope,
                  const BaruaMailField *field)
{
  g_autofree char *value = barua_mail_decode_value (field->value, MIN (field->value_length, 1024), 256);
  char *stop = value + strcspn (value, "; \t(");

  *stop = '\0';
  g_free (envelope->content_type);
  envelope->content_type = g_ascii_strdown (value, -1);
  /* The provisional paperclip, until a BODYSTRUCTURE says it exactly. */
  envelope->has_attachment =
    g_str_equal (envelope->content_type, "multipart/mixed") || g_str_has_prefix (envelope->content_type, "application/") ||
    g_str_has_prefix (envelope->content_type, "image/") || g_str_has_prefix (envelope->content_type, "audio/") ||
    g_str_has_prefix (envelope->content_type, "video/");
  envelope->attachment_known = envelope->content_type[0] != '\0' &&
                               !g_str_has_prefix (envelope->content_type, "multipart/");
}

static void
set_list_id (BaruaEnvelope        *envelope,
             const BaruaMailField *field)
{
  g_free (envelope->list_id);
  envelope->list_id = barua_mail_decode_value (field->value, field->value_length, BARUA_LIMIT_DISPLAY_NAME_BYTES);
}

static void
set_addresses (GPtrArray           **list,
               const BaruaMailField *field)
{
  if (*list == NULL)
    *list = barua_mail_addresses_parse (field->value, field->value_length);
}

typedef enum
{
  SEEN_SUBJECT = 1 << 0,
  SEEN_DATE = 1 << 1,
  SEEN_MESSAGE_ID = 1 << 2,
  SEEN_LIST_ID = 1 << 3,
  SEEN_CONTENT_TYPE = 1 << 4,
  SEEN_AUTO = 1 << 5,
  SEEN_IN_REPLY_TO = 1 << 6,
  SEEN_REFERENCES = 1 << 7
} Seen;

typedef struct
{
  BaruaEnvelope  *envelope;
  BaruaMailField  in_reply_to;
  guint           seen;
} Header;

static gboolean
first (Header *header,
       Seen    bit)
{
  gboolean is_first = (header->seen & bit) == 0;

  header->seen |= bit;
  return is_first;
}

static void
take_long_name (Header               *header,
                const BaruaMailField *field)
{
  BaruaEnvelope *envelope = header->envelope;

  if (barua_mail_field_is (field, "Message-ID"))
    {
      if (first (header, SEEN_MESSAGE_ID))
        set_message_id (envelope, field);
    }
  else if (barua_mail_field_is (field, "References"))
    {
      if (first (header, SEEN_REFERENCES))
        {
          envelope->references = g_ptr_array_new_with_free_func (g_free);
          barua_mail_ids_parse (field->value, field->value_length, envelope->references);
        }
    }
  else if (barua_mail_field_is (field, "In-Reply-To"))
    {
      if (first (header, SEEN_IN_REPLY_TO))
        header->in_reply_to = *field;
    }
  else if (barua_mail_field_is (field, "Content-Type"))
    {
      if (first (header, SEEN_CONTENT_TYPE))
        set_content_type (envelope, field);
    }
  else if (barua_mail_field_is (field, "Auto-Submitted") && first (header, SEEN_AUTO))
    {
      g_free (envelope->auto_submitted);
      envelope->auto_submitted = barua_mail_decode_value (field->value, field->value_length, 64);
    }
}

static void
take_short_name (Header               *header,
                 const BaruaMailField *field)
{
  BaruaEnvelope *envelope = header->envelope;

  if (barua_mail_field_is (field, "From"))
    set_addresses (&envelope->from, field);
  else if (barua_mail_field_is (field, "To"))
    set_addresses (&envelope->to, field);
  else if (barua_mail_field_is (field, "Cc"))
    set_addresses (&envelope->cc, field);
  else if (barua_mail_field_is (field, "Sender"))
    set_addresses (&envelope->sender, field);
  else if (barua_mail_field_is (field, "Reply-To"))
    set_addresses (&envelope->reply_to, field);
  else if (barua_mail_field_is (field, "Date"))
    {
      if (first (header, SEEN_DATE) &&
          !barua_mail_date_parse (field->value, field->value_length, &envelope->date, &envelope->date_zone))
        envelope->date = G_MININT64;
    }
  else if (barua_mail_field_is (field, "Subject"))
    {
      if (first (header, SEEN_SUBJECT))
        {
          g_free (envelope->subject);
          envelope->subject = barua_mail_decode_text (field->value, field->value_length);
        }
    }
  else if (barua_mail_field_is (field, "List-Id") && first (header, SEEN_LIST_ID))
    set_list_id (envelope, field);
}

BaruaEnvelope *
barua_mail_header_parse (const char *block,
                         gsize       length)
{
  Header header = { .envelope = barua_envelope_new () };
  const char *end = block + MIN (length, BARUA_LIMIT_HEADER_BLOCK_BYTES);
  const char *cursor = block;
  BaruaMailField field;

  while (barua_mail_field_next (&cursor, end, &field))
    if (field.name_length <= 8)
      take_short_name (&header, &field);
    else
      take_long_name (&header, &field);

  if (header.seen & SEEN_IN_REPLY_TO)
    {
      if (header.envelope->references == NULL)
        header.envelope->references = g_ptr_array_new_with_free_func (g_free);
      barua_mail_ids_parse (header.in_reply_to.value, header.in_reply_to.value_length, header.envelope->references);
    }
  if (header.envelope->references != NULL && header.envelope->references->len == 0)
    g_clear_pointer (&header.envelope->references, g_ptr_array_unref);
  return header.envelope;
}
