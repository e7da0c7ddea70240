/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-account.h"

#include "barua-store-folder.h"
#include "barua-store-private.h"

#define ACCOUNT_COLUMNS                                                                                                 \
  "SELECT id, name, address, person, colour, position, backend, host, port, security, user, password_command, ca_file," \
  " settings FROM account "

BaruaStoreAccount *
barua_store_account_new (void)
{
  BaruaStoreAccount *self = g_new0 (BaruaStoreAccount, 1);

  self->name = g_strdup ("");
  self->address = g_strdup ("");
  self->person = g_strdup ("");
  self->colour = g_strdup ("");
  self->backend = g_strdup ("imap");
  self->host = g_strdup ("");
  self->user = g_strdup ("");
  self->password_command = g_strdup ("");
  self->ca_file = g_strdup ("");
  self->settings = g_strdup ("{}");
  return self;
}

BaruaStoreAccount *
barua_store_account_copy (const BaruaStoreAccount *self)
{
  BaruaStoreAccount *copy = g_memdup2 (self, sizeof *self);

  copy->name = g_strdup (self->name);
  copy->address = g_strdup (self->address);
  copy->person = g_strdup (self->person);
  copy->colour = g_strdup (self->colour);
  copy->backend = g_strdup (self->backend);
  copy->host = g_strdup (self->host);
  copy->user = g_strdup (self->user);
  copy->password_command = g_strdup (self->password_command);
  copy->ca_file = g_strdup (self->ca_file);
  copy->settings = g_strdup (self->settings);
  return copy;
}

void
barua_store_account_free (BaruaStoreAccount *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->address);
  g_free (self->person);
  g_free (self->colour);
  g_free (self->backend);
  g_free (self->host);
  g_free (self->user);
  g_free (self->password_command);
  g_free (self->ca_file);
  g_free (self->settings);
  g_free (self);
}

static BaruaStoreAccount *
read_account (BaruaStatement *s)
{
  BaruaStoreAccount *account = barua_store_account_new ();

  account->id = sqlite3_column_int64 (s, 0);
  g_set_str (&account->name, barua_statement_text (s, 1));
  g_set_str (&account->address, barua_statement_text (s, 2));
  g_set_str (&account->person, barua_statement_text (s, 3));
  g_set_str (&account->colour, barua_statement_text (s, 4));
  account->position = sqlite3_column_int (s, 5);
  g_set_str (&account->backend, barua_statement_text (s, 6));
  g_set_str (&account->host, barua_statement_text (s, 7));
  account->port = (guint)sqlite3_column_int64 (s, 8);
  account->security = (BaruaStoreSecurity)sqlite3_column_int (s, 9);
  g_set_str (&account->user, barua_statement_text (s, 10));
  g_set_str (&account->password_command, barua_statement_text (s, 11));
  g_set_str (&account->ca_file, barua_statement_text (s, 12));
  g_set_str (&account->settings, barua_statement_text (s, 13));
  return account;
}

#define TEXT(text) ((text) != NULL ? (text) : "")

gboolean
barua_store_account_save (BaruaStoreConnection  *c,
                          BaruaStoreAccount     *account,
                          GError               **error)
{
  gint64 position = account->position;
  gboolean is_new = account->id == 0;

  if (is_new)
    {
      gint64 last;

      if (!barua_store_get_number (c, DB_MAIN, &last, 0, error, "SELECT max (position) FROM account", ""))
        return FALSE;
      position = last + 1;
    }
  if (!barua_store_exec (c, DB_MAIN, error,
        "INSERT INTO account (id, name, address, person, colour, position, backend, host, port, security, user,"
        " password_command, ca_file, settings)"
        " SELECT nullif (?1, 0), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14"
        " WHERE ?1 = 0 OR EXISTS (SELECT 1 FROM account WHERE id = ?1)"
        " ON CONFLICT (id) DO UPDATE SET name = ?2, address = ?3, person = ?4, colour = ?5, position = ?6, backend = ?7,"
        " host = ?8, port = ?9, security = ?10, user = ?11, password_command = ?12, ca_file = ?13, settings = ?14",
        "issssissiissss", account->id, TEXT (account->name), TEXT (account->address), TEXT (account->person),
        TEXT (account->colour), position, TEXT (account->backend), TEXT (account->host), (gint64)account->port,
        (gint64)account->security, TEXT (account->user), TEXT (account->password_command), TEXT (account->ca_file),
        account->settings != NULL ? account->settings : "{}"))
    return FALSE;
  if (sqlite3_changes (c->db[DB_MAIN]) == 0)
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no account %" G_GINT64_FORMAT, account->id);
      return FALSE;
    }
  if (is_new)
    {
      account->id = sqlite3_last_insert_rowid (c->db[DB_MAIN]);
      account->position = (int)position;
      c->changes->folders_changed = TRUE;
    }
  /* Which addresses are the person's own is remembered with the people. */
  barua_id_map_clear (&c->writer->people);
  barua_id_map_clear (&c->writer->addresses);
  c->writer->people_whole = FALSE;
  g_clear_pointer (&c->writer->own_keys, g_hash_table_unref);
  barua_change_set_add_account (c->changes, account->id);
  return TRUE;
}

gboolean
barua_store_account_remove (BaruaStoreConnection  *c,
                            gint64                 account,
                            GError               **error)
{
  g_autoptr (GPtrArray) folders = barua_store_load_folders (c, account, error);

  if (folders == NULL)
    return FALSE;
  for (guint i = folders->len; i > 0; i--)
    {
      const BaruaStoreFolder *folder = g_ptr_array_index (folders, i - 1);

      if (!barua_store_folder_remove (c, folder->id, error))
        return FALSE;
    }
  barua_change_set_add_account (c->changes, account);
  c->changes->folders_changed = TRUE;
  g_clear_pointer (&c->writer->own_keys, g_hash_table_unref);
  barua_id_map_clear (&c->writer->people);
  c->writer->people_whole = FALSE;
  barua_id_map_clear (&c->writer->addresses);
  return barua_store_exec (c, DB_MAIN, error, "DELETE FROM account WHERE id = ?1", "i", account);
}

GPtrArray *
barua_store_account_list (BaruaStoreConnection  *c,
                          GError               **error)
{
  g_autoptr (GPtrArray) accounts = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_store_account_free);
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error, ACCOUNT_COLUMNS "ORDER BY position, id", "");
  int rc;

  if (s == NULL)
    return NULL;
  while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    g_ptr_array_add (accounts, read_account (s));
  return rc != 0 ? g_steal_pointer (&accounts) : NULL;
}

BaruaStoreAccount *
barua_store_account_load (BaruaStoreConnection  *c,
                          gint64                 account,
                          GError               **error)
{
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error, ACCOUNT_COLUMNS "WHERE id = ?1", "i", account);

  if (s == NULL || barua_store_step (c, s, error) != SQLITE_ROW)
    return NULL;
  return read_account (s);
}
