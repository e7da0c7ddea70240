/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine as it runs beside a window: what is on screen is asked for first, and a server that stops notifying is watched in
 * the ordinary way. */
#include "barua-engine.h"
#include "barua-fiber.h"
#include "barua-limits.h"
#include "barua-scripted-imap.h"
#include "barua-test-certs.h"

#include <string.h>

#define N_MESSAGES 300u
#define N_VISIBLE  12u

/* What the server has and was told; any thread. */
typedef struct
{
  GMutex                   mutex;
  const char              *capabilities; /* after signing in */
  guint                    n_messages;   /* UIDs 1 ... */
  GPtrArray               *log;          /* lines of all connections, without tags */
  BaruaScriptedConnection *idle;         /* the one that is in IDLE in the inbox, after NOTIFY where there is one */
  guint                    n_idles;
} Server;

static BaruaTestAuthority *authority;
static GTlsCertificate *certificate;
static Server server;
static GMainLoop *loop;

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

static gboolean
is_in (const char *set,
       guint       number,
       guint       star)
{
  g_auto (GStrv) items = g_strsplit (set, ",", -1);

  for (guint i = 0; items[i] != NULL; i++)
    {
      const char *colon = strchr (items[i], ':');
      guint a = items[i][0] == '*' ? star : (guint)g_ascii_strtoull (items[i], NULL, 10);
      guint b = colon == NULL ? a : colon[1] == '*' ? star : (guint)g_ascii_strtoull (colon + 1, NULL, 10);

      if (number >= MIN (a, b) && number <= MAX (a, b))
        return TRUE;
    }
  return FALSE;
}

static void
answer_fetch (BaruaScriptedConnection *connection,
              const char              *line,
              const char              *set)
{
  const char *section = strstr (line, "BODY.PEEK[");
  g_autofree char *name = section != NULL ? g_strndup (section + 9, strcspn (section + 9, "]") + 1) : NULL;
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 1; i <= server.n_messages; i++)
    {
      if (!is_in (set, i, server.n_messages))
        continue;
      g_string_append_printf (out, "* %u FETCH (UID %u FLAGS () INTERNALDATE \"01-Jan-2020 10:00:%02u +0000\" RFC822.SIZE 90",
                              i, i, i % 60);
      if (strstr (line, "BODYSTRUCTURE") != NULL)
        g_string_append (out, " BODYSTRUCTURE (\"text\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"7bit\" 5 1)");
      if (name != NULL)
        {
          g_autofree char *header = g_strdup_printf ("From: a@barua.example\r\nSubject: number %u\r\nDate: 1 Jan 2020 10:00:%02u"
                                                     " +0000\r\nMessage-ID: <m%u@barua.example>\r\n\r\n", i, i % 60, i);

          g_string_append_printf (out, " BODY%s {%" G_GSIZE_FORMAT "}\r\n%s", name, strlen (header), header);
        }
      g_string_append (out, ")\r\n");
    }
  barua_scripted_send (connection, out->str, out->len);
}

static void
answer (BaruaScriptedConnection *connection,
        const char              *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 5);
  guint n = g_strv_length (words);
  gboolean by_uid = n > 2 && g_ascii_strcasecmp (words[1], "UID") == 0;
  const char *verb = n < 2 ? "" : words[by_uid ? 2 : 1];
  const char *argument = n > (by_uid ? 3u : 2u) ? words[by_uid ? 3 : 2] : "";
  g_autofree char *verb_upper = g_ascii_strup (verb, -1);

  g_ptr_array_add (server.log, g_strdup (strchr (line, ' ') != NULL ? strchr (line, ' ') + 1 : line));
  if (strcmp (verb_upper, "IDLE") == 0)
    {
      server.idle = connection;
      server.n_idles++;
      say (connection, "+ idling\r\n");
      return;
    }
  if (strcmp (verb_upper, "SELECT") == 0 || strcmp (verb_upper, "EXAMINE") == 0)
    say (connection, "* FLAGS (\\Seen \\Flagged)\r\n* %u EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT %u] n\r\n",
         server.n_messages, server.n_messages + 1);
  else if (strcmp (verb_upper, "LIST") == 0)
    say (connection, "* LIST () \"/\" INBOX\r\n");
  else if (strcmp (verb_upper, "STATUS") == 0)
    say (connection, "* STATUS %s (MESSAGES %u UIDNEXT %u UIDVALIDITY 7 UNSEEN %u)\r\n", argument, server.n_messages,
         server.n_messages + 1, server.n_messages);
  else if (strcmp (verb_upper, "FETCH") == 0)
    answer_fetch (connection, line, argument);
  else if (strcmp (verb_upper, "SEARCH") == 0)
    {
      g_autoptr (GString) out = g_string_new ("* SEARCH");

      for (guint i = 1; i <= server.n_messages; i++)
        g_string_append_printf (out, " %u", i);
      say (connection, "%s\r\n", out->str);
    }
  if (strcmp (verb_upper, "AUTHENTICATE") == 0)
    say (connection, "%s OK [CAPABILITY IMAP4rev1 %s] done\r\n", words[0], server.capabilities);
  else
    say (connection, "%s OK done\r\n", words[0]);
}

