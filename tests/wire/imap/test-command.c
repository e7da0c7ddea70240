/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-imap-command.h"

#include <string.h>

#include "barua-error.h"
#include "barua-imap-mailbox.h"
#include "barua-imap-uid-set.h"
#include "barua-limits.h"
#include "imap-grammar.h"

/* The whole text; "|" where a "+" is waited for. Takes @command. */
static char *
to_text (BaruaImapCommand *command)
{
  GString *marked = g_string_new (NULL);
  g_autoptr(GString) plain = g_string_new (NULL);
  const char *problem;

  g_assert_nonnull (command);
  for (guint i = 0; i < barua_imap_command_get_n_pieces (command); i++)
    {
      GBytes *piece = barua_imap_command_peek_piece (command, i);
      gsize length;
      const char *data = g_bytes_get_data (piece, &length);

      g_string_append_len (plain, data, (gssize) length);
      g_string_append_len (marked, data, (gssize) length);
      if (barua_imap_command_piece_must_wait (command, i))
        g_string_append_c (marked, '|');
    }
  g_assert_cmpuint (plain->len, ==, barua_imap_command_get_size (command));
  problem = imap_grammar_check (plain->str, plain->len, NULL);
  if (problem != NULL)
    g_error ("%s in %s", problem, plain->str);
  barua_imap_command_free (command);
  return g_string_free (marked, FALSE);
}

#define CHECK(command, text)                            \
  G_STMT_START                                          \
  {                                                     \
    g_autofree char *made_ = to_text (command);         \
    g_assert_cmpstr (made_, ==, text);                  \
  }                                                     \
  G_STMT_END

#define REFUSED(command)                                               \
  G_STMT_START                                                         \
  {                                                                    \
    g_autoptr(GError) error_ = NULL;                                   \
    GError **error = &error_;                                          \
    g_assert_null (command);                                           \
    g_assert_error (error_, BARUA_ERROR, BARUA_ERROR_INVALID);         \
  }                                                                    \
  G_STMT_END

static char *
all_text (GPtrArray *commands)
{
  GString *text = g_string_new (NULL);

  g_assert_nonnull (commands);
  while (commands->len > 0)
    {
      g_autofree char *one = to_text (g_ptr_array_steal_index (commands, 0));

      g_string_append (text, one);
    }
  g_ptr_array_unref (commands);
  return g_string_free (text, FALSE);
}

#define CHECK_ALL(commands, text)                       \
  G_STMT_START                                          \
  {                                                     \
    g_autofree char *made_ = all_text (commands);       \
    g_assert_cmpstr (made_, ==, text);                  \
  }                                                     \
  G_STMT_END

static const BaruaImapDialect plus = { .literals = BARUA_IMAP_LITERALS_PLUS };
static const BaruaImapDialect minus = { .literals = BARUA_IMAP_LITERALS_MINUS };
static const BaruaImapDialect utf8 = { .literals = BARUA_IMAP_LITERALS_PLUS, .utf8 = TRUE };

static void
test_simple (void)
{
  CHECK (barua_imap_command_capability (), "CAPABILITY\r\n");
  CHECK (barua_imap_command_noop (), "NOOP\r\n");
  CHECK (barua_imap_command_logout (), "LOGOUT\r\n");
  CHECK (barua_imap_command_starttls (), "STARTTLS\r\n");
  CHECK (barua_imap_command_compress (), "COMPRESS DEFLATE\r\n");
  CHECK (barua_imap_command_idle (), "IDLE\r\n");
  CHECK (barua_imap_command_close (), "CLOSE\r\n");
  CHECK (barua_imap_command_unselect (), "UNSELECT\r\n");
  CHECK (barua_imap_command_check (), "CHECK\r\n");
  CHECK (barua_imap_command_expunge (), "EXPUNGE\r\n");
  CHECK (barua_imap_command_namespace (), "NAMESPACE\r\n");
  CHECK (barua_imap_command_unauthenticate (), "UNAUTHENTICATE\r\n");
}

