/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <string.h>

#include "barua-limits.h"
#include "barua-row.h"
#include "barua-store-search-scan.h"
#include "barua-store-body.h"

static void
set_true (const GError *error,
          gpointer      data)
{
  g_assert_no_error (error);
  *(gboolean *)data = TRUE;
}

static void
catch_up (Fixture *fixture)
{
  gboolean done = FALSE;

  barua_store_search_catch_up (fixture->store, set_true, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

typedef struct
{
  const char *text;
  gssize      length;
  GArray     *hits;
  gboolean    words_only;
} Search;

static gboolean
do_search (BaruaStoreConnection  *c,
           gpointer               data,
           GError               **error)
{
  Search *search = data;
  g_autoptr (BaruaSearchQuery) query = barua_search_query_parse (search->text, search->length, NULL);

  query->words_only = search->words_only;
  search->hits = barua_store_search (c, query, 0, error);
  return search->hits != NULL;
}

static guint
count_hits (Fixture    *fixture,
            const char *text,
            gssize      length,
            gboolean    words_only)
{
  Search search = { text, length, NULL, words_only };
  g_autoptr (GError) error = NULL;
  guint n;

  barua_store_read_now (fixture->store, "search", do_search, &search, &error);
  g_assert_no_error (error);
  for (guint i = 1; i < search.hits->len; i++)
    g_assert_cmpint (g_array_index (search.hits, BaruaSpineEntry, i - 1).key, >=,
                     g_array_index (search.hits, BaruaSpineEntry, i).key);
  n = search.hits->len;
  g_array_unref (search.hits);
  return n;
}

typedef struct
{
  gint64      message;
  const char *text;
} Body;

static gboolean
index_body (BaruaStoreConnection  *c,
            gpointer               data,
            GError               **error)
{
  const Body *body = data;

  return barua_store_search_index_body (c, body->message, body->text, error);
}

static gboolean
set_here (BaruaStoreConnection  *c,
          gpointer               data,
          GError               **error)
{
  return barua_store_body_set_here (c, *(gint64 *)data, TRUE, error);
}

static gboolean
list_unindexed (BaruaStoreConnection  *c,
                gpointer               data,
                GError               **error)
{
  g_autoptr (GArray) ids = barua_store_search_list_unindexed (c, 0, 10, error);
  BaruaSearchCoverage coverage;

  *(guint *)data = ids->len;
  g_assert_true (barua_store_search_get_coverage (c, 0, &coverage, error));
  return TRUE;
}

static void
test_words (void)
{
  static const struct
  {
    const char *text;
    guint       hits;
  } cases[] = {
    { "Meeting", 2 }, { "meet", 2 }, { "\"meet\"", 0 }, { "meeting tomorrow", 1 }, { "-tomorrow meeting", 1 },
    { "from:bo", 2 }, { "from:\"bo@a.example\"", 2 }, { "to:asha", 6 }, { "subject:bo", 0 }, { "body:secret", 1 },
    { "secret", 1 }, { "secret plans", 1 }, { "meeting secret", 1 }, { "subject:secret", 0 },
    { "পরিকল্পনা", 1 }, { "পরিক", 1 }, { "নিবেদন", 0 }, { "నివేదిక", 1 }, { "నివే", 1 }, { "দিনের", 1 },
    { "is:unread", 6 }, { "is:starred", 0 }, { "larger:1G", 0 }, { "larger:1K", 6 }, { "before:1971", 6 },
    { "after:1971", 0 }, { "after:1960 meeting", 2 }, { "has:attachment", 0 }, { "is:unread meeting", 2 },
    { "ambda", 1 }, { "résumé", 1 }, { "resume", 1 }, { "zzz", 0 }, { "", 6 },
  };
  Fixture fixture = { 0 };
  gint64 ids[6];
  guint unindexed = 0;
  g_autoptr (GError) error = NULL;
  BaruaIngest items[] = {
    ingest_make (1, "<1@a.example>", NULL, "bo@a.example", "Meeting tomorrow", 1000),
    ingest_make (2, "<2@a.example>", NULL, "cy@b.example", "Meeting next week", 2000),
    ingest_make (3, "<3@a.example>", NULL, "di@c.example", "আমাদের পরিকল্পনা", 3000),
    ingest_make (4, "<4@a.example>", NULL, "ed@d.example", "వార్షిక నివేదిక", 4000),
    ingest_make (5, "<5@a.example>", NULL, "bo@a.example", "Lambda r\xc3\xa9sum\xc3\xa9", 5000),
    ingest_make (6, "<6@a.example>", NULL, "flo@e.example", "Lunch", 6000),
  };
  Body bodies[2];

  fixture_init (&fixture);
  fixture_ingest (&fixture, fixture.folder, items, 6, ids);
  bodies[0] = (Body){ ids[0], "Our secret plans,\nin two lines" };
  bodies[1] = (Body){ ids[5], "এই দিনের খবর" };
  for (guint i = 0; i < 2; i++)
    {
      barua_store_write_now (fixture.store, BARUA_STORE_NORMAL, "here", set_here, &bodies[i].message, &error);
      g_assert_no_error (error);
    }
  /* A body before the headers were caught up, and twice. */
  for (guint i = 0; i < 2; i++)
    {
      barua_store_write_search_now (fixture.store, "body", index_body, &bodies[0], &error);
      g_assert_no_error (error);
    }
  barua_store_read_now (fixture.store, "unindexed", list_unindexed, &unindexed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (unindexed, ==, 1);
  barua_store_write_search_now (fixture.store, "body", index_body, &bodies[1], &error);
  g_assert_no_error (error);
  catch_up (&fixture);
  /* Parts of words come in idle time; closing and opening leaves that time. */
  for (guint i = 0; i < 100 && count_hits (&fixture, "ambda", -1, FALSE) == 0; i++)
    g_usleep (50 * 1000);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].text);
      g_assert_cmpuint (count_hits (&fixture, cases[i].text, -1, g_str_equal (cases[i].text, "নিবেদন")), ==, cases[i].hits);
    }
  fixture_assert_sound (&fixture);
  for (guint i = 0; i < 6; i++)
    ingest_clear (&items[i]);
  fixture_clear (&fixture);
}

