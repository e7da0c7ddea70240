/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-list-options.h"

static const char *const sorts[] = { "date", "sender", "subject", "size", "unread", "starred", NULL };
static const char *const directions[] = { "newest", "oldest", NULL };
static const char *const densities[] = { "comfortable", "compact", NULL };
static const char *const previews[] = { "none", "one", "two", NULL };

enum
{
  ORDER_CHANGED,
  LOOK_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* @values NULL: a boolean. */
static const struct
{
  const char        *name;
  const char *const *values;
  guint              standard;
  guint              signal;
} options[] = {
  { "list-sort", sorts, 0, ORDER_CHANGED },       { "list-direction", directions, 0, ORDER_CHANGED },
  { "list-grouped", NULL, 1, ORDER_CHANGED },     { "list-density", densities, 0, LOOK_CHANGED },
  { "list-previews", previews, 1, LOOK_CHANGED },
};

struct _BaruaListOptions
{
  GObject             parent_instance;
  GSettings          *settings;
  GSimpleActionGroup *actions;
};

G_DEFINE_FINAL_TYPE (BaruaListOptions, barua_list_options, G_TYPE_OBJECT)

static guint
find_option (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    if (g_str_equal (name, options[i].name))
      return i;
  return G_N_ELEMENTS (options);
}

static guint
value_of (BaruaListOptions *self,
          guint             option)
{
  g_autoptr (GVariant) state = g_action_group_get_action_state (G_ACTION_GROUP (self->actions), options[option].name);

  if (options[option].values == NULL)
    return g_variant_get_boolean (state);
  for (guint i = 0; options[option].values[i] != NULL; i++)
    if (g_str_equal (g_variant_get_string (state, NULL), options[option].values[i]))
      return i;
  return options[option].standard;
}

/* From a menu, a key or the settings. A value that is none of the known ones changes nothing. */
static void
change_state (GSimpleAction    *action,
              GVariant         *value,
              BaruaListOptions *self)
{
  const char *name = g_action_get_name (G_ACTION (action));
  guint option = find_option (name);
  g_autoptr (GVariant) old_state = g_action_get_state (G_ACTION (action));

  g_return_if_fail (option < G_N_ELEMENTS (options));
  if (g_variant_equal (old_state, value))
    return;
  if (options[option].values != NULL && !g_strv_contains (options[option].values, g_variant_get_string (value, NULL)))
    return;
  g_simple_action_set_state (action, value);
  if (self->settings != NULL)
    {
      g_autoptr (GVariant) stored = g_settings_get_value (self->settings, name);

      if (!g_variant_equal (stored, value))
        g_settings_set_value (self->settings, name, value);
    }
  g_signal_emit (self, signals[options[option].signal], 0);
}

static void
settings_changed (BaruaListOptions *self,
                  const char       *key)
{
  if (find_option (key) < G_N_ELEMENTS (options))
    {
      g_autoptr (GVariant) value = g_settings_get_value (self->settings, key);

      g_action_group_change_action_state (G_ACTION_GROUP (self->actions), key, value);
    }
}

static void
barua_list_options_dispose (GObject *object)
{
  BaruaListOptions *self = BARUA_LIST_OPTIONS (object);

  g_clear_object (&self->settings);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (barua_list_options_parent_class)->dispose (object);
}

static void
barua_list_options_class_init (BaruaListOptionsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = barua_list_options_dispose;
  signals[ORDER_CHANGED] =
    g_signal_new ("order-changed", BARUA_TYPE_LIST_OPTIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LOOK_CHANGED] =
    g_signal_new ("look-changed", BARUA_TYPE_LIST_OPTIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
barua_list_options_init (BaruaListOptions *self)
{
  self->actions = g_simple_action_group_new ();
}

BaruaListOptions *
barua_list_options_new (GSettings *settings)
{
  BaruaListOptions *self = g_object_new (BARUA_TYPE_LIST_OPTIONS, NULL);

  self->settings = settings != NULL ? g_object_ref (settings) : NULL;
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      gboolean is_choice = options[i].values != NULL;
      GVariant *state = settings != NULL ? g_settings_get_value (settings, options[i].name)
                        : is_choice      ? g_variant_ref_sink (g_variant_new_string (options[i].values[options[i].standard]))
                                         : g_variant_ref_sink (g_variant_new_boolean (options[i].standard != 0));
      g_autoptr (GSimpleAction) action =
        g_simple_action_new_stateful (options[i].name, is_choice ? G_VARIANT_TYPE_STRING : NULL, state);

      g_signal_connect_object (action, "change-state", G_CALLBACK (change_state), self, 0);
      g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (action));
      g_variant_unref (state);
    }
  if (settings != NULL)
    g_signal_connect_object (settings, "changed", G_CALLBACK (settings_changed), self, G_CONNECT_SWAPPED);
  return self;
}

GActionGroup *
barua_list_options_get_actions (BaruaListOptions *self)
{
  return G_ACTION_GROUP (self->actions);
}

BaruaSort
barua_list_options_get_sort (BaruaListOptions *self)
{
  return (BaruaSort)value_of (self, 0);
}

gboolean
barua_list_options_get_ascending (BaruaListOptions *self)
{
  return value_of (self, 1) == 1;
}

gboolean
barua_list_options_get_grouped (BaruaListOptions *self)
{
  return value_of (self, 2) == 1;
}

BaruaDensity
barua_list_options_get_density (BaruaListOptions *self)
{
  return value_of (self, 3) == 1 ? BARUA_DENSITY_COMPACT : BARUA_DENSITY_COMFORTABLE;
}

guint
barua_list_options_get_previews (BaruaListOptions *self)
{
  return value_of (self, 4);
}
