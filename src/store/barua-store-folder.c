/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-folder.h"

#include "barua-limits.h"
#include "barua-store-private.h"

#define FOLDER_COLUMNS                                                                                                  \
  "SELECT id, account, parent, name, shown_name, delimiter, role, role_override, flags, remote_id, position, favourite," \
  " hidden, expanded, offline, notify, total, unread, conversations FROM folder "

BaruaStoreFolder *
barua_store_folder_new (void)
{
  BaruaStoreFolder *self = g_new0 (BaruaStoreFolder, 1);

  self->name = g_strdup ("");
  self->shown_name = g_strdup ("");
  self->remote_id = g_strdup ("");
  self->role_override = -1;
  return self;
}

BaruaStoreFolder *
barua_store_folder_copy (const BaruaStoreFolder *self)
{
  BaruaStoreFolder *copy = g_memdup2 (self, sizeof *self);

  copy->name = g_strdup (self->name);
  copy->shown_name = g_strdup (self->shown_name);
  copy->remote_id = g_strdup (self->remote_id);
  return copy;
}

void
barua_store_folder_free (BaruaStoreFolder *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->shown_name);
  g_free (self->remote_id);
  g_free (self);
}

BaruaRole
barua_store_folder_get_role (const BaruaStoreFolder *self)
{
  return self->role_override >= 0 && self->role_override < BARUA_N_ROLES ? (BaruaRole)self->role_override : self->role;
}

static BaruaStoreFolder *
read_folder (BaruaStatement *s)
{
  BaruaStoreFolder *folder = barua_store_folder_new ();

  folder->id = sqlite3_column_int64 (s, 0);
  folder->account = sqlite3_column_int64 (s, 1);
  folder->parent = sqlite3_column_int64 (s, 2);
  g_set_str (&folder->name, barua_statement_text (s, 3));
  g_set_str (&folder->shown_name, barua_statement_text (s, 4));
  folder->delimiter = (char)sqlite3_column_int (s, 5);
  folder->role = (BaruaRole)CLAMP (sqlite3_column_int (s, 6), 0, BARUA_N_ROLES - 1);
  folder->role_override = sqlite3_column_int (s, 7);
  folder->flags = (BaruaStoreFolderFlags)sqlite3_column_int (s, 8);
  g_set_str (&folder->remote_id, barua_statement_text (s, 9));
  folder->position = sqlite3_column_int (s, 10);
  folder->favourite = sqlite3_column_int (s, 11) != 0;
  folder->hidden = sqlite3_column_int (s, 12) != 0;
  folder->expanded = sqlite3_column_int (s, 13) != 0;
  folder->offline = (BaruaStoreOffline)sqlite3_column_int (s, 14);
  folder->notify = (BaruaStoreNotify)sqlite3_column_int (s, 15);
  folder->total = (guint)sqlite3_column_int64 (s, 16);
  folder->unread = (guint)sqlite3_column_int64 (s, 17);
  folder->conversations = (guint)sqlite3_column_int64 (s, 18);
  return folder;
}

