/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* HTML of strangers made harmless by allow-list: the first wall of the message view (DESIGN 9, THREATS 1.1 and 3.3). Pure
 * functions, any thread, linear time.
 *
 * What comes out:
 *  - is a well-nested fragment for the inside of <body>, valid UTF-8 without NUL; parsing it again gives the same tree, and
 *    sanitising it again the same bytes;
 *  - has only known elements (text, tables, lists, pictures, <style>), known attributes and known CSS properties; a <body> with
 *    attributes becomes <div class="barua-body">, and style rules for body and html are rules for that class;
 *  - has URLs only as <a href> (http, https, mailto, tel; parsed and written anew, always with rel="noreferrer noopener"), and as
 *    picture sources: "cid:...", small "data:" pictures, and "barua-remote:" followed by the percent-encoded http or https URL,
 *    which fetches nothing by itself;
 *  - ids, names and classes begin with "barua-", so that they can't clobber or meet anything of ours;
 *  - is at most BARUA_LIMIT_HTML_DEPTH deep and from at most BARUA_LIMIT_HTML_BYTES of input. */

/* The scheme of pictures on other people's servers: BARUA_HTML_REMOTE_SCHEME ":" + the URL, percent-encoded. */
#define BARUA_HTML_REMOTE_SCHEME "barua-remote"

typedef enum
{
  BARUA_HTML_NONE       = 0,
  BARUA_HTML_NO_REMOTE  = 1 << 0, /* remote pictures are left out altogether (quotes in replies, prints) */
  BARUA_HTML_NO_COLOURS = 1 << 1  /* text and background colours are left out */
} BaruaHtmlFlags;

/* What was met on the way. Owned by the caller, filled by barua_html_sanitise(). */
typedef struct
{
  gboolean   cut;             /* too long or too deep: something was left out for its size */
  gboolean   has_own_colours; /* a text or background colour is set */
  gboolean   unknown_charset;
  gboolean   damaged;         /* bytes that fit no charset */
  GPtrArray *remote;          /* char *: distinct remote picture URLs, in order, at most BARUA_LIMIT_HTML_PICTURES */
  GPtrArray *cids;            /* char *: distinct content ids that are named, decoded */
  GHashTable *seen;           /* private: the members of both */
} BaruaHtmlReport;

BaruaHtmlReport *barua_html_report_new  (void);
void             barua_html_report_free (BaruaHtmlReport *self);

/* @charset_hint: the charset of the Content-Type, or NULL; then a BOM, <meta charset>, UTF-8 where it fits, windows-1252.
 * @report may be NULL. (full) */
char            *barua_html_sanitise    (const char      *html,
                                         gsize            length,
                                         const char      *charset_hint,
                                         BaruaHtmlFlags   flags,
                                         BaruaHtmlReport *report);

/* The text that a reader of @html (UTF-8) would see: blocks on lines of their own, lists with marks, quotes with ">", links as their
 * text, pictures as their alt text, hidden elements (display:none) left out. Takes sanitised or raw HTML. (full) */
char            *barua_html_to_text     (const char      *html);

/* The words that barua_html_to_text() finds in barua_html_sanitise()'s answer, at less than half the cost: only markup that
 * hides something, or whose nesting matters to the text, is sanitised for it; lines may end elsewhere where tags are stray.
 * Pictures are not noted in @report. (full) */
char            *barua_html_extract_text (const char      *html,
                                          gsize            length,
                                          const char      *charset_hint,
                                          BaruaHtmlReport *report);

/* The http or https URL inside a "barua-remote:" URL, or NULL when it is none. What the picture fetcher calls before it opens
 * anything. (full) */
char            *barua_html_remote_url  (const char      *uri);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaHtmlReport, barua_html_report_free)

G_END_DECLS
