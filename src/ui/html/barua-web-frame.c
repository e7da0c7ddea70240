/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-web-frame.h"

#include <gmodule.h>
#include <math.h>

#include "barua-limits.h"
#include "barua-web-page.h"
#include "barua-web-walls.h"

#define WORLD "barua"

/* Ours, in a world of its own: reads the size that the page has at the width it was given. */
static const char measure_script[] =
  "(() => { const p = document.getElementById('page'); const r = p.getBoundingClientRect();"
  "return [window.innerWidth, Math.max(p.scrollWidth, document.documentElement.scrollWidth),"
  " Math.ceil(Math.max(r.height, p.scrollHeight))].join(' '); })()";

struct _BaruaWebFrame
{
  GtkWidget                 parent_instance;
  WebKitWebView            *view;
  const BaruaHtmlCallbacks *callbacks;
  gpointer                  user_data;
  char                     *waiting;     /* the document, until the walls stand */
  BaruaHtmlLook             look;
  char                     *family;
  int                       width;       /* for which it was measured last */
  int                       height;      /* 0: not known yet */
  double                    zoom;        /* the person's */
  double                    fit;         /* what the page is scaled by to fit its width */
  guint                     tries;
  guint                     measure_source;
  guint                     patience_source;
  guint                     death_source;
  gboolean                  loading_ours;
  gboolean                  laid_out;    /* the document is there; pictures may still come */
  gboolean                  measuring;
  gboolean                  shown;
};

G_DEFINE_FINAL_TYPE (BaruaWebFrame, barua_web_frame, GTK_TYPE_WIDGET)

static void queue_measure (BaruaWebFrame *self, guint ms);

/* Height ----------------------------------------------------------------------------------------------------------- */

/* WebKit enlarges the page by the desktop's size of text, beside the zoom. */
static double
text_scale (BaruaWebFrame *self)
{
  int dpi = 0;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-xft-dpi", &dpi, NULL);
  return dpi > 0 ? dpi / (96.0 * PANGO_SCALE) : 1.0;
}

/* Pixels of ours for one of the page's. */
static double
page_scale (BaruaWebFrame *self)
{
  return webkit_web_view_get_zoom_level (self->view) * text_scale (self);
}

static void
take_size (BaruaWebFrame *self,
           int            page_width,
           int            page_height)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  int limit = self->look.whole ? G_MAXINT : BARUA_WEB_VIEW_DEVICE_PX / scale;
  double wanted_fit = 1.0;
  int height;

  /* Wider than the card: scaled down to fit, not below a bound, then it scrolls sideways. */
  if (page_width > self->width && self->fit >= 1.0)
    {
      wanted_fit = MAX ((double)self->width / page_width, BARUA_WEB_VIEW_MIN_FIT);
      if (wanted_fit < 0.995)
        {
          self->fit = wanted_fit;
          webkit_web_view_set_zoom_level (self->view, self->zoom * self->fit);
          self->tries = 0;
          queue_measure (self, BARUA_WEB_MEASURE_MS);
          return;
        }
    }
  height = (int)ceil (page_height * page_scale (self));
  self->height = CLAMP (height, 1, limit);
  self->shown = TRUE;
  gtk_widget_set_opacity (GTK_WIDGET (self->view), 1.0);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  if (self->callbacks != NULL)
    self->callbacks->measured (GTK_WIDGET (self), self->height, height > limit, self->user_data);
}

