/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include "barua-store-list.h"
#include "barua-store-private.h"
#include "barua-store-refusal.h"
#include "barua-store-wish.h"

/* Each test is a story told in one function on the writer's thread; fixture_assert_sound() recounts afterwards. */

static void
run (Fixture        *fixture,
     BaruaStoreFunc  func)
{
  g_autoptr (GError) error = NULL;

  barua_store_write_now (fixture->store, BARUA_STORE_WISH, "story", func, fixture, &error);
  g_assert_no_error (error);
}

static void
wish (BaruaStoreConnection *c,
      gint64                id,
      BaruaFlags            mask,
      BaruaFlags            bits)
{
  g_autoptr (BaruaIdSet) ids = barua_id_set_new ();
  g_autoptr (GError) error = NULL;

  barua_id_set_add (ids, (guint64)id);
  barua_store_wish_flags (c, ids, mask, bits, NULL, &error);
  g_assert_no_error (error);
}

static BaruaFlags
shown (BaruaStoreConnection *c,
       gint64                id)
{
  g_autoptr (GPtrArray) rows = barua_store_load_rows (c, &id, 1, FALSE, NULL);

  return ((BaruaRow *)g_ptr_array_index (rows, 0))->flags;
}

static guint
count_pending (BaruaStoreConnection *c)
{
  g_autoptr (GPtrArray) pending = barua_store_wish_list_pending (c, 0, 1000, NULL);

  return pending->len;
}

/* Takes everything that is pending, which must be one group. */
static gint64
take (BaruaStoreConnection *c)
{
  g_autoptr (GPtrArray) pending = barua_store_wish_list_pending (c, 0, 1000, NULL);
  gint64 batch;

  g_assert_cmpuint (pending->len, ==, 1);
  g_assert_true (barua_store_wish_take (c, g_ptr_array_index (pending, 0), &batch, NULL));
  g_assert_cmpint (batch, >, 0);
  return batch;
}

static gboolean
story_confirmed (BaruaStoreConnection  *c,
                 gpointer               data,
                 GError               **error)
{
  gint64 id = barua_store_message_find_uid (c, ((Fixture *)data)->folder, 1, error);
  g_autoptr (BaruaStoreMessage) message = NULL;

  g_assert_cmpint (shown (c, id) & BARUA_FLAG_SEEN, ==, 0);
  wish (c, id, BARUA_FLAG_SEEN, BARUA_FLAG_SEEN);
  g_assert_cmpint (shown (c, id) & BARUA_FLAG_SEEN, ==, BARUA_FLAG_SEEN);
  g_assert_true (barua_store_wish_confirm (c, take (c), error));
  g_assert_cmpuint (count_pending (c), ==, 0);
  message = barua_store_message_load (c, id, error);
  g_assert_cmpint (message->flags & BARUA_FLAG_SEEN, ==, BARUA_FLAG_SEEN);
  return TRUE;
}

static gboolean
story_undone (BaruaStoreConnection  *c,
              gpointer               data,
              GError               **error)
{
  gint64 id = barua_store_message_find_uid (c, ((Fixture *)data)->folder, 1, error);
  gint64 batch;

  /* Before it is sent: nothing is left to send. */
  wish (c, id, BARUA_FLAG_SEEN, BARUA_FLAG_SEEN);
  wish (c, id, BARUA_FLAG_SEEN, 0);
  g_assert_cmpuint (count_pending (c), ==, 0);

  /* While it is under way: the undoing is sent after it. */
  wish (c, id, BARUA_FLAG_SEEN, BARUA_FLAG_SEEN);
  batch = take (c);
  wish (c, id, BARUA_FLAG_SEEN, 0);
  g_assert_cmpint (shown (c, id) & BARUA_FLAG_SEEN, ==, 0);
  g_assert_cmpuint (count_pending (c), ==, 0);
  g_assert_true (barua_store_wish_confirm (c, batch, error));
  g_assert_cmpint (shown (c, id) & BARUA_FLAG_SEEN, ==, 0);
  g_assert_true (barua_store_wish_confirm (c, take (c), error));
  g_assert_cmpuint (count_pending (c), ==, 0);
  g_assert_cmpint (shown (c, id) & BARUA_FLAG_SEEN, ==, 0);

  /* Under way, undone, and the connection cut: nobody knows what the server has, so the undoing is sent. */
  wish (c, id, BARUA_FLAG_SEEN, BARUA_FLAG_SEEN);
  batch = take (c);
  wish (c, id, BARUA_FLAG_SEEN, 0);
  g_assert_true (barua_store_wish_unsure (c, batch, error));
  g_assert_true (barua_store_wish_confirm (c, take (c), error));
  g_assert_cmpint (shown (c, id) & BARUA_FLAG_SEEN, ==, 0);
  return TRUE;
}

