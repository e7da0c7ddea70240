/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-store.h"

G_BEGIN_DECLS

/* Section contents as fetched, in cache.db: may vanish at any time. Written on the writer's thread. */

typedef enum
{
  BARUA_BODY_RAW,  /* while fetching: nothing costs less */
  BARUA_BODY_FAST, /* zstd level 1 */
  BARUA_BODY_TIGHT /* zstd, by barua_store_body_pack() */
} BaruaBodyCoding; /* Stored: never renumber. */

/* Stores the section ("" for the whole message, "1.2", "1.2.MIME", "HEADER") of @message, replacing what was there.
 * @type is the media type when known ("image/png"; NULL): what is packed already stays raw whatever @coding says, and so does
 * what does not shrink. BARUA_ERROR_LIMIT above BARUA_LIMIT_MESSAGE_BYTES. */
gboolean  barua_store_body_save      (BaruaStoreConnection  *c,
                                      gint64                 message,
                                      const char            *section,
                                      const char            *type,
                                      GBytes                *content,
                                      BaruaBodyCoding        coding,
                                      GError               **error);
/* The text of @message is complete in the cache (BaruaRow.body_here). In the same function as the last section. */
gboolean  barua_store_body_set_here  (BaruaStoreConnection  *c,
                                      gint64                 message,
                                      gboolean               here,
                                      GError               **error);
/* NULL without @error when it is not here (never fetched, evicted, damaged: then it is dropped at the next occasion). */
GBytes   *barua_store_body_load      (BaruaStoreConnection  *c,
                                      gint64                 message,
                                      const char            *section,
                                      GError               **error);
/* The sections that are here: NULL-terminated, owned. */
char    **barua_store_body_list_sections (BaruaStoreConnection *c,
                                      gint64                 message,
                                      GError               **error);
/* The person looked at it: counts for eviction. A BATCH write. */
gboolean  barua_store_body_touch     (BaruaStoreConnection  *c,
                                      gint64                 message,
                                      GError               **error);
/* Never evicted while pinned (kept offline on purpose). */
gboolean  barua_store_body_pin       (BaruaStoreConnection  *c,
                                      gint64                 message,
                                      gboolean               pinned,
                                      GError               **error);
/* Drops what was read longest ago until at most @max_bytes are used (0: BARUA_CACHE_BYTES), never starred or pinned mail; at
 * most BARUA_BULK_ROWS bodies in one call. @n_evicted: call again until it is 0. */
gboolean  barua_store_body_evict     (BaruaStoreConnection  *c,
                                      guint64                max_bytes,
                                      guint                 *n_evicted,
                                      GError               **error);
/* Drops bodies of messages that are no more, in portions likewise. */
gboolean  barua_store_body_collect   (BaruaStoreConnection  *c,
                                      guint                 *n_dropped,
                                      GError               **error);
/* Bytes of content that the cache holds, as stored. */
gboolean  barua_store_body_get_usage (BaruaStoreConnection  *c,
                                      guint64               *bytes,
                                      guint                 *n_bodies,
                                      GError               **error);

/* The packing pass, off the fetch path: compresses up to @limit sections that were stored raw or fast, on a reader, and then
 * swaps them in by small writes. Calls @done (on the main context) with how many were looked at; 0: all is packed. */
typedef void (*BaruaStorePackDone) (guint         n_looked_at,
                                    const GError *error,
                                    gpointer      user_data);
void      barua_store_body_pack      (BaruaStore            *store,
                                      guint                  limit,
                                      BaruaStorePackDone     done,
                                      gpointer               user_data);

G_END_DECLS
