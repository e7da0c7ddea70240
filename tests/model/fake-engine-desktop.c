/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-engine.h"

/* What the stand-in says of senders with pictures: two, until they are taken away. */

static gboolean taken[2];
static const char *const senders[] = { "amina@barua.example", "habari@posta.example" };

DexFuture *
barua_engine_list_pictures (BaruaEngine *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (senders); i++)
    if (!taken[i])
      g_strv_builder_add (builder, senders[i]);
  return dex_future_new_take_boxed (G_TYPE_STRV, g_strv_builder_end (builder));
}

DexFuture *
barua_engine_set_pictures (BaruaEngine   *self,
                           const char    *address,
                           BaruaPictures  pictures)
{
  for (guint i = 0; i < G_N_ELEMENTS (senders); i++)
    if (g_strcmp0 (senders[i], address) == 0)
      taken[i] = pictures != BARUA_PICTURES_ALWAYS;
  return dex_future_new_true ();
}

DexFuture *
barua_engine_load_pictures (BaruaEngine *self,
                            const char  *address)
{
  for (guint i = 0; i < G_N_ELEMENTS (senders); i++)
    if (!taken[i] && g_strcmp0 (senders[i], address) == 0)
      return dex_future_new_for_int (BARUA_PICTURES_ALWAYS);
  return dex_future_new_for_int (BARUA_PICTURES_ASK);
}
