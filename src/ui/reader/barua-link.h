/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Links in messages of strangers (THREATS H-11): http, https, mailto and tel are opened, by the desktop, and only when clicked. */
gboolean barua_link_may_open (const char *uri);
/* What is shown before a click: the whole target, with the host as it stands in the DNS where it is not plain Latin. (full) */
char    *barua_link_shown    (const char *uri);
/* Asks first where the words @text (NULL: not known) and the target differ, the host is a look-alike, or the sender failed proof:
 * every time, people click through. */
void     barua_link_open     (GtkWidget  *parent,
                              const char *uri,
                              const char *text,
                              gboolean    failed);

G_END_DECLS
