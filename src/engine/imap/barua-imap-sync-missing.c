/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-backend-private.h"

#include "barua-kill-point.h"
#include "barua-limits.h"

/* Rows for UIDs that are known to be there: after a listing, after a cut first sync, after a command that failed for one bad
 * message in it. */

/* A chunk under way. */
typedef struct
{
  BaruaIdSet *uids;
  DexFuture  *future;
} Chunk;

static void
chunk_free (gpointer data)
{
  Chunk *chunk = data;

  barua_id_set_unref (chunk->uids);
  dex_clear (&chunk->future);
  g_free (chunk);
}

static DexFuture *
start_chunk (BaruaImapSync    *self,
             const BaruaIdSet *uids)
{
  BaruaImapFetchRequest request;
  BaruaImapFetchSection section;

  barua_imap_slim_request (self->session, &request, &section);
  return barua_imap_sync_start_fetch (self, BARUA_IMAP_UIDS (uids), &request);
}

/* A chunk that is refused is halved until the one bad message stands alone. Not recursive: @todo is a stack. */
static gboolean
fetch_halves (BaruaImapSync *self,
              BaruaIdSet    *uids,
              GError       **error)
{
  g_autoptr(GPtrArray) todo = g_ptr_array_new_with_free_func ((GDestroyNotify) barua_id_set_unref);

  g_ptr_array_add (todo, barua_id_set_copy (uids));
  while (todo->len > 0)
    {
      BaruaIdSet *set = g_ptr_array_index (todo, todo->len - 1);
      guint64 count = barua_id_set_get_count (set);
      g_autoptr(BaruaIdSet) half = barua_id_set_take_newest (set, MAX (count / 2, 1));
      g_autoptr(GError) failure = NULL;
      g_autoptr(BaruaImapResult) result = dex_await_boxed (start_chunk (self, half), &failure);

      if (result == NULL && !barua_imap_sync_is_local_failure (self, failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      if (count <= 1)
        g_ptr_array_remove_index (todo, todo->len - 1);
      if (result != NULL)
        continue;
      if (barua_id_set_get_count (half) == 1)
        barua_imap_reducer_mark_damaged (self->reducer, barua_id_set_get_first (half));
      else
        g_ptr_array_add (todo, g_steal_pointer (&half));
    }
  return TRUE;
}

static gboolean
await_chunk (BaruaImapSync *self,
             Chunk         *chunk,
             GError       **error)
{
  g_autoptr(GError) failure = NULL;
  g_autoptr(BaruaImapResult) result = dex_await_boxed (g_steal_pointer (&chunk->future), &failure);
  guint32 lowest = barua_id_set_get_first (chunk->uids);

  if (result == NULL)
    {
      if (!barua_imap_sync_is_local_failure (self, failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      if (!fetch_halves (self, chunk->uids, error))
        return FALSE;
    }
  if (self->scattered)
    return TRUE;
  /* Chunks come newest first, so everything above this one is here. */
  if (self->state->covered_low == 0 || lowest < self->state->covered_low)
    {
      self->state->covered_low = lowest;
      if (self->state->uidnext == 0)
        self->state->uidnext = barua_imap_reducer_get_max_uid (self->reducer) + 1;
      barua_imap_reducer_save_state (self->reducer, self->state, FALSE);
    }
  BARUA_KILL_POINT ("chunk");
  return TRUE;
}

gboolean
barua_imap_sync_fetch_missing (BaruaImapSync *self,
                               BaruaIdSet    *uids,
                               GError       **error)
{
  g_autoptr(BaruaIdSet) left = barua_id_set_copy (uids);
  g_autoptr(GPtrArray) chunks = g_ptr_array_new_with_free_func (chunk_free);
  guint64 total = barua_id_set_get_count (left);
  guint64 done = 0;
  gboolean first = self->state->covered_low == 0 && !self->scattered;

  while (!barua_id_set_is_empty (left))
    {
      Chunk *chunk = g_new0 (Chunk, 1);

      chunk->uids = barua_id_set_take_newest (left, first && chunks->len == 0 ? BARUA_FIRST_ROWS : BARUA_FETCH_RANGE);
      chunk->future = start_chunk (self, chunk->uids);
      g_ptr_array_add (chunks, chunk);
    }
  for (guint i = 0; i < chunks->len; i++)
    {
      Chunk *chunk = g_ptr_array_index (chunks, i);

      if (!await_chunk (self, chunk, error))
        return FALSE;
      done += barua_id_set_get_count (chunk->uids);
      if (!self->scattered)
        barua_imap_sync_report_progress (self, done, total);
      if (first && i == 0)
        {
          if (!dex_await (barua_imap_reducer_drain (self->reducer, TRUE), error))
            return FALSE;
          if (self->report->first_rows_us < 0)
            self->report->first_rows_us = g_get_monotonic_time () - self->started_us;
        }
    }
  if (chunks->len > 0)
    self->report->round_trips++;
  return TRUE;
}

/* One by one ---------------------------------------------------------------------------------------------------------------- */

/* What came of one bad message. */
typedef struct
{
  BaruaImapReducer *reducer;
  guint32           uid;
  gboolean          stored;
  gboolean          here;    /* the server knows the message */
  BaruaImapFetch    bare;    /* plain values only */
  gboolean          want_body;
} Single;

static void
single_data (BaruaImapSession        *session,
             const BaruaImapResponse *response,
             guint32                  uid,
             gpointer                 data)
{
  Single *single = data;
  const BaruaImapFetch *fetch;
  BaruaImapSlice header;
  const BaruaImapSection *body;

  if (response->kind != BARUA_IMAP_RESPONSE_FETCH || uid != single->uid || single->stored)
    {
      barua_imap_reducer_data (session, response, uid, single->reducer);
      return;
    }
  fetch = &response->fetch;
  single->here = TRUE;
  if (fetch->present & (BARUA_IMAP_ITEM_INTERNALDATE | BARUA_IMAP_ITEM_RFC822_SIZE | BARUA_IMAP_ITEM_FLAGS))
    single->bare = (BaruaImapFetch) {
      .present = fetch->present & (BARUA_IMAP_ITEM_INTERNALDATE | BARUA_IMAP_ITEM_RFC822_SIZE | BARUA_IMAP_ITEM_FLAGS),
      .flags = fetch->flags,
      .internal_date = fetch->internal_date,
      .size = fetch->size,
    };
  header = barua_imap_fetch_get_header (fetch);
  body = single->want_body ? barua_imap_fetch_get_section (fetch, BARUA_IMAP_SECTION_BODY, "") : NULL;
  if (header.data == NULL && body != NULL)
    header = body->data;
  if (header.data == NULL || header.length == 0)
    return;
  barua_imap_reducer_add_bare (single->reducer, fetch, uid, header);
  single->stored = TRUE;
}

static gboolean
try_single (BaruaImapSync               *self,
            Single                      *single,
            const BaruaImapFetchRequest *request,
            GError                     **error)
{
  const BaruaImapHandler handler = { single_data, NULL };
  g_autoptr(BaruaIdSet) uids = barua_id_set_new ();
  g_autoptr(BaruaImapResult) result = NULL;
  g_autoptr(GError) failure = NULL;
  GPtrArray *commands;

  barua_id_set_add (uids, single->uid);
  commands = barua_imap_commands_fetch (barua_imap_session_get_dialect (self->session), BARUA_IMAP_UIDS (uids), request,
                                        error);
  if (commands == NULL)
    return FALSE;
  result = dex_await_boxed (barua_imap_session_run_all (self->session, commands, BARUA_IMAP_RUN_DEFAULT, &handler, single,
                                                        NULL, self->scope), &failure);
  if (result != NULL || barua_imap_sync_is_local_failure (self, failure))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* The whole header, then the beginning of the message, then what little there is. */
static gboolean
fetch_single (BaruaImapSync *self,
              guint32        uid,
              GError       **error)
{
  const BaruaImapItems items = BARUA_IMAP_ITEM_UID | BARUA_IMAP_ITEM_FLAGS | BARUA_IMAP_ITEM_INTERNALDATE |
                               BARUA_IMAP_ITEM_RFC822_SIZE;
  const BaruaImapFetchSection header = { .kind = BARUA_IMAP_SECTION_BODY, .text = "HEADER" };
  const BaruaImapFetchSection start = { .kind = BARUA_IMAP_SECTION_BODY, .count = BARUA_POISON_BYTES };
  const BaruaImapFetchRequest requests[] = {
    { .items = items, .sections = &header, .n_sections = 1 },
    { .items = BARUA_IMAP_ITEM_UID, .sections = &start, .n_sections = 1 },
    { .items = items },
  };
  Single single = { .reducer = self->reducer, .uid = uid };
  gboolean allowed = barua_poison_try (self->backend->poison, BARUA_POISON_ROW, self->folder, uid);

  for (guint i = 0; allowed && i < G_N_ELEMENTS (requests) && !single.stored; i++)
    {
      single.want_body = i == 1;
      if (!try_single (self, &single, &requests[i], error))
        return FALSE;
    }
  if (single.stored)
    {
      barua_poison_forget (self->backend->poison, BARUA_POISON_ROW, self->folder, uid);
      return TRUE;
    }
  /* It stands in the list without a word, so that counts agree and the person can see that there is something. */
  self->report->skipped++;
  barua_imap_reducer_add_bare (self->reducer, &single.bare, uid, (BaruaImapSlice) { NULL, 0 });
  return TRUE;
}

gboolean
barua_imap_sync_fetch_damaged (BaruaImapSync *self,
                               GError       **error)
{
  g_autoptr(BaruaIdSet) damaged = barua_imap_reducer_take_damaged (self->reducer);
  const BaruaIdRange *ranges = barua_id_set_get_ranges (damaged);

  for (guint i = 0; i < barua_id_set_get_n_ranges (damaged); i++)
    for (guint64 uid = ranges[i].first; uid <= ranges[i].last; uid++)
      if (!fetch_single (self, uid, error))
        return FALSE;
  if (barua_poison_changed (self->backend->poison))
    barua_imap_backend_save_settings (self->backend);
  return TRUE;
}
