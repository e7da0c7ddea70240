/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-mail-reader.h"

#include <string.h>

#include "barua-limits.h"
#include "barua-mail-address.h"
#include "barua-mail-date.h"
#include "barua-mail-decode.h"
#include "barua-mail-header.h"

/* Fields of addresses that are remembered; a power of two. One that falls on another's place takes it. */
#define PLACES 2048u
/* A longer field hardly comes twice. */
#define REMEMBERED_BYTES 256u

typedef struct
{
  guint32    hash;
  guint32    length;
  char      *value; /* raw */
  GPtrArray *list;  /* NULL: the place is free */
} Place;

struct _BaruaMailReader
{
  Place places[PLACES];
};

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
  BaruaMailReader *reader;
  GStringChunk    *strings;
  BaruaEnvelope   *envelope;
  BaruaMailField   in_reply_to;
  guint            seen;
} Header;

static char empty[] = "";

BaruaMailReader *
barua_mail_reader_new (void)
{
  return g_new0 (BaruaMailReader, 1);
}

void
barua_mail_reader_free (BaruaMailReader *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < PLACES; i++)
    if (self->places[i].list != NULL)
      {
        g_free (self->places[i].value);
        g_ptr_array_unref (self->places[i].list);
      }
  g_free (self);
}

/* Texts ------------------------------------------------------------------------------------------------------------ */

