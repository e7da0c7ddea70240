/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-flow.h"

#include <string.h>

#include "barua-error.h"
#include "barua-limits.h"

static const char *const event_names[] = { "need-input", "paused", "greeting", "data", "done", "challenge", "idling",
                                           "literal-begin", "literal-chunk", "literal-end" };

static void
take_events (BaruaImapFlow *flow,
             GString       *events)
{
  BaruaImapFlowEvent event;

  while (barua_imap_flow_next (flow, &event) != BARUA_IMAP_FLOW_NEED_INPUT)
    {
      g_string_append (events, events->len > 0 ? " " : "");
      if (event.type == BARUA_IMAP_FLOW_ERROR)
        {
          g_assert_nonnull (event.error);
          g_string_append_printf (events, "error:%s", barua_error_code_get_name (barua_error_get_code (event.error)));
          return;
        }
      g_string_append (events, event_names[event.type]);
      if (event.command != 0)
        g_string_append_printf (events, ":%" G_GUINT64_FORMAT, event.command);
      if (event.type == BARUA_IMAP_FLOW_CHALLENGE)
        g_string_append_printf (events, ":%.*s", (int) event.bytes.length, event.bytes.data);
      if (event.type == BARUA_IMAP_FLOW_PAUSED)
        return;
    }
}

static char *
take_all (BaruaImapFlow *flow)
{
  GString *text = g_string_new (NULL);
  GBytes *bytes;

  while ((bytes = barua_imap_flow_take_output (flow)) != NULL)
    {
      gsize length;
      const char *data = g_bytes_get_data (bytes, &length);

      g_assert_cmpuint (length, <=, BARUA_SLICE_BYTES + 64);
      g_string_append_len (text, data, (gssize) length);
      g_bytes_unref (bytes);
    }
  g_string_replace (text, "\r\n", "|", 0);
  return g_string_free (text, FALSE);
}

static void
say (BaruaImapFlow *flow,
     const char    *line)
{
  barua_imap_flow_feed (flow, line, strlen (line));
  barua_imap_flow_feed (flow, "\r\n", 2);
}

#define SENT(flow, text)                              \
  G_STMT_START                                        \
  {                                                   \
    g_autofree char *sent_ = take_all (flow);         \
    g_assert_cmpstr (sent_, ==, text);                \
  }                                                   \
  G_STMT_END

#define EVENTS(flow, text)                            \
  G_STMT_START                                        \
  {                                                   \
    g_autoptr(GString) events_ = g_string_new (NULL); \
    take_events (flow, events_);                      \
    g_assert_cmpstr (events_->str, ==, text);         \
  }                                                   \
  G_STMT_END

static BaruaImapFlow *
greeted (void)
{
  BaruaImapFlow *flow = barua_imap_flow_new ();

  say (flow, "* OK hi");
  EVENTS (flow, "greeting");
  return flow;
}

static void
test_plain (void)
{
  g_autoptr(BaruaImapFlow) flow = barua_imap_flow_new ();
  BaruaImapFlowEvent event;
  guint64 second;

  g_assert_cmpuint (barua_imap_flow_enqueue (flow, barua_imap_command_noop (), &second), ==, 1);
  SENT (flow, "");
  say (flow, "* OK hi");
  EVENTS (flow, "greeting");
  second = barua_imap_flow_enqueue (flow, barua_imap_command_namespace (), NULL);
  SENT (flow, "b1 NOOP|b2 NAMESPACE|");
  SENT (flow, "");
  say (flow, "* 3 EXISTS\r\nb2 OK done");
  EVENTS (flow, "data done:2");
  g_assert_cmpuint (barua_imap_flow_get_n_sent (flow), ==, 1);
  say (flow, "b1 NO [UNAVAILABLE] not now");
  g_assert_cmpint (barua_imap_flow_next (flow, &event), ==, BARUA_IMAP_FLOW_DONE);
  g_assert_true (event.user_data == &second);
  g_assert_cmpint (event.response->status.code, ==, BARUA_IMAP_CODE_UNAVAILABLE);
  say (flow, "b1 OK again");
  EVENTS (flow, "error:protocol");
  EVENTS (flow, "error:protocol");
  SENT (flow, "");
}

