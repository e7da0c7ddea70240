/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "imap-dump.h"

#include <string.h>

#include "barua-imap-envelope.h"
#include "barua-imap-structure.h"

static void
put_slice (GString        *json,
           BaruaImapSlice  slice)
{
  if (slice.data == NULL)
    {
      g_string_append (json, "null");
      return;
    }
  g_string_append_c (json, '"');
  for (gsize i = 0; i < slice.length; i++)
    {
      guchar c = (guchar) slice.data[i];

      if (c == '"' || c == '\\')
        g_string_append_printf (json, "\\%c", c);
      else if (c < 0x20 || c >= 0x7f)
        g_string_append_printf (json, "\\u%04x", c); /* bytes as Latin-1: exact, whatever they are */
      else
        g_string_append_c (json, (char) c);
    }
  g_string_append_c (json, '"');
}

static void
put_text (GString    *json,
          const char *text)
{
  put_slice (json, (BaruaImapSlice) { text, text != NULL ? strlen (text) : 0 });
}

static void
key (GString    *json,
     const char *name)
{
  g_string_append_printf (json, ",\"%s\":", name);
}

static void
key_slice (GString        *json,
           const char     *name,
           BaruaImapSlice  slice)
{
  key (json, name);
  put_slice (json, slice);
}

static void
key_number (GString    *json,
            const char *name,
            guint64     number)
{
  key (json, name);
  g_string_append_printf (json, "%" G_GUINT64_FORMAT, number);
}

static void
put_value (GString              *json,
           const BaruaImapValue *value)
{
  const char *comma = "";

  if (value == NULL || value->kind == BARUA_IMAP_VALUE_NIL)
    {
      g_string_append (json, "null");
      return;
    }
  if (value->kind == BARUA_IMAP_VALUE_STREAMED)
    {
      g_string_append_printf (json, "{\"streamed\":%" G_GSIZE_FORMAT "}", value->length);
      return;
    }
  if (value->kind != BARUA_IMAP_VALUE_LIST)
    {
      put_slice (json, barua_imap_value_get_slice (value));
      return;
    }
  g_string_append_c (json, '[');
  for (const BaruaImapValue *v = barua_imap_value_first (value); v != NULL; v = barua_imap_value_next (value, v))
    {
      g_string_append (json, comma);
      put_value (json, v);
      comma = ",";
    }
  g_string_append_c (json, ']');
}

static void
key_value (GString              *json,
           const char           *name,
           const BaruaImapValue *value)
{
  key (json, name);
  put_value (json, value);
}

static void
key_set (GString          *json,
         const char       *name,
         const BaruaIdSet *set)
{
  g_autofree char *text = set != NULL ? barua_id_set_to_string (set) : NULL;

  key (json, name);
  put_text (json, text);
}

static void
key_capabilities (GString                     *json,
                  const BaruaImapCapabilities *capabilities)
{
  const char *comma = "";
  const char *const *unknown = barua_imap_capabilities_get_unknown (capabilities);

  key (json, "capabilities");
  g_string_append_c (json, '[');
  for (guint i = 0; i < BARUA_IMAP_N_CAPS; i++)
    if (barua_imap_capabilities_has (capabilities, i))
      {
        g_string_append_printf (json, "%s\"%s\"", comma, barua_imap_cap_get_name (i));
        comma = ",";
      }
  for (guint i = 0; unknown[i] != NULL; i++)
    {
      g_string_append (json, comma);
      put_text (json, unknown[i]);
      comma = ",";
    }
  g_string_append_c (json, ']');
  key_number (json, "append-limit", barua_imap_capabilities_get_limit (capabilities, BARUA_IMAP_CAP_APPENDLIMIT));
}

