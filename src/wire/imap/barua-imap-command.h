/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-flags.h"
#include "barua-id-set.h"
#include "barua-imap-capability.h"
#include "barua-imap-fetch.h"
#include "barua-imap-response.h"
#include "barua-imap-search-key.h"

G_BEGIN_DECLS

/* How strings may be written to this server; from its capabilities, see barua_imap_dialect_init(). */
typedef enum
{
  BARUA_IMAP_LITERALS_SYNC,  /* wait for "+" */
  BARUA_IMAP_LITERALS_MINUS, /* RFC 7888 LITERAL-: up to 4096 bytes without waiting */
  BARUA_IMAP_LITERALS_PLUS
} BaruaImapLiterals;

typedef struct
{
  BaruaImapLiterals literals;
  gboolean          utf8;       /* UTF8=ACCEPT or IMAP4rev2 was enabled: 8-bit may be quoted, names are UTF-8 */
  gsize             line_bytes; /* what a command line may hold; 0: BARUA_LIMIT_IMAP_COMMAND_BYTES */
} BaruaImapDialect;

/* @capabilities may be NULL (nothing known). @utf8 as above. */
void barua_imap_dialect_init (BaruaImapDialect            *dialect,
                              const BaruaImapCapabilities *capabilities,
                              gboolean                     utf8);

/* A command ready to be sent, without its tag. Made by the functions below from typed values only. Where a value can't be
 * sent (CR, LF or NUL in it, an empty set, a flag that is no atom, a literal above the limit) they return NULL and set
 * BARUA_ERROR_INVALID. Owned by the caller until given to a flow. Mailboxes are raw names (barua-imap-mailbox.h), at most
 * BARUA_LIMIT_FOLDER_NAME_BYTES long. @dialect NULL stands for the plainest one. */
typedef struct _BaruaImapCommand BaruaImapCommand;

typedef enum
{
  BARUA_IMAP_COMMAND_PLAIN,
  BARUA_IMAP_COMMAND_AUTHENTICATE,
  BARUA_IMAP_COMMAND_IDLE,
  BARUA_IMAP_COMMAND_STARTTLS,
  BARUA_IMAP_COMMAND_COMPRESS,
  BARUA_IMAP_COMMAND_LOGOUT
} BaruaImapCommandKind;

void                 barua_imap_command_free     (BaruaImapCommand *self);
BaruaImapCommandKind barua_imap_command_get_kind (const BaruaImapCommand *self);
/* "UID FETCH", for logs: never an argument. */
const char          *barua_imap_command_get_name (const BaruaImapCommand *self);
/* Bytes of the whole, literals included, without tag. */
gsize                barua_imap_command_get_size (const BaruaImapCommand *self);
/* The pieces in which it goes out: a piece is followed by a wait for "+" where must_wait() is TRUE. Borrowed. */
guint                barua_imap_command_get_n_pieces  (const BaruaImapCommand *self);
GBytes              *barua_imap_command_peek_piece    (const BaruaImapCommand *self,
                                                       guint                   index);
gboolean             barua_imap_command_piece_must_wait (const BaruaImapCommand *self,
                                                         guint                   index);

/* Any state ------------------------------------------------------------------------------------------------------- */

BaruaImapCommand *barua_imap_command_capability   (void);
BaruaImapCommand *barua_imap_command_noop         (void);
BaruaImapCommand *barua_imap_command_logout       (void);
BaruaImapCommand *barua_imap_command_starttls     (void);
BaruaImapCommand *barua_imap_command_compress     (void); /* DEFLATE, RFC 4978 */
/* Names and values in turn, NULL-terminated; NULL sends "ID NIL". At most 30 pairs (RFC 2971). */
BaruaImapCommand *barua_imap_command_id           (const BaruaImapDialect *dialect,
                                                   const char * const     *pairs,
                                                   GError                **error);
/* Words like "CONDSTORE", "QRESYNC", "UTF8=ACCEPT". */
BaruaImapCommand *barua_imap_command_enable       (const char * const     *words,
                                                   GError                **error);
/* @initial (may be NULL) is sent with the command (SASL-IR), base64 is made here. */
BaruaImapCommand *barua_imap_command_authenticate (const char             *mechanism,
                                                   GBytes                 *initial,
                                                   GError                **error);
BaruaImapCommand *barua_imap_command_login        (const BaruaImapDialect *dialect,
                                                   const char             *user,
                                                   const char             *password,
                                                   GError                **error);
BaruaImapCommand *barua_imap_command_unauthenticate (void);
BaruaImapCommand *barua_imap_command_idle         (void);

