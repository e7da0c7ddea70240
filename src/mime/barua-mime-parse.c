/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-mime.h"

#include "barua-error.h"
#include "barua-limits.h"
#include "barua-mime-split.h"
#include "barua-mime-text.h"
#include "barua-html-tokenizer.h"
#include "barua-text.h"

#include <string.h>

/* The bytes of a part, still transfer-encoded; FALSE when they are not here. */
typedef gboolean (*ContentFunc) (gpointer      source,
                                 guint         index,
                                 const char  **bytes,
                                 gsize        *length);

typedef struct
{
  BaruaParsedMessage *value;
  BaruaMimeTree      *tree;
  BaruaMimeFlags      flags;
  ContentFunc         get_content;
  gpointer            source;
  GHashTable         *cids;       /* named by the HTML texts */
  GHashTable         *remote;
  gsize               texts_left; /* bytes that the texts may still take */
  GArray             *uncounted;  /* gboolean a part: an alternative or inside a message, no attachment of this one */
} Builder;

void
barua_mime_init (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      g_mime_init ();
      barua_html_init_references ();
      g_once_init_leave (&once, 1);
    }
}

/* Headers ----------------------------------------------------------------------------------------------------------- */

static void
read_addresses (Builder    *self,
                const char *name,
                GPtrArray  *addresses)
{
  const BaruaMimeField *field = barua_mime_fields_find (self->tree->fields, name);

  if (field != NULL && !barua_mime_field_addresses (field, addresses))
    barua_parsed_message_add_warning (self->value, BARUA_WARNING_ADDRESSES_CUT, name);
}

static void
read_date (Builder *self)
{
  const BaruaMimeField *field = barua_mime_fields_find (self->tree->fields, "Date");
  g_autofree char *raw = field != NULL ? barua_mime_field_dup_raw (field, 256) : NULL;
  g_autoptr (GDateTime) date = raw != NULL ? g_mime_utils_header_decode_date (raw) : NULL;

  if (date == NULL)
    return;
  self->value->date = g_date_time_to_unix (date);
  self->value->date_zone = (gint16)(g_date_time_get_utc_offset (date) / G_TIME_SPAN_MINUTE);
}

static char *
read_message_id (Builder *self)
{
  const BaruaMimeField *field = barua_mime_fields_find (self->tree->fields, "Message-ID");
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  if (field == NULL)
    return g_strdup ("");
  barua_mime_field_references (field, ids);
  if (ids->len > 0)
    return g_strdup (ids->pdata[0]);
  return barua_mime_field_dup_text (field, BARUA_LIMIT_MESSAGE_ID_BYTES);
}

static void
replace (char **where,
         char  *taken)
{
  g_free (*where);
  *where = taken;
}

/* What a server found out is read by machines: no encoded words in it. A sender's own ones, quoted by the server, would become
 * verdicts ("=?us-ascii?q?=3B_dmarc=3Dpass?=" as an envelope address). (full) */
static char *
read_value (const BaruaMimeField *field,
            const char           *name)
{
  g_autofree char *raw = NULL;

  if (g_ascii_strcasecmp (name, "Authentication-Results") != 0)
    return barua_mime_field_dup_text (field, BARUA_LIMIT_ADDRESS_HEADER_BYTES);
  raw = barua_mime_field_dup_raw (field, BARUA_LIMIT_ADDRESS_HEADER_BYTES);
  return g_utf8_make_valid (raw, -1);
}

