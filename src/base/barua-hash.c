/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-hash.h"

#include <string.h>

#define ROTATE(x, b) (((x) << (b)) | ((x) >> (64 - (b))))

#define ROUND(v0, v1, v2, v3) \
  G_STMT_START                \
  {                           \
    v0 += v1;                 \
    v1 = ROTATE (v1, 13);     \
    v1 ^= v0;                 \
    v0 = ROTATE (v0, 32);     \
    v2 += v3;                 \
    v3 = ROTATE (v3, 16);     \
    v3 ^= v2;                 \
    v0 += v3;                 \
    v3 = ROTATE (v3, 21);     \
    v3 ^= v0;                 \
    v2 += v1;                 \
    v1 = ROTATE (v1, 17);     \
    v1 ^= v2;                 \
    v2 = ROTATE (v2, 32);     \
  }                           \
  G_STMT_END

guint64
barua_hash (const BaruaHashKey *key,
            const void         *data,
            gsize               length)
{
  const guint8 *p = data;
  guint64 v0 = key->k0 ^ G_GUINT64_CONSTANT (0x736f6d6570736575);
  guint64 v1 = key->k1 ^ G_GUINT64_CONSTANT (0x646f72616e646f6d);
  guint64 v2 = key->k0 ^ G_GUINT64_CONSTANT (0x6c7967656e657261);
  guint64 v3 = key->k1 ^ G_GUINT64_CONSTANT (0x7465646279746573);
  guint64 tail = (guint64)length << 56;
  gsize left = length;

  while (left >= 8)
    {
      guint64 word;

      memcpy (&word, p, sizeof word);
      word = GUINT64_FROM_LE (word);
      v3 ^= word;
      ROUND (v0, v1, v2, v3);
      ROUND (v0, v1, v2, v3);
      v0 ^= word;
      p += 8;
      left -= 8;
    }
  for (gsize i = 0; i < left; i++)
    tail |= (guint64)p[i] << (8 * i);
  v3 ^= tail;
  ROUND (v0, v1, v2, v3);
  ROUND (v0, v1, v2, v3);
  v0 ^= tail;
  v2 ^= 0xff;
  for (guint i = 0; i < 4; i++)
    ROUND (v0, v1, v2, v3);
  return v0 ^ v1 ^ v2 ^ v3;
}
