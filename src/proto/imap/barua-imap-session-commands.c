/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands under way: who waits for them, and what is made of their answers. */
#include "barua-imap-session-private.h"

#include "barua-error.h"
#include "barua-limits.h"
#include "barua-text.h"

#include <string.h>

BaruaImapGroup *
barua_imap_group_ref (BaruaImapGroup *group)
{
  group->ref_count++;
  return group;
}

static void
drop_handler (BaruaImapGroup *group)
{
  GDestroyNotify destroy = g_steal_pointer (&group->destroy);

  memset (&group->handler, 0, sizeof group->handler);
  if (destroy != NULL)
    destroy (g_steal_pointer (&group->user_data));
}

void
barua_imap_group_unref (BaruaImapGroup *group)
{
  if (--group->ref_count > 0)
    return;
  drop_handler (group);
  dex_clear (&group->promise);
  g_ptr_array_unref (group->pendings);
  g_clear_pointer (&group->result, barua_imap_result_unref);
  g_clear_pointer (&group->pairs, g_array_unref);
  g_clear_pointer (&group->selected, barua_imap_selected_unref);
  g_clear_pointer (&group->sasl, barua_sasl_free);
  g_clear_error (&group->error);
  g_clear_error (&group->sasl_error);
  g_free (group);
}

static void
settle_result (BaruaImapSession *session,
               BaruaImapGroup   *group,
               const GError     *error)
{
  if (error != NULL)
    {
      dex_promise_reject (group->promise, g_error_copy (error));
      return;
    }
  if (group->pairs != NULL && group->result->copied == NULL)
    {
      group->result->n_copied = group->pairs->len;
      group->result->copied = (BaruaImapUidPair *)(gpointer)g_array_free (g_steal_pointer (&group->pairs), FALSE);
    }
  dex_promise_resolve_boxed (group->promise, BARUA_TYPE_IMAP_RESULT, barua_imap_result_ref (group->result));
}

BaruaImapGroup *
barua_imap_group_new (BaruaImapSession       *self,
                      BaruaImapRunFlags       flags,
                      const BaruaImapHandler *handler,
                      gpointer                user_data,
                      GDestroyNotify          destroy)
{
  BaruaImapGroup *group = g_new0 (BaruaImapGroup, 1);

  group->ref_count = 1;
  group->session = self;
  group->flags = flags;
  if (handler != NULL)
    group->handler = *handler;
  group->user_data = user_data;
  group->destroy = destroy;
  group->settle = settle_result;
  group->pendings = g_ptr_array_new ();
  group->result = g_new0 (BaruaImapResult, 1);
  group->result->ref_count = 1;
  group->result->text = g_strdup ("");
  return group;
}

static BaruaImapAsks
find_asks (const char *name)
{
  BaruaImapAsks asks = 0;

  if (strstr (name, "SELECT") != NULL || strcmp (name, "EXAMINE") == 0)
    asks |= BARUA_IMAP_ASKS_FETCH | (strcmp (name, "UNSELECT") != 0 ? BARUA_IMAP_ASKS_SELECT : 0);
  if (strstr (name, "FETCH") != NULL || strstr (name, "STORE") != NULL)
    asks |= BARUA_IMAP_ASKS_FETCH;
  if (strcmp (name, "LIST") == 0 || strcmp (name, "LSUB") == 0 || strcmp (name, "XLIST") == 0)
    asks |= BARUA_IMAP_ASKS_LIST | BARUA_IMAP_ASKS_STATUS;
  if (strcmp (name, "STATUS") == 0)
    asks |= BARUA_IMAP_ASKS_STATUS;
  return asks;
}

void
barua_imap_group_add (BaruaImapGroup   *group,
                      BaruaImapCommand *command)
{
  BaruaImapSession *self = group->session;
  BaruaImapPending *pending = g_new0 (BaruaImapPending, 1);

  pending->name = g_intern_string (barua_imap_command_get_name (command));
  pending->kind = barua_imap_command_get_kind (command);
  pending->asks = find_asks (pending->name);
  pending->group = barua_imap_group_ref (group);
  pending->since_us = g_get_monotonic_time ();
  group->n_left++;
  g_ptr_array_add (group->pendings, pending);
  g_queue_push_tail (&self->pendings, pending);
  if (self->config->log_traffic)
    g_debug ("%s: > %s", self->config->name, pending->name);
  if (pending->kind != BARUA_IMAP_COMMAND_IDLE)
    barua_imap_session_interrupt_idle (self);
  pending->id = barua_imap_flow_enqueue (self->flow, command, pending);
}

