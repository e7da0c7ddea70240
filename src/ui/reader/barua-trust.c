/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-trust.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The address that a display name pretends to be, when it is another domain's than the true one; NULL. (full) */
static char *
pretended_address (const BaruaAddress *from)
{
  g_autoptr (GRegex) regex = g_regex_new ("[^\\s<>\"'(),;:]+@([^\\s<>\"'(),;:]+\\.[^\\s<>\"'(),;:.]+)", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  const char *at = strrchr (from->address, '@');
  g_autofree char *domain = NULL;

  if (at == NULL || !g_regex_match (regex, from->name, 0, &match))
    return NULL;
  domain = g_match_info_fetch (match, 1);
  return g_ascii_strcasecmp (domain, at + 1) != 0 ? g_match_info_fetch (match, 0) : NULL;
}

/* The domain that answers go to when it is not the sender's; NULL. Lists do that all the time. (full) */
static char *
other_reply_domain (const BaruaParsedMessage *message)
{
  const BaruaAddress *from = g_ptr_array_index (message->from, 0);
  const BaruaAddress *reply = message->reply_to->len > 0 ? g_ptr_array_index (message->reply_to, 0) : NULL;
  const char *from_at = strrchr (from->address, '@');
  const char *reply_at = reply != NULL ? strrchr (reply->address, '@') : NULL;

  if (from_at == NULL || reply_at == NULL || *message->list_id != '\0' || g_ascii_strcasecmp (from_at, reply_at) == 0)
    return NULL;
  return g_strdup (reply_at + 1);
}

char *
barua_trust_words (const BaruaParsedMessage *message)
{
  const BaruaAddress *from = message->from->len > 0 ? g_ptr_array_index (message->from, 0) : NULL;
  g_autofree char *pretended = from != NULL ? pretended_address (from) : NULL;
  g_autofree char *reply = from != NULL ? other_reply_domain (message) : NULL;

  if (pretended != NULL)
    return g_strdup_printf (_("The name says %1$s, but it came from %2$s."), pretended, from->address);
  if (reply != NULL)
    /* Translators: %s is a domain, "posta.example". */
    return g_strdup_printf (_("Replies go to %s, not to the sender."), reply);
  return NULL;
}
