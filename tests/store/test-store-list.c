/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-limits.h"
#include "barua-store-list.h"
#include "barua-store-thread.h"
#include "barua-store-private.h"
#include "store-fixture.h"

/* Lists in every order, filters, and conversations over several folders. */

enum
{
  ALICE,  /* unread, starred */
  BEN,    /* read, an attachment is told of by the caller's flags only: none here */
  EMILE,  /* "Émile": sorted under E */
  DIGIT,  /* "7 Hills" */
  NOBODY, /* no letter at all */
  SECOND, /* Alice again, newer */
  N_MAIL
};

typedef struct
{
  Fixture              fixture;
  gint64               sent;
  gint64               trash;
  gint64               ids[N_MAIL];
  BaruaStoreListQuery  query;
  GArray              *entries;
  GPtrArray           *rows;
  GArray              *members;
  gboolean             more;
  gint64               thread;
  gint64               folder;
} Lists;

static const struct
{
  const char *name;
  const char *subject;
  gint64      date;
  guint64     size;
  BaruaFlags  flags;
} mail[N_MAIL] = {
  [ALICE] = { "Alice Carter", "Re: garden", 1000, 5000, BARUA_FLAG_FLAGGED },
  [BEN] = { "ben howard", "Budget", 2000, 9999, BARUA_FLAG_SEEN },
  [EMILE] = { "Émile", "\"Garden\"", 3000, 10000, BARUA_FLAG_SEEN | BARUA_FLAG_FLAGGED },
  [DIGIT] = { "7 Hills", "[list] 12 eggs", 4000, 700, 0 },
  [NOBODY] = { "***", "...", 5000, 100, BARUA_FLAG_SEEN },
  [SECOND] = { "Alice Carter", "garden", 6000, 6000, BARUA_FLAG_SEEN },
};

static gboolean
make_folder (BaruaStoreConnection  *c,
             gpointer               data,
             GError               **error)
{
  Lists *lists = data;
  static const BaruaRole roles[] = { BARUA_ROLE_SENT, BARUA_ROLE_TRASH };

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      g_autoptr (BaruaStoreFolder) folder = barua_store_folder_new ();

      folder->account = lists->fixture.account;
      folder->role = roles[i];
      g_set_str (&folder->name, i == 0 ? "Sent" : "Trash");
      g_set_str (&folder->shown_name, folder->name);
      if (!barua_store_folder_save (c, folder, error))
        return FALSE;
      *(i == 0 ? &lists->sent : &lists->trash) = folder->id;
    }
  return TRUE;
}

static gint64
put (Lists      *lists,
     gint64      folder,
     guint32     uid,
     const char *message_id,
     const char *reference,
     const char *name,
     const char *address,
     gint64      date,
     BaruaFlags  flags)
{
  BaruaIngest item = ingest_make (uid, message_id, reference, address, "Talk", date);
  gint64 id = 0;

  g_ptr_array_set_size (item.envelope->from, 0);
  g_ptr_array_add (item.envelope->from, barua_address_new (name, address));
  item.flags = flags;
  fixture_ingest (&lists->fixture, folder, &item, 1, &id);
  ingest_clear (&item);
  return id;
}

static void
lists_init (Lists *lists)
{
  g_autoptr (GError) error = NULL;

  fixture_init (&lists->fixture);
  barua_store_write_now (lists->fixture.store, BARUA_STORE_NORMAL, "folders", make_folder, lists, &error);
  g_assert_no_error (error);
}

static void
lists_fill (Lists *lists)
{
  for (guint i = 0; i < N_MAIL; i++)
    {
      g_autofree char *message_id = g_strdup_printf ("<m%u@posta.example>", i);
      g_autofree char *address = g_strdup_printf ("p%u@posta.example", i == SECOND ? (guint)ALICE : i);
      BaruaIngest item = ingest_make (i + 1, message_id, NULL, address, mail[i].subject, mail[i].date);

      g_ptr_array_set_size (item.envelope->from, 0);
      g_ptr_array_add (item.envelope->from, barua_address_new (mail[i].name, address));
      item.size = mail[i].size;
      item.flags = mail[i].flags;
      fixture_ingest (&lists->fixture, lists->fixture.folder, &item, 1, &lists->ids[i]);
      ingest_clear (&item);
    }
}

