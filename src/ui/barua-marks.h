/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "barua-act.h"
#include "barua-engine.h"

G_BEGIN_DECLS

/* Marks (read, starred) of any number of messages. What they changed is the newest of barua_acts_get(). Main thread. */

/* @widget: still alive. @changed: whose mark is another one now (maybe none); NULL when it failed: @error says why. */
typedef void (*BaruaMarksFunc) (GtkWidget    *widget,
                                BaruaIdSet   *changed,
                                BaruaFlags    mask,
                                BaruaFlags    bits,
                                const GError *error);

/* Marks @ids. @folder: where they are, so that only those are touched that have not the mark yet; 0 when they are from several.
 * @grouped: each stands for its whole conversation, of which all are marked. @func is not called when @widget is gone. */
void barua_marks_set      (GtkWidget     *widget,
                           BaruaEngine   *engine,
                           BaruaIdSet    *ids,
                           gint64         folder,
                           gboolean       grouped,
                           BaruaFlags     mask,
                           BaruaFlags     bits,
                           BaruaMarksFunc func);
/* Marks all that is unread in @folder as read. */
void barua_marks_read_all (GtkWidget     *widget,
                           BaruaEngine   *engine,
                           gint64         folder,
                           BaruaMarksFunc func);

/* Undoes @act alone: of its messages those that still have its mark lose it, whatever was done since to others. It leaves
 * barua_acts_get() when that is done; nothing when it is being undone already. Of what was let go @func is told nothing but
 * whether it failed. */
void barua_marks_undo     (GtkWidget     *widget,
                           BaruaEngine   *engine,
                           BaruaAct      *act,
                           BaruaMarksFunc func);

G_END_DECLS
