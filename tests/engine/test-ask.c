/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server is asked what it finds: rows that are here, rows that are not here yet, and answers that are none. */
#include "barua-engine.h"
#include "barua-fiber.h"
#include "barua-limits.h"
#include "barua-scripted-imap.h"
#include "barua-test-certs.h"

#include <string.h>

/* Of the engine's clock: a connection is waited for 1.5 seconds. */
#define CLOCK_SCALE 20

/* What the server has, and what it was told; under the lock. */
typedef struct
{
  GMutex      mutex;
  guint       validity;
  guint       next;
  GArray     *uids;         /* guint32, rising */
  guint32     seen;         /* of these the one that is read */
  guint32     refused;      /* whose rows it can't give */
  const char *capabilities;
  const char *hits;         /* what SEARCH TEXT finds, as a set of UIDs */
  const char *outcome;      /* of it */
  const char *cuts_at;      /* the connection, at a line that begins so; NULL: not */
  const char *refuses_at;   /* a line that begins so; NULL: none */
  gboolean    stalls;       /* no answer to SEARCH TEXT */
  gboolean    is_mute;      /* nothing is said to who connects */
  GPtrArray  *log;          /* lines without tags */
} Box;

static BaruaTestAuthority *authority;
static GTlsCertificate *certificate;
static Box box;

/* @last not 0: that one after @n in a row from 1 on. */
static void
set_box (guint validity,
         guint next,
         guint n,
         guint last)
{
  g_mutex_lock (&box.mutex);
  box.validity = validity;
  box.next = next;
  g_array_set_size (box.uids, 0);
  for (guint32 uid = 1; uid <= n; uid++)
    g_array_append_val (box.uids, uid);
  if (last != 0)
    g_array_append_val (box.uids, last);
  g_mutex_unlock (&box.mutex);
}

static void
say (BaruaScriptedConnection *connection,
     const char              *format,
     ...) G_GNUC_PRINTF (2, 3);

static void
say (BaruaScriptedConnection *connection,
     const char              *format,
     ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  barua_scripted_send (connection, text, -1);
}

static BaruaIdSet *
parse_set (const char *text,
           guint       star)
{
  g_auto(GStrv) parts = g_strsplit (text, "*", -1);
  g_autofree char *number = g_strdup_printf ("%u", MAX (star, 1));
  g_autofree char *plain = g_strjoinv (number, parts);

  return barua_id_set_parse (plain, -1);
}

static void
answer_fetch (BaruaScriptedConnection *connection,
              const char              *line,
              const char              *set,
              gboolean                 by_uid)
{
  const char *start = strstr (line, "BODY.PEEK[");
  g_autofree char *section = start != NULL ? g_strndup (start + 9, strcspn (start + 9, "]") + 1) : NULL;
  guint last = box.uids->len > 0 ? g_array_index (box.uids, guint32, box.uids->len - 1) : 0;
  g_autoptr(BaruaIdSet) wanted = parse_set (set, by_uid ? last : box.uids->len);
  g_autoptr(GString) out = g_string_new (NULL);

  for (guint i = 0; i < box.uids->len; i++)
    {
      guint uid = g_array_index (box.uids, guint32, i);

      if (!barua_id_set_contains (wanted, by_uid ? uid : i + 1))
        continue;
      g_string_append_printf (out, "* %u FETCH (UID %u FLAGS (%s)", i + 1, uid, uid == box.seen ? "\\Seen" : "");
      if (strstr (line, "INTERNALDATE") != NULL)
        g_string_append_printf (out, " INTERNALDATE \"01-Jan-2026 10:00:%02u +0000\" RFC822.SIZE 90", uid % 60);
      if (section != NULL)
        {
          g_autofree char *header = g_strdup_printf ("From: a@barua.example\r\nSubject: number %u\r\n"
                                                     "Message-ID: <m%u.%u@barua.example>\r\n\r\n", uid, uid, box.validity);

          g_string_append_printf (out, " BODY%s {%" G_GSIZE_FORMAT "}\r\n%s", section, strlen (header), header);
        }
      g_string_append (out, ")\r\n");
    }
  barua_scripted_send (connection, out->str, out->len);
}

