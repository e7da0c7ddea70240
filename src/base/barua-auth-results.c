/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-auth-results.h"

#include <string.h>

#include "barua-domain.h"

#define RESULTS_MAX 64u

/* Providers whose border servers have another name than those that one reads mail at. NULL: they write no name at all, and
 * always a field of their own on top. */
static const struct
{
  const char *own;
  const char *server;
} aliases[] = {
  { "gmail.com", "google.com" },   { "googlemail.com", "google.com" },        { "outlook.com", "microsoft.com" },
  { "outlook.com", NULL },         { "hotmail.com", "microsoft.com" },        { "hotmail.com", NULL },
  { "live.com", "microsoft.com" }, { "live.com", NULL },                      { "office365.com", "microsoft.com" },
  { "office365.com", NULL },       { "icloud.com", "apple.com" },             { "me.com", "apple.com" },
  { "me.com", "icloud.com" },      { "fastmail.com", "messagingengine.com" }, { "yahoo.com", "yahoodns.net" },
};

/* What stands in quotes or behind a backslash is somebody's word, not the server's: no letter of it may end a result or begin
 * another one. */
static char
tame (char c)
{
  return g_ascii_isspace (c) || c == ';' || c == '=' ? '_' : c;
}

/* Comments (nested) away, white space folded, quotes away; the field is short by then. (full) */
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
            g_string_append_c (text, tame (p[1]));
          p++;
        }
      else if (*p == '"' && depth == 0)
        quoted = !quoted;
      else if (*p == '(' && !quoted)
        depth++;
      else if (*p == ')' && !quoted && depth > 0)
        depth--;
      else if (depth == 0 && quoted)
        g_string_append_c (text, tame (*p));
      else if (depth == 0)
        g_string_append_c (text, g_ascii_isspace (*p) ? ' ' : *p);
    }
  return g_string_free (text, FALSE);
}

/* @name: NULL where the field bears none. */
static gboolean
is_own (const char        *name,
        const char *const *own_domains)
{
  for (guint i = 0; own_domains != NULL && own_domains[i] != NULL; i++)
    {
      if (name != NULL && barua_domain_same_owner (name, own_domains[i]))
        return TRUE;
      for (guint k = 0; k < G_N_ELEMENTS (aliases); k++)
        if (barua_domain_same_owner (own_domains[i], aliases[k].own) && (name != NULL) == (aliases[k].server != NULL) &&
            (name == NULL || barua_domain_same_owner (name, aliases[k].server)))
          return TRUE;
    }
  return FALSE;
}

typedef struct
{
  gboolean dmarc_pass, dmarc_fail, dkim_aligned, dkim_fail, spf_aligned, spf_fail;
} Found;

/* The domain in "x", "@x", "a@x"; borrowed from @word. */
static const char *
domain_in (const char *value)
{
  const char *at = strrchr (value, '@');

  return at != NULL ? at + 1 : value;
}

/* What each method proves, and where the domain stands that it proves: nothing else in the result counts (RFC 8601, 2.7). */
static const struct
{
  const char *method;
  const char *property;
  const char *instead; /* where that is missing; NULL */
} methods[] = {
  { "dmarc", "header.from", NULL },
  { "dkim", "header.d", "header.i" },
  { "spf", "smtp.mailfrom", "smtp.mail" },
};

/* The value in "name=value"; NULL when @word is something else. Borrowed. */
static const char *
value_in (const char *word,
          const char *name)
{
  gsize length = strlen (name);

  return g_ascii_strncasecmp (word, name, length) == 0 && word[length] == '=' ? word + length + 1 : NULL;
}

/* The first one's of @words; NULL. */
static const char *
find_value (char       **words,
            const char  *name)
{
  const char *value = NULL;

  for (guint i = 0; name != NULL && words[i] != NULL && value == NULL; i++)
    value = value_in (words[i], name);
  return value;
}

/* "dkim = pass" is "dkim=pass", "dkim/1=pass" too. (full) */
static char **
split_result (const char *part)
{
  g_autoptr (GString) text = g_string_new (part);

  while (g_string_replace (text, " =", "=", 0) + g_string_replace (text, "= ", "=", 0) > 0)
    continue;
  g_string_replace (text, "/1=", "=", 1);
  return g_strsplit (text->str, " ", -1);
}

