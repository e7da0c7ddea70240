/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-trust.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "barua-domain.h"
#include "barua-limits.h"
#include "barua-text.h"
#include "barua-words.h"

#define SHOWN_NAME_CHARS 80u

static void
finding_free (gpointer data)
{
  BaruaTrustFinding *finding = data;

  g_free (finding->words);
  g_free (finding);
}

static void
add (BaruaTrust      *self,
     BaruaTrustLevel  level,
     char            *words)
{
  BaruaTrustFinding *finding = g_new0 (BaruaTrustFinding, 1);
  guint at = 0;

  finding->level = level;
  finding->words = words;
  while (at < self->findings->len && ((BaruaTrustFinding *)g_ptr_array_index (self->findings, at))->level >= level)
    at++;
  g_ptr_array_insert (self->findings, (int)at, finding);
}

/* The address that a display name pretends to be, when it is another domain's than the true one; NULL. (full) */
static char *
pretended_address (const BaruaAddress *from)
{
  g_autoptr (GRegex) regex = g_regex_new ("[^\\s<>\"'(),;:]+[@\\x{FF20}\\x{FE6B}]([^\\s<>\"'(),;:]+\\.[^\\s<>\"'(),;:.]+)", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *true_domain = barua_domain_of_address (from->address);
  g_autofree char *domain = NULL;

  if (true_domain == NULL || !g_regex_match (regex, from->name, 0, &match))
    return NULL;
  domain = g_match_info_fetch (match, 1);
  return g_ascii_strcasecmp (domain, true_domain) != 0 ? g_match_info_fetch (match, 0) : NULL;
}

/* The domain that answers go to when it is not the sender's; NULL. Lists do that all the time. (full) */
static char *
other_reply_domain (const BaruaParsedMessage *message,
                    const char               *from_domain)
{
  if (*message->list_id != '\0')
    return NULL;
  for (guint i = 0; i < message->reply_to->len; i++)
    {
      const BaruaAddress *reply = g_ptr_array_index (message->reply_to, i);
      g_autofree char *domain = barua_domain_of_address (reply->address);

      if (domain != NULL && g_strcmp0 (domain, from_domain) != 0)
        return g_steal_pointer (&domain);
    }
  return NULL;
}

static void
judge_sender (BaruaTrust               *self,
              const BaruaParsedMessage *message,
              const BaruaTrustContext  *context,
              const BaruaAddress       *from,
              const char               *domain)
{
  g_autofree char *shown_domain = barua_domain_shown (domain);
  g_autofree char *shown_address = barua_domain_address_shown (from->address);
  g_autofree char *pretended = pretended_address (from);
  g_autofree char *imitated = barua_domain_imitated (domain, context->known_domains);
  g_autofree char *reply = other_reply_domain (message, domain);

  self->proof = barua_auth_results_judge (message, domain, context->own_domains);
  if (imitated != NULL)
    add (self, BARUA_TRUST_DANGER,
         /* Translators: two domains: the well-known one, and the one that imitates it. */
         g_strdup_printf (_("The address looks like %1$s, but it is %2$s."), imitated, shown_domain));
  if (self->proof == BARUA_PROOF_FAIL)
    add (self, BARUA_TRUST_DANGER,
         /* Translators: %s is a domain, "bank.example". */
         g_strdup_printf (_("Barua could not confirm that %s sent this. Be careful with links and attachments."), shown_domain));
  if (pretended != NULL)
    {
      g_autofree char *name = barua_text_ellipsise (pretended, SHOWN_NAME_CHARS);

      add (self, BARUA_TRUST_CARE, g_strdup_printf (_("The name says %1$s, but it came from %2$s."), name, shown_address));
    }
  if (reply != NULL)
    {
      g_autofree char *shown_reply = barua_domain_shown (reply);

      /* Translators: %s is a domain, "posta.example". */
      add (self, BARUA_TRUST_CARE, g_strdup_printf (_("Replies go to %s, not to the sender."), shown_reply));
    }
  if (context->is_first && !context->is_known && self->proof != BARUA_PROOF_PASS)
    add (self, BARUA_TRUST_NOTE, g_strdup (_("First message from this address.")));
  if (self->proof == BARUA_PROOF_PASS)
    /* Translators: %s is a domain, "bank.example". */
    self->proven = g_strdup_printf (_("Your mail server confirmed that %s sent this."), shown_domain);
}

BaruaTrust *
barua_trust_judge (const BaruaParsedMessage *message,
                   const BaruaTrustContext  *context)
{
  BaruaTrust *self = g_new0 (BaruaTrust, 1);
  const BaruaAddress *from = message->from->len > 0 ? g_ptr_array_index (message->from, 0) : NULL;
  g_autofree char *domain = from != NULL ? barua_domain_of_address (from->address) : NULL;

  self->findings = g_ptr_array_new_with_free_func (finding_free);
  if (domain != NULL)
    judge_sender (self, message, context, from, domain);
  if (message->from->len > 1)
    {
      g_autofree char *number = barua_words_number (message->from->len);

      add (self, BARUA_TRUST_CARE,
           /* Translators: %s is the number of addresses in the field From. */
           g_strdup_printf (ngettext ("This names %s sender; only the first is shown.",
                                      "This names %s senders; only the first is shown.", message->from->len), number));
    }
  if (message->date != G_MININT64 && context->arrived != G_MININT64 &&
      (message->date > context->arrived + BARUA_DATES_DIFFER_SECONDS ||
       message->date < context->arrived - BARUA_DATES_DIFFER_SECONDS))
    {
      g_autofree char *arrived = barua_words_date_full (context->arrived, 0);
      g_autofree char *sent = barua_words_date_full (message->date, message->date_zone);

      add (self, BARUA_TRUST_NOTE,
           /* Translators: two dates. */
           g_strdup_printf (_("The sender’s date is %1$s, but it arrived %2$s."), sent, arrived));
    }
  return self;
}

void
barua_trust_free (BaruaTrust *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->findings);
  g_free (self->proven);
  g_free (self);
}

char *
barua_trust_link (const char  *uri,
                  const char  *text,
                  gboolean     failed,
                  char       **host)
{
  g_autofree char *target = barua_domain_of_uri (uri);
  g_autofree char *named = text != NULL ? barua_domain_in_text (text) : NULL;
  g_autofree char *shown = target != NULL ? barua_domain_shown (target) : NULL;
  g_autofree char *imitated = target != NULL ? barua_domain_imitated (target, NULL) : NULL;
  char *words = NULL;

  if (named != NULL && target != NULL && !barua_domain_same_owner (named, target))
    {
      g_autofree char *shown_named = barua_domain_shown (named);

      /* Translators: two domains: the one that stands there, and the one that the link leads to. */
      words = g_strdup_printf (_("It shows %1$s but opens %2$s."), shown_named, shown);
    }
  else if (imitated != NULL)
    /* Translators: two domains: the well-known one, and the one that imitates it. */
    words = g_strdup_printf (_("The address looks like %1$s, but it is %2$s."), imitated, shown);
  else if (failed && shown != NULL)
    /* Translators: %s is a domain. */
    words = g_strdup_printf (_("Barua could not confirm who sent this message. The link opens %s."), shown);
  if (host != NULL)
    *host = words != NULL ? g_steal_pointer (&shown) : NULL;
  return words;
}
