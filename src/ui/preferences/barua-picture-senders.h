/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "barua-engine.h"

G_BEGIN_DECLS

/* The senders whose pictures are always shown, each with a button that ends it. */
#define BARUA_TYPE_PICTURE_SENDERS (barua_picture_senders_get_type ())
G_DECLARE_FINAL_TYPE (BaruaPictureSenders, barua_picture_senders, BARUA, PICTURE_SENDERS, AdwNavigationPage)

AdwNavigationPage *barua_picture_senders_new (BaruaEngine *engine);

G_END_DECLS
