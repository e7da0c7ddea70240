/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From nothing to signed in: one fiber, one early exit a step. */
#include "barua-imap-session-private.h"

#include "barua-error.h"
#include "barua-fiber.h"
#include "config.h"

typedef struct
{
  BaruaImapSession *session;
  BaruaScope       *scope;
} Connect;

static void
connect_free (gpointer data)
{
  Connect *connect = data;

  g_object_unref (connect->session);
  g_clear_pointer (&connect->scope, barua_scope_unref);
  g_free (connect);
}

static gboolean
open_stream (BaruaImapSession *self,
             BaruaScope       *scope,
             GError          **error)
{
  BaruaStream *stream;

  barua_imap_session_set_state (self, BARUA_IMAP_STATE_CONNECTING);
  stream = dex_await_pointer (barua_stream_connect (self->config->endpoint, "imap", &self->config->timeouts, scope), error);
  if (stream == NULL)
    return FALSE;
  if (self->state == BARUA_IMAP_STATE_CLOSED)
    {
      barua_stream_unref (stream);
      g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_CANCELLED, "closed while connecting");
      return FALSE;
    }
  barua_imap_session_set_state (self, BARUA_IMAP_STATE_GREETING);
  barua_imap_session_attach (self, stream);
  return dex_await (barua_scope_first_within (scope, dex_ref (DEX_FUTURE (self->greeting)),
                                              self->config->timeouts.greeting_ms, "greeting"),
                    error);
}

/* STARTTLS is sent whatever is announced: what is announced before TLS is worth nothing (THREATS T-01). */
static gboolean
secure (BaruaImapSession *self,
        BaruaScope       *scope,
        GError          **error)
{
  g_autoptr(GError) refusal = NULL;

  barua_imap_session_set_state (self, BARUA_IMAP_STATE_SECURING);
  if (!dex_await (barua_scope_first_within (scope,
                                            barua_imap_session_run (self, barua_imap_command_starttls (),
                                                                    BARUA_IMAP_RUN_DEFAULT, NULL, NULL, NULL, NULL),
                                            self->config->timeouts.read_ms, "STARTTLS"),
                  &refusal))
    {
      if (self->state == BARUA_IMAP_STATE_CLOSED || g_error_matches (refusal, BARUA_ERROR, BARUA_ERROR_CANCELLED) ||
          g_error_matches (refusal, BARUA_ERROR, BARUA_ERROR_TIMEOUT))
        g_propagate_error (error, g_steal_pointer (&refusal));
      else
        g_set_error (error, BARUA_ERROR, BARUA_ERROR_INSECURE, "%s offers no secure connection",
                     barua_endpoint_get_text (self->config->endpoint));
      return FALSE;
    }
  if (self->state == BARUA_IMAP_STATE_CLOSED || self->securing == NULL)
    {
      g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_TAMPERED, "the secure connection did not begin");
      return FALSE;
    }
  if (!dex_await (dex_ref (self->securing), error))
    return FALSE;
  g_assert (barua_stream_is_secure (self->stream));
  /* All that was heard before is forgotten. */
  g_clear_pointer (&self->capabilities, barua_imap_capabilities_unref);
  g_clear_pointer (&self->greeting_text, g_free);
  barua_imap_session_set_state (self, BARUA_IMAP_STATE_SIGNING_IN);
  barua_imap_flow_resume (self->flow);
  barua_imap_session_process (self);
  return TRUE;
}

static void
find_quirks (BaruaImapSession *self)
{
  if (self->config->quirks != NULL)
    self->quirks = self->config->quirks;
  else
    self->quirks = barua_imap_quirks_find (barua_endpoint_get_host (self->config->endpoint), self->greeting_text,
                                           self->capabilities, self->server_id);
  barua_imap_flow_set_pipeline (self->flow, self->quirks->pipeline);
}

static void
find_dialect (BaruaImapSession *self)
{
  gboolean utf8 = barua_imap_session_is_enabled (self, BARUA_IMAP_CAP_UTF8_ACCEPT) ||
                  barua_imap_session_is_enabled (self, BARUA_IMAP_CAP_IMAP4REV2);

  barua_imap_dialect_init (&self->dialect, self->capabilities, utf8);
  if (barua_imap_quirks_has (self->quirks, BARUA_IMAP_QUIRK_NO_LITERAL_PLUS))
    self->dialect.literals = BARUA_IMAP_LITERALS_SYNC;
  self->dialect.line_bytes = self->quirks->line_bytes;
}

static gboolean
sign_in (BaruaImapSession *self,
         BaruaScope       *scope,
         GError          **error)
{
  barua_imap_session_set_state (self, BARUA_IMAP_STATE_SIGNING_IN);
  if (self->capabilities == NULL && !barua_imap_session_ask_capabilities (self, scope, error))
    return FALSE;
  find_quirks (self);
  find_dialect (self);
  if (!barua_imap_session_sign_in (self, scope, error))
    return FALSE;
  /* What is announced after sign-in is another list (PROTOCOLS 2); most servers send it along. */
  if ((!self->is_capability_fresh || barua_imap_quirks_has (self->quirks, BARUA_IMAP_QUIRK_RECHECK_CAPABILITY)) &&
      !barua_imap_session_ask_capabilities (self, scope, error))
    return FALSE;
  find_quirks (self);
  find_dialect (self);
  barua_imap_session_set_state (self, BARUA_IMAP_STATE_AUTHENTICATED);
  return TRUE;
}

