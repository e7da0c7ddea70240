/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-card-header.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "barua-domain.h"
#include "barua-lazy-menu.h"
#include "barua-limits.h"
#include "barua-recipients.h"
#include "barua-text.h"
#include "barua-toasts.h"
#include "barua-words.h"

struct _BaruaCardHeader
{
  GtkBox           parent_instance;
  AdwAvatar       *avatar;
  GtkLabel        *name;
  GtkLabel        *date;
  GtkLabel        *address;
  GtkToggleButton *recipients;
  GtkLabel        *recipients_summary;
  AdwWrapBox      *chips;
  GtkMenuButton   *date_button;
  GtkLabel        *date_full;
  BaruaParsedMessage *message; /* whose recipients the chips are; NULL when there are none */
  GArray          *wanted;    /* Chip, in order */
  guint            n_made;    /* of them */
  guint            n_allowed; /* to be made */
  guint            making;    /* tick callback */
  GtkWidget       *more;      /* child of chips; NULL */
  GMenuModel      *card_menu;
  GtkToggleButton *star;
  GtkMenuButton   *menu;
  gboolean         setting_star;
};

enum
{
  STAR_TOGGLED,
  FOLDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaCardHeader, barua_card_header, GTK_TYPE_BOX)

/* What the focus on the head is told as: who and when. */
static void
label_head (BaruaCardHeader *self)
{
  /* Translators: a sender, then a date. */
  g_autofree char *label = g_strdup_printf (_("%1$s, %2$s"), gtk_label_get_label (self->name), gtk_label_get_label (self->date));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

void
barua_card_header_set_sender (BaruaCardHeader *self,
                              const char      *name,
                              const char      *address)
{
  const char *shown = *name != '\0' ? name : address;

  gtk_label_set_label (self->name, shown);
  adw_avatar_set_text (self->avatar, shown);
  {
    g_autofree char *seen = barua_domain_address_shown (address);

    gtk_label_set_label (self->address, seen);
  }
  gtk_widget_set_visible (GTK_WIDGET (self->address), *address != '\0');
  label_head (self);
}

void
barua_card_header_set_date (BaruaCardHeader *self,
                            const char      *words,
                            const char      *full)
{
  gtk_label_set_label (self->date, words);
  gtk_label_set_label (self->date_full, full);
  label_head (self);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->date_button), full);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->date_button), GTK_ACCESSIBLE_PROPERTY_LABEL, full, -1);
}

/* Recipients ------------------------------------------------------------------------------------------------------- */

/* A chip to be made, or the field's name before the first one. */
typedef struct
{
  const BaruaAddress *address; /* borrowed from the message; NULL: the field's name */
  const char         *field;
  guint               number;
  guint               of;
} Chip;

/* When it is wanted: most menus never are, and they cost more than all the rest of a chip. */
static void
make_chip_menu (GtkMenuButton *button,
                gpointer       user_data)
{
  const char *address = user_data;
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenuItem) copy = g_menu_item_new (_("_Copy"), NULL);
  g_autoptr (GMenuItem) find = g_menu_item_new (_("_Find Mail From"), NULL);

  if (gtk_menu_button_get_menu_model (button) != NULL)
    return;
  g_menu_item_set_action_and_target (copy, "card.copy", "s", address);
  g_menu_item_set_action_and_target (find, "win.find-from", "s", address);
  g_menu_item_set_attribute (find, "hidden-when", "s", "action-missing");
  g_menu_append_item (menu, copy);
  g_menu_append_item (menu, find);
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

static GtkWidget *
new_chip (const Chip *wanted)
{
  const BaruaAddress *address = wanted->address;
  GtkWidget *chip = gtk_menu_button_new ();
  g_autofree char *shown = barua_domain_address_shown (address->address);
  g_autofree char *name = barua_text_ellipsise (*address->name != '\0' ? address->name : shown, 40);
  g_autofree char *number = barua_words_number (wanted->number);
  g_autofree char *of = barua_words_number (wanted->of);
  /* Translators: a recipient as a screen reader says it: name, address, "To:", and which of how many. */
  g_autofree char *label = g_strdup_printf (_("%1$s, %2$s, %3$s %4$s of %5$s"), name, shown, wanted->field, number, of);
  g_autofree char *tooltip = g_strdup_printf ("\xe2\x81\xa6%s\xe2\x81\xa9", shown);
  GtkWidget *words = gtk_label_new (name);

  gtk_menu_button_set_child (GTK_MENU_BUTTON (chip), words);
  gtk_widget_add_css_class (words, "caption");
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (chip), make_chip_menu, g_strdup (address->address), g_free);
  gtk_widget_set_tooltip_text (chip, tooltip);
  gtk_widget_add_css_class (chip, "chip");
  gtk_accessible_update_property (GTK_ACCESSIBLE (chip), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return chip;
}

static GtkWidget *
new_field (const char *field)
{
  GtkWidget *label = gtk_label_new (field);

  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dimmed");
  return label;
}

