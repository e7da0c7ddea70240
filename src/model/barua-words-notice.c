/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-words-notice.h"

#include <glib/gi18n-lib.h>

char *
barua_words_notice_title (const BaruaNotice *notice,
                          gboolean           details)
{
  /* Who names nobody in From is nobody. */
  if (details && notice->message != 0 && notice->people[0] != NULL && *notice->people[0] != '\0')
    return g_strdup (notice->people[0]);
  return g_strdup_printf (ngettext ("%u new message", "%u new messages", notice->count), notice->count);
}

static char *
people (const BaruaNotice *notice)
{
  const char *first = notice->people[0] != NULL ? notice->people[0] : "";
  const char *second = *first != '\0' ? notice->people[1] : NULL;

  if (second == NULL)
    return g_strdup (first);
  if (notice->others == 0)
    /* Translators: two people who sent new mail, as in "Maria and Ben". */
    return g_strdup_printf (_("%s and %s"), first, second);
  /* Translators: people who sent new mail, as in "Maria, Ben and 4 others". */
  return g_strdup_printf (ngettext ("%s, %s and %u other", "%s, %s and %u others", notice->others), first, second,
                          notice->others);
}

char *
barua_words_notice_body (const BaruaNotice *notice,
                         gboolean           details,
                         const char        *account)
{
  if (!details)
    return g_strdup (account);
  if (notice->message == 0)
    return people (notice);
  return g_strdup (*notice->subject != '\0' ? notice->subject : _("(no subject)"));
}
