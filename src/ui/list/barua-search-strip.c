/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-search-strip.h"

#include <glib/gi18n-lib.h>

#include "barua-limits.h"

#define N_PILLS 4u

struct _BaruaSearchStrip
{
  GtkWidget        parent_instance;
  GtkSearchEntry  *entry;
  AdwToggleGroup  *scope;
  GtkToggleButton *unread;
  GtkToggleButton *starred;
  GtkToggleButton *attachments;
  GtkToggleButton *known;
  guint            source;
  gboolean         clearing;
};

enum
{
  CHANGED,
  LEAVE,
  DOWN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaSearchStrip, barua_search_strip, GTK_TYPE_WIDGET)

static gboolean
tell (gpointer data)
{
  BaruaSearchStrip *self = data;

  self->source = 0;
  g_signal_emit (self, signals[CHANGED], 0);
  return G_SOURCE_REMOVE;
}

static void
tell_now (BaruaSearchStrip *self)
{
  if (self->clearing)
    return;
  g_clear_handle_id (&self->source, g_source_remove);
  tell (self);
}

static void
text_changed (BaruaSearchStrip *self)
{
  if (self->clearing)
    return;
  g_clear_handle_id (&self->source, g_source_remove);
  self->source = g_timeout_add (BARUA_TIMEOUT_SEARCH_MS, tell, self);
}

/* Where to look matters only when there are words. */
static void
scope_changed (BaruaSearchStrip *self)
{
  if (*barua_search_strip_get_text (self) != '\0')
    tell_now (self);
}

static void
stopped (BaruaSearchStrip *self)
{
  g_signal_emit (self, signals[LEAVE], 0);
}

static gboolean
key_pressed (GtkEventControllerKey *keys,
             guint                  key,
             guint                  code,
             GdkModifierType        state,
             BaruaSearchStrip      *self)
{
  if (key != GDK_KEY_Down && key != GDK_KEY_KP_Down)
    return GDK_EVENT_PROPAGATE;
  g_signal_emit (self, signals[DOWN], 0);
  return GDK_EVENT_STOP;
}

static gboolean
grab_focus (GtkWidget *widget)
{
  BaruaSearchStrip *self = BARUA_SEARCH_STRIP (widget);

  /* The toolkit asks so too when Shift+Tab finds nothing before the entry: then it goes on outside. */
  if (gtk_widget_get_focus_child (widget) == GTK_WIDGET (self->entry))
    return FALSE;
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
  return gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static void
barua_search_strip_dispose (GObject *object)
{
  g_clear_handle_id (&BARUA_SEARCH_STRIP (object)->source, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (object), BARUA_TYPE_SEARCH_STRIP);
  /* It knows only children with names. */
  while (gtk_widget_get_first_child (GTK_WIDGET (object)) != NULL)
    gtk_widget_unparent (gtk_widget_get_first_child (GTK_WIDGET (object)));
  G_OBJECT_CLASS (barua_search_strip_parent_class)->dispose (object);
}

static void
barua_search_strip_class_init (BaruaSearchStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_search_strip_dispose;
  widget_class->grab_focus = grab_focus;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SEARCH);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/barua_mail/Barua/list/barua-search-strip.ui");
  gtk_widget_class_bind_template_child (widget_class, BaruaSearchStrip, entry);
  gtk_widget_class_bind_template_child (widget_class, BaruaSearchStrip, scope);
  gtk_widget_class_bind_template_child (widget_class, BaruaSearchStrip, unread);
  gtk_widget_class_bind_template_child (widget_class, BaruaSearchStrip, starred);
  gtk_widget_class_bind_template_child (widget_class, BaruaSearchStrip, attachments);
  gtk_widget_class_bind_template_child (widget_class, BaruaSearchStrip, known);
  signals[CHANGED] = g_signal_new ("changed", BARUA_TYPE_SEARCH_STRIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LEAVE] = g_signal_new ("leave", BARUA_TYPE_SEARCH_STRIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DOWN] = g_signal_new ("down", BARUA_TYPE_SEARCH_STRIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
barua_search_strip_init (BaruaSearchStrip *self)
{
  GtkToggleButton **pills[N_PILLS] = { &self->unread, &self->starred, &self->attachments, &self->known };
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), keys);
  g_signal_connect_object (self->entry, "search-changed", G_CALLBACK (text_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->entry, "activate", G_CALLBACK (tell_now), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->entry, "stop-search", G_CALLBACK (stopped), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->scope, "notify::active", G_CALLBACK (scope_changed), self, G_CONNECT_SWAPPED);
  for (guint i = 0; i < N_PILLS; i++)
    g_signal_connect_object (*pills[i], "toggled", G_CALLBACK (tell_now), self, G_CONNECT_SWAPPED);
}

void
barua_search_strip_set_folder (BaruaSearchStrip *self,
                               const char       *name)
{
  /* Translators: %s is a folder: "Search Inbox". */
  g_autofree char *placeholder = g_strdup_printf (_("Search %s"), name);

  g_object_set (self->entry, "placeholder-text", placeholder, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, placeholder, -1);
}

/* With one account "This Account" and "Everywhere" are the same. */
void
barua_search_strip_set_accounts (BaruaSearchStrip *self,
                                 guint             n_accounts)
{
  AdwToggle *toggle = adw_toggle_group_get_toggle_by_name (self->scope, "account");

  if (n_accounts > 1 || toggle == NULL)
    return;
  adw_toggle_group_remove (self->scope, toggle);
}

const char *
barua_search_strip_get_text (BaruaSearchStrip *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->entry));
}

