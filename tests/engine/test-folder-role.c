/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <string.h>

#include "barua-folder-role.h"
#include "barua-tree-order.h"

static void
test_names (void)
{
  static const struct
  {
    const char *name;
    BaruaRole   role;
  } names[] = {
    { "Sent Items", BARUA_ROLE_SENT },       { "SENT", BARUA_ROLE_SENT },         { "  Deleted   Messages ", BARUA_ROLE_TRASH },
    { "Junk E-Mail", BARUA_ROLE_JUNK },      { "Bulk Mail", BARUA_ROLE_JUNK },    { "Entwürfe", BARUA_ROLE_DRAFTS },
    { "Entwu\314\210rfe", BARUA_ROLE_DRAFTS }, /* decomposed */
    { "Éléments envoyés", BARUA_ROLE_SENT }, { "Papierkorb", BARUA_ROLE_TRASH },  { "Rasimu", BARUA_ROLE_DRAFTS },
    { "Zilizotumwa", BARUA_ROLE_SENT },      { "Terkirim", BARUA_ROLE_SENT },     { "Sampah", BARUA_ROLE_TRASH },
    { "খসড়া", BARUA_ROLE_DRAFTS },           { "చెత్త", BARUA_ROLE_TRASH },         { "已发送", BARUA_ROLE_SENT },
    { "Корзина", BARUA_ROLE_TRASH },         { "Archive", BARUA_ROLE_ARCHIVE },   { "Kalender", BARUA_ROLE_NONE },
    { "Projects", BARUA_ROLE_NONE },         { "", BARUA_ROLE_NONE },             { "\377\376", BARUA_ROLE_NONE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_test_message ("%s", names[i].name);
      g_assert_cmpint (barua_folder_role_from_name (names[i].name, FALSE), ==, names[i].role);
    }
  g_assert_cmpint (barua_folder_role_from_name ("Calendar", TRUE), ==, BARUA_ROLE_NOT_MAIL);
  g_assert_cmpint (barua_folder_role_from_name ("Conversation History", TRUE), ==, BARUA_ROLE_NOT_MAIL);
  g_assert_cmpint (barua_folder_role_from_name ("Kalender", TRUE), ==, BARUA_ROLE_NOT_MAIL);
  g_assert_cmpint (barua_folder_role_from_name ("Calendar", FALSE), ==, BARUA_ROLE_NONE);
}

#define FOLDER(name, d, t) { .server_name = name, .leaf = name, .delimiter = '/', .depth = d, .selectable = TRUE, .told = t }

static void
test_told_before_named (void)
{
  BaruaRoleCandidate folders[] = {
    FOLDER ("INBOX", 0, BARUA_ROLE_NONE),
    FOLDER ("Trash", 0, BARUA_ROLE_NONE),
    FOLDER ("Mülleimer", 0, BARUA_ROLE_TRASH),
    FOLDER ("Sent", 1, BARUA_ROLE_NONE),
    FOLDER ("Sent Items", 0, BARUA_ROLE_NONE),
    FOLDER ("Archive", 3, BARUA_ROLE_NONE),
    FOLDER ("Junk", 0, BARUA_ROLE_SENT),
  };

  folders[0].is_inbox = TRUE;
  barua_folder_roles_assign (folders, G_N_ELEMENTS (folders), FALSE);
  g_assert_cmpint (folders[0].role, ==, BARUA_ROLE_INBOX);
  g_assert_cmpint (folders[1].role, ==, BARUA_ROLE_NONE);
  g_assert_cmpint (folders[2].role, ==, BARUA_ROLE_TRASH);
  g_assert_cmpint (folders[3].role, ==, BARUA_ROLE_NONE);
  g_assert_cmpint (folders[4].role, ==, BARUA_ROLE_NONE);
  g_assert_cmpint (folders[5].role, ==, BARUA_ROLE_NONE); /* deep in a tree: somebody's own */
  g_assert_cmpint (folders[6].role, ==, BARUA_ROLE_SENT);
}

static void
test_chosen_before_named (void)
{
  BaruaRoleCandidate folders[] = {
    FOLDER ("Sent", 0, BARUA_ROLE_NONE),
    FOLDER ("Imetumwa", 0, BARUA_ROLE_NONE),
    FOLDER ("Trash", 0, BARUA_ROLE_NONE),
  };

  folders[1].chosen = BARUA_ROLE_SENT;
  folders[2].selectable = FALSE;
  barua_folder_roles_assign (folders, G_N_ELEMENTS (folders), FALSE);
  g_assert_cmpint (folders[0].role, ==, BARUA_ROLE_NONE);
  g_assert_cmpint (folders[1].role, ==, BARUA_ROLE_SENT);
  g_assert_cmpint (folders[2].role, ==, BARUA_ROLE_NONE);
}

static void
test_plumbing (void)
{
  BaruaRoleCandidate folders[] = {
    FOLDER ("Notes", 0, BARUA_ROLE_NONE),
    { .server_name = "Notes/2020", .leaf = "2020", .delimiter = '/', .depth = 1, .selectable = TRUE },
    { .server_name = "Notes2/x", .leaf = "x", .delimiter = '/', .depth = 1, .selectable = TRUE },
    FOLDER ("Deleted", 0, BARUA_ROLE_TRASH),
  };

  barua_folder_roles_assign (folders, G_N_ELEMENTS (folders), TRUE);
  g_assert_cmpint (folders[0].role, ==, BARUA_ROLE_NOT_MAIL);
  g_assert_cmpint (folders[1].role, ==, BARUA_ROLE_NOT_MAIL);
  g_assert_cmpint (folders[2].role, ==, BARUA_ROLE_NONE);
  g_assert_cmpint (folders[3].role, ==, BARUA_ROLE_TRASH);
}

static void
test_places (void)
{
  static const struct
  {
    const char *name;
    char        delimiter;
    guint       depth;
    const char *leaf;
    const char *parent;
  } places[] = {
    { "INBOX", '/', 0, "INBOX", NULL },      { "a/b/c", '/', 2, "c", "a/b" }, { "a.b", '/', 0, "a.b", NULL },
    { "a/b", 0, 0, "a/b", NULL },            { "/etc", '/', 0, "/etc", NULL }, { "a/", '/', 0, "a/", NULL },
    { "../../x", '/', 2, "x", "../.." },
  };
  g_autoptr(GString) deep = g_string_new ("0");
  BaruaFolderPlace place;

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      barua_folder_place_init (&place, places[i].name, places[i].delimiter);
      g_test_message ("%s", places[i].name);
      g_assert_cmpuint (place.depth, ==, places[i].depth);
      g_assert_cmpstr (place.leaf, ==, places[i].leaf);
      g_assert_cmpstr (place.parent, ==, places[i].parent);
      barua_folder_place_clear (&place);
    }
  for (guint i = 0; i < 10000; i++)
    g_string_append (deep, "/0");
  barua_folder_place_init (&place, deep->str, '/');
  g_assert_cmpuint (place.depth, ==, 63);
  barua_folder_place_clear (&place);
}

