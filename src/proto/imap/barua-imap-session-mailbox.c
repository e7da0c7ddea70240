/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The selected mailbox, and watching it. */
#include "barua-imap-session-private.h"

#include "barua-error.h"
#include "barua-fiber.h"
#include "barua-limits.h"

/* SELECT ------------------------------------------------------------------------------------------------------------ */

/* QRESYNC was announced and asked for together with ENABLE, and the server did not enable it after all. */
static gboolean
select_again (BaruaImapSession *self,
              BaruaImapGroup   *group)
{
  BaruaImapCommand *command;

  if (!group->used_qresync || self->state < BARUA_IMAP_STATE_AUTHENTICATED || self->state == BARUA_IMAP_STATE_CLOSED ||
      barua_imap_session_is_enabled (self, BARUA_IMAP_CAP_QRESYNC))
    return FALSE;
  command = barua_imap_command_select (&self->dialect, group->selected->mailbox, group->select_options, NULL, NULL);
  if (command == NULL)
    return FALSE;
  group->used_qresync = FALSE;
  g_clear_error (&group->error);
  group->result->condition = BARUA_IMAP_OK;
  barua_imap_group_add (group, command);
  barua_imap_session_flush (self);
  return TRUE;
}

static void
settle_selected (BaruaImapSession *self,
                 BaruaImapGroup   *group,
                 const GError     *error)
{
  if (error != NULL && select_again (self, group))
    return;
  if (error != NULL)
    dex_promise_reject (group->promise, g_error_copy (error));
  else
    dex_promise_resolve_boxed (group->promise, BARUA_TYPE_IMAP_SELECTED, barua_imap_selected_ref (group->selected));
}

void
barua_imap_session_entered (BaruaImapSession      *self,
                            BaruaImapGroup        *group,
                            const BaruaImapStatus *status)
{
  if (group->selected == NULL || self->state < BARUA_IMAP_STATE_AUTHENTICATED)
    return;
  if (status->condition != BARUA_IMAP_OK)
    {
      /* Whatever was selected before is not any more (RFC 9051, 6.3.2). */
      g_clear_pointer (&self->mailbox, g_free);
      barua_imap_msgmap_reset (&self->msgmap, 0);
      barua_imap_session_set_state (self, BARUA_IMAP_STATE_AUTHENTICATED);
      return;
    }
  if (!group->is_entered)
    barua_imap_msgmap_reset (&self->msgmap, 0);
  group->selected->exists = self->msgmap.exists;
  group->selected->is_read_only = status->code == BARUA_IMAP_CODE_READ_ONLY ||
                                  (group->select_options & BARUA_IMAP_SELECT_READ_ONLY) != 0;
  group->selected->qresync = group->used_qresync && group->selected->highest_modseq != 0 &&
                             barua_imap_session_is_enabled (self, BARUA_IMAP_CAP_QRESYNC);
  if (barua_imap_quirks_has (self->quirks, BARUA_IMAP_QUIRK_NO_CONDSTORE))
    group->selected->highest_modseq = 0;
  g_free (self->mailbox);
  self->mailbox = g_strdup (group->selected->mailbox);
  barua_imap_session_set_state (self, BARUA_IMAP_STATE_SELECTED);
}

DexFuture *
barua_imap_session_select (BaruaImapSession       *self,
                           const char             *mailbox,
                           BaruaImapSelectOptions  options,
                           const BaruaImapQresync *qresync,
                           const BaruaImapHandler *handler,
                           gpointer                user_data,
                           GDestroyNotify          destroy,
                           BaruaScope             *scope)
{
  /* ENABLE may still be on its way: it went out before this will. */
  gboolean can_qresync = barua_imap_session_can (self, BARUA_IMAP_CAP_QRESYNC) &&
                         (self->is_enabling || barua_imap_session_is_enabled (self, BARUA_IMAP_CAP_QRESYNC));
  g_autoptr(GError) error = NULL;
  BaruaImapCommand *command;
  BaruaImapGroup *group;

  if (!can_qresync)
    qresync = NULL;
  if (qresync == NULL && barua_imap_session_can (self, BARUA_IMAP_CAP_CONDSTORE) && !can_qresync)
    options |= BARUA_IMAP_SELECT_CONDSTORE;
  command = barua_imap_command_select (&self->dialect, mailbox, options, qresync, &error);
  if (command == NULL)
    {
      if (destroy != NULL)
        destroy (user_data);
      return dex_future_new_for_error (g_steal_pointer (&error));
    }
  group = barua_imap_group_new (self, BARUA_IMAP_RUN_SLOW, handler, user_data, destroy);
  group->settle = settle_selected;
  group->used_qresync = qresync != NULL;
  group->select_options = options;
  group->selected = g_new0 (BaruaImapSelected, 1);
  group->selected->ref_count = 1;
  group->selected->mailbox = g_strdup (mailbox);
  barua_imap_group_add (group, command);
  return barua_imap_group_future (group, scope);
}

