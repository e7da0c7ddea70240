/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-folder-item.h"

struct _BaruaFolderItem
{
  GObject      parent_instance;
  BaruaFolder *folder;
  GListStore  *children;
};

enum
{
  PROP_0,
  PROP_FOLDER,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (BaruaFolderItem, barua_folder_item, G_TYPE_OBJECT)

static void
barua_folder_item_finalize (GObject *object)
{
  BaruaFolderItem *self = BARUA_FOLDER_ITEM (object);

  g_clear_pointer (&self->folder, barua_folder_unref);
  g_clear_object (&self->children);
  G_OBJECT_CLASS (barua_folder_item_parent_class)->finalize (object);
}

static void
barua_folder_item_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  if (prop_id == PROP_FOLDER)
    g_value_set_boxed (value, BARUA_FOLDER_ITEM (object)->folder);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
barua_folder_item_class_init (BaruaFolderItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = barua_folder_item_finalize;
  object_class->get_property = barua_folder_item_get_property;
  properties[PROP_FOLDER] = g_param_spec_boxed ("folder", NULL, NULL, BARUA_TYPE_FOLDER,
                                                G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
barua_folder_item_init (BaruaFolderItem *self)
{
  self->children = g_list_store_new (BARUA_TYPE_FOLDER_ITEM);
}

BaruaFolderItem *
barua_folder_item_new (BaruaFolder *folder)
{
  BaruaFolderItem *self = g_object_new (BARUA_TYPE_FOLDER_ITEM, NULL);

  self->folder = barua_folder_ref (folder);
  return self;
}

BaruaFolder *
barua_folder_item_get_folder (BaruaFolderItem *self)
{
  return self->folder;
}

gint64
barua_folder_item_get_id (BaruaFolderItem *self)
{
  return self->folder->id;
}

guint
barua_folder_item_get_count (BaruaFolderItem *self)
{
  switch (self->folder->role)
    {
    case BARUA_ROLE_DRAFTS:
    case BARUA_ROLE_OUTBOX:
      return self->folder->total;
    case BARUA_ROLE_JUNK:
    case BARUA_ROLE_TRASH:
      return 0;
    default:
      return self->folder->unread;
    }
}

gboolean
barua_folder_item_is_emphasised (BaruaFolderItem *self)
{
  switch (self->folder->role)
    {
    case BARUA_ROLE_DRAFTS:
    case BARUA_ROLE_SENT:
    case BARUA_ROLE_ARCHIVE:
    case BARUA_ROLE_JUNK:
    case BARUA_ROLE_TRASH:
      return FALSE;
    default:
      return self->folder->unread > 0;
    }
}

GListModel *
barua_folder_item_get_children (BaruaFolderItem *self)
{
  return G_LIST_MODEL (self->children);
}

void
barua_folder_item_set_folder (BaruaFolderItem *self,
                              BaruaFolder     *folder)
{
  if (self->folder == folder)
    return;
  barua_folder_unref (self->folder);
  self->folder = barua_folder_ref (folder);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLDER]);
}