static gboolean
story_refused (BaruaStoreConnection  *c,
               gpointer               data,
               GError               **error)
{
  gint64 id = barua_store_message_find_uid (c, ((Fixture *)data)->folder, 1, error);
  guint n;

  wish (c, id, BARUA_FLAG_FLAGGED, BARUA_FLAG_FLAGGED);
  g_assert_true (barua_store_wish_refuse (c, take (c), BARUA_ERROR_QUOTA, 77, &n, error));
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (count_pending (c), ==, 0);
  g_assert_cmpint (shown (c, id) & BARUA_FLAG_FLAGGED, ==, 0);
  return TRUE;
}

static guint
count_refused (BaruaStoreConnection *c)
{
  guint n = G_MAXUINT;

  g_assert_true (barua_store_refusal_count (c, 0, &n, NULL));
  return n;
}

/* The one refusal that there is. */
static BaruaStoreRefusal
get_refusal (BaruaStoreConnection *c)
{
  g_autoptr (GArray) refusals = barua_store_refusal_list (c, 0, 10, NULL, NULL);

  g_assert_cmpuint (refusals->len, ==, 1);
  return g_array_index (refusals, BaruaStoreRefusal, 0);
}

static gint64
refuse (BaruaStoreConnection *c,
        gint64                id,
        BaruaFlags            flag,
        BaruaErrorCode        code,
        gint64                time)
{
  wish (c, id, flag, flag);
  g_assert_true (barua_store_wish_refuse (c, take (c), code, time, NULL, NULL));
  return id;
}

/* What was refused is remembered, as one where it is the same, until the person decides. */
static gboolean
story_refusals (BaruaStoreConnection  *c,
                gpointer               data,
                GError               **error)
{
  Fixture *fixture = data;
  gint64 first = barua_store_message_find_uid (c, fixture->folder, 1, error);
  gint64 second = barua_store_message_find_uid (c, fixture->folder, 4, error);
  g_autoptr (GArray) refusals = NULL;
  g_autoptr (GError) failure = NULL;
  BaruaStoreRefusal refusal;
  guint n_more;

  refuse (c, first, BARUA_FLAG_FLAGGED, BARUA_ERROR_QUOTA, 77);
  refuse (c, second, BARUA_FLAG_FLAGGED, BARUA_ERROR_QUOTA, 78);
  refusal = get_refusal (c);
  g_assert_cmpint (refusal.account, ==, fixture->account);
  g_assert_cmpint (refusal.mask, ==, BARUA_FLAG_FLAGGED);
  g_assert_cmpint (refusal.bits, ==, BARUA_FLAG_FLAGGED);
  g_assert_cmpint (refusal.code, ==, BARUA_ERROR_QUOTA);
  g_assert_cmpint (refusal.time, ==, 78);
  g_assert_cmpuint (refusal.n, ==, 2);
  g_assert_cmpuint (count_refused (c), ==, 2);

  /* For another reason it is another one; both sides of the limit. */
  refuse (c, first, BARUA_FLAG_SEEN, BARUA_ERROR_NOT_PERMITTED, 79);
  refusals = barua_store_refusal_list (c, fixture->account, 2, &n_more, error);
  g_assert_cmpuint (refusals->len, ==, 2);
  g_assert_cmpuint (n_more, ==, 0);
  g_assert_cmpint (g_array_index (refusals, BaruaStoreRefusal, 0).mask, ==, BARUA_FLAG_SEEN);
  g_clear_pointer (&refusals, g_array_unref);
  refusals = barua_store_refusal_list (c, 0, 1, &n_more, error);
  g_assert_cmpuint (refusals->len, ==, 1);
  g_assert_cmpuint (n_more, ==, 1);

  /* Who stars one of them again has decided about that one. */
  wish (c, first, BARUA_FLAG_SEEN, BARUA_FLAG_SEEN);
  g_assert_true (barua_store_wish_confirm (c, take (c), error));
  refusal = get_refusal (c);
  g_assert_cmpuint (refusal.n, ==, 2);

  /* Let go and brought back. */
  g_assert_true (barua_store_refusal_set_discarded (c, refusal.id, TRUE, error));
  g_assert_cmpuint (count_refused (c), ==, 0);
  g_assert_cmpint (shown (c, first) & BARUA_FLAG_FLAGGED, ==, 0);
  g_assert_true (barua_store_refusal_set_discarded (c, refusal.id, FALSE, error));
  g_assert_cmpuint (count_refused (c), ==, 2);

  /* Once more, and it is shown again. */
  g_assert_true (barua_store_refusal_retry (c, refusal.id, error));
  g_assert_cmpuint (count_refused (c), ==, 0);
  g_assert_cmpint (shown (c, first) & BARUA_FLAG_FLAGGED, ==, BARUA_FLAG_FLAGGED);
  g_assert_cmpint (shown (c, second) & BARUA_FLAG_FLAGGED, ==, BARUA_FLAG_FLAGGED);
  g_assert_false (barua_store_refusal_retry (c, refusal.id, &failure));
  g_assert_error (failure, BARUA_ERROR, BARUA_ERROR_NOT_FOUND);
  g_clear_error (&failure);
  g_assert_false (barua_store_refusal_set_discarded (c, refusal.id, TRUE, &failure));
  g_assert_error (failure, BARUA_ERROR, BARUA_ERROR_NOT_FOUND);

  /* What the person no longer wants when the refusal comes is nothing to tell them of. */
  g_assert_true (barua_store_wish_confirm (c, take (c), error));
  wish (c, first, BARUA_FLAG_FLAGGED, 0);
  {
    gint64 batch = take (c);

    wish (c, first, BARUA_FLAG_FLAGGED, BARUA_FLAG_FLAGGED);
    g_assert_true (barua_store_wish_refuse (c, batch, BARUA_ERROR_QUOTA, 80, NULL, error));
  }
  g_assert_cmpuint (count_refused (c), ==, 0);
  return TRUE;
}

