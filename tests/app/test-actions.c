/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every act can be reached by key: it is in the table of keys, or in a menu, or on a button that Tab reaches; every key of the
 * table, every menu item and every button has an act; and everything has words. The real application and window are asked. */
#include "config.h"

#include <adwaita.h>
#include <libdex.h>
#include <string.h>

#include "barua-application.h"
#include "barua-attachment-chip.h"
#include "barua-card-header.h"
#include "barua-folder-pane.h"
#include "barua-lazy-menu.h"
#include "barua-list-options.h"
#include "barua-list-pane.h"
#include "barua-preferences.h"
#include "barua-reader.h"
#include "barua-shortcuts.h"
#include "barua-window.h"

/* Acts about one thing that somebody points at, each with another way: a notification's (the message itself, Ctrl+I), a toast's (the
 * file manager; Ctrl+Z, Activity), the star in a row (Ctrl+D), one recipient's menu; what is looked for by others (Ctrl+F); a row by itself (the
 * reader's menu). */
static const char *const about_one_thing[] = {
  "app.open-message", "app.open-folder", "app.mark-read", "win.show-file", "win.undo-act", "win.toggle-star-of", "card.copy", "win.search-for",
  "win.find-from", "win.open-window", NULL,
};

/* Groups that exist only while a message is open: what they have is in the files of src/ui/reader. */
static const char *const of_messages[] = { "card.", "attachment.", NULL };

static BaruaApplication *application;
static BaruaWindow *window;
static GHashTable *reachable; /* names without targets, of menus and buttons */

static gboolean
in_table (const char *action)
{
  guint n;
  const BaruaShortcut *shortcuts = barua_shortcuts_list (&n);
  gsize length = strlen (action);

  for (guint i = 0; i < n; i++)
    if (shortcuts[i].action != NULL && strncmp (shortcuts[i].action, action, length) == 0 &&
        (shortcuts[i].action[length] == '\0' || shortcuts[i].action[length] == '('))
      return TRUE;
  return FALSE;
}

/* What menus and buttons offer -------------------------------------------------------------------------------------- */

/* Every item has words and an act or more items. */
static void
walk_menu (GMenuModel *menu,
           int         depth)
{
  g_assert_cmpint (depth, <, 6);
  for (int i = 0; i < g_menu_model_get_n_items (menu); i++)
    {
      g_autoptr (GMenuModel) section = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SECTION);
      g_autoptr (GMenuModel) submenu = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SUBMENU);
      g_autofree char *label = NULL;
      g_autofree char *action = NULL;

      g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_LABEL, "s", &label);
      g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_ACTION, "s", &action);
      if (section != NULL)
        walk_menu (section, depth + 1);
      else
        {
          g_assert_true (label != NULL && *label != '\0');
          /* A letter to press, in English in each. */
          g_assert_nonnull (strchr (label, '_'));
          g_test_message ("%*s%s: %s", depth, "", label, action != NULL ? action : "more");
          g_assert_true ((action != NULL) != (submenu != NULL));
        }
      if (submenu != NULL)
        walk_menu (submenu, depth + 1);
      if (action != NULL)
        g_hash_table_add (reachable, g_strdup (action));
    }
}

static void
walk (GtkWidget *widget)
{
  if (GTK_IS_MENU_BUTTON (widget) && barua_lazy_menu_get (GTK_MENU_BUTTON (widget)) != NULL)
    walk_menu (barua_lazy_menu_get (GTK_MENU_BUTTON (widget)), 0);
  if (GTK_IS_ACTIONABLE (widget) && gtk_actionable_get_action_name (GTK_ACTIONABLE (widget)) != NULL)
    g_hash_table_add (reachable, g_strdup (gtk_actionable_get_action_name (GTK_ACTIONABLE (widget))));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    walk (child);
}

static GtkWidget *
find_part (GtkWidget *widget,
           GType      type)
{
  GtkWidget *found = G_OBJECT_TYPE (widget) == type ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); found == NULL && child != NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_part (child, type);
  return found;
}

