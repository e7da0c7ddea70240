/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-html.h"
#include "barua-limits.h"
#include "html-oracle.h"

#include <string.h>
#include <time.h>

static char *
sanitise (const char *html)
{
  g_autofree char *again = NULL;
  g_autofree char *wrong = NULL;
  char *clean = barua_html_sanitise (html, strlen (html), "utf-8", BARUA_HTML_NONE, NULL);

  again = barua_html_sanitise (clean, strlen (clean), "utf-8", BARUA_HTML_NONE, NULL);
  g_assert_cmpstr (again, ==, clean);
  wrong = html_oracle_check (clean);
  g_assert_cmpstr (wrong, ==, NULL);
  return clean;
}

typedef struct
{
  const char *html;
  const char *expected;
} Case;

static const Case cases[] = {
  /* text and nesting */
  { "", "" },
  { "a < b & c > d", "a &lt; b &amp; c &gt; d" },
  { "<p>one<p>two", "<p>one</p><p>two</p>" },
  { "<b><i>x</b>y</i>", "<b><i>x</i></b><i>y</i>" },
  { "<p><b>x<p>y", "<p><b>x</b></p><p><b>y</b></p>" },
  { "<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>" },
  { "<table><td>a<td>b<tr><td>c</table>d", "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>d" },
  { "<td>lost</td>", "lost" },
  { "<table>text</table>", "<table><tr><td>text</td></tr></table>" },
  { "</p></div></table>x", "x" },
  { "<h1>a<h2>b</h2>", "<h1>a</h1><h2>b</h2>" },
  { "<font color=red><p>x</font>y</p>z", "<font color=\"red\"><p>xy</p></font>z" },
  { "<a>x<p>y</a>z<a>q", "<a>x<p>yz</p></a><a>q</a>" },
  { "<pre>\n\nx</pre>", "<pre>\n\nx</pre>" },
  { "x<br/>y</br>z<hr>", "x<br>y<br>z<hr>" },
  { "<DIV ALIGN=Center>x", "<div align=\"Center\">x</div>" },
  { "<unknown>kept</unknown>", "kept" },
  /* what would be a byte order mark to the next reader; bytes of UTF-8 */
  { "<script></script>\xEF\xBB\xBF\xEF\xBB\xBFx\xEF\xBB\xBFy", "x\xEF\xBB\xBFy" },
  /* what goes with its content */
  { "a<script>alert(1)</script>b", "ab" },
  { "a<script>x</scr</script >b", "ab" },
  { "a<style>b{}</style>c", "ac" },
  { "a<title><b>x</b></title>c", "ac" },
  { "a<svg><a>x</a><svg></svg>y</svg>b", "ab" },
  { "<svg><p>kept", "<p>kept</p>" },
  { "a<iframe srcdoc='<b>x'>y</iframe>b", "ab" },
  { "a<template><b>x</b></template>b", "ab" },
  { "<select><option>x</select>b", "b" },
  { "<noscript><b>x</b></noscript>", "<b>x</b>" },
  { "<textarea><b>x</b></textarea>", "&lt;b&gt;x&lt;/b&gt;" },
  { "a<!-- <b>x --> b --!>c", "a b --!&gt;c" },
  { "a<!-->b<!--->c<!-- x --!>d", "abcd" },
  { "a<![CDATA[x]]>b<?php y ?>c<!doctype html>d", "abcd" },
  /* attributes */
  { "<p onclick=x onmouseover='y' STYLE='color:red'>x", "<p style=\"color:red;\">x</p>" },
  { "<p id=x class='a b' name=q>x", "<p id=\"barua-x\" class=\"barua-a barua-b\">x</p>" },
  { "<p id='barua-x'>x", "<p id=\"barua-x\">x</p>" },
  { "<p title='a\"&lt;b'>x", "<p title=\"a&quot;&lt;b\">x</p>" },
  { "<p title=a title=b>x", "<p title=\"a\">x</p>" },
  { "<td width=x><table width=100% border=0 cellpadding='1' bgcolor=#fff><tr><td width=10px>x",
    "<table width=\"100%\" border=\"0\" cellpadding=\"1\" bgcolor=\"#fff\"><tr><td width=\"10px\">x</td></tr></table>" },
  { "<ol start=3 type=a><li value=5>x", "<ol start=\"3\" type=\"a\"><li value=\"5\">x</li></ol>" },
  /* links */
  { "<a href=http://example.org>x", "<a href=\"http://example.org/\" rel=\"noreferrer noopener\">x</a>" },
  { "<a href='HTTPS://User:pw@EXAMPLE.org:8443/a b?c=\"d\"#e' target=_blank ping=x>x",
    "<a href=\"https://example.org:8443/a%20b?c=%22d%22#e\" rel=\"noreferrer noopener\">x</a>" },
  { "<a href='javascript:alert(1)'>x", "<a>x</a>" },
  { "<a href='jav&#x09;ascript:alert(1)'>x", "<a>x</a>" },
  { "<a href='&#1;javascript:alert(1)'>x", "<a>x</a>" },
  { "<a href='vbscript:x'>x", "<a>x</a>" },
  { "<a href='data:text/html,x'>x", "<a>x</a>" },
  { "<a href='file:///etc/passwd'>x", "<a>x</a>" },
  { "<a href='/relative'>x", "<a>x</a>" },
  { "<a href='#top'>x", "<a>x</a>" },
  { "<a href='//example.org/x'>x", "<a href=\"https://example.org/x\" rel=\"noreferrer noopener\">x</a>" },
  { "<a href='http:\\\\example.org\\x'>x", "<a href=\"http://example.org/x\" rel=\"noreferrer noopener\">x</a>" },
  { "<a href='http://ex ample.org/'>x", "<a>x</a>" },
  { "<a href='http://example.org:99999/'>x", "<a>x</a>" },
  { "<a href='http://b\xc3\xbc" "cher.example/'>x",
    "<a href=\"http://xn--bcher-kva.example/\" rel=\"noreferrer noopener\">x</a>" },
  { "<a href='http://[::1]:80/'>x", "<a href=\"http://[::1]:80/\" rel=\"noreferrer noopener\">x</a>" },
  { "<a href='mailto:a@b.example?subject=x y'>x", "<a href=\"mailto:a@b.example?subject=x%20y\" rel=\"noreferrer noopener\">x</a>" },
  { "<a href='tel:+1 (2) 3;ext=x'>x", "<a href=\"tel:+1(2)3\" rel=\"noreferrer noopener\">x</a>" },
  { "<a href=http://a.example/><a href=http://b.example/>x",
    "<a href=\"http://a.example/\" rel=\"noreferrer noopener\"></a><a href=\"http://b.example/\" rel=\"noreferrer noopener\">x</a>" },
  /* pictures */
  { "<img src='http://example.org/a.png' alt='A'>", "<img src=\"barua-remote:http%3A%2F%2Fexample.org%2Fa.png\" alt=\"A\">" },
  { "<img src='barua-remote:http%3A%2F%2Fexample.org%2F'>", "<img src=\"barua-remote:http%3A%2F%2Fexample.org%2F\">" },
  { "<img src='barua-remote:file%3A%2F%2F%2Fetc'>", "<img>" },
  { "<img src='barua-remote:barua-remote%3Ahttp%253A'>", "<img>" },
  { "<img src='cid:a@b'>", "<img src=\"cid:a@b\">" },
  { "<img src='CID:a%40b c'>", "<img src=\"cid:a@b%20c\">" },
  { "<img src='data:image/png;base64,AAAA'>", "<img src=\"data:image/png;base64,AAAA\">" },
  { "<img src='data:image/svg+xml;base64,AAAA'>", "<img>" },
  { "<img src='data:image/png,<svg>'>", "<img>" },
  { "<image src='cid:x'>", "<img src=\"cid:x\">" },
  { "<img srcset='http://example.org/a 1x, http://example.org/b 2x'>", "<img src=\"barua-remote:http%3A%2F%2Fexample.org%2Fa\">" },
  /* CSS */
  { "<p style='COLOR : Red ;; width:10px; position:fixed; z-index:9; foo:bar'>x", "<p style=\"color:Red;width:10px;\">x</p>" },
  { "<p style='width:expression(alert(1));height:1px'>x", "<p style=\"height:1px;\">x</p>" },
  { "<p style='c\\6f lor:red;color:r\\65 d'>x", "<p style=\"color:red;color:red;\">x</p>" },
  { "<p style='color:red/*;*/;width:1/**/0px'>x", "<p style=\"color:red;width:1 0px;\">x</p>" },
  { "<p style=\"background:URL( 'http://example.org/a' ) no-repeat\">x",
    "<p style=\"background:url(barua-remote:http%3A%2F%2Fexample.org%2Fa) no-repeat;\">x</p>" },
  { "<p style='background:u\\72l(javascript:x)'>x", "<p>x</p>" },
  { "<p style='color:rgb(1, 2,3) !IMPORTANT'>x", "<p style=\"color:rgb(1, 2,3) !important;\">x</p>" },
  { "<p style='color:var(--x);width:calc(1px + 2%);color:attr(x)'>x", "<p style=\"width:calc(1px + 2%);\">x</p>" },
  { "<p style='font-family:\"Gill Sans\",Arial'>x", "<p style=\"font-family:'Gill Sans',Arial;\">x</p>" },
  { "<p style='font-family:\"a\\27;}b\"'>x", "<p>x</p>" },
  { "<p style='color:red}body{color:blue'>x", "<p>x</p>" },
  { "<style>p,#a .b>td:hover,a:visited,x-y,[href]{color:red;position:fixed}</style>x",
    "<style>p,#barua-a .barua-b>td:hover{color:red;}\n</style>x" },
  { "<style>html body{margin:0}body.x p{margin:1px}</style>",
    "<style>.barua-body{margin:0;}\n.barua-body.barua-x p{margin:1px;}\n</style>" },
  { "<style><!-- p{color:red} --></style>", "<style>p{color:red;}\n</style>" },
  { "<style>@import 'x';@font-face{font-family:x}@media screen and (max-width: 600px){p{width:1px}}@media print{p{width:2px}}</style>",
    "<style>@media screen and (max-width:600px){\np{width:1px;}\n}\n</style>" },
  { "<style>@media all{p{width:1px;background:url(http://a.example/)}}</style>", "<style>@media all{\np{width:1px;}\n}\n</style>" },
  { "<style media='(prefers-color-scheme:dark)'>p{color:red}@media all{p{width:1px}}</style>",
    "<style>@media (prefers-color-scheme:dark){\np{color:red;}\n}\n</style>" },
  { "<style>p{color:red;b{x:y}width:1px}a{width:2px}</style>", "<style>p{color:red;}\na{width:2px;}\n</style>" },
  { "<style>p{width:1px</style>x", "<style>p{width:1px;}\n</style>x" },
  { "<style>p{width:1px}</styl</style><b>x", "<style>p{width:1px;}\n</style><b>x</b>" },
  { "<body bgcolor=red text=#000 style='margin:0' class=q>x",
    "<div class=\"barua-body barua-q\" style=\"background-color:red;color:#000;margin:0;\">x</div>" },
  /* references */
  { "&eacute;&amp;lt;&copy2&nbsp;&#x80;&#0;&#13;&unknown;&", "\xc3\xa9&amp;lt;\xc2\xa9" "2\xc2\xa0\xe2\x82\xac\xef\xbf\xbd\n&amp;unknown;&amp;" },
  { "<a href='http://example.org/?a=1&copy=2'>x",
    "<a href=\"http://example.org/?a=1&amp;copy=2\" rel=\"noreferrer noopener\">x</a>" },
  /* where other parsers were fooled */
  { "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", "<table></table>" },
  { "<form><math><mtext></form><form><mglyph><svg><mtext><textarea><path id=\"</textarea><img onerror=alert(1) src=1>\">", "" },
  { "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<p title=\"&lt;/noscript&gt;&lt;img src=x onerror=alert(1)&gt;\"></p>" },
  { "<img src=x\" onerror=alert(1) \">", "<img>" },
  { "<img/src='cid:x'/onerror=alert(1)>", "<img src=\"cid:x\">" },
  { "<<b>x", "&lt;<b>x</b>" },
  { "<b", "" },
  { "<b x='", "" },
  { "<plaintext><b>x", "&lt;b&gt;x" },
};

