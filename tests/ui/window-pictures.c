/* SPDX-License-Identifier: GPL-3.0-or-later */
/* window-pictures LANGUAGE DIR [--pictures [LOOK]]: walks the window and its dialogs over made-up mail through widths, text sizes and looks, and
 * measures from the layouts what is cut off: words of the program that are ellipsised, what stands outside the window, windows wider
 * than they were asked to be. One line each; exit status 1 when there are any. With --pictures each is left in DIR too. LOOK ("360-large"): that one alone. */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <libdex.h>
#include <locale.h>
#include <string.h>

#include "barua-limits.h"
#include "barua-list-pane.h"
#include "barua-mime.h"
#include "barua-preferences-dialog.h"
#include "barua-shortcuts-dialog.h"
#include "barua-status-line.h"
#include "barua-window.h"
#include "barua-words.h"
#include "fake-engine.h"

#define ROWS        60u
#define STEP_MS     10u
#define FRAME_MS    100u
#define STEADY      3u
#define LONGEST_MS  3000u
/* Combo rows have two or three choices: after so many steps each is back at its own. */
#define CHOICES     6u
/* What a header may lack on the narrowest window with the widest letters. */
#define SLACK       4

typedef struct
{
  const char *name;
  int         width;
  int         height;
  double      text;
  gboolean    dark;
  gboolean    measured; /* else only its colours differ from another one */
} Look;

static const Look looks[] = {
  { "360", 360, 720, 1.0, FALSE, TRUE },       { "700", 700, 720, 1.0, FALSE, TRUE },       { "1400", 1400, 800, 1.0, FALSE, TRUE },
  { "360-dark", 360, 720, 1.0, TRUE, FALSE },  { "700-dark", 700, 720, 1.0, TRUE, FALSE },  { "1400-dark", 1400, 800, 1.0, TRUE, FALSE },
  { "360-large", 360, 720, 2.0, FALSE, TRUE }, { "700-large", 700, 720, 2.0, FALSE, TRUE }, { "1400-large", 1400, 800, 2.0, FALSE, TRUE },
};

/* Words of other people, and what says its whole text in a tooltip: they may be ellipsised. */
static const char *const of_others[] = {
  "name", "folded_name", "folded_preview", "recipients_summary", "subjects", "link_target", "address", NULL,
};

static const char RICH[] =
  "From: \"security@bank.example\" <x@evil.example>\r\nReply-To: y@other.example\r\n"
  "To: Maria <maria@posta.example>, Ben Howard <ben@posta.example>\r\nCc: Lakshmi Devi <lakshmi@posta.example>\r\n"
  "Subject: The garden in May\r\nDate: Mon, 02 Mar 2026 10:00:00 +0700\r\nMIME-Version: 1.0\r\n"
  "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
  "Habari,\r\n\r\nthe garden is coming along well, see https://posta.example/garden for more.\r\n\r\n"
  "> You wrote\r\n> two lines about the garden\r\n\r\n-- \r\nAmina\r\n"
  "--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=a-rather-long-name-of-a-file-about-the-garden.pdf\r\n"
  "\r\nx\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=notes.txt\r\n\r\ny\r\n--b--\r\n";

static BaruaEngine *engine;
static BaruaWindow *window;
static const char *language;
static const char *folder;
static gboolean leaves_pictures;
static const char *only_look;
static guint n_faults;
static guint n_warnings;

/* Finding ----------------------------------------------------------------------------------------------------------- */

static GtkWidget *
find (GtkWidget  *widget,
      GType       type,
      const char *id)
{
  const char *own = gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget));

  if (g_type_is_a (G_OBJECT_TYPE (widget), type) && (id == NULL || g_strcmp0 (own, id) == 0))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type, id);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static gboolean
ring (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_ms (guint ms)
{
  gboolean over = FALSE;

  g_timeout_add (ms, ring, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

/* Settling ---------------------------------------------------------------------------------------------------------- */

static void
painted (GdkFrameClock *clock,
         gboolean      *over)
{
  *over = TRUE;
}

/* One frame, and all else that the main loop has to do: what is idle comes last. */
static void
wait_frame (void)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (window));
  gboolean over = FALSE, idle = FALSE, late = FALSE;
  gulong handler = g_signal_connect (clock, "after-paint", G_CALLBACK (painted), &over);
  guint source = g_timeout_add (FRAME_MS, ring, &late);
  guint idle_source;

  gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_PAINT);
  while (!over && !late)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (clock, handler);
  idle_source = g_idle_add_full (G_PRIORITY_LOW, ring, &idle, NULL);
  while (!idle && !late)
    g_main_context_iteration (NULL, TRUE);
  if (!late)
    g_source_remove (source);
  if (!idle)
    g_source_remove (idle_source);
}

