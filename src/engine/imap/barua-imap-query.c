/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-query.h"

static BaruaImapSearchKey *
join (BaruaImapSearchKey *a,
      BaruaImapSearchKey *b)
{
  if (a == NULL || b == NULL)
    return a != NULL ? a : b;
  return barua_imap_search_and (a, b);
}

static BaruaImapSearchKey *
term_to_key (const BaruaSearchTerm *term)
{
  BaruaImapSearchKey *key;

  switch (term->field)
    {
    case BARUA_SEARCH_FROM:
      key = barua_imap_search_text (BARUA_IMAP_SEARCH_IN_FROM, term->text);
      break;
    case BARUA_SEARCH_TO:
      key = barua_imap_search_or (barua_imap_search_text (BARUA_IMAP_SEARCH_IN_TO, term->text),
                                  barua_imap_search_text (BARUA_IMAP_SEARCH_IN_CC, term->text));
      break;
    case BARUA_SEARCH_SUBJECT:
      key = barua_imap_search_text (BARUA_IMAP_SEARCH_IN_SUBJECT, term->text);
      break;
    case BARUA_SEARCH_BODY:
      key = barua_imap_search_text (BARUA_IMAP_SEARCH_IN_BODY, term->text);
      break;
    case BARUA_SEARCH_ANYWHERE:
    default:
      key = barua_imap_search_text (BARUA_IMAP_SEARCH_IN_TEXT, term->text);
      break;
    }
  return term->negated ? barua_imap_search_not (key) : key;
}

/* The day of @seconds here, @days later, for a key that knows days only, those of the sender's clock. NULL where there is none. */
static BaruaImapSearchKey *
date_to_key (BaruaImapSearchDate which,
             gint64              seconds,
             int                 days)
{
  g_autoptr(GDateTime) moment = g_date_time_new_from_unix_local (seconds);
  g_autoptr(GDateTime) day = moment != NULL ? g_date_time_add_days (moment, days) : NULL;

  if (day == NULL)
    return NULL;
  return barua_imap_search_date (which, (guint) g_date_time_get_year (day), (guint) g_date_time_get_month (day),
                                 (guint) g_date_time_get_day_of_month (day));
}

BaruaImapSearchKey *
barua_imap_query_to_key (const BaruaSearchQuery *query)
{
  BaruaImapSearchKey *key = NULL;

  if (query->unread >= 0)
    key = join (key, barua_imap_search_flag (BARUA_FLAG_SEEN, query->unread == 0));
  if (query->starred >= 0)
    key = join (key, barua_imap_search_flag (BARUA_FLAG_FLAGGED, query->starred != 0));
  /* A day more at either end: it may be another day where the sender is. */
  if (query->after != G_MININT64)
    key = join (key, date_to_key (BARUA_IMAP_SEARCH_SENT_SINCE, query->after, -1));
  if (query->before != G_MAXINT64)
    key = join (key, date_to_key (BARUA_IMAP_SEARCH_SENT_BEFORE, query->before, 1));
  if (query->larger > 0)
    key = join (key, barua_imap_search_larger ((guint32) MIN (query->larger, (guint64) G_MAXUINT32)));
  /* Words last: many a server looks at one key after the other, and reads whole messages for these. */
  for (guint i = 0; i < query->terms->len; i++)
    key = join (key, term_to_key (g_ptr_array_index (query->terms, i)));
  return key != NULL ? key : barua_imap_search_all ();
}

gboolean
barua_imap_query_is_ascii (const BaruaSearchQuery *query)
{
  for (guint i = 0; i < query->terms->len; i++)
    if (!g_str_is_ascii (((BaruaSearchTerm *) g_ptr_array_index (query->terms, i))->text))
      return FALSE;
  return TRUE;
}
