/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-engine-private.h"

#include "barua-domain.h"
#include "barua-engine-store.h"
#include "barua-limits.h"
#include "barua-store-address.h"

typedef struct
{
  BaruaEngine *engine;
  gint64       id;
  char        *address;
  BaruaSender *sender;
} Wanted;

static void
wanted_clear (gpointer data)
{
  Wanted *wanted = data;

  g_clear_object (&wanted->engine);
  g_free (wanted->address);
  barua_sender_unref (wanted->sender);
}

static void
wanted_unref (gpointer wanted)
{
  g_atomic_rc_box_release_full (wanted, wanted_clear);
}

static gboolean
load_sender (BaruaStoreConnection  *c,
             gpointer               data,
             GError               **error)
{
  Wanted *wanted = data;
  g_autoptr (BaruaStoreAddress) address = NULL;
  g_autoptr (GPtrArray) people = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GError *local = NULL;

  if (!barua_store_address_is_first (c, wanted->id, &wanted->sender->is_first, error))
    return FALSE;
  address = barua_store_address_load (c, wanted->address, &local);
  if (local == NULL)
    people = barua_store_address_list_known (c, BARUA_LIMIT_STORE_PEOPLE, &local);
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return FALSE;
    }
  wanted->sender->is_known = address != NULL && address->known;
  for (guint i = 0; people != NULL && i < people->len; i++)
    {
      char *domain = barua_domain_of_address (((BaruaStoreAddress *)g_ptr_array_index (people, i))->address);

      if (domain == NULL || g_hash_table_contains (seen, domain))
        {
          g_free (domain);
          continue;
        }
      g_ptr_array_add (wanted->sender->known_domains, domain);
      g_hash_table_add (seen, domain);
    }
  return TRUE;
}

static DexFuture *
load_sender_fiber (gpointer data)
{
  Wanted *wanted = data;
  GError *error = NULL;

  if (!dex_await (barua_engine_read (wanted->engine->store, "sender", load_sender, g_atomic_rc_box_acquire (wanted), wanted_unref),
                  &error))
    return dex_future_new_for_error (error);
  return dex_future_new_take_boxed (BARUA_TYPE_SENDER, barua_sender_ref (wanted->sender));
}

DexFuture *
barua_engine_load_sender (BaruaEngine *self,
                          gint64       id,
                          const char  *address)
{
  DexFuture *refused = NULL;
  Wanted *wanted;

  if (!barua_engine_check_running (self, FALSE, &refused))
    return refused;
  wanted = g_atomic_rc_box_new0 (Wanted);
  wanted->engine = g_object_ref (self);
  wanted->id = id;
  wanted->address = g_strdup (address);
  wanted->sender = barua_sender_new ();
  return barua_fiber_start ("load sender", load_sender_fiber, wanted, wanted_unref);
}
