/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-pool.h"

#include "barua-error.h"
#include "barua-fiber.h"
#include "barua-limits.h"

#include <string.h>

/* Somebody who waits for a session. */
typedef struct
{
  BaruaImapLease lease;
  char          *mailbox;
  DexPromise    *promise;
} Request;

typedef struct
{
  BaruaImapSession *session;
  gboolean          is_leased;
  gboolean          is_ready;
  BaruaImapLease    lease;
} Member;

struct _BaruaImapPool
{
  GObject              parent_instance;

  BaruaImapConfig     *config;
  BaruaOnline         *online;
  BaruaClock          *clock;
  BaruaScope          *scope;
  BaruaImapPoolStatus  status;
  GError              *error;
  gint64               next_try;
  gint64               hold_until_us; /* of the clock */
  BaruaBackoff         backoff;
  gboolean             patient;
  gboolean             is_stopped;
  gboolean             is_closed;
  gboolean             is_running;    /* the connecting fiber */
  DexPromise          *hurry;         /* resolved to cut a waiting time short */
  GPtrArray           *members;
  GQueue               requests;
  guint                changed_id;
  guint                trim_id;
  const BaruaImapQuirks *quirks;      /* of the last session */
  guint64              past_in;
  guint64              past_out;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaImapPool, barua_imap_pool, G_TYPE_OBJECT)

static void serve (BaruaImapPool *self);

static void
request_free (gpointer data)
{
  Request *request = data;

  dex_clear (&request->promise);
  g_free (request->mailbox);
  g_free (request);
}

static void
member_free (gpointer data)
{
  Member *member = data;

  barua_imap_session_close (member->session);
  g_object_unref (member->session);
  g_free (member);
}