static void
lists_clear (Lists *lists)
{
  fixture_assert_sound (&lists->fixture);
  g_clear_pointer (&lists->entries, g_array_unref);
  g_clear_pointer (&lists->rows, g_ptr_array_unref);
  g_clear_pointer (&lists->members, g_array_unref);
  fixture_clear (&lists->fixture);
}

static gboolean
do_load (BaruaStoreConnection  *c,
         gpointer               data,
         GError               **error)
{
  Lists *lists = data;

  lists->entries = barua_store_load_list (c, &lists->query, error);
  return lists->entries != NULL;
}

static GArray *
load (Lists *lists)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&lists->entries, g_array_unref);
  barua_store_read_now (lists->fixture.store, "list", do_load, lists, &error);
  g_assert_no_error (error);
  for (guint i = 1; i < lists->entries->len; i++)
    {
      const BaruaSpineEntry *a = &g_array_index (lists->entries, BaruaSpineEntry, i - 1);
      const BaruaSpineEntry *b = a + 1;
      gboolean rises = a->key < b->key || (a->key == b->key && a->id < b->id);

      g_assert_true (rises == (lists->query.ascending != 0));
    }
  return lists->entries;
}

/* @wanted: indexes of mail, ended by -1. */
static void
expect (Lists     *lists,
        const int *wanted)
{
  guint n = 0;

  load (lists);
  for (; wanted[n] >= 0; n++)
    {
      g_assert_cmpuint (lists->entries->len, >, n);
      g_assert_cmpint (g_array_index (lists->entries, BaruaSpineEntry, n).id, ==, lists->ids[wanted[n]]);
    }
  g_assert_cmpuint (lists->entries->len, ==, n);
}

static gint64
key_at (Lists *lists,
        guint  i)
{
  return g_array_index (lists->entries, BaruaSpineEntry, i).key;
}

#define EXPECT(lists, ...) expect (lists, (const int[]){ __VA_ARGS__, -1 })

static void
test_orders (void)
{
  Lists lists = { 0 };

  lists_init (&lists);
  lists_fill (&lists);
  lists.query = (BaruaStoreListQuery){ .folder = lists.fixture.folder };
  EXPECT (&lists, SECOND, NOBODY, DIGIT, EMILE, BEN, ALICE);
  lists.query.ascending = TRUE;
  EXPECT (&lists, ALICE, BEN, EMILE, DIGIT, NOBODY, SECOND);

  lists.query.order = BARUA_STORE_ORDER_SIZE;
  EXPECT (&lists, NOBODY, DIGIT, ALICE, SECOND, BEN, EMILE);
  g_assert_cmpint (key_at (&lists, 5), ==, 10000);
  lists.query.ascending = FALSE;
  EXPECT (&lists, EMILE, BEN, SECOND, ALICE, DIGIT, NOBODY);

  /* No letter, digits, then letters; of one sender the newer one first both ways. */
  lists.query.order = BARUA_STORE_ORDER_SENDER;
  lists.query.ascending = TRUE;
  EXPECT (&lists, NOBODY, DIGIT, SECOND, ALICE, BEN, EMILE);
  g_assert_cmpint (key_at (&lists, 0) >> BARUA_KEY_LETTER_SHIFT, ==, 0);
  g_assert_cmpint (key_at (&lists, 1) >> BARUA_KEY_LETTER_SHIFT, ==, '#');
  g_assert_cmpint (key_at (&lists, 3) >> BARUA_KEY_LETTER_SHIFT, ==, 'A');
  g_assert_cmpint (key_at (&lists, 4) >> BARUA_KEY_LETTER_SHIFT, ==, 'B');
  g_assert_cmpint (key_at (&lists, 5) >> BARUA_KEY_LETTER_SHIFT, ==, 'E');
  lists.query.ascending = FALSE;
  EXPECT (&lists, EMILE, BEN, SECOND, ALICE, DIGIT, NOBODY);

  lists.query.order = BARUA_STORE_ORDER_SUBJECT;
  lists.query.ascending = TRUE;
  load (&lists);
  g_assert_cmpint (g_array_index (lists.entries, BaruaSpineEntry, 0).id, ==, lists.ids[NOBODY]);
  g_assert_cmpint (g_array_index (lists.entries, BaruaSpineEntry, 1).id, ==, lists.ids[DIGIT]);
  g_assert_cmpint (g_array_index (lists.entries, BaruaSpineEntry, 2).id, ==, lists.ids[BEN]);
  g_assert_cmpint (g_array_index (lists.entries, BaruaSpineEntry, 3).id, ==, lists.ids[SECOND]);
  g_assert_cmpint (key_at (&lists, 5) >> BARUA_KEY_LETTER_SHIFT, ==, 'G');

  lists.query.order = BARUA_STORE_ORDER_UNREAD;
  lists.query.ascending = FALSE;
  EXPECT (&lists, DIGIT, ALICE, SECOND, NOBODY, EMILE, BEN);
  g_assert_cmpint (key_at (&lists, 1), >=, BARUA_KEY_MARK);
  g_assert_cmpint (key_at (&lists, 2), <, BARUA_KEY_MARK);
  lists.query.ascending = TRUE;
  EXPECT (&lists, SECOND, NOBODY, EMILE, BEN, DIGIT, ALICE);
  lists.query.order = BARUA_STORE_ORDER_STARRED;
  EXPECT (&lists, SECOND, NOBODY, DIGIT, BEN, EMILE, ALICE);
  lists.query.ascending = FALSE;
  EXPECT (&lists, EMILE, ALICE, SECOND, NOBODY, DIGIT, BEN);
  lists_clear (&lists);
}

