/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window's rows as they are painted: their heights in every script, the contrast of every text, and what a finger does. High
 * contrast is the environment's (ADW_DEBUG_HIGH_CONTRAST): the test runs once with it and once without. */
#include "config.h"

#include <adwaita.h>
#include <libdex.h>
#include <locale.h>
#include <math.h>

#include "barua-message-row.h"
#include "barua-search-strip.h"
#include "barua-window.h"
#include "fake-engine.h"

#define N_ROWS   40u
#define SCALE    3
/* WCAG 2.2, 1.4.3. */
#define CONTRAST 4.5

static AdwApplication *application;
static BaruaEngine *engine;

/* Helpers ---------------------------------------------------------------------------------------------------------- */

static void
spin (guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (2000);
}

typedef struct
{
  GType      type;
  GPtrArray *found;
} Search;

static void
collect (GtkWidget *widget,
         Search    *search)
{
  if (!gtk_widget_get_mapped (widget) || !gtk_widget_get_child_visible (widget))
    return;
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, search->type))
    g_ptr_array_add (search->found, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    collect (child, search);
}

/* What is on screen of @type, borrowed. */
static GPtrArray *
list_widgets (GtkWidget *top,
              GType      type)
{
  Search search = { type, g_ptr_array_new () };

  collect (top, &search);
  return search.found;
}

static GtkListView *
find_messages (GtkWidget *top)
{
  g_autoptr (GPtrArray) views = list_widgets (top, GTK_TYPE_LIST_VIEW);

  for (guint i = 0; i < views->len; i++)
    if (gtk_widget_has_css_class (g_ptr_array_index (views, i), "messages"))
      return g_ptr_array_index (views, i);
  g_assert_not_reached ();
}

static gboolean
has_rows (GtkWidget *top,
          guint      at_least)
{
  g_autoptr (GPtrArray) rows = list_widgets (top, BARUA_TYPE_MESSAGE_ROW);
  guint n = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      BaruaMessageItem *item = barua_message_row_get_item (g_ptr_array_index (rows, i));

      n += item != NULL && barua_message_item_get_row (item) != NULL;
    }
  return n >= at_least;
}

static GtkWidget *
open_window (void)
{
  BaruaWindow *window = barua_window_new (application);

  engine = barua_engine_new (g_get_tmp_dir (), BARUA_ENGINE_DEFAULT, NULL);
  fake_engine_fill (engine, N_ROWS, g_get_real_time () / G_USEC_PER_SEC - 60);
  fake_engine_set_status (engine, BARUA_STATUS_IDLE, 0);
  barua_window_set_engine (window, engine);
  gtk_window_present (GTK_WINDOW (window));
  for (guint i = 0; i < 500 && !has_rows (GTK_WIDGET (window), 5); i++)
    spin (20);
  g_assert_true (has_rows (GTK_WIDGET (window), 5));
  return GTK_WIDGET (window);
}

static void
close_window (GtkWidget *window)
{
  gtk_window_destroy (GTK_WINDOW (window));
  spin (50);
  g_clear_object (&engine);
}

/* A picture of a widget and all that is below it, larger than on screen, so that strokes are whole pixels wide. */
typedef struct
{
  guchar *data; /* RGBA, not premultiplied */
  int     width;
  int     height;
} Picture;

static void
picture_clear (Picture *picture)
{
  g_clear_pointer (&picture->data, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Picture, picture_clear)

/* What it was painted with last; NULL: not since it was changed. */
static GskRenderNode *
dup_node (GtkWidget *widget)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  gtk_snapshot_scale (snapshot, SCALE, SCALE);
  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  return gtk_snapshot_free_to_node (snapshot);
}

static void
paint (GtkWidget *widget,
       Picture   *picture)
{
  g_autoptr (GskRenderNode) node = dup_node (widget);
  g_autoptr (GdkTexture) texture = NULL;
  g_autoptr (GdkTextureDownloader) downloader = NULL;

  for (guint i = 0; i < 500 && node == NULL; i++)
    {
      spin (20);
      node = dup_node (widget);
    }
  g_assert_nonnull (node);
  picture->width = gtk_widget_get_width (widget) * SCALE;
  picture->height = gtk_widget_get_height (widget) * SCALE;
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (widget)), node,
                                         &GRAPHENE_RECT_INIT (0, 0, (float)picture->width, (float)picture->height));
  picture->data = g_malloc0 ((gsize)picture->width * (gsize)picture->height * 4);
  downloader = gdk_texture_downloader_new (texture);
  gdk_texture_downloader_set_format (downloader, GDK_MEMORY_R8G8B8A8);
  gdk_texture_downloader_download_into (downloader, picture->data, (gsize)picture->width * 4);
}

