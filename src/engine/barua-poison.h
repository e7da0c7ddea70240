/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "barua-clock.h"

G_BEGIN_DECLS

/* Messages that a server can't hand out as asked: each is tried at most BARUA_FETCHES_OF_POISON_PER_DAY times a day, so that
 * one bad message never stops a folder nor makes a loop (THREATS 9, 6). Lasts as text in the account's settings. Main thread. */
typedef struct _BaruaPoison BaruaPoison;

/* What of a message is asked for; each is counted by itself. */
typedef enum
{
  BARUA_POISON_ROW,
  BARUA_POISON_PARTS,
  BARUA_POISON_BODY
} BaruaPoisonKind;

BaruaPoison *barua_poison_new     (BaruaClock  *clock,
                                   const char  *text /* of barua_poison_to_text(), may be NULL */);
void         barua_poison_free    (BaruaPoison *self);
/* Whether one more try is allowed; counts it. */
gboolean     barua_poison_try     (BaruaPoison     *self,
                                   BaruaPoisonKind  kind,
                                   gint64           folder,
                                   guint32          uid);
/* Whether no more try is allowed today; counts nothing. */
gboolean     barua_poison_is_spent (BaruaPoison     *self,
                                   BaruaPoisonKind  kind,
                                   gint64           folder,
                                   guint32          uid);
/* It worked after all. */
void         barua_poison_forget  (BaruaPoison     *self,
                                   BaruaPoisonKind  kind,
                                   gint64           folder,
                                   guint32          uid);
/* Set by try and forget; cleared by to_text. */
gboolean     barua_poison_changed (BaruaPoison *self);
/* Owned; entries of other days are left out. */
char        *barua_poison_to_text (BaruaPoison *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaPoison, barua_poison_free)

G_END_DECLS
