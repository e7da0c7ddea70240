/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <string.h>

#include "barua-search-words.h"

/* Sunday, 22 November 2026, noon UTC. */
#define NOW G_GINT64_CONSTANT (1795348800)

static void
assert_taken (const char *text,
              gboolean    is_finished,
              const char *queries,
              const char *labels,
              const char *rest)
{
  g_autofree char *left = NULL;
  g_autoptr (GPtrArray) chips = barua_search_words_take (text, is_finished, NOW, &left);
  g_autoptr (GString) query = g_string_new (NULL);
  g_autoptr (GString) label = g_string_new (NULL);

  for (guint i = 0; i < chips->len; i++)
    {
      BaruaSearchChip *chip = g_ptr_array_index (chips, i);

      g_string_append_printf (query, "%s%s", i > 0 ? "|" : "", chip->query);
      g_string_append_printf (label, "%s%s", i > 0 ? "|" : "", chip->label);
    }
  g_assert_cmpstr (query->str, ==, queries);
  g_assert_cmpstr (label->str, ==, labels);
  g_assert_cmpstr (left, ==, rest);
}

static void
test_operators (void)
{
  /* Not before it is whole. */
  assert_taken ("from:alice", FALSE, "", "", "from:alice");
  assert_taken ("from:alice ", FALSE, "from:alice", "from: alice", "");
  assert_taken ("from:alice", TRUE, "from:alice", "from: alice", "");
  assert_taken ("Subject:Garden garden", FALSE, "subject:Garden", "subject: Garden", "garden");
  assert_taken ("red from:alice blue", FALSE, "from:alice", "from: alice", "red blue");
  assert_taken ("is:unread has:attachment x", FALSE, "is:unread|has:attachment", "is:unread|has:attachment", "x");
  assert_taken ("-is:starred -from:bob ", FALSE, "-is:starred|-from:bob", "not is:starred|not from: bob", "");
  assert_taken ("from:\"Ada Lovelace\" x", FALSE, "from:\"Ada Lovelace\"", "from: Ada Lovelace", "x");
  assert_taken ("from:\"Ada Love", TRUE, "", "", "from:\"Ada Love");
  assert_taken ("larger:10M larger:big ", FALSE, "larger:10M", "larger: 10M", "larger:big ");
  assert_taken ("from:లక్ష్మీ ", FALSE, "from:లక్ష్మీ", "from: లక్ష్మీ", "");
}

static void
test_no_operators (void)
{
  assert_taken ("", TRUE, "", "", "");
  assert_taken ("garden party ", TRUE, "", "", "garden party ");
  assert_taken ("from: alice ", TRUE, "", "", "from: alice ");
  assert_taken ("\"from:alice\" ", TRUE, "", "", "\"from:alice\" ");
  assert_taken ("is:purple https://posta.example/ 12:30 ", TRUE, "", "", "is:purple https://posta.example/ 12:30 ");
  assert_taken (":x - \" ", TRUE, "", "", ":x - \" ");
}

static void
test_dates (void)
{
  assert_taken ("before:2024-03-09 ", FALSE, "before:2024-03-09", "before: 2024-03-09", "");
  assert_taken ("after:2024 ", FALSE, "after:2024-01-01", "after: 2024", "");
  assert_taken ("after:yesterday ", FALSE, "after:2026-11-21", "after: yesterday", "");
  assert_taken ("before:nonsense ", FALSE, "", "", "before:nonsense ");
}

static void
assert_found (const char    *query,
              BaruaHitField  field,
              const char    *text,
              const char    *marked)
{
  g_autoptr (GPtrArray) needles = barua_search_words_list_needles (query);
  g_autoptr (GArray) hits = barua_search_words_find (needles, field, text);
  g_autoptr (GString) result = g_string_new (NULL);
  gsize place = 0;

  for (guint i = 0; i < hits->len; i++)
    {
      BaruaHit *hit = &g_array_index (hits, BaruaHit, i);

      g_string_append_len (result, text + place, (gssize)(hit->start - place));
      g_string_append_c (result, '[');
      g_string_append_len (result, text + hit->start, (gssize)(hit->end - hit->start));
      g_string_append_c (result, ']');
      place = hit->end;
    }
  g_string_append (result, text + place);
  g_assert_cmpstr (result->str, ==, marked);
}

static void
test_hits (void)
{
  assert_found ("garden", BARUA_HIT_SUBJECT, "The Garden in May, gardens", "The [Garden] in May, [garden]s");
  assert_found ("muller", BARUA_HIT_NAME, "Maria Müller", "Maria [Müller]");
  assert_found ("MÜLLER", BARUA_HIT_NAME, "Maria Mu\xcc\x88ller", "Maria [Mu\xcc\x88ller]");
  /* Within a word three letters are needed, and not in the text. */
  assert_found ("art", BARUA_HIT_SUBJECT, "party", "p[art]y");
  assert_found ("art", BARUA_HIT_PREVIEW, "party art", "party [art]");
  assert_found ("ar", BARUA_HIT_SUBJECT, "party are", "party [ar]e");
  /* Operators only where they look; what must not be there is not marked. */
  assert_found ("from:alice", BARUA_HIT_NAME, "Alice", "[Alice]");
  assert_found ("from:alice", BARUA_HIT_SUBJECT, "Alice", "Alice");
  assert_found ("subject:\"in may\" -garden is:unread", BARUA_HIT_SUBJECT, "The garden in May", "The garden [in May]");
  /* Overlapping ones are one. */
  assert_found ("gard garden den", BARUA_HIT_SUBJECT, "garden", "[garden]");
  /* A letter with its vowel sign. */
  assert_found ("పండ", BARUA_HIT_SUBJECT, "పండుగ శుభాకాంక్షలు", "[పండు]గ శుభాకాంక్షలు");
  assert_found ("", BARUA_HIT_SUBJECT, "anything", "anything");
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/search-words/operators", test_operators);
  g_test_add_func ("/ui/search-words/no-operators", test_no_operators);
  g_test_add_func ("/ui/search-words/dates", test_dates);
  g_test_add_func ("/ui/search-words/hits", test_hits);
  return g_test_run ();
}
