/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-parsed-message.h"

#include <string.h>

#include "barua-limits.h"

#define ADDRESSES "a(ss)"
#define FORMAT                                                                                                          \
  "(a(ss)" ADDRESSES ADDRESSES ADDRESSES ADDRESSES ADDRESSES ADDRESSES "ssassxn"                                        \
  "a(uussssssttb)a(uusmsbb)sa(us)uu)"

static const char *const warning_names[] = {
  "refused",         "truncated",    "too-many-parts",   "too-deep", "addresses-cut",    "second-field",
  "unknown-charset", "bad-encoding", "missing-boundary", "html-cut", "suspicious-name",
};

const char *
barua_warning_kind_get_name (BaruaWarningKind kind)
{
  return (guint)kind < G_N_ELEMENTS (warning_names) ? warning_names[kind] : "unknown";
}

BaruaHeader *
barua_header_new (const char *name,
                  const char *value)
{
  BaruaHeader *self = g_new0 (BaruaHeader, 1);

  self->name = g_strdup (name);
  self->value = g_strdup (value);
  return self;
}

void
barua_header_free (BaruaHeader *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->value);
  g_free (self);
}

BaruaText *
barua_text_new (BaruaTextKind  kind,
                guint          part,
                char          *text)
{
  BaruaText *self = g_new0 (BaruaText, 1);

  self->kind = kind;
  self->part = part;
  self->text = text;
  return self;
}

void
barua_text_free (BaruaText *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_free (self->plain);
  g_free (self);
}

static void
warning_free (BaruaWarning *warning)
{
  g_free (warning->detail);
  g_free (warning);
}

BaruaParsedMessage *
barua_parsed_message_new (void)
{
  BaruaParsedMessage *self = g_new0 (BaruaParsedMessage, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->headers = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_header_free);
  self->from = barua_address_list_new ();
  self->sender = barua_address_list_new ();
  self->reply_to = barua_address_list_new ();
  self->to = barua_address_list_new ();
  self->cc = barua_address_list_new ();
  self->bcc = barua_address_list_new ();
  self->subject = g_strdup ("");
  self->message_id = g_strdup ("");
  self->references = g_ptr_array_new_with_free_func (g_free);
  self->list_id = g_strdup ("");
  self->date = G_MININT64;
  self->parts = barua_part_list_new ();
  self->texts = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_text_free);
  self->preview = g_strdup ("");
  self->warnings = g_ptr_array_new_with_free_func ((GDestroyNotify)warning_free);
  return self;
}

BaruaParsedMessage *
barua_parsed_message_ref (BaruaParsedMessage *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
barua_parsed_message_unref (BaruaParsedMessage *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->headers);
  g_ptr_array_unref (self->from);
  g_ptr_array_unref (self->sender);
  g_ptr_array_unref (self->reply_to);
  g_ptr_array_unref (self->to);
  g_ptr_array_unref (self->cc);
  g_ptr_array_unref (self->bcc);
  g_ptr_array_unref (self->references);
  g_ptr_array_unref (self->parts);
  g_ptr_array_unref (self->texts);
  g_ptr_array_unref (self->warnings);
  g_free (self->subject);
  g_free (self->message_id);
  g_free (self->list_id);
  g_free (self->preview);
  g_free (self);
}

void
barua_parsed_message_add_warning (BaruaParsedMessage *self,
                                  BaruaWarningKind    kind,
                                  const char         *detail)
{
  BaruaWarning *warning;

  if (self->warnings->len >= BARUA_LIMIT_WARNINGS)
    return;
  for (guint i = 0; i < self->warnings->len; i++)
    {
      const BaruaWarning *known = g_ptr_array_index (self->warnings, i);

      if (known->kind == kind && g_strcmp0 (known->detail, detail != NULL ? detail : "") == 0)
        return;
    }
  warning = g_new0 (BaruaWarning, 1);
  warning->kind = kind;
  warning->detail = g_strdup (detail != NULL ? detail : "");
  g_ptr_array_add (self->warnings, warning);
}

