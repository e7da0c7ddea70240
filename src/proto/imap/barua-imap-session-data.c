/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Untagged data: applied in one way whatever command is running, then handed to who asked. */
#include "barua-imap-session-private.h"

#include "barua-error.h"
#include "barua-limits.h"
#include "barua-text.h"

#include <string.h>

void
barua_imap_session_take_capabilities (BaruaImapSession      *self,
                                      BaruaImapCapabilities *capabilities)
{
  if (capabilities == NULL)
    return;
  if (self->capabilities != capabilities)
    {
      g_clear_pointer (&self->capabilities, barua_imap_capabilities_unref);
      self->capabilities = barua_imap_capabilities_ref (capabilities);
    }
  self->is_capability_fresh = TRUE;
}

static BaruaImapGroup *
peek_running (BaruaImapSession *self,
              BaruaImapAsks     asks)
{
  BaruaImapPending *oldest = g_queue_peek_head (&self->pendings);

  if (oldest == NULL || (asks != 0 && (oldest->asks & asks) == 0))
    return NULL;
  return oldest->group;
}

/* Whether there was somebody to take it. */
static gboolean
call_handler (BaruaImapSession        *self,
              BaruaImapGroup          *group,
              const BaruaImapResponse *response,
              guint32                  uid)
{
  if (group == NULL || group->is_abandoned)
    return group != NULL; /* asked for, but nobody cares any more */
  if (group->handler.data == NULL)
    return FALSE;
  barua_imap_group_enter (group);
  group->handler.data (self, response, uid, group->user_data);
  barua_imap_group_leave (group);
  return TRUE;
}

static void
emit_simple (BaruaImapSession  *self,
             BaruaImapEventType type)
{
  BaruaImapEvent event = { .type = type };

  barua_imap_session_emit (self, &event);
}

static void
emit_exists (BaruaImapSession *self)
{
  BaruaImapEvent event = { .type = BARUA_IMAP_EVENT_EXISTS, .number = self->msgmap.exists };

  barua_imap_session_emit (self, &event);
}

static void
emit_expunged (BaruaImapSession *self,
               const BaruaIdSet *uids,
               gboolean          earlier)
{
  BaruaImapEvent event = { .type = BARUA_IMAP_EVENT_EXPUNGED, .uids = uids, .earlier = earlier };

  barua_imap_session_emit (self, &event);
}

/* What a server wants people to read, made harmless (THREATS T-06): no control characters, one line, no address that a
 * program would turn into a link, short, and not too often. */
static void
emit_alert (BaruaImapSession *self,
            BaruaImapSlice    text)
{
  g_autofree char *clean = NULL;
  g_autofree char *shown = NULL;
  gint64 now = g_get_monotonic_time ();
  BaruaImapEvent event = { .type = BARUA_IMAP_EVENT_ALERT };
  char *p;

  if (self->state < BARUA_IMAP_STATE_AUTHENTICATED || text.data == NULL || text.length == 0)
    return;
  if (self->last_alert_us != 0 && now - self->last_alert_us < (gint64) BARUA_ALERT_INTERVAL_SECONDS * G_USEC_PER_SEC)
    return;
  self->last_alert_us = now;
  clean = barua_text_clean (text.data, (gssize) text.length, BARUA_LIMIT_IMAP_RESPONSE_TEXT_BYTES);
  while ((p = strstr (clean, "://")) != NULL)
    memset (p, ' ', 3);
  shown = barua_text_ellipsise (clean, BARUA_LIMIT_SERVER_TEXT_CHARS - 1);
  event.text = shown;
  barua_imap_session_emit (self, &event);
}

/* From here on, answers speak of the mailbox that is being selected. */
static void
enter (BaruaImapSession *self,
       BaruaImapGroup   *group)
{
  if (group == NULL || group->selected == NULL || group->is_entered)
    return;
  group->is_entered = TRUE;
  barua_imap_msgmap_reset (&self->msgmap, 0);
  g_clear_pointer (&self->mailbox, g_free);
}