static gboolean
story_two_refusals (BaruaStoreConnection  *c,
                    gpointer               data,
                    GError               **error)
{
  gint64 first = barua_store_message_find_uid (c, ((Fixture *)data)->folder, 1, error);
  gint64 second = barua_store_message_find_uid (c, ((Fixture *)data)->folder, 4, error);

  refuse (c, first, BARUA_FLAG_FLAGGED, BARUA_ERROR_QUOTA, 77);
  g_assert_true (barua_store_refusal_set_discarded (c, get_refusal (c).id, TRUE, error));
  refuse (c, second, BARUA_FLAG_SEEN, BARUA_ERROR_QUOTA, 77);
  return TRUE;
}

static gboolean
story_one_refusal_left (BaruaStoreConnection  *c,
                        gpointer               data,
                        GError               **error)
{
  gint64 n = 0;

  g_assert_cmpint (get_refusal (c).mask, ==, BARUA_FLAG_SEEN);
  g_assert_true (barua_store_get_number (c, DB_MAIN, &n, 0, error, "SELECT count(*) FROM refusal", ""));
  g_assert_cmpint (n, ==, 1);
  return TRUE;
}

/* What was let go is gone after a restart, the rest is not. */
static void
test_refusals_stay (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  fixture_fill (&fixture, 10);
  run (&fixture, story_two_refusals);
  fixture_close (&fixture);
  fixture_open (&fixture);
  run (&fixture, story_one_refusal_left);
  fixture_assert_sound (&fixture);
  fixture_clear (&fixture);
}

/* What waits and what is under way, each flag by itself. */
static gboolean
story_groups (BaruaStoreConnection  *c,
              gpointer               data,
              GError               **error)
{
  Fixture *fixture = data;
  gint64 first = barua_store_message_find_uid (c, fixture->folder, 1, error);
  gint64 second = barua_store_message_find_uid (c, fixture->folder, 4, error);
  g_autoptr (GArray) groups = barua_store_wish_list_groups (c, error);
  gint64 batch;

  g_assert_cmpuint (groups->len, ==, 0);
  wish (c, first, BARUA_FLAG_FLAGGED, BARUA_FLAG_FLAGGED);
  batch = take (c);
  wish (c, second, BARUA_FLAG_FLAGGED | BARUA_FLAG_SEEN, BARUA_FLAG_FLAGGED | BARUA_FLAG_SEEN);
  g_clear_pointer (&groups, g_array_unref);
  groups = barua_store_wish_list_groups (c, error);
  g_assert_cmpuint (groups->len, ==, 3);
  for (guint i = 0; i < groups->len; i++)
    {
      const BaruaStoreWishGroup *group = &g_array_index (groups, BaruaStoreWishGroup, i);

      g_assert_cmpint (group->account, ==, fixture->account);
      g_assert_cmpuint (group->n, ==, 1);
      g_assert_cmpint (group->bits, ==, group->mask);
      g_assert_cmpint (group->sending, ==, i == 0);
      g_assert_true (i > 0 || group->mask == BARUA_FLAG_FLAGGED);
    }
  g_assert_true (barua_store_wish_confirm (c, batch, error));
  g_clear_pointer (&groups, g_array_unref);
  groups = barua_store_wish_list_groups (c, error);
  g_assert_cmpuint (groups->len, ==, 2);
  return TRUE;
}

