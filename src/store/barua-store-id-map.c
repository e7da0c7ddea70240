/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "barua-store-private.h"

#include <string.h>

/* Open addressing: keys are hashes already, and 24 bytes an entry is all that a lookup touches. */

#define FIRST_SLOTS 4096u

void
barua_id_map_init (BaruaIdMap *self,
                   guint       max_entries)
{
  memset (self, 0, sizeof *self);
  self->max_entries = max_entries;
}

void
barua_id_map_clear (BaruaIdMap *self)
{
  g_clear_pointer (&self->entries, g_free);
  self->n_slots = 0;
  self->n_entries = 0;
}

static BaruaIdMapEntry *
find_slot (BaruaIdMap *self,
           guint64     key)
{
  guint i = (guint)((key * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15)) >> 32) & (self->n_slots - 1);

  while (self->entries[i].key != 0 && self->entries[i].key != key)
    i = (i + 1) & (self->n_slots - 1);
  return &self->entries[i];
}

BaruaIdMapEntry *
barua_id_map_find (BaruaIdMap *self,
                   guint64     key)
{
  BaruaIdMapEntry *slot;

  if (self->n_slots == 0)
    return NULL;
  slot = find_slot (self, key);
  return slot->key != 0 ? slot : NULL;
}

static void
grow (BaruaIdMap *self)
{
  BaruaIdMapEntry *old = self->entries;
  guint n_old = self->n_slots;

  self->n_slots = MAX (FIRST_SLOTS, n_old * 2);
  self->entries = g_new0 (BaruaIdMapEntry, self->n_slots);
  for (guint i = 0; i < n_old; i++)
    if (old[i].key != 0)
      *find_slot (self, old[i].key) = old[i];
  g_free (old);
}

gboolean
barua_id_map_add (BaruaIdMap *self,
                  guint64     key,
                  gint64      value,
                  guint32     extra)
{
  BaruaIdMapEntry *slot;

  if (self->n_entries >= self->max_entries)
    return FALSE;
  if (self->n_slots == 0 || self->n_entries * 10 >= self->n_slots * 7)
    grow (self);
  slot = find_slot (self, key);
  if (slot->key == 0)
    self->n_entries++;
  *slot = (BaruaIdMapEntry){ key, value, extra };
  return TRUE;
}