/* Parents first. Whoever's parent never comes (damage, a circle) is put at the end, as it is. */
static GPtrArray *
order_tree (GPtrArray *folders /* taken */)
{
  GPtrArray *ordered = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_store_folder_free);
  g_autoptr (GHashTable) children = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                                           (GDestroyNotify)g_ptr_array_unref);
  g_autoptr (GHashTable) here = g_hash_table_new (g_int64_hash, g_int64_equal);
  gint64 top = 0;
  guint next = 0;
  GPtrArray *list;

  for (guint i = 0; i < folders->len; i++)
    {
      BaruaStoreFolder *folder = g_ptr_array_index (folders, i);

      list = g_hash_table_lookup (children, &folder->parent);
      if (list == NULL)
        {
          list = g_ptr_array_new ();
          g_hash_table_insert (children, &folder->parent, list);
        }
      g_ptr_array_add (list, folder);
    }
  list = g_hash_table_lookup (children, &top);
  for (guint i = 0; list != NULL && i < list->len; i++)
    g_ptr_array_add (ordered, g_ptr_array_index (list, i));
  for (; next < ordered->len; next++)
    {
      BaruaStoreFolder *folder = g_ptr_array_index (ordered, next);

      g_hash_table_add (here, &folder->id);
      list = g_hash_table_lookup (children, &folder->id);
      for (guint i = 0; list != NULL && i < list->len; i++)
        g_ptr_array_add (ordered, g_ptr_array_index (list, i));
    }
  for (guint i = 0; i < folders->len; i++)
    if (!g_hash_table_contains (here, &((BaruaStoreFolder *)g_ptr_array_index (folders, i))->id))
      g_ptr_array_add (ordered, g_ptr_array_index (folders, i));
  g_ptr_array_set_free_func (folders, NULL);
  g_ptr_array_unref (folders);
  return ordered;
}

GPtrArray *
barua_store_load_folders (BaruaStoreConnection  *c,
                          gint64                 account,
                          GError               **error)
{
  g_autoptr (GPtrArray) folders = NULL;
  g_autoptr (BaruaStatement) s = NULL;
  int rc;

  if (!barua_store_flush (c, error))
    return NULL;
  s = account == 0 ? barua_store_query (c, DB_MAIN, error, FOLDER_COLUMNS "ORDER BY id", "") :
                     barua_store_query (c, DB_MAIN, error, FOLDER_COLUMNS "WHERE account = ?1 ORDER BY id", "i", account);
  if (s == NULL)
    return NULL;
  folders = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_store_folder_free);
  while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    g_ptr_array_add (folders, read_folder (s));
  return rc != 0 ? order_tree (g_steal_pointer (&folders)) : NULL;
}

BaruaStoreFolder *
barua_store_folder_load (BaruaStoreConnection  *c,
                         gint64                 folder,
                         GError               **error)
{
  g_autoptr (BaruaStatement) s = NULL;

  if (!barua_store_flush (c, error))
    return NULL;
  s = barua_store_query (c, DB_MAIN, error, FOLDER_COLUMNS "WHERE id = ?1", "i", folder);
  return s != NULL && barua_store_step (c, s, error) == SQLITE_ROW ? read_folder (s) : NULL;
}

BaruaStoreFolder *
barua_store_folder_find (BaruaStoreConnection  *c,
                         gint64                 account,
                         const char            *name,
                         GError               **error)
{
  g_autoptr (BaruaStatement) s = NULL;

  if (!barua_store_flush (c, error))
    return NULL;
  s = barua_store_query (c, DB_MAIN, error, FOLDER_COLUMNS "WHERE account = ?1 AND name = ?2", "is", account, name);
  return s != NULL && barua_store_step (c, s, error) == SQLITE_ROW ? read_folder (s) : NULL;
}

static gboolean
insert_folder (BaruaStoreConnection  *c,
               BaruaStoreFolder      *folder,
               GError               **error)
{
  gint64 n;

  if (!barua_store_get_number (c, DB_MAIN, &n, 0, error, "SELECT count(*) FROM folder WHERE account = ?1", "i",
                               folder->account))
    return FALSE;
  if (n >= BARUA_LIMIT_FOLDERS)
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_LIMIT, "more than %u folders", BARUA_LIMIT_FOLDERS);
      return FALSE;
    }
  if (!barua_store_exec (c, DB_MAIN, error,
        "INSERT INTO folder (account, parent, name, shown_name, delimiter, role, role_override, flags, remote_id, position,"
        " favourite, hidden, expanded, offline, notify)"
        " VALUES (?1, nullif (?2, 0), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)", "iissiiiisiiiiii",
        folder->account, folder->parent, folder->name, folder->shown_name, (gint64)folder->delimiter, (gint64)folder->role,
        (gint64)folder->role_override, (gint64)folder->flags, folder->remote_id, (gint64)folder->position,
        (gint64)folder->favourite, (gint64)folder->hidden, (gint64)folder->expanded, (gint64)folder->offline,
        (gint64)folder->notify))
    return FALSE;
  folder->id = sqlite3_last_insert_rowid (c->db[DB_MAIN]);
  return TRUE;
}

