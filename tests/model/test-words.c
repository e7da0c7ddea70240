/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-words-notice.h"
#include "barua-words.h"

#include <locale.h>
#include <string.h>

static void
assert_taken (char       *text,
              const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static gint64
at (int year,
    int month,
    int day,
    int hour,
    int minute)
{
  g_autoptr (GDateTime) time = g_date_time_new_local (year, month, day, hour, minute, 0);

  return g_date_time_to_unix (time);
}

static void
test_status (void)
{
  g_autoptr (BaruaStatus) status = barua_status_new ();

  status->kind = BARUA_STATUS_SYNCHRONISING;
  g_free (status->folder_name);
  status->folder_name = g_strdup ("Inbox");
  status->done = 12400;
  status->total = 98000;
  assert_taken (barua_words_status (status), "Synchronising Inbox, 12,400 of 98,000");
  assert_taken (barua_words_status_short (status), "12,400 of 98,000");
  status->total = 0;
  assert_taken (barua_words_status (status), "Synchronising Inbox");

  status->kind = BARUA_STATUS_IDLE;
  status->since = at (2025, 11, 12, 12, 4);
  assert_taken (barua_words_status (status), "Up to date 12:04");
  status->waiting = 1;
  assert_taken (barua_words_status (status), "1 change waiting");
  status->waiting = 3;
  assert_taken (barua_words_status (status), "3 changes waiting");

  status->kind = BARUA_STATUS_OFFLINE;
  status->waiting = 0;
  /* Nothing of a network: the person may have wanted it so. */
  assert_taken (barua_words_status (status), "Offline since 12:04");
  status->waiting = 6;
  assert_taken (barua_words_status (status), "Offline since 12:04. 6 changes will be sent later.");
  status->waiting = 0;
  status->since = 0;
  assert_taken (barua_words_status (status), "Offline");
  assert_taken (barua_words_status_short (status), "Offline");

  status->kind = BARUA_STATUS_STOPPED;
  status->code = BARUA_ERROR_AUTHENTICATION;
  g_free (status->host);
  status->host = g_strdup ("posta.example");
  assert_taken (barua_words_status (status), "posta.example did not accept this password.");
  assert_taken (barua_words_status_short (status), "Sign-in needed");
  status->code = BARUA_ERROR_CERTIFICATE;
  assert_taken (barua_words_status_short (status), "Not connected");
  /* The connection may well stand; it is this computer that has no room. */
  status->code = BARUA_ERROR_NO_SPACE;
  assert_taken (barua_words_status_short (status), "Disk full");

  status->kind = BARUA_STATUS_WAITING;
  assert_taken (barua_words_status_short (status), "Disk full");
  status->code = BARUA_ERROR_REFUSED;
  status->next_try = at (2025, 11, 12, 12, 10);
  assert_taken (barua_words_status (status), "posta.example refuses connections. Next try at 12:10.");
  assert_taken (barua_words_status_short (status), "Not connected");
}

static char *
state_words (BaruaWaitingState state,
             BaruaErrorCode    code,
             gint64            next_try)
{
  g_autoptr (BaruaWaiting) waiting = barua_waiting_new ();

  waiting->state = state;
  waiting->code = code;
  waiting->next_try = next_try;
  g_free (waiting->host);
  waiting->host = g_strdup ("posta.example");
  return barua_words_waiting_state (waiting);
}

static char *
waiting_words (BaruaFlags mask,
               BaruaFlags bits,
               guint      n)
{
  g_autoptr (BaruaWaiting) waiting = barua_waiting_new ();

  waiting->mask = mask;
  waiting->bits = bits;
  waiting->n = n;
  return barua_words_waiting (waiting);
}

/* What was done, what is still to be done, and why it is not. */
static void
test_acts (void)
{
  g_autoptr (BaruaStatus) status = barua_status_new ();

  assert_taken (barua_words_marked (1, BARUA_FLAG_SEEN, BARUA_FLAG_SEEN), "Marked 1 message as read");
  assert_taken (barua_words_marked (98120, BARUA_FLAG_SEEN, 0), "Marked 98,120 messages as unread");
  assert_taken (barua_words_marked (2, BARUA_FLAG_FLAGGED, BARUA_FLAG_FLAGGED), "Starred 2 messages");
  assert_taken (barua_words_marked (1, BARUA_FLAG_FLAGGED, 0), "Removed the star of 1 message");
  assert_taken (barua_words_discarded (2), "Discarded the changes of 2 messages");
  assert_taken (waiting_words (BARUA_FLAG_SEEN, BARUA_FLAG_SEEN, 1), "Mark 1 message as read");
  assert_taken (waiting_words (BARUA_FLAG_SEEN, 0, 2), "Mark 2 messages as unread");
  assert_taken (waiting_words (BARUA_FLAG_FLAGGED, BARUA_FLAG_FLAGGED, 1204), "Star 1,204 messages");
  assert_taken (waiting_words (BARUA_FLAG_FLAGGED, 0, 2), "Remove the stars of 2 messages");
  assert_taken (state_words (BARUA_WAITING_QUEUED, 0, 0), "Waiting to be sent");
  assert_taken (state_words (BARUA_WAITING_SENDING, 0, 0), "Sending");
  assert_taken (state_words (BARUA_WAITING_NETWORK, 0, 0), "Waiting for the network");
  assert_taken (state_words (BARUA_WAITING_LATER, BARUA_ERROR_TIMEOUT, at (2025, 11, 12, 12, 10)), "Tries again at 12:10");
  assert_taken (state_words (BARUA_WAITING_LATER, BARUA_ERROR_TIMEOUT, 0), "posta.example did not answer in time.");
  assert_taken (state_words (BARUA_WAITING_STOPPED, BARUA_ERROR_AUTHENTICATION, 0), "posta.example did not accept this password.");
  assert_taken (state_words (BARUA_WAITING_REFUSED, BARUA_ERROR_QUOTA, 0), "Refused: the mailbox is full");
  assert_taken (state_words (BARUA_WAITING_REFUSED, BARUA_ERROR_NOT_PERMITTED, 0), "Refused: you may only read this folder");
  assert_taken (state_words (BARUA_WAITING_REFUSED, BARUA_ERROR_NOT_FOUND, 0),
                "Refused: the folder or the messages no longer exist");
  assert_taken (state_words (BARUA_WAITING_REFUSED, BARUA_ERROR_SERVER_REFUSED, 0), "Refused by the mail service");

  /* What was refused comes before what waits; neither where there is worse to tell. */
  status->waiting = 3;
  assert_taken (barua_words_status (status), "3 changes waiting");
  status->refused = 1;
  assert_taken (barua_words_status (status), "1 change was refused");
  status->kind = BARUA_STATUS_OFFLINE;
  status->since = at (2025, 11, 12, 11, 40);
  assert_taken (barua_words_status (status), "Offline since 11:40. 3 changes will be sent later.");
}

/* Every code has a sentence and a remedy of its own, and no place-holder is left in them. */
static void
test_errors (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int code = 0; code < BARUA_N_ERRORS; code++)
    {
      char *sentence = barua_words_error ((BaruaErrorCode)code, "mail.posta.example", "maria");
      g_autofree char *nameless = barua_words_error ((BaruaErrorCode)code, NULL, "");
      g_autofree char *remedy = barua_words_remedy ((BaruaErrorCode)code, "mail.posta.example", "maria");

      g_assert_true (g_str_has_suffix (sentence, "."));
      g_assert_true (g_str_has_suffix (remedy, "."));
      g_assert_null (strchr (sentence, '$'));
      g_assert_null (strchr (nameless, '$'));
      g_assert_null (strchr (remedy, '$'));
      g_assert_false (g_str_has_prefix (nameless, "the "));
      g_assert_true (g_hash_table_add (seen, sentence));
    }
  assert_taken (barua_words_error ((BaruaErrorCode)9999, NULL, NULL), "Something went wrong inside Barua.");
  /* The gentle way first: what can be repaired is repaired by the next start. */
  assert_taken (barua_words_remedy (BARUA_ERROR_STORE_DAMAGED, NULL, NULL),
                "Start Barua again: it repairs what it can and fetches the rest from the server. If that does not help, "
                "move the profile folder away.");
  assert_taken (barua_words_remedy (BARUA_ERROR_NO_SPACE, NULL, NULL),
                "Free some space, then try again. Barua also tries to synchronise again by itself.");
  /* A name from outside is text, never a format. */
  assert_taken (barua_words_error (BARUA_ERROR_BUSY, "%s%n%2$s", NULL), "%s%n%2$s is busy.");
}

