/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-date-words.h"

#include <glib/gi18n-lib.h>
#include <langinfo.h>
#include <string.h>

#include "barua-limits.h"

#define MAX_NUMBERS 3u

typedef struct
{
  int   numbers[MAX_NUMBERS];
  guint digits[MAX_NUMBERS];
  guint n_numbers;
  int   month;   /* 0: none named */
  int   weekday; /* 1 Monday ... 7; 0: none named */
  int   days_ago; /* -1: none named */
  gboolean dots;
} Words;

/* Names ------------------------------------------------------------------------------------------------------------ */

static gboolean
is_name (const char *word,
         const char *name)
{
  g_autofree char *folded = g_utf8_casefold (name, -1);
  g_autofree char *normal = g_utf8_normalize (folded, -1, G_NORMALIZE_ALL);
  gsize length = strlen (normal);

  /* Short forms may end in a full stop. */
  while (length > 0 && normal[length - 1] == '.')
    normal[--length] = '\0';
  return length > 0 && g_str_equal (word, normal);
}

static gboolean
is_formatted (const char *word,
              GDateTime  *at,
              const char *format)
{
  g_autofree char *name = g_date_time_format (at, format);

  return name != NULL && is_name (word, name);
}

static int
month_named (const char *word)
{
  static const char *const english[] = { "January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December" };

  for (int month = 1; month <= 12; month++)
    {
      g_autoptr (GDateTime) at = g_date_time_new_utc (2001, month, 1, 0, 0, 0);
      g_autofree char *brief = g_strndup (english[month - 1], 3);

      if (is_name (word, english[month - 1]) || is_name (word, brief) || is_formatted (word, at, "%B") ||
          is_formatted (word, at, "%OB") || is_formatted (word, at, "%b") || is_formatted (word, at, "%Ob"))
        return month;
    }
  return 0;
}

static int
weekday_named (const char *word)
{
  static const char *const english[] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" };

  for (int day = 1; day <= 7; day++)
    {
      /* 1 January 2001 was a Monday. */
      g_autoptr (GDateTime) at = g_date_time_new_utc (2001, 1, day, 0, 0, 0);
      g_autofree char *brief = g_strndup (english[day - 1], 3);

      if (is_name (word, english[day - 1]) || is_name (word, brief) || is_formatted (word, at, "%A") ||
          is_formatted (word, at, "%a"))
        return day;
    }
  return 0;
}

static gboolean
take_word (Words      *words,
           const char *word)
{
  int found;

  if (is_name (word, "today") || is_name (word, _("Today")))
    words->days_ago = 0;
  else if (is_name (word, "yesterday") || is_name (word, _("Yesterday")))
    words->days_ago = 1;
  else if ((found = month_named (word)) > 0 && words->month == 0)
    words->month = found;
  else if ((found = weekday_named (word)) > 0 && words->weekday == 0)
    words->weekday = found;
  else
    return FALSE;
  return TRUE;
}

/* Reading ---------------------------------------------------------------------------------------------------------- */

static gboolean
is_part_of_word (gunichar c)
{
  return g_unichar_isalpha (c) || g_unichar_ismark (c);
}

/* The letters of "12th" say nothing. */
static const char *
skip_ending (const char *p)
{
  while (*p != '\0' && is_part_of_word (g_utf8_get_char (p)) && g_ascii_isalpha (*p))
    p = g_utf8_next_char (p);
  return p;
}

static const char *
read_number (Words      *words,
             const char *p)
{
  int value = 0;
  guint digits = 0;

  for (; *p != '\0' && g_unichar_isdigit (g_utf8_get_char (p)); p = g_utf8_next_char (p))
    {
      value = value * 10 + g_unichar_digit_value (g_utf8_get_char (p));
      if (++digits > 4)
        return NULL;
    }
  if (words->n_numbers == MAX_NUMBERS)
    return NULL;
  words->numbers[words->n_numbers] = value;
  words->digits[words->n_numbers++] = digits;
  words->dots |= *p == '.';
  return skip_ending (p);
}

static gboolean
read_words (Words      *words,
            const char *text)
{
  const char *p = text;

  while (p != NULL && *p != '\0')
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isdigit (c))
        p = read_number (words, p);
      else if (is_part_of_word (c))
        {
          const char *start = p;
          g_autofree char *word = NULL;

          while (*p != '\0' && is_part_of_word (g_utf8_get_char (p)))
            p = g_utf8_next_char (p);
          word = g_strndup (start, (gsize)(p - start));
          if (!take_word (words, word))
            return FALSE;
        }
      else if (g_unichar_isspace (c) || g_unichar_ispunct (c))
        p = g_utf8_next_char (p);
      else
        return FALSE;
    }
  return p != NULL;
}

static gboolean
is_month_first (void)
{
  const char *format = nl_langinfo (D_FMT);
  const char *month = strstr (format, "%m");
  const char *day = strstr (format, "%d");

  return month != NULL && (day == NULL || month < day) && strstr (format, "%Y") != format;
}

