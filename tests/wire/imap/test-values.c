/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decoded values: envelopes, parts, dates, capabilities. */
#include "barua-imap-envelope.h"
#include "barua-imap-response.h"
#include "barua-imap-structure.h"

#include <string.h>

#include "barua-limits.h"

typedef struct
{
  BaruaImapParser         *parser;
  BaruaImapReader         *reader;
  const BaruaImapResponse *response;
} Read;

static Read
read_one (const char *text)
{
  Read read = { barua_imap_parser_new (), barua_imap_reader_new (), NULL };

  barua_imap_parser_feed (read.parser, text, strlen (text));
  barua_imap_parser_feed (read.parser, "\r\n", 2);
  g_assert_cmpint (barua_imap_parser_next (read.parser), ==, BARUA_IMAP_PARSER_RESPONSE);
  read.response = barua_imap_reader_read (read.reader, barua_imap_parser_get_line (read.parser));
  return read;
}

static void
read_clear (Read *read)
{
  barua_imap_parser_free (read->parser);
  barua_imap_reader_free (read->reader);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Read, read_clear)

static void
test_envelope (void)
{
  g_auto(Read) read = read_one (
    "* 1 FETCH (ENVELOPE (\"Thu, 2 Jul 2026 12:00:00 +0300\" \"=?UTF-8?Q?J=C3=BCrgen?= writes\" "
    "((\"=?utf-8?B?QW1pbmE=?=\" NIL \"amina\" \"posta.example\")) NIL ((NIL NIL \"reply\" \"posta.example\")) "
    "((NIL NIL \"team\" NIL)(NIL NIL \"a\" \"x.example\")(NIL NIL NIL NIL)) NIL NIL \"<p@x> <q@x>\" \" <m@x> \"))");
  BaruaImapEnvelope raw;
  g_autoptr(BaruaEnvelope) envelope = NULL;
  g_autofree char *to = NULL;

  g_assert_true (barua_imap_envelope_read (read.response->fetch.envelope, &raw));
  envelope = barua_imap_envelope_decode (&raw);
  g_assert_cmpint (envelope->date, ==, 1782982800);
  g_assert_cmpint (envelope->date_zone, ==, 180);
  g_assert_cmpstr (envelope->subject, ==, "J\303\274rgen writes");
  g_assert_cmpuint (envelope->from->len, ==, 1);
  g_assert_cmpstr (((BaruaAddress *) envelope->from->pdata[0])->name, ==, "Amina");
  g_assert_cmpstr (((BaruaAddress *) envelope->from->pdata[0])->address, ==, "amina@posta.example");
  g_assert_null (envelope->sender);
  g_assert_cmpuint (envelope->to->len, ==, 1);
  g_assert_cmpstr (((BaruaAddress *) envelope->to->pdata[0])->address, ==, "a@x.example");
  g_assert_cmpstr (envelope->message_id, ==, "<m@x>");
  g_assert_cmpuint (envelope->references->len, ==, 2);
  g_assert_cmpstr (envelope->references->pdata[0], ==, "<p@x>");
}

static void
test_parts (void)
{
  g_auto(Read) read = read_one (
    "* 1 FETCH (BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"UTF-8\" \"FORMAT\" \"Flowed\" \"DELSP\" \"yes\") NIL NIL \"7BIT\" 5 "
    "1 NIL NIL NIL NIL)(\"APPLICATION\" \"PDF\" (\"NAME\" \"a.pdf\") \"<c@x>\" NIL \"BASE64\" 780 NIL (\"ATTACHMENT\" (\"FILENAME*0*\" "
    "\"utf-8''%c3%a4\" \"FILENAME*1\" \".pdf\")) NIL NIL)(\"text\" \"calendar\" NIL NIL NIL \"7BIT\" 9 1)(\"application\" \"ms-tnef\" "
    "NIL NIL NIL \"base64\" 9)(\"application\" \"pkcs7-signature\" NIL NIL NIL \"base64\" 9) \"MIXED\" (\"BOUNDARY\" \"b\") NIL NIL NIL))");
  gboolean damaged = TRUE;
  g_autoptr(GPtrArray) parts = barua_imap_structure_decode (read.response->fetch.body_structure, &damaged);
  static const BaruaPartKind kinds[] = { BARUA_PART_MULTIPART, BARUA_PART_TEXT, BARUA_PART_ATTACHMENT, BARUA_PART_CALENDAR,
                                         BARUA_PART_TNEF, BARUA_PART_SIGNATURE };
  static const char *const sections[] = { "", "1", "2", "3", "4", "5" };
  const BaruaPart *part;

  g_assert_false (damaged);
  g_assert_cmpuint (parts->len, ==, G_N_ELEMENTS (kinds));
  for (guint i = 0; i < parts->len; i++)
    {
      part = g_ptr_array_index (parts, i);
      g_assert_cmpint (part->kind, ==, kinds[i]);
      g_assert_cmpstr (part->section, ==, sections[i]);
    }
  part = g_ptr_array_index (parts, 1);
  g_assert_cmpstr (part->charset, ==, "utf-8");
  g_assert_true (part->is_flowed && part->is_delsp);
  part = g_ptr_array_index (parts, 2);
  g_assert_cmpstr (part->type, ==, "application/pdf");
  g_assert_cmpstr (part->file_name, ==, "\303\244.pdf");
  g_assert_cmpstr (part->content_id, ==, "c@x");
  g_assert_cmpuint (part->encoded_size, ==, 780);
  g_assert_cmpuint (part->size, ==, 570);
  g_assert_true (part->is_attached);
}

