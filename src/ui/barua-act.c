/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-act.h"

#include "barua-limits.h"
#include "barua-words.h"

struct _BaruaAct
{
  GObject     parent_instance;
  gint64      id;
  gint64      time;
  BaruaIdSet *ids; /* of marks */
  BaruaFlags  mask;
  BaruaFlags  bits;
  gint64      refusal; /* of what was let go */
  guint       n;
  gboolean    undoing;
};

G_DEFINE_FINAL_TYPE (BaruaAct, barua_act, G_TYPE_OBJECT)

static void
barua_act_finalize (GObject *object)
{
  g_clear_pointer (&BARUA_ACT (object)->ids, barua_id_set_unref);
  G_OBJECT_CLASS (barua_act_parent_class)->finalize (object);
}

static void
barua_act_class_init (BaruaActClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = barua_act_finalize;
}

static void
barua_act_init (BaruaAct *self)
{
  static gint64 last_id;

  self->id = ++last_id;
  self->time = g_get_real_time () / G_USEC_PER_SEC;
}

/* The list --------------------------------------------------------------------------------------------------------- */

static GListStore *
get_store (BaruaEngine *engine)
{
  static const char key[] = "barua-acts";
  GListStore *store = g_object_get_data (G_OBJECT (engine), key);

  if (store == NULL)
    {
      store = g_list_store_new (BARUA_TYPE_ACT);
      g_object_set_data_full (G_OBJECT (engine), key, store, g_object_unref);
    }
  return store;
}

GListModel *
barua_acts_get (BaruaEngine *engine)
{
  return G_LIST_MODEL (get_store (engine));
}

BaruaAct *
barua_acts_get_newest (BaruaEngine *engine)
{
  GListModel *acts = barua_acts_get (engine);

  for (guint i = 0; i < g_list_model_get_n_items (acts); i++)
    {
      g_autoptr (BaruaAct) act = g_list_model_get_item (acts, i);

      if (!act->undoing)
        return act; /* the list holds it */
    }
  return NULL;
}

BaruaAct *
barua_acts_dup (BaruaEngine *engine,
                gint64       id)
{
  GListModel *acts = barua_acts_get (engine);

  for (guint i = 0; i < g_list_model_get_n_items (acts); i++)
    {
      g_autoptr (BaruaAct) act = g_list_model_get_item (acts, i);

      if (act->id == id)
        return g_steal_pointer (&act);
    }
  return NULL;
}

static void
add (BaruaEngine *engine,
     BaruaAct    *act)
{
  GListStore *store = get_store (engine);

  g_list_store_insert (store, 0, act);
  if (g_list_model_get_n_items (G_LIST_MODEL (store)) > BARUA_LIMIT_DONE_LATELY)
    g_list_store_remove (store, BARUA_LIMIT_DONE_LATELY);
}

void
barua_acts_add_marks (BaruaEngine *engine,
                      BaruaIdSet  *ids,
                      BaruaFlags   mask,
                      BaruaFlags   bits)
{
  g_autoptr (BaruaAct) act = g_object_new (BARUA_TYPE_ACT, NULL);

  act->ids = barua_id_set_ref (ids);
  act->mask = mask;
  act->bits = bits;
  act->n = (guint)MIN (barua_id_set_get_count (ids), G_MAXUINT);
  add (engine, act);
}

void
barua_acts_add_discard (BaruaEngine *engine,
                        gint64       refusal,
                        guint        n)
{
  g_autoptr (BaruaAct) act = g_object_new (BARUA_TYPE_ACT, NULL);

  act->refusal = refusal;
  act->n = n;
  add (engine, act);
}

void
barua_acts_remove (BaruaEngine *engine,
                   BaruaAct    *act)
{
  GListStore *store = get_store (engine);
  guint position;

  if (g_list_store_find (store, act, &position))
    g_list_store_remove (store, position);
}

/* One of them ------------------------------------------------------------------------------------------------------ */

gint64
barua_act_get_id (BaruaAct *self)
{
  return self->id;
}

gint64
barua_act_get_time (BaruaAct *self)
{
  return self->time;
}

char *
barua_act_dup_words (BaruaAct *self)
{
  return self->refusal != 0 ? barua_words_discarded (self->n) : barua_words_marked (self->n, self->mask, self->bits);
}

BaruaIdSet *
barua_act_get_marks (BaruaAct   *self,
                     BaruaFlags *mask,
                     BaruaFlags *bits)
{
  *mask = self->mask;
  *bits = self->bits;
  return self->ids;
}

gint64
barua_act_get_discarded (BaruaAct *self)
{
  return self->refusal;
}

gboolean
barua_act_begin_undoing (BaruaAct *self)
{
  if (self->undoing)
    return FALSE;
  self->undoing = TRUE;
  return TRUE;
}

void
barua_act_end_undoing (BaruaAct *self)
{
  self->undoing = FALSE;
}
