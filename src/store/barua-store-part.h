/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-part.h"
#include "barua-store.h"

G_BEGIN_DECLS

/* The parts of a message (BODYSTRUCTURE), kept with its body key so that copies share them. */

/* Replaces what was stored. Also sets has_attachment for good. At most BARUA_LIMIT_PARTS are kept. */
gboolean   barua_store_part_save (BaruaStoreConnection  *c,
                                  gint64                 message,
                                  GPtrArray             *parts /* BaruaPart */,
                                  GError               **error);
/* GPtrArray of BaruaPart, owning, in order; empty when none is stored. */
GPtrArray *barua_store_part_load (BaruaStoreConnection  *c,
                                  gint64                 message,
                                  GError               **error);

G_END_DECLS
