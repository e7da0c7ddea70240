/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "barua-limits.h"
#include "barua-mail-address.h"
#include "barua-mail-date.h"
#include "barua-mail-decode.h"
#include "barua-mail-header.h"
#include "barua-mail-reader.h"

static const struct
{
  const char *raw;
  const char *text;
} values[] = {
  { "plain", "plain" },
  { "  padded \r\n", "padded" },
  { "folded\r\n here", "folded here" },
  { "=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Gr\xc3\xbc\xc3\x9f" "e" },
  { "=?UTF-8?B?R3LDvMOfZQ==?=", "Gr\xc3\xbc\xc3\x9f" "e" },
  { "=?UTF-8?B?R3LDvMOfZQ?=", "Gr\xc3\xbc\xc3\x9f" "e" },
  { "=?iso-8859-1?q?caf=E9_cr=E8me?=", "caf\xc3\xa9 cr\xc3\xa8me" },
  { "=?iso-8859-1*fr?q?caf=E9?=", "caf\xc3\xa9" },
  { "a =?utf-8?q?b?= =?utf-8?q?c?= d", "a bc d" },
  { "=?utf-8?q?b?=\r\n =?utf-8?q?c?=", "bc" },
  /* A character cut over two words. */
  { "=?utf-8?B?4LA=?= =?utf-8?B?pA==?=", "\xe0\xb0\xa4" },
  { "=?utf-8?Q?=E0=B0?= =?utf-8?Q?=A4?=", "\xe0\xb0\xa4" },
  /* Raw spaces inside Q, as many senders write. */
  { "=?utf-8?Q?two words?=", "two words" },
  { "=?koi8-r?B?8NLJ18XU?=", "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82" },
  { "=?shift_jis?B?k/qWew==?=", "\xe6\x97\xa5\xe6\x9c\xac" },
  { "=?x-nowhere?Q?abc?=", "abc" },
  /* Unlabelled bytes. */
  { "Gr\xc3\xbc\xc3\x9f" "e", "Gr\xc3\xbc\xc3\x9f" "e" },
  { "Gr\xfc\xdf" "e", "Gr\xc3\xbc\xc3\x9f" "e" },
  /* Not encoded words. */
  { "=?utf-8?X?abc?=", "=?utf-8?X?abc?=" },
  { "=?utf-8?Q?never ends", "=?utf-8?Q?never ends" },
  { "2 =? 3", "2 =? 3" },
  { "=?", "=?" },
  { "=?a?b", "=?a?b" },
  /* Control characters and bidi overrides do not get through. */
  { "=?utf-8?Q?a=00b?=", "a\xef\xbf\xbd" "b" },
  { "=?utf-8?Q?exe=E2=80=AEgpj?=", "exegpj" },
  { "", "" },
};

static void
test_values (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *text = barua_mail_decode_text (values[i].raw, strlen (values[i].raw));

      g_test_message ("%s", values[i].raw);
      g_assert_cmpstr (text, ==, values[i].text);
    }
}

static void
test_value_limit (void)
{
  g_autofree char *long_text = g_strnfill (BARUA_LIMIT_SUBJECT_BYTES + 1, 'x');
  g_autofree char *cut = barua_mail_decode_text (long_text, BARUA_LIMIT_SUBJECT_BYTES + 1);
  g_autofree char *whole = barua_mail_decode_text (long_text, BARUA_LIMIT_SUBJECT_BYTES);

  g_assert_cmpuint (strlen (cut), ==, BARUA_LIMIT_SUBJECT_BYTES);
  g_assert_cmpuint (strlen (whole), ==, BARUA_LIMIT_SUBJECT_BYTES);
}

