/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-message-row.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "barua-painted.h"
#include "barua-row-canvas.h"
#include "barua-words.h"

#define GAP          6
#define MAX_PEOPLE   4u
/* Of a line, in percent, for the folder of a hit. */
#define FOLDER_SHARE 40

struct _BaruaMessageRow
{
  GtkWidget         parent_instance;
  BaruaMessageItem *item;
  BaruaRowLook      look;
  BaruaRowMetrics   metrics;
  GtkIconPaintable *clip;
  GtkIconPaintable *star;
  GtkIconPaintable *outline;
  GtkIconPaintable *replied;
  GtkIconPaintable *forwarded;
  GtkIconPaintable *tick;
  GtkIconPaintable *read;
  GtkIconPaintable *unread;
  gboolean          hover;
  gboolean          selected;
  gboolean          covered;     /* acts stand over the date */
  int               swipe;       /* how far a finger has moved it to the start edge, px */
  gboolean          swipe_armed;
};

enum
{
  STAR_CLICKED,
  CLICKED,
  HELD,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaMessageRow, barua_message_row, GTK_TYPE_WIDGET)

static BaruaRow *
row_of (BaruaMessageRow *self)
{
  return self->item != NULL ? barua_message_item_get_row (self->item) : NULL;
}

/* Sender, recipients, or who takes part. (full) */
static char *
name_of (const BaruaRow     *row,
         const BaruaRowLook *look)
{
  return look->to_names ? g_strdup (row->to) : barua_words_people (row, MAX_PEOPLE);
}

/* A conversation is unread when any of it is. */
gboolean
barua_message_row_is_unread (const BaruaRow     *row,
                             const BaruaRowLook *look)
{
  return !(row->flags & BARUA_FLAG_SEEN) || (look->grouped && row->thread_unread > 0);
}

static char *
size_of (const BaruaRow *row)
{
  return barua_words_size (row->thread_size > 0 ? row->thread_size : row->size);
}

/* In Drafts all are. */
static gboolean
is_draft (const BaruaRow     *row,
          const BaruaRowLook *look)
{
  return ((row->flags & BARUA_FLAG_DRAFT) || (look->grouped && row->thread_draft)) && !look->to_names;
}

/* For the screen reader ------------------------------------------------------------------------------------------- */

/* What there is besides the text: "3 messages, has attachments, starred, replied". */
static void
append_marks (GString            *text,
              const BaruaRow     *row,
              const BaruaRowLook *look)
{
  g_autoptr (GStrvBuilder) parts = g_strv_builder_new ();
  g_auto (GStrv) strv = NULL;
  g_autofree char *joined = NULL;

  if (look->grouped && row->thread_count > 1)
    {
      g_autofree char *number = barua_words_number (row->thread_count);

      g_strv_builder_take (parts, g_strdup_printf (ngettext ("%s message", "%s messages", row->thread_count), number));
    }
  if (look->by_size)
    g_strv_builder_take (parts, size_of (row));
  /* Translators: marks of a message, read out one after the other: "3 messages, has attachments, starred". */
  if (row->has_attachment)
    g_strv_builder_add (parts, _("has attachments"));
  if (row->flags & BARUA_FLAG_FLAGGED)
    g_strv_builder_add (parts, _("starred"));
  if (row->flags & BARUA_FLAG_ANSWERED)
    g_strv_builder_add (parts, _("replied"));
  if (row->flags & BARUA_FLAG_FORWARDED)
    g_strv_builder_add (parts, _("forwarded"));
  strv = g_strv_builder_end (parts);
  if (*strv == NULL)
    return;
  /* Translators: between the marks of a message. */
  joined = g_strjoinv (_(", "), strv);
  g_string_append_printf (text, " %s.", joined);
}

