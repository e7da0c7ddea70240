/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-scope.h"

#include "barua-error.h"

struct _BaruaScope
{
  int           ref_count;
  GCancellable *cancellable;
  DexPromise   *cancelled; /* rejected when cancelled, never resolved */
  BaruaScope   *parent;
  GPtrArray    *children;  /* not owned */
};

BaruaScope *
barua_scope_new (BaruaScope *parent)
{
  BaruaScope *self = g_new0 (BaruaScope, 1);

  self->ref_count = 1;
  self->cancellable = g_cancellable_new ();
  self->cancelled = dex_promise_new ();
  self->children = g_ptr_array_new ();
  if (parent != NULL)
    {
      self->parent = barua_scope_ref (parent);
      g_ptr_array_add (parent->children, self);
      if (barua_scope_is_cancelled (parent))
        barua_scope_cancel (self);
    }
  return self;
}

BaruaScope *
barua_scope_ref (BaruaScope *self)
{
  self->ref_count++;
  return self;
}

void
barua_scope_unref (BaruaScope *self)
{
  if (--self->ref_count > 0)
    return;
  if (self->parent != NULL)
    {
      g_ptr_array_remove_fast (self->parent->children, self);
      barua_scope_unref (self->parent);
    }
  g_ptr_array_unref (self->children);
  g_clear_object (&self->cancellable);
  dex_clear (&self->cancelled);
  g_free (self);
}

void
barua_scope_cancel (BaruaScope *self)
{
  g_autoptr(GPtrArray) children = NULL;

  if (barua_scope_is_cancelled (self))
    return;
  /* Whoever wakes up may drop the last reference, of this scope or of a child. */
  barua_scope_ref (self);
  children = g_ptr_array_new_with_free_func ((GDestroyNotify) barua_scope_unref);
  for (guint i = 0; i < self->children->len; i++)
    g_ptr_array_add (children, barua_scope_ref (g_ptr_array_index (self->children, i)));
  g_cancellable_cancel (self->cancellable);
  dex_promise_reject (self->cancelled, g_error_new_literal (BARUA_ERROR, BARUA_ERROR_CANCELLED, "cancelled"));
  for (guint i = 0; i < children->len; i++)
    barua_scope_cancel (g_ptr_array_index (children, i));
  barua_scope_unref (self);
}

gboolean
barua_scope_is_cancelled (BaruaScope *self)
{
  return g_cancellable_is_cancelled (self->cancellable);
}

GCancellable *
barua_scope_get_cancellable (BaruaScope *self)
{
  return self->cancellable;
}

DexFuture *
barua_scope_first (BaruaScope *self,
                   DexFuture  *op)
{
  if (self == NULL)
    return op;
  return dex_future_first (DEX_FUTURE (dex_ref (self->cancelled)), op, NULL);
}

static DexFuture *
on_waited (DexFuture *future,
           gpointer   data)
{
  return dex_future_new_true ();
}

DexFuture *
barua_wait_new (guint ms)
{
  return dex_future_catch (dex_timeout_new_msec ((int) MIN (ms, (guint) G_MAXINT)), on_waited, NULL, NULL);
}

static DexFuture *
on_timeout (DexFuture *future,
            gpointer   what)
{
  return dex_future_new_reject (BARUA_ERROR, BARUA_ERROR_TIMEOUT, "%s: no answer in time", (const char *) what);
}

DexFuture *
barua_timeout_new (guint       timeout_ms,
                   const char *what)
{
  /* dex_timeout rejects with DEX_ERROR_TIMED_OUT; callers are to see our own. */
  return dex_future_catch (dex_timeout_new_msec ((int) MIN (timeout_ms, (guint) G_MAXINT)), on_timeout, g_strdup (what),
                           g_free);
}

DexFuture *
barua_scope_first_within (BaruaScope *self,
                          DexFuture  *op,
                          guint       timeout_ms,
                          const char *what)
{
  DexFuture *timeout = barua_timeout_new (timeout_ms, what);

  if (self == NULL)
    return dex_future_first (op, timeout, NULL);
  return dex_future_first (DEX_FUTURE (dex_ref (self->cancelled)), op, timeout, NULL);
}

gboolean
barua_scope_await (BaruaScope *self,
                   DexFuture  *op,
                   GError    **error)
{
  return dex_await (barua_scope_first (self, op), error);
}