gboolean
barua_store_folder_save (BaruaStoreConnection  *c,
                         BaruaStoreFolder      *folder,
                         GError               **error)
{
  gint64 other;

  if (!barua_store_get_number (c, DB_MAIN, &other, 0, error, "SELECT id FROM folder WHERE account = ?1 AND name = ?2", "is",
                               folder->account, folder->name))
    return FALSE;
  if (other != 0 && other != folder->id)
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_EXISTS, "another folder has this name");
      return FALSE;
    }
  if (folder->id == 0)
    {
      if (!insert_folder (c, folder, error))
        return FALSE;
      c->changes->folders_changed = TRUE;
      barua_change_set_add_folder (c->changes, folder->id);
      return TRUE;
    }
  /* An unchanged folder is no change: every LIST comes through here. */
  if (!barua_store_exec (c, DB_MAIN, error,
        "UPDATE folder SET parent = nullif (?2, 0), name = ?3, shown_name = ?4, delimiter = ?5, role = ?6, flags = ?7,"
        " remote_id = ?8 WHERE id = ?1 AND (coalesce (parent, 0), name, shown_name, delimiter, role, flags, remote_id)"
        " IS NOT (?2, ?3, ?4, ?5, ?6, ?7, ?8)", "iissiiis", folder->id, folder->parent, folder->name, folder->shown_name,
        (gint64)folder->delimiter, (gint64)folder->role, (gint64)folder->flags, folder->remote_id))
    return FALSE;
  if (sqlite3_changes (c->db[DB_MAIN]) > 0)
    {
      c->changes->folders_changed = TRUE;
      barua_change_set_add_folder (c->changes, folder->id);
    }
  return TRUE;
}

gboolean
barua_store_folder_save_choices (BaruaStoreConnection    *c,
                                 const BaruaStoreFolder  *folder,
                                 GError                 **error)
{
  c->changes->folders_changed = TRUE;
  barua_change_set_add_folder (c->changes, folder->id);
  return barua_store_exec (c, DB_MAIN, error,
    "UPDATE folder SET role_override = ?2, position = ?3, favourite = ?4, hidden = ?5, expanded = ?6, offline = ?7,"
    " notify = ?8 WHERE id = ?1", "iiiiiiii", folder->id, (gint64)folder->role_override, (gint64)folder->position,
    (gint64)folder->favourite, (gint64)folder->hidden, (gint64)folder->expanded, (gint64)folder->offline,
    (gint64)folder->notify);
}

gboolean
barua_store_folder_remove (BaruaStoreConnection  *c,
                           gint64                 folder,
                           GError               **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  {
    g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
      "SELECT id FROM message WHERE server_folder = ?1 UNION SELECT id FROM message WHERE shown_folder = ?1", "i", folder);
    int rc;

    if (s == NULL)
      return FALSE;
    while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
      {
        gint64 id = sqlite3_column_int64 (s, 0);

        g_array_append_val (ids, id);
      }
    if (rc == 0)
      return FALSE;
  }
  for (guint i = 0; i < ids->len; i++)
    if (!barua_store_message_delete (c, g_array_index (ids, gint64, i), error))
      return FALSE;
  c->changes->folders_changed = TRUE;
  barua_change_set_add_folder (c->changes, folder);
  return barua_store_flush (c, error) &&
         barua_store_exec (c, DB_MAIN, error,
           "UPDATE folder SET parent = (SELECT parent FROM folder WHERE id = ?1) WHERE parent = ?1", "i", folder) &&
         barua_store_exec (c, DB_MAIN, error, "DELETE FROM folder WHERE id = ?1", "i", folder);
}
