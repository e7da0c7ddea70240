/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-picture-type.h"

#include <string.h>

static const struct
{
  const char *type;
  gsize       at;
  gsize       length;
  const char *bytes;
} kinds[] = {
  { "image/png", 0, 8, "\x89PNG\r\n\x1a\n" }, { "image/jpeg", 0, 3, "\xff\xd8\xff" },  { "image/gif", 0, 6, "GIF87a" },
  { "image/gif", 0, 6, "GIF89a" },            { "image/webp", 8, 6, "WEBPVP" },        { "image/avif", 4, 8, "ftypavif" },
  { "image/avif", 4, 8, "ftypavis" },         { "image/x-icon", 0, 4, "\0\0\1\0" },
};

const char *
barua_picture_type_sniff (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (size > kinds[i].at + kinds[i].length && memcmp (data + kinds[i].at, kinds[i].bytes, kinds[i].length) == 0)
      return kinds[i].type;
  return NULL;
}
