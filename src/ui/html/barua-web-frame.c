/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-web-frame.h"

#include <gmodule.h>
#include <math.h>
#include <string.h>

#include "barua-limits.h"
#include "barua-web-focus.h"
#include "barua-web-page.h"
#include "barua-web-walls.h"

/* The quote that the text ends in. What is nothing but a quote is not folded to nothing. Every script finds it anew: nothing of
 * ours is kept in the page. */
#define FIND_QUOTE \
  "const last = (e) => { for (let n = e.lastChild; n; n = n.previousSibling) {" \
  " if (n.nodeType == 3) { if (n.data.trim()) return null; continue; }" \
  " if (n.nodeType != 1) continue;" \
  " if (n.tagName == 'BLOCKQUOTE') return n;" \
  " if (!n.textContent.trim() && !n.querySelector('img')) continue;" \
  " return last(n); } return null; };" \
  "let quote = null; try { quote = last(p);" \
  " if (quote && p.textContent.trim().length <= quote.textContent.trim().length) quote = null; } catch (e) { quote = null; }"

/* Ours, in a world of its own: reads the size that the page has at the width it was given. */
static const char measure_script[] =
  "(() => { const p = document.getElementById('page');"
  FIND_QUOTE
  "if (quote) quote.style.display = %d ? '' : 'none';"
  "const r = p.getBoundingClientRect();"
  "return [window.innerWidth, Math.max(p.scrollWidth, document.documentElement.scrollWidth),"
  " Math.ceil(Math.max(r.height, p.scrollHeight)), quote ? 1 : 0].join(' '); })()";

/* Text nodes one after the other, so that a match may run over bold words in the middle. */
static const char find_script[] =
  "((q, index) => { CSS.highlights.clear(); const found = []; if (!q) return '0';"
  "const p = document.getElementById('page');" FIND_QUOTE
  "if (quote) quote.style.display = '';"
  "const nodes = [], starts = []; let s = '', n;"
  "const w = document.createTreeWalker(document.getElementById('page'), NodeFilter.SHOW_TEXT);"
  "while ((n = w.nextNode())) { if (!n.parentElement || n.parentElement.getClientRects().length == 0) continue;"
  " starts.push(s.length); nodes.push(n); s += n.data; }"
  "const low = s.toLowerCase(); if (low.length == s.length) { s = low; q = q.toLowerCase(); }"
  "const at = (i) => { let a = 0, b = starts.length - 1; while (a < b) { const m = (a + b + 1) >> 1; if (starts[m] <= i) a = m; else b = m - 1; }"
  " return a; };"
  "for (let i = s.indexOf(q); i >= 0 && found.length < %u; i = s.indexOf(q, i + q.length)) {"
  " const a = at(i), b = at(i + q.length - 1), r = document.createRange();"
  " r.setStart(nodes[a], i - starts[a]); r.setEnd(nodes[b], i + q.length - starts[b]); found.push(r); }"
  "CSS.highlights.set('barua-found', new Highlight(...found));"
  "if (index < 0) return String(found.length);"
  "if (!found[index]) return '-1';"
  "const h = new Highlight(found[index]); h.priority = 1; CSS.highlights.set('barua-here', h);"
  "return String(Math.max(0, Math.round(found[index].getBoundingClientRect().top + window.scrollY))); })(%s, %d)";

struct _BaruaWebFrame
{
  GtkWidget                 parent_instance;
  WebKitWebView            *view;
  BaruaWebFocus            *focus;       /* of the view */
  const BaruaHtmlCallbacks *callbacks;
  gpointer                  user_data;
  char                     *waiting;     /* the document, until the walls stand */
  char                     *rest;        /* all of a page of which only the beginning is shown; NULL */
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
  gboolean                  quotes_shown;
  char                     *wanted;    /* what is looked for; NULL */
  char                     *link_uri;  /* that the pointer was over last, and its words */
  char                     *link_text;
};

G_DEFINE_FINAL_TYPE (BaruaWebFrame, barua_web_frame, GTK_TYPE_WIDGET)

