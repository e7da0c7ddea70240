/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "barua-row.h"

G_BEGIN_DECLS

/* What one committed transaction changed (DESIGN 8). Immutable after it was delivered, reference counted, any thread. */
typedef enum
{
  BARUA_CHANGE_ADDED,
  BARUA_CHANGE_REMOVED,
  BARUA_CHANGE_UPDATED, /* flags, preview, attachment, ...; also the key when old_key != new_key */
} BaruaChangeKind;

typedef struct
{
  BaruaChangeKind kind;
  gint64          id;
  gint64          thread;
  gint64          folder;  /* shown folder that the change is about; a move is one REMOVED and one ADDED */
  gint64          old_key; /* date keys; equal to new_key where the row did not move */
  gint64          new_key;
} BaruaRowChange;

/* A conversation in a folder, as grouped lists show it: by its newest message there. */
typedef struct
{
  gint64 thread;
  gint64 folder;
  gint64 old_id;  /* 0: it was not there before */
  gint64 old_key; /* date */
  gint64 new_id;  /* 0: it is not there any more; equal to old_id where only its counters changed */
  gint64 new_key;
} BaruaConversationChange;

typedef struct
{
  gatomicrefcount  ref_count;
  guint64          generation; /* rises by one with every commit that changed something */
  GArray          *rows;       /* BaruaRowChange, at most one a (id, folder), in the order they came about */
  GArray          *conversations;  /* BaruaConversationChange, in the order they came about; several of one are a chain */
  GArray          *folders;    /* gint64: folders whose name, place, counters or state changed, or that came or went */
  GArray          *accounts;   /* gint64, likewise */
  gboolean         folders_changed; /* a folder came, went or moved: the tree is to be read again */
} BaruaChangeSet;

BaruaChangeSet *barua_change_set_new         (void);
BaruaChangeSet *barua_change_set_ref         (BaruaChangeSet       *self);
void            barua_change_set_unref       (BaruaChangeSet       *self);
gboolean        barua_change_set_is_empty    (const BaruaChangeSet *self);
/* Merges: ADDED + UPDATED = ADDED, ADDED + REMOVED = nothing, UPDATED + UPDATED keeps the first old_key. */
void            barua_change_set_add_row     (BaruaChangeSet       *self,
                                              const BaruaRowChange *change);
void            barua_change_set_add_conversation (BaruaChangeSet      *self,
                                              const BaruaConversationChange *change);
void            barua_change_set_add_folder  (BaruaChangeSet       *self,
                                              gint64                folder);
void            barua_change_set_add_account (BaruaChangeSet       *self,
                                              gint64                account);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaChangeSet, barua_change_set_unref)

G_END_DECLS