static gboolean
on_changed (gpointer data)
{
  BaruaImapPool *self = data;

  self->changed_id = 0;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

static void
set_status (BaruaImapPool      *self,
            BaruaImapPoolStatus status,
            const GError       *error,
            gint64              next_try)
{
  g_autoptr(GError) copy = error != NULL ? g_error_copy (error) : NULL;

  self->status = status;
  self->next_try = next_try;
  g_clear_error (&self->error);
  self->error = g_steal_pointer (&copy);
  if (self->changed_id == 0 && !self->is_closed)
    self->changed_id = g_idle_add_full (G_PRIORITY_DEFAULT, on_changed, self, NULL);
}

static void
remove_member (BaruaImapPool *self,
               guint          index)
{
  Member *member = g_ptr_array_index (self->members, index);
  guint64 in = 0;
  guint64 out = 0;

  barua_imap_session_get_traffic (member->session, &in, &out);
  self->past_in += in;
  self->past_out += out;
  g_ptr_array_remove_index (self->members, index);
}

static gboolean
is_dead (Member *member)
{
  return barua_imap_session_get_state (member->session) == BARUA_IMAP_STATE_CLOSED;
}

/* Sessions that died while nobody had them. */
static void
bury (BaruaImapPool *self)
{
  for (guint i = self->members->len; i > 0; i--)
    {
      Member *member = g_ptr_array_index (self->members, i - 1);

      if (is_dead (member) && !member->is_leased && member->is_ready)
        remove_member (self, i - 1);
    }
}

static guint
get_limit (BaruaImapPool *self)
{
  return self->quirks != NULL ? MIN (self->quirks->connections, BARUA_CONNECTIONS_PER_ACCOUNT)
                              : BARUA_CONNECTIONS_PER_ACCOUNT;
}

static gboolean
is_watched (BaruaImapPool *self)
{
  for (guint i = 0; i < self->members->len; i++)
    {
      Member *member = g_ptr_array_index (self->members, i);

      if (member->is_leased && member->lease == BARUA_IMAP_LEASE_WATCH)
        return TRUE;
    }
  return FALSE;
}

static Member *
find_free (BaruaImapPool *self,
           const char    *mailbox)
{
  Member *any = NULL;

  for (guint i = 0; i < self->members->len; i++)
    {
      Member *member = g_ptr_array_index (self->members, i);
      const char *selected;

      if (member->is_leased || !member->is_ready || is_dead (member))
        continue;
      selected = barua_imap_session_get_mailbox (member->session);
      if (mailbox != NULL && selected != NULL && strcmp (selected, mailbox) == 0)
        return member;
      any = any != NULL ? any : member;
    }
  return any;
}

/* Work before background, else in the order of asking. The watching lease is only for one. */
static Request *
find_request (BaruaImapPool *self)
{
  Request *found = NULL;

  for (GList *l = self->requests.head; l != NULL; l = l->next)
    {
      Request *request = l->data;

      if (!dex_future_is_pending (DEX_FUTURE (request->promise)))
        continue;
      if (request->lease == BARUA_IMAP_LEASE_WATCH && is_watched (self))
        continue;
      if (found == NULL || (request->lease == BARUA_IMAP_LEASE_WORK && found->lease == BARUA_IMAP_LEASE_BACKGROUND))
        found = request;
    }
  return found;
}

static void
reject_requests (BaruaImapPool *self,
                 const GError  *error)
{
  Request *request;

  while ((request = g_queue_pop_head (&self->requests)) != NULL)
    {
      if (dex_future_is_pending (DEX_FUTURE (request->promise)))
        dex_promise_reject (request->promise, g_error_copy (error));
      request_free (request);
    }
}

/* Connecting -------------------------------------------------------------------------------------------------------- */

static gboolean
wait_until_sensible (BaruaImapPool *self,
                     GError       **error)
{
  gint64 held_us = self->hold_until_us - barua_clock_get_monotonic_us (self->clock);

  if (held_us > 0)
    {
      set_status (self, BARUA_IMAP_POOL_WAITING, self->error,
                  barua_clock_get_unix_seconds (self->clock) + held_us / G_USEC_PER_SEC);
      if (!barua_scope_await (self->scope, barua_wait_new (barua_clock_scale_ms (self->clock, held_us / 1000)), error))
        return FALSE;
    }
  while (self->online != NULL && !barua_online_get_online (self->online))
    {
      set_status (self, BARUA_IMAP_POOL_OFFLINE, NULL, 0);
      if (!barua_scope_await (self->scope, barua_online_wait (self->online), error))
        return FALSE;
    }
  return TRUE;
}

static Member *
add_member (BaruaImapPool *self)
{
  Member *member = g_new0 (Member, 1);

  member->session = barua_imap_session_new (self->config);
  g_ptr_array_add (self->members, member);
  return member;
}

static void
drop_session (BaruaImapPool    *self,
              BaruaImapSession *session)
{
  for (guint i = 0; i < self->members->len; i++)
    {
      Member *member = g_ptr_array_index (self->members, i);

      if (member->session == session)
        {
          remove_member (self, i);
          return;
        }
    }
}

static Member *
find_member (BaruaImapPool    *self,
             BaruaImapSession *session)
{
  for (guint i = 0; i < self->members->len; i++)
    {
      Member *member = g_ptr_array_index (self->members, i);

      if (member->session == session)
        return member;
    }
  return NULL;
}

/* After a failure: whether to go on, and when. */
static gboolean
recover (BaruaImapPool *self,
         const GError  *failure,
         GError       **error)
{
  BaruaErrorPolicy policy = barua_error_get_policy (failure);
  BaruaBackoff ahead;
  guint ms;

  if (policy == BARUA_POLICY_SIGN_IN || policy == BARUA_POLICY_STOP || policy == BARUA_POLICY_GIVE_UP)
    {
      self->is_stopped = TRUE;
      set_status (self, BARUA_IMAP_POOL_STOPPED, failure, 0);
      reject_requests (self, failure);
      return FALSE;
    }
  if (!self->patient)
    {
      set_status (self, BARUA_IMAP_POOL_WAITING, failure, 0);
      reject_requests (self, failure);
      return FALSE;
    }
  ahead = self->backoff;
  ms = barua_backoff_next_ms (&ahead);
  set_status (self, BARUA_IMAP_POOL_WAITING, failure, barua_clock_get_unix_seconds (self->clock) + ms / 1000);
  dex_clear (&self->hurry);
  self->hurry = dex_promise_new ();
  return barua_scope_await (self->scope,
                            dex_future_first (barua_online_wait_backoff (self->online, &self->backoff, self->clock, NULL),
                                              dex_ref (DEX_FUTURE (self->hurry)), NULL),
                            error);
}

static DexFuture *
connect_fiber (gpointer data)
{
  BaruaImapPool *self = data;
  g_autoptr(GError) error = NULL;

  while (!self->is_closed && !self->is_stopped && find_request (self) != NULL && find_free (self, NULL) == NULL)
    {
      g_autoptr(BaruaImapSession) session = NULL;
      g_autoptr(GError) failure = NULL;
      Member *member;

      bury (self);
      if (self->members->len >= get_limit (self))
        break; /* whoever returns one serves the next */
      if (!wait_until_sensible (self, &error))
        break;
      set_status (self, BARUA_IMAP_POOL_CONNECTING, self->error, 0);
      session = g_object_ref (add_member (self)->session);
      if (dex_await (barua_imap_session_connect (session, self->scope), &failure))
        {
          member = find_member (self, session);
          if (member == NULL)
            break;
          member->is_ready = TRUE;
          self->quirks = barua_imap_session_get_quirks (session);
          barua_backoff_reset (&self->backoff);
          set_status (self, BARUA_IMAP_POOL_CONNECTED, NULL, 0);
          serve (self);
          continue;
        }
      drop_session (self, session);
      if (self->is_closed || !recover (self, failure, &error))
        break;
    }
  self->is_running = FALSE;
  return dex_future_new_true ();
}

static gboolean
on_trim (gpointer data)
{
  BaruaImapPool *self = data;
  guint n_free = 0;

  self->trim_id = 0;
  for (guint i = self->members->len; i > 0; i--)
    {
      Member *member = g_ptr_array_index (self->members, i - 1);

      if (!member->is_leased && member->is_ready && (n_free++ > 0 || self->members->len > 1))
        remove_member (self, i - 1);
    }
  return G_SOURCE_REMOVE;
}

static void
plan_trim (BaruaImapPool *self)
{
  guint ms = barua_clock_scale_ms (self->clock, BARUA_TIMEOUT_SPARE_CONNECTION_SECONDS * 1000);

  g_clear_handle_id (&self->trim_id, g_source_remove);
  self->trim_id = g_timeout_add (ms, on_trim, self);
}

/* Gives what is free to who waits; connects when that is not enough. */
static void
serve (BaruaImapPool *self)
{
  Request *request;
  Member *member;

  if (self->is_closed)
    return;
  bury (self);
  while ((request = find_request (self)) != NULL && (member = find_free (self, request->mailbox)) != NULL)
    {
      g_queue_remove (&self->requests, request);
      member->is_leased = TRUE;
      member->lease = request->lease;
      dex_promise_resolve_object (request->promise, g_object_ref (member->session));
      request_free (request);
    }
  if (request == NULL)
    {
      if (self->members->len == 0 && !self->is_running && !self->is_stopped)
        set_status (self, BARUA_IMAP_POOL_RESTING, self->error, 0);
      plan_trim (self);
      return;
    }
  if (self->is_stopped)
    {
      g_autoptr(GError) why = self->error != NULL
                                ? g_error_copy (self->error)
                                : g_error_new_literal (BARUA_ERROR, BARUA_ERROR_INTERNAL, "the account was stopped");

      reject_requests (self, why);
      return;
    }
  if (self->is_running || self->members->len >= get_limit (self))
    return;
  self->is_running = TRUE;
  barua_fiber_spawn ("IMAP pool", connect_fiber, g_object_ref (self), g_object_unref);
}

/* Public ------------------------------------------------------------------------------------------------------------ */

typedef struct
{
  BaruaImapPool *pool;
  DexPromise    *promise;
} Waiting;

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  g_object_unref (waiting->pool);
  dex_clear (&waiting->promise);
  g_free (waiting);
}