static void
test_dates (void)
{
  gint64 now = at (2025, 11, 13, 15, 0); /* a Thursday */

  assert_taken (barua_words_date_row (at (2025, 11, 13, 9, 41), now), "09:41");
  assert_taken (barua_words_date_row (at (2025, 11, 12, 9, 41), now), "Wed");
  assert_taken (barua_words_date_row (at (2025, 11, 11, 9, 41), now), "Tue");
  assert_taken (barua_words_date_row (at (2025, 10, 2, 9, 41), now), "2 Oct");
  assert_taken (barua_words_date_row (at (2024, 10, 2, 9, 41), now), "10/02/2024");
  assert_taken (barua_words_date (at (2025, 11, 13, 9, 41), now), "Today 09:41");
  assert_taken (barua_words_date (at (2025, 11, 12, 9, 41), now), "Yesterday 09:41");
  assert_taken (barua_words_date (at (2024, 11, 12, 9, 41), now), "12 Nov 2024 09:41");
  barua_words_set_clock_12h (TRUE);
  assert_taken (barua_words_date_row (at (2025, 11, 13, 9, 41), now), "9:41 AM");
  barua_words_set_clock_12h (FALSE);
  assert_taken (barua_words_date_full (at (2025, 11, 13, 9, 41), 420), "Thursday, 13 November 2025, 09:41 UTC (16:41 +07:00 where it was sent)");
  assert_taken (barua_words_date_full (at (2025, 11, 13, 9, 41), 0), "Thursday, 13 November 2025, 09:41 UTC");
  /* U-05: nothing overflows. */
  g_free (barua_words_date_full (G_MAXINT64, 0));
  g_free (barua_words_date_full (G_MININT64, -720));
  g_free (barua_words_date_row (G_MININT64, now));
}

