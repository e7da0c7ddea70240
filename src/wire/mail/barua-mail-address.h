/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "barua-address.h"

G_BEGIN_DECLS

/* The addresses of a field (RFC 5322, 3.4 and 4.4: groups, comments, quoted strings, routes, missing commas), without
 * recursion. At most BARUA_LIMIT_ADDRESSES, read from at most BARUA_LIMIT_ADDRESS_HEADER_BYTES. Names are decoded (RFC 2047),
 * addr-specs never are (THREATS U-01). A phrase without an address becomes an address that has only a name; an empty group
 * ("undisclosed-recipients:;") gives one with the group's name.
 * Returns: (transfer full): a GPtrArray of BaruaAddress, maybe empty. */
GPtrArray *barua_mail_addresses_parse (const char *bytes,
                                       gsize       length);

G_END_DECLS
