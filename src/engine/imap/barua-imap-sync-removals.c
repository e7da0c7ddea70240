/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-backend-private.h"

#include "barua-limits.h"

/* What is gone (PROTOCOLS 3.7): counted first, then looked for where it probably is, and removed only on proof. */

/* How many more are cached than the server has, everything committed. */
static gboolean
count_removed (BaruaImapSync *self,
               gint64        *removed,
               GError       **error)
{
  guint cached;

  /* Counting a hundred thousand rows is most of what an unchanged folder would cost. */
  *removed = 0;
  if (self->is_unchanged && barua_imap_reducer_is_untouched (self->reducer))
    return TRUE;
  if (!dex_await (barua_imap_reducer_drain (self->reducer, TRUE), error) ||
      !barua_imap_sync_load_count (self, &cached, error))
    return FALSE;
  *removed = barua_sync_count_removed (cached, barua_imap_session_get_exists (self->session));
  return TRUE;
}

/* Windows, newest first. *agrees: exactly as many were found as are missing, and are on their way out. */
static gboolean
search_windows (BaruaImapSync *self,
                guint          wanted,
                gboolean      *agrees,
                GError       **error)
{
  g_autoptr(BaruaIdSet) cached = barua_imap_sync_load_uids (self, error);
  g_autoptr(BaruaRemovalSearch) search = NULL;
  guint total;
  guint32 first, last;

  *agrees = FALSE;
  if (cached == NULL)
    return FALSE;
  total = barua_id_set_get_count (cached);
  search = barua_removal_search_new (cached, wanted);
  while (barua_removal_search_next (search, &first, &last))
    {
      g_autoptr(BaruaIdSet) listed = barua_imap_sync_search (self, barua_imap_search_uid_range (first, last), error);
      gint64 removed;

      self->report->round_trips++;
      if (listed == NULL)
        return FALSE;
      removed = barua_sync_count_removed (total, barua_imap_session_get_exists (self->session));
      if (removed < 0)
        return TRUE;
      switch (barua_removal_search_feed (search, listed, removed))
        {
        case BARUA_REMOVAL_DONE:
          *agrees = TRUE;
          barua_imap_reducer_remove (self->reducer, barua_removal_search_get_removed (search));
          return TRUE;
        case BARUA_REMOVAL_DISAGREES:
          return TRUE;
        case BARUA_REMOVAL_MORE:
          break;
        }
    }
  return TRUE;
}

gboolean
barua_imap_sync_removals (BaruaImapSync *self,
                          GError       **error)
{
  gint64 removed;
  gboolean agrees = FALSE;
  gboolean esearch = barua_imap_session_can (self->session, BARUA_IMAP_CAP_ESEARCH);

  if (!count_removed (self, &removed, error))
    return FALSE;
  self->agrees = removed == 0;
  if (self->agrees)
    return TRUE;
  self->is_dirty = TRUE;
  /* With ESEARCH the whole list costs a few ranges; otherwise deletions are usually recent. */
  if (removed > 0 && !esearch && !search_windows (self, removed, &agrees, error))
    return FALSE;
  self->agrees = agrees;
  return agrees || barua_imap_sync_list (self, error);
}

/* The whole list ---------------------------------------------------------------------------------------------------------- */

typedef struct
{
  BaruaIdSet       *uids;
  BaruaImapReducer *reducer;
  gboolean          overflow;
} Listing;

static void
listing_data (BaruaImapSession        *session,
              const BaruaImapResponse *response,
              guint32                  uid,
              gpointer                 data)
{
  Listing *listing = data;

  if (response->kind == BARUA_IMAP_RESPONSE_FETCH && uid != 0 && !barua_id_set_add (listing->uids, uid))
    listing->overflow = TRUE;
  barua_imap_reducer_data (session, response, uid, listing->reducer);
}

/* UID FETCH 1:* (UID): what can't be a search gone wrong. */
static BaruaIdSet *
fetch_uids (BaruaImapSync *self,
            GError       **error)
{
  const BaruaImapHandler handler = { listing_data, NULL };
  const BaruaImapFetchRequest request = { .items = BARUA_IMAP_ITEM_UID };
  g_autoptr(BaruaIdSet) uids = barua_id_set_new ();
  g_autoptr(BaruaImapResult) result = NULL;
  Listing listing = { uids, self->reducer, FALSE };
  GPtrArray *commands = barua_imap_commands_fetch (barua_imap_session_get_dialect (self->session),
                                                   BARUA_IMAP_UIDS_FROM (1), &request, error);

  if (commands == NULL)
    return NULL;
  result = dex_await_boxed (barua_imap_session_run_all (self->session, commands, BARUA_IMAP_RUN_SLOW, &handler, &listing,
                                                        NULL, self->scope), error);
  self->report->round_trips++;
  if (result == NULL)
    return NULL;
  if (listing.overflow)
    {
      g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_LIMIT, "too many ranges of UIDs");
      return NULL;
    }
  return g_steal_pointer (&uids);
}

