/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "barua-cli"
#include "config.h"

#include "barua-cli-owner.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "barua-cli-output.h"
#include "barua-engine-owner.h"

/* For people the owner's lines are shown as they are, except errors, which get their words here. */
static void
on_line (const char *line,
         gpointer    user_data)
{
  BaruaCli *cli = user_data;
  g_autoptr (JsonNode) node = json_from_string (line, NULL);
  JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  if (object != NULL && json_object_has_member (object, "error"))
    {
      JsonObject *inner = json_object_get_object_member (object, "error");
      const char *name = json_object_get_string_member_with_default (inner, "code", "internal");
      const char *message = json_object_get_string_member_with_default (inner, "message", "");
      BaruaErrorCode code = BARUA_ERROR_INTERNAL;

      for (int i = 0; i < BARUA_N_ERRORS; i++)
        if (g_strcmp0 (barua_error_code_get_name ((BaruaErrorCode)i), name) == 0)
          code = (BaruaErrorCode)i;
      barua_cli_fail (cli, g_error_new_literal (BARUA_ERROR, code, message), NULL, NULL);
      return;
    }
  printf ("%s\n", line);
  fflush (stdout);
}

int
barua_cli_hand_over (BaruaCli   *cli,
                     const char *method,
                     JsonNode   *params)
{
  g_autoptr (GError) error = NULL;
  int exit_code = dex_await_int (barua_engine_owner_call (cli->profile, method, params, on_line, cli), &error);

  if (error != NULL)
    return barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
  return exit_code;
}
