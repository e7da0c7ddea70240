/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-error.h"
#include "barua-limits.h"
#include "barua-mime.h"

#include <string.h>
#include <sys/resource.h>
#include <time.h>

static BaruaParsedMessage *
parse_bytes (const char *bytes,
             gsize       length)
{
  g_autoptr (GBytes) message = g_bytes_new (bytes, length);
  g_autoptr (GBytes) serialised = NULL;
  g_autoptr (BaruaParsedMessage) again = NULL;
  BaruaParsedMessage *value = barua_mime_parse (message, BARUA_MIME_NONE);

  g_assert_nonnull (value);
  g_assert_cmpuint (value->parts->len, >=, 1);
  /* Whatever it is, it can cross to another process. */
  serialised = barua_parsed_message_serialise (value);
  again = barua_parsed_message_deserialise (serialised);
  g_assert_nonnull (again);
  g_assert_cmpuint (again->parts->len, ==, value->parts->len);
  g_assert_cmpstr (again->preview, ==, value->preview);
  return value;
}

static BaruaParsedMessage *
parse (const char *text)
{
  return parse_bytes (text, strlen (text));
}

static gboolean
has_warning (const BaruaParsedMessage *value,
             BaruaWarningKind          kind)
{
  for (guint i = 0; i < value->warnings->len; i++)
    if (((BaruaWarning *)value->warnings->pdata[i])->kind == kind)
      return TRUE;
  return FALSE;
}

static const BaruaText *
text_at (const BaruaParsedMessage *value,
         guint                     index)
{
  g_assert_cmpuint (index, <, value->texts->len);
  return value->texts->pdata[index];
}

static const BaruaPart *
part_at (const BaruaParsedMessage *value,
         guint                     index)
{
  g_assert_cmpuint (index, <, value->parts->len);
  return value->parts->pdata[index];
}

static void
append_times (GString    *out,
              const char *unit,
              guint       n)
{
  for (guint i = 0; i < n; i++)
    g_string_append (out, unit);
}

/* Refused ----------------------------------------------------------------------------------------------------------- */

static void
test_refused (void)
{
  static const char * const messages[] = { "just text\nSubject: no\n\nmore", "\nSubject: behind an empty line\n\nx", " x\ny",
                                           ": no name\n\nx" };
  g_autoptr (BaruaParsedMessage) empty = parse ("");
  g_autoptr (BaruaParsedMessage) nul = parse_bytes ("\0\0\0", 3);
  g_autoptr (BaruaParsedMessage) mbox = parse ("From a@b Mon Jan 1\nSubject: s\n\nx");

  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      g_autoptr (BaruaParsedMessage) value = parse (messages[i]);

      g_assert_true (has_warning (value, BARUA_WARNING_REFUSED));
      g_assert_cmpstr (text_at (value, 0)->text, ==, messages[i]);
      g_assert_cmpstr (value->subject, ==, "");
    }
  g_assert_true (has_warning (empty, BARUA_WARNING_REFUSED));
  g_assert_cmpstr (text_at (nul, 0)->text, ==, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  g_assert_false (has_warning (mbox, BARUA_WARNING_REFUSED));
  g_assert_cmpstr (mbox->subject, ==, "s");
}

/* Headers ----------------------------------------------------------------------------------------------------------- */

static void
test_headers (void)
{
  g_autoptr (BaruaParsedMessage) value =
    parse ("From: =?utf-8?B?TcO8bGxlcg==?= <m@posta.example>\r\nFrom: evil@other.example\r\nTo: A <a@b>, friends: c@d, e@f;\r\n"
           "Subject: =?iso-8859-1?q?caf=E9?=\r\n  =?utf-8?q?_ol=C3=A9?= x\r\nDate: Sun, 22 Nov 2026 10:00:00 +0530\r\n"
           "Message-ID: <1@x>\r\nReferences: <a@x> <b@x>\r\n\t<a@x>\r\nIn-Reply-To: <c@x>\r\nList-Id: Users <users.example>\r\n"
           "X-Raw: caf\xc3\xa9\r\nX-Latin: caf\xe9\r\nX-Ctl: a\x01" "b\x7f\r\nno field at all\r\nX-Space : s\r\n\r\nbody\r\n");

  g_assert_cmpuint (value->from->len, ==, 1);
  g_assert_cmpstr (((BaruaAddress *)value->from->pdata[0])->name, ==, "M\xc3\xbcller");
  g_assert_cmpstr (((BaruaAddress *)value->from->pdata[0])->address, ==, "m@posta.example");
  g_assert_true (has_warning (value, BARUA_WARNING_SECOND_FROM));
  g_assert_cmpuint (value->to->len, ==, 3);
  g_assert_cmpstr (((BaruaAddress *)value->to->pdata[2])->address, ==, "e@f");
  g_assert_cmpstr (value->subject, ==, "caf\xc3\xa9 ol\xc3\xa9 x");
  g_assert_cmpint (value->date, ==, 1795321800);
  g_assert_cmpint (value->date_zone, ==, 330);
  g_assert_cmpstr (value->message_id, ==, "<1@x>");
  g_assert_cmpuint (value->references->len, ==, 3);
  g_assert_cmpstr (value->references->pdata[2], ==, "<c@x>");
  g_assert_cmpstr (value->list_id, ==, "Users <users.example>");
  g_assert_cmpstr (barua_parsed_message_get_header (value, "x-raw"), ==, "caf\xc3\xa9");
  g_assert_cmpstr (barua_parsed_message_get_header (value, "x-latin"), ==, "caf\xc3\xa9");
  g_assert_cmpstr (barua_parsed_message_get_header (value, "x-ctl"), ==, "a\xef\xbf\xbd" "b\xef\xbf\xbd");
  g_assert_cmpstr (barua_parsed_message_get_header (value, "x-space"), ==, "s");
  g_assert_cmpstr (text_at (value, 0)->text, ==, "body\n");
}

