/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-backend-private.h"

#include "barua-fiber.h"
#include "barua-imap-query.h"
#include "barua-limits.h"

/* The server's own search in one folder. What it finds and the store has no row of is fetched in the ordinary way. */

typedef struct
{
  BaruaImapBackend   *backend;
  BaruaScope         *scope;
  BaruaScope         *waiting;   /* for a connection */
  BaruaImapSearchKey *key;
  gint64              folder;
  guint               limit;
  gboolean            is_ascii;
  guint               patience;
} Ask;

static void
ask_free (gpointer data)
{
  Ask *ask = data;

  g_clear_handle_id (&ask->patience, g_source_remove);
  g_object_unref (ask->backend);
  barua_scope_unref (ask->waiting);
  barua_scope_unref (ask->scope);
  g_clear_pointer (&ask->key, barua_imap_search_key_free);
  g_free (ask);
}

/* Connections ---------------------------------------------------------------------------------------------------------- */

static gboolean
lose_patience (gpointer data)
{
  Ask *ask = data;

  ask->patience = 0;
  barua_scope_cancel (ask->waiting);
  return G_SOURCE_REMOVE;
}

/* Why there is no connection: the pool knows more than that it was waited for in vain. */
static void
explain (Ask     *ask,
         GError **failure)
{
  const GError *reason = barua_imap_pool_get_error (ask->backend->pool);

  if (!barua_scope_is_cancelled (ask->waiting) || barua_scope_is_cancelled (ask->scope))
    return;
  g_clear_error (failure);
  *failure = reason != NULL ? g_error_copy (reason)
                            : g_error_new_literal (BARUA_ERROR, BARUA_ERROR_TIMEOUT, "no connection in time");
}

/* The pool waits through failures that pass; a person who asked something does not. */
static BaruaImapSession *
lease_in_time (Ask         *ask,
               const char  *mailbox,
               GError     **error)
{
  BaruaImapBackend *self = ask->backend;
  g_autoptr(GError) failure = NULL;
  BaruaImapSession *session;

  if (barua_imap_pool_get_status (self->pool) == BARUA_IMAP_POOL_OFFLINE)
    {
      g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_OFFLINE, "no network");
      return NULL;
    }
  ask->patience = g_timeout_add (barua_clock_scale_ms (self->clock, BARUA_TIMEOUT_ASK_MS), lose_patience, ask);
  session = barua_imap_backend_lease (self, BARUA_IMAP_LEASE_WORK, mailbox, ask->waiting, &failure);
  if (session == NULL)
    {
      explain (ask, &failure);
      g_propagate_error (error, g_steal_pointer (&failure));
    }
  g_clear_handle_id (&ask->patience, g_source_remove);
  return session;
}

/* Rows ------------------------------------------------------------------------------------------------------------------ */

/* Never visited, renumbered since, or with new mail: an ordinary visit first, which leaves nothing unknown. */
static gboolean
catch_up (Ask               *ask,
          BaruaImapSession  *session,
          GError           **error)
{
  BaruaImapBackend *self = ask->backend;
  BaruaImapSync *sync;
  gboolean ok;

  if (!dex_await (barua_imap_backend_lock (self, ask->folder), error))
    return FALSE;
  sync = barua_imap_sync_new (self, session, ask->folder, BARUA_SYNC_DEFAULT, NULL, ask->scope);
  ok = barua_imap_sync_run (sync, error);
  barua_imap_sync_free (sync);
  barua_imap_backend_unlock (self, ask->folder);
  g_signal_emit_by_name (self, "progress", ask->folder, G_MAXUINT, 0);
  return ok;
}

/* Whether the store's numbers of messages are those of the server. */
static gboolean
is_renumbered (BaruaImapSync *sync)
{
  return sync->state->uidvalidity == 0 ||
         (sync->selected->uid_validity != 0 && sync->selected->uid_validity != sync->state->uidvalidity);
}