static void
dump_status (const BaruaImapStatus *status,
             GString               *json)
{
  static const char *const conditions[] = { "OK", "NO", "BAD", "BYE", "PREAUTH" };
  BaruaImapCopyIter iter;
  guint32 from;
  guint32 to;
  guint n = 0;

  key_slice (json, "tag", status->tag);
  key (json, "condition");
  put_text (json, conditions[status->condition]);
  key (json, "code");
  put_text (json, status->code == BARUA_IMAP_CODE_NONE ? NULL : barua_imap_code_get_name (status->code));
  key_slice (json, "code-name", status->code_name);
  key_slice (json, "code-text", status->code_text);
  key_slice (json, "text", status->text);
  key_number (json, "number", status->number);
  key_number (json, "number2", status->number2);
  key_slice (json, "text-value", status->text_value);
  key_number (json, "uid-validity", status->uid_validity);
  key_set (json, "from", status->from_uids);
  key_set (json, "to", status->to_uids);
  key_value (json, "arguments", status->arguments);
  key_number (json, "flags", status->flags);
  key_number (json, "any-flag", (guint64) status->any_flag);
  key_slice (json, "progress-tag", status->progress_tag);
  key_number (json, "progress", status->progress);
  key_number (json, "progress-goal", status->progress_goal);
  if (status->capabilities != NULL)
    key_capabilities (json, status->capabilities);
  key (json, "pairs");
  g_string_append_c (json, '[');
  barua_imap_copy_iter_init (&iter, status);
  for (; n < 20 && barua_imap_copy_iter_next (&iter, &from, &to); n++)
    g_string_append_printf (json, "%s[%u,%u]", n > 0 ? "," : "", from, to);
  g_string_append_c (json, ']');
}

static void
put_addresses (GString              *json,
               const BaruaImapValue *list)
{
  BaruaImapAddressIter iter;
  BaruaImapAddress address;
  const char *comma = "";

  if (list == NULL)
    {
      g_string_append (json, "null");
      return;
    }
  g_string_append_c (json, '[');
  barua_imap_address_iter_init (&iter, list);
  while (barua_imap_address_iter_next (&iter, &address))
    {
      g_string_append_printf (json, "%s{\"name\":", comma);
      put_slice (json, address.name);
      key_slice (json, "mailbox", address.mailbox);
      key_slice (json, "host", address.host);
      key_slice (json, "group", address.group);
      g_string_append_c (json, '}');
      comma = ",";
    }
  g_string_append_c (json, ']');
}

static void
dump_envelope (const BaruaImapValue *value,
               GString              *json)
{
  BaruaImapEnvelope envelope;

  key (json, "envelope");
  g_string_append_printf (json, "{\"good\":%d", barua_imap_envelope_read (value, &envelope));
  key_slice (json, "date", envelope.date);
  key_slice (json, "subject", envelope.subject);
  key (json, "from");
  put_addresses (json, envelope.from);
  key (json, "sender");
  put_addresses (json, envelope.sender);
  key (json, "reply-to");
  put_addresses (json, envelope.reply_to);
  key (json, "to");
  put_addresses (json, envelope.to);
  key (json, "cc");
  put_addresses (json, envelope.cc);
  key (json, "bcc");
  put_addresses (json, envelope.bcc);
  key_slice (json, "in-reply-to", envelope.in_reply_to);
  key_slice (json, "message-id", envelope.message_id);
  g_string_append_c (json, '}');
}

static void
dump_structure (const BaruaImapValue *value,
                GString              *json)
{
  g_autoptr(GArray) parts = g_array_new (FALSE, TRUE, sizeof (BaruaImapPart));
  g_autoptr(GPtrArray) decoded = barua_imap_structure_decode (value, NULL);

  key_number (json, "structure-good", (guint64) barua_imap_structure_read (value, parts));
  key (json, "parts");
  g_string_append_c (json, '[');
  for (guint i = 0; i < parts->len; i++)
    {
      const BaruaImapPart *part = &g_array_index (parts, BaruaImapPart, i);
      const BaruaPart *text = g_ptr_array_index (decoded, i);

      g_string_append_printf (json, "%s{\"depth\":%u,\"multipart\":%u,\"message\":%u", i > 0 ? "," : "", part->depth,
                              part->is_multipart, part->is_message);
      key_slice (json, "type", part->type);
      key_slice (json, "subtype", part->subtype);
      key_value (json, "parameters", part->parameters);
      key_slice (json, "content-id", part->content_id);
      key_slice (json, "description", part->description);
      key_slice (json, "encoding", part->encoding);
      key_number (json, "size", part->size);
      key_number (json, "lines", part->lines);
      key_slice (json, "md5", part->md5);
      key_slice (json, "disposition", part->disposition);
      key_value (json, "disposition-parameters", part->disposition_parameters);
      key_value (json, "language", part->language);
      key_slice (json, "location", part->location);
      if (part->envelope != NULL)
        dump_envelope (part->envelope, json);
      key (json, "section");
      put_text (json, text->section);
      key (json, "full-type");
      put_text (json, text->type);
      key (json, "file-name");
      put_text (json, text->file_name);
      key_number (json, "kind", text->kind);
      g_string_append_c (json, '}');
    }
  g_string_append_c (json, ']');
}

