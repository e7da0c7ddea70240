/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How a connection is secured. There is no member for an unencrypted one: Barua has none. Stored in the database: never
 * renumber. */
typedef enum
{
  BARUA_SECURITY_TLS,     /* TLS from the first byte (RFC 8314), the default */
  BARUA_SECURITY_STARTTLS /* TLS is demanded before anything else is said or believed */
} BaruaSecurity;

G_END_DECLS
