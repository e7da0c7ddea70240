/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-imap-command.h"
#include "barua-imap-config.h"
#include "barua-imap-response.h"
#include "barua-imap-result.h"
#include "barua-scope.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* One connection to an IMAP server: signs in, runs commands, keeps the selected mailbox's map of message numbers, says what
 * happens. Knows no table and no policy. No message number leaves it: answers carry UIDs. Main thread; every function that
 * returns a future may be called outside of fibers too. */
#define BARUA_TYPE_IMAP_SESSION (barua_imap_session_get_type ())
G_DECLARE_FINAL_TYPE (BaruaImapSession, barua_imap_session, BARUA, IMAP_SESSION, GObject)

typedef enum
{
  BARUA_IMAP_STATE_NEW,
  BARUA_IMAP_STATE_CONNECTING,    /* TCP, and TLS when implicit */
  BARUA_IMAP_STATE_GREETING,      /* waiting for the server's first word */
  BARUA_IMAP_STATE_SECURING,      /* STARTTLS */
  BARUA_IMAP_STATE_SIGNING_IN,
  BARUA_IMAP_STATE_AUTHENTICATED,
  BARUA_IMAP_STATE_SELECTED,
  BARUA_IMAP_STATE_CLOSED         /* for good; barua_imap_session_get_error() says why */
} BaruaImapState;

/* Events ------------------------------------------------------------------------------------------------------------ */

typedef enum
{
  BARUA_IMAP_EVENT_EXISTS,        /* number: messages in the selected mailbox now; more than before means new ones */
  BARUA_IMAP_EVENT_EXPUNGED,      /* uids: gone for certain (EXPUNGE through the map, VANISHED); may name UIDs never seen */
  BARUA_IMAP_EVENT_LOST_TRACK,    /* something was removed or renumbered and no UID is known for it: list again, remove
                                   * nothing on this alone */
  BARUA_IMAP_EVENT_FETCHED,       /* uid, fetch: flags (and perhaps more) of one message that no command asked for. While a
                                   * FETCH, STORE or SELECT with a handler runs, these come to the handler instead */
  BARUA_IMAP_EVENT_FOLDER,        /* list: NOTIFY told of a new, renamed or deleted mailbox */
  BARUA_IMAP_EVENT_FOLDER_STATUS, /* mailbox_status: NOTIFY told of changes in a mailbox that is not selected */
  BARUA_IMAP_EVENT_OVERFLOW,      /* the server tells no more (NOTIFICATIONOVERFLOW): poll */
  BARUA_IMAP_EVENT_ALERT,         /* text: what the server wants people to read; cleaned, one line, no links, at most
                                   * BARUA_LIMIT_SERVER_TEXT_CHARS; only after sign-in, at most one a minute (T-06) */
  BARUA_IMAP_EVENT_CLOSED         /* error: the connection is gone; the last event */
} BaruaImapEventType;

/* Borrowed until the function returns. */
typedef struct
{
  BaruaImapEventType            type;
  guint32                       number;
  guint32                       uid;
  const BaruaIdSet             *uids;
  gboolean                      earlier;  /* EXPUNGED: VANISHED (EARLIER), the answer to a QRESYNC question */
  const BaruaImapFetch         *fetch;
  const BaruaImapList          *list;
  const BaruaImapMailboxStatus *mailbox_status;
  const char                   *text;
  const GError                 *error;
} BaruaImapEvent;

/* Must not await. May enqueue commands, pause and close. */
typedef void (*BaruaImapEventFunc) (BaruaImapSession     *session,
                                    const BaruaImapEvent *event,
                                    gpointer              user_data);

/* Commands ---------------------------------------------------------------------------------------------------------- */

/* Sees the untagged answers while its command is the oldest one that is not answered yet (servers answer in order). Called
 * straight from the parser, all values borrowed: this is the hot path, no future and no allocation a message. Must not
 * await; to hold back the server, pause the session.
 *
 * data: @uid is that of a FETCH (the answer's own or the map's; 0 when neither knows: then skip it), else 0. EXISTS, EXPUNGE
 *       and VANISHED come here too, after the session's own books were changed; EXPUNGE with the UID it meant, or 0.
 * literal: large body sections piece by piece; @chunk has data NULL at the beginning (@literal->length is what is
 *       announced) and length 0 with data not NULL at the end. @uid 0: known only when the FETCH itself comes as data.
 * Either may be NULL. */
typedef struct
{
  void (*data)    (BaruaImapSession        *session,
                   const BaruaImapResponse *response,
                   guint32                  uid,
                   gpointer                 user_data);
  void (*literal) (BaruaImapSession        *session,
                   const BaruaImapLiteral  *literal,
                   guint32                  uid,
                   BaruaImapSlice           chunk,
                   gpointer                 user_data);
} BaruaImapHandler;

