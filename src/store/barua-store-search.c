/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-search.h"

#include <string.h>

#include "barua-limits.h"
#include "barua-row.h"
#include "barua-store-private.h"
#include "barua-store-search-scan.h"

/* Two indexes answer: "mail" (whole words and the beginning of the last one, in all fields) and "pieces" (any three letters
 * of subject and sender; candidates are checked against the text). Both give row ids, newest first; what else is asked for
 * is looked up message by message, until there are enough. What "mail" has not taken in yet is read. */

static void
append_quoted (GString    *match,
               const char *text)
{
  g_string_append_c (match, '"');
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"')
        g_string_append_c (match, '"');
      g_string_append_c (match, *p);
    }
  g_string_append_c (match, '"');
}

static const char *
get_columns (BaruaSearchField field)
{
  switch (field)
    {
    case BARUA_SEARCH_FROM:
      return "{sender} : ";
    case BARUA_SEARCH_TO:
      return "{recipients} : ";
    case BARUA_SEARCH_SUBJECT:
      return "{subject} : ";
    case BARUA_SEARCH_BODY:
      return "{body} : ";
    case BARUA_SEARCH_ANYWHERE:
    default:
      return "";
    }
}

/* A single letter as a beginning would be half of the index, and tells nothing. */
gboolean
barua_search_term_is_prefix (const BaruaSearchTerm *term)
{
  gboolean one_letter = *term->text != '\0' && *g_utf8_next_char (term->text) == '\0' && (guint8)*term->text < 0x80;

  return !term->phrase && !term->negated && !one_letter;
}

/* NULL when there is nothing to match. */
static char *
make_word_match (const BaruaSearchQuery *query)
{
  g_autoptr (GString) match = g_string_new (NULL);
  g_autoptr (GString) without = g_string_new (NULL);
  gboolean any = FALSE;

  for (guint i = 0; i < query->terms->len; i++)
    {
      const BaruaSearchTerm *term = g_ptr_array_index (query->terms, i);
      GString *into = term->negated ? without : match;

      if (into->len > 0)
        g_string_append (into, term->negated ? " OR " : " AND ");
      g_string_append (into, get_columns (term->field));
      append_quoted (into, term->text);
      if (barua_search_term_is_prefix (term))
        g_string_append (into, " *");
      any |= !term->negated;
    }
  if (!any)
    return NULL;
  if (without->len > 0)
    return g_strdup_printf ("(%s) NOT (%s)", match->str, without->str);
  return g_string_free (g_steal_pointer (&match), FALSE);
}

/* NULL when pieces can't answer: terms of other fields, negated or phrased ones, or shorter than three letters. */
static char *
make_piece_match (const BaruaSearchQuery *query)
{
  g_autoptr (GString) match = g_string_new (NULL);

  if (query->words_only || query->terms->len == 0)
    return NULL;
  for (guint i = 0; i < query->terms->len; i++)
    {
      const BaruaSearchTerm *term = g_ptr_array_index (query->terms, i);
      const char *p = term->text;

      if (term->negated || term->phrase || g_utf8_strlen (term->text, -1) < 3 || term->field == BARUA_SEARCH_TO ||
          term->field == BARUA_SEARCH_BODY)
        return NULL;
      for (;;)
        {
          const char *end = g_utf8_offset_to_pointer (p, 3);
          g_autofree char *piece = g_strndup (p, (gsize)(end - p));

          if (match->len > 0)
            g_string_append (match, " AND ");
          /* Which field it is in is seen when the text is checked. */
          append_quoted (match, piece);
          if (*end == '\0')
            break;
          p = g_utf8_next_char (p);
        }
    }
  return g_string_free (g_steal_pointer (&match), FALSE);
}

typedef struct
{
  const BaruaSearchQuery *query;
  gint64                  max_id;
  GPtrArray              *needles; /* casefolded texts of the terms, for pieces */
} Filter;

static gboolean
contains_id (GArray *ids,
             gint64  id)
{
  for (guint i = 0; i < ids->len; i++)
    if (g_array_index (ids, gint64, i) == id)
      return TRUE;
  return FALSE;
}

#define FILTER_COLUMNS                                                                                                  \
  "SELECT m.id, m.date, m.shown_folder, (m.flags & ~m.wish_mask) | m.wish_bits, m.traits, m.size, f.account, m.subject," \
  " p.name, a.address FROM message m JOIN folder f ON f.id = m.shown_folder LEFT JOIN correspondent p ON p.id = m.sender" \
  " LEFT JOIN address a ON a.id = p.address "