static void queue_measure (BaruaWebFrame *self, guint ms);
static void load_all (BaruaWebFrame *self);

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
           int            page_height,
           gboolean       quotes)
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
  /* Its beginning is high enough for the view to be cut, else it is not enough. */
  if (self->rest != NULL && height <= limit)
    {
      load_all (self);
      return;
    }
  self->height = CLAMP (height, 1, limit);
  self->shown = TRUE;
  gtk_widget_set_opacity (GTK_WIDGET (self->view), 1.0);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  if (self->callbacks != NULL)
    self->callbacks->measured (GTK_WIDGET (self), self->height, height > limit, quotes, self->user_data);
  barua_web_walls_warm ();
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
  int inner = 0, width = 0, height = 0, quotes = 0;

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
  if (sscanf (text, "%d %d %d %d", &inner, &width, &height, &quotes) != 4)
    return;
  inner = (int)lround (inner * page_scale (self));
  /* The page may not have heard of its new width yet. */
  if (ABS (inner - self->width) > 2 && self->tries++ < BARUA_WEB_MEASURE_TRIES)
    {
      queue_measure (self, BARUA_WEB_MEASURE_MS);
      return;
    }
  take_size (self, (int)lround (width * page_scale (self)), height, quotes != 0);
}

static gboolean
measure_now (gpointer data)
{
  BaruaWebFrame *self = data;
  g_autofree char *script = NULL;

  self->measure_source = 0;
  if (!self->laid_out || self->width <= 0 || self->measuring)
    return G_SOURCE_REMOVE;
  self->measuring = TRUE;
  script = g_strdup_printf (measure_script, self->quotes_shown || self->look.whole);
  webkit_web_view_evaluate_javascript (self->view, script, -1, BARUA_WEB_WORLD, NULL, NULL, measured, g_object_ref (self));
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
    {
      const char *uri = webkit_uri_request_get_uri (request);
      gboolean same = g_strcmp0 (uri, self->link_uri) == 0;

      self->callbacks->activated (GTK_WIDGET (self), uri, same ? self->link_text : NULL, self->user_data);
    }
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
  const char *uri = webkit_hit_test_result_context_is_link (hit) ? webkit_hit_test_result_get_link_uri (hit) : NULL;

  if (uri != NULL)
    {
      g_set_str (&self->link_uri, uri);
      g_set_str (&self->link_text, webkit_hit_test_result_get_link_label (hit));
    }
  if (self->callbacks != NULL)
    self->callbacks->hovered (GTK_WIDGET (self), uri, self->user_data);
}

