/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-imap-command.h"
#include "barua-imap-response.h"

G_BEGIN_DECLS

/* One side of an IMAP conversation without its socket: commands and the server's bytes go in, events and bytes to be sent
 * come out. Gives tags, waits for "+" before synchronising literals, runs AUTHENTICATE and IDLE, stops at STARTTLS and
 * COMPRESS. Never blocks, never logs; one thread at a time.
 *
 *   feed() what was read, then next() until it says NEED_INPUT or PAUSED; send what take_output() gives, after every
 *   next(), enqueue() and reply, until it gives NULL.
 *
 * What breaks the protocol (a tagged answer nobody waits for, "+" unasked, a second greeting) is an ERROR, final: close the
 * connection.
 */
typedef struct _BaruaImapFlow BaruaImapFlow;

typedef enum
{
  BARUA_IMAP_FLOW_ERROR = -1,     /* event->error; next() keeps saying so */
  BARUA_IMAP_FLOW_NEED_INPUT = 0,
  BARUA_IMAP_FLOW_PAUSED,         /* after STARTTLS or COMPRESS until barua_imap_flow_resume() */
  BARUA_IMAP_FLOW_GREETING,       /* event->response: STATUS with OK, PREAUTH or BYE; the first event of all */
  BARUA_IMAP_FLOW_DATA,           /* untagged: event->response */
  BARUA_IMAP_FLOW_DONE,           /* a command got its tagged answer: event->command, event->response (TAGGED) */
  BARUA_IMAP_FLOW_CHALLENGE,      /* AUTHENTICATE: event->bytes is the decoded challenge (data NULL: none, or not
                                   * base64); answer it */
  BARUA_IMAP_FLOW_IDLING,         /* IDLE was accepted */
  BARUA_IMAP_FLOW_LITERAL_BEGIN,  /* event->literal */
  BARUA_IMAP_FLOW_LITERAL_CHUNK,  /* event->bytes */
  BARUA_IMAP_FLOW_LITERAL_END     /* event->literal; the FETCH itself comes as DATA later */
} BaruaImapFlowEventType;

typedef struct
{
  BaruaImapFlowEventType   type;
  guint64                  command;   /* id of the command (DONE, CHALLENGE, IDLING), 0 else */
  gpointer                 user_data; /* of that command */
  const BaruaImapResponse *response;  /* borrowed until the flow is fed or asked for the next event, likewise below */
  const BaruaImapLiteral  *literal;
  BaruaImapSlice           bytes;
  const GError            *error;     /* BARUA_ERROR_PROTOCOL, _LIMIT or _TAMPERED */
} BaruaImapFlowEvent;

/* Waits for a greeting first. */
BaruaImapFlow         *barua_imap_flow_new           (void);
void                   barua_imap_flow_free          (BaruaImapFlow      *self);

/* Commands that may be unanswered at once (BARUA_PIPELINE_COMMANDS by default; at least 1). */
void                   barua_imap_flow_set_pipeline  (BaruaImapFlow      *self,
                                                      guint               commands);
/* See barua_imap_parser_set_stream(). */
void                   barua_imap_flow_set_stream    (BaruaImapFlow      *self,
                                                      gsize               bytes);

/* Takes @command; gives its id, never 0. @user_data is handed back with its events; what it points to is the caller's.
 * AUTHENTICATE, STARTTLS, COMPRESS, LOGOUT and IDLE wait until all before them are answered, and hold back what comes
 * after; IDLE does so until idle_done(). Nothing is sent before the greeting. */
guint64                barua_imap_flow_enqueue       (BaruaImapFlow      *self,
                                                      BaruaImapCommand   *command,
                                                      gpointer            user_data);
/* Takes a command back of which no byte has left; FALSE when it is too late. */
gboolean               barua_imap_flow_withdraw      (BaruaImapFlow      *self,
                                                      guint64             command);
guint                  barua_imap_flow_get_n_waiting (BaruaImapFlow      *self); /* not begun to be sent */
guint                  barua_imap_flow_get_n_sent    (BaruaImapFlow      *self); /* sent at least in part, unanswered */

/* What is to be sent now, owned by the caller, at most 64 KiB a piece; NULL when there is nothing. Counts as sent. */
GBytes                *barua_imap_flow_take_output   (BaruaImapFlow      *self);
gboolean               barua_imap_flow_has_output    (BaruaImapFlow      *self);

/* Copies the bytes. */
void                   barua_imap_flow_feed          (BaruaImapFlow      *self,
                                                      const void         *data,
                                                      gsize               length);
BaruaImapFlowEventType barua_imap_flow_next          (BaruaImapFlow      *self,
                                                      BaruaImapFlowEvent *event);

/* Ends IDLE: "DONE" goes out as soon as the server accepted the IDLE; an IDLE not begun yet is still sent and ended.
 * FALSE when no IDLE is queued or running. */
gboolean               barua_imap_flow_idle_done     (BaruaImapFlow      *self);
gboolean               barua_imap_flow_is_idling     (BaruaImapFlow      *self);

/* The answer to a CHALLENGE; base64 is made here. FALSE when none is asked for. */
gboolean               barua_imap_flow_auth_reply    (BaruaImapFlow      *self,
                                                      const void         *data,
                                                      gsize               length);
/* "*": gives up; the tagged BAD follows. */
gboolean               barua_imap_flow_auth_cancel   (BaruaImapFlow      *self);

/* In PAUSED: how many bytes came behind the tagged OK. After STARTTLS any is an attack: close (or give up) the connection.
 * After COMPRESS they are the first compressed bytes: take them, inflate them, feed them after resume(). */
gsize                  barua_imap_flow_get_leftover  (BaruaImapFlow      *self);
GBytes                *barua_imap_flow_take_leftover (BaruaImapFlow      *self);
/* Goes on on the new layer. Leftover bytes that were not taken are an ERROR (BARUA_ERROR_TAMPERED). */
void                   barua_imap_flow_resume        (BaruaImapFlow      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaImapFlow, barua_imap_flow_free)

G_END_DECLS
