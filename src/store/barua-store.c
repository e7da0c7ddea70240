/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "barua-limits.h"
#include "barua-store-private.h"

/* Threads: one writer (main.db, cache.db), one searcher (search.db), BARUA_STORE_READERS readers. Each waits on its queue.
 *
 * LANE_SEARCH also does the catching up: it is woken after commits and takes new messages in portions. */

typedef enum
{
  LANE_WRITE,
  LANE_SEARCH,
  LANE_READ,
  N_LANES
} Lane;

typedef struct
{
  BaruaStorePriority  priority;
  const char         *name;
  BaruaStoreFunc      func;
  gpointer            user_data;
  GDestroyNotify      destroy;
  BaruaStoreDone      done;
  gpointer            done_data;
  gboolean            catch_up; /* no function: calls done when the index has caught up */
  GError             *error;
  GMutex             *waiter;   /* blocking form: guards finished */
  GCond              *finished_cond;
  gboolean            finished;
} Job;

typedef struct
{
  GMutex mutex;
  GCond  cond;
  GQueue queues[BARUA_STORE_BATCH + 1];
} Queue;

struct _BaruaStore
{
  gatomicrefcount        ref_count;
  BaruaStoreFlags        flags;
  char                  *dir;
  char                  *set_aside;
  GMainContext          *context;
  int                    lock_fd;
  gboolean               salvage_now; /* while opening */

  Queue                  lanes[N_LANES];
  gboolean               closing; /* under all lane mutexes */
  GMutex                 close_mutex;
  gboolean               closed;
  GPtrArray             *threads;
  GPtrArray             *connections;

  gint                   search_dirty; /* atomic: main.db has what search.db may not have */
  gint                   writes;       /* atomic: jobs the writer has run, counted round */
  gint                   damaged;      /* atomic */
  GMutex                 changed_mutex;
  BaruaStoreChangedFunc  changed_func;
  gpointer               changed_data;
  guint64                generation;   /* writer thread */
};

typedef struct
{
  BaruaStore           *store;
  BaruaStoreConnection *connection;
} ThreadData;

/* Deliveries ------------------------------------------------------------------------------------------------------- */

typedef struct
{
  BaruaStore     *store;
  BaruaChangeSet *changes; /* NULL: none */
  GPtrArray      *jobs;    /* finished ones with a done function */
} Delivery;

static void
job_free (Job *job)
{
  g_clear_error (&job->error);
  g_free (job);
}

static void
delivery_free (gpointer data)
{
  Delivery *delivery = data;

  g_clear_pointer (&delivery->changes, barua_change_set_unref);
  g_ptr_array_unref (delivery->jobs);
  barua_store_unref (delivery->store);
  g_free (delivery);
}

static gboolean
deliver (gpointer data)
{
  Delivery *delivery = data;
  BaruaStoreChangedFunc func;
  gpointer user_data;

  if (delivery->changes != NULL)
    {
      g_mutex_lock (&delivery->store->changed_mutex);
      func = delivery->store->changed_func;
      user_data = delivery->store->changed_data;
      g_mutex_unlock (&delivery->store->changed_mutex);
      if (func != NULL)
        func (delivery->store, delivery->changes, user_data);
    }
  for (guint i = 0; i < delivery->jobs->len; i++)
    {
      Job *job = g_ptr_array_index (delivery->jobs, i);

      job->done (job->error, job->done_data);
    }
  return G_SOURCE_REMOVE;
}

/* Not g_main_context_invoke(): it would run @deliver on this thread while nobody iterates the context. */
static void
post (BaruaStore     *self,
      BaruaChangeSet *changes /* taken */,
      GPtrArray      *jobs /* taken */)
{
  Delivery *delivery;
  GSource *source;

  if (changes == NULL && jobs->len == 0)
    {
      g_ptr_array_unref (jobs);
      return;
    }
  delivery = g_new0 (Delivery, 1);
  delivery->store = barua_store_ref (self);
  delivery->changes = changes;
  delivery->jobs = jobs;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "barua-store");
  g_source_set_callback (source, deliver, delivery, delivery_free);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

static GPtrArray *
job_list_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)job_free);
}