/* The link that Tab came to: its words are for the question before it is opened. What scrolls around the page shows it. */
static void
focus_moved (GtkWidget  *frame,
             const char *uri,
             const char *words,
             int         y)
{
  BaruaWebFrame *self = BARUA_WEB_FRAME (frame);

  if (uri != NULL)
    {
      g_set_str (&self->link_uri, uri);
      g_set_str (&self->link_text, words);
    }
  if (self->callbacks == NULL)
    return;
  self->callbacks->hovered (frame, uri, self->user_data);
  if (uri != NULL && self->callbacks->marked != NULL)
    self->callbacks->marked (frame, (int)(y * page_scale (self)), self->user_data);
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
  g_autoptr (WebKitWebView) view = NULL;
  GtkEventController *scroll;

  if (self->view == NULL)
    {
      view = barua_web_walls_take_view ();
      if (view == NULL)
        return;
      self->view = view;
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
      self->focus = barua_web_focus_new (GTK_WIDGET (self), self->view, focus_moved);
    }
  barua_web_focus_set_whole (self->focus, self->look.whole);
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

static gboolean
focus (GtkWidget        *widget,
       GtkDirectionType  direction)
{
  BaruaWebFrame *self = BARUA_WEB_FRAME (widget);

  return self->view != NULL && barua_web_focus_enter (self->focus, direction);
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
      barua_web_focus_drop (self->focus);
      g_clear_object (&self->focus);
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
  g_free (self->rest);
  g_free (self->family);
  g_free (self->link_uri);
  g_free (self->wanted);
  g_free (self->link_text);
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
  widget_class->focus = focus;
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

void
barua_web_frame_want_picture (BaruaWebFrame    *self,
                              const char       *address,
                              BaruaHtmlRequest *request)
{
  if (self->look.pictures && self->callbacks != NULL && self->callbacks->picture_wanted != NULL)
    self->callbacks->picture_wanted (GTK_WIDGET (self), address, request, self->user_data);
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
load_page (BaruaWebFrame *self,
           const char    *html)
{
  GdkRGBA paper;

  gtk_widget_get_color (GTK_WIDGET (self), &paper);
  g_free (self->waiting);
  self->waiting = barua_web_page_build (html, &self->look, &paper);
  start (self);
}

static void
load_all (BaruaWebFrame *self)
{
  g_autofree char *all = g_steal_pointer (&self->rest);

  load_page (self, all);
}

static void
load (GtkWidget           *widget,
      const char          *html,
      const BaruaHtmlLook *look)
{
  BaruaWebFrame *self = BARUA_WEB_FRAME (widget);
  gsize first = look->whole ? strlen (html) : barua_web_page_first_bytes (html, BARUA_WEB_FIRST_BYTES);
  g_autofree char *beginning = html[first] != '\0' ? g_strndup (html, first) : NULL;

  g_free (self->family);
  self->family = g_strdup (look->font_family);
  self->look = *look;
  self->look.font_family = self->family;
  self->look.font_px = look->font_px / text_scale (self);
  g_free (self->rest);
  self->rest = beginning != NULL ? g_strdup (html) : NULL;
  load_page (self, beginning != NULL ? beginning : html);
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

static void
set_quotes_shown (GtkWidget *widget,
                  gboolean   shown)
{
  BaruaWebFrame *self = BARUA_WEB_FRAME (widget);

  self->quotes_shown = shown;
  if (self->view != NULL)
    queue_measure (self, 0);
}

/* Find ------------------------------------------------------------------------------------------------------------- */

/* @text between quotes as a script can hold it, whatever is in it. (full) */
static char *
script_string (const char *text)
{
  g_autoptr (GString) literal = g_string_new ("\"");

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c < 0x80 && g_ascii_isalnum ((char)c))
        g_string_append_c (literal, (char)c);
      else
        g_string_append_printf (literal, "\\u{%x}", c);
    }
  g_string_append_c (literal, '"');
  return g_string_free (g_steal_pointer (&literal), FALSE);
}

static int
number_finish (GObject      *source,
               GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JSCValue) value = webkit_web_view_evaluate_javascript_finish (WEBKIT_WEB_VIEW (source), result, &error);
  g_autofree char *text = value != NULL ? jsc_value_to_string (value) : NULL;

  if (text == NULL)
    g_debug ("nothing could be looked for: %s", error->message);
  return text != NULL ? (int)g_ascii_strtoll (text, NULL, 10) : -1;
}

static void
found (GObject      *source,
       GAsyncResult *result,
       gpointer      user_data)
{
  g_autoptr (BaruaWebFrame) self = user_data;
  int n = number_finish (source, result);

  if (self->callbacks != NULL && self->callbacks->found != NULL)
    self->callbacks->found (GTK_WIDGET (self), (guint)MAX (n, 0), self->user_data);
}

static void
find (GtkWidget  *widget,
      const char *text)
{
  BaruaWebFrame *self = BARUA_WEB_FRAME (widget);
  g_autofree char *literal = script_string (text != NULL ? text : "");
  g_autofree char *script = g_strdup_printf (find_script, BARUA_LIMIT_FOUND, literal, -1);

  g_set_str (&self->wanted, text);

  if (self->view != NULL && self->laid_out)
    webkit_web_view_evaluate_javascript (self->view, script, -1, BARUA_WEB_WORLD, NULL, NULL, found, g_object_ref (self));
  else if (self->callbacks != NULL && self->callbacks->found != NULL)
    self->callbacks->found (widget, 0, self->user_data);
}

static void
marked (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (BaruaWebFrame) self = user_data;
  int y = number_finish (source, result);

  if (y >= 0 && self->view != NULL && self->callbacks != NULL && self->callbacks->marked != NULL)
    self->callbacks->marked (GTK_WIDGET (self), (int)(y * page_scale (self)), self->user_data);
}

static void
mark (GtkWidget *widget,
      guint      index)
{
  BaruaWebFrame *self = BARUA_WEB_FRAME (widget);
  g_autofree char *literal = script_string (self->wanted != NULL ? self->wanted : "");
  g_autofree char *script = g_strdup_printf (find_script, BARUA_LIMIT_FOUND, literal,
                                             index < BARUA_LIMIT_FOUND ? (int)index : (int)BARUA_LIMIT_FOUND);

  if (self->view != NULL && self->laid_out && self->wanted != NULL)
    webkit_web_view_evaluate_javascript (self->view, script, -1, BARUA_WEB_WORLD, NULL, NULL, marked, g_object_ref (self));
}

/* Print ------------------------------------------------------------------------------------------------------------ */

typedef struct
{
  BaruaWebFrame        *frame;
  GtkWindow            *parent;
  GFile                *pdf;
  WebKitPrintOperation *operation; /* once the page is there */
  BaruaHtmlPrintedFunc  printed;
  gpointer              user_data;
  GError               *error;
} Printing;

static gboolean
printing_over (gpointer data)
{
  Printing *printing = data;

  printing->frame->callbacks = NULL;
  printing->printed (printing->error, printing->user_data);
  g_object_run_dispose (G_OBJECT (printing->frame));
  g_object_unref (printing->frame);
  g_clear_object (&printing->parent);
  g_clear_object (&printing->pdf);
  g_clear_error (&printing->error);
  g_free (printing);
  return G_SOURCE_REMOVE;
}

static void
print_failed (WebKitPrintOperation *operation,
              GError               *error,
              Printing             *printing)
{
  g_clear_error (&printing->error);
  printing->error = g_error_copy (error);
}

static void
print_finished (WebKitPrintOperation *operation,
                Printing             *printing)
{
  g_object_unref (operation);
  /* Not from inside the signal. */
  g_idle_add (printing_over, printing);
}

static void
print_to_file (WebKitPrintOperation *operation,
               GFile                *pdf)
{
  g_autoptr (GtkPrintSettings) settings = gtk_print_settings_new ();
  g_autofree char *uri = g_file_get_uri (pdf);

  gtk_print_settings_set (settings, GTK_PRINT_SETTINGS_OUTPUT_URI, uri);
  gtk_print_settings_set (settings, GTK_PRINT_SETTINGS_OUTPUT_FILE_FORMAT, "pdf");
  /* GTK's own name of the printer that writes files, translated as GTK translates it. */
  gtk_print_settings_set_printer (settings, g_dgettext ("gtk40", "Print to File"));
  webkit_print_operation_set_print_settings (operation, settings);
  webkit_print_operation_print (operation);
}

static void
print_chosen (GObject      *dialog,
              GAsyncResult *result,
              gpointer      user_data)
{
  Printing *printing = user_data;
  GtkPrintSetup *setup = gtk_print_dialog_setup_finish (GTK_PRINT_DIALOG (dialog), result, &printing->error);

  if (setup == NULL)
    {
      if (g_error_matches (printing->error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
        g_clear_error (&printing->error);
      print_finished (printing->operation, printing);
      return;
    }
  webkit_print_operation_set_print_settings (printing->operation, gtk_print_setup_get_print_settings (setup));
  webkit_print_operation_set_page_setup (printing->operation, gtk_print_setup_get_page_setup (setup));
  webkit_print_operation_print (printing->operation);
  gtk_print_setup_unref (setup);
}

static void
print_now (WebKitWebView   *view,
           WebKitLoadEvent  event,
           Printing        *printing)
{
  g_autoptr (GtkPrintDialog) dialog = NULL;

  if (event != WEBKIT_LOAD_FINISHED)
    return;
  printing->operation = webkit_print_operation_new (view);
  g_signal_connect (printing->operation, "failed", G_CALLBACK (print_failed), printing);
  g_signal_connect (printing->operation, "finished", G_CALLBACK (print_finished), printing);
  if (printing->pdf != NULL)
    {
      print_to_file (printing->operation, printing->pdf);
      return;
    }
  /* Not webkit_print_operation_run_dialog(): WebKitGTK 2.54 destroys a dialog that Escape has destroyed already. */
  dialog = gtk_print_dialog_new ();
  gtk_print_dialog_setup (dialog, printing->parent, NULL, print_chosen, printing);
}

static void
print_page (const char               *html,
            const BaruaHtmlLook      *look,
            const BaruaHtmlCallbacks *callbacks,
            gpointer                  user_data,
            GtkWindow                *parent,
            GFile                    *pdf,
            BaruaHtmlPrintedFunc      printed)
{
  Printing *printing = g_new0 (Printing, 1);

  printing->frame = BARUA_WEB_FRAME (g_object_ref_sink (view_new (callbacks, user_data)));
  g_set_object (&printing->parent, parent);
  g_set_object (&printing->pdf, pdf);
  printing->printed = printed;
  printing->user_data = user_data;
  load (GTK_WIDGET (printing->frame), html, look);
  if (printing->frame->view == NULL)
    {
      printing->error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "there are no web views");
      g_idle_add (printing_over, printing);
      return;
    }
  g_signal_connect (printing->frame->view, "load-changed", G_CALLBACK (print_now), printing);
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
    .set_quotes_shown = set_quotes_shown,
    .find = find,
    .mark = mark,
    .print = print_page,
  };

  return &api;
}
