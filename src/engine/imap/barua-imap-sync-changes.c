/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-backend-private.h"

#include "barua-engine-store.h"
#include "barua-limits.h"
#include "barua-store-message.h"

/* What changed since the last visit: new mail, flags (PROTOCOLS 3.5-3.7). QRESYNC's answers came with SELECT already. */

static gboolean
fetch_new (BaruaImapSync *self,
           GError       **error)
{
  BaruaImapFetchRequest request;
  BaruaImapFetchSection section;
  g_autoptr(GError) failure = NULL;
  g_autoptr(BaruaIdSet) uids = NULL;

  barua_imap_slim_request (self->session, &request, &section);
  barua_imap_reducer_set_first_new (self->reducer, self->plan.first_new);
  self->report->round_trips++;
  self->is_dirty = TRUE;
  if (barua_imap_sync_fetch (self, BARUA_IMAP_UIDS_FROM (self->plan.first_new), &request, &failure))
    return TRUE;
  if (!barua_imap_sync_is_local_failure (self, failure))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  uids = barua_imap_sync_search (self, barua_imap_search_uid_range (self->plan.first_new, 0), error);
  if (uids == NULL)
    return FALSE;
  if (self->plan.first_new > 1)
    barua_id_set_remove_range (uids, 1, self->plan.first_new - 1);
  return barua_imap_sync_fetch_missing (self, uids, error);
}

static gboolean
fetch_changed (BaruaImapSync *self,
               GError       **error)
{
  g_autoptr(BaruaIdSet) uids = barua_id_set_new ();
  const BaruaImapFetchRequest request = {
    .items = BARUA_IMAP_ITEM_UID | BARUA_IMAP_ITEM_FLAGS,
    .changed_since = self->state->highestmodseq,
  };

  if (self->state->uidnext <= 1)
    return TRUE;
  barua_id_set_add_range (uids, MAX (self->state->covered_low, 1), self->state->uidnext - 1);
  self->report->round_trips++;
  self->is_dirty = TRUE;
  return barua_imap_sync_fetch (self, BARUA_IMAP_UIDS (uids), &request, error);
}

typedef struct
{
  gint64      folder;
  BaruaIdSet *newest;
  BaruaIdSet *seen;
  BaruaIdSet *flagged;
  BaruaIdSet *all;
} Known;

static void
known_clear (gpointer data)
{
  Known *known = data;

  g_clear_pointer (&known->newest, barua_id_set_unref);
  g_clear_pointer (&known->seen, barua_id_set_unref);
  g_clear_pointer (&known->flagged, barua_id_set_unref);
  g_clear_pointer (&known->all, barua_id_set_unref);
}

