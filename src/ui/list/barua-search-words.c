/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-search-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "barua-date-words.h"
#include "barua-limits.h"
#include "barua-text.h"
#include "barua-words.h"

/* As many letters found within a word as the index knows parts of. */
#define WITHIN_WORD_CHARS 3

void
barua_search_chip_free (BaruaSearchChip *self)
{
  g_free (self->query);
  g_free (self->label);
  g_free (self);
}

/* Tokens ----------------------------------------------------------------------------------------------------------- */

/* One word, phrase or operator, as the engine cuts a search into them. */
typedef struct
{
  const char *start;
  const char *end;       /* after a closing quote */
  gboolean    negated;
  gboolean    phrase;    /* all of it stands in quotes */
  gboolean    quoted;    /* the value does */
  gboolean    open;      /* a quote is not closed yet */
  char       *text;      /* without quotes and sign */
} Token;

static void
token_clear (Token *token)
{
  g_clear_pointer (&token->text, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Token, token_clear)

static gboolean
next_token (const char **place,
            Token       *token)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *p = *place;

  token_clear (token);
  while (*p != '\0' && g_unichar_isspace (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  *token = (Token){ .start = p };
  if (*p == '\0')
    return FALSE;
  token->negated = p[0] == '-' && p[1] != '\0' && !g_ascii_isspace (p[1]);
  p += token->negated ? 1 : 0;
  token->phrase = token->open = *p == '"';
  p += token->phrase ? 1 : 0;
  for (; *p != '\0'; p = g_utf8_next_char (p))
    {
      gboolean begins = *p == '"' && !token->open && text->len > 0 && text->str[text->len - 1] == ':';

      if (*p == '"' && token->open)
        {
          token->open = FALSE;
          p++;
          break;
        }
      if (begins)
        token->open = token->quoted = TRUE;
      else if (*p == '"' || (!token->open && g_unichar_isspace (g_utf8_get_char (p))))
        break;
      else
        g_string_append_len (text, p, g_utf8_next_char (p) - p);
    }
  token->end = *place = p;
  token->text = g_string_free (g_steal_pointer (&text), FALSE);
  return TRUE;
}

/* Operators -------------------------------------------------------------------------------------------------------- */

static gboolean
is_flag (const BaruaQueryWord *word)
{
  return strchr (word->english, ':') != NULL;
}

/* The operator that @token begins with, or is; NULL. *@value points into its text. */
static const BaruaQueryWord *
find_operator (const Token  *token,
               const char  **value)
{
  const char *colon = token->phrase ? NULL : strchr (token->text, ':');
  g_autofree char *whole = g_utf8_strdown (token->text, -1);
  g_autofree char *name = NULL;

  if (colon == NULL || colon == token->text)
    return NULL;
  *value = colon + 1;
  name = g_utf8_strdown (token->text, colon - token->text);
  for (const BaruaQueryWord *word = barua_words_query_words (); word->english != NULL; word++)
    {
      g_autofree char *translated = g_utf8_strdown (word->translated, -1);
      const char *wanted = is_flag (word) ? whole : name;

      if (g_str_equal (wanted, word->english) || g_str_equal (wanted, translated))
        return word;
    }
  return NULL;
}

static gboolean
is_size (const char *value)
{
  const char *p = value;

  while (g_ascii_isdigit (*p))
    p++;
  if (p == value)
    return FALSE;
  if (strchr ("kmgKMG", *p) != NULL && *p != '\0')
    p++;
  if (*p == 'b' || *p == 'B')
    p++;
  return *p == '\0';
}

/* The value as the engine reads it; NULL: the operator can't have this one. (full) */
static char *
make_value (const BaruaQueryWord *word,
            const char           *value,
            gint64                now)
{
  gint64 first, after;
  g_autoptr (GDateTime) date = NULL;

  if (*value == '\0')
    return NULL;
  if (g_str_equal (word->english, "larger"))
    return is_size (value) ? g_strdup (value) : NULL;
  if (!g_str_equal (word->english, "before") && !g_str_equal (word->english, "after"))
    return g_strdup (value);
  if (!barua_words_parse_period (value, now, &first, &after))
    return NULL;
  date = g_date_time_new_from_unix_local (first);
  return date != NULL ? g_date_time_format (date, "%Y-%m-%d") : NULL;
}

static BaruaSearchChip *
make_chip (const Token *token,
           gint64       now)
{
  const char *typed = NULL;
  const BaruaQueryWord *word = find_operator (token, &typed);
  g_autofree char *value = word != NULL && !is_flag (word) ? make_value (word, typed, now) : NULL;
  g_autofree char *label = NULL;
  const char *sign = token->negated ? "-" : "";
  const char *quote = token->quoted ? "\"" : "";
  BaruaSearchChip *chip;

  if (word == NULL || (!is_flag (word) && value == NULL))
    return NULL;
  chip = g_new0 (BaruaSearchChip, 1);
  if (is_flag (word))
    {
      chip->query = g_strconcat (sign, word->english, NULL);
      label = g_strdup (word->translated);
    }
  else
    {
      chip->query = g_strconcat (sign, word->english, ":", quote, value, quote, NULL);
      /* Translators: a condition of a search: "from: alice", "before: March". */
      label = g_strdup_printf (_("%1$s: %2$s"), word->translated, typed);
    }
  /* Translators: a condition of a search that must not hold: "not from: alice", "not is:unread". */
  chip->label = token->negated ? g_strdup_printf (_("not %s"), label) : g_steal_pointer (&label);
  return chip;
}

GPtrArray *
barua_search_words_take (const char  *text,
                         gboolean     is_finished,
                         gint64       now,
                         char       **rest)
{
  GPtrArray *chips = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_search_chip_free);
  g_autoptr (GString) left = g_string_new (NULL);
  g_auto (Token) token = { 0 };
  const char *place = text;
  const char *kept = text;

  while (next_token (&place, &token))
    {
      gboolean is_whole = !token.open && (*token.end != '\0' || is_finished);
      BaruaSearchChip *chip = is_whole ? make_chip (&token, now) : NULL;

      if (chip == NULL)
        continue;
      g_ptr_array_add (chips, chip);
      g_string_append_len (left, kept, token.start - kept);
      /* The space behind it goes with it. */
      if (*place != '\0' && g_unichar_isspace (g_utf8_get_char (place)))
        place = g_utf8_next_char (place);
      kept = place;
    }
  g_string_append (left, kept);
  *rest = g_string_free (g_steal_pointer (&left), FALSE);
  return chips;
}

/* Hits ------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  guint fields;
  char *text; /* folded */
} Needle;

