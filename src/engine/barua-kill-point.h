/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Places where a kill would hurt most (THREATS 6.3, F1): before and after each commit, before and after each command that
 * changes the server. In builds with tests the process kills itself at the BARUA_KILL_AT'th point that it passes, and
 * BARUA_KILL_LOG names a file that gets a line a point; in other builds there is nothing. Main thread. */
#ifdef BARUA_KILL_POINTS
void barua_kill_point (const char *name);
#define BARUA_KILL_POINT(name) barua_kill_point (name)
#else
#define BARUA_KILL_POINT(name) G_STMT_START { } G_STMT_END
#endif

G_END_DECLS