/* The caller's scope was cancelled, or it was served. A session that came too late goes back. */
static DexFuture *
on_wait_over (DexFuture *future,
              gpointer   data)
{
  Waiting *waiting = data;
  BaruaImapPool *self = waiting->pool;
  const GValue *value;

  if (dex_future_is_resolved (future))
    return dex_ref (future);
  for (GList *l = self->requests.head; l != NULL; l = l->next)
    {
      Request *request = l->data;

      if (request->promise == waiting->promise)
        {
          g_queue_delete_link (&self->requests, l);
          request_free (request);
          return dex_ref (future);
        }
    }
  value = dex_future_is_resolved (DEX_FUTURE (waiting->promise)) ? dex_future_get_value (DEX_FUTURE (waiting->promise), NULL)
                                                                 : NULL;
  if (value != NULL)
    barua_imap_pool_return (self, g_value_get_object (value));
  return dex_ref (future);
}

DexFuture *
barua_imap_pool_lease (BaruaImapPool *self,
                       BaruaImapLease lease,
                       const char    *mailbox,
                       BaruaScope    *scope)
{
  Request *request;
  Waiting *waiting;
  DexFuture *future;

  if (self->is_closed)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_CANCELLED, "the connections were closed");
  request = g_new0 (Request, 1);
  request->lease = lease;
  request->mailbox = g_strdup (mailbox);
  request->promise = dex_promise_new ();
  waiting = g_new0 (Waiting, 1);
  waiting->pool = g_object_ref (self);
  waiting->promise = dex_ref (request->promise);
  future = dex_ref (DEX_FUTURE (request->promise));
  g_queue_push_tail (&self->requests, request);
  serve (self);
  return dex_future_finally (barua_scope_first (scope, future), on_wait_over, waiting, waiting_free);
}