/* Which number is what. 0 where there is none. */
static gboolean
place_numbers (const Words *words,
               int         *year,
               int         *month,
               int         *day)
{
  int rest[2] = { 0, 0 };
  guint n = 0;
  int last = -1;

  *month = words->month;
  for (guint i = 0; i < words->n_numbers; i++)
    if (words->digits[i] > 2 && *year == 0)
      *year = words->numbers[i], last = (int)i;
    else if (n < 2)
      rest[n++] = words->numbers[i];
    else
      /* "12.3.24" */
      *year = words->numbers[i] + 2000;
  if (*month > 0 && n > 0)
    {
      *day = rest[0];
      if (n == 2)
        *year = rest[1] + 2000;
    }
  else if (n == 2)
    {
      gboolean month_first = (last == 0) || (!words->dots && is_month_first ());

      if (month_first ? rest[0] > 12 : rest[1] > 12)
        month_first = !month_first;
      *month = rest[month_first ? 0 : 1];
      *day = rest[month_first ? 1 : 0];
    }
  else if (n == 1 && *year > 0)
    *month = rest[0];
  else if (n == 1)
    *day = rest[0];
  return TRUE;
}

/* Periods ---------------------------------------------------------------------------------------------------------- */

/* The first moment of the day of @at: where clocks jump over midnight, days that are counted from that day begin late. (full) */
static GDateTime *
day_start (GDateTime *at)
{
  return g_date_time_new_local (g_date_time_get_year (at), g_date_time_get_month (at),
                                g_date_time_get_day_of_month (at), 0, 0, 0);
}

static gboolean
period_of (GDateTime *from,
           int        years,
           int        months,
           int        days,
           gint64    *first,
           gint64    *after)
{
  g_autoptr (GDateTime) later = from != NULL ? g_date_time_add_full (from, years, months, days, 0, 0, 0) : NULL;
  g_autoptr (GDateTime) to = later != NULL ? day_start (later) : NULL;

  if (to == NULL)
    return FALSE;
  *first = g_date_time_to_unix (from);
  *after = g_date_time_to_unix (to);
  return TRUE;
}

static gboolean
days_before (GDateTime *today,
             int        days,
             gint64    *first,
             gint64    *after)
{
  g_autoptr (GDateTime) earlier = g_date_time_add_days (today, -days);
  g_autoptr (GDateTime) from = earlier != NULL ? day_start (earlier) : NULL;

  return period_of (from, 0, 0, 1, first, after);
}

/* A day or month without its year, or a day without its month: the last one that is not to come. */
static gboolean
last_of (GDateTime *today,
         int        month,
         int        day,
         gint64    *first,
         gint64    *after)
{
  int year = g_date_time_get_year (today);
  int at_month = month > 0 ? month : g_date_time_get_month (today);

  for (int tries = 0; tries < 12; tries++)
    {
      g_autoptr (GDateTime) from = g_date_time_new_local (year, at_month, MAX (day, 1), 0, 0, 0);

      if (from != NULL && g_date_time_compare (from, today) <= 0)
        return period_of (from, 0, day > 0 ? 0 : 1, day > 0 ? 1 : 0, first, after);
      if (month > 0 || --at_month == 0)
        {
          year--;
          at_month = month > 0 ? month : 12;
        }
    }
  return FALSE;
}

static gboolean
resolve (const Words *words,
         GDateTime   *today,
         gint64      *first,
         gint64      *after)
{
  int year = 0, month = 0, day = 0;
  g_autoptr (GDateTime) from = NULL;

  if (words->days_ago >= 0)
    return days_before (today, words->days_ago, first, after);
  if (words->weekday > 0 && words->n_numbers == 0 && words->month == 0)
    return days_before (today, (g_date_time_get_day_of_week (today) - words->weekday + 7) % 7, first, after);
  if (!place_numbers (words, &year, &month, &day) || (year == 0 && month == 0 && day == 0) || month > 12 || day > 31)
    return FALSE;
  if (year == 0)
    return last_of (today, month, day, first, after);
  if (day > 0 && month == 0)
    return FALSE;
  from = g_date_time_new_local (year, MAX (month, 1), MAX (day, 1), 0, 0, 0);
  return period_of (from, month == 0 ? 1 : 0, month > 0 && day == 0 ? 1 : 0, day > 0 ? 1 : 0, first, after);
}

gboolean
barua_words_parse_period (const char *text,
                          gint64      now,
                          gint64     *first,
                          gint64     *after)
{
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_local (now);
  g_autoptr (GDateTime) today = NULL;
  g_autofree char *folded = NULL;
  g_autofree char *normal = NULL;
  Words words = { .days_ago = -1 };

  if (at == NULL || strlen (text) > BARUA_DATE_WORDS_BYTES || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  today = day_start (at);
  folded = g_utf8_casefold (text, -1);
  normal = g_utf8_normalize (folded, -1, G_NORMALIZE_ALL);
  if (today == NULL || normal == NULL)
    return FALSE;
  g_strstrip (normal);
  /* "Hari Ini": words of their own in some languages. */
  return (take_word (&words, normal) || read_words (&words, normal)) && resolve (&words, today, first, after);
}

char *
barua_words_period (gint64 first,
                    gint64 after)
{
  g_autoptr (GDateTime) from = g_date_time_new_from_unix_local (first);

  if (from == NULL)
    return g_strdup ("");
  if (after - first < 2 * 86400)
    /* Translators: a whole day, see strftime(3): "12 March 2024". */
    return g_date_time_format (from, _("%-d %B %Y"));
  if (after - first < 40 * 86400)
    /* Translators: a month, see strftime(3): "March 2024". */
    return g_date_time_format (from, _("%OB %Y"));
  return g_date_time_format (from, "%Y");
}