static DexFuture *
on_future_over (DexFuture *future,
                gpointer   data)
{
  BaruaImapGroup *group = data;

  /* Settled, or the scope was cancelled: then nobody is interested any more. */
  if (group->n_left > 0)
    barua_imap_group_abandon (group);
  return dex_ref (future);
}

DexFuture *
barua_imap_group_future (BaruaImapGroup *group,
                         BaruaScope     *scope)
{
  BaruaImapSession *self = group->session;
  DexFuture *future;

  group->promise = dex_promise_new ();
  future = dex_ref (DEX_FUTURE (group->promise));
  if (self->state == BARUA_IMAP_STATE_CLOSED || self->stream == NULL)
    {
      while (group->pendings->len > 0)
        barua_imap_pending_lost (self, g_ptr_array_index (group->pendings, 0),
                                 self->error != NULL ? self->error : NULL);
    }
  else if (group->n_left == 0)
    group->settle (self, group, NULL);
  barua_imap_session_flush (self);
  barua_imap_session_touch (self);
  return dex_future_finally (barua_scope_first (scope, future), on_future_over, group,
                             (GDestroyNotify) barua_imap_group_unref);
}

void
barua_imap_group_enter (BaruaImapGroup *group)
{
  barua_imap_group_ref (group);
  group->in_call++;
}

void
barua_imap_group_leave (BaruaImapGroup *group)
{
  if (--group->in_call == 0 && (group->is_abandoned || group->n_left == 0))
    drop_handler (group);
  barua_imap_group_unref (group);
}

/* Takes the pending out of all books. */
static void
pending_remove (BaruaImapSession *self,
                BaruaImapPending *pending)
{
  g_queue_remove (&self->pendings, pending);
  g_ptr_array_remove (pending->group->pendings, pending);
  pending->group->n_left--;
  barua_imap_group_unref (pending->group);
  g_free (pending);
}

void
barua_imap_group_abandon (BaruaImapGroup *group)
{
  g_autoptr(GPtrArray) pendings = g_ptr_array_copy (group->pendings, NULL, NULL);
  BaruaImapSession *self = group->session;

  barua_imap_group_ref (group);
  group->is_abandoned = TRUE;
  if (group->in_call == 0)
    drop_handler (group);
  for (guint i = pendings->len; i > 0 && self->state != BARUA_IMAP_STATE_CLOSED; i--)
    {
      BaruaImapPending *pending = g_ptr_array_index (pendings, i - 1);

      if (pending->id != 0 && barua_imap_flow_withdraw (self->flow, pending->id))
        pending_remove (self, pending);
    }
  barua_imap_group_unref (group);
  if (self->state != BARUA_IMAP_STATE_CLOSED)
    barua_imap_session_update_watch (self, BARUA_IMAP_IDLE_DELAY_MS);
}

/* Answers ----------------------------------------------------------------------------------------------------------- */

static void
collect_pairs (BaruaImapGroup        *group,
               const BaruaImapStatus *status)
{
  BaruaImapCopyIter iter;
  BaruaImapUidPair pair;

  if (group->pairs == NULL)
    group->pairs = g_array_new (FALSE, FALSE, sizeof (BaruaImapUidPair));
  barua_imap_copy_iter_init (&iter, status);
  while (group->pairs->len < BARUA_LIMIT_ID_SET_RANGES && barua_imap_copy_iter_next (&iter, &pair.from, &pair.to))
    g_array_append_val (group->pairs, pair);
}

/* A code that belongs to a command, in its tagged answer or in an untagged OK before it (MOVE: RFC 6851, 4.3). */
void
barua_imap_group_collect (BaruaImapGroup        *group,
                          const BaruaImapStatus *status)
{
  BaruaImapResult *result = group->result;

  switch ((int) status->code)
    {
    case BARUA_IMAP_CODE_APPENDUID:
      result->uid_validity = status->uid_validity;
      if (result->append_uids == NULL)
        result->append_uids = barua_id_set_new ();
      if (status->to_uids != NULL)
        barua_id_set_add_set (result->append_uids, status->to_uids);
      break;
    case BARUA_IMAP_CODE_COPYUID:
      result->uid_validity = status->uid_validity;
      collect_pairs (group, status);
      break;
    case BARUA_IMAP_CODE_MODIFIED:
      if (result->modified == NULL)
        result->modified = barua_id_set_new ();
      if (status->from_uids != NULL)
        barua_id_set_add_set (result->modified, status->from_uids);
      break;
    case BARUA_IMAP_CODE_HIGHESTMODSEQ:
      result->highest_modseq = status->number;
      break;
    default:
      break;
    }
}