static guint32
pixel (const Picture *picture,
       int            x,
       int            y)
{
  const guchar *p = picture->data + ((gsize)y * (gsize)picture->width + (gsize)x) * 4;

  return ((guint32)p[0] << 16) | ((guint32)p[1] << 8) | p[2];
}

static double
luminance (guint32 colour)
{
  double sum = 0;
  const double weights[] = { 0.2126, 0.7152, 0.0722 };

  for (guint i = 0; i < 3; i++)
    {
      double part = ((colour >> (16 - 8 * i)) & 0xFF) / 255.0;

      sum += weights[i] * (part <= 0.04045 ? part / 12.92 : pow ((part + 0.055) / 1.055, 2.4));
    }
  return sum;
}

static double
contrast (guint32 a,
          guint32 b)
{
  double x = luminance (a), y = luminance (b);

  return (MAX (x, y) + 0.05) / (MIN (x, y) + 0.05);
}

typedef struct
{
  guint32 ground;
  guint32 ink;
  guint32 mark;   /* the next most: what stands behind a hit */
} Colours;

/* The ground is what is most of the part; the ink what differs most from it, and not in a few pixels only. FALSE: no text. */
static gboolean
measure_part (const Picture         *picture,
              const graphene_rect_t *part,
              Colours               *colours)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (NULL, NULL);
  int left = MAX ((int)(part->origin.x * SCALE), 0), top = MAX ((int)(part->origin.y * SCALE), 0);
  int right = MIN ((int)((part->origin.x + part->size.width) * SCALE), picture->width);
  int bottom = MIN ((int)((part->origin.y + part->size.height) * SCALE), picture->height);
  GHashTableIter iter;
  gpointer key, value;
  guint most = 0;
  double best = 0;

  for (int y = top; y < bottom; y++)
    for (int x = left; x < right; x++)
      {
        gpointer colour = GUINT_TO_POINTER (pixel (picture, x, y) + 1);

        g_hash_table_insert (counts, colour, GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (counts, colour)) + 1));
      }
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (GPOINTER_TO_UINT (value) > most)
      {
        most = GPOINTER_TO_UINT (value);
        colours->ground = GPOINTER_TO_UINT (key) - 1;
      }
  most = 0;
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (GPOINTER_TO_UINT (value) > most && GPOINTER_TO_UINT (key) - 1 != colours->ground)
      {
        most = GPOINTER_TO_UINT (value);
        colours->mark = GPOINTER_TO_UINT (key) - 1;
      }
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      double found = contrast (GPOINTER_TO_UINT (key) - 1, colours->ground);

      if (GPOINTER_TO_UINT (value) < 6 || found <= best)
        continue;
      best = found;
      colours->ink = GPOINTER_TO_UINT (key) - 1;
    }
  return best > 1.2;
}

static guint n_checked;

static void
check_part (const Picture         *picture,
            const graphene_rect_t *part,
            const char            *what)
{
  Colours colours = { 0 };

  if (!measure_part (picture, part, &colours))
    return;
  n_checked++;
  if (contrast (colours.ink, colours.ground) >= CONTRAST)
    return;
  g_test_message ("%s: #%06x on #%06x is %.2f", what, colours.ink, colours.ground, contrast (colours.ink, colours.ground));
  g_test_fail ();
}

/* The letters that were looked for stand on a ground of their own, and are there. */
static void
check_hit (const Picture         *picture,
           const graphene_rect_t *part,
           const char            *what)
{
  Colours colours = { 0 };

  g_assert_true (measure_part (picture, part, &colours));
  g_assert_cmphex (colours.mark, !=, colours.ink);
  g_test_message ("%s: #%06x on the mark #%06x is %.2f", what, colours.ink, colours.mark, contrast (colours.ink, colours.mark));
  if (contrast (colours.ink, colours.mark) < CONTRAST || contrast (colours.mark, colours.ground) < 1.05)
    g_test_fail ();
}

