/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-message-card.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "barua-attachment-chip.h"
#include "barua-fiber.h"
#include "barua-file-saver.h"
#include "barua-html-loader.h"
#include "barua-limits.h"
#include "barua-link.h"
#include "barua-painted.h"
#include "barua-plain-view.h"
#include "barua-row-metrics.h"
#include "barua-source-window.h"
#include "barua-text.h"
#include "barua-words.h"

#define CHIPS_MAX 100u

struct _BaruaMessageCard
{
  GtkBox              parent_instance;
  GtkButton          *folded_head;
  AdwAvatar          *folded_avatar;
  GtkLabel           *folded_name;
  GtkLabel           *folded_preview;
  GtkLabel           *folded_date;
  GtkWidget          *open_head;
  AdwAvatar          *avatar;
  GtkLabel           *name;
  GtkLabel           *date;
  GtkLabel           *address;
  GtkToggleButton    *recipients;
  GtkLabel           *recipients_summary;
  GtkLabel           *recipients_all;
  GtkToggleButton    *star;
  GtkMenuButton      *menu;
  GtkWidget          *content;
  GtkBox             *strips;
  GtkWidget          *waiting;
  GtkWidget          *spinner;
  GtkLabel           *waiting_words;
  GtkBox             *body;
  GtkBox             *attachments;
  GtkLabel           *attachments_words;
  GtkButton          *save_all;
  AdwWrapBox         *chips;
  GtkBox             *embedded;

  BaruaEngine        *engine;
  BaruaRow           *row;      /* NULL for a message inside a message */
  BaruaParsedMessage *message;  /* NULL until it is loaded */
  char               *prefix;   /* "2." for the parts of the message in part 2; "" */
  gint64              id;
  GCancellable       *cancellable;
  GPtrArray          *web_views; /* GtkWidget, not owned: children of body */
  GSimpleAction      *plain_action;
  guint               spinner_source;
  gboolean            open;
  gboolean            alone;
  gboolean            loading;
  gboolean            as_plain;
  gboolean            setting_star;
};

enum
{
  LINK_HOVERED,
  OPENED,
  STAR_TOGGLED,
  LOADED,
  WEB_VIEW_WANTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];
static BaruaParseFunc parse_message;

static void show_body (BaruaMessageCard *self);

G_DEFINE_FINAL_TYPE (BaruaMessageCard, barua_message_card, GTK_TYPE_BOX)

void
barua_message_card_set_parser (BaruaParseFunc parse)
{
  parse_message = parse;
}

/* Header ----------------------------------------------------------------------------------------------------------- */

static gint64
now_seconds (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
set_sender (BaruaMessageCard *self,
            const char       *name,
            const char       *address)
{
  const char *shown = *name != '\0' ? name : address;

  gtk_label_set_label (self->name, shown);
  gtk_label_set_label (self->folded_name, shown);
  adw_avatar_set_text (self->avatar, shown);
  adw_avatar_set_text (self->folded_avatar, shown);
  gtk_label_set_label (self->address, address);
  gtk_widget_set_visible (GTK_WIDGET (self->address), *address != '\0');
  gtk_label_set_selectable (self->name, TRUE);
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
set_date (BaruaMessageCard *self,
          gint64            date,
          gint16            zone)
{
  g_autofree char *words = barua_words_date (date, now_seconds ());
  g_autofree char *full = barua_words_date_full (date, zone);

  gtk_label_set_label (self->date, words);
  gtk_label_set_label (self->folded_date, words);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->date), full);
  label_folded (self);
}

static void
update_star (BaruaMessageCard *self)
{
  gboolean starred = self->row != NULL && (self->row->flags & BARUA_FLAG_FLAGGED);
  const char *words = starred ? _("Remove Star") : _("Star");

  self->setting_star = TRUE;
  gtk_toggle_button_set_active (self->star, starred);
  self->setting_star = FALSE;
  gtk_button_set_icon_name (GTK_BUTTON (self->star), starred ? "starred-symbolic" : "non-starred-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->star), words);
}

static void
star_toggled (BaruaMessageCard *self)
{
  if (!self->setting_star)
    g_signal_emit (self, signals[STAR_TOGGLED], 0, self->id, gtk_toggle_button_get_active (self->star));
}

static gboolean
is_own (BaruaMessageCard   *self,
        const BaruaAddress *address)
{
  g_autoptr (GPtrArray) accounts = barua_engine_list_accounts (self->engine);

  for (guint i = 0; i < accounts->len; i++)
    if (g_ascii_strcasecmp (((BaruaAccount *)g_ptr_array_index (accounts, i))->address, address->address) == 0)
      return TRUE;
  return FALSE;
}

static char *
short_name (BaruaMessageCard   *self,
            const BaruaAddress *address)
{
  /* Translators: the person, as one of the recipients: "to me". */
  return is_own (self, address) ? g_strdup (C_ ("recipient", "me")) : barua_text_ellipsise (barua_address_get_shown (address), 40);
}

static char *
summary_of (BaruaMessageCard *self,
            GPtrArray        *all)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  if (all->len == 0)
    return g_strdup (_("no recipients"));
  first = short_name (self, g_ptr_array_index (all, 0));
  if (all->len == 1)
    return g_strdup_printf (_("to %s"), first);
  second = short_name (self, g_ptr_array_index (all, 1));
  if (all->len == 2)
    return g_strdup_printf (_("to %1$s and %2$s"), first, second);
  /* Translators: two recipients, and how many more. */
  return g_strdup_printf (ngettext ("to %1$s, %2$s and %3$u other", "to %1$s, %2$s and %3$u others", all->len - 2), first, second,
                          all->len - 2);
}

