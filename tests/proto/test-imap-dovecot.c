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
  result = g_test_run ();
  barua_test_dovecot_stop ();
  return result;
}
