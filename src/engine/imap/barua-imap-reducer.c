/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-reducer.h"

#include "barua-header-batch.h"
#include "barua-kill-point.h"
#include "barua-limits.h"

/* A sync state may be stored when every batch up to number @after was: a batch that found the disk full must not be overtaken
 * by a state that says its rows are here. */
typedef struct
{
  BaruaStoreSyncState *state;    /* NULL: none */
  guint64              after;
  guint                n_before; /* batches it waits for */
  gboolean             urgent;
} Held;

struct _BaruaImapReducer
{
  int               ref_count;
  BaruaStore       *store;
  gint64            folder;
  BaruaSyncReport  *report;
  BaruaImapSession *session;     /* not owned */
  BaruaHeaderBatch *batch;       /* being filled; may be NULL */
  guint             flush_source;
  guint             n_under_way; /* batches with the worker or the store */
  guint64           n_sent;      /* batches there ever were: the number of the last one */
  Held              held;        /* a state that waits for the rows it speaks of */
  Held              next;        /* the newer one behind it */
  guint             n_pauses;
  GQueue            drains;      /* Drain */
  GError           *error;       /* the first one */
  BaruaIdSet       *damaged;
  BaruaIdSet       *arrived;
  guint32           first_new;
  guint32           max_uid;
  guint32           last_uid;    /* of the row that came last */
  guint             n_rows;
  gboolean          lost;
  gboolean          touched;
};

typedef struct
{
  DexPromise *promise;
} Drain;

/* A batch on its way; keeps its reducer alive. */
typedef struct
{
  BaruaImapReducer  *reducer;
  BaruaHeaderBatch  *batch;
  BaruaStore        *store;
  BaruaStorePriority priority;
  guint64            number;
} Job;

static void
held_clear (Held *held)
{
  g_clear_pointer (&held->state, barua_store_sync_state_free);
}

BaruaImapReducer *
barua_imap_reducer_new (BaruaStore      *store,
                        gint64           folder,
                        BaruaSyncReport *report)
{
  BaruaImapReducer *self = g_new0 (BaruaImapReducer, 1);

  self->ref_count = 1;
  self->store = barua_store_ref (store);
  self->folder = folder;
  self->report = report != NULL ? barua_sync_report_ref (report) : barua_sync_report_new ();
  self->damaged = barua_id_set_new ();
  self->arrived = barua_id_set_new ();
  g_queue_init (&self->drains);
  return self;
}

BaruaImapReducer *
barua_imap_reducer_ref (BaruaImapReducer *self)
{
  self->ref_count++;
  return self;
}

void
barua_imap_reducer_unref (BaruaImapReducer *self)
{
  if (--self->ref_count > 0)
    return;
  g_clear_handle_id (&self->flush_source, g_source_remove);
  g_clear_pointer (&self->batch, barua_header_batch_free);
  g_clear_pointer (&self->damaged, barua_id_set_unref);
  g_clear_pointer (&self->arrived, barua_id_set_unref);
  g_clear_pointer (&self->report, barua_sync_report_unref);
  g_clear_pointer (&self->store, barua_store_unref);
  g_clear_error (&self->error);
  held_clear (&self->held);
  held_clear (&self->next);
  g_free (self);
}

static void
resume_all (BaruaImapReducer *self)
{
  for (; self->n_pauses > 0; self->n_pauses--)
    if (self->session != NULL)
      barua_imap_session_resume (self->session);
}

void
barua_imap_reducer_set_session (BaruaImapReducer *self,
                                BaruaImapSession *session)
{
  resume_all (self);
  self->session = session;
}

void
barua_imap_reducer_set_first_new (BaruaImapReducer *self,
                                  guint32           uid)
{
  self->first_new = uid;
}

/* On the way to the store --------------------------------------------------------------------------------------------- */

static void send_batch (BaruaImapReducer   *self,
                        BaruaHeaderBatch   *batch,
                        BaruaStorePriority  priority);

