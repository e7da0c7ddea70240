/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* SipHash-2-4 (Aumasson, Bernstein, 2012) with a 128-bit key: a stranger can't make two Message-IDs collide without knowing
 * the store's key. Any thread. */
typedef struct
{
  guint64 k0;
  guint64 k1;
} BaruaHashKey;

guint64 barua_hash (const BaruaHashKey *key,
                    const void         *data,
                    gsize               length);

G_END_DECLS
