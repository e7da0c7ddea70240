/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "barua-engine.h"

G_BEGIN_DECLS

/* Preferences (UI.md 9): every row is bound to its key, there is nothing to confirm. */
#define BARUA_TYPE_PREFERENCES_DIALOG (barua_preferences_dialog_get_type ())
G_DECLARE_FINAL_TYPE (BaruaPreferencesDialog, barua_preferences_dialog, BARUA, PREFERENCES_DIALOG, AdwPreferencesDialog)

/* @engine: NULL while it has not started; senders with pictures are left out then. */
AdwDialog *barua_preferences_dialog_new (BaruaEngine *engine);

G_END_DECLS