static void
answer_search (BaruaScriptedConnection *connection,
               const char              *tag,
               const char              *line,
               const char              *hits)
{
  g_autoptr(BaruaIdSet) all = barua_id_set_new ();
  g_autofree char *set = NULL;
  g_autoptr(BaruaIdSet) found = NULL;
  g_autoptr(GString) list = g_string_new ("* SEARCH");

  for (guint i = 0; i < box.uids->len; i++)
    barua_id_set_add (all, g_array_index (box.uids, guint32, i));
  set = hits != NULL ? g_strdup (hits) : barua_id_set_to_string (all);
  if (strstr (line, "RETURN (ALL)") != NULL)
    {
      say (connection, "* ESEARCH (TAG \"%s\") UID%s%s\r\n", tag, *set != '\0' ? " ALL " : "", set);
      return;
    }
  found = *set != '\0' ? barua_id_set_parse (set, -1) : barua_id_set_new ();
  for (guint i = 0; i < box.uids->len; i++)
    if (barua_id_set_contains (found, g_array_index (box.uids, guint32, i)))
      g_string_append_printf (list, " %u", g_array_index (box.uids, guint32, i));
  say (connection, "%s\r\n", list->str);
}

/* FALSE: nothing is to be said about it. */
static gboolean
answer (BaruaScriptedConnection *connection,
        const char              *line)
{
  g_auto(GStrv) words = g_strsplit (line, " ", 5);
  guint n = g_strv_length (words);
  gboolean by_uid = n > 2 && g_ascii_strcasecmp (words[1], "UID") == 0;
  const char *verb = n < 2 ? "" : words[by_uid ? 2 : 1];
  const char *set = n > (by_uid ? 3u : 2u) ? words[by_uid ? 3 : 2] : "";
  gboolean is_question = strstr (line, "TEXT ") != NULL && strstr (line, "SEARCH ") != NULL;
  g_autofree char *outcome = g_strdup ("OK");

  g_ptr_array_add (box.log, g_strdup (n > 1 ? line + strlen (words[0]) + 1 : line));
  if (box.cuts_at != NULL && g_str_has_prefix (line + strlen (words[0]) + 1, box.cuts_at))
    {
      barua_scripted_cut (connection);
      return FALSE;
    }
  if (box.refuses_at != NULL && g_str_has_prefix (line + strlen (words[0]) + 1, box.refuses_at))
    g_set_str (&outcome, "NO [SERVERBUG]");
  else if (g_ascii_strcasecmp (verb, "SELECT") == 0)
    say (connection, "* FLAGS (\\Seen \\Flagged)\r\n* %u EXISTS\r\n* OK [UIDVALIDITY %u] v\r\n* OK [UIDNEXT %u] n\r\n",
         box.uids->len, box.validity, box.next);
  else if (g_ascii_strcasecmp (verb, "LIST") == 0)
    say (connection, "* LIST () \"/\" INBOX\r\n* LIST () \"/\" Archive\r\n* LIST (\\Noselect) \"/\" Closed\r\n");
  else if (g_ascii_strcasecmp (verb, "FETCH") == 0)
    {
      g_autoptr(BaruaIdSet) wanted = parse_set (set, 0);

      if (by_uid && box.refused != 0 && barua_id_set_contains (wanted, box.refused))
        g_set_str (&outcome, "NO [SERVERBUG]");
      else
        answer_fetch (connection, line, set, by_uid);
    }
  else if (is_question && box.stalls)
    return FALSE;
  else if (is_question && strcmp (box.outcome, "OK") != 0)
    g_set_str (&outcome, box.outcome);
  else if (g_ascii_strcasecmp (verb, "SEARCH") == 0)
    answer_search (connection, words[0], line, is_question ? box.hits : NULL);
  else if (g_ascii_strcasecmp (verb, "AUTHENTICATE") == 0)
    {
      g_free (outcome);
      outcome = g_strdup_printf ("OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN %s]", box.capabilities);
    }
  say (connection, "%s %s done\r\n", words[0], outcome);
  return TRUE;
}