char *
barua_message_row_dup_label (const BaruaRow     *row,
                             const BaruaRowLook *look)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *date = barua_words_date (row->date, look->now);
  g_autofree char *name = name_of (row, look);

  if (barua_message_row_is_unread (row, look))
    g_string_append_printf (text, "%s. ", _("Unread"));
  if (is_draft (row, look))
    g_string_append_printf (text, "%s. ", _("Draft"));
  g_string_append_printf (text, "%s. ", *name != '\0' ? name : _("(no recipient)"));
  g_string_append_printf (text, "%s. %s.", *row->subject != '\0' ? row->subject : _("(no subject)"), date);
  append_marks (text, row, look);
  if (look->folders != NULL && g_hash_table_contains (look->folders, &row->folder))
    {
      /* Translators: read out at the end of a message that was found; %s is the folder it is in. */
      g_autofree char *where = g_strdup_printf (_("In %s."), (const char *)g_hash_table_lookup (look->folders, &row->folder));

      g_string_append_printf (text, " %s", where);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Drawing ---------------------------------------------------------------------------------------------------------- */

/* UI.md 3: the theme's 55 % is too faint to be read all day. */
static GdkRGBA
dim_of (const GdkRGBA *ink)
{
  return barua_row_faded (ink, adw_style_manager_get_high_contrast (adw_style_manager_get_default ()) ? 0.9 : 0.72);
}

static GdkRGBA
standalone_of (AdwAccentColor accent)
{
  GdkRGBA colour;

  adw_accent_color_to_standalone_rgba (accent, adw_style_manager_get_dark (adw_style_manager_get_default ()), &colour);
  return colour;
}

static GdkRGBA
accent_colour (void)
{
  return standalone_of (adw_style_manager_get_accent_color (adw_style_manager_get_default ()));
}

static int
star_x (BaruaMessageRow *self,
        int              width)
{
  return width - self->metrics.end - self->metrics.icon;
}

/* Where a hit lies, when it may be elsewhere; NULL. */
static const char *
folder_of (BaruaMessageRow *self,
           const BaruaRow  *row)
{
  return self->look.folders != NULL ? g_hash_table_lookup (self->look.folders, &row->folder) : NULL;
}

static void
draw_first_line (BaruaRowCanvas *canvas,
                 const BaruaRow *row,
                 const GdkRGBA  *dim)
{
  BaruaMessageRow *self = BARUA_MESSAGE_ROW (canvas->widget);
  const BaruaRowMetrics *m = &self->metrics;
  gboolean unread = barua_message_row_is_unread (row, &self->look);
  g_autofree char *date = self->look.by_size ? size_of (row) : barua_words_date_row (row->date, self->look.now);
  g_autofree char *name = name_of (row, &self->look);
  const BaruaRowText date_text = { .size = BARUA_ROW_SMALL, .at_end = TRUE };
  const BaruaRowText name_text = { .size = 1.0, .bold = unread, .hits = BARUA_HIT_NAME };
  int end = canvas->width - m->end;

  if (self->covered)
    end -= barua_row_canvas_measure (canvas, date, BARUA_ROW_SMALL) + GAP;
  else
    end -= barua_row_canvas_text (canvas, date, m->text_x, end - m->text_x, m->baseline[0], &date_text,
                                  unread ? &canvas->ink : dim) +
           GAP;
  if (row->has_attachment)
    {
      end -= m->icon;
      barua_row_canvas_icon (canvas, self->clip, end, m->baseline[0], dim);
      end -= GAP;
    }
  barua_row_canvas_text (canvas, name, m->text_x, end - m->text_x, m->baseline[0], &name_text, &canvas->ink);
}

/* From the end edge: star, number of messages, forwarded, replied, and without previews the folder. Returns where they begin. */
static int
draw_marks (BaruaRowCanvas *canvas,
            const BaruaRow *row,
            const GdkRGBA  *dim)
{
  BaruaMessageRow *self = BARUA_MESSAGE_ROW (canvas->widget);
  const BaruaRowMetrics *m = &self->metrics;
  const char *folder = m->n_previews == 0 ? folder_of (self, row) : NULL;
  gboolean starred = (row->flags & BARUA_FLAG_FLAGGED) != 0;
  /* The star's place is its own, there or not: words don't move when the pointer comes. */
  int end = star_x (self, canvas->width) - GAP;

  if (starred || self->hover)
    {
      GdkRGBA yellow = standalone_of (ADW_ACCENT_COLOR_YELLOW);

      barua_row_canvas_icon (canvas, starred ? self->star : self->outline, star_x (self, canvas->width), m->baseline[1],
                             starred ? &yellow : dim);
    }
  if (self->look.grouped && row->thread_count > 1)
    end = barua_row_canvas_count (canvas, row->thread_count, end, m->baseline[1],
                                  barua_message_row_is_unread (row, &self->look) ? &canvas->ink : dim) -
          GAP;
  if (row->flags & BARUA_FLAG_FORWARDED)
    {
      end -= m->icon;
      barua_row_canvas_icon (canvas, self->forwarded, end, m->baseline[1], dim);
      end -= GAP;
    }
  if (row->flags & BARUA_FLAG_ANSWERED)
    {
      end -= m->icon;
      barua_row_canvas_icon (canvas, self->replied, end, m->baseline[1], dim);
      end -= GAP;
    }
  if (folder != NULL)
    {
      const BaruaRowText text = { .size = BARUA_ROW_SMALL, .at_end = TRUE };
      int room = (end - m->text_x) * FOLDER_SHARE / 100;

      end -= barua_row_canvas_text (canvas, folder, end - room, room, m->baseline[1], &text, dim) + GAP;
    }
  return end;
}

static void
draw_second_line (BaruaRowCanvas *canvas,
                  const BaruaRow *row,
                  const GdkRGBA  *dim)
{
  BaruaMessageRow *self = BARUA_MESSAGE_ROW (canvas->widget);
  const BaruaRowMetrics *m = &self->metrics;
  gboolean has_subject = *row->subject != '\0';
  const BaruaRowText draft = { .size = 1.0 };
  const BaruaRowText subject = { 1.0, barua_message_row_is_unread (row, &self->look), FALSE,
                                 has_subject ? BARUA_HIT_SUBJECT : 0 };
  int end = draw_marks (canvas, row, dim);
  int start = m->text_x;

  if (is_draft (row, &self->look))
    {
      GdkRGBA accent = accent_colour ();

      start += barua_row_canvas_text (canvas, _("Draft"), start, end - start, m->baseline[1], &draft, &accent) + GAP;
    }
  barua_row_canvas_text (canvas, has_subject ? row->subject : _("(no subject)"), start, end - start, m->baseline[1], &subject,
                         has_subject ? &canvas->ink : dim);
}

/* Where the first of several lines of @text ends, in bytes; its length when one is enough. */
static int
first_line_length (BaruaMessageRow *self,
                   const char      *text,
                   int              width)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  PangoLayoutLine *second;

  pango_attr_list_insert (attributes, pango_attr_scale_new (BARUA_ROW_PREVIEW));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_width (layout, width * PANGO_SCALE);
  second = pango_layout_get_line_readonly (layout, 1);
  return second != NULL ? pango_layout_line_get_start_index (second) : (int)strlen (text);
}

