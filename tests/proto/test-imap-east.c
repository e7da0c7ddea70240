/* SPDX-License-Identifier: GPL-3.0-or-later */
/* THREATS T-01 to T-07: every IMAP case of the EAST corpus and its commented variants, over implicit TLS and STARTTLS, for
 * each mechanism. What counts is the log of the server and what the session handed on, not that nothing crashed. */
#include "barua-error.h"
#include "barua-proto-test.h"
#include "barua-scripted-imap.h"
#include "barua-test-certs.h"
#include "east-case.h"

#include <string.h>

#define HOST "localhost"
#define SECRET "siri-kuu-7411"

typedef struct
{
  const char *name;
  const char *capability;
  BaruaSignIn sign_in;
} Mechanism;

static const Mechanism mechanisms[] = {
  { "PLAIN", "AUTH=PLAIN", BARUA_SIGN_IN_PASSWORD },
  { "LOGIN", "AUTH=LOGIN", BARUA_SIGN_IN_PASSWORD },
  { "SCRAM", "AUTH=SCRAM-SHA-256", BARUA_SIGN_IN_PASSWORD },
  { "XOAUTH2", "AUTH=XOAUTH2", BARUA_SIGN_IN_TOKEN },
};

static struct
{
  BaruaTestAuthority *authority;
  BaruaTestAuthority *stranger;
  GTlsCertificate    *good;
  GTlsCertificate    *self_signed;
  GTlsCertificate    *unknown_root;
  GTlsCertificate    *other_host;
  GTlsCertificate    *expired;
} certs;

typedef struct
{
  EastCase        *attack;
  const Mechanism *mechanism;
  gboolean         implicit;
  /* What came of it. */
  GError          *error;
  gboolean         signed_in;
  GString         *heard;     /* everything the session handed on, as text */
  gboolean         can_idle;
  const char      *signed_in_by;
} Attempt;

/* The hostile server ------------------------------------------------------------------------------------------------ */

static void
say (BaruaScriptedConnection *connection,
     const char              *text,
     const char              *tag)
{
  g_autoptr(GString) out = g_string_new (text);

  g_string_replace (out, "<tag>", tag, 0);
  barua_scripted_send (connection, out->str, (gssize) out->len);
}

