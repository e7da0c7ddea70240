/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine against a server that changes its mind: UIDs that go down, another UIDVALIDITY, fewer messages than it had, flags
 * refused, a download that is cancelled. */
#include "barua-engine.h"
#include "barua-error.h"
#include "barua-fiber.h"
#include "barua-limits.h"
#include "barua-scripted-imap.h"
#include "barua-test-certs.h"

#include <glib/gstdio.h>
#include <string.h>

#define LARGE_BYTES (40u * 1024u * 1024u)

/* What the server has. */
typedef struct
{
  GMutex   mutex;
  guint    validity;
  guint    next;
  GArray  *uids;      /* guint32, rising */
  gboolean refuses;   /* STORE */
  gboolean holds;     /* its answer to STORE, until it is told otherwise */
  GCond    told;
  gboolean cuts;      /* the connection, where a STORE came: nobody knows what became of it */
  gboolean away;      /* every connection ends before the greeting */
  guint    salt;      /* of the messages: added to what they tell of themselves */
  guint    n_stores;
  guint64  large_sent;
  guint32  bad[2];    /* FETCH of their bodies is refused, whatever else is asked for; G_MAXUINT32: of all bodies */
  gboolean breaks;    /* not before what comes first was sent, and with BAD */
  guint    n_refused;
} Box;

static BaruaTestAuthority *authority;
static GTlsCertificate *certificate;
static Box box;

static void
set_box (guint validity,
         guint next,
         guint n,
         ...)
{
  va_list uids;

  g_mutex_lock (&box.mutex);
  box.validity = validity;
  box.next = next;
  g_array_set_size (box.uids, 0);
  va_start (uids, n);
  for (guint i = 0; i < n; i++)
    {
      guint32 uid = va_arg (uids, guint);

      g_array_append_val (box.uids, uid);
    }
  va_end (uids);
  g_mutex_unlock (&box.mutex);
}

/* One number or range of a set; "*" is @star. */
static gboolean
is_in (const char *set,
       guint       number,
       guint       star)
{
  g_auto(GStrv) items = g_strsplit (set, ",", -1);

  for (guint i = 0; items[i] != NULL; i++)
    {
      char *colon = strchr (items[i], ':');
      guint a = items[i][0] == '*' ? star : (guint) g_ascii_strtoull (items[i], NULL, 10);
      guint b = colon == NULL ? a : colon[1] == '*' ? star : (guint) g_ascii_strtoull (colon + 1, NULL, 10);

      if (number >= MIN (a, b) && number <= MAX (a, b))
        return TRUE;
    }
  return FALSE;
}

/* What stands between BODY.PEEK and its first "]", brackets included; NULL when no section is asked for. */
static char *
dup_section (const char *line)
{
  const char *start = strstr (line, "BODY.PEEK[");
  const char *end = start != NULL ? strchr (start, ']') : NULL;

  return end != NULL ? g_strndup (start + strlen ("BODY.PEEK"), end + 1 - start - strlen ("BODY.PEEK")) : NULL;
}

/* A whole message that the server can't read is in @set. */
static gboolean
is_refused (const char *line,
            const char *set)
{
  if (strstr (line, "BODY.PEEK[]") == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (box.bad); i++)
    if (box.bad[i] == G_MAXUINT32 || (box.bad[i] != 0 && is_in (set, box.bad[i], 0)))
      {
        box.n_refused++;
        return TRUE;
      }
  return FALSE;
}

