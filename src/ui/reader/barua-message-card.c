/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-message-card.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "barua-card-attachments.h"
#include "barua-card-body.h"
#include "barua-card-header.h"
#include "barua-card-pictures.h"
#include "barua-fiber.h"
#include "barua-domain.h"
#include "barua-file-saver.h"
#include "barua-limits.h"
#include "barua-list-info.h"
#include "barua-message-window.h"
#include "barua-reader-settings.h"
#include "barua-source-window.h"
#include "barua-text.h"
#include "barua-toasts.h"
#include "barua-trust.h"
#include "barua-words.h"

struct _BaruaMessageCard
{
  GtkBox                parent_instance;
  GtkButton            *folded_head;
  AdwAvatar            *folded_avatar;
  GtkLabel             *folded_name;
  GtkLabel             *folded_preview;
  GtkLabel             *folded_date;
  BaruaCardHeader      *header;
  GtkWidget            *content;
  GtkBox               *strips;
  BaruaCardPictures    *pictures;
  GtkWidget            *waiting;
  GtkWidget            *spinner;
  GtkLabel             *waiting_words;
  GtkButton            *waiting_button; /* while loading: enough of it; else: again */
  BaruaCardBody        *body;
  BaruaCardAttachments *attachments;
  GtkBox               *embedded;

  BaruaMessageSource   *source;
  BaruaSender          *sender;  /* NULL when nothing is known */
  BaruaRow             *row;     /* NULL for a file, and for a message inside a message */
  BaruaParsedMessage   *message; /* NULL until it is loaded */
  BaruaPictures         stored_pictures; /* the person's choice for the sender */
  char                 *prefix;  /* "2." for the parts of the message in part 2; "" */
  gint64                id;
  GCancellable         *cancellable;
  GSimpleAction        *plain_action;
  GSimpleAction        *original_action;
  GSimpleAction        *window_action;
  guint                 spinner_source;
  gboolean              open;
  gboolean              alone;
  gboolean              loading;
  gboolean              wants_network; /* it could not be loaded without: as soon as there is one it is */
  gboolean              has_failed; /* the sender did not pass proof */
};

enum
{
  LINK_HOVERED,
  OPENED,
  STAR_TOGGLED,
  LOADED,
  WEB_VIEW_WANTED,
  FOUND,
  MARKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaMessageCard, barua_message_card, GTK_TYPE_BOX)

/* Header ----------------------------------------------------------------------------------------------------------- */

static gint64
now_seconds (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* The folded head is one button: its name is who and when, not all that is in it. */
static void
label_folded (BaruaMessageCard *self)
{
  /* Translators: a sender, then a date. */
  g_autofree char *label = g_strdup_printf (_ ("%1$s, %2$s"), gtk_label_get_label (self->folded_name),
                                            gtk_label_get_label (self->folded_date));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->folded_head), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, gtk_label_get_label (self->folded_preview), -1);
}

static void
set_sender (BaruaMessageCard *self,
            const char       *name,
            const char       *address)
{
  const char *shown = *name != '\0' ? name : address;

  gtk_label_set_label (self->folded_name, shown);
  adw_avatar_set_text (self->folded_avatar, shown);
  barua_card_header_set_sender (self->header, name, address);
}

static void
set_date (BaruaMessageCard *self,
          gint64            date,
          gint16            zone)
{
  g_autofree char *words = barua_words_date (date, now_seconds ());
  g_autofree char *full = barua_words_date_full (date, zone);

  gtk_label_set_label (self->folded_date, words);
  barua_card_header_set_date (self->header, words, full);
  label_folded (self);
}

static void
star_toggled (BaruaMessageCard *self,
              gboolean          starred)
{
  g_signal_emit (self, signals[STAR_TOGGLED], 0, self->id, starred);
}

static void
show_header (BaruaMessageCard *self)
{
  const BaruaParsedMessage *message = self->message;

  if (message->from->len > 0)
    {
      const BaruaAddress *from = g_ptr_array_index (message->from, 0);

      set_sender (self, from->name, from->address);
    }
  else if (self->row == NULL)
    set_sender (self, _("Unknown sender"), "");
  if (message->date != G_MININT64)
    set_date (self, message->date, message->date_zone);
  barua_card_header_set_recipients (self->header, barua_message_source_get_engine (self->source), self->message);
}

/* Strips ----------------------------------------------------------------------------------------------------------- */

static void
clear_box (GtkBox *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL)
    gtk_box_remove (box, child);
}