static void
test_sign_in (void)
{
  g_autoptr(GBytes) initial = g_bytes_new ("\0a\0b", 4);
  g_autoptr(GBytes) empty = g_bytes_new ("", 0);

  CHECK (barua_imap_command_authenticate ("PLAIN", NULL, NULL), "AUTHENTICATE PLAIN\r\n");
  CHECK (barua_imap_command_authenticate ("PLAIN", initial, NULL), "AUTHENTICATE PLAIN AGEAYg==\r\n");
  CHECK (barua_imap_command_authenticate ("EXTERNAL", empty, NULL), "AUTHENTICATE EXTERNAL =\r\n");
  REFUSED (barua_imap_command_authenticate ("PLA IN", NULL, error));
  CHECK (barua_imap_command_login (NULL, "amina", "a \"b\\c", NULL), "LOGIN \"amina\" \"a \\\"b\\\\c\"\r\n");
  CHECK (barua_imap_command_login (NULL, "amina", "p\303\244ss", NULL), "LOGIN \"amina\" {5}\r\n|p\303\244ss\r\n");
  CHECK (barua_imap_command_login (&plus, "amina", "p\303\244ss", NULL), "LOGIN \"amina\" {5+}\r\np\303\244ss\r\n");
  CHECK (barua_imap_command_login (&utf8, "amina", "p\303\244ss", NULL), "LOGIN \"amina\" \"p\303\244ss\"\r\n");
  REFUSED (barua_imap_command_login (NULL, "amina", "a\r\nb2 LOGOUT", error));
  REFUSED (barua_imap_command_login (&plus, "a\nb", "x", error));
  CHECK (barua_imap_command_id (NULL, NULL, NULL), "ID NIL\r\n");
  CHECK (barua_imap_command_id (NULL, (const char *const[]) { "name", "Barua", NULL }, NULL), "ID (\"name\" \"Barua\")\r\n");
  REFUSED (barua_imap_command_id (NULL, (const char *const[]) { "name", NULL }, error));
  CHECK (barua_imap_command_enable ((const char *const[]) { "QRESYNC", "UTF8=ACCEPT", NULL }, NULL), "ENABLE QRESYNC UTF8=ACCEPT\r\n");
  REFUSED (barua_imap_command_enable ((const char *const[]) { "A B", NULL }, error));
}