static void
answer_fetch (BaruaScriptedConnection *connection,
              const char              *line,
              const char              *set,
              gboolean                 by_uid)
{
  g_autofree char *section = dup_section (line);
  const char *partial = section != NULL ? strstr (line, "]<") : NULL;
  guint64 origin = partial != NULL ? g_ascii_strtoull (partial + 2, NULL, 10) : 0;
  g_autoptr(GString) out = g_string_new (NULL);

  for (guint i = 0; i < box.uids->len; i++)
    {
      guint uid = g_array_index (box.uids, guint32, i);
      guint star = by_uid ? g_array_index (box.uids, guint32, box.uids->len - 1) : box.uids->len;

      if (!is_in (set, by_uid ? uid : i + 1, star))
        continue;
      if (uid == box.bad[0] && box.breaks && is_refused (line, set))
        break;
      g_string_append_printf (out, "* %u FETCH (UID %u FLAGS () INTERNALDATE \"01-Jan-2026 10:00:%02u +0000\" RFC822.SIZE %u",
                              i + 1, uid, uid % 60, LARGE_BYTES);
      if (section != NULL && partial != NULL)
        {
          gsize length = MIN (BARUA_FETCH_CHUNK_BYTES, LARGE_BYTES - MIN (origin, LARGE_BYTES));

          g_string_append_printf (out, " BODY%s<%" G_GUINT64_FORMAT "> {%" G_GSIZE_FORMAT "}\r\n", section, origin, length);
          for (gsize k = 0; k < length; k++)
            g_string_append_c (out, k % 64 == 63 ? '\n' : 'x');
          box.large_sent += length;
        }
      else if (section != NULL)
        {
          g_autofree char *header = g_strdup_printf ("From: a@barua.example\r\nSubject: number %u\r\n"
                                                     "Message-ID: <m%u@barua.example>\r\n\r\n", uid + box.salt, uid % 100 + box.salt);

          g_string_append_printf (out, " BODY%s {%" G_GSIZE_FORMAT "}\r\n%s", section, strlen (header), header);
        }
      g_string_append (out, ")\r\n");
    }
  barua_scripted_send (connection, out->str, out->len);
}

