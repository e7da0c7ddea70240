/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-tree-order.h"

#include <string.h>

#include "barua-limits.h"

void
barua_folder_place_init (BaruaFolderPlace *self,
                         const char       *server_name,
                         char              delimiter)
{
  const char *leaf = server_name;

  self->depth = 0;
  self->parent = NULL;
  if (delimiter != '\0')
    for (const char *p = strchr (server_name, delimiter); p != NULL && self->depth + 1 < BARUA_LIMIT_FOLDER_DEPTH;
         p = strchr (p + 1, delimiter))
      {
        /* A delimiter at either end parts nothing. */
        if (p == server_name || p[1] == '\0')
          continue;
        leaf = p + 1;
        self->depth++;
      }
  if (self->depth > 0)
    self->parent = g_strndup (server_name, leaf - 1 - server_name);
  self->leaf = g_strdup (leaf);
}

void
barua_folder_place_clear (BaruaFolderPlace *self)
{
  g_clear_pointer (&self->leaf, g_free);
  g_clear_pointer (&self->parent, g_free);
}

guint
barua_role_get_rank (BaruaRole role)
{
  switch (role)
    {
    case BARUA_ROLE_INBOX:
      return 0;
    case BARUA_ROLE_DRAFTS:
      return 1;
    case BARUA_ROLE_OUTBOX:
      return 2;
    case BARUA_ROLE_SENT:
      return 3;
    case BARUA_ROLE_ARCHIVE:
      return 4;
    case BARUA_ROLE_JUNK:
      return 5;
    case BARUA_ROLE_TRASH:
      return 6;
    default:
      return 7;
    }
}

typedef struct
{
  BaruaFolder *folder;
  char        *key;
  GPtrArray   *children; /* Node, borrowed */
  gboolean     placed;
} Node;

static void
node_free (gpointer data)
{
  Node *node = data;

  g_free (node->key);
  g_ptr_array_unref (node->children);
  g_free (node);
}

static int
compare_nodes (gconstpointer a,
               gconstpointer b)
{
  const Node *one = *(const Node *const *) a;
  const Node *two = *(const Node *const *) b;
  guint rank_one = barua_role_get_rank (one->folder->role);
  guint rank_two = barua_role_get_rank (two->folder->role);
  int order;

  if (rank_one != rank_two)
    return rank_one < rank_two ? -1 : 1;
  if (one->folder->order != two->folder->order)
    {
      /* What was never moved stands behind what was. */
      if (one->folder->order == 0 || two->folder->order == 0)
        return one->folder->order != 0 ? -1 : 1;
      return one->folder->order < two->folder->order ? -1 : 1;
    }
  order = strcmp (one->key, two->key);
  if (order != 0)
    return order;
  return one->folder->id < two->folder->id ? -1 : one->folder->id > two->folder->id;
}

static void
place (Node      *node,
       GPtrArray *sorted)
{
  if (node->placed)
    return;
  node->placed = TRUE;
  g_ptr_array_add (sorted, node->folder);
  g_ptr_array_sort (node->children, compare_nodes);
  for (guint i = 0; i < node->children->len; i++)
    place (g_ptr_array_index (node->children, i), sorted);
}

void
barua_tree_order_sort (GPtrArray *folders)
{
  g_autoptr(GHashTable) by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr(GPtrArray) nodes = g_ptr_array_new_with_free_func (node_free);
  g_autoptr(GPtrArray) top = g_ptr_array_new ();
  g_autoptr(GPtrArray) sorted = g_ptr_array_sized_new (folders->len);

  for (guint i = 0; i < folders->len; i++)
    {
      Node *node = g_new0 (Node, 1);

      node->folder = g_ptr_array_index (folders, i);
      node->key = g_utf8_collate_key (node->folder->name, -1);
      node->children = g_ptr_array_new ();
      g_ptr_array_add (nodes, node);
      g_hash_table_insert (by_id, &node->folder->id, node);
    }
  for (guint i = 0; i < nodes->len; i++)
    {
      Node *node = g_ptr_array_index (nodes, i);
      Node *parent = node->folder->parent != 0 ? g_hash_table_lookup (by_id, &node->folder->parent) : NULL;

      g_ptr_array_add (parent != NULL && parent != node ? parent->children : top, node);
    }
  g_ptr_array_sort (top, compare_nodes);
  for (guint i = 0; i < top->len; i++)
    place (g_ptr_array_index (top, i), sorted);
  /* Loops hang below no top. */
  for (guint i = 0; i < nodes->len; i++)
    place (g_ptr_array_index (nodes, i), sorted);
  for (guint i = 0; i < sorted->len; i++)
    folders->pdata[i] = sorted->pdata[i];
}

char *
barua_tree_order_dup_path (GPtrArray   *folders,
                            BaruaFolder *folder)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new ();
  GString *path = g_string_new (NULL);

  for (guint depth = 0; folder != NULL && depth < BARUA_LIMIT_FOLDER_DEPTH; depth++)
    {
      gint64 parent = folder->parent;

      g_ptr_array_add (names, folder->name);
      folder = NULL;
      for (guint i = 0; parent != 0 && i < folders->len && folder == NULL; i++)
        if (((BaruaFolder *) g_ptr_array_index (folders, i))->id == parent)
          folder = g_ptr_array_index (folders, i);
    }
  for (guint i = names->len; i > 0; i--)
    {
      if (path->len > 0)
        g_string_append (path, " / ");
      g_string_append (path, g_ptr_array_index (names, i - 1));
    }
  return g_string_free (path, FALSE);
}
