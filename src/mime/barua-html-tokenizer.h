/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The tokenizer of the HTML standard (section 13.2.5), less what a mail body has no use for: it never fails, looks at each byte
 * once, and agrees with WebKit's on where a tag begins and ends, which is what a sanitiser's safety rests on. (libxml2 2.9, the
 * version of the floor, is an HTML 4 parser that sees other tags than WebKit does, and takes quadratic time on unmatched end
 * tags.) Input: valid UTF-8 without NUL and CR, as barua_mime_decode_charset() gives it. Nothing is allocated a token. */

#define BARUA_HTML_NAME_BYTES 23
#define BARUA_HTML_ATTRIBUTES 48

typedef enum
{
  BARUA_HTML_TOKEN_END_OF_INPUT,
  BARUA_HTML_TOKEN_TEXT,      /* character references still in it when is_raw is FALSE */
  BARUA_HTML_TOKEN_START_TAG,
  BARUA_HTML_TOKEN_END_TAG
} BaruaHtmlTokenKind;

typedef struct
{
  char        name[BARUA_HTML_NAME_BYTES + 1]; /* lower case; "" when it is longer, which no known name is */
  const char *value;                           /* as written, character references still in it */
  gsize       length;
} BaruaHtmlAttribute;

typedef struct
{
  BaruaHtmlTokenKind kind;
  char               name[BARUA_HTML_NAME_BYTES + 1];
  BaruaHtmlAttribute attributes[BARUA_HTML_ATTRIBUTES]; /* further ones are dropped; of equal names the first is the one */
  guint              n_attributes;
  const char        *text;
  gsize              length;
  gboolean           is_raw; /* the content of <style> and its like: no character references in it */
} BaruaHtmlToken;

typedef struct
{
  const char *position;
  const char *end;
  char        raw_name[BARUA_HTML_NAME_BYTES + 1]; /* inside such an element: text up to its end tag */
  gboolean    raw_references;                      /* ... where character references count (title, textarea) */
  gboolean    plaintext;
} BaruaHtmlTokenizer;

void                      barua_html_tokenizer_init (BaruaHtmlTokenizer   *self,
                                                     const char           *html,
                                                     gsize                 length);
/* Comments, doctypes and processing instructions are passed over. */
void                      barua_html_tokenizer_next (BaruaHtmlTokenizer   *self,
                                                     BaruaHtmlToken       *token);
/* The attribute @name of a start tag, or NULL. */
const BaruaHtmlAttribute *barua_html_token_find     (const BaruaHtmlToken *token,
                                                     const char           *name);
/* Appends @text with its character references resolved; what is no reference stays as it is. Never appends NUL, CR or another
 * control character than TAB and LF. */
void                      barua_html_unescape       (GString              *out,
                                                     const char           *text,
                                                     gsize                 length,
                                                     gboolean              in_attribute);
/* Appends @text for text content and double-quoted attribute values alike. */
void                      barua_html_escape         (GString              *out,
                                                     const char           *text,
                                                     gsize                 length);
/* Fills the table of character references; called by barua_mime_init(). */
void                      barua_html_init_references (void);

G_END_DECLS