typedef struct
{
  const char *text;
  GArray     *hits;
} Scan;

static gboolean
scan_all (BaruaStoreConnection  *c,
          gpointer               data,
          GError               **error)
{
  Scan *scan = data;
  g_autoptr (BaruaSearchQuery) query = barua_search_query_parse (scan->text, -1, NULL);

  scan->hits = g_array_new (FALSE, FALSE, sizeof (BaruaSpineEntry));
  return barua_store_search_scan (c, query, 0, scan->hits, error);
}

/* What is read and what is indexed are found by the same words. */
static void
test_scan (void)
{
  static const char * const queries[] = {
    "meeting", "meet", "\"meet\"", "MEETING tomorrow", "\"meeting tomorrow\"", "\"tomorrow meeting\"", "-tomorrow meeting",
    "meeting -next -tomorrow", "from:bo", "from:\"bo@a.example\"", "from:\"a.example\"", "from:exam", "to:asha", "to:bo",
    "to:\"asha example\"", "subject:bo", "bo", "a.example bo", "পরিকল্পনা", "পরিক", "\"পরিক\"", "নিবেদন", "నివేదిక", "నివే", "ambda",
    "résumé", "resume", "RESUME", "\"re\"", "re", "r", "e", "résu", "lambda resume", "ünch", "büro", "buro", "straße", "strasse",
    "İstanbul", "istanbul", "co\xcc\x88op", "\xc3\xb6", "日本", "日本語", "10", "1", "meeting 10", "body:meeting", "x y",
    "\"x y\"", "\"y x\"", "a", "\"a\"", "\"e example\"", "-x y", "y -x", "zzz",
  };
  static const char * const subjects[] = {
    "Meeting tomorrow", "Re: meeting next week, 10:30", "আমাদের পরিকল্পনা", "వార్షిక నివేదిక", "Lambda r\xc3\xa9sum\xc3\xa9", "Lunch",
    "Büro in der Straße", "buro straSSE", "İSTANBUL'da", "Co\xcc\x88op", "日本語 の 件", "x y z", "y, x", "", "E", "meet-ing",
    "\xf0\x9f\x98\x80 party", "Tomorrow's meeting", ("a\xe2\x80\x8b" "b"), "1000 10",
  };
  Fixture fixture = { 0 };
  BaruaIngest items[G_N_ELEMENTS (subjects)];
  gint64 ids[G_N_ELEMENTS (subjects)];
  g_autoptr (GError) error = NULL;

  fixture_init (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (subjects); i++)
    {
      g_autofree char *id = g_strdup_printf ("<%u@a.example>", i);

      items[i] = ingest_make (i + 1, id, NULL, i % 3 == 0 ? "bo@a.example" : "düsseldorf@b.example", subjects[i], 1000 + i);
    }
  fixture_ingest (&fixture, fixture.folder, items, G_N_ELEMENTS (subjects), ids);
  /* At once: nothing is indexed so soon after. */
  g_assert_cmpuint (count_hits (&fixture, "meeting", -1, TRUE), ==, 3);
  g_assert_cmpuint (count_hits (&fixture, "meeting before:1960", -1, TRUE), ==, 0);
  g_assert_cmpuint (count_hits (&fixture, "meeting is:starred", -1, TRUE), ==, 0);
  catch_up (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      Scan scan = { queries[i], NULL };

      barua_store_read_now (fixture.store, "scan", scan_all, &scan, &error);
      g_assert_no_error (error);
      g_test_message ("%s: %u", queries[i], scan.hits->len);
      g_assert_cmpuint (scan.hits->len, ==, count_hits (&fixture, queries[i], -1, TRUE));
      g_array_unref (scan.hits);
    }
  fixture_assert_sound (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (subjects); i++)
    ingest_clear (&items[i]);
  fixture_clear (&fixture);
}

