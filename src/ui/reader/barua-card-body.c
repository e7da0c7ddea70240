/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-card-body.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "barua-fiber.h"
#include "barua-html-loader.h"
#include "barua-limits.h"
#include "barua-link.h"
#include "barua-painted.h"
#include "barua-picture-type.h"
#include "barua-plain-view.h"
#include "barua-preferences.h"
#include "barua-row-metrics.h"
#include "barua-text-window.h"

struct _BaruaCardBody
{
  GtkBox              parent_instance;
  BaruaMessageSource *source;
  BaruaParsedMessage *message; /* NULL until it is set */
  char               *prefix;
  GCancellable       *cancellable; /* for the pictures inside */
  GPtrArray          *web_views;   /* GtkWidget, not owned: children */
  GObject            *pictures;    /* fetches those of other people's servers, once the person agreed; NULL */
  gboolean            as_plain;
  gboolean            is_shown;
  gboolean            original;
  gboolean            failed;
  double              zoom;
  char               *wanted;      /* what is looked for; NULL */
};

enum
{
  SHOWN,
  FAILED,
  LINK_HOVERED,
  WEB_VIEW_WANTED,
  FOUND,
  MARKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaCardBody, barua_card_body, GTK_TYPE_BOX)

static void
clear (BaruaCardBody *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_box_remove (GTK_BOX (self), child);
}

static void
drop_views (BaruaCardBody *self)
{
  for (guint i = 0; i < self->web_views->len; i++)
    barua_html_loader_get_api ()->disconnect (g_ptr_array_index (self->web_views, i));
  g_ptr_array_set_size (self->web_views, 0);
  clear (self);
}

static void
html_measured (GtkWidget *view,
               int        height,
               gboolean   cut,
               gboolean   quotes,
               gpointer   user_data)
{
  BaruaCardBody *self = user_data;
  GtkWidget *more = g_object_get_data (G_OBJECT (view), "more");

  if (more != NULL)
    gtk_widget_set_visible (more, cut);
  if (g_object_get_data (G_OBJECT (view), "fold") != NULL)
    gtk_widget_set_visible (g_object_get_data (G_OBJECT (view), "fold"), quotes);
  barua_painted_event ("html-measured");
  g_signal_emit (self, signals[SHOWN], 0);
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
                const char *text,
                gpointer    user_data)
{
  barua_link_open (GTK_WIDGET (user_data), uri, text, BARUA_CARD_BODY (user_data)->failed);
}

static void
set_found (BaruaCardBody *self,
           GtkWidget     *view,
           guint          n)
{
  g_object_set_data (G_OBJECT (view), "found", GUINT_TO_POINTER (n));
  g_signal_emit (self, signals[FOUND], 0);
}

static void
html_found (GtkWidget *view,
            guint      n,
            gpointer   user_data)
{
  set_found (user_data, view, n);
}

static void
html_marked (GtkWidget *view,
             int        y,
             gpointer   user_data)
{
  graphene_point_t at;

  if (gtk_widget_compute_point (view, GTK_WIDGET (user_data), &GRAPHENE_POINT_INIT (0, 0), &at))
    g_signal_emit (user_data, signals[MARKED], 0, (int)at.y + y);
}

static void
html_died (GtkWidget *view,
           gpointer   user_data)
{
  BaruaCardBody *self = user_data;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *again = gtk_button_new_with_label (_("Try Again"));
  GtkWidget *plain = gtk_button_new_with_label (_("Show as Plain Text"));

  drop_views (self);
  gtk_box_append (GTK_BOX (self), g_object_new (GTK_TYPE_LABEL, "label", _("This message could not be shown."), "xalign", 0.0f,
                                                "wrap", TRUE, NULL));
  gtk_box_append (GTK_BOX (box), again);
  gtk_box_append (GTK_BOX (box), plain);
  gtk_box_append (GTK_BOX (self), box);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (plain), "card.plain");
  g_signal_connect_object (again, "clicked", G_CALLBACK (barua_card_body_show), self, G_CONNECT_SWAPPED);
  g_signal_emit (self, signals[FAILED], 0);
}

typedef struct
{
  BaruaMessageSource *source;
  GCancellable     *cancellable;
  BaruaHtmlRequest *request;
  char             *section;
  char             *type;
} PartWish;