static void
measured (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (BaruaWebFrame) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JSCValue) value = NULL;
  g_autofree char *text = NULL;
  int inner = 0, width = 0, height = 0;

  self->measuring = FALSE;
  value = webkit_web_view_evaluate_javascript_finish (WEBKIT_WEB_VIEW (source), result, &error);
  if (self->view == NULL)
    return;
  if (value == NULL)
    {
      g_debug ("the height could not be read: %s", error->message);
      if (self->tries++ < BARUA_WEB_MEASURE_TRIES)
        queue_measure (self, BARUA_WEB_MEASURE_RETRY_MS);
      return;
    }
  text = jsc_value_to_string (value);
  if (sscanf (text, "%d %d %d", &inner, &width, &height) != 3)
    return;
  inner = (int)lround (inner * page_scale (self));
  /* The page may not have heard of its new width yet. */
  if (ABS (inner - self->width) > 2 && self->tries++ < BARUA_WEB_MEASURE_TRIES)
    {
      queue_measure (self, BARUA_WEB_MEASURE_MS);
      return;
    }
  take_size (self, (int)lround (width * page_scale (self)), height);
}

static gboolean
measure_now (gpointer data)
{
  BaruaWebFrame *self = data;

  self->measure_source = 0;
  if (!self->laid_out || self->width <= 0 || self->measuring)
    return G_SOURCE_REMOVE;
  self->measuring = TRUE;
  webkit_web_view_evaluate_javascript (self->view, measure_script, -1, WORLD, NULL, NULL, measured, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
queue_measure (BaruaWebFrame *self,
               guint          ms)
{
  g_clear_handle_id (&self->measure_source, g_source_remove);
  self->measure_source = g_timeout_add (ms, measure_now, self);
}

/* Pictures of the message may be on their way from the server: not everything waits for them. */
static gboolean
patience_over (gpointer data)
{
  BaruaWebFrame *self = data;

  self->patience_source = 0;
  self->laid_out = TRUE;
  queue_measure (self, 0);
  return G_SOURCE_REMOVE;
}

/* What the page does ----------------------------------------------------------------------------------------------- */

static void
load_changed (WebKitWebView   *view,
              WebKitLoadEvent  event,
              BaruaWebFrame   *self)
{
  if (event == WEBKIT_LOAD_COMMITTED)
    {
      self->loading_ours = FALSE;
      g_clear_handle_id (&self->patience_source, g_source_remove);
      self->patience_source = g_timeout_add (BARUA_WEB_PATIENCE_MS, patience_over, self);
    }
  if (event == WEBKIT_LOAD_FINISHED)
    {
      g_clear_handle_id (&self->patience_source, g_source_remove);
      self->laid_out = TRUE;
      self->tries = 0;
      queue_measure (self, 0);
    }
}

static void
link_activated (BaruaWebFrame          *self,
                WebKitPolicyDecision   *decision,
                WebKitNavigationAction *action)
{
  WebKitURIRequest *request = webkit_navigation_action_get_request (action);

  webkit_policy_decision_ignore (decision);
  if (webkit_navigation_action_is_user_gesture (action) &&
      webkit_navigation_action_get_navigation_type (action) == WEBKIT_NAVIGATION_TYPE_LINK_CLICKED && self->callbacks != NULL)
    self->callbacks->activated (GTK_WIDGET (self), webkit_uri_request_get_uri (request), self->user_data);
}

/* Nothing is ever navigated to, but the one document that we loaded ourselves. */
static gboolean
decide_policy (WebKitWebView            *view,
               WebKitPolicyDecision     *decision,
               WebKitPolicyDecisionType  type,
               BaruaWebFrame            *self)
{
  if (type == WEBKIT_POLICY_DECISION_TYPE_RESPONSE)
    {
      if (self->loading_ours)
        webkit_policy_decision_use (decision);
      else
        webkit_policy_decision_ignore (decision);
      return TRUE;
    }
  {
    WebKitNavigationAction *action =
      webkit_navigation_policy_decision_get_navigation_action (WEBKIT_NAVIGATION_POLICY_DECISION (decision));
    const char *uri = webkit_uri_request_get_uri (webkit_navigation_action_get_request (action));

    if (type == WEBKIT_POLICY_DECISION_TYPE_NAVIGATION_ACTION && self->loading_ours && g_strcmp0 (uri, "about:blank") == 0)
      webkit_policy_decision_use (decision);
    else
      link_activated (self, decision, action);
  }
  return TRUE;
}

static void
target_changed (WebKitWebView       *view,
                WebKitHitTestResult *hit,
                guint                modifiers,
                BaruaWebFrame       *self)
{
  if (self->callbacks != NULL)
    self->callbacks->hovered (GTK_WIDGET (self),
                              webkit_hit_test_result_context_is_link (hit) ? webkit_hit_test_result_get_link_uri (hit) : NULL,
                              self->user_data);
}

static gboolean
context_menu (WebKitWebView       *view,
              WebKitContextMenu   *menu,
              WebKitHitTestResult *hit,
              BaruaWebFrame       *self)
{
  GList *items = g_list_copy (webkit_context_menu_get_items (menu));

  for (GList *l = items; l != NULL; l = l->next)
    switch (webkit_context_menu_item_get_stock_action (l->data))
      {
      case WEBKIT_CONTEXT_MENU_ACTION_COPY:
      case WEBKIT_CONTEXT_MENU_ACTION_SELECT_ALL:
      case WEBKIT_CONTEXT_MENU_ACTION_COPY_LINK_TO_CLIPBOARD:
      case WEBKIT_CONTEXT_MENU_ACTION_COPY_IMAGE_TO_CLIPBOARD:
        break;
      default:
        webkit_context_menu_remove (menu, l->data);
      }
  g_list_free (items);
  return webkit_context_menu_get_n_items (menu) == 0;
}

static gboolean
tell_death (gpointer data)
{
  BaruaWebFrame *self = data;

  self->death_source = 0;
  if (self->callbacks != NULL)
    self->callbacks->died (GTK_WIDGET (self), self->user_data);
  return G_SOURCE_REMOVE;
}

static void
process_gone (WebKitWebView                     *view,
              WebKitWebProcessTerminationReason  reason,
              BaruaWebFrame                     *self)
{
  self->height = 0;
  self->shown = FALSE;
  /* Not from inside the signal: whoever is told takes the view away, and WebKit goes on using it when the signal returns. */
  if (self->death_source == 0)
    self->death_source = g_idle_add_full (G_PRIORITY_DEFAULT, tell_death, g_object_ref (self), g_object_unref);
}

static gboolean
deny (void)
{
  return TRUE;
}

static gboolean
deny_permission (WebKitWebView           *view,
                 WebKitPermissionRequest *request)
{
  webkit_permission_request_deny (request);
  return TRUE;
}

static gboolean
deny_authentication (WebKitWebView               *view,
                     WebKitAuthenticationRequest *request)
{
  webkit_authentication_request_cancel (request);
  return TRUE;
}

static GtkWidget *
deny_window (void)
{
  return NULL;
}

/* The page has no room to scroll in: the wheel belongs to the reader around it. */
static gboolean
wheel (GtkEventControllerScroll *controller,
       double                    dx,
       double                    dy,
       BaruaWebFrame            *self)
{
  GtkWidget *outer = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *adjustment;
  double step;

  if (outer == NULL || self->look.whole || ABS (dx) > ABS (dy))
    return GDK_EVENT_PROPAGATE;
  if (gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller)) & GDK_CONTROL_MASK)
    return GDK_EVENT_PROPAGATE;
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (outer));
  step = gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_WHEEL
           ? pow (gtk_adjustment_get_page_size (adjustment), 2.0 / 3.0)
           : 1.0;
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + dy * step);
  return GDK_EVENT_STOP;
}

