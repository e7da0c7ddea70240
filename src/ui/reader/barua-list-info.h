/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "barua-parsed-message.h"

G_BEGIN_DECLS

/* Mail of a list or a newsletter (RFC 2919, RFC 2369), and where it can be left. Nothing is contacted before the person wants it
 * (THREATS H-08). */
typedef struct
{
  char *name;        /* of the list, as shown; NULL: it has none */
  char *unsubscribe; /* a https page, NULL */
} BaruaListInfo;

/* NULL when it is neither. Pure. */
BaruaListInfo *barua_list_info_new     (const BaruaParsedMessage *message);
void           barua_list_info_free    (BaruaListInfo            *self);
/* The line that says so. @failed: the sender failed proof, the link asks. */
GtkWidget     *barua_list_info_new_row (const BaruaListInfo      *self,
                                        gboolean                  failed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaListInfo, barua_list_info_free)

G_END_DECLS
