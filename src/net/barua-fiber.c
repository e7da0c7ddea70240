/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-fiber.h"

#include "barua-error.h"
#include "barua-limits.h"

typedef struct
{
  const char *name;
  DexPromise *promise;
} Ending;

static void
ending_free (gpointer data)
{
  Ending *ending = data;

  dex_clear (&ending->promise);
  g_free (ending);
}

static void
log_error (const char   *name,
           const GError *error)
{
  if (g_error_matches (error, BARUA_ERROR, BARUA_ERROR_CANCELLED))
    g_debug ("%s: %s", name, error->message);
  else
    g_message ("%s: %s", name, error->message);
}

static DexFuture *
on_ended (DexFuture *future,
          gpointer   data)
{
  Ending *ending = data;
  g_autoptr(GError) error = NULL;
  const GValue *value = dex_future_get_value (future, &error);

  if (ending->promise == NULL)
    {
      if (value == NULL)
        log_error (ending->name, error);
    }
  else if (value != NULL)
    dex_promise_resolve (ending->promise, value);
  else
    dex_promise_reject (ending->promise, g_steal_pointer (&error));
  return dex_future_new_true ();
}

static void
watch (const char *name,
       DexFuture  *future,
       DexPromise *promise)
{
  Ending *ending = g_new0 (Ending, 1);

  ending->name = name;
  ending->promise = promise;
  dex_future_disown (dex_future_finally (future, on_ended, ending, ending_free));
}

static DexFuture *
spawn (DexFiberFunc   func,
       gpointer       data,
       GDestroyNotify destroy)
{
  return dex_scheduler_spawn (dex_scheduler_get_default (), BARUA_FIBER_STACK_BYTES, func, data, destroy);
}

void
barua_fiber_spawn (const char    *name,
                   DexFiberFunc   func,
                   gpointer       data,
                   GDestroyNotify destroy)
{
  watch (name, spawn (func, data, destroy), NULL);
}

DexFuture *
barua_fiber_start (const char    *name,
                   DexFiberFunc   func,
                   gpointer       data,
                   GDestroyNotify destroy)
{
  DexPromise *promise = dex_promise_new ();

  watch (name, spawn (func, data, destroy), dex_ref (promise));
  return DEX_FUTURE (promise);
}

void
barua_future_disown (const char *name,
                     DexFuture  *future)
{
  watch (name, future, NULL);
}
