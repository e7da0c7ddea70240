/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is typed to go to a date. */
#include "barua-date-words.h"

#include <locale.h>
#include <string.h>

#include "barua-limits.h"
#include "barua-words.h"

static gint64
at (int year,
    int month,
    int day)
{
  g_autoptr (GDateTime) time = g_date_time_new_utc (year, month, day, 0, 0, 0);

  return g_date_time_to_unix (time);
}

/* Wednesday, 12 November 2025, 15:00. */
#define NOW (at (2025, 11, 12) + 15 * 3600)

static void
assert_period (const char *text,
               gint64      first,
               gint64      after)
{
  gint64 from = -1, to = -1;

  if (!barua_words_parse_period (text, NOW, &from, &to))
    g_error ("%s is no date", text);
  if (from != first || to != after)
    g_error ("%s: %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ", not %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, text, from, to, first,
             after);
}

static void
assert_day (const char *text,
            int         year,
            int         month,
            int         day)
{
  assert_period (text, at (year, month, day), at (year, month, day) + 86400);
}

static void
test_days (void)
{
  assert_day ("12.3", 2025, 3, 12);
  assert_day (" 12.3. ", 2025, 3, 12);
  assert_day ("12.3.2024", 2024, 3, 12);
  assert_day ("12.3.24", 2024, 3, 12);
  assert_day ("2024-03-12", 2024, 3, 12);
  assert_day ("12 March", 2025, 3, 12);
  assert_day ("march 12th, 2023", 2023, 3, 12);
  assert_day ("12 mar 23", 2023, 3, 12);
  assert_day ("১২.৩", 2025, 3, 12);
  /* Today, and what is still to come this year. */
  assert_day ("12.11", 2025, 11, 12);
  assert_day ("13.11", 2024, 11, 13);
  assert_day ("24 December", 2024, 12, 24);
  assert_day ("29.2", 2024, 2, 29);
}

static void
test_slashes (void)
{
  /* en_US: the month first, unless that can't be. */
  assert_day ("3/12", 2025, 3, 12);
  assert_day ("13/3", 2025, 3, 13);
  assert_day ("3/12/2024", 2024, 3, 12);
}

static void
test_relative (void)
{
  assert_day ("today", 2025, 11, 12);
  assert_day ("Yesterday", 2025, 11, 11);
  assert_day ("wednesday", 2025, 11, 12);
  assert_day ("Thu", 2025, 11, 6);
  assert_day ("12", 2025, 11, 12);
  assert_day ("13", 2025, 10, 13);
  assert_day ("31", 2025, 10, 31);
}

static void
test_periods (void)
{
  assert_period ("March", at (2025, 3, 1), at (2025, 4, 1));
  assert_period ("DEC", at (2024, 12, 1), at (2025, 1, 1));
  assert_period ("november", at (2025, 11, 1), at (2025, 12, 1));
  assert_period ("March 2023", at (2023, 3, 1), at (2023, 4, 1));
  assert_period ("2023-03", at (2023, 3, 1), at (2023, 4, 1));
  assert_period ("3.2023", at (2023, 3, 1), at (2023, 4, 1));
  assert_period ("2023", at (2023, 1, 1), at (2024, 1, 1));
}

static void
test_refused (void)
{
  static const char *const wrong[] = { "", " ", ".", "soon", "March April", "32", "30.2.2024", "13.13", "1.2.3.4", "12345", "0",
                                       "12 Marchember", "\xff", "2024-00-12x y" };
  g_autofree char *longest = g_strnfill (BARUA_DATE_WORDS_BYTES - 5, ' ');
  g_autofree char *fits = g_strconcat (longest, "today", NULL);
  g_autofree char *too_long = g_strconcat (" ", fits, NULL);
  gint64 first, after;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      first = after = -7;
      if (barua_words_parse_period (wrong[i], NOW, &first, &after))
        g_error ("\"%s\" was taken for a date", wrong[i]);
      g_assert_cmpint (first, ==, -7);
      g_assert_cmpint (after, ==, -7);
    }
  g_assert_true (barua_words_parse_period (fits, NOW, &first, &after));
  g_assert_false (barua_words_parse_period (too_long, NOW, &first, &after));
}

/* On 26 April 2024 there was no midnight in Cairo: that day begins at one o'clock, no other one does. */
static void
test_no_midnight (void)
{
  const gint64 hour = 3600;
  gint64 from = 0, to = 0;

  g_setenv ("TZ", "Africa/Cairo", TRUE);
  g_assert_true (barua_words_parse_period ("26.4.2024", at (2024, 4, 30), &from, &to));
  g_assert_cmpint (from, ==, at (2024, 4, 25) + 22 * hour);
  g_assert_cmpint (to, ==, at (2024, 4, 26) + 21 * hour);
  g_assert_true (barua_words_parse_period ("yesterday", at (2024, 4, 26) + 9 * hour, &from, &to));
  g_assert_cmpint (from, ==, at (2024, 4, 24) + 22 * hour);
  g_assert_cmpint (to, ==, at (2024, 4, 25) + 22 * hour);
  g_setenv ("TZ", "UTC", TRUE);
}

static void
test_words (void)
{
  g_autofree char *day = barua_words_period (at (2024, 3, 12), at (2024, 3, 13));
  g_autofree char *month = barua_words_period (at (2024, 3, 1), at (2024, 4, 1));
  g_autofree char *year = barua_words_period (at (2024, 1, 1), at (2025, 1, 1));

  g_assert_cmpstr (day, ==, "12 March 2024");
  g_assert_cmpstr (month, ==, "March 2024");
  g_assert_cmpstr (year, ==, "2024");
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
  g_test_add_func ("/model/date-words/days", test_days);
  g_test_add_func ("/model/date-words/slashes", test_slashes);
  g_test_add_func ("/model/date-words/relative", test_relative);
  g_test_add_func ("/model/date-words/periods", test_periods);
  g_test_add_func ("/model/date-words/refused", test_refused);
  g_test_add_func ("/model/date-words/no-midnight", test_no_midnight);
  g_test_add_func ("/model/date-words/words", test_words);
  return g_test_run ();
}
