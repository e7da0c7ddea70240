/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-kill-point.h"

#ifdef BARUA_KILL_POINTS

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static void
log_point (const char *path,
           const char *name)
{
  int fd = open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  g_autofree char *line = g_strconcat (name, "\n", NULL);

  if (fd < 0)
    return;
  if (write (fd, line, strlen (line)) < 0)
    g_debug ("%s: can't write", path);
  close (fd);
}

void
barua_kill_point (const char *name)
{
  static gint64 left = -1;
  static const char *path;
  static gboolean ready;

  if (!ready)
    {
      const char *text = g_getenv ("BARUA_KILL_AT");

      left = text != NULL ? g_ascii_strtoll (text, NULL, 10) : -1;
      path = g_getenv ("BARUA_KILL_LOG");
      ready = TRUE;
    }
  if (path != NULL)
    log_point (path, name);
  if (left > 0 && --left == 0)
    raise (SIGKILL);
}

#endif