static DexFuture *
on_unselected (DexFuture *future,
               gpointer   data)
{
  BaruaImapSession *self = data;

  if (self->state == BARUA_IMAP_STATE_SELECTED)
    barua_imap_session_set_state (self, BARUA_IMAP_STATE_AUTHENTICATED);
  g_clear_pointer (&self->mailbox, g_free);
  barua_imap_msgmap_reset (&self->msgmap, 0);
  return dex_future_new_true ();
}

DexFuture *
barua_imap_session_unselect (BaruaImapSession *self,
                             BaruaScope       *scope)
{
  BaruaImapCommand *command;

  if (self->state != BARUA_IMAP_STATE_SELECTED)
    return dex_future_new_true ();
  if (barua_imap_session_can (self, BARUA_IMAP_CAP_UNSELECT) ||
      barua_imap_session_can (self, BARUA_IMAP_CAP_IMAP4REV2))
    command = barua_imap_command_unselect ();
  else
    /* CLOSE would expunge; a SELECT that fails leaves the mailbox just as well (RFC 3691, 1). */
    command = barua_imap_command_select (&self->dialect, "barua.no-such-mailbox", BARUA_IMAP_SELECT_READ_ONLY, NULL, NULL);
  return dex_future_then (barua_imap_session_run (self, command, BARUA_IMAP_RUN_ANY_STATUS, NULL, NULL, NULL, scope),
                          on_unselected, g_object_ref (self), g_object_unref);
}

const char *
barua_imap_session_get_mailbox (BaruaImapSession *self)
{
  return self->state == BARUA_IMAP_STATE_SELECTED ? self->mailbox : NULL;
}

guint32
barua_imap_session_get_exists (BaruaImapSession *self)
{
  return self->msgmap.exists;
}

guint32
barua_imap_session_get_n_mapped (BaruaImapSession *self)
{
  return self->msgmap.n_mapped;
}

/* Watching ---------------------------------------------------------------------------------------------------------- */

static gboolean
wants_idle (BaruaImapSession *self)
{
  return self->is_watching && self->state == BARUA_IMAP_STATE_SELECTED &&
         barua_imap_session_can (self, BARUA_IMAP_CAP_IDLE);
}

static guint
get_renew_ms (BaruaImapSession *self)
{
  guint renew_ms = self->config->timeouts.idle_renew_ms;

  if (self->quirks->idle_renew_seconds != 0)
    renew_ms = MIN (renew_ms, self->quirks->idle_renew_seconds * 1000);
  return renew_ms;
}

static void
begin_idle (BaruaImapSession *self)
{
  BaruaImapGroup *group = barua_imap_group_new (self, BARUA_IMAP_RUN_ANY_STATUS, NULL, NULL, NULL);

  barua_imap_group_add (group, barua_imap_command_idle ());
  self->idle = g_queue_peek_tail (&self->pendings);
  barua_future_disown ("idle", barua_imap_group_future (group, NULL));
}

static gboolean
on_idle_timer (gpointer data)
{
  BaruaImapSession *self = data;

  self->idle_timer = 0;
  if (self->is_idling)
    {
      barua_imap_session_interrupt_idle (self); /* the end of this one begins the next */
      barua_imap_session_flush (self);
    }
  else if (!g_queue_is_empty (&self->pendings))
    return G_SOURCE_REMOVE; /* whoever answers it comes back here */
  else if (wants_idle (self))
    begin_idle (self);
  else if (self->is_watching)
    barua_future_disown ("noop", barua_imap_session_run (self, barua_imap_command_noop (), BARUA_IMAP_RUN_DEFAULT, NULL, NULL,
                                                         NULL, NULL));
  return G_SOURCE_REMOVE;
}

