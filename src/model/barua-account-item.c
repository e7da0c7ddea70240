/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-account-item.h"

#include "barua-folder-item.h"

struct _BaruaAccountItem
{
  GObject      parent_instance;
  BaruaAccount *account;
  GListStore  *children;
};

enum
{
  PROP_0,
  PROP_ACCOUNT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (BaruaAccountItem, barua_account_item, G_TYPE_OBJECT)

static void
barua_account_item_finalize (GObject *object)
{
  BaruaAccountItem *self = BARUA_ACCOUNT_ITEM (object);

  g_clear_pointer (&self->account, barua_account_unref);
  g_clear_object (&self->children);
  G_OBJECT_CLASS (barua_account_item_parent_class)->finalize (object);
}

static void
barua_account_item_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  if (prop_id == PROP_ACCOUNT)
    g_value_set_boxed (value, BARUA_ACCOUNT_ITEM (object)->account);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
barua_account_item_class_init (BaruaAccountItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = barua_account_item_finalize;
  object_class->get_property = barua_account_item_get_property;
  properties[PROP_ACCOUNT] = g_param_spec_boxed ("account", NULL, NULL, BARUA_TYPE_ACCOUNT,
                                                G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
barua_account_item_init (BaruaAccountItem *self)
{
  self->children = g_list_store_new (BARUA_TYPE_FOLDER_ITEM);
}

BaruaAccountItem *
barua_account_item_new (BaruaAccount *account)
{
  BaruaAccountItem *self = g_object_new (BARUA_TYPE_ACCOUNT_ITEM, NULL);

  self->account = barua_account_ref (account);
  return self;
}

BaruaAccount *
barua_account_item_get_account (BaruaAccountItem *self)
{
  return self->account;
}

gint64
barua_account_item_get_id (BaruaAccountItem *self)
{
  return self->account->id;
}

GListModel *
barua_account_item_get_children (BaruaAccountItem *self)
{
  return G_LIST_MODEL (self->children);
}

void
barua_account_item_set_account (BaruaAccountItem *self,
                              BaruaAccount     *account)
{
  if (self->account == account)
    return;
  barua_account_unref (self->account);
  self->account = barua_account_ref (account);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACCOUNT]);
}
