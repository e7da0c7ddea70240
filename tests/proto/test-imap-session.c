/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session against scripts: what it says, what it makes of the answers, and what it does when the server stops, cuts, says
 * goodbye or talks nonsense at each step. */
#include "barua-error.h"
#include "barua-imap-msgmap-private.h"
#include "barua-proto-test.h"
#include "barua-scripted-imap.h"
#include "barua-test-certs.h"

#include <string.h>

#define L "localhost"
#define SECRET "siri-kuu-7411"

static BaruaTestAuthority *authority;
static GTlsCertificate *certificate;

#define HELLO "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi\nC: AUTHENTICATE PLAIN *\n"
#define SIGNED_IN(caps) HELLO "S: $ OK [CAPABILITY " caps "] in\n"
#define SELECTED "C: SELECT *INBOX*\nS: * FLAGS (\\\\Seen)\nS: * 3 EXISTS\nS: * OK [UIDVALIDITY 7] v\nS: * OK [UIDNEXT 16] n\n" \
                 "S: $ OK [READ-WRITE] in\n"

typedef struct
{
  const char *script;
  GString    *log;      /* events as text */
  GError     *error;
} Play;

static BaruaImapConfig *
make_config (BaruaScriptedImap *server,
             BaruaSecurity      security)
{
  g_autoptr(BaruaEndpoint) endpoint = barua_endpoint_new (L, barua_scripted_imap_get_port (server), security,
                                                          barua_test_authority_get_file (authority), NULL, NULL);
  BaruaImapConfig *config = barua_imap_config_new (endpoint, "jina", BARUA_SIGN_IN_PASSWORD, barua_test_credentials,
                                                   (gpointer) SECRET);

  /* A busy machine is no stalling server: only tests about stalling shorten these. */
  config->timeouts.greeting_ms = 10000;
  config->timeouts.read_ms = 10000;
  config->timeouts.tls_ms = 10000;
  return config;
}

static void
assert_no_problem (BaruaScriptedImap *server)
{
  g_autofree char *problem = barua_scripted_imap_dup_problem (server);

  g_assert_cmpstr (problem, ==, NULL);
}

