/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-engine-private.h"

#include <signal.h>
#include <string.h>

#include "barua-cache-keeper.h"
#include "barua-endpoint.h"
#include "barua-engine-store.h"
#include "barua-limits.h"
#include "barua-store-preference.h"
#include "barua-store-wish.h"

/* The facade: what the header promises, each call on its way to the piece that does it. */

G_DEFINE_FINAL_TYPE (BaruaEngine, barua_engine, G_TYPE_OBJECT)

enum
{
  CHANGED,
  STATUS_CHANGED,
  ARRIVED,
  RESUMED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

BaruaEngine *
barua_engine_new (const char       *profile,
                  BaruaEngineFlags  flags,
                  BaruaClock       *clock)
{
  BaruaEngine *self = g_object_new (BARUA_TYPE_ENGINE, NULL);

  self->profile = g_strdup (profile);
  self->flags = flags;
  self->clock = clock != NULL ? barua_clock_ref (clock) : barua_clock_new_system ();
  return self;
}

const char *
barua_engine_get_profile (BaruaEngine *self)
{
  return self->profile;
}

gboolean
barua_engine_check_running (BaruaEngine  *self,
                            gboolean      writes,
                            DexFuture   **refused)
{
  if (!self->running)
    *refused = dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_CANCELLED, "the engine does not run");
  else if (writes && self->flags & BARUA_ENGINE_READ_ONLY)
    *refused = dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_PROFILE_IN_USE, "another process owns this profile");
  else
    return TRUE;
  return FALSE;
}

BaruaEngineAccount *
barua_engine_find_account (BaruaEngine *self,
                           gint64       account)
{
  for (guint i = 0; i < self->accounts->len; i++)
    {
      BaruaEngineAccount *candidate = g_ptr_array_index (self->accounts, i);

      if (candidate->account->id == account)
        return candidate;
    }
  return NULL;
}

/* Life ------------------------------------------------------------------------------------------------------------------------ */

typedef struct
{
  GPtrArray *accounts; /* BaruaStoreAccount */
} Start;

static void
start_clear (gpointer data)
{
  g_clear_pointer (&((Start *) data)->accounts, g_ptr_array_unref);
}