/* The folder stands before the first line: where that begins then. */
static int
draw_folder (BaruaRowCanvas *canvas,
             const BaruaRow *row,
             const GdkRGBA  *dim)
{
  BaruaMessageRow *self = BARUA_MESSAGE_ROW (canvas->widget);
  const BaruaRowMetrics *m = &self->metrics;
  const BaruaRowText how = { .size = BARUA_ROW_PREVIEW };
  const char *folder = folder_of (self, row);
  int room = (canvas->width - m->text_x - m->end) * FOLDER_SHARE / 100;
  int x = m->text_x;

  if (folder == NULL || room <= 0)
    return x;
  x += barua_row_canvas_text (canvas, folder, x, room, m->baseline[2], &how, dim) + GAP;
  return *row->preview == '\0' ? x : x + barua_row_canvas_text (canvas, "·", x, room, m->baseline[2], &how, dim) + GAP;
}

/* The lines stand on their own baselines, not on what the script would need; the last one carries the ellipsis. */
static void
draw_previews (BaruaRowCanvas *canvas,
               const BaruaRow *row,
               const GdkRGBA  *dim)
{
  BaruaMessageRow *self = BARUA_MESSAGE_ROW (canvas->widget);
  const BaruaRowMetrics *m = &self->metrics;
  const BaruaRowText how = { .size = BARUA_ROW_PREVIEW, .hits = BARUA_HIT_PREVIEW };
  int end = canvas->width - m->end;
  g_autofree char *first = NULL;
  int x, length;

  if (m->n_previews == 0 || end <= m->text_x)
    return;
  x = draw_folder (canvas, row, dim);
  length = m->n_previews > 1 && *row->preview != '\0' ? first_line_length (self, row->preview, MAX (end - x, 1))
                                                      : (int)strlen (row->preview);
  first = g_strndup (row->preview, (gsize)length);
  barua_row_canvas_text (canvas, g_strchomp (first), x, end - x, m->baseline[2], &how, dim);
  if (row->preview[length] != '\0')
    barua_row_canvas_text (canvas, row->preview + length, m->text_x, end - m->text_x, m->baseline[3], &how, dim);
}

