/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define BARUA_TYPE_APPLICATION (barua_application_get_type ())
G_DECLARE_FINAL_TYPE (BaruaApplication, barua_application, BARUA, APPLICATION, AdwApplication)

BaruaApplication *barua_application_new (void);

G_END_DECLS
