/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-flags.h"
#include "barua-id-set.h"
#include "barua-imap-capability.h"
#include "barua-imap-fetch.h"
#include "barua-imap-parser.h"

G_BEGIN_DECLS

typedef enum
{
  BARUA_IMAP_RESPONSE_UNKNOWN,      /* an untagged response of no known name: skipped, only line is there */
  BARUA_IMAP_RESPONSE_CONTINUATION, /* "+": code and text are in status, or the base64 text in status.text */
  BARUA_IMAP_RESPONSE_TAGGED,       /* status */
  BARUA_IMAP_RESPONSE_STATUS,       /* untagged OK, NO, BAD, BYE, PREAUTH: status */
  BARUA_IMAP_RESPONSE_CAPABILITY,   /* capabilities */
  BARUA_IMAP_RESPONSE_ENABLED,      /* capabilities */
  BARUA_IMAP_RESPONSE_LIST,         /* list; also LSUB and XLIST */
  BARUA_IMAP_RESPONSE_MAILBOX_STATUS, /* mailbox_status: STATUS */
  BARUA_IMAP_RESPONSE_SEARCH,       /* search: SEARCH, SORT and ESEARCH */
  BARUA_IMAP_RESPONSE_THREAD,       /* thread */
  BARUA_IMAP_RESPONSE_FLAGS,        /* flags */
  BARUA_IMAP_RESPONSE_EXISTS,       /* number */
  BARUA_IMAP_RESPONSE_RECENT,       /* number */
  BARUA_IMAP_RESPONSE_EXPUNGE,      /* number */
  BARUA_IMAP_RESPONSE_VANISHED,     /* vanished */
  BARUA_IMAP_RESPONSE_FETCH,        /* fetch; also UIDFETCH */
  BARUA_IMAP_RESPONSE_NAMESPACE,    /* namespaces */
  BARUA_IMAP_RESPONSE_ID,           /* id */
  BARUA_IMAP_RESPONSE_QUOTA,        /* quota */
  BARUA_IMAP_RESPONSE_QUOTAROOT,    /* quota_root */
  BARUA_IMAP_RESPONSE_METADATA,     /* metadata */
  BARUA_IMAP_RESPONSE_ACL,          /* acl */
  BARUA_IMAP_RESPONSE_MYRIGHTS,     /* acl: rights only */
  BARUA_IMAP_N_RESPONSES
} BaruaImapResponseKind;

typedef enum
{
  BARUA_IMAP_OK,
  BARUA_IMAP_NO,
  BARUA_IMAP_BAD,
  BARUA_IMAP_BYE,
  BARUA_IMAP_PREAUTH
} BaruaImapCondition;