/* Blocking callers are woken here; the others' jobs are put on @done for delivery. */
static void
finish_job (Job       *job,
            GPtrArray *done)
{
  if (job->destroy != NULL)
    job->destroy (job->user_data);
  if (job->waiter != NULL)
    {
      g_mutex_lock (job->waiter);
      job->finished = TRUE;
      g_cond_signal (job->finished_cond);
      g_mutex_unlock (job->waiter);
    }
  else if (job->done != NULL)
    g_ptr_array_add (done, job);
  else
    {
      if (job->error != NULL)
        g_warning ("%s failed: %s", job->name, job->error->message);
      job_free (job);
    }
}

/* Queues ----------------------------------------------------------------------------------------------------------- */

static Job *
peek_job (Queue *lane)
{
  for (guint i = 0; i <= BARUA_STORE_BATCH; i++)
    if (!g_queue_is_empty (&lane->queues[i]))
      return g_queue_peek_head (&lane->queues[i]);
  return NULL;
}

/* The next job, NULL when there is none until @until (monotonic µs; -1: no end), the store closes, or (@stop_for_dirty)
 * there are messages to index. */
static Job *
take_job (BaruaStore *self,
          Queue      *lane,
          gint64      until,
          gboolean    stop_for_dirty,
          gboolean   *closing)
{
  Job *job;

  g_mutex_lock (&lane->mutex);
  while ((job = peek_job (lane)) == NULL && !self->closing)
    {
      if (stop_for_dirty && g_atomic_int_get (&self->search_dirty))
        break;
      if (until < 0)
        g_cond_wait (&lane->cond, &lane->mutex);
      else if (!g_cond_wait_until (&lane->cond, &lane->mutex, until))
        break;
    }
  job = peek_job (lane);
  if (job != NULL)
    g_queue_pop_head (&lane->queues[job->priority]);
  *closing = self->closing;
  g_mutex_unlock (&lane->mutex);
  return job;
}

/* Takes the next job only when it is a BATCH; waits a moment for one. */
static Job *
take_batch (BaruaStore *self,
            Queue      *lane,
            gint64      until)
{
  Job *job = NULL;

  g_mutex_lock (&lane->mutex);
  while (peek_job (lane) == NULL && !self->closing && g_cond_wait_until (&lane->cond, &lane->mutex, until))
    ;
  if (peek_job (lane) != NULL && peek_job (lane)->priority == BARUA_STORE_BATCH)
    job = g_queue_pop_head (&lane->queues[BARUA_STORE_BATCH]);
  g_mutex_unlock (&lane->mutex);
  return job;
}

