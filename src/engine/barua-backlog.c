/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-backlog.h"

struct _BaruaBacklog
{
  gatomicrefcount   ref_count;
  gsize             limit;
  GMutex            mutex;
  gsize             bytes;    /* under the mutex */
  gboolean          full;     /* likewise; changed on the main thread only */
  gboolean          is_sent;  /* likewise: the main thread will look */
  BaruaBacklogFunc  func;
  gpointer          user_data;
};

BaruaBacklog *
barua_backlog_new (gsize limit)
{
  BaruaBacklog *self = g_new0 (BaruaBacklog, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  self->limit = limit;
  return self;
}

BaruaBacklog *
barua_backlog_ref (BaruaBacklog *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
barua_backlog_unref (BaruaBacklog *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
barua_backlog_add (BaruaBacklog *self,
                   gsize         bytes)
{
  gboolean tell;

  g_mutex_lock (&self->mutex);
  self->bytes += bytes;
  tell = !self->full && self->bytes > self->limit;
  self->full |= tell;
  g_mutex_unlock (&self->mutex);
  if (tell && self->func != NULL)
    self->func (TRUE, self->user_data);
}

static gboolean
look (gpointer data)
{
  BaruaBacklog *self = data;
  gboolean tell;

  g_mutex_lock (&self->mutex);
  self->is_sent = FALSE;
  tell = self->full && self->bytes <= self->limit / 2;
  if (tell)
    self->full = FALSE;
  g_mutex_unlock (&self->mutex);
  if (tell && self->func != NULL)
    self->func (FALSE, self->user_data);
  return G_SOURCE_REMOVE;
}

void
barua_backlog_remove (BaruaBacklog *self,
                      gsize         bytes)
{
  gboolean send;

  g_mutex_lock (&self->mutex);
  self->bytes -= MIN (bytes, self->bytes);
  send = self->full && !self->is_sent && self->bytes <= self->limit / 2;
  self->is_sent |= send;
  g_mutex_unlock (&self->mutex);
  if (send)
    g_idle_add_full (G_PRIORITY_DEFAULT, look, barua_backlog_ref (self), (GDestroyNotify) barua_backlog_unref);
}

void
barua_backlog_set_func (BaruaBacklog     *self,
                        BaruaBacklogFunc  func,
                        gpointer          user_data)
{
  if (self->full && self->func != NULL)
    self->func (FALSE, self->user_data);
  self->func = func;
  self->user_data = user_data;
  if (self->full && func != NULL)
    func (TRUE, user_data);
}
