/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "barua-change-set.h"
#include "barua-error.h"
#include "barua-flags.h"
#include "barua-id-set.h"
#include "barua-parsed-message.h"
#include "barua-row.h"
#include "barua-security.h"

G_BEGIN_DECLS

/* The values that the engine hands to models, programs and tests. Every one is a boxed type: immutable once handed out,
 * reference counted, readable on any thread. Futures resolve to them with dex_await_boxed(). */

/* Accounts --------------------------------------------------------------------------------------------------------- */

typedef struct
{
  gatomicrefcount  ref_count;
  gint64           id;               /* 0 in what is given to barua_engine_add_account() */
  char            *name;             /* the person's name for it; the address when none was given */
  char            *address;
  char            *person;           /* the person's own name, "" when unknown */
  char            *host;
  guint16          port;
  BaruaSecurity    security;
  char            *user;
  char            *password_command; /* run by the shell; its first output line is the password */
  char            *ca_file;          /* authorities (PEM) to trust for this account instead of the system's; "" for none */
  guint            colour;           /* 0 ... 8: the nine accents of libadwaita */
  guint            order;
} BaruaAccount;

BaruaAccount *barua_account_new   (void);
BaruaAccount *barua_account_ref   (BaruaAccount *self);
void          barua_account_unref (BaruaAccount *self);

typedef enum
{
  BARUA_STATUS_IDLE,          /* up to date, @since = when that was last proven */
  BARUA_STATUS_CONNECTING,
  BARUA_STATUS_SYNCHRONISING, /* @folder_name, @done of @total; total 0 when unknown */
  BARUA_STATUS_OFFLINE,       /* no network, or the person works offline; @since = when that began */
  BARUA_STATUS_WAITING,       /* a passing failure, @code; next try at @next_try */
  BARUA_STATUS_STOPPED        /* needs the person: @code says for what (sign-in, certificate, disk) */
} BaruaStatusKind;

typedef struct
{
  gatomicrefcount  ref_count;
  gint64           account;
  BaruaStatusKind  kind;
  BaruaErrorCode   code;        /* meaningful for WAITING and STOPPED */
  char            *host;        /* the server this is about */
  char            *folder_name; /* as the server names it, "" when none */
  BaruaRole        folder_role; /* for the words: role folders are shown in the person's language */
  char            *detail;      /* for "Details": English, no secrets */
  guint            done;
  guint            total;
  guint            waiting;     /* wishes not yet confirmed by the server */
  guint            refused;     /* wishes that it refused, until the person said what is to become of them */
  gint64           since;       /* seconds since 1970 */
  gint64           next_try;    /* seconds since 1970, 0 when none is planned */
} BaruaStatus;

BaruaStatus *barua_status_new   (void);
BaruaStatus *barua_status_ref   (BaruaStatus *self);
void         barua_status_unref (BaruaStatus *self);

/* What waits ------------------------------------------------------------------------------------------------------- */

typedef enum
{
  BARUA_WAITING_QUEUED,  /* the connection stands: it is sent soon */
  BARUA_WAITING_SENDING, /* under way, not answered yet */
  BARUA_WAITING_NETWORK, /* no network, or the person works offline */
  BARUA_WAITING_LATER,   /* a passing failure, @code; next try at @next_try */
  BARUA_WAITING_STOPPED, /* the account needs the person first: @code */
  BARUA_WAITING_REFUSED  /* the server did not do it, @code; to be tried again or let go */
} BaruaWaitingState;

/* One kind of change to messages of one account. */
typedef struct
{
  gatomicrefcount    ref_count;
  gint64             id;       /* of what was refused, for barua_engine_retry() and _discard(); else 0 */
  gint64             account;
  BaruaFlags         mask;     /* one flag, SEEN or FLAGGED, */
  BaruaFlags         bits;     /* to be set (the same) or cleared (0) */
  guint              n;        /* messages */
  BaruaWaitingState  state;
  BaruaErrorCode     code;
  char              *host;
  gint64             next_try; /* seconds since 1970; 0: none is planned */
} BaruaWaiting;

BaruaWaiting *barua_waiting_new   (void);
BaruaWaiting *barua_waiting_ref   (BaruaWaiting *self);
void          barua_waiting_unref (BaruaWaiting *self);

typedef struct
{
  gatomicrefcount  ref_count;
  GPtrArray       *items;  /* BaruaWaiting: what was refused first, then what is under way, then the rest */
  guint            n_more; /* entries beyond BARUA_LIMIT_WAITING_SHOWN */
} BaruaWaitingList;

