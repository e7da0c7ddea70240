/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-engine.h"

G_BEGIN_DECLS

/* Who a message went to, in words. */

/* "to me, Alice and 3 others". (full) */
char *barua_recipients_summary (BaruaEngine              *engine,
                                const BaruaParsedMessage *message);
/* Each with name and address, a line each: To, Cc, Bcc, Reply to; bounded. (full) */
char *barua_recipients_list    (const BaruaParsedMessage *message);

G_END_DECLS
