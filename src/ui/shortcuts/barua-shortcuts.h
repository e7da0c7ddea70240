/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The one table of keys (UI.md 10): what it lists is what is installed and what the dialog shows, so that they can't differ. */

/* Keys without modifiers that belong to no action: the window asks for their meaning when nothing under the focus wanted them. */
typedef enum
{
  BARUA_KEY_NONE,     /* an action's own */
  BARUA_KEY_NEXT,
  BARUA_KEY_PREVIOUS,
  BARUA_KEY_SPACE,
  BARUA_KEY_SPACE_BACK,
  BARUA_KEY_ESCAPE,
  BARUA_KEY_NEXT_CARD,
  BARUA_KEY_PREVIOUS_CARD,
  BARUA_KEY_DIGIT,    /* any of them */
  BARUA_KEY_NATIVE    /* the toolkit does it; shown only */
} BaruaKey;

typedef struct
{
  const char *group;     /* N_(); rows of one group stand together */
  const char *title;     /* N_(); NULL: not shown (one of a run of keys) */
  const char *action;    /* detailed; NULL for keys without one. The reader takes its own, "reader.*", itself */
  BaruaKey    key;
  const char *accels[4]; /* as gtk_accelerator_parse() reads them; the first one is shown */
  const char *until;     /* the last accelerator of a run of them, NULL */
  const char *alone;     /* one more, a key by itself, for those who want such ("single-keys"); NULL */
} BaruaShortcut;

/* All of them, static. */
const BaruaShortcut *barua_shortcuts_list    (guint           *n);
/* Gives @application every accelerator of the table; again does no harm. */
void                 barua_shortcuts_install (GtkApplication  *application);
/* What the key @keycode (of the keyboard) writes in the first Latin layout, where what it wrote, @keyval, is of another script: with
 * Telugu or Greek chosen, J is still where J is. Else @keyval, also where there is no Latin layout. */
guint                barua_shortcuts_latin   (GdkDisplay      *display,
                                              guint            keyval,
                                              guint            keycode,
                                              GdkModifierType  state);
/* What a key that nobody wanted means; @keyval as barua_shortcuts_latin() says. */
BaruaKey             barua_shortcuts_look_up (guint            keyval,
                                              GdkModifierType  state);
/* The action of a key by itself, where the person wants such keys; NULL. Static. */
const char          *barua_shortcuts_look_up_alone (guint            keyval,
                                                    GdkModifierType  state);
/* As written on keys, in the person's language: "Ctrl+I". Owned. */
char                *barua_shortcuts_label   (const char      *accel);

G_END_DECLS
