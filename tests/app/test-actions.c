/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every act has a key or a place where it is, and every key of the table an act: the real application and window are asked. */
#include "config.h"

#include <adwaita.h>
#include <libdex.h>
#include <string.h>

#include "barua-application.h"
#include "barua-shortcuts.h"
#include "barua-window.h"

/* Acts about one thing that somebody points at: a notification, a row, a toast; and those that menus have. */
static const char *const without_key[] = {
  "app.about", "app.offline", "app.open-message", "app.open-folder", "app.mark-read", "win.show-file", "win.search-for", "win.toggle-star-of",
};

static BaruaApplication *application;
static BaruaWindow *window;

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

static void
check_act (const char *action)
{
  gboolean keyless = g_strv_contains (without_key, action);

  g_test_message ("%s", action);
  /* Not in both: the list of exceptions stays true. */
  g_assert_true (in_table (action) != keyless);
}

static gboolean
query (guint                i,
       char               **name,
       const GVariantType **type)
{
  GType owner;
  const char *property;
  const char *found;

  if (!gtk_widget_class_query_action (GTK_WIDGET_GET_CLASS (window), i, &owner, &found, type, &property))
    return FALSE;
  *name = g_strdup (found);
  return TRUE;
}

/* From the acts to the table. */
static void
test_acts (void)
{
  g_auto (GStrv) actions = g_action_group_list_actions (G_ACTION_GROUP (application));
  char *name;
  const GVariantType *type;
  guint n = 0;

  for (guint i = 0; actions[i] != NULL; i++)
    {
      g_autofree char *action = g_strconcat ("app.", actions[i], NULL);

      check_act (action);
    }
  for (guint i = 0; query (i, &name, &type); i++)
    {
      n += g_str_has_prefix (name, "win.");
      if (g_str_has_prefix (name, "win."))
        check_act (name);
      g_free (name);
    }
  g_assert_cmpuint (n, >, 10);
}

static gboolean
act_exists (const char *name,
            GVariant   *target)
{
  const GVariantType *type;
  char *found;

  if (g_str_has_prefix (name, "app."))
    return g_action_group_has_action (G_ACTION_GROUP (application), name + 4);
  for (guint i = 0; query (i, &found, &type); i++)
    {
      gboolean same = strcmp (found, name) == 0;

      g_free (found);
      if (same)
        return target != NULL ? type != NULL && g_variant_is_of_type (target, type) : type == NULL;
    }
  return FALSE;
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
          /* No key twice. */
          g_assert_true (g_hash_table_add (seen, gtk_accelerator_name (key, modifiers)));
          if (shortcuts[i].key != BARUA_KEY_NONE)
            g_assert_cmpint (barua_shortcuts_look_up (key, modifiers), ==, shortcuts[i].key);
        }
      if (shortcuts[i].action != NULL)
        {
          g_autoptr (GVariant) target = NULL;
          g_autofree char *name = NULL;
          g_auto (GStrv) accels =
            gtk_application_get_accels_for_action (GTK_APPLICATION (application), shortcuts[i].action);

          g_test_message ("%s", shortcuts[i].action);
          g_assert_true (g_action_parse_detailed_name (shortcuts[i].action, &name, &target, NULL));
          g_assert_true (act_exists (name, target));
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
  g_test_add_func ("/app/actions/acts", test_acts);
  g_test_add_func ("/app/actions/table", test_table);
  g_test_add_func ("/app/actions/keys", test_keys);
  status = g_test_run ();
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (application);
  return status;
}
