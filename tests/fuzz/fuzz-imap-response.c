/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of a server, whole and in pieces: the same events. The first bytes say how to cut. */
#include "imap-dump.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GString) whole = g_string_new (NULL);
  g_autoptr(GString) pieces = g_string_new (NULL);
  guint seed;

  if (size < 2)
    return 0;
  seed = data[0];
  imap_dump_stream (data + 1, size - 1, IMAP_SPLIT_WHOLE, 0, 1024, whole);
  imap_dump_stream (data + 1, size - 1, seed == 0 ? IMAP_SPLIT_BYTES : IMAP_SPLIT_RANDOM, seed, 1024, pieces);
  if (strcmp (whole->str, pieces->str) != 0)
    g_assert_cmpstr (whole->str, ==, pieces->str);
  return 0;
}