static GtkWidget *
add_strip (BaruaMessageCard *self,
           const char       *icon,
           const char       *css_class,
           const char       *words)
{
  GtkWidget *strip = g_object_new (ADW_TYPE_WRAP_BOX, "child-spacing", 12, "line-spacing", 6, NULL);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = gtk_label_new (words);

  gtk_widget_add_css_class (strip, "strip");
  gtk_widget_add_css_class (strip, css_class);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_box_append (GTK_BOX (line), gtk_image_new_from_icon_name (icon));
  gtk_box_append (GTK_BOX (line), label);
  adw_wrap_box_append (ADW_WRAP_BOX (strip), line);
  gtk_box_append (self->strips, strip);
  gtk_widget_set_visible (GTK_WIDGET (self->strips), TRUE);
  return strip;
}

/* Beside what is wrong with a message: the message as it came. */
static void
add_source_button (GtkWidget *strip)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (_("View S_ource"));

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "card.source");
  gtk_widget_add_css_class (button, "flat");
  adw_wrap_box_append (ADW_WRAP_BOX (strip), button);
}

/* All that was found, one below the other. */
static GtkWidget *
new_details (BaruaTrust *trust)
{
  GtkWidget *button = gtk_menu_button_new ();
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  for (guint i = 0; i <= trust->findings->len; i++)
    {
      const char *words = i < trust->findings->len
                              ? ((BaruaTrustFinding *)g_ptr_array_index (trust->findings, i))->words
                              : trust->proven;

      if (words != NULL)
        gtk_box_append (GTK_BOX (box), g_object_new (GTK_TYPE_LABEL, "label", words, "wrap", TRUE, "xalign", 0.0f, "max-width-chars", 50, NULL));
    }
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  gtk_menu_button_set_label (GTK_MENU_BUTTON (button), _("Details"));
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), popover);
  gtk_widget_add_css_class (button, "flat");
  return button;
}

/* At most one, the worst (UI.md 4). */
static void
show_trust (BaruaMessageCard *self,
            BaruaTrust       *trust)
{
  static const char *const icons[] = { "user-info-symbolic", "dialog-warning-symbolic", "security-low-symbolic" };
  static const char *const classes[] = { "note", "care", "danger" };
  const BaruaTrustFinding *worst;
  GtkWidget *strip, *line, *label;

  if (trust->findings->len == 0)
    return;
  worst = g_ptr_array_index (trust->findings, 0);
  strip = g_object_new (ADW_TYPE_WRAP_BOX, "child-spacing", 12, "line-spacing", 6, "accessible-role",
                        worst->level == BARUA_TRUST_DANGER ? GTK_ACCESSIBLE_ROLE_ALERT : GTK_ACCESSIBLE_ROLE_NOTE, NULL);
  line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  label = g_object_new (GTK_TYPE_LABEL, "label", worst->words, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, "xalign", 0.0f, NULL);
  gtk_widget_add_css_class (strip, "strip");
  gtk_widget_add_css_class (strip, classes[worst->level]);
  gtk_box_append (GTK_BOX (line), gtk_image_new_from_icon_name (icons[worst->level]));
  gtk_box_append (GTK_BOX (line), label);
  adw_wrap_box_append (ADW_WRAP_BOX (strip), line);
  adw_wrap_box_append (ADW_WRAP_BOX (strip), new_details (trust));
  gtk_accessible_update_property (GTK_ACCESSIBLE (strip), GTK_ACCESSIBLE_PROPERTY_LABEL, worst->words, -1);
  gtk_box_append (self->strips, strip);
  gtk_widget_set_visible (GTK_WIDGET (self->strips), TRUE);
}

/* The domains of the account that the message came to. */
static GStrv
own_domains (BaruaMessageCard *self)
{
  BaruaEngine *engine = barua_message_source_get_engine (self->source);
  g_autoptr (GPtrArray) accounts = engine != NULL && self->row != NULL ? barua_engine_list_accounts (engine) : NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; accounts != NULL && i < accounts->len; i++)
    {
      const BaruaAccount *account = g_ptr_array_index (accounts, i);

      if (account->id != self->row->account)
        continue;
      if (*account->host != '\0')
        g_strv_builder_add (builder, account->host);
      g_strv_builder_take (builder, barua_domain_of_address (account->address));
    }
  return g_strv_builder_end (builder);
}

static const char *
from_address (BaruaMessageCard *self)
{
  return self->message != NULL && self->message->from->len > 0
             ? ((BaruaAddress *)g_ptr_array_index (self->message->from, 0))->address
             : "";
}

