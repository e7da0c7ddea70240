/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-notifier.h"

G_BEGIN_DECLS

/* The two lines of a notification, owned, no markup. @details FALSE: neither people nor subject are told (@account: the name of
 * the account stands below instead). */
char *barua_words_notice_title (const BaruaNotice *notice,
                                gboolean           details);
char *barua_words_notice_body  (const BaruaNotice *notice,
                                gboolean           details,
                                const char        *account);

G_END_DECLS
