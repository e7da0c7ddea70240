/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Keyboard Shortcuts: the table of barua-shortcuts.h as boxed lists that can be searched by word and by key. */
#define BARUA_TYPE_SHORTCUTS_DIALOG (barua_shortcuts_dialog_get_type ())
G_DECLARE_FINAL_TYPE (BaruaShortcutsDialog, barua_shortcuts_dialog, BARUA, SHORTCUTS_DIALOG, AdwDialog)

AdwDialog *barua_shortcuts_dialog_new (void);

G_END_DECLS
