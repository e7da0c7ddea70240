/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-structure.h"

#include <string.h>

#include "barua-limits.h"
#include "barua-mail-decode.h"
#include "barua-text.h"

typedef struct
{
  GArray   *parts;
  gboolean  damaged;
} Reader;

static void read_body (Reader               *reader,
                       const BaruaImapValue *list,
                       guint                 depth,
                       guint                 parent,
                       guint                 number);

static const BaruaImapValue *
list_or_null (const BaruaImapValue *value)
{
  return value->kind == BARUA_IMAP_VALUE_LIST ? value : NULL;
}

/* ("attachment" ("filename" "x")): also found a place too early or too late, since servers leave fields out. */
static gboolean
is_disposition (const BaruaImapValue *value)
{
  const BaruaImapValue *first = value->kind == BARUA_IMAP_VALUE_LIST ? barua_imap_value_first (value) : NULL;
  const BaruaImapValue *second = first != NULL ? barua_imap_value_next (value, first) : NULL;

  return first != NULL && barua_imap_value_is_text (first) &&
         (second == NULL || second->kind == BARUA_IMAP_VALUE_LIST || second->kind == BARUA_IMAP_VALUE_NIL);
}

static void
read_disposition (const BaruaImapValue *value,
                  BaruaImapPart        *part)
{
  const BaruaImapValue *second;

  if (value->kind != BARUA_IMAP_VALUE_LIST)
    {
      part->disposition = barua_imap_value_get_slice (value);
      return;
    }
  if (!is_disposition (value))
    return;
  part->disposition = barua_imap_value_get_slice (value + 1);
  second = barua_imap_value_next (value, value + 1);
  if (second != NULL)
    part->disposition_parameters = list_or_null (second);
}

/* Extension data from the disposition on. */
static void
read_extension (const BaruaImapValue *list,
                const BaruaImapValue *value,
                BaruaImapPart        *part)
{
  if (value == NULL)
    return;
  read_disposition (value, part);
  value = barua_imap_value_next (list, value);
  if (value == NULL)
    return;
  if (part->disposition.data == NULL && value->length == 2 && is_disposition (value))
    read_disposition (value, part);
  else if (value->kind != BARUA_IMAP_VALUE_NIL)
    part->language = value;
  value = barua_imap_value_next (list, value);
  if (value != NULL)
    part->location = barua_imap_value_get_slice (value);
}

static gboolean
is_number_like (const BaruaImapValue *value)
{
  return value->kind == BARUA_IMAP_VALUE_NUMBER || value->kind == BARUA_IMAP_VALUE_NIL ||
         (value->kind == BARUA_IMAP_VALUE_ATOM && value->length > 0 && value->data[0] == '-');
}

/* Envelope, body and lines of a message part, where they are; gives what follows. */
static const BaruaImapValue *
read_message (const BaruaImapValue  *list,
              const BaruaImapValue  *value,
              BaruaImapPart         *part,
              const BaruaImapValue **body)
{
  const BaruaImapValue *second = barua_imap_value_next (list, value);
  gboolean nothing = value->kind == BARUA_IMAP_VALUE_NIL && second != NULL && second->kind == BARUA_IMAP_VALUE_NIL;

  if (nothing)
    {
      const BaruaImapValue *lines = barua_imap_value_next (list, second);

      /* NIL NIL 5: no envelope and no body were found; NIL NIL ...: extension data of a part taken as basic. */
      if (lines == NULL || lines->kind != BARUA_IMAP_VALUE_NUMBER)
        return value;
      barua_imap_value_get_number (lines, &part->lines);
      return barua_imap_value_next (list, lines);
    }
  if (value->kind != BARUA_IMAP_VALUE_LIST || second == NULL || second->kind != BARUA_IMAP_VALUE_LIST)
    return value;
  part->is_message = TRUE;
  part->envelope = value;
  *body = second;
  value = barua_imap_value_next (list, second);
  if (value != NULL && is_number_like (value))
    {
      barua_imap_value_get_number (value, &part->lines);
      value = barua_imap_value_next (list, value);
    }
  return value;
}