static void
test_pipeline (void)
{
  g_autoptr(BaruaImapFlow) flow = greeted ();
  guint64 last = 0;

  barua_imap_flow_set_pipeline (flow, 2);
  for (guint i = 0; i < 4; i++)
    last = barua_imap_flow_enqueue (flow, barua_imap_command_noop (), NULL);
  SENT (flow, "b1 NOOP|b2 NOOP|");
  g_assert_false (barua_imap_flow_withdraw (flow, 2));
  g_assert_true (barua_imap_flow_withdraw (flow, last));
  say (flow, "b1 OK x");
  EVENTS (flow, "done:1");
  SENT (flow, "b3 NOOP|");
  g_assert_cmpuint (barua_imap_flow_get_n_waiting (flow), ==, 0);
}

static void
test_literals (void)
{
  g_autoptr(BaruaImapFlow) flow = greeted ();

  barua_imap_flow_enqueue (flow, barua_imap_command_login (NULL, "\303\244", "\303\266", NULL), NULL);
  barua_imap_flow_enqueue (flow, barua_imap_command_noop (), NULL);
  SENT (flow, "b1 LOGIN {2}|");
  g_assert_false (barua_imap_flow_has_output (flow));
  say (flow, "* OK still here");
  EVENTS (flow, "data");
  SENT (flow, "");
  say (flow, "+ go on");
  EVENTS (flow, "");
  SENT (flow, "\303\244 {2}|");
  say (flow, "+");
  EVENTS (flow, "");
  SENT (flow, "\303\266|b2 NOOP|");
  say (flow, "b1 OK x\r\n+ unasked");
  EVENTS (flow, "done:1 error:protocol");
}

static void
test_refused_literal (void)
{
  g_autoptr(BaruaImapFlow) flow = greeted ();
  g_autoptr(GBytes) message = g_bytes_new_take (g_strnfill (200000, 'x'), 200000);
  const BaruaImapDialect plus = { .literals = BARUA_IMAP_LITERALS_PLUS };
  gsize length = 0;

  /* Waiting for "+": the rest is not sent. */
  barua_imap_flow_enqueue (flow, barua_imap_command_append (NULL, "x", 0, NULL, G_MININT64, message, FALSE, NULL), NULL);
  SENT (flow, "b1 APPEND \"x\" {200000}|");
  say (flow, "b1 NO [TRYCREATE] no");
  EVENTS (flow, "done:1");
  /* Announced as coming: all of it is sent, then what follows. */
  barua_imap_flow_enqueue (flow, barua_imap_command_append (&plus, "x", 0, NULL, G_MININT64, message, FALSE, NULL), NULL);
  barua_imap_flow_enqueue (flow, barua_imap_command_noop (), NULL);
  g_bytes_unref (barua_imap_flow_take_output (flow));
  say (flow, "b2 NO [OVERQUOTA] no");
  EVENTS (flow, "done:2");
  while (barua_imap_flow_has_output (flow))
    {
      g_autoptr(GBytes) bytes = barua_imap_flow_take_output (flow);

      length += g_bytes_get_size (bytes);
    }
  g_assert_cmpuint (length, >, 130000);
  say (flow, "b3 OK x");
  EVENTS (flow, "done:3");
  /* An OK to what was not wholly sent is a lie. */
  barua_imap_flow_enqueue (flow, barua_imap_command_append (NULL, "x", 0, NULL, G_MININT64, message, FALSE, NULL), NULL);
  SENT (flow, "b4 APPEND \"x\" {200000}|");
  say (flow, "b4 OK x");
  EVENTS (flow, "error:protocol");
}

static void
test_authenticate (void)
{
  g_autoptr(BaruaImapFlow) flow = greeted ();

  g_assert_false (barua_imap_flow_auth_reply (flow, "x", 1));
  barua_imap_flow_enqueue (flow, barua_imap_command_noop (), NULL);
  barua_imap_flow_enqueue (flow, barua_imap_command_authenticate ("SCRAM-SHA-256", NULL, NULL), NULL);
  barua_imap_flow_enqueue (flow, barua_imap_command_noop (), NULL);
  SENT (flow, "b1 NOOP|");
  say (flow, "b1 OK x");
  EVENTS (flow, "done:1");
  SENT (flow, "b2 AUTHENTICATE SCRAM-SHA-256|");
  say (flow, "+ ");
  EVENTS (flow, "challenge:2:");
  g_assert_true (barua_imap_flow_auth_reply (flow, "\0a", 2));
  SENT (flow, "AGE=|");
  say (flow, "+ aGVsbG8=");
  EVENTS (flow, "challenge:2:hello");
  g_assert_true (barua_imap_flow_auth_reply (flow, NULL, 0));
  SENT (flow, "|");
  say (flow, "b2 OK x");
  EVENTS (flow, "done:2");
  SENT (flow, "b3 NOOP|");
  say (flow, "b3 OK x");
  EVENTS (flow, "done:3");
  barua_imap_flow_enqueue (flow, barua_imap_command_authenticate ("PLAIN", NULL, NULL), NULL);
  SENT (flow, "b4 AUTHENTICATE PLAIN|");
  say (flow, "+ ?? not base64");
  EVENTS (flow, "challenge:4:");
  g_assert_true (barua_imap_flow_auth_cancel (flow));
  g_assert_false (barua_imap_flow_auth_cancel (flow));
  SENT (flow, "*|");
  say (flow, "b4 BAD x");
  EVENTS (flow, "done:4");
  barua_imap_flow_enqueue (flow, barua_imap_command_authenticate ("PLAIN", NULL, NULL), NULL);
  SENT (flow, "b5 AUTHENTICATE PLAIN|");
  say (flow, "+\r\nb5 OK let in unasked");
  EVENTS (flow, "challenge:5: error:protocol");
}

