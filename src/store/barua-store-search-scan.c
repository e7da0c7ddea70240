/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "barua-limits.h"
#include "barua-row.h"
#include "barua-store-private.h"
#include "barua-store-search-scan.h"
#include "barua-text.h"

/* search.db follows main.db at leisure (docs/decisions/0022). What is above its cursor is found here, by reading it: the same
 * texts cut by FTS5's own tokenizer with the same arguments, so that a message is found by the same words before and after. */

typedef struct
{
  fts5_tokenizer   calls;
  Fts5Tokenizer   *self;
} Tokenizer;

/* Tokens of one text, each NUL-terminated. */
typedef struct
{
  GString *text;
  GArray  *starts; /* gsize into @text */
} Tokens;

typedef struct
{
  Tokens           *words;
  BaruaSearchField  field;
  gboolean          prefix; /* of the last word */
  gboolean          negated;
} Term;

typedef struct
{
  BaruaStoreConnection *c;
  Tokenizer             tokenizer;
  Term                  terms[BARUA_LIMIT_SEARCH_TERMS];
  guint                 n_terms;
  Tokens               *scratch;
  BaruaIdMap            people;      /* correspondent -> terms that its name and address hold, a bit each */
} Scan;

static Tokens *
tokens_new (void)
{
  Tokens *self = g_new0 (Tokens, 1);

  self->text = g_string_new (NULL);
  self->starts = g_array_new (FALSE, FALSE, sizeof (gsize));
  return self;
}

static void
tokens_free (Tokens *self)
{
  if (self == NULL)
    return;
  g_string_free (self->text, TRUE);
  g_array_unref (self->starts);
  g_free (self);
}

static const char *
get_token (const Tokens *self,
           guint         i)
{
  return self->text->str + g_array_index (self->starts, gsize, i);
}

static int
on_token (void       *data,
          int         flags,
          const char *token,
          int         length,
          int         start,
          int         end)
{
  Tokens *self = data;
  gsize at = self->text->len;

  if ((flags & FTS5_TOKEN_COLOCATED) != 0)
    return SQLITE_OK;
  g_array_append_val (self->starts, at);
  g_string_append_len (self->text, token, length);
  g_string_append_c (self->text, '\0');
  return SQLITE_OK;
}

static gboolean
tokenize (const Tokenizer *tokenizer,
          int              reason,
          const char      *text,
          Tokens          *tokens)
{
  g_string_truncate (tokens->text, 0);
  g_array_set_size (tokens->starts, 0);
  return tokenizer->calls.xTokenize (tokenizer->self, tokens, reason, text, (int)strlen (text), on_token) == SQLITE_OK;
}

static gboolean
tokenizer_open (Tokenizer             *self,
                BaruaStoreConnection  *c,
                GError               **error)
{
  static const char *arguments[] = { BARUA_STORE_TOKENIZER_ARGUMENTS };
  fts5_api *api = NULL;
  void *context = NULL;
  g_autoptr (BaruaStatement) s = barua_store_statement (c, DB_SEARCH, "SELECT fts5 (?1)", error);

  if (s == NULL)
    return FALSE;
  sqlite3_bind_pointer (s, 1, &api, "fts5_api_ptr", NULL);
  if (barua_store_step (c, s, error) == 0)
    return FALSE;
  if (api == NULL || api->xFindTokenizer (api, BARUA_STORE_TOKENIZER, &context, &self->calls) != SQLITE_OK ||
      self->calls.xCreate (context, arguments, G_N_ELEMENTS (arguments), &self->self) != SQLITE_OK)
    {
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_INTERNAL, "no tokenizer %s", BARUA_STORE_TOKENIZER);
      return FALSE;
    }
  return TRUE;
}

static gboolean
word_matches (const char *word,
              const char *wanted,
              gboolean    prefix)
{
  return prefix ? g_str_has_prefix (word, wanted) : strcmp (word, wanted) == 0;
}

