/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-html-elements.h"
#include "barua-html-tokenizer.h"
#include "barua-html.h"

G_BEGIN_DECLS

/* The state of one run of the sanitiser, shared by its pieces: attributes, nesting, tokens. Private to mime/. */

typedef struct
{
  const BaruaElement *element;
  gsize               tag_start; /* its start tag in the output, to open it again */
  gsize               tag_length;
  gboolean            is_ended;  /* its end tag came while a block inside was open: closes together with that */
} BaruaOpenElement;

typedef struct
{
  BaruaHtmlTokenizer tokenizer;
  BaruaHtmlToken     token;
  BaruaHtmlFlags     flags;
  BaruaHtmlReport   *report;
  GString           *out;
  GString           *value; /* scratch: an unescaped attribute */
  GString           *clean; /* scratch: what became of it */
  GArray            *stack; /* BaruaOpenElement */
  GPtrArray         *reopen; /* char *: start tags of formatting elements that something cut off */
  GPtrArray         *reopen_elements;
  gsize              reopened_bytes;
  guint              n_open[BARUA_N_ELEMENTS];
  guint              n_dropped[BARUA_N_ELEMENTS]; /* opened too deep: their end tags are passed over */
  char               skipped[BARUA_HTML_NAME_BYTES + 1]; /* inside an element that goes with its content */
  guint              skip_depth;
  gboolean           has_body;
} BaruaSanitiser;

/* @html in UTF-8, cut at BARUA_LIMIT_HTML_BYTES; notes in @report what was met. (full) */
char    *barua_html_decode                 (const char         *html,
                                            gsize               length,
                                            const char         *charset_hint,
                                            BaruaHtmlReport    *report);

/* Attributes */

void     barua_sanitiser_append_attribute  (GString            *out,
                                            const char         *name,
                                            const char         *value,
                                            gsize               length);
/* The names of a class attribute, each as barua_css_append_name() writes it. */
void     barua_sanitiser_append_names      (GString            *out,
                                            const char         *names);
/* What becomes of the attribute @name with the unescaped @value, in self->clean. FALSE: it goes. */
gboolean barua_sanitiser_clean_attribute   (BaruaSanitiser     *self,
                                            const char         *name,
                                            const char         *value,
                                            gsize               length);
/* What is let through of the token's attributes. */
void     barua_sanitiser_append_attributes (BaruaSanitiser     *self,
                                            const BaruaElement *element);

/* Nesting */

/* The innermost open element; NULL. */
const BaruaElement *barua_sanitiser_top    (const BaruaSanitiser *self);
/* Closes the innermost element; @keep: it was cut off, and is to be opened again if it is a formatting element. */
void     barua_sanitiser_pop               (BaruaSanitiser     *self,
                                            gboolean            keep);
void     barua_sanitiser_pop_to            (BaruaSanitiser     *self,
                                            guint               length,
                                            gboolean            keep);
void     barua_sanitiser_push              (BaruaSanitiser     *self,
                                            const BaruaElement *element,
                                            gsize               tag_start);
/* The index of the innermost open @element that can be reached from here, or -1. */
int      barua_sanitiser_find_open         (const BaruaSanitiser *self,
                                            const BaruaElement *element);
void     barua_sanitiser_forget_reopen     (BaruaSanitiser     *self);
/* Opens again what was cut off (13.2.4.3), bounded, since it multiplies the input. */
void     barua_sanitiser_reopen_formatting (BaruaSanitiser     *self);
/* Text and other content right in a table has no place there; a parser would move it in front. It gets a cell. */
void     barua_sanitiser_ensure_cell       (BaruaSanitiser     *self);
/* Closes what the start of @element ends. FALSE: it has no place here. */
gboolean barua_sanitiser_prepare_for       (BaruaSanitiser     *self,
                                            const BaruaElement *element);

G_END_DECLS
