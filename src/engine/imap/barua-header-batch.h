/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-imap-response.h"
#include "barua-store-message.h"
#include "barua-store-sync-state.h"

G_BEGIN_DECLS

/* A few hundred messages on their way from the wire to the store: first filled on the main thread, then read on the
 * worker, then stored on the writer; one thread at a time has it. */
typedef struct _BaruaHeaderBatch BaruaHeaderBatch;

struct _BaruaHeaderBatch
{
  gint64               folder;
  GArray              *items;     /* private: messages with a header */
  GArray              *flags;     /* private: messages without */
  GByteArray          *bytes;     /* headers and keywords */
  BaruaIdSet          *removed;   /* applied last; may be NULL */
  BaruaStoreSyncState *state;     /* saved last of all; may be NULL */
  guint32              arrived_from; /* 0: don't collect arrivals */
  /* Results. */
  BaruaIngestResult    ingested;
  guint                n_updated;
  guint                n_removed;
  gboolean             more_to_remove;
  BaruaIdSet          *arrived;   /* local ids; may be NULL */
  BaruaEnvelope       *envelopes; /* private, between worker and writer: one an item */
  GStringChunk        *strings;   /* private: the texts of the envelopes */
};

BaruaHeaderBatch *barua_header_batch_new       (gint64                folder);
void              barua_header_batch_free      (BaruaHeaderBatch     *self);
gboolean          barua_header_batch_is_empty  (BaruaHeaderBatch     *self);
guint             barua_header_batch_get_n     (BaruaHeaderBatch     *self);
/* @header may have data NULL: a row without header. */
void              barua_header_batch_add       (BaruaHeaderBatch     *self,
                                                const BaruaImapFetch *fetch,
                                                guint32               uid,
                                                BaruaImapSlice        header);
void              barua_header_batch_add_flags (BaruaHeaderBatch     *self,
                                                const BaruaImapFetch *fetch,
                                                guint32               uid);
/* The worker's half: makes envelopes. */
void              barua_header_batch_read      (BaruaHeaderBatch     *self);
/* The writer's half: a BaruaStoreFunc; may be called again when the first transaction failed. */
gboolean          barua_header_batch_store     (BaruaStoreConnection *c,
                                                gpointer              self,
                                                GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaHeaderBatch, barua_header_batch_free)

G_END_DECLS
