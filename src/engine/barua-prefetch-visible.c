/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-engine-private.h"

#include "barua-engine-store.h"
#include "barua-limits.h"
#include "barua-store-part.h"

/* Part lists of what is on screen, before all others. */

void
barua_engine_set_visible (BaruaEngine  *self,
                          const gint64 *ids,
                          guint         n_ids)
{
  barua_id_set_clear (self->visible);
  for (guint i = 0; i < MIN (n_ids, BARUA_VISIBLE_ROWS); i++)
    if (ids[i] > 0)
      barua_id_set_add (self->visible, ids[i]);
  if (!self->running || self->flags & (BARUA_ENGINE_MANUAL | BARUA_ENGINE_READ_ONLY))
    return;
  for (guint i = 0; i < self->accounts->len; i++)
    barua_engine_account_prefetch_visible (g_ptr_array_index (self->accounts, i));
}

typedef struct
{
  BaruaIdSet *ids;
  gint64      account;
  GHashTable *by_folder; /* gint64 * -> BaruaIdSet of UIDs without parts */
} Visible;

static void
visible_clear (gpointer data)
{
  Visible *visible = data;

  g_clear_pointer (&visible->ids, barua_id_set_unref);
  g_clear_pointer (&visible->by_folder, g_hash_table_unref);
}

static void
visible_unref (gpointer visible)
{
  g_atomic_rc_box_release_full (visible, visible_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Visible, visible_unref)

static gboolean
visible_func (BaruaStoreConnection *c,
              gpointer              data,
              GError              **error)
{
  Visible *visible = data;
  const BaruaIdRange *ranges = barua_id_set_get_ranges (visible->ids);

  for (guint i = 0; i < barua_id_set_get_n_ranges (visible->ids); i++)
    for (guint64 id = ranges[i].first; id <= ranges[i].last; id++)
      {
        GError *failure = NULL;
        g_autoptr(BaruaStoreMessage) message = barua_store_message_load (c, id, &failure);
        BaruaIdSet *uids;

        if (failure != NULL)
          {
            g_propagate_error (error, failure);
            return FALSE;
          }
        if (message == NULL || message->account != visible->account || message->has_parts || message->uid == 0 ||
            message->server_folder == 0)
          continue;
        uids = g_hash_table_lookup (visible->by_folder, &message->server_folder);
        if (uids == NULL)
          {
            uids = barua_id_set_new ();
            g_hash_table_insert (visible->by_folder, g_memdup2 (&message->server_folder, sizeof (gint64)), uids);
          }
        barua_id_set_add (uids, message->uid);
      }
  return TRUE;
}

gboolean
barua_prefetch_visible (BaruaEngineAccount *account,
                        BaruaScope         *scope,
                        GError            **error)
{
  g_autoptr(BaruaBackend) backend = g_object_ref (account->backend);
  g_autoptr(Visible) visible = g_atomic_rc_box_new0 (Visible);
  g_autoptr(GPtrArray) folders = NULL;

  visible->ids = barua_id_set_copy (account->engine->visible);
  visible->account = account->account->id;
  visible->by_folder = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) barua_id_set_unref);
  if (barua_id_set_is_empty (visible->ids))
    return TRUE;
  if (!dex_await (barua_engine_read (account->engine->store, "visible", visible_func, g_atomic_rc_box_acquire (visible),
                                     visible_unref), error))
    return FALSE;
  folders = g_hash_table_get_keys_as_ptr_array (visible->by_folder);
  for (guint i = 0; i < folders->len; i++)
    {
      const gint64 *folder = g_ptr_array_index (folders, i);
      BaruaIdSet *uids = g_hash_table_lookup (visible->by_folder, folder);

      if (!dex_await (barua_backend_vtable (backend)->fetch_parts (backend, *folder, uids, BARUA_URGENCY_WAITED, scope),
                      error))
        return FALSE;
    }
  return TRUE;
}