static void
append_field (GString    *text,
              const char *label,
              GPtrArray  *addresses)
{
  for (guint i = 0; i < addresses->len && i < BARUA_LIMIT_RECIPIENTS_SHOWN; i++)
    {
      const BaruaAddress *address = g_ptr_array_index (addresses, i);

      g_string_append_printf (text, "%s%s ", text->len > 0 ? "\n" : "", label);
      if (*address->name != '\0')
        g_string_append_printf (text, "%s, ", address->name);
      /* Addresses run left to right in every language. */
      g_string_append_printf (text, "\xe2\x81\xa6%s\xe2\x81\xa9", address->address);
    }
  if (addresses->len > BARUA_LIMIT_RECIPIENTS_SHOWN)
    {
      g_string_append_c (text, '\n');
      g_string_append_printf (text, ngettext ("and %u more", "and %u more", addresses->len - BARUA_LIMIT_RECIPIENTS_SHOWN),
                              addresses->len - BARUA_LIMIT_RECIPIENTS_SHOWN);
    }
}

static void
show_header (BaruaMessageCard *self)
{
  const BaruaParsedMessage *message = self->message;
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_autoptr (GString) list = g_string_new (NULL);
  g_autofree char *summary = NULL;

  if (message->from->len > 0)
    {
      const BaruaAddress *from = g_ptr_array_index (message->from, 0);

      set_sender (self, from->name, from->address);
    }
  else if (self->row == NULL)
    set_sender (self, _("Unknown sender"), "");
  if (message->date != G_MININT64)
    set_date (self, message->date, message->date_zone);

  g_ptr_array_extend (all, message->to, NULL, NULL);
  g_ptr_array_extend (all, message->cc, NULL, NULL);
  summary = summary_of (self, all);
  gtk_label_set_label (self->recipients_summary, summary);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->recipients), GTK_ACCESSIBLE_PROPERTY_LABEL, summary, -1);
  append_field (list, _("To:"), message->to);
  append_field (list, _("Cc:"), message->cc);
  append_field (list, _("Bcc:"), message->bcc);
  append_field (list, _("Reply to:"), message->reply_to);
  gtk_label_set_label (self->recipients_all, list->str);
  gtk_widget_set_visible (GTK_WIDGET (self->recipients), TRUE);
}

/* Strips ----------------------------------------------------------------------------------------------------------- */

static void
add_strip (BaruaMessageCard *self,
           const char       *icon,
           const char       *css_class,
           const char       *words)
{
  GtkWidget *strip = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = gtk_label_new (words);

  gtk_widget_add_css_class (strip, "strip");
  gtk_widget_add_css_class (strip, css_class);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (strip), gtk_image_new_from_icon_name (icon));
  gtk_box_append (GTK_BOX (strip), label);
  gtk_box_append (self->strips, strip);
  gtk_widget_set_visible (GTK_WIDGET (self->strips), TRUE);
}

