/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-shortcuts.h"

#include <glib/gi18n-lib.h>

#include "barua-preferences.h"

#define GENERAL  NC_ ("shortcuts", "General")
#define FOLDERS  NC_ ("shortcuts", "Folders and Panes")
#define LIST     NC_ ("shortcuts", "Message List")
#define MESSAGES NC_ ("shortcuts", "Messages")

/* The first letter behind Latin and its extensions. */
#define LATIN_END 0x250u

static const BaruaShortcut shortcuts[] = {
  { GENERAL, NC_ ("shortcuts", "Check for New Mail"), "app.check-now", 0, { "F5" } },
  { GENERAL, NC_ ("shortcuts", "Activity"), "win.activity", 0, { "<Control><Shift>y" } },
  { GENERAL, NC_ ("shortcuts", "Search and Filter"), "win.search", 0, { "<Control>f" }, NULL, "slash" },
  { GENERAL, NC_ ("shortcuts", "Open a Message File"), "app.open-file", 0, { "<Control>o" } },
  { GENERAL, NC_ ("shortcuts", "Undo"), "win.undo", 0, { "<Control>z" } },
  { GENERAL, NC_ ("shortcuts", "Main Menu"), "win.open-menu", 0, { "F10" } },
  { GENERAL, NC_ ("shortcuts", "Preferences"), "app.preferences", 0, { "<Control>comma" } },
  { GENERAL, NC_ ("shortcuts", "Keyboard Shortcuts"), "app.shortcuts", 0, { "<Control>question", "<Control>slash" } },
  { GENERAL, NC_ ("shortcuts", "Full Screen"), "win.full-screen", 0, { "F11" } },
  { GENERAL, NC_ ("shortcuts", "One Step Back"), NULL, BARUA_KEY_ESCAPE, { "Escape" } },
  { GENERAL, NC_ ("shortcuts", "Close Window"), "window.close", 0, { "<Control>w" } },
  { GENERAL, NC_ ("shortcuts", "Quit, Also in the Background"), "app.quit", 0, { "<Control>q" } },

  { FOLDERS, NC_ ("shortcuts", "Next Pane"), "win.next-pane", 0, { "F6" } },
  { FOLDERS, NC_ ("shortcuts", "Previous Pane"), "win.previous-pane", 0, { "<Shift>F6" } },
  { FOLDERS, NC_ ("shortcuts", "Show or Hide Folders"), "win.toggle-folders", 0, { "F9" } },
  { FOLDERS, NC_ ("shortcuts", "Go Back"), "win.back", 0, { "<Alt>Left" } },
  { FOLDERS, NC_ ("shortcuts", "Go to a Folder"), "win.folder(1)", 0, { "<Alt>1" }, "<Alt>9" },
  { FOLDERS, NULL, "win.folder(2)", 0, { "<Alt>2" } },
  { FOLDERS, NULL, "win.folder(3)", 0, { "<Alt>3" } },
  { FOLDERS, NULL, "win.folder(4)", 0, { "<Alt>4" } },
  { FOLDERS, NULL, "win.folder(5)", 0, { "<Alt>5" } },
  { FOLDERS, NULL, "win.folder(6)", 0, { "<Alt>6" } },
  { FOLDERS, NULL, "win.folder(7)", 0, { "<Alt>7" } },
  { FOLDERS, NULL, "win.folder(8)", 0, { "<Alt>8" } },
  { FOLDERS, NULL, "win.folder(9)", 0, { "<Alt>9" } },

  { LIST, NC_ ("shortcuts", "Next Message"), NULL, BARUA_KEY_NEXT, { "j" } },
  { LIST, NC_ ("shortcuts", "Previous Message"), NULL, BARUA_KEY_PREVIOUS, { "k" } },
  { LIST, NC_ ("shortcuts", "Move in the List"), NULL, BARUA_KEY_NATIVE, { "Up", "Down" } },
  { LIST, NC_ ("shortcuts", "First or Last Message"), NULL, BARUA_KEY_NATIVE, { "Home", "End" } },
  { LIST, NC_ ("shortcuts", "Open Message"), NULL, BARUA_KEY_NATIVE, { "Return" } },
  { LIST, NC_ ("shortcuts", "Menu of the Message"), NULL, BARUA_KEY_NATIVE, { "Menu", "<Shift>F10" } },
  { LIST, NC_ ("shortcuts", "Go to a Date"), "win.go-to-date", 0, { "<Control>g" } },
  { LIST, NC_ ("shortcuts", "Begin a Date to Go To"), NULL, BARUA_KEY_DIGIT, { "0" }, "9" },
  { LIST, NC_ ("shortcuts", "Begin to Select"), "win.select-messages", 0, { "<Control><Shift>x" }, NULL, "x" },
  { LIST, NC_ ("shortcuts", "Select One More"), NULL, BARUA_KEY_NATIVE, { "<Control>space" } },
  { LIST, NC_ ("shortcuts", "Select a Range"), NULL, BARUA_KEY_NATIVE, { "<Shift>Up", "<Shift>Down" } },
  { LIST, NC_ ("shortcuts", "Select All"), NULL, BARUA_KEY_NATIVE, { "<Control>a" } },

  { MESSAGES, NC_ ("shortcuts", "Page Down, then Next Unread Message"), NULL, BARUA_KEY_SPACE, { "space" } },
  { MESSAGES, NC_ ("shortcuts", "Page Up"), NULL, BARUA_KEY_SPACE_BACK, { "<Shift>space" } },
  { MESSAGES, NC_ ("shortcuts", "Next Message of the Conversation"), NULL, BARUA_KEY_NEXT_CARD, { "n" } },
  { MESSAGES, NC_ ("shortcuts", "Previous Message of the Conversation"), NULL, BARUA_KEY_PREVIOUS_CARD, { "p" } },
  { MESSAGES, NC_ ("shortcuts", "Open or Fold It"), NULL, BARUA_KEY_NATIVE, { "Return" } },
  { MESSAGES, NC_ ("shortcuts", "Mark as Read or Unread"), "win.toggle-read", 0, { "<Control>i" }, NULL, "u" },
  { MESSAGES, NC_ ("shortcuts", "Add or Remove Star"), "win.toggle-star", 0, { "<Control>d" }, NULL, "s" },
  { MESSAGES, NC_ ("shortcuts", "Find in Message"), "reader.find", 0, { "<Control><Shift>f" } },
  { MESSAGES, NC_ ("shortcuts", "Find Next"), "reader.find-next", 0, { "F3" } },
  { MESSAGES, NC_ ("shortcuts", "Find Previous"), "reader.find-previous", 0, { "<Shift>F3" } },
  { MESSAGES, NC_ ("shortcuts", "Larger Text"), "reader.zoom-in", 0, { "<Control>plus", "<Control>equal", "<Control>KP_Add" } },
  { MESSAGES, NC_ ("shortcuts", "Smaller Text"), "reader.zoom-out", 0, { "<Control>minus", "<Control>KP_Subtract" } },
  { MESSAGES, NC_ ("shortcuts", "Usual Text Size"), "reader.zoom-normal", 0, { "<Control>0", "<Control>KP_0" } },
  { MESSAGES, NC_ ("shortcuts", "Print"), "reader.print", 0, { "<Control>p" } },
  { MESSAGES, NC_ ("shortcuts", "Save Message"), "win.save-message", 0, { "<Control>s" } },
  { MESSAGES, NC_ ("shortcuts", "View Source"), "win.view-source", 0, { "<Control>u" } },
};