static void
test_idle (void)
{
  g_autoptr(BaruaImapFlow) flow = greeted ();

  g_assert_false (barua_imap_flow_idle_done (flow));
  barua_imap_flow_enqueue (flow, barua_imap_command_idle (), NULL);
  barua_imap_flow_enqueue (flow, barua_imap_command_noop (), NULL);
  SENT (flow, "b1 IDLE|");
  say (flow, "* 4 EXISTS\r\n+ idling");
  EVENTS (flow, "data idling:1");
  g_assert_true (barua_imap_flow_is_idling (flow));
  SENT (flow, "");
  say (flow, "* 5 EXISTS");
  EVENTS (flow, "data");
  g_assert_true (barua_imap_flow_idle_done (flow));
  g_assert_false (barua_imap_flow_idle_done (flow));
  SENT (flow, "DONE|");
  say (flow, "b1 OK x");
  EVENTS (flow, "done:1");
  SENT (flow, "b2 NOOP|");
  say (flow, "b2 OK x");
  EVENTS (flow, "done:2");
  /* Ended before the server accepted it; and one the server ends itself. */
  barua_imap_flow_enqueue (flow, barua_imap_command_idle (), NULL);
  g_assert_true (barua_imap_flow_idle_done (flow));
  SENT (flow, "b3 IDLE|");
  say (flow, "+");
  EVENTS (flow, "idling:3");
  SENT (flow, "DONE|");
  say (flow, "b3 OK x");
  EVENTS (flow, "done:3");
  barua_imap_flow_enqueue (flow, barua_imap_command_idle (), NULL);
  SENT (flow, "b4 IDLE|");
  say (flow, "+\r\nb4 NO not today\r\n+ again");
  EVENTS (flow, "idling:4 done:4 error:protocol");
}

static void
test_layers (void)
{
  g_autoptr(BaruaImapFlow) flow = greeted ();
  g_autoptr(BaruaImapFlow) attacked = greeted ();
  g_autoptr(GBytes) rest = NULL;

  barua_imap_flow_enqueue (flow, barua_imap_command_compress (), NULL);
  barua_imap_flow_enqueue (flow, barua_imap_command_noop (), NULL);
  SENT (flow, "b1 COMPRESS DEFLATE|");
  say (flow, "b1 OK x\r\ncompressed");
  EVENTS (flow, "done:1 paused");
  SENT (flow, "");
  g_assert_cmpuint (barua_imap_flow_get_leftover (flow), ==, 12);
  rest = barua_imap_flow_take_leftover (flow);
  g_assert_cmpuint (g_bytes_get_size (rest), ==, 12);
  barua_imap_flow_resume (flow);
  SENT (flow, "b2 NOOP|");
  say (flow, "b2 OK x");
  EVENTS (flow, "done:2");
  barua_imap_flow_enqueue (flow, barua_imap_command_compress (), NULL);
  SENT (flow, "b3 COMPRESS DEFLATE|");
  say (flow, "b3 NO [COMPRESSIONACTIVE] x");
  EVENTS (flow, "done:3");

  barua_imap_flow_enqueue (attacked, barua_imap_command_starttls (), NULL);
  SENT (attacked, "b1 STARTTLS|");
  say (attacked, "b1 OK go\r\n* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] injected");
  EVENTS (attacked, "done:1 paused");
  g_assert_cmpuint (barua_imap_flow_get_leftover (attacked), >, 0);
  barua_imap_flow_resume (attacked);
  EVENTS (attacked, "error:tampered");
}