static void
judge (BaruaMessageCard *self)
{
  g_auto (GStrv) own = own_domains (self);
  BaruaTrustContext context = { .own_domains = (const char *const *)own,
                                .arrived = self->row != NULL ? self->row->date : G_MININT64 };
  g_autoptr (BaruaTrust) trust = NULL;

  if (self->sender != NULL)
    {
      context.is_first = self->sender->is_first;
      context.is_known = self->sender->is_known;
      context.known_domains = (const char *const *)self->sender->known_domains->pdata;
    }
  trust = barua_trust_judge (self->message, &context);
  self->has_failed = trust->proof == BARUA_PROOF_FAIL;
  barua_card_body_set_failed (self->body, self->has_failed);
  show_trust (self, trust);
  if (self->message->n_remote_pictures > 0)
    barua_card_pictures_judge (self->pictures, self->row != NULL ? barua_message_source_get_engine (self->source) : NULL,
                               from_address (self), self->stored_pictures, trust->proof == BARUA_PROOF_PASS,
                               self->sender != NULL && self->sender->is_known);
}

static void
show_list (BaruaMessageCard *self)
{
  g_autoptr (BaruaListInfo) info = barua_list_info_new (self->message);

  if (info == NULL)
    return;
  gtk_box_append (self->strips, barua_list_info_new_row (info, self->has_failed));
  gtk_widget_set_visible (GTK_WIDGET (self->strips), TRUE);
}

static void
show_strips (BaruaMessageCard *self)
{
  g_autoptr (GHashTable) said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  judge (self);
  for (guint i = 0; i < self->message->warnings->len; i++)
    {
      char *words = barua_words_warning (((BaruaWarning *)g_ptr_array_index (self->message->warnings, i))->kind);
      gboolean first = !g_hash_table_contains (said, words);

      if (first && *words != '\0')
        add_source_button (add_strip (self, "dialog-warning-symbolic", "care", words));
      g_hash_table_add (said, words);
    }
  show_list (self);
}

/* Loading ---------------------------------------------------------------------------------------------------------- */

static void
show_waiting (BaruaMessageCard *self,
              gboolean          spins,
              const char       *words,
              const char       *button)
{
  gtk_widget_set_visible (self->spinner, spins);
  gtk_label_set_label (self->waiting_words, words);
  gtk_widget_set_visible (GTK_WIDGET (self->waiting_words), *words != '\0');
  if (button != NULL)
    gtk_button_set_label (self->waiting_button, button);
  gtk_widget_set_visible (GTK_WIDGET (self->waiting_button), button != NULL);
  gtk_widget_set_visible (self->waiting, TRUE);
}

static gboolean
show_slow (gpointer data)
{
  BaruaMessageCard *self = data;

  self->spinner_source = 0;
  show_waiting (self, TRUE, _("Still fetching, the server is slow."), _("_Cancel"));
  return G_SOURCE_REMOVE;
}

static gboolean
show_spinner (gpointer data)
{
  BaruaMessageCard *self = data;

  self->spinner_source = g_timeout_add (BARUA_TIMEOUT_SLOW_MS, show_slow, self);
  show_waiting (self, TRUE, "", NULL);
  return G_SOURCE_REMOVE;
}