/* Of all that is on screen: what it is, where it stands and what it says. */
static guint
hash_of (GtkWidget *widget)
{
  guint hash = (guint)G_OBJECT_TYPE (widget);
  graphene_rect_t box;

  if (!gtk_widget_get_mapped (widget))
    return 0;
  if (gtk_widget_get_parent (widget) != NULL && gtk_widget_compute_bounds (widget, gtk_widget_get_parent (widget), &box))
    hash = ((hash * 31 + (guint)(int)box.origin.x) * 31 + (guint)(int)box.origin.y) * 31 + (guint)(int)box.size.width * 7 +
           (guint)(int)box.size.height;
  if (GTK_IS_LABEL (widget))
    hash = hash * 31 + g_str_hash (gtk_label_get_text (GTK_LABEL (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    hash = hash * 31 + hash_of (child);
  return hash;
}

/* Until some frames, one after the other, show the same. */
static void
settle (void)
{
  gint64 end = g_get_monotonic_time () + LONGEST_MS * G_TIME_SPAN_MILLISECOND;
  guint last = 0;

  for (guint same = 0; same < STEADY && g_get_monotonic_time () < end;)
    {
      guint now;

      wait_frame ();
      now = hash_of (GTK_WIDGET (window));
      same = now == last ? same + 1 : 0;
      last = now;
    }
}

/* Where nothing is composited the shadow of the window is a part of it. */
static int
frame (void)
{
  return gtk_widget_has_css_class (GTK_WIDGET (window), "solid-csd") ? 10 : 0;
}

/* Measuring --------------------------------------------------------------------------------------------------------- */

static void
fault (const char *scene,
       const Look *look,
       const char *what,
       const char *text)
{
  g_print ("%s %s %s: %s: %s\n", language, look->name, scene, what, text);
  n_faults++;
}

static gboolean
is_inside (GtkWidget *widget,
           GType      type)
{
  return gtk_widget_get_ancestor (widget, type) != NULL;
}

static gboolean
may_be_cut (GtkWidget  *label,
            const Look *look)
{
  const char *id = gtk_buildable_get_buildable_id (GTK_BUILDABLE (label));
  /* The toolkit's own rows and tabs, in less room than any desktop gives them. */
  const GType of_toolkit[] = { ADW_TYPE_COMBO_ROW, ADW_TYPE_VIEW_SWITCHER_BAR, ADW_TYPE_TOGGLE_GROUP, ADW_TYPE_ALERT_DIALOG,
                               ADW_TYPE_BANNER };
  /* In letters of the usual size. */
  double width = look->width / look->text;

  if (id != NULL && g_strv_contains (of_others, id))
    return TRUE;
  /* The tooltip has all of it. */
  if (is_inside (label, BARUA_TYPE_STATUS_LINE) || (width <= 360 && is_inside (label, ADW_TYPE_WINDOW_TITLE)))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (of_toolkit) && width < 300; i++)
    if (is_inside (label, of_toolkit[i]))
      return TRUE;
  return FALSE;
}

/* Whether the person can scroll sideways to it. */
static gboolean
scrolls_sideways (GtkWidget *widget)
{
  GtkWidget *around = gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW);
  GtkPolicyType policy;

  if (around == NULL)
    return FALSE;
  gtk_scrolled_window_get_policy (GTK_SCROLLED_WINDOW (around), &policy, NULL);
  return policy != GTK_POLICY_NEVER;
}

static void
measure_label (GtkWidget  *label,
               GtkWidget  *root,
               const char *scene,
               const Look *look)
{
  const char *text = gtk_label_get_text (GTK_LABEL (label));
  graphene_rect_t box;

  if (*text == '\0')
    return;
  if (pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (label))) && !may_be_cut (label, look))
    fault (scene, look, "ellipsised", text);
  if (gtk_widget_compute_bounds (label, root, &box) && !scrolls_sideways (label) &&
      (box.origin.x < -1 || box.origin.x + box.size.width > gtk_widget_get_width (root) + 1))
    fault (scene, look, "outside", text);
}

static void
measure (GtkWidget  *widget,
         GtkWidget  *root,
         const char *scene,
         const Look *look)
{
  if (!gtk_widget_get_child_visible (widget) || !gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_LABEL (widget))
    measure_label (widget, root, scene, look);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (!GTK_IS_NATIVE (child))
      measure (child, root, scene, look);
}