/* No text of a person is ever an error. */
static void
test_nasty (void)
{
  static const char * const nasty[] = {
    "\"", "'", "*", "-", "NEAR(", "NEAR(a b, 3)", "AND", "OR NOT", "a AND", "subject:", "subject:\"", ":", "::", "^a", "a*b*",
    "{subject} : x", "(", ")", "((()", "\"unbalanced", "a\"b\"c", "--", "- -", "\xf0\x9f\x98\x80", "漢字", "שלום", "\xff\xfe",
    "is:", "is:nothing", "before:x", "larger:x", "before:99999-99-99", "in:", "in:\"", "+", "a+b", "mail MATCH 'x'", "';--",
    "rank:1", "rowid:1", "-\"", "-is:unread", "\xe2\x80\x8b", "\"\"", "a:b:c", "from:*", "from:\"*", "\\", "%", "_",
  };
  Fixture fixture = { 0 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autofree char *long_text = g_strnfill (1024 * 1024, '"');
  static const char nul[] = "meeting\0\"notes";

  fixture_init (&fixture);
  fixture_fill (&fixture, 50);
  catch_up (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (nasty); i++)
    count_hits (&fixture, nasty[i], -1, FALSE);
  count_hits (&fixture, long_text, -1, FALSE);
  memset (long_text, 'a', 1024 * 1024);
  count_hits (&fixture, long_text, -1, FALSE);
  count_hits (&fixture, nul, sizeof nul - 1, FALSE);
  for (guint i = 0; i < 3000; i++)
    {
      char text[24];
      guint n = (guint)g_rand_int_range (rand, 0, sizeof text);

      for (guint k = 0; k < n; k++)
        text[k] = "\"'*-():^ aNEORT{}\xe0\xa6\x95\xff+:\\"[g_rand_int_range (rand, 0, 24)];
      count_hits (&fixture, text, n, FALSE);
    }
  fixture_clear (&fixture);
}

typedef struct
{
  gint64              account;
  BaruaSearchCoverage coverage;
} Coverage;

static gboolean
get_coverage (BaruaStoreConnection  *c,
              gpointer               data,
              GError               **error)
{
  Coverage *coverage = data;

  return barua_store_search_get_coverage (c, coverage->account, &coverage->coverage, error);
}

static gint64
bodies_since (Fixture *fixture,
              gint64   account)
{
  Coverage coverage = { .account = account };
  g_autoptr (GError) error = NULL;

  barua_store_read_now (fixture->store, "coverage", get_coverage, &coverage, &error);
  g_assert_no_error (error);
  return coverage.coverage.bodies_since;
}

/* Dates rise with the index; three messages in each of two accounts, taking turns. */
typedef struct
{
  const BaruaIndexedText *texts;
  guint                   n;
} Bodies;

static gboolean
index_bodies (BaruaStoreConnection  *c,
              gpointer               data,
              GError               **error)
{
  const Bodies *bodies = data;

  return barua_store_search_index_bodies (c, bodies->texts, bodies->n, error);
}

/* A text as long as may be with @word at its end, or beginning with the last byte that is looked at. */
static char *
make_long_text (const char *word,
                gboolean    is_cut)
{
  gsize length = strlen (word);
  gsize before = BARUA_INDEX_TEXT_BYTES - (is_cut ? 1 : length);
  char *text = g_malloc (before + length + 1);

  memset (text, 'x', before);
  text[before - 1] = ' ';
  memcpy (text + before, word, length + 1);
  return text;
}

/* Many at once, in any order, before their rows are in the index: what is gone is passed over, what was there is replaced, a
 * text is looked at as far as its bound and never to the middle of a character. */
static void
test_index_bodies (void)
{
  Fixture fixture = { 0 };
  gint64 ids[5];
  g_autoptr (GError) error = NULL;
  g_autofree char *whole = make_long_text ("lastword", FALSE);
  g_autofree char *cut = make_long_text ("wordbehind", TRUE);
  g_autofree char *split = make_long_text ("\xc3\xa9t\xc3\xa9", TRUE);
  BaruaIndexedText texts[6];
  BaruaIndexedText again;
  guint n = 0;

  fixture_init (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *message_id = g_strdup_printf ("<%u@a.example>", i);
      BaruaIngest item = ingest_make (i + 1, message_id, NULL, "bo@a.example", "Hello", 1000 * (i + 1));

      fixture_ingest (&fixture, fixture.folder, &item, 1, &ids[i]);
      ingest_clear (&item);
    }
  texts[0] = (BaruaIndexedText){ ids[3], whole };
  texts[1] = (BaruaIndexedText){ ids[0], "firstword" };
  texts[2] = (BaruaIndexedText){ ids[4] + 1000, "nobody" };
  texts[3] = (BaruaIndexedText){ ids[1], cut };
  texts[4] = (BaruaIndexedText){ ids[4], split };
  texts[5] = (BaruaIndexedText){ ids[2], "" };
  barua_store_write_search_now (fixture.store, "none", index_bodies, &(Bodies){ texts, 0 }, &error);
  g_assert_no_error (error);
  barua_store_write_search_now (fixture.store, "bodies", index_bodies, &(Bodies){ texts, G_N_ELEMENTS (texts) }, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_hits (&fixture, "body:firstword", -1, TRUE), ==, 1);
  g_assert_cmpuint (count_hits (&fixture, "body:lastword", -1, TRUE), ==, 1);
  g_assert_cmpuint (count_hits (&fixture, "body:wordbehind", -1, TRUE), ==, 0);
  g_assert_cmpuint (count_hits (&fixture, "body:nobody", -1, TRUE), ==, 0);
  g_assert_cmpuint (count_hits (&fixture, "subject:hello", -1, TRUE), ==, 5);

  again = (BaruaIndexedText){ ids[0], "otherword" };
  barua_store_write_search_now (fixture.store, "again", index_bodies, &(Bodies){ &again, 1 }, &error);
  g_assert_no_error (error);
  catch_up (&fixture);
  g_assert_cmpuint (count_hits (&fixture, "body:firstword", -1, TRUE), ==, 0);
  g_assert_cmpuint (count_hits (&fixture, "body:otherword", -1, TRUE), ==, 1);
  g_assert_cmpuint (count_hits (&fixture, "subject:hello", -1, TRUE), ==, 5);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      barua_store_write_now (fixture.store, BARUA_STORE_NORMAL, "here", set_here, &ids[i], &error);
      g_assert_no_error (error);
    }
  barua_store_read_now (fixture.store, "unindexed", list_unindexed, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 0);
  fixture_clear (&fixture);
}