/* FALSE when the store is closed. */
static gboolean
push_job (BaruaStore *self,
          Lane        which,
          Job        *job)
{
  Queue *lane = &self->lanes[which];
  gboolean ok;

  g_mutex_lock (&lane->mutex);
  ok = !self->closing;
  if (ok)
    {
      g_queue_push_tail (&lane->queues[job->priority], job);
      g_cond_signal (&lane->cond);
    }
  g_mutex_unlock (&lane->mutex);
  return ok;
}

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
                  Job                  *job,
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
      Job *job = g_ptr_array_index (jobs, i);

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
            Job                  *first)
{
  g_autoptr (GPtrArray) jobs = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (BaruaChangeSet) changes = barua_change_set_new ();
  GPtrArray *done = job_list_new ();
  gint64 start = g_get_monotonic_time ();
  Job *job = first;
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
              take_batch (self, &self->lanes[LANE_WRITE], now + BARUA_STORE_LINGER_MS * 1000) : NULL;
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
      changes->generation = ++self->generation;
      post (self, g_steal_pointer (&changes), job_list_new ());
    }
  for (guint i = 0; i < jobs->len; i++)
    finish_job (g_ptr_array_index (jobs, i), done);
  post (self, NULL, done);

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
      Job *job = take_job (self, &self->lanes[LANE_WRITE],
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
  wanted = peek_job (&self->lanes[LANE_SEARCH]) != NULL || self->closing;
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
                Job                  *job)
{
  GPtrArray *done = job_list_new ();

  if (job->catch_up)
    catch_up (self, c, FALSE, NULL, &job->error);
  else
    transact_search (self, c, job->func, job->user_data, &job->error);
  finish_job (job, done);
  post (self, NULL, done);
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
      Job *job = take_job (self, &self->lanes[LANE_SEARCH],
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
  Job *job;

  while ((job = take_job (self, &self->lanes[LANE_READ], -1, FALSE, &closing)) != NULL)
    {
      GPtrArray *done = job_list_new ();

      if (barua_store_begin (c, &job->error))
        {
          if (!job->func (c, job->user_data, &job->error) && job->error == NULL)
            g_set_error (&job->error, BARUA_ERROR, BARUA_ERROR_INTERNAL, "%s gave up", job->name);
          barua_store_rollback (c);
        }
      note_error (self, c, job->name, job->error);
      finish_job (job, done);
      post (self, NULL, done);
    }
  return NULL;
}

/* Opening ---------------------------------------------------------------------------------------------------------- */

static gboolean
take_lock (BaruaStore  *self,
           GError     **error)
{
  g_autofree char *path = g_build_filename (self->dir, "lock", NULL);
  int number;

  self->lock_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (self->lock_fd < 0)
    {
      number = errno;
      g_set_error (error, BARUA_ERROR,
                   number == ENOSPC || number == EDQUOT ? BARUA_ERROR_NO_SPACE : BARUA_ERROR_IO, "%s: %s", path,
                   g_strerror (number));
      return FALSE;
    }
  if (flock (self->lock_fd, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  number = errno;
  g_set_error (error, BARUA_ERROR, number == EWOULDBLOCK ? BARUA_ERROR_PROFILE_IN_USE : BARUA_ERROR_IO,
               "%s: %s", path, number == EWOULDBLOCK ? "another process owns this profile" : g_strerror (number));
  return FALSE;
}

static gboolean
make_dir (const char  *dir,
          GError     **error)
{
  if (g_mkdir_with_parents (dir, 0700) != 0)
    {
      int number = errno;

      g_set_error (error, BARUA_ERROR,
                   number == ENOSPC || number == EDQUOT ? BARUA_ERROR_NO_SPACE : BARUA_ERROR_IO, "%s: %s", dir,
                   g_strerror (number));
      return FALSE;
    }
  if (g_chmod (dir, 0700) != 0)
    g_debug ("%s: mode not changed: %s", dir, g_strerror (errno));
  return TRUE;
}

/* "unclean" is there while the store is open, and stays when SQLite reported damage. */
static void
set_unclean (BaruaStore *self,
             gboolean    unclean,
             gboolean    damaged)
{
  g_autofree char *path = g_build_filename (self->dir, "unclean", NULL);

  if (unclean)
    g_file_set_contents_full (path, damaged ? "damaged\n" : "open\n", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
  else
    g_unlink (path);
}

/* After an unclean end (or with a log that this program did not leave) the file is looked through once: a foreign or missing
 * log shows there. */
static gboolean
is_sound (BaruaStore *self,
          sqlite3    *db,
          const char *path,
          gboolean    had_log)
{
  g_autofree char *marker = g_build_filename (self->dir, "unclean", NULL);
  g_autofree char *text = NULL;
  GStatBuf info;
  sqlite3_stmt *statement = NULL;
  gboolean sound;

  if (!g_file_get_contents (marker, &text, NULL, NULL) && !had_log)
    return TRUE;
  if ((text == NULL || !g_str_has_prefix (text, "damaged")) && g_stat (path, &info) == 0 &&
      (guint64)info.st_size > BARUA_STORE_CHECK_BYTES)
    return TRUE;
  sound = sqlite3_prepare_v2 (db, "PRAGMA quick_check (1)", -1, &statement, NULL) == SQLITE_OK &&
          sqlite3_step (statement) == SQLITE_ROW &&
          g_strcmp0 ((const char *)sqlite3_column_text (statement, 0), "ok") == 0;
  sqlite3_finalize (statement);
  return sound;
}

static gboolean
prepare_main (BaruaStore  *self,
              GError     **error)
{
  g_autofree char *path = g_build_filename (self->dir, barua_store_file_names[DB_MAIN], NULL);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  GStatBuf info;
  gboolean had_log = g_stat (log, &info) == 0 && info.st_size > 0;
  sqlite3 *db = barua_store_open_file (path, TRUE, TRUE, error);
  gboolean ok;

  if (db == NULL)
    return FALSE;
  ok = barua_store_schema_prepare (db, DB_MAIN, error);
  if (ok && !is_sound (self, db, path, had_log))
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_STORE_DAMAGED, "main.db did not pass its check");
      ok = FALSE;
    }
  sqlite3_close (db);
  return ok;
}

static void
remove_database (const char   *dir,
                 BaruaStoreDb  which)
{
  static const char * const ends[] = { "", "-wal", "-shm", "-journal" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path = g_strconcat (dir, "/", barua_store_file_names[which], ends[i], NULL);

      g_unlink (path);
    }
}

static gboolean
prepare_derived_once (BaruaStore    *self,
                      BaruaStoreDb   which,
                      GError       **error)
{
  g_autofree char *path = g_build_filename (self->dir, barua_store_file_names[which], NULL);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  GStatBuf info;
  gboolean had_log = g_stat (log, &info) == 0 && info.st_size > 0;
  sqlite3 *db = barua_store_open_file (path, TRUE, TRUE, error);
  gboolean ok;

  if (db == NULL)
    return FALSE;
  ok = barua_store_schema_prepare (db, which, error);
  /* The cache is too large to be looked through; its contents are checked as they are read. */
  if (ok && which == DB_SEARCH && !is_sound (self, db, path, had_log))
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_STORE_DAMAGED, "%s did not pass its check", path);
      ok = FALSE;
    }
  sqlite3_close (db);
  return ok;
}

