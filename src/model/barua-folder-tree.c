/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-folder-tree.h"

struct _BaruaFolderTree
{
  GObject      parent_instance;
  BaruaEngine *engine;   /* weak */
  GListStore  *roots;    /* BaruaAccountItem or BaruaFolderItem */
  GHashTable  *folders;  /* gint64 -> BaruaFolderItem */
  GHashTable  *accounts; /* gint64 -> BaruaAccountItem */
  GPtrArray   *order;    /* BaruaFolder as the engine listed them, without what is not shown */
};

enum
{
  FOLDERS_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BaruaFolderTree, barua_folder_tree, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static GType
get_item_type (GListModel *model)
{
  return G_TYPE_OBJECT;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (BARUA_FOLDER_TREE (model)->roots));
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  return g_list_model_get_item (G_LIST_MODEL (BARUA_FOLDER_TREE (model)->roots), position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* Makes @store hold exactly @wanted, in that order, touching nothing that is already at its place: rows that a view has
 * expanded stay expanded. Lists here are short. */
static void
become (GListStore *store,
        GPtrArray  *wanted)
{
  GListModel *model = G_LIST_MODEL (store);
  g_autoptr (GHashTable) keep = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < wanted->len; i++)
    g_hash_table_add (keep, g_ptr_array_index (wanted, i));
  for (guint i = g_list_model_get_n_items (model); i-- > 0;)
    {
      g_autoptr (GObject) item = g_list_model_get_item (model, i);

      if (!g_hash_table_contains (keep, item))
        g_list_store_remove (store, i);
    }
  for (guint i = 0; i < wanted->len; i++)
    {
      GObject *item = g_ptr_array_index (wanted, i);
      g_autoptr (GObject) there = g_list_model_get_item (model, i);
      guint position;

      if (there == item)
        continue;
      if (g_list_store_find (store, item, &position))
        g_list_store_remove (store, position);
      g_list_store_insert (store, i, item);
    }
}

static gboolean
is_shown (const BaruaFolder *folder)
{
  return !folder->hidden && folder->role != BARUA_ROLE_NOT_MAIL;
}

static BaruaFolderItem *
ensure_folder (BaruaFolderTree *self,
               BaruaFolder     *folder)
{
  BaruaFolderItem *item = g_hash_table_lookup (self->folders, &folder->id);

  if (item == NULL)
    {
      item = barua_folder_item_new (folder);
      g_hash_table_insert (self->folders, g_memdup2 (&folder->id, sizeof folder->id), item);
    }
  else
    barua_folder_item_set_folder (item, folder);
  return item;
}

static BaruaAccountItem *
ensure_account (BaruaFolderTree *self,
                BaruaAccount    *account)
{
  BaruaAccountItem *item = g_hash_table_lookup (self->accounts, &account->id);

  if (item == NULL)
    {
      item = barua_account_item_new (account);
      g_hash_table_insert (self->accounts, g_memdup2 (&account->id, sizeof account->id), item);
    }
  else
    barua_account_item_set_account (item, account);
  return item;
}

static gboolean
is_not_listed (gpointer key,
               gpointer value,
               gpointer user_data)
{
  return !g_hash_table_contains (user_data, key);
}

/* The shown folders below @parent (0: at the top), of @account (0: any). A folder whose parent is hidden stands at the top. */
static void
collect_children (BaruaFolderTree *self,
                  GHashTable      *children,
                  gint64           parent,
                  gint64           account,
                  GPtrArray       *wanted)
{
  GPtrArray *found = g_hash_table_lookup (children, &parent);

  for (guint i = 0; found != NULL && i < found->len; i++)
    {
      BaruaFolder *folder = g_ptr_array_index (found, i);

      if (account == 0 || folder->account == account)
        g_ptr_array_add (wanted, ensure_folder (self, folder));
    }
}

static GHashTable *
group_by_parent (BaruaFolderTree *self)
{
  GHashTable *groups = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  g_autoptr (GHashTable) known = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < self->order->len; i++)
    g_hash_table_add (known, &((BaruaFolder *)g_ptr_array_index (self->order, i))->id);
  for (guint i = 0; i < self->order->len; i++)
    {
      BaruaFolder *folder = g_ptr_array_index (self->order, i);
      gint64 parent = g_hash_table_contains (known, &folder->parent) ? folder->parent : 0;
      GPtrArray *group = g_hash_table_lookup (groups, &parent);

      if (group == NULL)
        {
          group = g_ptr_array_new ();
          g_hash_table_insert (groups, g_memdup2 (&parent, sizeof parent), group);
        }
      g_ptr_array_add (group, folder);
    }
  return groups;
}

static void
drop_gone (BaruaFolderTree *self,
           GPtrArray       *accounts)
{
  g_autoptr (GHashTable) listed = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < self->order->len; i++)
    g_hash_table_add (listed, &((BaruaFolder *)g_ptr_array_index (self->order, i))->id);
  g_hash_table_foreach_remove (self->folders, is_not_listed, listed);
  g_hash_table_remove_all (listed);
  for (guint i = 0; i < accounts->len; i++)
    g_hash_table_add (listed, &((BaruaAccount *)g_ptr_array_index (accounts, i))->id);
  g_hash_table_foreach_remove (self->accounts, is_not_listed, listed);
}

