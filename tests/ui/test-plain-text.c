/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "barua-limits.h"
#include "barua-plain-text.h"

static void
assert_markup (const char *text,
               const char *expected)
{
  g_autofree char *markup = barua_plain_text_markup (text);

  g_assert_cmpstr (markup, ==, expected);
}

static void
test_links (void)
{
  assert_markup ("a <b> & c", "a &lt;b&gt; &amp; c");
  assert_markup ("see https://a.example/x.", "see <a href=\"https://a.example/x\">https://a.example/x</a>.");
  assert_markup ("(http://a.example/x)", "(<a href=\"http://a.example/x\">http://a.example/x</a>)");
  assert_markup ("http://a.example/x_(y)", "<a href=\"http://a.example/x_(y)\">http://a.example/x_(y)</a>");
  assert_markup ("<https://a.example/?a=1&b=2>", "&lt;<a href=\"https://a.example/?a=1&amp;b=2\">https://a.example/?a=1&amp;b=2</a>&gt;");
  assert_markup ("xhttps://a.example", "xhttps://a.example");
  assert_markup ("file:///etc/passwd javascript:alert(1) data:text/html,x", "file:///etc/passwd javascript:alert(1) data:text/html,x");
  assert_markup ("https://", "https://");
  assert_markup ("https://a\"onclick='x'", "<a href=\"https://a\">https://a</a>&quot;onclick=&apos;x&apos;");
  assert_markup ("పండుగ https://posta.example/పండుగ ok",
                 "పండుగ <a href=\"https://posta.example/పండుగ\">https://posta.example/పండుగ</a> ok");
  assert_markup ("", "");
}

static void
assert_block (GPtrArray  *blocks,
              guint       index,
              guint       level,
              gboolean    is_signature,
              gboolean    is_trailing,
              const char *text)
{
  const BaruaPlainBlock *block = g_ptr_array_index (blocks, index);

  g_assert_cmpuint (index, <, blocks->len);
  g_assert_cmpuint (block->level, ==, level);
  g_assert_cmpint (block->is_signature, ==, is_signature);
  g_assert_cmpint (block->is_trailing, ==, is_trailing);
  g_assert_cmpstr (block->text, ==, text);
}

static void
test_blocks (void)
{
  g_autoptr (GPtrArray) blocks =
    barua_plain_text_split ("Hello\n\n> quoted\n> two\n>> deeper\n> > also deeper\n\nmiddle\n\n> last\n\n-- \nAmina\n> not a quote\n");

  g_assert_cmpuint (blocks->len, ==, 7);
  assert_block (blocks, 0, 0, FALSE, FALSE, "Hello");
  assert_block (blocks, 1, 1, FALSE, FALSE, "quoted\ntwo");
  assert_block (blocks, 2, 2, FALSE, FALSE, "deeper\nalso deeper");
  assert_block (blocks, 3, 0, FALSE, FALSE, "middle");
  assert_block (blocks, 4, 1, FALSE, TRUE, "last");
  assert_block (blocks, 5, 0, TRUE, TRUE, "Amina");
  assert_block (blocks, 6, 1, FALSE, TRUE, "not a quote");
}

/* The line that says whose a quote is, as programs write it in many languages. */
static const char *const introductions[] = {
  "On Mon, 3 Nov 2026 at 09:41, Maria Müller <maria@posta.example> wrote:",
  "On Mon, 3 Nov 2026 at 09:41, Maria Müller <maria@posta.example>\nwrote:",
  "On Mon, 3 Nov 2026 at 09:41, Maria Müller\n<maria@posta.example> wrote:",
  "On Monday, 3 November 2026 09:41:00 CET Maria\nMüller, who is in\nNairobi,\nwrote:",
  "Am 03.11.26 um 09:41 schrieb Maria Müller:",
  "Am Mo., 3. Nov. 2026 um 09:41 Uhr schrieb Maria Müller <\nmaria@posta.example>:",
  "Le lun. 3 nov. 2026 à 09:41, Maria Müller <maria@posta.example> a écrit :",
  "El lun, 3 nov 2026 a las 9:41, Maria Müller (<maria@posta.example>) escribió:",
  "Pada Sen, 3 Nov 2026 pukul 09.41 Maria Müller <maria@posta.example> menulis:",
  "Mnamo Jtt, 3 Nov 2026 saa 09:41 Maria Müller <maria@posta.example> aliandika:",
  "সোম, ৩ নভেম্বর, ২০২৬ তারিখে ৯:৪১ AM টায় মারিয়া লিখেছেন:",
  "3 నవం, 2026న 9:41 AMకి, మరియా <maria@posta.example> ఇలా రాశారు:",
  "Maria Müller <maria@posta.example> 于2026年11月3日周一 09:41写道\xef\xbc\x9a",
  "3/11/26, 9:41, Maria:",
};

