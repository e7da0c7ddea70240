/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <libdex.h>

G_BEGIN_DECLS

/* What a piece of work belongs to: when the scope is cancelled, every wait inside it ends with BARUA_ERROR_CANCELLED.
 * Scopes nest: cancelling the parent cancels the child. Reference counted; main thread. */
typedef struct _BaruaScope BaruaScope;

BaruaScope   *barua_scope_new             (BaruaScope  *parent); /* NULL: none */
BaruaScope   *barua_scope_ref             (BaruaScope  *self);
/* Letting go of the last reference does not cancel: operations started under it run on. */
void          barua_scope_unref           (BaruaScope  *self);

void          barua_scope_cancel          (BaruaScope  *self);
gboolean      barua_scope_is_cancelled    (BaruaScope  *self);
/* Borrowed; cancelled with the scope. */
GCancellable *barua_scope_get_cancellable (BaruaScope  *self);

/* The result of @op, or BARUA_ERROR_CANCELLED if the scope is cancelled first; then what @op still does is its own affair
 * (no memory of the caller may be in its hands). Consumes @op. @self may be NULL: never cancelled. Use it as
 *   text = dex_await_string (barua_scope_first (scope, op), &error); */
DexFuture    *barua_scope_first           (BaruaScope  *self,
                                           DexFuture   *op) G_GNUC_WARN_UNUSED_RESULT;
/* Same, or BARUA_ERROR_TIMEOUT with @what in its text after @timeout_ms. */
DexFuture    *barua_scope_first_within    (BaruaScope  *self,
                                           DexFuture   *op,
                                           guint        timeout_ms,
                                           const char  *what) G_GNUC_WARN_UNUSED_RESULT;
/* In a fiber: waits, drops the value, says whether it resolved. */
gboolean      barua_scope_await           (BaruaScope  *self,
                                           DexFuture   *op,
                                           GError     **error);
/* Resolves to TRUE after @ms. */
DexFuture    *barua_wait_new              (guint        ms) G_GNUC_WARN_UNUSED_RESULT;
/* Rejects when @timeout_ms have passed (BARUA_ERROR_TIMEOUT), never resolves. */
DexFuture    *barua_timeout_new           (guint        timeout_ms,
                                           const char  *what) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaScope, barua_scope_unref)

G_END_DECLS