static void
needle_free (gpointer data)
{
  Needle *needle = data;

  g_free (needle->text);
  g_free (needle);
}

/* As it is compared: without case, accents, and what is not seen. @places, if given: for every byte of the result, and for its
 * end, where in @text it comes from (gsize). */
static char *
fold (const char *text,
      GArray     *places)
{
  GString *folded = g_string_new (NULL);
  gsize place = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
      gunichar c = g_utf8_get_char (p);
      gsize n = g_unichar_fully_decompose (c, FALSE, parts, G_N_ELEMENTS (parts));

      place = (gsize)(p - text);
      for (gsize i = 0; i < n; i++)
        {
          char utf8[6];
          int length;

          if ((parts[i] >= 0x300 && parts[i] <= 0x36F) || g_unichar_type (parts[i]) == G_UNICODE_FORMAT)
            continue;
          length = g_unichar_to_utf8 (g_unichar_tolower (parts[i]), utf8);
          g_string_append_len (folded, utf8, length);
          for (int k = 0; places != NULL && k < length; k++)
            g_array_append_val (places, place);
        }
    }
  place = strlen (text);
  if (places != NULL)
    g_array_append_val (places, place);
  return g_string_free (folded, FALSE);
}

static guint
fields_of (const BaruaQueryWord *word)
{
  if (word == NULL)
    return BARUA_HIT_NAME | BARUA_HIT_SUBJECT | BARUA_HIT_PREVIEW;
  if (g_str_equal (word->english, "from") || g_str_equal (word->english, "to"))
    return BARUA_HIT_NAME;
  return g_str_equal (word->english, "subject") ? BARUA_HIT_SUBJECT : 0;
}