/* Mailboxes ------------------------------------------------------------------------------------------------------- */

typedef enum
{
  BARUA_IMAP_SELECT_READ_ONLY = 1 << 0, /* EXAMINE */
  BARUA_IMAP_SELECT_CONDSTORE = 1 << 1
} BaruaImapSelectOptions;

/* QRESYNC parameters of SELECT (RFC 7162, 3.2.5). */
typedef struct
{
  guint32           uid_validity;
  guint64           modseq;
  const BaruaIdSet *known_uids; /* NULL: none */
  const BaruaIdSet *match_seqs; /* both or neither; same count */
  const BaruaIdSet *match_uids;
} BaruaImapQresync;

BaruaImapCommand *barua_imap_command_select       (const BaruaImapDialect *dialect,
                                                   const char             *mailbox,
                                                   BaruaImapSelectOptions  options,
                                                   const BaruaImapQresync *qresync,
                                                   GError                **error);
BaruaImapCommand *barua_imap_command_close        (void);
BaruaImapCommand *barua_imap_command_unselect     (void);
BaruaImapCommand *barua_imap_command_check        (void);
BaruaImapCommand *barua_imap_command_expunge      (void);
BaruaImapCommand *barua_imap_command_namespace    (void);

typedef enum
{
  BARUA_IMAP_LIST_SUBSCRIBED        = 1 << 0, /* selection options (RFC 5258) */
  BARUA_IMAP_LIST_REMOTE            = 1 << 1,
  BARUA_IMAP_LIST_RECURSIVE_MATCH   = 1 << 2,
  BARUA_IMAP_LIST_SPECIAL_USE       = 1 << 3,
  BARUA_IMAP_LIST_RETURN_SUBSCRIBED = 1 << 8, /* return options */
  BARUA_IMAP_LIST_RETURN_CHILDREN   = 1 << 9,
  BARUA_IMAP_LIST_RETURN_SPECIAL_USE = 1 << 10,
  BARUA_IMAP_LIST_RETURN_MYRIGHTS   = 1 << 11
} BaruaImapListOptions;

/* @patterns: one or more, NULL-terminated, raw names in which "*" and "%" are wildcards; several need LIST-EXTENDED.
 * @kind LSUB and XLIST take no options. @status, when not 0, asks for RETURN (STATUS (...)), RFC 5819. */
BaruaImapCommand *barua_imap_command_list         (const BaruaImapDialect *dialect,
                                                   BaruaImapListKind       kind,
                                                   const char             *reference,
                                                   const char * const     *patterns,
                                                   BaruaImapListOptions    options,
                                                   BaruaImapStatusItems    status,
                                                   GError                **error);
BaruaImapCommand *barua_imap_command_status       (const BaruaImapDialect *dialect,
                                                   const char             *mailbox,
                                                   BaruaImapStatusItems    items,
                                                   GError                **error);
/* @use BARUA_ROLE_NONE, or a role of RFC 6154 (needs CREATE-SPECIAL-USE). */
BaruaImapCommand *barua_imap_command_create       (const BaruaImapDialect *dialect,
                                                   const char             *mailbox,
                                                   BaruaRole               use,
                                                   GError                **error);
BaruaImapCommand *barua_imap_command_delete       (const BaruaImapDialect *dialect,
                                                   const char             *mailbox,
                                                   GError                **error);
BaruaImapCommand *barua_imap_command_rename       (const BaruaImapDialect *dialect,
                                                   const char             *mailbox,
                                                   const char             *new_name,
                                                   GError                **error);
BaruaImapCommand *barua_imap_command_subscribe    (const BaruaImapDialect *dialect,
                                                   const char             *mailbox,
                                                   gboolean                subscribe,
                                                   GError                **error);
BaruaImapCommand *barua_imap_command_get_quota_root (const BaruaImapDialect *dialect,
                                                   const char             *mailbox,
                                                   GError                **error);
BaruaImapCommand *barua_imap_command_my_rights    (const BaruaImapDialect *dialect,
                                                   const char             *mailbox,
                                                   GError                **error);
/* @entries like "/shared/comment"; @max_size 0: none given; @mailbox "" is the server. */
BaruaImapCommand *barua_imap_command_get_metadata (const BaruaImapDialect *dialect,
                                                   const char             *mailbox,
                                                   const char * const     *entries,
                                                   guint32                 max_size,
                                                   GError                **error);

/* Messages -------------------------------------------------------------------------------------------------------- */

/* Which messages: a set, all from @from on ("from:*"), or the saved result ("$"). */
typedef struct
{
  const BaruaIdSet *set;         /* used when not NULL */
  guint32           from;        /* else used when not 0 */
  gboolean          is_saved;    /* else "$" */
  gboolean          is_sequence; /* message numbers instead of UIDs: no UID prefix */
} BaruaImapMessages;

