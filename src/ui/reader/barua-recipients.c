/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-recipients.h"

#include <glib/gi18n-lib.h>

#include "barua-text.h"

static gboolean
is_own (BaruaEngine        *engine,
        const BaruaAddress *address)
{
  g_autoptr (GPtrArray) accounts = engine != NULL ? barua_engine_list_accounts (engine) : NULL;

  for (guint i = 0; accounts != NULL && i < accounts->len; i++)
    if (g_ascii_strcasecmp (((BaruaAccount *)g_ptr_array_index (accounts, i))->address, address->address) == 0)
      return TRUE;
  return FALSE;
}

static char *
short_name (BaruaEngine        *engine,
            const BaruaAddress *address)
{
  /* Translators: the person, as one of the recipients: "to me". */
  return is_own (engine, address) ? g_strdup (C_ ("recipient", "me")) : barua_text_ellipsise (barua_address_get_shown (address), 40);
}

char *
barua_recipients_summary (BaruaEngine              *engine,
                          const BaruaParsedMessage *message)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  g_ptr_array_extend (all, message->to, NULL, NULL);
  g_ptr_array_extend (all, message->cc, NULL, NULL);
  if (all->len == 0)
    return g_strdup (_("no recipients"));
  first = short_name (engine, g_ptr_array_index (all, 0));
  if (all->len == 1)
    return g_strdup_printf (_("to %s"), first);
  second = short_name (engine, g_ptr_array_index (all, 1));
  if (all->len == 2)
    return g_strdup_printf (_("to %1$s and %2$s"), first, second);
  /* Translators: two recipients, and how many more. */
  return g_strdup_printf (ngettext ("to %1$s, %2$s and %3$u other", "to %1$s, %2$s and %3$u others", all->len - 2), first, second,
                          all->len - 2);
}