static void
read_headers (Builder *self)
{
  static const char * const once[] = { "From",     "Sender", "Reply-To",   "To",         "Cc",          "Bcc",
                                       "Subject",  "Date",   "Message-ID", "References", "In-Reply-To", "MIME-Version" };
  GArray *fields = self->tree->fields;
  BaruaParsedMessage *value = self->value;
  const BaruaMimeField *field;

  for (guint i = 0; i < fields->len; i++)
    {
      const BaruaMimeField *one = &g_array_index (fields, BaruaMimeField, i);
      g_autofree char *name = g_strndup (one->name, MIN (one->name_length, 256));
      g_autofree char *text = read_value (one, name);

      g_ptr_array_add (value->headers, barua_header_new (name, text));
    }
  for (guint i = 0; i < G_N_ELEMENTS (once); i++)
    if (barua_mime_fields_count (fields, once[i]) > 1)
      barua_parsed_message_add_warning (value, BARUA_WARNING_SECOND_FROM, once[i]);
  read_addresses (self, "From", value->from);
  read_addresses (self, "Sender", value->sender);
  read_addresses (self, "Reply-To", value->reply_to);
  read_addresses (self, "To", value->to);
  read_addresses (self, "Cc", value->cc);
  read_addresses (self, "Bcc", value->bcc);
  read_date (self);
  if ((field = barua_mime_fields_find (fields, "Subject")) != NULL)
    replace (&value->subject, barua_mime_field_dup_text (field, BARUA_LIMIT_SUBJECT_BYTES));
  replace (&value->message_id, read_message_id (self));
  if ((field = barua_mime_fields_find (fields, "References")) != NULL)
    barua_mime_field_references (field, value->references);
  if ((field = barua_mime_fields_find (fields, "In-Reply-To")) != NULL)
    barua_mime_field_references (field, value->references);
  if ((field = barua_mime_fields_find (fields, "List-Id")) != NULL)
    replace (&value->list_id, barua_mime_field_dup_text (field, BARUA_LIMIT_MESSAGE_ID_BYTES));
}

/* Parts ------------------------------------------------------------------------------------------------------------- */

static BaruaMimeNode *
node_at (const Builder *self,
         guint          index)
{
  return self->tree->nodes->pdata[index];
}

/* The child of @parent after the node @previous (-1: the first), or -1. */
static int
next_child (const Builder *self,
            int            parent,
            int            previous)
{
  for (guint i = (guint)MAX (previous, parent) + 1; i < self->tree->nodes->len; i++)
    {
      if (node_at (self, i)->parent == parent)
        return (int)i;
      if (node_at (self, i)->part->depth <= node_at (self, (guint)parent)->part->depth)
        break;
    }
  return -1;
}

static gboolean
is_type (const BaruaPart *part,
         const char      *types)
{
  g_autofree char *needle = g_strconcat (" ", part->type, " ", NULL);

  return strstr (types, needle) != NULL;
}

#define BODY_TYPES " text/plain text/html text/enriched text/richtext text/markdown text/x-markdown text/x-diff text/x-patch "

static BaruaPartKind
leaf_kind (const BaruaPart *part)
{
  if (is_type (part, " text/calendar application/ics "))
    return BARUA_PART_CALENDAR;
  if (is_type (part, " text/vcard text/x-vcard text/directory "))
    return BARUA_PART_VCARD;
  if (is_type (part, " application/ms-tnef application/vnd.ms-tnef "))
    return BARUA_PART_TNEF;
  if (is_type (part, " application/pkcs7-signature application/x-pkcs7-signature application/pgp-signature "))
    return BARUA_PART_SIGNATURE;
  if (is_type (part, " application/pkcs7-mime application/x-pkcs7-mime application/pgp-encrypted "))
    return BARUA_PART_ENCRYPTED;
  if (is_type (part, " message/rfc822 message/global "))
    return BARUA_PART_MESSAGE;
  if (is_type (part, BODY_TYPES))
    return BARUA_PART_TEXT;
  return BARUA_PART_ATTACHMENT;
}

static void
note_text (Builder                   *self,
           const BaruaPart           *part,
           const BaruaMimeTextReport *report)
{
  if (report->unknown_charset)
    barua_parsed_message_add_warning (self->value, BARUA_WARNING_UNKNOWN_CHARSET, part->charset);
  if (report->damaged)
    barua_parsed_message_add_warning (self->value, BARUA_WARNING_BAD_ENCODING, part->section);
  if (report->html == NULL)
    return;
  if (report->html->cut)
    barua_parsed_message_add_warning (self->value, BARUA_WARNING_HTML_CUT, part->section);
  for (guint i = 0; i < report->html->cids->len; i++)
    g_hash_table_add (self->cids, g_strdup (report->html->cids->pdata[i]));
  for (guint i = 0; i < report->html->remote->len; i++)
    g_hash_table_add (self->remote, g_strdup (report->html->remote->pdata[i]));
}

