/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-search-strip.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "barua-limits.h"
#include "barua-search-words.h"

#define N_PILLS    4u
#define CHIP_CHARS 40

struct _BaruaSearchStrip
{
  GtkWidget        parent_instance;
  GtkSearchEntry  *entry;
  AdwWrapBox      *chips;  /* a button each, with its query as data "query" */
  AdwToggleGroup  *scope;
  AdwToggle       *account; /* one of its, in it or not */
  GtkToggleButton *unread;
  GtkToggleButton *starred;
  GtkToggleButton *attachments;
  GtkToggleButton *known;
  char            *text;   /* all that is searched */
  guint            source;
  guint            take_source;
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
compose (BaruaSearchStrip *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *typed = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry)));

  for (GtkWidget *chip = gtk_widget_get_first_child (GTK_WIDGET (self->chips)); chip != NULL;
       chip = gtk_widget_get_next_sibling (chip))
    g_string_append_printf (text, "%s ", (const char *)g_object_get_data (G_OBJECT (chip), "query"));
  g_string_append (text, g_strstrip (typed));
  g_free (self->text);
  self->text = g_strdup (g_strchomp (text->str));
}

/* Chips ------------------------------------------------------------------------------------------------------------ */

static void
remove_chip (BaruaSearchStrip *self,
             GtkWidget        *chip)
{
  adw_wrap_box_remove (self->chips, chip);
  gtk_widget_set_visible (GTK_WIDGET (self->chips), gtk_widget_get_first_child (GTK_WIDGET (self->chips)) != NULL);
  compose (self);
}

static void
chip_clicked (BaruaSearchStrip *self,
              GtkWidget        *chip)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  remove_chip (self, chip);
  tell_now (self);
}

static gboolean
chip_key_pressed (GtkEventControllerKey *keys,
                  guint                  key,
                  guint                  code,
                  GdkModifierType        state,
                  BaruaSearchStrip      *self)
{
  if (key == GDK_KEY_Escape)
    {
      g_signal_emit (self, signals[LEAVE], 0);
      return GDK_EVENT_STOP;
    }
  if (key != GDK_KEY_BackSpace && key != GDK_KEY_Delete && key != GDK_KEY_KP_Delete)
    return GDK_EVENT_PROPAGATE;
  chip_clicked (self, gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (keys)));
  return GDK_EVENT_STOP;
}

static void
add_chip (BaruaSearchStrip      *self,
          const BaruaSearchChip *chip)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *button = gtk_button_new ();
  GtkWidget *label = gtk_label_new (chip->label);
  GtkEventController *keys = gtk_event_controller_key_new ();
  /* Translators: %s is a condition of a search: "Remove from: alice". */
  g_autofree char *name = g_strdup_printf (_("Remove %s"), chip->label);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), CHIP_CHARS);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("window-close-symbolic"));
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "filter");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (button), "query", g_strdup (chip->query), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (chip_clicked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (chip_key_pressed), self, 0);
  gtk_widget_add_controller (button, keys);
  adw_wrap_box_append (self->chips, button);
  gtk_widget_set_visible (GTK_WIDGET (self->chips), TRUE);
}

/* The operators in the entry become chips; the words stay, and the cursor before what it stood before. */
static void
take_operators (BaruaSearchStrip *self,
                gboolean          is_finished)
{
  GtkEditable *entry = GTK_EDITABLE (self->entry);
  const char *text = gtk_editable_get_text (entry);
  g_autofree char *rest = NULL;
  g_autoptr (GPtrArray) chips = barua_search_words_take (text, is_finished, g_get_real_time () / G_USEC_PER_SEC, &rest);
  glong behind = g_utf8_strlen (text, -1) - gtk_editable_get_position (entry);

  if (chips->len == 0)
    return;
  for (guint i = 0; i < chips->len; i++)
    add_chip (self, g_ptr_array_index (chips, i));
  self->clearing = TRUE;
  gtk_editable_set_text (entry, rest);
  self->clearing = FALSE;
  gtk_editable_set_position (entry, (int)MAX (g_utf8_strlen (rest, -1) - behind, 0));
  compose (self);
}

/* Not while the entry is changing: it goes on with its own idea of where its cursor is. */
static gboolean
take_later (gpointer data)
{
  BaruaSearchStrip *self = data;

  self->take_source = 0;
  take_operators (self, FALSE);
  return G_SOURCE_REMOVE;
}

