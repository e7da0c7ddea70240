/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-engine-private.h"

#include <string.h>

#include "barua-engine-store.h"
#include "barua-imap-mailbox.h"
#include "barua-limits.h"
#include "barua-store-folder.h"
#include "barua-store-sync-state.h"
#include "barua-tree-order.h"

/* Folders as the models see them: in memory, read anew by a reader thread after commits that touched them, never on the main
 * thread. */

typedef struct
{
  GPtrArray *folders; /* BaruaFolder */
} Reading;

static void
reading_clear (gpointer data)
{
  g_clear_pointer (&((Reading *) data)->folders, g_ptr_array_unref);
}

static void
reading_unref (gpointer reading)
{
  g_atomic_rc_box_release_full (reading, reading_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reading, reading_unref)

static BaruaFolder *
make_folder (const BaruaStoreFolder    *stored,
             const BaruaStoreSyncState *state)
{
  BaruaFolder *folder = barua_folder_new ();

  folder->id = stored->id;
  folder->account = stored->account;
  folder->parent = stored->parent;
  g_set_str (&folder->name, stored->shown_name);
  g_free (folder->server_name);
  folder->server_name = barua_imap_mailbox_decode (stored->name, FALSE);
  folder->delimiter = stored->delimiter;
  folder->role = barua_store_folder_get_role (stored);
  folder->selectable = !(stored->flags & BARUA_STORE_FOLDER_NO_SELECT);
  folder->subscribed = (stored->flags & BARUA_STORE_FOLDER_SUBSCRIBED) != 0;
  folder->favourite = stored->favourite;
  folder->hidden = stored->hidden || folder->role == BARUA_ROLE_NOT_MAIL;
  folder->notify = stored->notify == BARUA_STORE_NOTIFY_ALWAYS ||
                   (stored->notify == BARUA_STORE_NOTIFY_DEFAULT && folder->role == BARUA_ROLE_INBOX);
  folder->order = stored->position;
  folder->total = stored->total;
  folder->unread = stored->unread;
  if (state != NULL)
    {
      folder->server_total = state->exists;
      folder->first_sync = state->covered_low != 1;
      folder->checked = state->last_sync;
    }
  else
    folder->first_sync = TRUE;
  return folder;
}

static gboolean
read_account (BaruaStoreConnection *c,
              gint64                account,
              GPtrArray            *into,
              GError              **error)
{
  g_autoptr(GPtrArray) stored = barua_store_load_folders (c, account, error);
  g_autoptr(GPtrArray) states = NULL;
  g_autoptr(GHashTable) by_folder = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func ((GDestroyNotify) barua_folder_unref);

  if (stored == NULL)
    return FALSE;
  states = barua_store_sync_state_list (c, account, error);
  if (states == NULL)
    return FALSE;
  for (guint i = 0; i < states->len; i++)
    {
      BaruaStoreSyncState *state = g_ptr_array_index (states, i);

      g_hash_table_insert (by_folder, &state->folder, state);
    }
  for (guint i = 0; i < stored->len; i++)
    {
      const BaruaStoreFolder *folder = g_ptr_array_index (stored, i);

      g_ptr_array_add (folders, make_folder (folder, g_hash_table_lookup (by_folder, &folder->id)));
    }
  barua_tree_order_sort (folders);
  for (guint i = 0; i < folders->len; i++)
    {
      BaruaFolder *folder = g_ptr_array_index (folders, i);

      if (folder->parent == 0)
        g_set_str (&folder->path, folder->name);
      else
        {
          g_free (folder->path);
          folder->path = barua_tree_order_dup_path (folders, folder);
        }
    }
  g_ptr_array_extend_and_steal (into, g_steal_pointer (&folders));
  return TRUE;
}

static gboolean
read_func (BaruaStoreConnection *c,
           gpointer              data,
           GError              **error)
{
  Reading *reading = data;
  g_autoptr(GPtrArray) accounts = barua_store_account_list (c, error);

  if (accounts == NULL)
    return FALSE;
  reading->folders = g_ptr_array_new_with_free_func ((GDestroyNotify) barua_folder_unref);
  for (guint i = 0; i < accounts->len; i++)
    if (!read_account (c, ((BaruaStoreAccount *) g_ptr_array_index (accounts, i))->id, reading->folders, error))
      return FALSE;
  return TRUE;
}

/* Keeps what is only known in memory: when a folder was last found unchanged. */
static void
take_folders (BaruaEngine *self,
              GPtrArray   *folders)
{
  GHashTable *by_id = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < folders->len; i++)
    {
      BaruaFolder *folder = g_ptr_array_index (folders, i);
      BaruaFolder *old = g_hash_table_lookup (self->by_id, &folder->id);

      if (old != NULL)
        folder->checked = MAX (folder->checked, old->checked);
      g_hash_table_insert (by_id, &folder->id, folder);
    }
  g_hash_table_unref (self->by_id);
  self->by_id = by_id;
  g_ptr_array_unref (self->folders);
  self->folders = g_ptr_array_ref (folders);
}