/* cache.db and search.db hold nothing that can't be had again. */
static gboolean
prepare_derived (BaruaStore    *self,
                 BaruaStoreDb   which,
                 GError       **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *marker = g_strconcat (self->dir, "/", barua_store_file_names[which], "-damaged", NULL);
  BaruaErrorCode code;

  if (g_unlink (marker) == 0)
    remove_database (self->dir, which);
  if (prepare_derived_once (self, which, &local))
    return TRUE;
  code = barua_error_get_code (local);
  if (code == BARUA_ERROR_NO_SPACE)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  g_message ("%s is made anew: %s", barua_store_file_names[which], local->message);
  remove_database (self->dir, which);
  return prepare_derived_once (self, which, error);
}

/* Ids that the cache or the index know must not be given out again, even when main.db lost its last transactions in a power
 * cut. */
static gboolean
find_least_id (BaruaStoreConnection  *c,
               gint64                *least,
               GError               **error)
{
  gint64 body;
  gint64 cursor;

  if (!barua_store_get_number (c, DB_CACHE, &body, 0, error, "SELECT max (id) FROM body", "") ||
      !barua_store_get_number (c, DB_SEARCH, &cursor, 0, error, "SELECT value FROM meta WHERE key = 'cursor'", ""))
    return FALSE;
  *least = MAX (body, cursor) + 1;
  return TRUE;
}

/* The index belongs to this main.db, else it starts from nothing. */
static gboolean
match_search (BaruaStore  *self,
              GError     **error)
{
  BaruaStoreConnection *c = barua_store_connection_open (self->dir, BARUA_STORE_ROLE_SEARCHER, error);
  gint64 mine;
  gint64 its;
  gboolean ok;

  if (c == NULL)
    return FALSE;
  ok = barua_store_get_number (c, DB_MAIN, &mine, 0, error, "SELECT value FROM meta WHERE key = 'store'", "") &&
       barua_store_get_number (c, DB_SEARCH, &its, 0, error, "SELECT value FROM meta WHERE key = 'store'", "");
  if (ok && its != 0 && mine != its)
    {
      barua_store_connection_close (c);
      remove_database (self->dir, DB_SEARCH);
      return prepare_derived_once (self, DB_SEARCH, error) && match_search (self, error);
    }
  ok = ok && (its == mine || barua_store_exec (c, DB_SEARCH, error, "UPDATE meta SET value = ?1 WHERE key = 'store'", "i",
                                               mine));
  barua_store_connection_close (c);
  return ok;
}

