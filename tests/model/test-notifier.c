/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What new mail is told of: alone, together, and taken back. */
#include "barua-limits.h"
#include "barua-notifier.h"
#include "barua-words-notice.h"

static BaruaFolder *
inbox (gint64 account)
{
  BaruaFolder *folder = barua_folder_new ();

  folder->id = account * 10;
  folder->account = account;
  folder->notify = TRUE;
  return folder;
}

static BaruaRow *
add (GPtrArray  *rows,
     gint64      folder,
     gint64      id,
     const char *name,
     const char *subject)
{
  BaruaRow *row = barua_row_new ();

  row->id = id;
  row->folder = folder;
  row->date = 1000 + id;
  g_free (row->from_name);
  row->from_name = g_strdup (name);
  g_free (row->from_address);
  row->from_address = g_strdup ("x@evil.example");
  g_free (row->subject);
  row->subject = g_strdup (subject);
  g_ptr_array_add (rows, row);
  return row;
}

static GPtrArray *
rows_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)barua_row_unref);
}

/* @n messages of the inbox of account 1, numbered from @first. */
static BaruaNoticeWork *
arrive (BaruaNotifier *notifier,
        gint64         first,
        guint          n,
        gint64         now)
{
  static const char *const names[] = { "Maria", "Ben", "Amina", "Dewi", "Lakshmi", "Otto" };
  g_autoptr (BaruaFolder) folder = inbox (1);
  g_autoptr (GPtrArray) rows = rows_new ();

  for (guint i = 0; i < n; i++)
    add (rows, 10, first + i, names[(first + i) % G_N_ELEMENTS (names)], "Fahrkarten");
  return barua_notifier_arrived (notifier, folder, rows, now);
}

static const BaruaNotice *
shown (BaruaNoticeWork *work,
       guint            i)
{
  g_assert_cmpuint (i, <, work->shown->len);
  return g_ptr_array_index (work->shown, i);
}

static void
test_single (void)
{
  g_autoptr (BaruaNotifier) notifier = barua_notifier_new ();
  g_autoptr (BaruaNoticeWork) work = arrive (notifier, 1, BARUA_NOTIFY_SINGLE, 100);
  g_autofree char *title = NULL;
  g_autofree char *body = NULL;
  g_autofree char *hidden_title = NULL;
  g_autofree char *hidden_body = NULL;

  g_assert_cmpuint (work->shown->len, ==, BARUA_NOTIFY_SINGLE);
  g_assert_cmpuint (work->withdrawn->len, ==, 0);
  /* The newest comes last. */
  g_assert_cmpint (shown (work, 0)->message, ==, 1);
  g_assert_cmpint (shown (work, 4)->message, ==, 5);
  g_assert_cmpstr (shown (work, 0)->id, ==, "mail-1-1");
  title = barua_words_notice_title (shown (work, 0), TRUE);
  body = barua_words_notice_body (shown (work, 0), TRUE, "Work");
  g_assert_cmpstr (title, ==, "Ben");
  g_assert_cmpstr (body, ==, "Fahrkarten");
  hidden_title = barua_words_notice_title (shown (work, 0), FALSE);
  hidden_body = barua_words_notice_body (shown (work, 0), FALSE, "Work");
  g_assert_cmpstr (hidden_title, ==, "1 new message");
  g_assert_cmpstr (hidden_body, ==, "Work");
}

static void
test_many (void)
{
  g_autoptr (BaruaNotifier) notifier = barua_notifier_new ();
  g_autoptr (BaruaNoticeWork) work = arrive (notifier, 1, 12, 100);
  g_autofree char *title = barua_words_notice_title (shown (work, 0), TRUE);
  g_autofree char *body = barua_words_notice_body (shown (work, 0), TRUE, "");

  g_assert_cmpuint (work->shown->len, ==, 1);
  g_assert_cmpint (shown (work, 0)->message, ==, 0);
  g_assert_cmpint (shown (work, 0)->folder, ==, 10);
  g_assert_cmpstr (title, ==, "12 new messages");
  /* The newest is 12, of the first name. */
  g_assert_cmpstr (body, ==, "Maria, Otto and 4 others");
}