static void
take_tagged (BaruaImapGroup        *group,
             const BaruaImapStatus *status)
{
  BaruaImapResult *result = group->result;
  g_autofree char *raw = barua_imap_slice_dup_text (status->text);

  barua_imap_group_collect (group, status);
  if (result->condition == BARUA_IMAP_OK || status->condition == BARUA_IMAP_BAD)
    result->condition = status->condition;
  result->code = status->code;
  result->number = status->number;
  result->number2 = status->number2;
  result->backoff_ms = MIN (MAX (result->backoff_ms, barua_imap_status_get_backoff_ms (status)),
                            (guint) BARUA_LIMIT_SERVER_BACKOFF_MS);
  g_free (result->text);
  result->text = barua_text_ellipsise (raw != NULL ? raw : "", BARUA_LIMIT_SERVER_TEXT_CHARS);
  if (status->condition != BARUA_IMAP_OK && group->error == NULL && (group->flags & BARUA_IMAP_RUN_ANY_STATUS) == 0)
    group->error = barua_imap_status_to_error (status);
  /* It is the question, not the server. */
  if (status->code == BARUA_IMAP_CODE_BADCHARSET && group->error != NULL)
    group->error->code = BARUA_ERROR_INVALID;
}

static void
settle (BaruaImapSession *self,
        BaruaImapGroup   *group,
        const GError     *error)
{
  if (group->in_call == 0)
    drop_handler (group);
  if (group->promise != NULL && dex_future_is_pending (DEX_FUTURE (group->promise)))
    group->settle (self, group, error);
}

void
barua_imap_pending_done (BaruaImapSession      *self,
                         BaruaImapPending      *pending,
                         const BaruaImapStatus *status)
{
  BaruaImapGroup *group = barua_imap_group_ref (pending->group);
  gboolean was_idle = pending == self->idle;

  if (self->config->log_traffic)
    g_debug ("%s: < %s: %s", self->config->name, pending->name,
             status->condition == BARUA_IMAP_OK ? "OK" : status->condition == BARUA_IMAP_NO ? "NO" : "BAD");
  if (status->code == BARUA_IMAP_CODE_CAPABILITY && self->state >= BARUA_IMAP_STATE_SIGNING_IN)
    barua_imap_session_take_capabilities (self, status->capabilities);
  take_tagged (group, status);
  if ((pending->asks & BARUA_IMAP_ASKS_SELECT) != 0)
    barua_imap_session_entered (self, group, status);
  pending_remove (self, pending);
  if (!g_queue_is_empty (&self->pendings))
    ((BaruaImapPending *) g_queue_peek_head (&self->pendings))->since_us = g_get_monotonic_time ();
  if (group->n_left == 0)
    settle (self, group, group->error);
  barua_imap_group_unref (group);
  if (was_idle)
    barua_imap_session_on_idle_over (self);
  else if (self->state != BARUA_IMAP_STATE_CLOSED)
    barua_imap_session_update_watch (self, BARUA_IMAP_IDLE_DELAY_MS);
}

void
barua_imap_pending_lost (BaruaImapSession *self,
                         BaruaImapPending *pending,
                         const GError     *error)
{
  BaruaImapGroup *group = barua_imap_group_ref (pending->group);

  g_clear_error (&group->error);
  group->error = error != NULL ? g_error_copy (error)
                               : g_error_new_literal (BARUA_ERROR, BARUA_ERROR_INTERNAL, "the session is not connected");
  pending_remove (self, pending);
  if (group->n_left == 0)
    settle (self, group, group->error);
  barua_imap_group_unref (group);
}

/* Public ------------------------------------------------------------------------------------------------------------ */

DexFuture *
barua_imap_session_run (BaruaImapSession       *self,
                        BaruaImapCommand       *command,
                        BaruaImapRunFlags       flags,
                        const BaruaImapHandler *handler,
                        gpointer                user_data,
                        GDestroyNotify          destroy,
                        BaruaScope             *scope)
{
  BaruaImapGroup *group = barua_imap_group_new (self, flags, handler, user_data, destroy);

  barua_imap_group_add (group, command);
  return barua_imap_group_future (group, scope);
}

DexFuture *
barua_imap_session_run_all (BaruaImapSession       *self,
                            GPtrArray              *commands,
                            BaruaImapRunFlags       flags,
                            const BaruaImapHandler *handler,
                            gpointer                user_data,
                            GDestroyNotify          destroy,
                            BaruaScope             *scope)
{
  BaruaImapGroup *group = barua_imap_group_new (self, flags, handler, user_data, destroy);

  while (commands->len > 0)
    barua_imap_group_add (group, g_ptr_array_steal_index (commands, 0));
  g_ptr_array_unref (commands);
  return barua_imap_group_future (group, scope);
}