/* Response codes (RFC 9051 7.1, RFC 5530 and the extensions named). */
typedef enum
{
  BARUA_IMAP_CODE_NONE,
  BARUA_IMAP_CODE_UNKNOWN,            /* code_name and code_text say it */
  BARUA_IMAP_CODE_ALERT,
  BARUA_IMAP_CODE_ALREADYEXISTS,
  BARUA_IMAP_CODE_APPENDUID,          /* uid_validity, to_uids (RFC 4315) */
  BARUA_IMAP_CODE_AUTHENTICATIONFAILED,
  BARUA_IMAP_CODE_AUTHORIZATIONFAILED,
  BARUA_IMAP_CODE_BADCHARSET,         /* arguments: charsets, or NULL */
  BARUA_IMAP_CODE_BADCOMPARATOR,
  BARUA_IMAP_CODE_BADEVENT,           /* arguments: event names (RFC 5465) */
  BARUA_IMAP_CODE_BADURL,
  BARUA_IMAP_CODE_CANNOT,
  BARUA_IMAP_CODE_CAPABILITY,         /* capabilities */
  BARUA_IMAP_CODE_CLIENTBUG,
  BARUA_IMAP_CODE_CLOSED,
  BARUA_IMAP_CODE_COMPRESSIONACTIVE,  /* RFC 4978 */
  BARUA_IMAP_CODE_CONTACTADMIN,
  BARUA_IMAP_CODE_COPYUID,            /* uid_validity, from_uids, to_uids, uid_pairs */
  BARUA_IMAP_CODE_CORRUPTION,
  BARUA_IMAP_CODE_DOWNGRADED,         /* from_uids (RFC 6858) */
  BARUA_IMAP_CODE_EXPIRED,
  BARUA_IMAP_CODE_EXPUNGEISSUED,
  BARUA_IMAP_CODE_HASCHILDREN,
  BARUA_IMAP_CODE_HIGHESTMODSEQ,      /* number */
  BARUA_IMAP_CODE_INPROGRESS,         /* progress_* (RFC 9585) */
  BARUA_IMAP_CODE_INUSE,
  BARUA_IMAP_CODE_LIMIT,
  BARUA_IMAP_CODE_MAILBOXID,          /* text_value (RFC 8474) */
  BARUA_IMAP_CODE_MAXCONVERTMESSAGES,
  BARUA_IMAP_CODE_MESSAGELIMIT,       /* number: the limit; number2: UID to go on from, or 0 (RFC 9738) */
  BARUA_IMAP_CODE_METADATA_LONGENTRIES, /* number (RFC 5464) */
  BARUA_IMAP_CODE_METADATA_MAXSIZE,   /* number */
  BARUA_IMAP_CODE_METADATA_NOPRIVATE,
  BARUA_IMAP_CODE_METADATA_TOOMANY,
  BARUA_IMAP_CODE_MODIFIED,           /* from_uids: UIDs or message numbers (RFC 7162) */
  BARUA_IMAP_CODE_NEWNAME,
  BARUA_IMAP_CODE_NOMODSEQ,
  BARUA_IMAP_CODE_NONEXISTENT,
  BARUA_IMAP_CODE_NOPERM,
  BARUA_IMAP_CODE_NOTIFICATIONOVERFLOW,
  BARUA_IMAP_CODE_NOTSAVED,
  BARUA_IMAP_CODE_NOUPDATE,
  BARUA_IMAP_CODE_OVERQUOTA,
  BARUA_IMAP_CODE_PARSE,
  BARUA_IMAP_CODE_PERMANENTFLAGS,     /* arguments: the flags; flags and any_flag */
  BARUA_IMAP_CODE_PRIVACYREQUIRED,
  BARUA_IMAP_CODE_READ_ONLY,
  BARUA_IMAP_CODE_READ_WRITE,
  BARUA_IMAP_CODE_REFERRAL,           /* text_value; never followed */
  BARUA_IMAP_CODE_SAVELIMIT,          /* number */
  BARUA_IMAP_CODE_SERVERBUG,
  BARUA_IMAP_CODE_THROTTLED,
  BARUA_IMAP_CODE_TOOBIG,
  BARUA_IMAP_CODE_TRYCREATE,
  BARUA_IMAP_CODE_UIDNEXT,            /* number */
  BARUA_IMAP_CODE_UIDNOTSTICKY,
  BARUA_IMAP_CODE_UIDREQUIRED,
  BARUA_IMAP_CODE_UIDVALIDITY,        /* number */
  BARUA_IMAP_CODE_UNAVAILABLE,
  BARUA_IMAP_CODE_UNDEFINED_FILTER,
  BARUA_IMAP_CODE_UNKNOWN_CTE,
  BARUA_IMAP_CODE_UNSEEN,             /* number */
  BARUA_IMAP_CODE_USEATTR,
  BARUA_IMAP_CODE_WEBALERT,           /* text_value: Gmail's address to sign in at */
  BARUA_IMAP_N_CODES
} BaruaImapCode;

