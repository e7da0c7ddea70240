/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <libdex.h>

G_BEGIN_DECLS

/* A profile has one owner (DESIGN 3). It listens on the 0600 socket "control" in the profile; what another process wants done it
 * sends there: one line {"method": ..., "params": {...}} in, lines of JSON out, the last one {"exit": n}, then the connection
 * ends. Lines are at most BARUA_LIMIT_OWNER_LINE_BYTES long. Methods and their params:
 *   account-add     what barua_json_from_account() gives
 *   account-remove  {"account": address, name or id}
 *   sync            {"account", "folder" (both may be missing), "flags": BaruaSyncFlags}
 *   mark            {"folder", "uids": "1:3", "mask": [...], "bits": [...]}
 *   verify          {"account"}
 *   watch           {}: lines until the connection ends
 */

/* One line of the answer, without its end. Main thread, must not await. */
typedef void (*BaruaOwnerLineFunc) (const char *line,
                                    gpointer    user_data);

/* Asks the owner of @profile. @params: an object, taken. Resolves to the exit code (gint) of what was asked for: 0, or 1 with the
 * last line {"error": {"code", "message"}}. Rejects with NOT_FOUND when nobody listens, CONNECTION_LOST when the owner went
 * away. */
DexFuture *barua_engine_owner_call (const char         *profile,
                                    const char         *method,
                                    JsonNode           *params,
                                    BaruaOwnerLineFunc  on_line,
                                    gpointer            user_data) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