static void
test_sections (void)
{
  gint64 now = at (2025, 11, 13, 15, 0);
  gint64 from = at (2020, 1, 1, 0, 0);
  gint64 low, high, last_high = G_MININT64;

  assert_taken (barua_words_section_title (at (2030, 1, 1, 0, 0), now), "Today");
  assert_taken (barua_words_section_title (at (2025, 11, 13, 0, 0), now), "Today");
  assert_taken (barua_words_section_title (at (2025, 11, 12, 23, 59), now), "Yesterday");
  assert_taken (barua_words_section_title (at (2025, 11, 10, 1, 0), now), "This Week");
  assert_taken (barua_words_section_title (at (2025, 11, 6, 1, 0), now), "Last Week");
  assert_taken (barua_words_section_title (at (2025, 11, 1, 1, 0), now), "November");
  assert_taken (barua_words_section_title (at (2025, 1, 1, 0, 0), now), "January");
  assert_taken (barua_words_section_title (at (2024, 12, 31, 23, 59), now), "2024");

  /* From any now, sections follow each other without gap or overlap. */
  for (gint64 day = 0; day < 800; day += 13)
    {
      gint64 then = at (2024, 12, 1, 12, 0) + day * 86400;

      last_high = G_MININT64;
      for (gint64 date = from; date < then + 3 * 86400; date += 43200)
        {
          barua_words_section_bounds (date, then, &low, &high);
          g_assert_cmpint (low, <=, date);
          g_assert_cmpint (date, <, high);
          if (last_high != G_MININT64 && date >= last_high)
            g_assert_cmpint (low, ==, last_high);
          last_high = high;
        }
      g_assert_cmpint (last_high, ==, G_MAXINT64);
    }
}

/* On 26 April 2024 there was no midnight in Cairo; 1 November 2024 came an hour late. */
static void
test_no_midnight (void)
{
  const gint64 morning = at (2024, 4, 26, 9, 0), first = at (2024, 4, 25, 22, 0), before = at (2024, 4, 24, 22, 30);
  const gint64 midnight = at (2024, 4, 26, 21, 0), last = at (2024, 10, 31, 21, 15);

  g_setenv ("TZ", "Africa/Cairo", TRUE);
  assert_taken (barua_words_section_title (first, morning), "Today");
  assert_taken (barua_words_section_title (before, morning), "Yesterday");
  assert_taken (barua_words_date (before, morning), "Yesterday 00:30");
  g_assert_cmpint (barua_words_next_midnight (morning), ==, midnight);
  assert_taken (barua_words_date (last, last + 60), "Today 23:15");
  g_setenv ("TZ", "UTC", TRUE);
}

static void
test_small_words (void)
{
  assert_taken (barua_words_number (12400), "12,400");
  assert_taken (barua_words_size (0), "0 bytes");
  assert_taken (barua_words_size (1), "1 byte");
  assert_taken (barua_words_size (48000), "48 kB");
  assert_taken (barua_words_size (1200000), "1.2 MB");
  assert_taken (barua_words_count (9999), "9,999");
  assert_taken (barua_words_count (12499), "12.4 k");
  assert_taken (barua_words_attachments (2, 1200000), "2 attachments, 1.2 MB");
  assert_taken (barua_words_attachments (1200, 1200000), "1,200 attachments, 1.2 MB");
  {
    char *people[] = { (char *)"Maria", (char *)"Ben", NULL };
    const BaruaNotice many = { .id = (char *)"", .count = 12400, .people = people, .others = 1204, .subject = (char *)"" };

    assert_taken (barua_words_notice_title (&many, TRUE), "12,400 new messages");
    assert_taken (barua_words_notice_body (&many, TRUE, ""), "Maria, Ben and 1,204 others");
  }
  for (int kind = 0; kind <= BARUA_WARNING_SUSPICIOUS_NAME; kind++)
    {
      g_autofree char *words = barua_words_warning ((BaruaWarningKind)kind);

      g_assert_true (g_str_has_suffix (words, "."));
    }
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_setenv ("LC_ALL", "en_US.UTF-8", TRUE);
  g_unsetenv ("LANGUAGE");
  if (setlocale (LC_ALL, "") == NULL)
    {
      g_print ("1..0 # SKIP no locale en_US.UTF-8\n");
      return 0;
    }
  barua_words_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/words/status", test_status);
  g_test_add_func ("/model/words/acts", test_acts);
  g_test_add_func ("/model/words/errors", test_errors);
  g_test_add_func ("/model/words/dates", test_dates);
  g_test_add_func ("/model/words/sections", test_sections);
  g_test_add_func ("/model/words/no-midnight", test_no_midnight);
  g_test_add_func ("/model/words/small", test_small_words);
  return g_test_run ();
}
