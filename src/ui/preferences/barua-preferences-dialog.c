/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-preferences-dialog.h"

#include <glib/gi18n-lib.h>

#include "barua-picture-senders.h"
#include "barua-preferences.h"

#define MIN_WIDTH_PX 300

struct _BaruaPreferencesDialog
{
  AdwPreferencesDialog parent_instance;
  AdwComboRow         *density;
  AdwComboRow         *preview_lines;
  AdwSwitchRow        *group_conversations;
  AdwSwitchRow        *start_at_login;
  AdwSwitchRow        *keep_running;
  AdwSwitchRow        *single_keys;
  AdwComboRow         *mark_read;
  AdwSwitchRow        *darken_messages;
  AdwComboRow         *plain_font;
  AdwComboRow         *pictures;
  AdwActionRow        *picture_senders;
  AdwSwitchRow        *notify_details;
  AdwSwitchRow        *desktop_search;
  BaruaEngine         *engine;
};

G_DEFINE_FINAL_TYPE (BaruaPreferencesDialog, barua_preferences_dialog, ADW_TYPE_PREFERENCES_DIALOG)

/* Words of the schema, in the order of their rows. */
static const char *const densities[] = { "comfortable", "compact", NULL };
static const char *const previews[] = { "none", "one", "two", NULL };
static const char *const marks[] = { "at-once", "pause", "by-hand", NULL };
static const char *const fonts[] = { "desktop", "monospace", NULL };
static const char *const pictures[] = { "ask", "known", "never", NULL };

static gboolean
word_to_row (GValue   *row,
             GVariant *word,
             gpointer  words)
{
  for (guint i = 0; ((const char *const *)words)[i] != NULL; i++)
    if (g_strcmp0 (((const char *const *)words)[i], g_variant_get_string (word, NULL)) == 0)
      {
        g_value_set_uint (row, i);
        return TRUE;
      }
  return FALSE;
}

static GVariant *
row_to_word (const GValue       *row,
             const GVariantType *type,
             gpointer            words)
{
  guint i = g_value_get_uint (row);

  return i < g_strv_length (words) ? g_variant_new_string (((const char *const *)words)[i]) : NULL;
}

static void
bind_words (GSettings         *settings,
            const char        *key,
            AdwComboRow       *row,
            const char *const *words)
{
  g_settings_bind_with_mapping (settings, key, row, "selected", G_SETTINGS_BIND_DEFAULT, word_to_row, row_to_word,
                                (gpointer)words, NULL);
}

static void
senders_activated (BaruaPreferencesDialog *self)
{
  adw_preferences_dialog_push_subpage (ADW_PREFERENCES_DIALOG (self), barua_picture_senders_new (self->engine));
}

static void
bind_rows (BaruaPreferencesDialog *self,
           GSettings              *settings)
{
  bind_words (settings, "list-density", self->density, densities);
  bind_words (settings, "mark-read", self->mark_read, marks);
  bind_words (settings, "plain-font", self->plain_font, fonts);
  bind_words (settings, "pictures", self->pictures, pictures);
  bind_words (settings, "list-previews", self->preview_lines, previews);
  g_settings_bind (settings, "list-grouped", self->group_conversations, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "start-at-login", self->start_at_login, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "keep-running", self->keep_running, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "single-keys", self->single_keys, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "darken-messages", self->darken_messages, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "notify-details", self->notify_details, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "desktop-search", self->desktop_search, "active", G_SETTINGS_BIND_DEFAULT);
}

static void
barua_preferences_dialog_dispose (GObject *object)
{
  BaruaPreferencesDialog *self = BARUA_PREFERENCES_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), BARUA_TYPE_PREFERENCES_DIALOG);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (barua_preferences_dialog_parent_class)->dispose (object);
}

static void
barua_preferences_dialog_class_init (BaruaPreferencesDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_preferences_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/barua_mail/Barua/preferences/barua-preferences-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, BaruaPreferencesDialog, density);
  gtk_widget_class_bind_template_child (widget_class, BaruaPreferencesDialog, preview_lines);
  gtk_widget_class_bind_template_child (widget_class, BaruaPreferencesDialog, group_conversations);
  gtk_widget_class_bind_template_child (widget_class, BaruaPreferencesDialog, start_at_login);
  gtk_widget_class_bind_template_child (widget_class, BaruaPreferencesDialog, keep_running);
  gtk_widget_class_bind_template_child (widget_class, BaruaPreferencesDialog, single_keys);
  gtk_widget_class_bind_template_child (widget_class, BaruaPreferencesDialog, mark_read);
  gtk_widget_class_bind_template_child (widget_class, BaruaPreferencesDialog, darken_messages);
  gtk_widget_class_bind_template_child (widget_class, BaruaPreferencesDialog, plain_font);
  gtk_widget_class_bind_template_child (widget_class, BaruaPreferencesDialog, pictures);
  gtk_widget_class_bind_template_child (widget_class, BaruaPreferencesDialog, picture_senders);
  gtk_widget_class_bind_template_child (widget_class, BaruaPreferencesDialog, notify_details);
  gtk_widget_class_bind_template_child (widget_class, BaruaPreferencesDialog, desktop_search);
}

/* The part of the toolkit's dialog that asks for a width: 360 px whatever is in it, which is more than a window of 360 px has between
 * its borders. What is in ours needs less. */
static void
allow_narrow (GtkWidget *widget)
{
  int width, height;

  gtk_widget_get_size_request (widget, &width, &height);
  if (ADW_IS_BREAKPOINT_BIN (widget) && width > MIN_WIDTH_PX)
    gtk_widget_set_size_request (widget, MIN_WIDTH_PX, height);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    allow_narrow (child);
}

static void
barua_preferences_dialog_init (BaruaPreferencesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  allow_narrow (adw_dialog_get_child (ADW_DIALOG (self)));
  g_signal_connect_object (self->picture_senders, "activated", G_CALLBACK (senders_activated), self, G_CONNECT_SWAPPED);
}

AdwDialog *
barua_preferences_dialog_new (BaruaEngine *engine)
{
  BaruaPreferencesDialog *self = g_object_new (BARUA_TYPE_PREFERENCES_DIALOG, NULL);
  GSettings *settings = barua_preferences_get ();

  g_set_object (&self->engine, engine);
  gtk_widget_set_visible (GTK_WIDGET (self->picture_senders), engine != NULL);
  if (settings != NULL)
    bind_rows (self, settings);
  return ADW_DIALOG (self);
}
