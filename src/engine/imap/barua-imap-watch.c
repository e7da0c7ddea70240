/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-backend-private.h"

#include "barua-fiber.h"
#include "barua-limits.h"

/* Live updates: one connection stays in the inbox, one in the folder on screen, each in IDLE; where the server can NOTIFY, the
 * one in the inbox is told of all folders (barua-imap-notify.c). What the server says untagged goes through the reducer like
 * everything else; EXISTS makes the new rows be fetched on the very same connection, so that between the server's word and the
 * row there is one round trip. */

typedef struct
{
  BaruaImapBackend *backend;
  BaruaScope       *scope;
  gint64            folder;
  BaruaImapLease    lease;
  BaruaImapSync    *sync;    /* while a session is there; borrowed by the event function */
  DexPromise       *news;    /* resolved when there is something to do; NULL: nobody waits */
  guint             exists;  /* as of the last look */
  gboolean          look;    /* new mail, or a removal without UID */
  gboolean          closed;
} Watch;

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  dex_clear (&watch->news);
  barua_scope_unref (watch->scope);
  g_object_unref (watch->backend);
  g_free (watch);
}

static void
tell (Watch *watch)
{
  DexPromise *news = g_steal_pointer (&watch->news);

  if (news == NULL)
    return;
  dex_promise_resolve_boolean (news, TRUE);
  dex_unref (news);
}

static void
on_event (BaruaImapSession     *session,
          const BaruaImapEvent *event,
          gpointer              data)
{
  Watch *watch = data;

  if (barua_imap_backend_note_told (watch->backend, session, event))
    return;
  barua_imap_reducer_event (watch->sync->reducer, event);
  switch (event->type)
    {
    case BARUA_IMAP_EVENT_EXISTS:
      if (event->number <= watch->exists)
        {
          watch->exists = event->number;
          return;
        }
      watch->exists = event->number;
      watch->look = TRUE;
      break;
    case BARUA_IMAP_EVENT_EXPUNGED:
      watch->exists = barua_imap_session_get_exists (session);
      return;
    case BARUA_IMAP_EVENT_LOST_TRACK:
      watch->look = TRUE;
      break;
    case BARUA_IMAP_EVENT_ALERT:
      g_signal_emit_by_name (watch->backend, "alert", event->text);
      return;
    case BARUA_IMAP_EVENT_CLOSED:
      watch->closed = TRUE;
      break;
    default:
      return;
    }
  tell (watch);
}

static DexFuture *
wait_news (Watch *watch)
{
  DexFuture *future;

  if (watch->look || watch->closed)
    return dex_future_new_true ();
  if (watch->news == NULL)
    watch->news = dex_promise_new ();
  future = DEX_FUTURE (dex_ref (watch->news));
  return barua_scope_first (watch->scope, future);
}

/* The folder is up to date on this session: stay, until the connection or the scope ends. */
static gboolean
stay (Watch   *watch,
      GError **error)
{
  BaruaImapSession *session = watch->sync->session;
  BaruaImapBackend *self = watch->backend;
  gboolean ok = TRUE;

  /* FALSE, or a refusal: IDLE here, and the account's poll for the others. */
  if (watch->lease == BARUA_IMAP_LEASE_WATCH && barua_imap_session_can (session, BARUA_IMAP_CAP_NOTIFY))
    {
      g_autoptr(GError) refusal = NULL;

      if (!dex_await (barua_imap_session_notify (session, watch->scope), &refusal))
        g_debug ("NOTIFY: %s", refusal->message);
    }
  barua_imap_session_set_watching (session, TRUE);
  while (ok && dex_await (wait_news (watch), error))
    {
      if (watch->closed)
        break;
      watch->look = FALSE;
      if (!dex_await (barua_imap_backend_lock (self, watch->folder), error))
        return FALSE;
      ok = barua_imap_sync_new_mail (watch->sync, error);
      if (ok && barua_imap_reducer_take_lost (watch->sync->reducer))
        ok = barua_imap_sync_removals (watch->sync, error);
      barua_imap_backend_unlock (self, watch->folder);
    }
  return ok && !barua_scope_is_cancelled (watch->scope);
}

