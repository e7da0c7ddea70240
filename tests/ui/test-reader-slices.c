/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is large in a message is made a little in each turn of the main loop: how much is counted, not how long it took. */
#include "config.h"

#include <adwaita.h>
#include <libdex.h>
#include <locale.h>
#include <string.h>

#include "barua-attachment-chip.h"
#include "barua-card-attachments.h"
#include "barua-card-header.h"
#include "barua-limits.h"
#include "barua-plain-view.h"

#define LINE "The garden plan is in the report; we shall talk of the budget, the contract and the photos after lunch.\n"

static AdwApplication *application;

/* Counting --------------------------------------------------------------------------------------------------------- */

typedef guint (*CountFunc) (GtkWidget *widget);

typedef struct
{
  GtkWidget *window;
  GtkWidget *widget;
  CountFunc  count;
  guint      last;
  guint      worst;   /* more after one turn of the main loop than before it */
  guint      growing; /* turns with more */
  guint      still;   /* frames without, since then */
} Watch;

static guint
count_below (GtkWidget *widget,
             CountFunc  one)
{
  guint n = one (widget);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    n += count_below (child, one);
  return n;
}

static gboolean
is_piece (GtkWidget *widget)
{
  return gtk_widget_has_css_class (widget, "plain-text") || gtk_widget_has_css_class (widget, "tall-text");
}

static guint
one_piece (GtkWidget *widget)
{
  return is_piece (widget);
}

static guint
one_cost (GtkWidget *widget)
{
  guint lines = 1;

  if (!is_piece (widget))
    return 0;
  for (const char *p = gtk_label_get_text (GTK_LABEL (widget)); *p != '\0'; p++)
    lines += *p == '\n';
  return (guint)g_utf8_strlen (gtk_label_get_text (GTK_LABEL (widget)), -1) + lines * BARUA_PLAIN_LINE_COST +
         BARUA_PLAIN_PIECE_COST;
}

static guint
one_letter (GtkWidget *widget)
{
  return is_piece (widget) ? (guint)g_utf8_strlen (gtk_label_get_text (GTK_LABEL (widget)), -1) : 0;
}

static guint
one_attachment (GtkWidget *widget)
{
  return BARUA_IS_ATTACHMENT_CHIP (widget);
}

static guint
one_recipient (GtkWidget *widget)
{
  return gtk_widget_has_css_class (widget, "chip");
}

static void
painted (GdkFrameClock *clock,
         Watch         *watch)
{
  watch->still++;
}

/* One turn of the main loop, and what it made. */
static void
turn (Watch *watch)
{
  gboolean worked = g_main_context_iteration (NULL, FALSE);
  guint n = count_below (watch->widget, watch->count);

  if (n > watch->last)
    {
      watch->worst = MAX (watch->worst, n - watch->last);
      watch->growing++;
      watch->still = 0;
    }
  watch->last = n;
  if (!worked)
    g_usleep (1000);
}

/* Shows @widget, as a reader would. */
static void
watch_begin (Watch     *watch,
             GtkWidget *widget,
             CountFunc  count)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  *watch = (Watch){ .window = gtk_window_new (), .widget = widget, .count = count };
  watch->last = watch->worst = count_below (widget, count);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), widget);
  gtk_window_set_child (GTK_WINDOW (watch->window), scroller);
  gtk_window_set_default_size (GTK_WINDOW (watch->window), 700, 500);
  gtk_window_present (GTK_WINDOW (watch->window));
  g_signal_connect (gtk_widget_get_frame_clock (watch->window), "after-paint", G_CALLBACK (painted), watch);
}

/* Until nothing came for some frames. */
static void
watch_settle (Watch *watch)
{
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  watch->still = 0;
  while (watch->still < 5 && g_get_monotonic_time () < end)
    {
      gtk_widget_queue_draw (watch->widget);
      turn (watch);
    }
  g_assert_cmpuint (watch->still, >=, 5);
}