#define BARUA_IMAP_UIDS(id_set)    ((BaruaImapMessages) { .set = (id_set) })
#define BARUA_IMAP_UIDS_FROM(uid)  ((BaruaImapMessages) { .from = (uid) })
#define BARUA_IMAP_SEQS(id_set)    ((BaruaImapMessages) { .set = (id_set), .is_sequence = TRUE })
#define BARUA_IMAP_SEQS_FROM(seq)  ((BaruaImapMessages) { .from = (seq), .is_sequence = TRUE })

typedef struct
{
  BaruaImapSectionKind  kind;           /* BODY, BINARY or BINARY_SIZE; RFC822* are not sent: they set \Seen */
  const char           *part;           /* "1.2", "" or NULL for the whole */
  const char           *text;           /* "HEADER", "TEXT", "MIME", "HEADER.FIELDS", "HEADER.FIELDS.NOT", or NULL */
  const char * const   *fields;         /* for HEADER.FIELDS*, NULL-terminated */
  gboolean              sets_seen;      /* without .PEEK */
  guint64               origin;         /* of a partial fetch */
  guint64               count;          /* 0: not partial */
} BaruaImapFetchSection;

typedef struct
{
  BaruaImapItems               items;         /* UID FLAGS INTERNALDATE RFC822_SIZE MODSEQ ENVELOPE BODYSTRUCTURE EMAILID
                                               * THREADID SAVEDATE PREVIEW X_GM_* */
  gboolean                     lazy_preview;  /* PREVIEW (LAZY) */
  const BaruaImapFetchSection *sections;
  guint                        n_sections;
  guint64                      changed_since; /* 0: not sent */
  gboolean                     vanished;      /* with changed_since, QRESYNC only */
  gint64                       partial_first; /* PARTIAL first:last (RFC 9394), both negative or both positive; 0: none */
  gint64                       partial_last;
} BaruaImapFetchRequest;

/* Lists of commands: a UID set too long for a line is cut into several commands, in rising order. A GPtrArray of
 * BaruaImapCommand that owns its members; steal them one by one (g_ptr_array_steal_index()) into a flow. */
GPtrArray        *barua_imap_commands_fetch       (const BaruaImapDialect      *dialect,
                                                   BaruaImapMessages            messages,
                                                   const BaruaImapFetchRequest *request,
                                                   GError                     **error);

typedef enum
{
  BARUA_IMAP_STORE_REPLACE,
  BARUA_IMAP_STORE_ADD,
  BARUA_IMAP_STORE_REMOVE
} BaruaImapStoreMode;

/* @keywords may be NULL. @unchanged_since 0: not sent (RFC 7162, 3.1.3). */
GPtrArray        *barua_imap_commands_store       (const BaruaImapDialect *dialect,
                                                   BaruaImapMessages       messages,
                                                   BaruaImapStoreMode      mode,
                                                   gboolean                silent,
                                                   BaruaFlags              flags,
                                                   const char * const     *keywords,
                                                   guint64                 unchanged_since,
                                                   GError                **error);
/* Gmail's labels (raw names or "\Inbox" ...); same modes. */
GPtrArray        *barua_imap_commands_store_gm_labels (const BaruaImapDialect *dialect,
                                                   BaruaImapMessages       messages,
                                                   BaruaImapStoreMode      mode,
                                                   gboolean                silent,
                                                   const char * const     *labels,
                                                   GError                **error);
GPtrArray        *barua_imap_commands_copy        (const BaruaImapDialect *dialect,
                                                   BaruaImapMessages       messages,
                                                   const char             *mailbox,
                                                   GError                **error);
GPtrArray        *barua_imap_commands_move        (const BaruaImapDialect *dialect,
                                                   BaruaImapMessages       messages,
                                                   const char             *mailbox,
                                                   GError                **error);
/* UID EXPUNGE, RFC 4315: UIDs only. */
GPtrArray        *barua_imap_commands_uid_expunge (const BaruaImapDialect *dialect,
                                                   const BaruaIdSet       *uids,
                                                   GError                **error);

typedef struct
{
  gboolean             by_number;     /* SEARCH instead of UID SEARCH */
  gboolean             use_return;    /* RETURN (...) is sent (ESEARCH, RFC 4731); with no items RETURN () */
  BaruaImapSearchItems items;         /* ALL COUNT MIN MAX PARTIAL */
  gboolean             save;          /* SAVE, RFC 5182 */
  gint64               partial_first;
  gint64               partial_last;
} BaruaImapSearchRequest;

