/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-imap-response.h"

G_BEGIN_DECLS

typedef enum
{
  IMAP_SPLIT_WHOLE,
  IMAP_SPLIT_BYTES,
  IMAP_SPLIT_RANDOM, /* pieces of 1 to 40 bytes, by the seed */
  IMAP_SPLIT_AT      /* two pieces, the first of seed bytes */
} ImapSplit;

/* One JSON object, without line end, of all that a response says. */
void     imap_dump_response (const BaruaImapResponse *response,
                             GString                 *json);
/* Feeds @data in pieces and writes one JSON object a line for each event; the bytes of a streamed literal are one event with
 * their checksum, so that the text does not depend on the pieces. The last line names the error, if there is one. Returns FALSE
 * on an error. @stream_bytes 0: the default. */
gboolean imap_dump_stream   (const void              *data,
                             gsize                    length,
                             ImapSplit                split,
                             guint                    seed,
                             gsize                    stream_bytes,
                             GString                 *json);

G_END_DECLS
