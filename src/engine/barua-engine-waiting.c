/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-engine-private.h"

#include "barua-engine-store.h"
#include "barua-limits.h"
#include "barua-store-refusal.h"
#include "barua-store-wish.h"

/* What waits and what was refused, as Activity shows it. What is read from the store says nothing of the connections: that is
 * added on the main thread. */

typedef struct
{
  BaruaEngine *engine;
  GArray      *groups;   /* BaruaStoreWishGroup */
  GArray      *refusals; /* BaruaStoreRefusal */
  guint        n_more;
} List;

static void
list_clear (gpointer data)
{
  List *list = data;

  g_object_unref (list->engine);
  g_clear_pointer (&list->groups, g_array_unref);
  g_clear_pointer (&list->refusals, g_array_unref);
}

static void
list_unref (gpointer list)
{
  g_atomic_rc_box_release_full (list, list_clear);
}

static gboolean
list_func (BaruaStoreConnection  *c,
           gpointer               data,
           GError               **error)
{
  List *list = data;

  list->refusals = barua_store_refusal_list (c, 0, BARUA_LIMIT_WAITING_SHOWN, &list->n_more, error);
  if (list->refusals != NULL)
    list->groups = barua_store_wish_list_groups (c, error);
  return list->groups != NULL;
}

static void
set_state (BaruaWaiting       *waiting,
           BaruaEngineAccount *account)
{
  g_autoptr (BaruaStatus) status = barua_engine_account_dup_status (account);

  switch (status->kind)
    {
    case BARUA_STATUS_OFFLINE:
      waiting->state = BARUA_WAITING_NETWORK;
      break;
    case BARUA_STATUS_WAITING:
      waiting->state = BARUA_WAITING_LATER;
      waiting->code = status->code;
      waiting->next_try = status->next_try;
      break;
    case BARUA_STATUS_STOPPED:
      waiting->state = BARUA_WAITING_STOPPED;
      waiting->code = status->code;
      break;
    default:
      waiting->state = BARUA_WAITING_QUEUED;
      break;
    }
}

/* NULL when its account has just gone. */
static BaruaWaiting *
waiting_for (BaruaEngine *engine,
             gint64       account,
             BaruaFlags   mask,
             BaruaFlags   bits,
             guint        n)
{
  BaruaEngineAccount *owner = barua_engine_find_account (engine, account);
  BaruaWaiting *waiting;

  if (owner == NULL)
    return NULL;
  waiting = barua_waiting_new ();
  waiting->account = account;
  waiting->mask = mask;
  waiting->bits = bits;
  waiting->n = n;
  g_set_str (&waiting->host, owner->account->host);
  set_state (waiting, owner);
  return waiting;
}

static void
add_waiting (BaruaWaitingList *answer,
             BaruaWaiting     *waiting)
{
  if (answer->items->len < BARUA_LIMIT_WAITING_SHOWN)
    g_ptr_array_add (answer->items, waiting);
  else
    {
      answer->n_more++;
      barua_waiting_unref (waiting);
    }
}

static DexFuture *
list_fiber (gpointer data)
{
  List *list = data;
  BaruaWaitingList *answer;
  GError *error = NULL;

  if (!dex_await (barua_engine_read (list->engine->store, "list waiting", list_func, g_atomic_rc_box_acquire (list), list_unref),
                  &error))
    return dex_future_new_for_error (error);
  answer = barua_waiting_list_new ();
  answer->n_more = list->n_more;
  for (guint i = 0; i < list->refusals->len; i++)
    {
      const BaruaStoreRefusal *refusal = &g_array_index (list->refusals, BaruaStoreRefusal, i);
      BaruaWaiting *waiting = waiting_for (list->engine, refusal->account, refusal->mask, refusal->bits, refusal->n);

      if (waiting == NULL)
        continue;
      waiting->id = refusal->id;
      waiting->state = BARUA_WAITING_REFUSED;
      waiting->code = refusal->code;
      waiting->next_try = 0;
      add_waiting (answer, waiting);
    }
  for (guint i = 0; i < list->groups->len; i++)
    {
      const BaruaStoreWishGroup *group = &g_array_index (list->groups, BaruaStoreWishGroup, i);
      BaruaWaiting *waiting = waiting_for (list->engine, group->account, group->mask, group->bits, group->n);

      if (waiting == NULL)
        continue;
      if (group->sending)
        waiting->state = BARUA_WAITING_SENDING;
      add_waiting (answer, waiting);
    }
  return dex_future_new_take_boxed (BARUA_TYPE_WAITING_LIST, answer);
}

DexFuture *
barua_engine_list_waiting (BaruaEngine *self)
{
  DexFuture *refused = NULL;
  List *list;

  if (!barua_engine_check_running (self, FALSE, &refused))
    return refused;
  list = g_atomic_rc_box_new0 (List);
  list->engine = g_object_ref (self);
  return barua_fiber_start ("list waiting", list_fiber, list, list_unref);
}

/* What the person says to a refusal ------------------------------------------------------------------------------------------------ */

typedef struct
{
  gint64   id;
  gboolean discarded;
} Decision;

static gboolean
retry_func (BaruaStoreConnection  *c,
            gpointer               data,
            GError               **error)
{
  return barua_store_refusal_retry (c, ((Decision *)data)->id, error);
}

static gboolean
discard_func (BaruaStoreConnection  *c,
              gpointer               data,
              GError               **error)
{
  Decision *decision = data;

  return barua_store_refusal_set_discarded (c, decision->id, decision->discarded, error);
}

static DexFuture *
on_decided (DexFuture *future,
            gpointer   data)
{
  barua_engine_replay_soon (data);
  return dex_ref (future);
}

static DexFuture *
decide (BaruaEngine    *self,
        gint64          id,
        gboolean        discarded,
        const char     *name,
        BaruaStoreFunc  func)
{
  DexFuture *refused = NULL;
  Decision *decision;

  if (!barua_engine_check_running (self, TRUE, &refused))
    return refused;
  decision = g_new0 (Decision, 1);
  decision->id = id;
  decision->discarded = discarded;
  return dex_future_then (barua_engine_write (self->store, BARUA_STORE_WISH, name, func, decision, g_free), on_decided,
                          g_object_ref (self), g_object_unref);
}

DexFuture *
barua_engine_retry (BaruaEngine *self,
                    gint64       id)
{
  return decide (self, id, FALSE, "retry", retry_func);
}

DexFuture *
barua_engine_set_discarded (BaruaEngine *self,
                            gint64       id,
                            gboolean     discarded)
{
  return decide (self, id, discarded, "discard", discard_func);
}