/* Who makes it so: what needs more and holds nothing that does. */
static gboolean
tell_widest (GtkWidget  *widget,
             const char *scene,
             const Look *look)
{
  gboolean inside = FALSE;
  int least;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (!GTK_IS_NATIVE (child) && gtk_widget_get_mapped (child) && !scrolls_sideways (child))
      inside |= tell_widest (child, scene, look);
  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  if (least > look->width + SLACK && !inside)
    {
      g_autofree char *words = g_strdup_printf ("%s %s: %d px", G_OBJECT_TYPE_NAME (widget),
                                                gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)), least);

      fault (scene, look, "needs too much", words);
    }
  return inside || least > look->width + SLACK;
}

static void
save (GtkWidget  *widget,
      const char *scene,
      const Look *look)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *name = g_strdup_printf ("%s-%s-%s.png", scene, language, look->name);
  g_autofree char *path = g_build_filename (folder, name, NULL);

  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  if (node == NULL)
    return;
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (widget)), node, NULL);
  if (!gdk_texture_save_to_png (texture, path))
    g_error ("%s can't be written", path);
}

static void
take (GtkWidget  *widget,
      const char *scene,
      const Look *look)
{
  settle ();
  if (look->measured)
    measure (widget, widget, scene, look);
  /* The window itself says that it needs no more than it was asked for. */
  if (look->measured && GTK_IS_WINDOW (widget))
    tell_widest (find (widget, ADW_TYPE_TOAST_OVERLAY, NULL), scene, look);
  if (leaves_pictures)
    save (widget, scene, look);
}

/* Scenes ------------------------------------------------------------------------------------------------------------ */

static void
show_content (gboolean show)
{
  adw_navigation_split_view_set_show_content (ADW_NAVIGATION_SPLIT_VIEW (
                                                  find (GTK_WIDGET (window), ADW_TYPE_NAVIGATION_SPLIT_VIEW, NULL)),
                                              show);
}

static void
act (const char *name)
{
  gtk_widget_activate_action (GTK_WIDGET (window), name, NULL);
}

static void
take_popover (GtkWidget  *button,
              const char *scene,
              const Look *look)
{
  GtkPopover *popover;

  if (!gtk_widget_get_mapped (button))
    return;
  gtk_menu_button_popup (GTK_MENU_BUTTON (button));
  popover = gtk_menu_button_get_popover (GTK_MENU_BUTTON (button));
  take (GTK_WIDGET (popover), scene, look);
  gtk_popover_popdown (popover);
  wait_ms (STEP_MS);
}

static AdwDialog *
shown_dialog (void)
{
  return adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (window));
}

static void
take_dialog (AdwDialog  *dialog,
             const char *scene,
             const Look *look)
{
  if (dialog == NULL)
    return;
  take (GTK_WIDGET (window), scene, look);
  adw_dialog_force_close (dialog);
  for (guint i = 0;
       i < LONGEST_MS && adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (window)) != NULL;
       i += STEP_MS)
    wait_ms (STEP_MS);
}

