/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-card-pictures.h"

#include <glib/gi18n-lib.h>

#include "barua-domain.h"
#include "barua-fiber.h"
#include "barua-preferences.h"

struct _BaruaCardPictures
{
  AdwBin         parent_instance;
  BaruaEngine   *engine;        /* NULL: of a file, or inside another message */
  char          *address;
  GSimpleAction *show_action;   /* of the card's group */
  GSimpleAction *ask_action;
  BaruaPictures  stored;
  gboolean       is_proven;
  gboolean       is_known;
  gboolean       has_pictures;
  gboolean       is_plain;
  gboolean       is_agreed;
};

enum
{
  AGREED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaCardPictures, barua_card_pictures, ADW_TYPE_BIN)

BaruaPicturesFate
barua_card_pictures_decide (const char    *setting,
                            BaruaPictures  stored,
                            gboolean       is_proven,
                            gboolean       is_known)
{
  if (g_strcmp0 (setting, "never") == 0 || stored == BARUA_PICTURES_NEVER)
    return BARUA_PICTURES_QUIET;
  if (is_proven && (stored == BARUA_PICTURES_ALWAYS || (is_known && g_strcmp0 (setting, "known") == 0)))
    return BARUA_PICTURES_SHOWN;
  return BARUA_PICTURES_ROW;
}

static void
update (BaruaCardPictures *self)
{
  g_autofree char *setting = barua_preferences_get () != NULL ? g_settings_get_string (barua_preferences_get (), "pictures") : NULL;
  BaruaPicturesFate fate = barua_card_pictures_decide (setting, self->stored, self->is_proven, self->is_known);
  gboolean is_hidden;

  if (self->has_pictures && fate == BARUA_PICTURES_SHOWN && !self->is_agreed)
    {
      self->is_agreed = TRUE;
      g_signal_emit (self, signals[AGREED], 0);
    }
  is_hidden = self->has_pictures && !self->is_agreed && !self->is_plain;
  gtk_widget_set_visible (GTK_WIDGET (self), is_hidden && fate == BARUA_PICTURES_ROW);
  g_simple_action_set_enabled (self->show_action, is_hidden);
  g_simple_action_set_enabled (self->ask_action, self->engine != NULL && self->stored != BARUA_PICTURES_ASK);
}

static void
agree (BaruaCardPictures *self)
{
  if (self->is_agreed)
    return;
  self->is_agreed = TRUE;
  g_signal_emit (self, signals[AGREED], 0);
  update (self);
}

/* The choice for the sender ---------------------------------------------------------------------------------------- */

typedef struct
{
  GWeakRef      row;
  BaruaEngine  *engine;
  char         *address;
  BaruaPictures choice;
} Choice;

static Choice *
choice_new (BaruaCardPictures *self,
            BaruaPictures      choice)
{
  Choice *made = g_new0 (Choice, 1);

  g_weak_ref_init (&made->row, self);
  made->engine = g_object_ref (self->engine);
  made->address = g_strdup (self->address);
  made->choice = choice;
  return made;
}

static void
choice_free (gpointer data)
{
  Choice *choice = data;

  g_weak_ref_clear (&choice->row);
  g_object_unref (choice->engine);
  g_free (choice->address);
  g_free (choice);
}

static DexFuture *
choose_fiber (gpointer data)
{
  Choice *choice = data;
  g_autoptr (GError) error = NULL;

  if (!dex_await (barua_engine_set_pictures (choice->engine, choice->address, choice->choice), &error))
    g_message ("the choice of pictures was not stored: %s", error->message);
  return dex_future_new_true ();
}

/* Takes @choice. */
static void
choose (Choice *choice)
{
  g_autoptr (BaruaCardPictures) self = g_weak_ref_get (&choice->row);

  if (self != NULL)
    {
      self->stored = choice->choice;
      update (self);
    }
  barua_fiber_spawn ("ui-pictures", choose_fiber, choice, choice_free);
}

/* The message may be gone from the reader by now: the choice is undone all the same. */
static void
take_back (AdwToast *toast)
{
  choose (g_object_steal_data (G_OBJECT (toast), "before"));
}

/* Said once, and undone as easily. Takes @words. */
static void
choose_and_tell (BaruaCardPictures *self,
                 BaruaPictures      wanted,
                 char              *words)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_TOAST_OVERLAY);
  g_autofree char *title = words;

  if (overlay != NULL)
    {
      AdwToast *toast = g_object_new (ADW_TYPE_TOAST, "title", title, "use-markup", FALSE, "button-label", _("Undo"), "timeout", 6,
                                      NULL);

      g_object_set_data_full (G_OBJECT (toast), "before", choice_new (self, self->stored), choice_free);
      g_signal_connect (toast, "button-clicked", G_CALLBACK (take_back), NULL);
      adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
    }
  choose (choice_new (self, wanted));
}

static void
show_activated (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  agree (user_data);
}

static void
always_activated (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  BaruaCardPictures *self = user_data;
  g_autofree char *shown = barua_domain_address_shown (self->address);

  /* Translators: %s is an address. */
  choose_and_tell (self, BARUA_PICTURES_ALWAYS, g_strdup_printf (_("Pictures of %s are always shown"), shown));
  agree (self);
}

