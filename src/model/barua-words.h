/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-engine-types.h"

G_BEGIN_DECLS

/* States, errors, dates and sizes in the person's language (gettext), for the window and for barua-cli alike. Pure functions
 * without GTK; every result is owned by the caller and never NULL. Nothing here is markup. Any thread, except
 * barua_words_set_clock_12h().
 */

/* Opens the catalogue; idempotent. setlocale() is the program's own business. */
void        barua_words_init               (void);
/* Whether times are written as "9:41 AM" instead of "09:41". What the desktop says; FALSE until told. Main thread. */
void        barua_words_set_clock_12h      (gboolean           is_12h);

/* "Synchronising Inbox, 12,400 of 98,000", "Up to date 12:04", "Offline since 11:40", "3 changes waiting", "1 change was refused",
 * "posta.example did not accept this password." */
char       *barua_words_status             (const BaruaStatus *status);
/* The same in a few letters, for a list's subtitle: "Offline", "Not connected", "Sign-in needed", "Disk full",
 * "12,400 of 98,000"; "" when there is nothing to say. */
char       *barua_words_status_short       (const BaruaStatus *status);

/* One sentence: what happened, to what. @host and @user may be NULL or "". */
char       *barua_words_error              (BaruaErrorCode     code,
                                            const char        *host,
                                            const char        *user);
/* One sentence: what to do about it. */
char       *barua_words_remedy             (BaruaErrorCode     code,
                                            const char        *host,
                                            const char        *user);

/* Grouped by the locale: "12,400". */
char       *barua_words_number             (guint64            number);
/* "48 kB", "1.2 MB". */
char       *barua_words_size               (guint64            bytes);
/* The count beside a folder: "24", "1.2k" above 9,999. */
char       *barua_words_count              (guint64            count);

/* Dates. @date and @now are seconds since 1970; local time zone. */
/* "09:41", or "9:41 AM". */
char       *barua_words_time               (gint64             date);
/* Of a row: today "09:41", this week "Mon", this year "12 Nov", else the locale's short date. */
char       *barua_words_date_row           (gint64             date,
                                            gint64             now);
/* Of a message: "Today 09:41", "Yesterday 09:41", "Mon 09:41", "12 Nov 09:41", "12 Nov 2024 09:41". */
char       *barua_words_date               (gint64             date,
                                            gint64             now);
/* Weekday, full date, time and zone, and the sender's own time where its zone (minutes east) differs. */
char       *barua_words_date_full          (gint64             date,
                                            gint16             zone_minutes);

/* The section of a list sorted by date that @date falls into: *@low <= date < *@high (seconds since 1970, G_MININT64 and
 * G_MAXINT64 at the ends). Sections change at local midnight: the same @now must be used for one list until then. */
void        barua_words_section_bounds     (gint64             date,
                                            gint64             now,
                                            gint64            *low,
                                            gint64            *high);
/* Its title: "Today", "Yesterday", "This Week", "Last Week", "November", "2024". */
char       *barua_words_section_title      (gint64             date,
                                            gint64             now);
/* The same for any order: the section of entries with *@low <= key < *@high (see BaruaSpineEntry for keys). */
void        barua_words_list_section_bounds (BaruaSort         sort,
                                            gint64             key,
                                            gint64             now,
                                            gint64            *low,
                                            gint64            *high);
/* "Today"; "M"; "1 to 10 MB"; "Unread". */
char       *barua_words_list_section_title (BaruaSort          sort,
                                            gint64             key,
                                            gint64             now);
/* The next local midnight after @now. */
gint64      barua_words_next_midnight      (gint64             now);

/* Who takes part in a row's conversation, "Alice, Ben, me"; the count is the caller's to add. At most @max names, the first and
 * the last ones. Of a row that is not grouped the sender's name or address. */
char       *barua_words_people             (const BaruaRow    *row,
                                            guint              max);
/* What was done: "Starred 2 messages"; @bits within @mask, which is one flag. */
char       *barua_words_marked             (guint              n,
                                            BaruaFlags         mask,
                                            BaruaFlags         bits);
/* What the server has still to do: "Star 2 messages", */
char       *barua_words_waiting            (const BaruaWaiting *waiting);
/* and why it is not done: "Waiting for the network", "Refused: the mailbox is full". */
char       *barua_words_waiting_state      (const BaruaWaiting *waiting);
/* "Discarded the changes of 2 messages" */
char       *barua_words_discarded          (guint              n);
/* What a search covers, for the line above the results: "Texts since March 2024 are searched; older mail by sender and subject.";
 * "" when everything is. @texts_since as in BaruaSpine. */
char       *barua_words_search_coverage    (gint64             texts_since);
/* What the servers answered: "The server found 12 more."; what one of them did not, and why. */
char       *barua_words_asked              (const BaruaAsked  *asked);
/* The words of a search in the person's language, for barua_engine_set_query_words(); ends with { NULL, NULL }. Static. Main
 * thread. */
const BaruaQueryWord *barua_words_query_words (void);

/* A folder's name: of role folders that bear the usual English name the person's own word ("Posteingang"). */
char       *barua_words_folder_name        (const BaruaFolder *folder);
char       *barua_words_role_folder_name   (BaruaRole          role,
                                            const char        *name);
/* A folder's state: "24 unread", "1,204 messages", "No messages". */
char       *barua_words_folder             (const BaruaFolder *folder);
/* What a warning about a message means, in one sentence. */
char       *barua_words_warning            (BaruaWarningKind   kind);
/* "2 attachments, 1.2 MB" */
char       *barua_words_attachments        (guint              n,
                                            guint64            bytes);

G_END_DECLS
