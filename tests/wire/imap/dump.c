/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints what the parser makes of files: one JSON object an event. "-x" makes CRLF of the line ends first. */
#include "imap-dump.h"

#include <stdio.h>
#include <string.h>

int
main (int    argc,
      char **argv)
{
  gboolean converts = argc > 1 && strcmp (argv[1], "-x") == 0;
  int status = 0;

  for (int i = converts ? 2 : 1; i < argc; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *data = NULL;
      g_autoptr(GString) json = g_string_new (NULL);
      g_autoptr(GString) text = NULL;
      gsize length;

      if (!g_file_get_contents (argv[i], &data, &length, &error))
        {
          fprintf (stderr, "%s\n", error->message);
          return 2;
        }
      text = g_string_new_len (data, (gssize) length);
      if (converts)
        {
          g_string_replace (text, "\r\n", "\n", 0);
          g_string_replace (text, "\n", "\r\n", 0);
        }
      if (!imap_dump_stream (text->str, text->len, IMAP_SPLIT_WHOLE, 0, 0, json))
        status = 1;
      fputs (json->str, stdout);
    }
  return status;
}
