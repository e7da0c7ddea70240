/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The two streams of COMPRESS=DEFLATE (RFC 4978): raw deflate, no header. */
typedef struct _BaruaDeflate BaruaDeflate;

BaruaDeflate *barua_deflate_new      (guint          max_ratio);
void          barua_deflate_free     (BaruaDeflate  *self);

/* Compresses and flushes to a byte boundary. */
GBytes       *barua_deflate_compress (BaruaDeflate  *self,
                                      GBytes        *plain);

/* Compressed bytes that came; only when barua_deflate_has_input() is FALSE. Copies them. */
void          barua_deflate_feed     (BaruaDeflate  *self,
                                      const void    *data,
                                      gsize          length);
/* Inflates some of what was fed into @out. FALSE: damaged data, the end of the stream, or above the ratio. */
gboolean      barua_deflate_inflate  (BaruaDeflate  *self,
                                      guint8        *out,
                                      gsize          size,
                                      gsize         *length,
                                      GError       **error);
/* There may be more to inflate without more input. */
gboolean      barua_deflate_has_input (BaruaDeflate *self);

G_END_DECLS