const BaruaShortcut *
barua_shortcuts_list (guint *n)
{
  *n = G_N_ELEMENTS (shortcuts);
  return shortcuts;
}

void
barua_shortcuts_install (GtkApplication *application)
{
  for (guint i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    if (shortcuts[i].action != NULL && !g_str_has_prefix (shortcuts[i].action, "reader."))
      gtk_application_set_accels_for_action (application, shortcuts[i].action, shortcuts[i].accels);
}

guint
barua_shortcuts_latin (GdkDisplay      *display,
                       guint            keyval,
                       guint            keycode,
                       GdkModifierType  state)
{
  g_autofree GdkKeymapKey *keys = NULL;
  g_autofree guint *keyvals = NULL;
  int level = (state & GDK_SHIFT_MASK) != 0 ? 1 : 0;
  int n = 0, group = G_MAXINT;
  guint found = keyval;

  /* What writes nothing means the same in every layout. */
  if (gdk_keyval_to_unicode (keyval) < LATIN_END || !gdk_display_map_keycode (display, keycode, &keys, &keyvals, &n))
    return keyval;
  for (int i = 0; i < n; i++)
    {
      gunichar c = gdk_keyval_to_unicode (keyvals[i]);

      if (keys[i].level != level || keys[i].group >= group || c == 0 || c >= LATIN_END)
        continue;
      group = keys[i].group;
      found = keyvals[i];
    }
  return found;
}

BaruaKey
barua_shortcuts_look_up (guint           keyval,
                         GdkModifierType state)
{
  const GdkModifierType all = GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK | GDK_SHIFT_MASK;
  gboolean is_letter = gdk_keyval_to_lower (keyval) != gdk_keyval_to_upper (keyval);
  /* Caps Lock and Shift do not make another letter of it. */
  GdkModifierType held = state & (is_letter ? all & ~GDK_SHIFT_MASK : all);

  if (held == 0 && ((keyval >= GDK_KEY_0 && keyval <= GDK_KEY_9) || (keyval >= GDK_KEY_KP_0 && keyval <= GDK_KEY_KP_9)))
    return BARUA_KEY_DIGIT;
  for (guint i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    for (guint j = 0; shortcuts[i].key != BARUA_KEY_NONE && shortcuts[i].accels[j] != NULL; j++)
      {
        GdkModifierType modifiers;
        guint key;

        if (gtk_accelerator_parse (shortcuts[i].accels[j], &key, &modifiers) && key == gdk_keyval_to_lower (keyval) &&
            modifiers == held)
          return shortcuts[i].key;
      }
  return BARUA_KEY_NONE;
}

const char *
barua_shortcuts_look_up_alone (guint           keyval,
                               GdkModifierType state)
{
  gboolean is_letter = gdk_keyval_to_lower (keyval) != gdk_keyval_to_upper (keyval);
  /* A sign may need Shift on one keyboard and none on another; a capital letter is another key. */
  GdkModifierType counted = GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK | (is_letter ? GDK_SHIFT_MASK : 0);

  if ((state & counted) != 0 || !barua_preferences_get_on ("single-keys", FALSE))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    if (shortcuts[i].alone != NULL && gdk_keyval_from_name (shortcuts[i].alone) == gdk_keyval_to_lower (keyval))
      return shortcuts[i].action;
  return NULL;
}

char *
barua_shortcuts_label (const char *accel)
{
  GdkModifierType modifiers;
  guint key;

  if (!gtk_accelerator_parse (accel, &key, &modifiers))
    return g_strdup (accel);
  return gtk_accelerator_get_label (key, modifiers);
}