/* One after the other is as much at once, if it is soon enough. */
static void
test_trickle (void)
{
  g_autoptr (BaruaNotifier) notifier = barua_notifier_new ();
  g_autoptr (BaruaNoticeWork) first = arrive (notifier, 1, 5, 100);
  g_autoptr (BaruaNoticeWork) second = arrive (notifier, 6, 1, 100 + BARUA_NOTIFY_AT_ONCE_SECONDS - 1);
  g_autoptr (BaruaNoticeWork) later = NULL;

  g_assert_cmpuint (first->shown->len, ==, 5);
  g_assert_cmpuint (second->withdrawn->len, ==, 5);
  g_assert_cmpuint (second->shown->len, ==, 1);
  g_assert_cmpuint (shown (second, 0)->count, ==, 6);
  /* Long after it is alone again, and the summary stays as it is. */
  later = arrive (notifier, 7, 1, 1000);
  g_assert_cmpuint (later->withdrawn->len, ==, 0);
  g_assert_cmpint (shown (later, 0)->message, ==, 7);
}

static void
test_just_not_at_once (void)
{
  g_autoptr (BaruaNotifier) notifier = barua_notifier_new ();
  g_autoptr (BaruaNoticeWork) first = arrive (notifier, 1, 5, 100);
  g_autoptr (BaruaNoticeWork) second = arrive (notifier, 6, 1, 100 + BARUA_NOTIFY_AT_ONCE_SECONDS);

  g_assert_cmpuint (second->withdrawn->len, ==, 0);
  g_assert_cmpint (shown (second, 0)->message, ==, 6);
}

static void
test_resumed (void)
{
  g_autoptr (BaruaNotifier) notifier = barua_notifier_new ();
  g_autoptr (BaruaNoticeWork) one = NULL;
  g_autoptr (BaruaNoticeWork) two = NULL;
  g_autoptr (BaruaNoticeWork) after = NULL;
  g_autofree char *body = NULL;

  barua_notifier_resumed (notifier, 100);
  one = arrive (notifier, 1, 1, 101);
  g_assert_cmpint (shown (one, 0)->message, ==, 1);
  two = arrive (notifier, 2, 1, 102);
  g_assert_cmpint (shown (two, 0)->message, ==, 0);
  g_assert_cmpuint (shown (two, 0)->count, ==, 2);
  g_assert_cmpuint (two->withdrawn->len, ==, 1);
  body = barua_words_notice_body (shown (two, 0), TRUE, "");
  g_assert_cmpstr (body, ==, "Amina and Ben");
  after = arrive (notifier, 3, 2, 100 + BARUA_NOTIFY_RESUME_SECONDS + BARUA_NOTIFY_AT_ONCE_SECONDS);
  g_assert_cmpuint (after->shown->len, ==, 2);
}

static void
test_left_out (void)
{
  g_autoptr (BaruaNotifier) notifier = barua_notifier_new ();
  g_autoptr (BaruaFolder) folder = inbox (1);
  g_autoptr (GPtrArray) rows = rows_new ();
  g_autoptr (BaruaNoticeWork) quiet = NULL;
  g_autoptr (BaruaNoticeWork) first_sync = NULL;
  g_autoptr (BaruaNoticeWork) work = NULL;
  g_autoptr (BaruaNoticeWork) again = NULL;

  add (rows, 10, 1, "Maria", "read")->flags = BARUA_FLAG_SEEN;
  add (rows, 10, 2, "Maria", "deleted")->flags = BARUA_FLAG_DELETED;
  add (rows, 10, 3, "Maria", "draft")->flags = BARUA_FLAG_DRAFT;
  add (rows, 99, 4, "Maria", "moved on");
  add (rows, 10, 5, "Maria", "new");
  folder->notify = FALSE;
  quiet = barua_notifier_arrived (notifier, folder, rows, 100);
  g_assert_cmpuint (quiet->shown->len, ==, 0);
  folder->notify = TRUE;
  folder->first_sync = TRUE;
  first_sync = barua_notifier_arrived (notifier, folder, rows, 100);
  g_assert_cmpuint (first_sync->shown->len, ==, 0);
  folder->first_sync = FALSE;
  work = barua_notifier_arrived (notifier, folder, rows, 100);
  g_assert_cmpuint (work->shown->len, ==, 1);
  g_assert_cmpint (shown (work, 0)->message, ==, 5);
  /* Told once. */
  again = barua_notifier_arrived (notifier, folder, rows, 101);
  g_assert_cmpuint (again->shown->len, ==, 0);
}