const char *
barua_parsed_message_get_header (const BaruaParsedMessage *self,
                                 const char               *name)
{
  for (guint i = 0; i < self->headers->len; i++)
    {
      const BaruaHeader *header = g_ptr_array_index (self->headers, i);

      if (g_ascii_strcasecmp (header->name, name) == 0)
        return header->value;
    }
  return NULL;
}

static GVariant *
addresses_to_variant (GPtrArray *addresses)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (ADDRESSES));
  for (guint i = 0; i < addresses->len; i++)
    {
      const BaruaAddress *address = g_ptr_array_index (addresses, i);

      g_variant_builder_add (&builder, "(ss)", address->name, address->address);
    }
  return g_variant_builder_end (&builder);
}

static void
addresses_from_variant (GPtrArray *addresses,
                        GVariant  *variant)
{
  GVariantIter iter;
  const char *name;
  const char *address;

  g_variant_iter_init (&iter, variant);
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &address))
    g_ptr_array_add (addresses, barua_address_new (name, address));
}

static GVariant *
parts_to_variant (GPtrArray *parts)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(uussssssttb)"));
  for (guint i = 0; i < parts->len; i++)
    {
      const BaruaPart *part = g_ptr_array_index (parts, i);

      g_variant_builder_add (&builder, "(uussssssttb)", (guint32)part->kind, part->depth, part->section, part->type,
                             part->charset, part->encoding, part->content_id, part->file_name, part->encoded_size,
                             part->size, part->is_attached);
    }
  return g_variant_builder_end (&builder);
}

static void
parts_from_variant (GPtrArray *parts,
                    GVariant  *variant)
{
  GVariantIter iter;
  guint32 kind;
  guint32 depth;
  char *section;
  char *type;
  char *charset;
  char *encoding;
  char *content_id;
  char *file_name;
  guint64 encoded_size;
  guint64 size;
  gboolean is_attached;

  g_variant_iter_init (&iter, variant);
  while (g_variant_iter_next (&iter, "(uussssssttb)", &kind, &depth, &section, &type, &charset, &encoding, &content_id,
                              &file_name, &encoded_size, &size, &is_attached))
    {
      BaruaPart *part = g_new0 (BaruaPart, 1);

      part->kind = (BaruaPartKind)kind;
      part->depth = depth;
      part->section = section;
      part->type = type;
      part->charset = charset;
      part->encoding = encoding;
      part->content_id = content_id;
      part->file_name = file_name;
      part->encoded_size = encoded_size;
      part->size = size;
      part->is_attached = is_attached;
      g_ptr_array_add (parts, part);
    }
}

static GVariant *
texts_to_variant (GPtrArray *texts)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(uusmsbb)"));
  for (guint i = 0; i < texts->len; i++)
    {
      const BaruaText *text = g_ptr_array_index (texts, i);

      g_variant_builder_add (&builder, "(uusmsbb)", (guint32)text->kind, text->part, text->text, text->plain,
                             text->truncated, text->has_own_colours);
    }
  return g_variant_builder_end (&builder);
}

static void
texts_from_variant (GPtrArray *texts,
                    GVariant  *variant)
{
  GVariantIter iter;
  guint32 kind;
  guint32 part;
  char *body;
  char *plain;
  gboolean truncated;
  gboolean has_own_colours;

  g_variant_iter_init (&iter, variant);
  while (g_variant_iter_next (&iter, "(uusmsbb)", &kind, &part, &body, &plain, &truncated, &has_own_colours))
    {
      BaruaText *text = barua_text_new ((BaruaTextKind)kind, part, body);

      text->plain = plain;
      text->truncated = truncated;
      text->has_own_colours = has_own_colours;
      g_ptr_array_add (texts, text);
    }
}

static GVariant *
strings_to_variant (GPtrArray *strings)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("as"));
  for (guint i = 0; i < strings->len; i++)
    g_variant_builder_add (&builder, "s", (const char *)g_ptr_array_index (strings, i));
  return g_variant_builder_end (&builder);
}

