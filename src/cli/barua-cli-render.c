/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "barua-cli"
#include "config.h"

#include <glib/gi18n.h>

#include "barua-cli-output.h"
#include "barua-limits.h"
#include "barua-mime.h"

int
barua_cli_render (BaruaCli *cli,
                  int       argc,
                  char    **argv)
{
  int exit_code = BARUA_CLI_OK;

  if (!barua_cli_parse ("render FILE...", _("Shows what Barua makes of message files; no account is needed."), NULL, &argc,
                        &argv, 1, G_MAXINT))
    return BARUA_CLI_USAGE;
  barua_mime_init ();
  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GMappedFile) file = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (BaruaParsedMessage) message = NULL;
      g_autoptr (GError) error = NULL;

      file = g_mapped_file_new (argv[i], FALSE, &error);
      if (file != NULL && g_mapped_file_get_length (file) > BARUA_LIMIT_MESSAGE_BYTES)
        g_set_error (&error, BARUA_ERROR, BARUA_ERROR_LIMIT, "%s is too large for a message", argv[i]);
      if (error != NULL)
        {
          if (error->domain == G_FILE_ERROR && error->code == G_FILE_ERROR_NOENT)
            {
              error->domain = BARUA_ERROR;
              error->code = BARUA_ERROR_NOT_FOUND;
            }
          exit_code = barua_cli_fail (cli, g_steal_pointer (&error), NULL, NULL);
          continue;
        }
      bytes = g_mapped_file_get_bytes (file);
      message = barua_mime_parse (bytes, BARUA_MIME_NONE);
      barua_cli_print_message (cli, message, argv[i], TRUE);
    }
  return exit_code;
}