static void
serve (BaruaScriptedConnection *connection,
       gpointer                 data)
{
  char *line;

  if (!box.is_mute)
    barua_scripted_send (connection, "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi\r\n", -1);
  while ((line = barua_scripted_read_line (connection)) != NULL)
    {
      /* A literal: its text, which has no line ends of its own, and the rest. */
      while (g_str_has_suffix (line, "}"))
        {
          g_autofree char *begin = line;
          g_autofree char *rest = NULL;

          if (!g_str_has_suffix (line, "+}"))
            say (connection, "+ go on\r\n");
          rest = barua_scripted_read_line (connection);
          line = g_strdup_printf ("%s|%s", begin, rest);
        }
      g_mutex_lock (&box.mutex);
      answer (connection, line);
      g_mutex_unlock (&box.mutex);
      g_free (line);
    }
}

/* One engine, on its own profile, in a fiber --------------------------------------------------------------------------- */

typedef struct
{
  BaruaEngine       *engine;
  BaruaScriptedImap *server;
  gint64             account;
  gint64             inbox;
  guint              n_arrived;
  guint              n_folders; /* as progress told */
  void             (*test) (gpointer run);
  GMainLoop         *loop;
} Run;

static void
on_arrived (BaruaEngine *engine,
            gint64       folder,
            BaruaIdSet  *ids,
            Run         *run)
{
  run->n_arrived += (guint) barua_id_set_get_count (ids);
}

static void
sync_inbox (Run *run)
{
  GError *error = NULL;
  BaruaSyncReport *report = dex_await_boxed (barua_engine_sync_named (run->engine, run->account, "inbox",
                                                                      BARUA_SYNC_HEADERS_ONLY), &error);
  g_autoptr(GPtrArray) folders = barua_engine_list_folders (run->engine, run->account);

  g_assert_no_error (error);
  barua_sync_report_unref (report);
  for (guint i = 0; i < folders->len; i++)
    if (((BaruaFolder *) g_ptr_array_index (folders, i))->role == BARUA_ROLE_INBOX)
      run->inbox = ((BaruaFolder *) g_ptr_array_index (folders, i))->id;
  g_assert_cmpint (run->inbox, !=, 0);
}

static void
on_progress (guint64  done,
             guint64  total,
             gpointer data)
{
  g_assert_cmpuint (done, <, total);
  ((Run *) data)->n_folders = (guint) total;
}

static BaruaAsked *
ask_with (Run              *run,
          const char       *text,
          BaruaSearchScope  scope,
          GCancellable     *cancellable,
          GError          **error)
{
  const BaruaListQuery query = { .folder = run->inbox, .scope = scope, .text = text, .account = run->account };

  return dex_await_boxed (barua_engine_ask_server (run->engine, &query, on_progress, run, NULL, cancellable), error);
}

static BaruaAsked *
ask (Run        *run,
     const char *text)
{
  GError *error = NULL;
  BaruaAsked *asked = ask_with (run, text, BARUA_SEARCH_SCOPE_FOLDER, NULL, &error);

  g_assert_no_error (error);
  return asked;
}

/* That these UIDs of the inbox and no others were found. */
static void
assert_found (Run              *run,
              const BaruaAsked *asked,
              guint             n,
              ...)
{
  va_list uids;

  g_assert_false (asked->failed);
  g_assert_cmpuint (barua_id_set_get_count (asked->found), ==, n);
  va_start (uids, n);
  for (guint i = 0; i < n; i++)
    {
      GError *error = NULL;
      gint64 id = dex_await_int64 (barua_engine_find_uid (run->engine, run->inbox, va_arg (uids, guint)), &error);

      g_assert_no_error (error);
      g_assert_true (barua_id_set_contains (asked->found, (guint64) id));
    }
  va_end (uids);
}