static const struct
{
  const char *raw;
  gint64      unix_seconds;
  int         zone;
} dates[] = {
  { "Fri, 21 Nov 1997 09:55:06 -0600", 880127706, -360 },
  { "21 Nov 1997 09:55:06 -0600", 880127706, -360 },
  { "Fri, 21 Nov 97 09:55:06 -0600", 880127706, -360 },
  { "21 Nov 97 15:55:06 GMT", 880127706, 0 },
  { "Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", 880127706, -360 },
  { "Thu,\r\n 13\r\n Feb 1969 23:32 -0330 (Newfoundland Time)", -27723480, -210 },
  { "Thu, 1 Jan 1970 00:00:00 +0000", 0, 0 },
  { "Tue, 29 Feb 2000 12:00:00 +0530", 951805800, 330 },
  { "Sat Nov 22 02:06:00 2026", G_MININT64, 0 },
  { "Sun, 22 Nov 2026 10.15.00 +0200", 1795335300, 120 },
  { "Sun, 22 Nov 2026 08:15 EST", 1795353300, -300 },
  { "Sun, 22-Nov-2026 08:15:00 +05:30", 1795315500, 330 },
  { "Mon, 32 Nov 2026 08:15:00 +0000", G_MININT64, 0 },
  { "Mon, 3 Nov 2026 25:15:00 +0000", G_MININT64, 0 },
  { "Mon, 3 Foo 2026 05:15:00 +0000", G_MININT64, 0 },
  { "Fri, 31 Dec 9999 23:59:59 +0000", 253402300799, 0 },
  { "Fri, 31 Dec 10000 23:59:59 +0000", G_MININT64, 0 },
  { "Sun, 22 Nov 2026 08:15:00 +9999", 1795335300, 0 },
  { "", G_MININT64, 0 },
  { "(((((((", G_MININT64, 0 },
};

static void
test_dates (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (dates); i++)
    {
      gint64 unix_seconds = G_MININT64;
      gint16 zone = 0;

      g_test_message ("%s", dates[i].raw);
      g_assert_cmpint (barua_mail_date_parse (dates[i].raw, strlen (dates[i].raw), &unix_seconds, &zone), ==,
                       dates[i].unix_seconds != G_MININT64);
      g_assert_cmpint (unix_seconds, ==, dates[i].unix_seconds);
      g_assert_cmpint (zone, ==, dates[i].zone);
    }
}

static const struct
{
  const char *raw;
  const char *text; /* "name|address" joined with ", " */
} addresses[] = {
  { "maria@posta.example", "|maria@posta.example" },
  { "Maria <maria@posta.example>", "Maria|maria@posta.example" },
  { "\"Mwangi, Baraka\" <baraka@posta.example>", "Mwangi, Baraka|baraka@posta.example" },
  { "\"Say \\\"hi\\\"\" <a@b.example>", "Say \"hi\"|a@b.example" },
  { "a@b.example (Alice)", "Alice|a@b.example" },
  { "a@b.example, c@d.example", "|a@b.example, |c@d.example" },
  { "A <a@b.example>,,B <c@d.example>,", "A|a@b.example, B|c@d.example" },
  { "Team: A <a@b.example>, c@d.example;, e@f.example", "A|a@b.example, |c@d.example, |e@f.example" },
  { "undisclosed-recipients:;", "undisclosed-recipients|" },
  { "=?utf-8?Q?M=C3=BCller?= <m@b.example>", "M\xc3\xbcller|m@b.example" },
  { "<@relay.example:a@b.example>", "|a@b.example" },
  { "\"odd local\"@b.example", "|\"odd local\"@b.example" },
  { "Just A Name", "Just A Name|" },
  { "A < a @ b.example >", "A|a@b.example" },
  { "A (one (two) three) <a@b.example>", "A|a@b.example" },
  { "", "" },
  { "<>", "" },
  { ";;;;", "" },
  { "\"unterminated <a@b.example>", "unterminated <a@b.example>|" },
  /* Mailsploit: an encoded word inside the addr-spec is never decoded. */
  { "=?utf-8?b?cG90dXNAd2hpdGVob3VzZS5nb3Y=?=@evil.example", "|=?utf-8?b?cG90dXNAd2hpdGVob3VzZS5nb3Y=?=@evil.example" },
  { "ceo@bank.example <x@evil.example>", "ceo@bank.example|x@evil.example" },
};

