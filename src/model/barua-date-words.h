/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a person types to go to a date: "12.3", "12/3/2024", "2024-03-12", "12 March", "March", "March 2023", "2023", "12",
 * "Monday", "today", "yesterday", with the names of the language and in English, and its own digits too. With dots the day
 * comes first, with other signs as the locale writes its dates. What has no year is the last one that is not to come.
 *
 * The period meant: *@first <= time < *@after, seconds since 1970, local time zone. FALSE when it is no date; then neither is
 * touched. Pure; any thread. */
gboolean barua_words_parse_period (const char *text,
                                   gint64      now,
                                   gint64     *first,
                                   gint64     *after);
/* The period in words, to be shown before going there: "12 March 2024", "March 2024", "2024". (full) */
char    *barua_words_period       (gint64      first,
                                   gint64      after);

G_END_DECLS
