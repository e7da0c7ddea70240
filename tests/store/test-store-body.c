/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <string.h>

#include "barua-flags.h"
#include "barua-limits.h"
#include "barua-store-body.h"
#include "barua-store-part.h"
#include "barua-store-preference.h"
#include "barua-store-private.h"
#include "barua-store-wish.h"

static void
run (Fixture        *fixture,
     BaruaStoreFunc  func)
{
  g_autoptr (GError) error = NULL;

  barua_store_write_now (fixture->store, BARUA_STORE_NORMAL, "story", func, fixture, &error);
  g_assert_no_error (error);
}

static GBytes *
make_text (guint length)
{
  char *text = g_malloc (length);

  for (guint i = 0; i < length; i++)
    text[i] = "the quick brown fox "[i % 20];
  return g_bytes_new_take (text, length);
}

static GBytes *
make_noise (guint length)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (length);
  guint8 *noise = g_malloc (length);

  for (guint i = 0; i < length; i++)
    noise[i] = (guint8)g_rand_int (rand);
  return g_bytes_new_take (noise, length);
}

/* The page size is set before anything else makes the file. */
static gboolean
story_pages (BaruaStoreConnection  *c,
             gpointer               data,
             GError               **error)
{
  gint64 cache = 0;
  gint64 main = 0;

  g_assert_true (barua_store_get_number (c, DB_CACHE, &cache, 0, error, "PRAGMA page_size", ""));
  g_assert_true (barua_store_get_number (c, DB_MAIN, &main, 0, error, "PRAGMA page_size", ""));
  g_assert_cmpint (cache, ==, BARUA_STORE_PAGE_BYTES);
  g_assert_cmpint (main, ==, BARUA_STORE_PAGE_BYTES);
  return TRUE;
}

static gboolean
story_round_trip (BaruaStoreConnection  *c,
                  gpointer               data,
                  GError               **error)
{
  gint64 id = barua_store_message_find_uid (c, ((Fixture *)data)->folder, 1, error);
  g_autoptr (GBytes) text = make_text (20000);
  g_autoptr (GBytes) noise = make_noise (5000);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  const struct
  {
    const char      *section;
    const char      *type;
    GBytes          *content;
    BaruaBodyCoding  coding;
  } cases[] = {
    { "1", "text/plain", text, BARUA_BODY_RAW },      { "2", "text/html", text, BARUA_BODY_FAST },
    { "3", NULL, text, BARUA_BODY_TIGHT },            { "4", "image/png", text, BARUA_BODY_FAST },
    { "5", "text/plain", noise, BARUA_BODY_FAST },    { "6", "text/plain", empty, BARUA_BODY_FAST },
    { "2", "text/html", noise, BARUA_BODY_FAST },     { "", NULL, text, BARUA_BODY_FAST },
  };
  g_auto (GStrv) sections = NULL;
  guint64 used;
  guint n;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) back = NULL;

      g_assert_true (barua_store_body_save (c, id, cases[i].section, cases[i].type, cases[i].content, cases[i].coding, error));
      back = barua_store_body_load (c, id, cases[i].section, error);
      g_assert_nonnull (back);
      g_assert_true (g_bytes_equal (back, cases[i].content));
    }
  g_assert_null (barua_store_body_load (c, id, "9", error));
  sections = barua_store_body_list_sections (c, id, error);
  g_assert_cmpuint (g_strv_length (sections), ==, 7);
  g_assert_true (barua_store_body_set_here (c, id, TRUE, error));
  g_assert_true (barua_store_body_get_usage (c, &used, &n, error));
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (used, <, 20000 + 20000 + 3 * 5000);
  return TRUE;
}

static gboolean
story_evict (BaruaStoreConnection  *c,
             gpointer               data,
             GError               **error)
{
  Fixture *fixture = data;
  g_autoptr (GBytes) noise = make_noise (10000);
  g_autoptr (BaruaIdSet) star = barua_id_set_new ();
  g_autoptr (GBytes) content = NULL;
  gint64 ids[11];
  guint n;

  for (guint i = 1; i <= 10; i++)
    {
      ids[i] = barua_store_message_find_uid (c, fixture->folder, i, error);
      g_assert_true (barua_store_body_save (c, ids[i], "1", NULL, noise, BARUA_BODY_RAW, error));
      g_assert_true (barua_store_body_set_here (c, ids[i], TRUE, error));
    }
  barua_id_set_add (star, (guint64)ids[3]);
  g_assert_true (barua_store_wish_flags (c, star, BARUA_FLAG_FLAGGED, BARUA_FLAG_FLAGGED, NULL, error));
  g_assert_true (barua_store_body_pin (c, ids[4], TRUE, error));
  g_assert_true (barua_store_body_evict (c, 100000, &n, error));
  g_assert_cmpuint (n, ==, 0);
  g_assert_true (barua_store_body_evict (c, 1, &n, error));
  g_assert_cmpuint (n, ==, 8);
  for (guint i = 1; i <= 10; i++)
    {
      g_autoptr (BaruaStoreMessage) message = barua_store_message_load (c, ids[i], error);
      g_autoptr (GBytes) body = barua_store_body_load (c, ids[i], "1", error);

      g_assert_cmpint (body != NULL, ==, i == 3 || i == 4);
      g_assert_cmpint (message->body_here, ==, i == 3 || i == 4);
    }
  return TRUE;
}

