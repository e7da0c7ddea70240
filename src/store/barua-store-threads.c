/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "barua-limits.h"
#include "barua-store-lanes.h"

typedef struct
{
  BaruaStore           *store;
  BaruaStoreConnection *connection;
} ThreadData;

/* Writer ----------------------------------------------------------------------------------------------------------- */

static gboolean
set_synchronous (BaruaStoreConnection  *c,
                 gboolean               full,
                 GError               **error)
{
  if (c->is_full == full)
    return TRUE;
  if (!barua_store_exec_sql (c->db[DB_MAIN], full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", error))
    return FALSE;
  c->is_full = full;
  return TRUE;
}

static void
note_error (BaruaStore           *self,
            BaruaStoreConnection *c,
            const char           *name,
            const GError         *error)
{
  if (error != NULL)
    g_debug ("%s: %s", name, error->message);
  if (c->saw_damage)
    g_atomic_int_set (&self->damaged, 1);
}

/* One job under its own savepoint: its failure takes nothing else with it. FALSE when the transaction can't go on. */
static gboolean
run_in_savepoint (BaruaStore           *self,
                  BaruaStoreConnection *c,
                  BaruaStoreJob        *job,
                  GError              **error)
{
  if (barua_store_savepoint (c, &job->error) && job->func (c, job->user_data, &job->error) &&
      barua_store_release (c, &job->error))
    {
      barua_store_writer_keep (c);
      return TRUE;
    }
  if (job->error == NULL)
    g_set_error (&job->error, BARUA_ERROR, BARUA_ERROR_INTERNAL, "%s gave up", job->name);
  note_error (self, c, job->name, job->error);
  /* A full disk can have ended the whole transaction. */
  if (!sqlite3_get_autocommit (c->db[DB_MAIN]))
    barua_store_rollback_to (c);
  barua_store_writer_revert (c, FALSE);
  if (sqlite3_get_autocommit (c->db[DB_MAIN]))
    {
      g_propagate_error (error, g_error_copy (job->error));
      return FALSE;
    }
  /* Of a failed job only what the flush notes for those before it is told. */
  g_clear_pointer (&c->changes, barua_change_set_unref);
  c->changes = barua_change_set_new ();
  /* The maps are empty now: the tables must hold what the jobs before noted. */
  if (!barua_store_flush (c, error))
    return FALSE;
  /* Under no savepoint: another job that fails does not take it back, and it must not be written twice. */
  barua_store_writer_keep (c);
  return TRUE;
}

static void
fail_jobs (GPtrArray    *jobs,
           const GError *error)
{
  for (guint i = 0; i < jobs->len; i++)
    {
      BaruaStoreJob *job = g_ptr_array_index (jobs, i);

      if (job->error == NULL)
        job->error = g_error_copy (error);
    }
}

/* A failed job must not leave its changes in the set: each job notes into its own, and they are joined. */
static void
join_changes (BaruaChangeSet *all,
              BaruaChangeSet *one)
{
  for (guint i = 0; i < one->rows->len; i++)
    barua_change_set_add_row (all, &g_array_index (one->rows, BaruaRowChange, i));
  for (guint i = 0; i < one->conversations->len; i++)
    barua_change_set_add_conversation (all, &g_array_index (one->conversations, BaruaConversationChange, i));
  for (guint i = 0; i < one->folders->len; i++)
    barua_change_set_add_folder (all, g_array_index (one->folders, gint64, i));
  for (guint i = 0; i < one->accounts->len; i++)
    barua_change_set_add_account (all, g_array_index (one->accounts, gint64, i));
  all->folders_changed |= one->folders_changed;
}

static void
run_writes (BaruaStore           *self,
            BaruaStoreConnection *c,
            BaruaStoreJob        *first)
{
  g_autoptr (GPtrArray) jobs = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (BaruaChangeSet) changes = barua_change_set_new ();
  GPtrArray *done = barua_store_job_list_new ();
  gint64 start = g_get_monotonic_time ();
  BaruaStoreJob *job = first;
  gboolean ok = set_synchronous (c, first->priority == BARUA_STORE_WISH, &error) && barua_store_begin (c, &error);

  while (job != NULL)
    {
      gint64 now;

      g_ptr_array_add (jobs, job);
      if (!ok)
        break;
      g_clear_pointer (&c->changes, barua_change_set_unref);
      c->changes = barua_change_set_new ();
      ok = run_in_savepoint (self, c, job, &error);
      g_atomic_int_inc (&self->writes);
      if (!ok)
        break;
      if (jobs->len == 1)
        {
          barua_change_set_unref (changes);
          changes = barua_change_set_ref (c->changes);
        }
      else
        join_changes (changes, c->changes);
      now = g_get_monotonic_time ();
      job = job->priority == BARUA_STORE_BATCH && now - start < BARUA_STORE_SHARE_MS * 1000 ?
              barua_store_take_batch (self, &self->lanes[LANE_WRITE], now + BARUA_STORE_LINGER_MS * 1000) : NULL;
    }

  /* What the counters become is known when they are written. */
  g_clear_pointer (&c->changes, barua_change_set_unref);
  c->changes = barua_change_set_ref (changes);
  ok = ok && barua_store_flush (c, &error) && barua_store_commit (c, &error);
  /* What is delivered is not noted into any more. */
  g_clear_pointer (&c->changes, barua_change_set_unref);
  c->changes = barua_change_set_new ();
  if (ok)
    barua_store_writer_committed (c);
  else
    {
      barua_store_rollback (c);
      barua_store_writer_revert (c, TRUE);
      note_error (self, c, first->name, error);
      fail_jobs (jobs, error);
    }
  /* What changed is on its way before anybody hears that the work is done: who waited for it and then turns the main loop has
   * heard of it. */
  if (ok && !barua_change_set_is_empty (changes))
    {
      g_mutex_lock (&self->changed_mutex);
      changes->generation = ++self->generation;
      g_mutex_unlock (&self->changed_mutex);
      barua_store_post (self, g_steal_pointer (&changes), barua_store_job_list_new ());
    }
  for (guint i = 0; i < jobs->len; i++)
    barua_store_finish_job (g_ptr_array_index (jobs, i), done);
  barua_store_post (self, NULL, done);

  if (ok && !g_atomic_int_get (&self->search_dirty))
    {
      g_mutex_lock (&self->lanes[LANE_SEARCH].mutex);
      g_atomic_int_set (&self->search_dirty, 1);
      g_cond_signal (&self->lanes[LANE_SEARCH].cond);
      g_mutex_unlock (&self->lanes[LANE_SEARCH].mutex);
    }
}

/* The window and the wire come before storing, storing before the index: what that lacks is read by those who search. On Linux
 * this is about the calling thread alone. */
static void
yield_to_others (int by)
{
  if (setpriority (PRIO_PROCESS, 0, by) != 0)
    g_debug ("priority not lowered: %s", g_strerror (errno));
}

static gpointer
writer_thread (gpointer data)
{
  g_autofree ThreadData *thread = data;
  BaruaStore *self = thread->store;
  BaruaStoreConnection *c = thread->connection;
  gboolean written = FALSE;
  gboolean closing;

  yield_to_others (BARUA_STORE_NICE);
  for (;;)
    {
      BaruaStoreJob *job = barua_store_take_job (self, &self->lanes[LANE_WRITE],
                           written ? g_get_monotonic_time () + BARUA_STORE_IDLE_MS * 1000 : -1, FALSE, &closing);

      if (job != NULL)
        {
          run_writes (self, c, job);
          written = TRUE;
        }
      else if (closing)
        break;
      else
        {
          /* Nothing to do: the logs are written back now, so that they need not be later. */
          sqlite3_wal_checkpoint_v2 (c->db[DB_MAIN], NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
          sqlite3_wal_checkpoint_v2 (c->db[DB_CACHE], NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
          written = FALSE;
        }
    }
  return NULL;
}

/* Searcher --------------------------------------------------------------------------------------------------------- */

static gboolean
transact_search (BaruaStore           *self,
                 BaruaStoreConnection *c,
                 BaruaStoreFunc        func,
                 gpointer              user_data,
                 GError              **error)
{
  gboolean ok = barua_store_begin (c, error) && func (c, user_data, error) && barua_store_commit (c, error);

  if (!ok)
    barua_store_rollback (c);
  return ok;
}

typedef struct
{
  gboolean trigrams;
  gboolean more;
  gint64   gone;
} CatchUp;

static gboolean
catch_up_some (BaruaStoreConnection  *c,
               gpointer               user_data,
               GError               **error)
{
  CatchUp *state = user_data;

  return barua_store_search_index_some (c, BARUA_SEARCH_BATCH_ROWS, state->trigrams, &state->more, &state->gone, error);
}

static gboolean
merge_some (BaruaStoreConnection  *c,
            gpointer               user_data,
            GError               **error)
{
  return barua_store_search_merge (c, user_data, error);
}

static gboolean
forget_gone (BaruaStoreConnection  *c,
             gpointer               user_data,
             GError               **error)
{
  return barua_store_search_forget_gone (c, *(gint64 *)user_data, error);
}

static gboolean
search_is_wanted (BaruaStore *self)
{
  gboolean wanted;

  g_mutex_lock (&self->lanes[LANE_SEARCH].mutex);
  wanted = barua_store_peek_job (&self->lanes[LANE_SEARCH]) != NULL || self->closing;
  g_mutex_unlock (&self->lanes[LANE_SEARCH].mutex);
  return wanted || g_atomic_int_get (&self->search_dirty);
}

/* Takes in everything that is committed. With @trigrams, in idle time: the parts of words, then merging, until something
 * else is to be done; FALSE in *@finished tells that there is more. */
static gboolean
catch_up (BaruaStore           *self,
          BaruaStoreConnection *c,
          gboolean              trigrams,
          gboolean             *finished,
          GError              **error)
{
  CatchUp state = { .trigrams = trigrams, .more = TRUE };
  gboolean merging = trigrams;

  while (state.more)
    {
      state.gone = 0;
      if (!transact_search (self, c, catch_up_some, &state, error))
        return FALSE;
      if (state.gone > 0)
        barua_store_write (self, BARUA_STORE_BATCH, "forget gone", forget_gone,
                           g_memdup2 (&state.gone, sizeof state.gone), g_free, NULL, NULL);
      if (trigrams && search_is_wanted (self))
        {
          *finished = FALSE;
          return TRUE;
        }
    }
  while (merging)
    {
      if (!transact_search (self, c, merge_some, &merging, error))
        return FALSE;
      if (merging && search_is_wanted (self))
        {
          *finished = FALSE;
          return TRUE;
        }
    }
  return TRUE;
}

static void
run_search_job (BaruaStore           *self,
                BaruaStoreConnection *c,
                BaruaStoreJob        *job)
{
  GPtrArray *done = barua_store_job_list_new ();

  if (job->catch_up)
    catch_up (self, c, FALSE, NULL, &job->error);
  else
    transact_search (self, c, job->func, job->user_data, &job->error);
  barua_store_finish_job (job, done);
  barua_store_post (self, NULL, done);
}

static gpointer
search_thread (gpointer data)
{
  g_autofree ThreadData *thread = data;
  BaruaStore *self = thread->store;
  BaruaStoreConnection *c = thread->connection;
  gint64 since = 0;      /* when new messages were first noticed; 0: none are */
  gint64 until = 0;      /* when they are taken in, unless more is being written */
  gint writes = 0;
  gboolean parts = FALSE; /* the index of parts of words is to be continued */
  gboolean closing;

  yield_to_others (BARUA_SEARCH_NICE);
  for (;;)
    {
      gint64 now = g_get_monotonic_time ();
      BaruaStoreJob *job = barua_store_take_job (self, &self->lanes[LANE_SEARCH],
                           since != 0 ? until :
                           parts ? now + BARUA_STORE_IDLE_MS * 1000 : -1, since == 0, &closing);
      g_autoptr (GError) error = NULL;
      gboolean dirty = g_atomic_int_get (&self->search_dirty) != 0;

      if (job != NULL)
        run_search_job (self, c, job);
      else if (closing)
        break;
      else if (since == 0 && dirty)
        {
          since = now;
          until = now + BARUA_SEARCH_WAIT_MS * 1000;
          writes = g_atomic_int_get (&self->writes);
        }
      else if (since != 0 && writes != g_atomic_int_get (&self->writes) && now < since + BARUA_SEARCH_PATIENCE_MS * 1000)
        {
          until = g_get_monotonic_time () + BARUA_SEARCH_WAIT_MS * 1000;
          writes = g_atomic_int_get (&self->writes);
        }
      else if (since != 0)
        {
          /* Cleared before the work: what is committed meanwhile sets it again. */
          g_atomic_int_set (&self->search_dirty, 0);
          since = 0;
          parts = TRUE;
          if (!catch_up (self, c, FALSE, NULL, &error))
            g_warning ("search index: %s", error->message);
        }
      else if (parts)
        {
          gboolean finished = TRUE;

          if (!catch_up (self, c, TRUE, &finished, &error))
            g_warning ("search index: %s", error->message);
          parts = !finished;
        }
    }
  return NULL;
}

/* Readers ---------------------------------------------------------------------------------------------------------- */

static gpointer
reader_thread (gpointer data)
{
  g_autofree ThreadData *thread = data;
  BaruaStore *self = thread->store;
  BaruaStoreConnection *c = thread->connection;
  gboolean closing;
  BaruaStoreJob *job;

  while ((job = barua_store_take_job (self, &self->lanes[LANE_READ], -1, FALSE, &closing)) != NULL)
    {
      GPtrArray *done = barua_store_job_list_new ();

      /* Before the first look: what was committed until now is seen. */
      g_mutex_lock (&self->changed_mutex);
      c->generation = self->generation;
      g_mutex_unlock (&self->changed_mutex);
      if (barua_store_begin (c, &job->error))
        {
          if (!job->func (c, job->user_data, &job->error) && job->error == NULL)
            g_set_error (&job->error, BARUA_ERROR, BARUA_ERROR_INTERNAL, "%s gave up", job->name);
          barua_store_rollback (c);
        }
      note_error (self, c, job->name, job->error);
      barua_store_finish_job (job, done);
      barua_store_post (self, NULL, done);
    }
  return NULL;
}

/* Starting --------------------------------------------------------------------------------------------------------- */

static void
start_thread (BaruaStore           *self,
              const char           *name,
              GThreadFunc           func,
              BaruaStoreConnection *c)
{
  ThreadData *data = g_new0 (ThreadData, 1);

  data->store = self;
  data->connection = c;
  g_ptr_array_add (self->threads, g_thread_new (name, func, data));
}

void
barua_store_start_threads (BaruaStore *self)
{
  for (guint i = 0; i < self->connections->len; i++)
    {
      BaruaStoreConnection *c = g_ptr_array_index (self->connections, i);

      if (c->role == BARUA_STORE_ROLE_WRITER)
        start_thread (self, "store-writer", writer_thread, c);
      else if (c->role == BARUA_STORE_ROLE_SEARCHER)
        start_thread (self, "store-search", search_thread, c);
      else
        start_thread (self, "store-reader", reader_thread, c);
    }
}