static void
start_unref (gpointer start)
{
  g_atomic_rc_box_release_full (start, start_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Start, start_unref)

static gboolean
start_func (BaruaStoreConnection *c,
            gpointer              data,
            GError              **error)
{
  Start *start = data;

  start->accounts = barua_store_account_list (c, error);
  return start->accounts != NULL;
}

static void
on_store_changed (BaruaStore     *store,
                  BaruaChangeSet *changes,
                  gpointer        data)
{
  BaruaEngine *self = data;

  self->generation = MAX (self->generation, changes->generation);
  g_signal_emit (self, signals[CHANGED], 0, changes);
  barua_engine_note_changes (self, changes);
}

/* On a worker: a slow disk, or a file that is looked through after an unclean end, is not to stop the window. */
struct _BaruaOpening
{
  char           *profile;
  BaruaStoreFlags flags;
  BaruaStore     *store;
};

static void
opening_clear (gpointer data)
{
  BaruaOpening *opening = data;

  g_clear_pointer (&opening->store, barua_store_unref);
  g_free (opening->profile);
}

static void
opening_unref (gpointer opening)
{
  g_atomic_rc_box_release_full (opening, opening_clear);
}

static gboolean
open_on_worker (gpointer   data,
                GError   **error)
{
  BaruaOpening *opening = data;

  opening->store = barua_store_open (opening->profile, opening->flags, NULL, error);
  return opening->store != NULL;
}

void
barua_engine_prepare (BaruaEngine *self)
{
  g_return_if_fail (self->store == NULL && self->opening == NULL);

  /* A limit on the size of files is to be an error like a full disk, not the end of the process. */
  signal (SIGXFSZ, SIG_IGN);
  self->opening = g_atomic_rc_box_new0 (BaruaOpening);
  self->opening->profile = g_strdup (self->profile);
  self->opening->flags = self->flags & BARUA_ENGINE_READ_ONLY ? BARUA_STORE_READ_ONLY : BARUA_STORE_DEFAULT;
  self->opened = barua_engine_work (open_on_worker, g_atomic_rc_box_acquire (self->opening), opening_unref);
}

/* In a fiber. */
static gboolean
open_store (BaruaEngine *self,
            GError     **error)
{
  BaruaOpening *opening;
  gboolean works;

  if (self->opening == NULL)
    barua_engine_prepare (self);
  opening = g_steal_pointer (&self->opening);
  works = dex_await (g_steal_pointer (&self->opened), error);
  if (works)
    {
      self->store = g_steal_pointer (&opening->store);
      barua_store_set_changed_func (self->store, on_store_changed, self);
    }
  opening_unref (opening);
  return works;
}

static gboolean
is_busy (gpointer data)
{
  BaruaEngine *self = data;

  /* Packing is work for the processor alone, so a dear network does not matter. */
  if (barua_online_get_saving (self->online))
    return TRUE;
  for (guint i = 0; i < self->accounts->len; i++)
    if (((BaruaEngineAccount *)g_ptr_array_index (self->accounts, i))->n_syncing > 0)
      return TRUE;
  return FALSE;
}

/* It is the profile's and not an account's: all of them show it. */
static void
on_cache_trouble (const GError *error,
                  gpointer      data)
{
  BaruaEngine *self = data;

  g_clear_error (&self->cache_error);
  self->cache_error = error != NULL ? g_error_copy (error) : NULL;
  for (guint i = 0; i < self->accounts->len; i++)
    barua_engine_account_status_changed (g_ptr_array_index (self->accounts, i));
}

/* What was left for later is taken up again. */
static void
on_online_changed (BaruaEngine *self)
{
  gboolean before = self->may_prefetch;

  self->may_prefetch = barua_engine_may_prefetch (self);
  if (!before && self->may_prefetch && self->running)
    barua_engine_wake (self, 0);
}

static void
on_resumed (BaruaEngine *self)
{
  g_signal_emit (self, signals[RESUMED], 0);
}

static DexFuture *
start_fiber (gpointer data)
{
  BaruaEngine *self = data;
  g_autoptr(Start) start = g_atomic_rc_box_new0 (Start);
  GError *error = NULL;

  if (!open_store (self, &error))
    return dex_future_new_for_error (error);
  self->running = TRUE;
  if (!dex_await (barua_engine_read (self->store, "accounts", start_func, g_atomic_rc_box_acquire (start), start_unref),
                  &error) ||
      !dex_await (barua_engine_refresh_folders (self), &error))
    return dex_future_new_for_error (error);
  for (guint i = 0; i < start->accounts->len; i++)
    g_ptr_array_add (self->accounts, barua_engine_account_new (self, g_ptr_array_index (start->accounts, i)));
  if (!(self->flags & BARUA_ENGINE_READ_ONLY))
    {
      self->online = g_strcmp0 (g_getenv ("BARUA_ONLINE"), "always") == 0 ? barua_online_new_fixed () : barua_online_new ();
      self->may_prefetch = barua_engine_may_prefetch (self);
      g_signal_connect_object (self->online, "changed", G_CALLBACK (on_online_changed), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->online, "resumed", G_CALLBACK (on_resumed), self, G_CONNECT_SWAPPED);
      /* Nobody can hand us commands then; everything else works. */
      self->owner = barua_owner_new (self, &error);
      if (self->owner == NULL)
        {
          g_message ("no control socket: %s", error->message);
          g_clear_error (&error);
        }
      for (guint i = 0; i < self->accounts->len; i++)
        barua_engine_account_start (g_ptr_array_index (self->accounts, i));
      if ((self->flags & BARUA_ENGINE_MANUAL) == 0)
        barua_cache_keeper_start (self->store, self->clock, self->scope, is_busy, on_cache_trouble, self);
    }
  return dex_future_new_true ();
}

DexFuture *
barua_engine_start (BaruaEngine *self)
{
  if (self->store != NULL)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_INTERNAL, "the engine was started before");
  return barua_fiber_start ("start engine", start_fiber, g_object_ref (self), g_object_unref);
}

