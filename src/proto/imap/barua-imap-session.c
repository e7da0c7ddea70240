/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-session-private.h"

#include "barua-error.h"
#include "barua-limits.h"

G_DEFINE_FINAL_TYPE (BaruaImapSession, barua_imap_session, G_TYPE_OBJECT)

const char *
barua_imap_state_get_name (BaruaImapState state)
{
  static const char * const names[] = {
    [BARUA_IMAP_STATE_NEW] = "new",
    [BARUA_IMAP_STATE_CONNECTING] = "connecting",
    [BARUA_IMAP_STATE_GREETING] = "greeting",
    [BARUA_IMAP_STATE_SECURING] = "securing",
    [BARUA_IMAP_STATE_SIGNING_IN] = "signing in",
    [BARUA_IMAP_STATE_AUTHENTICATED] = "authenticated",
    [BARUA_IMAP_STATE_SELECTED] = "selected",
    [BARUA_IMAP_STATE_CLOSED] = "closed",
  };

  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (names), NULL);
  return names[state];
}

void
barua_imap_session_set_state (BaruaImapSession *self,
                              BaruaImapState    state)
{
  /* Closed is for good: a step of the connecting fiber may come too late. */
  if (self->state == state || self->state == BARUA_IMAP_STATE_CLOSED)
    return;
  g_debug ("%s: %s -> %s", self->config->name, barua_imap_state_get_name (self->state), barua_imap_state_get_name (state));
  if (state == BARUA_IMAP_STATE_GREETING)
    self->connected_us = g_get_monotonic_time ();
  if (state == BARUA_IMAP_STATE_AUTHENTICATED && self->signed_in_us == 0)
    self->signed_in_us = g_get_monotonic_time ();
  self->state = state;
}

/* The end ----------------------------------------------------------------------------------------------------------- */

static void
drop_timers (BaruaImapSession *self)
{
  g_clear_handle_id (&self->read_timer, g_source_remove);
  g_clear_handle_id (&self->idle_timer, g_source_remove);
}

void
barua_imap_session_fail (BaruaImapSession *self,
                         GError           *error)
{
  g_autoptr(BaruaImapSession) alive = g_object_ref (self);
  g_autoptr(GError) reason = error;
  BaruaImapPending *pending;
  BaruaImapEvent event = { .type = BARUA_IMAP_EVENT_CLOSED, .error = reason };

  if (self->state == BARUA_IMAP_STATE_CLOSED)
    return;
  g_debug ("%s: %s", self->config->name, reason->message);
  self->error = g_error_copy (reason);
  barua_imap_session_set_state (self, BARUA_IMAP_STATE_CLOSED);
  drop_timers (self);
  self->is_idling = FALSE;
  self->idle = NULL;
  if (self->stream != NULL)
    barua_stream_close (self->stream);
  if (self->greeting != NULL && dex_future_is_pending (DEX_FUTURE (self->greeting)))
    dex_promise_reject (self->greeting, g_error_copy (reason));
  while ((pending = g_queue_peek_head (&self->pendings)) != NULL)
    barua_imap_pending_lost (self, pending, reason);
  if (self->connecting != NULL)
    barua_scope_cancel (self->connecting);
  barua_imap_session_emit (self, &event);
}

void
barua_imap_session_close (BaruaImapSession *self)
{
  if (self->state == BARUA_IMAP_STATE_CLOSED)
    return;
  /* Politeness only: nobody waits for the answer. Behind commands under way it would come too late anyway. */
  if (self->state >= BARUA_IMAP_STATE_AUTHENTICATED && g_queue_is_empty (&self->pendings))
    {
      barua_imap_flow_enqueue (self->flow, barua_imap_command_logout (), NULL);
      barua_imap_session_flush (self);
    }
  barua_imap_session_fail (self, g_error_new_literal (BARUA_ERROR, BARUA_ERROR_CANCELLED, "the session was closed"));
}