static void
read_single (Reader               *reader,
             const BaruaImapValue *list,
             BaruaImapPart        *part,
             guint                 index)
{
  const BaruaImapValue *fields[7] = { NULL };
  const BaruaImapValue *value = barua_imap_value_first (list);
  const BaruaImapValue *body = NULL;
  guint n = 0;

  for (; value != NULL && n < G_N_ELEMENTS (fields); value = barua_imap_value_next (list, value))
    fields[n++] = value;
  if (n < 7 || fields[0]->kind == BARUA_IMAP_VALUE_LIST || fields[1]->kind == BARUA_IMAP_VALUE_LIST)
    reader->damaged = TRUE;
  part->type = n > 0 ? barua_imap_value_get_slice (fields[0]) : part->type;
  part->subtype = n > 1 ? barua_imap_value_get_slice (fields[1]) : part->subtype;
  part->parameters = n > 2 ? list_or_null (fields[2]) : NULL;
  part->content_id = n > 3 ? barua_imap_value_get_slice (fields[3]) : part->content_id;
  part->description = n > 4 ? barua_imap_value_get_slice (fields[4]) : part->description;
  part->encoding = n > 5 ? barua_imap_value_get_slice (fields[5]) : part->encoding;
  if (n > 6 && !barua_imap_value_get_number (fields[6], &part->size))
    part->size = 0;

  if (value != NULL && barua_imap_slice_is (part->type, "TEXT") && is_number_like (value))
    {
      barua_imap_value_get_number (value, &part->lines);
      value = barua_imap_value_next (list, value);
    }
  else if (value != NULL && barua_imap_slice_is (part->type, "MESSAGE") &&
           (barua_imap_slice_is (part->subtype, "RFC822") || barua_imap_slice_is (part->subtype, "GLOBAL")))
    value = read_message (list, value, part, &body);
  if (value != NULL && value->kind != BARUA_IMAP_VALUE_LIST)
    {
      part->md5 = barua_imap_value_get_slice (value);
      value = barua_imap_value_next (list, value);
    }
  read_extension (list, value, part);
  if (body != NULL)
    {
      /* The array may move: the part is stored before what is below it is read. */
      const BaruaImapPart stored = *part;

      g_array_index (reader->parts, BaruaImapPart, index) = stored;
      read_body (reader, body, stored.depth + 1, index, 1);
      *part = g_array_index (reader->parts, BaruaImapPart, index);
    }
}

static void
read_multipart (Reader               *reader,
                const BaruaImapValue *list,
                BaruaImapPart        *part,
                guint                 index)
{
  const BaruaImapValue *value = barua_imap_value_first (list);
  guint number = 1;

  part->is_multipart = TRUE;
  g_array_index (reader->parts, BaruaImapPart, index) = *part;
  for (; value != NULL && value->kind == BARUA_IMAP_VALUE_LIST; value = barua_imap_value_next (list, value))
    read_body (reader, value, part->depth + 1, index, number++);
  if (value == NULL || number == 1)
    reader->damaged = TRUE;
  if (value == NULL)
    return;
  part->subtype = barua_imap_value_get_slice (value);
  value = barua_imap_value_next (list, value);
  if (value == NULL)
    return;
  part->parameters = list_or_null (value);
  read_extension (list, barua_imap_value_next (list, value), part);
}