static void
part_wish_free (gpointer data)
{
  PartWish *wish = data;

  g_object_unref (wish->source);
  g_object_unref (wish->cancellable);
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
      dex_await_boxed (barua_message_source_load_part (wish->source, wish->section, wish->cancellable), &error);

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
  BaruaCardBody *self = user_data;

  for (guint i = 0; self->message != NULL && i < self->message->parts->len; i++)
    {
      const BaruaPart *part = g_ptr_array_index (self->message->parts, i);
      PartWish *wish;

      if (*part->content_id == '\0' || g_strcmp0 (part->content_id, content_id) != 0)
        continue;
      wish = g_new0 (PartWish, 1);
      wish->source = g_object_ref (self->source);
      wish->cancellable = g_object_ref (self->cancellable);
      wish->request = request;
      wish->section = g_strconcat (self->prefix, part->section, NULL);
      wish->type = g_strdup (part->type);
      barua_fiber_spawn ("ui-picture", part_fiber, wish, part_wish_free);
      return;
    }
  barua_html_loader_get_api ()->answer (request, NULL, NULL);
}

typedef struct
{
  BaruaMessageSource *source;
  GObject            *pictures;
  BaruaHtmlRequest   *request;
  char               *address;
} PictureWish;

static void
picture_wish_free (gpointer data)
{
  PictureWish *wish = data;

  g_object_unref (wish->source);
  g_object_unref (wish->pictures);
  g_free (wish->address);
  g_free (wish);
}

static DexFuture *
picture_fiber (gpointer data)
{
  PictureWish *wish = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes =
      dex_await_boxed (barua_message_source_load_picture (wish->source, wish->pictures, wish->address), &error);

  if (bytes == NULL)
    g_debug ("remote picture: %s", error->message);
  barua_html_loader_get_api ()->answer (wish->request, bytes, bytes != NULL ? barua_picture_type_sniff (bytes) : NULL);
  return dex_future_new_true ();
}

/* Only after the person agreed (H-02): the page was loaded with leave to ask, and asks here. */
static void
html_picture_wanted (GtkWidget        *view,
                     const char       *address,
                     BaruaHtmlRequest *request,
                     gpointer          user_data)
{
  BaruaCardBody *self = user_data;
  PictureWish *wish;

  if (self->pictures == NULL)
    {
      barua_html_loader_get_api ()->answer (request, NULL, NULL);
      return;
    }
  wish = g_new0 (PictureWish, 1);
  wish->source = g_object_ref (self->source);
  wish->pictures = g_object_ref (self->pictures);
  wish->request = request;
  wish->address = g_strdup (address);
  barua_fiber_spawn ("ui-remote-picture", picture_fiber, wish, picture_wish_free);
}

static const BaruaHtmlCallbacks html_callbacks = {
  .measured = html_measured,
  .hovered = html_hovered,
  .activated = html_activated,
  .died = html_died,
  .part_wanted = html_part_wanted,
  .picture_wanted = html_picture_wanted,
  .found = html_found,
  .marked = html_marked,
};

static void
load_html (BaruaCardBody *self,
           GtkWidget        *view,
           const BaruaText  *text,
           gboolean          whole)
{
  const PangoFontDescription *font = pango_context_get_font_description (gtk_widget_get_pango_context (GTK_WIDGET (self)));
  BaruaHtmlLook look = {
    .has_own_colours = text->has_own_colours,
    /* Mail without colours of its own takes ours in any case; other mail stands on its white page where the person wants that. */
    .dark = adw_style_manager_get_dark (adw_style_manager_get_default ()) &&
            (!text->has_own_colours || (!self->original && barua_preferences_get_on ("darken-messages", TRUE))),
    .pictures = self->pictures != NULL,
    .whole = whole,
    .font_family = pango_font_description_get_family (font),
    .font_px = barua_row_metrics_get_em (GTK_WIDGET (self)),
  };

  barua_html_loader_get_api ()->set_zoom (view, self->zoom);
  barua_html_loader_get_api ()->load (view, text->text, &look);
}

/* Escape leaves, also from inside the page. */
static void
close_by_escape (GtkWidget *window)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                          gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, controller);
}

/* A page that is higher than a view may be: alone in a window, where it scrolls by itself. */
static void
show_whole (GtkWidget *button,
            gpointer   user_data)
{
  BaruaCardBody *self = user_data;
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
  close_by_escape (window);
  load_html (self, view, text, TRUE);
  gtk_window_present (GTK_WINDOW (window));
}

