/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "barua-words.h"

/* What the person did to messages, what of it waits, and why it does. */

char *
barua_words_marked (guint      n,
                    BaruaFlags mask,
                    BaruaFlags bits)
{
  g_autofree char *number = barua_words_number (n);

  /* Translators: %s is a number, in all of these. */
  if (mask == BARUA_FLAG_SEEN && bits != 0)
    return g_strdup_printf (ngettext ("Marked %s message as read", "Marked %s messages as read", n), number);
  if (mask == BARUA_FLAG_SEEN)
    return g_strdup_printf (ngettext ("Marked %s message as unread", "Marked %s messages as unread", n), number);
  if (bits != 0)
    return g_strdup_printf (ngettext ("Starred %s message", "Starred %s messages", n), number);
  return g_strdup_printf (ngettext ("Removed the star of %s message", "Removed the stars of %s messages", n), number);
}

char *
barua_words_waiting (const BaruaWaiting *waiting)
{
  g_autofree char *number = barua_words_number (waiting->n);

  /* Translators: something that the server has still to do, in all of these. %s is a number. */
  if (waiting->mask == BARUA_FLAG_SEEN && waiting->bits != 0)
    return g_strdup_printf (ngettext ("Mark %s message as read", "Mark %s messages as read", waiting->n), number);
  if (waiting->mask == BARUA_FLAG_SEEN)
    return g_strdup_printf (ngettext ("Mark %s message as unread", "Mark %s messages as unread", waiting->n), number);
  if (waiting->bits != 0)
    return g_strdup_printf (ngettext ("Star %s message", "Star %s messages", waiting->n), number);
  return g_strdup_printf (ngettext ("Remove the star of %s message", "Remove the stars of %s messages", waiting->n), number);
}

static const char *
refused_words (BaruaErrorCode code)
{
  switch (code)
    {
    case BARUA_ERROR_QUOTA:
      return _("Refused: the mailbox is full");
    case BARUA_ERROR_NOT_PERMITTED:
      return _("Refused: you may only read this folder");
    case BARUA_ERROR_NOT_FOUND:
      return _("Refused: the folder or the messages no longer exist");
    default:
      /* Translators: the server gave no reason. */
      return _("Refused by the mail service");
    }
}

char *
barua_words_waiting_state (const BaruaWaiting *waiting)
{
  g_autofree char *time = NULL;

  switch (waiting->state)
    {
    case BARUA_WAITING_SENDING:
      return g_strdup (_("Sending"));
    case BARUA_WAITING_NETWORK:
      return g_strdup (_("Waiting for the network"));
    case BARUA_WAITING_LATER:
      if (waiting->next_try <= 0)
        return barua_words_error (waiting->code, waiting->host, NULL);
      time = barua_words_time (waiting->next_try);
      /* Translators: %s is a time, "12:10". */
      return g_strdup_printf (_("Tries again at %s"), time);
    case BARUA_WAITING_STOPPED:
      return barua_words_error (waiting->code, waiting->host, NULL);
    case BARUA_WAITING_REFUSED:
      return g_strdup (refused_words (waiting->code));
    case BARUA_WAITING_QUEUED:
    default:
      return g_strdup (_("Waiting to be sent"));
    }
}

char *
barua_words_discarded (guint n)
{
  g_autofree char *number = barua_words_number (n);

  /* Translators: the person let go what the mail service refused to do to so many messages. */
  return g_strdup_printf (ngettext ("Discarded the change of %s message", "Discarded the changes of %s messages", n), number);
}