/* Another program changes another flag while a wish waits: both hold. */
static gboolean
story_others (BaruaStoreConnection  *c,
              gpointer               data,
              GError               **error)
{
  Fixture *fixture = data;
  gint64 id = barua_store_message_find_uid (c, fixture->folder, 1, error);
  BaruaConfirmedFlags answered = { 1, BARUA_FLAG_ANSWERED, NULL, 0 };
  BaruaConfirmedFlags seen = { 1, BARUA_FLAG_ANSWERED | BARUA_FLAG_SEEN, NULL, 0 };

  wish (c, id, BARUA_FLAG_SEEN, BARUA_FLAG_SEEN);
  g_assert_true (barua_store_message_confirm_flags (c, fixture->folder, &answered, 1, NULL, error));
  g_assert_cmpint (shown (c, id), ==, BARUA_FLAG_SEEN | BARUA_FLAG_ANSWERED);
  g_assert_cmpuint (count_pending (c), ==, 1);
  /* The wish came true by itself. */
  g_assert_true (barua_store_message_confirm_flags (c, fixture->folder, &seen, 1, NULL, error));
  g_assert_cmpuint (count_pending (c), ==, 0);
  return TRUE;
}

static gboolean
story_grouped (BaruaStoreConnection  *c,
               gpointer               data,
               GError               **error)
{
  g_autoptr (BaruaIdSet) all = barua_id_set_new ();
  g_autoptr (GPtrArray) pending = NULL;
  guint n;

  barua_id_set_add_range (all, 1, 100000);
  g_assert_true (barua_store_wish_flags (c, all, BARUA_FLAG_SEEN, BARUA_FLAG_SEEN, &n, error));
  g_assert_cmpuint (n, ==, 20);
  g_assert_true (barua_store_wish_count (c, 0, &n, error));
  g_assert_cmpuint (n, ==, 20);
  wish (c, barua_store_message_find_uid (c, ((Fixture *)data)->folder, 4, error), BARUA_FLAG_FLAGGED, BARUA_FLAG_FLAGGED);
  pending = barua_store_wish_list_pending (c, 0, 1000, error);
  g_assert_cmpuint (pending->len, ==, 2);
  return TRUE;
}

static void
test_story (gconstpointer story)
{
  Fixture fixture = { 0 };

  fixture_init (&fixture);
  fixture_fill (&fixture, 60);
  run (&fixture, (BaruaStoreFunc)story);
  fixture_assert_sound (&fixture);
  fixture_clear (&fixture);
}

static gboolean
leave_in_flight (BaruaStoreConnection  *c,
                 gpointer               data,
                 GError               **error)
{
  wish (c, barua_store_message_find_uid (c, ((Fixture *)data)->folder, 1, error), BARUA_FLAG_SEEN, BARUA_FLAG_SEEN);
  take (c);
  g_assert_cmpuint (count_pending (c), ==, 0);
  return TRUE;
}

static gboolean
is_pending_again (BaruaStoreConnection  *c,
                  gpointer               data,
                  GError               **error)
{
  g_assert_cmpuint (count_pending (c), ==, 1);
  g_assert_cmpint (shown (c, barua_store_message_find_uid (c, ((Fixture *)data)->folder, 1, error)) & BARUA_FLAG_SEEN, !=, 0);
  return TRUE;
}

static void
test_restart (void)
{
  Fixture fixture = { 0 };

  fixture_init (&fixture);
  fixture_fill (&fixture, 60);
  run (&fixture, leave_in_flight);
  fixture_close (&fixture);
  fixture_open (&fixture);
  run (&fixture, is_pending_again);
  fixture_assert_sound (&fixture);
  fixture_clear (&fixture);
}

/* Random acts of the person, the server and the network: at the end everything that was wished is true, and recounting
 * agrees with what was kept. The model is the server's flags and the last wish for each message. */
enum { N_MESSAGES = 30 };

typedef struct
{
  Fixture   *fixture;
  GRand     *rand;
  BaruaFlags server[N_MESSAGES];
  BaruaFlags wanted[N_MESSAGES];
} Model;

