/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-folder-tree.h"

#include "fake-engine.h"

static void
count (guint *n)
{
  (*n)++;
}

static char *
names (GListModel *model)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (model, i);
      g_autoptr (GListModel) children = barua_folder_tree_list_children (item);
      g_autofree char *below = names (children);

      if (i > 0)
        g_string_append_c (text, ' ');
      g_string_append (text, BARUA_IS_ACCOUNT_ITEM (item) ? barua_account_item_get_account (BARUA_ACCOUNT_ITEM (item))->address
                                                          : barua_folder_item_get_folder (BARUA_FOLDER_ITEM (item))->name);
      if (*below != '\0')
        g_string_append_printf (text, "(%s)", below);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_names (BaruaFolderTree *tree,
              const char      *expected)
{
  g_autofree char *found = names (G_LIST_MODEL (tree));

  g_assert_cmpstr (found, ==, expected);
}

static void
test_tree (void)
{
  BaruaEngine *engine = barua_engine_new ("/nowhere", BARUA_ENGINE_DEFAULT, NULL);
  BaruaFolderTree *tree;
  BaruaFolderItem *inbox;
  guint n_items = 0, n_folder = 0;

  fake_engine_fill (engine, 10, 1700000000);
  tree = barua_folder_tree_new (engine);
  assert_names (tree, "Inbox Drafts Sent Archive Junk Trash Family(School) Empty");
  inbox = barua_folder_tree_get_role (tree, BARUA_ROLE_INBOX);
  g_assert_cmpuint (barua_folder_item_get_count (inbox), ==, 2);
  g_assert_true (barua_folder_item_is_emphasised (inbox));

  /* A counter changes in place. */
  g_signal_connect_swapped (tree, "items-changed", G_CALLBACK (count), &n_items);
  g_signal_connect_swapped (inbox, "notify::folder", G_CALLBACK (count), &n_folder);
  fake_engine_flag (engine, 5, BARUA_FLAG_SEEN, BARUA_FLAG_SEEN);
  g_assert_cmpuint (barua_folder_item_get_count (inbox), ==, 1);
  g_assert_cmpuint (n_items, ==, 0);
  g_assert_cmpuint (n_folder, ==, 1);

  /* A rename keeps the object and moves nothing. */
  fake_engine_rename (engine, FAKE_FAMILY, "Familia");
  assert_names (tree, "Inbox Drafts Sent Archive Junk Trash Familia(School) Empty");
  g_assert_cmpuint (n_items, ==, 0);

  /* Drafts counts all, Junk never. */
  fake_engine_add (engine, FAKE_DRAFTS, 1700000000);
  fake_engine_add (engine, FAKE_JUNK, 1700000000);
  g_assert_cmpuint (barua_folder_item_get_count (barua_folder_tree_get_item (tree, FAKE_DRAFTS)), ==, 1);
  g_assert_cmpuint (barua_folder_item_get_count (barua_folder_tree_get_item (tree, FAKE_JUNK)), ==, 0);

  fake_engine_hide (engine, FAKE_FAMILY, TRUE);
  assert_names (tree, "Inbox Drafts Sent Archive Junk Trash School Empty");
  g_assert_null (barua_folder_tree_get_item (tree, FAKE_FAMILY));
  fake_engine_hide (engine, FAKE_FAMILY, FALSE);
  assert_names (tree, "Inbox Drafts Sent Archive Junk Trash Familia(School) Empty");

  fake_engine_add_second_account (engine);
  assert_names (tree, "maria@posta.example(Inbox Drafts Sent Archive Junk Trash Familia(School) Empty) maria@kazi.example(Inbox)");
  g_assert_true (barua_folder_tree_get_role (tree, BARUA_ROLE_INBOX) == inbox);
  g_assert_cmpuint (barua_folder_tree_get_n_accounts (tree), ==, 2);

  g_assert_finalize_object (tree);
  g_assert_finalize_object (engine);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  g_test_add_func ("/model/folder-tree", test_tree);
  return g_test_run ();
}