typedef struct
{
  BaruaImapSlice         tag;         /* of TAGGED */
  BaruaImapCondition     condition;
  BaruaImapCode          code;        /* a code with impossible arguments counts as UNKNOWN */
  BaruaImapSlice         code_name;   /* as sent; empty when NONE */
  BaruaImapSlice         code_text;   /* between the name and "]", raw */
  const BaruaImapValue  *arguments;   /* of the code, a list, never NULL unless code is NONE */
  BaruaImapSlice         text;        /* what people may read, at most BARUA_LIMIT_IMAP_RESPONSE_TEXT_BYTES; not cleaned */
  guint64                number;
  guint64                number2;
  BaruaImapSlice         text_value;
  guint32                uid_validity;
  const BaruaIdSet      *from_uids;   /* borrowed */
  const BaruaIdSet      *to_uids;
  const BaruaImapValue  *uid_pairs;   /* COPYUID: the two sets as sent; read with barua_imap_copy_iter_init() */
  BaruaImapCapabilities *capabilities;/* borrowed */
  BaruaFlags             flags;       /* PERMANENTFLAGS */
  gboolean               any_flag;    /* "\*" was among them: new keywords may be made */
  BaruaImapSlice         progress_tag;
  guint64                progress;      /* 0 when not known */
  guint64                progress_goal; /* 0 when not known */
} BaruaImapStatus;

typedef enum
{
  BARUA_IMAP_MAILBOX_NOSELECT       = 1 << 0,
  BARUA_IMAP_MAILBOX_NONEXISTENT    = 1 << 1,
  BARUA_IMAP_MAILBOX_NOINFERIORS    = 1 << 2,
  BARUA_IMAP_MAILBOX_HAS_CHILDREN   = 1 << 3,
  BARUA_IMAP_MAILBOX_HAS_NO_CHILDREN = 1 << 4,
  BARUA_IMAP_MAILBOX_MARKED         = 1 << 5,
  BARUA_IMAP_MAILBOX_UNMARKED       = 1 << 6,
  BARUA_IMAP_MAILBOX_SUBSCRIBED     = 1 << 7,
  BARUA_IMAP_MAILBOX_REMOTE         = 1 << 8,
  BARUA_IMAP_MAILBOX_NOACCESS       = 1 << 9
} BaruaImapMailboxAttributes;

typedef enum
{
  BARUA_IMAP_LIST_LIST,
  BARUA_IMAP_LIST_LSUB,
  BARUA_IMAP_LIST_XLIST
} BaruaImapListKind;

typedef struct
{
  BaruaImapListKind          kind;
  BaruaImapMailboxAttributes attributes;
  BaruaRole                  role;         /* of SPECIAL-USE, XLIST or Exchange's plain attributes; NONE when none says */
  const BaruaImapValue      *words;        /* all attributes as sent, a list */
  char                       delimiter;    /* 0: NIL, flat */
  BaruaImapSlice             name;         /* raw */
  const BaruaImapValue      *child_info;   /* a list of "SUBSCRIBED" ..., or NULL */
  BaruaImapSlice             old_name;     /* raw; data NULL when none (RFC 5465, RFC 9051 OLDNAME) */
  const BaruaImapValue      *extended;     /* the list of further data, or NULL */
} BaruaImapList;

typedef enum
{
  BARUA_IMAP_STATUS_MESSAGES        = 1 << 0,
  BARUA_IMAP_STATUS_RECENT          = 1 << 1,
  BARUA_IMAP_STATUS_UIDNEXT         = 1 << 2,
  BARUA_IMAP_STATUS_UIDVALIDITY     = 1 << 3,
  BARUA_IMAP_STATUS_UNSEEN          = 1 << 4,
  BARUA_IMAP_STATUS_DELETED         = 1 << 5,
  BARUA_IMAP_STATUS_SIZE            = 1 << 6,
  BARUA_IMAP_STATUS_HIGHESTMODSEQ   = 1 << 7,
  BARUA_IMAP_STATUS_APPENDLIMIT     = 1 << 8,
  BARUA_IMAP_STATUS_MAILBOXID       = 1 << 9,
  BARUA_IMAP_STATUS_DELETED_STORAGE = 1 << 10
} BaruaImapStatusItems;