static void
test_introductions (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (introductions); i++)
    for (guint gap = 0; gap < 2; gap++)
      {
        g_autofree char *text = g_strdup_printf ("\nYes, gladly.\n\n%s\n%s> Will you come?\n> Maria\n", introductions[i], gap ? "\n" : "");
        g_autoptr (GPtrArray) blocks = barua_plain_text_split (text);

        g_test_message ("%s", introductions[i]);
        g_assert_cmpuint (blocks->len, ==, 3);
        assert_block (blocks, 0, 0, FALSE, FALSE, "Yes, gladly.");
        assert_block (blocks, 1, 0, FALSE, TRUE, introductions[i]);
        assert_block (blocks, 2, 1, FALSE, TRUE, "Will you come?\nMaria");
        g_assert_true (g_str_has_prefix (text + ((BaruaPlainBlock *)g_ptr_array_index (blocks, 1))->offset, introductions[i]));
      }
}

/* What the sender says above a quote is no such line. */
static void
test_no_introductions (void)
{
  static const char *const words[] = {
    "I answer to this:",           "Call +4930123456789 about version 1.2:", "It is from maria@posta.example, I think.",
    "Number 20261103 or 12345:",   "maria@posta.example wrote\n\nthis:",    "2026\na\nb\nc\nd:",
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autofree char *text = g_strdup_printf ("Yes.\n%s\n> Will you come?\n", words[i]);
      g_autofree char *own = g_strdup_printf ("Yes.\n%s", words[i]);
      g_autoptr (GPtrArray) blocks = barua_plain_text_split (text);

      g_assert_cmpuint (blocks->len, ==, 2);
      assert_block (blocks, 0, 0, FALSE, FALSE, own);
    }
  {
    /* Something of every message is shown; a quote in the middle stays as it is; below another quote it goes alone. */
    g_autoptr (GPtrArray) only = barua_plain_text_split ("On 3 Nov 2026 Maria wrote:\n> Will you come?\n");
    g_autoptr (GPtrArray) middle = barua_plain_text_split ("On 3 Nov 2026 Maria wrote:\n> Will you come?\nYes.\n");
    g_autoptr (GPtrArray) two = barua_plain_text_split ("Yes.\n> one\nOn 3 Nov 2026 Maria wrote:\n> two\n-- \nBen\n");

    g_autoptr (GPtrArray) dated = barua_plain_text_split ("Until 3.11.2026.\nmaria@posta.example wrote:\n> Will you come?\n");

    assert_block (dated, 0, 0, FALSE, FALSE, "Until 3.11.2026.");
    assert_block (dated, 1, 0, FALSE, TRUE, "maria@posta.example wrote:");
    assert_block (only, 0, 0, FALSE, FALSE, "On 3 Nov 2026 Maria wrote:");
    assert_block (only, 1, 1, FALSE, TRUE, "Will you come?");
    assert_block (middle, 0, 0, FALSE, FALSE, "On 3 Nov 2026 Maria wrote:");
    assert_block (middle, 1, 1, FALSE, FALSE, "Will you come?");
    g_assert_cmpuint (two->len, ==, 5);
    assert_block (two, 1, 1, FALSE, FALSE, "one");
    assert_block (two, 2, 0, FALSE, TRUE, "On 3 Nov 2026 Maria wrote:");
    assert_block (two, 3, 1, FALSE, TRUE, "two");
    assert_block (two, 4, 0, TRUE, TRUE, "Ben");
  }
}

/* A message that is nothing but a quote is shown. */
static void
test_only_quote (void)
{
  g_autoptr (GPtrArray) blocks = barua_plain_text_split ("> a\n>\n> b");
  g_autoptr (GPtrArray) none = barua_plain_text_split ("");
  g_autoptr (GPtrArray) empty = barua_plain_text_split ("\n\n  \n");
  g_autofree char *deep = g_strnfill (5000, '>');
  g_autoptr (GPtrArray) bomb = barua_plain_text_split (deep);

  g_assert_cmpuint (blocks->len, ==, 1);
  assert_block (blocks, 0, 1, FALSE, FALSE, "a\n\nb");
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (empty->len, ==, 0);
  g_assert_cmpuint (((BaruaPlainBlock *)g_ptr_array_index (bomb, 0))->level, ==, 32);
}