/* The words of @term stand in @tokens one after the other. */
static gboolean
term_matches (const Term   *term,
              const Tokens *tokens)
{
  guint n = term->words->starts->len;

  for (guint i = 0; i + n <= tokens->starts->len; i++)
    {
      guint k = 0;

      while (k < n && word_matches (get_token (tokens, i + k), get_token (term->words, k), term->prefix && k + 1 == n))
        k++;
      if (k == n)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_ascii (const char *text)
{
  for (; *text != '\0'; text++)
    if ((guint8)*text >= 0x80)
      return FALSE;
  return TRUE;
}

/* In ASCII only letters are folded: where the first word of no term is a part of such a text, none matches. */
static gboolean
may_match (const Scan *self,
           const char *text)
{
  if (!is_ascii (text))
    return TRUE;
  for (guint i = 0; i < self->n_terms; i++)
    {
      const char *word = get_token (self->terms[i].words, 0);
      gsize length = strlen (word);

      for (const char *p = text; *p != '\0'; p++)
        if (g_ascii_tolower (*p) == *word && g_ascii_strncasecmp (p, word, length) == 0)
          return TRUE;
    }
  return FALSE;
}

/* A bit for each term whose words are in @text. */
static guint32
match_text (Scan       *self,
            const char *text)
{
  g_autofree char *folded = NULL;
  guint32 bits = 0;

  if (!may_match (self, text))
    return 0;
  folded = barua_text_for_search (text, -1);
  if (!tokenize (&self->tokenizer, FTS5_TOKENIZE_DOCUMENT, folded, self->scratch))
    return 0;
  for (guint i = 0; i < self->n_terms; i++)
    if (term_matches (&self->terms[i], self->scratch))
      bits |= 1u << i;
  return bits;
}

static gboolean
match_person (Scan     *self,
              gint64    correspondent,
              guint32  *bits,
              GError  **error)
{
  const BaruaIdMapEntry *known = barua_id_map_find (&self->people, (guint64)correspondent);
  g_autofree char *name = NULL;
  g_autofree char *address = NULL;
  g_autofree char *both = NULL;

  if (known != NULL)
    {
      *bits |= known->extra;
      return TRUE;
    }
  if (!barua_store_person_load (self->c, correspondent, &name, &address, error))
    return FALSE;
  both = g_strconcat (name, " ", address, NULL);
  {
    guint32 own = match_text (self, both);

    barua_id_map_add (&self->people, (guint64)correspondent, correspondent, own);
    *bits |= own;
  }
  return TRUE;
}

static gboolean
match_recipients (Scan          *self,
                  const guint8  *people,
                  gsize          length,
                  guint32       *bits,
                  GError       **error)
{
  gsize offset = 0;
  gint64 correspondent;
  BaruaPersonKind kind;
  guint n = 0;

  while (n < BARUA_STORE_INDEXED_RECIPIENTS && barua_people_next (people, length, &offset, &correspondent, &kind))
    {
      if (kind != PERSON_TO && kind != PERSON_CC)
        continue;
      if (!match_person (self, correspondent, bits, error))
        return FALSE;
      n++;
    }
  return TRUE;
}

/* All that is wanted is there and nothing that is not. */
static gboolean
decide (const Scan *self,
        guint32     subject,
        guint32     sender,
        guint32     recipients)
{
  for (guint i = 0; i < self->n_terms; i++)
    {
      const Term *term = &self->terms[i];
      guint32 where = term->field == BARUA_SEARCH_ANYWHERE ? subject | sender | recipients :
                      term->field == BARUA_SEARCH_SUBJECT ? subject :
                      term->field == BARUA_SEARCH_FROM ? sender :
                      term->field == BARUA_SEARCH_TO ? recipients : 0;

      if (((where >> i) & 1) == (guint)term->negated)
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_term (Scan                  *self,
          const BaruaSearchTerm *wanted,
          GError               **error)
{
  Tokens *words = tokens_new ();

  if (!tokenize (&self->tokenizer, FTS5_TOKENIZE_QUERY, wanted->text, words))
    {
      tokens_free (words);
      g_set_error (error, BARUA_ERROR, BARUA_ERROR_INTERNAL, "the tokenizer gave up");
      return FALSE;
    }
  /* As FTS5 does: what has no word is not asked for. */
  if (words->starts->len == 0)
    tokens_free (words);
  else
    self->terms[self->n_terms++] = (Term){
      .words = words,
      .field = wanted->field,
      .negated = wanted->negated,
      .prefix = barua_search_term_is_prefix (wanted),
    };
  return TRUE;
}

static gboolean
scan_init (Scan                    *self,
           BaruaStoreConnection    *c,
           const BaruaSearchQuery  *query,
           GError                 **error)
{
  *self = (Scan){ .c = c };
  self->scratch = tokens_new ();
  barua_id_map_init (&self->people, BARUA_STORE_MAP_ENTRIES);
  if (!tokenizer_open (&self->tokenizer, c, error))
    return FALSE;
  for (guint i = 0; i < query->terms->len && self->n_terms < G_N_ELEMENTS (self->terms); i++)
    if (!add_term (self, g_ptr_array_index (query->terms, i), error))
      return FALSE;
  return TRUE;
}

static void
scan_clear (Scan *self)
{
  if (self->tokenizer.self != NULL)
    self->tokenizer.calls.xDelete (self->tokenizer.self);
  for (guint i = 0; i < self->n_terms; i++)
    tokens_free (self->terms[i].words);
  tokens_free (self->scratch);
  barua_id_map_clear (&self->people);
}

static gboolean
scan_rows (Scan                    *self,
           const BaruaSearchQuery  *query,
           gint64                   cursor,
           GArray                  *hits,
           GError                 **error)
{
  int rc;
  g_autoptr (BaruaStatement) s = barua_store_query (self->c, DB_MAIN, error,
    "SELECT id, date, subject, coalesce (sender, 0), people FROM message WHERE id > ?1", "i", cursor);

  if (s == NULL)
    return FALSE;
  while ((rc = barua_store_step (self->c, s, error)) == SQLITE_ROW)
    {
      BaruaSpineEntry entry = { sqlite3_column_int64 (s, 0), sqlite3_column_int64 (s, 1) };
      gint64 sender = sqlite3_column_int64 (s, 3);
      guint32 in_subject;
      guint32 in_sender = 0;
      guint32 in_recipients = 0;

      if (entry.key < query->after || entry.key >= query->before)
        continue;
      in_subject = match_text (self, barua_statement_text (s, 2));
      if ((sender != 0 && !match_person (self, sender, &in_sender, error)) ||
          !match_recipients (self, sqlite3_column_blob (s, 4), (gsize)sqlite3_column_bytes (s, 4), &in_recipients, error))
        return FALSE;
      if (decide (self, in_subject, in_sender, in_recipients))
        g_array_append_val (hits, entry);
    }
  return rc != 0;
}

gboolean
barua_store_search_scan (BaruaStoreConnection    *c,
                         const BaruaSearchQuery  *query,
                         gint64                   cursor,
                         GArray                  *hits,
                         GError                 **error)
{
  Scan self;
  gboolean ok = scan_init (&self, c, query, error) && (self.n_terms == 0 || scan_rows (&self, query, cursor, hits, error));

  scan_clear (&self);
  return ok;
}