/* Does not take @key. CHARSET UTF-8 is sent only where a string needs it and the session has no UTF-8 mode. */
BaruaImapCommand *barua_imap_command_search       (const BaruaImapDialect       *dialect,
                                                   const BaruaImapSearchRequest *request,
                                                   const BaruaImapSearchKey     *key,
                                                   GError                      **error);

typedef enum
{
  BARUA_IMAP_SORT_ARRIVAL,
  BARUA_IMAP_SORT_CC,
  BARUA_IMAP_SORT_DATE,
  BARUA_IMAP_SORT_FROM,
  BARUA_IMAP_SORT_SIZE,
  BARUA_IMAP_SORT_SUBJECT,
  BARUA_IMAP_SORT_TO,
  BARUA_IMAP_SORT_DISPLAY_FROM, /* RFC 5957 */
  BARUA_IMAP_SORT_DISPLAY_TO
} BaruaImapSort;

BaruaImapCommand *barua_imap_command_sort         (const BaruaImapDialect       *dialect,
                                                   const BaruaImapSearchRequest *request,
                                                   BaruaImapSort                 sort,
                                                   gboolean                      reverse,
                                                   const BaruaImapSearchKey     *key,
                                                   GError                      **error);
/* UID THREAD; REFERENCES, else ORDEREDSUBJECT. */
BaruaImapCommand *barua_imap_command_thread       (const BaruaImapDialect   *dialect,
                                                   gboolean                  references,
                                                   const BaruaImapSearchKey *key,
                                                   GError                  **error);
/* @internal_date in seconds since 1970, sent in UTC; G_MININT64: not sent. @binary sends literal8 (RFC 3516). Takes a
 * reference to @message. */
BaruaImapCommand *barua_imap_command_append       (const BaruaImapDialect *dialect,
                                                   const char             *mailbox,
                                                   BaruaFlags              flags,
                                                   const char * const     *keywords,
                                                   gint64                  internal_date,
                                                   GBytes                 *message,
                                                   gboolean                binary,
                                                   GError                **error);
/* UID REPLACE, RFC 8508. */
BaruaImapCommand *barua_imap_command_replace      (const BaruaImapDialect *dialect,
                                                   guint32                 uid,
                                                   const char             *mailbox,
                                                   BaruaFlags              flags,
                                                   const char * const     *keywords,
                                                   gint64                  internal_date,
                                                   GBytes                 *message,
                                                   gboolean                binary,
                                                   GError                **error);

/* NOTIFY (RFC 5465) -------------------------------------------------------------------------------------------------- */

typedef enum
{
  BARUA_IMAP_NOTIFY_SELECTED,         /* only one of SELECTED and SELECTED_DELAYED, first */
  BARUA_IMAP_NOTIFY_SELECTED_DELAYED,
  BARUA_IMAP_NOTIFY_INBOXES,
  BARUA_IMAP_NOTIFY_PERSONAL,
  BARUA_IMAP_NOTIFY_SUBSCRIBED,
  BARUA_IMAP_NOTIFY_SUBTREE,          /* of mailboxes */
  BARUA_IMAP_NOTIFY_MAILBOXES
} BaruaImapNotifyScope;

typedef enum
{
  BARUA_IMAP_NOTIFY_MESSAGE_NEW         = 1 << 0,
  BARUA_IMAP_NOTIFY_MESSAGE_EXPUNGE     = 1 << 1,
  BARUA_IMAP_NOTIFY_FLAG_CHANGE         = 1 << 2,
  BARUA_IMAP_NOTIFY_MAILBOX_NAME        = 1 << 3,
  BARUA_IMAP_NOTIFY_SUBSCRIPTION_CHANGE = 1 << 4
} BaruaImapNotifyEvents;

typedef struct
{
  BaruaImapNotifyScope         scope;
  const char * const          *mailboxes; /* for SUBTREE and MAILBOXES */
  BaruaImapNotifyEvents        events;    /* 0: NONE */
  const BaruaImapFetchRequest *fetch;     /* with MESSAGE_NEW of SELECTED*: what to send of new messages; NULL: nothing */
} BaruaImapNotifyGroup;

/* No groups: NOTIFY NONE. @status: the STATUS indicator. */
BaruaImapCommand *barua_imap_command_notify       (const BaruaImapDialect     *dialect,
                                                   gboolean                    status,
                                                   const BaruaImapNotifyGroup *groups,
                                                   guint                       n_groups,
                                                   GError                    **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaImapCommand, barua_imap_command_free)

G_END_DECLS