static guint
count_lines (const char *start)
{
  guint n = 0;

  g_mutex_lock (&box.mutex);
  for (guint i = 0; i < box.log->len; i++)
    n += g_str_has_prefix (g_ptr_array_index (box.log, i), start);
  g_mutex_unlock (&box.mutex);
  return n;
}

static void
clear_log (void)
{
  g_mutex_lock (&box.mutex);
  g_ptr_array_set_size (box.log, 0);
  g_mutex_unlock (&box.mutex);
}

static DexFuture *
run_fiber (gpointer data)
{
  Run *run = data;
  g_autoptr(BaruaAccount) account = barua_account_new ();
  GError *error = NULL;

  g_set_str (&account->address, "jina@barua.example");
  g_set_str (&account->host, "localhost");
  account->port = barua_scripted_imap_get_port (run->server);
  account->security = BARUA_SECURITY_TLS;
  g_set_str (&account->user, "jina");
  g_set_str (&account->password_command, "echo siri");
  g_set_str (&account->ca_file, barua_test_authority_get_file (authority));
  dex_await (barua_engine_start (run->engine), &error);
  g_assert_no_error (error);
  run->account = dex_await_int64 (barua_engine_add_account (run->engine, account), &error);
  g_assert_no_error (error);
  run->test (run);
  dex_await (barua_engine_stop (run->engine), &error);
  g_assert_no_error (error);
  g_main_loop_quit (run->loop);
  return dex_future_new_true ();
}

static void
run_test (gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("barua-engine-XXXXXX", NULL);
  g_autofree char *profile = g_build_filename (folder, "profile", NULL);
  g_autofree char *remove = g_strdup_printf ("rm -rf '%s'", folder);
  g_autoptr(BaruaClock) clock = barua_clock_new_scaled (CLOCK_SCALE, g_get_real_time () / G_USEC_PER_SEC);
  Run run = { .test = (void (*) (gpointer)) data };

  box.seen = box.refused = 0;
  box.capabilities = "LITERAL+";
  box.hits = "";
  box.outcome = "OK";
  box.cuts_at = box.refuses_at = NULL;
  box.stalls = box.is_mute = FALSE;
  g_ptr_array_set_size (box.log, 0);
  run.server = barua_scripted_imap_new (certificate, TRUE);
  barua_scripted_imap_add_func (run.server, serve, NULL);
  run.engine = barua_engine_new (profile, BARUA_ENGINE_MANUAL, clock);
  g_signal_connect (run.engine, "arrived", G_CALLBACK (on_arrived), &run);
  run.loop = g_main_loop_new (NULL, FALSE);
  barua_fiber_spawn ("test", run_fiber, &run, NULL);
  g_main_loop_run (run.loop);
  g_main_loop_unref (run.loop);
  g_object_unref (run.engine);
  barua_scripted_imap_free (run.server);
  g_assert_true (g_spawn_command_line_sync (remove, NULL, NULL, NULL, NULL));
}

/* Rows that are here: nothing is fetched. What the store finds by itself does not count. */
static void
known (gpointer data)
{
  g_autoptr(BaruaAsked) asked = NULL;
  g_autoptr(BaruaAsked) none = NULL;
  g_autoptr(BaruaAsked) both = NULL;

  set_box (7, 10, 3, 9);
  sync_inbox (data);
  clear_log ();
  box.hits = "2,9";
  asked = ask (data, "wardrobe");
  assert_found (data, asked, 2, 2, 9);
  g_assert_cmpuint (asked->n_answered, ==, 1);
  g_assert_false (asked->more);
  g_assert_cmpuint (((Run *) data)->n_folders, ==, 1);
  g_assert_cmpuint (count_lines ("UID SEARCH TEXT \"wardrobe\""), ==, 1);
  g_assert_cmpuint (count_lines ("UID FETCH"), ==, 0);
  box.hits = "";
  none = ask (data, "wardrobe");
  assert_found (data, none, 0);
  g_assert_cmpuint (none->n_answered, ==, 1);
  box.hits = "1,2,3,9";
  both = ask (data, "number 9");
  assert_found (data, both, 3, 1, 2, 3);
}