static void
fold_toggled (GtkToggleButton *fold,
              GtkWidget       *view)
{
  gboolean open = gtk_toggle_button_get_active (fold);
  const char *words = open ? _("Hide Quoted Text") : _("Show Quoted Text");

  barua_html_loader_get_api ()->set_quotes_shown (view, open);
  gtk_widget_set_tooltip_text (GTK_WIDGET (fold), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (fold), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static GtkWidget *
new_fold (GtkWidget *view)
{
  GtkWidget *fold = gtk_toggle_button_new ();

  gtk_button_set_icon_name (GTK_BUTTON (fold), "view-more-horizontal-symbolic");
  gtk_widget_set_halign (fold, GTK_ALIGN_START);
  gtk_widget_add_css_class (fold, "flat");
  gtk_widget_set_visible (fold, FALSE);
  g_signal_connect_object (fold, "toggled", G_CALLBACK (fold_toggled), view, 0);
  fold_toggled (GTK_TOGGLE_BUTTON (fold), view);
  g_object_set_data (G_OBJECT (view), "fold", fold);
  return fold;
}

static void
add_html (BaruaCardBody   *self,
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
  g_object_set_data (G_OBJECT (view), "text", text);
  g_object_set_data (G_OBJECT (more), "text", text);
  g_signal_connect_object (more, "clicked", G_CALLBACK (show_whole), self, 0);
  gtk_box_append (GTK_BOX (self), view);
  gtk_box_append (GTK_BOX (self), new_fold (view));
  gtk_box_append (GTK_BOX (self), more);
  g_ptr_array_add (self->web_views, view);
  load_html (self, view, text, FALSE);
}

static void
plain_hovered (BaruaPlainView *view,
               const char     *uri,
               BaruaCardBody  *self)
{
  g_signal_emit (self, signals[LINK_HOVERED], 0, uri);
}

static void
plain_found (BaruaPlainView *view,
             guint           n,
             BaruaCardBody  *self)
{
  set_found (self, GTK_WIDGET (view), n);
}

static void
plain_placed (BaruaPlainView *view,
              BaruaCardBody  *self)
{
  int y = barua_plain_view_get_place (view, GTK_WIDGET (self));

  if (y >= 0)
    g_signal_emit (self, signals[MARKED], 0, y);
}

/* More than can be laid out here without stalling: alone in a window, where it scrolls by itself. */
static void
plain_whole (BaruaPlainView *view,
             BaruaCardBody  *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  barua_text_window_present (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                             *self->message->subject != '\0' ? self->message->subject : _("(no subject)"),
                             barua_plain_view_get_text (view));
}

static void
add_plain (BaruaCardBody *self,
           const char    *text)
{
  BaruaPlainView *view = BARUA_PLAIN_VIEW (barua_plain_view_new (text));

  barua_plain_view_set_zoom (view, self->zoom);
  barua_plain_view_set_failed (view, self->failed);
  g_signal_connect_object (view, "link-hovered", G_CALLBACK (plain_hovered), self, 0);
  g_signal_connect_object (view, "whole-wanted", G_CALLBACK (plain_whole), self, 0);
  g_signal_connect_object (view, "found", G_CALLBACK (plain_found), self, 0);
  g_signal_connect_object (view, "placed", G_CALLBACK (plain_placed), self, 0);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (view));
}

static void
add_text (BaruaCardBody   *self,
          const BaruaHtmlApi *api,
          BaruaText          *text)
{
  gboolean as_html =
      text->kind == BARUA_TEXT_HTML && !self->as_plain && api != NULL && self->web_views->len < BARUA_LIVE_WEB_VIEWS;
  const char *plain = text->kind == BARUA_TEXT_PLAIN ? text->text : text->plain;

  if (as_html)
    add_html (self, api, text);
  else if (plain != NULL)
    add_plain (self, plain);
}

static void
show_texts (const BaruaHtmlApi *api,
            gpointer            user_data)
{
  BaruaCardBody *self = user_data;

  if (self->message == NULL || !self->is_shown)
    return;
  drop_views (self);
  for (guint i = 0; i < self->message->texts->len; i++)
    add_text (self, api, g_ptr_array_index (self->message->texts, i));
  if (self->web_views->len == 0)
    g_signal_emit (self, signals[SHOWN], 0);
}

gboolean
barua_card_body_has_html (BaruaCardBody *self)
{
  for (guint i = 0; self->message != NULL && i < self->message->texts->len; i++)
    if (((BaruaText *)g_ptr_array_index (self->message->texts, i))->kind == BARUA_TEXT_HTML)
      return TRUE;
  return FALSE;
}

void
barua_card_body_show (BaruaCardBody *self)
{
  g_return_if_fail (self->message != NULL);

  self->is_shown = TRUE;
  if (barua_card_body_has_html (self) && !self->as_plain)
    barua_html_loader_when_ready (G_OBJECT (self), show_texts);
  else
    show_texts (NULL, self);
}

void
barua_card_body_clear (BaruaCardBody *self)
{
  self->is_shown = FALSE;
  drop_views (self);
}

gboolean
barua_card_body_is_shown (BaruaCardBody *self)
{
  return self->is_shown;
}

void
barua_card_body_set_as_plain (BaruaCardBody *self,
                              gboolean       as_plain)
{
  self->as_plain = as_plain;
  if (self->is_shown)
    barua_card_body_show (self);
}

guint
barua_card_body_get_web_views (BaruaCardBody *self)
{
  return self->web_views->len;
}

void
barua_card_body_set_message (BaruaCardBody      *self,
                             BaruaMessageSource *source,
                             const char         *prefix,
                             BaruaParsedMessage *message)
{
  g_return_if_fail (self->message == NULL);

  self->source = g_object_ref (source);
  self->prefix = g_strdup (prefix);
  self->message = barua_parsed_message_ref (message);
}

void
barua_card_body_set_original (BaruaCardBody *self,
                              gboolean       original)
{
  self->original = original;
  if (self->is_shown && self->web_views->len > 0)
    barua_card_body_show (self);
}

/* The pages are loaded anew where they are, at the height they have: what is below moves only for what the pictures need. */
void
barua_card_body_show_pictures (BaruaCardBody *self)
{
  if (self->pictures != NULL)
    return;
  self->pictures = barua_message_source_new_pictures ();
  for (guint i = 0; i < self->web_views->len; i++)
    load_html (self, g_ptr_array_index (self->web_views, i),
               g_object_get_data (G_OBJECT (g_ptr_array_index (self->web_views, i)), "text"), FALSE);
}

void
barua_card_body_set_zoom (BaruaCardBody *self,
                          double         zoom)
{
  self->zoom = CLAMP (zoom, 0.5, 3.0);
  for (guint i = 0; i < self->web_views->len; i++)
    barua_html_loader_get_api ()->set_zoom (g_ptr_array_index (self->web_views, i), self->zoom);
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (BARUA_IS_PLAIN_VIEW (child))
      barua_plain_view_set_zoom (BARUA_PLAIN_VIEW (child), self->zoom);
}

void
barua_card_body_set_failed (BaruaCardBody *self,
                            gboolean       failed)
{
  self->failed = failed;
}

/* Find ------------------------------------------------------------------------------------------------------------- */

static gboolean
is_web_view (BaruaCardBody *self,
             GtkWidget     *child)
{
  return g_ptr_array_find (self->web_views, child, NULL);
}

void
barua_card_body_find (BaruaCardBody *self,
                      const char    *text)
{
  g_set_str (&self->wanted, text);
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (BARUA_IS_PLAIN_VIEW (child))
      set_found (self, child, barua_plain_view_find (BARUA_PLAIN_VIEW (child), text));
    else if (is_web_view (self, child))
      {
        if (text != NULL && *text != '\0')
          gtk_toggle_button_set_active (g_object_get_data (G_OBJECT (child), "fold"), TRUE);
        barua_html_loader_get_api ()->find (child, text);
      }
}

static guint
found_in (GtkWidget *child)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (child), "found"));
}

