/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-fetch-round.h"

G_BEGIN_DECLS

/* One pass over a folder that fetches texts, or whole messages, into the cache. What came is stored some at a time while the
 * next comes; a full backlog holds the server back, so that memory stays flat. Main thread; reference counted. */
typedef struct _BaruaBodyPass BaruaBodyPass;

BaruaBodyPass *barua_body_pass_new   (void);
void           barua_body_pass_unref (BaruaBodyPass      *self);
/* In a fiber: the next round, counted in @report. @more: FALSE when there was nothing left. What came last may still be on its
 * way to the store. */
gboolean       barua_body_pass_fetch (BaruaBodyPass      *self,
                                      BaruaEngineAccount *account,
                                      BaruaRound         *round,
                                      BaruaSyncReport    *report,
                                      BaruaScope         *scope,
                                      gboolean           *more,
                                      GError            **error);
/* In a fiber: waits until the store has all, and tells what went wrong there. */
gboolean       barua_body_pass_end   (BaruaBodyPass      *self,
                                      BaruaEngine        *engine,
                                      GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaBodyPass, barua_body_pass_unref)

G_END_DECLS