static void
with_esearch (gpointer data)
{
  g_autoptr(BaruaAsked) asked = NULL;
  g_autoptr(BaruaAsked) hostile = NULL;

  box.capabilities = "ESEARCH LITERAL+";
  set_box (7, 10, 5, 9);
  sync_inbox (data);
  clear_log ();
  box.hits = "2:4,9";
  asked = ask (data, "wardrobe");
  assert_found (data, asked, 4, 2, 3, 4, 9);
  g_assert_cmpuint (count_lines ("UID SEARCH RETURN (ALL) TEXT \"wardrobe\""), ==, 1);
  /* All numbers there are: what is not there is not waited for. */
  box.hits = "1:4294967295";
  hostile = ask (data, "wardrobe");
  g_assert_false (hostile->failed);
  g_assert_true (hostile->more);
  g_assert_cmpuint (barua_id_set_get_count (hostile->found), ==, 0);
}

/* Rows that are not here are fetched alone, and are no new mail; those that came since are, by an ordinary visit. */
static void
unknown (gpointer data)
{
  Run *run = data;
  g_autoptr(BaruaAsked) asked = NULL;
  g_autoptr(BaruaAsked) fresh = NULL;
  g_autoptr(BaruaFolder) folder = NULL;

  set_box (7, 10, 3, 9);
  sync_inbox (run);
  run->n_arrived = 0;
  clear_log ();
  set_box (7, 10, 5, 9);
  box.hits = "2,5";
  asked = ask (run, "wardrobe");
  assert_found (run, asked, 2, 2, 5);
  g_assert_cmpuint (count_lines ("UID FETCH 5 ("), ==, 1);
  g_assert_cmpuint (count_lines ("UID FETCH"), ==, 1);
  g_assert_cmpuint (run->n_arrived, ==, 0);
  set_box (7, 12, 5, 11);
  box.hits = "11";
  fresh = ask (run, "wardrobe");
  assert_found (run, fresh, 1, 11);
  g_assert_cmpuint (run->n_arrived, ==, 1);
  sync_inbox (run);
  folder = barua_engine_dup_folder (run->engine, run->inbox);
  g_assert_cmpuint (folder->total, ==, 6);
}

/* One that the server can't give hides none of the others. */
static void
damaged (gpointer data)
{
  g_autoptr(BaruaAsked) asked = NULL;

  set_box (7, 10, 2, 9);
  sync_inbox (data);
  set_box (7, 10, 8, 9);
  box.hits = "3,4,5,6,7,8";
  box.refused = 5;
  asked = ask (data, "wardrobe");
  assert_found (data, asked, 6, 3, 4, 5, 6, 7, 8);
}

/* Folders that were never visited, and all of them; those that hold no messages are left out. */
static void
everywhere (gpointer data)
{
  Run *run = data;
  g_autoptr(BaruaAsked) asked = NULL;
  GError *error = NULL;
  BaruaSyncReport *nothing;

  set_box (7, 10, 3, 9);
  sync_inbox (run);
  nothing = dex_await_boxed (barua_engine_sync_named (run->engine, run->account, "Nowhere", BARUA_SYNC_HEADERS_ONLY), &error);
  g_assert_null (nothing);
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND);
  g_clear_error (&error);
  clear_log ();
  box.hits = "2";
  asked = ask_with (run, "wardrobe", BARUA_SEARCH_SCOPE_EVERYWHERE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (asked->n_answered, ==, 2);
  g_assert_cmpuint (run->n_folders, ==, 2);
  g_assert_cmpuint (barua_id_set_get_count (asked->found), ==, 2);
  g_assert_cmpuint (count_lines ("UID SEARCH TEXT"), ==, 2);
}

