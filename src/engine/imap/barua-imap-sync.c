/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-backend-private.h"

#include "barua-engine-store.h"
#include "barua-kill-point.h"
#include "barua-limits.h"
#include "barua-store-message.h"

/* One folder, from SELECT to its new state (PROTOCOLS 3.4-3.8). Everything here runs in a fiber. */

/* What the store knows of the folder: shared between a fiber and a reader. */
typedef struct
{
  gint64               folder;
  BaruaStoreSyncState *state;
  guint64              count;
  BaruaIdSet          *uids;
  gboolean             want_state;
  gboolean             want_uids;
} Load;

static void
load_clear (gpointer data)
{
  Load *load = data;

  g_clear_pointer (&load->state, barua_store_sync_state_free);
  g_clear_pointer (&load->uids, barua_id_set_unref);
}

static void
load_unref (gpointer load)
{
  g_atomic_rc_box_release_full (load, load_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Load, load_unref)

static gboolean
load_func (BaruaStoreConnection *c,
           gpointer              data,
           GError              **error)
{
  Load *load = data;

  if (load->want_state)
    {
      load->state = barua_store_sync_state_load (c, load->folder, error);
      return load->state != NULL;
    }
  if (load->want_uids)
    {
      load->uids = barua_store_message_list_uids (c, load->folder, NULL, error);
      return load->uids != NULL;
    }
  return barua_store_message_count_uids (c, load->folder, NULL, &load->count, error);
}

static Load *
load (BaruaImapSync *self,
      gboolean       want_state,
      gboolean       want_uids,
      GError       **error)
{
  g_autoptr(Load) box = g_atomic_rc_box_new0 (Load);

  box->folder = self->folder;
  box->want_state = want_state;
  box->want_uids = want_uids;
  if (!dex_await (barua_engine_read (self->backend->store, "sync state", load_func, g_atomic_rc_box_acquire (box),
                                     load_unref), error))
    return NULL;
  return g_steal_pointer (&box);
}

BaruaIdSet *
barua_imap_sync_load_uids (BaruaImapSync *self,
                           GError       **error)
{
  g_autoptr(Load) box = load (self, FALSE, TRUE, error);

  return box != NULL ? g_steal_pointer (&box->uids) : NULL;
}

gboolean
barua_imap_sync_load_count (BaruaImapSync *self,
                            guint         *count,
                            GError       **error)
{
  g_autoptr(Load) box = load (self, FALSE, FALSE, error);

  if (box == NULL)
    return FALSE;
  *count = box->count;
  return TRUE;
}

BaruaImapSync *
barua_imap_sync_new (BaruaImapBackend *backend,
                     BaruaImapSession *session,
                     gint64            folder,
                     BaruaSyncFlags    flags,
                     BaruaSyncReport  *report,
                     BaruaScope       *scope)
{
  BaruaImapSync *self = g_new0 (BaruaImapSync, 1);
  BaruaStoreFolder *known = barua_imap_backend_get_folder (backend, folder);

  self->backend = g_object_ref (backend);
  self->session = g_object_ref (session);
  self->scope = scope != NULL ? barua_scope_ref (scope) : NULL;
  self->folder = folder;
  self->mailbox = g_strdup (known != NULL ? known->name : "");
  self->flags = flags;
  self->report = report != NULL ? barua_sync_report_ref (report) : barua_sync_report_new ();
  self->started_us = g_get_monotonic_time ();
  self->reducer = barua_imap_reducer_new (backend->store, folder, self->report);
  barua_imap_reducer_set_session (self->reducer, session);
  return self;
}

void
barua_imap_sync_free (BaruaImapSync *self)
{
  barua_imap_reducer_set_session (self->reducer, NULL);
  g_clear_pointer (&self->reducer, barua_imap_reducer_unref);
  g_clear_pointer (&self->selected, barua_imap_selected_unref);
  g_clear_pointer (&self->state, barua_store_sync_state_free);
  g_clear_pointer (&self->report, barua_sync_report_unref);
  g_clear_pointer (&self->scope, barua_scope_unref);
  g_clear_object (&self->session);
  g_clear_object (&self->backend);
  g_free (self->mailbox);
  g_free (self);
}

void
barua_imap_sync_report_progress (BaruaImapSync *self,
                                 guint          done,
                                 guint          total)
{
  g_signal_emit_by_name (self->backend, "progress", self->folder, done, total);
}

gboolean
barua_imap_sync_is_local_failure (BaruaImapSync *self,
                                  const GError  *error)
{
  if (barua_imap_session_get_state (self->session) != BARUA_IMAP_STATE_SELECTED)
    return FALSE;
  switch (barua_error_get_code (error))
    {
    case BARUA_ERROR_SERVER_REFUSED:
    case BARUA_ERROR_BUSY:
    case BARUA_ERROR_NOT_PERMITTED:
    case BARUA_ERROR_NOT_FOUND:
    case BARUA_ERROR_LIMIT:
    case BARUA_ERROR_INTERNAL:
      return TRUE;
    default:
      return FALSE;
    }
}

/* Commands ------------------------------------------------------------------------------------------------------------ */

void
barua_imap_slim_request (BaruaImapSession      *session,
                         BaruaImapFetchRequest *request,
                         BaruaImapFetchSection *section)
{
  static const char *const fields[] = { "DATE", "FROM", "SENDER", "REPLY-TO", "TO", "CC", "SUBJECT", "MESSAGE-ID",
                                        "IN-REPLY-TO", "REFERENCES", "LIST-ID", "CONTENT-TYPE", "AUTO-SUBMITTED",
                                        NULL };

  *section = (BaruaImapFetchSection) {
    .kind = BARUA_IMAP_SECTION_BODY,
    .text = "HEADER.FIELDS",
    .fields = fields,
  };
  *request = (BaruaImapFetchRequest) {
    .items = BARUA_IMAP_ITEM_UID | BARUA_IMAP_ITEM_FLAGS | BARUA_IMAP_ITEM_INTERNALDATE | BARUA_IMAP_ITEM_RFC822_SIZE,
    .sections = section,
    .n_sections = 1,
  };
  if (barua_imap_session_can (session, BARUA_IMAP_CAP_OBJECTID))
    request->items |= BARUA_IMAP_ITEM_EMAILID;
  else if (barua_imap_session_can (session, BARUA_IMAP_CAP_GMAIL))
    request->items |= BARUA_IMAP_ITEM_X_GM_MSGID;
}

static void
reducer_unref (gpointer reducer)
{
  barua_imap_reducer_unref (reducer);
}

DexFuture *
barua_imap_sync_start_fetch (BaruaImapSync               *self,
                             BaruaImapMessages            messages,
                             const BaruaImapFetchRequest *request)
{
  const BaruaImapHandler handler = { barua_imap_reducer_data, NULL };
  GError *error = NULL;
  GPtrArray *commands = barua_imap_commands_fetch (barua_imap_session_get_dialect (self->session), messages, request,
                                                   &error);

  if (commands == NULL)
    return dex_future_new_for_error (error);
  return barua_imap_session_run_all (self->session, commands, BARUA_IMAP_RUN_DEFAULT, &handler,
                                     barua_imap_reducer_ref (self->reducer), reducer_unref, self->scope);
}

gboolean
barua_imap_sync_fetch (BaruaImapSync               *self,
                       BaruaImapMessages            messages,
                       const BaruaImapFetchRequest *request,
                       GError                     **error)
{
  g_autoptr(BaruaImapResult) result = dex_await_boxed (barua_imap_sync_start_fetch (self, messages, request), error);

  return result != NULL;
}

typedef struct
{
  BaruaIdSet       *found;
  BaruaImapReducer *reducer;
  gboolean          overflow;
} Search;

static void
search_data (BaruaImapSession        *session,
             const BaruaImapResponse *response,
             guint32                  uid,
             gpointer                 data)
{
  Search *search = data;

  if (response->kind != BARUA_IMAP_RESPONSE_SEARCH)
    barua_imap_reducer_data (session, response, uid, search->reducer);
  else if (!barua_id_set_add_set (search->found, response->search.ids))
    search->overflow = TRUE;
}

BaruaIdSet *
barua_imap_sync_search (BaruaImapSync      *self,
                        BaruaImapSearchKey *taken_key,
                        GError            **error)
{
  const BaruaImapHandler handler = { search_data, NULL };
  g_autoptr(BaruaImapSearchKey) key = taken_key;
  g_autoptr(BaruaImapResult) result = NULL;
  g_autoptr(BaruaIdSet) found = barua_id_set_new ();
  Search search = { found, self->reducer, FALSE };
  BaruaImapSearchRequest request = { 0 };
  BaruaImapCommand *command;

  request.use_return = barua_imap_session_can (self->session, BARUA_IMAP_CAP_ESEARCH) &&
                       !barua_imap_quirks_has (barua_imap_session_get_quirks (self->session),
                                               BARUA_IMAP_QUIRK_NO_ESEARCH);
  request.items = request.use_return ? BARUA_IMAP_SEARCH_ALL : 0;
  command = barua_imap_command_search (barua_imap_session_get_dialect (self->session), &request, key, error);
  if (command == NULL)
    return NULL;
  /* The handler's memory is this stack: the future is awaited without a scope of its own, and run() calls the handler no more
   * once it is done. */
  result = dex_await_boxed (barua_imap_session_run (self->session, command, BARUA_IMAP_RUN_SLOW, &handler, &search, NULL,
                                                    self->scope), error);
  if (result == NULL)
    return NULL;
  if (search.overflow)
    {
      g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_LIMIT, "SEARCH answered with too many ranges");
      return NULL;
    }
  return g_steal_pointer (&found);
}

