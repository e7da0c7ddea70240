/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store.h"

#include <unistd.h>

#include "barua-store-lanes.h"

/* Deliveries ------------------------------------------------------------------------------------------------------- */

typedef struct
{
  BaruaStore     *store;
  BaruaChangeSet *changes; /* NULL: none */
  GPtrArray      *jobs;    /* finished ones with a done function */
} Delivery;

static void
job_free (BaruaStoreJob *job)
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
      BaruaStoreJob *job = g_ptr_array_index (delivery->jobs, i);

      job->done (job->error, job->done_data);
    }
  return G_SOURCE_REMOVE;
}

/* Not g_main_context_invoke(): it would run @deliver on this thread while nobody iterates the context. */
void
barua_store_post (BaruaStore     *self,
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

GPtrArray *
barua_store_job_list_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)job_free);
}

/* Blocking callers are woken here; the others' jobs are put on @done for delivery. */
void
barua_store_finish_job (BaruaStoreJob *job,
                        GPtrArray     *done)
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

BaruaStoreJob *
barua_store_peek_job (BaruaStoreQueue *lane)
{
  for (guint i = 0; i <= BARUA_STORE_BATCH; i++)
    if (!g_queue_is_empty (&lane->queues[i]))
      return g_queue_peek_head (&lane->queues[i]);
  return NULL;
}

/* The next job, NULL when there is none until @until (monotonic µs; -1: no end), the store closes, or (@stop_for_dirty)
 * there are messages to index. */
BaruaStoreJob *
barua_store_take_job (BaruaStore      *self,
                      BaruaStoreQueue *lane,
                      gint64           until,
                      gboolean         stop_for_dirty,
                      gboolean        *closing)
{
  BaruaStoreJob *job;

  g_mutex_lock (&lane->mutex);
  while ((job = barua_store_peek_job (lane)) == NULL && !self->closing)
    {
      if (stop_for_dirty && g_atomic_int_get (&self->search_dirty))
        break;
      if (until < 0)
        g_cond_wait (&lane->cond, &lane->mutex);
      else if (!g_cond_wait_until (&lane->cond, &lane->mutex, until))
        break;
    }
  job = barua_store_peek_job (lane);
  if (job != NULL)
    g_queue_pop_head (&lane->queues[job->priority]);
  *closing = self->closing;
  g_mutex_unlock (&lane->mutex);
  return job;
}

/* Takes the next job only when it is a BATCH; waits a moment for one. */
BaruaStoreJob *
barua_store_take_batch (BaruaStore      *self,
                        BaruaStoreQueue *lane,
                        gint64           until)
{
  BaruaStoreJob *job = NULL;

  g_mutex_lock (&lane->mutex);
  while (barua_store_peek_job (lane) == NULL && !self->closing && g_cond_wait_until (&lane->cond, &lane->mutex, until))
    ;
  if (barua_store_peek_job (lane) != NULL && barua_store_peek_job (lane)->priority == BARUA_STORE_BATCH)
    job = g_queue_pop_head (&lane->queues[BARUA_STORE_BATCH]);
  g_mutex_unlock (&lane->mutex);
  return job;
}

/* FALSE when the store is closed. */
static gboolean
push_job (BaruaStore    *self,
          BaruaStoreLane which,
          BaruaStoreJob *job)
{
  BaruaStoreQueue *lane = &self->lanes[which];
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

/* Opening and closing --------------------------------------------------------------------------------------------- */

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

  ok = (flags & BARUA_STORE_READ_ONLY) != 0 ? barua_store_open_read_only (self, error) : barua_store_open_owner (self, error);
  if (!ok)
    {
      barua_store_unref (self);
      return NULL;
    }
  barua_store_start_threads (self);
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
    barua_store_set_unclean (self, self->damaged != 0, self->damaged != 0);
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

static BaruaStoreJob *
job_new (BaruaStorePriority  priority,
         const char         *name,
         BaruaStoreFunc      func,
         gpointer            user_data,
         GDestroyNotify      destroy,
         BaruaStoreDone      done,
         gpointer            done_data)
{
  BaruaStoreJob *job = g_new0 (BaruaStoreJob, 1);

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
set_refused (BaruaStore    *self,
             BaruaStoreLane lane,
             GError       **error)
{
  if (lane != LANE_READ && (self->flags & BARUA_STORE_READ_ONLY) != 0)
    g_set_error (error, BARUA_ERROR, BARUA_ERROR_INVALID, "the store was opened for reading only");
  else
    g_set_error (error, BARUA_ERROR, BARUA_ERROR_CANCELLED, "the store is closed");
}

static void
submit (BaruaStore    *self,
        BaruaStoreLane lane,
        BaruaStoreJob *job)
{
  gboolean may = lane == LANE_READ || (self->flags & BARUA_STORE_READ_ONLY) == 0;
  GPtrArray *done;

  if (may && push_job (self, lane, job))
    return;
  done = barua_store_job_list_new ();
  if (job->done != NULL)
    set_refused (self, lane, &job->error);
  barua_store_finish_job (job, done);
  barua_store_post (self, NULL, done);
}

static gboolean
submit_now (BaruaStore    *self,
            BaruaStoreLane lane,
            BaruaStoreJob *job,
            GError       **error)
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

guint64
barua_store_get_generation (BaruaStoreConnection *c)
{
  return c->generation;
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
  BaruaStoreJob *job = job_new (BARUA_STORE_NORMAL, "search catch up", NULL, NULL, NULL, done, done_data);

  job->catch_up = TRUE;
  submit (self, LANE_SEARCH, job);
}