/* Time-outs --------------------------------------------------------------------------------------------------------- */

static gboolean on_read_timer (gpointer data);

/* An answer is due: not while the server may be silent (IDLE) or we hold it back. */
static gboolean
is_waiting (BaruaImapSession *self)
{
  return !g_queue_is_empty (&self->pendings) && !self->is_idling && self->pauses == 0 &&
         self->state != BARUA_IMAP_STATE_SECURING;
}

static gint64
get_patience_us (BaruaImapSession *self)
{
  BaruaImapPending *oldest = g_queue_peek_head (&self->pendings);
  gint64 patience = (gint64) self->config->timeouts.read_ms * 1000;

  if (oldest != NULL && (oldest->group->flags & BARUA_IMAP_RUN_SLOW) != 0)
    patience *= BARUA_IMAP_SLOW_FACTOR;
  return patience;
}

static gint64
get_deadline_us (BaruaImapSession *self)
{
  BaruaImapPending *oldest = g_queue_peek_head (&self->pendings);
  gint64 since = MAX (self->alive_us, barua_stream_get_last_read_us (self->stream));

  if (oldest != NULL)
    since = MAX (since, oldest->since_us);
  return since + get_patience_us (self);
}

static void
arm_read_timer (BaruaImapSession *self)
{
  gint64 wait_us;

  if (self->read_timer != 0 || self->state == BARUA_IMAP_STATE_CLOSED || !is_waiting (self))
    return;
  wait_us = get_deadline_us (self) - g_get_monotonic_time ();
  self->read_timer = g_timeout_add ((guint) (MAX (wait_us, 0) / 1000) + 1, on_read_timer, self);
}

static gboolean
on_read_timer (gpointer data)
{
  BaruaImapSession *self = data;
  BaruaImapPending *oldest = g_queue_peek_head (&self->pendings);
  guint64 out = barua_stream_get_bytes_out (self->stream);

  self->read_timer = 0;
  if (!is_waiting (self))
    return G_SOURCE_REMOVE;
  if (out != self->bytes_out_seen)
    {
      /* A large APPEND goes up: that is a sign of life too. */
      self->bytes_out_seen = out;
      self->alive_us = g_get_monotonic_time ();
    }
  if (g_get_monotonic_time () >= get_deadline_us (self))
    {
      barua_imap_session_fail (self, g_error_new (BARUA_ERROR, BARUA_ERROR_TIMEOUT, "%s: no answer to %s in time",
                                                  self->config->name, oldest->name));
      return G_SOURCE_REMOVE;
    }
  arm_read_timer (self);
  return G_SOURCE_REMOVE;
}

/* Something began to wait, or may wait again. */
void
barua_imap_session_touch (BaruaImapSession *self)
{
  self->alive_us = g_get_monotonic_time ();
  if (self->stream != NULL)
    arm_read_timer (self);
}

/* Bytes ------------------------------------------------------------------------------------------------------------- */

void
barua_imap_session_flush (BaruaImapSession *self)
{
  GBytes *output;

  if (self->stream == NULL)
    return;
  while ((output = barua_imap_flow_take_output (self->flow)) != NULL)
    {
      barua_stream_write (self->stream, output);
      g_bytes_unref (output);
    }
}