BaruaWaitingList *barua_waiting_list_new   (void);
BaruaWaitingList *barua_waiting_list_ref   (BaruaWaitingList *self);
void              barua_waiting_list_unref (BaruaWaitingList *self);

/* Folders ---------------------------------------------------------------------------------------------------------- */

typedef struct
{
  gatomicrefcount  ref_count;
  gint64           id;
  gint64           account;
  gint64           parent;      /* 0 at the top */
  char            *name;        /* leaf, decoded, clean: what the tree shows ("Inbox" for INBOX) */
  char            *path;        /* shown names from the top, joined with " / " */
  char            *server_name; /* decoded whole name on the server, for Properties and barua-cli */
  char             delimiter;   /* '\0' when the server has none */
  BaruaRole        role;
  gboolean         selectable;  /* can hold messages */
  gboolean         subscribed;
  gboolean         favourite;
  gboolean         hidden;
  gboolean         notify;
  gint             order;       /* the person's own; 0 when never moved */
  guint            total;       /* messages shown here */
  guint            unread;
  guint            server_total;/* EXISTS as last told; above total while the first sync runs */
  gboolean         first_sync;  /* rows of older messages are still to come */
  gint64           checked;     /* when it was last proven up to date, 0 never */
} BaruaFolder;

BaruaFolder *barua_folder_new   (void);
BaruaFolder *barua_folder_ref   (BaruaFolder *self);
void         barua_folder_unref (BaruaFolder *self);

/* Lists ------------------------------------------------------------------------------------------------------------ */

typedef enum
{
  BARUA_SORT_DATE,
  BARUA_SORT_SENDER,
  BARUA_SORT_SUBJECT,
  BARUA_SORT_SIZE,
  BARUA_SORT_UNREAD,
  BARUA_SORT_STARRED
} BaruaSort;

typedef enum
{
  BARUA_FILTER_NONE        = 0,
  BARUA_FILTER_UNREAD      = 1 << 0,
  BARUA_FILTER_STARRED     = 1 << 1,
  BARUA_FILTER_ATTACHMENTS = 1 << 2,
  BARUA_FILTER_KNOWN       = 1 << 3  /* from people I know: the person wrote to them once */
} BaruaFilter;

/* Where a search looks. */
typedef enum
{
  BARUA_SEARCH_SCOPE_FOLDER,  /* @folder; an "in:" in the text names another one of @account */
  BARUA_SEARCH_SCOPE_ACCOUNT, /* all folders of @account */
  BARUA_SEARCH_SCOPE_EVERYWHERE
} BaruaSearchScope;

/* What a list shows. A plain struct, copied by value, except @text: see below. All unset: a folder by date, newest first. */
typedef struct
{
  gint64      folder;
  BaruaSort   sort;
  gboolean    ascending; /* oldest, A, smallest, read, not starred first */
  gboolean    grouped;   /* one entry a thread: its newest message in this folder (of a search: the newest found) */
  BaruaFilter filter;    /* all that is set must hold; of a conversation, for one of its messages here */
  BaruaSearchScope scope;     /* only with @text */
  gint64      account;   /* only with @text and BARUA_SEARCH_SCOPE_ACCOUNT */
  const char *text;      /* what is searched, with operators (barua_engine_search()); NULL or "": nothing, the whole folder.
                          * Borrowed: who keeps the query keeps a copy of it (barua_list_query_copy()) */
  BaruaIdSet *found;     /* of a search: ids that the server found: in the list, too, if they are in its scope and pass @filter.
                          * Borrowed likewise, not to be changed; NULL: none */
} BaruaListQuery;

/* Deep: with a text of its own, and a reference to what the server found. */
void        barua_list_query_copy  (const BaruaListQuery *self,
                                    BaruaListQuery       *copy);
void        barua_list_query_clear (BaruaListQuery       *self);
/* Whether anything is searched. */
gboolean    barua_list_query_is_search (const BaruaListQuery *self);

/* The spine (DESIGN 8): entries in display order and the generation of the store they were read at. */
typedef struct
{
  gatomicrefcount  ref_count;
  BaruaListQuery   query;       /* its text belongs to the spine */
  guint64          generation;
  GArray          *entries;     /* BaruaSpineEntry */
  gboolean         is_top;      /* only the first rows: there are others */
  gboolean         more;        /* of a search: more was found than BARUA_LIMIT_SEARCH_HITS, the newest are here */
  gint64           texts_since; /* of a search: as in BaruaSearchResult */
} BaruaSpine;

