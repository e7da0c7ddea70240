/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How many bytes were handed on and are not stored yet: whoever produces them is told to hold still while they are too many.
 * Reference counted, from any thread. */
typedef struct _BaruaBacklog BaruaBacklog;

/* Called on the main thread when too many are under way (@full), and again when half of them are gone. */
typedef void (*BaruaBacklogFunc) (gboolean full,
                                  gpointer user_data);

/* @limit: bytes; more than that is too many. */
BaruaBacklog *barua_backlog_new      (gsize             limit);
BaruaBacklog *barua_backlog_ref      (BaruaBacklog     *self);
void          barua_backlog_unref    (BaruaBacklog     *self);
/* Main thread. */
void          barua_backlog_add      (BaruaBacklog     *self,
                                      gsize             bytes);
/* Any thread. */
void          barua_backlog_remove   (BaruaBacklog     *self,
                                      gsize             bytes);
/* One listener at a time, main thread; it is told at once when there are too many already. NULL: none; the one before is let
 * go on first if it was held. */
void          barua_backlog_set_func (BaruaBacklog     *self,
                                      BaruaBacklogFunc  func,
                                      gpointer          user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaBacklog, barua_backlog_unref)

G_END_DECLS