/* What a finger lays open at the end edge: what letting go will do, in a colour once it will. */
static void
draw_swipe (BaruaRowCanvas *canvas,
            const BaruaRow *row,
            const GdkRGBA  *dim)
{
  BaruaMessageRow *self = BARUA_MESSAGE_ROW (canvas->widget);
  const BaruaRowMetrics *m = &self->metrics;
  const BaruaRowText how = { .size = 1.0 };
  GdkRGBA accent = accent_colour ();
  GdkRGBA ground = self->swipe_armed ? barua_row_faded (&accent, 0.25) : barua_row_faded (&canvas->ink, 0.08);
  gboolean unread = barua_message_row_is_unread (row, &self->look);
  int baseline = m->height / 2 + (int)lround (0.35 * m->em);
  int x = canvas->width - self->swipe + GAP;

  barua_row_canvas_ground (canvas, self->swipe - GAP / 2, &ground);
  barua_row_canvas_icon (canvas, unread ? self->read : self->unread, x, baseline, self->swipe_armed ? &canvas->ink : dim);
  x += m->icon + GAP;
  barua_row_canvas_text (canvas, unread ? _("Read") : _("Unread"), x, canvas->width - x - GAP, baseline, &how,
                         self->swipe_armed ? &canvas->ink : dim);
}

static void
draw_row (BaruaRowCanvas *canvas,
          const BaruaRow *row,
          const GdkRGBA  *dim)
{
  BaruaMessageRow *self = BARUA_MESSAGE_ROW (canvas->widget);
  GdkRGBA accent = accent_colour ();

  if (self->look.selecting && self->selected)
    barua_row_canvas_tick (canvas, self->tick, &accent);
  else if (barua_message_row_is_unread (row, &self->look))
    barua_row_canvas_dot (canvas, &accent);
  draw_first_line (canvas, row, dim);
  draw_second_line (canvas, row, dim);
  draw_previews (canvas, row, dim);
}

/* All rows of a list are of its font; a context of text for each of two hundred would be made for nothing else. */
static void
update_metrics (BaruaMessageRow *self)
{
  GtkWidget *list = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_LIST_VIEW);

  barua_row_metrics_init (&self->metrics, barua_row_metrics_get_em (list != NULL ? list : GTK_WIDGET (self)),
                          self->look.density, self->look.n_previews);
}

static GtkIconPaintable *
look_up (GtkWidget  *widget,
         const char *name,
         int         size)
{
  return gtk_icon_theme_lookup_icon (gtk_icon_theme_get_for_display (gtk_widget_get_display (widget)), name, NULL, size,
                                     gtk_widget_get_scale_factor (widget), gtk_widget_get_direction (widget), 0);
}