/* The address that a display name pretends to be, when it is another domain's than the true one; NULL. (full) */
static char *
pretended_address (const BaruaAddress *from)
{
  g_autoptr (GRegex) regex = g_regex_new ("[^\\s<>\"'(),;:]+@([^\\s<>\"'(),;:]+\\.[^\\s<>\"'(),;:.]+)", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  const char *at = strrchr (from->address, '@');
  g_autofree char *domain = NULL;

  if (at == NULL || !g_regex_match (regex, from->name, 0, &match))
    return NULL;
  domain = g_match_info_fetch (match, 1);
  return g_ascii_strcasecmp (domain, at + 1) != 0 ? g_match_info_fetch (match, 0) : NULL;
}

/* The domain that answers go to when it is not the sender's; NULL. Lists do that all the time. (full) */
static char *
other_reply_domain (const BaruaParsedMessage *message)
{
  const BaruaAddress *from = g_ptr_array_index (message->from, 0);
  const BaruaAddress *reply = message->reply_to->len > 0 ? g_ptr_array_index (message->reply_to, 0) : NULL;
  const char *from_at = strrchr (from->address, '@');
  const char *reply_at = reply != NULL ? strrchr (reply->address, '@') : NULL;

  if (from_at == NULL || reply_at == NULL || *message->list_id != '\0' || g_ascii_strcasecmp (from_at, reply_at) == 0)
    return NULL;
  return g_strdup (reply_at + 1);
}

/* At most one, the worst (UI.md 4). */
static void
show_trust (BaruaMessageCard *self)
{
  const BaruaAddress *from = self->message->from->len > 0 ? g_ptr_array_index (self->message->from, 0) : NULL;
  g_autofree char *pretended = from != NULL ? pretended_address (from) : NULL;
  g_autofree char *reply = from != NULL ? other_reply_domain (self->message) : NULL;
  g_autofree char *words = NULL;

  if (pretended != NULL)
    words = g_strdup_printf (_("The name says %1$s, but it came from %2$s."), pretended, from->address);
  else if (reply != NULL)
    /* Translators: %s is a domain, "posta.example". */
    words = g_strdup_printf (_("Replies go to %s, not to the sender."), reply);
  if (words != NULL)
    add_strip (self, "dialog-warning-symbolic", "care", words);
}

static void
show_strips (BaruaMessageCard *self)
{
  g_autoptr (GHashTable) said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  show_trust (self);
  for (guint i = 0; i < self->message->warnings->len; i++)
    {
      char *words = barua_words_warning (((BaruaWarning *)g_ptr_array_index (self->message->warnings, i))->kind);
      gboolean first = !g_hash_table_contains (said, words);

      if (first && *words != '\0')
        add_strip (self, "dialog-warning-symbolic", "care", words);
      g_hash_table_add (said, words);
    }
  if (self->message->n_remote_pictures > 0)
    add_strip (self, "image-x-generic-symbolic", "note", _("Pictures are hidden, so the sender can’t tell that you read this."));
}

/* Body ------------------------------------------------------------------------------------------------------------- */

static void
clear_box (GtkBox *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL)
    gtk_box_remove (box, child);
}

static void
html_measured (GtkWidget *view,
               int        height,
               gboolean   cut,
               gpointer   user_data)
{
  BaruaMessageCard *self = user_data;
  GtkWidget *more = g_object_get_data (G_OBJECT (view), "more");

  if (more != NULL)
    gtk_widget_set_visible (more, cut);
  gtk_widget_set_visible (self->waiting, FALSE);
  barua_painted_event ("html-measured");
  g_signal_emit (self, signals[LOADED], 0);
}

static void
html_hovered (GtkWidget  *view,
              const char *uri,
              gpointer    user_data)
{
  g_signal_emit (user_data, signals[LINK_HOVERED], 0, uri);
}

static void
html_activated (GtkWidget  *view,
                const char *uri,
                gpointer    user_data)
{
  barua_link_open (GTK_WIDGET (user_data), uri);
}

static void
try_again (BaruaMessageCard *self)
{
  self->as_plain = FALSE;
  show_body (self);
}

static void
show_plain (BaruaMessageCard *self)
{
  g_simple_action_set_state (self->plain_action, g_variant_new_boolean (TRUE));
  self->as_plain = TRUE;
  show_body (self);
}