/* The mechanisms of the case, replaced by the one that this run is about. */
static char *
with_mechanism (const char      *caps,
                const Mechanism *mechanism)
{
  g_auto(GStrv) words = g_strsplit (caps, " ", -1);
  g_autoptr(GString) out = g_string_new (NULL);
  gboolean offered = FALSE;

  for (guint i = 0; words[i] != NULL; i++)
    {
      if (strcmp (words[i], "AUTH=PLAIN") == 0 || strcmp (words[i], "AUTH=LOGIN") == 0)
        offered = TRUE;
      else
        g_string_append_printf (out, "%s%s", out->len > 0 ? " " : "", words[i]);
    }
  if (offered)
    g_string_append_printf (out, " %s", mechanism->capability);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

typedef struct
{
  BaruaScriptedConnection *connection;
  Attempt                 *attempt;
  gboolean                 tls;
  gboolean                 authenticated;
} Hostile;

static const char *
get_caps (Hostile *self)
{
  EastCase *attack = self->attempt->attack;

  if (self->tls)
    return self->authenticated ? attack->caps_tls_auth : attack->caps_tls;
  return self->authenticated ? attack->caps_auth : attack->caps;
}

static gboolean
answer_starttls (Hostile    *self,
                 const char *tag)
{
  EastCase *attack = self->attempt->attack;

  if (self->tls)
    {
      say (self->connection, "<tag> BAD no\r\n", tag);
      return TRUE;
    }
  say (self->connection, attack->starttls != NULL ? attack->starttls : "<tag> OK begin\r\n", tag);
  if (attack->no_transition)
    return TRUE;
  if (!barua_scripted_start_tls (self->connection))
    return FALSE;
  self->tls = TRUE;
  if (attack->after_tls != NULL)
    say (self->connection, attack->after_tls, tag);
  return TRUE;
}

static void
answer_sign_in (Hostile    *self,
                const char *tag,
                const char *override,
                const char *rest)
{
  if (override != NULL)
    {
      say (self->connection, override, tag);
      return;
    }
  if (g_ascii_strncasecmp (rest, "AUTHENTICATE", 12) == 0)
    {
      gboolean initial = strchr (rest + 13, ' ') != NULL;
      guint rounds = strstr (rest, "LOGIN") != NULL ? 2 : initial ? 0 : 1;

      while (rounds-- > 0)
        {
          say (self->connection, "+ \r\n", tag);
          g_free (barua_scripted_read_line (self->connection));
        }
    }
  self->authenticated = TRUE;
  say (self->connection, "<tag> OK in\r\n", tag);
}

static gboolean
answer (Hostile    *self,
        const char *tag,
        const char *rest)
{
  EastCase *attack = self->attempt->attack;
  g_autofree char *command = g_ascii_strdown (rest, (gssize) strcspn (rest, " "));

  if (g_strv_contains ((const char * const *) (self->tls ? attack->ignored_tls : attack->ignored), command))
    return TRUE;
  if (!self->tls && g_strv_contains ((const char * const *) attack->hidden, command))
    say (self->connection, "<tag> BAD unknown\r\n", tag);
  else if (strcmp (command, "starttls") == 0)
    return answer_starttls (self, tag);
  else if (strcmp (command, "capability") == 0 && attack->override_capability != NULL && !self->tls)
    say (self->connection, attack->override_capability, tag);
  else if (strcmp (command, "capability") == 0)
    {
      g_autofree char *caps = with_mechanism (get_caps (self), self->attempt->mechanism);
      g_autofree char *text = g_strdup_printf ("* CAPABILITY %s\r\n<tag> OK\r\n", caps);

      say (self->connection, text, tag);
    }
  else if (strcmp (command, "login") == 0)
    answer_sign_in (self, tag, attack->override_login, rest);
  else if (strcmp (command, "authenticate") == 0)
    answer_sign_in (self, tag, attack->override_authenticate, rest);
  else if (strcmp (command, "select") == 0 && attack->override_select != NULL)
    say (self->connection, attack->override_select, tag);
  else if (strcmp (command, "select") == 0)
    say (self->connection, "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n<tag> OK [READ-WRITE] in\r\n", tag);
  else if (strcmp (command, "list") == 0)
    say (self->connection, "* LIST () \"/\" INBOX\r\n<tag> OK\r\n", tag);
  else
    say (self->connection, "<tag> OK\r\n", tag);
  return TRUE;
}

static void
run_hostile (BaruaScriptedConnection *connection,
             gpointer                 data)
{
  Hostile self = { connection, data, barua_scripted_is_secure (connection), FALSE };
  EastCase *attack = self.attempt->attack;
  g_autoptr(GString) greeting = g_string_new (attack->greeting);
  char *line;

  /* What the case announces in clear; inside TLS a greeting announces what counts there. */
  if (self.tls && g_str_has_prefix (attack->greeting, "* OK") && strstr (greeting->str, "[CAPABILITY") != NULL)
    {
      g_autofree char *caps = with_mechanism (attack->caps_tls, self.attempt->mechanism);

      g_string_printf (greeting, "* OK [CAPABILITY %s] hi\r\n", caps);
    }
  say (connection, greeting->str, "*");
  if (attack->after_greeting != NULL)
    say (connection, attack->after_greeting, "*");
  while ((line = barua_scripted_read_line (connection)) != NULL)
    {
      char *blank = strchr (line, ' ');
      gboolean go_on = TRUE;

      if (blank != NULL)
        {
          *blank = '\0';
          go_on = answer (&self, line, blank + 1);
        }
      g_free (line);
      if (!go_on)
        return;
    }
}

/* The client -------------------------------------------------------------------------------------------------------- */

static void
on_event (BaruaImapSession     *session,
          const BaruaImapEvent *event,
          gpointer              data)
{
  Attempt *attempt = data;

  if (event->type == BARUA_IMAP_EVENT_CLOSED)
    return;
  g_string_append_printf (attempt->heard, "event %d %u %s\n", event->type, event->number,
                          event->text != NULL ? event->text : "");
}

static DexFuture *
attempt_fiber (gpointer data)
{
  Attempt *attempt = data;
  g_autoptr(BaruaScriptedImap) server = NULL;
  g_autoptr(BaruaEndpoint) endpoint = NULL;
  g_autoptr(BaruaImapConfig) config = NULL;
  g_autoptr(BaruaImapSession) session = NULL;
  g_autoptr(GPtrArray) folders = NULL;
  g_autoptr(BaruaImapSelected) selected = NULL;
  g_autofree char *clear = NULL;
  g_auto(GStrv) lines = NULL;
  const char *file = attempt->attack->certificate;
  GTlsCertificate *certificate = certs.good;

  if (file != NULL && strstr (file, "self-signed") != NULL)
    certificate = certs.self_signed;
  else if (file != NULL && strstr (file, "unknown-root") != NULL)
    certificate = certs.unknown_root;
  else if (file != NULL && strstr (file, "other.") != NULL)
    certificate = certs.other_host;
  else if (file != NULL && strstr (file, "expired") != NULL)
    certificate = certs.expired;
  server = barua_scripted_imap_new (certificate, attempt->implicit);
  barua_scripted_imap_add_func (server, run_hostile, attempt);
  endpoint = barua_endpoint_new (HOST, barua_scripted_imap_get_port (server),
                                 attempt->implicit ? BARUA_SECURITY_TLS : BARUA_SECURITY_STARTTLS,
                                 barua_test_authority_get_file (certs.authority), NULL, NULL);
  config = barua_imap_config_new (endpoint, "jina-la-mtu", attempt->mechanism->sign_in, barua_test_credentials,
                                  (gpointer) SECRET);
  config->timeouts.read_ms = 700;
  config->timeouts.greeting_ms = 700;
  session = barua_imap_session_new (config);
  barua_imap_session_set_events (session, on_event, attempt);
  attempt->signed_in = dex_await (barua_imap_session_connect (session, NULL), &attempt->error);
  if (attempt->signed_in)
    {
      attempt->signed_in_by = barua_imap_session_get_mechanism (session);
      attempt->can_idle = barua_imap_session_can (session, BARUA_IMAP_CAP_IDLE);
      folders = dex_await_boxed (barua_imap_session_list (session, 0, NULL), NULL);
      selected = dex_await_boxed (barua_imap_session_select (session, "INBOX", 0, NULL, NULL, NULL, NULL, NULL), NULL);
    }
  for (guint i = 0; folders != NULL && i < folders->len; i++)
    g_string_append_printf (attempt->heard, "folder %s\n", ((BaruaImapFolder *) g_ptr_array_index (folders, i))->mailbox);
  if (selected != NULL)
    g_string_append_printf (attempt->heard, "selected %u %u\n", selected->exists, selected->uid_validity);
  barua_imap_session_close (session);

  /* The evidence: in clear there is STARTTLS and nothing else, over implicit TLS nothing at all. */
  clear = barua_scripted_imap_dup_clear (server);
  lines = g_strsplit (clear, "\r\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *blank = strchr (lines[i], ' ');

      if (*lines[i] != '\0' && (attempt->implicit || blank == NULL || strcmp (blank + 1, "STARTTLS") != 0))
        g_error ("%s: in clear: %s", attempt->attack->name, lines[i]);
    }
  return dex_future_new_true ();
}

/* What has to come of it -------------------------------------------------------------------------------------------- */

typedef struct
{
  const char *prefix;    /* of the case's name */
  int         starttls;  /* an error code, or one of those below */
  int         implicit;
} Expected;

#define SUCCESS (-1)
#define ANY_FAILURE (-2)
#define ANYTHING (-3) /* the evidence alone decides */

static const Expected expectations[] = {
  /* Bit 1: CAPABILITY inside TLS is never answered; bit 2: answers for later behind the OK of STARTTLS. */
  { "Buffering/B_1.ron+1", ANY_FAILURE, ANY_FAILURE },
  { "Buffering/B_1.ron+2", BARUA_ERROR_TAMPERED, SUCCESS },
  { "Buffering/B_1.ron+3", BARUA_ERROR_TAMPERED, ANY_FAILURE },
  /* Bit 1: an alert before the OK (unheard), 2: behind it, 4: none, 8: inside TLS before sign-in (unheard). */
  { "Buffering/B_2.ron+2", BARUA_ERROR_TAMPERED, SUCCESS },
  { "Buffering/B_2.ron+10", BARUA_ERROR_TAMPERED, SUCCESS },
  { "Buffering/B_2.ron", SUCCESS, SUCCESS },
  { "Buffering/B_3.ron+1", BARUA_ERROR_TAMPERED, SUCCESS },
  { "Buffering/B_1.ron", SUCCESS, SUCCESS },
  { "Buffering/B_3.ron", SUCCESS, SUCCESS },
  { "Certificate-Validation/", BARUA_ERROR_CERTIFICATE, BARUA_ERROR_CERTIFICATE },
  { "Negotiation/O_4", ANY_FAILURE, ANYTHING },
  { "Negotiation/O_", BARUA_ERROR_INSECURE, ANYTHING },
  { "Negotiation/D_", BARUA_ERROR_INSECURE, ANYTHING },
  { "Negotiation/P", BARUA_ERROR_TAMPERED, BARUA_ERROR_TAMPERED },
  { "Negotiation/M_1_A", BARUA_ERROR_TAMPERED, BARUA_ERROR_TAMPERED },
  { "Tampering/", SUCCESS, SUCCESS },
  { "setup.ron", SUCCESS, SUCCESS },
  { "tls_setup.ron", SUCCESS, SUCCESS },
  { "others/protocol/greeting/04", BARUA_ERROR_TAMPERED, BARUA_ERROR_TAMPERED },
  { "others/protocol/construction/01", ANY_FAILURE, ANY_FAILURE },
};

static const Expected *
find_expected (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (expectations); i++)
    {
      const char *prefix = expectations[i].prefix;

      if (strchr (prefix, '+') != NULL ? strcmp (name, prefix) == 0 : g_str_has_prefix (name, prefix))
        return &expectations[i];
    }
  return NULL;
}

