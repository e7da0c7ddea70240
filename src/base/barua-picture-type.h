/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The type of a picture by its first bytes, "image/png"; NULL when it is none of the kinds that are shown. What a server says of
 * it counts for nothing: pictures that hold programs or links (SVG) never pass. Static. Pure, any thread. */
const char *barua_picture_type_sniff (GBytes *bytes);

G_END_DECLS