/* Widget ----------------------------------------------------------------------------------------------------------- */

/* What stands below the page, opaque: the style's "color" of the frame, which draws no text of its own. A page on a transparent
 * one, drawn without the graphics card, is gone once it has the focus (WebKitGTK 2.54). The page says it of itself, too: a dark
 * one forgets the view's. */
static void
set_paper (BaruaWebFrame *self)
{
  GdkRGBA paper;

  gtk_widget_get_color (GTK_WIDGET (self), &paper);
  webkit_web_view_set_background_color (self->view, &paper);
}

static void
css_changed (GtkWidget         *widget,
             GtkCssStyleChange *change)
{
  BaruaWebFrame *self = BARUA_WEB_FRAME (widget);

  GTK_WIDGET_CLASS (barua_web_frame_parent_class)->css_changed (widget, change);
  if (self->view != NULL)
    set_paper (self);
}

static void
start (BaruaWebFrame *self)
{
  GtkEventController *scroll;

  if (self->view == NULL)
    {
      self->view = barua_web_walls_new_view ();
      if (self->view == NULL)
        return;
      set_paper (self);
      gtk_widget_set_parent (GTK_WIDGET (self->view), GTK_WIDGET (self));
      /* Not 0: a widget that GTK does not draw at all is sometimes never painted by WebKit either. */
      gtk_widget_set_opacity (GTK_WIDGET (self->view), 0.01);
      g_signal_connect (self->view, "load-changed", G_CALLBACK (load_changed), self);
      g_signal_connect (self->view, "decide-policy", G_CALLBACK (decide_policy), self);
      g_signal_connect (self->view, "mouse-target-changed", G_CALLBACK (target_changed), self);
      g_signal_connect (self->view, "context-menu", G_CALLBACK (context_menu), self);
      g_signal_connect (self->view, "web-process-terminated", G_CALLBACK (process_gone), self);
      g_signal_connect (self->view, "permission-request", G_CALLBACK (deny_permission), NULL);
      g_signal_connect (self->view, "authenticate", G_CALLBACK (deny_authentication), NULL);
      g_signal_connect (self->view, "create", G_CALLBACK (deny_window), NULL);
      g_signal_connect (self->view, "script-dialog", G_CALLBACK (deny), NULL);
      g_signal_connect (self->view, "print", G_CALLBACK (deny), NULL);
      g_signal_connect (self->view, "enter-fullscreen", G_CALLBACK (deny), NULL);
      g_signal_connect (self->view, "show-notification", G_CALLBACK (deny), NULL);
      g_signal_connect (self->view, "run-file-chooser", G_CALLBACK (deny), NULL);
      scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
      gtk_event_controller_set_propagation_phase (scroll, GTK_PHASE_CAPTURE);
      g_signal_connect (scroll, "scroll", G_CALLBACK (wheel), self);
      gtk_widget_add_controller (GTK_WIDGET (self), scroll);
    }
  webkit_web_view_set_zoom_level (self->view, self->zoom);
  self->fit = 1.0;
  self->tries = 0;
  self->laid_out = FALSE;
  self->loading_ours = TRUE;
  webkit_web_view_load_html (self->view, self->waiting, NULL);
  g_clear_pointer (&self->waiting, g_free);
}