static void
show_load_error (BaruaMessageCard *self,
                 const GError     *error)
{
  BaruaErrorCode code = barua_error_get_code (error);
  g_autofree char *words = NULL;

  self->wants_network = code == BARUA_ERROR_OFFLINE || code == BARUA_ERROR_REFUSED || code == BARUA_ERROR_TIMEOUT ||
                        code == BARUA_ERROR_CONNECTION_LOST || code == BARUA_ERROR_UNKNOWN_HOST;
  if (code == BARUA_ERROR_CANCELLED || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    words = g_strdup (_("Not on This Computer Yet"));
  else if (self->wants_network)
    words = g_strdup_printf ("%s\n%s", _("Not on This Computer Yet"), _("It comes as soon as you are online."));
  else
    {
      g_autofree char *sentence = barua_words_error (code, NULL, NULL);
      g_autofree char *remedy = barua_words_remedy (code, NULL, NULL);

      words = g_strdup_printf ("%s\n%s", sentence, remedy);
    }
  g_message ("message %" G_GINT64_FORMAT " could not be loaded: %s", self->id, error->message);
  show_waiting (self, FALSE, words, code != BARUA_ERROR_OFFLINE ? _("Try Again") : NULL);
}

static gboolean
has_own_colours (const BaruaParsedMessage *message)
{
  for (guint i = 0; i < message->texts->len; i++)
    if (((BaruaText *)g_ptr_array_index (message->texts, i))->has_own_colours)
      return TRUE;
  return FALSE;
}

static void
show_message (BaruaMessageCard *self)
{
  show_header (self);
  clear_box (self->strips);
  show_strips (self);
  barua_card_attachments_show (self->attachments, self->source, self->prefix, self->message);
  g_simple_action_set_enabled (self->plain_action, barua_card_body_has_html (self->body));
  g_simple_action_set_enabled (self->original_action, has_own_colours (self->message));
  barua_card_body_set_zoom (self->body, barua_reader_settings_get_zoom ());
  barua_card_body_show (self->body);
}

static void
take_message (BaruaMessageCard   *self,
              BaruaParsedMessage *message)
{
  self->message = barua_parsed_message_ref (message);
  barua_card_body_set_message (self->body, self->source, self->prefix, message);
  if (*from_address (self) != '\0' && barua_reader_settings_get_original (from_address (self)))
    g_action_change_state (G_ACTION (self->original_action), g_variant_new_boolean (TRUE));
}

static void
body_shown (BaruaMessageCard *self)
{
  gtk_widget_set_visible (self->waiting, FALSE);
  g_signal_emit (self, signals[LOADED], 0);
}

static void
body_failed (BaruaMessageCard *self)
{
  gtk_widget_set_visible (self->waiting, FALSE);
}

static void
link_hovered (BaruaMessageCard *self,
              const char       *uri)
{
  g_signal_emit (self, signals[LINK_HOVERED], 0, uri);
}

static void
body_found (BaruaMessageCard *self)
{
  g_signal_emit (self, signals[FOUND], 0);
}

static void
body_marked (BaruaMessageCard *self,
             int               y)
{
  graphene_point_t at;

  if (gtk_widget_compute_point (GTK_WIDGET (self->body), GTK_WIDGET (self), &GRAPHENE_POINT_INIT (0, 0), &at))
    g_signal_emit (self, signals[MARKED], 0, (int)at.y + y);
}

static void
web_view_wanted (BaruaMessageCard *self)
{
  g_signal_emit (self, signals[WEB_VIEW_WANTED], 0);
}

static void
weak_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static DexFuture *
load_fiber (gpointer data)
{
  GWeakRef *weak = data;
  g_autoptr (BaruaMessageCard) self = g_weak_ref_get (weak);
  g_autoptr (BaruaParsedMessage) message = NULL;
  g_autoptr (BaruaMessageSource) source = NULL;
  g_autoptr (BaruaSender) sender = NULL;
  g_autoptr (GError) error = NULL;
  DexFuture *future;
  gboolean inside;
  int pictures = BARUA_PICTURES_ASK;

  if (self == NULL)
    return dex_future_new_true ();
  future = barua_message_source_load (self->source, self->cancellable);
  source = g_object_ref (self->source);
  inside = *self->prefix != '\0';
  g_clear_object (&self);
  message = dex_await_boxed (future, &error);
  /* What is known of the sender comes with it, so that no strip comes after. */
  if (message != NULL && message->from->len > 0 && barua_message_source_get_engine (source) != NULL && !inside)
    {
      g_autoptr (GError) unknown = NULL;

      sender =
          dex_await_boxed (barua_engine_load_sender (barua_message_source_get_engine (source),
                                                     barua_message_source_get_id (source),
                                                     ((BaruaAddress *)g_ptr_array_index (message->from, 0))->address),
                           &unknown);
      if (sender == NULL)
        g_debug ("the sender: %s", unknown->message);
      if (message->n_remote_pictures > 0)
        pictures = dex_await_int (barua_engine_load_pictures (barua_message_source_get_engine (source),
                                                              ((BaruaAddress *)g_ptr_array_index (message->from, 0))->address),
                                  NULL);
    }
  self = g_weak_ref_get (weak);
  if (self == NULL)
    return dex_future_new_true ();
  self->loading = FALSE;
  g_clear_handle_id (&self->spinner_source, g_source_remove);
  if (message == NULL)
    {
      show_load_error (self, error);
      return dex_future_new_true ();
    }
  self->sender = g_steal_pointer (&sender);
  self->stored_pictures = (BaruaPictures)pictures;
  take_message (self, message);
  if (self->open)
    show_message (self);
  return dex_future_new_true ();
}

static void
load (BaruaMessageCard *self)
{
  GWeakRef *weak;

  if (self->loading)
    return;
  self->loading = TRUE;
  self->wants_network = FALSE;
  if (gtk_widget_get_visible (self->waiting))
    show_waiting (self, TRUE, "", NULL);
  if (self->spinner_source == 0)
    self->spinner_source = g_timeout_add (BARUA_TIMEOUT_SPINNER_MS, show_spinner, self);
  if (self->cancellable == NULL || g_cancellable_is_cancelled (self->cancellable))
    {
      g_clear_object (&self->cancellable);
      self->cancellable = g_cancellable_new ();
    }
  weak = g_new0 (GWeakRef, 1);
  g_weak_ref_init (weak, self);
  barua_fiber_spawn ("ui-load-message", load_fiber, weak, weak_free);
}

static void
waiting_clicked (BaruaMessageCard *self)
{
  if (self->loading)
    g_cancellable_cancel (self->cancellable);
  else
    load (self);
}

/* What was promised when there was no network. */
static void
status_changed (BaruaMessageCard *self,
                gint64            account)
{
  g_autoptr (BaruaStatus) status = NULL;

  if (!self->wants_network || !self->open || self->loading || self->row == NULL || account != self->row->account)
    return;
  status = barua_engine_dup_status (barua_message_source_get_engine (self->source), account);
  if (status != NULL && (status->kind == BARUA_STATUS_IDLE || status->kind == BARUA_STATUS_SYNCHRONISING))
    load (self);
}

/* Folding ---------------------------------------------------------------------------------------------------------- */

void
barua_message_card_set_open (BaruaMessageCard *self,
                             gboolean          open)
{
  self->open = open;
  gtk_widget_set_visible (GTK_WIDGET (self->folded_head), !open);
  gtk_widget_set_visible (GTK_WIDGET (self->header), open);
  gtk_widget_set_visible (self->content, open);
  if (open)
    gtk_widget_remove_css_class (GTK_WIDGET (self), "folded");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self), "folded");
  if (!open)
    {
      barua_card_body_clear (self->body);
      return;
    }
  if (self->message == NULL)
    load (self);
  else if (!barua_card_body_is_shown (self->body))
    show_message (self);
  g_signal_emit (self, signals[OPENED], 0);
}