static void
end_waiters (GPtrArray    *waiters,
             const GError *error)
{
  for (guint i = 0; i < waiters->len; i++)
    {
      DexPromise *promise = g_ptr_array_index (waiters, i);

      if (error != NULL)
        dex_promise_reject (promise, g_error_copy (error));
      else
        dex_promise_resolve_boolean (promise, TRUE);
      dex_unref (promise);
    }
  g_ptr_array_unref (waiters);
}

static DexFuture *
read_fiber (gpointer data)
{
  BaruaEngine *self = data;

  do
    {
      g_autoptr(Reading) reading = g_atomic_rc_box_new0 (Reading);
      g_autoptr(BaruaChangeSet) pending = g_steal_pointer (&self->folders_pending);
      GPtrArray *waiters = g_steal_pointer (&self->folders_waiters);
      g_autoptr(GError) error = NULL;

      self->folders_waiters = g_ptr_array_new ();
      self->folders_dirty = FALSE;
      if (dex_await (barua_engine_read (self->store, "folders", read_func, g_atomic_rc_box_acquire (reading),
                                        reading_unref), &error))
        take_folders (self, reading->folders);
      self->folders_read_us = g_get_monotonic_time ();
      if (error == NULL && pending != NULL && !barua_change_set_is_empty (pending))
        g_signal_emit_by_name (self, "changed", pending);
      end_waiters (waiters, error);
    }
  while (self->folders_dirty && self->running);
  self->folders_reading = FALSE;
  return dex_future_new_true ();
}

static void
start_reading (BaruaEngine *self)
{
  if (self->folders_reading)
    {
      self->folders_dirty = TRUE;
      return;
    }
  self->folders_reading = TRUE;
  barua_fiber_spawn ("read folders", read_fiber, g_object_ref (self), g_object_unref);
}

DexFuture *
barua_engine_refresh_folders (BaruaEngine *self)
{
  DexPromise *promise = dex_promise_new ();

  g_ptr_array_add (self->folders_waiters, dex_ref (promise));
  g_clear_handle_id (&self->folders_timer, g_source_remove);
  start_reading (self);
  return DEX_FUTURE (promise);
}

static gboolean
read_now (gpointer data)
{
  BaruaEngine *self = data;

  self->folders_timer = 0;
  start_reading (self);
  return G_SOURCE_REMOVE;
}

void
barua_engine_note_changes (BaruaEngine    *self,
                           BaruaChangeSet *changes)
{
  gint64 due;

  if (changes->folders->len == 0 && changes->accounts->len == 0 && !changes->folders_changed)
    return;
  if (self->folders_pending == NULL)
    self->folders_pending = barua_change_set_new ();
  self->folders_pending->generation = changes->generation;
  self->folders_pending->folders_changed |= changes->folders_changed;
  for (guint i = 0; i < changes->folders->len; i++)
    barua_change_set_add_folder (self->folders_pending, g_array_index (changes->folders, gint64, i));
  if (!self->running || (self->folders_timer != 0 && !changes->folders_changed))
    return;
  g_clear_handle_id (&self->folders_timer, g_source_remove);
  /* A first sync commits a hundred times a second; people read ten numbers a second. A folder that comes or goes is waited for. */
  due = changes->folders_changed ? 0 : self->folders_read_us + BARUA_STATUS_INTERVAL_MS * 1000 - g_get_monotonic_time ();
  if (due <= 0)
    start_reading (self);
  else
    self->folders_timer = g_timeout_add (due / 1000 + 1, read_now, self);
}

GPtrArray *
barua_engine_list_folders (BaruaEngine *self,
                           gint64       account)
{
  GPtrArray *folders = g_ptr_array_new_with_free_func ((GDestroyNotify) barua_folder_unref);

  for (guint i = 0; i < self->folders->len; i++)
    {
      BaruaFolder *folder = g_ptr_array_index (self->folders, i);

      if (account == 0 || folder->account == account)
        g_ptr_array_add (folders, barua_folder_ref (folder));
    }
  return folders;
}

BaruaFolder *
barua_engine_dup_folder (BaruaEngine *self,
                         gint64       folder)
{
  BaruaFolder *found = g_hash_table_lookup (self->by_id, &folder);

  return found != NULL ? barua_folder_ref (found) : NULL;
}

void
barua_engine_set_open_folder (BaruaEngine *self,
                              gint64       folder)
{
  g_autoptr(BaruaFolder) open = folder != 0 ? barua_engine_dup_folder (self, folder) : NULL;

  if (self->open_folder == folder)
    return;
  self->open_folder = folder;
  if (!self->running || self->flags & (BARUA_ENGINE_MANUAL | BARUA_ENGINE_READ_ONLY))
    return;
  for (guint i = 0; i < self->accounts->len; i++)
    {
      BaruaEngineAccount *account = g_ptr_array_index (self->accounts, i);

      if (account->backend != NULL)
        barua_backend_vtable (account->backend)->watch (account->backend,
                                                        open != NULL && open->account == account->account->id ? folder : 0);
    }
}