static void
html_died (GtkWidget *view,
           gpointer   user_data)
{
  BaruaMessageCard *self = user_data;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *again = gtk_button_new_with_label (_("Try Again"));
  GtkWidget *plain = gtk_button_new_with_label (_("Show as Plain Text"));

  for (guint i = 0; i < self->web_views->len; i++)
    barua_html_loader_get_api ()->disconnect (g_ptr_array_index (self->web_views, i));
  g_ptr_array_set_size (self->web_views, 0);
  clear_box (self->body);
  gtk_widget_set_visible (self->waiting, FALSE);
  gtk_box_append (self->body, g_object_new (GTK_TYPE_LABEL, "label", _("This message could not be shown."), "xalign", 0.0f, "wrap", TRUE, NULL));
  gtk_box_append (GTK_BOX (box), again);
  gtk_box_append (GTK_BOX (box), plain);
  gtk_box_append (self->body, box);
  g_signal_connect_object (again, "clicked", G_CALLBACK (try_again), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (plain, "clicked", G_CALLBACK (show_plain), self, G_CONNECT_SWAPPED);
}

typedef struct
{
  BaruaEngine      *engine;
  GCancellable     *cancellable;
  BaruaHtmlRequest *request;
  gint64            id;
  char             *section;
  char             *type;
} PartWish;

static void
part_wish_free (gpointer data)
{
  PartWish *wish = data;

  g_object_unref (wish->engine);
  g_clear_object (&wish->cancellable);
  g_free (wish->section);
  g_free (wish->type);
  g_free (wish);
}

static DexFuture *
part_fiber (gpointer data)
{
  PartWish *wish = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes =
      dex_await_boxed (barua_engine_load_part (wish->engine, wish->id, wish->section, BARUA_LOAD_DEFAULT, NULL, NULL,
                                               NULL, wish->cancellable),
                       &error);

  if (bytes == NULL)
    g_debug ("picture %s: %s", wish->section, error->message);
  barua_html_loader_get_api ()->answer (wish->request, bytes, wish->type);
  return dex_future_new_true ();
}

/* Only parts of this very message (H-09). */
static void
html_part_wanted (GtkWidget        *view,
                  const char       *content_id,
                  BaruaHtmlRequest *request,
                  gpointer          user_data)
{
  BaruaMessageCard *self = user_data;

  for (guint i = 0; self->message != NULL && i < self->message->parts->len; i++)
    {
      const BaruaPart *part = g_ptr_array_index (self->message->parts, i);
      PartWish *wish;

      if (*part->content_id == '\0' || g_strcmp0 (part->content_id, content_id) != 0)
        continue;
      wish = g_new0 (PartWish, 1);
      wish->engine = g_object_ref (self->engine);
      wish->cancellable = self->cancellable != NULL ? g_object_ref (self->cancellable) : NULL;
      wish->request = request;
      wish->id = self->id;
      wish->section = g_strconcat (self->prefix, part->section, NULL);
      wish->type = g_strdup (part->type);
      barua_fiber_spawn ("ui-picture", part_fiber, wish, part_wish_free);
      return;
    }
  barua_html_loader_get_api ()->answer (request, NULL, NULL);
}

static const BaruaHtmlCallbacks html_callbacks = {
  .measured = html_measured,
  .hovered = html_hovered,
  .activated = html_activated,
  .died = html_died,
  .part_wanted = html_part_wanted,
};

static void
load_html (BaruaMessageCard *self,
           GtkWidget        *view,
           const BaruaText  *text,
           gboolean          whole)
{
  const PangoFontDescription *font = pango_context_get_font_description (gtk_widget_get_pango_context (GTK_WIDGET (self)));
  BaruaHtmlLook look = {
    .has_own_colours = text->has_own_colours,
    .dark = adw_style_manager_get_dark (adw_style_manager_get_default ()),
    .whole = whole,
    .font_family = pango_font_description_get_family (font),
    .font_px = barua_row_metrics_get_em (GTK_WIDGET (self)),
  };

  barua_html_loader_get_api ()->load (view, text->text, &look);
}

/* A page that is higher than a view may be: alone in a window, where it scrolls by itself. */
static void
show_whole (GtkWidget *button,
            gpointer   user_data)
{
  BaruaMessageCard *self = user_data;
  const BaruaText *text = g_object_get_data (G_OBJECT (button), "text");
  GtkWidget *view = barua_html_loader_get_api ()->view_new (NULL, NULL);
  GtkWidget *bars = adw_toolbar_view_new ();
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *window = g_object_new (ADW_TYPE_WINDOW, "title", self->message->subject, "default-width", 760, "default-height", 720,
                                    "transient-for", GTK_IS_WINDOW (root) ? root : NULL, "destroy-with-parent", TRUE, NULL);

  adw_toolbar_view_add_top_bar (ADW_TOOLBAR_VIEW (bars), adw_header_bar_new ());
  gtk_widget_set_vexpand (view, TRUE);
  adw_toolbar_view_set_content (ADW_TOOLBAR_VIEW (bars), view);
  adw_window_set_content (ADW_WINDOW (window), bars);
  load_html (self, view, text, TRUE);
  gtk_window_present (GTK_WINDOW (window));
}

static void
add_html (BaruaMessageCard   *self,
          const BaruaHtmlApi *api,
          BaruaText          *text)
{
  GtkWidget *view, *more;

  g_signal_emit (self, signals[WEB_VIEW_WANTED], 0);
  view = api->view_new (&html_callbacks, self);
  more = gtk_button_new_with_label (_("Show the Whole Message"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Message Text"), -1);
  gtk_widget_set_visible (more, FALSE);
  gtk_widget_set_halign (more, GTK_ALIGN_CENTER);
  g_object_set_data (G_OBJECT (view), "more", more);
  g_object_set_data (G_OBJECT (more), "text", text);
  g_signal_connect_object (more, "clicked", G_CALLBACK (show_whole), self, 0);
  gtk_box_append (self->body, view);
  gtk_box_append (self->body, more);
  g_ptr_array_add (self->web_views, view);
  load_html (self, view, text, FALSE);
}

static void
add_text (BaruaMessageCard   *self,
          const BaruaHtmlApi *api,
          BaruaText          *text)
{
  gboolean as_html =
      text->kind == BARUA_TEXT_HTML && !self->as_plain && api != NULL && self->web_views->len < BARUA_LIVE_WEB_VIEWS;
  const char *plain = text->kind == BARUA_TEXT_PLAIN ? text->text : text->plain;

  if (as_html)
    add_html (self, api, text);
  else if (plain != NULL)
    {
      gtk_box_append (self->body, barua_plain_view_new (plain));
      gtk_widget_set_visible (self->waiting, FALSE);
    }
}

static void
drop_views (BaruaMessageCard *self)
{
  for (guint i = 0; i < self->web_views->len; i++)
    barua_html_loader_get_api ()->disconnect (g_ptr_array_index (self->web_views, i));
  g_ptr_array_set_size (self->web_views, 0);
  clear_box (self->body);
}

static void
show_texts (const BaruaHtmlApi *api,
            gpointer            user_data)
{
  BaruaMessageCard *self = user_data;

  if (self->message == NULL || !self->open)
    return;
  drop_views (self);
  for (guint i = 0; i < self->message->texts->len; i++)
    add_text (self, api, g_ptr_array_index (self->message->texts, i));
  if (self->web_views->len == 0)
    {
      gtk_widget_set_visible (self->waiting, FALSE);
      g_signal_emit (self, signals[LOADED], 0);
    }
}

static gboolean
has_html (BaruaMessageCard *self)
{
  for (guint i = 0; i < self->message->texts->len; i++)
    if (((BaruaText *)g_ptr_array_index (self->message->texts, i))->kind == BARUA_TEXT_HTML)
      return TRUE;
  return FALSE;
}

static void
show_body (BaruaMessageCard *self)
{
  gboolean html = has_html (self);

  g_simple_action_set_enabled (self->plain_action, html);
  if (html && !self->as_plain)
    barua_html_loader_when_ready (G_OBJECT (self), show_texts);
  else
    show_texts (NULL, self);
}

/* Attachments ------------------------------------------------------------------------------------------------------ */

static gboolean
is_listed (const BaruaPart *part)
{
  switch (part->kind)
    {
    case BARUA_PART_ATTACHMENT:
    case BARUA_PART_MESSAGE:
    case BARUA_PART_CALENDAR:
    case BARUA_PART_VCARD:
    case BARUA_PART_TNEF:
    case BARUA_PART_ENCRYPTED:
      return TRUE;
    default:
      return FALSE;
    }
}

typedef struct
{
  GWeakRef     card;
  BaruaEngine *engine;
  gint64       id;
  char        *section;
} EmbeddedWish;

static void
embedded_wish_free (gpointer data)
{
  EmbeddedWish *wish = data;

  g_weak_ref_clear (&wish->card);
  g_object_unref (wish->engine);
  g_free (wish->section);
  g_free (wish);
}

static DexFuture *
embedded_fiber (gpointer data)
{
  EmbeddedWish *wish = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BaruaParsedMessage) message = NULL;
  g_autoptr (GBytes) bytes = dex_await_boxed (barua_engine_load_part (wish->engine, wish->id, wish->section,
                                                                      BARUA_LOAD_DEFAULT, NULL, NULL, NULL, NULL),
                                              &error);
  g_autoptr (BaruaMessageCard) self = NULL;
  GtkWidget *inner;

  if (bytes != NULL)
    message = dex_await_boxed (parse_message (bytes), &error);
  self = g_weak_ref_get (&wish->card);
  if (self == NULL)
    return dex_future_new_true ();
  if (message == NULL)
    {
      g_autofree char *words = barua_words_error (barua_error_get_code (error), NULL, NULL);

      add_strip (self, "dialog-warning-symbolic", "care", words);
      return dex_future_new_true ();
    }
  inner = barua_message_card_new_parsed (wish->engine, message);
  BARUA_MESSAGE_CARD (inner)->id = wish->id;
  g_free (BARUA_MESSAGE_CARD (inner)->prefix);
  BARUA_MESSAGE_CARD (inner)->prefix = g_strconcat (wish->section, ".", NULL);
  barua_message_card_set_alone (BARUA_MESSAGE_CARD (inner), TRUE);
  barua_message_card_set_open (BARUA_MESSAGE_CARD (inner), TRUE);
  clear_box (self->embedded);
  gtk_box_append (self->embedded, inner);
  return dex_future_new_true ();
}

static void
open_embedded (BaruaMessageCard *self,
               const char       *section)
{
  EmbeddedWish *wish = g_new0 (EmbeddedWish, 1);

  g_weak_ref_init (&wish->card, self);
  wish->engine = g_object_ref (self->engine);
  wish->id = self->id;
  wish->section = g_strdup (section);
  barua_fiber_spawn ("ui-embedded", embedded_fiber, wish, embedded_wish_free);
}

static void
chip_open (BaruaAttachmentChip *chip,
           BaruaMessageCard    *self)
{
  if (barua_attachment_chip_is_message (chip) && parse_message != NULL)
    open_embedded (self, barua_attachment_chip_get_section (chip));
  else
    barua_file_saver_open (GTK_WIDGET (self), self->engine, self->id, barua_attachment_chip_get_section (chip),
                           barua_attachment_chip_get_name (chip), barua_attachment_chip_get_mime (chip));
}

static void
chip_save (BaruaAttachmentChip *chip,
           BaruaMessageCard    *self)
{
  barua_file_saver_save (GTK_WIDGET (self), self->engine, self->id, barua_attachment_chip_get_section (chip),
                         barua_attachment_chip_get_name (chip));
}

static void
save_all (BaruaMessageCard *self)
{
  GPtrArray *wishes = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_file_wish_free);

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->chips)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (BARUA_IS_ATTACHMENT_CHIP (child))
      g_ptr_array_add (wishes, barua_file_wish_new (barua_attachment_chip_get_section (BARUA_ATTACHMENT_CHIP (child)),
                                                    barua_attachment_chip_get_name (BARUA_ATTACHMENT_CHIP (child))));
  barua_file_saver_save_all (GTK_WIDGET (self), self->engine, self->id, wishes);
}