static void
test_addresses (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autoptr (GPtrArray) list = barua_mail_addresses_parse (addresses[i].raw, strlen (addresses[i].raw));
      g_autoptr (GString) text = g_string_new (NULL);

      for (guint j = 0; j < list->len; j++)
        {
          const BaruaAddress *address = g_ptr_array_index (list, j);

          g_string_append_printf (text, "%s%s|%s", j > 0 ? ", " : "", address->name, address->address);
        }
      g_test_message ("%s", addresses[i].raw);
      g_assert_cmpstr (text->str, ==, addresses[i].text);
    }
}

/* THREATS M-03: nested groups, comments and recipients without end must neither crash nor take long. */
static void
test_address_bombs (void)
{
  static const char *const pieces[] = { "a:", "(", ";", ",", "<", "\"", "a@b.example,", "\\" };

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autoptr (GString) bomb = g_string_new (NULL);
      g_autoptr (GPtrArray) list = NULL;

      while (bomb->len < 2 * BARUA_LIMIT_ADDRESS_HEADER_BYTES)
        g_string_append (bomb, pieces[i]);
      list = barua_mail_addresses_parse (bomb->str, bomb->len);
      g_assert_cmpuint (list->len, <=, BARUA_LIMIT_ADDRESS_HEADER_BYTES / 12 + 1);
    }
}

static void
test_header (void)
{
  static const char block[] = "Date: Fri, 21 Nov 1997 09:55:06 -0600\r\n"
                              "From: Baraka Mwangi <baraka@posta.example>\r\n"
                              "from: Second <second@evil.example>\r\n"
                              "To: maria@posta.example,\r\n\tben@posta.example\r\n"
                              "Subject: =?utf-8?Q?Barua_ya_mkutano?=\r\n"
                              "Message-ID: <one@posta.example>\r\n"
                              "In-Reply-To: <parent@posta.example>\r\n"
                              "References: <root@posta.example>\r\n <parent@posta.example>\r\n"
                              "List-Id: Users <users.posta.example>\r\n"
                              "Content-Type: Multipart/Mixed; boundary=\"x\"\r\n"
                              "not a field\r\n"
                              ": empty name\r\n"
                              "Auto-Submitted: auto-replied\r\n"
                              "\r\n"
                              "Subject: not this one\r\n";
  g_autoptr (BaruaEnvelope) envelope = barua_mail_header_parse (block, sizeof block - 1);

  g_assert_cmpint (envelope->date, ==, 880127706);
  g_assert_cmpint (envelope->date_zone, ==, -360);
  g_assert_cmpuint (envelope->from->len, ==, 1);
  g_assert_cmpstr (((BaruaAddress *)g_ptr_array_index (envelope->from, 0))->address, ==, "baraka@posta.example");
  g_assert_cmpuint (envelope->to->len, ==, 2);
  g_assert_cmpstr (envelope->subject, ==, "Barua ya mkutano");
  g_assert_cmpstr (envelope->message_id, ==, "<one@posta.example>");
  g_assert_cmpuint (envelope->references->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (envelope->references, 0), ==, "<root@posta.example>");
  g_assert_cmpstr (g_ptr_array_index (envelope->references, 1), ==, "<parent@posta.example>");
  g_assert_cmpstr (envelope->list_id, ==, "Users <users.posta.example>");
  g_assert_cmpstr (envelope->content_type, ==, "multipart/mixed");
  g_assert_true (envelope->has_attachment);
  g_assert_false (envelope->attachment_known);
  g_assert_cmpstr (envelope->auto_submitted, ==, "auto-replied");
  g_assert_null (envelope->cc);
}

/* Every cut of a header block gives an envelope; LF alone ends lines too. */
static void
test_header_truncated (void)
{
  static const char block[] = "Subject: =?utf-8?B?4LCk?=\n =?utf-8?B?4LCk?=\nFrom: \"A\" <a@b.example>\nDate: 1 Jan 2026 "
                              "00:00 +0000\nReferences: <a@b> <c@d>\nContent-Type: text/html";

  for (gsize n = 0; n < sizeof block; n++)
    {
      g_autoptr (BaruaEnvelope) envelope = barua_mail_header_parse (block, n);

      g_assert_nonnull (envelope->subject);
      g_assert_true (g_utf8_validate (envelope->subject, -1, NULL));
    }
}

