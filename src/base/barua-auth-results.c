/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-auth-results.h"

#include <string.h>

#include "barua-domain.h"

#define RESULTS_MAX 64u

/* Providers whose border servers have another name than those that one reads mail at. */
static const struct
{
  const char *own;
  const char *server;
} aliases[] = {
  { "gmail.com", "google.com" },         { "googlemail.com", "google.com" },    { "outlook.com", "microsoft.com" },
  { "hotmail.com", "microsoft.com" },    { "live.com", "microsoft.com" },       { "office365.com", "microsoft.com" },
  { "outlook.com", "outlook.com" },      { "icloud.com", "apple.com" },         { "me.com", "apple.com" },
  { "fastmail.com", "messagingengine.com" }, { "yahoo.com", "yahoodns.net" },   { "gmx.net", "gmx.net" },
};

/* Comments (nested) away, white space folded; the field is short by then. (full) */
static char *
without_comments (const char *value)
{
  GString *text = g_string_new (NULL);
  guint depth = 0;
  gboolean quoted = FALSE;

  for (const char *p = value; *p != '\0'; p++)
    {
      if (*p == '\\' && p[1] != '\0')
        {
          if (depth == 0)
            g_string_append_c (text, p[1]);
          p++;
          continue;
        }
      if (*p == '"' && depth == 0)
        quoted = !quoted;
      else if (*p == '(' && !quoted)
        depth++;
      else if (*p == ')' && !quoted && depth > 0)
        depth--;
      else if (depth == 0)
        g_string_append_c (text, !quoted && g_ascii_isspace (*p) ? ' ' : *p);
    }
  return g_string_free (text, FALSE);
}

static gboolean
is_own (const char        *name,
        const char *const *own_domains)
{
  for (guint i = 0; own_domains != NULL && own_domains[i] != NULL; i++)
    {
      if (barua_domain_same_owner (name, own_domains[i]))
        return TRUE;
      for (guint k = 0; k < G_N_ELEMENTS (aliases); k++)
        if (barua_domain_same_owner (own_domains[i], aliases[k].own) && barua_domain_same_owner (name, aliases[k].server))
          return TRUE;
    }
  return FALSE;
}

typedef struct
{
  gboolean dmarc_pass, dmarc_fail, dkim_aligned, dkim_fail, spf_aligned, spf_fail;
} Found;

/* The domain in "header.d=x", "header.i=@x", "smtp.mailfrom=a@x"; borrowed from @word. */
static const char *
domain_in (const char *value)
{
  const char *at = strrchr (value, '@');

  return at != NULL ? at + 1 : value;
}

static void
read_result (const char *part,
             const char *from_domain,
             Found      *found)
{
  g_auto (GStrv) words = g_strsplit_set (part, " ", -1);
  const char *method = NULL, *result = NULL, *domain = NULL;

  for (guint i = 0; words[i] != NULL; i++)
    {
      char *equals = strchr (words[i], '=');

      if (equals == NULL)
        continue;
      *equals = '\0';
      if (method == NULL)
        {
          method = words[i];
          result = equals + 1;
        }
      else if (g_ascii_strcasecmp (words[i], "header.d") == 0 || g_ascii_strcasecmp (words[i], "header.from") == 0 ||
               g_ascii_strcasecmp (words[i], "smtp.mailfrom") == 0 || (domain == NULL && g_ascii_strcasecmp (words[i], "header.i") == 0))
        domain = domain_in (equals + 1);
    }
  if (method == NULL)
    return;
  {
    gboolean pass = g_ascii_strcasecmp (result, "pass") == 0;
    gboolean fail = g_ascii_strcasecmp (result, "fail") == 0 || g_ascii_strcasecmp (result, "softfail") == 0 ||
                    g_ascii_strcasecmp (result, "permerror") == 0;
    gboolean aligned = domain != NULL && *domain != '\0' && barua_domain_same_owner (domain, from_domain);

    if (g_ascii_strcasecmp (method, "dmarc") == 0)
      {
        found->dmarc_pass |= pass && aligned;
        found->dmarc_fail |= fail && (aligned || domain == NULL);
      }
    else if (g_ascii_strcasecmp (method, "dkim") == 0)
      {
        found->dkim_aligned |= pass && aligned;
        found->dkim_fail |= fail && aligned;
      }
    else if (g_ascii_strcasecmp (method, "spf") == 0)
      {
        found->spf_aligned |= pass && aligned;
        found->spf_fail |= fail;
      }
  }
}

/* FALSE when the field is not the own server's. */
static gboolean
read_field (const char        *value,
            const char        *from_domain,
            const char *const *own_domains,
            Found             *found)
{
  g_autofree char *clean = without_comments (value);
  g_auto (GStrv) parts = g_strsplit (clean, ";", RESULTS_MAX);
  const char *name = parts[0] != NULL ? g_strstrip (parts[0]) : "";
  g_autofree char *server = g_strndup (name, strcspn (name, " /"));

  if (*server == '\0' || !is_own (server, own_domains))
    return FALSE;
  for (guint i = 1; parts[i] != NULL; i++)
    read_result (g_strstrip (parts[i]), from_domain, found);
  return TRUE;
}

BaruaProof
barua_auth_results_judge (const BaruaParsedMessage *message,
                          const char               *from_domain,
                          const char *const        *own_domains)
{
  Found found = { 0 };
  gboolean seen = FALSE;

  if (from_domain == NULL)
    return BARUA_PROOF_NONE;
  for (guint i = 0; i < message->headers->len; i++)
    {
      const BaruaHeader *header = g_ptr_array_index (message->headers, i);

      if (g_ascii_strcasecmp (header->name, "Authentication-Results") == 0)
        {
          if (!read_field (header->value, from_domain, own_domains, &found))
            break;
          seen = TRUE;
        }
      else if (seen && g_ascii_strcasecmp (header->name, "Received") == 0)
        break;
    }
  if (found.dmarc_fail && !found.dmarc_pass)
    return BARUA_PROOF_FAIL;
  if (found.dmarc_pass || found.dkim_aligned)
    return BARUA_PROOF_PASS;
  if (found.dkim_fail && found.spf_fail && !found.spf_aligned)
    return BARUA_PROOF_FAIL;
  return BARUA_PROOF_NONE;
}