static gboolean
watch_once (Watch   *watch,
            GError **error)
{
  BaruaImapBackend *self = watch->backend;
  BaruaStoreFolder *folder = barua_imap_backend_get_folder (self, watch->folder);
  g_autofree char *mailbox = folder != NULL ? g_strdup (folder->name) : NULL;
  BaruaImapSession *session;
  gboolean ok;

  if (mailbox == NULL)
    {
      g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "the folder is gone");
      return FALSE;
    }
  session = barua_imap_backend_lease (self, watch->lease, mailbox, watch->scope, error);
  if (session == NULL)
    return FALSE;
  watch->closed = FALSE;
  watch->look = FALSE;
  watch->sync = barua_imap_sync_new (self, session, watch->folder, BARUA_SYNC_DEFAULT, NULL, watch->scope);
  ok = dex_await (barua_imap_backend_lock (self, watch->folder), error);
  if (ok)
    {
      ok = barua_imap_sync_run (watch->sync, error);
      barua_imap_backend_unlock (self, watch->folder);
      g_signal_emit_by_name (self, "progress", watch->folder, G_MAXUINT, 0);
    }
  if (ok)
    {
      watch->exists = barua_imap_session_get_exists (session);
      barua_imap_session_set_events (session, on_event, watch);
      ok = stay (watch, error);
    }
  barua_imap_session_set_events (session, NULL, NULL);
  barua_imap_session_set_watching (session, FALSE);
  g_clear_pointer (&watch->sync, barua_imap_sync_free);
  barua_imap_backend_give_back (self, session);
  return ok;
}

/* For as long as the scope lasts: connections come and go, the pool sees to waiting times. What fails in the folder itself
 * waits here, growing. */
static DexFuture *
watch_fiber (gpointer data)
{
  Watch *watch = data;
  BaruaBackoff backoff = { 0 };

  while (!barua_scope_is_cancelled (watch->scope))
    {
      g_autoptr(GError) error = NULL;

      if (watch_once (watch, &error))
        {
          barua_backoff_reset (&backoff);
          continue;
        }
      if (error == NULL || barua_error_get_policy (error) == BARUA_POLICY_QUIET)
        break;
      g_debug ("watching folder %" G_GINT64_FORMAT ": %s", watch->folder, error->message);
      g_signal_emit_by_name (watch->backend, "trouble", error);
      if (!dex_await (barua_online_wait_backoff (watch->backend->online, &backoff, watch->backend->clock, watch->scope),
                      NULL))
        break;
    }
  return dex_future_new_true ();
}

static BaruaScope *
start_watch (BaruaImapBackend *self,
             gint64            folder,
             BaruaImapLease    lease)
{
  Watch *watch = g_new0 (Watch, 1);

  watch->backend = g_object_ref (self);
  watch->scope = barua_scope_new (self->scope);
  watch->folder = folder;
  watch->lease = lease;
  barua_fiber_spawn ("watch", watch_fiber, watch, watch_free);
  return barua_scope_ref (watch->scope);
}

static void
stop_watch (BaruaScope **scope)
{
  if (*scope != NULL)
    barua_scope_cancel (*scope);
  g_clear_pointer (scope, barua_scope_unref);
}

static DexFuture *
begin_fiber (gpointer data)
{
  BaruaImapBackend *self = data;
  GError *error = NULL;
  gint64 inbox = barua_imap_backend_ensure_inbox (self, &error);

  if (inbox == 0)
    return dex_future_new_for_error (error);
  if (!self->watching)
    return dex_future_new_true ();
  if (self->inbox_watch == NULL)
    self->inbox_watch = start_watch (self, inbox, BARUA_IMAP_LEASE_WATCH);
  if (self->watched_open != self->open_folder || self->open_folder == inbox)
    stop_watch (&self->open_watch);
  self->watched_open = self->open_folder;
  if (self->open_watch == NULL && self->open_folder != 0 && self->open_folder != inbox &&
      barua_imap_backend_get_folder (self, self->open_folder) != NULL)
    self->open_watch = start_watch (self, self->open_folder, BARUA_IMAP_LEASE_BACKGROUND);
  return dex_future_new_true ();
}

void
barua_imap_backend_watch (BaruaBackend *backend,
                          gint64        open_folder)
{
  BaruaImapBackend *self = BARUA_IMAP_BACKEND (backend);

  if (open_folder < 0)
    {
      barua_imap_backend_end_watch (self);
      return;
    }
  self->watching = TRUE;
  self->open_folder = open_folder;
  barua_fiber_spawn ("begin watch", begin_fiber, g_object_ref (self), g_object_unref);
}

void
barua_imap_backend_end_watch (BaruaImapBackend *self)
{
  self->watching = FALSE;
  stop_watch (&self->inbox_watch);
  stop_watch (&self->open_watch);
}