static void
test_mailboxes (void)
{
  g_autoptr(BaruaIdSet) known = barua_id_set_parse ("1:9,12", -1);
  g_autoptr(BaruaIdSet) seqs = barua_id_set_parse ("5,9", -1);
  g_autoptr(BaruaIdSet) uids = barua_id_set_parse ("8,12", -1);
  BaruaImapQresync qresync = { .uid_validity = 67, .modseq = 20, .known_uids = known, .match_seqs = seqs, .match_uids = uids };
  const char *const one[] = { "*", NULL };
  const char *const two[] = { "INBOX", "a/%", NULL };
  g_autofree char *long_name = g_strnfill (BARUA_LIMIT_FOLDER_NAME_BYTES, 'x');
  g_autofree char *longer = g_strnfill (BARUA_LIMIT_FOLDER_NAME_BYTES + 1, 'x');

  CHECK (barua_imap_command_select (NULL, "INBOX", 0, NULL, NULL), "SELECT \"INBOX\"\r\n");
  CHECK (barua_imap_command_select (NULL, "a\"b", BARUA_IMAP_SELECT_READ_ONLY | BARUA_IMAP_SELECT_CONDSTORE, NULL, NULL),
         "EXAMINE \"a\\\"b\" (CONDSTORE)\r\n");
  CHECK (barua_imap_command_select (NULL, "x", 0, &qresync, NULL), "SELECT \"x\" (QRESYNC (67 20 1:9,12 (5,9 8,12)))\r\n");
  barua_id_set_add (seqs, 44);
  REFUSED (barua_imap_command_select (NULL, "x", 0, &qresync, error));
  qresync = (BaruaImapQresync) { .uid_validity = 67 };
  REFUSED (barua_imap_command_select (NULL, "x", 0, &qresync, error));
  REFUSED (barua_imap_command_select (NULL, "", 0, NULL, error));
  REFUSED (barua_imap_command_select (NULL, "a\r\nb", 0, NULL, error));
  barua_imap_command_free (barua_imap_command_select (NULL, long_name, 0, NULL, NULL));
  REFUSED (barua_imap_command_select (NULL, longer, 0, NULL, error));
  CHECK (barua_imap_command_list (NULL, BARUA_IMAP_LIST_LIST, "", one,
                                  BARUA_IMAP_LIST_RETURN_SPECIAL_USE | BARUA_IMAP_LIST_RETURN_CHILDREN |
                                    BARUA_IMAP_LIST_RETURN_SUBSCRIBED,
                                  BARUA_IMAP_STATUS_MESSAGES | BARUA_IMAP_STATUS_UIDNEXT | BARUA_IMAP_STATUS_HIGHESTMODSEQ,
                                  NULL),
         "LIST \"\" \"*\" RETURN (SUBSCRIBED CHILDREN SPECIAL-USE STATUS (MESSAGES UIDNEXT HIGHESTMODSEQ))\r\n");
  CHECK (barua_imap_command_list (NULL, BARUA_IMAP_LIST_LIST, "x", two, BARUA_IMAP_LIST_SUBSCRIBED, 0, NULL),
         "LIST (SUBSCRIBED) \"x\" (\"INBOX\" \"a/%\")\r\n");
  CHECK (barua_imap_command_list (NULL, BARUA_IMAP_LIST_XLIST, NULL, one, 0, 0, NULL), "XLIST \"\" \"*\"\r\n");
  CHECK (barua_imap_command_list (NULL, BARUA_IMAP_LIST_LSUB, NULL, one, 0, 0, NULL), "LSUB \"\" \"*\"\r\n");
  REFUSED (barua_imap_command_list (NULL, BARUA_IMAP_LIST_LSUB, NULL, two, 0, 0, error));
  REFUSED (barua_imap_command_list (NULL, BARUA_IMAP_LIST_LIST, NULL, one, BARUA_IMAP_LIST_RECURSIVE_MATCH, 0, error));
  CHECK (barua_imap_command_status (NULL, "x", BARUA_IMAP_STATUS_UNSEEN | BARUA_IMAP_STATUS_SIZE, NULL), "STATUS \"x\" (UNSEEN SIZE)\r\n");
  REFUSED (barua_imap_command_status (NULL, "x", 0, error));
  CHECK (barua_imap_command_create (NULL, "x", BARUA_ROLE_NONE, NULL), "CREATE \"x\"\r\n");
  CHECK (barua_imap_command_create (NULL, "x", BARUA_ROLE_ARCHIVE, NULL), "CREATE \"x\" (USE (\\Archive))\r\n");
  REFUSED (barua_imap_command_create (NULL, "x", BARUA_ROLE_INBOX, error));
  CHECK (barua_imap_command_delete (NULL, "x", NULL), "DELETE \"x\"\r\n");
  CHECK (barua_imap_command_rename (NULL, "x", "y z", NULL), "RENAME \"x\" \"y z\"\r\n");
  CHECK (barua_imap_command_subscribe (NULL, "x", TRUE, NULL), "SUBSCRIBE \"x\"\r\n");
  CHECK (barua_imap_command_subscribe (NULL, "x", FALSE, NULL), "UNSUBSCRIBE \"x\"\r\n");
  CHECK (barua_imap_command_get_quota_root (NULL, "x", NULL), "GETQUOTAROOT \"x\"\r\n");
  CHECK (barua_imap_command_my_rights (NULL, "x", NULL), "MYRIGHTS \"x\"\r\n");
  CHECK (barua_imap_command_get_metadata (NULL, "", (const char *const[]) { "/shared/comment", NULL }, 1024, NULL),
         "GETMETADATA (MAXSIZE 1024) \"\" (/shared/comment)\r\n");
  REFUSED (barua_imap_command_get_metadata (NULL, "", (const char *const[]) { "/a*", NULL }, 0, error));
}