static void
read_body (Reader               *reader,
           const BaruaImapValue *list,
           guint                 depth,
           guint                 parent,
           guint                 number)
{
  const BaruaImapValue *first = barua_imap_value_first (list);
  guint index = reader->parts->len;
  BaruaImapPart part = { .depth = depth, .parent = parent, .number = number };

  if (first == NULL || index >= BARUA_LIMIT_PARTS || depth > BARUA_LIMIT_PART_DEPTH)
    {
      reader->damaged = TRUE;
      if (first != NULL || index >= BARUA_LIMIT_PARTS)
        return;
    }
  g_array_append_val (reader->parts, part);
  if (first == NULL)
    return;
  /* A word alone, or with its parameters at once behind it, is a multipart without parts (Gmail). */
  if (first->kind == BARUA_IMAP_VALUE_LIST || list->length == 1 || (first + 1)->kind == BARUA_IMAP_VALUE_LIST)
    read_multipart (reader, list, &part, index);
  else
    read_single (reader, list, &part, index);
  g_array_index (reader->parts, BaruaImapPart, index) = part;
}

gboolean
barua_imap_structure_read (const BaruaImapValue *value,
                           GArray               *parts)
{
  Reader reader = { .parts = parts };

  g_array_set_size (parts, 0);
  if (value == NULL || value->kind != BARUA_IMAP_VALUE_LIST || value->span == 1)
    return FALSE;
  read_body (&reader, value, 0, 0, 1);
  return !reader.damaged;
}

BaruaImapSlice
barua_imap_structure_parameter (const BaruaImapValue *parameters,
                                const char           *name)
{
  const BaruaImapValue *key = parameters != NULL ? barua_imap_value_first (parameters) : NULL;

  while (key != NULL)
    {
      const BaruaImapValue *value = barua_imap_value_next (parameters, key);

      if (value == NULL)
        break;
      if (barua_imap_slice_is (barua_imap_value_get_slice (key), name))
        return barua_imap_value_get_slice (value);
      key = barua_imap_value_next (parameters, value);
    }
  return (BaruaImapSlice) { NULL, 0 };
}

/* Decoded parts --------------------------------------------------------------------------------------------------- */

static void
append_unescaped (GString        *text,
                  BaruaImapSlice  slice)
{
  for (gsize i = 0; i < slice.length; i++)
    if (slice.data[i] == '%' && i + 2 < slice.length && g_ascii_isxdigit (slice.data[i + 1]) &&
        g_ascii_isxdigit (slice.data[i + 2]))
      {
        g_string_append_c (text, (char) (g_ascii_xdigit_value (slice.data[i + 1]) * 16 +
                                         g_ascii_xdigit_value (slice.data[i + 2])));
        i += 2;
      }
    else
      g_string_append_c (text, slice.data[i]);
}

/* charset'language'text: takes the first two off *value. */
static char *
take_charset (BaruaImapSlice *value)
{
  const char *first = memchr (value->data, '\'', value->length);
  const char *second;
  char *charset;

  if (first == NULL)
    return NULL;
  second = memchr (first + 1, '\'', value->length - (gsize) (first + 1 - value->data));
  if (second == NULL)
    return NULL;
  charset = g_strndup (value->data, (gsize) (first - value->data));
  value->length -= (gsize) (second + 1 - value->data);
  value->data = second + 1;
  return charset;
}

/* RFC 2231: "filename*", or "filename*0*", "filename*1", ... */
static char *
decode_extended (const BaruaImapValue *parameters,
                 const char           *name)
{
  g_autofree char *charset = NULL;
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *star = g_strconcat (name, "*", NULL);
  BaruaImapSlice value = barua_imap_structure_parameter (parameters, star);
  gboolean found = FALSE;
  char *converted;

  if (value.data != NULL)
    {
      charset = take_charset (&value);
      append_unescaped (text, value);
      found = TRUE;
    }
  for (guint i = 0; !found || (i > 0 && value.data != NULL && text->len < BARUA_LIMIT_IMAP_LINE_BYTES); i++)
    {
      g_autofree char *plain = g_strdup_printf ("%s*%u", name, i);
      g_autofree char *encoded = g_strdup_printf ("%s*%u*", name, i);

      value = barua_imap_structure_parameter (parameters, encoded);
      if (value.data != NULL)
        {
          if (i == 0)
            charset = take_charset (&value);
          append_unescaped (text, value);
        }
      else
        {
          value = barua_imap_structure_parameter (parameters, plain);
          if (value.data != NULL)
            g_string_append_len (text, value.data, (gssize) value.length);
        }
      if (i == 0 && value.data == NULL)
        return NULL;
      found = TRUE;
    }
  converted = barua_mail_convert (charset != NULL && charset[0] != '\0' ? charset : "UTF-8", text->str, text->len);
  if (converted != NULL)
    {
      g_autofree char *to_clean = converted;

      return barua_text_clean (to_clean, -1, BARUA_LIMIT_SUBJECT_BYTES);
    }
  return barua_text_clean (text->str, (gssize) text->len, BARUA_LIMIT_SUBJECT_BYTES);
}

