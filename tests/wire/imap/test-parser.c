/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "imap-dump.h"

#include <string.h>

#include "barua-limits.h"

/* What comes of an answer, in every way of cutting it. */
static GString *
dump_checked (const char *text,
              gsize       length,
              gsize       stream_bytes)
{
  GString *whole = g_string_new (NULL);

  imap_dump_stream (text, length, IMAP_SPLIT_WHOLE, 0, stream_bytes, whole);
  for (guint i = 0; i < 12; i++)
    {
      g_autoptr(GString) pieces = g_string_new (NULL);

      imap_dump_stream (text, length, i == 0 ? IMAP_SPLIT_BYTES : IMAP_SPLIT_RANDOM, i, stream_bytes, pieces);
      g_assert_cmpstr (pieces->str, ==, whole->str);
    }
  if (length < 400)
    for (guint at = 1; at < length; at++)
      {
        g_autoptr(GString) pieces = g_string_new (NULL);
        g_autoptr(GString) cut = g_string_new (NULL);

        imap_dump_stream (text, length, IMAP_SPLIT_AT, at, stream_bytes, pieces);
        g_assert_cmpstr (pieces->str, ==, whole->str);
        /* Cut off: the beginning of the same events, nothing else. */
        imap_dump_stream (text, at, IMAP_SPLIT_WHOLE, 0, stream_bytes, cut);
        g_assert_true (strncmp (cut->str, whole->str, cut->len) == 0);
      }
  return whole;
}