/* The next of each combo row's choices. */
static void
choose_next (GtkWidget *widget)
{
  if (ADW_IS_COMBO_ROW (widget))
    {
      AdwComboRow *row = ADW_COMBO_ROW (widget);
      guint n = g_list_model_get_n_items (adw_combo_row_get_model (row));

      g_assert (n > 0 && CHOICES % n == 0);
      adw_combo_row_set_selected (row, (adw_combo_row_get_selected (row) + 1) % n);
      return;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    choose_next (child);
}

/* The words of every choice: each is chosen in its turn, until all are as they were. */
static void
measure_choices (GtkWidget  *page,
                 const char *scene,
                 const Look *look)
{
  if (!look->measured || find (page, ADW_TYPE_COMBO_ROW, NULL) == NULL)
    return;
  for (guint i = 0; i < CHOICES; i++)
    {
      choose_next (page);
      if (i < CHOICES / 2)
        {
          settle ();
          measure (GTK_WIDGET (window), GTK_WIDGET (window), scene, look);
        }
    }
}

static void
take_preferences (const Look *look)
{
  AdwDialog *dialog = barua_preferences_dialog_new (engine);
  GtkWidget *stack, *page;
  int number = 0;

  adw_dialog_present (dialog, GTK_WIDGET (window));
  wait_ms (STEP_MS);
  stack = gtk_widget_get_parent (find (GTK_WIDGET (dialog), ADW_TYPE_PREFERENCES_PAGE, NULL));
  page = gtk_widget_get_first_child (stack);
  while (page != NULL)
    {
      g_autofree char *scene = g_strdup_printf ("preferences-%d", ++number);
      GtkWidget *next = gtk_widget_get_next_sibling (page);

      adw_preferences_dialog_set_visible_page (ADW_PREFERENCES_DIALOG (dialog), ADW_PREFERENCES_PAGE (page));
      measure_choices (page, scene, look);
      if (next == NULL)
        take_dialog (dialog, scene, look);
      else
        take (GTK_WIDGET (window), scene, look);
      page = next;
    }
}

static void
take_states (const Look *look)
{
  GtkWidget *banner = find (GTK_WIDGET (window), ADW_TYPE_BANNER, NULL);
  GtkWidget *pages = find (GTK_WIDGET (window), GTK_TYPE_STACK, "pages");

  fake_engine_set_status (engine, BARUA_STATUS_STOPPED, BARUA_ERROR_AUTHENTICATION);
  take (GTK_WIDGET (window), "sign-in", look);
  g_signal_emit_by_name (banner, "button-clicked");
  wait_ms (STEP_MS);
  take_dialog (shown_dialog (), "details", look);
  fake_engine_set_status (engine, BARUA_STATUS_STOPPED, BARUA_ERROR_CERTIFICATE);
  take (GTK_WIDGET (window), "certificate", look);
  fake_engine_set_status (engine, BARUA_STATUS_OFFLINE, 0);
  take (GTK_WIDGET (window), "offline", look);
  fake_engine_set_status (engine, BARUA_STATUS_IDLE, 0);
  gtk_stack_set_visible_child_name (GTK_STACK (pages), "welcome");
  take (GTK_WIDGET (window), "welcome", look);
  gtk_stack_set_visible_child_name (GTK_STACK (pages), "mail");
}

static void
take_list (const Look *look)
{
  GtkSelectionModel *selection = gtk_list_view_get_model (GTK_LIST_VIEW (find (GTK_WIDGET (window), GTK_TYPE_LIST_VIEW, "messages")));
  BaruaListPane *list = BARUA_LIST_PANE (find (GTK_WIDGET (window), BARUA_TYPE_LIST_PANE, NULL));

  show_content (FALSE);
  take (GTK_WIDGET (window), "list", look);
  take_popover (find (GTK_WIDGET (list), GTK_TYPE_MENU_BUTTON, "menu_button"), "list-menu", look);
  gtk_selection_model_select_range (selection, 1, 14, TRUE);
  take (GTK_WIDGET (window), "several", look);
  show_content (TRUE);
  take (GTK_WIDGET (window), "several-page", look);
  show_content (FALSE);
  barua_list_pane_escape (list);
  act ("win.search");
  take (GTK_WIDGET (window), "search", look);
  barua_list_pane_escape (list);
}

static void
take_activity (GtkWidget  *folders,
               const Look *look)
{
  static gint64 n_refused;

  fake_engine_refuse (engine, 3, BARUA_ERROR_QUOTA);
  n_refused++;
  take_popover (find (find (folders, BARUA_TYPE_STATUS_LINE, NULL), GTK_TYPE_MENU_BUTTON, NULL), "activity", look);
  dex_future_disown (barua_engine_set_discarded (engine, n_refused, TRUE));
}

static void
take_all (const Look *look)
{
  BaruaListPane *list = BARUA_LIST_PANE (find (GTK_WIDGET (window), BARUA_TYPE_LIST_PANE, NULL));
  GtkWidget *outer = find (GTK_WIDGET (window), ADW_TYPE_OVERLAY_SPLIT_VIEW, NULL);
  GtkWidget *folders = adw_overlay_split_view_get_sidebar (ADW_OVERLAY_SPLIT_VIEW (outer));

  take_list (look);
  if (barua_list_pane_get_chosen (list) == 0)
    barua_list_pane_move (list, 1);
  gtk_selection_model_select_item (gtk_list_view_get_model (
                                       GTK_LIST_VIEW (find (GTK_WIDGET (list), GTK_TYPE_LIST_VIEW, "messages"))),
                                   0, TRUE);
  show_content (TRUE);
  take (GTK_WIDGET (window), "message", look);
  take_popover (find (find (GTK_WIDGET (window), ADW_TYPE_NAVIGATION_SPLIT_VIEW, NULL), GTK_TYPE_MENU_BUTTON, "menu"), "reader-menu", look);
  show_content (FALSE);
  adw_overlay_split_view_set_show_sidebar (ADW_OVERLAY_SPLIT_VIEW (outer), TRUE);
  take (GTK_WIDGET (window), "folders", look);
  take_popover (find (folders, GTK_TYPE_MENU_BUTTON, "menu_button"), "main-menu", look);
  take_activity (folders, look);
  if (adw_overlay_split_view_get_collapsed (ADW_OVERLAY_SPLIT_VIEW (outer)))
    adw_overlay_split_view_set_show_sidebar (ADW_OVERLAY_SPLIT_VIEW (outer), FALSE);
  barua_window_show_folder (window, FAKE_EMPTY);
  take (GTK_WIDGET (window), "empty", look);
  barua_window_show_folder (window, FAKE_INBOX);
  take_preferences (look);
  {
    AdwDialog *dialog = barua_shortcuts_dialog_new ();

    adw_dialog_present (dialog, GTK_WIDGET (window));
    take_dialog (dialog, "shortcuts", look);
  }
  take_states (look);
}

static void
wear (const Look *look)
{
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", (int)(96 * 1024 * look->text), "gtk-enable-animations", FALSE, NULL);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      look->dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
  gtk_window_set_default_size (GTK_WINDOW (window), look->width + frame (), look->height + frame ());
  for (guint i = 0; i < LONGEST_MS && gtk_widget_get_width (GTK_WIDGET (window)) != look->width + frame (); i += STEP_MS)
    wait_ms (STEP_MS);
  settle ();
}

/* Main -------------------------------------------------------------------------------------------------------------- */

static GLogWriterOutput
count_warnings (GLogLevelFlags   level,
                const GLogField *fields,
                gsize            n_fields,
                gpointer         data)
{
  n_warnings += (level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL)) != 0;
  return g_log_writer_default (level, fields, n_fields, data);
}

