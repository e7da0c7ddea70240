/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "barua-words.h"

/* Every code has a sentence and a remedy; %1$s is the host, %2$s the user name. The order is that of BaruaErrorCode. */
typedef struct
{
  const char *sentence;
  const char *remedy;
} ErrorWords;

static const ErrorWords error_words[BARUA_N_ERRORS] = {
  [BARUA_ERROR_OFFLINE] = { N_("You are offline."), N_("Connect to a network. Barua goes on by itself.") },
  [BARUA_ERROR_UNKNOWN_HOST] = { N_("There is no %1$s."), N_("Check the name of the server.") },
  [BARUA_ERROR_REFUSED] = { N_("%1$s refuses connections."),
                            N_("Check the name and the port, or try again later. Barua also tries by itself.") },
  [BARUA_ERROR_TIMEOUT] = { N_("%1$s did not answer in time."), N_("Try again later. Barua also tries by itself.") },
  [BARUA_ERROR_CONNECTION_LOST] = { N_("The connection to %1$s broke."), N_("Barua connects again by itself.") },
  [BARUA_ERROR_CERTIFICATE] = { N_("%1$s can’t prove who it is. Nothing was sent."),
                                N_("Check the name of the server and the clock of this computer, or ask whoever runs it.") },
  [BARUA_ERROR_TLS] = { N_("No secure connection to %1$s could be made."),
                        N_("Ask whoever runs the mail service for TLS 1.2 or later.") },
  [BARUA_ERROR_INSECURE] = { N_("%1$s offers no secure connection, so Barua does not connect."),
                             N_("Ask the mail service for its secure settings.") },
  [BARUA_ERROR_TAMPERED] = { N_("Somebody may be tampering with the connection to %1$s. Nothing was sent."),
                             N_("Try another network. If it happens again, tell whoever runs the mail service.") },
  [BARUA_ERROR_AUTHENTICATION] = { N_("%1$s did not accept this password."),
                                   N_("Check the user name %2$s and the password.") },
  [BARUA_ERROR_NO_MECHANISM] = { N_("%1$s offers no way to sign in that Barua knows."),
                                 N_("Ask the mail service which sign-in it wants.") },
  [BARUA_ERROR_CREDENTIALS] = { N_("The password for %2$s could not be had."),
                                N_("Check the command that prints the password.") },
  [BARUA_ERROR_NOT_PERMITTED] = { N_("Signed in, but %1$s keeps this mailbox closed."),
                                  N_("Ask the mail service to open it for mail programs.") },
  [BARUA_ERROR_BUSY] = { N_("%1$s is busy."), N_("Barua tries again by itself, a little later each time.") },
  [BARUA_ERROR_SERVER_REFUSED] = { N_("%1$s refused to do this."), N_("The details have what it answered.") },
  [BARUA_ERROR_PROTOCOL] = { N_("%1$s answered in a way that mail servers must not."),
                             N_("Barua tries again by itself. If it happens again, report it with the details.") },
  [BARUA_ERROR_LIMIT] = { N_("This is larger than Barua accepts."), N_("The rest of your mail is not affected.") },
  [BARUA_ERROR_QUOTA] = { N_("The mailbox at %1$s is full. New mail may be turned away."),
                          N_("Delete messages that you no longer need, large ones first.") },
  [BARUA_ERROR_NOT_FOUND] = { N_("There is no such thing here, or it is gone."),
                              N_("Check the name. It may have been moved or deleted on another device.") },
  [BARUA_ERROR_EXISTS] = { N_("This is already in Barua."), N_("Use the one that is there, or another name.") },
  [BARUA_ERROR_NO_SPACE] = { N_("This disk is full. Nothing was changed."),
                             N_("Free some space, then try again. Barua also tries to synchronise again by itself.") },
  [BARUA_ERROR_IO] = { N_("A file could not be read or written."),
                       N_("Check that the folder exists and that you may write there.") },
  [BARUA_ERROR_STORE_DAMAGED] = { N_("Barua’s data on this computer are damaged."),
                                  N_("Start Barua again: it repairs what it can and fetches the rest from the server. "
                                     "If that does not help, move the profile folder away.") },
  [BARUA_ERROR_STORE_NEWER] = { N_("This profile was written by a newer version of Barua."),
                                N_("Use that version, or another profile.") },
  [BARUA_ERROR_PROFILE_IN_USE] = { N_("Barua is already open with this profile."), N_("Close it first, or use it.") },
  [BARUA_ERROR_INVALID] = { N_("This can’t be right as it was given."), N_("Check what was typed.") },
  [BARUA_ERROR_CANCELLED] = { N_("You cancelled this."), N_("Start it again when you like.") },
  [BARUA_ERROR_CONFLICT] = { N_("This changed on the server at the same time."),
                             N_("Barua looks again by itself. Try once more.") },
  [BARUA_ERROR_INTERNAL] = { N_("Something went wrong inside Barua."),
                             N_("Start Barua again. If it happens again, report it with the details.") },
};