static const struct
{
  const char *text;
  const char *parts[6]; /* all in the dump of it, in this order */
} table[] = {
  /* Status and codes (RFC 9051 7.1, RFC 5530, 4315, 7162, 5464, 9585, 9738). */
  { "* OK hello\r\n", { "\"kind\":\"status\"", "\"condition\":\"OK\",\"code\":null", "\"text\":\"hello\"" } },
  { "* PREAUTH [CAPABILITY imap4rev1 Idle X-OWN x-own] hi\r\n",
    { "\"condition\":\"PREAUTH\",\"code\":\"CAPABILITY\"", "[\"IMAP4REV1\",\"IDLE\",\"X-OWN\"]" } },
  { "b1 no [AUTHENTICATIONFAILED] x\r\n", { "\"kind\":\"tagged\"", "\"tag\":\"b1\",\"condition\":\"NO\"", "AUTHENTICATIONFAILED" } },
  { "b1 OK\r\n", { "\"condition\":\"OK\",\"code\":null", "\"text\":\"\"" } },
  { "b1 OK \r\n", { "\"condition\":\"OK\",\"code\":null", "\"text\":\"\"" } },
  { "b1 OK [\r\n", { "\"code\":null", "\"text\":\"[\"" } },
  { "b1 OK [ALERT no end\r\n", { "\"code\":null", "\"text\":\"[ALERT no end\"" } },
  { "* OK [HIGHESTMODSEQ 7]\r\n", { "\"code\":\"HIGHESTMODSEQ\"", "\"text\":\"\",\"number\":7" } },
  { "* OK [HIGHESTMODSEQ -7] x\r\n", { "\"code\":\"\",\"code-name\":\"HIGHESTMODSEQ\",\"code-text\":\"-7\"" } },
  { "* OK [X-NEW a \"]\" b] text {5}\r\n", { "\"code-name\":\"X-NEW\",\"code-text\":\"a \\\"]\\\" b\"", "\"text\":\"text {5}\"" } },
  { "* OK [PERMANENTFLAGS (\\Seen [x] \\*)] ok\r\n",
    { "\"code\":\"PERMANENTFLAGS\"", "[\"\\\\Seen\",\"[x]\",\"\\\\*\"]", "\"flags\":1,\"any-flag\":1" } },
  { "b1 OK [COPYUID 9 3:1,7 20:22,30] done\r\n",
    { "\"uid-validity\":9,\"from\":\"1:3,7\",\"to\":\"20:22,30\"", "\"pairs\":[[3,20],[2,21],[1,22],[7,30]]" } },
  /* Digits of an answer before this one are not its own. */
  { "b1 OK [COPYUID 9 3:1,7 20:22,304444444] done\r\nb2 OK [COPYUID 9 3:1,7 20:22,30] done\r\n",
    { "[1,22],[7,304444444]]", "\"tag\":\"b2\"", "\"pairs\":[[3,20],[2,21],[1,22],[7,30]]" } },
  { "b1 OK [COPYUID 9 1:3 20] done\r\n", { "\"code\":\"\"", "\"from\":null,\"to\":null" } },
  { "b1 OK [COPYUID 1 1:4294967295 1:4294967295] x\r\n", { "\"code\":\"COPYUID\"", "\"from\":\"1:4294967295\"" } },
  { "b1 OK [APPENDUID 38505 3955] x\r\n", { "\"uid-validity\":38505,\"from\":null,\"to\":\"3955\"" } },
  { "b1 OK [APPENDUID 38505 0] x\r\n", { "\"code\":\"\"" } },
  { "b1 NO [MODIFIED 7,9] x\r\n", { "\"code\":\"MODIFIED\"", "\"from\":\"7,9\"" } },
  { "b1 NO [METADATA MAXSIZE 1024] x\r\n", { "\"code\":\"METADATA MAXSIZE\"", "\"number\":1024" } },
  { "b1 NO [MESSAGELIMIT 1000 23221] x\r\n", { "\"code\":\"MESSAGELIMIT\"", "\"number\":1000,\"number2\":23221" } },
  { "* OK [INPROGRESS (\"b1\" 5 10)] x\r\n", { "\"progress-tag\":\"b1\",\"progress\":5,\"progress-goal\":10" } },
  { "* OK [MAILBOXID (F2212ea87)] x\r\n", { "\"text-value\":\"F2212ea87\"" } },
  { "+ \r\n", { "\"kind\":\"continuation\"" } },
  { "+\r\n", { "\"kind\":\"continuation\"" } },
  { "+ [ALERT] go on\r\n", { "\"kind\":\"continuation\"", "\"code\":\"ALERT\"" } },
  /* Mailboxes. */
  { "* LIST (\\HasNoChildren \\sent) \"/\" \"Sent Items\"\r\n",
    { "\"attributes\":16", "\"role\":\"sent\"", "\"delimiter\":\"/\",\"name\":\"Sent Items\"" } },
  { "* LIST () NIL inbox\r\n", { "\"role\":\"inbox\"", "\"delimiter\":null,\"name\":\"inbox\"" } },
  { "* LIST () \"/\" NIL\r\n", { "\"name\":\"NIL\"" } },
  { "* LIST () \"\\\\\" {5}\r\na\"(]b\r\n", { "\"damaged\":0", "\"delimiter\":\"\\\\\",\"name\":\"a\\\"(]b\"" } },
  { "* LIST (\\HasNoChildren) \"/\" Deleted Items\r\n", { "\"name\":\"Deleted Items\"" } },
  { "* LIST (\\HasNoChildren) \"/\" [Gmail]/Alle\r\n", { "\"damaged\":0", "\"name\":\"[Gmail]/Alle\"" } },
  { "* LIST (\\NonExistent) \"/\" \"x\" (\"CHILDINFO\" (\"SUBSCRIBED\") OLDNAME (\"y\"))\r\n",
    { "\"attributes\":3", "\"child-info\":[\"SUBSCRIBED\"],\"old-name\":\"y\"" } },
  { "* LIST (\\Noselect\r\n", { "\"damaged\":1" } },
  { "* STATUS \"a b\" (MESSAGES 3 UIDNEXT 9 HIGHESTMODSEQ 5 MAILBOXID (F1) APPENDLIMIT NIL X-NEW 3) \r\n",
    { "\"damaged\":0", "\"name\":\"a b\"", "\"MESSAGES\":3", "\"UIDNEXT\":9", "\"APPENDLIMIT\":18446744073709551615",
      "\"MAILBOXID\":\"F1\"" } },
  { "* STATUS \"INBOX\" ()\r\n", { "\"damaged\":0", "\"present\":0" } },
  { "* STATUS x (MESSAGES -1 UNSEEN 2)\r\n", { "\"damaged\":1", "\"present\":16", "\"UNSEEN\":2" } },
  { "* NAMESPACE ((\"\" \"/\")(\"#x/\" NIL)) NIL ((\"s.\" \".\" \"X\" (\"y\")))\r\n",
    { "\"namespaces\":[[0,\"\",\"/\"],[0,\"#x/\",null],[2,\"s.\",\".\"]]" } },
  { "* QUOTA \"\" (STORAGE 10 512 MESSAGE 1 2)\r\n", { "\"root\":\"\",\"resources\":[[\"STORAGE\",10,512],[\"MESSAGE\",1,2]]" } },
  { "* QUOTAROOT INBOX \"\"\r\n", { "\"list\":[\"INBOX\",\"\"]" } },
  { "* ID NIL\r\n", { "\"damaged\":0", "\"pairs\":null" } },
  { "* ID (\"name\" NIL)\r\n", { "\"pairs\":[\"name\",null]" } },
  { "* METADATA \"\" (/shared/comment {2}\r\nab)\r\n", { "[\"\",[\"/shared/comment\",\"ab\"]]" } },
  { "* MYRIGHTS x lrs\r\n", { "\"rights\":\"lrs\"" } },
  /* Searches. */
  { "* SEARCH\r\n", { "\"damaged\":0", "\"present\":1", "\"ids\":\"\"" } },
  { "* SEARCH 9 2 3 4  \r\n", { "\"damaged\":0", "\"ids\":\"2:4,9\"" } },
  { "* SEARCH 2 (MODSEQ 77)\r\n", { "\"ids\":\"2\"", "\"MODSEQ\":77" } },
  { "* SEARCH 2 x 0 5\r\n", { "\"damaged\":1", "\"ids\":\"2,5\"" } },
  { "* SORT 5 2 9\r\n", { "\"ids\":\"2,5,9\",\"ordered\":[5,2,9]" } },
  { "* ESEARCH (TAG \"b7\") UID MIN 2 MAX 9 COUNT 3 ALL 2,4:9 MODSEQ 8 X-NEW 3\r\n",
    { "\"tag\":\"b7\",\"is-uid\":1,\"ids\":\"2,4:9\"", "\"COUNT\":3,\"MIN\":2,\"MAX\":9,\"MODSEQ\":8" } },
  { "* ESEARCH (TAG \"b7\") UID PARTIAL (-1:-100 5:6)\r\n", { "\"partial-range\":\"-1:-100\",\"partial\":\"5:6\"" } },
  { "* ESEARCH UID\r\n", { "\"damaged\":0", "\"present\":0", "\"tag\":null,\"is-uid\":1" } },
  { "* THREAD (2)(3 6 (4 23)(44 7 96))\r\n",
    { "\"nodes\":[[2,0],[3,0],[6,1],[4,2],[23,3],[44,2],[7,3],[96,4]]" } },
  { "* VANISHED (EARLIER) 41,43:116\r\n", { "\"earlier\":1,\"uids\":\"41,43:116\"" } },
  { "* VANISHED 0:5\r\n", { "\"damaged\":1" } },
  /* Numbers. */
  { "* 23 EXISTS\r\n", { "\"kind\":\"exists\",\"damaged\":0", "\"number\":23" } },
  { "* 0 EXPUNGE\r\n", { "\"kind\":\"expunge\",\"damaged\":1" } },
  { "* 4294967296 EXISTS\r\n", { "\"kind\":\"exists\",\"damaged\":1" } },
  { "* 99999999999999999999999 EXISTS\r\n", { "\"kind\":\"exists\",\"damaged\":1" } },
  { "* X-UNKNOWN (a {3}\r\nb\r\n)\r\n", { "\"kind\":\"unknown\",\"damaged\":0", "\"arguments\":[[\"a\",\"b\\u000d\\u000a\"]]" } },
  /* FETCH. */
  { "* 5 FETCH (UID 9 FLAGS (\\Seen \\recent $Forwarded a]b) INTERNALDATE \" 2-Jul-2026 12:00:00 +0100\" RFC822.SIZE 44 "
    "MODSEQ (12))\r\n",
    { "\"seq\":5,\"present\":31,\"damaged-items\":0,\"uid\":9,\"flags\":33,\"recent\":1,\"keywords\":[\"a]b\"]",
      "\"internal-date\":1782990000,\"zone\":60,\"size\":44,\"modseq\":12" } },
  { "* 9 UIDFETCH (FLAGS ())\r\n", { "\"seq\":0,\"present\":3,\"damaged-items\":0,\"uid\":9" } },
  { "* 5 FETCH (UID 0 FLAGS (\\Seen) RFC822.SIZE -1 MODSEQ (-4) X-NEW (a (b)) INTERNALDATE NIL)\r\n",
    { "\"damaged\":1", "\"present\":131074,\"damaged-items\":29" } },
  { "* 0 FETCH (UID 3)\r\n", { "\"damaged\":1", "\"seq\":0", "\"uid\":3" } },
  { "* 5 FETCH (BODY[HEADER.FIELDS (DATE \"To\")] {4}\r\na: b BODY[]<20> \"x\" BINARY[1.2] ~{2}\r\n\1\2 BINARY.SIZE[3] 55 "
    "BODY[1] NIL RFC822.TEXT \"\")\r\n",
    { "{\"kind\":0,\"origin\":-1,\"spec\":\"HEADER.FIELDS (DATE \\\"To\\\")\",\"data\":\"a: b\"",
      "{\"kind\":0,\"origin\":20,\"spec\":\"\",\"data\":\"x\"", "{\"kind\":1,\"origin\":-1,\"spec\":\"1.2\",\"data\":\"\\u0001\\u0002\"",
      "\"spec\":\"3\",\"data\":null,\"length\":55", "\"spec\":\"1\",\"data\":null,\"length\":0,\"nil\":1",
      "{\"kind\":5" } },
  { "* 5 FETCH (BODY[] {0}\r\n UID 3)\r\n", { "\"damaged\":0", "\"uid\":3", "\"data\":\"\",\"length\":0,\"nil\":0" } },
  { "* 5 FETCH (EMAILID (M1) THREADID NIL SAVEDATE NIL PREVIEW \"Hi \303\244\" X-GM-MSGID 1278455344230334865 "
    "X-GM-LABELS (\"\\\\Inbox\" foo))\r\n",
    { "\"damaged\":0", "\"email-id\":\"M1\",\"thread-id\":null", "\"preview\":\"Hi \\u00c3\\u00a4\",\"gm-msgid\":1278455344230334865",
      "\"gm-labels\":[\"\\\\Inbox\",\"foo\"]" } },
  { "* 5 FETCH (UID 3 FLAGS\r\n", { "\"damaged\":1", "\"present\":1", "\"uid\":3" } },
  { "* 5 FETCH (UID 3))\r\n", { "\"damaged\":1", "\"uid\":3" } },
  { "* 5 FETCH NIL\r\n", { "\"damaged\":1" } },
  { "* 5 FETCH (ENVELOPE (NIL \"a\\\\b\\\"c\" ((NIL NIL \"x\" \"y.example\")) NIL NIL ((NIL NIL \"team\" NIL)(\"N\" NIL \"p\" \"q\")"
    "(NIL NIL NIL NIL)(NIL NIL \"z\" \"w\")) NIL NIL NIL \"<1@x>\"))\r\n",
    { "\"damaged\":0", "\"subject\":\"a\\\\b\\\"c\"", "\"host\":\"y.example\",\"group\":null",
      "\"name\":\"N\",\"mailbox\":\"p\",\"host\":\"q\",\"group\":\"team\"", "\"mailbox\":\"z\",\"host\":\"w\",\"group\":null",
      "\"message-id\":\"<1@x>\"" } },
  /* iCloud: bare quotes in a string. */
  { "* 5 FETCH (ENVELOPE (\"d\" \"say \"hi\" now\" NIL NIL NIL NIL NIL NIL NIL \"<\"a\"@x>\"))\r\n",
    { "\"subject\":\"say \\\"hi\"", } },
  { "* 5 FETCH (ENVELOPE (\"d\" \"s\" NIL NIL NIL NIL NIL NIL NIL \"<\"a@x>\") UID 4)\r\n",
    { "\"uid\":4", "\"message-id\":\"<\\\"a@x>\"" } },
  { "* 5 FETCH (ENVELOPE () UID 4)\r\n", { "\"uid\":4", "\"good\":0" } },
  { "* 5 FETCH (BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" -1 -1 NIL (\"attachment\" (\"filename*\" "
    "\"utf-8''%e2%82%ac.txt\")) NIL))\r\n",
    { "\"structure-good\":1", "\"size\":0,\"lines\":0", "\"disposition\":\"attachment\"", "\"section\":\"1\"",
      "\"full-type\":\"text/plain\",\"file-name\":\"\\u00e2\\u0082\\u00ac.txt\",\"kind\":3" } },
  { "* 5 FETCH (BODY ((\"TEXT\" \"HTML\" NIL NIL NIL \"8BIT\" 5 1)(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 300 "
    "(NIL \"in\" NIL NIL NIL NIL NIL NIL NIL NIL) ((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 3 1)(\"IMAGE\" \"PNG\" NIL \"<i>\" NIL "
    "\"BASE64\" 78) \"RELATED\") 12) \"MIXED\"))\r\n",
    { "\"structure-good\":1", "\"section\":\"\"", "\"section\":\"2\"", "\"section\":\"2.TEXT\"", "\"section\":\"2.1\"",
      "\"section\":\"2.2\",\"full-type\":\"image/png\",\"file-name\":\"\",\"kind\":2" } },
  { "* 5 FETCH (BODY (\"ALTERNATIVE\"))\r\n", { "\"multipart\":1", "\"subtype\":\"ALTERNATIVE\"" } },
  { "* 5 FETCH (BODYSTRUCTURE () UID 3)\r\n", { "\"uid\":3", "\"structure-good\":0,\"parts\":[]" } },
  { "\r\n* OK after an empty line\r\n", { "\"kind\":\"status\"" } },
  /* What ends the stream. */
  { "Server Unavailable. 15\r\n", { "{\"error\":\"no IMAP response\",\"offset\":0}" } },
  { "* OK a\r\n* OK b\nc\r\n", { "\"text\":\"a\"", "{\"error\":\"bare LF\",\"offset\":14}" } },
  { "* OK a\rb\r\n", { "{\"error\":\"NUL or bare CR\",\"offset\":6}" } },
  { "* LIST () \"/\" \"a\rb\"\r\n", { "{\"error\":\"NUL or bare CR\",\"offset\":16}" } },
  { "* LIST () \"/\" {-1}\r\n", { "{\"error\":\"bad literal\",\"offset\":14}" } },
  { "* LIST () \"/\" {}\r\n", { "{\"error\":\"bad literal\"" } },
  { "* LIST () \"/\" {99999999999999999999}\r\n", { "{\"error\":\"bad literal\"" } },
  { "* LIST () \"/\" {4294967295}\r\n", { "{\"error\":\"literal too large\"" } },
  { "* LIST () \"/\" {012}\r\n123456789012\r\n", { "\"name\":\"123456789012\"" } },
  { "* LIST () \"/\" {2+}\r\nab\r\n", { "\"name\":\"ab\"" } },
  { " * OK x\r\n", { "{\"error\":\"no IMAP response\"" } },
  { "*\r\n", { "{\"error\":\"no IMAP response\"" } },
};

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr(GString) dump = dump_checked (table[i].text, strlen (table[i].text), 0);
      const char *at = dump->str;

      for (guint j = 0; j < G_N_ELEMENTS (table[i].parts) && table[i].parts[j] != NULL; j++)
        {
          const char *found = strstr (at, table[i].parts[j]);

          if (found == NULL)
            g_error ("%s\nlacks %s in\n%s", table[i].text, table[i].parts[j], dump->str);
          at = found + strlen (table[i].parts[j]);
        }
    }
}