static GtkSizeRequestMode
get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
measure (GtkWidget      *widget,
         GtkOrientation  orientation,
         int             for_size,
         int            *minimum,
         int            *natural,
         int            *minimum_baseline,
         int            *natural_baseline)
{
  BaruaWebFrame *self = BARUA_WEB_FRAME (widget);

  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL && !self->look.whole ? self->height : 0;
}

static void
size_allocate (GtkWidget *widget,
               int        width,
               int        height,
               int        baseline)
{
  BaruaWebFrame *self = BARUA_WEB_FRAME (widget);

  if (self->view == NULL)
    return;
  /* Before its height is known the page still needs some room to be laid out in. */
  gtk_widget_allocate (GTK_WIDGET (self->view), width, MAX (height, 1), baseline, NULL);
  if (width == self->width)
    return;
  self->width = width;
  self->tries = 0;
  self->fit = 1.0;
  webkit_web_view_set_zoom_level (self->view, self->zoom);
  queue_measure (self, BARUA_WEB_MEASURE_MS);
}

static gboolean
grab_focus (GtkWidget *widget)
{
  BaruaWebFrame *self = BARUA_WEB_FRAME (widget);

  return self->view != NULL && gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static void
barua_web_frame_dispose (GObject *object)
{
  BaruaWebFrame *self = BARUA_WEB_FRAME (object);

  self->callbacks = NULL;
  g_clear_handle_id (&self->measure_source, g_source_remove);
  g_clear_handle_id (&self->death_source, g_source_remove);
  g_clear_handle_id (&self->patience_source, g_source_remove);
  if (self->view != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->view, self);
      gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->view)));
    }
  G_OBJECT_CLASS (barua_web_frame_parent_class)->dispose (object);
}

