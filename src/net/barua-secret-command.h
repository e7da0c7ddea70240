/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-scope.h"

G_BEGIN_DECLS

/* Runs @command with /bin/sh and resolves to the first line of what it prints (dex_await_string()), without its line end.
 * The command gets no standard input; what it says on standard error goes to ours. Rejects with BARUA_ERROR_CREDENTIALS when
 * it can't be started, fails, prints nothing, no UTF-8 or more than BARUA_LIMIT_SECRET_BYTES, and with BARUA_ERROR_TIMEOUT
 * after @timeout_ms (0: BARUA_TIMEOUT_PASSWORD_COMMAND_SECONDS); then it is killed. No error text holds what was printed.
 * Main thread. */
DexFuture *barua_secret_command_run (const char *command,
                                     guint       timeout_ms,
                                     BaruaScope *scope) G_GNUC_WARN_UNUSED_RESULT;

/* Overwrites and frees. */
void       barua_secret_free        (char       *secret);

G_END_DECLS