static void
renumbered (gpointer data)
{
  Run *run = data;
  g_autoptr(BaruaAsked) asked = NULL;
  g_autoptr(BaruaRows) rows = NULL;
  GError *error = NULL;
  gint64 id;

  set_box (7, 10, 3, 9);
  sync_inbox (run);
  /* 2 is another message now. */
  set_box (8, 20, 2, 15);
  box.hits = "2";
  asked = ask (run, "wardrobe");
  assert_found (run, asked, 1, 2);
  id = (gint64) barua_id_set_get_first (asked->found);
  rows = dex_await_boxed (barua_engine_load_rows (run->engine, &id, 1, FALSE), &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (((BaruaRow *) g_ptr_array_index (rows->rows, 0))->message_id, "m2.8@"));
}

static void
refusals (gpointer data)
{
  static const struct
  {
    const char     *text;
    const char     *outcome;
    BaruaErrorCode  code;
  } cases[] = {
    { "wardrobe", "NO", BARUA_ERROR_SERVER_REFUSED },
    { "wardrobe", "BAD", BARUA_ERROR_SERVER_REFUSED },
    { "wardrobe", "NO [INUSE]", BARUA_ERROR_BUSY },
    { "K\303\274che", "NO [BADCHARSET (US-ASCII)]", BARUA_ERROR_INVALID },
    { "K\303\274che", "BAD [BADCHARSET]", BARUA_ERROR_INVALID },
  };
  g_autoptr(BaruaAsked) fine = NULL;

  set_box (7, 10, 3, 9);
  sync_inbox (data);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(BaruaAsked) asked = NULL;

      box.outcome = cases[i].outcome;
      asked = ask (data, cases[i].text);
      g_assert_true (asked->failed);
      g_assert_cmpint (asked->code, ==, cases[i].code);
      g_assert_cmpstr (asked->host, ==, "localhost");
      g_assert_cmpuint (asked->n_answered, ==, 0);
      g_assert_true (barua_id_set_is_empty (asked->found));
    }
  box.outcome = "OK";
  box.hits = "3";
  clear_log ();
  fine = ask (data, "K\303\274che");
  assert_found (data, fine, 1, 3);
  g_assert_cmpuint (count_lines ("UID SEARCH CHARSET UTF-8 TEXT {6+}|K\303\274che"), ==, 1);
}

/* What the protocol has no key for, or a server takes more loosely, is looked at here. */
static void
filtered (gpointer data)
{
  g_autoptr(BaruaAsked) read = NULL;
  g_autoptr(BaruaAsked) attached = NULL;
  g_autoptr(BaruaAsked) old = NULL;

  box.seen = 2;
  set_box (7, 10, 3, 9);
  sync_inbox (data);
  box.hits = "1,2,3,9";
  read = ask (data, "is:read wardrobe");
  assert_found (data, read, 1, 2);
  attached = ask (data, "has:attachment wardrobe");
  assert_found (data, attached, 0);
  old = ask (data, "before:2025 wardrobe");
  assert_found (data, old, 0);
}

static gboolean
cancel_when_asked (gpointer data)
{
  if (count_lines ("UID SEARCH TEXT") == 0)
    return G_SOURCE_CONTINUE;
  g_cancellable_cancel (data);
  return G_SOURCE_REMOVE;
}

static void
cancelled (gpointer data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  BaruaAsked *asked;
  GError *error = NULL;

  set_box (7, 10, 3, 9);
  sync_inbox (data);
  box.stalls = TRUE;
  g_timeout_add (5, cancel_when_asked, cancellable);
  asked = ask_with (data, "wardrobe", BARUA_SEARCH_SCOPE_FOLDER, cancellable, &error);
  g_assert_null (asked);
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_CANCELLED);
  g_clear_error (&error);
  /* Before it began. */
  asked = ask_with (data, "wardrobe", BARUA_SEARCH_SCOPE_FOLDER, cancellable, &error);
  g_assert_null (asked);
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_CANCELLED);
  g_clear_error (&error);
}