static void
handle_select_code (BaruaImapSession      *self,
                    BaruaImapGroup        *group,
                    const BaruaImapStatus *status)
{
  BaruaImapSelected *selected = group->selected;

  switch ((int) status->code)
    {
    case BARUA_IMAP_CODE_CLOSED:
      enter (self, group);
      break;
    case BARUA_IMAP_CODE_UIDVALIDITY:
      enter (self, group);
      selected->uid_validity = (guint32) MIN (status->number, (guint64) G_MAXUINT32);
      break;
    case BARUA_IMAP_CODE_UIDNEXT:
      enter (self, group);
      selected->uid_next = (guint32) MIN (status->number, (guint64) G_MAXUINT32);
      break;
    case BARUA_IMAP_CODE_HIGHESTMODSEQ:
      enter (self, group);
      selected->highest_modseq = status->number;
      break;
    case BARUA_IMAP_CODE_NOMODSEQ:
      enter (self, group);
      selected->highest_modseq = 0;
      break;
    case BARUA_IMAP_CODE_PERMANENTFLAGS:
      enter (self, group);
      selected->permanent_flags = status->flags;
      selected->any_keyword = status->any_flag && !barua_imap_quirks_has (self->quirks, BARUA_IMAP_QUIRK_NO_KEYWORDS);
      break;
    case BARUA_IMAP_CODE_MAILBOXID:
      g_free (selected->mailbox_id);
      selected->mailbox_id = barua_imap_slice_dup_raw (status->text_value);
      break;
    default:
      break;
    }
}

static void
handle_bye (BaruaImapSession      *self,
            const BaruaImapStatus *status)
{
  GError *error;

  if (barua_stream_is_secure (self->stream) && self->state >= BARUA_IMAP_STATE_SIGNING_IN)
    error = barua_imap_status_to_error (status);
  else
    error = g_error_new_literal (BARUA_ERROR, BARUA_ERROR_CONNECTION_LOST, "the server ended the conversation");
  /* "Refused" is what an answer to a question means; a goodbye without a reason is a lost connection. */
  if (error->code == BARUA_ERROR_SERVER_REFUSED)
    error->code = BARUA_ERROR_CONNECTION_LOST;
  barua_error_prefix (&error, self->config->name);
  barua_imap_session_fail (self, error);
}

static void
handle_status (BaruaImapSession        *self,
               const BaruaImapResponse *response)
{
  const BaruaImapStatus *status = &response->status;
  BaruaImapGroup *group = peek_running (self, 0);
  BaruaImapGroup *selecting = peek_running (self, BARUA_IMAP_ASKS_SELECT);

  if (status->condition == BARUA_IMAP_BYE)
    {
      handle_bye (self, status);
      return;
    }
  if (self->state < BARUA_IMAP_STATE_SIGNING_IN)
    return;
  if (status->code == BARUA_IMAP_CODE_CAPABILITY)
    barua_imap_session_take_capabilities (self, status->capabilities);
  if (self->state < BARUA_IMAP_STATE_AUTHENTICATED)
    return;
  if (selecting != NULL && selecting->selected != NULL)
    handle_select_code (self, selecting, status);
  if (group != NULL && status->condition == BARUA_IMAP_OK)
    barua_imap_group_collect (group, status);
  if (status->code == BARUA_IMAP_CODE_NOTIFICATIONOVERFLOW)
    {
      self->is_notified = FALSE;
      emit_simple (self, BARUA_IMAP_EVENT_OVERFLOW);
      barua_imap_session_update_watch (self, BARUA_IMAP_IDLE_DELAY_MS);
    }
  if (status->code == BARUA_IMAP_CODE_ALERT)
    emit_alert (self, status->text);
}

static void
handle_exists (BaruaImapSession        *self,
               const BaruaImapResponse *response)
{
  BaruaImapGroup *selecting = peek_running (self, BARUA_IMAP_ASKS_SELECT);
  gboolean lost;

  enter (self, selecting);
  lost = barua_imap_msgmap_set_exists (&self->msgmap, response->number) == BARUA_IMAP_MSGMAP_LOST;
  if (selecting == NULL)
    {
      if (lost)
        emit_simple (self, BARUA_IMAP_EVENT_LOST_TRACK);
      emit_exists (self);
    }
  call_handler (self, peek_running (self, 0), response, 0);
}

