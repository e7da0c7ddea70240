/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-imap-capability.h"

G_BEGIN_DECLS

/* Which server this is, and what it is known to get wrong: the one table of docs/server-quirks.md, where each row and its
 * source stands. Immutable, static; any thread. */
typedef enum
{
  BARUA_IMAP_QUIRK_NO_LIST_RETURN       = 1 << 0,  /* LIST ... RETURN and selection options are refused or answered wrongly */
  BARUA_IMAP_QUIRK_NO_ESEARCH           = 1 << 1,  /* SEARCH RETURN is refused, or its answers can't be used */
  BARUA_IMAP_QUIRK_ID_BEFORE_SELECT     = 1 << 2,  /* SELECT is refused until ID was sent and answered */
  BARUA_IMAP_QUIRK_NO_ID                = 1 << 3,  /* never send ID */
  BARUA_IMAP_QUIRK_DISTRUST_SEARCH      = 1 << 4,  /* an empty SEARCH answer proves nothing */
  BARUA_IMAP_QUIRK_NO_LITERAL_PLUS      = 1 << 5,  /* announced, but wait for "+" all the same */
  BARUA_IMAP_QUIRK_NO_QRESYNC           = 1 << 6,  /* announced, not to be trusted: CONDSTORE only */
  BARUA_IMAP_QUIRK_NO_CONDSTORE         = 1 << 7,  /* MODSEQs can't be used: plain */
  BARUA_IMAP_QUIRK_NO_REV2              = 1 << 8,  /* never ENABLE IMAP4rev2 */
  BARUA_IMAP_QUIRK_NO_COMPRESS          = 1 << 9,
  BARUA_IMAP_QUIRK_NO_SEQUENCES         = 1 << 10, /* message numbers and UIDs do not always fit: UID commands only, do not probe */
  BARUA_IMAP_QUIRK_NO_DESCENDING_SETS   = 1 << 11, /* sets must rise ("9:1" is refused) */
  BARUA_IMAP_QUIRK_NO_CHARSET           = 1 << 12, /* SEARCH CHARSET UTF-8 is refused: search non-ASCII text locally */
  BARUA_IMAP_QUIRK_SIZE_IS_A_GUESS      = 1 << 13, /* RFC822.SIZE is not the size of BODY[] */
  BARUA_IMAP_QUIRK_NO_KEYWORDS          = 1 << 14, /* keywords are not stored whatever PERMANENTFLAGS says */
  BARUA_IMAP_QUIRK_SAVES_SENT           = 1 << 15, /* submission files the copy in Sent */
  BARUA_IMAP_QUIRK_LABELS               = 1 << 16, /* folders are labels: the same message is in several (Gmail) */
  BARUA_IMAP_QUIRK_RECHECK_CAPABILITY   = 1 << 17, /* what the sign-in answer announces is rewritten by a proxy: ask */
  BARUA_IMAP_QUIRK_LOGIN_AFTER_PLAIN    = 1 << 18, /* AUTH=PLAIN may fail where LOGIN works */
  BARUA_IMAP_QUIRK_DRAFTS_REWRITTEN     = 1 << 19, /* an appended draft comes back with other bytes */
  BARUA_IMAP_QUIRK_BAD_BODYSTRUCTURE    = 1 << 20, /* may be nonsense: have the whole message as second choice */
  BARUA_IMAP_QUIRK_STATUS_SELECTED      = 1 << 21  /* STATUS of the selected mailbox is answered rightly (others: never ask) */
} BaruaImapQuirkFlags;

typedef struct
{
  const char          *name;             /* "Microsoft Exchange"; never NULL */
  BaruaImapQuirkFlags  flags;
  guint                pipeline;         /* commands in flight at most, never 0 */
  gsize                line_bytes;       /* a command line at most, never 0 */
  guint                connections;      /* of one account at most, never 0 */
  guint                idle_renew_seconds; /* 0: BARUA_TIMEOUT_IDLE_RENEW_SECONDS */
} BaruaImapQuirks;

/* What is known so far; every text may be NULL. @id: value of "name" and "vendor" of the ID answer, joined by a blank.
 * The most telling decides: host, ID, greeting, capabilities. Never NULL: the default row for an unknown server. */
const BaruaImapQuirks *barua_imap_quirks_find  (const char                  *host,
                                                const char                  *greeting,
                                                const BaruaImapCapabilities *capabilities,
                                                const char                  *id);
/* By name, for tests and for the override in the configuration; NULL when there is none. */
const BaruaImapQuirks *barua_imap_quirks_named (const char                  *name);
static inline gboolean
barua_imap_quirks_has (const BaruaImapQuirks *self,
                       BaruaImapQuirkFlags    flag)
{
  return (self->flags & flag) != 0;
}

G_END_DECLS
