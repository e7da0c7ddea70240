/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-address.h"

#include "barua-limits.h"
#include "barua-text.h"

BaruaAddress *
barua_address_new (const char *name,
                   const char *address)
{
  BaruaAddress *self = g_new0 (BaruaAddress, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->name = barua_text_clean (name != NULL ? name : "", -1, BARUA_LIMIT_DISPLAY_NAME_BYTES);
  self->address = barua_text_clean (address != NULL ? address : "", -1, BARUA_LIMIT_MESSAGE_ID_BYTES);
  return self;
}

BaruaAddress *
barua_address_ref (BaruaAddress *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
barua_address_unref (BaruaAddress *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->name);
  g_free (self->address);
  g_free (self);
}

char *
barua_address_dup_key (const BaruaAddress *self)
{
  return g_utf8_strdown (self->address, -1);
}

const char *
barua_address_get_shown (const BaruaAddress *self)
{
  return self->name[0] != '\0' ? self->name : self->address;
}

char *
barua_address_to_string (const BaruaAddress *self)
{
  if (self->name[0] == '\0')
    return g_strdup (self->address);
  return g_strdup_printf ("%s <%s>", self->name, self->address);
}

GPtrArray *
barua_address_list_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)barua_address_unref);
}

char *
barua_address_list_to_string (GPtrArray *addresses)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    {
      g_autofree char *one = barua_address_to_string (g_ptr_array_index (addresses, i));

      if (i > 0)
        g_string_append (text, ", ");
      g_string_append (text, one);
    }
  return g_string_free (text, FALSE);
}