static void
end_drains (BaruaImapReducer *self)
{
  Drain *drain;

  /* What nobody was told of stays an error: the next state must not say that its rows are here. */
  if (self->n_under_way > 0 || self->batch != NULL || g_queue_is_empty (&self->drains))
    return;
  while ((drain = g_queue_pop_head (&self->drains)) != NULL)
    {
      if (self->error != NULL)
        dex_promise_reject (drain->promise, g_error_copy (self->error));
      else
        dex_promise_resolve_boolean (drain->promise, TRUE);
      dex_unref (drain->promise);
      g_free (drain);
    }
  g_clear_error (&self->error);
}

static BaruaHeaderBatch *get_batch (BaruaImapReducer *self);

static void
attach_state (BaruaImapReducer    *self,
              BaruaStoreSyncState *state)
{
  BaruaHeaderBatch *batch = get_batch (self);

  g_clear_pointer (&batch->state, barua_store_sync_state_free);
  batch->state = state;
}

/* The batch called @number is in the store, or failed: what waits for it goes on, or is dropped. */
static void
advance_states (BaruaImapReducer *self,
                guint64           number)
{
  if (self->error != NULL)
    {
      held_clear (&self->held);
      held_clear (&self->next);
      return;
    }
  if (self->held.state != NULL && number <= self->held.after)
    self->held.n_before--;
  if (self->next.state != NULL && number <= self->next.after)
    self->next.n_before--;
  while (self->held.state != NULL && self->held.n_before == 0)
    {
      attach_state (self, g_steal_pointer (&self->held.state));
      barua_imap_reducer_flush (self, self->held.urgent);
      self->held = self->next;
      self->next.state = NULL;
    }
}

static void
count_results (BaruaImapReducer *self,
               BaruaHeaderBatch *batch)
{
  self->report->added += batch->ingested.added;
  self->report->updated += batch->n_updated;
  self->report->removed += batch->n_removed;
  if (batch->arrived != NULL)
    barua_id_set_add_set (self->arrived, batch->arrived);
}

static void
on_stored (const GError *error,
           gpointer      data)
{
  Job *job = data;
  BaruaImapReducer *self = job->reducer;

  BARUA_KILL_POINT ("rows stored");
  self->n_under_way--;
  if (error != NULL && self->error == NULL)
    self->error = g_error_copy (error);
  if (error == NULL)
    {
      count_results (self, job->batch);
      if (job->batch->more_to_remove)
        {
          BaruaHeaderBatch *rest = barua_header_batch_new (self->folder);

          rest->removed = g_steal_pointer (&job->batch->removed);
          rest->state = g_steal_pointer (&job->batch->state);
          send_batch (self, rest, job->priority);
        }
    }
  advance_states (self, job->number);
  if (self->n_pauses > 0 && self->n_under_way <= BARUA_BATCHES_UNDER_WAY / 2)
    resume_all (self);
  end_drains (self);
  barua_header_batch_free (job->batch);
  barua_store_unref (job->store);
  g_free (job);
  barua_imap_reducer_unref (self);
}

/* On the worker: one thread, so that batches stay in order. */
static void
read_batch (gpointer data,
            gpointer unused)
{
  Job *job = data;

  barua_header_batch_read (job->batch);
  barua_store_write (job->store, job->priority, "ingest", barua_header_batch_store, job->batch, NULL, on_stored, job);
}

static void
send_batch (BaruaImapReducer   *self,
            BaruaHeaderBatch   *batch,
            BaruaStorePriority  priority)
{
  static GThreadPool *pool;
  Job *job = g_new0 (Job, 1);

  if (pool == NULL)
    pool = g_thread_pool_new (read_batch, NULL, 1, FALSE, NULL);
  job->reducer = barua_imap_reducer_ref (self);
  job->store = barua_store_ref (self->store);
  job->batch = batch;
  job->priority = priority;
  job->number = ++self->n_sent;
  self->n_under_way++;
  BARUA_KILL_POINT ("rows");
  g_thread_pool_push (pool, job, NULL);
  if (self->n_under_way >= BARUA_BATCHES_UNDER_WAY && self->n_pauses == 0 && self->session != NULL)
    {
      self->n_pauses++;
      barua_imap_session_pause (self->session);
    }
}

void
barua_imap_reducer_flush (BaruaImapReducer *self,
                          gboolean          urgent)
{
  g_clear_handle_id (&self->flush_source, g_source_remove);
  if (self->batch == NULL)
    return;
  self->batch->arrived_from = self->first_new;
  send_batch (self, g_steal_pointer (&self->batch), urgent ? BARUA_STORE_NORMAL : BARUA_STORE_BATCH);
}