typedef struct
{
  BaruaImapSlice       name; /* raw */
  BaruaImapStatusItems present;
  guint32              messages;
  guint32              recent;
  guint32              uid_next;
  guint32              uid_validity;
  guint32              unseen;
  guint32              deleted;
  guint64              size;
  guint64              highest_modseq; /* 0: the mailbox keeps none */
  guint64              append_limit;   /* G_MAXUINT64: NIL, none */
  guint64              deleted_storage;
  BaruaImapSlice       mailbox_id;
} BaruaImapMailboxStatus;

typedef enum
{
  BARUA_IMAP_SEARCH_PLAIN, /* SEARCH: ids */
  BARUA_IMAP_SEARCH_SORT,  /* SORT: ordered */
  BARUA_IMAP_SEARCH_ESEARCH
} BaruaImapSearchKind;

typedef enum
{
  BARUA_IMAP_SEARCH_ALL     = 1 << 0,
  BARUA_IMAP_SEARCH_COUNT   = 1 << 1,
  BARUA_IMAP_SEARCH_MIN     = 1 << 2,
  BARUA_IMAP_SEARCH_MAX     = 1 << 3,
  BARUA_IMAP_SEARCH_MODSEQ  = 1 << 4,
  BARUA_IMAP_SEARCH_PARTIAL = 1 << 5
} BaruaImapSearchItems;

typedef struct
{
  BaruaImapSearchKind   kind;
  BaruaImapSearchItems  present;
  BaruaImapSlice        tag;         /* ESEARCH correlator */
  gboolean              is_uid;      /* ESEARCH said UID; a plain SEARCH does not say */
  const BaruaIdSet     *ids;         /* ALL or the plain list, never NULL; borrowed */
  const guint32        *ordered;     /* SORT (and ESEARCH ALL of an ESORT as ranges in ids only): in the server's order */
  guint                 n_ordered;
  guint64               count;
  guint64               min;
  guint64               max;
  guint64               modseq;
  BaruaImapSlice        partial_range; /* "-1:-100" */
  const BaruaIdSet     *partial;     /* never NULL */
} BaruaImapSearch;

/* THREAD (RFC 5256) in reading order. */
typedef struct
{
  guint32 id;
  guint   depth; /* 0: first of a thread */
} BaruaImapThreadNode;

typedef struct
{
  const BaruaImapThreadNode *nodes;
  guint                      n_nodes;
} BaruaImapThread;

typedef struct
{
  BaruaFlags             flags;
  gboolean               any_flag; /* "\*" */
  gboolean               recent;
  const BaruaImapValue  *words;    /* a list, as sent */
} BaruaImapFlagList;

typedef struct
{
  gboolean          earlier;
  const BaruaIdSet *uids; /* may name UIDs that never were */
} BaruaImapVanished;

typedef enum
{
  BARUA_IMAP_NAMESPACE_PERSONAL,
  BARUA_IMAP_NAMESPACE_OTHERS,
  BARUA_IMAP_NAMESPACE_SHARED
} BaruaImapNamespaceKind;

typedef struct
{
  BaruaImapNamespaceKind kind;
  BaruaImapSlice         prefix;
  char                   delimiter; /* 0: NIL */
} BaruaImapNamespace;

typedef struct
{
  const BaruaImapNamespace *items;
  guint                     n_items;
} BaruaImapNamespaces;

/* Names and values in turn. */
typedef struct
{
  const BaruaImapValue *pairs; /* a list, or NULL for NIL */
} BaruaImapPairs;

typedef struct
{
  BaruaImapSlice resource; /* "STORAGE": in units of 1024 bytes */
  guint64        usage;
  guint64        limit;
} BaruaImapQuotaResource;