static void
test_nul (void)
{
  static const char text[] = "* LIST () \"/\" \"a\0b\"\r\n";
  static const char literal[] = "* LIST () \"/\" {3}\r\na\0b\r\n";
  g_autoptr(GString) in_string = dump_checked (text, sizeof text - 1, 0);
  g_autoptr(GString) in_literal = dump_checked (literal, sizeof literal - 1, 0);

  g_assert_cmpstr (in_string->str, ==, "{\"error\":\"NUL or bare CR\",\"offset\":16}\n");
  g_assert_nonnull (strstr (in_literal->str, "\"name\":\"a\\u0000b\""));
}

/* head, n times fill, tail. */
static GString *
build (const char *head,
       const char *fill,
       gsize       n,
       const char *tail)
{
  GString *text = g_string_new (head);

  for (gsize i = 0; i < n; i++)
    g_string_append (text, fill);
  return g_string_append (text, tail);
}

static void
check_limit (const char *head,
             const char *fill,
             gsize       n,
             const char *tail,
             const char *error)
{
  g_autoptr(GString) good = build (head, fill, n, tail);
  g_autoptr(GString) bad = build (head, fill, n + 1, tail);
  g_autoptr(GString) dump = g_string_new (NULL);
  g_autoptr(GString) pieces = g_string_new (NULL);

  if (!imap_dump_stream (good->str, good->len, IMAP_SPLIT_WHOLE, 0, 0, dump))
    g_error ("%s: refused at the limit: %s", head, dump->str);
  g_string_truncate (dump, 0);
  g_assert_false (imap_dump_stream (bad->str, bad->len, IMAP_SPLIT_WHOLE, 0, 0, dump));
  if (strstr (dump->str, error) == NULL)
    g_error ("%s: %s, not %s", head, dump->str, error);
  imap_dump_stream (bad->str, bad->len, IMAP_SPLIT_AT, (guint) bad->len / 2, 0, pieces);
  g_assert_cmpstr (pieces->str, ==, dump->str);
}

