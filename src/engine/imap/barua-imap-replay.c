/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-backend-private.h"

#include "barua-engine-store.h"
#include "barua-fiber.h"
#include "barua-kill-point.h"
#include "barua-limits.h"
#include "barua-replay-plan.h"
#include "barua-store-wish.h"

/* Wishes on their way to the server (DESIGN 5): taken as in flight in a transaction of their own before the bytes leave, ended
 * by the tagged answer. Only the bits that the person touched are sent, as additions and removals, so what other clients did
 * to other bits stays. */

typedef struct
{
  gint64          account;
  GPtrArray      *wishes;  /* BaruaStoreWish */
  BaruaStoreWish *wish;    /* borrowed from wishes */
  gint64          batch;
  BaruaErrorCode  code;    /* of a refusal */
  gint64          time;
  guint           n_reverted;
} Box;

static void
box_clear (gpointer data)
{
  Box *box = data;

  g_clear_pointer (&box->wishes, g_ptr_array_unref);
}

static void
box_unref (gpointer box)
{
  g_atomic_rc_box_release_full (box, box_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Box, box_unref)

static gboolean
pending_func (BaruaStoreConnection *c,
              gpointer              data,
              GError              **error)
{
  Box *box = data;

  box->wishes = barua_store_wish_list_pending (c, box->account, BARUA_REPLAY_MESSAGES, error);
  return box->wishes != NULL;
}

static gboolean
take_func (BaruaStoreConnection *c,
           gpointer              data,
           GError              **error)
{
  Box *box = data;

  return barua_store_wish_take (c, box->wish, &box->batch, error);
}

static gboolean
confirm_func (BaruaStoreConnection *c,
              gpointer              data,
              GError              **error)
{
  return barua_store_wish_confirm (c, ((Box *) data)->batch, error);
}

static gboolean
refuse_func (BaruaStoreConnection *c,
             gpointer              data,
             GError              **error)
{
  Box *box = data;

  return barua_store_wish_refuse (c, box->batch, box->code, box->time, &box->n_reverted, error);
}

static gboolean
unsure_func (BaruaStoreConnection *c,
             gpointer              data,
             GError              **error)
{
  return barua_store_wish_unsure (c, ((Box *) data)->batch, error);
}

typedef struct
{
  BaruaImapBackend *backend;
  BaruaScope       *scope;
  BaruaImapSession *session; /* leased; NULL: none yet */
} Replay;

static void
replay_free (gpointer data)
{
  Replay *replay = data;

  g_clear_object (&replay->session);
  g_object_unref (replay->backend);
  barua_scope_unref (replay->scope);
  g_free (replay);
}

static gboolean
write_box (Replay         *replay,
           const char     *name,
           BaruaStoreFunc  func,
           Box            *box,
           GError        **error)
{
  return dex_await (barua_engine_write (replay->backend->store, BARUA_STORE_WISH, name, func,
                                        g_atomic_rc_box_acquire (box), box_unref), error);
}

static gboolean
send_store (Replay               *replay,
            BaruaStoreWish       *wish,
            BaruaImapStoreMode    mode,
            BaruaFlags            flags,
            GError              **error)
{
  g_autoptr(BaruaImapResult) result = NULL;
  GPtrArray *commands;

  if (flags == 0)
    return TRUE;
  commands = barua_imap_commands_store (barua_imap_session_get_dialect (replay->session), BARUA_IMAP_UIDS (wish->uids),
                                        mode, TRUE, flags, NULL, 0, error);
  if (commands == NULL)
    return FALSE;
  result = dex_await_boxed (barua_imap_session_run_all (replay->session, commands, BARUA_IMAP_RUN_DEFAULT, NULL, NULL,
                                                        NULL, replay->scope), error);
  return result != NULL;
}

/* What the answer means for the wishes of @box; FALSE with @error when the store failed or nothing more can be sent now. */
static gboolean
end_batch (Replay       *replay,
           Box          *box,
           const GError *failure,
           GError      **error)
{
  gboolean selected = barua_imap_session_get_state (replay->session) == BARUA_IMAP_STATE_SELECTED;

  BARUA_KILL_POINT ("store answered");
  switch (barua_replay_plan_outcome (failure, selected))
    {
    case BARUA_REPLAY_CONFIRM:
      return write_box (replay, "wish confirmed", confirm_func, box, error);
    case BARUA_REPLAY_REFUSE:
      box->code = barua_error_get_code (failure);
      box->time = barua_clock_get_unix_seconds (replay->backend->clock);
      if (!write_box (replay, "wish refused", refuse_func, box, error))
        return FALSE;
      g_message ("the server refused flags: %s", failure->message);
      g_signal_emit_by_name (replay->backend, "refused", box->n_reverted);
      return TRUE;
    case BARUA_REPLAY_UNSURE:
    default:
      if (write_box (replay, "wish unsure", unsure_func, box, error))
        g_propagate_error (error, g_error_copy (failure));
      return FALSE;
    }
}

static gboolean
send_wish (Replay         *replay,
           Box            *box,
           BaruaStoreWish *wish,
           GError        **error)
{
  BaruaImapBackend *self = replay->backend;
  BaruaStoreFolder *folder = barua_imap_backend_get_folder (self, wish->folder);
  g_autofree char *mailbox = folder != NULL ? g_strdup (folder->name) : NULL;
  g_autoptr(GError) failure = NULL;
  BaruaReplayStores stores;

  /* A folder that is not known (yet): its wishes wait for the next list of folders. */
  if (mailbox == NULL)
    return TRUE;
  if (replay->session == NULL)
    {
      replay->session = barua_imap_backend_lease (self, BARUA_IMAP_LEASE_WORK, mailbox, replay->scope, error);
      if (replay->session == NULL)
        return FALSE;
    }
  if (!barua_imap_backend_select (self, replay->session, mailbox, replay->scope, &failure))
    {
      if (barua_imap_session_get_state (replay->session) != BARUA_IMAP_STATE_CLOSED)
        return TRUE; /* the folder is closed to us now; the wish stays */
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  box->wish = wish;
  box->batch = 0;
  if (!write_box (replay, "wish taken", take_func, box, error))
    return FALSE;
  if (box->batch == 0 || barua_id_set_is_empty (wish->uids))
    return TRUE;
  g_signal_emit_by_name (self, "sending");
  barua_replay_plan_stores (&stores, wish->mask, wish->bits);
  BARUA_KILL_POINT ("store sent");
  if (!send_store (replay, wish, BARUA_IMAP_STORE_ADD, stores.add, &failure) ||
      !send_store (replay, wish, BARUA_IMAP_STORE_REMOVE, stores.remove, &failure))
    return end_batch (replay, box, failure, error);
  return end_batch (replay, box, NULL, error);
}

/* One round: everything that waits now. *n: how many groups were sent. */
static gboolean
replay_round (Replay  *replay,
              guint   *n,
              GError **error)
{
  g_autoptr(Box) box = g_atomic_rc_box_new0 (Box);

  box->account = replay->backend->account;
  *n = 0;
  if (!dex_await (barua_engine_read (replay->backend->store, "wishes", pending_func, g_atomic_rc_box_acquire (box),
                                     box_unref), error))
    return FALSE;
  for (guint i = 0; i < box->wishes->len; i++)
    {
      if (!send_wish (replay, box, g_ptr_array_index (box->wishes, i), error))
        return FALSE;
      if (box->batch != 0)
        (*n)++;
    }
  return TRUE;
}

static DexFuture *
replay_fiber (gpointer data)
{
  Replay *replay = data;
  BaruaImapBackend *self = replay->backend;
  GError *error = NULL;
  gboolean ok = barua_imap_backend_load_folders (self, &error);
  guint n = 0;

  do
    {
      self->replay_again = FALSE;
      ok = ok && replay_round (replay, &n, &error);
    }
  while (ok && (n > 0 || self->replay_again));
  self->replaying = FALSE;
  if (replay->session != NULL)
    barua_imap_backend_give_back (self, g_steal_pointer (&replay->session));
  return ok ? dex_future_new_true () : dex_future_new_for_error (error);
}

DexFuture *
barua_imap_backend_replay (BaruaBackend *backend,
                           BaruaScope   *scope)
{
  BaruaImapBackend *self = BARUA_IMAP_BACKEND (backend);
  Replay *replay;

  /* One at a time; who comes meanwhile is seen to by a further round. */
  if (self->replaying)
    {
      self->replay_again = TRUE;
      return dex_future_new_true ();
    }
  self->replaying = TRUE;
  replay = g_new0 (Replay, 1);
  replay->backend = g_object_ref (self);
  replay->scope = barua_scope_new (scope != NULL ? scope : self->scope);
  return barua_fiber_start ("replay", replay_fiber, replay, replay_free);
}