/* Whether a text may name a picture of this message. */
static gboolean
has_named_picture (const Builder *self)
{
  for (guint i = 0; i < self->tree->nodes->len; i++)
    {
      const BaruaPart *part = node_at (self, i)->part;

      if (*part->content_id != '\0' && barua_mime_part_is (part, "image/"))
        return TRUE;
    }
  return FALSE;
}

/* The text of the part, or NULL when its bytes are not here. (full) */
static BaruaText *
make_text (Builder        *self,
           guint           index,
           BaruaMimeFlags  flags)
{
  BaruaPart *part = node_at (self, index)->part;
  BaruaMimeTextReport report = { .wants_pictures = has_named_picture (self) };
  g_autoptr (GBytes) decoded = NULL;
  const char *bytes;
  gsize length;
  BaruaText *text;

  if ((self->flags & BARUA_MIME_NO_TEXTS) != 0 || !self->get_content (self->source, index, &bytes, &length))
    return NULL;
  decoded = barua_mime_decode_bytes (bytes, length, part->encoding, &report.damaged);
  if (decoded != NULL)
    bytes = g_bytes_get_data (decoded, &length);
  part->size = length;
  text = barua_mime_make_text (part, index, bytes != NULL ? bytes : "", length, self->texts_left, flags, &report);
  self->texts_left -= MIN (self->texts_left, strlen (text->text));
  if (text->truncated)
    barua_parsed_message_add_warning (self->value, BARUA_WARNING_TRUNCATED, part->section);
  note_text (self, part, &report);
  barua_mime_text_report_clear (&report);
  return text;
}

static void
show_text (Builder *self,
           guint    index)
{
  BaruaText *text = make_text (self, index, self->flags);

  if (text != NULL)
    g_ptr_array_add (self->value->texts, text);
}

static void walk (Builder  *self,
                  guint     index,
                  gboolean  is_shown,
                  gboolean  is_counted);

/* The alternative that is shown: the last one that we can show (RFC 2046, 5.1.4), and HTML rather than a later text. */
static int
choose_alternative (const Builder *self,
                    int            index)
{
  int chosen = -1;
  gboolean has_html = FALSE;

  for (int child = next_child (self, index, -1); child >= 0; child = next_child (self, index, child))
    {
      const BaruaPart *part = node_at (self, (guint)child)->part;
      gboolean is_html = strcmp (part->type, "text/html") == 0 || barua_mime_part_is (part, "multipart/");

      if (part->is_attached || (!is_html && !is_type (part, BODY_TYPES)) || (has_html && !is_html))
        continue;
      chosen = child;
      has_html = is_html;
    }
  return chosen;
}

/* The plain text inside @index, for the HTML that is shown instead. (full) */
static char *
find_plain_alternative (Builder *self,
                        int      index)
{
  for (int child = next_child (self, index, -1); child >= 0; child = next_child (self, index, child))
    if (strcmp (node_at (self, (guint)child)->part->type, "text/plain") == 0)
      {
        g_autoptr (BaruaText) text = make_text (self, (guint)child, self->flags);

        return text != NULL ? g_steal_pointer (&text->text) : NULL;
      }
  return NULL;
}

static void
walk_alternative (Builder  *self,
                  guint     index,
                  gboolean  is_shown,
                  gboolean  is_counted)
{
  int chosen = choose_alternative (self, (int)index);
  guint n_texts = self->value->texts->len;

  for (int child = next_child (self, (int)index, -1); child >= 0; child = next_child (self, (int)index, child))
    {
      const BaruaPart *part = node_at (self, (guint)child)->part;
      gboolean is_other_form = child != chosen && !part->is_attached && !barua_mime_part_is (part, "multipart/") &&
                               !barua_mime_part_is (part, "message/");

      walk (self, (guint)child, is_shown && child == chosen, is_counted && !is_other_form);
      if (is_other_form && node_at (self, (guint)child)->part->kind == BARUA_PART_ATTACHMENT &&
          barua_mime_part_is (part, "text/"))
        node_at (self, (guint)child)->part->kind = BARUA_PART_TEXT;
    }
  if (is_shown && self->value->texts->len > n_texts)
    {
      BaruaText *text = self->value->texts->pdata[n_texts];

      if (text->kind == BARUA_TEXT_HTML && text->plain == NULL)
        text->plain = find_plain_alternative (self, (int)index);
    }
}