static void
test_limits (void)
{
  g_autofree char *large = g_strdup_printf ("* LIST () \"/\" {%u}\r\n", BARUA_LIMIT_IMAP_LITERAL_BYTES + 1);
  g_autofree char *small = g_strdup_printf ("* STATUS {%u}\r\n", BARUA_LIMIT_IMAP_SMALL_LITERAL_BYTES + 1);
  g_autofree char *body = g_strdup_printf ("* 1 FETCH (BODY[] {%" G_GUINT64_FORMAT "}\r\n", (guint64) BARUA_LIMIT_IMAP_BODY_BYTES + 1);
  g_autofree char *fits = g_strdup_printf ("* 1 FETCH (BODY[] {%" G_GUINT64_FORMAT "}\r\n", (guint64) BARUA_LIMIT_IMAP_BODY_BYTES);
  const char *const literals[] = { large, small, body };
  g_autoptr(GString) dump = g_string_new (NULL);

  check_limit ("* OK ", "x", BARUA_LIMIT_IMAP_LINE_BYTES - 7, "\r\n", "line too long");
  check_limit ("* X ", "x", BARUA_LIMIT_IMAP_LINE_BYTES - 6, "\r\n", "line too long");
  check_limit ("* 1 FETCH (X ", "x", BARUA_LIMIT_IMAP_FETCH_LINE_BYTES - 16, ")\r\n", "line too long");
  check_limit ("* SEARCH 1", " ", BARUA_LIMIT_IMAP_NUMBERS_LINE_BYTES - 12, "\r\n", "line too long");
  check_limit ("* SEARCH", " 1", BARUA_LIMIT_IMAP_TOKENS, "\r\n", "too many tokens");
  for (guint i = 0; i < G_N_ELEMENTS (literals); i++)
    {
      g_string_truncate (dump, 0);
      g_assert_false (imap_dump_stream (literals[i], strlen (literals[i]), IMAP_SPLIT_BYTES, 0, 0, dump));
      g_assert_nonnull (strstr (dump->str, "literal too large"));
    }
  g_string_truncate (dump, 0);
  g_assert_true (imap_dump_stream (fits, strlen (fits), IMAP_SPLIT_WHOLE, 0, 0, dump));
}

