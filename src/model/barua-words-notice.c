/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-words-notice.h"

#include <glib/gi18n-lib.h>

#include "barua-words.h"

char *
barua_words_notice_title (const BaruaNotice *notice,
                          gboolean           details)
{
  g_autofree char *number = barua_words_number (notice->count);

  /* Who names nobody in From is nobody. */
  if (details && notice->message != 0 && notice->people[0] != NULL && *notice->people[0] != '\0')
    return g_strdup (notice->people[0]);
  /* Translators: %s is a number. */
  return g_strdup_printf (ngettext ("%s new message", "%s new messages", notice->count), number);
}

static char *
people (const BaruaNotice *notice)
{
  const char *first = notice->people[0] != NULL ? notice->people[0] : "";
  const char *second = *first != '\0' ? notice->people[1] : NULL;
  g_autofree char *number = barua_words_number (notice->others);

  if (second == NULL)
    return g_strdup (first);
  if (notice->others == 0)
    /* Translators: two people who sent new mail, as in "Maria and Ben". */
    return g_strdup_printf (_("%s and %s"), first, second);
  /* Translators: people who sent new mail, as in "Maria, Ben and 4 others". */
  return g_strdup_printf (ngettext ("%1$s, %2$s and %3$s other", "%1$s, %2$s and %3$s others", notice->others), first, second,
                          number);
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
