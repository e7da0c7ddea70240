/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-backend-private.h"

#include <string.h>

#include "barua-engine-store.h"
#include "barua-fiber.h"
#include "barua-limits.h"
#include "barua-store-message.h"

/* One account, or one folder of it: the inbox's first rows before the list of folders, the gate before each SELECT. */

typedef struct
{
  BaruaImapBackend *backend;
  BaruaScope       *scope;
  gint64            folder;
  BaruaSyncFlags    flags;
  BaruaSyncReport  *report;
  GPtrArray        *gates; /* BaruaImapFolder that NOTIFY told of; NULL: not that */
  gint64            started_us;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_object_unref (request->backend);
  barua_scope_unref (request->scope);
  barua_sync_report_unref (request->report);
  g_clear_pointer (&request->gates, g_ptr_array_unref);
  g_free (request);
}

static gboolean
is_synchronised (const BaruaStoreFolder *folder)
{
  BaruaRole role = barua_store_folder_get_role (folder);

  return !(folder->flags & BARUA_STORE_FOLDER_NO_SELECT) && !folder->hidden && role != BARUA_ROLE_NOT_MAIL &&
         role != BARUA_ROLE_ALL && role != BARUA_ROLE_FLAGGED && role != BARUA_ROLE_IMPORTANT;
}

/* In a fiber: one folder on @session; the folder is locked meanwhile. */
static gboolean
sync_one (Request          *request,
          BaruaImapSession *session,
          gint64            folder,
          gboolean        (*first_rows) (gpointer, GError **),
          gpointer          first_rows_data,
          GError          **error)
{
  BaruaImapBackend *self = request->backend;
  BaruaImapSync *sync;
  gboolean ok;

  if (!dex_await (barua_imap_backend_lock (self, folder), error))
    return FALSE;
  sync = barua_imap_sync_new (self, session, folder, request->flags, request->report, request->scope);
  sync->started_us = request->started_us;
  sync->first_rows = first_rows;
  sync->first_rows_data = first_rows_data;
  ok = barua_imap_sync_run (sync, error);
  barua_imap_sync_free (sync);
  barua_imap_backend_unlock (self, folder);
  g_signal_emit_by_name (self, "progress", folder, G_MAXUINT, 0);
  return ok;
}

/* The gates of 3.4 ------------------------------------------------------------------------------------------------------------ */

typedef struct
{
  gint64      account;
  GPtrArray  *states;    /* BaruaStoreSyncState */
  GHashTable *by_folder; /* gint64 * -> one of states */
} States;

static void
states_clear (gpointer data)
{
  States *states = data;

  g_clear_pointer (&states->by_folder, g_hash_table_unref);
  g_clear_pointer (&states->states, g_ptr_array_unref);
}

