/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Tokens of CSS Syntax Level 3 with escapes resolved. Set position, end and text (a buffer of the caller's), then call
 * barua_css_next() until the kind is BARUA_CSS_END; each call writes over the token before. Any thread. */

typedef enum
{
  BARUA_CSS_END,
  BARUA_CSS_SPACE,    /* white space or comments */
  BARUA_CSS_IDENT,
  BARUA_CSS_FUNCTION, /* text is its name, "(" is taken */
  BARUA_CSS_AT,
  BARUA_CSS_HASH,
  BARUA_CSS_STRING,
  BARUA_CSS_URL,
  BARUA_CSS_NUMBER,   /* text is number and unit */
  BARUA_CSS_BAD,
  BARUA_CSS_DELIM     /* delim is the character: also : ; , { } ( ) [ ] */
} BaruaCssKind;

typedef struct
{
  const char  *position;
  const char  *end;
  BaruaCssKind kind;
  char         delim;
  GString     *text;
} BaruaCss;

void     barua_css_next     (BaruaCss       *css);
gboolean barua_css_is_delim (const BaruaCss *css,
                             char            delim);
/* Whether the token opens or closes a bracket: +1, -1, else 0. */
int      barua_css_bracket  (const BaruaCss *css);

G_END_DECLS
