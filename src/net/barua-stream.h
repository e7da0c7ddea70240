/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-endpoint.h"
#include "barua-scope.h"
#include "barua-timeouts.h"

G_BEGIN_DECLS

/* One connection as a byte pump: bytes are pushed to its user in slices of about BARUA_SLICE_BYTES, one a turn of the main
 * loop; bytes to send are queued. No promise, thread or copy a read is paid on the way in: 80 MB of headers pass at about
 * the cost of decrypting them. Reference counted; main thread.
 *
 * A pump that failed or was closed calls its closed function once, from the main loop, and never calls anything again.
 */
typedef struct _BaruaStream BaruaStream;

/* @data is borrowed until the function returns. Inside it, anything may be called on the stream, barua_stream_close() and
 * barua_stream_start_tls() included. */
typedef void (*BaruaStreamReadFunc)   (BaruaStream  *stream,
                                       const void   *data,
                                       gsize         length,
                                       gpointer      user_data);
/* @error is of BARUA_ERROR. An orderly end is BARUA_ERROR_CONNECTION_LOST too: no protocol here ends without a word. A TLS
 * connection that ends without close_notify is the same (THREATS T-14). */
typedef void (*BaruaStreamClosedFunc) (BaruaStream  *stream,
                                       const GError *error,
                                       gpointer      user_data);

/* Connects, through the system's proxies, and when the endpoint says so does the TLS handshake at once. Resolves to a
 * BaruaStream (dex_await_pointer(); the caller owns it), which does not read until barua_stream_start(). @alpn: "imap". */
DexFuture    *barua_stream_connect        (BaruaEndpoint         *endpoint,
                                           const char            *alpn,
                                           const BaruaTimeouts   *timeouts,
                                           BaruaScope            *scope) G_GNUC_WARN_UNUSED_RESULT;
/* Over a connection that is there already, for tests and for tunnels; takes a reference. */
BaruaStream  *barua_stream_new            (GIOStream             *io);
BaruaStream  *barua_stream_ref            (BaruaStream           *self);
void          barua_stream_unref          (BaruaStream           *self);

void          barua_stream_start          (BaruaStream           *self,
                                           BaruaStreamReadFunc    read,
                                           BaruaStreamClosedFunc  closed,
                                           gpointer               user_data);
/* No function is called any more, now or later; the connection is closed. What is queued and can't be written at once is
 * lost. Idempotent. */
void          barua_stream_close          (BaruaStream           *self);

/* Reading stops until as many resumes came as pauses: the receive window fills and the server waits. */
void          barua_stream_pause          (BaruaStream           *self);
void          barua_stream_resume         (BaruaStream           *self);

/* Queues @bytes (takes a reference) and writes as much as goes at once. */
void          barua_stream_write          (BaruaStream           *self,
                                           GBytes                *bytes);
/* Bytes queued and not yet given to the kernel. */
gsize         barua_stream_get_queued     (BaruaStream           *self);

/* STARTTLS: stops reading, does the handshake and reads on inside it. To be called when the server's OK was parsed and
 * nothing stood behind it. What is queued must have been written (BARUA_ERROR_INTERNAL else). Resolves to TRUE. */
DexFuture    *barua_stream_start_tls      (BaruaStream           *self,
                                           BaruaEndpoint         *endpoint,
                                           const char            *alpn,
                                           guint                  timeout_ms,
                                           BaruaScope            *scope) G_GNUC_WARN_UNUSED_RESULT;
gboolean      barua_stream_is_secure      (BaruaStream           *self);

/* COMPRESS=DEFLATE (RFC 4978), both ways from here on. @leftover: bytes the parser had beyond the server's OK; they are
 * compressed and are inflated first (the read function sees them in a later turn). Each write is flushed to a byte boundary.
 * @max_ratio bounds inflated to received bytes (THREATS P-17), BARUA_LIMIT_INFLATE_RATIO by default when 0. */
void          barua_stream_start_deflate  (BaruaStream           *self,
                                           GBytes                *leftover,
                                           guint                  max_ratio);
gboolean      barua_stream_is_deflated    (BaruaStream           *self);

/* What went over the wire inside TLS, before inflating and after deflating. */
guint64       barua_stream_get_bytes_in   (BaruaStream           *self);
guint64       barua_stream_get_bytes_out  (BaruaStream           *self);
/* Monotonic microseconds of the last byte that came, for time-outs; 0 before the first. */
gint64        barua_stream_get_last_read_us (BaruaStream         *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaStream, barua_stream_unref)

G_END_DECLS
