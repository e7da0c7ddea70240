/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "barua-reader-settings.h"

#include <gio/gio.h>

#include "barua-limits.h"

static double zoom_of_run = 1.0;
static GStrv originals_of_run;

static GSettings *
get_settings (void)
{
  static GSettings *settings;
  static gboolean looked;

  if (!looked)
    {
      GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
      g_autoptr (GSettingsSchema) schema = source != NULL ? g_settings_schema_source_lookup (source, BARUA_APP_ID, TRUE) : NULL;

      looked = TRUE;
      if (schema != NULL && g_settings_schema_has_key (schema, "reader-zoom") && g_settings_schema_has_key (schema, "original-colours"))
        settings = g_settings_new_full (schema, NULL, NULL);
    }
  return settings;
}

double
barua_reader_settings_get_zoom (void)
{
  GSettings *settings = get_settings ();

  return settings != NULL ? g_settings_get_double (settings, "reader-zoom") : zoom_of_run;
}

void
barua_reader_settings_set_zoom (double zoom)
{
  GSettings *settings = get_settings ();

  zoom_of_run = CLAMP (zoom, 0.5, 3.0);
  if (settings != NULL)
    g_settings_set_double (settings, "reader-zoom", zoom_of_run);
}

static GStrv
dup_originals (void)
{
  GSettings *settings = get_settings ();

  if (settings != NULL)
    return g_settings_get_strv (settings, "original-colours");
  return originals_of_run != NULL ? g_strdupv (originals_of_run) : g_new0 (char *, 1);
}

gboolean
barua_reader_settings_get_original (const char *address)
{
  g_autofree char *key = g_utf8_strdown (address, -1);
  g_auto (GStrv) originals = dup_originals ();

  return g_strv_contains ((const char *const *)originals, key);
}

/* The newest last; the oldest are forgotten. */
void
barua_reader_settings_set_original (const char *address,
                                    gboolean    original)
{
  GSettings *settings = get_settings ();
  g_autofree char *key = g_utf8_strdown (address, -1);
  g_auto (GStrv) before = dup_originals ();
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint n = g_strv_length (before);
  g_auto (GStrv) after = NULL;

  for (guint i = n >= BARUA_LIMIT_ORIGINAL_COLOURS ? n - BARUA_LIMIT_ORIGINAL_COLOURS + 1 : 0; i < n; i++)
    if (g_strcmp0 (before[i], key) != 0)
      g_strv_builder_add (builder, before[i]);
  if (original)
    g_strv_builder_add (builder, key);
  after = g_strv_builder_end (builder);
  if (settings != NULL)
    g_settings_set_strv (settings, "original-colours", (const char *const *)after);
  g_strfreev (originals_of_run);
  originals_of_run = g_steal_pointer (&after);
}
