/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-web-focus.h"

#include <string.h>

#include "barua-limits.h"
#include "barua-web-page.h"

struct _BaruaWebFocus
{
  GObject            parent_instance;
  GtkWidget         *frame; /* NULL after drop */
  WebKitWebView     *view;
  BaruaWebFocusFunc  moved;
  guint              serial;    /* of the steps that count */
  guint              n_waiting; /* of those */
  gint64             since;     /* the oldest of them; monotonic */
  gboolean           whole;
};

G_DEFINE_FINAL_TYPE (BaruaWebFocus, barua_web_focus, G_TYPE_OBJECT)

/* One link on or back, from where the focus is, or from where was clicked last. What can't take the focus (in a folded quote,
 * hidden, below what is shown of the page) is passed over. Answers "": out; "page": nothing to stop at; else its place, address
 * and words, a line each. */
static const char step_script[] =
  "((step, entering, whole) => {"
  "const p = document.getElementById('page'), here = document.activeElement, s = getSelection();"
  "const stops = [...p.querySelectorAll('a[href]')];"
  "let at = stops.indexOf(here);"
  "if (entering) at = step > 0 ? -1 : stops.length;"
  "else if (at < 0 && s.anchorNode && p.contains(s.anchorNode)) {"
  " const n = stops.findIndex((e) => s.anchorNode.compareDocumentPosition(e) & 4), next = n < 0 ? stops.length : n;"
  " at = step > 0 ? next - 1 : next; }"
  "else if (at < 0) at = step > 0 ? -1 : 0;"
  "for (at += step; at >= 0 && at < stops.length; at += step) {"
  " const e = stops[at], r = e.getBoundingClientRect(), y = r.top + window.scrollY;"
  " if (!e.getClientRects().length || (!whole && y >= window.innerHeight)) continue;"
  " e.focus({ preventScroll: !whole });"
  " if (document.activeElement != e) continue;"
  " if (!whole && (r.left < 0 || r.right > window.innerWidth)) window.scrollBy(r.left - 8, 0);"
  " return [Math.floor(y), e.href, e.textContent.slice(0, 2048)].join('\\n'); }"
  "if (here && here != document.body) here.blur();"
  "return entering ? 'page' : ''; })(%d, %s, %s)";

/* Inside ----------------------------------------------------------------------------------------------------------- */

static gboolean
has_focus (BaruaWebFocus *self)
{
  GtkRoot *root = gtk_widget_get_root (self->frame);

  return root != NULL && gtk_root_get_focus (root) == GTK_WIDGET (self->view);
}

static void
set_focused (BaruaWebFocus *self,
             gboolean       focused)
{
  if (focused)
    gtk_widget_add_css_class (self->frame, "focused");
  else
    gtk_widget_remove_css_class (self->frame, "focused");
}

/* To the next widget of the window, or the one before; from its last to its first. */
static void
go_on (BaruaWebFocus    *self,
       GtkDirectionType  direction)
{
  GtkRoot *root = gtk_widget_get_root (self->frame);

  if (root != NULL)
    g_signal_emit_by_name (root, "move-focus", direction);
}

typedef struct
{
  BaruaWebFocus    *focus;
  GtkDirectionType  direction;
  guint             serial;
} Step;

static void
take_place (BaruaWebFocus *self,
            char          *answer)
{
  char *uri = strchr (answer, '\n');
  char *words = uri != NULL ? strchr (uri + 1, '\n') : NULL;

  if (words == NULL)
    return;
  *uri++ = '\0';
  *words++ = '\0';
  set_focused (self, FALSE);
  self->moved (self->frame, uri, words, (int)CLAMP (g_ascii_strtoll (answer, NULL, 10), 0, G_MAXINT));
}

static void
stepped (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autofree Step *step = user_data;
  g_autoptr (BaruaWebFocus) self = step->focus;
  g_autoptr (GError) error = NULL;
  g_autoptr (JSCValue) value = webkit_web_view_evaluate_javascript_finish (WEBKIT_WEB_VIEW (source), result, &error);
  g_autofree char *answer = value != NULL ? jsc_value_to_string (value) : NULL;

  if (self->frame == NULL || step->serial != self->serial)
    return;
  self->n_waiting--;
  self->since = g_get_monotonic_time ();
  if (error != NULL)
    g_debug ("the page says nothing of its links: %s", error->message);
  /* It went out with the key before. */
  if (!has_focus (self) || answer == NULL || *answer == '\0')
    go_on (self, step->direction);
  else if (g_str_equal (answer, "page"))
    set_focused (self, TRUE);
  else
    take_place (self, answer);
}

static void
ask (BaruaWebFocus    *self,
     GtkDirectionType  direction,
     gboolean          entering)
{
  g_autofree char *script = g_strdup_printf (step_script, direction == GTK_DIR_TAB_BACKWARD ? -1 : 1, entering ? "true" : "false",
                                             self->whole ? "true" : "false");
  Step *step = g_new0 (Step, 1);

  if (self->n_waiting++ == 0)
    self->since = g_get_monotonic_time ();
  step->focus = g_object_ref (self);
  step->direction = direction;
  step->serial = self->serial;
  webkit_web_view_evaluate_javascript (self->view, script, -1, BARUA_WEB_WORLD, NULL, NULL, stepped, step);
}

