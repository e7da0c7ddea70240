/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-poison.h"

#include "barua-limits.h"

#define SECONDS_PER_DAY (24 * 60 * 60)

struct _BaruaPoison
{
  BaruaClock *clock;
  GHashTable *tries; /* "folder/uid", a letter for what -> count */
  gint64      day;
  gboolean    changed;
};

static gint64
get_day (BaruaPoison *self)
{
  return barua_clock_get_unix_seconds (self->clock) / SECONDS_PER_DAY;
}

BaruaPoison *
barua_poison_new (BaruaClock *clock,
                  const char *text)
{
  BaruaPoison *self = g_new0 (BaruaPoison, 1);
  g_auto(GStrv) words = g_strsplit (text != NULL ? text : "", " ", -1);

  self->clock = barua_clock_ref (clock);
  self->tries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->day = get_day (self);
  if (words[0] == NULL || g_ascii_strtoll (words[0], NULL, 10) != self->day)
    return self;
  for (guint i = 1; words[i] != NULL && words[i + 1] != NULL; i += 2)
    g_hash_table_replace (self->tries, g_strdup (words[i]),
                          GUINT_TO_POINTER ((guint) g_ascii_strtoull (words[i + 1], NULL, 10)));
  return self;
}

void
barua_poison_free (BaruaPoison *self)
{
  g_hash_table_unref (self->tries);
  barua_clock_unref (self->clock);
  g_free (self);
}

static char *
make_key (BaruaPoisonKind kind,
          gint64          folder,
          guint32         uid)
{
  static const char *const suffixes[] = { "", "p", "b" };

  return g_strdup_printf ("%" G_GINT64_FORMAT "/%u%s", folder, uid, suffixes[kind]);
}

gboolean
barua_poison_try (BaruaPoison     *self,
                  BaruaPoisonKind  kind,
                  gint64           folder,
                  guint32          uid)
{
  g_autofree char *key = make_key (kind, folder, uid);
  guint count;

  if (get_day (self) != self->day)
    {
      self->day = get_day (self);
      g_hash_table_remove_all (self->tries);
    }
  count = GPOINTER_TO_UINT (g_hash_table_lookup (self->tries, key));
  if (count >= BARUA_FETCHES_OF_POISON_PER_DAY)
    return FALSE;
  g_hash_table_replace (self->tries, g_steal_pointer (&key), GUINT_TO_POINTER (count + 1));
  self->changed = TRUE;
  return TRUE;
}

gboolean
barua_poison_is_spent (BaruaPoison     *self,
                       BaruaPoisonKind  kind,
                       gint64           folder,
                       guint32          uid)
{
  g_autofree char *key = NULL;

  if (g_hash_table_size (self->tries) == 0 || get_day (self) != self->day)
    return FALSE;
  key = make_key (kind, folder, uid);
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->tries, key)) >= BARUA_FETCHES_OF_POISON_PER_DAY;
}

void
barua_poison_forget (BaruaPoison     *self,
                     BaruaPoisonKind  kind,
                     gint64           folder,
                     guint32          uid)
{
  g_autofree char *key = make_key (kind, folder, uid);

  if (g_hash_table_remove (self->tries, key))
    self->changed = TRUE;
}

gboolean
barua_poison_changed (BaruaPoison *self)
{
  return self->changed;
}

char *
barua_poison_to_text (BaruaPoison *self)
{
  GString *text = g_string_new (NULL);
  GHashTableIter iter;
  gpointer key, value;

  g_string_append_printf (text, "%" G_GINT64_FORMAT, self->day);
  g_hash_table_iter_init (&iter, self->tries);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_string_append_printf (text, " %s %u", (const char *) key, GPOINTER_TO_UINT (value));
  self->changed = FALSE;
  return g_string_free (text, FALSE);
}