static gboolean
close_store (gpointer   data,
             GError   **error)
{
  barua_store_close (data);
  return TRUE;
}

static DexFuture *
stop_fiber (gpointer data)
{
  BaruaEngine *self = data;
  GError *error = NULL;

  if (self->store == NULL)
    return dex_future_new_true ();
  self->running = FALSE;
  g_clear_pointer (&self->owner, barua_owner_free);
  for (guint i = 0; i < self->accounts->len; i++)
    barua_engine_account_stop (g_ptr_array_index (self->accounts, i));
  barua_scope_cancel (self->scope);
  g_clear_handle_id (&self->folders_timer, g_source_remove);
  /* Draining the writer may take a while: not on this thread. */
  if (!dex_await (barua_engine_work (close_store, barua_store_ref (self->store), (GDestroyNotify) barua_store_unref), &error))
    return dex_future_new_for_error (error);
  return dex_future_new_true ();
}

DexFuture *
barua_engine_stop (BaruaEngine *self)
{
  return barua_fiber_start ("stop engine", stop_fiber, g_object_ref (self), g_object_unref);
}

gboolean
barua_engine_was_repaired (BaruaEngine *self)
{
  return self->store != NULL && barua_store_get_set_aside (self->store) != NULL;
}

/* Accounts ---------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  BaruaEngine       *engine;
  BaruaAccount      *account;
  BaruaStoreAccount *stored;
  gint64             id;
} Add;

static void
add_clear (gpointer data)
{
  Add *add = data;

  g_clear_object (&add->engine);
  g_clear_pointer (&add->account, barua_account_unref);
  g_clear_pointer (&add->stored, barua_store_account_free);
}

static void
add_unref (gpointer add)
{
  g_atomic_rc_box_release_full (add, add_clear);
}

static gboolean
add_func (BaruaStoreConnection *c,
          gpointer              data,
          GError              **error)
{
  return barua_store_account_save (c, ((Add *) data)->stored, error);
}

static DexFuture *
add_fiber (gpointer data)
{
  Add *add = data;
  BaruaEngine *self = add->engine;
  g_autoptr(BaruaEndpoint) endpoint = NULL;
  BaruaEngineAccount *account;
  GError *error = NULL;

  if (add->account->address[0] == '\0' || add->account->user[0] == '\0')
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_INVALID, "an account needs an address and a user name");
  endpoint = barua_endpoint_new (add->account->host, add->account->port, add->account->security,
                                 add->account->ca_file[0] != '\0' ? add->account->ca_file : NULL, NULL, &error);
  if (endpoint == NULL)
    return dex_future_new_for_error (error);
  for (guint i = 0; i < self->accounts->len; i++)
    {
      const BaruaAccount *other = ((BaruaEngineAccount *) g_ptr_array_index (self->accounts, i))->account;

      if (g_ascii_strcasecmp (other->host, add->account->host) == 0 && other->port == add->account->port &&
          strcmp (other->user, add->account->user) == 0)
        return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_EXISTS, "this account is there already");
    }
  add->stored = barua_engine_account_to_store (add->account);
  if (!dex_await (barua_engine_write (self->store, BARUA_STORE_WISH, "add account", add_func,
                                      g_atomic_rc_box_acquire (add), add_unref), &error))
    return dex_future_new_for_error (error);
  account = barua_engine_account_new (self, add->stored);
  g_ptr_array_add (self->accounts, account);
  barua_engine_account_start (account);
  return dex_future_new_for_int64 (add->stored->id);
}

DexFuture *
barua_engine_add_account (BaruaEngine  *self,
                          BaruaAccount *account)
{
  DexFuture *refused = NULL;
  Add *add;

  if (!barua_engine_check_running (self, TRUE, &refused))
    return refused;
  add = g_atomic_rc_box_new0 (Add);
  add->engine = g_object_ref (self);
  add->account = barua_account_ref (account);
  return barua_fiber_start ("add account", add_fiber, add, add_unref);
}

static gboolean
remove_func (BaruaStoreConnection *c,
             gpointer              data,
             GError              **error)
{
  return barua_store_account_remove (c, ((Add *) data)->id, error);
}

static DexFuture *
remove_fiber (gpointer data)
{
  Add *add = data;
  BaruaEngine *self = add->engine;
  BaruaEngineAccount *account = barua_engine_find_account (self, add->id);
  GError *error = NULL;

  if (account == NULL)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_NOT_FOUND, "no such account");
  barua_engine_account_stop (account);
  g_ptr_array_remove (self->accounts, account);
  if (!dex_await (barua_engine_write (self->store, BARUA_STORE_WISH, "remove account", remove_func,
                                      g_atomic_rc_box_acquire (add), add_unref), &error))
    return dex_future_new_for_error (error);
  if (!dex_await (barua_engine_refresh_folders (self), &error))
    return dex_future_new_for_error (error);
  return dex_future_new_true ();
}

DexFuture *
barua_engine_remove_account (BaruaEngine *self,
                             gint64       account)
{
  DexFuture *refused = NULL;
  Add *add;

  if (!barua_engine_check_running (self, TRUE, &refused))
    return refused;
  add = g_atomic_rc_box_new0 (Add);
  add->engine = g_object_ref (self);
  add->id = account;
  return barua_fiber_start ("remove account", remove_fiber, add, add_unref);
}

GPtrArray *
barua_engine_list_accounts (BaruaEngine *self)
{
  GPtrArray *accounts = g_ptr_array_new_with_free_func ((GDestroyNotify) barua_account_unref);

  for (guint i = 0; i < self->accounts->len; i++)
    {
      BaruaEngineAccount *account = g_ptr_array_index (self->accounts, i);

      g_ptr_array_add (accounts, barua_account_ref (account->account));
    }
  return accounts;
}

BaruaStatus *
barua_engine_dup_status (BaruaEngine *self,
                         gint64       account)
{
  BaruaEngineAccount *found = barua_engine_find_account (self, account);
  BaruaStatus *status;

  if (found != NULL)
    return barua_engine_account_dup_status (found);
  status = barua_status_new ();
  status->account = account;
  status->kind = BARUA_STATUS_STOPPED;
  status->code = BARUA_ERROR_NOT_FOUND;
  return status;
}

void
barua_engine_wake (BaruaEngine *self,
                   gint64       account)
{
  for (guint i = 0; i < self->accounts->len; i++)
    {
      BaruaEngineAccount *candidate = g_ptr_array_index (self->accounts, i);

      if (account == 0 || candidate->account->id == account)
        barua_engine_account_wake (candidate);
    }
}

void
barua_engine_set_offline (BaruaEngine *self,
                          gboolean     offline)
{
  if (self->offline == !!offline)
    return;
  self->offline = !!offline;
  for (guint i = 0; i < self->accounts->len; i++)
    {
      BaruaEngineAccount *account = g_ptr_array_index (self->accounts, i);

      if (self->offline)
        barua_engine_account_stop (account);
      else if (self->running)
        barua_engine_account_start (account);
      barua_engine_account_status_changed (account);
    }
}

gboolean
barua_engine_get_offline (BaruaEngine *self)
{
  return self->offline;
}

/* Wishes ----------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  BaruaIdSet *ids;
  BaruaFlags  mask;
  BaruaFlags  bits;
} Wish;

static void
wish_free (gpointer data)
{
  Wish *wish = data;

  barua_id_set_unref (wish->ids);
  g_free (wish);
}

static gboolean
wish_func (BaruaStoreConnection *c,
           gpointer              data,
           GError              **error)
{
  Wish *wish = data;

  return barua_store_wish_flags (c, wish->ids, wish->mask, wish->bits, NULL, error);
}

void
barua_engine_replay_soon (BaruaEngine *self)
{
  for (guint i = 0; self->running && i < self->accounts->len; i++)
    barua_engine_account_replay_soon (g_ptr_array_index (self->accounts, i));
}

static DexFuture *
on_wished (DexFuture *future,
           gpointer   data)
{
  barua_engine_replay_soon (data);
  return dex_ref (future);
}

DexFuture *
barua_engine_set_flags (BaruaEngine *self,
                        BaruaIdSet  *ids,
                        BaruaFlags   mask,
                        BaruaFlags   bits)
{
  DexFuture *refused = NULL;
  Wish *wish;

  if (!barua_engine_check_running (self, TRUE, &refused))
    return refused;
  if (mask == 0 || (mask & ~(BARUA_FLAG_SEEN | BARUA_FLAG_FLAGGED)) != 0)
    return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_INVALID, "only \\Seen and \\Flagged can be wished");
  wish = g_new0 (Wish, 1);
  wish->ids = barua_id_set_copy (ids);
  wish->mask = mask;
  wish->bits = bits & mask;
  return dex_future_then (barua_engine_write (self->store, BARUA_STORE_WISH, "wish", wish_func, wish, wish_free),
                          on_wished, g_object_ref (self), g_object_unref);
}

/* Pictures ---------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  BaruaEngine          *engine;
  char                 *address;
  BaruaStorePreference  preference;
  BaruaPictures         pictures;
} Pictures;

static void
pictures_clear (gpointer data)
{
  Pictures *box = data;

  g_clear_object (&box->engine);
  g_free (box->address);
}

static void
pictures_unref (gpointer box)
{
  g_atomic_rc_box_release_full (box, pictures_clear);
}

static gboolean
load_pictures_func (BaruaStoreConnection *c,
                    gpointer              data,
                    GError              **error)
{
  Pictures *box = data;

  return barua_store_preference_load (c, box->address, &box->preference, error);
}

static gboolean
save_pictures_func (BaruaStoreConnection *c,
                    gpointer              data,
                    GError              **error)
{
  static const BaruaStorePictures stored[] = {
    [BARUA_PICTURES_ASK] = BARUA_STORE_PICTURES_ASK,
    [BARUA_PICTURES_ALWAYS] = BARUA_STORE_PICTURES_ALWAYS,
    [BARUA_PICTURES_NEVER] = BARUA_STORE_PICTURES_NEVER,
  };
  Pictures *box = data;

  if (!barua_store_preference_load (c, box->address, &box->preference, error))
    return FALSE;
  box->preference.pictures = stored[box->pictures];
  return barua_store_preference_save (c, box->address, &box->preference, error);
}

static DexFuture *
load_pictures_fiber (gpointer data)
{
  static const BaruaPictures values[] = {
    [BARUA_STORE_PICTURES_ASK] = BARUA_PICTURES_ASK,
    [BARUA_STORE_PICTURES_ALWAYS] = BARUA_PICTURES_ALWAYS,
    [BARUA_STORE_PICTURES_NEVER] = BARUA_PICTURES_NEVER,
  };
  Pictures *box = data;
  GError *error = NULL;

  if (!dex_await (barua_engine_read (box->engine->store, "pictures", load_pictures_func, g_atomic_rc_box_acquire (box),
                                     pictures_unref), &error))
    return dex_future_new_for_error (error);
  return dex_future_new_for_int (values[MIN (box->preference.pictures, BARUA_STORE_PICTURES_NEVER)]);
}

static Pictures *
pictures_new (BaruaEngine *self,
              const char  *address)
{
  Pictures *box = g_atomic_rc_box_new0 (Pictures);

  box->engine = g_object_ref (self);
  box->address = g_strdup (address);
  return box;
}

DexFuture *
barua_engine_load_pictures (BaruaEngine *self,
                            const char  *address)
{
  DexFuture *refused = NULL;

  if (!barua_engine_check_running (self, FALSE, &refused))
    return refused;
  return barua_fiber_start ("load pictures", load_pictures_fiber, pictures_new (self, address), pictures_unref);
}

DexFuture *
barua_engine_set_pictures (BaruaEngine   *self,
                           const char    *address,
                           BaruaPictures  pictures)
{
  DexFuture *refused = NULL;
  Pictures *box;

  if (!barua_engine_check_running (self, TRUE, &refused))
    return refused;
  box = pictures_new (self, address);
  box->pictures = CLAMP (pictures, BARUA_PICTURES_ASK, BARUA_PICTURES_NEVER);
  return barua_engine_write (self->store, BARUA_STORE_WISH, "pictures", save_pictures_func, box, pictures_unref);
}

typedef struct
{
  GStrv addresses;
} PictureSenders;

static void
picture_senders_clear (gpointer data)
{
  g_strfreev (((PictureSenders *)data)->addresses);
}

static void
picture_senders_unref (gpointer box)
{
  g_atomic_rc_box_release_full (box, picture_senders_clear);
}

static gboolean
list_pictures_func (BaruaStoreConnection  *c,
                    gpointer               data,
                    GError               **error)
{
  PictureSenders *box = data;

  box->addresses = barua_store_preference_list (c, BARUA_STORE_PICTURES_ALWAYS, error);
  return box->addresses != NULL;
}

static DexFuture *
list_pictures_fiber (gpointer data)
{
  BaruaEngine *self = data;
  PictureSenders *box = g_atomic_rc_box_new0 (PictureSenders);
  GError *error = NULL;
  DexFuture *found;

  if (dex_await (barua_engine_read (self->store, "picture senders", list_pictures_func, g_atomic_rc_box_acquire (box),
                                    picture_senders_unref), &error))
    found = dex_future_new_take_boxed (G_TYPE_STRV, g_steal_pointer (&box->addresses));
  else
    found = dex_future_new_for_error (error);
  picture_senders_unref (box);
  return found;
}

DexFuture *
barua_engine_list_pictures (BaruaEngine *self)
{
  DexFuture *refused = NULL;

  if (!barua_engine_check_running (self, FALSE, &refused))
    return refused;
  return barua_fiber_start ("list pictures", list_pictures_fiber, g_object_ref (self), g_object_unref);
}

/* GObject ------------------------------------------------------------------------------------------------------------------------ */