static void
show_attachments (BaruaMessageCard *self)
{
  guint n = 0, inside = G_MAXUINT;
  guint64 bytes = 0;
  g_autofree char *words = NULL;

  for (guint i = 0; i < self->message->parts->len; i++)
    {
      const BaruaPart *part = g_ptr_array_index (self->message->parts, i);
      g_autofree char *section = g_strconcat (self->prefix, part->section, NULL);
      GtkWidget *chip;

      /* The parts of a message inside this one are its own. */
      if (part->depth > inside)
        continue;
      inside = part->kind == BARUA_PART_MESSAGE ? part->depth : G_MAXUINT;
      if (!is_listed (part))
        continue;
      n++;
      bytes += part->size;
      if (n > CHIPS_MAX)
        continue;
      chip = barua_attachment_chip_new (part, section);
      g_signal_connect_object (chip, "open", G_CALLBACK (chip_open), self, 0);
      g_signal_connect_object (chip, "save", G_CALLBACK (chip_save), self, 0);
      adw_wrap_box_append (self->chips, chip);
    }
  if (n == 0)
    return;
  if (n > CHIPS_MAX)
    {
      g_autofree char *more = g_strdup_printf (ngettext ("and %u more", "and %u more", n - CHIPS_MAX), n - CHIPS_MAX);

      adw_wrap_box_append (self->chips, gtk_label_new (more));
    }
  words = barua_words_attachments (n, bytes);
  gtk_label_set_label (self->attachments_words, words);
  gtk_widget_set_visible (GTK_WIDGET (self->save_all), n > 1);
  gtk_widget_set_visible (GTK_WIDGET (self->attachments), TRUE);
}

