/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "barua-change-set.h"
#include "barua-clock.h"
#include "barua-error.h"
#include "barua-flags.h"
#include "barua-hash.h"
#include "barua-limits.h"
#include "barua-parsed-message.h"
#include "barua-text.h"

/* The first vectors of the SipHash-2-4 paper's reference: key 00..0f, messages "", 00, 00 01, ... */
static void
test_hash (void)
{
  static const guint64 expected[] = {
    G_GUINT64_CONSTANT (0x726fdb47dd0e0e31), G_GUINT64_CONSTANT (0x74f839c593dc67fd),
    G_GUINT64_CONSTANT (0x0d6c8009d9a94f5a), G_GUINT64_CONSTANT (0x85676696d7fb7e2d),
  };
  const BaruaHashKey key = { G_GUINT64_CONSTANT (0x0706050403020100), G_GUINT64_CONSTANT (0x0f0e0d0c0b0a0908) };
  guint8 message[16];

  for (guint i = 0; i < sizeof message; i++)
    message[i] = (guint8)i;
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmphex (barua_hash (&key, message, i), ==, expected[i]);
  /* The vector of the paper's appendix A: 15 bytes. */
  g_assert_cmphex (barua_hash (&key, message, 15), ==, G_GUINT64_CONSTANT (0xa129ca6149be45e5));
}

static void
test_error (void)
{
  g_autoptr (GError) error = g_error_new_literal (BARUA_ERROR, BARUA_ERROR_AUTHENTICATION, "no");
  g_autoptr (GError) foreign = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_NOSPC, "full");

  g_assert_cmpint (barua_error_get_policy (error), ==, BARUA_POLICY_SIGN_IN);
  g_assert_cmpint (barua_error_get_code (foreign), ==, BARUA_ERROR_NO_SPACE);
  barua_error_prefix (&error, "posta.example");
  g_assert_cmpstr (error->message, ==, "posta.example: no");
  for (int i = 0; i < BARUA_N_ERRORS; i++)
    {
      g_assert_nonnull (barua_error_code_get_name ((BaruaErrorCode)i));
      for (int j = 0; j < i; j++)
        g_assert_cmpstr (barua_error_code_get_name ((BaruaErrorCode)i), !=, barua_error_code_get_name ((BaruaErrorCode)j));
    }
}

static void
test_flags (void)
{
  g_assert_cmpint (barua_flag_from_name ("\\SEEN", -1), ==, BARUA_FLAG_SEEN);
  g_assert_cmpint (barua_flag_from_name ("$forwarded extra", 10), ==, BARUA_FLAG_FORWARDED);
  g_assert_cmpint (barua_flag_from_name ("\\See", -1), ==, 0);
  g_assert_cmpint (barua_flag_from_name ("\\Seen", 4), ==, 0);
  for (guint bit = 1; bit <= BARUA_FLAG_IMPORTANT; bit <<= 1)
    g_assert_cmpint (barua_flag_from_name (barua_flag_get_name ((BaruaFlags)bit), -1), ==, bit);
}

static void
test_text (void)
{
  static const struct
  {
    const char *raw;
    const char *clean;
  } cleans[] = {
    { "plain", "plain" },
    { "tab\there", "tab here" },
    { "bad\xff" "byte", "bad\xef\xbf\xbd" "byte" },
    { "bell\x07", "bell\xef\xbf\xbd" },
    { "\xe2\x80\xae" "evil", "evil" },
    { "cut\xe0\xb0", "cut\xef\xbf\xbd\xef\xbf\xbd" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cleans); i++)
    {
      g_autofree char *clean = barua_text_clean (cleans[i].raw, -1, 100);

      g_assert_cmpstr (clean, ==, cleans[i].clean);
    }
}

/* A cut never leaves half a character, half a conjunct (Telugu: consonant, virama, consonant) or a lone mark. */
static void
test_text_cut (void)
{
  const char *conjunct = "a\xe0\xb0\x95\xe0\xb1\x8d\xe0\xb0\xb7"; /* a, KA + VIRAMA + SSA */
  const char *accent = "ae\xcc\x81";                              /* a, e + combining acute */

  for (gsize n = 1; n < 10; n++)
    {
      g_autofree char *cut = barua_text_clean (conjunct, -1, n);

      g_assert_cmpstr (cut, ==, "a");
    }
  {
    g_autofree char *whole = barua_text_clean (conjunct, -1, 10);
    g_autofree char *two = barua_text_clean (accent, -1, 3);
    g_autofree char *short_text = barua_text_ellipsise ("one two three", 8);

    g_assert_cmpstr (whole, ==, conjunct);
    g_assert_cmpstr (two, ==, "a");
    g_assert_cmpstr (short_text, ==, "one two\xe2\x80\xa6");
  }
}

