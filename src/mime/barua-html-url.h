/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-html.h"

G_BEGIN_DECLS

/* URLs are taken apart and written anew, never matched by pattern: what is returned is made of what was understood. NULL:
 * not allowed. Relative URLs have no base here and are never allowed. (all full) */

/* For <a href>: http, https, mailto, tel. */
char *barua_html_url_link    (const char      *url);
/* For pictures: http(s) as "barua-remote:...", "cid:...", small "data:" pictures. What is met is put down in @report. */
char *barua_html_url_picture (const char      *url,
                              BaruaHtmlFlags   flags,
                              BaruaHtmlReport *report);

G_END_DECLS
