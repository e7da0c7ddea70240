/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include "barua-store-address.h"
#include "barua-store-keyword.h"
#include "barua-store-list.h"
#include "barua-store-sync-state.h"
#include "barua-store-thread.h"

/* One function on the writer's thread, so that a test reads like what it tests. */
#define ON_WRITER(fixture, func, data)                                                                \
  G_STMT_START                                                                                        \
  {                                                                                                   \
    g_autoptr (GError) on_error = NULL;                                                               \
    barua_store_write_now ((fixture)->store, BARUA_STORE_NORMAL, #func, func, data, &on_error);       \
    g_assert_no_error (on_error);                                                                     \
  }                                                                                                   \
  G_STMT_END

static BaruaRow *
load_row (BaruaStoreConnection *c,
          gint64                id,
          gboolean              grouped)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = barua_store_load_rows (c, &id, 1, grouped, &error);

  g_assert_no_error (error);
  return rows->len > 0 ? barua_row_ref (g_ptr_array_index (rows, 0)) : NULL;
}

static gboolean
check_counts (BaruaStoreConnection  *c,
              gpointer               data,
              GError               **error)
{
  Fixture *fixture = data;
  g_autoptr (BaruaStoreFolder) folder = barua_store_folder_load (c, fixture->folder, error);
  g_autoptr (GArray) spine = barua_store_load_spine (c, fixture->folder, BARUA_STORE_ORDER_DATE, FALSE, error);
  g_autoptr (GArray) grouped = barua_store_load_spine (c, fixture->folder, BARUA_STORE_ORDER_DATE, TRUE, error);
  g_autoptr (GArray) top = barua_store_load_spine_top (c, fixture->folder, FALSE, 10, error);

  g_assert_cmpuint (folder->total, ==, 1500);
  g_assert_cmpuint (folder->unread, ==, 500);
  g_assert_cmpuint (spine->len, ==, 1500);
  g_assert_cmpuint (grouped->len, ==, folder->conversations);
  g_assert_cmpuint (grouped->len, <, 1200);
  g_assert_cmpuint (top->len, ==, 10);
  for (guint i = 1; i < spine->len; i++)
    g_assert_cmpint (g_array_index (spine, BaruaSpineEntry, i - 1).key, >, g_array_index (spine, BaruaSpineEntry, i).key);
  for (BaruaStoreOrder order = BARUA_STORE_ORDER_SIZE; order <= BARUA_STORE_ORDER_SENDER; order++)
    {
      g_autoptr (GArray) other = barua_store_load_spine (c, fixture->folder, order, FALSE, error);

      g_assert_cmpuint (other->len, ==, 1500);
    }
  return TRUE;
}

static void
test_generated (void)
{
  Fixture fixture = { 0 };

  fixture_init (&fixture);
  fixture_fill (&fixture, 1500);
  ON_WRITER (&fixture, check_counts, &fixture);
  fixture_assert_sound (&fixture);
  fixture_close (&fixture);
  fixture_open (&fixture);
  ON_WRITER (&fixture, check_counts, &fixture);
  fixture_assert_sound (&fixture);
  fixture_clear (&fixture);
}

typedef struct
{
  Fixture *fixture;
  gint64   ids[8];
  gboolean same;
} Threads;

static gboolean
check_same_thread (BaruaStoreConnection  *c,
                   gpointer               data,
                   GError               **error)
{
  Threads *threads = data;
  g_autoptr (BaruaRow) first = load_row (c, threads->ids[0], TRUE);

  for (guint i = 1; threads->ids[i] != 0; i++)
    {
      g_autoptr (BaruaRow) row = load_row (c, threads->ids[i], TRUE);

      if (threads->same)
        {
          g_assert_cmpint (row->thread, ==, first->thread);
          g_assert_cmpuint (row->thread_count, ==, first->thread_count);
        }
      else
        g_assert_cmpint (row->thread, !=, first->thread);
    }
  return TRUE;
}

