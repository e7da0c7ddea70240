/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How long a connection waits for what, in milliseconds (THREATS T-15). Tests shorten them; everybody else takes the
 * defaults, which are the constants of barua-limits.h. */
typedef struct
{
  guint connect_ms;    /* name look-up, proxy and TCP together */
  guint tls_ms;        /* one handshake */
  guint greeting_ms;   /* until the server has said hello */
  guint read_ms;       /* between two reads while an answer is due */
  guint idle_renew_ms; /* IDLE is taken up again after this, and a quiet connection is asked whether it lives */
} BaruaTimeouts;

static inline BaruaTimeouts barua_timeouts_default (void);

#include "barua-limits.h"

static inline BaruaTimeouts
barua_timeouts_default (void)
{
  BaruaTimeouts timeouts = {
    .connect_ms = BARUA_TIMEOUT_CONNECT_SECONDS * 1000,
    .tls_ms = BARUA_TIMEOUT_TLS_SECONDS * 1000,
    .greeting_ms = BARUA_TIMEOUT_GREETING_SECONDS * 1000,
    .read_ms = BARUA_TIMEOUT_READ_SECONDS * 1000,
    .idle_renew_ms = BARUA_TIMEOUT_IDLE_RENEW_SECONDS * 1000,
  };

  return timeouts;
}

G_END_DECLS