static void
known_unref (gpointer known)
{
  g_atomic_rc_box_release_full (known, known_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Known, known_unref)

static gboolean
load_newest (BaruaStoreConnection *c,
             gpointer              data,
             GError              **error)
{
  Known *known = data;

  known->newest = barua_store_message_list_newest_uids (c, known->folder, BARUA_QUICK_FLAGS, error);
  return known->newest != NULL;
}

gboolean
barua_imap_sync_quick_flags (BaruaImapSync *self,
                             GError       **error)
{
  g_autoptr(Known) known = g_atomic_rc_box_new0 (Known);
  const BaruaImapFetchRequest request = { .items = BARUA_IMAP_ITEM_UID | BARUA_IMAP_ITEM_FLAGS };

  known->folder = self->folder;
  if (!dex_await (barua_engine_read (self->backend->store, "newest", load_newest, g_atomic_rc_box_acquire (known),
                                     known_unref), error))
    return FALSE;
  if (barua_id_set_is_empty (known->newest))
    return TRUE;
  self->report->round_trips++;
  return barua_imap_sync_fetch (self, BARUA_IMAP_UIDS (known->newest), &request, error);
}

gboolean
barua_imap_sync_changes (BaruaImapSync *self,
                         GError       **error)
{
  const BaruaSyncSteps steps = self->plan.steps;

  /* Flags first: they concern what is here already. */
  if (steps & BARUA_SYNC_STEP_FLAGS && !barua_imap_sync_quick_flags (self, error))
    return FALSE;
  if (steps & BARUA_SYNC_STEP_CHANGES && !fetch_changed (self, error))
    return FALSE;
  if (steps & BARUA_SYNC_STEP_NEW && !fetch_new (self, error))
    return FALSE;
  return TRUE;
}

/* The set comparison (3.7, 5) -------------------------------------------------------------------------------------------- */

typedef struct
{
  gint64      folder;
  BaruaIdSet *range;
  BaruaIdSet *with;
  BaruaFlags  flag;
  guint       n_changed;
} Confirm;

static void
confirm_clear (gpointer data)
{
  Confirm *confirm = data;

  g_clear_pointer (&confirm->range, barua_id_set_unref);
  g_clear_pointer (&confirm->with, barua_id_set_unref);
}

static void
confirm_unref (gpointer confirm)
{
  g_atomic_rc_box_release_full (confirm, confirm_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Confirm, confirm_unref)

static gboolean
confirm_func (BaruaStoreConnection *c,
              gpointer              data,
              GError              **error)
{
  Confirm *confirm = data;

  return barua_store_message_confirm_set (c, confirm->folder, confirm->range, confirm->flag, confirm->with,
                                          &confirm->n_changed, error);
}

static gboolean
load_all_func (BaruaStoreConnection *c,
               gpointer              data,
               GError              **error)
{
  Known *known = data;

  known->all = barua_store_message_list_uids (c, known->folder, NULL, error);
  if (known->all == NULL)
    return FALSE;
  known->seen = barua_store_message_list_uids_by_flags (c, known->folder, BARUA_FLAG_SEEN, BARUA_FLAG_SEEN, error);
  return known->seen != NULL;
}

/* The UIDs that have @flag, asked for by the smaller half, and never believed when empty against what is known without
 * the other half agreeing (2.6). NULL with @error when it failed, NULL without when the answers can't be used. */
static BaruaIdSet *
search_flag (BaruaImapSync    *self,
             BaruaFlags        flag,
             gboolean          by_absence,
             const BaruaIdSet *all,
             GError          **error)
{
  g_autoptr(BaruaIdSet) found = barua_imap_sync_search (self, barua_imap_search_flag (flag, !by_absence), error);
  g_autoptr(BaruaIdSet) rest = NULL;
  g_autoptr(BaruaIdSet) inside = NULL;

  self->report->round_trips++;
  if (found == NULL)
    return NULL;
  if (barua_id_set_is_empty (found) && !barua_id_set_is_empty (all))
    {
      rest = barua_imap_sync_search (self, barua_imap_search_flag (flag, by_absence), error);
      if (rest == NULL || barua_id_set_get_count (rest) != barua_imap_session_get_exists (self->session))
        return NULL;
    }
  inside = barua_id_set_intersect (found, all);
  return by_absence ? barua_id_set_subtract (all, inside) : g_steal_pointer (&inside);
}

static gboolean
compare_flag (BaruaImapSync *self,
              BaruaFlags     flag,
              const Known   *known,
              GError       **error)
{
  g_autoptr(Confirm) confirm = g_atomic_rc_box_new0 (Confirm);
  g_autoptr(GError) failure = NULL;
  gboolean by_absence = flag == BARUA_FLAG_SEEN &&
                        barua_id_set_get_count (known->seen) * 2 > barua_id_set_get_count (known->all);

  confirm->with = search_flag (self, flag, by_absence, known->all, &failure);
  if (confirm->with == NULL)
    {
      if (failure == NULL || barua_imap_sync_is_local_failure (self, failure))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  confirm->folder = self->folder;
  confirm->range = barua_id_set_copy (known->all);
  confirm->flag = flag;
  if (!dex_await (barua_engine_write (self->backend->store, BARUA_STORE_BATCH, "compare flags", confirm_func,
                                      g_atomic_rc_box_acquire (confirm), confirm_unref), error))
    return FALSE;
  self->report->updated += confirm->n_changed;
  return TRUE;
}

gboolean
barua_imap_sync_compare_flags (BaruaImapSync *self,
                               GError       **error)
{
  static const BaruaFlags flags[] = { BARUA_FLAG_SEEN, BARUA_FLAG_FLAGGED, BARUA_FLAG_ANSWERED, BARUA_FLAG_DELETED };
  g_autoptr(Known) known = g_atomic_rc_box_new0 (Known);

  known->folder = self->folder;
  if (!dex_await (barua_engine_read (self->backend->store, "all flags", load_all_func, g_atomic_rc_box_acquire (known),
                                     known_unref), error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (!compare_flag (self, flags[i], known, error))
      return FALSE;
  self->state->last_full_flags = barua_clock_get_unix_seconds (self->backend->clock);
  barua_imap_reducer_save_state (self->reducer, self->state, FALSE);
  return dex_await (barua_imap_reducer_drain (self->reducer, FALSE), error);
}