/* Answers first, the parent that joins them last: three threads become one, and the list is told. */
static void
test_late_parent (void)
{
  Fixture fixture = { 0 };
  Threads threads = { .fixture = &fixture, .same = FALSE };
  BaruaIngest items[] = {
    ingest_make (10, "<answer-b@a.example>", "<b@a.example>", "bo@a.example", "Re: Plan", 3000),
    ingest_make (9, "<answer-a@a.example>", "<a@a.example>", "cy@a.example", "Re: Plan", 2000),
    ingest_make (8, "<b@a.example>", "<a@a.example>", "di@a.example", "Plan", 1000),
  };

  fixture_init (&fixture);
  fixture_ingest (&fixture, fixture.folder, items, 2, threads.ids);
  ON_WRITER (&fixture, check_same_thread, &threads);
  fixture_ingest (&fixture, fixture.folder, items + 2, 1, threads.ids + 2);
  threads.same = TRUE;
  ON_WRITER (&fixture, check_same_thread, &threads);
  fixture_assert_sound (&fixture);
  /* The merge is remembered by a new process too. */
  fixture_close (&fixture);
  fixture_open (&fixture);
  {
    BaruaIngest late = ingest_make (11, "<c@a.example>", "<answer-b@a.example>", "bo@a.example", "Re: Plan", 5000);

    fixture_ingest (&fixture, fixture.folder, &late, 1, threads.ids + 3);
    ingest_clear (&late);
  }
  ON_WRITER (&fixture, check_same_thread, &threads);
  fixture_assert_sound (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    ingest_clear (&items[i]);
  fixture_clear (&fixture);
}

/* Same subject: no thread. Same Message-ID with other content: no thread. */
static void
test_not_threads (void)
{
  Fixture fixture = { 0 };
  Threads threads = { .fixture = &fixture, .same = FALSE };
  BaruaIngest items[] = {
    ingest_make (1, "<one@a.example>", NULL, "bo@a.example", "Hello", 1000),
    ingest_make (2, "<two@a.example>", NULL, "bo@a.example", "Hello", 2000),
    ingest_make (3, "<one@a.example>", NULL, "eve@evil.example", "Buy now", 3000),
  };

  fixture_init (&fixture);
  fixture_ingest (&fixture, fixture.folder, items, 3, threads.ids);
  ON_WRITER (&fixture, check_same_thread, &threads);
  fixture_assert_sound (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    ingest_clear (&items[i]);
  fixture_clear (&fixture);
}

static gboolean
change_validity (BaruaStoreConnection  *c,
                 gpointer               data,
                 GError               **error)
{
  return barua_store_message_forget_uids (c, ((Fixture *)data)->folder, error);
}

static gboolean
remove_rest (BaruaStoreConnection  *c,
             gpointer               data,
             GError               **error)
{
  guint n;

  if (!barua_store_message_remove_uidless (c, ((Fixture *)data)->folder, &n, error))
    return FALSE;
  g_assert_cmpuint (n, ==, 1);
  return TRUE;
}

static void
test_uidvalidity (void)
{
  Fixture fixture = { 0 };
  gint64 ids[3];
  gint64 again[3];
  BaruaIngestResult result;
  BaruaIngest items[] = {
    ingest_make (1, "<one@a.example>", NULL, "bo@a.example", "One", 1000),
    ingest_make (2, "<two@a.example>", NULL, "bo@a.example", "Two", 2000),
    ingest_make (3, "<three@a.example>", NULL, "bo@a.example", "Three", 3000),
  };

  fixture_init (&fixture);
  result = fixture_ingest (&fixture, fixture.folder, items, 3, ids);
  g_assert_cmpuint (result.added, ==, 3);
  result = fixture_ingest (&fixture, fixture.folder, items, 3, again);
  g_assert_cmpuint (result.known, ==, 3);
  ON_WRITER (&fixture, change_validity, &fixture);
  items[0].uid = 101;
  items[1].uid = 102;
  result = fixture_ingest (&fixture, fixture.folder, items, 2, again);
  g_assert_cmpuint (result.adopted, ==, 2);
  g_assert_cmpint (again[0], ==, ids[0]);
  g_assert_cmpint (again[1], ==, ids[1]);
  ON_WRITER (&fixture, remove_rest, &fixture);
  fixture_assert_sound (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    ingest_clear (&items[i]);
  fixture_clear (&fixture);
}

static gboolean
confirm_and_remove (BaruaStoreConnection  *c,
                    gpointer               data,
                    GError               **error)
{
  Fixture *fixture = data;
  static const char * const work[] = { "work", "$label1", NULL };
  BaruaConfirmedFlags flags[] = { { 1, BARUA_FLAG_SEEN, work, 5 }, { 2, BARUA_FLAG_FLAGGED, NULL, 6 }, { 999, 0, NULL, 7 } };
  g_autoptr (BaruaIdSet) gone = barua_id_set_parse ("3:5,7000:4294967295", -1);
  g_autoptr (BaruaIdSet) range = barua_id_set_parse ("1:100", -1);
  g_autoptr (BaruaIdSet) seen = barua_id_set_parse ("6:8", -1);
  g_autoptr (BaruaIdSet) left = NULL;
  g_autoptr (BaruaIdSet) flagged = NULL;
  g_auto (GStrv) keywords = NULL;
  g_autofree char *text = NULL;
  g_autofree char *flagged_text = NULL;
  guint n;

  g_assert_true (barua_store_message_confirm_flags (c, fixture->folder, flags, 3, &n, error));
  g_assert_cmpuint (n, ==, 2);
  g_assert_true (barua_store_message_confirm_flags (c, fixture->folder, flags, 3, &n, error));
  g_assert_cmpuint (n, ==, 0);
  keywords = barua_store_keyword_load (c, barua_store_message_find_uid (c, fixture->folder, 1, error), error);
  g_assert_cmpstrv (keywords, ((const char *[]){ "$label1", "work", NULL }));
  g_assert_true (barua_store_message_remove_uids (c, fixture->folder, gone, &n, error));
  g_assert_cmpuint (n, ==, 3);
  g_assert_true (barua_store_message_remove_uids (c, fixture->folder, gone, &n, error));
  g_assert_cmpuint (n, ==, 0);
  g_assert_true (barua_store_message_confirm_set (c, fixture->folder, range, BARUA_FLAG_SEEN, seen, &n, error));
  left = barua_store_message_list_uids_by_flags (c, fixture->folder, BARUA_FLAG_SEEN, BARUA_FLAG_SEEN, error);
  text = barua_id_set_to_string (left);
  g_assert_cmpstr (text, ==, "6:8");
  flagged = barua_store_message_list_uids_by_flags (c, fixture->folder, BARUA_FLAG_FLAGGED, BARUA_FLAG_FLAGGED, error);
  flagged_text = barua_id_set_to_string (flagged);
  g_assert_cmpstr (flagged_text, ==, "2");
  g_clear_pointer (&left, barua_id_set_unref);
  g_clear_pointer (&text, g_free);
  left = barua_store_message_list_uids (c, fixture->folder, NULL, error);
  text = barua_id_set_to_string (left);
  g_assert_cmpstr (text, ==, "1:2,6:20");
  return TRUE;
}

static void
test_flags_and_removal (void)
{
  Fixture fixture = { 0 };

  fixture_init (&fixture);
  fixture_fill (&fixture, 20);
  ON_WRITER (&fixture, confirm_and_remove, &fixture);
  fixture_assert_sound (&fixture);
  fixture_clear (&fixture);
}

static gboolean
check_addresses (BaruaStoreConnection  *c,
                 gpointer               data,
                 GError               **error)
{
  gint64 *ids = data;
  g_autoptr (BaruaStoreAddress) bo = barua_store_address_load (c, "BO@a.example", error);
  g_autoptr (GPtrArray) found = barua_store_address_complete (c, "bo", 10, error);
  g_autoptr (GPtrArray) known = barua_store_address_list_known (c, 10, error);
  gboolean first;

  g_assert_cmpuint (bo->received, ==, 2);
  g_assert_cmpint (bo->first_seen, ==, 1000);
  g_assert_cmpint (bo->last_seen, ==, 4000);
  g_assert_false (bo->known);
  g_assert_cmpuint (found->len, ==, 1);
  /* Asha wrote one message, to herself in this test's data: her own address is nobody she knows. */
  g_assert_cmpuint (known->len, ==, 0);
  g_assert_true (barua_store_address_is_first (c, ids[0], &first, error));
  g_assert_true (first);
  g_assert_true (barua_store_address_is_first (c, ids[1], &first, error));
  g_assert_false (first);
  return TRUE;
}

/* Several with one date: one is the first, wherever it lies. What is dated back is not. */
static gboolean
check_first (BaruaStoreConnection  *c,
             gpointer               data,
             GError               **error)
{
  static const gboolean expected[] = { TRUE, FALSE, FALSE, FALSE, TRUE, FALSE };
  gint64 *ids = data;

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      gboolean first = !expected[i];

      g_assert_true (barua_store_address_is_first (c, ids[i], &first, error));
      g_test_message ("%u", i);
      g_assert_cmpint (first, ==, expected[i]);
    }
  return TRUE;
}

static void
test_first (void)
{
  Fixture fixture = { 0 };
  gint64 ids[6];
  BaruaIngest items[] = {
    ingest_make (1, "<one@a.example>", NULL, "bo@a.example", "One", 4000),
    ingest_make (2, "<two@a.example>", NULL, "Bo@A.example", "Two", 4000),
    ingest_make (3, "", NULL, "bo@a.example", "Three", 4000),
    ingest_make (4, "<four@a.example>", NULL, "bo@a.example", "Four", 5000),
    /* Another placement of the first, as at Gmail. */
    ingest_make (5, "<one@a.example>", NULL, "bo@a.example", "One", 4000),
    ingest_make (6, "<six@b.example>", NULL, "di@b.example", "Six", 200000),
  };
  BaruaIngest late = ingest_make (7, "<seven@b.example>", NULL, "di@b.example", "Seven", 1000);

  late.internal_date = 300000;
  fixture_init (&fixture);
  fixture_ingest (&fixture, fixture.folder, items, 6, ids);
  fixture_ingest (&fixture, fixture.folder, &late, 1, &ids[5]);
  ON_WRITER (&fixture, check_first, ids);
  fixture_assert_sound (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    ingest_clear (&items[i]);
  ingest_clear (&late);
  fixture_clear (&fixture);
}

static gboolean
check_known (BaruaStoreConnection  *c,
             gpointer               data,
             GError               **error)
{
  g_autoptr (GPtrArray) known = barua_store_address_list_known (c, 10, error);
  g_autoptr (BaruaStoreAddress) draft = barua_store_address_load (c, "draft@b.example", error);
  g_autoptr (BaruaStoreAddress) forged = barua_store_address_load (c, "forged@b.example", error);

  g_assert_cmpuint (known->len, ==, 1);
  g_assert_cmpstr (((BaruaStoreAddress *)g_ptr_array_index (known, 0))->address, ==, "sent@b.example");
  g_assert_false (draft->known);
  g_assert_cmpuint (draft->sent, ==, 0);
  g_assert_false (forged->known);
  return TRUE;
}

static gboolean
add_folders (BaruaStoreConnection  *c,
             gpointer               data,
             GError               **error)
{
  static const BaruaRole roles[] = { BARUA_ROLE_DRAFTS, BARUA_ROLE_SENT };
  Fixture *fixture = data;

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      g_autoptr (BaruaStoreFolder) folder = barua_store_folder_new ();

      folder->account = fixture->account;
      folder->role = roles[i];
      g_set_str (&folder->name, barua_role_get_name (roles[i]));
      g_set_str (&folder->shown_name, barua_role_get_name (roles[i]));
      g_assert_true (barua_store_folder_save (c, folder, error));
      g_assert_cmpint (folder->id, ==, fixture->folder + 1 + i);
    }
  return TRUE;
}

/* Whom the person only began to write to is not known, nor whom somebody wrote to in the person's name. */
static void
test_known (void)
{
  static const char *const to[] = { "forged@b.example", "draft@b.example", "sent@b.example" };
  Fixture fixture = { 0 };

  fixture_init (&fixture);
  ON_WRITER (&fixture, add_folders, &fixture);
  for (guint i = 0; i < G_N_ELEMENTS (to); i++)
    {
      g_autofree char *message_id = g_strdup_printf ("<%u@posta.example>", i);
      BaruaIngest item = ingest_make (i + 1, message_id, NULL, "asha@posta.example", "Hello", 1000 + i);

      g_ptr_array_add (item.envelope->to, barua_address_new ("", to[i]));
      fixture_ingest (&fixture, fixture.folder + i, &item, 1, NULL);
      ingest_clear (&item);
    }
  ON_WRITER (&fixture, check_known, NULL);
  fixture_assert_sound (&fixture);
  fixture_clear (&fixture);
}

static void
test_addresses (void)
{
  Fixture fixture = { 0 };
  gint64 ids[3];
  BaruaIngest items[] = {
    ingest_make (1, "<one@a.example>", NULL, "bo@a.example", "One", 1000),
    ingest_make (2, "<two@a.example>", NULL, "Bo@A.example", "Two", 4000),
    ingest_make (3, "<three@a.example>", NULL, "asha@posta.example", "Three", 3000),
  };

  fixture_init (&fixture);
  fixture_ingest (&fixture, fixture.folder, items, 3, ids);
  ON_WRITER (&fixture, check_addresses, ids);
  fixture_assert_sound (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    ingest_clear (&items[i]);
  fixture_clear (&fixture);
}

/* Rows and the sync state that speaks of them: both or none. */
static gboolean
save_then_fail (BaruaStoreConnection  *c,
                gpointer               data,
                GError               **error)
{
  Fixture *fixture = data;
  BaruaStoreSyncState state = { .folder = fixture->folder, .uidvalidity = 7, .uidnext = 21, .covered_low = 1 };
  BaruaIngest item = ingest_make (20, "<x@a.example>", NULL, "new@a.example", "X", 1000);

  g_assert_true (barua_store_message_ingest (c, fixture->folder, &item, 1, NULL, NULL, error));
  g_assert_true (barua_store_sync_state_save (c, &state, error));
  ingest_clear (&item);
  g_set_error (error, BARUA_ERROR, BARUA_ERROR_PROTOCOL, "on purpose");
  return FALSE;
}

static gboolean
check_nothing (BaruaStoreConnection  *c,
               gpointer               data,
               GError               **error)
{
  Fixture *fixture = data;
  g_autoptr (BaruaStoreSyncState) state = barua_store_sync_state_load (c, fixture->folder, error);
  g_autoptr (BaruaStoreFolder) folder = barua_store_folder_load (c, fixture->folder, error);
  g_autoptr (BaruaStoreAddress) address = barua_store_address_load (c, "new@a.example", error);

  g_assert_cmpuint (state->uidvalidity, ==, 0);
  g_assert_cmpuint (folder->total, ==, 0);
  g_assert_null (address);
  return TRUE;
}

static guint n_changes;
static guint64 last_generation;

static void
changed (BaruaStore     *store,
         BaruaChangeSet *changes,
         gpointer        data)
{
  g_assert_cmpuint (changes->generation, >, last_generation);
  last_generation = changes->generation;
  n_changes++;
}

static void
done_after_change (const GError *error,
                   gpointer      data)
{
  g_assert_no_error (error);
  g_assert_cmpuint (n_changes, >=, 1);
  *(gboolean *)data = TRUE;
}

static void
test_rollback (void)
{
  Fixture fixture = { 0 };
  g_autoptr (GError) error = NULL;
  BaruaIngest item = ingest_make (20, "<x@a.example>", NULL, "new@a.example", "X", 1000);
  IngestCall call;
  gboolean done = FALSE;

  fixture_init (&fixture);
  barua_store_write_now (fixture.store, BARUA_STORE_BATCH, "fail", save_then_fail, &fixture, &error);
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_PROTOCOL);
  ON_WRITER (&fixture, check_nothing, &fixture);
  while (g_main_context_iteration (NULL, FALSE))
    ;

  /* The change set comes before done; the same message is new again. */
  n_changes = 0;
  last_generation = 0;
  barua_store_set_changed_func (fixture.store, changed, NULL);
  call = (IngestCall){ fixture.folder, &item, 1, NULL, { 0 } };
  barua_store_write (fixture.store, BARUA_STORE_BATCH, "ingest", fixture_do_ingest, &call, NULL, done_after_change, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (call.result.added, ==, 1);
  fixture_assert_sound (&fixture);
  ingest_clear (&item);
  fixture_clear (&fixture);
}

typedef struct
{
  gint64             folder;
  const BaruaIngest *items;
  guint              n;
} ThreadCheck;

/* An answer is in the thread of what it answers, whatever came when. */
static gboolean
check_one_thread_per_chain (BaruaStoreConnection  *c,
                            gpointer               data,
                            GError               **error)
{
  const ThreadCheck *check = data;
  g_autoptr (GHashTable) threads = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GArray) of = g_array_sized_new (FALSE, TRUE, sizeof (gint64), check->n);
  guint n_answers = 0;

  g_array_set_size (of, check->n);
  for (guint i = 0; i < check->n; i++)
    {
      gint64 id = barua_store_message_find_uid (c, check->folder, check->items[i].uid, error);
      g_autoptr (BaruaRow) row = load_row (c, id, FALSE);

      g_array_index (of, gint64, i) = row->thread;
      g_hash_table_insert (threads, check->items[i].envelope->message_id, &g_array_index (of, gint64, i));
    }
  for (guint i = 0; i < check->n; i++)
    {
      GPtrArray *references = check->items[i].envelope->references;
      gint64 *parent = references != NULL ? g_hash_table_lookup (threads, g_ptr_array_index (references, 0)) : NULL;

      if (parent == NULL)
        continue;
      g_assert_cmpint (g_array_index (of, gint64, i), ==, *parent);
      n_answers++;
    }
  g_assert_cmpuint (n_answers, >, check->n / 3);
  return TRUE;
}

typedef struct
{
  Fixture     *fixture;
  IngestCall   calls[3];
  gboolean     reads; /* the failing job reads counters in between, so that what is noted is written within it */
  GMutex       gate;
  guint        waiting;
  guint        n_failed;
} Shared;

static gboolean
wait_at_gate (BaruaStoreConnection  *c,
              gpointer               data,
              GError               **error)
{
  Shared *shared = data;

  g_mutex_lock (&shared->gate);
  g_mutex_unlock (&shared->gate);
  return TRUE;
}

static gboolean
ingest_then_fail (BaruaStoreConnection  *c,
                  gpointer               data,
                  GError               **error)
{
  Shared *shared = data;

  if (!fixture_do_ingest (c, &shared->calls[1], error))
    return FALSE;
  if (shared->reads)
    barua_store_folder_free (barua_store_folder_load (c, shared->fixture->folder, error));
  g_set_error (error, BARUA_ERROR, BARUA_ERROR_INVALID, "on purpose");
  return FALSE;
}

static void
shared_done (const GError *error,
             gpointer      data)
{
  Shared *shared = data;

  shared->n_failed += error != NULL;
  shared->waiting--;
}

/* Four batches in one transaction, of which the two in the middle fail: they take nothing of the others with them, and what the
 * first one counted is counted once. */
static void
test_shared (gconstpointer data)
{
  enum { N = 300 };
  Fixture fixture = { 0 };
  Shared shared = { .fixture = &fixture, .reads = GPOINTER_TO_INT (data), .waiting = 5 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  BaruaIngest items[3 * N];
  BaruaIngestResult again;

  fixture_init (&fixture);
  for (guint i = 0; i < 3 * N; i++)
    items[3 * N - 1 - i] = ingest_generate (i, rand);
  for (guint i = 0; i < 3; i++)
    shared.calls[i] = (IngestCall){ fixture.folder, items + i * N, N, NULL, { 0 } };
  g_mutex_init (&shared.gate);
  g_mutex_lock (&shared.gate);
  barua_store_write (fixture.store, BARUA_STORE_NORMAL, "gate", wait_at_gate, &shared, NULL, shared_done, &shared);
  for (guint i = 0; i < 4; i++)
    barua_store_write (fixture.store, BARUA_STORE_BATCH, "batch", i == 1 || i == 2 ? ingest_then_fail : fixture_do_ingest,
                       i == 1 || i == 2 ? (gpointer)&shared : (gpointer)&shared.calls[i == 0 ? 0 : 2], NULL, shared_done,
                       &shared);
  g_mutex_unlock (&shared.gate);
  while (shared.waiting > 0)
    g_main_context_iteration (NULL, TRUE);
  g_mutex_clear (&shared.gate);

  g_assert_cmpuint (shared.n_failed, ==, 2);
  g_assert_cmpuint (shared.calls[0].result.added, ==, N);
  g_assert_cmpuint (shared.calls[2].result.added, ==, N);
  fixture_assert_sound (&fixture);
  again = fixture_ingest (&fixture, fixture.folder, items, 3 * N, NULL);
  g_assert_cmpuint (again.added, ==, N);
  g_assert_cmpuint (again.known, ==, 2 * N);
  fixture_assert_sound (&fixture);
  ON_WRITER (&fixture, check_one_thread_per_chain, &((ThreadCheck){ fixture.folder, items, 3 * N }));
  for (guint i = 0; i < 3 * N; i++)
    ingest_clear (&items[i]);
  fixture_clear (&fixture);
}

static gboolean
remove_account (BaruaStoreConnection  *c,
                gpointer               data,
                GError               **error)
{
  return barua_store_account_remove (c, ((Fixture *)data)->account, error);
}

static void
test_account_removed (void)
{
  Fixture fixture = { 0 };

  fixture_init (&fixture);
  fixture_fill (&fixture, 300);
  ON_WRITER (&fixture, remove_account, &fixture);
  fixture_assert_sound (&fixture);
  fixture_clear (&fixture);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/messages/generated", test_generated);
  g_test_add_func ("/store/messages/late-parent", test_late_parent);
  g_test_add_func ("/store/messages/not-threads", test_not_threads);
  g_test_add_func ("/store/messages/uidvalidity", test_uidvalidity);
  g_test_add_func ("/store/messages/flags-and-removal", test_flags_and_removal);
  g_test_add_func ("/store/messages/addresses", test_addresses);
  g_test_add_func ("/store/messages/first", test_first);
  g_test_add_func ("/store/messages/known", test_known);
  g_test_add_func ("/store/messages/rollback", test_rollback);
  g_test_add_func ("/store/messages/account-removed", test_account_removed);
  g_test_add_data_func ("/store/messages/shared-transaction", GINT_TO_POINTER (FALSE), test_shared);
  g_test_add_data_func ("/store/messages/shared-transaction-read", GINT_TO_POINTER (TRUE), test_shared);
  return g_test_run ();
}