/* @format is from the table above, or its translation, which gettext checks to take the same arguments. */
static char *
fill (const char *format,
      const char *host,
      const char *user)
{
  /* Translators: stands for the name of a server, at the beginning of a sentence or inside it. */
  const char *nameless = g_str_has_prefix (format, "%1$s") ? _("The mail server") : _("the mail server");
  const char *shown_host = host != NULL && *host != '\0' ? host : nameless;
  const char *shown_user = user != NULL && *user != '\0' ? user : _("this account");
  GString *text = g_string_new (NULL);

  for (const char *p = format; *p != '\0'; p++)
    {
      if (g_str_has_prefix (p, "%1$s") || g_str_has_prefix (p, "%2$s"))
        {
          g_string_append (text, p[1] == '1' ? shown_host : shown_user);
          p += 3;
        }
      else
        g_string_append_c (text, *p);
    }
  return g_string_free (text, FALSE);
}

static const ErrorWords *
words_of (BaruaErrorCode code)
{
  if ((int)code < 0 || code >= BARUA_N_ERRORS || error_words[code].sentence == NULL)
    return &error_words[BARUA_ERROR_INTERNAL];
  return &error_words[code];
}

char *
barua_words_error (BaruaErrorCode  code,
                   const char     *host,
                   const char     *user)
{
  return fill (g_dgettext (GETTEXT_PACKAGE, words_of (code)->sentence), host, user);
}

char *
barua_words_remedy (BaruaErrorCode  code,
                    const char     *host,
                    const char     *user)
{
  return fill (g_dgettext (GETTEXT_PACKAGE, words_of (code)->remedy), host, user);
}

/* States ----------------------------------------------------------------------------------------------------------- */

static char *
idle_words (const BaruaStatus *status)
{
  g_autofree char *time = NULL;

  if (status->refused > 0)
    {
      g_autofree char *number = barua_words_number (status->refused);

      /* Translators: the mail service did not do it; what is to become of it is the person's to say. */
      return g_strdup_printf (ngettext ("%s change was refused", "%s changes were refused", status->refused), number);
    }
  if (status->waiting > 0)
    {
      g_autofree char *number = barua_words_number (status->waiting);

      return g_strdup_printf (ngettext ("%s change waiting", "%s changes waiting", status->waiting), number);
    }
  if (status->since <= 0)
    return g_strdup (_("Up to date"));
  time = barua_words_time (status->since);
  /* Translators: %s is a time, "12:04". */
  return g_strdup_printf (_("Up to date %s"), time);
}

