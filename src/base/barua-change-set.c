/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-change-set.h"

/* The public part first, then what only the maker needs. */
typedef struct
{
  BaruaChangeSet  change_set;
  GHashTable     *by_key;    /* (id, folder) -> index + 1 into rows; NULL: not needed yet */
  guint           n_indexed; /* rows that are in by_key: the first ones */
  gint64          highest;   /* no row has a higher id */
} Private;

typedef struct
{
  gint64 id;
  gint64 folder;
} RowKey;

static guint
row_key_hash (gconstpointer data)
{
  const RowKey *key = data;

  return (guint)((guint64)key->id * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15) >> 32) ^ (guint)key->folder;
}

static gboolean
row_key_equal (gconstpointer a,
               gconstpointer b)
{
  const RowKey *x = a;
  const RowKey *y = b;

  return x->id == y->id && x->folder == y->folder;
}

BaruaChangeSet *
barua_change_set_new (void)
{
  Private *self = g_new0 (Private, 1);

  g_atomic_ref_count_init (&self->change_set.ref_count);
  self->change_set.rows = g_array_new (FALSE, FALSE, sizeof (BaruaRowChange));
  self->change_set.conversations = g_array_new (FALSE, FALSE, sizeof (BaruaConversationChange));
  self->change_set.folders = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->change_set.accounts = g_array_new (FALSE, FALSE, sizeof (gint64));
  return &self->change_set;
}

BaruaChangeSet *
barua_change_set_ref (BaruaChangeSet *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
barua_change_set_unref (BaruaChangeSet *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_array_unref (self->rows);
  g_array_unref (self->conversations);
  g_array_unref (self->folders);
  g_array_unref (self->accounts);
  g_clear_pointer (&((Private *)self)->by_key, g_hash_table_unref);
  g_free (self);
}

gboolean
barua_change_set_is_empty (const BaruaChangeSet *self)
{
  return self->rows->len == 0 && self->conversations->len == 0 && self->folders->len == 0 && self->accounts->len == 0 &&
         !self->folders_changed;
}

static void
forget_row (Private *self,
            guint    index)
{
  BaruaRowChange *rows = (BaruaRowChange *)(gpointer)self->change_set.rows->data;
  guint last = self->change_set.rows->len - 1;
  RowKey gone = { rows[index].id, rows[index].folder };

  g_hash_table_remove (self->by_key, &gone);
  for (guint i = index; i < last; i++)
    {
      RowKey moved = { rows[i + 1].id, rows[i + 1].folder };

      rows[i] = rows[i + 1];
      g_hash_table_insert (self->by_key, g_memdup2 (&moved, sizeof moved), GUINT_TO_POINTER (i + 1));
    }
  g_array_set_size (self->change_set.rows, last);
  self->n_indexed = last;
}

static void
index_rows (Private *self)
{
  if (self->by_key == NULL)
    self->by_key = g_hash_table_new_full (row_key_hash, row_key_equal, g_free, NULL);
  for (; self->n_indexed < self->change_set.rows->len; self->n_indexed++)
    {
      const BaruaRowChange *row = &g_array_index (self->change_set.rows, BaruaRowChange, self->n_indexed);
      RowKey key = { row->id, row->folder };

      g_hash_table_insert (self->by_key, g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (self->n_indexed + 1));
    }
}

void
barua_change_set_add_row (BaruaChangeSet       *self,
                          const BaruaRowChange *change)
{
  Private *priv = (Private *)self;
  RowKey key = { change->id, change->folder };
  BaruaRowChange *known;
  guint index;

  /* New messages have ever higher ids: a first sync needs no look-up. */
  if (change->id > priv->highest)
    {
      priv->highest = change->id;
      g_array_append_val (self->rows, *change);
      return;
    }
  index_rows (priv);
  index = GPOINTER_TO_UINT (g_hash_table_lookup (priv->by_key, &key));
  if (index == 0)
    {
      g_array_append_val (self->rows, *change);
      index_rows (priv);
      return;
    }

  known = &g_array_index (self->rows, BaruaRowChange, index - 1);
  if (change->kind == BARUA_CHANGE_REMOVED && known->kind == BARUA_CHANGE_ADDED)
    {
      forget_row (priv, index - 1);
      return;
    }
  if (known->kind == BARUA_CHANGE_REMOVED && change->kind == BARUA_CHANGE_ADDED)
    known->kind = BARUA_CHANGE_UPDATED;
  else if (known->kind == BARUA_CHANGE_UPDATED)
    known->kind = change->kind;
  if (known->kind == BARUA_CHANGE_ADDED)
    known->old_key = change->new_key;
  known->new_key = change->new_key;
  known->thread = change->thread;
}

void
barua_change_set_add_conversation (BaruaChangeSet                *self,
                                   const BaruaConversationChange *change)
{
  g_array_append_vals (self->conversations, change, 1);
}

static void
add_once (GArray *ids,
          gint64  id)
{
  for (guint i = 0; i < ids->len; i++)
    if (g_array_index (ids, gint64, i) == id)
      return;
  g_array_append_val (ids, id);
}

void
barua_change_set_add_folder (BaruaChangeSet *self,
                             gint64          folder)
{
  add_once (self->folders, folder);
}

void
barua_change_set_add_account (BaruaChangeSet *self,
                              gint64          account)
{
  add_once (self->accounts, account);
}