static void
on_greeting (BaruaImapSession       *self,
             const BaruaImapResponse *response)
{
  const BaruaImapStatus *status = &response->status;
  gboolean secure = barua_stream_is_secure (self->stream);

  if (self->greeting == NULL || !dex_future_is_pending (DEX_FUTURE (self->greeting)))
    return;
  if (status->condition == BARUA_IMAP_OK)
    {
      self->greeting_text = barua_imap_slice_dup_text (status->text);
      /* Before TLS nothing the server says is believed. */
      if (secure && status->code == BARUA_IMAP_CODE_CAPABILITY)
        barua_imap_session_take_capabilities (self, status->capabilities);
      dex_promise_resolve_boolean (self->greeting, TRUE);
      return;
    }
  /* Text from before TLS may be anybody's: it is not repeated. Barua has no client certificates, so nobody can have signed
   * it in beforehand (THREATS T-02). */
  if (status->condition == BARUA_IMAP_PREAUTH)
    barua_imap_session_fail (self, g_error_new (BARUA_ERROR, BARUA_ERROR_TAMPERED,
                                                "%s: the server claims that somebody is signed in already",
                                                self->config->name));
  else if (secure)
    barua_imap_session_fail (self, barua_imap_status_to_error (status));
  else
    barua_imap_session_fail (self, g_error_new (BARUA_ERROR, BARUA_ERROR_REFUSED, "%s: the server turned us away",
                                                self->config->name));
}

/* STARTTLS and COMPRESS were accepted: the layer changes here, in the same turn, before another byte is read. */
static void
on_paused (BaruaImapSession *self)
{
  if (self->state == BARUA_IMAP_STATE_SECURING)
    {
      if (self->securing != NULL)
        return;
      if (barua_imap_flow_get_leftover (self->flow) > 0)
        {
          barua_imap_session_fail (self, g_error_new (BARUA_ERROR, BARUA_ERROR_TAMPERED,
                                                      "%s: bytes were slipped in before the secure connection",
                                                      self->config->name));
          return;
        }
      self->securing = barua_stream_start_tls (self->stream, self->config->endpoint, "imap", self->config->timeouts.tls_ms,
                                               self->connecting);
      return;
    }
  if (!barua_stream_is_deflated (self->stream))
    {
      g_autoptr(GBytes) leftover = barua_imap_flow_take_leftover (self->flow);

      barua_stream_start_deflate (self->stream, leftover, 0);
    }
  barua_imap_flow_resume (self->flow);
  barua_imap_session_flush (self);
}

static gboolean
process_event (BaruaImapSession         *self,
               BaruaImapFlowEventType    type,
               const BaruaImapFlowEvent *event)
{
  switch (type)
    {
    case BARUA_IMAP_FLOW_DATA:
      barua_imap_session_handle_data (self, event->response);
      return TRUE;
    case BARUA_IMAP_FLOW_LITERAL_BEGIN:
    case BARUA_IMAP_FLOW_LITERAL_CHUNK:
    case BARUA_IMAP_FLOW_LITERAL_END:
      barua_imap_session_handle_literal (self, event);
      return TRUE;
    case BARUA_IMAP_FLOW_GREETING:
      on_greeting (self, event->response);
      break;
    case BARUA_IMAP_FLOW_DONE:
      if (event->user_data != NULL)
        barua_imap_pending_done (self, event->user_data, &event->response->status);
      break;
    case BARUA_IMAP_FLOW_CHALLENGE:
      barua_imap_session_on_challenge (self, event->user_data, event->bytes);
      break;
    case BARUA_IMAP_FLOW_IDLING:
      barua_imap_session_on_idling (self);
      break;
    case BARUA_IMAP_FLOW_ERROR:
      barua_imap_session_fail (self, g_error_copy (event->error));
      return FALSE;
    case BARUA_IMAP_FLOW_PAUSED:
      on_paused (self);
      /* After COMPRESS the flow goes on by itself; after STARTTLS when the handshake is done. */
      return self->state != BARUA_IMAP_STATE_SECURING;
    case BARUA_IMAP_FLOW_NEED_INPUT:
    default:
      return FALSE;
    }
  barua_imap_session_flush (self);
  return TRUE;
}

void
barua_imap_session_process (BaruaImapSession *self)
{
  g_autoptr(BaruaImapSession) alive = g_object_ref (self);
  BaruaImapFlowEvent event;

  if (self->in_process)
    return;
  self->in_process = TRUE;
  while (self->state != BARUA_IMAP_STATE_CLOSED &&
         process_event (self, barua_imap_flow_next (self->flow, &event), &event))
    ;
  self->in_process = FALSE;
  if (self->state == BARUA_IMAP_STATE_CLOSED)
    return;
  barua_imap_session_flush (self);
  arm_read_timer (self);
}

