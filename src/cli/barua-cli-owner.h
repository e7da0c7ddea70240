/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "barua-cli.h"

G_BEGIN_DECLS

/* Beside a running owner of the profile a command is not carried out here but handed to it (DESIGN 3). @method and the object
 * @params (taken) go over the profile's socket; the owner's answer lines are printed as they come, exactly as they would be
 * here. Awaits. Returns the exit code. */
int barua_cli_hand_over (BaruaCli   *cli,
                         const char *method,
                         JsonNode   *params);

G_END_DECLS
