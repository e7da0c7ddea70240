/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-html.h"

G_BEGIN_DECLS

/* CSS of strangers, by allow-list of properties, functions, selectors and media features. Tokenized as CSS Syntax Level 3 says
 * with escapes resolved, and written anew from the tokens: the output has no escape, no "<", no "\\", no comment. */

/* The declarations of a style attribute: appends "color:red;..." to @out. */
void  barua_css_sanitise_declarations (GString         *out,
                                       const char      *css,
                                       gsize            length,
                                       BaruaHtmlFlags   flags,
                                       BaruaHtmlReport *report);
/* The content of a <style> element. @media is that attribute's value or NULL. */
void  barua_css_sanitise_sheet        (GString         *out,
                                       const char      *css,
                                       gsize            length,
                                       const char      *media,
                                       BaruaHtmlFlags   flags,
                                       BaruaHtmlReport *report);
/* A class or id as it may stand in the output: "barua-" and letters, digits, "-", "_". Appends nothing for "". */
void  barua_css_append_name           (GString         *out,
                                       const char      *name,
                                       gsize            length);

G_END_DECLS