static void
dump_fetch (const BaruaImapFetch *fetch,
            GString              *json)
{
  key_number (json, "seq", fetch->seq);
  key_number (json, "present", fetch->present);
  key_number (json, "damaged-items", fetch->damaged);
  key_number (json, "uid", fetch->uid);
  key_number (json, "flags", fetch->flags);
  key_number (json, "recent", (guint64) fetch->recent);
  key (json, "keywords");
  g_string_append_c (json, '[');
  for (guint i = 0; i < fetch->n_keywords; i++)
    {
      g_string_append (json, i > 0 ? "," : "");
      put_slice (json, fetch->keywords[i]);
    }
  g_string_append_printf (json, "],\"internal-date\":%" G_GINT64_FORMAT ",\"zone\":%d", fetch->internal_date,
                          fetch->internal_zone);
  key_number (json, "size", fetch->size);
  key_number (json, "modseq", fetch->modseq);
  key_slice (json, "email-id", fetch->email_id);
  key_slice (json, "thread-id", fetch->thread_id);
  g_string_append_printf (json, ",\"save-date\":%" G_GINT64_FORMAT, fetch->save_date);
  key_slice (json, "preview", fetch->preview);
  key_number (json, "gm-msgid", fetch->gm_msgid);
  key_number (json, "gm-thrid", fetch->gm_thrid);
  key_value (json, "gm-labels", fetch->gm_labels);
  key (json, "sections");
  g_string_append_c (json, '[');
  for (guint i = 0; i < fetch->n_sections; i++)
    {
      const BaruaImapSection *section = &fetch->sections[i];

      g_string_append_printf (json, "%s{\"kind\":%d,\"origin\":%" G_GINT64_FORMAT, i > 0 ? "," : "", section->kind,
                              section->origin);
      key_slice (json, "spec", section->spec);
      key_slice (json, "data", section->data);
      key_number (json, "length", section->length);
      key_number (json, "nil", section->is_nil);
      key_number (json, "streamed", section->is_streamed);
      g_string_append_c (json, '}');
    }
  g_string_append_c (json, ']');
  if (fetch->envelope != NULL)
    dump_envelope (fetch->envelope, json);
  if (fetch->body_structure != NULL)
    dump_structure (fetch->body_structure, json);
}

static void
dump_list (const BaruaImapList *list,
           GString             *json)
{
  char delimiter[] = { list->delimiter, '\0' };

  key_number (json, "list-kind", list->kind);
  key_number (json, "attributes", list->attributes);
  key (json, "role");
  put_text (json, barua_role_get_name (list->role));
  key_value (json, "words", list->words);
  key (json, "delimiter");
  put_text (json, list->delimiter != '\0' ? delimiter : NULL);
  key_slice (json, "name", list->name);
  key_value (json, "child-info", list->child_info);
  key_slice (json, "old-name", list->old_name);
}

static void
dump_mailbox_status (const BaruaImapMailboxStatus *status,
                     GString                      *json)
{
  key_slice (json, "name", status->name);
  key_number (json, "present", status->present);
  key_number (json, "MESSAGES", status->messages);
  key_number (json, "RECENT", status->recent);
  key_number (json, "UIDNEXT", status->uid_next);
  key_number (json, "UIDVALIDITY", status->uid_validity);
  key_number (json, "UNSEEN", status->unseen);
  key_number (json, "DELETED", status->deleted);
  key_number (json, "SIZE", status->size);
  key_number (json, "HIGHESTMODSEQ", status->highest_modseq);
  key_number (json, "APPENDLIMIT", status->append_limit);
  key_number (json, "DELETED-STORAGE", status->deleted_storage);
  key_slice (json, "MAILBOXID", status->mailbox_id);
}

static void
dump_search (const BaruaImapSearch *search,
             GString               *json)
{
  key_number (json, "search-kind", search->kind);
  key_number (json, "present", search->present);
  key_slice (json, "tag", search->tag);
  key_number (json, "is-uid", (guint64) search->is_uid);
  key_set (json, "ids", search->ids);
  key (json, "ordered");
  g_string_append_c (json, '[');
  for (guint i = 0; i < search->n_ordered; i++)
    g_string_append_printf (json, "%s%u", i > 0 ? "," : "", search->ordered[i]);
  g_string_append_c (json, ']');
  key_number (json, "COUNT", search->count);
  key_number (json, "MIN", search->min);
  key_number (json, "MAX", search->max);
  key_number (json, "MODSEQ", search->modseq);
  key_slice (json, "partial-range", search->partial_range);
  key_set (json, "partial", search->partial);
}

