/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-envelope.h"

BaruaEnvelope *
barua_envelope_new (void)
{
  BaruaEnvelope *self = g_new0 (BaruaEnvelope, 1);

  self->date = G_MININT64;
  self->subject = g_strdup ("");
  self->message_id = g_strdup ("");
  self->list_id = g_strdup ("");
  self->content_type = g_strdup ("");
  self->auto_submitted = g_strdup ("");
  return self;
}

void
barua_envelope_clear_lists (BaruaEnvelope *self)
{
  g_clear_pointer (&self->from, g_ptr_array_unref);
  g_clear_pointer (&self->sender, g_ptr_array_unref);
  g_clear_pointer (&self->reply_to, g_ptr_array_unref);
  g_clear_pointer (&self->to, g_ptr_array_unref);
  g_clear_pointer (&self->cc, g_ptr_array_unref);
  g_clear_pointer (&self->references, g_ptr_array_unref);
}

void
barua_envelope_free (BaruaEnvelope *self)
{
  if (self == NULL)
    return;
  barua_envelope_clear_lists (self);
  g_free (self->subject);
  g_free (self->message_id);
  g_free (self->list_id);
  g_free (self->content_type);
  g_free (self->auto_submitted);
  g_free (self);
}
