/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-engine.h"

G_BEGIN_DECLS

/* Who a message went to, in words. */

/* "to me, Alice and 3 others". (full) */
char *barua_recipients_summary (BaruaEngine              *engine,
                                const BaruaParsedMessage *message);

G_END_DECLS