/* SELECT -------------------------------------------------------------------------------------------------------------- */

static gboolean
select_folder (BaruaImapSync *self,
               GError       **error)
{
  const BaruaImapHandler handler = { barua_imap_reducer_data, NULL };
  BaruaStoreSyncState *state = self->state;
  g_autoptr(BaruaIdSet) known = NULL;
  BaruaImapQresync qresync = { .uid_validity = state->uidvalidity, .modseq = state->highestmodseq };
  gboolean can = state->uidvalidity != 0 && state->highestmodseq != 0 && state->covered_low != 0 && state->uidnext > 1;

  if (can)
    {
      /* Only what is here is worth hearing of: new mail is fetched anyhow. */
      known = barua_id_set_new ();
      barua_id_set_add_range (known, state->covered_low, state->uidnext - 1);
      qresync.known_uids = known;
    }
  self->selected = dex_await_boxed (barua_imap_session_select (self->session, self->mailbox, 0, can ? &qresync : NULL,
                                                               &handler, barua_imap_reducer_ref (self->reducer),
                                                               reducer_unref, self->scope), error);
  self->report->round_trips++;
  return self->selected != NULL;
}

static void
make_plan (BaruaImapSync *self)
{
  const BaruaImapSelected *selected = self->selected;
  const BaruaSyncState state = {
    .uid_validity = self->state->uidvalidity,
    .uid_next = self->state->uidnext,
    .modseq = self->state->highestmodseq,
    .low = self->state->covered_low,
    .count = self->state->exists,
  };
  const BaruaSyncAnswer answer = {
    .uid_validity = selected->uid_validity,
    .uid_next = selected->uid_next,
    .modseq = selected->highest_modseq,
    .exists = barua_imap_session_get_exists (self->session),
  };

  self->way = selected->qresync ? BARUA_SYNC_WAY_QRESYNC
              : selected->highest_modseq != 0 && !barua_imap_quirks_has (barua_imap_session_get_quirks (self->session),
                                                                         BARUA_IMAP_QUIRK_NO_CONDSTORE)
                ? BARUA_SYNC_WAY_CONDSTORE
                : BARUA_SYNC_WAY_PLAIN;
  barua_sync_plan_make (&self->plan, &state, &answer, self->way);
  /* What the gate of STATUS would have said: then the rows need not be counted. */
  self->is_unchanged = self->way != BARUA_SYNC_WAY_PLAIN &&
                       barua_sync_gate_is_shut (&state, &answer, self->way, G_MAXUINT, 0);
}

