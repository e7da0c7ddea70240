/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-flags.h"

#include <string.h>

static const char *const names[] = {
  "\\Seen", "\\Flagged", "\\Answered", "\\Deleted", "\\Draft", "$Forwarded",
  "$MDNSent", "$Junk", "$NotJunk", "$Phishing", "$Important",
};

static const char *const roles[BARUA_N_ROLES] = {
  "none", "inbox", "drafts", "sent", "archive", "junk", "trash", "outbox", "all", "flagged", "important", "not-mail",
};

BaruaFlags
barua_flag_from_name (const char *name,
                      gssize      length)
{
  gsize n = length < 0 ? strlen (name) : (gsize)length;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strlen (names[i]) == n && g_ascii_strncasecmp (names[i], name, n) == 0)
      return (BaruaFlags)(1u << i);
  return 0;
}

const char *
barua_flag_get_name (BaruaFlags flag)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if ((guint)flag == 1u << i)
      return names[i];
  return NULL;
}

const char *
barua_role_get_name (BaruaRole role)
{
  return (guint)role < BARUA_N_ROLES ? roles[role] : "none";
}
