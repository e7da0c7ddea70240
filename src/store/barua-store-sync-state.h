/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-store.h"

G_BEGIN_DECLS

/* What is known of a folder on the server (PROTOCOLS 3.2). Save it in the same function as the rows it speaks of, after the
 * tagged OK: one transaction, so a kill never leaves a HIGHESTMODSEQ newer than the rows. */
typedef struct
{
  gint64   folder;
  guint32  uidvalidity;    /* 0: never selected */
  guint32  uidnext;        /* 0: not known */
  guint64  highestmodseq;  /* 0: none */
  guint32  exists;
  guint32  unseen;
  char    *mailboxid;      /* "" when none */
  guint32  covered_low;    /* rows are complete for UIDs covered_low ... uidnext - 1; 0: nothing yet, 1: the whole folder */
  gint64   last_full_flags; /* when all flags were compared last, seconds since 1970; 0: never */
  gint64   last_sync;      /* when it was found up to date last; 0: never */
  guint64  capabilities;   /* hash of what the server announced then, the engine's business */
} BaruaStoreSyncState;

void                 barua_store_sync_state_free   (BaruaStoreSyncState       *self);
/* A state of zeroes where nothing was saved yet; NULL only with @error. */
BaruaStoreSyncState *barua_store_sync_state_load   (BaruaStoreConnection      *c,
                                                    gint64                     folder,
                                                    GError                   **error);
gboolean             barua_store_sync_state_save   (BaruaStoreConnection      *c,
                                                    const BaruaStoreSyncState *state,
                                                    GError                   **error);
/* All states of an account: GPtrArray of BaruaStoreSyncState, owning. */
GPtrArray           *barua_store_sync_state_list   (BaruaStoreConnection      *c,
                                                    gint64                     account,
                                                    GError                   **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaStoreSyncState, barua_store_sync_state_free)

G_END_DECLS
