/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session against a real Dovecot. Exit 77 where there is none. */
#include "barua-error.h"
#include "barua-proto-test.h"

#include <string.h>

static BaruaTestDovecot *dovecot;

typedef struct
{
  guint       n_fetched;
  guint       n_headers;
  BaruaIdSet *uids;
  gboolean    pause;
} Seen;

static void
on_data (BaruaImapSession        *session,
         const BaruaImapResponse *response,
         guint32                  uid,
         gpointer                 data)
{
  Seen *seen = data;

  if (response->kind != BARUA_IMAP_RESPONSE_FETCH)
    return;
  g_assert_cmpuint (uid, !=, 0);
  seen->n_fetched++;
  if (barua_imap_fetch_get_header (&response->fetch).length > 0)
    seen->n_headers++;
  barua_id_set_add (seen->uids, uid);
}

static const BaruaImapHandler handler = { .data = on_data };

static GPtrArray *
slim_fetch (BaruaImapSession *session,
            guint32           from)
{
  static const char * const fields[] = { "DATE", "FROM", "SUBJECT", "MESSAGE-ID", NULL };
  BaruaImapFetchSection section = { .kind = BARUA_IMAP_SECTION_BODY, .text = "HEADER.FIELDS", .fields = fields };
  BaruaImapFetchRequest request = {
    .items = BARUA_IMAP_ITEM_UID | BARUA_IMAP_ITEM_FLAGS | BARUA_IMAP_ITEM_INTERNALDATE | BARUA_IMAP_ITEM_RFC822_SIZE,
    .sections = &section,
    .n_sections = 1,
  };
  g_autoptr(GError) error = NULL;
  GPtrArray *commands = barua_imap_commands_fetch (barua_imap_session_get_dialect (session), BARUA_IMAP_UIDS_FROM (from),
                                                   &request, &error);

  g_assert_no_error (error);
  return commands;
}

typedef struct
{
  const char   *user;
  BaruaSecurity security;
  BaruaCompress compress;
  BaruaMechanisms mechanisms;
  const char   *mechanism;
} Case;

static const Case cases[] = {
  { "qresync", BARUA_SECURITY_TLS, BARUA_COMPRESS_AUTO, BARUA_MECHANISMS_STRONGEST, "SCRAM-SHA-256" },
  { "condstore", BARUA_SECURITY_STARTTLS, BARUA_COMPRESS_ALWAYS, BARUA_MECHANISMS_STRONGEST, "SCRAM-SHA-256" },
  { "plain", BARUA_SECURITY_TLS, BARUA_COMPRESS_ALWAYS, BARUA_MECHANISMS_FASTEST, "PLAIN" },
};

static DexFuture *
first_rows (gpointer data)
{
  const Case *test = data;
  g_autoptr(BaruaImapConfig) config = barua_test_dovecot_config (dovecot, test->user, test->security);
  g_autoptr(BaruaImapSession) session = NULL;
  g_autoptr(BaruaImapSelected) selected = NULL;
  g_autoptr(BaruaImapResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) folders = NULL;
  Seen seen = { .uids = barua_id_set_new () };
  DexFuture *select;
  DexFuture *fetch;

  config->compress = test->compress;
  config->mechanisms = test->mechanisms;
  session = barua_test_connect (config);
  g_assert_cmpint (barua_imap_session_get_state (session), ==, BARUA_IMAP_STATE_AUTHENTICATED);
  g_assert_cmpstr (barua_imap_session_get_mechanism (session), ==, test->mechanism);
  g_assert_true (barua_imap_session_can (session, BARUA_IMAP_CAP_IDLE));

  /* One flight: SELECT and FETCH. */
  select = barua_imap_session_select (session, "INBOX", 0, NULL, NULL, NULL, NULL, NULL);
  fetch = barua_imap_session_run_all (session, slim_fetch (session, 1), 0, &handler, &seen, NULL, NULL);
  selected = dex_await_boxed (select, &error);
  g_assert_no_error (error);
  result = dex_await_boxed (fetch, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (selected->exists, ==, 300);
  g_assert_cmpuint (selected->uid_validity, !=, 0);
  g_assert_cmpuint (selected->uid_next, ==, 301);
  if (strcmp (test->user, "plain") == 0)
    g_assert_cmpuint (selected->permanent_flags & BARUA_FLAG_SEEN, !=, 0);
  else
    g_assert_cmpuint (selected->highest_modseq, >, 0);
  g_assert_cmpuint (seen.n_fetched, ==, 300);
  g_assert_cmpuint (seen.n_headers, ==, 300);
  g_assert_cmpuint (barua_id_set_get_n_ranges (seen.uids), ==, 1);
  g_assert_cmpuint (barua_imap_session_get_n_mapped (session), ==, 300);
  g_assert_cmpint (barua_imap_session_is_enabled (session, BARUA_IMAP_CAP_QRESYNC), ==, strcmp (test->user, "qresync") == 0);
  g_assert_cmpstr (barua_imap_session_get_server_name (session), ==, "Dovecot");
  g_assert_cmpstr (barua_imap_session_get_quirks (session)->name, ==, "Dovecot");

  folders = dex_await_boxed (barua_imap_session_list (session, BARUA_IMAP_STATUS_MESSAGES | BARUA_IMAP_STATUS_UIDNEXT, NULL),
                             &error);
  g_assert_no_error (error);
  g_assert_cmpuint (folders->len, >=, 5);
  for (guint i = 0; i < folders->len; i++)
    {
      BaruaImapFolder *folder = g_ptr_array_index (folders, i);

      if (folder->role == BARUA_ROLE_INBOX)
        g_assert_cmpuint (folder->messages, ==, 300);
    }
  dex_await (barua_imap_session_unselect (session, NULL), &error);
  g_assert_no_error (error);
  g_assert_null (barua_imap_session_get_mailbox (session));
  barua_imap_session_close (session);
  barua_id_set_unref (seen.uids);
  return dex_future_new_true ();
}

static void
test_first_rows (gconstpointer data)
{
  barua_test_run (first_rows, (gpointer) data);
}

static DexFuture *
wrong_password (gpointer data)
{
  g_autoptr(BaruaImapConfig) config = barua_test_dovecot_config (dovecot, "qresync", BARUA_SECURITY_TLS);
  g_autoptr(BaruaImapSession) session = NULL;
  g_autoptr(GError) error = NULL;

  config->credentials_data = (gpointer) "not the password";
  session = barua_imap_session_new (config);
  g_assert_false (dex_await (barua_imap_session_connect (session, NULL), &error));
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_AUTHENTICATION);
  g_assert_cmpint (barua_imap_session_get_state (session), ==, BARUA_IMAP_STATE_CLOSED);
  return dex_future_new_true ();
}

