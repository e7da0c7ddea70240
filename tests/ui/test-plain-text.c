/* SPDX-License-Identifier: GPL-3.0-or-later */
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

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/plain-text/links", test_links);
  g_test_add_func ("/ui/plain-text/blocks", test_blocks);
  g_test_add_func ("/ui/plain-text/only-quote", test_only_quote);
  return g_test_run ();
}