static void
test_filters (void)
{
  Lists lists = { 0 };
  g_autoptr (GArray) keep = g_array_new (FALSE, FALSE, sizeof (BaruaSpineEntry));
  BaruaSpineEntry kept;

  lists_init (&lists);
  lists_fill (&lists);
  /* The person writes to Ben: known from now on. */
  {
    BaruaIngest item = ingest_make (1, "<own@posta.example>", NULL, "asha@posta.example", "Hello", 500);

    g_ptr_array_set_size (item.envelope->to, 0);
    g_ptr_array_add (item.envelope->to, barua_address_new ("ben howard", "p1@posta.example"));
    fixture_ingest (&lists.fixture, lists.sent, &item, 1, NULL);
    ingest_clear (&item);
  }
  lists.query = (BaruaStoreListQuery){ .folder = lists.fixture.folder, .match = BARUA_STORE_MATCH_UNREAD };
  EXPECT (&lists, DIGIT, ALICE);
  lists.query.match |= BARUA_STORE_MATCH_STARRED;
  EXPECT (&lists, ALICE);
  lists.query.match = BARUA_STORE_MATCH_KNOWN;
  EXPECT (&lists, BEN);
  lists.query.match |= BARUA_STORE_MATCH_UNREAD;
  EXPECT (&lists, -1);
  lists.query.match = BARUA_STORE_MATCH_ATTACHMENT;
  EXPECT (&lists, -1);

  /* What is shown stays, in any order; what is of another folder does not. */
  kept = (BaruaSpineEntry){ lists.ids[BEN], mail[BEN].date };
  g_array_append_val (keep, kept);
  kept = (BaruaSpineEntry){ 99999, 7000 };
  g_array_append_val (keep, kept);
  lists.query.match = BARUA_STORE_MATCH_UNREAD;
  lists.query.keep = keep;
  EXPECT (&lists, DIGIT, BEN, ALICE);
  lists.query.order = BARUA_STORE_ORDER_SIZE;
  EXPECT (&lists, BEN, ALICE, DIGIT);

  /* By unread it keeps its place among the unread ones though it was read. */
  lists.query.order = BARUA_STORE_ORDER_UNREAD;
  lists.query.match = BARUA_STORE_MATCH_ALL;
  g_array_index (keep, BaruaSpineEntry, 0).key = BARUA_KEY_MARK + mail[BEN].date;
  EXPECT (&lists, DIGIT, BEN, ALICE, SECOND, NOBODY, EMILE);

  /* Results of a search, in other orders. */
  g_array_set_size (keep, 0);
  kept = (BaruaSpineEntry){ lists.ids[SECOND], 6000 };
  g_array_append_val (keep, kept);
  kept = (BaruaSpineEntry){ lists.ids[DIGIT], 4000 };
  g_array_append_val (keep, kept);
  lists.query = (BaruaStoreListQuery){ .hits = keep, .order = BARUA_STORE_ORDER_SENDER, .ascending = TRUE };
  EXPECT (&lists, DIGIT, SECOND);
  lists.query.order = BARUA_STORE_ORDER_DATE;
  lists.query.match = BARUA_STORE_MATCH_UNREAD;
  EXPECT (&lists, DIGIT);
  lists.query.match = BARUA_STORE_MATCH_ALL;
  lists.query.folder = lists.trash;
  EXPECT (&lists, -1);
  lists.query.folder = 0;
  lists.query.account = lists.fixture.account + 1;
  EXPECT (&lists, -1);
  lists_clear (&lists);
}

