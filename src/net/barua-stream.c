/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-stream.h"

#include "barua-deflate-private.h"
#include "barua-error.h"
#include "barua-limits.h"
#include "barua-net-error.h"
#include "barua-tls.h"

/* Below GTK's redraw (G_PRIORITY_HIGH_IDLE + 20): a server that never stops sending must not keep a frame from being drawn. */
#define READ_PRIORITY (G_PRIORITY_HIGH_IDLE + 50)
/* A slice and one record more, so that every read offers room for a whole record. */
#define BUFFER_BYTES (BARUA_SLICE_BYTES + BARUA_TLS_RECORD_BYTES)

struct _BaruaStream
{
  int                    ref_count;
  GIOStream             *base; /* the socket */
  GIOStream             *io;   /* what is read and written: the socket, or TLS over it */
  gboolean               is_started;
  gboolean               is_securing;
  gboolean               is_closed;
  guint                  pauses;
  BaruaStreamReadFunc    read;
  BaruaStreamClosedFunc  closed;
  gpointer               user_data;
  GSource               *readable;
  GSource               *writable;
  GSource               *turn;    /* goes on without the socket: more to inflate, or a failure to report */
  GError                *failure; /* to be reported in the next turn */
  guint8                *buffer;
  guint8                *inflated;
  BaruaDeflate          *deflate;
  GQueue                 out; /* GBytes; of the first, @out_offset bytes are gone */
  gsize                  out_offset;
  gsize                  queued;
  guint64                bytes_in;
  guint64                bytes_out;
  gint64                 last_read_us;
};

static void read_on (BaruaStream *self);

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

BaruaStream *
barua_stream_new (GIOStream *io)
{
  BaruaStream *self = g_new0 (BaruaStream, 1);

  self->ref_count = 1;
  self->io = g_object_ref (io);
  self->base = g_object_ref (io);
  if (G_IS_TLS_CONNECTION (io))
    {
      g_clear_object (&self->base);
      g_object_get (io, "base-io-stream", &self->base, NULL);
    }
  self->buffer = g_malloc (BUFFER_BYTES);
  g_queue_init (&self->out);
  return self;
}

BaruaStream *
barua_stream_ref (BaruaStream *self)
{
  self->ref_count++;
  return self;
}

void
barua_stream_unref (BaruaStream *self)
{
  if (--self->ref_count > 0)
    return;
  self->ref_count = 1; /* closing may take and give references */
  barua_stream_close (self);
  g_clear_object (&self->io);
  g_clear_object (&self->base);
  g_free (self->buffer);
  g_free (self->inflated);
  barua_deflate_free (self->deflate);
  g_clear_error (&self->failure);
  g_free (self);
}

void
barua_stream_close (BaruaStream *self)
{
  if (self->is_closed)
    return;
  self->is_closed = TRUE;
  clear_source (&self->readable);
  clear_source (&self->writable);
  clear_source (&self->turn);
  g_queue_clear_full (&self->out, (GDestroyNotify) g_bytes_unref);
  self->queued = 0;
  /* A handshake runs on a thread of GIO's and polls the descriptor: it may not be closed, and used again, under it. Its
   * cancellation drops the last reference, which closes. */
  if (!self->is_securing)
    g_io_stream_close (self->base, NULL, NULL);
}

static gboolean
on_turn (gpointer data)
{
  g_autoptr(BaruaStream) self = barua_stream_ref (data);
  g_autoptr(GError) failure = g_steal_pointer (&self->failure);

  clear_source (&self->turn);
  if (failure == NULL)
    {
      read_on (self);
      return G_SOURCE_REMOVE;
    }
  barua_stream_close (self);
  if (self->closed != NULL)
    self->closed (self, failure, self->user_data);
  return G_SOURCE_REMOVE;
}

static void
schedule_turn (BaruaStream *self)
{
  if (self->turn != NULL || self->is_closed)
    return;
  self->turn = g_idle_source_new ();
  g_source_set_priority (self->turn, READ_PRIORITY);
  g_source_set_callback (self->turn, on_turn, self, NULL);
  g_source_set_static_name (self->turn, "barua-stream-turn");
  g_source_attach (self->turn, NULL);
}

static void
fail (BaruaStream *self,
      GError      *error)
{
  if (self->failure != NULL || self->is_closed)
    {
      g_error_free (error);
      return;
    }
  self->failure = barua_net_error_translate (error, NULL);
  clear_source (&self->readable);
  clear_source (&self->writable);
  schedule_turn (self);
}