static void
test_coverage (void)
{
  static const struct
  {
    guint  message; /* whose text is indexed next */
    gint64 both;
    gint64 first;
    gint64 second;
  } steps[] = {
    { 0, G_MAXINT64, G_MAXINT64, G_MAXINT64 },
    { 5, 5001, G_MAXINT64, 4001 },
    { 3, 5001, G_MAXINT64, 2001 },
    { 4, 3001, 3001, 2001 },
    { 1, 3001, 3001, G_MININT64 },
    { 2, G_MININT64, G_MININT64, G_MININT64 },
  };
  Fixture fixture = { 0 };
  Fixture other;
  gint64 ids[6];
  g_autoptr (GError) error = NULL;

  fixture_init (&fixture);
  other = fixture;
  barua_store_write_now (fixture.store, BARUA_STORE_NORMAL, "account", fixture_make_account, &other, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *message_id = g_strdup_printf ("<%u@a.example>", i);
      BaruaIngest item = ingest_make (i + 1, message_id, NULL, "bo@a.example", "Hello", 1000 * (i + 1));

      fixture_ingest (&fixture, i % 2 == 0 ? fixture.folder : other.folder, &item, 1, &ids[i]);
      ingest_clear (&item);
    }
  g_assert_cmpint (bodies_since (&fixture, 0), ==, G_MAXINT64);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      Body body = { ids[steps[i].message], "words" };

      barua_store_write_search_now (fixture.store, "body", index_body, &body, &error);
      g_assert_no_error (error);
      g_assert_cmpint (bodies_since (&fixture, 0), ==, steps[i].both);
      g_assert_cmpint (bodies_since (&fixture, fixture.account), ==, steps[i].first);
      g_assert_cmpint (bodies_since (&fixture, other.account), ==, steps[i].second);
    }
  fixture_clear (&fixture);
}

