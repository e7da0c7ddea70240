/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-sasl.h"

G_BEGIN_DECLS

/* SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding. */
typedef struct _BaruaScram BaruaScram;

/* NULL when the user name or password can't be prepared (RFC 4013, as far as barua-scram.c says). */
BaruaScram      *barua_scram_new       (const char  *user,
                                        const char  *password,
                                        GError     **error);
void             barua_scram_free      (BaruaScram  *self);
void             barua_scram_set_nonce (BaruaScram  *self,
                                        const char  *nonce);
BaruaSaslStatus  barua_scram_step      (BaruaScram  *self,
                                        const char  *challenge,
                                        gsize        length,
                                        GBytes     **response,
                                        GError     **error);
/* The server's signature was right. */
gboolean         barua_scram_is_proved (const BaruaScram *self);

G_END_DECLS