static void
unreachable (gpointer data)
{
  Run *run = data;
  const BaruaListQuery query = { .scope = BARUA_SEARCH_SCOPE_EVERYWHERE, .text = "wardrobe" };
  const BaruaListQuery none = { .scope = BARUA_SEARCH_SCOPE_ACCOUNT, .account = 4711, .text = "wardrobe" };
  g_autoptr(BaruaAsked) cut = NULL;
  g_autoptr(BaruaAsked) offline = NULL;

  set_box (7, 10, 3, 9);
  sync_inbox (run);
  g_assert_cmpint (barua_engine_get_askable (run->engine, &query), ==, BARUA_ASKABLE_YES);
  g_assert_cmpint (barua_engine_get_askable (run->engine, &none), ==, BARUA_ASKABLE_NO);
  box.cuts_at = "UID SEARCH TEXT";
  cut = ask (run, "wardrobe");
  g_assert_true (cut->failed);
  g_assert_cmpint (cut->code, ==, BARUA_ERROR_CONNECTION_LOST);
  barua_engine_set_offline (run->engine, TRUE);
  g_assert_cmpint (barua_engine_get_askable (run->engine, &query), ==, BARUA_ASKABLE_OFFLINE);
  offline = ask (run, "wardrobe");
  g_assert_true (offline->failed);
  g_assert_cmpint (offline->code, ==, BARUA_ERROR_OFFLINE);
}

/* Nobody waits for a connection for as long as the account would. */
static void
mute (gpointer data)
{
  Run *run = data;
  gint64 started;
  g_autoptr(BaruaAsked) cut = NULL;
  g_autoptr(BaruaAsked) asked = NULL;

  set_box (7, 10, 3, 9);
  sync_inbox (run);
  box.cuts_at = "UID SEARCH TEXT";
  cut = ask (run, "wardrobe");
  box.is_mute = TRUE;
  started = g_get_monotonic_time ();
  asked = ask (run, "wardrobe");
  g_assert_true (asked->failed);
  g_assert_cmpint (asked->code, !=, BARUA_ERROR_CANCELLED);
  g_assert_cmpint (asked->code, !=, BARUA_ERROR_OFFLINE);
  g_assert_cmpint (g_get_monotonic_time () - started, <, 20 * G_USEC_PER_SEC);
}

/* As many as are taken, and one more: then the oldest is left out. */
static void
bounds (gpointer data)
{
  Run *run = data;
  g_autofree char *full = g_strdup_printf ("2:%u", BARUA_LIMIT_SERVER_HITS + 1);
  g_autofree char *more = g_strdup_printf ("1:%u", BARUA_LIMIT_SERVER_HITS + 1);
  g_autoptr(BaruaAsked) all = NULL;
  g_autoptr(BaruaAsked) newest = NULL;
  GError *error = NULL;
  gint64 first;

  box.capabilities = "ESEARCH";
  set_box (7, BARUA_LIMIT_SERVER_HITS + 2, BARUA_LIMIT_SERVER_HITS + 1, 0);
  sync_inbox (run);
  box.hits = full;
  all = ask (run, "wardrobe");
  g_assert_cmpuint (barua_id_set_get_count (all->found), ==, BARUA_LIMIT_SERVER_HITS);
  g_assert_false (all->more);
  box.hits = more;
  newest = ask (run, "wardrobe");
  g_assert_cmpuint (barua_id_set_get_count (newest->found), ==, BARUA_LIMIT_SERVER_HITS);
  g_assert_true (newest->more);
  first = dex_await_int64 (barua_engine_find_uid (run->engine, run->inbox, 1), &error);
  g_assert_no_error (error);
  g_assert_false (barua_id_set_contains (newest->found, (guint64) first));
}