/* Put together again the pieces are the text, none is above the bound, and all are cut where one would. */
static void
assert_cut (const char *text,
            const char *ends)
{
  g_autoptr (GString) whole = g_string_new (NULL);

  for (const char *p = text; *p != '\0';)
    {
      gsize skip = 9;
      gsize length = barua_plain_text_cut (p, &skip);

      g_assert_cmpuint (skip, <=, 1);
      g_assert_cmpuint (length + skip, >, 0);
      g_assert_cmpint (g_utf8_strlen (p, (gssize)length), <=, BARUA_PLAIN_PIECE_CHARS);
      g_assert_true (g_utf8_validate (p, (gssize)length, NULL));
      if (p[length] != '\0' && skip > 0)
        g_assert_nonnull (strchr (ends, p[length]));
      g_string_append_len (whole, p, (gssize)(length + skip));
      p += length + skip;
    }
  g_assert_cmpstr (whole->str, ==, text);
}

static void
test_cut (void)
{
  g_autofree char *unbroken = g_strnfill (3 * BARUA_PLAIN_PIECE_CHARS + 7, 'x');
  g_autofree char *breaks = g_strnfill (3 * BARUA_PLAIN_PIECE_LINES + 7, '\n');
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autoptr (GString) words = g_string_new (NULL);
  g_autoptr (GString) syllables = g_string_new (NULL);
  gsize skip, length;

  for (guint i = 0; i < 1000; i++)
    {
      g_string_append (lines, i % 7 == 3 ? "a line of words\n\n" : "a line of words\n");
      g_string_append (words, "word ");
    }
  for (guint i = 0; i < 3000; i++)
    g_string_append (syllables, "స్త్రీ");
  assert_cut ("", "");
  assert_cut ("short", "");
  assert_cut (unbroken, "");
  assert_cut (breaks, "\n");
  assert_cut (lines->str, "\n");
  assert_cut (words->str, " ");
  assert_cut (syllables->str, "");
  /* Behind a paragraph, where there is one; never within a syllable. */
  length = barua_plain_text_cut (lines->str, &skip);
  g_assert_true (g_str_has_prefix (lines->str + length, "\n\n"));
  length = barua_plain_text_cut (syllables->str, &skip);
  g_assert_false (g_unichar_ismark (g_utf8_get_char (syllables->str + length)));
}

static void
assert_found (const char *text,
              const char *wanted,
              guint       n,
              gsize       at)
{
  g_autofree char *folded = g_utf8_casefold (wanted, -1);
  gsize start = 0, end = 0;
  guint found = 0;

  for (gsize from = 0;
       barua_plain_text_find (text, from, strlen (text), folded, (guint)g_utf8_strlen (wanted, -1), &start, &end);
       from = end)
    if (found++ == 0)
      g_assert_cmpuint (start, ==, at);
  g_assert_cmpuint (found, ==, n);
}

static void
test_find (void)
{
  gsize start, end;

  assert_found ("Mahindi na mahindi", "MAHINDI", 2, 0);
  assert_found ("aaaa", "aa", 2, 0);
  assert_found ("a Straße", "STRAßE", 1, 2);
  assert_found ("Größe ÄRGER", "ärger", 1, 8);
  assert_found ("300 \xe2\x84\xaa", "k", 1, 4); /* the sign of Kelvin */
  assert_found ("పండుగ శుభాకాంక్షలు", "శుభ", 1, 16);
  assert_found ("abc", "పం", 0, 0);
  assert_found ("పండుగ", "a", 0, 0);
  assert_found ("Привет ПРИВЕТ", "привет", 2, 0);
  assert_found ("", "x", 0, 0);
  /* What begins behind the bound is for another time; what only ends there is not. */
  g_assert_false (barua_plain_text_find ("one two", 0, 4, "two", 3, &start, &end));
  g_assert_true (barua_plain_text_find ("one two", 0, 5, "two", 3, &start, &end));
  g_assert_cmpuint (end, ==, 7);
}

static void
test_offsets (void)
{
  static const char text[] = "Hello\n\n> quoted\n\nmiddle\n-- \nAmina\n";
  g_autoptr (GPtrArray) blocks = barua_plain_text_split (text);
  static const char *const starts[] = { "Hello", "> quoted", "middle", "-- \nAmina" };

  g_assert_cmpuint (blocks->len, ==, G_N_ELEMENTS (starts));
  for (guint i = 0; i < blocks->len; i++)
    g_assert_true (g_str_has_prefix (text + ((BaruaPlainBlock *)g_ptr_array_index (blocks, i))->offset, starts[i]));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/plain-text/links", test_links);
  g_test_add_func ("/ui/plain-text/blocks", test_blocks);
  g_test_add_func ("/ui/plain-text/introductions", test_introductions);
  g_test_add_func ("/ui/plain-text/no-introductions", test_no_introductions);
  g_test_add_func ("/ui/plain-text/only-quote", test_only_quote);
  g_test_add_func ("/ui/plain-text/cut", test_cut);
  g_test_add_func ("/ui/plain-text/find", test_find);
  g_test_add_func ("/ui/plain-text/offsets", test_offsets);
  return g_test_run ();
}
