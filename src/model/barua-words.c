/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-words.h"

#include <glib/gi18n-lib.h>
#include <langinfo.h>
#include <math.h>

#define COUNT_SHORT_FROM 10000u

static gboolean clock_12h;

void
barua_words_init (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      bindtextdomain (GETTEXT_PACKAGE, BARUA_LOCALE_DIR);
      bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
      g_once_init_leave (&once, 1);
    }
}

void
barua_words_set_clock_12h (gboolean is_12h)
{
  clock_12h = is_12h;
}

/* Numbers ---------------------------------------------------------------------------------------------------------- */

char *
barua_words_number (guint64 number)
{
  return g_strdup_printf ("%'" G_GUINT64_FORMAT, number);
}

char *
barua_words_size (guint64 bytes)
{
  if (bytes < 1000)
    return g_strdup_printf (ngettext ("%u byte", "%u bytes", (unsigned)bytes), (unsigned)bytes);
  /* Translators: file sizes; kB, MB and GB are thousands, as the desktop's file manager counts. */
  if (bytes < 1000 * 1000)
    return g_strdup_printf (_("%.0f kB"), ceil ((double)bytes / 1000.0));
  if (bytes < 1000 * 1000 * 1000)
    return g_strdup_printf (_("%.1f MB"), (double)bytes / 1e6);
  return g_strdup_printf (_("%.1f GB"), (double)bytes / 1e9);
}

char *
barua_words_count (guint64 count)
{
  if (count < COUNT_SHORT_FROM)
    return barua_words_number (count);
  /* Translators: a count of messages in thousands, as in "12.4 k". */
  return g_strdup_printf (_("%.1f k"), floor ((double)count / 100.0) / 10.0);
}

/* Dates ------------------------------------------------------------------------------------------------------------ */

/* Asking GLib for it looks the system's setting up in files each time, and a list asks for hundreds of dates: it is asked again
 * after a second. (none) */
static GTimeZone *
local_zone (void)
{
  static GTimeZone *zone;
  static char *variable;
  static gint64 asked_us;
  gint64 now_us = g_get_monotonic_time ();

  if (zone == NULL || now_us - asked_us > G_USEC_PER_SEC || g_strcmp0 (variable, g_getenv ("TZ")) != 0)
    {
      g_clear_pointer (&zone, g_time_zone_unref);
      zone = g_time_zone_new_local ();
      g_set_str (&variable, g_getenv ("TZ"));
      asked_us = now_us;
    }
  return zone;
}

static GDateTime *
local_time (gint64 seconds)
{
  /* What GDateTime can't hold is clamped to years 1 and 9999 (U-05). */
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_utc (CLAMP (seconds, -62135500000, 253402200000));
  GDateTime *local = at != NULL ? g_date_time_to_timezone (at, local_zone ()) : NULL;

  return local != NULL ? local : g_date_time_new_from_unix_local (0);
}

static GDateTime *
day_start (GDateTime *at)
{
  int year, month, day;

  g_date_time_get_ymd (at, &year, &month, &day);
  return g_date_time_new (local_zone (), year, month, day, 0, 0, 0);
}

/* Days are counted from noon: where clocks jump over midnight, those counted from that day's first moment begin late. (full) */
static GDateTime *
day_away (GDateTime *today,
          int        days)
{
  g_autoptr (GDateTime) noon = g_date_time_add_hours (today, 12);
  g_autoptr (GDateTime) there = g_date_time_add_days (noon, days);

  return there != NULL ? day_start (there) : NULL;
}

static int
first_weekday (void)
{
#ifdef __GLIBC__
  /* The first day of the week counted from the locale's week_1stday, of which bit 19971130 means Sunday. */
  union
  {
    const char *text;
    guint32     word;
  } origin = { .text = nl_langinfo (_NL_TIME_WEEK_1STDAY) };
  int first = nl_langinfo (_NL_TIME_FIRST_WEEKDAY)[0];
  int shift = origin.word == 19971201 ? 1 : 0;
  int day = (first - 1 + shift) % 7; /* 0 is Sunday */

  return day == 0 ? 7 : day;
#else
  return 1;
#endif
}

static gint64
unix_of (GDateTime *at)
{
  return at != NULL ? g_date_time_to_unix (at) : 0;
}

typedef struct
{
  int    year; /* of now */
  gint64 tomorrow;
  gint64 today;
  gint64 yesterday;
  gint64 week;
  gint64 last_week;
} Days;

static void
days_of (gint64  now,
         Days   *days)
{
  g_autoptr (GDateTime) at = local_time (now);
  g_autoptr (GDateTime) today = day_start (at);
  g_autoptr (GDateTime) tomorrow = day_away (today, 1);
  g_autoptr (GDateTime) yesterday = day_away (today, -1);
  int into_week = (g_date_time_get_day_of_week (today) - first_weekday () + 7) % 7;
  g_autoptr (GDateTime) week = day_away (today, -into_week);
  g_autoptr (GDateTime) last_week = day_away (today, -into_week - 7);

  days->year = g_date_time_get_year (at);
  days->tomorrow = unix_of (tomorrow);
  days->today = unix_of (today);
  days->yesterday = unix_of (yesterday);
  days->week = MIN (unix_of (week), days->yesterday);
  days->last_week = unix_of (last_week);
}