static gboolean
remove_all (BaruaStoreConnection  *c,
            gpointer               data,
            GError               **error)
{
  g_autoptr (BaruaIdSet) uids = barua_id_set_parse ("1:4294967295", -1);
  guint n;

  g_assert_true (barua_store_message_remove_uids (c, ((Fixture *)data)->folder, uids, NULL, error));
  g_assert_true (barua_store_body_collect (c, &n, error));
  g_assert_cmpuint (n, ==, 2);
  return TRUE;
}

static gboolean
story_parts (BaruaStoreConnection  *c,
             gpointer               data,
             GError               **error)
{
  Fixture *fixture = data;
  gint64 id = barua_store_message_find_uid (c, fixture->folder, 1, error);
  g_autoptr (GPtrArray) parts = barua_part_list_new ();
  g_autoptr (GPtrArray) back = NULL;
  g_autoptr (BaruaStoreMessage) message = NULL;
  g_autoptr (BaruaIdSet) without = NULL;
  BaruaPart *part = barua_part_new ();
  BaruaPart *second;

  part->kind = BARUA_PART_ATTACHMENT;
  part->depth = 1;
  part->is_attached = TRUE;
  part->encoded_size = G_GUINT64_CONSTANT (5000000000);
  g_set_str (&part->section, "2");
  g_set_str (&part->type, "application/pdf");
  g_set_str (&part->file_name, "প্রতিবেদন.pdf");
  g_ptr_array_add (parts, part);
  g_assert_true (barua_store_part_save (c, id, parts, error));
  back = barua_store_part_load (c, id, error);
  g_assert_cmpuint (back->len, ==, 1);
  second = g_ptr_array_index (back, 0);
  g_assert_cmpstr (second->file_name, ==, part->file_name);
  g_assert_cmpuint (second->encoded_size, ==, part->encoded_size);
  g_assert_true (second->is_attached);
  message = barua_store_message_load (c, id, error);
  g_assert_true (message->has_parts);
  without = barua_store_message_list_without_parts (c, fixture->folder, 0, 5, error);
  g_assert_cmpuint (barua_id_set_get_first (without), ==, 16);
  g_clear_pointer (&without, barua_id_set_unref);
  without = barua_store_message_list_without_parts (c, fixture->folder, 4, 5, error);
  g_assert_cmpuint (barua_id_set_get_first (without), ==, 2);
  return TRUE;
}

static gboolean
story_preferences (BaruaStoreConnection  *c,
                   gpointer               data,
                   GError               **error)
{
  BaruaStorePreference choice = { BARUA_STORE_PICTURES_ALWAYS, BARUA_STORE_COLOURS_ORIGINAL };
  BaruaStorePreference back;

  g_assert_true (barua_store_preference_save (c, "Bo@A.example", &choice, error));
  g_assert_true (barua_store_preference_load (c, "bo@a.EXAMPLE", &back, error));
  g_assert_cmpint (back.pictures, ==, BARUA_STORE_PICTURES_ALWAYS);
  g_assert_true (barua_store_preference_load (c, "other@a.example", &back, error));
  g_assert_cmpint (back.pictures, ==, BARUA_STORE_PICTURES_ASK);
  return TRUE;
}

static void
test_story (gconstpointer story)
{
  Fixture fixture = { 0 };

  fixture_init (&fixture);
  fixture_fill (&fixture, 20);
  run (&fixture, (BaruaStoreFunc)story);
  fixture_assert_sound (&fixture);
  if ((BaruaStoreFunc)story == story_evict)
    {
      run (&fixture, remove_all);
      fixture_assert_sound (&fixture);
    }
  fixture_clear (&fixture);
}

static guint n_packed;
static gboolean pack_is_done;

static void
packed (guint         n,
        const GError *error,
        gpointer      data)
{
  g_assert_no_error (error);
  n_packed = n;
  pack_is_done = TRUE;
}

static gboolean
check_text (BaruaStoreConnection  *c,
            gpointer               data,
            GError               **error)
{
  g_autoptr (GBytes) text = make_text (20000);
  g_autoptr (GBytes) back = barua_store_body_load (c, barua_store_message_find_uid (c, ((Fixture *)data)->folder, 1, error),
                                                   "1", error);

  g_assert_true (g_bytes_equal (text, back));
  return TRUE;
}

static void
test_pack (void)
{
  Fixture fixture = { 0 };

  fixture_init (&fixture);
  fixture_fill (&fixture, 20);
  run (&fixture, story_round_trip);
  for (guint i = 0; i < 2; i++)
    {
      pack_is_done = FALSE;
      barua_store_body_pack (fixture.store, 100, packed, NULL);
      while (!pack_is_done)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpuint (n_packed, ==, i == 0 ? 2 : 0);
    }
  run (&fixture, check_text);
  fixture_assert_sound (&fixture);
  fixture_clear (&fixture);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/store/body/round-trip", (gconstpointer)story_round_trip, test_story);
  g_test_add_data_func ("/store/body/pages", (gconstpointer)story_pages, test_story);
  g_test_add_data_func ("/store/body/evict", (gconstpointer)story_evict, test_story);
  g_test_add_data_func ("/store/body/parts", (gconstpointer)story_parts, test_story);
  g_test_add_data_func ("/store/body/preferences", (gconstpointer)story_preferences, test_story);
  g_test_add_func ("/store/body/pack", test_pack);
  return g_test_run ();
}