static void
test_text_search (void)
{
  g_autofree char *folded = barua_text_for_search ("  two\r\n\twords\xc2\xa0here ", -1);
  g_autofree char *joined = barua_text_for_search ("soft\xc2\xadhyphen \xe0\xb0\x95\xe0\xb1\x8d\xe2\x80\x8c", -1);
  g_autofree char *composed = barua_text_for_search ("u\xcc\x88", -1);

  g_assert_cmpstr (folded, ==, "two words here");
  g_assert_cmpstr (joined, ==, "softhyphen \xe0\xb0\x95\xe0\xb1\x8d");
  g_assert_cmpstr (composed, ==, "\xc3\xbc");
}

static void
test_file_name (void)
{
  static const struct
  {
    const char *raw;
    const char *safe;
  } names[] = {
    { "report.pdf", "report.pdf" },
    { "../../x", "x" },
    { "/etc/passwd", "passwd" },
    { "C:\\Windows\\a.txt", "a.txt" },
    { "..", "attachment" },
    { "", "attachment" },
    { "-rf", "rf" },
    { "~", "attachment" },
    { "a\nb.txt", "a b.txt" },
    { "invoice\xe2\x80\xae" "fdp.exe", "invoicefdp.exe" },
    { "name. ", "name" },
    { ".desktop", "desktop" },
    { "\xe0\xb0\xa4\xe0\xb1\x86.png", "\xe0\xb0\xa4\xe0\xb1\x86.png" },
  };
  g_autofree char *long_name = g_strnfill (4000, 'x');
  g_autofree char *with_extension = g_strconcat (long_name, ".pdf", NULL);
  g_autofree char *cut = barua_text_file_name (with_extension);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *safe = barua_text_file_name (names[i].raw);

      g_assert_cmpstr (safe, ==, names[i].safe);
    }
  g_assert_cmpuint (strlen (cut), ==, BARUA_LIMIT_FILE_NAME_BYTES);
  g_assert_true (g_str_has_suffix (cut, ".pdf"));
}

/* The short way of barua_text_for_search() past normalising gives what normalising gives. */
static void
test_text_composed (void)
{
  static const gunichar starts[] = { 0x0980, 0x0C00, 0x2010, 0x00C0 };

  for (guint i = 0; i < 4 * 0x80; i++)
    for (guint k = 0; k < 4 * 0x80; k++)
      {
        const gunichar pair[] = { starts[i / 0x80] + i % 0x80, starts[k / 0x80] + k % 0x80, 0x09BE };
        g_autofree char *text = g_ucs4_to_utf8 (pair, 3, NULL, NULL, NULL);
        g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_NFC);
        g_autofree char *given = barua_text_for_search (text, -1);
        g_autofree char *wanted = barua_text_for_search (normal, -1);

        g_assert_cmpstr (given, ==, wanted);
      }
}

static void
test_change_set (void)
{
  g_autoptr (BaruaChangeSet) set = barua_change_set_new ();
  BaruaRowChange change = { BARUA_CHANGE_ADDED, 1, 1, 5, 0, 100 };

  g_assert_true (barua_change_set_is_empty (set));
  barua_change_set_add_row (set, &change);
  change.kind = BARUA_CHANGE_UPDATED;
  barua_change_set_add_row (set, &change);
  g_assert_cmpuint (set->rows->len, ==, 1);
  g_assert_cmpint (g_array_index (set->rows, BaruaRowChange, 0).kind, ==, BARUA_CHANGE_ADDED);

  for (gint64 id = 2; id < 6; id++)
    {
      change.kind = BARUA_CHANGE_ADDED;
      change.id = id;
      barua_change_set_add_row (set, &change);
    }
  change.kind = BARUA_CHANGE_REMOVED;
  change.id = 1;
  barua_change_set_add_row (set, &change);
  g_assert_cmpuint (set->rows->len, ==, 4);
  change.id = 4;
  barua_change_set_add_row (set, &change);
  g_assert_cmpuint (set->rows->len, ==, 3);
  change.kind = BARUA_CHANGE_UPDATED;
  change.id = 5;
  change.new_key = 300;
  barua_change_set_add_row (set, &change);
  g_assert_cmpuint (set->rows->len, ==, 3);
  g_assert_cmpint (g_array_index (set->rows, BaruaRowChange, 2).new_key, ==, 300);

  barua_change_set_add_folder (set, 7);
  barua_change_set_add_folder (set, 7);
  g_assert_cmpuint (set->folders->len, ==, 1);
}