static gboolean
walk (gpointer application)
{
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    if ((looks[i].measured || leaves_pictures) && (only_look == NULL || g_str_equal (only_look, looks[i].name)))
      {
        wear (&looks[i]);
        take_all (&looks[i]);
      }
  gtk_window_destroy (GTK_WINDOW (window));
  return G_SOURCE_REMOVE;
}

static void
add_acts (GActionMap *application)
{
  static const GActionEntry entries[] = {
    { .name = "check-now" }, { .name = "offline", .state = "false" }, { .name = "preferences" }, { .name = "shortcuts" },
    { .name = "about" },     { .name = "quit" },                      { .name = "open-file" },
  };

  g_action_map_add_action_entries (application, entries, G_N_ELEMENTS (entries), NULL);
}

static void
activate (AdwApplication *application)
{
  g_autoptr (GBytes) rich = g_bytes_new_static (RICH, strlen (RICH));

  add_acts (G_ACTION_MAP (application));
  if (g_getenv ("BARUA_TEST_ICONS") != NULL)
    gtk_icon_theme_add_search_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()), g_getenv ("BARUA_TEST_ICONS"));
  window = barua_window_new (application);
  engine = barua_engine_new (folder, BARUA_ENGINE_DEFAULT, NULL);
  fake_engine_fill (engine, ROWS, g_get_real_time () / G_USEC_PER_SEC - 60);
  fake_engine_set_status (engine, BARUA_STATUS_IDLE, 0);
  fake_engine_set_message (engine, ROWS, barua_mime_parse (rich, BARUA_MIME_NONE));
  barua_window_set_engine (window, engine);
  gtk_window_present (GTK_WINDOW (window));
  g_idle_add (walk, application);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (AdwApplication) application = NULL;

  if (argc < 3)
    {
      g_printerr ("usage: window-pictures LANGUAGE DIR [--pictures [LOOK]]\n");
      return 2;
    }
  language = argv[1];
  folder = argv[2];
  leaves_pictures = argc > 3 && g_str_equal (argv[3], "--pictures");
  only_look = argc > 4 ? argv[4] : NULL;
  setlocale (LC_ALL, "");
  barua_words_init ();
  /* As built, not as installed. */
  if (g_getenv ("BARUA_TEST_LOCALES") != NULL)
    bindtextdomain (GETTEXT_PACKAGE, g_getenv ("BARUA_TEST_LOCALES"));
  textdomain (GETTEXT_PACKAGE);
  g_log_set_writer_func (count_warnings, NULL, NULL);
  dex_init ();
  application = adw_application_new (BARUA_APP_ID, G_APPLICATION_NON_UNIQUE);
  g_signal_connect (application, "activate", G_CALLBACK (activate), NULL);
  g_application_run (G_APPLICATION (application), 1, argv);
  if (n_warnings > 0)
    g_print ("%s: %u warnings\n", language, n_warnings);
  return n_faults + n_warnings > 0;
}