static void
walk_template (GType type)
{
  g_autoptr (GtkWidget) widget = g_object_ref_sink (g_object_new (type, NULL));

  walk (widget);
}

static void
check_act (const char *action)
{
  gboolean is_excepted = g_strv_contains (about_one_thing, action);

  g_test_message ("%s", action);
  /* Not in both: the list of exceptions stays true. */
  g_assert_true ((in_table (action) || g_hash_table_contains (reachable, action)) != is_excepted);
}

/* Acts of widgets --------------------------------------------------------------------------------------------------- */

static gboolean
query (GType                widget_type,
       guint                i,
       char               **name,
       const GVariantType **type)
{
  GtkWidgetClass *widget_class = g_type_class_ref (widget_type);
  gboolean there;
  GType owner;
  const char *property;
  const char *found;

  there = gtk_widget_class_query_action (widget_class, i, &owner, &found, type, &property);
  g_type_class_unref (widget_class);
  if (!there)
    return FALSE;
  *name = g_strdup (found);
  return TRUE;
}

static guint
check_acts_of (GType       type,
               const char *prefix)
{
  const GVariantType *target;
  char *name;
  guint n = 0;

  for (guint i = 0; query (type, i, &name, &target); i++)
    {
      if (g_str_has_prefix (name, prefix))
        {
          check_act (name);
          n++;
        }
      g_free (name);
    }
  return n;
}

/* From the acts to keys, menus and buttons. */
static void
test_acts (void)
{
  g_auto (GStrv) actions = g_action_group_list_actions (G_ACTION_GROUP (application));
  g_autoptr (BaruaListOptions) options = barua_list_options_new (NULL);
  g_auto (GStrv) choices = g_action_group_list_actions (barua_list_options_get_actions (options));

  for (guint i = 0; actions[i] != NULL; i++)
    {
      g_autofree char *action = g_strconcat ("app.", actions[i], NULL);

      check_act (action);
    }
  for (guint i = 0; choices[i] != NULL; i++)
    {
      g_autofree char *action = g_strconcat ("list-view.", choices[i], NULL);

      check_act (action);
    }
  g_assert_cmpuint (check_acts_of (BARUA_TYPE_WINDOW, "win."), >, 10);
  g_assert_cmpuint (check_acts_of (BARUA_TYPE_READER, "reader."), >, 5);
}

static gboolean
class_has (GType       type,
           const char *name,
           GVariant   *target)
{
  const GVariantType *wanted;
  char *found;

  for (guint i = 0; query (type, i, &found, &wanted); i++)
    {
      gboolean same = strcmp (found, name) == 0;

      g_free (found);
      if (same)
        return target != NULL ? wanted != NULL && g_variant_is_of_type (target, wanted) : wanted == NULL;
    }
  return FALSE;
}

static gboolean
act_exists (const char *name,
            GVariant   *target)
{
  g_autoptr (BaruaListOptions) options = barua_list_options_new (NULL);

  if (g_str_has_prefix (name, "app."))
    return g_action_group_has_action (G_ACTION_GROUP (application), name + 4);
  if (g_str_has_prefix (name, "list-view."))
    return g_action_group_has_action (barua_list_options_get_actions (options), name + 10);
  return class_has (g_str_has_prefix (name, "reader.") ? BARUA_TYPE_READER : BARUA_TYPE_WINDOW, name, target);
}