/* Hits for generated words equal what looking through all texts finds, also after removals. */
static gboolean
remove_some (BaruaStoreConnection  *c,
             gpointer               data,
             GError               **error)
{
  g_autoptr (BaruaIdSet) uids = barua_id_set_parse ("100:299", -1);

  return barua_store_message_remove_uids (c, ((Fixture *)data)->folder, uids, NULL, error);
}

static guint
brute_force (const char *word,
             gboolean    removed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  guint n = 0;

  for (guint i = 0; i < 1000; i++)
    {
      BaruaIngest item = ingest_generate (i, rand);
      g_auto (GStrv) words = g_strsplit (item.envelope->subject, " ", -1);

      n += g_strv_contains ((const char * const *)words, word) && !(removed && i + 1 >= 100 && i + 1 <= 299);
      ingest_clear (&item);
    }
  return n;
}

static void
test_brute_force (void)
{
  static const char * const words[] = { "meeting", "garden", "invoice", "answer" };
  Fixture fixture = { 0 };
  g_autoptr (GError) error = NULL;

  fixture_init (&fixture);
  fixture_fill (&fixture, 1000);
  catch_up (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_assert_cmpuint (count_hits (&fixture, words[i], -1, TRUE), ==, brute_force (words[i], FALSE));
  barua_store_write_now (fixture.store, BARUA_STORE_NORMAL, "remove", remove_some, &fixture, &error);
  g_assert_no_error (error);
  catch_up (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_assert_cmpuint (count_hits (&fixture, words[i], -1, TRUE), ==, brute_force (words[i], TRUE));
  fixture_assert_sound (&fixture);

  /* search.db may be deleted: it is made anew. */
  {
    g_autofree char *path = NULL;

    fixture_close (&fixture);
    path = g_build_filename (fixture.dir, "search.db", NULL);
    g_unlink (path);
    fixture_open (&fixture);
    catch_up (&fixture);
    for (guint i = 0; i < G_N_ELEMENTS (words); i++)
      g_assert_cmpuint (count_hits (&fixture, words[i], -1, TRUE), ==, brute_force (words[i], TRUE));
  }
  fixture_assert_sound (&fixture);
  fixture_clear (&fixture);
}

static void
test_operators (void)
{
  static const BaruaSearchOperator german[] = { { "from", "von" }, { "is:unread", "ist:ungelesen" }, { NULL, NULL } };
  g_autoptr (BaruaSearchQuery) query = barua_search_query_parse ("von:ada IST:ungelesen larger:10M in:\"Old Mail\" x", -1,
                                                                 german);
  g_autoptr (BaruaSearchQuery) long_query = NULL;
  /* The same letter, as one character and as two. */
  static const BaruaSearchOperator bengali[] = { { "subject", "বিষ\u09af\u09bc" }, { NULL, NULL } };
  g_autoptr (BaruaSearchQuery) other_form = barua_search_query_parse ("বিষ\u09df:x", -1, bengali);
  g_autofree char *many = g_strnfill (2 * (BARUA_LIMIT_SEARCH_TERMS + 5), 'a');

  g_assert_cmpint (((BaruaSearchTerm *)g_ptr_array_index (other_form->terms, 0))->field, ==, BARUA_SEARCH_SUBJECT);

  g_assert_cmpuint (query->terms->len, ==, 2);
  g_assert_cmpint (((BaruaSearchTerm *)g_ptr_array_index (query->terms, 0))->field, ==, BARUA_SEARCH_FROM);
  g_assert_cmpint (query->unread, ==, 1);
  g_assert_cmpuint (query->larger, ==, 10 * 1024 * 1024);
  g_assert_cmpstr (query->folder_name, ==, "Old Mail");
  for (guint i = 1; i < 2 * (BARUA_LIMIT_SEARCH_TERMS + 5); i += 2)
    many[i] = ' ';
  long_query = barua_search_query_parse (many, -1, NULL);
  g_assert_cmpuint (long_query->terms->len, ==, BARUA_LIMIT_SEARCH_TERMS);
}

/* Without words: few conversations are looked at one by one, of many the folder is walked. */
static void
test_filters (void)
{
  static const guint sizes[] = { 600, 6000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      Fixture fixture = { 0 };

      fixture_init (&fixture);
      fixture_fill (&fixture, sizes[i]);
      g_assert_cmpuint (count_hits (&fixture, "is:unread", -1, FALSE), ==, sizes[i] / 3);
      g_assert_cmpuint (count_hits (&fixture, "-is:unread", -1, FALSE), ==, sizes[i] - sizes[i] / 3);
      g_assert_cmpuint (count_hits (&fixture, "is:starred", -1, FALSE), ==, 0);
      g_assert_cmpuint (count_hits (&fixture, "is:unread larger:1G", -1, FALSE), ==, 0);
      fixture_clear (&fixture);
    }
}

static gboolean
do_filter (BaruaStoreConnection  *c,
           gpointer               data,
           GError               **error)
{
  Search *search = data;
  g_autoptr (BaruaSearchQuery) query = barua_search_query_parse (search->text, -1, NULL);
  gint64 gone = G_MAXINT64;

  search->hits = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 1; i <= 600; i++)
    {
      gint64 id = (gint64)i;

      g_array_append_val (search->hits, id);
    }
  g_array_append_val (search->hits, gone);
  /* The words are not looked for: what the server found need not have them here. */
  return barua_store_search_filter (c, query, search->hits, error);
}

/* What was found elsewhere must hold all but the words. */
static void
test_found_elsewhere (void)
{
  static const struct
  {
    const char *text;
    guint       n;
  } cases[] = { { "is:unread wardrobe", 200 }, { "-is:unread wardrobe", 400 }, { "is:starred", 0 }, { "wardrobe", 600 },
                { "larger:1G wardrobe", 0 }, { "before:1990 wardrobe", 0 } };
  Fixture fixture = { 0 };

  fixture_init (&fixture);
  fixture_fill (&fixture, 600);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Search search = { cases[i].text, -1, NULL, FALSE };
      g_autoptr (GError) error = NULL;

      barua_store_read_now (fixture.store, "filter", do_filter, &search, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (search.hits->len, ==, cases[i].n);
      g_array_unref (search.hits);
    }
  fixture_clear (&fixture);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/search/operators", test_operators);
  g_test_add_func ("/store/search/words", test_words);
  g_test_add_func ("/store/search/index-bodies", test_index_bodies);
  g_test_add_func ("/store/search/scan", test_scan);
  g_test_add_func ("/store/search/coverage", test_coverage);
  g_test_add_func ("/store/search/nasty", test_nasty);
  g_test_add_func ("/store/search/brute-force", test_brute_force);
  g_test_add_func ("/store/search/filters", test_filters);
  g_test_add_func ("/store/search/found-elsewhere", test_found_elsewhere);
  return g_test_run ();
}