static gboolean
bring_rows (Ask               *ask,
            BaruaImapSync     *sync,
            const BaruaIdSet  *found,
            GError           **error)
{
  g_autoptr(BaruaIdSet) known = NULL;
  g_autoptr(BaruaIdSet) missing = NULL;

  if (barua_id_set_is_empty (found))
    return TRUE;
  if (is_renumbered (sync))
    return catch_up (ask, sync->session, error);
  known = barua_imap_sync_load_uids (sync, error);
  if (known == NULL)
    return FALSE;
  missing = barua_id_set_subtract (found, known);
  if (barua_id_set_is_empty (missing))
    return TRUE;
  if (barua_id_set_get_last (missing) >= sync->state->uidnext)
    return catch_up (ask, sync->session, error);
  return barua_imap_sync_fetch_missing (sync, missing, error) && barua_imap_sync_fetch_damaged (sync, error) &&
         dex_await (barua_imap_reducer_drain (sync->reducer, TRUE), error);
}

/* The question ---------------------------------------------------------------------------------------------------------- */

static gboolean
can_be_asked (Ask               *ask,
              BaruaImapSession  *session,
              GError           **error)
{
  if (ask->is_ascii || barua_imap_session_get_dialect (session)->utf8 ||
      !barua_imap_quirks_has (barua_imap_session_get_quirks (session), BARUA_IMAP_QUIRK_NO_CHARSET))
    return TRUE;
  g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_INVALID, "this server searches for ASCII letters only");
  return FALSE;
}

static BaruaIdSet *
ask_folder (Ask            *ask,
            BaruaImapSync  *sync,
            GError        **error)
{
  g_autoptr(BaruaIdSet) all = NULL;
  g_autoptr(BaruaIdSet) found = NULL;

  if (!can_be_asked (ask, sync->session, error) || !barua_imap_sync_enter (sync, error))
    return NULL;
  all = barua_imap_sync_search (sync, g_steal_pointer (&ask->key), error);
  if (all == NULL)
    return NULL;
  found = barua_id_set_take_newest (all, ask->limit);
  return bring_rows (ask, sync, found, error) ? g_steal_pointer (&found) : NULL;
}

static DexFuture *
ask_fiber (gpointer data)
{
  Ask *ask = data;
  BaruaImapBackend *self = ask->backend;
  g_autofree char *mailbox = NULL;
  BaruaStoreFolder *folder;
  BaruaImapSession *session;
  BaruaImapSync *sync;
  BaruaIdSet *found;
  GError *error = NULL;

  if (!barua_imap_backend_load_folders (self, &error))
    return dex_future_new_for_error (error);
  folder = barua_imap_backend_get_folder (self, ask->folder);
  if (folder == NULL)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no such folder");
  mailbox = g_strdup (folder->name);
  session = lease_in_time (ask, mailbox, &error);
  if (session == NULL)
    return dex_future_new_for_error (error);
  sync = barua_imap_sync_new (self, session, ask->folder, BARUA_SYNC_DEFAULT, NULL, ask->scope);
  sync->scattered = TRUE;
  found = ask_folder (ask, sync, &error);
  barua_imap_sync_free (sync);
  barua_imap_backend_give_back (self, session);
  if (found == NULL)
    return dex_future_new_for_error (error);
  return dex_future_new_take_boxed (BARUA_TYPE_ID_SET, found);
}

DexFuture *
barua_imap_backend_search (BaruaBackend           *backend,
                           gint64                  folder,
                           const BaruaSearchQuery *query,
                           guint                   limit,
                           BaruaScope             *scope)
{
  Ask *ask = g_new0 (Ask, 1);

  ask->backend = g_object_ref (BARUA_IMAP_BACKEND (backend));
  ask->scope = barua_scope_new (scope != NULL ? scope : ask->backend->scope);
  ask->waiting = barua_scope_new (ask->scope);
  ask->folder = folder;
  ask->limit = limit;
  ask->key = barua_imap_query_to_key (query);
  ask->is_ascii = barua_imap_query_is_ascii (query);
  return barua_fiber_start ("ask the server", ask_fiber, ask, ask_free);
}