/* All UIDs of the folder, and whether they may be believed. */
static BaruaIdSet *
list_uids (BaruaImapSync       *self,
           BaruaListingVerdict *verdict,
           GError             **error)
{
  g_autoptr(GError) failure = NULL;
  g_autoptr(BaruaIdSet) listed = barua_imap_sync_search (self, barua_imap_search_all (), &failure);

  self->report->round_trips++;
  if (listed == NULL && !barua_imap_sync_is_local_failure (self, failure))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  if (listed != NULL)
    {
      *verdict = barua_sync_judge_listing (listed, barua_imap_session_get_exists (self->session));
      if (*verdict == BARUA_LISTING_PROVEN)
        return g_steal_pointer (&listed);
    }
  g_clear_pointer (&listed, barua_id_set_unref);
  listed = fetch_uids (self, error);
  if (listed != NULL)
    *verdict = barua_sync_judge_listing (listed, barua_imap_session_get_exists (self->session));
  return g_steal_pointer (&listed);
}

/* Takes those out of @missing that were tried often enough today. The list is looked at again at the next visit. */
static void
leave_out_spent (BaruaImapSync *self,
                 BaruaIdSet    *missing)
{
  g_autoptr(BaruaIdSet) spent = barua_id_set_new ();
  const BaruaIdRange *ranges = barua_id_set_get_ranges (missing);

  if (barua_id_set_get_count (missing) > BARUA_PAGE_ROWS)
    return;
  for (guint i = 0; i < barua_id_set_get_n_ranges (missing); i++)
    for (guint64 uid = ranges[i].first; uid <= ranges[i].last; uid++)
      if (barua_poison_is_spent (self->backend->poison, BARUA_POISON_ROW, self->folder, (guint32) uid))
        barua_id_set_add (spent, uid);
  if (barua_id_set_is_empty (spent))
    return;
  barua_id_set_remove_set (missing, spent);
  self->agrees = FALSE;
  self->report->skipped += (guint) barua_id_set_get_count (spent);
}

/* What was listed and asked for, and came in no form that could be read: asked for again at the next visits, but not for
 * ever, and not in silence. */
static gboolean
judge_missing (BaruaImapSync    *self,
               const BaruaIdSet *missing,
               GError          **error)
{
  g_autoptr(BaruaIdSet) here = NULL;
  g_autoptr(BaruaIdSet) left = NULL;
  const BaruaIdRange *ranges;

  if (barua_id_set_is_empty (missing))
    return TRUE;
  if (!dex_await (barua_imap_reducer_drain (self->reducer, TRUE), error))
    return FALSE;
  here = barua_imap_sync_load_uids (self, error);
  if (here == NULL)
    return FALSE;
  left = barua_id_set_subtract (missing, here);
  if (barua_id_set_is_empty (left))
    return TRUE;
  self->agrees = FALSE;
  self->report->skipped += (guint) barua_id_set_get_count (left);
  /* Very many at once are the server's trouble and not that of single messages: nothing is held against those. */
  if (barua_id_set_get_count (left) > BARUA_PAGE_ROWS)
    return TRUE;
  ranges = barua_id_set_get_ranges (left);
  for (guint i = 0; i < barua_id_set_get_n_ranges (left); i++)
    for (guint64 uid = ranges[i].first; uid <= ranges[i].last; uid++)
      barua_poison_try (self->backend->poison, BARUA_POISON_ROW, self->folder, (guint32) uid);
  if (barua_poison_changed (self->backend->poison))
    barua_imap_backend_save_settings (self->backend);
  return TRUE;
}

gboolean
barua_imap_sync_list (BaruaImapSync *self,
                      GError       **error)
{
  BaruaListingVerdict verdict = BARUA_LISTING_DISTRUSTED;
  g_autoptr(BaruaIdSet) listed = NULL;
  g_autoptr(BaruaIdSet) cached = NULL;
  g_autoptr(BaruaIdSet) missing = NULL;
  g_autoptr(BaruaIdSet) gone = NULL;

  self->is_dirty = TRUE;
  self->agrees = FALSE;
  listed = list_uids (self, &verdict, error);
  if (listed == NULL || !dex_await (barua_imap_reducer_drain (self->reducer, TRUE), error))
    return FALSE;
  cached = barua_imap_sync_load_uids (self, error);
  if (cached == NULL)
    return FALSE;
  gone = barua_id_set_subtract (cached, listed);
  /* What a search brought here from below what is covered was told of no change since: asked for again with what lies around. */
  if (self->plan.steps & BARUA_SYNC_STEP_OLDER)
    barua_id_set_remove_range (cached, 1, self->state->covered_low - 1);
  missing = barua_id_set_subtract (listed, cached);
  self->agrees = verdict == BARUA_LISTING_PROVEN;
  if (self->agrees)
    barua_imap_reducer_remove (self->reducer, gone);
  else if (!barua_id_set_is_empty (gone))
    g_message ("folder %" G_GINT64_FORMAT ": the server lists %" G_GUINT64_FORMAT " of %u messages; nothing is removed",
               self->folder, barua_id_set_get_count (listed), barua_imap_session_get_exists (self->session));
  leave_out_spent (self, missing);
  self->holes = FALSE;
  barua_imap_reducer_set_first_new (self->reducer, 0);
  return barua_imap_sync_fetch_missing (self, missing, error) && barua_imap_sync_fetch_damaged (self, error) &&
         judge_missing (self, missing, error);
}