static void
want_chips (BaruaCardHeader *self,
            const char      *field,
            GPtrArray       *addresses)
{
  Chip chip = { .field = field, .of = addresses->len };

  if (addresses->len > 0)
    g_array_append_val (self->wanted, chip);
  for (guint i = 0; i < addresses->len; i++)
    {
      chip.address = g_ptr_array_index (addresses, i);
      chip.number = i + 1;
      g_array_append_val (self->wanted, chip);
    }
}

static void all_wanted (BaruaCardHeader *self);

static void
add_more (BaruaCardHeader *self)
{
  guint n = 0;
  g_autofree char *number = NULL;
  g_autofree char *words = NULL;

  for (guint i = self->n_made; i < self->wanted->len; i++)
    n += g_array_index (self->wanted, Chip, i).address != NULL;
  number = barua_words_number (n);
  /* Translators: %s is a number: what is not listed yet. */
  words = g_strdup_printf (ngettext ("and %s more", "and %s more", n), number);
  self->more = gtk_button_new_with_label (words);
  gtk_widget_add_css_class (self->more, "flat");
  gtk_widget_add_css_class (self->more, "caption");
  g_signal_connect_object (self->more, "clicked", G_CALLBACK (all_wanted), self, G_CONNECT_SWAPPED);
  adw_wrap_box_append (self->chips, self->more);
}

/* As many as one frame has time for. FALSE when there are no more. */
static gboolean
make_slice (BaruaCardHeader *self)
{
  for (guint i = 0; i < BARUA_CHIPS_SLICE && self->n_made < self->n_allowed; i++)
    {
      const Chip *wanted = &g_array_index (self->wanted, Chip, self->n_made++);

      adw_wrap_box_append (self->chips, wanted->address != NULL ? new_chip (wanted) : new_field (wanted->field));
    }
  if (self->n_made < self->n_allowed)
    return TRUE;
  if (self->n_made < self->wanted->len)
    add_more (self);
  return FALSE;
}

static gboolean
make_frame (GtkWidget     *widget,
            GdkFrameClock *clock,
            gpointer       user_data)
{
  BaruaCardHeader *self = BARUA_CARD_HEADER (widget);

  if (make_slice (self))
    return G_SOURCE_CONTINUE;
  self->making = 0;
  return G_SOURCE_REMOVE;
}

static void
stop_making (BaruaCardHeader *self)
{
  if (self->making != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->making);
  self->making = 0;
}

/* The first ones at once, the others in the frames that follow. */
static void
make_chips (BaruaCardHeader *self,
            guint            n)
{
  self->n_allowed = MIN (n, self->wanted->len);
  stop_making (self);
  if (make_slice (self))
    self->making = gtk_widget_add_tick_callback (GTK_WIDGET (self), make_frame, NULL, NULL);
}

static void
all_wanted (BaruaCardHeader *self)
{
  gboolean had_focus = gtk_widget_is_focus (self->more);
  GtkWidget *last = gtk_widget_get_prev_sibling (self->more);

  adw_wrap_box_remove (self->chips, self->more);
  self->more = NULL;
  make_chips (self, G_MAXUINT);
  if (had_focus && last != NULL)
    gtk_widget_child_focus (gtk_widget_get_next_sibling (last), GTK_DIR_TAB_FORWARD);
}

/* Made when they are asked for: most never are. */
static void
recipients_toggled (BaruaCardHeader *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->chips), gtk_toggle_button_get_active (self->recipients));
  if (self->message == NULL || self->wanted->len > 0)
    return;
  want_chips (self, _("To:"), self->message->to);
  want_chips (self, _("Cc:"), self->message->cc);
  want_chips (self, _("Bcc:"), self->message->bcc);
  want_chips (self, _("Reply to:"), self->message->reply_to);
  make_chips (self, BARUA_LIMIT_RECIPIENTS_SHOWN);
}

static void
forget_recipients (BaruaCardHeader *self)
{
  stop_making (self);
  self->more = NULL;
  self->n_made = 0;
  g_array_set_size (self->wanted, 0);
  g_clear_pointer (&self->message, barua_parsed_message_unref);
}

void
barua_card_header_set_recipients (BaruaCardHeader    *self,
                                  BaruaEngine        *engine,
                                  BaruaParsedMessage *message)
{
  g_autofree char *summary = barua_recipients_summary (engine, message);
  GtkWidget *chip;

  while ((chip = gtk_widget_get_first_child (GTK_WIDGET (self->chips))) != NULL)
    adw_wrap_box_remove (self->chips, chip);
  forget_recipients (self);
  self->message = barua_parsed_message_ref (message);
  gtk_label_set_label (self->recipients_summary, summary);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->recipients), GTK_ACCESSIBLE_PROPERTY_LABEL, summary, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->recipients), TRUE);
  if (gtk_toggle_button_get_active (self->recipients))
    recipients_toggled (self);
}

