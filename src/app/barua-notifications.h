/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "barua-engine.h"

G_BEGIN_DECLS

/* Tells the desktop of new mail and takes back what was read: hands to GApplication what a BaruaNotifier decides. A click leads to
 * the actions "app.open-message" (x) and "app.open-folder" (x), the button to "app.mark-read" (x). */
#define BARUA_TYPE_NOTIFICATIONS (barua_notifications_get_type ())
G_DECLARE_FINAL_TYPE (BaruaNotifications, barua_notifications, BARUA, NOTIFICATIONS, GObject)

/* @application outlives it. */
BaruaNotifications *barua_notifications_new (GApplication *application,
                                             BaruaEngine  *engine);

G_END_DECLS