static void
test_settled (void)
{
  g_autoptr (BaruaNotifier) notifier = barua_notifier_new ();
  g_autoptr (BaruaNoticeWork) work = arrive (notifier, 1, 2, 100);
  g_autoptr (BaruaNoticeWork) stranger = barua_notifier_settled (notifier, 77);
  g_autoptr (BaruaNoticeWork) one = barua_notifier_settled (notifier, 2);
  g_autoptr (BaruaNoticeWork) twice = barua_notifier_settled (notifier, 2);
  g_autoptr (BaruaNoticeWork) many = arrive (notifier, 10, 6, 1000);
  g_autoptr (BaruaNoticeWork) last = NULL;
  g_autoptr (BaruaNoticeWork) rest = NULL;

  g_assert_cmpuint (stranger->withdrawn->len, ==, 0);
  g_assert_cmpuint (one->withdrawn->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (one->withdrawn, 0), ==, "mail-1-2");
  g_assert_cmpuint (twice->withdrawn->len, ==, 0);
  g_assert_cmpuint (many->shown->len, ==, 1);
  for (gint64 id = 10; id < 15; id++)
    {
      g_autoptr (BaruaNoticeWork) read = barua_notifier_settled (notifier, id);

      g_assert_cmpuint (read->withdrawn->len, ==, 0);
      g_assert_cmpuint (read->shown->len, ==, 0);
    }
  last = barua_notifier_settled (notifier, 15);
  g_assert_cmpuint (last->withdrawn->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (last->withdrawn, 0), ==, "mail-1");
  g_assert_true (barua_notifier_knows (notifier, 1));
  rest = barua_notifier_settled (notifier, 1);
  g_assert_cmpuint (rest->withdrawn->len, ==, 1);
  g_assert_false (barua_notifier_knows (notifier, 1));
}

/* Accounts do not share a summary. */
static void
test_accounts (void)
{
  g_autoptr (BaruaNotifier) notifier = barua_notifier_new ();
  g_autoptr (BaruaNoticeWork) first = arrive (notifier, 1, 5, 100);
  g_autoptr (BaruaFolder) folder = inbox (2);
  g_autoptr (GPtrArray) rows = rows_new ();
  g_autoptr (BaruaNoticeWork) second = NULL;

  add (rows, 20, 50, "Maria", "other account");
  second = barua_notifier_arrived (notifier, folder, rows, 100);
  g_assert_cmpint (shown (second, 0)->message, ==, 50);
  g_assert_cmpint (shown (second, 0)->account, ==, 2);
}

/* U-07: no line breaks, no turning of the text, no million letters; a name that is an address is not believed. */
static void
test_hostile (void)
{
  g_autoptr (BaruaNotifier) notifier = barua_notifier_new ();
  g_autoptr (BaruaFolder) folder = inbox (1);
  g_autoptr (GPtrArray) rows = rows_new ();
  g_autoptr (BaruaNoticeWork) work = NULL;
  g_autofree char *huge = g_strnfill (1000000, 'A');
  g_autofree char *body = NULL;

  add (rows, 10, 1, "ceo@bank.example", " a\n\n b\xe2\x80\xae" "c\t ");
  add (rows, 10, 2, "<b>Evil</b> & %s", huge);
  add (rows, 10, 3, "", "");
  work = barua_notifier_arrived (notifier, folder, rows, 100);
  g_assert_cmpstr (shown (work, 0)->people[0], ==, "x@evil.example");
  g_assert_cmpstr (shown (work, 0)->subject, ==, "a bc");
  g_assert_cmpstr (shown (work, 1)->people[0], ==, "<b>Evil</b> & %s");
  g_assert_cmpuint (strlen (shown (work, 1)->subject), ==, BARUA_LIMIT_NOTICE_CHARS);
  g_assert_cmpstr (shown (work, 2)->people[0], ==, "x@evil.example");
  body = barua_words_notice_body (shown (work, 2), TRUE, "");
  g_assert_cmpstr (body, ==, "(no subject)");
}

/* However much comes, what is remembered is bounded. */
static void
test_bounded (void)
{
  g_autoptr (BaruaNotifier) notifier = barua_notifier_new ();
  g_autoptr (BaruaNoticeWork) work = arrive (notifier, 1, BARUA_LIMIT_NOTIFIED + 1, 100);

  g_assert_cmpuint (shown (work, 0)->count, ==, BARUA_LIMIT_NOTIFIED + 1);
  g_assert_false (barua_notifier_knows (notifier, 1));
  g_assert_true (barua_notifier_knows (notifier, 2));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/notifier/single", test_single);
  g_test_add_func ("/model/notifier/many", test_many);
  g_test_add_func ("/model/notifier/trickle", test_trickle);
  g_test_add_func ("/model/notifier/just-not-at-once", test_just_not_at_once);
  g_test_add_func ("/model/notifier/resumed", test_resumed);
  g_test_add_func ("/model/notifier/left-out", test_left_out);
  g_test_add_func ("/model/notifier/settled", test_settled);
  g_test_add_func ("/model/notifier/accounts", test_accounts);
  g_test_add_func ("/model/notifier/hostile", test_hostile);
  g_test_add_func ("/model/notifier/bounded", test_bounded);
  return g_test_run ();
}