static gboolean
do_members (BaruaStoreConnection  *c,
            gpointer               data,
            GError               **error)
{
  Lists *lists = data;

  lists->members = barua_store_thread_list_members (c, lists->thread, lists->folder, &lists->more, error);
  return lists->members != NULL;
}

static gboolean
do_rows (BaruaStoreConnection  *c,
         gpointer               data,
         GError               **error)
{
  Lists *lists = data;
  gint64 id = g_array_index (lists->entries, BaruaSpineEntry, 0).id;

  lists->rows = barua_store_load_rows (c, &id, 1, TRUE, error);
  return lists->rows != NULL;
}

static void
members (Lists  *lists,
         gint64  thread,
         gint64  folder)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&lists->members, g_array_unref);
  lists->thread = thread;
  lists->folder = folder;
  barua_store_read_now (lists->fixture.store, "members", do_members, lists, &error);
  g_assert_no_error (error);
}

static const BaruaRow *
first_row (Lists *lists)
{
  g_autoptr (GError) error = NULL;

  load (lists);
  g_clear_pointer (&lists->rows, g_ptr_array_unref);
  barua_store_read_now (lists->fixture.store, "rows", do_rows, lists, &error);
  g_assert_no_error (error);
  return g_ptr_array_index (lists->rows, 0);
}

/* The person's answer in Sent is counted, what is in Trash and a draft are not, a copy is one. */
static void
test_conversation (void)
{
  Lists lists = { 0 };
  const BaruaRow *row;
  gint64 first;
  gint64 copy;
  gint64 answer;

  lists_init (&lists);
  first = put (&lists, lists.fixture.folder, 1, "<a@x>", NULL, "Alice Carter", "alice@x.example", 1000, BARUA_FLAG_SEEN);
  put (&lists, lists.fixture.folder, 2, "<b@x>", "<a@x>", "Ben Howard", "ben@x.example", 2000, BARUA_FLAG_FLAGGED);
  lists.query = (BaruaStoreListQuery){ .folder = lists.fixture.folder, .grouped = TRUE };
  row = first_row (&lists);
  g_assert_cmpuint (row->thread_count, ==, 2);

  put (&lists, lists.sent, 1, "<c@x>", "<b@x>", "Asha", "Asha@posta.example", 3000, BARUA_FLAG_SEEN);
  put (&lists, lists.trash, 1, "<d@x>", "<b@x>", "Carl", "carl@x.example", 3100, BARUA_FLAG_SEEN);
  put (&lists, lists.sent, 2, "<e@x>", "<b@x>", "Asha", "asha@posta.example", 3200, BARUA_FLAG_DRAFT);
  copy = put (&lists, lists.sent, 3, "<b@x>", "<a@x>", "Ben Howard", "ben@x.example", 2000, BARUA_FLAG_FLAGGED);
  row = first_row (&lists);
  g_assert_cmpuint (lists.entries->len, ==, 1);
  g_assert_cmpint (row->date, ==, 2000);
  g_assert_cmpuint (row->thread_count, ==, 3);
  g_assert_cmpuint (row->thread_unread, ==, 1);
  g_assert_cmpuint (row->thread_starred, ==, 1);
  g_assert_true (row->thread_draft);
  g_assert_cmpuint (row->thread_size, ==, 10001 + 10002);
  g_assert_cmpuint (g_strv_length (row->people), ==, 3);
  g_assert_cmpstr (row->people[0], ==, "Alice Carter");
  g_assert_cmpstr (row->people[1], ==, "Ben Howard");
  g_assert_cmpstr (row->people[2], ==, "");

  members (&lists, row->thread, lists.fixture.folder);
  g_assert_cmpuint (lists.members->len, ==, 5);
  g_assert_false (lists.more);
  for (guint i = 0; i < lists.members->len; i++)
    {
      const BaruaMember *member = &g_array_index (lists.members, BaruaMember, i);

      g_assert_true (member->id != copy);
      g_assert_true (i == 0 || member->date >= (member - 1)->date);
      g_assert_true (member->is_own == (member->folder == lists.sent));
      g_assert_cmpint (member->role, ==, member->folder == lists.sent ? BARUA_ROLE_SENT :
                       member->folder == lists.trash ? BARUA_ROLE_TRASH : BARUA_ROLE_INBOX);
    }
  g_assert_cmpint (g_array_index (lists.members, BaruaMember, 0).id, ==, first);
  /* Asked for from Sent, the copy there is the member. */
  members (&lists, row->thread, lists.sent);
  g_assert_cmpuint (lists.members->len, ==, 5);
  g_assert_cmpint (g_array_index (lists.members, BaruaMember, 1).id, ==, copy);
  members (&lists, 12345, 0);
  g_assert_cmpuint (lists.members->len, ==, 0);

  /* Two conversations that a late parent joins: the old number still finds them. */
  put (&lists, lists.fixture.folder, 5, "<q@x>", NULL, "Q", "q@x.example", 4000, 0);
  answer = put (&lists, lists.fixture.folder, 6, "<r@x>", "<s@x>", "R", "r@x.example", 5000, 0);
  row = first_row (&lists);
  g_assert_cmpint (row->id, ==, answer);
  {
    gint64 old_thread = row->thread;

    put (&lists, lists.fixture.folder, 7, "<s@x>", "<q@x>", "S", "s@x.example", 4500, 0);
    row = first_row (&lists);
    g_assert_cmpint (row->thread, !=, old_thread);
    members (&lists, old_thread, 0);
    g_assert_cmpuint (lists.members->len, ==, 3);
  }
  lists_clear (&lists);
}