gint64
barua_words_next_midnight (gint64 now)
{
  g_autoptr (GDateTime) at = local_time (now);
  g_autoptr (GDateTime) today = day_start (at);
  g_autoptr (GDateTime) next = day_away (today, 1);

  return unix_of (next);
}

char *
barua_words_time (gint64 date)
{
  g_autoptr (GDateTime) at = local_time (date);

  return g_date_time_format (at, clock_12h ? "%-l:%M %p" : "%H:%M");
}

/* Translators: a day of this year beside a message, as short as possible; see strftime(3). */
#define DAY_OF_YEAR _("%-d %b")
/* Translators: a day of another year, with its year. */
#define DAY_WITH_YEAR _("%-d %b %Y")

char *
barua_words_date_row (gint64 date,
                      gint64 now)
{
  g_autoptr (GDateTime) at = local_time (date);
  Days days;

  days_of (now, &days);
  if (date >= days.today && date < days.today + 2 * 86400)
    return barua_words_time (date);
  if (date < days.today && date >= days.week)
    return g_date_time_format (at, "%a");
  if (g_date_time_get_year (at) == days.year)
    return g_date_time_format (at, DAY_OF_YEAR);
  return g_date_time_format (at, "%x");
}

char *
barua_words_date (gint64 date,
                  gint64 now)
{
  g_autoptr (GDateTime) at = local_time (date);
  g_autofree char *time = barua_words_time (date);
  g_autofree char *day = NULL;
  Days days;

  days_of (now, &days);
  if (date >= days.today && date < days.tomorrow)
    /* Translators: %s is a time, "09:41". */
    return g_strdup_printf (_("Today %s"), time);
  if (date < days.today && date >= days.yesterday)
    return g_strdup_printf (_("Yesterday %s"), time);
  if (date < days.today && date >= days.week)
    day = g_date_time_format (at, "%a");
  else if (g_date_time_get_year (at) == days.year)
    day = g_date_time_format (at, DAY_OF_YEAR);
  else
    day = g_date_time_format (at, DAY_WITH_YEAR);
  /* Translators: a day, then a time: "12 Nov 09:41". */
  return g_strdup_printf (_("%1$s %2$s"), day, time);
}

char *
barua_words_date_full (gint64 date,
                       gint16 zone_minutes)
{
  g_autoptr (GDateTime) at = local_time (date);
  g_autofree char *time = barua_words_time (date);
  g_autofree char *day = g_date_time_format (at, _("%A, %-d %B %Y"));
  const char *zone = g_date_time_get_timezone_abbreviation (at);
  g_autofree char *here = g_strdup_printf ("%s, %s %s", day, time, zone);

  if (g_date_time_get_utc_offset (at) / G_TIME_SPAN_MINUTE == zone_minutes)
    return g_steal_pointer (&here);
  {
    g_autoptr (GTimeZone) theirs = g_time_zone_new_offset (zone_minutes * 60);
    g_autoptr (GDateTime) there = g_date_time_to_timezone (at, theirs);
    g_autofree char *there_text = g_date_time_format (there, clock_12h ? "%-l:%M %p %:z" : "%H:%M %:z");

    /* Translators: the date here, then what the sender's clock showed. */
    return g_strdup_printf (_("%1$s (%2$s where it was sent)"), here, there_text);
  }
}

/* Sections --------------------------------------------------------------------------------------------------------- */

typedef enum
{
  SECTION_TODAY,
  SECTION_YESTERDAY,
  SECTION_THIS_WEEK,
  SECTION_LAST_WEEK,
  SECTION_MONTH,
  SECTION_YEAR
} Section;

static Section
section_of (gint64  date,
            gint64  now,
            gint64 *low,
            gint64 *high)
{
  g_autoptr (GDateTime) at = local_time (date);
  g_autoptr (GDateTime) start = NULL;
  g_autoptr (GDateTime) end = NULL;
  Days days;

  days_of (now, &days);
  *high = G_MAXINT64;
  *low = days.today;
  if (date >= days.today)
    return SECTION_TODAY;
  *high = days.today;
  *low = days.yesterday;
  if (date >= days.yesterday)
    return SECTION_YESTERDAY;
  *high = days.yesterday;
  *low = days.week;
  if (date >= days.week)
    return SECTION_THIS_WEEK;
  *high = days.week;
  *low = days.last_week;
  if (date >= days.last_week)
    return SECTION_LAST_WEEK;

  if (g_date_time_get_year (at) == days.year)
    {
      start = g_date_time_new (local_zone (), days.year, g_date_time_get_month (at), 1, 0, 0, 0);
      end = g_date_time_add_months (start, 1);
      *low = unix_of (start);
      *high = MIN (unix_of (end), days.last_week);
      return SECTION_MONTH;
    }
  start = g_date_time_new (local_zone (), g_date_time_get_year (at), 1, 1, 0, 0, 0);
  end = g_date_time_add_years (start, 1);
  *low = g_date_time_get_year (at) <= 1 ? G_MININT64 : unix_of (start);
  *high = end != NULL ? MIN (unix_of (end), days.last_week) : days.last_week;
  return SECTION_YEAR;
}