static void
judge (Attempt *attempt)
{
  const Expected *expected = find_expected (attempt->attack->name);
  int wanted = expected == NULL ? ANYTHING : attempt->implicit ? expected->implicit : expected->starttls;
  static const char * const planted[] = { "7XiYhgS7", "jcaZji2A", "YFlgClUY", "54321", "12345", "Click me", "Attacker", "Injected",
                                          "bAjdyeKO", "MyF21bpV", "uNiQTghK", "X0n0fCj9", "prefix.",
                                          "suffix.", "after TLS.", "attacker.example" };
  const char *message = attempt->error != NULL ? attempt->error->message : "";

  if (g_str_has_prefix (attempt->attack->greeting, "* NO") || g_str_has_prefix (attempt->attack->greeting, "* BAD") ||
      g_str_has_prefix (attempt->attack->greeting, "* BYE"))
    wanted = ANY_FAILURE;
  /* A SCRAM server that says OK at once proves nothing: signing in must fail, with or without an attack. */
  if (strcmp (attempt->mechanism->name, "SCRAM") == 0)
    {
      g_assert_cmpstr (attempt->signed_in_by, !=, "SCRAM-SHA-256");
      if (wanted == SUCCESS)
        wanted = ANYTHING;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (planted); i++)
    {
      if (strstr (attempt->heard->str, planted[i]) != NULL ||
          (!attempt->implicit && strstr (message, planted[i]) != NULL && strstr (planted[i], "attacker") == NULL))
        g_error ("%s: got through: %s%s", attempt->attack->name, attempt->heard->str, message);
    }
  g_assert_null (strstr (message, SECRET));
  /* What a server says after its greeting may arrive while signing in is under way, when servers do tell their capabilities anew:
   * inside TLS it is its own word in any case. In clear it never counts. */
  if (attempt->can_idle && strstr (attempt->attack->caps_tls_auth, "IDLE") == NULL &&
      !(attempt->implicit && attempt->attack->after_greeting != NULL && strstr (attempt->attack->after_greeting, "CAPABILITY") != NULL))
    g_error ("%s, %s: believes what was said before signing in", attempt->attack->name, attempt->mechanism->name);
  if (wanted == SUCCESS && !attempt->signed_in)
    g_error ("%s, %s, %s: failed: %s", attempt->attack->name, attempt->mechanism->name,
             attempt->implicit ? "TLS" : "STARTTLS", message);
  if (wanted != SUCCESS && wanted != ANYTHING && attempt->signed_in)
    g_error ("%s, %s: signed in all the same", attempt->attack->name, attempt->mechanism->name);
  if (wanted >= 0 && !g_error_matches (attempt->error, BARUA_ERROR, wanted))
    g_error ("%s, %s: %s", attempt->attack->name, attempt->mechanism->name, message);
  if (wanted == SUCCESS && attempt->attack->override_select == NULL)
    g_assert_cmpstr (attempt->heard->str, ==, "folder INBOX\nselected 3 7\n");
  if (attempt->error != NULL)
    g_assert_true (attempt->error->domain == BARUA_ERROR);
}

