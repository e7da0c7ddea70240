/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "barua-engine-types.h"

G_BEGIN_DECLS

/* The engine's values as JSON objects: what barua-cli --json prints and what crosses the owner's socket, so that both read the
 * same. Every function returns a new object node. Member names are stable. */

/* Everything, the password command too: for the owner's socket. */
JsonNode     *barua_json_from_account       (const BaruaAccount      *account);
/* NULL with @error INVALID when the object lacks address, host, port or user. */
BaruaAccount *barua_json_to_account         (JsonNode                *node,
                                             GError                 **error);
JsonNode     *barua_json_from_folder        (const BaruaFolder       *folder);
JsonNode     *barua_json_from_row           (const BaruaRow          *row);
JsonNode     *barua_json_from_status        (const BaruaStatus       *status);
/* {"event":"synced", ...} */
JsonNode     *barua_json_from_sync_report   (const BaruaSyncReport   *report);
/* {"event":"changed", "generation", "rows":[...], "folders":[...]} */
JsonNode     *barua_json_from_change_set    (const BaruaChangeSet    *changes);
/* {"event":"verified", "folders", "messages", "findings":[...]} */
JsonNode     *barua_json_from_verify_report (const BaruaVerifyReport *report);
/* {"error":{"code","message"}}; the reader adds words of its own language. */
JsonNode     *barua_json_from_error         (const GError            *error);

/* ["seen", "flagged"] <-> bits. Unknown names are left out. */
JsonNode     *barua_json_from_flags         (BaruaFlags               flags);
BaruaFlags    barua_json_to_flags           (JsonNode                *node);

G_END_DECLS