/* What no command waits for (flags changed elsewhere while idle) goes on its way in the next turn. */
static gboolean
flush_in_idle (gpointer data)
{
  BaruaImapReducer *self = data;

  self->flush_source = 0;
  barua_imap_reducer_flush (self, TRUE);
  return G_SOURCE_REMOVE;
}

static BaruaHeaderBatch *
get_batch (BaruaImapReducer *self)
{
  if (self->batch == NULL)
    self->batch = barua_header_batch_new (self->folder);
  self->touched = TRUE;
  return self->batch;
}

static void
flush_full (BaruaImapReducer *self)
{
  if (barua_header_batch_get_n (self->batch) >= BARUA_BATCH_ROWS || self->batch->bytes->len >= BARUA_BATCH_BYTES)
    barua_imap_reducer_flush (self, FALSE);
}

static void
row_added (BaruaImapReducer *self,
           guint32           uid)
{
  self->max_uid = MAX (self->max_uid, uid);
  flush_full (self);
}

void
barua_imap_reducer_save_state (BaruaImapReducer          *self,
                               const BaruaStoreSyncState *state,
                               gboolean                   urgent)
{
  BaruaStoreSyncState *copy = g_new0 (BaruaStoreSyncState, 1);
  Held *held;

  *copy = *state;
  copy->mailboxid = g_strdup (state->mailboxid != NULL ? state->mailboxid : "");
  self->touched = TRUE;
  if (self->error != NULL)
    {
      /* Rows are missing, as the next drain will tell. */
      barua_store_sync_state_free (copy);
      return;
    }
  if (self->n_under_way == 0)
    {
      /* With the rows before it in one transaction. */
      attach_state (self, copy);
      barua_imap_reducer_flush (self, urgent);
      return;
    }
  barua_imap_reducer_flush (self, urgent);
  held = self->held.state == NULL ? &self->held : &self->next;
  held_clear (held);
  held->state = copy;
  held->after = self->n_sent;
  held->n_before = self->n_under_way;
  held->urgent = urgent;
}

DexFuture *
barua_imap_reducer_drain (BaruaImapReducer *self,
                          gboolean          urgent)
{
  Drain *drain = g_new0 (Drain, 1);
  DexFuture *future;

  barua_imap_reducer_flush (self, urgent);
  drain->promise = dex_promise_new ();
  future = dex_ref (drain->promise);
  g_queue_push_tail (&self->drains, drain);
  end_drains (self);
  return future;
}

/* What the server says ------------------------------------------------------------------------------------------------ */

void
barua_imap_reducer_fetch (BaruaImapReducer     *self,
                          const BaruaImapFetch *fetch,
                          guint32               uid)
{
  const BaruaImapItems of_rows = BARUA_IMAP_ITEM_INTERNALDATE | BARUA_IMAP_ITEM_RFC822_SIZE | BARUA_IMAP_ITEM_SECTION;
  BaruaImapSlice header = { NULL, 0 };

  if (uid == 0)
    return;
  if (fetch->present & BARUA_IMAP_ITEM_SECTION)
    header = barua_imap_fetch_get_header (fetch);
  if (header.data != NULL && uid >= self->first_new && !(fetch->damaged & BARUA_IMAP_ITEM_SECTION))
    {
      /* A step down begins the next range of a first sync. A batch over two of them would span what came between, and the
       * store would have all that looked up. */
      if (uid < self->last_uid && self->batch != NULL && barua_header_batch_get_n (self->batch) >= BARUA_BATCH_ROWS / 5)
        barua_imap_reducer_flush (self, FALSE);
      self->last_uid = uid;
      barua_header_batch_add (get_batch (self), fetch, uid, header);
      self->n_rows++;
      row_added (self, uid);
    }
  else if (header.data == NULL && ((fetch->present | fetch->damaged) & of_rows) && uid >= self->first_new)
    {
      barua_id_set_add (self->damaged, uid);
      self->max_uid = MAX (self->max_uid, uid);
    }
  else if (fetch->present & BARUA_IMAP_ITEM_FLAGS)
    {
      /* Flags alone make no row: a message that NOTIFY tells of before it was fetched must still be new. */
      barua_header_batch_add_flags (get_batch (self), fetch, uid);
      flush_full (self);
    }
}