/* Deep lists, a million bare quotes, endless lines: bounded in depth and time, and the stream goes on. */
static void
test_bombs (void)
{
  g_autoptr(GString) deep = build ("* 1 FETCH (UID 7 BODYSTRUCTURE ", "(", 100000, "\r\n* 2 FETCH (UID 8)\r\n");
  g_autoptr(GString) quotes = build ("* 1 FETCH (ENVELOPE (", "\"x", 400000, "\r\n* 2 FETCH (UID 8)\r\n");
  g_autoptr(GString) thread = build ("* THREAD ", "(1", 60000 / 2, "\r\n* 2 FETCH (UID 8)\r\n");
  g_autoptr(GString) dump = g_string_new (NULL);
  g_autoptr(GTimer) timer = g_timer_new ();

  g_assert_true (imap_dump_stream (deep->str, deep->len, IMAP_SPLIT_WHOLE, 0, 0, dump));
  g_assert_true (imap_dump_stream (quotes->str, quotes->len, IMAP_SPLIT_WHOLE, 0, 0, dump));
  g_assert_true (imap_dump_stream (thread->str, thread->len, IMAP_SPLIT_WHOLE, 0, 0, dump));
  g_assert_nonnull (strstr (dump->str, "\"uid\":7"));
  g_assert_nonnull (strstr (dump->str, "\"uid\":8"));
  g_assert_cmpfloat (g_timer_elapsed (timer, NULL), <, 10);
}

