/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-list-placeholder.h"

#include <glib/gi18n-lib.h>

#include "barua-limits.h"
#include "barua-words.h"

struct _BaruaListPlaceholder
{
  AdwBin              parent_instance;
  GtkStack           *stack;
  AdwStatusPage      *page;
  GtkButton          *button;
  GtkButton          *ask_button;
  GtkBox             *loading;
  GtkLabel           *words;
  GtkProgressBar     *progress;
  BaruaPlaceholderAct act;
  guint               wait_source;
};

enum
{
  CLICKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BaruaListPlaceholder, barua_list_placeholder, ADW_TYPE_BIN)

static const char *
label_of (BaruaPlaceholderAct act)
{
  switch (act)
    {
    case BARUA_PLACEHOLDER_SHOW_ALL:
      return _("Show All Messages");
    case BARUA_PLACEHOLDER_EVERYWHERE:
      return _("Everywhere");
    case BARUA_PLACEHOLDER_AGAIN:
      return _("Try Again");
    case BARUA_PLACEHOLDER_NOTHING:
    default:
      return "";
    }
}

static void
show (BaruaListPlaceholder *self,
      const char           *icon,
      const char           *title,
      const char           *description,
      BaruaPlaceholderAct   act)
{
  /* It is markup; the title is not. */
  g_autofree char *escaped = g_markup_escape_text (description, -1);

  g_clear_handle_id (&self->wait_source, g_source_remove);
  self->act = act;
  adw_status_page_set_icon_name (self->page, icon);
  adw_status_page_set_title (self->page, title);
  adw_status_page_set_description (self->page, escaped);
  gtk_button_set_label (self->button, label_of (act));
  gtk_widget_set_visible (GTK_WIDGET (self->button), act != BARUA_PLACEHOLDER_NOTHING);
  gtk_widget_set_visible (GTK_WIDGET (self->ask_button), FALSE);
  gtk_stack_set_visible_child_name (self->stack, "status");
}

void
barua_list_placeholder_show_empty (BaruaListPlaceholder *self,
                                   BaruaRole             role)
{
  if (role == BARUA_ROLE_INBOX)
    show (self, "barua-inbox-symbolic", _("All Read and Filed"), "", BARUA_PLACEHOLDER_NOTHING);
  else
    show (self, "folder-symbolic", _("No Messages"), "", BARUA_PLACEHOLDER_NOTHING);
}

void
barua_list_placeholder_show_unfound (BaruaListPlaceholder *self,
                                     gboolean              is_search,
                                     gboolean              is_unread,
                                     gboolean              is_everywhere,
                                     gboolean              can_ask)
{
  if (is_search)
    {
      show (self, "system-search-symbolic", _("Nothing Found"), "",
            is_everywhere ? BARUA_PLACEHOLDER_NOTHING : BARUA_PLACEHOLDER_EVERYWHERE);
      gtk_widget_set_visible (GTK_WIDGET (self->ask_button), can_ask);
    }
  else if (is_unread)
    show (self, "mail-read-symbolic", _("Nothing Unread Here"), "", BARUA_PLACEHOLDER_SHOW_ALL);
  else
    show (self, "system-search-symbolic", _("Nothing Found"), "", BARUA_PLACEHOLDER_SHOW_ALL);
}

void
barua_list_placeholder_show_error (BaruaListPlaceholder *self,
                                   const GError         *error)
{
  BaruaErrorCode code = barua_error_get_code (error);
  g_autofree char *sentence = barua_words_error (code, NULL, NULL);
  g_autofree char *remedy = barua_words_remedy (code, NULL, NULL);

  show (self, "dialog-warning-symbolic", sentence, remedy, BARUA_PLACEHOLDER_AGAIN);
}

static gboolean
waited (gpointer data)
{
  BaruaListPlaceholder *self = data;

  self->wait_source = 0;
  gtk_widget_set_opacity (GTK_WIDGET (self->loading), 1.0);
  return G_SOURCE_REMOVE;
}

void
barua_list_placeholder_show_loading (BaruaListPlaceholder *self,
                                     const BaruaStatus    *status)
{
  gboolean is_known = status != NULL && status->kind == BARUA_STATUS_SYNCHRONISING;
  gboolean is_counting = is_known && status->total > 0;
  g_autofree char *words = is_known ? barua_words_status (status) : g_strdup ("");

  gtk_label_set_label (self->words, words);
  gtk_widget_set_visible (GTK_WIDGET (self->words), is_known);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), is_counting);
  gtk_progress_bar_set_fraction (self->progress,
                                 is_counting ? (double)MIN (status->done, status->total) / status->total : 0);
  if (self->wait_source != 0 || g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "loading") == 0)
    return;
  /* What is there at once needs no spinner. */
  gtk_widget_set_opacity (GTK_WIDGET (self->loading), 0.0);
  gtk_stack_set_visible_child_name (self->stack, "loading");
  self->wait_source = g_timeout_add (BARUA_TIMEOUT_SPINNER_MS, waited, self);
}

static void
clicked (BaruaListPlaceholder *self)
{
  g_signal_emit (self, signals[CLICKED], 0, (int)self->act);
}

static void
ask_clicked (BaruaListPlaceholder *self)
{
  g_signal_emit (self, signals[CLICKED], 0, (int)BARUA_PLACEHOLDER_ASK);
}

/* The next loading waits again before it shows itself. */
static void
barua_list_placeholder_unmap (GtkWidget *widget)
{
  BaruaListPlaceholder *self = BARUA_LIST_PLACEHOLDER (widget);

  g_clear_handle_id (&self->wait_source, g_source_remove);
  gtk_stack_set_visible_child_name (self->stack, "status");
  GTK_WIDGET_CLASS (barua_list_placeholder_parent_class)->unmap (widget);
}

static void
barua_list_placeholder_dispose (GObject *object)
{
  g_clear_handle_id (&BARUA_LIST_PLACEHOLDER (object)->wait_source, g_source_remove);
  /* The template would let go of it behind the bin's back. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), BARUA_TYPE_LIST_PLACEHOLDER);
  G_OBJECT_CLASS (barua_list_placeholder_parent_class)->dispose (object);
}

static void
barua_list_placeholder_class_init (BaruaListPlaceholderClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_list_placeholder_dispose;
  widget_class->unmap = barua_list_placeholder_unmap;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/barua_mail/Barua/list/barua-list-placeholder.ui");
  gtk_widget_class_bind_template_child (widget_class, BaruaListPlaceholder, stack);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPlaceholder, page);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPlaceholder, button);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPlaceholder, ask_button);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPlaceholder, loading);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPlaceholder, words);
  gtk_widget_class_bind_template_child (widget_class, BaruaListPlaceholder, progress);
  signals[CLICKED] =
    g_signal_new ("clicked", BARUA_TYPE_LIST_PLACEHOLDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
barua_list_placeholder_init (BaruaListPlaceholder *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->button, "clicked", G_CALLBACK (clicked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->ask_button, "clicked", G_CALLBACK (ask_clicked), self, G_CONNECT_SWAPPED);
}