GPtrArray *
barua_search_words_list_needles (const char *query)
{
  GPtrArray *needles = g_ptr_array_new_with_free_func (needle_free);
  g_auto (Token) token = { 0 };
  const char *place = query;

  while (next_token (&place, &token) && needles->len < BARUA_LIMIT_SEARCH_TERMS)
    {
      const char *value = token.text;
      const BaruaQueryWord *word = find_operator (&token, &value);
      g_autofree char *clean = barua_text_for_search (word != NULL ? value : token.text, -1);
      g_autofree char *folded = fold (clean, NULL);
      Needle *needle;

      if (token.negated || *folded == '\0' || fields_of (word) == 0)
        continue;
      needle = g_new0 (Needle, 1);
      needle->fields = fields_of (word);
      needle->text = g_steal_pointer (&folded);
      g_ptr_array_add (needles, needle);
    }
  return needles;
}

static gboolean
is_word_start (const char *text,
               const char *p)
{
  gunichar before = p > text ? g_utf8_get_char (g_utf8_prev_char (p)) : ' ';

  return !g_unichar_isalnum (before) && !g_unichar_ismark (before);
}

static void
find_one (const Needle *needle,
          gboolean      within_words,
          const char   *text,
          const char   *folded,
          GArray       *places,
          GArray       *hits)
{
  gsize length = strlen (needle->text);

  within_words = within_words && g_utf8_strlen (needle->text, -1) >= WITHIN_WORD_CHARS;
  for (const char *p = strstr (folded, needle->text); p != NULL; p = strstr (g_utf8_next_char (p), needle->text))
    {
      BaruaHit hit = { g_array_index (places, gsize, (gsize)(p - folded)),
                       g_array_index (places, gsize, (gsize)(p - folded) + length) };

      if (!within_words && !is_word_start (folded, p))
        continue;
      /* A letter with all that stands on it. */
      while (text[hit.end] != '\0' && g_unichar_ismark (g_utf8_get_char (text + hit.end)))
        hit.end = (gsize)(g_utf8_next_char (text + hit.end) - text);
      g_array_append_val (hits, hit);
    }
}

static int
compare_hits (gconstpointer a,
              gconstpointer b)
{
  const BaruaHit *x = a, *y = b;

  return (x->start > y->start) - (x->start < y->start);
}

GArray *
barua_search_words_find (GPtrArray     *needles,
                         BaruaHitField  field,
                         const char    *text)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (BaruaHit));
  GArray *hits = g_array_new (FALSE, FALSE, sizeof (BaruaHit));
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (gsize));
  g_autofree char *folded = fold (text, places);

  for (guint i = 0; i < needles->len; i++)
    {
      const Needle *needle = g_ptr_array_index (needles, i);

      if (needle->fields & field)
        find_one (needle, field != BARUA_HIT_PREVIEW, text, folded, places, found);
    }
  g_array_sort (found, compare_hits);
  for (guint i = 0; i < found->len; i++)
    {
      BaruaHit *hit = &g_array_index (found, BaruaHit, i);
      BaruaHit *last = hits->len > 0 ? &g_array_index (hits, BaruaHit, hits->len - 1) : NULL;

      if (last != NULL && hit->start <= last->end)
        last->end = MAX (last->end, hit->end);
      else
        g_array_append_val (hits, *hit);
    }
  return hits;
}