static void
handle_expunge (BaruaImapSession        *self,
                const BaruaImapResponse *response)
{
  guint32 uid = 0;
  BaruaImapMsgmapStatus known = barua_imap_msgmap_expunge (&self->msgmap, response->number, &uid);

  if (known == BARUA_IMAP_MSGMAP_OK && uid != 0)
    {
      g_autoptr(BaruaIdSet) uids = barua_id_set_new ();

      barua_id_set_add (uids, uid);
      emit_expunged (self, uids, FALSE);
    }
  else
    emit_simple (self, BARUA_IMAP_EVENT_LOST_TRACK);
  emit_exists (self);
  call_handler (self, peek_running (self, 0), response, uid);
}

static void
handle_vanished (BaruaImapSession        *self,
                 const BaruaImapResponse *response)
{
  BaruaImapGroup *selecting = peek_running (self, BARUA_IMAP_ASKS_SELECT);

  if (response->vanished.earlier)
    {
      /* The answer to a question with a MODSEQ: it says nothing about message numbers. */
      enter (self, selecting);
      if (!call_handler (self, peek_running (self, BARUA_IMAP_ASKS_FETCH), response, 0))
        emit_expunged (self, response->vanished.uids, TRUE);
      return;
    }
  barua_imap_msgmap_vanish (&self->msgmap, response->vanished.uids);
  emit_expunged (self, response->vanished.uids, FALSE);
  emit_exists (self);
  call_handler (self, peek_running (self, 0), response, 0);
}

/* The hot path: a hundred thousand times in a first synchronisation. */
static void
handle_fetch (BaruaImapSession        *self,
              const BaruaImapResponse *response)
{
  const BaruaImapFetch *fetch = &response->fetch;
  guint32 uid = fetch->uid;

  if (uid != 0)
    {
      if (fetch->seq != 0 && barua_imap_msgmap_put (&self->msgmap, fetch->seq, uid) == BARUA_IMAP_MSGMAP_LOST)
        emit_simple (self, BARUA_IMAP_EVENT_LOST_TRACK);
    }
  else
    uid = barua_imap_msgmap_get (&self->msgmap, fetch->seq);

  if (!call_handler (self, peek_running (self, BARUA_IMAP_ASKS_FETCH), response, uid) && uid != 0)
    {
      BaruaImapEvent event = { .type = BARUA_IMAP_EVENT_FETCHED, .uid = uid, .fetch = fetch };

      barua_imap_session_emit (self, &event);
    }
}

static void
handle_folder (BaruaImapSession        *self,
               const BaruaImapResponse *response)
{
  BaruaImapEvent event = { .type = BARUA_IMAP_EVENT_FOLDER, .list = &response->list };

  if (response->damaged)
    return;
  /* A rev2 server describes the mailbox that is being selected: no news. */
  if (peek_running (self, BARUA_IMAP_ASKS_SELECT) != NULL)
    return;
  if (!call_handler (self, peek_running (self, BARUA_IMAP_ASKS_LIST), response, 0))
    barua_imap_session_emit (self, &event);
}

static void
handle_folder_status (BaruaImapSession        *self,
                      const BaruaImapResponse *response)
{
  BaruaImapEvent event = { .type = BARUA_IMAP_EVENT_FOLDER_STATUS, .mailbox_status = &response->mailbox_status };

  if (!call_handler (self, peek_running (self, BARUA_IMAP_ASKS_STATUS), response, 0))
    barua_imap_session_emit (self, &event);
}

static void
take_id (BaruaImapSession        *self,
         const BaruaImapResponse *response)
{
  const BaruaImapValue *pairs = response->id.pairs;
  const BaruaImapValue *key;
  g_autofree char *name = NULL;
  g_autofree char *vendor = NULL;

  for (key = pairs != NULL ? barua_imap_value_first (pairs) : NULL; key != NULL;)
    {
      const BaruaImapValue *value = barua_imap_value_next (pairs, key);
      BaruaImapSlice word = barua_imap_value_get_slice (key);

      if (value == NULL)
        break;
      if (name == NULL && barua_imap_slice_is (word, "name"))
        name = barua_imap_slice_dup_text (barua_imap_value_get_slice (value));
      else if (vendor == NULL && barua_imap_slice_is (word, "vendor"))
        vendor = barua_imap_slice_dup_text (barua_imap_value_get_slice (value));
      key = barua_imap_value_next (pairs, value);
    }
  if (name == NULL && vendor == NULL)
    return;
  g_free (self->server_id);
  self->server_id = g_strjoin (" ", name != NULL ? name : "", vendor != NULL ? vendor : "", NULL);
  g_free (self->server_name);
  self->server_name = barua_text_ellipsise (name != NULL ? name : vendor, BARUA_LIMIT_SERVER_TEXT_CHARS);
  if (self->config->quirks == NULL)
    self->quirks = barua_imap_quirks_find (barua_endpoint_get_host (self->config->endpoint), self->greeting_text,
                                           self->capabilities, self->server_id);
}