static void
test_missing_headers (void)
{
  g_autoptr (BaruaParsedMessage) value = parse ("X: y\n\nz");

  g_assert_cmpuint (value->from->len, ==, 0);
  g_assert_cmpstr (value->subject, ==, "");
  g_assert_true (value->date == G_MININT64);
  g_assert_cmpuint (value->warnings->len, ==, 0);
}

/* THREATS U-01: the real address is always there, and no encoded word in it is read. */
static void
test_mailsploit (void)
{
  static const struct
  {
    const char *from;
    const char *name;
    const char *address;
  } cases[] = {
    { "=?utf-8?b?cG90dXNAd2hpdGVob3VzZS5nb3Y=?= <x@evil.example>", "potus@whitehouse.gov", "x@evil.example" },
    { "=?utf-8?Q?potus=40whitehouse.gov=00?= <x@evil.example>", "potus@whitehouse.gov\xef\xbf\xbd", "x@evil.example" },
    { "=?utf-8?b?cG90dXNAd2hpdGVob3VzZS5nb3YA?= <x@evil.example>", "potus@whitehouse.gov\xef\xbf\xbd", "x@evil.example" },
    { "\"ceo@bank.example\" <x@evil.example>", "ceo@bank.example", "x@evil.example" },
    { "=?utf-8?Q?a=0Ab=0D?= <x@evil.example>", "a b", "x@evil.example" },
  };
  g_autoptr (BaruaParsedMessage) spec =
    parse ("From: =?utf-8?b?cG90dXNAd2hpdGVob3VzZS5nb3Y=?==?utf-8?Q?=00?==?utf-8?b?cA==?=@evil.example\n\nx");
  g_autofree char *shown = barua_address_list_to_string (spec->from);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *message = g_strdup_printf ("From: %s\n\nx", cases[i].from);
      g_autoptr (BaruaParsedMessage) value = parse (message);

      g_assert_cmpuint (value->from->len, ==, 1);
      g_assert_cmpstr (((BaruaAddress *)value->from->pdata[0])->name, ==, cases[i].name);
      g_assert_cmpstr (((BaruaAddress *)value->from->pdata[0])->address, ==, cases[i].address);
    }
  g_test_message ("encoded words as an address: %s", shown);
  g_assert_nonnull (strstr (shown, "evil.example"));
  g_assert_cmpstr (((BaruaAddress *)spec->from->pdata[0])->address, !=, "potus@whitehouse.gov");
}

/* THREATS 1.3 and M-03. */
static void
test_address_bombs (void)
{
  static const struct
  {
    const char *unit;
    guint       n;
  } bombs[] = { { "a:", 50000 }, { "a:", 500000 }, { ";", 1000000 }, { "a@b,", 100000 }, { "(", 100000 }, { "\"a:\" ", 50000 },
                { "\"a:", 50001 }, { "(a:", 40000 }, { "<a:", 40000 }, { "a:b;", 50000 }, { "\\\"a:", 20000 }, { "=?u?q?", 20000 },
                { "[a:", 40000 }, { "\"\\\"a:", 20000 } };

  for (guint i = 0; i < G_N_ELEMENTS (bombs); i++)
    {
      g_autoptr (GString) message = g_string_new ("From: a@b.example\nSubject: bomb\nTo: ");
      g_autoptr (BaruaParsedMessage) value = NULL;

      append_times (message, bombs[i].unit, bombs[i].n);
      g_string_append (message, "\nCc: c@d.example\n\nbody");
      value = parse_bytes (message->str, message->len);
      g_assert_cmpstr (value->subject, ==, "bomb");
      g_assert_cmpuint (value->from->len, ==, 1);
      g_assert_cmpuint (value->cc->len, ==, 1);
      g_assert_cmpstr (text_at (value, 0)->text, ==, "body");
      if (i < 4)
        g_assert_true (has_warning (value, BARUA_WARNING_ADDRESSES_CUT));
    }
}

static void
test_address_bounds (void)
{
  for (guint depth = BARUA_LIMIT_ADDRESS_GROUP_DEPTH; depth <= BARUA_LIMIT_ADDRESS_GROUP_DEPTH + 1; depth++)
    {
      g_autoptr (GString) message = g_string_new ("To: ");
      g_autoptr (BaruaParsedMessage) value = NULL;

      append_times (message, "g:", depth);
      g_string_append (message, "a@b.example;\n\nx");
      value = parse_bytes (message->str, message->len);
      g_assert_cmpint (has_warning (value, BARUA_WARNING_ADDRESSES_CUT), ==, depth > BARUA_LIMIT_ADDRESS_GROUP_DEPTH);
    }
  for (guint extra = 0; extra < 2; extra++)
    {
      g_autoptr (GString) message = g_string_new ("To:");
      g_autoptr (BaruaParsedMessage) value = NULL;

      append_times (message, "a@b.example,", BARUA_LIMIT_ADDRESS_HEADER_BYTES / 12);
      while (message->len < 3 + BARUA_LIMIT_ADDRESS_HEADER_BYTES + extra)
        g_string_append_c (message, 'x');
      g_string_append (message, "\n\nx");
      value = parse_bytes (message->str, message->len);
      g_assert_cmpint (has_warning (value, BARUA_WARNING_ADDRESSES_CUT), ==, extra > 0);
      g_assert_cmpuint (value->to->len, >=, BARUA_LIMIT_ADDRESS_HEADER_BYTES / 12);
    }
}

static void
test_header_bounds (void)
{
  for (guint extra = 0; extra < 2; extra++)
    {
      g_autoptr (GString) message = g_string_new (NULL);
      g_autoptr (BaruaParsedMessage) value = NULL;

      append_times (message, "X: y\n", BARUA_LIMIT_HEADERS - 1 + extra);
      g_string_append (message, "Subject: s\n\nbody");
      value = parse_bytes (message->str, message->len);
      g_assert_cmpuint (value->headers->len, ==, BARUA_LIMIT_HEADERS);
      g_assert_cmpstr (value->subject, ==, extra ? "" : "s");
      g_assert_cmpstr (text_at (value, 0)->text, ==, "body");
    }
}