gboolean
barua_message_card_get_open (BaruaMessageCard *self)
{
  return self->open;
}

static void
unfold (BaruaMessageCard *self)
{
  barua_message_card_set_open (self, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->header));
}

static void
header_folded (BaruaMessageCard *self)
{
  if (self->alone)
    return;
  barua_message_card_set_open (self, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->folded_head));
}

void
barua_message_card_drop_views (BaruaMessageCard *self)
{
  if (barua_card_body_get_web_views (self->body) == 0)
    return;
  if (self->alone)
    g_action_change_state (G_ACTION (self->plain_action), g_variant_new_boolean (TRUE));
  else
    barua_message_card_set_open (self, FALSE);
}

guint
barua_message_card_get_web_views (BaruaMessageCard *self)
{
  return barua_card_body_get_web_views (self->body);
}

void
barua_message_card_focus_head (BaruaMessageCard *self)
{
  gtk_widget_grab_focus (self->open ? GTK_WIDGET (self->header) : GTK_WIDGET (self->folded_head));
}

/* Messages inside -------------------------------------------------------------------------------------------------- */

/* The message in the part @section of @source. */
static GtkWidget *
new_embedded (BaruaMessageSource *source,
              const char         *section,
              BaruaParsedMessage *message)
{
  BaruaMessageCard *self = g_object_new (BARUA_TYPE_MESSAGE_CARD, NULL);

  self->source = g_object_ref (source);
  g_simple_action_set_enabled (self->window_action, FALSE);
  g_free (self->prefix);
  self->prefix = g_strconcat (section, ".", NULL);
  take_message (self, message);
  barua_card_header_set_has_star (self->header, FALSE);
  barua_card_header_set_has_menu (self->header, FALSE);
  barua_message_card_set_alone (self, TRUE);
  barua_message_card_set_open (self, TRUE);
  return GTK_WIDGET (self);
}

typedef struct
{
  GWeakRef     card;
  BaruaMessageSource *source;
  char        *section;
} EmbeddedWish;

static void
embedded_wish_free (gpointer data)
{
  EmbeddedWish *wish = data;

  g_weak_ref_clear (&wish->card);
  g_object_unref (wish->source);
  g_free (wish->section);
  g_free (wish);
}

static DexFuture *
embedded_fiber (gpointer data)
{
  EmbeddedWish *wish = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BaruaParsedMessage) message = NULL;
  g_autoptr (GBytes) bytes = dex_await_boxed (barua_message_source_load_part (wish->source, wish->section, NULL), &error);
  g_autoptr (BaruaMessageCard) self = NULL;

  if (bytes != NULL)
    message = dex_await_boxed (barua_message_source_parse (bytes), &error);
  self = g_weak_ref_get (&wish->card);
  if (self == NULL)
    return dex_future_new_true ();
  if (message == NULL)
    {
      g_autofree char *words = barua_words_error (barua_error_get_code (error), NULL, NULL);

      add_strip (self, "dialog-warning-symbolic", "care", words);
      return dex_future_new_true ();
    }
  clear_box (self->embedded);
  gtk_box_append (self->embedded, new_embedded (wish->source, wish->section, message));
  gtk_widget_set_visible (GTK_WIDGET (self->embedded), TRUE);
  return dex_future_new_true ();
}