static char *
decode_parameter (const BaruaImapValue *parameters,
                  const char           *name)
{
  BaruaImapSlice value;
  char *text;

  if (parameters == NULL)
    return NULL;
  text = decode_extended (parameters, name);
  if (text != NULL)
    return text;
  value = barua_imap_structure_parameter (parameters, name);
  return value.data != NULL ? barua_mail_decode_text (value.data, value.length) : NULL;
}

static char *
dup_lower (BaruaImapSlice  slice,
           const char     *fallback)
{
  g_autofree char *text = NULL;

  if (slice.length == 0)
    return g_strdup (fallback);
  text = barua_text_clean (slice.data, (gssize) slice.length, 255);
  g_strstrip (text);
  return g_ascii_strdown (text, -1);
}

/* What the numbers of the parts below @index begin with. */
static const char *
section_prefix (const BaruaImapPart *raw,
                GPtrArray           *parts,
                guint                index)
{
  const BaruaImapPart *part = &raw[index];

  if (!part->is_multipart || index == 0)
    return ((BaruaPart *) g_ptr_array_index (parts, index))->section;
  /* The multipart that is a message's body has no number of its own. */
  if (raw[part->parent].is_message)
    return ((BaruaPart *) g_ptr_array_index (parts, part->parent))->section;
  return ((BaruaPart *) g_ptr_array_index (parts, index))->section;
}

static char *
make_section (const BaruaImapPart *raw,
              GPtrArray           *parts,
              guint                index)
{
  const BaruaImapPart *part = &raw[index];
  const char *prefix;

  if (index == 0)
    return g_strdup (part->is_multipart ? "" : "1");
  prefix = section_prefix (raw, parts, part->parent);
  if (raw[part->parent].is_message && part->is_multipart)
    return g_strconcat (prefix, ".TEXT", NULL);
  return prefix[0] != '\0' ? g_strdup_printf ("%s.%u", prefix, part->number) : g_strdup_printf ("%u", part->number);
}

static BaruaPartKind
classify (const BaruaImapPart *raw,
          const BaruaPart     *part)
{
  if (raw->is_multipart)
    return strcmp (part->type, "multipart/encrypted") == 0 ? BARUA_PART_ENCRYPTED : BARUA_PART_MULTIPART;
  if (strcmp (part->type, "message/rfc822") == 0 || strcmp (part->type, "message/global") == 0)
    return BARUA_PART_MESSAGE;
  if (strcmp (part->type, "text/calendar") == 0)
    return BARUA_PART_CALENDAR;
  if (strcmp (part->type, "text/vcard") == 0 || strcmp (part->type, "text/x-vcard") == 0)
    return BARUA_PART_VCARD;
  if (strcmp (part->type, "application/ms-tnef") == 0 || strcmp (part->type, "application/vnd.ms-tnef") == 0)
    return BARUA_PART_TNEF;
  if (strcmp (part->type, "application/pkcs7-signature") == 0 || strcmp (part->type, "application/x-pkcs7-signature") == 0 ||
      strcmp (part->type, "application/pgp-signature") == 0)
    return BARUA_PART_SIGNATURE;
  if (strcmp (part->type, "application/pkcs7-mime") == 0 || strcmp (part->type, "application/x-pkcs7-mime") == 0)
    return BARUA_PART_ENCRYPTED;
  if (part->is_attached)
    return BARUA_PART_ATTACHMENT;
  if (strcmp (part->type, "text/plain") == 0 || strcmp (part->type, "text/html") == 0)
    return BARUA_PART_TEXT;
  if (g_str_has_prefix (part->type, "image/") && part->content_id[0] != '\0')
    return BARUA_PART_INLINE;
  return BARUA_PART_ATTACHMENT;
}