static void
test_depth_limit (void)
{
  g_autoptr(GString) good = build ("* X ", "(", BARUA_LIMIT_IMAP_DEPTH, "a");
  g_autoptr(GString) bad = build ("* X ", "(", BARUA_LIMIT_IMAP_DEPTH + 1, "a");
  g_autoptr(GString) dump = g_string_new (NULL);

  for (guint i = 0; i < BARUA_LIMIT_IMAP_DEPTH; i++)
    g_string_append_c (good, ')');
  for (guint i = 0; i <= BARUA_LIMIT_IMAP_DEPTH; i++)
    g_string_append_c (bad, ')');
  g_string_append (good, "\r\n");
  g_string_append (bad, "\r\n");
  g_assert_true (imap_dump_stream (good->str, good->len, IMAP_SPLIT_WHOLE, 0, 0, dump));
  g_assert_nonnull (strstr (dump->str, "\"damaged\":0"));
  g_assert_nonnull (strstr (dump->str, "\"a\""));
  g_string_truncate (dump, 0);
  g_assert_true (imap_dump_stream (bad->str, bad->len, IMAP_SPLIT_WHOLE, 0, 0, dump));
  g_assert_nonnull (strstr (dump->str, "\"damaged\":1"));
  g_assert_null (strstr (dump->str, "\"a\""));
}