/* A first sync that was cut; a row from below it that a search brought; it was read elsewhere since. The sync that goes on does
 * not take that row for one it knows all about. */
static void
below (gpointer data)
{
  Run *run = data;
  g_autoptr(BaruaAsked) asked = NULL;
  g_autoptr(BaruaRows) rows = NULL;
  GError *error = NULL;
  g_autoptr(GPtrArray) folders = NULL;
  BaruaSyncReport *report;
  guint n = BARUA_FIRST_ROWS + BARUA_FETCH_RANGE + 50;
  gint64 id;

  set_box (7, n + 1, n, 0);
  /* The oldest ones by number, then by UID: what came before is in the store by then. */
  box.refuses_at = "FETCH 1:50 ";
  box.cuts_at = "UID FETCH 1:50 ";
  report = dex_await_boxed (barua_engine_sync_named (run->engine, run->account, "inbox", BARUA_SYNC_HEADERS_ONLY), &error);
  g_assert_null (report);
  g_clear_error (&error);
  while (folders == NULL || folders->len == 0)
    {
      g_clear_pointer (&folders, g_ptr_array_unref);
      dex_await (dex_timeout_new_msec (5), NULL);
      folders = barua_engine_list_folders (run->engine, run->account);
    }
  run->inbox = ((BaruaFolder *) g_ptr_array_index (folders, 0))->id;
  box.cuts_at = box.refuses_at = NULL;
  clear_log ();
  box.hits = "5";
  asked = ask (run, "wardrobe");
  assert_found (run, asked, 1, 5);
  g_assert_cmpuint (count_lines ("UID FETCH"), ==, 1);
  box.seen = 5;
  sync_inbox (run);
  id = dex_await_int64 (barua_engine_find_uid (run->engine, run->inbox, 5), &error);
  g_assert_no_error (error);
  rows = dex_await_boxed (barua_engine_load_rows (run->engine, &id, 1, FALSE), &error);
  g_assert_no_error (error);
  g_assert_true (((BaruaRow *) g_ptr_array_index (rows->rows, 0))->flags & BARUA_FLAG_SEEN);
}

int
main (int   argc,
      char *argv[])
{
  const BaruaTestCert cert = { .common_name = "localhost", .dns = { "localhost" } };
  int code;

  g_test_init (&argc, &argv, NULL);
  g_setenv ("BARUA_ONLINE", "always", TRUE);
  dex_init ();
  box.uids = g_array_new (FALSE, FALSE, sizeof (guint32));
  box.log = g_ptr_array_new_with_free_func (g_free);
  authority = barua_test_authority_new ("Barua test authority");
  certificate = barua_test_authority_issue (authority, &cert, FALSE);
  g_test_add_data_func ("/engine/ask/known", known, run_test);
  g_test_add_data_func ("/engine/ask/esearch", with_esearch, run_test);
  g_test_add_data_func ("/engine/ask/unknown", unknown, run_test);
  g_test_add_data_func ("/engine/ask/damaged", damaged, run_test);
  g_test_add_data_func ("/engine/ask/everywhere", everywhere, run_test);
  g_test_add_data_func ("/engine/ask/renumbered", renumbered, run_test);
  g_test_add_data_func ("/engine/ask/refusals", refusals, run_test);
  g_test_add_data_func ("/engine/ask/filtered", filtered, run_test);
  g_test_add_data_func ("/engine/ask/cancelled", cancelled, run_test);
  g_test_add_data_func ("/engine/ask/unreachable", unreachable, run_test);
  g_test_add_data_func ("/engine/ask/mute", mute, run_test);
  g_test_add_data_func ("/engine/ask/bounds", bounds, run_test);
  g_test_add_data_func ("/engine/ask/below-a-cut-sync", below, run_test);
  code = g_test_run ();
  g_ptr_array_unref (box.log);
  g_array_unref (box.uids);
  g_object_unref (certificate);
  barua_test_authority_free (authority);
  return code;
}
