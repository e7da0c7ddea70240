/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "barua-engine.h"

G_BEGIN_DECLS

/* Something that the person did to messages in this run and that can be undone. Main thread. */
#define BARUA_TYPE_ACT (barua_act_get_type ())
G_DECLARE_FINAL_TYPE (BaruaAct, barua_act, BARUA, ACT, GObject)

/* What was done lately with @engine, in whatever window: BaruaAct, newest first, at most BARUA_LIMIT_DONE_LATELY; what is undone
 * leaves it. Borrowed. */
GListModel *barua_acts_get          (BaruaEngine   *engine);
/* The newest that is not being undone. Borrowed; NULL when there is none. */
BaruaAct   *barua_acts_get_newest   (BaruaEngine   *engine);
/* (transfer full); NULL when it is not there any more. */
BaruaAct   *barua_acts_dup          (BaruaEngine   *engine,
                                     gint64         id);
/* The marks of @ids (referenced, not to be changed any more) became @bits within @mask, by this. */
void        barua_acts_add_marks    (BaruaEngine   *engine,
                                     BaruaIdSet    *ids,
                                     BaruaFlags     mask,
                                     BaruaFlags     bits);
/* The refusal @refusal, of @n messages, was let go. */
void        barua_acts_add_discard  (BaruaEngine   *engine,
                                     gint64         refusal,
                                     guint          n);
/* It was undone. */
void        barua_acts_remove       (BaruaEngine   *engine,
                                     BaruaAct      *act);

/* Rises from 1, of this run. */
gint64      barua_act_get_id        (BaruaAct      *self);
/* Seconds since 1970. */
gint64      barua_act_get_time      (BaruaAct      *self);
/* What was done: "Starred 2 messages". Owned by the caller. */
char       *barua_act_dup_words     (BaruaAct      *self);
/* Borrowed; NULL: marks are not what it changed. */
BaruaIdSet *barua_act_get_marks     (BaruaAct      *self,
                                     BaruaFlags    *mask,
                                     BaruaFlags    *bits);
/* 0: it is none. */
gint64      barua_act_get_discarded (BaruaAct      *self);
/* To be called before it is undone: FALSE when that is under way already. */
gboolean    barua_act_begin_undoing (BaruaAct      *self);
/* It failed, and can be tried again. */
void        barua_act_end_undoing   (BaruaAct      *self);

G_END_DECLS
