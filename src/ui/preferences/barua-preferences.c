/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-preferences.h"

GSettings *
barua_preferences_get (void)
{
  static gsize once;
  static GSettings *settings;

  if (g_once_init_enter (&once))
    {
      GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
      g_autoptr (GSettingsSchema) schema =
        source != NULL ? g_settings_schema_source_lookup (source, BARUA_APP_ID, TRUE) : NULL;

      if (schema != NULL)
        settings = g_settings_new_full (schema, NULL, NULL);
      g_once_init_leave (&once, 1);
    }
  return settings;
}

gboolean
barua_preferences_is (const char *key,
                      const char *word,
                      const char *fallback)
{
  GSettings *settings = barua_preferences_get ();
  g_autofree char *value = settings != NULL ? g_settings_get_string (settings, key) : g_strdup (fallback);

  return g_strcmp0 (value, word) == 0;
}

gboolean
barua_preferences_get_on (const char *key,
                          gboolean    fallback)
{
  GSettings *settings = barua_preferences_get ();

  return settings != NULL ? g_settings_get_boolean (settings, key) : fallback;
}