static void
test_wrong_password (void)
{
  barua_test_run (wrong_password, NULL);
}

/* Live: what another connection does arrives as events; a command in between does not disturb. */
typedef struct
{
  guint       exists;
  guint       n_flags;
  guint       n_status;
  BaruaIdSet *expunged;
} Live;

static void
on_event (BaruaImapSession     *session,
          const BaruaImapEvent *event,
          gpointer              data)
{
  Live *live = data;

  if (event->type == BARUA_IMAP_EVENT_EXISTS)
    live->exists = event->number;
  else if (event->type == BARUA_IMAP_EVENT_FETCHED)
    live->n_flags++;
  else if (event->type == BARUA_IMAP_EVENT_EXPUNGED)
    barua_id_set_add_set (live->expunged, event->uids);
  else if (event->type == BARUA_IMAP_EVENT_FOLDER_STATUS)
    live->n_status++;
}

#define UNTIL(condition)                                                                                              \
  G_STMT_START                                                                                                        \
  {                                                                                                                   \
    gint64 until_ = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;                                                    \
    while (!(condition) && g_get_monotonic_time () < until_)                                                          \
      barua_test_turn ();                                                                                             \
    g_assert_true (condition);                                                                                        \
  }                                                                                                                   \
  G_STMT_END

static DexFuture *
live_fiber (gpointer data)
{
  const char *user = data;
  g_autoptr(BaruaImapConfig) config = barua_test_dovecot_config (dovecot, user, BARUA_SECURITY_TLS);
  g_autoptr(BaruaImapSession) watcher = barua_test_connect (config);
  g_autoptr(BaruaImapSession) actor = barua_test_connect (config);
  g_autoptr(BaruaImapSelected) selected = NULL;
  g_autoptr(BaruaImapResult) rows = NULL;
  g_autoptr(BaruaImapResult) noop = NULL;
  g_autoptr(BaruaIdSet) uids = barua_id_set_new ();
  g_autoptr(BaruaIdSet) doomed = barua_id_set_new ();
  g_autoptr(GError) error = NULL;
  Seen seen = { .uids = barua_id_set_new () };
  Live live = { .expunged = barua_id_set_new () };
  const BaruaImapDialect *dialect = barua_imap_session_get_dialect (actor);

  barua_imap_session_set_events (watcher, on_event, &live);
  dex_await (barua_imap_session_select (watcher, "Live", 0, NULL, NULL, NULL, NULL, NULL), &error);
  g_assert_no_error (error);
  rows = dex_await_boxed (barua_imap_session_run_all (watcher, slim_fetch (watcher, 1), 0, &handler, &seen, NULL, NULL),
                          &error);
  g_assert_no_error (error);
  barua_imap_session_set_watching (watcher, TRUE);
  UNTIL (barua_imap_session_is_idling (watcher));

  selected = dex_await_boxed (barua_imap_session_select (actor, "Live", 0, NULL, NULL, NULL, NULL, NULL), &error);
  g_assert_no_error (error);
  barua_id_set_add_range (uids, 2, 4);
  dex_await (barua_imap_session_run_all (actor,
                                         barua_imap_commands_store (dialect, BARUA_IMAP_UIDS (uids), BARUA_IMAP_STORE_ADD, TRUE,
                                                                    BARUA_FLAG_SEEN, NULL, 0, NULL),
                                         0, NULL, NULL, NULL, NULL),
             &error);
  g_assert_no_error (error);
  UNTIL (live.n_flags >= 3);

  /* Ends the IDLE, is answered, and IDLE begins again. */
  noop = barua_test_command (watcher, barua_imap_command_noop (), 0, NULL, NULL, &error);
  g_assert_no_error (error);
  UNTIL (barua_imap_session_is_idling (watcher));

  barua_id_set_add_range (doomed, 3, 3);
  barua_id_set_add_range (doomed, 7, 9);
  dex_await (barua_imap_session_run_all (actor,
                                         barua_imap_commands_store (dialect, BARUA_IMAP_UIDS (doomed), BARUA_IMAP_STORE_ADD,
                                                                    TRUE, BARUA_FLAG_DELETED, NULL, 0, NULL),
                                         0, NULL, NULL, NULL, NULL),
             NULL);
  dex_await (barua_imap_session_run_all (actor, barua_imap_commands_uid_expunge (dialect, doomed, NULL), 0, NULL, NULL, NULL,
                                         NULL),
             &error);
  g_assert_no_error (error);
  UNTIL (barua_id_set_get_count (live.expunged) == 4);
  g_assert_true (barua_id_set_equal (live.expunged, doomed));
  g_assert_cmpuint (live.exists, ==, selected->exists - 4);
  g_assert_cmpuint (barua_imap_session_get_exists (watcher), ==, selected->exists - 4);
  barua_imap_session_close (actor);
  barua_imap_session_close (watcher);
  barua_id_set_unref (seen.uids);
  barua_id_set_unref (live.expunged);
  return dex_future_new_true ();
}

