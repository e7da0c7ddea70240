/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "barua-id-set.h"

G_BEGIN_DECLS

/* The decisions of the syncers (PROTOCOLS 3.5-3.8) as pure functions: what is cached and what SELECT answered in, what to do
 * out. Nothing here talks to a server or a database. */

/* What the store knows of a folder. */
typedef struct
{
  guint32 uid_validity; /* 0: never synchronised */
  guint32 uid_next;     /* everything from @low up to here was fetched */
  guint64 modseq;       /* 0: none kept */
  guint32 low;          /* first UID of the covered range; 1: all of the folder; 0: nothing yet */
  guint   count;        /* what EXISTS would have to be for nothing to be counted: rows with a UID in it */
} BaruaSyncState;

/* What SELECT said, and whatever came untagged since. */
typedef struct
{
  guint32 uid_validity; /* 0: missing */
  guint32 uid_next;     /* 0: missing */
  guint64 modseq;       /* 0: missing or NOMODSEQ */
  guint   exists;
} BaruaSyncAnswer;

typedef enum
{
  BARUA_SYNC_WAY_PLAIN,
  BARUA_SYNC_WAY_CONDSTORE,
  BARUA_SYNC_WAY_QRESYNC
} BaruaSyncWay;

typedef enum
{
  BARUA_SYNC_STEP_NONE    = 0,
  BARUA_SYNC_STEP_RESET   = 1 << 0, /* another UIDVALIDITY: rows are matched anew, then a first sync */
  BARUA_SYNC_STEP_FIRST   = 1 << 1, /* nothing cached: newest rows first, then downwards */
  BARUA_SYNC_STEP_NEW     = 1 << 2, /* UID FETCH @first_new:* */
  BARUA_SYNC_STEP_CHANGES = 1 << 3, /* FETCH ... (CHANGEDSINCE modseq) below @first_new */
  BARUA_SYNC_STEP_FLAGS   = 1 << 4, /* plain: flags of the newest, later the set comparison */
  BARUA_SYNC_STEP_COUNT   = 1 << 5, /* the removal equation, when the steps before are done */
  BARUA_SYNC_STEP_LIST    = 1 << 6, /* full UID listing: the cache can't be trusted to be whole */
  BARUA_SYNC_STEP_OLDER   = 1 << 7  /* the first sync was cut: list, then go on below @low */
} BaruaSyncSteps;

typedef struct
{
  BaruaSyncSteps steps;
  guint32        first_new; /* with STEP_NEW */
} BaruaSyncPlan;

void          barua_sync_plan_make       (BaruaSyncPlan         *plan,
                                          const BaruaSyncState  *state,
                                          const BaruaSyncAnswer *answer,
                                          BaruaSyncWay           way);

/* The gate of 3.4: whether a STATUS answer proves that there is nothing to do without a SELECT. @unseen and
 * @cached_unseen: G_MAXUINT when not known. */
gboolean      barua_sync_gate_is_shut    (const BaruaSyncState  *state,
                                          const BaruaSyncAnswer *answer,
                                          BaruaSyncWay           way,
                                          guint                  unseen,
                                          guint                  cached_unseen);

/* r = N + k - n of 3.7: how many cached messages are gone; below 0: that many are missing here. @cached: rows in the
 * store now, the new ones included. */
gint64        barua_sync_count_removed   (guint                  cached,
                                          guint                  exists);

/* How a listing of UIDs may be used. */
typedef enum
{
  BARUA_LISTING_PROVEN,    /* as many as EXISTS says: what is not in it is gone */
  BARUA_LISTING_DISTRUSTED /* fewer (or none, or more): nothing may be removed on its word */
} BaruaListingVerdict;

BaruaListingVerdict
              barua_sync_judge_listing   (const BaruaIdSet      *listed,
                                          guint                  exists);

/* The windowed search for removals (3.7, 4): newest BARUA_REMOVAL_WINDOW cached UIDs, then four times as many, ... */
typedef struct _BaruaRemovalSearch BaruaRemovalSearch;

typedef enum
{
  BARUA_REMOVAL_MORE,      /* ask for the next window */
  BARUA_REMOVAL_DONE,      /* exactly @wanted were found: barua_removal_search_get_removed() */
  BARUA_REMOVAL_DISAGREES  /* more than @wanted, or all windows and fewer: list everything, remove nothing */
} BaruaRemovalVerdict;

/* @cached: UIDs of the covered range (copied). */
BaruaRemovalSearch  *barua_removal_search_new         (const BaruaIdSet   *cached,
                                                       guint               wanted);
void                 barua_removal_search_free        (BaruaRemovalSearch *self);
/* FALSE when no window is left. *first ... *last: the range to list. The last window begins at UID 1. */
gboolean             barua_removal_search_next        (BaruaRemovalSearch *self,
                                                       guint32            *first,
                                                       guint32            *last);
/* The answer for the last window. @wanted: r as it stands now, EXISTS may have changed. */
BaruaRemovalVerdict  barua_removal_search_feed        (BaruaRemovalSearch *self,
                                                       const BaruaIdSet   *listed,
                                                       guint               wanted);
const BaruaIdSet    *barua_removal_search_get_removed (BaruaRemovalSearch *self);

/* The next lower range of message numbers of a first sync: at most @size below *next, newest first. FALSE when done. */
gboolean      barua_sync_next_range      (guint                 *next,
                                          guint                  size,
                                          guint                 *first,
                                          guint                 *last);

/* Takes the newest @n of @set away from it and returns them. */
BaruaIdSet   *barua_id_set_take_newest   (BaruaIdSet            *set,
                                          guint64                n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaRemovalSearch, barua_removal_search_free)

G_END_DECLS