typedef struct
{
  gint64               folder;
  BaruaStoreSyncState *state;
} Reset;

static gboolean
reset_func (BaruaStoreConnection *c,
            gpointer              data,
            GError              **error)
{
  Reset *reset = data;

  return barua_store_message_forget_uids (c, reset->folder, error) &&
         barua_store_sync_state_save (c, reset->state, error);
}

/* Another UIDVALIDITY: rows stay, without UIDs, until the new listing has matched them by Message-ID, date and size
 * (PROTOCOLS 3.7, 1; THREATS P-05). */
static gboolean
reset_folder (BaruaImapSync *self,
              GError       **error)
{
  Reset *reset = g_new0 (Reset, 1);
  DexFuture *future;

  self->state->uidvalidity = self->selected->uid_validity;
  self->state->uidnext = 0;
  self->state->highestmodseq = 0;
  self->state->covered_low = 0;
  self->was_reset = TRUE;
  reset->folder = self->folder;
  reset->state = self->state;
  /* The state is ours and is not touched before the write has ended. */
  future = barua_engine_write (self->backend->store, BARUA_STORE_NORMAL, "reset folder", reset_func, reset, g_free);
  return dex_await (future, error);
}

typedef struct
{
  gint64 folder;
  guint  n_removed;
} Uidless;

