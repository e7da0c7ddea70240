/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-flags.h"
#include "barua-id-set.h"

G_BEGIN_DECLS

/* What to search for (RFC 9051, 6.4.4) as a tree. Each function gives a new key, owned by the caller; functions that join
 * keys take them over. Strings are UTF-8 and copied. */
typedef struct _BaruaImapSearchKey BaruaImapSearchKey;

typedef enum
{
  BARUA_IMAP_SEARCH_IN_BCC,
  BARUA_IMAP_SEARCH_IN_BODY,
  BARUA_IMAP_SEARCH_IN_CC,
  BARUA_IMAP_SEARCH_IN_FROM,
  BARUA_IMAP_SEARCH_IN_SUBJECT,
  BARUA_IMAP_SEARCH_IN_TEXT,
  BARUA_IMAP_SEARCH_IN_TO
} BaruaImapSearchField;

typedef enum
{
  BARUA_IMAP_SEARCH_BEFORE,
  BARUA_IMAP_SEARCH_ON,
  BARUA_IMAP_SEARCH_SINCE,
  BARUA_IMAP_SEARCH_SENT_BEFORE,
  BARUA_IMAP_SEARCH_SENT_ON,
  BARUA_IMAP_SEARCH_SENT_SINCE,
  BARUA_IMAP_SEARCH_SAVED_BEFORE, /* SAVEDATE, RFC 8514 */
  BARUA_IMAP_SEARCH_SAVED_ON,
  BARUA_IMAP_SEARCH_SAVED_SINCE
} BaruaImapSearchDate;

BaruaImapSearchKey *barua_imap_search_all      (void);
/* Messages with (@is_set) or without the flag; exactly one bit. */
BaruaImapSearchKey *barua_imap_search_flag     (BaruaFlags            flag,
                                                gboolean              is_set);
/* Another keyword; refused when the command is made if it is no atom. */
BaruaImapSearchKey *barua_imap_search_keyword  (const char           *keyword,
                                                gboolean              is_set);
BaruaImapSearchKey *barua_imap_search_text     (BaruaImapSearchField  field,
                                                const char           *text);
BaruaImapSearchKey *barua_imap_search_header   (const char           *name,
                                                const char           *text);
/* @year 1-9999, @month 1-12, @day 1-31. */
BaruaImapSearchKey *barua_imap_search_date     (BaruaImapSearchDate   which,
                                                guint                 year,
                                                guint                 month,
                                                guint                 day);
BaruaImapSearchKey *barua_imap_search_larger   (guint32               bytes);
BaruaImapSearchKey *barua_imap_search_smaller  (guint32               bytes);
/* WITHIN, RFC 5032. */
BaruaImapSearchKey *barua_imap_search_older    (guint32               seconds);
BaruaImapSearchKey *barua_imap_search_younger  (guint32               seconds);
/* Not empty; not cut: the caller keeps it within the line limit (barua_imap_uid_set_split()). */
BaruaImapSearchKey *barua_imap_search_uids     (const BaruaIdSet     *uids);
/* "UID first:*"; @last 0 stands for "*". */
BaruaImapSearchKey *barua_imap_search_uid_range (guint32              first,
                                                 guint32              last);
/* Message numbers; @last 0 stands for "*". */
BaruaImapSearchKey *barua_imap_search_numbers  (guint32               first,
                                                guint32               last);
/* "$", SEARCHRES, RFC 5182. */
BaruaImapSearchKey *barua_imap_search_saved    (void);
BaruaImapSearchKey *barua_imap_search_modseq   (guint64               modseq);
/* OBJECTID, RFC 8474. */
BaruaImapSearchKey *barua_imap_search_email_id (const char           *id);
BaruaImapSearchKey *barua_imap_search_thread_id (const char          *id);
/* Gmail's own query words. */
BaruaImapSearchKey *barua_imap_search_gmail    (const char           *query);
BaruaImapSearchKey *barua_imap_search_not      (BaruaImapSearchKey   *key);
BaruaImapSearchKey *barua_imap_search_or       (BaruaImapSearchKey   *a,
                                                BaruaImapSearchKey   *b);
/* Both of them. */
BaruaImapSearchKey *barua_imap_search_and      (BaruaImapSearchKey   *a,
                                                BaruaImapSearchKey   *b);
/* FUZZY, RFC 6203. */
BaruaImapSearchKey *barua_imap_search_fuzzy    (BaruaImapSearchKey   *key);
void                barua_imap_search_key_free (BaruaImapSearchKey   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaImapSearchKey, barua_imap_search_key_free)

G_END_DECLS