static int
find_related_root (const Builder *self,
                   guint          index)
{
  const char *start = node_at (self, index)->related_start;
  g_autofree char *id = start != NULL ? g_strdup (*start == '<' ? start + 1 : start) : NULL;
  int first = next_child (self, (int)index, -1);

  if (id != NULL)
    {
      id[strcspn (id, ">")] = '\0';
      for (int child = next_child (self, (int)index, -1); child >= 0; child = next_child (self, (int)index, child))
        if (*id != '\0' && strcmp (node_at (self, (guint)child)->part->content_id, id) == 0)
          return child;
    }
  /* The first one, unless that is a picture: a server does not tell us what "start" was. */
  for (int child = first; child >= 0; child = next_child (self, (int)index, child))
    {
      const BaruaPart *part = node_at (self, (guint)child)->part;

      if (is_type (part, BODY_TYPES) || barua_mime_part_is (part, "multipart/"))
        return child;
    }
  return first;
}

static void
walk_multipart (Builder  *self,
                guint     index,
                gboolean  is_shown,
                gboolean  is_counted)
{
  const BaruaPart *part = node_at (self, index)->part;
  gboolean is_related = strcmp (part->type, "multipart/related") == 0;
  gboolean is_encrypted = strcmp (part->type, "multipart/encrypted") == 0;
  gboolean only_first = is_related || strcmp (part->type, "multipart/report") == 0;
  int root = is_related ? find_related_root (self, index) : next_child (self, (int)index, -1);

  node_at (self, index)->part->kind = is_encrypted ? BARUA_PART_ENCRYPTED : BARUA_PART_MULTIPART;
  for (int child = next_child (self, (int)index, -1); child >= 0; child = next_child (self, (int)index, child))
    {
      BaruaMimeNode *node = node_at (self, (guint)child);

      walk (self, (guint)child, is_shown && !is_encrypted && (!only_first || child == root), is_counted && !is_encrypted);
      if (is_encrypted)
        node->part->kind = BARUA_PART_ENCRYPTED;
      else if (only_first && child != root && node->part->kind == BARUA_PART_TEXT)
        node->part->kind = BARUA_PART_ATTACHMENT;
    }
}

/* Whether a text leaf is (part of) the body. A named text behind the first one is a file that someone attached. */
static gboolean
is_body (const Builder   *self,
         const BaruaPart *part)
{
  if (part->is_attached)
    return FALSE;
  return *part->file_name == '\0' || self->value->texts->len == 0;
}

static void
walk (Builder  *self,
      guint     index,
      gboolean  is_shown,
      gboolean  is_counted)
{
  BaruaMimeNode *node = node_at (self, index);
  BaruaPart *part = node->part;

  g_array_index (self->uncounted, gboolean, index) = !is_counted;
  if (node->is_renamed)
    barua_parsed_message_add_warning (self->value, BARUA_WARNING_SUSPICIOUS_NAME, part->file_name);
  if (node->is_opaque)
    {
      part->kind = BARUA_PART_ATTACHMENT;
      return;
    }
  if (barua_mime_part_is (part, "multipart/"))
    {
      if (strcmp (part->type, "multipart/alternative") == 0)
        {
          part->kind = BARUA_PART_MULTIPART;
          walk_alternative (self, index, is_shown, is_counted);
        }
      else
        walk_multipart (self, index, is_shown, is_counted);
      return;
    }
  part->kind = leaf_kind (part);
  if (part->kind == BARUA_PART_MESSAGE)
    {
      for (int child = next_child (self, (int)index, -1); child >= 0; child = next_child (self, (int)index, child))
        walk (self, (guint)child, FALSE, FALSE);
      return;
    }
  /* A message that is nothing but a text of a kind we do not know is shown as plain text (RFC 2046, 4.1.4). */
  if (part->kind == BARUA_PART_ATTACHMENT && index == 0 && barua_mime_part_is (part, "text/") && !part->is_attached)
    part->kind = BARUA_PART_TEXT;
  if (part->kind != BARUA_PART_TEXT)
    return;
  if (!is_body (self, part))
    part->kind = BARUA_PART_ATTACHMENT;
  else if (is_shown)
    show_text (self, index);
}

