/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-imap-session.h"
#include "barua-online.h"

G_BEGIN_DECLS

/* The connections of one account: one that watches, some that work. Connects when a session is asked for, comes back after
 * failures with growing waiting times, at once when the network returns or the machine woke up, and stops where trying again
 * can only do harm (password refused, certificate refused). Main thread.
 *
 * Signal: "changed", when the status, error or next try changed; at most once a turn of the main loop. */
#define BARUA_TYPE_IMAP_POOL (barua_imap_pool_get_type ())
G_DECLARE_FINAL_TYPE (BaruaImapPool, barua_imap_pool, BARUA, IMAP_POOL, GObject)

typedef enum
{
  BARUA_IMAP_POOL_RESTING,    /* nobody needs a connection */
  BARUA_IMAP_POOL_OFFLINE,    /* no network */
  BARUA_IMAP_POOL_CONNECTING,
  BARUA_IMAP_POOL_CONNECTED,
  BARUA_IMAP_POOL_WAITING,    /* failed; tries again at get_next_try() */
  BARUA_IMAP_POOL_STOPPED     /* failed; barua_imap_pool_retry() when the person changed something */
} BaruaImapPoolStatus;

typedef enum
{
  BARUA_IMAP_LEASE_WATCH, /* the one connection for IDLE or NOTIFY; a second lease of it waits for its return */
  BARUA_IMAP_LEASE_WORK,  /* the person waits for it: goes before the next */
  BARUA_IMAP_LEASE_BACKGROUND
} BaruaImapLease;

/* @online may be NULL: always online. @clock scales the waiting times. Takes references. */
BaruaImapPool      *barua_imap_pool_new           (BaruaImapConfig *config,
                                                   BaruaOnline     *online,
                                                   BaruaClock      *clock);
/* Resolves to a signed-in BaruaImapSession (dex_await_object()) that is the caller's alone until barua_imap_pool_return().
 * One that has @mailbox (raw name, may be NULL) selected is preferred. Waits for a free one (the fewer of the quirks' and
 * BARUA_CONNECTIONS_PER_ACCOUNT are open), for the network and through failures that pass; rejects only with a failure that
 * stops, or when the scope is cancelled, or, for an impatient pool, with any failure. */
DexFuture          *barua_imap_pool_lease         (BaruaImapPool   *self,
                                                   BaruaImapLease   lease,
                                                   const char      *mailbox,
                                                   BaruaScope      *scope) G_GNUC_WARN_UNUSED_RESULT;
/* Gives it back, closed or not; its event function is removed, watching ends. Consumes nothing: drop your reference. */
void                barua_imap_pool_return        (BaruaImapPool    *self,
                                                   BaruaImapSession *session);
/* Impatient: the first failure is told to who waits (barua-cli sync). */
void                barua_imap_pool_set_patient   (BaruaImapPool   *self,
                                                   gboolean         patient);
/* After BARUA_IMAP_POOL_STOPPED or to cut a waiting time short. */
void                barua_imap_pool_retry         (BaruaImapPool   *self);
/* The server asked for a pause (result->backoff_ms): no new connection before it is over. */
void                barua_imap_pool_hold          (BaruaImapPool   *self,
                                                   guint            ms);
/* Closes all connections; leases that wait are rejected with BARUA_ERROR_CANCELLED. For good. */
void                barua_imap_pool_close         (BaruaImapPool   *self);

BaruaImapPoolStatus barua_imap_pool_get_status    (BaruaImapPool   *self);
const GError       *barua_imap_pool_get_error     (BaruaImapPool   *self); /* the last failure, NULL when connected */
gint64              barua_imap_pool_get_next_try  (BaruaImapPool   *self); /* unix seconds of the clock; 0: none planned */
guint               barua_imap_pool_get_n_open    (BaruaImapPool   *self);
/* Sums over all connections there were. */
void                barua_imap_pool_get_traffic   (BaruaImapPool   *self,
                                                   guint64         *bytes_in,
                                                   guint64         *bytes_out);

G_END_DECLS
