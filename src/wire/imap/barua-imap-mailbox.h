/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Names of mailboxes. What a server sent is kept byte for byte (the raw name): it is the mailbox's key, and what commands
 * name it by. It is never a path. The shown name is made from it. */

/* Modified UTF-7 (RFC 3501, 5.1.3) to UTF-8. A name that is not well-formed (bad base64, lone surrogates, encoded ASCII,
 * missing "-", 8-bit bytes) is taken verbatim, with bytes that are not UTF-8 replaced by U+FFFD. @utf8: the session has
 * UTF8=ACCEPT or IMAP4rev2, so "&" means itself. Never NULL, owned by the caller. For showing: control characters are
 * replaced. */
char     *barua_imap_mailbox_decode   (const char *raw,
                                       gboolean    utf8);
/* Like it, but exact: NULL unless @raw is what barua_imap_mailbox_encode() makes of the result. */
char     *barua_imap_mailbox_decode_strict (const char *raw);
/* UTF-8 to the raw name of a mailbox to be made or named. NULL when @name is not valid UTF-8, is empty, holds control
 * characters or is longer than BARUA_LIMIT_FOLDER_NAME_BYTES. */
char     *barua_imap_mailbox_encode   (const char *name,
                                       gboolean    utf8);
/* INBOX in any case (RFC 9051, 5.1). */
gboolean  barua_imap_mailbox_is_inbox (const char *raw);

G_END_DECLS
