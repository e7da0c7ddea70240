/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Looks at sanitised HTML with a parser that is not ours (libxml2) and lists of its own. Returns what is wrong, or NULL. (full) */
char *html_oracle_check (const char *html);

G_END_DECLS