/* A whole conversation, for the reader. */
typedef struct
{
  gatomicrefcount  ref_count;
  guint64          generation;
  gint64           thread;
  GArray          *members;    /* BaruaMember, oldest first */
  gboolean         more;       /* older ones beyond BARUA_LIMIT_CONVERSATION were left out */
} BaruaConversation;

BaruaConversation *barua_conversation_new   (void);
BaruaConversation *barua_conversation_ref   (BaruaConversation *self);
void               barua_conversation_unref (BaruaConversation *self);

/* A word of the search in the person's language: "from" and "von", "has:attachment" and "mit:anhang". The English ones are always
 * understood. */
typedef struct
{
  const char *english;
  const char *translated; /* UTF-8, compared without case */
} BaruaQueryWord;

BaruaSpine *barua_spine_new   (void);
BaruaSpine *barua_spine_ref   (BaruaSpine *self);
void        barua_spine_unref (BaruaSpine *self);

/* Rows for ids, in the order asked; ids that are gone are left out. */
typedef struct
{
  gatomicrefcount  ref_count;
  guint64          generation;
  GPtrArray       *rows; /* BaruaRow */
} BaruaRows;

BaruaRows *barua_rows_new   (void);
BaruaRows *barua_rows_ref   (BaruaRows *self);
void       barua_rows_unref (BaruaRows *self);

typedef struct
{
  gatomicrefcount  ref_count;
  GArray          *hits;            /* BaruaSpineEntry, newest first */
  gboolean         more;            /* there are more than were asked for */
  gint64           texts_since;     /* texts newer than this date are searched too; 0: all, G_MAXINT64: none */
  guint64          generation;
} BaruaSearchResult;

BaruaSearchResult *barua_search_result_new   (void);
BaruaSearchResult *barua_search_result_ref   (BaruaSearchResult *self);
void               barua_search_result_unref (BaruaSearchResult *self);

/* Whether a server can be asked for more. */
typedef enum
{
  BARUA_ASKABLE_NO,      /* no account of the scope has a server that searches */
  BARUA_ASKABLE_OFFLINE, /* not now: none can be reached */
  BARUA_ASKABLE_YES
} BaruaAskable;

/* What the servers answered. */
typedef struct
{
  gatomicrefcount  ref_count;
  BaruaIdSet      *found;      /* local ids: what they found and the store's own search did not */
  gboolean         more;       /* they found more than BARUA_LIMIT_SERVER_HITS: the newest are here */
  guint            n_answered; /* folders that were searched */
  gboolean         failed;     /* an account did not answer: the first of them */
  BaruaErrorCode   code;       /* why; INVALID: that server finds ASCII letters only */
  char            *host;       /* its server */
} BaruaAsked;

BaruaAsked *barua_asked_new   (void);
BaruaAsked *barua_asked_ref   (BaruaAsked *self);
void        barua_asked_unref (BaruaAsked *self);

/* People ------------------------------------------------------------------------------------------------------------ */

/* What the store knows of the sender of one message. */
typedef struct
{
  gatomicrefcount  ref_count;
  gboolean         is_first;      /* no earlier message from this address was ever seen, and the person never wrote to it */
  gboolean         is_known;      /* the person wrote to it once */
  GPtrArray       *known_domains; /* char *, NULL-terminated: of people the person wrote to, at most BARUA_LIMIT_STORE_PEOPLE */
} BaruaSender;

BaruaSender *barua_sender_new   (void);
BaruaSender *barua_sender_ref   (BaruaSender *self);
void         barua_sender_unref (BaruaSender *self);

/* Synchronising ---------------------------------------------------------------------------------------------------- */

typedef enum
{
  BARUA_SYNC_DEFAULT      = 0,
  BARUA_SYNC_HEADERS_ONLY = 1 << 0, /* no prefetch of texts */
  BARUA_SYNC_BODIES       = 1 << 1, /* whole messages too */
  BARUA_SYNC_FULL_FLAGS   = 1 << 2  /* plain servers: compare all flags now, not in idle time */
} BaruaSyncFlags;

