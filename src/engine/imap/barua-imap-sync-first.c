/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-backend-private.h"

#include "barua-kill-point.h"
#include "barua-limits.h"

/* The first sync of a folder (DESIGN 6): the newest rows alone and at once, then downwards in ranges that are all under way
 * together, so that the server never waits. The covered range goes down with each tagged OK.
 *
 * Ranges are message numbers: what is expunged meanwhile moves messages down only, into ranges that are still to come, so
 * none is missed; the count at the end says whether that held. Servers whose numbers can't be trusted are asked by UID, after
 * a listing. */

/* One range under way. */
typedef struct
{
  BaruaImapReducer *reducer;
  guint32           min_uid;
  guint             expected;
  guint             count;
} Range;

static void
range_clear (gpointer data)
{
  Range *range = data;

  g_clear_pointer (&range->reducer, barua_imap_reducer_unref);
}

static void
range_release (gpointer range)
{
  g_rc_box_release_full (range, range_clear);
}

static void
range_data (BaruaImapSession        *session,
            const BaruaImapResponse *response,
            guint32                  uid,
            gpointer                 data)
{
  Range *range = data;

  if (response->kind == BARUA_IMAP_RESPONSE_FETCH && uid != 0)
    {
      range->min_uid = range->min_uid == 0 ? uid : MIN (range->min_uid, uid);
      range->count++;
    }
  barua_imap_reducer_data (session, response, uid, range->reducer);
}

static Range *
range_new (BaruaImapSync *self,
           guint          expected)
{
  Range *range = g_rc_box_new0 (Range);

  range->reducer = barua_imap_reducer_ref (self->reducer);
  range->expected = expected;
  return range;
}

static DexFuture *
start_range (BaruaImapSync *self,
             Range         *range,
             guint          first,
             guint          last)
{
  const BaruaImapHandler handler = { range_data, NULL };
  g_autoptr(BaruaIdSet) numbers = barua_id_set_new ();
  BaruaImapFetchRequest request;
  BaruaImapFetchSection section;
  GPtrArray *commands;
  GError *error = NULL;

  barua_imap_slim_request (self->session, &request, &section);
  barua_id_set_add_range (numbers, first, last);
  commands = barua_imap_commands_fetch (barua_imap_session_get_dialect (self->session), BARUA_IMAP_SEQS (numbers),
                                        &request, &error);
  if (commands == NULL)
    return dex_future_new_for_error (error);
  return barua_imap_session_run_all (self->session, commands, BARUA_IMAP_RUN_DEFAULT, &handler, g_rc_box_acquire (range),
                                     range_release, self->scope);
}

/* A range came whole: everything from its lowest UID on is here. */
static void
cover (BaruaImapSync *self,
       Range         *range,
       gboolean       urgent)
{
  if (range->count < range->expected)
    self->holes = TRUE;
  if (self->holes || range->min_uid == 0)
    return;
  self->state->covered_low = range->min_uid;
  barua_imap_reducer_save_state (self->reducer, self->state, urgent);
}

static gboolean
await_range (BaruaImapSync *self,
             DexFuture     *future,
             Range         *range,
             gboolean       urgent,
             GError       **error)
{
  g_autoptr(GError) failure = NULL;
  g_autoptr(BaruaImapResult) result = dex_await_boxed (future, &failure);

  if (result != NULL)
    {
      cover (self, range, urgent);
      return TRUE;
    }
  /* One bad message makes some servers refuse the whole command: the others of the range come after a listing. */
  if (barua_imap_sync_is_local_failure (self, failure))
    {
      g_debug ("a range failed: %s", failure->message);
      self->holes = TRUE;
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static gboolean
fetch_first_rows (BaruaImapSync *self,
                  guint         *next,
                  GError       **error)
{
  guint first, last;
  Range *range;
  DexFuture *future;
  gboolean ok;

  barua_sync_next_range (next, BARUA_FIRST_ROWS, &first, &last);
  range = range_new (self, last - first + 1);
  future = start_range (self, range, first, last);
  ok = await_range (self, future, range, TRUE, error);
  range_release (range);
  self->report->round_trips++;
  if (!ok || !dex_await (barua_imap_reducer_drain (self->reducer, TRUE), error))
    return FALSE;
  BARUA_KILL_POINT ("first rows");
  if (self->report->first_rows_us < 0)
    self->report->first_rows_us = g_get_monotonic_time () - self->started_us;
  return TRUE;
}

/* What waits for the first rows to be on screen: a new account's list of folders. */
static gboolean
call_first_rows (BaruaImapSync *self,
                 GError       **error)
{
  return self->first_rows == NULL || self->first_rows (self->first_rows_data, error);
}

static gboolean
fetch_ranges (BaruaImapSync *self,
              guint          next,
              guint          total,
              GError       **error)
{
  g_autoptr(GPtrArray) ranges = g_ptr_array_new_with_free_func (range_release);
  g_autoptr(GPtrArray) futures = g_ptr_array_new_with_free_func ((GDestroyNotify) dex_unref);
  guint first, last;

  while (barua_sync_next_range (&next, BARUA_FETCH_RANGE, &first, &last))
    {
      Range *range = range_new (self, last - first + 1);

      g_ptr_array_add (ranges, range);
      g_ptr_array_add (futures, start_range (self, range, first, last));
    }
  for (guint i = 0; i < futures->len; i++)
    {
      if (!await_range (self, dex_ref (g_ptr_array_index (futures, i)), g_ptr_array_index (ranges, i), FALSE, error))
        return FALSE;
      BARUA_KILL_POINT ("range");
      barua_imap_sync_report_progress (self, MIN (barua_imap_reducer_get_n_rows (self->reducer), total), total);
    }
  if (futures->len > 0)
    self->report->round_trips++;
  return TRUE;
}

/* More messages than there were UIDs, or than any folder has: what is there is found by a listing. */
static gboolean
is_impossible (const BaruaImapSelected *selected,
               guint                    exists)
{
  return exists > BARUA_LIMIT_IMAP_MAPPED_MESSAGES || (selected->uid_next != 0 && exists >= selected->uid_next);
}

gboolean
barua_imap_sync_first (BaruaImapSync *self,
                       GError       **error)
{
  const BaruaImapSelected *selected = self->selected;
  guint exists = barua_imap_session_get_exists (self->session);
  guint next = exists;

  self->is_dirty = TRUE;
  self->state->uidvalidity = selected->uid_validity != 0 ? selected->uid_validity : 1;
  self->state->uidnext = selected->uid_next;
  self->state->highestmodseq = selected->highest_modseq;
  self->state->exists = exists;
  self->state->covered_low = 0;
  if (exists == 0)
    return call_first_rows (self, error);
  barua_imap_sync_report_progress (self, 0, exists);
  if (barua_imap_quirks_has (barua_imap_session_get_quirks (self->session), BARUA_IMAP_QUIRK_NO_SEQUENCES) ||
      is_impossible (selected, exists))
    {
      /* By UID: the listing first, then newest first. */
      self->holes = TRUE;
      return call_first_rows (self, error);
    }
  if (!fetch_first_rows (self, &next, error))
    return FALSE;
  /* A server that names no UIDNEXT: one above the newest, which came just now. */
  if (self->state->uidnext == 0)
    self->state->uidnext = barua_imap_reducer_get_max_uid (self->reducer) + 1;
  return call_first_rows (self, error) && fetch_ranges (self, next, exists, error);
}
