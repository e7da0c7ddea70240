/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An ENVELOPE and a BODYSTRUCTURE of any bytes: read, decoded, and the next response is untouched by what they are. */
#include "barua-imap-envelope.h"
#include "barua-imap-response.h"
#include "barua-imap-structure.h"
#include "imap-dump.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

static void
check_decoded (const BaruaImapFetch *fetch)
{
  BaruaImapEnvelope raw;
  g_autoptr(GPtrArray) parts = NULL;

  if (fetch->envelope != NULL)
    {
      g_autoptr(BaruaEnvelope) envelope = NULL;

      barua_imap_envelope_read (fetch->envelope, &raw);
      envelope = barua_imap_envelope_decode (&raw);
      g_assert_true (g_utf8_validate (envelope->subject, -1, NULL));
      g_assert_true (g_utf8_validate (envelope->message_id, -1, NULL));
    }
  if (fetch->body_structure == NULL)
    return;
  parts = barua_imap_structure_decode (fetch->body_structure, NULL);
  for (guint i = 0; parts != NULL && i < parts->len; i++)
    {
      const BaruaPart *part = g_ptr_array_index (parts, i);

      g_assert_true (g_utf8_validate (part->type, -1, NULL) && g_utf8_validate (part->file_name, -1, NULL) &&
                     g_utf8_validate (part->content_id, -1, NULL) && g_utf8_validate (part->charset, -1, NULL));
      g_assert_true (part->section[0] != '\0' || i == 0);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GString) text = g_string_new ("* 1 FETCH (UID 1 ");
  g_autoptr(BaruaImapParser) parser = barua_imap_parser_new ();
  g_autoptr(BaruaImapReader) reader = barua_imap_reader_new ();
  g_autoptr(GString) json = g_string_new (NULL);
  const BaruaImapResponse *response = NULL;

  if (size < 1)
    return 0;
  g_string_append (text, data[0] % 2 == 0 ? "BODYSTRUCTURE " : "ENVELOPE ");
  /* One line, whatever comes. */
  for (size_t i = 1; i < size; i++)
    g_string_append_c (text, data[i] == '\r' || data[i] == '\n' || data[i] == '\0' || data[i] == '{' ? ' ' : (char) data[i]);
  g_string_append (text, ")\r\n* 5 EXISTS\r\n");
  barua_imap_parser_feed (parser, text->str, text->len);
  while (barua_imap_parser_next (parser) == BARUA_IMAP_PARSER_RESPONSE)
    {
      response = barua_imap_reader_read (reader, barua_imap_parser_get_line (parser));
      if (response->kind == BARUA_IMAP_RESPONSE_FETCH)
        {
          imap_dump_response (response, json);
          check_decoded (&response->fetch);
        }
    }
  if (text->len < 1024 * 1024)
    g_assert_true (response != NULL && response->kind == BARUA_IMAP_RESPONSE_EXISTS && response->number == 5);
  return 0;
}