static void
test_live (gconstpointer data)
{
  barua_test_dovecot_fill (dovecot, data, "Live", 12);
  barua_test_run (live_fiber, (gpointer) data);
}

static DexFuture *
notify_fiber (gpointer data)
{
  g_autoptr(BaruaImapConfig) config = barua_test_dovecot_config (dovecot, "qresync", BARUA_SECURITY_TLS);
  g_autoptr(BaruaImapSession) watcher = barua_test_connect (config);
  g_autoptr(GError) error = NULL;
  Live live = { .expunged = barua_id_set_new () };
  guint before;

  barua_imap_session_set_events (watcher, on_event, &live);
  dex_await (barua_imap_session_select (watcher, "INBOX", 0, NULL, NULL, NULL, NULL, NULL), &error);
  g_assert_no_error (error);
  g_assert_true (dex_await_boolean (barua_imap_session_notify (watcher, NULL), &error));
  g_assert_no_error (error);
  barua_imap_session_set_watching (watcher, TRUE);
  before = live.n_status;
  {
    /* Another connection fills another folder. */
    g_autoptr(BaruaImapSession) actor = barua_test_connect (config);
    g_autoptr(GBytes) bytes = g_bytes_new_static ("Subject: x\r\n\r\nx\r\n", 17);
    g_autoptr(BaruaImapResult) result =
      barua_test_command (actor, barua_imap_command_append (NULL, "Sent", 0, NULL, G_MININT64, bytes, FALSE, NULL), 0, NULL,
                          NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (barua_id_set_get_count (result->append_uids), ==, 1);
  }
  UNTIL (live.n_status > before);
  /* The selected mailbox is told of sooner in IDLE (decision 0012). */
  g_assert_true (barua_imap_session_is_idling (watcher));
  barua_imap_session_close (watcher);
  barua_id_set_unref (live.expunged);
  return dex_future_new_true ();
}

static void
test_notify (void)
{
  barua_test_run (notify_fiber, NULL);
}

int
main (int    argc,
      char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  dovecot = barua_test_dovecot ();
  if (dovecot == NULL)
    return 77;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    barua_test_dovecot_fill (dovecot, cases[i].user, "INBOX", 300);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/imap/dovecot/first-rows/", cases[i].user, NULL);

      g_test_add_data_func (path, &cases[i], test_first_rows);
    }
  g_test_add_func ("/imap/dovecot/wrong-password", test_wrong_password);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/imap/dovecot/live/", cases[i].user, NULL);

      g_test_add_data_func (path, cases[i].user, test_live);
    }
  g_test_add_func ("/imap/dovecot/notify", test_notify);
  result = g_test_run ();
  barua_test_dovecot_stop ();
  return result;
}