static void
tab (BaruaWebFocus    *self,
     GtkDirectionType  direction)
{
  if (self->n_waiting == 0 || g_get_monotonic_time () - self->since < BARUA_WEB_FOCUS_MS * G_TIME_SPAN_MILLISECOND)
    {
      ask (self, direction, FALSE);
      return;
    }
  self->serial++;
  self->n_waiting = 0;
  go_on (self, direction);
}

/* Around ----------------------------------------------------------------------------------------------------------- */

/* GtkScrollType for the keys that scroll; NONE. */
static GtkScrollType
scroll_of_key (guint keyval)
{
  switch (keyval)
    {
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      return GTK_SCROLL_STEP_BACKWARD;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      return GTK_SCROLL_STEP_FORWARD;
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
      return GTK_SCROLL_PAGE_BACKWARD;
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
      return GTK_SCROLL_PAGE_FORWARD;
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      return GTK_SCROLL_START;
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      return GTK_SCROLL_END;
    default:
      return GTK_SCROLL_NONE;
    }
}

static gboolean
scroll (BaruaWebFocus *self,
        guint          keyval)
{
  GtkWidget *outer = gtk_widget_get_ancestor (self->frame, GTK_TYPE_SCROLLED_WINDOW);
  GtkScrollType type = scroll_of_key (keyval);
  gboolean scrolled = FALSE;

  if (outer == NULL || self->whole || type == GTK_SCROLL_NONE)
    return GDK_EVENT_PROPAGATE;
  g_signal_emit_by_name (outer, "scroll-child", type, FALSE, &scrolled);
  return GDK_EVENT_STOP;
}

static gboolean
key_pressed (GtkEventControllerKey *controller,
             guint                  keyval,
             guint                  keycode,
             GdkModifierType        state,
             BaruaWebFocus         *self)
{
  GdkModifierType held = state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK | GDK_SHIFT_MASK);

  if (self->frame == NULL)
    return GDK_EVENT_PROPAGATE;
  if ((held & ~GDK_SHIFT_MASK) == 0 && (keyval == GDK_KEY_Tab || keyval == GDK_KEY_KP_Tab || keyval == GDK_KEY_ISO_Left_Tab))
    {
      tab (self, held != 0 || keyval == GDK_KEY_ISO_Left_Tab ? GTK_DIR_TAB_BACKWARD : GTK_DIR_TAB_FORWARD);
      return GDK_EVENT_STOP;
    }
  return held == 0 ? scroll (self, keyval) : GDK_EVENT_PROPAGATE;
}

static void
focus_came (GtkEventControllerFocus *controller,
            BaruaWebFocus           *self)
{
  GtkRoot *root = self->frame != NULL ? gtk_widget_get_root (self->frame) : NULL;

  if (root != NULL)
    set_focused (self, GTK_IS_WINDOW (root) && gtk_window_get_focus_visible (GTK_WINDOW (root)));
}

static void
focus_left (GtkEventControllerFocus *controller,
            BaruaWebFocus           *self)
{
  if (self->frame == NULL)
    return;
  set_focused (self, FALSE);
  self->moved (self->frame, NULL, NULL, 0);
}

/* Object ----------------------------------------------------------------------------------------------------------- */

static void
barua_web_focus_class_init (BaruaWebFocusClass *klass)
{
}

static void
barua_web_focus_init (BaruaWebFocus *self)
{
}

BaruaWebFocus *
barua_web_focus_new (GtkWidget         *frame,
                     WebKitWebView     *view,
                     BaruaWebFocusFunc  moved)
{
  BaruaWebFocus *self = g_object_new (BARUA_TYPE_WEB_FOCUS, NULL);
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->frame = frame;
  self->view = view;
  self->moved = moved;
  /* Before WebKit, which answers later and is never done with Tab. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed), self, 0);
  gtk_widget_add_controller (frame, keys);
  g_signal_connect_object (focus, "enter", G_CALLBACK (focus_came), self, 0);
  g_signal_connect_object (focus, "leave", G_CALLBACK (focus_left), self, 0);
  gtk_widget_add_controller (frame, focus);
  return self;
}

void
barua_web_focus_drop (BaruaWebFocus *self)
{
  self->frame = NULL;
  self->view = NULL;
}

void
barua_web_focus_set_whole (BaruaWebFocus *self,
                           gboolean       whole)
{
  self->whole = whole;
}

gboolean
barua_web_focus_enter (BaruaWebFocus    *self,
                       GtkDirectionType  direction)
{
  if (has_focus (self) || !gtk_widget_grab_focus (GTK_WIDGET (self->view)))
    return FALSE;
  if (direction == GTK_DIR_TAB_FORWARD || direction == GTK_DIR_TAB_BACKWARD)
    ask (self, direction, TRUE);
  return TRUE;
}