static void
drop_icons (BaruaMessageRow *self)
{
  g_clear_object (&self->clip);
  g_clear_object (&self->star);
  g_clear_object (&self->outline);
  g_clear_object (&self->replied);
  g_clear_object (&self->forwarded);
  g_clear_object (&self->tick);
  g_clear_object (&self->read);
  g_clear_object (&self->unread);
}

/* When they are first drawn: most rows never are. */
static void
load_icons (BaruaMessageRow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  update_metrics (self);
  drop_icons (self);
  self->clip = look_up (widget, "mail-attachment-symbolic", self->metrics.icon);
  self->star = look_up (widget, "starred-symbolic", self->metrics.icon);
  self->outline = look_up (widget, "non-starred-symbolic", self->metrics.icon);
  self->replied = look_up (widget, "mail-reply-sender-symbolic", self->metrics.icon);
  self->forwarded = look_up (widget, "mail-forward-symbolic", self->metrics.icon);
  self->tick = look_up (widget, "object-select-symbolic", MIN (self->metrics.icon, 2 * self->metrics.dot_x));
  self->read = look_up (widget, "mail-read-symbolic", self->metrics.icon);
  self->unread = look_up (widget, "mail-unread-symbolic", self->metrics.icon);
}

static void
barua_message_row_snapshot (GtkWidget   *widget,
                            GtkSnapshot *snapshot)
{
  BaruaMessageRow *self = BARUA_MESSAGE_ROW (widget);
  BaruaRow *row = row_of (self);
  BaruaRowCanvas canvas = { .widget = widget,
                            .snapshot = snapshot,
                            .metrics = &self->metrics,
                            .width = gtk_widget_get_width (widget),
                            .rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL,
                            .needles = self->look.needles };
  GdkRGBA dim, accent = accent_colour ();

  if (self->clip == NULL)
    load_icons (self);
  gtk_widget_get_color (widget, &canvas.ink);
  canvas.mark = barua_row_faded (&accent, 0.25);
  if (row == NULL)
    {
      barua_row_canvas_bars (&canvas);
      return;
    }
  dim = dim_of (&canvas.ink);
  if (self->swipe == 0)
    draw_row (&canvas, row, &dim);
  else
    {
      graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float)canvas.width, (float)self->metrics.height);

      gtk_snapshot_push_clip (snapshot, &bounds);
      draw_swipe (&canvas, row, &dim);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float)(canvas.rtl ? self->swipe : -self->swipe), 0));
      draw_row (&canvas, row, &dim);
      gtk_snapshot_pop (snapshot);
    }
  barua_painted_row (widget, row->id);
}

/* Widget ----------------------------------------------------------------------------------------------------------- */

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
  BaruaMessageRow *self = BARUA_MESSAGE_ROW (widget);

  update_metrics (self);
  if (orientation == GTK_ORIENTATION_VERTICAL)
    *minimum = *natural = self->metrics.height;
  else
    {
      *minimum = self->metrics.text_x + self->metrics.end + (int)(6 * self->metrics.em);
      *natural = (int)(20 * self->metrics.em);
    }
}

static void
css_changed (GtkWidget         *widget,
             GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (barua_message_row_parent_class)->css_changed (widget, change);
  drop_icons (BARUA_MESSAGE_ROW (widget));
  gtk_widget_queue_resize (widget);
}

static void
hover_entered (GtkEventControllerMotion *motion,
               double                    x,
               double                    y,
               BaruaMessageRow          *self)
{
  self->hover = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
hover_left (GtkEventControllerMotion *motion,
            BaruaMessageRow          *self)
{
  self->hover = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
is_on_star (BaruaMessageRow *self,
            double           x,
            double           y)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  double from_start = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL ? width - x : x;
  int middle = self->metrics.baseline[1] - (int)(0.35 * self->metrics.em);

  return from_start >= star_x (self, width) - GAP && ABS (y - middle) <= self->metrics.em;
}

/* Control and Shift select more: the list's own business. */
static gboolean
is_extending (GtkGestureClick *gesture)
{
  return (gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture)) &
          (GDK_CONTROL_MASK | GDK_SHIFT_MASK)) != 0;
}

