/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is typed, as a SEARCH command. */
#include "barua-imap-command.h"
#include "barua-imap-query.h"
#include "barua-limits.h"

#include <string.h>

static const BaruaImapDialect plus = { .literals = BARUA_IMAP_LITERALS_PLUS };
static const BaruaImapDialect utf8 = { .literals = BARUA_IMAP_LITERALS_PLUS, .utf8 = TRUE };

static char *
to_command (const BaruaImapDialect *dialect,
            const char             *text)
{
  const BaruaImapSearchRequest request = { .use_return = TRUE, .items = BARUA_IMAP_SEARCH_ALL };
  g_autoptr(BaruaSearchQuery) query = barua_search_query_parse (text, -1, NULL);
  g_autoptr(BaruaImapSearchKey) key = barua_imap_query_to_key (query);
  g_autoptr(GError) error = NULL;
  g_autoptr(BaruaImapCommand) command = barua_imap_command_search (dialect, &request, key, &error);
  GString *all = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < barua_imap_command_get_n_pieces (command); i++)
    {
      GBytes *piece = barua_imap_command_peek_piece (command, i);

      g_string_append_len (all, g_bytes_get_data (piece, NULL), (gssize) g_bytes_get_size (piece));
    }
  return g_string_free (all, FALSE);
}

static void
assert_command (const BaruaImapDialect *dialect,
                const char             *text,
                const char             *wanted)
{
  g_autofree char *got = to_command (dialect, text);
  g_autofree char *full = g_strconcat ("UID SEARCH RETURN (ALL) ", wanted, "\r\n", NULL);

  g_assert_cmpstr (got, ==, full);
}

static void
words (void)
{
  assert_command (NULL, "maize", "TEXT \"maize\"");
  assert_command (NULL, "two words", "TEXT \"two\" TEXT \"words\"");
  assert_command (NULL, "\"two words\"", "TEXT \"two words\"");
  assert_command (NULL, "from:alice", "FROM \"alice\"");
  assert_command (NULL, "from:\"Alice Carter\"", "FROM \"Alice Carter\"");
  assert_command (NULL, "to:ben", "OR TO \"ben\" CC \"ben\"");
  assert_command (NULL, "subject:Budget", "SUBJECT \"Budget\"");
  assert_command (NULL, "body:deeds", "BODY \"deeds\"");
  assert_command (NULL, "-from:alice maize", "NOT FROM \"alice\" TEXT \"maize\"");
  assert_command (NULL, "-to:ben", "NOT OR TO \"ben\" CC \"ben\"");
  /* A quote that is not one of ours, a backslash: data, never words of the protocol. */
  assert_command (NULL, "a\\b", "TEXT \"a\\\\b\"");
  assert_command (NULL, "x){5}", "TEXT \"x){5}\"");
}

static void
marks (void)
{
  assert_command (NULL, "is:unread", "UNSEEN");
  assert_command (NULL, "is:read x1", "SEEN TEXT \"x1\"");
  assert_command (NULL, "is:starred", "FLAGGED");
  assert_command (NULL, "-is:starred", "UNFLAGGED");
  assert_command (NULL, "larger:10K", "LARGER 10240");
  assert_command (NULL, "larger:4294967295", "LARGER 4294967295");
  assert_command (NULL, "larger:5G", "LARGER 4294967295");
  /* No key for these: left to the store. */
  assert_command (NULL, "has:attachment", "ALL");
  assert_command (NULL, "in:archive maize", "TEXT \"maize\"");
}

/* A day more at either end, over the ends of months and years. */
static void
dates (void)
{
  assert_command (NULL, "after:2024-03-01", "SENTSINCE 29-Feb-2024");
  assert_command (NULL, "before:2024", "SENTBEFORE 2-Jan-2024");
  assert_command (NULL, "after:2024 before:2025", "SENTSINCE 31-Dec-2023 SENTBEFORE 2-Jan-2025");
  /* There is no day after this one. */
  assert_command (NULL, "before:9999-12-31 x1", "TEXT \"x1\"");
  assert_command (NULL, "after:0001-01-01 x1", "TEXT \"x1\"");
}

static void
letters (void)
{
  g_autoptr(BaruaSearchQuery) ascii = barua_search_query_parse ("from:alice maize", -1, NULL);
  g_autoptr(BaruaSearchQuery) other = barua_search_query_parse ("from:alice K\303\274che", -1, NULL);

  g_assert_true (barua_imap_query_is_ascii (ascii));
  g_assert_false (barua_imap_query_is_ascii (other));
  assert_command (&plus, "K\303\274che", "CHARSET UTF-8 TEXT {6+}\r\nK\303\274che");
  assert_command (&plus, "from:alice K\303\274che", "CHARSET UTF-8 FROM \"alice\" TEXT {6+}\r\nK\303\274che");
  assert_command (NULL, "K\303\274che", "CHARSET UTF-8 TEXT {6}\r\nK\303\274che");
  /* RFC 6855: as it is. */
  assert_command (&utf8, "K\303\274che", "TEXT \"K\303\274che\"");
  assert_command (&utf8, "\340\246\232\340\246\276", "TEXT \"\340\246\232\340\246\276\"");
}

/* As many terms as are read, and one more. */
static void
bounds (void)
{
  for (guint n = BARUA_LIMIT_SEARCH_TERMS; n <= BARUA_LIMIT_SEARCH_TERMS + 1; n++)
    {
      g_autoptr(GString) text = g_string_new (NULL);
      g_autofree char *got = NULL;
      guint found = 0;

      for (guint i = 0; i < n; i++)
        g_string_append_printf (text, "to:word%u ", i);
      got = to_command (NULL, text->str);
      for (const char *p = got; (p = strstr (p, "OR TO")) != NULL; p++)
        found++;
      g_assert_cmpuint (found, ==, BARUA_LIMIT_SEARCH_TERMS);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("TZ", "Africa/Nairobi", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/imap-query/words", words);
  g_test_add_func ("/engine/imap-query/marks", marks);
  g_test_add_func ("/engine/imap-query/dates", dates);
  g_test_add_func ("/engine/imap-query/letters", letters);
  g_test_add_func ("/engine/imap-query/bounds", bounds);
  return g_test_run ();
}