static void
barua_web_frame_finalize (GObject *object)
{
  BaruaWebFrame *self = BARUA_WEB_FRAME (object);

  g_free (self->waiting);
  g_free (self->family);
  G_OBJECT_CLASS (barua_web_frame_parent_class)->finalize (object);
}

static void
barua_web_frame_class_init (BaruaWebFrameClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_web_frame_dispose;
  G_OBJECT_CLASS (klass)->finalize = barua_web_frame_finalize;
  widget_class->get_request_mode = get_request_mode;
  widget_class->measure = measure;
  widget_class->size_allocate = size_allocate;
  widget_class->grab_focus = grab_focus;
  widget_class->css_changed = css_changed;
  gtk_widget_class_set_css_name (widget_class, "webframe");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
barua_web_frame_init (BaruaWebFrame *self)
{
  self->zoom = self->fit = 1.0;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
}

void
barua_web_frame_want_part (BaruaWebFrame    *self,
                           const char       *content_id,
                           BaruaHtmlRequest *request)
{
  if (self->callbacks != NULL)
    self->callbacks->part_wanted (GTK_WIDGET (self), content_id, request, self->user_data);
  else
    barua_web_page_answer (request, NULL, NULL);
}

/* The module ------------------------------------------------------------------------------------------------------- */

static GtkWidget *
view_new (const BaruaHtmlCallbacks *callbacks,
          gpointer                  user_data)
{
  BaruaWebFrame *self = g_object_new (BARUA_TYPE_WEB_FRAME, NULL);

  self->callbacks = callbacks;
  self->user_data = user_data;
  return GTK_WIDGET (self);
}

static void
load (GtkWidget           *widget,
      const char          *html,
      const BaruaHtmlLook *look)
{
  BaruaWebFrame *self = BARUA_WEB_FRAME (widget);
  GdkRGBA paper;

  gtk_widget_get_color (widget, &paper);
  g_free (self->family);
  self->family = g_strdup (look->font_family);
  self->look = *look;
  self->look.font_family = self->family;
  g_free (self->waiting);
  self->look.font_px = look->font_px / text_scale (self);
  self->waiting = barua_web_page_build (html, &self->look, &paper);
  start (self);
}

static void
disconnect_view (GtkWidget *widget)
{
  BARUA_WEB_FRAME (widget)->callbacks = NULL;
}

static void
set_zoom (GtkWidget *widget,
          double     zoom)
{
  BaruaWebFrame *self = BARUA_WEB_FRAME (widget);

  self->zoom = CLAMP (zoom, 0.5, 3.0);
  self->fit = 1.0;
  if (self->view == NULL)
    return;
  webkit_web_view_set_zoom_level (self->view, self->zoom);
  queue_measure (self, BARUA_WEB_MEASURE_MS);
}

const BaruaHtmlApi *
barua_html_view_api (void)
{
  static const BaruaHtmlApi api = {
    .version = BARUA_HTML_API_VERSION,
    .prepare = barua_web_walls_prepare,
    .view_new = view_new,
    .load = load,
    .disconnect = disconnect_view,
    .answer = barua_web_page_answer,
    .set_zoom = set_zoom,
  };

  return &api;
}
