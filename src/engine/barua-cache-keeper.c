/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-cache-keeper.h"

#include "barua-engine-store.h"
#include "barua-error.h"
#include "barua-fiber.h"
#include "barua-limits.h"
#include "barua-store-body.h"

typedef struct
{
  BaruaStore            *store;
  BaruaClock            *clock;
  BaruaScope            *scope;
  BaruaCacheBusyFunc     busy;
  BaruaCacheTroubleFunc  trouble;
  gpointer               user_data;
  guint                  n_failed; /* rounds, one after the other */
  int                    code;     /* of the last failure, logged already */
} Keeper;

/* One portion of work in the store, shared with the thread that does it. */
typedef struct
{
  guint64 max_bytes;
  guint   n_done;
} Portion;

static void
keeper_free (gpointer data)
{
  Keeper *keeper = data;

  barua_store_unref (keeper->store);
  g_clear_pointer (&keeper->clock, barua_clock_unref);
  g_clear_pointer (&keeper->scope, barua_scope_unref);
  g_free (keeper);
}

static gboolean
collect_func (BaruaStoreConnection *c,
              gpointer              data,
              GError              **error)
{
  return barua_store_body_collect (c, &((Portion *)data)->n_done, error);
}

static gboolean
evict_func (BaruaStoreConnection *c,
            gpointer              data,
            GError              **error)
{
  Portion *portion = data;

  return barua_store_body_evict (c, portion->max_bytes, &portion->n_done, error);
}

/* Runs @func in transactions of its own until it has nothing left to do. */
static gboolean
repeat (BaruaStore      *store,
        const char      *name,
        BaruaStoreFunc   func,
        guint64          max_bytes,
        GError         **error)
{
  guint n_done;

  do
    {
      Portion *portion = g_atomic_rc_box_new0 (Portion);
      gboolean ok;

      portion->max_bytes = max_bytes;
      ok = dex_await (barua_engine_write (store, BARUA_STORE_NORMAL, name, func, g_atomic_rc_box_acquire (portion),
                                          g_atomic_rc_box_release),
                      error);
      n_done = portion->n_done;
      g_atomic_rc_box_release (portion);
      if (!ok)
        return FALSE;
    }
  while (n_done > 0);
  return TRUE;
}

typedef struct
{
  BaruaStore *store;
  guint64     max_bytes;
} Tidy;

static void
tidy_free (gpointer data)
{
  barua_store_unref (((Tidy *)data)->store);
  g_free (data);
}

static DexFuture *
tidy_fiber (gpointer data)
{
  Tidy *tidy = data;
  GError *error = NULL;

  if (!repeat (tidy->store, "collect bodies", collect_func, 0, &error) ||
      !repeat (tidy->store, "evict bodies", evict_func, tidy->max_bytes, &error))
    return dex_future_new_for_error (error);
  return dex_future_new_true ();
}

DexFuture *
barua_cache_tidy (BaruaStore *store,
                  guint64     max_bytes)
{
  Tidy *tidy = g_new0 (Tidy, 1);

  tidy->store = barua_store_ref (store);
  tidy->max_bytes = max_bytes;
  return barua_fiber_start ("tidy cache", tidy_fiber, tidy, tidy_free);
}

static void
on_packed (guint         n_looked_at,
           const GError *error,
           gpointer      user_data)
{
  g_autoptr (DexPromise) promise = user_data;

  if (error != NULL)
    dex_promise_reject (promise, g_error_copy (error));
  else
    dex_promise_resolve_int (promise, (int)n_looked_at);
}

static DexFuture *
pack_fiber (gpointer data)
{
  Keeper *keeper = data;

  while (!barua_scope_is_cancelled (keeper->scope))
    {
      DexPromise *promise = dex_promise_new ();
      GError *error = NULL;
      int n_looked_at;

      barua_store_body_pack (keeper->store, BARUA_PAGE_ROWS, on_packed, dex_ref (promise));
      n_looked_at = dex_await_int (DEX_FUTURE (promise), &error);
      if (error != NULL)
        return dex_future_new_for_error (error);
      if (n_looked_at == 0)
        return dex_future_new_true ();
    }
  return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_CANCELLED, "packing ended early");
}

DexFuture *
barua_cache_pack (BaruaStore *store,
                  BaruaScope *scope)
{
  Keeper *keeper = g_new0 (Keeper, 1);

  keeper->store = barua_store_ref (store);
  keeper->scope = barua_scope_new (scope);
  return barua_fiber_start ("pack cache", pack_fiber, keeper, keeper_free);
}