static void
take_result (guint       method,
             const char *result,
             gboolean    aligned,
             gboolean    is_named,
             Found      *found)
{
  gboolean pass = g_ascii_strcasecmp (result, "pass") == 0;
  gboolean fail = g_ascii_strcasecmp (result, "fail") == 0 || g_ascii_strcasecmp (result, "softfail") == 0 ||
                  g_ascii_strcasecmp (result, "permerror") == 0;

  switch (method)
    {
    case 0:
      found->dmarc_pass |= pass && aligned;
      found->dmarc_fail |= fail && (aligned || !is_named);
      break;
    case 1:
      found->dkim_aligned |= pass && aligned;
      found->dkim_fail |= fail && aligned;
      break;
    default:
      found->spf_aligned |= pass && aligned;
      found->spf_fail |= fail;
    }
}

static void
read_result (const char *part,
             const char *from_domain,
             Found      *found)
{
  g_auto (GStrv) words = split_result (part);

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      const char *result = words[0] != NULL ? value_in (words[0], methods[i].method) : NULL;
      const char *value = find_value (words, methods[i].property);
      const char *domain;

      if (result == NULL)
        continue;
      if (value == NULL)
        value = find_value (words, methods[i].instead);
      domain = value != NULL ? domain_in (value) : "";
      take_result (i, result, *domain != '\0' && barua_domain_same_owner (domain, from_domain), *domain != '\0', found);
    }
}

typedef enum
{
  FIELD_OTHERS, /* not the own server's */
  FIELD_OWN,
  FIELD_NAMELESS /* likewise, of one that writes no name */
} Field;

/* Without a name only the topmost one is known to be the server's. */
static Field
read_field (const char        *value,
            gboolean           is_topmost,
            const char        *from_domain,
            const char *const *own_domains,
            Found             *found)
{
  g_autofree char *clean = without_comments (value);
  g_auto (GStrv) parts = g_strsplit (clean, ";", RESULTS_MAX);
  const char *name = parts[0] != NULL ? g_strstrip (parts[0]) : "";
  g_autofree char *server = g_strndup (name, strcspn (name, " /"));
  gboolean is_nameless = strchr (name, '=') != NULL;

  if (*server == '\0' || (is_nameless && !is_topmost) || !is_own (is_nameless ? NULL : server, own_domains))
    return FIELD_OTHERS;
  for (guint i = is_nameless ? 0 : 1; parts[i] != NULL; i++)
    read_result (g_strstrip (parts[i]), from_domain, found);
  return is_nameless ? FIELD_NAMELESS : FIELD_OWN;
}

static BaruaProof
judge (const Found *found)
{
  /* Two verdicts that contradict each other prove nothing. */
  if (found->dmarc_fail)
    return found->dmarc_pass ? BARUA_PROOF_NONE : BARUA_PROOF_FAIL;
  if (found->dmarc_pass || found->dkim_aligned)
    return BARUA_PROOF_PASS;
  if (found->dkim_fail && found->spf_fail && !found->spf_aligned)
    return BARUA_PROOF_FAIL;
  return BARUA_PROOF_NONE;
}

BaruaProof
barua_auth_results_judge (const BaruaParsedMessage *message,
                          const char               *from_domain,
                          const char *const        *own_domains)
{
  Found found = { 0 };
  gboolean is_over = FALSE;
  gboolean seen = FALSE;

  if (from_domain == NULL)
    return BARUA_PROOF_NONE;
  for (guint i = 0; i < message->headers->len && !is_over; i++)
    {
      const BaruaHeader *header = g_ptr_array_index (message->headers, i);

      if (g_ascii_strcasecmp (header->name, "Authentication-Results") == 0)
        {
          is_over = read_field (header->value, !seen, from_domain, own_domains, &found) != FIELD_OWN;
          seen = TRUE;
        }
      else
        is_over = seen && g_ascii_strcasecmp (header->name, "Received") == 0;
    }
  return judge (&found);
}
