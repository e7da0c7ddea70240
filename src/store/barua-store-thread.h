/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-row.h"
#include "barua-store.h"

G_BEGIN_DECLS

/* A thread in one folder, as kept by the writer. */
typedef struct
{
  gint64 thread;
  gint64 folder;
  gint64 newest;      /* message id */
  gint64 newest_date;
  guint  count;
  guint  unread;
  guint  starred;
} BaruaStoreConversation;

/* The messages of a thread, in all folders or (folder not 0) in one, oldest first: GArray of BaruaSpineEntry. */
GArray   *barua_store_thread_list_messages (BaruaStoreConnection    *c,
                                            gint64                   thread,
                                            gint64                   folder,
                                            GError                 **error);
/* A conversation over all folders of its account, oldest first: GArray of BaruaMember. Copies in several folders (the same
 * Message-ID, not empty, sender, Date and subject but for "Re:" and the like) are one member: the one in @folder (0: none is
 * preferred), else not the one in Trash, Junk or a folder that is a view. The newest BARUA_LIMIT_CONVERSATION messages;
 * *@more (may be NULL) says whether there were others. A thread that was merged into another gives the other's. Empty when
 * there is none. On a reader. */
GArray   *barua_store_thread_list_members  (BaruaStoreConnection    *c,
                                            gint64                   thread,
                                            gint64                   folder,
                                            gboolean                *more,
                                            GError                 **error);
/* FALSE without @error when the thread has no message there. */
gboolean  barua_store_thread_load          (BaruaStoreConnection    *c,
                                            gint64                   thread,
                                            gint64                   folder,
                                            BaruaStoreConversation  *conversation,
                                            GError                 **error);

G_END_DECLS
