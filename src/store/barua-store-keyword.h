/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-store.h"

G_BEGIN_DECLS

/* Keywords without a bit in BaruaFlags, as the server spells them. They come in through barua_store_message_ingest() and
 * barua_store_message_confirm_flags(). */

/* Of a message: NULL-terminated, sorted, owned; empty when none. */
char **barua_store_keyword_load (BaruaStoreConnection *c,
                                 gint64                message,
                                 GError              **error);
/* All that occur in an account (0: in all), sorted. */
char **barua_store_keyword_list (BaruaStoreConnection *c,
                                 gint64                account,
                                 GError              **error);

G_END_DECLS