static gint64
put_talk (Lists      *lists,
          gint64      folder,
          guint32     uid,
          const char *message_id,
          const char *address,
          const char *subject,
          gint64      date)
{
  BaruaIngest item = ingest_make (uid, message_id, "<root@x>", address, subject, date);
  gint64 id = 0;

  fixture_ingest (&lists->fixture, folder, &item, 1, &id);
  ingest_clear (&item);
  return id;
}

/* A Message-ID proves nothing: what bears that of another message does not hide it, in the same folder or elsewhere. */
static void
test_same_message_id (void)
{
  Lists lists = { 0 };
  const BaruaRow *row;

  lists_init (&lists);
  put_talk (&lists, lists.fixture.folder, 1, "<root@x>", "alice@x.example", "Talk", 1000);
  put_talk (&lists, lists.fixture.folder, 2, "<a@x>", "alice@x.example", "Re: Talk", 2000);
  lists.query = (BaruaStoreListQuery){ .folder = lists.fixture.folder, .grouped = TRUE };
  row = first_row (&lists);
  g_assert_cmpuint (row->thread_count, ==, 2);
  /* Copies: as it was sent, and as a list brought it. */
  put_talk (&lists, lists.sent, 1, "<a@x>", "alice@x.example", "Re: Talk", 2000);
  put_talk (&lists, lists.trash, 1, "<a@x>", "alice@x.example", "Re: [water] Talk", 2000);
  row = first_row (&lists);
  g_assert_cmpuint (row->thread_count, ==, 2);
  /* Another text, another day, another person, the same folder. */
  put_talk (&lists, lists.sent, 2, "<a@x>", "alice@x.example", "Invoice", 2000);
  put_talk (&lists, lists.sent, 3, "<a@x>", "alice@x.example", "Re: Talk", 2001);
  put_talk (&lists, lists.sent, 4, "<a@x>", "mallory@y.example", "Re: Talk", 2000);
  put_talk (&lists, lists.fixture.folder, 3, "<a@x>", "alice@x.example", "Re: Talk", 2000);
  row = first_row (&lists);
  g_assert_cmpuint (row->thread_count, ==, 6);
  members (&lists, row->thread, lists.fixture.folder);
  g_assert_cmpuint (lists.members->len, ==, 6);
  lists_clear (&lists);
}