/* Both sides of the bounds on parts. */
static void
test_part_limits (void)
{
  for (guint extra = 0; extra < 2; extra++)
    {
      g_autoptr(GString) many = g_string_new ("* 1 FETCH (BODY (");
      g_autoptr(GString) deep = g_string_new ("* 1 FETCH (BODY ");
      g_autoptr(GArray) parts = g_array_new (FALSE, FALSE, sizeof (BaruaImapPart));

      for (guint i = 0; i < BARUA_LIMIT_PARTS - 1 + extra; i++)
        g_string_append (many, "(\"A\" \"B\" NIL NIL NIL \"7BIT\" 1)");
      g_string_append (many, " \"MIXED\"))");
      for (guint i = 0; i < BARUA_LIMIT_PART_DEPTH + extra; i++)
        g_string_append_c (deep, '(');
      g_string_append (deep, "(\"A\" \"B\" NIL NIL NIL \"7BIT\" 1)");
      for (guint i = 0; i < BARUA_LIMIT_PART_DEPTH + extra; i++)
        g_string_append (deep, " \"MIXED\")");
      g_string_append_c (deep, ')');
      {
        g_auto(Read) a = read_one (many->str);
        g_auto(Read) b = read_one (deep->str);

        g_assert_cmpint (barua_imap_structure_read (a.response->fetch.body_structure, parts), ==, extra == 0);
        g_assert_cmpuint (parts->len, ==, BARUA_LIMIT_PARTS);
        g_assert_cmpint (barua_imap_structure_read (b.response->fetch.body_structure, parts), ==, extra == 0);
        g_assert_cmpuint (parts->len, ==, BARUA_LIMIT_PART_DEPTH + 1);
      }
    }
}

static void
test_dates (void)
{
  static const struct
  {
    const char *text;
    gboolean    good;
    gint64      seconds;
    int         zone;
  } dates[] = {
    { "01-Jan-1970 00:00:00 +0000", TRUE, 0, 0 },
    { " 2-Jul-2026 12:00:00 +0100", TRUE, 1782990000, 60 },
    { "2-Jul-2026 12:00:00 +0100", TRUE, 1782990000, 60 },
    { "29-feb-2024 23:59:60 -0530", TRUE, 1709270999 + 1, -330 },
    { "31-Dec-1969 23:59:59 +0000", TRUE, -1, 0 },
    { "32-Jul-2026 12:00:00 +0100", FALSE, 0, 0 },
    { "02-Foo-2026 12:00:00 +0100", FALSE, 0, 0 },
    { "02-Jul-2026 12:00:00", FALSE, 0, 0 },
    { "02-Jul-2026 24:00:00 +0100", FALSE, 0, 0 },
    { "", FALSE, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (dates); i++)
    {
      gint64 seconds = 0;
      gint16 zone = 0;
      BaruaImapSlice text = { dates[i].text, strlen (dates[i].text) };

      g_assert_cmpint (barua_imap_date_time_parse (text, &seconds, &zone), ==, dates[i].good);
      g_assert_cmpint (seconds, ==, dates[i].seconds);
      g_assert_cmpint (zone, ==, dates[i].zone);
    }
}

static void
test_capabilities (void)
{
  g_autoptr(BaruaImapCapabilities) set = barua_imap_capabilities_new_text ("imap4rev1 Literal+ APPENDLIMIT=35651584 X-OWN=a auth=plain X-own=A");
  g_autoptr(BaruaImapCapabilities) none = barua_imap_capabilities_new (NULL);
  g_autoptr(GString) many = g_string_new ("IDLE");
  g_autoptr(BaruaImapCapabilities) flood = NULL;

  g_assert_true (barua_imap_capabilities_has (set, BARUA_IMAP_CAP_LITERAL_PLUS));
  g_assert_true (barua_imap_capabilities_has (set, BARUA_IMAP_CAP_AUTH_PLAIN));
  g_assert_false (barua_imap_capabilities_has (set, BARUA_IMAP_CAP_IDLE));
  g_assert_cmpuint (barua_imap_capabilities_get_limit (set, BARUA_IMAP_CAP_APPENDLIMIT), ==, 35651584);
  g_assert_true (barua_imap_capabilities_has_word (set, "x-own=a"));
  g_assert_cmpuint (g_strv_length ((char **) (gpointer) barua_imap_capabilities_get_unknown (set)), ==, 1);
  g_assert_null (barua_imap_capabilities_get_unknown (none)[0]);
  for (guint i = 0; i < 10000; i++)
    g_string_append_printf (many, " X%u", i);
  g_string_append (many, " MOVE");
  flood = barua_imap_capabilities_new_text (many->str);
  g_assert_true (barua_imap_capabilities_has (flood, BARUA_IMAP_CAP_MOVE));
  g_assert_cmpuint (g_strv_length ((char **) (gpointer) barua_imap_capabilities_get_unknown (flood)), ==,
                    BARUA_LIMIT_IMAP_UNKNOWN_CAPABILITIES);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/imap/values/envelope", test_envelope);
  g_test_add_func ("/wire/imap/values/parts", test_parts);
  g_test_add_func ("/wire/imap/values/part-limits", test_part_limits);
  g_test_add_func ("/wire/imap/values/dates", test_dates);
  g_test_add_func ("/wire/imap/values/capabilities", test_capabilities);
  return g_test_run ();
}
