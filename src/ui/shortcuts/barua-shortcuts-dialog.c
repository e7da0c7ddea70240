/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-shortcuts-dialog.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "barua-preferences.h"
#include "barua-shortcuts.h"

struct _BaruaShortcutsDialog
{
  AdwDialog       parent_instance;
  GtkSearchEntry *search;
  GtkStack       *stack;
  GtkBox         *groups;
  GPtrArray      *rows; /* Row */
};

/* One line of the dialog and what it is found by. */
typedef struct
{
  GtkWidget *row;
  GtkWidget *group;
  char      *words; /* title and keys, folded */
} Row;

G_DEFINE_FINAL_TYPE (BaruaShortcutsDialog, barua_shortcuts_dialog, ADW_TYPE_DIALOG)

static void
row_free (gpointer data)
{
  Row *row = data;

  g_free (row->words);
  g_free (row);
}

/* Every word typed must be found, in any order. */
static gboolean
matches (const Row  *row,
         char      **words)
{
  for (guint i = 0; words[i] != NULL; i++)
    if (strstr (row->words, words[i]) == NULL)
      return FALSE;
  return TRUE;
}

static void
search_changed (BaruaShortcutsDialog *self)
{
  g_autofree char *folded = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);
  g_auto (GStrv) words = g_strsplit_set (folded, " \t", -1);
  g_autoptr (GHashTable) groups = g_hash_table_new (NULL, NULL);
  guint n = 0;

  for (guint i = 0; i < self->rows->len; i++)
    {
      Row *row = g_ptr_array_index (self->rows, i);
      gboolean found = matches (row, words);

      gtk_widget_set_visible (row->row, found);
      n += found;
      if (found)
        g_hash_table_add (groups, row->group);
    }
  for (GtkWidget *group = gtk_widget_get_first_child (GTK_WIDGET (self->groups)); group != NULL;
       group = gtk_widget_get_next_sibling (group))
    gtk_widget_set_visible (group, g_hash_table_contains (groups, group));
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : "nothing");
}

static void
stop_search (BaruaShortcutsDialog *self)
{
  if (*gtk_editable_get_text (GTK_EDITABLE (self->search)) != '\0')
    gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  else
    adw_dialog_close (ADW_DIALOG (self));
}

static void
add_key (AdwWrapBox *box,
         GString    *words,
         const char *text)
{
  GtkWidget *label = gtk_label_new (text);
  g_autofree char *folded = g_utf8_casefold (text, -1);

  gtk_widget_add_css_class (label, "shortcut-key");
  adw_wrap_box_append (box, label);
  g_string_append_printf (words, " %s", folded);
}

/* The same key of the number pad goes without saying. */
static gboolean
is_shown (const BaruaShortcut *shortcut,
          guint                i)
{
  return i == 0 || strstr (shortcut->accels[i], "KP_") == NULL;
}

static GtkWidget *
keys_new (const BaruaShortcut *shortcut,
          GString             *words)
{
  AdwWrapBox *box = ADW_WRAP_BOX (adw_wrap_box_new ());

  adw_wrap_box_set_child_spacing (box, 6);
  adw_wrap_box_set_line_spacing (box, 3);
  adw_wrap_box_set_align (box, 1.0);
  gtk_widget_set_valign (GTK_WIDGET (box), GTK_ALIGN_CENTER);
  for (guint i = 0; shortcut->accels[i] != NULL; i++)
    if (is_shown (shortcut, i))
      {
        g_autofree char *label = barua_shortcuts_label (shortcut->accels[i]);

        add_key (box, words, label);
      }
  if (shortcut->alone != NULL && barua_preferences_get_on ("single-keys", FALSE))
    {
      g_autofree char *label = barua_shortcuts_label (shortcut->alone);

      add_key (box, words, label);
    }
  if (shortcut->until != NULL)
    {
      g_autofree char *label = barua_shortcuts_label (shortcut->until);

      adw_wrap_box_append (box, gtk_label_new ("…"));
      add_key (box, words, label);
    }
  return GTK_WIDGET (box);
}

static void
add_row (BaruaShortcutsDialog *self,
         GtkWidget            *group,
         const BaruaShortcut  *shortcut)
{
  const char *title = g_dpgettext2 (GETTEXT_PACKAGE, "shortcuts", shortcut->title);
  g_autofree char *folded = g_utf8_casefold (title, -1);
  GString *words = g_string_new (folded);
  Row *row = g_new0 (Row, 1);

  row->row = adw_action_row_new ();
  row->group = group;
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row->row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row->row), title);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row->row), keys_new (shortcut, words));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row->row);
  row->words = g_string_free (words, FALSE);
  g_ptr_array_add (self->rows, row);
}

static void
fill (BaruaShortcutsDialog *self)
{
  GtkWidget *group = NULL;
  const char *last = NULL;
  guint n;
  const BaruaShortcut *shortcuts = barua_shortcuts_list (&n);

  for (guint i = 0; i < n; i++)
    {
      if (g_strcmp0 (shortcuts[i].group, last) != 0)
        {
          last = shortcuts[i].group;
          group = adw_preferences_group_new ();
          adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), g_dpgettext2 (GETTEXT_PACKAGE, "shortcuts", last));
          gtk_box_append (self->groups, group);
        }
      if (shortcuts[i].title != NULL)
        add_row (self, group, &shortcuts[i]);
    }
}

static void
barua_shortcuts_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), BARUA_TYPE_SHORTCUTS_DIALOG);
  G_OBJECT_CLASS (barua_shortcuts_dialog_parent_class)->dispose (object);
}

static void
barua_shortcuts_dialog_finalize (GObject *object)
{
  g_ptr_array_unref (BARUA_SHORTCUTS_DIALOG (object)->rows);
  G_OBJECT_CLASS (barua_shortcuts_dialog_parent_class)->finalize (object);
}

static void
barua_shortcuts_dialog_class_init (BaruaShortcutsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_shortcuts_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = barua_shortcuts_dialog_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/barua_mail/Barua/shortcuts/barua-shortcuts-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, BaruaShortcutsDialog, search);
  gtk_widget_class_bind_template_child (widget_class, BaruaShortcutsDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, BaruaShortcutsDialog, groups);
}

static void
barua_shortcuts_dialog_init (BaruaShortcutsDialog *self)
{
  self->rows = g_ptr_array_new_with_free_func (row_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  fill (self);
  gtk_search_entry_set_key_capture_widget (self->search, GTK_WIDGET (self));
  g_signal_connect_object (self->search, "search-changed", G_CALLBACK (search_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search, "stop-search", G_CALLBACK (stop_search), self, G_CONNECT_SWAPPED);
}

AdwDialog *
barua_shortcuts_dialog_new (void)
{
  return g_object_new (BARUA_TYPE_SHORTCUTS_DIALOG, NULL);
}