static void
on_read (BaruaStream *stream,
         const void  *data,
         gsize        length,
         gpointer     user_data)
{
  BaruaImapSession *self = user_data;

  barua_imap_flow_feed (self->flow, data, length);
  barua_imap_session_process (self);
}

static void
on_stream_closed (BaruaStream  *stream,
                  const GError *error,
                  gpointer      user_data)
{
  BaruaImapSession *self = user_data;
  GError *copy = g_error_copy (error);

  barua_error_prefix (&copy, self->config->name);
  barua_imap_session_fail (self, copy);
}

void
barua_imap_session_attach (BaruaImapSession *self,
                           BaruaStream      *stream)
{
  self->stream = stream;
  self->greeting = dex_promise_new ();
  barua_imap_session_touch (self);
  barua_stream_start (stream, on_read, on_stream_closed, self);
}

void
barua_imap_session_pause (BaruaImapSession *self)
{
  self->pauses++;
  if (self->stream != NULL)
    barua_stream_pause (self->stream);
}

void
barua_imap_session_resume (BaruaImapSession *self)
{
  g_return_if_fail (self->pauses > 0);
  self->pauses--;
  if (self->stream != NULL)
    barua_stream_resume (self->stream);
  barua_imap_session_touch (self);
}

/* Events and properties --------------------------------------------------------------------------------------------- */

void
barua_imap_session_emit (BaruaImapSession *self,
                         BaruaImapEvent   *event)
{
  if (self->events != NULL)
    self->events (self, event, self->events_data);
}

void
barua_imap_session_get_times (BaruaImapSession *self,
                              gint64           *connected_us,
                              gint64           *signed_in_us)
{
  *connected_us = self->connected_us;
  *signed_in_us = self->signed_in_us;
}

void
barua_imap_session_set_events (BaruaImapSession  *self,
                               BaruaImapEventFunc func,
                               gpointer           user_data)
{
  self->events = func;
  self->events_data = user_data;
}

BaruaImapState
barua_imap_session_get_state (BaruaImapSession *self)
{
  return self->state;
}

const GError *
barua_imap_session_get_error (BaruaImapSession *self)
{
  return self->error;
}

const BaruaImapQuirks *
barua_imap_session_get_quirks (BaruaImapSession *self)
{
  return self->quirks;
}

const BaruaImapCapabilities *
barua_imap_session_get_capabilities (BaruaImapSession *self)
{
  return self->capabilities;
}

/* What the quirks take away from what is announced. */
static gboolean
is_forbidden (const BaruaImapQuirks *quirks,
              BaruaImapCap           cap)
{
  static const struct
  {
    BaruaImapCap        cap;
    BaruaImapQuirkFlags flag;
  } table[] = {
    { BARUA_IMAP_CAP_LIST_EXTENDED, BARUA_IMAP_QUIRK_NO_LIST_RETURN },
    { BARUA_IMAP_CAP_LIST_STATUS, BARUA_IMAP_QUIRK_NO_LIST_RETURN },
    { BARUA_IMAP_CAP_ESEARCH, BARUA_IMAP_QUIRK_NO_ESEARCH },
    { BARUA_IMAP_CAP_ID, BARUA_IMAP_QUIRK_NO_ID },
    { BARUA_IMAP_CAP_LITERAL_PLUS, BARUA_IMAP_QUIRK_NO_LITERAL_PLUS },
    { BARUA_IMAP_CAP_LITERAL_MINUS, BARUA_IMAP_QUIRK_NO_LITERAL_PLUS },
    { BARUA_IMAP_CAP_QRESYNC, BARUA_IMAP_QUIRK_NO_QRESYNC | BARUA_IMAP_QUIRK_NO_CONDSTORE },
    { BARUA_IMAP_CAP_CONDSTORE, BARUA_IMAP_QUIRK_NO_CONDSTORE },
    { BARUA_IMAP_CAP_IMAP4REV2, BARUA_IMAP_QUIRK_NO_REV2 },
    { BARUA_IMAP_CAP_COMPRESS_DEFLATE, BARUA_IMAP_QUIRK_NO_COMPRESS },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      if (table[i].cap == cap && (quirks->flags & table[i].flag) != 0)
        return TRUE;
    }
  return FALSE;
}

