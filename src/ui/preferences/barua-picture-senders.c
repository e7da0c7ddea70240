/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-picture-senders.h"

#include <glib/gi18n-lib.h>

#include "barua-fiber.h"
#include "barua-words.h"

struct _BaruaPictureSenders
{
  AdwNavigationPage    parent_instance;
  AdwToolbarView      *view;
  AdwPreferencesGroup *group;
  BaruaEngine         *engine;
  guint                n_rows;
};

G_DEFINE_FINAL_TYPE (BaruaPictureSenders, barua_picture_senders, ADW_TYPE_NAVIGATION_PAGE)

/* Fibers hold the engine, never the page: it may be gone when they go on. */
typedef struct
{
  GWeakRef     page;
  BaruaEngine *engine;
  GtkWidget   *row; /* taken out by remove_fiber(), held */
  char        *address;
} Work;

static Work *
work_new (BaruaPictureSenders *self,
          GtkWidget           *row,
          const char          *address)
{
  Work *work = g_new0 (Work, 1);

  g_weak_ref_init (&work->page, self);
  work->engine = g_object_ref (self->engine);
  g_set_object (&work->row, row);
  work->address = g_strdup (address);
  return work;
}

static void
work_free (gpointer data)
{
  Work *work = data;

  g_weak_ref_clear (&work->page);
  g_object_unref (work->engine);
  g_clear_object (&work->row);
  g_free (work->address);
  g_free (work);
}

static void
show_state (BaruaPictureSenders *self,
            const char          *title)
{
  GtkWidget *state = adw_status_page_new ();

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (state), "image-x-generic-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (state), title);
  gtk_widget_add_css_class (state, "compact");
  adw_toolbar_view_set_content (self->view, state);
  self->group = NULL;
}

static DexFuture *
remove_fiber (gpointer data)
{
  Work *work = data;
  g_autoptr (GError) error = NULL;
  gboolean done = dex_await (barua_engine_set_pictures (work->engine, work->address, BARUA_PICTURES_ASK), &error);
  g_autoptr (BaruaPictureSenders) self = g_weak_ref_get (&work->page);

  if (!done)
    {
      g_message ("pictures: %s", error->message);
      gtk_widget_set_sensitive (work->row, TRUE);
    }
  else if (self != NULL && self->group != NULL)
    {
      gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
      adw_preferences_group_remove (self->group, work->row);
      if (--self->n_rows == 0)
        show_state (self, _("No Senders"));
    }
  return dex_future_new_true ();
}

static void
remove_clicked (GtkButton           *button,
                BaruaPictureSenders *self)
{
  GtkWidget *row = gtk_widget_get_ancestor (GTK_WIDGET (button), ADW_TYPE_ACTION_ROW);

  gtk_widget_set_sensitive (row, FALSE);
  barua_fiber_spawn ("ui-remove-sender", remove_fiber,
                     work_new (self, row, adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row))), work_free);
}

static void
add_sender (BaruaPictureSenders *self,
            const char          *address)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  /* Translators: %s is an address: its pictures are no longer shown without asking. */
  g_autofree char *name = g_strdup_printf (_("Remove %s"), address);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), address);
  gtk_widget_set_tooltip_text (button, _("Remove"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_clicked), self, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_preferences_group_add (self->group, row);
  self->n_rows++;
}

static void
show_senders (BaruaPictureSenders *self,
              const char *const   *addresses)
{
  GtkWidget *page = adw_preferences_page_new ();

  self->group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  adw_preferences_group_set_description (self->group, _("Pictures in messages of these senders are shown without asking."));
  for (guint i = 0; addresses[i] != NULL; i++)
    add_sender (self, addresses[i]);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), self->group);
  adw_toolbar_view_set_content (self->view, page);
}

static DexFuture *
load_fiber (gpointer data)
{
  Work *work = data;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) addresses = dex_await_boxed (barua_engine_list_pictures (work->engine), &error);
  g_autoptr (BaruaPictureSenders) self = g_weak_ref_get (&work->page);

  if (self == NULL)
    return dex_future_new_true ();
  if (addresses == NULL)
    {
      g_autofree char *words = barua_words_error (barua_error_get_code (error), NULL, NULL);

      /* A title is no markup. */
      show_state (self, words);
    }
  else if (addresses[0] == NULL)
    show_state (self, _("No Senders"));
  else
    show_senders (self, (const char *const *)addresses);
  return dex_future_new_true ();
}

static void
barua_picture_senders_dispose (GObject *object)
{
  g_clear_object (&BARUA_PICTURE_SENDERS (object)->engine);
  G_OBJECT_CLASS (barua_picture_senders_parent_class)->dispose (object);
}

static void
barua_picture_senders_class_init (BaruaPictureSendersClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = barua_picture_senders_dispose;
}

static void
barua_picture_senders_init (BaruaPictureSenders *self)
{
  self->view = ADW_TOOLBAR_VIEW (adw_toolbar_view_new ());
  adw_toolbar_view_add_top_bar (self->view, adw_header_bar_new ());
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), _("Senders with Pictures"));
  adw_navigation_page_set_child (ADW_NAVIGATION_PAGE (self), GTK_WIDGET (self->view));
}

AdwNavigationPage *
barua_picture_senders_new (BaruaEngine *engine)
{
  BaruaPictureSenders *self = g_object_new (BARUA_TYPE_PICTURE_SENDERS, NULL);

  self->engine = g_object_ref (engine);
  barua_fiber_spawn ("ui-senders", load_fiber, work_new (self, NULL, NULL), work_free);
  return ADW_NAVIGATION_PAGE (self);
}
