/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-parsed-message.h"

G_BEGIN_DECLS

/* The worst that its own header says about the sender of @message (UI.md 4), as a sentence; NULL when there is nothing. (full) */
char *barua_trust_words (const BaruaParsedMessage *message);

G_END_DECLS
