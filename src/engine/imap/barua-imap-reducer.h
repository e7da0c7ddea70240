/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "barua-engine-types.h"
#include "barua-imap-session.h"
#include "barua-store-sync-state.h"

G_BEGIN_DECLS

/* Turns what a server says of one selected folder into transactions, in one way whatever command is running (DESIGN 5):
 * headers become rows, flags confirm, VANISHED and EXPUNGE remove. On the main thread bytes are only copied into batches; a
 * worker reads the headers, the store's writer stores them. Holds the session back while the store is behind, so memory stays
 * flat. Reference counted; main thread. */
typedef struct _BaruaImapReducer BaruaImapReducer;

BaruaImapReducer *barua_imap_reducer_new           (BaruaStore               *store,
                                                    gint64                    folder,
                                                    BaruaSyncReport          *report);
BaruaImapReducer *barua_imap_reducer_ref           (BaruaImapReducer         *self);
void              barua_imap_reducer_unref         (BaruaImapReducer         *self);
/* The session to hold back; NULL for none. Not owned. */
void              barua_imap_reducer_set_session   (BaruaImapReducer         *self,
                                                    BaruaImapSession         *session);
/* Rows below this UID are not new mail ("x:*" always gives the last message): they only confirm flags. 0: all are rows. */
void              barua_imap_reducer_set_first_new (BaruaImapReducer         *self,
                                                    guint32                   uid);

/* As the data function of a BaruaImapHandler, with the reducer as user data; and for events. */
void              barua_imap_reducer_data          (BaruaImapSession         *session,
                                                    const BaruaImapResponse  *response,
                                                    guint32                   uid,
                                                    gpointer                  self);
void              barua_imap_reducer_event         (BaruaImapReducer         *self,
                                                    const BaruaImapEvent     *event);
void              barua_imap_reducer_fetch         (BaruaImapReducer         *self,
                                                    const BaruaImapFetch     *fetch,
                                                    guint32                   uid);
/* A row made by hand: of a message that the server can't describe. @header may be NULL. */
void              barua_imap_reducer_add_bare      (BaruaImapReducer         *self,
                                                    const BaruaImapFetch     *fetch,
                                                    guint32                   uid,
                                                    BaruaImapSlice            header);
/* On proof only. */
void              barua_imap_reducer_remove        (BaruaImapReducer         *self,
                                                    const BaruaIdSet         *uids);

/* As if the server's answer for it could not be read. */
void              barua_imap_reducer_mark_damaged  (BaruaImapReducer         *self,
                                                    guint32                   uid);

/* Sends what is collected on its way; @urgent: the person waits for it. */
void              barua_imap_reducer_flush         (BaruaImapReducer         *self,
                                                    gboolean                  urgent);
/* Saves @state behind all that was collected so far, in order: with its rows or after them, never before (copied). */
void              barua_imap_reducer_save_state    (BaruaImapReducer         *self,
                                                    const BaruaStoreSyncState *state,
                                                    gboolean                  urgent);
/* Flushes; resolves to TRUE when all is committed; rejects with the first thing that could not be stored since the last
 * drain. */
DexFuture        *barua_imap_reducer_drain         (BaruaImapReducer         *self,
                                                    gboolean                  urgent) G_GNUC_WARN_UNUSED_RESULT;

/* UIDs whose answers could not be read, and takes them: to be fetched one by one. */
BaruaIdSet       *barua_imap_reducer_take_damaged  (BaruaImapReducer         *self);
/* Local ids of unread rows added with UIDs from @first_new on, and takes them. */
BaruaIdSet       *barua_imap_reducer_take_arrived  (BaruaImapReducer         *self);
guint32           barua_imap_reducer_get_max_uid   (BaruaImapReducer         *self); /* highest UID seen, 0: none */
guint             barua_imap_reducer_get_n_rows    (BaruaImapReducer         *self); /* rows collected since it was made */
/* Whether nothing was collected since it was made: the store is as it was. */
gboolean          barua_imap_reducer_is_untouched  (BaruaImapReducer         *self);
/* Something was removed and no UID is known for it (EXPUNGE outside the map); clears the mark. */
gboolean          barua_imap_reducer_take_lost     (BaruaImapReducer         *self);
gboolean          barua_imap_reducer_has_lost      (BaruaImapReducer         *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaruaImapReducer, barua_imap_reducer_unref)

G_END_DECLS