static void
never_activated (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       user_data)
{
  BaruaCardPictures *self = user_data;
  g_autofree char *shown = barua_domain_address_shown (self->address);

  /* Translators: %s is an address. */
  choose_and_tell (self, BARUA_PICTURES_NEVER, g_strdup_printf (_("Pictures of %s stay hidden"), shown));
}

static void
ask_activated (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  choose (choice_new (user_data, BARUA_PICTURES_ASK));
}

void
barua_card_pictures_add_actions (BaruaCardPictures *self,
                                 GActionMap        *actions)
{
  static const GActionEntry entries[] = {
    { .name = "show-pictures", .activate = show_activated },
    { .name = "always-pictures", .activate = always_activated },
    { .name = "never-pictures", .activate = never_activated },
    { .name = "ask-pictures", .activate = ask_activated },
  };

  g_action_map_add_action_entries (actions, entries, G_N_ELEMENTS (entries), self);
  self->show_action = g_object_ref (G_SIMPLE_ACTION (g_action_map_lookup_action (actions, "show-pictures")));
  self->ask_action = g_object_ref (G_SIMPLE_ACTION (g_action_map_lookup_action (actions, "ask-pictures")));
  g_simple_action_set_enabled (self->show_action, FALSE);
  g_simple_action_set_enabled (self->ask_action, FALSE);
}

/* Row -------------------------------------------------------------------------------------------------------------- */

/* Why there is no "always". */
static GtkWidget *
new_details (void)
{
  GtkWidget *button = gtk_menu_button_new ();
  GtkWidget *popover = gtk_popover_new ();

  gtk_popover_set_child (GTK_POPOVER (popover),
                         g_object_new (GTK_TYPE_LABEL, "label",
                                       _("Pictures are always shown only for senders that your mail server has confirmed. "
                                         "It did not confirm who sent this message."),
                                       "wrap", TRUE, "xalign", 0.0f, "max-width-chars", 50, NULL));
  gtk_menu_button_set_label (GTK_MENU_BUTTON (button), _("Details"));
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), popover);
  gtk_widget_add_css_class (button, "flat");
  return button;
}

static GtkWidget *
new_button (BaruaCardPictures *self)
{
  GtkWidget *button = self->engine != NULL ? adw_split_button_new () : gtk_button_new ();
  g_autoptr (GMenu) menu = g_menu_new ();

  g_object_set (button, "label", _("Show Pictures"), "action-name", "card.show-pictures", "valign", GTK_ALIGN_CENTER, NULL);
  if (self->engine == NULL)
    return button;
  if (self->is_proven)
    g_menu_append (menu, _("_Always for This Sender"), "card.always-pictures");
  g_menu_append (menu, _("_Never for This Sender"), "card.never-pictures");
  adw_split_button_set_menu_model (ADW_SPLIT_BUTTON (button), G_MENU_MODEL (menu));
  adw_split_button_set_dropdown_tooltip (ADW_SPLIT_BUTTON (button), _("Pictures of This Sender"));
  return button;
}

static void
make_row (BaruaCardPictures *self)
{
  const char *words = _("Pictures are hidden, so the sender can’t tell that you read this.");
  GtkWidget *strip = g_object_new (ADW_TYPE_WRAP_BOX, "child-spacing", 12, "line-spacing", 6, "accessible-role",
                                   GTK_ACCESSIBLE_ROLE_NOTE, NULL);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  gtk_widget_add_css_class (strip, "strip");
  gtk_box_append (GTK_BOX (line), gtk_image_new_from_icon_name ("image-x-generic-symbolic"));
  gtk_box_append (GTK_BOX (line), g_object_new (GTK_TYPE_LABEL, "label", words, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR,
                                                "xalign", 0.0f, NULL));
  adw_wrap_box_append (ADW_WRAP_BOX (strip), line);
  adw_wrap_box_append (ADW_WRAP_BOX (strip), new_button (self));
  if (self->engine != NULL && !self->is_proven)
    adw_wrap_box_append (ADW_WRAP_BOX (strip), new_details ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (strip), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  adw_bin_set_child (ADW_BIN (self), strip);
}

void
barua_card_pictures_judge (BaruaCardPictures *self,
                           BaruaEngine       *engine,
                           const char        *address,
                           BaruaPictures      stored,
                           gboolean           is_proven,
                           gboolean           is_known)
{
  if (self->has_pictures)
    return;
  self->has_pictures = TRUE;
  self->engine = engine != NULL && *address != '\0' ? g_object_ref (engine) : NULL;
  self->address = g_strdup (address);
  self->stored = stored;
  self->is_proven = is_proven;
  self->is_known = is_known;
  make_row (self);
  update (self);
}

void
barua_card_pictures_set_plain (BaruaCardPictures *self,
                               gboolean           is_plain)
{
  self->is_plain = is_plain;
  update (self);
}

/* Object ----------------------------------------------------------------------------------------------------------- */

static void
barua_card_pictures_finalize (GObject *object)
{
  BaruaCardPictures *self = BARUA_CARD_PICTURES (object);

  g_clear_object (&self->engine);
  g_clear_object (&self->show_action);
  g_clear_object (&self->ask_action);
  g_free (self->address);
  G_OBJECT_CLASS (barua_card_pictures_parent_class)->finalize (object);
}

static void
barua_card_pictures_class_init (BaruaCardPicturesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = barua_card_pictures_finalize;
  signals[AGREED] = g_signal_new ("agreed", BARUA_TYPE_CARD_PICTURES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
barua_card_pictures_init (BaruaCardPictures *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
