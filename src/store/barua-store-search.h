/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-store.h"

G_BEGIN_DECLS

typedef enum
{
  BARUA_SEARCH_ANYWHERE,  /* subject, sender, recipients, text */
  BARUA_SEARCH_FROM,
  BARUA_SEARCH_TO,        /* To and Cc */
  BARUA_SEARCH_SUBJECT,
  BARUA_SEARCH_BODY
} BaruaSearchField;

typedef struct
{
  BaruaSearchField  field;
  char             *text;     /* in the normal form of barua_text_for_search(), not empty */
  gboolean          phrase;   /* was in quotes: exactly these words; else the last word is a prefix */
  gboolean          negated;  /* "-word" */
} BaruaSearchTerm;

/* What is looked for: all of it must hold. */
typedef struct
{
  GPtrArray *terms;          /* BaruaSearchTerm */
  int        unread;         /* -1 any, 0 must be read, 1 must be unread; likewise below */
  int        starred;
  int        attachment;
  gint64     before;         /* date < before; G_MAXINT64: any */
  gint64     after;          /* date >= after; G_MININT64: any */
  guint64    larger;         /* size > larger; 0: any */
  char      *folder_name;    /* "in:", as written, for the caller to resolve into folders; NULL: none */
  GArray    *folders;        /* gint64: shown folders to look in; empty: all */
  GArray    *not_folders;    /* gint64: shown folders to leave out */
  gint64     account;        /* 0: all */
  gboolean   words_only;     /* don't look for parts of words in subject and sender */
} BaruaSearchQuery;

/* The English operators and values are always understood; a table adds those of the person's language. The word of the key
 * is written without colon, for flags as "is:unread". Ends with { NULL, NULL }. */
typedef struct
{
  const char *english;    /* "from", "has:attachment" */
  const char *translated; /* UTF-8, compared without case */
} BaruaSearchOperator;

BaruaSearchQuery *barua_search_query_new      (void); /* finds everything */
void              barua_search_query_free     (BaruaSearchQuery          *self);
/* Never fails: what is no operator is text; dates are YYYY, YYYY-MM or YYYY-MM-DD in local time, sizes 500, 500K, 10M.
 * @text need not be valid UTF-8. At most BARUA_LIMIT_SEARCH_TERMS terms; the rest is left out. @operators may be NULL. Any thread. */
BaruaSearchQuery *barua_search_query_parse    (const char                *text,
                                               gssize                     length,
                                               const BaruaSearchOperator *operators);
gboolean          barua_search_query_is_empty (const BaruaSearchQuery    *self);

/* The newest @limit (0: all) messages found, newest first: GArray of BaruaSpineEntry (id, date). On a reader. Bad text is no
 * error. */
GArray           *barua_store_search          (BaruaStoreConnection      *c,
                                               const BaruaSearchQuery    *query,
                                               guint                      limit,
                                               GError                   **error);

/* Of @ids (GArray of gint64, changed in place) those of which all holds but the words: for what was found elsewhere. On a
 * reader. */
gboolean          barua_store_search_filter   (BaruaStoreConnection      *c,
                                               const BaruaSearchQuery    *query,
                                               GArray                    *ids,
                                               GError                   **error);

/* Adds the text of @message (plain, any length: bounded here) to its index. Through barua_store_write_search(). Replaces
 * what was there; a message that is gone is ignored. */
gboolean          barua_store_search_index_body (BaruaStoreConnection    *c,
                                               gint64                     message,
                                               const char                *text,
                                               GError                   **error);
typedef struct
{
  gint64      message;
  const char *text;   /* in the form of barua_text_for_search() */
} BaruaIndexedText;

/* The same for many, far cheaper than one by one. */
gboolean          barua_store_search_index_bodies (BaruaStoreConnection  *c,
                                               const BaruaIndexedText    *texts,
                                               guint                      n_texts,
                                               GError                   **error);
/* Messages below @below (0: all) whose text is in the cache and not in the index yet, by falling id, at most @limit: GArray
 * of gint64. On a reader. */
GArray           *barua_store_search_list_unindexed (BaruaStoreConnection *c,
                                               gint64                     below,
                                               guint                      limit,
                                               GError                   **error);

typedef struct
{
  gint64   bodies_since; /* from this date on every message's text can be found; G_MININT64: of all,
                          * G_MAXINT64: of none */
} BaruaSearchCoverage;

/* What a search covers beside subject, sender and recipients, which are found as soon as a message is stored. Of @account, 0
 * for all. Reads as much as the texts that are covered, not as the messages that are there. On a reader. */
gboolean          barua_store_search_get_coverage (BaruaStoreConnection  *c,
                                               gint64                     account,
                                               BaruaSearchCoverage       *coverage,
                                               GError                   **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaSearchQuery, barua_search_query_free)

G_END_DECLS