static void
test_fetch (void)
{
  g_autoptr(BaruaIdSet) uids = barua_id_set_parse ("1:3,9", -1);
  g_autoptr(BaruaIdSet) none = barua_id_set_new ();
  const char *const fields[] = { "DATE", "FROM", NULL };
  const BaruaImapFetchSection sections[] = {
    { .text = "HEADER.FIELDS", .fields = fields },
    { .part = "1.2", .text = "MIME" },
    { .sets_seen = TRUE, .origin = 100, .count = 50 },
    { .kind = BARUA_IMAP_SECTION_BINARY, .part = "2" },
  };
  BaruaImapFetchRequest request = { .items = BARUA_IMAP_ITEM_UID | BARUA_IMAP_ITEM_FLAGS };
  const BaruaImapFetchSection wrong[] = { { .part = "1.x" }, { .part = "0" }, { .text = "MIME" }, { .text = "FOO" },
                                          { .text = "HEADER.FIELDS" }, { .kind = BARUA_IMAP_SECTION_RFC822 },
                                          { .part = "1." } };

  CHECK_ALL (barua_imap_commands_fetch (NULL, BARUA_IMAP_UIDS (uids), &request, NULL), "UID FETCH 1:3,9 (UID FLAGS)\r\n");
  CHECK_ALL (barua_imap_commands_fetch (NULL, BARUA_IMAP_UIDS_FROM (44), &request, NULL), "UID FETCH 44:* (UID FLAGS)\r\n");
  CHECK_ALL (barua_imap_commands_fetch (NULL, BARUA_IMAP_SEQS (uids), &request, NULL), "FETCH 1:3,9 (UID FLAGS)\r\n");
  CHECK_ALL (barua_imap_commands_fetch (NULL, ((BaruaImapMessages) { .is_saved = TRUE }), &request, NULL), "UID FETCH $ (UID FLAGS)\r\n");
  request.changed_since = 5;
  request.vanished = TRUE;
  CHECK_ALL (barua_imap_commands_fetch (NULL, BARUA_IMAP_UIDS_FROM (1), &request, NULL),
             "UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 5 VANISHED)\r\n");
  request = (BaruaImapFetchRequest) { .items = BARUA_IMAP_ITEM_PREVIEW, .lazy_preview = TRUE, .sections = sections,
                                      .n_sections = G_N_ELEMENTS (sections), .partial_first = -1, .partial_last = -100 };
  CHECK_ALL (barua_imap_commands_fetch (NULL, BARUA_IMAP_UIDS_FROM (1), &request, NULL),
             "UID FETCH 1:* (PREVIEW (LAZY) BODY.PEEK[HEADER.FIELDS (DATE FROM)] BODY.PEEK[1.2.MIME] BODY[]<100.50> "
             "BINARY.PEEK[2]) (PARTIAL -1:-100)\r\n");
  request.partial_last = 4;
  REFUSED (barua_imap_commands_fetch (NULL, BARUA_IMAP_UIDS_FROM (1), &request, error));
  request = (BaruaImapFetchRequest) { 0 };
  REFUSED (barua_imap_commands_fetch (NULL, BARUA_IMAP_UIDS_FROM (1), &request, error));
  REFUSED (barua_imap_commands_fetch (NULL, BARUA_IMAP_UIDS (none), &(BaruaImapFetchRequest) { .items = 1 }, error));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      request = (BaruaImapFetchRequest) { .sections = &wrong[i], .n_sections = 1 };
      REFUSED (barua_imap_commands_fetch (NULL, BARUA_IMAP_UIDS_FROM (1), &request, error));
    }
}