static void
answer_search (BaruaScriptedConnection *connection,
               const char              *line)
{
  const char *uid = strstr (line, "SEARCH UID ");
  g_autoptr(GString) out = g_string_new ("* SEARCH");

  for (guint i = 0; i < box.uids->len; i++)
    if (uid == NULL || is_in (uid + strlen ("SEARCH UID "), g_array_index (box.uids, guint32, i), G_MAXUINT))
      g_string_append_printf (out, " %u", g_array_index (box.uids, guint32, i));
  g_string_append (out, "\r\n");
  barua_scripted_send (connection, out->str, out->len);
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

static void
answer (BaruaScriptedConnection *connection,
        const char              *line)
{
  g_auto(GStrv) words = g_strsplit (line, " ", 5);
  guint n = g_strv_length (words);
  gboolean by_uid = n > 2 && g_ascii_strcasecmp (words[1], "UID") == 0;
  const char *verb = n < 2 ? "" : words[by_uid ? 2 : 1];
  const char *set = n > (by_uid ? 3 : 2) ? words[by_uid ? 3 : 2] : "";
  const char *outcome = "OK";

  if (g_ascii_strcasecmp (verb, "SELECT") == 0)
    say (connection, "* FLAGS (\\Seen \\Flagged)\r\n* %u EXISTS\r\n* OK [UIDVALIDITY %u] v\r\n* OK [UIDNEXT %u] n\r\n",
         box.uids->len, box.validity, box.next);
  else if (g_ascii_strcasecmp (verb, "LIST") == 0)
    say (connection, "* LIST () \"/\" INBOX\r\n");
  else if (g_ascii_strcasecmp (verb, "FETCH") == 0)
    {
      if (!is_refused (line, set))
        answer_fetch (connection, line, set, by_uid);
      else
        {
          outcome = box.breaks ? "BAD" : "NO [SERVERBUG]";
          if (box.breaks)
            answer_fetch (connection, line, set, by_uid);
        }
    }
  else if (g_ascii_strcasecmp (verb, "SEARCH") == 0)
    answer_search (connection, line);
  else if (g_ascii_strcasecmp (verb, "STORE") == 0 && box.cuts)
    {
      barua_scripted_cut (connection);
      return;
    }
  else if (g_ascii_strcasecmp (verb, "STORE") == 0)
    {
      box.n_stores++;
      while (box.holds)
        g_cond_wait (&box.told, &box.mutex);
      outcome = box.refuses ? "NO [NOPERM]" : "OK";
    }
  else if (g_ascii_strcasecmp (verb, "AUTHENTICATE") == 0)
    outcome = "OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN]";
  say (connection, "%s %s done\r\n", words[0], outcome);
}

static void
serve (BaruaScriptedConnection *connection,
       gpointer                 data)
{
  gboolean away;
  char *line;

  g_mutex_lock (&box.mutex);
  away = box.away;
  g_mutex_unlock (&box.mutex);
  if (away)
    {
      barua_scripted_cut (connection);
      return;
    }
  barua_scripted_send (connection, "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi\r\n", -1);
  while ((line = barua_scripted_read_line (connection)) != NULL)
    {
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
  void             (*test) (gpointer run);
  GMainLoop         *loop;
} Run;

static BaruaSyncReport *
sync_inbox (Run *run)
{
  GError *error = NULL;
  BaruaSyncReport *report = dex_await_boxed (barua_engine_sync_named (run->engine, run->account, "inbox",
                                                                      BARUA_SYNC_HEADERS_ONLY), &error);

  g_assert_no_error (error);
  g_assert_nonnull (report);
  return report;
}

static guint
count_rows (Run *run)
{
  g_autoptr(BaruaFolder) folder = NULL;
  GPtrArray *folders = barua_engine_list_folders (run->engine, run->account);

  for (guint i = 0; i < folders->len; i++)
    if (((BaruaFolder *) g_ptr_array_index (folders, i))->role == BARUA_ROLE_INBOX)
      folder = barua_folder_ref (g_ptr_array_index (folders, i));
  g_ptr_array_unref (folders);
  g_assert_nonnull (folder);
  run->inbox = folder->id;
  return folder->total;
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
run_engine (gconstpointer    data,
            BaruaEngineFlags flags)
{
  g_autofree char *folder = g_dir_make_tmp ("barua-engine-XXXXXX", NULL);
  g_autofree char *profile = g_build_filename (folder, "profile", NULL);
  g_autofree char *remove = g_strdup_printf ("rm -rf '%s'", folder);
  Run run = { .test = (void (*) (gpointer)) data };

  box.refuses = FALSE;
  box.holds = FALSE;
  box.away = FALSE;
  box.cuts = FALSE;
  box.n_stores = 0;
  box.large_sent = 0;
  box.bad[0] = box.bad[1] = 0;
  box.breaks = FALSE;
  box.n_refused = 0;
  run.server = barua_scripted_imap_new (certificate, TRUE);
  barua_scripted_imap_add_func (run.server, serve, NULL);
  run.engine = barua_engine_new (profile, flags, NULL);
  run.loop = g_main_loop_new (NULL, FALSE);
  barua_fiber_spawn ("test", run_fiber, &run, NULL);
  g_main_loop_run (run.loop);
  g_main_loop_unref (run.loop);
  g_object_unref (run.engine);
  barua_scripted_imap_free (run.server);
  g_assert_true (g_spawn_command_line_sync (remove, NULL, NULL, NULL, NULL));
}

static void
run_test (gconstpointer data)
{
  run_engine (data, BARUA_ENGINE_MANUAL);
}

/* As the window runs it: it connects by itself. */
static void
run_live (gconstpointer data)
{
  run_engine (data, BARUA_ENGINE_DEFAULT);
}

static void
fewer (gpointer data)
{
  set_box (7, 10, 5, 1, 2, 3, 5, 9);
  barua_sync_report_unref (sync_inbox (data));
  g_assert_cmpuint (count_rows (data), ==, 5);
  set_box (7, 10, 3, 1, 3, 9);
  barua_sync_report_unref (sync_inbox (data));
  g_assert_cmpuint (count_rows (data), ==, 3);
}

/* UIDNEXT went down: what the complete list still names stays, the rest goes. */
static void
down (gpointer data)
{
  set_box (7, 100, 3, 1, 2, 99);
  barua_sync_report_unref (sync_inbox (data));
  set_box (7, 5, 3, 1, 2, 4);
  barua_sync_report_unref (sync_inbox (data));
  g_assert_cmpuint (count_rows (data), ==, 3);
  set_box (7, 6, 4, 1, 2, 4, 5);
  barua_sync_report_unref (sync_inbox (data));
  g_assert_cmpuint (count_rows (data), ==, 4);
}

/* Another UIDVALIDITY: the same messages (by Message-ID) under other UIDs. */
static void
validity (gpointer data)
{
  set_box (7, 10, 3, 1, 2, 3);
  barua_sync_report_unref (sync_inbox (data));
  set_box (8, 210, 4, 101, 102, 103, 104);
  barua_sync_report_unref (sync_inbox (data));
  g_assert_cmpuint (count_rows (data), ==, 4);
}

/* What waits, all of it of this account. */
static BaruaWaitingList *
list_waiting (Run *run)
{
  GError *error = NULL;
  BaruaWaitingList *list = dex_await_boxed (barua_engine_list_waiting (run->engine), &error);

  g_assert_no_error (error);
  for (guint i = 0; i < list->items->len; i++)
    g_assert_cmpint (((BaruaWaiting *) g_ptr_array_index (list->items, i))->account, ==, run->account);
  g_assert_cmpuint (list->n_more, ==, 0);
  return list;
}

static guint
count_waiting (Run *run)
{
  g_autoptr(BaruaWaitingList) list = list_waiting (run);

  return list->items->len;
}

/* The only entry. */
static void
assert_waiting (Run               *run,
                BaruaWaitingState  state,
                BaruaFlags         flag,
                guint              n)
{
  g_autoptr(BaruaWaitingList) list = list_waiting (run);
  const BaruaWaiting *waiting;

  g_assert_cmpuint (list->items->len, ==, 1);
  waiting = g_ptr_array_index (list->items, 0);
  g_assert_cmpint (waiting->state, ==, state);
  g_assert_cmpint (waiting->mask, ==, flag);
  g_assert_cmpint (waiting->bits, ==, flag);
  g_assert_cmpuint (waiting->n, ==, n);
  g_assert_cmpstr (waiting->host, ==, "localhost");
  g_assert_true ((waiting->id != 0) == (state == BARUA_WAITING_REFUSED));
}

/* The status follows a moment later. */
static void
wait_for_counts (Run   *run,
                 guint  n_waiting,
                 guint  n_refused)
{
  g_autoptr(BaruaStatus) status = NULL;

  for (guint i = 0; i < 2000; i++)
    {
      g_clear_pointer (&status, barua_status_unref);
      status = barua_engine_dup_status (run->engine, run->account);
      if (status->waiting == n_waiting && status->refused == n_refused)
        return;
      dex_await (dex_timeout_new_msec (5), NULL);
    }
  g_error ("%u wait and %u are refused", status->waiting, status->refused);
}

static BaruaFlags
get_flags (Run    *run,
           gint64  id)
{
  GError *error = NULL;
  g_autoptr(BaruaRows) rows = dex_await_boxed (barua_engine_load_rows (run->engine, &id, 1, FALSE), &error);

  g_assert_no_error (error);
  return ((BaruaRow *) g_ptr_array_index (rows->rows, 0))->flags;
}

static void
star (Run   *run,
      guint  first,
      guint  last)
{
  g_autoptr(BaruaIdSet) ids = barua_id_set_new ();
  GError *error = NULL;

  for (guint uid = first; uid <= last; uid++)
    {
      gint64 id = dex_await_int64 (barua_engine_find_uid (run->engine, run->inbox, uid), &error);

      g_assert_no_error (error);
      barua_id_set_add (ids, (guint64) id);
    }
  dex_await (barua_engine_set_flags (run->engine, ids, BARUA_FLAG_FLAGGED, BARUA_FLAG_FLAGGED), &error);
  g_assert_no_error (error);
}

static void
await_true (DexFuture *future)
{
  GError *error = NULL;

  dex_await (future, &error);
  g_assert_no_error (error);
}

/* Wished offline it waits for the network, then it is sent, then it is gone. */
static void
waiting (gpointer data)
{
  Run *run = data;
  DexFuture *sync;
  guint tries = 0;

  set_box (7, 10, 3, 1, 2, 3);
  barua_sync_report_unref (sync_inbox (run));
  count_rows (run);
  g_assert_cmpuint (count_waiting (run), ==, 0);
  barua_engine_set_offline (run->engine, TRUE);
  star (run, 1, 2);
  assert_waiting (run, BARUA_WAITING_NETWORK, BARUA_FLAG_FLAGGED, 2);
  wait_for_counts (run, 2, 0);
  barua_engine_set_offline (run->engine, FALSE);
  assert_waiting (run, BARUA_WAITING_QUEUED, BARUA_FLAG_FLAGGED, 2);

  box.holds = TRUE;
  sync = barua_engine_sync_named (run->engine, run->account, "inbox", BARUA_SYNC_HEADERS_ONLY);
  for (BaruaWaitingState state = BARUA_WAITING_QUEUED; state != BARUA_WAITING_SENDING; tries++)
    {
      g_autoptr(BaruaWaitingList) list = list_waiting (run);

      g_assert_cmpuint (tries, <, 2000);
      g_assert_cmpuint (list->items->len, ==, 1);
      state = ((BaruaWaiting *) g_ptr_array_index (list->items, 0))->state;
      if (state != BARUA_WAITING_SENDING)
        dex_await (dex_timeout_new_msec (5), NULL);
    }
  assert_waiting (run, BARUA_WAITING_SENDING, BARUA_FLAG_FLAGGED, 2);
  /* What is wished meanwhile stands beside it. */
  star (run, 3, 3);
  g_assert_cmpuint (count_waiting (run), ==, 2);
  g_mutex_lock (&box.mutex);
  box.holds = FALSE;
  g_cond_signal (&box.told);
  g_mutex_unlock (&box.mutex);
  await_true (sync);
  barua_sync_report_unref (sync_inbox (run));
  g_assert_cmpuint (count_waiting (run), ==, 0);
  wait_for_counts (run, 0, 0);
}

/* The server is away: the wish tells when it is tried again, and is sent once the server is back. */
static void
later (gpointer data)
{
  Run *run = data;
  gboolean is_later = FALSE;
  guint left = 1;

  set_box (7, 10, 2, 1, 2);
  barua_sync_report_unref (sync_inbox (run));
  count_rows (run);
  g_mutex_lock (&box.mutex);
  box.away = TRUE;
  box.cuts = TRUE;
  g_mutex_unlock (&box.mutex);
  star (run, 1, 1);
  for (guint i = 0; i < 4000 && !is_later; i++)
    {
      g_autoptr(BaruaWaitingList) list = list_waiting (run);
      const BaruaWaiting *first;

      g_assert_cmpuint (list->items->len, ==, 1);
      first = g_ptr_array_index (list->items, 0);
      is_later = first->state == BARUA_WAITING_LATER && first->next_try > 0;
      if (!is_later)
        dex_await (dex_timeout_new_msec (5), NULL);
    }
  g_assert_true (is_later);
  g_mutex_lock (&box.mutex);
  box.away = FALSE;
  box.cuts = FALSE;
  g_mutex_unlock (&box.mutex);
  barua_engine_wake (run->engine, 0);
  for (guint i = 0; i < 4000 && left > 0; i++)
    {
      left = count_waiting (run);
      dex_await (dex_timeout_new_msec (5), NULL);
    }
  g_assert_cmpuint (left, ==, 0);
  g_assert_cmpuint (box.n_stores, ==, 1);
}

static void
refused (gpointer data)
{
  Run *run = data;
  g_autoptr(BaruaWaitingList) list = NULL;
  g_autoptr(BaruaStatus) status = NULL;
  g_autoptr(GError) failure = NULL;
  GError *error = NULL;
  gint64 id, refusal;

  set_box (7, 10, 2, 1, 2);
  box.refuses = TRUE;
  barua_sync_report_unref (sync_inbox (run));
  count_rows (run);
  id = dex_await_int64 (barua_engine_find_uid (run->engine, run->inbox, 2), &error);
  g_assert_no_error (error);
  star (run, 2, 2);
  g_assert_cmpint (get_flags (run, id) & BARUA_FLAG_FLAGGED, ==, BARUA_FLAG_FLAGGED);
  barua_sync_report_unref (sync_inbox (run));
  g_assert_cmpuint (box.n_stores, ==, 1);
  /* Cleared: it is not sent again, the message is as the server has it, and the person can say what is to become of it. */
  barua_sync_report_unref (sync_inbox (run));
  g_assert_cmpuint (box.n_stores, ==, 1);
  g_assert_cmpint (get_flags (run, id) & BARUA_FLAG_FLAGGED, ==, 0);
  wait_for_counts (run, 0, 1);
  status = barua_engine_dup_status (run->engine, run->account);
  g_assert_cmpint (status->kind, ==, BARUA_STATUS_IDLE);
  assert_waiting (run, BARUA_WAITING_REFUSED, BARUA_FLAG_FLAGGED, 1);
  list = list_waiting (run);
  g_assert_cmpint (((BaruaWaiting *) g_ptr_array_index (list->items, 0))->code, ==, BARUA_ERROR_NOT_PERMITTED);
  refusal = ((BaruaWaiting *) g_ptr_array_index (list->items, 0))->id;

  /* Let go, and brought back. */
  await_true (barua_engine_set_discarded (run->engine, refusal, TRUE));
  g_assert_cmpuint (count_waiting (run), ==, 0);
  wait_for_counts (run, 0, 0);
  await_true (barua_engine_set_discarded (run->engine, refusal, FALSE));
  assert_waiting (run, BARUA_WAITING_REFUSED, BARUA_FLAG_FLAGGED, 1);

  /* Once more: shown at once, sent, and gone. */
  box.refuses = FALSE;
  await_true (barua_engine_retry (run->engine, refusal));
  g_assert_cmpint (get_flags (run, id) & BARUA_FLAG_FLAGGED, ==, BARUA_FLAG_FLAGGED);
  assert_waiting (run, BARUA_WAITING_QUEUED, BARUA_FLAG_FLAGGED, 1);
  barua_sync_report_unref (sync_inbox (run));
  g_assert_cmpuint (box.n_stores, ==, 2);
  g_assert_cmpuint (count_waiting (run), ==, 0);
  wait_for_counts (run, 0, 0);
  g_assert_false (dex_await (barua_engine_retry (run->engine, refusal), &failure));
  g_assert_error (failure, BARUA_ERROR, BARUA_ERROR_NOT_FOUND);
  g_clear_error (&failure);
  g_assert_false (dex_await (barua_engine_set_discarded (run->engine, refusal, TRUE), &failure));
  g_assert_error (failure, BARUA_ERROR, BARUA_ERROR_NOT_FOUND);
}

static BaruaSyncReport *
sync_bodies (Run     *run,
             GError **error)
{
  return dex_await_boxed (barua_engine_sync_named (run->engine, run->account, "inbox", BARUA_SYNC_BODIES), error);
}

/* Two messages that the server can't read among eight: six are there, and asking was halved, not one by one. */
static void
bad_bodies (gpointer data)
{
  Run *run = data;
  g_autoptr(BaruaSyncReport) first = NULL;
  g_autoptr(BaruaSyncReport) second = NULL;
  GError *error = NULL;

  set_box (7, 20, 8, 1, 2, 3, 4, 5, 6, 7, 8);
  box.bad[0] = 3;
  box.bad[1] = 8;
  first = sync_bodies (run, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (first->bodies, ==, 6);
  g_assert_cmpuint (first->skipped, ==, 2);
  /* 1:8, then 5:8, 7:8, 8 and 1:4, 3:4, 3. */
  g_assert_cmpuint (box.n_refused, ==, 7);
  for (guint i = 1; i < BARUA_FETCHES_OF_POISON_PER_DAY; i++)
    {
      second = sync_bodies (run, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (second->skipped, ==, 2);
      g_clear_pointer (&second, barua_sync_report_unref);
    }
  /* Enough for today. */
  box.n_refused = 0;
  second = sync_bodies (run, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (box.n_refused, ==, 0);
  g_assert_cmpuint (second->skipped, ==, 2);
}

/* The same where the server sends what comes before the bad one, and then BAD: what came is not asked for again. */
static void
broken_bodies (gpointer data)
{
  g_autoptr(BaruaSyncReport) report = NULL;
  GError *error = NULL;

  set_box (7, 20, 8, 1, 2, 3, 4, 5, 6, 7, 8);
  box.bad[0] = 5;
  box.breaks = TRUE;
  report = sync_bodies (data, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (report->bodies, ==, 7);
  g_assert_cmpuint (report->skipped, ==, 1);
}

/* A server that gives no body at all is asked a bounded number of times, and says why. */
static void
no_bodies (gpointer data)
{
  g_autoptr(BaruaSyncReport) report = NULL;
  GError *error = NULL;

  g_mutex_lock (&box.mutex);
  box.validity = 7;
  box.next = 1000;
  g_array_set_size (box.uids, 0);
  for (guint32 uid = 1; uid <= 200; uid++)
    g_array_append_val (box.uids, uid);
  g_mutex_unlock (&box.mutex);
  box.bad[0] = G_MAXUINT32;
  report = sync_bodies (data, &error);
  g_assert_null (report);
  g_assert_nonnull (error);
  g_assert_cmpuint (box.n_refused, ==, BARUA_FETCH_REFUSALS + 1);
  g_clear_error (&error);
  g_assert_cmpuint (count_rows (data), ==, 200);
}

/* The connection ends between command and answer: the wish stays, waits, and is sent again. */
static void
unsure (gpointer data)
{
  Run *run = data;
  g_autoptr(BaruaIdSet) ids = barua_id_set_new ();
  g_autoptr(BaruaStatus) status = NULL;
  g_autoptr(GError) failure = NULL;
  GError *error = NULL;
  gint64 id;

  set_box (7, 10, 2, 1, 2);
  barua_sync_report_unref (sync_inbox (run));
  count_rows (run);
  id = dex_await_int64 (barua_engine_find_uid (run->engine, run->inbox, 2), &error);
  g_assert_no_error (error);
  barua_id_set_add (ids, id);
  dex_await (barua_engine_set_flags (run->engine, ids, BARUA_FLAG_FLAGGED, BARUA_FLAG_FLAGGED), &error);
  g_assert_no_error (error);
  box.cuts = TRUE;
  g_assert_null (dex_await_boxed (barua_engine_sync_named (run->engine, run->account, "inbox", BARUA_SYNC_HEADERS_ONLY),
                                  &failure));
  g_assert_error (failure, BARUA_ERROR, BARUA_ERROR_CONNECTION_LOST);
  g_assert_cmpuint (box.n_stores, ==, 0);
  assert_waiting (run, BARUA_WAITING_QUEUED, BARUA_FLAG_FLAGGED, 1);
  box.cuts = FALSE;
  barua_sync_report_unref (sync_inbox (run));
  g_assert_cmpuint (box.n_stores, ==, 1);
  status = barua_engine_dup_status (run->engine, run->account);
  g_assert_cmpuint (status->waiting, ==, 0);
}

/* Another UIDVALIDITY with the same UIDs: they name other messages now. */
static void
same_uids (gpointer data)
{
  Run *run = data;
  g_autoptr(BaruaRows) rows = NULL;
  GError *error = NULL;
  gint64 id;

  set_box (7, 4, 3, 1, 2, 3);
  box.salt = 0;
  barua_sync_report_unref (sync_inbox (run));
  set_box (8, 4, 3, 1, 2, 3);
  box.salt = 50;
  barua_sync_report_unref (sync_inbox (run));
  g_assert_cmpuint (count_rows (run), ==, 3);
  box.salt = 0;
  id = dex_await_int64 (barua_engine_find_uid (run->engine, run->inbox, 2), &error);
  g_assert_no_error (error);
  rows = dex_await_boxed (barua_engine_load_rows (run->engine, &id, 1, FALSE), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (((BaruaRow *) g_ptr_array_index (rows->rows, 0))->subject, ==, "number 52");
}

typedef struct
{
  GCancellable *cancellable;
  guint         calls;
  guint64       done;
} Download;

static void
on_progress (guint64  done,
             guint64  total,
             gpointer data)
{
  Download *download = data;

  g_assert_cmpuint (done, >, download->done);
  download->done = done;
  if (++download->calls == 3)
    g_cancellable_cancel (download->cancellable);
}

static void
cancelled (gpointer data)
{
  Run *run = data;
  Download download = { .cancellable = g_cancellable_new () };
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GError) error = NULL;
  GError *failure = NULL;
  gint64 id;

  set_box (7, 10, 1, 4);
  barua_sync_report_unref (sync_inbox (run));
  count_rows (run);
  id = dex_await_int64 (barua_engine_find_uid (run->engine, run->inbox, 4), &failure);
  g_assert_no_error (failure);
  bytes = dex_await_boxed (barua_engine_load_source (run->engine, id, BARUA_LOAD_DEFAULT, on_progress, &download, NULL,
                                                     download.cancellable), &error);
  g_assert_null (bytes);
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_CANCELLED);
  g_assert_cmpuint (download.calls, ==, 3);
  /* The piece under way at most. */
  g_mutex_lock (&box.mutex);
  g_assert_cmpuint (box.large_sent, <=, 5 * BARUA_FETCH_CHUNK_BYTES);
  g_mutex_unlock (&box.mutex);
  g_object_unref (download.cancellable);
  /* The account goes on. */
  barua_sync_report_unref (sync_inbox (run));
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
  authority = barua_test_authority_new ("Barua test authority");
  certificate = barua_test_authority_issue (authority, &cert, FALSE);
  g_test_add_data_func ("/engine/server/fewer-messages", fewer, run_test);
  g_test_add_data_func ("/engine/server/uids-go-down", down, run_test);
  g_test_add_data_func ("/engine/server/other-uidvalidity", validity, run_test);
  g_test_add_data_func ("/engine/server/waiting", waiting, run_test);
  g_test_add_data_func ("/engine/server/later", later, run_live);
  g_test_add_data_func ("/engine/server/flags-refused", refused, run_test);
  g_test_add_data_func ("/engine/server/bad-bodies", bad_bodies, run_test);
  g_test_add_data_func ("/engine/server/broken-bodies", broken_bodies, run_test);
  g_test_add_data_func ("/engine/server/no-bodies", no_bodies, run_test);
  g_test_add_data_func ("/engine/server/answer-lost", unsure, run_test);
  g_test_add_data_func ("/engine/server/same-uids", same_uids, run_test);
  g_test_add_data_func ("/engine/server/download-cancelled", cancelled, run_test);
  code = g_test_run ();
  g_array_unref (box.uids);
  g_object_unref (certificate);
  barua_test_authority_free (authority);
  return code;
}