void
barua_imap_pool_return (BaruaImapPool    *self,
                        BaruaImapSession *session)
{
  Member *member = find_member (self, session);

  barua_imap_session_set_events (session, NULL, NULL);
  if (barua_imap_session_get_state (session) != BARUA_IMAP_STATE_CLOSED)
    barua_imap_session_set_watching (session, FALSE);
  if (member == NULL || !member->is_leased)
    return;
  member->is_leased = FALSE;
  if (is_dead (member))
    {
      const GError *why = barua_imap_session_get_error (session);

      if (why != NULL && !g_error_matches (why, BARUA_ERROR, BARUA_ERROR_CANCELLED))
        set_status (self, self->status, why, 0);
    }
  serve (self);
}

void
barua_imap_pool_set_patient (BaruaImapPool *self,
                             gboolean       patient)
{
  self->patient = patient;
}

void
barua_imap_pool_retry (BaruaImapPool *self)
{
  self->is_stopped = FALSE;
  barua_backoff_reset (&self->backoff);
  if (self->hurry != NULL && dex_future_is_pending (DEX_FUTURE (self->hurry)))
    dex_promise_resolve_boolean (self->hurry, TRUE);
  serve (self);
}

void
barua_imap_pool_hold (BaruaImapPool *self,
                      guint          ms)
{
  gint64 until = barua_clock_get_monotonic_us (self->clock) + (gint64) MIN (ms, (guint) BARUA_LIMIT_SERVER_BACKOFF_MS) * 1000;

  self->hold_until_us = MAX (self->hold_until_us, until);
}

/* Connections of before a sleep or of another network look alive for minutes: they are closed, and whoever leased one learns
 * it as a lost connection. */
static void
on_resumed (BaruaImapPool *self)
{
  g_autoptr(GPtrArray) sessions = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->members->len; i++)
    {
      Member *member = g_ptr_array_index (self->members, i);

      if (member->is_ready)
        g_ptr_array_add (sessions, g_object_ref (member->session));
    }
  for (guint i = 0; i < sessions->len; i++)
    barua_imap_session_close (g_ptr_array_index (sessions, i));
  barua_backoff_reset (&self->backoff);
  serve (self);
}