/* Of a conversation one message must match; the row is the newest all the same. */
static void
test_grouped_orders (void)
{
  Lists lists = { 0 };
  g_autoptr (GArray) keep = g_array_new (FALSE, FALSE, sizeof (BaruaSpineEntry));
  BaruaSpineEntry kept;
  gint64 newest;
  gint64 alone;
  gint64 newer;

  lists_init (&lists);
  put (&lists, lists.fixture.folder, 1, "<a@x>", NULL, "Zoe", "z@x.example", 1000, 0);
  newest = put (&lists, lists.fixture.folder, 2, "<b@x>", "<a@x>", "Ben", "b@x.example", 2000, BARUA_FLAG_SEEN);
  alone = put (&lists, lists.fixture.folder, 3, "<c@x>", NULL, "Carl", "c@x.example", 3000, BARUA_FLAG_SEEN);

  lists.query = (BaruaStoreListQuery){ .folder = lists.fixture.folder, .grouped = TRUE, .match = BARUA_STORE_MATCH_UNREAD };
  load (&lists);
  g_assert_cmpuint (lists.entries->len, ==, 1);
  g_assert_cmpint (g_array_index (lists.entries, BaruaSpineEntry, 0).id, ==, newest);
  g_assert_cmpint (key_at (&lists, 0), ==, 2000);

  lists.query.match = BARUA_STORE_MATCH_ALL;
  lists.query.order = BARUA_STORE_ORDER_SIZE;
  load (&lists);
  g_assert_cmpuint (lists.entries->len, ==, 2);
  g_assert_cmpint (key_at (&lists, 0), ==, 20003);
  g_assert_cmpint (key_at (&lists, 1), ==, 10003);
  lists.query.order = BARUA_STORE_ORDER_SENDER;
  lists.query.ascending = TRUE;
  load (&lists);
  g_assert_cmpint (g_array_index (lists.entries, BaruaSpineEntry, 0).id, ==, newest);
  lists.query.order = BARUA_STORE_ORDER_UNREAD;
  lists.query.ascending = FALSE;
  load (&lists);
  g_assert_cmpint (g_array_index (lists.entries, BaruaSpineEntry, 0).id, ==, newest);

  /* It stays, by the newer answer that came, although nothing in it is starred. */
  kept = (BaruaSpineEntry){ alone, 3000 };
  g_array_append_val (keep, kept);
  newer = put (&lists, lists.fixture.folder, 4, "<d@x>", "<c@x>", "Dora", "d@x.example", 4000, BARUA_FLAG_SEEN);
  lists.query = (BaruaStoreListQuery){ .folder = lists.fixture.folder, .grouped = TRUE, .keep = keep,
                                       .match = BARUA_STORE_MATCH_STARRED };
  load (&lists);
  g_assert_cmpuint (lists.entries->len, ==, 1);
  g_assert_cmpint (g_array_index (lists.entries, BaruaSpineEntry, 0).id, ==, newer);

  /* The first rows alone, both ways. */
  lists.query = (BaruaStoreListQuery){ .folder = lists.fixture.folder, .grouped = TRUE, .limit = 1 };
  load (&lists);
  g_assert_cmpuint (lists.entries->len, ==, 1);
  g_assert_cmpint (key_at (&lists, 0), ==, 4000);
  lists.query.ascending = TRUE;
  load (&lists);
  g_assert_cmpuint (lists.entries->len, ==, 1);
  g_assert_cmpint (key_at (&lists, 0), ==, 2000);
  lists_clear (&lists);
}

/* A list kept by the changes alone is the one that is read. */
static void
on_changes (BaruaStore     *store,
            BaruaChangeSet *changes,
            gpointer        user_data)
{
  GHashTable *list = user_data; /* thread -> newest id */

  for (guint i = 0; i < changes->conversations->len; i++)
    {
      const BaruaConversationChange *change = &g_array_index (changes->conversations, BaruaConversationChange, i);
      gint64 *known = g_hash_table_lookup (list, &change->thread);

      g_assert_cmpint (known != NULL ? *known : 0, ==, change->old_id);
      if (change->new_id == 0)
        g_hash_table_remove (list, &change->thread);
      else
        g_hash_table_replace (list, g_memdup2 (&change->thread, sizeof (gint64)), g_memdup2 (&change->new_id, sizeof (gint64)));
    }
}

static void
test_conversation_changes (void)
{
  Lists lists = { 0 };
  g_autoptr (GHashTable) list = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  GHashTableIter iter;
  gint64 *newest;

  lists_init (&lists);
  barua_store_set_changed_func (lists.fixture.store, on_changes, list);
  fixture_fill (&lists.fixture, 3000);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  lists.query = (BaruaStoreListQuery){ .folder = lists.fixture.folder, .grouped = TRUE };
  load (&lists);
  g_assert_cmpuint (lists.entries->len, ==, g_hash_table_size (list));
  {
    g_autoptr (GHashTable) ids = g_hash_table_new (g_int64_hash, g_int64_equal);

    for (guint i = 0; i < lists.entries->len; i++)
      g_hash_table_add (ids, &g_array_index (lists.entries, BaruaSpineEntry, i).id);
    g_hash_table_iter_init (&iter, list);
    while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&newest))
      g_assert_true (g_hash_table_contains (ids, newest));
  }
  lists_clear (&lists);
}

