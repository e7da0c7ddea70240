/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-imap-flow.h"
#include "barua-imap-msgmap-private.h"
#include "barua-imap-session.h"
#include "barua-sasl.h"
#include "barua-stream.h"

G_BEGIN_DECLS

typedef struct _BaruaImapGroup BaruaImapGroup;
typedef struct _BaruaImapPending BaruaImapPending;

/* Settles a group: @error is the first failure (owned by the caller of the function) or NULL. */
typedef void (*BaruaImapSettleFunc) (BaruaImapSession *session,
                                     BaruaImapGroup   *group,
                                     const GError     *error);

/* One call of run() or run_all(): one or more commands with one handler and one promise. */
struct _BaruaImapGroup
{
  int                  ref_count;
  BaruaImapSession    *session;  /* NULL once the session is gone */
  BaruaImapRunFlags    flags;
  BaruaImapHandler     handler;
  gpointer             user_data;
  GDestroyNotify       destroy;
  guint                in_call;   /* the handler is running: @user_data may not be freed */
  gboolean             is_abandoned;
  guint                n_left;
  DexPromise          *promise;   /* NULL: nobody waits */
  BaruaImapSettleFunc  settle;
  GPtrArray           *pendings;  /* not owned: those not answered yet */
  /* What came so far. */
  BaruaImapResult     *result;
  GArray              *pairs;     /* BaruaImapUidPair */
  GError              *error;
  /* SELECT */
  BaruaImapSelected   *selected;
  gboolean             is_entered;    /* answers are about the new mailbox from here on */
  gboolean             used_qresync;
  BaruaImapSelectOptions select_options;
  /* AUTHENTICATE */
  BaruaSasl           *sasl;
  GError              *sasl_error;
};

typedef enum
{
  BARUA_IMAP_ASKS_FETCH  = 1 << 0,
  BARUA_IMAP_ASKS_LIST   = 1 << 1,
  BARUA_IMAP_ASKS_STATUS = 1 << 2,
  BARUA_IMAP_ASKS_SELECT = 1 << 3
} BaruaImapAsks;

/* One command that is not answered yet. */
struct _BaruaImapPending
{
  guint64               id;
  const char           *name;
  BaruaImapCommandKind  kind;
  BaruaImapAsks         asks;
  BaruaImapGroup       *group;
  gint64                since_us;
};

struct _BaruaImapSession
{
  GObject                parent_instance;

  BaruaImapConfig       *config;
  BaruaImapState         state;
  gint64                 connected_us;  /* monotonic: when the server could say its first word; 0 before */
  gint64                 signed_in_us;
  GError                *error;
  BaruaStream           *stream;
  BaruaImapFlow         *flow;
  BaruaScope            *connecting;  /* of barua_imap_session_connect(): the caller's, and ends when the session closes */
  gboolean               in_process;

  /* Greeting, TLS and sign-in. */
  DexPromise            *greeting;
  DexFuture             *securing;    /* handshake begun when the OK of STARTTLS was parsed */
  char                  *greeting_text;
  BaruaImapCapabilities *capabilities;
  gboolean               is_capability_fresh; /* announced since the flag was cleared */
  BaruaImapCapabilities *enabled;
  gboolean               is_enabling; /* ENABLE is not answered yet */
  BaruaImapDialect       dialect;
  const BaruaImapQuirks *quirks;
  char                  *server_name;
  char                  *server_id;
  const char            *mechanism;

  /* Commands: the flow holds those to be sent and those that wait; here they stand in one order, oldest first. */
  GQueue                 pendings;
  guint                  read_timer;
  gint64                 alive_us;    /* time-outs count from here */
  guint64                bytes_out_seen;
  guint                  pauses;

  /* The selected mailbox. */
  char                  *mailbox;
  BaruaImapMsgmap        msgmap;

  /* Watching. */
  gboolean               is_watching;
  gboolean               is_notified;  /* NOTIFY is on */
  BaruaImapPending      *idle;         /* the IDLE in the queue, or NULL */
  gboolean               is_idling;    /* accepted, DONE not sent */
  guint                  idle_timer;   /* to begin, to renew, or to ask with NOOP */

