/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-store.h"

G_BEGIN_DECLS

typedef enum
{
  BARUA_STORE_PICTURES_ASK, /* off until asked for; the default */
  BARUA_STORE_PICTURES_ALWAYS,
  BARUA_STORE_PICTURES_NEVER
} BaruaStorePictures; /* Stored: never renumber. */

typedef enum
{
  BARUA_STORE_COLOURS_DEFAULT,  /* as the window thinks best */
  BARUA_STORE_COLOURS_ORIGINAL, /* the message's own, on white */
  BARUA_STORE_COLOURS_ADAPTED   /* made to fit a dark window */
} BaruaStoreColours; /* Stored: never renumber. */

typedef struct
{
  BaruaStorePictures pictures;
  BaruaStoreColours  colours;
} BaruaStorePreference;

/* What the person chose for a sender's messages; @address is compared without case. Defaults where nothing was chosen. */
gboolean barua_store_preference_load (BaruaStoreConnection       *c,
                                      const char                 *address,
                                      BaruaStorePreference       *preference,
                                      GError                    **error);
gboolean barua_store_preference_save (BaruaStoreConnection       *c,
                                      const char                 *address,
                                      const BaruaStorePreference *preference,
                                      GError                    **error);
/* (transfer full): addresses with that choice, in order, at most BARUA_LIMIT_PICTURE_SENDERS; NULL with @error. */
GStrv    barua_store_preference_list (BaruaStoreConnection       *c,
                                      BaruaStorePictures          pictures,
                                      GError                    **error);

G_END_DECLS
