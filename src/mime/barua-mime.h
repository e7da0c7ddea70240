/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "barua-html.h"
#include "barua-parsed-message.h"

G_BEGIN_DECLS

/* Bytes of strangers in, one immutable value out (DESIGN 9). Pure functions: any thread, no state, no network, no files; meant
 * for workers. Whatever the bytes are, they return within bounded time and memory (barua-limits.h), and no GMime object leaves
 * this folder.
 *
 * The rules where messages are ambiguous (THREATS M-04):
 *  - of a field that may stand once the first one counts, a second one is a warning;
 *  - a part is what its header says; content is never sniffed;
 *  - of duplicated parameters the first one counts;
 *  - a part without (readable) Content-Type is text/plain; one with an unreadable encoding is application/octet-stream.
 *
 * message_id and references carry their angle brackets, as in BaruaEnvelope. `headers` holds the message's own header only. */

typedef enum
{
  BARUA_MIME_NONE       = 0,
  BARUA_MIME_NO_TEXTS   = 1 << 0, /* headers and the part list only: nothing is decoded, sizes are estimates */
  BARUA_MIME_PLAIN_ONLY = 1 << 1  /* no HTML is produced: an HTML body comes as a BARUA_TEXT_PLAIN taken out of it; remote
                                   * pictures are not counted */
} BaruaMimeFlags;

/* Called by everything below; idempotent, any thread. */
void                barua_mime_init                (void);

/* The whole message @message. Never NULL: what is no message at all gives a value that shows the bytes as text, with
 * BARUA_WARNING_REFUSED. Parts inside a message/rfc822 part are listed after it, deeper, but their texts are not in `texts`:
 * such a message is opened with barua_mime_get_part() and parsed by itself. */
BaruaParsedMessage *barua_mime_parse               (GBytes                   *message,
                                                    BaruaMimeFlags            flags);

/* The same value from what a fetcher has so far. @header_block is the header (whole or slim; a missing empty line at its end is
 * no fault), @parts are BaruaPart in the order of the BODYSTRUCTURE with multipart parts included (copied; their kind is
 * decided anew here, so the maker need not set it), @contents has for each of them a GBytes, still transfer-encoded, or NULL for
 * what was not fetched (the array may be shorter or NULL). Texts whose bytes are missing are left out; a part has
 * exact sizes only where its bytes are there. Never NULL. */
BaruaParsedMessage *barua_mime_assemble            (GBytes                   *header_block,
                                                    GPtrArray                *parts,
                                                    GPtrArray                *contents,
                                                    BaruaMimeFlags            flags);

/* The bytes of one part by its IMAP section number ("1.2"; "2.1" reaches into the message/rfc822 part "2"; "" is the whole
 * message, "TEXT" and "2.TEXT" the body of a message). @decode undoes the content-transfer-encoding (never of multiparts,
 * which may have none; an unknown encoding is left as it is). The bytes share @message where they are
 * unchanged. Errors: BARUA_ERROR_NOT_FOUND; BARUA_ERROR_INVALID when @section is no section number. */
GBytes             *barua_mime_get_part            (GBytes                   *message,
                                                    const char               *section,
                                                    gboolean                  decode,
                                                    GError                  **error);
/* The same by the index in barua_mime_parse (@message)->parts. */
GBytes             *barua_mime_get_part_by_index   (GBytes                   *message,
                                                    guint                     index,
                                                    gboolean                  decode,
                                                    GError                  **error);

/* Undoes the content-transfer-encoding of separately fetched bytes; @encoding is BaruaPart.encoding. Damage is skipped over
 * and told in @damaged (may be NULL). An unknown encoding gives @encoded itself. Never NULL. */
GBytes             *barua_mime_decode_content      (GBytes                   *encoded,
                                                    const char               *encoding,
                                                    gboolean                 *damaged);

/* The text to show of one text part: transfer-decoded, in UTF-8, format=flowed joined, HTML sanitised. @encoded are the bytes
 * as the server has them. (full) */
BaruaText          *barua_mime_decode_text         (const BaruaPart          *part,
                                                    GBytes                   *encoded,
                                                    BaruaMimeFlags            flags);

/* Text in @charset as UTF-8 without NUL, line ends "\n"; control characters become U+FFFD. @charset NULL or "": UTF-8 where it
 * fits, else windows-1252. ISO-8859-1 and US-ASCII are read as windows-1252, as every mail program does. UTF-7 only when
 * declared. @known and @damaged (may be NULL) tell whether the charset was known, and whether bytes fitted none. (full) */
char               *barua_mime_decode_charset      (const char               *bytes,
                                                    gsize                     length,
                                                    const char               *charset,
                                                    gboolean                 *known,
                                                    gboolean                 *damaged);

/* What `preview` of the value is made by: one line, at most BARUA_LIMIT_PREVIEW_CHARS characters, without quotes, signature,
 * attribution lines and the invisible padding of newsletters; "" when there is no text. (full) */
char               *barua_mime_preview             (const BaruaParsedMessage *message);

/* The body as it is indexed: all texts in plain form, one after the other, in the form of barua_text_for_search(), at most
 * @max bytes, cut at a character. (full) */
char               *barua_mime_get_search_text     (const BaruaParsedMessage *message,
                                                    gsize                     max);

G_END_DECLS