typedef enum
{
  BARUA_IMAP_RUN_DEFAULT    = 0,
  BARUA_IMAP_RUN_ANY_STATUS = 1 << 0, /* NO and BAD resolve too, see condition */
  BARUA_IMAP_RUN_SLOW       = 1 << 1  /* may take long without a byte (SEARCH in a huge mailbox, APPEND): five times the
                                       * read time-out */
} BaruaImapRunFlags;

BaruaImapSession      *barua_imap_session_new              (BaruaImapConfig      *config);

/* Connects, secures, signs in, and sends ID, ENABLE and COMPRESS as fit. Resolves to TRUE when signed in and the way is
 * free: what the caller enqueues then goes out together with ENABLE and ID. Rejects with BARUA_ERROR; the session is closed
 * then. Never signs in without TLS, whatever the server says. Only once a session. */
DexFuture             *barua_imap_session_connect          (BaruaImapSession     *self,
                                                            BaruaScope           *scope) G_GNUC_WARN_UNUSED_RESULT;
/* Says LOGOUT when there is time, closes. Idempotent; commands under way end with BARUA_ERROR_CANCELLED. */
void                   barua_imap_session_close            (BaruaImapSession     *self);

BaruaImapState         barua_imap_session_get_state        (BaruaImapSession     *self);
const GError          *barua_imap_session_get_error        (BaruaImapSession     *self); /* why it closed, or NULL */
const BaruaImapQuirks *barua_imap_session_get_quirks       (BaruaImapSession     *self); /* never NULL */
/* Borrowed; NULL before anything was announced inside TLS. */
const BaruaImapCapabilities *
                       barua_imap_session_get_capabilities (BaruaImapSession     *self);
/* Announced and not forbidden by the quirks. */
gboolean               barua_imap_session_can              (BaruaImapSession     *self,
                                                            BaruaImapCap          cap);
/* Switched on by ENABLE: the server said so in "* ENABLED". Known when ENABLE was answered: at the latest when the first
 * command of yours is. */
gboolean               barua_imap_session_is_enabled       (BaruaImapSession     *self,
                                                            BaruaImapCap          cap);
/* How commands are to be written for this server; hand it to the builders. Borrowed. */
const BaruaImapDialect *barua_imap_session_get_dialect     (BaruaImapSession     *self);
/* "SCRAM-SHA-256": what signed in; remember it per account. NULL before. */
const char            *barua_imap_session_get_mechanism    (BaruaImapSession     *self);
/* "Dovecot": name from the ID answer, cleaned; NULL when it said none. */
const char            *barua_imap_session_get_server_name  (BaruaImapSession     *self);
void                   barua_imap_session_get_traffic      (BaruaImapSession     *self,
                                                            guint64              *bytes_in,
                                                            guint64              *bytes_out);

/* Monotonic microseconds: when the connection stood (with implicit TLS: secured), and when sign-in was done; 0 before. */
void                   barua_imap_session_get_times        (BaruaImapSession     *self,
                                                            gint64               *connected_us,
                                                            gint64               *signed_in_us);

/* One receiver; NULL stops. */
void                   barua_imap_session_set_events       (BaruaImapSession     *self,
                                                            BaruaImapEventFunc    func,
                                                            gpointer              user_data);

/* Sends @command (takes it) as soon as the pipeline has room, ending IDLE when need be. Resolves to a BaruaImapResult
 * (boxed) at its tagged OK; rejects with what the NO or BAD means (barua_imap_status_to_error()), with the reason when the
 * connection is lost (every waiter learns it), or with BARUA_ERROR_CANCELLED when the scope is cancelled: not sent yet, it is
 * withdrawn; sent, its answer is ignored (the handler is not called any more). @handler is copied, may be NULL; @user_data is
 * freed with @destroy (may be NULL) when no call can come any more, before the future is done. */
DexFuture             *barua_imap_session_run              (BaruaImapSession       *self,
                                                            BaruaImapCommand       *command,
                                                            BaruaImapRunFlags       flags,
                                                            const BaruaImapHandler *handler,
                                                            gpointer                user_data,
                                                            GDestroyNotify          destroy,
                                                            BaruaScope             *scope) G_GNUC_WARN_UNUSED_RESULT;
/* Same for the lists of commands that the builders of UID sets make (consumes the array): pipelined, one handler; resolves to
 * the last result with the UID pairs of all, rejects with the first failure when all are done. An empty array resolves. */
DexFuture             *barua_imap_session_run_all          (BaruaImapSession       *self,
                                                            GPtrArray              *commands,
                                                            BaruaImapRunFlags       flags,
                                                            const BaruaImapHandler *handler,
                                                            gpointer                user_data,
                                                            GDestroyNotify          destroy,
                                                            BaruaScope             *scope) G_GNUC_WARN_UNUSED_RESULT;