static gboolean
random_steps (BaruaStoreConnection  *c,
              gpointer               data,
              GError               **error)
{
  Model *model = data;
  gint64 folder = model->fixture->folder;

  for (guint step = 0; step < 300; step++)
    {
      guint i = (guint)g_rand_int_range (model->rand, 0, N_MESSAGES);
      gint64 id = barua_store_message_find_uid (c, folder, i + 1, error);
      BaruaFlags flag = g_rand_boolean (model->rand) ? BARUA_FLAG_SEEN : BARUA_FLAG_FLAGGED;
      BaruaFlags bits = g_rand_boolean (model->rand) ? flag : 0;

      if (g_rand_int_range (model->rand, 0, 3) != 0)
        {
          wish (c, id, flag, bits);
          model->wanted[i] = (model->wanted[i] & ~flag) | bits;
        }
      else
        {
          g_autoptr (GPtrArray) pending = barua_store_wish_list_pending (c, 0, 1000, error);

          for (guint k = 0; k < pending->len; k++)
            {
              BaruaStoreWish *group = g_ptr_array_index (pending, k);
              guint outcome = (guint)g_rand_int_range (model->rand, 0, 3);
              gint64 batch;

              g_assert_true (barua_store_wish_take (c, group, &batch, error));
              for (guint m = 0; m < N_MESSAGES; m++)
                if (outcome != 2 && barua_id_set_contains (group->uids, m + 1))
                  model->server[m] = (model->server[m] & ~group->mask) | group->bits;
              /* The person goes on while the command is under way. */
              wish (c, id, flag, bits);
              model->wanted[i] = (model->wanted[i] & ~flag) | bits;
              g_assert_true (outcome == 0 ? barua_store_wish_confirm (c, batch, error) :
                                            barua_store_wish_unsure (c, batch, error));
            }
        }
      g_assert_cmpint (shown (c, id) & 3, ==, model->wanted[i] & 3);
    }
  for (guint round = 0; count_pending (c) > 0 && round < 5; round++)
    {
      g_autoptr (GPtrArray) pending = barua_store_wish_list_pending (c, 0, 1000, error);

      for (guint k = 0; k < pending->len; k++)
        {
          BaruaStoreWish *group = g_ptr_array_index (pending, k);
          gint64 batch;

          g_assert_true (barua_store_wish_take (c, group, &batch, error));
          for (guint m = 0; m < N_MESSAGES; m++)
            if (barua_id_set_contains (group->uids, m + 1))
              model->server[m] = (model->server[m] & ~group->mask) | group->bits;
          g_assert_true (barua_store_wish_confirm (c, batch, error));
        }
    }
  for (guint m = 0; m < N_MESSAGES; m++)
    g_assert_cmpint (model->server[m], ==, model->wanted[m]);
  return TRUE;
}

static void
test_random (void)
{
  for (guint32 seed = 1; seed <= 20; seed++)
    {
      Fixture fixture = { 0 };
      Model model = { .fixture = &fixture, .rand = g_rand_new_with_seed (seed) };
      g_autoptr (GError) error = NULL;

      fixture_init (&fixture);
      fixture_fill (&fixture, N_MESSAGES);
      for (guint i = 0; i < N_MESSAGES; i++)
        model.server[i] = model.wanted[i] = i % 3 == 0 ? 0 : BARUA_FLAG_SEEN;
      barua_store_write_now (fixture.store, BARUA_STORE_WISH, "random", random_steps, &model, &error);
      g_assert_no_error (error);
      fixture_assert_sound (&fixture);
      fixture_clear (&fixture);
      g_rand_free (model.rand);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/store/wish/confirmed", (gconstpointer)story_confirmed, test_story);
  g_test_add_data_func ("/store/wish/undone", (gconstpointer)story_undone, test_story);
  g_test_add_data_func ("/store/wish/refused", (gconstpointer)story_refused, test_story);
  g_test_add_data_func ("/store/wish/refusals", (gconstpointer)story_refusals, test_story);
  g_test_add_data_func ("/store/wish/groups", (gconstpointer)story_groups, test_story);
  g_test_add_func ("/store/wish/refusals-stay", test_refusals_stay);
  g_test_add_data_func ("/store/wish/others", (gconstpointer)story_others, test_story);
  g_test_add_data_func ("/store/wish/grouped", (gconstpointer)story_grouped, test_story);
  g_test_add_func ("/store/wish/restart", test_restart);
  g_test_add_func ("/store/wish/random", test_random);
  return g_test_run ();
}