/* Heights ---------------------------------------------------------------------------------------------------------- */

static const struct
{
  const char *name;
  const char *subject;
} scripts[] = {
  { "Åsa Ğül Ỹ", "Ǻgjpqy: the quick brown fox" },
  { "లక్ష్మీ దేవి", "స్త్రీల కార్యక్రమం: క్ష్మ్యు శ్రీకృష్ణ" },
  { "রহিমা খাতুন", "আগামীকালের ক্লাসের সময়সূচি: স্ত্রী" },
  { "مَرْيَم الْحَسَنِيّ", "مُوَاعِيدُ ٱلرِّحْلَةِ إِلَى ٱلْقَاهِرَةِ" },
  { "🧑‍🌾 👩‍👩‍👧‍👦", "🎉🎂🏳️‍🌈 🇹🇿 ✉️" },
  { "ผู้ใหญ่", "ที่นี่มีปู่ผู้ยิ่งใหญ่" },
  { "山田太郎", "来週の会議について" },
};

static BaruaMessageItem *
make_item (guint i)
{
  BaruaRow *row = barua_row_new ();
  BaruaMessageItem *item = barua_message_item_new (i + 1, 1000);

  row->id = i + 1;
  row->date = 1000;
  row->flags = i % 2 == 0 ? BARUA_FLAG_SEEN : BARUA_FLAG_FLAGGED;
  g_set_str (&row->from_name, scripts[i].name);
  g_set_str (&row->subject, scripts[i].subject);
  g_set_str (&row->preview, scripts[i].subject);
  barua_message_item_set_row (item, row);
  barua_row_unref (row);
  return item;
}

/* The first and the last line of pixels that hold more than the ground. */
static void
assert_ink_inside (GtkWidget *row)
{
  g_auto (Picture) picture = { 0 };

  paint (row, &picture);
  for (int y = 0; y < picture.height; y += picture.height - 1)
    for (int x = 1; x < picture.width; x++)
      g_assert_cmphex (pixel (&picture, x, y), ==, pixel (&picture, 0, y));
}

static void
test_heights (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *rows[G_N_ELEMENTS (scripts)];

  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      g_autoptr (BaruaMessageItem) item = make_item (i);

      rows[i] = barua_message_row_new ();
      barua_message_row_bind (BARUA_MESSAGE_ROW (rows[i]), item);
      gtk_box_append (GTK_BOX (box), rows[i]);
    }
  gtk_window_set_child (GTK_WINDOW (window), box);
  gtk_window_set_default_size (GTK_WINDOW (window), 360, -1);
  gtk_window_present (GTK_WINDOW (window));
  for (guint density = BARUA_DENSITY_COMFORTABLE; density <= BARUA_DENSITY_COMPACT; density++)
    for (guint previews = 0; previews <= 2; previews++)
      {
        BaruaRowLook look = { .density = density, .n_previews = previews, .now = 100000 };
        BaruaRowMetrics metrics;

        for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
          barua_message_row_set_look (BARUA_MESSAGE_ROW (rows[i]), &look);
        spin (200);
        barua_row_metrics_init (&metrics, barua_row_metrics_get_em (rows[0]), density, previews);
        for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
          {
            int minimum, natural;

            gtk_widget_measure (rows[i], GTK_ORIENTATION_VERTICAL, 200, &minimum, &natural, NULL, NULL);
            g_assert_cmpint (minimum, ==, metrics.height);
            g_assert_cmpint (natural, ==, metrics.height);
            g_assert_cmpint (gtk_widget_get_height (rows[i]), ==, metrics.height);
            assert_ink_inside (rows[i]);
          }
      }
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Contrast --------------------------------------------------------------------------------------------------------- */