static void
take_enabled (BaruaImapSession        *self,
              const BaruaImapResponse *response)
{
  g_clear_pointer (&self->enabled, barua_imap_capabilities_unref);
  self->enabled = barua_imap_capabilities_ref (response->capabilities);
}

/* Before sign-in a server has nothing to say about mail (THREATS T-05): only what leads to it is heard. */
static void
handle_early (BaruaImapSession        *self,
              const BaruaImapResponse *response)
{
  if (response->kind == BARUA_IMAP_RESPONSE_STATUS)
    handle_status (self, response);
  else if (response->kind == BARUA_IMAP_RESPONSE_CAPABILITY && self->state == BARUA_IMAP_STATE_SIGNING_IN)
    barua_imap_session_take_capabilities (self, response->capabilities);
}

void
barua_imap_session_handle_data (BaruaImapSession        *self,
                                const BaruaImapResponse *response)
{
  if (G_LIKELY (response->kind == BARUA_IMAP_RESPONSE_FETCH && self->state >= BARUA_IMAP_STATE_AUTHENTICATED))
    {
      handle_fetch (self, response);
      return;
    }
  if (self->state < BARUA_IMAP_STATE_AUTHENTICATED)
    {
      handle_early (self, response);
      return;
    }
  if (self->config->log_traffic)
    g_debug ("%s: * %s", self->config->name, barua_imap_response_kind_get_name (response->kind));
  switch ((int) response->kind)
    {
    case BARUA_IMAP_RESPONSE_STATUS:
      handle_status (self, response);
      break;
    case BARUA_IMAP_RESPONSE_CAPABILITY:
      barua_imap_session_take_capabilities (self, response->capabilities);
      break;
    case BARUA_IMAP_RESPONSE_ENABLED:
      take_enabled (self, response);
      break;
    case BARUA_IMAP_RESPONSE_EXISTS:
      handle_exists (self, response);
      break;
    case BARUA_IMAP_RESPONSE_EXPUNGE:
      handle_expunge (self, response);
      break;
    case BARUA_IMAP_RESPONSE_VANISHED:
      handle_vanished (self, response);
      break;
    case BARUA_IMAP_RESPONSE_FLAGS:
      enter (self, peek_running (self, BARUA_IMAP_ASKS_SELECT));
      break;
    case BARUA_IMAP_RESPONSE_LIST:
      handle_folder (self, response);
      break;
    case BARUA_IMAP_RESPONSE_MAILBOX_STATUS:
      handle_folder_status (self, response);
      break;
    case BARUA_IMAP_RESPONSE_ID:
      take_id (self, response);
      break;
    default:
      call_handler (self, peek_running (self, 0), response, 0);
      break;
    }
}

void
barua_imap_session_handle_literal (BaruaImapSession         *self,
                                   const BaruaImapFlowEvent *event)
{
  BaruaImapGroup *group = peek_running (self, BARUA_IMAP_ASKS_FETCH);
  BaruaImapSlice chunk = { NULL, 0 };
  guint32 uid;

  if (self->state < BARUA_IMAP_STATE_AUTHENTICATED || group == NULL || group->is_abandoned ||
      group->handler.literal == NULL)
    return;
  if (event->type == BARUA_IMAP_FLOW_LITERAL_CHUNK)
    chunk = event->bytes;
  else if (event->type == BARUA_IMAP_FLOW_LITERAL_END)
    chunk.data = "";
  uid = event->literal != NULL && event->literal->uid != 0
          ? event->literal->uid
          : event->literal != NULL ? barua_imap_msgmap_get (&self->msgmap, event->literal->seq) : 0;
  barua_imap_group_enter (group);
  group->handler.literal (self, event->literal, uid, chunk, group->user_data);
  barua_imap_group_leave (group);
}