static void
on_online_changed (BaruaImapPool *self)
{
  if (barua_online_get_online (self->online))
    serve (self);
  else
    {
      set_status (self, BARUA_IMAP_POOL_OFFLINE, NULL, 0);
      on_resumed (self);
    }
}

void
barua_imap_pool_close (BaruaImapPool *self)
{
  g_autoptr(GError) why = g_error_new_literal (BARUA_ERROR, BARUA_ERROR_CANCELLED, "the connections were closed");

  if (self->is_closed)
    return;
  self->is_closed = TRUE;
  g_clear_handle_id (&self->changed_id, g_source_remove);
  g_clear_handle_id (&self->trim_id, g_source_remove);
  reject_requests (self, why);
  barua_scope_cancel (self->scope);
  while (self->members->len > 0)
    remove_member (self, self->members->len - 1);
  set_status (self, BARUA_IMAP_POOL_RESTING, NULL, 0);
}

BaruaImapPoolStatus
barua_imap_pool_get_status (BaruaImapPool *self)
{
  return self->status;
}

const GError *
barua_imap_pool_get_error (BaruaImapPool *self)
{
  return self->error;
}

gint64
barua_imap_pool_get_next_try (BaruaImapPool *self)
{
  return self->next_try;
}

guint
barua_imap_pool_get_n_open (BaruaImapPool *self)
{
  guint n = 0;

  for (guint i = 0; i < self->members->len; i++)
    {
      Member *member = g_ptr_array_index (self->members, i);

      n += member->is_ready && !is_dead (member) ? 1 : 0;
    }
  return n;
}

void
barua_imap_pool_get_traffic (BaruaImapPool *self,
                             guint64       *bytes_in,
                             guint64       *bytes_out)
{
  *bytes_in = self->past_in;
  *bytes_out = self->past_out;
  for (guint i = 0; i < self->members->len; i++)
    {
      Member *member = g_ptr_array_index (self->members, i);
      guint64 in = 0;
      guint64 out = 0;

      barua_imap_session_get_traffic (member->session, &in, &out);
      *bytes_in += in;
      *bytes_out += out;
    }
}

static void
barua_imap_pool_dispose (GObject *object)
{
  barua_imap_pool_close (BARUA_IMAP_POOL (object));
  G_OBJECT_CLASS (barua_imap_pool_parent_class)->dispose (object);
}

static void
barua_imap_pool_finalize (GObject *object)
{
  BaruaImapPool *self = BARUA_IMAP_POOL (object);

  g_ptr_array_unref (self->members);
  g_clear_object (&self->online);
  g_clear_pointer (&self->clock, barua_clock_unref);
  g_clear_pointer (&self->scope, barua_scope_unref);
  g_clear_pointer (&self->config, barua_imap_config_unref);
  dex_clear (&self->hurry);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (barua_imap_pool_parent_class)->finalize (object);
}

static void
barua_imap_pool_class_init (BaruaImapPoolClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = barua_imap_pool_dispose;
  G_OBJECT_CLASS (klass)->finalize = barua_imap_pool_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
barua_imap_pool_init (BaruaImapPool *self)
{
  self->patient = TRUE;
  self->scope = barua_scope_new (NULL);
  self->members = g_ptr_array_new_with_free_func (member_free);
  g_queue_init (&self->requests);
}

BaruaImapPool *
barua_imap_pool_new (BaruaImapConfig *config,
                     BaruaOnline     *online,
                     BaruaClock      *clock)
{
  BaruaImapPool *self = g_object_new (BARUA_TYPE_IMAP_POOL, NULL);

  self->config = barua_imap_config_ref (config);
  self->clock = barua_clock_ref (clock);
  if (online != NULL)
    {
      self->online = g_object_ref (online);
      g_signal_connect_object (online, "resumed", G_CALLBACK (on_resumed), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (online, "changed", G_CALLBACK (on_online_changed), self, G_CONNECT_SWAPPED);
    }
  return self;
}
