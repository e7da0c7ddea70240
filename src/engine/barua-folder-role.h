/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "barua-flags.h"

G_BEGIN_DECLS

/* What a folder is for (PROTOCOLS 2.2, 2.5, 3.1): what the server says (SPECIAL-USE, XLIST, Exchange's plain attributes)
 * wins; then the person's own choice; then the name, compared with a table of what mail programs and providers call their
 * folders in many languages. Pure functions, any thread. */

/* One folder of an account, as barua_folder_roles_assign() sees it. */
typedef struct
{
  const char *server_name; /* decoded, whole */
  const char *leaf;        /* decoded last level */
  char        delimiter;   /* 0: none */
  guint       depth;       /* levels above it; a name prefix that all share ("INBOX.") does not count */
  gboolean    selectable;
  gboolean    is_inbox;
  BaruaRole   told;        /* by the server, or BARUA_ROLE_NONE */
  BaruaRole   chosen;      /* by the person, or BARUA_ROLE_NONE */
  BaruaRole   role;        /* out */
} BaruaRoleCandidate;

/* What a folder of this name is for; BARUA_ROLE_NONE when the name says nothing. Without case, white space or accents'
 * composition playing a part. @exchange: the server is Microsoft's, whose plumbing folders (Calendar, Contacts, Journal,
 * Notes, Tasks, Conversation History, Sync Issues, Outbox in many languages) are BARUA_ROLE_NOT_MAIL. */
BaruaRole barua_folder_role_from_name (const char         *leaf,
                                       gboolean            exchange);

/* Fills @role of each. A role that is unique (Drafts, Sent, Archive, Junk, Trash) goes to one folder at most: the best told,
 * then the person's choice, then the shallowest name match. Folders below a NOT_MAIL one are NOT_MAIL too. */
void      barua_folder_roles_assign   (BaruaRoleCandidate *candidates,
                                       guint               n_candidates,
                                       gboolean            exchange);

G_END_DECLS