typedef struct
{
  BaruaStore *store;
  BaruaScope *scope;
  guint64     max_bytes;
} Round;

static void
round_free (gpointer data)
{
  Round *round = data;

  barua_store_unref (round->store);
  g_clear_pointer (&round->scope, barua_scope_unref);
  g_free (round);
}

/* Nothing is evicted that would fit once it is packed, and nothing packed that goes anyway. What fails keeps the rest from
 * nothing: making room is what helps when there is none. */
static DexFuture *
round_fiber (gpointer data)
{
  Round *round = data;
  g_autoptr (GError) collecting = NULL;
  g_autoptr (GError) packing = NULL;
  g_autoptr (GError) evicting = NULL;
  const GError *first;

  repeat (round->store, "collect bodies", collect_func, 0, &collecting);
  dex_await (barua_cache_pack (round->store, round->scope), &packing);
  if (!barua_scope_is_cancelled (round->scope))
    repeat (round->store, "evict bodies", evict_func, round->max_bytes, &evicting);
  first = collecting != NULL ? collecting : packing != NULL ? packing : evicting;
  return first != NULL ? dex_future_new_for_error (g_error_copy (first)) : dex_future_new_true ();
}

DexFuture *
barua_cache_keep (BaruaStore *store,
                  guint64     max_bytes,
                  BaruaScope *scope)
{
  Round *round = g_new0 (Round, 1);

  round->store = barua_store_ref (store);
  round->scope = barua_scope_new (scope);
  round->max_bytes = max_bytes;
  return barua_fiber_start ("keep cache", round_fiber, round, round_free);
}

/* What came of a round; returns after how many seconds the next one is due. */
static gint64
conclude (Keeper       *keeper,
          const GError *error)
{
  gint64 seconds = BARUA_CACHE_FIRST_SECONDS;

  if (error == NULL)
    {
      if (keeper->n_failed > 0)
        keeper->trouble (NULL, keeper->user_data);
      keeper->n_failed = 0;
      return BARUA_CACHE_SECONDS;
    }
  for (guint i = 0; i < keeper->n_failed && seconds < BARUA_CACHE_SECONDS; i++)
    seconds *= 2;
  if (keeper->n_failed == 0 || keeper->code != error->code)
    g_message ("keeping the cache: %s", error->message);
  keeper->n_failed = MIN (keeper->n_failed + 1, 64);
  keeper->code = error->code;
  keeper->trouble (error, keeper->user_data);
  return MIN (seconds, BARUA_CACHE_SECONDS);
}

static DexFuture *
keep_fiber (gpointer data)
{
  Keeper *keeper = data;
  gint64 seconds = BARUA_CACHE_FIRST_SECONDS;

  for (;;)
    {
      guint ms = barua_clock_scale_ms (keeper->clock, seconds * 1000);
      g_autoptr (GError) error = NULL;

      /* The timer only ever ends the wait; what counts is whether the scope ended it. */
      barua_scope_await (keeper->scope, dex_timeout_new_msec ((int)MIN (ms, G_MAXINT)), NULL);
      if (barua_scope_is_cancelled (keeper->scope))
        return dex_future_new_true ();
      if (keeper->busy (keeper->user_data))
        {
          seconds = BARUA_CACHE_FIRST_SECONDS;
          continue;
        }
      barua_scope_await (keeper->scope, barua_cache_keep (keeper->store, 0, keeper->scope), &error);
      if (barua_scope_is_cancelled (keeper->scope))
        return dex_future_new_true ();
      seconds = conclude (keeper, error);
    }
}

void
barua_cache_keeper_start (BaruaStore            *store,
                          BaruaClock            *clock,
                          BaruaScope            *scope,
                          BaruaCacheBusyFunc     busy,
                          BaruaCacheTroubleFunc  trouble,
                          gpointer               user_data)
{
  Keeper *keeper = g_new0 (Keeper, 1);

  keeper->store = barua_store_ref (store);
  keeper->clock = barua_clock_ref (clock);
  keeper->scope = barua_scope_new (scope);
  keeper->busy = busy;
  keeper->trouble = trouble;
  keeper->user_data = user_data;
  barua_fiber_spawn ("cache keeper", keep_fiber, keeper, keeper_free);
}