/* The cache belongs to this main.db, else it starts from nothing; and where it does, no message has its body here any more. */
static gboolean
match_cache (BaruaStore  *self,
             GError     **error)
{
  BaruaStoreConnection *c = barua_store_connection_open (self->dir, BARUA_STORE_ROLE_WRITER, error);
  gint64 mine;
  gint64 its;
  gboolean ok;

  if (c == NULL)
    return FALSE;
  ok = barua_store_get_number (c, DB_MAIN, &mine, 0, error, "SELECT value FROM meta WHERE key = 'store'", "") &&
       barua_store_get_number (c, DB_CACHE, &its, 0, error, "SELECT value FROM meta WHERE key = 'store'", "");
  if (ok && its != 0 && mine != its)
    {
      barua_store_connection_close (c);
      remove_database (self->dir, DB_CACHE);
      return prepare_derived_once (self, DB_CACHE, error) && match_cache (self, error);
    }
  ok = ok && (its == mine ||
              (barua_store_exec (c, DB_MAIN, error, "UPDATE message SET traits = traits & ~?1 WHERE (traits & ?1) != 0", "i",
                                 (gint64)TRAIT_BODY_HERE) &&
               barua_store_exec (c, DB_CACHE, error, "INSERT OR REPLACE INTO meta VALUES ('store', ?1)", "i", mine)));
  barua_store_connection_close (c);
  return ok;
}

static gboolean
prepare_files (BaruaStore  *self,
               GError     **error)
{
  g_autoptr (GError) local = NULL;

  barua_store_salvage_finish (self->dir);
  if (self->salvage_now)
    g_set_error (&local, BARUA_ERROR, BARUA_ERROR_STORE_DAMAGED, "its rows can't be read");
  if (self->salvage_now || !prepare_main (self, &local))
    {
      if (barua_error_get_code (local) != BARUA_ERROR_STORE_DAMAGED)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      g_warning ("main.db is damaged and is made anew: %s", local->message);
      if (!barua_store_salvage (self->dir, &self->set_aside, error))
        return FALSE;
      /* Message ids start anew: bodies and index rows by the old ones are others' now. */
      remove_database (self->dir, DB_CACHE);
      remove_database (self->dir, DB_SEARCH);
      set_unclean (self, FALSE, FALSE);
      self->salvage_now = FALSE;
      if (!prepare_main (self, error))
        return FALSE;
    }
  return prepare_derived (self, DB_CACHE, error) && prepare_derived (self, DB_SEARCH, error) &&
         match_cache (self, error) && match_search (self, error);
}

static gboolean
start_writer (BaruaStore            *self,
              BaruaStoreConnection  *c,
              GError               **error)
{
  gint64 least;

  return find_least_id (c, &least, error) && barua_store_writer_init (c, least, error) &&
         barua_store_wish_recover (c, error);
}

static BaruaStoreConnection *
add_connection (BaruaStore      *self,
                BaruaStoreRole   role,
                GError         **error)
{
  BaruaStoreConnection *c = barua_store_connection_open (self->dir, role, error);

  if (c != NULL)
    g_ptr_array_add (self->connections, c);
  return c;
}

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