static void
check_row (GtkWidget       *row,
           GtkWidget       *window,
           const Picture   *picture,
           const char      *scene,
           guint            n)
{
  BaruaRowMetrics m;
  graphene_rect_t bounds;
  static const char *const lines[] = { "sender and date", "subject", "preview" };

  g_assert_true (gtk_widget_compute_bounds (row, window, &bounds));
  barua_row_metrics_init (&m, barua_row_metrics_get_em (row), barua_message_row_get_look (BARUA_MESSAGE_ROW (row))->density,
                          barua_message_row_get_look (BARUA_MESSAGE_ROW (row))->n_previews);
  for (guint i = 0; i < 2 + m.n_previews && i < G_N_ELEMENTS (lines); i++)
    {
      float top = bounds.origin.y + (float)(m.baseline[i] - m.em);
      g_autofree char *what = g_strdup_printf ("%s, row %u, %s", scene, n, lines[i]);
      g_autofree char *date = g_strdup_printf ("%s, row %u, date", scene, n);
      /* The date apart: less than the name it would be lost beside it. */
      float end = i == 0 ? (float)(3.2 * m.em) : (float)(2.2 * m.em);
      graphene_rect_t part = GRAPHENE_RECT_INIT (bounds.origin.x + (float)m.text_x, top,
                                                 bounds.size.width - (float)m.text_x - (float)m.end - end, (float)(1.3 * m.em));

      check_part (picture, &part, what);
      if (i > 0 && n == 0 && g_str_has_suffix (scene, "hits"))
        check_hit (picture, &part, what);
      if (i != 0)
        continue;
      part.origin.x += part.size.width;
      part.size.width = end;
      check_part (picture, &part, date);
    }
}

static void
check_window (GtkWidget  *window,
              const char *scene)
{
  g_autoptr (GPtrArray) labels = list_widgets (window, GTK_TYPE_LABEL);
  g_autoptr (GPtrArray) rows = list_widgets (window, BARUA_TYPE_MESSAGE_ROW);
  g_auto (Picture) picture = { 0 };
  guint before = n_checked;

  paint (window, &picture);
  for (guint i = 0; i < labels->len; i++)
    {
      const char *text = gtk_label_get_text (g_ptr_array_index (labels, i));
      g_autofree char *what = g_strdup_printf ("%s, “%s”", scene, text);
      graphene_rect_t bounds;

      if (*text != '\0' && gtk_widget_is_sensitive (g_ptr_array_index (labels, i)) &&
          gtk_widget_compute_bounds (g_ptr_array_index (labels, i), window, &bounds))
        check_part (&picture, &bounds, what);
    }
  for (guint i = 0; i < rows->len && i < 8; i++)
    check_row (g_ptr_array_index (rows, i), window, &picture, scene, i);
  /* That so much was measured is part of the test. */
  g_assert_cmpuint (n_checked - before, >, 20);
}

static void
test_contrast (void)
{
  AdwStyleManager *style = adw_style_manager_get_default ();
  GtkWidget *window = open_window ();
  GtkListView *messages = find_messages (window);

  for (guint dark = 0; dark <= 1; dark++)
    {
      g_autofree char *mode = g_strdup_printf ("%s%s", dark ? "dark" : "light",
                                               adw_style_manager_get_high_contrast (style) ? ", high contrast" : "");
      g_autofree char *several = g_strconcat (mode, ", several selected", NULL);
      g_autofree char *hits = g_strconcat (mode, ", hits", NULL);

      adw_style_manager_set_color_scheme (style, dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
      g_test_message ("%s: %u items", mode, g_list_model_get_n_items (G_LIST_MODEL (gtk_list_view_get_model (messages))));
      gtk_list_view_scroll_to (messages, 1, GTK_LIST_SCROLL_SELECT | GTK_LIST_SCROLL_FOCUS, NULL);
      spin (700);
      check_window (window, mode);
      gtk_selection_model_select_range (gtk_list_view_get_model (messages), 0, 3, TRUE);
      spin (700);
      check_window (window, several);
      gtk_selection_model_select_item (gtk_list_view_get_model (messages), 1, TRUE);
      gtk_widget_activate_action (window, "win.search-for", "s", "garden gestern from:ben ");
      for (guint i = 0; i < 500 && g_list_model_get_n_items (G_LIST_MODEL (gtk_list_view_get_model (messages))) != 1; i++)
        spin (20);
      spin (500);
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (gtk_list_view_get_model (messages))), ==, 1);
      gtk_list_view_scroll_to (messages, 0, GTK_LIST_SCROLL_SELECT, NULL);
      spin (500);
      check_window (window, hits);
      gtk_widget_activate_action (window, "win.back", NULL);
      gtk_widget_activate_action (window, "win.back", NULL);
      spin (700);
    }
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_DEFAULT);
  g_test_message ("%u texts measured", n_checked);
  close_window (window);
}

