/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-sync-plan.h"

#include "barua-limits.h"

void
barua_sync_plan_make (BaruaSyncPlan         *plan,
                      const BaruaSyncState  *state,
                      const BaruaSyncAnswer *answer,
                      BaruaSyncWay           way)
{
  gboolean grew;

  plan->steps = BARUA_SYNC_STEP_NONE;
  plan->first_new = state->uid_next;
  if (state->uid_validity == 0 || state->low == 0 || state->uid_next == 0)
    {
      plan->steps = BARUA_SYNC_STEP_FIRST;
      return;
    }
  /* A missing UIDVALIDITY is no changed one: such servers (PROTOCOLS 2.7) are taken at their UIDs. */
  if (answer->uid_validity != 0 && answer->uid_validity != state->uid_validity)
    {
      plan->steps = BARUA_SYNC_STEP_RESET | BARUA_SYNC_STEP_FIRST;
      return;
    }
  grew = answer->uid_next == 0 || answer->uid_next > state->uid_next;
  if (answer->uid_next != 0 && answer->uid_next < state->uid_next)
    {
      /* UIDs may not go down (RFC 9051, 2.3.1.1): list again, and believe removals only as far as that list proves them. */
      plan->steps |= BARUA_SYNC_STEP_LIST;
    }
  if (grew)
    plan->steps |= BARUA_SYNC_STEP_NEW;
  if (way == BARUA_SYNC_WAY_PLAIN || answer->modseq == 0 || state->modseq == 0)
    plan->steps |= BARUA_SYNC_STEP_FLAGS;
  else if (answer->modseq < state->modseq)
    plan->steps |= BARUA_SYNC_STEP_FLAGS | BARUA_SYNC_STEP_LIST;
  else if (way == BARUA_SYNC_WAY_CONDSTORE && answer->modseq > state->modseq)
    plan->steps |= BARUA_SYNC_STEP_CHANGES;
  if (state->low > 1)
    plan->steps |= BARUA_SYNC_STEP_OLDER | BARUA_SYNC_STEP_LIST;
  else if (!(plan->steps & BARUA_SYNC_STEP_LIST))
    plan->steps |= BARUA_SYNC_STEP_COUNT;
}

gboolean
barua_sync_gate_is_shut (const BaruaSyncState  *state,
                         const BaruaSyncAnswer *answer,
                         BaruaSyncWay           way,
                         guint                  unseen,
                         guint                  cached_unseen)
{
  if (state->uid_validity == 0 || state->low != 1 || answer->uid_validity != state->uid_validity ||
      answer->uid_next == 0 || answer->uid_next != state->uid_next || answer->exists != state->count)
    return FALSE;
  if (way != BARUA_SYNC_WAY_PLAIN)
    return answer->modseq != 0 && answer->modseq == state->modseq;
  /* Without MODSEQ equal counts prove no flags; they are the best there is, and the regular passes see to the rest. */
  return unseen == G_MAXUINT || unseen == cached_unseen;
}

gint64
barua_sync_count_removed (guint cached,
                          guint exists)
{
  return (gint64) cached - (gint64) exists;
}

BaruaListingVerdict
barua_sync_judge_listing (const BaruaIdSet *listed,
                          guint             exists)
{
  return barua_id_set_get_count (listed) == exists ? BARUA_LISTING_PROVEN : BARUA_LISTING_DISTRUSTED;
}

struct _BaruaRemovalSearch
{
  BaruaIdSet *left;    /* cached UIDs of windows not asked yet */
  BaruaIdSet *window;  /* cached UIDs of the window that was asked for */
  BaruaIdSet *removed;
  guint64     size;
};

BaruaRemovalSearch *
barua_removal_search_new (const BaruaIdSet *cached,
                          guint             wanted)
{
  BaruaRemovalSearch *self = g_new0 (BaruaRemovalSearch, 1);

  self->left = barua_id_set_copy (cached);
  self->removed = barua_id_set_new ();
  self->size = BARUA_REMOVAL_WINDOW;
  return self;
}

void
barua_removal_search_free (BaruaRemovalSearch *self)
{
  g_clear_pointer (&self->left, barua_id_set_unref);
  g_clear_pointer (&self->window, barua_id_set_unref);
  g_clear_pointer (&self->removed, barua_id_set_unref);
  g_free (self);
}

BaruaIdSet *
barua_id_set_take_newest (BaruaIdSet *set,
                          guint64     n)
{
  BaruaIdSet *taken = barua_id_set_new ();
  const BaruaIdRange *ranges = barua_id_set_get_ranges (set);
  guint64 first = 0;
  guint64 left = n;

  if (barua_id_set_is_empty (set) || n == 0)
    return taken;
  for (guint i = barua_id_set_get_n_ranges (set); i > 0 && left > 0; i--)
    {
      guint64 length = ranges[i - 1].last - ranges[i - 1].first + 1;
      guint64 part = MIN (length, left);

      first = ranges[i - 1].last - part + 1;
      left -= part;
    }
  for (guint i = 0; i < barua_id_set_get_n_ranges (set); i++)
    if (ranges[i].last >= first)
      barua_id_set_add_range (taken, MAX (first, ranges[i].first), ranges[i].last);
  barua_id_set_remove_range (set, first, G_MAXUINT64);
  return taken;
}

gboolean
barua_removal_search_next (BaruaRemovalSearch *self,
                           guint32            *first,
                           guint32            *last)
{
  if (barua_id_set_is_empty (self->left))
    return FALSE;
  *last = barua_id_set_get_last (self->left);
  g_clear_pointer (&self->window, barua_id_set_unref);
  self->window = barua_id_set_take_newest (self->left, self->size);
  *first = barua_id_set_is_empty (self->left) ? 1 : barua_id_set_get_first (self->window);
  self->size *= 4;
  return TRUE;
}

BaruaRemovalVerdict
barua_removal_search_feed (BaruaRemovalSearch *self,
                           const BaruaIdSet   *listed,
                           guint               wanted)
{
  g_autoptr(BaruaIdSet) gone = barua_id_set_subtract (self->window, listed);
  guint64 found;

  barua_id_set_add_set (self->removed, gone);
  found = barua_id_set_get_count (self->removed);
  if (found == wanted)
    return BARUA_REMOVAL_DONE;
  /* More gone than EXISTS allows: the answer was not whole (PROTOCOLS 3.7, 6). */
  if (found > wanted || barua_id_set_is_empty (self->left))
    return BARUA_REMOVAL_DISAGREES;
  return BARUA_REMOVAL_MORE;
}

const BaruaIdSet *
barua_removal_search_get_removed (BaruaRemovalSearch *self)
{
  return self->removed;
}

gboolean
barua_sync_next_range (guint *next,
                       guint  size,
                       guint *first,
                       guint *last)
{
  if (*next == 0)
    return FALSE;
  *last = *next;
  *first = *next > size ? *next - size + 1 : 1;
  *next = *first - 1;
  return TRUE;
}
