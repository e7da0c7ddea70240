/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libdex.h>

#include "barua-store.h"

G_BEGIN_DECLS

/* The store's functions as futures: resolve to TRUE when the transaction has ended and its change set was delivered, reject
 * with what failed. @data is freed with @destroy when nobody needs it any more: give it a reference of its own (see
 * g_atomic_rc_box_acquire()) and read the results from yours. Main thread. */
DexFuture *barua_engine_write        (BaruaStore         *store,
                                      BaruaStorePriority  priority,
                                      const char         *name,
                                      BaruaStoreFunc      func,
                                      gpointer            data,
                                      GDestroyNotify      destroy) G_GNUC_WARN_UNUSED_RESULT;
DexFuture *barua_engine_read         (BaruaStore         *store,
                                      const char         *name,
                                      BaruaStoreFunc      func,
                                      gpointer            data,
                                      GDestroyNotify      destroy) G_GNUC_WARN_UNUSED_RESULT;
DexFuture *barua_engine_write_search (BaruaStore         *store,
                                      const char         *name,
                                      BaruaStoreFunc      func,
                                      gpointer            data,
                                      GDestroyNotify      destroy) G_GNUC_WARN_UNUSED_RESULT;

/* Work that is neither GTK's nor SQLite's: MIME, HTML. Runs on one of a few threads shared by the program; the future
 * resolves to TRUE on the main thread, or rejects with the error that @func set. */
typedef gboolean (*BaruaWorkFunc) (gpointer   data,
                                   GError   **error);
DexFuture *barua_engine_work         (BaruaWorkFunc       func,
                                      gpointer            data,
                                      GDestroyNotify      destroy) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