static gboolean
passes (const Filter   *filter,
        BaruaStatement *s)
{
  const BaruaSearchQuery *query = filter->query;
  gint64 date = sqlite3_column_int64 (s, 1);
  gint64 folder = sqlite3_column_int64 (s, 2);
  BaruaFlags flags = (BaruaFlags)sqlite3_column_int64 (s, 3);

  return date < query->before && date >= query->after &&
         (query->unread < 0 || ((flags & BARUA_FLAG_SEEN) == 0) == (query->unread != 0)) &&
         (query->starred < 0 || ((flags & BARUA_FLAG_FLAGGED) != 0) == (query->starred != 0)) &&
         (query->attachment < 0 || ((sqlite3_column_int64 (s, 4) & TRAIT_ATTACHMENT) != 0) == (query->attachment != 0)) &&
         (query->larger == 0 || (guint64)sqlite3_column_int64 (s, 5) > query->larger) &&
         (query->account == 0 || query->account == sqlite3_column_int64 (s, 6)) &&
         (query->folders->len == 0 || contains_id (query->folders, folder)) && !contains_id (query->not_folders, folder);
}

/* Pieces know three letters at a time: whether they stand together is looked up in the text itself. */
static gboolean
holds_needles (const Filter   *filter,
               BaruaStatement *s)
{
  g_autofree char *subject = NULL;
  g_autofree char *sender = NULL;
  g_autofree char *both = g_strconcat (barua_statement_text (s, 8), " ", barua_statement_text (s, 9), NULL);

  subject = g_utf8_casefold (barua_statement_text (s, 7), -1);
  sender = g_utf8_casefold (both, -1);
  for (guint i = 0; i < filter->needles->len; i++)
    {
      const BaruaSearchTerm *term = g_ptr_array_index (filter->query->terms, i);
      const char *needle = g_ptr_array_index (filter->needles, i);
      gboolean in_subject = term->field != BARUA_SEARCH_FROM && strstr (subject, needle) != NULL;
      gboolean in_sender = term->field != BARUA_SEARCH_SUBJECT && strstr (sender, needle) != NULL;

      if (!in_subject && !in_sender)
        return FALSE;
    }
  return TRUE;
}

/* The message of an index row: its id is the row's low bits plus a multiple of 2^22 (one candidate below four million
 * messages). FALSE with @error; *id is 0 when it is gone or filtered out. */
static gboolean
resolve (BaruaStoreConnection  *c,
         const Filter          *filter,
         gint64                 rowid,
         gboolean               check_needles,
         gint64                *id,
         GError               **error)
{
  gint64 date = rowid >> 22;

  *id = 0;
  for (gint64 candidate = rowid & 0x3FFFFF; candidate <= filter->max_id; candidate += 1 << 22)
    {
      g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error, FILTER_COLUMNS "WHERE m.id = ?1 AND m.date = ?2",
                                                        "ii", candidate, date);
      int rc = s != NULL ? barua_store_step (c, s, error) : 0;

      if (rc == 0)
        return FALSE;
      if (rc == SQLITE_DONE)
        continue;
      if (passes (filter, s) && (!check_needles || holds_needles (filter, s)))
        *id = candidate;
      return TRUE;
    }
  return TRUE;
}

static gboolean
collect (BaruaStoreConnection  *c,
         const Filter          *filter,
         const char            *sql,
         const char            *match,
         gboolean               check_needles,
         guint                  limit,
         GArray                *hits,
         GError               **error)
{
  gint64 low = filter->query->after <= 0 ? 0 : MIN (filter->query->after, G_GINT64_CONSTANT (1) << 40) << 22;
  gint64 high = filter->query->before >= G_GINT64_CONSTANT (1) << 40 ? G_MAXINT64 :
                MAX (filter->query->before, 0) << 22;
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_SEARCH, error, sql, "sii", match, low, high);
  int rc;

  if (s == NULL)
    return FALSE;
  while ((limit == 0 || hits->len < limit) && (rc = barua_store_step (c, s, error)) != SQLITE_DONE)
    {
      gint64 rowid = sqlite3_column_int64 (s, 0);
      BaruaSpineEntry entry = { 0, rowid >> 22 };

      if (rc == 0 || !resolve (c, filter, rowid, check_needles, &entry.id, error))
        return FALSE;
      if (entry.id != 0)
        g_array_append_val (hits, entry);
    }
  return TRUE;
}

static gint
compare_hits (gconstpointer a,
              gconstpointer b)
{
  const BaruaSpineEntry *x = a;
  const BaruaSpineEntry *y = b;

  if (x->key != y->key)
    return x->key > y->key ? -1 : 1;
  return x->id > y->id ? -1 : x->id < y->id;
}