/* Writer, searcher and readers, in this order. */
static gboolean
open_connections (BaruaStore  *self,
                  GError     **error)
{
  BaruaStoreConnection *writer;

  g_ptr_array_set_size (self->connections, 0);
  if (!prepare_files (self, error))
    return FALSE;
  set_unclean (self, TRUE, FALSE);
  writer = add_connection (self, BARUA_STORE_ROLE_WRITER, error);
  if (writer == NULL || !start_writer (self, writer, error) ||
      add_connection (self, BARUA_STORE_ROLE_SEARCHER, error) == NULL)
    return FALSE;
  for (guint i = 0; i < BARUA_STORE_READERS; i++)
    if (add_connection (self, BARUA_STORE_ROLE_READER, error) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
open_owner (BaruaStore  *self,
            GError     **error)
{
  BaruaStoreConnection *writer;
  BaruaStoreConnection *searcher;
  gboolean opened = FALSE;

  if (!make_dir (self->dir, error) || !take_lock (self, error))
    return FALSE;
  /* Damage that shows only when rows are read: first what can be had again goes, then main.db is looked through whole. */
  for (guint attempt = 0; attempt < 3 && !opened; attempt++)
    {
      g_autoptr (GError) local = NULL;

      opened = open_connections (self, &local);
      if (opened)
        break;
      g_ptr_array_set_size (self->connections, 0);
      if (barua_error_get_code (local) != BARUA_ERROR_STORE_DAMAGED || attempt == 2)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      remove_database (self->dir, DB_SEARCH);
      remove_database (self->dir, DB_CACHE);
      if (attempt == 1)
        g_clear_pointer (&self->set_aside, g_free);
      self->salvage_now = attempt == 1;
    }
  writer = g_ptr_array_index (self->connections, 0);
  searcher = g_ptr_array_index (self->connections, 1);
  self->search_dirty = 1;
  start_thread (self, "store-writer", writer_thread, writer);
  start_thread (self, "store-search", search_thread, searcher);
  return TRUE;
}

static gboolean
open_read_only (BaruaStore  *self,
                GError     **error)
{
  g_autofree char *path = g_build_filename (self->dir, barua_store_file_names[DB_MAIN], NULL);
  BaruaStoreConnection *c;
  gint64 version;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no store in %s", self->dir);
      return FALSE;
    }
  for (guint i = 0; i < BARUA_STORE_READERS; i++)
    if (add_connection (self, BARUA_STORE_ROLE_READER, error) == NULL)
      return FALSE;
  c = g_ptr_array_index (self->connections, 0);
  if (!barua_store_get_number (c, DB_MAIN, &version, 0, error, "PRAGMA user_version", ""))
    return FALSE;
  if (version != barua_store_schema_versions[DB_MAIN])
    {
      g_set_error (error, BARUA_ERROR,
                   version > barua_store_schema_versions[DB_MAIN] ? BARUA_ERROR_STORE_NEWER : BARUA_ERROR_BUSY,
                   "main.db has version %d", (int)version);
      return FALSE;
    }
  return TRUE;
}

/* SQLite's count of its memory takes a lock for every allocation. Too late (and harmless) when another library of this
 * process has started SQLite before. */
static void
configure_sqlite (void)
{
  static gsize done = 0;

  if (g_once_init_enter (&done))
    {
      sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
      g_once_init_leave (&done, 1);
    }
}

BaruaStore *
barua_store_open (const char       *dir,
                  BaruaStoreFlags   flags,
                  GMainContext     *context,
                  GError          **error)
{
  BaruaStore *self = g_new0 (BaruaStore, 1);
  gboolean ok;

  configure_sqlite ();
  g_atomic_ref_count_init (&self->ref_count);
  self->flags = flags;
  self->dir = g_strdup (dir);
  self->context = g_main_context_ref (context != NULL ? context : g_main_context_default ());
  self->lock_fd = -1;
  self->threads = g_ptr_array_new ();
  self->connections = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_store_connection_close);
  g_mutex_init (&self->close_mutex);
  g_mutex_init (&self->changed_mutex);
  for (guint i = 0; i < N_LANES; i++)
    {
      g_mutex_init (&self->lanes[i].mutex);
      g_cond_init (&self->lanes[i].cond);
      for (guint k = 0; k <= BARUA_STORE_BATCH; k++)
        g_queue_init (&self->lanes[i].queues[k]);
    }

  ok = (flags & BARUA_STORE_READ_ONLY) != 0 ? open_read_only (self, error) : open_owner (self, error);
  if (!ok)
    {
      barua_store_unref (self);
      return NULL;
    }
  for (guint i = 0; i < self->connections->len; i++)
    {
      BaruaStoreConnection *c = g_ptr_array_index (self->connections, i);

      if (c->role == BARUA_STORE_ROLE_READER)
        start_thread (self, "store-reader", reader_thread, c);
    }
  return self;
}