static guint64
estimate_size (const BaruaImapPart *raw,
               const BaruaPart     *part)
{
  /* Base64 has 57 bytes on a line of 78. */
  if (strcmp (part->encoding, "base64") == 0)
    return raw->size / 78 * 57 + raw->size % 78 * 3 / 4;
  return raw->size;
}

static BaruaPart *
decode_part (const BaruaImapPart *raw)
{
  BaruaPart *part = barua_part_new ();
  g_autofree char *type = dup_lower (raw->type, raw->is_multipart ? "multipart" : "application");
  g_autofree char *subtype = dup_lower (raw->subtype, raw->is_multipart ? "mixed" : "octet-stream");
  char *file_name = decode_parameter (raw->disposition_parameters, "filename");

  if (file_name == NULL || file_name[0] == '\0')
    {
      g_free (file_name);
      file_name = decode_parameter (raw->parameters, "name");
    }
  g_free (part->type);
  part->type = g_strconcat (type, "/", subtype, NULL);
  g_free (part->charset);
  part->charset = dup_lower (barua_imap_structure_parameter (raw->parameters, "charset"), "");
  g_free (part->encoding);
  part->encoding = dup_lower (raw->encoding, "7bit");
  if (raw->content_id.length > 0)
    {
      g_autofree char *id = barua_text_clean (raw->content_id.data, (gssize) raw->content_id.length,
                                              BARUA_LIMIT_MESSAGE_ID_BYTES);
      char *p = g_strstrip (id);
      gsize length = strlen (p);

      if (length > 1 && p[0] == '<' && p[length - 1] == '>')
        {
          p[length - 1] = '\0';
          p++;
        }
      g_free (part->content_id);
      part->content_id = g_strdup (p);
    }
  if (file_name != NULL)
    {
      g_free (part->file_name);
      part->file_name = file_name;
    }
  part->depth = raw->depth;
  part->encoded_size = raw->size;
  part->size = estimate_size (raw, part);
  part->is_attached = barua_imap_slice_is (raw->disposition, "attachment");
  part->is_flowed = strcmp (part->type, "text/plain") == 0 &&
                    barua_imap_slice_is (barua_imap_structure_parameter (raw->parameters, "format"), "flowed");
  part->is_delsp = part->is_flowed && barua_imap_slice_is (barua_imap_structure_parameter (raw->parameters, "delsp"), "yes");
  part->kind = classify (raw, part);
  return part;
}

GPtrArray *
barua_imap_structure_decode (const BaruaImapValue *value,
                             gboolean             *damaged)
{
  g_autoptr(GArray) raw = g_array_new (FALSE, TRUE, sizeof (BaruaImapPart));
  GPtrArray *parts;
  gboolean good = barua_imap_structure_read (value, raw);
  const BaruaImapPart *all = (const BaruaImapPart *) (gpointer) raw->data;

  if (damaged != NULL)
    *damaged = !good;
  if (raw->len == 0)
    return NULL;
  parts = barua_part_list_new ();
  for (guint i = 0; i < raw->len; i++)
    {
      BaruaPart *part = decode_part (&all[i]);

      g_ptr_array_add (parts, part);
      g_free (part->section);
      part->section = make_section (all, parts, i);
    }
  return parts;
}