static void
test_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *clean = sanitise (cases[i].html);

      if (strcmp (clean, cases[i].expected) != 0)
        {
          g_test_message ("of: %s", cases[i].html);
          g_assert_cmpstr (clean, ==, cases[i].expected);
        }
    }
}

static void
test_report (void)
{
  static const char html[] = "<img src=http://a.example/1><img src=http://a.example/1><p style='background:url(http://b.example/2)'>"
                             "<img src='cid:one'><img src='cid:one'><img src='cid:two'>";
  g_autoptr (BaruaHtmlReport) report = barua_html_report_new ();
  g_autoptr (BaruaHtmlReport) second = barua_html_report_new ();
  g_autofree char *clean = barua_html_sanitise (html, strlen (html), NULL, BARUA_HTML_NONE, report);
  g_autofree char *without = NULL;
  g_autofree char *plain = NULL;

  g_assert_cmpuint (report->remote->len, ==, 2);
  g_assert_cmpstr (report->remote->pdata[0], ==, "http://a.example/1");
  g_assert_cmpstr (report->remote->pdata[1], ==, "http://b.example/2");
  g_assert_cmpuint (report->cids->len, ==, 2);
  g_assert_true (report->has_own_colours);
  without = barua_html_sanitise (html, strlen (html), NULL, BARUA_HTML_NO_REMOTE | BARUA_HTML_NO_COLOURS, second);
  g_assert_cmpuint (second->remote->len, ==, 0);
  g_assert_null (strstr (without, "barua-remote"));
  g_assert_false (second->has_own_colours);
  plain = barua_html_sanitise ("<p style='color:inherit'>x", 26, NULL, BARUA_HTML_NONE, second);
  g_assert_false (second->has_own_colours);
}