/* A set too long for a line is cut; together the pieces are the set, each is within the limit, and no shorter cut would do. */
static void
test_cutting (void)
{
  g_autoptr(BaruaIdSet) uids = barua_id_set_new ();
  g_autoptr(BaruaIdSet) seen = barua_id_set_new ();
  g_autoptr(GPtrArray) commands = NULL;
  g_autoptr(GPtrArray) halves = NULL;
  const BaruaImapFetchRequest request = { .items = BARUA_IMAP_ITEM_FLAGS };
  BaruaImapDialect yahoo = { .line_bytes = 1000 };

  for (guint uid = 1; uid < 20000; uid += 2)
    barua_id_set_add (uids, uid);
  commands = barua_imap_commands_fetch (&yahoo, BARUA_IMAP_UIDS (uids), &request, NULL);
  g_assert_cmpuint (commands->len, >, 50);
  for (guint i = 0; i < commands->len; i++)
    {
      BaruaImapCommand *command = g_ptr_array_index (commands, i);
      const char *text = g_bytes_get_data (barua_imap_command_peek_piece (command, 0), NULL);
      g_autoptr(BaruaIdSet) part = barua_id_set_parse (text + 10, (gssize) (strchr (text + 10, ' ') - text - 10));

      g_assert_cmpuint (barua_imap_command_get_size (command) + 16, <=, 1000);
      g_assert_true (i + 1 == commands->len || barua_imap_command_get_size (command) > 970);
      g_assert_nonnull (part);
      barua_id_set_add_set (seen, part);
    }
  g_assert_true (barua_id_set_equal (uids, seen));
  halves = barua_imap_uid_set_split (uids, 1);
  g_assert_cmpuint (halves->len, ==, 10000);
}

static void
test_messages (void)
{
  g_autoptr(BaruaIdSet) uids = barua_id_set_parse ("7", -1);
  g_autoptr(GBytes) message = g_bytes_new ("A: b\r\n\r\nx", 9);
  g_autoptr(GBytes) nul = g_bytes_new ("a\0b", 3);
  g_autoptr(GBytes) large = g_bytes_new_take (g_strnfill (4097, 'x'), 4097);
  g_autoptr(GBytes) fits = g_bytes_new_from_bytes (large, 0, 4096);
  BaruaImapCommand *command;

  CHECK_ALL (barua_imap_commands_store (NULL, BARUA_IMAP_UIDS (uids), BARUA_IMAP_STORE_ADD, TRUE,
                                        BARUA_FLAG_SEEN | BARUA_FLAG_JUNK,
                                        (const char *const[]) { "work", NULL }, 44, NULL),
             "UID STORE 7 (UNCHANGEDSINCE 44) +FLAGS.SILENT (\\Seen $Junk work)\r\n");
  CHECK_ALL (barua_imap_commands_store (NULL, BARUA_IMAP_UIDS (uids), BARUA_IMAP_STORE_REPLACE, FALSE, 0, NULL, 0, NULL),
             "UID STORE 7 FLAGS ()\r\n");
  REFUSED (barua_imap_commands_store (NULL, BARUA_IMAP_UIDS (uids), BARUA_IMAP_STORE_REMOVE, FALSE, 0, NULL, 0, error));
  REFUSED (barua_imap_commands_store (NULL, BARUA_IMAP_UIDS (uids), BARUA_IMAP_STORE_ADD, FALSE, 0,
                                      (const char *const[]) { "a b", NULL }, 0, error));
  REFUSED (barua_imap_commands_store (NULL, BARUA_IMAP_UIDS (uids), BARUA_IMAP_STORE_ADD, FALSE, 0,
                                      (const char *const[]) { "a)\r\nx", NULL }, 0, error));
  CHECK_ALL (barua_imap_commands_store_gm_labels (NULL, BARUA_IMAP_UIDS (uids), BARUA_IMAP_STORE_ADD, FALSE,
                                                  (const char *const[]) { "\\Inbox", "a b", NULL }, NULL),
             "UID STORE 7 +X-GM-LABELS (\"\\\\Inbox\" \"a b\")\r\n");
  CHECK_ALL (barua_imap_commands_copy (NULL, BARUA_IMAP_UIDS (uids), "x", NULL), "UID COPY 7 \"x\"\r\n");
  CHECK_ALL (barua_imap_commands_move (NULL, BARUA_IMAP_UIDS (uids), "x", NULL), "UID MOVE 7 \"x\"\r\n");
  CHECK_ALL (barua_imap_commands_uid_expunge (NULL, uids, NULL), "UID EXPUNGE 7\r\n");
  CHECK (barua_imap_command_append (NULL, "x", BARUA_FLAG_SEEN, NULL, 1782997200, message, FALSE, NULL),
         "APPEND \"x\" (\\Seen) \"02-Jul-2026 13:00:00 +0000\" {9}\r\n|A: b\r\n\r\nx\r\n");
  CHECK (barua_imap_command_append (&plus, "x", 0, NULL, G_MININT64, message, TRUE, NULL),
         "APPEND \"x\" ~{9+}\r\nA: b\r\n\r\nx\r\n");
  barua_imap_command_free (barua_imap_command_append (&plus, "x", 0, NULL, G_MININT64, nul, TRUE, NULL));
  REFUSED (barua_imap_command_append (&plus, "x", 0, NULL, G_MININT64, nul, FALSE, error));
  command = barua_imap_command_append (&minus, "x", 0, NULL, G_MININT64, fits, FALSE, NULL);
  g_assert_false (barua_imap_command_piece_must_wait (command, 0));
  barua_imap_command_free (command);
  command = barua_imap_command_append (&minus, "x", 0, NULL, G_MININT64, large, FALSE, NULL);
  g_assert_true (barua_imap_command_piece_must_wait (command, 0));
  barua_imap_command_free (command);
  CHECK (barua_imap_command_replace (&plus, 4, "x", BARUA_FLAG_DRAFT, NULL, G_MININT64, message, FALSE, NULL),
         "UID REPLACE 4 \"x\" (\\Draft) {9+}\r\nA: b\r\n\r\nx\r\n");
  REFUSED (barua_imap_command_replace (&plus, 0, "x", 0, NULL, G_MININT64, message, FALSE, error));
}