static gboolean
may_read (BaruaStream *self)
{
  return self->is_started && !self->is_securing && !self->is_closed && self->pauses == 0 && self->failure == NULL;
}

/* Reading ----------------------------------------------------------------------------------------------------------- */

/* Fills the buffer until it holds a slice or the socket has nothing more. */
static gsize
drain (BaruaStream *self,
       GError     **error)
{
  GPollableInputStream *input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (self->io));
  gsize total = 0;

  while (total < BARUA_SLICE_BYTES)
    {
      gssize n = g_pollable_input_stream_read_nonblocking (input, self->buffer + total, BUFFER_BYTES - total, NULL, error);

      if (n > 0)
        {
          total += (gsize) n;
          continue;
        }
      if (n == 0)
        g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_CONNECTION_LOST, "the server ended the connection");
      break;
    }
  if (total > 0)
    {
      self->bytes_in += total;
      self->last_read_us = g_get_monotonic_time ();
    }
  return total;
}

static void
deliver_inflated (BaruaStream *self)
{
  g_autoptr(GError) error = NULL;
  gsize length = 0;
  gboolean good = barua_deflate_inflate (self->deflate, self->inflated, BARUA_SLICE_BYTES, &length, &error);

  if (length > 0)
    self->read (self, self->inflated, length, self->user_data);
  if (self->is_closed)
    return;
  if (!good)
    fail (self, g_steal_pointer (&error));
  else if (barua_deflate_has_input (self->deflate) && may_read (self))
    schedule_turn (self);
}

static gboolean
on_readable (GObject *input,
             gpointer data)
{
  g_autoptr(BaruaStream) self = barua_stream_ref (data);
  g_autoptr(GError) error = NULL;
  gsize length;

  if (self->deflate != NULL && barua_deflate_has_input (self->deflate))
    {
      deliver_inflated (self);
    }
  else
    {
      length = drain (self, &error);
      if (length > 0 && self->deflate != NULL)
        {
          barua_deflate_feed (self->deflate, self->buffer, length);
          deliver_inflated (self);
        }
      else if (length > 0)
        self->read (self, self->buffer, length, self->user_data);
      if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) && !self->is_closed &&
          !self->is_securing)
        fail (self, g_steal_pointer (&error));
    }
  /* Inside read(), a pause, a failure or STARTTLS may have destroyed the source. */
  return self->readable != NULL && !g_source_is_destroyed (g_main_current_source ()) ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Makes sure that a source is there whenever there is something to wait for. */
static void
read_on (BaruaStream *self)
{
  GPollableInputStream *input;

  if (!may_read (self))
    return;
  if (self->deflate != NULL && barua_deflate_has_input (self->deflate))
    deliver_inflated (self);
  if (!may_read (self) || self->readable != NULL)
    return;
  input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (self->io));
  self->readable = g_pollable_input_stream_create_source (input, NULL);
  g_source_set_priority (self->readable, READ_PRIORITY);
  g_source_set_callback (self->readable, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_set_static_name (self->readable, "barua-stream-read");
  g_source_attach (self->readable, NULL);
}

void
barua_stream_start (BaruaStream          *self,
                    BaruaStreamReadFunc   read,
                    BaruaStreamClosedFunc closed,
                    gpointer              user_data)
{
  g_return_if_fail (!self->is_started);
  self->read = read;
  self->closed = closed;
  self->user_data = user_data;
  self->is_started = TRUE;
  read_on (self);
}

void
barua_stream_pause (BaruaStream *self)
{
  self->pauses++;
  clear_source (&self->readable);
  if (self->failure == NULL)
    clear_source (&self->turn);
}

void
barua_stream_resume (BaruaStream *self)
{
  g_return_if_fail (self->pauses > 0);
  if (--self->pauses > 0 || !may_read (self))
    return;
  /* Not at once: the caller may stand inside a read function. */
  schedule_turn (self);
}

/* Writing ----------------------------------------------------------------------------------------------------------- */

static void write_on (BaruaStream *self);

static gboolean
on_writable (GObject *output,
             gpointer data)
{
  g_autoptr(BaruaStream) self = barua_stream_ref (data);

  clear_source (&self->writable);
  write_on (self);
  return G_SOURCE_REMOVE;
}