/* All colours that the toolkit has for people, in both sizes of the reader. */
static void
test_avatars (void)
{
  AdwStyleManager *style = adw_style_manager_get_default ();
  GtkWidget *window = adw_application_window_new (GTK_APPLICATION (application));
  GtkWidget *grid = gtk_grid_new ();
  g_autoptr (GPtrArray) labels = NULL;

  for (guint i = 0; i < 28; i++)
    {
      g_autofree char *colour = g_strdup_printf ("color%u", i % 14 + 1);
      GtkWidget *avatar = adw_avatar_new (i < 14 ? 40 : 24, "Maria Weber", TRUE);

      for (guint j = 1; j <= 14; j++)
        {
          g_autofree char *other = g_strdup_printf ("color%u", j);

          gtk_widget_remove_css_class (gtk_widget_get_first_child (avatar), other);
        }
      gtk_widget_add_css_class (gtk_widget_get_first_child (avatar), colour);
      gtk_grid_attach (GTK_GRID (grid), avatar, (int)(i % 14), (int)(i / 14), 1, 1);
    }
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), grid);
  gtk_window_present (GTK_WINDOW (window));
  for (guint dark = 0; dark <= 1; dark++)
    {
      g_auto (Picture) picture = { 0 };
      guint before = n_checked;

      adw_style_manager_set_color_scheme (style, dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
      spin (500);
      paint (window, &picture);
      g_clear_pointer (&labels, g_ptr_array_unref);
      labels = list_widgets (window, GTK_TYPE_LABEL);
      for (guint i = 0; i < labels->len; i++)
        {
          g_autofree char *what = g_strdup_printf ("%s avatar %u", dark ? "dark" : "light", i);
          graphene_rect_t bounds;

          if (gtk_widget_compute_bounds (g_ptr_array_index (labels, i), window, &bounds))
            check_part (&picture, &bounds, what);
        }
      g_assert_cmpuint (n_checked - before, ==, 28);
    }
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_DEFAULT);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* The pointer ------------------------------------------------------------------------------------------------------ */

static GtkEventController *
find_motion (GtkWidget *row)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (row);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_MOTION (controller))
        return controller;
    }
  g_assert_not_reached ();
}

/* The star that shows under the pointer has its place: no letter moves for it. */
static void
test_hover (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *row = barua_message_row_new ();
  g_autoptr (BaruaMessageItem) item = make_item (0);
  g_auto (Picture) before = { 0 };
  g_auto (Picture) after = { 0 };
  BaruaRowMetrics m;
  int star;
  gboolean shown = FALSE;

  g_set_str (&barua_message_item_get_row (item)->subject, "Words that are many more than there is room for in a row of this list");
  barua_message_row_bind (BARUA_MESSAGE_ROW (row), item);
  gtk_window_set_child (GTK_WINDOW (window), row);
  gtk_window_set_default_size (GTK_WINDOW (window), 360, -1);
  gtk_window_present (GTK_WINDOW (window));
  paint (row, &before);
  barua_row_metrics_init (&m, barua_row_metrics_get_em (row), barua_message_row_get_look (BARUA_MESSAGE_ROW (row))->density,
                          barua_message_row_get_look (BARUA_MESSAGE_ROW (row))->n_previews);
  star = (gtk_widget_get_width (row) - m.end - m.icon) * SCALE;
  g_signal_emit_by_name (find_motion (row), "enter", 20.0, 20.0);
  paint (row, &after);
  for (int y = 0; y < before.height; y++)
    for (int x = 0; x < before.width; x++)
      if (x >= star)
        shown |= pixel (&before, x, y) != pixel (&after, x, y);
      else
        g_assert_cmphex (pixel (&before, x, y), ==, pixel (&after, x, y));
  g_assert_true (shown);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Fingers ---------------------------------------------------------------------------------------------------------- */

static GtkGesture *
find_swipe (GtkListView *messages)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (messages));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_GESTURE_DRAG (controller) && gtk_gesture_single_get_touch_only (GTK_GESTURE_SINGLE (controller)))
        return GTK_GESTURE (controller);
    }
  g_assert_not_reached ();
}

