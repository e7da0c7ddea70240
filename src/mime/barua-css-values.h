/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-css-tokenizer.h"
#include "barua-html-css.h"

#include <stdlib.h>

G_BEGIN_DECLS

/* Declarations of CSS, by allow-list of properties and functions. Private to mime/. */

typedef struct
{
  const char      *property;
  BaruaHtmlFlags   flags;
  BaruaHtmlReport *report;
  gboolean         in_media; /* no URL in there: which one is fetched would tell what the reader's screen is like */
  guint            functions;
} BaruaCssContext;

/* Appends what may stay of the declarations from @text to @end. */
void     barua_css_read_declarations (const char      *text,
                                      const char      *end,
                                      GString         *out,
                                      BaruaCssContext *context);
/* A number, maybe with "%" or a unit. */
gboolean barua_css_is_number         (const char      *text);
/* For bsearch() in a sorted list of words. */
int      barua_css_compare_words     (const void      *a,
                                      const void      *b);

#define BARUA_CSS_IS_ONE_OF(list, word) \
  (bsearch ((word), (list), G_N_ELEMENTS (list), sizeof (list)[0], barua_css_compare_words) != NULL)

G_END_DECLS