#define SEARCH(dialect, request, key, text)                                              \
  G_STMT_START                                                                           \
  {                                                                                      \
    g_autoptr(BaruaImapSearchKey) key_ = key;                                            \
    const BaruaImapSearchRequest request_ = request;                                     \
    CHECK (barua_imap_command_search (dialect, &request_, key_, NULL), text);            \
  }                                                                                      \
  G_STMT_END

#define PLAIN ((BaruaImapSearchRequest) { 0 })
#define RETURN_ALL ((BaruaImapSearchRequest) { .use_return = TRUE, .items = BARUA_IMAP_SEARCH_ALL })

static void
test_search (void)
{
  g_autoptr(BaruaIdSet) uids = barua_id_set_parse ("5:7", -1);
  g_autoptr(BaruaImapSearchKey) bad = barua_imap_search_text (BARUA_IMAP_SEARCH_IN_SUBJECT, "a\r\nb");
  g_autoptr(BaruaImapSearchKey) date = barua_imap_search_date (BARUA_IMAP_SEARCH_SINCE, 2026, 2, 30);
  g_autoptr(BaruaImapSearchKey) all = barua_imap_search_all ();

  SEARCH (NULL, PLAIN, barua_imap_search_all (), "UID SEARCH ALL\r\n");
  SEARCH (NULL, RETURN_ALL, barua_imap_search_flag (BARUA_FLAG_SEEN, FALSE), "UID SEARCH RETURN (ALL) UNSEEN\r\n");
  SEARCH (NULL, ((BaruaImapSearchRequest) { .use_return = TRUE, .items = BARUA_IMAP_SEARCH_PARTIAL, .partial_first = 1,
                                            .partial_last = 100, .save = TRUE, .by_number = TRUE }),
          barua_imap_search_flag (BARUA_FLAG_FORWARDED, TRUE), "SEARCH RETURN (PARTIAL 1:100 SAVE) KEYWORD $Forwarded\r\n");
  SEARCH (NULL, PLAIN,
          barua_imap_search_or (barua_imap_search_and (barua_imap_search_text (BARUA_IMAP_SEARCH_IN_FROM, "a b"),
                                                       barua_imap_search_larger (5)),
                                barua_imap_search_not (barua_imap_search_uids (uids))),
          "UID SEARCH OR (FROM \"a b\" LARGER 5) NOT UID 5:7\r\n");
  SEARCH (&plus, PLAIN, barua_imap_search_text (BARUA_IMAP_SEARCH_IN_TEXT, "\303\244"),
          "UID SEARCH CHARSET UTF-8 TEXT {2+}\r\n\303\244\r\n");
  SEARCH (&utf8, PLAIN, barua_imap_search_text (BARUA_IMAP_SEARCH_IN_TEXT, "\303\244"), "UID SEARCH TEXT \"\303\244\"\r\n");
  SEARCH (NULL, PLAIN,
          barua_imap_search_and (barua_imap_search_date (BARUA_IMAP_SEARCH_SENT_SINCE, 2026, 7, 2),
                                 barua_imap_search_header ("List-Id", "x")),
          "UID SEARCH SENTSINCE 2-Jul-2026 HEADER List-Id \"x\"\r\n");
  SEARCH (NULL, PLAIN, barua_imap_search_uid_range (100, 0), "UID SEARCH UID 100:*\r\n");
  SEARCH (NULL, PLAIN, barua_imap_search_uid_range (100, 200), "UID SEARCH UID 100:200\r\n");
  SEARCH (NULL, PLAIN, barua_imap_search_numbers (3, 3), "UID SEARCH 3\r\n");
  SEARCH (NULL, PLAIN, barua_imap_search_fuzzy (barua_imap_search_gmail ("has:x y")), "UID SEARCH FUZZY X-GM-RAW \"has:x y\"\r\n");
  SEARCH (NULL, PLAIN, barua_imap_search_and (barua_imap_search_saved (), barua_imap_search_modseq (9)), "UID SEARCH $ MODSEQ 9\r\n");
  SEARCH (NULL, PLAIN, barua_imap_search_and (barua_imap_search_email_id ("M1"), barua_imap_search_younger (60)),
          "UID SEARCH EMAILID M1 YOUNGER 60\r\n");
  REFUSED (barua_imap_command_search (NULL, &PLAIN, bad, error));
  REFUSED (barua_imap_command_search (NULL, &PLAIN, date, error));
  CHECK (barua_imap_command_sort (NULL, &PLAIN, BARUA_IMAP_SORT_DATE, TRUE, all, NULL), "UID SORT (REVERSE DATE) UTF-8 ALL\r\n");
  CHECK (barua_imap_command_thread (NULL, TRUE, all, NULL), "UID THREAD REFERENCES UTF-8 ALL\r\n");
}