BaruaStore *
barua_store_ref (BaruaStore *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
barua_store_unref (BaruaStore *self)
{
  if (self == NULL)
    return;
  /* Closing delivers what was finished, and deliveries hold the store. */
  if (g_atomic_ref_count_compare (&self->ref_count, 1))
    barua_store_close (self);
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (guint i = 0; i < N_LANES; i++)
    {
      g_mutex_clear (&self->lanes[i].mutex);
      g_cond_clear (&self->lanes[i].cond);
    }
  g_mutex_clear (&self->close_mutex);
  g_mutex_clear (&self->changed_mutex);
  g_main_context_unref (self->context);
  g_ptr_array_unref (self->threads);
  g_free (self->dir);
  g_free (self->set_aside);
  g_free (self);
}

static void
mark_derived_damage (BaruaStore           *self,
                     BaruaStoreConnection *c)
{
  const struct
  {
    gboolean     damaged;
    BaruaStoreDb which;
  } files[] = { { c->cache_damaged, DB_CACHE }, { c->search_damaged, DB_SEARCH } };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_strconcat (self->dir, "/", barua_store_file_names[files[i].which], "-damaged", NULL);

      if (files[i].damaged)
        g_file_set_contents_full (path, "", 0, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
    }
}

void
barua_store_close (BaruaStore *self)
{
  gboolean owner = (self->flags & BARUA_STORE_READ_ONLY) == 0;
  gboolean opened;

  g_mutex_lock (&self->close_mutex);
  if (self->closed)
    {
      g_mutex_unlock (&self->close_mutex);
      return;
    }
  for (guint i = 0; i < N_LANES; i++)
    {
      g_mutex_lock (&self->lanes[i].mutex);
      self->closing = TRUE;
      g_cond_broadcast (&self->lanes[i].cond);
      g_mutex_unlock (&self->lanes[i].mutex);
    }
  opened = self->threads->len > 0;
  for (guint i = 0; i < self->threads->len; i++)
    g_thread_join (g_ptr_array_index (self->threads, i));
  g_ptr_array_set_size (self->threads, 0);
  for (guint i = 0; owner && i < self->connections->len; i++)
    mark_derived_damage (self, g_ptr_array_index (self->connections, i));
  /* The last one to close a file writes its log back, if it may write: readers go first, then the writer's view of the
   * index. Else the next program would find a log of many megabytes to go through. */
  if (owner && self->connections->len > 0)
    barua_store_connection_close_file (g_ptr_array_index (self->connections, 0), DB_SEARCH);
  for (guint i = self->connections->len; i > 0; i--)
    g_ptr_array_remove_index (self->connections, i - 1);
  g_clear_pointer (&self->connections, g_ptr_array_unref);
  if (owner && opened)
    set_unclean (self, self->damaged != 0, self->damaged != 0);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  self->lock_fd = -1;
  self->closed = TRUE;
  g_mutex_unlock (&self->close_mutex);
}

const char *
barua_store_get_dir (BaruaStore *self)
{
  return self->dir;
}

const char *
barua_store_get_set_aside (BaruaStore *self)
{
  return self->set_aside;
}

void
barua_store_set_changed_func (BaruaStore            *self,
                              BaruaStoreChangedFunc  func,
                              gpointer               user_data)
{
  g_mutex_lock (&self->changed_mutex);
  self->changed_func = func;
  self->changed_data = user_data;
  g_mutex_unlock (&self->changed_mutex);
}

/* Calls ------------------------------------------------------------------------------------------------------------ */

static Job *
job_new (BaruaStorePriority  priority,
         const char         *name,
         BaruaStoreFunc      func,
         gpointer            user_data,
         GDestroyNotify      destroy,
         BaruaStoreDone      done,
         gpointer            done_data)
{
  Job *job = g_new0 (Job, 1);

  job->priority = priority;
  job->name = name;
  job->func = func;
  job->user_data = user_data;
  job->destroy = destroy;
  job->done = done;
  job->done_data = done_data;
  return job;
}

static void
set_refused (BaruaStore  *self,
             Lane         lane,
             GError     **error)
{
  if (lane != LANE_READ && (self->flags & BARUA_STORE_READ_ONLY) != 0)
    g_set_error (error, BARUA_ERROR, BARUA_ERROR_INVALID, "the store was opened for reading only");
  else
    g_set_error (error, BARUA_ERROR, BARUA_ERROR_CANCELLED, "the store is closed");
}

static void
submit (BaruaStore *self,
        Lane        lane,
        Job        *job)
{
  gboolean may = lane == LANE_READ || (self->flags & BARUA_STORE_READ_ONLY) == 0;
  GPtrArray *done;

  if (may && push_job (self, lane, job))
    return;
  done = job_list_new ();
  if (job->done != NULL)
    set_refused (self, lane, &job->error);
  finish_job (job, done);
  post (self, NULL, done);
}

static gboolean
submit_now (BaruaStore  *self,
            Lane         lane,
            Job         *job,
            GError     **error)
{
  gboolean may = lane == LANE_READ || (self->flags & BARUA_STORE_READ_ONLY) == 0;
  GMutex mutex;
  GCond cond;
  gboolean ok;

  g_mutex_init (&mutex);
  g_cond_init (&cond);
  job->waiter = &mutex;
  job->finished_cond = &cond;
  if (may && push_job (self, lane, job))
    {
      g_mutex_lock (&mutex);
      while (!job->finished)
        g_cond_wait (&cond, &mutex);
      g_mutex_unlock (&mutex);
    }
  else
    set_refused (self, lane, &job->error);
  ok = job->error == NULL;
  if (!ok)
    g_propagate_error (error, g_steal_pointer (&job->error));
  job_free (job);
  g_mutex_clear (&mutex);
  g_cond_clear (&cond);
  return ok;
}

void
barua_store_write (BaruaStore         *self,
                   BaruaStorePriority  priority,
                   const char         *name,
                   BaruaStoreFunc      func,
                   gpointer            user_data,
                   GDestroyNotify      destroy,
                   BaruaStoreDone      done,
                   gpointer            done_data)
{
  submit (self, LANE_WRITE, job_new (priority, name, func, user_data, destroy, done, done_data));
}

void
barua_store_read (BaruaStore     *self,
                  const char     *name,
                  BaruaStoreFunc  func,
                  gpointer        user_data,
                  GDestroyNotify  destroy,
                  BaruaStoreDone  done,
                  gpointer        done_data)
{
  submit (self, LANE_READ, job_new (BARUA_STORE_NORMAL, name, func, user_data, destroy, done, done_data));
}

void
barua_store_write_search (BaruaStore     *self,
                          const char     *name,
                          BaruaStoreFunc  func,
                          gpointer        user_data,
                          GDestroyNotify  destroy,
                          BaruaStoreDone  done,
                          gpointer        done_data)
{
  submit (self, LANE_SEARCH, job_new (BARUA_STORE_NORMAL, name, func, user_data, destroy, done, done_data));
}

gboolean
barua_store_write_now (BaruaStore          *self,
                       BaruaStorePriority   priority,
                       const char          *name,
                       BaruaStoreFunc       func,
                       gpointer             user_data,
                       GError             **error)
{
  return submit_now (self, LANE_WRITE, job_new (priority, name, func, user_data, NULL, NULL, NULL), error);
}

gboolean
barua_store_read_now (BaruaStore      *self,
                      const char      *name,
                      BaruaStoreFunc   func,
                      gpointer         user_data,
                      GError         **error)
{
  return submit_now (self, LANE_READ, job_new (BARUA_STORE_NORMAL, name, func, user_data, NULL, NULL, NULL), error);
}

gboolean
barua_store_write_search_now (BaruaStore      *self,
                              const char      *name,
                              BaruaStoreFunc   func,
                              gpointer         user_data,
                              GError         **error)
{
  return submit_now (self, LANE_SEARCH, job_new (BARUA_STORE_NORMAL, name, func, user_data, NULL, NULL, NULL), error);
}

void
barua_store_search_catch_up (BaruaStore     *self,
                             BaruaStoreDone  done,
                             gpointer        done_data)
{
  Job *job = job_new (BARUA_STORE_NORMAL, "search catch up", NULL, NULL, NULL, done, done_data);

  job->catch_up = TRUE;
  submit (self, LANE_SEARCH, job);
}