  BaruaImapEventFunc     events;
  gpointer               events_data;
  gint64                 last_alert_us;
};

/* session.c */
void            barua_imap_session_set_state     (BaruaImapSession *self,
                                                  BaruaImapState    state);
/* Closes for good with @error (taken): all waiters and the event function learn it. */
void            barua_imap_session_fail          (BaruaImapSession *self,
                                                  GError           *error);
/* Parses what was read, runs handlers, sends what is to be sent. */
void            barua_imap_session_process       (BaruaImapSession *self);
void            barua_imap_session_flush         (BaruaImapSession *self);
void            barua_imap_session_emit          (BaruaImapSession *self,
                                                  BaruaImapEvent   *event);
void            barua_imap_session_attach        (BaruaImapSession *self,
                                                  BaruaStream      *stream);
void            barua_imap_session_touch         (BaruaImapSession *self);

/* commands */
BaruaImapGroup *barua_imap_group_new             (BaruaImapSession *self,
                                                  BaruaImapRunFlags flags,
                                                  const BaruaImapHandler *handler,
                                                  gpointer          user_data,
                                                  GDestroyNotify    destroy);
BaruaImapGroup *barua_imap_group_ref             (BaruaImapGroup   *group);
void            barua_imap_group_unref           (BaruaImapGroup   *group);
/* Enqueues @command (taken). */
void            barua_imap_group_add             (BaruaImapGroup   *group,
                                                  BaruaImapCommand *command);
/* The future of the group, bound to @scope; consumes the caller's reference. */
DexFuture      *barua_imap_group_future          (BaruaImapGroup   *group,
                                                  BaruaScope       *scope);
void            barua_imap_group_abandon         (BaruaImapGroup   *group);
/* Around each call of the handler: @user_data lives until leave(), whatever the handler does. */
void            barua_imap_group_enter           (BaruaImapGroup   *group);
void            barua_imap_group_leave           (BaruaImapGroup   *group);
void            barua_imap_pending_done          (BaruaImapSession *self,
                                                  BaruaImapPending *pending,
                                                  const BaruaImapStatus *status);
void            barua_imap_pending_lost          (BaruaImapSession *self,
                                                  BaruaImapPending *pending,
                                                  const GError     *error);
void            barua_imap_group_collect         (BaruaImapGroup   *group,
                                                  const BaruaImapStatus *status);

/* data */
void            barua_imap_session_handle_data    (BaruaImapSession       *self,
                                                   const BaruaImapResponse *response);
void            barua_imap_session_handle_literal (BaruaImapSession       *self,
                                                   const BaruaImapFlowEvent *event);
void            barua_imap_session_take_capabilities (BaruaImapSession    *self,
                                                   BaruaImapCapabilities  *capabilities);

/* mailbox: watching */
void            barua_imap_session_update_watch   (BaruaImapSession *self,
                                                   guint             delay_ms);
void            barua_imap_session_interrupt_idle (BaruaImapSession *self);
void            barua_imap_session_on_idling      (BaruaImapSession *self);
void            barua_imap_session_on_idle_over   (BaruaImapSession *self);
/* The tagged answer of a SELECT. */
void            barua_imap_session_entered        (BaruaImapSession *self,
                                                   BaruaImapGroup   *group,
                                                   const BaruaImapStatus *status);

/* sign-in: awaits, only in the connect fiber. */
gboolean        barua_imap_session_sign_in        (BaruaImapSession *self,
                                                   BaruaScope       *scope,
                                                   GError          **error);
void            barua_imap_session_on_challenge   (BaruaImapSession *self,
                                                   BaruaImapPending *pending,
                                                   BaruaImapSlice    challenge);
gboolean        barua_imap_session_ask_capabilities (BaruaImapSession *self,
                                                   BaruaScope       *scope,
                                                   GError          **error);

G_END_DECLS