static void
test_references_limit (void)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) value = g_string_new (NULL);

  for (guint i = 0; i < BARUA_LIMIT_REFERENCES + 50; i++)
    g_string_append_printf (value, " <%u@posta.example>", i);
  barua_mail_ids_parse (value->str, value->len, ids);
  g_assert_cmpuint (ids->len, ==, BARUA_LIMIT_REFERENCES);
  g_assert_cmpstr (g_ptr_array_index (ids, 0), ==, "<0@posta.example>");
  g_assert_cmpstr (g_ptr_array_index (ids, ids->len - 1), ==, "<149@posta.example>");
}

static void
assert_same_list (GPtrArray *a,
                  GPtrArray *b)
{
  g_autofree char *x = barua_address_list_to_string (a);
  g_autofree char *y = barua_address_list_to_string (b);

  g_assert_cmpstr (x, ==, y);
}

/* More fields than are remembered, each twice: what is read again, remembered and forgotten all say the same. */
static void
test_reader (void)
{
  g_autoptr (BaruaMailReader) reader = barua_mail_reader_new ();
  g_autoptr (GString) block = g_string_new (NULL);

  for (guint i = 0; i < 20000; i++)
    {
      guint who = i % 2 == 0 ? i / 2 % 5000 : (i * 7919u) % 5000;
      g_autoptr (BaruaEnvelope) apart = NULL;
      GStringChunk *strings = g_string_chunk_new (64);
      BaruaEnvelope envelope;

      g_string_printf (block, "From: =?utf-8?Q?M=C3=BC%u?= <m%u@posta.example>\r\nTo: a@posta.example, \"B, %u\" <b@x>\r\n"
                       "Cc: \r\nSubject: %s %u\r\nMessage-ID: %s\r\nReferences: <a@b> <%u@b>\r\nIn-Reply-To: <a@b> <z@b>\r\n"
                       "Content-Type: %s\r\nList-Id: l%u\r\nAuto-Submitted: no\r\n", who, who, who % 3,
                       i % 3 ? "Barua" : "=?utf-8?Q?=E0=A6=AA?=", i, i % 5 ? "<x@y>" : "bare", i,
                       i % 4 ? "Text/Plain; charset=x" : "Image/PNG\r\n (so)", i);
      barua_mail_reader_read (reader, block->str, block->len, strings, &envelope);
      apart = barua_mail_header_parse (block->str, block->len);
      assert_same_list (envelope.from, apart->from);
      assert_same_list (envelope.to, apart->to);
      g_assert_cmpuint (envelope.to->len, ==, 2);
      g_assert_cmpuint (envelope.cc->len, ==, 0);
      g_assert_cmpstr (envelope.subject, ==, apart->subject);
      g_assert_cmpstr (envelope.message_id, ==, i % 5 ? "<x@y>" : "bare");
      g_assert_cmpstr (envelope.content_type, ==, i % 4 ? "text/plain" : "image/png");
      g_assert_cmpuint (envelope.references->len, ==, 3);
      g_assert_cmpstr (g_ptr_array_index (envelope.references, 2), ==, "<z@b>");
      g_assert_cmpstr (envelope.list_id, ==, apart->list_id);
      g_assert_cmpstr (envelope.auto_submitted, ==, "no");
      barua_envelope_clear_lists (&envelope);
      g_string_chunk_free (strings);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/mail/values", test_values);
  g_test_add_func ("/wire/mail/value-limit", test_value_limit);
  g_test_add_func ("/wire/mail/dates", test_dates);
  g_test_add_func ("/wire/mail/addresses", test_addresses);
  g_test_add_func ("/wire/mail/address-bombs", test_address_bombs);
  g_test_add_func ("/wire/mail/header", test_header);
  g_test_add_func ("/wire/mail/header-truncated", test_header_truncated);
  g_test_add_func ("/wire/mail/references-limit", test_references_limit);
  g_test_add_func ("/wire/mail/reader", test_reader);
  return g_test_run ();
}
