/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-sync-state.h"

#include "barua-store-private.h"

#define STATE_COLUMNS                                                                                                    \
  "SELECT s.folder, s.uidvalidity, s.uidnext, s.highestmodseq, s.exists_count, s.unseen, s.mailboxid, s.covered_low,"    \
  " s.last_full_flags, s.last_sync, s.capabilities FROM sync_state s "

void
barua_store_sync_state_free (BaruaStoreSyncState *self)
{
  if (self == NULL)
    return;
  g_free (self->mailboxid);
  g_free (self);
}

static BaruaStoreSyncState *
read_state (BaruaStatement *s)
{
  BaruaStoreSyncState *state = g_new0 (BaruaStoreSyncState, 1);

  state->folder = sqlite3_column_int64 (s, 0);
  state->uidvalidity = (guint32)sqlite3_column_int64 (s, 1);
  state->uidnext = (guint32)sqlite3_column_int64 (s, 2);
  state->highestmodseq = (guint64)sqlite3_column_int64 (s, 3);
  state->exists = (guint32)sqlite3_column_int64 (s, 4);
  state->unseen = (guint32)sqlite3_column_int64 (s, 5);
  state->mailboxid = g_strdup (barua_statement_text (s, 6));
  state->covered_low = (guint32)sqlite3_column_int64 (s, 7);
  state->last_full_flags = sqlite3_column_int64 (s, 8);
  state->last_sync = sqlite3_column_int64 (s, 9);
  state->capabilities = (guint64)sqlite3_column_int64 (s, 10);
  return state;
}

BaruaStoreSyncState *
barua_store_sync_state_load (BaruaStoreConnection  *c,
                             gint64                 folder,
                             GError               **error)
{
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error, STATE_COLUMNS "WHERE s.folder = ?1", "i", folder);
  BaruaStoreSyncState *state;
  int rc = s != NULL ? barua_store_step (c, s, error) : 0;

  if (rc == SQLITE_ROW)
    return read_state (s);
  if (rc == 0)
    return NULL;
  state = g_new0 (BaruaStoreSyncState, 1);
  state->folder = folder;
  state->mailboxid = g_strdup ("");
  return state;
}

gboolean
barua_store_sync_state_save (BaruaStoreConnection       *c,
                             const BaruaStoreSyncState  *state,
                             GError                    **error)
{
  barua_change_set_add_folder (c->changes, state->folder);
  return barua_store_exec (c, DB_MAIN, error,
    "INSERT OR REPLACE INTO sync_state VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)", "iiiiiisiiii", state->folder,
    (gint64)state->uidvalidity, (gint64)state->uidnext, (gint64)MIN (state->highestmodseq, (guint64)G_MAXINT64),
    (gint64)state->exists, (gint64)state->unseen, state->mailboxid != NULL ? state->mailboxid : "",
    (gint64)state->covered_low, state->last_full_flags, state->last_sync, (gint64)state->capabilities);
}

GPtrArray *
barua_store_sync_state_list (BaruaStoreConnection  *c,
                             gint64                 account,
                             GError               **error)
{
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_store_sync_state_free);
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
    STATE_COLUMNS "JOIN folder f ON f.id = s.folder WHERE f.account = ?1", "i", account);
  int rc;

  if (s == NULL)
    return NULL;
  while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    g_ptr_array_add (states, read_state (s));
  return rc != 0 ? g_steal_pointer (&states) : NULL;
}