guint
barua_card_body_get_found (BaruaCardBody *self)
{
  guint n = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += found_in (child);
  return n;
}

void
barua_card_body_mark (BaruaCardBody *self,
                      guint          index)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      guint n = found_in (child);
      guint here = index < n ? index : G_MAXUINT;

      if (BARUA_IS_PLAIN_VIEW (child))
        {
          int y = barua_plain_view_mark (BARUA_PLAIN_VIEW (child), here, GTK_WIDGET (self));

          if (y >= 0)
            g_signal_emit (self, signals[MARKED], 0, y);
        }
      else if (is_web_view (self, child))
        barua_html_loader_get_api ()->mark (child, here);
      index = index == G_MAXUINT || index < n ? G_MAXUINT : index - n;
    }
}

/* Print ------------------------------------------------------------------------------------------------------------ */

static void
printed (const GError *error,
         gpointer      user_data)
{
  g_autoptr (BaruaCardBody) self = user_data;

  if (error != NULL)
    g_message ("printing: %s", error->message);
}

void
barua_card_body_print (BaruaCardBody *self,
                       const char    *head,
                       GFile         *pdf)
{
  const BaruaHtmlApi *api = barua_html_loader_get_api ();
  const PangoFontDescription *font = pango_context_get_font_description (gtk_widget_get_pango_context (GTK_WIDGET (self)));
  BaruaHtmlLook look = { .pictures = self->pictures != NULL,
                         .whole = TRUE,
                         .font_family = pango_font_description_get_family (font),
                         .font_px = 14 };
  g_autoptr (GString) html = g_string_new (head);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (api == NULL || self->message == NULL)
    return;
  for (guint i = 0; i < self->message->texts->len; i++)
    {
      const BaruaText *text = g_ptr_array_index (self->message->texts, i);

      if (text->kind == BARUA_TEXT_HTML && !self->as_plain)
        g_string_append_printf (html, "<div>%s</div>", text->text);
      else
        {
          g_autofree char *escaped = g_markup_escape_text (text->kind == BARUA_TEXT_PLAIN ? text->text
                                                           : text->plain != NULL          ? text->plain
                                                                                          : "",
                                                           -1);

          g_string_append_printf (html, "<pre style=\"font-family:inherit\">%s</pre>", escaped);
        }
    }
  api->print (html->str, &look, &html_callbacks, g_object_ref (self), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
              pdf, printed);
}