void
barua_words_section_bounds (gint64  date,
                            gint64  now,
                            gint64 *low,
                            gint64 *high)
{
  section_of (date, now, low, high);
}

char *
barua_words_section_title (gint64 date,
                           gint64 now)
{
  g_autoptr (GDateTime) at = local_time (date);
  gint64 low, high;

  switch (section_of (date, now, &low, &high))
    {
    case SECTION_TODAY:
      return g_strdup (_("Today"));
    case SECTION_YESTERDAY:
      return g_strdup (_("Yesterday"));
    case SECTION_THIS_WEEK:
      return g_strdup (_("This Week"));
    case SECTION_LAST_WEEK:
      return g_strdup (_("Last Week"));
    case SECTION_MONTH:
      return g_date_time_format (at, "%OB");
    case SECTION_YEAR:
    default:
      return g_date_time_format (at, "%Y");
    }
}

/* Folders, messages ------------------------------------------------------------------------------------------------ */

char *
barua_words_role_folder_name (BaruaRole   role,
                              const char *name)
{
  static const struct
  {
    BaruaRole   role;
    const char *name;
  } usual[] = {
    { BARUA_ROLE_INBOX, N_("Inbox") },     { BARUA_ROLE_DRAFTS, N_("Drafts") }, { BARUA_ROLE_SENT, N_("Sent") },
    { BARUA_ROLE_ARCHIVE, N_("Archive") }, { BARUA_ROLE_JUNK, N_("Junk") },     { BARUA_ROLE_TRASH, N_("Trash") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (usual); i++)
    if (role == usual[i].role && g_ascii_strcasecmp (name, usual[i].name) == 0)
      return g_strdup (g_dgettext (GETTEXT_PACKAGE, usual[i].name));
  return g_strdup (name);
}

char *
barua_words_folder_name (const BaruaFolder *folder)
{
  return barua_words_role_folder_name (folder->role, folder->name);
}

char *
barua_words_folder (const BaruaFolder *folder)
{
  gboolean counts_all = folder->role == BARUA_ROLE_DRAFTS || folder->role == BARUA_ROLE_OUTBOX ||
                        folder->role == BARUA_ROLE_JUNK || folder->role == BARUA_ROLE_TRASH;
  guint count = !counts_all && folder->unread > 0 ? folder->unread : folder->total;
  g_autofree char *number = barua_words_number (count);

  if (count == 0)
    return g_strdup (_("No messages"));
  if (!counts_all && folder->unread > 0)
    return g_strdup_printf (ngettext ("%s unread", "%s unread", count), number);
  return g_strdup_printf (ngettext ("%s message", "%s messages", count), number);
}

char *
barua_words_attachments (guint   n,
                         guint64 bytes)
{
  g_autofree char *size = barua_words_size (bytes);
  g_autofree char *number = barua_words_number (n);

  /* Translators: a number and a size: "2 attachments, 1.2 MB". */
  return g_strdup_printf (ngettext ("%1$s attachment, %2$s", "%1$s attachments, %2$s", n), number, size);
}

char *
barua_words_warning (BaruaWarningKind kind)
{
  switch (kind)
    {
    case BARUA_WARNING_REFUSED:
    case BARUA_WARNING_BAD_ENCODING:
    case BARUA_WARNING_MISSING_BOUNDARY:
      return g_strdup (_("This message is damaged. Here is what could be read."));
    case BARUA_WARNING_TRUNCATED:
    case BARUA_WARNING_HTML_CUT:
      return g_strdup (_("This message is very long. Its beginning is shown; the source has all of it."));
    case BARUA_WARNING_TOO_MANY_PARTS:
      return g_strdup (_("This message has more parts than can be listed."));
    case BARUA_WARNING_TOO_DEEP:
      return g_strdup (_("This message has messages inside messages, deeper than can be shown."));
    case BARUA_WARNING_ADDRESSES_CUT:
      return g_strdup (_("This message has more addresses than can be listed."));
    case BARUA_WARNING_SECOND_FROM:
      return g_strdup (_("This message names more than one sender. The first one is shown."));
    case BARUA_WARNING_UNKNOWN_CHARSET:
      return g_strdup (_("This message uses letters that Barua does not know. Some may look wrong."));
    case BARUA_WARNING_SUSPICIOUS_NAME:
      return g_strdup (_("The name of an attachment was made safe."));
    default:
      return g_strdup ("");
    }
}