static gboolean
is_read (GtkListView *messages,
         guint        position)
{
  g_autoptr (BaruaMessageItem) item = g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (messages)), position);

  return (barua_message_item_get_row (item)->flags & BARUA_FLAG_SEEN) != 0;
}

/* Where the first row is; FALSE while it is not laid out. */
static gboolean
find_first_row (GtkListView     *messages,
                graphene_rect_t *bounds)
{
  g_autoptr (GPtrArray) rows = list_widgets (GTK_WIDGET (messages), BARUA_TYPE_MESSAGE_ROW);

  for (guint i = 0; i < rows->len; i++)
    {
      BaruaMessageItem *item = barua_message_row_get_item (g_ptr_array_index (rows, i));

      if (item != NULL && barua_message_item_get_id (item) == N_ROWS)
        return gtk_widget_compute_bounds (g_ptr_array_index (rows, i), GTK_WIDGET (messages), bounds) &&
               bounds->size.height > 0;
    }
  return FALSE;
}

/* From the middle of the first row, to @dx, @dy of it. */
static void
move_finger (GtkListView *messages,
             double       dx,
             double       dy)
{
  GtkGesture *swipe = find_swipe (messages);
  graphene_rect_t bounds;

  for (guint i = 0; i < 500 && !find_first_row (messages, &bounds); i++)
    spin (20);
  g_assert_true (find_first_row (messages, &bounds));
  g_signal_emit_by_name (swipe, "drag-begin", (double)(bounds.origin.x + bounds.size.width / 2),
                         (double)(bounds.origin.y + bounds.size.height / 2));
  g_signal_emit_by_name (swipe, "drag-update", dx * 0.5, dy * 0.5);
  g_signal_emit_by_name (swipe, "drag-update", dx, dy);
  spin (50);
  g_signal_emit_by_name (swipe, "drag-end", dx, dy);
  spin (800);
}

static void
test_swipe (void)
{
  for (guint rtl = 0; rtl <= 1; rtl++)
    {
      double start = rtl ? 1 : -1;
      GtkWidget *window;
      GtkListView *messages;

      gtk_widget_set_default_direction (rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
      window = open_window ();
      messages = find_messages (window);
      g_assert_false (is_read (messages, 0));
      /* Not far enough; the other way; more down than sideways. */
      move_finger (messages, start * 60, 0);
      g_assert_false (is_read (messages, 0));
      move_finger (messages, start * -150, 0);
      g_assert_false (is_read (messages, 0));
      move_finger (messages, start * 120, 90);
      g_assert_false (is_read (messages, 0));
      move_finger (messages, start * 120, 20);
      g_assert_true (is_read (messages, 0));
      move_finger (messages, start * 120, -20);
      g_assert_false (is_read (messages, 0));
      close_window (window);
    }
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

/* Where to search -------------------------------------------------------------------------------------------------- */

/* A second account comes and goes while the window is open. */
static void
test_scope (void)
{
  g_autoptr (BaruaSearchStrip) strip = g_object_ref_sink (g_object_new (BARUA_TYPE_SEARCH_STRIP, NULL));

  for (guint i = 0; i < 2; i++)
    {
      barua_search_strip_set_accounts (strip, 1);
      barua_search_strip_set_accounts (strip, 2);
      barua_search_strip_set_scope (strip, BARUA_SEARCH_SCOPE_ACCOUNT);
      g_assert_cmpint (barua_search_strip_get_scope (strip), ==, BARUA_SEARCH_SCOPE_ACCOUNT);
      barua_search_strip_set_scope (strip, BARUA_SEARCH_SCOPE_EVERYWHERE);
      g_assert_cmpint (barua_search_strip_get_scope (strip), ==, BARUA_SEARCH_SCOPE_EVERYWHERE);
      barua_search_strip_set_scope (strip, BARUA_SEARCH_SCOPE_FOLDER);
    }
}

int
main (int    argc,
      char **argv)
{
  int status;

  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  application = adw_application_new (BARUA_APP_ID, G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_test_add_func ("/ui/rows/heights", test_heights);
  g_test_add_func ("/ui/rows/contrast", test_contrast);
  g_test_add_func ("/ui/rows/avatars", test_avatars);
  g_test_add_func ("/ui/rows/hover", test_hover);
  g_test_add_func ("/ui/rows/swipe", test_swipe);
  g_test_add_func ("/ui/rows/scope", test_scope);
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