typedef struct
{
  BaruaImapSlice                root;
  const BaruaImapQuotaResource *resources;
  guint                         n_resources;
} BaruaImapQuota;

typedef struct
{
  BaruaImapSlice        mailbox;
  const BaruaImapValue *list;  /* the whole arguments: roots are the values behind the first */
} BaruaImapQuotaRoot;

typedef struct
{
  BaruaImapSlice        mailbox;  /* "" for the server's own */
  const BaruaImapValue *pairs;    /* entries and values in a list; NULL when only names were sent: then see names */
  const BaruaImapValue *names;    /* arguments; entry names are the values behind the first */
} BaruaImapMetadata;

typedef struct
{
  BaruaImapSlice        mailbox;
  BaruaImapSlice        rights; /* MYRIGHTS */
  const BaruaImapValue *list;   /* ACL: arguments; identifiers and rights in turn behind the first */
} BaruaImapAcl;

/* A response as typed values. Everything in it is borrowed until the next event of the parser or flow; copy what is kept. */
typedef struct
{
  BaruaImapResponseKind kind;
  gboolean              damaged; /* part of it could not be read; what could is here (of FETCH see fetch.damaged too) */
  const BaruaImapLine  *line;
  union
  {
    BaruaImapStatus        status;
    BaruaImapCapabilities *capabilities;
    BaruaImapList          list;
    BaruaImapMailboxStatus mailbox_status;
    BaruaImapSearch        search;
    BaruaImapThread        thread;
    BaruaImapFlagList      flags;
    guint32                number;
    BaruaImapVanished      vanished;
    BaruaImapFetch         fetch;
    BaruaImapNamespaces    namespaces;
    BaruaImapPairs         id;
    BaruaImapQuota         quota;
    BaruaImapQuotaRoot     quota_root;
    BaruaImapMetadata      metadata;
    BaruaImapAcl           acl;
  };
} BaruaImapResponse;

/* Makes typed values of lines; keeps the memory they need from one response to the next. */
typedef struct _BaruaImapReader BaruaImapReader;

BaruaImapReader         *barua_imap_reader_new  (void);
void                     barua_imap_reader_free (BaruaImapReader     *self);
/* Never fails: what cannot be read is UNKNOWN or damaged. Valid until the next call and the parser's next event. */
const BaruaImapResponse *barua_imap_reader_read (BaruaImapReader     *self,
                                                 const BaruaImapLine *line);

/* The pairs of a COPYUID in the order the server gave them, source by target (RFC 4315, 3). */
typedef struct
{
  BaruaImapSlice from;
  BaruaImapSlice to;
  guint64        from_next;
  guint64        from_last;
  guint64        to_next;
  guint64        to_last;
} BaruaImapCopyIter;

void        barua_imap_copy_iter_init     (BaruaImapCopyIter      *iter,
                                           const BaruaImapStatus  *status);
gboolean    barua_imap_copy_iter_next     (BaruaImapCopyIter      *iter,
                                           guint32                *from,
                                           guint32                *to);

/* "ALREADYEXISTS". */
const char *barua_imap_code_get_name      (BaruaImapCode           code);
const char *barua_imap_response_kind_get_name (BaruaImapResponseKind kind);

/* A GError of BARUA_ERROR for a tagged NO or BAD (or untagged BYE): the code decides, then Exchange's and Gmail's texts
 * (docs/server-quirks.md). The message is the server's own text, cleaned and cut to BARUA_LIMIT_SERVER_TEXT_CHARS. */
GError     *barua_imap_status_to_error    (const BaruaImapStatus  *status);
/* Exchange's "Suggested Backoff Time: n milliseconds"; 0 when the text names none. */
guint       barua_imap_status_get_backoff_ms (const BaruaImapStatus *status);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaImapReader, barua_imap_reader_free)

G_END_DECLS