void
barua_imap_reducer_add_bare (BaruaImapReducer     *self,
                             const BaruaImapFetch *fetch,
                             guint32               uid,
                             BaruaImapSlice        header)
{
  barua_header_batch_add (get_batch (self), fetch, uid, header);
  self->n_rows++;
  row_added (self, uid);
}

void
barua_imap_reducer_remove (BaruaImapReducer *self,
                           const BaruaIdSet *uids)
{
  BaruaHeaderBatch *batch;

  if (uids == NULL || barua_id_set_is_empty (uids))
    return;
  batch = get_batch (self);
  if (batch->removed == NULL)
    batch->removed = barua_id_set_new ();
  /* A set that will not take more is sent on its way first. */
  if (!barua_id_set_add_set (batch->removed, uids))
    {
      barua_imap_reducer_flush (self, FALSE);
      batch = get_batch (self);
      batch->removed = barua_id_set_copy (uids);
    }
}

void
barua_imap_reducer_mark_damaged (BaruaImapReducer *self,
                                 guint32           uid)
{
  barua_id_set_add (self->damaged, uid);
}

static void
remove_uid (BaruaImapReducer *self,
            guint32           uid)
{
  g_autoptr(BaruaIdSet) set = barua_id_set_new ();

  if (uid == 0)
    {
      self->lost = TRUE;
      return;
    }
  barua_id_set_add (set, uid);
  barua_imap_reducer_remove (self, set);
}

void
barua_imap_reducer_data (BaruaImapSession        *session,
                         const BaruaImapResponse *response,
                         guint32                  uid,
                         gpointer                 data)
{
  BaruaImapReducer *self = data;

  switch (response->kind)
    {
    case BARUA_IMAP_RESPONSE_FETCH:
      barua_imap_reducer_fetch (self, &response->fetch, uid);
      break;
    case BARUA_IMAP_RESPONSE_VANISHED:
      barua_imap_reducer_remove (self, response->vanished.uids);
      break;
    case BARUA_IMAP_RESPONSE_EXPUNGE:
      remove_uid (self, uid);
      break;
    default:
      break;
    }
}

void
barua_imap_reducer_event (BaruaImapReducer     *self,
                          const BaruaImapEvent *event)
{
  switch (event->type)
    {
    case BARUA_IMAP_EVENT_FETCHED:
      barua_imap_reducer_fetch (self, event->fetch, event->uid);
      break;
    case BARUA_IMAP_EVENT_EXPUNGED:
      barua_imap_reducer_remove (self, event->uids);
      break;
    case BARUA_IMAP_EVENT_LOST_TRACK:
      self->lost = TRUE;
      break;
    default:
      return;
    }
  if (self->batch != NULL && self->flush_source == 0)
    self->flush_source = g_idle_add_full (G_PRIORITY_DEFAULT, flush_in_idle, barua_imap_reducer_ref (self),
                                          (GDestroyNotify) barua_imap_reducer_unref);
}

BaruaIdSet *
barua_imap_reducer_take_damaged (BaruaImapReducer *self)
{
  BaruaIdSet *damaged = g_steal_pointer (&self->damaged);

  self->damaged = barua_id_set_new ();
  return damaged;
}

BaruaIdSet *
barua_imap_reducer_take_arrived (BaruaImapReducer *self)
{
  BaruaIdSet *arrived = g_steal_pointer (&self->arrived);

  self->arrived = barua_id_set_new ();
  return arrived;
}

guint32
barua_imap_reducer_get_max_uid (BaruaImapReducer *self)
{
  return self->max_uid;
}

guint
barua_imap_reducer_get_n_rows (BaruaImapReducer *self)
{
  return self->n_rows;
}

gboolean
barua_imap_reducer_is_untouched (BaruaImapReducer *self)
{
  return !self->touched;
}

gboolean
barua_imap_reducer_has_lost (BaruaImapReducer *self)
{
  return self->lost;
}

gboolean
barua_imap_reducer_take_lost (BaruaImapReducer *self)
{
  gboolean lost = self->lost;

  self->lost = FALSE;
  return lost;
}
