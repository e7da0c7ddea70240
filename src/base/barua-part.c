/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-part.h"

BaruaPart *
barua_part_new (void)
{
  BaruaPart *self = g_new0 (BaruaPart, 1);

  self->section = g_strdup ("");
  self->type = g_strdup ("text/plain");
  self->charset = g_strdup ("");
  self->encoding = g_strdup ("7bit");
  self->content_id = g_strdup ("");
  self->file_name = g_strdup ("");
  return self;
}

void
barua_part_free (BaruaPart *self)
{
  if (self == NULL)
    return;
  g_free (self->section);
  g_free (self->type);
  g_free (self->charset);
  g_free (self->encoding);
  g_free (self->content_id);
  g_free (self->file_name);
  g_free (self);
}

GPtrArray *
barua_part_list_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)barua_part_free);
}
