/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-folder-row.h"

#include <glib/gi18n-lib.h>

#include "barua-account-item.h"
#include "barua-folder-item.h"
#include "barua-folder-tree.h"
#include "barua-words.h"

struct _BaruaFolderRow
{
  GtkBox           parent_instance;
  GtkImage        *icon;
  GtkLabel        *name;
  GtkLabel        *count;
  GObject         *item;
  char            *account;  /* whose folder it is; NULL: there is only one account */
  GtkTreeExpander *expander; /* weak: it holds us */
};

G_DEFINE_FINAL_TYPE (BaruaFolderRow, barua_folder_row, GTK_TYPE_BOX)

static const char *
icon_of (BaruaRole role)
{
  switch (role)
    {
    case BARUA_ROLE_INBOX:
      return "barua-inbox-symbolic";
    case BARUA_ROLE_DRAFTS:
      return "document-edit-symbolic";
    case BARUA_ROLE_OUTBOX:
      return "document-send-symbolic";
    case BARUA_ROLE_SENT:
      return "mail-send-symbolic";
    case BARUA_ROLE_ARCHIVE:
    case BARUA_ROLE_ALL:
      return "barua-archive-symbolic";
    case BARUA_ROLE_JUNK:
      return "mail-mark-junk-symbolic";
    case BARUA_ROLE_TRASH:
      return "user-trash-symbolic";
    case BARUA_ROLE_FLAGGED:
      return "starred-symbolic";
    default:
      return "folder-symbolic";
    }
}

static void
set_emphasis (BaruaFolderRow *self,
              gboolean        emphasised)
{
  if (emphasised)
    gtk_widget_add_css_class (GTK_WIDGET (self->name), "heading");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->name), "heading");
}

static void
set_dim (BaruaFolderRow *self,
         gboolean        dim)
{
  if (dim)
    gtk_widget_add_css_class (GTK_WIDGET (self->name), "dimmed");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->name), "dimmed");
}

/* By itself the expander would be called by all that it holds. */
static void
set_label (BaruaFolderRow *self,
           const char     *label)
{
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (self->expander), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->expander), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
update_folder (BaruaFolderRow *self)
{
  BaruaFolderItem *item = BARUA_FOLDER_ITEM (self->item);
  const BaruaFolder *folder = barua_folder_item_get_folder (item);
  guint count = barua_folder_item_get_count (item);
  g_autofree char *shown = barua_words_count (count);
  g_autofree char *words = barua_words_folder (folder);
  g_autofree char *name = barua_words_folder_name (folder);
  g_autofree char *label = NULL;

  gtk_image_set_from_icon_name (self->icon, icon_of (folder->role));
  gtk_label_set_label (self->name, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), folder->path);
  gtk_label_set_label (self->count, shown);
  gtk_widget_set_visible (GTK_WIDGET (self->count), count > 0);
  /* It can be folded, and has to be read: fainter than others, but no control that is off. */
  set_dim (self, !folder->selectable);
  set_emphasis (self, barua_folder_item_is_emphasised (item));

  /* Translators: a folder and its state: "Inbox, 24 unread". */
  label = count > 0 ? g_strdup_printf (_("%1$s, %2$s"), name, words) : g_strdup (name);
  if (self->account != NULL)
    {
      g_autofree char *own = g_steal_pointer (&label);

      /* Translators: a folder and the account it is in, read out: "Inbox, 24 unread, of maria@posta.example". */
      label = g_strdup_printf (_("%1$s, of %2$s"), own, self->account);
    }
  set_label (self, label);
}

static void
update_account (BaruaFolderRow *self)
{
  const BaruaAccount *account = barua_account_item_get_account (BARUA_ACCOUNT_ITEM (self->item));

  gtk_image_set_from_icon_name (self->icon, "avatar-default-symbolic");
  gtk_label_set_label (self->name, account->name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), account->address);
  gtk_widget_set_visible (GTK_WIDGET (self->count), FALSE);
  set_dim (self, FALSE);
  set_emphasis (self, TRUE);
  set_label (self, account->name);
}

static void
update_expander (BaruaFolderRow *self)
{
  g_autoptr (GListModel) children = barua_folder_tree_list_children (self->item);

  gtk_tree_expander_set_hide_expander (self->expander, children == NULL || g_list_model_get_n_items (children) == 0);
}

void
barua_folder_row_bind (BaruaFolderRow  *self,
                       GObject         *item,
                       const char      *account,
                       GtkTreeExpander *expander)
{
  g_autoptr (GListModel) children = barua_folder_tree_list_children (item);

  barua_folder_row_unbind (self);
  self->item = g_object_ref (item);
  self->account = g_strdup (account);
  self->expander = expander;
  if (BARUA_IS_FOLDER_ITEM (item))
    {
      g_signal_connect_object (item, "notify::folder", G_CALLBACK (update_folder), self, G_CONNECT_SWAPPED);
      update_folder (self);
    }
  else
    {
      g_signal_connect_object (item, "notify::account", G_CALLBACK (update_account), self, G_CONNECT_SWAPPED);
      update_account (self);
    }
  if (children != NULL)
    g_signal_connect_object (children, "items-changed", G_CALLBACK (update_expander), self, G_CONNECT_SWAPPED);
  update_expander (self);
}

void
barua_folder_row_unbind (BaruaFolderRow *self)
{
  g_autoptr (GListModel) children = self->item != NULL ? barua_folder_tree_list_children (self->item) : NULL;

  if (self->item == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->item, self);
  if (children != NULL)
    g_signal_handlers_disconnect_by_data (children, self);
  g_clear_object (&self->item);
  g_clear_pointer (&self->account, g_free);
  self->expander = NULL;
}

static void
barua_folder_row_dispose (GObject *object)
{
  barua_folder_row_unbind (BARUA_FOLDER_ROW (object));
  gtk_widget_dispose_template (GTK_WIDGET (object), BARUA_TYPE_FOLDER_ROW);
  G_OBJECT_CLASS (barua_folder_row_parent_class)->dispose (object);
}

static void
barua_folder_row_class_init (BaruaFolderRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = barua_folder_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/barua_mail/Barua/folders/barua-folder-row.ui");
  gtk_widget_class_bind_template_child (widget_class, BaruaFolderRow, icon);
  gtk_widget_class_bind_template_child (widget_class, BaruaFolderRow, name);
  gtk_widget_class_bind_template_child (widget_class, BaruaFolderRow, count);
}

static void
barua_folder_row_init (BaruaFolderRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
barua_folder_row_new (void)
{
  return g_object_new (BARUA_TYPE_FOLDER_ROW, NULL);
}