static void
serve (BaruaScriptedConnection *connection,
       gpointer                 data)
{
  g_autofree char *idle_tag = NULL;
  char *line;

  say (connection, "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi\r\n");
  while ((line = barua_scripted_read_line (connection)) != NULL)
    {
      g_mutex_lock (&server.mutex);
      if (strcmp (line, "DONE") == 0)
        {
          if (server.idle == connection)
            server.idle = NULL;
          say (connection, "%s OK done\r\n", idle_tag);
        }
      else
        {
          answer (connection, line);
          g_free (idle_tag);
          idle_tag = g_strndup (line, strcspn (line, " "));
        }
      g_mutex_unlock (&server.mutex);
      g_free (line);
    }
  g_mutex_lock (&server.mutex);
  if (server.idle == connection)
    server.idle = NULL;
  g_mutex_unlock (&server.mutex);
}

/* How many lines since @from begin with @start. */
static guint
count_lines (guint       from,
             const char *start)
{
  guint n = 0;

  g_mutex_lock (&server.mutex);
  for (guint i = from; i < server.log->len; i++)
    n += g_str_has_prefix (g_ptr_array_index (server.log, i), start);
  g_mutex_unlock (&server.mutex);
  return n;
}

static guint
log_length (void)
{
  guint length;

  g_mutex_lock (&server.mutex);
  length = server.log->len;
  g_mutex_unlock (&server.mutex);
  return length;
}

/* Says it to who idles; FALSE when nobody does. */
static gboolean
push (const char *text)
{
  gboolean there;

  g_mutex_lock (&server.mutex);
  there = server.idle != NULL;
  if (there)
    say (server.idle, "%s", text);
  g_mutex_unlock (&server.mutex);
  return there;
}

#define WAIT_UNTIL(condition)                                                                                              \
  G_STMT_START                                                                                                             \
    {                                                                                                                      \
      gboolean met = FALSE;                                                                                                \
                                                                                                                           \
      for (guint waits = 0; waits < 3000 && !met; waits++)                                                                 \
        if (!(met = (condition)))                                                                                          \
          dex_await (dex_timeout_new_msec (5), NULL);                                                                      \
      g_assert_true (met);                                                                                                 \
    }                                                                                                                      \
  G_STMT_END

/* Tests ----------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  BaruaEngine       *engine;
  BaruaScriptedImap *imap;
  const char        *capabilities;
  guint              n_messages;
  gint64             account;
  guint              n_arrived;
  void             (*test) (gpointer run);
} Run;

static void
on_arrived (BaruaEngine *engine,
            gint64       folder,
            BaruaIdSet  *ids,
            Run         *run)
{
  run->n_arrived += (guint)barua_id_set_get_count (ids);
}

static DexFuture *
run_fiber (gpointer data)
{
  Run *run = data;
  g_autoptr (BaruaAccount) account = barua_account_new ();
  GError *error = NULL;

  g_set_str (&account->address, "jina@barua.example");
  g_set_str (&account->host, "localhost");
  account->port = barua_scripted_imap_get_port (run->imap);
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
  g_main_loop_quit (loop);
  return dex_future_new_true ();
}

static void
run_test (Run *run)
{
  g_autofree char *folder = g_dir_make_tmp ("barua-engine-XXXXXX", NULL);
  g_autofree char *profile = g_build_filename (folder, "profile", NULL);
  g_autofree char *remove = g_strdup_printf ("rm -rf '%s'", folder);

  g_ptr_array_set_size (server.log, 0);
  server.capabilities = run->capabilities;
  server.n_messages = run->n_messages;
  server.n_idles = 0;
  run->imap = barua_scripted_imap_new (certificate, TRUE);
  barua_scripted_imap_add_func (run->imap, serve, NULL);
  run->engine = barua_engine_new (profile, BARUA_ENGINE_DEFAULT, NULL);
  g_signal_connect (run->engine, "arrived", G_CALLBACK (on_arrived), run);
  barua_fiber_spawn ("test", run_fiber, run, NULL);
  g_main_loop_run (loop);
  g_object_unref (run->engine);
  barua_scripted_imap_free (run->imap);
  g_assert_true (g_spawn_command_line_sync (remove, NULL, NULL, NULL, NULL));
}

/* The server tells of all folders, then has too much to tell and stops (RFC 5465, 5.8): everything is looked at once, and the
 * inbox is watched by IDLE as before. */