/* Who waited for a write and then turns the main loop has heard of its changes, however long the writer is busy with what else
 * was in the transaction. */
typedef struct
{
  IngestCall  call;
  BaruaStore *store;
  GMutex      mutex;
  GCond       cond;
  gboolean    is_looked;
} Waited;

static gboolean
succeed (BaruaStoreConnection  *c,
         gpointer               data,
         GError               **error)
{
  return TRUE;
}

/* On the writer's thread, behind the wake-up of who waits. */
static void
wait_until_looked (gpointer data)
{
  Waited *waited = data;

  g_mutex_lock (&waited->mutex);
  while (!waited->is_looked)
    g_cond_wait (&waited->cond, &waited->mutex);
  g_mutex_unlock (&waited->mutex);
}

static gboolean
ingest_with_follower (BaruaStoreConnection  *c,
                      gpointer               data,
                      GError               **error)
{
  Waited *waited = data;

  barua_store_write (waited->store, BARUA_STORE_BATCH, "follower", succeed, waited, wait_until_looked, NULL, NULL);
  return fixture_do_ingest (c, &waited->call, error);
}

static void
test_changes_before_done (void)
{
  Lists lists = { 0 };
  g_autoptr (GHashTable) list = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_autoptr (GError) error = NULL;
  BaruaIngest item = ingest_make (1, "<w@x>", NULL, "alice@x.example", "Talk", 1000);
  Waited waited = { 0 };
  guint n_heard;

  lists_init (&lists);
  g_mutex_init (&waited.mutex);
  g_cond_init (&waited.cond);
  waited.store = lists.fixture.store;
  waited.call = (IngestCall){ lists.fixture.folder, &item, 1, NULL, { 0 } };
  barua_store_set_changed_func (lists.fixture.store, on_changes, list);
  barua_store_write_now (lists.fixture.store, BARUA_STORE_BATCH, "ingest", ingest_with_follower, &waited, &error);
  g_assert_no_error (error);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  n_heard = g_hash_table_size (list);

  g_mutex_lock (&waited.mutex);
  waited.is_looked = TRUE;
  g_cond_signal (&waited.cond);
  g_mutex_unlock (&waited.mutex);
  g_assert_cmpuint (n_heard, ==, 1);
  ingest_clear (&item);
  lists_clear (&lists);
  g_mutex_clear (&waited.mutex);
  g_cond_clear (&waited.cond);
}

static gboolean
do_generation (BaruaStoreConnection  *c,
               gpointer               data,
               GError               **error)
{
  *(guint64 *)data = barua_store_get_generation (c);
  return TRUE;
}

static void
take_generation (BaruaStore     *store,
                 BaruaChangeSet *changes,
                 gpointer        user_data)
{
  *(guint64 *)user_data = changes->generation;
}