/* Newest first, each once, at most @limit. */
static void
order_hits (GArray *hits,
            guint   limit)
{
  guint n = 0;

  g_array_sort (hits, compare_hits);
  for (guint i = 0; i < hits->len; i++)
    if (n == 0 || g_array_index (hits, BaruaSpineEntry, i).id != g_array_index (hits, BaruaSpineEntry, n - 1).id)
      g_array_index (hits, BaruaSpineEntry, n++) = g_array_index (hits, BaruaSpineEntry, i);
  g_array_set_size (hits, limit != 0 ? MIN (n, limit) : n);
}

/* Conversations looked at one by one; where more of them qualify, hits are close together in the list. */
#define FEW_CONVERSATIONS 1000u

typedef struct
{
  gint64 thread;
  gint64 folder;
} Conversation;

/* The conversations that hold something unread or starred, when that is asked for and they are few; else NULL without
 * @error. Walking all of a folder for its last unread message takes a hundred times as long. */
static GArray *
list_few (BaruaStoreConnection  *c,
          const Filter          *filter,
          GError               **error)
{
  g_autoptr (GArray) few = g_array_new (FALSE, FALSE, sizeof (Conversation));
  g_autoptr (BaruaStatement) s = NULL;
  int rc;

  if (filter->query->unread <= 0 && filter->query->starred <= 0)
    return NULL;
  /* The table itself in its order: no index holds the counters. */
  s = barua_store_query (c, DB_MAIN, error,
    "SELECT thread, folder FROM conversation_folder NOT INDEXED WHERE (?1 = 0 OR unread > 0) AND (?2 = 0 OR starred > 0)"
    " LIMIT ?3", "iii", (gint64)(filter->query->unread > 0), (gint64)(filter->query->starred > 0),
    (gint64)FEW_CONVERSATIONS + 1);
  if (s == NULL)
    return NULL;
  while ((rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    {
      Conversation conversation = { sqlite3_column_int64 (s, 0), sqlite3_column_int64 (s, 1) };

      g_array_append_val (few, conversation);
    }
  return rc != 0 && few->len <= FEW_CONVERSATIONS ? g_steal_pointer (&few) : NULL;
}

static gboolean
collect_conversation (BaruaStoreConnection  *c,
                      const Filter          *filter,
                      const Conversation    *conversation,
                      GArray                *hits,
                      GError               **error)
{
  g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
    FILTER_COLUMNS "WHERE m.thread = ?1 AND +m.shown_folder = ?2", "ii", conversation->thread, conversation->folder);
  int rc = 0;

  while (s != NULL && (rc = barua_store_step (c, s, error)) == SQLITE_ROW)
    {
      BaruaSpineEntry entry = { sqlite3_column_int64 (s, 0), sqlite3_column_int64 (s, 1) };

      if (passes (filter, s))
        g_array_append_val (hits, entry);
    }
  return rc != 0;
}

/* Without words: the folders are walked in list order. */
static gboolean
collect_by_filter (BaruaStoreConnection  *c,
                   const Filter          *filter,
                   guint                  limit,
                   GArray                *hits,
                   GError               **error)
{
  g_autoptr (GArray) folders = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (BaruaStatement) f = NULL;
  g_autoptr (GError) local = NULL;
  g_autoptr (GArray) few = list_few (c, filter, &local);
  int rc;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (few != NULL)
    {
      for (guint i = 0; i < few->len; i++)
        if (!collect_conversation (c, filter, &g_array_index (few, Conversation, i), hits, error))
          return FALSE;
      return TRUE;
    }
  f = barua_store_query (c, DB_MAIN, error, "SELECT id FROM folder", "");
  if (f == NULL)
    return FALSE;
  while ((rc = barua_store_step (c, f, error)) == SQLITE_ROW)
    {
      gint64 id = sqlite3_column_int64 (f, 0);

      if (filter->query->folders->len == 0 || contains_id (filter->query->folders, id))
        g_array_append_val (folders, id);
    }
  if (rc == 0)
    return FALSE;
  for (guint i = 0; i < folders->len; i++)
    {
      g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error,
        FILTER_COLUMNS "WHERE m.shown_folder = ?1 AND m.date >= ?2 AND m.date < ?3 ORDER BY m.date DESC, m.id DESC", "iii",
        g_array_index (folders, gint64, i), filter->query->after, filter->query->before);
      guint n = 0;

      if (s == NULL)
        return FALSE;
      while ((limit == 0 || n < limit) && (rc = barua_store_step (c, s, error)) != SQLITE_DONE)
        {
          BaruaSpineEntry entry;

          if (rc == 0)
            return FALSE;
          if (!passes (filter, s))
            continue;
          entry = (BaruaSpineEntry){ sqlite3_column_int64 (s, 0), sqlite3_column_int64 (s, 1) };
          g_array_append_val (hits, entry);
          n++;
        }
    }
  return TRUE;
}

