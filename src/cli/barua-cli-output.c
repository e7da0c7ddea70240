/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "barua-cli"
#include "config.h"

#include "barua-cli-output.h"

#include <glib/gi18n.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "barua-words.h"

void
barua_cli_print_node (JsonNode *node)
{
  g_autofree char *line = json_to_string (node, FALSE);

  fputs (line, stdout);
  fputc ('\n', stdout);
  fflush (stdout);
}

void
barua_cli_print_json (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);

  barua_cli_print_node (root);
}

void
barua_cli_print (const char *format,
                 ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  /* Escape sequences in mail could rewrite the terminal (and its title, and its clipboard). */
  for (char *p = text; *p != '\0'; p++)
    if (((guint8)*p < 0x20 && *p != '\n' && *p != '\t') || *p == 0x7F)
      *p = '?';
  fputs (text, stdout);
}

void
barua_cli_add_string (JsonBuilder *builder,
                      const char  *name,
                      const char  *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value != NULL ? value : "");
}

void
barua_cli_add_int (JsonBuilder *builder,
                   const char  *name,
                   gint64       value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

void
barua_cli_add_bool (JsonBuilder *builder,
                    const char  *name,
                    gboolean     value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

void
barua_cli_add_addresses (JsonBuilder *builder,
                         const char  *name,
                         GPtrArray   *addresses)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    {
      const BaruaAddress *address = g_ptr_array_index (addresses, i);

      json_builder_begin_object (builder);
      barua_cli_add_string (builder, "name", address->name);
      barua_cli_add_string (builder, "address", address->address);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

void
barua_cli_add_date (JsonBuilder *builder,
                    const char  *name,
                    gint64       date)
{
  g_autoptr (GDateTime) when = date != G_MININT64 ? g_date_time_new_from_unix_utc (date) : NULL;
  g_autofree char *text = when != NULL ? g_date_time_format_iso8601 (when) : NULL;

  json_builder_set_member_name (builder, name);
  if (text != NULL)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

void
barua_cli_add_flags (JsonBuilder *builder,
                     BaruaFlags   flags)
{
  json_builder_set_member_name (builder, "flags");
  json_builder_begin_array (builder);
  for (guint bit = 1; bit <= BARUA_FLAG_IMPORTANT; bit <<= 1)
    if ((guint)flags & bit)
      {
        g_autofree char *name = g_ascii_strdown (barua_flag_get_name ((BaruaFlags)bit), -1);

        json_builder_add_string_value (builder, name[0] == '\\' || name[0] == '$' ? name + 1 : name);
      }
  json_builder_end_array (builder);
}

int
barua_cli_fail (BaruaCli   *cli,
                GError     *error,
                const char *host,
                const char *user)
{
  g_autoptr (GError) owned = error;
  BaruaErrorCode code = barua_error_get_code (owned);
  g_autofree char *words = barua_words_error (code, host, user);
  g_autofree char *remedy = barua_words_remedy (code, host, user);

  if (cli->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "error");
      json_builder_begin_object (builder);
      barua_cli_add_string (builder, "code", barua_error_code_get_name (code));
      barua_cli_add_string (builder, "message", words);
      barua_cli_add_string (builder, "remedy", remedy);
      barua_cli_add_string (builder, "detail", owned->message);
      json_builder_end_object (builder);
      json_builder_end_object (builder);
      barua_cli_print_json (builder);
    }
  else
    fprintf (stderr, "%s %s\n(%s)\n", words, remedy, owned->message);
  return BARUA_CLI_FAILED;
}

static const char *
part_kind_name (BaruaPartKind kind)
{
  static const char *const names[] = {
    "multipart", "text", "inline", "attachment", "message", "calendar", "vcard", "tnef", "signature", "encrypted",
  };

  return (guint)kind < G_N_ELEMENTS (names) ? names[kind] : "attachment";
}

static void
add_parts (JsonBuilder *builder,
           GPtrArray   *parts)
{
  json_builder_set_member_name (builder, "parts");
  json_builder_begin_array (builder);
  for (guint i = 0; i < parts->len; i++)
    {
      const BaruaPart *part = g_ptr_array_index (parts, i);

      json_builder_begin_object (builder);
      barua_cli_add_string (builder, "section", part->section);
      barua_cli_add_string (builder, "kind", part_kind_name (part->kind));
      barua_cli_add_string (builder, "type", part->type);
      barua_cli_add_string (builder, "charset", part->charset);
      barua_cli_add_string (builder, "encoding", part->encoding);
      barua_cli_add_string (builder, "file_name", part->file_name);
      barua_cli_add_string (builder, "content_id", part->content_id);
      barua_cli_add_int (builder, "depth", part->depth);
      barua_cli_add_int (builder, "size", (gint64)part->size);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_texts (JsonBuilder *builder,
           GPtrArray   *texts)
{
  json_builder_set_member_name (builder, "texts");
  json_builder_begin_array (builder);
  for (guint i = 0; i < texts->len; i++)
    {
      const BaruaText *text = g_ptr_array_index (texts, i);

      json_builder_begin_object (builder);
      barua_cli_add_string (builder, "kind", text->kind == BARUA_TEXT_HTML ? "html" : "plain");
      barua_cli_add_int (builder, "part", text->part);
      barua_cli_add_string (builder, "text", text->text);
      if (text->plain != NULL)
        barua_cli_add_string (builder, "plain", text->plain);
      barua_cli_add_bool (builder, "truncated", text->truncated);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_warnings (JsonBuilder *builder,
              GPtrArray   *warnings)
{
  json_builder_set_member_name (builder, "warnings");
  json_builder_begin_array (builder);
  for (guint i = 0; i < warnings->len; i++)
    {
      const BaruaWarning *warning = g_ptr_array_index (warnings, i);
      g_autofree char *words = barua_words_warning (warning->kind);

      json_builder_begin_object (builder);
      barua_cli_add_string (builder, "kind", barua_warning_kind_get_name (warning->kind));
      barua_cli_add_string (builder, "message", words);
      barua_cli_add_string (builder, "detail", warning->detail);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
print_json (const BaruaParsedMessage *message,
            const char               *name,
            gboolean                  with_headers)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  if (name != NULL)
    barua_cli_add_string (builder, "file", name);
  barua_cli_add_string (builder, "subject", message->subject);
  barua_cli_add_addresses (builder, "from", message->from);
  barua_cli_add_addresses (builder, "sender", message->sender);
  barua_cli_add_addresses (builder, "reply_to", message->reply_to);
  barua_cli_add_addresses (builder, "to", message->to);
  barua_cli_add_addresses (builder, "cc", message->cc);
  barua_cli_add_addresses (builder, "bcc", message->bcc);
  barua_cli_add_date (builder, "date", message->date);
  barua_cli_add_int (builder, "zone_minutes", message->date_zone);
  barua_cli_add_string (builder, "message_id", message->message_id);
  barua_cli_add_string (builder, "list_id", message->list_id);
  barua_cli_add_string (builder, "preview", message->preview);
  barua_cli_add_int (builder, "attachments", message->n_attachments);
  barua_cli_add_int (builder, "remote_pictures", message->n_remote_pictures);
  if (with_headers)
    {
      json_builder_set_member_name (builder, "headers");
      json_builder_begin_array (builder);
      for (guint i = 0; i < message->headers->len; i++)
        {
          const BaruaHeader *header = g_ptr_array_index (message->headers, i);

          json_builder_begin_object (builder);
          barua_cli_add_string (builder, "name", header->name);
          barua_cli_add_string (builder, "value", header->value);
          json_builder_end_object (builder);
        }
      json_builder_end_array (builder);
    }
  add_parts (builder, message->parts);
  add_texts (builder, message->texts);
  add_warnings (builder, message->warnings);
  json_builder_end_object (builder);
  barua_cli_print_json (builder);
}

static void
print_addresses (const char *label,
                 GPtrArray  *addresses)
{
  g_autofree char *text = NULL;

  if (addresses->len == 0)
    return;
  text = barua_address_list_to_string (addresses);
  barua_cli_print ("%s: %s\n", label, text);
}

static void
print_human (const BaruaParsedMessage *message,
             const char               *name,
             gboolean                  with_headers)
{
  g_autofree char *date = barua_words_date_full (message->date, message->date_zone);

  if (name != NULL)
    barua_cli_print ("== %s\n", name);
  barua_cli_print (_("Subject: %s\n"), message->subject);
  print_addresses (_("From"), message->from);
  print_addresses (_("Reply to"), message->reply_to);
  print_addresses (_("To"), message->to);
  print_addresses (_("Cc"), message->cc);
  barua_cli_print (_("Date: %s\n"), date);
  for (guint i = 0; with_headers && i < message->headers->len; i++)
    {
      const BaruaHeader *header = g_ptr_array_index (message->headers, i);

      barua_cli_print ("  %s: %s\n", header->name, header->value);
    }
  for (guint i = 0; i < message->parts->len; i++)
    {
      const BaruaPart *part = g_ptr_array_index (message->parts, i);
      g_autofree char *size = barua_words_size (part->size);

      barua_cli_print ("[%s] %s %s %s\n", part->section, part->type, part->file_name, size);
    }
  for (guint i = 0; i < message->warnings->len; i++)
    {
      const BaruaWarning *warning = g_ptr_array_index (message->warnings, i);
      g_autofree char *words = barua_words_warning (warning->kind);

      barua_cli_print ("! %s\n", words);
    }
  for (guint i = 0; i < message->texts->len; i++)
    {
      const BaruaText *text = g_ptr_array_index (message->texts, i);

      barua_cli_print ("\n%s\n", text->kind == BARUA_TEXT_HTML && text->plain != NULL ? text->plain : text->text);
    }
}

void
barua_cli_print_message (BaruaCli                 *cli,
                         const BaruaParsedMessage *message,
                         const char               *name,
                         gboolean                  with_headers)
{
  if (cli->json)
    print_json (message, name, with_headers);
  else
    print_human (message, name, with_headers);
}