/* From menus and buttons to the acts: nothing is dead. */
static void
test_menus (void)
{
  GHashTableIter iter;
  const char *name;

  g_assert_cmpuint (g_hash_table_size (reachable), >, 20);
  g_hash_table_iter_init (&iter, reachable);
  while (g_hash_table_iter_next (&iter, (gpointer *)&name, NULL))
    {
      gboolean is_of_message = FALSE;

      for (guint i = 0; of_messages[i] != NULL; i++)
        is_of_message |= g_str_has_prefix (name, of_messages[i]);
      g_test_message ("%s", name);
      if (g_str_has_prefix (name, "app.") || g_str_has_prefix (name, "win.") || g_str_has_prefix (name, "list-view.") ||
          g_str_has_prefix (name, "reader."))
        g_assert_true (act_exists (name, NULL));
      else if (!is_of_message)
        /* The toolkit's own, on its own buttons. */
        g_assert_true (g_str_has_prefix (name, "window.") || g_str_has_prefix (name, "navigation.") ||
                       g_str_has_prefix (name, "default.") || strchr (name, '.') == NULL);
    }
}

/* From the table to the acts, and to what is installed. */
static void
test_table (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n;
  const BaruaShortcut *shortcuts = barua_shortcuts_list (&n);

  for (guint i = 0; i < n; i++)
    {
      g_assert_true ((shortcuts[i].action != NULL) != (shortcuts[i].key != BARUA_KEY_NONE));
      g_assert_nonnull (shortcuts[i].accels[0]);
      for (guint j = 0; shortcuts[i].accels[j] != NULL; j++)
        {
          GdkModifierType modifiers;
          guint key;

          g_assert_true (gtk_accelerator_parse (shortcuts[i].accels[j], &key, &modifiers));
          /* No key twice, other than what the toolkit does: what Enter opens is what has the focus. */
          g_assert_true (g_hash_table_add (seen, gtk_accelerator_name (key, modifiers)) ||
                         shortcuts[i].key == BARUA_KEY_NATIVE);
          if (shortcuts[i].key != BARUA_KEY_NONE)
            g_assert_cmpint (barua_shortcuts_look_up (key, modifiers), ==, shortcuts[i].key);
        }
      /* By itself it is an act's, and no key that is always on. */
      if (shortcuts[i].alone != NULL)
        {
          guint key = gdk_keyval_from_name (shortcuts[i].alone);

          g_assert_nonnull (shortcuts[i].action);
          g_assert_cmpint (barua_shortcuts_look_up (key, 0), ==, BARUA_KEY_NONE);
          g_assert_true (g_hash_table_add (seen, gtk_accelerator_name (key, 0)));
        }
      if (shortcuts[i].action != NULL)
        {
          g_autoptr (GVariant) target = NULL;
          g_autofree char *name = NULL;
          g_auto (GStrv) accels =
            gtk_application_get_accels_for_action (GTK_APPLICATION (application), shortcuts[i].action);

          g_test_message ("%s", shortcuts[i].action);
          g_assert_true (g_action_parse_detailed_name (shortcuts[i].action, &name, &target, NULL));
          /* The window has keys of "window.*" from the toolkit; the reader installs its own. */
          if (g_str_has_prefix (name, "window."))
            g_assert_true (class_has (GTK_TYPE_WINDOW, name, NULL));
          else
            g_assert_true (act_exists (name, target));
          if (!g_str_has_prefix (name, "reader."))
            g_assert_cmpuint (g_strv_length (accels), ==, g_strv_length ((GStrv)shortcuts[i].accels));
        }
    }
}