static void
pressed (GtkGestureClick *gesture,
         int              n_press,
         double           x,
         double           y,
         BaruaMessageRow *self)
{
  gboolean on_star = is_on_star (self, x, y);

  if (!on_star && (!self->look.toggling || is_extending (gesture)))
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  if (on_star)
    g_signal_emit (self, signals[STAR_CLICKED], 0);
}

static void
released (GtkGestureClick *gesture,
          int              n_press,
          double           x,
          double           y,
          BaruaMessageRow *self)
{
  if ((n_press == 1 || self->look.toggling) && !is_on_star (self, x, y) && !is_extending (gesture))
    g_signal_emit (self, signals[CLICKED], 0);
}

static void
held (GtkGestureLongPress *gesture,
      double               x,
      double               y,
      BaruaMessageRow     *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  g_signal_emit (self, signals[HELD], 0);
}

static void
barua_message_row_dispose (GObject *object)
{
  BaruaMessageRow *self = BARUA_MESSAGE_ROW (object);

  barua_message_row_unbind (self);
  drop_icons (self);
  G_OBJECT_CLASS (barua_message_row_parent_class)->dispose (object);
}

static void
barua_message_row_class_init (BaruaMessageRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_message_row_dispose;
  widget_class->get_request_mode = get_request_mode;
  widget_class->measure = measure;
  widget_class->snapshot = barua_message_row_snapshot;
  widget_class->css_changed = css_changed;
  gtk_widget_class_set_css_name (widget_class, "messagerow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
  signals[STAR_CLICKED] =
    g_signal_new ("star-clicked", BARUA_TYPE_MESSAGE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[HELD] = g_signal_new ("held", BARUA_TYPE_MESSAGE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CLICKED] = g_signal_new ("clicked", BARUA_TYPE_MESSAGE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
barua_message_row_init (BaruaMessageRow *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *hold = gtk_gesture_long_press_new ();

  self->look.n_previews = 1;
  g_signal_connect (motion, "enter", G_CALLBACK (hover_entered), self);
  g_signal_connect (motion, "leave", G_CALLBACK (hover_left), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_BUBBLE);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed), self);
  g_signal_connect (click, "released", G_CALLBACK (released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (hold), TRUE);
  g_signal_connect (hold, "pressed", G_CALLBACK (held), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (hold));
}

GtkWidget *
barua_message_row_new (void)
{
  return g_object_new (BARUA_TYPE_MESSAGE_ROW, NULL);
}

void
barua_message_row_bind (BaruaMessageRow  *self,
                        BaruaMessageItem *item)
{
  barua_message_row_unbind (self);
  self->swipe = 0;
  self->covered = FALSE;
  self->item = g_object_ref (item);
  g_signal_connect_object (item, "notify::row", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
barua_message_row_unbind (BaruaMessageRow *self)
{
  if (self->item == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->item, self);
  g_clear_object (&self->item);
}

BaruaMessageItem *
barua_message_row_get_item (BaruaMessageRow *self)
{
  return self->item;
}

void
barua_message_row_set_look (BaruaMessageRow    *self,
                            const BaruaRowLook *look)
{
  gboolean new_height = self->look.density != look->density || self->look.n_previews != look->n_previews;

  self->look = *look;
  if (new_height)
    gtk_widget_queue_resize (GTK_WIDGET (self));
  else
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

const BaruaRowLook *
barua_message_row_get_look (BaruaMessageRow *self)
{
  return &self->look;
}

void
barua_message_row_set_selected (BaruaMessageRow *self,
                                gboolean         selected)
{
  if (self->selected == selected)
    return;
  self->selected = selected;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
barua_message_row_set_covered (BaruaMessageRow *self,
                               gboolean         covered)
{
  self->covered = covered;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
barua_message_row_set_swipe (BaruaMessageRow *self,
                             int              px,
                             gboolean         armed)
{
  self->swipe = px;
  self->swipe_armed = armed;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