static void
test_remote_url (void)
{
  static const Case urls[] = {
    { "barua-remote:https%3A%2F%2Fa.example%2Fx%3Fy", "https://a.example/x?y" },
    { "BARUA-REMOTE:http%3A%2F%2Fa.example", "http://a.example/" },
    { "barua-remote:file%3A%2F%2F%2Fx", NULL },
    { "barua-remote:", NULL },
    { "https://a.example/", NULL },
    { "barua-remote:%00http%3A%2F%2Fa.example", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autofree char *url = barua_html_remote_url (urls[i].html);

      g_assert_cmpstr (url, ==, urls[i].expected);
    }
}

static void
test_to_text (void)
{
  static const Case texts[] = {
    { "<p>One <b>two</b>\n three<p>Four", "One two three\n\nFour" },
    { "a<br>b<div>c</div>d", "a\nb\nc\nd" },
    { "<ul><li>a<li>b</ul>", "\xe2\x80\xa2 a\n\xe2\x80\xa2 b" },
    { "x<blockquote>q<blockquote>r</blockquote></blockquote>y", "x\n> q\n>> r\ny" },
    { "<style>p{}</style><script>x</script><span style='display: NONE'>hidden</span>shown", "shown" },
    { "<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc" },
    { "<img alt='A &amp; B'> &eacute;", "A & B \xc3\xa9" },
    { "<pre>a\n  b</pre>", "a\n  b" },
    { "a<hr>b", "a\n---\nb" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = barua_html_to_text (texts[i].html);

      g_assert_cmpstr (text, ==, texts[i].expected);
    }
}

/* The short way finds the same words as the long one, most of all where something hidden is never ended. */
static void
test_extract_text (void)
{
  static const Case texts[] = {
    { "<p>One <b>two</b>\n three<p>Four", "One two three\n\nFour" },
    { "<p style='display: none'>hidden<p>shown", "shown" },
    { "<table><tr><td><div style='display:none'>hidden<td>shown</table>after", "shown\nafter" },
    { "<ul><li hidden>a<li>b</ul>", "\xe2\x80\xa2 b" },
    { "<div><blockquote>q</div>y", "> q\ny" },
    { "x</blockquote>y", "xy" },
    { "<svg><title>a</title><p>shown", "shown" },
    { "<textarea>kept <b></textarea>", "kept <b>" },
    { "<canvas>gone</canvas>shown", "shown" },
    { "<style>p{}</style><script>x</script><title>t</title>shown", "shown" },
    { "<image alt=A>a</br>b", "Aa\nb" },
    { "<div><pre>a\n b</div>c\n d", "a\n b\nc d" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (BaruaHtmlReport) report = barua_html_report_new ();
      g_autofree char *text = barua_html_extract_text (texts[i].html, strlen (texts[i].html), NULL, report);
      g_autofree char *clean = barua_html_sanitise (texts[i].html, strlen (texts[i].html), NULL, BARUA_HTML_NONE, NULL);
      g_autofree char *long_way = barua_html_to_text (clean);

      g_assert_cmpstr (text, ==, texts[i].expected);
      g_assert_cmpstr (text, ==, long_way);
    }
}

static void
test_charsets (void)
{
  g_autofree char *meta = barua_html_sanitise ("<meta charset=koi8-r>\xc1", 22, NULL, BARUA_HTML_NONE, NULL);
  g_autofree char *hint = barua_html_sanitise ("<meta charset=koi8-r>\xc1", 22, "iso-8859-1", BARUA_HTML_NONE, NULL);
  g_autofree char *guess = barua_html_sanitise ("\x93", 1, NULL, BARUA_HTML_NONE, NULL);
  /* UTF-7 that nobody declared is text. */
  g_autofree char *utf7 = barua_html_sanitise ("+ADw-script+AD4-", 16, NULL, BARUA_HTML_NONE, NULL);
  g_autofree char *declared = barua_html_sanitise ("+ADw-script+AD4-x", 17, "utf-7", BARUA_HTML_NONE, NULL);
  g_autofree char *wide = barua_html_sanitise ("\xff\xfe<\0b\0>\0x\0", 10, NULL, BARUA_HTML_NONE, NULL);

  g_assert_cmpstr (meta, ==, "\xd0\xb0");
  g_assert_cmpstr (hint, ==, "\xc3\x81");
  g_assert_cmpstr (guess, ==, "\xe2\x80\x9c");
  g_assert_cmpstr (utf7, ==, "+ADw-script+AD4-");
  g_assert_cmpstr (declared, ==, "");
  g_assert_cmpstr (wide, ==, "<b>x</b>");
}

static guint
count (const char *text,
       const char *needle)
{
  guint n = 0;

  for (const char *p = text; (p = strstr (p, needle)) != NULL; p += strlen (needle))
    n++;
  return n;
}

static char *
repeat (const char *unit,
        guint       n)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (out, unit);
  return g_string_free (out, FALSE);
}

/* Both sides of the bounds. */
static void
test_limits (void)
{
  g_autoptr (BaruaHtmlReport) fits = barua_html_report_new ();
  g_autoptr (BaruaHtmlReport) deep = barua_html_report_new ();
  g_autoptr (BaruaHtmlReport) at = barua_html_report_new ();
  g_autoptr (BaruaHtmlReport) above = barua_html_report_new ();
  g_autoptr (GString) pictures = g_string_new (NULL);
  g_autoptr (BaruaHtmlReport) many = barua_html_report_new ();
  g_autofree char *divs = repeat ("<div>", BARUA_LIMIT_HTML_DEPTH + 1);
  g_autofree char *clean = barua_html_sanitise (divs, BARUA_LIMIT_HTML_DEPTH * 5, NULL, BARUA_HTML_NONE, fits);
  g_autofree char *cut = barua_html_sanitise (divs, strlen (divs), NULL, BARUA_HTML_NONE, deep);
  g_autofree char *big = repeat ("x", BARUA_LIMIT_HTML_BYTES + 1);
  g_autofree char *out = NULL;
  g_autofree char *out_above = NULL;
  g_autofree char *out_many = NULL;

  g_assert_false (fits->cut);
  g_assert_cmpuint (count (clean, "<div>"), ==, BARUA_LIMIT_HTML_DEPTH);
  g_assert_true (deep->cut);
  g_assert_cmpuint (count (cut, "<div>"), ==, BARUA_LIMIT_HTML_DEPTH);
  out = barua_html_sanitise (big, BARUA_LIMIT_HTML_BYTES, NULL, BARUA_HTML_NONE, at);
  g_assert_false (at->cut);
  out_above = barua_html_sanitise (big, BARUA_LIMIT_HTML_BYTES + 1, NULL, BARUA_HTML_NONE, above);
  g_assert_true (above->cut);
  g_assert_cmpuint (strlen (out_above), ==, BARUA_LIMIT_HTML_BYTES);
  for (guint i = 0; i <= BARUA_LIMIT_HTML_PICTURES; i++)
    g_string_append_printf (pictures, "<img src=http://a.example/%u>", i);
  out_many = barua_html_sanitise (pictures->str, pictures->len, NULL, BARUA_HTML_NONE, many);
  g_assert_cmpuint (many->remote->len, ==, BARUA_LIMIT_HTML_PICTURES);
  g_assert_cmpuint (count (out_many, "barua-remote:"), ==, BARUA_LIMIT_HTML_PICTURES);
}

/* 5 MB of whatever is worst (THREATS H-13): linear time, bounded output. */
static void
test_bombs (void)
{
  static const char * const units[] = { "<div>", "<table><tr><td>", "<b>", "</i>", "<a href=http://x.example/>", "<p><b>", "<![", "<!--",
                                        "&", "&amp", "<b style='color:red'><p>", "<x ", "<font size=1>", "</b><i>", "<td>", "<li>",
                                        "<img src=http://x.example/>", "<svg>", "<style>", "<style>a{b", "<p style='((((", "<pre>\n" };
  double worst = 0;

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    for (guint half = 0; half < 2; half++)
      {
        g_autofree char *prefix = half ? repeat ("<b>", 600) : g_strdup ("");
        g_autofree char *bomb = repeat (units[i], BARUA_LIMIT_HTML_BYTES / (guint)strlen (units[i]));
        g_autofree char *html = g_strconcat (prefix, bomb, NULL);
        clock_t start = clock ();
        g_autofree char *clean = barua_html_sanitise (html, strlen (html), "utf-8", BARUA_HTML_NONE, NULL);
        g_autofree char *text = barua_html_to_text (clean);
        double seconds = (double)(clock () - start) / CLOCKS_PER_SEC;

        if (seconds > worst)
          worst = seconds;
        if (seconds > 0.5)
          g_test_message ("%s: %.2f s, %zu bytes", units[i], seconds, strlen (clean));
        g_assert_cmpuint (strlen (clean), <, 24 * BARUA_LIMIT_HTML_BYTES);
      }
  g_test_message ("worst of %zu bombs of 5 MB: %.2f s", G_N_ELEMENTS (units) * 2, worst);
}

/* Addresses inside tags are links or the titles of something: what is text is not fetched. (">" in values is escaped.) */
static guint
count_urls_in_tags (const char *html)
{
  guint n = 0;

  for (const char *p = html; (p = strchr (p, '<')) != NULL;)
    {
      const char *end = strchr (p, '>');
      g_autofree char *tag = g_strndup (p, (gsize)(end - p));

      n += count (tag, "://") - (strstr (tag, "title=\"") != NULL ? count (tag, "://") : 0);
      p = end;
    }
  return n;
}

static guint
check_leaks (const char *html,
             gsize       length)
{
  g_autoptr (BaruaHtmlReport) report = barua_html_report_new ();
  g_autofree char *clean = barua_html_sanitise (html, length, "utf-8", BARUA_HTML_NONE, report);
  g_autofree char *again = barua_html_sanitise (clean, strlen (clean), "utf-8", BARUA_HTML_NONE, NULL);
  g_autofree char *wrong = html_oracle_check (clean);

  g_assert_cmpstr (wrong, ==, NULL);
  g_assert_cmpstr (again, ==, clean);
  g_assert_cmpuint (count_urls_in_tags (clean), ==, count (clean, "<a href=\"http"));
  return report->remote->len;
}

static void
test_leaks_extra (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "mime", "leak-extra.html", NULL);
  g_autofree char *html = NULL;
  gsize length;
  guint n;

  g_assert_true (g_file_get_contents (path, &html, &length, NULL));
  for (guint i = 1; i <= 122; i++)
    {
      g_autofree char *host = g_strdup_printf ("leak-%02u.invalid", i);

      g_assert_nonnull (strstr (html, host));
    }
  n = check_leaks (html, length);
  g_test_message ("122 vectors, %u of them pictures to ask for", n);
  {
    g_autofree char *clean = barua_html_sanitise (html, length, "utf-8", BARUA_HTML_NONE, NULL);

    g_assert_nonnull (strstr (clean, "<p>The end is still here.</p>"));
  }
}

static void
test_leaks_corpus (void)
{
  const char *corpus = g_getenv ("BARUA_CORPUS");
  g_autofree char *path = g_build_filename (corpus != NULL ? corpus : "", "html", "httpleaks", "leak.html", NULL);
  g_autofree char *html = NULL;
  gsize length;
  guint n;

  if (!g_file_get_contents (path, &html, &length, NULL))
    {
      g_test_skip ("BARUA_CORPUS is not there");
      return;
    }
  n = check_leaks (html, length);
  g_test_message ("%u vectors, %u of them pictures to ask for", count (html, "leaking.via"), n);
}

static void
test_corpus_idempotent (void)
{
  const char *corpus = g_getenv ("BARUA_CORPUS");
  g_autofree char *folder = g_build_filename (corpus != NULL ? corpus : "", "html", "mimekit", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  if (dir == NULL)
    {
      g_test_skip ("BARUA_CORPUS is not there");
      return;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *html = NULL;
      gsize length;
      g_autofree char *clean = NULL;
      g_autofree char *again = NULL;
      g_autofree char *wrong = NULL;

      g_assert_true (g_file_get_contents (path, &html, &length, NULL));
      clean = barua_html_sanitise (html, length, NULL, BARUA_HTML_NONE, NULL);
      again = barua_html_sanitise (clean, strlen (clean), "utf-8", BARUA_HTML_NONE, NULL);
      wrong = html_oracle_check (clean);
      g_assert_cmpstr (again, ==, clean);
      g_assert_cmpstr (wrong, ==, NULL);
      n++;
    }
  g_assert_cmpuint (n, >=, 9);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/html/cases", test_cases);
  g_test_add_func ("/html/report", test_report);
  g_test_add_func ("/html/remote-url", test_remote_url);
  g_test_add_func ("/html/to-text", test_to_text);
  g_test_add_func ("/html/extract-text", test_extract_text);
  g_test_add_func ("/html/charsets", test_charsets);
  g_test_add_func ("/html/limits", test_limits);
  g_test_add_func ("/html/bombs", test_bombs);
  g_test_add_func ("/html/leaks-extra", test_leaks_extra);
  g_test_add_func ("/html/leaks-corpus", test_leaks_corpus);
  g_test_add_func ("/html/corpus-idempotent", test_corpus_idempotent);
  return g_test_run ();
}