/* Capital letters are the same keys, others with modifiers are not. */
static void
test_keys (void)
{
  g_assert_cmpint (barua_shortcuts_look_up (GDK_KEY_J, GDK_SHIFT_MASK), ==, BARUA_KEY_NEXT);
  g_assert_cmpint (barua_shortcuts_look_up (GDK_KEY_J, GDK_LOCK_MASK), ==, BARUA_KEY_NEXT);
  g_assert_cmpint (barua_shortcuts_look_up (GDK_KEY_j, GDK_CONTROL_MASK), ==, BARUA_KEY_NONE);
  g_assert_cmpint (barua_shortcuts_look_up (GDK_KEY_space, 0), ==, BARUA_KEY_SPACE);
  g_assert_cmpint (barua_shortcuts_look_up (GDK_KEY_space, GDK_SHIFT_MASK), ==, BARUA_KEY_SPACE_BACK);
  g_assert_cmpint (barua_shortcuts_look_up (GDK_KEY_s, 0), ==, BARUA_KEY_NONE);
  /* Those by themselves only for who wants them, and then not with others held. */
  g_assert_null (barua_shortcuts_look_up_alone (GDK_KEY_s, 0));
  g_settings_set_boolean (barua_preferences_get (), "single-keys", TRUE);
  g_assert_cmpstr (barua_shortcuts_look_up_alone (GDK_KEY_s, 0), ==, "win.toggle-star");
  g_assert_cmpstr (barua_shortcuts_look_up_alone (GDK_KEY_S, GDK_LOCK_MASK), ==, "win.toggle-star");
  g_assert_cmpstr (barua_shortcuts_look_up_alone (GDK_KEY_slash, GDK_SHIFT_MASK), ==, "win.search");
  g_assert_null (barua_shortcuts_look_up_alone (GDK_KEY_s, GDK_SHIFT_MASK));
  g_assert_null (barua_shortcuts_look_up_alone (GDK_KEY_u, GDK_CONTROL_MASK));
  g_assert_null (barua_shortcuts_look_up_alone (GDK_KEY_j, 0));
  g_settings_set_boolean (barua_preferences_get (), "single-keys", FALSE);
}

/* Before there is mail, keys about mail do nothing, and none of them complains. */
static void
test_without_mail (void)
{
  guint n;
  const BaruaShortcut *shortcuts = barua_shortcuts_list (&n);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GVariant) target = NULL;
      g_autofree char *name = NULL;

      if (shortcuts[i].action == NULL || !g_str_has_prefix (shortcuts[i].action, "win.") ||
          g_str_equal (shortcuts[i].action, "win.full-screen"))
        continue;
      g_assert_true (g_action_parse_detailed_name (shortcuts[i].action, &name, &target, NULL));
      g_test_message ("%s", name);
      gtk_widget_activate_action_variant (GTK_WIDGET (window), name, target);
    }
}

/* Closed, a window goes with all that is in it: a program that runs on in the background may open many. */
static void
test_freed (void)
{
  GType types[] = { BARUA_TYPE_LIST_PANE, BARUA_TYPE_READER, BARUA_TYPE_FOLDER_PANE };
  GtkWidget *parts[G_N_ELEMENTS (types) + 1] = { GTK_WIDGET (window) };
  gint64 end = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;
  guint left = G_N_ELEMENTS (parts);

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    parts[i + 1] = find_part (GTK_WIDGET (window), types[i]);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_assert_nonnull (parts[i]);
      g_object_add_weak_pointer (G_OBJECT (parts[i]), (gpointer *)&parts[i]);
    }
  gtk_window_destroy (GTK_WINDOW (g_steal_pointer (&window)));
  while (left > 0 && g_get_monotonic_time () < end)
    {
      g_main_context_iteration (NULL, FALSE);
      left = 0;
      for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
        left += parts[i] != NULL;
    }
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i] != NULL)
      g_test_message ("still there: %s", G_OBJECT_TYPE_NAME (parts[i]));
  g_assert_cmpuint (left, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  dex_init ();
  application = barua_application_new ();
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  window = barua_window_new (ADW_APPLICATION (application));
  reachable = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  walk (GTK_WIDGET (window));
  walk_template (BARUA_TYPE_CARD_HEADER);
  walk_template (BARUA_TYPE_ATTACHMENT_CHIP);
  g_test_add_func ("/app/actions/acts", test_acts);
  g_test_add_func ("/app/actions/menus", test_menus);
  g_test_add_func ("/app/actions/table", test_table);
  g_test_add_func ("/app/actions/keys", test_keys);
  g_test_add_func ("/app/actions/without-mail", test_without_mail);
  g_test_add_func ("/app/actions/freed", test_freed);
  status = g_test_run ();
  g_hash_table_unref (reachable);
  g_object_unref (application);
  return status;
}