/* Pictures that a text names are inside the body; sizes of what was not decoded for its text. */
static void
finish_parts (Builder *self)
{
  for (guint i = 0; i < self->tree->nodes->len; i++)
    {
      BaruaMimeNode *node = node_at (self, i);
      BaruaPart *part = node->part;
      gboolean is_uncounted = g_array_index (self->uncounted, gboolean, i);
      const char *bytes;
      gsize length;

      if (part->kind == BARUA_PART_ATTACHMENT && !is_uncounted && *part->content_id != '\0' &&
          barua_mime_part_is (part, "image/") && g_hash_table_contains (self->cids, part->content_id))
        part->kind = BARUA_PART_INLINE;
      if (!is_uncounted &&
          (part->kind == BARUA_PART_ATTACHMENT || part->kind == BARUA_PART_MESSAGE || part->kind == BARUA_PART_CALENDAR ||
           part->kind == BARUA_PART_VCARD || part->kind == BARUA_PART_TNEF))
        self->value->n_attachments++;
      if (part->size == 0)
        {
          gboolean is_base64 = strcmp (part->encoding, "base64") == 0;

          if (barua_mime_part_is (part, "multipart/"))
            part->size = part->encoded_size;
          else if ((self->flags & BARUA_MIME_NO_TEXTS) == 0 && self->get_content (self->source, i, &bytes, &length))
            part->size = barua_mime_decoded_size (bytes, length, part->encoding);
          else
            part->size = is_base64 ? part->encoded_size / 78 * 57 + part->encoded_size % 78 * 3 / 4 : part->encoded_size;
        }
      g_ptr_array_add (self->value->parts, g_steal_pointer (&node->part));
    }
}

static void
finish_texts (Builder *self)
{
  for (guint i = 0; i < self->value->texts->len; i++)
    {
      BaruaText *text = self->value->texts->pdata[i];

      if (text->kind == BARUA_TEXT_HTML && text->plain == NULL)
        text->plain = barua_html_to_text (text->text);
    }
  g_free (self->value->preview);
  self->value->preview = barua_mime_preview (self->value);
  self->value->n_remote_pictures = g_hash_table_size (self->remote);
}