static void
list_again (BaruaFolderTree *self)
{
  g_autoptr (GPtrArray) accounts = barua_engine_list_accounts (self->engine);
  g_autoptr (GPtrArray) folders = barua_engine_list_folders (self->engine, 0);
  g_autoptr (GPtrArray) wanted = g_ptr_array_new ();
  g_autoptr (GHashTable) groups = NULL;

  g_ptr_array_set_size (self->order, 0);
  for (guint i = 0; i < folders->len; i++)
    if (is_shown (g_ptr_array_index (folders, i)))
      g_ptr_array_add (self->order, barua_folder_ref (g_ptr_array_index (folders, i)));
  groups = group_by_parent (self);

  /* From the leaves' side nothing depends on order: every folder's children are set, then the roots. */
  for (guint i = 0; i < self->order->len; i++)
    {
      BaruaFolder *folder = g_ptr_array_index (self->order, i);
      BaruaFolderItem *item = ensure_folder (self, folder);

      g_ptr_array_set_size (wanted, 0);
      collect_children (self, groups, folder->id, 0, wanted);
      become (G_LIST_STORE (barua_folder_item_get_children (item)), wanted);
    }

  g_ptr_array_set_size (wanted, 0);
  for (guint i = 0; i < accounts->len; i++)
    {
      BaruaAccount *account = g_ptr_array_index (accounts, i);
      BaruaAccountItem *item = ensure_account (self, account);
      g_autoptr (GPtrArray) top = g_ptr_array_new ();

      collect_children (self, groups, 0, account->id, top);
      become (G_LIST_STORE (barua_account_item_get_children (item)), top);
      if (accounts->len > 1)
        g_ptr_array_add (wanted, item);
      else
        g_ptr_array_extend (wanted, top, NULL, NULL);
    }
  become (self->roots, wanted);
  drop_gone (self, accounts);
  g_signal_emit (self, signals[FOLDERS_CHANGED], 0);
}

static void
engine_changed (BaruaFolderTree *self,
                BaruaChangeSet  *set)
{
  if (set->folders_changed || set->accounts->len > 0)
    {
      list_again (self);
      return;
    }
  for (guint i = 0; i < set->folders->len; i++)
    {
      gint64 id = g_array_index (set->folders, gint64, i);
      BaruaFolderItem *item = g_hash_table_lookup (self->folders, &id);
      g_autoptr (BaruaFolder) folder = item != NULL ? barua_engine_dup_folder (self->engine, id) : NULL;

      if (folder != NULL)
        barua_folder_item_set_folder (item, folder);
    }
}

static void
roots_changed (BaruaFolderTree *self,
               guint            position,
               guint            removed,
               guint            added)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

static void
barua_folder_tree_finalize (GObject *object)
{
  BaruaFolderTree *self = BARUA_FOLDER_TREE (object);

  g_clear_object (&self->roots);
  g_hash_table_unref (self->folders);
  g_hash_table_unref (self->accounts);
  g_ptr_array_unref (self->order);
  g_clear_weak_pointer (&self->engine);
  G_OBJECT_CLASS (barua_folder_tree_parent_class)->finalize (object);
}

static void
barua_folder_tree_class_init (BaruaFolderTreeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = barua_folder_tree_finalize;
  signals[FOLDERS_CHANGED] =
    g_signal_new ("folders-changed", BARUA_TYPE_FOLDER_TREE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
barua_folder_tree_init (BaruaFolderTree *self)
{
  self->roots = g_list_store_new (G_TYPE_OBJECT);
  self->folders = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  self->accounts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  self->order = g_ptr_array_new_with_free_func ((GDestroyNotify)barua_folder_unref);
  g_signal_connect_object (self->roots, "items-changed", G_CALLBACK (roots_changed), self, G_CONNECT_SWAPPED);
}

BaruaFolderTree *
barua_folder_tree_new (BaruaEngine *engine)
{
  BaruaFolderTree *self = g_object_new (BARUA_TYPE_FOLDER_TREE, NULL);

  g_set_weak_pointer (&self->engine, engine);
  g_signal_connect_object (engine, "changed", G_CALLBACK (engine_changed), self, G_CONNECT_SWAPPED);
  list_again (self);
  return self;
}

GListModel *
barua_folder_tree_list_children (gpointer item)
{
  if (BARUA_IS_ACCOUNT_ITEM (item))
    return g_object_ref (barua_account_item_get_children (item));
  if (BARUA_IS_FOLDER_ITEM (item))
    return g_object_ref (barua_folder_item_get_children (item));
  return NULL;
}

BaruaFolderItem *
barua_folder_tree_get_item (BaruaFolderTree *self,
                            gint64           folder)
{
  return g_hash_table_lookup (self->folders, &folder);
}

BaruaFolderItem *
barua_folder_tree_get_role (BaruaFolderTree *self,
                            BaruaRole        role)
{
  BaruaFolder *first = NULL;

  for (guint i = 0; i < self->order->len; i++)
    {
      BaruaFolder *folder = g_ptr_array_index (self->order, i);

      if (folder->role == role)
        return barua_folder_tree_get_item (self, folder->id);
      if (first == NULL && folder->selectable)
        first = folder;
    }
  return role == BARUA_ROLE_INBOX && first != NULL ? barua_folder_tree_get_item (self, first->id) : NULL;
}

guint
barua_folder_tree_get_n_accounts (BaruaFolderTree *self)
{
  return g_hash_table_size (self->accounts);
}

BaruaAccount *
barua_folder_tree_get_account (BaruaFolderTree *self,
                               gint64           account)
{
  BaruaAccountItem *item = g_hash_table_lookup (self->accounts, &account);

  return item != NULL ? barua_account_item_get_account (item) : NULL;
}