typedef struct
{
  gatomicrefcount  ref_count;
  guint            folders;     /* looked at */
  guint            added;
  guint            updated;
  guint            removed;
  guint            bodies;
  guint            skipped;     /* messages the server could not give whole */
  guint64          bytes_in;    /* on the wire, TLS and compression included */
  guint64          bytes_out;
  guint            round_trips; /* waits for a tagged answer with nothing else to send */
  gint64           started_us;    /* of the call, monotonic; 0: not known */
  gint64           connected_us;  /* since the call: TLS there, signed in, first rows stored, all done; -1 not reached */
  gint64           signed_in_us;
  gint64           first_rows_us;
  gint64           bodies_us;     /* the last body stored; -1: none were asked for */
  gint64           done_us;
} BaruaSyncReport;

BaruaSyncReport *barua_sync_report_new   (void);
BaruaSyncReport *barua_sync_report_ref   (BaruaSyncReport *self);
void             barua_sync_report_unref (BaruaSyncReport *self);

/* One difference or fault found by barua_engine_verify(). */
typedef struct
{
  char *what;   /* "missing-here", "missing-on-server", "flags", "size", "counter", "store", ... */
  gint64 folder;
  guint32 uid;
  char *detail;
} BaruaFinding;

typedef struct
{
  gatomicrefcount  ref_count;
  guint            folders;
  guint            messages;
  GPtrArray       *findings; /* BaruaFinding */
} BaruaVerifyReport;

BaruaVerifyReport *barua_verify_report_new   (void);
BaruaVerifyReport *barua_verify_report_ref   (BaruaVerifyReport *self);
void               barua_verify_report_unref (BaruaVerifyReport *self);

#define BARUA_TYPE_ACCOUNT        (barua_account_get_type ())
#define BARUA_TYPE_STATUS         (barua_status_get_type ())
#define BARUA_TYPE_WAITING        (barua_waiting_get_type ())
#define BARUA_TYPE_WAITING_LIST   (barua_waiting_list_get_type ())
#define BARUA_TYPE_FOLDER         (barua_folder_get_type ())
#define BARUA_TYPE_SPINE          (barua_spine_get_type ())
#define BARUA_TYPE_ROWS           (barua_rows_get_type ())
#define BARUA_TYPE_CONVERSATION   (barua_conversation_get_type ())
#define BARUA_TYPE_SEARCH_RESULT  (barua_search_result_get_type ())
#define BARUA_TYPE_ASKED          (barua_asked_get_type ())
#define BARUA_TYPE_SENDER         (barua_sender_get_type ())
#define BARUA_TYPE_SYNC_REPORT    (barua_sync_report_get_type ())
#define BARUA_TYPE_VERIFY_REPORT  (barua_verify_report_get_type ())
#define BARUA_TYPE_PARSED_MESSAGE (barua_parsed_message_get_type ())
#define BARUA_TYPE_CHANGE_SET     (barua_change_set_get_type ())
#define BARUA_TYPE_ROW            (barua_row_get_type ())
#define BARUA_TYPE_ID_SET         (barua_id_set_get_type ())

GType barua_account_get_type        (void) G_GNUC_CONST;
GType barua_status_get_type         (void) G_GNUC_CONST;
GType barua_waiting_get_type        (void) G_GNUC_CONST;
GType barua_waiting_list_get_type   (void) G_GNUC_CONST;
GType barua_folder_get_type         (void) G_GNUC_CONST;
GType barua_spine_get_type          (void) G_GNUC_CONST;
GType barua_rows_get_type           (void) G_GNUC_CONST;
GType barua_conversation_get_type   (void) G_GNUC_CONST;
GType barua_search_result_get_type  (void) G_GNUC_CONST;
GType barua_asked_get_type          (void) G_GNUC_CONST;
GType barua_sender_get_type         (void) G_GNUC_CONST;
GType barua_sync_report_get_type    (void) G_GNUC_CONST;
GType barua_verify_report_get_type  (void) G_GNUC_CONST;
GType barua_parsed_message_get_type (void) G_GNUC_CONST;
GType barua_change_set_get_type     (void) G_GNUC_CONST;
GType barua_row_get_type            (void) G_GNUC_CONST;
GType barua_id_set_get_type         (void) G_GNUC_CONST;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaAccount, barua_account_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaStatus, barua_status_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaWaiting, barua_waiting_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaWaitingList, barua_waiting_list_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaFolder, barua_folder_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaSpine, barua_spine_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaRows, barua_rows_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaConversation, barua_conversation_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaSearchResult, barua_search_result_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaAsked, barua_asked_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaSender, barua_sender_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaSyncReport, barua_sync_report_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaVerifyReport, barua_verify_report_unref)

G_END_DECLS
