/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-limits.h"
#include "barua-mime.h"
#include "fuzz-fail.h"

#include <stdint.h>
#include <string.h>

/* Any bytes as a message: the value is within its bounds, all of it is UTF-8, it survives the way to another process, each part can
 * be had, and what is put together from the parts shows the same texts. */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_text (const char *text)
{
  if (text != NULL && !g_utf8_validate (text, -1, NULL))
    fuzz_fail ("no UTF-8");
}

static void
check_value (const BaruaParsedMessage *value)
{
  g_autoptr (GBytes) serialised = barua_parsed_message_serialise (value);
  g_autoptr (BaruaParsedMessage) again = barua_parsed_message_deserialise (serialised);
  g_autoptr (GBytes) twice = again != NULL ? barua_parsed_message_serialise (again) : NULL;

  if (twice == NULL || !g_bytes_equal (serialised, twice))
    fuzz_fail ("not the same behind the wall");
  if (value->parts->len < 1 || value->parts->len > BARUA_LIMIT_PARTS || value->headers->len > BARUA_LIMIT_HEADERS)
    fuzz_fail ("out of bounds");
  check_text (value->subject);
  check_text (value->preview);
  for (guint i = 0; i < value->headers->len; i++)
    check_text (((BaruaHeader *)value->headers->pdata[i])->value);
  for (guint i = 0; i < value->from->len; i++)
    check_text (((BaruaAddress *)value->from->pdata[i])->address);
  for (guint i = 0; i < value->texts->len; i++)
    {
      check_text (((BaruaText *)value->texts->pdata[i])->text);
      check_text (((BaruaText *)value->texts->pdata[i])->plain);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (GBytes) message = g_bytes_new (data, size);
  g_autoptr (BaruaParsedMessage) value = barua_mime_parse (message, BARUA_MIME_NONE);
  g_autoptr (GPtrArray) contents = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  g_autoptr (BaruaParsedMessage) assembled = NULL;
  g_autofree char *search = barua_mime_get_search_text (value, 4096);

  check_value (value);
  check_text (search);
  for (guint i = 0; i < value->parts->len && i < 64; i++)
    {
      const BaruaPart *part = value->parts->pdata[i];
      g_autoptr (GBytes) decoded = barua_mime_get_part (message, part->section, TRUE, NULL);
      GBytes *encoded = barua_mime_get_part_by_index (message, i, FALSE, NULL);

      if (decoded == NULL || encoded == NULL)
        fuzz_fail ("no part %s", part->section);
      g_ptr_array_add (contents, encoded);
    }
  assembled = barua_mime_assemble (message, value->parts, contents, BARUA_MIME_PLAIN_ONLY);
  check_value (assembled);
  return 0;
}