static void
dump_rest (const BaruaImapResponse *response,
           GString                 *json)
{
  switch (response->kind)
    {
    case BARUA_IMAP_RESPONSE_THREAD:
      key (json, "nodes");
      g_string_append_c (json, '[');
      for (guint i = 0; i < response->thread.n_nodes; i++)
        g_string_append_printf (json, "%s[%u,%u]", i > 0 ? "," : "", response->thread.nodes[i].id,
                                response->thread.nodes[i].depth);
      g_string_append_c (json, ']');
      break;
    case BARUA_IMAP_RESPONSE_FLAGS:
      key_number (json, "flags", response->flags.flags);
      key_value (json, "words", response->flags.words);
      break;
    case BARUA_IMAP_RESPONSE_EXISTS:
    case BARUA_IMAP_RESPONSE_RECENT:
    case BARUA_IMAP_RESPONSE_EXPUNGE:
      key_number (json, "number", response->number);
      break;
    case BARUA_IMAP_RESPONSE_VANISHED:
      key_number (json, "earlier", (guint64) response->vanished.earlier);
      key_set (json, "uids", response->vanished.uids);
      break;
    case BARUA_IMAP_RESPONSE_NAMESPACE:
      key (json, "namespaces");
      g_string_append_c (json, '[');
      for (guint i = 0; i < response->namespaces.n_items; i++)
        {
          char delimiter[] = { response->namespaces.items[i].delimiter, '\0' };

          g_string_append_printf (json, "%s[%d,", i > 0 ? "," : "", response->namespaces.items[i].kind);
          put_slice (json, response->namespaces.items[i].prefix);
          g_string_append_c (json, ',');
          put_text (json, delimiter[0] != '\0' ? delimiter : NULL);
          g_string_append_c (json, ']');
        }
      g_string_append_c (json, ']');
      break;
    case BARUA_IMAP_RESPONSE_ID:
      key_value (json, "pairs", response->id.pairs);
      break;
    case BARUA_IMAP_RESPONSE_QUOTA:
      key_slice (json, "root", response->quota.root);
      key (json, "resources");
      g_string_append_c (json, '[');
      for (guint i = 0; i < response->quota.n_resources; i++)
        {
          const BaruaImapQuotaResource *resource = &response->quota.resources[i];

          g_string_append (json, i > 0 ? ",[" : "[");
          put_slice (json, resource->resource);
          g_string_append_printf (json, ",%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT "]", resource->usage, resource->limit);
        }
      g_string_append_c (json, ']');
      break;
    case BARUA_IMAP_RESPONSE_QUOTAROOT:
      key_value (json, "list", response->quota_root.list);
      break;
    case BARUA_IMAP_RESPONSE_METADATA:
      key_slice (json, "mailbox", response->metadata.mailbox);
      key_value (json, "names", response->metadata.names);
      break;
    case BARUA_IMAP_RESPONSE_ACL:
    case BARUA_IMAP_RESPONSE_MYRIGHTS:
      key_slice (json, "mailbox", response->acl.mailbox);
      key_slice (json, "rights", response->acl.rights);
      key_value (json, "list", response->acl.list);
      break;
    default:
      key_value (json, "arguments", response->line->arguments);
    }
}

void
imap_dump_response (const BaruaImapResponse *response,
                    GString                 *json)
{
  g_string_append_printf (json, "{\"kind\":\"%s\",\"damaged\":%d,\"offset\":%" G_GUINT64_FORMAT,
                          barua_imap_response_kind_get_name (response->kind), response->damaged, response->line->offset);
  key_slice (json, "word", response->line->word);
  switch (response->kind)
    {
    case BARUA_IMAP_RESPONSE_CONTINUATION:
    case BARUA_IMAP_RESPONSE_TAGGED:
    case BARUA_IMAP_RESPONSE_STATUS:
      dump_status (&response->status, json);
      break;
    case BARUA_IMAP_RESPONSE_CAPABILITY:
    case BARUA_IMAP_RESPONSE_ENABLED:
      key_capabilities (json, response->capabilities);
      break;
    case BARUA_IMAP_RESPONSE_LIST:
      dump_list (&response->list, json);
      break;
    case BARUA_IMAP_RESPONSE_MAILBOX_STATUS:
      dump_mailbox_status (&response->mailbox_status, json);
      break;
    case BARUA_IMAP_RESPONSE_SEARCH:
      dump_search (&response->search, json);
      break;
    case BARUA_IMAP_RESPONSE_FETCH:
      dump_fetch (&response->fetch, json);
      break;
    default:
      dump_rest (response, json);
    }
  g_string_append_c (json, '}');
}