GBytes *
barua_parsed_message_serialise (const BaruaParsedMessage *self)
{
  g_autoptr (GVariant) value = NULL;
  GVariantBuilder headers;
  GVariantBuilder warnings;

  g_variant_builder_init (&headers, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; i < self->headers->len; i++)
    {
      const BaruaHeader *header = g_ptr_array_index (self->headers, i);

      g_variant_builder_add (&headers, "(ss)", header->name, header->value);
    }
  g_variant_builder_init (&warnings, G_VARIANT_TYPE ("a(us)"));
  for (guint i = 0; i < self->warnings->len; i++)
    {
      const BaruaWarning *warning = g_ptr_array_index (self->warnings, i);

      g_variant_builder_add (&warnings, "(us)", (guint32)warning->kind, warning->detail);
    }

  value = g_variant_ref_sink (g_variant_new (
    "(@a(ss)@a(ss)@a(ss)@a(ss)@a(ss)@a(ss)@a(ss)ss@assxn@a(uussssssttb)@a(uusmsbb)s@a(us)uu)",
    g_variant_builder_end (&headers), addresses_to_variant (self->from), addresses_to_variant (self->sender),
    addresses_to_variant (self->reply_to), addresses_to_variant (self->to), addresses_to_variant (self->cc),
    addresses_to_variant (self->bcc), self->subject, self->message_id, strings_to_variant (self->references),
    self->list_id, self->date, self->date_zone, parts_to_variant (self->parts), texts_to_variant (self->texts),
    self->preview, g_variant_builder_end (&warnings), self->n_attachments, self->n_remote_pictures));
  if (G_BYTE_ORDER != G_LITTLE_ENDIAN)
    {
      g_autoptr (GVariant) swapped = g_variant_byteswap (value);

      return g_variant_get_data_as_bytes (swapped);
    }
  return g_variant_get_data_as_bytes (value);
}

static void
headers_from_variant (GPtrArray *headers,
                      GVariant  *variant)
{
  GVariantIter iter;
  const char *name;
  const char *text;

  g_variant_iter_init (&iter, variant);
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &text))
    g_ptr_array_add (headers, barua_header_new (name, text));
}

BaruaParsedMessage *
barua_parsed_message_deserialise (GBytes *bytes)
{
  g_autoptr (GVariant) value = NULL;
  GVariant *lists[11] = { NULL };
  BaruaParsedMessage *self;
  GVariantIter iter;
  const char *string;
  guint32 kind;

  value = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (FORMAT), bytes, FALSE));
  if (!g_variant_is_normal_form (value))
    return NULL;
  if (G_BYTE_ORDER != G_LITTLE_ENDIAN)
    {
      GVariant *swapped = g_variant_byteswap (value);

      g_variant_unref (value);
      value = swapped;
    }

  self = barua_parsed_message_new ();
  g_clear_pointer (&self->subject, g_free);
  g_clear_pointer (&self->message_id, g_free);
  g_clear_pointer (&self->list_id, g_free);
  g_clear_pointer (&self->preview, g_free);
  g_variant_get (value, "(@a(ss)@a(ss)@a(ss)@a(ss)@a(ss)@a(ss)@a(ss)ss@assxn@a(uussssssttb)@a(uusmsbb)s@a(us)uu)",
                 &lists[0], &lists[1], &lists[2], &lists[3], &lists[4], &lists[5], &lists[6], &self->subject,
                 &self->message_id, &lists[7], &self->list_id, &self->date, &self->date_zone, &lists[8], &lists[9],
                 &self->preview, &lists[10], &self->n_attachments, &self->n_remote_pictures);
  headers_from_variant (self->headers, lists[0]);
  addresses_from_variant (self->from, lists[1]);
  addresses_from_variant (self->sender, lists[2]);
  addresses_from_variant (self->reply_to, lists[3]);
  addresses_from_variant (self->to, lists[4]);
  addresses_from_variant (self->cc, lists[5]);
  addresses_from_variant (self->bcc, lists[6]);
  g_variant_iter_init (&iter, lists[7]);
  while (g_variant_iter_next (&iter, "&s", &string))
    g_ptr_array_add (self->references, g_strdup (string));
  parts_from_variant (self->parts, lists[8]);
  texts_from_variant (self->texts, lists[9]);
  g_variant_iter_init (&iter, lists[10]);
  while (g_variant_iter_next (&iter, "(u&s)", &kind, &string))
    barua_parsed_message_add_warning (self, (BaruaWarningKind)kind, string);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    g_variant_unref (lists[i]);
  return self;
}