static void
test_backoff (void)
{
  BaruaBackoff backoff = { 0, 42 };
  guint span = BARUA_BACKOFF_FIRST_MS;

  for (guint i = 0; i < 40; i++)
    {
      guint ms = barua_backoff_next_ms (&backoff);

      g_assert_cmpuint (ms, >=, span / 2);
      g_assert_cmpuint (ms, <=, span);
      span = MIN (span * 2, BARUA_BACKOFF_LAST_MS);
    }
  barua_backoff_reset (&backoff);
  g_assert_cmpuint (barua_backoff_next_ms (&backoff), <=, BARUA_BACKOFF_FIRST_MS);
}

static void
test_clock (void)
{
  g_autoptr (BaruaClock) fast = barua_clock_new_scaled (1000.0, 500);

  g_assert_cmpuint (barua_clock_scale_ms (fast, 0), ==, 0);
  g_assert_cmpuint (barua_clock_scale_ms (fast, 10), ==, 1);
  g_assert_cmpuint (barua_clock_scale_ms (fast, 60000), ==, 60);
  g_assert_cmpint (barua_clock_get_unix_seconds (fast), >=, 500);
}

static BaruaParsedMessage *
make_message (void)
{
  BaruaParsedMessage *message = barua_parsed_message_new ();
  BaruaPart *part = barua_part_new ();
  BaruaText *text = barua_text_new (BARUA_TEXT_HTML, 0, g_strdup ("<p>hi</p>"));

  g_ptr_array_add (message->headers, barua_header_new ("Subject", "Hujambo"));
  g_ptr_array_add (message->from, barua_address_new ("Baraka", "baraka@posta.example"));
  g_ptr_array_add (message->references, g_strdup ("<a@b>"));
  g_free (message->subject);
  message->subject = g_strdup ("Hujambo");
  message->date = 42;
  message->date_zone = -180;
  part->kind = BARUA_PART_TEXT;
  part->size = 9;
  g_ptr_array_add (message->parts, part);
  text->plain = g_strdup ("hi");
  text->has_own_colours = TRUE;
  g_ptr_array_add (message->texts, text);
  g_ptr_array_add (message->texts, barua_text_new (BARUA_TEXT_PLAIN, 0, g_strdup ("plain")));
  barua_parsed_message_add_warning (message, BARUA_WARNING_TOO_DEEP, "33");
  message->n_remote_pictures = 3;
  return message;
}

static void
test_parsed_message (void)
{
  g_autoptr (BaruaParsedMessage) message = make_message ();
  g_autoptr (GBytes) bytes = barua_parsed_message_serialise (message);
  g_autoptr (BaruaParsedMessage) copy = barua_parsed_message_deserialise (bytes);
  g_autoptr (GBytes) again = NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  g_assert_nonnull (copy);
  again = barua_parsed_message_serialise (copy);
  g_assert_true (g_bytes_equal (bytes, again));
  g_assert_cmpstr (barua_parsed_message_get_header (copy, "subject"), ==, "Hujambo");
  g_assert_null (((BaruaText *)g_ptr_array_index (copy->texts, 1))->plain);
  g_assert_cmpuint (copy->n_remote_pictures, ==, 3);

  /* Bytes that are no such value, and every truncation, are refused or read without harm. */
  for (gsize n = 0; n < size; n++)
    {
      g_autoptr (GBytes) cut = g_bytes_new (data, n);
      BaruaParsedMessage *damaged = barua_parsed_message_deserialise (cut);

      if (damaged != NULL)
        barua_parsed_message_unref (damaged);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/hash", test_hash);
  g_test_add_func ("/base/error", test_error);
  g_test_add_func ("/base/flags", test_flags);
  g_test_add_func ("/base/text/clean", test_text);
  g_test_add_func ("/base/text/cut", test_text_cut);
  g_test_add_func ("/base/text/search", test_text_search);
  g_test_add_func ("/base/text/file-name", test_file_name);
  g_test_add_func ("/base/change-set", test_change_set);
  g_test_add_func ("/base/text/composed", test_text_composed);
  g_test_add_func ("/base/backoff", test_backoff);
  g_test_add_func ("/base/clock", test_clock);
  g_test_add_func ("/base/parsed-message", test_parsed_message);
  return g_test_run ();
}