static void
open_embedded (BaruaMessageCard *self,
               const char       *section)
{
  EmbeddedWish *wish;

  wish = g_new0 (EmbeddedWish, 1);
  g_weak_ref_init (&wish->card, self);
  wish->source = g_object_ref (self->source);
  wish->section = g_strdup (section);
  barua_fiber_spawn ("ui-embedded", embedded_fiber, wish, embedded_wish_free);
}

/* Menu ------------------------------------------------------------------------------------------------------------- */

void
barua_message_card_view_source (BaruaMessageCard *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  barua_source_window_present (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, self->source);
}

void
barua_message_card_save (BaruaMessageCard *self)
{
  const char *subject = self->message != NULL ? self->message->subject : self->row != NULL ? self->row->subject : "";
  g_autofree char *name = g_strdup_printf ("%s.eml", *subject != '\0' ? subject : _("Message"));

  barua_file_saver_save (GTK_WIDGET (self), self->source, NULL, name);
}

static void
source_activated (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  barua_message_card_view_source (user_data);
}

static void
save_activated (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  barua_message_card_save (user_data);
}

static void
plain_changed (GSimpleAction *action,
               GVariant      *value,
               gpointer       user_data)
{
  BaruaMessageCard *self = user_data;

  g_simple_action_set_state (action, value);
  barua_card_pictures_set_plain (self->pictures, g_variant_get_boolean (value));
  barua_card_body_set_as_plain (self->body, g_variant_get_boolean (value));
}

static void
original_changed (GSimpleAction *action,
                  GVariant      *value,
                  gpointer       user_data)
{
  BaruaMessageCard *self = user_data;
  gboolean original = g_variant_get_boolean (value);

  g_simple_action_set_state (action, value);
  if (*from_address (self) != '\0' && barua_reader_settings_get_original (from_address (self)) != original)
    barua_reader_settings_set_original (from_address (self), original);
  barua_card_body_set_original (self->body, original);
}

/* "To: Alice Carter <alice@posta.example>, ben@posta.example". */
static void
append_line (GString    *html,
             const char *label,
             GPtrArray  *addresses)
{
  for (guint i = 0; i < addresses->len && i < BARUA_LIMIT_RECIPIENTS_SHOWN; i++)
    {
      const BaruaAddress *address = g_ptr_array_index (addresses, i);
      g_autofree char *shown = barua_domain_address_shown (address->address);
      g_autofree char *one = *address->name != '\0' ? g_markup_printf_escaped ("%s &lt;%s&gt;", address->name, shown)
                                                    : g_markup_escape_text (shown, -1);

      g_string_append_printf (html, "%s %s", i == 0 ? label : ",", one);
    }
  if (addresses->len > 0)
    g_string_append (html, "<br>");
}

/* What a printed letter is headed by. */
static void
print (BaruaMessageCard *self,
       GFile            *pdf)
{
  g_autoptr (GString) head = g_string_new (NULL);
  g_autofree char *subject = NULL;
  g_autofree char *date = NULL;

  if (self->message == NULL)
    return;
  subject = g_markup_printf_escaped ("<h2>%s</h2><p>", *self->message->subject != '\0' ? self->message->subject : _("(no subject)"));
  g_string_append (head, subject);
  append_line (head, _("From:"), self->message->from);
  append_line (head, _("To:"), self->message->to);
  append_line (head, _("Cc:"), self->message->cc);
  if (self->message->date != G_MININT64)
    {
      date = barua_words_date_full (self->message->date, self->message->date_zone);
      {
        g_autofree char *escaped = g_markup_escape_text (date, -1);

        g_string_append (head, escaped);
      }
    }
  g_string_append (head, "</p><hr>");
  barua_card_body_print (self->body, head->str, pdf);
}

void
barua_message_card_print (BaruaMessageCard *self)
{
  print (self, NULL);
}

static void
print_activated (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       user_data)
{
  print (user_data, NULL);
}

static void
pdf_chosen (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (BaruaMessageCard) self = user_data;
  g_autoptr (GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, NULL);

  if (file != NULL)
    print (self, file);
}

static void
pdf_activated (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  BaruaMessageCard *self = user_data;
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  const char *subject = barua_message_card_get_subject (self);
  g_autofree char *wanted = g_strdup_printf ("%s.pdf", *subject != '\0' ? subject : _("Message"));
  g_autofree char *name = barua_text_file_name (wanted);

  gtk_file_dialog_set_title (dialog, _("Save as PDF"));
  gtk_file_dialog_set_initial_name (dialog, name);
  gtk_file_dialog_save (dialog, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL, pdf_chosen, g_object_ref (self));
}