static void
text_changed (BaruaSearchStrip *self)
{
  if (self->clearing)
    return;
  compose (self);
  if (self->take_source == 0)
    self->take_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, take_later, self, NULL);
  g_clear_handle_id (&self->source, g_source_remove);
  self->source = g_timeout_add (BARUA_TIMEOUT_SEARCH_MS, tell, self);
}

static void
activated (BaruaSearchStrip *self)
{
  take_operators (self, TRUE);
  tell_now (self);
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
  GtkWidget *last = gtk_widget_get_last_child (GTK_WIDGET (self->chips));
  int start, end;

  if (key == GDK_KEY_Down || key == GDK_KEY_KP_Down)
    {
      g_signal_emit (self, signals[DOWN], 0);
      return GDK_EVENT_STOP;
    }
  /* Back over the beginning is onto the last chip; once more takes it away. */
  if (key != GDK_KEY_BackSpace || last == NULL || gtk_editable_get_position (GTK_EDITABLE (self->entry)) > 0 ||
      gtk_editable_get_selection_bounds (GTK_EDITABLE (self->entry), &start, &end))
    return GDK_EVENT_PROPAGATE;
  return gtk_widget_grab_focus (last);
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
  GtkWidget *child;

  g_clear_handle_id (&BARUA_SEARCH_STRIP (object)->source, g_source_remove);
  g_clear_handle_id (&BARUA_SEARCH_STRIP (object)->take_source, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (object), BARUA_TYPE_SEARCH_STRIP);
  /* It knows only children with names. */
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (barua_search_strip_parent_class)->dispose (object);
}

static void
barua_search_strip_finalize (GObject *object)
{
  g_free (BARUA_SEARCH_STRIP (object)->text);
  g_clear_object (&BARUA_SEARCH_STRIP (object)->account);
  G_OBJECT_CLASS (barua_search_strip_parent_class)->finalize (object);
}

static void
barua_search_strip_class_init (BaruaSearchStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_search_strip_dispose;
  G_OBJECT_CLASS (klass)->finalize = barua_search_strip_finalize;
  widget_class->grab_focus = grab_focus;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SEARCH);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/barua_mail/Barua/list/barua-search-strip.ui");
  gtk_widget_class_bind_template_child (widget_class, BaruaSearchStrip, entry);
  gtk_widget_class_bind_template_child (widget_class, BaruaSearchStrip, chips);
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

  self->text = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), keys);
  g_signal_connect_object (self->entry, "search-changed", G_CALLBACK (text_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->entry, "activate", G_CALLBACK (activated), self, G_CONNECT_SWAPPED);
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
  AdwToggle *shown = adw_toggle_group_get_toggle_by_name (self->scope, "account");
  g_autoptr (AdwToggle) everywhere = NULL;

  if ((n_accounts > 1) == (shown != NULL))
    return;
  if (shown != NULL)
    {
      g_set_object (&self->account, shown);
      adw_toggle_group_remove (self->scope, shown);
      return;
    }
  /* A toggle can only be added as the last one. */
  everywhere = g_object_ref (adw_toggle_group_get_toggle_by_name (self->scope, "everywhere"));
  adw_toggle_group_remove (self->scope, everywhere);
  adw_toggle_group_add (self->scope, g_object_ref (self->account));
  adw_toggle_group_add (self->scope, g_object_ref (everywhere));
}

const char *
barua_search_strip_get_text (BaruaSearchStrip *self)
{
  return self->text;
}

static void
remove_words (BaruaSearchStrip *self)
{
  GtkWidget *chip;

  while ((chip = gtk_widget_get_first_child (GTK_WIDGET (self->chips))) != NULL)
    adw_wrap_box_remove (self->chips, chip);
  gtk_widget_set_visible (GTK_WIDGET (self->chips), FALSE);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  compose (self);
}

void
barua_search_strip_set_text (BaruaSearchStrip *self,
                             const char       *text)
{
  g_autofree char *clean = g_utf8_make_valid (text, (gssize)strnlen (text, BARUA_LIMIT_SEARCH_QUERY_BYTES));

  self->clearing = TRUE;
  remove_words (self);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), clean);
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
  self->clearing = FALSE;
  compose (self);
  take_operators (self, TRUE);
  tell_now (self);
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
  remove_words (self);
  gtk_toggle_button_set_active (self->unread, FALSE);
  gtk_toggle_button_set_active (self->starred, FALSE);
  gtk_toggle_button_set_active (self->attachments, FALSE);
  gtk_toggle_button_set_active (self->known, FALSE);
  adw_toggle_group_set_active_name (self->scope, "folder");
  self->clearing = FALSE;
  if (was_active)
    tell_now (self);
}