/* Nothing is under way: begin to IDLE soon, or ask again later. */
void
barua_imap_session_update_watch (BaruaImapSession *self,
                                 guint             delay_ms)
{
  guint wait_ms = delay_ms;

  if (self->idle != NULL)
    return;
  g_clear_handle_id (&self->idle_timer, g_source_remove);
  if (!self->is_watching || self->state < BARUA_IMAP_STATE_AUTHENTICATED || self->state == BARUA_IMAP_STATE_CLOSED ||
      !g_queue_is_empty (&self->pendings))
    return;
  if (!wants_idle (self))
    wait_ms = self->is_notified ? get_renew_ms (self)
                                : MIN (get_renew_ms (self), BARUA_TIMEOUT_POLL_SECONDS * 1000);
  self->idle_timer = g_timeout_add (wait_ms, on_idle_timer, self);
}

void
barua_imap_session_interrupt_idle (BaruaImapSession *self)
{
  if (self->idle == NULL)
    {
      g_clear_handle_id (&self->idle_timer, g_source_remove);
      return;
    }
  if (barua_imap_flow_idle_done (self->flow))
    {
      self->is_idling = FALSE;
      self->idle->since_us = g_get_monotonic_time ();
      g_clear_handle_id (&self->idle_timer, g_source_remove);
    }
}

void
barua_imap_session_on_idling (BaruaImapSession *self)
{
  if (self->idle == NULL)
    return;
  self->is_idling = g_queue_get_length (&self->pendings) == 1;
  g_clear_handle_id (&self->idle_timer, g_source_remove);
  if (self->is_idling)
    self->idle_timer = g_timeout_add (get_renew_ms (self), on_idle_timer, self);
}

void
barua_imap_session_on_idle_over (BaruaImapSession *self)
{
  self->idle = NULL;
  self->is_idling = FALSE;
  g_clear_handle_id (&self->idle_timer, g_source_remove);
  if (self->state == BARUA_IMAP_STATE_CLOSED)
    return;
  barua_imap_session_update_watch (self, g_queue_is_empty (&self->pendings) ? 0 : BARUA_IMAP_IDLE_DELAY_MS);
}

void
barua_imap_session_set_watching (BaruaImapSession *self,
                                 gboolean          watching)
{
  if (self->is_watching == watching)
    return;
  self->is_watching = watching;
  if (!watching)
    {
      barua_imap_session_interrupt_idle (self);
      barua_imap_session_flush (self);
      barua_imap_session_touch (self);
    }
  else
    barua_imap_session_update_watch (self, 0);
}

gboolean
barua_imap_session_is_idling (BaruaImapSession *self)
{
  return self->is_idling;
}

/* NOTIFY ------------------------------------------------------------------------------------------------------------ */

static DexFuture *
on_notified (DexFuture *future,
             gpointer   data)
{
  BaruaImapSession *self = data;
  const GValue *value = dex_future_get_value (future, NULL);
  BaruaImapResult *result = value != NULL ? g_value_get_boxed (value) : NULL;

  if (result == NULL)
    return dex_ref (future);
  self->is_notified = result->condition == BARUA_IMAP_OK;
  barua_imap_session_update_watch (self, BARUA_IMAP_IDLE_DELAY_MS);
  return dex_future_new_for_boolean (self->is_notified);
}

DexFuture *
barua_imap_session_notify (BaruaImapSession *self,
                           BaruaScope       *scope)
{
  static const BaruaImapNotifyEvents message_events =
    BARUA_IMAP_NOTIFY_MESSAGE_NEW | BARUA_IMAP_NOTIFY_MESSAGE_EXPUNGE | BARUA_IMAP_NOTIFY_FLAG_CHANGE;
  BaruaImapFetchRequest fresh = { .items = BARUA_IMAP_ITEM_UID | BARUA_IMAP_ITEM_FLAGS };
  BaruaImapNotifyGroup groups[] = {
    { .scope = BARUA_IMAP_NOTIFY_SELECTED, .events = message_events, .fetch = &fresh },
    { .scope = BARUA_IMAP_NOTIFY_PERSONAL,
      .events = message_events | BARUA_IMAP_NOTIFY_MAILBOX_NAME | BARUA_IMAP_NOTIFY_SUBSCRIPTION_CHANGE },
  };
  g_autoptr(GError) error = NULL;
  BaruaImapCommand *command;

  if (!barua_imap_session_can (self, BARUA_IMAP_CAP_NOTIFY))
    return dex_future_new_false ();
  command = barua_imap_command_notify (&self->dialect, TRUE, groups, G_N_ELEMENTS (groups), &error);
  if (command == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));
  return dex_future_finally (barua_imap_session_run (self, command, BARUA_IMAP_RUN_ANY_STATUS | BARUA_IMAP_RUN_SLOW, NULL,
                                                     NULL, NULL, scope),
                             on_notified, g_object_ref (self), g_object_unref);
}