static gboolean
wants_compress (BaruaImapSession *self)
{
  if (!barua_imap_session_can (self, BARUA_IMAP_CAP_COMPRESS_DEFLATE) || self->config->compress == BARUA_COMPRESS_NEVER)
    return FALSE;
  return self->config->compress == BARUA_COMPRESS_ALWAYS || !barua_endpoint_is_loopback (self->config->endpoint);
}

/* One round trip of its own: everything after it is compressed (RFC 4978, 3). A refusal does no harm. */
static gboolean
compress (BaruaImapSession *self,
          BaruaScope       *scope,
          GError          **error)
{
  g_autoptr(BaruaImapResult) result =
    dex_await_boxed (barua_imap_session_run (self, barua_imap_command_compress (), BARUA_IMAP_RUN_ANY_STATUS, NULL, NULL,
                                             NULL, scope),
                     error);

  return result != NULL;
}

static DexFuture *
send_id (BaruaImapSession *self)
{
  static const char * const pairs[] = { "name", "Barua", "version", BARUA_VERSION, NULL };
  BaruaImapCommand *command = barua_imap_command_id (&self->dialect, pairs, NULL);

  return barua_imap_session_run (self, command, BARUA_IMAP_RUN_ANY_STATUS, NULL, NULL, NULL, NULL);
}

static DexFuture *
on_enabled (DexFuture *future,
            gpointer   data)
{
  BaruaImapSession *self = data;

  self->is_enabling = FALSE;
  find_dialect (self);
  return dex_ref (future);
}

/* Resolves at once where there is nothing to enable. */
static DexFuture *
send_enable (BaruaImapSession *self)
{
  const char *words[4] = { NULL };
  guint n = 0;
  BaruaImapCommand *command;

  if (!barua_imap_session_can (self, BARUA_IMAP_CAP_ENABLE))
    return dex_future_new_true ();
  if (barua_imap_session_can (self, BARUA_IMAP_CAP_QRESYNC))
    words[n++] = "QRESYNC";
  if (barua_imap_session_can (self, BARUA_IMAP_CAP_CONDSTORE) || n > 0)
    words[n++] = "CONDSTORE";
  if (barua_imap_session_can (self, BARUA_IMAP_CAP_UTF8_ACCEPT) || barua_imap_session_can (self, BARUA_IMAP_CAP_UTF8_ONLY))
    words[n++] = "UTF8=ACCEPT";
  if (n == 0)
    return dex_future_new_true ();
  command = barua_imap_command_enable (words, NULL);
  self->is_enabling = TRUE;
  return dex_future_finally (barua_imap_session_run (self, command, BARUA_IMAP_RUN_ANY_STATUS, NULL, NULL, NULL, NULL),
                             on_enabled, g_object_ref (self), g_object_unref);
}

/* What need not be waited for goes out together with the caller's first commands. */
static gboolean
introduce (BaruaImapSession *self,
           BaruaScope       *scope,
           GError          **error)
{
  gboolean names_change = barua_imap_session_can (self, BARUA_IMAP_CAP_UTF8_ACCEPT) ||
                          barua_imap_session_can (self, BARUA_IMAP_CAP_UTF8_ONLY);
  DexFuture *enable;

  if (wants_compress (self) && !compress (self, scope, error))
    return FALSE;
  if (barua_imap_session_can (self, BARUA_IMAP_CAP_ID))
    {
      DexFuture *id = send_id (self);

      if (!barua_imap_quirks_has (self->quirks, BARUA_IMAP_QUIRK_ID_BEFORE_SELECT))
        barua_future_disown ("ID", id);
      else if (!barua_scope_await (scope, id, error))
        return FALSE;
    }
  enable = send_enable (self);
  /* With UTF-8 on, mailbox names are written in another way: that must be known before one is sent. */
  if (names_change)
    return barua_scope_await (scope, enable, error);
  barua_future_disown ("ENABLE", enable);
  return TRUE;
}

static DexFuture *
connect_fiber (gpointer data)
{
  Connect *connect = data;
  BaruaImapSession *self = connect->session;
  g_autoptr(GError) error = NULL;

  if (open_stream (self, connect->scope, &error) &&
      (barua_stream_is_secure (self->stream) || secure (self, connect->scope, &error)) &&
      sign_in (self, connect->scope, &error) && introduce (self, connect->scope, &error))
    return dex_future_new_true ();
  /* When the connection itself broke, that is the reason, whatever step noticed it. */
  if (self->error != NULL)
    return dex_future_new_for_error (g_error_copy (self->error));
  barua_imap_session_fail (self, g_error_copy (error));
  return dex_future_new_for_error (g_steal_pointer (&error));
}

DexFuture *
barua_imap_session_connect (BaruaImapSession *self,
                            BaruaScope       *scope)
{
  Connect *connect;

  if (self->state != BARUA_IMAP_STATE_NEW)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_INTERNAL, "a session connects once");
  connect = g_new0 (Connect, 1);
  connect->session = g_object_ref (self);
  /* Ends with the caller's scope and with the session. */
  connect->scope = barua_scope_new (scope);
  self->connecting = barua_scope_ref (connect->scope);
  return barua_fiber_start ("IMAP connect", connect_fiber, connect, connect_free);
}