static void
test_notify (void)
{
  const BaruaImapFetchRequest fetch = { .items = BARUA_IMAP_ITEM_UID | BARUA_IMAP_ITEM_FLAGS };
  BaruaImapNotifyGroup groups[] = {
    { .scope = BARUA_IMAP_NOTIFY_SELECTED,
      .events = BARUA_IMAP_NOTIFY_MESSAGE_NEW | BARUA_IMAP_NOTIFY_MESSAGE_EXPUNGE | BARUA_IMAP_NOTIFY_FLAG_CHANGE,
      .fetch = &fetch },
    { .scope = BARUA_IMAP_NOTIFY_PERSONAL,
      .events = BARUA_IMAP_NOTIFY_MESSAGE_NEW | BARUA_IMAP_NOTIFY_MESSAGE_EXPUNGE | BARUA_IMAP_NOTIFY_MAILBOX_NAME },
    { .scope = BARUA_IMAP_NOTIFY_MAILBOXES, .mailboxes = (const char *const[]) { "a b", NULL } },
  };

  CHECK (barua_imap_command_notify (NULL, TRUE, groups, 3, NULL),
         "NOTIFY SET STATUS (SELECTED (MessageNew (UID FLAGS) MessageExpunge FlagChange)) "
         "(PERSONAL (MessageNew MessageExpunge MailboxName)) (MAILBOXES (\"a b\") NONE)\r\n");
  CHECK (barua_imap_command_notify (NULL, TRUE, NULL, 0, NULL), "NOTIFY NONE\r\n");
  groups[0].events = BARUA_IMAP_NOTIFY_MESSAGE_NEW;
  REFUSED (barua_imap_command_notify (NULL, FALSE, groups, 1, error));
}

