/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-message-item.h"

#include "barua-engine-types.h"

struct _BaruaMessageItem
{
  GObject   parent_instance;
  gint64    id;
  gint64    key;
  BaruaRow *row;
};

enum
{
  PROP_0,
  PROP_ID,
  PROP_ROW,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (BaruaMessageItem, barua_message_item, G_TYPE_OBJECT)

static void
barua_message_item_finalize (GObject *object)
{
  BaruaMessageItem *self = BARUA_MESSAGE_ITEM (object);

  g_clear_pointer (&self->row, barua_row_unref);
  G_OBJECT_CLASS (barua_message_item_parent_class)->finalize (object);
}

static void
barua_message_item_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  BaruaMessageItem *self = BARUA_MESSAGE_ITEM (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_int64 (value, self->id);
      break;
    case PROP_ROW:
      g_value_set_boxed (value, self->row);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
barua_message_item_class_init (BaruaMessageItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = barua_message_item_finalize;
  object_class->get_property = barua_message_item_get_property;

  properties[PROP_ID] = g_param_spec_int64 ("id", NULL, NULL, 0, G_MAXINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_ROW] =
    g_param_spec_boxed ("row", NULL, NULL, BARUA_TYPE_ROW, G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
barua_message_item_init (BaruaMessageItem *self)
{
}

BaruaMessageItem *
barua_message_item_new (gint64 id,
                        gint64 key)
{
  BaruaMessageItem *self = g_object_new (BARUA_TYPE_MESSAGE_ITEM, NULL);

  self->id = id;
  self->key = key;
  return self;
}

gint64
barua_message_item_get_id (BaruaMessageItem *self)
{
  return self->id;
}

gint64
barua_message_item_get_key (BaruaMessageItem *self)
{
  return self->key;
}

void
barua_message_item_set_key (BaruaMessageItem *self,
                            gint64            key)
{
  self->key = key;
}

BaruaRow *
barua_message_item_get_row (BaruaMessageItem *self)
{
  return self->row;
}

void
barua_message_item_set_row (BaruaMessageItem *self,
                            BaruaRow         *row)
{
  if (self->row == row)
    return;
  g_clear_pointer (&self->row, barua_row_unref);
  if (row != NULL)
    self->row = barua_row_ref (row);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROW]);
}