static void
window_activated (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  BaruaMessageCard *self = user_data;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (GTK_IS_WINDOW (root))
    gtk_window_present (GTK_WINDOW (
        barua_message_window_new (gtk_window_get_application (GTK_WINDOW (root)), self->source, self->row)));
}

static void
copy_activated (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  barua_toasts_copy_text (user_data, g_variant_get_string (parameter, NULL), _("Address copied"));
}

static void
add_actions (BaruaMessageCard *self)
{
  static const GActionEntry entries[] = {
    { .name = "plain", .state = "false", .change_state = plain_changed },
    { .name = "source", .activate = source_activated },
    { .name = "save", .activate = save_activated },
    { .name = "original", .state = "false", .change_state = original_changed },
    { .name = "print", .activate = print_activated },
    { .name = "pdf", .activate = pdf_activated },
    { .name = "window", .activate = window_activated },
    { .name = "copy", .activate = copy_activated, .parameter_type = "s" },
  };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), self);
  barua_card_pictures_add_actions (self->pictures, G_ACTION_MAP (group));
  self->plain_action = G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (group), "plain"));
  g_simple_action_set_enabled (self->plain_action, FALSE);
  self->original_action = G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (group), "original"));
  g_simple_action_set_enabled (self->original_action, FALSE);
  self->window_action = G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (group), "window"));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "card", G_ACTION_GROUP (group));
}

/* Object ----------------------------------------------------------------------------------------------------------- */

/* The text, so that reading can go on from there; while it is not there, the menu. */
static gboolean
grab_focus (GtkWidget *widget)
{
  BaruaMessageCard *self = BARUA_MESSAGE_CARD (widget);

  if (!self->open)
    return gtk_widget_grab_focus (GTK_WIDGET (self->folded_head));
  return gtk_widget_grab_focus (GTK_WIDGET (self->body)) || gtk_widget_grab_focus (GTK_WIDGET (self->header));
}

void
barua_message_card_set_narrow (BaruaMessageCard *self,
                               gboolean          narrow)
{
  barua_card_header_set_has_star (self->header, !narrow && self->row != NULL);
  /* Beside the date there is room for a whole name or for bits of both. */
  gtk_widget_set_visible (GTK_WIDGET (self->folded_preview), !narrow);
  gtk_widget_set_hexpand (GTK_WIDGET (self->folded_name), narrow);
}

static void
barua_message_card_dispose (GObject *object)
{
  BaruaMessageCard *self = BARUA_MESSAGE_CARD (object);

  g_clear_handle_id (&self->spinner_source, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (object), BARUA_TYPE_MESSAGE_CARD);
  G_OBJECT_CLASS (barua_message_card_parent_class)->dispose (object);
}

static void
barua_message_card_finalize (GObject *object)
{
  BaruaMessageCard *self = BARUA_MESSAGE_CARD (object);

  g_clear_object (&self->source);
  g_clear_pointer (&self->sender, barua_sender_unref);
  g_clear_pointer (&self->row, barua_row_unref);
  g_clear_pointer (&self->message, barua_parsed_message_unref);
  g_free (self->prefix);
  G_OBJECT_CLASS (barua_message_card_parent_class)->finalize (object);
}