/* Loading ---------------------------------------------------------------------------------------------------------- */

static gboolean
show_spinner (gpointer data)
{
  BaruaMessageCard *self = data;

  self->spinner_source = 0;
  gtk_widget_set_visible (self->waiting, TRUE);
  return G_SOURCE_REMOVE;
}

static void
show_load_error (BaruaMessageCard *self,
                 const GError     *error)
{
  BaruaErrorCode code = barua_error_get_code (error);
  g_autofree char *words = NULL;

  if (code == BARUA_ERROR_CANCELLED)
    return;
  if (code == BARUA_ERROR_OFFLINE || code == BARUA_ERROR_REFUSED || code == BARUA_ERROR_TIMEOUT ||
      code == BARUA_ERROR_CONNECTION_LOST || code == BARUA_ERROR_UNKNOWN_HOST)
    words = g_strdup_printf ("%s\n%s", _("Not on This Computer Yet"), _("It comes as soon as you are online."));
  else
    {
      g_autofree char *sentence = barua_words_error (code, NULL, NULL);
      g_autofree char *remedy = barua_words_remedy (code, NULL, NULL);

      words = g_strdup_printf ("%s\n%s", sentence, remedy);
    }
  g_message ("message %" G_GINT64_FORMAT " could not be loaded: %s", self->id, error->message);
  gtk_label_set_label (self->waiting_words, words);
  gtk_widget_set_visible (self->spinner, FALSE);
  gtk_widget_set_visible (self->waiting, TRUE);
}