/* Object ----------------------------------------------------------------------------------------------------------- */

static void
dark_changed (BaruaCardBody *self)
{
  if (self->web_views->len > 0)
    barua_card_body_show (self);
}

/* A page as a whole, not its first link, which may be far down. */
static gboolean
grab_focus (GtkWidget *widget)
{
  BaruaCardBody *self = BARUA_CARD_BODY (widget);
  GtkWidget *first = gtk_widget_get_first_child (widget);

  if (first != NULL && is_web_view (self, first))
    return gtk_widget_grab_focus (first);
  return gtk_widget_child_focus (widget, GTK_DIR_TAB_FORWARD);
}

static void
barua_card_body_dispose (GObject *object)
{
  BaruaCardBody *self = BARUA_CARD_BODY (object);

  g_cancellable_cancel (self->cancellable);
  if (self->pictures != NULL)
    g_object_run_dispose (self->pictures);
  barua_card_body_clear (self);
  G_OBJECT_CLASS (barua_card_body_parent_class)->dispose (object);
}

static void
barua_card_body_finalize (GObject *object)
{
  BaruaCardBody *self = BARUA_CARD_BODY (object);

  g_clear_object (&self->source);
  g_clear_object (&self->pictures);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->message, barua_parsed_message_unref);
  g_ptr_array_unref (self->web_views);
  g_free (self->prefix);
  g_free (self->wanted);
  G_OBJECT_CLASS (barua_card_body_parent_class)->finalize (object);
}

static void
barua_card_body_class_init (BaruaCardBodyClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = barua_card_body_dispose;
  G_OBJECT_CLASS (klass)->finalize = barua_card_body_finalize;
  GTK_WIDGET_CLASS (klass)->grab_focus = grab_focus;

  signals[SHOWN] = g_signal_new ("shown", BARUA_TYPE_CARD_BODY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", BARUA_TYPE_CARD_BODY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LINK_HOVERED] =
    g_signal_new ("link-hovered", BARUA_TYPE_CARD_BODY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[WEB_VIEW_WANTED] =
    g_signal_new ("web-view-wanted", BARUA_TYPE_CARD_BODY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FOUND] = g_signal_new ("found", BARUA_TYPE_CARD_BODY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MARKED] = g_signal_new ("marked", BARUA_TYPE_CARD_BODY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
barua_card_body_init (BaruaCardBody *self)
{
  self->zoom = 1.0;
  self->web_views = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (dark_changed), self, G_CONNECT_SWAPPED);
  if (barua_preferences_get () != NULL)
    g_signal_connect_object (barua_preferences_get (), "changed::darken-messages", G_CALLBACK (dark_changed), self,
                             G_CONNECT_SWAPPED);
}