static void
test_mutf7 (void)
{
  static const struct
  {
    const char *raw;
    const char *name;
    gboolean    exact; /* well-formed: comes back as it was */
  } names[] = {
    { "INBOX", "INBOX", TRUE },
    { "Entw&APw-rfe", "Entw\303\274rfe", TRUE },
    { "&ZeVnLIqe-", "\346\227\245\346\234\254\350\252\236", TRUE },
    { "&2D3eAA-", "\360\237\230\200", TRUE },
    { "Tom &- Jerry", "Tom & Jerry", TRUE },
    { "&AOk-l&AOk-ments", "\303\251l\303\251ments", TRUE },
    { "&", "&", FALSE },
    { "&AGE-", "&AGE-", FALSE },    /* ASCII in base64 */
    { "&2D0-", "&2D0-", FALSE },    /* half a pair */
    { "&AOk", "&AOk", FALSE },
    { "&AOl-", "&AOl-", FALSE },    /* stray bits */
    { "&AOk-&AOk-", "&AOk-&AOk-", FALSE },
    { "a\303\244", "a\303\244", FALSE },
    { "a\377", "a\357\277\275", FALSE },
    { "&!-", "&!-", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = barua_imap_mailbox_decode (names[i].raw, FALSE);
      g_autofree char *strict = barua_imap_mailbox_decode_strict (names[i].raw);

      g_assert_cmpstr (name, ==, names[i].name);
      g_assert_cmpint (strict != NULL, ==, names[i].exact);
      if (strict != NULL)
        {
          g_autofree char *raw = barua_imap_mailbox_encode (strict, FALSE);

          g_assert_cmpstr (raw, ==, names[i].raw);
        }
    }
  g_assert_null (barua_imap_mailbox_encode ("", FALSE));
  g_assert_null (barua_imap_mailbox_encode ("a\nb", FALSE));
  g_assert_null (barua_imap_mailbox_encode ("a\302\205b", FALSE));
  g_assert_null (barua_imap_mailbox_encode ("\377", FALSE));
  {
    g_autofree char *name = barua_imap_mailbox_decode ("Tom & J\303\244", TRUE);
    g_autofree char *raw = barua_imap_mailbox_encode ("Tom & J\303\244", TRUE);

    g_assert_cmpstr (name, ==, "Tom & J\303\244");
    g_assert_cmpstr (raw, ==, "Tom & J\303\244");
  }
}

static void
test_uid_set (void)
{
  static const struct
  {
    const char *text;
    const char *result; /* NULL: refused */
  } sets[] = {
    { "1", "1" },           { "5:1,9", "1:5,9" }, { "1,,2,", "1:2" },      { "4294967295", "4294967295" }, { "4294967296", NULL },
    { "0", NULL },          { "1:*", NULL },      { "", NULL },            { ",", NULL },                  { "1:", NULL },
    { ":1", NULL },         { "1 2", NULL },      { "1:4294967295", "1:4294967295" }, { "a", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      g_autoptr(BaruaIdSet) set = barua_imap_uid_set_parse ((BaruaImapSlice) { sets[i].text, strlen (sets[i].text) });
      g_autofree char *text = set != NULL ? barua_id_set_to_string (set) : NULL;

      g_assert_cmpstr (text, ==, sets[i].result);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/imap/command/simple", test_simple);
  g_test_add_func ("/wire/imap/command/sign-in", test_sign_in);
  g_test_add_func ("/wire/imap/command/mailboxes", test_mailboxes);
  g_test_add_func ("/wire/imap/command/fetch", test_fetch);
  g_test_add_func ("/wire/imap/command/cutting", test_cutting);
  g_test_add_func ("/wire/imap/command/messages", test_messages);
  g_test_add_func ("/wire/imap/command/search", test_search);
  g_test_add_func ("/wire/imap/command/notify", test_notify);
  g_test_add_func ("/wire/imap/mailbox", test_mutf7);
  g_test_add_func ("/wire/imap/uid-set", test_uid_set);
  return g_test_run ();
}