static void
uidless_unref (gpointer box)
{
  g_atomic_rc_box_release (box);
}

static gboolean
remove_uidless_func (BaruaStoreConnection *c,
                     gpointer              data,
                     GError              **error)
{
  Uidless *box = data;

  return barua_store_message_remove_uidless (c, box->folder, &box->n_removed, error);
}

/* After a reset, when the new listing is whole: what was not adopted is gone. */
static gboolean
remove_uidless (BaruaImapSync *self,
                GError       **error)
{
  Uidless *box = g_atomic_rc_box_new0 (Uidless);
  gboolean ok;

  box->folder = self->folder;
  do
    {
      box->n_removed = 0;
      ok = dex_await (barua_engine_write (self->backend->store, BARUA_STORE_BATCH, "remove unmatched",
                                          remove_uidless_func, g_atomic_rc_box_acquire (box), uidless_unref), error);
      self->report->removed += box->n_removed;
    }
  while (ok && box->n_removed > 0);
  uidless_unref (box);
  return ok;
}

static gboolean
load_state (BaruaImapSync *self,
            GError       **error)
{
  g_autoptr(Load) box = load (self, TRUE, FALSE, error);

  if (box == NULL)
    return FALSE;
  self->state = g_steal_pointer (&box->state);
  self->state->folder = self->folder;
  return TRUE;
}

gboolean
barua_imap_sync_enter (BaruaImapSync *self,
                       GError       **error)
{
  const BaruaImapHandler handler = { barua_imap_reducer_data, NULL };

  if (!load_state (self, error))
    return FALSE;
  self->selected = dex_await_boxed (barua_imap_session_select (self->session, self->mailbox, 0, NULL, &handler,
                                                               barua_imap_reducer_ref (self->reducer), reducer_unref,
                                                               self->scope), error);
  return self->selected != NULL;
}

/* The steps ------------------------------------------------------------------------------------------------------------ */

/* Everything from low to UIDNEXT is here and committed: the state says so, with what SELECT said and no later MODSEQ. */
static gboolean
save_state (BaruaImapSync *self,
            GError       **error)
{
  BaruaStoreSyncState *state = self->state;
  const BaruaImapSelected *selected = self->selected;
  guint32 next = MAX (selected->uid_next, state->uidnext);
  /* A number that the server will not tell for these UIDs, where what is here could not be brought to what is there: the next
   * visit counts again. */
  guint32 exists = barua_imap_session_get_exists (self->session) + (self->agrees ? 0 : 1);

  next = MAX (next, barua_imap_reducer_get_max_uid (self->reducer) + 1);
  /* Where UIDs went down, the server's word is taken once its list was compared. */
  if ((self->plan.steps & BARUA_SYNC_STEP_LIST) && selected->uid_next != 0)
    next = MAX (selected->uid_next, barua_imap_reducer_get_max_uid (self->reducer) + 1);
  if (state->uidvalidity != selected->uid_validity || state->uidnext != next || state->covered_low != 1 ||
      state->highestmodseq != selected->highest_modseq ||
      state->exists != exists)
    self->is_dirty = TRUE;
  state->uidvalidity = selected->uid_validity != 0 ? selected->uid_validity : state->uidvalidity;
  if (state->uidvalidity == 0)
    state->uidvalidity = 1; /* a server that names none: its UIDs are all there is to go by */
  state->uidnext = next;
  state->covered_low = 1;
  state->highestmodseq = selected->highest_modseq;
  state->exists = exists;
  if (!self->is_dirty)
    return dex_await (barua_imap_reducer_drain (self->reducer, TRUE), error);
  state->last_sync = barua_clock_get_unix_seconds (self->backend->clock);
  if (self->plan.steps & BARUA_SYNC_STEP_FIRST)
    state->last_full_flags = state->last_sync;
  barua_imap_reducer_save_state (self->reducer, state, TRUE);
  self->is_dirty = FALSE;
  return dex_await (barua_imap_reducer_drain (self->reducer, TRUE), error);
}