static void
test_streamed (void)
{
  g_autoptr(GString) text = g_string_new ("* 7 FETCH (UID 12 BODY[1.2] {5000}\r\n");
  g_autoptr(GString) dump = NULL;
  g_autoptr(GString) header = NULL;

  for (guint i = 0; i < 5000; i++)
    g_string_append_c (text, (char) (i % 251));
  g_string_append (text, " BODY[HEADER] {2000}\r\n");
  for (guint i = 0; i < 2000; i++)
    g_string_append_c (text, 'h');
  g_string_append (text, " FLAGS (\\Seen))\r\n* 3 EXISTS\r\n");
  dump = dump_checked (text->str, text->len, 1024);
  g_assert_true (g_str_has_prefix (dump->str, "{\"literal\":5000,\"seq\":7,\"uid\":12,\"item\":\"BODY[1.2]\",\"sum\":\""));
  g_assert_nonnull (strstr (dump->str, "\"offset\":0,\"word\":\"FETCH\""));
  g_assert_nonnull (strstr (dump->str, "\"spec\":\"1.2\",\"data\":null,\"length\":5000,\"nil\":0,\"streamed\":1"));
  /* A header is kept although it is above the bound for bodies. */
  g_assert_nonnull (strstr (dump->str, "\"spec\":\"HEADER\",\"data\":\"hhhh"));
  g_assert_nonnull (strstr (dump->str, "\"flags\":1"));
  g_assert_nonnull (strstr (dump->str, "\"kind\":\"exists\",\"damaged\":0,\"offset\":7"));
}

static void
test_leftover (void)
{
  g_autoptr(BaruaImapParser) parser = barua_imap_parser_new ();
  g_autoptr(GBytes) rest = NULL;

  barua_imap_parser_feed (parser, "b1 OK go\r\n\x78\x9c\r\nzz", 16);
  g_assert_cmpint (barua_imap_parser_next (parser), ==, BARUA_IMAP_PARSER_RESPONSE);
  g_assert_cmpuint (barua_imap_parser_get_buffered (parser), ==, 6);
  rest = barua_imap_parser_take_buffered (parser);
  g_assert_cmpmem (g_bytes_get_data (rest, NULL), g_bytes_get_size (rest), "\x78\x9c\r\nzz", 6);
  g_assert_cmpint (barua_imap_parser_next (parser), ==, BARUA_IMAP_PARSER_NEED_MORE);
  barua_imap_parser_feed (parser, "* OK x\r\n", 8);
  g_assert_cmpint (barua_imap_parser_next (parser), ==, BARUA_IMAP_PARSER_RESPONSE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/imap/parser/table", test_table);
  g_test_add_func ("/wire/imap/parser/nul", test_nul);
  g_test_add_func ("/wire/imap/parser/limits", test_limits);
  g_test_add_func ("/wire/imap/parser/depth", test_depth_limit);
  g_test_add_func ("/wire/imap/parser/bombs", test_bombs);
  g_test_add_func ("/wire/imap/parser/streamed", test_streamed);
  g_test_add_func ("/wire/imap/parser/leftover", test_leftover);
  return g_test_run ();
}