static BaruaFolder *
add_folder (GPtrArray  *folders,
            gint64      id,
            gint64      parent,
            const char *name,
            BaruaRole   role,
            int         order)
{
  BaruaFolder *folder = barua_folder_new ();

  folder->id = id;
  folder->parent = parent;
  g_set_str (&folder->name, name);
  folder->role = role;
  folder->order = order;
  g_ptr_array_add (folders, folder);
  return folder;
}

static void
test_tree (void)
{
  g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func ((GDestroyNotify) barua_folder_unref);
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *path = NULL;

  add_folder (folders, 1, 0, "zebra", BARUA_ROLE_NONE, 0);
  add_folder (folders, 2, 0, "Trash", BARUA_ROLE_TRASH, 0);
  add_folder (folders, 3, 1, "b", BARUA_ROLE_NONE, 0);
  add_folder (folders, 4, 1, "a", BARUA_ROLE_NONE, 0);
  add_folder (folders, 5, 0, "Inbox", BARUA_ROLE_INBOX, 0);
  add_folder (folders, 6, 0, "moved up", BARUA_ROLE_NONE, 1);
  add_folder (folders, 7, 99, "orphan", BARUA_ROLE_NONE, 0);
  add_folder (folders, 8, 9, "loop", BARUA_ROLE_NONE, 0);
  add_folder (folders, 9, 8, "pool", BARUA_ROLE_NONE, 0);
  barua_tree_order_sort (folders);
  for (guint i = 0; i < folders->len; i++)
    g_string_append_printf (text, "%d ", (int) ((BaruaFolder *) g_ptr_array_index (folders, i))->id);
  g_assert_cmpstr (text->str, ==, "5 2 6 7 1 4 3 8 9 ");
  path = barua_tree_order_dup_path (folders, g_ptr_array_index (folders, 6));
  g_assert_cmpstr (path, ==, "zebra / b");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/folder-role/names", test_names);
  g_test_add_func ("/engine/folder-role/told", test_told_before_named);
  g_test_add_func ("/engine/folder-role/chosen", test_chosen_before_named);
  g_test_add_func ("/engine/folder-role/plumbing", test_plumbing);
  g_test_add_func ("/engine/folder-role/places", test_places);
  g_test_add_func ("/engine/folder-role/tree", test_tree);
  return g_test_run ();
}
