/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-engine-types.h"

G_BEGIN_DECLS

/* The order and shape of an account's folder tree (UI.md 2). Pure functions, any thread. */

/* One level of a server name split at its delimiter. Names are keys and words to show, never paths (THREATS P-10). */
typedef struct
{
  guint depth;  /* 0 at the top */
  char *leaf;   /* decoded; "" levels ("a//b") are kept */
  char *parent; /* decoded name of the level above, NULL at the top */
} BaruaFolderPlace;

/* @delimiter 0: a flat name. At most BARUA_LIMIT_FOLDER_DEPTH levels: what is deeper stays in one leaf. */
void       barua_folder_place_init    (BaruaFolderPlace *self,
                                       const char       *server_name,
                                       char              delimiter);
void       barua_folder_place_clear   (BaruaFolderPlace *self);

/* Where a role stands among its siblings: Inbox, Drafts, Outbox, Sent, Archive, Junk, Trash, then all others. */
guint      barua_role_get_rank        (BaruaRole         role);

/* Sorts a GPtrArray of BaruaFolder of one account in place: parents before their children; siblings by role, by the
 * person's order, by name in the locale's order. Folders whose parent is not among them are taken as top ones; loops are cut. */
void       barua_tree_order_sort     (GPtrArray        *folders);
/* The shown names from the top, "Work / Projects". */
char      *barua_tree_order_dup_path (GPtrArray        *folders,
                                       BaruaFolder      *folder);

G_END_DECLS