typedef struct
{
  const Mechanism *mechanism;
  gboolean         implicit;
} Round;

static GPtrArray *cases;

static void
test_round (gconstpointer data)
{
  const Round *round = data;
  guint n_signed_in = 0;

  for (guint i = 0; i < cases->len; i++)
    {
      Attempt attempt = { .attack = g_ptr_array_index (cases, i), .mechanism = round->mechanism, .implicit = round->implicit };

      attempt.heard = g_string_new (NULL);
      barua_test_run (attempt_fiber, &attempt);
      judge (&attempt);
      n_signed_in += attempt.signed_in ? 1 : 0;
      g_clear_error (&attempt.error);
      g_string_free (attempt.heard, TRUE);
    }
  g_test_message ("%u cases, %u ended signed in inside verified TLS", cases->len, n_signed_in);
  /* The control: a test in which nothing ever succeeds would prove nothing. */
  if (strcmp (round->mechanism->name, "SCRAM") != 0)
    g_assert_cmpuint (n_signed_in, >, 20);
}

static void
make_certs (void)
{
  BaruaTestCert good = { .common_name = HOST, .dns = { HOST } };
  BaruaTestCert self_signed = { .common_name = HOST, .dns = { HOST }, .self_signed = TRUE };
  BaruaTestCert other = { .common_name = "other.example.org", .dns = { "other.example.org" } };
  BaruaTestCert expired = { .common_name = HOST, .dns = { HOST }, .from_days = -20, .to_days = -10 };

  certs.authority = barua_test_authority_new ("Barua test authority");
  certs.stranger = barua_test_authority_new ("Nobody's authority");
  certs.good = barua_test_authority_issue (certs.authority, &good, FALSE);
  certs.self_signed = barua_test_authority_issue (certs.authority, &self_signed, FALSE);
  certs.unknown_root = barua_test_authority_issue (certs.stranger, &good, FALSE);
  certs.other_host = barua_test_authority_issue (certs.authority, &other, FALSE);
  certs.expired = barua_test_authority_issue (certs.authority, &expired, FALSE);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *directory = NULL;
  static Round rounds[2 * G_N_ELEMENTS (mechanisms)];
  int result;

  g_test_init (&argc, &argv, NULL);
  directory = g_build_filename (g_getenv ("BARUA_CORPUS") != NULL ? g_getenv ("BARUA_CORPUS") : "", "imap", "east", NULL);
  cases = east_cases_load (directory);
  if (cases == NULL)
    {
      g_print ("TAP version 13\n1..0 # SKIP there is no corpus of EAST cases\n");
      return g_getenv ("CI") != NULL ? 1 : 0;
    }
  g_assert_cmpuint (cases->len, >=, 90);
  make_certs ();
  for (gsize i = 0; i < G_N_ELEMENTS (rounds); i++)
    {
      g_autofree char *path = NULL;

      rounds[i].mechanism = &mechanisms[i / 2];
      rounds[i].implicit = i % 2 == 0;
      path = g_strdup_printf ("/imap/east/%s/%s", rounds[i].implicit ? "tls" : "starttls", rounds[i].mechanism->name);
      g_test_add_data_func (path, &rounds[i], test_round);
    }
  result = g_test_run ();
  g_ptr_array_unref (cases);
  g_object_unref (certs.good);
  g_object_unref (certs.self_signed);
  g_object_unref (certs.unknown_root);
  g_object_unref (certs.other_host);
  g_object_unref (certs.expired);
  barua_test_authority_free (certs.authority);
  barua_test_authority_free (certs.stranger);
  return result;
}