/* Holds back the server while the store is behind: no byte is read until as many resumes came. What was read already (at most
 * one slice) is still delivered. Time-outs stand still meanwhile. */
void                   barua_imap_session_pause            (BaruaImapSession     *self);
void                   barua_imap_session_resume           (BaruaImapSession     *self);

/* Mailboxes --------------------------------------------------------------------------------------------------------- */

/* SELECT (or EXAMINE with BARUA_IMAP_SELECT_READ_ONLY); with CONDSTORE where the server can and QRESYNC is not on. Resolves
 * to a BaruaImapSelected (boxed). @qresync (may be NULL, not kept) is used only where QRESYNC is enabled; see
 * selected->qresync. Handler as above: VANISHED (EARLIER) and FETCH come before the answer. Commands run() after this call
 * are pipelined behind it, without waiting. */
DexFuture             *barua_imap_session_select           (BaruaImapSession       *self,
                                                            const char             *mailbox,
                                                            BaruaImapSelectOptions  options,
                                                            const BaruaImapQresync *qresync,
                                                            const BaruaImapHandler *handler,
                                                            gpointer                user_data,
                                                            GDestroyNotify          destroy,
                                                            BaruaScope             *scope) G_GNUC_WARN_UNUSED_RESULT;
/* Leaves the mailbox without expunging: UNSELECT, else EXAMINE of a name that can't be (RFC 3691 says why CLOSE is wrong).
 * Resolves to TRUE; at once when nothing is selected. */
DexFuture             *barua_imap_session_unselect         (BaruaImapSession     *self,
                                                            BaruaScope           *scope) G_GNUC_WARN_UNUSED_RESULT;
/* Raw name of the selected mailbox (from the SELECT's OK on), or NULL. Borrowed. */
const char            *barua_imap_session_get_mailbox      (BaruaImapSession     *self);
/* Messages in the selected mailbox, by the latest EXISTS, EXPUNGE and VANISHED. */
guint32                barua_imap_session_get_exists       (BaruaImapSession     *self);
/* How many of its message numbers have a known UID. When all do, no removal can be missed in this session. */
guint32                barua_imap_session_get_n_mapped     (BaruaImapSession     *self);

/* All folders of the account with their state: one LIST where LIST-STATUS is there and trusted, else LIST (or XLIST) and,
 * when @status is not 0, STATUS of each selectable folder in pipelined batches; a BAD steps down, as far as plain LIST. Items
 * that the server lacks are left out. Doubled names are merged. Resolves to a GPtrArray of BaruaImapFolder
 * (dex_await_boxed(), G_TYPE_PTR_ARRAY, elements owned). */
DexFuture             *barua_imap_session_list             (BaruaImapSession     *self,
                                                            BaruaImapStatusItems  status,
                                                            BaruaScope           *scope) G_GNUC_WARN_UNUSED_RESULT;
/* STATUS of each of @mailboxes (raw names), pipelined. The selected one is left out unless the quirks allow it. A mailbox that
 * refuses is missing in the result: same type as barua_imap_session_list(), without attributes. */
DexFuture             *barua_imap_session_status           (BaruaImapSession     *self,
                                                            const char * const   *mailboxes,
                                                            BaruaImapStatusItems  status,
                                                            BaruaScope           *scope) G_GNUC_WARN_UNUSED_RESULT;
/* The prefix ("INBOX.", raw) that new folders of one's own need, "" when none (dex_await_string()). */
DexFuture             *barua_imap_session_namespace        (BaruaImapSession     *self,
                                                            BaruaScope           *scope) G_GNUC_WARN_UNUSED_RESULT;

/* Watching ---------------------------------------------------------------------------------------------------------- */

/* While on, and whenever no command is waiting, the session is in IDLE on the selected mailbox, renews it in time, and turns
 * what comes into events. A command ends the IDLE and is sent at once; IDLE is taken up again after it. Without IDLE it asks
 * with NOOP every BARUA_TIMEOUT_POLL_SECONDS. */
void                   barua_imap_session_set_watching     (BaruaImapSession     *self,
                                                            gboolean              watching);
gboolean               barua_imap_session_is_idling        (BaruaImapSession     *self);
/* NOTIFY for the selected mailbox and all personal ones (RFC 5465); resolves to TRUE when the server will tell, FALSE when it
 * can't or would not: poll then. IDLE goes on beside it: Dovecot tells of the selected mailbox 0.4 s earlier then. */
DexFuture             *barua_imap_session_notify           (BaruaImapSession     *self,
                                                            BaruaScope           *scope) G_GNUC_WARN_UNUSED_RESULT;

/* "authenticated", for logs. */
const char            *barua_imap_state_get_name           (BaruaImapState        state);

G_END_DECLS