static void
show_message (BaruaMessageCard *self)
{
  show_header (self);
  clear_box (self->strips);
  show_strips (self);
  show_attachments (self);
  show_body (self);
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
  g_autoptr (GError) error = NULL;
  DexFuture *future;

  if (self == NULL)
    return dex_future_new_true ();
  future = barua_engine_load_message (self->engine, self->id, BARUA_LOAD_DEFAULT, self->cancellable);
  g_clear_object (&self);
  message = dex_await_boxed (future, &error);
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
  self->message = g_steal_pointer (&message);
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
  gtk_label_set_label (self->waiting_words, "");
  gtk_widget_set_visible (self->spinner, TRUE);
  if (self->spinner_source == 0)
    self->spinner_source = g_timeout_add (BARUA_TIMEOUT_SPINNER_MS, show_spinner, self);
  if (self->cancellable == NULL)
    self->cancellable = g_cancellable_new ();
  weak = g_new0 (GWeakRef, 1);
  g_weak_ref_init (weak, self);
  barua_fiber_spawn ("ui-load-message", load_fiber, weak, weak_free);
}

/* Folding ---------------------------------------------------------------------------------------------------------- */

void
barua_message_card_set_open (BaruaMessageCard *self,
                             gboolean          open)
{
  self->open = open;
  gtk_widget_set_visible (GTK_WIDGET (self->folded_head), !open);
  gtk_widget_set_visible (self->open_head, open);
  gtk_widget_set_visible (self->content, open);
  if (open)
    gtk_widget_remove_css_class (GTK_WIDGET (self), "folded");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self), "folded");
  if (!open)
    {
      drop_views (self);
      return;
    }
  if (self->message == NULL)
    load (self);
  else if (gtk_widget_get_first_child (GTK_WIDGET (self->body)) == NULL)
    {
      GtkWidget *chip;

      while ((chip = gtk_widget_get_first_child (GTK_WIDGET (self->chips))) != NULL)
        adw_wrap_box_remove (self->chips, chip);
      show_message (self);
    }
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
  gtk_widget_grab_focus (GTK_WIDGET (self->menu));
}

static void
header_clicked (GtkGestureClick  *gesture,
                int               n_press,
                double            x,
                double            y,
                BaruaMessageCard *self)
{
  GtkWidget *hit = gtk_widget_pick (self->open_head, x, y, GTK_PICK_DEFAULT);

  /* Only the empty ground of the header folds: names can be selected. */
  if (!self->alone && hit != NULL && !GTK_IS_LABEL (hit) && gtk_widget_get_ancestor (hit, GTK_TYPE_BUTTON) == NULL)
    barua_message_card_set_open (self, FALSE);
}

void
barua_message_card_drop_views (BaruaMessageCard *self)
{
  if (self->web_views->len == 0)
    return;
  if (self->alone)
    show_plain (self);
  else
    barua_message_card_set_open (self, FALSE);
}

guint
barua_message_card_get_web_views (BaruaMessageCard *self)
{
  return self->web_views->len;
}

/* Menu ------------------------------------------------------------------------------------------------------------- */

void
barua_message_card_view_source (BaruaMessageCard *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  barua_source_window_present (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, self->engine, self->id);
}

void
barua_message_card_save (BaruaMessageCard *self)
{
  const char *subject = self->message != NULL ? self->message->subject : self->row != NULL ? self->row->subject : "";
  g_autofree char *name = g_strdup_printf ("%s.eml", *subject != '\0' ? subject : _("Message"));

  barua_file_saver_save (GTK_WIDGET (self), self->engine, self->id, NULL, name);
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
  self->as_plain = g_variant_get_boolean (value);
  if (self->message != NULL)
    show_body (self);
}

static void
add_actions (BaruaMessageCard *self)
{
  static const GActionEntry entries[] = {
    { .name = "plain", .state = "false", .change_state = plain_changed },
    { .name = "source", .activate = source_activated },
    { .name = "save", .activate = save_activated },
  };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), self);
  self->plain_action = G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (group), "plain"));
  g_simple_action_set_enabled (self->plain_action, FALSE);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "card", G_ACTION_GROUP (group));
}