static char *
progress_words (const BaruaStatus *status)
{
  g_autofree char *done = barua_words_number (MIN (status->done, status->total));
  g_autofree char *total = barua_words_number (status->total);
  g_autofree char *folder = NULL;

  if (status->folder_name == NULL || *status->folder_name == '\0')
    return g_strdup (_("Synchronising"));
  folder = barua_words_role_folder_name (status->folder_role, status->folder_name);
  if (status->total == 0)
    /* Translators: %s is a folder, "Inbox". */
    return g_strdup_printf (_("Synchronising %s"), folder);
  /* Translators: "Synchronising Inbox, 12,400 of 98,000". */
  return g_strdup_printf (_("Synchronising %1$s, %2$s of %3$s"), folder, done, total);
}

/* Without a network or by wish: which of them the person knows. */
static char *
offline_words (const BaruaStatus *status)
{
  g_autofree char *number = barua_words_number (status->waiting);
  g_autofree char *time = NULL;

  if (status->since <= 0)
    return g_strdup (_("Offline"));
  time = barua_words_time (status->since);
  if (status->waiting > 0)
    /* Translators: a time and a number: "Offline since 11:40. 6 changes will be sent later." */
    return g_strdup_printf (ngettext ("Offline since %1$s. %2$s change will be sent later.",
                                      "Offline since %1$s. %2$s changes will be sent later.", status->waiting),
                            time, number);
  /* Translators: %s is a time, "11:40". */
  return g_strdup_printf (_("Offline since %s"), time);
}

static char *
waiting_words (const BaruaStatus *status)
{
  g_autofree char *sentence = barua_words_error (status->code, status->host, NULL);
  g_autofree char *time = NULL;

  if (status->next_try <= 0)
    return g_steal_pointer (&sentence);
  time = barua_words_time (status->next_try);
  /* Translators: a whole sentence about what happened, then the time of the next try. */
  return g_strdup_printf (_("%1$s Next try at %2$s."), sentence, time);
}

char *
barua_words_status (const BaruaStatus *status)
{
  switch (status->kind)
    {
    case BARUA_STATUS_IDLE:
      return idle_words (status);
    case BARUA_STATUS_CONNECTING:
      if (status->host == NULL || *status->host == '\0')
        return g_strdup (_("Connecting"));
      return g_strdup_printf (_("Connecting to %s"), status->host);
    case BARUA_STATUS_SYNCHRONISING:
      return progress_words (status);
    case BARUA_STATUS_OFFLINE:
      return offline_words (status);
    case BARUA_STATUS_WAITING:
      return waiting_words (status);
    case BARUA_STATUS_STOPPED:
    default:
      return barua_words_error (status->code, status->host, NULL);
    }
}

/* Why it does not go on, in a few letters. */
static const char *
stopped_words (BaruaErrorCode code)
{
  switch (code)
    {
    case BARUA_ERROR_NO_SPACE:
      /* Translators: the state of an account, in the few letters below its name. */
      return _("Disk full");
    case BARUA_ERROR_AUTHENTICATION:
    case BARUA_ERROR_CREDENTIALS:
    case BARUA_ERROR_NO_MECHANISM:
      return _("Sign-in needed");
    default:
      return _("Not connected");
    }
}

char *
barua_words_status_short (const BaruaStatus *status)
{
  switch (status->kind)
    {
    case BARUA_STATUS_SYNCHRONISING:
      if (status->total > 0)
        {
          g_autofree char *done = barua_words_number (MIN (status->done, status->total));
          g_autofree char *total = barua_words_number (status->total);

          /* Translators: how far the first synchronisation is, "12,400 of 98,000". */
          return g_strdup_printf (_("%1$s of %2$s"), done, total);
        }
      return g_strdup ("");
    case BARUA_STATUS_OFFLINE:
      return g_strdup (_("Offline"));
    case BARUA_STATUS_WAITING:
      return g_strdup (status->code == BARUA_ERROR_NO_SPACE ? _("Disk full") : _("Not connected"));
    case BARUA_STATUS_STOPPED:
      return g_strdup (stopped_words (status->code));
    case BARUA_STATUS_IDLE:
    case BARUA_STATUS_CONNECTING:
    default:
      return g_strdup ("");
    }
}