void
barua_card_header_set_starred (BaruaCardHeader *self,
                               gboolean         starred)
{
  self->setting_star = TRUE;
  gtk_toggle_button_set_active (self->star, starred);
  self->setting_star = FALSE;
  gtk_button_set_icon_name (GTK_BUTTON (self->star), starred ? "starred-symbolic" : "non-starred-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->star), starred ? _("Remove Star") : _("Star"));
}

void
barua_card_header_set_has_star (BaruaCardHeader *self,
                                gboolean         has_star)
{
  gtk_widget_set_visible (GTK_WIDGET (self->star), has_star);
}

void
barua_card_header_set_has_menu (BaruaCardHeader *self,
                                gboolean         has_menu)
{
  gtk_widget_set_visible (GTK_WIDGET (self->menu), has_menu);
}

static void
star_toggled (BaruaCardHeader *self)
{
  if (!self->setting_star)
    g_signal_emit (self, signals[STAR_TOGGLED], 0, gtk_toggle_button_get_active (self->star));
}

static void
released (GtkGestureClick *gesture,
          int              n_press,
          double           x,
          double           y,
          BaruaCardHeader *self)
{
  GtkWidget *hit = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);

  /* Only the empty ground folds: names can be selected. */
  if (hit != NULL && !GTK_IS_LABEL (hit) && gtk_widget_get_ancestor (hit, GTK_TYPE_BUTTON) == NULL &&
      gtk_widget_get_ancestor (hit, GTK_TYPE_MENU_BUTTON) == NULL)
    g_signal_emit (self, signals[FOLDED], 0);
}

/* Object ----------------------------------------------------------------------------------------------------------- */

static gboolean
key_pressed (GtkEventControllerKey *keys,
             guint                  key,
             guint                  code,
             GdkModifierType        state,
             BaruaCardHeader       *self)
{
  if (!gtk_widget_has_focus (GTK_WIDGET (self)) || (key != GDK_KEY_Return && key != GDK_KEY_KP_Enter) ||
      (state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return GDK_EVENT_PROPAGATE;
  g_signal_emit (self, signals[FOLDED], 0);
  return GDK_EVENT_STOP;
}

static void
no_hyphens (GtkLabel *label)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (label, attributes);
}

static void
barua_card_header_dispose (GObject *object)
{
  forget_recipients (BARUA_CARD_HEADER (object));
  gtk_widget_dispose_template (GTK_WIDGET (object), BARUA_TYPE_CARD_HEADER);
  G_OBJECT_CLASS (barua_card_header_parent_class)->dispose (object);
}

static void
barua_card_header_finalize (GObject *object)
{
  g_array_unref (BARUA_CARD_HEADER (object)->wanted);
  G_OBJECT_CLASS (barua_card_header_parent_class)->finalize (object);
}

static void
barua_card_header_class_init (BaruaCardHeaderClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_card_header_dispose;
  G_OBJECT_CLASS (klass)->finalize = barua_card_header_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/barua_mail/Barua/reader/barua-card-header.ui");
  gtk_widget_class_bind_template_child (widget_class, BaruaCardHeader, avatar);
  gtk_widget_class_bind_template_child (widget_class, BaruaCardHeader, name);
  gtk_widget_class_bind_template_child (widget_class, BaruaCardHeader, date);
  gtk_widget_class_bind_template_child (widget_class, BaruaCardHeader, address);
  gtk_widget_class_bind_template_child (widget_class, BaruaCardHeader, recipients);
  gtk_widget_class_bind_template_child (widget_class, BaruaCardHeader, recipients_summary);
  gtk_widget_class_bind_template_child (widget_class, BaruaCardHeader, chips);
  gtk_widget_class_bind_template_child (widget_class, BaruaCardHeader, date_button);
  gtk_widget_class_bind_template_child (widget_class, BaruaCardHeader, date_full);
  gtk_widget_class_bind_template_child (widget_class, BaruaCardHeader, star);
  gtk_widget_class_bind_template_child (widget_class, BaruaCardHeader, menu);
  gtk_widget_class_bind_template_child (widget_class, BaruaCardHeader, card_menu);

  signals[STAR_TOGGLED] =
    g_signal_new ("star-toggled", BARUA_TYPE_CARD_HEADER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[FOLDED] = g_signal_new ("folded", BARUA_TYPE_CARD_HEADER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

/* Where all of it was copied; a part of it is a text like any other. */
static void
address_copied (GtkLabel *label)
{
  int start, end;

  if (gtk_label_get_selection_bounds (label, &start, &end) && end - start == g_utf8_strlen (gtk_label_get_text (label), -1))
    barua_toasts_tell (GTK_WIDGET (label), _("Address copied"));
}

static void
barua_card_header_init (BaruaCardHeader *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->wanted = g_array_new (FALSE, FALSE, sizeof (Chip));
  gtk_widget_init_template (GTK_WIDGET (self));
  barua_lazy_menu_set (self->menu, self->card_menu);
  g_signal_connect_object (self->star, "toggled", G_CALLBACK (star_toggled), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->recipients, "toggled", G_CALLBACK (recipients_toggled), self, G_CONNECT_SWAPPED);
  g_signal_connect (click, "released", G_CALLBACK (released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_after (self->address, "copy-clipboard", G_CALLBACK (address_copied), NULL);
  no_hyphens (self->address);
  no_hyphens (self->name);
}