/* A reading knows of commits that were not told yet. */
static void
test_generation (void)
{
  Lists lists = { 0 };
  guint64 read_at = 0;
  guint64 told = 0;
  g_autoptr (GError) error = NULL;

  lists_init (&lists);
  barua_store_set_changed_func (lists.fixture.store, take_generation, &told);
  put (&lists, lists.fixture.folder, 1, "<a@x>", NULL, "Alice Carter", "alice@x.example", 1000, 0);
  put (&lists, lists.fixture.folder, 2, "<b@x>", NULL, "Ben Howard", "ben@x.example", 2000, 0);
  barua_store_read_now (lists.fixture.store, "generation", do_generation, &read_at, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (told, ==, 0);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (told, >=, 2);
  g_assert_cmpuint (read_at, ==, told);
  lists_clear (&lists);
}

static gboolean
ingest_and_fail (BaruaStoreConnection  *c,
                 gpointer               data,
                 GError               **error)
{
  IngestCall *call = data;

  if (barua_store_message_ingest (c, call->folder, call->items, call->n, call->ids, &call->result, error) &&
      barua_store_flush (c, error))
    g_set_error (error, BARUA_ERROR, BARUA_ERROR_INTERNAL, "on purpose");
  return FALSE;
}

typedef struct
{
  guint n;
  guint n_failed;
} Done;

static void
count_done (const GError *error,
            gpointer      user_data)
{
  Done *done = user_data;

  g_assert_true (error == NULL || g_strcmp0 (error->message, "on purpose") == 0);
  done->n++;
  done->n_failed += error != NULL;
}

/* Failing jobs in the middle of a transaction: what they counted is not told, what the others did is, and is counted once. */
static void
test_failed_job (void)
{
  Lists lists = { 0 };
  g_autoptr (GHashTable) list = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  BaruaIngest items[4];
  IngestCall calls[4];
  Done done = { 0, 0 };

  lists_init (&lists);
  barua_store_set_changed_func (lists.fixture.store, on_changes, list);
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    {
      g_autofree char *message_id = g_strdup_printf ("<f%u@x>", i);

      items[i] = ingest_make (i + 1, message_id, i == 2 || i == 3 ? "<f0@x>" : NULL, "alice@x.example", "Talk", 1000 + i);
      calls[i] = (IngestCall){ lists.fixture.folder, &items[i], 1, NULL, { 0 } };
    }
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    barua_store_write (lists.fixture.store, BARUA_STORE_BATCH, "ingest", i == 1 || i == 2 ? ingest_and_fail : fixture_do_ingest,
                       &calls[i], NULL, count_done, &done);
  while (done.n < G_N_ELEMENTS (items))
    g_main_context_iteration (NULL, TRUE);
  lists.query = (BaruaStoreListQuery){ .folder = lists.fixture.folder, .grouped = TRUE };
  load (&lists);
  g_assert_cmpuint (done.n_failed, ==, 2);
  g_assert_cmpuint (lists.entries->len, ==, 1);
  g_assert_cmpint (key_at (&lists, 0), ==, 1003);
  g_assert_cmpuint (first_row (&lists)->thread_count, ==, 2);
  g_assert_cmpuint (g_hash_table_size (list), ==, 1);
  {
    g_autoptr (GList) values = g_hash_table_get_values (list);

    g_assert_cmpint (*(gint64 *)values->data, ==, g_array_index (lists.entries, BaruaSpineEntry, 0).id);
  }
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    ingest_clear (&items[i]);
  lists_clear (&lists);
}

/* A conversation of more messages than are shown keeps the newest. */
static void
test_many_members (void)
{
  Lists lists = { 0 };
  guint n = BARUA_LIMIT_CONVERSATION;
  g_autofree BaruaIngest *items = g_new0 (BaruaIngest, n + 1);
  g_autofree gint64 *ids = g_new0 (gint64, n + 1);

  lists_init (&lists);
  for (guint i = 0; i <= n; i++)
    {
      g_autofree char *message_id = g_strdup_printf ("<n%u@x>", i);

      items[i] = ingest_make (i + 1, message_id, i > 0 ? "<n0@x>" : NULL, "alice@x.example", "Long", 1000 + i);
    }
  fixture_ingest (&lists.fixture, lists.fixture.folder, items, n, ids);
  lists.query = (BaruaStoreListQuery){ .folder = lists.fixture.folder, .grouped = TRUE };
  members (&lists, first_row (&lists)->thread, 0);
  g_assert_cmpuint (lists.members->len, ==, n);
  g_assert_false (lists.more);
  fixture_ingest (&lists.fixture, lists.fixture.folder, items + n, 1, ids + n);
  members (&lists, first_row (&lists)->thread, 0);
  g_assert_cmpuint (lists.members->len, ==, n);
  g_assert_true (lists.more);
  g_assert_cmpint (g_array_index (lists.members, BaruaMember, n - 1).id, ==, ids[n]);
  g_assert_cmpint (g_array_index (lists.members, BaruaMember, 0).id, ==, ids[1]);
  for (guint i = 0; i <= n; i++)
    ingest_clear (&items[i]);
  lists_clear (&lists);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/list/orders", test_orders);
  g_test_add_func ("/store/list/filters", test_filters);
  g_test_add_func ("/store/list/conversation", test_conversation);
  g_test_add_func ("/store/list/same-message-id", test_same_message_id);
  g_test_add_func ("/store/list/grouped-orders", test_grouped_orders);
  g_test_add_func ("/store/list/conversation-changes", test_conversation_changes);
  g_test_add_func ("/store/list/changes-before-done", test_changes_before_done);
  g_test_add_func ("/store/list/generation", test_generation);
  g_test_add_func ("/store/list/failed-job", test_failed_job);
  g_test_add_func ("/store/list/many-members", test_many_members);
  return g_test_run ();
}
