/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-deflate-private.h"

#include "barua-error.h"
#include "barua-limits.h"

#include <string.h>
#include <zlib.h>

#define RAW_WINDOW_BITS (-15)
#define MEMORY_LEVEL 8
/* What may be inflated before the ratio counts: a few small answers compress better than any long run. */
#define RATIO_GRACE_BYTES (64u * 1024u)

struct _BaruaDeflate
{
  z_stream out;
  z_stream in;
  guint8  *input;
  gsize    input_size;
  gboolean more; /* the last inflate filled its room: zlib may hold more */
  guint    max_ratio;
  guint64  total_in;
  guint64  total_out;
};

BaruaDeflate *
barua_deflate_new (guint max_ratio)
{
  BaruaDeflate *self = g_new0 (BaruaDeflate, 1);

  self->max_ratio = max_ratio > 0 ? max_ratio : BARUA_LIMIT_INFLATE_RATIO;
  /* These fail only for lack of memory, which ends the program elsewhere too. */
  if (deflateInit2 (&self->out, Z_DEFAULT_COMPRESSION, Z_DEFLATED, RAW_WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK ||
      inflateInit2 (&self->in, RAW_WINDOW_BITS) != Z_OK)
    g_error ("zlib can't be used");
  return self;
}

void
barua_deflate_free (BaruaDeflate *self)
{
  if (self == NULL)
    return;
  deflateEnd (&self->out);
  inflateEnd (&self->in);
  g_free (self->input);
  g_free (self);
}

GBytes *
barua_deflate_compress (BaruaDeflate *self,
                        GBytes       *plain)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (plain, &length);
  g_autoptr(GByteArray) result = g_byte_array_new ();
  guint8 room[4096];

  self->out.next_in = (Bytef *) data;
  self->out.avail_in = (uInt) length;
  do
    {
      self->out.next_out = room;
      self->out.avail_out = sizeof room;
      deflate (&self->out, Z_SYNC_FLUSH);
      g_byte_array_append (result, room, (guint) (sizeof room - self->out.avail_out));
    }
  while (self->out.avail_out == 0);
  return g_byte_array_free_to_bytes (g_steal_pointer (&result));
}

void
barua_deflate_feed (BaruaDeflate *self,
                    const void   *data,
                    gsize         length)
{
  g_return_if_fail (!barua_deflate_has_input (self));
  if (length > self->input_size)
    {
      self->input = g_realloc (self->input, length);
      self->input_size = length;
    }
  memcpy (self->input, data, length);
  self->in.next_in = self->input;
  self->in.avail_in = (uInt) length;
  self->total_in += length;
}

gboolean
barua_deflate_inflate (BaruaDeflate *self,
                       guint8       *out,
                       gsize         size,
                       gsize        *length,
                       GError      **error)
{
  int result;

  self->in.next_out = out;
  self->in.avail_out = (uInt) size;
  result = inflate (&self->in, Z_SYNC_FLUSH);
  *length = size - self->in.avail_out;
  self->more = self->in.avail_out == 0;
  self->total_out += *length;
  if (result == Z_STREAM_END)
    g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_CONNECTION_LOST, "the server ended the compressed stream");
  else if (result != Z_OK && result != Z_BUF_ERROR)
    g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_PROTOCOL, "what the server sent is no compressed data");
  else if (self->total_out > RATIO_GRACE_BYTES + self->total_in * self->max_ratio)
    g_set_error_literal (error, BARUA_ERROR, BARUA_ERROR_LIMIT, "the server's compressed data blows up too far");
  else
    return TRUE;
  return FALSE;
}

gboolean
barua_deflate_has_input (BaruaDeflate *self)
{
  return self->in.avail_in > 0 || self->more;
}
