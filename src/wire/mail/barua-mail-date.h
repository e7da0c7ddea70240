/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A Date field (RFC 5322, 3.3 and 4.3): weekday optional and not checked, seconds optional, named zones, years of two or
 * three digits, comments and odd white space accepted. Years 1 to 9999.
 * Returns FALSE when no date can be read; then nothing is set. @zone: minutes east of UTC, "-0000" counts as 0. */
gboolean barua_mail_date_parse (const char *bytes,
                                gsize       length,
                                gint64     *unix_seconds,
                                gint16     *zone);

/* Seconds since 1970 of a day of the Gregorian calendar, @month 1 ... 12; no range checks beyond what the caller made. */
gint64   barua_mail_date_from_civil (int year,
                                     int month,
                                     int day,
                                     int hour,
                                     int minute,
                                     int second);

G_END_DECLS
