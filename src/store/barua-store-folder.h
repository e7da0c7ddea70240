/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-flags.h"
#include "barua-store.h"

G_BEGIN_DECLS

typedef enum
{
  BARUA_STORE_OFFLINE_RECENT, /* text parts of recent mail; the default */
  BARUA_STORE_OFFLINE_HEADERS,
  BARUA_STORE_OFFLINE_ALL
} BaruaStoreOffline; /* Stored: never renumber. */

typedef enum
{
  BARUA_STORE_NOTIFY_DEFAULT, /* inboxes do, others don't */
  BARUA_STORE_NOTIFY_ALWAYS,
  BARUA_STORE_NOTIFY_NEVER
} BaruaStoreNotify; /* Stored: never renumber. */

/* What the server's LIST says of a folder. */
typedef enum
{
  BARUA_STORE_FOLDER_NO_SELECT      = 1 << 0, /* \Noselect or \NonExistent */
  BARUA_STORE_FOLDER_NO_INFERIORS   = 1 << 1,
  BARUA_STORE_FOLDER_HAS_CHILDREN   = 1 << 2,
  BARUA_STORE_FOLDER_SUBSCRIBED     = 1 << 3,
  BARUA_STORE_FOLDER_MARKED         = 1 << 4,
  BARUA_STORE_FOLDER_REMOTE         = 1 << 5,
  BARUA_STORE_FOLDER_READ_ONLY      = 1 << 6,
  BARUA_STORE_FOLDER_SHARED         = 1 << 7  /* lies in another user's or a shared namespace */
} BaruaStoreFolderFlags; /* Stored: never renumber. */

/* A folder's identity is its id; the name is an attribute. */
typedef struct
{
  gint64                 id;            /* 0: new */
  gint64                 account;
  gint64                 parent;        /* 0: top level */
  char                  *name;          /* whole name as on the wire (mUTF-7 or UTF-8, not decoded) */
  char                  *shown_name;    /* last level, decoded; clean UTF-8 */
  char                   delimiter;     /* 0: flat */
  BaruaRole              role;          /* found by the engine */
  int                    role_override; /* what the person chose, a BaruaRole; -1: nothing chosen */
  BaruaStoreFolderFlags  flags;
  char                  *remote_id;     /* MAILBOXID, Graph's id; "" when none */
  int                    position;      /* order among its siblings, the person's own; 0: by role and name */
  gboolean               favourite;
  gboolean               hidden;
  gboolean               expanded;
  BaruaStoreOffline      offline;
  BaruaStoreNotify       notify;
  /* Kept by the store; ignored when saving. */
  guint                  total;         /* messages shown here */
  guint                  unread;
  guint                  conversations; /* threads shown here */
} BaruaStoreFolder;

BaruaStoreFolder *barua_store_folder_new             (void); /* role_override is -1 */
BaruaStoreFolder *barua_store_folder_copy            (const BaruaStoreFolder *self);
void              barua_store_folder_free            (BaruaStoreFolder       *self);
/* What the folder is for: the override, else what was found. */
BaruaRole         barua_store_folder_get_role        (const BaruaStoreFolder *self);

/* All of @account, or of all accounts when @account is 0: GPtrArray of BaruaStoreFolder, owning; parents before their
 * children, else by id. */
GPtrArray        *barua_store_load_folders           (BaruaStoreConnection   *c,
                                                      gint64                  account,
                                                      GError                **error);
/* NULL without @error when there is none. */
BaruaStoreFolder *barua_store_folder_load            (BaruaStoreConnection   *c,
                                                      gint64                  folder,
                                                      GError                **error);
/* By the name as on the wire, exactly. */
BaruaStoreFolder *barua_store_folder_find            (BaruaStoreConnection   *c,
                                                      gint64                  account,
                                                      const char             *name,
                                                      GError                **error);
/* Adds (id 0: the id is filled in) or overwrites what the server says of it: parent, names, delimiter, role, flags,
 * remote_id. What the person chose is taken only when it is new. BARUA_ERROR_EXISTS when another folder of the account has
 * this name. */
gboolean          barua_store_folder_save            (BaruaStoreConnection   *c,
                                                      BaruaStoreFolder       *folder,
                                                      GError                **error);
/* Overwrites what the person chose: role_override, position, favourite, hidden, expanded, offline, notify. */
gboolean          barua_store_folder_save_choices    (BaruaStoreConnection   *c,
                                                      const BaruaStoreFolder *folder,
                                                      GError                **error);
/* With its messages and their wishes; its children become children of its parent. */
gboolean          barua_store_folder_remove          (BaruaStoreConnection   *c,
                                                      gint64                  folder,
                                                      GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaStoreFolder, barua_store_folder_free)

G_END_DECLS