BaruaSearchScope
barua_search_strip_get_scope (BaruaSearchStrip *self)
{
  const char *name = adw_toggle_group_get_active_name (self->scope);

  if (g_strcmp0 (name, "account") == 0)
    return BARUA_SEARCH_SCOPE_ACCOUNT;
  return g_strcmp0 (name, "everywhere") == 0 ? BARUA_SEARCH_SCOPE_EVERYWHERE : BARUA_SEARCH_SCOPE_FOLDER;
}

void
barua_search_strip_set_scope (BaruaSearchStrip *self,
                              BaruaSearchScope        scope)
{
  static const char *const names[] = { "folder", "account", "everywhere" };

  adw_toggle_group_set_active_name (self->scope, names[scope]);
}

BaruaFilter
barua_search_strip_get_filter (BaruaSearchStrip *self)
{
  BaruaFilter filter = BARUA_FILTER_NONE;

  if (gtk_toggle_button_get_active (self->unread))
    filter |= BARUA_FILTER_UNREAD;
  if (gtk_toggle_button_get_active (self->starred))
    filter |= BARUA_FILTER_STARRED;
  if (gtk_toggle_button_get_active (self->attachments))
    filter |= BARUA_FILTER_ATTACHMENTS;
  if (gtk_toggle_button_get_active (self->known))
    filter |= BARUA_FILTER_KNOWN;
  return filter;
}

gboolean
barua_search_strip_is_active (BaruaSearchStrip *self)
{
  return *barua_search_strip_get_text (self) != '\0' || barua_search_strip_get_filter (self) != BARUA_FILTER_NONE;
}

void
barua_search_strip_clear (BaruaSearchStrip *self)
{
  gboolean was_active = barua_search_strip_is_active (self);

  self->clearing = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  gtk_toggle_button_set_active (self->unread, FALSE);
  gtk_toggle_button_set_active (self->starred, FALSE);
  gtk_toggle_button_set_active (self->attachments, FALSE);
  gtk_toggle_button_set_active (self->known, FALSE);
  adw_toggle_group_set_active_name (self->scope, "folder");
  self->clearing = FALSE;
  if (was_active)
    tell_now (self);
}
