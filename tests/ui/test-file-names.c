/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-file-saver.h"
#include "barua-link.h"

static void
test_may_run (void)
{
  static const char *const programs[] = { "a.desktop", "A.DESKTOP", "x.AppImage", "setup.sh", "x.exe", "x.jar", "a.pdf.exe", "x.html",
                                          "x.svg",     "x.py",      "x.iso",      "x.lnk" };
  static const char *const papers[] = { "a.pdf", "a.odt", "a.png", "a.txt", "a.csv", "a.zip", "a.ics", "a", "exe", "a.docx" };

  for (guint i = 0; i < G_N_ELEMENTS (programs); i++)
    g_assert_true (barua_file_saver_may_run (programs[i], "application/octet-stream"));
  for (guint i = 0; i < G_N_ELEMENTS (papers); i++)
    g_assert_false (barua_file_saver_may_run (papers[i], "application/octet-stream"));
  g_assert_true (barua_file_saver_may_run ("a.pdf", "application/x-executable"));
  g_assert_true (barua_file_saver_may_run ("a.txt", "text/html"));
  /* The right-to-left override that makes "exe.pdf" of it is taken out before the ending is looked at. */
  g_assert_true (barua_file_saver_may_run ("a\xe2\x80\xae" "fdp.exe", "application/pdf"));
}

static void
test_wish_name (void)
{
  BaruaFileWish *wish = barua_file_wish_new ("1.2", "../../etc/passwd");

  g_assert_cmpstr (wish->name, ==, "passwd");
  barua_file_wish_free (wish);
}

static void
test_links (void)
{
  static const char *const good[] = { "https://a.example", "HTTP://a.example", "mailto:a@b.example", "tel:+254" };
  static const char *const bad[] = { "file:///etc/passwd", "javascript:x", "data:text/html,x", "smb://a", "about:blank", "cid:x", "", "//x" };
  g_autofree char *shown = barua_link_shown ("https://аpple.example/x?y#z");
  g_autofree char *plain = barua_link_shown ("https://a.example/x");

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (barua_link_may_open (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (barua_link_may_open (bad[i]));
  g_assert_false (barua_link_may_open (NULL));
  g_assert_cmpstr (shown, ==, "https://xn--pple-43d.example/x?y#z");
  g_assert_cmpstr (plain, ==, "https://a.example/x");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/file-names/may-run", test_may_run);
  g_test_add_func ("/ui/file-names/wish-name", test_wish_name);
  g_test_add_func ("/ui/file-names/links", test_links);
  return g_test_run ();
}
