/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mailbox names: any bytes can be shown; what decodes strictly comes back as it was; what can be encoded decodes to itself. */
#include "barua-imap-mailbox.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autofree char *raw = g_strndup ((const char *) data, size);
  g_autofree char *shown = barua_imap_mailbox_decode (raw, FALSE);
  g_autofree char *shown_utf8 = barua_imap_mailbox_decode (raw, TRUE);
  g_autofree char *strict = barua_imap_mailbox_decode_strict (raw);
  g_autofree char *encoded = barua_imap_mailbox_encode (raw, FALSE);

  g_assert_true (g_utf8_validate (shown, -1, NULL) && g_utf8_validate (shown_utf8, -1, NULL));
  if (strict != NULL)
    {
      g_autofree char *again = barua_imap_mailbox_encode (strict, FALSE);

      /* NULL: the name holds what none may be made with (control characters), or is too long. */
      if (again != NULL)
        g_assert_cmpstr (again, ==, raw);
    }
  if (encoded != NULL)
    {
      g_autofree char *back = barua_imap_mailbox_decode_strict (encoded);

      g_assert_cmpstr (back, ==, raw);
      for (const char *p = encoded; *p != '\0'; p++)
        g_assert_true (*p >= 0x20 && *p < 0x7f);
    }
  return 0;
}