static void
on_event (BaruaImapSession     *session,
          const BaruaImapEvent *event,
          gpointer              data)
{
  GString *log = data;

  switch (event->type)
    {
    case BARUA_IMAP_EVENT_EXISTS:
      g_string_append_printf (log, "exists %u\n", event->number);
      break;
    case BARUA_IMAP_EVENT_EXPUNGED:
      {
        g_autofree char *text = barua_id_set_to_string (event->uids);

        g_string_append_printf (log, "expunged %s%s\n", text, event->earlier ? " earlier" : "");
        break;
      }
    case BARUA_IMAP_EVENT_LOST_TRACK:
      g_string_append (log, "lost track\n");
      break;
    case BARUA_IMAP_EVENT_FETCHED:
      g_string_append_printf (log, "fetched %u %d\n", event->uid, event->fetch->flags);
      break;
    case BARUA_IMAP_EVENT_ALERT:
      g_string_append_printf (log, "alert %s\n", event->text);
      break;
    case BARUA_IMAP_EVENT_FOLDER_STATUS:
      g_string_append (log, "status\n");
      break;
    case BARUA_IMAP_EVENT_FOLDER:
      g_string_append (log, "folder\n");
      break;
    case BARUA_IMAP_EVENT_OVERFLOW:
      g_string_append (log, "overflow\n");
      break;
    case BARUA_IMAP_EVENT_CLOSED:
      g_string_append (log, "closed\n");
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
on_data (BaruaImapSession        *session,
         const BaruaImapResponse *response,
         guint32                  uid,
         gpointer                 data)
{
  GString *log = data;

  if (response->kind == BARUA_IMAP_RESPONSE_FETCH)
    g_string_append_printf (log, "row %u\n", uid);
  else if (response->kind == BARUA_IMAP_RESPONSE_VANISHED)
    g_string_append (log, "vanished\n");
}

static const BaruaImapHandler handler = { .data = on_data };

static GPtrArray *
fetch_all (void)
{
  BaruaImapFetchRequest request = { .items = BARUA_IMAP_ITEM_UID | BARUA_IMAP_ITEM_FLAGS };

  return barua_imap_commands_fetch (NULL, BARUA_IMAP_UIDS_FROM (1), &request, NULL);
}

/* Connects, selects, fetches; all that can go wrong in between ends in play->error. */
static gboolean
go (BaruaImapSession *session,
    Play             *play)
{
  DexFuture *select;
  DexFuture *fetch;

  barua_imap_session_set_events (session, on_event, play->log);
  if (!dex_await (barua_imap_session_connect (session, NULL), &play->error))
    return FALSE;
  select = barua_imap_session_select (session, "INBOX", 0, NULL, NULL, NULL, NULL, NULL);
  fetch = barua_imap_session_run_all (session, fetch_all (), 0, &handler, play->log, NULL, NULL);
  if (!dex_await (select, &play->error))
    {
      dex_await (fetch, NULL);
      return FALSE;
    }
  return dex_await (fetch, &play->error);
}

/* Every step at which a server may stop ------------------------------------------------------------------------------- */

static const char * const whole[] = {
  "S: * OK hi", "C: CAPABILITY", "S: * CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN", "S: $ OK", "C: AUTHENTICATE PLAIN *",
  "S: $ OK [CAPABILITY IMAP4rev1 ENABLE CONDSTORE ID] in", "C: ID *", "C: ENABLE *", "C: SELECT *", "S: * ID NIL", "S: $3 OK",
  "C: UID FETCH *", "S: * ENABLED CONDSTORE", "S: $4 OK", "S: * 3 EXISTS", "S: * OK [UIDVALIDITY 7] v", "S: $5 OK in",
  "S: * 1 FETCH (UID 5 FLAGS ())", "S+ * 2 FETCH (UID 6 FLA", "S: GS ())", "S: $6 OK",
};

typedef struct
{
  const char *fault;
  int         code;    /* -1: any */
} Fault;

static const Fault faults[] = {
  { "CUT", BARUA_ERROR_CONNECTION_LOST },
  { "CLOSE", BARUA_ERROR_CONNECTION_LOST },
  { "S: \\r\\n* BYE too much to do\nDRAIN", -1 },
  { "STALL", BARUA_ERROR_TIMEOUT },
  { "S: \\r\\n\\0\\0)))*(\nDRAIN", -1 },
  { "S: \\r\\nzzz OK nobody asked\nDRAIN", -1 },
  { "FLOOD 3000000\nDRAIN", -1 },
};

typedef struct
{
  const Fault  *fault;
  BaruaSecurity security;
} FaultRound;

static DexFuture *
fault_fiber (gpointer data)
{
  const FaultRound *round = data;
  gboolean starttls = round->security == BARUA_SECURITY_STARTTLS;

  for (gsize n = 0; n <= G_N_ELEMENTS (whole); n++)
    {
      g_autoptr(BaruaScriptedImap) server = barua_scripted_imap_new (certificate, !starttls);
      g_autoptr(BaruaImapConfig) config = make_config (server, round->security);
      g_autoptr(BaruaImapSession) session = NULL;
      g_autoptr(GString) script = g_string_new (starttls ? "S: * OK hi\nC: STARTTLS\nS: $ OK go\nTLS\n" : "");
      g_autofree char *clear = NULL;
      Play play = { .log = g_string_new (NULL) };
      gboolean good;

      if (round->fault->code == BARUA_ERROR_TIMEOUT)
        config->timeouts.greeting_ms = config->timeouts.read_ms = 700;
      /* Over STARTTLS there is no greeting inside, and tags begin one later: the part up to sign-in is enough. */
      for (gsize i = starttls ? 1 : 0; i < n; i++)
        g_string_append_printf (script, "%s\n", whole[i]);
      g_string_append (script, round->fault->fault);
      if (starttls && (n == 0 || n > 5))
        {
          g_string_free (play.log, TRUE);
          continue;
        }
      barua_scripted_imap_add (server, script->str);
      session = barua_imap_session_new (config);
      good = go (session, &play);
      if (n < G_N_ELEMENTS (whole))
        {
          g_assert_false (good);
          g_assert_nonnull (play.error);
          g_assert_true (play.error->domain == BARUA_ERROR);
          if (round->fault->code >= 0 && !g_error_matches (play.error, BARUA_ERROR, round->fault->code))
            g_error ("after \"%s\", %s: %s", n > 0 ? whole[n - 1] : "nothing", round->fault->fault, play.error->message);
          g_assert_cmpint (barua_imap_session_get_state (session), ==, BARUA_IMAP_STATE_CLOSED);
          g_assert_true (g_str_has_suffix (play.log->str, "closed\n"));
          g_assert_null (strstr (play.error->message, SECRET));
        }
      else
        g_assert_true (good);
      /* A message of which only a part came is no message (a line that was ended is a line, if a damaged one). */
      if (n < 20 && !g_str_has_prefix (round->fault->fault, "S: "))
        g_assert_null (strstr (play.log->str, "row 6"));
      clear = barua_scripted_imap_dup_clear (server);
      g_assert_null (strstr (clear, "AUTH"));
      barua_imap_session_close (session);
      g_clear_error (&play.error);
      g_string_free (play.log, TRUE);
    }
  return dex_future_new_true ();
}

static void
test_fault (gconstpointer data)
{
  barua_test_run (fault_fiber, (gpointer) data);
}

/* Bytes between the OK to STARTTLS and the handshake are somebody else's (THREATS T-01): an error, and never a word of them
 * believed. */
static DexFuture *
slipped_fiber (gpointer data)
{
  static const char * const scripts[] = {
    "S: * OK hi\nC: STARTTLS\nS: $ OK go\\r\\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\nDRAIN\n",
    "S: * OK hi\nC: STARTTLS\nS: $ OK go\\r\\n* PREAUTH welcome\nDRAIN\n",
    "S: * OK hi\nC: STARTTLS\nS: $ OK go\\r\\nx\nDRAIN\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      g_autoptr(BaruaScriptedImap) server = barua_scripted_imap_new (certificate, FALSE);
      g_autoptr(BaruaImapConfig) config = make_config (server, BARUA_SECURITY_STARTTLS);
      g_autoptr(BaruaImapSession) session = barua_imap_session_new (config);
      g_autofree char *clear = NULL;
      g_autoptr(GError) error = NULL;

      config->timeouts.tls_ms = 1000;
      barua_scripted_imap_add (server, scripts[i]);
      g_assert_false (dex_await (barua_imap_session_connect (session, NULL), &error));
      g_assert_error (error, BARUA_ERROR, BARUA_ERROR_TAMPERED);
      /* Not even a handshake began: the last that was said is the command. */
      clear = barua_scripted_imap_dup_clear (server);
      g_assert_true (g_str_has_suffix (clear, " STARTTLS\r\n"));
    }
  return dex_future_new_true ();
}

static void
test_slipped (void)
{
  barua_test_run (slipped_fiber, NULL);
}

/* T-15 for the phases before a word is said, and inside STARTTLS. */
static DexFuture *
stall_fiber (gpointer data)
{
  static const struct
  {
    const char   *script;
    BaruaSecurity security;
    gboolean      implicit;
  } stalls[] = {
    { "STALL", BARUA_SECURITY_TLS, FALSE },                       /* no handshake */
    { "STALL", BARUA_SECURITY_STARTTLS, FALSE },                  /* no greeting */
    { "S: * OK hi\nC: STARTTLS\nSTALL", BARUA_SECURITY_STARTTLS, FALSE },
    { "S: * OK hi\nC: STARTTLS\nS: $ OK\nSTALL", BARUA_SECURITY_STARTTLS, FALSE },
    { HELLO "STALL", BARUA_SECURITY_TLS, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (stalls); i++)
    {
      g_autoptr(BaruaScriptedImap) server = barua_scripted_imap_new (certificate, stalls[i].implicit);
      g_autoptr(BaruaImapConfig) config = make_config (server, stalls[i].security);
      g_autoptr(BaruaImapSession) session = barua_imap_session_new (config);
      g_autoptr(GError) error = NULL;
      gint64 start = g_get_monotonic_time ();

      config->timeouts.greeting_ms = config->timeouts.read_ms = config->timeouts.tls_ms = 400;
      barua_scripted_imap_add (server, stalls[i].script);
      g_assert_false (dex_await (barua_imap_session_connect (session, NULL), &error));
      g_assert_error (error, BARUA_ERROR, BARUA_ERROR_TIMEOUT);
      g_assert_cmpint (g_get_monotonic_time () - start, >=, 390 * 1000);
    }
  return dex_future_new_true ();
}

static void
test_stalls (void)
{
  barua_test_run (stall_fiber, NULL);
}

/* Single scripts ---------------------------------------------------------------------------------------------------- */

static DexFuture *
numbers_fiber (gpointer data)
{
  g_autoptr(BaruaScriptedImap) server = barua_scripted_imap_new (certificate, TRUE);
  g_autoptr(BaruaImapConfig) config = make_config (server, BARUA_SECURITY_TLS);
  g_autoptr(BaruaImapSession) session = barua_imap_session_new (config);
  g_autoptr(BaruaImapResult) result = NULL;
  Play play = { .log = g_string_new (NULL) };
  g_autoptr(GError) error = NULL;

  barua_scripted_imap_add (server,
                           SIGNED_IN ("IMAP4rev1") SELECTED "C: UID FETCH *\n"
                           "S: * 1 FETCH (UID 11 FLAGS ())\nS: * 2 FETCH (UID 12 FLAGS ())\nS: * 3 FETCH (UID 15 FLAGS ())\n"
                           "S: $ OK\nC: NOOP\n"
                           "S: * 2 EXPUNGE\nS: * 2 FETCH (FLAGS (\\\\Seen))\nS: * 4 EXISTS\nS: * 4 EXPUNGE\nS: * 9 EXPUNGE\n"
                           "S: * 7 FETCH (FLAGS (\\\\Seen))\nS: * 1 FETCH (FLAGS (\\\\Seen))\nS: * 1 EXISTS\nS: $ OK\nDRAIN");
  g_assert_true (go (session, &play));
  g_assert_cmpstr (play.log->str, ==, "row 11\nrow 12\nrow 15\n");
  g_string_truncate (play.log, 0);
  result = barua_test_command (session, barua_imap_command_noop (), 0, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (play.log->str, ==,
                   "expunged 12\nexists 2\n"  /* 2 was UID 12 */
                   "fetched 15 1\n"           /* 2 is UID 15 now */
                   "exists 4\nlost track\nexists 3\n" /* 4 had no UID yet */
                   "lost track\nexists 3\n"   /* there is no 9: everything known is dropped */
                   "lost track\nexists 1\n"); /* fewer without EXPUNGE */
  assert_no_problem (server);
  g_string_free (play.log, TRUE);
  return dex_future_new_true ();
}

static void
test_numbers (void)
{
  barua_test_run (numbers_fiber, NULL);
}

static DexFuture *
qresync_fiber (gpointer data)
{
  g_autoptr(BaruaScriptedImap) server = barua_scripted_imap_new (certificate, TRUE);
  g_autoptr(BaruaImapConfig) config = make_config (server, BARUA_SECURITY_TLS);
  g_autoptr(BaruaImapSession) session = barua_imap_session_new (config);
  g_autoptr(BaruaImapSelected) selected = NULL;
  g_autoptr(BaruaImapResult) result = NULL;
  BaruaImapQresync qresync = { .uid_validity = 7, .modseq = 90 };
  g_autoptr(GString) log = g_string_new (NULL);
  g_autoptr(GError) error = NULL;

  /* The SELECT goes out before ENABLE is answered. */
  barua_scripted_imap_add (server,
                           SIGNED_IN ("IMAP4rev1 ENABLE QRESYNC CONDSTORE") "C: ENABLE QRESYNC CONDSTORE\n"
                           "C: SELECT *INBOX* (QRESYNC (7 90))\nS: * ENABLED QRESYNC\nS: $2 OK\n"
                           "S: * 3 EXISTS\nS: * OK [UIDVALIDITY 7] v\nS: * OK [HIGHESTMODSEQ 99] h\nS: * VANISHED (EARLIER) 1:4\n"
                           "S: * 2 FETCH (UID 12 FLAGS (\\\\Seen) MODSEQ (99))\nS: $3 OK in\n"
                           "C: NOOP\nS: * VANISHED 12\nS: $ OK\nDRAIN");
  barua_imap_session_set_events (session, on_event, log);
  dex_await (barua_imap_session_connect (session, NULL), &error);
  g_assert_no_error (error);
  selected = dex_await_boxed (barua_imap_session_select (session, "INBOX", 0, &qresync, &handler, log, NULL, NULL), &error);
  g_assert_no_error (error);
  g_assert_true (selected->qresync);
  g_assert_cmpuint (selected->highest_modseq, ==, 99);
  g_assert_cmpstr (log->str, ==, "vanished\nrow 12\n");
  result = barua_test_command (session, barua_imap_command_noop (), 0, NULL, NULL, &error);
  g_assert_cmpstr (log->str, ==, "vanished\nrow 12\nexpunged 12\nexists 2\n");
  assert_no_problem (server);
  return dex_future_new_true ();
}

static void
test_qresync (void)
{
  barua_test_run (qresync_fiber, NULL);
}

static DexFuture *
idle_fiber (gpointer data)
{
  g_autoptr(BaruaScriptedImap) server = barua_scripted_imap_new (certificate, TRUE);
  g_autoptr(BaruaImapConfig) config = make_config (server, BARUA_SECURITY_TLS);
  g_autoptr(BaruaImapSession) session = barua_imap_session_new (config);
  g_autoptr(BaruaImapResult) result = NULL;
  Play play = { .log = g_string_new (NULL) };
  g_autoptr(GError) error = NULL;

  /* A command ends the IDLE and is sent at once; then IDLE again, which is renewed in time; silence in IDLE is no fault. */
  config->timeouts.idle_renew_ms = 900;
  barua_scripted_imap_add (server,
                           SIGNED_IN ("IMAP4rev1 IDLE") SELECTED "C: UID FETCH *\nS: $ OK\n"
                           "C: IDLE\nS: + go\nS: * 4 EXISTS\nC= DONE\nS: $4 OK\nC: NOOP\nS: $ OK\n"
                           "C: IDLE\nS: + go\nC= DONE\nS: $ OK\nC: IDLE\nS: + go\nS: * 5 EXISTS\nDRAIN");
  g_assert_true (go (session, &play));
  barua_imap_session_set_watching (session, TRUE);
  while (strstr (play.log->str, "exists 4") == NULL)
    barua_test_turn ();
  g_assert_true (barua_imap_session_is_idling (session));
  result = barua_test_command (session, barua_imap_command_noop (), 0, NULL, NULL, &error);
  g_assert_no_error (error);
  while (strstr (play.log->str, "exists 5") == NULL)
    barua_test_turn ();
  assert_no_problem (server);
  g_string_free (play.log, TRUE);
  return dex_future_new_true ();
}

static void
test_idle (void)
{
  barua_test_run (idle_fiber, NULL);
}

static DexFuture *
alert_fiber (gpointer data)
{
  g_autoptr(BaruaScriptedImap) server = barua_scripted_imap_new (certificate, TRUE);
  g_autoptr(BaruaImapConfig) config = make_config (server, BARUA_SECURITY_TLS);
  g_autoptr(BaruaImapSession) session = barua_imap_session_new (config);
  g_autoptr(BaruaImapResult) result = NULL;
  g_autoptr(GString) script = g_string_new (SIGNED_IN ("IMAP4rev1") SELECTED "C: UID FETCH *\nS: $ OK\nC: NOOP\n");
  Play play = { .log = g_string_new (NULL) };
  const char *text;

  g_string_append (script, "S: * OK [ALERT] Go to http://evil.example/ \\0331mnow ");
  for (guint i = 0; i < 60; i++)
    g_string_append (script, "longer ");
  g_string_append (script, "\nS: * OK [ALERT] second\nS: $ OK\nDRAIN");
  g_string_replace (script, "\\0331m", "\033[1m", 0);
  barua_scripted_imap_add (server, script->str);
  g_assert_true (go (session, &play));
  result = barua_test_command (session, barua_imap_command_noop (), 0, NULL, NULL, NULL);
  text = strstr (play.log->str, "alert ");
  g_assert_nonnull (text);
  g_assert_null (strstr (text, "://"));
  g_assert_null (strchr (text, '\033'));
  g_assert_cmpint (g_utf8_strlen (text, -1), <=, 200 + 7);
  g_assert_null (strstr (text, "second"));
  g_string_free (play.log, TRUE);
  return dex_future_new_true ();
}

static void
test_alert (void)
{
  barua_test_run (alert_fiber, NULL);
}

/* A waiting command is withdrawn, a sent one is let run out unheard. */
static void
count_destroy (gpointer data)
{
  (*(guint *) data)++;
}

static DexFuture *
cancel_fiber (gpointer data)
{
  g_autoptr(BaruaScriptedImap) server = barua_scripted_imap_new (certificate, TRUE);
  g_autoptr(BaruaImapConfig) config = make_config (server, BARUA_SECURITY_TLS);
  g_autoptr(BaruaImapSession) session = barua_imap_session_new (config);
  g_autoptr(BaruaScope) scope = barua_scope_new (NULL);
  g_autoptr(BaruaImapResult) after = NULL;
  Play play = { .log = g_string_new (NULL) };
  g_autoptr(GError) error = NULL;
  guint destroyed = 0;
  DexFuture *noop;
  DexFuture *check;
  static const BaruaImapQuirks one_by_one = { "one by one", 0, 1, 8000, 1, 0 };

  config->quirks = &one_by_one;
  barua_scripted_imap_add (server,
                           SIGNED_IN ("IMAP4rev1") SELECTED "C: UID FETCH *\nS: $ OK\n"
                           "C: NOOP\nS: * 4 EXISTS\nWAIT 100\nS: $ OK\nC: CLOSE\nS: $ OK\nDRAIN");
  g_assert_true (go (session, &play));
  noop = barua_imap_session_run (session, barua_imap_command_noop (), 0, NULL, &destroyed, count_destroy, scope);
  check = barua_imap_session_run (session, barua_imap_command_check (), 0, NULL, &destroyed, count_destroy, scope);
  while (strstr (play.log->str, "exists 4") == NULL)
    barua_test_turn ();
  barua_scope_cancel (scope);
  g_assert_false (dex_await (noop, &error));
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (dex_await (check, &error));
  g_assert_error (error, BARUA_ERROR, BARUA_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_cmpuint (destroyed, ==, 2);
  after = barua_test_command (session, barua_imap_command_close (), 0, NULL, NULL, &error);
  g_assert_no_error (error);
  assert_no_problem (server);
  g_string_free (play.log, TRUE);
  return dex_future_new_true ();
}

static void
test_cancel (void)
{
  barua_test_run (cancel_fiber, NULL);
}

/* While the session is paused, nothing is read, and no time-out strikes. */
static void
on_pausing_data (BaruaImapSession        *session,
                 const BaruaImapResponse *response,
                 guint32                  uid,
                 gpointer                 data)
{
  guint *n = data;

  if (response->kind == BARUA_IMAP_RESPONSE_FETCH && ++*n == 1)
    barua_imap_session_pause (session);
}

static DexFuture *
pause_fiber (gpointer data)
{
  static const BaruaImapHandler pausing = { .data = on_pausing_data };
  g_autoptr(BaruaScriptedImap) server = barua_scripted_imap_new (certificate, TRUE);
  g_autoptr(BaruaImapConfig) config = make_config (server, BARUA_SECURITY_TLS);
  g_autoptr(BaruaImapSession) session = barua_imap_session_new (config);
  g_autoptr(BaruaImapResult) result = NULL;
  g_autoptr(GString) script = g_string_new (SIGNED_IN ("IMAP4rev1") SELECTED "C: UID FETCH *\n");
  g_autoptr(GError) error = NULL;
  guint n = 0;
  guint held;
  DexFuture *fetch;

  config->timeouts.read_ms = 1000;

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (script, "S: * %u FETCH (UID %u FLAGS (\\\\Seen \\\\Answered \\\\Flagged) RFC822.SIZE 100)\n", i + 1, i + 1);
  g_string_append (script, "S: $ OK\nDRAIN");
  barua_scripted_imap_add (server, script->str);
  g_object_unref (session);
  session = barua_test_connect (config);
  dex_await (barua_imap_session_select (session, "INBOX", 0, NULL, NULL, NULL, NULL, NULL), &error);
  g_assert_no_error (error);
  fetch = barua_imap_session_run_all (session, fetch_all (), 0, &pausing, &n, NULL, NULL);
  while (n == 0)
    barua_test_turn ();
  held = n;
  dex_await (barua_wait_new (1500), NULL); /* longer than the read time-out: that is what is tested */
  g_assert_cmpuint (n, ==, held);
  g_assert_cmpuint (n, <, 5000);
  barua_imap_session_resume (session);
  result = dex_await_boxed (fetch, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 5000);
  return dex_future_new_true ();
}

static void
test_pause (void)
{
  barua_test_run (pause_fiber, NULL);
}

/* LIST in steps: with STATUS, without, plain; and STATUS for each. */
static DexFuture *
list_fiber (gpointer data)
{
  static const char * const scripts[] = {
    SIGNED_IN ("IMAP4rev1 LIST-EXTENDED LIST-STATUS SPECIAL-USE")
      "C: LIST \"\" * RETURN (*SPECIAL-USE*STATUS (MESSAGES UIDNEXT))\n"
      "S: * LIST (\\\\HasNoChildren) \"/\" Inbox\nS: * STATUS Inbox (MESSAGES 3 UIDNEXT 9)\nS: * LIST () \"/\" inbox\n"
      "S: * LIST (\\\\Sent) \"/\" Sent\nS: * STATUS Sent (MESSAGES 0 UIDNEXT 1)\nS: $ OK\nDRAIN",
    SIGNED_IN ("IMAP4rev1 LIST-EXTENDED LIST-STATUS SPECIAL-USE")
      "C: LIST * RETURN (*STATUS*\nS: $ BAD what\nC: LIST \"\" * RETURN (*\nS: $ BAD what\nC: LIST \"\" ?*?\n"
      "S: * LIST () \"/\" INBOX\nS: * LIST (\\\\Sent) \"/\" Sent\nS: $ OK\n"
      "C: STATUS *INBOX* (MESSAGES UIDNEXT)\nC: STATUS *Sent* (MESSAGES UIDNEXT)\nS: * STATUS INBOX (MESSAGES 3 UIDNEXT 9)\n"
      "S: $5 OK\nS: * STATUS Sent (MESSAGES 0 UIDNEXT 1)\nS: $6 OK\nDRAIN",
    SIGNED_IN ("IMAP4rev1 XLIST")
      "C: XLIST \"\" ?*?\nS: * XLIST (\\\\Inbox) \"/\" INBOX\nS: * XLIST (\\\\Sent) \"/\" Sent\nS: $ OK\n"
      "C: STATUS *INBOX* *\nC: STATUS *Sent* *\nS: * STATUS INBOX (MESSAGES 3 UIDNEXT 9 )\n"
      "S: $3 OK\nS: * STATUS Sent (MESSAGES 0 UIDNEXT 1)\nS: $4 OK\nDRAIN",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      g_autoptr(BaruaScriptedImap) server = barua_scripted_imap_new (certificate, TRUE);
      g_autoptr(BaruaImapConfig) config = make_config (server, BARUA_SECURITY_TLS);
      g_autoptr(BaruaImapSession) session = NULL;
      g_autoptr(GPtrArray) folders = NULL;
      g_autoptr(GError) error = NULL;
      BaruaImapFolder *inbox;
      BaruaImapFolder *sent;

      barua_scripted_imap_add (server, scripts[i]);
      session = barua_test_connect (config);
      folders = dex_await_boxed (barua_imap_session_list (session, BARUA_IMAP_STATUS_MESSAGES | BARUA_IMAP_STATUS_UIDNEXT,
                                                          NULL),
                                 &error);
      assert_no_problem (server);
      g_assert_no_error (error);
      g_assert_cmpuint (folders->len, ==, 2); /* "Inbox" and "inbox" are one */
      inbox = g_ptr_array_index (folders, 0);
      sent = g_ptr_array_index (folders, 1);
      g_assert_cmpint (inbox->role, ==, BARUA_ROLE_INBOX);
      g_assert_cmpuint (inbox->messages, ==, 3);
      g_assert_cmpuint (inbox->uid_next, ==, 9);
      g_assert_cmpint (sent->role, ==, BARUA_ROLE_SENT);
      g_assert_cmpuint (sent->uid_next, ==, 1);
    }
  return dex_future_new_true ();
}

static void
test_list (void)
{
  barua_test_run (list_fiber, NULL);
}

/* COPYUID in an untagged OK before the answer to MOVE, over two commands. */
static DexFuture *
move_fiber (gpointer data)
{
  g_autoptr(BaruaScriptedImap) server = barua_scripted_imap_new (certificate, TRUE);
  g_autoptr(BaruaImapConfig) config = make_config (server, BARUA_SECURITY_TLS);
  g_autoptr(BaruaImapSession) session = barua_imap_session_new (config);
  g_autoptr(BaruaImapResult) result = NULL;
  g_autoptr(BaruaIdSet) uids = barua_id_set_new ();
  Play play = { .log = g_string_new (NULL) };
  g_autoptr(GError) error = NULL;

  barua_scripted_imap_add (server,
                           SIGNED_IN ("IMAP4rev1 MOVE UIDPLUS") SELECTED "C: UID FETCH *\n"
                           "S: * 1 FETCH (UID 11)\nS: * 2 FETCH (UID 12)\nS: * 3 FETCH (UID 15)\nS: $ OK\n"
                           "C: UID MOVE 11:12 *Trash*\nS: * OK [COPYUID 9 11:12 101:102] moved\nS: * 1 EXPUNGE\nS: * 1 EXPUNGE\n"
                           "S: $ OK done\nDRAIN");
  g_assert_true (go (session, &play));
  barua_id_set_add_range (uids, 11, 12);
  g_string_truncate (play.log, 0);
  result = dex_await_boxed (barua_imap_session_run_all (session,
                                                        barua_imap_commands_move (NULL, BARUA_IMAP_UIDS (uids), "Trash",
                                                                                  NULL),
                                                        0, NULL, NULL, NULL, NULL),
                            &error);
  assert_no_problem (server);
  g_assert_no_error (error);
  g_assert_cmpuint (result->uid_validity, ==, 9);
  g_assert_cmpuint (result->n_copied, ==, 2);
  g_assert_cmpuint (result->copied[1].from, ==, 12);
  g_assert_cmpuint (result->copied[1].to, ==, 102);
  g_assert_cmpstr (play.log->str, ==, "expunged 11\nexists 2\nexpunged 12\nexists 1\n");
  g_string_free (play.log, TRUE);
  return dex_future_new_true ();
}

static void
test_move (void)
{
  barua_test_run (move_fiber, NULL);
}

/* EXISTS may claim what it likes: memory is only for UIDs that came. */
static void
test_msgmap (void)
{
  BaruaImapMsgmap map;
  g_autoptr(BaruaIdSet) gone = barua_id_set_new ();
  guint32 uid;

  barua_imap_msgmap_init (&map);
  g_assert_cmpint (barua_imap_msgmap_set_exists (&map, G_MAXUINT32), ==, BARUA_IMAP_MSGMAP_OK);
  g_assert_cmpint (barua_imap_msgmap_put (&map, G_MAXUINT32, 5), ==, BARUA_IMAP_MSGMAP_OK);
  g_assert_cmpuint (map.uids->len, ==, 0);
  barua_imap_msgmap_reset (&map, 4);
  for (guint32 i = 1; i <= 4; i++)
    g_assert_cmpint (barua_imap_msgmap_put (&map, i, 10 * i), ==, BARUA_IMAP_MSGMAP_OK);
  g_assert_cmpint (barua_imap_msgmap_expunge (&map, 2, &uid), ==, BARUA_IMAP_MSGMAP_OK);
  g_assert_cmpuint (uid, ==, 20);
  g_assert_cmpuint (barua_imap_msgmap_get (&map, 2), ==, 30);
  barua_id_set_add (gone, 10);
  barua_imap_msgmap_vanish (&map, gone);
  g_assert_cmpuint (map.exists, ==, 2);
  g_assert_cmpuint (barua_imap_msgmap_get (&map, 1), ==, 30);
  barua_imap_msgmap_vanish (&map, gone); /* not known: the numbers are worth nothing now */
  g_assert_cmpuint (map.exists, ==, 1);
  g_assert_cmpuint (map.n_mapped, ==, 0);
  barua_imap_msgmap_reset (&map, 3);
  barua_imap_msgmap_put (&map, 1, 50);
  g_assert_cmpint (barua_imap_msgmap_put (&map, 2, 50), ==, BARUA_IMAP_MSGMAP_LOST); /* one UID for two messages */
  barua_imap_msgmap_put (&map, 1, 50);
  g_assert_cmpint (barua_imap_msgmap_put (&map, 2, 40), ==, BARUA_IMAP_MSGMAP_LOST); /* falling */
  barua_imap_msgmap_clear (&map);
}

static void
test_quirks (void)
{
  static const struct
  {
    const char *host;
    const char *greeting;
    const char *capabilities;
    const char *id;
    const char *name;
  } rows[] = {
    { NULL, "The Microsoft Exchange IMAP4 service is ready.", NULL, NULL, "Microsoft Exchange" },
    { NULL, "Microsoft Exchange IMAP4 service ready. guid (tcpproxy/15.21 BACKENDAUTHENTICATE)", NULL, NULL, "Microsoft Exchange" },
    { "outlook.office365.com", NULL, NULL, NULL, "Microsoft Exchange" },
    { NULL, NULL, "IMAP4rev1 X-GM-EXT-1", NULL, "Gmail" },
    { "imap.gmail.com", NULL, NULL, NULL, "Gmail" },
    { "imap.mail.yahoo.com", NULL, NULL, NULL, "Yahoo" },
    { NULL, NULL, "IMAP4rev1 XYMHIGHESTMODSEQ", NULL, "Yahoo" },
    { "imap.mail.me.com", NULL, NULL, NULL, "iCloud" },
    { NULL, "Dovecot (Debian) ready.", NULL, NULL, "Dovecot" },
    { NULL, NULL, NULL, "Dovecot", "Dovecot" },
    { NULL, "mail Cyrus IMAP 3.10.2 server ready", NULL, NULL, "Cyrus" },
    { NULL, "Courier-IMAP ready.", NULL, NULL, "Courier" },
    { "imap.gmx.net", NULL, NULL, NULL, "GMX" },
    { "imap.mail.ru", NULL, NULL, NULL, "mail.ru" },
    { "imap.yandex.com", "Yandex IMAP4rev1 at ...", NULL, NULL, "Yandex" },
    { "imap.zoho.eu", NULL, NULL, NULL, "Zoho" },
    { "imap.qq.com", NULL, NULL, NULL, "QQ" },
    { "imap.163.com", NULL, NULL, NULL, "163" },
    { NULL, NULL, NULL, "gluon Proton AG", "Proton Mail Bridge" },
    { NULL, NULL, NULL, "hMailServer", "hMailServer" },
    { "imap.strato.de", NULL, NULL, "Dovecot", "Strato" }, /* the service before the software */
    { "imap.purelymail.com", NULL, NULL, NULL, "Purelymail" },
    { "notgmail.com", NULL, NULL, NULL, "unknown" },
    { "gmail.com.example.org", NULL, NULL, NULL, "unknown" },
    { NULL, NULL, NULL, NULL, "unknown" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(BaruaImapCapabilities) caps =
        rows[i].capabilities != NULL ? barua_imap_capabilities_new_text (rows[i].capabilities) : NULL;
      const BaruaImapQuirks *quirks = barua_imap_quirks_find (rows[i].host, rows[i].greeting, caps, rows[i].id);

      g_assert_cmpstr (quirks->name, ==, rows[i].name);
      g_assert_true (barua_imap_quirks_named (rows[i].name) == quirks);
      g_assert_cmpuint (quirks->pipeline, >=, 1);
      g_assert_cmpuint (quirks->connections, >=, 1);
      g_assert_cmpuint (quirks->line_bytes, >=, 1000);
    }
  g_assert_true (barua_imap_quirks_has (barua_imap_quirks_named ("iCloud"), BARUA_IMAP_QUIRK_NO_QRESYNC));
  g_assert_true (barua_imap_quirks_has (barua_imap_quirks_named ("Microsoft Exchange"), BARUA_IMAP_QUIRK_NO_REV2));
}

/* What the rows do: 163 wants ID first and answered; Purelymail none; iCloud's capabilities are asked for again. */
static DexFuture *
quirk_fiber (gpointer data)
{
  static const struct
  {
    const char *quirks;
    const char *script;
  } rows[] = {
    { "163", SIGNED_IN ("IMAP4rev1 ID") "C: ID (*Barua*)\nWAIT 50\nS: * ID NIL\nS: $ OK\nC: SELECT *\nS: $ OK\nDRAIN" },
    { "Purelymail", SIGNED_IN ("IMAP4rev1 ID") "C: SELECT *\nS: $ OK\nDRAIN" },
    { "iCloud", SIGNED_IN ("IMAP4rev1 LITERAL+") "C: CAPABILITY\nS: * CAPABILITY IMAP4rev1 ENABLE QRESYNC CONDSTORE\nS: $ OK\n"
                "C: ENABLE CONDSTORE\nS: * ENABLED CONDSTORE\nS: $ OK\nC: SELECT * (CONDSTORE)\nS: $ OK\nDRAIN" },
    { "iCloud", HELLO "S: $ NO [AUTHENTICATIONFAILED] no\nC: LOGIN *jina* *" SECRET "*\nS: $ OK\nC: CAPABILITY\n"
                "S: * CAPABILITY IMAP4rev1\nS: $ OK\nC: SELECT *\nS: $ OK\nDRAIN" },
    { "Zoho", SIGNED_IN ("IMAP4rev1 ENABLE CONDSTORE") "C: SELECT ?INBOX?\nS: $ OK\nDRAIN" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(BaruaScriptedImap) server = barua_scripted_imap_new (certificate, TRUE);
      g_autoptr(BaruaImapConfig) config = make_config (server, BARUA_SECURITY_TLS);
      g_autoptr(BaruaImapSession) session = NULL;
      g_autoptr(GError) error = NULL;
      g_autofree char *script = g_strdup (rows[i].script);

      config->quirks = barua_imap_quirks_named (rows[i].quirks);
      barua_scripted_imap_add (server, script);
      session = barua_test_connect (config);
      dex_await (barua_imap_session_select (session, "INBOX", 0, NULL, NULL, NULL, NULL, NULL), &error);
      if (error != NULL)
        {
          g_autofree char *problem = barua_scripted_imap_dup_problem (server);

          g_error ("%s: %s: %s", rows[i].quirks, error->message, problem);
        }
    }
  return dex_future_new_true ();
}

static void
test_quirk_rows (void)
{
  barua_test_run (quirk_fiber, NULL);
}

int
main (int    argc,
      char **argv)
{
  static FaultRound rounds[2 * G_N_ELEMENTS (faults)];
  BaruaTestCert cert = { .common_name = L, .dns = { L } };
  int result;

  g_test_init (&argc, &argv, NULL);
  authority = barua_test_authority_new ("Barua test authority");
  certificate = barua_test_authority_issue (authority, &cert, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (rounds); i++)
    {
      g_autofree char *path = NULL;

      rounds[i].fault = &faults[i / 2];
      rounds[i].security = i % 2 == 0 ? BARUA_SECURITY_TLS : BARUA_SECURITY_STARTTLS;
      path = g_strdup_printf ("/imap/session/fault/%" G_GSIZE_FORMAT "/%s", i / 2, i % 2 == 0 ? "tls" : "starttls");
      g_test_add_data_func (path, &rounds[i], test_fault);
    }
  g_test_add_func ("/imap/session/slipped-in", test_slipped);
  g_test_add_func ("/imap/session/stalls", test_stalls);
  g_test_add_func ("/imap/session/numbers", test_numbers);
  g_test_add_func ("/imap/session/qresync", test_qresync);
  g_test_add_func ("/imap/session/idle", test_idle);
  g_test_add_func ("/imap/session/alert", test_alert);
  g_test_add_func ("/imap/session/cancel", test_cancel);
  g_test_add_func ("/imap/session/pause", test_pause);
  g_test_add_func ("/imap/session/list", test_list);
  g_test_add_func ("/imap/session/move", test_move);
  g_test_add_func ("/imap/msgmap", test_msgmap);
  g_test_add_func ("/imap/quirks/table", test_quirks);
  g_test_add_func ("/imap/quirks/rows", test_quirk_rows);
  result = g_test_run ();
  g_object_unref (certificate);
  barua_test_authority_free (authority);
  return result;
}