typedef struct
{
  BaruaImapParser *parser;
  BaruaImapReader *reader;
  GChecksum       *checksum;
  guint64          streamed;
  GString         *json;
} Dump;

/* FALSE on an error. */
static gboolean
drain (Dump *dump)
{
  for (;;)
    {
      const BaruaImapLiteral *literal = barua_imap_parser_get_literal (dump->parser);
      BaruaImapSlice chunk;
      guint64 offset;

      switch (barua_imap_parser_next (dump->parser))
        {
        case BARUA_IMAP_PARSER_NEED_MORE:
          return TRUE;
        case BARUA_IMAP_PARSER_ERROR:
          g_string_append_printf (dump->json, "{\"error\":\"%s\"",
                                  barua_imap_parse_error_get_name (barua_imap_parser_get_error (dump->parser, &offset)));
          g_string_append_printf (dump->json, ",\"offset\":%" G_GUINT64_FORMAT "}\n", offset);
          return FALSE;
        case BARUA_IMAP_PARSER_RESPONSE:
          imap_dump_response (barua_imap_reader_read (dump->reader, barua_imap_parser_get_line (dump->parser)), dump->json);
          g_string_append_c (dump->json, '\n');
          break;
        case BARUA_IMAP_PARSER_LITERAL_BEGIN:
          g_string_append_printf (dump->json, "{\"literal\":%" G_GUINT64_FORMAT ",\"seq\":%u,\"uid\":%u", literal->length,
                                  literal->seq, literal->uid);
          key_slice (dump->json, "item", literal->item);
          g_checksum_reset (dump->checksum);
          dump->streamed = 0;
          break;
        case BARUA_IMAP_PARSER_LITERAL_CHUNK:
          chunk = barua_imap_parser_get_chunk (dump->parser);
          g_assert_cmpuint (chunk.length, >, 0);
          g_checksum_update (dump->checksum, (const guchar *) chunk.data, (gssize) chunk.length);
          dump->streamed += chunk.length;
          break;
        case BARUA_IMAP_PARSER_LITERAL_END:
          g_assert_cmpuint (dump->streamed, ==, literal->length);
          g_string_append_printf (dump->json, ",\"sum\":\"%s\"}\n", g_checksum_get_string (dump->checksum));
          break;
        default:
          g_assert_not_reached ();
        }
    }
}

gboolean
imap_dump_stream (const void *data,
                  gsize       length,
                  ImapSplit   split,
                  guint       seed,
                  gsize       stream_bytes,
                  GString    *json)
{
  g_autoptr(BaruaImapParser) parser = barua_imap_parser_new ();
  g_autoptr(BaruaImapReader) reader = barua_imap_reader_new ();
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr(GRand) random = g_rand_new_with_seed (seed);
  Dump dump = { .parser = parser, .reader = reader, .checksum = checksum, .json = json };
  gsize at = 0;

  if (stream_bytes > 0)
    barua_imap_parser_set_stream (parser, stream_bytes);
  while (at < length)
    {
      gsize n = length - at;
      g_autofree char *copy = NULL;

      if (split == IMAP_SPLIT_BYTES)
        n = 1;
      else if (split == IMAP_SPLIT_RANDOM)
        {
          gsize piece = (gsize) g_rand_int_range (random, 1, 41);

          n = MIN (n, piece);
        }
      else if (split == IMAP_SPLIT_AT && at == 0 && seed > 0)
        n = MIN (n, seed);
      /* A copy of its own size, so that a sanitizer sees a read beyond it. */
      copy = g_memdup2 ((const char *) data + at, n);
      barua_imap_parser_feed (parser, copy, n);
      at += n;
      if (!drain (&dump))
        return FALSE;
    }
  return TRUE;
}