static void
add_tree_warnings (Builder *self)
{
  const BaruaMimeTree *tree = self->tree;
  const struct
  {
    gboolean         is_so;
    BaruaWarningKind kind;
    const char      *detail;
  } warnings[] = {
    { tree->is_refused, BARUA_WARNING_REFUSED, "" },
    { tree->too_many, BARUA_WARNING_TOO_MANY_PARTS, "" },
    { tree->too_deep, BARUA_WARNING_TOO_DEEP, "" },
    { tree->missing_boundary, BARUA_WARNING_MISSING_BOUNDARY, "" },
    { tree->duplicated, BARUA_WARNING_SECOND_FROM, "Content-Type" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (warnings); i++)
    if (warnings[i].is_so)
      barua_parsed_message_add_warning (self->value, warnings[i].kind, warnings[i].detail);
}

static BaruaParsedMessage *
build (BaruaMimeTree  *tree,
       ContentFunc     get_content,
       gpointer        source,
       BaruaMimeFlags  flags,
       gboolean        is_truncated)
{
  Builder self = { .value = barua_parsed_message_new (), .tree = tree, .flags = flags, .get_content = get_content,
                   .source = source, .texts_left = BARUA_LIMIT_TEXTS_BYTES };

  self.cids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.remote = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.uncounted = g_array_sized_new (FALSE, TRUE, sizeof (gboolean), tree->nodes->len);
  g_array_set_size (self.uncounted, tree->nodes->len);
  add_tree_warnings (&self);
  if (is_truncated)
    barua_parsed_message_add_warning (self.value, BARUA_WARNING_TRUNCATED, "");
  read_headers (&self);
  walk (&self, 0, TRUE, TRUE);
  finish_parts (&self);
  finish_texts (&self);
  g_hash_table_unref (self.cids);
  g_hash_table_unref (self.remote);
  g_array_unref (self.uncounted);
  return self.value;
}

/* From a whole message ----------------------------------------------------------------------------------------------- */

typedef struct
{
  const char          *bytes;
  const BaruaMimeTree *tree;
} WholeMessage;

static gboolean
get_whole_content (gpointer     source,
                   guint        index,
                   const char **bytes,
                   gsize       *length)
{
  const WholeMessage *message = source;
  const BaruaMimeNode *node = message->tree->nodes->pdata[index];

  *bytes = message->bytes + node->body_start;
  *length = node->body_end - node->body_start;
  return TRUE;
}

BaruaParsedMessage *
barua_mime_parse (GBytes         *message,
                  BaruaMimeFlags  flags)
{
  gsize length;
  const char *bytes = g_bytes_get_data (message, &length);
  gboolean is_truncated = length > BARUA_LIMIT_MESSAGE_BYTES;
  g_autoptr (BaruaMimeTree) tree = NULL;
  WholeMessage whole;

  barua_mime_init ();
  tree = barua_mime_tree_new (bytes != NULL ? bytes : "", is_truncated ? BARUA_LIMIT_MESSAGE_BYTES : length);
  whole = (WholeMessage){ .bytes = bytes != NULL ? bytes : "", .tree = tree };
  return build (tree, get_whole_content, &whole, flags, is_truncated);
}

/* From what was fetched ---------------------------------------------------------------------------------------------- */

static gboolean
get_fetched_content (gpointer     source,
                     guint        index,
                     const char **bytes,
                     gsize       *length)
{
  GPtrArray *contents = source;
  const char *data;

  if (contents == NULL || index >= contents->len || contents->pdata[index] == NULL)
    return FALSE;
  data = g_bytes_get_data (contents->pdata[index], length);
  *bytes = data != NULL ? data : "";
  return TRUE;
}

BaruaParsedMessage *
barua_mime_assemble (GBytes         *header_block,
                     GPtrArray      *parts,
                     GPtrArray      *contents,
                     BaruaMimeFlags  flags)
{
  gsize length = 0;
  const char *bytes = header_block != NULL ? g_bytes_get_data (header_block, &length) : NULL;
  g_autoptr (BaruaMimeTree) tree = NULL;

  barua_mime_init ();
  tree = barua_mime_tree_new_parts (parts);
  if (bytes != NULL)
    barua_mime_fields_read (bytes, bytes + length, tree->fields);
  for (guint i = 0; i < tree->nodes->len; i++)
    ((BaruaMimeNode *)tree->nodes->pdata[i])->part->size = 0;
  return build (tree, get_fetched_content, contents, flags, FALSE);
}

GBytes *
barua_mime_decode_content (GBytes     *encoded,
                           const char *encoding,
                           gboolean   *damaged)
{
  gsize length;
  const char *bytes = g_bytes_get_data (encoded, &length);
  gboolean is_damaged;
  GBytes *decoded;

  barua_mime_init ();
  decoded = barua_mime_decode_bytes (bytes != NULL ? bytes : "", length, encoding, &is_damaged);
  if (damaged != NULL)
    *damaged = is_damaged;
  return decoded != NULL ? decoded : g_bytes_ref (encoded);
}

BaruaText *
barua_mime_decode_text (const BaruaPart *part,
                        GBytes          *encoded,
                        BaruaMimeFlags   flags)
{
  g_autoptr (GBytes) decoded = barua_mime_decode_content (encoded, part->encoding, NULL);
  BaruaMimeTextReport report = { 0 };
  gsize length;
  const char *bytes = g_bytes_get_data (decoded, &length);
  BaruaText *text = barua_mime_make_text (part, 0, bytes != NULL ? bytes : "", length, BARUA_LIMIT_HTML_BYTES, flags,
                                          &report);

  if (text->kind == BARUA_TEXT_HTML)
    text->plain = barua_html_to_text (text->text);
  barua_mime_text_report_clear (&report);
  return text;
}

/* Parts by section --------------------------------------------------------------------------------------------------- */

static GBytes *
take_range (GBytes              *message,
            const BaruaMimeNode *node,
            gboolean             decode)
{
  g_autoptr (GBytes) range = g_bytes_new_from_bytes (message, node->body_start, node->body_end - node->body_start);

  if (!decode || barua_mime_part_is (node->part, "multipart/"))
    return g_steal_pointer (&range);
  return barua_mime_decode_content (range, node->part->encoding, NULL);
}

/* "1.2", "TEXT", "2.TEXT" */
static gboolean
is_section (const char *section)
{
  const char *p = section;

  while (g_ascii_isdigit (*p))
    {
      p += strspn (p, "0123456789");
      if (*p == '\0')
        return TRUE;
      if (*p++ != '.')
        return FALSE;
    }
  return g_ascii_strcasecmp (p, "TEXT") == 0;
}

/* The top of the message that @section ("TEXT", "2.TEXT") is the body of. */
static const BaruaMimeNode *
find_body (const BaruaMimeTree *tree,
           const char          *section)
{
  g_autofree char *mother = g_strdup (section);
  char *text = strrchr (mother, '.');

  if (text == NULL)
    return tree->nodes->pdata[0];
  *text = '\0';
  for (guint i = 0; i + 1 < tree->nodes->len; i++)
    {
      const BaruaMimeNode *node = tree->nodes->pdata[i];
      const BaruaMimeNode *inner = tree->nodes->pdata[i + 1];

      if (strcmp (node->part->section, mother) == 0 && barua_mime_part_is (node->part, "message/") &&
          inner->parent == (int)i)
        return inner;
    }
  return NULL;
}

GBytes *
barua_mime_get_part (GBytes      *message,
                     const char  *section,
                     gboolean     decode,
                     GError     **error)
{
  g_autoptr (BaruaMimeTree) tree = NULL;
  const BaruaMimeNode *found = NULL;
  gsize length;
  const char *bytes = g_bytes_get_data (message, &length);

  if (*section == '\0')
    return g_bytes_ref (message);
  if (!is_section (section))
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_INVALID, "“%s” is no section number", section);
      return NULL;
    }
  barua_mime_init ();
  tree = barua_mime_tree_new (bytes != NULL ? bytes : "", MIN (length, BARUA_LIMIT_MESSAGE_BYTES));
  if (g_str_has_suffix (section, "T") || g_str_has_suffix (section, "t"))
    {
      found = find_body (tree, section);
      decode = FALSE;
    }
  for (guint i = 0; found == NULL && i < tree->nodes->len; i++)
    if (strcmp (((BaruaMimeNode *)tree->nodes->pdata[i])->part->section, section) == 0)
      found = tree->nodes->pdata[i];
  if (found == NULL)
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "The message has no part %s", section);
      return NULL;
    }
  return take_range (message, found, decode);
}

GBytes *
barua_mime_get_part_by_index (GBytes    *message,
                              guint      index,
                              gboolean   decode,
                              GError   **error)
{
  g_autoptr (BaruaMimeTree) tree = NULL;
  gsize length;
  const char *bytes = g_bytes_get_data (message, &length);

  barua_mime_init ();
  tree = barua_mime_tree_new (bytes != NULL ? bytes : "", MIN (length, BARUA_LIMIT_MESSAGE_BYTES));
  if (index >= tree->nodes->len)
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "The message has no part of index %u", index);
      return NULL;
    }
  return take_range (message, tree->nodes->pdata[index], decode);
}