static void
states_unref (gpointer states)
{
  g_atomic_rc_box_release_full (states, states_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (States, states_unref)

static gboolean
states_func (BaruaStoreConnection *c,
             gpointer              data,
             GError              **error)
{
  States *states = data;

  states->states = barua_store_sync_state_list (c, states->account, error);
  if (states->states == NULL)
    return FALSE;
  states->by_folder = g_hash_table_new (g_int64_hash, g_int64_equal);
  for (guint i = 0; i < states->states->len; i++)
    {
      BaruaStoreSyncState *state = g_ptr_array_index (states->states, i);

      g_hash_table_insert (states->by_folder, &state->folder, state);
    }
  return TRUE;
}

/* In a fiber. */
static States *
load_states (BaruaImapBackend *self,
             GError          **error)
{
  g_autoptr(States) states = g_atomic_rc_box_new0 (States);

  states->account = self->account;
  if (!dex_await (barua_engine_read (self->store, "sync states", states_func, g_atomic_rc_box_acquire (states),
                                     states_unref), error))
    return NULL;
  return g_steal_pointer (&states);
}

/* BaruaImapFolder by the name that the store knows it by; an account may have thousands. */
static GHashTable *
index_gates (GPtrArray *gates)
{
  GHashTable *by_name = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; gates != NULL && i < gates->len; i++)
    {
      const BaruaImapFolder *gate = g_ptr_array_index (gates, i);
      const char *name = g_ascii_strcasecmp (gate->mailbox, "INBOX") == 0 ? "INBOX" : gate->mailbox;

      if (!g_hash_table_contains (by_name, name))
        g_hash_table_insert (by_name, (gpointer) name, (gpointer) gate);
    }
  return by_name;
}

static gboolean
is_unchanged (const BaruaImapQuirks  *quirks,
              const BaruaImapFolder  *gate,
              States                 *states,
              const BaruaStoreFolder *folder,
              gint64                  open_folder)
{
  const BaruaImapStatusItems needed = BARUA_IMAP_STATUS_MESSAGES | BARUA_IMAP_STATUS_UIDNEXT |
                                      BARUA_IMAP_STATUS_UIDVALIDITY;
  const BaruaStoreSyncState *stored;
  BaruaSyncAnswer answer;
  BaruaSyncState state;
  gboolean modseq;

  if (gate == NULL || (gate->present & needed) != needed)
    return FALSE;
  answer = (BaruaSyncAnswer) {
    .uid_validity = gate->uid_validity,
    .uid_next = gate->uid_next,
    .modseq = gate->present & BARUA_IMAP_STATUS_HIGHESTMODSEQ ? gate->highest_modseq : 0,
    .exists = gate->messages,
  };
  modseq = answer.modseq != 0 && !barua_imap_quirks_has (quirks, BARUA_IMAP_QUIRK_NO_CONDSTORE);
  /* Without MODSEQ equal numbers prove no flags: what people look at gets its quick pass on each visit. */
  if (!modseq && (folder->role == BARUA_ROLE_INBOX || folder->id == open_folder))
    return FALSE;
  stored = g_hash_table_lookup (states->by_folder, &folder->id);
  if (stored == NULL)
    return FALSE;
  state = (BaruaSyncState) {
    .uid_validity = stored->uidvalidity,
    .uid_next = stored->uidnext,
    .modseq = stored->highestmodseq,
    .low = stored->covered_low,
    .count = stored->exists,
  };
  return barua_sync_gate_is_shut (&state, &answer, modseq ? BARUA_SYNC_WAY_CONDSTORE : BARUA_SYNC_WAY_PLAIN,
                                  gate->present & BARUA_IMAP_STATUS_UNSEEN ? gate->unseen : G_MAXUINT, folder->unread);
}

/* Ids of what is to be synchronised, the inbox first, then by role, then by size of name: a plain copy, since folders may
 * change while others are synchronised. */
static GArray *
list_work (BaruaImapBackend *self)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer value;

  for (int pass = 0; pass < 3; pass++)
    {
      g_hash_table_iter_init (&iter, self->folders);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        {
          const BaruaStoreFolder *folder = value;
          BaruaRole role = barua_store_folder_get_role (folder);
          int rank = folder->id == self->open_folder || role == BARUA_ROLE_INBOX ? 0 : role != BARUA_ROLE_NONE ? 1 : 2;

          if (rank == pass && is_synchronised (folder))
            g_array_append_val (ids, folder->id);
        }
    }
  return ids;
}

typedef struct
{
  Request          *request;
  BaruaImapSession *session;
  gboolean          is_done;
} Listing;

/* The first rows of a new account are there: now its list of folders, and then the rest of the inbox. Not pipelined: Dovecot
 * answers a LIST in the middle of a FETCH. */
static gboolean
list_now (gpointer   data,
          GError   **error)
{
  Listing *listing = data;

  listing->request->report->round_trips++;
  listing->is_done = TRUE;
  return barua_imap_backend_refresh_folders (listing->request->backend, listing->session, listing->request->scope, NULL,
                                             error);
}

/* Folders of others that are shown and may not be opened are no failure of the account. */
static gboolean
is_closed_to_us (const GError *error)
{
  BaruaErrorCode code = barua_error_get_code (error);

  return code == BARUA_ERROR_NOT_PERMITTED || code == BARUA_ERROR_NOT_FOUND || code == BARUA_ERROR_SERVER_REFUSED;
}