static gboolean
run_steps (BaruaImapSync *self,
           GError       **error)
{
  const BaruaSyncSteps steps = self->plan.steps;

  if (steps & BARUA_SYNC_STEP_RESET && !reset_folder (self, error))
    return FALSE;
  if (steps & BARUA_SYNC_STEP_FIRST)
    {
      if (!barua_imap_sync_first (self, error))
        return FALSE;
    }
  else if (!barua_imap_sync_changes (self, error))
    return FALSE;
  if (!barua_imap_sync_fetch_damaged (self, error))
    return FALSE;
  if ((steps & (BARUA_SYNC_STEP_LIST | BARUA_SYNC_STEP_OLDER)) || self->holes ||
      barua_imap_reducer_take_lost (self->reducer))
    {
      if (!barua_imap_sync_list (self, error))
        return FALSE;
    }
  else if (!barua_imap_sync_removals (self, error))
    return FALSE;
  if (self->was_reset && !remove_uidless (self, error))
    return FALSE;
  return TRUE;
}

/* Plain servers tell of no flags: all of them are compared when it is asked for, and once a day by who runs for long. */
static gboolean
compare_is_due (BaruaImapSync *self)
{
  gint64 now = barua_clock_get_unix_seconds (self->backend->clock);

  if (self->way != BARUA_SYNC_WAY_PLAIN)
    return FALSE;
  return self->flags & BARUA_SYNC_FULL_FLAGS ||
         (self->backend->patient && self->state->last_full_flags + BARUA_FULL_FLAGS_SECONDS <= now);
}

static void
tell_arrived (BaruaImapSync *self)
{
  g_autoptr(BaruaIdSet) arrived = barua_imap_reducer_take_arrived (self->reducer);

  if (!barua_id_set_is_empty (arrived))
    g_signal_emit_by_name (self->backend, "arrived", self->folder, arrived);
}

gboolean
barua_imap_sync_run (BaruaImapSync *self,
                     GError       **error)
{
  if (!load_state (self, error) || !select_folder (self, error))
    return FALSE;
  make_plan (self);
  g_debug ("folder %" G_GINT64_FORMAT ": way %d, steps 0x%x, exists %u, before %u", self->folder, self->way,
           self->plan.steps, self->selected->exists, self->state->exists);
  if (!run_steps (self, error) || !save_state (self, error))
    return FALSE;
  self->is_unchanged = FALSE;
  if (compare_is_due (self) && !barua_imap_sync_compare_flags (self, error))
    return FALSE;
  self->report->folders++;
  /* What came while nobody was connected is new mail too; what was there before Barua, or under other UIDs, is not. */
  if (!(self->plan.steps & (BARUA_SYNC_STEP_FIRST | BARUA_SYNC_STEP_RESET | BARUA_SYNC_STEP_OLDER)))
    tell_arrived (self);
  g_signal_emit_by_name (self->backend, "checked", self->folder);
  return TRUE;
}

gboolean
barua_imap_sync_new_mail (BaruaImapSync *self,
                          GError       **error)
{
  self->plan.steps = BARUA_SYNC_STEP_NEW | BARUA_SYNC_STEP_COUNT;
  self->plan.first_new = MAX (self->state->uidnext, barua_imap_reducer_get_max_uid (self->reducer) + 1);
  if (!barua_imap_sync_changes (self, error) || !barua_imap_sync_fetch_damaged (self, error))
    return FALSE;
  self->state->exists = barua_imap_session_get_exists (self->session) +
                        (barua_imap_reducer_has_lost (self->reducer) ? 1 : 0);
  self->state->uidnext = MAX (self->state->uidnext, barua_imap_reducer_get_max_uid (self->reducer) + 1);
  self->state->last_sync = barua_clock_get_unix_seconds (self->backend->clock);
  barua_imap_reducer_save_state (self->reducer, self->state, TRUE);
  if (!dex_await (barua_imap_reducer_drain (self->reducer, TRUE), error))
    return FALSE;
  tell_arrived (self);
  g_signal_emit_by_name (self->backend, "checked", self->folder);
  return TRUE;
}
