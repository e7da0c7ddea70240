/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libdex.h>

#include "barua-clock.h"
#include "barua-scope.h"
#include "barua-store.h"

G_BEGIN_DECLS

/* Keeps cache.db within its bounds (DESIGN 5): drops bodies of messages that are no more, then what was read longest ago until
 * at most @max_bytes are used (0: BARUA_CACHE_BYTES; never starred or pinned mail). Resolves to TRUE when nothing is left to do;
 * in portions, so that wishes never wait for it. Main thread. */
DexFuture *barua_cache_tidy         (BaruaStore *store,
                                     guint64     max_bytes) G_GNUC_WARN_UNUSED_RESULT;
/* Packs what was stored raw or fast, off the fetch path; resolves to TRUE when all is packed. */
DexFuture *barua_cache_pack         (BaruaStore *store,
                                     BaruaScope *scope) G_GNUC_WARN_UNUSED_RESULT;
/* One whole round: what belongs to no message goes, the rest is packed, and only what is still above @max_bytes then (0:
 * BARUA_CACHE_BYTES) is evicted. Each step is taken also when the one before it failed; rejects with the first error of them,
 * with CANCELLED when @scope ended. */
DexFuture *barua_cache_keep         (BaruaStore *store,
                                     guint64     max_bytes,
                                     BaruaScope *scope) G_GNUC_WARN_UNUSED_RESULT;

/* Asks before each round; TRUE: something more important is under way, come again later. */
typedef gboolean (*BaruaCacheBusyFunc) (gpointer user_data);

/* Called when a round failed, each time, and with @error NULL when the next one went well again. @error is borrowed. */
typedef void (*BaruaCacheTroubleFunc) (const GError *error,
                                       gpointer      user_data);

/* Such rounds in idle time until @scope ends: first after BARUA_CACHE_FIRST_SECONDS, then every BARUA_CACHE_SECONDS of
 * @clock. What fails is logged (the same error once), told to @trouble and tried again, each time twice as long after, at most
 * BARUA_CACHE_SECONDS. Neither @busy nor @trouble is called after @scope was cancelled. */
void       barua_cache_keeper_start (BaruaStore            *store,
                                     BaruaClock            *clock,
                                     BaruaScope            *scope,
                                     BaruaCacheBusyFunc     busy,
                                     BaruaCacheTroubleFunc  trouble,
                                     gpointer               user_data);

G_END_DECLS