static void
barua_engine_finalize (GObject *object)
{
  BaruaEngine *self = BARUA_ENGINE (object);

  dex_clear (&self->opened);
  g_clear_pointer (&self->opening, opening_unref);
  g_clear_handle_id (&self->folders_timer, g_source_remove);
  g_clear_pointer (&self->owner, barua_owner_free);
  g_clear_pointer (&self->accounts, g_ptr_array_unref);
  if (self->store != NULL)
    barua_store_set_changed_func (self->store, NULL, NULL);
  g_clear_pointer (&self->store, barua_store_unref);
  g_clear_object (&self->online);
  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_clear_pointer (&self->folders, g_ptr_array_unref);
  g_clear_pointer (&self->folders_pending, barua_change_set_unref);
  g_clear_pointer (&self->folders_waiters, g_ptr_array_unref);
  g_clear_pointer (&self->visible, barua_id_set_unref);
  g_clear_pointer (&self->scope, barua_scope_unref);
  g_clear_error (&self->cache_error);
  g_clear_pointer (&self->clock, barua_clock_unref);
  g_clear_pointer (&self->query_words, barua_engine_query_words_free);
  g_free (self->profile);
  G_OBJECT_CLASS (barua_engine_parent_class)->finalize (object);
}

static void
barua_engine_class_init (BaruaEngineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = barua_engine_finalize;
  signals[CHANGED] = g_signal_new ("changed", BARUA_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                   BARUA_TYPE_CHANGE_SET);
  signals[STATUS_CHANGED] = g_signal_new ("status-changed", BARUA_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[ARRIVED] = g_signal_new ("arrived", BARUA_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                   G_TYPE_INT64, BARUA_TYPE_ID_SET);
  signals[RESUMED] = g_signal_new ("resumed", BARUA_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
barua_engine_init (BaruaEngine *self)
{
  self->scope = barua_scope_new (NULL);
  self->accounts = g_ptr_array_new_with_free_func (barua_engine_account_free);
  self->folders = g_ptr_array_new_with_free_func ((GDestroyNotify) barua_folder_unref);
  self->by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->folders_waiters = g_ptr_array_new ();
  self->visible = barua_id_set_new ();
}