static void
test_greetings (void)
{
  static const struct
  {
    const char *line;
    const char *events;
  } greetings[] = {
    { "* PREAUTH hi", "greeting" },  { "* BYE full", "greeting" },        { "* NO x", "error:protocol" },
    { "* BAD x", "error:protocol" }, { "* 4 EXISTS", "error:protocol" },  { "b1 OK x", "error:protocol" },
    { "+ x", "error:protocol" },     { "HTTP/1.1 400 x", "error:protocol" }, { "* OK\r\n* PREAUTH x", "greeting error:protocol" },
    { "* 1 FETCH (BODY[] {999999}", "error:protocol" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (greetings); i++)
    {
      g_autoptr(BaruaImapFlow) flow = barua_imap_flow_new ();

      barua_imap_flow_enqueue (flow, barua_imap_command_noop (), NULL);
      say (flow, greetings[i].line);
      EVENTS (flow, greetings[i].events);
    }
}

static void
test_errors (void)
{
  static const struct
  {
    const char     *line;
    BaruaErrorCode  code;
    guint           backoff;
  } errors[] = {
    { "b1 NO [AUTHENTICATIONFAILED] x", BARUA_ERROR_AUTHENTICATION, 0 },
    { "b1 NO [NONEXISTENT] x", BARUA_ERROR_NOT_FOUND, 0 },
    { "b1 NO [OVERQUOTA] x", BARUA_ERROR_QUOTA, 0 },
    { "b1 NO x", BARUA_ERROR_SERVER_REFUSED, 0 },
    { "b1 NO", BARUA_ERROR_SERVER_REFUSED, 0 },
    { "b1 BAD User is authenticated but not connected.", BARUA_ERROR_NOT_PERMITTED, 0 },
    { "b1 NO [ALERT] Too many simultaneous connections. (Failure)", BARUA_ERROR_BUSY, 0 },
    { "b1 BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds", BARUA_ERROR_BUSY, 92415 },
    { "b1 BAD Request is throttled. Suggested Backoff Time: 99999999999 milliseconds", BARUA_ERROR_BUSY, BARUA_BACKOFF_LAST_MS },
  };

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_autoptr(BaruaImapFlow) flow = greeted ();
      g_autoptr(GError) error = NULL;
      BaruaImapFlowEvent event;

      barua_imap_flow_enqueue (flow, barua_imap_command_noop (), NULL);
      SENT (flow, "b1 NOOP|");
      say (flow, errors[i].line);
      g_assert_cmpint (barua_imap_flow_next (flow, &event), ==, BARUA_IMAP_FLOW_DONE);
      error = barua_imap_status_to_error (&event.response->status);
      g_assert_error (error, BARUA_ERROR, (int) errors[i].code);
      g_assert_cmpuint (barua_imap_status_get_backoff_ms (&event.response->status), ==, errors[i].backoff);
    }
}

static void
test_unfinished (void)
{
  /* Freed in the middle of everything: seen by the sanitizer. */
  BaruaImapFlow *flow = greeted ();
  g_autoptr(GBytes) message = g_bytes_new_take (g_strnfill (200000, 'x'), 200000);
  const BaruaImapDialect plus = { .literals = BARUA_IMAP_LITERALS_PLUS };

  barua_imap_flow_enqueue (flow, barua_imap_command_append (&plus, "x", 0, NULL, G_MININT64, message, FALSE, NULL), NULL);
  barua_imap_flow_enqueue (flow, barua_imap_command_noop (), NULL);
  g_bytes_unref (barua_imap_flow_take_output (flow));
  say (flow, "b1 NO x");
  EVENTS (flow, "done:1");
  barua_imap_flow_free (flow);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/imap/flow/plain", test_plain);
  g_test_add_func ("/wire/imap/flow/pipeline", test_pipeline);
  g_test_add_func ("/wire/imap/flow/literals", test_literals);
  g_test_add_func ("/wire/imap/flow/refused-literal", test_refused_literal);
  g_test_add_func ("/wire/imap/flow/authenticate", test_authenticate);
  g_test_add_func ("/wire/imap/flow/idle", test_idle);
  g_test_add_func ("/wire/imap/flow/layers", test_layers);
  g_test_add_func ("/wire/imap/flow/greetings", test_greetings);
  g_test_add_func ("/wire/imap/flow/errors", test_errors);
  g_test_add_func ("/wire/imap/flow/unfinished", test_unfinished);
  return g_test_run ();
}
