/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "barua-cli.h"
#include "barua-parsed-message.h"

G_BEGIN_DECLS

/* One JSON object a line on standard output, flushed at once. Consumes nothing; the builder must stand on a complete
 * object. */
void        barua_cli_print_json    (JsonBuilder       *builder);
void        barua_cli_print_node    (JsonNode          *node);
/* A text of strangers on a terminal: control characters never reach it. */
void        barua_cli_print         (const char        *format,
                                     ...) G_GNUC_PRINTF (1, 2);
/* "name": value, shorthand for a builder inside an object. NULL texts are written as "". */
void        barua_cli_add_string    (JsonBuilder       *builder,
                                     const char        *name,
                                     const char        *value);
void        barua_cli_add_int       (JsonBuilder       *builder,
                                     const char        *name,
                                     gint64             value);
void        barua_cli_add_bool      (JsonBuilder       *builder,
                                     const char        *name,
                                     gboolean           value);
void        barua_cli_add_addresses (JsonBuilder       *builder,
                                     const char        *name,
                                     GPtrArray         *addresses);
/* ISO 8601 in UTC; null for G_MININT64. */
void        barua_cli_add_date      (JsonBuilder       *builder,
                                     const char        *name,
                                     gint64             date);
/* "flags": ["seen", ...] as the shown state has them. */
void        barua_cli_add_flags     (JsonBuilder       *builder,
                                     BaruaFlags         flags);

/* {"error":{"code","message","remedy"}} or two sentences on stderr. @host and @user may be NULL. Takes @error and returns
 * BARUA_CLI_FAILED. */
int         barua_cli_fail          (BaruaCli          *cli,
                                     GError            *error,
                                     const char        *host,
                                     const char        *user);

/* What mime made of a message: headers, parts, texts, warnings. */
void        barua_cli_print_message (BaruaCli                 *cli,
                                     const BaruaParsedMessage *message,
                                     const char               *name /* file name or NULL */,
                                     gboolean                  with_headers);

G_END_DECLS
