/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bare-list ROWS: a libadwaita window with nothing but a list of so many rows, each with four labels of real text. What GTK alone
 * takes on this machine, which the window benchmarks are held against. */
#include <adwaita.h>
#include <stdlib.h>

#define BARE_TYPE_ITEM (bare_item_get_type ())
G_DECLARE_FINAL_TYPE (BareItem, bare_item, BARE, ITEM, GObject)
#define BARE_TYPE_MODEL (bare_model_get_type ())
G_DECLARE_FINAL_TYPE (BareModel, bare_model, BARE, MODEL, GObject)

struct _BareItem
{
  GObject parent_instance;
  guint   number;
};

struct _BareModel
{
  GObject parent_instance;
  guint   n;
};

G_DEFINE_FINAL_TYPE (BareItem, bare_item, G_TYPE_OBJECT)

static void
bare_item_class_init (BareItemClass *klass)
{
}

static void
bare_item_init (BareItem *self)
{
}

static GType
get_item_type (GListModel *model)
{
  return BARE_TYPE_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return BARE_MODEL (model)->n;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  BareItem *item = position < BARE_MODEL (model)->n ? g_object_new (BARE_TYPE_ITEM, NULL) : NULL;

  if (item != NULL)
    item->number = position;
  return item;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BareModel, bare_model, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
bare_model_class_init (BareModelClass *klass)
{
}

static void
bare_model_init (BareModel *self)
{
}

/* Sender and date, subject, preview. */
static void
setup_row (GtkSignalListItemFactory *factory,
           GtkListItem              *list_item,
           gpointer                  user_data)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *first = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_box_append (GTK_BOX (first), g_object_new (GTK_TYPE_LABEL, "xalign", 0.0f, "hexpand", TRUE, "ellipsize", PANGO_ELLIPSIZE_END, NULL));
  gtk_box_append (GTK_BOX (first), gtk_label_new (NULL));
  gtk_box_append (GTK_BOX (row), first);
  for (guint i = 0; i < 2; i++)
    gtk_box_append (GTK_BOX (row), g_object_new (GTK_TYPE_LABEL, "xalign", 0.0f, "ellipsize", PANGO_ELLIPSIZE_END, NULL));
  gtk_list_item_set_child (list_item, row);
}

static const char *
word (guint number)
{
  static const char * const words[] = { "garden", "budget", "travel", "report", "invoice", "lunch", "plan", "review",
                                        "weekend", "photos", "contract", "question", "answer", "notes", "launch", "meeting" };

  return words[number % G_N_ELEMENTS (words)];
}

static void
take_text (GtkWidget *label,
           char      *text /* taken */)
{
  gtk_label_set_label (GTK_LABEL (label), text);
  g_free (text);
}

static void
bind_row (GtkSignalListItemFactory *factory,
          GtkListItem              *list_item,
          gpointer                  user_data)
{
  guint number = BARE_ITEM (gtk_list_item_get_item (list_item))->number;
  GtkWidget *first = gtk_widget_get_first_child (gtk_list_item_get_child (list_item));
  GtkWidget *subject = gtk_widget_get_next_sibling (first);

  take_text (gtk_widget_get_first_child (first), g_strdup_printf ("Person %u of the %s", number, word (number)));
  take_text (gtk_widget_get_last_child (first), g_strdup_printf ("%u March", number % 31 + 1));
  take_text (subject, g_strdup_printf ("Re: %s, %s and the %s of number %u", word (number), word (number / 16),
                                       word (number / 256), number));
  take_text (gtk_widget_get_next_sibling (subject),
             g_strdup_printf ("Thank you for the %s; we shall look at the %s again when the %s is there, number %u",
                              word (number / 16), word (number), word (number / 256), number));
}

static void
activate (AdwApplication *application,
          gpointer        user_data)
{
  GtkWidget *window = adw_application_window_new (GTK_APPLICATION (application));
  GtkWidget *bars = adw_toolbar_view_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  BareModel *model = g_object_new (BARE_TYPE_MODEL, NULL);
  GtkWidget *view;

  model->n = *(guint *)user_data;
  g_signal_connect (factory, "setup", G_CALLBACK (setup_row), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_row), NULL);
  view = gtk_list_view_new (GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (model))), factory);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  adw_toolbar_view_add_top_bar (ADW_TOOLBAR_VIEW (bars), adw_header_bar_new ());
  adw_toolbar_view_set_content (ADW_TOOLBAR_VIEW (bars), scroller);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), bars);
  gtk_window_set_default_size (GTK_WINDOW (window), 1180, 760);
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (AdwApplication) application = adw_application_new ("io.github.barua_mail.BareList", G_APPLICATION_NON_UNIQUE);
  guint n = argc > 1 ? (guint)strtoul (argv[1], NULL, 10) : 0;

  g_signal_connect (application, "activate", G_CALLBACK (activate), &n);
  return g_application_run (G_APPLICATION (application), 1, argv);
}