static void
wait_writable (BaruaStream *self)
{
  GPollableOutputStream *output = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (self->io));

  self->writable = g_pollable_output_stream_create_source (output, NULL);
  g_source_set_callback (self->writable, G_SOURCE_FUNC (on_writable), self, NULL);
  g_source_set_static_name (self->writable, "barua-stream-write");
  g_source_attach (self->writable, NULL);
}

static void
write_on (BaruaStream *self)
{
  while (!self->is_closed && !self->is_securing && self->failure == NULL && self->writable == NULL)
    {
      GBytes *bytes = g_queue_peek_head (&self->out);
      g_autoptr(GError) error = NULL;
      const guint8 *data;
      gsize length;
      gssize n;

      if (bytes == NULL)
        return;
      data = g_bytes_get_data (bytes, &length);
      n = g_pollable_output_stream_write_nonblocking (
        G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (self->io)), data + self->out_offset,
        length - self->out_offset, NULL, &error);
      if (n < 0)
        {
          if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
            wait_writable (self);
          else
            fail (self, g_steal_pointer (&error));
          return;
        }
      self->bytes_out += (guint64) n;
      self->queued -= (gsize) n;
      self->out_offset += (gsize) n;
      if (self->out_offset == length)
        {
          g_bytes_unref (g_queue_pop_head (&self->out));
          self->out_offset = 0;
        }
    }
}

void
barua_stream_write (BaruaStream *self,
                    GBytes      *bytes)
{
  GBytes *out;

  if (self->is_closed || self->failure != NULL || g_bytes_get_size (bytes) == 0)
    return;
  out = self->deflate != NULL ? barua_deflate_compress (self->deflate, bytes) : g_bytes_ref (bytes);
  g_queue_push_tail (&self->out, out);
  self->queued += g_bytes_get_size (out);
  write_on (self);
}

gsize
barua_stream_get_queued (BaruaStream *self)
{
  return self->queued;
}

/* Layers ------------------------------------------------------------------------------------------------------------ */

static DexFuture *
on_secured (DexFuture *future,
            gpointer   data)
{
  BaruaStream *self = data;
  const GValue *value = dex_future_get_value (future, NULL);

  self->is_securing = FALSE;
  if (value == NULL)
    return dex_ref (future);
  if (self->is_closed)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_CANCELLED, "closed during the TLS handshake");
  g_set_object (&self->io, g_value_get_object (value));
  read_on (self);
  write_on (self);
  return dex_future_new_true ();
}

DexFuture *
barua_stream_start_tls (BaruaStream   *self,
                        BaruaEndpoint *endpoint,
                        const char    *alpn,
                        guint          timeout_ms,
                        BaruaScope    *scope)
{
  if (self->is_closed || self->failure != NULL)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_CONNECTION_LOST, "closed before the TLS handshake");
  if (self->queued > 0 || self->is_securing || barua_stream_is_secure (self) || self->deflate != NULL)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_INTERNAL, "no time for STARTTLS");
  self->is_securing = TRUE;
  clear_source (&self->readable);
  clear_source (&self->turn);
  return dex_future_finally (barua_tls_handshake (self->base, endpoint, alpn, timeout_ms,
                                                  scope != NULL ? barua_scope_get_cancellable (scope) : NULL),
                             on_secured, barua_stream_ref (self), (GDestroyNotify) barua_stream_unref);
}

gboolean
barua_stream_is_secure (BaruaStream *self)
{
  return G_IS_TLS_CONNECTION (self->io);
}

void
barua_stream_start_deflate (BaruaStream *self,
                            GBytes      *leftover,
                            guint        max_ratio)
{
  g_return_if_fail (self->deflate == NULL);
  self->deflate = barua_deflate_new (max_ratio);
  self->inflated = g_malloc (BARUA_SLICE_BYTES);
  if (leftover != NULL && g_bytes_get_size (leftover) > 0)
    {
      barua_deflate_feed (self->deflate, g_bytes_get_data (leftover, NULL), g_bytes_get_size (leftover));
      if (may_read (self))
        schedule_turn (self);
    }
}

gboolean
barua_stream_is_deflated (BaruaStream *self)
{
  return self->deflate != NULL;
}

guint64
barua_stream_get_bytes_in (BaruaStream *self)
{
  return self->bytes_in;
}

guint64
barua_stream_get_bytes_out (BaruaStream *self)
{
  return self->bytes_out;
}

gint64
barua_stream_get_last_read_us (BaruaStream *self)
{
  return self->last_read_us;
}