/* Texts ------------------------------------------------------------------------------------------------------------- */

static void
test_charsets (void)
{
  static const struct
  {
    const char *charset;
    const char *bytes;
    const char *text;
    gboolean    known;
    gboolean    damaged;
  } cases[] = {
    { NULL, "caf\xc3\xa9", "caf\xc3\xa9", TRUE, FALSE },
    { NULL, "caf\xe9", "caf\xc3\xa9", TRUE, FALSE },
    { "us-ascii", "\x93x\x94", "\xe2\x80\x9cx\xe2\x80\x9d", TRUE, FALSE },
    { "ISO-8859-1", "\x80", "\xe2\x82\xac", TRUE, FALSE },
    { "utf-8", "a\xff" "b", "a\xef\xbf\xbd" "b", TRUE, TRUE },
    { "UTF-8", "\xef\xbb\xbf" "a", "a", TRUE, FALSE },
    { "koi8-r", "\xc1", "\xd0\xb0", TRUE, FALSE },
    { "iso-2022-jp", "\x1b$B$\"\x1b(B", "\xe3\x81\x82", TRUE, FALSE },
    { "gb2312", "\xc4\xe3", "\xe4\xbd\xa0", TRUE, FALSE },
    { "ks_c_5601-1987", "\xb0\xa1", "\xea\xb0\x80", TRUE, FALSE },
    { "iso-8859-9", "\xfd", "\xc4\xb1", TRUE, FALSE },
    { "utf-7", "+AOk-", "\xc3\xa9", TRUE, FALSE },
    { NULL, "+AOk-", "+AOk-", TRUE, FALSE },
    { "x-nonsense", "caf\xc3\xa9", "caf\xc3\xa9", FALSE, FALSE },
    { "utf-8//TRANSLIT", "x", "x", FALSE, FALSE },
    { "../../etc/passwd", "x", "x", FALSE, FALSE },
    { NULL, "a\r\nb\rc\fd\x01\x7f\tx", "a\nb\nc\nd\xef\xbf\xbd\xef\xbf\xbd\tx", TRUE, FALSE },
    { NULL, "\xc2\x85x", "\xef\xbf\xbdx", TRUE, FALSE },
    { "big5", "\xa7\x41", "\xe4\xbd\xa0", TRUE, FALSE },
    { "shift_jis", "\x82\xa0", "\xe3\x81\x82", TRUE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gboolean known;
      gboolean damaged;
      g_autofree char *text = barua_mime_decode_charset (cases[i].bytes, strlen (cases[i].bytes), cases[i].charset, &known,
                                                         &damaged);

      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_cmpint (known, ==, cases[i].known);
      g_assert_cmpint (damaged, ==, cases[i].damaged);
    }
}

static void
test_flowed (void)
{
  static const struct
  {
    const char *body;
    gboolean    delsp;
    const char *text;
  } cases[] = {
    { "one \ntwo\nthree", FALSE, "one two\nthree" },
    { "one \ntwo\n", TRUE, "onetwo\n" },
    { "> a \n> b\n>> c \n> d\nx", FALSE, "> a b\n>> c \n> d\nx" },
    { " stuffed\n >no quote\n", FALSE, "stuffed\n>no quote\n" },
    { "x \n-- \nsig\n", FALSE, "x \n-- \nsig\n" },
    { ">\n> x\n", FALSE, ">\n> x\n" },
    { "", FALSE, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *message = g_strdup_printf ("Content-Type: text/plain; format=Flowed%s\n\n%s",
                                                  cases[i].delsp ? "; delsp=yes" : "", cases[i].body);
      g_autoptr (BaruaParsedMessage) value = parse (message);

      g_assert_cmpstr (text_at (value, 0)->text, ==, cases[i].text);
    }
}

static void
test_encodings (void)
{
  static const struct
  {
    const char *encoding;
    const char *body;
    const char *text;
    gboolean    damaged;
  } cases[] = {
    { "base64", "aGVs\r\nbG8=\r\n", "hello", FALSE },
    { "BASE64", "aGVsbG8sIGhlbGxvLCBoZWxsbyE!=", "hello, hello, hello!", TRUE },
    { "base64", "this is no base64, whatever the header says.", "this is no base64, whatever the header says.", TRUE },
    { "quoted-printable", "h=65llo=\r\n w=C3=B6rld=", "hello w\xc3\xb6rld", FALSE },
    { "quoted-printable", "a=zzb", "a=zzb", TRUE },
    { "x-uuencode", "begin 644 x\n%:&5L;&\\`\n`\nend\n", "hello", FALSE },
    { "nonsense", "x=41", "x=41", FALSE },
    { " 8bit (comment)", "x", "x", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *message = g_strdup_printf ("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: %s\n\n%s",
                                                  cases[i].encoding, cases[i].body);
      g_autoptr (BaruaParsedMessage) value = parse (message);

      g_assert_cmpstr (text_at (value, 0)->text, ==, cases[i].text);
      g_assert_cmpint (has_warning (value, BARUA_WARNING_BAD_ENCODING), ==, cases[i].damaged);
      g_assert_cmpuint (part_at (value, 0)->size, ==, strlen (cases[i].text));
    }
}

static void
test_text_bounds (void)
{
  for (guint extra = 0; extra < 2; extra++)
    {
      g_autoptr (GString) message = g_string_new ("Subject: s\n\n");
      g_autoptr (BaruaParsedMessage) value = NULL;

      append_times (message, "x", BARUA_LIMIT_TEXT_BYTES + extra);
      value = parse_bytes (message->str, message->len);
      g_assert_cmpuint (strlen (text_at (value, 0)->text), ==, BARUA_LIMIT_TEXT_BYTES);
      g_assert_cmpint (text_at (value, 0)->truncated, ==, extra > 0);
      g_assert_cmpint (has_warning (value, BARUA_WARNING_TRUNCATED), ==, extra > 0);
      g_assert_cmpuint (part_at (value, 0)->size, ==, BARUA_LIMIT_TEXT_BYTES + extra);
    }
}

/* Parts ------------------------------------------------------------------------------------------------------------- */

static const char mixed[] =
  "Content-Type: multipart/mixed; boundary=m\n\npreamble\n--m\nContent-Type: multipart/alternative; boundary=m-a\n\n"
  "--m-a\nContent-Type: text/plain\n\nplain\n--m-a\nContent-Type: multipart/related; boundary=r; start=\"<root>\"\n\n"
  "--r\nContent-Type: image/png; name=a.png\nContent-ID: <pic@x>\nContent-Transfer-Encoding: base64\n\nAAAA\n"
  "--r\nContent-Type: text/html\nContent-ID: <root>\n\n<p>html <img src='cid:pic@x'><img src=http://a.example/x>\n"
  "--r\nContent-Type: image/png\nContent-ID: <unused@x>\n\nxx\n--r--\n"
  "--m-a\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n--m-a--\nepilogue\n"
  "--m\nContent-Type: application/pdf; name=\"=?utf-8?q?=C3=A9?=.pdf\"\nContent-Disposition: attachment\n\n%PDF\n"
  "--m\nContent-Type: message/rfc822\n\nSubject: inner\nContent-Type: multipart/mixed; boundary=i\n\n"
  "--i\n\ninner text\n--i\nContent-Type: image/gif\n\nGIF\n--i--\n"
  "--m\nContent-Type: text/plain; name=notes.txt\n\nnotes\n"
  "--m\nContent-Type: message/rfc822\n\nSubject: two\n\nbody of two\n"
  "--m\nContent-Type: text/x-vcard\n\nBEGIN:VCARD\n--m\nContent-Type: application/ms-tnef; name=winmail.dat\n\nx\n--m--\n";

static void
test_structure (void)
{
  static const struct
  {
    const char   *section;
    const char   *type;
    guint         depth;
    BaruaPartKind kind;
    guint64       size;
  } expected[] = {
    { "", "multipart/mixed", 0, BARUA_PART_MULTIPART, 0 },
    { "1", "multipart/alternative", 1, BARUA_PART_MULTIPART, 0 },
    { "1.1", "text/plain", 2, BARUA_PART_TEXT, 5 },
    { "1.2", "multipart/related", 2, BARUA_PART_MULTIPART, 0 },
    { "1.2.1", "image/png", 3, BARUA_PART_INLINE, 3 },
    { "1.2.2", "text/html", 3, BARUA_PART_TEXT, 57 },
    { "1.2.3", "image/png", 3, BARUA_PART_ATTACHMENT, 2 },
    { "1.3", "text/calendar", 2, BARUA_PART_CALENDAR, 15 },
    { "2", "application/pdf", 1, BARUA_PART_ATTACHMENT, 4 },
    { "3", "message/rfc822", 1, BARUA_PART_MESSAGE, 0 },
    { "3.TEXT", "multipart/mixed", 2, BARUA_PART_MULTIPART, 0 },
    { "3.1", "text/plain", 3, BARUA_PART_TEXT, 10 },
    { "3.2", "image/gif", 3, BARUA_PART_ATTACHMENT, 3 },
    { "4", "text/plain", 1, BARUA_PART_ATTACHMENT, 5 },
    { "5", "message/rfc822", 1, BARUA_PART_MESSAGE, 25 },
    { "5.1", "text/plain", 2, BARUA_PART_TEXT, 11 },
    { "6", "text/x-vcard", 1, BARUA_PART_VCARD, 11 },
    { "7", "application/ms-tnef", 1, BARUA_PART_TNEF, 1 },
  };
  g_autoptr (BaruaParsedMessage) value = parse (mixed);

  g_assert_cmpuint (value->parts->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      const BaruaPart *part = part_at (value, i);

      g_assert_cmpstr (part->section, ==, expected[i].section);
      g_assert_cmpstr (part->type, ==, expected[i].type);
      g_assert_cmpuint (part->depth, ==, expected[i].depth);
      g_assert_cmpint (part->kind, ==, expected[i].kind);
      if (expected[i].size > 0)
        g_assert_cmpuint (part->size, ==, expected[i].size);
    }
  g_assert_cmpstr (part_at (value, 8)->file_name, ==, "\xc3\xa9.pdf");
  g_assert_cmpuint (value->texts->len, ==, 1);
  g_assert_cmpint (text_at (value, 0)->kind, ==, BARUA_TEXT_HTML);
  g_assert_cmpuint (text_at (value, 0)->part, ==, 5);
  g_assert_cmpstr (text_at (value, 0)->plain, ==, "plain");
  g_assert_cmpstr (value->preview, ==, "plain");
  g_assert_cmpuint (value->n_attachments, ==, 7);
  g_assert_cmpuint (value->n_remote_pictures, ==, 1);
}

static void
assert_part (GBytes     *message,
             const char *section,
             gboolean    decode,
             const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = barua_mime_get_part (message, section, decode, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, strlen (expected));
}

static void
test_get_part (void)
{
  static const char * const missing[] = { "8", "1.4", "1.2.3.1", "9.TEXT", "2.TEXT" };
  static const char * const invalid[] = { "a", "1.", ".1", "1..2", "-1", "TEXT.1", "1 ", "HEADER" };
  g_autoptr (GBytes) message = g_bytes_new_static (mixed, sizeof mixed - 1);
  g_autoptr (GBytes) by_index = barua_mime_get_part_by_index (message, 8, TRUE, NULL);
  g_autoptr (GBytes) inner = barua_mime_get_part (message, "3", TRUE, NULL);
  g_autoptr (BaruaParsedMessage) value = barua_mime_parse (inner, BARUA_MIME_NONE);

  assert_part (message, "", TRUE, mixed);
  assert_part (message, "1.1", TRUE, "plain");
  assert_part (message, "1.2.1", FALSE, "AAAA");
  assert_part (message, "2", TRUE, "%PDF");
  assert_part (message, "3.1", TRUE, "inner text");
  assert_part (message, "3.2", TRUE, "GIF");
  assert_part (message, "5", TRUE, "Subject: two\n\nbody of two");
  assert_part (message, "5.1", TRUE, "body of two");
  assert_part (message, "5.TEXT", TRUE, "body of two");
  assert_part (message, "3.TEXT", FALSE, "--i\n\ninner text\n--i\nContent-Type: image/gif\n\nGIF\n--i--");
  g_assert_cmpuint (g_bytes_get_size (by_index), ==, 4);
  g_assert_cmpstr (value->subject, ==, "inner");
  g_assert_cmpstr (text_at (value, 0)->text, ==, "inner text");
  for (guint i = 0; i < G_N_ELEMENTS (missing); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (barua_mime_get_part (message, missing[i], TRUE, &error));
      g_assert_error (error, BARUA_ERROR, BARUA_ERROR_NOT_FOUND);
    }
  for (guint i = 0; i < G_N_ELEMENTS (invalid); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (barua_mime_get_part (message, invalid[i], TRUE, &error));
      g_assert_error (error, BARUA_ERROR, BARUA_ERROR_INVALID);
    }
  g_assert_null (barua_mime_get_part_by_index (message, 18, TRUE, NULL));
}

/* What is put together from fetched pieces is what the whole message gives. */
static void
test_assemble (void)
{
  g_autoptr (GBytes) message = g_bytes_new_static (mixed, sizeof mixed - 1);
  g_autoptr (GBytes) header = g_bytes_new_static (mixed, (gsize)(strstr (mixed, "\n\n") - mixed));
  g_autoptr (BaruaParsedMessage) whole = barua_mime_parse (message, BARUA_MIME_NONE);
  g_autoptr (GPtrArray) contents = g_ptr_array_new ();
  g_autoptr (BaruaParsedMessage) value = NULL;
  g_autoptr (BaruaParsedMessage) bare = NULL;
  g_autoptr (BaruaParsedMessage) nothing = NULL;
  g_autoptr (GBytes) html = barua_mime_get_part (message, "1.2.2", FALSE, NULL);
  g_autoptr (GBytes) plain = barua_mime_get_part (message, "1.1", FALSE, NULL);

  for (guint i = 0; i < whole->parts->len; i++)
    g_ptr_array_add (contents, i == 5 ? html : i == 2 ? plain : NULL);
  value = barua_mime_assemble (header, whole->parts, contents, BARUA_MIME_NONE);
  g_assert_cmpuint (value->parts->len, ==, whole->parts->len);
  for (guint i = 0; i < whole->parts->len; i++)
    {
      g_assert_cmpint (part_at (value, i)->kind, ==, part_at (whole, i)->kind);
      g_assert_cmpstr (part_at (value, i)->section, ==, part_at (whole, i)->section);
    }
  g_assert_cmpuint (value->texts->len, ==, 1);
  g_assert_cmpstr (text_at (value, 0)->text, ==, text_at (whole, 0)->text);
  g_assert_cmpstr (text_at (value, 0)->plain, ==, "plain");
  g_assert_cmpuint (value->n_attachments, ==, whole->n_attachments);
  g_assert_cmpstr (value->preview, ==, whole->preview);

  bare = barua_mime_assemble (header, whole->parts, NULL, BARUA_MIME_NONE);
  g_assert_cmpuint (bare->texts->len, ==, 0);
  g_assert_cmpuint (bare->parts->len, ==, whole->parts->len);
  nothing = barua_mime_assemble (NULL, NULL, NULL, BARUA_MIME_NONE);
  g_assert_cmpuint (nothing->parts->len, ==, 1);
}

static void
test_decode_text (void)
{
  g_autoptr (BaruaPart) part = barua_part_new ();
  g_autoptr (GBytes) encoded = g_bytes_new_static ("a =\nb=20\nc", 10);
  g_autoptr (BaruaText) text = NULL;

  g_free (part->encoding);
  part->encoding = g_strdup ("quoted-printable");
  part->is_flowed = TRUE;
  text = barua_mime_decode_text (part, encoded, BARUA_MIME_NONE);
  g_assert_cmpstr (text->text, ==, "a b c");
}

static void
test_kinds (void)
{
  static const struct
  {
    const char   *header;
    BaruaPartKind kind;
    guint         n_texts;
    guint         n_attachments;
  } cases[] = {
    { "Content-Type: text/plain", BARUA_PART_TEXT, 1, 0 },
    { "Content-Type: text", BARUA_PART_TEXT, 1, 0 },
    { "X-None: y", BARUA_PART_TEXT, 1, 0 },
    { "Content-Type: text/plain\nContent-Disposition: attachment; filename=a.txt", BARUA_PART_ATTACHMENT, 0, 1 },
    { "Content-Type: text/plain; name=a.txt", BARUA_PART_TEXT, 1, 0 },
    { "Content-Type: text/enriched", BARUA_PART_TEXT, 1, 0 },
    { "Content-Type: text/unheard-of", BARUA_PART_TEXT, 1, 0 },
    { "Content-Type: image/svg+xml", BARUA_PART_ATTACHMENT, 0, 1 },
    { "Content-Type: application/pkcs7-mime; smime-type=enveloped-data", BARUA_PART_ENCRYPTED, 0, 0 },
    { "Content-Type: text/calendar", BARUA_PART_CALENDAR, 0, 1 },
    { "Content-Type: application/octet-stream\nContent-Type: text/html", BARUA_PART_ATTACHMENT, 0, 1 },
    { "Content-Type: text/html; charset=utf-8", BARUA_PART_TEXT, 1, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *message = g_strdup_printf ("%s\n\n<p>x", cases[i].header);
      g_autoptr (BaruaParsedMessage) value = parse (message);

      g_assert_cmpint (part_at (value, 0)->kind, ==, cases[i].kind);
      g_assert_cmpuint (value->texts->len, ==, cases[i].n_texts);
      g_assert_cmpuint (value->n_attachments, ==, cases[i].n_attachments);
    }
}

static void
test_signed_encrypted (void)
{
  g_autoptr (BaruaParsedMessage) is_signed =
    parse ("Content-Type: multipart/signed; boundary=s\n\n--s\n\ntext\n--s\nContent-Type: application/pgp-signature\n\nsig\n--s--");
  g_autoptr (BaruaParsedMessage) encrypted =
    parse ("Content-Type: multipart/encrypted; boundary=s\n\n--s\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n"
           "--s\nContent-Type: application/octet-stream\n\nx\n--s--");

  g_assert_cmpuint (is_signed->texts->len, ==, 1);
  g_assert_cmpint (part_at (is_signed, 2)->kind, ==, BARUA_PART_SIGNATURE);
  g_assert_cmpuint (is_signed->n_attachments, ==, 0);
  g_assert_cmpuint (encrypted->texts->len, ==, 0);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (part_at (encrypted, i)->kind, ==, BARUA_PART_ENCRYPTED);
  g_assert_cmpuint (encrypted->n_attachments, ==, 0);
}

/* THREATS M-06 and RFC 2231, 2047. */
static void
test_names (void)
{
  static const struct
  {
    const char *parameter;
    const char *name;
    gboolean    changed;
  } cases[] = {
    { "filename=plain.txt", "plain.txt", FALSE },
    { "filename=\"with space.txt\"", "with space.txt", FALSE },
    { "filename=\"../../etc/passwd\"", "passwd", TRUE },
    { "filename=\"C:\\\\x\\\\y.exe\"", "y.exe", TRUE },
    { "filename=\".bashrc\"", "bashrc", TRUE },
    { "filename=\"-rf\"", "rf", TRUE },
    { "filename*=utf-8''%E2%80%AEgpj.exe", "gpj.exe", TRUE },
    { "filename*=utf-8'sw'caf%C3%A9.txt", "caf\xc3\xa9.txt", FALSE },
    { "filename*0=long; filename*1=name.txt", "longname.txt", FALSE },
    { "filename*0*=utf-8''%C3%A9; filename*1=x.txt", "\xc3\xa9x.txt", FALSE },
    { "filename=\"=?utf-8?q?=C3=A9.txt?=\"", "\xc3\xa9.txt", FALSE },
    { "filename=\"caf\xc3\xa9.txt\"", "caf\xc3\xa9.txt", FALSE },
    { "filename=\"a\x01.txt\"", "a.txt", TRUE },
    { "filename=\"...\"", "attachment", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *message = g_strdup_printf ("Content-Type: application/x\nContent-Disposition: attachment; %s\n\nx",
                                                  cases[i].parameter);
      g_autoptr (BaruaParsedMessage) value = parse (message);

      g_assert_cmpstr (part_at (value, 0)->file_name, ==, cases[i].name);
      g_assert_cmpint (has_warning (value, BARUA_WARNING_SUSPICIOUS_NAME), ==, cases[i].changed);
    }
}

/* THREATS M-02: boundaries. */
static void
test_boundaries (void)
{
  g_autoptr (BaruaParsedMessage) none = parse ("Content-Type: multipart/mixed\n\nall of it\n");
  g_autoptr (BaruaParsedMessage) never = parse ("Content-Type: multipart/mixed; boundary=b\n\nall of it\n");
  g_autoptr (BaruaParsedMessage) open = parse ("Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo");
  g_autoptr (BaruaParsedMessage) prefix =
    parse ("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n\none\n--bbb\n"
           "--bb--\n--b\n\ntwo\n--b--\n");
  g_autoptr (BaruaParsedMessage) same =
    parse ("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n"
           "--b\n\ntwo\n--b--\n");
  g_autoptr (BaruaParsedMessage) headerless = parse ("Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n\ntwo\n--b--\n");
  g_autoptr (BaruaParsedMessage) crlf =
    parse ("Content-Type: multipart/mixed; boundary=\"b c\"\r\n\r\n--b c  \r\n\r\none\r\n--b c--\r\n");

  g_assert_true (has_warning (none, BARUA_WARNING_MISSING_BOUNDARY));
  g_assert_cmpstr (text_at (none, 0)->text, ==, "all of it\n");
  g_assert_true (has_warning (never, BARUA_WARNING_MISSING_BOUNDARY));
  g_assert_cmpstr (text_at (never, 0)->text, ==, "all of it\n");
  g_assert_cmpstr (text_at (open, 1)->text, ==, "two");
  g_assert_cmpstr (text_at (prefix, 0)->text, ==, "one\n--bbb");
  g_assert_cmpstr (text_at (prefix, 1)->text, ==, "two");
  g_assert_cmpstr (text_at (same, 0)->text, ==, "one");
  g_assert_cmpstr (text_at (same, 1)->text, ==, "two");
  g_assert_cmpuint (headerless->parts->len, ==, 3);
  g_assert_cmpstr (text_at (headerless, 1)->text, ==, "two");
  g_assert_cmpstr (text_at (crlf, 0)->text, ==, "one");
}

static BaruaParsedMessage *
parse_many (guint n)
{
  g_autoptr (GString) message = g_string_new ("Content-Type: multipart/mixed; boundary=b\n\n");

  append_times (message, "--b\nContent-Type: image/png\n\nx\n", n);
  g_string_append (message, "--b--\n");
  return parse_bytes (message->str, message->len);
}

static BaruaParsedMessage *
parse_deep (guint depth)
{
  g_autoptr (GString) message = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append_printf (message, "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", i, i);
  g_string_append (message, "\nbottom\n");
  return parse_bytes (message->str, message->len);
}

static void
test_part_bounds (void)
{
  g_autoptr (BaruaParsedMessage) fits = parse_many (BARUA_LIMIT_PARTS - 1);
  g_autoptr (BaruaParsedMessage) many = parse_many (BARUA_LIMIT_PARTS);
  g_autoptr (BaruaParsedMessage) reached = parse_deep (BARUA_LIMIT_PART_DEPTH);
  g_autoptr (BaruaParsedMessage) deep = parse_deep (BARUA_LIMIT_PART_DEPTH + 1);

  g_assert_cmpuint (fits->parts->len, ==, BARUA_LIMIT_PARTS);
  g_assert_false (has_warning (fits, BARUA_WARNING_TOO_MANY_PARTS));
  g_assert_cmpuint (many->parts->len, ==, BARUA_LIMIT_PARTS);
  g_assert_true (has_warning (many, BARUA_WARNING_TOO_MANY_PARTS));
  g_assert_false (has_warning (reached, BARUA_WARNING_TOO_DEEP));
  g_assert_cmpstr (text_at (reached, 0)->text, ==, "bottom\n");
  g_assert_true (has_warning (deep, BARUA_WARNING_TOO_DEEP));
  g_assert_cmpint (part_at (deep, deep->parts->len - 1)->kind, ==, BARUA_PART_ATTACHMENT);
}

/* AddressSanitizer looks at all of a haystack each time memmem() is called, so what is linear otherwise is not with it. */
#ifdef __SANITIZE_ADDRESS__
#define BOMB_DIVISOR 20
#else
#define BOMB_DIVISOR 1
#endif

/* THREATS M-02: what killed or stalled others. Correctness is strict; time and memory are printed, and bounded generously because
 * sanitizers and busy machines are slow. */
static void
test_bombs (void)
{
  static const struct
  {
    const char *name;
    const char *head;
    const char *unit;
    guint       n;
    const char *tail;
  } bombs[] = {
    { "nested multiparts", "Subject: s\n", "Content-Type: multipart/mixed; boundary=b\n\n--b\n", 100000, "\nx" },
    { "nested messages", "Subject: s\n", "Content-Type: message/rfc822\n\n", 100000, "Subject: x\n\nx" },
    { "parts", "Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n", "--b\nContent-Type: image/png\n\nx\n", 100000, "--b--\n" },
    { "parts without headers", "Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n", "--b\n", 6000000, "" },
    { "parts without ends of headers", "Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n", "--b\nX: y\n", 2500000, "" },
    { "lines like delimiters", "Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n", "--c\n", 6000000, "--b--\n" },
    { "headers", "Subject: s\n", "X: y\n", 100000, "\nx" },
    { "a folded header", "Subject: s\nX: y\n", " folded\n", 1300000, "\nx" },
    { "encoded words", "Subject: s\nX: ", "=?utf-8?q?=C3=A9?= ", 100000, "\n\nx" },
    { "unfinished encoded words", "Subject: s\nX: ", "=?u?q?", 100000, "\n\nx" },
    { "pieces of a name", "Subject: s\nContent-Disposition: attachment", "; filename*0=x", 50000, "\n\nx" },
    { "parameters", "Subject: s\nContent-Type: text/plain", "; a=b", 100000, "\n\nx" },
    { "a long line", "Subject: s\n\n", "0123456789", 2000000, "" },
    { "base64", "Subject: s\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\n", "AAAA", 6250000, "" },
    { "quoted-printable", "Subject: s\nContent-Transfer-Encoding: quoted-printable\n\n", "=41=\n", 5000000, "" },
    { "quotes", "Subject: s\n\n", ">", 25000000, "" },
    { "flowed lines", "Subject: s\nContent-Type: text/plain; format=flowed\n\n", "> x \n", 5000000, "" },
    { "nested HTML", "Subject: s\nContent-Type: text/html\n\n", "<table><tr><td>", 1600000, "" },
    { "references", "Subject: s\nReferences: ", "<a> ", 100000, "\n\nx" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bombs); i++)
    {
      g_autoptr (GString) message = g_string_new (bombs[i].head);
      g_autoptr (BaruaParsedMessage) value = NULL;
      g_autoptr (GBytes) bytes = NULL;
      struct rusage usage;
      clock_t start;
      double seconds;

      append_times (message, bombs[i].unit, bombs[i].n / BOMB_DIVISOR);
      g_string_append (message, bombs[i].tail);
      bytes = g_bytes_new_static (message->str, message->len);
      start = clock ();
      value = barua_mime_parse (bytes, BARUA_MIME_NONE);
      seconds = (double)(clock () - start) / CLOCKS_PER_SEC;
      getrusage (RUSAGE_SELF, &usage);
      g_test_message ("%s: %.1f MB, %.2f s, peak of the process %ld MB", bombs[i].name, (double)message->len / 1e6, seconds,
                      usage.ru_maxrss / 1024);
      g_assert_cmpstr (value->subject, ==, "s");
      g_assert_cmpuint (value->parts->len, <=, BARUA_LIMIT_PARTS);
      g_assert_cmpfloat (seconds, <, 20.0);
    }
}

/* Previews ---------------------------------------------------------------------------------------------------------- */

static void
test_preview (void)
{
  static const struct
  {
    const char *body;
    const char *preview;
  } cases[] = {
    { "Hello  there,\n\n  how are\tyou?\n", "Hello there, how are you?" },
    { "On Mon, Jan 1, Maria wrote:\n> quoted\n\nThe answer.\n-- \nsig\n", "The answer." },
    { "Am 1. Januar 2026\nschrieb Maria:\n\n> zitiert\nAntwort", "Antwort" },
    { "Answer\n\n-----Original Message-----\nFrom: x\n", "Answer" },
    { "> only\n> a quote\n", "only a quote" },
    { "====\n[image: logo]\n<https://x.example/y>\nText", "Text" },
    { "A:\nB\n", "A: B" },
    { "", "" },
    { "\xe2\x80\x8b\xcd\x8f\xc2\xad \xe2\x80\x8c\xef\xbb\xbf Real", "Real" },
    { "\xe0\xa6\x95\xe0\xa7\x8d\xe2\x80\x8d\xe0\xa6\xb7", "\xe0\xa6\x95\xe0\xa7\x8d\xe2\x80\x8d\xe0\xa6\xb7" },
  };
  g_autoptr (GString) lengthy = g_string_new ("Subject: s\n\n");
  g_autoptr (BaruaParsedMessage) cut = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *message = g_strdup_printf ("Content-Type: text/plain; charset=utf-8\n\n%s", cases[i].body);
      g_autoptr (BaruaParsedMessage) value = parse (message);

      g_assert_cmpstr (value->preview, ==, cases[i].preview);
    }
  append_times (lengthy, "\xc3\xa9", BARUA_LIMIT_PREVIEW_CHARS + 1);
  cut = parse_bytes (lengthy->str, lengthy->len);
  g_assert_cmpint (g_utf8_strlen (cut->preview, -1), ==, BARUA_LIMIT_PREVIEW_CHARS);
  g_assert_true (g_str_has_suffix (cut->preview, "\xe2\x80\xa6"));
}

static void
test_search_text (void)
{
  g_autoptr (BaruaParsedMessage) value = parse ("Content-Type: text/html\n\n<p>One&nbsp;<b>two</b><p>so\xc2\xad" "ft");
  g_autofree char *all = barua_mime_get_search_text (value, 1000);
  g_autofree char *some = barua_mime_get_search_text (value, 5);

  g_assert_cmpstr (all, ==, "One two soft");
  g_assert_cmpstr (some, ==, "One t");
}

static void
test_flags (void)
{
  g_autoptr (GBytes) message = g_bytes_new_static (mixed, sizeof mixed - 1);
  g_autoptr (BaruaParsedMessage) bare = barua_mime_parse (message, BARUA_MIME_NO_TEXTS);
  g_autoptr (BaruaParsedMessage) plain = barua_mime_parse (message, BARUA_MIME_PLAIN_ONLY);

  g_assert_cmpuint (bare->texts->len, ==, 0);
  g_assert_cmpuint (bare->parts->len, ==, 18);
  g_assert_cmpint (text_at (plain, 0)->kind, ==, BARUA_TEXT_PLAIN);
  g_assert_cmpstr (text_at (plain, 0)->text, ==, "html");
}

/* A picture that the text names is inside the body, also where no HTML is made. */
static void
test_plain_only_pictures (void)
{
  static const char message[] =
    "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>see <img src=\"cid:one\"></p>\n"
    "--b\nContent-Type: image/png\nContent-ID: <one>\n\nx\n--b\nContent-Type: image/png\nContent-ID: <two>\n\nx\n--b--\n";
  g_autoptr (GBytes) bytes = g_bytes_new_static (message, sizeof message - 1);
  g_autoptr (BaruaParsedMessage) plain = barua_mime_parse (bytes, BARUA_MIME_PLAIN_ONLY);

  g_assert_cmpstr (text_at (plain, 0)->text, ==, "see");
  g_assert_cmpint (part_at (plain, 2)->kind, ==, BARUA_PART_INLINE);
  g_assert_cmpint (part_at (plain, 3)->kind, ==, BARUA_PART_ATTACHMENT);
}

/* The size that is counted is the size that decoding gives, whole base64 or not. */
static void
test_base64_sizes (void)
{
  static const char * const bodies[] = { "", "=", "QQ==", "QUI=", "QUJD", "QUJD\nQQ==\n", "QUJDQ", "QUJDQQ", "QQ==QUJD", "QQ=Q",
                                         "QUJD====", "Q*JD", "QUJD =\n=", "QU JD\r\nQU\tI=" };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autofree char *message = g_strconcat ("Content-Type: application/x\nContent-Transfer-Encoding: base64\n\n", bodies[i],
                                              NULL);
      g_autoptr (BaruaParsedMessage) value = parse (message);
      g_autoptr (GBytes) bytes = g_bytes_new (message, strlen (message));
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) part = barua_mime_get_part (bytes, "1", TRUE, &error);

      g_assert_no_error (error);
      g_test_message ("%s", bodies[i]);
      g_assert_cmpuint (part_at (value, 0)->size, ==, g_bytes_get_size (part));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mime/refused", test_refused);
  g_test_add_func ("/mime/headers", test_headers);
  g_test_add_func ("/mime/missing-headers", test_missing_headers);
  g_test_add_func ("/mime/mailsploit", test_mailsploit);
  g_test_add_func ("/mime/address-bombs", test_address_bombs);
  g_test_add_func ("/mime/address-bounds", test_address_bounds);
  g_test_add_func ("/mime/header-bounds", test_header_bounds);
  g_test_add_func ("/mime/charsets", test_charsets);
  g_test_add_func ("/mime/flowed", test_flowed);
  g_test_add_func ("/mime/encodings", test_encodings);
  g_test_add_func ("/mime/text-bounds", test_text_bounds);
  g_test_add_func ("/mime/structure", test_structure);
  g_test_add_func ("/mime/get-part", test_get_part);
  g_test_add_func ("/mime/assemble", test_assemble);
  g_test_add_func ("/mime/decode-text", test_decode_text);
  g_test_add_func ("/mime/kinds", test_kinds);
  g_test_add_func ("/mime/signed-encrypted", test_signed_encrypted);
  g_test_add_func ("/mime/names", test_names);
  g_test_add_func ("/mime/boundaries", test_boundaries);
  g_test_add_func ("/mime/part-bounds", test_part_bounds);
  g_test_add_func ("/mime/bombs", test_bombs);
  g_test_add_func ("/mime/preview", test_preview);
  g_test_add_func ("/mime/search-text", test_search_text);
  g_test_add_func ("/mime/flags", test_flags);
  g_test_add_func ("/mime/plain-only-pictures", test_plain_only_pictures);
  g_test_add_func ("/mime/base64-sizes", test_base64_sizes);
  return g_test_run ();
}