static void
overflow (gpointer data)
{
  Run *run = data;
  guint before;

  WAIT_UNTIL (count_lines (0, "NOTIFY SET") > 0 && push (""));
  /* Quiet now: nothing is on its way any more. */
  WAIT_UNTIL (({
    guint length = log_length ();

    dex_await (dex_timeout_new_msec (200), NULL);
    log_length () == length;
  }));
  before = log_length ();
  g_assert_true (push ("* OK [NOTIFICATIONOVERFLOW] too much\r\n"));
  WAIT_UNTIL (count_lines (before, "LIST ") > 0);
  g_assert_cmpuint (count_lines (before, "NOTIFY SET"), ==, 0);
  /* New mail in the inbox is told of as ever. */
  g_mutex_lock (&server.mutex);
  server.n_messages++;
  g_mutex_unlock (&server.mutex);
  WAIT_UNTIL (push ("* 6 EXISTS\r\n"));
  WAIT_UNTIL (run->n_arrived > 0);
  g_assert_cmpuint (run->n_arrived, ==, 1);
}

static void
test_overflow (void)
{
  Run run = { .capabilities = "IDLE NOTIFY SASL-IR AUTH=PLAIN", .n_messages = 5, .test = overflow };

  run_test (&run);
}

static gint64 visible[N_VISIBLE];
static guint n_visible;

/* As soon as there are rows, the oldest of them are on screen. */
static void
on_changed (BaruaEngine    *engine,
            BaruaChangeSet *changes,
            gpointer        data)
{
  const BaruaRowChange *rows = (const BaruaRowChange *)(gpointer)changes->rows->data;

  for (guint i = 0; i < changes->rows->len; i++)
    if (n_visible < N_VISIBLE && rows[i].kind == BARUA_CHANGE_ADDED)
      visible[n_visible++] = rows[i].id;
  if (n_visible == N_VISIBLE)
    {
      g_signal_handlers_disconnect_by_func (engine, on_changed, data);
      barua_engine_set_visible (engine, visible, N_VISIBLE);
    }
}

static void
visible_first (gpointer data)
{
  Run *run = data;
  g_autoptr (GPtrArray) rows = NULL;
  const char *first = NULL;
  guint n = 0;

  g_signal_connect (run->engine, "changed", G_CALLBACK (on_changed), run);
  WAIT_UNTIL (({
    n = 0;
    g_mutex_lock (&server.mutex);
    for (guint i = 0; i < server.log->len; i++)
      if (strstr (g_ptr_array_index (server.log, i), "BODYSTRUCTURE") != NULL && n++ == 0)
        first = g_ptr_array_index (server.log, i);
    g_mutex_unlock (&server.mutex);
    n >= 2;
  }));
  {
    g_auto (GStrv) words = g_strsplit (first, " ", 4);
    guint asked = 0;

    g_assert_cmpstr (words[0], ==, "UID");
    for (guint uid = 1; uid <= N_MESSAGES; uid++)
      asked += is_in (words[2], uid, N_MESSAGES);
    g_assert_cmpuint (asked, ==, N_VISIBLE);
    for (guint i = 0; i < N_VISIBLE; i++)
      {
        GError *error = NULL;
        g_autoptr (BaruaRows) loaded = NULL;

        loaded = dex_await_boxed (barua_engine_load_rows (run->engine, &visible[i], 1, FALSE), &error);
        g_assert_no_error (error);
        g_assert_true (is_in (words[2], ((BaruaRow *)g_ptr_array_index (loaded->rows, 0))->uid, N_MESSAGES));
      }
  }
}

static void
test_visible (void)
{
  Run run = { .capabilities = "IDLE SASL-IR AUTH=PLAIN", .n_messages = N_MESSAGES, .test = visible_first };

  n_visible = 0;
  run_test (&run);
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
  loop = g_main_loop_new (NULL, FALSE);
  server.log = g_ptr_array_new_with_free_func (g_free);
  authority = barua_test_authority_new ("Barua test authority");
  certificate = barua_test_authority_issue (authority, &cert, FALSE);
  g_test_add_func ("/engine/live/notify-overflow", test_overflow);
  g_test_add_func ("/engine/live/visible-first", test_visible);
  code = g_test_run ();
  g_ptr_array_unref (server.log);
  g_object_unref (certificate);
  barua_test_authority_free (authority);
  g_main_loop_unref (loop);
  return code;
}
