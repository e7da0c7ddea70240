/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-row-pages.h"
#include "barua-spine-model.h"

G_BEGIN_DECLS

/* What the files of the spine share: barua-spine-model.c is the list and what is asked of it, barua-spine-changes.c puts in what
 * the engine tells of, barua-spine-reading.c reads the list and becomes what was read. */

typedef struct
{
  gint64  old_id;
  gint64  new_id;
  gint64  new_key;
  guint64 generation; /* that told of it */
} BaruaSpineSuccessor;

struct _BaruaSpineModel
{
  GObject         parent_instance;
  BaruaEngine    *engine;      /* weak */
  BaruaListQuery  query;       /* its text is a copy */
  GArray         *entries;     /* BaruaSpineEntry in display order */
  BaruaRowPages  *pages;
  guint64         generation;  /* of the last change set that was heard of */
  guint64         seen;        /* what was read last holds every change set up to this one, told of or not */
  GPtrArray      *pending;     /* BaruaChangeSet still to be applied, oldest first */
  GArray         *removals;    /* BaruaSpineEntry: pending sets taken apart, in display order; applied from the end */
  GArray         *additions;   /* likewise */
  GArray         *successors;  /* BaruaSpineSuccessor: of the conversations that are changing */
  GArray         *heard;       /* BaruaSpineSuccessor without a key: told while a reading is to follow, in the order they came about */
  GHashTable     *predecessors; /* of both: new id -> old id; NULL: not asked for since they changed */
  GArray         *target;      /* BaruaSpineEntry: what was read, while the list becomes that; NULL: it does not */
  GArray         *next;        /* while runs are told: the entries up to there are these, the others still the old ones */
  guint           n_next;
  guint           n_passed;    /* old ones that are passed */
  gint64          absent_id;   /* while it is becoming that: looked for everywhere, and not there yet */
  guint           apply_source;
  gint64          bulk_us;     /* when more than a page of rows was applied last */
  GPtrArray      *prepared;    /* BaruaMessageItem: of @additions, while their rows are read */
  guint           prepare_source;
  guint           again_source; /* a reading put off */
  gint64          read_started; /* monotonic, us */
  gint64          read_took;
  gint64          texts_since;
  guint           midnight_source;
  gint64          now;
  GError         *error;
  gboolean        loading;     /* no spine yet */
  gboolean        reading;     /* a spine is on its way */
  gboolean        read_again;  /* ... and will be out of date */
  gboolean        complete;    /* not only the first rows */
  gboolean        more;
};

static inline BaruaSpineEntry *
barua_spine_model_entry_at (BaruaSpineModel *self,
                            guint            position)
{
  if (self->next == NULL)
    return &g_array_index (self->entries, BaruaSpineEntry, position);
  if (position < self->n_next)
    return &g_array_index (self->next, BaruaSpineEntry, position);
  return &g_array_index (self->entries, BaruaSpineEntry, position - self->n_next + self->n_passed);
}

static inline guint
barua_spine_model_n_entries (BaruaSpineModel *self)
{
  return self->next == NULL ? self->entries->len : self->n_next + self->entries->len - self->n_passed;
}

/* Display order: below, at or above 0 as @a stands before, with or behind @b. */
static inline int
barua_spine_model_compare (const BaruaSpineModel *self,
                           const BaruaSpineEntry *a,
                           const BaruaSpineEntry *b)
{
  int order = a->key != b->key ? (a->key < b->key ? -1 : 1) : a->id != b->id ? (a->id < b->id ? -1 : 1) : 0;

  return self->query.ascending ? order : -order;
}

/* The first position whose entry does not stand before @entry. */
guint    barua_spine_model_lower_bound      (BaruaSpineModel       *self,
                                             const BaruaSpineEntry *entry);
/* Whether changes can be placed without asking the store: their keys are dates and every message (grouped: conversation) of the
 * folder is a row. */
gboolean barua_spine_model_is_incremental   (BaruaSpineModel       *self);
/* Whether rows stay that the store would not list any more, or would elsewhere. */
gboolean barua_spine_model_keeps_rows       (BaruaSpineModel       *self);
/* Whether keys say where an entry stands in any reading, not only in their own. */
gboolean barua_spine_model_has_lasting_keys (BaruaSpineModel       *self);
gboolean barua_spine_model_starts_section   (BaruaSpineModel       *self,
                                             guint                  position);
/* Emits what their names say. */
void     barua_spine_model_tell_sections    (BaruaSpineModel       *self,
                                             guint                  position,
                                             guint                  n);
void     barua_spine_model_tell_loading     (BaruaSpineModel       *self);
void     barua_spine_model_tell_complete    (BaruaSpineModel       *self);

/* Changes: barua-spine-changes.c. Of the engine's signal; and what waits is put in before the next frame. */
void     barua_spine_model_hear             (BaruaSpineModel       *self,
                                             BaruaChangeSet        *set);
void     barua_spine_model_queue_apply      (BaruaSpineModel       *self);

/* Reading: barua-spine-reading.c. At once, or again once the one under way is done. */
void     barua_spine_model_read             (BaruaSpineModel       *self);
/* After a change: a worker that reads a large folder over and over would have no time for anything else. */
void     barua_spine_model_read_later       (BaruaSpineModel       *self);

G_END_DECLS