/* What is not in the index yet. @cursor was read before the index was asked: what came in between is found twice, which
 * order_hits() mends, never not at all. */
static gboolean
collect_unindexed (BaruaStoreConnection  *c,
                   const Filter          *filter,
                   gint64                 cursor,
                   guint                  limit,
                   GArray                *hits,
                   GError               **error)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (BaruaSpineEntry));
  guint n = 0;

  if (cursor >= filter->max_id)
    return TRUE;
  if (!barua_store_search_scan (c, filter->query, cursor, found, error))
    return FALSE;
  g_array_sort (found, compare_hits);
  for (guint i = 0; i < found->len && (limit == 0 || n < limit); i++)
    {
      const BaruaSpineEntry *entry = &g_array_index (found, BaruaSpineEntry, i);
      g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error, FILTER_COLUMNS "WHERE m.id = ?1", "i", entry->id);
      int rc = s != NULL ? barua_store_step (c, s, error) : 0;

      if (rc == 0)
        return FALSE;
      if (rc == SQLITE_ROW && passes (filter, s))
        {
          g_array_append_vals (hits, entry, 1);
          n++;
        }
    }
  return TRUE;
}

GArray *
barua_store_search (BaruaStoreConnection    *c,
                    const BaruaSearchQuery  *query,
                    guint                    limit,
                    GError                 **error)
{
  g_autoptr (GArray) hits = g_array_new (FALSE, FALSE, sizeof (BaruaSpineEntry));
  g_autoptr (GPtrArray) needles = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *words = make_word_match (query);
  g_autofree char *pieces = make_piece_match (query);
  Filter filter = { query, 0, needles };
  gint64 cursor = 0;

  if (!barua_store_get_number (c, DB_MAIN, &filter.max_id, 0, error, "SELECT max (id) FROM message", ""))
    return NULL;
  for (guint i = 0; i < query->terms->len; i++)
    g_ptr_array_add (needles, g_utf8_casefold (((BaruaSearchTerm *)g_ptr_array_index (query->terms, i))->text, -1));

  if (words != NULL &&
      !barua_store_get_number (c, DB_SEARCH, &cursor, 0, error, "SELECT value FROM meta WHERE key = 'cursor'", ""))
    return NULL;
  if (words != NULL &&
      !collect (c, &filter,
                "SELECT rowid FROM mail WHERE mail MATCH ?1 AND rowid >= ?2 AND rowid < ?3 ORDER BY rowid DESC", words, FALSE,
                limit, hits, error))
    return NULL;
  if (words != NULL && !collect_unindexed (c, &filter, cursor, limit, hits, error))
    return NULL;
  if (pieces != NULL)
    {
      g_autoptr (GArray) more = g_array_new (FALSE, FALSE, sizeof (BaruaSpineEntry));

      if (!collect (c, &filter,
                    "SELECT rowid FROM pieces WHERE pieces MATCH ?1 AND rowid >= ?2 AND rowid < ?3 ORDER BY rowid DESC",
                    pieces, TRUE, limit, more, error))
        return NULL;
      g_array_append_vals (hits, more->data, more->len);
    }
  /* Only "-word", or no words at all. */
  if (words == NULL && (query->terms->len == 0 || pieces == NULL) &&
      !collect_by_filter (c, &filter, limit, hits, error))
    return NULL;
  order_hits (hits, limit);
  return g_steal_pointer (&hits);
}

gboolean
barua_store_search_filter (BaruaStoreConnection    *c,
                           const BaruaSearchQuery  *query,
                           GArray                  *ids,
                           GError                 **error)
{
  Filter filter = { query, 0, NULL };
  guint n = 0;

  for (guint i = 0; i < ids->len; i++)
    {
      gint64 id = g_array_index (ids, gint64, i);
      g_autoptr (BaruaStatement) s = barua_store_query (c, DB_MAIN, error, FILTER_COLUMNS "WHERE m.id = ?1", "i", id);
      int rc = s != NULL ? barua_store_step (c, s, error) : 0;

      if (rc == 0)
        return FALSE;
      if (rc == SQLITE_ROW && passes (&filter, s))
        g_array_index (ids, gint64, n++) = id;
    }
  g_array_set_size (ids, n);
  return TRUE;
}
