/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-mail-date.h"

#include <string.h>

typedef struct
{
  const char *p;
  const char *end;
} Cursor;

gint64
barua_mail_date_from_civil (int year,
                            int month,
                            int day,
                            int hour,
                            int minute,
                            int second)
{
  /* Days since 1970-03-01-based eras of 400 years (146,097 days); the year starts in March, so a leap day comes last. */
  gint64 y = month <= 2 ? (gint64)year - 1 : year;
  gint64 era = (y >= 0 ? y : y - 399) / 400;
  gint64 year_of_era = y - era * 400;
  gint64 day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  gint64 day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  gint64 days = era * 146097 + day_of_era - 719468;

  return ((days * 24 + hour) * 60 + minute) * 60 + second;
}

/* Passes over comments and the characters of @also. */
static void
skip_any (Cursor     *c,
          const char *also)
{
  guint depth = 0;

  for (; c->p < c->end && *c->p != '\0'; c->p++)
    {
      if (*c->p == '(')
        depth++;
      else if (*c->p == ')' && depth > 0)
        depth--;
      else if (depth == 0 && strchr (also, *c->p) == NULL)
        return;
    }
}

static void
skip (Cursor *c)
{
  skip_any (c, " \t\r\n,-");
}

static void
skip_white (Cursor *c)
{
  skip_any (c, " \t\r\n");
}

static gboolean
number (Cursor *c,
        int    *value,
        guint  *digits)
{
  int v = 0;
  guint n = 0;

  while (c->p < c->end && g_ascii_isdigit (*c->p) && n < 5)
    {
      v = v * 10 + (*c->p++ - '0');
      n++;
    }
  *value = v;
  if (digits != NULL)
    *digits = n;
  return n > 0;
}

static gboolean
word (Cursor *c,
      char    text[4])
{
  guint n = 0;

  memset (text, 0, 4);
  while (c->p < c->end && g_ascii_isalpha (*c->p))
    {
      if (n < 3)
        text[n++] = g_ascii_tolower (*c->p);
      c->p++;
    }
  return n > 0;
}

static int
month_of (const char *text)
{
  static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
  const char *found = strlen (text) == 3 ? strstr (months, text) : NULL;

  return found != NULL && (found - months) % 3 == 0 ? (int)(found - months) / 3 + 1 : 0;
}

static gboolean
time_of_day (Cursor *c,
             int    *hour,
             int    *minute,
             int    *second)
{
  *second = 0;
  *minute = 0;
  if (!number (c, hour, NULL))
    return FALSE;
  /* Some write "10.15.00". */
  skip_white (c);
  if (c->p < c->end && (*c->p == ':' || *c->p == '.'))
    {
      c->p++;
      skip_white (c);
      if (!number (c, minute, NULL))
        return FALSE;
    }
  skip_white (c);
  if (c->p < c->end && (*c->p == ':' || *c->p == '.'))
    {
      c->p++;
      skip_white (c);
      if (!number (c, second, NULL))
        return FALSE;
    }
  return *hour < 24 && *minute < 60 && *second <= 60;
}

static int
named_zone (const char *text)
{
  static const struct
  {
    char name[4];
    int  minutes;
  } zones[] = {
    { "est", -300 }, { "edt", -240 }, { "cst", -360 }, { "cdt", -300 }, { "mst", -420 }, { "mdt", -360 },
    { "pst", -480 }, { "pdt", -420 }, { "cet", 60 },   { "bst", 60 },   { "ist", 330 },  { "jst", 540 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (zones); i++)
    if (strcmp (text, zones[i].name) == 0)
      return zones[i].minutes;
  /* "UT", "GMT", "Z" and, as RFC 5322 says, everything unknown. */
  return 0;
}

static int
zone_of (Cursor *c)
{
  char text[4];

  skip_white (c);
  if (c->p < c->end && (*c->p == '+' || *c->p == '-'))
    {
      int sign = *c->p++ == '-' ? -1 : 1;
      guint digits;
      int value;

      if (!number (c, &value, &digits))
        return 0;
      if (digits <= 2)
        value *= 100;
      /* "+05:30" */
      if (digits <= 2 && c->p < c->end && *c->p == ':')
        {
          int minutes;

          c->p++;
          if (number (c, &minutes, NULL))
            value += minutes;
        }
      if (value > 1500 || value % 100 >= 60)
        return 0;
      return sign * (value / 100 * 60 + value % 100);
    }
  return word (c, text) ? named_zone (text) : 0;
}

gboolean
barua_mail_date_parse (const char *bytes,
                       gsize       length,
                       gint64     *unix_seconds,
                       gint16     *zone)
{
  static const int days_in_month[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
  Cursor c = { bytes, bytes + MIN (length, 512) };
  char text[4];
  int day;
  int month = 0;
  int year;
  int hour;
  int minute;
  int second;
  int offset;
  guint digits;

  skip (&c);
  if (word (&c, text))
    month = month_of (text); /* "Nov 22" instead of a weekday */
  skip (&c);
  if (!number (&c, &day, NULL))
    return FALSE;
  skip (&c);
  if (month == 0)
    {
      if (!word (&c, text))
        return FALSE;
      month = month_of (text);
    }
  skip (&c);
  if (month == 0 || day < 1 || day > days_in_month[month - 1] || !number (&c, &year, &digits))
    return FALSE;
  if (digits == 2)
    year += year < 50 ? 2000 : 1900;
  else if (digits == 3)
    year += 1900;
  if (digits < 2 || year < 1 || year > 9999)
    return FALSE;
  skip (&c);
  if (!time_of_day (&c, &hour, &minute, &second))
    return FALSE;
  offset = zone_of (&c);

  *unix_seconds = barua_mail_date_from_civil (year, month, day, hour, minute, second) - (gint64)offset * 60;
  *zone = (gint16)offset;
  return TRUE;
}
