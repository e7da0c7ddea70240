/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-engine-private.h"

G_BEGIN_DECLS

/* One round of one folder: which messages a background pass looks at next. Filled by a function of the store; used by one
 * thread at a time. Reference counted. */
typedef struct
{
  gint64      folder;
  gint64      since;   /* seconds since 1970: not what is older */
  gboolean    whole;   /* whole messages, not only their texts */
  guint32     below;   /* rounds go downwards: what did not come in this run is left for another day; 0: all */
  BaruaIdSet *uids;    /* out */
  GPtrArray  *groups;  /* out, of bodies: see barua-body-pass.c */
} BaruaRound;

BaruaRound *barua_round_new   (gint64           folder);
void        barua_round_unref (gpointer         self);
/* In a fiber: @func has the round as its data. */
gboolean    barua_round_read  (BaruaEngine     *engine,
                               BaruaRound      *round,
                               const char      *name,
                               BaruaStoreFunc   func,
                               GError         **error);
/* The next one begins below this one. FALSE when this one found nothing. */
gboolean    barua_round_go_on (BaruaRound      *round);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaRound, barua_round_unref)

G_END_DECLS