/* Object ----------------------------------------------------------------------------------------------------------- */

static void
dark_changed (BaruaMessageCard *self)
{
  if (self->message != NULL && self->open && self->web_views->len > 0)
    show_body (self);
}

/* The text, so that reading can go on from there; while it is not there, the menu. */
static gboolean
grab_focus (GtkWidget *widget)
{
  BaruaMessageCard *self = BARUA_MESSAGE_CARD (widget);

  if (!self->open)
    return gtk_widget_grab_focus (GTK_WIDGET (self->folded_head));
  return gtk_widget_child_focus (GTK_WIDGET (self->body), GTK_DIR_TAB_FORWARD) ||
         gtk_widget_grab_focus (GTK_WIDGET (self->menu));
}

static void
no_hyphens (GtkLabel *label)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (label, attributes);
}

void
barua_message_card_set_narrow (BaruaMessageCard *self,
                               gboolean          narrow)
{
  gtk_widget_set_visible (GTK_WIDGET (self->star), !narrow && self->row != NULL);
}

static void
barua_message_card_dispose (GObject *object)
{
  BaruaMessageCard *self = BARUA_MESSAGE_CARD (object);

  g_clear_handle_id (&self->spinner_source, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->web_views != NULL && self->body != NULL)
    drop_views (self);
  gtk_widget_dispose_template (GTK_WIDGET (object), BARUA_TYPE_MESSAGE_CARD);
  G_OBJECT_CLASS (barua_message_card_parent_class)->dispose (object);
}

static void
barua_message_card_finalize (GObject *object)
{
  BaruaMessageCard *self = BARUA_MESSAGE_CARD (object);

  g_clear_object (&self->engine);
  g_clear_pointer (&self->row, barua_row_unref);
  g_clear_pointer (&self->message, barua_parsed_message_unref);
  g_ptr_array_unref (self->web_views);
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
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/barua_mail/Barua/reader/barua-message-card.ui");
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, folded_head);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, folded_avatar);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, folded_name);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, folded_preview);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, folded_date);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, open_head);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, avatar);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, name);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, date);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, address);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, recipients);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, recipients_summary);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, recipients_all);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, star);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, menu);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, content);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, strips);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, waiting);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, spinner);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, waiting_words);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, body);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, attachments);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, attachments_words);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, save_all);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, chips);
  gtk_widget_class_bind_template_child (widget_class, BaruaMessageCard, embedded);

  signals[LINK_HOVERED] =
    g_signal_new ("link-hovered", BARUA_TYPE_MESSAGE_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[OPENED] = g_signal_new ("opened", BARUA_TYPE_MESSAGE_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[STAR_TOGGLED] = g_signal_new ("star-toggled", BARUA_TYPE_MESSAGE_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                        G_TYPE_INT64, G_TYPE_BOOLEAN);
  signals[LOADED] = g_signal_new ("loaded", BARUA_TYPE_MESSAGE_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[WEB_VIEW_WANTED] =
    g_signal_new ("web-view-wanted", BARUA_TYPE_MESSAGE_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
barua_message_card_init (BaruaMessageCard *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  self->web_views = g_ptr_array_new ();
  self->prefix = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
  add_actions (self);
  g_signal_connect_object (self->folded_head, "clicked", G_CALLBACK (unfold), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->star, "toggled", G_CALLBACK (star_toggled), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->save_all, "clicked", G_CALLBACK (save_all), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (dark_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect (click, "released", G_CALLBACK (header_clicked), self);
  gtk_widget_add_controller (self->open_head, GTK_EVENT_CONTROLLER (click));
  no_hyphens (self->address);
  no_hyphens (self->recipients_all);
}

void
barua_message_card_set_row (BaruaMessageCard *self,
                            BaruaRow         *row)
{
  g_clear_pointer (&self->row, barua_row_unref);
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
  update_star (self);
}

GtkWidget *
barua_message_card_new (BaruaEngine *engine,
                        BaruaRow    *row)
{
  BaruaMessageCard *self = g_object_new (BARUA_TYPE_MESSAGE_CARD, NULL);

  self->engine = g_object_ref (engine);
  barua_message_card_set_row (self, row);
  return GTK_WIDGET (self);
}

GtkWidget *
barua_message_card_new_parsed (BaruaEngine        *engine,
                               BaruaParsedMessage *message)
{
  BaruaMessageCard *self = g_object_new (BARUA_TYPE_MESSAGE_CARD, NULL);

  self->engine = g_object_ref (engine);
  self->message = barua_parsed_message_ref (message);
  gtk_widget_set_visible (GTK_WIDGET (self->star), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->menu), FALSE);
  return GTK_WIDGET (self);
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
