/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-row.h"

BaruaRow *
barua_row_new (void)
{
  BaruaRow *self = g_new0 (BaruaRow, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->thread_count = 1;
  return self;
}

BaruaRow *
barua_row_ref (BaruaRow *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
barua_row_unref (BaruaRow *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->from_name);
  g_free (self->from_address);
  g_free (self->to);
  g_free (self->subject);
  g_free (self->preview);
  g_free (self->message_id);
  g_strfreev (self->people);
  g_free (self);
}
