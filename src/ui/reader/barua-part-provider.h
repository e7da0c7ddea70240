/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "barua-message-source.h"

G_BEGIN_DECLS

/* An attachment that is dragged to another program: fetched and written to a private file when it is dropped, not before. */
#define BARUA_TYPE_PART_PROVIDER (barua_part_provider_get_type ())
G_DECLARE_FINAL_TYPE (BaruaPartProvider, barua_part_provider, BARUA, PART_PROVIDER, GdkContentProvider)

GdkContentProvider *barua_part_provider_new (BaruaMessageSource *source,
                                             const char         *section,
                                             const char         *name);

G_END_DECLS