static void
barua_message_card_class_init (BaruaMessageCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_message_card_dispose;
  G_OBJECT_CLASS (klass)->finalize = barua_message_card_finalize;
  widget_class->grab_focus = grab_focus;
  g_type_ensure (BARUA_TYPE_CARD_HEADER);
  g_type_ensure (BARUA_TYPE_CARD_BODY);
  g_type_ensure (BARUA_TYPE_CARD_PICTURES);
  g_type_ensure (BARUA_TYPE_CARD_ATTACHMENTS);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/barua_mail/Barua/reader/barua-message-card.ui");
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, folded_head);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, folded_avatar);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, folded_name);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, folded_preview);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, folded_date);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, header);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, content);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, strips);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, pictures);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, waiting);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, spinner);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, waiting_words);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, waiting_button);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, body);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, attachments);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, embedded);

  signals[LINK_HOVERED] =
    g_signal_new ("link-hovered", BARUA_TYPE_MESSAGE_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[OPENED] = g_signal_new ("opened", BARUA_TYPE_MESSAGE_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[STAR_TOGGLED] = g_signal_new ("star-toggled", BARUA_TYPE_MESSAGE_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                        G_TYPE_INT64, G_TYPE_BOOLEAN);
  signals[FOUND] = g_signal_new ("found", BARUA_TYPE_MESSAGE_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MARKED] = g_signal_new ("marked", BARUA_TYPE_MESSAGE_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_INT);
  signals[LOADED] = g_signal_new ("loaded", BARUA_TYPE_MESSAGE_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[WEB_VIEW_WANTED] =
    g_signal_new ("web-view-wanted", BARUA_TYPE_MESSAGE_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
barua_message_card_init (BaruaMessageCard *self)
{
  self->prefix = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
  add_actions (self);
  g_signal_connect_object (self->folded_head, "clicked", G_CALLBACK (unfold), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->waiting_button, "clicked", G_CALLBACK (waiting_clicked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->header, "star-toggled", G_CALLBACK (star_toggled), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->header, "folded", G_CALLBACK (header_folded), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->body, "shown", G_CALLBACK (body_shown), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->body, "failed", G_CALLBACK (body_failed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->body, "link-hovered", G_CALLBACK (link_hovered), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->body, "found", G_CALLBACK (body_found), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->body, "marked", G_CALLBACK (body_marked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->body, "web-view-wanted", G_CALLBACK (web_view_wanted), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pictures, "agreed", G_CALLBACK (barua_card_body_show_pictures), self->body, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->attachments, "message-opened", G_CALLBACK (open_embedded), self, G_CONNECT_SWAPPED);
}

void
barua_message_card_set_row (BaruaMessageCard *self,
                            BaruaRow         *row)
{
  g_clear_pointer (&self->row, barua_row_unref);
  if (row == NULL)
    {
      barua_card_header_set_has_star (self->header, FALSE);
      return;
    }
  self->row = barua_row_ref (row);
  self->id = row->id;
  if (self->message == NULL)
    {
      g_autoptr (GDateTime) local = g_date_time_new_from_unix_local (CLAMP (row->date, 0, G_MAXINT32));

      set_sender (self, row->from_name, row->from_address);
      set_date (self, row->date, (gint16)(g_date_time_get_utc_offset (local) / G_TIME_SPAN_MINUTE));
    }
  gtk_label_set_label (self->folded_preview, row->preview);
  label_folded (self);
  barua_card_header_set_starred (self->header, (row->flags & BARUA_FLAG_FLAGGED) != 0);
}

/* Building one takes as long as all the rest that is done to show a short letter: the next one is built while this one is read. */
static BaruaMessageCard *spare; /* floating; NULL */
static guint spare_source;

static gboolean
make_spare (gpointer data)
{
  spare_source = 0;
  spare = g_object_new (BARUA_TYPE_MESSAGE_CARD, NULL);
  return G_SOURCE_REMOVE;
}

GtkWidget *
barua_message_card_new (BaruaMessageSource *source,
                        BaruaRow           *row)
{
  BaruaMessageCard *self = spare != NULL ? g_steal_pointer (&spare) : g_object_new (BARUA_TYPE_MESSAGE_CARD, NULL);

  if (spare_source == 0)
    spare_source = g_idle_add_full (G_PRIORITY_LOW, make_spare, NULL, NULL);
  self->source = g_object_ref (source);
  if (barua_message_source_get_engine (source) != NULL)
    g_signal_connect_object (barua_message_source_get_engine (source), "status-changed", G_CALLBACK (status_changed), self,
                             G_CONNECT_SWAPPED);
  if (row != NULL)
    barua_message_card_set_row (self, row);
  else
    {
      barua_card_header_set_has_star (self->header, FALSE);
      g_simple_action_set_enabled (self->window_action, FALSE);
    }
  return GTK_WIDGET (self);
}

BaruaRow *
barua_message_card_get_row (BaruaMessageCard *self)
{
  return self->row;
}

gint64
barua_message_card_get_id (BaruaMessageCard *self)
{
  return self->id;
}

void
barua_message_card_set_alone (BaruaMessageCard *self,
                              gboolean          alone)
{
  self->alone = alone;
}

gboolean
barua_message_card_is_loaded (BaruaMessageCard *self)
{
  return self->message != NULL;
}

const char *
barua_message_card_get_subject (BaruaMessageCard *self)
{
  return self->message != NULL ? self->message->subject : self->row != NULL ? self->row->subject : "";
}

void
barua_message_card_set_zoom (BaruaMessageCard *self,
                             double            zoom)
{
  barua_card_body_set_zoom (self->body, zoom);
}

void
barua_message_card_find (BaruaMessageCard *self,
                         const char       *text)
{
  barua_card_body_find (self->body, text);
}

guint
barua_message_card_get_found (BaruaMessageCard *self)
{
  return self->open ? barua_card_body_get_found (self->body) : 0;
}

void
barua_message_card_mark (BaruaMessageCard *self,
                         guint             index)
{
  barua_card_body_mark (self->body, index);
}