static gboolean
is_white (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Printable ASCII without the begin of an encoded word: stands for itself. */
static gboolean
is_literal (const char *bytes,
            gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if ((guint8)bytes[i] < 0x20 || (guint8)bytes[i] >= 0x7F || (bytes[i] == '=' && i + 1 < length && bytes[i + 1] == '?'))
      return FALSE;
  return TRUE;
}

/* barua_mail_decode_value() into the chunk. */
static char *
decode (Header     *header,
        const char *bytes,
        gsize       length,
        gsize       max_bytes)
{
  g_autofree char *text = NULL;

  while (length > 0 && is_white (bytes[length - 1]))
    length--;
  while (length > 0 && is_white (*bytes))
    {
      bytes++;
      length--;
    }
  if (length == 0)
    return empty;
  if (length <= max_bytes && is_literal (bytes, length))
    return g_string_chunk_insert_len (header->strings, bytes, (gssize)length);
  text = barua_mail_decode_value (bytes, length, max_bytes);
  return g_string_chunk_insert (header->strings, text);
}

static void
set_message_id (Header               *header,
                const BaruaMailField *field)
{
  const char *p = field->value;
  const char *id;
  gsize n;

  if (barua_mail_id_next (&p, p + MIN (field->value_length, 4 * BARUA_LIMIT_MESSAGE_ID_BYTES), &id, &n))
    header->envelope->message_id = barua_mail_id_insert (header->strings, id, n);
  else
    header->envelope->message_id = decode (header, field->value, field->value_length, BARUA_LIMIT_MESSAGE_ID_BYTES);
}

/* "multipart/mixed" of "Multipart/Mixed; boundary=x". */
static char *
read_type (Header               *header,
           const BaruaMailField *field)
{
  const char *end = field->value + field->value_length;
  const char *p = field->value;
  const char *stop;
  char *type;

  while (p < end && (*p == ' ' || *p == '\t'))
    p++;
  for (stop = p; stop < end && *stop != ';' && *stop != ' ' && *stop != '\t' && *stop != '('; stop++)
    ;
  if (stop - p <= 256 && is_literal (p, (gsize)(stop - p)))
    type = g_string_chunk_insert_len (header->strings, p, stop - p);
  else
    {
      g_autofree char *value = barua_mail_decode_value (field->value, MIN (field->value_length, 1024), 256);

      type = g_string_chunk_insert_len (header->strings, value, (gssize)strcspn (value, "; \t("));
    }
  for (char *c = type; *c != '\0'; c++)
    *c = g_ascii_tolower (*c);
  return type;
}

static void
set_content_type (Header               *header,
                  const BaruaMailField *field)
{
  BaruaEnvelope *envelope = header->envelope;
  const char *type = envelope->content_type = read_type (header, field);

  /* The provisional paperclip, until a BODYSTRUCTURE says it exactly. */
  envelope->has_attachment = g_str_equal (type, "multipart/mixed") || g_str_has_prefix (type, "application/") ||
                             g_str_has_prefix (type, "image/") || g_str_has_prefix (type, "audio/") ||
                             g_str_has_prefix (type, "video/");
  envelope->attachment_known = type[0] != '\0' && !g_str_has_prefix (type, "multipart/");
}

/* Addresses -------------------------------------------------------------------------------------------------------- */

/* FNV-1a: whoever makes fields that fall together only makes them be read anew. */
static guint32
hash_bytes (const char *bytes,
            gsize       length)
{
  guint32 hash = 2166136261u;

  for (gsize i = 0; i < length; i++)
    hash = (hash ^ (guint8)bytes[i]) * 16777619u;
  return hash;
}

static GPtrArray *
read_addresses (Header               *header,
                const BaruaMailField *field)
{
  guint32 hash;
  Place *place;

  if (header->reader == NULL || field->value_length == 0 || field->value_length > REMEMBERED_BYTES)
    return barua_mail_addresses_parse (field->value, field->value_length);
  hash = hash_bytes (field->value, field->value_length);
  place = &header->reader->places[(hash ^ hash >> 16) & (PLACES - 1)];
  if (place->list != NULL && place->hash == hash && place->length == field->value_length &&
      memcmp (place->value, field->value, field->value_length) == 0)
    return g_ptr_array_ref (place->list);

  g_clear_pointer (&place->list, g_ptr_array_unref);
  g_free (place->value);
  place->hash = hash;
  place->length = (guint32)field->value_length;
  place->value = g_memdup2 (field->value, field->value_length);
  place->list = barua_mail_addresses_parse (field->value, field->value_length);
  return g_ptr_array_ref (place->list);
}

static void
set_addresses (Header               *header,
               GPtrArray           **list,
               const BaruaMailField *field)
{
  if (*list == NULL)
    *list = read_addresses (header, field);
}

/* Fields ----------------------------------------------------------------------------------------------------------- */

static gboolean
first (Header *header,
       Seen    bit)
{
  gboolean is_first = (header->seen & bit) == 0;

  header->seen |= bit;
  return is_first;
}

static void
add_references (Header               *header,
                const BaruaMailField *field)
{
  if (header->envelope->references == NULL)
    header->envelope->references = g_ptr_array_new ();
  barua_mail_ids_read (field->value, field->value_length, header->strings, header->envelope->references);
}

static void
take_long_name (Header               *header,
                const BaruaMailField *field)
{
  if (barua_mail_field_is (field, "Message-ID"))
    {
      if (first (header, SEEN_MESSAGE_ID))
        set_message_id (header, field);
    }
  else if (barua_mail_field_is (field, "References"))
    {
      if (first (header, SEEN_REFERENCES))
        add_references (header, field);
    }
  else if (barua_mail_field_is (field, "In-Reply-To"))
    {
      if (first (header, SEEN_IN_REPLY_TO))
        header->in_reply_to = *field;
    }
  else if (barua_mail_field_is (field, "Content-Type"))
    {
      if (first (header, SEEN_CONTENT_TYPE))
        set_content_type (header, field);
    }
  else if (barua_mail_field_is (field, "Auto-Submitted") && first (header, SEEN_AUTO))
    header->envelope->auto_submitted = decode (header, field->value, field->value_length, 64);
}

static void
take_short_name (Header               *header,
                 const BaruaMailField *field)
{
  BaruaEnvelope *envelope = header->envelope;

  if (barua_mail_field_is (field, "From"))
    set_addresses (header, &envelope->from, field);
  else if (barua_mail_field_is (field, "To"))
    set_addresses (header, &envelope->to, field);
  else if (barua_mail_field_is (field, "Cc"))
    set_addresses (header, &envelope->cc, field);
  else if (barua_mail_field_is (field, "Sender"))
    set_addresses (header, &envelope->sender, field);
  else if (barua_mail_field_is (field, "Reply-To"))
    set_addresses (header, &envelope->reply_to, field);
  else if (barua_mail_field_is (field, "Date"))
    {
      if (first (header, SEEN_DATE) &&
          !barua_mail_date_parse (field->value, field->value_length, &envelope->date, &envelope->date_zone))
        envelope->date = G_MININT64;
    }
  else if (barua_mail_field_is (field, "Subject"))
    {
      if (first (header, SEEN_SUBJECT))
        envelope->subject = decode (header, field->value, field->value_length, BARUA_LIMIT_SUBJECT_BYTES);
    }
  else if (barua_mail_field_is (field, "List-Id") && first (header, SEEN_LIST_ID))
    envelope->list_id = decode (header, field->value, field->value_length, BARUA_LIMIT_DISPLAY_NAME_BYTES);
}

void
barua_mail_reader_read (BaruaMailReader *self,
                        const char      *block,
                        gsize            length,
                        GStringChunk    *strings,
                        BaruaEnvelope   *envelope)
{
  Header header = { .reader = self, .strings = strings, .envelope = envelope };
  const char *end = block + MIN (length, BARUA_LIMIT_HEADER_BLOCK_BYTES);
  const char *cursor = block;
  BaruaMailField field;

  *envelope = (BaruaEnvelope){ .date = G_MININT64, .subject = empty, .message_id = empty, .list_id = empty,
                               .content_type = empty, .auto_submitted = empty };
  while (barua_mail_field_next (&cursor, end, &field))
    if (field.name_length <= 8)
      take_short_name (&header, &field);
    else
      take_long_name (&header, &field);

  if (header.seen & SEEN_IN_REPLY_TO)
    add_references (&header, &header.in_reply_to);
  if (envelope->references != NULL && envelope->references->len == 0)
    g_clear_pointer (&envelope->references, g_ptr_array_unref);
}