static gboolean
sync_account (Request          *request,
              BaruaImapSession *session,
              GError          **error)
{
  BaruaImapBackend *self = request->backend;
  gint64 inbox = barua_imap_backend_ensure_inbox (self, error);
  g_autoptr(GPtrArray) gates = NULL;
  g_autoptr(GHashTable) by_name = NULL;
  g_autoptr(States) states = NULL;
  g_autoptr(GArray) work = NULL;
  g_autoptr(GError) first = NULL;
  Listing listing = { request, session, FALSE };
  gboolean is_new = g_hash_table_size (self->folders) <= 1;

  if (inbox == 0)
    return FALSE;
  if (is_new && !sync_one (request, session, inbox, list_now, &listing, error))
    return FALSE;
  /* The inbox alone was synchronised before: then there was no first row to wait for. */
  if (is_new && !listing.is_done && !list_now (&listing, error))
    return FALSE;
  if (!is_new)
    {
      request->report->round_trips++;
      if (!barua_imap_backend_refresh_folders (self, session, request->scope, &gates, error))
        return FALSE;
    }
  states = load_states (self, error);
  if (states == NULL)
    return FALSE;
  work = list_work (self);
  by_name = index_gates (gates);
  for (guint i = 0; i < work->len; i++)
    {
      gint64 id = g_array_index (work, gint64, i);
      const BaruaStoreFolder *folder = barua_imap_backend_get_folder (self, id);
      g_autoptr(GError) failure = NULL;

      if (folder == NULL || (is_new && id == inbox))
        continue;
      if (!(request->flags & BARUA_SYNC_FULL_FLAGS) &&
          is_unchanged (barua_imap_session_get_quirks (session), g_hash_table_lookup (by_name, folder->name), states,
                        folder, self->open_folder))
        {
          request->report->folders++;
          g_signal_emit_by_name (self, "checked", id);
          continue;
        }
      if (sync_one (request, session, id, NULL, NULL, &failure))
        continue;
      /* One folder that the server keeps closed does not stop the others. */
      if (barua_imap_session_get_state (session) == BARUA_IMAP_STATE_CLOSED ||
          barua_error_get_policy (failure) != BARUA_POLICY_GIVE_UP)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      g_message ("folder %" G_GINT64_FORMAT ": %s", id, failure->message);
      if (first == NULL && !is_closed_to_us (failure))
        first = g_steal_pointer (&failure);
    }
  if (first == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

/* What NOTIFY told of: of these folders those whose numbers are not ours. Many are not: a message that came in stirs a folder
 * several times, and our own changes do too. */
static GArray *
list_told (BaruaImapBackend *self,
           GPtrArray        *gates,
           GError          **error)
{
  g_autoptr(States) states = load_states (self, error);
  g_autoptr(GHashTable) by_name = index_gates (gates);
  g_autoptr(GArray) work = NULL;

  if (states == NULL)
    return NULL;
  work = list_work (self);
  for (guint i = work->len; i > 0; i--)
    {
      gint64 id = g_array_index (work, gint64, i - 1);
      const BaruaStoreFolder *folder = barua_imap_backend_get_folder (self, id);
      const BaruaImapFolder *gate = g_hash_table_lookup (by_name, folder->name);

      /* The folder on screen has a connection of its own that tells of it. */
      if (gate == NULL || (self->open_watch != NULL && id == self->watched_open) ||
          is_unchanged (self->notify_quirks, gate, states, folder, self->open_folder))
        g_array_remove_index (work, i - 1);
    }
  return g_steal_pointer (&work);
}

static gboolean
sync_told (Request  *request,
           GError  **error)
{
  BaruaImapBackend *self = request->backend;
  g_autoptr(GArray) work = list_told (self, request->gates, error);
  BaruaImapSession *session;
  gboolean ok = TRUE;

  if (work == NULL || work->len == 0)
    return work != NULL;
  session = barua_imap_backend_lease (self, BARUA_IMAP_LEASE_WORK, NULL, request->scope, error);
  if (session == NULL)
    return FALSE;
  for (guint i = 0; ok && i < work->len; i++)
    {
      g_autoptr(GError) failure = NULL;

      if (sync_one (request, session, g_array_index (work, gint64, i), NULL, NULL, &failure))
        continue;
      g_debug ("told of folder %" G_GINT64_FORMAT ": %s", g_array_index (work, gint64, i), failure->message);
      ok = barua_imap_session_get_state (session) != BARUA_IMAP_STATE_CLOSED;
      if (!ok)
        g_propagate_error (error, g_steal_pointer (&failure));
    }
  barua_imap_backend_give_back (self, session);
  return ok;
}

static gboolean
sync_folder (Request          *request,
             BaruaImapSession *session,
             GError          **error)
{
  BaruaImapBackend *self = request->backend;

  if (barua_imap_backend_get_folder (self, request->folder) == NULL)
    {
      g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no such folder");
      return FALSE;
    }
  return sync_one (request, session, request->folder, NULL, NULL, error);
}

/* A session that stood before the call was connected and signed in at once. The sign-in takes three round trips (TCP, TLS,
 * greeting with sign-in). */
static void
note_times (Request          *request,
            BaruaImapSession *session)
{
  gint64 connected, signed_in;

  if (request->report->signed_in_us >= 0)
    return;
  barua_imap_session_get_times (session, &connected, &signed_in);
  request->report->connected_us = MAX (connected - request->started_us, 0);
  request->report->signed_in_us = MAX (signed_in - request->started_us, 0);
  if (signed_in >= request->started_us)
    request->report->round_trips += 3;
}

static DexFuture *
sync_fiber (gpointer data)
{
  Request *request = data;
  BaruaImapBackend *self = request->backend;
  g_autofree char *mailbox = NULL;
  BaruaStoreFolder *folder;
  BaruaImapSession *session;
  GError *error = NULL;
  gboolean ok;

  /* Everything that needs no server, before one is waited for. */
  if (!barua_imap_backend_load_folders (self, &error) ||
      (request->folder == 0 && barua_imap_backend_ensure_inbox (self, &error) == 0))
    return dex_future_new_for_error (error);
  folder = barua_imap_backend_get_folder (self, request->folder);
  mailbox = folder != NULL ? g_strdup (folder->name) : NULL;
  session = barua_imap_backend_lease (self, BARUA_IMAP_LEASE_WORK, mailbox, request->scope, &error);
  if (session == NULL)
    return dex_future_new_for_error (error);
  note_times (request, session);
  ok = request->folder != 0 ? sync_folder (request, session, &error) : sync_account (request, session, &error);
  barua_imap_backend_give_back (self, session);
  if (!ok)
    return dex_future_new_for_error (error);
  return dex_future_new_true ();
}

DexFuture *
barua_imap_backend_sync (BaruaBackend    *backend,
                         gint64           folder,
                         BaruaSyncFlags   flags,
                         BaruaSyncReport *report,
                         BaruaScope      *scope)
{
  Request *request = g_new0 (Request, 1);

  request->backend = g_object_ref (BARUA_IMAP_BACKEND (backend));
  request->scope = barua_scope_new (scope != NULL ? scope : request->backend->scope);
  request->folder = folder;
  request->flags = flags;
  request->report = barua_sync_report_ref (report);
  request->started_us = g_get_monotonic_time ();
  return barua_fiber_start ("sync", sync_fiber, request, request_free);
}

static DexFuture *
told_fiber (gpointer data)
{
  Request *request = data;
  GError *error = NULL;

  if (!barua_imap_backend_load_folders (request->backend, &error) || !sync_told (request, &error))
    return dex_future_new_for_error (error);
  return dex_future_new_true ();
}

DexFuture *
barua_imap_backend_sync_told (BaruaImapBackend *self,
                              GPtrArray        *gates,
                              BaruaScope       *scope)
{
  Request *request = g_new0 (Request, 1);

  request->backend = g_object_ref (self);
  request->scope = barua_scope_new (scope);
  request->report = barua_sync_report_new ();
  request->gates = gates;
  request->started_us = g_get_monotonic_time ();
  return barua_fiber_start ("sync told", told_fiber, request, request_free);
}