gboolean
barua_imap_session_can (BaruaImapSession *self,
                        BaruaImapCap      cap)
{
  return self->capabilities != NULL && barua_imap_capabilities_has (self->capabilities, cap) &&
         !is_forbidden (self->quirks, cap);
}

gboolean
barua_imap_session_is_enabled (BaruaImapSession *self,
                               BaruaImapCap      cap)
{
  return self->enabled != NULL && barua_imap_capabilities_has (self->enabled, cap);
}

const BaruaImapDialect *
barua_imap_session_get_dialect (BaruaImapSession *self)
{
  return &self->dialect;
}

const char *
barua_imap_session_get_mechanism (BaruaImapSession *self)
{
  return self->mechanism;
}

const char *
barua_imap_session_get_server_name (BaruaImapSession *self)
{
  return self->server_name;
}

void
barua_imap_session_get_traffic (BaruaImapSession *self,
                                guint64          *bytes_in,
                                guint64          *bytes_out)
{
  *bytes_in = self->stream != NULL ? barua_stream_get_bytes_in (self->stream) : 0;
  *bytes_out = self->stream != NULL ? barua_stream_get_bytes_out (self->stream) : 0;
}

static void
barua_imap_session_dispose (GObject *object)
{
  BaruaImapSession *self = BARUA_IMAP_SESSION (object);

  self->events = NULL;
  barua_imap_session_close (self);
  G_OBJECT_CLASS (barua_imap_session_parent_class)->dispose (object);
}

static void
barua_imap_session_finalize (GObject *object)
{
  BaruaImapSession *self = BARUA_IMAP_SESSION (object);

  g_clear_pointer (&self->stream, barua_stream_unref);
  g_clear_pointer (&self->flow, barua_imap_flow_free);
  g_clear_pointer (&self->connecting, barua_scope_unref);
  dex_clear (&self->greeting);
  dex_clear (&self->securing);
  g_clear_pointer (&self->capabilities, barua_imap_capabilities_unref);
  g_clear_pointer (&self->enabled, barua_imap_capabilities_unref);
  barua_imap_msgmap_clear (&self->msgmap);
  g_clear_pointer (&self->config, barua_imap_config_unref);
  g_clear_error (&self->error);
  g_free (self->greeting_text);
  g_free (self->server_name);
  g_free (self->server_id);
  g_free (self->mailbox);
  G_OBJECT_CLASS (barua_imap_session_parent_class)->finalize (object);
}

static void
barua_imap_session_class_init (BaruaImapSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = barua_imap_session_dispose;
  G_OBJECT_CLASS (klass)->finalize = barua_imap_session_finalize;
}

static void
barua_imap_session_init (BaruaImapSession *self)
{
  self->flow = barua_imap_flow_new ();
  self->quirks = barua_imap_quirks_find (NULL, NULL, NULL, NULL);
  g_queue_init (&self->pendings);
  barua_imap_msgmap_init (&self->msgmap);
  barua_imap_dialect_init (&self->dialect, NULL, FALSE);
}

BaruaImapSession *
barua_imap_session_new (BaruaImapConfig *config)
{
  BaruaImapSession *self = g_object_new (BARUA_TYPE_IMAP_SESSION, NULL);

  self->config = barua_imap_config_ref (config);
  return self;
}