static void
watch_end (Watch *watch)
{
  g_signal_handlers_disconnect_by_data (gtk_widget_get_frame_clock (watch->window), watch);
  gtk_window_destroy (GTK_WINDOW (watch->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static GtkWidget *
find_button (GtkWidget  *widget,
             const char *class)
{
  if (GTK_IS_BUTTON (widget) && gtk_widget_has_css_class (widget, class))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child, class);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
find_wrap_box (GtkWidget *widget)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  while (child != NULL && !ADW_IS_WRAP_BOX (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

/* Plain text ------------------------------------------------------------------------------------------------------- */

static char *
repeat (const char *first,
        const char *line,
        gsize       bytes,
        const char *last)
{
  GString *text = g_string_new (first);

  while (text->len < bytes)
    g_string_append (text, line);
  return g_string_free (g_string_append (text, last), FALSE);
}

static void
test_plain (void)
{
  static const char *const lines[] = { LINE, "మహారాష్ట్రలో వర్షాలు బాగా పడ్డాయి అని వార్త వచ్చింది. ", "x", "\n", "> a\nb\n" };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *text = repeat ("Beginning.\n", lines[i], 2000000, "end");
      GtkWidget *view = barua_plain_view_new (text);
      Watch watch;

      watch_begin (&watch, view, one_cost);
      /* Something at once, and all the beginning of the message in the end. */
      g_assert_cmpuint (watch.last, >, i == 0 ? 2000 : 0);
      watch_settle (&watch);
      g_test_message ("%u: %u pieces, %u letters, in %u turns, at most %u in one", i, count_below (view, one_piece),
                      count_below (view, one_letter), watch.growing, watch.worst);
      g_assert_cmpuint (watch.worst, <=, BARUA_PLAIN_SLICE_COST);
      g_assert_cmpuint (count_below (view, one_piece), <=, BARUA_LIMIT_PLAIN_PIECES + BARUA_LIMIT_PLAIN_FIRST_CHARS / 4000);
      if (i == 0)
        g_assert_cmpuint (count_below (view, one_letter), >, BARUA_LIMIT_PLAIN_FIRST_CHARS * 9 / 10);
      g_assert_cmpuint (count_below (view, one_letter), <=, BARUA_LIMIT_PLAIN_FIRST_CHARS);
      g_assert_cmpstr (barua_plain_view_get_text (BARUA_PLAIN_VIEW (view)), ==, text);
      watch_end (&watch);
    }
}

/* What is read does not move while more comes, nor is anything made that is folded. */
static void
test_folded (void)
{
  g_autofree char *text = repeat ("Yes.\n\n", "> " LINE, 30000, "");
  GtkWidget *view = barua_plain_view_new (text);
  Watch watch;

  watch_begin (&watch, view, one_cost);
  watch_settle (&watch);
  g_assert_cmpuint (count_below (view, one_piece), ==, 1);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (find_button (view, "flat")), TRUE);
  watch_settle (&watch);
  g_assert_cmpuint (count_below (view, one_piece), >, 5);
  g_assert_cmpuint (watch.worst, <=, BARUA_PLAIN_SLICE_COST);
  watch_end (&watch);
}

static void
count_signal (BaruaPlainView *view,
              guint          *n)
{
  (*n)++;
}

static void
take_found (BaruaPlainView *view,
            guint           found,
            guint          *n)
{
  *n = found;
}

static void
wait_for (Watch *watch,
          guint *n,
          guint  least)
{
  gint64 end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (*n < least && g_get_monotonic_time () < end)
    turn (watch);
  g_assert_cmpuint (*n, >=, least);
}

/* In what is not made yet, in what is folded, and beyond what is shown at all. */
static void
test_find (void)
{
  g_autofree char *beginning = repeat ("", LINE, 30000, "A Needle.\n");
  g_autofree char *quoted = repeat (beginning, LINE, 2000000, "The last needle.");
  GtkWidget *view = barua_plain_view_new (quoted);
  guint found = 0, placed = 0;
  Watch watch;
  int place;

  watch_begin (&watch, view, one_piece);
  g_signal_connect (view, "found", G_CALLBACK (take_found), &found);
  g_signal_connect (view, "placed", G_CALLBACK (count_signal), &placed);
  g_assert_cmpuint (barua_plain_view_find (BARUA_PLAIN_VIEW (view), "nEEdle"), ==, 1);
  g_assert_cmpint (barua_plain_view_mark (BARUA_PLAIN_VIEW (view), 0, view), ==, -1);
  wait_for (&watch, &placed, 1);
  place = barua_plain_view_get_place (BARUA_PLAIN_VIEW (view), view);
  g_assert_cmpint (place, >, 4000);
  wait_for (&watch, &found, 2);
  g_assert_cmpint (barua_plain_view_mark (BARUA_PLAIN_VIEW (view), 1, view), ==, -1);
  wait_for (&watch, &placed, 2);
  g_assert_cmpint (barua_plain_view_get_place (BARUA_PLAIN_VIEW (view), view), >, place);
  watch_settle (&watch);
  /* The first again: at once, and what was shown for the other is gone. */
  g_assert_cmpint (barua_plain_view_mark (BARUA_PLAIN_VIEW (view), 0, view), ==, place);
  g_assert_cmpuint (barua_plain_view_find (BARUA_PLAIN_VIEW (view), NULL), ==, 0);
  watch_end (&watch);
}

static void
test_find_folded (void)
{
  g_autofree char *text = repeat ("Yes.\n\n", "> " LINE, 20000, "> a needle\n");
  GtkWidget *view = barua_plain_view_new (text);
  guint placed = 0;
  Watch watch;

  watch_begin (&watch, view, one_piece);
  g_signal_connect (view, "placed", G_CALLBACK (count_signal), &placed);
  g_assert_cmpuint (barua_plain_view_find (BARUA_PLAIN_VIEW (view), "needle"), ==, 1);
  g_assert_cmpint (barua_plain_view_mark (BARUA_PLAIN_VIEW (view), 0, view), ==, -1);
  wait_for (&watch, &placed, 1);
  g_assert_cmpint (barua_plain_view_get_place (BARUA_PLAIN_VIEW (view), view), >, 2000);
  watch_end (&watch);
}

/* Chips ------------------------------------------------------------------------------------------------------------ */

static void
test_attachments (void)
{
  g_autoptr (GBytes) none = g_bytes_new_static ("", 0);
  g_autoptr (BaruaMessageSource) source = barua_message_source_new_for_bytes (none);
  g_autoptr (BaruaParsedMessage) message = barua_parsed_message_new ();
  GtkWidget *attachments = g_object_new (BARUA_TYPE_CARD_ATTACHMENTS, NULL);
  Watch watch;

  for (guint i = 0; i < 130; i++)
    {
      BaruaPart *part = barua_part_new ();

      part->kind = BARUA_PART_ATTACHMENT;
      g_free (part->file_name);
      part->file_name = g_strdup_printf ("file%u.pdf", i);
      g_ptr_array_add (message->parts, part);
    }
  barua_card_attachments_show (BARUA_CARD_ATTACHMENTS (attachments), source, "", message);
  watch_begin (&watch, attachments, one_attachment);
  g_assert_cmpuint (watch.last, >, 0);
  watch_settle (&watch);
  g_assert_cmpuint (watch.last, ==, BARUA_LIMIT_CHIPS);
  g_assert_cmpuint (watch.worst, <=, BARUA_CHIPS_SLICE);
  g_signal_emit_by_name (gtk_widget_get_last_child (find_wrap_box (attachments)), "clicked");
  watch_settle (&watch);
  g_assert_cmpuint (watch.last, ==, 130);
  g_assert_cmpuint (watch.worst, <=, BARUA_CHIPS_SLICE);
  watch_end (&watch);
}

static GtkLabel *
find_label (GtkWidget  *widget,
            const char *suffix)
{
  if (GTK_IS_LABEL (widget) && g_str_has_suffix (gtk_label_get_text (GTK_LABEL (widget)), suffix))
    return GTK_LABEL (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkLabel *found = find_label (child, suffix);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* Shortened by the letter, not by the pixel: the label leaves nothing out itself, and so no gap. */
static void
test_names (void)
{
  static const char *const names[][3] = {
    { "Quarterly report of the cooperative, second draft 2025.pdf", "Quarterly report…aft 2025.pdf", ".pdf" },
    { "short.pdf", "short.pdf", ".pdf" },
    { "a name without any ending that is long", "a name without an…that is long", "long" },
    { "0123456789012345678901234567890123456789.thirteenlong", "01234567890123456….thirteenlong", "long" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (BaruaPart) part = barua_part_new ();
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
      GtkLabel *label;
      Watch watch;

      part->kind = BARUA_PART_ATTACHMENT;
      g_set_str (&part->file_name, names[i][0]);
      gtk_box_append (GTK_BOX (box), barua_attachment_chip_new (part, "2"));
      watch_begin (&watch, box, one_attachment);
      watch_settle (&watch);
      label = find_label (box, names[i][2]);
      g_assert_nonnull (label);
      g_assert_cmpstr (gtk_label_get_text (label), ==, names[i][1]);
      g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (label)));
      watch_end (&watch);
    }
}

static void
test_recipients (void)
{
  g_autoptr (BaruaParsedMessage) message = barua_parsed_message_new ();
  GtkWidget *header = g_object_new (BARUA_TYPE_CARD_HEADER, NULL);
  GtkWidget *toggle;
  Watch watch;

  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *address = g_strdup_printf ("person%u@barua.example", i);

      g_ptr_array_add (i < 50 ? message->to : message->cc, barua_address_new ("Person", address));
    }
  barua_card_header_set_recipients (BARUA_CARD_HEADER (header), NULL, message);
  watch_begin (&watch, header, one_recipient);
  watch_settle (&watch);
  /* None before they are wanted. */
  g_assert_cmpuint (watch.last, ==, 0);
  toggle = find_button (header, "recipients");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (toggle), TRUE);
  watch_settle (&watch);
  /* The names of two fields are among them. */
  g_assert_cmpuint (watch.last, ==, BARUA_LIMIT_RECIPIENTS_SHOWN - 2);
  g_assert_cmpuint (watch.worst, <=, BARUA_CHIPS_SLICE);
  g_signal_emit_by_name (find_button (header, "caption"), "clicked");
  watch_settle (&watch);
  g_assert_cmpuint (watch.last, ==, 500);
  g_assert_cmpuint (watch.worst, <=, BARUA_CHIPS_SLICE);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (toggle), FALSE);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (toggle), TRUE);
  watch_settle (&watch);
  g_assert_cmpuint (watch.last, ==, 500);
  watch_end (&watch);
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
  g_test_add_func ("/ui/slices/plain", test_plain);
  g_test_add_func ("/ui/slices/folded", test_folded);
  g_test_add_func ("/ui/slices/find", test_find);
  g_test_add_func ("/ui/slices/find-folded", test_find_folded);
  g_test_add_func ("/ui/slices/attachments", test_attachments);
  g_test_add_func ("/ui/slices/names", test_names);
  g_test_add_func ("/ui/slices/recipients", test_recipients);
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
